//! Screening, choosing, undoing a choice, withdrawal and substitution: what gives and takes a cohort's places.

use chrono::{DateTime, Utc};

use super::cohorts::{self, Cohort};
use super::telling::{Whom, tell};
use crate::audit;
use crate::benchmarking::policy::{CheckPermit, ProgrammePermit};
use crate::benchmarking::rules::PilotState;
use crate::benchmarking::selection::rules::{Step, places_left};
use crate::benchmarking::store::{PILOT, Pilot, pilot, record};
use crate::db::{Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{CohortId, PersonId, PilotId};
use crate::state::App;

/// What the city decides about nominations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// They pass the screening.
    Pass,
    /// They are not taken.
    Decline { why: String },
    /// They become pilots.
    Choose,
}

impl Decision {
    fn step(&self) -> Step {
        match self {
            Self::Pass => Step::Pass,
            Self::Decline { .. } => Step::Decline,
            Self::Choose => Step::Choose,
        }
    }

    fn why(&self) -> &str {
        match self {
            Self::Decline { why } => why,
            Self::Pass | Self::Choose => "",
        }
    }
}

/// What a decision did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    pub done: usize,
    /// Rows that were past this step already and stay as they are.
    pub left: usize,
}

/// Firms of a cohort, locked in the order of their ids. An id of another cohort is none.
pub(super) async fn locked_pilots(tx: &mut Tx, cohort: CohortId, ids: &[PilotId]) -> Result<Vec<Pilot>, AppError> {
    sql("UPDATE pilots SET version = version + 1 WHERE cohort_id = $1 AND id")
        .bind(cohort)
        .push_in(ids.iter().copied())
        .run(tx)
        .await?;
    let query = sql(PILOT).push("WHERE p.cohort_id = $1 AND p.id").bind(cohort);
    let found: Vec<Pilot> = query.push_in(ids.iter().copied()).push(" ORDER BY p.id").all(tx).await?;
    if found.len() == ids.len() { Ok(found) } else { Err(AppError::NotFound) }
}

/// Locks every firm of a cohort, once the cohort itself is locked.
pub(super) async fn lock_all(tx: &mut Tx, cohort: CohortId) -> Result<(), AppError> {
    sql("UPDATE pilots SET version = version + 1 WHERE cohort_id = $1")
        .bind(cohort)
        .run(tx)
        .await?;
    Ok(())
}

/// How many firms hold a place of a cohort.
async fn holding(tx: &mut Tx, cohort: CohortId) -> Result<i64, AppError> {
    let query = sql("SELECT COUNT(*) FROM pilots WHERE cohort_id = $1 AND state IN ('chosen', 'completed')");
    Ok(query.bind(cohort).count(tx).await?)
}

/// Passes, declines or chooses nominations of one cohort; `ids` name each once. Either every firm that is ticked for a
/// place gets one, or none does.
///
/// # Errors
/// `selection-full` when there are fewer free places than firms to choose.
pub async fn decide(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    cohort: CohortId,
    decision: &Decision,
    ids: &[PilotId],
) -> Result<Report, AppError> {
    let cohort = cohorts::locked(tx, cohort).await?;
    let found = locked_pilots(tx, cohort.id, ids).await?;
    let step = decision.step();
    let (fit, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(|pilot| step.is_open_to(pilot.state()));
    let report = Report {
        done: fit.len(),
        left: rest.len(),
    };
    if fit.is_empty() {
        return Ok(report);
    }
    if *decision == Decision::Choose {
        demand_places(tx, &cohort, fit.len()).await?;
    }
    write_decision(tx, now, decision, &fit).await?;
    for pilot in &fit {
        record(tx, app, now, Some(permit.by()), pilot.id, event(decision), decision.why()).await?;
        trail(tx, app, now, permit.by(), audit_word(decision), pilot, decision.why()).await?;
    }
    tell_decision(tx, app, now, permit.by(), &cohort, decision, &fit).await?;
    Ok(report)
}

async fn demand_places(tx: &mut Tx, cohort: &Cohort, wanted: usize) -> Result<(), AppError> {
    let left = places_left(cohort.size, holding(tx, cohort.id).await?);
    if i64::try_from(wanted).unwrap_or(i64::MAX) <= left {
        return Ok(());
    }
    let problem = Problem::new("selection-full")
        .with("size", cohort.size)
        .with("left", left)
        .with("wanted", wanted);
    Err(AppError::Refused(problem))
}

async fn write_decision(tx: &mut Tx, now: DateTime<Utc>, decision: &Decision, fit: &[Pilot]) -> Result<(), AppError> {
    let query = match decision {
        Decision::Pass => sql("UPDATE pilots SET state = 'screened' WHERE id"),
        Decision::Decline { .. } => sql("UPDATE pilots SET state = 'declined', ended_at = $1 WHERE id").bind(now),
        Decision::Choose => {
            sql("UPDATE pilots SET state = 'chosen', stage = 'seek', gate = 'open', gate_since = NULL, chosen_at = $1 WHERE id").bind(now)
        }
    };
    query.push_in(fit.iter().map(|pilot| pilot.id)).run(tx).await?;
    Ok(())
}

fn event(decision: &Decision) -> &'static str {
    match decision {
        Decision::Pass => "screened",
        Decision::Decline { .. } => "declined",
        Decision::Choose => "chosen",
    }
}

fn audit_word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Pass => "pilot.screened",
        Decision::Decline { .. } => "pilot.declined",
        Decision::Choose => "pilot.chosen",
    }
}

async fn tell_decision(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    cohort: &Cohort,
    decision: &Decision,
    fit: &[Pilot],
) -> Result<(), AppError> {
    let (whom, key) = match decision {
        Decision::Pass => return Ok(()),
        Decision::Decline { .. } => (Whom::County, "selection-notice-declined"),
        Decision::Choose => (Whom::CountyAndFirm, "selection-notice-chosen"),
    };
    let text = |pilot: &Pilot| about(key, pilot, cohort, decision.why());
    tell(tx, app, now, by, whom, fit, text).await
}

fn about(key: &str, pilot: &Pilot, cohort: &Cohort, why: &str) -> Problem {
    Problem::new(key)
        .with("firm", &pilot.firm_name)
        .with("cohort", &cohort.name)
        .with("why", why)
}

/// One line of the trail about a firm's place.
async fn trail(tx: &mut Tx, app: &App, now: DateTime<Utc>, by: PersonId, what: &'static str, pilot: &Pilot, why: &str) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(by),
        what,
        subject_kind: "pilot",
        subject_id: pilot.id.to_string(),
        region: Some(&pilot.region),
        detail: format!("{} {why}", pilot.firm_name).trim_end().to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// One firm with its cohort, both locked.
async fn locked_one(tx: &mut Tx, id: PilotId) -> Result<(Cohort, Pilot), AppError> {
    let cohort = pilot(&mut *tx, id).await?.cohort_id;
    let cohort = cohorts::locked(tx, cohort).await?;
    let found = locked_pilots(tx, cohort.id, &[id]).await?.pop();
    Ok((cohort, found.ok_or(AppError::NotFound)?))
}

fn demand(step: Step, pilot: &Pilot) -> Result<(), AppError> {
    if step.is_open_to(pilot.state()) {
        Ok(())
    } else {
        Err(AppError::refused("selection-step-over"))
    }
}

/// Takes a choice back, while the firm has begun nothing and nobody is assigned to it; it is screened again.
pub async fn undo(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProgrammePermit, id: PilotId) -> Result<(), AppError> {
    let (cohort, found) = locked_one(tx, id).await?;
    demand(Step::Undo, &found)?;
    if has_begun(tx, id).await? {
        return Err(AppError::refused("selection-begun"));
    }
    sql("UPDATE pilots SET state = 'screened', stage = NULL, gate = 'open', gate_since = NULL, chosen_at = NULL, substitute_of = NULL WHERE id = $1")
        .bind(id)
        .run(tx)
        .await?;
    record(tx, app, now, Some(permit.by()), id, "choice_undone", "").await?;
    trail(tx, app, now, permit.by(), "pilot.choice-undone", &found, "").await?;
    let text = |pilot: &Pilot| about("selection-notice-undone", pilot, &cohort, "");
    tell(tx, app, now, permit.by(), Whom::CountyAndFirm, &[found], text).await
}

/// Whether anything of the firm's way through the programme is there.
async fn has_begun(tx: &mut Tx, id: PilotId) -> Result<bool, AppError> {
    let rows = sql(
        "SELECT (SELECT COUNT(*) FROM assessments WHERE pilot_id = $1) + (SELECT COUNT(*) FROM pilot_benchmarks WHERE pilot_id = $1)
             + (SELECT COUNT(*) FROM gate_decisions WHERE pilot_id = $1) + (SELECT COUNT(*) FROM actions WHERE pilot_id = $1)
             + (SELECT COUNT(*) FROM verifier_assignments WHERE pilot_id = $1)",
    )
    .bind(id)
    .count(tx)
    .await?;
    Ok(rows > 0)
}

/// Takes a nomination back, or takes a pilot firm out of the programme; its place, if it had one, is free.
pub async fn withdraw(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &CheckPermit, why: &str) -> Result<(), AppError> {
    let (cohort, found) = locked_one(tx, permit.pilot()).await?;
    demand(Step::Withdraw, &found)?;
    leave(tx, now, found.id, Step::Withdraw.leads_to()).await?;
    record(tx, app, now, Some(permit.by()), found.id, "withdrawn", why).await?;
    trail(tx, app, now, permit.by(), "pilot.withdrawn", &found, why).await?;
    let whom = if found.state() == PilotState::Chosen {
        Whom::CountyAndFirm
    } else {
        Whom::County
    };
    let text = |pilot: &Pilot| about("selection-notice-withdrawn", pilot, &cohort, why);
    tell(tx, app, now, permit.by(), whom, &[found], text).await
}

/// The stage stays as it was: it says how far the firm came.
async fn leave(tx: &mut Tx, now: DateTime<Utc>, id: PilotId, to: PilotState) -> Result<(), AppError> {
    sql("UPDATE pilots SET state = $2, gate = 'open', gate_since = NULL, condition_stage = NULL, condition_due_on = NULL, ended_at = $3 WHERE id = $1")
        .bind(id)
        .bind(to.as_str())
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// Puts another firm of the cohort in the place of a pilot firm: one leaves, one comes in, the places stay as they were.
pub async fn substitute(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    leaving: PilotId,
    coming: PilotId,
    why: &str,
) -> Result<(), AppError> {
    if leaving == coming {
        return Err(AppError::field("coming", "selection-substitute-itself"));
    }
    let cohort = pilot(&mut *tx, leaving).await?.cohort_id;
    let cohort = cohorts::locked(tx, cohort).await?;
    let both = locked_pilots(tx, cohort.id, &[leaving, coming]).await?;
    let of = |id| both.iter().find(|pilot| pilot.id == id).cloned().ok_or(AppError::NotFound);
    let (gone, new) = (of(leaving)?, of(coming)?);
    demand(Step::Leave, &gone)?;
    demand(Step::StepIn, &new)?;
    leave(tx, now, leaving, Step::Leave.leads_to()).await?;
    sql("UPDATE pilots SET state = 'chosen', stage = 'seek', gate = 'open', gate_since = NULL, chosen_at = $2, substitute_of = $3 WHERE id = $1")
        .bind(coming)
        .bind(now)
        .bind(leaving)
        .run(tx)
        .await?;
    record(
        tx,
        app,
        now,
        Some(permit.by()),
        leaving,
        "substituted",
        &format!("{} ← {}：{why}", gone.firm_name, new.firm_name),
    )
    .await?;
    record(
        tx,
        app,
        now,
        Some(permit.by()),
        coming,
        "stepped_in",
        &format!("{} → {}：{why}", gone.firm_name, new.firm_name),
    )
    .await?;
    trail(
        tx,
        app,
        now,
        permit.by(),
        "pilot.substituted",
        &gone,
        &format!("← {}: {why}", new.firm_name),
    )
    .await?;
    let text = |pilot: &Pilot| about("selection-notice-substituted", pilot, &cohort, why).with("by", &new.firm_name);
    tell(tx, app, now, permit.by(), Whom::CountyAndFirm, &[gone], text).await?;
    let text = |pilot: &Pilot| about("selection-notice-chosen", pilot, &cohort, "");
    tell(tx, app, now, permit.by(), Whom::CountyAndFirm, std::slice::from_ref(&new), text).await
}
