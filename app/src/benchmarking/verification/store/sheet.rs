//! Everything that a verifier sees of one assessment, in a fixed number of queries.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::benchmarking::rules::Level;
use crate::benchmarking::rules::evidence::{Proof, cap};
use crate::benchmarking::verification::rules::{Finding, Ground, Subject};
use crate::db::{On, sql};
use crate::error::AppError;
use crate::ids::{AssessmentId, EvidenceId, FileId, VisitId};

/// What the firm says of one indicator.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnAnswer {
    pub indicator: String,
    pub level: Option<i64>,
    pub na: bool,
    pub na_reason: String,
    na_state: String,
    pub note: String,
    pub changed_at: DateTime<Utc>,
}

impl OwnAnswer {
    /// The coordinator has approved the N/A.
    pub fn is_na_approved(&self) -> bool {
        self.na && self.na_state == "approved"
    }
}

/// What the verifier found of one indicator.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Verdict {
    pub indicator: String,
    level: Option<i64>,
    na: bool,
    pub reason: String,
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    pub edition: i64,
}

impl Verdict {
    pub fn finding(&self) -> Option<Finding> {
        Finding::of_row(self.level, self.na)
    }
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Evidence {
    pub id: EvidenceId,
    pub indicator: String,
    pub kind: String,
    pub title: String,
    pub body: String,
    pub file_id: Option<FileId>,
    pub file_name: Option<String>,
    /// The day of the fact itself.
    pub fact_on: NaiveDate,
    pub added_at: DateTime<Utc>,
    /// `offered`, `accepted` or `refused`; what was removed is not read.
    pub state: String,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<String>,
    pub reason: String,
}

/// A coordinator's comment on one indicator, or on the whole where `indicator` is empty.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Comment {
    pub indicator: String,
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    pub text: String,
}

/// The record of a site visit.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Visit {
    pub id: VisitId,
    pub visited_on: NaiveDate,
    pub people: String,
    pub findings: String,
    indicators: String,
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    pub edition: i64,
}

impl Visit {
    /// The indicators that were looked at.
    pub fn indicators(&self) -> impl Iterator<Item = &str> {
        self.indicators.split_whitespace()
    }
}

/// An assessment as its verifier sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub answers: BTreeMap<String, OwnAnswer>,
    pub verdicts: BTreeMap<String, Verdict>,
    pub evidence: Vec<Evidence>,
    pub comments: Vec<Comment>,
    /// The latest first.
    pub visits: Vec<Visit>,
    /// How often each verdict was given, changed or taken back.
    changes: BTreeMap<String, i64>,
    /// The day by which the age of evidence is judged.
    pub day: NaiveDate,
}

impl Sheet {
    /// The evidence of one indicator, in the order in which it came.
    pub fn evidence_of<'a>(&'a self, indicator: &'a str) -> impl Iterator<Item = &'a Evidence> {
        self.evidence.iter().filter(move |piece| piece.indicator == indicator)
    }

    /// The accepted evidence of one indicator, summed up.
    pub fn proof(&self, indicator: &str) -> Proof {
        let accepted = || self.evidence_of(indicator).filter(|piece| piece.state == "accepted");
        Proof {
            accepted: i64::try_from(accepted().count()).unwrap_or(i64::MAX),
            newest: accepted().map(|piece| piece.fact_on).max(),
        }
    }

    /// The highest level that the accepted evidence of one indicator carries.
    pub fn cap(&self, indicator: &str) -> Level {
        cap(&self.proof(indicator), self.day)
    }

    /// The firm's own level held down to the cap.
    pub fn capped(&self, indicator: &str) -> Option<Level> {
        let own = self.answers.get(indicator)?.level.and_then(Level::new)?;
        Some(own.min(self.cap(indicator)))
    }

    /// The latest site visit that looked at an indicator.
    pub fn visit_of(&self, indicator: &str) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.indicators().any(|seen| seen == indicator))
    }

    pub fn ground(&self, indicator: &str) -> Ground {
        Ground {
            cap: self.cap(indicator),
            is_na_approved: self.answers.get(indicator).is_some_and(OwnAnswer::is_na_approved),
            is_visited: self.visit_of(indicator).is_some(),
        }
    }

    /// One indicator as it stands before closing.
    pub fn subject(&self, indicator: &str) -> Subject {
        let verdict = self.verdicts.get(indicator);
        let changed_at = self.answers.get(indicator).map(|answer| answer.changed_at);
        Subject {
            verdict: verdict.and_then(Verdict::finding),
            is_stale: verdict.is_some_and(|verdict| changed_at.is_some_and(|at| at > verdict.at)),
            undecided: self.evidence_of(indicator).filter(|piece| piece.state == "offered").count(),
            ground: self.ground(indicator),
        }
    }

    /// What a form of this indicator was made from; rises with every verdict, also with one that is taken back.
    pub fn edition(&self, indicator: &str) -> i64 {
        let given = self.verdicts.get(indicator).map_or(0, |verdict| verdict.edition);
        given.max(self.changes.get(indicator).copied().unwrap_or(0))
    }
}

/// Reads an assessment as its verifier sees it; `day` is the one by which the age of evidence is judged.
pub async fn sheet(on: impl Into<On<'_>>, id: AssessmentId, day: NaiveDate) -> Result<Sheet, AppError> {
    let mut on = on.into();
    let answers: Vec<OwnAnswer> = sql("SELECT indicator, level, na, na_reason, na_state, note, changed_at FROM answers WHERE assessment_id = $1")
        .bind(id)
        .all(on.again())
        .await?;
    let verdicts: Vec<Verdict> = sql("SELECT v.indicator, v.level, v.na, v.reason, v.at, q.name AS by_name, v.edition
         FROM verdicts v LEFT JOIN people q ON q.id = v.by_person WHERE v.assessment_id = $1")
    .bind(id)
    .all(on.again())
    .await?;
    let evidence = sql(
        "SELECT e.id, e.indicator, e.kind, e.title, e.body, e.file_id, f.name AS file_name, e.fact_on, e.added_at, e.state, e.decided_at,
             q.name AS decided_by, e.reason
         FROM evidence e LEFT JOIN files f ON f.id = e.file_id LEFT JOIN people q ON q.id = e.decided_by
         WHERE e.assessment_id = $1 AND e.state <> 'removed' ORDER BY e.indicator, e.added_at, e.id",
    )
    .bind(id)
    .all(on.again())
    .await?;
    let comments = sql(
        "SELECT c.indicator, c.at, q.name AS by_name, c.text FROM assessment_comments c LEFT JOIN people q ON q.id = c.by_person
         WHERE c.assessment_id = $1 ORDER BY c.at, c.id",
    )
    .bind(id)
    .all(on.again())
    .await?;
    let visits = sql(
        "SELECT s.id, s.visited_on, s.people, s.findings, s.indicators, s.at, q.name AS by_name, s.edition
         FROM site_visits s LEFT JOIN people q ON q.id = s.by_person WHERE s.assessment_id = $1 ORDER BY s.visited_on DESC, s.id DESC",
    )
    .bind(id)
    .all(on.again())
    .await?;
    let changes: Vec<(String, i64)> = sql("SELECT indicator, COUNT(*) FROM verdict_events WHERE assessment_id = $1 GROUP BY indicator")
        .bind(id)
        .all(on.again())
        .await?;
    Ok(Sheet {
        answers: answers.into_iter().map(|row| (row.indicator.clone(), row)).collect(),
        verdicts: verdicts.into_iter().map(|row| (row.indicator.clone(), row)).collect(),
        evidence,
        comments,
        visits,
        changes: changes.into_iter().collect(),
        day,
    })
}

/// What a verdict said after one of its changes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct VerdictEvent {
    pub indicator: String,
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    level: Option<i64>,
    na: bool,
    pub reason: String,
}

impl VerdictEvent {
    /// What was found; none when the verdict was taken back.
    pub fn finding(&self) -> Option<Finding> {
        Finding::of_row(self.level, self.na)
    }
}

/// Every change of an assessment's verdicts, the latest first.
pub async fn verdict_history(on: impl Into<On<'_>>, id: AssessmentId) -> Result<Vec<VerdictEvent>, AppError> {
    Ok(sql(
        "SELECT e.indicator, e.at, q.name AS by_name, e.level, e.na, e.reason FROM verdict_events e LEFT JOIN people q ON q.id = e.by_person
         WHERE e.assessment_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT 500",
    )
    .bind(id)
    .all(on)
    .await?)
}

/// What a visit's record said until it was corrected.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct VisitEvent {
    pub visit_id: VisitId,
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    pub why: String,
    pub visited_on: NaiveDate,
    pub people: String,
    pub findings: String,
    pub indicators: String,
}

/// Every correction of one visit's record, the latest first.
pub async fn visit_history(on: impl Into<On<'_>>, id: VisitId) -> Result<Vec<VisitEvent>, AppError> {
    Ok(sql(
        "SELECT e.visit_id, e.at, q.name AS by_name, e.why, e.visited_on, e.people, e.findings, e.indicators
         FROM site_visit_events e LEFT JOIN people q ON q.id = e.by_person WHERE e.visit_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT 100",
    )
    .bind(id)
    .all(on)
    .await?)
}
