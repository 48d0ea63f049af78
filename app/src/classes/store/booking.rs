//! Lessons, and the promise that a teacher or a venue is never in two of them at once.
//!
//! Whoever books takes the class, then the teachers, then the venues, each in the order of their ids, by updating their
//! rows; only then it looks for overlaps. So of two who book at once the second sees what the first wrote, on both engines,
//! and nobody waits for another in a circle.

mod copying;
mod telling;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

pub use copying::duplicate;

use super::{Class, Happened, Lesson, happened, lesson, lock};
use crate::audit;
use crate::classes::policy::ClassPermit;
use crate::classes::rules::{ClassState, LessonFields, Span, plain_range};
use crate::db::{On, Query, Tx, sql};
use crate::error::{AppError, FieldProblem, Problem};
use crate::ids::{ClassId, LessonId, TeacherId, VenueId};
use crate::state::App;

/// What can be in one lesson at a time only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    Teacher,
    Venue,
}

impl Resource {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Teacher => "teacher",
            Self::Venue => "venue",
        }
    }
}

/// A lesson that has the teacher or the venue already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    pub what: Resource,
    /// The teacher's or the venue's name.
    pub name: String,
    pub class: String,
    pub topic: String,
    pub span: Span,
}

impl Clash {
    /// The sentence that names the clash.
    pub fn problem(&self) -> Problem {
        Problem::new(&format!("classes-clash-{}", self.what.as_str()))
            .with("name", &self.name)
            .with("class", &self.class)
            .with("topic", &self.topic)
            .with("when", plain_range(self.span))
    }
}

#[derive(sqlx::FromRow)]
struct Booked {
    id: LessonId,
    teacher_id: Option<TeacherId>,
    teacher: Option<String>,
    venue_id: Option<VenueId>,
    venue: Option<String>,
    class: String,
    topic: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

impl Booked {
    fn span(&self) -> Span {
        Span {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }

    fn clash(&self, what: Resource) -> Clash {
        let name = match what {
            Resource::Teacher => &self.teacher,
            Resource::Venue => &self.venue,
        };
        Clash {
            what,
            name: name.clone().unwrap_or_default(),
            class: self.class.clone(),
            topic: self.topic.clone(),
            span: self.span(),
        }
    }
}

/// For each lesson wanted, the live lessons (of any class and school) that have its teacher or its venue at that time.
/// `except` is the lesson being changed.
pub async fn clashes(on: impl Into<On<'_>>, wanted: &[LessonFields], except: Option<LessonId>) -> Result<Vec<Vec<Clash>>, AppError> {
    let first = wanted.iter().map(|lesson| lesson.span.starts_at).min();
    let last = wanted.iter().map(|lesson| lesson.span.ends_at).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(Vec::new());
    };
    let booked: Vec<Booked> = live_between(first, last)
        .push(" AND (l.teacher_id")
        .push_in(teachers_of(wanted))
        .push(" OR l.venue_id")
        .push_in(venues_of(wanted))
        .push(") ORDER BY l.starts_at, l.id")
        .all(on)
        .await?;
    Ok(wanted.iter().map(|lesson| clashes_of(lesson, &booked, except)).collect())
}

fn live_between(first: DateTime<Utc>, last: DateTime<Utc>) -> Query {
    sql(
        "SELECT l.id, l.teacher_id, t.name AS teacher, l.venue_id, v.name AS venue, c.title AS class, l.topic, l.starts_at, l.ends_at
         FROM lessons l JOIN classes c ON c.id = l.class_id LEFT JOIN teachers t ON t.id = l.teacher_id LEFT JOIN venues v ON v.id = l.venue_id
         WHERE l.starts_at < $1 AND l.ends_at > $2 AND l.cancelled_at IS NULL AND c.state <> 'cancelled'",
    )
    .bind(last)
    .bind(first)
}

fn clashes_of(wanted: &LessonFields, booked: &[Booked], except: Option<LessonId>) -> Vec<Clash> {
    let others = booked
        .iter()
        .filter(|other| Some(other.id) != except && other.span().overlaps(wanted.span));
    let mut found = Vec::new();
    for other in others {
        if wanted.teacher.is_some() && wanted.teacher == other.teacher_id {
            found.push(other.clash(Resource::Teacher));
        }
        if wanted.venue.is_some() && wanted.venue == other.venue_id {
            found.push(other.clash(Resource::Venue));
        }
    }
    found
}

fn teachers_of(wanted: &[LessonFields]) -> BTreeSet<TeacherId> {
    wanted.iter().filter_map(|lesson| lesson.teacher).collect()
}

fn venues_of(wanted: &[LessonFields]) -> BTreeSet<VenueId> {
    wanted.iter().filter_map(|lesson| lesson.venue).collect()
}

/// Those who can't be booked any more: unknown, or retired.
#[derive(Default)]
struct Gone {
    teachers: BTreeSet<TeacherId>,
    venues: BTreeSet<VenueId>,
}

/// Takes every teacher, then every venue, in the order of their ids. The update changes nothing: it holds the row, and whoever
/// has its form open is not told of a conflict.
async fn lock_resources(tx: &mut Tx, wanted: &[LessonFields]) -> Result<Gone, AppError> {
    let mut gone = Gone::default();
    for id in teachers_of(wanted) {
        let taken = sql("UPDATE teachers SET version = version WHERE id = $1 AND retired_at IS NULL")
            .bind(id)
            .run(tx)
            .await?;
        if taken == 0 {
            gone.teachers.insert(id);
        }
    }
    for id in venues_of(wanted) {
        let taken = sql("UPDATE venues SET version = version WHERE id = $1 AND retired_at IS NULL")
            .bind(id)
            .run(tx)
            .await?;
        if taken == 0 {
            gone.venues.insert(id);
        }
    }
    Ok(gone)
}

/// Takes what the lessons need and refuses, naming every clash.
async fn book(tx: &mut Tx, wanted: &[LessonFields], except: Option<LessonId>) -> Result<(), AppError> {
    let gone = lock_resources(tx, wanted).await?;
    let mut faults = Vec::new();
    if !gone.teachers.is_empty() {
        faults.push(FieldProblem::new("teacher", "classes-teacher-gone"));
    }
    if !gone.venues.is_empty() {
        faults.push(FieldProblem::new("venue", "classes-venue-gone"));
    }
    for clash in clashes(&mut *tx, wanted, except).await?.into_iter().flatten() {
        faults.push(FieldProblem {
            field: clash.what.as_str().to_owned(),
            problem: clash.problem(),
        });
    }
    if faults.is_empty() { Ok(()) } else { Err(AppError::Invalid(faults)) }
}

/// Lessons of an announced class stay behind its enrolment window.
fn check_window(class: &Class, wanted: &[LessonFields]) -> Result<(), AppError> {
    let early = |closes| wanted.iter().any(|lesson| lesson.span.starts_at < closes);
    if class.state.is_announced() && class.enrol_closes_at.is_some_and(early) {
        return Err(AppError::field("starts_at", "classes-lesson-before-window"));
    }
    Ok(())
}

async fn open_class(tx: &mut Tx, permit: &ClassPermit) -> Result<Class, AppError> {
    let class = lock(tx, permit.class()).await?;
    if class.state.takes_changes() {
        Ok(class)
    } else {
        Err(AppError::refused("classes-frozen"))
    }
}

async fn insert(tx: &mut Tx, app: &App, now: DateTime<Utc>, class: ClassId, wanted: &LessonFields) -> Result<LessonId, AppError> {
    let id = LessonId::new(&app.chance, now);
    sql(
        "INSERT INTO lessons (id, class_id, topic, starts_at, ends_at, teacher_id, venue_id, half_hours, code_key, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)",
    )
    .bind(id)
    .bind(class)
    .bind(&wanted.topic)
    .bind(wanted.span.starts_at)
    .bind(wanted.span.ends_at)
    .bind(wanted.teacher)
    .bind(wanted.venue)
    .bind(wanted.half_hours)
    .bind(app.chance.bytes::<32>())
    .run(tx)
    .await?;
    Ok(id)
}

/// Beginning and end of a class are those of its live lessons.
async fn keep_ends(tx: &mut Tx, class: ClassId) -> Result<(), AppError> {
    sql(
        "UPDATE classes SET starts_at = (SELECT MIN(l.starts_at) FROM lessons l WHERE l.class_id = $1 AND l.cancelled_at IS NULL),
             ends_at = (SELECT MAX(l.ends_at) FROM lessons l WHERE l.class_id = $1 AND l.cancelled_at IS NULL) WHERE id = $1",
    )
    .bind(class)
    .run(tx)
    .await?;
    Ok(())
}

/// Adds lessons to a class: all of them, or none where one clashes.
pub async fn add_lessons(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ClassPermit,
    wanted: &[LessonFields],
) -> Result<Vec<LessonId>, AppError> {
    let class = open_class(tx, permit).await?;
    check_window(&class, wanted)?;
    book(tx, wanted, None).await?;
    let mut ids = Vec::with_capacity(wanted.len());
    for lesson in wanted {
        ids.push(insert(tx, app, now, class.id, lesson).await?);
        note(
            tx,
            app,
            now,
            permit,
            "lesson_added",
            &format!("{} {}", lesson.topic, plain_range(lesson.span)),
        )
        .await?;
    }
    keep_ends(tx, class.id).await?;
    Ok(ids)
}

/// A lesson of the permit's class that can still be changed.
async fn open_lesson(tx: &mut Tx, class: ClassId, id: LessonId) -> Result<Lesson, AppError> {
    let lesson = lesson(tx, id).await?;
    if lesson.class_id != class {
        return Err(AppError::NotFound);
    }
    if lesson.cancelled_at.is_some() {
        return Err(AppError::refused("classes-lesson-is-cancelled"));
    }
    if lesson.attendance_closed_at.is_some() {
        return Err(AppError::refused("classes-lesson-is-held"));
    }
    Ok(lesson)
}

/// Changes a lesson; `edition` is the one its editor had before them. A new time or venue of an announced lesson is told
/// to the approved.
pub async fn change_lesson(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ClassPermit,
    (id, edition): (LessonId, i64),
    wanted: &LessonFields,
) -> Result<(), AppError> {
    let class = open_class(tx, permit).await?;
    let before = open_lesson(tx, class.id, id).await?;
    if super::lesson_edition(&mut *tx, id).await? != edition {
        return Err(AppError::refused("classes-edit-conflict"));
    }
    let moved = before.starts_at != wanted.span.starts_at || before.ends_at != wanted.span.ends_at;
    if moved {
        check_window(&class, std::slice::from_ref(wanted))?;
    }
    book(tx, std::slice::from_ref(wanted), Some(id)).await?;
    sql(
        "UPDATE lessons SET topic = $2, starts_at = $3, ends_at = $4, teacher_id = $5, venue_id = $6, half_hours = $7,
             edition = edition + 1, version = version + 1, sequence = sequence + 1, changed_at = $8 WHERE id = $1",
    )
    .bind(id)
    .bind(&wanted.topic)
    .bind(wanted.span.starts_at)
    .bind(wanted.span.ends_at)
    .bind(wanted.teacher)
    .bind(wanted.venue)
    .bind(wanted.half_hours)
    .bind(now)
    .run(tx)
    .await?;
    keep_ends(tx, class.id).await?;
    note(
        tx,
        app,
        now,
        permit,
        "lesson_changed",
        &format!("{} {}", wanted.topic, plain_range(wanted.span)),
    )
    .await?;
    if class.state.is_public() && (moved || before.venue_id != wanted.venue) {
        telling::moved(tx, app, now, &class, id).await?;
    }
    Ok(())
}

/// Cancels a lesson with a reason, which everyone enrolled is told. It stays on the timetable, struck out.
pub async fn cancel_lesson(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ClassPermit, id: LessonId, reason: &str) -> Result<(), AppError> {
    let class = open_class(tx, permit).await?;
    let lesson = open_lesson(tx, class.id, id).await?;
    let live = sql("SELECT COUNT(*) FROM lessons WHERE class_id = $1 AND cancelled_at IS NULL")
        .bind(class.id)
        .count(&mut *tx)
        .await?;
    if class.state != ClassState::Draft && live == 1 {
        return Err(AppError::refused("classes-last-lesson"));
    }
    sql("UPDATE lessons SET cancelled_at = $2, edition = edition + 1, version = version + 1, sequence = sequence + 1, changed_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .run(tx)
        .await?;
    keep_ends(tx, class.id).await?;
    let span = Span {
        starts_at: lesson.starts_at,
        ends_at: lesson.ends_at,
    };
    note(
        tx,
        app,
        now,
        permit,
        "lesson_cancelled",
        &format!("{} {} {reason}", lesson.topic, plain_range(span)),
    )
    .await?;
    telling::cancelled(tx, app, now, &class, &lesson, reason).await
}

/// Deletes a lesson of a draft, which nobody has been told of.
pub async fn delete_lesson(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ClassPermit, id: LessonId) -> Result<(), AppError> {
    let class = open_class(tx, permit).await?;
    let lesson = lesson(&mut *tx, id).await?;
    if lesson.class_id != class.id {
        return Err(AppError::NotFound);
    }
    if class.state != ClassState::Draft {
        return Err(AppError::refused("classes-lesson-cancel-instead"));
    }
    sql("DELETE FROM lessons WHERE id = $1").bind(id).run(tx).await?;
    keep_ends(tx, class.id).await?;
    note(tx, app, now, permit, "lesson_deleted", &lesson.topic).await
}

async fn note(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ClassPermit, what: &'static str, detail: &str) -> Result<(), AppError> {
    let event = Happened {
        class: permit.class(),
        by: Some(permit.by()),
        what,
        detail,
    };
    happened(tx, app, now, event).await?;
    let entry = audit::Entry {
        by: Some(permit.by()),
        what: "class.lessons",
        subject_kind: "class",
        subject_id: permit.class().to_string(),
        region: Some(permit.region()),
        detail: format!("{what}: {detail}"),
    };
    audit::note(tx, &app.chance, now, entry).await
}
