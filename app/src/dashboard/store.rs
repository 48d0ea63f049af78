//! Counts and lists that anybody may read. What is a draft is nowhere counted; what was cancelled is counted nowhere but
//! in its own list.

use chrono::{DateTime, NaiveDate, Utc};

use super::rules::{ClassKey, Offer, Shown, containing, offer, places_left};
use crate::classes::ClassState;
use crate::db::{Db, Query, sql};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{ClassId, PlanId, Region, SchoolId, ThemeId};
use crate::schools::SchoolState;

/// Rows of a page of the catalogue.
pub const PAGE: usize = 20;
/// Classes on the front page.
const NEXT: i64 = 6;

/// The figures of the front page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Figures {
    pub schools_open: i64,
    /// Classes of the plan, neither drafts nor cancelled.
    pub classes: i64,
    /// Different people who were in at least one lesson of theirs.
    pub people: i64,
    /// Halves of training hours of the lessons that were held.
    pub half_hours: i64,
}

/// Counts the figures of a plan, or of none yet. Of each enrolment the first mark that counts is looked for, not all of them:
/// a year has a hundred times as many marks.
pub async fn figures(db: &Db, plan: Option<PlanId>, now: DateTime<Utc>) -> Result<Figures, AppError> {
    let query = sql("SELECT (SELECT COUNT(*) FROM schools WHERE state = 'open') AS schools_open,
        (SELECT COUNT(*) FROM classes c WHERE c.plan_id = $1 AND c.state NOT IN ('draft', 'cancelled')) AS classes,
        (SELECT COUNT(DISTINCT e.person_id) FROM classes c JOIN enrolments e ON e.class_id = c.id
            WHERE c.plan_id = $1 AND c.state NOT IN ('draft', 'cancelled') AND EXISTS (SELECT 1 FROM attendances a JOIN lessons l ON l.id = a.lesson_id
                WHERE a.enrolment_id = e.id AND a.status IN ('present', 'late', 'left_early') AND l.cancelled_at IS NULL)) AS people,
        (SELECT CAST(COALESCE(SUM(l.half_hours), 0) AS BIGINT) FROM classes c JOIN lessons l ON l.class_id = c.id
            WHERE c.plan_id = $1 AND c.state NOT IN ('draft', 'cancelled') AND l.cancelled_at IS NULL AND l.ends_at <= $2) AS half_hours");
    Ok(query.bind(plan).bind(now).one(db).await?)
}

/// A class as the catalogue shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClassCard {
    pub id: ClassId,
    pub title: String,
    pub region: Region,
    pub school_zh: String,
    pub school_en: String,
    pub theme_zh: Option<String>,
    pub theme_en: Option<String>,
    pub capacity: i64,
    #[sqlx(try_from = "String")]
    pub state: ClassState,
    pub enrol_opens_at: Option<DateTime<Utc>>,
    pub enrol_closes_at: Option<DateTime<Utc>>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub approved: i64,
    pub waitlisted: i64,
}

impl ClassCard {
    pub fn school(&self, lang: Lang) -> &str {
        lang.pick(&self.school_zh, &self.school_en)
    }

    pub fn theme(&self, lang: Lang) -> Option<&str> {
        Some(lang.pick(self.theme_zh.as_deref()?, self.theme_en.as_deref()?))
    }

    pub fn offer(&self, now: DateTime<Utc>) -> Offer {
        let left = places_left(self.capacity, self.approved);
        offer(self.state, (self.enrol_opens_at, self.enrol_closes_at), left, now)
    }

    pub fn key(&self) -> ClassKey {
        ClassKey {
            at: self.starts_at,
            id: self.id,
        }
    }
}

/// Columns of a [`ClassCard`], to be followed by `WHERE`; the counts are made for the rows shown alone.
const CARD: &str = "SELECT c.id, c.title, s.region, s.name_zh AS school_zh, s.name_en AS school_en, t.name_zh AS theme_zh, t.name_en AS theme_en,
    c.capacity, c.state, c.enrol_opens_at, c.enrol_closes_at, c.starts_at, c.ends_at,
    (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'approved') AS approved,
    (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'waitlisted') AS waitlisted
    FROM classes c JOIN schools s ON s.id = c.school_id LEFT JOIN plan_themes t ON t.id = c.theme_id ";

/// The next classes to enrol in, soonest first, those without a day last.
pub async fn next_classes(db: &Db, now: DateTime<Utc>) -> Result<Vec<ClassCard>, AppError> {
    let query = sql(CARD)
        .push("WHERE c.state IN ('published', 'enrolling') AND (c.ends_at IS NULL OR c.ends_at > ")
        .push_bind(now)
        .push(") ORDER BY c.starts_at ASC NULLS LAST, c.id LIMIT ")
        .push_bind(NEXT);
    Ok(query.all(db).await?)
}

/// What narrows the catalogue.
#[derive(Debug, Clone)]
pub struct Filter {
    pub shown: Shown,
    pub region: Option<Region>,
    pub theme: Option<ThemeId>,
    pub plan: Option<PlanId>,
    pub school: Option<SchoolId>,
    /// Words in the title, in lower case.
    pub words: Option<String>,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    First,
    After(ClassKey),
    Before(ClassKey),
}

/// A page of a list, and whether there is more to either side.
#[derive(Debug)]
pub struct Slice<T> {
    pub rows: Vec<T>,
    pub more_before: bool,
    pub more_after: bool,
}

impl<T> Slice<T> {
    /// Of rows read one more than a page, in reading order (backwards when `back`).
    pub fn of(mut rows: Vec<T>, back: bool, is_first: bool) -> Self {
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        if back {
            rows.reverse();
        }
        Self {
            rows,
            more_before: if back { more } else { !is_first },
            more_after: back || more,
        }
    }
}

/// A page of the catalogue.
pub async fn catalogue(db: &Db, filter: &Filter, turn: Turn) -> Result<Slice<ClassCard>, AppError> {
    let rising = filter.shown.rising();
    let mut query = sql(CARD)
        .push("WHERE c.state")
        .push_in(filter.shown.states().iter().map(|state| state.as_str()));
    if let Some(region) = &filter.region {
        query = query.push(" AND s.region = ").push_bind(region);
    }
    if let Some(theme) = filter.theme {
        query = query.push(" AND c.theme_id = ").push_bind(theme);
    }
    if let Some(plan) = filter.plan {
        query = query.push(" AND c.plan_id = ").push_bind(plan);
    }
    if let Some(school) = filter.school {
        query = query.push(" AND c.school_id = ").push_bind(school);
    }
    if let Some(words) = &filter.words {
        query = query.push(" AND lower(c.title) LIKE ").push_bind(containing(words)).push(" ESCAPE '!'");
    }
    let back = matches!(turn, Turn::Before(_));
    if let Turn::After(key) | Turn::Before(key) = turn {
        query = past(query, key, rising != back, back);
    }
    query = query.push(match (rising, back) {
        (true, false) => " ORDER BY c.starts_at ASC NULLS LAST, c.id ASC LIMIT ",
        (true, true) => " ORDER BY c.starts_at DESC NULLS FIRST, c.id DESC LIMIT ",
        (false, false) => " ORDER BY c.starts_at DESC NULLS LAST, c.id DESC LIMIT ",
        (false, true) => " ORDER BY c.starts_at ASC NULLS FIRST, c.id ASC LIMIT ",
    });
    let rows = query.push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX)).all(db).await?;
    Ok(Slice::of(rows, back, turn == Turn::First))
}

/// Only rows beyond the key in the direction of reading. Rows without a time are the last, so backwards they come first.
fn past(query: Query, key: ClassKey, upwards: bool, back: bool) -> Query {
    let beyond = if upwards { " > " } else { " < " };
    match key.at {
        Some(at) => {
            let query = query
                .push(" AND (c.starts_at")
                .push(beyond)
                .push_bind(at)
                .push(" OR (c.starts_at = ")
                .push_bind(at);
            let query = query.push(" AND c.id").push(beyond).push_bind(key.id);
            query.push(if back { "))" } else { ") OR c.starts_at IS NULL)" })
        }
        None if back => query
            .push(" AND (c.starts_at IS NOT NULL OR c.id")
            .push(beyond)
            .push_bind(key.id)
            .push(")"),
        None => query.push(" AND c.starts_at IS NULL AND c.id").push(beyond).push_bind(key.id),
    }
}

/// A school with the number of its classes to come or running.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SchoolPin {
    pub id: SchoolId,
    pub region: Region,
    pub name_zh: String,
    pub name_en: String,
    pub address: String,
    #[sqlx(try_from = "String")]
    pub state: SchoolState,
    pub opened_on: Option<NaiveDate>,
    pub classes: i64,
}

impl SchoolPin {
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }

    pub fn is_open(&self) -> bool {
        self.state == SchoolState::Open
    }
}

/// Every school with its current classes, the city's first.
pub async fn schools(db: &Db) -> Result<Vec<SchoolPin>, AppError> {
    let query = sql("SELECT s.id, s.region, s.name_zh, s.name_en, s.address, s.state, s.opened_on,
        (SELECT COUNT(*) FROM classes c WHERE c.school_id = s.id AND c.state IN ('published', 'enrolling', 'running')) AS classes
        FROM schools s JOIN regions r ON r.region = s.region ORDER BY r.sort");
    Ok(query.all(db).await?)
}

/// What one region's school has done of the plan, and what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Measures {
    pub classes: i64,
    pub places: i64,
    pub half_hours: i64,
    pub people: i64,
    pub target_classes: i64,
    pub target_places: i64,
    pub target_hours: i64,
    pub target_people: i64,
}

/// A row of the plan's table.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Progress {
    pub region: Region,
    #[sqlx(flatten)]
    pub measures: Measures,
}

/// The plan by region of the school: classes, places, hours held, people who came.
pub async fn progress(db: &Db, plan: PlanId, now: DateTime<Utc>) -> Result<Vec<Progress>, AppError> {
    let query = sql("SELECT r.region,
        COALESCE(k.classes, 0) AS classes, COALESCE(k.places, 0) AS places, COALESCE(h.half_hours, 0) AS half_hours, COALESCE(p.people, 0) AS people,
        COALESCE(g.classes, 0) AS target_classes, COALESCE(g.places, 0) AS target_places, COALESCE(g.hours, 0) AS target_hours,
        COALESCE(g.people, 0) AS target_people
        FROM regions r
        LEFT JOIN (SELECT s.region, COUNT(*) AS classes, CAST(SUM(c.capacity) AS BIGINT) AS places
            FROM classes c JOIN schools s ON s.id = c.school_id
            WHERE c.plan_id = $1 AND c.state NOT IN ('draft', 'cancelled') GROUP BY s.region) k ON k.region = r.region
        LEFT JOIN (SELECT s.region, CAST(SUM(l.half_hours) AS BIGINT) AS half_hours
            FROM classes c JOIN schools s ON s.id = c.school_id JOIN lessons l ON l.class_id = c.id
            WHERE c.plan_id = $1 AND c.state NOT IN ('draft', 'cancelled') AND l.cancelled_at IS NULL AND l.ends_at <= $2
            GROUP BY s.region) h ON h.region = r.region
        LEFT JOIN (SELECT s.region, COUNT(DISTINCT e.person_id) AS people
            FROM classes c JOIN schools s ON s.id = c.school_id JOIN enrolments e ON e.class_id = c.id
            WHERE c.plan_id = $1 AND c.state NOT IN ('draft', 'cancelled') AND EXISTS (SELECT 1 FROM attendances a JOIN lessons l ON l.id = a.lesson_id
                WHERE a.enrolment_id = e.id AND a.status IN ('present', 'late', 'left_early') AND l.cancelled_at IS NULL)
            GROUP BY s.region) p ON p.region = r.region
        LEFT JOIN plan_targets g ON g.plan_id = $1 AND g.region = r.region
        ORDER BY r.sort");
    Ok(query.bind(plan).bind(now).all(db).await?)
}

/// The sums of the table. Somebody who was taught in two counties is one person: `people` is counted by itself.
pub fn total(rows: &[Progress], people: i64) -> Measures {
    let sum = rows.iter().fold(Measures::default(), |sum, row| {
        let next = row.measures;
        Measures {
            classes: sum.classes + next.classes,
            places: sum.places + next.places,
            half_hours: sum.half_hours + next.half_hours,
            people: sum.people,
            target_classes: sum.target_classes + next.target_classes,
            target_places: sum.target_places + next.target_places,
            target_hours: sum.target_hours + next.target_hours,
            target_people: sum.target_people + next.target_people,
        }
    });
    Measures { people, ..sum }
}
