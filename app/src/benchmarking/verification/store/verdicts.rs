//! Verdicts. The evidence that they stand on is judged in `assessment`.

use chrono::{DateTime, Utc};

use super::sheet::{Sheet, sheet};
use super::under_verification;
use crate::benchmarking::policy::VerifyPermit;
use crate::benchmarking::rules::Framework;
use crate::benchmarking::verification::rules::{Fault, Finding, check};
use crate::clock::day_of;
use crate::db::{Tx, sql};
use crate::error::AppError;
use crate::ids::{AssessmentId, EventId, PersonId};
use crate::state::App;

/// A verdict on one indicator as it was typed; without a finding it is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub indicator: String,
    /// What the form was made from ([`Sheet::edition`]).
    pub edition: i64,
    pub finding: Option<Finding>,
    pub reason: String,
}

/// Why one verdict was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Unfounded(Fault),
    /// Somebody has changed it since the form was made.
    Edited,
}

/// What came of a form: how many verdicts were kept, and which were not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    pub kept: usize,
    pub refused: Vec<(String, Refusal)>,
}

/// Keeps those verdicts that may stand. The pilot is locked, so that what a verdict stands on cannot change meanwhile.
///
/// # Errors
/// [`AppError::NotFound`] for another firm's assessment or an indicator outside the framework; a refusal while the
/// assessment is not being verified.
pub async fn give(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &VerifyPermit,
    assessment: AssessmentId,
    framework: &Framework,
    given: &[Given],
) -> Result<Outcome, AppError> {
    under_verification(tx, permit.pilot(), assessment).await?;
    let sheet = sheet(&mut *tx, assessment, day_of(now)).await?;
    let mut outcome = Outcome::default();
    for verdict in given {
        framework.indicator(&verdict.indicator).ok_or(AppError::NotFound)?;
        match decide(&sheet, verdict) {
            Decision::Nothing => {}
            Decision::Refuse(refusal) => outcome.refused.push((verdict.indicator.clone(), refusal)),
            Decision::Write => {
                write(tx, app, now, permit.by(), assessment, &sheet, verdict).await?;
                outcome.kept += 1;
            }
        }
    }
    Ok(outcome)
}

enum Decision {
    Nothing,
    Write,
    Refuse(Refusal),
}

fn decide(sheet: &Sheet, given: &Given) -> Decision {
    let stored = sheet.verdicts.get(&given.indicator);
    let is_same = match stored {
        None => given.finding.is_none(),
        Some(stored) => stored.finding() == given.finding && stored.reason == given.reason,
    };
    // Sent again after an answer was changed, the same verdict is a confirmation.
    let is_confirmation = is_same && sheet.subject(&given.indicator).is_stale;
    if is_same && !is_confirmation {
        return Decision::Nothing;
    }
    if given.edition != sheet.edition(&given.indicator) {
        return Decision::Refuse(Refusal::Edited);
    }
    match given.finding.map(|finding| check(finding, sheet.ground(&given.indicator))) {
        Some(Err(fault)) => Decision::Refuse(Refusal::Unfounded(fault)),
        _ => Decision::Write,
    }
}

async fn write(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    assessment: AssessmentId,
    sheet: &Sheet,
    given: &Given,
) -> Result<(), AppError> {
    let level = given.finding.and_then(Finding::level).map(|level| i64::from(level.get()));
    let na = given.finding == Some(Finding::NotApplicable);
    let change = match (given.finding, sheet.verdicts.contains_key(&given.indicator)) {
        (None, _) => sql("DELETE FROM verdicts WHERE assessment_id = $1 AND indicator = $2")
            .bind(assessment)
            .bind(&given.indicator),
        (Some(_), true) => sql(
            "UPDATE verdicts SET level = $3, na = $4, reason = $5, at = $6, by_person = $7, edition = $8 WHERE assessment_id = $1 AND indicator = $2",
        )
        .bind(assessment)
        .bind(&given.indicator)
        .bind(level)
        .bind(na)
        .bind(&given.reason)
        .bind(now)
        .bind(by)
        .bind(given.edition + 1),
        (Some(_), false) => {
            sql("INSERT INTO verdicts (assessment_id, indicator, level, na, reason, at, by_person, edition) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
                .bind(assessment)
                .bind(&given.indicator)
                .bind(level)
                .bind(na)
                .bind(&given.reason)
                .bind(now)
                .bind(by)
                .bind(given.edition + 1)
        }
    };
    change.run(tx).await?;
    sql("INSERT INTO verdict_events (id, assessment_id, indicator, at, by_person, level, na, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(EventId::new(&app.chance, now))
        .bind(assessment)
        .bind(&given.indicator)
        .bind(now)
        .bind(by)
        .bind(level)
        .bind(na)
        .bind(&given.reason)
        .run(tx)
        .await?;
    Ok(())
}
