//! Closure (缩差率): how much of what was aimed at was reached between two assessments.

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
