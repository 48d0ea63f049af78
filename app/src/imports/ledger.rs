//! Rows of imports: what was read, what became of each row, and who works on it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::columns::{Columns, Field};
use crate::db::{Db, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{ImportId, PersonId};
use crate::sheets::Sheet;
use crate::state::App;

/// Rows written or asked for with one statement.
pub const CHUNK: usize = 400;
/// A claim older than this belongs to a process that died.
const CLAIM_SECONDS: i64 = 30;

crate::words! {
    /// Where an import is.
    pub enum ImportState {
        /// Read and waiting for somebody to look at it.
        Read = "read",
        Running = "running",
        Done = "done",
    }
}

/// An import as stored, in what all kinds have in common.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    pub id: ImportId,
    pub file_name: String,
    headers: String,
    columns: String,
    #[sqlx(try_from = "String")]
    pub state: ImportState,
    pub rows_total: i64,
    pub created_at: DateTime<Utc>,
    pub created_by: PersonId,
}

impl Import {
    pub fn headers(&self) -> Vec<String> {
        serde_json::from_str(&self.headers).unwrap_or_default()
    }

    pub fn columns<F: Field>(&self) -> Columns<F> {
        serde_json::from_str(&self.columns).unwrap_or_default()
    }
}

/// How far an import is: rows by outcome, and those that wait.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    by_outcome: HashMap<String, i64>,
    pub waiting: i64,
}

impl Progress {
    /// Rows with an outcome of this word.
    pub fn of(&self, outcome: &str) -> i64 {
        self.by_outcome.get(outcome).copied().unwrap_or_default()
    }
}

/// The two tables of one kind of import; both kinds have the same columns, but for what an import belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Ledger {
    imports: &'static str,
    rows: &'static str,
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(|error| AppError::internal(&error))
}

fn number_of(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Ledger {
    pub const fn of(imports: &'static str, rows: &'static str) -> Self {
        Self { imports, rows }
    }

    /// Keeps the headings, the columns as they are guessed, and the rows of a table for an import whose row was written.
    pub async fn keep_rows<F: Field>(&self, tx: &mut Tx, id: ImportId, sheet: &Sheet) -> Result<(), AppError> {
        sql("UPDATE ")
            .push(self.imports)
            .push(" SET headers = $2, columns = $3, rows_total = $4 WHERE id = $1")
            .bind(id)
            .bind(json(&sheet.headers)?)
            .bind(json(&Columns::<F>::guess(&sheet.headers))?)
            .bind(number_of(sheet.rows.len()))
            .run(tx)
            .await?;
        for rows in sheet.rows.chunks(CHUNK) {
            let mut insert = sql("INSERT INTO ").push(self.rows).push(" (import_id, number, cells) VALUES ");
            for (at, row) in rows.iter().enumerate() {
                insert = insert
                    .push(if at == 0 { "(" } else { ", (" })
                    .push_bind(id)
                    .push(", ")
                    .push_bind(number_of(row.number))
                    .push(", ");
                insert = insert.push_bind(json(&row.cells)?).push(")");
            }
            insert.run(tx).await?;
        }
        Ok(())
    }

    /// Keeps the columns chosen by hand, while nothing was written.
    pub async fn choose_columns<F: Field>(&self, tx: &mut Tx, id: ImportId, columns: &Columns<F>) -> Result<(), AppError> {
        let query = sql("UPDATE ")
            .push(self.imports)
            .push(" SET columns = $2 WHERE id = $1 AND state = 'read'");
        let changed = query.bind(id).bind(json(columns)?).run(tx).await?;
        if changed == 0 { Err(started_already()) } else { Ok(()) }
    }

    /// Sets an import going; it is set going once.
    pub async fn start(&self, tx: &mut Tx, id: ImportId) -> Result<(), AppError> {
        let query = sql("UPDATE ")
            .push(self.imports)
            .push(" SET state = 'running' WHERE id = $1 AND state = 'read'");
        let started = query.bind(id).run(tx).await?;
        if started == 0 { Err(started_already()) } else { Ok(()) }
    }

    /// Marks rows with what became of them.
    pub async fn mark(&self, tx: &mut Tx, id: ImportId, numbers: &[usize], outcome: &'static str) -> Result<(), AppError> {
        for numbers in numbers.chunks(CHUNK) {
            sql("UPDATE ")
                .push(self.rows)
                .push(" SET outcome = $2 WHERE import_id = $1 AND number")
                .bind(id)
                .bind(outcome)
                .push_in(numbers.iter().map(|number| number_of(*number)))
                .run(tx)
                .await?;
        }
        Ok(())
    }

    /// Keeps why a row was refused.
    pub async fn explain(&self, tx: &mut Tx, id: ImportId, number: usize, reason: &Problem) -> Result<(), AppError> {
        let query = sql("UPDATE ")
            .push(self.rows)
            .push(" SET reason = $3 WHERE import_id = $1 AND number = $2");
        query.bind(id).bind(number_of(number)).bind(json(reason)?).run(tx).await?;
        Ok(())
    }

    /// Rows with this outcome in the order of the file, at most `most`: number, cells, and the reason where one was kept.
    pub async fn with_reasons(
        &self,
        db: &Db,
        id: ImportId,
        outcome: &'static str,
        most: i64,
    ) -> Result<Vec<(usize, Vec<String>, Option<Problem>)>, AppError> {
        let query = sql("SELECT number, cells, reason FROM ")
            .push(self.rows)
            .push(" WHERE import_id = $1 AND outcome = $2 ORDER BY number LIMIT $3");
        let rows: Vec<(i64, String, Option<String>)> = query.bind(id).bind(outcome).bind(most).all(db).await?;
        let read = |(number, cells, reason): (i64, String, Option<String>)| {
            (
                usize::try_from(number).unwrap_or_default(),
                serde_json::from_str(&cells).unwrap_or_default(),
                reason.and_then(|reason| serde_json::from_str(&reason).ok()),
            )
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Marks every row that still waits.
    pub async fn mark_rest(&self, tx: &mut Tx, id: ImportId, outcome: &'static str) -> Result<(), AppError> {
        let query = sql("UPDATE ")
            .push(self.rows)
            .push(" SET outcome = $2 WHERE import_id = $1 AND outcome IS NULL");
        query.bind(id).bind(outcome).run(tx).await?;
        Ok(())
    }

    /// All rows by their numbers, each as its cells.
    pub async fn rows(&self, db: &Db, id: ImportId) -> Result<Vec<(usize, Vec<String>)>, AppError> {
        let query = sql("SELECT number, cells FROM ")
            .push(self.rows)
            .push(" WHERE import_id = $1 ORDER BY number");
        Ok(read_cells(query.bind(id).all(db).await?))
    }

    /// The next rows that wait.
    pub async fn waiting(&self, tx: &mut Tx, id: ImportId, most: i64) -> Result<Vec<(usize, Vec<String>)>, AppError> {
        let query = sql("SELECT number, cells FROM ")
            .push(self.rows)
            .push(" WHERE import_id = $1 AND outcome IS NULL ORDER BY number LIMIT $2");
        Ok(read_cells(query.bind(id).bind(most).all(tx).await?))
    }

    /// Counts an import's rows.
    pub async fn progress(&self, db: &Db, id: ImportId) -> Result<Progress, AppError> {
        let query = sql("SELECT outcome, COUNT(*) FROM ")
            .push(self.rows)
            .push(" WHERE import_id = $1 GROUP BY outcome");
        let rows: Vec<(Option<String>, i64)> = query.bind(id).all(db).await?;
        let mut progress = Progress::default();
        for (outcome, count) in rows {
            match outcome {
                Some(outcome) => {
                    progress.by_outcome.insert(outcome, count);
                }
                None => progress.waiting = count,
            }
        }
        Ok(progress)
    }

    /// Imports whose process died, or that nobody has begun.
    pub async fn left(&self, app: &App) -> Result<Vec<ImportId>, AppError> {
        let query = sql("SELECT id FROM ")
            .push(self.imports)
            .push(" WHERE state = 'running' AND (claimed_at IS NULL OR claimed_at < $1) ORDER BY created_at LIMIT 5");
        let stale = app.clock.now() - TimeDelta::seconds(CLAIM_SECONDS);
        let left: Vec<(ImportId,)> = query.bind(stale).all(&app.db).await?;
        Ok(left.into_iter().map(|(id,)| id).collect())
    }

    /// Claims a running import; one process at a time works on it.
    pub async fn claim(&self, app: &App, id: ImportId) -> Result<bool, AppError> {
        let now = app.clock.now();
        let mut tx = app.db.begin().await?;
        let query = sql("UPDATE ")
            .push(self.imports)
            .push(" SET claimed_at = $2 WHERE id = $1 AND state = 'running' AND (claimed_at IS NULL OR claimed_at < $3)");
        let claimed = query
            .bind(id)
            .bind(now)
            .bind(now - TimeDelta::seconds(CLAIM_SECONDS))
            .run(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(claimed == 1)
    }

    /// Renews the claim, with each batch.
    pub async fn renew(&self, tx: &mut Tx, id: ImportId, now: DateTime<Utc>) -> Result<(), AppError> {
        let query = sql("UPDATE ").push(self.imports).push(" SET claimed_at = $2 WHERE id = $1");
        query.bind(id).bind(now).run(tx).await?;
        Ok(())
    }

    /// Ends an import.
    pub async fn finish(&self, tx: &mut Tx, id: ImportId) -> Result<(), AppError> {
        let query = sql("UPDATE ")
            .push(self.imports)
            .push(" SET state = 'done', claimed_at = NULL WHERE id = $1");
        query.bind(id).run(tx).await?;
        Ok(())
    }
}

fn started_already() -> AppError {
    AppError::refused("import-started-already")
}

fn read_cells(rows: Vec<(i64, String)>) -> Vec<(usize, Vec<String>)> {
    let read = |(number, cells): (i64, String)| {
        (
            usize::try_from(number).unwrap_or_default(),
            serde_json::from_str(&cells).unwrap_or_default(),
        )
    };
    rows.into_iter().map(read).collect()
}
