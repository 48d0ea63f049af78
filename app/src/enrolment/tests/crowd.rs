//! Real concurrency: many tasks at once on one class.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use super::*;
use crate::ids::EventId;
use store::Decision;

const SEATS: i64 = 100;
const CROWD: usize = 500;

/// Everybody in the waitlist, first in line first.
async fn waiting(city: &TestCity, class: ClassId) -> Vec<EnrolmentId> {
    let rows: Vec<(EnrolmentId,)> =
        sql("SELECT id FROM enrolments WHERE class_id = $1 AND state = 'waitlisted' ORDER BY priority DESC, queued_at, id")
            .bind(class)
            .all(&city.app.db)
            .await
            .expect("a queue");
    rows.into_iter().map(|(id,)| id).collect()
}

async fn apply_at_once(city: &TestCity, class: ClassId, people: &[PersonId]) -> Vec<Outcome> {
    let mut tasks = JoinSet::new();
    for person in people {
        let (app, person, actor) = (city.app.clone(), *person, oneself(city, *person));
        tasks.spawn(async move {
            let permit = policy::can_enrol_self(&actor);
            let mut tx = app.db.begin().await?;
            let outcome = store::enrol(&mut tx, &app, app.clock.now(), &permit, class, person, None).await?;
            tx.commit().await?;
            Ok::<_, AppError>(outcome)
        });
    }
    let done = tasks.join_all().await;
    done.into_iter().collect::<Result<_, _>>().expect("everybody gets an answer")
}

async fn five_hundred_at_once_for_a_hundred_seats(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, SEATS).await;
    city.quota(class, XINAN, 30).await;
    city.quota(class, YIYANG, 20).await;
    let mut people = city.people(200, XINAN).await;
    people.extend(city.people(10, YIYANG).await);
    people.extend(city.people(CROWD - 210, "410329").await);
    let outcomes = apply_at_once(&city, class, &people).await;

    // 宜阳 sends 10 for its 20 seats, which stay kept: 90 are approved, then the date comes and 10 more move up.
    assert_eq!(city.count(class, "approved").await, 90);
    assert_eq!(city.approved_of(class, YIYANG).await, 10);
    assert!(city.approved_of(class, XINAN).await >= 30);
    let queue = waiting(&city, class).await;
    assert_eq!(queue.len(), 410);
    // Everybody was told the place that they have.
    for outcome in outcomes.iter().filter(|outcome| outcome.state == EnrolmentState::Waitlisted) {
        let place = queue.iter().position(|id| *id == outcome.id).map(|n| i64::try_from(n).expect("few") + 1);
        assert_eq!(outcome.place, place);
    }
    city.set_instant(class, "quota_reclaim_at", 0).await;
    crate::enrolment::jobs::tick(&city.app).await.expect("the job");
    assert_eq!(city.count(class, "approved").await, SEATS);
    assert_eq!(waiting(&city, class).await, queue[10..]);
}
crate::on_both_engines!(five_hundred_at_once_for_a_hundred_seats);

async fn a_full_quota_leaves_exactly_a_hundred_approved_and_four_hundred_waiting(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, SEATS).await;
    city.quota(class, YIYANG, 40).await;
    let mut people = city.people(50, YIYANG).await;
    people.extend(city.people(CROWD - 50, XINAN).await);
    let outcomes = apply_at_once(&city, class, &people).await;
    let approved = outcomes.iter().filter(|outcome| outcome.state == EnrolmentState::Approved).count();
    let places: BTreeSet<i64> = outcomes.iter().filter_map(|outcome| outcome.place).collect();
    assert_eq!((approved, city.count(class, "approved").await), (100, 100));
    assert_eq!(places, (1..=400).collect(), "places 1 to 400, each once");
    assert!(city.approved_of(class, YIYANG).await >= 40);
    assert!(city.approved_of(class, XINAN).await <= 60);

    // Fifty of the county without a quota leave at once: the fifty first who fit move up.
    let queue = waiting(&city, class).await;
    // At least 50 of them have seats: the common 60, less the ten that the other county may have taken.
    let leaving: Vec<(PersonId, EnrolmentId)> =
        sql("SELECT person_id, id FROM enrolments WHERE class_id = $1 AND state = 'approved' AND region = $2 ORDER BY queued_at LIMIT 50")
            .bind(class)
            .bind(XINAN)
            .all(&city.app.db)
            .await
            .expect("rows");
    assert_eq!(leaving.len(), 50, "they have seats enough");
    let mut tasks = JoinSet::new();
    for (person, id) in leaving.clone() {
        let (app, actor) = (city.app.clone(), oneself(&city, person));
        tasks.spawn(async move {
            let mut tx = app.db.begin().await?;
            let promoted = store::withdraw(&mut tx, &app, app.clock.now(), policy::can_act_for_self(&actor), id, "").await?;
            tx.commit().await?;
            Ok::<_, AppError>(promoted.len())
        });
    }
    let promoted: usize = tasks.join_all().await.into_iter().map(|n| n.expect("withdrawn")).sum();
    assert_eq!(promoted, leaving.len());
    assert_eq!(city.count(class, "approved").await, SEATS);
    assert_eq!(waiting(&city, class).await, queue[leaving.len()..]);
}
crate::on_both_engines!(a_full_quota_leaves_exactly_a_hundred_approved_and_four_hundred_waiting);

async fn two_coordinators_at_once_never_oversell(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 50).await;
    city.set_class(class, "approval = 'by_hand'").await;
    let people = city.people(120, XINAN).await;
    let mut ids = Vec::new();
    for outcome in apply_at_once(&city, class, &people).await {
        ids.push(outcome.id);
    }
    assert_eq!(city.count(class, "submitted").await, 120);
    let (one, other) = (city.desk(class).await, city.desk(class).await);
    let mut tasks = JoinSet::new();
    // Both press for overlapping lists, ten rows at a time.
    for (n, chunk) in ids.chunks(10).chain(ids[30..].chunks(10)).map(<[EnrolmentId]>::to_vec).enumerate() {
        let (app, desk) = (city.app.clone(), if n % 2 == 0 { one } else { other });
        tasks.spawn(async move {
            let batch = EventId::new(&app.chance, app.clock.now());
            let mut tx = app.db.begin().await?;
            let report = store::decide(&mut tx, &app, app.clock.now(), desk, &Decision::Approve, &chunk, batch).await?;
            tx.commit().await?;
            Ok::<_, AppError>(report)
        });
    }
    let approved: i64 = tasks.join_all().await.into_iter().map(|report| report.expect("decided").approved).sum();
    assert_eq!(approved, 50);
    assert_eq!((city.count(class, "approved").await, city.count(class, "waitlisted").await), (50, 70));
}
crate::on_both_engines!(two_coordinators_at_once_never_oversell);
