//! What the firm's home shows beside its gate: the next action, what came back, and the firms of one contact.

use chrono::{DateTime, NaiveDate, Utc};

use crate::benchmarking::policy::PilotScope;
use crate::benchmarking::rules::{PilotState, Stage};
use crate::db::{Db, sql};
use crate::error::AppError;
use crate::ids::{ActionId, PilotId};

/// A firm of a contact in a cohort.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OwnPilot {
    pub id: PilotId,
    pub firm: String,
    pub cohort: String,
    state: String,
    stage: Option<String>,
    pub nominated_at: DateTime<Utc>,
}

impl OwnPilot {
    pub fn state(&self) -> PilotState {
        PilotState::parse(&self.state).unwrap_or(PilotState::Nominated)
    }

    pub fn stage(&self) -> Option<Stage> {
        self.stage.as_deref().and_then(Stage::parse)
    }
}

/// The firms that somebody is the contact of, in every cohort, the latest first.
pub async fn own_pilots(db: &Db, scope: &PilotScope) -> Result<Vec<OwnPilot>, AppError> {
    let query = sql("SELECT p.id, f.name AS firm, c.name AS cohort, p.state, p.stage, p.nominated_at
         FROM pilots p JOIN firms f ON f.id = p.firm_id JOIN cohorts c ON c.id = p.cohort_id WHERE p.firm_id");
    Ok(query
        .push_in(scope.firms().iter().copied())
        .push(" ORDER BY p.nominated_at DESC, p.id DESC LIMIT 100")
        .all(db)
        .await?)
}

/// An action that is neither done nor cancelled.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DueAction {
    pub id: ActionId,
    pub title: String,
    pub owner: String,
    pub due_on: NaiveDate,
    pub progress: i64,
}

/// The action that is due next, late ones first, and how many are late.
pub async fn next_action(db: &Db, pilot: PilotId, today: NaiveDate) -> Result<Option<(DueAction, i64)>, AppError> {
    let next: Option<DueAction> = sql("SELECT a.id, a.title, a.owner, a.due_on, a.progress FROM actions a
         WHERE a.pilot_id = $1 AND a.state IN ('planned', 'doing') ORDER BY a.due_on, a.priority, a.id LIMIT 1")
    .bind(pilot)
    .opt(db)
    .await?;
    let Some(next) = next else { return Ok(None) };
    let late = sql("SELECT COUNT(*) FROM actions a WHERE a.pilot_id = $1 AND a.state IN ('planned', 'doing') AND a.due_on < $2")
        .bind(pilot)
        .bind(today)
        .count(db)
        .await?;
    Ok(Some((next, late)))
}

/// What was given back to a firm and waits for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CameBack {
    /// The reason of the latest return of an assessment that still lies with the firm.
    pub assessment: Option<String>,
    /// Refused evidence of that assessment.
    pub evidence: i64,
    /// Answers “not applicable” that were refused in that assessment.
    pub not_applicable: i64,
    /// Done actions whose evidence was refused and has none that was accepted.
    pub actions: i64,
}

/// Everything that lies returned with a firm, gates apart.
pub async fn came_back(db: &Db, pilot: PilotId) -> Result<CameBack, AppError> {
    let assessment: Option<(Option<String>,)> = sql("SELECT s.return_reason FROM assessments a JOIN submissions s ON s.assessment_id = a.id
         WHERE a.pilot_id = $1 AND a.state = 'returned' AND s.returned_at IS NOT NULL ORDER BY a.started_at DESC, s.number DESC LIMIT 1")
    .bind(pilot)
    .opt(db)
    .await?;
    let (evidence, not_applicable, actions) = sql("SELECT
           (SELECT COUNT(*) FROM evidence e JOIN assessments a ON a.id = e.assessment_id
              WHERE a.pilot_id = $1 AND a.state IN ('draft', 'returned') AND e.state = 'refused'),
           (SELECT COUNT(*) FROM answers n JOIN assessments a ON a.id = n.assessment_id
              WHERE a.pilot_id = $1 AND a.state IN ('draft', 'returned') AND n.na AND n.na_state = 'refused'),
           (SELECT COUNT(*) FROM actions t WHERE t.pilot_id = $1 AND t.state <> 'cancelled'
              AND EXISTS (SELECT 1 FROM action_evidence v WHERE v.action_id = t.id AND v.state = 'refused')
              AND NOT EXISTS (SELECT 1 FROM action_evidence v WHERE v.action_id = t.id AND v.state IN ('offered', 'accepted')))")
    .bind(pilot)
    .one(db)
    .await?;
    Ok(CameBack {
        assessment: assessment.map(|(reason,)| reason.unwrap_or_default()),
        evidence,
        not_applicable,
        actions,
    })
}
