//! What people type about themselves and others: raw strings in, a command or the faults out.

use crate::accounts::forms::{chosen_password, optional_line, phone, required_line};
use crate::accounts::rules::{LONGEST_NAME, LONGEST_POSITION};
use crate::error::{AppError, FieldProblem};
use crate::firms::forms::region;
use crate::ids::Region;

/// The longest reason given at the desk.
pub const LONGEST_REASON: usize = 200;

/// The fields of a registration, the firm apart.
#[derive(Debug, Clone, Copy)]
pub struct RegisterInput<'a> {
    pub name: &'a str,
    pub phone: &'a str,
    pub password: &'a str,
    pub repeated: &'a str,
    pub region: &'a str,
    pub position: &'a str,
}

/// A registration without faults.
#[derive(Debug, Clone)]
pub struct Register {
    pub name: String,
    pub phone: String,
    pub password: String,
    pub region: Region,
    pub position: Option<String>,
}

/// Reads a registration, gathering its faults.
pub fn register(faults: &mut Vec<FieldProblem>, input: &RegisterInput<'_>, regions: &[Region]) -> Register {
    let name = required_line(faults, "name", input.name, LONGEST_NAME, "people-name-missing");
    let phone = phone(faults, "phone", input.phone);
    chosen_password(faults, "password", input.password, input.repeated, &[&name, &phone]);
    let region = region(faults, "region", input.region, regions);
    let position = optional_line(faults, "position", input.position, LONGEST_POSITION);
    Register {
        name,
        phone,
        password: input.password.to_owned(),
        region,
        position,
    }
}

/// A person's details as a desk or the person types them.
#[derive(Debug, Clone)]
pub struct Details {
    pub name: String,
    pub phone: Option<String>,
    pub position: Option<String>,
}

/// Reads details; somebody who signs in with a user name may have no phone number.
pub fn details(faults: &mut Vec<FieldProblem>, name: &str, typed_phone: &str, position: &str, may_lack_phone: bool) -> Details {
    let phone = if may_lack_phone && typed_phone.trim().is_empty() {
        None
    } else {
        Some(phone(faults, "phone", typed_phone))
    };
    Details {
        name: required_line(faults, "name", name, LONGEST_NAME, "people-name-missing"),
        phone,
        position: optional_line(faults, "position", position, LONGEST_POSITION),
    }
}

/// A reason that is asked for.
pub fn reason(field: &str, typed: &str) -> Result<String, AppError> {
    let mut faults = Vec::new();
    let reason = required_line(&mut faults, field, typed, LONGEST_REASON, "people-reason-missing");
    refuse(faults)?;
    Ok(reason)
}

/// All faults at once, if there are any.
pub fn refuse(faults: Vec<FieldProblem>) -> Result<(), AppError> {
    if faults.is_empty() { Ok(()) } else { Err(AppError::Invalid(faults)) }
}
