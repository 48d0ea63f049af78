//! Whom a change concerns: the coordinators of the firm's county, and the firm's own contacts.

use chrono::{DateTime, Utc};

use crate::benchmarking::store::Pilot;
use crate::db::{Query, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::PersonId;
use crate::notices;
use crate::state::App;

/// Leaves a message for the coordinators of the firm's county.
pub async fn tell_county(tx: &mut Tx, app: &App, now: DateTime<Utc>, pilot: &Pilot, text: &Problem) -> Result<(), AppError> {
    let who = sql("SELECT DISTINCT g.person_id FROM grants g WHERE g.role = 'county' AND g.region = $1").bind(&pilot.region);
    tell(tx, app, now, pilot, who, text).await
}

/// Leaves a message for the firm's contacts.
pub async fn tell_firm(tx: &mut Tx, app: &App, now: DateTime<Utc>, pilot: &Pilot, text: &Problem) -> Result<(), AppError> {
    let who = sql("SELECT DISTINCT g.person_id FROM grants g WHERE g.role = 'firm' AND g.firm_id = $1").bind(pilot.firm_id);
    tell(tx, app, now, pilot, who, text).await
}

async fn tell(tx: &mut Tx, app: &App, now: DateTime<Utc>, pilot: &Pilot, who: Query, text: &Problem) -> Result<(), AppError> {
    let people: Vec<(PersonId,)> = who.all(&mut *tx).await?;
    let link = format!("/firm/{}/assessment", pilot.id);
    for (person,) in people {
        notices::tell(tx, app, now, person, text, &link).await?;
    }
    Ok(())
}
