//! What is typed to make a token: raw strings in, a command or all faults out.

use std::collections::BTreeMap;

use super::rules::{Lifetime, TokenScope};
use crate::error::{AppError, FieldProblem};
use crate::ids::SchoolId;

/// Longest name of a token.
pub const LONGEST_NAME: usize = 60;
/// The value that stands for all schools.
pub const WHOLE_CITY: &str = "city";

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    pub name: String,
    /// None is the whole city.
    pub school: Option<SchoolId>,
    pub scopes: Vec<TokenScope>,
    pub lifetime: Lifetime,
}

/// Reads the form.
pub fn new_token(typed: &BTreeMap<String, Vec<String>>) -> Result<NewToken, AppError> {
    let all = |name: &str| typed.get(name).map_or(&[][..], Vec::as_slice);
    let first = |name: &str| all(name).first().map(String::as_str).unwrap_or_default();
    let mut faults = Vec::new();
    let name = first("name").trim().to_owned();
    faults.extend(name_fault(&name));
    let school = match first("school") {
        WHOLE_CITY => Some(None),
        id => id.parse().ok().map(Some),
    };
    if school.is_none() {
        faults.push(FieldProblem::new("school", "integrations-school-missing"));
    }
    let scopes: Vec<TokenScope> = all("scopes").iter().filter_map(|word| word.parse().ok()).collect();
    if scopes.is_empty() {
        faults.push(FieldProblem::new("scopes", "integrations-scopes-missing"));
    } else if scopes.contains(&TokenScope::PhonesRead) && !scopes.contains(&TokenScope::RosterRead) {
        faults.push(FieldProblem::new("scopes", "integrations-phones-alone"));
    }
    let lifetime: Option<Lifetime> = first("lifetime").parse().ok();
    if lifetime.is_none() {
        faults.push(FieldProblem::new("lifetime", "integrations-lifetime-missing"));
    }
    match (school, lifetime, faults.is_empty()) {
        (Some(school), Some(lifetime), true) => Ok(NewToken {
            name,
            school,
            scopes,
            lifetime,
        }),
        _ => Err(AppError::Invalid(faults)),
    }
}

fn name_fault(name: &str) -> Option<FieldProblem> {
    if name.is_empty() {
        Some(FieldProblem::new("name", "integrations-name-missing"))
    } else if name.chars().count() > LONGEST_NAME {
        Some(FieldProblem::new("name", "integrations-name-long").with("max", LONGEST_NAME))
    } else if name.chars().any(char::is_control) {
        Some(FieldProblem::new("name", "integrations-name-control"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(name: &str, school: &str, scopes: &[&str], lifetime: &str) -> BTreeMap<String, Vec<String>> {
        let one = |value: &str| vec![value.to_owned()];
        BTreeMap::from([
            ("name".to_owned(), one(name)),
            ("school".to_owned(), one(school)),
            ("scopes".to_owned(), scopes.iter().map(|scope| (*scope).to_owned()).collect()),
            ("lifetime".to_owned(), one(lifetime)),
        ])
    }

    #[test]
    fn a_whole_form_is_a_command() {
        let read = new_token(&typed(" 数据平台 ", WHOLE_CITY, &["classes:read"], "90")).expect("whole");
        assert_eq!((read.name.as_str(), read.school, read.lifetime), ("数据平台", None, Lifetime::Quarter));
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let fields = |typed: &BTreeMap<String, Vec<String>>| match new_token(typed) {
            Err(AppError::Invalid(faults)) => faults.into_iter().map(|fault| fault.problem.key).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            fields(&BTreeMap::new()),
            [
                "integrations-name-missing",
                "integrations-school-missing",
                "integrations-scopes-missing",
                "integrations-lifetime-missing"
            ]
        );
        let school = uuid::Uuid::from_u128(5).to_string();
        assert_eq!(
            fields(&typed("a\u{7}", &school, &["phones:read"], "30")),
            ["integrations-name-control", "integrations-phones-alone"]
        );
        assert_eq!(fields(&typed(&"长".repeat(61), "elsewhere", &["moon:walk"], "31")).len(), 4);
    }
}
