//! Contracts of completion on both engines.

use super::policy::{can_certify, certify, view};
use super::rules::Answers;
use super::store;
use crate::accounts::{Actor, Grant};
use crate::classes::Class;
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::ids::{ClassId, EnrolmentId, LessonId, PersonId};
use crate::on_both_engines;
use crate::paging::Step;
use crate::testing::{TestCity, XINAN, YIYANG};

fn answers() -> Answers {
    Answers {
        marks: [5, 4, 4, 3],
        words: "讲得清楚".to_owned(),
    }
}

/// A closed class of two lessons.
struct Course {
    city: TestCity,
    desk: Actor,
    class: ClassId,
    lessons: [LessonId; 2],
}

impl Course {
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let desk = city.coordinator(XINAN).await;
        let class = city.class(XINAN, 100).await;
        let lessons = [city.lesson(class, city.now()).await, city.lesson(class, city.now()).await];
        let course = Self { city, desk, class, lessons };
        course.run("UPDATE classes SET state = 'closed' WHERE id = $1").await;
        course
    }

    async fn run(&self, text: &'static str) {
        let mut tx = self.city.begin().await;
        sql(text).bind(self.class).run(&mut tx).await.expect("changed");
        tx.commit().await.expect("kept");
    }

    async fn class(&self) -> Class {
        crate::classes::store::class(&self.city.app.db, self.class).await.expect("the class")
    }

    async fn mark(&self, lesson: LessonId, enrolment: EnrolmentId, status: &'static str) {
        let mut tx = self.city.begin().await;
        sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, flags) VALUES ($1, $2, $3, 'hand', $4, '')")
            .bind(lesson)
            .bind(enrolment)
            .bind(status)
            .bind(self.city.now())
            .run(&mut tx)
            .await
            .expect("marked");
        tx.commit().await.expect("kept");
    }

    /// Somebody on the roster with what the ledger says of both lessons.
    async fn learner(&self, name: &str, marks: [&'static str; 2]) -> PersonId {
        let person = self.city.person(name, XINAN).await;
        let enrolment = self.city.enrolment(self.class, person, "approved").await;
        for (lesson, status) in self.lessons.into_iter().zip(marks) {
            self.mark(lesson, enrolment, status).await;
        }
        person
    }

    async fn evaluate(&self, person: PersonId) -> Result<(), AppError> {
        let mut tx = self.city.begin().await;
        store::evaluate(&mut tx, &self.city.app, person, self.class, &answers()).await?;
        tx.commit().await
    }

    async fn issue(&self) -> Result<i64, AppError> {
        let class = self.class().await;
        let permit = can_certify(&self.desk, &class).expect("a permit");
        let view = view(&self.desk, &class).expect("a view");
        let mut tx = self.city.begin().await;
        let issued = store::issue(&mut tx, &self.city.app, self.city.now(), &permit, &view).await?;
        tx.commit().await?;
        Ok(issued)
    }

    async fn serials(&self) -> Vec<(String, Option<String>)> {
        let view = view(&self.desk, &self.class().await).expect("a view");
        let page = store::learners(&self.city.app.db, &view, Step::First).await.expect("read");
        page.rows.into_iter().map(|learner| (learner.name, learner.serial)).collect()
    }
}

async fn who_attended_and_evaluated_gets_one_certificate(engine: Engine) {
    let course = Course::new(engine).await;
    let good = course.learner("全勤", ["present", "late"]).await;
    let silent = course.learner("未评", ["present", "present"]).await;
    let half = course.learner("缺课", ["present", "absent"]).await;
    let away = course.learner("没来", ["absent", "absent"]).await;
    for person in [good, half] {
        course.evaluate(person).await.expect("evaluated");
    }
    assert_eq!(course.evaluate(good).await, Err(AppError::refused("completion-evaluated-already")));
    assert_eq!(course.evaluate(away).await, Err(AppError::refused("completion-attended-nothing")));
    assert_eq!(course.issue().await, Ok(1));
    assert_eq!(course.issue().await, Ok(0), "twice is the same as once");
    let holders: Vec<String> = course
        .serials()
        .await
        .into_iter()
        .filter(|(_, serial)| serial.is_some())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(holders, ["全勤"]);

    // 缺课 makes the topic up in another class, 未评 evaluates: both follow.
    let other = course.city.class(YIYANG, 10).await;
    let lesson = course.city.lesson(other, course.city.now()).await;
    let enrolment = course.city.enrolment(other, half, "approved").await;
    course.mark(lesson, enrolment, "present").await;
    course.evaluate(silent).await.expect("evaluated");
    assert_eq!(course.issue().await, Ok(2));
}

async fn a_revoked_certificate_says_so_and_can_follow_a_new_one(engine: Engine) {
    let course = Course::new(engine).await;
    let person = course.learner("全勤", ["present", "present"]).await;
    course.evaluate(person).await.expect("evaluated");
    course.issue().await.expect("issued");
    let serial = course.serials().await.remove(0).1.expect("a serial");
    let app = &course.city.app;
    let permit = can_certify(&course.desk, &course.class().await).expect("a permit");
    let mut tx = course.city.begin().await;
    store::revoke(&mut tx, app, course.city.now(), &permit, &serial, "替人签到")
        .await
        .expect("revoked");
    let again = store::revoke(&mut tx, app, course.city.now(), &permit, &serial, "再次").await;
    assert_eq!(again, Err(AppError::refused("completion-revoked-already")));
    tx.commit().await.expect("kept");
    let found = store::certificate(&app.db, &serial).await.expect("it is still known");
    assert_eq!(
        (found.revoked_at, found.revoke_reason.as_deref()),
        (Some(course.city.now()), Some("替人签到"))
    );
    assert_eq!(course.issue().await, Ok(1), "a new one with another serial");
    assert_ne!(course.serials().await.remove(0).1, Some(serial.clone()));

    let elsewhere = crate::classes::store::class(&app.db, course.city.class(XINAN, 10).await)
        .await
        .expect("a class");
    let other = can_certify(&course.desk, &elsewhere).expect("a permit");
    let mut tx = course.city.begin().await;
    let foreign = store::revoke(&mut tx, app, course.city.now(), &other, &serial, "别班").await;
    assert_eq!(foreign, Err(AppError::NotFound));
}

async fn an_open_class_certifies_nobody(engine: Engine) {
    let course = Course::new(engine).await;
    course.run("UPDATE classes SET state = 'running' WHERE id = $1").await;
    let person = course.learner("全勤", ["present", "present"]).await;
    course.evaluate(person).await.expect("a running class is evaluated");
    assert_eq!(course.issue().await, Err(AppError::refused("completion-class-open")));
    course.run("UPDATE classes SET state = 'enrolling' WHERE id = $1").await;
    let early = course.learner("早到", ["present", "present"]).await;
    assert_eq!(course.evaluate(early).await, Err(AppError::refused("completion-not-yet")));
}

async fn fewer_than_five_answers_show_nothing(engine: Engine) {
    let course = Course::new(engine).await;
    let view = view(&course.desk, &course.class().await).expect("a view");
    let db = &course.city.app.db;
    for n in 1..=5 {
        let person = course.learner(&format!("学员{n}"), ["present", "present"]).await;
        course.evaluate(person).await.expect("evaluated");
        let (answers, results) = store::results(db, &view).await.expect("counted");
        assert_eq!((answers, results.is_some()), (n, n >= 5));
    }
    let results = store::results(db, &view).await.expect("counted").1.expect("results");
    assert_eq!((results.means, results.words.len()), ([50, 40, 40, 30], 5));
}

async fn pressed_by_two_at_once_each_gets_one(engine: Engine) {
    let course = std::sync::Arc::new(Course::new(engine).await);
    for n in 0..12 {
        let person = course.learner(&format!("学员{n}"), ["present", "present"]).await;
        course.evaluate(person).await.expect("evaluated");
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let course = course.clone();
        tasks.spawn(async move { course.issue().await });
    }
    let issued: i64 = tasks.join_all().await.into_iter().map(|outcome| outcome.expect("issued")).sum();
    assert_eq!(issued, 12);
}

async fn the_same_person_evaluates_once_however_often_it_is_sent(engine: Engine) {
    let course = std::sync::Arc::new(Course::new(engine).await);
    let person = course.learner("急性子", ["present", "present"]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let course = course.clone();
        tasks.spawn(async move { course.evaluate(person).await });
    }
    let taken = tasks.join_all().await.into_iter().flatten().count();
    let view = view(&course.desk, &course.class().await).expect("a view");
    assert_eq!((taken, store::results(&course.city.app.db, &view).await.expect("counted").0), (1, 1));
}

/// Role × action × own or other county.
async fn who_may_do_what(engine: Engine) {
    let course = Course::new(engine).await;
    let own = course.class().await;
    let other = crate::classes::store::class(&course.city.app.db, course.city.class(YIYANG, 10).await)
        .await
        .expect("a class");
    let firm = course.city.firm("某公司", XINAN).await;
    let table = [
        ("city", vec![Grant::City], [true, true, true, true]),
        ("county", vec![Grant::County(XINAN.into())], [true, false, true, false]),
        ("teacher", vec![Grant::Teacher(vec![own.id])], [false, false, true, false]),
        ("firm", vec![Grant::Firm(firm)], [false; 4]),
        ("verifier", vec![Grant::Verifier], [false; 4]),
        ("entrepreneur", vec![], [false; 4]),
    ];
    for (role, grants, [certify_own, certify_other, view_own, view_other]) in table {
        let actor = course.city.actor(role, XINAN, grants).await;
        assert_eq!(certify(&actor, &own).is_ok(), certify_own, "{role} certifies own");
        assert_eq!(certify(&actor, &other).is_ok(), certify_other, "{role} certifies other");
        assert_eq!(view(&actor, &own).is_ok(), view_own, "{role} sees own");
        assert_eq!(view(&actor, &other).is_ok(), view_other, "{role} sees other");
    }
}

on_both_engines!(
    who_attended_and_evaluated_gets_one_certificate,
    a_revoked_certificate_says_so_and_can_follow_a_new_one,
    an_open_class_certifies_nobody,
    fewer_than_five_answers_show_nothing,
    pressed_by_two_at_once_each_gets_one,
    the_same_person_evaluates_once_however_often_it_is_sent,
    who_may_do_what,
);
