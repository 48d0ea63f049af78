//! What people type about a firm: raw strings in, a command or the faults out.

use super::rules::{Category, CreditCode, LONGEST_ABOUT, LONGEST_FIRM_NAME, LONGEST_INDUSTRY, Size};
use super::store::{Details, NewContact, ProfileChange};
use crate::accounts::forms::{optional_line, optional_paragraphs, required_line};
use crate::accounts::rules::{LONGEST_NAME, LONGEST_POSITION, contact_number, email_address};
use crate::error::{AppError, FieldProblem};
use crate::ids::Region;

/// The fields of a firm.
#[derive(Debug, Clone, Copy, Default)]
pub struct FirmInput<'a> {
    pub name: &'a str,
    pub code: &'a str,
    pub region: &'a str,
    pub category: &'a str,
    pub size: &'a str,
    pub industry: &'a str,
    pub about: &'a str,
}

/// Reads the form of a firm; `regions` are those that may be chosen.
pub fn firm(input: &FirmInput<'_>, regions: &[Region]) -> Result<Details, AppError> {
    let mut faults = Vec::new();
    let new = Details {
        name: required_line(&mut faults, "name", input.name, LONGEST_FIRM_NAME, "firms-name-missing"),
        code: credit_code(&mut faults, "code", input.code),
        region: region(&mut faults, "region", input.region, regions),
        category: category(&mut faults, "category", input.category),
        size: size(&mut faults, "size", input.size),
        industry: optional_line(&mut faults, "industry", input.industry, LONGEST_INDUSTRY),
        about: optional_paragraphs(&mut faults, "about", input.about, LONGEST_ABOUT),
    };
    refuse(faults)?;
    Ok(new)
}

/// Reads the part of the form that a firm's own contact fills in.
pub fn profile(typed_size: &str, industry: &str, typed_about: &str) -> Result<ProfileChange, AppError> {
    let mut faults = Vec::new();
    let change = ProfileChange {
        size: size(&mut faults, "size", typed_size),
        industry: optional_line(&mut faults, "industry", industry, LONGEST_INDUSTRY),
        about: optional_paragraphs(&mut faults, "about", typed_about, LONGEST_ABOUT),
    };
    refuse(faults)?;
    Ok(change)
}

/// The fields of a contact.
#[derive(Debug, Clone, Copy, Default)]
pub struct ContactInput<'a> {
    pub name: &'a str,
    pub position: &'a str,
    pub phone: &'a str,
    pub email: &'a str,
    pub is_main: bool,
}

/// Reads the form of a contact.
pub fn contact(input: &ContactInput<'_>) -> Result<NewContact, AppError> {
    let mut faults = Vec::new();
    let new = NewContact {
        name: required_line(&mut faults, "name", input.name, LONGEST_NAME, "firms-contact-name-missing"),
        position: optional_line(&mut faults, "position", input.position, LONGEST_POSITION).unwrap_or_default(),
        phone: phone(&mut faults, "phone", input.phone),
        email: email(&mut faults, "email", input.email),
        is_main: input.is_main,
    };
    refuse(faults)?;
    Ok(new)
}

/// The version that a form was made from. One that is not a number was tampered with: it fits no row.
pub fn version(typed: &str) -> i64 {
    typed.parse().unwrap_or(0)
}

fn refuse(faults: Vec<FieldProblem>) -> Result<(), AppError> {
    if faults.is_empty() { Ok(()) } else { Err(AppError::Invalid(faults)) }
}

fn phone(faults: &mut Vec<FieldProblem>, field: &str, typed: &str) -> String {
    let number = contact_number(typed);
    if number.is_none() {
        let key = if typed.trim().is_empty() {
            "firms-contact-phone-missing"
        } else {
            "firms-contact-phone-wrong"
        };
        faults.push(FieldProblem::new(field, key));
    }
    number.unwrap_or_default()
}

fn email(faults: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<String> {
    if typed.trim().is_empty() {
        return None;
    }
    let address = email_address(typed);
    if address.is_none() {
        faults.push(FieldProblem::new(field, "firms-contact-email-wrong"));
    }
    address
}

/// Nothing chosen is no category; a word that is none was tampered with.
fn category(faults: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<Category> {
    let found = Category::parse(typed);
    if found.is_none() && !typed.is_empty() {
        faults.push(FieldProblem::new(field, "firms-category-wrong"));
    }
    found
}

fn size(faults: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<Size> {
    let found = Size::parse(typed);
    if found.is_none() && !typed.is_empty() {
        faults.push(FieldProblem::new(field, "firms-size-wrong"));
    }
    found
}

/// A credit code, if one is typed; each way to be wrong has its own sentence.
pub fn credit_code(faults: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<CreditCode> {
    if typed.trim().is_empty() {
        return None;
    }
    CreditCode::parse(typed).map_err(|fault| faults.push(fault.problem(field))).ok()
}

/// One of the regions on offer.
pub fn region(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, regions: &[Region]) -> Region {
    let found = regions.iter().find(|region| region.as_str() == typed.trim());
    if found.is_none() {
        faults.push(FieldProblem::new(field, "firms-region-missing"));
    }
    found.cloned().unwrap_or_else(|| Region::from(Region::CITY))
}
