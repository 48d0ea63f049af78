//! What coordinators decide.

use super::*;
use crate::ids::EventId;
use store::{Decision, Report};

impl TestCity {
    pub(super) async fn decide(&self, desk: DeskPermit, decision: &Decision, ids: &[EnrolmentId]) -> Result<Report, AppError> {
        let batch = EventId::new(&self.app.chance, self.now());
        self.decide_as(desk, decision, ids, batch).await
    }

    async fn decide_as(&self, desk: DeskPermit, decision: &Decision, ids: &[EnrolmentId], batch: EventId) -> Result<Report, AppError> {
        let mut tx = self.app.db.begin().await?;
        let report = store::decide(&mut tx, &self.app, self.now(), desk, decision, ids, batch).await?;
        tx.commit().await?;
        Ok(report)
    }

    async fn undo(&self, desk: DeskPermit, batch: EventId) -> i64 {
        let mut tx = self.begin().await;
        let undone = store::undo(&mut tx, &self.app, self.now(), desk, batch).await.expect("undone");
        tx.commit().await.expect("kept");
        undone
    }

    /// A class that is decided by hand, with so many applications.
    async fn by_hand(&self, capacity: i64, applications: usize) -> (ClassId, Vec<PersonId>, Vec<EnrolmentId>) {
        let class = self.class(XINAN, capacity).await;
        self.set_class(class, "approval = 'by_hand'").await;
        let people = self.people(applications, XINAN).await;
        let mut ids = Vec::new();
        for person in &people {
            ids.push(self.apply(class, *person).await.expect("applied").id);
        }
        (class, people, ids)
    }
}

async fn approving_more_than_fit_fills_the_waitlist_in_order(engine: Engine) {
    use EnrolmentState::{Approved, Waitlisted};
    let city = TestCity::new(engine).await;
    let (class, people, ids) = city.by_hand(2, 4).await;
    assert_eq!(city.count(class, "submitted").await, 4);
    let desk = city.desk(class).await;
    let mut shuffled = ids.clone();
    shuffled.reverse();
    let report = city.decide(desk, &Decision::Approve, &shuffled).await.expect("decided");
    assert_eq!((report.approved, report.waitlisted), (2, 2));
    let mut states = Vec::new();
    for id in &ids {
        states.push(city.state_of(*id).await);
    }
    assert_eq!(states, [Approved, Approved, Waitlisted, Waitlisted]);
    assert_eq!(city.notices(people[2]).await, ["enrolment-notice-waitlisted"]);
    // Nobody who waits behind somebody is approved past them.
    let report = city.decide(desk, &Decision::Approve, &ids[3..]).await.expect("decided");
    assert_eq!((report.approved, report.no_seat), (0, 1));
    let report = city
        .decide(
            desk,
            &Decision::Withdraw {
                reason: "来电退出".into()
            },
            &ids[..1],
        )
        .await
        .expect("decided");
    assert_eq!((report.withdrawn, report.promoted), (1, 1));
    assert_eq!(city.state_of(ids[2]).await, Approved);
}
crate::on_both_engines!(approving_more_than_fit_fills_the_waitlist_in_order);

async fn a_rejection_keeps_its_reason_and_can_be_taken_back(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (class, people, ids) = city.by_hand(3, 3).await;
    let desk = city.desk(class).await;
    let batch = EventId::new(&city.app.chance, city.now());
    let decision = Decision::Reject {
        reason: "本班只收新任负责人".into(),
    };
    let report = city.decide_as(desk, &decision, &ids[..2], batch).await.expect("decided");
    assert_eq!(report.rejected, 2);
    let row = store::enrolment(&city.app.db, ids[0]).await.expect("a row");
    assert_eq!((row.state, row.reason.as_deref()), (EnrolmentState::Rejected, Some("本班只收新任负责人")));
    assert_eq!(city.notices(people[0]).await, ["enrolment-notice-rejected"]);
    // One of them has applied again meanwhile: that one stays as it is.
    city.apply(class, people[1]).await.expect("applied again");
    let other = city.desk(class).await;
    assert_eq!(city.undo(other, batch).await, 0, "another coordinator's decision");
    assert_eq!(city.undo(desk, batch).await, 1);
    assert_eq!(city.undo(desk, batch).await, 0);
    let row = store::enrolment(&city.app.db, ids[0]).await.expect("a row");
    assert_eq!((row.state, row.reason), (EnrolmentState::Submitted, None));
    let batch = EventId::new(&city.app.chance, city.now());
    city.decide_as(desk, &Decision::Approve, &ids, batch).await.expect("decided");
    city.hand.advance(TimeDelta::minutes(store::UNDO_MINUTES));
    assert_eq!(city.undo(desk, batch).await, 0, "too late");
}
crate::on_both_engines!(a_rejection_keeps_its_reason_and_can_be_taken_back);

async fn a_decision_touches_its_own_class_only(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (class, _, ids) = city.by_hand(3, 1).await;
    let elsewhere = city.class(YIYANG, 3).await;
    let foreign = city.desk(elsewhere).await;
    let report = city.decide(foreign, &Decision::Approve, &ids).await.expect("nothing of its own");
    assert_eq!((report.approved, report.left), (0, 1));
    assert_eq!(city.state_of(ids[0]).await, EnrolmentState::Submitted);
    let desk = city.desk(class).await;
    assert_eq!(
        city.decide(desk, &Decision::Approve, &[]).await,
        Err(AppError::field("ids", "enrolment-none-selected"))
    );
    assert_eq!(
        city.decide(desk, &Decision::Priority(99), &ids).await,
        Err(AppError::field("priority", "enrolment-priority-range"))
    );
}
crate::on_both_engines!(a_decision_touches_its_own_class_only);
