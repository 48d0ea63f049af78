//! A firm's report on one page of paper.

use leptos::prelude::*;

use super::{dimension_name, figure, indicator_name, stage_word};
use crate::benchmarking::improvement::rules::gap_rows;
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::results::store::{self, Scored};
use crate::benchmarking::rules::exact::shown;
use crate::clock::day_of;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::time::date_time;
use crate::ui::{Facts, Radar, Series};

/// Gaps on the page: those that need a root cause.
const GAPS: usize = 5;

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
    let content = scored.last().map(|latest| {
        let levels = if latest.verified.is_some() {
            &latest.levels.verified
        } else {
            &latest.levels.capped
        };
        let mut gaps = gap_rows(&latest.framework, &aims.benchmark, levels);
        gaps.sort_by_key(|row| std::cmp::Reverse(row.contribution));
        let lines = gaps
            .iter()
            .filter_map(|row| {
                let gap = row.gap.filter(|gap| *gap > 0)?;
                let (_, indicator) = latest.framework.indicator(&row.indicator)?;
                let name = indicator_name(lang, indicator);
                Some(view! { <li>{t!(lang, "results-gap-line", name = name, gap = i64::from(gap), points = shown(row.contribution))}</li> })
            })
            .take(GAPS)
            .collect_view();
        view! {
            {scores(lang, latest)}
            <h2>{t!(lang, "results-gaps")}</h2>
            <ol>{lines}</ol>
        }
    });
    let title = t!(lang, "results-report-of", firm = pilot.firm_name.clone());
    let body = view! {
        <section class="page report">
            <h1>{title.clone()}</h1>
            <Facts items=facts/>
            {content}
        </section>
    };
    Ok(Page::new(title, body).for_print())
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
    #[allow(clippy::cast_precision_loss)] // only drawn; scores are at most 100
    let values = framework
        .dimensions
        .iter()
        .map(|dimension| best.dimension(&dimension.id).map(|value| *value.numer() as f64 / *value.denom() as f64));
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
        <table class="table">
            <thead><tr>
                <th scope="col">{t!(lang, "results-dimension")}</th>
                <th scope="col" class="num">{t!(lang, "results-own")}</th>
                <th scope="col" class="num">{t!(lang, "results-capped")}</th>
                <th scope="col" class="num">{t!(lang, "results-verified")}</th>
            </tr></thead>
            <tbody>{rows}<tr><th scope="row">{t!(lang, "results-total")}</th>{totals}</tr></tbody>
        </table>
        <Radar title=t!(lang, "results-dimensions") axes=axes series=series/>
    }
}
