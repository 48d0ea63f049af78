//! What happens at the gates by the calendar: conditions whose date is over.

use super::store;
use crate::clock::day_of;
use crate::error::AppError;
use crate::state::App;

/// Ends every open condition whose date is over, each in a transaction of its own: one that can't be judged stops no other.
pub async fn tick(app: &App) -> Result<(), AppError> {
    let now = app.clock.now();
    let mut outcome = Ok(());
    for pilot in store::overdue(&app.db, day_of(now)).await? {
        let mut tx = app.db.begin().await?;
        match store::come_due(&mut tx, app, now, pilot).await {
            Ok(_) => tx.commit().await?,
            Err(error) => outcome = Err(error),
        }
    }
    outcome
}
