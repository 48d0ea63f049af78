//! The evaluation form: raw strings in, the answers or every fault out.

use super::rules::{Answers, QUESTIONS};
use crate::accounts::forms::optional_line;
use crate::error::{AppError, FieldProblem};

/// The longest remark.
pub const LONGEST_WORDS: usize = 500;
/// The longest reason for a revocation.
pub const LONGEST_REASON: usize = 200;

/// Reads the answers, in the order of [`QUESTIONS`].
pub fn evaluation(typed: [&str; 4], words: &str) -> Result<Answers, AppError> {
    let mut faults = Vec::new();
    let mut marks = [0; 4];
    for ((question, typed), mark) in QUESTIONS.iter().zip(typed).zip(&mut marks) {
        match typed.trim().parse() {
            Ok(value @ 1..=5) => *mark = value,
            _ => faults.push(FieldProblem::new(question, "completion-mark-missing")),
        }
    }
    let words = optional_line(&mut faults, "words", words, LONGEST_WORDS);
    if faults.is_empty() {
        Ok(Answers {
            marks,
            words: words.unwrap_or_default(),
        })
    } else {
        Err(AppError::Invalid(faults))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_answer_is_named() {
        let Err(AppError::Invalid(faults)) = evaluation(["5", "", "6", "-1"], &"长".repeat(501)) else {
            panic!("faults are found")
        };
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["teaching", "organisation", "benefit", "words"]);
    }

    #[test]
    fn a_remark_may_have_lines() {
        let answers = evaluation(["5", "4", "3", "2"], "好\r\n谢谢").expect("answers");
        assert_eq!((answers.marks, answers.words.as_str()), ([5, 4, 3, 2], "好 谢谢"));
    }
}
