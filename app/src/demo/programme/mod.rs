//! The benchmarking programme: thirty pilot firms in all four stages, each with a story in its figures, and a second cohort
//! that is being nominated.

mod gates;
mod improving;
mod measuring;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::firms::Firm;
use super::maker::Maker;
use super::people::People;
use super::tables::row;
use crate::benchmarking::rules::gates::ActionFact;
use crate::benchmarking::rules::level::{Answer, Answers, Level};
use crate::benchmarking::rules::{AtGate, Framework, Stage};
use crate::ids::{BenchmarkId, CohortId, EventId, FrameworkId, PersonId, PilotId, RoundId};

/// Days from today at which things happened.
const NOMINATED: i64 = -320;
const CHOSEN: i64 = -290;
const FIRST_ROUND: i64 = -280;
const FIRST_VERIFIED: i64 = -235;
const FIRST_CLOSED: i64 = -200;
/// Applied for at the gate 改善 by those who are past it.
const IMPROVED: i64 = -60;
const SECOND_ROUND: i64 = -45;
const SECOND_VERIFIED: i64 = -20;
/// The last day of the condition that one firm has left open.
const CONDITION_DUE: i64 = 20;

/// Invented benchmark enterprises: name, what it is, and from how many of 100 its levels are 5 rather than 4.
const BENCHMARKS: [(&str, &str, usize); 5] = [
    ("中原恒拓精密装备集团", "郑州的装备制造集团，数字化车间和质量管理在同行中领先。", 45),
    ("云汇城市服务股份有限公司", "省内连锁服务企业，标准化门店和客户数据管理成体系。", 40),
    ("豫西金穗农业科技集团", "从种植到冷链的全产业链农业企业，带动农户八千余户。", 35),
    ("华芯先进材料股份有限公司", "国家级专精特新企业，主导两项行业标准。", 55),
    ("启明数联科技有限公司", "三年从二十人成长到二百人的工业软件企业，人才激励有特色。", 40),
];

const SOURCES: [&str; 3] = ["2025 年度社会责任报告", "现场对标交流记录", "省工信厅典型案例汇编"];

const REASONS: [&str; 5] = [
    "县域同类企业前三名，负责人改进意愿强，愿意公开经验。",
    "近三年营收和税收稳定增长，管理基础较好，有专人负责。",
    "产业链带动明显，急需补数字化和人才短板，具备示范意义。",
    "拥有省级研发平台，技术好、管理弱，对标提升空间大。",
    "二代已进入管理层，正处在接班和转型的关口。",
];

/// Where one pilot stands; the thirty follow this in turn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Story {
    /// 寻标, and the self-assessment of the open round not begun.
    NotBegun,
    /// 寻标, halfway through its self-assessment.
    Halfway,
    /// 寻标, handed in.
    HandedIn,
    /// 寻标, returned with comments.
    Returned,
    /// 对标, causes and targets under way.
    Comparing,
    /// 改善, actions going well.
    Improving,
    /// 改善, an important action late.
    Late,
    /// 提升, measured again and handed in.
    Measured,
    /// 提升, measured again and verified.
    Proven,
    /// Through all four gates.
    Completed,
}

const STORIES: [Story; 10] = [
    Story::Improving,
    Story::Proven,
    Story::Comparing,
    Story::HandedIn,
    Story::Improving,
    Story::Late,
    Story::Halfway,
    Story::Measured,
    Story::Comparing,
    Story::Returned,
];

impl Story {
    fn of(number: usize) -> Self {
        match number {
            21 => Self::Completed,
            29 => Self::NotBegun,
            _ => STORIES[number % STORIES.len()],
        }
    }

    fn stage(self) -> Stage {
        match self {
            Self::NotBegun | Self::Halfway | Self::HandedIn | Self::Returned => Stage::Seek,
            Self::Comparing => Stage::Compare,
            Self::Improving | Self::Late => Stage::Improve,
            Self::Measured | Self::Proven | Self::Completed => Stage::Uplift,
        }
    }

    /// Verified in the first round.
    fn is_past_the_first(self) -> bool {
        self.stage() != Stage::Seek
    }
}

/// Everybody and everything that a pilot's rows name.
struct Desk<'a> {
    maker: &'a mut Maker,
    framework: &'a Framework,
    expert: PersonId,
    city: PersonId,
}

/// Writes the programme. `framework_id` is the published version that both rounds pin.
pub fn invent(maker: &mut Maker, people: &People, firms: &[Firm], framework: &Framework, framework_id: FrameworkId) {
    let city = people.city.id;
    let expert = people.expert.id;
    let cohort = cohort(maker, city, "2026 年首批试点", 30, "running", CHOSEN - 40, &[8, 7, 6, 5, 4]);
    let first = round(maker, city, cohort, 1, "第一轮（基线）", framework_id, FIRST_ROUND, Some(FIRST_CLOSED));
    let second = round(maker, city, cohort, 2, "第二轮（复评）", framework_id, SECOND_ROUND, None);
    let benchmarks = benchmarks(maker, city, framework);
    let mut desk = Desk {
        maker,
        framework,
        expert,
        city,
    };
    for (number, firm) in firms.iter().take(30).enumerate() {
        let bench = &benchmarks[category_place(firm.category)];
        let pilot = Pilot {
            number,
            category: firm.category,
            story: Story::of(number),
            gate: lies_at(number),
            condition: (number == 24).then_some(Stage::Compare),
            contact: people.contacts[number].id,
            coordinator: people.coordinator(firm.region).id,
            id: desk.maker.id(desk.maker.at(NOMINATED, 10, 0)),
        };
        desk.pilot(cohort, firm, &pilot);
        desk.benchmark(&pilot, bench);
        let mut course = Course::default();
        if let Some((own, verified)) = desk.first_round(first, &pilot) {
            desk.improve(&pilot, bench, &verified, &mut course);
            (course.own, course.verified) = (own, verified);
        }
        desk.second_round(second, &pilot, &mut course);
        desk.gates(&pilot, bench, &course);
    }
    nominations(maker, people, firms, city);
}

/// Where the application of some of them lies.
fn lies_at(number: usize) -> AtGate {
    match number {
        12 | 13 => AtGate::County,
        11 | 18 => AtGate::City,
        _ => AtGate::Open,
    }
}

/// Levels as answers.
fn answers(levels: &Levels) -> Answers {
    levels
        .iter()
        .filter_map(|(id, level)| Some((id.clone(), Answer::Level(Level::new(*level)?))))
        .collect()
}

fn category_place(category: &str) -> usize {
    ["manufacturing", "services", "agriculture", "high_tech", "tech_sme"]
        .iter()
        .position(|known| *known == category)
        .unwrap_or(0)
}

fn cohort(maker: &mut Maker, by: PersonId, name: &str, size: i64, state: &str, day: i64, seats: &[i64; 5]) -> CohortId {
    let at = maker.at(day, 9, 30);
    let id: CohortId = maker.id(at);
    maker.tables.cohorts.add(row![id, name, size, state, at, by]);
    for (category, seats) in ["manufacturing", "services", "agriculture", "high_tech", "tech_sme"]
        .into_iter()
        .zip(seats)
    {
        maker.tables.cohort_targets.add(row![id, category, *seats]);
    }
    id
}

#[allow(clippy::too_many_arguments)] // one row
fn round(
    maker: &mut Maker,
    by: PersonId,
    cohort: CohortId,
    number: i64,
    name: &str,
    framework: FrameworkId,
    opened: i64,
    closed: Option<i64>,
) -> RoundId {
    let at = maker.at(opened, 9, 0);
    let id: RoundId = maker.id(at);
    let state = if closed.is_some() { "closed" } else { "open" };
    let closed_at = closed.map(|day| maker.at(day, 17, 30));
    let closed_by = closed.map(|_| by);
    maker
        .tables
        .rounds
        .add(row![id, cohort, number, name, framework, state, at, by, closed_at, closed_by]);
    id
}

/// A benchmark enterprise.
struct Bench {
    id: BenchmarkId,
    levels: BTreeMap<String, Level>,
    dates: BTreeMap<String, NaiveDate>,
}

/// One benchmark for each category, with a level for every indicator.
fn benchmarks(maker: &mut Maker, by: PersonId, framework: &Framework) -> Vec<Bench> {
    BENCHMARKS
        .iter()
        .map(|(name, about, top)| {
            let at = maker.at(FIRST_VERIFIED, 14, 0);
            let mut bench = Bench {
                id: maker.id(at),
                levels: BTreeMap::new(),
                dates: BTreeMap::new(),
            };
            let initials = crate::accounts::rules::initials(name);
            maker
                .tables
                .benchmarks
                .add(row![bench.id, *name, initials, *about, framework.id.clone(), at, by]);
            for (_, indicator) in framework.indicators() {
                let level: i64 = if maker.happens(*top) { 5 } else { 4 };
                // In date at every gate that asks: between the first and now.
                let dated_on = maker.today - TimeDelta::days(maker.between(250, 640));
                let source = maker.pick(&SOURCES);
                maker
                    .tables
                    .benchmark_levels
                    .add(row![bench.id, indicator.id.clone(), level, source, dated_on]);
                bench.levels.extend(Level::new(level).map(|level| (indicator.id.clone(), level)));
                bench.dates.insert(indicator.id.clone(), dated_on);
            }
            bench
        })
        .collect()
}

struct Pilot {
    number: usize,
    category: &'static str,
    story: Story,
    /// Where its application for the stage's gate lies.
    gate: AtGate,
    /// The gate that it passed on conditions which are still open.
    condition: Option<Stage>,
    contact: PersonId,
    coordinator: PersonId,
    id: PilotId,
}

impl Pilot {
    /// How many of the root causes that are asked for are written down.
    fn causes(&self) -> usize {
        if self.condition.is_some() {
            4
        } else if self.story == Story::Comparing && self.gate == AtGate::Open && self.number % 3 == 2 {
            3
        } else {
            5
        }
    }

    /// The day on which it applied at the gate where it stands.
    fn applied(&self) -> i64 {
        match self.gate {
            AtGate::City => -8,
            AtGate::County | AtGate::Open => -3,
        }
    }

    /// Since when its application lies where it lies.
    fn waits_since(&self) -> Option<i64> {
        match self.gate {
            AtGate::Open => None,
            AtGate::County => Some(-3),
            AtGate::City => Some(-5),
        }
    }
}

type Levels = BTreeMap<String, i64>;

/// What a firm has come to so far, as the gates ask for it.
#[derive(Clone, Default)]
struct Course {
    /// Its own levels when it applied at the first gate.
    own: Levels,
    /// Verified in the first round.
    verified: Levels,
    /// Verified in the second round.
    again: Option<Levels>,
    causes: BTreeSet<String>,
    targets: BTreeMap<String, Level>,
    actions: Vec<ActionFact>,
}

impl Course {
    fn without_a_cause(&self) -> Self {
        let mut course = self.clone();
        course.causes.pop_last();
        course
    }
}

impl Desk<'_> {
    fn at(&self, day: i64, hour: u32) -> DateTime<Utc> {
        self.maker.at(day, hour, 20)
    }

    fn day(&self, days: i64) -> NaiveDate {
        self.maker.today + TimeDelta::days(days)
    }

    fn pilot(&mut self, cohort: CohortId, firm: &Firm, pilot: &Pilot) {
        let nominated = self.at(NOMINATED, 10);
        let chosen = self.at(CHOSEN, 15);
        let is_completed = pilot.story == Story::Completed;
        self.maker.tables.pilots.add(row![
            pilot.id,
            cohort,
            firm.id,
            firm.region,
            pilot.category,
            REASONS[pilot.number % REASONS.len()],
            if is_completed { "completed" } else { "chosen" },
            pilot.story.stage().as_str(),
            pilot.gate.as_str(),
            pilot.waits_since().map(|day| self.at(day, 15)),
            pilot.condition.map(Stage::as_str),
            pilot.condition.map(|_| self.day(CONDITION_DUE)),
            nominated,
            pilot.coordinator,
            chosen,
            is_completed.then(|| self.at(SECOND_VERIFIED + 10, 15)),
        ]);
        for (day, by, what) in [
            (NOMINATED, pilot.coordinator, "nominated"),
            (NOMINATED + 20, self.city, "screened"),
            (CHOSEN, self.city, "chosen"),
        ] {
            let at = self.at(day, 15);
            self.happening(pilot, at, by, what, "", "");
        }
        self.maker.tables.verifier_assignments.add(row![pilot.id, self.expert, chosen, self.city]);
        let (name, phone) = (
            format!("{}经理", self.maker.pick(&["刘", "孙", "何", "高", "罗"])),
            format!("1380379{:04}", pilot.number + 6100),
        );
        let contact: EventId = self.maker.id(chosen);
        self.maker
            .tables
            .firm_contacts
            .add(row![contact, firm.id, name, "总经理办公室", phone, true, chosen, pilot.contact]);
    }

    /// One line of the firm's history in the programme.
    fn happening(&mut self, pilot: &Pilot, at: DateTime<Utc>, by: PersonId, what: &str, why: &str, detail: &str) {
        let id: EventId = self.maker.id(at);
        self.maker.tables.pilot_events.add(row![id, pilot.id, at, by, what, why, detail]);
    }
}

/// The second cohort: nominated by the counties, partly screened.
fn nominations(maker: &mut Maker, people: &People, firms: &[Firm], city: PersonId) {
    let cohort = cohort(maker, city, "2027 年第二批试点", 30, "selecting", -25, &[8, 7, 6, 5, 4]);
    for (number, firm) in firms.iter().skip(30).take(16).enumerate() {
        let coordinator = people.coordinator(firm.region).id;
        let nominated = maker.at(-20 + i64::try_from(number).unwrap_or(0), 10, 40);
        let id: PilotId = maker.id(nominated);
        let state = match number {
            0..5 => "screened",
            5 => "declined",
            _ => "nominated",
        };
        let category = firm.category;
        maker.tables.pilots.add(row![
            id,
            cohort,
            firm.id,
            firm.region,
            category,
            REASONS[number % REASONS.len()],
            state,
            None::<&str>,
            AtGate::Open.as_str(),
            None::<DateTime<Utc>>,
            None::<&str>,
            None::<NaiveDate>,
            nominated,
            coordinator,
            None::<DateTime<Utc>>,
            None::<DateTime<Utc>>,
        ]);
        let event: EventId = maker.id(nominated);
        maker
            .tables
            .pilot_events
            .add(row![event, id, nominated, coordinator, "nominated", "", ""]);
        if state != "nominated" {
            let at = maker.at(-3, 16, 0);
            let event: EventId = maker.id(at);
            let why = if state == "declined" {
                "上年度有安全生产处罚，本批不予考虑"
            } else {
                ""
            };
            maker.tables.pilot_events.add(row![event, id, at, city, state, why, ""]);
        }
    }
}
