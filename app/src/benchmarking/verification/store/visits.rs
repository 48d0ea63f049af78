//! Records of site visits (现场核查): what was seen at the firm, by whom, of which indicators.

use chrono::{DateTime, NaiveDate, Utc};

use super::under_verification;
use crate::benchmarking::policy::VerifyPermit;
use crate::db::{Tx, sql};
use crate::error::AppError;
use crate::ids::{AssessmentId, EventId, VisitId};
use crate::state::App;

/// A site visit as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVisit {
    pub visited_on: NaiveDate,
    pub people: String,
    pub findings: String,
    /// Indicators looked at, in the order of the framework.
    pub indicators: Vec<String>,
}

/// Adds a record.
///
/// # Errors
/// [`AppError::NotFound`] for another firm's assessment; a refusal while it is not being verified.
pub async fn add(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &VerifyPermit,
    assessment: AssessmentId,
    visit: &NewVisit,
) -> Result<VisitId, AppError> {
    under_verification(tx, permit.pilot(), assessment).await?;
    let id = VisitId::new(&app.chance, now);
    sql("INSERT INTO site_visits (id, assessment_id, visited_on, people, findings, indicators, at, by_person) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(id)
        .bind(assessment)
        .bind(visit.visited_on)
        .bind(&visit.people)
        .bind(&visit.findings)
        .bind(visit.indicators.join(" "))
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    Ok(id)
}

/// Corrects a record; what it said before stays in its history with the reason.
///
/// # Errors
/// [`AppError::NotFound`] for another assessment's record; a refusal while the assessment is not being verified, or when
/// the record was changed since the form was made.
#[allow(clippy::too_many_arguments)] // a correction is a record with its reason and what it was made from
pub async fn correct(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &VerifyPermit,
    assessment: AssessmentId,
    id: VisitId,
    edition: i64,
    visit: &NewVisit,
    why: &str,
) -> Result<(), AppError> {
    under_verification(tx, permit.pilot(), assessment).await?;
    let stored: Option<(i64,)> = sql("SELECT edition FROM site_visits WHERE id = $1 AND assessment_id = $2")
        .bind(id)
        .bind(assessment)
        .opt(&mut *tx)
        .await?;
    let (stored,) = stored.ok_or(AppError::NotFound)?;
    if stored != edition {
        return Err(AppError::refused("verification-visit-edited"));
    }
    sql(
        "INSERT INTO site_visit_events (id, visit_id, at, by_person, why, visited_on, people, findings, indicators)
         SELECT $1, s.id, $3, $4, $5, s.visited_on, s.people, s.findings, s.indicators FROM site_visits s WHERE s.id = $2",
    )
    .bind(EventId::new(&app.chance, now))
    .bind(id)
    .bind(now)
    .bind(permit.by())
    .bind(why)
    .run(tx)
    .await?;
    sql("UPDATE site_visits SET visited_on = $2, people = $3, findings = $4, indicators = $5, edition = edition + 1 WHERE id = $1")
        .bind(id)
        .bind(visit.visited_on)
        .bind(&visit.people)
        .bind(&visit.findings)
        .bind(visit.indicators.join(" "))
        .run(tx)
        .await?;
    Ok(())
}
