//! Verdicts, evidence, visits and closing on both engines.

use chrono::{NaiveDate, TimeDelta};

use super::rules::{Agreement, Fault, Finding};
use super::store::{self, Assigned, Given, NewVisit, Outcome, Refusal, Turn};
use super::{forms, policy};
use crate::accounts::Actor;
use crate::benchmarking::assessment::rules::{EvidenceState, Verdict};
use crate::benchmarking::assessment::store as assessment;
use crate::benchmarking::policy::{DecidePermit, JudgePermit, VerifyPermit, can_run};
use crate::benchmarking::rules::{Framework, Level, PilotState, Stage};
use crate::benchmarking::selection::store as rounds;
use crate::benchmarking::store::{self as shared, Assessment, AssessmentState, Pilot};
use crate::benchmarking::testing::{TestProgramme, default_framework};
use crate::clock::day_of;
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::ids::{EvidenceId, PersonId, RoundId, VisitId};
use crate::testing::{XINAN, YIYANG};

/// A firm that has handed in level 4 everywhere, without any evidence.
struct Scene {
    programme: TestProgramme,
    framework: Framework,
    round: RoundId,
    pilot: Pilot,
    verifier: Actor,
    assessment: Assessment,
}

impl Scene {
    async fn new(engine: Engine) -> Self {
        let programme = TestProgramme::new(engine).await;
        let round = programme.round().await;
        let pilot = programme.pilot("洛阳一机", XINAN).await;
        let verifier = programme.verifier(&[pilot.id]).await;
        let assessment = programme.assessment(pilot.id, round, AssessmentState::Submitted).await;
        let framework = default_framework();
        let levels: Vec<(&str, i64)> = framework.indicators().map(|(_, indicator)| (indicator.id.as_str(), 4)).collect();
        programme.answers(assessment.id, &levels).await;
        programme.city.hand.advance(TimeDelta::hours(1));
        Self {
            programme,
            framework,
            round,
            pilot,
            verifier,
            assessment,
        }
    }

    fn today(&self) -> NaiveDate {
        day_of(self.programme.city.now())
    }

    async fn verify_permit(&self, actor: &Actor) -> VerifyPermit {
        let (_, standing) = shared::seen(&self.programme.city.app.db, actor, self.pilot.id).await.expect("seen");
        standing.can_verify().expect("a verifier")
    }

    async fn judge_permit(&self, actor: &Actor) -> JudgePermit {
        let (_, standing) = shared::seen(&self.programme.city.app.db, actor, self.pilot.id).await.expect("seen");
        standing.can_judge().expect("a judge")
    }

    async fn decide_permit(&self) -> DecidePermit {
        let city = self.programme.city.city_admin().await;
        let (_, standing) = shared::seen(&self.programme.city.app.db, &city, self.pilot.id).await.expect("seen");
        standing.can_decide().expect("the city")
    }

    async fn give(&self, permit: &VerifyPermit, given: &[Given]) -> Result<Outcome, AppError> {
        let city = &self.programme.city;
        let mut tx = city.begin().await;
        let outcome = store::give(&mut tx, &city.app, city.now(), permit, self.assessment.id, &self.framework, given).await?;
        tx.commit().await.expect("kept");
        Ok(outcome)
    }

    async fn judge(&self, permit: &JudgePermit, evidence: EvidenceId, accept: bool, seen: EvidenceState) -> Result<assessment::Judged, AppError> {
        let city = &self.programme.city;
        let mut tx = city.begin().await;
        let judgement = assessment::Judgement {
            evidence,
            seen,
            verdict: if accept { Verdict::Accept } else { Verdict::Refuse },
            reason: "原件已核对".to_owned(),
        };
        let outcome = assessment::judge(&mut tx, &city.app, city.now(), permit, self.assessment.id, &[judgement]).await?;
        tx.commit().await.expect("kept");
        Ok(outcome)
    }

    async fn visit(&self, permit: &VerifyPermit, indicators: &[&str]) -> VisitId {
        let city = &self.programme.city;
        let mut tx = city.begin().await;
        let id = store::add(&mut tx, &city.app, city.now(), permit, self.assessment.id, &self.seen(indicators)).await;
        tx.commit().await.expect("kept");
        id.expect("a visit")
    }

    fn seen(&self, indicators: &[&str]) -> NewVisit {
        NewVisit {
            visited_on: self.today(),
            people: "总经理".to_owned(),
            findings: "看了三条产线".to_owned(),
            indicators: indicators.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    async fn close(&self, permit: &VerifyPermit) -> Result<(), AppError> {
        let city = &self.programme.city;
        let mut tx = city.begin().await;
        store::close(&mut tx, &city.app, city.now(), permit, self.assessment.id, &self.framework).await?;
        tx.commit().await.expect("kept");
        Ok(())
    }

    async fn reopen(&self, permit: &DecidePermit) -> Result<(), AppError> {
        let city = &self.programme.city;
        let mut tx = city.begin().await;
        store::reopen(&mut tx, &city.app, city.now(), permit, self.assessment.id, "有一项看错了").await?;
        tx.commit().await.expect("kept");
        Ok(())
    }

    async fn sheet(&self) -> store::Sheet {
        store::sheet(&self.programme.city.app.db, self.assessment.id, self.today())
            .await
            .expect("a sheet")
    }

    async fn state(&self) -> AssessmentState {
        let found = shared::assessment(&self.programme.city.app.db, self.assessment.id).await;
        found.expect("an assessment").state()
    }

    /// A verdict of level 2 on every indicator: what stands without any evidence.
    fn all(&self) -> Vec<Given> {
        self.framework.indicators().map(|(_, indicator)| given(&indicator.id, 0, "2")).collect()
    }
}

fn given(indicator: &str, edition: i64, word: &str) -> Given {
    Given {
        indicator: indicator.to_owned(),
        edition,
        finding: Finding::parse(word),
        reason: if word.is_empty() {
            String::new()
        } else {
            format!("{indicator} 与资料一致")
        },
    }
}

fn refusal(outcome: Result<(), AppError>) -> String {
    match outcome {
        Err(AppError::Refused(problem)) => problem.key,
        other => panic!("{other:?}"),
    }
}

fn level(number: i64) -> Level {
    Level::new(number).expect("1 to 5")
}

async fn a_level_above_the_cap_needs_a_visit_that_saw_the_indicator(engine: Engine) {
    let scene = Scene::new(engine).await;
    let permit = scene.verify_permit(&scene.verifier).await;
    let above = [given("A1", 0, "4"), given("A2", 0, "2")];
    let outcome = scene.give(&permit, &above).await.expect("given");
    let refused = vec![("A1".to_owned(), Refusal::Unfounded(Fault::AboveCap(level(2))))];
    assert_eq!(outcome, Outcome { kept: 1, refused });
    scene.visit(&permit, &["A2"]).await;
    assert_eq!(
        scene.give(&permit, &above[..1]).await.expect("given").kept,
        0,
        "the visit did not look at A1"
    );
    scene.visit(&permit, &["A1", "B2"]).await;
    assert_eq!(scene.give(&permit, &above[..1]).await.expect("given").kept, 1);
    let sheet = scene.sheet().await;
    assert_eq!(sheet.verdicts["A1"].finding(), Finding::parse("4"));
    assert_eq!(sheet.answers["A1"].level, Some(4), "the firm's own level is untouched");
    assert_eq!(sheet.capped("A1"), Some(level(2)));
}

async fn evidence_lifts_the_cap_once_it_is_accepted(engine: Engine) {
    let scene = Scene::new(engine).await;
    let verifier = scene.verify_permit(&scene.verifier).await;
    let county = scene.programme.city.coordinator(XINAN).await;
    let judge = scene.judge_permit(&county).await;
    let one = scene.programme.evidence(scene.assessment.id, "A1", scene.today(), "offered").await;
    let other = scene.programme.evidence(scene.assessment.id, "A1", scene.today(), "offered").await;
    assert_eq!(scene.sheet().await.cap("A1"), level(2));
    assert_eq!(scene.judge(&judge, one, true, EvidenceState::Offered).await.expect("judged").kept, 1);
    assert_eq!(scene.sheet().await.cap("A1"), level(3));
    assert_eq!(scene.judge(&judge, other, true, EvidenceState::Offered).await.expect("judged").kept, 1);
    assert_eq!(scene.sheet().await.cap("A1"), level(5));
    assert_eq!(scene.give(&verifier, &[given("A1", 0, "5")]).await.expect("given").kept, 1);
    // Somebody else decides from an older page: nothing changes, and they are told.
    let late = scene
        .judge(&scene.judge_permit(&scene.verifier).await, one, false, EvidenceState::Offered)
        .await
        .expect("judged");
    assert_eq!((late.kept, late.meanwhile[0].id), (0, one));
    // Refused after all: the verdict no longer stands, and closing says so.
    scene.judge(&judge, one, false, EvidenceState::Accepted).await.expect("judged");
    scene.give(&verifier, &scene.all()[1..]).await.expect("given");
    assert_eq!(refusal(scene.close(&verifier).await), "verification-blocked");
    let sheet = scene.sheet().await;
    assert_eq!(sheet.subject("A1").verdict, Finding::parse("5"));
    assert_eq!(super::rules::obstacles(&sheet.subject("A1")).len(), 1);
    let foreign = scene.programme.pilot("别家", XINAN).await;
    let other_assessment = scene.programme.assessment(foreign.id, scene.round, AssessmentState::Submitted).await;
    let theirs = scene.programme.evidence(other_assessment.id, "A1", scene.today(), "offered").await;
    assert_eq!(scene.judge(&judge, theirs, true, EvidenceState::Offered).await, Err(AppError::NotFound));
}

async fn two_tabs_do_not_overwrite_each_other(engine: Engine) {
    let scene = Scene::new(engine).await;
    let permit = scene.verify_permit(&scene.verifier).await;
    scene.give(&permit, &[given("A1", 0, "2")]).await.expect("given");
    let stale = scene.give(&permit, &[given("A1", 0, "1")]).await.expect("given");
    assert_eq!(stale.refused, [("A1".to_owned(), Refusal::Edited)]);
    let same = scene.give(&permit, &[given("A1", 0, "2")]).await.expect("given");
    assert_eq!(same, Outcome::default(), "the same again changes nothing and is no fault");
    scene.give(&permit, &[given("A1", 1, "")]).await.expect("taken back");
    assert!(scene.sheet().await.verdicts.is_empty());
    let after = scene.give(&permit, &[given("A1", 1, "1")]).await.expect("given");
    assert_eq!(after.refused, [("A1".to_owned(), Refusal::Edited)], "an edition is never used twice");
    assert_eq!(scene.give(&permit, &[given("A1", 2, "1")]).await.expect("given").kept, 1);
    let history = store::verdict_history(&scene.programme.city.app.db, scene.assessment.id)
        .await
        .expect("read");
    let findings: Vec<_> = history.iter().map(|event| event.finding().map(Finding::word)).collect();
    assert_eq!(findings.len(), 3);
    assert!(findings.contains(&None) && findings.contains(&Some("1".to_owned())) && findings.contains(&Some("2".to_owned())));
}

/// Two verifiers of one firm save the same indicator at the same moment: one is kept, the other learns of it.
async fn two_verifiers_at_once_lose_nothing(engine: Engine) {
    let scene = Scene::new(engine).await;
    let second = scene.programme.verifier(&[scene.pilot.id]).await;
    let permits = [scene.verify_permit(&scene.verifier).await, scene.verify_permit(&second).await];
    let (mine, theirs) = ([given("A1", 0, "1"), given("A2", 0, "2")], [given("A1", 0, "2"), given("B1", 0, "2")]);
    let (one, other) = tokio::join!(scene.give(&permits[0], &mine), scene.give(&permits[1], &theirs));
    let (one, other) = (one.expect("given"), other.expect("given"));
    assert_eq!(one.kept + other.kept, 3, "{one:?} {other:?}");
    let refused: Vec<_> = one.refused.into_iter().chain(other.refused).collect();
    assert_eq!(refused, [("A1".to_owned(), Refusal::Edited)]);
    assert_eq!(scene.sheet().await.verdicts.len(), 3);
}

async fn closing_waits_for_every_indicator_and_happens_once(engine: Engine) {
    let scene = Scene::new(engine).await;
    let permit = scene.verify_permit(&scene.verifier).await;
    let contact = scene.programme.contact(&scene.pilot).await;
    scene.programme.signed_in(&contact).await;
    let all = scene.all();
    scene.give(&permit, &all[..17]).await.expect("given");
    let Err(AppError::Refused(problem)) = scene.close(&permit).await else {
        panic!("closed without D4")
    };
    assert_eq!(problem.args, [("n".to_owned(), "1".to_owned()), ("list".to_owned(), "D4".to_owned())]);
    scene.give(&permit, &all[17..]).await.expect("given");
    let outcomes = tokio::join!(scene.close(&permit), scene.close(&permit));
    assert!(outcomes.0.is_ok() != outcomes.1.is_ok(), "{outcomes:?}");
    let found = shared::assessment(&scene.programme.city.app.db, scene.assessment.id).await.expect("read");
    assert_eq!(
        (found.state(), found.verified_by),
        (AssessmentState::Verified, Some(scene.verifier.person))
    );
    let told = crate::notices::inbox(&scene.programme.city.app.db, contact.person).await.expect("read");
    assert_eq!(
        told.iter().map(|notice| notice.text.key.as_str()).collect::<Vec<_>>(),
        ["verification-notice-closed"]
    );
    let history = shared::history(&scene.programme.city.app.db, scene.pilot.id).await.expect("read");
    assert_eq!((history[0].what.as_str(), history[0].detail.as_str()), ("verified", "1"));
    let late = scene.give(&permit, &[given("A1", 1, "1")]).await;
    assert_eq!(refusal(late.map(|_| ())), "verification-already-closed");
    assert_eq!(scene.sheet().await.verdicts.len(), 18);
}

/// The verifier closes at the moment at which the city closes the round: what is frozen is what was verified, and nothing is
/// verified behind a closed round.
async fn a_verification_and_its_round_close_at_once(engine: Engine) {
    for _ in 0..5 {
        let scene = Scene::new(engine).await;
        let permit = scene.verify_permit(&scene.verifier).await;
        scene.give(&permit, &scene.all()).await.expect("given");
        let city = &scene.programme.city;
        let run = can_run(&city.city_admin().await).expect("a permit");
        let close_round = async {
            let mut tx = city.begin().await;
            rounds::close(&mut tx, &city.app, city.now(), &run, scene.round).await?;
            tx.commit().await
        };
        let (round, verification) = tokio::join!(close_round, scene.close(&permit));
        round.expect("the round closes in any case");
        let frozen = sql("SELECT COUNT(*) FROM frozen_scores WHERE round_id = $1")
            .bind(scene.round)
            .count(&city.app.db)
            .await
            .expect("counted");
        let is_verified = scene.state().await == AssessmentState::Verified;
        assert_eq!(
            (frozen == 1, is_verified),
            (verification.is_ok(), verification.is_ok()),
            "{verification:?}"
        );
        if verification.is_err() {
            assert_eq!(refusal(verification), "verification-round-closed");
        }
    }
}

async fn the_city_reopens_while_the_round_is_open(engine: Engine) {
    let scene = Scene::new(engine).await;
    let (permit, city) = (scene.verify_permit(&scene.verifier).await, scene.decide_permit().await);
    assert_eq!(refusal(scene.reopen(&city).await), "verification-not-closed");
    scene.give(&permit, &scene.all()).await.expect("given");
    scene.close(&permit).await.expect("closed");
    scene.reopen(&city).await.expect("reopened");
    assert_eq!(scene.state().await, AssessmentState::Submitted);
    let told = crate::notices::inbox(&scene.programme.city.app.db, scene.verifier.person)
        .await
        .expect("read");
    assert_eq!(told[0].text.key, "verification-notice-reopened");
    scene.give(&permit, &[given("A1", 1, "1")]).await.expect("given");
    scene.close(&permit).await.expect("closed again");
    scene.programme.close_round(scene.round).await;
    assert_eq!(refusal(scene.reopen(&city).await), "verification-round-closed");
    assert_eq!(scene.state().await, AssessmentState::Verified);
}

async fn an_answer_that_changed_asks_for_the_verdict_again(engine: Engine) {
    let scene = Scene::new(engine).await;
    let permit = scene.verify_permit(&scene.verifier).await;
    scene.give(&permit, &scene.all()).await.expect("given");
    let city = &scene.programme.city;
    city.hand.advance(TimeDelta::hours(1));
    let mut tx = city.begin().await;
    sql("UPDATE answers SET level = 5, edition = 2, changed_at = $2 WHERE assessment_id = $1 AND indicator = 'A1'")
        .bind(scene.assessment.id)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("changed");
    tx.commit().await.expect("kept");
    city.hand.advance(TimeDelta::hours(1));
    assert_eq!(refusal(scene.close(&permit).await), "verification-blocked");
    assert_eq!(scene.give(&permit, &[given("A1", 1, "2")]).await.expect("confirmed").kept, 1);
    scene.close(&permit).await.expect("closed");
}

async fn not_applicable_is_confirmed_only_where_it_is_approved(engine: Engine) {
    let scene = Scene::new(engine).await;
    let permit = scene.verify_permit(&scene.verifier).await;
    let city = &scene.programme.city;
    let mut tx = city.begin().await;
    sql("DELETE FROM answers WHERE assessment_id = $1 AND indicator IN ('B3', 'B4')")
        .bind(scene.assessment.id)
        .run(&mut tx)
        .await
        .expect("removed");
    tx.commit().await.expect("kept");
    scene.programme.not_applicable(scene.assessment.id, "B3", "approved").await;
    scene.programme.not_applicable(scene.assessment.id, "B4", "asked").await;
    city.hand.advance(TimeDelta::hours(1));
    let outcome = scene.give(&permit, &[given("B3", 0, "na"), given("B4", 0, "na")]).await.expect("given");
    assert_eq!(
        (outcome.kept, outcome.refused),
        (1, vec![("B4".to_owned(), Refusal::Unfounded(Fault::NotApproved))])
    );
}

async fn a_permit_is_for_one_firm(engine: Engine) {
    let scene = Scene::new(engine).await;
    let other = scene.programme.pilot("别家", YIYANG).await;
    let verifier = scene.programme.verifier(&[other.id]).await;
    let db = &scene.programme.city.app.db;
    let (_, standing) = shared::seen(db, &verifier, other.id).await.expect("seen");
    let permit = standing.can_verify().expect("a verifier");
    assert_eq!(scene.give(&permit, &scene.all()).await, Err(AppError::NotFound));
    assert_eq!(scene.close(&permit).await, Err(AppError::NotFound));
    let city = &scene.programme.city;
    let mut tx = city.begin().await;
    let added = store::add(&mut tx, &city.app, city.now(), &permit, scene.assessment.id, &scene.seen(&["A1"])).await;
    assert_eq!(added, Err(AppError::NotFound));
    drop(tx);
    let unknown = scene.give(&scene.verify_permit(&scene.verifier).await, &[given("Z9", 0, "2")]).await;
    assert_eq!(unknown, Err(AppError::NotFound));
    assert!(scene.sheet().await.verdicts.is_empty());
}

async fn a_visit_is_corrected_with_its_history(engine: Engine) {
    let scene = Scene::new(engine).await;
    let permit = scene.verify_permit(&scene.verifier).await;
    let id = scene.visit(&permit, &["A1"]).await;
    let city = &scene.programme.city;
    let correct = async |edition: i64, indicators: &[&str]| {
        let mut tx = city.begin().await;
        let visit = scene.seen(indicators);
        store::correct(
            &mut tx,
            &city.app,
            city.now(),
            &permit,
            scene.assessment.id,
            id,
            edition,
            &visit,
            "看的是 A2",
        )
        .await?;
        tx.commit().await.expect("kept");
        Ok(())
    };
    correct(1, &["A2"]).await.expect("corrected");
    assert_eq!(refusal(correct(1, &["A3"]).await), "verification-visit-edited");
    let sheet = scene.sheet().await;
    assert!(sheet.visit_of("A1").is_none() && sheet.visit_of("A2").is_some());
    let history = store::visit_history(&city.app.db, id).await.expect("read");
    let kept: Vec<_> = history.iter().map(|event| (event.indicators.as_str(), event.why.as_str())).collect();
    assert_eq!(kept, [("A1", "看的是 A2")]);
}

async fn a_verifier_has_a_list_of_what_waits(engine: Engine) {
    let scene = Scene::new(engine).await;
    let permit = scene.verify_permit(&scene.verifier).await;
    scene.give(&permit, &scene.all()[..5]).await.expect("given");
    scene.programme.evidence(scene.assessment.id, "A1", scene.today(), "offered").await;
    let idle = scene.programme.pilot("没开始的企业", YIYANG).await;
    let gone = scene
        .programme
        .pilot_in("退出的企业", YIYANG, PilotState::Withdrawn, Some(Stage::Seek))
        .await;
    let done = scene.programme.pilot("核定完的企业", YIYANG).await;
    scene.programme.verified(done.id, scene.round, scene.verifier.person, &[("A1", 3)]).await;
    for pilot in [idle.id, gone.id, done.id] {
        scene.programme.assign(pilot, scene.verifier.person).await;
    }
    let other = scene.programme.verifier(&[idle.id]).await;
    let db = &scene.programme.city.app.db;
    let rows = store::assigned(db, policy::own_desk(&scene.verifier).expect("a desk"))
        .await
        .expect("read");
    let seen: Vec<_> = rows.iter().map(|row| (row.firm_name.as_str(), row.turn())).collect();
    assert_eq!(
        seen,
        [
            ("洛阳一机", Turn::Waiting),
            ("没开始的企业", Turn::WithTheFirm),
            ("核定完的企业", Turn::Closed),
            ("退出的企业", Turn::Over)
        ]
    );
    assert_eq!((rows[0].done, rows[0].indicators, rows[0].undecided, rows[0].left()), (5, 18, 1, 13));
    let theirs: Vec<Assigned> = store::assigned(db, policy::own_desk(&other).expect("a desk")).await.expect("read");
    assert_eq!(theirs.len(), 1);
}

async fn agreement_counts_closed_verifications_of_the_scope(engine: Engine) {
    let scene = Scene::new(engine).await;
    let programme = &scene.programme;
    let near = programme.pilot("本县二号", XINAN).await;
    let far = programme.pilot("外县企业", YIYANG).await;
    let other = programme.verifier(&[near.id, far.id]).await;
    for (pilot, own, verified) in [(near.id, 4, 3), (far.id, 3, 3)] {
        let assessment = programme.assessment(pilot, scene.round, AssessmentState::Verified).await;
        programme.answers(assessment.id, &[("A1", own)]).await;
        programme.verdicts(assessment.id, other.person, &[("A1", verified)]).await;
    }
    let counted = async |actor: &Actor| {
        let scope = policy::compares(actor).expect("a scope");
        let db = &programme.city.app.db;
        let rounds = store::rounds(db, &scope).await.expect("read");
        let compared = store::compared(db, &scope, scene.round).await.expect("read");
        let people: Vec<PersonId> = compared.iter().filter_map(|one| one.verifier).collect();
        assert!(people.iter().all(|person| *person == other.person), "what is not closed is not counted");
        (
            rounds.first().map_or(0, |round| round.firms),
            compared.iter().filter_map(|one| one.triple).collect::<Agreement>(),
        )
    };
    let (firms, city) = counted(&programme.city.city_admin().await).await;
    assert_eq!((firms, city.count, city.exact), (2, 2, 1));
    let (firms, county) = counted(&programme.city.coordinator(XINAN).await).await;
    assert_eq!((firms, county.count, county.exact), (1, 1, 0));
    let capped = county.capped_minus_verified().expect("one");
    assert_eq!(
        crate::benchmarking::rules::exact::written(&capped),
        "-1",
        "without evidence the cap is 2, below the verified 3"
    );
}

async fn the_chain_has_one_line_for_each_indicator(engine: Engine) {
    let scene = Scene::new(engine).await;
    let programme = &scene.programme;
    programme.benchmark(scene.pilot.id, scene.today(), &[("A1", 5), ("B2", 4)]).await;
    programme.targets(scene.pilot.id, &[("A1", 4)]).await;
    programme.action(scene.pilot.id, "A1", scene.today(), "done").await;
    programme.action(scene.pilot.id, "A1", scene.today(), "cancelled").await;
    let chains = store::chain(&programme.city.app.db, scene.pilot.id).await.expect("read");
    let a1 = &chains["A1"];
    assert_eq!(
        (a1.gap.as_ref().map(|gap| gap.level), a1.target, a1.root.as_deref(), a1.deeds.len()),
        (Some(5), Some(4), Some("责任不清"), 2)
    );
    assert_eq!((chains["B2"].target, chains["B2"].deeds.len(), chains.len()), (None, 0, 2));
}

#[test]
fn every_refusal_stands_beside_its_field() {
    for refusal in [
        Refusal::Edited,
        Refusal::Unfounded(Fault::NotApproved),
        Refusal::Unfounded(Fault::AboveCap(level(3))),
    ] {
        assert_eq!(forms::refused("A1", refusal).field, "level-A1");
    }
}

crate::on_both_engines!(
    a_level_above_the_cap_needs_a_visit_that_saw_the_indicator,
    evidence_lifts_the_cap_once_it_is_accepted,
    two_tabs_do_not_overwrite_each_other,
    two_verifiers_at_once_lose_nothing,
    a_verification_and_its_round_close_at_once,
    closing_waits_for_every_indicator_and_happens_once,
    the_city_reopens_while_the_round_is_open,
    an_answer_that_changed_asks_for_the_verdict_again,
    not_applicable_is_confirmed_only_where_it_is_approved,
    a_permit_is_for_one_firm,
    a_visit_is_corrected_with_its_history,
    a_verifier_has_a_list_of_what_waits,
    agreement_counts_closed_verifications_of_the_scope,
    the_chain_has_one_line_for_each_indicator,
);
