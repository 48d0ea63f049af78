//! Seats that a firm holds in a class: named and replaced by the firm's contact; approval and history stay with the seat.

use chrono::{DateTime, Utc};

use super::policy::{DeskPermit, FirmPermit};
use super::rules::{EnrolmentState, Happening, Source};
use super::seats::{Change, change, note, open, seats_of, tell_person};
use super::store::{Enrolment, Outcome, enrol, enrolment, live_enrolment};
use crate::classes::ClassState;
use crate::db::{Db, Tx, sql};
use crate::error::{AppError, FieldProblem};
use crate::ids::{ClassId, EnrolmentId, EventId, FirmId, PersonId, Region};
use crate::state::App;

/// The seats that a firm holds in one class.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FirmHold {
    pub class_id: ClassId,
    pub title: String,
    #[sqlx(try_from = "String")]
    pub state: ClassState,
    pub starts_at: Option<DateTime<Utc>>,
    pub firm_id: FirmId,
    pub firm: String,
    pub seats: i64,
    pub used: i64,
    pub until: Option<DateTime<Utc>>,
    pub released_at: Option<DateTime<Utc>>,
}

impl FirmHold {
    /// Seats that the firm can still name somebody for.
    pub fn free(&self) -> i64 {
        if self.released_at.is_some() {
            0
        } else {
            (self.seats - self.used).max(0)
        }
    }
}

const HOLD: &str = "SELECT h.class_id, c.title, c.state, c.starts_at, h.firm_id, f.name AS firm, h.seats, h.until, h.released_at,
    (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = h.class_id AND e.firm_id = h.firm_id AND e.state = 'approved') AS used
    FROM seat_holds h JOIN classes c ON c.id = h.class_id JOIN firms f ON f.id = h.firm_id ";

/// The seats held for a firm, newest class first.
pub async fn holds_of(db: &Db, permit: FirmPermit) -> Result<Vec<FirmHold>, AppError> {
    let rows = sql(HOLD)
        .push("WHERE h.firm_id = $1 ORDER BY c.starts_at DESC, c.id LIMIT 100")
        .bind(permit.firm())
        .all(db)
        .await?;
    Ok(rows)
}

/// The seats held in a class.
pub async fn holds_in(db: &Db, permit: DeskPermit) -> Result<Vec<FirmHold>, AppError> {
    Ok(sql(HOLD)
        .push("WHERE h.class_id = $1 ORDER BY f.name, f.id")
        .bind(permit.class())
        .all(db)
        .await?)
}

/// Holds seats for a firm until an instant, or changes how many; zero ends the hold and its attendees stay.
pub async fn set_hold(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: DeskPermit,
    firm: FirmId,
    seats: i64,
    until: Option<DateTime<Utc>>,
) -> Result<(), AppError> {
    let mut open = open(tx, app, now, permit.class()).await?;
    let held = open.seats.holds.get(&firm).copied().unwrap_or_default();
    if seats < held.used {
        return Err(AppError::Invalid(vec![
            FieldProblem::new("seats", "enrolment-hold-below-used").with("used", held.used),
        ]));
    }
    let kept = if held.released { held.used } else { held.seats.max(held.used) };
    if seats - kept > open.seats.common_free() {
        let problem = FieldProblem::new("seats", "enrolment-hold-too-many").with("free", open.seats.common_free() + kept);
        return Err(AppError::Invalid(vec![problem]));
    }
    let query = if seats == 0 {
        sql("DELETE FROM seat_holds WHERE class_id = $1 AND firm_id = $2")
            .bind(permit.class())
            .bind(firm)
    } else {
        sql("INSERT INTO seat_holds (class_id, firm_id, seats, until) VALUES ($1, $2, $3, $4)
             ON CONFLICT (class_id, firm_id) DO UPDATE SET seats = excluded.seats, until = excluded.until, released_at = NULL")
        .bind(permit.class())
        .bind(firm)
        .bind(seats)
        .bind(until)
    };
    query.run(tx).await?;
    sql("INSERT INTO class_events (id, class_id, at, by_person, what, detail) VALUES ($1, $2, $3, $4, 'seats_held', $5)")
        .bind(EventId::new(&app.chance, now))
        .bind(permit.class())
        .bind(now)
        .bind(permit.by())
        .bind(format!("{firm}:{seats}"))
        .run(tx)
        .await?;
    open.seats = seats_of(&mut *tx, &open.class).await?;
    open.promote(tx, app, now).await?;
    Ok(())
}

/// Somebody who works for a firm, for choosing an attendee.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Colleague {
    pub id: PersonId,
    pub name: String,
    pub position: Option<String>,
}

/// The people of a firm.
pub async fn colleagues(db: &Db, permit: FirmPermit) -> Result<Vec<Colleague>, AppError> {
    let rows = sql("SELECT id, name, position FROM people WHERE firm_id = $1 AND active ORDER BY name, id LIMIT 500")
        .bind(permit.firm())
        .all(db)
        .await?;
    Ok(rows)
}

/// An attendee on one of a firm's held seats.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Seated {
    pub id: EnrolmentId,
    pub class_id: ClassId,
    pub person_id: PersonId,
    pub name: String,
}

/// Who sits on the firm's held seats now.
pub async fn seated(db: &Db, permit: FirmPermit) -> Result<Vec<Seated>, AppError> {
    let rows = sql(
        "SELECT e.id, e.class_id, e.person_id, p.name FROM seat_holds h JOIN enrolments e ON e.class_id = h.class_id AND e.firm_id = h.firm_id
         JOIN people p ON p.id = e.person_id WHERE h.firm_id = $1 AND e.state = 'approved' ORDER BY e.created_at, e.id LIMIT 1000",
    )
    .bind(permit.firm())
    .all(db)
    .await?;
    Ok(rows)
}

async fn works_there(tx: &mut Tx, permit: FirmPermit, person: PersonId) -> Result<(), AppError> {
    let there = sql("SELECT COUNT(*) FROM people WHERE id = $1 AND firm_id = $2 AND active")
        .bind(person)
        .bind(permit.firm())
        .count(tx)
        .await?;
    if there == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

/// Names an attendee for a free seat that the firm holds.
pub async fn name_attendee(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: FirmPermit,
    class: ClassId,
    person: PersonId,
) -> Result<Outcome, AppError> {
    works_there(tx, permit, person).await?;
    enrol(tx, app, now, &permit.naming(), class, person, None).await
}

/// Puts another person of the firm onto a held seat (换人). The seat keeps its approval and its history.
pub async fn replace_attendee(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: FirmPermit,
    id: EnrolmentId,
    by: PersonId,
    why: &str,
) -> Result<EnrolmentId, AppError> {
    works_there(tx, permit, by).await?;
    let class = held(tx, permit, id).await?.class_id;
    let open = open(tx, app, now, class).await?;
    let old = held(tx, permit, id).await?;
    if !old.state.may_become(EnrolmentState::Replaced) {
        return Err(AppError::refused("enrolment-nothing-to-replace"));
    }
    if !matches!(open.class.state, ClassState::Enrolling | ClassState::Running) {
        return Err(AppError::refused("enrolment-closed-ended"));
    }
    if live_enrolment(&mut *tx, class, by).await?.is_some() {
        return Err(AppError::refused("enrolment-already"));
    }
    let step = |from, to, what| Change {
        from,
        to,
        what,
        by: Some(permit.by()),
        why,
        batch: None,
    };
    let leaving = step(Some(old.state), EnrolmentState::Replaced, Happening::Replaced);
    change(tx, app, now, old.id, leaving).await?;
    let new = EnrolmentId::new(&app.chance, now);
    take_over(tx, now, &old, new, by).await?;
    note(tx, app, now, new, step(None, EnrolmentState::Approved, Happening::TookOver)).await?;
    tell_person(tx, app, now, old.person_id, &open.class, "enrolment-notice-replaced", why).await?;
    tell_person(tx, app, now, by, &open.class, "enrolment-notice-added", "").await?;
    Ok(new)
}

async fn take_over(tx: &mut Tx, now: DateTime<Utc>, old: &Enrolment, new: EnrolmentId, by: PersonId) -> Result<(), AppError> {
    let (region,): (Region,) = sql("SELECT region FROM people WHERE id = $1").bind(by).one(&mut *tx).await?;
    sql(
        "INSERT INTO enrolments (id, class_id, person_id, seat_id, firm_id, region, state, priority, queued_at, source, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'approved', $7, $8, $9, $10, $10)",
    )
    .bind(new)
    .bind(old.class_id)
    .bind(by)
    .bind(old.seat_id)
    .bind(old.firm_id)
    .bind(region)
    .bind(old.priority)
    .bind(old.queued_at)
    .bind(Source::Firm.as_str())
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

async fn held(tx: &mut Tx, permit: FirmPermit, id: EnrolmentId) -> Result<Enrolment, AppError> {
    let row = enrolment(&mut *tx, id).await?;
    if row.firm_id == Some(permit.firm()) {
        Ok(row)
    } else {
        Err(AppError::NotFound)
    }
}
