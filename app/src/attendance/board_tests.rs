//! Contracts of the board, the lesson desk, leave and one's own page, on both engines.

use chrono::{DateTime, TimeDelta, Utc};

use super::board_store::{self, From, PAGE, Show, Yardstick};
use super::leave_policy::{AskPermit, DecidePermit, can_ask, can_decide};
use super::leave_rules::LeaveState;
use super::policy::{MarkPermit, can_mark};
use super::rules::{Source, Status};
use super::store::{CheckIn, check_in};
use super::{desk_store, leave_store, mine_store, store};
use crate::accounts::Actor;
use crate::classes;
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::ids::{ClassId, EnrolmentId, LessonId, PersonId, Region};
use crate::testing::{TestCity, XINAN};

/// A class that runs today: two lessons, the first of them in the hall now.
struct Hall {
    city: TestCity,
    class: ClassId,
    first: LessonId,
    second: LessonId,
    staff: Actor,
}

impl Hall {
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let class = city.class(XINAN, 500).await;
        let first = city.lesson(class, city.now()).await;
        let second = city.lesson(class, city.now() + TimeDelta::days(7)).await;
        let staff = city.coordinator(XINAN).await;
        Self {
            city,
            class,
            first,
            second,
            staff,
        }
    }

    async fn mark_permit(&self) -> MarkPermit {
        can_mark(&self.staff, &classes::store::class(&self.city.app.db, self.class).await.unwrap()).unwrap()
    }

    async fn decide_permit(&self) -> DecidePermit {
        can_decide(&self.staff, &classes::store::class(&self.city.app.db, self.class).await.unwrap()).unwrap()
    }

    /// Somebody on the roster.
    async fn member(&self, name: &str) -> (PersonId, EnrolmentId) {
        let person = self.city.person(name, XINAN).await;
        (person, self.city.enrolment(self.class, person, "approved").await)
    }

    async fn ask_permit(&self, person: PersonId) -> AskPermit {
        let place = leave_store::own_place(&self.city.app.db, person, self.class).await.unwrap().unwrap();
        can_ask(&self.actor_of(person), &place).unwrap()
    }

    fn actor_of(&self, person: PersonId) -> Actor {
        Actor {
            person,
            name: "学员".into(),
            region: Region::from(XINAN),
            grants: Vec::new(),
            ..self.staff.clone()
        }
    }

    async fn mark(&self, lesson: LessonId, people: &[EnrolmentId], status: Status, why: &str) -> Result<desk_store::Marked, AppError> {
        desk_store::mark_all(&self.city.app, &self.mark_permit().await, self.city.now(), lesson, people, status, why).await
    }

    async fn status(&self, lesson: LessonId, enrolment: EnrolmentId) -> Option<Status> {
        let permit = self.mark_permit().await;
        board_store::cell(&self.city.app.db, &permit, lesson, enrolment).await.unwrap().status()
    }

    async fn scan(&self, lesson: LessonId, person: PersonId, at: DateTime<Utc>) {
        let arrival = CheckIn {
            lesson,
            person,
            source: Source::Wall,
            at,
            by: None,
            device: None,
            browser: None,
            place: None,
        };
        check_in(&self.city.app, at, arrival).await.unwrap().unwrap();
    }
}

async fn the_board_counts_filters_and_pages(engine: Engine) {
    let hall = Hall::new(engine).await;
    let permit = hall.mark_permit().await;
    let people = hall.city.people(PAGE + 5, XINAN).await;
    let mut ids = Vec::new();
    for person in people {
        ids.push(hall.city.enrolment(hall.class, person, "approved").await);
    }
    hall.mark(hall.first, &ids[..2], Status::Present, "").await.unwrap();
    hall.mark(hall.first, &ids[2..4], Status::Absent, "").await.unwrap();
    hall.mark(hall.second, &ids[2..3], Status::Absent, "").await.unwrap();
    let db = &hall.city.app.db;
    let columns = board_store::columns(db, &permit).await.unwrap();
    assert_eq!((columns[0].attended, columns[0].missed, columns[1].missed), (2, 2, 1));
    let measure = Yardstick {
        pass_rate: 80,
        open_lessons: 2,
    };
    let counts = board_store::show_counts(db, &permit, measure).await.unwrap();
    assert_eq!((counts.people, counts.absent, counts.risk), (105, 1, 2));
    let page = |show, search, from| board_store::people(db, &permit, measure, show, search, from);
    let first = page(Show::All, "", From::Start).await.unwrap();
    assert_eq!((first.rows.len(), first.before, first.after), (PAGE, false, true));
    let second = page(Show::All, "", From::After(first.rows[PAGE - 1].id)).await.unwrap();
    assert_eq!((second.rows.len(), second.before, second.after), (5, true, false));
    let back = page(Show::All, "", From::Before(second.rows[0].id)).await.unwrap();
    assert_eq!(
        back.rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        first.rows.iter().map(|row| row.id).collect::<Vec<_>>()
    );
    assert!(!back.before && back.after);
    assert_eq!(page(Show::Absent, "", From::Start).await.unwrap().rows[0].id, ids[2]);
    assert_eq!(page(Show::Risk, "", From::Start).await.unwrap().rows.len(), 2);
    assert_eq!(page(Show::All, "学员0104", From::Start).await.unwrap().rows.len(), 1);
    for hostile in ["%", "_", "\u{0}", "'; DROP TABLE people; --", "😀", "!"] {
        assert!(page(Show::All, hostile, From::Start).await.unwrap().rows.len() <= PAGE, "{hostile}");
    }
    let tally = first.rows.iter().find(|row| row.id == ids[0]).unwrap().tally();
    assert_eq!((tally.present, tally.open), (1, 1));
    let cells = board_store::cells(db, &permit, Some(ids[..4].to_vec())).await.unwrap();
    assert_eq!((cells.len(), cells[&(hall.first, ids[3])].status), (5, Status::Absent));
    assert_eq!(board_store::everybody(db, &permit, measure).await.unwrap().len(), 105);
    assert_eq!(board_store::unmarked(db, &permit, hall.first, 2000).await.unwrap().len(), 101);
}
crate::on_both_engines!(the_board_counts_filters_and_pages);

async fn many_are_marked_at_once_but_nothing_unawares(engine: Engine) {
    let hall = Hall::new(engine).await;
    let (wang, a) = hall.member("王芳").await;
    let (_, b) = hall.member("李强").await;
    hall.scan(hall.first, wang, hall.city.now()).await;
    let refused = hall.mark(hall.first, &[a, b], Status::Absent, "").await.unwrap_err();
    assert_eq!(refused, AppError::field("why", "attendance-why-missing"));
    assert_eq!(hall.status(hall.first, b).await, None, "all or none");
    let marked = hall.mark(hall.first, &[a, b], Status::LeftEarly, "提前离开").await.unwrap();
    assert_eq!((marked.written, marked.kept), (2, 0));
    let permit = hall.mark_permit().await;
    let history = board_store::history(&hall.city.app.db, &permit, hall.first, a).await.unwrap();
    assert_eq!(history[0].from(), Some(Status::Present));
    assert_eq!((history[0].to(), history[0].why.as_str()), (Some(Status::LeftEarly), "提前离开"));
    // Somebody of another class is not on this roster.
    let other = hall.city.class(XINAN, 10).await;
    let stranger = hall.city.enrolment(other, wang, "approved").await;
    assert!(hall.mark(hall.first, &[stranger], Status::Present, "").await.is_err());
    let elsewhere = hall.city.lesson(other, hall.city.now()).await;
    assert_eq!(hall.mark(elsewhere, &[a], Status::Present, "").await.unwrap_err(), AppError::NotFound);
}
crate::on_both_engines!(many_are_marked_at_once_but_nothing_unawares);

async fn a_signed_list_yields_to_a_scan(engine: Engine) {
    let hall = Hall::new(engine).await;
    let (wang, a) = hall.member("王芳").await;
    let (_, b) = hall.member("李强").await;
    let now = hall.city.now();
    hall.scan(hall.first, wang, now).await;
    let at = now + TimeDelta::minutes(20);
    let permit = hall.mark_permit().await;
    let marked = desk_store::enter_paper(&hall.city.app, &permit, at, (hall.first, 10), &[a, b], at)
        .await
        .unwrap();
    assert_eq!((marked.written, marked.kept), (1, 1));
    assert_eq!(hall.status(hall.first, a).await, Some(Status::Present));
    assert_eq!(hall.status(hall.first, b).await, Some(Status::Late));
    store::close_lesson(&hall.city.app, &permit, at, hall.first).await.unwrap();
    let closed = desk_store::enter_paper(&hall.city.app, &permit, at, (hall.first, 10), &[b], at).await;
    assert_eq!(closed.unwrap_err(), AppError::refused("attendance-closed-reopen-first"));
}
crate::on_both_engines!(a_signed_list_yields_to_a_scan);

async fn approved_leave_excuses_and_yields_to_being_present(engine: Engine) {
    let hall = Hall::new(engine).await;
    let (wang, enrolment) = hall.member("王芳").await;
    let (app, now) = (&hall.city.app, hall.city.now());
    let (ask, decide) = (hall.ask_permit(wang).await, hall.decide_permit().await);
    leave_store::ask(app, &ask, now, &[hall.first, hall.second], "出差").await.unwrap();
    assert!(matches!(
        leave_store::ask(app, &ask, now, &[hall.first], "出差").await,
        Err(AppError::Refused(_))
    ));
    let waiting = leave_store::of_class(&app.db, &decide, true, None).await.unwrap();
    assert_eq!((waiting.len(), leave_store::waiting(&app.db, &decide).await.unwrap()), (2, 2));
    let ids: Vec<_> = waiting.iter().map(|leave| leave.id).collect();
    assert_eq!(leave_store::decide(app, &decide, now, &ids, true, "").await.unwrap(), 2);
    assert_eq!(
        leave_store::decide(app, &decide, now, &ids, false, "晚了").await.unwrap(),
        0,
        "decided once"
    );
    assert_eq!(hall.status(hall.second, enrolment).await, Some(Status::Excused));
    assert_eq!(crate::notices::unread(&app.db, wang).await.unwrap(), 2);
    // Present beats leave, and taking the leave back then leaves being present alone.
    hall.scan(hall.first, wang, now).await;
    assert_eq!(hall.status(hall.first, enrolment).await, Some(Status::Present));
    for leave in leave_store::own_leaves(&app.db, &ask).await.unwrap() {
        leave_store::withdraw(app, &ask, now, leave.id).await.unwrap();
        assert!(leave_store::withdraw(app, &ask, now, leave.id).await.is_err(), "once");
    }
    assert_eq!(hall.status(hall.first, enrolment).await, Some(Status::Present));
    assert_eq!(hall.status(hall.second, enrolment).await, None);
    let decided = leave_store::of_class(&app.db, &decide, false, None).await.unwrap();
    assert!(decided.iter().all(|leave| leave.state == LeaveState::Withdrawn));
}
crate::on_both_engines!(approved_leave_excuses_and_yields_to_being_present);

async fn leave_stays_within_its_person_and_its_class(engine: Engine) {
    let hall = Hall::new(engine).await;
    let (wang, _) = hall.member("王芳").await;
    let (li, _) = hall.member("李强").await;
    let (app, now) = (&hall.city.app, hall.city.now());
    let (ask, others) = (hall.ask_permit(wang).await, hall.ask_permit(li).await);
    leave_store::ask(app, &ask, now, &[hall.first], "出差").await.unwrap();
    let id = leave_store::own_leaves(&app.db, &ask).await.unwrap()[0].id;
    assert_eq!(leave_store::withdraw(app, &others, now, id).await.unwrap_err(), AppError::NotFound);
    let other = hall.city.class(XINAN, 10).await;
    let elsewhere = hall.city.lesson(other, now).await;
    assert_eq!(
        leave_store::ask(app, &ask, now, &[elsewhere], "出差").await.unwrap_err(),
        AppError::NotFound
    );
    let foreign = can_decide(&hall.staff, &classes::store::class(&app.db, other).await.unwrap()).unwrap();
    assert_eq!(leave_store::decide(app, &foreign, now, &[id], true, "").await.unwrap(), 0);
    let over = now + TimeDelta::hours(3);
    assert!(
        leave_store::ask(app, &others, over, &[hall.first], "出差").await.is_err(),
        "after the end"
    );
    assert!(leave_store::withdraw(app, &ask, over, id).await.is_err(), "after the end");
}
crate::on_both_engines!(leave_stays_within_its_person_and_its_class);

async fn twenty_requests_at_once_are_one(engine: Engine) {
    let hall = Hall::new(engine).await;
    let (wang, _) = hall.member("王芳").await;
    let permit = hall.ask_permit(wang).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (app, now, lesson) = (hall.city.app.clone(), hall.city.now(), hall.first);
        tasks.spawn(async move { leave_store::ask(&app, &permit, now, &[lesson], "出差").await });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(AppError::Refused(_)))));
    assert_eq!(sql("SELECT COUNT(*) FROM leaves").count(&hall.city.app.db).await.unwrap(), 1);
}
crate::on_both_engines!(twenty_requests_at_once_are_one);

async fn ones_own_page_counts_no_hour_twice(engine: Engine) {
    let hall = Hall::new(engine).await;
    let (wang, enrolment) = hall.member("王芳").await;
    hall.mark(hall.first, &[enrolment], Status::Late, "").await.unwrap();
    // The same topic in another class, and the first lesson under an older enrolment of the same person.
    let other = hall.city.class(XINAN, 10).await;
    let again = hall.city.lesson(other, hall.city.now()).await;
    let there = hall.city.enrolment(other, wang, "approved").await;
    let permit = can_mark(&hall.staff, &classes::store::class(&hall.city.app.db, other).await.unwrap()).unwrap();
    desk_store::mark_all(&hall.city.app, &permit, hall.city.now(), again, &[there], Status::Present, "")
        .await
        .unwrap();
    let actor = hall.actor_of(wang);
    let lessons = mine_store::own_lessons(&hall.city.app.db, &actor).await.unwrap();
    assert_eq!(lessons.len(), 3);
    assert_eq!(mine_store::own_hours(&lessons), [(2026, 6)]);
    let tally = mine_store::tally(&lessons, hall.class);
    assert_eq!((tally.late, tally.open), (1, 1));
    assert_eq!(mine_store::own_classes(&hall.city.app.db, &actor).await.unwrap().len(), 2);
    let stranger = hall.actor_of(hall.city.person("别人", XINAN).await);
    assert!(mine_store::own_lessons(&hall.city.app.db, &stranger).await.unwrap().is_empty());
}
crate::on_both_engines!(ones_own_page_counts_no_hour_twice);
