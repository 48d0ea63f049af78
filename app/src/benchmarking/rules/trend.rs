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
    let rebased = rebase(earlier, later, before, after);
    let (before, after) = (score(later, &rebased.before).total, score(later, &rebased.after).total);
    Change {
        is_break: rebased.is_break,
        common: rebased.common,
        before,
        after,
        difference: difference(before, after).filter(|_| rebased.is_enough()),
    }
}

fn difference(before: Option<Exact>, after: Option<Exact>) -> Option<Exact> {
    Some(after? - before?)
}

/// Two rounds' answers on common terms, to be scored by the later framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebased {
    /// The framework changed between the rounds.
    pub is_break: bool,
    /// As they were within a version; across versions what is not common is N/A in both.
    pub before: Answers,
    pub after: Answers,
    /// Share of the later framework's weight, 0 to 1; what is N/A in both rounds is left out of it. 1 within a version.
    pub common: Exact,
}

impl Rebased {
    /// Enough is common for a difference to be told.
    pub fn is_enough(&self) -> bool {
        self.common >= ratio(COMMON_MIN, 100)
    }
}

/// Brings two rounds onto common terms: across versions, to the unchanged indicators that have a level in both.
pub fn rebase(earlier: &Framework, later: &Framework, before: &Answers, after: &Answers) -> Rebased {
    if measures_alike(earlier, later) {
        return Rebased {
            is_break: false,
            before: before.clone(),
            after: after.clone(),
            common: whole(1),
        };
    }
    let mut rebased = Rebased {
        is_break: true,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::benchmarking::rules::level::Level;
    use crate::benchmarking::testing::default_framework;

    fn all(level: i64) -> Answers {
        let level = Level::new(level).expect("a level");
        default_framework()
            .indicators()
            .map(|(_, indicator)| (indicator.id.clone(), Answer::Level(level)))
            .collect()
    }

    fn reword(framework: &mut Framework, ids: &[&str]) {
        let indicators = framework.dimensions.iter_mut().flat_map(|dimension| &mut dimension.indicators);
        for indicator in indicators.filter(|indicator| ids.contains(&indicator.id.as_str())) {
            indicator.levels[4].zh.push_str("（新）");
        }
    }

    #[test]
    fn two_points_are_a_change() {
        for (difference, direction) in [
            (whole(2), Direction::Up),
            (ratio(199, 100), Direction::Level),
            (whole(0), Direction::Level),
            (ratio(-199, 100), Direction::Level),
            (whole(-2), Direction::Down),
        ] {
            assert_eq!(Direction::of(difference), direction, "{difference}");
        }
    }

    #[test]
    fn a_slope_needs_three_rounds() {
        assert_eq!(slope(&[(1, whole(40)), (2, whole(50))]), None);
        assert_eq!(slope(&[(1, whole(40)), (2, whole(50)), (3, whole(60))]), Some(whole(10)));
        assert_eq!(slope(&[(1, whole(40)), (2, whole(50)), (3, whole(45))]), Some(ratio(5, 2)));
        // A round that the firm sat out leaves a gap of two.
        assert_eq!(slope(&[(1, whole(40)), (2, whole(44)), (4, whole(52))]), Some(whole(4)));
        assert_eq!(slope(&[(2, whole(40)), (2, whole(44)), (2, whole(52))]), None);
    }

    #[test]
    fn one_version_is_compared_as_it_is() {
        let change = change(&default_framework(), &default_framework(), &all(2), &all(3));
        assert_eq!((change.is_break, change.common), (false, whole(1)));
        assert_eq!(
            (change.before, change.after, change.difference),
            (Some(whole(25)), Some(whole(50)), Some(whole(25)))
        );
        assert_eq!(change.direction(), Some(Direction::Up));
    }

    #[test]
    fn within_a_version_what_applies_in_one_round_only_changes_nothing() {
        let (framework, mut after) = (default_framework(), all(2));
        after.insert("A1".to_owned(), Answer::NotApplicable);
        let mut before = all(2);
        before.insert("A1".to_owned(), Answer::Level(Level::MAX));
        let rebased = rebase(&framework, &framework, &before, &after);
        assert_eq!((&rebased.before, &rebased.after, rebased.is_break), (&before, &after, false));
        assert_eq!(change(&framework, &framework, &before, &after).before, score(&framework, &before).total);
    }

    #[test]
    fn a_better_translation_is_no_break() {
        let mut later = default_framework();
        later.version = "1.1".to_owned();
        later.dimensions[0].indicators[0].levels[0].en = "Better English".to_owned();
        assert!(!change(&default_framework(), &later, &all(2), &all(3)).is_break);
    }

    #[test]
    fn across_versions_only_the_unchanged_counts_under_the_new_weights() {
        let mut later = default_framework();
        later.version = "2.0".to_owned();
        reword(&mut later, &["A1"]);
        (later.dimensions[1].weight, later.dimensions[2].weight) = (20, 30);
        let mut after = all(2);
        after.insert("A1".to_owned(), Answer::Level(Level::MAX));
        after.insert("C1".to_owned(), Answer::Level(Level::ALL[2]));
        let change = change(&default_framework(), &later, &all(2), &after);
        assert!(change.is_break);
        // A1 weighs 30 · 25 of 10000.
        assert_eq!(change.common, ratio(925, 1000));
        // What A1 gained is not seen; C1 gained 25 points of a quarter of 30 %.
        assert_eq!(change.before, Some(whole(25)));
        assert_eq!(change.difference, Some(ratio(25 * 25 * 30, 10_000)));
    }

    #[test]
    fn under_eighty_percent_in_common_no_difference_is_shown() {
        let change_of = |ids: &[&str]| {
            let mut later = default_framework();
            later.version = "2.0".to_owned();
            reword(&mut later, ids);
            change(&default_framework(), &later, &all(2), &all(3))
        };
        // 6 + 6 + 5 + 3 = 20 %.
        let just = change_of(&["A2", "B3", "C1", "B4"]);
        assert_eq!((just.common, just.difference), (ratio(80, 100), Some(whole(25))));
        let below = change_of(&["A1", "B3", "C1", "A5"]);
        assert_eq!((below.common, below.difference), (ratio(785, 1000), None));
        assert_eq!(below.after, Some(whole(50)), "the points themselves are drawn, apart");
    }

    #[test]
    fn what_moved_into_another_dimension_has_changed() {
        let mut later = default_framework();
        let moved = later.dimensions[3].indicators.remove(3);
        later.dimensions[2].indicators.push(moved);
        let change = change(&default_framework(), &later, &all(2), &all(2));
        assert!(change.is_break);
        // D4 now weighs 20 · 20 of 10000 + 400 − 400.
        assert_eq!(change.common, ratio(96, 100));
    }

    #[test]
    fn what_one_round_lacks_is_not_common_and_what_applies_in_neither_is_no_matter() {
        let mut later = default_framework();
        reword(&mut later, &["A5"]);
        let (mut before, mut after) = (all(2), all(2));
        before.insert("B4".to_owned(), Answer::NotApplicable);
        after.insert("B4".to_owned(), Answer::NotApplicable);
        assert_eq!(change(&default_framework(), &later, &before, &after).common, ratio(94, 97));
        before.insert("B3".to_owned(), Answer::Missing);
        assert_eq!(change(&default_framework(), &later, &before, &after).common, ratio(88, 97));
    }

    #[test]
    fn versions_with_nothing_in_common_have_no_totals() {
        let mut later = default_framework();
        later.id = "other".to_owned();
        for dimension in &mut later.dimensions {
            dimension.id.push('x');
        }
        let change = change(&default_framework(), &later, &all(2), &all(3));
        assert_eq!((change.common, change.before, change.difference), (whole(0), None, None));
    }

    proptest! {
        #[test]
        fn a_slope_lies_between_the_steepest_steps(totals in proptest::collection::vec(0_i64..=100, 3..8)) {
            let rounds: Vec<(i64, Exact)> = (1..).zip(totals.iter().map(|total| whole(*total))).collect();
            let steps: Vec<Exact> = rounds.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
            let slope = slope(&rounds).expect("a slope");
            prop_assert!(*steps.iter().min().expect("a step") <= slope && slope <= *steps.iter().max().expect("a step"));
        }

        #[test]
        fn common_stays_within_nothing_and_all(which in proptest::collection::vec(0_usize..18, 0..18), na in proptest::collection::vec(0_usize..18, 0..6)) {
            let ids: Vec<String> = all(1).into_keys().collect();
            let mut later = default_framework();
            later.version = "2.0".to_owned();
            reword(&mut later, &which.iter().map(|at| ids[*at].as_str()).collect::<Vec<_>>());
            let (before, mut after) = (all(2), all(4));
            for at in na {
                after.insert(ids[at].clone(), Answer::NotApplicable);
            }
            let change = change(&default_framework(), &later, &before, &after);
            prop_assert!(whole(0) <= change.common && change.common <= whole(1));
            prop_assert!(change.difference.is_none() || change.common >= ratio(80, 100) || !change.is_break);
        }
    }
}
