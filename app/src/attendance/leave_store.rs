//! Rows of leave: asked and taken back by the person, decided by staff, and written into the ledger when approved.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::leave_policy::{AskPermit, DecidePermit, Place};
use super::leave_rules::{Asking, LeaveState, may_ask, may_withdraw};
use super::rules::{Source, Status};
use super::store::{Entry, record};
use crate::db::{Db, On, Tx, is_duplicate, sql};
use crate::error::{AppError, Problem};
use crate::ids::{ClassId, EnrolmentId, EventId, LeaveId, LessonId, PersonId};
use crate::notices;
use crate::state::App;

/// Requests on one page.
const PAGE: i64 = 100;

/// A request as both sides see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Leave {
    pub id: LeaveId,
    pub lesson_id: LessonId,
    pub enrolment_id: EnrolmentId,
    pub class_id: ClassId,
    pub person_id: PersonId,
    pub name: String,
    pub firm: Option<String>,
    pub topic: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub reason: String,
    #[sqlx(try_from = "String")]
    pub state: LeaveState,
    pub asked_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decision_reason: Option<String>,
}

/// Columns of a [`Leave`], to be followed by `WHERE`.
const LEAVE: &str = "SELECT v.id, v.lesson_id, v.enrolment_id, l.class_id, e.person_id, p.name, f.name AS firm, l.topic, l.starts_at, l.ends_at,
        v.reason, v.state, v.asked_at, v.decided_at, v.decision_reason
    FROM leaves v JOIN lessons l ON l.id = v.lesson_id JOIN enrolments e ON e.id = v.enrolment_id JOIN people p ON p.id = e.person_id
    LEFT JOIN firms f ON f.id = COALESCE(e.firm_id, p.firm_id) ";

/// A person's approved place in a class, if there is one.
pub async fn own_place(on: impl Into<On<'_>>, person: PersonId, class: ClassId) -> Result<Option<Place>, AppError> {
    let found = sql("SELECT id, class_id, person_id FROM enrolments WHERE person_id = $1 AND class_id = $2 AND state = 'approved'")
        .bind(person)
        .bind(class)
        .opt(on)
        .await?;
    Ok(found)
}

/// What a person asked in one class, the latest first.
pub async fn own_leaves(db: &Db, permit: &AskPermit) -> Result<Vec<Leave>, AppError> {
    let query = sql(LEAVE).push("WHERE v.enrolment_id = $1 ORDER BY v.asked_at DESC, v.id DESC LIMIT 100");
    Ok(query.bind(permit.enrolment()).all(db).await?)
}

#[derive(sqlx::FromRow)]
struct AskedLesson {
    id: LessonId,
    topic: String,
    ends_at: DateTime<Utc>,
    cancelled: bool,
    status: Option<String>,
    live: bool,
}

/// Asks for leave for these lessons, all or none, and tells the staff of the class.
pub async fn ask(app: &App, permit: &AskPermit, now: DateTime<Utc>, lessons: &[LessonId], reason: &str) -> Result<usize, AppError> {
    let mut tx = app.db.begin().await?;
    let rows = asked_lessons(&mut tx, permit, lessons).await?;
    for row in rows.values() {
        let asking = Asking {
            ends_at: row.ends_at,
            cancelled: row.cancelled,
            status: row.status.as_deref().and_then(|word| word.parse().ok()),
            live: row.live,
        };
        may_ask(asking, now).map_err(|key| AppError::from(Problem::new(key).with("topic", &row.topic)))?;
    }
    for lesson in rows.keys() {
        sql("INSERT INTO leaves (id, lesson_id, enrolment_id, reason, state, asked_at) VALUES ($1, $2, $3, $4, 'asked', $5)")
            .bind(LeaveId::new(&app.chance, now))
            .bind(*lesson)
            .bind(permit.enrolment())
            .bind(reason)
            .bind(now)
            .run(&mut tx)
            .await
            .map_err(|error| {
                if is_duplicate(&error) {
                    AppError::refused("board-leave-asked-just-now")
                } else {
                    error.into()
                }
            })?;
    }
    tell_staff(&mut tx, app, now, permit).await?;
    tx.commit().await?;
    Ok(rows.len())
}

/// The lessons asked for, which must all be of the permit's class.
async fn asked_lessons(tx: &mut Tx, permit: &AskPermit, lessons: &[LessonId]) -> Result<HashMap<LessonId, AskedLesson>, AppError> {
    let rows: Vec<AskedLesson> = sql(
        "SELECT l.id, l.topic, l.ends_at, l.cancelled_at IS NOT NULL AS cancelled, a.status, v.id IS NOT NULL AS live
         FROM lessons l LEFT JOIN attendances a ON a.lesson_id = l.id AND a.enrolment_id = $2
         LEFT JOIN leaves v ON v.lesson_id = l.id AND v.enrolment_id = $2 AND v.state IN ('asked', 'approved')
         WHERE l.class_id = $1 AND l.id",
    )
    .bind(permit.class())
    .bind(permit.enrolment())
    .push_in(lessons.iter().copied())
    .all(tx)
    .await?;
    let rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    if lessons.iter().all(|lesson| rows.contains_key(lesson)) {
        Ok(rows)
    } else {
        Err(AppError::NotFound)
    }
}

/// The class's own staff hear of a request; coordinators see it at their desk.
async fn tell_staff(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &AskPermit) -> Result<(), AppError> {
    let (name, title): (String, String) = sql("SELECT p.name, c.title FROM people p JOIN classes c ON c.id = $2 WHERE p.id = $1")
        .bind(permit.person())
        .bind(permit.class())
        .one(&mut *tx)
        .await?;
    let staff: Vec<(PersonId,)> = sql("SELECT person_id FROM class_staff WHERE class_id = $1 LIMIT 20")
        .bind(permit.class())
        .all(&mut *tx)
        .await?;
    let text = Problem::new("board-notice-leave-asked").with("name", name).with("class", title);
    for (person,) in staff {
        notices::tell(tx, app, now, person, &text, &format!("/desk/classes/{}/leaves", permit.class())).await?;
    }
    Ok(())
}

/// Takes a request back. Approved leave leaves the ledger again, so that the person can check in or be marked.
pub async fn withdraw(app: &App, permit: &AskPermit, now: DateTime<Utc>, id: LeaveId) -> Result<(), AppError> {
    let mut tx = app.db.begin().await?;
    let found: Option<Leave> = sql(LEAVE)
        .push("WHERE v.id = $1 AND v.enrolment_id = $2")
        .bind(id)
        .bind(permit.enrolment())
        .opt(&mut tx)
        .await?;
    let leave = found.ok_or(AppError::NotFound)?;
    if !may_withdraw(leave.state, leave.ends_at, now) {
        return Err(AppError::refused("board-leave-not-withdrawable"));
    }
    let changed = sql("UPDATE leaves SET state = 'withdrawn' WHERE id = $1 AND state IN ('asked', 'approved')")
        .bind(id)
        .run(&mut tx)
        .await?;
    if changed == 0 {
        return Err(AppError::refused("board-leave-not-withdrawable"));
    }
    take_out_of_ledger(&mut tx, app, now, permit.person(), &leave).await?;
    tx.commit().await?;
    app.live.tell(leave.lesson_id);
    Ok(())
}

/// What approving wrote goes again, with its line of history; anything else that stands there stays.
async fn take_out_of_ledger(tx: &mut Tx, app: &App, now: DateTime<Utc>, by: PersonId, leave: &Leave) -> Result<(), AppError> {
    let gone = sql("DELETE FROM attendances WHERE lesson_id = $1 AND enrolment_id = $2 AND source = 'leave'")
        .bind(leave.lesson_id)
        .bind(leave.enrolment_id)
        .run(tx)
        .await?;
    if gone == 0 {
        return Ok(());
    }
    sql(
        "INSERT INTO attendance_events (id, lesson_id, enrolment_id, at, by_person, device_id, source, from_status, to_status, why)
         VALUES ($1, $2, $3, $4, $5, NULL, 'leave', 'excused', NULL, '')",
    )
    .bind(EventId::new(&app.chance, now))
    .bind(leave.lesson_id)
    .bind(leave.enrolment_id)
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    Ok(())
}

/// Approves or refuses what waits among these. Answers how many; what was decided or taken back meanwhile is left out.
pub async fn decide(app: &App, permit: &DecidePermit, now: DateTime<Utc>, ids: &[LeaveId], approve: bool, reason: &str) -> Result<usize, AppError> {
    let state = if approve { LeaveState::Approved } else { LeaveState::Refused };
    let mut tx = app.db.begin().await?;
    let decided: Vec<(LeaveId,)> = sql("UPDATE leaves SET state = $2, decided_at = $3, decided_by = $4, decision_reason = $5
         WHERE state = 'asked' AND lesson_id IN (SELECT id FROM lessons WHERE class_id = $1) AND id")
    .bind(permit.class())
    .bind(state.as_str())
    .bind(now)
    .bind(permit.by())
    .bind(reason)
    .push_in(ids.iter().copied())
    .push(" RETURNING id")
    .all(&mut tx)
    .await?;
    let leaves: Vec<Leave> = sql(LEAVE)
        .push("WHERE v.id")
        .push_in(decided.into_iter().map(|(id,)| id))
        .push(" ORDER BY v.asked_at, v.id")
        .all(&mut tx)
        .await?;
    for leave in &leaves {
        if approve {
            let entry = Entry {
                by: Some(permit.by()),
                why: leave.reason.clone(),
                ..Entry::by_hand(leave.lesson_id, leave.enrolment_id, Status::Excused, Source::Leave, now)
            };
            record(&mut tx, app, now, &entry).await?;
        }
        tell_person(&mut tx, app, now, leave, reason).await?;
    }
    tx.commit().await?;
    for leave in &leaves {
        app.live.tell(leave.lesson_id);
    }
    Ok(leaves.len())
}

async fn tell_person(tx: &mut Tx, app: &App, now: DateTime<Utc>, leave: &Leave, reason: &str) -> Result<(), AppError> {
    let key = match (leave.state, reason.is_empty()) {
        (LeaveState::Approved, _) => "board-notice-leave-approved",
        (_, true) => "board-notice-leave-refused-plainly",
        (_, false) => "board-notice-leave-refused",
    };
    let text = Problem::new(key)
        .with("topic", &leave.topic)
        .with("day", crate::clock::day_of(leave.starts_at))
        .with("reason", reason);
    notices::tell(tx, app, now, leave.person_id, &text, &format!("/me/classes/{}", leave.class_id)).await
}

/// What waits for a decision in a class, and what was decided.
pub async fn of_class(db: &Db, permit: &DecidePermit, waiting: bool, after: Option<LeaveId>) -> Result<Vec<Leave>, AppError> {
    let query = sql(LEAVE).push("WHERE l.class_id = $1").bind(permit.class());
    let query = if waiting {
        query.push(" AND v.state = 'asked'")
    } else {
        query.push(" AND v.state <> 'asked'")
    };
    // The id sorts by the time of asking.
    let query = match (after, waiting) {
        (Some(after), true) => query.push(" AND v.id > ").push_bind(after),
        (Some(after), false) => query.push(" AND v.id < ").push_bind(after),
        (None, _) => query,
    };
    let query = query.push(if waiting {
        " ORDER BY v.id LIMIT "
    } else {
        " ORDER BY v.id DESC LIMIT "
    });
    Ok(query.push_bind(PAGE + 1).all(db).await?)
}

/// As many requests as one page shows, and whether there are more.
pub fn page_of(mut rows: Vec<Leave>) -> (Vec<Leave>, bool) {
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    (rows, more)
}

/// How many requests of a class wait.
pub async fn waiting(db: &Db, permit: &DecidePermit) -> Result<i64, AppError> {
    let count = sql("SELECT COUNT(*) FROM leaves v JOIN lessons l ON l.id = v.lesson_id WHERE l.class_id = $1 AND v.state = 'asked'")
        .bind(permit.class())
        .count(db)
        .await?;
    Ok(count)
}
