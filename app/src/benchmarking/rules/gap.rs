//! The gap (差距) to a benchmark, and what closing it would bring.

use std::cmp::Reverse;

use super::exact::{Exact, ratio, whole};
use super::framework::Framework;
use super::level::Level;

/// Levels that are missing to the benchmark: `max(0, benchmark − own)`, 0 to 4.
pub fn gap(benchmark: Level, own: Level) -> u8 {
    benchmark.get().saturating_sub(own.get())
}

/// Points of the total that closing a gap brings: `W·w·gap·25 / 10000`. Nothing for an indicator that the framework lacks.
pub fn contribution(framework: &Framework, indicator: &str, gap: u8) -> Exact {
    weight(framework, indicator) * whole(gap) * ratio(25, 10_000)
}

/// `W·w`: how much of 10000 an indicator weighs in the whole. Nothing for an indicator that the framework lacks.
pub fn weight(framework: &Framework, indicator: &str) -> Exact {
    framework
        .indicator(indicator)
        .map_or(whole(0), |(dimension, indicator)| whole(dimension.weight) * whole(indicator.weight))
}

/// The largest gaps, by what closing them brings; equal ones in the order of the framework. Indicators without a gap are none.
pub fn largest(framework: &Framework, gaps: &[(String, u8)], how_many: usize) -> Vec<String> {
    let mut ranked: Vec<(Exact, String)> = framework
        .indicators()
        .filter_map(|(_, indicator)| gaps.iter().find(|(id, _)| *id == indicator.id))
        .map(|(id, gap)| (contribution(framework, id, *gap), id.clone()))
        .filter(|(brings, _)| *brings > whole(0))
        .collect();
    ranked.sort_by_key(|(brings, _)| Reverse(*brings));
    ranked.into_iter().take(how_many).map(|(_, id)| id).collect()
}
