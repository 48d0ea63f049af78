//! Who did what to whom and when: append-only, written in the transaction of the act itself.

use chrono::{DateTime, Utc};

use crate::clock::Chance;
use crate::db::{Tx, sql};
use crate::error::AppError;
use crate::ids::{EventId, PersonId, Region};

/// One line of the trail.
pub struct Entry<'a> {
    pub by: Option<PersonId>,
    /// A word such as `class.cancelled`.
    pub what: &'static str,
    /// The kind of thing acted upon, such as `class`.
    pub subject_kind: &'static str,
    pub subject_id: String,
    pub region: Option<&'a Region>,
    /// The reason given or the change made, without secrets.
    pub detail: String,
}

/// Writes one line, in the caller's transaction.
pub async fn note(tx: &mut Tx, chance: &Chance, now: DateTime<Utc>, entry: Entry<'_>) -> Result<(), AppError> {
    sql("INSERT INTO audit_entries (id, at, by_person, what, subject_kind, subject_id, region, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(EventId::new(chance, now))
        .bind(now)
        .bind(entry.by)
        .bind(entry.what)
        .bind(entry.subject_kind)
        .bind(entry.subject_id)
        .bind(entry.region.cloned())
        .bind(entry.detail)
        .run(tx)
        .await?;
    Ok(())
}
