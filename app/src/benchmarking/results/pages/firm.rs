//! One firm's results: the scores side by side, as radars and as tables, over the rounds, and among its peers.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::gaps::gap_bars;
use super::trend::trend;
use super::{dimension_name, drawn, figure, indicator_name};
use crate::benchmarking::pages::{View, pilot_head, pilot_of};
use crate::benchmarking::results::store::{self, Aims, Peers, Scored};
use crate::benchmarking::rules::exact::Exact;
use crate::benchmarking::rules::level::answer_to;
use crate::benchmarking::rules::peers::{Band, Place};
use crate::benchmarking::rules::score::{Score, score};
use crate::benchmarking::rules::{Answer, Answers, Level};
use crate::benchmarking::store::rounds_of;
use crate::clock::day_of;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, EmptyState, Figure, IconName, Notice, NoticeTone, Radar, Series, TableWrap};

/// `/firm/{pilot}/results`
pub async fn results(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let (pilot, standing) = pilot_of(&cx).await?;
    let scored = store::scored(db, pilot.id, day_of(cx.now)).await?;
    let aims = store::aims(db, pilot.id).await?;
    let rounds = rounds_of(db, pilot.cohort_id).await?;
    let (place, is_category) = store::peers(db, &pilot, &rounds).await?;
    let content = match scored.last() {
        None => view! {
            <EmptyState title=t!(lang, "results-no-assessment") text=t!(lang, "results-no-assessment-text") icon=IconName::Info>
                <ButtonLink href=format!("/firm/{}/assessment", pilot.id) label=t!(lang, "bench-view-assessment")/>
            </EmptyState>
        }
        .into_any(),
        Some(latest) => view! {
            <div class="actions">
                <ButtonLink href=format!("/firm/{}/report", pilot.id) label=t!(lang, "results-report") icon=IconName::Print/>
                <ButtonLink href=format!("/firm/{}/results.xlsx", pilot.id) label=t!(lang, "results-export") icon=IconName::Download download=true/>
            </div>
            {totals(lang, latest)}
            {dimension_part(lang, latest, &aims)}
            {indicator_part(lang, latest, &aims)}
            {gap_bars(lang, &pilot, latest, &aims)}
        }
        .into_any(),
    };
    let body = view! {
        {pilot_head(&cx, &pilot, &standing, View::Results)}
        {content}
        {trend(lang, &scored)}
        <h2>{t!(lang, "results-peers")}</h2>
        {peers(lang, place, is_category)}
    };
    Ok(Page::new(format!("{} {}", pilot.firm_name, t!(lang, "bench-view-results")), body))
}

/// The three totals with their grades.
fn totals(lang: Lang, latest: &Scored) -> impl IntoView + use<> {
    let one = |label: &str, score: Option<&Score>| {
        let total = figure(score.and_then(|score| score.total));
        let hint = score.and_then(|score| score.grade).map(|grade| {
            let key = if score.is_some_and(|score| score.provisional) {
                "results-grade-provisional"
            } else {
                "results-grade-is"
            };
            t!(lang, key, grade = i64::from(grade))
        });
        view! { <Figure value=total label=t!(lang, label) hint=hint/> }
    };
    let missing = latest.own.missing.len();
    let incomplete = (missing > 0).then(|| {
        view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "results-incomplete", n = missing)}</p></Notice> }
    });
    view! {
        {incomplete}
        <div class="figures">
            {one("results-own", Some(&latest.own))}
            {one("results-capped", Some(&latest.capped))}
            {one("results-verified", latest.verified.as_ref())}
        </div>
    }
}

/// The five lines that stand side by side, as answers: self, evidence-capped, verified, target, benchmark.
struct Lines {
    labels: [&'static str; 5],
    answers: [Answers; 5],
}

fn lines(latest: &Scored, aims: &Aims) -> Lines {
    let levels = |known: &BTreeMap<String, Level>| known.iter().map(|(id, level)| (id.clone(), Answer::Level(*level))).collect();
    let verified = if latest.verified.is_some() {
        latest.levels.verified.clone()
    } else {
        Answers::new()
    };
    Lines {
        labels: ["results-own", "results-capped", "results-verified", "results-target", "results-benchmark"],
        answers: [
            latest.levels.own.clone(),
            latest.levels.capped.clone(),
            verified,
            levels(&aims.targets),
            levels(&aims.benchmark),
        ],
    }
}

fn dimension_part(lang: Lang, latest: &Scored, aims: &Aims) -> impl IntoView + use<> {
    let framework = &latest.framework;
    let lines = lines(latest, aims);
    // What is aimed at for some indicators is shown over those alone.
    let scores: Vec<Score> = lines.answers.iter().map(|answers| score(framework, answers)).collect();
    let value = |score: &Score, id: &str| score.so_far.dimensions.iter().find(|known| known.id == id).and_then(|known| known.score);
    let series = lines
        .labels
        .iter()
        .zip(&scores)
        .map(|(label, score)| Series {
            label: t!(lang, label),
            values: framework
                .dimensions
                .iter()
                .map(|dimension| value(score, &dimension.id).map(drawn))
                .collect(),
        })
        .collect();
    let rows = framework
        .dimensions
        .iter()
        .map(|dimension| {
            let cells: Vec<Option<Exact>> = scores.iter().map(|score| value(score, &dimension.id)).collect();
            (dimension_name(lang, dimension), cells.into_iter().map(figure).collect())
        })
        .collect();
    let axes = framework.dimensions.iter().map(|dimension| dimension_name(lang, dimension)).collect();
    view! {
        <h2>{t!(lang, "results-dimensions")}</h2>
        <div class="pair">
            <Radar title=t!(lang, "results-dimensions") axes=axes series=series/>
            {five_columns(lang, t!(lang, "results-dimensions"), t!(lang, "results-dimension"), &lines.labels, rows)}
        </div>
        <p class="muted small">{t!(lang, "results-partial-rule")}</p>
    }
}

fn indicator_part(lang: Lang, latest: &Scored, aims: &Aims) -> impl IntoView + use<> {
    let framework = &latest.framework;
    let lines = lines(latest, aims);
    let points = |answers: &Answers, id: &str| answer_to(answers, id).level().map(|level| drawn(level.points()));
    let series = lines
        .labels
        .iter()
        .zip(&lines.answers)
        .map(|(label, answers)| Series {
            label: t!(lang, label),
            values: framework.indicators().map(|(_, indicator)| points(answers, &indicator.id)).collect(),
        })
        .collect();
    let rows = framework
        .indicators()
        .map(|(_, indicator)| {
            let cells = lines
                .answers
                .iter()
                .map(|answers| level_cell(lang, answer_to(answers, &indicator.id)))
                .collect();
            (indicator_name(lang, indicator), cells)
        })
        .collect();
    let axes = framework.indicators().map(|(_, indicator)| indicator.id.clone()).collect();
    view! {
        <h2>{t!(lang, "results-indicators")}</h2>
        <Radar title=t!(lang, "results-indicators") axes=axes series=series/>
        {five_columns(lang, t!(lang, "results-indicators"), t!(lang, "results-indicator"), &lines.labels, rows)}
    }
}

fn level_cell(lang: Lang, answer: Answer) -> String {
    match answer {
        Answer::Level(level) => level.get().to_string(),
        Answer::NotApplicable => t!(lang, "results-na"),
        Answer::Missing => "–".to_owned(),
    }
}

fn five_columns(lang: Lang, title: String, first: String, labels: &[&'static str; 5], rows: Vec<(String, Vec<String>)>) -> impl IntoView + use<> {
    let heads = labels
        .iter()
        .map(|label| view! { <th scope="col" class="num">{t!(lang, label)}</th> })
        .collect_view();
    let rows = rows
        .into_iter()
        .map(|(name, cells)| {
            let cells = cells.into_iter().map(|cell| view! { <td class="num">{cell}</td> }).collect_view();
            view! { <tr><th scope="row">{name}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <TableWrap label=title>
            <table class="table">
                <thead><tr><th scope="col">{first}</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

fn peers(lang: Lang, peers: Peers, is_category: bool) -> impl IntoView {
    let band_word = |band: Band| {
        t!(
            lang,
            match band {
                Band::Lowest => "results-band-lowest",
                Band::LowerMiddle => "results-band-lower",
                Band::UpperMiddle => "results-band-upper",
                Band::Highest => "results-band-highest",
            }
        )
    };
    let among = if is_category {
        t!(lang, "results-among-category")
    } else {
        t!(lang, "results-among-all")
    };
    let words = match peers {
        Peers::NoRound => t!(lang, "results-peers-no-round"),
        Peers::NotVerified => t!(lang, "results-peers-not-verified"),
        Peers::NotComparable => t!(lang, "results-peers-not-comparable"),
        Peers::Placed(Place::Suppressed { others }) => t!(lang, "results-peers-few", n = others),
        Peers::Placed(Place::Band { others, band }) => t!(lang, "results-peers-band", among = among, n = others, band = band_word(band)),
        Peers::Placed(Place::Percentile { others, band, percentile }) => t!(
            lang,
            "results-peers-percentile",
            among = among,
            n = others,
            band = band_word(band),
            percentile = i64::from(percentile)
        ),
    };
    view! { <p>{words}</p> <p class="muted small">{t!(lang, "results-peers-rule")}</p> }
}
