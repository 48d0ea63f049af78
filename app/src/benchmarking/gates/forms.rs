//! What people type at a gate: raw strings in, a valid request or the faults out.

use chrono::NaiveDate;

use super::rules::{Act, LONGEST_CONDITION_DAYS, LONGEST_REASON, Wish, can_be_due};
use crate::accounts::rules::{TextFault, paragraphs};
use crate::benchmarking::rules::Stage;
use crate::error::{AppError, FieldProblem};

/// The page that a request was made from: which stage it spoke of, and the edition of the firm's row that it showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub stage: Stage,
    pub version: i64,
}

/// Reads which page a form stood on. A page without a stage has no form: such a request was made up.
pub fn seen(stage: &str, version: &str) -> Result<Seen, AppError> {
    let stage = Stage::parse(stage).ok_or_else(|| AppError::refused("gates-moved"))?;
    // A version that is no number fits no row.
    let version = version.parse().unwrap_or(0);
    Ok(Seen { stage, version })
}

/// Reads the firm's application; a word to the county is welcome but not asked for.
pub fn application(seen: Seen, why: &str) -> Result<Wish, AppError> {
    let mut faults = Vec::new();
    let why = reason(&mut faults, why, None);
    done(faults, seen, Act::Apply, why, None)
}

/// Reads the county's first check.
pub fn first_check(seen: Seen, verdict: &str, why: &str) -> Result<Wish, AppError> {
    let mut faults = Vec::new();
    let act = match verdict {
        "forward" => Act::Forward,
        "return" => Act::ReturnToFirm,
        _ => {
            faults.push(FieldProblem::new("verdict", "gates-verdict-missing"));
            Act::ReturnToFirm
        }
    };
    let why = reason(&mut faults, why, Some("gates-opinion-missing"));
    done(faults, seen, act, why, None)
}

/// Reads the city's decision.
pub fn decision(today: NaiveDate, seen: Seen, verdict: &str, due_on: &str, why: &str) -> Result<Wish, AppError> {
    let mut faults = Vec::new();
    let act = match verdict {
        "pass" => Act::Pass,
        "conditional" => Act::PassOnConditions,
        "return" => Act::ReturnByCity,
        "terminate" => Act::Terminate,
        _ => {
            faults.push(FieldProblem::new("verdict", "gates-verdict-missing"));
            Act::ReturnByCity
        }
    };
    let due_on = if act == Act::PassOnConditions {
        due(&mut faults, today, due_on)
    } else {
        None
    };
    let why = reason(&mut faults, why, Some("gates-why-missing"));
    done(faults, seen, act, why, due_on)
}

fn due(faults: &mut Vec<FieldProblem>, today: NaiveDate, typed: &str) -> Option<NaiveDate> {
    let due = NaiveDate::parse_from_str(typed.trim(), "%Y-%m-%d").ok();
    match due {
        None => faults.push(FieldProblem::new("due_on", "gates-due-missing")),
        Some(due) if !can_be_due(today, due) => {
            faults.push(FieldProblem::new("due_on", "gates-due-range").with("days", LONGEST_CONDITION_DAYS));
        }
        Some(_) => {}
    }
    due
}

/// A reason of several lines; `missing` is the text where it has to be given.
fn reason(faults: &mut Vec<FieldProblem>, typed: &str, missing: Option<&str>) -> String {
    let fault = match paragraphs(typed, LONGEST_REASON) {
        Ok(text) => return text,
        Err(TextFault::Missing) => missing.map(|key| FieldProblem::new("why", key)),
        Err(TextFault::TooLong) => Some(FieldProblem::new("why", "accounts-text-long").with("max", LONGEST_REASON)),
        Err(TextFault::Unprintable) => Some(FieldProblem::new("why", "accounts-text-unprintable")),
    };
    faults.extend(fault);
    String::new()
}

fn done(faults: Vec<FieldProblem>, seen: Seen, act: Act, why: String, due_on: Option<NaiveDate>) -> Result<Wish, AppError> {
    if faults.is_empty() {
        Ok(Wish {
            stage: seen.stage,
            version: seen.version,
            act,
            why,
            due_on,
        })
    } else {
        Err(AppError::Invalid(faults))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SEEN: Seen = Seen {
        stage: Stage::Seek,
        version: 3,
    };

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 3).expect("a day")
    }

    fn fields(outcome: Result<Wish, AppError>) -> Vec<String> {
        match outcome {
            Err(AppError::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
            other => panic!("{other:?} has no faults"),
        }
    }

    #[test]
    fn a_decision_names_all_that_it_lacks() {
        assert_eq!(fields(decision(today(), SEEN, "", "", " ")), ["verdict", "why"]);
        assert_eq!(fields(decision(today(), SEEN, "conditional", "2026-11-03", "x")), ["due_on"]);
        assert_eq!(fields(decision(today(), SEEN, "conditional", "31 December", "")), ["due_on", "why"]);
        assert_eq!(fields(decision(today(), SEEN, "skip", "", "x")), ["verdict"]);
        assert_eq!(fields(first_check(SEEN, "pass", "x")), ["verdict"]);
        assert_eq!(fields(application(SEEN, "a\0b")), ["why"]);
        assert_eq!(fields(application(SEEN, &"长".repeat(1001))), ["why"]);
    }

    #[test]
    fn what_is_typed_is_taken() {
        let wanted = decision(today(), SEEN, "conditional", "2026-12-31", " 补齐佐证\r\n后再验 ").expect("read");
        assert_eq!((wanted.act, wanted.why.as_str()), (Act::PassOnConditions, "补齐佐证\n后再验"));
        assert_eq!(wanted.due_on, NaiveDate::from_ymd_opt(2026, 12, 31));
        let plain = decision(today(), SEEN, "pass", "2026-12-31", "同意").expect("read");
        assert_eq!((plain.act, plain.due_on), (Act::Pass, None), "a date without conditions means nothing");
        assert_eq!(application(SEEN, "").expect("read").why, "");
    }

    #[test]
    fn a_request_that_no_page_makes_fits_nothing() {
        assert_eq!(seen("skip", "3"), Err(AppError::refused("gates-moved")));
        assert_eq!(seen("seek", "x").map(|seen| seen.version), Ok(0));
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(verdict in "\\PC*", due in "\\PC*", why in ".*") {
            let _ = decision(today(), SEEN, &verdict, &due, &why);
            let _ = first_check(SEEN, &verdict, &why);
            let _ = application(SEEN, &why);
            let _ = seen(&verdict, &due);
        }
    }
}
