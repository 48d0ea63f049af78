//! Whom to call at a firm, and who signs in for it.

use chrono::{DateTime, Utc};

use super::changes::locked;
use super::{Firm, record, whole};
use crate::db::{Db, On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::firms::policy::ProfilePermit;
use crate::firms::rules::{Category, Change, Profile, Size};
use crate::ids::{ContactId, FirmId, PersonId, Region};
use crate::state::App;

/// How many contacts a firm has at most.
const MOST_CONTACTS: i64 = 20;

/// Somebody to call at a firm.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Contact {
    pub id: ContactId,
    pub name: String,
    pub position: String,
    pub phone: String,
    pub email: Option<String>,
    /// The first to call; at most one of a firm.
    pub is_main: bool,
}

/// A contact as somebody entered it, checked by a form or an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    pub name: String,
    pub position: String,
    pub phone: String,
    pub email: Option<String>,
    pub is_main: bool,
}

/// A contact in words, for the history.
fn written(name: &str, position: &str, phone: &str, email: Option<&str>) -> String {
    [name, position, phone, email.unwrap_or_default()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

impl Contact {
    /// Whether a contact of this phone number says nothing new; what an import leaves empty is no news.
    pub fn says(&self, new: &NewContact) -> bool {
        let is_kept = |new: &str, own: &str| new.is_empty() || new == own;
        self.name == new.name
            && is_kept(&new.position, &self.position)
            && is_kept(new.email.as_deref().unwrap_or_default(), self.email.as_deref().unwrap_or_default())
    }

    pub(super) fn written(&self) -> String {
        written(&self.name, &self.position, &self.phone, self.email.as_deref())
    }
}

impl NewContact {
    pub(super) fn written(&self) -> String {
        written(&self.name, &self.position, &self.phone, self.email.as_deref())
    }
}

const CONTACT: &str = "SELECT id, name, position, phone, email, is_main FROM firm_contacts ";

/// The contacts of a firm, the main one first.
pub async fn contacts(on: impl Into<On<'_>>, firm: FirmId) -> Result<Vec<Contact>, AppError> {
    Ok(sql(CONTACT)
        .push("WHERE firm_id = $1 ORDER BY CASE WHEN is_main THEN 0 ELSE 1 END, created_at, id LIMIT 200")
        .bind(firm)
        .all(on)
        .await?)
}

/// One contact of the permit's firm.
pub async fn contact(on: impl Into<On<'_>>, permit: &ProfilePermit, id: ContactId) -> Result<Contact, AppError> {
    let found = sql(CONTACT)
        .push("WHERE id = $1 AND firm_id = $2")
        .bind(id)
        .bind(permit.firm())
        .opt(on)
        .await?;
    found.ok_or(AppError::NotFound)
}

/// Adds a contact; the first of a firm is its main one.
pub async fn add_contact(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProfilePermit, new: NewContact) -> Result<ContactId, AppError> {
    let firm = locked(tx, permit.firm()).await?;
    let there = contacts(&mut *tx, firm.id).await?;
    refuse_more(there.len())?;
    if there.iter().any(|known| known.phone == new.phone && known.name == new.name) {
        return Err(AppError::field("phone", "firms-contact-there"));
    }
    let is_main = new.is_main || there.iter().all(|known| !known.is_main);
    if is_main {
        no_main(tx, firm.id).await?;
    }
    let id = insert(tx, app, now, permit.by(), firm.id, &new, is_main).await?;
    note(tx, app, now, permit, &firm, String::new(), new.written()).await?;
    Ok(id)
}

/// Changes a contact of the permit's firm.
pub async fn change_contact(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProfilePermit,
    id: ContactId,
    new: NewContact,
) -> Result<(), AppError> {
    let firm = locked(tx, permit.firm()).await?;
    let before = contact(&mut *tx, permit, id).await?;
    if new.is_main && !before.is_main {
        no_main(tx, firm.id).await?;
    }
    sql("UPDATE firm_contacts SET name = $2, position = $3, phone = $4, email = $5, is_main = $6 WHERE id = $1")
        .bind(id)
        .bind(&new.name)
        .bind(&new.position)
        .bind(&new.phone)
        .bind(new.email.clone())
        .bind(new.is_main || before.is_main)
        .run(tx)
        .await?;
    note(tx, app, now, permit, &firm, before.written(), new.written()).await
}

/// Takes a contact away; when it was the main one, the next takes its place.
pub async fn remove_contact(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProfilePermit, id: ContactId) -> Result<(), AppError> {
    let firm = locked(tx, permit.firm()).await?;
    let before = contact(&mut *tx, permit, id).await?;
    sql("DELETE FROM firm_contacts WHERE id = $1").bind(id).run(tx).await?;
    if before.is_main {
        first_is_main(tx, firm.id).await?;
    }
    note(tx, app, now, permit, &firm, before.written(), String::new()).await
}

/// Keeps a contact that an import names: the one with this phone number, or a new one. Answers whether anything changed.
pub(in crate::firms) async fn keep_contact(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    firm: &Firm,
    new: NewContact,
) -> Result<bool, AppError> {
    let there = contacts(&mut *tx, firm.id).await?;
    if let Some(known) = there.iter().find(|known| known.phone == new.phone) {
        if known.says(&new) {
            return Ok(false);
        }
        sql("UPDATE firm_contacts SET name = $2, position = $3, email = $4 WHERE id = $1")
            .bind(known.id)
            .bind(&new.name)
            .bind(if new.position.is_empty() { &known.position } else { &new.position })
            .bind(new.email.clone().or_else(|| known.email.clone()))
            .run(tx)
            .await?;
        note_by(tx, app, now, by, firm, known.written(), new.written()).await?;
        return Ok(true);
    }
    refuse_more(there.len())?;
    let is_main = there.iter().all(|known| !known.is_main);
    insert(tx, app, now, by, firm.id, &new, is_main).await?;
    note_by(tx, app, now, by, firm, String::new(), new.written()).await?;
    Ok(true)
}

fn refuse_more(there: usize) -> Result<(), AppError> {
    if i64::try_from(there).unwrap_or(i64::MAX) >= MOST_CONTACTS {
        return Err(Problem::new("firms-contacts-full").with("most", MOST_CONTACTS).into());
    }
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    firm: FirmId,
    new: &NewContact,
    is_main: bool,
) -> Result<ContactId, AppError> {
    let id = ContactId::new(&app.chance, now);
    sql("INSERT INTO firm_contacts (id, firm_id, name, position, phone, email, is_main, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(id)
        .bind(firm)
        .bind(&new.name)
        .bind(&new.position)
        .bind(&new.phone)
        .bind(new.email.clone())
        .bind(is_main)
        .bind(now)
        .bind(by)
        .run(tx)
        .await?;
    Ok(id)
}

async fn no_main(tx: &mut Tx, firm: FirmId) -> Result<(), AppError> {
    sql("UPDATE firm_contacts SET is_main = FALSE WHERE firm_id = $1")
        .bind(firm)
        .run(tx)
        .await?;
    Ok(())
}

/// Makes the oldest contact the main one, where none is.
pub(super) async fn first_is_main(tx: &mut Tx, firm: FirmId) -> Result<(), AppError> {
    sql("UPDATE firm_contacts SET is_main = TRUE
         WHERE id = (SELECT c.id FROM firm_contacts c WHERE c.firm_id = $1 ORDER BY c.created_at, c.id LIMIT 1)
             AND NOT EXISTS (SELECT 1 FROM firm_contacts m WHERE m.firm_id = $1 AND m.is_main)")
    .bind(firm)
    .run(tx)
    .await?;
    Ok(())
}

async fn note(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProfilePermit, firm: &Firm, from: String, to: String) -> Result<(), AppError> {
    note_by(tx, app, now, permit.by(), firm, from, to).await
}

async fn note_by(tx: &mut Tx, app: &App, now: DateTime<Utc>, by: PersonId, firm: &Firm, from: String, to: String) -> Result<(), AppError> {
    if from == to {
        return Ok(());
    }
    let change = Change::new("contact", from, to);
    record(tx, app, now, Some(by), "contact", firm.id, &firm.region, &[change]).await
}

/// The firm that somebody is a contact of, or that a coordinator looks after.
pub async fn own(db: &Db, permit: &ProfilePermit) -> Result<Firm, AppError> {
    whole(db, permit.firm()).await
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    has_code: bool,
    category: Option<String>,
    size: Option<String>,
    industry: Option<String>,
    reachable_contacts: i64,
}

/// How complete the profile of a firm is; [`crate::firms::rules::missing`] judges it.
pub async fn profile(on: impl Into<On<'_>>, firm: FirmId) -> Result<Profile, AppError> {
    let found: Option<ProfileRow> = sql("SELECT f.credit_code IS NOT NULL AS has_code, f.category, f.size, f.industry,
             (SELECT COUNT(*) FROM firm_contacts c WHERE c.firm_id = f.id AND c.phone <> '') AS reachable_contacts
         FROM firms f WHERE f.id = $1")
    .bind(firm)
    .opt(on)
    .await?;
    let row = found.ok_or(AppError::NotFound)?;
    Ok(Profile {
        has_code: row.has_code,
        category: row.category.as_deref().and_then(Category::parse),
        size: row.size.as_deref().and_then(Size::parse),
        industry: row.industry,
        reachable_contacts: row.reachable_contacts,
    })
}

/// Somebody who signs in for a firm (企业联络员).
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SignIn {
    pub person: PersonId,
    pub name: String,
    pub region: Region,
    pub granted_at: DateTime<Utc>,
}

/// Who signs in for a firm, the first named first.
pub async fn sign_ins(db: &Db, firm: FirmId) -> Result<Vec<SignIn>, AppError> {
    Ok(sql(
        "SELECT p.id AS person, p.name, p.region, g.granted_at FROM grants g JOIN people p ON p.id = g.person_id
         WHERE g.firm_id = $1 AND g.role = 'firm' AND p.active ORDER BY g.granted_at, g.id LIMIT 50",
    )
    .bind(firm)
    .all(db)
    .await?)
}
