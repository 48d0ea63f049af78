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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn proof(accepted: i64, newest: &str) -> Proof {
        let newest = (!newest.is_empty()).then(|| day(newest));
        Proof { accepted, newest }
    }

    #[test]
    fn caps_follow_number_and_age() {
        let today = day("2026-11-03");
        for (accepted, newest, highest) in [
            (0, "", 2),
            (1, "2026-11-03", 3),
            (1, "2020-01-01", 3),
            (2, "2026-11-03", 5),
            (2, "2025-11-03", 5),
            (2, "2025-11-02", 3),
            (9, "2019-01-01", 3),
            (2, "", 3),
            (2, "2026-11-04", 3),
        ] {
            assert_eq!(cap(&proof(accepted, newest), today).get(), highest, "{accepted} {newest}");
        }
    }

    #[test]
    fn twelve_months_before_a_leap_day_end_with_february() {
        assert_eq!(cap(&proof(2, "2027-02-28"), day("2028-02-29")), Level::MAX);
        assert_eq!(cap(&proof(2, "2027-02-27"), day("2028-02-29")).get(), 3);
    }

    #[test]
    fn each_level_is_cut_to_its_own_evidence() {
        let level = |n| Answer::Level(Level::new(n).expect("a level"));
        let own = Answers::from([
            ("A1".to_owned(), level(5)),
            ("A2".to_owned(), level(4)),
            ("A3".to_owned(), level(1)),
            ("A4".to_owned(), Answer::NotApplicable),
            ("A5".to_owned(), Answer::Missing),
        ]);
        let proofs = BTreeMap::from([("A1".to_owned(), proof(1, "2026-10-01")), ("A4".to_owned(), proof(2, "2026-10-01"))]);
        let capped = capped(&own, &proofs, day("2026-11-03"));
        let expected = [level(3), level(2), level(1), Answer::NotApplicable, Answer::Missing];
        assert_eq!(capped.into_values().collect::<Vec<_>>(), expected);
    }

    proptest! {
        #[test]
        fn evidence_never_raises_and_more_of_it_never_lowers(own in 1_i64..=5, accepted in 0_i64..5, age in 0_u64..900) {
            let today = day("2026-11-03");
            let newest = Some(today - chrono::Days::new(age));
            let own = Answers::from([("A1".to_owned(), Answer::Level(Level::new(own).expect("a level")))]);
            let with = |accepted| capped(&own, &BTreeMap::from([("A1".to_owned(), Proof { accepted, newest })]), today)["A1"].level();
            prop_assert!(with(accepted) <= own["A1"].level());
            prop_assert!(with(accepted) <= with(accepted + 1));
        }
    }
}
