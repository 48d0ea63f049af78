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
