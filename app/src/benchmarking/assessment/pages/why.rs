//! "Why this score": the arithmetic itself, line by line.

use leptos::prelude::*;

use super::{dimension_name, indicator_name};
use crate::benchmarking::rules::exact::{in_full, shown};
use crate::benchmarking::rules::score::{DimensionScore, IndicatorLine, Rung, Tally};
use crate::benchmarking::rules::{Answer, Framework, Score};
use crate::i18n::Lang;
use crate::t;
use crate::ui::{Icon, IconName, TableWrap};

/// How a score came about: each dimension's sum, the sum over the dimensions, and the climb to the grade.
pub fn why(lang: Lang, framework: &Framework, score: &Score) -> impl IntoView + use<> {
    let dimensions = score
        .dimensions
        .iter()
        .map(|dimension| dimension_table(lang, framework, dimension))
        .collect_view();
    view! {
        <div class="why stack">
            {dimensions}
            {total_table(lang, framework, &score.so_far)}
            {ladder(lang, &score.so_far.ladder)}
        </div>
    }
}

fn dimension_table(lang: Lang, framework: &Framework, dimension: &DimensionScore) -> impl IntoView + use<> {
    let name = framework
        .dimension(&dimension.id)
        .map_or_else(String::new, |known| dimension_name(lang, known));
    let title = format!("{} {name}", dimension.id);
    let rows = dimension.lines.iter().map(|line| indicator_row(lang, framework, line)).collect_view();
    let result = dimension.score.map_or_else(
        || t!(lang, "assessment-why-none"),
        |score| {
            t!(
                lang,
                "assessment-why-sum",
                above = in_full(dimension.sum),
                below = dimension.counted,
                shown = shown(score)
            )
        },
    );
    view! {
        <TableWrap label=title.clone()>
            <table class="table">
                <caption>{title}</caption>
                <thead><tr>
                    <th scope="col">{t!(lang, "assessment-why-indicator")}</th>
                    <th scope="col" class="num">{t!(lang, "assessment-why-weight")}</th>
                    <th scope="col" class="num">{t!(lang, "assessment-why-level")}</th>
                    <th scope="col" class="num">{t!(lang, "assessment-why-points")}</th>
                    <th scope="col" class="num">{t!(lang, "assessment-why-product")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr><td colspan="5" class="num">{result}</td></tr></tfoot>
            </table>
        </TableWrap>
    }
}

fn indicator_row(lang: Lang, framework: &Framework, line: &IndicatorLine) -> impl IntoView + use<> {
    let name = framework
        .indicator(&line.id)
        .map_or_else(|| line.id.clone(), |(_, indicator)| indicator_name(lang, indicator));
    let level = match line.answer {
        Answer::Level(level) => level.to_string(),
        Answer::NotApplicable => t!(lang, "assessment-na"),
        Answer::Missing => t!(lang, "assessment-why-missing"),
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="num">{line.weight}</td>
            <td class="num">{level}</td>
            <td class="num">{line.points.map_or_else(|| "–".to_owned(), in_full)}</td>
            <td class="num">{line.product.map_or_else(|| "–".to_owned(), in_full)}</td>
        </tr>
    }
}

fn total_table(lang: Lang, framework: &Framework, tally: &Tally) -> impl IntoView + use<> {
    let rows = tally
        .dimensions
        .iter()
        .map(|dimension| {
            let name = framework
                .dimension(&dimension.id)
                .map_or_else(String::new, |known| dimension_name(lang, known));
            view! {
                <tr>
                    <th scope="row">{dimension.id.clone()} " " {name}</th>
                    <td class="num">{dimension.weight}</td>
                    <td class="num">{dimension.score.map_or_else(|| "–".to_owned(), in_full)}</td>
                    <td class="num">{dimension.product.map_or_else(|| "–".to_owned(), in_full)}</td>
                </tr>
            }
        })
        .collect_view();
    let result = tally.total.map_or_else(
        || t!(lang, "assessment-why-none"),
        |total| {
            t!(
                lang,
                "assessment-why-sum",
                above = in_full(tally.sum),
                below = tally.counted,
                shown = shown(total)
            )
        },
    );
    let title = t!(lang, "assessment-why-total");
    view! {
        <TableWrap label=title.clone()>
            <table class="table">
                <caption>{title}</caption>
                <thead><tr>
                    <th scope="col">{t!(lang, "assessment-why-dimension")}</th>
                    <th scope="col" class="num">{t!(lang, "assessment-why-weight")}</th>
                    <th scope="col" class="num">{t!(lang, "assessment-why-score")}</th>
                    <th scope="col" class="num">{t!(lang, "assessment-why-product")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr><td colspan="4" class="num">{result}</td></tr></tfoot>
            </table>
        </TableWrap>
    }
}

/// The climb from grade 2: what was asked, what was had, where it stopped and by how much.
fn ladder(lang: Lang, rungs: &[Rung]) -> Option<impl IntoView + use<>> {
    if rungs.is_empty() {
        return None;
    }
    let items = rungs
        .iter()
        .map(|rung| {
            let line = t!(
                lang,
                "assessment-why-rung",
                grade = rung.grade,
                total = shown(rung.total),
                total_min = rung.total_min,
                weakest = shown(rung.weakest),
                weakest_min = rung.weakest_min
            );
            let (icon, word) = if rung.is_met {
                (IconName::Check, t!(lang, "assessment-why-met"))
            } else {
                (IconName::Cross, lacks(lang, rung))
            };
            view! { <li><Icon name=icon/> {line} " " <strong>{word}</strong></li> }
        })
        .collect_view();
    Some(view! {
        <h3>{t!(lang, "assessment-why-grade")}</h3>
        <ul class="why__ladder">{items}</ul>
    })
}

fn lacks(lang: Lang, rung: &Rung) -> String {
    let zero = crate::benchmarking::rules::exact::whole(0);
    let mut parts = Vec::new();
    // What lacks is rounded up: cut off, somebody who gained just that would still stand below.
    if rung.total_lacks() > zero {
        parts.push(t!(lang, "assessment-why-total-lacks", points = up(rung.total_lacks())));
    }
    if rung.weakest_lacks() > zero {
        parts.push(t!(lang, "assessment-why-weakest-lacks", points = up(rung.weakest_lacks())));
    }
    parts.join(lang.pick("，", ", "))
}

/// A figure to one decimal, rounded up.
fn up(figure: crate::benchmarking::rules::Exact) -> String {
    shown((figure * crate::benchmarking::rules::exact::whole(10)).ceil() / crate::benchmarking::rules::exact::whole(10))
}
