//! The benchmark that a firm measures itself against, and what follows from it: causes, targets, actions.

use super::{Bench, Course, Desk, FIRST_CLOSED, FIRST_VERIFIED, Levels, Pilot, Story};
use crate::benchmarking::rules::AtGate;
use crate::benchmarking::rules::Level;
use crate::benchmarking::rules::gap::largest;
use crate::benchmarking::rules::gates::{ActionFact, CAUSES, Progress, gaps};
use crate::demo::tables::row;
use crate::ids::{ActionId, EventId, EvidenceId};

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

const ROOTS: [(&str, &str); 4] = [
    ("做事靠老板拍板\n没有写下来的流程\n早年规模小，没觉得需要", "制度建设一直没有专人负责"),
    ("数据各管各的\n系统是不同年份买的\n当时只看眼前用得上", "信息化没有整体规划"),
    ("骨干留不住\n收入和贡献挂不上钩\n考核只看产量", "激励办法没有随企业发展调整"),
    ("设备老、停机多\n保养靠师傅经验\n没有记录和计划", "设备管理没有标准和台账"),
];

impl Desk<'_> {
    /// The firm's benchmark; those who have only begun have none yet.
    pub(super) fn benchmark(&mut self, pilot: &Pilot, bench: &Bench) {
        if matches!(pilot.story, Story::NotBegun | Story::Halfway) {
            return;
        }
        let at = self.at(FIRST_VERIFIED + 5, 10);
        self.maker.tables.pilot_benchmarks.add(row![pilot.id, bench.id, true, at, pilot.contact]);
    }

    /// Causes, targets and actions for the largest gaps.
    pub(super) fn improve(&mut self, pilot: &Pilot, bench: &Bench, verified: &Levels, course: &mut Course) {
        let gaps = gaps(self.framework, &super::answers(verified), &bench.levels);
        let at = self.at(FIRST_CLOSED + 10, 10);
        for (place, indicator) in largest(self.framework, &gaps, CAUSES).into_iter().enumerate() {
            course.causes.insert(indicator.clone());
            if place < pilot.causes() {
                let (whys, root) = ROOTS[(pilot.number + place) % ROOTS.len()];
                self.maker
                    .tables
                    .causes
                    .add(row![pilot.id, indicator.clone(), whys, root, 1_i64, at, pilot.contact]);
            }
            let step = if place < 2 { 2 } else { 1 };
            let target = (verified[&indicator] + step).min(5);
            self.maker
                .tables
                .targets
                .add(row![pilot.id, indicator.clone(), target, 1_i64, at, pilot.contact]);
            if let Some(target) = Level::new(target) {
                course.targets.insert(indicator.clone(), target);
            }
            if place < 3 || pilot.story != Story::Comparing || pilot.gate != AtGate::Open {
                let action = self.action(pilot, &indicator, place);
                course.actions.push(action);
            }
        }
    }

    fn action(&mut self, pilot: &Pilot, indicator: &str, place: usize) -> ActionFact {
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
            Story::Measured | Story::Proven | Story::Completed => ("done", 100, -100 + step * 6),
            _ => ("doing", 30 + step * 5, 6 + step * 9),
        };
        let priority: i64 = if place < 2 { 1 } else { 2 };
        let done_on = (state == "done").then(|| self.day(due - 3));
        let rule = if state == "done" && place != 2 {
            "《管理制度汇编（2026 版）》"
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
            .add(row![event, id, created, pilot.contact, "made", "", 0_i64]);
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
        ActionFact {
            id: id.to_string(),
            indicator: indicator.to_owned(),
            priority,
            progress: match state {
                "done" => Progress::Done,
                "cancelled" => Progress::Cancelled,
                _ => Progress::Open,
            },
            due_on,
            is_proved: state == "done",
            is_written_in: !rule.is_empty(),
        }
    }
}
