//! The gate of a firm's stage: its conditions as they are now, who has to do what, and the record.

use chrono::{Days, NaiveDate};
use leptos::prelude::*;

use super::parts::{Ways, at_gate, conditions, held_of, record, stage_name, state_name, track};
use crate::benchmarking::gates::facts;
use crate::benchmarking::gates::policy::{self, Hands};
use crate::benchmarking::gates::rules::{Figures, LONGEST_CONDITION_DAYS, LONGEST_REASON};
use crate::benchmarking::gates::store::{self, Open};
use crate::benchmarking::pages::{View, pilot_head, pilot_of};
use crate::benchmarking::rules::{AtGate, PilotState, Stage};
use crate::benchmarking::store::Pilot;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{Choice, Confirm, ErrorSummary, Hidden, Meter, Notice, NoticeTone, RadioField, Submit, TextArea, TextField, time};

/// Days that the field for a conditional pass starts with.
const USUAL_DAYS: u64 = 30;

/// `/firm/{pilot}/gate`
pub async fn gate(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let (pilot, standing) = pilot_of(&cx).await?;
    let today = time::day_of(cx.now);
    let hands = policy::hands(&standing);
    let decisions = store::decisions(db, pilot.id).await?;
    let open = store::open_condition(db, &pilot, today).await?;
    let framework = facts::framework(db, &pilot).await?;
    let ways = Ways {
        pilot: &pilot,
        standing: &standing,
        framework: framework.as_ref(),
    };
    let running = pilot.stage().filter(|_| pilot.state() == PilotState::Chosen);
    let current = if let Some(stage) = running {
        let figures = facts::figures(db, &pilot, stage, today).await?;
        at_work(&cx, &ways, &hands, stage, &figures, open.as_ref()).into_any()
    } else {
        let text = t!(lang, "gates-no-gate", state = state_name(lang, pilot.state()));
        view! { <Notice><p>{text}</p></Notice> }.into_any()
    };
    let lines = if decisions.is_empty() {
        view! { <p class="muted">{t!(lang, "gates-no-decisions")}</p> }.into_any()
    } else {
        record(lang, &decisions, true).into_any()
    };
    let title = format!("{} · {}", t!(lang, "bench-view-gate"), pilot.firm_name);
    let body = view! {
        {["gate-apply", "gate-check", "gate-decide", "gate-terminate", "gate-settle"].map(|name| view! { <ErrorSummary form=cx.form(name)/> }).collect_view()}
        {pilot_head(&cx, &pilot, &standing, View::Gate)}
        {pilot.stage().map(|_| track(lang, &pilot, &decisions))}
        {open.as_ref().map(|open| open_section(&cx, &ways, &hands, open))}
        {current}
        <section class="stack" aria-labelledby="record">
            <h2 id="record">{t!(lang, "gates-record")}</h2>
            <p class="muted">{t!(lang, "gates-record-text")}</p>
            {lines}
        </section>
    };
    Ok(Page::new(title, body))
}

fn at_work(cx: &Cx, ways: &Ways<'_>, hands: &Hands, stage: Stage, figures: &Figures, open: Option<&Open>) -> impl IntoView + use<> {
    let lang = cx.lang;
    let pilot = ways.pilot;
    let held = i64::try_from(figures.held()).unwrap_or(0);
    let all = i64::try_from(figures.conditions.len()).unwrap_or(0);
    let turn = match pilot.gate() {
        AtGate::Open => apply_part(cx, pilot, hands, stage, figures, open).into_any(),
        AtGate::County => check_part(cx, pilot, hands, stage).into_any(),
        AtGate::City => decide_part(cx, pilot, hands, stage, figures).into_any(),
    };
    view! {
        <section class="stack" aria-labelledby="conditions">
            <h2 id="conditions">{t!(lang, "gates-gate-of", stage = stage_name(lang, stage))}</h2>
            <p>{t!(lang, "gates-live-text", day = time::date_time(lang, cx.now))}</p>
            <Meter value=held max=all label=t!(lang, "gates-conditions") text=held_of(lang, figures)/>
            {conditions(lang, Some(ways), &figures.conditions)}
        </section>
        <section class="stack" aria-labelledby="turn">
            <h2 id="turn">{at_gate(lang, pilot.gate())}</h2>
            {turn}
        </section>
    }
}

/// Which firm, stage and edition a form was made for.
fn hidden(pilot: &Pilot, stage: Stage) -> impl IntoView + use<> {
    view! {
        <Hidden name="pilot" value=pilot.id.to_string()/>
        <Hidden name="stage" value=stage.as_str()/>
        <Hidden name="version" value=pilot.version.to_string()/>
    }
}

/// Whose turn it is, for those who can only wait.
fn waits(lang: Lang, pilot: &Pilot) -> impl IntoView + use<> {
    let since = pilot.gate_since.map(|at| time::date_time(lang, at)).unwrap_or_default();
    let text = if pilot.gate() == AtGate::County {
        t!(lang, "gates-waits-county", since = since)
    } else {
        t!(lang, "gates-waits-city", since = since)
    };
    view! { <p>{text}</p> }
}

fn apply_part(cx: &Cx, pilot: &Pilot, hands: &Hands, stage: Stage, figures: &Figures, open: Option<&Open>) -> AnyView {
    let lang = cx.lang;
    if open.is_some() {
        return view! { <p>{t!(lang, "gates-condition-open")}</p> }.into_any();
    }
    let missing = figures.failing();
    if missing > 0 {
        return view! { <p>{t!(lang, "gates-cannot-apply", n = missing)}</p> }.into_any();
    }
    if hands.apply.is_none() {
        return view! { <p>{t!(lang, "gates-firm-can-apply")}</p> }.into_any();
    }
    let form = cx.form("gate-apply");
    view! {
        <form method="post" action="/api/apply_gate" class="form narrow">
            {hidden(pilot, stage)}
            <TextArea form=form name="why" label=t!(lang, "gates-note") hint=t!(lang, "gates-note-hint") rows="3"
                maxlength=LONGEST_REASON.to_string() optional=true/>
            <Submit label=t!(lang, "gates-apply", stage = stage_name(lang, stage))/>
        </form>
    }
    .into_any()
}

fn check_part(cx: &Cx, pilot: &Pilot, hands: &Hands, stage: Stage) -> AnyView {
    let lang = cx.lang;
    if hands.check.is_none() {
        return waits(lang, pilot).into_any();
    }
    let form = cx.form("gate-check");
    let options = vec![
        Choice::new("forward", t!(lang, "gates-forward")).with_hint(t!(lang, "gates-forward-hint")),
        Choice::new("return", t!(lang, "gates-return")).with_hint(t!(lang, "gates-return-hint")),
    ];
    view! {
        <form method="post" action="/api/check_gate" class="form narrow">
            {hidden(pilot, stage)}
            <RadioField form=&form name="verdict" label=t!(lang, "gates-check-label") options=options/>
            <TextArea form=&form name="why" label=t!(lang, "gates-opinion") hint=t!(lang, "gates-opinion-hint") rows="4"
                maxlength=LONGEST_REASON.to_string()/>
            <Submit label=t!(lang, "gates-check-submit")/>
        </form>
    }
    .into_any()
}

fn decide_part(cx: &Cx, pilot: &Pilot, hands: &Hands, stage: Stage, figures: &Figures) -> AnyView {
    let lang = cx.lang;
    if hands.decide.is_none() {
        return waits(lang, pilot).into_any();
    }
    let form = cx.form("gate-decide");
    let failing = figures.failing();
    let pass = if failing == 0 {
        let hint = match stage.next() {
            Some(next) => t!(lang, "gates-pass-hint", next = stage_name(lang, next)),
            None => t!(lang, "gates-pass-last-hint"),
        };
        Choice::new("pass", t!(lang, "gates-pass")).with_hint(hint)
    } else {
        Choice::new("conditional", t!(lang, "gates-conditional")).with_hint(t!(lang, "gates-conditional-hint", n = failing))
    };
    let options = vec![
        pass,
        Choice::new("return", t!(lang, "gates-return")).with_hint(t!(lang, "gates-return-hint")),
    ];
    let today = time::day_of(cx.now);
    let due = (failing > 0).then(|| {
        let day = |days| today.checked_add_days(Days::new(days)).map(|day: NaiveDate| day.to_string());
        view! {
            <TextField form=&form name="due_on" kind="date" label=t!(lang, "gates-due") hint=t!(lang, "gates-due-hint")
                value=day(USUAL_DAYS) min=day(1) max=day(LONGEST_CONDITION_DAYS)/>
        }
    });
    let refused = (failing > 0).then(|| view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "gates-cannot-pass", n = failing)}</p></Notice> });
    view! {
        {refused}
        <form method="post" action="/api/decide_gate" class="form narrow">
            {hidden(pilot, stage)}
            <RadioField form=&form name="verdict" label=t!(lang, "gates-decide-label") options=options/>
            {due}
            <TextArea form=&form name="why" label=t!(lang, "gates-why") hint=t!(lang, "gates-why-hint") rows="4"
                maxlength=LONGEST_REASON.to_string()/>
            <Submit label=t!(lang, "gates-decide-submit")/>
        </form>
        {terminate(cx, pilot, stage)}
    }
    .into_any()
}

fn terminate(cx: &Cx, pilot: &Pilot, stage: Stage) -> impl IntoView + use<> {
    let lang = cx.lang;
    let form = cx.form("gate-terminate");
    view! {
        <form method="post" action="/api/decide_gate" class="narrow">
            {hidden(pilot, stage)}
            <Hidden name="verdict" value="terminate"/>
            <Confirm
                label=t!(lang, "gates-terminate")
                title=t!(lang, "gates-terminate-title", firm = pilot.firm_name.clone())
                text=t!(lang, "gates-terminate-text")
                yes_label=t!(lang, "gates-terminate-yes")
            >
                <TextArea form=&form name="why" label=t!(lang, "gates-terminate-why") rows="3" maxlength=LONGEST_REASON.to_string() of="terminate"/>
            </Confirm>
        </form>
    }
}

/// What is open from an earlier gate, and for the contact the way to have it recorded as met.
fn open_section(cx: &Cx, ways: &Ways<'_>, hands: &Hands, open: &Open) -> impl IntoView + use<> {
    let lang = cx.lang;
    let pilot = ways.pilot;
    let title = t!(
        lang,
        "gates-open-title",
        stage = stage_name(lang, open.stage),
        day = time::day(lang, open.due_on)
    );
    let is_met = open.figures.failing() == 0;
    let settle = (is_met && hands.apply.is_some()).then(|| {
        view! {
            <form method="post" action="/api/settle_gate">
                <Hidden name="pilot" value=pilot.id.to_string()/>
                <Hidden name="version" value=pilot.version.to_string()/>
                <Submit label=t!(lang, "gates-settle")/>
            </form>
        }
    });
    view! {
        <section class="stack" aria-labelledby="open">
            <h2 id="open">{title}</h2>
            <p>{if is_met { t!(lang, "gates-open-met") } else { t!(lang, "gates-open-text") }}</p>
            {conditions(lang, Some(ways), &open.figures.conditions)}
            {settle}
        </section>
    }
}
