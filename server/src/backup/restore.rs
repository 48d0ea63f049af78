//! Putting a backup in the place of the database: everything is made ready and looked at beside it, then one rename.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use app::benchmarking::files;
use app::clock::Chance;
use app::db::{Db, knows_migration};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteLockingMode};
use sqlx::{ConnectOptions, Connection};

use super::{Unfinished, beside, check, close, make_private, name_for_old, open, settle};
use crate::check::findings;

const REPLACE: &str = "--replace puts the backup in its place and keeps it beside";

pub struct Restored {
    pub files: usize,
    /// Where the database lies that stood there before.
    pub old: Option<PathBuf>,
    /// What `heluo check` says of it, in lines.
    pub findings: Vec<String>,
}

pub async fn restore(database: &Path, files_dir: &Path, secret: Option<&Path>, file: &Path, replace: bool) -> anyhow::Result<Restored> {
    examine(file).await?;
    let stands_there = make_way(database, replace).await?;
    let part = Unfinished(beside(database, &format!(".restore-{}", std::process::id())));
    make_private(&part.0)?;
    std::fs::copy(file, &part.0).with_context(|| format!("{} can't be copied", file.display()))?;
    let mut copy = open(&part.0, false).await?;
    let taken = give_files(&mut copy, files_dir).await?;
    let (kept_secret,): (Option<Vec<u8>>,) = sqlx::query_as("SELECT secret FROM heluo_backup").fetch_one(&mut copy).await?;
    sqlx::raw_sql("DROP TABLE heluo_backup_files; DROP TABLE heluo_backup; VACUUM")
        .execute(&mut copy)
        .await?;
    check(&mut copy, &part.0).await?;
    close(copy).await?;
    let findings = bring_up_to_date(&part.0, files_dir).await?;
    let old = if stands_there { Some(keep_old(database)?) } else { None };
    if let (Some(path), Some(bytes)) = (secret, kept_secret) {
        give_secret(path, &bytes)?;
    }
    settle(&part.0, database)?;
    Ok(Restored { files: taken, old, findings })
}

/// Makes sure that the file is a whole backup of a Heluo no newer than this one.
async fn examine(file: &Path) -> anyhow::Result<()> {
    if !file.is_file() {
        bail!("there is no file {}", file.display());
    }
    let unreadable = |error: anyhow::Error| {
        let is_cut = error.chain().filter_map(|cause| cause.downcast_ref()).any(is_not_whole);
        let what = if is_cut { "is damaged" } else { "is no backup made by `heluo backup`" };
        error.context(format!("{} {what}", file.display()))
    };
    let mut backup = open(file, true).await.map_err(unreadable)?;
    sqlx::query("SELECT made_at, version FROM heluo_backup")
        .fetch_one(&mut backup)
        .await
        .map_err(|error| unreadable(error.into()))?;
    check(&mut backup, file).await?;
    let migrations: Vec<(i64,)> = sqlx::query_as("SELECT version FROM _sqlx_migrations").fetch_all(&mut backup).await?;
    if let Some((version,)) = migrations.iter().find(|(version,)| !knows_migration(*version)) {
        bail!(
            "{} comes from a newer Heluo than this one (its database has migration {version})",
            file.display()
        );
    }
    close(backup).await
}

/// Whether `SQLite` says that a file is one of its databases and yet not whole (`SQLITE_CORRUPT`, in the lowest byte).
fn is_not_whole(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 11)
}

/// Refuses a database that people use, or that another program has open; whether one stands there.
async fn make_way(database: &Path, replace: bool) -> anyhow::Result<bool> {
    if !database.exists() {
        return Ok(false);
    }
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(2))
        .locking_mode(SqliteLockingMode::Exclusive);
    let people = async {
        let mut old = options.connect().await?;
        sqlx::raw_sql("BEGIN EXCLUSIVE; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut old)
            .await?;
        let tables: (i64,) = sqlx::query_as("SELECT COUNT(*) FROM sqlite_master WHERE name = 'people'")
            .fetch_one(&mut old)
            .await?;
        let people: (i64,) = if tables.0 == 0 {
            (0,)
        } else {
            sqlx::query_as("SELECT COUNT(*) FROM people").fetch_one(&mut old).await?
        };
        old.close().await?;
        Ok::<i64, sqlx::Error>(people.0)
    };
    match people.await {
        Ok(people) if people > 0 && !replace => {
            bail!("{} holds {people} people; {REPLACE}", database.display())
        }
        Err(error) if is_locked(&error) => bail!("{} is in use by another program", database.display()),
        // Damaged, perhaps: this is what backups are for.
        Err(error) if !replace => bail!("{} can't be read ({error}); {REPLACE}", database.display()),
        Ok(_) | Err(_) => Ok(true),
    }
}

fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xFF, 5 | 6))
}

/// Puts the evidence where it lies on disk. Contents are named by their hash, so what is there already is the same.
async fn give_files(copy: &mut SqliteConnection, files_dir: &Path) -> anyhow::Result<usize> {
    let chance = Chance::system();
    let hashes: Vec<(String,)> = sqlx::query_as("SELECT hash FROM heluo_backup_files").fetch_all(&mut *copy).await?;
    for (hash,) in &hashes {
        let (content,): (Vec<u8>,) = sqlx::query_as("SELECT content FROM heluo_backup_files WHERE hash = $1")
            .bind(hash)
            .fetch_one(&mut *copy)
            .await?;
        let kept = files::put(files_dir, &chance, &content).with_context(|| format!("evidence can't be kept in {}", files_dir.display()))?;
        if kept != *hash {
            bail!("the backup's evidence {hash} is damaged");
        }
    }
    Ok(hashes.len())
}

/// Puts the secret where the database's processes look for it; another one that stands there is kept beside.
fn give_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if std::fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    if path.exists() {
        std::fs::rename(path, name_for_old(path)).with_context(|| format!("{} can't be kept", path.display()))?;
    }
    let mut file = make_private(path)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}

/// Migrates the copy and looks whether what it holds can be true.
async fn bring_up_to_date(part: &Path, files_dir: &Path) -> anyhow::Result<Vec<String>> {
    let db = Db::open_file(part).await?;
    db.migrate().await.context("the backup can't be brought up to date")?;
    let findings = findings(&db, files_dir).await?;
    db.close().await;
    if beside(part, "-wal").exists() {
        bail!("{} did not close", part.display());
    }
    Ok(findings)
}

/// Keeps the old database under another name, and the log that a crash may have left beside it out of the way of the new.
fn keep_old(database: &Path) -> anyhow::Result<PathBuf> {
    let kept = name_for_old(database);
    // A second name for the same file: the first one stays until the rename, so that a crash leaves a database.
    if std::fs::hard_link(database, &kept).is_err() {
        std::fs::copy(database, &kept).with_context(|| format!("{} can't be kept", database.display()))?;
    }
    for ending in ["-wal", "-shm"] {
        let left = beside(database, ending);
        if left.exists() {
            std::fs::rename(&left, beside(&kept, ending))?;
        }
    }
    Ok(kept)
}
