//! What an appointment is, and what becomes of a lesson in a person's calendar.

use chrono::{DateTime, NaiveDate, Utc};

/// The longest text of one field of an appointment, in characters: programs show no more, and some stumble over more.
pub const LONGEST_TEXT: usize = 4_000;

/// One appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Names it for ever, whatever changes.
    pub uid: String,
    pub when: When,
    pub title: String,
    pub place: Option<String>,
    pub text: String,
    /// Where it stands on the site.
    pub url: String,
    /// It does not take place, or not for this person.
    pub is_off: bool,
    /// Grows with every change of time, place, subject or fate.
    pub sequence: i64,
    pub created_at: DateTime<Utc>,
    /// When anything of it last changed.
    pub changed_at: DateTime<Utc>,
}

/// When an appointment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Hours {
        starts_at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
    },
    /// A whole day in China.
    Day(NaiveDate),
}

/// How a person stands to a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bond {
    /// Takes part, teaches, or looks after it.
    Belongs,
    /// Had a seat until this instant.
    Left(DateTime<Utc>),
}

impl Bond {
    /// The closer of two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Left(one), Self::Left(two)) => Self::Left(one.max(two)),
            _ => Self::Belongs,
        }
    }
}

/// What becomes of a lesson in a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Shown,
    /// Shown as cancelled, so that programs which keep what is missing learn of it too.
    Off,
    /// Never was in this calendar.
    Absent,
}

/// The fate of a lesson that was entered at `created_at` and ends at `ends_at`. Whoever left a class keeps what they could
/// attend, and sees the rest cancelled; what was planned after they left is none of theirs.
pub fn fate(bond: Bond, is_cancelled: bool, created_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> Fate {
    match bond {
        Bond::Belongs if is_cancelled => Fate::Off,
        Bond::Left(at) if created_at > at => Fate::Absent,
        Bond::Left(at) if is_cancelled || ends_at > at => Fate::Off,
        Bond::Belongs | Bond::Left(_) => Fate::Shown,
    }
}

/// Text as a calendar takes it: line ends of one kind, no other control characters, not longer than [`LONGEST_TEXT`].
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text.chars().filter(|c| *c == '\n' || !is_forbidden(*c)).collect();
    if kept.chars().count() <= LONGEST_TEXT {
        return kept;
    }
    let mut short: String = kept.chars().take(LONGEST_TEXT - 1).collect();
    short.push('…');
    short
}

/// Controls, and what Unicode keeps for itself: neither stands in a text of RFC 5545.
fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// One line of it.
pub fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_793_667_600 + hour * 3600, 0).expect("an instant")
    }

    #[test]
    fn whoever_left_keeps_what_they_could_attend() {
        let left = Bond::Left(at(10));
        let table = [
            (Bond::Belongs, false, 0, 5, Fate::Shown),
            (Bond::Belongs, true, 0, 5, Fate::Off),
            (left, false, 0, 10, Fate::Shown),
            (left, false, 0, 11, Fate::Off),
            (left, true, 0, 5, Fate::Off),
            (left, false, 11, 20, Fate::Absent),
            (left, true, 11, 20, Fate::Absent),
        ];
        for (bond, is_cancelled, created, ends, expected) in table {
            assert_eq!(
                fate(bond, is_cancelled, at(created), at(ends)),
                expected,
                "{bond:?} {is_cancelled} {created} {ends}"
            );
        }
    }

    #[test]
    fn the_closer_bond_holds() {
        assert_eq!(Bond::Left(at(1)).or(Bond::Belongs), Bond::Belongs);
        assert_eq!(Bond::Left(at(1)).or(Bond::Left(at(3))), Bond::Left(at(3)));
    }

    #[test]
    fn controls_go_and_lines_stay() {
        assert_eq!(clean("一\r\n二\r三\u{7}\u{0}四\t五"), "一\n二\n三四五");
        assert_eq!(clean_line(" 一\r\n二  三 "), "一 二 三");
        assert_eq!(clean(&"长".repeat(10_000)).chars().count(), LONGEST_TEXT);
    }

    proptest! {
        #[test]
        fn what_is_clean_stays_as_it_is(text in any::<String>()) {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once.clone());
            prop_assert!(once.chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}
