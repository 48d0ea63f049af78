//! What a calendar says, read by other eyes than those that wrote it, and what becomes of it on both engines.

mod written;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::entries::entries;
use super::policy::{self, LinkPermit, Whose};
use super::rules::{Entry, When};
use super::store::{self, Opened};
use crate::accounts::{Actor, Grant};
use crate::benchmarking::testing::TestProgramme;
use crate::classes::policy::can_manage;
use crate::classes::rules::{LessonFields, Span, Step};
use crate::classes::store as classes;
use crate::db::sql;
use crate::db::testing::Engine;
use crate::enrolment::policy::{can_act_for_self, can_enrol_self};
use crate::enrolment::store as enrolment;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{ClassId, LessonId, PersonId, Region, SignInId};
use crate::testing::{TestCity, XINAN, YIYANG};

/// A class of 新安 with two lessons in two weeks, and its coordinator.
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
        let class = city.class(XINAN, 10).await;
        let day = |days| city.now() + TimeDelta::days(days);
        let lessons = [city.lesson(class, day(14)).await, city.lesson(class, day(15)).await];
        city.hand.advance(TimeDelta::hours(1));
        Self { city, desk, class, lessons }
    }

    fn oneself(&self, person: PersonId) -> Actor {
        Actor {
            person,
            sign_in: SignInId::new(&self.city.app.chance, self.city.now()),
            name: "学员".to_owned(),
            region: Region::from(XINAN),
            firm: None,
            grants: Vec::new(),
            must_change_password: false,
        }
    }

    async fn enrol(&self, person: PersonId) {
        self.city.hand.advance(TimeDelta::minutes(1));
        let mut tx = self.city.begin().await;
        let permit = can_enrol_self(&self.oneself(person));
        enrolment::enrol(&mut tx, &self.city.app, self.city.now(), &permit, self.class, person, None)
            .await
            .expect("enrolled");
        tx.commit().await.expect("kept");
    }

    async fn withdraw(&self, person: PersonId) {
        self.city.hand.advance(TimeDelta::minutes(1));
        let live = enrolment::live_enrolment(&self.city.app.db, self.class, person)
            .await
            .expect("asked")
            .expect("a seat");
        let mut tx = self.city.begin().await;
        let permit = can_act_for_self(&self.oneself(person));
        enrolment::withdraw(&mut tx, &self.city.app, self.city.now(), permit, live.id, "")
            .await
            .expect("withdrawn");
        tx.commit().await.expect("kept");
    }

    async fn class_permit(&self) -> crate::classes::policy::ClassPermit {
        let class = classes::class(&self.city.app.db, self.class).await.expect("the class");
        can_manage(&self.desk, &class).expect("leave")
    }

    async fn move_lesson(&self, lesson: LessonId, by: TimeDelta) {
        self.city.hand.advance(TimeDelta::minutes(1));
        let before = classes::lesson(&self.city.app.db, lesson).await.expect("the lesson");
        let edition = classes::lesson_edition(&self.city.app.db, lesson).await.expect("asked");
        let wanted = LessonFields {
            topic: before.topic,
            span: Span {
                starts_at: before.starts_at + by,
                ends_at: before.ends_at + by,
            },
            teacher: None,
            venue: None,
            half_hours: before.half_hours,
        };
        let permit = self.class_permit().await;
        let mut tx = self.city.begin().await;
        classes::change_lesson(&mut tx, &self.city.app, self.city.now(), &permit, (lesson, edition), &wanted)
            .await
            .expect("moved");
        tx.commit().await.expect("kept");
    }

    async fn cancel_lesson(&self, lesson: LessonId) {
        self.city.hand.advance(TimeDelta::minutes(1));
        let permit = self.class_permit().await;
        let mut tx = self.city.begin().await;
        classes::cancel_lesson(&mut tx, &self.city.app, self.city.now(), &permit, lesson, "停电")
            .await
            .expect("cancelled");
        tx.commit().await.expect("kept");
    }

    async fn cancel_class(&self) {
        self.city.hand.advance(TimeDelta::minutes(1));
        let permit = self.class_permit().await;
        let mut tx = self.city.begin().await;
        classes::take(&mut tx, &self.city.app, self.city.now(), &permit, Step::Cancel, "讲师生病")
            .await
            .expect("cancelled");
        tx.commit().await.expect("kept");
    }

    async fn calendar(&self, whose: Whose) -> Vec<Entry> {
        calendar(&self.city, whose).await
    }
}

async fn calendar(city: &TestCity, whose: Whose) -> Vec<Entry> {
    let contents = store::contents(&city.app.db, city.now(), whose).await.expect("read");
    entries(Lang::Zh, "http://localhost", &contents)
}

fn start(entry: &Entry) -> DateTime<Utc> {
    match entry.when {
        When::Hours { starts_at, .. } => starts_at,
        When::Day(_) => panic!("a lesson has hours"),
    }
}

/// The same appointments as before, and of each whether it is off.
fn fates(before: &[Entry], after: &[Entry]) -> Vec<bool> {
    let uids = |entries: &[Entry]| entries.iter().map(|entry| entry.uid.clone()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(uids(before), uids(after), "an appointment keeps its name");
    let old: BTreeMap<&str, &Entry> = before.iter().map(|entry| (entry.uid.as_str(), entry)).collect();
    for entry in after {
        let old = old[entry.uid.as_str()];
        assert!(entry.sequence >= old.sequence, "{} → {}", old.sequence, entry.sequence);
        assert!(entry.changed_at >= old.changed_at);
        let is_same = (old.when, old.is_off) == (entry.when, entry.is_off);
        assert!(
            is_same || (entry.sequence > old.sequence && entry.changed_at > old.changed_at),
            "what counts is counted"
        );
    }
    after.iter().map(|entry| entry.is_off).collect()
}

async fn what_changes_and_is_cancelled_stays_the_same_appointment(engine: Engine) {
    let course = Course::new(engine).await;
    let person = course.city.person("王小明", XINAN).await;
    let whose = Whose::Person(person);
    assert_eq!(course.calendar(whose).await, []);
    course.enrol(person).await;
    let first = course.calendar(whose).await;
    assert_eq!(fates(&first, &first), [false, false]);
    assert_eq!(first[0].url, format!("http://localhost/classes/{}", course.class));
    assert_eq!(course.calendar(whose).await, first, "nothing happened");

    course.move_lesson(course.lessons[0], TimeDelta::hours(2)).await;
    let second = course.calendar(whose).await;
    assert_eq!(fates(&first, &second), [false, false]);
    assert_eq!(start(&second[0]), start(&first[0]) + TimeDelta::hours(2));
    assert_eq!(second[0].changed_at, course.city.now());
    assert_eq!(second[1], first[1], "the other lesson did not change");

    course.cancel_lesson(course.lessons[1]).await;
    let third = course.calendar(whose).await;
    assert_eq!(fates(&second, &third), [false, true]);
    assert_eq!(third[1].title, "【取消】公司治理 · 现代企业治理班");

    course.cancel_class().await;
    let fourth = course.calendar(whose).await;
    assert_eq!(fates(&third, &fourth), [true, true]);
    assert!(fourth[0].text.contains("讲师生病"));
    let of_class = course.calendar(Whose::Class(course.class)).await;
    assert!(of_class.len() == 2 && of_class.iter().all(|entry| entry.is_off), "and in the class's own");
}

async fn whoever_leaves_sees_the_rest_cancelled_and_may_come_back(engine: Engine) {
    let course = Course::new(engine).await;
    let (person, other) = (course.city.person("王小明", XINAN).await, course.city.person("赵铁柱", XINAN).await);
    course.enrol(person).await;
    course.enrol(other).await;
    let before = course.calendar(Whose::Person(person)).await;
    // The first lesson has been when the person leaves, the second has not.
    course.city.hand.set(start(&before[0]) + TimeDelta::hours(4));
    course.withdraw(person).await;
    let left = course.calendar(Whose::Person(person)).await;
    assert_eq!(fates(&before, &left), [false, true]);
    course.city.hand.advance(TimeDelta::minutes(1));
    let late = course.city.lesson(course.class, course.city.now() + TimeDelta::days(3)).await;
    assert_eq!(
        course.calendar(Whose::Person(person)).await.len(),
        2,
        "what is planned later is none of theirs"
    );
    assert_eq!(course.calendar(Whose::Person(other)).await.len(), 3);

    course.city.hand.advance(TimeDelta::minutes(1));
    let mut tx = course.city.begin().await;
    sql("UPDATE classes SET enrol_closes_at = $2, cutoff_at = $2, state = 'enrolling' WHERE id = $1")
        .bind(course.class)
        .bind(course.city.now() + TimeDelta::days(1))
        .run(&mut tx)
        .await
        .expect("open");
    tx.commit().await.expect("kept");
    course.enrol(person).await;
    let back = course.calendar(Whose::Person(person)).await;
    assert_eq!(back.len(), 3);
    let known: Vec<Entry> = back.into_iter().filter(|entry| !entry.uid.starts_with(&late.to_string())).collect();
    assert_eq!(fates(&left, &known), [false, false]);
    for entry in course.calendar(Whose::Person(person)).await {
        assert!(!entry.text.contains("赵铁柱") && !entry.title.contains("赵铁柱"), "{}", entry.text);
        assert!(!entry.text.contains("王小明") && !entry.text.contains("139"), "{}", entry.text);
    }
}

async fn waiting_is_not_taking_part(engine: Engine) {
    let course = Course::new(engine).await;
    for state in ["submitted", "waitlisted", "rejected", "lapsed"] {
        let person = course.city.person("候补", XINAN).await;
        course.city.enrolment(course.class, person, state).await;
        assert_eq!(course.calendar(Whose::Person(person)).await, [], "{state}");
    }
    // Never had a seat.
    let person = course.city.person("候补", XINAN).await;
    course.city.enrolment(course.class, person, "withdrawn").await;
    assert_eq!(course.calendar(Whose::Person(person)).await, []);
}

async fn those_who_teach_and_look_after_have_the_lessons_too(engine: Engine) {
    let course = Course::new(engine).await;
    let (staff, teacher) = (course.city.person("班主任", XINAN).await, course.city.person("王老师", XINAN).await);
    let known = course.city.teacher(XINAN).await;
    let mut tx = course.city.begin().await;
    sql("INSERT INTO class_staff (class_id, person_id) VALUES ($1, $2)")
        .bind(course.class)
        .bind(staff)
        .run(&mut tx)
        .await
        .expect("staff");
    sql("UPDATE teachers SET person_id = $1")
        .bind(teacher)
        .run(&mut tx)
        .await
        .expect("an account");
    sql("UPDATE lessons SET teacher_id = $2 WHERE id = $1")
        .bind(course.lessons[1])
        .bind(known)
        .run(&mut tx)
        .await
        .expect("taught");
    tx.commit().await.expect("kept");
    assert_eq!(course.calendar(Whose::Person(staff)).await.len(), 2);
    let taught = course.calendar(Whose::Person(teacher)).await;
    assert_eq!(taught.len(), 1);
    assert!(taught[0].text.contains("授课：王老师"), "{}", taught[0].text);
}

async fn a_draft_is_in_no_calendar(engine: Engine) {
    let course = Course::new(engine).await;
    let mut tx = course.city.begin().await;
    sql("UPDATE classes SET state = 'draft'").run(&mut tx).await.expect("a draft");
    tx.commit().await.expect("kept");
    assert_eq!(course.calendar(Whose::Class(course.class)).await, []);
}

async fn a_contact_has_the_days_of_the_firms_actions(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let pilot = programme.pilot("新安铝业", XINAN).await;
    let city = &programme.city;
    let (contact, other) = (city.person("联络员", XINAN).await, city.person("外人", XINAN).await);
    let due = crate::clock::day_of(city.now()) + TimeDelta::days(20);
    let mut tx = city.begin().await;
    sql("INSERT INTO grants (id, person_id, role, firm_id, granted_at) VALUES ($1, $2, 'firm', $3, $4)")
        .bind(city.app.chance.uuid(city.now()))
        .bind(contact)
        .bind(pilot.firm_id)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("a contact");
    sql(
        "INSERT INTO actions (id, pilot_id, indicator, title, owner, due_on, priority, deliverable, resources, state, progress, created_at)
         VALUES ($1, $2, 'A1', '建立预算制度', '张三丰', $3, 1, '', '', 'planned', 0, $4)",
    )
    .bind(city.app.chance.uuid(city.now()))
    .bind(pilot.id)
    .bind(due)
    .bind(city.now())
    .run(&mut tx)
    .await
    .expect("an action");
    tx.commit().await.expect("kept");
    let own = calendar(city, Whose::Person(contact)).await;
    assert_eq!(own.len(), 1);
    assert_eq!((own[0].when, own[0].is_off), (When::Day(due), false));
    assert_eq!(own[0].title, "措施到期：建立预算制度");
    assert!(!own[0].text.contains("张三丰"), "nobody else's name");
    assert_eq!(calendar(city, Whose::Person(other)).await, []);

    let mut tx = city.begin().await;
    sql("UPDATE actions SET state = 'cancelled', edition = edition + 1")
        .run(&mut tx)
        .await
        .expect("cancelled");
    tx.commit().await.expect("kept");
    let off = calendar(city, Whose::Person(contact)).await;
    assert_eq!((off[0].uid.clone(), off[0].is_off), (own[0].uid.clone(), true));
    assert!(off[0].sequence > own[0].sequence);
}

async fn make(city: &TestCity, permit: &LinkPermit) -> Result<String, AppError> {
    let mut tx = city.app.db.begin().await?;
    store::make(&mut tx, &city.app, city.now(), permit).await?;
    tx.commit().await?;
    let link = store::link(&city.app.db, &permit.view()).await?.expect("a link");
    Ok(link.secret(&city.app).expect("the city's key is the same"))
}

async fn opened(city: &TestCity, secret: &str) -> Opened {
    store::open(&city.app, city.now(), secret).await.expect("asked")
}

async fn a_link_is_made_renewed_and_revoked(engine: Engine) {
    let city = TestCity::new(engine).await;
    let actor = city.entrepreneur(XINAN).await;
    let permit = policy::own(&actor);
    let whose = Opened::Calendar(Whose::Person(actor.person));
    assert_eq!(store::link(&city.app.db, &permit.view()).await, Ok(None));
    let first = make(&city, &permit).await.expect("made");
    assert_eq!((first.len(), opened(&city, &first).await), (43, whose));
    let kept: Vec<(Vec<u8>,)> = sql("SELECT token_hash FROM calendar_links").all(&city.app.db).await.expect("rows");
    assert_eq!(
        kept[0].0,
        crate::state::sha256(first.as_bytes()),
        "the secret itself is not in the database"
    );

    let second = make(&city, &permit).await.expect("made anew");
    assert_ne!(first, second);
    assert_eq!((opened(&city, &first).await, opened(&city, &second).await), (Opened::Revoked, whose));
    for guess in ["", "x", &second[..42], &"a".repeat(10_000)] {
        assert_eq!(opened(&city, guess).await, Opened::Unknown, "{guess}");
    }

    let mut tx = city.begin().await;
    store::revoke(&mut tx, &city.app, city.now(), &permit).await.expect("revoked");
    store::revoke(&mut tx, &city.app, city.now(), &permit).await.expect("twice is once");
    tx.commit().await.expect("kept");
    assert_eq!(opened(&city, &second).await, Opened::Revoked);
    assert_eq!(store::link(&city.app.db, &permit.view()).await, Ok(None));
    let trail: Vec<(String,)> = sql("SELECT what FROM audit_entries ORDER BY id")
        .all(&city.app.db)
        .await
        .expect("the trail");
    let mut acts: Vec<&str> = trail.iter().map(|(what,)| what.as_str()).collect();
    acts.sort_unstable();
    assert_eq!(acts, ["calendar.made", "calendar.renewed", "calendar.revoked"]);
}

async fn many_presses_at_once_leave_one_link(engine: Engine) {
    let city = TestCity::new(engine).await;
    let actor = city.entrepreneur(XINAN).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (app, now, permit) = (city.app.clone(), city.now(), policy::own(&actor));
        tasks.spawn(async move {
            let mut tx = app.db.begin().await?;
            store::make(&mut tx, &app, now, &permit).await?;
            tx.commit().await
        });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    let live = sql("SELECT COUNT(*) FROM calendar_links WHERE revoked_at IS NULL");
    assert_eq!(live.count(&city.app.db).await.expect("counted"), 1);
}

async fn a_person_without_access_has_no_calendar(engine: Engine) {
    let city = TestCity::new(engine).await;
    let actor = city.entrepreneur(XINAN).await;
    let secret = make(&city, &policy::own(&actor)).await.expect("made");
    let mut tx = city.begin().await;
    sql("UPDATE people SET active = FALSE WHERE id = $1")
        .bind(actor.person)
        .run(&mut tx)
        .await
        .expect("deactivated");
    tx.commit().await.expect("kept");
    assert_eq!(opened(&city, &secret).await, Opened::Revoked);
}

async fn reading_is_kept_to_the_hour(engine: Engine) {
    let city = TestCity::new(engine).await;
    let desk = city.actor("县管", XINAN, vec![Grant::County(Region::from(XINAN))]).await;
    let class = city.class(XINAN, 10).await;
    let class = classes::class(&city.app.db, class).await.expect("the class");
    assert!(policy::can_manage(&city.coordinator(YIYANG).await, &class).is_none());
    let permit = policy::can_manage(&desk, &class).expect("leave");
    let secret = make(&city, &permit).await.expect("made");
    let read = async || store::link(&city.app.db, &permit.view()).await.expect("asked").expect("a link").read_at;
    assert_eq!(read().await, None);
    let first = city.now();
    for minutes in [0, 59, 1] {
        city.hand.advance(TimeDelta::minutes(minutes));
        assert_eq!(opened(&city, &secret).await, Opened::Calendar(Whose::Class(class.id)));
        let expected = if city.now() - first < TimeDelta::hours(1) { first } else { city.now() };
        assert_eq!(read().await, Some(expected));
    }
}

crate::on_both_engines!(
    what_changes_and_is_cancelled_stays_the_same_appointment,
    whoever_leaves_sees_the_rest_cancelled_and_may_come_back,
    waiting_is_not_taking_part,
    those_who_teach_and_look_after_have_the_lessons_too,
    a_draft_is_in_no_calendar,
    a_contact_has_the_days_of_the_firms_actions,
    a_link_is_made_renewed_and_revoked,
    many_presses_at_once_leave_one_link,
    a_person_without_access_has_no_calendar,
    reading_is_kept_to_the_hour,
);
