//! A process killed amid check-ins has lost none that it acknowledged, and `heluo check` says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::db::testing::Engine;
use app::db::{Db, sql};
use app::ids::PersonId;
use tokio::task::JoinSet;

use crate::support::{Hall, Server, check, database};

const PEOPLE: usize = 400;
const AT_ONCE: usize = 16;
/// So many answers are waited for before the kill.
const BEFORE_THE_KILL: usize = 60;

/// Checks everybody in, so many at a time, and kills the server amid it. Answers who was acknowledged.
async fn check_in_until_killed(server: &mut Server, hall: &Arc<Hall>) -> Vec<PersonId> {
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let next = Arc::new(AtomicUsize::new(0));
    let mut scanners = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (addr, hall, next, count) = (server.addr, hall.clone(), next.clone(), acknowledged.clone());
        scanners.spawn(async move {
            let mut done = Vec::new();
            while let Some(person) = hall.people.get(next.fetch_add(1, Ordering::SeqCst)) {
                match hall.scan(addr, *person, &person.to_string()).await {
                    Some(answer) if answer.status == 200 && answer.body.contains("\"present\"") => {
                        done.push(*person);
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                    Some(answer) => panic!("{answer:?}"),
                    // The line broke: nothing was acknowledged.
                    None => break,
                }
            }
            done
        });
    }
    while acknowledged.load(Ordering::SeqCst) < BEFORE_THE_KILL {
        assert!(!scanners.is_empty());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    server.kill();
    scanners.join_all().await.into_iter().flatten().collect()
}

async fn nothing_acknowledged_is_lost(engine: Engine) {
    let (url, folder) = database(engine, "killed").await;
    let hall = Arc::new(Hall::prepare(&url, &folder, PEOPLE).await);
    let mut server = Server::start(&url, &folder).await;
    let acknowledged = check_in_until_killed(&mut server, &hall).await;
    assert!(acknowledged.len() >= BEFORE_THE_KILL);
    assert!(acknowledged.len() < PEOPLE, "killed amid the work, not after it");

    let server = Server::start(&url, &folder).await;
    let there = hall.present(hall.db()).await;
    let lost: Vec<_> = acknowledged.iter().filter(|person| !there.contains(person)).collect();
    assert!(lost.is_empty(), "{} of {} are lost", lost.len(), acknowledged.len());

    // A scanner that asks again gets its old answer; one whose line broke gets one now.
    let scan = async |person: PersonId| hall.scan(server.addr, person, &person.to_string()).await.expect("an answer");
    let again = scan(acknowledged[0]).await;
    assert!(again.status == 200 && again.body.contains("\"first\":true"), "{again:?}");
    let last = scan(hall.people[PEOPLE - 1]).await;
    assert_eq!(last.status, 200, "{last:?}");

    let (is_well, said) = check(&url, &folder);
    assert!(is_well && said.contains("ok: nothing is wrong"), "{said}");
    break_something(hall.db()).await;
    let (is_well, said) = check(&url, &folder);
    assert!(!is_well && said.contains("entry-unexplained"), "{said}");
}

async fn break_something(db: &Db) {
    let mut tx = db.begin().await.expect("a transaction");
    sql("UPDATE attendances SET status = 'left_early'").run(&mut tx).await.expect("broken");
    tx.commit().await.expect("kept");
}

app::on_both_engines!(nothing_acknowledged_is_lost);
