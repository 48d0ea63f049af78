//! Everything about a person, gathered from every table of the registry.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::numbers::{self, Number};
use super::policy::HandOverPermit;
use super::registry::{TABLES, Table};
use crate::accounts::store::person;
use crate::audit;
use crate::db::{Db, JsonRow, Query, Tx, sql};
use crate::error::AppError;
use crate::ids::PersonId;
use crate::state::App;

pub use super::erasing::{erase, obligations};

/// How the file calls itself, for programs that read it.
const FORMAT: &str = "heluo-person/1";
/// As many acts of one kind are listed one by one; all are counted.
const MOST_ACTS: i64 = 10_000;
/// Words of an act that name nobody and quote nothing that somebody wrote.
const PLAIN: &[&str] = &[
    "id",
    "at",
    "what",
    "number",
    "state",
    "from_state",
    "to_state",
    "from_status",
    "to_status",
    "status",
    "source",
    "kind",
    "indicator",
    "stage",
    "step",
    "verdict",
    "level",
    "subject_kind",
    "network",
    "request_id",
];

/// Everything that is kept about a person, as one document: what is about them in full, what they did by kind and time,
/// without the words and names of others.
pub async fn everything(db: &Db, now: DateTime<Utc>, permit: &HandOverPermit) -> Result<Value, AppError> {
    let own = person(db, permit.person()).await?;
    let mut about = Map::new();
    let mut acts = Map::new();
    for table in TABLES {
        if let Some(text) = table.about {
            let rows: Vec<JsonRow> = sql(text).bind(permit.person()).all(db).await?;
            about.insert(table.name.to_owned(), rows_without(rows, table));
        }
        if let Some(done) = acts_in(db, table, permit.person()).await? {
            acts.insert(table.name.to_owned(), done);
        }
    }
    about.insert("audit_entries".to_owned(), entries_about(db, permit.person()).await?);
    if let Some(digits) = &own.phone {
        // Nobody has proved that the number is theirs: what is about another name is not handed out for it, unless the city says so.
        let name = (permit.by() == permit.person()).then_some(own.name.as_str());
        about.extend(numbers::rows_with(db, Number { digits, name }).await?);
    }
    Ok(json!({
        "format": FORMAT,
        "made_at": now.to_rfc3339(),
        "person": permit.person().to_string(),
        "about": about,
        "acts": acts,
    }))
}

/// Rows without what opens doors.
fn rows_without(rows: Vec<JsonRow>, table: &Table) -> Value {
    let rows = rows.into_iter().map(|JsonRow(mut row)| {
        row.retain(|name, _| !table.secret.contains(&name.as_str()));
        Value::Object(row)
    });
    Value::Array(rows.collect())
}

fn done_by(query: Query, table: &Table, person: PersonId) -> Query {
    let mut query = query.push(table.name).push(" WHERE (");
    for (place, column) in table.acted.iter().enumerate() {
        let query_or = if place == 0 { query } else { query.push(" OR ") };
        query = query_or.push(column).push(" = ").push_bind(person);
    }
    query.push(")")
}

/// What a person did in a table: how often, and each by when and what; none where they did nothing.
async fn acts_in(db: &Db, table: &Table, person: PersonId) -> Result<Option<Value>, AppError> {
    if table.acted.is_empty() {
        return Ok(None);
    }
    let count = done_by(sql("SELECT COUNT(*) FROM "), table, person).count(db).await?;
    if count == 0 {
        return Ok(None);
    }
    let query = done_by(sql("SELECT * FROM "), table, person).push(" LIMIT ").push_bind(MOST_ACTS);
    let rows: Vec<JsonRow> = query.all(db).await?;
    let rows = rows.into_iter().map(|JsonRow(mut row)| {
        row.retain(|name, _| {
            table.acted.contains(&name.as_str()) || PLAIN.contains(&name.as_str()) || name.ends_with("_at") || name.ends_with("_id")
        });
        row.retain(|name, _| !matches!(name.as_str(), "person_id" | "enrolment_id" | "subject_id"));
        Value::Object(row)
    });
    Ok(Some(json!({ "count": count, "rows": rows.collect::<Vec<_>>() })))
}

/// What others did to the person, by the trail; who they are is theirs.
async fn entries_about(db: &Db, person: PersonId) -> Result<Value, AppError> {
    let rows: Vec<JsonRow> = sql("SELECT e.id, e.at, e.what, e.region FROM audit_entries e
         WHERE e.subject_kind = 'person' AND e.subject_id = $1 ORDER BY e.at, e.id")
    .bind(person.to_string())
    .all(db)
    .await?;
    Ok(Value::Array(rows.into_iter().map(|JsonRow(row)| Value::Object(row)).collect()))
}

/// Notes that somebody's data were handed over.
pub async fn note_handed_over(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &HandOverPermit) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what: "person.data-exported",
        subject_kind: audit::PERSON,
        subject_id: permit.person().to_string(),
        region: Some(permit.region()),
        detail: String::new(),
    };
    audit::note(tx, &app.chance, now, entry).await
}
