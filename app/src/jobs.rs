//! What happens by itself: called every few seconds by each process; where several share a database, the one that holds
//! the [`Lease`](crate::db::Lease) does it. Each job still bears being run twice: a lease can be lost in the middle.

use std::time::Instant;

use crate::error::AppError;
use crate::state::App;

/// The number of the lease: whoever holds it runs the jobs. Any number that nothing else in the database locks.
pub const LEASE: i64 = 0x6865_6c75_6f01;

/// Runs every job once. A failed job is logged and tried at the next tick.
pub async fn tick(app: &App) {
    run("accounts", crate::accounts::tick(app)).await;
    run("oauth", crate::oauth::tick(app)).await;
    run("classes", crate::classes::tick(app)).await;
    run("firms", crate::firms::import::job::resume(app)).await;
    run("imports", crate::enrolment::import::job::resume(app)).await;
    run("enrolment", crate::enrolment::jobs::tick(app)).await;
    run("attendance", crate::attendance::tick(app)).await;
    run("reminders", crate::attendance::remind(app)).await;
    run("notices", crate::notices::tick(app)).await;
    run("improvement", crate::benchmarking::improvement::jobs::tick(app)).await;
    run("gates", crate::benchmarking::gates::tick(app)).await;
}

async fn run(job: &'static str, work: impl Future<Output = Result<(), AppError>>) {
    let begun = Instant::now();
    let outcome = work.await;
    metrics::histogram!("heluo_job_seconds", "job" => job).record(begun.elapsed());
    let word = if outcome.is_ok() { "ok" } else { "failed" };
    metrics::counter!("heluo_job_runs_total", "job" => job, "outcome" => word).increment(1);
    if let Err(error) = outcome {
        tracing::warn!(job, %error, "a job failed and is tried again");
    }
}
