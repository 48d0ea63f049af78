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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::benchmarking::rules::level::{Answer, Answers};
    use crate::benchmarking::rules::score;
    use crate::benchmarking::testing::default_framework;

    fn level(number: i64) -> Level {
        Level::new(number).expect("a level")
    }

    #[test]
    fn a_gap_is_never_negative() {
        assert_eq!(gap(level(5), level(1)), 4);
        assert_eq!(gap(level(3), level(3)), 0);
        assert_eq!(gap(level(2), level(4)), 0);
    }

    #[test]
    fn contributions_are_points_of_the_total() {
        let framework = default_framework();
        // A1: 30 · 25 · 2 levels · 25 / 10000.
        assert_eq!(contribution(&framework, "A1", 2), ratio(15, 4));
        assert_eq!(contribution(&framework, "D2", 1), ratio(3, 2));
        assert_eq!(contribution(&framework, "A1", 0), whole(0));
        assert_eq!(contribution(&framework, "Z1", 4), whole(0));
    }

    #[test]
    fn the_largest_come_first_and_equals_in_the_frameworks_order() {
        let gaps = [("D2", 1), ("C4", 2), ("B1", 2), ("A1", 2), ("A5", 0), ("A2", 4), ("D1", 2), ("Z9", 4)];
        let gaps = gaps.map(|(id, gap)| (id.to_owned(), gap));
        // A2 6, A1 and B1 3.75, D1 2.5, C4 2, D2 1.5.
        assert_eq!(largest(&default_framework(), &gaps, 5), ["A2", "A1", "B1", "D1", "C4"]);
        assert_eq!(
            largest(&default_framework(), &gaps, 9),
            ["A2", "A1", "B1", "D1", "C4", "D2"],
            "no gap, no place"
        );
    }

    proptest! {
        #[test]
        fn closing_every_gap_brings_what_the_contributions_say(own in proptest::collection::vec(1_i64..=5, 18), goal in proptest::collection::vec(1_i64..=5, 18)) {
            let framework = default_framework();
            let (mut before, mut after, mut brings) = (Answers::new(), Answers::new(), whole(0));
            for (((_, indicator), own), goal) in framework.indicators().zip(own).zip(goal) {
                before.insert(indicator.id.clone(), Answer::Level(level(own)));
                after.insert(indicator.id.clone(), Answer::Level(level(own.max(goal))));
                brings += contribution(&framework, &indicator.id, gap(level(goal), level(own)));
            }
            let (before, after) = (score(&framework, &before).total, score(&framework, &after).total);
            prop_assert_eq!(after.expect("a total") - before.expect("a total"), brings);
        }
    }
}
