//! `style/*.css` in one minified file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};

/// These come first, because the others build on them.
const FIRST: [&str; 2] = ["tokens.css", "base.css"];

pub fn bundle(style_dir: &Path) -> Result<String> {
    let mut bundled = String::new();
    for file in in_order(style_dir)? {
        let css = fs::read_to_string(&file)?;
        let css = minify(&css).with_context(|| format!("in {}", file.display()))?;
        bundled.push_str(&css);
    }
    Ok(bundled)
}

fn in_order(style_dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if style_dir.is_dir() {
        for entry in fs::read_dir(style_dir)? {
            files.push(entry?.path());
        }
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "css"));
    files.sort_by_key(|file| (rank(file), file.clone()));
    Ok(files)
}

fn rank(file: &Path) -> usize {
    let position = FIRST.iter().position(|first| file.ends_with(first));
    position.unwrap_or(FIRST.len())
}

fn minify(css: &str) -> Result<String> {
    // The error borrows from the source, so it is spoken here.
    let mut sheet = StyleSheet::parse(css, ParserOptions::default()).map_err(|error| anyhow!("{error}"))?;
    sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("{error}"))?;
    let options = PrinterOptions {
        minify: true,
        ..PrinterOptions::default()
    };
    Ok(sheet.to_css(options)?.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_base_come_first_and_the_rest_by_name() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["wall", "base", "desk", "tokens"] {
            let rule = format!(".{name} {{ color : red }}");
            fs::write(dir.path().join(format!("{name}.css")), rule).unwrap();
        }
        fs::write(dir.path().join("notes.txt"), "not css").unwrap();
        assert_eq!(
            bundle(dir.path()).unwrap(),
            ".tokens{color:red}.base{color:red}.desk{color:red}.wall{color:red}"
        );
    }

    #[test]
    fn a_fault_names_its_file() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("desk.css"), ".a { color: red } } .b {").unwrap();
        let error = format!("{:#}", bundle(dir.path()).unwrap_err());
        assert!(error.contains("desk.css"), "{error}");
    }

    #[test]
    fn what_modern_pages_use_survives() {
        let css = "@view-transition { navigation: auto } \
                   @layer a { .b { &:hover { color: light-dark(#000, #fff) } } } \
                   .c { text-wrap: balance; font-variant-numeric: tabular-nums; min-inline-size: 0 } \
                   @container (inline-size > 30rem) { .d { display: grid } }";
        let minified = minify(css).unwrap();
        for kept in [
            "@view-transition",
            "@layer",
            "light-dark",
            "text-wrap:balance",
            "tabular-nums",
            "@container",
        ] {
            assert!(minified.contains(kept), "{kept} is missing in {minified}");
        }
    }
}
