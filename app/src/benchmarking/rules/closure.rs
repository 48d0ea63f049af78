//! Closure (差距弥合率): how much of what was aimed at was reached between two assessments.

use super::exact::{Exact, ratio, whole};
use super::framework::Framework;
use super::gap::weight;
use super::level::{Answers, Level, answer_to};

/// The way of one indicator from the baseline to the re-assessment, and where it was to lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    pub indicator: String,
    /// `L0`, verified before the actions.
    pub from: Level,
    /// `Lt`, verified after them.
    pub to: Level,
    /// `T`.
    pub target: Level,
}

impl Path {
    /// `clip((Lt − L0) / (T − L0), 0, 1)`; none where the target is not above the baseline.
    pub fn closure(&self) -> Option<Exact> {
        let aimed = i128::from(self.target.get()) - i128::from(self.from.get());
        let reached = i128::from(self.to.get()) - i128::from(self.from.get());
        (aimed > 0).then(|| ratio(reached, aimed).clamp(whole(0), whole(1)))
    }

    pub fn is_regression(&self) -> bool {
        self.to < self.from
    }
}

/// The closure of one indicator with its weight in the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    pub path: Path,
    /// 0 to 1; none where the target is not above the baseline.
    pub closure: Option<Exact>,
    /// `W·w·(T − L0)`; nothing where there is no closure.
    pub weight: Exact,
}

/// Closure over all indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// In the order of the framework; paths of indicators that it lacks are left out.
    pub each: Vec<Closed>,
    /// 0 to 1, weighted by `W·w·(T − L0)`; none where nothing was aimed at.
    pub overall: Option<Exact>,
    /// Indicators that fell, with or without a target above the baseline.
    pub regressions: Vec<Fall>,
}

/// An indicator that fell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fall {
    pub indicator: String,
    pub from: Level,
    pub to: Level,
}

/// Closure of some paths by the weights of a framework.
pub fn closure(framework: &Framework, paths: &[Path]) -> Closure {
    let each: Vec<Closed> = framework
        .indicators()
        .filter_map(|(_, indicator)| paths.iter().find(|path| path.indicator == indicator.id))
        .map(|path| closed(framework, path))
        .collect();
    let aimed: Exact = each.iter().map(|closed| closed.weight).sum();
    let reached: Exact = each.iter().filter_map(|closed| Some(closed.weight * closed.closure?)).sum();
    Closure {
        overall: (aimed > whole(0)).then(|| reached / aimed),
        regressions: each.iter().filter(|closed| closed.path.is_regression()).map(fall).collect(),
        each,
    }
}

fn closed(framework: &Framework, path: &Path) -> Closed {
    Closed {
        path: path.clone(),
        closure: path.closure(),
        weight: weight(framework, &path.indicator) * whole(path.target.get().saturating_sub(path.from.get())),
    }
}

fn fall(closed: &Closed) -> Fall {
    Fall {
        indicator: closed.path.indicator.clone(),
        from: closed.path.from,
        to: closed.path.to,
    }
}

/// Every indicator that fell between two assessments, with a target or without, in the order of the framework.
pub fn falls(framework: &Framework, before: &Answers, after: &Answers) -> Vec<Fall> {
    framework
        .indicators()
        .filter_map(|(_, indicator)| {
            let from = answer_to(before, &indicator.id).level()?;
            let to = answer_to(after, &indicator.id).level()?;
            (to < from).then(|| Fall {
                indicator: indicator.id.clone(),
                from,
                to,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::benchmarking::rules::level::Answer;
    use crate::benchmarking::testing::default_framework;

    fn level(number: i64) -> Level {
        Level::new(number).expect("a level")
    }

    fn path(indicator: &str, from: i64, to: i64, target: i64) -> Path {
        Path {
            indicator: indicator.to_owned(),
            from: level(from),
            to: level(to),
            target: level(target),
        }
    }

    #[test]
    fn the_programmes_example_comes_out() {
        let paths = [
            path("A2", 2, 3, 4),
            path("B2", 2, 4, 4),
            path("C4", 1, 1, 3),
            path("C3", 3, 5, 4),
            path("D2", 2, 1, 3),
            path("D3", 4, 4, 4),
        ];
        let closure = closure(&default_framework(), &paths);
        assert_eq!(closure.overall, Some(ratio(27, 47)));
        let each: Vec<_> = closure
            .each
            .iter()
            .map(|closed| (closed.path.indicator.as_str(), closed.closure))
            .collect();
        assert_eq!(
            each,
            [
                ("A2", Some(ratio(1, 2))),
                ("B2", Some(whole(1))),
                ("C3", Some(whole(1))),
                ("C4", Some(whole(0))),
                ("D2", Some(whole(0))),
                ("D3", None),
            ]
        );
        let regressions: Vec<_> = closure.regressions.iter().map(|fall| fall.indicator.as_str()).collect();
        assert_eq!(regressions, ["D2"]);
    }

    #[test]
    fn nothing_aimed_at_is_no_closure() {
        assert_eq!(closure(&default_framework(), &[]).overall, None);
        let closure = closure(&default_framework(), &[path("A1", 4, 2, 3), path("Z1", 1, 5, 5)]);
        assert_eq!(closure.overall, None);
        assert_eq!(closure.each.len(), 1, "an indicator that is not measured any more is left out");
        assert_eq!(closure.regressions.len(), 1, "it fell, whatever its target");
    }

    #[test]
    fn falls_are_found_with_a_target_or_without() {
        let answers = |levels: &[(&str, i64)]| -> Answers { levels.iter().map(|(id, n)| ((*id).to_owned(), Answer::Level(level(*n)))).collect() };
        let before = answers(&[("A1", 3), ("A2", 3), ("D4", 5), ("C1", 2)]);
        let after = answers(&[("A1", 2), ("A2", 4), ("D4", 1)]);
        let falls = falls(&default_framework(), &before, &after);
        let falls: Vec<_> = falls
            .iter()
            .map(|fall| (fall.indicator.as_str(), fall.from.get(), fall.to.get()))
            .collect();
        assert_eq!(falls, [("A1", 3, 2), ("D4", 5, 1)]);
    }

    proptest! {
        #[test]
        fn closure_lies_within_nothing_and_all(levels in proptest::collection::vec((1_i64..=5, 1_i64..=5, 1_i64..=5), 18)) {
            let framework = default_framework();
            let paths: Vec<Path> = framework.indicators().zip(levels)
                .map(|((_, indicator), (from, to, target))| path(&indicator.id, from, to, target)).collect();
            let closure = closure(&framework, &paths);
            for closed in &closure.each {
                prop_assert_eq!(closed.closure.is_some(), closed.path.target > closed.path.from);
                prop_assert!(closed.closure.is_none_or(|share| whole(0) <= share && share <= whole(1)));
            }
            prop_assert!(closure.overall.is_none_or(|share| whole(0) <= share && share <= whole(1)));
            prop_assert_eq!(closure.regressions.len(), paths.iter().filter(|path| path.to < path.from).count());
        }
    }
}
