//! Rows of the gates: steps with the figures of their moment, append-only, and what lies where.

use chrono::{DateTime, NaiveDate, Utc};

use super::figures::plain;
use super::rules::{Act, Fault, Figures, Place, Step, Verdict, Wish, is_over, step};
use super::telling::tell;
use super::{facts, policy::FirstCheckPermit};
use crate::accounts::policy::Reach;
use crate::audit;
use crate::benchmarking::policy::{DecidePermit, EditPermit};
use crate::benchmarking::rules::{AtGate, PilotState, Stage};
use crate::benchmarking::store::{self, Pilot};
use crate::clock::day_of;
use crate::db::{Db, On, Query, Tx, sql};
use crate::error::{AppError, FieldProblem, Problem};
use crate::ids::{EventId, PersonId, PilotId, Region};
use crate::paging::{Paged, Step as Leaf};
use crate::state::App;

/// How many rows a page of the desk shows.
const PAGE: i64 = 30;
/// So many conditions at one tick; the others at the next.
const AT_ONCE: i64 = 20;

/// A line of the record.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Decision {
    pub id: EventId,
    stage: String,
    step: String,
    verdict: String,
    pub why: String,
    pub due_on: Option<NaiveDate>,
    figures: String,
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
}

impl Decision {
    /// The stage whose gate it was; the database allows no other words.
    pub fn stage(&self) -> Stage {
        Stage::parse(&self.stage).unwrap_or(Stage::Seek)
    }

    pub fn step(&self) -> Step {
        self.step.parse().unwrap_or(Step::Applied)
    }

    pub fn verdict(&self) -> Verdict {
        self.verdict.parse().unwrap_or(Verdict::Applied)
    }

    /// The conditions as they were at that moment.
    pub fn figures(&self) -> Figures {
        serde_json::from_str(&self.figures).unwrap_or_default()
    }
}

const DECISION: &str = "SELECT d.id, d.stage, d.step, d.verdict, d.why, d.due_on, d.figures, d.at, q.name AS by_name
    FROM gate_decisions d LEFT JOIN people q ON q.id = d.by_person ";

/// The record of a firm's gates, latest first.
pub async fn decisions(on: impl Into<On<'_>>, pilot: PilotId) -> Result<Vec<Decision>, AppError> {
    Ok(sql(DECISION)
        .push("WHERE d.pilot_id = $1 ORDER BY d.at DESC, d.id DESC LIMIT 200")
        .bind(pilot)
        .all(on)
        .await?)
}

/// The decision that left the conditions of a gate open: the latest of its kind.
pub async fn conditional(on: impl Into<On<'_>>, pilot: PilotId, stage: Stage) -> Result<Option<Decision>, AppError> {
    Ok(sql(DECISION)
        .push("WHERE d.pilot_id = $1 AND d.stage = $2 AND d.verdict = 'conditional' ORDER BY d.at DESC, d.id DESC LIMIT 1")
        .bind(pilot)
        .bind(stage.as_str())
        .opt(on)
        .await?)
}

/// What is open from a gate that was passed on conditions: as it is now, and the day by which it must hold.
pub struct Open {
    pub stage: Stage,
    pub due_on: NaiveDate,
    pub figures: Figures,
}

/// What is open for a firm, looked at as of a day.
pub async fn open_condition(on: impl Into<On<'_>>, pilot: &Pilot, day: NaiveDate) -> Result<Option<Open>, AppError> {
    let mut on = on.into();
    let (Some(stage), Some(due_on)) = (pilot.condition_stage(), pilot.condition_due_on) else {
        return Ok(None);
    };
    let then = conditional(on.again(), pilot.id, stage)
        .await?
        .map(|decision| decision.figures())
        .unwrap_or_default();
    let figures = facts::figures(on, pilot, stage, day).await?.left_open_by(&then);
    Ok(Some(Open { stage, due_on, figures }))
}

/// The firm applies for its stage's gate.
pub async fn apply(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, wish: &Wish) -> Result<(), AppError> {
    take(tx, app, now, permit.by(), permit.pilot(), wish).await
}

/// The county forwards an application, or gives it back.
pub async fn check(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &FirstCheckPermit, wish: &Wish) -> Result<(), AppError> {
    take(tx, app, now, permit.by(), permit.pilot(), wish).await
}

/// The city decides.
pub async fn decide(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &DecidePermit, wish: &Wish) -> Result<(), AppError> {
    take(tx, app, now, permit.by(), permit.pilot(), wish).await
}

/// One step at a gate: the firm is locked, its conditions are looked at now, and the rules say whether it may be.
async fn take(tx: &mut Tx, app: &App, now: DateTime<Utc>, by: PersonId, pilot: PilotId, wish: &Wish) -> Result<(), AppError> {
    let pilot = store::locked(tx, pilot).await?;
    let today = day_of(now);
    let figures = facts::figures(&mut *tx, &pilot, wish.stage, today).await?;
    let unmet = figures.failing();
    let next = step(place_of(&pilot), wish.stage, wish.act, unmet).map_err(|fault| refusal(fault, &figures))?;
    // Locking has counted one up.
    if pilot.version != wish.version + 1 {
        return Err(AppError::refused("gates-stale"));
    }
    let due_on = wish.due_on.filter(|_| wish.act == Act::PassOnConditions);
    move_to(tx, now, &pilot, &next, due_on).await?;
    let line = Line {
        by: Some(by),
        stage: wish.stage,
        act: wish.act,
        why: &wish.why,
        due_on,
        figures: &figures,
    };
    append(tx, app, now, &pilot, &line).await
}

/// Records that what was left open holds now, before its date.
pub async fn settle(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, version: i64) -> Result<(), AppError> {
    let pilot = store::locked(tx, permit.pilot()).await?;
    let open = open_condition(&mut *tx, &pilot, day_of(now)).await?;
    let open = open.ok_or_else(|| AppError::refused("gates-nothing-open"))?;
    if is_over(day_of(now), open.due_on) {
        return Err(AppError::refused("gates-date-over"));
    }
    let next = step(place_of(&pilot), open.stage, Act::Settle, open.figures.failing()).map_err(|fault| refusal(fault, &open.figures))?;
    if pilot.version != version + 1 {
        return Err(AppError::refused("gates-stale"));
    }
    close(tx, app, now, &pilot, &next, &open, Some(permit.by()), Act::Settle).await
}

/// Firms whose conditions' date is over, a few at a time.
pub async fn overdue(db: &Db, today: NaiveDate) -> Result<Vec<PilotId>, AppError> {
    let rows: Vec<(PilotId,)> =
        sql("SELECT p.id FROM pilots p WHERE p.state = 'chosen' AND p.condition_due_on < $1 ORDER BY p.condition_due_on, p.id LIMIT $2")
            .bind(today)
            .bind(AT_ONCE)
            .all(db)
            .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Ends an open condition whose date is over: met, or back to the gate's stage. Answers whether there was anything to do;
/// a second run, or another process that came first, leaves nothing.
pub async fn come_due(tx: &mut Tx, app: &App, now: DateTime<Utc>, pilot: PilotId) -> Result<bool, AppError> {
    let pilot = store::locked(tx, pilot).await?;
    let over = pilot.condition_due_on.filter(|due| is_over(day_of(now), *due));
    let Some(due_on) = over.filter(|_| pilot.state() == PilotState::Chosen) else {
        return Ok(false);
    };
    // As of the day itself, however late this runs.
    let Some(open) = open_condition(&mut *tx, &pilot, due_on).await? else {
        return Ok(false);
    };
    let unmet = open.figures.failing();
    let act = if unmet == 0 { Act::Settle } else { Act::ComeBack };
    let next = step(place_of(&pilot), open.stage, act, unmet).map_err(|fault| refusal(fault, &open.figures))?;
    close(tx, app, now, &pilot, &next, &open, None, act).await?;
    Ok(true)
}

#[allow(clippy::too_many_arguments)] // one line of the record
async fn close(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    pilot: &Pilot,
    next: &Place,
    open: &Open,
    by: Option<PersonId>,
    act: Act,
) -> Result<(), AppError> {
    move_to(tx, now, pilot, next, None).await?;
    let line = Line {
        by,
        stage: open.stage,
        act,
        why: "",
        due_on: Some(open.due_on),
        figures: &open.figures,
    };
    append(tx, app, now, pilot, &line).await
}

fn place_of(pilot: &Pilot) -> Place {
    Place {
        state: pilot.state(),
        stage: pilot.stage(),
        gate: pilot.gate(),
        condition: pilot.condition_stage(),
    }
}

/// What stops a step, in words: each condition that fails with its figures.
fn refusal(fault: Fault, figures: &Figures) -> AppError {
    let key = match fault {
        Fault::Unmet(_) => {
            let faults = figures.unmet().map(|condition| {
                let kind = condition.kind.as_str();
                FieldProblem::new(&format!("condition-{kind}"), &format!("gates-unmet-{kind}"))
                    .with("have", plain(&condition.have, condition.kind.is_ceiling()))
                    .with("need", plain(&condition.need, false))
            });
            return AppError::Invalid(faults.collect());
        }
        Fault::NotRunning => "gates-not-running",
        Fault::OtherStage => "gates-moved",
        Fault::NotHere(AtGate::Open) => "gates-already-applied",
        Fault::NotHere(AtGate::County) => "gates-not-with-county",
        Fault::NotHere(AtGate::City) => "gates-not-with-city",
        Fault::ConditionOpen => "gates-condition-open",
        Fault::NothingOpen => "gates-nothing-fails",
    };
    Problem::new(key).into()
}

async fn move_to(tx: &mut Tx, now: DateTime<Utc>, pilot: &Pilot, next: &Place, due_on: Option<NaiveDate>) -> Result<(), AppError> {
    let since = (next.gate != AtGate::Open).then_some(now);
    let ended = (next.state != PilotState::Chosen).then_some(now);
    sql(
        "UPDATE pilots SET state = $2, stage = $3, gate = $4, gate_since = $5, condition_stage = $6, condition_due_on = $7, ended_at = $8
         WHERE id = $1",
    )
    .bind(pilot.id)
    .bind(next.state.as_str())
    .bind(next.stage.map(Stage::as_str))
    .bind(next.gate.as_str())
    .bind(since)
    .bind(next.condition.map(Stage::as_str))
    .bind(due_on.filter(|_| next.condition.is_some()))
    .bind(ended)
    .run(tx)
    .await?;
    Ok(())
}

/// A step to be written down.
struct Line<'a> {
    by: Option<PersonId>,
    stage: Stage,
    act: Act,
    why: &'a str,
    due_on: Option<NaiveDate>,
    figures: &'a Figures,
}

/// Writes a step everywhere that it is looked up later: the record, the firm's history, the city's trail, and the inboxes.
async fn append(tx: &mut Tx, app: &App, now: DateTime<Utc>, pilot: &Pilot, line: &Line<'_>) -> Result<(), AppError> {
    let (whose, verdict) = line.act.recorded();
    let figures = serde_json::to_string(line.figures).map_err(|error| AppError::internal(&error))?;
    sql(
        "INSERT INTO gate_decisions (id, pilot_id, stage, step, verdict, why, due_on, figures, at, by_person)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(EventId::new(&app.chance, now))
    .bind(pilot.id)
    .bind(line.stage.as_str())
    .bind(whose.as_str())
    .bind(verdict.as_str())
    .bind(line.why)
    .bind(line.due_on)
    .bind(figures)
    .bind(now)
    .bind(line.by)
    .run(tx)
    .await?;
    let what = happening(verdict);
    store::record_of(tx, app, now, line.by, pilot.id, what, line.why, line.stage.as_str()).await?;
    let entry = audit::Entry {
        by: line.by,
        what: act(verdict),
        subject_kind: "pilot",
        subject_id: pilot.id.to_string(),
        region: Some(&pilot.region),
        detail: format!("{} {}", line.stage.as_str(), line.why).trim_end().to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await?;
    tell(tx, app, now, pilot, line.by, line.act, line.stage, line.due_on).await
}

/// The word of the firm's history; [`act`] is that of the trail.
pub fn happening(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Applied => "gate_applied",
        Verdict::Forwarded => "gate_forwarded",
        Verdict::Returned => "gate_returned",
        Verdict::Passed => "gate_passed",
        Verdict::Conditional => "gate_conditional",
        Verdict::Met => "gate_met",
        Verdict::CameBack => "gate_came_back",
        Verdict::Terminated => "gate_terminated",
    }
}

/// The trail's word for it.
fn act(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Applied => "gate.applied",
        Verdict::Forwarded => "gate.forwarded",
        Verdict::Returned => "gate.returned",
        Verdict::Passed => "gate.passed",
        Verdict::Conditional => "gate.conditional",
        Verdict::Met => "gate.met",
        Verdict::CameBack => "gate.came_back",
        Verdict::Terminated => "gate.terminated",
    }
}

/// An application that waits, or a condition that is open.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Waiting {
    pub pilot: PilotId,
    pub firm: String,
    pub region: Region,
    pub category: String,
    stage: Option<String>,
    condition_stage: Option<String>,
    pub since: Option<DateTime<Utc>>,
    pub due_on: Option<NaiveDate>,
    figures: Option<String>,
}

impl Waiting {
    /// The stage whose gate it is about.
    pub fn stage(&self) -> Option<Stage> {
        let word = self.condition_stage.as_deref().or(self.stage.as_deref());
        word.and_then(Stage::parse)
    }

    /// The figures of the last step at the gate.
    pub fn figures(&self) -> Figures {
        self.figures
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }
}

/// The lists of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    County,
    City,
    Conditions,
}

impl List {
    pub const ALL: [Self; 3] = [Self::County, Self::City, Self::Conditions];

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::County => "county",
            Self::City => "city",
            Self::Conditions => "conditions",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.as_str() == word)
    }
}

const WAITING: &str = "SELECT p.id AS pilot, f.name AS firm, p.region, p.category, p.stage, p.condition_stage, p.gate_since AS since,
        p.condition_due_on AS due_on,
        (SELECT d.figures FROM gate_decisions d WHERE d.pilot_id = p.id ORDER BY d.at DESC, d.id DESC LIMIT 1) AS figures
    FROM pilots p JOIN firms f ON f.id = p.firm_id WHERE p.state = 'chosen' AND ";

/// One page of a list over the counties of a reach: applications oldest first, conditions by date.
pub async fn waiting(db: &Db, reach: &Reach, list: List, leaf: Leaf<PilotId>) -> Result<Paged<Waiting>, AppError> {
    let query = in_list(within(sql(WAITING), reach).push(" AND "), list);
    let query = match (list, leaf) {
        (List::Conditions, Leaf::First) => query.push(" ORDER BY p.condition_due_on, p.id"),
        (List::Conditions, Leaf::After(id)) => query
            .push(" AND (p.condition_due_on, p.id) > (SELECT k.condition_due_on, k.id FROM pilots k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY p.condition_due_on, p.id"),
        (List::Conditions, Leaf::Before(id)) => query
            .push(" AND (p.condition_due_on, p.id) < (SELECT k.condition_due_on, k.id FROM pilots k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY p.condition_due_on DESC, p.id DESC"),
        (_, Leaf::First) => query.push(" ORDER BY p.gate_since, p.id"),
        (_, Leaf::After(id)) => query
            .push(" AND (p.gate_since, p.id) > (SELECT k.gate_since, k.id FROM pilots k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY p.gate_since, p.id"),
        (_, Leaf::Before(id)) => query
            .push(" AND (p.gate_since, p.id) < (SELECT k.gate_since, k.id FROM pilots k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY p.gate_since DESC, p.id DESC"),
    };
    let rows = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(Paged::cut(&leaf, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

/// How many rows the lists have.
pub async fn counts(db: &Db, reach: &Reach) -> Result<[i64; 3], AppError> {
    let query = sql("SELECT CAST(COALESCE(SUM(CASE WHEN p.gate = 'county' THEN 1 ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN p.gate = 'city' THEN 1 ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN p.condition_due_on IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT)
         FROM pilots p WHERE p.state = 'chosen' AND ");
    let (county, city, conditions) = within(query, reach).one(db).await?;
    Ok([county, city, conditions])
}

fn within(query: Query, reach: &Reach) -> Query {
    match reach {
        Reach::City => query.push("TRUE"),
        Reach::Counties(own) => query.push("p.region").push_in(own.clone()),
    }
}

fn in_list(query: Query, list: List) -> Query {
    match list {
        List::County => query.push("p.gate = 'county'"),
        List::City => query.push("p.gate = 'city'"),
        List::Conditions => query.push("p.condition_due_on IS NOT NULL"),
    }
}
