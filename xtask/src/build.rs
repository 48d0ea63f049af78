//! Everything that a running Heluo consists of: the server and the site that it hands out.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    browser_bundle::{self, BrowserBundle},
    browser_target::BrowserTarget,
    paths::Paths,
    process,
    progress::Progress,
    site, stylesheet,
};

/// What reaches a browser has a budget, so there is but one way to build it.
const BROWSER_PROFILE: &str = "wasm-release";

/// Builds all and returns the server's binary, the site beside it.
pub fn all(paths: &Paths, progress: &mut Progress, release: bool) -> Result<PathBuf> {
    let bundle = browser(paths, progress)?;
    let effort = if release { "release" } else { "debug" };
    let hashes = progress.step(&format!("styles, names and compression ({effort})"), || {
        static_files(paths, &bundle, release)
    })?;
    progress.step(&format!("build the server ({effort})"), || server(paths, release))?;
    let ready = paths.ready_dir(release);
    fs::write(ready.join(site::HASH_FILE), hashes)?;
    let binary = ready.join("heluo");
    if release {
        copy_binary(&paths.profile_dir(true).join("heluo"), &binary)?;
    }
    Ok(binary)
}

fn browser(paths: &Paths, progress: &mut Progress) -> Result<BrowserBundle> {
    let target = progress.step("a compiler for the browser", || BrowserTarget::find_or_make(&paths.cache))?;
    progress.step(target.spoken(), || {
        let mut cargo = target.cargo_build(&paths.target_web);
        cargo.args(["--package", "frontend", "--profile", BROWSER_PROFILE]);
        process::run(cargo.current_dir(&paths.root))
    })?;
    progress.step("bind WASM and JavaScript", || {
        let built = BrowserTarget::output_dir(&paths.target_web, BROWSER_PROFILE);
        browser_bundle::bind(&built.join("frontend.wasm"), &paths.target_web.join("bound"))
    })
}

fn static_files(paths: &Paths, bundle: &BrowserBundle, release: bool) -> Result<String> {
    let css = stylesheet::bundle(&paths.root.join("style"))?;
    let contents = site::Contents {
        bundle,
        css: &css,
        static_dirs: &[paths.root.join("app/public"), paths.root.join("style/static")],
    };
    let brotli_quality = if release { 11 } else { 9 };
    site::write(&paths.ready_dir(release).join("site"), &contents, brotli_quality)
}

fn server(paths: &Paths, release: bool) -> Result<()> {
    process::run(&mut cargo_build(paths, release))
}

/// A build of the server's package, to be told more.
pub fn cargo_build(paths: &Paths, release: bool) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--package", "server"]);
    cargo.env("CARGO_TARGET_DIR", &paths.target).current_dir(&paths.root);
    if release {
        cargo.arg("--release");
    }
    cargo
}

/// A running binary can't be overwritten, but it can be replaced.
fn copy_binary(from: &Path, to: &Path) -> Result<()> {
    let unfinished = to.with_extension("new");
    fs::copy(from, &unfinished).with_context(|| format!("no {}", from.display()))?;
    fs::rename(unfinished, to)?;
    Ok(())
}
