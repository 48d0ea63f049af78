//! The library of benchmarks, and which of them a firm measures itself by.

use chrono::{DateTime, NaiveDate, Utc};

use super::{conflict, opened};
use crate::accounts::rules::{initials, like_anywhere};
use crate::audit;
use crate::benchmarking::improvement::policy::LibraryPermit;
use crate::benchmarking::improvement::rules::{BenchmarkLevel, BenchmarkLevels, MOST_BENCHMARKS};
use crate::benchmarking::policy::EditPermit;
use crate::benchmarking::rules::level::Level;
use crate::benchmarking::store::{locked, record, record_of};
use crate::db::{On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{BenchmarkId, PilotId};
use crate::paging::{Paged, Step};
use crate::state::App;

/// How many benchmarks a page of the library shows.
const PAGE: i64 = 20;

/// A benchmark (标杆): a named enterprise.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Benchmark {
    pub id: BenchmarkId,
    pub name: String,
    pub about: String,
    /// The framework whose indicators its levels are of, such as `heluo`.
    pub framework: String,
    /// The pilot that entered it; none when the city did.
    pub created_for: Option<PilotId>,
    pub edition: i64,
}

const BENCHMARK: &str = "SELECT b.id, b.name, b.about, b.framework, b.created_for, b.edition FROM benchmarks b ";

/// What somebody enters about a benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBenchmark {
    pub name: String,
    pub about: String,
    pub levels: BenchmarkLevels,
    /// The indicators that the form showed; levels of others stay as they are.
    pub shown: Vec<String>,
}

pub async fn benchmark(on: impl Into<On<'_>>, id: BenchmarkId) -> Result<Benchmark, AppError> {
    let found = sql(BENCHMARK).push("WHERE b.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

#[derive(sqlx::FromRow)]
struct LevelRow {
    indicator: String,
    level: i64,
    source: String,
    dated_on: NaiveDate,
}

/// The levels of a benchmark, by indicator.
pub async fn levels(on: impl Into<On<'_>>, id: BenchmarkId) -> Result<BenchmarkLevels, AppError> {
    let rows: Vec<LevelRow> = sql("SELECT indicator, level, source, dated_on FROM benchmark_levels WHERE benchmark_id = $1 ORDER BY indicator")
        .bind(id)
        .all(on)
        .await?;
    let levels = rows.into_iter().filter_map(|row| {
        let known = BenchmarkLevel {
            level: Level::new(row.level)?,
            source: row.source,
            dated_on: row.dated_on,
        };
        Some((row.indicator, known))
    });
    Ok(levels.collect())
}

/// A benchmark that a firm measures itself by.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Chosen {
    #[sqlx(flatten)]
    pub benchmark: Benchmark,
    pub is_primary: bool,
}

/// A firm's benchmarks, the primary one first.
pub async fn chosen(on: impl Into<On<'_>>, pilot: PilotId) -> Result<Vec<Chosen>, AppError> {
    Ok(sql("SELECT b.id, b.name, b.about, b.framework, b.created_for, b.edition, c.is_primary
         FROM pilot_benchmarks c JOIN benchmarks b ON b.id = c.benchmark_id WHERE c.pilot_id = $1
         ORDER BY CASE WHEN c.is_primary THEN 0 ELSE 1 END, c.chosen_at, b.id")
    .bind(pilot)
    .all(on)
    .await?)
}

/// The benchmark that a firm's gaps are counted by.
pub async fn primary(on: impl Into<On<'_>>, pilot: PilotId) -> Result<Option<Benchmark>, AppError> {
    Ok(sql(BENCHMARK)
        .push("JOIN pilot_benchmarks c ON c.benchmark_id = b.id WHERE c.pilot_id = $1 AND c.is_primary")
        .bind(pilot)
        .opt(on)
        .await?)
}

/// Whether any firm but this one measures itself by a benchmark.
pub async fn used_by_others(on: impl Into<On<'_>>, id: BenchmarkId, own: Option<PilotId>) -> Result<bool, AppError> {
    let users = sql("SELECT COUNT(*) FROM pilot_benchmarks WHERE benchmark_id = $1").bind(id);
    let users = match own {
        Some(own) => users.push(" AND pilot_id <> ").push_bind(own),
        None => users,
    };
    Ok(users.count(on).await? > 0)
}

/// A line of the library. Who entered a benchmark and who uses it is nobody else's business.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LibraryRow {
    #[sqlx(flatten)]
    pub benchmark: Benchmark,
    /// Indicators with a level.
    pub levels: i64,
    /// The day of the oldest source.
    pub oldest: Option<NaiveDate>,
    /// How many firms measure themselves by it.
    pub users: i64,
}

/// A page of the library's benchmarks for a framework, by the letters of their names.
pub async fn library(on: impl Into<On<'_>>, framework: &str, words: &str, step: Step<BenchmarkId>) -> Result<Paged<LibraryRow>, AppError> {
    let mut query = sql("SELECT b.id, b.name, b.about, b.framework, b.created_for, b.edition,
            (SELECT COUNT(*) FROM benchmark_levels l WHERE l.benchmark_id = b.id) AS levels,
            (SELECT MIN(l.dated_on) FROM benchmark_levels l WHERE l.benchmark_id = b.id) AS oldest,
            (SELECT COUNT(*) FROM pilot_benchmarks c WHERE c.benchmark_id = b.id) AS users
         FROM benchmarks b WHERE b.framework = $1")
    .bind(framework);
    if !words.is_empty() {
        let pattern = like_anywhere(words);
        query = query.push(" AND (lower(b.name) LIKE ").push_bind(&pattern);
        query = query.push(" ESCAPE '!' OR b.initials LIKE ").push_bind(&pattern).push(" ESCAPE '!')");
    }
    let query = match step {
        Step::First => query.push(" ORDER BY b.initials, b.name, b.id"),
        Step::After(id) => query
            .push(" AND (b.initials, b.name, b.id) > (SELECT k.initials, k.name, k.id FROM benchmarks k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY b.initials, b.name, b.id"),
        Step::Before(id) => query
            .push(" AND (b.initials, b.name, b.id) < (SELECT k.initials, k.name, k.id FROM benchmarks k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY b.initials DESC, b.name DESC, b.id DESC"),
    };
    let rows = query.push(" LIMIT ").push_bind(PAGE + 1).all(on).await?;
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

/// Enters a benchmark. What a firm enters it measures itself by, as its primary one when it had none.
pub async fn enter(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &LibraryPermit,
    edit: Option<&EditPermit>,
    framework: &str,
    new: &NewBenchmark,
) -> Result<BenchmarkId, AppError> {
    let edit = edit.filter(|edit| Some(edit.pilot()) == permit.pilot());
    if let Some(edit) = edit {
        opened(tx, edit).await?;
    }
    let id = BenchmarkId::new(&app.chance, now);
    sql("INSERT INTO benchmarks (id, name, initials, about, framework, created_at, created_for, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(id)
        .bind(&new.name)
        .bind(initials(&new.name))
        .bind(&new.about)
        .bind(framework)
        .bind(now)
        .bind(permit.pilot())
        .bind(permit.by())
        .run(tx)
        .await?;
    write_levels(tx, id, new).await?;
    match edit {
        Some(edit) => {
            record(tx, app, now, Some(permit.by()), edit.pilot(), "benchmark_entered", &new.name).await?;
            let is_first = primary(&mut *tx, edit.pilot()).await?.is_none();
            choose(tx, app, now, edit, id, is_first).await?;
        }
        None => trail(tx, app, now, permit, "benchmark.entered", id, &new.name).await?,
    }
    Ok(id)
}

async fn write_levels(tx: &mut Tx, id: BenchmarkId, new: &NewBenchmark) -> Result<(), AppError> {
    sql("DELETE FROM benchmark_levels WHERE benchmark_id = $1 AND indicator")
        .bind(id)
        .push_in(new.shown.iter())
        .run(tx)
        .await?;
    if new.levels.is_empty() {
        return Ok(());
    }
    let mut query = sql("INSERT INTO benchmark_levels (benchmark_id, indicator, level, source, dated_on) VALUES ");
    for (n, (indicator, known)) in new.levels.iter().enumerate() {
        query = query.push(if n == 0 { "(" } else { ", (" }).push_bind(id).push(", ").push_bind(indicator);
        query = query
            .push(", ")
            .push_bind(i64::from(known.level.get()))
            .push(", ")
            .push_bind(&known.source);
        query = query.push(", ").push_bind(known.dated_on).push(")");
    }
    query.run(tx).await?;
    Ok(())
}

/// Locks a benchmark on both engines, so that nobody chooses it while somebody changes it.
async fn held(tx: &mut Tx, id: BenchmarkId) -> Result<Benchmark, AppError> {
    sql("UPDATE benchmarks SET edition = edition WHERE id = $1").bind(id).run(tx).await?;
    benchmark(tx, id).await
}

/// Changes a benchmark that the permit covers; every firm that uses it finds that in its history.
///
/// # Errors
/// 403 for another's benchmark; a refusal when another firm measures itself by it, or when somebody else changed it first.
pub async fn change(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &LibraryPermit,
    id: BenchmarkId,
    edition: i64,
    new: &NewBenchmark,
) -> Result<(), AppError> {
    if let Some(pilot) = permit.pilot() {
        locked(tx, pilot).await?;
    }
    let before = held(tx, id).await?;
    if !permit.covers(before.created_for, false) {
        return Err(AppError::Forbidden);
    }
    let others = used_by_others(&mut *tx, id, permit.pilot()).await?;
    if !permit.covers(before.created_for, others) {
        return Err(AppError::refused("improvement-benchmark-shared"));
    }
    if before.edition != edition {
        return Err(conflict());
    }
    sql("UPDATE benchmarks SET name = $2, initials = $3, about = $4, edition = edition + 1 WHERE id = $1")
        .bind(id)
        .bind(&new.name)
        .bind(initials(&new.name))
        .bind(&new.about)
        .run(tx)
        .await?;
    write_levels(tx, id, new).await?;
    let users: Vec<(PilotId,)> = sql("SELECT pilot_id FROM pilot_benchmarks WHERE benchmark_id = $1 ORDER BY pilot_id")
        .bind(id)
        .all(&mut *tx)
        .await?;
    for (pilot,) in users {
        record(tx, app, now, Some(permit.by()), pilot, "benchmark_changed", &new.name).await?;
    }
    trail(tx, app, now, permit, "benchmark.changed", id, &new.name).await
}

/// Measures the firm by a benchmark of the library; with `primary` its gaps are counted by this one from now on.
pub async fn choose(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, id: BenchmarkId, primary: bool) -> Result<(), AppError> {
    let pilot = opened(tx, permit).await?;
    let wanted = held(tx, id).await?;
    let own = chosen(&mut *tx, pilot.id).await?;
    let before = own.iter().find(|known| known.benchmark.id == id);
    if before.is_some_and(|known| known.is_primary == primary || known.is_primary) {
        return Ok(());
    }
    let others = own.iter().filter(|known| known.benchmark.id != id).count();
    if i64::try_from(others).unwrap_or(i64::MAX) >= MOST_BENCHMARKS {
        return Err(Problem::new("improvement-benchmarks-many").with("max", MOST_BENCHMARKS).into());
    }
    if primary {
        sql("UPDATE pilot_benchmarks SET is_primary = FALSE WHERE pilot_id = $1")
            .bind(pilot.id)
            .run(tx)
            .await?;
    }
    if before.is_some() {
        sql("UPDATE pilot_benchmarks SET is_primary = $3 WHERE pilot_id = $1 AND benchmark_id = $2")
            .bind(pilot.id)
            .bind(id)
            .bind(primary)
            .run(tx)
            .await?;
    } else {
        sql("INSERT INTO pilot_benchmarks (pilot_id, benchmark_id, is_primary, chosen_at, chosen_by) VALUES ($1, $2, $3, $4, $5)")
            .bind(pilot.id)
            .bind(id)
            .bind(primary)
            .bind(now)
            .bind(permit.by())
            .run(tx)
            .await?;
    }
    let detail = if primary { "primary" } else { "further" };
    record_of(tx, app, now, Some(permit.by()), pilot.id, "benchmark_chosen", &wanted.name, detail).await
}

/// Measures the firm by a benchmark no longer; the benchmark stays in the library.
pub async fn drop_choice(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, id: BenchmarkId) -> Result<(), AppError> {
    let pilot = opened(tx, permit).await?;
    let rows = sql("DELETE FROM pilot_benchmarks WHERE pilot_id = $1 AND benchmark_id = $2")
        .bind(pilot.id)
        .bind(id)
        .run(tx)
        .await?;
    if rows == 0 {
        return Err(AppError::NotFound);
    }
    let dropped = benchmark(&mut *tx, id).await?;
    record(tx, app, now, Some(permit.by()), pilot.id, "benchmark_dropped", &dropped.name).await
}

async fn trail(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &LibraryPermit,
    what: &'static str,
    id: BenchmarkId,
    name: &str,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind: "benchmark",
        subject_id: id.to_string(),
        region: None,
        detail: name.to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await
}
