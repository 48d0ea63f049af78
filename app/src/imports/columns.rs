//! Which column of a table means what.

use std::collections::HashSet;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a column can mean; most often an enumeration made by `words!`.
pub trait Field: Copy + Eq + Serialize + DeserializeOwned + 'static {
    /// Every field, in the order of the template.
    fn all() -> &'static [Self];

    /// The word in the database and in forms.
    fn word(self) -> &'static str;

    /// Without these columns no row can be taken.
    fn is_required(self) -> bool;

    /// Headings by which people call the column, lower case and without spaces.
    fn headings(self) -> &'static [&'static str];
}

/// Which column of the file holds which field; at most one each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "F: Field")]
pub struct Columns<F>(Vec<(F, usize)>);

impl<F> Default for Columns<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: Field> Columns<F> {
    /// Matches headings by name: the first column whose heading is known wins.
    pub fn guess(headers: &[String]) -> Self {
        let plain: Vec<String> = headers.iter().map(|heading| plain(heading)).collect();
        let find = |field: &F| {
            let exact = plain.iter().position(|heading| field.headings().contains(&heading.as_str()));
            exact.map(|column| (*field, column))
        };
        Self(F::all().iter().filter_map(find).collect())
    }

    /// Columns chosen by hand; a column chosen for two fields keeps the first.
    pub fn chosen(choices: &[(F, usize)]) -> Self {
        let mut columns: Vec<(F, usize)> = Vec::new();
        for (field, column) in choices {
            if columns.iter().all(|(taken, at)| taken != field && at != column) {
                columns.push((*field, *column));
            }
        }
        Self(columns)
    }

    pub fn of(&self, field: F) -> Option<usize> {
        self.0.iter().find(|(known, _)| *known == field).map(|(_, column)| *column)
    }

    /// Required fields that no column holds yet.
    pub fn missing(&self) -> Vec<F> {
        F::all()
            .iter()
            .copied()
            .filter(|field| field.is_required() && self.of(*field).is_none())
            .collect()
    }

    /// What a stored row holds for a field; empty where no column does.
    pub fn cell<'a>(&self, cells: &'a [String], field: F) -> &'a str {
        self.of(field).and_then(|column| cells.get(column)).map_or("", String::as_str)
    }
}

/// A heading, or a word of a list, without spaces, stars, hints in brackets and capital letters.
pub fn plain(heading: &str) -> String {
    let known: String = heading
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊' | ':' | '：' | '_'))
        .collect();
    known
        .to_lowercase()
        .replace("（必填）", "")
        .replace("(必填)", "")
        .replace("（选填）", "")
        .replace("(选填)", "")
}

/// One fault of one cell, for a reason of the slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault<F, R> {
    pub row: usize,
    pub field: F,
    pub typed: String,
    pub reason: R,
}

/// Rows with at least one fault.
pub fn faulty_rows<F, R>(faults: &[Fault<F, R>]) -> HashSet<usize> {
    faults.iter().map(|fault| fault.row).collect()
}
