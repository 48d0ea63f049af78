//! Check-ins: lessons that go on now with everybody at the door, by scanners and by the same SQL alone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use app::attendance::store::{ANSWER, DOOR, ENTRY, EVENT, READING};
use app::clock::Chance;
use app::db::{Db, sql};
use app::state::sha256;
use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgPool, SqlitePool};
use uuid::Uuid;

use crate::city::{City, Kind, RUNNING, code, id, roster, settle};
use crate::load::{Asker, Figures, Line, closed_loop, request};
use crate::place::{Place, now};

/// Lessons of each class that goes on now, so that nobody runs out of people.
const EACH: u32 = 3;

/// Somebody at a door.
struct Reading {
    lesson: Uuid,
    device: Uuid,
    token: String,
    code: String,
    nonce: String,
}

/// Everybody at the doors of all lessons, each to be read once.
struct Queue {
    readings: Vec<Reading>,
    next: AtomicUsize,
}

impl Queue {
    /// Makes the lessons. People of all of them come mixed, as at nine o'clock.
    async fn make(place: &Place, city: &City) -> Result<Arc<Self>> {
        let lessons = open(place, city, RUNNING, EACH).await?;
        let mut readings = Vec::new();
        for seat in 0..crate::city::ROSTER as usize {
            for (class, lesson) in &lessons {
                let school = *class as usize % city.schools.len();
                readings.push(Reading {
                    lesson: *lesson,
                    device: id(Kind::Device, school as u64),
                    token: city.schools[school].token.clone(),
                    code: roster(*class).nth(seat).map(code).unwrap_or_default(),
                    nonce: format!("{lesson}-{seat}"),
                });
            }
        }
        let next = AtomicUsize::new(0);
        Ok(Arc::new(Self { readings, next }))
    }

    fn next(&self) -> Option<&Reading> {
        self.readings.get(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn taken(&self) -> usize {
        self.next.load(Ordering::Relaxed).min(self.readings.len())
    }
}

/// Lessons that began five minutes ago, so many of each of so many classes.
pub async fn open(place: &Place, city: &City, classes: u32, each: u32) -> Result<Vec<(u32, Uuid)>> {
    let starts = now() - TimeDelta::minutes(5);
    let mut tx = place.db.begin().await?;
    let mut lessons = Vec::new();
    for nth in 0..each {
        for class in 0..classes {
            let number = (u64::from(class) << 8) + u64::from(nth);
            let lesson = city.add_lesson(&mut tx, id(Kind::Class, class.into()), number, starts, false).await?;
            lessons.push((class, lesson));
        }
    }
    tx.commit().await?;
    Ok(lessons)
}

/// Takes the lessons of now away with all that came of them, and answers how many had checked in.
pub async fn clear(place: &Place) -> Result<u64> {
    let below = id(Kind::Lesson, u64::from(RUNNING) << 8);
    let mut tx = place.db.begin().await?;
    sql("DELETE FROM device_answers WHERE lesson_id >= $1 AND lesson_id < $2")
        .bind(id(Kind::Lesson, 0))
        .bind(below)
        .run(&mut tx)
        .await?;
    sql("DELETE FROM attendance_events WHERE lesson_id >= $1 AND lesson_id < $2")
        .bind(id(Kind::Lesson, 0))
        .bind(below)
        .run(&mut tx)
        .await?;
    let marked = sql("DELETE FROM attendances WHERE lesson_id >= $1 AND lesson_id < $2")
        .bind(id(Kind::Lesson, 0))
        .bind(below)
        .run(&mut tx)
        .await?;
    sql("DELETE FROM lessons WHERE id >= $1 AND id < $2")
        .bind(id(Kind::Lesson, 0))
        .bind(below)
        .run(&mut tx)
        .await?;
    tx.commit().await?;
    settle(place).await?;
    Ok(marked)
}

/// Check-ins through the API, so many scanners at once.
pub async fn by_scanners(place: &Place, city: &City, addr: SocketAddr, in_flight: usize, span: Duration) -> Result<Figures> {
    let queue = Queue::make(place, city).await?;
    let mut scanners = Vec::new();
    for _ in 0..in_flight {
        let (queue, line) = (queue.clone(), Line::to(addr).await?);
        scanners.push(Scanner { queue, line });
    }
    let figures = closed_loop(scanners, span).await?;
    let marked = clear(place).await?;
    ensure!(
        marked >= figures.count && marked <= queue.taken() as u64,
        "{marked} are marked, {} were answered",
        figures.count
    );
    Ok(figures)
}

struct Scanner {
    queue: Arc<Queue>,
    line: Line,
}

impl Asker for Scanner {
    async fn ask(&mut self) -> Result<bool> {
        let Some(reading) = self.queue.next() else { return Ok(false) };
        let path = format!("/api/v1/lessons/{}/checkins", reading.lesson);
        let bearer = format!("Bearer {}", reading.token);
        let body = serde_json::json!({ "code": reading.code, "nonce": reading.nonce }).to_string();
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let answer = self.line.send(request(Method::POST, &path, &headers, body)).await?;
        ensure!(
            answer.status == 200 && answer.text().contains("\"first\":true"),
            "{}: {}",
            answer.status,
            answer.text()
        );
        Ok(true)
    }
}

/// The statements of a check-in alone, through sqlx on the same database with as many in flight: the limit.
pub async fn by_sql(place: &Place, city: &City, in_flight: usize, span: Duration) -> Result<Figures> {
    let queue = Queue::make(place, city).await?;
    let alone = (0..in_flight).map(|_| Alone {
        queue: queue.clone(),
        db: place.db.clone(),
        chance: Chance::system(),
    });
    let figures = closed_loop(alone.collect(), span).await?;
    let marked = clear(place).await?;
    ensure!(marked >= figures.count, "{marked} are marked, {} were written", figures.count);
    Ok(figures)
}

struct Alone {
    queue: Arc<Queue>,
    db: Db,
    chance: Chance,
}

impl Asker for Alone {
    async fn ask(&mut self) -> Result<bool> {
        let Some(reading) = self.queue.next() else { return Ok(false) };
        match &self.db {
            Db::Sqlite { read, write, .. } => on_sqlite(read, write, &self.chance, reading).await?,
            Db::Postgres(pool) => on_postgres(pool, &self.chance, reading).await?,
        }
        Ok(true)
    }
}

/// One check-in: what is read before, and the transaction. The same text twice, since sqlx's types are of one engine each.
macro_rules! check_in {
    ($read:expr, $write:expr, $begin:literal, $chance:expr, $reading:expr) => {{
        let (read, reading) = ($read, $reading);
        let (_, person): (Uuid, Option<Uuid>) = sqlx::query_as(READING).bind(reading.lesson).bind(&reading.code).fetch_one(read).await?;
        let mut tx = $write.begin_with($begin).await?;
        let door = sqlx::query(DOOR).bind(reading.lesson).bind(person).fetch_one(&mut *tx).await?;
        let enrolment: Uuid = sqlx::Row::try_get(&door, "enrolment")?;
        let at = now();
        sqlx::query(ENTRY)
            .bind(reading.lesson)
            .bind(enrolment)
            .bind("present")
            .bind("device")
            .bind(at)
            .bind(None::<Uuid>)
            .bind(reading.device)
            .bind("")
            .bind(None::<Vec<u8>>)
            .bind(None::<i64>)
            .bind(None::<i64>)
            .execute(&mut *tx)
            .await?;
        sqlx::query(EVENT)
            .bind($chance.uuid(at))
            .bind(reading.lesson)
            .bind(enrolment)
            .bind(at)
            .bind(None::<Uuid>)
            .bind(reading.device)
            .bind("device")
            .bind(None::<&str>)
            .bind("present")
            .bind("")
            .execute(&mut *tx)
            .await?;
        answer!(tx, reading, at);
        tx.commit().await?;
    }};
}

macro_rules! answer {
    ($tx:ident, $reading:expr, $now:expr) => {
        sqlx::query(ANSWER)
            .bind($reading.device)
            .bind(&$reading.nonce)
            .bind($reading.lesson)
            .bind(sha256($reading.code.as_bytes()).to_vec())
            .bind(r#"{"In":{"status":"present","person":"学员12345","first":true}}"#)
            .bind::<DateTime<Utc>>($now)
            .execute(&mut *$tx)
            .await?;
    };
}

async fn on_sqlite(read: &SqlitePool, write: &SqlitePool, chance: &Chance, reading: &Reading) -> Result<()> {
    check_in!(read, write, "BEGIN IMMEDIATE", chance, reading);
    Ok(())
}

async fn on_postgres(pool: &PgPool, chance: &Chance, reading: &Reading) -> Result<()> {
    check_in!(pool, pool, "BEGIN", chance, reading);
    Ok(())
}
