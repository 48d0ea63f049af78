//! Contracts of the self-assessment's rows, on both engines.

use chrono::{NaiveDate, TimeDelta};

use super::forms;
use super::rules::{ANSWERED, EvidenceState, NaState, Said, Verdict, in_one_go};
use super::store::{self, Judged, Judgement, NaDecision, NewAnswer, NewEvidence, Proven, Saved};
use crate::accounts::Actor;
use crate::benchmarking::policy::{Standing, standing};
use crate::benchmarking::rules::{Framework, Level, PilotState};
use crate::benchmarking::store::{self as pilots, Assessment, AssessmentState, Pilot};
use crate::benchmarking::testing::{TestProgramme, default_framework};
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::ids::EvidenceId;
use crate::testing::{XINAN, YIYANG};

/// A firm with a draft in the open round, and everybody who has to do with it.
struct Scene {
    programme: TestProgramme,
    pilot: Pilot,
    assessment: Assessment,
    framework: Framework,
    contact: Standing,
    county: Standing,
    verifier: Standing,
}

impl Scene {
    async fn new(engine: Engine) -> Self {
        let programme = TestProgramme::new(engine).await;
        let pilot = programme.pilot("牡丹机械", XINAN).await;
        let round = programme.round().await;
        let assessment = programme.assessment(pilot.id, round, AssessmentState::Draft).await;
        let contact = programme.contact(&pilot).await;
        let county = programme.city.coordinator(XINAN).await;
        let verifier = programme.verifier(&[pilot.id]).await;
        let stands = |actor: &Actor, assigned| standing(actor, &pilot, assigned).expect("a standing");
        Self {
            contact: stands(&contact, false),
            county: stands(&county, false),
            verifier: stands(&verifier, true),
            framework: default_framework(),
            programme,
            pilot,
            assessment,
        }
    }

    /// A draft in which every indicator has level 3.
    async fn full(engine: Engine) -> Self {
        let scene = Self::new(engine).await;
        let levels: Vec<(&str, i64)> = scene.framework.indicators().map(|(_, indicator)| (indicator.id.as_str(), 3)).collect();
        scene.programme.answers(scene.assessment.id, &levels).await;
        scene
    }

    async fn save(&self, edition: i64, said: Said) -> Result<Saved, AppError> {
        let city = &self.programme.city;
        let new = NewAnswer {
            indicator: "A1".to_owned(),
            edition,
            said,
        };
        let permit = self.contact.can_edit().expect("a contact");
        let mut tx = city.begin().await;
        let saved = store::save(&mut tx, &city.app, city.now(), &permit, self.assessment.id, &self.framework, &new).await?;
        tx.commit().await.expect("kept");
        Ok(saved)
    }

    async fn submit(&self) -> Result<(), AppError> {
        let city = &self.programme.city;
        let permit = self.contact.can_edit().expect("a contact");
        let mut tx = city.begin().await;
        store::submit(&mut tx, &city.app, city.now(), &permit, self.assessment.id, &self.framework).await?;
        tx.commit().await.expect("kept");
        Ok(())
    }

    async fn give_back(&self) -> Result<(), AppError> {
        let city = &self.programme.city;
        let permit = self.county.can_check().expect("a coordinator");
        let mut tx = city.begin().await;
        store::give_back(&mut tx, &city.app, city.now(), &permit, self.assessment.id, "请补充佐证").await?;
        tx.commit().await.expect("kept");
        Ok(())
    }

    async fn add(&self) -> Result<EvidenceId, AppError> {
        let city = &self.programme.city;
        let permit = self.contact.can_edit().expect("a contact");
        let new = NewEvidence {
            indicator: "A1".to_owned(),
            title: "会议纪要".to_owned(),
            proven: Proven::Note("董事会通过章程".to_owned()),
            fact_on: NaiveDate::from_ymd_opt(2026, 10, 1).expect("a day"),
        };
        let mut tx = city.begin().await;
        let id = store::add_evidence(&mut tx, &city.app, city.now(), &permit, self.assessment.id, &self.framework, &new).await?;
        tx.commit().await.expect("kept");
        Ok(id)
    }

    async fn remove(&self, id: EvidenceId) -> Result<(), AppError> {
        let city = &self.programme.city;
        let permit = self.contact.can_edit().expect("a contact");
        let mut tx = city.begin().await;
        store::remove_evidence(&mut tx, &city.app, city.now(), &permit, id).await?;
        tx.commit().await.expect("kept");
        Ok(())
    }

    async fn judge(&self, by: &Standing, id: EvidenceId, seen: EvidenceState, verdict: Verdict) -> Result<Judged, AppError> {
        let city = &self.programme.city;
        let permit = by.can_judge().expect("a judge");
        let mut tx = city.begin().await;
        let judgement = Judgement {
            evidence: id,
            seen,
            verdict,
            reason: "看过原件".to_owned(),
        };
        let judged = store::judge(&mut tx, &city.app, city.now(), &permit, self.assessment.id, &[judgement]).await?;
        tx.commit().await.expect("kept");
        Ok(judged)
    }

    async fn decide(&self, edition: i64, verdict: Verdict) -> Result<(), AppError> {
        let city = &self.programme.city;
        let permit = self.county.can_check().expect("a coordinator");
        let decision = NaDecision {
            indicator: "A1".to_owned(),
            edition,
            verdict,
            reason: "属实".to_owned(),
        };
        let mut tx = city.begin().await;
        store::decide_na(&mut tx, &city.app, city.now(), &permit, self.assessment.id, &decision).await?;
        tx.commit().await.expect("kept");
        Ok(())
    }

    async fn stored(&self) -> store::Stored {
        let mut all = store::answers(&self.programme.city.app.db, self.assessment.id).await.expect("read");
        all.remove("A1").expect("an answer")
    }

    async fn state(&self) -> AssessmentState {
        let read = pilots::assessment(&self.programme.city.app.db, self.assessment.id).await;
        read.expect("read").state()
    }
}

fn said(level: i64, note: &str) -> Said {
    Said {
        level: Level::new(level),
        note: note.to_owned(),
        ..Said::default()
    }
}

fn not_applicable(reason: &str) -> Said {
    Said {
        na: true,
        reason: reason.to_owned(),
        ..Said::default()
    }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> String {
    match outcome {
        Err(AppError::Refused(problem)) => problem.key,
        other => panic!("not refused: {other:?}"),
    }
}

async fn an_assessment_begins_once_in_the_open_round(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let city = &programme.city;
    let pilot = programme.pilot("牡丹机械", XINAN).await;
    let nominated = programme.pilot_in("未入选", XINAN, PilotState::Nominated, None).await;
    let permit = |pilot: &Pilot, actor: &Actor| standing(actor, pilot, false).and_then(|own| own.can_edit()).expect("a contact");
    let (own, other) = (programme.contact(&pilot).await, programme.contact(&nominated).await);
    let start = async |permit| {
        let mut tx = city.begin().await;
        let id = store::start(&mut tx, &city.app, city.now(), &permit).await?;
        tx.commit().await.expect("kept");
        Ok(id)
    };
    assert_eq!(refused(start(permit(&pilot, &own)).await), "assessment-no-round");
    programme.round().await;
    assert_eq!(refused(start(permit(&nominated, &other)).await), "assessment-not-chosen");
    let (one, two) = tokio::join!(start(permit(&pilot, &own)), start(permit(&pilot, &own)));
    assert_eq!(one.expect("begun"), two.expect("begun"), "two who begin at once begin one");
}

async fn two_people_at_once_lose_nothing(engine: Engine) {
    let scene = Scene::new(engine).await;
    let (one, two) = tokio::join!(scene.save(0, said(2, "甲写的")), scene.save(0, said(4, "乙写的")));
    let outcomes = [one.expect("answered"), two.expect("answered")];
    let won = outcomes.iter().filter(|saved| matches!(saved, Saved::Yes { edition: 1 })).count();
    assert_eq!(won, 1, "one is stored: {outcomes:?}");
    let stored = scene.stored().await;
    let lost = outcomes.iter().find_map(|saved| match saved {
        Saved::Conflict(theirs) => Some(theirs),
        Saved::Yes { .. } => None,
    });
    assert_eq!(lost.expect("the other is told").said, stored.said, "and is shown what stands");
    // Nobody who writes upon an old edition ever wins.
    for _ in 0..5 {
        let edition = scene.stored().await.edition;
        let saves = (0..6).map(|n| scene.save(edition, said(3, &format!("第 {edition} 版第 {n} 人"))));
        let saved = futures::future::join_all(saves).await;
        let won = saved.iter().filter(|one| matches!(one, Ok(Saved::Yes { .. }))).count();
        assert_eq!(won, 1, "{saved:?}");
        assert_eq!(scene.stored().await.edition, edition + 1);
    }
}

async fn saying_the_same_again_is_no_conflict(engine: Engine) {
    let scene = Scene::new(engine).await;
    assert_eq!(
        scene.save(0, Said::default()).await,
        Ok(Saved::Yes { edition: 0 }),
        "nothing is no answer"
    );
    assert_eq!(scene.save(0, said(2, "一")).await, Ok(Saved::Yes { edition: 1 }));
    assert_eq!(scene.save(0, said(2, "一")).await, Ok(Saved::Yes { edition: 1 }), "the reply was lost");
    assert!(matches!(scene.save(0, said(2, "二")).await, Ok(Saved::Conflict(_))));
    assert_eq!(scene.save(1, said(2, "二")).await, Ok(Saved::Yes { edition: 2 }));
    scene.programme.city.hand.advance(TimeDelta::hours(1));
    assert_eq!(scene.save(2, said(5, "二")).await, Ok(Saved::Yes { edition: 3 }));
    let events = store::history(&scene.programme.city.app.db, scene.assessment.id, "A1")
        .await
        .expect("read");
    assert_eq!(events.len(), 3, "every save is on record");
    let read = in_one_go(events);
    assert_eq!(read.len(), 2);
    assert!(
        read.iter()
            .all(|event| event.what == ANSWERED && event.by_name.as_deref() == Some("联络员"))
    );
    assert_eq!(read[0].said.as_ref().and_then(|said| said.level), Level::new(5));
}

async fn a_wish_for_na_counts_once_it_is_approved(engine: Engine) {
    let scene = Scene::full(engine).await;
    scene.save(1, not_applicable("无董事会")).await.expect("saved");
    assert_eq!(scene.stored().await.na_state, NaState::Asked);
    assert_eq!(refused(scene.submit().await), "assessment-submit-missing");
    assert_eq!(
        refused(scene.decide(1, Verdict::Accept).await),
        "assessment-na-changed",
        "of an older edition"
    );
    scene.decide(2, Verdict::Refuse).await.expect("decided");
    let stored = scene.stored().await;
    assert_eq!((stored.na_state, stored.na_decision.as_str()), (NaState::Refused, "属实"));
    assert_eq!(refused(scene.submit().await), "assessment-submit-missing");
    scene.save(2, not_applicable("一人有限公司，无董事会")).await.expect("saved");
    let stored = scene.stored().await;
    assert_eq!(
        (stored.na_state, stored.na_decision.as_str()),
        (NaState::Asked, ""),
        "a new reason is a new wish"
    );
    scene.decide(3, Verdict::Accept).await.expect("decided");
    scene.submit().await.expect("handed in");
    scene.decide(3, Verdict::Refuse).await.expect("the county thinks again");
    scene.give_back().await.expect("given back");
    scene.save(3, said(2, "")).await.expect("saved");
    assert_eq!(scene.stored().await.na_state, NaState::None);
}

async fn after_handing_in_the_firm_changes_nothing(engine: Engine) {
    let scene = Scene::full(engine).await;
    let before = scene.add().await.expect("added");
    scene.submit().await.expect("handed in");
    assert_eq!(scene.state().await, AssessmentState::Submitted);
    assert_eq!(refused(scene.save(1, said(5, "偷改")).await), "assessment-not-with-firm");
    assert_eq!(refused(scene.add().await), "assessment-not-with-firm");
    assert_eq!(refused(scene.remove(before).await), "assessment-not-with-firm");
    assert_eq!(refused(scene.submit().await), "assessment-not-with-firm");
    assert_eq!(scene.stored().await.said, said(3, "自评说明"));
    scene.give_back().await.expect("given back");
    assert_eq!(scene.state().await, AssessmentState::Returned);
    assert_eq!(refused(scene.give_back().await), "assessment-not-handed-in");
    scene.save(1, said(4, "改过")).await.expect("saved");
    scene.submit().await.expect("handed in again");
    let submissions = store::submissions(&scene.programme.city.app.db, scene.assessment.id).await.expect("read");
    let levels: Vec<_> = submissions.iter().map(|one| one.answers["A1"].level).collect();
    assert_eq!(levels, [Level::new(3), Level::new(4)]);
    assert_eq!(submissions[0].return_reason.as_deref(), Some("请补充佐证"));
    assert_eq!(submissions[1].return_reason, None);
}

async fn a_closed_round_stays_as_it_is(engine: Engine) {
    let scene = Scene::full(engine).await;
    scene.programme.close_round(scene.assessment.round_id).await;
    assert_eq!(refused(scene.save(1, said(5, "")).await), "assessment-round-closed");
    assert_eq!(refused(scene.add().await), "assessment-round-closed");
    assert_eq!(refused(scene.submit().await), "assessment-round-closed");
}

async fn evidence_is_judged_once_it_is_handed_in(engine: Engine) {
    let scene = Scene::full(engine).await;
    let (one, two, gone) = (
        scene.add().await.expect("added"),
        scene.add().await.expect("added"),
        scene.add().await.expect("added"),
    );
    scene.remove(gone).await.expect("taken back");
    let offered = EvidenceState::Offered;
    assert_eq!(
        refused(scene.judge(&scene.county, one, offered, Verdict::Accept).await),
        "assessment-not-handed-in"
    );
    scene.submit().await.expect("handed in");
    scene.judge(&scene.county, one, offered, Verdict::Accept).await.expect("accepted");
    scene.judge(&scene.verifier, two, offered, Verdict::Refuse).await.expect("refused");
    let unseen = scene.judge(&scene.verifier, one, offered, Verdict::Refuse).await.expect("read");
    assert_eq!(
        (unseen.kept, unseen.meanwhile[0].id),
        (0, one),
        "nobody overrules what they have not seen"
    );
    let removed = scene
        .judge(&scene.county, gone, EvidenceState::Removed, Verdict::Accept)
        .await
        .expect("read");
    assert_eq!((removed.kept, removed.meanwhile[0].id), (0, gone));
    let again = scene
        .judge(&scene.county, one, EvidenceState::Accepted, Verdict::Accept)
        .await
        .expect("read");
    assert_eq!((again.kept, again.meanwhile.len()), (0, 0), "what stands is not written anew");
    scene.give_back().await.expect("given back");
    assert_eq!(refused(scene.remove(one).await), "assessment-evidence-stays");
    scene.remove(two).await.expect("what was refused may go");
    let proofs = pilots::scores::proofs(&scene.programme.city.app.db, scene.assessment.id)
        .await
        .expect("read");
    assert_eq!(proofs["A1"].accepted, 1);
}

async fn a_permit_reaches_its_own_firm_only(engine: Engine) {
    let scene = Scene::full(engine).await;
    let city = &scene.programme.city;
    let evidence = scene.add().await.expect("added");
    let other = scene.programme.pilot("别家企业", YIYANG).await;
    let stranger = scene.programme.contact(&other).await;
    let county = city.coordinator(YIYANG).await;
    assert_eq!(standing(&stranger, &scene.pilot, false), None);
    assert_eq!(standing(&county, &scene.pilot, false), None);
    let edit = standing(&stranger, &other, false).and_then(|own| own.can_edit()).expect("a contact");
    let check = standing(&county, &other, false).expect("a coordinator");
    let id = scene.assessment.id;
    let new = NewAnswer {
        indicator: "A1".to_owned(),
        edition: 1,
        said: said(1, "别家"),
    };
    let mut tx = city.begin().await;
    let (app, now) = (&city.app, city.now());
    assert_eq!(
        store::save(&mut tx, app, now, &edit, id, &scene.framework, &new).await,
        Err(AppError::NotFound)
    );
    assert_eq!(
        store::submit(&mut tx, app, now, &edit, id, &scene.framework).await,
        Err(AppError::NotFound)
    );
    assert_eq!(store::remove_evidence(&mut tx, app, now, &edit, evidence).await, Err(AppError::NotFound));
    let judge = check.can_judge().expect("a judge");
    let judgement = Judgement {
        evidence,
        seen: EvidenceState::Offered,
        verdict: Verdict::Accept,
        reason: String::new(),
    };
    let judged = store::judge(&mut tx, app, now, &judge, id, &[judgement]).await;
    assert_eq!(judged, Err(AppError::NotFound));
    let comment = store::comment(&mut tx, app, now, &judge, id, &scene.framework, ("A1", "别县的意见")).await;
    assert_eq!(comment, Err(AppError::NotFound));
    let checker = check.can_check().expect("a coordinator");
    assert_eq!(store::give_back(&mut tx, app, now, &checker, id, "别县").await, Err(AppError::NotFound));
}

async fn comments_belong_to_a_submission(engine: Engine) {
    let scene = Scene::full(engine).await;
    let city = &scene.programme.city;
    let judge = scene.verifier.can_judge().expect("a judge");
    let comment = async |text: &str| {
        let mut tx = city.begin().await;
        store::comment(
            &mut tx,
            &city.app,
            city.now(),
            &judge,
            scene.assessment.id,
            &scene.framework,
            ("A1", text),
        )
        .await?;
        tx.commit().await.expect("kept");
        Ok(())
    };
    assert_eq!(refused::<()>(comment("太早").await), "assessment-not-handed-in");
    scene.submit().await.expect("handed in");
    comment("第一次").await.expect("written");
    scene.give_back().await.expect("given back");
    scene.submit().await.expect("handed in");
    comment("第二次").await.expect("written");
    let comments = store::comments(&city.app.db, scene.assessment.id).await.expect("read");
    let read: Vec<_> = comments.iter().map(|comment| (comment.submission, comment.text.as_str())).collect();
    assert_eq!(read, [(1, "第一次"), (2, "第二次")]);
}

/// Each role and what it may do with its own firm, and with another's: contact, county, city, verifier.
#[tokio::test]
async fn roles_and_what_they_may() {
    let scene = Scene::new(Engine::Sqlite).await;
    let city = &scene.programme.city;
    let other = scene.programme.pilot("别家企业", YIYANG).await;
    let may = |actor: &Actor, pilot: &Pilot, assigned: bool| {
        standing(actor, pilot, assigned).map(|own| (own.can_edit().is_some(), own.can_check().is_some(), own.can_judge().is_some()))
    };
    let table = [
        (scene.programme.contact(&scene.pilot).await, false, Some((true, false, false)), None),
        (city.coordinator(XINAN).await, false, Some((false, true, true)), None),
        (city.city_admin().await, false, Some((false, true, true)), Some((false, true, true))),
        (scene.programme.verifier(&[]).await, true, Some((false, false, true)), None),
        (scene.programme.verifier(&[]).await, false, None, None),
        (city.entrepreneur(XINAN).await, false, None, None),
    ];
    for (actor, assigned, own, others) in table {
        assert_eq!(may(&actor, &scene.pilot, assigned), own, "{}", actor.name);
        assert_eq!(may(&actor, &other, false), others, "{} with another's", actor.name);
    }
}

#[test]
fn a_form_without_an_edition_overwrites_nothing() {
    let typed = forms::Typed::from([("level-A1".to_owned(), vec!["5".to_owned()])]);
    assert!(!forms::has_answer(&typed, "A1"));
    assert_eq!(forms::edition(&typed, "A1"), 0);
}

crate::on_both_engines!(
    an_assessment_begins_once_in_the_open_round,
    two_people_at_once_lose_nothing,
    saying_the_same_again_is_no_conflict,
    a_wish_for_na_counts_once_it_is_approved,
    after_handing_in_the_firm_changes_nothing,
    a_closed_round_stays_as_it_is,
    evidence_is_judged_once_it_is_handed_in,
    a_permit_reaches_its_own_firm_only,
    comments_belong_to_a_submission,
);
