//! The outbox as an administrator sees and tends it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::accounts::rules::like_anywhere;
use crate::audit;
use crate::db::{Db, Tx, sql};
use crate::error::AppError;
use crate::ids::PersonId;
use crate::notices::policy::OutboxPermit;
use crate::notices::rules::{Channel, Fault, OutboxKey, OutboxState, PATIENCE, Topic};
use crate::paging::{Paged, Step};
use crate::state::App;

/// How many rows a page shows.
const PAGE: i64 = 30;

/// A message on its way out, without its words: whom it is for and how far it is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OutboxRow {
    id: Uuid,
    #[sqlx(try_from = "String")]
    channel: Channel,
    pub person_id: PersonId,
    pub name: String,
    /// Where mail goes now: the confirmed address, or the one that a link asks about.
    pub address: Option<String>,
    #[sqlx(try_from = "String")]
    pub topic: Topic,
    pub attempts: i64,
    pub created_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    fault: Option<String>,
    pub detail: Option<String>,
}

impl OutboxRow {
    pub fn key(&self) -> OutboxKey {
        OutboxKey {
            id: self.id,
            channel: self.channel,
        }
    }

    /// Why the last attempt failed.
    pub fn fault(&self) -> Option<Fault> {
        self.fault.as_deref().and_then(|word| word.parse().ok())
    }
}

/// One page of the outbox in a state, what changed last first; `words` are a part of a name, its initials or a phone number.
pub async fn outbox_page(db: &Db, _: &OutboxPermit, state: OutboxState, words: &str, step: Step<OutboxKey>) -> Result<Paged<OutboxRow>, AppError> {
    let mut query = sql(
        "SELECT o.id, o.channel, o.person_id, p.name, COALESCE(a.address, c.address) AS address, o.topic, o.attempts, o.created_at,
            o.due_at, o.changed_at, o.fault, o.detail
         FROM outbox o JOIN people p ON p.id = o.person_id
         LEFT JOIN person_emails a ON a.id = o.email_id
         LEFT JOIN person_emails c ON c.person_id = o.person_id AND c.state = 'confirmed' AND o.email_id IS NULL
         WHERE o.state = $1",
    )
    .bind(state.as_str());
    if !words.is_empty() {
        let pattern = like_anywhere(words);
        query = query.push(" AND (lower(p.name) LIKE ").push_bind(&pattern);
        query = query.push(" ESCAPE '!' OR p.initials LIKE ").push_bind(&pattern);
        query = query.push(" ESCAPE '!' OR p.phone LIKE ").push_bind(&pattern).push(" ESCAPE '!')");
    }
    let beside = |query: crate::db::Query, key: OutboxKey, sign: &'static str, order: &'static str| {
        query
            .push(sign)
            .push("(SELECT k.changed_at, k.id, k.channel FROM outbox k WHERE k.id = ")
            .push_bind(key.id)
            .push(" AND k.channel = ")
            .push_bind(key.channel.as_str())
            .push(order)
    };
    let query = match step {
        Step::First => query.push(" ORDER BY o.changed_at DESC, o.id DESC, o.channel DESC"),
        Step::After(key) => beside(
            query,
            key,
            " AND (o.changed_at, o.id, o.channel) < ",
            ") ORDER BY o.changed_at DESC, o.id DESC, o.channel DESC",
        ),
        Step::Before(key) => beside(
            query,
            key,
            " AND (o.changed_at, o.id, o.channel) > ",
            ") ORDER BY o.changed_at, o.id, o.channel",
        ),
    };
    let rows = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

/// How many messages are waiting and how many were given up.
pub async fn outbox_counts(db: &Db) -> Result<(i64, i64), AppError> {
    let counts = sql("SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'waiting'), (SELECT COUNT(*) FROM outbox WHERE state = 'dead')")
        .one(db)
        .await?;
    Ok(counts)
}

/// Sends a message again that was given up: the same message under the same name, with all its time before it, unless it ends by
/// itself.
///
/// # Errors
/// [`AppError::NotFound`] when it is not among the dead.
pub async fn send_again(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &OutboxPermit, key: OutboxKey) -> Result<(), AppError> {
    let revived = revive().bind(now).bind(now + PATIENCE).push(" AND id = ").push_bind(key.id);
    if revived.push(" AND channel = ").push_bind(key.channel.as_str()).run(tx).await? == 0 {
        return Err(AppError::NotFound);
    }
    note(tx, app, now, permit, "message.sent-again", key.to_string(), String::new()).await
}

/// Sends everything again that was given up; answers how many messages.
pub async fn send_all_again(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &OutboxPermit) -> Result<u64, AppError> {
    let revived = revive().bind(now).bind(now + PATIENCE).run(tx).await?;
    note(tx, app, now, permit, "message.sent-again", "all".to_owned(), revived.to_string()).await?;
    Ok(revived)
}

fn revive() -> crate::db::Query {
    sql(
        // A reminder and a link that confirms an address are worth nothing after their time, whoever wants them sent.
        "UPDATE outbox SET state = 'waiting', attempts = 0, due_at = $1, changed_at = $1, fault = NULL, detail = NULL,
             expires_at = CASE WHEN topic = 'reminder' OR email_id IS NOT NULL THEN expires_at ELSE $2 END
         WHERE state = 'dead'",
    )
}

/// Discards a message that was given up.
///
/// # Errors
/// [`AppError::NotFound`] when it is not among the dead.
pub async fn discard(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &OutboxPermit, key: OutboxKey) -> Result<(), AppError> {
    let dropped = sql("UPDATE outbox SET state = 'dropped', changed_at = $3, fault = $4 WHERE id = $1 AND channel = $2 AND state = 'dead'")
        .bind(key.id)
        .bind(key.channel.as_str())
        .bind(now)
        .bind(Fault::Discarded.as_str())
        .run(tx)
        .await?;
    if dropped == 0 {
        return Err(AppError::NotFound);
    }
    note(tx, app, now, permit, "message.discarded", key.to_string(), String::new()).await
}

async fn note(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &OutboxPermit,
    what: &'static str,
    subject_id: String,
    detail: String,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind: "message",
        subject_id,
        region: Some(permit.region()),
        detail,
    };
    audit::note(tx, &app.chance, now, entry).await
}
