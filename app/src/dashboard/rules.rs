//! Pure rules of what people see first: what a class offers at this moment, which classes a list shows, the months of a
//! trend.

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};

use crate::classes::ClassState;
use crate::ids::ClassId;

/// Seats of a class that nobody has: never less than none, even where the capacity was lowered afterwards.
pub fn places_left(capacity: i64, approved: i64) -> i64 {
    (capacity - approved).max(0)
}

/// What somebody who looks at a class can do about it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Enrolment opens later, at an instant if one is set.
    Later(Option<DateTime<Utc>>),
    /// So many seats are free.
    Open(i64),
    /// No seat is free; an application is waitlisted.
    Full,
    /// Enrolment is over and the class not yet.
    EnrolmentOver,
    Running,
    Ended,
    Cancelled,
}

/// Source: training.md, *Class* and *Enrolment*.
pub fn offer(state: ClassState, window: (Option<DateTime<Utc>>, Option<DateTime<Utc>>), left: i64, now: DateTime<Utc>) -> Offer {
    match state {
        ClassState::Draft | ClassState::Published => Offer::Later(window.0),
        ClassState::Enrolling => match window {
            (Some(opens), _) if now < opens => Offer::Later(Some(opens)),
            (_, Some(closes)) if now >= closes => Offer::EnrolmentOver,
            _ if left > 0 => Offer::Open(left),
            _ => Offer::Full,
        },
        ClassState::Running => Offer::Running,
        ClassState::Closed | ClassState::Archived => Offer::Ended,
        ClassState::Cancelled => Offer::Cancelled,
    }
}

crate::words! {
    /// Which classes the catalogue shows.
    pub enum Shown {
        /// Published, enrolling or running: what somebody may still take part in.
        Current = "current",
        Enrolling = "enrolling",
        Published = "published",
        Running = "running",
        Ended = "ended",
        Cancelled = "cancelled",
        /// Everything that was ever published.
        All = "all",
    }
}

impl Shown {
    /// The states of the classes shown; drafts never are.
    pub fn states(self) -> &'static [ClassState] {
        use ClassState::{Archived, Cancelled, Closed, Enrolling, Published, Running};
        match self {
            Self::Current => &[Published, Enrolling, Running],
            Self::Enrolling => &[Enrolling],
            Self::Published => &[Published],
            Self::Running => &[Running],
            Self::Ended => &[Closed, Archived],
            Self::Cancelled => &[Cancelled],
            // What a plan counts: neither drafts nor what was cancelled.
            Self::All => &[Published, Enrolling, Running, Closed, Archived],
        }
    }

    /// What is to come is listed from the next on; what has been from the last back.
    pub fn rising(self) -> bool {
        matches!(self, Self::Current | Self::Enrolling | Self::Published | Self::Running)
    }
}

/// A place in a list by time: rows without a time come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<I> {
    pub at: Option<DateTime<Utc>>,
    pub id: I,
}

impl<I: std::fmt::Display> std::fmt::Display for Key<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.at {
            Some(at) => write!(f, "{}.{}", at.timestamp_micros(), self.id),
            None => write!(f, ".{}", self.id),
        }
    }
}

impl<I: std::str::FromStr> std::str::FromStr for Key<I> {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('.').ok_or(())?;
        let at = match at {
            "" => None,
            micros => Some(micros.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(())?),
        };
        Ok(Self {
            at,
            id: id.parse().map_err(|_| ())?,
        })
    }
}

/// A place in the list of classes.
pub type ClassKey = Key<ClassId>;

/// How many months a trend shows.
pub const TREND_MONTHS: u32 = 12;

/// The first days of the last months up to the one of `today`, and of the month after it.
pub fn trend_months(today: NaiveDate) -> Vec<NaiveDate> {
    let this = today.with_day(1).unwrap_or(today);
    let first = this - Months::new(TREND_MONTHS - 1);
    (0..=TREND_MONTHS).map(|n| first + Months::new(n)).collect()
}

/// A month as written in an address: 2026-11.
pub fn month_word(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

/// The first day of a month written so, and of the next.
pub fn parse_month(word: &str) -> Option<(NaiveDate, NaiveDate)> {
    let first = NaiveDate::parse_from_str(&format!("{word}-01"), "%Y-%m-%d").ok()?;
    let allowed = (1900..3000).contains(&first.year());
    allowed.then(|| (first, first + Months::new(1)))
}

/// What somebody searches for, fit for the database: one line of at most 100 characters, without control characters.
pub fn search_words(typed: &str) -> Option<String> {
    let words: String = typed.chars().filter(|c| !c.is_control()).take(100).collect();
    let words = words.trim().to_lowercase();
    (!words.is_empty()).then_some(words)
}

/// A pattern for `LIKE … ESCAPE '!'` that finds the words anywhere.
pub fn containing(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Lessons that begun so lately may still go on.
const BEHIND: TimeDelta = TimeDelta::hours(4);
/// Whose doors open soon.
const AHEAD: TimeDelta = TimeDelta::hours(2);

/// When the lessons begin that a desk has before it: those of the day that began at `midnight`, and around it those that still
/// go on or are about to begin.
pub fn todays(midnight: DateTime<Utc>, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    (midnight.min(now - BEHIND), (midnight + TimeDelta::days(1)).max(now + AHEAD))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-23T04:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn a_desk_has_the_day_before_it_and_around_midnight_what_is_near() {
        // Times of Luoyang, eight hours ahead.
        let at = |text: &str| format!("2026-11-{text}:00+08:00").parse::<DateTime<Utc>>().expect("an instant");
        for (midnight, now, from, until) in [
            ("23T00:00", "23T12:00", "23T00:00", "24T00:00"),
            ("23T00:00", "23T23:50", "23T00:00", "24T01:50"),
            ("24T00:00", "24T00:20", "23T20:20", "25T00:00"),
            ("24T00:00", "24T04:00", "24T00:00", "25T00:00"),
        ] {
            assert_eq!(todays(at(midnight), at(now)), (at(from), at(until)), "{now}");
        }
    }

    #[test]
    fn free_places_are_never_negative() {
        assert_eq!(
            [(100, 0), (100, 99), (100, 100), (80, 100)].map(|(capacity, approved)| places_left(capacity, approved)),
            [100, 1, 0, 0]
        );
    }

    #[test]
    fn a_class_offers_what_its_state_and_window_say() {
        let hour = TimeDelta::hours(1);
        let open = (Some(noon() - hour), Some(noon() + hour));
        assert_eq!(offer(ClassState::Enrolling, open, 3, noon()), Offer::Open(3));
        assert_eq!(offer(ClassState::Enrolling, open, 0, noon()), Offer::Full);
        assert_eq!(offer(ClassState::Enrolling, (None, None), 1, noon()), Offer::Open(1));
        assert_eq!(
            offer(ClassState::Enrolling, (open.0, Some(noon())), 3, noon()),
            Offer::EnrolmentOver,
            "closed at the instant itself"
        );
        assert_eq!(offer(ClassState::Enrolling, (open.1, None), 3, noon()), Offer::Later(open.1));
        assert_eq!(offer(ClassState::Published, open, 3, noon()), Offer::Later(open.0));
        assert_eq!(offer(ClassState::Running, open, 3, noon()), Offer::Running);
        assert_eq!(offer(ClassState::Archived, open, 3, noon()), Offer::Ended);
        assert_eq!(offer(ClassState::Cancelled, open, 3, noon()), Offer::Cancelled);
    }

    #[test]
    fn no_list_shows_drafts() {
        assert!(Shown::ALL.iter().all(|shown| !shown.states().contains(&ClassState::Draft)));
        assert!(!Shown::All.states().contains(&ClassState::Cancelled));
    }

    #[test]
    fn a_trend_ends_with_this_month() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let months = trend_months(day("2026-03-31"));
        assert_eq!(
            (months.len(), months[0], months[11], months[12]),
            (13, day("2025-04-01"), day("2026-03-01"), day("2026-04-01"))
        );
        assert_eq!(parse_month("2026-12"), Some((day("2026-12-01"), day("2027-01-01"))));
        for word in ["2026-13", "", "99999-01", "2026-12-01", "x"] {
            assert_eq!(parse_month(word), None, "{word}");
        }
    }

    #[test]
    fn a_search_finds_its_words_and_nothing_by_wildcards() {
        assert_eq!(search_words(" \0 "), None);
        assert_eq!(search_words("ERP 50%\0").as_deref(), Some("erp 50%"));
        assert_eq!(containing("50%_!"), "%50!%!_!!%");
    }

    proptest! {
        #[test]
        fn a_key_is_read_back(micros in proptest::option::of(0_i64..4_000_000_000_000_000), bytes in any::<u128>()) {
            let key = Key { at: micros.and_then(DateTime::from_timestamp_micros), id: ClassId(uuid::Uuid::from_u128(bytes)) };
            prop_assert_eq!(key.to_string().parse::<ClassKey>(), Ok(key));
        }

        #[test]
        fn any_text_is_judged_without_a_panic(typed in any::<String>()) {
            let _ = (typed.parse::<ClassKey>(), parse_month(&typed), search_words(&typed).map(|words| containing(&words)));
        }
    }
}
