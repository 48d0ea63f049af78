//! Changes to a person, each written into the trail.

use chrono::{DateTime, Utc};

use super::offices::refuse_losing_the_last_city;
use crate::accounts::rules::initials;
use crate::accounts::store::{NewPerson, PersonBrief, create_person, end_all_sign_ins, person};
use crate::audit;
use crate::db::{Tx, is_duplicate, sql};
use crate::error::AppError;
use crate::ids::{FirmId, PersonId, Region};
use crate::people::policy::{InvitePermit, PeoplePermit};
use crate::state::App;

/// What a desk or the person says about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDetails {
    pub name: String,
    pub phone: Option<String>,
    pub position: Option<String>,
    pub firm: Option<FirmId>,
}

/// Writes one line about a person into the trail.
pub(super) async fn note(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    what: &'static str,
    (person, region): (PersonId, &Region),
    detail: String,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(by),
        what,
        subject_kind: "person",
        subject_id: person.to_string(),
        region: Some(region),
        detail,
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// The person that a permit is about, provided that they are still of the county it was given for.
async fn held(tx: &mut Tx, permit: &PeoplePermit) -> Result<PersonBrief, AppError> {
    // Locks the person, so that two desks change one after the other.
    let there = sql("UPDATE people SET active = active WHERE id = $1 AND erased_at IS NULL")
        .bind(permit.person())
        .run(tx)
        .await?;
    if there == 0 {
        return Err(AppError::refused("people-erased"));
    }
    let found = person(&mut *tx, permit.person()).await?;
    if found.region == *permit.region() {
        Ok(found)
    } else {
        Err(AppError::NotFound)
    }
}

/// Writes an invited person with the hash of a password for one use.
pub async fn invite(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &InvitePermit,
    details: NewDetails,
    password_hash: String,
) -> Result<PersonId, AppError> {
    let new = NewPerson {
        name: details.name,
        phone: details.phone,
        region: permit.region().clone(),
        firm: details.firm,
        position: details.position,
        password_hash: Some(password_hash),
        must_change_password: true,
        created_by: Some(permit.by()),
    };
    let id = create_person(tx, app, now, new).await?;
    note(tx, app, now, permit.by(), "person.invited", (id, permit.region()), String::new()).await?;
    Ok(id)
}

/// Changes a person's details.
pub async fn change(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &PeoplePermit, details: NewDetails) -> Result<(), AppError> {
    let before = held(tx, permit).await?;
    write_details(tx, permit.person(), &details).await?;
    let detail = difference(&before, &details);
    note(tx, app, now, permit.by(), "person.edited", (permit.person(), permit.region()), detail).await
}

/// Keeps what a person says about themself.
pub async fn keep_profile(tx: &mut Tx, app: &App, now: DateTime<Utc>, own: PersonId, details: NewDetails) -> Result<(), AppError> {
    let before = person(&mut *tx, own).await?;
    write_details(tx, own, &details).await?;
    let detail = difference(&before, &details);
    note(tx, app, now, own, "person.edited", (own, &before.region), detail).await
}

async fn write_details(tx: &mut Tx, person: PersonId, details: &NewDetails) -> Result<(), AppError> {
    let written = sql("UPDATE people SET name = $2, initials = $3, phone = $4, position = $5, firm_id = $6 WHERE id = $1")
        .bind(person)
        .bind(&details.name)
        .bind(initials(&details.name))
        .bind(details.phone.clone())
        .bind(details.position.clone())
        .bind(details.firm)
        .run(tx)
        .await;
    match written {
        Err(error) if is_duplicate(&error) => Err(AppError::field("phone", "accounts-phone-taken")),
        outcome => outcome.map(|_| ()).map_err(AppError::from),
    }
}

/// What changed, old and new.
fn difference(before: &PersonBrief, after: &NewDetails) -> String {
    let pairs = [
        (Some(before.name.as_str()), Some(after.name.as_str())),
        (before.phone.as_deref(), after.phone.as_deref()),
        (before.position.as_deref(), after.position.as_deref()),
    ];
    let changed = pairs.iter().filter(|(old, new)| old != new);
    let words: Vec<String> = changed
        .map(|(old, new)| format!("{} → {}", old.unwrap_or("–"), new.unwrap_or("–")))
        .collect();
    words.join("; ")
}

/// Sets the firm that a person is of.
pub async fn choose_firm(tx: &mut Tx, app: &App, now: DateTime<Utc>, own: PersonId, firm: FirmId, name: &str) -> Result<(), AppError> {
    let before = person(&mut *tx, own).await?;
    sql("UPDATE people SET firm_id = $2 WHERE id = $1").bind(own).bind(firm).run(tx).await?;
    let detail = format!("{} → {name}", before.firm_name.as_deref().unwrap_or("–"));
    note(tx, app, now, own, "person.firm-chosen", (own, &before.region), detail).await
}

/// Moves a person to another county. Enrolments, attendance and hours stay with the person; each keeps the county it was made in.
pub async fn move_to(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &PeoplePermit, region: &Region, reason: &str) -> Result<(), AppError> {
    let before = held(tx, permit).await?;
    if before.region == *region {
        return Err(AppError::refused("people-moved-nowhere"));
    }
    sql("UPDATE people SET region = $2 WHERE id = $1")
        .bind(permit.person())
        .bind(region)
        .run(tx)
        .await?;
    let detail = format!("{} → {region}; {reason}", before.region);
    note(tx, app, now, permit.by(), "person.moved", (permit.person(), region), detail).await
}

/// Ends a person's access: signed out everywhere, no sign-in any more; everything stays and can be taken up again.
pub async fn deactivate(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &PeoplePermit, reason: &str) -> Result<(), AppError> {
    if permit.is_oneself() {
        return Err(AppError::refused("people-not-oneself"));
    }
    held(tx, permit).await?;
    refuse_losing_the_last_city(tx, permit.person()).await?;
    sql("UPDATE people SET active = FALSE WHERE id = $1")
        .bind(permit.person())
        .run(tx)
        .await?;
    end_all_sign_ins(tx, permit.person()).await?;
    note(
        tx,
        app,
        now,
        permit.by(),
        "person.deactivated",
        (permit.person(), permit.region()),
        reason.to_owned(),
    )
    .await
}

/// Gives a person access again.
pub async fn reactivate(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &PeoplePermit) -> Result<(), AppError> {
    held(tx, permit).await?;
    sql("UPDATE people SET active = TRUE WHERE id = $1").bind(permit.person()).run(tx).await?;
    note(
        tx,
        app,
        now,
        permit.by(),
        "person.reactivated",
        (permit.person(), permit.region()),
        String::new(),
    )
    .await
}

/// Puts a password for one use in place of every other way in and signs the person out everywhere.
pub async fn reset_password(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &PeoplePermit, hash: String) -> Result<(), AppError> {
    held(tx, permit).await?;
    sql("UPDATE people SET password_hash = $2, must_change_password = TRUE WHERE id = $1")
        .bind(permit.person())
        .bind(hash)
        .run(tx)
        .await?;
    // Whoever asks for it may have lost the account to somebody who has linked one of their own, has messages sent to
    // themselves, or subscribed to the calendar.
    sql("DELETE FROM identities WHERE person_id = $1").bind(permit.person()).run(tx).await?;
    sql("DELETE FROM person_emails WHERE person_id = $1")
        .bind(permit.person())
        .run(tx)
        .await?;
    sql("UPDATE calendar_links SET revoked_at = $2, revoked_by = $3 WHERE person_id = $1 AND revoked_at IS NULL")
        .bind(permit.person())
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    end_all_sign_ins(tx, permit.person()).await?;
    note(
        tx,
        app,
        now,
        permit.by(),
        "person.password-reset",
        (permit.person(), permit.region()),
        String::new(),
    )
    .await
}

/// Lets a person who was entered by others (an imported roster) take up the account by registering: same phone number,
/// same name, no way in yet, no role. Whoever knows both could be faster than the person; the desk then resets the password.
pub async fn claim(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    name: &str,
    phone: &str,
    hash: &str,
    position: Option<&str>,
) -> Result<PersonId, AppError> {
    let found: Option<(PersonId, Region)> = sql(
        "SELECT p.id, p.region FROM people p WHERE p.phone = $1 AND p.name = $2 AND p.password_hash IS NULL AND p.active
             AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.person_id = p.id)
             AND NOT EXISTS (SELECT 1 FROM class_staff c WHERE c.person_id = p.id)
             AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.person_id = p.id)",
    )
    .bind(phone)
    .bind(name)
    .opt(&mut *tx)
    .await?;
    let registered = || AppError::field("phone", "people-phone-registered");
    let (id, region) = found.ok_or_else(registered)?;
    let taken = sql("UPDATE people SET password_hash = $2, position = COALESCE($3, position) WHERE id = $1 AND password_hash IS NULL")
        .bind(id)
        .bind(hash)
        .bind(position)
        .run(tx)
        .await?;
    if taken == 0 {
        return Err(registered());
    }
    note(tx, app, now, id, "person.claimed", (id, &region), String::new()).await?;
    Ok(id)
}

/// Says in the trail that a person registered.
pub async fn note_registered(tx: &mut Tx, app: &App, now: DateTime<Utc>, person: PersonId, region: &Region) -> Result<(), AppError> {
    note(tx, app, now, person, "person.registered", (person, region), String::new()).await
}
