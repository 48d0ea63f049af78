//! Rows of files: whose they are, what they are called, which content they point to.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::disk;
use super::kind::{FileFault, Kind, tidy_name};
use crate::db::{Db, On, Tx, sql};
use crate::error::AppError;
use crate::ids::{FileId, PersonId, PilotId};
use crate::state::App;

/// A content that was looked at and lies on disk. It belongs to nobody until [`Kept::enter`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    hash: String,
    name: String,
    kind: Kind,
    size: i64,
}

impl Kept {
    /// Looks at a content and stores it. Slow work, off the async threads and outside any transaction.
    ///
    /// # Errors
    /// A [`FileFault`] beside the field `file`.
    pub async fn of(app: &App, name: &str, bytes: Vec<u8>) -> Result<Self, AppError> {
        let (app, name) = (app.clone(), name.to_owned());
        let looked = tokio::task::spawn_blocking(move || {
            let kind = Kind::of(&bytes)?;
            let hash = disk::write(&app, &bytes)?;
            Ok(Self {
                hash,
                name: tidy_name(&name, kind),
                kind,
                size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            })
        });
        // A reader of a format that gave up on a hostile file took only its own thread with it.
        looked.await.unwrap_or_else(|_| Err(FileFault::Damaged.into()))
    }

    /// The name as it will be shown.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes down whose it is. The caller's permit was for this pilot.
    pub async fn enter(&self, tx: &mut Tx, app: &App, now: DateTime<Utc>, by: PersonId, pilot: PilotId) -> Result<FileId, AppError> {
        let id = FileId::new(&app.chance, now);
        sql("INSERT INTO files (id, pilot_id, content_hash, name, media_type, size, uploaded_at, uploaded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(id)
            .bind(pilot)
            .bind(&self.hash)
            .bind(&self.name)
            .bind(self.kind.media_type())
            .bind(self.size)
            .bind(now)
            .bind(by)
            .run(tx)
            .await?;
        Ok(id)
    }
}

/// Looks at a file, stores its content and writes down whose it is, in one go. Where a transaction is not needed for
/// something else before, [`Kept::of`] first and [`Kept::enter`] then hold it for a shorter time.
///
/// # Errors
/// A [`FileFault`] beside the field `file`.
pub async fn keep(tx: &mut Tx, app: &App, now: DateTime<Utc>, by: PersonId, pilot: PilotId, name: &str, bytes: Vec<u8>) -> Result<FileId, AppError> {
    Kept::of(app, name, bytes).await?.enter(tx, app, now, by, pilot).await
}

/// Every content that a row names.
pub const HASHES: &str = "SELECT DISTINCT content_hash FROM files ORDER BY content_hash";

/// What rows name and the folder does not hold as it should: hash and why. Reads every file.
pub async fn lost(db: &Db, dir: &Path) -> Result<Vec<(String, String)>, AppError> {
    let hashes: Vec<(String,)> = sql(HASHES).all(db).await?;
    let dir = dir.to_path_buf();
    let look = move || {
        let lost = hashes.into_iter().filter_map(|(hash,)| {
            let error = disk::look(&dir, &hash).err()?;
            Some((hash, error.to_string()))
        });
        lost.collect()
    };
    tokio::task::spawn_blocking(look).await.map_err(|error| AppError::internal(&error))
}

/// A file of a pilot firm.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredFile {
    pub id: FileId,
    pub content_hash: String,
    pub name: String,
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    pub uploaded_at: DateTime<Utc>,
}

/// A file of this pilot; another's does not exist.
pub async fn file(on: impl Into<On<'_>>, pilot: PilotId, id: FileId) -> Result<StoredFile, AppError> {
    let found = sql("SELECT f.id, f.content_hash, f.name, f.media_type, f.size, f.uploaded_at FROM files f WHERE f.id = $1 AND f.pilot_id = $2")
        .bind(id)
        .bind(pilot)
        .opt(on)
        .await?;
    found.ok_or(AppError::NotFound)
}
