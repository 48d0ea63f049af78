//! Messages about a firm's place: to the county's coordinators and to the firm's contacts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::benchmarking::store::Pilot;
use crate::db::{Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{PersonId, PilotId};
use crate::notices;
use crate::state::App;

/// Whom a change concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whom {
    County,
    CountyAndFirm,
}

/// Tells the people of each firm, except the one who made the change. `text` makes the message for a firm.
pub(super) async fn tell(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    whom: Whom,
    pilots: &[Pilot],
    text: impl Fn(&Pilot) -> Problem,
) -> Result<(), AppError> {
    let ids = pilots.iter().map(|pilot| pilot.id);
    let rows: Vec<(PilotId, PersonId, String)> = sql("SELECT p.id, g.person_id, g.role FROM pilots p
         JOIN grants g ON (g.role = 'county' AND g.region = p.region) OR (g.role = 'firm' AND g.firm_id = p.firm_id)
         JOIN people q ON q.id = g.person_id AND q.active WHERE p.id")
    .push_in(ids)
    .all(&mut *tx)
    .await?;
    // A person with both roles hears once, at the desk.
    let mut links: BTreeMap<(PilotId, PersonId), bool> = BTreeMap::new();
    for (pilot, person, role) in rows {
        let is_county = role == "county";
        if person != by && (is_county || whom == Whom::CountyAndFirm) {
            *links.entry((pilot, person)).or_default() |= is_county;
        }
    }
    for ((pilot, person), is_county) in links {
        let Some(pilot) = pilots.iter().find(|known| known.id == pilot) else {
            continue;
        };
        let link = if is_county {
            format!("/desk/nominations/{}", pilot.id)
        } else {
            format!("/firm/{}", pilot.id)
        };
        notices::tell(tx, app, now, person, &text(pilot), &link).await?;
    }
    Ok(())
}
