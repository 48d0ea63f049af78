//! What happens by itself: called every few seconds by each process; each job may run in any of them.

use crate::error::AppError;
use crate::state::App;

/// Runs every job once. A failed job is logged and tried at the next tick.
pub async fn tick(app: &App) {
    report("accounts", crate::accounts::tick(app).await);
    report("oauth", crate::oauth::tick(app).await);
    report("classes", crate::classes::tick(app).await);
    report("firms", crate::firms::import::job::resume(app).await);
    report("imports", crate::enrolment::import::job::resume(app).await);
    report("enrolment", crate::enrolment::jobs::tick(app).await);
    report("attendance", crate::attendance::tick(app).await);
    report("reminders", crate::attendance::remind(app).await);
    report("notices", crate::notices::tick(app).await);
    report("improvement", crate::benchmarking::improvement::jobs::tick(app).await);
    report("gates", crate::benchmarking::gates::tick(app).await);
}

fn report(job: &str, outcome: Result<(), AppError>) {
    if let Err(error) = outcome {
        tracing::warn!(job, %error, "a job failed and is tried again");
    }
}
