//! What pages at the door read: which lesson a projected code belongs to, whose a personal code is, and what is on today.

use chrono::{DateTime, TimeDelta, Utc};

use super::ledger::Standing;
use crate::accounts::policy::Reach;
use crate::attendance::code;
use crate::attendance::policy::{MarkPermit, Scope};
use crate::attendance::rules::Status;
use crate::db::{On, Query, sql};
use crate::error::AppError;
use crate::ids::{EnrolmentId, LessonId, PersonId};

/// No lesson is longer, and no wall is put up earlier.
const DAY: TimeDelta = TimeDelta::days(1);

/// The code that the lesson's wall shows at this instant. Only who may mark may ask.
pub async fn shown_code(on: impl Into<On<'_>>, permit: &MarkPermit, lesson: LessonId, now: DateTime<Utc>) -> Result<String, AppError> {
    let key: Option<(Vec<u8>,)> = sql("SELECT code_key FROM lessons WHERE id = $1 AND class_id = $2")
        .bind(lesson)
        .bind(permit.class())
        .opt(on)
        .await?;
    let (key,) = key.ok_or(AppError::NotFound)?;
    Ok(code::shown_at(&key, now))
}

/// The lesson whose wall shows this code, now or one step ago.
pub async fn lesson_of_code(on: impl Into<On<'_>>, now: DateTime<Utc>, code: &str) -> Result<Option<LessonId>, AppError> {
    let of_the_day: Vec<(LessonId, Vec<u8>)> =
        sql("SELECT id, code_key FROM lessons WHERE starts_at > $1 AND starts_at < $2 AND cancelled_at IS NULL ORDER BY starts_at, id")
            .bind(now - DAY)
            .bind(now + DAY)
            .all(on)
            .await?;
    Ok(of_the_day
        .into_iter()
        .find(|(_, key)| code::fits(key, now, code))
        .map(|(lesson, _)| lesson))
}

/// Whose personal code was read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
}

/// The active person with this code.
pub async fn person_by_code(on: impl Into<On<'_>>, code: &str) -> Result<Option<Person>, AppError> {
    Ok(sql("SELECT id, name FROM people WHERE qr_code = $1 AND active")
        .bind(code)
        .opt(on)
        .await?)
}

/// A person's own code.
pub async fn code_of(on: impl Into<On<'_>>, person: PersonId) -> Result<String, AppError> {
    let (code,): (String,) = sql("SELECT qr_code FROM people WHERE id = $1").bind(person).one(on).await?;
    Ok(code)
}

/// A lesson of today, with how a person stands in it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenLesson {
    pub lesson: LessonId,
    pub topic: String,
    pub class: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub venue: Option<String>,
    /// The stored word of a [`Status`], when the person is marked.
    pub status: Option<String>,
}

impl OpenLesson {
    pub fn status(&self) -> Option<Status> {
        self.status.as_ref().and_then(|word| word.parse().ok())
    }
}

/// The lessons around now in which the person is on the roster, as far as the scope reaches.
pub async fn lessons_today(on: impl Into<On<'_>>, scope: &Scope, person: PersonId, now: DateTime<Utc>) -> Result<Vec<OpenLesson>, AppError> {
    let query = sql(
        "SELECT l.id AS lesson, l.topic, c.title AS class, l.starts_at, l.ends_at, v.name AS venue, a.status
         FROM enrolments e JOIN lessons l ON l.class_id = e.class_id JOIN classes c ON c.id = e.class_id JOIN schools s ON s.id = c.school_id
         LEFT JOIN venues v ON v.id = l.venue_id LEFT JOIN attendances a ON a.lesson_id = l.id AND a.enrolment_id = e.id
         WHERE e.state = 'approved' AND l.cancelled_at IS NULL AND e.person_id = ",
    )
    .push_bind(person)
    .push(" AND l.ends_at >= ")
    .push_bind(now - TimeDelta::hours(2))
    .push(" AND l.starts_at < ")
    .push_bind(now + TimeDelta::hours(12))
    .push(" AND ");
    Ok(within(query, scope).push(" ORDER BY l.starts_at, l.id LIMIT 20").all(on).await?)
}

/// Appends the condition of a scope on the school `s` and the class `c`.
fn within(query: Query, scope: &Scope) -> Query {
    match scope.reach() {
        Reach::City => query.push("TRUE"),
        Reach::Counties(counties) => query
            .push("(s.region")
            .push_in(counties.iter())
            .push(" OR c.id")
            .push_in(scope.classes().iter().copied())
            .push(")"),
    }
}

/// A person's next lesson after an instant.
pub async fn next_lesson(on: impl Into<On<'_>>, person: PersonId, after: DateTime<Utc>) -> Result<Option<OpenLesson>, AppError> {
    Ok(sql(
        "SELECT l.id AS lesson, l.topic, c.title AS class, l.starts_at, l.ends_at, v.name AS venue, NULL AS status
         FROM enrolments e JOIN lessons l ON l.class_id = e.class_id JOIN classes c ON c.id = e.class_id LEFT JOIN venues v ON v.id = l.venue_id
         WHERE e.person_id = $1 AND e.state = 'approved' AND l.cancelled_at IS NULL AND c.state <> 'cancelled' AND l.starts_at > $2
         ORDER BY l.starts_at, l.id LIMIT 1",
    )
    .bind(person)
    .bind(after)
    .opt(on)
    .await?)
}

/// How a person stands at a lesson's door.
#[derive(Debug, Clone, Default)]
pub struct OwnEntry {
    pub on_roster: bool,
    pub standing: Option<Standing>,
}

/// Whether a person is on a lesson's roster, and what the ledger says of them.
pub async fn own_entry(on: impl Into<On<'_>>, lesson: LessonId, person: PersonId) -> Result<OwnEntry, AppError> {
    type Row = (EnrolmentId, Option<String>, Option<String>, Option<DateTime<Utc>>);
    let row: Option<Row> = sql(
        "SELECT e.id, a.status, a.source, a.at FROM lessons l JOIN enrolments e ON e.class_id = l.class_id
         LEFT JOIN attendances a ON a.lesson_id = l.id AND a.enrolment_id = e.id
         WHERE l.id = $1 AND e.person_id = $2 AND e.state = 'approved'",
    )
    .bind(lesson)
    .bind(person)
    .opt(on)
    .await?;
    let Some((_, status, source, at)) = row else {
        return Ok(OwnEntry::default());
    };
    let standing = Standing::parse(status.as_deref(), source.as_deref(), at);
    Ok(OwnEntry { on_roster: true, standing })
}
