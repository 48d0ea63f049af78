//! What a verifier types: raw strings in, a command and the faults out. What is right is kept even where the rest is not.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::rules::{Fault, Finding, LONGEST_FINDINGS, LONGEST_PEOPLE, LONGEST_REASON};
use super::store::{Given, NewVisit, Refusal};
use crate::accounts::forms::{optional_line, required_line};
use crate::accounts::rules::{TextFault, paragraphs};
use crate::benchmarking::assessment::rules::{EvidenceState, Verdict};
use crate::benchmarking::assessment::store::Judgement;
use crate::benchmarking::rules::{Dimension, Framework};
use crate::error::{AppError, FieldProblem};
use crate::ids::EvidenceId;
use crate::ui::time::parse_day;

/// Fields by name, as the browser sent them.
type Typed = BTreeMap<String, Vec<String>>;

/// The fields of one indicator or piece of evidence on a page of many.
pub fn level_field(indicator: &str) -> String {
    format!("level-{indicator}")
}

pub fn reason_field(indicator: &str) -> String {
    format!("reason-{indicator}")
}

pub fn edition_field(indicator: &str) -> String {
    format!("edition-{indicator}")
}

pub fn judge_field(evidence: EvidenceId) -> String {
    format!("judge-{evidence}")
}

pub fn why_field(evidence: EvidenceId) -> String {
    format!("why-{evidence}")
}

pub fn was_field(evidence: EvidenceId) -> String {
    format!("was-{evidence}")
}

/// What one page of a dimension says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub given: Vec<Given>,
    pub judged: Vec<Judgement>,
    pub faults: Vec<FieldProblem>,
}

fn first<'a>(typed: &'a Typed, field: &str) -> &'a str {
    typed.get(field).and_then(|values| values.first()).map_or("", String::as_str)
}

/// Several lines that are asked for.
fn required_text(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, longest: usize, missing: &str) -> String {
    match paragraphs(typed, longest) {
        Ok(text) => text,
        Err(fault) => {
            faults.push(match fault {
                TextFault::Missing => FieldProblem::new(field, missing),
                TextFault::TooLong => FieldProblem::new(field, "accounts-text-long").with("max", longest),
                TextFault::Unprintable => FieldProblem::new(field, "accounts-text-unprintable"),
            });
            String::new()
        }
    }
}

/// Reads the page of one dimension: a verdict for each indicator, a decision for each piece of evidence. An indicator of
/// which nothing was sent is left alone.
pub fn dimension(typed: &Typed, dimension: &Dimension) -> Page {
    let mut page = Page::default();
    for indicator in &dimension.indicators {
        if typed.contains_key(&level_field(&indicator.id)) {
            verdict(&mut page, typed, &indicator.id);
        }
    }
    for field in typed.keys() {
        let evidence = field.strip_prefix("judge-").and_then(|id| id.parse().ok());
        if let Some(evidence) = evidence {
            judgement(&mut page, typed, evidence);
        }
    }
    page
}

fn verdict(page: &mut Page, typed: &Typed, indicator: &str) {
    let (level_field, reason_field) = (level_field(indicator), reason_field(indicator));
    let (level, reason) = (first(typed, &level_field).trim(), first(typed, &reason_field));
    let edition = first(typed, &edition_field(indicator)).parse().unwrap_or(-1);
    let before = page.faults.len();
    let finding = Finding::parse(level);
    let is_empty = level.is_empty() && reason.trim().is_empty();
    let reason = if is_empty {
        String::new()
    } else {
        if finding.is_none() {
            page.faults
                .push(FieldProblem::new(&level_field, "verification-level-missing").with("indicator", indicator));
        }
        let mut faults = Vec::new();
        let reason = required_text(&mut faults, &reason_field, reason, LONGEST_REASON, "verification-reason-missing");
        page.faults.extend(faults.into_iter().map(|fault| fault.with("indicator", indicator)));
        reason
    };
    if page.faults.len() == before {
        page.given.push(Given {
            indicator: indicator.to_owned(),
            edition,
            finding,
            reason,
        });
    }
}

fn judgement(page: &mut Page, typed: &Typed, evidence: EvidenceId) {
    let field = judge_field(evidence);
    let verdict = match first(typed, &field) {
        "accepted" => Verdict::Accept,
        "refused" => Verdict::Refuse,
        // Not decided yet. A reason without a decision would be lost, so it is asked about.
        "" => {
            if !first(typed, &why_field(evidence)).trim().is_empty() {
                page.faults.push(FieldProblem::new(&field, "verification-judge-missing"));
            }
            return;
        }
        _ => {
            page.faults.push(FieldProblem::new(&field, "verification-judge-missing"));
            return;
        }
    };
    let why_field = why_field(evidence);
    let before = page.faults.len();
    let typed_why = first(typed, &why_field);
    let reason = match verdict {
        Verdict::Accept => optional_line(&mut page.faults, &why_field, typed_why, LONGEST_REASON).unwrap_or_default(),
        Verdict::Refuse => required_line(&mut page.faults, &why_field, typed_why, LONGEST_REASON, "verification-judge-why-missing"),
    };
    if page.faults.len() == before {
        page.judged.push(Judgement {
            evidence,
            // A page that says nothing of what it showed showed nothing decided.
            seen: first(typed, &was_field(evidence)).parse().unwrap_or(EvidenceState::Offered),
            verdict,
            reason,
        });
    }
}

/// Why a verdict was not kept, beside its field.
pub fn refused(indicator: &str, refusal: Refusal) -> FieldProblem {
    let problem = |key| FieldProblem::new(&level_field(indicator), key).with("indicator", indicator);
    match refusal {
        Refusal::Edited => problem("verification-edited"),
        Refusal::Unfounded(Fault::AboveCap(cap)) => problem("verification-above-cap").with("cap", cap.get()),
        Refusal::Unfounded(Fault::NotApproved) => problem("verification-na-not-approved"),
    }
}

/// That somebody else decided on a piece of evidence meanwhile.
pub fn judged_meanwhile(evidence: EvidenceId) -> FieldProblem {
    FieldProblem::new(&judge_field(evidence), "verification-judged-meanwhile")
}

/// The fields of a site visit.
#[derive(Debug, Clone, Copy)]
pub struct VisitInput<'a> {
    pub visited_on: &'a str,
    pub people: &'a str,
    pub findings: &'a str,
    pub indicators: &'a [String],
}

/// Reads the record of a site visit, which is not in the future and not from before the firm's assessment had begun.
pub fn visit(input: &VisitInput<'_>, framework: &Framework, began: NaiveDate, today: NaiveDate) -> Result<NewVisit, AppError> {
    let mut faults = Vec::new();
    let visited_on = parse_day(input.visited_on);
    match visited_on {
        None => faults.push(FieldProblem::new("visited_on", "verification-visit-day-missing")),
        Some(day) if day > today => faults.push(FieldProblem::new("visited_on", "verification-visit-day-future")),
        Some(day) if day < began => faults.push(FieldProblem::new("visited_on", "verification-visit-day-early").with("day", began)),
        Some(_) => {}
    }
    let people = required_line(&mut faults, "people", input.people, LONGEST_PEOPLE, "verification-visit-people-missing");
    let findings = required_text(
        &mut faults,
        "findings",
        input.findings,
        LONGEST_FINDINGS,
        "verification-visit-findings-missing",
    );
    let indicators: Vec<String> = framework
        .indicators()
        .filter(|(_, indicator)| input.indicators.contains(&indicator.id))
        .map(|(_, indicator)| indicator.id.clone())
        .collect();
    if indicators.is_empty() {
        faults.push(FieldProblem::new("indicators", "verification-visit-indicators-missing"));
    }
    match visited_on {
        Some(visited_on) if faults.is_empty() => Ok(NewVisit {
            visited_on,
            people,
            findings,
            indicators,
        }),
        _ => Err(AppError::Invalid(faults)),
    }
}

/// Two parts of one form: both, or the faults of both.
pub fn both<A, B>(first: Result<A, AppError>, second: Result<B, AppError>) -> Result<(A, B), AppError> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(AppError::Invalid(mut faults)), Err(AppError::Invalid(more))) => {
            faults.extend(more);
            Err(AppError::Invalid(faults))
        }
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    }
}

/// A reason of one line.
pub fn why(field: &str, typed: &str) -> Result<String, AppError> {
    let mut faults = Vec::new();
    let why = required_line(&mut faults, field, typed, LONGEST_REASON, "verification-why-missing");
    if faults.is_empty() { Ok(why) } else { Err(AppError::Invalid(faults)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::benchmarking::testing::default_framework;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect()
    }

    fn read(pairs: &[(&str, &str)]) -> Page {
        let framework = default_framework();
        dimension(&typed(pairs), framework.dimension("A").expect("A"))
    }

    fn faults(page: &Page) -> Vec<String> {
        page.faults.iter().map(|fault| format!("{} {}", fault.field, fault.problem.key)).collect()
    }

    #[test]
    fn what_is_right_is_read_and_every_fault_is_said() {
        let page = read(&[
            ("level-A1", "3"),
            ("reason-A1", "章程与会议记录齐全"),
            ("edition-A1", "0"),
            ("level-A2", "4"),
            ("reason-A2", " "),
            ("level-A3", ""),
            ("reason-A3", "没有选级别"),
            ("level-A4", "9"),
            ("reason-A4", "x"),
            ("level-A5", ""),
            ("reason-A5", ""),
            ("edition-A5", "2"),
            ("level-B1", "5"),
        ]);
        let given: Vec<_> = page
            .given
            .iter()
            .map(|given| (given.indicator.as_str(), given.edition, given.finding))
            .collect();
        assert_eq!(given, [("A1", 0, Finding::parse("3")), ("A5", 2, None)]);
        assert_eq!(
            faults(&page),
            [
                "reason-A2 verification-reason-missing",
                "level-A3 verification-level-missing",
                "level-A4 verification-level-missing"
            ]
        );
    }

    #[test]
    fn evidence_is_decided_on_with_a_reason() {
        let id = "0192d1f0000070008000000000000001";
        let field = |name: &str| format!("{name}-{id}");
        let (judge, why, was) = (field("judge"), field("why"), field("was"));
        let page = read(&[(&judge, "accepted"), (&why, "原件已核对"), (&was, "offered")]);
        assert_eq!(
            (page.judged.len(), page.judged[0].verdict, page.judged[0].seen),
            (1, Verdict::Accept, EvidenceState::Offered)
        );
        let plain = read(&[(&judge, "accepted"), (&why, ""), (&was, "offered")]);
        assert_eq!((plain.judged.len(), plain.faults.len()), (1, 0), "what is accepted needs no reason");
        assert_eq!(
            faults(&read(&[(&judge, "refused"), (&why, "")])),
            [format!("{why} verification-judge-why-missing")]
        );
        assert_eq!(
            faults(&read(&[(&judge, ""), (&why, "看不清")])),
            [format!("{judge} verification-judge-missing")]
        );
        assert_eq!(read(&[(&judge, ""), (&why, " ")]), Page::default());
        assert_eq!(read(&[("judge-nonsense", "accepted")]), Page::default());
    }

    fn visited(on: &str, indicators: &[&str]) -> Result<NewVisit, AppError> {
        let day = |text: &str| text.parse().expect("a day");
        let indicators: Vec<String> = indicators.iter().map(|id| (*id).to_owned()).collect();
        let input = VisitInput {
            visited_on: on,
            people: "总经理",
            findings: "看了三条产线",
            indicators: &indicators,
        };
        visit(&input, &default_framework(), day("2026-10-01"), day("2026-11-03"))
    }

    #[test]
    fn a_visit_has_a_day_and_looked_at_something() {
        let good = visited("2026-11-03", &["B2", "A1", "Z9"]).expect("a visit");
        assert_eq!(good.indicators, ["A1", "B2"]);
        for (on, indicators, fields) in [
            ("2026-11-04", vec!["A1"], vec!["visited_on"]),
            ("2026-09-30", vec!["A1"], vec!["visited_on"]),
            ("soon", vec![], vec!["visited_on", "indicators"]),
            ("2026-11-03", vec!["Z9"], vec!["indicators"]),
        ] {
            let Err(AppError::Invalid(faults)) = visited(on, &indicators) else {
                panic!("{on} was taken")
            };
            assert_eq!(faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), fields);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(a in "\\PC*", b in any::<String>()) {
            let page = read(&[("level-A1", &a), ("reason-A1", &b), ("edition-A1", &a), ("judge-0", &b)]);
            prop_assert!(page.given.len() + page.faults.len() <= 3);
            let _ = (visited(&a, &[&b]), why("why", &b));
        }
    }
}
