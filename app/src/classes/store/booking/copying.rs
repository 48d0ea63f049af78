//! A class again, for another term.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Gone, clashes, insert, keep_ends, lock_resources};
use crate::audit;
use crate::classes::policy::ClassPermit;
use crate::classes::rules::{ClassFields, CopyFields, LessonFields, Span, days_between, plain_range};
use crate::classes::store::{Class, Happened, Lesson, editing, happened, lessons_of, lock, quotas};
use crate::db::Tx;
use crate::error::{AppError, Problem};
use crate::ids::ClassId;
use crate::state::App;

/// Copies a class as a draft: lessons, teachers, venues, quotas and windows, moved by whole days so that the first lesson
/// falls on the chosen day; no people. A teacher or venue that is taken then, or gone, is left out and said.
pub async fn duplicate(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ClassPermit,
    copy: &CopyFields,
) -> Result<(ClassId, Vec<Problem>), AppError> {
    let source = lock(tx, permit.class()).await?;
    let lessons: Vec<Lesson> = lessons_of(&mut *tx, source.id)
        .await?
        .into_iter()
        .filter(|lesson| lesson.cancelled_at.is_none())
        .collect();
    let by = lessons
        .first()
        .map_or(TimeDelta::zero(), |first| days_between(first.starts_at, copy.first_day));
    let kept = quotas(&mut *tx, source.id)
        .await?
        .into_iter()
        .map(|quota| (quota.region, quota.seats))
        .collect();
    let id = ClassId::new(&app.chance, now);
    editing::insert(
        tx,
        now,
        permit.by(),
        (id, source.school_id),
        Some(source.id),
        &shifted(&source, by, copy, kept),
    )
    .await?;

    let mut wanted: Vec<LessonFields> = lessons.iter().map(|lesson| again(lesson, by)).collect();
    let left_out = leave_out(tx, &lessons, &mut wanted).await?;
    for lesson in &wanted {
        insert(tx, app, now, id, lesson).await?;
    }
    keep_ends(tx, id).await?;
    record(tx, app, now, permit, id, &source).await?;
    Ok((id, left_out))
}

fn shifted(source: &Class, by: TimeDelta, copy: &CopyFields, quotas: Vec<(crate::ids::Region, i64)>) -> ClassFields {
    let later = |at: Option<DateTime<Utc>>| at.map(|at| at + by);
    ClassFields {
        plan: source.plan_id,
        theme: source.theme_id,
        title: copy.title.clone(),
        summary: source.summary.clone(),
        term: copy.term.clone(),
        capacity: source.capacity,
        approval: source.approval,
        enrol_opens_at: later(source.enrol_opens_at),
        enrol_closes_at: later(source.enrol_closes_at),
        cutoff_at: later(source.cutoff_at),
        quota_reclaim_at: later(source.quota_reclaim_at),
        quotas,
        opens_before_min: source.opens_before_min,
        late_after_min: source.late_after_min,
        pass_rate: source.pass_rate,
    }
}

fn again(lesson: &Lesson, by: TimeDelta) -> LessonFields {
    LessonFields {
        topic: lesson.topic.clone(),
        span: Span {
            starts_at: lesson.starts_at,
            ends_at: lesson.ends_at,
        }
        .later_by(by),
        teacher: lesson.teacher_id,
        venue: lesson.venue_id,
        half_hours: lesson.half_hours,
    }
}

/// Takes teachers and venues, strikes out those that are not to be had, and says each.
async fn leave_out(tx: &mut Tx, lessons: &[Lesson], wanted: &mut [LessonFields]) -> Result<Vec<Problem>, AppError> {
    let gone = lock_resources(tx, wanted).await?;
    let taken = clashes(&mut *tx, wanted, None).await?;
    let mut said = Vec::new();
    for ((lesson, copy), taken) in lessons.iter().zip(wanted.iter_mut()).zip(taken) {
        said.extend(strike_gone(lesson, copy, &gone));
        for clash in taken {
            let free = match clash.what {
                super::Resource::Teacher => copy.teacher.take().is_none(),
                super::Resource::Venue => copy.venue.take().is_none(),
            };
            if !free {
                said.push(
                    without(&format!("classes-copied-clash-{}", clash.what.as_str()), copy)
                        .with("name", &clash.name)
                        .with("class", &clash.class)
                        .with("other", &clash.topic),
                );
            }
        }
    }
    Ok(said)
}

fn strike_gone(lesson: &Lesson, copy: &mut LessonFields, gone: &Gone) -> Vec<Problem> {
    let mut said = Vec::new();
    if copy.teacher.is_some_and(|id| gone.teachers.contains(&id)) {
        copy.teacher = None;
        said.push(without("classes-copied-gone-teacher", copy).with("name", lesson.teacher.clone().unwrap_or_default()));
    }
    if copy.venue.is_some_and(|id| gone.venues.contains(&id)) {
        copy.venue = None;
        said.push(without("classes-copied-gone-venue", copy).with("name", lesson.venue.clone().unwrap_or_default()));
    }
    said
}

fn without(key: &str, copy: &LessonFields) -> Problem {
    Problem::new(key).with("topic", &copy.topic).with("when", plain_range(copy.span))
}

async fn record(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ClassPermit, id: ClassId, source: &Class) -> Result<(), AppError> {
    let event = Happened {
        class: id,
        by: Some(permit.by()),
        what: "copied",
        detail: &source.title,
    };
    happened(tx, app, now, event).await?;
    let entry = audit::Entry {
        by: Some(permit.by()),
        what: "class.copied",
        subject_kind: "class",
        subject_id: id.to_string(),
        region: Some(permit.region()),
        detail: source.title.clone(),
    };
    audit::note(tx, &app.chance, now, entry).await
}
