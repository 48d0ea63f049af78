//! Root causes and targets, each one for an indicator of a firm.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{conflict, gaps, one_changed, opened};
use crate::benchmarking::improvement::rules::{TargetFault, is_promised, target_is_fit};
use crate::benchmarking::policy::EditPermit;
use crate::benchmarking::rules::Stage;
use crate::benchmarking::rules::level::{Answer, Level};
use crate::benchmarking::store::record;
use crate::clock::day_of;
use crate::db::{On, Tx, sql};
use crate::error::{AppError, FieldProblem, Problem};
use crate::ids::PilotId;
use crate::state::App;

/// Why there is a gap: up to five whys, and what is at the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub indicator: String,
    pub whys: Vec<String>,
    pub root: String,
    /// Counts the times it was saved.
    pub edition: i64,
    pub changed_at: DateTime<Utc>,
    pub changed_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct CauseRow {
    indicator: String,
    whys: String,
    root: String,
    edition: i64,
    changed_at: DateTime<Utc>,
    changed_by: Option<String>,
}

impl From<CauseRow> for Cause {
    fn from(row: CauseRow) -> Self {
        Self {
            indicator: row.indicator,
            whys: row.whys.lines().map(ToOwned::to_owned).collect(),
            root: row.root,
            edition: row.edition,
            changed_at: row.changed_at,
            changed_by: row.changed_by,
        }
    }
}

const CAUSE: &str = "SELECT c.indicator, c.whys, c.root, c.edition, c.changed_at, q.name AS changed_by
    FROM causes c LEFT JOIN people q ON q.id = c.changed_by ";

/// What a firm writes as a cause; each why is one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCause {
    pub whys: Vec<String>,
    pub root: String,
}

pub async fn cause(on: impl Into<On<'_>>, pilot: PilotId, indicator: &str) -> Result<Option<Cause>, AppError> {
    let row: Option<CauseRow> = sql(CAUSE)
        .push("WHERE c.pilot_id = $1 AND c.indicator = $2")
        .bind(pilot)
        .bind(indicator)
        .opt(on)
        .await?;
    Ok(row.map(Cause::from))
}

/// Every cause of a firm, by indicator.
pub async fn causes_of(on: impl Into<On<'_>>, pilot: PilotId) -> Result<BTreeMap<String, Cause>, AppError> {
    let rows: Vec<CauseRow> = sql(CAUSE).push("WHERE c.pilot_id = $1").bind(pilot).all(on).await?;
    Ok(rows.into_iter().map(|row| (row.indicator.clone(), Cause::from(row))).collect())
}

/// Writes down the cause of a gap; `edition` is the one that the form showed, 0 for none yet.
pub async fn save_cause(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &EditPermit,
    indicator: &str,
    edition: i64,
    new: &NewCause,
) -> Result<(), AppError> {
    let pilot = opened(tx, permit).await?;
    known_indicator(tx, &pilot, indicator).await?;
    let before = cause(&mut *tx, pilot.id, indicator).await?.map_or(0, |cause| cause.edition);
    if before != edition {
        return Err(conflict());
    }
    let text = if before == 0 {
        "INSERT INTO causes (pilot_id, indicator, whys, root, edition, changed_at, changed_by) VALUES ($1, $2, $3, $4, 1, $5, $6)"
    } else {
        "UPDATE causes SET whys = $3, root = $4, edition = edition + 1, changed_at = $5, changed_by = $6 WHERE pilot_id = $1 AND indicator = $2"
    };
    let rows = sql(text)
        .bind(pilot.id)
        .bind(indicator)
        .bind(new.whys.join("\n"))
        .bind(&new.root)
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    one_changed(rows)?;
    record(tx, app, now, Some(permit.by()), pilot.id, "cause", &format!("{indicator} {}", new.root)).await
}

/// An indicator that the firm is measured by.
async fn known_indicator(tx: &mut Tx, pilot: &crate::benchmarking::Pilot, indicator: &str) -> Result<(), AppError> {
    let framework = gaps::current_framework(&mut *tx, pilot).await?;
    let known = framework.is_some_and(|framework| framework.indicator(indicator).is_some());
    if known { Ok(()) } else { Err(AppError::NotFound) }
}

/// The level that a firm means to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub indicator: String,
    pub level: Level,
    pub edition: i64,
    pub changed_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct TargetRow {
    indicator: String,
    level: i64,
    edition: i64,
    changed_at: DateTime<Utc>,
}

/// Every target of a firm, by indicator.
pub async fn targets_of(on: impl Into<On<'_>>, pilot: PilotId) -> Result<BTreeMap<String, Target>, AppError> {
    let rows: Vec<TargetRow> = sql("SELECT indicator, level, edition, changed_at FROM targets WHERE pilot_id = $1")
        .bind(pilot)
        .all(on)
        .await?;
    let targets = rows.into_iter().filter_map(|row| {
        let target = Target {
            indicator: row.indicator.clone(),
            level: Level::new(row.level)?,
            edition: row.edition,
            changed_at: row.changed_at,
        };
        Some((row.indicator, target))
    });
    Ok(targets.collect())
}

/// Sets the level that a firm means to reach in one indicator.
///
/// # Errors
/// Beside the field: not above the verified level, or lowered behind the gate of 对标. A refusal without a verified level.
pub async fn set_target(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &EditPermit,
    indicator: &str,
    edition: i64,
    level: Level,
) -> Result<(), AppError> {
    let pilot = opened(tx, permit).await?;
    known_indicator(tx, &pilot, indicator).await?;
    let before = targets_of(&mut *tx, pilot.id).await?.remove(indicator);
    if before.as_ref().map_or(0, |target| target.edition) != edition {
        return Err(conflict());
    }
    let verified = gaps::verified(&mut *tx, &pilot, day_of(now)).await?;
    let from = verified.get(indicator).copied().unwrap_or(Answer::Missing);
    let stage = pilot.stage().unwrap_or(Stage::Seek);
    target_is_fit(stage, from, before.as_ref().map(|target| target.level), level).map_err(target_problem)?;
    let text = if before.is_none() {
        "INSERT INTO targets (pilot_id, indicator, level, edition, changed_at, changed_by) VALUES ($1, $2, $3, 1, $4, $5)"
    } else {
        "UPDATE targets SET level = $3, edition = edition + 1, changed_at = $4, changed_by = $5 WHERE pilot_id = $1 AND indicator = $2"
    };
    let rows = sql(text)
        .bind(pilot.id)
        .bind(indicator)
        .bind(i64::from(level.get()))
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    one_changed(rows)?;
    let was = before.map_or_else(|| "–".to_owned(), |target| target.level.get().to_string());
    let detail = format!("{indicator} {was} → {}", level.get());
    record(tx, app, now, Some(permit.by()), pilot.id, "target", &detail).await
}

fn target_problem(fault: TargetFault) -> AppError {
    match fault {
        TargetFault::NotVerified => AppError::refused("improvement-target-unverified"),
        TargetFault::NotApplicable => AppError::refused("improvement-target-na"),
        TargetFault::NotAbove(level) => AppError::Invalid(vec![FieldProblem::new("level", "improvement-target-low").with("level", level.get())]),
        TargetFault::Lowered(level) => AppError::Invalid(vec![FieldProblem::new("level", "improvement-target-lowered").with("level", level.get())]),
    }
}

/// Gives a target up, while nothing was decided on it and no action works towards it.
pub async fn remove_target(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, indicator: &str) -> Result<(), AppError> {
    let pilot = opened(tx, permit).await?;
    if pilot.stage().is_some_and(is_promised) {
        return Err(AppError::refused("improvement-target-promised"));
    }
    let actions = sql("SELECT COUNT(*) FROM actions WHERE pilot_id = $1 AND indicator = $2 AND state <> 'cancelled'")
        .bind(pilot.id)
        .bind(indicator)
        .count(&mut *tx)
        .await?;
    if actions > 0 {
        return Err(Problem::new("improvement-target-has-actions").with("n", actions).into());
    }
    let rows = sql("DELETE FROM targets WHERE pilot_id = $1 AND indicator = $2")
        .bind(pilot.id)
        .bind(indicator)
        .run(tx)
        .await?;
    if rows == 0 {
        return Err(AppError::NotFound);
    }
    record(tx, app, now, Some(permit.by()), pilot.id, "target_removed", indicator).await
}
