//! Peers (同行): where a firm stands among others, without leaking anybody's score.

use super::exact::{Exact, ratio, whole};

/// The smallest group that anything is said about: the firm and five others. No setting lowers it.
pub const LEAST_GROUP: usize = 6;
/// With so many others the percentile is told, with fewer the quartile band only.
pub const OTHERS_FOR_PERCENTILE: usize = 10;
/// Percentiles are told to the nearest multiple of this.
const PERCENTILE_STEP: i128 = 5;

/// A quarter of the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// 后25 %.
    Lowest,
    /// 中下.
    LowerMiddle,
    /// 中上.
    UpperMiddle,
    /// 前25 %.
    Highest,
}

impl Band {
    pub const ALL: [Self; 4] = [Self::Lowest, Self::LowerMiddle, Self::UpperMiddle, Self::Highest];

    fn of(percentile: Exact) -> Self {
        if percentile >= whole(75) {
            Self::Highest
        } else if percentile >= whole(50) {
            Self::UpperMiddle
        } else if percentile >= whole(25) {
            Self::LowerMiddle
        } else {
            Self::Lowest
        }
    }
}

/// What may be said about a firm's place. It holds nothing finer than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The group is too small; so many others there are.
    Suppressed { others: usize },
    /// 5 to 9 others.
    Band { others: usize, band: Band },
    /// 10 others or more: the percentile, a multiple of 5.
    Percentile { others: usize, band: Band, percentile: u8 },
}

/// Where a score stands among the others' (without its own), all frozen at the close of one round.
pub fn place(own: Exact, others: &[Exact]) -> Place {
    let count = others.len();
    let Some(exact) = percentile(own, others).filter(|_| count + 1 >= LEAST_GROUP) else {
        return Place::Suppressed { others: count };
    };
    let band = Band::of(exact);
    if count < OTHERS_FOR_PERCENTILE {
        return Place::Band { others: count, band };
    }
    Place::Percentile {
        others: count,
        band,
        percentile: nearest_step(exact),
    }
}

/// `100 · (below + ½ · equal) / others`. Kept inside: told exactly it could be solved for a firm's rank.
fn percentile(own: Exact, others: &[Exact]) -> Option<Exact> {
    let count = |wanted: &dyn Fn(&Exact) -> bool| others.iter().filter(|other| wanted(other)).count() as i128;
    let below = count(&|other| *other < own);
    let equal = count(&|other| *other == own);
    (!others.is_empty()).then(|| ratio(100 * (2 * below + equal), 2 * others.len() as i128))
}

/// To the nearest multiple of 5; from the middle down, so that it never overstates.
fn nearest_step(percentile: Exact) -> u8 {
    let steps = (percentile / whole(PERCENTILE_STEP) - ratio(1, 2)).ceil().to_integer();
    u8::try_from(steps * PERCENTILE_STEP).unwrap_or(0)
}

/// Which cells of a published table stay hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// In the order of the counts: whether the cell is hidden.
    pub cells: Vec<bool>,
    /// The total is hidden too, because no choice of cells protects those that must be hidden.
    pub total: bool,
}

/// Hides cells of a table whose total is published with its parts. `counts` are the firms behind each cell.
///
/// A cell of fewer than [`LEAST_GROUP`] firms is hidden; then the smallest of the rest follow, while one hidden cell stands
/// alone or the hidden ones together have fewer firms than that. An empty cell hides nobody and stays.
pub fn suppress(counts: &[usize]) -> Suppression {
    let mut cells: Vec<bool> = counts.iter().map(|count| (1..LEAST_GROUP).contains(count)).collect();
    while is_solvable(counts, &cells) {
        let smallest = (0..counts.len())
            .filter(|at| !cells[*at] && counts[*at] > 0)
            .min_by_key(|at| (counts[*at], *at));
        match smallest {
            Some(at) => cells[at] = true,
            None => break,
        }
    }
    Suppression {
        total: is_solvable(counts, &cells),
        cells,
    }
}

/// Whether what is hidden follows from the total and the cells that are shown.
fn is_solvable(counts: &[usize], cells: &[bool]) -> bool {
    let hidden: Vec<usize> = counts.iter().zip(cells).filter(|(_, hidden)| **hidden).map(|(count, _)| *count).collect();
    !hidden.is_empty() && (hidden.len() == 1 || hidden.iter().sum::<usize>() < LEAST_GROUP)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scores(totals: &[i64]) -> Vec<Exact> {
        totals.iter().map(|total| whole(*total)).collect()
    }

    #[test]
    fn the_programmes_examples_come_out() {
        let others = scores(&[30, 38, 38, 45, 52, 58, 58]);
        for (own, exact, band) in [
            (45, whole(50), Band::UpperMiddle),
            (38, ratio(200, 7), Band::LowerMiddle),
            (60, whole(100), Band::Highest),
        ] {
            assert_eq!(percentile(whole(own), &others), Some(exact));
            assert_eq!(place(whole(own), &others), Place::Band { others: 7, band });
        }
    }

    #[test]
    fn a_group_below_six_is_told_nothing() {
        assert_eq!(place(whole(50), &[]), Place::Suppressed { others: 0 });
        assert_eq!(place(whole(50), &scores(&[1, 2, 3, 4])), Place::Suppressed { others: 4 });
        let five = place(whole(50), &scores(&[1, 2, 3, 4, 5]));
        assert_eq!(
            five,
            Place::Band {
                others: 5,
                band: Band::Highest
            }
        );
    }

    #[test]
    fn ten_others_are_told_the_percentile_and_nine_are_not() {
        let nine = scores(&[10, 20, 30, 40, 50, 60, 70, 80, 90]);
        assert!(matches!(place(whole(45), &nine), Place::Band { others: 9, .. }));
        let ten = scores(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 95]);
        let place = place(whole(45), &ten);
        let band = Band::LowerMiddle;
        assert_eq!(
            place,
            Place::Percentile {
                others: 10,
                band,
                percentile: 40
            }
        );
    }

    #[test]
    fn bands_begin_at_their_quarter() {
        for (percentile, band) in [
            (ratio(2499, 100), Band::Lowest),
            (whole(25), Band::LowerMiddle),
            (ratio(4999, 100), Band::LowerMiddle),
            (whole(50), Band::UpperMiddle),
            (ratio(7499, 100), Band::UpperMiddle),
            (whole(75), Band::Highest),
        ] {
            assert_eq!(Band::of(percentile), band, "{percentile}");
        }
    }

    #[test]
    fn percentiles_go_to_the_nearest_five_and_from_the_middle_down() {
        let cases = [
            (whole(0), 0),
            (ratio(249, 100), 0),
            (ratio(5, 2), 0),
            (ratio(251, 100), 5),
            (ratio(95, 2), 45),
            (whole(100), 100),
        ];
        for (exact, told) in cases {
            assert_eq!(nearest_step(exact), told, "{exact}");
        }
    }

    #[test]
    fn a_hidden_cell_never_stands_alone() {
        let hidden = |counts: &[usize]| suppress(counts);
        let cells = |cells: &[bool], total| Suppression {
            cells: cells.to_vec(),
            total,
        };
        assert_eq!(hidden(&[8, 6, 10]), cells(&[false, false, false], false));
        // 3 alone would follow from the total: the smallest of the others goes with it.
        assert_eq!(hidden(&[8, 3, 10]), cells(&[true, true, false], false));
        // 1 and 2 are two, but three firms together.
        assert_eq!(hidden(&[1, 2, 9, 7]), cells(&[true, true, false, true], false));
        assert_eq!(hidden(&[4, 5, 9]), cells(&[true, true, false], false));
        // An empty cell hides nobody, and there is nobody else to hide behind.
        assert_eq!(hidden(&[0, 4]), cells(&[false, true], true));
        assert_eq!(hidden(&[2, 3]), cells(&[true, true], true));
        assert_eq!(hidden(&[]), cells(&[], false));
    }

    proptest! {
        #[test]
        fn nothing_hidden_can_be_worked_out(counts in proptest::collection::vec(0_usize..12, 0..9)) {
            let suppression = suppress(&counts);
            let hidden: Vec<usize> = counts.iter().zip(&suppression.cells).filter(|(_, hidden)| **hidden).map(|(count, _)| *count).collect();
            if !suppression.total && !hidden.is_empty() {
                prop_assert!(hidden.len() >= 2);
                prop_assert!(hidden.iter().sum::<usize>() >= LEAST_GROUP);
            }
            for (count, hidden) in counts.iter().zip(&suppression.cells) {
                prop_assert!(*hidden || *count == 0 || *count >= LEAST_GROUP, "a small cell is shown");
            }
            // The total is hidden only where hiding every cell is not enough.
            if suppression.total {
                prop_assert!(counts.iter().zip(&suppression.cells).all(|(count, hidden)| *hidden || *count == 0));
            }
        }

        #[test]
        fn a_higher_score_never_stands_lower(others in proptest::collection::vec(0_i64..100, 5..30), own in 0_i64..100) {
            let rank = |own: i64| match place(whole(own), &scores(&others)) {
                Place::Suppressed { .. } => None,
                Place::Band { band, .. } => Some((band, 0)),
                Place::Percentile { band, percentile, .. } => Some((band, percentile)),
            };
            prop_assert!(rank(own).is_some() && rank(own) <= rank(own + 1));
        }

        #[test]
        fn bands_and_percentiles_agree(others in proptest::collection::vec(0_i64..100, 10..40), own in 0_i64..100) {
            let others = scores(&others);
            let exact = percentile(whole(own), &others).expect("a percentile");
            prop_assert!(whole(0) <= exact && exact <= whole(100));
            let Place::Percentile { band, percentile, .. } = place(whole(own), &others) else {
                return Err(TestCaseError::fail("ten others or more"));
            };
            prop_assert_eq!(percentile % 5, 0);
            let off = exact - whole(percentile);
            prop_assert!(ratio(-5, 2) < off && off <= ratio(5, 2));
            prop_assert_eq!(band, Band::of(exact));
        }

        #[test]
        fn the_order_of_others_is_irrelevant(mut others in proptest::collection::vec(0_i64..100, 0..20), own in 0_i64..100) {
            let one = place(whole(own), &scores(&others));
            others.reverse();
            prop_assert_eq!(one, place(whole(own), &scores(&others)));
        }
    }
}
