//! It is true under stress.

use std::collections::HashMap;

use tokio::task::JoinSet;

use super::Hall;
use crate::attendance::rules::{Source, Status};
use crate::attendance::store::{Mark, check_in, close_lesson, mark, undo};
use crate::db::sql;
use crate::db::testing::Engine;
use crate::ids::PersonId;
use crate::testing::XINAN;

/// Two hundred people, each three times and by three ways, all at once.
async fn two_hundred_arrivals_and_their_repeats_are_two_hundred_rows(engine: Engine) {
    let hall = Hall::new(engine).await;
    let people = hall.city.people(200, XINAN).await;
    for person in &people {
        hall.city.enrolment(hall.class, *person, "approved").await;
    }
    let now = hall.at(-10);
    let mut arrivals = JoinSet::new();
    for source in [Source::Wall, Source::Device, Source::StaffScan] {
        for person in &people {
            let (app, scan) = (hall.city.app.clone(), hall.scan(*person, source));
            arrivals.spawn(async move { check_in(&app, now, scan).await.expect("an answer").expect("in") });
        }
    }
    let mut firsts: HashMap<PersonId, usize> = HashMap::new();
    while let Some(done) = arrivals.join_next().await {
        let done = done.expect("no panic");
        assert_eq!(done.status, Status::Present);
        *firsts.entry(done.person).or_default() += usize::from(done.first);
    }
    assert_eq!((hall.rows().await, hall.events().await), (200, 200));
    assert_eq!(firsts.len(), 200);
    assert!(firsts.values().all(|first| *first == 1), "exactly one call each was the first");
}
crate::on_both_engines!(two_hundred_arrivals_and_their_repeats_are_two_hundred_rows);

/// Scans, corrections, undoing and closing at the same time: the row always says what the last line of history says.
async fn row_and_history_never_part(engine: Engine) {
    let hall = Hall::new(engine).await;
    let staff = hall.staff().await;
    let now = hall.at(5);
    let mut work = JoinSet::new();
    for n in 0..12 {
        let (person, enrolment) = hall.student(&format!("学员{n}")).await;
        for source in [Source::Wall, Source::Device] {
            let (app, scan) = (hall.city.app.clone(), hall.scan(person, source));
            work.spawn(async move {
                // Closing may come first: a refusal is an answer.
                let _ = check_in(&app, now, scan).await.expect("an answer");
            });
        }
        let (app, lesson) = (hall.city.app.clone(), hall.lesson);
        work.spawn(async move {
            let correction = Mark {
                lesson,
                enrolment,
                status: Status::LeftEarly,
                why: "核对".to_owned(),
            };
            mark(&app, &staff, now, &correction).await.expect("marked");
            // Refused once the lesson is closed.
            let _ = undo(&app, &staff, now, lesson, enrolment, "再核对").await;
        });
    }
    let (app, lesson) = (hall.city.app.clone(), hall.lesson);
    work.spawn(async move {
        close_lesson(&app, &staff, now, lesson).await.expect("closed");
    });
    while let Some(done) = work.join_next().await {
        done.expect("no panic");
    }
    close_lesson(&hall.city.app, &staff, now, hall.lesson).await.expect("closed");
    let partings = sql(
        "SELECT COUNT(*) FROM attendances a WHERE
             (SELECT COUNT(*) FROM attendance_events v WHERE v.lesson_id = a.lesson_id AND v.enrolment_id = a.enrolment_id AND v.to_status = a.status)
             <= (SELECT COUNT(*) FROM attendance_events v WHERE v.lesson_id = a.lesson_id AND v.enrolment_id = a.enrolment_id AND v.from_status = a.status)",
    )
    .count(&hall.city.app.db)
    .await
    .expect("counted");
    assert_eq!(partings, 0);
    let unexplained = sql("SELECT COUNT(*) FROM attendance_events WHERE to_status IS NOT NULL")
        .count(&hall.city.app.db)
        .await
        .expect("counted")
        - sql("SELECT COUNT(*) FROM attendance_events WHERE from_status IS NOT NULL")
            .count(&hall.city.app.db)
            .await
            .expect("counted");
    assert_eq!(unexplained, hall.rows().await, "what was put and not taken away is there");
}
crate::on_both_engines!(row_and_history_never_part);
