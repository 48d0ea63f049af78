//! What stands in every city's database before its first person comes.

use anyhow::{Context, bail};
use app::clock::{Chance, Clock};
use app::db::{Db, sql};
use app::request::hex;
use app::state::App;

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

/// Makes sure that all processes over one `PostgreSQL` sign alike: a ticket of one is shown to another.
///
/// # Errors
/// When the city's processes have another secret, with what to do.
pub async fn share_secret(app: &App) -> anyhow::Result<()> {
    if !app.db.is_postgres() {
        return Ok(());
    }
    let ours = fingerprint(app);
    let mut tx = app.db.begin().await?;
    sql("INSERT INTO settings (name, value) VALUES ('secret', $1) ON CONFLICT (name) DO NOTHING")
        .bind(&ours)
        .run(&mut tx)
        .await?;
    let (theirs,): (String,) = sql("SELECT value FROM settings WHERE name = 'secret'").one(&mut tx).await?;
    tx.commit().await?;
    if theirs != ours {
        bail!(
            "HELUO_SECRET is not that of the other processes over this database; give all of them the same, or after a deliberate change \
             stop them and run `heluo migrate --new-secret` (addresses of calendars, open check-in tickets and remembered browsers lapse)"
        );
    }
    Ok(())
}

/// Takes this process's secret as the one of all.
///
/// # Errors
/// When the database does not answer.
pub async fn change_secret(app: &App) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    sql("DELETE FROM settings WHERE name = 'secret'").run(&mut tx).await?;
    tx.commit().await?;
    share_secret(app).await
}

/// Tells two secrets apart and gives neither away.
fn fingerprint(app: &App) -> String {
    hex(&app.sign("fingerprint", b""))
}
