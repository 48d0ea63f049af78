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
