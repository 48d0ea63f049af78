//! What is typed at the desk and into a request for leave: raw strings in, a command or all the faults out.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use super::rules::Status;
use crate::error::{AppError, FieldProblem};
use crate::ids::{EnrolmentId, LeaveId, LessonId};
use crate::ui::time::parse_local;

/// A reason is a sentence or two.
pub const LONGEST_REASON: usize = 300;
/// As many as a page of the paper list can send.
const MOST_AT_ONCE: usize = 2_000;

/// A reason that must be there.
pub fn reason(field: &str, typed: &str) -> Result<String, FieldProblem> {
    let text = optional_reason(field, typed)?;
    if text.is_empty() {
        return Err(FieldProblem::new(field, "board-reason-missing"));
    }
    Ok(text)
}

/// A reason that may be left out.
pub fn optional_reason(field: &str, typed: &str) -> Result<String, FieldProblem> {
    let text = typed.replace("\r\n", "\n").trim().to_owned();
    if text.chars().count() > LONGEST_REASON {
        return Err(FieldProblem::new(field, "board-reason-long").with("max", LONGEST_REASON));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(FieldProblem::new(field, "board-reason-signs"));
    }
    Ok(text)
}

fn one<T: FromStr>(field: &str, typed: &str) -> Result<T, FieldProblem> {
    typed.trim().parse().map_err(|_| FieldProblem::new(field, "board-unknown-row"))
}

/// The rows that were ticked: at least one, none of them nonsense.
fn ticked<T: FromStr>(field: &str, typed: &[String]) -> Result<Vec<T>, FieldProblem> {
    if typed.is_empty() {
        return Err(FieldProblem::new(field, "board-tick-somebody"));
    }
    if typed.len() > MOST_AT_ONCE {
        return Err(FieldProblem::new(field, "board-tick-fewer").with("max", MOST_AT_ONCE));
    }
    typed.iter().map(|id| one(field, id)).collect()
}

/// All the faults, or nothing.
fn judged<A, B>(first: Result<A, FieldProblem>, second: Result<B, FieldProblem>) -> Result<(A, B), AppError> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (first, second) => Err(AppError::Invalid(first.err().into_iter().chain(second.err()).collect())),
    }
}

/// Somebody asks for leave for these lessons.
pub fn ask(lessons: &[String], typed: &str) -> Result<(Vec<LessonId>, String), AppError> {
    let lessons = match lessons {
        [] => Err(FieldProblem::new("lessons", "board-leave-tick-lesson")),
        some => ticked("lessons", some),
    };
    judged(lessons, reason("reason", typed))
}

/// Staff decide on these requests.
#[derive(Debug)]
pub struct Decision {
    pub leaves: Vec<LeaveId>,
    pub approve: bool,
    pub reason: String,
}

/// Reads a decision; refusing somebody needs a reason, approving does not.
pub fn decide(leaves: &[String], verdict: &str, typed: &str) -> Result<Decision, AppError> {
    let approve = match verdict {
        "approve" => true,
        "refuse" => false,
        // Enter in the reason says neither.
        _ => return Err(AppError::field("", "board-choose-verdict")),
    };
    let words = if approve {
        optional_reason("reason", typed)
    } else {
        reason("reason", typed)
    };
    let (leaves, reason) = judged(ticked("leaves", leaves), words)?;
    Ok(Decision { leaves, approve, reason })
}

/// People of one lesson to be marked alike.
#[derive(Debug)]
pub struct Marking {
    pub people: Vec<EnrolmentId>,
    pub status: Status,
    /// Empty unless something is corrected.
    pub reason: String,
}

/// Reads the lesson desk: `one` is a button in a row (`<enrolment>:<status>`), or else the ticked rows and a status.
pub fn mark(one_row: &str, ids: &[String], status: &str, typed: &str) -> Result<Marking, AppError> {
    let (people, status) = match one_row.split_once(':') {
        Some((id, status)) => (one("ids", id).map(|id| vec![id]), status),
        None => (ticked("ids", ids), status),
    };
    let status = status.parse().map_err(|_| FieldProblem::new("", "board-choose-status"));
    let reason = optional_reason("why", typed).map_err(|fault| AppError::Invalid(vec![fault]))?;
    let (people, status) = judged(people, status)?;
    Ok(Marking { people, status, reason })
}

/// Reads a correction of one cell.
pub fn correct(status: &str, typed: &str) -> Result<(Status, String), AppError> {
    let status = status.parse().map_err(|_| FieldProblem::new("status", "board-choose-status"));
    judged(status, reason("why", typed))
}

/// A signed list: who is on it, and when it was signed.
#[derive(Debug)]
pub struct Paper {
    pub people: Vec<EnrolmentId>,
    pub at: DateTime<Utc>,
}

/// Reads a signed list. It is of the day of the lesson, and not of the future.
pub fn paper(ids: &[String], at: &str, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<Paper, AppError> {
    let time = parse_local(at)
        .ok_or_else(|| FieldProblem::new("at", "board-paper-time-missing"))
        .and_then(|at| {
            if at > now {
                Err(FieldProblem::new("at", "board-paper-time-future"))
            } else if (at - starts_at).abs() > TimeDelta::hours(24) {
                Err(FieldProblem::new("at", "board-paper-time-far"))
            } else {
                Ok(at)
            }
        });
    let (people, at) = judged(ticked("ids", ids), time)?;
    Ok(Paper { people, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(error: AppError) -> Vec<String> {
        match error {
            AppError::Invalid(faults) => faults.into_iter().map(|fault| format!("{} {}", fault.field, fault.problem.key)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_fault_is_said_at_once() {
        assert_eq!(
            fields(ask(&[], " ").unwrap_err()),
            ["lessons board-leave-tick-lesson", "reason board-reason-missing"]
        );
        assert_eq!(
            fields(decide(&["x".into()], "refuse", "").unwrap_err()),
            ["leaves board-unknown-row", "reason board-reason-missing"]
        );
        assert_eq!(
            fields(correct("here", "\u{0}").unwrap_err()),
            ["status board-choose-status", "why board-reason-signs"]
        );
        assert_eq!(fields(mark("", &[], "present", "").unwrap_err()), ["ids board-tick-somebody"]);
        assert_eq!(
            fields(mark("", &[], "present", &"长".repeat(LONGEST_REASON + 1)).unwrap_err()),
            ["why board-reason-long"]
        );
    }

    #[test]
    fn approving_needs_no_reason() {
        let id = "0".repeat(32);
        let decision = decide(std::slice::from_ref(&id), "approve", "").unwrap();
        assert!(decision.approve && decision.reason.is_empty() && decision.leaves.len() == 1);
        let marking = mark(&format!("{id}:late"), &[], "present", "").unwrap();
        assert_eq!((marking.people.len(), marking.status), (1, Status::Late));
    }

    #[test]
    fn a_signed_list_is_of_its_lesson() {
        let starts_at: DateTime<Utc> = "2026-11-03T01:00:00Z".parse().unwrap();
        let now = starts_at + TimeDelta::days(3);
        let ids = ["0".repeat(32)];
        assert!(paper(&ids, "2026-11-03T09:05", starts_at, now).is_ok());
        for (at, fault) in [
            ("", "at board-paper-time-missing"),
            ("2026-11-30T09:00", "at board-paper-time-future"),
            ("2026-10-03T09:00", "at board-paper-time-far"),
        ] {
            assert_eq!(fields(paper(&ids, at, starts_at, now).unwrap_err()), [fault]);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(a in "\\PC*", b in ".*") {
            let _ = ask(std::slice::from_ref(&a), &b);
            let _ = decide(std::slice::from_ref(&b), &a, &b);
            let _ = mark(&a, &[], &b, &a);
            let _ = correct(&a, &b);
        }
    }
}
