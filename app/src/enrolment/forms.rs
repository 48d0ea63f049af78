//! What people type about enrolments: raw strings in, a command or all the faults out.

use chrono::{DateTime, Utc};

use super::rules::PRIORITIES;
use super::store::Decision;
use crate::accounts::rules::half_width;
use crate::error::{AppError, FieldProblem};
use crate::ids::EnrolmentId;
use crate::ui::time::{CHINA, parse_day};

/// The longest note or reason.
pub const LONGEST_TEXT: usize = 200;
/// The most seats that one firm may hold in a class.
const MOST_HELD: i64 = 500;

/// A note or reason of a few lines; empty is allowed.
fn text(field: &str, typed: &str) -> Result<String, FieldProblem> {
    let text = typed.replace("\r\n", "\n").trim().to_owned();
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(FieldProblem::new(field, "enrolment-text-control"));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(FieldProblem::new(field, "enrolment-text-long").with("max", LONGEST_TEXT));
    }
    Ok(text)
}

fn one<T>(fault: Result<T, FieldProblem>) -> Result<T, AppError> {
    fault.map_err(|problem| AppError::Invalid(vec![problem]))
}

/// A note that may be empty.
pub fn note(typed: &str) -> Result<String, AppError> {
    one(text("note", typed))
}

/// Why, for whoever asks later.
pub fn reason(field: &str, typed: &str) -> Result<String, AppError> {
    let reason = one(text(field, typed))?;
    if reason.is_empty() {
        return Err(AppError::field(field, "enrolment-reason-missing"));
    }
    Ok(reason)
}

/// The decision that a button stands for.
pub fn decision(button: &str, reject_reason: &str, withdraw_reason: &str, priority: &str) -> Result<Decision, AppError> {
    match button {
        "approve" => Ok(Decision::Approve),
        "reject" => reason("reject_reason", reject_reason).map(|reason| Decision::Reject { reason }),
        "withdraw" => reason("withdraw_reason", withdraw_reason).map(|reason| Decision::Withdraw { reason }),
        "priority" => {
            let number = priority.trim().parse().ok().filter(|n| PRIORITIES.contains(n));
            number
                .map(Decision::Priority)
                .ok_or_else(|| AppError::field("priority", "enrolment-priority-range"))
        }
        _ => Err(AppError::field("ids", "enrolment-decision-missing")),
    }
}

/// The rows that were ticked.
pub fn ids(typed: &[String]) -> Result<Vec<EnrolmentId>, AppError> {
    typed.iter().map(|id| id.parse().map_err(|_| AppError::NotFound)).collect()
}

/// Seats to hold and the last day on which they are held, which ends at midnight in China.
pub fn hold(seats: &str, until: &str) -> Result<(i64, Option<DateTime<Utc>>), AppError> {
    let mut faults = Vec::new();
    let digits: String = seats.trim().chars().map(half_width).collect();
    let number = digits.parse::<i64>().ok().filter(|n| (0..=MOST_HELD).contains(n));
    if number.is_none() {
        faults.push(FieldProblem::new("seats", "enrolment-hold-seats-wrong").with("max", MOST_HELD));
    }
    let day = parse_day(until);
    if !until.trim().is_empty() && day.is_none() {
        faults.push(FieldProblem::new("until", "enrolment-hold-until-wrong"));
    }
    let ends = day
        .and_then(|day| day.succ_opt())
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .and_then(|midnight| midnight.and_local_timezone(CHINA).single())
        .map(|at| at.to_utc());
    match number {
        Some(number) if faults.is_empty() => Ok((number, ends)),
        _ => Err(AppError::Invalid(faults)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_asked_for_where_somebody_loses_something() {
        assert_eq!(decision("approve", "", "", ""), Ok(Decision::Approve));
        assert_eq!(
            decision("reject", " ", "", ""),
            Err(AppError::field("reject_reason", "enrolment-reason-missing"))
        );
        assert_eq!(
            decision("withdraw", "", "重复\r\n报名", ""),
            Ok(Decision::Withdraw {
                reason: "重复\n报名".into()
            })
        );
        assert_eq!(decision("priority", "", "", "-9"), Ok(Decision::Priority(-9)));
        assert!(decision("priority", "", "", "10").is_err() && decision("priority", "", "", "😀").is_err());
        assert!(decision("", "", "", "").is_err());
    }

    #[test]
    fn hostile_text_is_refused_with_words() {
        for typed in ["a\0b", &"长".repeat(LONGEST_TEXT + 1)] {
            assert!(note(typed).is_err(), "{}", typed.len());
        }
        assert_eq!(note("<script>alert(1)</script> 😀").as_deref(), Ok("<script>alert(1)</script> 😀"));
        assert_eq!(ids(&["x".to_owned()]), Err(AppError::NotFound));
    }

    #[test]
    fn a_hold_lasts_to_the_end_of_its_day_in_china() {
        let (seats, until) = hold("１２", "2026-11-03").expect("a hold");
        assert_eq!(
            (seats, until.map(|at| at.to_rfc3339())),
            (12, Some("2026-11-03T16:00:00+00:00".to_owned()))
        );
        assert!(hold("-1", "").is_err() && hold("99999999999999999999", "").is_err() && hold("1", "2026-02-30").is_err());
    }
}
