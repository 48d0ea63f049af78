//! What the API reads: pages by key, within the schools of a permit. Drafts are not offered.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::cursor::Part;
use super::policy::{AttendanceRead, ClassesRead, RosterRead};
use crate::attendance::{Source, Status};
use crate::classes::ClassState;
use crate::db::{Db, Query, sql};
use crate::enrolment::EnrolmentState;
use crate::error::AppError;
use crate::ids::{ClassId, LessonId, SchoolId};
use crate::integrations::Schools;

/// A class with its school.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClassRow {
    pub id: Uuid,
    pub title: String,
    pub term: String,
    #[sqlx(try_from = "String")]
    pub state: ClassState,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub capacity: i64,
    pub enrolled: i64,
    pub school_id: Uuid,
    pub region: String,
    pub school_zh: String,
    pub school_en: String,
}

/// A page of classes, the newest first, and one row more.
pub async fn classes(db: &Db, permit: ClassesRead, part: Part) -> Result<Vec<ClassRow>, AppError> {
    let query = sql(
        "SELECT c.id, c.title, c.term, c.state, c.starts_at, c.ends_at, c.capacity, s.id AS school_id, s.region, s.name_zh AS school_zh,
             s.name_en AS school_en, (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'approved') AS enrolled
         FROM classes c JOIN schools s ON s.id = c.school_id WHERE c.state <> 'draft'",
    );
    let query = match permit.schools() {
        Schools::All => query,
        Schools::One(school) => query.push(" AND c.school_id = ").push_bind(school),
    };
    let query = match part.after {
        Some(id) => query.push(" AND c.id < ").push_bind(id),
        None => query,
    };
    Ok(query.push(" ORDER BY c.id DESC LIMIT ").push_bind(part.limit + 1).all(db).await?)
}

/// A class that the caller reaches, or none such.
async fn within(db: &Db, schools: Schools, class: ClassId) -> Result<(), AppError> {
    let school: Option<(SchoolId,)> = sql("SELECT school_id FROM classes WHERE id = $1 AND state <> 'draft'")
        .bind(class)
        .opt(db)
        .await?;
    reached(schools, school)
}

fn reached(schools: Schools, school: Option<(SchoolId,)>) -> Result<(), AppError> {
    match school {
        Some((school,)) if schools.cover(school) => Ok(()),
        _ => Err(AppError::NotFound),
    }
}

/// A lesson of a class.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LessonRow {
    pub id: Uuid,
    pub topic: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub half_hours: i64,
    pub venue: Option<String>,
    pub teacher: Option<String>,
    pub cancelled: bool,
    pub closed: bool,
}

/// A page of a class's lessons, the earliest first, and one row more. None when the row of the cursor is gone.
pub async fn lessons(db: &Db, permit: ClassesRead, class: ClassId, part: Part) -> Result<Option<Vec<LessonRow>>, AppError> {
    within(db, permit.schools(), class).await?;
    let mut query = sql(
        "SELECT l.id, l.topic, l.starts_at, l.ends_at, l.half_hours, v.name AS venue, t.name AS teacher, l.cancelled_at IS NOT NULL AS cancelled,
             l.attendance_closed_at IS NOT NULL AS closed
         FROM lessons l LEFT JOIN venues v ON v.id = l.venue_id LEFT JOIN teachers t ON t.id = l.teacher_id WHERE l.class_id = $1",
    )
    .bind(class);
    if let Some(id) = part.after {
        let from: Option<(DateTime<Utc>,)> = sql("SELECT starts_at FROM lessons WHERE id = $1 AND class_id = $2")
            .bind(id)
            .bind(class)
            .opt(db)
            .await?;
        let Some((from,)) = from else { return Ok(None) };
        query = query
            .push(" AND (l.starts_at, l.id) > (")
            .push_bind(from)
            .push(", ")
            .push_bind(id)
            .push(")");
    }
    let rows = query.push(" ORDER BY l.starts_at, l.id LIMIT ").push_bind(part.limit + 1).all(db).await?;
    Ok(Some(rows))
}

/// Somebody on a roster.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RosterRow {
    pub id: Uuid,
    pub person_id: Uuid,
    pub name: String,
    /// Read only for those who may have it.
    pub phone: Option<String>,
    pub region: String,
    pub firm: Option<String>,
    pub enrolled_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

/// A page of a class's roster, in the order of enrolling, and one row more.
pub async fn roster(db: &Db, permit: RosterRead, class: ClassId, state: EnrolmentState, part: Part) -> Result<Vec<RosterRow>, AppError> {
    within(db, permit.schools(), class).await?;
    let phone = if permit.phones() { "p.phone" } else { "CAST(NULL AS TEXT) AS phone" };
    let query = sql("SELECT e.id, e.person_id, p.name, e.region, f.name AS firm, e.created_at AS enrolled_at, e.changed_at, ")
        .push(phone)
        .push(
            " FROM enrolments e JOIN people p ON p.id = e.person_id LEFT JOIN firms f ON f.id = COALESCE(e.firm_id, p.firm_id)
              WHERE e.class_id = $1 AND e.state = $2",
        )
        .bind(class)
        .bind(state.as_str());
    Ok(after(query, " AND e.id > ", part)
        .push(" ORDER BY e.id LIMIT ")
        .push_bind(part.limit + 1)
        .all(db)
        .await?)
}

fn after(query: Query, condition: &'static str, part: Part) -> Query {
    match part.after {
        Some(id) => query.push(condition).push_bind(id),
        None => query,
    }
}

/// What the ledger says of somebody in a lesson.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AttendanceRow {
    pub enrolment_id: Uuid,
    pub person_id: Uuid,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub status: Status,
    #[sqlx(try_from = "String")]
    pub source: Source,
    pub at: DateTime<Utc>,
}

/// A page of a lesson's attendance, in the order of enrolling, and one row more.
pub async fn attendance(db: &Db, permit: AttendanceRead, lesson: LessonId, part: Part) -> Result<Vec<AttendanceRow>, AppError> {
    let school: Option<(SchoolId,)> =
        sql("SELECT c.school_id FROM lessons l JOIN classes c ON c.id = l.class_id WHERE l.id = $1 AND c.state <> 'draft'")
            .bind(lesson)
            .opt(db)
            .await?;
    reached(permit.schools(), school)?;
    let query = sql("SELECT a.enrolment_id, e.person_id, p.name, a.status, a.source, a.at
         FROM attendances a JOIN enrolments e ON e.id = a.enrolment_id JOIN people p ON p.id = e.person_id WHERE a.lesson_id = $1")
    .bind(lesson);
    Ok(after(query, " AND a.enrolment_id > ", part)
        .push(" ORDER BY a.enrolment_id LIMIT ")
        .push_bind(part.limit + 1)
        .all(db)
        .await?)
}
