//! The demo city: Luoyang as it might look, with all people and firms invented.
//!
//! Everything is told relative to now, so that whenever somebody starts it one lesson is running, another is about to
//! begin, and others lie in the past and in the weeks to come. What is drawn by lot comes from a seed and is the same
//! at every load; secrets (QR codes, keys of projected codes, device tokens) come from the application's own chance.

mod attendance;
mod calendar;
mod classes;
mod completion;
mod curriculum;
mod enrolments;
mod firms;
mod inbox;
mod maker;
mod names;
mod people;
mod plans;
mod programme;
mod schools;
mod tables;
#[cfg(test)]
mod tests;

use crate::accounts::passwords;
use crate::benchmarking::frameworks::store as frameworks;
use crate::benchmarking::rules::Framework;
use crate::db::{Db, Tx, sql};
use crate::error::AppError;
use crate::ids::{FrameworkId, PersonId};
use crate::regions;
use crate::state::App;
use maker::Maker;

/// The password of every demo sign-in.
pub const PASSWORD: &str = "heluo-demo";
/// The demo sign-ins, as printed at the start.
pub const SIGN_INS: &str = "city, xinan, teacher, student001 … student200, firm01 … firm30, expert";

/// Whether nobody is in the database yet.
pub async fn is_empty(db: &Db) -> Result<bool, AppError> {
    Ok(sql("SELECT COUNT(*) FROM people").count(db).await? == 0)
}

/// Whether the database holds the demo city.
pub async fn is_loaded(db: &Db) -> Result<bool, AppError> {
    Ok(sql("SELECT COUNT(*) FROM settings WHERE name = 'demo'").count(db).await? > 0)
}

/// Loads the demo city.
///
/// # Errors
/// Refused when anybody is in the database.
pub async fn load(app: &App) -> Result<(), AppError> {
    if !is_empty(&app.db).await? {
        return Err(AppError::refused("demo-not-empty"));
    }
    let hash = passwords::hash(PASSWORD.to_owned()).await?;
    let mut tx = app.db.begin().await?;
    regions::found(&mut tx).await?;
    frameworks::found(&mut tx, &app.chance, app.clock.now()).await?;
    let framework = published(&mut tx).await?;
    let (maker, city) = invent(app, hash, &framework);
    make_way(&mut tx).await?;
    maker.tables.write(&mut tx).await?;
    completion::finish(&mut tx, app, city).await?;
    keep_in_the_house(&mut tx).await?;
    mark_as_demo(&mut tx).await?;
    tx.commit().await
}

/// The demo city brings its own schools; those that the migration founded have nothing yet, since nobody is here.
async fn make_way(tx: &mut Tx) -> Result<(), AppError> {
    sql("DELETE FROM schools").run(tx).await?;
    Ok(())
}

/// The framework that the rounds of the demo city pin.
async fn published(tx: &mut Tx) -> Result<(FrameworkId, Framework), AppError> {
    let (id,): (FrameworkId,) = sql("SELECT id FROM frameworks WHERE state = 'published' ORDER BY created_at, id LIMIT 1")
        .one(&mut *tx)
        .await?;
    Ok((id, crate::benchmarking::store::framework(&mut *tx, id).await?))
}

/// What people of the demo city were told long ago is not sent to anybody now.
async fn keep_in_the_house(tx: &mut Tx) -> Result<(), AppError> {
    sql("DELETE FROM outbox WHERE state = 'waiting'").run(tx).await?;
    Ok(())
}

async fn mark_as_demo(tx: &mut Tx) -> Result<(), AppError> {
    sql("INSERT INTO settings (name, value) VALUES ('demo', 'luoyang')").run(tx).await?;
    Ok(())
}

/// The whole city as rows, in the order in which one needs the other, and who administers it.
fn invent(app: &App, hash: String, framework: &(FrameworkId, Framework)) -> (Maker, PersonId) {
    let mut maker = Maker::new(app, hash);
    let firms = firms::invent(&mut maker);
    let mut people = people::invent(&mut maker, &firms);
    let schools = schools::invent(&mut maker, &mut people);
    let plans = plans::invent(&mut maker);
    let classes = classes::invent(&mut maker, &people, &firms, &schools, &plans);
    let seats = enrolments::invent(&mut maker, &people, &classes);
    attendance::invent(&mut maker, &people, &schools, &classes, &seats);
    programme::invent(&mut maker, &people, &firms, &framework.1, framework.0);
    inbox::invent(&mut maker, &people, &classes, &seats);
    (maker, people.city.id)
}
