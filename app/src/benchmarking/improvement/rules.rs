//! Pure rules of benchmarks, gaps, targets and actions. Source: benchmarking.md, *Benchmark, gap, closure* and *Stage gates*.

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate, TimeDelta};

use crate::benchmarking::rules::evidence::is_within;
use crate::benchmarking::rules::exact::Exact;
use crate::benchmarking::rules::gap::{contribution, gap, largest};
use crate::benchmarking::rules::gates::{self, Condition, Kind};
use crate::benchmarking::rules::level::{Answer, Answers, Level};
use crate::benchmarking::rules::{Framework, Stage};

/// How many times a cause is asked why.
pub const WHYS: usize = 5;
/// Days before an action is due on which its people are told.
pub const SOON_DAYS: i64 = 7;
/// So many actions of one firm fit on its board.
pub const MOST_ACTIONS: i64 = 200;
/// So many pieces of evidence for one action.
pub const MOST_EVIDENCE: i64 = 30;
/// A firm compares itself with so many benchmarks, the primary one among them.
pub const MOST_BENCHMARKS: i64 = 6;

pub const LONGEST_NAME: usize = 80;
pub const LONGEST_ABOUT: usize = 500;
pub const LONGEST_SOURCE: usize = 200;
pub const LONGEST_WHY: usize = 200;
pub const LONGEST_ROOT: usize = 500;
pub const LONGEST_TITLE: usize = 80;
pub const LONGEST_OWNER: usize = 40;
pub const LONGEST_TEXT: usize = 500;
pub const LONGEST_NOTE: usize = 1000;
pub const LONGEST_LINK: usize = 500;

crate::words! {
    /// Where an action stands.
    pub enum ActionState {
        /// 计划中.
        Planned = "planned",
        /// 进行中.
        Doing = "doing",
        /// 已完成.
        Done = "done",
        /// 已取消.
        Cancelled = "cancelled",
    }
}

impl ActionState {
    /// Whether there is still something to do.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Doing)
    }

    /// Whether an action goes from here to there in one step.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Planned => matches!(next, Self::Doing | Self::Done | Self::Cancelled),
            Self::Doing => matches!(next, Self::Planned | Self::Done | Self::Cancelled),
            Self::Done => next == Self::Doing,
            Self::Cancelled => next == Self::Planned,
        }
    }

    /// Whether the step to there needs a reason: giving something up, or taking an end back.
    pub fn needs_reason(self, next: Self) -> bool {
        next == Self::Cancelled || !self.is_open()
    }
}

crate::words! {
    /// What evidence is.
    pub enum ProofKind {
        File = "file",
        Note = "note",
        Link = "link",
    }
}

crate::words! {
    /// What became of a piece of evidence.
    pub enum ProofState {
        Offered = "offered",
        Accepted = "accepted",
        Refused = "refused",
        /// Taken back by the firm.
        Removed = "removed",
    }
}

/// P1 to P3: how much hangs on an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority(u8);

impl Priority {
    pub const ALL: [Self; 3] = [Self(1), Self(2), Self(3)];
    /// What hurts when it is late.
    pub const FIRST: Self = Self(1);

    pub fn new(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.get() == number)
    }

    pub fn get(self) -> i64 {
        i64::from(self.0)
    }
}

impl std::fmt::Display for Priority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "P{}", self.0)
    }
}

impl std::str::FromStr for Priority {
    type Err = ();
    /// Reads `1` and `P1` alike.
    fn from_str(typed: &str) -> Result<Self, ()> {
        let digits = typed.trim().trim_start_matches(['p', 'P']);
        digits.parse().ok().and_then(Self::new).ok_or(())
    }
}

/// One level of a benchmark, with where it is known from and of which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenchmarkLevel {
    pub level: Level,
    pub source: String,
    pub dated_on: NaiveDate,
}

/// A benchmark's levels by indicator.
pub type BenchmarkLevels = BTreeMap<String, BenchmarkLevel>;

/// The conditions of the gate of 寻标 on a benchmark: in date, dimensions, weight; as the gate itself judges them.
pub fn benchmark_conditions(framework: &Framework, levels: Vec<gates::BenchmarkLevel>, today: NaiveDate) -> Vec<Condition> {
    let facts = gates::SeekFacts {
        profile_fields: 0,
        profile_empty: Vec::new(),
        own: Answers::new(),
        is_submitted: false,
        primary_benchmarks: 1,
        levels,
        today,
    };
    let about_it = |kind| matches!(kind, Kind::BenchmarkDated | Kind::BenchmarkDimensions | Kind::BenchmarkWeight);
    gates::seek(framework, &facts)
        .into_iter()
        .filter(|condition| about_it(condition.kind))
        .collect()
}

/// Whether a source is too old on `today` to count at the gate.
pub fn is_stale(dated_on: NaiveDate, today: NaiveDate) -> bool {
    !is_within(dated_on, today, gates::BENCHMARK_MONTHS)
}

/// One indicator held against the benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapRow {
    pub indicator: String,
    /// The benchmark's level, where it has one.
    pub benchmark: Option<Level>,
    /// The firm's own answer.
    pub own: Answer,
    /// max(0, benchmark − own); none where either level is not known.
    pub gap: Option<u8>,
    /// What closing the gap would add to the total, in points of 0 to 100.
    pub contribution: Exact,
    /// Among the five largest: a root cause is asked for.
    pub is_largest: bool,
}

/// Every indicator held against the benchmark, in the framework's order.
pub fn gap_rows(framework: &Framework, benchmark: &BTreeMap<String, Level>, own: &Answers) -> Vec<GapRow> {
    let mut rows: Vec<GapRow> = framework
        .indicators()
        .map(|(_, indicator)| gap_row(framework, &indicator.id, benchmark.get(&indicator.id).copied(), own))
        .collect();
    let gaps: Vec<(String, u8)> = rows.iter().filter_map(|row| Some((row.indicator.clone(), row.gap?))).collect();
    let largest = largest(framework, &gaps, gates::CAUSES);
    for row in &mut rows {
        row.is_largest = largest.contains(&row.indicator);
    }
    rows
}

fn gap_row(framework: &Framework, indicator: &str, benchmark: Option<Level>, own: &Answers) -> GapRow {
    let answer = own.get(indicator).copied().unwrap_or(Answer::Missing);
    let between = match (benchmark, answer) {
        (Some(benchmark), Answer::Level(level)) => Some(gap(benchmark, level)),
        _ => None,
    };
    GapRow {
        indicator: indicator.to_owned(),
        benchmark,
        own: answer,
        gap: between,
        contribution: contribution(framework, indicator, between.unwrap_or(0)),
        is_largest: false,
    }
}

/// Why a target may not be set so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetFault {
    /// There is no verified level to go up from.
    NotVerified,
    /// The indicator is agreed not to apply.
    NotApplicable,
    /// At or below the verified level.
    NotAbove(Level),
    /// Behind the gate of 对标 a target is a promise: it may grow, not shrink.
    Lowered(Level),
}

/// Whether a target is a target: above the verified level, and not below what was promised at the gate of 对标.
pub fn target_is_fit(stage: Stage, verified: Answer, before: Option<Level>, wanted: Level) -> Result<(), TargetFault> {
    let from = match verified {
        Answer::Level(level) => level,
        Answer::NotApplicable => return Err(TargetFault::NotApplicable),
        Answer::Missing => return Err(TargetFault::NotVerified),
    };
    if wanted <= from {
        return Err(TargetFault::NotAbove(from));
    }
    match before {
        Some(before) if is_promised(stage) && wanted < before => Err(TargetFault::Lowered(before)),
        _ => Ok(()),
    }
}

/// Whether targets were decided on at the gate of 对标, so that none is taken back.
pub fn is_promised(stage: Stage) -> bool {
    matches!(stage, Stage::Improve | Stage::Uplift)
}

/// How many days an open action is late; none when it is not.
pub fn days_late(state: ActionState, due_on: NaiveDate, today: NaiveDate) -> Option<i64> {
    let days = (today - due_on).num_days();
    (state.is_open() && days > 0).then_some(days)
}

/// A month of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month that a day lies in.
    pub fn of(day: NaiveDate) -> Self {
        Self {
            first: day.with_day(1).unwrap_or(day),
        }
    }

    /// Reads `2026-11`; years beyond any plan are none.
    pub fn parse(typed: &str) -> Option<Self> {
        let day = NaiveDate::parse_from_str(&format!("{}-01", typed.trim()), "%Y-%m-%d").ok()?;
        (2000..=2100).contains(&day.year()).then_some(Self { first: day })
    }

    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// The first day of the month after this one.
    pub fn end(self) -> NaiveDate {
        self.first + Months::new(1)
    }

    #[must_use]
    pub fn next(self) -> Self {
        Self { first: self.end() }
    }

    #[must_use]
    pub fn previous(self) -> Self {
        Self {
            first: self.first - Months::new(1),
        }
    }

    /// The weeks from Monday to Sunday that show the month whole.
    pub fn weeks(self) -> Vec<[NaiveDate; 7]> {
        let mut monday = self.first - TimeDelta::days(i64::from(self.first.weekday().num_days_from_monday()));
        let mut weeks = Vec::new();
        while monday < self.end() {
            weeks.push(std::array::from_fn(|day| monday + TimeDelta::days(i64::try_from(day).unwrap_or(0))));
            monday += TimeDelta::days(7);
        }
        weeks
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

/// A link as evidence: the web's two ways, printable, nothing that runs.
pub fn is_web_address(typed: &str) -> bool {
    let typed = typed.trim();
    let rest = typed.strip_prefix("https://").or_else(|| typed.strip_prefix("http://"));
    let plain = !typed.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"'));
    plain
        && rest.is_some_and(|rest| {
            rest.split(['/', '?', '#'])
                .next()
                .is_some_and(|host| host.contains('.') && !host.contains('@'))
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::benchmarking::rules::exact::{ratio, whole};
    use crate::benchmarking::testing::default_framework;

    fn at(level: i64) -> Level {
        Level::new(level).expect("a level")
    }

    fn on(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_benchmark_is_judged_as_at_the_gate() {
        let framework = default_framework();
        let today = on("2026-11-03");
        let judged = |levels: &[(&str, &str)]| -> Vec<bool> {
            let levels = levels.iter().map(|(indicator, day)| gates::BenchmarkLevel {
                indicator: (*indicator).to_owned(),
                has_source: true,
                dated_on: on(day),
            });
            let conditions = benchmark_conditions(&framework, levels.collect(), today);
            conditions.iter().map(|condition| condition.is_met).collect()
        };
        assert_eq!(judged(&[]), [false, false, false], "nothing is not in date");
        assert_eq!(
            judged(&[("A1", "2024-11-03"), ("B1", "2026-01-01"), ("C1", "2026-01-01")]),
            [true, true, false]
        );
        assert_eq!(judged(&[("A1", "2024-11-02")]), [false, false, false]);
        assert!(is_stale(on("2024-11-02"), today) && !is_stale(on("2024-11-03"), today));
    }

    #[test]
    fn gaps_rank_by_what_they_bring_and_unknown_ones_are_none() {
        let framework = default_framework();
        let benchmark: BTreeMap<String, Level> = [("A1", 5), ("A5", 5), ("B1", 3), ("C3", 4), ("D1", 2)]
            .iter()
            .map(|(id, level)| ((*id).to_owned(), at(*level)))
            .collect();
        let own = Answers::from([
            ("A1".to_owned(), Answer::Level(at(3))),
            ("A5".to_owned(), Answer::Level(at(1))),
            ("B1".to_owned(), Answer::Level(at(4))),
            ("C3".to_owned(), Answer::NotApplicable),
        ]);
        let rows = gap_rows(&framework, &benchmark, &own);
        assert_eq!(rows.len(), 18);
        let row = |id: &str| rows.iter().find(|row| row.indicator == id).expect("a row");
        assert_eq!((row("A1").gap, row("A1").contribution), (Some(2), ratio(30 * 25 * 2 * 25, 10_000)));
        assert_eq!((row("A5").gap, row("A5").contribution), (Some(4), ratio(30 * 10 * 4 * 25, 10_000)));
        assert_eq!(row("B1").gap, Some(0), "better than the benchmark is no gap");
        assert_eq!((row("C3").gap, row("D1").gap, row("A2").gap), (None, None, None));
        let asked: Vec<&str> = rows.iter().filter(|row| row.is_largest).map(|row| row.indicator.as_str()).collect();
        assert_eq!(asked, ["A1", "A5"], "all, if fewer than five");
    }

    #[test]
    fn a_target_lies_above_what_is_verified_and_is_not_lowered_once_promised() {
        let verified = Answer::Level(at(3));
        let fit = |stage, before: Option<i64>, wanted| target_is_fit(stage, verified, before.map(at), at(wanted));
        assert_eq!(fit(Stage::Compare, None, 3), Err(TargetFault::NotAbove(at(3))));
        assert_eq!(fit(Stage::Compare, Some(5), 4), Ok(()));
        assert_eq!(fit(Stage::Improve, Some(5), 4), Err(TargetFault::Lowered(at(5))));
        assert_eq!(fit(Stage::Uplift, Some(4), 5), Ok(()));
        assert_eq!(target_is_fit(Stage::Compare, Answer::Missing, None, at(4)), Err(TargetFault::NotVerified));
        assert_eq!(
            target_is_fit(Stage::Compare, Answer::NotApplicable, None, at(4)),
            Err(TargetFault::NotApplicable)
        );
    }

    #[test]
    fn every_end_can_be_taken_back_with_a_reason_and_nothing_else_needs_one() {
        use ActionState::{Cancelled, Doing, Done, Planned};
        let steps: Vec<(ActionState, ActionState)> = ActionState::ALL
            .iter()
            .flat_map(|from| ActionState::ALL.iter().map(|to| (*from, *to)))
            .filter(|(from, to)| from.may_become(*to))
            .collect();
        assert_eq!(
            steps,
            [
                (Planned, Doing),
                (Planned, Done),
                (Planned, Cancelled),
                (Doing, Planned),
                (Doing, Done),
                (Doing, Cancelled),
                (Done, Doing),
                (Cancelled, Planned)
            ]
        );
        let reasoned: Vec<_> = steps.into_iter().filter(|(from, to)| from.needs_reason(*to)).collect();
        assert_eq!(reasoned, [(Planned, Cancelled), (Doing, Cancelled), (Done, Doing), (Cancelled, Planned)]);
    }

    #[test]
    fn only_what_is_open_is_late_and_only_after_its_day() {
        let today = on("2026-11-03");
        assert_eq!(days_late(ActionState::Doing, today, today), None);
        assert_eq!(days_late(ActionState::Doing, on("2026-11-02"), today), Some(1));
        assert_eq!(days_late(ActionState::Done, on("2026-01-01"), today), None);
        assert_eq!(days_late(ActionState::Cancelled, on("2026-01-01"), today), None);
    }

    #[test]
    fn a_month_is_shown_in_whole_weeks() {
        let november = Month::parse("2026-11").expect("a month");
        let weeks = november.weeks();
        assert_eq!((weeks.len(), weeks[0][0], weeks[5][6]), (6, on("2026-10-26"), on("2026-12-06")));
        assert_eq!(november.next().to_string(), "2026-12");
        assert_eq!(Month::parse("2026-01").expect("a month").previous().to_string(), "2025-12");
        for wrong in ["", "2026", "2026-13", "99999-01", "<script>", "1999-12"] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn links_are_addresses_of_the_web() {
        for good in ["https://www.example.com/a?b=1#c", "http://example.cn"] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "",
            "example.com",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "https://a b.cn",
            "https://x",
            "https://u@evil.cn/",
            "ftp://a.b",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }

    #[test]
    fn priorities_are_read_in_either_dress() {
        assert_eq!("1".parse(), Ok(Priority::FIRST));
        assert_eq!("p3".parse::<Priority>().map(Priority::get), Ok(3));
        assert!("4".parse::<Priority>().is_err() && "".parse::<Priority>().is_err());
    }

    proptest! {
        #[test]
        fn every_week_has_each_day_once(year in 2000_i32..2100, month in 1_u32..=12) {
            let month = Month::of(NaiveDate::from_ymd_opt(year, month, 1).expect("a day"));
            let days: Vec<NaiveDate> = month.weeks().into_iter().flatten().collect();
            prop_assert!(days.windows(2).all(|pair| pair[1] - pair[0] == TimeDelta::days(1)));
            prop_assert!(days[0] <= month.first() && days[days.len() - 1] >= month.end() - TimeDelta::days(1));
        }

        #[test]
        fn raising_an_own_level_never_widens_the_gaps(levels in proptest::collection::vec(1_i64..=5, 18), raised in 0_usize..18) {
            let framework = default_framework();
            let benchmark: BTreeMap<String, Level> = framework.indicators().map(|(_, known)| (known.id.clone(), at(4))).collect();
            let own: Answers = framework.indicators().zip(&levels).map(|((_, known), level)| (known.id.clone(), Answer::Level(at(*level)))).collect();
            let mut better = own.clone();
            let id = framework.indicators().nth(raised).expect("an indicator").1.id.clone();
            better.insert(id, Answer::Level(at((levels[raised] + 1).min(5))));
            let sum = |own: &Answers| gap_rows(&framework, &benchmark, own).iter().fold(whole(0), |sum, row| sum + row.contribution);
            prop_assert!(sum(&better) <= sum(&own));
        }

        #[test]
        fn any_text_is_judged_without_a_panic(typed in "\\PC*") {
            let _ = (Month::parse(&typed), is_web_address(&typed), typed.parse::<Priority>());
        }
    }
}
