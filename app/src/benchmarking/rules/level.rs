//! Levels (等级) of 1 to 5, and answers made of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::exact::{Exact, whole};

/// A level of maturity, 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Level(u8);

/// A number outside 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a level is 1 to 5, not {0}")]
pub struct NotALevel(pub i64);

impl Level {
    pub const MIN: Self = Self(1);
    pub const MAX: Self = Self(5);
    pub const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// The level of this number; none outside 1 to 5.
    pub fn new(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|level| i64::from(level.0) == number)
    }

    pub fn get(self) -> u8 {
        self.0
    }

    /// Points (得分) of 0 to 100: `(level − 1) × 25`.
    pub fn points(self) -> Exact {
        whole((self.0 - 1) * 25)
    }
}

impl From<Level> for i64 {
    fn from(level: Level) -> Self {
        level.0.into()
    }
}

impl TryFrom<i64> for Level {
    type Error = NotALevel;

    fn try_from(number: i64) -> Result<Self, NotALevel> {
        Self::new(number).ok_or(NotALevel(number))
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What counts for one indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    Level(Level),
    /// N/A (不适用), given with a reason and approved. Until it is approved the answer is missing.
    NotApplicable,
    Missing,
}

impl Answer {
    /// What a stored answer counts as. N/A counts as missing while `is_approved` is not set, whatever level stands beside it.
    pub fn of(level: Option<i64>, is_na: bool, is_approved: bool) -> Self {
        match (is_na, is_approved) {
            (true, true) => Self::NotApplicable,
            (true, false) => Self::Missing,
            (false, _) => level.and_then(Level::new).map_or(Self::Missing, Self::Level),
        }
    }

    pub fn level(self) -> Option<Level> {
        match self {
            Self::Level(level) => Some(level),
            Self::NotApplicable | Self::Missing => None,
        }
    }

    pub fn is_missing(self) -> bool {
        self == Self::Missing
    }
}

/// Answers by the id of their indicator; an indicator that is not in the map is missing.
pub type Answers = BTreeMap<String, Answer>;

/// The answer to one indicator.
pub fn answer_to(answers: &Answers, indicator: &str) -> Answer {
    answers.get(indicator).copied().unwrap_or(Answer::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_one_to_five() {
        assert_eq!(Level::new(0), None);
        assert_eq!(Level::new(6), None);
        assert_eq!(Level::new(i64::MIN), None);
        assert_eq!(Level::new(1), Some(Level::MIN));
        assert_eq!(Level::new(5), Some(Level::MAX));
        assert!(serde_json::from_str::<Level>("6").is_err());
    }

    #[test]
    fn points_run_from_nothing_to_a_hundred() {
        let points: Vec<_> = Level::ALL.into_iter().map(Level::points).collect();
        assert_eq!(points, [0_u8, 25, 50, 75, 100].map(whole));
    }

    #[test]
    fn not_applicable_is_missing_until_approved() {
        assert_eq!(Answer::of(None, true, false), Answer::Missing);
        assert_eq!(Answer::of(Some(4), true, false), Answer::Missing);
        assert_eq!(Answer::of(Some(4), true, true), Answer::NotApplicable);
        assert_eq!(Answer::of(Some(4), false, false).level(), Level::new(4));
        assert_eq!(Answer::of(None, false, true), Answer::Missing);
    }
}
