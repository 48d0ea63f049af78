//! A pilot firm's home: where it stands, what is missing for its next gate, what is due, what came back, what happened.

use leptos::prelude::*;

use super::parts::{Ways, at_gate, conditions, held_of, record, stage_name, state_name, track};
use crate::benchmarking::gates::facts;
use crate::benchmarking::gates::outlook::{self, CameBack, DueAction};
use crate::benchmarking::gates::rules::{Figures, Step, Verdict};
use crate::benchmarking::gates::store::{self, Decision, Open};
use crate::benchmarking::pages::{View, history_list, pilot_head, pilot_of};
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::{AtGate, PilotState, Stage};
use crate::benchmarking::store::{Pilot, history};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{BadgeTone, ButtonLink, Card, Meter, Notice, NoticeTone, Task, TaskList, Tone, time};

/// How many lines of the record stand on the page at once.
const LATEST: usize = 3;

/// `/firm/{pilot}`
pub async fn home(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let (pilot, standing) = pilot_of(&cx).await?;
    let today = time::day_of(cx.now);
    let decisions = store::decisions(db, pilot.id).await?;
    let events = history(db, pilot.id).await?;
    let running = pilot.stage().filter(|_| pilot.state() == PilotState::Chosen);
    let figures = match running {
        Some(stage) => Some(facts::figures(db, &pilot, stage, today).await?),
        None => None,
    };
    let open = store::open_condition(db, &pilot, today).await?;
    let next = outlook::next_action(db, pilot.id, today).await?;
    let back = outlook::came_back(db, pilot.id).await?;
    let framework = facts::framework(db, &pilot).await?;
    let ways = Ways {
        pilot: &pilot,
        standing: &standing,
        framework: framework.as_ref(),
    };
    let gate = match (running, figures.as_ref()) {
        (Some(stage), Some(figures)) => gate_card(lang, &ways, stage, figures, open.as_ref()).into_any(),
        _ => state_card(lang, &pilot).into_any(),
    };
    let body = view! {
        {pilot_head(&cx, &pilot, &standing, View::Home)}
        {pilot.stage().map(|_| track(lang, &pilot, &decisions))}
        {returned(lang, &pilot, &decisions, &back)}
        <div class="split home">
            <div class="stack">
                {open.as_ref().map(|open| open_card(lang, &ways, open))}
                {gate}
            </div>
            <div class="stack">
                {running.map(|_| action_card(lang, &pilot, &standing, next.as_ref(), cx.now))}
                {decisions_card(lang, &pilot, &decisions)}
            </div>
        </div>
        {(!events.is_empty()).then(|| view! {
            <section class="stack" aria-labelledby="history">
                <h2 id="history">{t!(lang, "gates-history")}</h2>
                {history_list(lang, &events)}
            </section>
        })}
    };
    Ok(Page::new(pilot.firm_name.clone(), body))
}

/// What is missing for the gate of the stage, or where the application lies.
fn gate_card(lang: Lang, ways: &Ways<'_>, stage: Stage, figures: &Figures, open: Option<&Open>) -> impl IntoView + use<> {
    let (pilot, standing) = (ways.pilot, ways.standing);
    let held = i64::try_from(figures.held()).unwrap_or(0);
    let all = i64::try_from(figures.conditions.len()).unwrap_or(0);
    let is_whole = figures.failing() == 0;
    let missing: Vec<_> = figures.unmet().cloned().collect();
    let lead = match pilot.gate() {
        AtGate::Open if open.is_some() && is_whole => t!(lang, "gates-home-waits-for-condition"),
        AtGate::Open if is_whole && standing.is_contact() => t!(lang, "gates-home-ready"),
        AtGate::Open if is_whole => t!(lang, "gates-home-ready-other"),
        AtGate::Open => t!(lang, "gates-home-missing", n = missing.len()),
        gate => {
            let since = pilot.gate_since.map(|at| time::short_date_time(lang, at)).unwrap_or_default();
            t!(lang, "gates-home-lies", place = at_gate(lang, gate), since = since)
        }
    };
    let to_do = match pilot.gate() {
        AtGate::Open => is_whole && open.is_none() && standing.is_contact(),
        AtGate::County => standing.is_county(),
        AtGate::City => standing.is_city(),
    };
    let (label, tone) = if to_do {
        (t!(lang, &format!("gates-go-{}", pilot.gate().as_str())), Tone::Main)
    } else {
        (t!(lang, "gates-see-all"), Tone::Plain)
    };
    let list = (!missing.is_empty()).then(|| conditions(lang, Some(ways), &missing).into_any());
    let (href, text) = (format!("/firm/{}/gate", pilot.id), held_of(lang, figures));
    view! {
        <Card title=t!(lang, "gates-next-gate", stage = stage_name(lang, stage))>
            <p>{lead}</p>
            <Meter value=held max=all label=t!(lang, "gates-conditions") text=text/>
            {list}
            <div class="actions"><ButtonLink href=href label=label tone=tone/></div>
        </Card>
    }
}

/// What is still open from a gate that was passed on conditions.
fn open_card(lang: Lang, ways: &Ways<'_>, open: &Open) -> impl IntoView + use<> {
    let title = t!(
        lang,
        "gates-open-title",
        stage = stage_name(lang, open.stage),
        day = time::day(lang, open.due_on)
    );
    let list = conditions(lang, Some(ways), &open.figures.conditions).into_any();
    let href = format!("/firm/{}/gate", ways.pilot.id);
    view! {
        <Notice tone=NoticeTone::Warning title=title>
            <p>{t!(lang, "gates-open-text")}</p>
            {list}
            <p><a href=href>{t!(lang, "gates-open-link")}</a></p>
        </Notice>
    }
}

/// A firm that works at no gate: before it is chosen, or at its end.
fn state_card(lang: Lang, pilot: &Pilot) -> impl IntoView + use<> {
    let state = pilot.state().as_str();
    let text = t!(lang, &format!("gates-state-text-{state}"));
    view! {
        <Card title=state_name(lang, pilot.state())>
            <p>{text}</p>
        </Card>
    }
}

fn action_card(
    lang: Lang,
    pilot: &Pilot,
    standing: &Standing,
    next: Option<&(DueAction, i64)>,
    now: chrono::DateTime<chrono::Utc>,
) -> impl IntoView + use<> {
    let href = format!("/firm/{}/actions", pilot.id);
    let content = match next {
        None => {
            let text = if standing.is_contact() {
                t!(lang, "gates-no-action-own")
            } else {
                t!(lang, "gates-no-action")
            };
            view! { <p class="muted">{text}</p> }.into_any()
        }
        Some((action, late)) => {
            let due = time::start_of(action.due_on);
            let is_late = action.due_on < time::day_of(now);
            let task = Task {
                href: Some(format!("{href}/{}", action.id)),
                label: action.title.clone(),
                hint: Some(t!(
                    lang,
                    "gates-action-hint",
                    owner = action.owner.clone(),
                    day = time::day(lang, action.due_on),
                    progress = action.progress
                )),
                status: if is_late {
                    t!(lang, "gates-action-late", when = time::relative_days(lang, due, now))
                } else {
                    time::relative_days(lang, due, now)
                },
                tone: if is_late { BadgeTone::Bad } else { BadgeTone::Info },
            };
            let more = (*late > 1).then(|| view! { <p class="small">{t!(lang, "gates-actions-late", n = *late)}</p> });
            view! { <TaskList items=vec![task]/> {more} }.into_any()
        }
    };
    view! {
        <Card title=t!(lang, "gates-next-action")>
            {content}
            <p><a href=href>{t!(lang, "gates-all-actions")}</a></p>
        </Card>
    }
}

/// What lies returned with the firm, each with the way to mend it.
fn returned(lang: Lang, pilot: &Pilot, decisions: &[Decision], back: &CameBack) -> Option<impl IntoView + use<>> {
    let base = format!("/firm/{}", pilot.id);
    let task = |place: &str, label: String, hint: Option<String>| Task {
        href: Some(format!("{base}{place}")),
        label,
        hint: hint.filter(|hint| !hint.is_empty()),
        status: t!(lang, "gates-returned"),
        tone: BadgeTone::Attention,
    };
    let mut tasks = Vec::new();
    let gate = decisions.first().filter(|line| {
        let is_back = matches!(line.verdict(), Verdict::Returned | Verdict::CameBack);
        is_back && pilot.state() == PilotState::Chosen && pilot.gate() == AtGate::Open
    });
    if let Some(line) = gate {
        let label = t!(lang, "gates-returned-gate", stage = stage_name(lang, line.stage()));
        let hint = if line.step() == Step::Due {
            t!(lang, "gates-returned-gate-date")
        } else {
            line.why.clone()
        };
        tasks.push(task("/gate", label, Some(hint)));
    }
    if let Some(reason) = &back.assessment {
        tasks.push(task("/assessment", t!(lang, "gates-returned-assessment"), Some(reason.clone())));
    }
    if back.evidence > 0 {
        tasks.push(task("/assessment", t!(lang, "gates-returned-evidence", n = back.evidence), None));
    }
    if back.not_applicable > 0 {
        tasks.push(task("/assessment", t!(lang, "gates-returned-na", n = back.not_applicable), None));
    }
    if back.actions > 0 {
        tasks.push(task("/actions", t!(lang, "gates-returned-actions", n = back.actions), None));
    }
    (!tasks.is_empty()).then(|| {
        view! {
            <section class="stack" aria-labelledby="returned">
                <h2 id="returned">{t!(lang, "gates-returned-title")}</h2>
                <TaskList items=tasks/>
            </section>
        }
    })
}

fn decisions_card(lang: Lang, pilot: &Pilot, decisions: &[Decision]) -> impl IntoView + use<> {
    let content = if decisions.is_empty() {
        view! { <p class="muted">{t!(lang, "gates-no-decisions")}</p> }.into_any()
    } else {
        let latest = &decisions[..decisions.len().min(LATEST)];
        view! {
            {record(lang, latest, false)}
            <p><a href=format!("/firm/{}/gate#record", pilot.id)>{t!(lang, "gates-whole-record")}</a></p>
        }
        .into_any()
    };
    view! { <Card title=t!(lang, "gates-latest")>{content}</Card> }
}
