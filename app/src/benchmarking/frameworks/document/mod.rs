//! The YAML document of a framework: read with every fault at its line, and written.
//!
//! Compatible with the programme's first file: beside `levels`, the five descriptions in Chinese, an indicator may have
//! `levels_en` with the same in English.

mod tree;
mod write;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

pub use tree::LARGEST;
pub use write::write;

use self::tree::{Key, Node, Value};
use super::rules::{self, Field, Place};
use crate::benchmarking::rules::framework::LEVELS;
use crate::benchmarking::rules::{Dimension, Framework, Indicator, LevelText, Threshold};
use crate::error::Problem;

/// What is wrong on a line, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub line: usize,
    pub problem: Problem,
}

impl Fault {
    fn new(line: usize, problem: Problem) -> Self {
        Self { line, problem }
    }
}

/// The text of an uploaded file, without the byte order mark that Windows puts before it.
///
/// # Errors
/// The problem of a file in another encoding than UTF-8, or with signs that no text has.
pub fn decode(bytes: &[u8]) -> Result<&str, Problem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(Problem::new("frameworks-fault-encoding")),
    }
}

/// Reads a framework.
///
/// # Errors
/// Every fault, in the order of lines. When the signs themselves are no YAML, the first only.
pub fn parse(yaml: &str) -> Result<Framework, Vec<Fault>> {
    let yaml = yaml.strip_prefix('\u{FEFF}').unwrap_or(yaml);
    let root = tree::read(yaml).map_err(|fault| vec![fault])?;
    let Some(root) = root else {
        return Err(vec![Fault::new(1, Problem::new("frameworks-fault-empty"))]);
    };
    let mut reader = Reader::default();
    let framework = reader.framework(root);
    reader.judge(&framework);
    if reader.faults.is_empty() {
        return Ok(framework);
    }
    reader.faults.sort_by_key(|fault| fault.line);
    Err(reader.faults)
}

/// The entries of a map by name, and the line on which the map begins.
struct Entries {
    line: usize,
    by_name: BTreeMap<String, (usize, Node)>,
}

/// Reads part by part and keeps every fault. A part that is not there or has the wrong shape is read as empty, and marked
/// as broken so that nothing is said of it twice.
#[derive(Default)]
struct Reader {
    faults: Vec<Fault>,
    lines: BTreeMap<Place, usize>,
    broken: BTreeSet<Place>,
}

impl Reader {
    fn fault(&mut self, line: usize, key: &str, field: &str) {
        self.faults.push(Fault::new(line, Problem::new(key).with("field", field)));
    }

    /// Adds what the rules find to what the shape already told.
    fn judge(&mut self, framework: &Framework) {
        for finding in rules::faults(framework) {
            if !self.broken.contains(&finding.place) {
                let line = self.lines.get(&finding.place).copied().unwrap_or(1);
                self.faults.push(Fault::new(line, finding.problem));
            }
        }
    }

    fn framework(&mut self, root: Node) -> Framework {
        let mut entries = self.entries(root, "framework", &["id", "version", "levels", "dimensions", "grades"]);
        let id = self.text(&mut entries, "id", Place::Framework(Field::Id));
        let version = self.text(&mut entries, "version", Place::Framework(Field::Version));
        if let Some((line, node)) = entries.by_name.remove("levels") {
            self.level_numbers(line, &node);
        }
        let nodes = self.list(&mut entries, "dimensions", Place::Framework(Field::Parts));
        self.lines_of_sum(Place::Framework(Field::Parts), Place::Framework(Field::WeightSum));
        let dimensions = nodes.into_iter().enumerate().map(|(at, node)| self.dimension(at, node)).collect();
        let nodes = self.list(&mut entries, "grades", Place::Framework(Field::Grades));
        let grades = nodes.into_iter().enumerate().map(|(at, node)| self.threshold(at, node)).collect();
        Framework {
            id,
            version,
            dimensions,
            grades,
        }
    }

    fn dimension(&mut self, at: usize, node: Node) -> Dimension {
        let place = |field| Place::Dimension(at, field);
        let mut entries = self.entries(node, "dimension", &["id", "name", "name_en", "weight", "indicators"]);
        let id = self.text(&mut entries, "id", place(Field::Id));
        let name = self.text(&mut entries, "name", place(Field::Name));
        let name_en = self.text(&mut entries, "name_en", place(Field::NameEn));
        let weight = self.weight(&mut entries, place(Field::Weight), Place::Framework(Field::WeightSum));
        let nodes = self.list(&mut entries, "indicators", place(Field::Parts));
        self.lines_of_sum(place(Field::Parts), place(Field::WeightSum));
        let indicators = nodes
            .into_iter()
            .enumerate()
            .map(|(number, node)| self.indicator((at, number), node))
            .collect();
        Dimension {
            id,
            name,
            name_en,
            weight,
            indicators,
        }
    }

    fn indicator(&mut self, at: (usize, usize), node: Node) -> Indicator {
        let place = |field| Place::Indicator(at.0, at.1, field);
        let mut entries = self.entries(node, "indicator", &["id", "name", "name_en", "weight", "levels", "levels_en"]);
        let id = self.text(&mut entries, "id", place(Field::Id));
        let name = self.text(&mut entries, "name", place(Field::Name));
        let name_en = self.text(&mut entries, "name_en", place(Field::NameEn));
        let weight = self.weight(&mut entries, place(Field::Weight), Place::Dimension(at.0, Field::WeightSum));
        let chinese = self.list(&mut entries, "levels", place(Field::Levels));
        let zh = self.level_texts(chinese, "levels", |number| place(Field::Level(number)));
        let english = if entries.by_name.contains_key("levels_en") {
            self.list(&mut entries, "levels_en", place(Field::LevelsEn))
        } else {
            Vec::new()
        };
        if !english.is_empty() && english.len() != LEVELS {
            let line = self.lines.get(&place(Field::LevelsEn)).copied().unwrap_or(entries.line);
            self.faults
                .push(Fault::new(line, Problem::new("frameworks-levels-count").with("n", english.len())));
        }
        let en = self.level_texts(english, "levels_en", |number| place(Field::LevelEn(number)));
        let levels = zh
            .into_iter()
            .enumerate()
            .map(|(number, zh)| LevelText {
                zh,
                en: en.get(number).cloned().unwrap_or_default(),
            })
            .collect();
        Indicator {
            id,
            name,
            name_en,
            weight,
            levels,
        }
    }

    fn threshold(&mut self, at: usize, node: Node) -> Threshold {
        let place = |field| Place::Grade(at, field);
        let mut entries = self.entries(node, "grade", &["grade", "total_min", "weakest_dimension_min"]);
        // A grade beyond any is one of the wrong ones.
        let grade = self.number(&mut entries, "grade", place(Field::Itself)).unwrap_or(0);
        let total_min = self.number(&mut entries, "total_min", place(Field::TotalMin)).unwrap_or(0);
        let weakest = self.number(&mut entries, "weakest_dimension_min", place(Field::WeakestMin));
        if self.broken.contains(&place(Field::Itself)) {
            self.broken.insert(Place::Framework(Field::Grades));
        }
        Threshold {
            grade: u8::try_from(grade).unwrap_or(u8::MAX),
            total_min,
            weakest_dimension_min: weakest.unwrap_or(0),
        }
    }

    /// The framework's own `levels`: it is always the numbers from 1 to 5.
    fn level_numbers(&mut self, line: usize, node: &Node) {
        let numbers: Vec<&str> = match &node.value {
            Value::List(nodes) => nodes
                .iter()
                .map(|node| match &node.value {
                    Value::Text(text) => text.trim(),
                    _ => "",
                })
                .collect(),
            _ => Vec::new(),
        };
        if numbers != ["1", "2", "3", "4", "5"] {
            self.faults.push(Fault::new(line, Problem::new("frameworks-fault-levels")));
        }
    }

    fn level_texts(&mut self, nodes: Vec<Node>, name: &str, place: impl Fn(usize) -> Place) -> Vec<String> {
        let mut texts = Vec::new();
        for (number, node) in nodes.into_iter().enumerate() {
            self.lines.insert(place(number), node.line);
            if let Value::Text(text) = node.value {
                texts.push(tidy(&text));
            } else {
                self.broken.insert(place(number));
                self.fault(node.line, "frameworks-fault-text", name);
                texts.push(String::new());
            }
        }
        texts
    }

    /// A sum is spoken of where its parts begin, and not at all when one of its weights can't be read.
    fn lines_of_sum(&mut self, parts: Place, sum: Place) {
        if let Some(line) = self.lines.get(&parts) {
            self.lines.insert(sum, *line);
        }
    }

    fn entries(&mut self, node: Node, what: &str, known: &[&str]) -> Entries {
        let mut entries = Entries {
            line: node.line,
            by_name: BTreeMap::new(),
        };
        let Value::Map {
            in_braces,
            entries: mut found,
        } = node.value
        else {
            self.fault(node.line, "frameworks-fault-map", what);
            return entries;
        };
        if in_braces {
            found = with_commas(found, known);
        }
        for (key, value) in found {
            if !known.contains(&key.name.as_str()) {
                let name: String = key.name.chars().take(40).collect();
                self.fault(key.line, "frameworks-fault-unknown", &name);
                continue;
            }
            match entries.by_name.entry(key.name) {
                Entry::Vacant(free) => {
                    free.insert((key.line, value));
                }
                Entry::Occupied(taken) => self.fault(key.line, "frameworks-fault-twice", taken.key()),
            }
        }
        entries
    }

    /// The value of a field that has to be there.
    fn needed(&mut self, entries: &mut Entries, name: &str, place: Place) -> Option<Node> {
        if let Some((line, node)) = entries.by_name.remove(name) {
            self.lines.insert(place, line);
            return Some(node);
        }
        self.broken.insert(place);
        self.fault(entries.line, "frameworks-fault-missing", name);
        None
    }

    fn text(&mut self, entries: &mut Entries, name: &str, place: Place) -> String {
        let Some(node) = self.needed(entries, name, place) else {
            return String::new();
        };
        if let Value::Text(text) = node.value {
            return tidy(&text);
        }
        self.broken.insert(place);
        self.fault(node.line, "frameworks-fault-text", name);
        String::new()
    }

    fn number(&mut self, entries: &mut Entries, name: &str, place: Place) -> Option<u32> {
        let node = self.needed(entries, name, place)?;
        let number = match &node.value {
            Value::Text(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.broken.insert(place);
            self.fault(node.line, "frameworks-fault-number", name);
        }
        number
    }

    fn weight(&mut self, entries: &mut Entries, place: Place, sum: Place) -> u32 {
        let weight = self.number(entries, "weight", place);
        if weight.is_none() {
            self.broken.insert(sum);
        }
        weight.unwrap_or(0)
    }

    fn list(&mut self, entries: &mut Entries, name: &str, place: Place) -> Vec<Node> {
        let Some(node) = self.needed(entries, name, place) else {
            return Vec::new();
        };
        if let Value::List(nodes) = node.value {
            return nodes;
        }
        self.broken.insert(place);
        self.fault(node.line, "frameworks-fault-list", name);
        Vec::new()
    }
}

/// Within braces `{name_en: Risk, safety, environment, weight: 10}` reads as a name `Risk` and two fields without a value;
/// the programme's first file has such names. They are put together again.
fn with_commas(found: Vec<(Key, Node)>, known: &[&str]) -> Vec<(Key, Node)> {
    let mut entries: Vec<(Key, Node)> = Vec::new();
    for (key, node) in found {
        let is_rest = !known.contains(&key.name.as_str()) && matches!(&node.value, Value::Text(text) if text.is_empty());
        match entries.last_mut() {
            Some((
                _,
                Node {
                    value: Value::Text(text), ..
                },
            )) if is_rest => {
                text.push_str(", ");
                text.push_str(&key.name);
            }
            _ => entries.push((key, node)),
        }
    }
    entries
}

/// One line as it is kept: without blanks at its ends, and one where there were several.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
