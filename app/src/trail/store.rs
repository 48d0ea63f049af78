//! Entries of the trail as they are looked up.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::policy::TrailScope;
use super::rules::{ACTS, kind_of, masked};
use crate::accounts::policy::Reach;
use crate::accounts::rules::like_anywhere;
use crate::audit;
use crate::db::{Db, Query, Tx, sql};
use crate::error::AppError;
use crate::ids::{EventId, PersonId, Region};
use crate::paging::{Paged, Step};
use crate::state::App;

/// How many entries a page shows.
const PAGE: i64 = 50;
/// As many people, classes and firms are looked for by a name.
const NAMESAKES: i64 = 200;
/// How many entries are read at once for a file.
const AT_ONCE: i64 = 5_000;
/// The most entries in one file: the latest.
pub const MOST_EXPORTED: usize = 50_000;

/// What of the trail is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name, or the first letters, of who acted.
    pub by: String,
    /// An act such as `class.edited`, or a kind of acts such as `class`.
    pub act: String,
    /// Part of the name of the person, class or firm acted upon.
    pub about: String,
    /// A subject itself: its kind and id.
    pub subject: Option<(String, String)>,
    pub region: Option<Region>,
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub id: EventId,
    pub at: DateTime<Utc>,
    pub by_person: Option<PersonId>,
    pub by_name: Option<String>,
    pub what: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub region: Option<Region>,
    pub detail: String,
    pub network: Option<String>,
    pub request_id: Option<String>,
}

/// Columns of a [`Line`], to be followed by conditions.
const LINE: &str = "SELECT e.id, e.at, e.by_person, p.name AS by_name, e.what, e.subject_kind, e.subject_id, e.region,
        COALESCE(d.detail, e.detail) AS detail, e.network, e.request_id
    FROM audit_entries e LEFT JOIN people p ON p.id = e.by_person LEFT JOIN audit_particulars d ON d.entry_id = e.id WHERE ";

/// One page of the trail, the latest first.
pub async fn list(db: &Db, scope: &TrailScope, filter: &Filter, step: Step<EventId>) -> Result<Paged<Line>, AppError> {
    let subjects = named(db, &filter.about).await?;
    let rows = select(scope, filter, subjects.as_ref(), step, PAGE + 1).all(db).await?;
    let rows = rows.into_iter().map(|line| shown(scope, line)).collect();
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

/// Everything that a filter finds, the latest first, up to [`MOST_EXPORTED`].
pub async fn all(db: &Db, scope: &TrailScope, filter: &Filter) -> Result<Vec<Line>, AppError> {
    let subjects = named(db, &filter.about).await?;
    let mut lines: Vec<Line> = Vec::new();
    let mut step = Step::First;
    loop {
        let more: Vec<Line> = select(scope, filter, subjects.as_ref(), step, AT_ONCE).all(db).await?;
        let is_last = i64::try_from(more.len()).unwrap_or(i64::MAX) < AT_ONCE;
        lines.extend(more.into_iter().map(|line| shown(scope, line)));
        let Some(last) = lines.last().filter(|_| !is_last && lines.len() < MOST_EXPORTED) else {
            lines.truncate(MOST_EXPORTED);
            return Ok(lines);
        };
        step = Step::After(last.id);
    }
}

/// Hides what the scope does not show.
fn shown(scope: &TrailScope, mut line: Line) -> Line {
    if !scope.sees_all() {
        line.detail = masked(&line.detail);
        line.network = None;
        line.request_id = None;
    }
    line
}

fn select(scope: &TrailScope, filter: &Filter, subjects: Option<&BTreeSet<String>>, step: Step<EventId>, limit: i64) -> Query {
    let query = match scope.reach() {
        Reach::City => sql(LINE).push("TRUE"),
        Reach::Counties(own) => sql(LINE).push("e.region").push_in(own.clone()),
    };
    let query = wanted(query, filter, subjects);
    let query = match step {
        Step::First => query.push(" ORDER BY e.at DESC, e.id DESC"),
        Step::After(id) => query
            .push(" AND (e.at, e.id) < (SELECT k.at, k.id FROM audit_entries k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY e.at DESC, e.id DESC"),
        Step::Before(id) => query
            .push(" AND (e.at, e.id) > (SELECT k.at, k.id FROM audit_entries k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY e.at, e.id"),
    };
    query.push(" LIMIT ").push_bind(limit)
}

fn wanted(mut query: Query, filter: &Filter, subjects: Option<&BTreeSet<String>>) -> Query {
    if !filter.by.is_empty() {
        let pattern = like_anywhere(&filter.by);
        query = query.push(" AND e.by_person IN (SELECT w.id FROM people w WHERE lower(w.name) LIKE ");
        query = query.push_bind(&pattern).push(" ESCAPE '!' OR w.initials LIKE ");
        query = query.push_bind(&pattern).push(" ESCAPE '!')");
    }
    if filter.act.contains('.') {
        query = query.push(" AND e.what = ").push_bind(&filter.act);
    } else if !filter.act.is_empty() {
        let acts = ACTS.iter().copied().filter(|act| kind_of(act) == filter.act);
        query = query.push(" AND e.what").push_in(acts);
    }
    if let Some(subjects) = subjects {
        query = query.push(" AND e.subject_id").push_in(subjects.iter());
    }
    if let Some((kind, id)) = &filter.subject {
        query = query.push(" AND e.subject_kind = ").push_bind(kind);
        query = query.push(" AND e.subject_id = ").push_bind(id);
    }
    if let Some(region) = &filter.region {
        query = query.push(" AND e.region = ").push_bind(region);
    }
    if let Some(from) = filter.from {
        query = query.push(" AND e.at >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        query = query.push(" AND e.at < ").push_bind(until);
    }
    query
}

/// The people, classes and firms of a name; none when nothing is looked for.
async fn named(db: &Db, words: &str) -> Result<Option<BTreeSet<String>>, AppError> {
    if words.is_empty() {
        return Ok(None);
    }
    let pattern = like_anywhere(words);
    let rows: Vec<(uuid::Uuid,)> = sql(
        "SELECT x.id FROM (SELECT id FROM people WHERE lower(name) LIKE $1 ESCAPE '!' OR initials LIKE $1 ESCAPE '!' LIMIT $2) x
         UNION ALL SELECT y.id FROM (SELECT id FROM classes WHERE lower(title) LIKE $1 ESCAPE '!' LIMIT $2) y
         UNION ALL SELECT z.id FROM (SELECT id FROM firms WHERE lower(name) LIKE $1 ESCAPE '!' OR initials LIKE $1 ESCAPE '!' LIMIT $2) z
         UNION ALL SELECT w.id FROM (SELECT i.id FROM pilots i JOIN firms f ON f.id = i.firm_id WHERE lower(f.name) LIKE $1 ESCAPE '!' LIMIT $2) w",
    )
    .bind(&pattern)
    .bind(NAMESAKES)
    .all(db)
    .await?;
    Ok(Some(rows.into_iter().map(|(id,)| id.simple().to_string()).collect()))
}

/// What a subject is called, by its id.
pub type Names = BTreeMap<String, String>;

/// Where the names of subjects of a kind stand: a query for id and name, to be followed by the ids.
const NAMED: &[(&str, &str)] = &[
    ("person", "SELECT x.id, x.name FROM people x WHERE x.id"),
    ("class", "SELECT x.id, x.title FROM classes x WHERE x.id"),
    ("firm", "SELECT x.id, x.name FROM firms x WHERE x.id"),
    ("pilot", "SELECT x.id, f.name FROM pilots x JOIN firms f ON f.id = x.firm_id WHERE x.id"),
    ("school", "SELECT x.id, x.name_zh FROM schools x WHERE x.id"),
    ("venue", "SELECT x.id, x.name FROM venues x WHERE x.id"),
    ("teacher", "SELECT x.id, x.name FROM teachers x WHERE x.id"),
    ("plan", "SELECT x.id, x.name_zh FROM plans x WHERE x.id"),
    ("device", "SELECT x.id, x.name FROM devices x WHERE x.id"),
    ("api_token", "SELECT x.id, x.name FROM api_tokens x WHERE x.id"),
    ("cohort", "SELECT x.id, x.name FROM cohorts x WHERE x.id"),
    ("round", "SELECT x.id, x.name FROM rounds x WHERE x.id"),
    ("framework", "SELECT x.id, x.version FROM frameworks x WHERE x.id"),
    ("benchmark", "SELECT x.id, x.name FROM benchmarks x WHERE x.id"),
    ("file", "SELECT x.id, x.name FROM files x WHERE x.id"),
];

/// What the subjects of some lines are called: one query for each kind among them.
pub async fn names(db: &Db, lines: &[Line]) -> Result<Names, AppError> {
    let mut names = Names::new();
    for (kind, text) in NAMED {
        let of_kind = lines.iter().filter(|line| line.subject_kind == *kind);
        let ids: BTreeSet<uuid::Uuid> = of_kind.filter_map(|line| line.subject_id.parse().ok()).collect();
        if ids.is_empty() {
            continue;
        }
        for ids in ids.into_iter().collect::<Vec<_>>().chunks(1_000) {
            let rows: Vec<(uuid::Uuid, String)> = sql(text).push_in(ids.iter().copied()).all(db).await?;
            names.extend(rows.into_iter().map(|(id, name)| (id.simple().to_string(), name)));
        }
    }
    Ok(names)
}

/// Notes that entries left the house.
pub async fn note_exported(tx: &mut Tx, app: &App, now: DateTime<Utc>, scope: &TrailScope, entries: usize) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(scope.by()),
        what: "trail.exported",
        subject_kind: "trail",
        subject_id: String::new(),
        region: None,
        detail: entries.to_string(),
    };
    audit::note(tx, &app.chance, now, entry).await
}
