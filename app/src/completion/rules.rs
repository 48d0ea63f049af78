//! Pure rules of completion. Source: training.md, *After the lessons*.

use std::collections::HashMap;

use crate::attendance::{Rate, Status};
use crate::classes::ClassState;

/// Fewer answers than this show nothing: somebody could be told from them.
pub const FEWEST_ANSWERS: i64 = 5;

/// What a person is asked about a class; each answer is 1 (poor) to 5 (excellent).
pub const QUESTIONS: [&str; 4] = ["content", "teaching", "organisation", "benefit"];

/// What somebody says of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// In the order of [`QUESTIONS`], each 1 to 5.
    pub marks: [i64; 4],
    pub words: String,
}

/// Somebody's entry for one lesson of a class that was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub topic: String,
    /// None where nothing was marked: the lesson was closed before the person was on the roster.
    pub status: Option<Status>,
}

/// The rate that a certificate looks at: (present + late) / lessons held that were not excused, where a lesson that was
/// missed counts when the same topic was attended in another class. Each attendance elsewhere makes up for one lesson.
pub fn completion_rate(held: &[Held], elsewhere: &HashMap<String, i64>) -> Rate {
    let mut left = elsewhere.clone();
    let mut rate = Rate { attended: 0, of: 0 };
    for lesson in held {
        match lesson.status {
            None | Some(Status::Excused) => {}
            Some(status) if status.attended() => {
                rate.attended += 1;
                rate.of += 1;
            }
            Some(_) => {
                rate.of += 1;
                if let Some(makeup) = left.get_mut(&lesson.topic).filter(|count| **count > 0) {
                    *makeup -= 1;
                    rate.attended += 1;
                }
            }
        }
    }
    rate
}

/// Why somebody has no certificate yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// The class is not closed (结班).
    ClassOpen,
    /// The rate is below what the class asks for, or nothing was attended.
    Rate,
    /// The person has not evaluated the class.
    Evaluation,
}

impl Lack {
    /// The end of its text key.
    pub fn word(self) -> &'static str {
        match self {
            Self::ClassOpen => "class-open",
            Self::Rate => "rate",
            Self::Evaluation => "evaluation",
        }
    }
}

/// Everything that a certificate still needs.
pub fn lacks(state: ClassState, rate: Rate, pass_rate: i64, has_evaluated: bool) -> Vec<Lack> {
    let mut found = Vec::new();
    if !matches!(state, ClassState::Closed | ClassState::Archived) {
        found.push(Lack::ClassOpen);
    }
    // Nobody passes a class of which nothing was attended, whatever it asks for.
    if rate.attended == 0 || !rate.reaches(pass_rate) {
        found.push(Lack::Rate);
    }
    if !has_evaluated {
        found.push(Lack::Evaluation);
    }
    found
}

/// Whether a class can be evaluated: its lessons have begun, and it was not called off.
pub fn takes_evaluations(state: ClassState) -> bool {
    matches!(state, ClassState::Running | ClassState::Closed | ClassState::Archived)
}

/// The mean of answers of 1 to 5 in tenths, truncated.
pub fn mean_tenths(sum: i64, answers: i64) -> Option<i64> {
    (answers > 0).then(|| sum * 10 / answers)
}

/// Letters of a serial: no I, L, O, U and no 0 or 1, so that it can be read aloud and typed from paper.
const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a serial after the year.
const SERIAL_LETTERS: usize = 8;

/// A serial such as `HL-2026-7K3MP9QD`: the year of issue and eight letters by chance, so that none can be guessed from
/// another.
pub fn serial(year: i32, bytes: [u8; SERIAL_LETTERS]) -> String {
    let letters: String = bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect();
    format!("HL-{year}-{letters}")
}

/// A typed serial as stored: upper case, full-width letters and blanks forgiven.
pub fn tidy_serial(typed: &str) -> String {
    typed
        .chars()
        .map(crate::accounts::rules::half_width)
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_uppercase)
        .take(40)
        .collect()
}

/// A name as the public sees it: 王＊明, 王＊. The last letter stays only where it is not the second.
pub fn masked_name(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let last = letters.len().saturating_sub(1);
    letters
        .iter()
        .enumerate()
        .map(|(at, letter)| if at == 0 || (at == last && at > 1) { *letter } else { '＊' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn held(entries: &[(&str, Option<Status>)]) -> Vec<Held> {
        let one = |(topic, status): &(&str, Option<Status>)| Held {
            topic: (*topic).to_owned(),
            status: *status,
        };
        entries.iter().map(one).collect()
    }

    #[test]
    fn a_missed_topic_is_made_up_once() {
        let lessons = held(&[
            ("税务", Some(Status::Present)),
            ("融资", Some(Status::Absent)),
            ("融资", Some(Status::LeftEarly)),
            ("数字化", Some(Status::Excused)),
            ("品牌", None),
        ]);
        let rate = |elsewhere: &[(&str, i64)]| {
            let map = elsewhere.iter().map(|(topic, n)| ((*topic).to_owned(), *n)).collect();
            let rate = completion_rate(&lessons, &map);
            (rate.attended, rate.of)
        };
        assert_eq!(rate(&[]), (1, 3));
        assert_eq!(rate(&[("融资", 1)]), (2, 3));
        assert_eq!(rate(&[("融资", 5)]), (3, 3));
        assert_eq!(rate(&[("税务", 5), ("数字化", 1)]), (1, 3), "nothing to make up");
    }

    #[test]
    fn everything_missing_is_named() {
        let none = Rate { attended: 0, of: 0 };
        assert_eq!(
            lacks(ClassState::Running, none, 80, false),
            [Lack::ClassOpen, Lack::Rate, Lack::Evaluation]
        );
        assert_eq!(lacks(ClassState::Closed, Rate { attended: 4, of: 5 }, 80, true), []);
        assert_eq!(lacks(ClassState::Closed, Rate { attended: 3, of: 4 }, 80, true), [Lack::Rate]);
        assert_eq!(lacks(ClassState::Archived, Rate { attended: 4, of: 4 }, 80, false), [Lack::Evaluation]);
        assert_eq!(lacks(ClassState::Cancelled, Rate { attended: 4, of: 4 }, 80, true), [Lack::ClassOpen]);
        assert_eq!(lacks(ClassState::Closed, none, 0, true), [Lack::Rate]);
    }

    #[test]
    fn names_are_partly_hidden() {
        for (name, shown) in [("王明", "王＊"), ("王小明", "王＊明"), ("欧阳小明", "欧＊＊明"), ("王", "王"), ("", "")] {
            assert_eq!(masked_name(name), shown);
        }
    }

    #[test]
    fn a_serial_is_read_as_people_type_it() {
        let serial = serial(2026, [0, 29, 30, 255, 7, 8, 9, 10]);
        assert_eq!(serial, "HL-2026-2Z2H9ABC");
        assert_eq!(tidy_serial(" ｈl-2026- 2z2h9abc"), serial);
    }

    #[test]
    fn means_are_truncated() {
        assert_eq!(mean_tenths(14, 3), Some(46));
        assert_eq!(mean_tenths(0, 0), None);
    }

    proptest! {
        #[test]
        fn making_up_never_lowers_a_rate_and_never_passes_the_whole(marks in proptest::collection::vec((0_usize..4, 0_usize..6), 0..12), extra in 0_i64..4) {
            let topics = ["甲", "乙", "丙", "丁"];
            let statuses = [Some(Status::Present), Some(Status::Late), Some(Status::LeftEarly), Some(Status::Excused), Some(Status::Absent), None];
            let lessons: Vec<Held> = marks.iter().map(|(topic, status)| Held { topic: topics[*topic].to_owned(), status: statuses[*status] }).collect();
            let bare = completion_rate(&lessons, &HashMap::new());
            let made = completion_rate(&lessons, &topics.iter().map(|topic| ((*topic).to_owned(), extra)).collect());
            prop_assert_eq!(bare.of, made.of);
            prop_assert!(bare.attended <= made.attended && made.attended <= made.of);
        }

        #[test]
        fn any_text_is_tidied_and_masked_without_a_panic(typed in "\\PC*") {
            prop_assert!(tidy_serial(&typed).chars().count() <= 40);
            prop_assert_eq!(masked_name(&typed).chars().count(), typed.chars().count());
        }
    }
}
