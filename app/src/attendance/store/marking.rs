//! Staff write into the ledger: marking by hand, correcting, undoing, entering a signed paper list.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::closing::permitted_lesson;
use super::ledger::{Entry, Recorded, locked_standing, record, standing, write_events};
use crate::attendance::policy::MarkPermit;
use crate::attendance::rules::{Source, Status};
use crate::classes::Lesson;
use crate::db::{Tx, sql};
use crate::error::AppError;
use crate::ids::{EnrolmentId, LessonId};
use crate::state::App;

/// One mark by hand.
#[derive(Debug, Clone)]
pub struct Mark {
    pub lesson: LessonId,
    pub enrolment: EnrolmentId,
    pub status: Status,
    /// Needed when it changes what stands, or when the lesson is closed.
    pub why: String,
}

/// What came of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MarkedMany {
    pub written: usize,
    /// Left as they were: the same already, or something stronger stands.
    pub kept: usize,
}

/// Marks or corrects one person by hand. A correction, and any mark after closing, needs a reason.
pub async fn mark(app: &App, permit: &MarkPermit, now: DateTime<Utc>, mark: &Mark) -> Result<Recorded, AppError> {
    let mut tx = app.db.begin().await?;
    let lesson = open_for_staff(&mut tx, permit, mark.lesson).await?;
    on_roster(&mut tx, permit, &[mark.enrolment]).await?;
    let before = standing(&mut tx, mark.lesson, mark.enrolment).await?;
    let corrects = before.is_some_and(|before| before.status != mark.status) || lesson.attendance_closed_at.is_some();
    if corrects && mark.why.is_empty() {
        return Err(AppError::field("why", "attendance-why-missing"));
    }
    let entry = Entry {
        by: Some(permit.by()),
        why: mark.why.clone(),
        ..Entry::by_hand(mark.lesson, mark.enrolment, mark.status, Source::Hand, arrival_by_hand(&lesson, now))
    };
    let recorded = record(&mut tx, app, now, &entry).await?;
    tx.commit().await?;
    app.live.tell(mark.lesson);
    Ok(recorded)
}

/// Enters a list at once: a signed paper list (`Source::Paper`), or many marks by hand for people without one
/// (`Source::Hand`). A list is no correction: what stands by a stronger source, or by any hand, is kept.
pub async fn mark_many(
    app: &App,
    permit: &MarkPermit,
    now: DateTime<Utc>,
    lesson: LessonId,
    source: Source,
    list: &[(EnrolmentId, Status)],
) -> Result<MarkedMany, AppError> {
    let mut tx = app.db.begin().await?;
    let row = open_for_staff(&mut tx, permit, lesson).await?;
    if row.attendance_closed_at.is_some() {
        return Err(AppError::refused("attendance-closed-reopen-first"));
    }
    let enrolments: Vec<EnrolmentId> = list.iter().map(|(enrolment, _)| *enrolment).collect();
    on_roster(&mut tx, permit, &enrolments).await?;
    let marked = if source == Source::Hand {
        marked_already(&mut tx, lesson).await?
    } else {
        HashSet::new()
    };
    let at = if source == Source::Paper {
        row.starts_at
    } else {
        arrival_by_hand(&row, now)
    };
    let mut outcome = MarkedMany::default();
    for (enrolment, status) in list {
        if marked.contains(enrolment) {
            outcome.kept += 1;
            continue;
        }
        let entry = Entry {
            by: Some(permit.by()),
            ..Entry::by_hand(lesson, *enrolment, *status, source, at)
        };
        if record(&mut tx, app, now, &entry).await?.changed {
            outcome.written += 1;
        } else {
            outcome.kept += 1;
        }
    }
    tx.commit().await?;
    app.live.tell(lesson);
    Ok(outcome)
}

/// Takes a mark away, with a reason: the person may check in again. Nothing there is nothing to undo, and no fault.
pub async fn undo(
    app: &App,
    permit: &MarkPermit,
    now: DateTime<Utc>,
    lesson: LessonId,
    enrolment: EnrolmentId,
    why: &str,
) -> Result<Option<Status>, AppError> {
    if why.is_empty() {
        return Err(AppError::field("why", "attendance-why-missing"));
    }
    let mut tx = app.db.begin().await?;
    if open_for_staff(&mut tx, permit, lesson).await?.attendance_closed_at.is_some() {
        return Err(AppError::refused("attendance-closed-reopen-first"));
    }
    let Some(before) = locked_standing(&mut tx, lesson, enrolment).await? else {
        return Ok(None);
    };
    sql("DELETE FROM attendances WHERE lesson_id = $1 AND enrolment_id = $2")
        .bind(lesson)
        .bind(enrolment)
        .run(&mut tx)
        .await?;
    let change = (Some(before.status), None);
    write_events(&mut tx, app, now, (lesson, permit.by()), change, (Source::Hand, why), &[enrolment]).await?;
    tx.commit().await?;
    app.live.tell(lesson);
    Ok(Some(before.status))
}

/// A lesson of the permit's class that takes place.
async fn open_for_staff(tx: &mut Tx, permit: &MarkPermit, lesson: LessonId) -> Result<Lesson, AppError> {
    let lesson = permitted_lesson(tx, permit, lesson).await?;
    if lesson.cancelled_at.is_some() {
        return Err(AppError::refused("attendance-refused-cancelled"));
    }
    Ok(lesson)
}

/// Everybody named is on the roster of the permit's class; otherwise somebody is guessing at ids.
async fn on_roster(tx: &mut Tx, permit: &MarkPermit, enrolments: &[EnrolmentId]) -> Result<(), AppError> {
    let wanted: HashSet<EnrolmentId> = enrolments.iter().copied().collect();
    let found = sql("SELECT COUNT(*) FROM enrolments WHERE class_id = ")
        .push_bind(permit.class())
        .push(" AND state = 'approved' AND id")
        .push_in(wanted.iter().copied())
        .count(tx)
        .await?;
    if usize::try_from(found).is_ok_and(|found| found == wanted.len()) {
        Ok(())
    } else {
        Err(AppError::NotFound)
    }
}

async fn marked_already(tx: &mut Tx, lesson: LessonId) -> Result<HashSet<EnrolmentId>, AppError> {
    let rows: Vec<(EnrolmentId,)> = sql("SELECT enrolment_id FROM attendances WHERE lesson_id = $1")
        .bind(lesson)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(enrolment,)| enrolment).collect())
}

/// Staff who mark while the lesson goes on see the person come in; afterwards the start is the honest guess.
fn arrival_by_hand(lesson: &Lesson, now: DateTime<Utc>) -> DateTime<Utc> {
    if now < lesson.ends_at { now } else { lesson.starts_at }
}
