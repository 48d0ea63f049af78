//! Playwright: installing what it takes, and running it against the built server.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use crate::{debian, paths::Paths, process};

/// Playwright asks for this much.
const OLDEST_NODE: u32 = 20;

pub fn install(paths: &Paths) -> Result<()> {
    if !node_is_new_enough() {
        debian::install(&["nodejs", "npm"])?;
        ensure!(node_is_new_enough(), "Node.js {OLDEST_NODE} or newer is needed");
    }
    if ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .all(|name| !process::exists(name))
    {
        debian::install(&["chromium"])?;
    }
    // Chinese characters have to look like something in the screenshots.
    if process::exists("apt-get") {
        debian::install(&["fonts-noto-cjk"])?;
    }
    install_packages(&paths.end2end())
}

fn node_is_new_enough() -> bool {
    let version = process::output_of(Command::new("node").arg("--version"));
    let major = version.and_then(|version| {
        let major = version.trim_start_matches('v').split('.').next()?;
        major.parse::<u32>().ok()
    });
    process::exists("npm") && major.is_some_and(|major| major >= OLDEST_NODE)
}

/// `npm ci`, unless it was done for this very lock file.
fn install_packages(end2end: &Path) -> Result<()> {
    let lock = fs::read(end2end.join("package-lock.json")).context("no package-lock.json")?;
    let stamp = end2end.join("node_modules/.heluo-lock");
    let hash = blake3::hash(&lock).to_hex();
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == hash.as_str()) {
        return Ok(());
    }
    process::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(end2end),
    )?;
    fs::write(stamp, hash.as_str())?;
    Ok(())
}

/// Runs Playwright; each line it prints goes to `on_line` too.
pub fn run(paths: &Paths, binary: &Path, on_line: impl FnMut(&str)) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    process::run_reading(&mut playwright(paths, binary, scratch.path()), on_line)
}

pub fn take_screenshots(paths: &Paths, binary: &Path) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    process::run(playwright(paths, binary, scratch.path()).env("HELUO_SCREENSHOTS", "1"))
}

/// Everything temporary goes to `scratch`, so that nothing stays behind when it is cut short.
fn playwright(paths: &Paths, binary: &Path, scratch: &Path) -> Command {
    let mut command = Command::new("node");
    command
        .args(["node_modules/@playwright/test/cli.js", "test"])
        .env("HELUO_BIN", binary)
        .env("TMPDIR", scratch)
        .env_remove("DATABASE_URL")
        .current_dir(paths.end2end());
    command
}
