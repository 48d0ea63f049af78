//! From cargo's WASM to what a browser loads: the module and its JavaScript half.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

pub const OUTPUT_NAME: &str = "heluo";

pub struct BrowserBundle {
    pub js: String,
    pub wasm: Vec<u8>,
    /// JavaScript that crates bring along: path below the package directory, content.
    pub snippets: Vec<(String, Vec<u8>)>,
}

/// Binds `wasm` below `work_dir`, unless that very content was bound before.
pub fn bind(wasm: &Path, work_dir: &Path) -> Result<BrowserBundle> {
    let bytes = fs::read(wasm).with_context(|| format!("no {}", wasm.display()))?;
    let bound = work_dir.join(blake3::hash(&bytes).to_hex().as_str());
    if !bound.is_dir() {
        let _ = fs::remove_dir_all(work_dir); // what earlier builds left
        let unfinished = work_dir.join("unfinished");
        generate(bytes, &unfinished)?;
        // Only what is complete gets the name that stops the next run from binding.
        fs::rename(&unfinished, &bound)?;
    }
    read(&bound)
}

fn generate(wasm: Vec<u8>, out_dir: &Path) -> Result<()> {
    Bindgen::new()
        .input_bytes(OUTPUT_NAME, wasm)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true) // the page names the hashed file
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(out_dir)
}

fn read(bound: &Path) -> Result<BrowserBundle> {
    let js = fs::read_to_string(bound.join(format!("{OUTPUT_NAME}.js")))?;
    let wasm = fs::read(bound.join(format!("{OUTPUT_NAME}_bg.wasm")))?;
    let mut snippets = Vec::new();
    for file in files_below(&bound.join("snippets"))? {
        let content = fs::read(&file)?;
        let name = file.strip_prefix(bound)?.to_string_lossy().into_owned();
        snippets.push((name, content));
    }
    Ok(with_hashed_snippets(js, wasm, snippets))
}

/// The script imports its snippets by fixed names, but everything in the package directory
/// may be cached for ever: so the directory of the snippets carries the hash of them all.
fn with_hashed_snippets(js: String, wasm: Vec<u8>, snippets: Vec<(String, Vec<u8>)>) -> BrowserBundle {
    let mut hasher = blake3::Hasher::new();
    for (name, content) in &snippets {
        hasher.update(name.as_bytes()).update(content);
    }
    let hash = hasher.finalize().to_hex();
    let dir = format!("snippets-{}/", &hash[..16]);
    let renamed = |(name, content): (String, Vec<u8>)| (name.replacen("snippets/", &dir, 1), content);
    BrowserBundle {
        js: js.replace("./snippets/", &format!("./{dir}")),
        wasm,
        snippets: snippets.into_iter().map(renamed).collect(),
    }
}

/// All files below a directory, which need not exist, in a steady order.
pub fn files_below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if dir.is_dir() {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_dir() {
                files.extend(files_below(&path)?);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_move_to_a_directory_named_after_their_content() {
        let bundle = |content: &str| {
            with_hashed_snippets(
                "import { a } from './snippets/x-1/inline0.js';".to_owned(),
                Vec::new(),
                vec![("snippets/x-1/inline0.js".to_owned(), content.into())],
            )
        };
        let one = bundle("export const a = 1");
        let path = &one.snippets[0].0;
        assert!(one.js.contains(&format!("'./{path}'")), "{} {path}", one.js);
        assert_ne!(*path, bundle("export const a = 2").snippets[0].0);
    }
}
