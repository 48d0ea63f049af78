//! Whether anything was committed between two looks at the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::{Db, PATIENCE, sql};
use crate::error::AppError;

/// What a reader would see at one moment. Two that are equal mean that nothing was committed in between, by whichever
/// process; two that differ mean nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot(String);

impl Db {
    /// What a reader would see now.
    ///
    /// `PostgreSQL` names its snapshots by the transactions that are over. `SQLite` counts the commits of others for each
    /// connection by itself (`PRAGMA data_version`), so there it is asked over one that does nothing else.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when the database does not answer.
    pub async fn snapshot(&self) -> Result<Snapshot, AppError> {
        match self {
            Self::Sqlite { commits, .. } => commits.look().await,
            Self::Postgres(_) => {
                let (name,): (String,) = sql("SELECT CAST(pg_current_snapshot() AS TEXT)").one(self).await?;
                Ok(Snapshot(name))
            }
        }
    }
}

/// A connection that watches the commits of all others.
pub struct Commits {
    only: SqlitePool,
    /// How often it was opened: another connection counts from another start.
    opened: Arc<AtomicU64>,
}

impl Commits {
    /// It is opened when it is first asked.
    pub(super) fn of(options: SqliteConnectOptions) -> Self {
        let opened = Arc::new(AtomicU64::new(0));
        let count = opened.clone();
        let only = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .after_connect(move |_, _| {
                count.fetch_add(1, Ordering::SeqCst);
                Box::pin(std::future::ready(Ok(())))
            })
            .connect_lazy_with(options);
        Self { only, opened }
    }

    async fn look(&self) -> Result<Snapshot, AppError> {
        let mut connection = self.only.acquire().await?;
        // Nobody else has it meanwhile, so this is its number.
        let opened = self.opened.load(Ordering::SeqCst);
        let version: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *connection).await?;
        Ok(Snapshot(format!("{opened}:{version}")))
    }

    pub(super) async fn close(&self) {
        self.only.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::{Engine, address, fresh};

    async fn look(db: &Db) -> Snapshot {
        db.snapshot().await.expect("a snapshot")
    }

    async fn write(db: &Db, name: &str) -> crate::db::Tx {
        let mut tx = db.begin().await.expect("a transaction");
        sql("INSERT INTO settings (name, value) VALUES ($1, '')")
            .bind(name)
            .run(&mut tx)
            .await
            .expect("written");
        tx
    }

    async fn every_commit_changes_it(engine: Engine) {
        let url = address(engine).await;
        let db = Db::open(&url).await.expect("it opens");
        db.migrate().await.expect("the migrations run");
        let other = Db::open(&url).await.expect("it opens");
        let mut seen = look(&db).await;
        for round in 0..20 {
            // As another process, and as this one.
            let writer = if round % 2 == 0 { &other } else { &db };
            write(writer, &format!("round {round}")).await.commit().await.expect("kept");
            let now = look(&db).await;
            assert_ne!(now, seen, "round {round}");
            seen = now;
        }
    }
    crate::on_both_engines!(every_commit_changes_it);

    /// On `SQLite` alone: a `PostgreSQL` server counts the transactions of all its databases together.
    #[tokio::test]
    async fn nothing_else_does() {
        let db = fresh(Engine::Sqlite).await;
        let seen = look(&db).await;
        sql("SELECT COUNT(*) FROM settings").count(&db).await.expect("counted");
        assert_eq!(look(&db).await, seen, "reading");
        let tx = write(&db, "open").await;
        assert_eq!(look(&db).await, seen, "what is not kept yet");
        drop(tx);
        assert_eq!(look(&db).await, seen, "what was taken back");
    }

    #[tokio::test]
    async fn a_quiet_server_stays_as_it_is() {
        let db = fresh(Engine::Postgres).await;
        // Other tests write to the same server.
        for _ in 0..1000 {
            if look(&db).await == look(&db).await {
                return;
            }
        }
        panic!("no two looks were alike");
    }
}
