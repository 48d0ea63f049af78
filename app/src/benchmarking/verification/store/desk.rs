//! What lies with one verifier.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::benchmarking::rules::{Framework, PilotState, Stage};
use crate::benchmarking::verification::policy::OwnDesk;
use crate::db::{Db, sql};
use crate::error::AppError;
use crate::ids::{AssessmentId, FrameworkId, PilotId, Region};

/// A firm that is assigned to a verifier, with its latest assessment.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Assigned {
    pub pilot: PilotId,
    pub firm_name: String,
    pub region: Region,
    state: String,
    stage: Option<String>,
    pub assessment: Option<AssessmentId>,
    assessment_state: Option<String>,
    pub submitted_at: Option<DateTime<Utc>>,
    pub verified_at: Option<DateTime<Utc>>,
    pub round_number: Option<i64>,
    pub round_name: Option<String>,
    round_state: Option<String>,
    framework_id: Option<FrameworkId>,
    /// Verdicts given.
    pub done: i64,
    /// Pieces of evidence that nobody has decided on.
    pub undecided: i64,
    /// How many indicators the round's framework has.
    #[sqlx(skip)]
    pub indicators: i64,
}

/// Whose turn it is in an assigned firm's verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// Handed in: it waits for the verifier.
    Waiting,
    /// With the firm: not handed in, or returned to it.
    WithTheFirm,
    /// Closed.
    Closed,
    /// Its round ended without a verification, or the firm has left the cohort.
    Over,
}

impl Assigned {
    pub fn stage(&self) -> Option<Stage> {
        self.stage.as_deref().and_then(Stage::parse)
    }

    pub fn turn(&self) -> Turn {
        let is_in = PilotState::parse(&self.state).is_some_and(PilotState::holds_a_place);
        let is_round_open = self.round_state.as_deref().is_none_or(|state| state == "open");
        match self.assessment_state.as_deref() {
            Some("verified") => Turn::Closed,
            _ if !is_in || !is_round_open => Turn::Over,
            Some("submitted") => Turn::Waiting,
            _ => Turn::WithTheFirm,
        }
    }

    /// Indicators without a verdict.
    pub fn left(&self) -> i64 {
        (self.indicators - self.done).max(0)
    }
}

/// Every firm assigned to a verifier: what waits first and the longest on top.
pub async fn assigned(db: &Db, desk: OwnDesk) -> Result<Vec<Assigned>, AppError> {
    let mut rows: Vec<Assigned> = sql(
        "SELECT p.id AS pilot, f.name AS firm_name, p.region, p.state, p.stage, s.id AS assessment, s.state AS assessment_state, s.submitted_at,
             s.verified_at, r.number AS round_number, r.name AS round_name, r.state AS round_state, r.framework_id,
             (SELECT COUNT(*) FROM verdicts v WHERE v.assessment_id = s.id) AS done,
             (SELECT COUNT(*) FROM evidence e WHERE e.assessment_id = s.id AND e.state = 'offered') AS undecided
         FROM verifier_assignments w JOIN pilots p ON p.id = w.pilot_id JOIN firms f ON f.id = p.firm_id
             LEFT JOIN rounds r ON r.cohort_id = p.cohort_id AND r.number =
                 (SELECT MAX(l.number) FROM assessments t JOIN rounds l ON l.id = t.round_id WHERE t.pilot_id = p.id)
             LEFT JOIN assessments s ON s.pilot_id = p.id AND s.round_id = r.id
         WHERE w.person_id = $1 ORDER BY p.id",
    )
    .bind(desk.verifier())
    .all(db)
    .await?;
    let sizes = sizes(db, &rows).await?;
    for row in &mut rows {
        row.indicators = row.framework_id.and_then(|id| sizes.get(&id).copied()).unwrap_or(0);
    }
    rows.sort_by(|a, b| {
        let by = |row: &Assigned| (row.turn(), row.submitted_at);
        by(a).cmp(&by(b)).then_with(|| a.firm_name.cmp(&b.firm_name))
    });
    Ok(rows)
}

/// How many indicators each of the rows' frameworks has.
async fn sizes(db: &Db, rows: &[Assigned]) -> Result<BTreeMap<FrameworkId, i64>, AppError> {
    let ids: std::collections::BTreeSet<FrameworkId> = rows.iter().filter_map(|row| row.framework_id).collect();
    let stored: Vec<(FrameworkId, String)> = sql("SELECT id, content FROM frameworks WHERE id").push_in(ids).all(db).await?;
    stored
        .into_iter()
        .map(|(id, content)| {
            let framework: Framework = serde_json::from_str(&content).map_err(|error| AppError::internal(&error))?;
            Ok((id, i64::try_from(framework.indicators().count()).unwrap_or(i64::MAX)))
        })
        .collect()
}
