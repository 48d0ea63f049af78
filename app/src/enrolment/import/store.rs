//! Rows of imports and what the database knows of their people.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::rules::{self, Columns, Fault, Field, Fit, Reason, Typed};
use crate::accounts::policy::Reach;
use crate::classes::Class;
use crate::db::{Db, On, Tx, sql};
use crate::enrolment::policy::DeskPermit;
use crate::error::{AppError, Problem};
use crate::ids::{ClassId, ImportId};
use crate::imports::{self, Ledger, faulty_rows};
use crate::regions;
use crate::sheets::Sheet;
use crate::state::App;

/// Rows asked for with one statement.
const CHUNK: usize = 400;
/// Imports shown of a class.
const RECENT: i64 = 20;
/// Where rosters that come in are kept.
pub const LEDGER: Ledger = Ledger::of("roster_imports", "roster_import_rows");

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

/// An import as stored, with the class that it is for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    pub class_id: ClassId,
    #[sqlx(flatten)]
    common: imports::Import,
}

impl Import {
    /// The columns as they are matched now.
    pub fn columns(&self) -> Columns {
        self.common.columns()
    }
}

impl std::ops::Deref for Import {
    type Target = imports::Import;

    fn deref(&self) -> &Self::Target {
        &self.common
    }
}

/// Columns of an [`Import`], to be followed by `WHERE`.
const IMPORT: &str = "SELECT class_id, id, file_name, headers, columns, state, rows_total, created_at, created_by FROM roster_imports ";

/// Keeps a table that was read; nothing of it is written to the roster yet.
pub async fn keep(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &DeskPermit, file_name: &str, sheet: &Sheet) -> Result<ImportId, AppError> {
    let id = ImportId::new(&app.chance, now);
    sql(
        "INSERT INTO roster_imports (id, class_id, file_name, headers, columns, state, rows_total, created_at, created_by)
         VALUES ($1, $2, $3, '[]', '[]', 'read', 0, $4, $5)",
    )
    .bind(id)
    .bind(permit.class())
    .bind(file_name)
    .bind(now)
    .bind(permit.by())
    .run(tx)
    .await?;
    LEDGER.keep_rows::<Field>(tx, id, sheet).await?;
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

/// An import of the permit's class; another class's does not exist.
async fn own(tx: &mut Tx, permit: &DeskPermit, id: ImportId) -> Result<(), AppError> {
    let found = import(&mut *tx, id).await?;
    if found.class_id == permit.class() {
        Ok(())
    } else {
        Err(AppError::NotFound)
    }
}

/// Keeps the columns chosen by hand, while nothing was written.
pub async fn choose_columns(tx: &mut Tx, permit: &DeskPermit, id: ImportId, columns: &Columns) -> Result<(), AppError> {
    own(tx, permit, id).await?;
    LEDGER.choose_columns(tx, id, columns).await
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
        faulty_rows(&self.faults)
    }
}

/// Judges every row of an import against the rules and against what the database knows.
pub async fn preview(app: &App, now: DateTime<Utc>, import: &Import, class: &Class, reach: &Reach) -> Result<Preview, AppError> {
    let rows = typed_rows(&app.db, import).await?;
    let counties = regions::written_names(&app.db, crate::clock::day_of(now)).await?;
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
    let columns = import.columns();
    let rows = LEDGER.rows(db, import.id).await?;
    Ok(rows.iter().map(|(number, cells)| typed(*number, cells, &columns)).collect())
}

/// One stored row by the columns chosen.
pub fn typed(number: usize, cells: &[String], columns: &Columns) -> Typed {
    let cell = |field: Field| columns.cell(cells, field).to_owned();
    Typed {
        number,
        name: cell(Field::Name),
        phone: cell(Field::Phone),
        county: cell(Field::County),
        firm: cell(Field::Firm),
        credit_code: cell(Field::CreditCode),
        position: cell(Field::Position),
    }
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
    own(tx, permit, id).await?;
    LEDGER.start(tx, id).await?;
    let faulty: Vec<usize> = preview.faulty().into_iter().collect();
    LEDGER.mark(tx, id, &faulty, Outcome::Faulty.as_str()).await?;
    LEDGER.mark(tx, id, &preview.already, Outcome::Already.as_str()).await
}

/// A row that a rule refused while the import ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub row: Typed,
    pub reason: Problem,
}

/// The rows that a rule refused, in the order of the file; at most `most` of them.
pub async fn left_out(db: &Db, import: &Import, most: i64) -> Result<Vec<LeftOut>, AppError> {
    let columns = import.columns();
    let rows = LEDGER.with_reasons(db, import.id, Outcome::Refused.as_str(), most).await?;
    let left_out = rows.into_iter().map(|(number, cells, reason)| LeftOut {
        row: typed(number, &cells, &columns),
        reason: reason.unwrap_or_else(|| Problem::new("import-outcome-refused")),
    });
    Ok(left_out.collect())
}
