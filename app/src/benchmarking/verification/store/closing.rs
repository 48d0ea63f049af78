//! The end of a verification, and its taking back by the city.

use chrono::{DateTime, Utc};

use super::sheet::sheet;
use super::under_verification;
use crate::audit;
use crate::benchmarking::policy::{DecidePermit, VerifyPermit};
use crate::benchmarking::rules::Framework;
use crate::benchmarking::store::{self, AssessmentState, Pilot};
use crate::benchmarking::verification::rules::obstacles;
use crate::clock::day_of;
use crate::db::{Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{AssessmentId, PersonId, RoundId};
use crate::notices;
use crate::state::App;

/// Closes a verification: the assessment is verified, and everybody with a standing sees the verdicts.
///
/// # Errors
/// A refusal that counts and names the indicators where something is in the way ([`obstacles`]); [`AppError::NotFound`] for
/// another firm's assessment.
pub async fn close(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &VerifyPermit,
    assessment: AssessmentId,
    framework: &Framework,
) -> Result<(), AppError> {
    let pilot = store::pilot(&mut *tx, permit.pilot()).await?;
    let found = under_verification(tx, permit.pilot(), assessment).await?;
    lock_round(tx, found.round_id).await?;
    let sheet = sheet(&mut *tx, assessment, day_of(now)).await?;
    let blocked: Vec<&str> = framework
        .indicators()
        .filter(|(_, indicator)| !obstacles(&sheet.subject(&indicator.id)).is_empty())
        .map(|(_, indicator)| indicator.id.as_str())
        .collect();
    if !blocked.is_empty() {
        let problem = Problem::new("verification-blocked")
            .with("n", blocked.len())
            .with("list", blocked.join(" "));
        return Err(problem.into());
    }
    sql("UPDATE assessments SET state = 'verified', verified_at = $2, verified_by = $3, version = version + 1 WHERE id = $1")
        .bind(assessment)
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    store::record_of(tx, app, now, Some(permit.by()), pilot.id, "verified", "", &found.number.to_string()).await?;
    let text = Problem::new("verification-notice-closed").with("firm", &pilot.firm_name);
    tell(tx, app, now, &pilot, permit.by(), &text).await
}

/// Takes the closing of a verification back, so that the verifier may correct it.
///
/// # Errors
/// A refusal once the round is closed (what it froze is never recomputed) or while the verification is open;
/// [`AppError::NotFound`] for another firm's assessment.
pub async fn reopen(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &DecidePermit, assessment: AssessmentId, why: &str) -> Result<(), AppError> {
    let pilot = store::locked(tx, permit.pilot()).await?;
    let found = store::assessment(&mut *tx, assessment).await?;
    if found.pilot_id != pilot.id {
        return Err(AppError::NotFound);
    }
    lock_round(tx, found.round_id).await?;
    if found.state() != AssessmentState::Verified {
        return Err(AppError::refused("verification-not-closed"));
    }
    sql("UPDATE assessments SET state = 'submitted', verified_at = NULL, verified_by = NULL, version = version + 1 WHERE id = $1")
        .bind(assessment)
        .run(tx)
        .await?;
    store::record_of(
        tx,
        app,
        now,
        Some(permit.by()),
        pilot.id,
        "verification_reopened",
        why,
        &found.number.to_string(),
    )
    .await?;
    let entry = audit::Entry {
        by: Some(permit.by()),
        what: "verification.reopened",
        subject_kind: "pilot",
        subject_id: pilot.id.to_string(),
        region: Some(&pilot.region),
        detail: why.to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await?;
    let text = Problem::new("verification-notice-reopened")
        .with("firm", &pilot.firm_name)
        .with("why", why);
    tell(tx, app, now, &pilot, permit.by(), &text).await
}

/// Holds a round open until the end of the transaction: who closes it waits, and then freezes what stands here.
async fn lock_round(tx: &mut Tx, id: RoundId) -> Result<(), AppError> {
    sql("UPDATE rounds SET version = version + 1 WHERE id = $1").bind(id).run(tx).await?;
    if store::round(tx, id).await?.is_open() {
        Ok(())
    } else {
        Err(AppError::refused("verification-round-closed"))
    }
}

/// Tells the firm's contacts, the county's coordinators and the assigned verifiers, but not the one who acts.
async fn tell(tx: &mut Tx, app: &App, now: DateTime<Utc>, pilot: &Pilot, by: PersonId, text: &Problem) -> Result<(), AppError> {
    let people: Vec<(PersonId,)> = sql(
        "SELECT g.person_id FROM grants g WHERE (g.role = 'firm' AND g.firm_id = $1) OR (g.role = 'county' AND g.region = $2)
         UNION SELECT v.person_id FROM verifier_assignments v WHERE v.pilot_id = $3",
    )
    .bind(pilot.firm_id)
    .bind(&pilot.region)
    .bind(pilot.id)
    .all(&mut *tx)
    .await?;
    let link = format!("/firm/{}/verification", pilot.id);
    for (person,) in people.into_iter().filter(|(person,)| *person != by) {
        notices::tell(tx, app, now, person, text, &link).await?;
    }
    Ok(())
}
