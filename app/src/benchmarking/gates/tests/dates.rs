//! Passing on conditions: what is open, its date, and how it ends, once.

use chrono::{Days, NaiveDate, TimeDelta};
use tokio::task::JoinSet;

use super::World;
use crate::benchmarking::gates::rules::{Act, Wish};
use crate::benchmarking::gates::{store, tick};
use crate::benchmarking::rules::{AtGate, PilotState, Stage};
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::notices;
use crate::ui::time::start_of;

/// A firm that lost its benchmark after the application and was passed on condition that it has one again in ten days.
async fn passed_on_conditions(engine: Engine) -> (World, NaiveDate) {
    let world = World::ready(engine).await;
    world.lies_with_the_city().await;
    world
        .programme
        .change(sql("UPDATE pilot_benchmarks SET is_primary = FALSE WHERE pilot_id = $1").bind(world.pilot))
        .await;
    let due = world.programme.today() + Days::new(10);
    let wish = Wish {
        due_on: Some(due),
        ..world.wish(Act::PassOnConditions).await
    };
    world.ask(&wish).await.expect("passed on conditions");
    (world, due)
}

async fn mend(world: &World) {
    world
        .programme
        .change(sql("UPDATE pilot_benchmarks SET is_primary = TRUE WHERE pilot_id = $1").bind(world.pilot))
        .await;
}

async fn the_firm_works_on_but_applies_for_nothing(engine: Engine) {
    let (world, due) = passed_on_conditions(engine).await;
    let row = world.row().await;
    assert_eq!(
        (row.stage(), row.gate(), row.condition_stage(), row.condition_due_on),
        (Some(Stage::Compare), AtGate::Open, Some(Stage::Seek), Some(due))
    );
    assert_eq!(world.take(Act::Apply).await, Err(AppError::refused("gates-condition-open")));
    assert!(matches!(world.settle().await, Err(AppError::Invalid(_))), "it does not hold yet");
    mend(&world).await;
    assert_eq!(
        world.take(Act::Apply).await,
        Err(AppError::refused("gates-condition-open")),
        "recorded first"
    );
    world.settle().await.expect("recorded as met");
    let row = world.row().await;
    assert_eq!(
        (row.stage(), row.condition_stage(), row.condition_due_on),
        (Some(Stage::Compare), None, None)
    );
    assert_eq!(world.record().await.last(), Some(&("seek", "due", "met")));
    assert_eq!(world.settle().await, Err(AppError::refused("gates-nothing-open")));
}

async fn the_day_itself_still_counts(engine: Engine) {
    let (world, due) = passed_on_conditions(engine).await;
    let city = &world.programme.city;
    city.hand.set(start_of(due + Days::new(1)) - TimeDelta::seconds(1));
    tick(&city.app).await.expect("run");
    assert_eq!(world.row().await.condition_stage(), Some(Stage::Seek), "one second before midnight");
    city.hand.advance(TimeDelta::seconds(1));
    assert_eq!(world.settle().await, Err(AppError::refused("gates-date-over")));
    tick(&city.app).await.expect("run");
    let row = world.row().await;
    assert_eq!(
        (row.stage(), row.gate(), row.condition_stage(), row.condition_due_on),
        (Some(Stage::Seek), AtGate::Open, None, None),
        "back by itself"
    );
    let line = world.decisions().await.remove(0);
    assert_eq!(
        (line.verdict().as_str(), line.by_name.as_deref(), line.due_on),
        ("came_back", None, Some(due))
    );
    assert!(line.figures().unmet().next().is_some(), "with the figures");
    // The firm mends it and applies like any other.
    mend(&world).await;
    world.take(Act::Apply).await.expect("applied");
}

async fn what_holds_by_its_date_is_recorded_as_met(engine: Engine) {
    let (world, due) = passed_on_conditions(engine).await;
    mend(&world).await;
    let city = &world.programme.city;
    // What held then and fails now is not asked again.
    world
        .programme
        .change(sql("DELETE FROM firm_contacts WHERE firm_id = (SELECT firm_id FROM pilots WHERE id = $1)").bind(world.pilot))
        .await;
    assert_eq!(world.unmet(Stage::Seek).await, ["profile"]);
    // A job that was down for a month looks at the day itself.
    city.hand.set(start_of(due + Days::new(31)));
    tick(&city.app).await.expect("run");
    let row = world.row().await;
    assert_eq!((row.stage(), row.condition_stage()), (Some(Stage::Compare), None));
    let line = world.decisions().await.remove(0);
    assert_eq!((line.verdict().as_str(), line.by_name), ("met", None));
}

async fn a_date_ends_once_however_often_the_job_runs(engine: Engine) {
    let (world, due) = passed_on_conditions(engine).await;
    let app = world.programme.city.app.clone();
    world.programme.city.hand.set(start_of(due + Days::new(1)));
    let before = notices::unread(&app.db, world.contact.person).await.expect("counted");
    // Killed before its commit: nothing is left behind.
    let mut tx = app.db.begin().await.expect("a transaction");
    assert_eq!(store::come_due(&mut tx, &app, app.clock.now(), world.pilot).await, Ok(true));
    drop(tx);
    assert_eq!(world.row().await.condition_stage(), Some(Stage::Seek));
    let mut tasks = JoinSet::new();
    for _ in 0..6 {
        let app = app.clone();
        tasks.spawn(async move { tick(&app).await });
    }
    for outcome in tasks.join_all().await {
        outcome.expect("run");
    }
    tick(&app).await.expect("once more");
    let came_back = world.record().await.into_iter().filter(|(_, _, verdict)| *verdict == "came_back").count();
    assert_eq!(came_back, 1);
    assert_eq!(notices::unread(&app.db, world.contact.person).await, Ok(before + 1));
}

async fn at_the_last_gate_the_firm_is_completed_when_it_holds(engine: Engine) {
    let world = World::new(engine).await;
    let programme = &world.programme;
    programme.meets_all(&world.row().await, world.round, world.verifier.person).await;
    programme.at_stage(world.pilot, Stage::Uplift).await;
    world.lies_with_the_city().await;
    programme
        .change(sql("UPDATE actions SET rule = '' WHERE pilot_id = $1").bind(world.pilot))
        .await;
    let wish = Wish {
        due_on: Some(programme.today() + Days::new(5)),
        ..world.wish(Act::PassOnConditions).await
    };
    world.ask(&wish).await.expect("on conditions");
    let row = world.row().await;
    assert_eq!(
        (row.state(), row.stage(), row.condition_stage()),
        (PilotState::Chosen, Some(Stage::Uplift), Some(Stage::Uplift))
    );
    programme
        .change(sql("UPDATE actions SET rule = '制度' WHERE pilot_id = $1").bind(world.pilot))
        .await;
    world.settle().await.expect("met");
    assert_eq!(world.row().await.state(), PilotState::Completed);
}

crate::on_both_engines!(
    the_firm_works_on_but_applies_for_nothing,
    the_day_itself_still_counts,
    what_holds_by_its_date_is_recorded_as_met,
    a_date_ends_once_however_often_the_job_runs,
    at_the_last_gate_the_firm_is_completed_when_it_holds,
);
