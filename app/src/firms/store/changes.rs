//! Changes to a firm, each with a line of its history.

use chrono::{DateTime, Utc};

use super::{Firm, FirmBrief, NewFirm, create, firm_by_code, lock_register, record, whole};
use crate::accounts::rules::initials;
use crate::db::{Db, Tx, is_duplicate, sql};
use crate::error::{AppError, FieldProblem};
use crate::firms::policy::{FirmPermit, ProfilePermit};
use crate::firms::rules::{Category, Change, CreditCode, Size, changes};
use crate::ids::{FirmId, PersonId, Region};
use crate::state::App;

/// How many lines of history a firm's page shows.
const HISTORY: i64 = 100;

/// What a desk says about a firm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub name: String,
    pub code: Option<CreditCode>,
    pub region: Region,
    pub category: Option<Category>,
    pub size: Option<Size>,
    pub industry: Option<String>,
    pub about: String,
}

impl From<NewFirm> for Details {
    fn from(new: NewFirm) -> Self {
        Self {
            name: new.name,
            code: new.code,
            region: new.region,
            category: None,
            size: None,
            industry: new.industry,
            about: String::new(),
        }
    }
}

/// What a firm's own contact says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileChange {
    pub size: Option<Size>,
    pub industry: Option<String>,
    pub about: String,
}

/// Writes a firm that a desk enters, refusing one whose code is there already.
pub async fn enter(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &FirmPermit, new: Details) -> Result<FirmId, AppError> {
    if !permit.covers(&new.region) {
        return Err(AppError::Forbidden);
    }
    lock_register(tx).await?;
    refuse_taken_code(tx, None, new.code.as_ref()).await?;
    create(tx, app, now, Some(permit.by()), new).await
}

/// Changes a firm. Its county stays within the reach of the permit.
///
/// # Errors
/// Refused when somebody else changed it since `version`, or merged it.
pub async fn change(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &FirmPermit, id: FirmId, version: i64, new: Details) -> Result<(), AppError> {
    lock_register(tx).await?;
    let before = locked(tx, id).await?;
    if !permit.covers(&before.region) {
        return Err(AppError::NotFound);
    }
    if !permit.covers(&new.region) {
        return Err(AppError::Forbidden);
    }
    refuse_stale(&before, version)?;
    refuse_taken_code(tx, Some(id), new.code.as_ref()).await?;
    write(tx, &before, &new).await?;
    let changed = differences(&before, &new);
    if changed.is_empty() {
        return Ok(());
    }
    record(tx, app, now, Some(permit.by()), "changed", id, &new.region, &changed).await
}

/// Keeps what the firm's contact, or a coordinator, says about it; name, code, county and category stay.
///
/// # Errors
/// Refused when somebody else changed it since `version`, or merged it.
pub async fn keep_profile(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProfilePermit,
    version: i64,
    profile: ProfileChange,
) -> Result<(), AppError> {
    let before = locked(tx, permit.firm()).await?;
    refuse_stale(&before, version)?;
    let mut new = details_of(&before);
    (new.size, new.industry, new.about) = (profile.size, profile.industry, profile.about);
    write(tx, &before, &new).await?;
    let changed = differences(&before, &new);
    if changed.is_empty() {
        return Ok(());
    }
    record(tx, app, now, Some(permit.by()), "profile", before.id, &before.region, &changed).await
}

/// Writes what an import says about a firm that is locked. Answers whether anything changed.
pub(in crate::firms) async fn keep_imported(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    before: &Firm,
    new: &Details,
) -> Result<bool, AppError> {
    let changed = differences(before, new);
    if changed.is_empty() {
        return Ok(false);
    }
    write(tx, before, new).await?;
    record(tx, app, now, Some(by), "imported", before.id, &new.region, &changed).await?;
    Ok(true)
}

/// Locks a firm and reads it; a merged one is changed no more.
pub(in crate::firms) async fn locked(tx: &mut Tx, id: FirmId) -> Result<Firm, AppError> {
    sql("UPDATE firms SET version = version WHERE id = $1").bind(id).run(tx).await?;
    let found = whole(tx, id).await?;
    if found.merged_into.is_some() {
        return Err(AppError::refused("firms-merged-already"));
    }
    Ok(found)
}

/// Refuses a form that was made from an older state.
pub(super) fn refuse_stale(firm: &Firm, version: i64) -> Result<(), AppError> {
    if firm.version == version {
        Ok(())
    } else {
        Err(AppError::refused("firms-conflict"))
    }
}

async fn refuse_taken_code(tx: &mut Tx, own: Option<FirmId>, code: Option<&CreditCode>) -> Result<(), AppError> {
    let Some(code) = code else { return Ok(()) };
    match firm_by_code(&mut *tx, code).await? {
        Some(there) if Some(there.id) != own => Err(code_taken(&there)),
        _ => Ok(()),
    }
}

fn code_taken(there: &FirmBrief) -> AppError {
    AppError::Invalid(vec![FieldProblem::new("code", "firms-code-taken").with("name", &there.name)])
}

/// A firm's details as they stand.
pub(in crate::firms) fn details_of(firm: &Firm) -> Details {
    Details {
        name: firm.name.clone(),
        code: firm.credit_code.as_deref().and_then(|code| CreditCode::parse(code).ok()),
        region: firm.region.clone(),
        category: firm.category(),
        size: firm.size(),
        industry: firm.industry.clone(),
        about: firm.about.clone(),
    }
}

/// Writes the details and counts the change.
pub(super) async fn write(tx: &mut Tx, before: &Firm, new: &Details) -> Result<(), AppError> {
    let written = sql(
        "UPDATE firms SET name = $2, initials = $3, credit_code = $4, region = $5, category = $6, size = $7, industry = $8,
             about = $9, version = version + 1 WHERE id = $1",
    )
    .bind(before.id)
    .bind(&new.name)
    .bind(initials(&new.name))
    .bind(new.code.as_ref().map(CreditCode::as_str))
    .bind(&new.region)
    .bind(new.category.map(Category::as_str))
    .bind(new.size.map(Size::as_str))
    .bind(new.industry.clone())
    .bind(&new.about)
    .run(tx)
    .await;
    match written {
        Err(error) if is_duplicate(&error) => Err(AppError::field("code", "firms-code-taken-now")),
        outcome => outcome.map(|_| ()).map_err(AppError::from),
    }
}

/// What is different now, field by field.
pub(in crate::firms) fn differences(before: &Firm, new: &Details) -> Vec<Change> {
    changes([
        ("name", before.name.as_str(), new.name.as_str()),
        (
            "code",
            before.credit_code.as_deref().unwrap_or_default(),
            new.code.as_ref().map(CreditCode::as_str).unwrap_or_default(),
        ),
        ("region", before.region.as_str(), new.region.as_str()),
        (
            "category",
            before.category.as_deref().unwrap_or_default(),
            new.category.map(Category::as_str).unwrap_or_default(),
        ),
        (
            "size",
            before.size.as_deref().unwrap_or_default(),
            new.size.map(Size::as_str).unwrap_or_default(),
        ),
        (
            "industry",
            before.industry.as_deref().unwrap_or_default(),
            new.industry.as_deref().unwrap_or_default(),
        ),
        ("about", before.about.as_str(), new.about.as_str()),
    ])
}

/// One line of what happened to a firm.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    /// A word of the program: entered, changed, profile, contact, merged-in, …
    pub what: String,
    detail: String,
}

impl Event {
    /// What changed; a line whose detail nobody can read any more still tells that something happened.
    pub fn changes(&self) -> Vec<Change> {
        serde_json::from_str(&self.detail).unwrap_or_default()
    }
}

/// What happened to a firm, latest first.
pub async fn history(db: &Db, firm: FirmId) -> Result<Vec<Event>, AppError> {
    Ok(sql(
        "SELECT e.at, p.name AS by_name, e.what, e.detail FROM firm_events e LEFT JOIN people p ON p.id = e.by_person
         WHERE e.firm_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT $2",
    )
    .bind(firm)
    .bind(HISTORY)
    .all(db)
    .await?)
}
