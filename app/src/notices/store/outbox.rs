//! Rows of the outbox: written with the notice that they carry, taken by one process at a time, settled by whoever took them.
//!
//! A taken row is not locked while it is being sent. Its `due_at` moves to the end of the lease instead: should the process
//! die, the row is simply due again. The attempt is counted before it begins, and only the holder of the lease may settle.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::db::{Db, Tx, sql};
use crate::error::{AppError, Problem};
use crate::i18n::Lang;
use crate::ids::{EmailId, NoticeId, PersonId};
use crate::notices::rules::{Channel, Fault, LEASE_LASTS, OutboxKey, Topic, next_attempt};
use crate::state::App;

/// The longest words of the other side that are kept.
const LONGEST_DETAIL: usize = 300;
/// How long what was sent or discarded stays to be seen.
const KEPT: TimeDelta = TimeDelta::days(30);
/// So many old rows are removed at once.
const SWEPT_AT_ONCE: i64 = 500;

/// Puts notices that were just written into every channel that is set up, for those who can and want to be reached there.
pub(super) async fn put(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    topic: Topic,
    notices: &[NoticeId],
    until: DateTime<Utc>,
) -> Result<(), AppError> {
    for channel in app.settings.channels.open() {
        let query = sql(
            "INSERT INTO outbox (id, channel, person_id, notice_id, topic, state, attempts, created_at, due_at, expires_at, changed_at)
             SELECT n.id, $1, n.person_id, n.id, $2, 'waiting', 0, $3, $3, $4, $3 FROM notices n JOIN people p ON p.id = n.person_id
             WHERE p.active",
        )
        .bind(channel.as_str())
        .bind(topic.as_str())
        .bind(now)
        .bind(until);
        let query = match channel {
            Channel::Email => query.push(" AND EXISTS (SELECT 1 FROM person_emails e WHERE e.person_id = p.id AND e.state = 'confirmed')"),
            Channel::Webhook => query,
        };
        let query = if topic.is_free() {
            query.push(
                " AND NOT EXISTS (SELECT 1 FROM message_choices c WHERE c.person_id = p.id AND c.topic = $2 AND c.channel = $1 AND NOT c.wanted)",
            )
        } else {
            query
        };
        query.push(" AND n.id").push_in(notices.iter().copied()).run(tx).await?;
    }
    Ok(())
}

/// Puts the mailed link for an address into the outbox: the only mail to an address that nobody confirmed.
pub(super) async fn put_link(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    person: PersonId,
    email: EmailId,
    until: DateTime<Utc>,
) -> Result<(), AppError> {
    sql(
        "INSERT INTO outbox (id, channel, person_id, email_id, topic, state, attempts, created_at, due_at, expires_at, changed_at)
         VALUES ($1, 'email', $2, $3, $4, 'waiting', 0, $5, $5, $6, $5)",
    )
    .bind(app.chance.uuid(now))
    .bind(person)
    .bind(email)
    .bind(Topic::Account.as_str())
    .bind(now)
    .bind(until)
    .run(tx)
    .await?;
    Ok(())
}

/// A message taken to be sent.
#[derive(Debug, Clone)]
pub struct Taken {
    pub key: OutboxKey,
    pub lease: Uuid,
    /// This one included.
    pub attempts: i64,
    pub expires_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub topic: Topic,
    pub to: Option<Reader>,
    pub content: Option<Content>,
    /// Its reader has switched this kind off, or the lesson that it reminds of does not wait for them then.
    pub is_moot: bool,
}

/// Who is to receive a message.
#[derive(Debug, Clone)]
pub struct Reader {
    pub person: PersonId,
    pub name: String,
    pub phone: Option<String>,
    pub lang: Lang,
    /// The confirmed address, or the one that a link asks about.
    pub address: Option<String>,
}

/// What a message says.
#[derive(Debug, Clone)]
pub enum Content {
    Notice {
        text: Problem,
        link: String,
    },
    /// The link that confirms an address.
    Link(EmailId),
}

#[derive(sqlx::FromRow)]
struct Row {
    attempts: i64,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    topic: Topic,
    person: PersonId,
    name: String,
    phone: Option<String>,
    lang: Option<String>,
    active: bool,
    email_id: Option<EmailId>,
    asked: Option<String>,
    confirmed: Option<String>,
    kind: Option<String>,
    params: Option<String>,
    link: Option<String>,
    is_unwanted: bool,
    is_waited_for: bool,
}

impl Row {
    fn into_taken(self, key: OutboxKey, lease: Uuid) -> Taken {
        let address = if self.email_id.is_some() { self.asked } else { self.confirmed };
        let is_reachable = self.active && (address.is_some() || key.channel == Channel::Webhook);
        let to = Reader {
            person: self.person,
            name: self.name,
            phone: self.phone,
            lang: self.lang.as_deref().and_then(Lang::parse).unwrap_or_default(),
            address,
        };
        let notice = self.kind.map(|kind| Content::Notice {
            text: Problem {
                key: kind,
                args: self.params.and_then(|params| serde_json::from_str(&params).ok()).unwrap_or_default(),
            },
            link: self.link.unwrap_or_default(),
        });
        Taken {
            key,
            lease,
            attempts: self.attempts,
            expires_at: self.expires_at,
            created_at: self.created_at,
            topic: self.topic,
            to: is_reachable.then_some(to),
            content: self.email_id.map(Content::Link).or(notice),
            is_moot: (self.topic.is_free() && self.is_unwanted) || !self.is_waited_for,
        }
    }
}

/// Whether anything of a channel is due: a read, so that waiting costs nobody a write.
pub async fn is_due(db: &Db, channel: Channel, now: DateTime<Utc>) -> Result<bool, AppError> {
    let found: Option<(i64,)> = sql("SELECT attempts FROM outbox WHERE channel = $1 AND state = 'waiting' AND due_at <= $2 LIMIT 1")
        .bind(channel.as_str())
        .bind(now)
        .opt(db)
        .await?;
    Ok(found.is_some())
}

/// Takes the message of a channel that is due longest, if there is one. No two processes take the same. One that another
/// process had taken, and whose lease has run out, is taken only `with_abandoned`.
pub async fn take(tx: &mut Tx, app: &App, now: DateTime<Utc>, channel: Channel, with_abandoned: bool) -> Result<Option<Taken>, AppError> {
    let lease = app.chance.uuid(now);
    // SQLite has one writer; on PostgreSQL who comes second passes by what the first is taking.
    let skip = if app.db.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let taken: Option<(Uuid,)> = sql(
        "UPDATE outbox SET attempts = attempts + 1, lease = $1, due_at = $2 WHERE state = 'waiting' AND channel = $3 AND id =
           (SELECT o.id FROM outbox o WHERE o.channel = $3 AND o.state = 'waiting' AND o.due_at <= $4 AND (o.lease IS NULL OR $5) ORDER BY o.due_at LIMIT 1",
    )
    .push(skip)
    .push(") RETURNING id")
    .bind(lease)
    .bind(now + LEASE_LASTS)
    .bind(channel.as_str())
    .bind(now)
    .bind(with_abandoned)
    .opt(&mut *tx)
    .await?;
    let Some((id,)) = taken else { return Ok(None) };
    let row: Row = sql(
        "SELECT o.attempts, o.expires_at, o.created_at, o.topic, p.id AS person, p.name, p.phone, p.lang, p.active, o.email_id,
            a.address AS asked, c.address AS confirmed, n.kind, n.params, n.link,
            EXISTS (SELECT 1 FROM message_choices h WHERE h.person_id = o.person_id AND h.topic = o.topic AND h.channel = o.channel AND NOT h.wanted)
                AS is_unwanted,
            -- A reminder is worth something until its lesson begins, by which the lesson is found.
            (o.topic <> 'reminder' OR EXISTS (SELECT 1 FROM lessons l JOIN classes k ON k.id = l.class_id
                JOIN enrolments e ON e.class_id = k.id AND e.person_id = o.person_id AND e.state = 'approved'
                WHERE l.starts_at = o.expires_at AND l.cancelled_at IS NULL AND k.state IN ('published', 'enrolling', 'running')
                AND NOT EXISTS (SELECT 1 FROM leaves v WHERE v.lesson_id = l.id AND v.enrolment_id = e.id AND v.state = 'approved'))) AS is_waited_for
         FROM outbox o JOIN people p ON p.id = o.person_id
         LEFT JOIN notices n ON n.id = o.notice_id
         LEFT JOIN person_emails a ON a.id = o.email_id AND a.state = 'waiting'
         LEFT JOIN person_emails c ON c.person_id = p.id AND c.state = 'confirmed'
         WHERE o.id = $1 AND o.channel = $2",
    )
    .bind(id)
    .bind(channel.as_str())
    .one(tx)
    .await?;
    Ok(Some(row.into_taken(OutboxKey { id, channel }, lease)))
}

/// Keeps a message that is on the line for as long again. Answers false when another process has it.
pub async fn renew(app: &App, taken: &Taken) -> Result<bool, AppError> {
    let mut tx = app.db.begin().await?;
    let renewed = sql("UPDATE outbox SET due_at = $4 WHERE id = $1 AND channel = $2 AND lease = $3 AND state = 'waiting'")
        .bind(taken.key.id)
        .bind(taken.key.channel.as_str())
        .bind(taken.lease)
        .bind(app.clock.now() + LEASE_LASTS)
        .run(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(renewed == 1)
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    /// There is no use in trying again, and nobody need know.
    Drop(Fault),
    /// There is no use in trying again, and an administrator should know.
    Never {
        fault: Fault,
        detail: String,
    },
    /// Another time, not before `wait`.
    Later {
        fault: Fault,
        detail: String,
        wait: TimeDelta,
    },
}

impl Outcome {
    /// One word for figures.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Drop(_) => "dropped",
            Self::Never { .. } => "dead",
            Self::Later { .. } => "later",
        }
    }
}

/// Writes down what came of an attempt. Answers false when the lease had run out and another process has the message.
pub async fn settle(tx: &mut Tx, now: DateTime<Utc>, taken: &Taken, outcome: &Outcome) -> Result<bool, AppError> {
    let (state, due_at, fault, detail) = match outcome {
        Outcome::Sent => ("sent", now, None, None),
        Outcome::Drop(fault) => ("dropped", now, Some(*fault), None),
        Outcome::Never { fault, detail } => ("dead", now, Some(*fault), Some(detail)),
        Outcome::Later { fault, detail, wait } => match next_attempt(now, taken.expires_at, *wait) {
            Some(next) => ("waiting", next, Some(*fault), Some(detail)),
            None => ("dead", now, Some(*fault), Some(detail)),
        },
    };
    let written = sql(
        "UPDATE outbox SET state = $4, due_at = $5, changed_at = $6, fault = $7, detail = $8, lease = NULL
         WHERE id = $1 AND channel = $2 AND lease = $3 AND state = 'waiting'",
    )
    .bind(taken.key.id)
    .bind(taken.key.channel.as_str())
    .bind(taken.lease)
    .bind(state)
    .bind(due_at)
    .bind(now)
    .bind(fault.map(Fault::as_str))
    .bind(detail.map(|detail| printable(detail)))
    .run(tx)
    .await?;
    Ok(written == 1)
}

/// What another machine said, fit to be kept and shown.
fn printable(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_DETAIL).collect();
    plain.trim().to_owned()
}

/// Removes what was sent or discarded long ago.
pub async fn sweep(app: &App, now: DateTime<Utc>) -> Result<(), AppError> {
    const OLD: &str = "SELECT id, channel FROM outbox WHERE state = $1 AND changed_at < $2 ORDER BY changed_at, id, channel LIMIT $3";
    for state in ["sent", "dropped"] {
        let old: Vec<(Uuid, String)> = sql(OLD).bind(state).bind(now - KEPT).bind(SWEPT_AT_ONCE).all(&app.db).await?;
        if old.is_empty() {
            continue;
        }
        let mut tx = app.db.begin().await?;
        sql("DELETE FROM outbox WHERE state = $1 AND changed_at < $2 AND id")
            .bind(state)
            .bind(now - KEPT)
            .push_in(old.into_iter().map(|(id, _)| id))
            .run(&mut tx)
            .await?;
        tx.commit().await?;
    }
    Ok(())
}
