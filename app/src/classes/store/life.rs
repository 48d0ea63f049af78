//! The life of a class: steps by hand, and steps whose time has come.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Class, Happened, happened, lock};
use crate::audit;
use crate::classes::policy::ClassPermit;
use crate::classes::rules::{ClassState, Facts, Lack, Step, lacks, plain_time};
use crate::db::{Db, On, Tx, sql};
use crate::error::{AppError, FieldProblem, Problem};
use crate::ids::{ClassId, PersonId, Region};
use crate::notices::tell_all;
use crate::state::App;

/// What the steps of a class look at.
pub async fn facts(db: &Db, now: DateTime<Utc>, class: &Class) -> Result<Facts, AppError> {
    let unclosed = unclosed(db, class.id).await?;
    let leaves = undecided_leaves(db, class.id).await?;
    let school = school_open(db, class).await?;
    Ok(gather(now, class, school, leaves, unclosed))
}

async fn facts_within(tx: &mut Tx, now: DateTime<Utc>, class: &Class) -> Result<Facts, AppError> {
    let unclosed = unclosed(&mut *tx, class.id).await?;
    let leaves = undecided_leaves(&mut *tx, class.id).await?;
    let school = school_open(&mut *tx, class).await?;
    Ok(gather(now, class, school, leaves, unclosed))
}

fn gather(now: DateTime<Utc>, class: &Class, school_open: bool, undecided_leaves: i64, unclosed: Vec<(String, DateTime<Utc>)>) -> Facts {
    Facts {
        now,
        school_open,
        enrol_opens_at: class.enrol_opens_at,
        enrol_closes_at: class.enrol_closes_at,
        first_start: class.starts_at,
        undecided_leaves,
        unclosed,
    }
}

async fn unclosed(on: impl Into<On<'_>>, class: ClassId) -> Result<Vec<(String, DateTime<Utc>)>, AppError> {
    Ok(sql(
        "SELECT topic, starts_at FROM lessons WHERE class_id = $1 AND cancelled_at IS NULL AND attendance_closed_at IS NULL ORDER BY starts_at, id",
    )
    .bind(class)
    .all(on)
    .await?)
}

async fn undecided_leaves(on: impl Into<On<'_>>, class: ClassId) -> Result<i64, AppError> {
    Ok(sql(
        "SELECT COUNT(*) FROM leaves w JOIN lessons l ON l.id = w.lesson_id WHERE l.class_id = $1 AND l.cancelled_at IS NULL AND w.state = 'asked'",
    )
    .bind(class)
    .count(on)
    .await?)
}

async fn school_open(on: impl Into<On<'_>>, class: &Class) -> Result<bool, AppError> {
    Ok(sql("SELECT COUNT(*) FROM schools WHERE id = $1 AND state = 'open'")
        .bind(class.school_id)
        .count(on)
        .await?
        > 0)
}

/// Takes a step by hand; a cancellation carries its reason and tells everyone enrolled. Answers the new state.
///
/// # Errors
/// Everything that is missing for the step, or that the class is not where the step begins.
pub async fn take(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ClassPermit, step: Step, reason: &str) -> Result<ClassState, AppError> {
    let class = lock(tx, permit.class()).await?;
    let Some(to) = step.leads_from(class.state).filter(|_| step.is_by_hand()) else {
        return Err(AppError::refused("classes-step-not-from-here"));
    };
    let missing = lacks(step, &facts_within(tx, now, &class).await?);
    if !missing.is_empty() {
        return Err(AppError::Invalid(missing.iter().map(lack_problem).collect()));
    }
    sql("UPDATE classes SET state = $2, cancel_reason = $3 WHERE id = $1")
        .bind(class.id)
        .bind(to.as_str())
        .bind((step == Step::Cancel).then_some(reason))
        .run(tx)
        .await?;
    record(tx, app, now, &class, Some(permit.by()), to, reason).await?;
    if step == Step::Cancel {
        call_off(tx, app, now, &class, reason).await?;
    }
    if step == Step::Publish {
        // A moment later, so that the history tells it after the publishing.
        advance(tx, app, now + TimeDelta::microseconds(1)).await?;
    }
    Ok(to)
}

/// The sentence for something missing; the empty field stands for the form as a whole.
pub(in crate::classes) fn lack_problem(lack: &Lack) -> FieldProblem {
    let problem = FieldProblem::new("", &format!("classes-lack-{}", lack.word()));
    match lack {
        Lack::Attendance { topic, starts_at } => problem.with("topic", topic).with("when", plain_time(*starts_at)),
        Lack::Leaves(n) => problem.with("n", n),
        _ => problem,
    }
}

async fn record(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    class: &Class,
    by: Option<PersonId>,
    to: ClassState,
    detail: &str,
) -> Result<(), AppError> {
    let event = Happened {
        class: class.id,
        by,
        what: to.as_str(),
        detail,
    };
    happened(tx, app, now, event).await?;
    let entry = audit::Entry {
        by,
        what: "class.state",
        subject_kind: "class",
        subject_id: class.id.to_string(),
        region: Some(&class.region),
        detail: format!("{} → {} {detail}", class.state.as_str(), to.as_str()).trim_end().to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// Gives teachers and venues of lessons to come free, and tells everyone who has or waits for a seat.
async fn call_off(tx: &mut Tx, app: &App, now: DateTime<Utc>, class: &Class, reason: &str) -> Result<(), AppError> {
    sql(
        "UPDATE lessons SET cancelled_at = $2, version = version + 1, sequence = sequence + 1, changed_at = $2
         WHERE class_id = $1 AND cancelled_at IS NULL AND ends_at > $2",
    )
    .bind(class.id)
    .bind(now)
    .run(tx)
    .await?;
    let text = Problem::new("notice-classes-cancelled")
        .with("class", &class.title)
        .with("reason", reason);
    let people = sql("SELECT person_id FROM enrolments WHERE class_id = $1 AND state IN ('approved', 'submitted', 'waitlisted') ORDER BY id")
        .bind(class.id)
        .all::<(PersonId,)>(&mut *tx)
        .await?;
    let people: Vec<PersonId> = people.into_iter().map(|(person,)| person).collect();
    tell_all(tx, app, now, &people, &text, &format!("/classes/{}", class.id)).await
}

/// Takes every step whose time has come. Any process may call it at any time: a class is moved once only.
pub async fn run_due(app: &App) -> Result<(), AppError> {
    let now = app.clock.now();
    if sql(DUE_COUNT).bind(now).count(&app.db).await? == 0 {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    advance(&mut tx, app, now).await?;
    tx.commit().await
}

const DUE_COUNT: &str =
    "SELECT COUNT(*) FROM classes WHERE (state = 'published' AND enrol_opens_at <= $1) OR (state = 'enrolling' AND starts_at <= $1)";

async fn advance(tx: &mut Tx, app: &App, now: DateTime<Utc>) -> Result<(), AppError> {
    let opening = "SELECT c.id, s.region FROM classes c JOIN schools s ON s.id = c.school_id
         WHERE c.state = 'published' AND c.enrol_opens_at <= $1 ORDER BY c.id";
    let starting = "SELECT c.id, s.region FROM classes c JOIN schools s ON s.id = c.school_id
         WHERE c.state = 'enrolling' AND c.starts_at <= $1 ORDER BY c.id";
    for (due, from, to) in [
        (opening, ClassState::Published, ClassState::Enrolling),
        (starting, ClassState::Enrolling, ClassState::Running),
    ] {
        for (id, region) in sql(due).bind(now).all::<(ClassId, Region)>(&mut *tx).await? {
            move_on(tx, app, now, id, &region, from, to).await?;
        }
    }
    Ok(())
}

/// Moves a class that is still where it was seen; another process may have been first.
async fn move_on(tx: &mut Tx, app: &App, now: DateTime<Utc>, id: ClassId, region: &Region, from: ClassState, to: ClassState) -> Result<(), AppError> {
    let moved = sql("UPDATE classes SET state = $3, version = version + 1 WHERE id = $1 AND state = $2")
        .bind(id)
        .bind(from.as_str())
        .bind(to.as_str())
        .run(tx)
        .await?;
    if moved == 0 {
        return Ok(());
    }
    let event = Happened {
        class: id,
        by: None,
        what: to.as_str(),
        detail: "",
    };
    happened(tx, app, now, event).await?;
    let entry = audit::Entry {
        by: None,
        what: "class.state",
        subject_kind: "class",
        subject_id: id.to_string(),
        region: Some(region),
        detail: format!("{} → {}", from.as_str(), to.as_str()),
    };
    audit::note(tx, &app.chance, now, entry).await
}
