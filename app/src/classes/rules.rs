//! Pure rules of classes and lessons. Source: training.md, *Class*.

mod commands;
mod schedule;

use chrono::{DateTime, Utc};

pub use commands::{ClassFields, CopyFields, LessonFields};
pub use schedule::{Repeat, SERIES_LONGEST, Span, days_between, half_hours, hours_text, monday_of, plain_range, plain_time, series};

crate::words! {
    /// Where a class is in its life: draft → published → enrolling → running → closed → archived, or cancelled.
    pub enum ClassState {
        Draft = "draft",
        Published = "published",
        Enrolling = "enrolling",
        Running = "running",
        Closed = "closed",
        Archived = "archived",
        Cancelled = "cancelled",
    }
}

crate::words! {
    /// Whether an application is approved at once while seats are free, or by the coordinator.
    pub enum Approval {
        Automatic = "automatic",
        ByHand = "by_hand",
    }
}

crate::words! {
    /// One step in the life of a class.
    pub enum Step {
        Publish = "publish",
        /// The enrolment window opens: by itself.
        Open = "open",
        /// The first lesson starts: by itself.
        Start = "start",
        /// 结班.
        Close = "close",
        Archive = "archive",
        Cancel = "cancel",
    }
}

impl ClassState {
    /// Anyone may see it. A draft is its coordinators' own.
    pub fn is_public(self) -> bool {
        self != Self::Draft
    }

    /// Class and lessons may still be changed.
    pub fn takes_changes(self) -> bool {
        matches!(self, Self::Draft | Self::Published | Self::Enrolling | Self::Running)
    }

    /// Announced with an enrolment window that has to lie before the first lesson.
    pub fn is_announced(self) -> bool {
        matches!(self, Self::Published | Self::Enrolling)
    }

    /// The step that comes next on the straight way to the archive.
    pub fn next(self) -> Option<Step> {
        Step::ALL
            .iter()
            .copied()
            .find(|step| *step != Step::Cancel && step.leads_from(self).is_some())
    }
}

impl Step {
    /// Where the step leads from `state`; none where life does not go that way. A draft is deleted, not cancelled: nobody knows of it.
    pub fn leads_from(self, state: ClassState) -> Option<ClassState> {
        match (self, state) {
            (Self::Publish, ClassState::Draft) => Some(ClassState::Published),
            (Self::Open, ClassState::Published) => Some(ClassState::Enrolling),
            (Self::Start, ClassState::Enrolling) => Some(ClassState::Running),
            (Self::Close, ClassState::Running) => Some(ClassState::Closed),
            (Self::Archive, ClassState::Closed) => Some(ClassState::Archived),
            (Self::Cancel, ClassState::Published | ClassState::Enrolling | ClassState::Running) => Some(ClassState::Cancelled),
            _ => None,
        }
    }

    /// Taken by a coordinator; the others happen when their time comes.
    pub fn is_by_hand(self) -> bool {
        !matches!(self, Self::Open | Self::Start)
    }
}

/// What a step looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub now: DateTime<Utc>,
    /// The school has been opened by the city.
    pub school_open: bool,
    pub enrol_opens_at: Option<DateTime<Utc>>,
    pub enrol_closes_at: Option<DateTime<Utc>>,
    /// Start of the first lesson that is not cancelled.
    pub first_start: Option<DateTime<Utc>>,
    /// Requests for leave that nobody decided.
    pub undecided_leaves: i64,
    /// Lessons, not cancelled, whose attendance is not closed: topic and start.
    pub unclosed: Vec<(String, DateTime<Utc>)>,
}

/// One thing that a step still needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// The school is planned only.
    SchoolOpen,
    /// At least one lesson.
    Lesson,
    /// Beginning and end of the enrolment window.
    Window,
    /// The window ends after it begins.
    WindowForward,
    /// The window ends before the first lesson starts.
    WindowBeforeLessons,
    /// The window is not over already.
    WindowAhead,
    /// The window has opened.
    WindowOpen,
    /// The first lesson has started.
    FirstLesson,
    /// The attendance of this lesson is closed.
    Attendance { topic: String, starts_at: DateTime<Utc> },
    /// So many requests for leave are decided.
    Leaves(i64),
}

impl Lack {
    /// The end of its text key.
    pub fn word(&self) -> &'static str {
        match self {
            Self::SchoolOpen => "school-open",
            Self::Lesson => "lesson",
            Self::Window => "window",
            Self::WindowForward => "window-forward",
            Self::WindowBeforeLessons => "window-before-lessons",
            Self::WindowAhead => "window-ahead",
            Self::WindowOpen => "window-open",
            Self::FirstLesson => "first-lesson",
            Self::Attendance { .. } => "attendance",
            Self::Leaves(_) => "leaves",
        }
    }
}

/// Everything that the step lacks, so that a coordinator sees all of it at once. Archiving and cancelling need nothing
/// of the class (a cancellation's reason is the form's to ask).
pub fn lacks(step: Step, facts: &Facts) -> Vec<Lack> {
    match step {
        Step::Publish => publish_lacks(facts),
        Step::Open => lack_if(facts.enrol_opens_at.is_none_or(|at| at > facts.now), Lack::WindowOpen),
        Step::Start => lack_if(facts.first_start.is_none_or(|at| at > facts.now), Lack::FirstLesson),
        Step::Close => {
            let unclosed = facts.unclosed.iter().cloned();
            let lacks = unclosed.map(|(topic, starts_at)| Lack::Attendance { topic, starts_at });
            lacks
                .chain((facts.undecided_leaves > 0).then_some(Lack::Leaves(facts.undecided_leaves)))
                .collect()
        }
        Step::Archive | Step::Cancel => Vec::new(),
    }
}

fn lack_if(missing: bool, lack: Lack) -> Vec<Lack> {
    if missing { vec![lack] } else { Vec::new() }
}

fn publish_lacks(facts: &Facts) -> Vec<Lack> {
    let mut found = lack_if(!facts.school_open, Lack::SchoolOpen);
    if facts.first_start.is_none() {
        found.push(Lack::Lesson);
    }
    let (Some(opens), Some(closes)) = (facts.enrol_opens_at, facts.enrol_closes_at) else {
        found.push(Lack::Window);
        return found;
    };
    if closes <= opens {
        found.push(Lack::WindowForward);
    }
    if closes <= facts.now {
        found.push(Lack::WindowAhead);
    }
    if facts.first_start.is_some_and(|first| closes > first) {
        found.push(Lack::WindowBeforeLessons);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn ready() -> Facts {
        Facts {
            now: at(0),
            school_open: true,
            enrol_opens_at: Some(at(1)),
            enrol_closes_at: Some(at(10)),
            first_start: Some(at(20)),
            undecided_leaves: 0,
            unclosed: Vec::new(),
        }
    }

    #[test]
    fn a_class_lives_through_its_states_in_order() {
        let mut state = ClassState::Draft;
        let mut seen = vec![state];
        while let Some(step) = state.next() {
            state = step.leads_from(state).unwrap();
            seen.push(state);
        }
        assert_eq!(seen, ClassState::ALL[..6]);
    }

    #[test]
    fn the_table_of_steps() {
        // rows: states; columns: publish open start close archive cancel
        let table = [
            (ClassState::Draft, "P....."),
            (ClassState::Published, ".E...X"),
            (ClassState::Enrolling, "..R..X"),
            (ClassState::Running, "...C.X"),
            (ClassState::Closed, "....A."),
            (ClassState::Archived, "......"),
            (ClassState::Cancelled, "......"),
        ];
        for (state, row) in table {
            for (step, sign) in Step::ALL.iter().zip(row.chars()) {
                let expected = match sign {
                    'P' => Some(ClassState::Published),
                    'E' => Some(ClassState::Enrolling),
                    'R' => Some(ClassState::Running),
                    'C' => Some(ClassState::Closed),
                    'A' => Some(ClassState::Archived),
                    'X' => Some(ClassState::Cancelled),
                    _ => None,
                };
                assert_eq!(step.leads_from(state), expected, "{step:?} from {state:?}");
            }
        }
    }

    #[test]
    fn publishing_lists_all_that_is_missing() {
        assert_eq!(lacks(Step::Publish, &ready()), []);
        let nothing = Facts {
            school_open: false,
            enrol_opens_at: None,
            first_start: None,
            ..ready()
        };
        assert_eq!(lacks(Step::Publish, &nothing), [Lack::SchoolOpen, Lack::Lesson, Lack::Window]);
        let late = Facts {
            enrol_closes_at: Some(at(21)),
            ..ready()
        };
        assert_eq!(lacks(Step::Publish, &late), [Lack::WindowBeforeLessons]);
        let over = Facts { now: at(11), ..ready() };
        assert_eq!(lacks(Step::Publish, &over), [Lack::WindowAhead]);
        let backward = Facts {
            enrol_opens_at: Some(at(10)),
            ..ready()
        };
        assert_eq!(lacks(Step::Publish, &backward), [Lack::WindowForward]);
    }

    #[test]
    fn closing_names_each_lesson_whose_attendance_is_open() {
        assert_eq!(lacks(Step::Close, &ready()), []);
        let facts = Facts {
            unclosed: vec![("公司治理".into(), at(20)), ("股权".into(), at(30))],
            ..ready()
        };
        let found = lacks(Step::Close, &facts);
        assert_eq!(found.len(), 2);
        assert_eq!(
            found[1],
            Lack::Attendance {
                topic: "股权".into(),
                starts_at: at(30)
            }
        );
    }

    #[test]
    fn what_happens_by_itself_waits_for_its_time() {
        assert_eq!(lacks(Step::Open, &ready()), [Lack::WindowOpen]);
        assert_eq!(lacks(Step::Open, &Facts { now: at(1), ..ready() }), []);
        assert_eq!(lacks(Step::Start, &Facts { now: at(19), ..ready() }), [Lack::FirstLesson]);
        assert_eq!(lacks(Step::Start, &Facts { now: at(20), ..ready() }), []);
    }

    proptest! {
        /// Whatever steps are tried, a class never comes back to a state it has left, and an end is an end.
        #[test]
        fn life_goes_forward_only(steps in prop::collection::vec(0..Step::ALL.len(), 0..40)) {
            let mut state = ClassState::Draft;
            let mut seen = vec![state];
            for index in steps {
                if let Some(next) = Step::ALL[index].leads_from(state) {
                    prop_assert!(!seen.contains(&next));
                    prop_assert!(next > state);
                    state = next;
                    seen.push(state);
                }
            }
            if matches!(state, ClassState::Archived | ClassState::Cancelled) {
                prop_assert!(Step::ALL.iter().all(|step| step.leads_from(state).is_none()));
            }
        }

        /// A class that may be published has all of its window before its first lesson.
        #[test]
        fn a_published_window_lies_before_the_lessons(opens in -50_i64..50, closes in -50_i64..50, first in -50_i64..50) {
            let facts = Facts {
                enrol_opens_at: Some(at(opens)), enrol_closes_at: Some(at(closes)), first_start: Some(at(first)), ..ready()
            };
            let free = lacks(Step::Publish, &facts).is_empty();
            prop_assert_eq!(free, opens < closes && closes <= first && closes > 0);
        }
    }
}
