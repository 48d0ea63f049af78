//! What differs between two versions, part by part, and which version number that asks for. Source: benchmarking.md,
//! *Rounds and versions*: a change of weights, of the set of indicators or of what a level says makes a new major version.
//! So does a change of the grades' thresholds, since a gate asks for a grade.

use super::rules::Version;
use crate::benchmarking::rules::{Dimension, Framework, Indicator, Threshold};
use crate::error::Problem;

/// What kind of part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Dimension,
    Indicator,
    Grade,
}

/// One value of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Name,
    NameEn,
    Weight,
    /// The dimension that an indicator belongs to.
    Dimension,
    /// A level's description, from 1.
    Level(usize),
    LevelEn(usize),
    TotalMin,
    WeakestMin,
}

/// A value before and after; none where the part is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub what: What,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Line {
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }
}

/// What became of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Same,
    Changed,
    Added,
    Removed,
}

/// A dimension, an indicator or a grade of either version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub kind: Kind,
    pub id: String,
    pub change: Change,
    pub lines: Vec<Line>,
}

/// What kind of change asks for a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    Weights,
    Indicators,
    Levels,
    Grades,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::Indicators => "indicators",
            Self::Levels => "levels",
            Self::Grades => "grades",
        }
    }
}

/// Two versions side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// In the order of the later version; what was removed stands last.
    pub parts: Vec<Part>,
    /// Parts that both have stand in another order.
    pub is_reordered: bool,
}

/// Compares two versions, part by part under its id.
pub fn compare(before: &Framework, after: &Framework) -> Difference {
    let dimensions = pair(&before.dimensions, &after.dimensions, |dimension| dimension.id.as_str());
    let (old, new): (Vec<Of>, Vec<Of>) = (before.indicators().collect(), after.indicators().collect());
    let indicators = pair(&old, &new, |(_, indicator)| indicator.id.as_str());
    let mut parts = Vec::new();
    for (old, new) in &dimensions {
        let Some(id) = new.or(*old).map(|dimension| &dimension.id) else {
            continue;
        };
        parts.push(part(Kind::Dimension, id, *old, *new, dimension_values));
        let here = indicators.iter().filter(|(old, new)| {
            let of = new.or(*old).map(|(dimension, _)| &dimension.id);
            of == Some(id)
        });
        for (old, new) in here {
            let Some(id) = new.or(*old).map(|(_, indicator)| &indicator.id) else {
                continue;
            };
            parts.push(part(Kind::Indicator, id, *old, *new, |(dimension, indicator)| {
                indicator_values(dimension, indicator)
            }));
        }
    }
    let grade = |threshold: &Threshold| threshold.grade.to_string();
    for (old, new) in pair(&before.grades, &after.grades, |threshold| threshold.grade) {
        let id = new.or(old).map(grade).unwrap_or_default();
        parts.push(part(Kind::Grade, &id, old, new, threshold_values));
    }
    Difference {
        parts,
        is_reordered: order(&dimensions, &before.dimensions) || order(&indicators, &old),
    }
}

/// An indicator with its dimension.
type Of<'a> = (&'a Dimension, &'a Indicator);
/// A part before and after.
type Pair<'a, T> = (Option<&'a T>, Option<&'a T>);

fn pair<'a, T, K: PartialEq>(before: &'a [T], after: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<Pair<'a, T>> {
    let old = |new: &'a T| before.iter().find(|old| key(old) == key(new));
    let mut pairs: Vec<Pair<'a, T>> = after.iter().map(|new| (old(new), Some(new))).collect();
    let removed = before.iter().filter(|old| !after.iter().any(|new| key(new) == key(old)));
    pairs.extend(removed.map(|old| (Some(old), None)));
    pairs
}

/// Whether the parts that both have, in the order of the later, are in another order than before.
fn order<T: PartialEq>(pairs: &[Pair<'_, T>], before: &[T]) -> bool {
    let place = |old: &T| before.iter().position(|other| other == old);
    let places: Vec<Option<usize>> = pairs
        .iter()
        .filter(|(_, new)| new.is_some())
        .filter_map(|(old, _)| old.map(place))
        .collect();
    !places.is_sorted()
}

type Values = Vec<(What, String)>;

fn dimension_values(dimension: &Dimension) -> Values {
    vec![
        (What::Name, dimension.name.clone()),
        (What::NameEn, dimension.name_en.clone()),
        (What::Weight, dimension.weight.to_string()),
    ]
}

fn indicator_values(dimension: &Dimension, indicator: &Indicator) -> Values {
    let mut values = vec![
        (What::Name, indicator.name.clone()),
        (What::NameEn, indicator.name_en.clone()),
        (What::Dimension, dimension.id.clone()),
        (What::Weight, indicator.weight.to_string()),
    ];
    for (level, text) in (1..).zip(&indicator.levels) {
        values.push((What::Level(level), text.zh.clone()));
        values.push((What::LevelEn(level), text.en.clone()));
    }
    values
}

fn threshold_values(threshold: &Threshold) -> Values {
    vec![
        (What::TotalMin, threshold.total_min.to_string()),
        (What::WeakestMin, threshold.weakest_dimension_min.to_string()),
    ]
}

fn part<T>(kind: Kind, id: &str, old: Option<&T>, new: Option<&T>, values: impl Fn(&T) -> Values) -> Part {
    let (before, after) = (old.map(&values), new.map(&values));
    let has = |side: &Option<Values>, what: What| {
        let values = side.as_ref()?;
        values.iter().find(|(own, _)| *own == what).map(|(_, value)| value.clone())
    };
    let longest = if after.as_ref().map_or(0, Vec::len) >= before.as_ref().map_or(0, Vec::len) {
        &after
    } else {
        &before
    };
    let lines: Vec<Line> = longest
        .iter()
        .flatten()
        .map(|(what, _)| Line {
            what: *what,
            before: has(&before, *what),
            after: has(&after, *what),
        })
        .collect();
    let change = match (old, new) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ if lines.iter().any(Line::is_changed) => Change::Changed,
        _ => Change::Same,
    };
    Part {
        kind,
        id: id.to_owned(),
        change,
        lines,
    }
}

impl Difference {
    pub fn is_none(&self) -> bool {
        !self.is_reordered && self.parts.iter().all(|part| part.change == Change::Same)
    }

    /// Why the later version measures something else; empty where it only says the same in other names or better English.
    pub fn reasons(&self) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = self.parts.iter().flat_map(reasons_of).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }
}

fn reasons_of(part: &Part) -> Vec<Reason> {
    if part.kind == Kind::Grade {
        return if part.change == Change::Same { Vec::new() } else { vec![Reason::Grades] };
    }
    if matches!(part.change, Change::Added | Change::Removed) {
        return vec![Reason::Indicators];
    }
    let changed = part.lines.iter().filter(|line| line.is_changed());
    changed
        .filter_map(|line| match line.what {
            What::Weight => Some(Reason::Weights),
            What::Dimension => Some(Reason::Indicators),
            // The Chinese text is the one that is measured by; English may be improved.
            What::Level(_) => Some(Reason::Levels),
            _ => None,
        })
        .collect()
}

/// Why a draft can't be published under its number after the latest published version; none when it can.
pub fn version_problem(latest: &Framework, draft: &Framework) -> Option<Problem> {
    let (old, new) = (Version::parse(&latest.version)?, Version::parse(&draft.version)?);
    if new <= old {
        return Some(Problem::new("frameworks-version-not-higher").with("version", new).with("latest", old));
    }
    let needs_major = !compare(latest, draft).reasons().is_empty();
    (needs_major && new.major == old.major).then(|| Problem::new("frameworks-needs-major").with("latest", old).with("major", old.next_major()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarking::frameworks::default;

    fn versions(change: impl FnOnce(&mut Framework)) -> (Framework, Framework) {
        let before = default::framework().expect("the default framework is sound");
        let mut after = before.clone();
        after.version = "1.1".to_owned();
        change(&mut after);
        (before, after)
    }

    fn reasons(change: impl FnOnce(&mut Framework)) -> Vec<Reason> {
        let (before, after) = versions(change);
        let found = compare(&before, &after).reasons();
        let problem = version_problem(&before, &after).map(|problem| problem.key);
        let expected = (!found.is_empty()).then(|| "frameworks-needs-major".to_owned());
        assert_eq!(problem, expected, "1.1 is refused for what needs 2.0, and only for that");
        found
    }

    #[test]
    fn what_is_measured_asks_for_a_major_version() {
        assert_eq!(reasons(|_| ()), []);
        assert_eq!(reasons(|after| after.dimensions[0].name = "管理".to_owned()), []);
        assert_eq!(reasons(|after| after.dimensions[0].indicators[0].name_en = "Governance".to_owned()), []);
        assert_eq!(
            reasons(|after| after.dimensions[0].indicators[0].levels[0].en = "One decides".to_owned()),
            []
        );
        assert_eq!(reasons(|after| after.dimensions.swap(0, 1)), []);
        assert_eq!(
            reasons(|after| after.dimensions[0].indicators[0].levels[0].zh = "老板拍板".to_owned()),
            [Reason::Levels]
        );
        assert_eq!(reasons(|after| after.dimensions[3].weight = 21), [Reason::Weights]);
        assert_eq!(reasons(|after| after.dimensions[0].indicators[1].weight = 21), [Reason::Weights]);
        assert_eq!(reasons(|after| after.grades[0].total_min = 26), [Reason::Grades]);
        assert_eq!(
            reasons(|after| {
                after.dimensions[0].indicators.remove(2);
            }),
            [Reason::Indicators]
        );
        assert_eq!(
            reasons(|after| {
                let moved = after.dimensions[0].indicators.remove(2);
                after.dimensions[1].indicators.push(moved);
            }),
            [Reason::Indicators]
        );
        assert_eq!(
            reasons(|after| after.dimensions[2].indicators[0].id = "C9".to_owned()),
            [Reason::Indicators]
        );
    }

    #[test]
    fn a_version_is_higher_than_the_latest() {
        for (version, expected) in [
            ("1.0", Some("frameworks-version-not-higher")),
            ("1.1", None),
            ("1.10", None),
            ("2.0", None),
        ] {
            let (before, after) = versions(|after| after.version = version.to_owned());
            let problem = version_problem(&before, &after).map(|problem| problem.key);
            assert_eq!(problem.as_deref(), expected, "{version}");
        }
        let (before, after) = versions(|after| {
            after.version = "2.0".to_owned();
            after.dimensions[0].weight = 40;
        });
        assert_eq!(version_problem(&before, &after), None, "a major version may change everything");
    }

    #[test]
    fn each_changed_value_stands_beside_the_old_one() {
        let (before, after) = versions(|after| {
            after.dimensions[1].indicators[1].levels[4].zh = "智能决策".to_owned();
            after.dimensions[1].indicators.remove(0);
        });
        let difference = compare(&before, &after);
        assert!(!difference.is_none() && !difference.is_reordered);
        let changed: Vec<(&str, Change)> = difference
            .parts
            .iter()
            .filter(|part| part.change != Change::Same)
            .map(|part| (part.id.as_str(), part.change))
            .collect();
        assert_eq!(changed, [("B2", Change::Changed), ("B1", Change::Removed)]);
        let part = difference.parts.iter().find(|part| part.id == "B2").expect("B2");
        let lines: Vec<&Line> = part.lines.iter().filter(|line| line.is_changed()).collect();
        let expected = Line {
            what: What::Level(5),
            before: Some("智能协同决策".to_owned()),
            after: Some("智能决策".to_owned()),
        };
        assert_eq!(lines, [&expected]);
    }

    #[test]
    fn another_order_is_told() {
        let (before, after) = versions(|after| after.dimensions[0].indicators.swap(0, 1));
        let difference = compare(&before, &after);
        assert!(difference.is_reordered && !difference.is_none());
        assert!(compare(&before, &before).is_none());
    }
}
