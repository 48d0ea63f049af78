//! Rows of classes and lessons.

mod booking;
pub mod choices;
mod editing;
mod life;
mod lists;
mod staff;

use chrono::{DateTime, Utc};

pub use booking::{Clash, Resource, add_lessons, cancel_lesson, change_lesson, clashes, delete_lesson, duplicate};
pub use editing::{create, delete_draft, edit};
pub(super) use life::lack_problem;
pub use life::{facts, run_due, take};
pub use lists::{ClassRow, Filter, Paged, Sort, TimetableEntry, classes, teacher_of, terms, timetable_of_school, timetable_of_teacher};
pub use staff::{Member, add_staff, find_people, remove_staff, staff_of};

use super::rules::{Approval, ClassState};
use crate::db::{On, Tx, sql};
use crate::error::AppError;
use crate::ids::{ClassId, EventId, LessonId, PersonId, PlanId, Region, SchoolId, TeacherId, ThemeId, VenueId};
use crate::state::App;

/// A class with its school's region, which decides who coordinates it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Class {
    pub id: ClassId,
    pub school_id: SchoolId,
    /// The region of the school: the city's for the city school.
    pub region: Region,
    pub plan_id: PlanId,
    pub theme_id: Option<ThemeId>,
    pub title: String,
    pub summary: String,
    pub term: String,
    /// Seats, at least 1.
    pub capacity: i64,
    #[sqlx(try_from = "String")]
    pub approval: Approval,
    pub enrol_opens_at: Option<DateTime<Utc>>,
    pub enrol_closes_at: Option<DateTime<Utc>>,
    /// After this instant nobody is promoted from the waitlist.
    pub cutoff_at: Option<DateTime<Utc>>,
    pub quota_reclaim_at: Option<DateTime<Utc>>,
    pub quota_reclaimed_at: Option<DateTime<Utc>>,
    /// Check-in opens so many minutes before a lesson's start.
    pub opens_before_min: i64,
    /// Arriving more than so many minutes after the start is late.
    pub late_after_min: i64,
    /// Attendance in percent that a certificate asks for.
    pub pass_rate: i64,
    #[sqlx(try_from = "String")]
    pub state: ClassState,
    pub cancel_reason: Option<String>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub version: i64,
}

/// A lesson of a class.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Lesson {
    pub id: LessonId,
    pub class_id: ClassId,
    pub topic: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub teacher_id: Option<TeacherId>,
    pub teacher: Option<String>,
    pub venue_id: Option<VenueId>,
    pub venue: Option<String>,
    /// Training hours in halves: 3 means 1.5 hours.
    pub half_hours: i64,
    pub attendance_closed_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub version: i64,
}

/// What stands around a class: names in both languages, and how many people.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Surroundings {
    pub school_zh: String,
    pub school_en: String,
    pub school_address: String,
    pub plan_zh: String,
    pub plan_en: String,
    pub theme_zh: Option<String>,
    pub theme_en: Option<String>,
    /// Counts edits of the form.
    pub edition: i64,
    pub approved: i64,
    pub waitlisted: i64,
    pub submitted: i64,
}

/// Something that happened to a class.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClassEvent {
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    pub what: String,
    pub detail: String,
}

/// How many events a page shows.
const EVENTS_SHOWN: i64 = 30;

/// Columns of a [`Class`], to be followed by `WHERE`.
const CLASS: &str = "SELECT c.id, c.school_id, s.region, c.plan_id, c.theme_id, c.title, c.summary, c.term, c.capacity, c.approval, c.enrol_opens_at,
    c.enrol_closes_at, c.cutoff_at, c.quota_reclaim_at, c.quota_reclaimed_at, c.opens_before_min, c.late_after_min, c.pass_rate, c.state,
    c.cancel_reason, c.starts_at, c.ends_at, c.version FROM classes c JOIN schools s ON s.id = c.school_id ";

/// Columns of a [`Lesson`], to be followed by `WHERE`.
const LESSON: &str = "SELECT l.id, l.class_id, l.topic, l.starts_at, l.ends_at, l.teacher_id, t.name AS teacher, l.venue_id, v.name AS venue,
    l.half_hours, l.attendance_closed_at, l.cancelled_at, l.version
    FROM lessons l LEFT JOIN teachers t ON t.id = l.teacher_id LEFT JOIN venues v ON v.id = l.venue_id ";

/// One class.
pub async fn class(on: impl Into<On<'_>>, id: ClassId) -> Result<Class, AppError> {
    let found = sql(CLASS).push("WHERE c.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// One lesson.
pub async fn lesson(on: impl Into<On<'_>>, id: LessonId) -> Result<Lesson, AppError> {
    let found = sql(LESSON).push("WHERE l.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The lessons of a class in order of time.
pub async fn lessons_of(on: impl Into<On<'_>>, class: ClassId) -> Result<Vec<Lesson>, AppError> {
    Ok(sql(LESSON)
        .push("WHERE l.class_id = $1 ORDER BY l.starts_at, l.id")
        .bind(class)
        .all(on)
        .await?)
}

/// How often the form of a lesson was saved.
pub async fn lesson_edition(on: impl Into<On<'_>>, id: LessonId) -> Result<i64, AppError> {
    Ok(sql("SELECT edition FROM lessons WHERE id = $1").bind(id).count(on).await?)
}

/// Names and counts around a class.
pub async fn surroundings(on: impl Into<On<'_>>, class: ClassId) -> Result<Surroundings, AppError> {
    let found = sql(
        "SELECT s.name_zh AS school_zh, s.name_en AS school_en, s.address AS school_address, p.name_zh AS plan_zh, p.name_en AS plan_en,
             h.name_zh AS theme_zh, h.name_en AS theme_en, c.edition,
             (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'approved') AS approved,
             (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'waitlisted') AS waitlisted,
             (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'submitted') AS submitted
         FROM classes c JOIN schools s ON s.id = c.school_id JOIN plans p ON p.id = c.plan_id LEFT JOIN plan_themes h ON h.id = c.theme_id
         WHERE c.id = $1",
    )
    .bind(class)
    .opt(on)
    .await?;
    found.ok_or(AppError::NotFound)
}

/// Seats kept for counties, with how many of the county's people hold one.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Quota {
    pub region: Region,
    pub seats: i64,
    pub taken: i64,
}

/// The county quotas of a class.
pub async fn quotas(on: impl Into<On<'_>>, class: ClassId) -> Result<Vec<Quota>, AppError> {
    Ok(sql("SELECT q.region, q.seats,
             (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = q.class_id AND e.region = q.region AND e.state = 'approved') AS taken
         FROM class_quotas q WHERE q.class_id = $1 ORDER BY q.region")
    .bind(class)
    .all(on)
    .await?)
}

/// The newest events of a class.
pub async fn events(on: impl Into<On<'_>>, class: ClassId) -> Result<Vec<ClassEvent>, AppError> {
    Ok(sql(
        "SELECT e.at, p.name AS by_name, e.what, e.detail FROM class_events e LEFT JOIN people p ON p.id = e.by_person
         WHERE e.class_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT $2",
    )
    .bind(class)
    .bind(EVENTS_SHOWN)
    .all(on)
    .await?)
}

/// A person's own enrolment in a class, as the public page words it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnEnrolment {
    /// The state as the enrolment slice stores it.
    pub state: String,
    /// How many wait before this one.
    pub ahead: i64,
}

impl OwnEnrolment {
    pub fn is_live(&self) -> bool {
        matches!(self.state.as_str(), "submitted" | "approved" | "waitlisted")
    }
}

/// A person's newest enrolment in a class, with its place in the queue: by priority, then time.
pub async fn own_enrolment(on: impl Into<On<'_>>, class: ClassId, person: PersonId) -> Result<Option<OwnEnrolment>, AppError> {
    Ok(sql("SELECT e.state,
             (SELECT COUNT(*) FROM enrolments o WHERE o.class_id = e.class_id AND o.state = 'waitlisted'
                AND (o.priority > e.priority OR (o.priority = e.priority AND (o.queued_at < e.queued_at OR (o.queued_at = e.queued_at AND o.id < e.id))))) AS ahead
         FROM enrolments e WHERE e.class_id = $1 AND e.person_id = $2 ORDER BY e.created_at DESC, e.id DESC LIMIT 1")
    .bind(class)
    .bind(person)
    .opt(on)
    .await?)
}

/// Takes the class for this transaction: whoever else wants to change it waits. Answers its row as it is then.
async fn lock(tx: &mut Tx, id: ClassId) -> Result<Class, AppError> {
    sql("UPDATE classes SET version = version + 1 WHERE id = $1").bind(id).run(tx).await?;
    class(tx, id).await
}

/// One line in the class's own history.
struct Happened<'a> {
    class: ClassId,
    by: Option<PersonId>,
    what: &'static str,
    detail: &'a str,
}

async fn happened(tx: &mut Tx, app: &App, now: DateTime<Utc>, event: Happened<'_>) -> Result<(), AppError> {
    sql("INSERT INTO class_events (id, class_id, at, by_person, what, detail) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(EventId::new(&app.chance, now))
        .bind(event.class)
        .bind(now)
        .bind(event.by)
        .bind(event.what)
        .bind(event.detail)
        .run(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
