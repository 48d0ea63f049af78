//! The gaps to the benchmark as bars, the largest first, by what closing them brings.

use leptos::prelude::*;

use super::indicator_name;
use crate::benchmarking::improvement::rules::{GapRow, gap_rows};
use crate::benchmarking::results::store::{Aims, Scored};
use crate::benchmarking::rules::exact::{shown, whole};
use crate::benchmarking::store::Pilot;
use crate::i18n::Lang;
use crate::t;
use crate::ui::{Bar, BarChart, ButtonLink};

/// More bars can't be told apart on a phone.
const BARS: usize = 10;

/// The gaps of a round to the benchmark, the largest first: verified levels, else what evidence carries.
pub(super) fn largest_gaps(latest: &Scored, aims: &Aims) -> Vec<GapRow> {
    let levels = if latest.verified.is_some() {
        &latest.levels.verified
    } else {
        &latest.levels.capped
    };
    let mut gaps = gap_rows(&latest.framework, &aims.benchmark, levels);
    gaps.retain(|row| row.gap.is_some_and(|gap| gap > 0));
    gaps.sort_by_key(|row| std::cmp::Reverse(row.contribution));
    gaps
}

/// Nothing without a gap. Each bar's figure leads to its indicator in the table of gaps.
pub(super) fn gap_bars(lang: Lang, pilot: &Pilot, latest: &Scored, aims: &Aims) -> Option<impl IntoView + use<>> {
    let gaps = largest_gaps(latest, aims);
    let href = format!("/firm/{}/benchmark/gaps", pilot.id);
    let bars: Vec<Bar> = gaps
        .into_iter()
        .take(BARS)
        .filter_map(|row| {
            let (_, indicator) = latest.framework.indicator(&row.indicator)?;
            Some(Bar {
                label: row.indicator.clone(),
                // In hundredths of a point: only the height of the bar.
                value: i64::try_from((row.contribution * whole(100)).to_integer()).unwrap_or(0),
                text: Some(shown(row.contribution)),
                href: Some(format!("{href}/{}", row.indicator)),
                name: Some(indicator_name(lang, indicator)),
            })
        })
        .collect();
    (!bars.is_empty()).then(|| {
        view! {
            <h2 id="gaps">{t!(lang, "results-gaps")}</h2>
            <BarChart title=t!(lang, "results-gap-bars") label=t!(lang, "results-indicator") measure=t!(lang, "results-gap-points") bars=bars/>
            <div class="actions"><ButtonLink href=href label=t!(lang, "results-to-gaps")/></div>
        }
    })
}
