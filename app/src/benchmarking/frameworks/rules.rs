//! What makes a framework fit to measure by, and what kind of version a change asks for. Source: benchmarking.md,
//! *Scores* and *Rounds and versions*.

use std::collections::BTreeSet;

use crate::accounts::rules::{TextFault, line};
use crate::benchmarking::rules::framework::LEVELS;
use crate::benchmarking::rules::{Dimension, Framework, Indicator, LevelText, Threshold};
use crate::error::Problem;

crate::words! {
    /// The life of a version: a draft is edited, a published one never changes, a retired one pins no new round.
    pub enum FrameworkState {
        Draft = "draft",
        Published = "published",
        Retired = "retired",
    }
}

/// The most dimensions of a framework, and the most indicators of a dimension: what a firm can still answer in a day.
pub const MOST_DIMENSIONS: usize = 12;
pub const MOST_INDICATORS: usize = 20;
/// The longest id of a dimension or an indicator, such as `A1`.
pub const LONGEST_ID: usize = 8;
/// The longest id of a framework, such as `heluo`.
pub const LONGEST_FRAMEWORK_ID: usize = 32;
/// The longest name in characters, Chinese and English: English takes about three times the letters.
pub const LONGEST_NAME: usize = 40;
pub const LONGEST_NAME_EN: usize = 120;
/// The longest description of a level in characters.
pub const LONGEST_LEVEL: usize = 120;
pub const LONGEST_LEVEL_EN: usize = 300;
/// Weights are percent: those side by side sum to this.
pub const WHOLE: u32 = 100;
/// Grade 1 is the floor; these are climbed to.
pub const GRADES: [u8; 4] = [2, 3, 4, 5];

/// A part of a framework, by its place from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Framework(Field),
    Dimension(usize, Field),
    /// An indicator of a dimension.
    Indicator(usize, usize, Field),
    Grade(usize, Field),
}

/// What of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Itself,
    Id,
    Version,
    Name,
    NameEn,
    Weight,
    /// What stands one step below: the dimensions, or a dimension's indicators.
    Parts,
    /// The sum of the weights one step below.
    WeightSum,
    Levels,
    LevelsEn,
    /// One level's description, from 0.
    Level(usize),
    LevelEn(usize),
    Grades,
    TotalMin,
    WeakestMin,
}

/// Something that is wrong with a part of a framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub place: Place,
    pub problem: Problem,
}

fn found(findings: &mut Vec<Finding>, place: Place, problem: Problem) {
    findings.push(Finding { place, problem });
}

/// Everything that keeps a framework from being measured by, in its own order. English descriptions of levels may be
/// empty here: [`untranslated`] counts them.
pub fn faults(framework: &Framework) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !is_framework_id(&framework.id) {
        let problem = Problem::new("frameworks-framework-id-form").with("max", LONGEST_FRAMEWORK_ID);
        found(&mut findings, Place::Framework(Field::Id), problem);
    }
    if Version::parse(&framework.version).is_none() {
        found(&mut findings, Place::Framework(Field::Version), Problem::new("frameworks-version-form"));
    }
    let dimensions = &framework.dimensions;
    count(
        &mut findings,
        Place::Framework(Field::Parts),
        dimensions.len(),
        MOST_DIMENSIONS,
        "dimensions",
    );
    let weights: Vec<u32> = dimensions.iter().map(|dimension| dimension.weight).collect();
    if let Some(sum) = wrong_sum(&weights) {
        let problem = Problem::new("frameworks-dimensions-sum").with("sum", sum);
        found(&mut findings, Place::Framework(Field::WeightSum), problem);
    }
    let mut dimension_ids = BTreeSet::new();
    let mut indicator_ids = BTreeSet::new();
    for (at, dimension) in dimensions.iter().enumerate() {
        check_dimension(&mut findings, &mut dimension_ids, at, dimension);
        for (number, indicator) in dimension.indicators.iter().enumerate() {
            check_indicator(&mut findings, &mut indicator_ids, (at, number), indicator);
        }
    }
    check_grades(&mut findings, &framework.grades);
    findings
}

fn count(findings: &mut Vec<Finding>, place: Place, n: usize, most: usize, parts: &str) {
    if n == 0 {
        found(findings, place, Problem::new(&format!("frameworks-no-{parts}")));
    } else if n > most {
        found(findings, place, Problem::new(&format!("frameworks-many-{parts}")).with("max", most));
    }
}

/// The sum of weights side by side, where it isn't what it should be; none of nothing.
fn wrong_sum(weights: &[u32]) -> Option<u64> {
    let sum: u64 = weights.iter().copied().map(u64::from).sum();
    (!weights.is_empty() && sum != u64::from(WHOLE)).then_some(sum)
}

fn check_dimension(findings: &mut Vec<Finding>, taken: &mut BTreeSet<String>, at: usize, dimension: &Dimension) {
    let place = |field| Place::Dimension(at, field);
    check_id(findings, taken, place(Field::Id), &dimension.id);
    check_text(findings, place(Field::Name), &dimension.name, LONGEST_NAME);
    check_text(findings, place(Field::NameEn), &dimension.name_en, LONGEST_NAME_EN);
    check_weight(findings, place(Field::Weight), dimension.weight);
    count(findings, place(Field::Parts), dimension.indicators.len(), MOST_INDICATORS, "indicators");
    let weights: Vec<u32> = dimension.indicators.iter().map(|indicator| indicator.weight).collect();
    if let Some(sum) = wrong_sum(&weights) {
        let problem = Problem::new("frameworks-indicators-sum")
            .with("dimension", &dimension.id)
            .with("sum", sum);
        found(findings, place(Field::WeightSum), problem);
    }
}

fn check_indicator(findings: &mut Vec<Finding>, taken: &mut BTreeSet<String>, at: (usize, usize), indicator: &Indicator) {
    let place = |field| Place::Indicator(at.0, at.1, field);
    check_id(findings, taken, place(Field::Id), &indicator.id);
    check_text(findings, place(Field::Name), &indicator.name, LONGEST_NAME);
    check_text(findings, place(Field::NameEn), &indicator.name_en, LONGEST_NAME_EN);
    check_weight(findings, place(Field::Weight), indicator.weight);
    if indicator.levels.len() != LEVELS {
        found(
            findings,
            place(Field::Levels),
            Problem::new("frameworks-levels-count").with("n", indicator.levels.len()),
        );
    }
    for (number, level) in indicator.levels.iter().enumerate() {
        check_text(findings, place(Field::Level(number)), &level.zh, LONGEST_LEVEL);
        if !level.en.is_empty() {
            check_text(findings, place(Field::LevelEn(number)), &level.en, LONGEST_LEVEL_EN);
        }
    }
}

fn check_id(findings: &mut Vec<Finding>, taken: &mut BTreeSet<String>, place: Place, id: &str) {
    if !is_id(id) {
        found(findings, place, Problem::new("frameworks-id-form").with("max", LONGEST_ID));
    } else if !taken.insert(id.to_ascii_uppercase()) {
        found(findings, place, Problem::new("frameworks-id-twice").with("id", id));
    }
}

fn check_text(findings: &mut Vec<Finding>, place: Place, text: &str, longest: usize) {
    let problem = match line(text, longest) {
        Ok(_) => return,
        Err(TextFault::Missing) => Problem::new("frameworks-text-missing"),
        Err(TextFault::TooLong) => Problem::new("frameworks-text-long").with("max", longest),
        Err(TextFault::Unprintable) => Problem::new("frameworks-text-unprintable"),
    };
    found(findings, place, problem);
}

fn check_weight(findings: &mut Vec<Finding>, place: Place, weight: u32) {
    if !(1..=WHOLE).contains(&weight) {
        found(findings, place, Problem::new("frameworks-weight-range"));
    }
}

fn check_grades(findings: &mut Vec<Finding>, grades: &[Threshold]) {
    if !grades.iter().map(|threshold| threshold.grade).eq(GRADES) {
        found(findings, Place::Framework(Field::Grades), Problem::new("frameworks-grades-form"));
    }
    for (at, threshold) in grades.iter().enumerate() {
        for (field, points) in [
            (Field::TotalMin, threshold.total_min),
            (Field::WeakestMin, threshold.weakest_dimension_min),
        ] {
            if points > WHOLE {
                found(findings, Place::Grade(at, field), Problem::new("frameworks-points-range"));
            }
        }
        let Some(before) = at.checked_sub(1).and_then(|before| grades.get(before)) else {
            continue;
        };
        if threshold.total_min <= before.total_min {
            found(findings, Place::Grade(at, Field::TotalMin), Problem::new("frameworks-grades-rise"));
        }
        if threshold.weakest_dimension_min < before.weakest_dimension_min {
            found(findings, Place::Grade(at, Field::WeakestMin), Problem::new("frameworks-grades-fall"));
        }
    }
}

/// Descriptions of levels that have no English yet: a published framework is read in both languages.
pub fn untranslated(framework: &Framework) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, dimension) in framework.dimensions.iter().enumerate() {
        for (number, indicator) in dimension.indicators.iter().enumerate() {
            for (level, text) in indicator.levels.iter().enumerate() {
                if text.en.trim().is_empty() {
                    let place = Place::Indicator(at, number, Field::LevelEn(level));
                    found(&mut findings, place, Problem::new("frameworks-english-missing"));
                }
            }
        }
    }
    findings
}

/// Everything that keeps a draft from being published.
pub fn unfinished(framework: &Framework) -> Vec<Finding> {
    let mut findings = faults(framework);
    findings.extend(untranslated(framework));
    findings
}

/// An id of a dimension or indicator: a letter, then letters and digits.
pub fn is_id(id: &str) -> bool {
    id.len() <= LONGEST_ID && id.starts_with(|c: char| c.is_ascii_alphabetic()) && id.chars().all(|c| c.is_ascii_alphanumeric())
}

/// An id of a framework: small letters, digits and hyphens, a letter first.
pub fn is_framework_id(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    id.len() <= LONGEST_FRAMEWORK_ID && id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(fits)
}

/// A version `major.minor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
}

impl Version {
    /// Two numbers of at most four digits without leading zeros; the first is at least 1.
    pub fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let number = |digits: &str| {
            let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            let leads = digits.len() > 1 && digits.starts_with('0');
            (plain && !leads).then(|| digits.parse().ok()).flatten()
        };
        let version = Self {
            major: number(major)?,
            minor: number(minor)?,
        };
        (version.major > 0).then_some(version)
    }

    /// The next version that may change what is measured.
    #[must_use]
    pub fn next_major(self) -> Self {
        Self {
            major: self.major + 1,
            minor: 0,
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What is done to a list of parts: dimensions of a framework, indicators of a dimension. Places count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing: what was typed is kept.
    Save,
    /// One more at the end.
    Add,
    Up(usize),
    Down(usize),
    Remove(usize),
}

impl Step {
    /// Reads a button's word such as `up-2`; anything else saves.
    pub fn parse(word: &str) -> Self {
        let at = |number: &str| number.parse().ok();
        match word.split_once('-') {
            None if word == "add" => Self::Add,
            Some(("up", number)) => at(number).map_or(Self::Save, Self::Up),
            Some(("down", number)) => at(number).map_or(Self::Save, Self::Down),
            Some(("remove", number)) => at(number).map_or(Self::Save, Self::Remove),
            _ => Self::Save,
        }
    }

    /// Does it to a list; `new` makes one more. What is not there is left alone.
    pub fn apply<T>(self, parts: &mut Vec<T>, new: impl FnOnce(&[T]) -> T) {
        match self {
            Self::Add => {
                let part = new(parts);
                parts.push(part);
            }
            Self::Up(at) if at > 0 && at < parts.len() => parts.swap(at, at - 1),
            Self::Down(at) if at + 1 < parts.len() => parts.swap(at, at + 1),
            Self::Remove(at) if at < parts.len() => {
                parts.remove(at);
            }
            Self::Save | Self::Up(_) | Self::Down(_) | Self::Remove(_) => {}
        }
    }
}

/// A new dimension under the first free letter.
pub fn new_dimension(framework: &Framework) -> Dimension {
    let taken = |id: &str| framework.dimensions.iter().any(|dimension| dimension.id.eq_ignore_ascii_case(id));
    let letters = ('A'..='Z').map(String::from);
    Dimension {
        id: letters.into_iter().find(|id| !taken(id)).unwrap_or_default(),
        name: String::new(),
        name_en: String::new(),
        weight: 0,
        indicators: Vec::new(),
    }
}

/// A new indicator under the dimension's id and the first free number.
pub fn new_indicator(framework: &Framework, dimension: &str) -> Indicator {
    let taken = |id: &str| framework.indicators().any(|(_, indicator)| indicator.id.eq_ignore_ascii_case(id));
    let stem: String = dimension.chars().take(LONGEST_ID - 3).collect();
    let ids = (1..=999).map(|number| format!("{stem}{number}"));
    Indicator {
        id: ids.into_iter().find(|id| !taken(id)).unwrap_or_default(),
        name: String::new(),
        name_en: String::new(),
        weight: 0,
        levels: vec![
            LevelText {
                zh: String::new(),
                en: String::new(),
            };
            LEVELS
        ],
    }
}
