//! Pure rules of schools, venues, teachers and the annual plan, and the commands that forms make of what was typed.

use chrono::NaiveDate;

use crate::ids::{Region, ThemeId};

crate::words! {
    /// Whether a school teaches yet: five of the ten do, the others are to. Source: brief.md, *Schools*.
    pub enum SchoolState {
        Planned = "planned",
        Open = "open",
    }
}

/// The longest name of a venue, a teacher or a theme, in characters.
pub const LONGEST_NAME: usize = 60;
/// The longest address, in characters.
pub const LONGEST_ADDRESS: usize = 200;
/// The longest summary of a plan, in characters.
pub const LONGEST_SUMMARY: usize = 1000;
/// More seats than the largest hall of the city has.
pub const MOST_SEATS: i64 = 10_000;
/// The largest target of a plan: more than the city has people.
pub const LARGEST_TARGET: i64 = 10_000_000;
/// Before this day there were no private entrepreneurs to teach.
pub const EARLIEST_OPENING: Option<NaiveDate> = NaiveDate::from_ymd_opt(1978, 12, 18);

/// How the schools of a city are called: the city's is a 学校, a county's a 学院. Source: brief.md, *Schools*.
pub fn founding_names(region: &Region, zh: &str, en: &str) -> (String, String) {
    if region.is_city() {
        (format!("{zh}民营企业家学校"), format!("{en} School for Entrepreneurs"))
    } else {
        (format!("{zh}民营企业家学院"), format!("{en} Academy for Entrepreneurs"))
    }
}

/// What a coordinator changes of a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolChange {
    /// The version that the form was made from.
    pub version: i64,
    pub address: String,
    pub contact_phone: Option<String>,
}

/// A school that opens, or whose opening is corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub version: i64,
    pub opened_on: NaiveDate,
    pub address: String,
    pub contact_phone: Option<String>,
}

/// A venue as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenueChange {
    pub version: i64,
    pub name: String,
    pub address: String,
    pub seats: i64,
}

/// A teacher as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeacherChange {
    pub version: i64,
    pub name: String,
    pub title: String,
    pub phone: Option<String>,
    /// The teacher is the person who signs in with this phone number.
    pub linked: bool,
}

/// The plan's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChange {
    pub version: i64,
    pub name_zh: String,
    pub name_en: String,
    pub summary_zh: String,
    pub summary_en: String,
}

/// A theme of the plan: a new one, or one that is renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeChange {
    pub id: Option<ThemeId>,
    pub name_zh: String,
    pub name_en: String,
}

/// What the plan asks of one region in its year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub region: Region,
    pub classes: i64,
    pub places: i64,
    pub hours: i64,
    pub people: i64,
}

/// The names of a target's figures, in the order of the table.
pub const TARGET_FIGURES: [&str; 4] = ["classes", "places", "hours", "people"];

/// The year of the plan to add: the one after the latest, or this year in a city that has none.
pub fn next_year(latest: Option<i64>, this_year: i64) -> i64 {
    latest.map_or(this_year, |year| year + 1)
}

/// Training hours in words of figures: halves stay exact. 3 halves are 1.5.
pub fn hours(half_hours: i64) -> String {
    if half_hours % 2 == 0 {
        (half_hours / 2).to_string()
    } else {
        format!("{}.5", half_hours / 2)
    }
}

/// A share in whole percent, cut off and never rounded up, so that it never overstates; none of nothing.
pub fn percent(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| part.max(0).saturating_mul(100) / whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_city_has_a_school_and_a_county_an_academy() {
        assert_eq!(founding_names(&Region::from("410300"), "洛阳市", "Luoyang").0, "洛阳市民营企业家学校");
        assert_eq!(
            founding_names(&Region::from("410323"), "新安县", "Xin'an").1,
            "Xin'an Academy for Entrepreneurs"
        );
    }

    #[test]
    fn next_year_follows_the_latest_plan() {
        assert_eq!(next_year(None, 2026), 2026);
        assert_eq!(next_year(Some(2026), 2026), 2027);
        assert_eq!(next_year(Some(2027), 2026), 2028);
    }

    #[test]
    fn half_hours_stay_exact() {
        assert_eq!([0, 1, 2, 3, 24].map(hours), ["0", "0.5", "1", "1.5", "12"]);
    }

    #[test]
    fn a_share_never_overstates() {
        assert_eq!(percent(199, 200), Some(99));
        assert_eq!(percent(200, 200), Some(100));
        assert_eq!(percent(3, 2), Some(150), "more than was asked is shown as such");
        assert_eq!(percent(5, 0), None);
    }

    proptest! {
        #[test]
        fn a_share_of_the_whole_is_at_most_the_whole(part in 0_i64..1_000_000, more in 1_i64..1_000_000) {
            let share = percent(part, part + more);
            prop_assert!(share.is_some_and(|share| (0..100).contains(&share)));
        }
    }
}
