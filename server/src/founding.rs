//! What stands in every city's database before its first person comes.

use anyhow::Context;
use app::clock::{Chance, Clock};
use app::db::Db;

/// Whoever founds a city is alone with it: a number that nothing else in the database locks.
pub const FOUNDING: i64 = 0x6865_6c75_6f02;

/// Brings the schema up to date and writes what is missing of regions, schools and the framework. Several processes that
/// start at once do it one after another.
///
/// # Errors
/// When a migration fails or the database does not answer.
pub async fn found(db: &Db) -> anyhow::Result<()> {
    db.migrate().await.context("the database can't be brought up to date")?;
    let unknown = db.unknown_migrations().await?;
    if !unknown.is_empty() {
        tracing::warn!(?unknown, "the database was migrated by a newer program than this one");
    }
    let chance = Chance::system();
    let mut tx = db.begin().await?;
    tx.alone(FOUNDING).await?;
    app::regions::found(&mut tx).await?;
    app::schools::store::found(&mut tx, &chance).await?;
    app::benchmarking::frameworks::store::found(&mut tx, &chance, Clock::system().now()).await?;
    tx.commit().await?;
    Ok(())
}
