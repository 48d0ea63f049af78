//! What the live pages show: how many are in, and who came last.

use chrono::{DateTime, Utc};

use crate::attendance::rules::Status;
use crate::db::{On, sql};
use crate::error::AppError;
use crate::ids::LessonId;

/// A lesson's roster by status. `roster` counts everybody approved, marked or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    pub roster: i64,
    pub present: i64,
    pub late: i64,
    pub left_early: i64,
    pub excused: i64,
    pub absent: i64,
    pub flagged: i64,
}

impl Counts {
    /// In the hall.
    pub fn arrived(&self) -> i64 {
        self.present + self.late
    }

    pub fn unmarked(&self) -> i64 {
        self.roster - self.present - self.late - self.left_early - self.excused - self.absent
    }
}

/// How a lesson stands.
pub async fn counts(on: impl Into<On<'_>>, lesson: LessonId) -> Result<Counts, AppError> {
    let counts = sql("SELECT COUNT(*) AS roster,
            COUNT(CASE WHEN a.status = 'present' THEN 1 END) AS present,
            COUNT(CASE WHEN a.status = 'late' THEN 1 END) AS late,
            COUNT(CASE WHEN a.status = 'left_early' THEN 1 END) AS left_early,
            COUNT(CASE WHEN a.status = 'excused' THEN 1 END) AS excused,
            COUNT(CASE WHEN a.status = 'absent' THEN 1 END) AS absent,
            COUNT(CASE WHEN a.flags <> '' THEN 1 END) AS flagged
         FROM lessons l JOIN enrolments e ON e.class_id = l.class_id AND e.state = 'approved'
         LEFT JOIN attendances a ON a.lesson_id = l.id AND a.enrolment_id = e.id
         WHERE l.id = $1")
    .bind(lesson)
    .one(on)
    .await?;
    Ok(counts)
}

/// Somebody who came.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Arrived {
    pub name: String,
    #[sqlx(try_from = "String")]
    pub status: Status,
    pub at: DateTime<Utc>,
    pub flags: String,
}

/// The last who came, the latest first.
pub async fn latest(on: impl Into<On<'_>>, lesson: LessonId, how_many: i64) -> Result<Vec<Arrived>, AppError> {
    Ok(sql("SELECT p.name, a.status, a.at, a.flags FROM attendances a
         JOIN enrolments e ON e.id = a.enrolment_id JOIN people p ON p.id = e.person_id
         WHERE a.lesson_id = $1 AND a.status IN ('present', 'late') ORDER BY a.at DESC, p.name LIMIT $2")
    .bind(lesson)
    .bind(how_many)
    .all(on)
    .await?)
}
