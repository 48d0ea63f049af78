//! The benchmarking programme: thirty pilot firms in all four stages, each with a story in its figures, and a second cohort
//! that is being nominated.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::firms::Firm;
use super::maker::Maker;
use super::people::People;
use super::tables::row;
use crate::benchmarking::rules::exact::written;
use crate::benchmarking::rules::level::{Answer, Answers, Level};
use crate::benchmarking::rules::score::score;
use crate::benchmarking::rules::{Framework, Stage};
use crate::ids::{ActionId, AssessmentId, BenchmarkId, CohortId, EventId, EvidenceId, FrameworkId, PersonId, PilotId, RoundId, VisitId};

/// Days from today at which things happened.
const NOMINATED: i64 = -320;
const CHOSEN: i64 = -290;
const FIRST_ROUND: i64 = -280;
const FIRST_VERIFIED: i64 = -235;
const FIRST_CLOSED: i64 = -200;
const SECOND_ROUND: i64 = -45;

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

const TITLES: [&str; 8] = [
    "修订公司章程和议事规则并试运行一个季度",
    "上线 ERP 采购与库存模块",
    "建立月度经营分析会和看板",
    "编制三年人才规划并开展技能评级",
    "主线设备联网，采集停机和能耗数据",
    "与标杆企业结对，安排骨干驻厂学习",
    "建立合理化建议制度，按季评奖",
    "完善应收账款预警和内部审计",
];

const CAUSES: [(&str, &str); 4] = [
    ("做事靠老板拍板\n没有写下来的流程\n早年规模小，没觉得需要", "制度建设一直没有专人负责"),
    ("数据各管各的\n系统是不同年份买的\n当时只看眼前用得上", "信息化没有整体规划"),
    ("骨干留不住\n收入和贡献挂不上钩\n考核只看产量", "激励办法没有随企业发展调整"),
    ("设备老、停机多\n保养靠师傅经验\n没有记录和计划", "设备管理没有标准和台账"),
];

const NOTES: [&str; 4] = [
    "已有书面制度，去年修订过一次。",
    "部分车间已经做到，另一部分正在推行。",
    "有记录可查，见佐证。",
    "今年刚起步，还不系统。",
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
            29 => Self::NotBegun,
            _ => STORIES[number % STORIES.len()],
        }
    }

    fn stage(self) -> Stage {
        match self {
            Self::NotBegun | Self::Halfway | Self::HandedIn | Self::Returned => Stage::Seek,
            Self::Comparing => Stage::Compare,
            Self::Improving | Self::Late => Stage::Improve,
            Self::Measured | Self::Proven => Stage::Uplift,
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
        let contact = people.contacts[number].id;
        let pilot = Pilot {
            number,
            category: firm.category,
            story: Story::of(number),
            contact,
            coordinator: people.coordinator(firm.region).id,
            id: desk.maker.id(desk.maker.at(NOMINATED, 10, 0)),
        };
        desk.pilot(cohort, firm, &pilot);
        desk.first_round(first, &pilot);
        desk.second_round(second, &pilot);
        let benchmark = benchmarks[category_place(firm.category)];
        desk.improvement(&pilot, benchmark);
        desk.gates(&pilot);
    }
    nominations(maker, people, firms, city);
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

/// One benchmark for each category, with a level for every indicator.
fn benchmarks(maker: &mut Maker, by: PersonId, framework: &Framework) -> Vec<BenchmarkId> {
    BENCHMARKS
        .iter()
        .map(|(name, about, top)| {
            let at = maker.at(FIRST_VERIFIED, 14, 0);
            let id: BenchmarkId = maker.id(at);
            let initials = crate::accounts::rules::initials(name);
            maker
                .tables
                .benchmarks
                .add(row![id, *name, initials, *about, framework.id.clone(), at, by]);
            for (_, indicator) in framework.indicators() {
                let level: i64 = if maker.happens(*top) { 5 } else { 4 };
                let dated_on = maker.today - TimeDelta::days(maker.between(90, 480));
                let source = maker.pick(&SOURCES);
                maker.tables.benchmark_levels.add(row![id, indicator.id.clone(), level, source, dated_on]);
            }
            id
        })
        .collect()
}

struct Pilot {
    number: usize,
    category: &'static str,
    story: Story,
    contact: PersonId,
    coordinator: PersonId,
    id: PilotId,
}

type Levels = BTreeMap<String, i64>;

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
        self.maker.tables.pilots.add(row![
            pilot.id,
            cohort,
            firm.id,
            firm.region,
            pilot.category,
            REASONS[pilot.number % REASONS.len()],
            "chosen",
            pilot.story.stage().as_str(),
            nominated,
            pilot.coordinator,
            chosen,
        ]);
        for (day, by, what) in [
            (NOMINATED, pilot.coordinator, "nominated"),
            (NOMINATED + 20, self.city, "screened"),
            (CHOSEN, self.city, "chosen"),
        ] {
            let at = self.at(day, 15);
            let id: EventId = self.maker.id(at);
            self.maker.tables.pilot_events.add(row![id, pilot.id, at, by, what, ""]);
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

    /// Own levels by lot: most at 2 or 3.
    fn levels(&self) -> Levels {
        let level = || match self.maker.below(100) {
            0..8 => 1,
            8..42 => 2,
            42..80 => 3,
            80..95 => 4,
            _ => 5,
        };
        self.framework
            .indicators()
            .map(|(_, indicator)| (indicator.id.clone(), level()))
            .collect()
    }

    fn assessment(&mut self, round: RoundId, pilot: &Pilot, state: &str, days: [Option<i64>; 4]) -> AssessmentId {
        let [started, submitted, returned, verified] = days.map(|day| day.map(|day| self.at(day, 16)));
        let id: AssessmentId = self.maker.id(started.unwrap_or(self.maker.now));
        let verified_by = verified.map(|_| self.expert);
        let submitted_by = submitted.map(|_| pilot.contact);
        self.maker.tables.assessments.add(row![
            id,
            pilot.id,
            round,
            state,
            started.unwrap_or(self.maker.now),
            submitted,
            submitted_by,
            returned,
            verified,
            verified_by
        ]);
        id
    }

    fn answer(&mut self, assessment: AssessmentId, pilot: &Pilot, day: i64, levels: &Levels) {
        let at = self.at(day, 11);
        for (indicator, level) in levels {
            let note = self.maker.pick(&NOTES);
            self.maker
                .tables
                .answers
                .add(row![assessment, indicator.clone(), *level, false, "", note, 1_i64, at, pilot.contact]);
        }
    }

    /// Evidence for every level above 2: as much as the level needs, most of it accepted.
    fn prove(&mut self, assessment: AssessmentId, pilot: &Pilot, day: i64, levels: &Levels, is_judged: bool) {
        for (indicator, level) in levels.iter().filter(|(_, level)| **level > 2) {
            let wanted = if *level > 3 { 2 } else { 1 };
            for piece in 0..wanted {
                let fact_on = self.day(day - 30 - piece * 70);
                let at = self.at(day, 10);
                let id: EvidenceId = self.maker.id(at);
                let is_accepted = is_judged && self.maker.happens(90);
                let state = match (is_judged, is_accepted) {
                    (false, _) => "offered",
                    (true, true) => "accepted",
                    (true, false) => "refused",
                };
                let decided_at = is_judged.then(|| self.at(day + 9, 10));
                let decided_by = is_judged.then_some(self.expert);
                let reason = if state == "refused" {
                    "材料没有日期和签字，请补充后再提交"
                } else {
                    ""
                };
                let title = format!("{indicator} 制度文件与执行记录（{}）", piece + 1);
                self.maker.tables.evidence.add(row![
                    id,
                    assessment,
                    indicator.clone(),
                    "note",
                    title,
                    "原件存公司办公室，可现场查看。",
                    fact_on,
                    at,
                    pilot.contact,
                    state,
                    decided_at,
                    decided_by,
                    reason
                ]);
            }
        }
    }

    fn hand_in(&mut self, assessment: AssessmentId, pilot: &Pilot, day: i64, levels: &Levels, returned: Option<(i64, &str)>) {
        let answers: BTreeMap<&str, serde_json::Value> = levels
            .iter()
            .map(|(indicator, level)| {
                (
                    indicator.as_str(),
                    serde_json::json!({"level": level, "na": false, "reason": "", "note": NOTES[0]}),
                )
            })
            .collect();
        let text = serde_json::to_string(&answers).unwrap_or_default();
        let at = self.at(day, 16);
        let returned_at = returned.map(|(day, _)| self.at(day, 9));
        let returned_by = returned.map(|_| pilot.coordinator);
        let reason = returned.map(|(_, reason)| reason);
        self.maker
            .tables
            .submissions
            .add(row![assessment, 1_i64, at, pilot.contact, text, returned_at, returned_by, reason]);
    }

    /// Verified levels: the firm's own, or one lower where the expert saw less; with a site visit.
    fn verify(&mut self, assessment: AssessmentId, day: i64, levels: &Levels, lower_of_100: usize) -> Levels {
        let at = self.at(day, 15);
        let visit: VisitId = self.maker.id(at);
        let all = levels.keys().cloned().collect::<Vec<_>>().join(" ");
        let visited_on = self.day(day - 5);
        self.maker.tables.site_visits.add(row![
            visit,
            assessment,
            visited_on,
            "沈明理、企业负责人、生产与财务负责人",
            "查阅制度和台账，走访车间两处，访谈员工五人。",
            all,
            at,
            self.expert
        ]);
        let mut verified = Levels::new();
        for (indicator, level) in levels {
            let lower = *level > 1 && self.maker.happens(lower_of_100);
            let given = if lower { level - 1 } else { *level };
            let reason = if lower {
                "制度已有，执行记录不连续，按低一级核定"
            } else {
                "与佐证和现场情况一致"
            };
            self.maker
                .tables
                .verdicts
                .add(row![assessment, indicator.clone(), given, false, reason, at, self.expert, 1_i64]);
            verified.insert(indicator.clone(), given);
        }
        verified
    }

    /// The first round for those who were verified in it, frozen when it closed.
    fn first_round(&mut self, round: RoundId, pilot: &Pilot) {
        if !pilot.story.is_past_the_first() {
            return;
        }
        let own = self.levels();
        let days = [Some(FIRST_ROUND + 3), Some(FIRST_ROUND + 20), None, Some(FIRST_VERIFIED)];
        let assessment = self.assessment(round, pilot, "verified", days);
        self.answer(assessment, pilot, FIRST_ROUND + 12, &own);
        self.prove(assessment, pilot, FIRST_ROUND + 15, &own, true);
        self.hand_in(assessment, pilot, FIRST_ROUND + 20, &own, None);
        let verified = self.verify(assessment, FIRST_VERIFIED, &own, 30);
        let answers: Answers = verified
            .iter()
            .filter_map(|(id, level)| Some((id.clone(), Answer::Level(Level::new(*level)?))))
            .collect();
        let frozen = score(self.framework, &answers);
        let dimensions: BTreeMap<&str, String> = frozen
            .dimensions
            .iter()
            .filter_map(|dimension| Some((dimension.id.as_str(), written(&dimension.score?))))
            .collect();
        if let (Some(total), Some(grade)) = (frozen.total, frozen.grade) {
            self.maker.tables.frozen_scores.add(row![
                round,
                pilot.id,
                pilot.category,
                frozen.comparable,
                serde_json::to_string(&dimensions).unwrap_or_default(),
                written(&total),
                i64::from(grade)
            ]);
        }
        self.baseline(pilot, &verified);
    }

    /// Causes, targets and actions follow from the verified levels.
    fn baseline(&mut self, pilot: &Pilot, verified: &Levels) {
        let mut weakest: Vec<(&String, &i64)> = verified.iter().collect();
        weakest.sort_by_key(|(id, level)| (**level, (*id).clone()));
        let at = self.at(FIRST_CLOSED + 10, 10);
        for (place, (indicator, level)) in weakest.into_iter().take(6).enumerate() {
            let (whys, root) = CAUSES[(pilot.number + place) % CAUSES.len()];
            // One firm in 对标 has not come to its last cause yet.
            if !(pilot.story == Story::Comparing && pilot.number % 3 == 2 && place > 2) {
                self.maker
                    .tables
                    .causes
                    .add(row![pilot.id, indicator.clone(), whys, root, 1_i64, at, pilot.contact]);
            }
            if place < 5 {
                let target = (*level + 1 + i64::from(place < 2)).min(5);
                self.maker
                    .tables
                    .targets
                    .add(row![pilot.id, indicator.clone(), target, 1_i64, at, pilot.contact]);
                if pilot.story != Story::Comparing || place < 3 {
                    self.action(pilot, indicator, place);
                }
            }
        }
    }

    fn action(&mut self, pilot: &Pilot, indicator: &str, place: usize) {
        let created = self.at(FIRST_CLOSED + 15, 14);
        let id: ActionId = self.maker.id(created);
        let step = i64::try_from(place).unwrap_or(0);
        let (state, progress, due) = match pilot.story {
            Story::Comparing => ("planned", 0_i64, 40 + step * 25),
            Story::Improving if place < 3 => ("done", 100, -60 + step * 12),
            Story::Improving if place == 3 => ("doing", 70, 12),
            Story::Late if place == 0 => ("doing", 40, -43),
            Story::Late if place < 3 => ("done", 100, -50),
            Story::Late if place == 3 => ("cancelled", 10, -20),
            Story::Measured | Story::Proven => ("done", 100, -75 + step * 6),
            _ => ("doing", 30 + step * 5, 6 + step * 9),
        };
        let priority: i64 = if place < 2 { 1 } else { 2 };
        let done_on = (state == "done").then(|| self.day(due - 3));
        let rule = if state == "done" && place != 2 {
            "写入《管理制度汇编（2026 版）》"
        } else {
            ""
        };
        let reason = if state == "cancelled" {
            "供应商停止服务，改由下一轮另立行动"
        } else {
            ""
        };
        let due_on = self.day(due);
        self.maker.tables.actions.add(row![
            id,
            pilot.id,
            indicator.to_owned(),
            TITLES[(pilot.number + place) % TITLES.len()],
            self.maker.pick(&["李厂长", "财务部张会计", "办公室王主任", "技术部赵工"]),
            due_on,
            priority,
            "制度文本、运行记录和效果对比表",
            "专人一名，预算 8 万元",
            state,
            progress,
            reason,
            rule,
            done_on,
            created,
            pilot.contact
        ]);
        let event: EventId = self.maker.id(created);
        self.maker
            .tables
            .action_events
            .add(row![event, id, created, pilot.contact, "created", "", 0_i64]);
        if state == "done" {
            let at = self.at(due - 3, 17);
            let piece: EvidenceId = self.maker.id(at);
            let decided = self.at(due, 10);
            self.maker.tables.action_evidence.add(row![
                piece,
                id,
                "note",
                "验收记录",
                "部门验收通过，原件存办公室。",
                self.day(due - 4),
                at,
                pilot.contact,
                "accepted",
                decided,
                pilot.coordinator
            ]);
        }
    }

    fn second_round(&mut self, round: RoundId, pilot: &Pilot) {
        let start = SECOND_ROUND + 3;
        match pilot.story {
            Story::NotBegun | Story::Comparing | Story::Improving | Story::Late => {}
            Story::Halfway => {
                let half: Levels = self.levels().into_iter().take(9).collect();
                let assessment = self.assessment(round, pilot, "draft", [Some(start), None, None, None]);
                self.answer(assessment, pilot, start + 4, &half);
                self.prove(assessment, pilot, start + 5, &half, false);
            }
            Story::HandedIn => {
                let own = self.levels();
                let assessment = self.assessment(round, pilot, "submitted", [Some(start), Some(-6), None, None]);
                self.answer(assessment, pilot, start + 10, &own);
                self.prove(assessment, pilot, start + 12, &own, false);
                self.hand_in(assessment, pilot, -6, &own, None);
            }
            Story::Returned => self.returned(round, pilot, start),
            Story::Measured => {
                let own = self.grown();
                let assessment = self.assessment(round, pilot, "submitted", [Some(start), Some(-4), None, None]);
                self.answer(assessment, pilot, start + 10, &own);
                self.prove(assessment, pilot, start + 12, &own, true);
                self.hand_in(assessment, pilot, -4, &own, None);
            }
            Story::Proven => {
                let own = self.grown();
                let days = [Some(start), Some(start + 15), None, Some(-8)];
                let assessment = self.assessment(round, pilot, "verified", days);
                self.answer(assessment, pilot, start + 10, &own);
                self.prove(assessment, pilot, start + 12, &own, true);
                self.hand_in(assessment, pilot, start + 15, &own, None);
                self.verify(assessment, -8, &own, 8);
            }
        }
    }

    /// Levels of a firm that has worked on itself: mostly 3 and 4.
    fn grown(&self) -> Levels {
        self.levels()
            .into_iter()
            .map(|(id, level)| (id, level.max(2) + i64::from(level < 4)))
            .collect()
    }

    fn returned(&mut self, round: RoundId, pilot: &Pilot, start: i64) {
        let own = self.levels();
        let days = [Some(start), Some(-15), Some(-9), None];
        let assessment = self.assessment(round, pilot, "returned", days);
        self.answer(assessment, pilot, start + 10, &own);
        self.prove(assessment, pilot, start + 12, &own, false);
        let why = "数字化和绩效激励两项与现场了解的情况差距较大，请补充佐证或重新选择。";
        self.hand_in(assessment, pilot, -15, &own, Some((-9, why)));
        for (indicator, words) in [("B2", "车间系统还没有上线，请核对等级。"), ("C3", "请附考核办法和最近一次考核结果。")]
        {
            let at = self.at(-9, 9);
            let id: EventId = self.maker.id(at);
            self.maker
                .tables
                .assessment_comments
                .add(row![id, assessment, indicator, 1_i64, at, pilot.coordinator, words]);
        }
    }

    /// The firm's benchmark; those who have only begun have none yet.
    fn improvement(&mut self, pilot: &Pilot, benchmark: BenchmarkId) {
        if matches!(pilot.story, Story::NotBegun | Story::Halfway) {
            return;
        }
        let at = self.at(FIRST_VERIFIED + 5, 10);
        self.maker.tables.pilot_benchmarks.add(row![pilot.id, benchmark, true, at, pilot.contact]);
    }

    /// The gates behind a firm: applied, forwarded, passed.
    fn gates(&mut self, pilot: &Pilot) {
        let passed = Stage::ALL.into_iter().take_while(|stage| *stage < pilot.story.stage());
        for (stage, day) in passed.zip([FIRST_CLOSED + 4, FIRST_CLOSED + 45, -60]) {
            for (step, verdict, why, by, after) in [
                ("applied", "applied", "", pilot.contact, 0),
                ("county", "forwarded", "材料齐全，同意上报", pilot.coordinator, 3),
                ("city", "passed", "条件全部满足，同意通过", self.city, 7),
            ] {
                let at = self.at(day + after, 15);
                let id: EventId = self.maker.id(at);
                self.maker
                    .tables
                    .gate_decisions
                    .add(row![id, pilot.id, stage.as_str(), step, verdict, why, "{\"conditions\":[]}", at, by]);
            }
        }
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
            nominated,
            coordinator,
            None::<DateTime<Utc>>,
        ]);
        let event: EventId = maker.id(nominated);
        maker.tables.pilot_events.add(row![event, id, nominated, coordinator, "nominated", ""]);
        if state != "nominated" {
            let at = maker.at(-3, 16, 0);
            let event: EventId = maker.id(at);
            let why = if state == "declined" {
                "上年度有安全生产处罚，本批不予考虑"
            } else {
                ""
            };
            maker.tables.pilot_events.add(row![event, id, at, city, state, why]);
        }
    }
}
