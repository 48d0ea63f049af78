//! Firms that may be one and the same.

use super::Firm;
use crate::db::{Db, sql};
use crate::error::AppError;
use crate::ids::{FirmId, Region};

/// How many are shown.
const MOST: i64 = 10;

/// What two firms have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    Name,
    /// The nine characters of the credit code that name the organisation; the others say where it is registered.
    Code,
    /// A contact's phone number.
    Phone,
}

/// A firm that may be another's duplicate.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Suspect {
    pub id: FirmId,
    pub name: String,
    pub credit_code: Option<String>,
    pub region: Region,
    same_name: bool,
    same_code: bool,
    same_phone: bool,
}

impl Suspect {
    pub fn likenesses(&self) -> Vec<Likeness> {
        let found = [
            (self.same_name, Likeness::Name),
            (self.same_code, Likeness::Code),
            (self.same_phone, Likeness::Phone),
        ];
        found.into_iter().filter(|(is, _)| *is).map(|(_, likeness)| likeness).collect()
    }
}

/// Firms of any county that share name, organisation or a contact's phone with this one.
pub async fn suspects(db: &Db, firm: &Firm) -> Result<Vec<Suspect>, AppError> {
    // The organisation's own nine characters: places 9 to 17. Source: GB 32100-2015, 4.2.
    let organisation = firm.credit_code.as_deref().and_then(|code| code.get(8..17)).unwrap_or("-");
    Ok(sql(
        "SELECT k.id, k.name, k.credit_code, k.region, k.same_name, k.same_code, k.same_phone FROM (
             SELECT f.id, f.name, f.credit_code, f.region, f.name = $2 AS same_name,
                 (f.credit_code IS NOT NULL AND substr(f.credit_code, 9, 9) = $3) AS same_code,
                 f.id IN (SELECT c.firm_id FROM firm_contacts c JOIN firm_contacts o ON o.phone = c.phone WHERE o.firm_id = $1) AS same_phone
             FROM firms f WHERE f.id <> $1 AND f.merged_into IS NULL
         ) k WHERE k.same_name OR k.same_code OR k.same_phone ORDER BY k.name, k.id LIMIT $4",
    )
    .bind(firm.id)
    .bind(&firm.name)
    .bind(organisation)
    .bind(MOST)
    .all(db)
    .await?)
}
