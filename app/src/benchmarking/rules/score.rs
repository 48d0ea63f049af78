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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::benchmarking::rules::exact::{read, shown};
    use crate::benchmarking::rules::level::Level;
    use crate::benchmarking::testing::{Weights, default_framework, framework};

    /// The programme's own examples.
    const VECTORS: &str = include_str!("vectors.json");

    fn answers(input: &serde_json::Value) -> Answers {
        let answer = |value: &serde_json::Value| match value.as_i64() {
            Some(level) => Answer::Level(Level::new(level).expect("a level")),
            None if value == "NA" => Answer::NotApplicable,
            None => Answer::Missing,
        };
        let input = input.as_object().expect("answers");
        input.iter().map(|(id, value)| (id.clone(), answer(value))).collect()
    }

    fn check(name: &str, vector: &serde_json::Value) {
        let missing = match vector["missing_as"].as_u64() {
            Some(points) => Missing::As(u8::try_from(points).expect("points")),
            None => Missing::LeftOut,
        };
        let tally = tally(&default_framework(), &answers(&vector["input"]), missing);
        for dimension in &tally.dimensions {
            let expected = vector["dims"][&dimension.id].as_str().and_then(read);
            assert_eq!(dimension.score, expected, "{name} {}", dimension.id);
        }
        assert_eq!(tally.dimensions.len(), 4);
        assert_eq!(tally.total, vector["total"].as_str().and_then(read), "{name}");
        assert_eq!(
            shown(tally.total.expect("a total")),
            format!("{:.1}", vector["shown"].as_f64().expect("a number"))
        );
        assert_eq!(tally.grade.map(u64::from), vector["level"].as_u64(), "{name}");
    }

    fn vectors() -> serde_json::Value {
        serde_json::from_str(VECTORS).expect("JSON")
    }

    #[test]
    fn the_programmes_examples_come_out() {
        let vectors = vectors();
        for name in ["TV1", "TV2", "TV6"] {
            check(name, &vectors[name]);
        }
        for (at, vector) in vectors["TV3"].as_array().expect("three").iter().enumerate() {
            check(&format!("TV3 {at}"), vector);
        }
        for name in ["self", "evidence_capped", "verified"] {
            check(name, &vectors["TV5"][name]);
        }
    }

    #[test]
    fn missing_answers_leave_no_total_but_an_interval() {
        let score = score(&default_framework(), &answers(&vectors()["TV3"][0]["input"]));
        assert_eq!((score.total, score.grade, score.provisional), (None, None, false));
        assert_eq!(score.missing, ["C3", "D2"]);
        assert_eq!(score.coverage, ratio(22, 25));
        assert_eq!(score.interval, (ratio(289, 8), ratio(385, 8)));
        assert_eq!(score.dimension("C"), Some(ratio(375, 14)));
        assert!(score.comparable && score.next_grade().is_none());
    }

    #[test]
    fn a_complete_assessment_has_an_interval_of_one_point() {
        let score = score(&default_framework(), &answers(&vectors()["TV2"]["input"]));
        assert_eq!(score.interval, (ratio(1279, 32), ratio(1279, 32)));
        assert_eq!(score.coverage, whole(1));
    }

    #[test]
    fn the_weakest_dimension_stops_the_climb() {
        let score = score(&default_framework(), &answers(&vectors()["TV6"]["input"]));
        assert_eq!(score.so_far.weakest.as_deref(), Some("C"));
        let next = score.next_grade().expect("a next grade");
        assert_eq!((next.grade, next.total_lacks(), next.weakest_lacks()), (4, whole(0), whole(20)));
        assert_eq!(score.so_far.ladder.len(), 3, "grade 5 was not tried");
    }

    /// One dimension that is the whole, with an indicator for each percent of weight given.
    fn one_dimension(weights: &[u32]) -> Framework {
        let ids: Vec<String> = (1..=weights.len()).map(|n| format!("A{n}")).collect();
        let indicators: Vec<(&str, u32)> = ids.iter().map(String::as_str).zip(weights.iter().copied()).collect();
        framework("1.0", &[("A", 100, &indicators)])
    }

    fn at(levels: &[i64]) -> Answers {
        let answer = |level: &i64| Level::new(*level).map_or(Answer::NotApplicable, Answer::Level);
        levels
            .iter()
            .enumerate()
            .map(|(n, level)| (format!("A{}", n + 1), answer(level)))
            .collect()
    }

    #[test]
    fn thresholds_are_reached_by_equality_and_by_nothing_less() {
        // 25 and 24.75 points: the first grade above the floor asks for 25.
        assert_eq!(score(&one_dimension(&[25, 75]), &at(&[5, 1])).grade, Some(2));
        let below = score(&one_dimension(&[24, 75, 1]), &at(&[5, 1, 4]));
        assert_eq!((below.grade, below.total), (Some(1), Some(ratio(99, 4))));
        assert_eq!(below.next_grade().map(Rung::total_lacks), Some(ratio(1, 4)));
        // 45, 65, 85 and the top.
        for (share, grade) in [(44, 2), (45, 3), (64, 3), (65, 4), (84, 4), (85, 5), (99, 5)] {
            let score = score(&one_dimension(&[share, 100 - share]), &at(&[5, 1]));
            assert_eq!(score.grade, Some(grade), "{share}");
            assert_eq!(score.next_grade().is_none(), grade == 5);
        }
    }

    #[test]
    fn the_weakest_dimension_reaches_its_threshold_by_equality() {
        // B weighs nothing to speak of, so that the total passes 45 in any case; grade 3 asks for 30 in each dimension.
        let framework = |share: u32| framework("1.0", &[("A", 99, &[("A1", 100)]), ("B", 1, &[("B1", share), ("B2", 100 - share)])]);
        for (share, grade) in [(9, 1), (10, 2), (29, 2), (30, 3), (49, 3), (50, 4), (69, 4), (70, 5)] {
            let answers = [("A1", 5), ("B1", 5), ("B2", 1)];
            let answers = answers.map(|(id, level)| (id.to_owned(), Answer::Level(Level::new(level).expect("a level"))));
            assert_eq!(score(&framework(share), &answers.into()).grade, Some(grade), "{share}");
        }
    }

    /// Two dimensions, of which the smaller has an indicator just over the limit for N/A.
    const SPLIT: [Weights<'static>; 2] = [("A", 80, &[("A1", 100)]), ("D", 20, &[("D1", 35), ("D2", 65)])];

    /// Everything at the highest level but what is N/A.
    fn answers_of(framework: &Framework, na: &[&str]) -> Answers {
        let answer = |id: &str| {
            if na.contains(&id) {
                Answer::NotApplicable
            } else {
                Answer::Level(Level::MAX)
            }
        };
        framework
            .indicators()
            .map(|(_, indicator)| (indicator.id.clone(), answer(&indicator.id)))
            .collect()
    }

    #[test]
    fn thirty_percent_of_a_dimension_and_twenty_of_the_whole_may_be_not_applicable() {
        let answers = |na: &[&str]| answers_of(&default_framework(), na);
        // A2 and A5 are 30 % of A, C3 is 30 % of C; with D1 that is 20 % of the whole: both limits are reached, neither is passed.
        let at_the_limits = score(&default_framework(), &answers(&["A2", "A5", "C3", "D1"]));
        assert_eq!((at_the_limits.not_applicable, at_the_limits.comparable), (ratio(20, 100), true));
        assert!(!at_the_limits.provisional);
        // No dimension is over 30 %, but the whole is over 20 %.
        let whole_beyond = score(&default_framework(), &answers(&["A4", "A5", "B4", "B5", "C1"]));
        assert_eq!((whole_beyond.not_applicable, whole_beyond.comparable), (ratio(23, 100), false));
        // The whole is at 7 %, but D is at 35 %; the grade stands all the same, as provisional.
        let dimension_beyond = score(&framework("1.0", &SPLIT), &answers_of(&framework("1.0", &SPLIT), &["D1"]));
        assert_eq!((dimension_beyond.not_applicable, dimension_beyond.comparable), (ratio(7, 100), false));
        assert_eq!((dimension_beyond.grade, dimension_beyond.total), (Some(5), Some(whole(100))));
        assert!(dimension_beyond.provisional);
    }

    #[test]
    fn a_dimension_of_which_nothing_applies_is_left_out() {
        let mut answers = answers(&vectors()["TV1"]["input"]);
        for id in ["C1", "C2", "C3", "C4"] {
            answers.insert(id.to_owned(), Answer::NotApplicable);
        }
        let score = score(&default_framework(), &answers);
        assert_eq!(score.dimension("C"), None);
        assert_eq!((score.so_far.counted, score.comparable), (80, false));
        let expected = (ratio(85, 2) * whole(30) + ratio(165, 4) * whole(30) + ratio(175, 4) * whole(20)) / whole(80);
        assert_eq!(score.total, Some(expected));
    }

    #[test]
    fn where_nothing_applies_or_nothing_is_asked_there_is_no_score() {
        let nothing = score(&one_dimension(&[50, 50]), &at(&[0, 0]));
        assert_eq!((nothing.total, nothing.grade, nothing.comparable), (None, None, false));
        assert_eq!(nothing.interval, (whole(0), whole(100)));
        let empty = score(&framework("1.0", &[]), &Answers::new());
        assert_eq!((empty.total, empty.coverage), (None, whole(1)));
        let unanswered = score(&default_framework(), &Answers::new());
        assert_eq!((unanswered.coverage, unanswered.interval), (whole(0), (whole(0), whole(100))));
    }

    #[test]
    fn answers_beside_the_framework_count_for_nothing() {
        let mut answers = answers(&vectors()["TV1"]["input"]);
        answers.insert("Z9".to_owned(), Answer::Level(Level::MIN));
        assert_eq!(score(&default_framework(), &answers).total, Some(ratio(325, 8)));
    }

    #[test]
    fn the_largest_framework_fits_into_128_bits() {
        // Twelve dimensions, each a fraction of another large prime: 97, 89, … 43 percent of it are answered.
        let primes = [97_u32, 89, 83, 79, 73, 71, 67, 61, 59, 53, 47, 43];
        let ids: Vec<(String, String, String)> = (0..12).map(|n| (format!("D{n}"), format!("D{n}x"), format!("D{n}y"))).collect();
        let indicators: Vec<[(&str, u32); 3]> = ids
            .iter()
            .zip(primes)
            .map(|((_, one, other), prime)| [(one.as_str(), prime - 1), (other.as_str(), 1), ("rest", 100 - prime)])
            .collect();
        let dimensions: Vec<Weights<'_>> = ids
            .iter()
            .zip(&indicators)
            .enumerate()
            .map(|(n, ((id, _, _), indicators))| (id.as_str(), if n == 0 { 12 } else { 8 }, indicators.as_slice()))
            .collect();
        let answers = ids
            .iter()
            .flat_map(|(_, one, other)| [(one.clone(), Answer::Level(Level::MAX)), (other.clone(), Answer::Level(Level::ALL[3]))]);
        let tally = tally(&framework("1.0", &dimensions), &answers.collect(), Missing::LeftOut);
        let total = tally.total.expect("a total");
        assert!(total > whole(98) && total < whole(100));
        assert!(*total.denom() > 10_i128.pow(20));
    }

    /// An answer to each of the default framework's indicators.
    fn any_answers() -> impl Strategy<Value = Answers> {
        proptest::collection::vec(0_i64..=6, 18).prop_map(|levels| {
            let answer = |level| match level {
                0 => Answer::Missing,
                6 => Answer::NotApplicable,
                level => Answer::Level(Level::new(level).expect("a level")),
            };
            let framework = default_framework();
            framework
                .indicators()
                .zip(levels)
                .map(|((_, indicator), level)| (indicator.id.clone(), answer(level)))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn raising_a_level_never_lowers_anything(before in any_answers(), at in 0_usize..18) {
            let framework = default_framework();
            let id = before.keys().nth(at).expect("an indicator").clone();
            let Some(level) = answer_to(&before, &id).level().filter(|level| *level < Level::MAX) else {
                return Ok(());
            };
            let mut after = before.clone();
            after.insert(id, Answer::Level(Level::ALL[usize::from(level.get())]));
            let (before, after) = (score(&framework, &before), score(&framework, &after));
            prop_assert!(after.so_far.total > before.so_far.total);
            prop_assert!(after.grade >= before.grade);
            prop_assert!(after.interval.0 > before.interval.0 && after.interval.1 > before.interval.1);
            for (one, other) in before.dimensions.iter().zip(&after.dimensions) {
                prop_assert!(other.score >= one.score);
            }
        }

        #[test]
        fn the_order_of_indicators_is_irrelevant(answers in any_answers(), seed in any::<u64>()) {
            let framework = default_framework();
            let mut shuffled = framework.clone();
            let turn = |length: usize| usize::try_from(seed % 97).unwrap_or(0) % length;
            let count = shuffled.dimensions.len();
            shuffled.dimensions.rotate_left(turn(count));
            for dimension in &mut shuffled.dimensions {
                let count = dimension.indicators.len();
                dimension.indicators.rotate_left(turn(count));
                dimension.indicators.swap(0, turn(count));
            }
            let (one, other) = (score(&framework, &answers), score(&shuffled, &answers));
            prop_assert_eq!(one.total, other.total);
            prop_assert_eq!(one.grade, other.grade);
            prop_assert_eq!(one.interval, other.interval);
            prop_assert_eq!(one.coverage, other.coverage);
            prop_assert_eq!(one.comparable, other.comparable);
        }

        #[test]
        fn the_interval_holds_every_completion(answers in any_answers(), filler in any_answers()) {
            let framework = default_framework();
            let interval = score(&framework, &answers).interval;
            let mut completed = answers.clone();
            for (id, answer) in &mut completed {
                if answer.is_missing() {
                    *answer = match answer_to(&filler, id) {
                        Answer::Missing => Answer::Level(Level::MIN),
                        other => other,
                    };
                }
            }
            if let Some(total) = score(&framework, &completed).total {
                prop_assert!(interval.0 <= total && total <= interval.1);
            }
        }

        #[test]
        fn scores_stay_between_nothing_and_a_hundred(answers in any_answers()) {
            let score = score(&default_framework(), &answers);
            prop_assert!(whole(0) <= score.interval.0 && score.interval.0 <= score.interval.1 && score.interval.1 <= whole(100));
            prop_assert!(whole(0) <= score.coverage && score.coverage <= whole(1));
            prop_assert_eq!(score.coverage == whole(1), score.is_complete());
            prop_assert!(score.so_far.grade.is_none_or(|grade| (1..=5).contains(&grade)));
            prop_assert_eq!(score.total.is_some(), score.grade.is_some());
        }

        #[test]
        fn what_is_shown_of_a_total_never_reaches_a_threshold_that_it_fails(answers in any_answers()) {
            let Some(total) = score(&default_framework(), &answers).total else {
                return Ok(());
            };
            let tenths: i128 = shown(total).replace('.', "").parse().expect("a number");
            for threshold in default_framework().grades {
                let looks_reached = ratio(tenths, 10) >= whole(threshold.total_min);
                prop_assert_eq!(looks_reached, total >= whole(threshold.total_min));
            }
        }
    }
}
