//! Format and clippy, for each build that the code is compiled for.

use std::process::Command;

use anyhow::Result;

use crate::{paths::Paths, process, progress::Progress};

/// Packages with the features they are compiled with. Never all at once: the features of
/// the browser and those of the server would be united.
const CLIPPY: [(&str, &[&str]); 2] = [
    (
        "clippy: the server",
        &["--package", "app", "--package", "server", "--features", "app/ssr,server/bench"],
    ),
    ("clippy: xtask", &["--package", "xtask"]),
];

/// Does all checks, even after one has failed, and returns how many failed.
pub fn all(paths: &Paths, progress: &mut Progress) -> u64 {
    let mut failed = u64::from(progress.step("format", || format(paths)).is_err());
    for (name, arguments) in CLIPPY {
        let checked = progress.step(name, || clippy(paths, arguments));
        failed += u64::from(checked.is_err());
    }
    failed
}

fn format(paths: &Paths) -> Result<()> {
    ensure_component("fmt", "rustfmt")?;
    process::run(cargo(paths).args(["fmt", "--all", "--check"]))
}

fn clippy(paths: &Paths, arguments: &[&str]) -> Result<()> {
    ensure_component("clippy", "clippy")?;
    let mut cargo = cargo(paths);
    cargo.args(["clippy", "--all-targets"]).args(arguments);
    process::run(cargo.args(["--", "--deny", "warnings"]))
}

/// A minimal toolchain comes without them.
fn ensure_component(subcommand: &str, component: &str) -> Result<()> {
    let mut probe = Command::new("cargo");
    if process::output_of(probe.args([subcommand, "--version"])).is_some() {
        return Ok(());
    }
    process::run(Command::new("rustup").args(["component", "add", component]))
}

fn cargo(paths: &Paths) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.env("CARGO_TARGET_DIR", &paths.target).current_dir(&paths.root);
    cargo
}
