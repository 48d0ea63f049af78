//! The roster (花名册) as the desk reads it: pages by key, filters, counts, a seat's history.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::policy::RosterScope;
use super::rules::{EnrolmentState, Happening, Source};
use super::store::enrolment;
use crate::accounts::policy::Reach;
use crate::accounts::rules::like_anywhere;
use crate::db::{Db, Query, Value, sql};
use crate::error::AppError;
use crate::ids::{ClassId, EnrolmentId, FirmId, PersonId, Region};

/// Rows on one page of the desk.
pub const PAGE: usize = 200;
/// People found for adding by hand.
const FOUND: i64 = 20;

crate::words! {
    /// Which rows are shown.
    pub enum View {
        Live = "live",
        Submitted = "submitted",
        Approved = "approved",
        Waitlisted = "waitlisted",
        Ended = "ended",
    }
}

impl View {
    pub fn states(self) -> &'static [EnrolmentState] {
        use EnrolmentState::{Approved, Lapsed, Rejected, Replaced, Submitted, Waitlisted, Withdrawn};
        match self {
            Self::Live => &[Submitted, Approved, Waitlisted],
            Self::Submitted => &[Submitted],
            Self::Approved => &[Approved],
            Self::Waitlisted => &[Waitlisted],
            Self::Ended => &[Rejected, Withdrawn, Replaced, Lapsed],
        }
    }
}

crate::words! {
    /// In which order.
    pub enum Sort {
        /// First in line first.
        Queue = "queue",
        /// By the initials that one types, then the name.
        Name = "name",
        /// Last changed first.
        Change = "change",
    }
}

/// One column of an order and whether it runs downwards.
type Column = (&'static str, bool);

impl Sort {
    fn columns(self) -> &'static [Column] {
        match self {
            Self::Queue => &[("e.priority", true), ("e.queued_at", false), ("e.id", false)],
            Self::Name => &[("p.initials", false), ("p.name", false), ("e.id", false)],
            Self::Change => &[("e.changed_at", true), ("e.id", true)],
        }
    }

    fn key(self, row: &Row) -> Vec<Value> {
        match self {
            Self::Queue => vec![row.priority.into(), row.queued_at.into(), row.id.into()],
            Self::Name => vec![(&row.initials).into(), (&row.name).into(), row.id.into()],
            Self::Change => vec![row.changed_at.into(), row.id.into()],
        }
    }
}

/// Where a page begins or ends: at a row that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    After(EnrolmentId),
    Before(EnrolmentId),
}

/// What the desk asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Cleaned words to look for in name, initials, phone and firm.
    pub words: String,
    pub view: View,
    pub county: Option<Region>,
    pub sort: Sort,
    pub from: Option<Edge>,
}

/// One row of the desk.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    pub id: EnrolmentId,
    pub person_id: PersonId,
    pub name: String,
    pub initials: String,
    pub phone: Option<String>,
    pub position: Option<String>,
    pub firm: Option<String>,
    pub region: Region,
    #[sqlx(try_from = "String")]
    pub state: EnrolmentState,
    pub priority: i64,
    pub queued_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    /// The firm on whose held seat the person sits.
    pub held_by: Option<FirmId>,
    #[sqlx(try_from = "String")]
    pub source: Source,
    pub note: Option<String>,
    pub reason: Option<String>,
}

const ROW: &str = "SELECT e.id, e.person_id, p.name, p.initials, p.phone, p.position, f.name AS firm, e.region, e.state, e.priority, e.queued_at,
    e.changed_at, e.firm_id AS held_by, e.source, e.note, e.reason
    FROM enrolments e JOIN people p ON p.id = e.person_id LEFT JOIN firms f ON f.id = p.firm_id ";

/// A page of rows and whether there are more to either side.
#[derive(Debug, Clone)]
pub struct RosterPage {
    pub rows: Vec<Row>,
    pub before: bool,
    pub after: bool,
}

/// One page of a class's roster.
pub async fn page(db: &Db, scope: RosterScope, filter: &Filter) -> Result<RosterPage, AppError> {
    let backward = matches!(filter.from, Some(Edge::Before(_)));
    // A row that is gone begins the list anew.
    let at = match filter.from {
        Some(Edge::After(at) | Edge::Before(at)) => row_of(db, scope, at).await?,
        None => None,
    };
    let mut rows: Vec<Row> = page_query(sql(""), scope, filter, at.as_ref()).all(db).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    if backward {
        rows.reverse();
    }
    Ok(RosterPage {
        before: if backward { more } else { filter.from.is_some() },
        after: if backward { true } else { more },
        rows,
    })
}

/// The query of a page and one row more, after `start`: nothing, or a word that asks for its plan.
pub(super) fn page_query(start: Query, scope: RosterScope, filter: &Filter, at: Option<&Row>) -> Query {
    let backward = matches!(filter.from, Some(Edge::Before(_)));
    let columns = filter.sort.columns();
    let mut query = filtered(start, scope, filter);
    if let Some(row) = at {
        query = beyond(query, columns, filter.sort.key(row), backward);
    }
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
    ordered(query, columns, backward).push(" LIMIT ").push_bind(limit)
}

fn filtered(start: Query, scope: RosterScope, filter: &Filter) -> Query {
    let states = filter.view.states().iter().map(|state| state.as_str());
    let mut query = start
        .push(ROW)
        .push("WHERE e.class_id = $1 AND e.state")
        .bind(scope.class())
        .push_in(states);
    if let Some(county) = &filter.county {
        query = query.push(" AND e.region = ").push_bind(county);
    }
    if !filter.words.is_empty() {
        query = matching(query.push(" AND "), &filter.words);
    }
    query
}

/// People whose name, initials, phone or firm hold the words.
fn matching(query: Query, words: &str) -> Query {
    let pattern = like_anywhere(words);
    query
        .push("(lower(p.name) LIKE ")
        .push_bind(&pattern)
        .push(" ESCAPE '!' OR p.initials LIKE ")
        .push_bind(&pattern)
        .push(" ESCAPE '!' OR p.phone LIKE ")
        .push_bind(&pattern)
        .push(" ESCAPE '!' OR lower(f.name) LIKE ")
        .push_bind(&pattern)
        .push(" ESCAPE '!')")
}

/// Rows past a key: `(a > x OR (a = x AND (b > y OR …)))`, each column in its own direction.
fn beyond(mut query: Query, columns: &[Column], key: Vec<Value>, backward: bool) -> Query {
    query = query.push(" AND ");
    for (n, ((column, down), value)) in columns.iter().zip(key).enumerate() {
        let last = n + 1 == columns.len();
        let past = if *down == backward { " > " } else { " < " };
        query = query.push("(").push(column).push(past).push_bind(value.clone());
        if !last {
            query = query.push(" OR (").push(column).push(" = ").push_bind(value).push(" AND ");
        }
    }
    for n in 0..columns.len() {
        query = query.push(if n == 0 { ")" } else { "))" });
    }
    query
}

fn ordered(mut query: Query, columns: &[Column], backward: bool) -> Query {
    for (n, (column, down)) in columns.iter().enumerate() {
        query = query.push(if n == 0 { " ORDER BY " } else { ", " }).push(column);
        query = query.push(if *down == backward { "" } else { " DESC" });
    }
    query
}

async fn row_of(db: &Db, scope: RosterScope, id: EnrolmentId) -> Result<Option<Row>, AppError> {
    Ok(sql(ROW)
        .push("WHERE e.class_id = $1 AND e.id = $2")
        .bind(scope.class())
        .bind(id)
        .opt(db)
        .await?)
}

/// One row of the desk.
pub async fn row(db: &Db, scope: RosterScope, id: EnrolmentId) -> Result<Row, AppError> {
    row_of(db, scope, id).await?.ok_or(AppError::NotFound)
}

/// The places in the waitlist of those rows that wait, from 1.
pub async fn places(db: &Db, scope: RosterScope, rows: &[Row]) -> Result<HashMap<EnrolmentId, i64>, AppError> {
    let waiting: Vec<EnrolmentId> = rows
        .iter()
        .filter(|row| row.state == EnrolmentState::Waitlisted)
        .map(|row| row.id)
        .collect();
    if waiting.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<(EnrolmentId, i64)> = sql(
        "SELECT w.id, w.place FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY priority DESC, queued_at, id) AS place
         FROM enrolments WHERE class_id = $1 AND state = 'waitlisted') w WHERE w.id",
    )
    .bind(scope.class())
    .push_in(waiting)
    .all(db)
    .await?;
    Ok(places.into_iter().collect())
}

/// How many rows there are in each state.
pub async fn counts(db: &Db, scope: RosterScope) -> Result<HashMap<EnrolmentState, i64>, AppError> {
    let rows: Vec<(String, i64)> = sql("SELECT state, COUNT(*) FROM enrolments WHERE class_id = $1 GROUP BY state")
        .bind(scope.class())
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(state, n)| Some((state.parse().ok()?, n))).collect())
}

/// A number that grows with every change of a class and its roster.
pub async fn version(db: &Db, scope: RosterScope) -> Result<i64, AppError> {
    Ok(sql("SELECT version FROM classes WHERE id = $1").bind(scope.class()).count(db).await?)
}

/// One line of a history.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    /// Whose enrolment it was: a held seat has had several people.
    pub name: String,
    #[sqlx(try_from = "String")]
    pub what: Happening,
    #[sqlx(try_from = "String")]
    pub to_state: EnrolmentState,
    pub why: String,
}

/// Everything that happened to a row's seat, and to the person's earlier enrolments in the class, newest first.
pub async fn history(db: &Db, scope: RosterScope, id: EnrolmentId) -> Result<Vec<Line>, AppError> {
    let row = enrolment(db, id).await?;
    let lines = sql("SELECT v.at, b.name AS by_name, p.name, v.what, v.to_state, v.why
         FROM enrolments e JOIN enrolment_events v ON v.enrolment_id = e.id JOIN people p ON p.id = e.person_id
         LEFT JOIN people b ON b.id = v.by_person
         WHERE e.class_id = $1 AND (e.seat_id = $2 OR e.person_id = $3) ORDER BY v.at DESC, v.id DESC LIMIT 200")
    .bind(scope.class())
    .bind(row.seat_id)
    .bind(row.person_id)
    .all(db)
    .await?;
    Ok(lines)
}

/// Somebody who may be added by hand.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Found {
    pub id: PersonId,
    pub name: String,
    pub phone: Option<String>,
    pub region: Region,
    pub firm: Option<String>,
    /// The live enrolment in this class, if there is one.
    pub state: Option<String>,
}

/// People of one's own counties, for adding to a class.
pub async fn find_people(db: &Db, reach: &Reach, class: ClassId, words: &str) -> Result<Vec<Found>, AppError> {
    let mut query = matching(
        sql("SELECT p.id, p.name, p.phone, p.region, f.name AS firm,
                (SELECT e.state FROM enrolments e WHERE e.class_id = $1 AND e.person_id = p.id AND e.state IN ('submitted', 'approved', 'waitlisted')) AS state
             FROM people p LEFT JOIN firms f ON f.id = p.firm_id WHERE p.active AND ")
        .bind(class),
        words,
    );
    if let Reach::Counties(own) = reach {
        query = query.push(" AND p.region").push_in(own.iter());
    }
    Ok(query.push(" ORDER BY p.name, p.id LIMIT ").push_bind(FOUND).all(db).await?)
}
