//! `/firm/{pilot}/benchmark/gaps`: the firm held against its benchmark, indicator by indicator.

use std::collections::BTreeMap;
use std::fmt::Write;

use leptos::prelude::*;

use super::{Part, benchmark_head, day, named, no_framework};
use crate::benchmarking::improvement::rules::GapRow;
use crate::benchmarking::improvement::store::{self, Cause, Compared, Target};
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::rules::exact::{Exact, shown};
use crate::benchmarking::rules::gates::CAUSES;
use crate::benchmarking::rules::level::{Answer, Level};
use crate::benchmarking::store::Pilot;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{Badge, BadgeTone, ButtonLink, EmptyState, IconName, Tab, TableWrap, Tabs, Tone, time};

/// `/firm/{pilot}/benchmark/gaps?by=indicator`
pub async fn table(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let db = &cx.app.db;
    let title = t!(lang, "improvement-gaps-title", firm = pilot.firm_name.clone());
    let content = match store::compared(db, &pilot, time::day_of(cx.now)).await? {
        None => nothing_to_compare(&cx, &pilot, standing.can_edit().is_some()).await?,
        Some(compared) => {
            let causes = store::causes_of(db, pilot.id).await?;
            let targets = store::targets_of(db, pilot.id).await?;
            let by_indicator = cx.query("by").as_deref() == Some("indicator");
            gap_view(lang, &pilot, compared, &causes, &targets, by_indicator).into_any()
        }
    };
    let body = view! {
        {benchmark_head(&cx, &pilot, &standing, Part::Gaps)}
        {content}
    };
    Ok(Page::new(title, body))
}

/// What is missing for a comparison, and the way there.
async fn nothing_to_compare(cx: &Cx, pilot: &Pilot, edits: bool) -> Result<AnyView, AppError> {
    let lang = cx.lang;
    if store::current_framework(&cx.app.db, pilot).await?.is_none() {
        return Ok(no_framework(lang));
    }
    let has_benchmark = store::primary(&cx.app.db, pilot.id).await?.is_some();
    let (text, href, label) = if has_benchmark {
        let href = format!("/firm/{}/assessment", pilot.id);
        (t!(lang, "improvement-no-assessment-text"), href, t!(lang, "improvement-to-assessment"))
    } else {
        let href = format!("/firm/{}/benchmark", pilot.id);
        (t!(lang, "improvement-no-benchmark-text"), href, t!(lang, "improvement-to-benchmark"))
    };
    let step = edits.then(|| view! { <ButtonLink href=href label=label tone=Tone::Main/> });
    Ok(view! { <EmptyState icon=IconName::Chart title=t!(lang, "improvement-no-gaps-yet") text=text>{step}</EmptyState> }.into_any())
}

fn gap_view(
    lang: Lang,
    pilot: &Pilot,
    compared: Compared,
    causes: &BTreeMap<String, Cause>,
    targets: &BTreeMap<String, Target>,
    by_indicator: bool,
) -> impl IntoView + use<> {
    let sum: Exact = compared.rows.iter().fold(Exact::from_integer(0), |sum, row| sum + row.contribution);
    let asked = compared.rows.iter().filter(|row| row.is_largest).count();
    let answered = compared
        .rows
        .iter()
        .filter(|row| row.is_largest && causes.contains_key(&row.indicator))
        .count();
    let base = format!("/firm/{}/benchmark/gaps", pilot.id);
    let sorts = vec![
        Tab {
            href: base.clone(),
            label: t!(lang, "improvement-by-contribution"),
            current: !by_indicator,
            count: None,
        },
        Tab {
            href: format!("{base}?by=indicator"),
            label: t!(lang, "improvement-by-indicator"),
            current: by_indicator,
            count: None,
        },
    ];
    let mut rows = compared.rows.clone();
    if !by_indicator {
        // A stable sort: of equals the first in the framework stays first.
        rows.sort_by_key(|row| std::cmp::Reverse(row.contribution));
    }
    let lines = rows
        .iter()
        .map(|row| {
            gap_line(
                lang,
                &base,
                &compared,
                row,
                causes.contains_key(&row.indicator),
                targets.get(&row.indicator),
            )
        })
        .collect_view();
    let own = own_label(lang, compared.own.is_verified);
    view! {
        <p>{basis(lang, &compared)}</p>
        <p>{t!(lang, "improvement-gap-sum", points = shown(sum), asked = asked, answered = answered, most = CAUSES)}</p>
        <Tabs items=sorts label=t!(lang, "improvement-sorting")/>
        <TableWrap label=t!(lang, "improvement-gaps")>
            <table class="table table--stack gap-table">
                <caption class="visually-hidden">{t!(lang, "improvement-gaps")}</caption>
                <thead><tr>
                    <th scope="col">{t!(lang, "improvement-indicator")}</th>
                    <th scope="col" class="num">{t!(lang, "improvement-benchmark-level")}</th>
                    <th scope="col" class="num">{own.clone()}</th>
                    <th scope="col" class="num">{t!(lang, "improvement-gap")}</th>
                    <th scope="col">{t!(lang, "improvement-scale")}</th>
                    <th scope="col" class="num">{t!(lang, "improvement-contribution")}</th>
                    <th scope="col" class="num">{t!(lang, "improvement-target")}</th>
                    <th scope="col">{t!(lang, "improvement-cause")}</th>
                </tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </TableWrap>
        <p class="small muted">{t!(lang, "improvement-contribution-how")}</p>
    }
}

/// Which levels are compared with which benchmark.
fn basis(lang: Lang, compared: &Compared) -> String {
    let newest = compared.sources.values().map(|known| known.dated_on).max();
    let date = newest.map(|newest| day(lang, newest)).unwrap_or_default();
    let name = compared.benchmark.name.clone();
    if compared.own.is_verified {
        t!(lang, "improvement-basis-verified", name = name, round = compared.own.round, date = date)
    } else {
        t!(lang, "improvement-basis-capped", name = name, round = compared.own.round, date = date)
    }
}

/// The name of the column of the firm's own level.
pub fn own_label(lang: Lang, is_verified: bool) -> String {
    if is_verified {
        t!(lang, "improvement-own-verified")
    } else {
        t!(lang, "improvement-own-capped")
    }
}

/// An answer as it stands in a cell.
pub fn answer_text(lang: Lang, answer: Answer) -> String {
    match answer {
        Answer::Level(level) => level.get().to_string(),
        Answer::NotApplicable => t!(lang, "improvement-na"),
        Answer::Missing => t!(lang, "improvement-missing"),
    }
}

fn gap_line(lang: Lang, base: &str, compared: &Compared, row: &GapRow, has_cause: bool, target: Option<&Target>) -> impl IntoView + use<> {
    let name = compared
        .own
        .framework
        .indicator(&row.indicator)
        .map_or_else(|| row.indicator.clone(), |(_, indicator)| named(lang, indicator));
    let cause = match (has_cause, row.is_largest) {
        (true, _) => view! { <Badge tone=BadgeTone::Good label=t!(lang, "improvement-cause-there")/> }.into_any(),
        (false, true) => view! { <Badge tone=BadgeTone::Attention label=t!(lang, "improvement-cause-asked")/> }.into_any(),
        (false, false) => ().into_any(),
    };
    let is_gap = row.gap.is_some_and(|gap| gap > 0);
    let points = if is_gap { shown(row.contribution) } else { "0".to_owned() };
    view! {
        <tr>
            <th scope="row"><a href=format!("{base}/{}", row.indicator)>{name}</a></th>
            <td class="num" data-label=t!(lang, "improvement-benchmark-level")>{row.benchmark.map_or_else(|| "–".to_owned(), |level| level.get().to_string())}</td>
            <td class="num" data-label=own_label(lang, compared.own.is_verified)>{answer_text(lang, row.own)}</td>
            <td class="num" data-label=t!(lang, "improvement-gap")>{row.gap.map_or_else(|| "–".to_owned(), |gap| gap.to_string())}</td>
            <td class="gap-table__bar">{scale(row, target.map(|target| target.level))}</td>
            <td class="num" data-label=t!(lang, "improvement-contribution")>{row.gap.map_or_else(|| "–".to_owned(), |_| points)}</td>
            <td class="num" data-label=t!(lang, "improvement-target")>{target.map_or_else(|| "–".to_owned(), |target| target.level.get().to_string())}</td>
            <td data-label=t!(lang, "improvement-cause")>{cause}</td>
        </tr>
    }
}

/// The levels 1 to 5 as a line: how far the firm is, how much is lacking, where the benchmark and the target stand. The
/// figures stand in the cells beside it.
fn scale(row: &GapRow, target: Option<Level>) -> impl IntoView + use<> {
    let at = |level: Level| i64::from(level.get()) * 40;
    let own = match row.own {
        Answer::Level(level) => at(level),
        Answer::NotApplicable | Answer::Missing => 0,
    };
    let mut drawing = String::from(r#"<rect class="scale__track" x="0" y="4" width="200" height="12" rx="2"/>"#);
    if let Some(benchmark) = row.benchmark.map(at).filter(|benchmark| *benchmark > own && own > 0) {
        let _ = write!(
            drawing,
            r#"<rect class="scale__gap" x="{own}" y="4" width="{}" height="12"/>"#,
            benchmark - own
        );
        for from in (own..benchmark).step_by(8) {
            let _ = write!(drawing, r#"<path class="scale__hatch" d="M{from} 16l8-12"/>"#);
        }
    }
    let _ = write!(drawing, r#"<rect class="scale__own" x="0" y="4" width="{own}" height="12" rx="2"/>"#);
    for mark in [40, 80, 120, 160] {
        let _ = write!(drawing, r#"<path class="scale__mark" d="M{mark} 4v12"/>"#);
    }
    if let Some(benchmark) = row.benchmark.map(at) {
        let _ = write!(drawing, r#"<path class="scale__benchmark" d="M{benchmark} 0v20"/>"#);
    }
    if let Some(target) = target.map(at) {
        let _ = write!(drawing, r#"<path class="scale__target" d="M{target} 3l5 7-5 7-5-7Z"/>"#);
    }
    view! { <svg class="scale" viewBox="-2 0 208 20" width="208" height="20" aria-hidden="true" focusable="false" inner_html=drawing></svg> }
}
