//! A city that has run its schools for years: 50,000 people, 250 classes a year of 200 people and 10 lessons each, every
//! attendance with its line of history. What grows with time is the past; what goes on now stays as large as it was.

use anyhow::{Context, Result};
use app::db::{Tx, sql};
use app::state::sha256;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use crate::place::{Engine, Place, now};

/// On each class's roster.
pub const ROSTER: u32 = 200;
pub const LESSONS: u32 = 10;
/// Rows of attendance that a class of the past brings.
pub const ROWS_OF_A_CLASS: u64 = ROSTER as u64 * LESSONS as u64;
/// Classes of the past that a year has.
const CLASSES_A_YEAR: u64 = 250;
/// Classes that go on now, whose lessons the bench makes and takes away again.
pub const RUNNING: u32 = 300;
const PEOPLE: u32 = 50_000;
/// People added in one transaction.
const PORTION: u32 = 5_000;

/// Kinds of the ids that are made here, and so their first half; the second is a number.
#[derive(Clone, Copy)]
pub enum Kind {
    Person = 1,
    Class,
    Lesson,
    Plan,
    Device,
    SignIn,
}

/// Sorts by number, as ids made one after another do.
pub fn id(kind: Kind, number: u64) -> Uuid {
    Uuid::from_u64_pair((kind as u64) << 32 | 0x7000, 0x8000_0000_0000_0000 | number)
}

pub fn code(person: u32) -> String {
    format!("bench{person:08}")
}

/// The numbers of the people on the roster of a class.
pub fn roster(class: u32) -> impl Iterator<Item = u32> {
    (0..ROSTER).map(move |seat| (class * ROSTER + seat) % PEOPLE)
}

/// What the measurements want to know of a filled city.
pub struct City {
    /// The demo city's administrator.
    administrator: Uuid,
    /// The schools and their scanners' tokens.
    pub schools: Vec<School>,
    plan: Uuid,
    past: u64,
}

pub struct School {
    pub id: Uuid,
    region: String,
    pub token: String,
}

impl City {
    /// Adds people, classes that go on now, and scanners to the demo city.
    pub async fn found(place: &Place) -> Result<Self> {
        let (administrator,) = sql("SELECT id FROM people WHERE user_name = 'city'").one(&place.db).await?;
        let (plan,) = sql("SELECT id FROM plans ORDER BY year DESC LIMIT 1").one(&place.db).await?;
        let schools: Vec<(Uuid, String)> = sql("SELECT id, region FROM schools ORDER BY region").all(&place.db).await?;
        let token = |number| format!("heluo_bench_{number:02}");
        let schools = (0..).zip(schools).map(|(number, (id, region))| School {
            id,
            region,
            token: token(number),
        });
        let city = Self {
            administrator,
            schools: schools.collect(),
            plan,
            past: 0,
        };
        for first in (0..PEOPLE).step_by(PORTION as usize) {
            city.add_people(place, first).await?;
        }
        let mut tx = place.db.begin().await?;
        city.add_scanners(&mut tx).await?;
        for number in 0..RUNNING {
            city.add_class(&mut tx, place.engine, number, city.plan, "running", now()).await?;
        }
        tx.commit().await?;
        Ok(city)
    }

    async fn add_people(&self, place: &Place, first: u32) -> Result<()> {
        let mut tx = place.db.begin().await?;
        for number in first..first + PORTION {
            sql(
                "INSERT INTO people (id, name, initials, must_change_password, region, qr_code, active, created_at)
                 VALUES ($1, $2, 'xy', FALSE, $3, $4, TRUE, $5)",
            )
            .bind(id(Kind::Person, number.into()))
            .bind(format!("学员{number}"))
            .bind(&self.school(number).region)
            .bind(code(number))
            .bind(now())
            .run(&mut tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    async fn add_scanners(&self, tx: &mut Tx) -> Result<()> {
        for (number, school) in (0..).zip(&self.schools) {
            sql("INSERT INTO devices (id, school_id, name, token_hash, created_at, created_by) VALUES ($1, $2, '东门', $3, $4, $5)")
                .bind(id(Kind::Device, number))
                .bind(school.id)
                .bind(sha256(school.token.as_bytes()))
                .bind(now())
                .bind(self.administrator)
                .run(tx)
                .await?;
        }
        Ok(())
    }

    /// Adds years of the past until there are so many rows of attendance.
    pub async fn grow(&mut self, place: &Place, rows: u64) -> Result<()> {
        while self.past * ROWS_OF_A_CLASS < rows {
            let year = self.past / CLASSES_A_YEAR;
            let many = (CLASSES_A_YEAR - self.past % CLASSES_A_YEAR).min(rows.div_ceil(ROWS_OF_A_CLASS) - self.past);
            let mut tx = place.db.begin().await?;
            let plan = self.plan_of(&mut tx, i32::try_from(year)? + 1).await?;
            for _ in 0..many {
                self.add_past_class(&mut tx, place.engine, plan, i64::try_from(year)? + 1).await?;
                self.past += 1;
            }
            tx.commit().await?;
            println!("  {} rows of attendance", self.past * ROWS_OF_A_CLASS);
        }
        settle(place).await
    }

    async fn plan_of(&self, tx: &mut Tx, years_ago: i32) -> Result<Uuid> {
        let year = now().year() - years_ago;
        let plan = id(Kind::Plan, u64::try_from(year)?);
        sql("INSERT INTO plans (id, year, name_zh, name_en, summary_zh, summary_en) VALUES ($1, $2, '培训计划', 'Plan', '', '') ON CONFLICT DO NOTHING")
            .bind(plan)
            .bind(i64::from(year))
            .run(tx)
            .await?;
        let (plan,) = sql("SELECT id FROM plans WHERE year = $1").bind(i64::from(year)).one(tx).await?;
        Ok(plan)
    }

    async fn add_past_class(&self, tx: &mut Tx, engine: Engine, plan: Uuid, years_ago: i64) -> Result<()> {
        let number = RUNNING + u32::try_from(self.past)?;
        let day = i64::from(number % 280);
        let starts = midnight()? - TimeDelta::days(years_ago * 365) + TimeDelta::days(day);
        let class = self.add_class(tx, engine, number, plan, "archived", starts).await?;
        for nth in 0..LESSONS {
            self.add_lesson(
                tx,
                class,
                (u64::from(number) << 8) + u64::from(nth),
                starts + TimeDelta::days(nth.into()),
                true,
            )
            .await?;
        }
        sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, flags)
             SELECT l.id, e.id, 'present', 'device', l.starts_at, '' FROM lessons l JOIN enrolments e ON e.class_id = l.class_id
             WHERE l.class_id = $1 ORDER BY l.id, e.id")
        .bind(class)
        .run(tx)
        .await?;
        sql("INSERT INTO attendance_events (id, lesson_id, enrolment_id, at, source, to_status, why) SELECT ")
            .push(of_two(engine, "l", "e"))
            .push(
                ", l.id, e.id, l.starts_at, 'device', 'present', '' FROM lessons l JOIN enrolments e ON e.class_id = l.class_id
                 WHERE l.class_id = $1 ORDER BY l.id, e.id",
            )
            .bind(class)
            .run(tx)
            .await?;
        Ok(())
    }

    /// A class with its roster, all approved.
    async fn add_class(&self, tx: &mut Tx, engine: Engine, number: u32, plan: Uuid, state: &str, starts: DateTime<Utc>) -> Result<Uuid> {
        let class = id(Kind::Class, number.into());
        let school = self.school(number);
        sql(
            "INSERT INTO classes (id, school_id, plan_id, title, summary, term, capacity, approval, opens_before_min, late_after_min, pass_rate,
                 state, starts_at, ends_at, created_at, version)
             VALUES ($1, $2, $3, $4, '公司治理、数字化与品牌', '秋季', 200, 'automatic', 30, 10, 80, $5, $6, $7, $6, 1)",
        )
        .bind(class)
        .bind(school.id)
        .bind(plan)
        .bind(format!("现代企业治理第 {number} 班"))
        .bind(state)
        .bind(starts)
        .bind(starts + TimeDelta::days(LESSONS.into()))
        .run(tx)
        .await?;
        let mut people = roster(number);
        let (first, last) = (people.next().context("a roster")?, people.last().context("a roster")?);
        sql("INSERT INTO enrolments (id, class_id, person_id, seat_id, region, state, priority, queued_at, source, created_at, changed_at) SELECT ")
            .push(of_two(engine, "c", "p"))
            .push(", c.id, p.id, ")
            .push(of_two(engine, "c", "p"))
            .push(
                ", p.region, 'approved', 0, c.created_at, 'desk', c.created_at, c.created_at FROM classes c, people p
                 WHERE c.id = $1 AND p.qr_code >= $2 AND p.qr_code <= $3 ORDER BY p.id",
            )
            .bind(class)
            .bind(code(first))
            .bind(code(last))
            .run(tx)
            .await?;
        Ok(class)
    }

    /// A lesson of three hours.
    pub async fn add_lesson(&self, tx: &mut Tx, class: Uuid, number: u64, starts: DateTime<Utc>, closed: bool) -> Result<Uuid> {
        let lesson = id(Kind::Lesson, number);
        let ends = starts + TimeDelta::hours(3);
        sql(
            "INSERT INTO lessons (id, class_id, topic, starts_at, ends_at, half_hours, code_key, attendance_closed_at, version)
             VALUES ($1, $2, '公司治理', $3, $4, 6, $5, $6, 1)",
        )
        .bind(lesson)
        .bind(class)
        .bind(starts)
        .bind(ends)
        .bind(sha256(lesson.as_bytes()))
        .bind(closed.then_some(ends))
        .run(tx)
        .await?;
        Ok(lesson)
    }

    /// The school of a class, or of a person, by number.
    pub fn school(&self, number: u32) -> &School {
        &self.schools[number as usize % self.schools.len()]
    }

    /// Signs the administrator in, and answers the cookie.
    pub async fn administrator(&self, place: &Place) -> Result<String> {
        let mut tx = place.db.begin().await?;
        let cookie = sign_in(&mut tx, self.administrator, u64::MAX >> 1).await?;
        tx.commit().await?;
        Ok(cookie)
    }
}

/// Signs somebody in, once or again, and answers the cookie.
pub async fn sign_in(tx: &mut Tx, person: Uuid, number: u64) -> Result<String> {
    let token = format!("bench-{number}");
    sql(
        "INSERT INTO sign_ins (id, token_hash, person_id, device, created_at, seen_at, expires_at) VALUES ($1, $2, $3, '', $4, $4, $5)
         ON CONFLICT (id) DO UPDATE SET seen_at = $4, expires_at = $5",
    )
    .bind(id(Kind::SignIn, number))
    .bind(sha256(token.as_bytes()))
    .bind(person)
    .bind(now())
    .bind(now() + TimeDelta::days(10))
    .run(tx)
    .await?;
    Ok(format!("sign_in={token}"))
}

/// An id made of the numbers of two rows.
fn of_two(engine: Engine, a: &str, b: &str) -> &'static str {
    match (engine, a, b) {
        (Engine::Sqlite, "l", _) => "unhex(hex(substr(l.id, 9)) || hex(substr(e.id, 9)))",
        (Engine::Sqlite, ..) => "unhex(hex(substr(c.id, 9)) || hex(substr(p.id, 9)))",
        (Engine::Postgres, "l", _) => {
            "CAST(right(replace(CAST(l.id AS text), '-', ''), 16) || right(replace(CAST(e.id AS text), '-', ''), 16) AS uuid)"
        }
        (Engine::Postgres, ..) => "CAST(right(replace(CAST(c.id AS text), '-', ''), 16) || right(replace(CAST(p.id AS text), '-', ''), 16) AS uuid)",
    }
}

fn midnight() -> Result<DateTime<Utc>> {
    let year = NaiveDate::from_ymd_opt(now().year(), 1, 1).context("a year")?;
    Ok(year.and_hms_opt(1, 0, 0).context("an hour")?.and_utc())
}

/// What a database does by itself in a quiet hour, before anything is measured: otherwise those who come first wait while
/// what was written in bulk finds its place.
pub async fn settle(place: &Place) -> Result<()> {
    match &place.db {
        app::db::Db::Sqlite { write, .. } => {
            sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE);").execute(write).await?;
        }
        app::db::Db::Postgres(pool) => {
            sqlx::raw_sql("VACUUM ANALYZE").execute(pool).await?;
            sqlx::raw_sql("CHECKPOINT").execute(pool).await?;
        }
    }
    Ok(())
}
