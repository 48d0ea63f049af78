//! What people type about cohorts, nominations and rounds: raw strings in, a command or all the faults out.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{LARGEST_SIZE, LONGEST_NAME, LONGEST_REASONS, LONGEST_WHY, MOST_AT_ONCE, Target};
use super::store::{CohortChange, Decision, Nomination};
use crate::accounts::forms::required_line;
use crate::accounts::rules::half_width;
use crate::error::{AppError, FieldProblem};
use crate::firms::Category;

fn done<T>(faults: Vec<FieldProblem>, command: T) -> Result<T, AppError> {
    if faults.is_empty() {
        Ok(command)
    } else {
        Err(AppError::Invalid(faults))
    }
}

/// An id out of a hidden field or an address; anything else names nothing.
pub fn id<T: std::str::FromStr>(typed: &str) -> Result<T, AppError> {
    typed.parse().map_err(|_| AppError::NotFound)
}

/// The version that a form was made from. One that is not a number was tampered with: it fits no row.
pub fn version(typed: &str) -> i64 {
    typed.parse().unwrap_or(0)
}

fn number(typed: &str) -> Option<i64> {
    typed.trim().chars().map(half_width).collect::<String>().parse().ok()
}

/// The name of the field for a category's seats.
pub fn seats_field(category: Category) -> String {
    format!("seats[{}]", category.as_str())
}

/// Reads a cohort: its name, its size, and the seats of each category, which must sum to the size.
pub fn cohort(name: &str, size: &str, seats: &BTreeMap<String, String>) -> Result<CohortChange, AppError> {
    let mut faults = Vec::new();
    let name = required_line(&mut faults, "name", name, LONGEST_NAME, "selection-cohort-name-missing");
    let size = number(size).filter(|size| (1..=LARGEST_SIZE).contains(size));
    if size.is_none() {
        faults.push(FieldProblem::new("size", "selection-size-wrong").with("max", LARGEST_SIZE));
    }
    let mut asked = BTreeMap::new();
    for category in Category::ALL {
        let typed = seats.get(category.as_str()).map(String::as_str).unwrap_or_default();
        match number(typed).filter(|seats| (0..=LARGEST_SIZE).contains(seats)) {
            Some(number) => {
                asked.insert(category, number);
            }
            None => faults.push(FieldProblem::new(&seats_field(category), "selection-seats-wrong").with("max", LARGEST_SIZE)),
        }
    }
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    let size = size.unwrap_or_default();
    let target = Target::new(size, asked).map_err(|sum| {
        let first = seats_field(Category::Manufacturing);
        let fault = FieldProblem::new(&first, "selection-seats-sum").with("sum", sum).with("size", size);
        AppError::Invalid(vec![fault])
    })?;
    Ok(CohortChange { name, size, target })
}

/// A text of several lines that is asked for.
fn text(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, longest: usize, missing: &str) -> String {
    let text = typed.replace("\r\n", "\n").trim().to_owned();
    if text.is_empty() {
        faults.push(FieldProblem::new(field, missing));
    } else if text.chars().any(|c| c.is_control() && c != '\n') {
        faults.push(FieldProblem::new(field, "accounts-text-unprintable"));
    } else if text.chars().count() > longest {
        faults.push(FieldProblem::new(field, "accounts-text-long").with("max", longest));
    }
    text
}

/// Reads a nomination: one of the five categories, and the reasons.
pub fn nomination(category: &str, reasons: &str) -> Result<Nomination, AppError> {
    let mut faults = Vec::new();
    let found = Category::parse(category);
    if found.is_none() {
        faults.push(FieldProblem::new("category", "selection-category-missing"));
    }
    let reasons = text(&mut faults, "reasons", reasons, LONGEST_REASONS, "selection-reasons-missing");
    let category = found.unwrap_or(Category::Manufacturing);
    done(faults, Nomination { category, reasons })
}

/// Why, for whoever asks later.
pub fn why(typed: &str) -> Result<String, AppError> {
    let mut faults = Vec::new();
    let why = text(&mut faults, "why", typed, LONGEST_WHY, "selection-why-missing");
    done(faults, why)
}

/// Rows that were ticked, each once.
pub fn ids<T: std::str::FromStr + Ord>(field: &str, typed: &[String]) -> Result<Vec<T>, AppError> {
    if typed.is_empty() {
        return Err(AppError::field(field, "selection-nothing-ticked"));
    }
    if typed.len() > MOST_AT_ONCE {
        return Err(AppError::Invalid(vec![
            FieldProblem::new(field, "selection-too-many-ticked").with("max", MOST_AT_ONCE),
        ]));
    }
    let ids: BTreeSet<T> = typed.iter().map(|typed| id(typed)).collect::<Result<_, _>>()?;
    Ok(ids.into_iter().collect())
}

/// The decision that a button stands for.
pub fn decision(button: &str, reason: &str) -> Result<Decision, AppError> {
    match button {
        "pass" => Ok(Decision::Pass),
        "decline" => Ok(Decision::Decline { why: why(reason)? }),
        "choose" => Ok(Decision::Choose),
        _ => Err(AppError::field("ids", "selection-decision-missing")),
    }
}

/// The name of a round.
pub fn round_name(typed: &str) -> Result<String, AppError> {
    let mut faults = Vec::new();
    let name = required_line(&mut faults, "name", typed, LONGEST_NAME, "selection-round-name-missing");
    done(faults, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PilotId;

    fn seats(numbers: [&str; 5]) -> BTreeMap<String, String> {
        let words = Category::ALL.map(|category| category.as_str().to_owned());
        words.into_iter().zip(numbers.map(ToOwned::to_owned)).collect()
    }

    fn faults<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> Vec<String> {
        match outcome {
            Err(AppError::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_cohort_has_a_name_a_size_and_seats_that_sum_to_it() {
        let read = cohort(" 第一批 ", "３０", &seats(["10", "5", "5", "5", "5"])).expect("a cohort");
        assert_eq!((read.name.as_str(), read.size, read.target.sum()), ("第一批", 30, 30));
        assert_eq!(faults(cohort("", "0", &seats(["6"; 5]))), ["name", "size"]);
        assert_eq!(faults(cohort("a", "30", &seats(["6", "6", "6", "6", "7"]))), ["seats[manufacturing]"]);
        assert_eq!(
            faults(cohort("a", "30", &seats(["6", "-6", "6", "x", "7"]))),
            ["seats[services]", "seats[high_tech]"]
        );
        assert_eq!(faults(cohort("a", "30", &BTreeMap::new())).len(), 5);
        assert_eq!(faults(cohort("a\0", "99999999999999999999", &seats(["6"; 5]))), ["name", "size"]);
    }

    #[test]
    fn a_nomination_has_a_category_and_reasons() {
        let read = nomination("high_tech", "技术领先\r\n带动就业").expect("a nomination");
        assert_eq!((read.category, read.reasons.as_str()), (Category::HighTech, "技术领先\n带动就业"));
        assert_eq!(faults(nomination("secret", " ")), ["category", "reasons"]);
        assert_eq!(faults(nomination("services", &"长".repeat(LONGEST_REASONS + 1))), ["reasons"]);
        assert_eq!(faults(nomination("services", "a\0b")), ["reasons"]);
        assert!(nomination("services", "<script>alert(1)</script> 😀").is_ok());
    }

    #[test]
    fn a_decision_that_takes_something_away_says_why() {
        assert_eq!(decision("choose", ""), Ok(Decision::Choose));
        assert_eq!(faults(decision("decline", " ")), ["why"]);
        assert_eq!(decision("decline", "材料不全"), Ok(Decision::Decline { why: "材料不全".into() }));
        assert!(decision("", "").is_err());
    }

    #[test]
    fn ticked_rows_are_ids_each_once() {
        let own = "00000000000000000000000000000001".to_owned();
        assert_eq!(ids::<PilotId>("ids", &[own.clone(), own.clone()]).map(|ids| ids.len()), Ok(1));
        assert_eq!(ids::<PilotId>("ids", &["x".to_owned()]), Err(AppError::NotFound));
        assert_eq!(faults(ids::<PilotId>("ids", &[])), ["ids"]);
        assert_eq!(faults(ids::<PilotId>("ids", &vec![own; MOST_AT_ONCE + 1])), ["ids"]);
    }
}
