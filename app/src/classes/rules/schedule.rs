//! Times of lessons: what overlaps, series, training hours, weeks.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, TimeDelta, Utc};

/// A series is at most so long: a term of daily lessons.
pub const SERIES_LONGEST: i64 = 60;
/// The most training hours that one lesson gives, in halves.
const MOST_HALF_HOURS: i64 = 48;

/// From its start up to, not including, its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

impl Span {
    /// Both take up one instant at least. One that begins when the other ends does not overlap it.
    pub fn overlaps(self, other: Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }

    #[must_use]
    pub fn later_by(self, by: TimeDelta) -> Self {
        Self {
            starts_at: self.starts_at + by,
            ends_at: self.ends_at + by,
        }
    }
}

crate::words! {
    /// How the lessons of a series follow each other.
    pub enum Repeat {
        Weekly = "weekly",
        Daily = "daily",
    }
}

/// `count` lessons at the same time of day. China has no summer time, so a day is 24 hours.
pub fn series(first: Span, repeat: Repeat, count: i64) -> Vec<Span> {
    let days = match repeat {
        Repeat::Weekly => 7,
        Repeat::Daily => 1,
    };
    (0..count.clamp(0, SERIES_LONGEST))
        .map(|n| first.later_by(TimeDelta::days(n * days)))
        .collect()
}

/// Training hours as people write them, in halves: `1.5` is 3. Only halves are exact; anything else is none.
pub fn half_hours(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let half = match rest {
        "0" | "00" => 0,
        "5" | "50" => 1,
        _ => return None,
    };
    if whole.is_empty() || whole.len() > 2 || !whole.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let halves = whole.parse::<i64>().ok()? * 2 + half;
    (1..=MOST_HALF_HOURS).contains(&halves).then_some(halves)
}

/// Halves as people read them: 3 is `1.5`.
pub fn hours_text(half_hours: i64) -> String {
    let whole = half_hours / 2;
    if half_hours % 2 == 0 { whole.to_string() } else { format!("{whole}.5") }
}

/// The Monday of the day's week.
pub fn monday_of(day: NaiveDate) -> NaiveDate {
    let back = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Days::new(back)).unwrap_or(day)
}

/// Asia/Shanghai.
const CHINA: FixedOffset = FixedOffset::east_opt(8 * 3600).expect("eight hours are a valid offset");

/// A time in figures, read alike in every language: for messages whose reader's language is not known yet.
pub fn plain_time(at: DateTime<Utc>) -> String {
    at.with_timezone(&CHINA).format("%Y-%m-%d %H:%M").to_string()
}

/// From when to when, in figures.
pub fn plain_range(span: Span) -> String {
    let (start, end) = (span.starts_at.with_timezone(&CHINA), span.ends_at.with_timezone(&CHINA));
    if start.date_naive() == end.date_naive() {
        format!("{}–{}", plain_time(span.starts_at), end.format("%H:%M"))
    } else {
        format!("{} – {}", plain_time(span.starts_at), plain_time(span.ends_at))
    }
}

/// How far an instant's day in China is from another day.
pub fn days_between(from: DateTime<Utc>, to: NaiveDate) -> TimeDelta {
    to - from.with_timezone(&CHINA).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(start: i64, end: i64) -> Span {
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        Span {
            starts_at: at(start),
            ends_at: at(end),
        }
    }

    #[test]
    fn one_lesson_may_begin_when_another_ends() {
        assert!(!span(0, 60).overlaps(span(60, 120)));
        assert!(span(0, 61).overlaps(span(60, 120)));
        assert!(span(0, 600).overlaps(span(60, 120)));
    }

    #[test]
    fn hours_are_halves_exactly() {
        for (text, halves) in [("0.5", 1), ("1", 2), ("1.5", 3), ("3.0", 6), ("24", 48)] {
            assert_eq!(half_hours(text), Some(halves), "{text}");
        }
        for text in [
            "",
            "0",
            "0.0",
            "1.25",
            "-1",
            "24.5",
            "１",
            "1e1",
            ".5",
            "3.",
            "😀",
            "1.5.5",
            "999999999999",
        ] {
            assert_eq!(half_hours(text), None, "{text}");
        }
    }

    #[test]
    fn a_week_begins_on_monday() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        assert_eq!(monday_of(day(23)), day(23));
        assert_eq!(monday_of(day(29)), day(23));
    }

    #[test]
    fn times_in_figures_are_of_luoyang() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let evening = Span {
            starts_at: at("2026-11-03T11:00:00Z"),
            ends_at: at("2026-11-03T13:30:00Z"),
        };
        assert_eq!(plain_range(evening), "2026-11-03 19:00–21:30");
        let night = Span {
            ends_at: at("2026-11-03T17:00:00Z"),
            ..evening
        };
        assert_eq!(plain_range(night), "2026-11-03 19:00 – 2026-11-04 01:00");
        let next_spring = NaiveDate::from_ymd_opt(2027, 3, 2).unwrap();
        assert_eq!(days_between(at("2026-11-02T16:30:00Z"), next_spring).num_days(), 119);
    }

    proptest! {
        #[test]
        fn overlapping_is_mutual_and_means_a_shared_minute(a in 0_i64..100, la in 1_i64..50, b in 0_i64..100, lb in 1_i64..50) {
            let (one, other) = (span(a, a + la), span(b, b + lb));
            prop_assert_eq!(one.overlaps(other), other.overlaps(one));
            let shared = (0..200).any(|minute| (a..a + la).contains(&minute) && (b..b + lb).contains(&minute));
            prop_assert_eq!(one.overlaps(other), shared);
        }

        #[test]
        fn hours_read_back(halves in 1_i64..=48) {
            prop_assert_eq!(half_hours(&hours_text(halves)), Some(halves));
        }

        #[test]
        fn a_series_keeps_the_time_of_day(count in 0_i64..100) {
            let all = series(span(600, 700), Repeat::Weekly, count);
            prop_assert_eq!(i64::try_from(all.len()), Ok(count.min(SERIES_LONGEST)));
            for pair in all.windows(2) {
                prop_assert_eq!(pair[1].starts_at - pair[0].starts_at, TimeDelta::days(7));
                prop_assert!(!pair[0].overlaps(pair[1]));
            }
        }
    }
}
