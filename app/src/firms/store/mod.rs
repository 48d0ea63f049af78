//! Rows of firms: who they are, and how one is entered once however many enter it.

mod changes;
mod contacts;
mod directory;
mod duplicates;
mod merge;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

pub use changes::{Details, Event, ProfileChange, change, enter, history, keep_profile};
pub(super) use changes::{details_of, differences, keep_imported, locked};
pub(super) use contacts::keep_contact;
pub use contacts::{Contact, NewContact, SignIn, add_contact, change_contact, contact, contacts, own, profile, remove_contact, sign_ins};
pub use directory::{Exported, Filter, FirmRow, Sort, directory, export, like};
pub use duplicates::{Likeness, Suspect, suspects};
pub use merge::{Choice, Moves, merge, moves, refuse_two_pilots};

use super::policy::FirmScope;
use super::rules::{Category, Change, CreditCode, Size};
use crate::accounts::rules::initials;
use crate::audit;
use crate::db::{Db, On, Tx, sql};
use crate::error::AppError;
use crate::ids::{EventId, FirmId, PersonId, Region};
use crate::state::App;

/// How many people of a firm its page shows.
const PEOPLE: i64 = 200;

/// A firm in one line.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FirmBrief {
    pub id: FirmId,
    pub name: String,
    pub credit_code: Option<String>,
    pub region: Region,
    pub industry: Option<String>,
}

/// A firm with its profile (企业档案).
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Firm {
    pub id: FirmId,
    pub name: String,
    pub credit_code: Option<String>,
    pub region: Region,
    category: Option<String>,
    size: Option<String>,
    pub industry: Option<String>,
    /// A few sentences about it; empty at first.
    pub about: String,
    pub created_at: DateTime<Utc>,
    /// The firm that this one was merged into.
    pub merged_into: Option<FirmId>,
    /// Counts changes: two who edit at once are told apart by it.
    pub version: i64,
}

impl Firm {
    pub fn category(&self) -> Option<Category> {
        self.category.as_deref().and_then(Category::parse)
    }

    pub fn size(&self) -> Option<Size> {
        self.size.as_deref().and_then(Size::parse)
    }
}

/// A firm as somebody names it, checked by a form or an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFirm {
    pub name: String,
    pub code: Option<CreditCode>,
    pub region: Region,
    pub industry: Option<String>,
}

/// Columns of a [`FirmBrief`], to be followed by `WHERE`.
const BRIEF: &str = "SELECT f.id, f.name, f.credit_code, f.region, f.industry FROM firms f ";

/// Columns of a [`Firm`], to be followed by `WHERE`.
pub(super) const WHOLE: &str =
    "SELECT f.id, f.name, f.credit_code, f.region, f.category, f.size, f.industry, f.about, f.created_at, f.merged_into, f.version
    FROM firms f ";

/// One firm in a line.
pub async fn firm(on: impl Into<On<'_>>, id: FirmId) -> Result<FirmBrief, AppError> {
    let found = sql(BRIEF).push("WHERE f.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// One firm with its profile, a merged one too.
pub async fn whole(on: impl Into<On<'_>>, id: FirmId) -> Result<Firm, AppError> {
    let found = sql(WHOLE).push("WHERE f.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The firm with this credit code.
pub async fn firm_by_code(on: impl Into<On<'_>>, code: &CreditCode) -> Result<Option<FirmBrief>, AppError> {
    Ok(sql(BRIEF).push("WHERE f.credit_code = $1").bind(code.as_str()).opt(on).await?)
}

/// Firms with exactly this name; more than one where counties have namesakes.
pub async fn firms_named(on: impl Into<On<'_>>, name: &str) -> Result<Vec<FirmBrief>, AppError> {
    Ok(sql(BRIEF)
        .push("WHERE f.name = $1 AND f.merged_into IS NULL ORDER BY f.region, f.id LIMIT 20")
        .bind(name)
        .all(on)
        .await?)
}

/// A firm that the scope covers; another county's does not exist. A merged one is found by its old address.
pub async fn visible(db: &Db, scope: &FirmScope, id: FirmId) -> Result<Firm, AppError> {
    let found = whole(db, id).await?;
    if scope.reach().covers(&found.region) {
        Ok(found)
    } else {
        Err(AppError::NotFound)
    }
}

/// The firm that somebody means: the one with the code, or the namesake of the county whose code is not another;
/// written down when there is none. Two who enter the same firm at once get the same.
pub async fn find_or_create(tx: &mut Tx, app: &App, now: DateTime<Utc>, by: Option<PersonId>, new: NewFirm) -> Result<FirmId, AppError> {
    lock_register(tx).await?;
    if let Some(code) = &new.code
        && let Some(found) = firm_by_code(&mut *tx, code).await?
    {
        return Ok(found.id);
    }
    let namesake = firms_named(&mut *tx, &new.name)
        .await?
        .into_iter()
        .find(|firm| firm.region == new.region && (new.code.is_none() || firm.credit_code.is_none()));
    match (namesake, &new.code) {
        (Some(found), None) => Ok(found.id),
        (Some(found), Some(code)) => {
            sql("UPDATE firms SET credit_code = $2 WHERE id = $1")
                .bind(found.id)
                .bind(code.as_str())
                .run(tx)
                .await?;
            let change = Change::new("code", "", code.as_str());
            record(tx, app, now, by, "code-added", found.id, &new.region, &[change]).await?;
            Ok(found.id)
        }
        (None, _) => create(tx, app, now, by, new.into()).await,
    }
}

/// One row stands for the register of firms: a code may be entered in two counties at once, and an import goes through
/// several, so a lock of each county would race on the code or wait in a circle.
pub(super) async fn lock_register(tx: &mut Tx) -> Result<(), AppError> {
    sql("UPDATE regions SET sort = sort WHERE region = $1").bind(Region::CITY).run(tx).await?;
    Ok(())
}

/// Locks the register and answers the firm that stands for this one now: itself, or the survivor of its merge. Whoever writes
/// a firm's id that was read before asks first, so that nothing is left with a firm that was merged a moment ago.
pub async fn settled(tx: &mut Tx, id: FirmId) -> Result<FirmId, AppError> {
    lock_register(tx).await?;
    Ok(whole(tx, id).await?.merged_into.unwrap_or(id))
}

pub(super) async fn create(tx: &mut Tx, app: &App, now: DateTime<Utc>, by: Option<PersonId>, new: Details) -> Result<FirmId, AppError> {
    let id = FirmId::new(&app.chance, now);
    sql(
        "INSERT INTO firms (id, name, initials, credit_code, region, category, size, industry, about, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id)
    .bind(&new.name)
    .bind(initials(&new.name))
    .bind(new.code.as_ref().map(CreditCode::as_str))
    .bind(&new.region)
    .bind(new.category.map(Category::as_str))
    .bind(new.size.map(Size::as_str))
    .bind(new.industry)
    .bind(new.about)
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    let change = Change::new("name", "", new.name);
    record(tx, app, now, by, "entered", id, &new.region, &[change]).await?;
    Ok(id)
}

/// Appends a line to a firm's history and to the trail, in the transaction of the change.
#[allow(clippy::too_many_arguments)] // one line of history
async fn record(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: Option<PersonId>,
    what: &'static str,
    firm: FirmId,
    region: &Region,
    changes: &[Change],
) -> Result<(), AppError> {
    let detail = serde_json::to_string(changes).map_err(|error| AppError::internal(&error))?;
    sql("INSERT INTO firm_events (id, firm_id, at, by_person, what, detail) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(EventId::new(&app.chance, now))
        .bind(firm)
        .bind(now)
        .bind(by)
        .bind(what)
        .bind(detail)
        .run(tx)
        .await?;
    let entry = audit::Entry {
        by,
        what: trail(what),
        subject_kind: "firm",
        subject_id: firm.to_string(),
        region: Some(region),
        detail: in_words(changes),
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// The trail's word for what happened to a firm.
fn trail(what: &str) -> &'static str {
    match what {
        "entered" => "firm.entered",
        "code-added" => "firm.code-added",
        "profile" => "firm.profile-kept",
        "contact" => "firm.contact-changed",
        "imported" => "firm.imported",
        "merged-in" => "firm.merged-in",
        "merged-away" => "firm.merged-away",
        _ => "firm.changed",
    }
}

/// What changed. A contact is a person, whose name and number have no place in the trail.
fn in_words(changes: &[Change]) -> String {
    let words: Vec<String> = changes
        .iter()
        .filter(|change| change.field != "contact")
        .map(|change| format!("{}: {} → {}", change.field, change.from, change.to))
        .collect();
    words.join("; ")
}

/// One of a firm's people.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    pub id: PersonId,
    pub name: String,
    pub phone: Option<String>,
    pub region: Region,
    pub position: Option<String>,
}

/// The people of a visible firm. Those of other counties stand in it too, without their numbers.
pub async fn members(db: &Db, scope: &FirmScope, firm: FirmId) -> Result<Vec<Member>, AppError> {
    let mut rows: Vec<Member> = sql("SELECT id, name, phone, region, position FROM people WHERE firm_id = $1 AND active ORDER BY name, id LIMIT $2")
        .bind(firm)
        .bind(PEOPLE)
        .all(db)
        .await?;
    for row in &mut rows {
        if !scope.reach().covers(&row.region) {
            row.phone = None;
        }
    }
    Ok(rows)
}
