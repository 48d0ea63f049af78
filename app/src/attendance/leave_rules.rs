//! Pure rules of leave (请假) and of training hours. Source: training.md, *Check-in* and *After the lessons*.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::rules::Status;

crate::words! {
    /// Where a request for leave is.
    pub enum LeaveState {
        Asked = "asked",
        Approved = "approved",
        Refused = "refused",
        Withdrawn = "withdrawn",
    }
}

/// What decides whether leave may be asked for a lesson.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    pub ends_at: DateTime<Utc>,
    pub cancelled: bool,
    pub status: Option<Status>,
    /// A request that was neither refused nor withdrawn.
    pub live: bool,
}

/// Why leave can't be asked; the word is the key of a text.
pub fn may_ask(asking: Asking, now: DateTime<Utc>) -> Result<(), &'static str> {
    if asking.cancelled {
        Err("board-leave-cancelled")
    } else if now >= asking.ends_at {
        Err("board-leave-over")
    } else if asking.live {
        Err("board-leave-asked-already")
    } else if asking.status.is_some_and(|status| status != Status::Absent) {
        Err("board-leave-marked-already")
    } else {
        Ok(())
    }
}

/// A request can be taken back until the lesson has ended.
pub fn may_withdraw(state: LeaveState, ends_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    matches!(state, LeaveState::Asked | LeaveState::Approved) && now < ends_at
}

/// One lesson that somebody attended, anywhere in the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attended<Lesson, Class> {
    pub lesson: Lesson,
    pub class: Class,
    pub topic: String,
    /// The year in Luoyang.
    pub year: i32,
    pub half_hours: i64,
}

/// Training hours in halves by year. No hour counts twice: a lesson once however often the person was enrolled, and a
/// topic once when it was heard in several classes (the class in which most of it was heard counts).
pub fn half_hours_by_year<L: Ord + Clone, C: Ord + Clone>(attended: &[Attended<L, C>]) -> BTreeMap<i32, i64> {
    let mut seen = BTreeSet::new();
    let mut topics: BTreeMap<String, BTreeMap<C, BTreeMap<i32, i64>>> = BTreeMap::new();
    for lesson in attended {
        if seen.insert(lesson.lesson.clone()) {
            let years = topics
                .entry(topic_key(&lesson.topic))
                .or_default()
                .entry(lesson.class.clone())
                .or_default();
            *years.entry(lesson.year).or_default() += lesson.half_hours;
        }
    }
    let mut sums = BTreeMap::new();
    for classes in topics.into_values() {
        // The first of those with most: `max_by_key` alone would take the last.
        let best = classes.into_values().rev().max_by_key(|years| years.values().sum::<i64>());
        for (year, half_hours) in best.unwrap_or_default() {
            *sums.entry(year).or_default() += half_hours;
        }
    }
    sums
}

/// The same topic whatever its spaces and capitals.
pub fn topic_key(topic: &str) -> String {
    topic.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Halves as people read them: 3 is `1.5`, 4 is `2`.
pub fn hours(half_hours: i64) -> String {
    let whole = half_hours / 2;
    if half_hours % 2 == 0 { whole.to_string() } else { format!("{whole}.5") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn attended(lesson: u32, class: u32, topic: &str, half_hours: i64) -> Attended<u32, u32> {
        Attended {
            lesson,
            class,
            topic: topic.into(),
            year: 2026,
            half_hours,
        }
    }

    #[test]
    fn leave_is_asked_before_the_lesson_ends_and_once() {
        let ends_at: DateTime<Utc> = "2026-11-03T04:00:00Z".parse().unwrap();
        let asking = Asking {
            ends_at,
            cancelled: false,
            status: None,
            live: false,
        };
        assert_eq!(may_ask(asking, ends_at - TimeDelta::seconds(1)), Ok(()));
        assert_eq!(may_ask(asking, ends_at), Err("board-leave-over"));
        let before = ends_at - TimeDelta::hours(5);
        assert_eq!(may_ask(Asking { cancelled: true, ..asking }, before), Err("board-leave-cancelled"));
        assert_eq!(may_ask(Asking { live: true, ..asking }, before), Err("board-leave-asked-already"));
        let present = Asking {
            status: Some(Status::Present),
            ..asking
        };
        assert_eq!(may_ask(present, before), Err("board-leave-marked-already"));
        for (state, before_the_end) in [
            (LeaveState::Asked, true),
            (LeaveState::Approved, true),
            (LeaveState::Refused, false),
            (LeaveState::Withdrawn, false),
        ] {
            assert_eq!(may_withdraw(state, ends_at, before), before_the_end);
            assert!(!may_withdraw(state, ends_at, ends_at));
        }
    }

    #[test]
    fn the_same_topic_in_another_class_counts_once() {
        let lessons = [
            attended(1, 1, "公司治理", 6),
            attended(2, 2, "公司 治理", 6),
            attended(3, 2, "税务", 3),
            attended(3, 2, "税务", 3),
        ];
        assert_eq!(half_hours_by_year(&lessons), BTreeMap::from([(2026, 9)]));
        // Two lessons of one class share a topic and both count; the longer hearing wins over another class's.
        let parts = [attended(1, 1, "治理", 6), attended(2, 1, "治理", 6), attended(3, 2, "治理", 8)];
        assert_eq!(half_hours_by_year(&parts), BTreeMap::from([(2026, 12)]));
    }

    #[test]
    fn half_hours_read_as_hours() {
        assert_eq!([0, 1, 3, 4].map(hours), ["0", "0.5", "1.5", "2"]);
    }

    proptest! {
        #[test]
        fn hours_never_exceed_what_was_heard(lessons in proptest::collection::vec((0_u32..8, 0_u32..3, "[ab]", 1_i64..9), 0..30)) {
            let lessons: Vec<_> = lessons.into_iter().map(|(lesson, class, topic, half)| attended(lesson, class, &topic, half)).collect();
            let counted: i64 = half_hours_by_year(&lessons).values().sum();
            prop_assert!(counted <= lessons.iter().map(|lesson| lesson.half_hours).sum());
            let twice = [lessons.clone(), lessons.clone()].concat();
            prop_assert_eq!(half_hours_by_year(&twice), half_hours_by_year(&lessons));
        }
    }
}
