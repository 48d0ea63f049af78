//! The trend: the three totals over the rounds, verified ones each against the one before, and their slope.

use leptos::prelude::*;

use super::{drawn, figure};
use crate::benchmarking::results::store::Scored;
use crate::benchmarking::rules::exact::{Exact, shown_percent, shown_signed};
use crate::benchmarking::rules::score::Score;
use crate::benchmarking::rules::trend::{Change, Direction, ROUNDS_FOR_SLOPE, change, slope};
use crate::i18n::Lang;
use crate::t;
use crate::ui::{LineChart, Point, Series, TableWrap};

/// Nothing while there is one round only.
pub(super) fn trend(lang: Lang, scored: &[Scored]) -> Option<impl IntoView + use<>> {
    if scored.len() < 2 {
        return None;
    }
    let changes = changes(scored);
    let round = |scored: &Scored| t!(lang, "results-round-n", n = scored.assessment.number);
    let points = scored
        .iter()
        .zip(&changes)
        .map(|(scored, change)| Point {
            label: round(scored),
            is_break: change.as_ref().is_some_and(|change| change.is_break),
        })
        .collect();
    let rows = scored
        .iter()
        .zip(&changes)
        .map(|(scored, change)| {
            let cells = totals(scored)
                .into_iter()
                .map(|total| view! { <td class="num">{figure(total)}</td> })
                .collect_view();
            let words = change.as_ref().map(|change| change_words(lang, change));
            view! { <tr><th scope="row">{round(scored)}</th>{cells}<td>{words}</td></tr> }
        })
        .collect_view();
    let heads = LABELS
        .map(|label| view! { <th scope="col" class="num">{t!(lang, label)}</th> })
        .collect_view();
    Some(view! {
        <h2 id="trend">{t!(lang, "results-trend")}</h2>
        <LineChart title=t!(lang, "results-trend") points=points series=series(lang, scored)/>
        <TableWrap label=t!(lang, "results-trend")>
            <table class="table">
                <thead><tr>
                    <th scope="col">{t!(lang, "results-round")}</th>
                    {heads}
                    <th scope="col">{t!(lang, "results-change")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
        <p class="muted small">{slope_words(lang, scored, &changes)}</p>
    })
}

const LABELS: [&str; 3] = ["results-own", "results-capped", "results-verified"];

/// Self, evidence-capped and verified.
fn totals(scored: &Scored) -> [Option<Exact>; 3] {
    let total = |score: &Score| score.total;
    [total(&scored.own), total(&scored.capped), scored.verified.as_ref().and_then(total)]
}

fn series(lang: Lang, scored: &[Scored]) -> Vec<Series> {
    let of = |(n, label): (usize, &str)| Series {
        label: t!(lang, label),
        values: scored.iter().map(|scored| totals(scored)[n].map(drawn)).collect(),
    };
    LABELS.into_iter().enumerate().map(of).collect()
}

/// Each verified round against the verified one before; nothing for the others.
fn changes(scored: &[Scored]) -> Vec<Option<Change>> {
    let mut changes = Vec::with_capacity(scored.len());
    let mut before: Option<&Scored> = None;
    for round in scored {
        let earlier = before.filter(|_| round.verified.is_some());
        changes.push(earlier.map(|earlier| change(&earlier.framework, &round.framework, &earlier.levels.verified, &round.levels.verified)));
        before = if round.verified.is_some() { Some(round) } else { before };
    }
    changes
}

/// The change between two rounds, with the mark of a break where the framework changed.
fn change_words(lang: Lang, change: &Change) -> String {
    let Some(difference) = change.difference else {
        return t!(lang, "results-no-difference", common = shown_percent(change.common));
    };
    let direction = match Direction::of(difference) {
        Direction::Up => t!(lang, "results-up"),
        Direction::Down => t!(lang, "results-down"),
        Direction::Level => t!(lang, "results-level"),
    };
    let words = format!("{} {direction}", shown_signed(difference));
    if change.is_break {
        let mark = t!(lang, "results-break", common = shown_percent(change.common));
        return format!("{words} · {mark}");
    }
    words
}

/// Points a round over the verified rounds since the last break: those alone are measured alike.
fn slope_words(lang: Lang, scored: &[Scored], changes: &[Option<Change>]) -> String {
    let since = changes
        .iter()
        .rposition(|change| change.as_ref().is_some_and(|change| change.is_break))
        .unwrap_or(0);
    let rounds: Vec<(i64, Exact)> = scored[since..]
        .iter()
        .filter_map(|scored| Some((scored.assessment.number, scored.verified.as_ref()?.total?)))
        .collect();
    match slope(&rounds) {
        Some(slope) => t!(lang, "results-slope", points = shown_signed(slope), n = rounds.len()),
        None => t!(lang, "results-slope-later", most = ROUNDS_FOR_SLOPE, n = rounds.len()),
    }
}
