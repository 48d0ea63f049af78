//! Rows of e-mail addresses and of what people chose to be sent.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::outbox;
use crate::audit;
use crate::db::{Db, On, Tx, sql};
use crate::error::AppError;
use crate::ids::{EmailId, PersonId};
use crate::notices::rules::{Channel, LINK_LASTS, Topic, veiled};
use crate::state::App;

/// An address and whether its owner has said that it is theirs.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Email {
    pub id: EmailId,
    pub person_id: PersonId,
    pub address: String,
    state: String,
    /// Until then the mailed link can be used.
    pub expires_at: DateTime<Utc>,
}

impl Email {
    pub fn is_confirmed(&self) -> bool {
        self.state == "confirmed"
    }
}

const EMAIL: &str = "SELECT id, person_id, address, state, expires_at FROM person_emails ";

/// A person's addresses: at most one that is confirmed, which comes first, and one that waits.
pub async fn emails(on: impl Into<On<'_>>, person: PersonId) -> Result<Vec<Email>, AppError> {
    Ok(sql(EMAIL).push("WHERE person_id = $1 ORDER BY state").bind(person).all(on).await?)
}

/// The confirmed address of a person.
pub async fn confirmed_email(on: impl Into<On<'_>>, person: PersonId) -> Result<Option<String>, AppError> {
    let found: Option<Email> = sql(EMAIL)
        .push("WHERE person_id = $1 AND state = 'confirmed'")
        .bind(person)
        .opt(on)
        .await?;
    Ok(found.map(|email| email.address))
}

/// The address that a link is about, with its person's name: confirmed already, or while the link lasts.
pub async fn linked_email(db: &Db, now: DateTime<Utc>, id: EmailId) -> Result<Option<(Email, String)>, AppError> {
    let found: Option<Email> = sql(EMAIL)
        .push("WHERE id = $1 AND (state = 'confirmed' OR expires_at > $2)")
        .bind(id)
        .bind(now)
        .opt(db)
        .await?;
    let Some(email) = found else { return Ok(None) };
    let (name,): (String,) = sql("SELECT name FROM people WHERE id = $1").bind(email.person_id).one(db).await?;
    Ok(Some((email, name)))
}

/// Takes an address down and mails the link to it. What was confirmed before stays in use until then.
pub async fn ask_email(tx: &mut Tx, app: &App, now: DateTime<Utc>, person: PersonId, address: &str) -> Result<(), AppError> {
    // Holds the person, so that two who press at once do so one after the other.
    sql("UPDATE people SET active = active WHERE id = $1").bind(person).run(tx).await?;
    drop_waiting(tx, person).await?;
    let id = EmailId::new(&app.chance, now);
    let until = now + LINK_LASTS;
    sql("INSERT INTO person_emails (id, person_id, address, state, created_at, expires_at) VALUES ($1, $2, $3, 'waiting', $4, $5)")
        .bind(id)
        .bind(person)
        .bind(address)
        .bind(now)
        .bind(until)
        .run(tx)
        .await?;
    outbox::put_link(tx, app, now, person, id, until).await
}

async fn drop_waiting(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    sql("DELETE FROM person_emails WHERE person_id = $1 AND state = 'waiting'")
        .bind(person)
        .run(tx)
        .await?;
    Ok(())
}

/// Puts an address to use: whoever has the link reads what is sent there.
///
/// # Errors
/// [`AppError::NotFound`] when the address was replaced, removed or confirmed already, or the link is too old.
pub async fn confirm_email(tx: &mut Tx, app: &App, now: DateTime<Utc>, id: EmailId) -> Result<(), AppError> {
    let found: Option<Email> = sql(
        "UPDATE person_emails SET expires_at = expires_at WHERE id = $1 AND state = 'waiting' AND expires_at > $2
         RETURNING id, person_id, address, state, expires_at",
    )
    .bind(id)
    .bind(now)
    .opt(&mut *tx)
    .await?;
    let email = found.ok_or(AppError::NotFound)?;
    sql("DELETE FROM person_emails WHERE person_id = $1 AND state = 'confirmed'")
        .bind(email.person_id)
        .run(tx)
        .await?;
    sql("UPDATE person_emails SET state = 'confirmed' WHERE id = $1").bind(id).run(tx).await?;
    note(tx, app, now, email.person_id, "person.email-confirmed", &email.address).await
}

/// Takes every address of a person away.
pub async fn remove_emails(tx: &mut Tx, app: &App, now: DateTime<Utc>, person: PersonId) -> Result<(), AppError> {
    let removed: Vec<(String,)> = sql("DELETE FROM person_emails WHERE person_id = $1 RETURNING address")
        .bind(person)
        .all(&mut *tx)
        .await?;
    if removed.is_empty() {
        return Err(AppError::NotFound);
    }
    let all: Vec<&str> = removed.iter().map(|(address,)| address.as_str()).collect();
    note(tx, app, now, person, "person.email-removed", all.first().copied().unwrap_or_default()).await
}

async fn note(tx: &mut Tx, app: &App, now: DateTime<Utc>, person: PersonId, what: &'static str, address: &str) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(person),
        what,
        subject_kind: audit::PERSON,
        subject_id: person.to_string(),
        region: None,
        detail: veiled(address),
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// What a person does not want to be sent, by topic and channel.
pub async fn unwanted(db: &Db, person: PersonId) -> Result<BTreeSet<(Topic, Channel)>, AppError> {
    let rows: Vec<(String, String)> = sql("SELECT topic, channel FROM message_choices WHERE person_id = $1 AND NOT wanted")
        .bind(person)
        .all(db)
        .await?;
    let known = rows
        .iter()
        .filter_map(|(topic, channel)| Some((topic.parse().ok()?, channel.parse().ok()?)));
    Ok(known.collect())
}

/// Keeps what a person chose.
pub async fn keep_choices(tx: &mut Tx, person: PersonId, choices: &[(Topic, Channel, bool)]) -> Result<(), AppError> {
    if choices.is_empty() {
        return Ok(());
    }
    let mut query = sql("INSERT INTO message_choices (person_id, topic, channel, wanted) VALUES ").bind(person);
    for (place, (topic, channel, wanted)) in choices.iter().enumerate() {
        query = query
            .push(if place == 0 { "($1, " } else { ", ($1, " })
            .push_bind(topic.as_str())
            .push(", ");
        query = query.push_bind(channel.as_str()).push(", ").push_bind(*wanted).push(")");
    }
    query
        .push(" ON CONFLICT (person_id, topic, channel) DO UPDATE SET wanted = excluded.wanted")
        .run(tx)
        .await?;
    Ok(())
}
