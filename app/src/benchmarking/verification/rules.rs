//! What a verifier may find, what stands in the way of closing, and how far the three levels agree.
//! Source: benchmarking.md, *Scores*.

use crate::benchmarking::rules::exact::ratio;
use crate::benchmarking::rules::{Exact, Level};

/// The longest reason for a verdict or a decision on evidence.
pub const LONGEST_REASON: usize = 500;
/// The longest list of the people met.
pub const LONGEST_PEOPLE: usize = 200;
/// The longest findings of a site visit.
pub const LONGEST_FINDINGS: usize = 3_000;
/// Fewer compared firms than this say little about an indicator or a verifier, and the page says so.
pub const FEW: usize = 5;

/// What the verifier found of one indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    Level(Level),
    /// The firm's N/A, which the coordinator approved, is confirmed.
    NotApplicable,
}

impl Finding {
    /// The word of a form's choice: `1` to `5`, or `na`.
    pub fn parse(word: &str) -> Option<Self> {
        if word == "na" {
            return Some(Self::NotApplicable);
        }
        word.parse().ok().and_then(Level::new).map(Self::Level)
    }

    /// From the two columns of a row; a row with neither is none.
    pub fn of_row(level: Option<i64>, na: bool) -> Option<Self> {
        if na {
            return Some(Self::NotApplicable);
        }
        level.and_then(Level::new).map(Self::Level)
    }

    pub fn word(self) -> String {
        match self {
            Self::Level(level) => level.get().to_string(),
            Self::NotApplicable => "na".to_owned(),
        }
    }

    pub fn level(self) -> Option<Level> {
        match self {
            Self::Level(level) => Some(level),
            Self::NotApplicable => None,
        }
    }
}

/// What a verdict on one indicator stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    /// The highest level that the accepted evidence carries.
    pub cap: Level,
    /// The firm says that the indicator does not apply, and the coordinator has approved it.
    pub is_na_approved: bool,
    /// A site visit looked at this indicator.
    pub is_visited: bool,
}

/// Why a finding cannot stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is above this cap, and no site visit looked at the indicator.
    AboveCap(Level),
    /// N/A without the coordinator's approval counts as missing, and nobody can confirm it.
    NotApproved,
}

/// Whether a finding may stand on this ground.
///
/// # Errors
/// A level above the cap without a site visit; N/A that the coordinator has not approved.
pub fn check(finding: Finding, ground: Ground) -> Result<(), Fault> {
    match finding {
        Finding::Level(level) if level > ground.cap && !ground.is_visited => Err(Fault::AboveCap(ground.cap)),
        Finding::NotApplicable if !ground.is_na_approved => Err(Fault::NotApproved),
        _ => Ok(()),
    }
}

/// One indicator as it stands before closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    pub verdict: Option<Finding>,
    /// The firm has changed its answer since the verdict.
    pub is_stale: bool,
    /// Pieces of evidence that nobody has accepted or refused yet.
    pub undecided: usize,
    pub ground: Ground,
}

/// What stands in the way of closing, of one indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no verdict.
    Missing,
    /// The verdict is of an earlier answer.
    Stale,
    /// So many pieces of evidence are neither accepted nor refused.
    Undecided(usize),
    /// The verdict stood when it was given and no longer does: evidence was refused or a visit corrected.
    Unfounded(Fault),
}

/// Everything that stands in the way of closing, of one indicator.
pub fn obstacles(subject: &Subject) -> Vec<Obstacle> {
    let mut found = Vec::new();
    match subject.verdict {
        None => found.push(Obstacle::Missing),
        Some(_) if subject.is_stale => found.push(Obstacle::Stale),
        Some(finding) => found.extend(check(finding, subject.ground).err().map(Obstacle::Unfounded)),
    }
    if subject.undecided > 0 {
        found.push(Obstacle::Undecided(subject.undecided));
    }
    found
}

/// The three levels of one indicator of one firm, all of them given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Triple {
    pub own: Level,
    pub capped: Level,
    pub verified: Level,
}

/// How far self, evidence-capped and verified levels agree, over some triples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Agreement {
    /// How many triples were compared.
    pub count: usize,
    /// In how many of them the verified level is the firm's own.
    pub exact: usize,
    own_excess: i128,
    capped_excess: i128,
}

impl Agreement {
    pub fn add(&mut self, triple: Triple) {
        let verified = i128::from(triple.verified.get());
        self.count += 1;
        self.exact += usize::from(triple.own == triple.verified);
        self.own_excess += i128::from(triple.own.get()) - verified;
        self.capped_excess += i128::from(triple.capped.get()) - verified;
    }

    /// The share in which the verified level is the firm's own, 0 to 1; none over nothing.
    pub fn exact_share(&self) -> Option<Exact> {
        self.over(i128::try_from(self.exact).ok()?)
    }

    /// The mean of self − verified, in levels: above zero the firms rated themselves too high.
    pub fn own_minus_verified(&self) -> Option<Exact> {
        self.over(self.own_excess)
    }

    /// The mean of capped − verified, in levels: below zero the visits showed more than the papers.
    pub fn capped_minus_verified(&self) -> Option<Exact> {
        self.over(self.capped_excess)
    }

    pub fn is_few(&self) -> bool {
        self.count < FEW
    }

    fn over(&self, sum: i128) -> Option<Exact> {
        let count = i128::try_from(self.count).ok().filter(|count| *count > 0)?;
        Some(ratio(sum, count))
    }
}

impl FromIterator<Triple> for Agreement {
    fn from_iter<I: IntoIterator<Item = Triple>>(triples: I) -> Self {
        let mut agreement = Self::default();
        for triple in triples {
            agreement.add(triple);
        }
        agreement
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn level(n: i64) -> Level {
        Level::new(n).expect("1 to 5")
    }

    fn ground(cap: i64) -> Ground {
        Ground {
            cap: level(cap),
            is_na_approved: false,
            is_visited: false,
        }
    }

    #[test]
    fn a_level_above_the_cap_needs_a_visit_and_nothing_else_does() {
        let found = Finding::Level(level(4));
        assert_eq!(check(found, ground(3)), Err(Fault::AboveCap(level(3))));
        assert_eq!(check(found, ground(4)), Ok(()));
        let visited = Ground {
            is_visited: true,
            ..ground(2)
        };
        assert_eq!(check(found, visited), Ok(()));
    }

    #[test]
    fn only_an_approved_na_is_confirmed() {
        assert_eq!(check(Finding::NotApplicable, ground(5)), Err(Fault::NotApproved));
        let approved = Ground {
            is_na_approved: true,
            ..ground(2)
        };
        assert_eq!(check(Finding::NotApplicable, approved), Ok(()));
        assert_eq!(check(Finding::Level(level(2)), approved), Ok(()));
    }

    #[test]
    fn everything_in_the_way_is_named() {
        let subject = Subject {
            verdict: None,
            is_stale: false,
            undecided: 2,
            ground: ground(2),
        };
        assert_eq!(obstacles(&subject), [Obstacle::Missing, Obstacle::Undecided(2)]);
        let given = Subject {
            verdict: Some(Finding::Level(level(3))),
            undecided: 0,
            ..subject
        };
        assert_eq!(obstacles(&given), [Obstacle::Unfounded(Fault::AboveCap(level(2)))]);
        assert_eq!(obstacles(&Subject { is_stale: true, ..given }), [Obstacle::Stale]);
        assert_eq!(obstacles(&Subject { ground: ground(3), ..given }), []);
    }

    #[test]
    fn words_are_read_back_and_others_are_not() {
        for word in ["1", "2", "3", "4", "5", "na"] {
            assert_eq!(Finding::parse(word).map(Finding::word).as_deref(), Some(word));
        }
        for word in ["", "0", "6", "NA", "3.5", "-1", "９"] {
            assert_eq!(Finding::parse(word), None, "{word}");
        }
        assert_eq!(Finding::of_row(None, true), Some(Finding::NotApplicable));
        assert_eq!(Finding::of_row(Some(3), false), Some(Finding::Level(level(3))));
        assert_eq!(Finding::of_row(None, false), None);
    }

    #[test]
    fn agreement_is_counted() {
        let triple = |own, capped, verified| Triple {
            own: level(own),
            capped: level(capped),
            verified: level(verified),
        };
        let agreement: Agreement = [triple(4, 3, 3), triple(3, 3, 3), triple(5, 2, 3)].into_iter().collect();
        assert_eq!((agreement.count, agreement.exact, agreement.is_few()), (3, 1, true));
        assert_eq!(agreement.exact_share(), Some(ratio(1, 3)));
        assert_eq!(agreement.own_minus_verified(), Some(ratio(1, 1)));
        assert_eq!(agreement.capped_minus_verified(), Some(ratio(-1, 3)));
        assert_eq!(Agreement::default().exact_share(), None);
    }

    proptest! {
        #[test]
        fn agreement_stays_within_its_bounds(levels in prop::collection::vec((1..=5_i64, 1..=5_i64, 1..=5_i64), 1..40)) {
            let triples = levels.iter().map(|(own, capped, verified)| Triple {
                own: level(*own),
                capped: level((*capped).min(*own)),
                verified: level(*verified),
            });
            let agreement: Agreement = triples.clone().collect();
            let backwards: Agreement = triples.rev().collect();
            prop_assert_eq!(agreement, backwards);
            let share = agreement.exact_share().expect("some");
            prop_assert!(share >= ratio(0, 1) && share <= ratio(1, 1));
            prop_assert!(agreement.capped_minus_verified() <= agreement.own_minus_verified());
        }

        #[test]
        fn what_passes_at_a_cap_passes_at_every_higher_one(found in 1..=5_i64, cap in 1..=4_i64) {
            if check(Finding::Level(level(found)), ground(cap)).is_ok() {
                prop_assert!(check(Finding::Level(level(found)), ground(cap + 1)).is_ok());
            }
        }
    }
}
