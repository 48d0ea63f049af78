//! What people type about benchmarks, causes, targets and actions: raw strings in, a command or all the faults out.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::rules::{
    ActionState, BenchmarkLevel, BenchmarkLevels, LONGEST_ABOUT, LONGEST_LINK, LONGEST_NAME, LONGEST_NOTE, LONGEST_OWNER, LONGEST_ROOT,
    LONGEST_SOURCE, LONGEST_TEXT, LONGEST_TITLE, LONGEST_WHY, Priority, ProofKind, ProofState, WHYS, is_web_address,
};
use super::store::{NewAction, NewBenchmark, NewCause, NewProof, NewStep};
use crate::accounts::forms::{optional_line, required_line};
use crate::accounts::rules::half_width;
use crate::benchmarking::rules::Framework;
use crate::benchmarking::rules::level::Level;
use crate::error::{AppError, FieldProblem};
use crate::ids::FileId;

/// The fields of a form as they were sent.
pub type Typed = BTreeMap<String, Vec<String>>;

/// The first value of a field; nothing where it was not sent.
pub fn typed<'a>(fields: &'a Typed, name: &str) -> &'a str {
    fields.get(name).and_then(|values| values.first()).map_or("", String::as_str)
}

fn done<T>(faults: Vec<FieldProblem>, command: T) -> Result<T, AppError> {
    if faults.is_empty() {
        Ok(command)
    } else {
        Err(AppError::Invalid(faults))
    }
}

/// A text of several lines; the line breaks of any system become one kind.
fn block(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, longest: usize) -> String {
    let text = typed.replace("\r\n", "\n").trim().to_owned();
    if text.chars().any(|c| c.is_control() && c != '\n') {
        faults.push(FieldProblem::new(field, "accounts-text-unprintable"));
    } else if text.chars().count() > longest {
        faults.push(FieldProblem::new(field, "accounts-text-long").with("max", longest));
    }
    text
}

/// The same, but not empty.
fn required_block(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, longest: usize, missing: &str) -> String {
    let text = block(faults, field, typed, longest);
    if text.is_empty() {
        faults.push(FieldProblem::new(field, missing));
    }
    text
}

/// A day in a sensible century.
fn day(typed: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(typed.trim(), "%Y-%m-%d").ok()?;
    (2000..=2100).contains(&day.year()).then_some(day)
}

/// A day that is past or today.
fn past_day(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, today: NaiveDate) -> NaiveDate {
    match day(typed) {
        Some(day) if day <= today => return day,
        Some(_) => faults.push(FieldProblem::new(field, "improvement-day-future")),
        None => faults.push(FieldProblem::new(field, "improvement-day-missing")),
    }
    today
}

fn level(typed: &str) -> Option<Level> {
    let typed: String = typed.trim().chars().map(half_width).collect();
    typed.parse().ok().and_then(Level::new)
}

/// The edition that a form was made from. One that is not a number was tampered with: it fits no row.
pub fn edition(typed: &str) -> i64 {
    typed.trim().parse().unwrap_or(-1)
}

/// Reads the form of a benchmark: `name`, `about`, and for each indicator `level-A1`, `source-A1`, `date-A1`. A row is
/// either empty or whole.
pub fn benchmark(fields: &Typed, framework: &Framework, today: NaiveDate) -> Result<NewBenchmark, AppError> {
    let mut faults = Vec::new();
    let name = required_line(&mut faults, "name", typed(fields, "name"), LONGEST_NAME, "improvement-name-missing");
    let about = block(&mut faults, "about", typed(fields, "about"), LONGEST_ABOUT);
    let mut levels = BenchmarkLevels::new();
    for (_, indicator) in framework.indicators() {
        if let Some(known) = benchmark_level(&mut faults, fields, &indicator.id, today) {
            levels.insert(indicator.id.clone(), known);
        }
    }
    if levels.is_empty() && faults.is_empty() {
        let first = framework
            .indicators()
            .next()
            .map_or_else(|| "name".to_owned(), |(_, indicator)| format!("level-{}", indicator.id));
        faults.push(FieldProblem::new(&first, "improvement-levels-missing"));
    }
    let shown = framework.indicators().map(|(_, indicator)| indicator.id.clone()).collect();
    done(faults, NewBenchmark { name, about, levels, shown })
}

fn benchmark_level(faults: &mut Vec<FieldProblem>, fields: &Typed, indicator: &str, today: NaiveDate) -> Option<BenchmarkLevel> {
    let field = |part: &str| format!("{part}-{indicator}");
    let value = |part: &str| typed(fields, &field(part)).trim();
    if ["level", "source", "date"].iter().all(|part| value(part).is_empty()) {
        return None;
    }
    let before = faults.len();
    let known = level(value("level"));
    if known.is_none() {
        faults.push(FieldProblem::new(&field("level"), "improvement-level-missing").with("indicator", indicator));
    }
    let mut own = Vec::new();
    let source = required_line(&mut own, &field("source"), value("source"), LONGEST_SOURCE, "improvement-source-missing");
    let dated_on = past_day(&mut own, &field("date"), value("date"), today);
    // Eighteen rows have the same faults: each says which row it is of.
    faults.extend(own.into_iter().map(|fault| fault.with("indicator", indicator)));
    let level = known?;
    (faults.len() == before).then_some(BenchmarkLevel { level, source, dated_on })
}

/// Reads the five whys and the root: at least one why, in order, and the root.
pub fn cause(fields: &Typed) -> Result<NewCause, AppError> {
    let mut faults = Vec::new();
    let whys: Vec<String> = (1..=WHYS)
        .filter_map(|n| {
            let field = format!("why-{n}");
            optional_line(&mut faults, &field, typed(fields, &field), LONGEST_WHY)
        })
        .collect();
    if whys.is_empty() && faults.is_empty() {
        faults.push(FieldProblem::new("why-1", "improvement-why-missing"));
    }
    let root = required_line(&mut faults, "root", typed(fields, "root"), LONGEST_ROOT, "improvement-root-missing");
    done(faults, NewCause { whys, root })
}

/// Reads the level of a target.
pub fn target(typed: &str) -> Result<Level, AppError> {
    level(typed).ok_or_else(|| AppError::field("level", "improvement-target-missing"))
}

/// Reads the form of an action; a new one is not due in the past.
pub fn action(fields: &Typed, earliest: Option<NaiveDate>) -> Result<NewAction, AppError> {
    let mut faults = Vec::new();
    let of = |name: &str| typed(fields, name);
    let indicator = required_line(&mut faults, "indicator", of("indicator"), 16, "improvement-indicator-missing");
    let title = required_line(&mut faults, "title", of("title"), LONGEST_TITLE, "improvement-title-missing");
    let owner = required_line(&mut faults, "owner", of("owner"), LONGEST_OWNER, "improvement-owner-missing");
    let due_on = day(of("due_on"));
    match due_on {
        None => faults.push(FieldProblem::new("due_on", "improvement-due-missing")),
        Some(day) if earliest.is_some_and(|earliest| day < earliest) => faults.push(FieldProblem::new("due_on", "improvement-due-past")),
        Some(_) => {}
    }
    let priority = of("priority").parse::<Priority>().ok();
    if priority.is_none() {
        faults.push(FieldProblem::new("priority", "improvement-priority-missing"));
    }
    let deliverable = required_block(
        &mut faults,
        "deliverable",
        of("deliverable"),
        LONGEST_TEXT,
        "improvement-deliverable-missing",
    );
    let resources = required_block(&mut faults, "resources", of("resources"), LONGEST_TEXT, "improvement-resources-missing");
    match (due_on, priority) {
        (Some(due_on), Some(priority)) => done(
            faults,
            NewAction {
                indicator,
                title,
                owner,
                due_on,
                priority,
                deliverable,
                resources,
            },
        ),
        _ => Err(AppError::Invalid(faults)),
    }
}

/// Reads a step to another state: the state, the reason if any, and the day on which it was done.
pub fn step(state: &str, reason: &str, done_on: &str, today: NaiveDate) -> Result<NewStep, AppError> {
    let state: ActionState = state.parse().map_err(|_| AppError::refused("improvement-action-no-step"))?;
    let mut faults = Vec::new();
    let reason = block(&mut faults, "reason", reason, LONGEST_TEXT);
    let done_on = if state == ActionState::Done && !done_on.trim().is_empty() {
        past_day(&mut faults, "done_on", done_on, today)
    } else {
        today
    };
    done(faults, NewStep { state, reason, done_on })
}

/// Reads how far an action is, in percent, with the note that goes with it.
pub fn progress(percent: &str, note: &str) -> Result<(i64, String), AppError> {
    let mut faults = Vec::new();
    let digits: String = percent.trim().trim_end_matches(['%', '％']).chars().map(half_width).collect();
    let number = digits.parse().ok().filter(|number| (0..=100).contains(number));
    if number.is_none() {
        faults.push(FieldProblem::new("progress", "improvement-progress-wrong"));
    }
    let note = required_block(&mut faults, "note", note, LONGEST_NOTE, "improvement-note-missing");
    done(faults, (number.unwrap_or(0), note))
}

/// Reads the name and place of a rule; empty takes it back.
pub fn rule(text: &str) -> Result<String, AppError> {
    let mut faults = Vec::new();
    let text = block(&mut faults, "rule", text, LONGEST_TEXT);
    done(faults, text)
}

/// Reads evidence that is a dated note or a link.
pub fn proof(fields: &Typed, today: NaiveDate) -> Result<NewProof, AppError> {
    let mut faults = Vec::new();
    let of = |name: &str| typed(fields, name);
    let kind = of("kind").parse().ok().filter(|kind| *kind != ProofKind::File);
    if kind.is_none() {
        faults.push(FieldProblem::new("kind", "improvement-kind-missing"));
    }
    let title = required_line(
        &mut faults,
        "proof_title",
        of("proof_title"),
        LONGEST_TITLE,
        "improvement-proof-title-missing",
    );
    let body = required_block(&mut faults, "body", of("body"), LONGEST_NOTE, "improvement-body-missing");
    if kind == Some(ProofKind::Link) && !body.is_empty() && (!is_web_address(&body) || body.chars().count() > LONGEST_LINK) {
        faults.push(FieldProblem::new("body", "improvement-link-wrong"));
    }
    let fact_on = past_day(&mut faults, "fact_on", of("fact_on"), today);
    let kind = kind.unwrap_or(ProofKind::Note);
    done(
        faults,
        NewProof {
            kind,
            title,
            body,
            file: None,
            fact_on,
        },
    )
}

/// Reads what stands beside an uploaded file: its title and the day of the fact. The file is kept afterwards.
pub fn file_proof(title: &str, fact_on: &str, today: NaiveDate) -> Result<impl FnOnce(FileId) -> NewProof + use<>, AppError> {
    let mut faults = Vec::new();
    let title = required_line(&mut faults, "file_title", title, LONGEST_TITLE, "improvement-proof-title-missing");
    let fact_on = past_day(&mut faults, "file_fact_on", fact_on, today);
    done(faults, move |file| NewProof {
        kind: ProofKind::File,
        title,
        body: String::new(),
        file: Some(file),
        fact_on,
    })
}

/// Reads a verdict on evidence: accepted, or refused with a reason.
pub fn verdict(verdict: &str, reason: &str) -> Result<(ProofState, String), AppError> {
    let mut faults = Vec::new();
    let state = match verdict {
        "accepted" => ProofState::Accepted,
        "refused" => ProofState::Refused,
        _ => return Err(AppError::refused("improvement-verdict-unknown")),
    };
    let reason = block(&mut faults, "reason", reason, LONGEST_TEXT);
    if state == ProofState::Refused && reason.is_empty() {
        faults.push(FieldProblem::new("reason", "improvement-reason-missing"));
    }
    done(faults, (state, reason))
}
