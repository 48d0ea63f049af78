//! Rows of cohorts (批次) and the mix that each aims at.

use chrono::{DateTime, Utc};

use crate::audit;
use crate::benchmarking::policy::ProgrammePermit;
use crate::benchmarking::rules::PilotState;
use crate::benchmarking::selection::rules::{Cell, CohortState, Group, Tally, Target};
use crate::db::{Db, On, Tx, sql};
use crate::error::{AppError, FieldProblem, Problem};
use crate::firms::Category;
use crate::ids::{CohortId, Region};
use crate::paging::{Paged, Step};
use crate::state::App;

/// How many cohorts a page of the list shows.
const PAGE: i64 = 20;
/// How many cohorts a choice offers.
const OFFERED: i64 = 50;

/// A cohort of pilot firms.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Cohort {
    pub id: CohortId,
    pub name: String,
    /// How many firms it has places for.
    pub size: i64,
    #[sqlx(try_from = "String")]
    pub state: CohortState,
    pub created_at: DateTime<Utc>,
    /// Counts edits of name, size and target.
    pub edition: i64,
}

/// A cohort in the list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CohortRow {
    pub id: CohortId,
    pub name: String,
    pub size: i64,
    #[sqlx(try_from = "String")]
    pub state: CohortState,
    pub created_at: DateTime<Utc>,
    /// Firms that hold a place.
    pub chosen: i64,
    /// Firms that wait to be screened or chosen.
    pub waiting: i64,
}

/// A cohort as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CohortChange {
    pub name: String,
    pub size: i64,
    pub target: Target,
}

const COHORT: &str = "SELECT id, name, size, state, created_at, edition FROM cohorts ";

pub async fn cohort(on: impl Into<On<'_>>, id: CohortId) -> Result<Cohort, AppError> {
    let found = sql(COHORT).push("WHERE id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// Cohorts that firms still come to and leave, the newest first.
pub async fn live(on: impl Into<On<'_>>) -> Result<Vec<Cohort>, AppError> {
    Ok(sql(COHORT)
        .push("WHERE state <> 'closed' ORDER BY created_at DESC, id DESC LIMIT $1")
        .bind(OFFERED)
        .all(on)
        .await?)
}

/// One page of the cohorts, the newest first.
pub async fn cohorts(db: &Db, step: Step<CohortId>) -> Result<Paged<CohortRow>, AppError> {
    let query = sql("SELECT c.id, c.name, c.size, c.state, c.created_at,
             (SELECT COUNT(*) FROM pilots p WHERE p.cohort_id = c.id AND p.state IN ('chosen', 'completed')) AS chosen,
             (SELECT COUNT(*) FROM pilots p WHERE p.cohort_id = c.id AND p.state IN ('nominated', 'screened')) AS waiting
         FROM cohorts c");
    let query = match step {
        Step::First => query.push(" ORDER BY c.created_at DESC, c.id DESC"),
        Step::After(id) => query
            .push(" WHERE (c.created_at, c.id) < (SELECT k.created_at, k.id FROM cohorts k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY c.created_at DESC, c.id DESC"),
        Step::Before(id) => query
            .push(" WHERE (c.created_at, c.id) > (SELECT k.created_at, k.id FROM cohorts k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY c.created_at, c.id"),
    };
    let rows = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

/// The mix that a cohort aims at.
pub async fn target(on: impl Into<On<'_>>, id: CohortId) -> Result<Target, AppError> {
    let rows: Vec<(String, i64)> = sql("SELECT category, seats FROM cohort_targets WHERE cohort_id = $1")
        .bind(id)
        .all(on)
        .await?;
    Ok(Target::stored(rows))
}

/// A cohort's nominations, counted.
pub async fn tally(on: impl Into<On<'_>>, id: CohortId) -> Result<Tally, AppError> {
    let rows: Vec<(Region, String, String, i64)> =
        sql("SELECT region, category, state, COUNT(*) FROM pilots WHERE cohort_id = $1 GROUP BY region, category, state")
            .bind(id)
            .all(on)
            .await?;
    let cells = rows.into_iter().filter_map(|(region, category, state, firms)| {
        Some(Cell {
            region,
            category: Category::parse(&category),
            state: PilotState::parse(&state)?,
            firms,
        })
    });
    Ok(Tally(cells.collect()))
}

/// Locks a cohort for a change on both engines, and reads it. One that is closed changes no more.
pub(super) async fn locked(tx: &mut Tx, id: CohortId) -> Result<Cohort, AppError> {
    sql("UPDATE cohorts SET version = version + 1 WHERE id = $1").bind(id).run(tx).await?;
    let found = cohort(tx, id).await?;
    if found.state.is_live() {
        Ok(found)
    } else {
        Err(AppError::refused("selection-cohort-is-closed"))
    }
}

/// Writes a new cohort.
pub async fn add(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProgrammePermit, new: &CohortChange) -> Result<CohortId, AppError> {
    let id = CohortId::new(&app.chance, now);
    sql("INSERT INTO cohorts (id, name, size, state, created_at, created_by) VALUES ($1, $2, $3, 'selecting', $4, $5)")
        .bind(id)
        .bind(&new.name)
        .bind(new.size)
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    set_target(tx, id, &new.target).await?;
    note(tx, app, now, permit, "cohort.added", id, summary(new)).await?;
    Ok(id)
}

/// Changes name, size and target. The size never falls below the firms that hold a place; a form made from an older
/// edition is refused.
pub async fn change(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    id: CohortId,
    edition: i64,
    change: &CohortChange,
) -> Result<(), AppError> {
    let before = locked(tx, id).await?;
    if before.edition != edition {
        return Err(AppError::refused("selection-changed-meanwhile"));
    }
    let chosen = tally(&mut *tx, id).await?.all(Group::Chosen);
    if change.size < chosen {
        let fault = FieldProblem::new("size", "selection-size-below-chosen").with("chosen", chosen);
        return Err(AppError::Invalid(vec![fault]));
    }
    sql("UPDATE cohorts SET name = $2, size = $3, edition = edition + 1 WHERE id = $1")
        .bind(id)
        .bind(&change.name)
        .bind(change.size)
        .run(tx)
        .await?;
    set_target(tx, id, &change.target).await?;
    note(tx, app, now, permit, "cohort.changed", id, summary(change)).await
}

async fn set_target(tx: &mut Tx, id: CohortId, target: &Target) -> Result<(), AppError> {
    sql("DELETE FROM cohort_targets WHERE cohort_id = $1").bind(id).run(tx).await?;
    let mut query = sql("INSERT INTO cohort_targets (cohort_id, category, seats) VALUES ");
    for (place, category) in Category::ALL.into_iter().enumerate() {
        query = query.push(if place == 0 { "(" } else { ", (" }).push_bind(id).push(", ");
        query = query.push_bind(category.as_str()).push(", ").push_bind(target.of(category)).push(")");
    }
    query.run(tx).await?;
    Ok(())
}

fn summary(change: &CohortChange) -> String {
    let seats = Category::ALL.map(|category| format!("{} {}", category.as_str(), change.target.of(category)));
    format!("{} {}: {}", change.name, change.size, seats.join(", "))
}

/// Moves a cohort on to its next state: to run it needs a firm, to be closed no open round.
pub async fn advance(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProgrammePermit, id: CohortId, to: CohortState) -> Result<(), AppError> {
    let found = locked(tx, id).await?;
    if found.state.next() != Some(to) {
        return Err(AppError::refused("selection-cohort-moved"));
    }
    match to {
        CohortState::Running if tally(&mut *tx, id).await?.all(Group::Chosen) == 0 => {
            return Err(AppError::refused("selection-cohort-empty"));
        }
        CohortState::Closed => {
            let open = sql("SELECT COUNT(*) FROM rounds WHERE cohort_id = $1 AND state = 'open'")
                .bind(id)
                .count(&mut *tx)
                .await?;
            if open > 0 {
                return Err(AppError::Refused(Problem::new("selection-cohort-round-open")));
            }
        }
        _ => {}
    }
    sql("UPDATE cohorts SET state = $2 WHERE id = $1")
        .bind(id)
        .bind(to.as_str())
        .run(tx)
        .await?;
    let what = if to == CohortState::Closed { "cohort.closed" } else { "cohort.started" };
    note(tx, app, now, permit, what, id, found.name).await
}

/// One line of the trail about a cohort.
pub(super) async fn note(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    what: &'static str,
    cohort: CohortId,
    detail: String,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind: "cohort",
        subject_id: cohort.to_string(),
        region: None,
        detail,
    };
    audit::note(tx, &app.chance, now, entry).await
}
