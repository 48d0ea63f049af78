//! A firm's report on one page of paper.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::gaps::largest_gaps;
use super::{dimension_name, drawn, figure, indicator_name, stage_word};
use crate::benchmarking::improvement::rules::ActionState;
use crate::benchmarking::improvement::store::{Action, ActionFilter, actions_of};
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::results::store::{self, Aims, Scored};
use crate::benchmarking::rules::exact::shown;
use crate::clock::day_of;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::time::{date_time, day};
use crate::ui::{Facts, Radar, Series, TableWrap};

/// Gaps on the page: those that need a root cause.
const GAPS: usize = 5;
/// Actions on the page that are still to be done.
const ACTIONS: usize = 6;

/// `/firm/{pilot}/report`
pub async fn report(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let (pilot, _) = pilot_of(&cx).await?;
    let scored = store::scored(db, pilot.id, day_of(cx.now)).await?;
    let aims = store::aims(db, pilot.id).await?;
    let stage = pilot
        .stage()
        .map_or_else(|| t!(lang, "results-completed"), |stage| stage_word(lang, stage));
    let facts = vec![
        (t!(lang, "results-category"), t!(lang, &format!("firms-category-{}", pilot.category))),
        (t!(lang, "results-stage"), stage),
        (t!(lang, "results-printed"), date_time(lang, cx.now)),
    ];
    let actions = actions_of(db, pilot.id, &ActionFilter::default()).await?;
    let content = scored.last().map(|latest| {
        view! {
            {scores(lang, latest)}
            {gaps(lang, latest, &aims)}
        }
    });
    let title = t!(lang, "results-report-of", firm = pilot.firm_name.clone());
    let body = view! {
        <section class="page report">
            <h1>{title.clone()}</h1>
            <Facts items=facts/>
            {content}
            {deeds(lang, &actions, day_of(cx.now))}
            {course(lang, &scored)}
        </section>
    };
    Ok(Page::new(title, body).for_print())
}

fn gaps(lang: Lang, latest: &Scored, aims: &Aims) -> Option<impl IntoView + use<>> {
    let lines = largest_gaps(latest, aims)
        .into_iter()
        .take(GAPS)
        .filter_map(|row| {
            let (_, indicator) = latest.framework.indicator(&row.indicator)?;
            let (name, gap) = (indicator_name(lang, indicator), i64::from(row.gap?));
            Some(view! { <li>{t!(lang, "results-gap-line", name = name, gap = gap, points = shown(row.contribution))}</li> })
        })
        .collect_view();
    (!lines.is_empty()).then(|| view! { <h2>{t!(lang, "results-gaps")}</h2> <ol>{lines}</ol> })
}

/// What the firm does about them: how many are done and late, and the next ones that are due.
fn deeds(lang: Lang, actions: &[Action], today: NaiveDate) -> Option<impl IntoView + use<>> {
    let count = |state: ActionState| actions.iter().filter(|action| action.state == state).count();
    let late = actions.iter().filter(|action| action.days_late(today).is_some()).count();
    let lines = actions
        .iter()
        .filter(|action| matches!(action.state, ActionState::Planned | ActionState::Doing))
        .take(ACTIONS)
        .map(|action| {
            let due = t!(lang, "results-action-due", owner = action.owner.clone(), day = day(lang, action.due_on));
            view! { <li>{format!("{} {} · {due} · {}%", action.indicator, action.title, action.progress)}</li> }
        })
        .collect_view();
    (!actions.is_empty()).then(|| {
        let sum = t!(
            lang,
            "results-actions-sum",
            n = actions.len(),
            done = count(ActionState::Done),
            cancelled = count(ActionState::Cancelled),
            late = late
        );
        view! { <h2>{t!(lang, "bench-view-actions")}</h2> <p>{sum}</p> <ol>{lines}</ol> }
    })
}

/// Verified totals, round by round.
fn course(lang: Lang, scored: &[Scored]) -> Option<impl IntoView + use<>> {
    let verified: Vec<String> = scored
        .iter()
        .filter_map(|round| {
            let total = round.verified.as_ref()?.total?;
            Some(t!(lang, "results-round-total", n = round.assessment.number, total = shown(total)))
        })
        .collect();
    (verified.len() > 1).then(|| view! { <h2>{t!(lang, "results-trend-verified")}</h2> <p>{verified.join(" → ")}</p> })
}

fn scores(lang: Lang, latest: &Scored) -> impl IntoView + use<> {
    let framework = &latest.framework;
    let columns = [Some(&latest.own), Some(&latest.capped), latest.verified.as_ref()];
    let rows = framework
        .dimensions
        .iter()
        .map(|dimension| {
            let cells = columns
                .iter()
                .map(|score| view! { <td class="num">{figure(score.and_then(|score| score.dimension(&dimension.id)))}</td> })
                .collect_view();
            view! { <tr><th scope="row">{dimension_name(lang, dimension)}</th>{cells}</tr> }
        })
        .collect_view();
    let totals = columns
        .iter()
        .map(|score| view! { <td class="num"><strong>{figure(score.and_then(|score| score.total))}</strong></td> })
        .collect_view();
    let best = latest.verified.as_ref().unwrap_or(&latest.capped);
    let values = framework.dimensions.iter().map(|dimension| best.dimension(&dimension.id).map(drawn));
    let series = vec![Series {
        label: t!(
            lang,
            if latest.verified.is_some() {
                "results-verified"
            } else {
                "results-capped"
            }
        ),
        values: values.collect(),
    }];
    let axes = framework.dimensions.iter().map(|dimension| dimension_name(lang, dimension)).collect();
    view! {
        <TableWrap label=t!(lang, "results-dimensions")>
        <table class="table">
            <thead><tr>
                <th scope="col">{t!(lang, "results-dimension")}</th>
                <th scope="col" class="num">{t!(lang, "results-own")}</th>
                <th scope="col" class="num">{t!(lang, "results-capped")}</th>
                <th scope="col" class="num">{t!(lang, "results-verified")}</th>
            </tr></thead>
            <tbody>{rows}<tr><th scope="row">{t!(lang, "results-total")}</th>{totals}</tr></tbody>
        </table>
        </TableWrap>
        <Radar title=t!(lang, "results-dimensions") axes=axes series=series/>
    }
}
