//! Instants as people in Luoyang read them: China has one time zone, eight hours ahead, without summer time since 1991.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeZone, Utc};

use crate::i18n::{Lang, t};

const WEEKDAYS_ZH: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];

pub use crate::clock::{CHINA, day_of};

/// The instant at which a day begins in China.
pub fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN)
        .and_local_timezone(CHINA)
        .single()
        .map_or(DateTime::UNIX_EPOCH, |at| at.to_utc())
}

/// The year it is in China at an instant.
pub fn year_of(at: DateTime<Utc>) -> i64 {
    i64::from(day_of(at).year())
}

/// 2026年11月3日 周二 · Tue 3 Nov 2026
pub fn date(lang: Lang, at: DateTime<Utc>) -> String {
    day(lang, day_of(at))
}

/// The same for a plain day.
pub fn day(lang: Lang, day: NaiveDate) -> String {
    match lang {
        Lang::Zh => {
            let weekday = WEEKDAYS_ZH[day.weekday().num_days_from_monday() as usize];
            format!("{}年{}月{}日 {weekday}", day.year(), day.month(), day.day())
        }
        Lang::En => day.format("%a %-d %b %Y").to_string(),
    }
}

/// 11月3日 · 3 Nov: where the year is plain from the place.
pub fn short_date(lang: Lang, at: DateTime<Utc>) -> String {
    let day = day_of(at);
    match lang {
        Lang::Zh => format!("{}月{}日", day.month(), day.day()),
        Lang::En => day.format("%-d %b").to_string(),
    }
}

/// The month in words and the day of it, for a calendar leaf: 11月, 3 · Nov, 3
pub fn month_and_day(lang: Lang, at: DateTime<Utc>) -> (String, String) {
    let day = day_of(at);
    let month = match lang {
        Lang::Zh => format!("{}月", day.month()),
        Lang::En => day.format("%b").to_string(),
    };
    (month, day.day().to_string())
}

/// 11月3日 14:30 · 3 Nov, 14:30
pub fn short_date_time(lang: Lang, at: DateTime<Utc>) -> String {
    let comma = match lang {
        Lang::Zh => "",
        Lang::En => ",",
    };
    format!("{}{comma} {}", short_date(lang, at), hour_minute(at))
}

/// 14:30
pub fn hour_minute(at: DateTime<Utc>) -> String {
    at.with_timezone(&CHINA).format("%H:%M").to_string()
}

/// 2026年11月3日 周二 14:30 · Tue 3 Nov 2026, 14:30
pub fn date_time(lang: Lang, at: DateTime<Utc>) -> String {
    let comma = match lang {
        Lang::Zh => "",
        Lang::En => ",",
    };
    format!("{}{comma} {}", date(lang, at), hour_minute(at))
}

/// 2026年11月3日 周二 14:30–17:00; with both days when it goes past midnight.
pub fn time_range(lang: Lang, start: DateTime<Utc>, end: DateTime<Utc>) -> String {
    if day_of(start) == day_of(end) {
        format!("{}–{}", date_time(lang, start), hour_minute(end))
    } else {
        format!("{} – {}", date_time(lang, start), date_time(lang, end))
    }
}

/// 今天 / 明天 / 3 天后 / 2 天前, by days of the calendar and not by 24 hours.
pub fn relative_days(lang: Lang, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let days = (day_of(at) - day_of(now)).num_days();
    match days {
        -1 => t!(lang, "ui-yesterday"),
        0 => t!(lang, "ui-today"),
        1 => t!(lang, "ui-tomorrow"),
        2.. => t!(lang, "ui-in-days", n = days),
        _ => t!(lang, "ui-days-ago", n = -days),
    }
}

/// The value of an `<input type="datetime-local">`.
pub fn local_input(at: DateTime<Utc>) -> String {
    at.with_timezone(&CHINA).format("%Y-%m-%dT%H:%M").to_string()
}

/// What such a field sends, with or without seconds.
pub fn parse_local(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    CHINA.from_local_datetime(&local).single().map(|at| at.to_utc())
}

/// Days that a form may name; `PostgreSQL` does not know all that a browser's field takes.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2999;

/// What an `<input type="date">` sends.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()?;
    YEARS.contains(&day.year()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_one_that_a_database_knows() {
        assert_eq!(parse_day(" 2026-11-03 "), NaiveDate::from_ymd_opt(2026, 11, 3));
        for wrong in [
            "",
            "2026-11-31",
            "-5000-01-01",
            "1899-12-31",
            "+12026-01-01",
            "262142-12-31",
            "2026/11/03",
        ] {
            assert_eq!(parse_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_instant_reads_as_in_luoyang() {
        let start = at("2026-11-03T06:30:00Z");
        assert_eq!(date_time(Lang::Zh, start), "2026年11月3日 周二 14:30");
        assert_eq!(date_time(Lang::En, start), "Tue 3 Nov 2026, 14:30");
        assert_eq!(time_range(Lang::Zh, start, at("2026-11-03T09:00:00Z")), "2026年11月3日 周二 14:30–17:00");
        assert_eq!(
            time_range(Lang::En, start, at("2026-11-04T01:00:00Z")),
            "Tue 3 Nov 2026, 14:30 – Wed 4 Nov 2026, 09:00"
        );
    }

    #[test]
    fn the_day_changes_at_midnight_in_china() {
        assert_eq!(date(Lang::Zh, at("2026-12-31T15:59:59Z")), "2026年12月31日 周四");
        assert_eq!(date(Lang::Zh, at("2026-12-31T16:00:00Z")), "2027年1月1日 周五");
    }

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
        assert_eq!(start_of(day), at("2026-11-02T16:00:00Z"));
        assert_eq!((day_of(start_of(day)), year_of(at("2026-12-31T16:00:00Z"))), (day, 2027));
    }

    #[test]
    fn a_field_sends_back_what_it_was_given() {
        let start = at("2026-11-03T06:30:00Z");
        assert_eq!(local_input(start), "2026-11-03T14:30");
        assert_eq!(parse_local(&local_input(start)), Some(start));
        assert_eq!(parse_local("2026-11-03T14:30:00"), Some(start));
        assert_eq!(parse_local("2026-02-30T14:30"), None);
        assert_eq!(parse_local(""), None);
    }

    #[test]
    fn days_are_counted_by_the_calendar() {
        let late = at("2026-11-03T15:59:00Z");
        assert_eq!(relative_days(Lang::Zh, at("2026-11-03T16:01:00Z"), late), "明天");
        assert_eq!(relative_days(Lang::Zh, late, late), "今天");
        assert_eq!(relative_days(Lang::En, at("2026-11-08T01:00:00Z"), late), "in 5 days");
        assert_eq!(relative_days(Lang::En, at("2026-11-01T01:00:00Z"), late), "2 days ago");
    }
}
