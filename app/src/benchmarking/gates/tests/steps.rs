//! Steps in order, out of order, stale, and by two at once.

use tokio::task::JoinSet;

use super::{World, named};
use crate::benchmarking::gates::rules::{Act, Wish};
use crate::benchmarking::gates::{policy, store};
use crate::benchmarking::rules::{AtGate, PilotState, Stage};
use crate::benchmarking::store::{history, seen};
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::notices;

async fn a_firm_goes_through_all_four_gates(engine: Engine) {
    let world = World::new(engine).await;
    let programme = &world.programme;
    assert!(!world.unmet(Stage::Seek).await.is_empty());
    let mut actions = Vec::new();
    for stage in Stage::ALL {
        assert_eq!(world.place().await, (Some(stage), AtGate::Open));
        let row = world.row().await;
        match stage {
            Stage::Seek => drop(programme.meets_seek(&row, world.round).await),
            Stage::Compare => actions = programme.meets_compare(&row, world.verifier.person).await,
            Stage::Improve => programme.meets_improve(&row, &actions).await,
            Stage::Uplift => drop(programme.meets_uplift(&row, world.round, world.verifier.person).await),
        }
        assert_eq!(world.unmet(stage).await, Vec::<String>::new(), "{stage:?}");
        world.lies_with_the_city().await;
        world.take(Act::Pass).await.expect("passed");
    }
    assert_eq!(world.row().await.state(), PilotState::Completed);
    let record = world.record().await;
    assert_eq!(record.len(), 12);
    assert_eq!(
        &record[..3],
        [
            ("seek", "applied", "applied"),
            ("seek", "county", "forwarded"),
            ("seek", "city", "passed")
        ]
    );
    for line in world.decisions().await {
        assert!(line.figures().conditions.len() >= 3, "every line keeps its figures");
        assert!(line.figures().conditions.iter().all(|condition| condition.is_met));
        assert!(line.by_name.is_some());
    }
    let ended = sql("SELECT COUNT(*) FROM pilots WHERE id = $1 AND ended_at IS NOT NULL").bind(world.pilot);
    assert_eq!(ended.count(&programme.city.app.db).await.expect("counted"), 1);
}

async fn an_application_with_gaps_is_refused_by_name(engine: Engine) {
    let world = World::new(engine).await;
    let failing = world.unmet(Stage::Seek).await;
    let expected: Vec<String> = failing.iter().map(|kind| format!("condition-{kind}")).collect();
    assert_eq!(named(world.take(Act::Apply).await), expected);
    assert_eq!(world.place().await, (Some(Stage::Seek), AtGate::Open));
    assert!(world.decisions().await.is_empty(), "a refused application leaves nothing");
}

async fn no_step_is_taken_out_of_order(engine: Engine) {
    let world = World::ready(engine).await;
    let refused = |key: &str| Err(AppError::refused(key));
    for act in [Act::Pass, Act::PassOnConditions, Act::ReturnByCity, Act::Terminate] {
        assert_eq!(world.take(act).await, refused("gates-not-with-city"), "{act:?} before an application");
    }
    assert_eq!(world.take(Act::Forward).await, refused("gates-not-with-county"));
    world.take(Act::Apply).await.expect("applied");
    assert_eq!(world.take(Act::Apply).await, refused("gates-already-applied"));
    for act in [Act::Pass, Act::PassOnConditions, Act::ReturnByCity, Act::Terminate] {
        assert_eq!(world.take(act).await, refused("gates-not-with-city"), "{act:?} before the county's check");
    }
    world.take(Act::Forward).await.expect("forwarded");
    assert_eq!(world.take(Act::Forward).await, refused("gates-not-with-county"));
    assert_eq!(world.take(Act::PassOnConditions).await, refused("gates-nothing-fails"));
    let elsewhere = Wish {
        stage: Stage::Uplift,
        ..world.wish(Act::Pass).await
    };
    assert_eq!(world.ask(&elsewhere).await, refused("gates-moved"));
    let row = world.row().await;
    let stale = Wish {
        version: row.version - 1,
        ..world.wish(Act::Pass).await
    };
    assert_eq!(world.ask(&stale).await, refused("gates-stale"));
    assert_eq!(world.row().await, row, "nothing moved");
    world.take(Act::Pass).await.expect("passed");
    assert_eq!(world.place().await, (Some(Stage::Compare), AtGate::Open));
}

async fn what_fails_after_the_application_stops_a_plain_pass(engine: Engine) {
    let world = World::ready(engine).await;
    world.lies_with_the_city().await;
    let none = sql("DELETE FROM pilot_benchmarks WHERE pilot_id = $1").bind(world.pilot);
    world.programme.change(none).await;
    let failing: Vec<String> = world.unmet(Stage::Seek).await;
    assert!(!failing.is_empty());
    let expected: Vec<String> = failing.iter().map(|kind| format!("condition-{kind}")).collect();
    assert_eq!(named(world.take(Act::Pass).await), expected);
    assert_eq!(world.place().await, (Some(Stage::Seek), AtGate::City));
    world.take(Act::ReturnByCity).await.expect("returned");
    assert_eq!(world.place().await, (Some(Stage::Seek), AtGate::Open));
    let line = world.decisions().await.remove(0);
    let kept: Vec<String> = line.figures().unmet().map(|condition| condition.kind.as_str().to_owned()).collect();
    assert_eq!((kept, line.why.as_str()), (failing, "材料齐全"), "the figures of that moment");
}

async fn a_returned_application_can_be_made_again(engine: Engine) {
    let world = World::ready(engine).await;
    world.take(Act::Apply).await.expect("applied");
    world.take(Act::ReturnToFirm).await.expect("returned");
    assert_eq!(world.place().await, (Some(Stage::Seek), AtGate::Open));
    world.take(Act::Apply).await.expect("applied again");
    assert_eq!(
        world.record().await,
        [
            ("seek", "applied", "applied"),
            ("seek", "county", "returned"),
            ("seek", "applied", "applied")
        ]
    );
}

async fn terminating_frees_the_place_and_ends_everything(engine: Engine) {
    let world = World::ready(engine).await;
    world.lies_with_the_city().await;
    world.take(Act::Terminate).await.expect("terminated");
    let row = world.row().await;
    assert_eq!(
        (row.state(), row.stage(), row.gate()),
        (PilotState::Terminated, Some(Stage::Seek), AtGate::Open)
    );
    assert!(!row.state().holds_a_place());
    for act in [Act::Apply, Act::Forward, Act::Pass, Act::Terminate] {
        assert_eq!(world.take(act).await, Err(AppError::refused("gates-not-running")), "{act:?}");
    }
    let counts = store::counts(&world.programme.city.app.db, &world.city.coordinated()).await;
    assert_eq!(counts, Ok([0, 0, 0]));
}

async fn of_two_decisions_at_once_one_wins_and_the_other_is_told(engine: Engine) {
    let world = World::ready(engine).await;
    world.lies_with_the_city().await;
    let (wish, other) = (world.wish(Act::Pass).await, world.wish(Act::ReturnByCity).await);
    let second = world.programme.city.city_admin().await;
    let app = world.programme.city.app.clone();
    let mut tasks = JoinSet::new();
    for (actor, wish) in [(world.city.clone(), wish), (second, other)] {
        let (app, pilot) = (app.clone(), world.pilot);
        tasks.spawn(async move {
            let (_, standing) = seen(&app.db, &actor, pilot).await?;
            let permit = policy::hands(&standing).decide.expect("the city");
            let mut tx = app.db.begin().await?;
            store::decide(&mut tx, &app, app.clock.now(), &permit, &wish).await?;
            tx.commit().await?;
            Ok::<(), AppError>(())
        });
    }
    let outcomes = tasks.join_all().await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(won, 1, "{outcomes:?}");
    let told = outcomes.into_iter().find_map(Result::err).expect("the other");
    let words = [AppError::refused("gates-not-with-city"), AppError::refused("gates-moved")];
    assert!(words.contains(&told), "{told:?}");
    assert_eq!(world.decisions().await.len(), 3, "one decision only");
}

async fn a_step_is_told_to_those_whom_it_concerns(engine: Engine) {
    let world = World::ready(engine).await;
    let app = &world.programme.city.app;
    let unread = async || {
        let mut counts = Vec::new();
        for actor in [&world.contact, &world.county, &world.city, &world.verifier] {
            counts.push(notices::unread(&app.db, actor.person).await.expect("counted"));
        }
        counts
    };
    world.take(Act::Apply).await.expect("applied");
    assert_eq!(unread().await, [0, 1, 0, 0], "the county, not the one who applied");
    world.take(Act::Forward).await.expect("forwarded");
    assert_eq!(unread().await, [1, 1, 1, 0], "the city and the firm");
    world.take(Act::Pass).await.expect("passed");
    assert_eq!(unread().await, [2, 2, 1, 0], "the firm and the county");
    let trail = sql("SELECT COUNT(*) FROM audit_entries WHERE subject_kind = 'pilot' AND subject_id = $1").bind(world.pilot.to_string());
    assert_eq!(trail.count(&app.db).await.expect("counted"), 3);
    let events: Vec<(String, String)> = history(&app.db, world.pilot)
        .await
        .expect("history")
        .into_iter()
        .map(|event| (event.what, event.detail))
        .collect();
    let expected = ["gate_passed", "gate_forwarded", "gate_applied"].map(|what| (what.to_owned(), "seek".to_owned()));
    assert_eq!(events, expected);
}

crate::on_both_engines!(
    a_firm_goes_through_all_four_gates,
    an_application_with_gaps_is_refused_by_name,
    no_step_is_taken_out_of_order,
    what_fails_after_the_application_stops_a_plain_pass,
    a_returned_application_can_be_made_again,
    terminating_frees_the_place_and_ends_everything,
    of_two_decisions_at_once_one_wins_and_the_other_is_told,
    a_step_is_told_to_those_whom_it_concerns,
);
