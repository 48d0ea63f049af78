//! A small programme for tests: a cohort, a published framework, pilot firms, rounds and assessments written straight
//! into the tables, so that the tests of one room need no other.

use chrono::{NaiveDate, TimeDelta};

use super::rules::{Dimension, Framework, Indicator, LevelText, PilotState, Stage, Threshold};
use super::store::{self, Assessment, AssessmentState, Pilot};
use crate::accounts::{Actor, Grant};
use crate::db::testing::Engine;
use crate::db::{Query, Tx, sql};
use crate::ids::{ActionId, AssessmentId, BenchmarkId, CohortId, EvidenceId, FirmId, FrameworkId, PersonId, PilotId, Region, RoundId, VisitId};
use crate::testing::TestCity;

/// A city with a cohort of 30 in its running state, and the default framework, published.
pub struct TestProgramme {
    pub city: TestCity,
    pub cohort: CohortId,
    pub framework: FrameworkId,
}

/// A dimension with its weight, and its indicators with theirs.
pub type Weights<'a> = (&'a str, u32, &'a [(&'a str, u32)]);

/// Dimensions and indicators with their weights, as in the default framework 1.0.
pub const DEFAULT_WEIGHTS: &[Weights<'_>] = &[
    ("A", 30, &[("A1", 25), ("A2", 20), ("A3", 25), ("A4", 20), ("A5", 10)]),
    ("B", 30, &[("B1", 25), ("B2", 25), ("B3", 20), ("B4", 10), ("B5", 20)]),
    ("C", 20, &[("C1", 25), ("C2", 25), ("C3", 30), ("C4", 20)]),
    ("D", 20, &[("D1", 25), ("D2", 30), ("D3", 25), ("D4", 20)]),
];

/// A framework of these dimensions and indicators, with made-up names and the default thresholds.
pub fn framework(version: &str, weights: &[Weights<'_>]) -> Framework {
    let indicator = |(id, weight): &(&str, u32)| Indicator {
        id: (*id).to_owned(),
        name: format!("指标{id}"),
        name_en: format!("Indicator {id}"),
        weight: *weight,
        levels: (1..=5)
            .map(|level| LevelText {
                zh: format!("{id} 第 {level} 级"),
                en: format!("{id} level {level}"),
            })
            .collect(),
    };
    let dimensions = weights
        .iter()
        .map(|(id, weight, indicators)| Dimension {
            id: (*id).to_owned(),
            name: format!("维度{id}"),
            name_en: format!("Dimension {id}"),
            weight: *weight,
            indicators: indicators.iter().map(indicator).collect(),
        })
        .collect();
    let grades = [(2, 25, 10), (3, 45, 30), (4, 65, 50), (5, 85, 70)]
        .into_iter()
        .map(|(grade, total_min, weakest_dimension_min)| Threshold {
            grade,
            total_min,
            weakest_dimension_min,
        })
        .collect();
    Framework {
        id: "heluo".to_owned(),
        version: version.to_owned(),
        dimensions,
        grades,
    }
}

/// The default framework's shape.
pub fn default_framework() -> Framework {
    framework("1.0", DEFAULT_WEIGHTS)
}

impl TestProgramme {
    pub async fn new(engine: Engine) -> Self {
        Self::over(TestCity::new(engine).await).await
    }

    pub async fn over(city: TestCity) -> Self {
        let cohort = CohortId::new(&city.app.chance, city.now());
        let mut programme = Self {
            framework: FrameworkId::new(&city.app.chance, city.now()),
            cohort,
            city,
        };
        programme.framework = programme.publish(&default_framework()).await;
        let query = sql("INSERT INTO cohorts (id, name, size, state, created_at) VALUES ($1, '第一批', 30, 'running', $2)")
            .bind(cohort)
            .bind(programme.city.now());
        programme.write(query).await;
        programme
    }

    async fn write(&self, query: Query) {
        let mut tx = self.city.begin().await;
        query.run(&mut tx).await.expect("written");
        tx.commit().await.expect("kept");
    }

    /// A framework in its published state.
    pub async fn publish(&self, framework: &Framework) -> FrameworkId {
        let id = FrameworkId::new(&self.city.app.chance, self.city.now());
        let query =
            sql("INSERT INTO frameworks (id, name, version, state, content, created_at, published_at) VALUES ($1, $2, $3, 'published', $4, $5, $5)")
                .bind(id)
                .bind(&framework.id)
                .bind(&framework.version)
                .bind(serde_json::to_string(framework).expect("JSON"))
                .bind(self.city.now());
        self.write(query).await;
        id
    }

    /// A new firm of a county, chosen, at the stage 寻标.
    pub async fn pilot(&self, name: &str, region: &str) -> Pilot {
        self.pilot_in(name, region, PilotState::Chosen, Some(Stage::Seek)).await
    }

    /// A new firm of a county in any state and stage of the cohort.
    pub async fn pilot_in(&self, name: &str, region: &str, state: PilotState, stage: Option<Stage>) -> Pilot {
        let firm = self.city.firm(name, region).await;
        let id = PilotId::new(&self.city.app.chance, self.city.now());
        let query = sql(
            "INSERT INTO pilots (id, cohort_id, firm_id, region, category, reasons, state, stage, nominated_at, chosen_at)
             VALUES ($1, $2, $3, $4, 'manufacturing', '骨干企业', $5, $6, $7, $7)",
        )
        .bind(id)
        .bind(self.cohort)
        .bind(firm)
        .bind(region)
        .bind(state.as_str())
        .bind(stage.map(Stage::as_str))
        .bind(self.city.now());
        self.write(query).await;
        store::pilot(&self.city.app.db, id).await.expect("a pilot")
    }

    /// A contact (企业联络员) of a pilot's firm.
    pub async fn contact(&self, pilot: &Pilot) -> Actor {
        let mut actor = self.city.actor("联络员", pilot.region.as_str(), vec![Grant::Firm(pilot.firm_id)]).await;
        actor.firm = Some(pilot.firm_id);
        actor
    }

    /// A verifier (核定专家) who is assigned to these pilots.
    pub async fn verifier(&self, pilots: &[PilotId]) -> Actor {
        let actor = self.city.actor("专家", Region::CITY, vec![Grant::Verifier]).await;
        for pilot in pilots {
            self.assign(*pilot, actor.person).await;
        }
        actor
    }

    pub async fn assign(&self, pilot: PilotId, person: PersonId) {
        let query = sql("INSERT INTO verifier_assignments (pilot_id, person_id, assigned_at) VALUES ($1, $2, $3)")
            .bind(pilot)
            .bind(person)
            .bind(self.city.now());
        self.write(query).await;
    }

    /// Opens the cohort's next round on the default framework.
    pub async fn round(&self) -> RoundId {
        self.round_on(self.framework).await
    }

    /// Opens the cohort's next round on a framework of the caller.
    pub async fn round_on(&self, framework: FrameworkId) -> RoundId {
        let id = RoundId::new(&self.city.app.chance, self.city.now());
        let query = sql("INSERT INTO rounds (id, cohort_id, number, name, framework_id, state, opened_at)
             SELECT $1, c.id, (SELECT COUNT(*) FROM rounds r WHERE r.cohort_id = c.id) + 1, '测评', $3, 'open', $4 FROM cohorts c WHERE c.id = $2")
        .bind(id)
        .bind(self.cohort)
        .bind(framework)
        .bind(self.city.now());
        self.write(query).await;
        id
    }

    /// Closes a round without freezing scores.
    pub async fn close_round(&self, round: RoundId) {
        let query = sql("UPDATE rounds SET state = 'closed', closed_at = $2 WHERE id = $1")
            .bind(round)
            .bind(self.city.now());
        self.write(query).await;
    }

    /// A firm's assessment in a round, without any answer.
    pub async fn assessment(&self, pilot: PilotId, round: RoundId, state: AssessmentState) -> Assessment {
        let id = AssessmentId::new(&self.city.app.chance, self.city.now());
        let query = sql(
            "INSERT INTO assessments (id, pilot_id, round_id, state, started_at, submitted_at, verified_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id)
        .bind(pilot)
        .bind(round)
        .bind(state.as_str())
        .bind(self.city.now() - TimeDelta::days(1))
        .bind((state != AssessmentState::Draft).then(|| self.city.now()))
        .bind((state == AssessmentState::Verified).then(|| self.city.now()));
        self.write(query).await;
        store::assessment(&self.city.app.db, id).await.expect("an assessment")
    }

    /// The firm's own levels of these indicators.
    pub async fn answers(&self, assessment: AssessmentId, levels: &[(&str, i64)]) {
        for (indicator, level) in levels {
            let query = sql(
                "INSERT INTO answers (assessment_id, indicator, level, na, na_reason, note, edition, changed_at)
                 VALUES ($1, $2, $3, FALSE, '', '自评说明', 1, $4)",
            )
            .bind(assessment)
            .bind(*indicator)
            .bind(*level)
            .bind(self.city.now());
            self.write(query).await;
        }
    }

    /// An indicator that the firm says does not apply; `na_state` is asked, approved or refused.
    pub async fn not_applicable(&self, assessment: AssessmentId, indicator: &str, na_state: &'static str) {
        let query = sql(
            "INSERT INTO answers (assessment_id, indicator, level, na, na_reason, na_state, note, edition, changed_at)
             VALUES ($1, $2, NULL, TRUE, '本企业无此业务', $3, '', 1, $4)",
        )
        .bind(assessment)
        .bind(indicator)
        .bind(na_state)
        .bind(self.city.now());
        self.write(query).await;
    }

    /// Evidence as a dated note; `state` is offered, accepted, refused or removed.
    pub async fn evidence(&self, assessment: AssessmentId, indicator: &str, fact_on: NaiveDate, state: &'static str) -> EvidenceId {
        let id = EvidenceId::new(&self.city.app.chance, self.city.now());
        let query = sql(
            "INSERT INTO evidence (id, assessment_id, indicator, kind, title, body, fact_on, added_at, state)
             VALUES ($1, $2, $3, 'note', '会议纪要', '董事会会议纪要', $4, $5, $6)",
        )
        .bind(id)
        .bind(assessment)
        .bind(indicator)
        .bind(fact_on)
        .bind(self.city.now())
        .bind(state);
        self.write(query).await;
        id
    }

    /// Verified levels with a reason, past every rule.
    pub async fn verdicts(&self, assessment: AssessmentId, by: PersonId, levels: &[(&str, i64)]) {
        for (indicator, level) in levels {
            let query = sql(
                "INSERT INTO verdicts (assessment_id, indicator, level, na, reason, at, by_person, edition)
                 VALUES ($1, $2, $3, FALSE, '资料与现场一致', $4, $5, 1)",
            )
            .bind(assessment)
            .bind(*indicator)
            .bind(*level)
            .bind(self.city.now())
            .bind(by);
            self.write(query).await;
        }
    }

    /// A site visit that looked at these indicators, written with blanks between.
    pub async fn visit(&self, assessment: AssessmentId, by: PersonId, on: NaiveDate, indicators: &str) -> VisitId {
        let id = VisitId::new(&self.city.app.chance, self.city.now());
        let query = sql(
            "INSERT INTO site_visits (id, assessment_id, visited_on, people, findings, indicators, at, by_person)
             VALUES ($1, $2, $3, '总经理、车间主任', '现场查看', $4, $5, $6)",
        )
        .bind(id)
        .bind(assessment)
        .bind(on)
        .bind(indicators)
        .bind(self.city.now())
        .bind(by);
        self.write(query).await;
        id
    }

    /// An assessment that is verified with these levels, the firm's own levels being the same.
    pub async fn verified(&self, pilot: PilotId, round: RoundId, by: PersonId, levels: &[(&str, i64)]) -> Assessment {
        let assessment = self.assessment(pilot, round, AssessmentState::Verified).await;
        self.answers(assessment.id, levels).await;
        self.verdicts(assessment.id, by, levels).await;
        assessment
    }

    /// A named benchmark with these levels, dated so, the pilot's primary one.
    pub async fn benchmark(&self, pilot: PilotId, dated_on: NaiveDate, levels: &[(&str, i64)]) -> BenchmarkId {
        let id = BenchmarkId::new(&self.city.app.chance, self.city.now());
        let mut tx = self.city.begin().await;
        sql("INSERT INTO benchmarks (id, name, initials, about, framework, created_at, created_for) VALUES ($1, '标杆公司', 'bggs', '', 'heluo', $2, $3)")
            .bind(id)
            .bind(self.city.now())
            .bind(pilot)
            .run(&mut tx)
            .await
            .expect("a benchmark");
        for (indicator, level) in levels {
            sql("INSERT INTO benchmark_levels (benchmark_id, indicator, level, source, dated_on) VALUES ($1, $2, $3, '年报', $4)")
                .bind(id)
                .bind(*indicator)
                .bind(*level)
                .bind(dated_on)
                .run(&mut tx)
                .await
                .expect("a level");
        }
        sql("INSERT INTO pilot_benchmarks (pilot_id, benchmark_id, is_primary, chosen_at) VALUES ($1, $2, TRUE, $3)")
            .bind(pilot)
            .bind(id)
            .bind(self.city.now())
            .run(&mut tx)
            .await
            .expect("chosen");
        tx.commit().await.expect("kept");
        id
    }

    /// Root causes and targets of these indicators.
    pub async fn targets(&self, pilot: PilotId, levels: &[(&str, i64)]) {
        for (indicator, level) in levels {
            let cause =
                sql("INSERT INTO causes (pilot_id, indicator, whys, root, edition, changed_at) VALUES ($1, $2, '没有人负责', '责任不清', 1, $3)")
                    .bind(pilot)
                    .bind(*indicator)
                    .bind(self.city.now());
            self.write(cause).await;
            let target = sql("INSERT INTO targets (pilot_id, indicator, level, edition, changed_at) VALUES ($1, $2, $3, 1, $4)")
                .bind(pilot)
                .bind(*indicator)
                .bind(*level)
                .bind(self.city.now());
            self.write(target).await;
        }
    }

    /// An action; `state` is planned, doing, done or cancelled.
    pub async fn action(&self, pilot: PilotId, indicator: &str, due_on: NaiveDate, state: &'static str) -> ActionId {
        let id = ActionId::new(&self.city.app.chance, self.city.now());
        let query = sql(
            "INSERT INTO actions (id, pilot_id, indicator, title, owner, due_on, priority, deliverable, resources, state, progress, created_at)
             VALUES ($1, $2, $3, '建立责任清单', '王经理', $4, 1, '责任清单', '五万元', $5, $6, $7)",
        )
        .bind(id)
        .bind(pilot)
        .bind(indicator)
        .bind(due_on)
        .bind(state)
        .bind(if state == "done" { 100_i64 } else { 0 })
        .bind(self.city.now());
        self.write(query).await;
        id
    }

    /// A token for the cookie `sign_in` of this actor, with the grants written down.
    pub async fn signed_in(&self, actor: &Actor) -> String {
        let mut tx = self.city.begin().await;
        for grant in &actor.grants {
            self.grant(&mut tx, actor.person, grant).await;
        }
        let token = crate::accounts::store::begin_sign_in(&self.city.app, &mut tx, self.city.now(), actor.person, "test")
            .await
            .expect("a sign-in");
        tx.commit().await.expect("kept");
        token
    }

    async fn grant(&self, tx: &mut Tx, person: PersonId, grant: &Grant) {
        let (role, region, firm): (_, Option<Region>, Option<FirmId>) = match grant {
            Grant::City => ("city", None, None),
            Grant::County(region) => ("county", Some(region.clone()), None),
            Grant::Teacher(_) => ("teacher", None, None),
            Grant::Firm(firm) => ("firm", None, Some(*firm)),
            Grant::Verifier => ("verifier", None, None),
        };
        sql("INSERT INTO grants (id, person_id, role, region, firm_id, granted_at) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(self.city.app.chance.uuid(self.city.now()))
            .bind(person)
            .bind(role)
            .bind(region)
            .bind(firm)
            .bind(self.city.now())
            .run(tx)
            .await
            .expect("a grant");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::XINAN;

    async fn the_small_programme_stands(engine: Engine) {
        let programme = TestProgramme::new(engine).await;
        let db = &programme.city.app.db;
        let pilot = programme.pilot("洛阳一机", XINAN).await;
        let contact = programme.contact(&pilot).await;
        let verifier = programme.verifier(&[pilot.id]).await;
        let round = programme.round().await;
        let assessment = programme.verified(pilot.id, round, verifier.person, &[("A1", 3), ("B2", 4)]).await;
        let day = crate::clock::day_of(programme.city.now());
        programme.evidence(assessment.id, "A1", day, "accepted").await;
        programme.not_applicable(assessment.id, "A2", "approved").await;
        programme.visit(assessment.id, verifier.person, day, "A1 B2").await;
        programme.benchmark(pilot.id, day, &[("A1", 5)]).await;
        programme.targets(pilot.id, &[("A1", 4)]).await;
        programme.action(pilot.id, "A1", day, "done").await;
        programme.signed_in(&contact).await;
        assert!(store::seen(db, &contact, pilot.id).await.expect("seen").1.is_contact());
        assert!(store::seen(db, &verifier, pilot.id).await.expect("seen").1.is_verifier());
        assert_eq!(
            store::open_round(db, programme.cohort).await.expect("read").map(|open| open.number),
            Some(1)
        );
        assert_eq!(store::framework(db, programme.framework).await.expect("read"), default_framework());
        assert_eq!(
            store::newest_verified(db, pilot.id).await.expect("read").map(|found| found.id),
            Some(assessment.id)
        );
        programme.close_round(round).await;
        assert_eq!(store::open_round(db, programme.cohort).await.expect("read"), None);
        let second = programme.round().await;
        assert_eq!(store::round(db, second).await.expect("read").number, 2);
    }
    crate::on_both_engines!(the_small_programme_stands);
}
