//! What people type about schools and the plan: raw strings in, a command or all the faults out.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::rules::{
    EARLIEST_OPENING, LARGEST_TARGET, LONGEST_ADDRESS, LONGEST_NAME, LONGEST_SUMMARY, MOST_SEATS, Opening, PlanChange, SchoolChange, TARGET_FIGURES,
    Target, TeacherChange, ThemeChange, VenueChange,
};
use crate::accounts::rules::contact_number;
use crate::error::{AppError, FieldProblem};
use crate::ids::{Region, ThemeId};

/// Reads fields one by one and keeps every fault.
#[derive(Default)]
struct Reader {
    faults: Vec<FieldProblem>,
}

impl Reader {
    fn fault(&mut self, field: &str, key: &str) {
        self.faults.push(FieldProblem::new(field, key));
    }

    /// One line, or several where `lines` says so; empty is allowed.
    fn text(&mut self, field: &str, typed: &str, longest: usize, lines: bool) -> String {
        let text = typed.replace("\r\n", "\n").trim().to_owned();
        if text.chars().any(|c| c.is_control() && !(lines && c == '\n')) {
            self.fault(field, "schools-text-control");
        } else if text.chars().count() > longest {
            self.faults.push(FieldProblem::new(field, "schools-text-long").with("max", longest));
        }
        text
    }

    /// One line that must not be empty.
    fn needed(&mut self, field: &str, typed: &str, longest: usize, missing: &str) -> String {
        let text = self.text(field, typed, longest, false);
        if text.is_empty() {
            self.fault(field, missing);
        }
        text
    }

    fn phone(&mut self, field: &str, typed: &str) -> Option<String> {
        if typed.trim().is_empty() {
            return None;
        }
        let number = contact_number(typed);
        if number.is_none() {
            self.fault(field, "schools-phone-wrong");
        }
        number
    }

    fn number(&mut self, field: &str, typed: &str, allowed: RangeInclusive<i64>, key: &str) -> i64 {
        let typed: String = typed.trim().chars().map(crate::accounts::rules::half_width).collect();
        match typed.parse() {
            Ok(number) if allowed.contains(&number) => number,
            _ => {
                let problem = FieldProblem::new(field, key).with("min", allowed.start()).with("max", allowed.end());
                self.faults.push(problem);
                *allowed.start()
            }
        }
    }

    fn done<T>(self, command: T) -> Result<T, AppError> {
        if self.faults.is_empty() {
            Ok(command)
        } else {
            Err(AppError::Invalid(self.faults))
        }
    }
}

/// The version that a form was made from. One that is not a number was tampered with: it fits no row.
pub fn version(typed: &str) -> i64 {
    typed.parse().unwrap_or(0)
}

/// Reads a school's address and contact.
pub fn school(form_version: &str, address: &str, contact_phone: &str) -> Result<SchoolChange, AppError> {
    let mut read = Reader::default();
    let change = SchoolChange {
        version: version(form_version),
        address: read.needed("address", address, LONGEST_ADDRESS, "schools-address-missing"),
        contact_phone: read.phone("contact_phone", contact_phone),
    };
    read.done(change)
}

/// Reads the opening of a school; it is not in the future.
pub fn opening(today: NaiveDate, form_version: &str, opened_on: &str, address: &str, contact_phone: &str) -> Result<Opening, AppError> {
    let mut read = Reader::default();
    let day = NaiveDate::parse_from_str(opened_on.trim(), "%Y-%m-%d").ok();
    match day {
        None => read.fault("opened_on", "schools-opened-missing"),
        Some(day) if day > today => read.fault("opened_on", "schools-opened-future"),
        Some(day) if Some(day) < EARLIEST_OPENING => read.fault("opened_on", "schools-opened-early"),
        Some(_) => {}
    }
    let opening = Opening {
        version: version(form_version),
        opened_on: day.unwrap_or(today),
        address: read.needed("address", address, LONGEST_ADDRESS, "schools-address-missing"),
        contact_phone: read.phone("contact_phone", contact_phone),
    };
    read.done(opening)
}

/// Reads a venue.
pub fn venue(form_version: &str, name: &str, address: &str, seats: &str) -> Result<VenueChange, AppError> {
    let mut read = Reader::default();
    let change = VenueChange {
        version: version(form_version),
        name: read.needed("name", name, LONGEST_NAME, "schools-venue-name-missing"),
        address: read.text("address", address, LONGEST_ADDRESS, false),
        seats: read.number("seats", seats, 1..=MOST_SEATS, "schools-seats-wrong"),
    };
    read.done(change)
}

/// Reads a teacher. Linking to an account needs the phone number that it signs in with.
pub fn teacher(form_version: &str, name: &str, title: &str, phone: &str, linked: bool) -> Result<TeacherChange, AppError> {
    let mut read = Reader::default();
    let change = TeacherChange {
        version: version(form_version),
        name: read.needed("name", name, LONGEST_NAME, "schools-teacher-name-missing"),
        title: read.text("title", title, LONGEST_NAME, false),
        phone: read.phone("phone", phone),
        linked,
    };
    if linked && phone.trim().is_empty() {
        read.fault("phone", "schools-link-needs-phone");
    }
    read.done(change)
}

/// Reads the words of a plan.
pub fn plan(form_version: &str, name_zh: &str, name_en: &str, summary_zh: &str, summary_en: &str) -> Result<PlanChange, AppError> {
    let mut read = Reader::default();
    let change = PlanChange {
        version: version(form_version),
        name_zh: read.needed("name_zh", name_zh, LONGEST_NAME, "schools-name-zh-missing"),
        name_en: read.needed("name_en", name_en, 2 * LONGEST_NAME, "schools-name-en-missing"),
        summary_zh: read.text("summary_zh", summary_zh, LONGEST_SUMMARY, true),
        summary_en: read.text("summary_en", summary_en, 3 * LONGEST_SUMMARY, true),
    };
    read.done(change)
}

/// Reads a theme; without an id it is a new one.
pub fn theme(id: &str, name_zh: &str, name_en: &str) -> Result<ThemeChange, AppError> {
    let mut read = Reader::default();
    let id: Option<ThemeId> = match id {
        "" => None,
        id => Some(id.parse().map_err(|_| AppError::NotFound)?),
    };
    let change = ThemeChange {
        id,
        name_zh: read.needed("name_zh", name_zh, LONGEST_NAME, "schools-name-zh-missing"),
        name_en: read.needed("name_en", name_en, 2 * LONGEST_NAME, "schools-name-en-missing"),
    };
    read.done(change)
}

/// The name of the field of a region's figure. A digit after the bracket would be read as the place in a list.
pub fn target_field(region: &str, figure: &str) -> String {
    format!("targets[{figure}-{region}]")
}

/// Reads the targets of these regions; an empty field is nothing asked.
pub fn targets(regions: &[Region], typed: &BTreeMap<String, String>) -> Result<Vec<Target>, AppError> {
    let mut read = Reader::default();
    let mut found = Vec::new();
    for region in regions {
        let mut figures = [0; TARGET_FIGURES.len()];
        for (value, figure) in figures.iter_mut().zip(TARGET_FIGURES) {
            let typed = typed.get(&format!("{figure}-{region}")).map_or("", |typed| typed.trim());
            if !typed.is_empty() {
                let field = target_field(region.as_str(), figure);
                *value = read.number(&field, typed, 0..=LARGEST_TARGET, "schools-target-wrong");
            }
        }
        let [classes, places, hours, people] = figures;
        found.push(Target {
            region: region.clone(),
            classes,
            places,
            hours,
            people,
        });
    }
    read.done(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn faults<T: std::fmt::Debug>(read: Result<T, AppError>) -> Vec<(String, String)> {
        match read {
            Err(AppError::Invalid(faults)) => faults.into_iter().map(|fault| (fault.field, fault.problem.key)).collect(),
            other => panic!("faults, not {other:?}"),
        }
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(field, key)| ((*field).to_owned(), (*key).to_owned())).collect()
    }

    #[test]
    fn every_fault_of_a_form_is_told_at_once() {
        let found = faults(venue("1", " ", &"长".repeat(201), "0"));
        let expected = [
            ("name", "schools-venue-name-missing"),
            ("address", "schools-text-long"),
            ("seats", "schools-seats-wrong"),
        ];
        assert_eq!(found, pairs(&expected));
        assert_eq!(
            faults(school("1", "", "abc")),
            pairs(&[("address", "schools-address-missing"), ("contact_phone", "schools-phone-wrong")])
        );
    }

    #[test]
    fn control_characters_are_refused_and_emoji_are_text() {
        assert_eq!(faults(school("1", "城关镇\0一号", "")), pairs(&[("address", "schools-text-control")]));
        assert_eq!(
            school("1", " 城关镇 1 号 😀<script> ", "").expect("text").address,
            "城关镇 1 号 😀<script>"
        );
        assert!(plan("1", "计划", "Plan", "一\r\n二", "").is_ok_and(|plan| plan.summary_zh == "一\n二"));
    }

    #[test]
    fn a_school_has_not_opened_in_the_future() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        let read = |day: &str| opening(today, "1", day, "某路", "");
        assert!(read("2026-11-23").is_ok());
        for (day, key) in [
            ("2026-11-24", "schools-opened-future"),
            ("", "schools-opened-missing"),
            ("0001-01-01", "schools-opened-early"),
        ] {
            assert_eq!(faults(read(day)), pairs(&[("opened_on", key)]), "{day}");
        }
    }

    #[test]
    fn a_link_needs_the_phone_number() {
        assert_eq!(
            faults(teacher("1", "王老师", "", " ", true)),
            pairs(&[("phone", "schools-link-needs-phone")])
        );
        assert!(teacher("1", "王老师", "", "", false).is_ok());
    }

    #[test]
    fn targets_are_read_for_the_regions_there_are() {
        let regions = [Region::from("410323"), Region::from("410327")];
        let typed = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let found = targets(
            &regions,
            &typed(&[("classes-410323", "４"), ("people-410327", " 120 "), ("classes-999999", "7")]),
        )
        .expect("targets");
        assert_eq!((found.len(), found[0].classes, found[1].people, found[1].classes), (2, 4, 120, 0));
        let wrong = targets(&regions, &typed(&[("hours-410323", "-1"), ("places-410327", "many")]));
        let fields: Vec<String> = faults(wrong).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["targets[hours-410323]", "targets[places-410327]"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(a in "\\PC*", b in any::<String>()) {
            let _ = (venue(&a, &b, &a, &b), teacher(&b, &a, &b, &a, true), theme(&a, &b, &a), school(&a, &b, &a));
        }
    }
}
