//! The rounds of a cohort: which framework version each pins, who stands where in it, and its close.

use leptos::prelude::*;

use super::{CohortView, cohort_head, county, may_run};
use crate::benchmarking::selection::rules::CohortState;
use crate::benchmarking::selection::store::{self, Cohort, Published, RoundRow, Standing};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{CohortId, RoundId};
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    Badge, BadgeTone, ButtonLink, Choice, Confirm, Crumbs, EmptyState, ErrorSummary, Facts, FormState, Hidden, IconName, Meter, Notice, NoticeTone,
    PageHeader, SelectField, Submit, TableWrap, TextField, Tone, time,
};

fn badge(lang: Lang, round: &RoundRow) -> impl IntoView + use<> {
    let (tone, label) = if round.is_open() {
        (BadgeTone::Good, t!(lang, "selection-round-open"))
    } else {
        (BadgeTone::Neutral, t!(lang, "selection-round-done"))
    };
    view! { <Badge tone=tone label=label/> }
}

/// `/city/cohorts/{id}/rounds`
pub(super) async fn list(cx: Cx) -> Result<Page, AppError> {
    may_run(&cx)?;
    let lang = cx.lang;
    let cohort = store::cohort(&cx.app.db, cx.param::<CohortId>("id")?).await?;
    let rounds = store::rounds(&cx.app.db, cohort.id).await?;
    let published = store::published(&cx.app.db).await?;
    let form = cx.form("open-round");
    let opening = opening(lang, &cohort, &rounds, published, &form);
    let list = if rounds.is_empty() {
        view! { <EmptyState title=t!(lang, "selection-no-rounds") text=t!(lang, "selection-no-rounds-text") icon=IconName::Refresh/> }.into_any()
    } else {
        table(lang, &cohort, rounds).into_any()
    };
    let body = view! {
        <ErrorSummary form=form/>
        {cohort_head(lang, &cohort, CohortView::Rounds, None)}
        {list}
        {opening}
    };
    Ok(Page::new(format!("{} · {}", t!(lang, "selection-tab-rounds"), cohort.name), body))
}

fn table(lang: Lang, cohort: &Cohort, rounds: Vec<RoundRow>) -> impl IntoView + use<> {
    let rows = rounds
        .into_iter()
        .map(|round| {
            let href = format!("/city/cohorts/{}/rounds/{}", cohort.id, round.id);
            let state = badge(lang, &round);
            let closed = round.closed_at.map(|at| time::date(lang, at));
            view! {
                <tr>
                    <th scope="row"><a href=href>{t!(lang, "selection-round-number", n = round.number, name = round.name)}</a></th>
                    <td data-label=t!(lang, "selection-state")>{state}</td>
                    <td data-label=t!(lang, "selection-framework")>{format!("{} {}", round.framework_name, round.framework_version)}</td>
                    <td data-label=t!(lang, "selection-verified-of-begun") class="num">{format!("{} / {}", round.verified, round.begun)}</td>
                    <td data-label=t!(lang, "selection-opened-on") class="nowrap">{time::date(lang, round.opened_at)}</td>
                    <td data-label=t!(lang, "selection-closed-on") class="nowrap">{closed}</td>
                </tr>
            }
        })
        .collect_view();
    let head = move |key: &'static str| view! { <th scope="col">{t!(lang, key)}</th> };
    view! {
        <TableWrap label=t!(lang, "selection-tab-rounds")>
            <table class="table table--stack">
                <thead><tr>
                    {head("selection-round")}
                    {head("selection-state")}
                    {head("selection-framework")}
                    <th scope="col" class="num">{t!(lang, "selection-verified-of-begun")}</th>
                    {head("selection-opened-on")}
                    {head("selection-closed-on")}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

fn framework_choices(published: Vec<Published>) -> Vec<Choice> {
    published
        .into_iter()
        .map(|framework| Choice::new(framework.id.to_string(), format!("{} {}", framework.name, framework.version)))
        .collect()
}

/// The form that opens the next round, or what has to be done before.
fn opening(lang: Lang, cohort: &Cohort, rounds: &[RoundRow], published: Vec<Published>, form: &FormState) -> AnyView {
    if rounds.iter().any(RoundRow::is_open) || cohort.state == CohortState::Closed {
        return ().into_any();
    }
    if cohort.state == CohortState::Selecting {
        return view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "selection-round-cohort-not-running")}</p></Notice> }.into_any();
    }
    if published.is_empty() {
        return view! {
            <EmptyState title=t!(lang, "selection-no-framework") text=t!(lang, "selection-no-framework-text") icon=IconName::Chart>
                <ButtonLink href="/city/frameworks" label=t!(lang, "selection-to-frameworks")/>
            </EmptyState>
        }
        .into_any();
    }
    let next = rounds.iter().map(|round| round.number).max().unwrap_or(0) + 1;
    view! {
        <section class="stack" aria-labelledby="open-round">
            <h2 id="open-round">{t!(lang, "selection-round-open-next", n = next)}</h2>
            <p>{t!(lang, "selection-round-open-text")}</p>
            <form method="post" action="/api/open_round" class="narrow">
                <Hidden name="cohort" value=cohort.id.to_string()/>
                <TextField form=form.clone() name="name" label=t!(lang, "selection-round-name") hint=t!(lang, "selection-round-name-hint") maxlength="60"/>
                <SelectField form=form.clone() name="framework" label=t!(lang, "selection-framework") hint=t!(lang, "selection-framework-hint") options=framework_choices(published)/>
                <Submit label=t!(lang, "selection-round-open-yes") tone=Tone::Main/>
            </form>
        </section>
    }
    .into_any()
}

/// `/city/cohorts/{id}/rounds/{round}`
pub(super) async fn show(cx: Cx) -> Result<Page, AppError> {
    may_run(&cx)?;
    let lang = cx.lang;
    let cohort = store::cohort(&cx.app.db, cx.param::<CohortId>("id")?).await?;
    let round = store::round_row(&cx.app.db, cohort.id, cx.param::<RoundId>("round")?).await?;
    let standings = store::standings(&cx.app.db, round.id).await?;
    let regions = cx.regions().await?;
    let form = cx.form("move-round");
    let steps = if round.is_open() {
        let published = store::published(&cx.app.db).await?;
        Some(view! {
            {closing(lang, &round, &standings)}
            {moving(lang, &round, &standings, published, &form)}
        })
    } else {
        None
    };
    let crumbs = vec![
        (format!("/city/cohorts/{}", cohort.id), cohort.name.clone()),
        (format!("/city/cohorts/{}/rounds", cohort.id), t!(lang, "selection-tab-rounds")),
    ];
    let title = t!(lang, "selection-round-number", n = round.number, name = round.name.clone());
    let n = i64::try_from(standings.len()).unwrap_or(i64::MAX);
    let body = view! {
        <Crumbs items=crumbs/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() caption=cohort.name.clone()/>
        <p>{badge(lang, &round)}</p>
        <Facts items=facts(lang, &round)/>
        <Meter value=verified(&standings) max=n label=t!(lang, "selection-verified")/>
        <section class="stack" aria-labelledby="standings">
            <h2 id="standings">{t!(lang, "selection-standings")}</h2>
            {standing_table(lang, &round, standings, &regions)}
        </section>
        {steps}
    };
    Ok(Page::new(title, body))
}

fn facts(lang: Lang, round: &RoundRow) -> Vec<(String, String)> {
    let mut facts = vec![
        (
            t!(lang, "selection-framework"),
            format!("{} {}", round.framework_name, round.framework_version),
        ),
        (t!(lang, "selection-opened-on"), time::date_time(lang, round.opened_at)),
    ];
    facts.extend(round.closed_at.map(|at| (t!(lang, "selection-closed-on"), time::date_time(lang, at))));
    facts
}

fn is_verified(standing: &Standing) -> bool {
    standing.state.as_deref() == Some("verified")
}

fn verified(standings: &[Standing]) -> i64 {
    i64::try_from(standings.iter().filter(|standing| is_verified(standing)).count()).unwrap_or(i64::MAX)
}

/// The word of an assessment's state; without one the firm has not begun.
fn state_words(lang: Lang, state: Option<&str>) -> (BadgeTone, String) {
    match state {
        Some("draft") => (BadgeTone::Info, t!(lang, "selection-assessment-draft")),
        Some("submitted") => (BadgeTone::Attention, t!(lang, "selection-assessment-submitted")),
        Some("returned") => (BadgeTone::Bad, t!(lang, "selection-assessment-returned")),
        Some("verified") => (BadgeTone::Good, t!(lang, "selection-assessment-verified")),
        _ => (BadgeTone::Neutral, t!(lang, "selection-assessment-none")),
    }
}

fn standing_table(lang: Lang, round: &RoundRow, standings: Vec<Standing>, regions: &[RegionName]) -> AnyView {
    if standings.is_empty() {
        return view! { <EmptyState title=t!(lang, "selection-no-pilots") text=t!(lang, "selection-no-pilots-text") icon=IconName::Firm/> }
            .into_any();
    }
    let is_closed = !round.is_open();
    let rows = standings
        .into_iter()
        .map(|standing| {
            let (tone, label) = state_words(lang, standing.state.as_deref());
            let frozen = is_closed.then(|| frozen_cells(lang, &standing));
            view! {
                <tr>
                    <th scope="row"><a href=format!("/firm/{}", standing.pilot_id)>{standing.firm_name.clone()}</a></th>
                    <td data-label=t!(lang, "selection-county") class="nowrap">{county(lang, regions, &standing.region)}</td>
                    <td data-label=t!(lang, "selection-state")><Badge tone=tone label=label/></td>
                    {frozen}
                </tr>
            }
        })
        .collect_view();
    let frozen = is_closed.then(|| {
        view! {
            <th scope="col" class="num">{t!(lang, "selection-frozen-total")}</th>
            <th scope="col" class="num">{t!(lang, "selection-frozen-grade")}</th>
        }
    });
    view! {
        <TableWrap label=t!(lang, "selection-standings")>
            <table class="table table--stack">
                <thead><tr>
                    <th scope="col">{t!(lang, "selection-firm")}</th>
                    <th scope="col">{t!(lang, "selection-county")}</th>
                    <th scope="col">{t!(lang, "selection-state")}</th>
                    {frozen}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

fn frozen_cells(lang: Lang, standing: &Standing) -> impl IntoView + use<> {
    let total = standing.shown_total().unwrap_or_else(|| "–".to_owned());
    let grade = standing.grade.map_or_else(|| "–".to_owned(), |grade| grade.to_string());
    let provisional = (standing.comparable == Some(false)).then(|| view! { <span class="muted small">" "{t!(lang, "selection-provisional")}</span> });
    view! {
        <td data-label=t!(lang, "selection-frozen-total") class="num">{total}</td>
        <td data-label=t!(lang, "selection-frozen-grade") class="num">{grade}{provisional}</td>
    }
}

/// The close, which has no way back: who is not verified stands in the question.
fn closing(lang: Lang, round: &RoundRow, standings: &[Standing]) -> impl IntoView + use<> {
    let open: Vec<String> = standings
        .iter()
        .filter(|standing| !is_verified(standing))
        .map(|standing| {
            let (_, state) = state_words(lang, standing.state.as_deref());
            t!(lang, "selection-close-round-one", firm = standing.firm_name.clone(), state = state)
        })
        .collect();
    let missing = if open.is_empty() {
        view! { <p>{t!(lang, "selection-close-round-all")}</p> }.into_any()
    } else {
        let n = i64::try_from(open.len()).unwrap_or(i64::MAX);
        let names = open.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! { <p>{t!(lang, "selection-close-round-missing", n = n)}</p><ul>{names}</ul> }.into_any()
    };
    let id = round.id.to_string();
    view! {
        <form method="post" action="/api/close_round">
            <Confirm label=t!(lang, "selection-close-round") title=t!(lang, "selection-close-round-title") text=t!(lang, "selection-close-round-text") yes_label=t!(lang, "selection-close-round-yes")>
                <Hidden name="round" value=id/>
                {missing}
            </Confirm>
        </form>
    }
}

/// The move to another framework version, or why it can't be made.
fn moving(lang: Lang, round: &RoundRow, standings: &[Standing], published: Vec<Published>, form: &FormState) -> AnyView {
    let others: Vec<Published> = published.into_iter().filter(|other| other.id != round.framework_id).collect();
    if others.is_empty() {
        return ().into_any();
    }
    let under_review = standings
        .iter()
        .filter(|standing| standing.state.as_deref().is_some_and(|state| state != "draft"))
        .count();
    let inner = if under_review > 0 {
        let n = i64::try_from(under_review).unwrap_or(i64::MAX);
        view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "selection-round-under-review", n = n)}</p></Notice> }.into_any()
    } else {
        view! {
            <p>{t!(lang, "selection-move-text")}</p>
            <form method="post" action="/api/move_round" class="narrow">
                <Hidden name="round" value=round.id.to_string()/>
                <SelectField form=form.clone() name="framework" label=t!(lang, "selection-framework") options=framework_choices(others)/>
                <Confirm label=t!(lang, "selection-move-open") title=t!(lang, "selection-move-title") yes_label=t!(lang, "selection-move-yes")/>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="stack" aria-labelledby="move-round">
            <h2 id="move-round">{t!(lang, "selection-move")}</h2>
            {inner}
        </section>
    }
    .into_any()
}
