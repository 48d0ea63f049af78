//! Lists of classes and of lessons, each within what its reader may see.

use chrono::{DateTime, Utc};

use crate::accounts::policy::Reach;
use crate::classes::policy::Scope;
use crate::classes::rules::ClassState;
use crate::db::{Db, Query, sql};
use crate::error::AppError;
use crate::ids::{ClassId, LessonId, Region, SchoolId, TeacherId, ThemeId};

/// Rows of one page.
const PAGE: i64 = 25;
/// Classes without lessons come last: this is after all others.
const FAR: &str = "9999-01-01T00:00:00Z";
/// How many lessons a week's view shows at most.
const WEEK_AT_MOST: i64 = 500;

crate::words! {
    /// The order of the list.
    pub enum Sort {
        Newest = "newest",
        Starts = "starts",
        Title = "title",
    }
}

/// A class in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClassRow {
    pub id: ClassId,
    pub title: String,
    pub term: String,
    pub region: Region,
    pub school_zh: String,
    pub school_en: String,
    #[sqlx(try_from = "String")]
    pub state: ClassState,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub capacity: i64,
    pub approved: i64,
    pub waitlisted: i64,
    pub submitted: i64,
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub words: Option<String>,
    pub region: Option<Region>,
    pub school: Option<SchoolId>,
    pub state: Option<ClassState>,
    pub term: Option<String>,
    pub theme: Option<ThemeId>,
    pub sort: Option<Sort>,
    /// Show what follows this key, or what comes before it.
    pub after: Option<String>,
    pub before: Option<String>,
}

/// One page with the keys to its neighbours.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    pub rows: Vec<T>,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// The classes of a scope, narrowed, in pages by key.
pub async fn classes(db: &Db, scope: &Scope, filter: &Filter) -> Result<Paged<ClassRow>, AppError> {
    let sort = filter.sort.unwrap_or(Sort::Newest);
    let backward = filter.before.is_some();
    let query = narrowed(selected(), scope, filter);
    let query = from_key(query, sort, backward, filter.before.as_ref().or(filter.after.as_ref()));
    let query = match (sort, backward) {
        (Sort::Newest, false) => query.push(" ORDER BY c.id DESC"),
        (Sort::Newest, true) => query.push(" ORDER BY c.id"),
        (Sort::Starts, false) => query.push(" ORDER BY COALESCE(c.starts_at, ").push_bind(far()).push("), c.id"),
        (Sort::Starts, true) => query.push(" ORDER BY COALESCE(c.starts_at, ").push_bind(far()).push(") DESC, c.id DESC"),
        (Sort::Title, false) => query.push(" ORDER BY c.title, c.id"),
        (Sort::Title, true) => query.push(" ORDER BY c.title DESC, c.id DESC"),
    };
    let rows: Vec<ClassRow> = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(paged(rows, sort, backward, filter.after.is_some()))
}

fn selected() -> Query {
    sql(
        "SELECT c.id, c.title, c.term, s.region, s.name_zh AS school_zh, s.name_en AS school_en, c.state, c.starts_at, c.ends_at, c.capacity,
             (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'approved') AS approved,
             (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'waitlisted') AS waitlisted,
             (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'submitted') AS submitted
         FROM classes c JOIN schools s ON s.id = c.school_id WHERE TRUE",
    )
}

fn far() -> DateTime<Utc> {
    FAR.parse().unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn narrowed(mut query: Query, scope: &Scope, filter: &Filter) -> Query {
    query = within(query, scope);
    if let Some(words) = &filter.words {
        let pattern = format!("%{}%", words.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_"));
        query = query.push(" AND lower(c.title) LIKE ").push_bind(pattern).push(" ESCAPE '!'");
    }
    if let Some(region) = &filter.region {
        query = query.push(" AND s.region = ").push_bind(region);
    }
    if let Some(school) = filter.school {
        query = query.push(" AND c.school_id = ").push_bind(school);
    }
    if let Some(state) = filter.state {
        query = query.push(" AND c.state = ").push_bind(state.as_str());
    }
    if let Some(term) = &filter.term {
        query = query.push(" AND c.term = ").push_bind(term);
    }
    if let Some(theme) = filter.theme {
        query = query.push(" AND c.theme_id = ").push_bind(theme);
    }
    query
}

/// Classes of the coordinated regions, and those looked after.
fn within(query: Query, scope: &Scope) -> Query {
    match scope.reach() {
        Reach::City => query,
        Reach::Counties(regions) => query
            .push(" AND (s.region")
            .push_in(regions)
            .push(" OR c.id")
            .push_in(scope.classes().iter().copied())
            .push(")"),
    }
}

/// The key of a row: what the list is sorted by, and the id.
fn key_of(row: &ClassRow, sort: Sort) -> String {
    match sort {
        Sort::Newest => row.id.to_string(),
        Sort::Starts => format!("{}~{}", row.starts_at.unwrap_or_else(far).timestamp_micros(), row.id),
        Sort::Title => format!("{}~{}", row.title, row.id),
    }
}

/// Goes on from a key; one that nobody gave out begins at the start.
fn from_key(query: Query, sort: Sort, backward: bool, key: Option<&String>) -> Query {
    let Some(key) = key else { return query };
    let (value, id) = key.rsplit_once('~').unwrap_or(("", key));
    let Ok(id) = id.parse::<ClassId>() else { return query };
    match sort {
        Sort::Newest => query.push(if backward { " AND c.id > " } else { " AND c.id < " }).push_bind(id),
        Sort::Starts => {
            let Some(at) = value.parse().ok().and_then(DateTime::<Utc>::from_timestamp_micros) else {
                return query;
            };
            let way = if backward { "), c.id) < (" } else { "), c.id) > (" };
            query
                .push(" AND (COALESCE(c.starts_at, ")
                .push_bind(far())
                .push(way)
                .push_bind(at)
                .push(", ")
                .push_bind(id)
                .push(")")
        }
        Sort::Title => {
            let way = if backward {
                " AND (c.title, c.id) < ("
            } else {
                " AND (c.title, c.id) > ("
            };
            query.push(way).push_bind(value).push(", ").push_bind(id).push(")")
        }
    }
}

fn paged(mut rows: Vec<ClassRow>, sort: Sort, backward: bool, has_key: bool) -> Paged<ClassRow> {
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > page;
    rows.truncate(page);
    if backward {
        rows.reverse();
    }
    let (earlier, later) = if backward { (more, true) } else { (has_key, more) };
    let before = rows.first().filter(|_| earlier).map(|row| key_of(row, sort));
    let after = rows.last().filter(|_| later).map(|row| key_of(row, sort));
    Paged { rows, before, after }
}

/// The terms that classes of the scope have, the latest first.
pub async fn terms(db: &Db, scope: &Scope) -> Result<Vec<String>, AppError> {
    let query = sql("SELECT DISTINCT c.term FROM classes c JOIN schools s ON s.id = c.school_id WHERE c.term <> ''");
    let rows: Vec<(String,)> = within(query, scope).push(" ORDER BY c.term DESC LIMIT 40").all(db).await?;
    Ok(rows.into_iter().map(|(term,)| term).collect())
}

/// A lesson as a timetable shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TimetableEntry {
    pub id: LessonId,
    pub class_id: ClassId,
    pub class: String,
    pub school_zh: String,
    pub school_en: String,
    pub topic: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub teacher: Option<String>,
    pub venue: Option<String>,
    pub cancelled: bool,
}

fn entries(from: DateTime<Utc>, to: DateTime<Utc>) -> Query {
    sql(
        "SELECT l.id, c.id AS class_id, c.title AS class, s.name_zh AS school_zh, s.name_en AS school_en, l.topic, l.starts_at, l.ends_at,
             t.name AS teacher, v.name AS venue, l.cancelled_at IS NOT NULL AS cancelled
         FROM lessons l JOIN classes c ON c.id = l.class_id JOIN schools s ON s.id = c.school_id
             LEFT JOIN teachers t ON t.id = l.teacher_id LEFT JOIN venues v ON v.id = l.venue_id
         WHERE l.starts_at >= $1 AND l.starts_at < $2",
    )
    .bind(from)
    .bind(to)
}

/// The lessons of a school's classes between two instants.
pub async fn timetable_of_school(
    db: &Db,
    scope: &Scope,
    school: SchoolId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<TimetableEntry>, AppError> {
    let query = entries(from, to).push(" AND c.school_id = ").push_bind(school);
    Ok(within(query, scope)
        .push(" ORDER BY l.starts_at, l.id LIMIT ")
        .push_bind(WEEK_AT_MOST)
        .all(db)
        .await?)
}

/// The lessons of a teacher between two instants, wherever they are: a teacher of one's own school, or oneself.
pub async fn timetable_of_teacher(
    db: &Db,
    scope: &Scope,
    teacher: TeacherId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<TimetableEntry>, AppError> {
    let known: Option<(Region, Option<crate::ids::PersonId>)> =
        sql("SELECT s.region, t.person_id FROM teachers t JOIN schools s ON s.id = t.school_id WHERE t.id = $1")
            .bind(teacher)
            .opt(db)
            .await?;
    let allowed = known.is_some_and(|(region, person)| scope.reach().covers(&region) || person == Some(scope.person()));
    if !allowed {
        return Err(AppError::NotFound);
    }
    let query = entries(from, to).push(" AND l.teacher_id = ").push_bind(teacher);
    Ok(query.push(" ORDER BY l.starts_at, l.id LIMIT ").push_bind(WEEK_AT_MOST).all(db).await?)
}

/// The teacher that a person is.
pub async fn teacher_of(db: &Db, person: crate::ids::PersonId) -> Result<Option<TeacherId>, AppError> {
    let found: Option<(TeacherId,)> = sql("SELECT id FROM teachers WHERE person_id = $1 ORDER BY id LIMIT 1")
        .bind(person)
        .opt(db)
        .await?;
    Ok(found.map(|(id,)| id))
}
