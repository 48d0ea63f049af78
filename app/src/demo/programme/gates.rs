//! The record of the gates: who applied, checked and decided, with the figures of that moment.

use chrono::NaiveDate;

use super::{Bench, Course, Desk, FIRST_CLOSED, IMPROVED, Pilot, SECOND_VERIFIED, Story};
use crate::benchmarking::gates::rules::{Act, Figures};
use crate::benchmarking::gates::store::happening;
use crate::benchmarking::rules::closure::{Path, closure};
use crate::benchmarking::rules::gates::{self, BenchmarkLevel, CompareFacts, Condition, ImproveFacts, SeekFacts, UpliftFacts};
use crate::benchmarking::rules::score::score;
use crate::benchmarking::rules::{AtGate, Level, Stage};
use crate::demo::tables::row;
use crate::firms::rules::Missing;
use crate::ids::{EventId, PersonId};

/// Days between an application, the first check and the decision.
const STEP: i64 = 3;

impl Desk<'_> {
    /// Every step at the gates behind a firm, and those at the gate where its application lies.
    pub(super) fn gates(&mut self, pilot: &Pilot, bench: &Bench, course: &Course) {
        for (stage, day) in Stage::ALL
            .into_iter()
            .zip([FIRST_CLOSED + 4, FIRST_CLOSED + 45, IMPROVED, SECOND_VERIFIED + 4])
        {
            let is_behind = stage < pilot.story.stage() || pilot.story == Story::Completed;
            let is_here = stage == pilot.story.stage() && pilot.gate != AtGate::Open;
            if !is_behind && !is_here {
                return;
            }
            let day = if is_here { pilot.applied() } else { day };
            let figures = self.figures(bench, course, stage, day);
            self.step(pilot, stage, Act::Apply, day, &figures);
            if is_behind || pilot.gate == AtGate::City {
                self.step(pilot, stage, Act::Forward, day + STEP, &figures);
            }
            if is_behind && pilot.condition == Some(stage) {
                // After it applied, the firm took one of its causes back to write it anew.
                let figures = self.figures(bench, &course.without_a_cause(), stage, day);
                self.step(pilot, stage, Act::PassOnConditions, day + 2 * STEP, &figures);
            } else if is_behind {
                self.step(pilot, stage, Act::Pass, day + 2 * STEP, &figures);
            }
        }
    }

    fn figures(&self, bench: &Bench, course: &Course, stage: Stage, day: i64) -> Figures {
        Figures {
            conditions: self.conditions(bench, course, stage, self.day(day)),
        }
    }

    /// The conditions of a stage's gate as they were on a day, of what the firm had then.
    fn conditions(&self, bench: &Bench, course: &Course, stage: Stage, day: NaiveDate) -> Vec<Condition> {
        let verified = super::answers(&course.verified);
        match stage {
            Stage::Seek => {
                let facts = SeekFacts {
                    profile_fields: i64::try_from(Missing::ALL.len()).unwrap_or(i64::MAX),
                    profile_empty: Vec::new(),
                    own: super::answers(&course.own),
                    is_submitted: true,
                    primary_benchmarks: 1,
                    levels: bench
                        .dates
                        .iter()
                        .map(|(indicator, dated_on)| BenchmarkLevel {
                            indicator: indicator.clone(),
                            has_source: true,
                            dated_on: *dated_on,
                        })
                        .collect(),
                    today: day,
                };
                gates::seek(self.framework, &facts)
            }
            Stage::Compare => {
                let facts = CompareFacts {
                    verified,
                    benchmark: bench.levels.clone(),
                    causes: course.causes.clone(),
                    targets: course.targets.clone(),
                    planned: course.actions.iter().map(|action| action.indicator.clone()).collect(),
                };
                gates::compare(self.framework, &facts)
            }
            Stage::Improve => {
                let facts = ImproveFacts {
                    baseline: verified,
                    targets: course.targets.clone(),
                    actions: course.actions.clone(),
                    today: day,
                };
                gates::improve(self.framework, &facts)
            }
            Stage::Uplift => gates::uplift(&self.uplift(course)),
        }
    }

    fn uplift(&self, course: &Course) -> UpliftFacts {
        let again = course.again.clone().unwrap_or_default();
        let level = |levels: &super::Levels, id: &str| levels.get(id).and_then(|level| Level::new(*level));
        let paths: Vec<Path> = course
            .targets
            .iter()
            .filter_map(|(indicator, target)| {
                Some(Path {
                    indicator: indicator.clone(),
                    from: level(&course.verified, indicator)?,
                    to: level(&again, indicator)?,
                    target: *target,
                })
            })
            .collect();
        UpliftFacts {
            is_verified: course.again.is_some(),
            closure: closure(self.framework, &paths).overall,
            before: Some(score(self.framework, &super::answers(&course.verified))),
            after: course.again.as_ref().map(|again| score(self.framework, &super::answers(again))),
            actions: course.actions.clone(),
        }
    }

    fn step(&mut self, pilot: &Pilot, stage: Stage, act: Act, day: i64, figures: &Figures) {
        let (step, verdict) = act.recorded();
        let (by, why): (PersonId, &str) = match act {
            Act::Apply => (pilot.contact, ""),
            Act::Forward => (pilot.coordinator, "材料齐全，同意上报"),
            Act::PassOnConditions => (self.city, "上报后一项根本原因撤回重写，先行进入改善，限期补齐"),
            _ => (self.city, "条件全部满足，同意通过"),
        };
        let due_on = (act == Act::PassOnConditions).then(|| self.day(super::CONDITION_DUE));
        let at = self.at(day, 15);
        let id: EventId = self.maker.id(at);
        let figures = serde_json::to_string(figures).unwrap_or_default();
        self.maker.tables.gate_decisions.add(row![
            id,
            pilot.id,
            stage.as_str(),
            step.as_str(),
            verdict.as_str(),
            why,
            due_on,
            figures,
            at,
            by
        ]);
        self.happening(pilot, at, by, happening(verdict), why, stage.as_str());
    }
}
