//! Trend (趋势): a total over rounds, and across versions of a framework.

use super::exact::{Exact, ratio, whole};
use super::framework::{Framework, Indicator};
use super::level::{Answer, Answers, answer_to};
use super::score::score;

/// From this many points on, a change within a version is a change.
pub const NOTABLE: i128 = 2;
/// Percent of the weight that two versions must have in common for a difference to be shown.
pub const COMMON_MIN: i128 = 80;
/// A slope is told from this many rounds on.
pub const ROUNDS_FOR_SLOPE: usize = 3;

/// Which way a score went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Level,
    Down,
}

impl Direction {
    /// Up from +2 points, down from −2.
    pub fn of(difference: Exact) -> Self {
        if difference >= whole(NOTABLE) {
            Self::Up
        } else if difference <= whole(-NOTABLE) {
            Self::Down
        } else {
            Self::Level
        }
    }
}

/// Points a round, by least squares over `(round, total)`; none with fewer than three rounds or all of one number.
pub fn slope(rounds: &[(i64, Exact)]) -> Option<Exact> {
    if rounds.len() < ROUNDS_FOR_SLOPE {
        return None;
    }
    let count = whole(i128::try_from(rounds.len()).ok()?);
    let x: Exact = rounds.iter().map(|(round, _)| whole(*round)).sum();
    let y: Exact = rounds.iter().map(|(_, total)| *total).sum();
    let xy: Exact = rounds.iter().map(|(round, total)| whole(*round) * *total).sum();
    let xx: Exact = rounds.iter().map(|(round, _)| whole(*round) * whole(*round)).sum();
    let spread = count * xx - x * x;
    (spread != whole(0)).then(|| (count * xy - x * y) / spread)
}

/// A change between two rounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The framework changed between them: a mark belongs between the two points.
    pub is_break: bool,
    /// Share of the later framework's weight that both rounds answered on the same terms, 0 to 1. 1 within a version.
    pub common: Exact,
    /// The earlier total: under the later weights and over the common indicators where there is a break.
    pub before: Option<Exact>,
    pub after: Option<Exact>,
    /// None where a total is missing or less than 80 % is common.
    pub difference: Option<Exact>,
}

impl Change {
    pub fn direction(&self) -> Option<Direction> {
        self.difference.map(Direction::of)
    }
}

/// Compares two rounds. Across versions only indicators count that are unchanged: same id, same dimension and same wording of
/// the levels; they get the weights of the later version.
pub fn change(earlier: &Framework, later: &Framework, before: &Answers, after: &Answers) -> Change {
    if measures_alike(earlier, later) {
        let (before, after) = (score(earlier, before).total, score(later, after).total);
        return Change {
            is_break: false,
            common: whole(1),
            before,
            after,
            difference: difference(before, after),
        };
    }
    let rebased = rebase(earlier, later, before, after);
    let (before, after) = (score(later, &rebased.before).total, score(later, &rebased.after).total);
    Change {
        is_break: true,
        common: rebased.common,
        before,
        after,
        difference: difference(before, after).filter(|_| rebased.common >= ratio(COMMON_MIN, 100)),
    }
}

fn difference(before: Option<Exact>, after: Option<Exact>) -> Option<Exact> {
    Some(after? - before?)
}

/// Two rounds' answers on common terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebased {
    /// What is not common is N/A in both.
    pub before: Answers,
    pub after: Answers,
    /// Share of the later framework's weight, 0 to 1; what is N/A in both rounds is left out of it.
    pub common: Exact,
}

/// Reduces two rounds to the unchanged indicators that have a level in both.
pub fn rebase(earlier: &Framework, later: &Framework, before: &Answers, after: &Answers) -> Rebased {
    let mut rebased = Rebased {
        before: Answers::new(),
        after: Answers::new(),
        common: whole(0),
    };
    let (mut common, mut whole_weight) = (0_i128, 0_i128);
    for (dimension, indicator) in later.indicators() {
        let weight = i128::from(dimension.weight) * i128::from(indicator.weight);
        let (one, other) = (answer_to(before, &indicator.id), answer_to(after, &indicator.id));
        let is_unchanged = is_unchanged(earlier, &dimension.id, indicator);
        let is_common = is_unchanged && one.level().is_some() && other.level().is_some();
        if is_common {
            common += weight;
        }
        if !(is_unchanged && one == Answer::NotApplicable && other == Answer::NotApplicable) {
            whole_weight += weight;
        }
        let kept = |answer| if is_common { answer } else { Answer::NotApplicable };
        rebased.before.insert(indicator.id.clone(), kept(one));
        rebased.after.insert(indicator.id.clone(), kept(other));
    }
    if whole_weight > 0 {
        rebased.common = ratio(common, whole_weight);
    }
    rebased
}

fn is_unchanged(earlier: &Framework, dimension: &str, indicator: &Indicator) -> bool {
    earlier
        .indicator(&indicator.id)
        .is_some_and(|(old_dimension, old)| old_dimension.id == dimension && has_same_wording(old, indicator))
}

/// The Chinese wording is what counts: the English beside it is a translation.
fn has_same_wording(old: &Indicator, new: &Indicator) -> bool {
    old.levels.iter().map(|level| &level.zh).eq(new.levels.iter().map(|level| &level.zh))
}

/// Whether two frameworks measure alike: the same indicators in the same dimensions with the same weights and wording.
fn measures_alike(earlier: &Framework, later: &Framework) -> bool {
    let shape = |framework: &Framework| -> Vec<(String, u32, String, u32)> {
        let mut shape: Vec<_> = framework
            .indicators()
            .map(|(dimension, indicator)| (dimension.id.clone(), dimension.weight, indicator.id.clone(), indicator.weight))
            .collect();
        shape.sort();
        shape
    };
    earlier.id == later.id
        && shape(earlier) == shape(later)
        && later
            .indicators()
            .all(|(dimension, indicator)| is_unchanged(earlier, &dimension.id, indicator))
}
