//! Scores: `p = (level − 1) × 25`; a dimension is `Σ w·p / Σ w` over its applicable indicators, the total is `Σ W·D / Σ W`
//! over the dimensions that have one. Everything that leads to a figure stays beside it, so that a page can show why.

use super::exact::{Exact, ratio, whole};
use super::framework::{Dimension, Framework, Threshold};
use super::level::{Answer, Answers, answer_to};

/// Percent of a dimension's weight that may be N/A; beyond it the assessment can't be compared.
pub const MAX_NA_OF_DIMENSION: u32 = 30;
/// Percent of the whole weight that may be N/A; beyond it the assessment can't be compared.
pub const MAX_NA_OF_WHOLE: u32 = 20;

/// What a missing answer counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Left out of the sums, so that the score speaks of what is answered.
    LeftOut,
    /// So many points of 0 to 100.
    As(u8),
}

/// One line of a dimension's sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorLine {
    pub id: String,
    /// Percent of the dimension.
    pub weight: u32,
    pub answer: Answer,
    /// Points of 0 to 100; none where the indicator is left out.
    pub points: Option<Exact>,
    /// `weight × points`; none where the indicator is left out.
    pub product: Option<Exact>,
}

/// One dimension with the lines of its sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionScore {
    pub id: String,
    /// Percent of the total.
    pub weight: u32,
    pub lines: Vec<IndicatorLine>,
    /// `Σ w·p`.
    pub sum: Exact,
    /// `Σ w` over what counts: the weights below `sum`.
    pub counted: u32,
    /// 0 to 100; none where nothing counts.
    pub score: Option<Exact>,
    /// Share of the dimension's weight that is N/A, 0 to 1.
    pub not_applicable: Exact,
    /// `W·D`; none where there is no score.
    pub product: Option<Exact>,
}

/// One rung of the ladder of grades: what was had, what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    pub grade: u8,
    pub total: Exact,
    pub total_min: u32,
    /// The score of the weakest dimension.
    pub weakest: Exact,
    pub weakest_min: u32,
    pub is_met: bool,
}

impl Rung {
    /// Points that the total lacks; nothing where it reaches.
    pub fn total_lacks(&self) -> Exact {
        (whole(self.total_min) - self.total).max(whole(0))
    }

    /// Points that the weakest dimension lacks; nothing where it reaches.
    pub fn weakest_lacks(&self) -> Exact {
        (whole(self.weakest_min) - self.weakest).max(whole(0))
    }
}

/// A total with all that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub dimensions: Vec<DimensionScore>,
    /// `Σ W·D`.
    pub sum: Exact,
    /// `Σ W` over the dimensions that have a score.
    pub counted: u32,
    /// 0 to 100; none where no dimension has a score.
    pub total: Option<Exact>,
    /// The dimension of the lowest score, the first of equals.
    pub weakest: Option<String>,
    /// The ladder from grade 2 up to the first rung that is not met, where climbing stopped.
    pub ladder: Vec<Rung>,
    /// 1 to 5; none without a total.
    pub grade: Option<u8>,
}

/// The score of an assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Over what is answered: a dimension with missing answers has the score of the others.
    pub dimensions: Vec<DimensionScore>,
    /// 0 to 100; none while answers are missing or where nothing applies.
    pub total: Option<Exact>,
    /// 1 to 5; none without a total.
    pub grade: Option<u8>,
    /// The grade stands, but it is provisional because the assessment can't be compared.
    pub provisional: bool,
    /// Share of the weight of applicable indicators that is answered, 0 to 1; 1 where nothing is missing.
    pub coverage: Exact,
    /// The lowest and the highest total that answering what is missing can lead to: missing as 0 and as 100 points.
    pub interval: (Exact, Exact),
    /// Not too much is N/A: see [`MAX_NA_OF_DIMENSION`] and [`MAX_NA_OF_WHOLE`].
    pub comparable: bool,
    /// Share of the whole weight that is N/A, 0 to 1.
    pub not_applicable: Exact,
    /// Indicators without an answer, in the order of the framework.
    pub missing: Vec<String>,
    /// How the total of what is answered came about, up to the rung where the grade stopped.
    pub so_far: Tally,
}

impl Score {
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// The score of one dimension.
    pub fn dimension(&self, id: &str) -> Option<Exact> {
        self.dimensions.iter().find(|dimension| dimension.id == id)?.score
    }

    /// What the next grade asks and how far it is; none at the top or without a total.
    pub fn next_grade(&self) -> Option<&Rung> {
        self.total?;
        self.so_far.ladder.last().filter(|rung| !rung.is_met)
    }
}

/// Scores answers by a framework. Answers to indicators that the framework lacks count for nothing.
pub fn score(framework: &Framework, answers: &Answers) -> Score {
    let so_far = tally(framework, answers, Missing::LeftOut);
    let missing = missing(framework, answers);
    let is_complete = missing.is_empty();
    let bound = |points| tally(framework, answers, Missing::As(points)).total.unwrap_or(whole(points));
    let comparable = is_comparable(framework, &so_far.dimensions);
    let grade = so_far.grade.filter(|_| is_complete);
    Score {
        dimensions: so_far.dimensions.clone(),
        total: so_far.total.filter(|_| is_complete),
        grade,
        provisional: grade.is_some() && !comparable,
        coverage: coverage(framework, answers),
        interval: (bound(0), bound(100)),
        comparable,
        not_applicable: not_applicable(framework, &so_far.dimensions),
        missing,
        so_far,
    }
}

/// Sums answers up, a missing one as said.
pub fn tally(framework: &Framework, answers: &Answers, missing: Missing) -> Tally {
    let dimensions: Vec<DimensionScore> = framework
        .dimensions
        .iter()
        .map(|dimension| dimension_score(dimension, answers, missing))
        .collect();
    let sum: Exact = dimensions.iter().filter_map(|dimension| dimension.product).sum();
    let counted: u32 = dimensions
        .iter()
        .filter(|dimension| dimension.score.is_some())
        .map(|dimension| dimension.weight)
        .sum();
    let total = (counted > 0).then(|| sum / whole(counted));
    let weakest = weakest(&dimensions);
    let ladder = match (total, weakest.as_ref()) {
        (Some(total), Some((_, weakest))) => ladder(&framework.grades, total, *weakest),
        _ => Vec::new(),
    };
    Tally {
        grade: total.map(|_| ladder.iter().rev().find(|rung| rung.is_met).map_or(1, |rung| rung.grade)),
        weakest: weakest.map(|(id, _)| id),
        dimensions,
        sum,
        counted,
        total,
        ladder,
    }
}

fn dimension_score(dimension: &Dimension, answers: &Answers, missing: Missing) -> DimensionScore {
    let lines: Vec<IndicatorLine> = dimension
        .indicators
        .iter()
        .map(|indicator| {
            let answer = answer_to(answers, &indicator.id);
            let points = points(answer, missing);
            IndicatorLine {
                id: indicator.id.clone(),
                weight: indicator.weight,
                answer,
                points,
                product: points.map(|points| whole(indicator.weight) * points),
            }
        })
        .collect();
    let sum: Exact = lines.iter().filter_map(|line| line.product).sum();
    let counted: u32 = lines.iter().filter(|line| line.points.is_some()).map(|line| line.weight).sum();
    let score = (counted > 0).then(|| sum / whole(counted));
    let whole_weight: u32 = lines.iter().map(|line| line.weight).sum();
    let left_out: u32 = lines
        .iter()
        .filter(|line| line.answer == Answer::NotApplicable)
        .map(|line| line.weight)
        .sum();
    DimensionScore {
        id: dimension.id.clone(),
        weight: dimension.weight,
        product: score.map(|score| whole(dimension.weight) * score),
        not_applicable: share(left_out.into(), whole_weight.into()),
        lines,
        sum,
        counted,
        score,
    }
}

fn points(answer: Answer, missing: Missing) -> Option<Exact> {
    match (answer, missing) {
        (Answer::Level(level), _) => Some(level.points()),
        (Answer::Missing, Missing::As(points)) => Some(whole(points)),
        (Answer::Missing, Missing::LeftOut) | (Answer::NotApplicable, _) => None,
    }
}

/// A part of a whole; nothing of nothing is nothing.
fn share(part: i128, of: i128) -> Exact {
    if of > 0 { ratio(part, of) } else { whole(0) }
}

fn weakest(dimensions: &[DimensionScore]) -> Option<(String, Exact)> {
    dimensions
        .iter()
        .filter_map(|dimension| Some((dimension.id.clone(), dimension.score?)))
        .min_by(|one, other| one.1.cmp(&other.1))
}

/// Climbs from grade 2 and stops at the first rung that is not met, which is the last of the answer.
fn ladder(grades: &[Threshold], total: Exact, weakest: Exact) -> Vec<Rung> {
    let mut rungs = Vec::new();
    for threshold in grades {
        let is_met = total >= whole(threshold.total_min) && weakest >= whole(threshold.weakest_dimension_min);
        rungs.push(Rung {
            grade: threshold.grade,
            total,
            total_min: threshold.total_min,
            weakest,
            weakest_min: threshold.weakest_dimension_min,
            is_met,
        });
        if !is_met {
            break;
        }
    }
    rungs
}

fn missing(framework: &Framework, answers: &Answers) -> Vec<String> {
    framework
        .indicators()
        .filter(|(_, indicator)| answer_to(answers, &indicator.id).is_missing())
        .map(|(_, indicator)| indicator.id.clone())
        .collect()
}

/// The share of applicable weight that has a level.
fn coverage(framework: &Framework, answers: &Answers) -> Exact {
    let weight_of = |wanted: fn(Answer) -> bool| -> i128 {
        framework
            .indicators()
            .filter(|(_, indicator)| wanted(answer_to(answers, &indicator.id)))
            .map(|(dimension, indicator)| i128::from(dimension.weight) * i128::from(indicator.weight))
            .sum()
    };
    let missing = weight_of(Answer::is_missing);
    if missing == 0 {
        return whole(1);
    }
    let answered = weight_of(|answer| answer.level().is_some());
    share(answered, answered + missing)
}

fn not_applicable(framework: &Framework, dimensions: &[DimensionScore]) -> Exact {
    let weights: u32 = framework.dimensions.iter().map(|dimension| dimension.weight).sum();
    if weights == 0 {
        return whole(0);
    }
    let weighted: Exact = dimensions
        .iter()
        .map(|dimension| whole(dimension.weight) * dimension.not_applicable)
        .sum();
    weighted / whole(weights)
}

fn is_comparable(framework: &Framework, dimensions: &[DimensionScore]) -> bool {
    not_applicable(framework, dimensions) <= ratio(MAX_NA_OF_WHOLE.into(), 100)
        && dimensions
            .iter()
            .all(|dimension| dimension.not_applicable <= ratio(MAX_NA_OF_DIMENSION.into(), 100))
}
