//! Writes the rows of a running import in small transactions: each row's outcome stands in the same transaction as its firm,
//! so a killed process loses nothing and nothing is entered twice.

use super::rules::{self, Typed, Vocabulary};
use super::store::{self, LEDGER, Outcome};
use crate::accounts::store::actor_of;
use crate::audit;
use crate::error::{AppError, Problem};
use crate::firms::policy::{self, ImportPermit};
use crate::firms::store::lock_register;
use crate::ids::ImportId;
use crate::imports::Import;
use crate::state::App;

/// Rows written in one transaction: short enough that a check-in beside it does not wait.
const BATCH: i64 = 25;

/// Works on an import in the background.
pub fn set_going(app: &App, id: ImportId) {
    let app = app.clone();
    tokio::spawn(audit::carried_on(async move {
        if let Err(error) = run(&app, id).await {
            tracing::error!(%error, import = %id, "an import of firms stopped; it is taken up again");
        }
    }));
}

/// Takes up imports whose process died.
pub async fn resume(app: &App) -> Result<(), AppError> {
    for id in LEDGER.left(app).await? {
        set_going(app, id);
    }
    Ok(())
}

/// Writes an import to its end, or returns when another process is at it.
pub async fn run(app: &App, id: ImportId) -> Result<(), AppError> {
    if !LEDGER.claim(app, id).await? {
        return Ok(());
    }
    let import = store::import(&app.db, id).await?;
    let vocabulary = store::vocabulary(&app.db, app.clock.now()).await?;
    while let Some(permit) = permit_of(app, &import).await? {
        if !batch(app, &import, &permit, &vocabulary).await? {
            break;
        }
    }
    let mut tx = app.db.begin().await?;
    // Whoever lost the right to this list since the start writes nothing more.
    LEDGER.mark_rest(&mut tx, id, Outcome::Refused.as_str()).await?;
    LEDGER.finish(&mut tx, id).await?;
    tx.commit().await
}

async fn permit_of(app: &App, import: &Import) -> Result<Option<ImportPermit>, AppError> {
    match actor_of(&app.db, import.created_by).await {
        Ok(actor) => Ok(policy::can_import(&actor)),
        Err(AppError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes the next rows that wait; false when none is left.
async fn batch(app: &App, import: &Import, permit: &ImportPermit, vocabulary: &Vocabulary) -> Result<bool, AppError> {
    let now = app.clock.now();
    let columns = import.columns();
    let mut tx = app.db.begin().await?;
    lock_register(&mut tx).await?;
    LEDGER.renew(&mut tx, import.id, now).await?;
    let rows = LEDGER.waiting(&mut tx, import.id, BATCH).await?;
    for (number, cells) in &rows {
        let (fit, _) = rules::judge([Typed::new(*number, cells, &columns)], vocabulary);
        let (outcome, reason) = match fit.first() {
            Some(row) => written(store::write_row(&mut tx, app, now, permit, row).await)?,
            None => (Outcome::Faulty, None),
        };
        LEDGER.settle(&mut tx, import.id, *number, outcome.as_str(), reason.as_ref()).await?;
    }
    tx.commit().await?;
    Ok(!rows.is_empty())
}

/// A rule's refusal is a row's outcome; a fault of ours stops the import, to be taken up again.
fn written(outcome: Result<Outcome, AppError>) -> Result<(Outcome, Option<Problem>), AppError> {
    match outcome {
        Err(AppError::Refused(reason)) => Ok((Outcome::Refused, Some(reason))),
        outcome => Ok((outcome?, None)),
    }
}
