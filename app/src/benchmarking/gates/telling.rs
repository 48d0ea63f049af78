//! Messages about a step at a gate, written in its transaction: to the firm's contacts, the county and the city, as far as
//! the step concerns them, and never to whoever took it.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::rules::Act;
use crate::benchmarking::rules::Stage;
use crate::benchmarking::store::Pilot;
use crate::db::{Tx, sql};
use crate::error::{AppError, Problem};
use crate::i18n::Lang;
use crate::ids::PersonId;
use crate::notices;
use crate::state::App;
use crate::ui::time;

/// Whom a step concerns: the firm, its county, the city.
fn concerned(act: Act) -> &'static [&'static str] {
    match act {
        Act::Forward => &["firm", "city"],
        Act::ReturnToFirm => &["firm"],
        Act::Apply | Act::Pass | Act::PassOnConditions | Act::ReturnByCity | Act::Terminate => &["firm", "county"],
        Act::Settle | Act::ComeBack => &["firm", "county", "city"],
    }
}

/// The text of a step, by its key.
fn key(act: Act) -> &'static str {
    match act {
        Act::Apply => "gates-notice-applied",
        Act::Forward => "gates-notice-forwarded",
        Act::ReturnToFirm => "gates-notice-returned-county",
        Act::Pass => "gates-notice-passed",
        Act::PassOnConditions => "gates-notice-conditional",
        Act::ReturnByCity => "gates-notice-returned-city",
        Act::Terminate => "gates-notice-terminated",
        Act::Settle => "gates-notice-met",
        Act::ComeBack => "gates-notice-came-back",
    }
}

/// Tells whom it concerns.
#[allow(clippy::too_many_arguments)] // one message
pub(super) async fn tell(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    pilot: &Pilot,
    by: Option<PersonId>,
    act: Act,
    stage: Stage,
    due_on: Option<NaiveDate>,
) -> Result<(), AppError> {
    let mut text = Problem::new(key(act)).with("firm", &pilot.firm_name).with("stage", stage.as_str());
    if let Some(due) = due_on {
        text = text.with("zh", time::day(Lang::Zh, due)).with("en", time::day(Lang::En, due));
    }
    let link = format!("/firm/{}/gate", pilot.id);
    for person in people(tx, pilot, concerned(act)).await? {
        if Some(person) != by {
            notices::tell(tx, app, now, person, &text, &link).await?;
        }
    }
    Ok(())
}

/// Everybody of these roles for a firm, each once.
async fn people(tx: &mut Tx, pilot: &Pilot, roles: &'static [&'static str]) -> Result<BTreeSet<PersonId>, AppError> {
    let rows: Vec<(PersonId,)> = sql("SELECT g.person_id FROM grants g JOIN people q ON q.id = g.person_id
         WHERE q.active AND ((g.role = 'firm' AND g.firm_id = $1) OR (g.role = 'county' AND g.region = $2) OR g.role = 'city') AND g.role")
    .bind(pilot.firm_id)
    .bind(&pilot.region)
    .push_in(roles.iter().copied())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}
