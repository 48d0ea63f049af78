//! `/firm/{pilot}/benchmark/what-if`: levels tried before anything is promised. The address carries them; nothing is stored.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::gaps::{answer_text, own_label};
use super::{Part, benchmark_head, dimension_name, level_text, named};
use crate::benchmarking::improvement::rules::gap_rows;
use crate::benchmarking::improvement::store::{self, Measured};
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::rules::exact::{Exact, shown, shown_signed, whole, written};
use crate::benchmarking::rules::gates::TOTAL_RISE;
use crate::benchmarking::rules::level::{Answer, Answers, Level};
use crate::benchmarking::rules::score::{DimensionScore, Score, score};
use crate::benchmarking::rules::{Framework, Indicator};
use crate::error::{AppError, FieldProblem};
use crate::i18n::{Lang, say};
use crate::request::Cx;
use crate::respond::set_status;
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, Choice, EmptyState, ErrorSummary, FieldError, FormState, IconName, SelectField, Submit, TableWrap, time};

/// The levels that the address tries; what is no level is a fault beside its field.
fn tried(cx: &Cx, framework: &Framework) -> (BTreeMap<String, Level>, FormState) {
    let mut levels = BTreeMap::new();
    let mut form = FormState::default();
    for (_, indicator) in framework.indicators() {
        let Some(typed) = cx.query(&indicator.id) else { continue };
        form.values.insert(indicator.id.clone(), vec![typed.clone()]);
        if let Some(level) = typed.trim().parse().ok().and_then(Level::new) {
            levels.insert(indicator.id.clone(), level);
        } else {
            let problem = FieldProblem::new(&indicator.id, "improvement-try-wrong").with("indicator", &indicator.id);
            form.errors.push(FieldError {
                field: indicator.id.clone(),
                message: say(cx.lang, &problem.problem),
            });
        }
    }
    (levels, form)
}

/// `/firm/{pilot}/benchmark/what-if?A1=4&C3=5`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let db = &cx.app.db;
    let today = time::day_of(cx.now);
    let title = t!(lang, "improvement-what-if-title");
    let head = benchmark_head(&cx, &pilot, &standing, Part::WhatIf);
    let Some(own) = store::measured(db, &pilot, today).await? else {
        let body = view! {
            {head}
            <EmptyState icon=IconName::Chart title=t!(lang, "improvement-no-gaps-yet") text=t!(lang, "improvement-no-assessment-text")>
                <ButtonLink href=format!("/firm/{}/assessment", pilot.id) label=t!(lang, "improvement-to-assessment")/>
            </EmptyState>
        };
        return Ok(Page::new(title, body));
    };
    let benchmark = match store::primary(db, pilot.id).await? {
        Some(primary) => store::levels(db, primary.id)
            .await?
            .into_iter()
            .map(|(id, known)| (id, known.level))
            .collect(),
        None => BTreeMap::new(),
    };
    let (levels, form) = tried(&cx, &own.framework);
    if !form.is_clean() {
        set_status(422);
    }
    let here = format!("/firm/{}/benchmark/what-if", pilot.id);
    let body = view! {
        <ErrorSummary form=form.clone()/>
        {head}
        <p>{t!(lang, "improvement-what-if-lead")}</p>
        {outcome(lang, &own, &levels, &benchmark)}
        {try_form(lang, &here, &own, &levels, &form)}
    };
    Ok(Page::new(title, body))
}

/// The answers with the tried levels in their place.
fn with(own: &Answers, tried: &BTreeMap<String, Level>) -> Answers {
    let mut answers = own.clone();
    answers.extend(tried.iter().map(|(indicator, level)| (indicator.clone(), Answer::Level(*level))));
    answers
}

fn outcome(lang: Lang, own: &Measured, tried: &BTreeMap<String, Level>, benchmark: &BTreeMap<String, Level>) -> impl IntoView + use<> {
    let answers = with(&own.levels, tried);
    let (now, then) = (score(&own.framework, &own.levels), score(&own.framework, &answers));
    let gap_of = |answers: &Answers| {
        gap_rows(&own.framework, benchmark, answers)
            .iter()
            .fold(whole(0), |sum, row| sum + row.contribution)
    };
    let column = own_label(lang, own.is_verified);
    let points = |total: Option<Exact>| total.map_or_else(|| t!(lang, "improvement-not-yet"), shown);
    let grade = |score: &Score| score.grade.map_or_else(|| t!(lang, "improvement-not-yet"), |grade| grade.to_string());
    let mut rows = vec![
        (t!(lang, "improvement-total"), points(now.total), points(then.total)),
        (t!(lang, "improvement-grade"), grade(&now), grade(&then)),
    ];
    if !benchmark.is_empty() {
        rows.push((t!(lang, "improvement-gap-left"), shown(gap_of(&own.levels)), shown(gap_of(&answers))));
    }
    for ((before, after), dimension) in now.dimensions.iter().zip(&then.dimensions).zip(&own.framework.dimensions) {
        rows.push((dimension_name(lang, dimension), points(before.score), points(after.score)));
    }
    let lines = rows
        .into_iter()
        .map(|(what, before, after)| view! { <tr><th scope="row">{what}</th><td class="num">{before}</td><td class="num">{after}</td></tr> })
        .collect_view();
    let far = distances(lang, &now, &then)
        .into_iter()
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    let sums = arithmetic(lang, &own.framework, &then)
        .into_iter()
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    view! {
        <section class="stack" aria-labelledby="outcome">
            <h2 id="outcome">{t!(lang, "improvement-outcome")}</h2>
            <TableWrap label=t!(lang, "improvement-outcome")>
                <table class="table">
                    <thead><tr>
                        <th scope="col">{t!(lang, "improvement-figure")}</th>
                        <th scope="col" class="num">{column}</th>
                        <th scope="col" class="num">{t!(lang, "improvement-tried")}</th>
                    </tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </TableWrap>
            <ul>{far}</ul>
            <details class="disclosure">
                <summary>{t!(lang, "improvement-arithmetic")}</summary>
                <ul class="arithmetic">{sums}</ul>
            </details>
        </section>
    }
}

/// How far it is to the next grade, and to the rise that the gate of 提升 asks for.
fn distances(lang: Lang, now: &Score, then: &Score) -> Vec<String> {
    let (Some(before), Some(after)) = (now.total, then.total) else {
        return vec![t!(lang, "improvement-far-unknown")];
    };
    let zero = whole(0);
    let mut lines = vec![match then.next_grade() {
        Some(rung) => t!(
            lang,
            "improvement-far-grade",
            grade = rung.grade,
            total = lacking(rung.total_lacks()),
            weakest = lacking(rung.weakest_lacks())
        ),
        None => t!(lang, "improvement-far-top"),
    }];
    let rise = after - before;
    let climbed = then.grade > now.grade;
    let short = whole(TOTAL_RISE) - rise;
    lines.push(if climbed || short <= zero {
        t!(lang, "improvement-far-rise-met", rise = shown_signed(rise))
    } else {
        t!(lang, "improvement-far-rise", rise = shown_signed(rise), short = lacking(short))
    });
    lines
}

/// What is lacking, rounded up to 0.1: less than that would not be enough.
fn lacking(short: Exact) -> String {
    let tenths = (short * whole(10)).ceil().to_integer();
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The score as the sum that it is: Σ weight × points for each dimension, and over the dimensions.
fn arithmetic(lang: Lang, framework: &Framework, then: &Score) -> Vec<String> {
    let mut lines: Vec<String> = framework
        .dimensions
        .iter()
        .zip(&then.dimensions)
        .map(|(dimension, counted)| {
            let name = dimension_name(lang, dimension);
            match counted.score {
                Some(exact) => format!("{name} = ({}) ÷ {} = {}", products(counted), counted.counted, result(&exact)),
                None => t!(lang, "improvement-dimension-open", name = name),
            }
        })
        .collect();
    if let Some(total) = then.total {
        let counted = then.dimensions.iter().filter_map(|dimension| Some((dimension.weight, dimension.score?)));
        let sum: Vec<String> = counted.map(|(weight, score)| format!("{weight} × {}", written(&score))).collect();
        let name = t!(lang, "improvement-total");
        lines.push(format!("{name} = ({}) ÷ {} = {}", sum.join(" + "), then.so_far.counted, result(&total)));
    }
    lines
}

/// 40 where it is whole, 325/8 ≈ 40.6 where it is not.
fn result(figure: &Exact) -> String {
    if figure.is_integer() {
        written(figure)
    } else {
        format!("{} ≈ {}", written(figure), shown(*figure))
    }
}

fn products(dimension: &DimensionScore) -> String {
    let lines = dimension.lines.iter().filter_map(|line| Some((line.weight, line.points?)));
    lines
        .map(|(weight, points)| format!("{weight} × {}", written(&points)))
        .collect::<Vec<_>>()
        .join(" + ")
}

fn try_form(lang: Lang, here: &str, own: &Measured, tried: &BTreeMap<String, Level>, form: &FormState) -> impl IntoView + use<> {
    let groups = own
        .framework
        .dimensions
        .iter()
        .map(|dimension| {
            let fields = dimension
                .indicators
                .iter()
                .map(|indicator| try_field(lang, own, indicator, tried.get(&indicator.id).copied(), form))
                .collect_view();
            view! {
                <fieldset class="stack">
                    <legend class="try__legend">{dimension_name(lang, dimension)}</legend>
                    <div class="try">{fields}</div>
                </fieldset>
            }
        })
        .collect_view();
    view! {
        <section class="stack" aria-labelledby="try">
            <h2 id="try">{t!(lang, "improvement-try")}</h2>
            <form method="get" action=here.to_owned() class="stack">
                {groups}
                <div class="actions">
                    <Submit label=t!(lang, "improvement-try-count")/>
                    <ButtonLink href=here.to_owned() label=t!(lang, "improvement-try-reset")/>
                </div>
            </form>
        </section>
    }
}

fn try_field(lang: Lang, own: &Measured, indicator: &Indicator, tried: Option<Level>, form: &FormState) -> impl IntoView + use<> {
    let answer = own.levels.get(&indicator.id).copied().unwrap_or(Answer::Missing);
    let mut options = vec![Choice::new("", t!(lang, "improvement-as-is", now = answer_text(lang, answer)))];
    options.extend(
        (1..=5)
            .filter_map(Level::new)
            .map(|level| Choice::new(level.get().to_string(), level_text(lang, indicator, level))),
    );
    view! { <SelectField form=form.clone() name=indicator.id.clone() label=named(lang, indicator) options=options value=tried.map(|level| level.get().to_string())/> }
}
