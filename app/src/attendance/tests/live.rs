//! Live changes reach other processes.

use std::time::Duration;

use super::Hall;
use crate::attendance::relay;
use crate::attendance::rules::Source;
use crate::attendance::store::check_in;
use crate::clock::Chance;
use crate::db::testing::Engine;
use crate::state::App;

/// A second process over the same database: its own hub and its own chance.
fn neighbour(app: &App) -> App {
    App::new(app.db.clone(), app.clock.clone(), Chance::seeded(2), app.settings.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_in_is_heard_in_another_process_once() {
    let hall = Hall::new(Engine::Postgres).await;
    let here = hall.city.app.clone();
    let there = neighbour(&here);
    let relays = [tokio::spawn(relay(here.clone())), tokio::spawn(relay(there.clone()))];
    let (student, _) = hall.student("李明").await;
    let now = hall.at(0);
    let mut heard = there.live.listen();
    let mut echo = here.live.listen();
    // The listener needs a moment to say LISTEN: tell until it is heard.
    let change = loop {
        here.live.tell(hall.lesson);
        if let Ok(change) = tokio::time::timeout(Duration::from_millis(500), heard.recv()).await {
            break change.expect("a change");
        }
    };
    assert_eq!(change.lesson, hall.lesson);
    tokio::time::sleep(Duration::from_millis(600)).await;
    while heard.try_recv().is_ok() {}
    while echo.try_recv().is_ok() {}
    check_in(&here, now, hall.scan(student, Source::Wall))
        .await
        .expect("an answer")
        .expect("in");
    let change = tokio::time::timeout(Duration::from_secs(5), heard.recv())
        .await
        .expect("in time")
        .expect("a change");
    assert_eq!(change.lesson, hall.lesson);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(heard.try_recv().is_err(), "told once");
    assert!(echo.try_recv().is_ok() && echo.try_recv().is_err(), "and no echo at home");
    here.live.end();
    there.live.end();
    for relay in relays {
        tokio::time::timeout(Duration::from_secs(5), relay)
            .await
            .expect("ends")
            .expect("no panic");
    }
}
