//! Beginning an assessment, and handing it in.

use chrono::{DateTime, Utc};

use super::answers::answers;
use super::{people, with_the_firm};
use crate::audit;
use crate::benchmarking::assessment::rules::Snapshot;
use crate::benchmarking::policy::EditPermit;
use crate::benchmarking::rules::{Answers, Framework, PilotState, score};
use crate::benchmarking::store;
use crate::db::{On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{AssessmentId, PersonId};
use crate::state::App;

/// Begins the firm's assessment in the open round of its cohort; when it is begun already, that one is answered.
///
/// # Errors
/// Refused for a firm that is not one of the cohort, and while no round is open.
pub async fn start(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit) -> Result<AssessmentId, AppError> {
    let pilot = store::locked(tx, permit.pilot()).await?;
    if pilot.state() != PilotState::Chosen {
        return Err(AppError::refused("assessment-not-chosen"));
    }
    let round = store::open_round(&mut *tx, pilot.cohort_id).await?;
    let round = round.ok_or_else(|| AppError::refused("assessment-no-round"))?;
    if let Some(begun) = store::assessment_in(&mut *tx, pilot.id, round.id).await? {
        return Ok(begun.id);
    }
    let id = AssessmentId::new(&app.chance, now);
    sql("INSERT INTO assessments (id, pilot_id, round_id, state, started_at) VALUES ($1, $2, $3, 'draft', $4)")
        .bind(id)
        .bind(pilot.id)
        .bind(round.id)
        .bind(now)
        .run(tx)
        .await?;
    store::record(tx, app, now, Some(permit.by()), pilot.id, "assessment_started", "").await?;
    Ok(id)
}

/// One time that the assessment was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// From 1 upwards.
    pub number: i64,
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    pub answers: Snapshot,
    pub returned_at: Option<DateTime<Utc>>,
    pub returned_by: Option<String>,
    /// Why it was given back.
    pub return_reason: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    at: DateTime<Utc>,
    by_name: Option<String>,
    answers: String,
    returned_at: Option<DateTime<Utc>>,
    returned_by: Option<String>,
    return_reason: Option<String>,
}

/// Every time that an assessment was handed in, the first first.
pub async fn submissions(on: impl Into<On<'_>>, assessment: AssessmentId) -> Result<Vec<Submission>, AppError> {
    let rows: Vec<Row> = sql(
        "SELECT s.number, s.at, q.name AS by_name, s.answers, s.returned_at, d.name AS returned_by, s.return_reason
         FROM submissions s LEFT JOIN people q ON q.id = s.by_person LEFT JOIN people d ON d.id = s.returned_by
         WHERE s.assessment_id = $1 ORDER BY s.number",
    )
    .bind(assessment)
    .all(on)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Submission {
                number: row.number,
                at: row.at,
                by_name: row.by_name,
                answers: serde_json::from_str(&row.answers).map_err(|error| AppError::internal(&error))?,
                returned_at: row.returned_at,
                returned_by: row.returned_by,
                return_reason: row.return_reason,
            })
        })
        .collect()
}

/// Hands the assessment in: what it says at this moment is kept apart.
///
/// # Errors
/// Refused while the assessment is not with the firm, and while answers are missing; a wish for N/A that nobody has
/// approved is one.
pub async fn submit(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &EditPermit,
    assessment: AssessmentId,
    framework: &Framework,
) -> Result<(), AppError> {
    with_the_firm(tx, permit.pilot(), assessment).await?;
    let stored = answers(&mut *tx, assessment).await?;
    let counted: Answers = stored.iter().map(|(indicator, stored)| (indicator.clone(), stored.answer())).collect();
    let missing = score(framework, &counted).missing;
    if !missing.is_empty() {
        let problem = Problem::new("assessment-submit-missing")
            .with("n", missing.len())
            .with("which", missing.join("、"));
        return Err(problem.into());
    }
    let snapshot: Snapshot = stored.into_iter().map(|(indicator, stored)| (indicator, stored.said)).collect();
    let number = keep(tx, now, permit.by(), assessment, &snapshot).await?;
    sql("UPDATE assessments SET state = 'submitted', submitted_at = $2, submitted_by = $3 WHERE id = $1")
        .bind(assessment)
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    let number = number.to_string();
    store::record_of(tx, app, now, Some(permit.by()), permit.pilot(), "assessment_submitted", "", &number).await?;
    let pilot = store::pilot(&mut *tx, permit.pilot()).await?;
    let entry = audit::Entry {
        by: Some(permit.by()),
        what: "assessment.submitted",
        subject_kind: "assessment",
        subject_id: assessment.to_string(),
        region: Some(&pilot.region),
        detail: number,
    };
    audit::note(tx, &app.chance, now, entry).await?;
    let text = Problem::new("assessment-notice-submitted").with("firm", &pilot.firm_name);
    people::tell_county(tx, app, now, &pilot, &text).await
}

async fn keep(tx: &mut Tx, now: DateTime<Utc>, by: PersonId, assessment: AssessmentId, snapshot: &Snapshot) -> Result<i64, AppError> {
    let number = sql("SELECT COALESCE(MAX(s.number), 0) + 1 FROM submissions s WHERE s.assessment_id = $1")
        .bind(assessment)
        .count(&mut *tx)
        .await?;
    let content = serde_json::to_string(snapshot).map_err(|error| AppError::internal(&error))?;
    sql("INSERT INTO submissions (assessment_id, number, at, by_person, answers) VALUES ($1, $2, $3, $4, $5)")
        .bind(assessment)
        .bind(number)
        .bind(now)
        .bind(by)
        .bind(content)
        .run(tx)
        .await?;
    Ok(number)
}
