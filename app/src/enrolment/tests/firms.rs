//! Seats that firms hold.

use super::*;
use crate::accounts::Grant;
use crate::ids::FirmId;

impl TestCity {
    async fn works_for(&self, person: PersonId, firm: FirmId) {
        let mut tx = self.begin().await;
        sql("UPDATE people SET firm_id = $2 WHERE id = $1")
            .bind(person)
            .bind(firm)
            .run(&mut tx)
            .await
            .expect("hired");
        tx.commit().await.expect("kept");
    }

    async fn hold(&self, desk: DeskPermit, firm: FirmId, seats: i64, minutes: i64) -> Result<(), AppError> {
        let until = self.now() + TimeDelta::minutes(minutes);
        let mut tx = self.app.db.begin().await?;
        store::set_hold(&mut tx, &self.app, self.now(), desk, firm, seats, Some(until)).await?;
        tx.commit().await
    }
}

async fn a_firm_names_and_replaces_and_its_seats_run_out(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 3).await;
    let desk = city.desk(class).await;
    let firm = city.firm("洛阳轴承研究所有限公司", XINAN).await;
    let people = city.people(4, XINAN).await;
    for person in &people[..3] {
        city.works_for(*person, firm).await;
    }
    assert!(
        matches!(city.hold(desk, firm, 4, 60).await, Err(AppError::Invalid(_))),
        "more than there are"
    );
    city.hold(desk, firm, 2, 60).await.expect("held");
    let contact = city.actor("联络员", XINAN, vec![Grant::Firm(firm)]).await;
    let permit = policy::can_fill_seats(&contact, firm).expect("the contact's own firm");
    let outside = city.people(2, YIYANG).await;
    let first = city.apply(class, outside[0]).await.expect("the one common seat");
    assert_eq!(first.state, EnrolmentState::Approved);
    let waiting = city.apply(class, outside[1]).await.expect("waits");
    assert_eq!(waiting.state, EnrolmentState::Waitlisted);

    let mut tx = city.begin().await;
    let stranger = store::name_attendee(&mut tx, &city.app, city.now(), permit, class, people[3]).await;
    assert_eq!(stranger, Err(AppError::NotFound));
    let named = store::name_attendee(&mut tx, &city.app, city.now(), permit, class, people[0])
        .await
        .expect("named")
        .id;
    let replaced = store::replace_attendee(&mut tx, &city.app, city.now(), permit, named, people[1], "出差")
        .await
        .expect("replaced");
    tx.commit().await.expect("kept");
    let (old, new) = (
        store::enrolment(&city.app.db, named).await.expect("a row"),
        store::enrolment(&city.app.db, replaced).await.expect("a row"),
    );
    assert_eq!((old.state, new.state), (EnrolmentState::Replaced, EnrolmentState::Approved));
    assert_eq!(old.seat_id, new.seat_id, "the seat stays");
    assert!(city.notices(people[0]).await.contains(&"enrolment-notice-replaced".to_owned()));

    city.hand.advance(TimeDelta::minutes(60));
    crate::enrolment::jobs::tick(&city.app).await.expect("the job");
    assert_eq!(
        city.state_of(waiting.id).await,
        EnrolmentState::Approved,
        "the unused seat went to the queue"
    );
    let mut tx = city.begin().await;
    let late = store::name_attendee(&mut tx, &city.app, city.now(), permit, class, people[2]).await;
    assert_eq!(late, Err(AppError::refused("enrolment-no-held-seat")));
    drop(tx);
    let holds = store::holds_of(&city.app.db, permit).await.expect("holds");
    assert_eq!((holds[0].used, holds[0].free()), (1, 0));
}
crate::on_both_engines!(a_firm_names_and_replaces_and_its_seats_run_out);
