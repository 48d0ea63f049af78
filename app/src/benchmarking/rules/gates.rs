//! What must hold at each gate (关口), as conditions with what is there and what is asked. Nobody passes a gate by any other
//! way than these, the city included.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::evidence::is_within;
use super::exact::{self, Exact, ratio, whole};
use super::framework::Framework;
use super::gap::{gap, largest, weight};
use super::level::{Answer, Answers, Level, answer_to};
use super::score::Score;

/// A benchmark's levels may be so many months old.
pub const BENCHMARK_MONTHS: u32 = 24;
/// So many dimensions the benchmark must reach.
pub const BENCHMARK_DIMENSIONS: i64 = 3;
/// Percent of the weight that the benchmark must cover.
pub const BENCHMARK_WEIGHT: i128 = 60;
/// So many of the largest gaps need a root cause.
pub const CAUSES: usize = 5;
pub const TARGETS: i64 = 3;
pub const TARGET_DIMENSIONS: i64 = 2;
/// Percent of the weighted actions that must be done.
pub const COMPLETION: i128 = 80;
/// Percent of the actions that may be cancelled.
pub const CANCELLED: i128 = 20;
/// Days that an action of the first priority may be late.
pub const DAYS_LATE: i64 = 30;
/// Percent of what was aimed at that must be reached.
pub const CLOSURE: i128 = 70;
/// Points by which the total must rise, unless the grade rises.
pub const TOTAL_RISE: i128 = 5;
pub const GRADE_RISE: i64 = 1;
/// Points by which no dimension may fall further.
pub const DIMENSION_FALL: i128 = 5;
/// Percent of the closed actions that must be written into the firm's rules.
pub const WRITTEN_IN: i128 = 80;

/// Which condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Profile,
    SelfAssessment,
    SelfAssessmentSubmitted,
    PrimaryBenchmark,
    BenchmarkDated,
    BenchmarkDimensions,
    BenchmarkWeight,
    Verified,
    RootCauses,
    Targets,
    TargetDimensions,
    TargetActions,
    Completion,
    Cancelled,
    Late,
    DoneProved,
    Reassessed,
    Closure,
    Rise,
    DimensionFall,
    WrittenIn,
}

impl Kind {
    pub const ALL: [Self; 21] = [
        Self::Profile,
        Self::SelfAssessment,
        Self::SelfAssessmentSubmitted,
        Self::PrimaryBenchmark,
        Self::BenchmarkDated,
        Self::BenchmarkDimensions,
        Self::BenchmarkWeight,
        Self::Verified,
        Self::RootCauses,
        Self::Targets,
        Self::TargetDimensions,
        Self::TargetActions,
        Self::Completion,
        Self::Cancelled,
        Self::Late,
        Self::DoneProved,
        Self::Reassessed,
        Self::Closure,
        Self::Rise,
        Self::DimensionFall,
        Self::WrittenIn,
    ];

    /// The word in recorded figures and in the keys of texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::SelfAssessment => "self_assessment",
            Self::SelfAssessmentSubmitted => "self_assessment_submitted",
            Self::PrimaryBenchmark => "primary_benchmark",
            Self::BenchmarkDated => "benchmark_dated",
            Self::BenchmarkDimensions => "benchmark_dimensions",
            Self::BenchmarkWeight => "benchmark_weight",
            Self::Verified => "verified",
            Self::RootCauses => "root_causes",
            Self::Targets => "targets",
            Self::TargetDimensions => "target_dimensions",
            Self::TargetActions => "target_actions",
            Self::Completion => "completion",
            Self::Cancelled => "cancelled",
            Self::Late => "late",
            Self::DoneProved => "done_proved",
            Self::Reassessed => "reassessed",
            Self::Closure => "closure",
            Self::Rise => "rise",
            Self::DimensionFall => "dimension_fall",
            Self::WrittenIn => "written_in",
        }
    }

    /// Whether what is there must not be more than what is asked; for the others it must not be less.
    pub fn is_ceiling(self) -> bool {
        matches!(self, Self::Cancelled | Self::Late | Self::DimensionFall)
    }
}

/// A figure of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    Count(i64),
    /// A share of 0 to 1.
    Share(#[serde(with = "exact::as_text")] Exact),
    /// Points of a score.
    Points(#[serde(with = "exact::as_text")] Exact),
    Days(i64),
    Truth(bool),
    /// The total up by points, or the grade by grades: one of them is enough.
    Rise {
        #[serde(with = "exact::as_text")]
        points: Exact,
        grades: i64,
    },
    /// There is nothing to measure yet.
    Nothing,
}

/// One condition of a gate at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub kind: Kind,
    pub is_met: bool,
    pub have: Figure,
    pub need: Figure,
    /// What stands in the way, by id: fields, indicators, dimensions or actions.
    pub lacking: Vec<String>,
}

impl Condition {
    /// By how much it fails, in the unit of its figures; none where it is met or has no measure.
    pub fn short_by(&self) -> Option<Figure> {
        if self.is_met {
            return None;
        }
        match (&self.have, &self.need) {
            (Figure::Count(have), Figure::Count(need)) => Some(Figure::Count((need - have).abs())),
            (Figure::Days(have), Figure::Days(need)) => Some(Figure::Days((need - have).abs())),
            (Figure::Share(have), Figure::Share(need)) => Some(Figure::Share(distance(*have, *need))),
            (Figure::Points(have), Figure::Points(need)) => Some(Figure::Points(distance(*have, *need))),
            (Figure::Rise { points: have, grades: got }, Figure::Rise { points: need, grades }) => Some(Figure::Rise {
                points: distance(*have, *need),
                grades: grades - got,
            }),
            _ => None,
        }
    }
}

fn distance(one: Exact, other: Exact) -> Exact {
    (one - other).max(other - one)
}

/// Whether every condition is met: the gate may be passed.
pub fn is_open(conditions: &[Condition]) -> bool {
    !conditions.is_empty() && conditions.iter().all(|condition| condition.is_met)
}

fn count(kind: Kind, have: i64, need: i64, lacking: Vec<String>) -> Condition {
    Condition {
        kind,
        is_met: have >= need,
        have: Figure::Count(have),
        need: Figure::Count(need),
        lacking,
    }
}

fn truth(kind: Kind, is_met: bool) -> Condition {
    Condition {
        kind,
        is_met,
        have: Figure::Truth(is_met),
        need: Figure::Truth(true),
        lacking: Vec::new(),
    }
}

/// A share that must reach so many percent; there being nothing to share is not enough.
fn share(kind: Kind, have: Option<Exact>, percent: i128, lacking: Vec<String>) -> Condition {
    let need = ratio(percent, 100);
    Condition {
        kind,
        is_met: have.is_some_and(|have| have >= need),
        have: have.map_or(Figure::Nothing, Figure::Share),
        need: Figure::Share(need),
        lacking,
    }
}

fn length<T>(of: &[T]) -> i64 {
    i64::try_from(of.len()).unwrap_or(i64::MAX)
}

/// One level of the primary benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenchmarkLevel {
    pub indicator: String,
    pub has_source: bool,
    pub dated_on: NaiveDate,
}

/// What the gate 寻标 looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeekFacts {
    /// How many fields a profile has.
    pub profile_fields: i64,
    /// Fields of the profile that are empty, by name.
    pub profile_empty: Vec<String>,
    /// The firm's own answers of the current round.
    pub own: Answers,
    /// The self-assessment was handed in and is not back with the firm.
    pub is_submitted: bool,
    /// How many primary benchmarks the firm has: one, or none.
    pub primary_benchmarks: i64,
    /// The levels of the primary benchmark.
    pub levels: Vec<BenchmarkLevel>,
    pub today: NaiveDate,
}

/// 寻标: profile complete; self-assessment complete; one primary benchmark with source and date at most 24 months old; its
/// levels cover at least 3 dimensions and 60 % of the weight.
pub fn seek(framework: &Framework, facts: &SeekFacts) -> Vec<Condition> {
    let missing: Vec<String> = indicators(framework)
        .filter(|indicator| answer_to(&facts.own, indicator).is_missing())
        .collect();
    let all = length(&indicators(framework).collect::<Vec<_>>());
    let levels: Vec<&BenchmarkLevel> = facts
        .levels
        .iter()
        .filter(|level| framework.indicator(&level.indicator).is_some())
        .collect();
    let covered: BTreeSet<&str> = levels.iter().map(|level| level.indicator.as_str()).collect();
    vec![
        count(
            Kind::Profile,
            facts.profile_fields - length(&facts.profile_empty),
            facts.profile_fields,
            facts.profile_empty.clone(),
        ),
        count(Kind::SelfAssessment, all - length(&missing), all, missing),
        truth(Kind::SelfAssessmentSubmitted, facts.is_submitted),
        Condition {
            is_met: facts.primary_benchmarks == 1,
            ..count(Kind::PrimaryBenchmark, facts.primary_benchmarks, 1, Vec::new())
        },
        benchmark_dated(&levels, facts.today),
        benchmark_dimensions(framework, &covered),
        share(
            Kind::BenchmarkWeight,
            Some(covered_weight(framework, &covered)),
            BENCHMARK_WEIGHT,
            indicators(framework).filter(|id| !covered.contains(id.as_str())).collect(),
        ),
    ]
}

/// Each level that the benchmark is used for has its source and a date in the last 24 months.
fn benchmark_dated(levels: &[&BenchmarkLevel], today: NaiveDate) -> Condition {
    let outdated: Vec<String> = levels
        .iter()
        .filter(|level| !level.has_source || !is_within(level.dated_on, today, BENCHMARK_MONTHS))
        .map(|level| level.indicator.clone())
        .collect();
    // Without a single level there is nothing that could be in date.
    let need = length(levels).max(1);
    count(Kind::BenchmarkDated, length(levels) - length(&outdated), need, outdated)
}

fn benchmark_dimensions(framework: &Framework, covered: &BTreeSet<&str>) -> Condition {
    let untouched: Vec<String> = framework
        .dimensions
        .iter()
        .filter(|dimension| !dimension.indicators.iter().any(|indicator| covered.contains(indicator.id.as_str())))
        .map(|dimension| dimension.id.clone())
        .collect();
    let have = length(&framework.dimensions) - length(&untouched);
    count(Kind::BenchmarkDimensions, have, BENCHMARK_DIMENSIONS, untouched)
}

fn covered_weight(framework: &Framework, covered: &BTreeSet<&str>) -> Exact {
    let total: Exact = indicators(framework).map(|id| weight(framework, &id)).sum();
    let have: Exact = covered.iter().map(|id| weight(framework, id)).sum();
    if total > whole(0) { have / total } else { whole(0) }
}

fn indicators(framework: &Framework) -> impl Iterator<Item = String> {
    framework.indicators().map(|(_, indicator)| indicator.id.clone())
}

/// What the gate 对标 looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompareFacts {
    /// The verified answers of the current round.
    pub verified: Answers,
    /// The primary benchmark's levels.
    pub benchmark: BTreeMap<String, Level>,
    /// Indicators whose root cause is written down.
    pub causes: BTreeSet<String>,
    pub targets: BTreeMap<String, Level>,
    /// Indicators with at least one action, not cancelled, that has owner, due date, deliverable and resources.
    pub planned: BTreeSet<String>,
}

/// 对标: every indicator verified; a root cause for each of the five largest gaps, or all if there are fewer; at least 3
/// targets in at least 2 dimensions; for every target an action with owner, due date, deliverable and resources.
///
/// Only a target above the verified level is one: the others ask for nothing.
pub fn compare(framework: &Framework, facts: &CompareFacts) -> Vec<Condition> {
    let all: Vec<String> = indicators(framework).collect();
    let unverified: Vec<String> = all.iter().filter(|id| answer_to(&facts.verified, id).is_missing()).cloned().collect();
    let gaps = largest(framework, &gaps(framework, &facts.verified, &facts.benchmark), CAUSES);
    let unexplained: Vec<String> = gaps.iter().filter(|id| !facts.causes.contains(*id)).cloned().collect();
    let targets: Vec<&String> = all.iter().filter(|id| is_aimed_at(facts, id)).collect();
    let dimensions: BTreeSet<&str> = targets
        .iter()
        .filter_map(|id| framework.indicator(id))
        .map(|(dimension, _)| dimension.id.as_str())
        .collect();
    let unplanned: Vec<String> = targets
        .iter()
        .filter(|id| !facts.planned.contains(**id))
        .map(|id| (*id).clone())
        .collect();
    let planned = length(&targets) - length(&unplanned);
    vec![
        count(Kind::Verified, length(&all) - length(&unverified), length(&all), unverified),
        count(Kind::RootCauses, length(&gaps) - length(&unexplained), length(&gaps), unexplained),
        count(Kind::Targets, length(&targets), TARGETS, Vec::new()),
        count(
            Kind::TargetDimensions,
            i64::try_from(dimensions.len()).unwrap_or(i64::MAX),
            TARGET_DIMENSIONS,
            Vec::new(),
        ),
        count(Kind::TargetActions, planned, length(&targets).max(1), unplanned),
    ]
}

/// The gaps between a benchmark and verified levels; indicators without both have none.
pub fn gaps(framework: &Framework, own: &Answers, benchmark: &BTreeMap<String, Level>) -> Vec<(String, u8)> {
    indicators(framework)
        .filter_map(|id| {
            let gap = gap(*benchmark.get(&id)?, answer_to(own, &id).level()?);
            Some((id, gap))
        })
        .collect()
}

fn is_aimed_at(facts: &CompareFacts, indicator: &str) -> bool {
    let own = answer_to(&facts.verified, indicator);
    match (facts.targets.get(indicator), own) {
        (Some(target), Answer::Level(own)) => *target > own,
        (Some(_), Answer::Missing) => true,
        (Some(_), Answer::NotApplicable) | (None, _) => false,
    }
}

/// Where an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Planned, or being worked on.
    Open,
    Done,
    Cancelled,
}

/// One action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionFact {
    pub id: String,
    /// The indicator whose target it serves.
    pub indicator: String,
    /// 1 is the most urgent.
    pub priority: i64,
    pub progress: Progress,
    pub due_on: NaiveDate,
    /// At least one item of evidence was accepted.
    pub is_proved: bool,
    /// It was written into the firm's own rules.
    pub is_written_in: bool,
}

/// What the gate 改善 looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImproveFacts {
    /// The verified answers that the targets start from.
    pub baseline: Answers,
    pub targets: BTreeMap<String, Level>,
    pub actions: Vec<ActionFact>,
    pub today: NaiveDate,
}

/// 改善: weighted completion of actions, cancelled ones left out, at least 80 %; at most 20 % cancelled; no action of the
/// first priority more than 30 days late; accepted evidence for each that is done.
pub fn improve(framework: &Framework, facts: &ImproveFacts) -> Vec<Condition> {
    let of = |wanted: &dyn Fn(&ActionFact) -> bool| -> Vec<String> {
        facts
            .actions
            .iter()
            .filter(|action| wanted(action))
            .map(|action| action.id.clone())
            .collect()
    };
    let open = of(&|action| action.progress == Progress::Open);
    let cancelled = of(&|action| action.progress == Progress::Cancelled);
    let done = of(&|action| action.progress == Progress::Done);
    let unproved = of(&|action| action.progress == Progress::Done && !action.is_proved);
    vec![
        share(Kind::Completion, completion(framework, facts), COMPLETION, open),
        cancelled_share(facts, cancelled),
        late(facts),
        count(Kind::DoneProved, length(&done) - length(&unproved), length(&done), unproved),
    ]
}

/// The weight of each action that is not cancelled: its target's `W·w·(T − L0)`, split evenly over the target's live actions.
/// An action that serves no target above the baseline weighs nothing. See ADR 5.
pub fn action_weights(framework: &Framework, facts: &ImproveFacts) -> BTreeMap<String, Exact> {
    let live = || facts.actions.iter().filter(|action| action.progress != Progress::Cancelled);
    live()
        .map(|action| {
            let sharing = live().filter(|other| other.indicator == action.indicator).count() as i128;
            let aimed = aimed(facts, &action.indicator);
            (
                action.id.clone(),
                weight(framework, &action.indicator) * whole(aimed) / whole(sharing.max(1)),
            )
        })
        .collect()
}

/// `T − L0`; nothing without both or where the target is not above the baseline.
fn aimed(facts: &ImproveFacts, indicator: &str) -> u8 {
    match (facts.targets.get(indicator), answer_to(&facts.baseline, indicator)) {
        (Some(target), Answer::Level(from)) => gap(*target, from),
        _ => 0,
    }
}

/// The weighted share of actions that are done, 0 to 1; none where no action weighs anything.
pub fn completion(framework: &Framework, facts: &ImproveFacts) -> Option<Exact> {
    let weights = action_weights(framework, facts);
    let all: Exact = weights.values().sum();
    let done: Exact = facts
        .actions
        .iter()
        .filter(|action| action.progress == Progress::Done)
        .filter_map(|action| weights.get(&action.id))
        .sum();
    (all > whole(0)).then(|| done / all)
}

fn cancelled_share(facts: &ImproveFacts, cancelled: Vec<String>) -> Condition {
    let have = if facts.actions.is_empty() {
        whole(0)
    } else {
        ratio(cancelled.len() as i128, facts.actions.len() as i128)
    };
    let need = ratio(CANCELLED, 100);
    Condition {
        kind: Kind::Cancelled,
        is_met: have <= need,
        have: Figure::Share(have),
        need: Figure::Share(need),
        lacking: if have <= need { Vec::new() } else { cancelled },
    }
}

fn late(facts: &ImproveFacts) -> Condition {
    let days_late = |action: &ActionFact| (facts.today - action.due_on).num_days().max(0);
    let urgent = || {
        facts
            .actions
            .iter()
            .filter(|action| action.priority == 1 && action.progress == Progress::Open)
    };
    let have = urgent().map(days_late).max().unwrap_or(0);
    Condition {
        kind: Kind::Late,
        is_met: have <= DAYS_LATE,
        have: Figure::Days(have),
        need: Figure::Days(DAYS_LATE),
        lacking: urgent()
            .filter(|action| days_late(action) > DAYS_LATE)
            .map(|action| action.id.clone())
            .collect(),
    }
}

/// What the gate 提升 looks at. Where the framework changed between the rounds, both scores are those of
/// [`rebase`](super::trend::rebase).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpliftFacts {
    /// The re-assessment is verified.
    pub is_verified: bool,
    /// 0 to 1; see [`closure`](super::closure::closure).
    pub closure: Option<Exact>,
    /// The verified score that the targets started from.
    pub before: Option<Score>,
    /// The verified score of the re-assessment.
    pub after: Option<Score>,
    pub actions: Vec<ActionFact>,
}

/// 提升: re-assessment verified; closure at least 70 %; total up by at least 5 or grade up by at least 1; no dimension down by
/// more than 5; at least 80 % of the closed actions written into the firm's rules.
pub fn uplift(facts: &UpliftFacts) -> Vec<Condition> {
    let after = facts.after.as_ref().filter(|_| facts.is_verified);
    let both = facts.before.as_ref().zip(after);
    let done: Vec<&ActionFact> = facts.actions.iter().filter(|action| action.progress == Progress::Done).collect();
    let unwritten: Vec<String> = done
        .iter()
        .filter(|action| !action.is_written_in)
        .map(|action| action.id.clone())
        .collect();
    let written = (!done.is_empty()).then(|| ratio(i128::from(length(&done) - length(&unwritten)), i128::from(length(&done))));
    vec![
        truth(Kind::Reassessed, facts.is_verified),
        share(Kind::Closure, facts.closure.filter(|_| facts.is_verified), CLOSURE, Vec::new()),
        rise(both),
        dimension_fall(both),
        share(Kind::WrittenIn, written, WRITTEN_IN, unwritten),
    ]
}

/// A provisional grade can't prove a rise; the total can.
fn rise(both: Option<(&Score, &Score)>) -> Condition {
    let points = both.and_then(|(before, after)| Some(after.total? - before.total?));
    let grades = both
        .filter(|(before, after)| !before.provisional && !after.provisional)
        .and_then(|(before, after)| Some(i64::from(after.grade?) - i64::from(before.grade?)))
        .unwrap_or(0);
    Condition {
        kind: Kind::Rise,
        is_met: points.is_some_and(|points| points >= whole(TOTAL_RISE)) || grades >= GRADE_RISE,
        have: points.map_or(Figure::Nothing, |points| Figure::Rise { points, grades }),
        need: Figure::Rise {
            points: whole(TOTAL_RISE),
            grades: GRADE_RISE,
        },
        lacking: Vec::new(),
    }
}

fn dimension_fall(both: Option<(&Score, &Score)>) -> Condition {
    let falls: Option<Vec<(String, Exact)>> = both.map(|(before, after)| {
        after
            .dimensions
            .iter()
            .filter_map(|dimension| Some((dimension.id.clone(), before.dimension(&dimension.id)? - dimension.score?)))
            .collect()
    });
    let worst = falls.as_ref().map(|falls| falls.iter().map(|(_, fall)| *fall).fold(whole(0), Exact::max));
    let too_far = |(id, fall): (String, Exact)| (fall > whole(DIMENSION_FALL)).then_some(id);
    Condition {
        kind: Kind::DimensionFall,
        is_met: worst.is_some_and(|worst| worst <= whole(DIMENSION_FALL)),
        have: worst.map_or(Figure::Nothing, Figure::Points),
        need: Figure::Points(whole(DIMENSION_FALL)),
        lacking: falls.unwrap_or_default().into_iter().filter_map(too_far).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::benchmarking::rules::score;
    use crate::benchmarking::testing::{default_framework, framework};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn level(number: i64) -> Level {
        Level::new(number).expect("a level")
    }

    fn all(number: i64) -> Answers {
        indicators(&default_framework()).map(|id| (id, Answer::Level(level(number)))).collect()
    }

    fn levels(given: &[(&str, i64)]) -> BTreeMap<String, Level> {
        given.iter().map(|(id, number)| ((*id).to_owned(), level(*number))).collect()
    }

    fn ids(given: &[&str]) -> BTreeSet<String> {
        given.iter().map(|id| (*id).to_owned()).collect()
    }

    fn find(conditions: &[Condition], kind: Kind) -> Condition {
        let mut found = conditions.iter().filter(|condition| condition.kind == kind).cloned();
        let first = found.next().expect("the condition");
        assert!(found.next().is_none(), "{kind:?} is asked twice");
        first
    }

    /// Only these conditions fail.
    fn assert_fails(conditions: &[Condition], kinds: &[Kind]) {
        let failed: Vec<Kind> = conditions
            .iter()
            .filter(|condition| !condition.is_met)
            .map(|condition| condition.kind)
            .collect();
        assert_eq!(failed, kinds, "{conditions:#?}");
        assert_eq!(is_open(conditions), kinds.is_empty());
    }

    #[test]
    fn words_are_those_of_the_record() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("JSON"), kind.as_str());
        }
    }

    #[test]
    fn a_recorded_condition_is_read_back() {
        let figures = [
            Figure::Count(3),
            Figure::Share(ratio(27, 47)),
            Figure::Points(ratio(-1, 3)),
            Figure::Days(31),
            Figure::Truth(false),
            Figure::Rise {
                points: ratio(9, 2),
                grades: -1,
            },
            Figure::Nothing,
        ];
        for have in figures {
            let condition = Condition {
                kind: Kind::Closure,
                is_met: false,
                have,
                need: Figure::Share(ratio(7, 10)),
                lacking: vec!["A1".to_owned()],
            };
            let text = serde_json::to_string(&condition).expect("JSON");
            assert_eq!(serde_json::from_str::<Condition>(&text).expect("a condition"), condition, "{text}");
        }
    }

    #[test]
    fn no_conditions_open_no_gate() {
        assert!(!is_open(&[]));
    }

    // 寻标

    fn benchmark(ids: &[&str], dated_on: &str) -> Vec<BenchmarkLevel> {
        let level = |id: &&str| BenchmarkLevel {
            indicator: (*id).to_owned(),
            has_source: true,
            dated_on: day(dated_on),
        };
        ids.iter().map(level).collect()
    }

    /// Everything that the gate asks, and not more than that: A and B whole are 60 %, C1 makes the third dimension.
    fn ready_to_seek() -> SeekFacts {
        SeekFacts {
            profile_fields: 8,
            profile_empty: Vec::new(),
            own: all(2),
            is_submitted: true,
            primary_benchmarks: 1,
            levels: benchmark(&["A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4", "C1", "D4"], "2024-11-03"),
            today: day("2026-11-03"),
        }
    }

    #[test]
    fn seek_opens_when_all_is_there() {
        let conditions = seek(&default_framework(), &ready_to_seek());
        assert_fails(&conditions, &[]);
        assert_eq!(find(&conditions, Kind::BenchmarkWeight).have, Figure::Share(ratio(63, 100)));
    }

    #[test]
    fn seek_wants_the_profile_and_the_self_assessment() {
        let mut facts = ready_to_seek();
        facts.profile_empty = vec!["industry".to_owned()];
        facts.own.insert("C3".to_owned(), Answer::Missing);
        facts.own.insert("D1".to_owned(), Answer::NotApplicable);
        facts.is_submitted = false;
        let conditions = seek(&default_framework(), &facts);
        assert_fails(&conditions, &[Kind::Profile, Kind::SelfAssessment, Kind::SelfAssessmentSubmitted]);
        let profile = find(&conditions, Kind::Profile);
        assert_eq!(
            (profile.have, profile.need, profile.lacking),
            (Figure::Count(7), Figure::Count(8), vec!["industry".to_owned()])
        );
        let answers = find(&conditions, Kind::SelfAssessment);
        assert_eq!((answers.have.clone(), answers.short_by()), (Figure::Count(17), Some(Figure::Count(1))));
        assert_eq!(answers.lacking, ["C3"]);
    }

    #[test]
    fn seek_wants_one_primary_benchmark() {
        for (count, is_met) in [(0, false), (1, true), (2, false)] {
            let mut facts = ready_to_seek();
            facts.primary_benchmarks = count;
            let conditions = seek(&default_framework(), &facts);
            assert_eq!(find(&conditions, Kind::PrimaryBenchmark).is_met, is_met, "{count}");
        }
        let mut facts = ready_to_seek();
        facts.levels = Vec::new();
        let conditions = seek(&default_framework(), &facts);
        assert_fails(&conditions, &[Kind::BenchmarkDated, Kind::BenchmarkDimensions, Kind::BenchmarkWeight]);
    }

    #[test]
    fn a_benchmark_is_in_date_for_24_months() {
        let outdated = |dated_on, has_source| {
            let mut facts = ready_to_seek();
            facts.levels[0].dated_on = day(dated_on);
            facts.levels[0].has_source = has_source;
            find(&seek(&default_framework(), &facts), Kind::BenchmarkDated).lacking
        };
        assert!(outdated("2024-11-03", true).is_empty());
        assert_eq!(outdated("2024-11-02", true), ["A1"]);
        assert_eq!(outdated("2026-11-04", true), ["A1"], "a date to come is none");
        assert_eq!(outdated("2026-11-03", false), ["A1"]);
    }

    #[test]
    fn a_benchmark_covers_three_dimensions_and_sixty_percent() {
        let conditions_of = |ids: &[&str]| {
            let mut facts = ready_to_seek();
            facts.levels = benchmark(ids, "2026-01-01");
            seek(&default_framework(), &facts)
        };
        // 30 + 30 = 60 % in two dimensions.
        let two = conditions_of(&["A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4", "B5"]);
        assert_fails(&two, &[Kind::BenchmarkDimensions]);
        let dimensions = find(&two, Kind::BenchmarkDimensions);
        assert_eq!((dimensions.have, dimensions.need), (Figure::Count(2), Figure::Count(3)));
        assert_eq!(dimensions.lacking, ["C", "D"]);
        // 30 + 10 + 20 = exactly 60 %, in four.
        assert_fails(&conditions_of(&["A1", "A2", "A3", "A4", "A5", "B4", "B2", "C1", "C2", "C3", "C4"]), &[]);
        let below = conditions_of(&["A1", "A2", "A3", "A4", "B4", "B2", "C1", "C2", "C3", "C4"]);
        assert_fails(&below, &[Kind::BenchmarkWeight]);
        let weight = find(&below, Kind::BenchmarkWeight);
        assert_eq!(
            (weight.have.clone(), weight.short_by()),
            (Figure::Share(ratio(575, 1000)), Some(Figure::Share(ratio(25, 1000))))
        );
        // An indicator that is not measured covers nothing.
        assert_fails(
            &conditions_of(&["Z1"]),
            &[Kind::BenchmarkDated, Kind::BenchmarkDimensions, Kind::BenchmarkWeight],
        );
    }

    // 对标

    fn ready_to_compare() -> CompareFacts {
        CompareFacts {
            verified: all(2),
            benchmark: levels(&[("A1", 4), ("A2", 4), ("A3", 4), ("B1", 5), ("B2", 4), ("C1", 3), ("D1", 1)]),
            causes: ids(&["A1", "A2", "A3", "B1", "B2"]),
            targets: levels(&[("A1", 3), ("A3", 3), ("B1", 3)]),
            planned: ids(&["A1", "A3", "B1"]),
        }
    }

    #[test]
    fn compare_opens_when_all_is_there() {
        let conditions = compare(&default_framework(), &ready_to_compare());
        assert_fails(&conditions, &[]);
        assert_eq!(find(&conditions, Kind::RootCauses).need, Figure::Count(5));
    }

    #[test]
    fn compare_wants_every_indicator_verified() {
        let mut facts = ready_to_compare();
        facts.verified.insert("B4".to_owned(), Answer::NotApplicable);
        assert_fails(&compare(&default_framework(), &facts), &[]);
        facts.verified.remove("D4");
        let conditions = compare(&default_framework(), &facts);
        assert_fails(&conditions, &[Kind::Verified]);
        assert_eq!(find(&conditions, Kind::Verified).lacking, ["D4"]);
    }

    #[test]
    fn compare_wants_a_cause_for_each_of_the_five_largest_gaps() {
        let mut facts = ready_to_compare();
        facts.causes = ids(&["A1", "A2", "A3", "B2", "C1"]);
        let conditions = compare(&default_framework(), &facts);
        assert_fails(&conditions, &[Kind::RootCauses]);
        let causes = find(&conditions, Kind::RootCauses);
        assert_eq!((causes.have, causes.lacking), (Figure::Count(4), vec!["B1".to_owned()]));
        // With fewer gaps, all of them; with none, there is nothing to explain.
        facts.benchmark = levels(&[("A1", 3), ("B1", 3)]);
        facts.causes = ids(&["A1"]);
        let causes = find(&compare(&default_framework(), &facts), Kind::RootCauses);
        assert_eq!((causes.have, causes.need), (Figure::Count(1), Figure::Count(2)));
        facts.benchmark = BTreeMap::new();
        assert!(find(&compare(&default_framework(), &facts), Kind::RootCauses).is_met);
    }

    #[test]
    fn compare_wants_three_targets_in_two_dimensions() {
        let conditions_of = |targets: &[(&str, i64)]| {
            let mut facts = ready_to_compare();
            facts.targets = levels(targets);
            facts.planned = facts.targets.keys().cloned().collect();
            compare(&default_framework(), &facts)
        };
        assert_fails(&conditions_of(&[("A1", 3), ("A2", 3), ("A3", 3)]), &[Kind::TargetDimensions]);
        assert_fails(&conditions_of(&[("A1", 3), ("B1", 3)]), &[Kind::Targets]);
        // What is reached already is no target.
        assert_fails(
            &conditions_of(&[("A1", 3), ("A2", 3), ("B1", 2)]),
            &[Kind::Targets, Kind::TargetDimensions],
        );
        let none = conditions_of(&[]);
        assert_fails(&none, &[Kind::Targets, Kind::TargetDimensions, Kind::TargetActions]);
        assert_eq!(find(&none, Kind::Targets).short_by(), Some(Figure::Count(3)));
    }

    #[test]
    fn compare_wants_an_action_for_every_target() {
        let mut facts = ready_to_compare();
        facts.planned = ids(&["A1", "B1", "D4"]);
        let conditions = compare(&default_framework(), &facts);
        assert_fails(&conditions, &[Kind::TargetActions]);
        let actions = find(&conditions, Kind::TargetActions);
        assert_eq!((actions.have, actions.need), (Figure::Count(2), Figure::Count(3)));
        assert_eq!(actions.lacking, ["A3"]);
    }

    // 改善

    fn action(id: &str, indicator: &str, progress: Progress) -> ActionFact {
        ActionFact {
            id: id.to_owned(),
            indicator: indicator.to_owned(),
            priority: 1,
            progress,
            due_on: day("2026-11-03"),
            is_proved: true,
            is_written_in: true,
        }
    }

    /// Targets: A1 1500, A3 750 and D2 600 of weight and levels aimed at.
    fn improving(actions: Vec<ActionFact>) -> ImproveFacts {
        ImproveFacts {
            baseline: all(2),
            targets: levels(&[("A1", 4), ("A3", 3), ("D2", 3)]),
            actions,
            today: day("2026-11-03"),
        }
    }

    #[test]
    fn an_actions_weight_is_its_share_of_what_its_target_aims_at() {
        let facts = improving(vec![
            action("1", "A1", Progress::Done),
            action("2", "A1", Progress::Open),
            action("3", "A1", Progress::Cancelled),
            action("4", "A3", Progress::Done),
            action("5", "B1", Progress::Done),
        ]);
        let weights = action_weights(&default_framework(), &facts);
        let expected = [("1", whole(750)), ("2", whole(750)), ("4", whole(750)), ("5", whole(0))];
        assert_eq!(weights, expected.map(|(id, weight)| (id.to_owned(), weight)).into());
        assert_eq!(completion(&default_framework(), &facts), Some(ratio(2, 3)));
    }

    #[test]
    fn improve_opens_at_eighty_percent_and_not_below() {
        let conditions_of = |weights: &[u32; 2]| {
            let framework = framework("1.0", &[("A", 100, &[("A1", weights[0]), ("A2", weights[1])])]);
            let facts = ImproveFacts {
                baseline: [("A1", 2), ("A2", 2)].map(|(id, n)| (id.to_owned(), Answer::Level(level(n)))).into(),
                targets: levels(&[("A1", 3), ("A2", 3)]),
                actions: vec![action("1", "A1", Progress::Done), action("2", "A2", Progress::Open)],
                today: day("2026-11-03"),
            };
            improve(&framework, &facts)
        };
        assert_fails(&conditions_of(&[80, 20]), &[]);
        let below = conditions_of(&[79, 21]);
        assert_fails(&below, &[Kind::Completion]);
        let completion = find(&below, Kind::Completion);
        assert_eq!(
            (completion.have.clone(), completion.short_by()),
            (Figure::Share(ratio(79, 100)), Some(Figure::Share(ratio(1, 100))))
        );
        assert_eq!(completion.lacking, ["2"]);
    }

    #[test]
    fn improve_is_closed_to_a_firm_without_actions() {
        let conditions = improve(&default_framework(), &improving(Vec::new()));
        assert_fails(&conditions, &[Kind::Completion]);
        assert_eq!(find(&conditions, Kind::Completion).have, Figure::Nothing);
        // Busy beside the targets.
        assert_fails(
            &improve(&default_framework(), &improving(vec![action("1", "B1", Progress::Done)])),
            &[Kind::Completion],
        );
    }

    #[test]
    fn a_fifth_of_the_actions_may_be_cancelled() {
        let conditions_of = |done: usize, cancelled: usize| {
            let actions = (0..done + cancelled)
                .map(|n| action(&n.to_string(), "A1", if n < done { Progress::Done } else { Progress::Cancelled }))
                .collect();
            improve(&default_framework(), &improving(actions))
        };
        assert_fails(&conditions_of(4, 1), &[]);
        let beyond = conditions_of(3, 1);
        assert_fails(&beyond, &[Kind::Cancelled]);
        let cancelled = find(&beyond, Kind::Cancelled);
        assert_eq!(
            (cancelled.have.clone(), cancelled.short_by()),
            (Figure::Share(ratio(1, 4)), Some(Figure::Share(ratio(1, 20))))
        );
        assert_eq!(cancelled.lacking, ["3"]);
    }

    #[test]
    fn urgent_actions_may_be_thirty_days_late() {
        let late_of = |priority, due_on, progress| {
            let mut late = action("late", "D2", progress);
            (late.priority, late.due_on) = (priority, day(due_on));
            let facts = improving(vec![action("1", "A1", Progress::Done), action("2", "A3", Progress::Done), late]);
            find(&improve(&default_framework(), &facts), Kind::Late)
        };
        let just = late_of(1, "2026-10-04", Progress::Open);
        assert_eq!((just.have, just.is_met), (Figure::Days(30), true));
        let beyond = late_of(1, "2026-10-03", Progress::Open);
        assert_eq!((beyond.have.clone(), beyond.short_by()), (Figure::Days(31), Some(Figure::Days(1))));
        assert_eq!(beyond.lacking, ["late"]);
        assert_eq!(late_of(1, "2026-12-31", Progress::Open).have, Figure::Days(0), "not due yet");
        assert!(late_of(2, "2025-10-03", Progress::Open).is_met, "less urgent");
        assert!(late_of(1, "2025-10-03", Progress::Done).is_met, "done at last");
        assert!(late_of(1, "2025-10-03", Progress::Cancelled).is_met);
    }

    #[test]
    fn what_is_done_is_proved() {
        let mut actions = vec![action("1", "A1", Progress::Done), action("2", "A3", Progress::Done)];
        actions[1].is_proved = false;
        let conditions = improve(&default_framework(), &improving(actions));
        assert_fails(&conditions, &[Kind::DoneProved]);
        let proved = find(&conditions, Kind::DoneProved);
        assert_eq!(
            (proved.have, proved.need, proved.lacking),
            (Figure::Count(1), Figure::Count(2), vec!["2".to_owned()])
        );
    }

    // 提升

    fn scored(given: &[(&str, i64)]) -> Score {
        let mut answers = all(2);
        answers.extend(given.iter().map(|(id, number)| ((*id).to_owned(), Answer::Level(level(*number)))));
        score(&default_framework(), &answers)
    }

    /// A1 and B1 up by two and one: 3.75 + 1.875 points.
    fn uplifted() -> UpliftFacts {
        UpliftFacts {
            is_verified: true,
            closure: Some(ratio(7, 10)),
            before: Some(scored(&[])),
            after: Some(scored(&[("A1", 4), ("B1", 3)])),
            actions: vec![action("1", "A1", Progress::Done), action("2", "B1", Progress::Done)],
        }
    }

    #[test]
    fn uplift_opens_when_all_is_there() {
        assert_fails(&uplift(&uplifted()), &[]);
    }

    #[test]
    fn uplift_wants_a_verified_reassessment() {
        let conditions = uplift(&UpliftFacts {
            is_verified: false,
            ..uplifted()
        });
        assert_fails(&conditions, &[Kind::Reassessed, Kind::Closure, Kind::Rise, Kind::DimensionFall]);
        assert_eq!(find(&conditions, Kind::Rise).have, Figure::Nothing, "no figure before it counts");
    }

    #[test]
    fn uplift_wants_seventy_percent_closed() {
        for (closure, is_met) in [(Some(ratio(7, 10)), true), (Some(ratio(699, 1000)), false), (None, false)] {
            let conditions = uplift(&UpliftFacts { closure, ..uplifted() });
            assert_eq!(find(&conditions, Kind::Closure).is_met, is_met, "{closure:?}");
        }
    }

    #[test]
    fn uplift_wants_five_points_or_a_grade() {
        let rise_of = |before: &[(&str, i64)], after: &[(&str, i64)]| {
            let conditions = uplift(&UpliftFacts {
                before: Some(scored(before)),
                after: Some(scored(after)),
                ..uplifted()
            });
            find(&conditions, Kind::Rise)
        };
        // A2 by two levels and A4, B5 by one: 3 + 1.5 + 1.5 = 6. B3 and D4 instead: 3 + 1 + 1 = 5 exactly.
        let just = rise_of(&[], &[("A2", 4), ("D4", 3), ("C4", 3)]);
        assert_eq!((just.have, just.is_met), (Figure::Rise { points: whole(5), grades: 0 }, true));
        let below = rise_of(&[], &[("A2", 4), ("A3", 3)]);
        assert_eq!(
            (below.have.clone(), below.short_by()),
            (
                Figure::Rise {
                    points: ratio(39, 8),
                    grades: 0
                },
                Some(Figure::Rise {
                    points: ratio(1, 8),
                    grades: 1
                })
            )
        );
        // All at 2 make 25 points and grade 2; D4 at 1 made 24 and grade 1.
        let by_grade = rise_of(&[("D4", 1)], &[]);
        assert_eq!((by_grade.have, by_grade.is_met), (Figure::Rise { points: whole(1), grades: 1 }, true));
        assert!(!rise_of(&[], &[("D4", 1)]).is_met, "down is no rise");
    }

    #[test]
    fn a_provisional_grade_proves_no_rise() {
        let mut facts = uplifted();
        facts.before = Some(scored(&[("D4", 1)]));
        let mut after = all(2);
        after.extend(["D1", "D4"].map(|id| (id.to_owned(), Answer::NotApplicable)));
        facts.after = Some(score(&default_framework(), &after));
        let rise = find(&uplift(&facts), Kind::Rise);
        assert_eq!((rise.have, rise.is_met), (Figure::Rise { points: whole(1), grades: 0 }, false));
    }

    #[test]
    fn no_dimension_may_fall_by_more_than_five() {
        let fall_of = |weights: &[u32; 2]| {
            let framework = framework("1.0", &[("A", 50, &[("A1", 100)]), ("B", 50, &[("B1", weights[0]), ("B2", weights[1])])]);
            let scored = |a: i64, b: i64| {
                let answers = [("A1", a), ("B1", b), ("B2", 3)].map(|(id, n)| (id.to_owned(), Answer::Level(level(n))));
                Some(score(&framework, &answers.into()))
            };
            let conditions = uplift(&UpliftFacts {
                before: scored(2, 3),
                after: scored(4, 2),
                ..uplifted()
            });
            find(&conditions, Kind::DimensionFall)
        };
        let just = fall_of(&[20, 80]);
        assert_eq!((just.have, just.is_met, just.lacking), (Figure::Points(whole(5)), true, Vec::new()));
        let beyond = fall_of(&[21, 79]);
        assert_eq!(
            (beyond.have.clone(), beyond.short_by()),
            (Figure::Points(ratio(21, 4)), Some(Figure::Points(ratio(1, 4))))
        );
        assert_eq!(beyond.lacking, ["B"]);
    }

    #[test]
    fn uplift_wants_four_fifths_written_in() {
        let written_of = |written: usize, all: usize| {
            let mut actions: Vec<ActionFact> = (0..all).map(|n| action(&n.to_string(), "A1", Progress::Done)).collect();
            actions.iter_mut().skip(written).for_each(|action| action.is_written_in = false);
            // Neither is closed, so neither counts.
            let mut cancelled = action("c", "A1", Progress::Cancelled);
            cancelled.is_written_in = false;
            actions.push(cancelled);
            find(&uplift(&UpliftFacts { actions, ..uplifted() }), Kind::WrittenIn)
        };
        assert!(written_of(4, 5).is_met);
        let below = written_of(3, 4);
        assert_eq!(
            (below.have.clone(), below.short_by()),
            (Figure::Share(ratio(3, 4)), Some(Figure::Share(ratio(1, 20))))
        );
        assert_eq!(below.lacking, ["3"]);
        assert_eq!(written_of(0, 0).have, Figure::Nothing);
        assert!(!written_of(0, 0).is_met);
    }

    fn any_actions() -> impl Strategy<Value = Vec<ActionFact>> {
        let one = (0_usize..18, 0_u8..3, 1_i64..=3, -60_i64..60, any::<bool>());
        proptest::collection::vec(one, 0..25).prop_map(|given| {
            let ids: Vec<String> = indicators(&default_framework()).collect();
            let progress = [Progress::Open, Progress::Done, Progress::Cancelled];
            let action = |(n, (at, state, priority, days, is_proved)): (usize, (usize, u8, i64, i64, bool))| ActionFact {
                priority,
                due_on: day("2026-11-03") + chrono::TimeDelta::days(days),
                is_proved,
                ..action(&n.to_string(), &ids[at], progress[usize::from(state)])
            };
            given.into_iter().enumerate().map(action).collect()
        })
    }

    proptest! {
        #[test]
        fn weights_of_actions_sum_to_what_their_targets_aim_at(actions in any_actions(), goals in proptest::collection::vec(1_i64..=5, 18)) {
            let framework = default_framework();
            let targets: BTreeMap<String, Level> = indicators(&framework).zip(goals).map(|(id, goal)| (id, level(goal))).collect();
            let facts = ImproveFacts { baseline: all(2), targets, actions, today: day("2026-11-03") };
            let weights = action_weights(&framework, &facts);
            let live: BTreeSet<&str> = facts.actions.iter().filter(|action| action.progress != Progress::Cancelled).map(|action| action.indicator.as_str()).collect();
            let aimed: Exact = live.iter().map(|id| weight(&framework, id) * whole(aimed(&facts, id))).sum();
            prop_assert_eq!(weights.values().sum::<Exact>(), aimed);
            prop_assert!(completion(&framework, &facts).is_none_or(|share| whole(0) <= share && share <= whole(1)));
        }

        #[test]
        fn finishing_an_action_never_lowers_completion(actions in any_actions(), at in 0_usize..25) {
            let framework = default_framework();
            let targets = indicators(&framework).map(|id| (id, level(4))).collect();
            let mut facts = ImproveFacts { baseline: all(2), targets, actions, today: day("2026-11-03") };
            let before = completion(&framework, &facts);
            if let Some(action) = facts.actions.get_mut(at).filter(|action| action.progress == Progress::Open) {
                action.progress = Progress::Done;
                prop_assert!(completion(&framework, &facts) > before);
            }
        }

        #[test]
        fn what_fails_says_by_how_much(actions in any_actions(), is_verified in any::<bool>()) {
            let improving = improve(&default_framework(), &improving(actions.clone()));
            let lifting = uplift(&UpliftFacts { is_verified, actions, ..uplifted() });
            for condition in improving.iter().chain(&lifting) {
                prop_assert_eq!(condition.short_by().is_some(), !condition.is_met && !matches!(condition.have, Figure::Nothing | Figure::Truth(_)));
            }
        }
    }
}
