//! What a token may do, for how long, and whether it is good.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::SchoolId;

crate::words! {
    /// One thing that a token may do.
    pub enum TokenScope {
        /// Classes and their lessons.
        ClassesRead = "classes:read",
        /// Who is in a class: name, county and firm.
        RosterRead = "roster:read",
        /// Phone numbers beside the names of a roster.
        PhonesRead = "phones:read",
        /// Who was there.
        AttendanceRead = "attendance:read",
        /// Check people in by their own codes.
        CheckinsWrite = "checkins:write",
    }
}

/// The scopes of a stored list such as `classes:read roster:read`; unknown words are left out.
pub fn scopes(stored: &str) -> Vec<TokenScope> {
    stored.split(' ').filter_map(|word| word.parse().ok()).collect()
}

/// The stored list, each scope once, in the order of declaration.
pub fn stored_scopes(scopes: &[TokenScope]) -> String {
    let words: Vec<&str> = TokenScope::ALL
        .iter()
        .filter(|scope| scopes.contains(scope))
        .map(|scope| scope.as_str())
        .collect();
    words.join(" ")
}

crate::words! {
    /// How long a token lasts, in days.
    pub enum Lifetime {
        Month = "30",
        Quarter = "90",
        Year = "365",
    }
}

impl Lifetime {
    pub fn days(self) -> i64 {
        match self {
            Self::Month => 30,
            Self::Quarter => 90,
            Self::Year => 365,
        }
    }

    pub fn ends(self, from: DateTime<Utc>) -> DateTime<Utc> {
        from + TimeDelta::days(self.days())
    }
}

/// The schools that a token reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schools {
    All,
    One(SchoolId),
}

impl Schools {
    pub fn cover(self, school: SchoolId) -> bool {
        match self {
            Self::All => true,
            Self::One(own) => own == school,
        }
    }
}

impl From<Option<SchoolId>> for Schools {
    fn from(stored: Option<SchoolId>) -> Self {
        stored.map_or(Self::All, Self::One)
    }
}

/// Whether a token is good, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    Good,
    Expired,
    Revoked,
    /// Whoever made it no longer coordinates the place.
    Orphaned,
}

impl TokenState {
    /// `vouched`: its maker is active and coordinates the place still.
    pub fn of(now: DateTime<Utc>, expires_at: DateTime<Utc>, revoked_at: Option<DateTime<Utc>>, vouched: bool) -> Self {
        if revoked_at.is_some() {
            Self::Revoked
        } else if now >= expires_at {
            Self::Expired
        } else if vouched {
            Self::Good
        } else {
            Self::Orphaned
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_stored_once_and_in_order() {
        let stored = stored_scopes(&[TokenScope::CheckinsWrite, TokenScope::ClassesRead, TokenScope::CheckinsWrite]);
        assert_eq!(stored, "classes:read checkins:write");
        assert_eq!(scopes(&stored), [TokenScope::ClassesRead, TokenScope::CheckinsWrite]);
        assert_eq!(scopes("classes:read moon:walk"), [TokenScope::ClassesRead]);
        assert_eq!(scopes(""), []);
    }

    #[test]
    fn a_token_is_good_until_something_ends_it() {
        let now: DateTime<Utc> = "2026-11-03T01:00:00Z".parse().expect("an instant");
        let ends = Lifetime::Month.ends(now);
        assert_eq!(TokenState::of(now, ends, None, true), TokenState::Good);
        assert_eq!(TokenState::of(now, ends, None, false), TokenState::Orphaned);
        assert_eq!(TokenState::of(ends, ends, None, true), TokenState::Expired);
        assert_eq!(TokenState::of(ends, ends, Some(now), false), TokenState::Revoked);
    }

    #[test]
    fn the_days_are_those_of_the_word() {
        for lifetime in Lifetime::ALL {
            assert_eq!(lifetime.as_str().parse(), Ok(lifetime.days()));
        }
    }
}
