//! Rows of imports of firms, and what the register knows of the firms that they name.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::rules::{self, Columns, Fault, Field, Fit, FitContact, KnownFirm, Target, Typed, Vocabulary};
use crate::clock::day_of;
use crate::db::{Db, On, Tx, sql};
use crate::error::AppError;
use crate::firms::policy::ImportPermit;
use crate::firms::rules::{Category, CreditCode, Size};
use crate::firms::store::{Contact, Details, Firm, NewContact, WHOLE, create, details_of, differences, keep_contact, keep_imported, locked};
use crate::i18n::{Lang, text};
use crate::ids::{FirmId, ImportId, Region};
use crate::imports::{Import, Ledger, faulty_rows, plain};
use crate::regions;
use crate::sheets::Sheet;
use crate::state::App;

/// Rows asked for with one statement.
const CHUNK: usize = 400;
/// Imports shown of a person.
const RECENT: i64 = 20;
/// Where lists of firms that come in are kept.
pub const LEDGER: Ledger = Ledger::of("firm_imports", "firm_import_rows");

crate::words! {
    /// What became of one row.
    pub enum Outcome {
        /// A firm was entered.
        New = "new",
        /// A known firm was completed or changed.
        Changed = "changed",
        /// The register said all of it already.
        Already = "already",
        /// Left out for its faults.
        Faulty = "faulty",
        /// A rule refused it at the moment of writing.
        Refused = "refused",
    }
}

const IMPORT: &str = "SELECT id, file_name, headers, columns, state, rows_total, created_at, created_by FROM firm_imports ";

/// Keeps a table that was read; nothing of it is written to the register yet.
pub async fn keep(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ImportPermit, file_name: &str, sheet: &Sheet) -> Result<ImportId, AppError> {
    let id = ImportId::new(&app.chance, now);
    sql(
        "INSERT INTO firm_imports (id, file_name, headers, columns, state, rows_total, created_at, created_by)
         VALUES ($1, $2, '[]', '[]', 'read', 0, $3, $4)",
    )
    .bind(id)
    .bind(file_name)
    .bind(now)
    .bind(permit.by())
    .run(tx)
    .await?;
    LEDGER.keep_rows::<Field>(tx, id, sheet).await?;
    Ok(id)
}

/// An import, without asking whose it is: for the job.
pub async fn import(on: impl Into<On<'_>>, id: ImportId) -> Result<Import, AppError> {
    sql(IMPORT).push("WHERE id = $1").bind(id).opt(on).await?.ok_or(AppError::NotFound)
}

/// An import of one's own; anybody else's does not exist.
pub async fn own(on: impl Into<On<'_>>, permit: &ImportPermit, id: ImportId) -> Result<Import, AppError> {
    let found = import(on, id).await?;
    if found.created_by == permit.by() {
        Ok(found)
    } else {
        Err(AppError::NotFound)
    }
}

/// One's newest imports.
pub async fn recent(db: &Db, permit: &ImportPermit) -> Result<Vec<Import>, AppError> {
    Ok(sql(IMPORT)
        .push("WHERE created_by = $1 ORDER BY created_at DESC, id DESC LIMIT $2")
        .bind(permit.by())
        .bind(RECENT)
        .all(db)
        .await?)
}

/// Keeps the columns chosen by hand, while nothing was written.
pub async fn choose_columns(tx: &mut Tx, permit: &ImportPermit, id: ImportId, columns: &Columns) -> Result<(), AppError> {
    own(&mut *tx, permit, id).await?;
    LEDGER.choose_columns(tx, id, columns).await
}

/// What a look at all rows says, before anything is written.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Rows that would enter a firm.
    pub new: Vec<Fit>,
    /// Rows that would change a known one.
    pub changed: Vec<Fit>,
    /// Rows of which the register says everything already.
    pub already: Vec<usize>,
    pub faults: Vec<Fault>,
}

impl Preview {
    /// Rows with at least one fault.
    pub fn faulty(&self) -> HashSet<usize> {
        faulty_rows(&self.faults)
    }

    /// How many rows would be written.
    pub fn good(&self) -> usize {
        self.new.len() + self.changed.len()
    }
}

/// The words that a list may use, in both languages.
pub async fn vocabulary(db: &Db, now: DateTime<Utc>) -> Result<Vocabulary, AppError> {
    let mut words = Vocabulary {
        counties: regions::written_names(db, day_of(now)).await?,
        ..Vocabulary::default()
    };
    for lang in [Lang::Zh, Lang::En] {
        for category in Category::ALL {
            let name = text(lang, &format!("firms-category-{}", category.as_str()), &[]);
            words.categories.insert(plain(&name), category);
        }
        for size in Size::ALL {
            let name = plain(&text(lang, &format!("firms-size-{}", size.as_str()), &[]));
            // 大型 is written 大型企业 as well.
            words.sizes.insert(format!("{name}企业"), size);
            words.sizes.insert(name, size);
        }
    }
    Ok(words)
}

/// Judges every row of an import against the rules and against the register.
pub async fn preview(app: &App, now: DateTime<Utc>, permit: &ImportPermit, import: &Import) -> Result<Preview, AppError> {
    let rows = LEDGER.rows(&app.db, import.id).await?;
    let columns = import.columns();
    let typed = rows.iter().map(|(number, cells)| Typed::new(*number, cells, &columns));
    let (fit, faults) = rules::judge(typed, &vocabulary(&app.db, now).await?);
    let register = Register::of(&app.db, &fit).await?;
    let mut preview = Preview {
        faults,
        ..Preview::default()
    };
    let county = columns.of(Field::County);
    for row in fit {
        match register.target(&row, permit) {
            Err((field, reason)) => {
                let typed = match field {
                    Field::Name => row.name.clone(),
                    Field::Code => row.code.as_ref().map(ToString::to_string).unwrap_or_default(),
                    _ => county.and_then(|_| row.county.clone()).map(|county| county.0).unwrap_or_default(),
                };
                let row = row.number;
                preview.faults.push(Fault { row, field, typed, reason });
            }
            Ok(Target::New(_)) => preview.new.push(row),
            Ok(Target::Known(id)) if register.says(id, &row) => preview.already.push(row.number),
            Ok(Target::Known(_)) => preview.changed.push(row),
        }
    }
    preview.faults.sort_by_key(|fault| fault.row);
    Ok(preview)
}

/// What the register knows of the firms that rows name.
struct Register {
    firms: HashMap<FirmId, Firm>,
    contacts: HashMap<FirmId, Vec<Contact>>,
    known: Vec<KnownFirm>,
    by_code: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    firm_id: FirmId,
    #[sqlx(flatten)]
    contact: Contact,
}

impl Register {
    /// A few statements for hundreds of rows each.
    async fn of(db: &Db, rows: &[Fit]) -> Result<Self, AppError> {
        let mut firms: HashMap<FirmId, Firm> = HashMap::new();
        for rows in rows.chunks(CHUNK) {
            for firm in named(db, rows).await? {
                firms.insert(firm.id, firm);
            }
        }
        let ids: Vec<FirmId> = firms.keys().copied().collect();
        let mut contacts: HashMap<FirmId, Vec<Contact>> = HashMap::new();
        for ids in ids.chunks(CHUNK) {
            let query = sql("SELECT firm_id, id, name, position, phone, email, is_main FROM firm_contacts WHERE firm_id");
            for row in query.push_in(ids.iter().copied()).all::<ContactRow>(db).await? {
                contacts.entry(row.firm_id).or_default().push(row.contact);
            }
        }
        let known: Vec<KnownFirm> = firms.values().map(known).collect();
        let mut by_code = HashMap::new();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, firm) in known.iter().enumerate() {
            by_code.extend(firm.code.clone().map(|code| (code, at)));
            by_name.entry(firm.name.clone()).or_default().push(at);
        }
        Ok(Self {
            firms,
            contacts,
            known,
            by_code,
            by_name,
        })
    }

    fn target(&self, row: &Fit, permit: &ImportPermit) -> Result<Target, (Field, rules::Reason)> {
        let coded = row.code.as_ref().and_then(|code| self.by_code.get(code.as_str()));
        let named = self.by_name.get(&row.name).into_iter().flatten();
        let meant: Vec<&KnownFirm> = coded.into_iter().chain(named).filter_map(|at| self.known.get(*at)).collect();
        rules::target(row, &meant, permit.default_region(), |region| permit.covers(region))
    }

    /// Whether a firm says everything already that the row does.
    fn says(&self, id: FirmId, row: &Fit) -> bool {
        let Some(firm) = self.firms.get(&id) else { return false };
        let is_told = |new: &NewContact| {
            let own = self.contacts.get(&id).map_or(&[][..], Vec::as_slice);
            own.iter().any(|known| known.phone == new.phone && known.says(new))
        };
        differences(firm, &completed(firm, row)).is_empty() && row.contact.as_ref().map(new_contact).as_ref().is_none_or(is_told)
    }
}

/// Firms with a code or a name of these rows.
async fn named(db: impl Into<On<'_>>, rows: &[Fit]) -> Result<Vec<Firm>, AppError> {
    let query = sql(WHOLE).push("WHERE f.merged_into IS NULL AND (f.name");
    let query = query.push_in(rows.iter().map(|row| row.name.as_str())).push(" OR f.credit_code");
    let codes = rows.iter().filter_map(|row| row.code.as_ref().map(CreditCode::as_str));
    Ok(query.push_in(codes).push(")").all(db).await?)
}

fn known(firm: &Firm) -> KnownFirm {
    KnownFirm {
        id: firm.id,
        name: firm.name.clone(),
        code: firm.credit_code.clone(),
        region: firm.region.clone(),
    }
}

/// A known firm with what the row says; what it leaves empty stays.
fn completed(firm: &Firm, row: &Fit) -> Details {
    let mut details = details_of(firm);
    details.code = details.code.or_else(|| row.code.clone());
    details.category = row.category.or(details.category);
    details.size = row.size.or(details.size);
    details.industry = row.industry.clone().or(details.industry);
    details.about = row.about.clone().unwrap_or(details.about);
    details
}

fn entered(row: &Fit, region: Region) -> Details {
    Details {
        name: row.name.clone(),
        code: row.code.clone(),
        region,
        category: row.category,
        size: row.size,
        industry: row.industry.clone(),
        about: row.about.clone().unwrap_or_default(),
    }
}

fn new_contact(contact: &FitContact) -> NewContact {
    NewContact {
        name: contact.name.clone(),
        position: contact.position.clone(),
        phone: contact.phone.clone(),
        email: contact.email.clone(),
        is_main: false,
    }
}

/// Sets the import going: rows with faults are marked as left out, the others wait for [`super::job`].
pub async fn start(tx: &mut Tx, permit: &ImportPermit, id: ImportId, preview: &Preview) -> Result<(), AppError> {
    own(&mut *tx, permit, id).await?;
    LEDGER.start(tx, id).await?;
    let faulty: Vec<usize> = preview.faulty().into_iter().collect();
    LEDGER.mark(tx, id, &faulty, Outcome::Faulty.as_str()).await?;
    LEDGER.mark(tx, id, &preview.already, Outcome::Already.as_str()).await
}

/// Writes one row into the register, which the caller has locked: what it means is decided again by what stands there now.
pub async fn write_row(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ImportPermit, row: &Fit) -> Result<Outcome, AppError> {
    let there = named(&mut *tx, std::slice::from_ref(row)).await?;
    let known: Vec<KnownFirm> = there.iter().map(known).collect();
    let meant: Vec<&KnownFirm> = known.iter().collect();
    let Ok(target) = rules::target(row, &meant, permit.default_region(), |region| permit.covers(region)) else {
        return Ok(Outcome::Faulty);
    };
    let (id, is_new, mut is_changed) = match target {
        Target::New(region) => (create(tx, app, now, Some(permit.by()), entered(row, region)).await?, true, true),
        Target::Known(id) => {
            let firm = locked(tx, id).await?;
            let new = completed(&firm, row);
            (id, false, keep_imported(tx, app, now, permit.by(), &firm, &new).await?)
        }
    };
    if let Some(contact) = &row.contact {
        let firm = locked(tx, id).await?;
        is_changed |= keep_contact(tx, app, now, permit.by(), &firm, new_contact(contact)).await?;
    }
    Ok(match (is_new, is_changed) {
        (true, _) => Outcome::New,
        (false, true) => Outcome::Changed,
        (false, false) => Outcome::Already,
    })
}
