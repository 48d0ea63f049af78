//! Documents that come with a nomination.

use chrono::{DateTime, Utc};

use super::nominations::unscreened;
use crate::benchmarking::files::Kept;
use crate::benchmarking::policy::CheckPermit;
use crate::benchmarking::selection::rules::MOST_DOCUMENTS;
use crate::benchmarking::store::record;
use crate::db::{On, Tx, sql};
use crate::error::{AppError, FieldProblem};
use crate::ids::{FileId, PilotId};
use crate::state::App;

/// A document of a nomination.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Document {
    pub id: FileId,
    pub name: String,
    /// In bytes.
    pub size: i64,
    pub uploaded_at: DateTime<Utc>,
}

impl Document {
    /// Its size in KB of 1,024 bytes, rounded up.
    pub fn kilobytes(&self) -> i64 {
        (self.size + 1023) / 1024
    }
}

/// The documents of a nomination, the first first.
pub async fn documents(on: impl Into<On<'_>>, pilot: PilotId) -> Result<Vec<Document>, AppError> {
    Ok(sql(
        "SELECT f.id, f.name, f.size, f.uploaded_at FROM pilot_documents d JOIN files f ON f.id = d.file_id
         WHERE d.pilot_id = $1 ORDER BY f.uploaded_at, f.id",
    )
    .bind(pilot)
    .all(on)
    .await?)
}

/// Adds a document until the firm is screened.
pub async fn attach(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &CheckPermit, kept: &Kept) -> Result<FileId, AppError> {
    let pilot = unscreened(tx, permit).await?.id;
    let there = sql("SELECT COUNT(*) FROM pilot_documents WHERE pilot_id = $1")
        .bind(pilot)
        .count(&mut *tx)
        .await?;
    if there >= MOST_DOCUMENTS {
        let fault = FieldProblem::new("file", "selection-documents-full").with("max", MOST_DOCUMENTS);
        return Err(AppError::Invalid(vec![fault]));
    }
    let file = kept.enter(tx, app, now, permit.by(), pilot).await?;
    sql("INSERT INTO pilot_documents (pilot_id, file_id) VALUES ($1, $2)")
        .bind(pilot)
        .bind(file)
        .run(tx)
        .await?;
    record(tx, app, now, Some(permit.by()), pilot, "document_added", kept.name()).await?;
    Ok(file)
}

/// Removes a document until the firm is screened. Its row goes too, so that no old link to it leads anywhere.
pub async fn remove(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &CheckPermit, file: FileId) -> Result<(), AppError> {
    let pilot = unscreened(tx, permit).await?.id;
    let found: Option<(String,)> =
        sql("SELECT f.name FROM pilot_documents d JOIN files f ON f.id = d.file_id WHERE d.pilot_id = $1 AND d.file_id = $2")
            .bind(pilot)
            .bind(file)
            .opt(&mut *tx)
            .await?;
    let (name,) = found.ok_or(AppError::NotFound)?;
    sql("DELETE FROM pilot_documents WHERE pilot_id = $1 AND file_id = $2")
        .bind(pilot)
        .bind(file)
        .run(tx)
        .await?;
    sql("DELETE FROM files WHERE id = $1 AND pilot_id = $2")
        .bind(file)
        .bind(pilot)
        .run(tx)
        .await?;
    record(tx, app, now, Some(permit.by()), pilot, "document_removed", &name).await
}
