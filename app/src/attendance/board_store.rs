//! Rows of the attendance board, the lesson desk and the printed lists. Each list is one query, whatever its length.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::policy::MarkPermit;
use super::rules::{Flag, Source, Status, Tally, flags};
use crate::accounts::rules::{like_anywhere, search_words};
use crate::db::{Db, On, Query, sql};
use crate::error::AppError;
use crate::ids::{EnrolmentId, LessonId, Region};

/// People on one page of the board and of the desk.
pub const PAGE: usize = 100;
/// People of one printed or exported list.
pub const MOST_PEOPLE: i64 = 5_000;

/// Where a page of people begins. The order is by initials, name and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    Start,
    After(EnrolmentId),
    Before(EnrolmentId),
}

/// One page of a list that is paged by key.
#[derive(Debug, Clone)]
pub struct PageOf<T> {
    pub rows: Vec<T>,
    /// There is more before the first row, and after the last.
    pub before: bool,
    pub after: bool,
}

impl<T> PageOf<T> {
    /// From rows as they were read, one more than a page if there are more; backwards when read backwards.
    pub(super) fn cut(mut rows: Vec<T>, from: From) -> Self {
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        if let From::Before(_) = from {
            rows.reverse();
            return Self {
                rows,
                before: more,
                after: true,
            };
        }
        Self {
            rows,
            before: from != From::Start,
            after: more,
        }
    }
}

/// A lesson as a column of the board.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Column {
    pub id: LessonId,
    pub topic: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub attendance_closed_at: Option<DateTime<Utc>>,
    /// Present or late.
    pub attended: i64,
    pub excused: i64,
    /// Absent or left early.
    pub missed: i64,
}

/// The lessons of a class that were not cancelled, with what the ledger says of each.
pub async fn columns(db: &Db, permit: &MarkPermit) -> Result<Vec<Column>, AppError> {
    let rows = sql("SELECT l.id, l.topic, l.starts_at, l.ends_at, l.attendance_closed_at,
             COALESCE(n.attended, 0) AS attended, COALESCE(n.excused, 0) AS excused, COALESCE(n.missed, 0) AS missed
         FROM lessons l LEFT JOIN (
             SELECT a.lesson_id,
                 CAST(SUM(CASE WHEN a.status IN ('present', 'late') THEN 1 ELSE 0 END) AS BIGINT) AS attended,
                 CAST(SUM(CASE WHEN a.status = 'excused' THEN 1 ELSE 0 END) AS BIGINT) AS excused,
                 CAST(SUM(CASE WHEN a.status IN ('absent', 'left_early') THEN 1 ELSE 0 END) AS BIGINT) AS missed
             FROM attendances a JOIN lessons m ON m.id = a.lesson_id WHERE m.class_id = $1 GROUP BY a.lesson_id
         ) n ON n.lesson_id = l.id
         WHERE l.class_id = $1 AND l.cancelled_at IS NULL ORDER BY l.starts_at, l.id")
    .bind(permit.class())
    .all(db)
    .await?;
    Ok(rows)
}

/// Which people of the board are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    All,
    /// Absent twice or more.
    Absent,
    /// Can't reach the pass rate any more, or can't afford another absence.
    Risk,
}

impl Show {
    pub fn parse(word: Option<&str>) -> Self {
        match word {
            Some("absent") => Self::Absent,
            Some("risk") => Self::Risk,
            _ => Self::All,
        }
    }
}

/// What the board asks of the class itself.
#[derive(Debug, Clone, Copy)]
pub struct Yardstick {
    pub pass_rate: i64,
    /// Lessons not cancelled whose attendance is not closed.
    pub open_lessons: i64,
}

/// Somebody's row of the board.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PersonRow {
    pub id: EnrolmentId,
    pub name: String,
    pub phone: Option<String>,
    pub firm: Option<String>,
    pub region: Region,
    /// Still approved; others are shown for the attendance that they left.
    pub on_roster: bool,
    present: i64,
    late: i64,
    left_early: i64,
    excused: i64,
    absent: i64,
    open: i64,
}

impl PersonRow {
    pub fn tally(&self) -> Tally {
        Tally {
            present: self.present,
            late: self.late,
            left_early: self.left_early,
            excused: self.excused,
            absent: self.absent,
            open: self.open,
        }
    }
}

/// Everybody of the class with their tally; `$1` the class, `$2` its open lessons.
const TALLIED: &str = "SELECT e.id, p.name, p.initials, p.phone, f.name AS firm, e.region, e.state = 'approved' AS on_roster,
        COALESCE(t.present, 0) AS present, COALESCE(t.late, 0) AS late, COALESCE(t.left_early, 0) AS left_early,
        COALESCE(t.excused, 0) AS excused, COALESCE(t.absent, 0) AS absent,
        CASE WHEN e.state = 'approved' THEN $2 - COALESCE(t.marked_open, 0) ELSE 0 END AS open
    FROM enrolments e JOIN people p ON p.id = e.person_id LEFT JOIN firms f ON f.id = COALESCE(e.firm_id, p.firm_id)
    LEFT JOIN (
        SELECT a.enrolment_id,
            CAST(SUM(CASE WHEN a.status = 'present' THEN 1 ELSE 0 END) AS BIGINT) AS present,
            CAST(SUM(CASE WHEN a.status = 'late' THEN 1 ELSE 0 END) AS BIGINT) AS late,
            CAST(SUM(CASE WHEN a.status = 'left_early' THEN 1 ELSE 0 END) AS BIGINT) AS left_early,
            CAST(SUM(CASE WHEN a.status = 'excused' THEN 1 ELSE 0 END) AS BIGINT) AS excused,
            CAST(SUM(CASE WHEN a.status = 'absent' THEN 1 ELSE 0 END) AS BIGINT) AS absent,
            CAST(SUM(CASE WHEN l.attendance_closed_at IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS marked_open
        FROM attendances a JOIN lessons l ON l.id = a.lesson_id
        WHERE l.class_id = $1 AND l.cancelled_at IS NULL GROUP BY a.enrolment_id
    ) t ON t.enrolment_id = e.id
    WHERE e.class_id = $1 AND (e.state = 'approved' OR t.enrolment_id IS NOT NULL)";

/// Missed something already, and with one more absence the rate 'at most still possible' falls below the pass rate.
const AT_RISK: &str = "b.absent + b.left_early > 0 AND 100 * (b.present + b.late + b.open - (CASE WHEN b.open > 0 THEN 1 ELSE 0 END)) < ";
/// What that rate is a share of.
const AT_RISK_OF: &str = " * (b.present + b.late + b.left_early + b.absent + b.open)";
const ORDER: &str = " ORDER BY b.initials, b.name, b.id";

fn only(query: Query, show: Show, measure: Yardstick) -> Query {
    match show {
        Show::All => query,
        Show::Absent => query.push(" AND b.absent >= 2"),
        Show::Risk => query.push(" AND ").push(AT_RISK).push_bind(measure.pass_rate).push(AT_RISK_OF),
    }
}

fn tallied(permit: &MarkPermit, measure: Yardstick) -> Query {
    sql("SELECT b.* FROM (")
        .push(TALLIED)
        .push(") b WHERE TRUE")
        .bind(permit.class())
        .bind(measure.open_lessons)
}

/// A page of the people of a class.
pub async fn people(db: &Db, permit: &MarkPermit, measure: Yardstick, show: Show, search: &str, from: From) -> Result<PageOf<PersonRow>, AppError> {
    let query = paged(searched(only(tallied(permit, measure), show, measure), search), from);
    Ok(PageOf::cut(query.all(db).await?, from))
}

/// Everybody of a class, for a file.
pub async fn everybody(db: &Db, permit: &MarkPermit, measure: Yardstick) -> Result<Vec<PersonRow>, AppError> {
    let query = tallied(permit, measure).push(ORDER).push(" LIMIT ").push_bind(MOST_PEOPLE);
    Ok(query.all(db).await?)
}

/// How many people each filter of the board shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct ShowCounts {
    pub people: i64,
    pub absent: i64,
    pub risk: i64,
}

pub async fn show_counts(db: &Db, permit: &MarkPermit, measure: Yardstick) -> Result<ShowCounts, AppError> {
    let counts = sql("SELECT COUNT(*) AS people, COUNT(CASE WHEN b.absent >= 2 THEN 1 END) AS absent, COUNT(CASE WHEN ")
        .bind(permit.class())
        .bind(measure.open_lessons)
        .push(AT_RISK)
        .push_bind(measure.pass_rate)
        .push(AT_RISK_OF)
        .push(" THEN 1 END) AS risk FROM (")
        .push(TALLIED)
        .push(") b")
        .one(db)
        .await?;
    Ok(counts)
}

/// Names, initials, firms and phone numbers that contain what was typed.
pub(super) fn searched(query: Query, search: &str) -> Query {
    let words = search_words(search);
    if words.is_empty() {
        return query;
    }
    let like = like_anywhere(&words);
    query
        .push(" AND (lower(b.name) LIKE ")
        .push_bind(like.clone())
        .push(" ESCAPE '!' OR b.initials LIKE ")
        .push_bind(like.clone())
        .push(" ESCAPE '!' OR lower(COALESCE(b.firm, '')) LIKE ")
        .push_bind(like.clone())
        .push(" ESCAPE '!' OR COALESCE(b.phone, '') LIKE ")
        .push_bind(like)
        .push(" ESCAPE '!')")
}

/// From one row on, in the order of initials, name and id.
pub(super) fn paged(query: Query, from: From) -> Query {
    const KEY: &str = " (SELECT k.initials, k.name, x.id FROM enrolments x JOIN people k ON k.id = x.person_id WHERE x.id = ";
    let query = match from {
        From::Start => query.push(ORDER),
        From::After(id) => query
            .push(" AND (b.initials, b.name, b.id) >")
            .push(KEY)
            .push_bind(id)
            .push(")")
            .push(ORDER),
        From::Before(id) => query
            .push(" AND (b.initials, b.name, b.id) <")
            .push(KEY)
            .push_bind(id)
            .push(") ORDER BY b.initials DESC, b.name DESC, b.id DESC"),
    };
    query.push(" LIMIT ").push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
}

/// What the ledger says in one place of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub status: Status,
    pub source: Source,
    pub flags: Vec<Flag>,
}

#[derive(sqlx::FromRow)]
struct CellRow {
    lesson_id: LessonId,
    enrolment_id: EnrolmentId,
    #[sqlx(try_from = "String")]
    status: Status,
    #[sqlx(try_from = "String")]
    source: Source,
    flags: String,
}

pub type Cells = HashMap<(LessonId, EnrolmentId), Cell>;

/// The cells of these people, or of everybody.
pub async fn cells(db: &Db, permit: &MarkPermit, people: Option<Vec<EnrolmentId>>) -> Result<Cells, AppError> {
    let query = sql(
        "SELECT a.lesson_id, a.enrolment_id, a.status, a.source, a.flags FROM attendances a JOIN lessons l ON l.id = a.lesson_id
         WHERE l.class_id = $1 AND l.cancelled_at IS NULL",
    )
    .bind(permit.class());
    let query = match people {
        Some(people) => query.push(" AND a.enrolment_id").push_in(people),
        None => query,
    };
    let rows: Vec<CellRow> = query.all(db).await?;
    let cell = |row: CellRow| {
        let cell = Cell {
            status: row.status,
            source: row.source,
            flags: flags(&row.flags),
        };
        ((row.lesson_id, row.enrolment_id), cell)
    };
    Ok(rows.into_iter().map(cell).collect())
}

/// One cell with everything around it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CellPlace {
    pub name: String,
    pub firm: Option<String>,
    pub topic: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub attendance_closed_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub on_roster: bool,
    status: Option<String>,
    pub at: Option<DateTime<Utc>>,
    flags: Option<String>,
}

impl CellPlace {
    pub fn status(&self) -> Option<Status> {
        self.status.as_deref().and_then(|word| word.parse().ok())
    }

    pub fn flags(&self) -> Vec<Flag> {
        flags(self.flags.as_deref().unwrap_or_default())
    }
}

pub async fn cell(on: impl Into<On<'_>>, permit: &MarkPermit, lesson: LessonId, enrolment: EnrolmentId) -> Result<CellPlace, AppError> {
    let found = sql(
        "SELECT p.name, f.name AS firm, l.topic, l.starts_at, l.ends_at, l.attendance_closed_at, l.cancelled_at,
             e.state = 'approved' AS on_roster, a.status, a.at, a.flags
         FROM lessons l JOIN enrolments e ON e.class_id = l.class_id JOIN people p ON p.id = e.person_id
         LEFT JOIN firms f ON f.id = COALESCE(e.firm_id, p.firm_id)
         LEFT JOIN attendances a ON a.lesson_id = l.id AND a.enrolment_id = e.id
         WHERE l.class_id = $1 AND l.id = $2 AND e.id = $3",
    )
    .bind(permit.class())
    .bind(lesson)
    .bind(enrolment)
    .opt(on)
    .await?;
    found.ok_or(AppError::NotFound)
}

/// One change of a cell.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Change {
    pub at: DateTime<Utc>,
    /// Who did it: a member of staff, the scanner or the integration; the person alone otherwise.
    pub by_name: Option<String>,
    #[sqlx(try_from = "String")]
    pub source: Source,
    from_status: Option<String>,
    to_status: Option<String>,
    pub why: String,
}

impl Change {
    pub fn from(&self) -> Option<Status> {
        self.from_status.as_deref().and_then(|word| word.parse().ok())
    }

    pub fn to(&self) -> Option<Status> {
        self.to_status.as_deref().and_then(|word| word.parse().ok())
    }
}

/// Everything that happened to a cell, the latest first.
pub async fn history(db: &Db, permit: &MarkPermit, lesson: LessonId, enrolment: EnrolmentId) -> Result<Vec<Change>, AppError> {
    let rows = sql(
        "SELECT v.at, COALESCE(p.name, d.name, t.name) AS by_name, v.source, v.from_status, v.to_status, v.why
         FROM attendance_events v JOIN lessons l ON l.id = v.lesson_id
         LEFT JOIN people p ON p.id = v.by_person LEFT JOIN devices d ON d.id = v.device_id LEFT JOIN api_tokens t ON t.id = v.device_id
         WHERE l.class_id = $1 AND v.lesson_id = $2 AND v.enrolment_id = $3 ORDER BY v.at DESC, v.id DESC LIMIT 100",
    )
    .bind(permit.class())
    .bind(lesson)
    .bind(enrolment)
    .all(db)
    .await?;
    Ok(rows)
}

/// Somebody on a printed list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listed {
    pub id: EnrolmentId,
    pub name: String,
    pub phone: Option<String>,
    pub firm: Option<String>,
    pub qr_code: String,
}

/// `$1` is the class.
const LISTED: &str = "SELECT b.id, b.name, b.phone, b.firm, b.qr_code FROM (
        SELECT e.id, p.name, p.initials, p.phone, f.name AS firm, p.qr_code
        FROM enrolments e JOIN people p ON p.id = e.person_id LEFT JOIN firms f ON f.id = COALESCE(e.firm_id, p.firm_id)
        WHERE e.class_id = $1 AND e.state = 'approved'";

/// Everybody on the roster, for one long list.
pub async fn roster(db: &Db, permit: &MarkPermit) -> Result<Vec<Listed>, AppError> {
    let query = sql(LISTED)
        .push(") b")
        .push(ORDER)
        .bind(permit.class())
        .push(" LIMIT ")
        .push_bind(MOST_PEOPLE);
    Ok(query.all(db).await?)
}

/// The roster in pages, for badges.
pub async fn roster_page(db: &Db, permit: &MarkPermit, from: From) -> Result<PageOf<Listed>, AppError> {
    let query = sql(LISTED).push(") b WHERE TRUE").bind(permit.class());
    Ok(PageOf::cut(paged(query, from).all(db).await?, from))
}

/// Those of a lesson whom nobody marked, up to as many as one form sends.
pub async fn unmarked(db: &Db, permit: &MarkPermit, lesson: LessonId, most: i64) -> Result<Vec<Listed>, AppError> {
    let query = sql(LISTED)
        .push(" AND NOT EXISTS (SELECT 1 FROM attendances a WHERE a.lesson_id = $2 AND a.enrolment_id = e.id)) b")
        .push(ORDER)
        .bind(permit.class())
        .bind(lesson)
        .push(" LIMIT ")
        .push_bind(most);
    Ok(query.all(db).await?)
}
