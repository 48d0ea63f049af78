//! Contracts of the store, on both engines: one after the other here, all at once in `crowd`.

mod crowd;
mod desk;
mod firms;
mod leave_table;
mod pages_by_key;

use chrono::TimeDelta;

use super::policy::{self, DeskPermit};
use super::rules::{EnrolmentState, Source};
use super::store::{self, Outcome};
use crate::accounts::Actor;
use crate::classes::store as classes;
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::ids::{ClassId, EnrolmentId, PersonId, SignInId};
use crate::testing::{TestCity, XINAN, YIYANG};

/// An actor without roles for a person.
fn oneself(city: &TestCity, person: PersonId) -> Actor {
    Actor {
        person,
        sign_in: SignInId::new(&city.app.chance, city.now()),
        name: "学员".to_owned(),
        region: XINAN.into(),
        firm: None,
        grants: Vec::new(),
        must_change_password: false,
    }
}

impl TestCity {
    async fn apply(&self, class: ClassId, person: PersonId) -> Result<Outcome, AppError> {
        let permit = policy::can_enrol_self(&oneself(self, person));
        let mut tx = self.app.db.begin().await?;
        let outcome = store::enrol(&mut tx, &self.app, self.now(), &permit, class, person, None).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    async fn leave(&self, person: PersonId, enrolment: EnrolmentId) -> Result<Vec<EnrolmentId>, AppError> {
        let permit = policy::can_act_for_self(&oneself(self, person));
        let mut tx = self.app.db.begin().await?;
        let promoted = store::withdraw(&mut tx, &self.app, self.now(), permit, enrolment, "").await?;
        tx.commit().await?;
        Ok(promoted)
    }

    async fn quota(&self, class: ClassId, region: &str, seats: i64) {
        let mut tx = self.begin().await;
        sql("INSERT INTO class_quotas (class_id, region, seats) VALUES ($1, $2, $3)")
            .bind(class)
            .bind(region)
            .bind(seats)
            .run(&mut tx)
            .await
            .expect("a quota");
        tx.commit().await.expect("kept");
    }

    /// Changes one column of a class.
    async fn set_class(&self, class: ClassId, change: &'static str) {
        let mut tx = self.begin().await;
        sql("UPDATE classes SET ")
            .push(change)
            .push(" WHERE id = ")
            .push_bind(class)
            .run(&mut tx)
            .await
            .expect("changed");
        tx.commit().await.expect("kept");
    }

    async fn set_instant(&self, class: ClassId, column: &'static str, in_minutes: i64) {
        let mut tx = self.begin().await;
        sql("UPDATE classes SET ")
            .push(column)
            .push(" = ")
            .push_bind(self.now() + TimeDelta::minutes(in_minutes))
            .push(" WHERE id = ")
            .push_bind(class)
            .run(&mut tx)
            .await
            .expect("changed");
        tx.commit().await.expect("kept");
    }

    async fn state_of(&self, id: EnrolmentId) -> EnrolmentState {
        store::enrolment(&self.app.db, id).await.expect("an enrolment").state
    }

    async fn count(&self, class: ClassId, state: &'static str) -> i64 {
        sql("SELECT COUNT(*) FROM enrolments WHERE class_id = $1 AND state = $2")
            .bind(class)
            .bind(state)
            .count(&self.app.db)
            .await
            .expect("counted")
    }

    async fn approved_of(&self, class: ClassId, region: &str) -> i64 {
        sql("SELECT COUNT(*) FROM enrolments WHERE class_id = $1 AND state = 'approved' AND region = $2")
            .bind(class)
            .bind(region)
            .count(&self.app.db)
            .await
            .expect("counted")
    }

    async fn notices(&self, person: PersonId) -> Vec<String> {
        let inbox = crate::notices::inbox(&self.app.db, person).await.expect("an inbox");
        inbox.into_iter().map(|notice| notice.text.key).collect()
    }

    async fn history(&self, id: EnrolmentId) -> Vec<(Option<String>, String, String)> {
        sql("SELECT from_state, to_state, what FROM enrolment_events WHERE enrolment_id = $1 ORDER BY at, id")
            .bind(id)
            .all(&self.app.db)
            .await
            .expect("a history")
    }

    async fn desk(&self, class: ClassId) -> DeskPermit {
        let class = classes::class(&self.app.db, class).await.expect("a class");
        let actor = self.coordinator(class.region.as_str()).await;
        policy::can_run_roster(&actor, &class).expect("leave to run the roster")
    }
}

fn line(from: Option<&str>, to: &str, what: &str) -> (Option<String>, String, String) {
    (from.map(ToOwned::to_owned), to.to_owned(), what.to_owned())
}

async fn one_live_enrolment_and_a_place_in_the_queue(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 1).await;
    let people = city.people(4, XINAN).await;
    let first = city.apply(class, people[0]).await.expect("approved");
    assert_eq!((first.state, first.place), (EnrolmentState::Approved, None));
    assert_eq!(city.apply(class, people[0]).await, Err(AppError::refused("enrolment-already")));
    let mut waiting = Vec::new();
    for (n, person) in people[1..].iter().enumerate() {
        let outcome = city.apply(class, *person).await.expect("waitlisted");
        assert_eq!(
            (outcome.state, outcome.place),
            (EnrolmentState::Waitlisted, Some(i64::try_from(n).expect("few") + 1))
        );
        waiting.push(outcome.id);
    }
    city.hand.advance(TimeDelta::minutes(1));
    assert_eq!(city.leave(people[0], first.id).await, Ok(vec![waiting[0]]));
    assert_eq!(city.notices(people[1]).await, ["enrolment-notice-promoted"]);
    assert_eq!(
        city.history(waiting[0]).await,
        [line(None, "waitlisted", "applied"), line(Some("waitlisted"), "approved", "promoted")]
    );
    let third = store::enrolment(&city.app.db, waiting[1]).await.expect("a row");
    assert_eq!(store::place(&city.app.db, &third).await, Ok(Some(1)));
    // Whoever withdrew may come again, at the end of the queue.
    let again = city.apply(class, people[0]).await.expect("waitlisted");
    assert_eq!(again.place, Some(3));
    assert_eq!(city.leave(people[3], first.id).await, Err(AppError::NotFound), "another's enrolment");
}
crate::on_both_engines!(one_live_enrolment_and_a_place_in_the_queue);

async fn a_closed_window_says_when(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 5).await;
    let person = city.person("李明", XINAN).await;
    city.set_instant(class, "enrol_opens_at", 60).await;
    let Err(AppError::Refused(problem)) = city.apply(class, person).await else {
        panic!("not yet")
    };
    assert_eq!(problem.key, "enrolment-not-yet");
    assert_eq!(problem.args, [("when".to_owned(), "2026-11-03 10:00".to_owned())]);
    city.hand.advance(TimeDelta::days(20));
    let Err(AppError::Refused(problem)) = city.apply(class, person).await else {
        panic!("over")
    };
    assert_eq!(problem.key, "enrolment-over");
    city.set_class(class, "state = 'cancelled'").await;
    assert_eq!(city.apply(class, person).await, Err(AppError::refused("enrolment-closed-cancelled")));
}
crate::on_both_engines!(a_closed_window_says_when);

async fn a_raised_capacity_promotes_in_order_of_priority_and_time(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 1).await;
    let mut ids = Vec::new();
    for person in city.people(5, XINAN).await {
        ids.push(city.apply(class, person).await.expect("enrolled").id);
    }
    let desk = city.desk(class).await;
    city.decide(desk, &store::Decision::Priority(3), &ids[3..4]).await.expect("set");
    city.set_class(class, "capacity = 3").await;
    let mut tx = city.begin().await;
    let promoted = store::promote(&mut tx, &city.app, city.now(), class).await.expect("promoted");
    let again = store::promote(&mut tx, &city.app, city.now(), class).await.expect("done");
    tx.commit().await.expect("kept");
    assert_eq!((promoted, again), (vec![ids[3], ids[1]], vec![]));
}
crate::on_both_engines!(a_raised_capacity_promotes_in_order_of_priority_and_time);

async fn unused_quotas_return_at_their_date_and_the_waiting_move_up(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 3).await;
    city.quota(class, YIYANG, 2).await;
    let people = city.people(3, XINAN).await;
    let states: Vec<_> = [
        city.apply(class, people[0]).await,
        city.apply(class, people[1]).await,
        city.apply(class, people[2]).await,
    ]
    .into_iter()
    .map(|outcome| outcome.expect("enrolled").state)
    .collect();
    assert_eq!(states, [EnrolmentState::Approved, EnrolmentState::Waitlisted, EnrolmentState::Waitlisted]);
    let other = city.person("宜阳人", YIYANG).await;
    assert_eq!(city.apply(class, other).await.expect("own quota").state, EnrolmentState::Approved);
    city.set_instant(class, "quota_reclaim_at", 30).await;
    super::jobs::tick(&city.app).await.expect("nothing is due");
    assert_eq!(city.count(class, "approved").await, 2);
    city.hand.advance(TimeDelta::minutes(30));
    super::jobs::tick(&city.app).await.expect("the job");
    super::jobs::tick(&city.app).await.expect("twice is once");
    assert_eq!(city.count(class, "approved").await, 3);
    assert_eq!(city.notices(people[1]).await, ["enrolment-notice-promoted"]);
    let logged: Vec<(String,)> = sql("SELECT detail FROM class_events WHERE class_id = $1 AND what = 'quotas_reclaimed'")
        .bind(class)
        .all(&city.app.db)
        .await
        .expect("the log");
    assert_eq!(logged, [(format!("{YIYANG}:1"),)]);
}
crate::on_both_engines!(unused_quotas_return_at_their_date_and_the_waiting_move_up);

async fn promotion_stops_at_the_cutoff_and_the_waitlist_lapses(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 1).await;
    let people = city.people(3, XINAN).await;
    let mut ids = Vec::new();
    for person in &people[..2] {
        ids.push(city.apply(class, *person).await.expect("enrolled").id);
    }
    city.set_instant(class, "cutoff_at", 30).await;
    city.hand.advance(TimeDelta::minutes(30));
    assert_eq!(city.leave(people[0], ids[0]).await, Ok(vec![]));
    super::jobs::tick(&city.app).await.expect("the job");
    assert_eq!(city.state_of(ids[1]).await, EnrolmentState::Lapsed);
    assert_eq!(city.notices(people[1]).await, ["enrolment-notice-lapsed"]);
    assert_eq!(city.apply(class, people[2]).await.expect("a free seat").state, EnrolmentState::Approved);
    assert_eq!(city.apply(class, people[1]).await, Err(AppError::refused("enrolment-full-for-good")));
}
crate::on_both_engines!(promotion_stops_at_the_cutoff_and_the_waitlist_lapses);

async fn moving_to_another_county_or_class_loses_no_past(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (class, next) = (city.class(XINAN, 5).await, city.class(XINAN, 5).await);
    let person = city.person("李明", XINAN).await;
    let old = city.apply(class, person).await.expect("approved").id;
    let lesson = city.lesson(class, city.now()).await;
    let mut tx = city.begin().await;
    sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, flags) VALUES ($1, $2, 'present', 'hand', $3, '')")
        .bind(lesson)
        .bind(old)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("attended");
    sql("UPDATE people SET region = $2 WHERE id = $1")
        .bind(person)
        .bind(YIYANG)
        .run(&mut tx)
        .await
        .expect("moved");
    tx.commit().await.expect("kept");
    assert_eq!(
        store::enrolment(&city.app.db, old).await.expect("a row").region.as_str(),
        XINAN,
        "the seat counts where it was given"
    );
    city.leave(person, old).await.expect("withdrawn");
    let new = city.apply(next, person).await.expect("approved").id;
    assert_eq!(store::enrolment(&city.app.db, new).await.expect("a row").region.as_str(), YIYANG);
    let kept = sql("SELECT COUNT(*) FROM attendances WHERE enrolment_id = $1")
        .bind(old)
        .count(&city.app.db)
        .await;
    assert_eq!(kept.ok(), Some(1));
}
crate::on_both_engines!(moving_to_another_county_or_class_loses_no_past);

async fn at_the_door_the_same_rules_hold(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 2).await;
    city.set_class(class, "state = 'running', approval = 'by_hand'").await;
    let people = city.people(3, XINAN).await;
    let staff = city.person("班主任", XINAN).await;
    let mut ids = Vec::new();
    for person in &people {
        let mut tx = city.begin().await;
        ids.push(store::add_walk_in(&mut tx, &city.app, city.now(), staff, class, *person).await);
        tx.commit().await.expect("kept");
    }
    assert_eq!(ids[2], Err(AppError::refused("enrolment-no-seat-at-the-door")));
    let first = ids[0].clone().expect("added");
    assert_eq!(city.state_of(first).await, EnrolmentState::Approved);
    let mut tx = city.begin().await;
    let again = store::add_walk_in(&mut tx, &city.app, city.now(), staff, class, people[0]).await;
    tx.commit().await.expect("kept");
    assert_eq!(again, Ok(first));
    assert_eq!(store::approved_enrolment(&city.app.db, class, people[0]).await, Ok(Some(first)));
    assert_eq!(store::enrolment(&city.app.db, first).await.expect("a row").source, Source::WalkIn);
}
crate::on_both_engines!(at_the_door_the_same_rules_hold);
