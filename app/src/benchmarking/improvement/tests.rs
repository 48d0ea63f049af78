//! What the store of this room promises, on both engines.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};

use super::rules::{ActionState, BenchmarkLevel, BenchmarkLevels, Priority, ProofKind, ProofState};
use super::store::{self, ActionFilter, DueFilter, NewAction, NewBenchmark, NewCause, NewProof, NewStep, Show};
use super::{facts, policy};
use crate::accounts::Actor;
use crate::benchmarking::policy::{EditPermit, JudgePermit, visible_to};
use crate::benchmarking::rules::gates::Progress;
use crate::benchmarking::rules::level::{Answer, Level};
use crate::benchmarking::rules::{PilotState, Stage};
use crate::benchmarking::store::{AssessmentState, Pilot, history, seen};
use crate::benchmarking::testing::TestProgramme;
use crate::clock::day_of;
use crate::db::testing::Engine;
use crate::db::{Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::ActionId;
use crate::paging::Step;
use crate::testing::{XINAN, YIYANG};

fn at(level: i64) -> Level {
    Level::new(level).expect("a level")
}

fn today(programme: &TestProgramme) -> NaiveDate {
    day_of(programme.city.now())
}

async fn edit(programme: &TestProgramme, actor: &Actor, pilot: &Pilot) -> EditPermit {
    let (_, standing) = seen(&programme.city.app.db, actor, pilot.id).await.expect("seen");
    standing.can_edit().expect("a contact")
}

async fn judge(programme: &TestProgramme, actor: &Actor, pilot: &Pilot) -> JudgePermit {
    let (_, standing) = seen(&programme.city.app.db, actor, pilot.id).await.expect("seen");
    standing.can_judge().expect("a judge")
}

/// Runs one change in a transaction of its own, and keeps it when it worked.
macro_rules! change {
    ($programme:expr, |$tx:ident| $work:expr) => {{
        let mut $tx: Tx = $programme.city.begin().await;
        let outcome = $work;
        if outcome.is_ok() {
            $tx.commit().await.expect("kept");
        }
        outcome
    }};
}

fn benchmark(name: &str, levels: &[(&str, i64)], day: NaiveDate) -> NewBenchmark {
    let levels: BenchmarkLevels = levels
        .iter()
        .map(|(indicator, level)| {
            let known = BenchmarkLevel {
                level: at(*level),
                source: "2025 年报".to_owned(),
                dated_on: day,
            };
            ((*indicator).to_owned(), known)
        })
        .collect();
    NewBenchmark {
        name: name.to_owned(),
        about: String::new(),
        shown: vec!["A1".to_owned(), "A2".to_owned(), "B1".to_owned()],
        levels,
    }
}

async fn a_benchmark_is_its_firms_until_another_uses_it(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let (app, now, day) = (&programme.city.app, programme.city.now(), today(&programme));
    let (own, other) = (programme.pilot("甲厂", XINAN).await, programme.pilot("乙厂", YIYANG).await);
    let (mine, theirs) = (programme.contact(&own).await, programme.contact(&other).await);
    let (mine, theirs) = (edit(&programme, &mine, &own).await, edit(&programme, &theirs, &other).await);
    let city = policy::of_city(&programme.city.city_admin().await).expect("the city");
    let (my_library, their_library) = (policy::of_contact(&mine), policy::of_contact(&theirs));
    let new = benchmark("宁德时代", &[("A1", 5), ("B1", 4)], day);
    let id = change!(programme, |tx| store::enter(&mut tx, app, now, &my_library, Some(&mine), "heluo", &new)
        .await)
    .expect("entered");
    let primary = store::primary(&app.db, own.id)
        .await
        .expect("read")
        .expect("the first is the primary one");
    assert_eq!((primary.id, primary.edition), (id, 1));
    let better = benchmark("宁德时代新能源", &[("A1", 4)], day);
    let by_other = change!(programme, |tx| store::change(&mut tx, app, now, &their_library, id, 1, &better).await);
    assert_eq!(by_other, Err(AppError::Forbidden));
    change!(programme, |tx| store::change(&mut tx, app, now, &my_library, id, 1, &better).await).expect("changed");
    let stale = change!(programme, |tx| store::change(&mut tx, app, now, &my_library, id, 1, &new).await);
    assert_eq!(stale, Err(AppError::refused("improvement-conflict")));
    assert_eq!(store::levels(&app.db, id).await.expect("read").len(), 1, "B1 was shown and is gone");
    change!(programme, |tx| store::choose(&mut tx, app, now, &theirs, id, true).await).expect("chosen");
    let shared = change!(programme, |tx| store::change(&mut tx, app, now, &my_library, id, 2, &new).await);
    assert_eq!(shared, Err(AppError::refused("improvement-benchmark-shared")));
    change!(programme, |tx| store::change(&mut tx, app, now, &city, id, 2, &new).await).expect("the city may");
    let lines = history(&app.db, other.id).await.expect("read");
    assert!(
        lines.iter().any(|line| line.what == "benchmark_changed"),
        "who uses it finds it in the history"
    );
    let found = store::library(&app.db, "heluo", "nds", Step::First).await.expect("searched");
    assert_eq!((found.rows.len(), found.rows[0].users, found.rows[0].levels), (1, 2, 2));
    assert_eq!(
        store::library(&app.db, "heluo", "宁德", Step::First).await.expect("searched").rows.len(),
        1
    );
    assert_eq!(store::library(&app.db, "heluo", "%", Step::First).await.expect("searched").rows.len(), 0);
    assert_eq!(store::library(&app.db, "other", "", Step::First).await.expect("searched").rows.len(), 0);
}

async fn a_firm_has_one_primary_benchmark(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let (app, now, day) = (&programme.city.app, programme.city.now(), today(&programme));
    let own = programme.pilot("甲厂", XINAN).await;
    let permit = edit(&programme, &programme.contact(&own).await, &own).await;
    let first = programme.benchmark(own.id, day, &[("A1", 5)]).await;
    let city = policy::of_city(&programme.city.city_admin().await).expect("the city");
    let mut ids = Vec::new();
    for n in 0..25 {
        let new = benchmark(&format!("标杆{n:02}"), &[("A1", 4)], day);
        ids.push(change!(programme, |tx| store::enter(&mut tx, app, now, &city, None, "heluo", &new).await).expect("entered"));
    }
    change!(programme, |tx| store::choose(&mut tx, app, now, &permit, ids[0], false).await).expect("chosen");
    assert_eq!(store::primary(&app.db, own.id).await.expect("read").map(|known| known.id), Some(first));
    change!(programme, |tx| store::choose(&mut tx, app, now, &permit, ids[0], true).await).expect("made primary");
    let chosen = store::chosen(&app.db, own.id).await.expect("read");
    let roles: Vec<_> = chosen.iter().map(|known| (known.benchmark.id, known.is_primary)).collect();
    assert_eq!(roles, [(ids[0], true), (first, false)]);
    for id in &ids[1..5] {
        change!(programme, |tx| store::choose(&mut tx, app, now, &permit, *id, false).await).expect("chosen");
    }
    let more = change!(programme, |tx| store::choose(&mut tx, app, now, &permit, ids[6], false).await);
    assert_eq!(more, Err(Problem::new("improvement-benchmarks-many").with("max", 6).into()));
    change!(programme, |tx| store::drop_choice(&mut tx, app, now, &permit, first).await).expect("dropped");
    let again = change!(programme, |tx| store::drop_choice(&mut tx, app, now, &permit, first).await);
    assert_eq!(again, Err(AppError::NotFound));
    // Pages by key: 26 benchmarks on two pages, and back.
    let page = store::library(&app.db, "heluo", "", Step::First).await.expect("a page");
    assert_eq!((page.rows.len(), page.has_older), (20, true));
    let last = page.rows[19].benchmark.id;
    let second = store::library(&app.db, "heluo", "", Step::After(last)).await.expect("a page");
    assert_eq!((second.rows.len(), second.has_older), (6, false));
    let back = store::library(&app.db, "heluo", "", Step::Before(second.rows[0].benchmark.id))
        .await
        .expect("a page");
    assert_eq!(back.rows, page.rows);
}

async fn gaps_are_of_verified_levels_once_there_are_any(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let (db, day) = (&programme.city.app.db, today(&programme));
    let own = programme.pilot("甲厂", XINAN).await;
    assert_eq!(store::compared(db, &own, day).await.expect("read"), None, "no benchmark");
    programme.benchmark(own.id, day, &[("A1", 5), ("A2", 3), ("B1", 4)]).await;
    assert_eq!(store::compared(db, &own, day).await.expect("read"), None, "no assessment");
    let round = programme.round().await;
    let draft = programme.assessment(own.id, round, AssessmentState::Draft).await;
    programme.answers(draft.id, &[("A1", 4), ("A2", 3)]).await;
    let capped = store::compared(db, &own, day).await.expect("read").expect("compared");
    assert!(!capped.own.is_verified);
    assert_eq!(
        capped.own.levels.get("A1"),
        Some(&Answer::Level(at(2))),
        "without evidence a level is capped at 2"
    );
    assert_eq!(capped.row("A1").and_then(|row| row.gap), Some(3));
    programme.close_round(round).await;
    let second = programme.round().await;
    let verifier = programme.city.entrepreneur(XINAN).await.person;
    let levels: Vec<(String, i64)> = crate::benchmarking::testing::default_framework()
        .indicators()
        .map(|(_, indicator)| (indicator.id.clone(), 3))
        .collect();
    let levels: Vec<(&str, i64)> = levels.iter().map(|(id, level)| (id.as_str(), *level)).collect();
    programme.verified(own.id, second, verifier, &levels).await;
    let verified = store::compared(db, &own, day).await.expect("read").expect("compared");
    assert!(verified.own.is_verified && verified.own.round == 2);
    assert_eq!(verified.row("A1").and_then(|row| row.gap), Some(2));
    assert_eq!(verified.row("A2").and_then(|row| row.gap), Some(0));
    let asked: Vec<&str> = verified
        .rows
        .iter()
        .filter(|row| row.is_largest)
        .map(|row| row.indicator.as_str())
        .collect();
    assert_eq!(asked, ["A1", "B1"]);
}

/// A firm in 对标 with everything verified at 3 and a benchmark at 5 in three dimensions.
async fn measured(programme: &TestProgramme, stage: Stage) -> (Pilot, Actor, EditPermit) {
    let own = programme.pilot_in("甲厂", XINAN, PilotState::Chosen, Some(stage)).await;
    let contact = programme.contact(&own).await;
    let permit = edit(programme, &contact, &own).await;
    let round = programme.round().await;
    let verifier = programme.city.entrepreneur(XINAN).await.person;
    let framework = crate::benchmarking::testing::default_framework();
    let levels: Vec<(&str, i64)> = framework.indicators().map(|(_, indicator)| (indicator.id.as_str(), 3)).collect();
    programme.verified(own.id, round, verifier, &levels).await;
    let levels: Vec<(&str, i64)> = framework
        .indicators()
        .filter(|(dimension, _)| dimension.id != "D")
        .map(|(_, indicator)| (indicator.id.as_str(), 5))
        .collect();
    programme.benchmark(own.id, today(programme) - TimeDelta::days(30), &levels).await;
    (own, contact, permit)
}

async fn causes_and_targets_keep_their_rules(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let (app, now) = (&programme.city.app, programme.city.now());
    let (own, _, permit) = measured(&programme, Stage::Compare).await;
    let why = |root: &str| NewCause {
        whys: vec!["没人管".to_owned(), "没有职责".to_owned()],
        root: root.to_owned(),
    };
    change!(programme, |tx| store::save_cause(&mut tx, app, now, &permit, "A1", 0, &why("职责不清"))
        .await)
    .expect("saved");
    let blind = change!(programme, |tx| store::save_cause(&mut tx, app, now, &permit, "A1", 0, &why("另一个"))
        .await);
    assert_eq!(blind, Err(AppError::refused("improvement-conflict")));
    change!(programme, |tx| store::save_cause(&mut tx, app, now, &permit, "A1", 1, &why("无章程"))
        .await)
    .expect("saved");
    let cause = store::cause(&app.db, own.id, "A1").await.expect("read").expect("a cause");
    assert_eq!((cause.edition, cause.whys.len(), cause.root.as_str()), (2, 2, "无章程"));
    let unknown = change!(programme, |tx| store::save_cause(&mut tx, app, now, &permit, "Z9", 0, &why("无")).await);
    assert_eq!(unknown, Err(AppError::NotFound));
    let low = change!(programme, |tx| store::set_target(&mut tx, app, now, &permit, "A1", 0, at(3)).await);
    assert!(matches!(low, Err(AppError::Invalid(_))));
    change!(programme, |tx| store::set_target(&mut tx, app, now, &permit, "A1", 0, at(5)).await).expect("set");
    change!(programme, |tx| store::set_target(&mut tx, app, now, &permit, "A1", 1, at(4)).await).expect("lowered before the gate");
    let what: Vec<String> = history(&app.db, own.id).await.expect("read").into_iter().map(|line| line.what).collect();
    assert_eq!(what.iter().filter(|what| *what == "target").count(), 2);
    assert_eq!(what.iter().filter(|what| *what == "cause").count(), 2);
    let mut tx = programme.city.begin().await;
    sql("UPDATE pilots SET stage = 'improve' WHERE id = $1")
        .bind(own.id)
        .run(&mut tx)
        .await
        .expect("moved");
    tx.commit().await.expect("kept");
    let removed = change!(programme, |tx| store::remove_target(&mut tx, app, now, &permit, "A1").await);
    assert_eq!(removed, Err(AppError::refused("improvement-target-promised")));
    change!(programme, |tx| store::set_target(&mut tx, app, now, &permit, "A1", 2, at(5)).await).expect("raised");
    let lowered = change!(programme, |tx| store::set_target(&mut tx, app, now, &permit, "A1", 3, at(4)).await);
    assert!(matches!(lowered, Err(AppError::Invalid(_))));
}

fn action(programme: &TestProgramme, indicator: &str) -> NewAction {
    NewAction {
        indicator: indicator.to_owned(),
        title: "建立议事清单".to_owned(),
        owner: "王经理".to_owned(),
        due_on: today(programme) + TimeDelta::days(20),
        priority: Priority::FIRST,
        deliverable: "清单".to_owned(),
        resources: "两人一周".to_owned(),
    }
}

fn step(programme: &TestProgramme, state: ActionState, reason: &str) -> NewStep {
    NewStep {
        state,
        reason: reason.to_owned(),
        done_on: today(programme),
    }
}

async fn an_action_lives_in_its_firm(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let (app, now) = (&programme.city.app, programme.city.now());
    let (own, _, permit) = measured(&programme, Stage::Improve).await;
    let other = programme.pilot("乙厂", YIYANG).await;
    let stranger = edit(&programme, &programme.contact(&other).await, &other).await;
    let without = change!(programme, |tx| store::add(&mut tx, app, now, &permit, &action(&programme, "A1")).await);
    assert_eq!(without, Err(AppError::field("indicator", "improvement-action-no-target")));
    programme.targets(own.id, &[("A1", 4), ("B1", 5), ("C1", 4)]).await;
    let id = change!(programme, |tx| store::add(&mut tx, app, now, &permit, &action(&programme, "A1")).await).expect("added");
    let theirs = change!(programme, |tx| store::progress(&mut tx, app, now, &stranger, id, 50, "进展").await);
    assert_eq!(theirs, Err(AppError::NotFound), "another firm's action does not exist");
    change!(programme, |tx| store::progress(&mut tx, app, now, &permit, id, 40, "开了两次会").await).expect("reported");
    let moved = store::action(&app.db, id).await.expect("read");
    assert_eq!(
        (moved.state, moved.progress),
        (ActionState::Doing, 40),
        "work has begun with the first report"
    );
    let silent = change!(programme, |tx| store::move_to(
        &mut tx,
        app,
        now,
        &permit,
        id,
        &step(&programme, ActionState::Cancelled, "")
    )
    .await);
    assert_eq!(silent, Err(AppError::field("reason", "improvement-reason-missing")));
    let early = change!(programme, |tx| store::write_rule(&mut tx, app, now, &permit, id, "议事规则").await);
    assert_eq!(early, Err(AppError::refused("improvement-rule-not-done")));
    change!(programme, |tx| store::move_to(
        &mut tx,
        app,
        now,
        &permit,
        id,
        &step(&programme, ActionState::Done, "")
    )
    .await)
    .expect("done");
    change!(programme, |tx| store::write_rule(&mut tx, app, now, &permit, id, "《议事规则》第三条")
        .await)
    .expect("written");
    let late = change!(programme, |tx| store::edit(&mut tx, app, now, &permit, id, 5, &action(&programme, "A1"))
        .await);
    assert_eq!(late, Err(AppError::refused("improvement-action-over")));
    let done = store::action(&app.db, id).await.expect("read");
    assert_eq!((done.progress, done.done_on), (100, Some(today(&programme))));
    change!(programme, |tx| store::move_to(
        &mut tx,
        app,
        now,
        &permit,
        id,
        &step(&programme, ActionState::Doing, "漏了一项")
    )
    .await)
    .expect("reopened");
    let stale = change!(programme, |tx| store::edit(&mut tx, app, now, &permit, id, 1, &action(&programme, "A1"))
        .await);
    assert_eq!(stale, Err(AppError::refused("improvement-conflict")));
    let mut words: Vec<String> = store::events(&app.db, id)
        .await
        .expect("read")
        .into_iter()
        .map(|event| event.what)
        .collect();
    words.sort();
    assert_eq!(words, ["doing", "done", "made", "progress", "rule"]);
    let mut tx = programme.city.begin().await;
    sql("UPDATE pilots SET state = 'withdrawn' WHERE id = $1")
        .bind(own.id)
        .run(&mut tx)
        .await
        .expect("withdrawn");
    tx.commit().await.expect("kept");
    let ended = change!(programme, |tx| store::progress(&mut tx, app, now, &permit, id, 60, "进展").await);
    assert_eq!(ended, Err(AppError::refused("improvement-not-running")));
}

async fn evidence_is_judged_by_others(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let (app, now) = (&programme.city.app, programme.city.now());
    let (own, contact, permit) = measured(&programme, Stage::Improve).await;
    let other = programme.pilot("乙厂", YIYANG).await;
    let id = programme.action(own.id, "A1", today(&programme), "done").await;
    let note = NewProof {
        kind: ProofKind::Note,
        title: "会议纪要".to_owned(),
        body: "十月二十日通过".to_owned(),
        file: None,
        fact_on: today(&programme),
    };
    let proof = change!(programme, |tx| store::offer(&mut tx, app, now, &permit, id, &note).await).expect("offered");
    let county = judge(&programme, &programme.city.coordinator(XINAN).await, &own).await;
    let stranger = judge(&programme, &programme.city.coordinator(YIYANG).await, &other).await;
    let outside = change!(programme, |tx| store::judge(
        &mut tx,
        app,
        now,
        &stranger,
        proof,
        ProofState::Accepted,
        ""
    )
    .await);
    assert_eq!(outside, Err(AppError::NotFound));
    change!(programme, |tx| store::judge(
        &mut tx,
        app,
        now,
        &county,
        proof,
        ProofState::Refused,
        "没有签字"
    )
    .await)
    .expect("refused");
    let told = crate::notices::inbox(&app.db, contact.person).await.expect("read");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].text.key, "improvement-notice-refused");
    assert!(!facts::actions(&app.db, own.id).await.expect("facts")[0].is_proved);
    change!(programme, |tx| store::judge(&mut tx, app, now, &county, proof, ProofState::Accepted, "")
        .await)
    .expect("accepted after all");
    let kept = change!(programme, |tx| store::take_back(&mut tx, app, now, &permit, proof).await);
    assert_eq!(kept, Err(AppError::refused("improvement-evidence-kept")));
    assert!(facts::actions(&app.db, own.id).await.expect("facts")[0].is_proved);
    // A contact who is the county's coordinator too judges nothing of their own.
    let mut both = contact.clone();
    both.grants.push(crate::accounts::Grant::County(own.region.clone()));
    let both = judge(&programme, &both, &own).await;
    let second = change!(programme, |tx| store::offer(&mut tx, app, now, &permit, id, &note).await).expect("offered");
    let own_hand = change!(programme, |tx| store::judge(&mut tx, app, now, &both, second, ProofState::Accepted, "")
        .await);
    assert_eq!(own_hand, Err(AppError::refused("improvement-evidence-own")));
    change!(programme, |tx| store::take_back(&mut tx, app, now, &permit, second).await).expect("taken back");
    assert_eq!(store::proofs_of(&app.db, id).await.expect("read").len(), 1);
}

async fn a_day_is_spoken_of_once_by_however_many(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let (app, day) = (&programme.city.app, today(&programme));
    let own = programme.pilot("甲厂", XINAN).await;
    let contact = programme.contact(&own).await;
    let county = programme.city.coordinator(XINAN).await;
    let elsewhere = programme.city.coordinator(YIYANG).await;
    for actor in [&contact, &county, &elsewhere] {
        programme.signed_in(actor).await;
    }
    programme.action(own.id, "A1", day + TimeDelta::days(7), "planned").await;
    programme.action(own.id, "A1", day + TimeDelta::days(8), "planned").await;
    let late = programme.action(own.id, "A1", day - TimeDelta::days(1), "doing").await;
    programme.action(own.id, "A1", day - TimeDelta::days(9), "done").await;
    let gone = programme.pilot_in("丙厂", XINAN, PilotState::Withdrawn, None).await;
    programme.action(gone.id, "A1", day - TimeDelta::days(9), "doing").await;
    // Several processes tick at the same moment.
    let now = programme.city.now();
    let ticks = (0..4).map(|_| {
        let app = app.clone();
        tokio::spawn(async move { store::remind(&app, now).await })
    });
    let mut spoken = 0;
    for tick in ticks.collect::<Vec<_>>() {
        spoken += tick.await.expect("no panic").expect("told");
    }
    assert_eq!(spoken, 2);
    let inbox = async |actor: &Actor| -> Vec<String> {
        let mut keys: Vec<String> = crate::notices::inbox(&app.db, actor.person)
            .await
            .expect("read")
            .into_iter()
            .map(|notice| notice.text.key)
            .collect();
        keys.sort();
        keys
    };
    for actor in [&contact, &county] {
        assert_eq!(inbox(actor).await, ["improvement-notice-late", "improvement-notice-soon"]);
    }
    assert_eq!(inbox(&elsewhere).await, Vec::<String>::new());
    programme.city.hand.advance(TimeDelta::hours(3));
    assert_eq!(store::remind(app, programme.city.now()).await, Ok(0), "the same day again says nothing");
    programme.city.hand.advance(TimeDelta::days(1));
    assert_eq!(
        store::remind(app, programme.city.now()).await,
        Ok(1),
        "a day later the next is seven days away"
    );
    // A new day that is missed again is said again.
    let mut tx = programme.city.begin().await;
    sql("UPDATE actions SET due_on = $2 WHERE id = $1")
        .bind(late)
        .bind(day)
        .run(&mut tx)
        .await
        .expect("moved");
    tx.commit().await.expect("kept");
    assert_eq!(store::remind(app, programme.city.now()).await, Ok(1));
}

async fn coordinators_see_what_is_late_in_their_counties(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let (db, day) = (&programme.city.app.db, today(&programme));
    let (own, other) = (programme.pilot("甲厂", XINAN).await, programme.pilot("乙厂", YIYANG).await);
    let mut made: Vec<ActionId> = Vec::new();
    for n in 0..35 {
        made.push(programme.action(own.id, "A1", day - TimeDelta::days(40 - n), "doing").await);
    }
    programme.action(own.id, "A1", day + TimeDelta::days(3), "planned").await;
    programme.action(other.id, "A1", day - TimeDelta::days(90), "doing").await;
    let county = visible_to(&programme.city.coordinator(XINAN).await).expect("a scope");
    let city = visible_to(&programme.city.city_admin().await).expect("a scope");
    let mut filter = DueFilter {
        show: Show::Late,
        county: None,
        words: String::new(),
        priority: None,
    };
    let first = store::due(db, &county, &filter, day, Step::First).await.expect("a page");
    assert_eq!((first.rows.len(), first.has_older), (30, true));
    assert_eq!(first.rows[0].days_late(day), Some(40), "the longest late first");
    let second = store::due(db, &county, &filter, day, Step::After(first.rows[29].id))
        .await
        .expect("a page");
    let ids: Vec<ActionId> = first.rows.iter().chain(&second.rows).map(|row| row.id).collect();
    assert_eq!(ids, made, "each once, in order, and none of another county");
    let figures = store::figures(db, &county, day).await.expect("figures");
    assert_eq!(figures, BTreeMap::from([(Show::Late, 35), (Show::Open, 36), (Show::Evidence, 0)]));
    let all = store::due(db, &city, &filter, day, Step::First).await.expect("a page");
    assert_eq!(all.rows[0].pilot, other.id);
    filter.county = Some(YIYANG.into());
    assert_eq!(store::due(db, &city, &filter, day, Step::First).await.expect("a page").rows.len(), 1);
    assert_eq!(store::due(db, &county, &filter, day, Step::First).await.expect("a page").rows.len(), 0);
    filter.county = None;
    filter.words = "甲".to_owned();
    filter.priority = Priority::new(2);
    assert_eq!(store::due(db, &city, &filter, day, Step::First).await.expect("a page").rows.len(), 0);
    filter.priority = Some(Priority::FIRST);
    assert_eq!(store::due(db, &city, &filter, day, Step::First).await.expect("a page").rows.len(), 30);
    let board = ActionFilter::default().late(day);
    assert_eq!(store::actions_of(db, own.id, &board).await.expect("a board").len(), 35);
}

async fn the_gates_are_told_what_is_so(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let (db, day) = (&programme.city.app.db, today(&programme));
    let bare = programme.pilot("乙厂", YIYANG).await;
    assert_eq!(facts::benchmark(db, bare.id).await, Ok(BenchmarkLevels::new()));
    let (own, ..) = measured(&programme, Stage::Compare).await;
    let framework = crate::benchmarking::testing::default_framework();
    let levels = facts::benchmark(db, own.id).await.expect("facts");
    let conditions = super::rules::benchmark_conditions(&framework, facts::dated(&levels), day);
    assert!(conditions.len() == 3 && conditions.iter().all(|condition| condition.is_met));
    assert_eq!(facts::benchmark_levels(db, own.id).await.expect("facts").len(), 14);
    programme.targets(own.id, &[("A1", 4), ("B1", 4), ("C1", 5)]).await;
    programme.action(own.id, "A1", day, "done").await;
    programme.action(own.id, "B1", day - TimeDelta::days(31), "doing").await;
    programme.action(own.id, "C1", day, "cancelled").await;
    assert_eq!(facts::causes(db, own.id).await.expect("facts").len(), 3);
    assert_eq!(facts::targets(db, own.id).await.expect("facts").get("C1"), Some(&at(5)));
    let planned: Vec<String> = facts::planned(db, own.id).await.expect("facts").into_iter().collect();
    assert_eq!(planned, ["A1", "B1"], "a cancelled action is none");
    let actions = facts::actions(db, own.id).await.expect("facts");
    let progress: Vec<_> = actions
        .iter()
        .map(|action| (action.indicator.as_str(), action.progress, action.is_proved, action.is_written_in))
        .collect();
    assert_eq!(
        progress,
        [
            ("B1", Progress::Open, false, false),
            ("A1", Progress::Done, false, false),
            ("C1", Progress::Cancelled, false, false)
        ]
    );
}

crate::on_both_engines!(
    a_benchmark_is_its_firms_until_another_uses_it,
    a_firm_has_one_primary_benchmark,
    gaps_are_of_verified_levels_once_there_are_any,
    causes_and_targets_keep_their_rules,
    an_action_lives_in_its_firm,
    evidence_is_judged_by_others,
    a_day_is_spoken_of_once_by_however_many,
    coordinators_see_what_is_late_in_their_counties,
    the_gates_are_told_what_is_so,
);
