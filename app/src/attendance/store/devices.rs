//! Scanners: registered by staff and known by a token whose hash alone is kept. They and integrations are answered once for
//! each nonce.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::ledger::{CheckIn, check_in_within, tally};
use crate::accounts::policy::Reach;
use crate::attendance::policy::{DevicePermit, DoorPermit, Scope};
use crate::attendance::rules::{Refusal, Source, Status};
use crate::audit;
use crate::db::{On, Tx, sql};
use crate::error::AppError;
use crate::ids::{DeviceId, LessonId, PersonId, Region, SchoolId};
use crate::state::{App, sha256};

/// `seen_at` is written at most this often.
const SEEN_MINUTES: i64 = 5;
/// How far a scanner's clock may run ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(2);
/// How late a scanner that was offline may hand in what it read.
const BEHIND: TimeDelta = TimeDelta::hours(12);
/// How long answers are kept for repeating.
const ANSWERS_KEPT: TimeDelta = TimeDelta::days(30);

/// A registered scanner, as its keepers see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Device {
    pub id: DeviceId,
    pub name: String,
    pub region: Region,
    pub school_zh: String,
    pub school_en: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub seen_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Registers a scanner for a school and answers its token, which is shown this once.
pub async fn register(app: &App, permit: &DevicePermit, now: DateTime<Utc>, school: SchoolId, name: &str) -> Result<String, AppError> {
    let mut tx = app.db.begin().await?;
    let of_permit = sql("SELECT COUNT(*) FROM schools WHERE id = $1 AND region = $2")
        .bind(school)
        .bind(permit.region())
        .count(&mut tx)
        .await?;
    if of_permit == 0 {
        return Err(AppError::NotFound);
    }
    let token = format!("heluo_{}", crate::request::hex(&app.chance.bytes::<32>()));
    let id = DeviceId::new(&app.chance, now);
    sql("INSERT INTO devices (id, school_id, name, token_hash, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(school)
        .bind(name)
        .bind(sha256(token.as_bytes()))
        .bind(now)
        .bind(permit.by())
        .run(&mut tx)
        .await?;
    note(&mut tx, app, permit, now, "device.registered", id, name).await?;
    tx.commit().await?;
    Ok(token)
}

/// Takes a scanner's token away for ever; doing it twice is doing it once.
pub async fn revoke(app: &App, permit: &DevicePermit, now: DateTime<Utc>, id: DeviceId) -> Result<(), AppError> {
    let mut tx = app.db.begin().await?;
    let device = device(&mut tx, id).await?;
    if device.region != *permit.region() {
        return Err(AppError::NotFound);
    }
    let revoked = sql("UPDATE devices SET revoked_at = $2, revoked_by = $3 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id)
        .bind(now)
        .bind(permit.by())
        .run(&mut tx)
        .await?;
    if revoked == 1 {
        note(&mut tx, app, permit, now, "device.revoked", id, &device.name).await?;
    }
    tx.commit().await
}

async fn note(
    tx: &mut Tx,
    app: &App,
    permit: &DevicePermit,
    now: DateTime<Utc>,
    what: &'static str,
    id: DeviceId,
    name: &str,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind: "device",
        subject_id: id.to_string(),
        region: Some(permit.region()),
        detail: name.to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

const DEVICE: &str =
    "SELECT d.id, d.name, s.region, s.name_zh AS school_zh, s.name_en AS school_en, d.created_at, p.name AS created_by, d.seen_at, d.revoked_at
    FROM devices d JOIN schools s ON s.id = d.school_id JOIN people p ON p.id = d.created_by ";

/// One scanner.
pub async fn device(on: impl Into<On<'_>>, id: DeviceId) -> Result<Device, AppError> {
    let found = sql(DEVICE).push("WHERE d.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The scanners of the counties that the scope reaches, those in use first.
pub async fn devices_of(on: impl Into<On<'_>>, scope: &Scope) -> Result<Vec<Device>, AppError> {
    let query = match scope.reach() {
        Reach::City => sql(DEVICE),
        Reach::Counties(counties) => sql(DEVICE).push("WHERE s.region").push_in(counties.iter()),
    };
    let order = " ORDER BY CASE WHEN d.revoked_at IS NULL THEN 0 ELSE 1 END, d.created_at DESC, d.id LIMIT 500";
    Ok(query.push(order).all(on).await?)
}

/// A scanner that calls.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Scanner {
    pub id: DeviceId,
    pub school_id: SchoolId,
    seen_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl Scanner {
    pub fn is_revoked(&self) -> bool {
        self.revoked_at.is_some()
    }
}

/// Whose token this is, revoked or not.
pub async fn device_by_token(on: impl Into<On<'_>>, token: &str) -> Result<Option<Scanner>, AppError> {
    Ok(sql("SELECT id, school_id, seen_at, revoked_at FROM devices WHERE token_hash = $1")
        .bind(sha256(token.as_bytes()))
        .opt(on)
        .await?)
}

/// What a scanner or an integration read.
#[derive(Debug, Clone)]
pub struct Reading {
    pub lesson: LessonId,
    /// The person's own code.
    pub code: String,
    pub nonce: String,
    /// By the caller's clock.
    pub at: DateTime<Utc>,
}

impl Reading {
    /// What a repetition must ask for as well.
    fn asked(&self) -> [u8; 32] {
        sha256([self.lesson.0.as_bytes().as_slice(), self.code.as_bytes()].concat().as_slice())
    }
}

/// What the caller is told, kept word for word under its nonce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    In { status: Status, person: String, first: bool },
    Refused { reason: String, opens_at: Option<DateTime<Utc>> },
}

impl Answer {
    fn refused(reason: &str) -> Self {
        Self::Refused {
            reason: reason.to_owned(),
            opens_at: None,
        }
    }
}

/// Which school a lesson ($1) belongs to, and whose code ($2) was read.
pub const READING: &str =
    "SELECT c.school_id, p.id FROM lessons l JOIN classes c ON c.id = l.class_id LEFT JOIN people p ON p.qr_code = $2 AND p.active
     WHERE l.id = $1";
/// Keeps an answer under its nonce, unless there is one.
pub const ANSWER: &str =
    "INSERT INTO device_answers (device_id, nonce, lesson_id, asked, answer, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";

/// Answers a reading; the same nonce again gets the same answer, however many ask at once.
pub async fn answer_once(app: &App, now: DateTime<Utc>, door: &DoorPermit, reading: &Reading) -> Result<Answer, AppError> {
    let found: Option<(SchoolId, Option<PersonId>)> = sql(READING).bind(reading.lesson).bind(&reading.code).opt(&app.db).await?;
    let person = match found {
        Some((school, person)) if door.schools().cover(school) => person,
        _ => return Err(AppError::NotFound),
    };
    let (within, permit, read) = (app.clone(), *door, reading.clone());
    let first = app
        .db
        .write(move |tx| Box::pin(async move { first_answer(tx, &within, now, &permit, &read, person).await }))
        .await;
    let answer = match first {
        Err(refused) if refused == asked_before() => return repeated(app, door, reading).await,
        first => first?,
    };
    if matches!(answer, Answer::In { first: true, .. }) {
        app.live.tell(reading.lesson);
    }
    let came_to = match &answer {
        Answer::In { status, first, .. } => Some((*first, *status)),
        Answer::Refused { .. } => None,
    };
    tally(Source::Device, came_to);
    Ok(answer)
}

/// Takes back what a repetition has done: its nonce has an answer.
fn asked_before() -> AppError {
    AppError::refused("asked_before")
}

async fn first_answer(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    door: &DoorPermit,
    reading: &Reading,
    person: Option<PersonId>,
) -> Result<Answer, AppError> {
    let answer = answer(tx, app, now, door, reading, person).await?;
    let text = serde_json::to_string(&answer).map_err(|error| AppError::internal(&error))?;
    // Whoever comes second with this nonce waits here until the first is done.
    let kept = sql(ANSWER)
        .bind(door.machine())
        .bind(&reading.nonce)
        .bind(reading.lesson)
        .bind(reading.asked())
        .bind(text)
        .bind(now)
        .run(tx)
        .await?;
    if kept == 0 { Err(asked_before()) } else { Ok(answer) }
}

async fn repeated(app: &App, door: &DoorPermit, reading: &Reading) -> Result<Answer, AppError> {
    let (asked, text): (Vec<u8>, String) = sql("SELECT asked, answer FROM device_answers WHERE device_id = $1 AND nonce = $2")
        .bind(door.machine())
        .bind(&reading.nonce)
        .one(&app.db)
        .await?;
    if asked != reading.asked() {
        return Ok(Answer::refused("nonce_reused"));
    }
    serde_json::from_str(&text).map_err(|error| AppError::internal(&error))
}

async fn answer(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    door: &DoorPermit,
    reading: &Reading,
    person: Option<PersonId>,
) -> Result<Answer, AppError> {
    if reading.at > now + AHEAD || reading.at < now - BEHIND {
        return Ok(Answer::refused("bad_time"));
    }
    let Some(person) = person else {
        return Ok(Answer::refused("unknown_code"));
    };
    let outcome = check_in_within(tx, app, now, &arrival(door, reading, person, now)).await?;
    Ok(match outcome {
        Ok(done) => Answer::In {
            status: done.status,
            person: done.name,
            first: done.first,
        },
        Err(refusal) => Answer::Refused {
            reason: refusal.reason().to_owned(),
            opens_at: match refusal {
                Refusal::TooEarly(opens_at) => Some(opens_at),
                _ => None,
            },
        },
    })
}

fn arrival(door: &DoorPermit, reading: &Reading, person: PersonId, now: DateTime<Utc>) -> CheckIn {
    CheckIn {
        lesson: reading.lesson,
        person,
        source: Source::Device,
        at: reading.at.min(now),
        by: None,
        device: Some(door.machine()),
        browser: None,
        place: None,
    }
}

/// Remembers that a scanner was used, now and then.
pub async fn touch(app: &App, now: DateTime<Utc>, scanner: &Scanner) -> Result<(), AppError> {
    if scanner.seen_at.is_some_and(|seen| now - seen <= TimeDelta::minutes(SEEN_MINUTES)) {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    sql("UPDATE devices SET seen_at = $2 WHERE id = $1")
        .bind(scanner.id)
        .bind(now)
        .run(&mut tx)
        .await?;
    tx.commit().await
}

/// Forgets answers that no scanner will ask for again.
pub async fn forget_old_answers(app: &App) -> Result<(), AppError> {
    let before = app.clock.now() - ANSWERS_KEPT;
    let old = sql("SELECT COUNT(*) FROM device_answers WHERE at < $1")
        .bind(before)
        .count(&app.db)
        .await?;
    if old > 0 {
        let mut tx = app.db.begin().await?;
        sql("DELETE FROM device_answers WHERE at < $1").bind(before).run(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}
