//! Evidence (佐证) caps what a firm says of itself.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};

use super::level::{Answer, Answers, Level};

/// How long evidence counts as recent, in months.
pub const RECENT_MONTHS: u32 = 12;

/// The accepted evidence for one indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Proof {
    /// How many items were accepted.
    pub accepted: i64,
    /// The day of the latest fact among them.
    pub newest: Option<NaiveDate>,
}

/// The highest level that evidence carries on a day: 2 with none accepted; 3 with one, or with several that are all older
/// than twelve months; any with two or more of which one is dated within the twelve months up to the day.
pub fn cap(proof: &Proof, on: NaiveDate) -> Level {
    let is_recent = proof.newest.is_some_and(|newest| is_within(newest, on, RECENT_MONTHS));
    let highest = match proof.accepted {
        ..=0 => 2,
        2.. if is_recent => 5,
        1.. => 3,
    };
    Level::new(highest).unwrap_or(Level::MIN)
}

/// Whether a fact is dated within so many months up to a day, both ends included.
pub fn is_within(fact: NaiveDate, on: NaiveDate, months: u32) -> bool {
    let since = on.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN);
    since <= fact && fact <= on
}

/// Answers as far as evidence carries them (有证): each level at most its cap. N/A and missing stay what they are.
pub fn capped(answers: &Answers, proofs: &BTreeMap<String, Proof>, on: NaiveDate) -> Answers {
    let nothing = Proof::default();
    let capped = |indicator: &String, answer: &Answer| match answer {
        Answer::Level(own) => Answer::Level((*own).min(cap(proofs.get(indicator).unwrap_or(&nothing), on))),
        other => *other,
    };
    answers
        .iter()
        .map(|(indicator, answer)| (indicator.clone(), capped(indicator, answer)))
        .collect()
}
