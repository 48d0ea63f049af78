//! Rows of notices, of what is on its way out, and of where and what people want to be sent.

mod desk;
mod emails;
pub mod outbox;
#[cfg(test)]
mod outbox_tests;

pub use desk::{OutboxRow, discard, outbox_counts, outbox_page, send_again, send_all_again};
pub use emails::{Email, ask_email, confirm_email, confirmed_email, emails, keep_choices, linked_email, remove_emails, unwanted};

use chrono::{DateTime, Utc};

use crate::db::{Db, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{NoticeId, PersonId};
use crate::notices::rules::{PATIENCE, Topic};
use crate::paging::{Paged, Step};
use crate::state::App;

/// How many messages a page of the inbox shows.
const INBOX: i64 = 30;

/// A message as stored; its words are made from `text` when it is read.
#[derive(Debug, Clone)]
pub struct Notice {
    pub id: NoticeId,
    pub text: Problem,
    pub link: String,
    pub created_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// So many notices are written by one statement.
const AT_ONCE: usize = 100;

/// Leaves a message for a person, in the caller's transaction. `text` names a text (`notice-…`) with its arguments.
pub async fn tell(tx: &mut Tx, app: &App, now: DateTime<Utc>, person: PersonId, text: &Problem, link: &str) -> Result<(), AppError> {
    tell_all(tx, app, now, &[person], text, link).await
}

/// Leaves the same message for each of several people, in the caller's transaction.
pub async fn tell_all(tx: &mut Tx, app: &App, now: DateTime<Utc>, people: &[PersonId], text: &Problem, link: &str) -> Result<(), AppError> {
    tell_until(tx, app, now, people, text, link, now + PATIENCE).await
}

/// The same for what is worth nothing after an instant: later it is not sent out of the house any more.
pub async fn tell_until(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    people: &[PersonId],
    text: &Problem,
    link: &str,
    until: DateTime<Utc>,
) -> Result<(), AppError> {
    let params = serde_json::to_string(&text.args).map_err(|error| AppError::internal(&error))?;
    for some in people.chunks(AT_ONCE) {
        let mut query = sql("INSERT INTO notices (kind, params, link, created_at, id, person_id) VALUES ")
            .bind(&text.key)
            .bind(&params)
            .bind(link)
            .bind(now);
        let mut ids = Vec::with_capacity(some.len());
        for person in some {
            let id = NoticeId::new(&app.chance, now);
            query = query.push(if ids.is_empty() { "($1, $2, $3, $4, " } else { ", ($1, $2, $3, $4, " });
            query = query.push_bind(id).push(", ").push_bind(*person).push(")");
            ids.push(id);
        }
        query.run(tx).await?;
        outbox::put(tx, app, now, Topic::of_text(&text.key), &ids, until).await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: NoticeId,
    kind: String,
    params: String,
    link: String,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

impl From<Row> for Notice {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            text: Problem {
                key: row.kind,
                args: serde_json::from_str(&row.params).unwrap_or_default(),
            },
            link: row.link,
            created_at: row.created_at,
            read_at: row.read_at,
        }
    }
}

/// The newest messages of a person.
pub async fn inbox(db: &Db, person: PersonId) -> Result<Vec<Notice>, AppError> {
    Ok(inbox_page(db, person, Step::First).await?.rows)
}

/// One page of a person's messages, the newest first.
pub async fn inbox_page(db: &Db, person: PersonId, step: Step<NoticeId>) -> Result<Paged<Notice>, AppError> {
    let query = sql("SELECT n.id, n.kind, n.params, n.link, n.created_at, n.read_at FROM notices n WHERE n.person_id = $1").bind(person);
    let query = match step {
        Step::First => query.push(" ORDER BY n.created_at DESC, n.id DESC"),
        Step::After(id) => query
            .push(" AND (n.created_at, n.id) < (SELECT k.created_at, k.id FROM notices k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY n.created_at DESC, n.id DESC"),
        Step::Before(id) => query
            .push(" AND (n.created_at, n.id) > (SELECT k.created_at, k.id FROM notices k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY n.created_at, n.id"),
    };
    let rows: Vec<Row> = query.push(" LIMIT ").push_bind(INBOX + 1).all(db).await?;
    let notices = rows.into_iter().map(Notice::from).collect();
    Ok(Paged::cut(&step, notices, usize::try_from(INBOX).unwrap_or(usize::MAX)))
}

/// How many messages a person has not read.
pub async fn unread(db: &Db, person: PersonId) -> Result<i64, AppError> {
    Ok(sql("SELECT COUNT(*) FROM notices WHERE person_id = $1 AND read_at IS NULL")
        .bind(person)
        .count(db)
        .await?)
}

/// What is another after each change in a person's inbox: how many messages are unread, and which is the newest.
pub type InboxVersion = (i64, Option<NoticeId>);

/// The version of a person's inbox.
pub async fn inbox_version(db: &Db, person: PersonId) -> Result<InboxVersion, AppError> {
    Ok(sql("SELECT (SELECT COUNT(*) FROM notices WHERE person_id = $1 AND read_at IS NULL),
            (SELECT id FROM notices WHERE person_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1)")
    .bind(person)
    .one(db)
    .await?)
}

/// Marks every message of a person as read.
pub async fn mark_read(tx: &mut Tx, now: DateTime<Utc>, person: PersonId) -> Result<(), AppError> {
    sql("UPDATE notices SET read_at = $2 WHERE person_id = $1 AND read_at IS NULL")
        .bind(person)
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// Marks one message of a person as read.
pub async fn mark_one_read(tx: &mut Tx, now: DateTime<Utc>, person: PersonId, notice: NoticeId) -> Result<(), AppError> {
    let marked = sql("UPDATE notices SET read_at = COALESCE(read_at, $3) WHERE id = $2 AND person_id = $1")
        .bind(person)
        .bind(notice)
        .bind(now)
        .run(tx)
        .await?;
    if marked == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::testing::{TestCity, XINAN};

    async fn everybody_has_an_inbox_of_their_own(engine: Engine) {
        let city = TestCity::new(engine).await;
        let (own, other) = (city.person("甲", XINAN).await, city.person("乙", XINAN).await);
        let mut tx = city.begin().await;
        for n in 0..INBOX + 3 {
            let text = Problem::new("notices-none").with("n", n);
            tell(&mut tx, &city.app, city.now(), own, &text, "/me").await.expect("told");
        }
        tx.commit().await.expect("kept");
        let first = inbox_page(&city.app.db, own, Step::First).await.expect("read");
        assert_eq!((first.rows.len(), first.has_older), (30, true));
        let last = first.rows.last().expect("a row").id;
        let second = inbox_page(&city.app.db, own, Step::After(last)).await.expect("read");
        assert_eq!((second.rows.len(), second.has_newer, second.has_older), (3, true, false));
        let back = inbox_page(&city.app.db, own, Step::Before(second.rows[0].id)).await.expect("read");
        assert_eq!(
            back.rows.iter().map(|n| n.id).collect::<Vec<_>>(),
            first.rows.iter().map(|n| n.id).collect::<Vec<_>>()
        );
        let mut tx = city.begin().await;
        assert_eq!(mark_one_read(&mut tx, city.now(), other, last).await, Err(AppError::NotFound));
        mark_one_read(&mut tx, city.now(), own, last).await.expect("marked");
        tx.commit().await.expect("kept");
        assert_eq!(unread(&city.app.db, own).await, Ok(INBOX + 2));
        assert_eq!(unread(&city.app.db, other).await, Ok(0));
    }
    crate::on_both_engines!(everybody_has_an_inbox_of_their_own);
}
