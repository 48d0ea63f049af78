//! A compiler that can build for the browser: found, or made.
//!
//! Three ways, the cheapest first:
//! 1. the active toolchain already has the target;
//! 2. rustup fetches it;
//! 3. where rustup can't (a network that only has package mirrors), Debian's own compiler
//!    builds the standard library from Debian's source package. The first such build takes
//!    minutes, later ones nothing.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{debian, process};

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Longer than the download takes on a slow line, shorter than anyone's patience.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);

pub enum BrowserTarget {
    /// Plain `cargo build --target …`.
    Active,
    /// Debian's cargo with `build-std`, and this linker.
    DebianBuildStd { linker: PathBuf },
}

impl BrowserTarget {
    pub fn find_or_make(cache: &Path) -> Result<Self> {
        if active_toolchain_has_it() {
            return Ok(Self::Active);
        }
        // A network without rustup's server may take its time to say so: ask it once only.
        let rustup_failed = cache.join("rustup-cannot-add-the-browser-target");
        if !rustup_failed.exists() {
            println!("  the active toolchain can't build for the browser yet");
            if rustup_adds_it() {
                return Ok(Self::Active);
            }
            println!("  rustup can't help: using Debian's compiler");
        }
        debian::install(&DEBIAN_PACKAGES)?;
        fs::create_dir_all(cache)?;
        fs::write(rustup_failed, "delete this file to let rustup try again\n")?;
        Ok(Self::DebianBuildStd { linker: find_linker()? })
    }

    /// What `Progress` should call the build: the two ways take very different times.
    pub fn spoken(&self) -> &'static str {
        match self {
            Self::Active => "build for the browser",
            Self::DebianBuildStd { .. } => "build for the browser, standard library included",
        }
    }

    /// `cargo build` for the browser; the caller adds the package and the profile.
    pub fn cargo_build(&self, target_dir: &Path) -> Command {
        let mut command = match self {
            Self::Active => active_cargo(),
            Self::DebianBuildStd { linker } => debian_cargo(linker),
        };
        command.args(["--target", TARGET]).env("CARGO_TARGET_DIR", target_dir);
        command
    }

    /// Where cargo leaves what it built in this profile.
    pub fn output_dir(target_dir: &Path, profile: &str) -> PathBuf {
        target_dir.join(TARGET).join(profile)
    }
}

fn active_cargo() -> Command {
    let mut command = Command::new("cargo");
    command.arg("build");
    command
}

fn debian_cargo(linker: &Path) -> Command {
    let mut command = Command::new("/usr/bin/cargo");
    command
        .args(["build", "-Z", "build-std=std,panic_abort"])
        .env("RUSTC_BOOTSTRAP", "1") // build-std is unstable, and Debian's compiler a stable one
        .env("PATH", path_with_usr_bin_first())
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    // `cargo xtask` runs under rustup's cargo, which leaves traces that would lead Debian's astray.
    for trace in ["CARGO", "RUSTC", "RUSTC_WRAPPER", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(trace);
    }
    command
}

fn path_with_usr_bin_first() -> OsString {
    let mut path = OsString::from("/usr/bin:");
    path.push(env::var_os("PATH").unwrap_or_default());
    path
}

fn active_toolchain_has_it() -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    process::output_of(&mut rustc).is_some_and(|dir| Path::new(&dir).is_dir())
}

fn rustup_adds_it() -> bool {
    let mut rustup = Command::new("rustup");
    rustup
        .args(["target", "add", TARGET])
        .env("RUSTUP_MAX_RETRIES", "0")
        .stderr(Stdio::null());
    process::exists("rustup") && process::succeeds_within(&mut rustup, RUSTUP_LIMIT) && active_toolchain_has_it()
}

/// Debian's compiler brings no linker for the browser; rustup's toolchain does, and so does `lld`.
fn find_linker() -> Result<PathBuf> {
    if let Some(linker) = rust_lld() {
        return Ok(linker);
    }
    debian::install(&["lld"])?;
    let linker = PathBuf::from("/usr/bin/wasm-ld");
    linker.is_file().then_some(linker).context("Debian's lld brought no wasm-ld")
}

fn rust_lld() -> Option<PathBuf> {
    let sysroot = process::output_of(Command::new("rustc").args(["--print", "sysroot"]))?;
    let verbose = process::output_of(Command::new("rustc").arg("-vV"))?;
    let host = verbose.lines().find_map(|line| line.strip_prefix("host: "))?;
    let linker = Path::new(&sysroot).join("lib/rustlib").join(host).join("bin/rust-lld");
    linker.is_file().then_some(linker)
}
