//! Rows of evidence (佐证).

use chrono::{DateTime, NaiveDate, Utc};

use super::{Detail, note, with_the_firm};
use crate::benchmarking::assessment::rules::{EvidenceKind, EvidenceState, MOST_EVIDENCE};
use crate::benchmarking::files::Kept;
use crate::benchmarking::policy::EditPermit;
use crate::benchmarking::rules::Framework;
use crate::db::{On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{AssessmentId, EvidenceId, FileId, PilotId};
use crate::state::App;

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Evidence {
    pub id: EvidenceId,
    pub assessment_id: AssessmentId,
    pub indicator: String,
    #[sqlx(try_from = "String")]
    pub kind: EvidenceKind,
    pub title: String,
    /// The words of a note, the address of a link; empty with a file.
    pub body: String,
    pub file_id: Option<FileId>,
    pub file_name: Option<String>,
    /// In bytes.
    pub file_size: Option<i64>,
    /// The day of the fact itself.
    pub fact_on: NaiveDate,
    /// When it was entered.
    pub added_at: DateTime<Utc>,
    pub added_by: Option<String>,
    #[sqlx(try_from = "String")]
    pub state: EvidenceState,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<String>,
    pub reason: String,
}

impl Evidence {
    /// What was not accepted may be taken back.
    pub fn can_be_removed(&self) -> bool {
        matches!(self.state, EvidenceState::Offered | EvidenceState::Refused)
    }
}

const EVIDENCE: &str = "SELECT v.id, v.assessment_id, v.indicator, v.kind, v.title, v.body, v.file_id, f.name AS file_name, f.size AS file_size,
        v.fact_on, v.added_at, q.name AS added_by, v.state, v.decided_at, d.name AS decided_by, v.reason
    FROM evidence v LEFT JOIN files f ON f.id = v.file_id LEFT JOIN people q ON q.id = v.added_by LEFT JOIN people d ON d.id = v.decided_by ";

/// All evidence of an assessment, also what was taken back, in the order of entry.
pub async fn evidence_of(on: impl Into<On<'_>>, assessment: AssessmentId) -> Result<Vec<Evidence>, AppError> {
    Ok(sql(EVIDENCE)
        .push("WHERE v.assessment_id = $1 ORDER BY v.indicator, v.added_at, v.id")
        .bind(assessment)
        .all(on)
        .await?)
}

/// One piece of evidence of this pilot's; another's does not exist.
pub async fn one_evidence(on: impl Into<On<'_>>, pilot: PilotId, id: EvidenceId) -> Result<Evidence, AppError> {
    let found = sql(EVIDENCE)
        .push("JOIN assessments a ON a.id = v.assessment_id WHERE v.id = $1 AND a.pilot_id = $2")
        .bind(id)
        .bind(pilot)
        .opt(on)
        .await?;
    found.ok_or(AppError::NotFound)
}

/// How something is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proven {
    /// A file that was looked at and lies on disk.
    File(Kept),
    Note(String),
    Link(String),
}

/// Evidence as somebody of the firm entered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvidence {
    pub indicator: String,
    pub title: String,
    pub proven: Proven,
    pub fact_on: NaiveDate,
}

/// Adds a piece of evidence to an answer.
///
/// # Errors
/// Refused while the assessment is not with the firm, or when the answer has very much of it already.
pub async fn add_evidence(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &EditPermit,
    assessment: AssessmentId,
    framework: &Framework,
    new: &NewEvidence,
) -> Result<EvidenceId, AppError> {
    framework.indicator(&new.indicator).ok_or(AppError::NotFound)?;
    with_the_firm(tx, permit.pilot(), assessment).await?;
    let there = sql("SELECT COUNT(*) FROM evidence WHERE assessment_id = $1 AND indicator = $2 AND state <> 'removed'")
        .bind(assessment)
        .bind(&new.indicator)
        .count(&mut *tx)
        .await?;
    if there >= MOST_EVIDENCE {
        return Err(Problem::new("assessment-evidence-full").with("most", MOST_EVIDENCE).into());
    }
    let (kind, body, file) = match &new.proven {
        Proven::File(kept) => (
            EvidenceKind::File,
            String::new(),
            Some(kept.enter(&mut *tx, app, now, permit.by(), permit.pilot()).await?),
        ),
        Proven::Note(text) => (EvidenceKind::Note, text.clone(), None),
        Proven::Link(address) => (EvidenceKind::Link, address.clone(), None),
    };
    let id = EvidenceId::new(&app.chance, now);
    sql(
        "INSERT INTO evidence (id, assessment_id, indicator, kind, title, body, file_id, fact_on, added_at, added_by, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'offered')",
    )
    .bind(id)
    .bind(assessment)
    .bind(&new.indicator)
    .bind(kind.as_str())
    .bind(&new.title)
    .bind(body)
    .bind(file)
    .bind(new.fact_on)
    .bind(now)
    .bind(permit.by())
    .run(tx)
    .await?;
    let place = (assessment, new.indicator.as_str());
    note(tx, app, now, permit.by(), place, "evidence_added", Detail::About { about: &new.title }).await?;
    Ok(id)
}

/// Takes a piece of evidence back. It stays in the records as removed, and a file of it with them.
///
/// # Errors
/// Refused once it is accepted, and while the assessment is not with the firm.
pub async fn remove_evidence(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, id: EvidenceId) -> Result<Evidence, AppError> {
    let evidence = one_evidence(&mut *tx, permit.pilot(), id).await?;
    with_the_firm(tx, permit.pilot(), evidence.assessment_id).await?;
    // Read again behind the lock: it may have been decided on in between.
    let evidence = one_evidence(&mut *tx, permit.pilot(), id).await?;
    if !evidence.can_be_removed() {
        return Err(AppError::refused("assessment-evidence-stays"));
    }
    sql("UPDATE evidence SET state = 'removed', decided_at = $2, decided_by = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    let place = (evidence.assessment_id, evidence.indicator.as_str());
    let detail = Detail::About { about: &evidence.title };
    note(tx, app, now, permit.by(), place, "evidence_removed", detail).await?;
    Ok(evidence)
}
