//! `heluo backup` and `heluo restore`: a city on `SQLite` as one file, evidence and all.
//!
//! The file is a database of `SQLite` itself: the city's tables, a table of the contents of evidence, and one line about
//! the backup, with the secret when it is kept in the data directory. So one integrity check covers everything, and any tool for `SQLite` can look into it.

mod make;
mod restore;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use crate::config::Config;

/// Exit status where `PostgreSQL`'s own tools are to be used.
const USE_OTHERS: u8 = 2;

/// Writes a backup to `file`, which must not be there yet; the server may go on writing meanwhile.
///
/// # Errors
/// When it could not be made: then `file` is not there.
pub async fn backup(config: &Config, file: &Path) -> anyhow::Result<ExitCode> {
    let Some(database) = config.sqlite_file() else {
        eprintln!("{}", words_of_backup(config, file));
        return Ok(ExitCode::from(USE_OTHERS));
    };
    let made = make::make(&database, &config.files_dir, config.secret_file().as_deref(), file).await?;
    println!(
        "{}: {} KiB, {} files of evidence; its integrity is checked",
        file.display(),
        made.size.div_ceil(1024),
        made.files
    );
    for lost in &made.lost {
        eprintln!("evidence {lost}: not in the backup");
    }
    Ok(if made.lost.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Puts a backup in the place of the database; one that people use is replaced only when `replace` says so.
///
/// # Errors
/// When it could not be restored: then the database is as it was.
pub async fn restore(config: &Config, file: &Path, replace: bool) -> anyhow::Result<ExitCode> {
    let Some(database) = config.sqlite_file() else {
        eprintln!("{}", words_of_restore(config, file));
        return Ok(ExitCode::from(USE_OTHERS));
    };
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("HELUO_DATA_DIR: the directory {} can't be made", config.data_dir.display()))?;
    let _held = config.hold().context("stop `heluo serve` first")?;
    let restored = restore::restore(&database, &config.files_dir, config.secret_file().as_deref(), file, replace).await?;
    println!("{} is restored, with {} files of evidence", database.display(), restored.files);
    if let Some(old) = restored.old {
        println!("The database that stood there is kept as {}", old.display());
    }
    if restored.findings.is_empty() {
        println!("ok: nothing is wrong");
        return Ok(ExitCode::SUCCESS);
    }
    for finding in &restored.findings {
        println!("{finding}");
    }
    Ok(ExitCode::FAILURE)
}

fn words_of_backup(config: &Config, file: &Path) -> String {
    let (url, file) = (config.database_for_words(), file.display());
    let (folder, name) = folder_and_name(&config.files_dir);
    format!(
        "The database is on PostgreSQL, which has tools of its own. Keep it and then the evidence (the password comes from PGPASSWORD or ~/.pgpass):\n\
         pg_dump --format=custom --file='{file}' --dbname='{url}'\n\
         tar --create --file='{file}.files.tar' --directory='{folder}' '{name}'"
    )
}

fn words_of_restore(config: &Config, file: &Path) -> String {
    let (url, file) = (config.database_for_words(), file.display());
    let (folder, _) = folder_and_name(&config.files_dir);
    format!(
        "The database is on PostgreSQL, which has tools of its own. Stop every `heluo serve`, then bring back the evidence and the database, and look:\n\
         tar --extract --file='{file}.files.tar' --directory='{folder}'\n\
         pg_restore --clean --if-exists --no-owner --single-transaction --dbname='{url}' '{file}'\n\
         heluo check"
    )
}

fn folder_and_name(dir: &Path) -> (String, String) {
    let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf());
    let folder = dir.parent().unwrap_or(&dir).display().to_string();
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    (folder, name)
}

/// A connection to a file that is no running database: nothing is written beside it for longer than a transaction.
async fn open(path: &Path, is_read_only: bool) -> anyhow::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .read_only(is_read_only);
    let options = if is_read_only {
        options.immutable(true)
    } else {
        options.journal_mode(SqliteJournalMode::Delete).synchronous(SqliteSynchronous::Full)
    };
    options.connect().await.with_context(|| format!("{} can't be opened", path.display()))
}

/// Fails unless the file is whole.
async fn check(connection: &mut SqliteConnection, path: &Path) -> anyhow::Result<()> {
    let found: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check(5)")
        .fetch_all(&mut *connection)
        .await
        .with_context(|| format!("{} is damaged", path.display()))?;
    let found: Vec<String> = found.into_iter().map(|(line,)| line).collect();
    if found != ["ok"] {
        bail!("{} is damaged: {}", path.display(), found.join("; "));
    }
    Ok(())
}

/// Makes an empty file that nobody else may read: what it will hold is personal.
fn make_private(path: &Path) -> anyhow::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{} can't be written", path.display()))
}

/// A name beside `path` under which nothing stands yet, for what is replaced there.
fn name_for_old(path: &Path) -> PathBuf {
    let mut number = 1;
    loop {
        let name = beside(path, &format!(".before-restore-{number}"));
        if !name.exists() {
            return name;
        }
        number += 1;
    }
}

/// Brings a file to the disk and gives it its name; a crash leaves the one or the other, never half.
fn settle(part: &Path, path: &Path) -> anyhow::Result<()> {
    std::fs::File::open(part)?.sync_all()?;
    std::fs::rename(part, path).with_context(|| format!("{} can't be put in place", path.display()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// `path` with something after its name.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Removes an unfinished file, whatever way its making ends.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        for ending in ["", "-journal", "-wal", "-shm"] {
            // Settled under its own name, or never begun: then there is nothing.
            let _ = std::fs::remove_file(beside(&self.0, ending));
        }
    }
}

/// Closes a connection, so that its file is complete.
async fn close(connection: SqliteConnection) -> anyhow::Result<()> {
    Ok(connection.close().await?)
}
