//! Making a backup while the server writes.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use app::benchmarking::files;
use app::clock::Clock;
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::{Unfinished, beside, check, close, make_private, open, settle};

/// What a backup holds beside the tables of the city.
const TABLES: &str = "CREATE TABLE heluo_backup (made_at TEXT NOT NULL, version TEXT NOT NULL, secret BLOB);
    CREATE TABLE heluo_backup_files (hash TEXT PRIMARY KEY, content BLOB NOT NULL)";

/// How long a writer may keep the snapshot waiting.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Made {
    /// In bytes.
    pub size: u64,
    pub files: usize,
    /// Evidence that is missing or damaged on disk, in words.
    pub lost: Vec<String>,
}

pub async fn make(database: &Path, files_dir: &Path, secret: Option<&Path>, file: &Path) -> anyhow::Result<Made> {
    if !database.is_file() {
        bail!("there is no database at {}", database.display());
    }
    if file.exists() {
        bail!("{} is there already, and a backup replaces nothing", file.display());
    }
    let part = Unfinished(beside(file, &format!(".part-{}", std::process::id())));
    make_private(&part.0)?;
    snapshot(database, &part.0).await?;
    let mut copy = open(&part.0, false).await?;
    sqlx::raw_sql(TABLES).execute(&mut copy).await?;
    // What is signed with it, such as the addresses of calendars, is to hold after a restore.
    let secret = secret.filter(|path| path.exists()).map(std::fs::read).transpose()?;
    sqlx::query("INSERT INTO heluo_backup (made_at, version, secret) VALUES ($1, $2, $3)")
        .bind(Clock::system().now())
        .bind(env!("CARGO_PKG_VERSION"))
        .bind(secret)
        .execute(&mut copy)
        .await?;
    let (files, lost) = take_files(&mut copy, files_dir).await?;
    check(&mut copy, &part.0).await?;
    close(copy).await?;
    settle(&part.0, file)?;
    Ok(Made {
        size: std::fs::metadata(file)?.len(),
        files,
        lost,
    })
}

/// The tables as they are at one moment; writers go on beside it.
async fn snapshot(database: &Path, part: &Path) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(false)
        .busy_timeout(PATIENCE);
    let mut source = options
        .connect()
        .await
        .with_context(|| format!("{} can't be opened", database.display()))?;
    sqlx::query("VACUUM INTO $1")
        .bind(part.to_str().context("the name of the file is no text")?)
        .execute(&mut source)
        .await
        .with_context(|| format!("{} can't be copied", database.display()))?;
    close(source).await
}

/// Takes in every content that a row of the snapshot names: it was on disk before its row was written.
async fn take_files(copy: &mut SqliteConnection, files_dir: &Path) -> anyhow::Result<(usize, Vec<String>)> {
    let hashes: Vec<(String,)> = sqlx::query_as(files::HASHES).fetch_all(&mut *copy).await?;
    let (mut taken, mut lost) = (0, Vec::new());
    for (hash,) in hashes {
        match files::look(files_dir, &hash) {
            Ok(content) => {
                sqlx::query("INSERT INTO heluo_backup_files (hash, content) VALUES ($1, $2)")
                    .bind(&hash)
                    .bind(content)
                    .execute(&mut *copy)
                    .await?;
                taken += 1;
            }
            Err(error) => lost.push(format!("{hash}: {error}")),
        }
    }
    Ok((taken, lost))
}
