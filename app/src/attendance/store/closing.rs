//! Closing a lesson: who was not marked was absent. Reopening takes back what closing assumed.

use chrono::{DateTime, Utc};

use super::ledger::write_events;
use crate::attendance::policy::MarkPermit;
use crate::attendance::rules::{Source, Status};
use crate::classes::{self, Lesson};
use crate::db::{Tx, sql};
use crate::error::AppError;
use crate::ids::{EnrolmentId, EventId, LessonId};
use crate::state::App;

/// The lesson, if it is one of the permit's class.
pub(super) async fn permitted_lesson(tx: &mut Tx, permit: &MarkPermit, id: LessonId) -> Result<Lesson, AppError> {
    let lesson = classes::store::lesson(tx, id).await?;
    if lesson.class_id == permit.class() {
        Ok(lesson)
    } else {
        Err(AppError::NotFound)
    }
}

/// The same, locked against a closing, a reopening or another closing at the same time.
async fn locked_lesson(tx: &mut Tx, permit: &MarkPermit, id: LessonId) -> Result<Lesson, AppError> {
    sql("UPDATE lessons SET version = version + 1 WHERE id = $1").bind(id).run(tx).await?;
    permitted_lesson(tx, permit, id).await
}

/// Closes a lesson's attendance: whoever is on the roster without a mark becomes absent. Answers how many did.
/// Closing again changes nothing.
pub async fn close_lesson(app: &App, permit: &MarkPermit, now: DateTime<Utc>, id: LessonId) -> Result<usize, AppError> {
    let mut tx = app.db.begin().await?;
    let lesson = locked_lesson(&mut tx, permit, id).await?;
    if lesson.cancelled_at.is_some() {
        return Err(AppError::refused("attendance-refused-cancelled"));
    }
    if now < lesson.starts_at {
        return Err(AppError::refused("attendance-close-before-start"));
    }
    if lesson.attendance_closed_at.is_some() {
        return Ok(0);
    }
    sql("UPDATE lessons SET attendance_closed_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .run(&mut tx)
        .await?;
    let written = write_absent(&mut tx, permit, id).await?;
    write_events(
        &mut tx,
        app,
        now,
        (id, permit.by()),
        (None, Some(Status::Absent)),
        (Source::Closing, ""),
        &written,
    )
    .await?;
    lesson_event(&mut tx, app, permit, now, id, "closed", "").await?;
    tx.commit().await?;
    app.live.tell(id);
    Ok(written.len())
}

/// Reopens a lesson's attendance, with a reason. Who was absent only because of the closing is unmarked again.
pub async fn reopen_lesson(app: &App, permit: &MarkPermit, now: DateTime<Utc>, id: LessonId, why: &str) -> Result<(), AppError> {
    let mut tx = app.db.begin().await?;
    let lesson = locked_lesson(&mut tx, permit, id).await?;
    if lesson.attendance_closed_at.is_none() {
        return Ok(());
    }
    sql("UPDATE lessons SET attendance_closed_at = NULL WHERE id = $1")
        .bind(id)
        .run(&mut tx)
        .await?;
    let assumed = assumed_absent(&mut tx, id).await?;
    sql("DELETE FROM attendances WHERE lesson_id = $1 AND source = 'closing'")
        .bind(id)
        .run(&mut tx)
        .await?;
    write_events(
        &mut tx,
        app,
        now,
        (id, permit.by()),
        (Some(Status::Absent), None),
        (Source::Closing, why),
        &assumed,
    )
    .await?;
    lesson_event(&mut tx, app, permit, now, id, "reopened", why).await?;
    tx.commit().await?;
    app.live.tell(id);
    Ok(())
}

/// Writes absent for everybody on the roster without a mark; whoever slips in at this very moment keeps what they have.
/// Answers who was written.
async fn write_absent(tx: &mut Tx, permit: &MarkPermit, lesson: LessonId) -> Result<Vec<EnrolmentId>, AppError> {
    sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, by_person, flags)
         SELECT l.id, e.id, 'absent', 'closing', l.attendance_closed_at, p.id, ''
         FROM lessons l JOIN enrolments e ON e.class_id = l.class_id AND e.state = 'approved' JOIN people p ON p.id = $2
         WHERE l.id = $1 AND NOT EXISTS (SELECT 1 FROM attendances a WHERE a.lesson_id = l.id AND a.enrolment_id = e.id)
         ON CONFLICT DO NOTHING")
    .bind(lesson)
    .bind(permit.by())
    .run(tx)
    .await?;
    assumed_absent(tx, lesson).await
}

/// Whom closing, and nothing else, made absent.
async fn assumed_absent(tx: &mut Tx, lesson: LessonId) -> Result<Vec<EnrolmentId>, AppError> {
    let rows: Vec<(EnrolmentId,)> = sql("SELECT enrolment_id FROM attendances WHERE lesson_id = $1 AND source = 'closing'")
        .bind(lesson)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(enrolment,)| enrolment).collect())
}

async fn lesson_event(
    tx: &mut Tx,
    app: &App,
    permit: &MarkPermit,
    now: DateTime<Utc>,
    lesson: LessonId,
    what: &'static str,
    why: &str,
) -> Result<(), AppError> {
    sql("INSERT INTO lesson_events (id, lesson_id, at, by_person, what, why) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(EventId::new(&app.chance, now))
        .bind(lesson)
        .bind(now)
        .bind(permit.by())
        .bind(what)
        .bind(why)
        .run(tx)
        .await?;
    Ok(())
}
