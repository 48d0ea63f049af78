//! What coordinators type about classes and lessons: raw strings in, a command or all the faults out.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use super::rules::{Approval, ClassFields, CopyFields, LessonFields, Repeat, SERIES_LONGEST, Span, half_hours};
use crate::error::{AppError, FieldProblem};
use crate::ids::{PlanId, Region};
use crate::ui::time::{parse_day, parse_local};

/// Fields by name, as a form sends them.
pub type Typed = BTreeMap<String, Vec<String>>;

/// The longest title and topic, in characters.
pub const LONGEST_TITLE: usize = 80;
/// The longest name of a term.
pub const LONGEST_TERM: usize = 30;
/// The longest summary.
pub const LONGEST_SUMMARY: usize = 2000;
/// The longest reason.
pub const LONGEST_REASON: usize = 300;
/// The most seats of a class.
pub const MOST_SEATS: i64 = 5000;
/// A lesson is over within a day.
const LONGEST_LESSON: TimeDelta = TimeDelta::hours(24);
/// Instants outside these years are slips of the finger.
const YEARS: RangeInclusive<i32> = 2000..=2099;
/// A quota's field is this and the county's key.
pub const QUOTA_FIELD: &str = "quota_";

/// The first value of a field, empty when it was not sent.
pub fn raw<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).and_then(|values| values.first()).map_or("", |value| value.trim())
}

/// Reads fields one by one and keeps every fault.
struct Reader<'a> {
    typed: &'a Typed,
    faults: Vec<FieldProblem>,
}

impl<'a> Reader<'a> {
    fn new(typed: &'a Typed) -> Self {
        Self { typed, faults: Vec::new() }
    }

    fn fault(&mut self, field: &str, key: &str) {
        self.faults.push(FieldProblem::new(field, key));
    }

    /// One line, or several where `lines` says so; empty is allowed.
    fn text(&mut self, field: &str, longest: usize, lines: bool) -> String {
        let text = raw(self.typed, field).replace("\r\n", "\n");
        if text.chars().any(|c| c.is_control() && !(lines && c == '\n')) {
            self.fault(field, "classes-text-control");
        } else if text.chars().count() > longest {
            self.faults.push(FieldProblem::new(field, "classes-text-long").with("max", longest));
        }
        text
    }

    fn needed(&mut self, field: &str, longest: usize, lines: bool, missing: &str) -> String {
        let text = self.text(field, longest, lines);
        if text.is_empty() {
            self.fault(field, missing);
        }
        text
    }

    fn number(&mut self, field: &str, allowed: RangeInclusive<i64>) -> i64 {
        match figures(raw(self.typed, field)).parse() {
            Ok(number) if allowed.contains(&number) => number,
            _ => {
                let problem = FieldProblem::new(field, "classes-number")
                    .with("min", allowed.start())
                    .with("max", allowed.end());
                self.faults.push(problem);
                *allowed.start()
            }
        }
    }

    fn instant(&mut self, field: &str) -> Option<DateTime<Utc>> {
        let text = raw(self.typed, field);
        if text.is_empty() {
            return None;
        }
        let at = parse_local(text).filter(|at| YEARS.contains(&at.year()));
        if at.is_none() {
            self.fault(field, "classes-time-wrong");
        }
        at
    }

    fn id<T: std::str::FromStr>(&mut self, field: &str, wrong: &str) -> Option<T> {
        let text = raw(self.typed, field);
        if text.is_empty() {
            return None;
        }
        let id = text.parse().ok();
        if id.is_none() {
            self.fault(field, wrong);
        }
        id
    }

    /// The command, made only when there is no fault; a part that is missing then has been told already.
    fn done<T>(self, command: Option<T>) -> Result<T, AppError> {
        match command {
            Some(command) if self.faults.is_empty() => Ok(command),
            _ => Err(AppError::Invalid(self.faults)),
        }
    }
}

/// Full-width digits are forgiven.
fn figures(text: &str) -> String {
    text.chars().map(crate::accounts::rules::half_width).collect()
}

/// The edition that a form was made from. One that is no number was tampered with: it fits no row.
pub fn edition(typed: &Typed) -> i64 {
    raw(typed, "edition").parse().unwrap_or(0)
}

/// Reads the form of a class.
pub fn class(typed: &Typed) -> Result<ClassFields, AppError> {
    let mut read = Reader::new(typed);
    let title = read.needed("title", LONGEST_TITLE, false, "classes-title-missing");
    let summary = read.text("summary", LONGEST_SUMMARY, true);
    let plan: Option<PlanId> = read.id("plan", "classes-plan-unknown");
    if plan.is_none() && raw(typed, "plan").is_empty() {
        read.fault("plan", "classes-plan-missing");
    }
    let theme = read.id("theme", "classes-theme-unknown");
    let term = read.needed("term", LONGEST_TERM, false, "classes-term-missing");
    let capacity = read.number("capacity", 1..=MOST_SEATS);
    let approval: Option<Approval> = raw(typed, "approval").parse().ok();
    if approval.is_none() {
        read.fault("approval", "classes-approval-missing");
    }
    let (enrol_opens_at, enrol_closes_at) = (read.instant("enrol_opens_at"), read.instant("enrol_closes_at"));
    if let (Some(opens), Some(closes)) = (enrol_opens_at, enrol_closes_at)
        && closes <= opens
    {
        read.fault("enrol_closes_at", "classes-window-backward");
    }
    let (cutoff_at, quota_reclaim_at) = (read.instant("cutoff_at"), read.instant("quota_reclaim_at"));
    let quotas = quotas(&mut read, capacity);
    let (opens_before_min, late_after_min) = (read.number("opens_before_min", 0..=240), read.number("late_after_min", 0..=120));
    let pass_rate = read.number("pass_rate", 1..=100);
    let command = plan.zip(approval).map(|(plan, approval)| ClassFields {
        plan,
        theme,
        title,
        summary,
        term,
        capacity,
        approval,
        enrol_opens_at,
        enrol_closes_at,
        cutoff_at,
        quota_reclaim_at,
        quotas,
        opens_before_min,
        late_after_min,
        pass_rate,
    });
    read.done(command)
}

/// Seats kept for counties; an empty field or a zero keeps none.
fn quotas(read: &mut Reader<'_>, capacity: i64) -> Vec<(Region, i64)> {
    let fields: Vec<String> = read.typed.keys().filter(|name| name.starts_with(QUOTA_FIELD)).cloned().collect();
    let mut quotas = Vec::new();
    for field in fields {
        if raw(read.typed, &field).is_empty() {
            continue;
        }
        let seats = read.number(&field, 0..=MOST_SEATS);
        if seats > 0 {
            quotas.push((Region::from(&field[QUOTA_FIELD.len()..]), seats));
        }
    }
    let together: i64 = quotas.iter().map(|(_, seats)| seats).sum();
    if together > capacity {
        read.faults.push(
            FieldProblem::new("capacity", "classes-quota-sum")
                .with("sum", together)
                .with("max", capacity),
        );
    }
    quotas
}

/// Reads the form of one lesson.
pub fn lesson(typed: &Typed) -> Result<LessonFields, AppError> {
    let mut read = Reader::new(typed);
    let command = lesson_fields(&mut read);
    read.done(command)
}

fn lesson_fields(read: &mut Reader<'_>) -> Option<LessonFields> {
    let topic = read.needed("topic", LONGEST_TITLE, false, "classes-topic-missing");
    let span = lesson_span(read);
    let teacher = read.id("teacher", "classes-teacher-gone");
    let venue = read.id("venue", "classes-venue-gone");
    let hours = half_hours(&figures(raw(read.typed, "hours")));
    if hours.is_none() {
        read.fault("hours", "classes-hours-wrong");
    }
    span.zip(hours).map(|(span, half_hours)| LessonFields {
        topic,
        span,
        teacher,
        venue,
        half_hours,
    })
}

fn lesson_span(read: &mut Reader<'_>) -> Option<Span> {
    let (starts, ends) = (read.instant("starts_at"), read.instant("ends_at"));
    for (field, key) in [("starts_at", "classes-start-missing"), ("ends_at", "classes-end-missing")] {
        if raw(read.typed, field).is_empty() {
            read.fault(field, key);
        }
    }
    let (starts_at, ends_at) = starts.zip(ends)?;
    if ends_at <= starts_at {
        read.fault("ends_at", "classes-end-before-start");
    } else if ends_at - starts_at > LONGEST_LESSON {
        read.fault("ends_at", "classes-lesson-long");
    }
    Some(Span { starts_at, ends_at })
}

/// A series before anybody chose among its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    pub first: LessonFields,
    pub repeat: Repeat,
    pub count: i64,
}

impl Series {
    /// Every lesson of the series.
    pub fn lessons(&self) -> Vec<LessonFields> {
        let spans = super::rules::series(self.first.span, self.repeat, self.count);
        spans.into_iter().map(|span| LessonFields { span, ..self.first.clone() }).collect()
    }
}

/// Reads a series.
pub fn series(typed: &Typed) -> Result<Series, AppError> {
    let mut read = Reader::new(typed);
    let first = lesson_fields(&mut read);
    let repeat: Option<Repeat> = raw(typed, "repeat").parse().ok();
    if repeat.is_none() {
        read.fault("repeat", "classes-repeat-missing");
    }
    let count = read.number("count", 1..=SERIES_LONGEST);
    let command = first.zip(repeat).map(|(first, repeat)| Series { first, repeat, count });
    read.done(command)
}

/// Those lessons of a series whose places are ticked.
pub fn chosen(typed: &Typed, series: &Series) -> Result<Vec<LessonFields>, AppError> {
    let ticked: Vec<&String> = ["days[]", "days"].iter().filter_map(|name| typed.get(*name)).flatten().collect();
    let lessons = series.lessons().into_iter().enumerate();
    let chosen: Vec<LessonFields> = lessons
        .filter(|(place, _)| ticked.iter().any(|tick| **tick == place.to_string()))
        .map(|(_, lesson)| lesson)
        .collect();
    if chosen.is_empty() {
        Err(AppError::field("days", "classes-series-none"))
    } else {
        Ok(chosen)
    }
}

/// Reads what a copy shall be called and when it begins.
pub fn copy(typed: &Typed) -> Result<CopyFields, AppError> {
    let mut read = Reader::new(typed);
    let title = read.needed("title", LONGEST_TITLE, false, "classes-title-missing");
    let term = read.needed("term", LONGEST_TERM, false, "classes-term-missing");
    let first_day: Option<NaiveDate> = parse_day(raw(typed, "first_day")).filter(|day| YEARS.contains(&day.year()));
    if first_day.is_none() {
        read.fault("first_day", "classes-day-wrong");
    }
    let command = first_day.map(|first_day| CopyFields { title, term, first_day });
    read.done(command)
}

/// Reads a reason, which other people will read.
pub fn reason(typed: &Typed) -> Result<String, AppError> {
    let mut read = Reader::new(typed);
    let reason = read.needed("reason", LONGEST_REASON, true, "classes-reason-missing");
    read.done(Some(reason))
}

/// Words of a search: what no title holds is left out, and nobody searches for more than a title.
pub fn search_words(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_TITLE).collect();
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(fields: &[(&str, &str)]) -> Typed {
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect()
    }

    fn good() -> Typed {
        typed(&[
            ("title", " 新质生产力研修班 "),
            ("plan", "0193e5a8-0000-7000-8000-000000000001"),
            ("term", "2026 冬"),
            ("capacity", "４０"),
            ("approval", "automatic"),
            ("enrol_opens_at", "2026-11-03T09:00"),
            ("enrol_closes_at", "2026-11-20T18:00"),
            ("opens_before_min", "30"),
            ("late_after_min", "10"),
            ("pass_rate", "80"),
            ("quota_410323", "10"),
            ("quota_410327", ""),
        ])
    }

    fn faults<T: std::fmt::Debug>(read: Result<T, AppError>) -> Vec<(String, String)> {
        match read {
            Err(AppError::Invalid(faults)) => faults.into_iter().map(|fault| (fault.field, fault.problem.key)).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(field, key)| ((*field).to_owned(), (*key).to_owned())).collect()
    }

    #[test]
    fn a_whole_form_is_read() {
        let fields = class(&good()).unwrap();
        assert_eq!((fields.title.as_str(), fields.capacity), ("新质生产力研修班", 40));
        assert_eq!(fields.quotas, [(Region::from("410323"), 10)]);
        assert_eq!(fields.cutoff_at, None);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let found = faults(class(&Typed::new()));
        let expected = [
            ("title", "classes-title-missing"),
            ("plan", "classes-plan-missing"),
            ("term", "classes-term-missing"),
            ("capacity", "classes-number"),
            ("approval", "classes-approval-missing"),
            ("opens_before_min", "classes-number"),
            ("late_after_min", "classes-number"),
            ("pass_rate", "classes-number"),
        ];
        assert_eq!(found, pairs(&expected));
    }

    #[test]
    fn quotas_fit_into_the_capacity_and_the_window_runs_forward() {
        let mut form = good();
        form.extend(typed(&[("quota_410327", "31"), ("enrol_closes_at", "2026-11-03T09:00")]));
        assert_eq!(
            faults(class(&form)),
            pairs(&[("enrol_closes_at", "classes-window-backward"), ("capacity", "classes-quota-sum")])
        );
    }

    #[test]
    fn hostile_text_is_told_and_never_kept() {
        let long = "长".repeat(10_000);
        for (value, key) in [
            ("a\0b", "classes-text-control"),
            ("\u{7}x", "classes-text-control"),
            (long.as_str(), "classes-text-long"),
        ] {
            let mut form = good();
            form.extend(typed(&[("title", value)]));
            assert_eq!(faults(class(&form)), pairs(&[("title", key)]));
        }
        for instant in ["0000-01-01T00:00", "99999-01-01T00:00", "2026-13-01T00:00", "😀"] {
            let mut form = good();
            form.extend(typed(&[("cutoff_at", instant)]));
            assert_eq!(faults(class(&form)), pairs(&[("cutoff_at", "classes-time-wrong")]), "{instant}");
        }
        let mut form = good();
        form.extend(typed(&[("title", "<script>alert(1)</script> 😀")]));
        assert!(class(&form).is_ok(), "odd words are words; the page escapes them");
    }

    #[test]
    fn a_lesson_ends_after_it_starts_within_a_day() {
        let lesson_at = |starts: &str, ends: &str| lesson(&typed(&[("topic", "股权"), ("starts_at", starts), ("ends_at", ends), ("hours", "2.5")]));
        assert_eq!(lesson_at("2026-12-01T09:00", "2026-12-01T11:30").unwrap().half_hours, 5);
        assert_eq!(
            faults(lesson_at("2026-12-01T09:00", "2026-12-01T09:00")),
            pairs(&[("ends_at", "classes-end-before-start")])
        );
        assert_eq!(
            faults(lesson_at("2026-12-01T09:00", "2026-12-03T09:00")),
            pairs(&[("ends_at", "classes-lesson-long")])
        );
        assert_eq!(
            faults(lesson_at("", "x")),
            pairs(&[("ends_at", "classes-time-wrong"), ("starts_at", "classes-start-missing")])
        );
    }

    #[test]
    fn a_series_takes_the_days_that_are_ticked() {
        let mut form = typed(&[
            ("topic", "股权"),
            ("starts_at", "2026-12-01T09:00"),
            ("ends_at", "2026-12-01T11:30"),
            ("hours", "2.5"),
        ]);
        form.extend(typed(&[("repeat", "weekly"), ("count", "3")]));
        let read = series(&form).unwrap();
        assert_eq!(faults(chosen(&form, &read)), pairs(&[("days", "classes-series-none")]));
        form.insert("days[]".into(), vec!["0".into(), "2".into(), "9".into()]);
        let days: Vec<u32> = chosen(&form, &read).unwrap().iter().map(|lesson| lesson.span.starts_at.day()).collect();
        assert_eq!(days, [1, 15]);
        form.extend(typed(&[("count", "61")]));
        assert_eq!(faults(series(&form)), pairs(&[("count", "classes-number")]));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            let names = ["title", "plan", "theme", "capacity", "enrol_opens_at", "quota_410323", "quota_", "topic", "starts_at", "ends_at", "hours",
                "repeat", "count", "days[]", "first_day", "reason", "edition"];
            let form: Typed = names.iter().map(|name| ((*name).to_owned(), vec![text.clone()])).collect();
            let _ = (class(&form).is_ok(), lesson(&form).is_ok(), series(&form).is_ok(), copy(&form).is_ok(), reason(&form).is_ok(), edition(&form));
            prop_assert!(!search_words(&text).contains('\0'));
        }
    }
}
