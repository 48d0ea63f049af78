//! What proves that an action was done.

use chrono::{DateTime, NaiveDate, Utc};

use super::actions::{action, note, own};
use crate::benchmarking::improvement::rules::{MOST_EVIDENCE, ProofKind, ProofState};
use crate::benchmarking::policy::{EditPermit, JudgePermit};
use crate::benchmarking::store::locked;
use crate::db::{On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{ActionId, EvidenceId, FileId, PersonId};
use crate::notices;
use crate::state::App;

/// A piece of evidence (佐证) of an action.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Proof {
    pub id: EvidenceId,
    pub action_id: ActionId,
    #[sqlx(try_from = "String")]
    pub kind: ProofKind,
    pub title: String,
    /// The note's text or the link's address.
    pub body: String,
    pub file_id: Option<FileId>,
    pub file_name: Option<String>,
    /// The day of the fact itself.
    pub fact_on: NaiveDate,
    pub added_at: DateTime<Utc>,
    pub added_by: Option<PersonId>,
    #[sqlx(try_from = "String")]
    pub state: ProofState,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<String>,
    pub reason: String,
}

const PROOF: &str = "SELECT e.id, e.action_id, e.kind, e.title, e.body, e.file_id, f.name AS file_name, e.fact_on, e.added_at, e.added_by, e.state,
        e.decided_at, q.name AS decided_by, e.reason
    FROM action_evidence e LEFT JOIN files f ON f.id = e.file_id LEFT JOIN people q ON q.id = e.decided_by ";

/// What a firm hands in as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProof {
    pub kind: ProofKind,
    pub title: String,
    pub body: String,
    pub file: Option<FileId>,
    pub fact_on: NaiveDate,
}

pub async fn proof(on: impl Into<On<'_>>, id: EvidenceId) -> Result<Proof, AppError> {
    let found = sql(PROOF).push("WHERE e.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The evidence of an action, the latest first; what the firm took back is left out.
pub async fn proofs_of(on: impl Into<On<'_>>, action: ActionId) -> Result<Vec<Proof>, AppError> {
    Ok(sql(PROOF)
        .push("WHERE e.action_id = $1 AND e.state <> 'removed' ORDER BY e.added_at DESC, e.id DESC")
        .bind(action)
        .all(on)
        .await?)
}

/// Hands in evidence for an action of the firm.
pub async fn offer(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, id: ActionId, new: &NewProof) -> Result<EvidenceId, AppError> {
    own(tx, permit, id).await?;
    let count = sql("SELECT COUNT(*) FROM action_evidence WHERE action_id = $1 AND state <> 'removed'")
        .bind(id)
        .count(&mut *tx)
        .await?;
    if count >= MOST_EVIDENCE {
        return Err(Problem::new("improvement-evidence-many").with("max", MOST_EVIDENCE).into());
    }
    let proof = EvidenceId::new(&app.chance, now);
    sql(
        "INSERT INTO action_evidence (id, action_id, kind, title, body, file_id, fact_on, added_at, added_by, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'offered')",
    )
    .bind(proof)
    .bind(id)
    .bind(new.kind.as_str())
    .bind(&new.title)
    .bind(&new.body)
    .bind(new.file)
    .bind(new.fact_on)
    .bind(now)
    .bind(permit.by())
    .run(tx)
    .await?;
    note(tx, app, now, permit.by(), id, "evidence_offered", &new.title).await?;
    Ok(proof)
}

/// Takes evidence back that nobody has accepted.
pub async fn take_back(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, id: EvidenceId) -> Result<ActionId, AppError> {
    let known = proof(&mut *tx, id).await?;
    own(tx, permit, known.action_id).await?;
    let rows = sql("UPDATE action_evidence SET state = 'removed' WHERE id = $1 AND state IN ('offered', 'refused')")
        .bind(id)
        .run(tx)
        .await?;
    if rows == 0 {
        return Err(AppError::refused("improvement-evidence-kept"));
    }
    note(tx, app, now, permit.by(), known.action_id, "evidence_removed", &known.title).await?;
    Ok(known.action_id)
}

/// Accepts or refuses evidence, with a reason; nobody judges what they handed in themselves. The firm's contact who handed it
/// in is told of a refusal.
pub async fn judge(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &JudgePermit,
    id: EvidenceId,
    verdict: ProofState,
    reason: &str,
) -> Result<ActionId, AppError> {
    locked(tx, permit.pilot()).await?;
    let known = proof(&mut *tx, id).await?;
    let about = action(&mut *tx, known.action_id).await?;
    if about.pilot_id != permit.pilot() || known.state == ProofState::Removed {
        return Err(AppError::NotFound);
    }
    if known.added_by == Some(permit.by()) {
        return Err(AppError::refused("improvement-evidence-own"));
    }
    sql("UPDATE action_evidence SET state = $2, decided_at = $3, decided_by = $4, reason = $5 WHERE id = $1")
        .bind(id)
        .bind(verdict.as_str())
        .bind(now)
        .bind(permit.by())
        .bind(reason)
        .run(tx)
        .await?;
    let (what, line) = if verdict == ProofState::Accepted {
        ("evidence_accepted", known.title.clone())
    } else {
        ("evidence_refused", format!("{}: {reason}", known.title))
    };
    note(tx, app, now, permit.by(), about.id, what, &line).await?;
    if let Some(person) = known.added_by.filter(|_| verdict == ProofState::Refused) {
        let text = Problem::new("improvement-notice-refused")
            .with("title", &known.title)
            .with("action", &about.title)
            .with("reason", reason);
        let link = format!("/firm/{}/actions/{}", about.pilot_id, about.id);
        notices::tell(tx, app, now, person, &text, &link).await?;
    }
    Ok(about.id)
}
