//! Rows of imports and what the database knows of their people.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::rules::{self, Columns, Fault, Field, Fit, Reason, Typed};
use crate::accounts::policy::Reach;
use crate::classes::Class;
use crate::db::{Db, On, Tx, sql};
use crate::enrolment::policy::DeskPermit;
use crate::error::{AppError, Problem};
use crate::ids::{ClassId, ImportId, PersonId};
use crate::regions;
use crate::sheets::Sheet;
use crate::state::App;

/// Rows written or asked for with one statement.
const CHUNK: usize = 400;
/// Imports shown of a class.
const RECENT: i64 = 20;

crate::words! {
    /// Where an import is.
    pub enum ImportState {
        /// Read and waiting for somebody to look at it.
        Read = "read",
        Running = "running",
        Done = "done",
    }
}

crate::words! {
    /// What became of one row.
    pub enum Outcome {
        Approved = "approved",
        Waitlisted = "waitlisted",
        Submitted = "submitted",
        /// The person was on the roster already.
        Already = "already",
        /// Left out for its faults.
        Faulty = "faulty",
        /// A rule refused it at the moment of writing, such as a class that was closed meanwhile.
        Refused = "refused",
    }
}

/// An import as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    pub id: ImportId,
    pub class_id: ClassId,
    pub file_name: String,
    headers: String,
    columns: String,
    #[sqlx(try_from = "String")]
    pub state: ImportState,
    pub rows_total: i64,
    pub created_at: DateTime<Utc>,
    pub created_by: PersonId,
}

impl Import {
    pub fn headers(&self) -> Vec<String> {
        serde_json::from_str(&self.headers).unwrap_or_default()
    }

    pub fn columns(&self) -> Columns {
        serde_json::from_str(&self.columns).unwrap_or_default()
    }
}

/// Columns of an [`Import`], to be followed by `WHERE`.
const IMPORT: &str = "SELECT id, class_id, file_name, headers, columns, state, rows_total, created_at, created_by FROM roster_imports ";

pub(super) fn json(value: &impl serde::Serialize) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(|error| AppError::internal(&error))
}

/// Keeps a table that was read; nothing of it is written to the roster yet.
pub async fn keep(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &DeskPermit, file_name: &str, sheet: &Sheet) -> Result<ImportId, AppError> {
    let id = ImportId::new(&app.chance, now);
    sql(
        "INSERT INTO roster_imports (id, class_id, file_name, headers, columns, state, rows_total, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, 'read', $6, $7, $8)",
    )
    .bind(id)
    .bind(permit.class())
    .bind(file_name)
    .bind(json(&sheet.headers)?)
    .bind(json(&Columns::guess(&sheet.headers))?)
    .bind(i64::try_from(sheet.rows.len()).unwrap_or(i64::MAX))
    .bind(now)
    .bind(permit.by())
    .run(tx)
    .await?;
    for rows in sheet.rows.chunks(CHUNK) {
        let mut insert = sql("INSERT INTO roster_import_rows (import_id, number, cells) VALUES ");
        for (at, row) in rows.iter().enumerate() {
            let number = i64::try_from(row.number).unwrap_or(i64::MAX);
            insert = insert
                .push(if at == 0 { "(" } else { ", (" })
                .push_bind(id)
                .push(", ")
                .push_bind(number)
                .push(", ");
            insert = insert.push_bind(json(&row.cells)?).push(")");
        }
        insert.run(tx).await?;
    }
    Ok(id)
}

/// One import.
pub async fn import(on: impl Into<On<'_>>, id: ImportId) -> Result<Import, AppError> {
    sql(IMPORT).push("WHERE id = $1").bind(id).opt(on).await?.ok_or(AppError::NotFound)
}

/// The newest imports of a class.
pub async fn recent(db: &Db, permit: &DeskPermit) -> Result<Vec<Import>, AppError> {
    let rows = sql(IMPORT)
        .push("WHERE class_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2")
        .bind(permit.class())
        .bind(RECENT)
        .all(db)
        .await?;
    Ok(rows)
}

/// Keeps the columns chosen by hand, while nothing was written.
pub async fn choose_columns(tx: &mut Tx, permit: &DeskPermit, id: ImportId, columns: &Columns) -> Result<(), AppError> {
    let changed = sql("UPDATE roster_imports SET columns = $3 WHERE id = $1 AND class_id = $2 AND state = 'read'")
        .bind(id)
        .bind(permit.class())
        .bind(json(columns)?)
        .run(tx)
        .await?;
    if changed == 0 {
        Err(AppError::refused("import-started-already"))
    } else {
        Ok(())
    }
}

/// What a look at all rows says, before anything is written.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Rows that would be put on the roster.
    pub fit: Vec<Fit>,
    /// Rows whose person is on the roster already.
    pub already: Vec<usize>,
    pub faults: Vec<Fault>,
}

impl Preview {
    /// Rows with at least one fault.
    pub fn faulty(&self) -> HashSet<usize> {
        self.faults.iter().map(|fault| fault.row).collect()
    }
}

/// Judges every row of an import against the rules and against what the database knows.
pub async fn preview(app: &App, now: DateTime<Utc>, import: &Import, class: &Class, reach: &Reach) -> Result<Preview, AppError> {
    let rows = typed_rows(&app.db, import).await?;
    let counties = county_names(&app.db, now).await?;
    let (fit, faults) = rules::judge(&rows, &counties);
    let known = people_by_phone(&app.db, class.id, &fit).await?;
    let firms = firms_by_code(&app.db, &fit).await?;
    let mut preview = Preview {
        faults,
        ..Preview::default()
    };
    for row in fit {
        let before = preview.faults.len();
        preview.faults.extend(known_faults(&row, known.get(&row.phone), &firms, class, reach));
        if preview.faults.len() > before {
            continue;
        }
        match known.get(&row.phone) {
            Some(person) if person.on_roster => preview.already.push(row.number),
            _ => preview.fit.push(row),
        }
    }
    preview.faults.sort_by_key(|fault| fault.row);
    Ok(preview)
}

/// Faults that only the database can know.
fn known_faults(row: &Fit, known: Option<&Known>, firms: &HashMap<String, String>, class: &Class, reach: &Reach) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |field: Field, typed: &str, reason: Reason| {
        faults.push(Fault {
            row: row.number,
            field,
            typed: typed.to_owned(),
            reason,
        });
    };
    match known {
        Some(person) if person.name != row.name => fault(Field::Name, &row.name, Reason::OtherName { known: masked(&person.name) }),
        Some(_) => {}
        None => {
            let county = row.county.as_deref().unwrap_or(class.region.as_str());
            if !reach.covers(&county.into()) {
                fault(Field::County, county, Reason::OtherCounty);
            }
        }
    }
    if let (Some(code), Some(firm)) = (&row.credit_code, &row.firm)
        && let Some(name) = firms.get(code.as_str()).filter(|name| *name != firm)
    {
        fault(Field::Firm, firm, Reason::OtherFirm { known: name.clone() });
    }
    faults
}

/// 王小明 as 王＊＊: enough to see a mistake, not enough to learn a name.
fn masked(name: &str) -> String {
    name.chars().enumerate().map(|(at, c)| if at == 0 { c } else { '＊' }).collect()
}

async fn typed_rows(db: &Db, import: &Import) -> Result<Vec<Typed>, AppError> {
    let rows: Vec<(i64, String)> = sql("SELECT number, cells FROM roster_import_rows WHERE import_id = $1 ORDER BY number")
        .bind(import.id)
        .all(db)
        .await?;
    let columns = import.columns();
    Ok(rows.iter().map(|(number, cells)| typed(*number, cells, &columns)).collect())
}

/// One stored row by the columns chosen.
pub fn typed(number: i64, cells: &str, columns: &Columns) -> Typed {
    let cells: Vec<String> = serde_json::from_str(cells).unwrap_or_default();
    let cell = |field: Field| columns.of(field).and_then(|column| cells.get(column)).cloned().unwrap_or_default();
    Typed {
        number: usize::try_from(number).unwrap_or_default(),
        name: cell(Field::Name),
        phone: cell(Field::Phone),
        county: cell(Field::County),
        firm: cell(Field::Firm),
        credit_code: cell(Field::CreditCode),
        position: cell(Field::Position),
    }
}

/// Every way in which a county is written, to its key: full name, name without its last character, English name, code.
pub async fn county_names(db: &Db, now: DateTime<Utc>) -> Result<HashMap<String, String>, AppError> {
    let mut names = HashMap::new();
    for region in regions::all(db, crate::clock::day_of(now)).await? {
        let key = region.region.0.clone();
        let short: String = region.name_zh.chars().take(region.name_zh.chars().count().saturating_sub(1)).collect();
        for name in [
            region.name_zh,
            short,
            region.name_en.to_lowercase().replace(' ', ""),
            region.code,
            key.clone(),
        ] {
            if name.chars().count() > 1 || name == "嵩" {
                names.insert(name, key.clone());
            }
        }
    }
    Ok(names)
}

#[derive(sqlx::FromRow)]
struct Known {
    phone: String,
    name: String,
    on_roster: bool,
}

async fn people_by_phone(db: &Db, class: ClassId, fit: &[Fit]) -> Result<HashMap<String, Known>, AppError> {
    let mut known = HashMap::new();
    for rows in fit.chunks(CHUNK) {
        let found: Vec<Known> = sql(
            "SELECT p.phone, p.name, EXISTS (SELECT 1 FROM enrolments e WHERE e.class_id = $1 AND e.person_id = p.id
                AND e.state IN ('submitted', 'approved', 'waitlisted')) AS on_roster FROM people p WHERE p.phone",
        )
        .bind(class)
        .push_in(rows.iter().map(|row| row.phone.as_str()))
        .all(db)
        .await?;
        known.extend(found.into_iter().map(|person| (person.phone.clone(), person)));
    }
    Ok(known)
}

async fn firms_by_code(db: &Db, fit: &[Fit]) -> Result<HashMap<String, String>, AppError> {
    let codes: Vec<&str> = fit
        .iter()
        .filter_map(|row| row.credit_code.as_ref().map(crate::firms::rules::CreditCode::as_str))
        .collect();
    let mut firms = HashMap::new();
    for codes in codes.chunks(CHUNK) {
        let found: Vec<(String, String)> = sql("SELECT credit_code, name FROM firms WHERE credit_code")
            .push_in(codes.iter().copied())
            .all(db)
            .await?;
        firms.extend(found);
    }
    Ok(firms)
}

/// Sets the import going: rows with faults are marked as left out, the others wait for [`super::job`].
pub async fn start(tx: &mut Tx, permit: &DeskPermit, id: ImportId, preview: &Preview) -> Result<(), AppError> {
    let started = sql("UPDATE roster_imports SET state = 'running' WHERE id = $1 AND class_id = $2 AND state = 'read'")
        .bind(id)
        .bind(permit.class())
        .run(tx)
        .await?;
    if started == 0 {
        return Err(AppError::refused("import-started-already"));
    }
    let faulty: Vec<usize> = preview.faulty().into_iter().collect();
    mark(tx, id, &faulty, Outcome::Faulty).await?;
    mark(tx, id, &preview.already, Outcome::Already).await
}

async fn mark(tx: &mut Tx, id: ImportId, numbers: &[usize], outcome: Outcome) -> Result<(), AppError> {
    for numbers in numbers.chunks(CHUNK) {
        sql("UPDATE roster_import_rows SET outcome = $2 WHERE import_id = $1 AND number")
            .bind(id)
            .bind(outcome.as_str())
            .push_in(numbers.iter().map(|number| i64::try_from(*number).unwrap_or(i64::MAX)))
            .run(tx)
            .await?;
    }
    Ok(())
}

/// How far an import is: rows by outcome, and those that wait.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    pub by_outcome: HashMap<String, i64>,
    pub waiting: i64,
}

impl Progress {
    pub fn of(&self, outcome: Outcome) -> i64 {
        self.by_outcome.get(outcome.as_str()).copied().unwrap_or_default()
    }
}

/// Counts an import's rows.
pub async fn progress(db: &Db, id: ImportId) -> Result<Progress, AppError> {
    let rows: Vec<(Option<String>, i64)> = sql("SELECT outcome, COUNT(*) FROM roster_import_rows WHERE import_id = $1 GROUP BY outcome")
        .bind(id)
        .all(db)
        .await?;
    let mut progress = Progress::default();
    for (outcome, count) in rows {
        match outcome {
            Some(outcome) => {
                progress.by_outcome.insert(outcome, count);
            }
            None => progress.waiting = count,
        }
    }
    Ok(progress)
}

/// A row that a rule refused while the import ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub row: Typed,
    pub reason: Problem,
}

#[derive(sqlx::FromRow)]
struct RefusedRow {
    number: i64,
    cells: String,
    reason: Option<String>,
}

/// The rows that a rule refused, in the order of the file; at most `most` of them.
pub async fn left_out(db: &Db, import: &Import, most: i64) -> Result<Vec<LeftOut>, AppError> {
    let rows: Vec<RefusedRow> =
        sql("SELECT number, cells, reason FROM roster_import_rows WHERE import_id = $1 AND outcome = 'refused' ORDER BY number LIMIT $2")
            .bind(import.id)
            .bind(most)
            .all(db)
            .await?;
    let columns = import.columns();
    let left_out = rows.into_iter().map(|refused| LeftOut {
        row: typed(refused.number, &refused.cells, &columns),
        reason: refused
            .reason
            .and_then(|reason| serde_json::from_str(&reason).ok())
            .unwrap_or_else(|| Problem::new("import-outcome-refused")),
    });
    Ok(left_out.collect())
}
