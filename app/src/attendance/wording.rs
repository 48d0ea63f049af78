//! Sentences for what the rules refuse, and names as a wall may show them.

use super::rules::{Refusal, Status};
use super::store::CheckedIn;
use crate::error::{AppError, Problem};
use crate::ui::time::hour_minute;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotOnRoster => Self::new("attendance-refused-not-on-roster"),
            Refusal::TooEarly(opens) => Self::new("attendance-refused-too-early").with("opens", hour_minute(opens)),
            Refusal::Closed => Self::new("attendance-refused-closed"),
            Refusal::Cancelled => Self::new("attendance-refused-cancelled"),
        }
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

/// What staff are told after reading a code.
pub fn checked_in(done: &CheckedIn) -> Problem {
    let key = match (done.first, done.status) {
        (true, Status::Late) => "attendance-scan-late",
        (true, _) => "attendance-scan-in",
        (false, Status::Present | Status::Late) => "attendance-scan-again",
        (false, _) => "attendance-scan-by-hand",
    };
    Problem::new(key).with("name", &done.name).with("at", hour_minute(done.at))
}

/// Surnames of two characters (复姓) that are still common.
const LONG_SURNAMES: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "端木", "百里", "南宫", "独孤", "宇文", "长孙",
    "申屠", "公冶", "太史", "闻人", "赫连", "澹台", "轩辕", "呼延",
];

/// The surname alone: what may pass by on a wall.
pub fn surname(name: &str) -> String {
    let name = name.trim();
    if let Some(surname) = LONG_SURNAMES.iter().find(|surname| name.starts_with(**surname)) {
        return (*surname).to_owned();
    }
    match name.chars().next() {
        // A name in Latin letters: its last word.
        Some(first) if first.is_ascii_alphabetic() => name.split_whitespace().last().unwrap_or(name).to_owned(),
        Some(first) => first.to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::surname;

    #[test]
    fn a_wall_shows_surnames_only() {
        for (name, shown) in [
            ("王芳", "王"),
            ("欧阳修", "欧阳"),
            ("Anna Li", "Li"),
            ("", ""),
            (" 李 明", "李"),
            ("😀", "😀"),
        ] {
            assert_eq!(surname(name), shown);
        }
    }
}
