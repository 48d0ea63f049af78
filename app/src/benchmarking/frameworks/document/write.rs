//! A framework as YAML that [`super::parse`] reads back to the same.

use std::fmt::Write;

use crate::benchmarking::rules::{Dimension, Framework, Indicator};

/// The document of a framework. `levels_en` is left out of an indicator that has no English descriptions at all.
pub fn write(framework: &Framework) -> String {
    let mut yaml = String::new();
    // Writing to a string can't fail.
    let _ = writeln!(yaml, "id: {}\nversion: {}", quoted(&framework.id), json(&framework.version));
    yaml.push_str("levels: [1, 2, 3, 4, 5]\n");
    heading(&mut yaml, "", "dimensions", framework.dimensions.is_empty());
    for dimension in &framework.dimensions {
        write_dimension(&mut yaml, dimension);
    }
    heading(&mut yaml, "", "grades", framework.grades.is_empty());
    for threshold in &framework.grades {
        let _ = writeln!(
            yaml,
            "  - {{grade: {}, total_min: {}, weakest_dimension_min: {}}}",
            threshold.grade, threshold.total_min, threshold.weakest_dimension_min
        );
    }
    yaml
}

fn heading(yaml: &mut String, indent: &str, name: &str, is_empty: bool) {
    let _ = writeln!(yaml, "{indent}{name}:{}", if is_empty { " []" } else { "" });
}

fn write_dimension(yaml: &mut String, dimension: &Dimension) {
    let _ = write!(
        yaml,
        "  - id: {}\n    name: {}\n    name_en: {}\n    weight: {}\n",
        quoted(&dimension.id),
        quoted(&dimension.name),
        quoted(&dimension.name_en),
        dimension.weight
    );
    heading(yaml, "    ", "indicators", dimension.indicators.is_empty());
    for indicator in &dimension.indicators {
        write_indicator(yaml, indicator);
    }
}

fn write_indicator(yaml: &mut String, indicator: &Indicator) {
    let _ = write!(
        yaml,
        "      - id: {}\n        name: {}\n        name_en: {}\n        weight: {}\n",
        quoted(&indicator.id),
        quoted(&indicator.name),
        quoted(&indicator.name_en),
        indicator.weight
    );
    let levels = &indicator.levels;
    write_levels(yaml, "levels", levels.iter().map(|level| &level.zh));
    if levels.iter().any(|level| !level.en.is_empty()) {
        write_levels(yaml, "levels_en", levels.iter().map(|level| &level.en));
    }
}

fn write_levels<'a>(yaml: &mut String, name: &str, levels: impl ExactSizeIterator<Item = &'a String>) {
    heading(yaml, "        ", name, levels.len() == 0);
    for level in levels {
        let _ = writeln!(yaml, "          - {}", quoted(level));
    }
}

/// A text as it stands where that can't be mistaken for anything else, and within quotation marks where it could.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '/' | '&' | '(' | ')' | ',' | ';' | '.' | '、' | '，' | '；');
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_text = text.starts_with(char::is_alphabetic)
        && !text.ends_with(' ')
        && text.chars().all(is_plain)
        && !words.contains(&text.to_ascii_lowercase().as_str());
    if is_text { text.to_owned() } else { json(text) }
}

/// Within quotation marks as in JSON, which YAML reads alike.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
