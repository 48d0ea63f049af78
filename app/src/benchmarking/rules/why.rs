//! Why this score (为什么是这个分): the arithmetic itself, line by line.

use serde::Serialize;

use super::exact::{Exact, as_text, written};
use super::level::Answer;
use super::score::{DimensionScore, IndicatorLine, Rung, Score};

/// One line of the arithmetic; figures are exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Line {
    /// `weight × points = product`. Points and product are none where the indicator is left out.
    Indicator {
        indicator: String,
        weight: u32,
        /// `3`, `NA`, or none where the answer is missing.
        answer: Option<String>,
        points: Option<String>,
        product: Option<String>,
    },
    /// `sum ÷ counted = score`, then `weight × score = product`. None where nothing in the dimension counts.
    Dimension {
        dimension: String,
        sum: String,
        counted: u32,
        score: Option<String>,
        weight: u32,
        product: Option<String>,
    },
    /// `sum ÷ counted = total`.
    Total { sum: String, counted: u32, total: String },
    /// In place of the total: what is missing, and between which totals it can lead to.
    Missing { missing: Vec<String>, lowest: String, highest: String },
    /// A rung of the ladder: what was had and asked, and what it lacks. The last one that is not met is where the grade stopped.
    Grade {
        grade: u8,
        total: String,
        total_min: u32,
        #[serde(with = "as_text")]
        total_lacks: Exact,
        weakest: String,
        weakest_min: u32,
        #[serde(with = "as_text")]
        weakest_lacks: Exact,
        met: bool,
    },
}

/// Every line that leads to a score, in the order in which one would reckon it by hand.
pub fn why(score: &Score) -> Vec<Line> {
    let mut lines = Vec::new();
    for dimension in &score.dimensions {
        lines.extend(dimension.lines.iter().map(indicator));
        lines.push(of_dimension(dimension));
    }
    if let Some(total) = score.total {
        lines.push(Line::Total {
            sum: written(&score.so_far.sum),
            counted: score.so_far.counted,
            total: written(&total),
        });
        lines.extend(score.so_far.ladder.iter().map(rung));
    } else {
        lines.push(Line::Missing {
            missing: score.missing.clone(),
            lowest: written(&score.interval.0),
            highest: written(&score.interval.1),
        });
    }
    lines
}

fn indicator(line: &IndicatorLine) -> Line {
    Line::Indicator {
        indicator: line.id.clone(),
        weight: line.weight,
        answer: match line.answer {
            Answer::Level(level) => Some(level.to_string()),
            Answer::NotApplicable => Some("NA".to_owned()),
            Answer::Missing => None,
        },
        points: line.points.as_ref().map(written),
        product: line.product.as_ref().map(written),
    }
}

fn of_dimension(dimension: &DimensionScore) -> Line {
    Line::Dimension {
        dimension: dimension.id.clone(),
        sum: written(&dimension.sum),
        counted: dimension.counted,
        score: dimension.score.as_ref().map(written),
        weight: dimension.weight,
        product: dimension.product.as_ref().map(written),
    }
}

fn rung(rung: &Rung) -> Line {
    Line::Grade {
        grade: rung.grade,
        total: written(&rung.total),
        total_min: rung.total_min,
        total_lacks: rung.total_lacks(),
        weakest: written(&rung.weakest),
        weakest_min: rung.weakest_min,
        weakest_lacks: rung.weakest_lacks(),
        met: rung.is_met,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarking::rules::level::Level;
    use crate::benchmarking::rules::{Answers, score};
    use crate::benchmarking::testing::default_framework;

    fn answers(without: &[&str]) -> Answers {
        default_framework()
            .indicators()
            .filter(|(_, indicator)| !without.contains(&indicator.id.as_str()))
            .map(|(_, indicator)| (indicator.id.clone(), Answer::Level(Level::ALL[2])))
            .collect()
    }

    #[test]
    fn every_step_is_there_up_to_where_the_grade_stopped() {
        let lines = why(&score(&default_framework(), &answers(&[])));
        // 18 indicators, 4 dimensions, the total, grades 2 and 3 met and 4 not.
        assert_eq!(lines.len(), 18 + 4 + 1 + 3);
        assert_eq!(
            serde_json::to_value(&lines[1]).expect("JSON"),
            serde_json::json!({ "indicator": "A2", "weight": 20, "answer": "3", "points": "50", "product": "1000" })
        );
        assert_eq!(
            serde_json::to_value(&lines[5]).expect("JSON"),
            serde_json::json!({ "dimension": "A", "sum": "5000", "counted": 100, "score": "50", "weight": 30, "product": "1500" })
        );
        assert_eq!(
            serde_json::to_value(&lines[22]).expect("JSON"),
            serde_json::json!({ "sum": "5000", "counted": 100, "total": "50" })
        );
        assert_eq!(
            serde_json::to_value(&lines[25]).expect("JSON"),
            serde_json::json!({
                "grade": 4, "total": "50", "total_min": 65, "total_lacks": "15",
                "weakest": "50", "weakest_min": 50, "weakest_lacks": "0", "met": false,
            })
        );
    }

    #[test]
    fn what_is_missing_stands_where_the_total_would() {
        let lines = why(&score(&default_framework(), &answers(&["C3"])));
        assert_eq!(
            serde_json::to_value(lines.last().expect("a line")).expect("JSON"),
            serde_json::json!({ "missing": ["C3"], "lowest": "47", "highest": "53" })
        );
        assert_eq!(lines.len(), 18 + 4 + 1);
    }
}
