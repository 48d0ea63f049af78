//! What the firm's own page tells of the programme: where the firm stands in each cohort, and its last frozen score.

use super::within;
use crate::benchmarking::policy::PilotScope;
use crate::benchmarking::rules::{PilotState, Stage, exact};
use crate::db::{Db, sql};
use crate::error::AppError;
use crate::ids::{FirmId, PilotId};

/// A firm in one cohort, in a line.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FirmPilot {
    pub id: PilotId,
    /// The name of the cohort.
    pub cohort: String,
    state: String,
    stage: Option<String>,
    /// The verified total as it was frozen when the last round closed, exact; none before.
    total: Option<String>,
    /// The grade of that moment, 1 to 5.
    pub grade: Option<i64>,
}

impl FirmPilot {
    /// The state; what the database does not allow is a nomination.
    pub fn state(&self) -> PilotState {
        PilotState::parse(&self.state).unwrap_or(PilotState::Nominated)
    }

    pub fn stage(&self) -> Option<Stage> {
        self.stage.as_deref().and_then(Stage::parse)
    }

    /// The frozen total as it is shown.
    pub fn score(&self) -> Option<String> {
        self.total.as_deref().and_then(exact::read).map(exact::shown)
    }
}

/// The cohorts that a firm is or was in, latest first, as far as the scope covers them.
pub async fn of_firm(db: &Db, scope: &PilotScope, firm: FirmId) -> Result<Vec<FirmPilot>, AppError> {
    let query = sql(
        "SELECT p.id, c.name AS cohort, p.state, p.stage, z.total, z.grade FROM pilots p JOIN cohorts c ON c.id = p.cohort_id
         LEFT JOIN frozen_scores z ON z.pilot_id = p.id AND z.round_id = (SELECT r.id FROM frozen_scores y JOIN rounds r ON r.id = y.round_id
             WHERE y.pilot_id = p.id ORDER BY r.number DESC LIMIT 1)
         WHERE p.firm_id = $1 AND ",
    )
    .bind(firm);
    Ok(within(query, scope)
        .push(" ORDER BY p.nominated_at DESC, p.id DESC LIMIT 50")
        .all(db)
        .await?)
}
