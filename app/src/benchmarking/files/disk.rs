//! Contents on disk: one file for each SHA-256, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Chance;
use crate::error::AppError;
use crate::request::hex;
use crate::state::{App, sha256};

/// Where a content lies: folders of the first two digits keep each of them short.
fn place(dir: &Path, hash: &str) -> Option<PathBuf> {
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| dir.join(&hash[..2]).join(hash))
}

/// Stores a content and answers its hash; the same one again is stored already.
///
/// It is written under a name of its own, brought to the disk and then renamed: whoever is killed in between leaves a
/// file that nothing points to, never half of one that something does.
pub fn write(app: &App, bytes: &[u8]) -> io::Result<String> {
    put(&app.settings.files_dir, &app.chance, bytes)
}

/// The same for a restore, which has a folder and no application.
pub fn put(dir: &Path, chance: &Chance, bytes: &[u8]) -> io::Result<String> {
    let hash = hex(&sha256(bytes));
    let at = place(dir, &hash).ok_or(io::ErrorKind::InvalidInput)?;
    if fs::metadata(&at).is_ok_and(|known| known.len() == bytes.len() as u64) {
        return Ok(hash);
    }
    let folder = at.parent().unwrap_or(dir);
    fs::create_dir_all(folder)?;
    let part = folder.join(format!("part-{}", hex(&chance.bytes::<16>())));
    let written = write_whole(&part, bytes).and_then(|()| fs::rename(&part, &at));
    if written.is_err() {
        // Best effort: the error that is told is the first one.
        let _ = fs::remove_file(&part);
    }
    written?;
    File::open(folder)?.sync_all()?;
    Ok(hash)
}

/// A stored content, looked at: for a backup and for `heluo check`.
///
/// # Errors
/// `NotFound` when it is not there, `InvalidData` when it is not what its hash says.
pub fn look(dir: &Path, hash: &str) -> io::Result<Vec<u8>> {
    let at = place(dir, hash).ok_or(io::ErrorKind::InvalidInput)?;
    let bytes = fs::read(at)?;
    if hex(&sha256(&bytes)) == hash {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// How long a file may be under way. Another process that shares the folder may be writing it.
const UNDER_WAY: TimeDelta = TimeDelta::days(1);

/// Removes what killed writers left behind, and answers how many files that were. Called when a process starts.
pub fn sweep(dir: &Path, now: DateTime<Utc>) -> usize {
    let folders = fs::read_dir(dir).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let is_left = |file: &fs::DirEntry| {
        let changed = file.metadata().and_then(|known| known.modified());
        file.file_name().to_string_lossy().starts_with("part-") && changed.is_ok_and(|at| now - DateTime::from(at) > UNDER_WAY)
    };
    files.filter(is_left).filter(|file| fs::remove_file(file.path()).is_ok()).count()
}

#[cfg(unix)]
fn private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).open(path)
}

/// A stored content.
///
/// # Errors
/// A content that a row names and that is not there is our fault.
pub async fn read(app: &App, hash: &str) -> Result<Vec<u8>, AppError> {
    let at = place(&app.settings.files_dir, hash).ok_or(AppError::NotFound)?;
    tokio::fs::read(&at)
        .await
        .map_err(|error| AppError::internal(&format!("{}: {error}", at.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::testing::TestCity;

    fn all_files(dir: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                found.extend(all_files(&entry.path()));
            } else {
                found.push(entry.path());
            }
        }
        found
    }

    async fn the_same_content_is_stored_once_and_whole(engine: Engine) {
        let city = TestCity::new(engine).await;
        let dir = &city.app.settings.files_dir;
        let first = write(&city.app, b"%PDF-1.7 one").expect("written");
        assert_eq!(write(&city.app, b"%PDF-1.7 one").expect("written"), first);
        let other = write(&city.app, b"%PDF-1.7 two").expect("written");
        assert_ne!(first, other);
        assert_eq!(all_files(dir).len(), 2, "no part is left");
        assert_eq!(read(&city.app, &first).await, Ok(b"%PDF-1.7 one".to_vec()));
        // What a broken disk cut short is mended by the next who brings the same.
        fs::write(place(dir, &first).expect("a place"), b"%PDF").expect("cut");
        write(&city.app, b"%PDF-1.7 one").expect("written");
        assert_eq!(read(&city.app, &first).await, Ok(b"%PDF-1.7 one".to_vec()));
        assert_eq!(read(&city.app, "../../etc/passwd").await, Err(AppError::NotFound));
    }

    crate::on_both_engines!(the_same_content_is_stored_once_and_whole);

    #[test]
    fn what_killed_writers_left_is_removed_after_a_day() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
        let dir = std::env::temp_dir().join(format!("heluo-sweep-{}", std::process::id()));
        let folder = dir.join("ab");
        fs::create_dir_all(&folder).expect("a folder");
        for (name, is_old) in [("part-1", true), ("part-2", false), ("abcd", true)] {
            let file = private(&folder.join(name)).expect("a file");
            let age = if is_old { UNDER_WAY * 2 } else { TimeDelta::zero() };
            file.set_modified((now - age).into()).expect("its age");
        }
        assert_eq!((sweep(&dir, now), sweep(&dir, now)), (1, 0));
        assert_eq!(all_files(&dir).len(), 2, "what is under way and what is stored stay");
        fs::remove_dir_all(&dir).expect("tidied");
    }
}
