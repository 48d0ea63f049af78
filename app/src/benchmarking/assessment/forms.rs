//! What is typed into a self-assessment and into its check: raw fields in, commands or the faults out.
//!
//! A page has many answers in one form, so the fields carry the indicator in their names: `level-A1`, `note-A1`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::rules::{EvidenceKind, LONGEST_COMMENT, LONGEST_LINK, LONGEST_NOTE, LONGEST_REASON, LONGEST_TITLE, Said, Verdict};
use super::store::{Judgement, NaDecision, NewAnswer};
use crate::accounts::forms::{optional_line, optional_paragraphs, required_line};
use crate::benchmarking::rules::Level;
use crate::error::{AppError, FieldProblem};
use crate::ids::EvidenceId;
use crate::ui::time::parse_day;

/// The value of the choice that an indicator does not apply.
pub const NA: &str = "na";
/// Facts from before that day are no evidence for anything that is measured today.
const OLDEST_FACT: NaiveDate = NaiveDate::from_ymd_opt(1980, 1, 1).expect("a day");

/// The fields of a form, by name.
pub type Typed = BTreeMap<String, Vec<String>>;

/// The first value of a field; empty where it is missing.
pub fn raw<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).and_then(|values| values.first()).map_or("", String::as_str)
}

/// Whether a form speaks of this indicator at all.
pub fn has_answer(typed: &Typed, indicator: &str) -> bool {
    typed.contains_key(&format!("edition-{indicator}"))
}

/// The answer to one indicator.
pub fn answer(typed: &Typed, indicator: &str) -> Result<NewAnswer, Vec<FieldProblem>> {
    let mut faults = Vec::new();
    let name = |part: &str| format!("{part}-{indicator}");
    let chosen = raw(typed, &name("level")).trim();
    let na = chosen == NA;
    let level = chosen.parse().ok().and_then(Level::new);
    if level.is_none() && !na && !chosen.is_empty() {
        faults.push(FieldProblem::new(&name("level"), "assessment-level-strange"));
    }
    let reason = if na {
        paragraphs_needed(
            &mut faults,
            &name("reason"),
            raw(typed, &name("reason")),
            LONGEST_REASON,
            "assessment-reason-missing",
        )
    } else {
        String::new()
    };
    let note = optional_paragraphs(&mut faults, &name("note"), raw(typed, &name("note")), LONGEST_NOTE);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(NewAnswer {
        indicator: indicator.to_owned(),
        edition: edition(typed, indicator),
        said: Said { level, na, reason, note },
    })
}

/// The edition that an answer was written upon; what is no number is none, which conflicts with any.
pub fn edition(typed: &Typed, indicator: &str) -> i64 {
    raw(typed, &format!("edition-{indicator}")).parse().unwrap_or(0)
}

/// Several lines of text that are asked for, or a fault beside their field.
fn paragraphs_needed(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, longest: usize, missing: &str) -> String {
    let before = faults.len();
    let text = optional_paragraphs(faults, field, typed, longest);
    if text.is_empty() && faults.len() == before {
        faults.push(FieldProblem::new(field, missing));
    }
    text
}

/// What a new piece of evidence says of itself, before its file is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFields {
    pub kind: EvidenceKind,
    /// Empty with a file that shall be called as it is named.
    pub title: String,
    /// The words of a note or the address of a link; empty with a file.
    pub body: String,
    pub fact_on: NaiveDate,
}

/// Reads the form for a new piece of evidence, all but its file. `file_fault` is what is wrong with that.
pub fn evidence(typed: &Typed, today: NaiveDate, file_fault: impl FnOnce() -> Option<FieldProblem>) -> Result<EvidenceFields, AppError> {
    let mut faults = Vec::new();
    let Ok(kind) = raw(typed, "kind").parse() else {
        return Err(AppError::field("kind", "assessment-kind-missing"));
    };
    let title = raw(typed, "title");
    let (title, body) = match kind {
        EvidenceKind::File => {
            faults.extend(file_fault());
            (
                optional_line(&mut faults, "title", title, LONGEST_TITLE).unwrap_or_default(),
                String::new(),
            )
        }
        EvidenceKind::Note => (
            required_line(&mut faults, "title", title, LONGEST_TITLE, "assessment-title-missing"),
            paragraphs_needed(&mut faults, "text", raw(typed, "text"), LONGEST_NOTE, "assessment-text-missing"),
        ),
        EvidenceKind::Link => (
            required_line(&mut faults, "title", title, LONGEST_TITLE, "assessment-title-missing"),
            link(&mut faults, raw(typed, "link")),
        ),
    };
    let fact_on = fact_on(&mut faults, raw(typed, "fact_on"), today);
    match fact_on {
        Some(fact_on) if faults.is_empty() => Ok(EvidenceFields { kind, title, body, fact_on }),
        _ => Err(AppError::Invalid(faults)),
    }
}

/// An address of the web; no other scheme, so that pressing it runs nothing.
fn link(faults: &mut Vec<FieldProblem>, typed: &str) -> String {
    let line = required_line(faults, "link", typed, LONGEST_LINK, "assessment-link-missing");
    let is_web = url::Url::parse(&line).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !line.is_empty() && !is_web {
        faults.push(FieldProblem::new("link", "assessment-link-strange"));
    }
    line
}

fn fact_on(faults: &mut Vec<FieldProblem>, typed: &str, today: NaiveDate) -> Option<NaiveDate> {
    let day = parse_day(typed);
    let fault = match day {
        None if typed.trim().is_empty() => "assessment-fact-missing",
        None => "assessment-fact-strange",
        Some(day) if day > today => "assessment-fact-future",
        Some(day) if day < OLDEST_FACT => "assessment-fact-strange",
        Some(_) => return day,
    };
    faults.push(FieldProblem::new("fact_on", fault));
    None
}

/// What those who check wrote on one page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Check {
    pub decisions: Vec<NaDecision>,
    pub judgements: Vec<Judgement>,
    /// By indicator.
    pub comments: Vec<(String, String)>,
}

/// Reads the form of a check over these indicators and pieces of evidence. A choice that stands as it was seen is none.
pub fn check<'a>(typed: &Typed, indicators: impl Iterator<Item = &'a str>, evidence: impl Iterator<Item = EvidenceId>) -> Result<Check, AppError> {
    let mut faults = Vec::new();
    let mut check = Check::default();
    for indicator in indicators {
        let text = optional_paragraphs(
            &mut faults,
            &format!("comment-{indicator}"),
            raw(typed, &format!("comment-{indicator}")),
            LONGEST_COMMENT,
        );
        if !text.is_empty() {
            check.comments.push((indicator.to_owned(), text));
        }
        if let Some((verdict, reason)) = decided(&mut faults, typed, "na", indicator) {
            check.decisions.push(NaDecision {
                indicator: indicator.to_owned(),
                edition: edition(typed, indicator),
                verdict,
                reason,
            });
        }
    }
    for id in evidence {
        let of = id.to_string();
        let seen = raw(typed, &format!("seen-{of}")).parse();
        if let (Ok(seen), Some((verdict, reason))) = (seen, decided(&mut faults, typed, "evidence", &of)) {
            check.judgements.push(Judgement {
                evidence: id,
                seen,
                verdict,
                reason,
            });
        }
    }
    if faults.is_empty() { Ok(check) } else { Err(AppError::Invalid(faults)) }
}

/// A verdict with its reason, which a refusal needs; none where nothing else was chosen than what stood there.
fn decided(faults: &mut Vec<FieldProblem>, typed: &Typed, part: &str, of: &str) -> Option<(Verdict, String)> {
    let verdict: Verdict = raw(typed, &format!("{part}-{of}")).parse().ok()?;
    let field = format!("{part}-why-{of}");
    let before = faults.len();
    let reason = optional_paragraphs(faults, &field, raw(typed, &field), LONGEST_REASON);
    let stood = raw(typed, &format!("{part}-was-{of}"));
    let stood_why = raw(typed, &format!("{part}-waswhy-{of}")).replace("\r\n", "\n");
    if stood == verdict.as_str() && stood_why.trim() == reason {
        return None;
    }
    if verdict == Verdict::Refuse && reason.is_empty() && faults.len() == before {
        faults.push(FieldProblem::new(&field, "assessment-refusal-missing"));
    }
    Some((verdict, reason))
}

/// Why the whole is given back.
pub fn return_reason(typed: &str) -> Result<String, AppError> {
    let mut faults = Vec::new();
    let reason = paragraphs_needed(&mut faults, "reason", typed, LONGEST_COMMENT, "assessment-return-missing");
    if faults.is_empty() { Ok(reason) } else { Err(AppError::Invalid(faults)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarking::assessment::rules::EvidenceState;

    fn typed(fields: &[(&str, &str)]) -> Typed {
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect()
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 3).expect("a day")
    }

    fn fields_of(outcome: AppError) -> Vec<String> {
        match outcome {
            AppError::Invalid(faults) => faults.into_iter().map(|fault| fault.field).collect(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn an_answer_is_a_level_or_a_reason_and_any_note() {
        let read = answer(
            &typed(&[("level-A1", "3"), ("note-A1", " 有\r\n章程 "), ("edition-A1", "4"), ("reason-A1", "旧")]),
            "A1",
        )
        .expect("read");
        assert_eq!((read.edition, read.said.level, read.said.na), (4, Level::new(3), false));
        assert_eq!((read.said.note.as_str(), read.said.reason.as_str()), ("有\n章程", ""));
        let read = answer(&typed(&[("level-A1", "na"), ("reason-A1", "无此业务")]), "A1").expect("read");
        assert!(read.said.na && read.said.level.is_none() && read.edition == 0);
        assert!(answer(&typed(&[("note-A1", "先写说明")]), "A1").expect("read").said.level.is_none());
        for (fields, fault) in [
            (vec![("level-A1", "6")], "level-A1"),
            (vec![("level-A1", "na")], "reason-A1"),
            (vec![("level-A1", "na"), ("reason-A1", "a\0b")], "reason-A1"),
        ] {
            let faults = answer(&typed(&fields), "A1").expect_err("refused");
            assert_eq!(faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), [fault]);
        }
        let long = "长".repeat(LONGEST_NOTE + 1);
        assert!(answer(&typed(&[("note-A1", &long)]), "A1").is_err());
    }

    #[test]
    fn evidence_needs_what_its_kind_needs() {
        let read = |fields: &[(&str, &str)]| evidence(&typed(fields), today(), || None);
        let date = ("fact_on", "2026-10-01");
        assert!(read(&[("kind", "file"), date]).is_ok());
        assert!(read(&[("kind", "note"), ("title", "会议"), ("text", "纪要"), date]).is_ok());
        assert!(read(&[("kind", "link"), ("title", "公告"), ("link", "https://example.cn/a?b=1"), date]).is_ok());
        let long = format!("https://example.cn/{}", "a".repeat(LONGEST_LINK));
        for (fields, faults) in [
            (vec![("kind", "other")], vec!["kind"]),
            (vec![("kind", "note"), date], vec!["title", "text"]),
            (
                vec![("kind", "link"), ("title", "x"), ("link", "javascript:alert(1)"), date],
                vec!["link"],
            ),
            (vec![("kind", "link"), ("title", "x"), ("link", "example.cn"), date], vec!["link"]),
            (vec![("kind", "link"), ("title", "x"), ("link", &long), date], vec!["link"]),
            (vec![("kind", "file")], vec!["fact_on"]),
            (vec![("kind", "file"), ("fact_on", "2026-11-04")], vec!["fact_on"]),
            (vec![("kind", "file"), ("fact_on", "1066-01-01")], vec!["fact_on"]),
            (vec![("kind", "file"), ("fact_on", "昨天")], vec!["fact_on"]),
        ] {
            assert_eq!(fields_of(read(&fields).expect_err("refused")), faults, "{fields:?}");
        }
        let missing = evidence(&typed(&[("kind", "file"), date]), today(), || {
            Some(FieldProblem::new("file", "files-missing"))
        });
        assert_eq!(fields_of(missing.expect_err("refused")), ["file"]);
    }

    #[test]
    fn a_check_holds_what_was_decided_and_nothing_else() {
        let id = EvidenceId(uuid::Uuid::from_u128(7));
        let name = |part: &str| format!("{part}-{id}");
        let (chosen, seen, was, why, was_why) = (
            name("evidence"),
            name("seen"),
            name("evidence-was"),
            name("evidence-why"),
            name("evidence-waswhy"),
        );
        let read = |fields: &[(&str, &str)]| check(&typed(fields), ["A1", "A2"].into_iter(), [id].into_iter());
        assert_eq!(read(&[("comment-A1", " ")]).expect("read"), Check::default());
        let found = read(&[
            ("comment-A2", "请补材料"),
            ("na-A1", "accept"),
            ("edition-A1", "2"),
            (&chosen, "accept"),
            (&seen, "offered"),
        ])
        .expect("read");
        assert_eq!(found.comments, [("A2".to_owned(), "请补材料".to_owned())]);
        assert_eq!((found.decisions[0].edition, found.decisions[0].verdict), (2, Verdict::Accept));
        assert_eq!(
            (found.judgements[0].seen, found.judgements[0].verdict),
            (EvidenceState::Offered, Verdict::Accept)
        );
        let stands = [
            (chosen.as_str(), "refuse"),
            (&seen, "refused"),
            (&was, "refuse"),
            (&why, "看不清"),
            (&was_why, "看不清"),
        ];
        assert_eq!(read(&stands).expect("read"), Check::default(), "what stands is not decided again");
        let bare = read(&[(&chosen, "refuse"), (&seen, "offered")]).expect_err("refused");
        assert_eq!(fields_of(bare), [why]);
    }
}
