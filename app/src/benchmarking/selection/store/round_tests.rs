//! Contracts of rounds and of the assignment of verifiers, on both engines.

use std::collections::BTreeMap;

use super::*;
use crate::accounts::Grant;
use crate::benchmarking::files::Kept;
use crate::benchmarking::policy::{self, ProgrammePermit};
use crate::benchmarking::rules::PilotState;
use crate::benchmarking::store::{AssessmentState, history, open_round, round, seen};
use crate::benchmarking::testing::{DEFAULT_WEIGHTS, TestProgramme, framework};
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::ids::{FileId, FrameworkId, PersonId, PilotId, RoundId};
use crate::notices::inbox;
use crate::paging::Step;
use crate::testing::{XINAN, YIYANG};

struct Hall {
    programme: TestProgramme,
    run: ProgrammePermit,
}

impl Hall {
    async fn new(engine: Engine) -> Self {
        let programme = TestProgramme::new(engine).await;
        let run = policy::can_run(&programme.city.city_admin().await).expect("a permit");
        Self { programme, run }
    }

    async fn opened(&self, framework: FrameworkId) -> Result<RoundId, AppError> {
        let city = &self.programme.city;
        let mut tx = city.begin().await;
        let id = open(&mut tx, &city.app, city.now(), &self.run, self.programme.cohort, "秋季", framework).await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn closed(&self, round: RoundId) -> Result<(), AppError> {
        let city = &self.programme.city;
        let mut tx = city.begin().await;
        close(&mut tx, &city.app, city.now(), &self.run, round).await?;
        tx.commit().await
    }

    async fn moved(&self, round: RoundId, framework: FrameworkId) -> Result<(), AppError> {
        let city = &self.programme.city;
        let mut tx = city.begin().await;
        move_to(&mut tx, &city.app, city.now(), &self.run, round, framework).await?;
        tx.commit().await
    }

    async fn assigned(&self, pilots: &[PilotId], people: &[PersonId]) -> Result<u64, AppError> {
        let city = &self.programme.city;
        let mut tx = city.begin().await;
        let n = assign(&mut tx, &city.app, city.now(), &self.run, self.programme.cohort, pilots, people).await?;
        tx.commit().await?;
        Ok(n)
    }

    /// Everything that was frozen, in the order of the firms.
    async fn frozen(&self) -> Vec<(PilotId, String, String, i64, bool)> {
        sql("SELECT pilot_id, dimensions, total, grade, comparable FROM frozen_scores ORDER BY pilot_id")
            .all(&self.programme.city.app.db)
            .await
            .expect("read")
    }
}

fn key<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> String {
    match outcome {
        Err(AppError::Refused(problem)) => problem.key,
        Err(AppError::Invalid(faults)) => faults[0].problem.key.clone(),
        other => panic!("{other:?}"),
    }
}

/// Every indicator of the default framework at this level.
fn all_at(level: i64) -> Vec<(&'static str, i64)> {
    let ids = DEFAULT_WEIGHTS.iter().flat_map(|(_, _, indicators)| indicators.iter().map(|(id, _)| *id));
    ids.map(|id| (id, level)).collect()
}

async fn a_round_pins_a_published_framework_and_is_the_only_open_one(engine: Engine) {
    let hall = Hall::new(engine).await;
    let programme = &hall.programme;
    let city = &programme.city;
    let pilot = programme.pilot("洛阳一机", XINAN).await;
    let contact = programme.contact(&pilot).await;
    programme.signed_in(&contact).await;
    let draft = programme.publish(&framework("2.0", DEFAULT_WEIGHTS)).await;
    let mut tx = city.begin().await;
    sql("UPDATE frameworks SET state = 'draft' WHERE id = $1")
        .bind(draft)
        .run(&mut tx)
        .await
        .expect("a draft");
    tx.commit().await.expect("kept");
    assert_eq!(key(hall.opened(draft).await), "selection-framework-not-published");
    let id = hall.opened(programme.framework).await.expect("opened");
    assert_eq!(
        open_round(&city.app.db, programme.cohort).await.expect("read").map(|round| round.number),
        Some(1)
    );
    assert_eq!(key(hall.opened(programme.framework).await), "selection-round-open-already");
    let told = inbox(&city.app.db, contact.person).await.expect("read");
    assert_eq!(told[0].link, format!("/firm/{}/assessment", pilot.id));
    hall.closed(id).await.expect("closed");
    let second = hall.opened(programme.framework).await.expect("opened");
    assert_eq!(round(&city.app.db, second).await.expect("read").number, 2);
    let listed = rounds(&city.app.db, programme.cohort).await.expect("listed");
    assert_eq!(
        listed.iter().map(|round| (round.number, round.is_open())).collect::<Vec<_>>(),
        [(2, true), (1, false)]
    );
}

async fn many_who_open_a_round_at_once_open_one(engine: Engine) {
    let hall = Hall::new(engine).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (app, now, run) = (hall.programme.city.app.clone(), hall.programme.city.now(), hall.run);
        let (cohort, framework) = (hall.programme.cohort, hall.programme.framework);
        tasks.spawn(async move {
            let mut tx = app.db.begin().await?;
            open(&mut tx, &app, now, &run, cohort, "秋季", framework).await?;
            tx.commit().await
        });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let refused = outcomes.into_iter().filter(Result::is_err).map(key);
    assert!(refused.into_iter().all(|key| key == "selection-round-open-already"));
}

async fn closing_freezes_what_is_verified_and_nothing_changes_it_again(engine: Engine) {
    let hall = Hall::new(engine).await;
    let programme = &hall.programme;
    let city = &programme.city;
    let (first, second, third) = (
        programme.pilot("1 甲", XINAN).await,
        programme.pilot("2 乙", YIYANG).await,
        programme.pilot("3 丙", YIYANG).await,
    );
    programme.pilot("4 丁", YIYANG).await;
    let verifier = programme.verifier(&[first.id, second.id]).await.person;
    let id = hall.opened(programme.framework).await.expect("opened");
    let mut levels: BTreeMap<&str, i64> = all_at(3).into_iter().collect();
    levels.insert("A1", 5);
    let levels: Vec<_> = levels.into_iter().collect();
    programme.verified(first.id, id, verifier, &levels).await;
    programme.verified(second.id, id, verifier, &all_at(3)).await;
    let submitted = programme.assessment(third.id, id, AssessmentState::Submitted).await;
    programme.verdicts(submitted.id, verifier, &all_at(5)).await;
    let waiting = standings(&city.app.db, id).await.expect("read");
    let states: Vec<_> = waiting.iter().map(|row| (row.firm_name.as_str(), row.state.as_deref())).collect();
    assert_eq!(
        states,
        [
            ("1 甲", Some("verified")),
            ("2 乙", Some("verified")),
            ("3 丙", Some("submitted")),
            ("4 丁", None)
        ]
    );
    hall.closed(id).await.expect("closed");
    // A is (25 · 100 + 75 · 50) / 100 = 62.5, the others 50: the total is (30 · 62.5 + 70 · 50) / 100 = 53.75.
    let expected = |dimension: &str| format!(r#"{{"A":"{dimension}","B":"50","C":"50","D":"50"}}"#);
    let mut frozen = vec![
        (first.id, expected("125/2"), "215/4".to_owned(), 3, true),
        (second.id, expected("50"), "50".to_owned(), 3, true),
    ];
    frozen.sort();
    assert_eq!(hall.frozen().await, frozen);
    let shown: Vec<_> = standings(&city.app.db, id)
        .await
        .expect("read")
        .iter()
        .map(Standing::shown_total)
        .collect();
    assert_eq!(
        shown,
        [Some("53.7".to_owned()), Some("50.0".to_owned()), None],
        "cut off, and who never began is out"
    );
    // Nothing opens it again, and what happens to the levels afterwards changes no figure.
    assert_eq!(key(hall.closed(id).await), "selection-round-closed");
    let newer = programme.publish(&framework("2.0", DEFAULT_WEIGHTS)).await;
    assert_eq!(key(hall.moved(id, newer).await), "selection-round-closed");
    let mut tx = city.begin().await;
    sql("UPDATE verdicts SET level = 1").run(&mut tx).await.expect("changed");
    sql("UPDATE assessments SET state = 'verified'").run(&mut tx).await.expect("changed");
    tx.commit().await.expect("kept");
    let next = hall.opened(programme.framework).await.expect("the next round");
    hall.closed(next).await.expect("closed");
    assert_eq!(hall.frozen().await, frozen);
}

async fn a_round_of_drafts_moves_and_keeps_what_was_answered(engine: Engine) {
    let hall = Hall::new(engine).await;
    let programme = &hall.programme;
    let city = &programme.city;
    let pilot = programme.pilot("甲", XINAN).await;
    let id = hall.opened(programme.framework).await.expect("opened");
    let draft = programme.assessment(pilot.id, id, AssessmentState::Draft).await;
    programme.answers(draft.id, &[("A1", 2), ("A2", 4), ("B1", 5)]).await;
    programme.not_applicable(draft.id, "C1", "asked").await;
    // A2 means something else in 2.0, and B1 is gone.
    let mut newer = framework("2.0", DEFAULT_WEIGHTS);
    for dimension in &mut newer.dimensions {
        dimension.indicators.retain(|indicator| indicator.id != "B1");
        for indicator in dimension.indicators.iter_mut().filter(|indicator| indicator.id == "A2") {
            indicator.levels[0].zh = "改了含义".to_owned();
        }
    }
    let newer = programme.publish(&newer).await;
    assert_eq!(key(hall.moved(id, programme.framework).await), "selection-framework-same");
    hall.moved(id, newer).await.expect("moved");
    assert_eq!(round(&city.app.db, id).await.expect("read").framework_id, newer);
    let left: Vec<(String,)> = sql("SELECT indicator FROM answers ORDER BY indicator")
        .all(&city.app.db)
        .await
        .expect("read");
    assert_eq!(left.into_iter().map(|row| row.0).collect::<Vec<_>>(), ["A1", "C1"]);
    let kept: Vec<(String, String, String)> = sql("SELECT what, indicator, detail FROM answer_events ORDER BY what, indicator")
        .all(&city.app.db)
        .await
        .expect("read");
    let names: Vec<_> = kept.iter().map(|(what, indicator, _)| (what.as_str(), indicator.as_str())).collect();
    assert_eq!(
        names,
        [
            ("moved_from", "A1"),
            ("moved_from", "A2"),
            ("moved_from", "B1"),
            ("moved_from", "C1"),
            ("moved_to", "A1"),
            ("moved_to", "C1")
        ]
    );
    let snapshot: serde_json::Value = serde_json::from_str(&kept[1].2).expect("JSON");
    assert_eq!(
        (&snapshot["framework"], &snapshot["level"], &snapshot["note"]),
        (&"heluo 1.0".into(), &4.into(), &"自评说明".into())
    );
    let line = history(&city.app.db, pilot.id).await.expect("read").remove(0);
    assert_eq!((line.what.as_str(), line.why.as_str()), ("framework_moved", "heluo 1.0 → heluo 2.0"));
}

async fn a_round_under_review_does_not_move(engine: Engine) {
    let hall = Hall::new(engine).await;
    let programme = &hall.programme;
    let newer = programme.publish(&framework("2.0", DEFAULT_WEIGHTS)).await;
    for (n, state) in [AssessmentState::Submitted, AssessmentState::Returned, AssessmentState::Verified]
        .into_iter()
        .enumerate()
    {
        let id = hall.opened(programme.framework).await.expect("opened");
        let pilot = programme.pilot(&format!("企业{n}"), XINAN).await;
        let assessment = programme.assessment(pilot.id, id, state).await;
        programme.answers(assessment.id, &[("A1", 2)]).await;
        assert_eq!(key(hall.moved(id, newer).await), "selection-round-under-review", "{state:?}");
        assert_eq!(round(&programme.city.app.db, id).await.expect("read").framework_id, programme.framework);
        hall.closed(id).await.expect("closed");
    }
    let kept = sql("SELECT COUNT(*) FROM answer_events").count(&programme.city.app.db).await;
    assert_eq!(kept.expect("counted"), 0);
}

async fn verifiers_are_assigned_to_pilots_that_are_not_their_own(engine: Engine) {
    let hall = Hall::new(engine).await;
    let programme = &hall.programme;
    let city = &programme.city;
    let (first, second) = (programme.pilot("1 甲", XINAN).await, programme.pilot("乙", YIYANG).await);
    let waiting = programme.pilot_in("丙", XINAN, PilotState::Screened, None).await;
    let expert = city.actor("李专家", XINAN, vec![Grant::Verifier]).await;
    let own = city.actor("王专家", XINAN, vec![Grant::Verifier, Grant::Firm(first.firm_id)]).await;
    for actor in [&expert, &own] {
        programme.signed_in(actor).await;
    }
    let nobody = city.entrepreneur(XINAN).await;
    assert_eq!(seen(&city.app.db, &expert, first.id).await, Err(AppError::NotFound));
    assert_eq!(hall.assigned(&[first.id], &[nobody.person]).await, Err(AppError::NotFound));
    assert_eq!(
        key(hall.assigned(&[first.id, second.id], &[own.person]).await),
        "selection-verifier-of-firm"
    );
    assert_eq!(key(hall.assigned(&[waiting.id], &[expert.person]).await), "selection-no-pilot");
    assert_eq!(hall.assigned(&[first.id, second.id], &[expert.person]).await, Ok(2));
    assert_eq!(
        hall.assigned(&[first.id, second.id], &[expert.person]).await,
        Ok(0),
        "again changes nothing"
    );
    assert!(
        seen(&city.app.db, &expert, first.id)
            .await
            .is_ok_and(|(_, standing)| standing.is_verifier())
    );
    assert_eq!(inbox(&city.app.db, expert.person).await.expect("read").len(), 2);
    let found = verifiers(&city.app.db, programme.cohort, "李").await.expect("found");
    assert_eq!(found.iter().map(|row| (row.id, row.firms)).collect::<Vec<_>>(), [(expert.person, 2)]);
    let listed = assignments(&city.app.db, programme.cohort, "", true, Step::First).await.expect("listed");
    assert!(listed.rows.is_empty(), "everybody has one");

    let mut tx = city.begin().await;
    unassign(&mut tx, &city.app, city.now(), &hall.run, first.id, expert.person, "回避")
        .await
        .expect("taken back");
    let again = unassign(&mut tx, &city.app, city.now(), &hall.run, first.id, expert.person, "回避").await;
    assert_eq!(again, Err(AppError::NotFound));
    tx.commit().await.expect("kept");
    assert_eq!(seen(&city.app.db, &expert, first.id).await, Err(AppError::NotFound));
    let listed = assignments(&city.app.db, programme.cohort, "", true, Step::First).await.expect("listed");
    assert_eq!(listed.rows.iter().map(|row| row.pilot).collect::<Vec<_>>(), [first.id]);
    assert_eq!(history(&city.app.db, first.id).await.expect("read").len(), 2);
}

async fn documents_come_and_go_until_the_screening(engine: Engine) {
    let hall = Hall::new(engine).await;
    let programme = &hall.programme;
    let city = &programme.city;
    let coordinator = city.coordinator(XINAN).await;
    let own = programme.pilot_in("甲", XINAN, PilotState::Nominated, None).await;
    let other = programme.pilot_in("乙", XINAN, PilotState::Nominated, None).await;
    let permit = async |pilot| {
        seen(&city.app.db, &coordinator, pilot)
            .await
            .expect("seen")
            .1
            .can_check()
            .expect("a permit")
    };
    let (own_permit, other_permit) = (permit(own.id).await, permit(other.id).await);
    let pdf = Kept::of(&city.app, "申报书.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF".to_vec())
        .await
        .expect("kept");
    let mut files: Vec<FileId> = Vec::new();
    for _ in 0..10 {
        let mut tx = city.begin().await;
        files.push(attach(&mut tx, &city.app, city.now(), &own_permit, &pdf).await.expect("attached"));
        tx.commit().await.expect("kept");
    }
    let mut tx = city.begin().await;
    assert_eq!(
        key(attach(&mut tx, &city.app, city.now(), &own_permit, &pdf).await),
        "selection-documents-full"
    );
    assert_eq!(
        remove(&mut tx, &city.app, city.now(), &other_permit, files[0]).await,
        Err(AppError::NotFound)
    );
    remove(&mut tx, &city.app, city.now(), &own_permit, files[0]).await.expect("removed");
    tx.commit().await.expect("kept");
    assert_eq!(documents(&city.app.db, own.id).await.expect("listed").len(), 9);
    let rows = sql("SELECT COUNT(*) FROM files").count(&city.app.db).await.expect("counted");
    assert_eq!(rows, 9, "no old link leads to it");
    let mut tx = city.begin().await;
    decide(&mut tx, &city.app, city.now(), &hall.run, programme.cohort, &Decision::Pass, &[own.id])
        .await
        .expect("screened");
    assert_eq!(
        key(attach(&mut tx, &city.app, city.now(), &own_permit, &pdf).await),
        "selection-screened-already"
    );
    assert_eq!(
        key(remove(&mut tx, &city.app, city.now(), &own_permit, files[1]).await),
        "selection-screened-already"
    );
}

crate::on_both_engines!(
    a_round_pins_a_published_framework_and_is_the_only_open_one,
    many_who_open_a_round_at_once_open_one,
    closing_freezes_what_is_verified_and_nothing_changes_it_again,
    a_round_of_drafts_moves_and_keeps_what_was_answered,
    a_round_under_review_does_not_move,
    verifiers_are_assigned_to_pilots_that_are_not_their_own,
    documents_come_and_go_until_the_screening,
);
