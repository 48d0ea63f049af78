//! Rows of an entrepreneur's own page. Everything is asked by the person's own id, which only their sign-in knows.

use chrono::{DateTime, Utc};

use super::leave_rules::{Attended, LeaveState, half_hours_by_year};
use super::rules::{Status, Tally};
use crate::accounts::Actor;
use crate::classes::ClassState;
use crate::db::{Db, sql};
use crate::error::AppError;
use crate::ids::{ClassId, LessonId};

/// More classes and lessons than anybody attends in twenty years.
const MOST: i64 = 2_000;

/// One's place in a class; the latest when there were several.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OwnClass {
    pub class_id: ClassId,
    /// The state of the enrolment.
    pub state: String,
    pub reason: Option<String>,
    /// The place in the waitlist, from 1.
    pub place: Option<i64>,
    pub title: String,
    pub term: String,
    #[sqlx(try_from = "String")]
    pub class_state: ClassState,
    pub cancel_reason: Option<String>,
    pub pass_rate: i64,
    pub school_zh: String,
    pub school_en: String,
}

impl OwnClass {
    /// On the roster or waiting for it.
    pub fn is_live(&self) -> bool {
        matches!(self.state.as_str(), "submitted" | "approved" | "waitlisted")
    }
}

pub async fn own_classes(db: &Db, actor: &Actor) -> Result<Vec<OwnClass>, AppError> {
    let rows: Vec<OwnClass> = sql("SELECT e.class_id, e.state, e.reason, CASE WHEN e.state = 'waitlisted' THEN 1 + (
                 SELECT COUNT(*) FROM enrolments w WHERE w.class_id = e.class_id AND w.state = 'waitlisted' AND (w.priority > e.priority
                     OR (w.priority = e.priority AND (w.queued_at < e.queued_at OR (w.queued_at = e.queued_at AND w.id < e.id))))
             ) END AS place, c.title, c.term, c.state AS class_state, c.cancel_reason, c.pass_rate,
             s.name_zh AS school_zh, s.name_en AS school_en
         FROM enrolments e JOIN classes c ON c.id = e.class_id JOIN schools s ON s.id = c.school_id
         WHERE e.person_id = $1 ORDER BY e.created_at DESC, e.id DESC LIMIT $2")
    .bind(actor.person)
    .bind(MOST)
    .all(db)
    .await?;
    let mut seen = std::collections::HashSet::new();
    Ok(rows.into_iter().filter(|row| seen.insert(row.class_id)).collect())
}

/// A lesson of one's own timetable.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OwnLesson {
    pub id: LessonId,
    pub class_id: ClassId,
    pub class_title: String,
    pub topic: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub half_hours: i64,
    pub teacher: Option<String>,
    pub venue: Option<String>,
    pub address: Option<String>,
    pub closed: bool,
    pub cancelled: bool,
    /// Approved now; otherwise only what was attended before counts.
    pub on_roster: bool,
    status: Option<String>,
    leave_state: Option<String>,
}

impl OwnLesson {
    pub fn status(&self) -> Option<Status> {
        self.status.as_deref().and_then(|word| word.parse().ok())
    }

    pub fn leave(&self) -> Option<LeaveState> {
        self.leave_state.as_deref().and_then(|word| word.parse().ok())
    }

    /// Still to come or going on.
    pub fn is_ahead(&self, now: DateTime<Utc>) -> bool {
        self.on_roster && !self.cancelled && now < self.ends_at
    }
}

/// Every lesson of the classes that somebody is or was in, in order of time.
pub async fn own_lessons(db: &Db, actor: &Actor) -> Result<Vec<OwnLesson>, AppError> {
    let rows = sql(
        "SELECT l.id, l.class_id, c.title AS class_title, l.topic, l.starts_at, l.ends_at, l.half_hours, t.name AS teacher, v.name AS venue,
             v.address, l.attendance_closed_at IS NOT NULL AS closed, l.cancelled_at IS NOT NULL AS cancelled, e.state = 'approved' AS on_roster,
             a.status, w.state AS leave_state
         FROM enrolments e JOIN classes c ON c.id = e.class_id JOIN lessons l ON l.class_id = e.class_id
         LEFT JOIN teachers t ON t.id = l.teacher_id LEFT JOIN venues v ON v.id = l.venue_id
         LEFT JOIN attendances a ON a.lesson_id = l.id AND a.enrolment_id = e.id
         LEFT JOIN leaves w ON w.lesson_id = l.id AND w.enrolment_id = e.id AND w.state IN ('asked', 'approved')
         WHERE e.person_id = $1 AND (c.state <> 'cancelled' OR a.status IS NOT NULL) AND (e.state = 'approved' OR a.status IS NOT NULL)
         ORDER BY l.starts_at, l.id LIMIT $2",
    )
    .bind(actor.person)
    .bind(MOST)
    .all(db)
    .await?;
    Ok(rows)
}

/// The tally of one class among one's own lessons.
pub fn tally(lessons: &[OwnLesson], class: ClassId) -> Tally {
    let mut tally = Tally::default();
    for lesson in lessons.iter().filter(|lesson| lesson.class_id == class && !lesson.cancelled) {
        match lesson.status() {
            // Closed before the person was on the roster: not held for them.
            None if lesson.closed || !lesson.on_roster => {}
            status => tally.add(status),
        }
    }
    tally
}

/// Training hours in halves by year, the latest first.
pub fn own_hours(lessons: &[OwnLesson]) -> Vec<(i32, i64)> {
    let attended: Vec<Attended<LessonId, ClassId>> = lessons
        .iter()
        .filter(|lesson| lesson.status().is_some_and(Status::attended))
        .map(|lesson| Attended {
            lesson: lesson.id,
            class: lesson.class_id,
            topic: lesson.topic.clone(),
            year: chrono::Datelike::year(&crate::clock::day_of(lesson.starts_at)),
            half_hours: lesson.half_hours,
        })
        .collect();
    half_hours_by_year(&attended).into_iter().rev().collect()
}
