//! Somebody at the door who is not on the roster asks to be added; staff see it live and decide.

use chrono::{DateTime, Utc};

use super::closing::permitted_lesson;
use super::ledger::{CheckIn, CheckedIn, check_in_within};
use crate::attendance::policy::MarkPermit;
use crate::attendance::rules::{Refusal, Source, Window};
use crate::classes;
use crate::db::{On, Tx, sql};
use crate::enrolment;
use crate::error::{AppError, Problem};
use crate::ids::{LessonId, PersonId, WalkInId};
use crate::notices;
use crate::state::App;

crate::words! {
    /// What became of a wish to be added.
    pub enum WalkInState {
        Asked = "asked",
        Added = "added",
        Refused = "refused",
    }
}

/// A wish to be added.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WalkIn {
    pub id: WalkInId,
    pub lesson_id: LessonId,
    pub person_id: PersonId,
    pub name: String,
    pub phone: Option<String>,
    pub firm: Option<String>,
    pub asked_at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    pub state: WalkInState,
    pub reason: Option<String>,
}

const WALK_IN: &str = "SELECT w.id, w.lesson_id, w.person_id, p.name, p.phone, f.name AS firm, w.asked_at, w.state, w.reason
    FROM walk_ins w JOIN people p ON p.id = w.person_id LEFT JOIN firms f ON f.id = p.firm_id ";

/// Asks to be added to the class of a lesson. Asking twice is asking once; a refusal stays; who was added and has left
/// the roster since may ask again.
pub async fn ask(app: &App, now: DateTime<Utc>, lesson: LessonId, person: PersonId) -> Result<WalkInState, AppError> {
    let mut tx = app.db.begin().await?;
    let row = classes::store::lesson(&mut tx, lesson).await?;
    if row.cancelled_at.is_some() {
        return Err(AppError::refused("attendance-refused-cancelled"));
    }
    if row.attendance_closed_at.is_some() || now > row.ends_at {
        return Err(AppError::refused("attendance-refused-closed"));
    }
    sql(
        "INSERT INTO walk_ins (id, lesson_id, person_id, asked_at, state) VALUES ($1, $2, $3, $4, 'asked')
         ON CONFLICT (lesson_id, person_id) DO UPDATE SET state = 'asked', asked_at = excluded.asked_at WHERE walk_ins.state = 'added'",
    )
    .bind(WalkInId::new(&app.chance, now))
    .bind(lesson)
    .bind(person)
    .bind(now)
    .run(&mut tx)
    .await?;
    let state = state_of(&mut tx, lesson, person).await?.map_or(WalkInState::Asked, |(state, _)| state);
    tx.commit().await?;
    app.live.tell(lesson);
    Ok(state)
}

/// What became of a person's wish, with the reason of a refusal.
pub async fn state_of(on: impl Into<On<'_>>, lesson: LessonId, person: PersonId) -> Result<Option<(WalkInState, Option<String>)>, AppError> {
    let row: Option<(String, Option<String>)> = sql("SELECT state, reason FROM walk_ins WHERE lesson_id = $1 AND person_id = $2")
        .bind(lesson)
        .bind(person)
        .opt(on)
        .await?;
    Ok(row.and_then(|(state, reason)| Some((state.parse().ok()?, reason))))
}

/// How many wait for an answer.
pub async fn waiting_count(on: impl Into<On<'_>>, lesson: LessonId) -> Result<i64, AppError> {
    Ok(sql("SELECT COUNT(*) FROM walk_ins WHERE lesson_id = $1 AND state = 'asked'")
        .bind(lesson)
        .count(on)
        .await?)
}

/// Everybody who asked to be added to a lesson, those who wait first.
pub async fn asked(on: impl Into<On<'_>>, permit: &MarkPermit, lesson: LessonId) -> Result<Vec<WalkIn>, AppError> {
    Ok(sql(WALK_IN)
        .push("JOIN lessons l ON l.id = w.lesson_id WHERE w.lesson_id = $1 AND l.class_id = $2 ")
        .push("ORDER BY CASE w.state WHEN 'asked' THEN 0 ELSE 1 END, w.asked_at, w.id LIMIT 200")
        .bind(lesson)
        .bind(permit.class())
        .all(on)
        .await?)
}

/// Puts somebody onto the roster and checks them in at the time at which they asked.
pub async fn add(app: &App, permit: &MarkPermit, now: DateTime<Utc>, id: WalkInId) -> Result<CheckedIn, AppError> {
    let mut tx = app.db.begin().await?;
    let wish = waiting(&mut tx, permit, id).await?;
    enrolment::store::add_walk_in(&mut tx, app, now, permit.by(), permit.class(), wish.person_id).await?;
    let door = CheckIn {
        lesson: wish.lesson_id,
        person: wish.person_id,
        source: Source::Wall,
        at: arrival(&mut tx, permit, &wish).await?,
        by: Some(permit.by()),
        device: None,
        browser: None,
        place: None,
    };
    let checked_in = match check_in_within(&mut tx, app, now, &door).await? {
        // No seat was free: the whole wish is taken back, so that it can be granted once there is one.
        Err(Refusal::NotOnRoster) => return Err(AppError::refused("attendance-walk-in-class-full")),
        outcome => outcome?,
    };
    decide(&mut tx, permit, now, id, WalkInState::Added, None).await?;
    let told = Problem::new("attendance-notice-walk-in-added").with("topic", &checked_in.topic);
    notices::tell(&mut tx, app, now, wish.person_id, &told, "/me").await?;
    tx.commit().await?;
    app.live.tell(wish.lesson_id);
    Ok(checked_in)
}

/// Declines, with a reason that the person gets to read.
pub async fn refuse(app: &App, permit: &MarkPermit, now: DateTime<Utc>, id: WalkInId, why: &str) -> Result<(), AppError> {
    if why.is_empty() {
        return Err(AppError::field("why", "attendance-why-missing"));
    }
    let mut tx = app.db.begin().await?;
    let wish = waiting(&mut tx, permit, id).await?;
    let lesson = permitted_lesson(&mut tx, permit, wish.lesson_id).await?;
    decide(&mut tx, permit, now, id, WalkInState::Refused, Some(why)).await?;
    let told = Problem::new("attendance-notice-walk-in-refused")
        .with("topic", &lesson.topic)
        .with("why", why);
    notices::tell(&mut tx, app, now, wish.person_id, &told, "/me").await?;
    tx.commit().await?;
    app.live.tell(wish.lesson_id);
    Ok(())
}

/// The wish, locked and not decided yet.
async fn waiting(tx: &mut Tx, permit: &MarkPermit, id: WalkInId) -> Result<WalkIn, AppError> {
    sql("UPDATE walk_ins SET state = state WHERE id = $1").bind(id).run(tx).await?;
    let wish: Option<WalkIn> = sql(WALK_IN).push("WHERE w.id = $1").bind(id).opt(&mut *tx).await?;
    let wish = wish.ok_or(AppError::NotFound)?;
    permitted_lesson(tx, permit, wish.lesson_id).await?;
    if wish.state == WalkInState::Asked {
        Ok(wish)
    } else {
        Err(AppError::refused("attendance-walk-in-decided"))
    }
}

async fn decide(tx: &mut Tx, permit: &MarkPermit, now: DateTime<Utc>, id: WalkInId, state: WalkInState, why: Option<&str>) -> Result<(), AppError> {
    sql("UPDATE walk_ins SET state = $2, decided_at = $3, decided_by = $4, reason = $5 WHERE id = $1")
        .bind(id)
        .bind(state.as_str())
        .bind(now)
        .bind(permit.by())
        .bind(why)
        .run(tx)
        .await?;
    Ok(())
}

/// They stood at the door when they asked, be it before it opened.
async fn arrival(tx: &mut Tx, permit: &MarkPermit, wish: &WalkIn) -> Result<DateTime<Utc>, AppError> {
    let lesson = permitted_lesson(tx, permit, wish.lesson_id).await?;
    let class = classes::store::class(tx, lesson.class_id).await?;
    Ok(wish.asked_at.max(Window::of(&class, &lesson).opens_at()))
}
