//! The database: `SQLite` by default, `PostgreSQL` when several processes share the load. One SQL text for both.
//!
//! A read takes `&Db` (readers run beside the writer) or `&mut Tx`; a write takes `&mut Tx` only, so that nothing is
//! half done. On `SQLite` there is one writer connection and every transaction is `BEGIN IMMEDIATE`; on `PostgreSQL` a race
//! is settled by first updating the parent row. Rules for the SQL: `$1` placeholders, `CAST(SUM(x) AS BIGINT)`,
//! `lower()` rather than `ILIKE`, instants bound from the clock and never `CURRENT_TIMESTAMP`.

#[cfg(test)]
mod expand_tests;
mod faults;
mod json;
mod lease;
mod pools;
mod query;
mod snapshot;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod together;
mod value;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Postgres, Sqlite, Transaction};

use crate::error::AppError;
pub use json::JsonRow;
pub use lease::Lease;
pub use pools::{Pool, Pulse};
pub use query::{On, Query, Row, sql};
use snapshot::Commits;
pub use snapshot::Snapshot;
use together::Waiting;
pub use value::Value;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/postgres");

/// How many connections read an `SQLite` file beside its writer: as many as can be at work, each with a cache of its own, and
/// a few for those that wait for the disk.
fn sqlite_readers() -> u32 {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    u32::try_from(cores).unwrap_or(2).clamp(2, 16) + 2
}

/// How long a caller waits for a connection before the answer is 503: hundreds who enrol in one class at once stand in
/// line behind its row. Whether the database is away is not found out by waiting, but by its [`Pulse`].
const PATIENCE: Duration = Duration::from_secs(15);
/// A connection that was used so lately is lent out without asking whether it still stands: that would cost every query
/// a second way to the server and back.
const FRESH: Duration = Duration::from_secs(1);
/// Statements that a connection keeps prepared: more than all pages together have.
const STATEMENTS: usize = 512;
/// Rows that an `SQLite` reader hands over before it waits for them to be taken: a page's worth, so that it need not be woken
/// in between.
const ROWS: usize = 256;
/// What a connection that reads an `SQLite` file keeps of it, in KiB, as `PRAGMA cache_size` is told: the inner pages of its
/// indexes, more or less. The system keeps the rest for all of them together.
const SQLITE_CACHE: &str = "-512";
/// Connections of one process to `PostgreSQL`.
const POSTGRES_CONNECTIONS: u32 = 24;

/// A database of either kind.
#[derive(Clone)]
pub enum Db {
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
        /// Short writes on their way into one transaction.
        waiting: Arc<Waiting>,
        commits: Arc<Commits>,
    },
    Postgres(PgPool),
}

/// A transaction. Dropping it without [`Tx::commit`] rolls everything back.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens `sqlite://PATH` (made when absent) or `postgres://…`.
    ///
    /// # Errors
    /// When the address is neither, or the database does not answer.
    ///
    /// On a full disk `SQLite` rolls a transaction back by itself. The driver goes on believing in it, and would refuse every
    /// further one on that connection: so a connection that is lent out is thrown away if it still seems to be in one.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(STATEMENTS);
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(PATIENCE)
                .test_before_acquire(false)
                .before_acquire(|connection, lately| {
                    Box::pin(async move {
                        if lately.idle_for > FRESH {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
                // Compiling a statement takes longer than any of ours runs.
                .after_connect(|connection, _| {
                    Box::pin(async move {
                        sqlx::raw_sql("SET jit = off").execute(connection).await?;
                        Ok(())
                    })
                })
                .connect_with(options)
                .await?;
            return Ok(Self::Postgres(pool));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS)
            .row_buffer_size(ROWS)
            .busy_timeout(Duration::from_secs(10));
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await?;
        let reading = options.read_only(true).pragma("cache_size", SQLITE_CACHE);
        let read = SqlitePoolOptions::new()
            .max_connections(sqlite_readers())
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .connect_with(reading.clone())
            .await?;
        Ok(Self::Sqlite {
            read,
            write,
            waiting: Arc::default(),
            commits: Arc::new(Commits::of(reading)),
        })
    }

    /// Opens an `SQLite` file by its path.
    pub async fn open_file(path: &Path) -> Result<Self, sqlx::Error> {
        Self::open(&format!("sqlite://{}", path.display())).await
    }

    /// Brings the schema up to date. On `PostgreSQL` an advisory lock lets one process do it while the others wait.
    ///
    /// A schema that a newer program has migrated already is left as it is: migrations only expand what the program
    /// before them uses (docs/operations.md), so that an old process may start again in the middle of a rolling upgrade.
    pub async fn migrate(&self) -> Result<(), sqlx::migrate::MigrateError> {
        match self {
            Self::Sqlite { write, .. } => forgiving(&SQLITE_MIGRATIONS).run(write).await,
            Self::Postgres(pool) => forgiving(&POSTGRES_MIGRATIONS).run(pool).await,
        }
    }

    /// Numbers of the migrations that the database has and this program does not know.
    ///
    /// # Errors
    /// When the database does not answer; one that was never migrated has none.
    pub async fn unknown_migrations(&self) -> Result<Vec<i64>, sqlx::Error> {
        let rows: Vec<(i64,)> = sql("SELECT version FROM _sqlx_migrations ORDER BY version").all(self).await?;
        let known = if self.is_postgres() { &POSTGRES_MIGRATIONS } else { &SQLITE_MIGRATIONS };
        let is_known = |version: &i64| known.iter().any(|migration| migration.version == *version);
        Ok(rows.into_iter().map(|(version,)| version).filter(|version| !is_known(version)).collect())
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Tx, AppError> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Waits until every connection is given back and closes the pools.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, commits, .. } => {
                commits.close().await;
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// The same migrations, without an error over newer ones in the database.
fn forgiving(migrations: &Migrator) -> Migrator {
    let mut forgiving = Migrator::with_migrations(migrations.iter().cloned().collect());
    forgiving.set_ignore_missing(true);
    forgiving
}

impl Tx {
    /// Waits until no other process is in a transaction that asked for the same number, and keeps others waiting until
    /// this one ends. On `SQLite` a transaction that may write is alone anyhow.
    pub async fn alone(&mut self, number: i64) -> Result<(), AppError> {
        if matches!(self, Self::Postgres(_)) {
            sql("SELECT pg_advisory_xact_lock($1)").bind(number).run(self).await?;
        }
        Ok(())
    }

    pub async fn commit(self) -> Result<(), AppError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Whether this program knows an `SQLite` migration: a file with others comes from a newer one.
pub fn knows_migration(version: i64) -> bool {
    SQLITE_MIGRATIONS.iter().any(|migration| migration.version == version)
}

/// Whether a write failed because a row like it is there already (by kind, not by the constraint's name).
pub fn is_duplicate(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::testing::TestCity;

    async fn a_dropped_transaction_leaves_nothing(engine: Engine) {
        let city = TestCity::new(engine).await;
        let mut tx = city.begin().await;
        sql("DELETE FROM plans").run(&mut tx).await.expect("deleted");
        drop(tx);
        assert_eq!(sql("SELECT COUNT(*) FROM plans").count(&city.app.db).await.expect("counted"), 1);
    }
    crate::on_both_engines!(a_dropped_transaction_leaves_nothing);

    #[tokio::test(flavor = "multi_thread")]
    async fn a_writer_that_had_no_room_writes_again() {
        let db = testing::fresh(Engine::Sqlite).await;
        let insert = || sql("INSERT INTO settings (name, value) VALUES ('long', $1)").bind("x".repeat(1_000_000));
        let mut tx = db.begin().await.expect("a transaction");
        // As many as it has: the limit is the connection's own.
        let _: (i64,) = sql("PRAGMA max_page_count = 1").one(&mut tx).await.expect("a limit");
        let full = insert().run(&mut tx).await.expect_err("no room");
        assert_eq!(AppError::from(full), AppError::Unavailable);
        drop(tx);
        let mut tx = db.begin().await.expect("a transaction on another connection");
        insert().run(&mut tx).await.expect("room");
        tx.commit().await.expect("kept");
    }

    /// One column in words that both engines share: `table.column kind`, with `!` when it may not be null.
    async fn columns(db: &Db) -> Vec<String> {
        let rows: Vec<(String, String, String, bool)> = if db.is_postgres() {
            sql(
                "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT), is_nullable = 'NO'
                 FROM information_schema.columns WHERE table_schema = 'public'",
            )
            .all(db)
            .await
            .expect("columns")
        } else {
            sql(
                "SELECT m.name, c.name, c.type, c.\"notnull\" = 1 OR c.pk > 0 FROM sqlite_master m JOIN pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
            )
            .all(db)
            .await
            .expect("columns")
        };
        let kind = |word: &str| match word.to_lowercase().as_str() {
            "uuid" | "blob" | "bytea" => "bytes",
            "bigint" | "integer" => "int",
            "boolean" => "bool",
            _ => "text",
        };
        let mut columns: Vec<String> = rows
            .into_iter()
            .filter(|(table, ..)| table != "_sqlx_migrations")
            .map(|(table, column, word, fixed)| format!("{table}.{column} {}{}", kind(&word), if fixed { "!" } else { "" }))
            .collect();
        columns.sort();
        columns
    }

    async fn indexes(db: &Db) -> Vec<String> {
        let text = if db.is_postgres() {
            "SELECT CAST(indexname AS TEXT) FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey' AND indexname NOT LIKE '%_key'"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%'"
        };
        let rows: Vec<(String,)> = sql(text).all(db).await.expect("indexes");
        let mut names: Vec<String> = rows.into_iter().map(|(name,)| name).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn both_engines_have_the_same_schema() {
        let sqlite = testing::fresh(Engine::Sqlite).await;
        let postgres = testing::fresh(Engine::Postgres).await;
        assert_eq!(columns(&sqlite).await, columns(&postgres).await);
        assert_eq!(indexes(&sqlite).await, indexes(&postgres).await);
    }
}
