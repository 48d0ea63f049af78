//! The directory of static files that the server hands out: hashed names, precompressed.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Result, anyhow};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

use crate::browser_bundle::{BrowserBundle, OUTPUT_NAME, files_below};

/// Where Leptos looks for scripts, WASM and styles.
const PACKAGE_DIR: &str = "pkg";
/// Where Leptos looks for the hashes in the names of the files.
pub const HASH_FILE: &str = "hash.txt";
const COMPRESSIBLE: [&str; 9] = ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// Everything that goes into a site.
pub struct Contents<'a> {
    pub bundle: &'a BrowserBundle,
    pub css: &'a str,
    /// Directories whose files are served under their own names (icons, fonts).
    pub static_dirs: &'a [PathBuf],
}

/// Brings the site up to date, file by file, and returns the text of the hash file.
pub fn write(root: &Path, contents: &Contents, brotli_quality: i32) -> Result<String> {
    let mut site = Site {
        root,
        brotli_quality,
        kept: BTreeSet::new(),
    };
    let bundle = contents.bundle;
    for (name, content) in &bundle.snippets {
        site.put(&format!("{PACKAGE_DIR}/{name}"), content)?;
    }
    let wasm = site.put_hashed("wasm", &bundle.wasm)?;
    let js = site.put_hashed("js", bundle.js.as_bytes())?;
    let css = site.put_hashed("css", contents.css.as_bytes())?;
    for dir in contents.static_dirs {
        for file in files_below(dir)? {
            let name = file.strip_prefix(dir)?.to_string_lossy();
            site.put(&name, &fs::read(&file)?)?;
        }
    }
    let hashes = format!("js: {js}\nwasm: {wasm}\ncss: {css}\n");
    site.put(HASH_FILE, hashes.as_bytes())?;
    site.remove_leftovers()?;
    Ok(hashes)
}

struct Site<'a> {
    root: &'a Path,
    brotli_quality: i32,
    kept: BTreeSet<PathBuf>,
}

impl Site<'_> {
    /// Puts `heluo.<hash>.<extension>` into the package directory; returns the hash.
    fn put_hashed(&mut self, extension: &str, content: &[u8]) -> Result<String> {
        let hash = blake3::hash(content).to_hex()[..16].to_owned();
        let name = format!("{PACKAGE_DIR}/{OUTPUT_NAME}.{hash}.{extension}");
        self.put(&name, content)?;
        Ok(hash)
    }

    /// Writes a file and its compressed forms, unless they are there already.
    fn put(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let plain = self.root.join(name);
        let (brotli, gzip) = (with_suffix(&plain, "br"), with_suffix(&plain, "gz"));
        let worthwhile = is_compressible(&plain);
        let complete = !worthwhile || (brotli.is_file() && gzip.is_file());
        let unchanged = complete && fs::read(&plain).is_ok_and(|old| old == content);
        if !unchanged {
            fs::create_dir_all(plain.parent().unwrap_or(self.root))?;
            // The plain file last: it is what says that the others are right.
            let _ = fs::remove_file(&plain);
            if worthwhile {
                fs::write(&brotli, brotli_of(content, self.brotli_quality)?)?;
                fs::write(&gzip, gzip_of(content)?)?;
            }
            fs::write(&plain, content)?;
        }
        self.kept.extend([plain, brotli, gzip]);
        Ok(())
    }

    fn remove_leftovers(&self) -> Result<()> {
        for file in files_below(self.root)? {
            if !self.kept.contains(&file) {
                fs::remove_file(file)?;
            }
        }
        Ok(())
    }
}

fn is_compressible(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| COMPRESSIBLE.contains(&extension))
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn brotli_of(content: &[u8], quality: i32) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters).map_err(|error| anyhow!("brotli: {error}"))?;
    Ok(compressed)
}

fn gzip_of(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(css: &str) -> (BrowserBundle, String) {
        let bundle = BrowserBundle {
            js: "export default 1".to_owned(),
            wasm: b"\0asm".to_vec(),
            snippets: Vec::new(),
        };
        (bundle, css.to_owned())
    }

    fn written(root: &Path, css: &str) -> String {
        let (bundle, css) = contents(css);
        let contents = Contents {
            bundle: &bundle,
            css: &css,
            static_dirs: &[],
        };
        write(root, &contents, 5).unwrap()
    }

    #[test]
    fn names_follow_the_hash_file_as_leptos_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let hashes = written(dir.path(), "a{color:red}");
        for line in hashes.lines() {
            let (kind, hash) = line.split_once(": ").unwrap();
            for suffix in ["", ".br", ".gz"] {
                let name = format!("pkg/heluo.{hash}.{kind}{suffix}");
                assert!(dir.path().join(&name).is_file(), "{name}");
            }
        }
        assert_eq!(hashes.lines().count(), 3);
    }

    #[test]
    fn a_change_replaces_the_file_and_its_compressed_forms() {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), "a{color:red}");
        let before = files_below(dir.path()).unwrap();
        written(dir.path(), "a{color:blue}");
        let after = files_below(dir.path()).unwrap();
        assert_eq!(before.len(), after.len());
        assert_ne!(before, after);
    }

    #[test]
    fn compressed_forms_give_the_content_back() {
        let content = b"to and fro ".repeat(100);
        let mut plain = Vec::new();
        let compressed = brotli_of(&content, 9).unwrap();
        brotli::BrotliDecompress(&mut &*compressed, &mut plain).unwrap();
        assert_eq!(plain, content);
        assert!(gzip_of(&content).unwrap().len() < content.len());
    }
}
