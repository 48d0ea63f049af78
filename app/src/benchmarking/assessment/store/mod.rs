//! Rows of self-assessments. What may be changed when is decided here, in the transaction of the change: `with_the_firm`
//! for the firm's own, `handed_in` for those who check.

mod answers;
mod evidence;
mod people;
mod review;
mod submitting;

use chrono::{DateTime, Utc};
use serde::Serialize;

pub use answers::{NewAnswer, Saved, Stored, answers, history, save};
pub use evidence::{Evidence, NewEvidence, Proven, add_evidence, evidence_of, one_evidence, remove_evidence};
pub use review::{Comment, Judged, Judgement, NaDecision, comment, comments, decide_na, give_back, judge};
pub use submitting::{Submission, start, submissions, submit};

use crate::benchmarking::store::{self, Assessment, AssessmentState};
use crate::db::{Tx, sql};
use crate::error::AppError;
use crate::ids::{AssessmentId, EventId, PersonId, PilotId};
use crate::state::App;

/// Locks an assessment of this pilot for a change on both engines, and reads it.
///
/// # Errors
/// 404 for another pilot's.
async fn locked(tx: &mut Tx, pilot: PilotId, id: AssessmentId) -> Result<Assessment, AppError> {
    let found = sql("UPDATE assessments SET version = version + 1 WHERE id = $1 AND pilot_id = $2")
        .bind(id)
        .bind(pilot)
        .run(tx)
        .await?;
    if found == 0 {
        return Err(AppError::NotFound);
    }
    store::assessment(tx, id).await
}

/// Refuses where the round is closed: what was measured in it stays.
async fn in_open_round(tx: &mut Tx, assessment: &Assessment) -> Result<(), AppError> {
    if store::round(tx, assessment.round_id).await?.is_open() {
        Ok(())
    } else {
        Err(AppError::refused("assessment-round-closed"))
    }
}

/// An assessment that the firm may change now.
async fn with_the_firm(tx: &mut Tx, pilot: PilotId, id: AssessmentId) -> Result<Assessment, AppError> {
    let assessment = locked(tx, pilot, id).await?;
    if !assessment.state().is_with_the_firm() {
        return Err(AppError::refused("assessment-not-with-firm"));
    }
    in_open_round(tx, &assessment).await?;
    Ok(assessment)
}

/// An assessment that lies with those who check.
async fn handed_in(tx: &mut Tx, pilot: PilotId, id: AssessmentId) -> Result<Assessment, AppError> {
    let assessment = locked(tx, pilot, id).await?;
    if assessment.state() != AssessmentState::Submitted {
        return Err(AppError::refused("assessment-not-handed-in"));
    }
    in_open_round(tx, &assessment).await?;
    Ok(assessment)
}

/// What a line of an answer's history is about.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Detail<'a> {
    Said(&'a super::rules::Said),
    About { about: &'a str },
}

/// Appends a line to an answer's history.
async fn note(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    place: (AssessmentId, &str),
    what: &'static str,
    detail: Detail<'_>,
) -> Result<(), AppError> {
    let detail = serde_json::to_string(&detail).map_err(|error| AppError::internal(&error))?;
    let (assessment, indicator) = place;
    sql("INSERT INTO answer_events (id, assessment_id, indicator, at, by_person, what, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(EventId::new(&app.chance, now))
        .bind(assessment)
        .bind(indicator)
        .bind(now)
        .bind(by)
        .bind(what)
        .bind(detail)
        .run(tx)
        .await?;
    Ok(())
}
