//! Short writes that come at once. `PostgreSQL` lets their commits share one wait for the disk; `SQLite` has one writer, so
//! there those that wait for it are put into one transaction, each behind a savepoint of its own.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use sqlx::SqlitePool;
use tokio::sync::oneshot;

use super::{Db, Tx, sql};
use crate::error::AppError;

/// As many share a transaction at most: others who want to write wait for the whole of it.
const MOST: usize = 64;

/// What a job came to, told to its caller once it is known whether the transaction stands.
type Tell = Box<dyn FnOnce(Result<(), AppError>) + Send>;
type Job = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Ran> + Send>;

struct Ran {
    failed: Option<AppError>,
    tell: Tell,
}

/// The jobs that wait for the writer of an `SQLite` file.
#[derive(Default)]
pub struct Waiting(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    is_running: bool,
}

impl Waiting {
    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job; answers whether the caller has to see to it that somebody runs them.
    fn add(&self, job: Job) -> bool {
        let mut queue = self.queue();
        queue.jobs.push_back(job);
        !std::mem::replace(&mut queue.is_running, true)
    }

    /// Whether there is work; when there is none, nobody runs it any more.
    fn has_more(&self) -> bool {
        let mut queue = self.queue();
        queue.is_running = !queue.jobs.is_empty();
        queue.is_running
    }

    fn take(&self) -> Vec<Job> {
        let mut queue = self.queue();
        let many = queue.jobs.len().min(MOST);
        queue.jobs.drain(..many).collect()
    }
}

impl Db {
    /// Runs a short job in a transaction and commits it, perhaps together with jobs of other callers. A job that answers
    /// an error leaves nothing behind. The answer comes after the commit.
    ///
    /// The job runs to its end even when its caller goes away, and must not wait for anything but the database.
    ///
    /// # Errors
    /// The job's own, and [`AppError::Unavailable`] when the transaction could not be begun or committed.
    pub async fn write<T, F>(&self, job: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, AppError>> + Send + 'static,
    {
        let Self::Sqlite { write, waiting, .. } = self else {
            let mut tx = self.begin().await?;
            let done = job(&mut tx).await?;
            tx.commit().await?;
            return Ok(done);
        };
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            Box::pin(async move {
                let done = job(tx).await;
                let failed = done.as_ref().err().cloned();
                // The caller may be gone.
                let tell: Tell = Box::new(move |stands| drop(tell.send(stands.and(done))));
                Ran { failed, tell }
            })
        });
        if waiting.add(job) {
            tokio::spawn(run_all(write.clone(), waiting.clone()));
        }
        // A job that was dropped was never begun, or its transaction was given up.
        told.await.unwrap_or(Err(AppError::Unavailable))
    }
}

async fn run_all(write: SqlitePool, waiting: Arc<Waiting>) {
    while waiting.has_more() {
        let begun = write.begin_with("BEGIN IMMEDIATE").await;
        // Whoever came while this waited for its turn goes along.
        let jobs = waiting.take();
        let result = match begun {
            Ok(tx) => run_together(Tx::Sqlite(tx), jobs).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = result {
            tracing::warn!(%error, "writes that came together were given up");
        }
    }
}

/// One transaction for all of them. When it can't be kept, every caller is told so.
async fn run_together(mut tx: Tx, jobs: Vec<Job>) -> Result<(), AppError> {
    let mut done = Vec::with_capacity(jobs.len());
    for job in jobs {
        sql("SAVEPOINT job").run(&mut tx).await?;
        // A job that panics must not take the others with it.
        let Ok(Ran { failed, tell }) = AssertUnwindSafe(job(&mut tx)).catch_unwind().await else {
            take_back(&mut tx).await?;
            continue;
        };
        match failed {
            None => sql("RELEASE job").run(&mut tx).await.map(drop)?,
            // A fault of the database may have ended the transaction already: nothing of it counts.
            Some(AppError::Unavailable) => return Err(AppError::Unavailable),
            Some(_) => take_back(&mut tx).await?,
        }
        done.push(tell);
    }
    let stands = tx.commit().await;
    for tell in done {
        tell(stands.clone());
    }
    stands
}

async fn take_back(tx: &mut Tx) -> Result<(), AppError> {
    sql("ROLLBACK TO job").run(tx).await?;
    sql("RELEASE job").run(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::{Engine, fresh};

    async fn put(db: &Db, name: String, then: Result<(), AppError>) -> Result<(), AppError> {
        db.write(move |tx| {
            Box::pin(async move {
                sql("INSERT INTO settings (name, value) VALUES ($1, '')").bind(name).run(tx).await?;
                then
            })
        })
        .await
    }

    async fn count(db: &Db) -> i64 {
        sql("SELECT COUNT(*) FROM settings WHERE name LIKE 'job %'")
            .count(db)
            .await
            .expect("counted")
    }

    async fn writes_at_once_are_kept_but_for_those_that_fail(engine: Engine) {
        let db = fresh(engine).await;
        let jobs = (0..300).map(|number| {
            let db = db.clone();
            let then = if number % 3 == 0 { Err(AppError::Forbidden) } else { Ok(()) };
            tokio::spawn(async move { put(&db, format!("job {number}"), then.clone()).await == then })
        });
        for outcome in futures::future::join_all(jobs).await {
            assert!(outcome.expect("no panic"), "a job got another answer than its own");
        }
        assert_eq!(count(&db).await, 200);
    }
    crate::on_both_engines!(writes_at_once_are_kept_but_for_those_that_fail);

    async fn a_fault_of_one_is_not_kept_and_the_next_can_write(engine: Engine) {
        let db = fresh(engine).await;
        put(&db, "job 1".to_owned(), Ok(())).await.expect("kept");
        put(&db, "job 1".to_owned(), Ok(())).await.expect_err("there is one");
        put(&db, "job 2".to_owned(), Ok(())).await.expect("kept");
        assert_eq!(count(&db).await, 2);
    }
    crate::on_both_engines!(a_fault_of_one_is_not_kept_and_the_next_can_write);

    #[tokio::test(flavor = "multi_thread")]
    async fn a_job_that_panics_takes_no_other_with_it() {
        let db = fresh(Engine::Sqlite).await;
        let panics = db.write::<(), _>(|tx| {
            Box::pin(async move {
                sql("INSERT INTO settings (name, value) VALUES ('job 0', '')").run(tx).await?;
                panic!("a fault of ours");
            })
        });
        let (panicked, kept) = tokio::join!(panics, put(&db, "job 1".to_owned(), Ok(())));
        assert_eq!((panicked, kept), (Err(AppError::Unavailable), Ok(())));
        assert_eq!(count(&db).await, 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_has_no_room_is_told_so_and_later_writes_have_it() {
        let db = fresh(Engine::Sqlite).await;
        let limit = db
            .write(|tx| {
                Box::pin(async move {
                    // As many as it has: the limit is the connection's own, and the connection goes with the fault.
                    let _: (i64,) = sql("PRAGMA max_page_count = 1").one(&mut *tx).await?;
                    let long = "x".repeat(1_000_000);
                    sql("INSERT INTO settings (name, value) VALUES ('job 0', $1)").bind(long).run(tx).await?;
                    Ok(())
                })
            })
            .await;
        assert_eq!(limit, Err(AppError::Unavailable));
        put(&db, "job 1".to_owned(), Ok(())).await.expect("room");
        assert_eq!(count(&db).await, 1);
    }
}
