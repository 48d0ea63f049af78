//! The folder of built files: where it lies, whether it is whole, and what its files are called.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use app::state::Assets;

/// Tells the hashes in the files' names.
const HASHES: &str = "hash.txt";

/// The directory of built files: `LEPTOS_SITE_ROOT`, or `site` beside the binary.
pub fn dir() -> PathBuf {
    std::env::var_os("LEPTOS_SITE_ROOT").filter(|name| !name.is_empty()).map_or_else(
        || {
            std::env::current_exe()
                .ok()
                .and_then(|exe| exe.parent().map(|dir| dir.join("site")))
                .unwrap_or_else(|| PathBuf::from("site"))
        },
        PathBuf::from,
    )
}

/// Makes sure that the built files are there: without them every page would come without its styles and scripts.
///
/// # Errors
/// With the folder and what belongs into it.
pub fn check(site: &Path) -> anyhow::Result<()> {
    let whence = "the folder site lies beside the binary, or LEPTOS_SITE_ROOT names it; `cargo xtask build` makes it";
    let hashes = std::fs::read_to_string(site.join(HASHES)).with_context(|| format!("{} can't be read: {whence}", site.join(HASHES).display()))?;
    for kind in ["js", "wasm", "css"] {
        let hash = hashes.lines().find_map(|line| line.strip_prefix(kind)?.strip_prefix(':'));
        let Some(hash) = hash.map(str::trim) else {
            bail!("{} names no {kind}: {whence}", site.join(HASHES).display());
        };
        let file = site.join(format!("pkg/heluo.{hash}.{kind}"));
        if !file.is_file() {
            bail!("{} is missing: {whence}", file.display());
        }
    }
    Ok(())
}

/// Content-hashed addresses of the built files, from `hash.txt` in the site's directory.
pub fn assets(site: &Path) -> Assets {
    // Leptos looks for it beside the binary; an absolute path is taken as it stands.
    let file = std::path::absolute(site.join(HASHES)).unwrap_or_else(|_| site.join(HASHES));
    let hashes = std::fs::read_to_string(&file).unwrap_or_default();
    let css = hashes.lines().find_map(|line| line.strip_prefix("css: ")).map(str::trim);
    let options = leptos::config::LeptosOptions::builder()
        .output_name("heluo")
        .site_root(site.display().to_string())
        .hash_file(file.display().to_string().into())
        .hash_files(!hashes.is_empty())
        .build();
    Assets {
        css: css.map_or_else(|| "/pkg/heluo.css".to_owned(), |hash| format!("/pkg/heluo.{hash}.css")),
        options,
    }
}
