//! What people are told when a lesson moves or is cancelled.

use chrono::{DateTime, Utc};

use crate::classes::rules::{Span, plain_range};
use crate::classes::store::{Class, Lesson, lesson};
use crate::db::{Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{LessonId, PersonId};
use crate::notices;
use crate::state::App;

/// The approved learn where and when the lesson is now.
pub(super) async fn moved(tx: &mut Tx, app: &App, now: DateTime<Utc>, class: &Class, id: LessonId) -> Result<(), AppError> {
    let lesson = lesson(&mut *tx, id).await?;
    let key = if lesson.venue.is_some() {
        "notice-classes-lesson-moved"
    } else {
        "notice-classes-lesson-moved-no-venue"
    };
    let text = about(key, class, &lesson).with("venue", lesson.venue.unwrap_or_default());
    let people = sql("SELECT person_id FROM enrolments WHERE class_id = $1 AND state = 'approved' ORDER BY id").bind(class.id);
    let people = people.all(&mut *tx).await?;
    tell_all(tx, app, now, class, people, &text).await
}

/// Everyone enrolled learns that the lesson does not take place, and why.
pub(super) async fn cancelled(tx: &mut Tx, app: &App, now: DateTime<Utc>, class: &Class, lesson: &Lesson, reason: &str) -> Result<(), AppError> {
    let text = about("notice-classes-lesson-cancelled", class, lesson).with("reason", reason);
    let people =
        sql("SELECT person_id FROM enrolments WHERE class_id = $1 AND state IN ('approved', 'submitted', 'waitlisted') ORDER BY id").bind(class.id);
    let people = people.all(&mut *tx).await?;
    tell_all(tx, app, now, class, people, &text).await
}

fn about(key: &str, class: &Class, lesson: &Lesson) -> Problem {
    let span = Span {
        starts_at: lesson.starts_at,
        ends_at: lesson.ends_at,
    };
    Problem::new(key)
        .with("class", &class.title)
        .with("topic", &lesson.topic)
        .with("when", plain_range(span))
}

async fn tell_all(tx: &mut Tx, app: &App, now: DateTime<Utc>, class: &Class, people: Vec<(PersonId,)>, text: &Problem) -> Result<(), AppError> {
    let people: Vec<PersonId> = people.into_iter().map(|(person,)| person).collect();
    notices::tell_all(tx, app, now, &people, text, &format!("/classes/{}", class.id)).await
}
