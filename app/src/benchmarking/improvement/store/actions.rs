//! Actions (改善行动) of a firm and what happened to each.

use chrono::{DateTime, NaiveDate, Utc};

use super::{causes, conflict, one_changed, opened};
use crate::benchmarking::improvement::rules::{ActionState, MOST_ACTIONS, Priority, days_late};
use crate::benchmarking::policy::EditPermit;
use crate::benchmarking::store::record;
use crate::db::{On, Tx, sql};
use crate::error::{AppError, FieldProblem, Problem};
use crate::ids::{ActionId, EventId, PersonId, PilotId};
use crate::state::App;

/// An action that closes a gap.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Action {
    pub id: ActionId,
    pub pilot_id: PilotId,
    pub indicator: String,
    pub title: String,
    /// Who in the firm answers for it, by name.
    pub owner: String,
    pub due_on: NaiveDate,
    priority: i64,
    pub deliverable: String,
    pub resources: String,
    #[sqlx(try_from = "String")]
    pub state: ActionState,
    /// The share done, in percent.
    pub progress: i64,
    pub cancel_reason: String,
    /// The firm's own rule (制度) that the result was written into; empty until it is.
    pub rule: String,
    pub done_on: Option<NaiveDate>,
    pub edition: i64,
    /// Pieces of evidence that wait for a decision, and that were accepted.
    pub offered: i64,
    pub accepted: i64,
}

impl Action {
    pub fn priority(&self) -> Priority {
        Priority::new(self.priority).unwrap_or(Priority::ALL[2])
    }

    /// How many days it is late on `today`; none when it is not.
    pub fn days_late(&self, today: NaiveDate) -> Option<i64> {
        days_late(self.state, self.due_on, today)
    }
}

/// Columns of an [`Action`], to be followed by `WHERE`.
const ACTION: &str = "SELECT a.id, a.pilot_id, a.indicator, a.title, a.owner, a.due_on, a.priority, a.deliverable, a.resources, a.state, a.progress,
        a.cancel_reason, a.rule, a.done_on, a.edition,
        (SELECT COUNT(*) FROM action_evidence e WHERE e.action_id = a.id AND e.state = 'offered') AS offered,
        (SELECT COUNT(*) FROM action_evidence e WHERE e.action_id = a.id AND e.state = 'accepted') AS accepted
    FROM actions a ";

/// What a firm commits to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAction {
    pub indicator: String,
    pub title: String,
    pub owner: String,
    pub due_on: NaiveDate,
    pub priority: Priority,
    pub deliverable: String,
    pub resources: String,
}

/// What narrows a firm's board.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActionFilter {
    pub owner: Option<String>,
    pub priority: Option<Priority>,
    pub indicator: Option<String>,
    /// Due from this day on.
    pub from: Option<NaiveDate>,
    /// Due before this day.
    pub before: Option<NaiveDate>,
    /// Only open ones.
    pub open: bool,
}

impl ActionFilter {
    /// Only what is late on `today`.
    #[must_use]
    pub fn late(mut self, today: NaiveDate) -> Self {
        self.open = true;
        self.before = Some(self.before.map_or(today, |before| before.min(today)));
        self
    }
}

/// One action, without asking who wants to know.
pub async fn action(on: impl Into<On<'_>>, id: ActionId) -> Result<Action, AppError> {
    let found = sql(ACTION).push("WHERE a.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// A firm's actions by their day. There are [`MOST_ACTIONS`] of them at most.
pub async fn actions_of(on: impl Into<On<'_>>, pilot: PilotId, filter: &ActionFilter) -> Result<Vec<Action>, AppError> {
    let mut query = sql(ACTION).push("WHERE a.pilot_id = $1").bind(pilot);
    if let Some(owner) = &filter.owner {
        query = query.push(" AND a.owner = ").push_bind(owner);
    }
    if let Some(priority) = filter.priority {
        query = query.push(" AND a.priority = ").push_bind(priority.get());
    }
    if let Some(indicator) = &filter.indicator {
        query = query.push(" AND a.indicator = ").push_bind(indicator);
    }
    if let Some(from) = filter.from {
        query = query.push(" AND a.due_on >= ").push_bind(from);
    }
    if let Some(before) = filter.before {
        query = query.push(" AND a.due_on < ").push_bind(before);
    }
    if filter.open {
        query = query.push(" AND a.state IN ('planned', 'doing')");
    }
    Ok(query.push(" ORDER BY a.due_on, a.priority, a.id").all(on).await?)
}

/// The names that answer for a firm's actions.
pub async fn owners_of(on: impl Into<On<'_>>, pilot: PilotId) -> Result<Vec<String>, AppError> {
    let rows: Vec<(String,)> = sql("SELECT DISTINCT owner FROM actions WHERE pilot_id = $1 ORDER BY owner")
        .bind(pilot)
        .all(on)
        .await?;
    Ok(rows.into_iter().map(|(owner,)| owner).collect())
}

/// One line of what happened to an action.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ActionEvent {
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    /// A word of the program: made, edited, progress, rule, a state, or what became of evidence.
    pub what: String,
    pub note: String,
    pub progress: i64,
}

/// What happened to an action, latest first.
pub async fn events(on: impl Into<On<'_>>, action: ActionId) -> Result<Vec<ActionEvent>, AppError> {
    Ok(sql(
        "SELECT e.at, q.name AS by_name, e.what, e.note, e.progress FROM action_events e LEFT JOIN people q ON q.id = e.by_person
         WHERE e.action_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT 200",
    )
    .bind(action)
    .all(on)
    .await?)
}

/// Appends a line to an action's history.
pub(super) async fn note(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    action: ActionId,
    what: &'static str,
    note: &str,
) -> Result<(), AppError> {
    sql("INSERT INTO action_events (id, action_id, at, by_person, what, note, progress)
         SELECT $1, a.id, $3, $4, $5, $6, a.progress FROM actions a WHERE a.id = $2")
    .bind(EventId::new(&app.chance, now))
    .bind(action)
    .bind(now)
    .bind(by)
    .bind(what)
    .bind(note)
    .run(tx)
    .await?;
    Ok(())
}

/// An action of the permit's firm, with the firm locked; another firm's does not exist.
pub(super) async fn own(tx: &mut Tx, permit: &EditPermit, id: ActionId) -> Result<Action, AppError> {
    let pilot = opened(tx, permit).await?;
    let found = action(tx, id).await?;
    if found.pilot_id == pilot.id {
        Ok(found)
    } else {
        Err(AppError::NotFound)
    }
}

/// Commits the firm to an action towards one of its targets.
pub async fn add(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, new: &NewAction) -> Result<ActionId, AppError> {
    let pilot = opened(tx, permit).await?;
    if !causes::targets_of(&mut *tx, pilot.id).await?.contains_key(&new.indicator) {
        return Err(AppError::field("indicator", "improvement-action-no-target"));
    }
    let count = sql("SELECT COUNT(*) FROM actions WHERE pilot_id = $1")
        .bind(pilot.id)
        .count(&mut *tx)
        .await?;
    if count >= MOST_ACTIONS {
        return Err(Problem::new("improvement-actions-many").with("max", MOST_ACTIONS).into());
    }
    let id = ActionId::new(&app.chance, now);
    sql(
        "INSERT INTO actions (id, pilot_id, indicator, title, owner, due_on, priority, deliverable, resources, state, progress, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'planned', 0, $10, $11)",
    )
    .bind(id)
    .bind(pilot.id)
    .bind(&new.indicator)
    .bind(&new.title)
    .bind(&new.owner)
    .bind(new.due_on)
    .bind(new.priority.get())
    .bind(&new.deliverable)
    .bind(&new.resources)
    .bind(now)
    .bind(permit.by())
    .run(tx)
    .await?;
    note(tx, app, now, permit.by(), id, "made", &new.due_on.to_string()).await?;
    record(
        tx,
        app,
        now,
        Some(permit.by()),
        pilot.id,
        "action",
        &format!("{} {}", new.indicator, new.title),
    )
    .await?;
    Ok(id)
}

/// Changes what an open action is; its indicator stays.
pub async fn edit(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &EditPermit,
    id: ActionId,
    edition: i64,
    new: &NewAction,
) -> Result<(), AppError> {
    let before = own(tx, permit, id).await?;
    if !before.state.is_open() {
        return Err(AppError::refused("improvement-action-over"));
    }
    if before.edition != edition {
        return Err(conflict());
    }
    let rows = sql(
        "UPDATE actions SET title = $2, owner = $3, due_on = $4, priority = $5, deliverable = $6, resources = $7, edition = edition + 1
         WHERE id = $1",
    )
    .bind(id)
    .bind(&new.title)
    .bind(&new.owner)
    .bind(new.due_on)
    .bind(new.priority.get())
    .bind(&new.deliverable)
    .bind(&new.resources)
    .run(tx)
    .await?;
    one_changed(rows)?;
    note(tx, app, now, permit.by(), id, "edited", &difference(&before, new)).await
}

/// What an edit changed of what others rely on: the day and the priority, before and after.
fn difference(before: &Action, new: &NewAction) -> String {
    let mut parts = Vec::new();
    if before.due_on != new.due_on {
        parts.push(format!("{} → {}", before.due_on, new.due_on));
    }
    if before.priority() != new.priority {
        parts.push(format!("{} → {}", before.priority(), new.priority));
    }
    if before.owner != new.owner {
        parts.push(format!("{} → {}", before.owner, new.owner));
    }
    if before.title != new.title {
        parts.push(format!("{} → {}", before.title, new.title));
    }
    parts.join("; ")
}

/// A step to another state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStep {
    pub state: ActionState,
    /// Why; asked for where something is given up or an end is taken back.
    pub reason: String,
    /// The day on which it was done, for a step to done.
    pub done_on: NaiveDate,
}

/// Moves an action to another state.
///
/// # Errors
/// A refusal for a step that there is not, and beside its field for a reason that is missing.
pub async fn move_to(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, id: ActionId, step: &NewStep) -> Result<(), AppError> {
    let (next, reason) = (step.state, step.reason.as_str());
    let before = own(tx, permit, id).await?;
    if before.state == next {
        return Ok(());
    }
    if !before.state.may_become(next) {
        return Err(AppError::refused("improvement-action-no-step"));
    }
    if before.state.needs_reason(next) && reason.is_empty() {
        return Err(AppError::field("reason", "improvement-reason-missing"));
    }
    let is_done = next == ActionState::Done;
    let cancel = if next == ActionState::Cancelled { reason } else { "" };
    let progress = if is_done { 100 } else { before.progress };
    sql("UPDATE actions SET state = $2, cancel_reason = $3, done_on = $4, progress = $5, edition = edition + 1 WHERE id = $1")
        .bind(id)
        .bind(next.as_str())
        .bind(cancel)
        .bind(is_done.then_some(step.done_on))
        .bind(progress)
        .run(tx)
        .await?;
    note(tx, app, now, permit.by(), id, next.as_str(), reason).await?;
    if next == ActionState::Cancelled {
        let why = format!("{} {}: {reason}", before.indicator, before.title);
        record(tx, app, now, Some(permit.by()), before.pilot_id, "action_cancelled", &why).await?;
    }
    Ok(())
}

/// Says how far an open action is; a planned one has begun with that.
pub async fn progress(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &EditPermit,
    id: ActionId,
    percent: i64,
    text: &str,
) -> Result<(), AppError> {
    let before = own(tx, permit, id).await?;
    if !before.state.is_open() {
        return Err(AppError::refused("improvement-action-over"));
    }
    if !(0..=100).contains(&percent) {
        return Err(AppError::Invalid(vec![FieldProblem::new("progress", "improvement-progress-wrong")]));
    }
    let state = if percent > 0 { ActionState::Doing } else { before.state };
    sql("UPDATE actions SET progress = $2, state = $3, edition = edition + 1 WHERE id = $1")
        .bind(id)
        .bind(percent)
        .bind(state.as_str())
        .run(tx)
        .await?;
    note(tx, app, now, permit.by(), id, "progress", text).await
}

/// Names the firm's rule (制度) that the result of a done action was written into; empty takes it back.
pub async fn write_rule(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, id: ActionId, rule: &str) -> Result<(), AppError> {
    let before = own(tx, permit, id).await?;
    if before.state != ActionState::Done {
        return Err(AppError::refused("improvement-rule-not-done"));
    }
    sql("UPDATE actions SET rule = $2, edition = edition + 1 WHERE id = $1")
        .bind(id)
        .bind(rule)
        .run(tx)
        .await?;
    note(tx, app, now, permit.by(), id, "rule", rule).await
}
