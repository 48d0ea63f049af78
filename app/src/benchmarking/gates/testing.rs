//! Firms that meet the conditions of a gate, written straight into the tables, for tests.

use chrono::{Days, NaiveDate};

use crate::benchmarking::rules::Stage;
use crate::benchmarking::store::{Assessment, AssessmentState, Pilot, assessments_of};
use crate::benchmarking::testing::{DEFAULT_WEIGHTS, TestProgramme};
use crate::clock::day_of;
use crate::db::{Query, sql};
use crate::firms::CreditCode;
use crate::ids::{ActionId, PersonId, PilotId, RoundId};

/// The five largest gaps of a firm that is two levels behind everywhere, in three dimensions less than four.
pub const FIVE: [&str; 5] = ["A1", "A2", "A3", "B1", "B2"];

/// Every indicator of the default framework at one level.
pub fn everywhere(level: i64) -> Vec<(&'static str, i64)> {
    let indicators = DEFAULT_WEIGHTS.iter().flat_map(|(_, _, indicators)| indicators.iter());
    indicators.map(|(indicator, _)| (*indicator, level)).collect()
}

/// The same with some indicators at another.
pub fn raised(level: i64, some: &[&str], to: i64) -> Vec<(&'static str, i64)> {
    everywhere(level)
        .into_iter()
        .map(|(indicator, level)| (indicator, if some.contains(&indicator) { to } else { level }))
        .collect()
}

impl TestProgramme {
    /// Changes rows as nobody may.
    pub async fn change(&self, query: Query) {
        let mut tx = self.city.begin().await;
        assert!(query.run(&mut tx).await.expect("changed") > 0, "there is something to change");
        tx.commit().await.expect("kept");
    }

    pub fn today(&self) -> NaiveDate {
        day_of(self.city.now())
    }

    /// A profile with nothing missing.
    pub async fn complete_profile(&self, pilot: &Pilot) {
        let body: String = pilot
            .id
            .to_string()
            .to_uppercase()
            .chars()
            .rev()
            .filter(char::is_ascii_digit)
            .chain("0".repeat(9).chars())
            .take(9)
            .collect();
        let code = CreditCode::complete(&format!("91410300{body}")).expect("a code");
        self.change(
            sql("UPDATE firms SET credit_code = $2, category = 'manufacturing', size = 'small', industry = '装备制造' WHERE id = $1")
                .bind(pilot.firm_id)
                .bind(code.as_str()),
        )
        .await;
        self.change(
            sql("INSERT INTO firm_contacts (id, firm_id, name, position, phone, is_main, created_at) VALUES ($1, $2, '李经理', '副总', '13800000000', TRUE, $3)")
                .bind(self.city.app.chance.uuid(self.city.now()))
                .bind(pilot.firm_id)
                .bind(self.city.now()),
        )
        .await;
    }

    /// Everything that the gate of 寻标 asks for: level 2 everywhere against a benchmark of 4.
    pub async fn meets_seek(&self, pilot: &Pilot, round: RoundId) -> Assessment {
        self.complete_profile(pilot).await;
        let assessment = self.assessment(pilot.id, round, AssessmentState::Submitted).await;
        self.answers(assessment.id, &everywhere(2)).await;
        self.benchmark(pilot.id, self.today(), &everywhere(4)).await;
        assessment
    }

    /// And that of 对标: verified, with causes, targets and planned actions for the five largest gaps.
    pub async fn meets_compare(&self, pilot: &Pilot, verifier: PersonId) -> Vec<ActionId> {
        let assessment = self.newest(pilot.id).await;
        self.verdicts(assessment.id, verifier, &everywhere(2)).await;
        self.change(
            sql("UPDATE assessments SET state = 'verified', verified_at = $2 WHERE id = $1")
                .bind(assessment.id)
                .bind(self.city.now()),
        )
        .await;
        self.targets(pilot.id, &FIVE.map(|indicator| (indicator, 4))).await;
        let due = self.today() + Days::new(90);
        let mut actions = Vec::new();
        for indicator in FIVE {
            actions.push(self.action(pilot.id, indicator, due, "planned").await);
        }
        actions
    }

    /// And that of 改善: every action done, with accepted evidence.
    pub async fn meets_improve(&self, pilot: &Pilot, actions: &[ActionId]) {
        self.change(
            sql("UPDATE actions SET state = 'done', progress = 100, done_on = $2 WHERE pilot_id = $1")
                .bind(pilot.id)
                .bind(self.today()),
        )
        .await;
        for action in actions {
            self.prove(*action, "accepted").await;
        }
    }

    /// And that of 提升: a second round in which every target is reached, and every action written into the firm's rules.
    pub async fn meets_uplift(&self, pilot: &Pilot, round: RoundId, verifier: PersonId) -> RoundId {
        self.change(sql("UPDATE actions SET rule = '权责管理办法' WHERE pilot_id = $1").bind(pilot.id))
            .await;
        self.close_round(round).await;
        let second = self.round().await;
        self.verified(pilot.id, second, verifier, &raised(2, &FIVE, 4)).await;
        second
    }

    /// Everything that all four gates ask for, at once.
    pub async fn meets_all(&self, pilot: &Pilot, round: RoundId, verifier: PersonId) -> Vec<ActionId> {
        self.meets_seek(pilot, round).await;
        let actions = self.meets_compare(pilot, verifier).await;
        self.meets_improve(pilot, &actions).await;
        self.meets_uplift(pilot, round, verifier).await;
        actions
    }

    /// Evidence of an action as a dated note.
    pub async fn prove(&self, action: ActionId, state: &'static str) {
        self.change(
            sql("INSERT INTO action_evidence (id, action_id, kind, title, body, fact_on, added_at, state)
                 VALUES ($1, $2, 'note', '验收单', '验收合格', $3, $4, $5)")
            .bind(self.city.app.chance.uuid(self.city.now()))
            .bind(action)
            .bind(self.today())
            .bind(self.city.now())
            .bind(state),
        )
        .await;
    }

    /// Puts a firm to a stage, past every gate.
    pub async fn at_stage(&self, pilot: PilotId, stage: Stage) {
        self.change(sql("UPDATE pilots SET stage = $2 WHERE id = $1").bind(pilot).bind(stage.as_str()))
            .await;
    }

    /// The newest assessment of a firm.
    pub async fn newest(&self, pilot: PilotId) -> Assessment {
        assessments_of(&self.city.app.db, pilot)
            .await
            .expect("read")
            .pop()
            .expect("an assessment")
    }
}
