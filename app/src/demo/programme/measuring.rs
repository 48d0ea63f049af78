//! What the firms say of themselves, what proves it, and what the expert found.

use std::collections::BTreeMap;

use super::{Course, Desk, FIRST_ROUND, FIRST_VERIFIED, Levels, Pilot, SECOND_ROUND, SECOND_VERIFIED, Story};
use crate::benchmarking::rules::exact::written;
use crate::benchmarking::rules::score::score;
use crate::demo::tables::row;
use crate::ids::{AssessmentId, EventId, EvidenceId, RoundId, VisitId};

const NOTES: [&str; 4] = [
    "已有书面制度，去年修订过一次。",
    "部分车间已经做到，另一部分正在推行。",
    "有记录可查，见佐证。",
    "今年刚起步，还不系统。",
];

impl Desk<'_> {
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

    /// The first round for those who were verified in it, frozen when it closed: what the firm said, and what was verified.
    pub(super) fn first_round(&mut self, round: RoundId, pilot: &Pilot) -> Option<(Levels, Levels)> {
        if !pilot.story.is_past_the_first() {
            return None;
        }
        let own = self.levels();
        let days = [Some(FIRST_ROUND + 3), Some(FIRST_ROUND + 20), None, Some(FIRST_VERIFIED)];
        let assessment = self.assessment(round, pilot, "verified", days);
        self.answer(assessment, pilot, FIRST_ROUND + 12, &own);
        self.prove(assessment, pilot, FIRST_ROUND + 15, &own, true);
        self.hand_in(assessment, pilot, FIRST_ROUND + 20, &own, None);
        let verified = self.verify(assessment, FIRST_VERIFIED, &own, 30);
        let frozen = score(self.framework, &super::answers(&verified));
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
        Some((own, verified))
    }

    /// The open round, as far as the firm has come in it.
    pub(super) fn second_round(&mut self, round: RoundId, pilot: &Pilot, course: &mut Course) {
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
                course.own = own;
            }
            Story::Returned => self.returned(round, pilot, start),
            Story::Measured => {
                let own = self.grown(pilot, course);
                let assessment = self.assessment(round, pilot, "submitted", [Some(start), Some(-4), None, None]);
                self.answer(assessment, pilot, start + 10, &own);
                self.prove(assessment, pilot, start + 12, &own, true);
                self.hand_in(assessment, pilot, -4, &own, None);
            }
            Story::Proven | Story::Completed => {
                let own = self.grown(pilot, course);
                let assessment = self.assessment(round, pilot, "verified", [Some(start), Some(start + 10), None, Some(SECOND_VERIFIED)]);
                self.answer(assessment, pilot, start + 6, &own);
                self.prove(assessment, pilot, start + 8, &own, true);
                self.hand_in(assessment, pilot, start + 10, &own, None);
                course.again = Some(self.verify(assessment, SECOND_VERIFIED, &own, 0));
            }
        }
    }

    /// Levels after the actions: what was aimed at is reached, all but the last; of the rest some rose by themselves, and with
    /// one firm something else slipped meanwhile.
    fn grown(&self, pilot: &Pilot, course: &Course) -> Levels {
        let mut grown = course.verified.clone();
        for (place, (indicator, target)) in course.targets.iter().enumerate() {
            let target = i64::from(target.get());
            grown.insert(indicator.clone(), if place == 4 { target - 1 } else { target });
        }
        let untouched: Vec<String> = grown.keys().filter(|id| !course.targets.contains_key(*id)).cloned().collect();
        for indicator in &untouched {
            if self.maker.happens(25) {
                grown.entry(indicator.clone()).and_modify(|level| *level = (*level + 1).min(5));
            }
        }
        if pilot.number == 1 {
            let slipped = untouched.iter().find(|id| course.verified.get(*id).is_some_and(|level| *level > 1));
            if let Some(indicator) = slipped {
                grown.insert(indicator.clone(), course.verified[indicator] - 1);
            }
        }
        grown
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
}
