//! What people type about themselves: raw strings in, a command or the faults out.

use super::rules::{LONGEST_PASSWORD, PasswordFault, SHORTEST_PASSWORD, TextFault, mobile_number, new_password};
use super::store::Credentials;
use crate::error::{AppError, FieldProblem};

/// The longest login looked up; a user name is far shorter.
const LONGEST_LOGIN: usize = 60;

/// A parsed attempt to sign in.
#[derive(Debug)]
pub struct SignIn {
    /// A phone number as 11 digits, or a user name in lower case.
    pub login: String,
    pub password: String,
}

/// Reads the sign-in form.
pub fn sign_in(login: &str, password: String) -> Result<SignIn, AppError> {
    let mut faults = Vec::new();
    let login = login.trim();
    if login.is_empty() {
        faults.push(FieldProblem::new("login", "accounts-login-missing"));
    } else if login.chars().count() > LONGEST_LOGIN || login.chars().any(char::is_control) {
        faults.push(FieldProblem::new("login", "accounts-login-strange"));
    }
    if password.is_empty() {
        faults.push(FieldProblem::new("password", "accounts-password-missing"));
    } else if password.chars().count() > LONGEST_PASSWORD {
        // No account has such a password, and hashing it would only cost time.
        faults.push(FieldProblem::new("password", "accounts-password-long").with("max", LONGEST_PASSWORD));
    }
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    Ok(SignIn {
        login: mobile_number(login).unwrap_or_else(|| login.to_lowercase()),
        password,
    })
}

/// Judges a new password typed twice; `own_words` are the phone number and the name.
pub fn chosen_password(faults: &mut Vec<FieldProblem>, field: &str, password: &str, repeated: &str, own_words: &[&str]) {
    if password.is_empty() {
        faults.push(FieldProblem::new(field, "accounts-new-password-missing"));
        return;
    }
    let fault = match new_password(password, own_words) {
        Ok(()) if password == repeated => return,
        Ok(()) => FieldProblem::new("repeat_password", "accounts-password-differs"),
        Err(PasswordFault::TooShort) => FieldProblem::new(field, "accounts-password-short").with("min", SHORTEST_PASSWORD),
        Err(PasswordFault::TooLong) => FieldProblem::new(field, "accounts-password-long").with("max", LONGEST_PASSWORD),
        Err(PasswordFault::Common) => FieldProblem::new(field, "accounts-password-common"),
        Err(PasswordFault::Personal) => FieldProblem::new(field, "accounts-password-personal"),
    };
    faults.push(fault);
}

/// Reads the form for a new password and answers it.
pub fn change_password(account: &Credentials, forced: bool, old: &str, new: String, repeated: &str) -> Result<String, AppError> {
    let mut faults = Vec::new();
    if !forced && old.is_empty() {
        faults.push(FieldProblem::new("old_password", "accounts-old-password-missing"));
    } else if old.chars().count() > LONGEST_PASSWORD {
        faults.push(FieldProblem::new("old_password", "accounts-old-password-wrong"));
    }
    let own_words = [account.name.as_str(), account.phone.as_deref().unwrap_or_default()];
    chosen_password(&mut faults, "new_password", &new, repeated, &own_words);
    if !forced && faults.is_empty() && old == new {
        faults.push(FieldProblem::new("new_password", "accounts-password-same"));
    }
    if faults.is_empty() { Ok(new) } else { Err(AppError::Invalid(faults)) }
}

/// A mobile number as 11 digits, or a fault beside its field.
pub fn phone(faults: &mut Vec<FieldProblem>, field: &str, typed: &str) -> String {
    let number = mobile_number(typed);
    if number.is_none() {
        let key = if typed.trim().is_empty() {
            "accounts-phone-missing"
        } else {
            "accounts-phone-wrong"
        };
        faults.push(FieldProblem::new(field, key));
    }
    number.unwrap_or_default()
}

/// One line of text that is asked for, or a fault beside its field; `missing` is the text for an empty one.
pub fn required_line(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, longest: usize, missing: &str) -> String {
    match super::rules::line(typed, longest) {
        Ok(text) => text,
        Err(fault) => {
            faults.push(text_problem(fault, field, longest, missing));
            String::new()
        }
    }
}

/// One line of text that may be left empty.
pub fn optional_line(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, longest: usize) -> Option<String> {
    match super::rules::line(typed, longest) {
        Ok(text) => Some(text),
        Err(TextFault::Missing) => None,
        Err(fault) => {
            faults.push(text_problem(fault, field, longest, ""));
            None
        }
    }
}

/// Several lines of text that may be left empty.
pub fn optional_paragraphs(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, longest: usize) -> String {
    match super::rules::paragraphs(typed, longest) {
        Ok(text) => text,
        Err(TextFault::Missing) => String::new(),
        Err(fault) => {
            faults.push(text_problem(fault, field, longest, ""));
            String::new()
        }
    }
}

fn text_problem(fault: TextFault, field: &str, longest: usize, missing: &str) -> FieldProblem {
    match fault {
        TextFault::Missing => FieldProblem::new(field, missing),
        TextFault::TooLong => FieldProblem::new(field, "accounts-text-long").with("max", longest),
        TextFault::Unprintable => FieldProblem::new(field, "accounts-text-unprintable"),
    }
}
