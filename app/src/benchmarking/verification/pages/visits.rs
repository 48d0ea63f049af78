//! Records of site visits: added, read, corrected with their history.

use leptos::prelude::*;

use super::{Case, case, indicator_name};
use crate::benchmarking::pages::{View, pilot_head};
use crate::benchmarking::verification::rules::{LONGEST_FINDINGS, LONGEST_PEOPLE, LONGEST_REASON};
use crate::benchmarking::verification::store::{self, Visit, VisitEvent};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::VisitId;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{CheckboxField, Choice, ErrorSummary, Facts, FormState, Hidden, Notice, NoticeTone, Submit, TextArea, TextField, time};

/// `/firm/{pilot}/verification/visits/new`
pub async fn new(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let case = case(&cx).await?;
    case.standing.can_verify().ok_or(AppError::Forbidden)?;
    let title = t!(lang, "verification-visit-new");
    let content = if case.verifies() {
        let asked: Vec<String> = cx.query_all("indicator");
        fields(&cx, &case, None, asked).into_any()
    } else {
        view! { <Notice><p>{t!(lang, "verification-visit-closed")}</p></Notice> }.into_any()
    };
    let body = view! {
        {pilot_head(&cx, &case.pilot, &case.standing, View::Verification)}
        <h2>{title.clone()}</h2>
        {content}
        <p><a href=case.href("")>{t!(lang, "verification-back")}</a></p>
    };
    Ok(Page::new(title, body))
}

/// `/firm/{pilot}/verification/visits/{visit}`
pub async fn visit(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let case = case(&cx).await?;
    let id: VisitId = cx.param("visit")?;
    if !case.reads_verdicts() {
        return Err(AppError::NotFound);
    }
    let visit = case.sheet.visits.iter().find(|visit| visit.id == id).ok_or(AppError::NotFound)?;
    let history = store::visit_history(&cx.app.db, id).await?;
    let title = t!(lang, "verification-visit-of", day = time::day(lang, visit.visited_on));
    let correction = case.verifies().then(|| {
        view! {
            <section class="stack">
                <h3>{t!(lang, "verification-visit-correct")}</h3>
                {fields(&cx, &case, Some(visit), Vec::new())}
            </section>
        }
    });
    let body = view! {
        {pilot_head(&cx, &case.pilot, &case.standing, View::Verification)}
        <h2>{title.clone()}</h2>
        <Facts items=facts(lang, &case, visit)/>
        {correction}
        {earlier(lang, &history)}
        <p><a href=case.href("")>{t!(lang, "verification-back")}</a></p>
    };
    Ok(Page::new(title, body))
}

fn facts(lang: Lang, case: &Case, visit: &Visit) -> Vec<(String, String)> {
    let seen: Vec<String> = visit
        .indicators()
        .filter_map(|id| case.framework.indicator(id))
        .map(|(_, indicator)| indicator_name(lang, indicator))
        .collect();
    vec![
        (t!(lang, "verification-visit-day"), time::day(lang, visit.visited_on)),
        (t!(lang, "verification-visit-people"), visit.people.clone()),
        (t!(lang, "verification-visit-findings"), visit.findings.clone()),
        (t!(lang, "verification-visit-indicators"), seen.join(lang.pick("、", ", "))),
        (
            t!(lang, "verification-visit-entered"),
            format!("{} · {}", visit.by_name.clone().unwrap_or_default(), time::date_time(lang, visit.at)),
        ),
    ]
}

/// The form of a record; `asked` are indicators that are ticked from the start, because a link named them.
fn fields(cx: &Cx, case: &Case, visit: Option<&Visit>, asked: Vec<String>) -> impl IntoView + use<> {
    let lang = cx.lang;
    let form = cx.form("visit");
    let options = case
        .framework
        .indicators()
        .map(|(_, indicator)| Choice::new(indicator.id.clone(), indicator_name(lang, indicator)))
        .collect();
    let ticked = visit.map_or(asked, |visit| visit.indicators().map(ToOwned::to_owned).collect());
    let correction = visit.map(|visit| {
        view! {
            <Hidden name="visit" value=visit.id.to_string()/>
            <Hidden name="edition" value=visit.edition.to_string()/>
        }
    });
    let why = visit.map(|_| {
        view! {
            <TextField form=&form name="why" label=t!(lang, "verification-visit-why") hint=t!(lang, "verification-visit-why-hint")
                maxlength=LONGEST_REASON autocomplete="off"/>
        }
    });
    let label = if visit.is_some() {
        t!(lang, "verification-visit-save-correction")
    } else {
        t!(lang, "verification-visit-save")
    };
    view! {
        <ErrorSummary form=&form/>
        {stale(lang, &form, visit)}
        <form method="post" action="/api/save_visit" class="form">
            <Hidden name="assessment" value=case.assessment.id.to_string()/>
            {correction}
            <TextField form=&form name="visited_on" kind="date" label=t!(lang, "verification-visit-day") hint=t!(lang, "verification-visit-day-hint")
                value=visit.map(|visit| visit.visited_on.to_string()) max=time::day_of(cx.now).to_string() min=time::day_of(case.round.opened_at).to_string() width="12"/>
            <TextField form=&form name="people" label=t!(lang, "verification-visit-people") hint=t!(lang, "verification-visit-people-hint")
                value=visit.map(|visit| visit.people.clone()) maxlength=LONGEST_PEOPLE autocomplete="off"/>
            <CheckboxField form=&form name="indicators[]" label=t!(lang, "verification-visit-indicators") hint=t!(lang, "verification-visit-indicators-hint")
                options=options values=ticked/>
            <TextArea form=&form name="findings" label=t!(lang, "verification-visit-findings") hint=t!(lang, "verification-visit-findings-hint")
                value=visit.map(|visit| visit.findings.clone()) rows="6" maxlength=LONGEST_FINDINGS/>
            {why}
            <Submit label=label/>
        </form>
    }
}

/// That the record was corrected since the form was made; what it says now stands above the form.
fn stale(lang: Lang, form: &FormState, visit: Option<&Visit>) -> Option<impl IntoView + use<>> {
    let typed = form.value("edition")?;
    let is_stale = visit.is_some_and(|visit| visit.edition.to_string() != typed);
    is_stale.then(|| view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "verification-visit-stale")}</p></Notice> })
}

/// What the record said before.
fn earlier(lang: Lang, history: &[VisitEvent]) -> Option<impl IntoView + use<>> {
    (!history.is_empty()).then(|| {
        let rows = history
            .iter()
            .map(|event| {
                let by = event.by_name.clone().unwrap_or_default();
                let head = t!(
                    lang,
                    "verification-visit-corrected-by",
                    by = by,
                    at = time::date_time(lang, event.at),
                    why = event.why.clone()
                );
                view! {
                    <li>
                        <p>{head}</p>
                        <p class="small muted">{format!("{} · {} · {}", time::day(lang, event.visited_on), event.people, event.indicators)}</p>
                        <p class="verdict__words small">{event.findings.clone()}</p>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="stack">
                <h3>{t!(lang, "verification-visit-history")}</h3>
                <ol class="verdict__list">{rows}</ol>
            </section>
        }
    })
}
