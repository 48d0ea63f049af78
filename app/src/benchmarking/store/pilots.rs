//! Rows of pilot firms, shared by the rooms of this slice.

use chrono::{DateTime, NaiveDate, Utc};

use crate::accounts::Actor;
use crate::accounts::policy::Reach;
use crate::benchmarking::policy::{self, PilotScope, Standing};
use crate::benchmarking::rules::{AtGate, PilotState, Stage};
use crate::db::{Db, On, Query, Tx, sql};
use crate::error::AppError;
use crate::ids::{CohortId, EventId, FirmId, PersonId, PilotId, Region};
use crate::state::App;

/// A firm in a cohort.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Pilot {
    pub id: PilotId,
    pub cohort_id: CohortId,
    pub firm_id: FirmId,
    pub firm_name: String,
    pub region: Region,
    /// One of the five categories, as a word (see `firms::rules::Category`).
    pub category: String,
    pub reasons: String,
    state: String,
    stage: Option<String>,
    gate: String,
    /// Since when its application lies with the county or the city.
    pub gate_since: Option<DateTime<Utc>>,
    condition_stage: Option<String>,
    /// The day on which a gate passed on conditions comes back.
    pub condition_due_on: Option<NaiveDate>,
    pub nominated_at: DateTime<Utc>,
    pub chosen_at: Option<DateTime<Utc>>,
    pub version: i64,
}

impl Pilot {
    /// The state; what the database does not allow is a nomination.
    pub fn state(&self) -> PilotState {
        PilotState::parse(&self.state).unwrap_or(PilotState::Nominated)
    }

    /// Where a chosen firm stands; none before it is chosen.
    pub fn stage(&self) -> Option<Stage> {
        self.stage.as_deref().and_then(Stage::parse)
    }

    pub fn gate(&self) -> AtGate {
        AtGate::parse(&self.gate).unwrap_or(AtGate::Open)
    }

    /// The gate that was passed on conditions which are not met yet.
    pub fn condition_stage(&self) -> Option<Stage> {
        self.condition_stage.as_deref().and_then(Stage::parse)
    }
}

/// Columns of a [`Pilot`], to be followed by `WHERE`; `p` are the pilots and `f` their firms.
pub const PILOT: &str =
    "SELECT p.id, p.cohort_id, p.firm_id, f.name AS firm_name, p.region, p.category, p.reasons, p.state, p.stage, p.gate, p.gate_since,
        p.condition_stage, p.condition_due_on, p.nominated_at, p.chosen_at, p.version
    FROM pilots p JOIN firms f ON f.id = p.firm_id ";

/// One pilot, without asking who wants to know.
pub async fn pilot(on: impl Into<On<'_>>, id: PilotId) -> Result<Pilot, AppError> {
    let found = sql(PILOT).push("WHERE p.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// A pilot as an actor may know it: with what they are to it. Anybody else's does not exist.
///
/// # Errors
/// [`AppError::NotFound`] for a pilot outside every scope of the actor, whether it is there or not.
pub async fn seen(db: &Db, actor: &Actor, id: PilotId) -> Result<(Pilot, Standing), AppError> {
    let pilot = pilot(db, id).await?;
    let assigned = sql("SELECT COUNT(*) FROM verifier_assignments WHERE pilot_id = $1 AND person_id = $2")
        .bind(id)
        .bind(actor.person)
        .count(db)
        .await?;
    let standing = policy::standing(actor, &pilot, assigned > 0).ok_or(AppError::NotFound)?;
    Ok((pilot, standing))
}

/// Locks a pilot for a change on both engines, and reads it.
pub async fn locked(tx: &mut Tx, id: PilotId) -> Result<Pilot, AppError> {
    sql("UPDATE pilots SET version = version + 1 WHERE id = $1").bind(id).run(tx).await?;
    pilot(tx, id).await
}

/// Narrows a query over `pilots p` to what a scope covers.
pub fn within(query: Query, scope: &PilotScope) -> Query {
    let query = query.push("(");
    let query = match scope.reach() {
        Reach::City => query.push("TRUE"),
        Reach::Counties(own) => query.push("p.region").push_in(own.clone()),
    };
    let query = query.push(" OR p.firm_id").push_in(scope.firms().iter().copied());
    let query = match scope.verifier() {
        Some(person) => query
            .push(" OR EXISTS (SELECT 1 FROM verifier_assignments v WHERE v.pilot_id = p.id AND v.person_id = ")
            .push_bind(person)
            .push(")"),
        None => query,
    };
    query.push(")")
}

/// One line of what happened to a pilot.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PilotEvent {
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    /// A word of the program: nominated, screened, chosen, …
    pub what: String,
    pub why: String,
    pub detail: String,
}

/// What happened to a pilot, latest first.
pub async fn history(on: impl Into<On<'_>>, pilot: PilotId) -> Result<Vec<PilotEvent>, AppError> {
    Ok(sql(
        "SELECT e.at, q.name AS by_name, e.what, e.why, e.detail FROM pilot_events e LEFT JOIN people q ON q.id = e.by_person
         WHERE e.pilot_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT 200",
    )
    .bind(pilot)
    .all(on)
    .await?)
}

/// Appends a line to a pilot's history, in the transaction of the change.
pub async fn record(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: Option<PersonId>,
    pilot: PilotId,
    what: &'static str,
    why: &str,
) -> Result<(), AppError> {
    record_of(tx, app, now, by, pilot, what, why, "").await
}

/// The same with a detail: what it was about, as a word of the program such as the stage of a gate.
#[allow(clippy::too_many_arguments)] // one line of the history
pub async fn record_of(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: Option<PersonId>,
    pilot: PilotId,
    what: &'static str,
    why: &str,
    detail: &str,
) -> Result<(), AppError> {
    sql("INSERT INTO pilot_events (id, pilot_id, at, by_person, what, why, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(EventId::new(&app.chance, now))
        .bind(pilot)
        .bind(now)
        .bind(by)
        .bind(what)
        .bind(why)
        .bind(detail)
        .run(tx)
        .await?;
    Ok(())
}
