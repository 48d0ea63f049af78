//! What is counted, and for whom, on both engines: drafts, cancelled classes and lessons, and withdrawn people included
//! in the data and left out where they must be.

use chrono::{DateTime, TimeDelta, Utc};

use super::desk_store::{self, LessonFilter};
use super::policy::{Watch, coordinate, overview, watch};
use super::rules::{Key, Offer, Shown, trend_months};
use super::store::{self, ClassCard, Filter, PAGE, Turn};
use crate::accounts::Grant;
use crate::classes::ClassState;
use crate::db::sql;
use crate::db::testing::Engine;
use crate::ids::{ClassId, EnrolmentId, LessonId, PersonId, Region};
use crate::testing::{TestCity, XINAN, YIYANG};

async fn change(city: &TestCity, query: crate::db::Query) {
    let mut tx = city.begin().await;
    query.run(&mut tx).await.expect("changed");
    tx.commit().await.expect("kept");
}

async fn set_state(city: &TestCity, class: ClassId, state: &'static str) {
    change(city, sql("UPDATE classes SET state = $2 WHERE id = $1").bind(class).bind(state)).await;
}

async fn set_start(city: &TestCity, class: ClassId, at: Option<DateTime<Utc>>) {
    change(
        city,
        sql("UPDATE classes SET starts_at = $2, ends_at = $2 WHERE id = $1").bind(class).bind(at),
    )
    .await;
}

async fn mark(city: &TestCity, lesson: LessonId, enrolment: EnrolmentId, status: &'static str) {
    let query = sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, flags) VALUES ($1, $2, $3, 'hand', $4, '')");
    change(city, query.bind(lesson).bind(enrolment).bind(status).bind(city.now())).await;
}

async fn close(city: &TestCity, lesson: LessonId) {
    change(
        city,
        sql("UPDATE lessons SET attendance_closed_at = $2 WHERE id = $1")
            .bind(lesson)
            .bind(city.now()),
    )
    .await;
}

async fn cancel_lesson(city: &TestCity, lesson: LessonId) {
    change(
        city,
        sql("UPDATE lessons SET cancelled_at = $2 WHERE id = $1").bind(lesson).bind(city.now()),
    )
    .await;
}

fn days(n: i64) -> TimeDelta {
    TimeDelta::days(n)
}

async fn all_of(city: &TestCity) -> Watch {
    overview(&city.city_admin().await).expect("the city's overview")
}

fn filter(shown: Shown) -> Filter {
    Filter {
        shown,
        region: None,
        theme: None,
        plan: None,
        school: None,
        words: None,
    }
}

/// A class of three people at 新安 with a lesson held, and around it everything that must not count.
struct Past {
    class: ClassId,
    held: LessonId,
    people: Vec<PersonId>,
}

async fn a_past(city: &TestCity) -> Past {
    let class = city.class(XINAN, 2).await;
    let held = city.lesson(class, city.now() - days(2)).await;
    let cancelled = city.lesson(class, city.now() - days(1)).await;
    cancel_lesson(city, cancelled).await;
    city.lesson(class, city.now() + days(3)).await;
    let people = city.people(4, XINAN).await;
    let came = city.enrolment(class, people[0], "approved").await;
    let withdrawn = city.enrolment(class, people[1], "withdrawn").await;
    let absent = city.enrolment(class, people[2], "approved").await;
    city.enrolment(class, people[3], "waitlisted").await;
    mark(city, held, came, "present").await;
    mark(city, cancelled, absent, "present").await;
    mark(city, held, withdrawn, "late").await;
    mark(city, held, absent, "absent").await;
    for state in ["draft", "cancelled"] {
        let other = city.class(XINAN, 500).await;
        let lesson = city.lesson(other, city.now() - days(5)).await;
        let enrolment = city.enrolment(other, people[3], "approved").await;
        mark(city, lesson, enrolment, "present").await;
        set_state(city, other, state).await;
    }
    Past { class, held, people }
}

async fn figures_leave_out_drafts_and_what_was_cancelled(engine: Engine) {
    let city = TestCity::new(engine).await;
    a_past(&city).await;
    let figures = store::figures(&city.app.db, Some(city.plan), city.now()).await.expect("figures");
    // Who withdrew was taught nevertheless; who was absent or came only to a cancelled lesson was not.
    assert_eq!((figures.schools_open, figures.classes, figures.people, figures.half_hours), (10, 1, 2, 6));
    let none = store::figures(&city.app.db, None, city.now()).await.expect("figures of no plan");
    assert_eq!((none.schools_open, none.classes, none.people, none.half_hours), (10, 0, 0, 0));
}

async fn the_plan_counts_by_school_and_a_person_once(engine: Engine) {
    let city = TestCity::new(engine).await;
    let past = a_past(&city).await;
    let second = city.class(YIYANG, 30).await;
    let lesson = city.lesson(second, city.now() - days(1)).await;
    let enrolment = city.enrolment(second, past.people[0], "approved").await;
    mark(&city, lesson, enrolment, "left_early").await;
    let target = sql("INSERT INTO plan_targets (plan_id, region, classes, places, hours, people) VALUES ($1, $2, 4, 200, 48, 180)");
    change(&city, target.bind(city.plan).bind(XINAN)).await;
    let rows = store::progress(&city.app.db, city.plan, city.now()).await.expect("progress");
    assert_eq!(rows.len(), 10);
    let of = |key: &str| rows.iter().find(|row| row.region.as_str() == key).expect("a row").measures;
    let xinan = of(XINAN);
    assert_eq!((xinan.classes, xinan.places, xinan.half_hours, xinan.people), (1, 2, 6, 2));
    assert_eq!(
        (xinan.target_classes, xinan.target_places, xinan.target_hours, xinan.target_people),
        (4, 200, 48, 180)
    );
    let yiyang = of(YIYANG);
    assert_eq!(
        (yiyang.classes, yiyang.places, yiyang.half_hours, yiyang.people, yiyang.target_people),
        (1, 30, 6, 1, 0)
    );
    assert_eq!(of(Region::CITY), store::Measures::default());
    let figures = store::figures(&city.app.db, Some(city.plan), city.now()).await.expect("figures");
    let total = store::total(&rows, figures.people);
    assert_eq!(
        (total.classes, total.places, total.half_hours, total.people, total.target_hours),
        (2, 32, 12, 2, 48)
    );
}

async fn a_card_knows_its_free_places_and_its_queue(engine: Engine) {
    let city = TestCity::new(engine).await;
    let past = a_past(&city).await;
    set_start(&city, past.class, Some(city.now() + days(3))).await;
    let undated = city.class(YIYANG, 10).await;
    let over = city.class(YIYANG, 10).await;
    set_start(&city, over, Some(city.now() - days(3))).await;
    let next = store::next_classes(&city.app.db, city.now()).await.expect("next");
    assert_eq!(
        next.iter().map(|card| card.id).collect::<Vec<_>>(),
        [past.class, undated],
        "the dated first, the past not"
    );
    assert_eq!((next[0].approved, next[0].waitlisted), (2, 1), "the withdrawn one is in neither");
    assert_eq!(next[0].offer(city.now()), Offer::Full);
    change(&city, sql("UPDATE classes SET capacity = 1 WHERE id = $1").bind(past.class)).await;
    let next = store::next_classes(&city.app.db, city.now()).await.expect("next");
    assert_eq!(
        next[0].offer(city.now()),
        Offer::Full,
        "more approved than seats is still full and not less than none"
    );
    assert_eq!(next[1].offer(city.now()), Offer::Open(10));
}

async fn the_catalogue_is_narrowed_by_each_filter(engine: Engine) {
    let city = TestCity::new(engine).await;
    let past = a_past(&city).await;
    let ended = city.class(YIYANG, 10).await;
    set_state(&city, ended, "archived").await;
    change(&city, sql("UPDATE classes SET title = '100%_ERP 实战' WHERE id = $1").bind(ended)).await;
    let ids = async |filter: Filter| -> Vec<ClassId> {
        let found = store::catalogue(&city.app.db, &filter, Turn::First).await.expect("a page");
        found.rows.iter().map(|card| card.id).collect()
    };
    assert_eq!(ids(filter(Shown::Current)).await, [past.class]);
    assert_eq!(ids(filter(Shown::Ended)).await, [ended]);
    assert_eq!(ids(filter(Shown::Cancelled)).await.len(), 1);
    assert_eq!(ids(filter(Shown::All)).await.len(), 2, "neither the draft nor the cancelled");
    let narrowed = |narrow: fn(&mut Filter)| {
        let mut filter = filter(Shown::All);
        narrow(&mut filter);
        filter
    };
    assert_eq!(ids(narrowed(|filter| filter.region = Some(Region::from(YIYANG)))).await, [ended]);
    assert_eq!(ids(narrowed(|filter| filter.words = Some("0%_erp".to_owned()))).await, [ended]);
    assert!(
        ids(narrowed(|filter| filter.words = Some("%".repeat(3)))).await.is_empty(),
        "a wildcard is a letter"
    );
    assert!(
        ids(narrowed(|filter| filter.theme = Some(crate::ids::ThemeId(uuid::Uuid::nil()))))
            .await
            .is_empty()
    );
    assert!(
        ids(narrowed(|filter| filter.plan = Some(crate::ids::PlanId(uuid::Uuid::nil()))))
            .await
            .is_empty()
    );
    let school = city.school(XINAN).await;
    let at_school = Filter {
        school: Some(school),
        plan: Some(city.plan),
        ..filter(Shown::All)
    };
    assert_eq!(ids(at_school).await, [past.class]);
}

async fn pages_of_the_catalogue_miss_nothing_in_either_direction(engine: Engine) {
    let city = TestCity::new(engine).await;
    for n in 0..(2 * PAGE + 5) {
        let class = city.class(XINAN, 10).await;
        // Pairs share a day, and some have none.
        let day = i64::try_from(n / 2).expect("small");
        set_start(&city, class, (n % 7 != 0).then(|| city.now() + days(day))).await;
    }
    for shown in [Shown::Current, Shown::All] {
        let mut turn = Turn::First;
        let mut pages: Vec<Vec<ClassCard>> = Vec::new();
        loop {
            let page = store::catalogue(&city.app.db, &filter(shown), turn).await.expect("a page");
            assert_eq!(page.more_before, !pages.is_empty());
            let last = page.rows.last().map(ClassCard::key);
            pages.push(page.rows);
            match last.filter(|_| page.more_after) {
                Some(key) => turn = Turn::After(key),
                None => break,
            }
        }
        let ids: Vec<ClassId> = pages.iter().flatten().map(|card| card.id).collect();
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!((pages.len(), ids.len(), distinct.len()), (3, 2 * PAGE + 5, 2 * PAGE + 5));
        for pair in pages.windows(2) {
            let key = pair[1][0].key();
            let back = store::catalogue(&city.app.db, &filter(shown), Turn::Before(key))
                .await
                .expect("the page before");
            let expected: Vec<_> = pair[0].iter().map(|card| card.id).collect();
            assert_eq!(back.rows.iter().map(|card| card.id).collect::<Vec<_>>(), expected);
            assert!(back.more_after);
        }
    }
}

async fn a_desk_shows_what_its_holder_looks_after(engine: Engine) {
    let city = TestCity::new(engine).await;
    let past = a_past(&city).await;
    let db = &city.app.db;
    let applicant = city.person("申请人", XINAN).await;
    city.enrolment(past.class, applicant, "submitted").await;
    let own = coordinate(&city.coordinator(XINAN).await).expect("a county");
    let other = coordinate(&city.coordinator(YIYANG).await).expect("a county");
    let teacher = city.actor("班主任", YIYANG, vec![Grant::Teacher(vec![past.class])]).await;
    let teacher = watch(&teacher).expect("a teacher's desk");
    let rows = desk_store::applications(db, &own).await.expect("applications");
    assert_eq!(
        rows.iter().map(|row| (row.class, row.submitted, row.waitlisted)).collect::<Vec<_>>(),
        [(past.class, 1, 1)]
    );
    assert_eq!(desk_store::applications(db, &other).await.expect("none"), []);
    for (watch, lessons) in [(&own, 1), (&other, 0), (&teacher, 1), (&all_of(&city).await, 1)] {
        let open = desk_store::unclosed(db, watch, city.now()).await.expect("lessons");
        assert_eq!(open.len(), lessons, "{watch:?}");
        assert!(open.iter().all(|line| line.id == past.held && (line.came, line.expected) == (2, 2)));
        assert_eq!(
            desk_store::classes(db, watch)
                .await
                .expect("classes")
                .iter()
                .filter(|class| class.id == past.class)
                .count(),
            lessons
        );
    }
    close(&city, past.held).await;
    assert_eq!(desk_store::unclosed(db, &own, city.now()).await.expect("closed"), []);
}

async fn what_is_asked_at_the_door_and_before_waits(engine: Engine) {
    let city = TestCity::new(engine).await;
    let past = a_past(&city).await;
    let db = &city.app.db;
    let (enrolment,): (EnrolmentId,) = sql("SELECT id FROM enrolments WHERE class_id = $1 AND person_id = $2")
        .bind(past.class)
        .bind(past.people[0])
        .one(db)
        .await
        .expect("an enrolment");
    let id = || city.app.chance.uuid(city.now());
    let leave = sql("INSERT INTO leaves (id, lesson_id, enrolment_id, reason, state, asked_at) VALUES ($1, $2, $3, '出差', 'asked', $4)");
    change(&city, leave.bind(id()).bind(past.held).bind(enrolment).bind(city.now())).await;
    let walk_in = sql("INSERT INTO walk_ins (id, lesson_id, person_id, asked_at, state) VALUES ($1, $2, $3, $4, 'asked')");
    change(&city, walk_in.bind(id()).bind(past.held).bind(past.people[3]).bind(city.now())).await;
    let import = sql(
        "INSERT INTO roster_imports (id, class_id, file_name, headers, columns, state, rows_total, created_at, created_by)
        VALUES ($1, $2, '花名册.xlsx', '[]', '[]', 'read', 12, $3, $4)",
    );
    change(&city, import.bind(id()).bind(past.class).bind(city.now()).bind(past.people[0])).await;
    let own = coordinate(&city.coordinator(XINAN).await).expect("a county");
    let other = coordinate(&city.coordinator(YIYANG).await).expect("a county");
    let mut kinds: Vec<(String, i64)> = desk_store::asked(db, &own)
        .await
        .expect("asked")
        .into_iter()
        .map(|row| (row.kind, row.people))
        .collect();
    kinds.sort();
    assert_eq!(kinds, [("leave".to_owned(), 1), ("walk_in".to_owned(), 1)]);
    assert_eq!(desk_store::asked(db, &other).await.expect("none"), []);
    assert_eq!(desk_store::imports(db, &own).await.expect("imports").len(), 1);
    assert_eq!(desk_store::imports(db, &other).await.expect("none"), []);
    let waiting = desk_store::waiting(db, &all_of(&city).await, city.now()).await.expect("waiting");
    assert_eq!((waiting.submitted, waiting.waitlisted, waiting.unclosed), (0, 1, 1));
    assert_eq!((waiting.imports, waiting.leaves, waiting.walk_ins), (1, 1, 1));
}

async fn rates_are_of_people_still_in_and_lessons_closed(engine: Engine) {
    let city = TestCity::new(engine).await;
    let past = a_past(&city).await;
    let all = all_of(&city).await;
    let row = async || {
        let rows = desk_store::school_years(&city.app.db, &all, city.plan).await.expect("schools");
        rows.into_iter().find(|row| row.region.as_str() == XINAN).expect("新安")
    };
    let before = row().await;
    assert_eq!((before.classes, before.places, before.approved, before.waitlisted), (1, 2, 2, 1));
    assert_eq!((before.held, before.came), (0, 0), "nothing is closed yet");
    close(&city, past.held).await;
    let after = row().await;
    assert_eq!((after.held, after.came), (2, 1), "the withdrawn one is left out");
    change(&city, sql("UPDATE attendances SET status = 'excused' WHERE status = 'absent'")).await;
    let excused = row().await;
    assert_eq!((excused.held, excused.came), (1, 1));
    let states = desk_store::by_state(&city.app.db, &all).await.expect("states");
    let of = |state: ClassState| states.iter().find(|(other, _)| *other == state).map(|(_, n)| *n);
    assert_eq!(
        (of(ClassState::Draft), of(ClassState::Enrolling), of(ClassState::Running)),
        (Some(1), Some(1), Some(0))
    );
}

async fn the_trend_has_every_month_and_its_rows_lead_back(engine: Engine) {
    let city = TestCity::new(engine).await;
    let past = a_past(&city).await;
    let all = all_of(&city).await;
    // 3 November; two days before is still November in China.
    let months = trend_months(chrono::NaiveDate::from_ymd_opt(2026, 11, 3).expect("a day"));
    let bounds: Vec<_> = months.iter().map(|day| crate::ui::time::start_of(*day)).collect();
    let trend = desk_store::trend(&city.app.db, &all, &bounds, city.now()).await.expect("a trend");
    assert_eq!(trend.len(), 12);
    assert!(trend[..11].iter().all(|month| (month.attendances, month.half_hours) == (0, 0)));
    assert_eq!((trend[11].month, trend[11].attendances, trend[11].half_hours), (11, 2, 6));
    let filter = LessonFilter {
        from: Some(bounds[11]),
        to: Some(bounds[12]),
        region: Some(Region::from(XINAN)),
        plan: Some(city.plan),
        unclosed: true,
    };
    let rows = desk_store::lessons_held(&city.app.db, &all, &filter, city.now(), None)
        .await
        .expect("rows")
        .rows;
    assert_eq!(rows.iter().map(|line| line.id).collect::<Vec<_>>(), [past.held]);
    let key = Key {
        at: Some(rows[0].starts_at),
        id: rows[0].id,
    };
    let after = desk_store::lessons_held(&city.app.db, &all, &filter, city.now(), Some(key))
        .await
        .expect("rows");
    assert!(after.rows.is_empty() && after.more_before && !after.more_after);
}

async fn people_taught_are_listed_to_their_coordinator(engine: Engine) {
    let city = TestCity::new(engine).await;
    a_past(&city).await;
    let db = &city.app.db;
    let own = coordinate(&city.coordinator(XINAN).await).expect("a county");
    let other = coordinate(&city.coordinator(YIYANG).await).expect("a county");
    let people = desk_store::trained(db, &own, city.plan, None, None).await.expect("people").rows;
    assert_eq!(
        people.iter().map(|person| (person.lessons, person.half_hours)).collect::<Vec<_>>(),
        [(1, 6), (1, 6)]
    );
    let first = (people[0].name.clone(), people[0].person);
    let next = desk_store::trained(db, &own, city.plan, Some(&Region::from(XINAN)), Some(first))
        .await
        .expect("people");
    assert_eq!(next.rows, people[1..]);
    assert_eq!(desk_store::trained(db, &other, city.plan, None, None).await.expect("none").rows, []);
}

async fn a_school_shows_its_current_classes_only(engine: Engine) {
    let city = TestCity::new(engine).await;
    a_past(&city).await;
    let pins = store::schools(&city.app.db).await.expect("schools");
    let of = |key: &str| pins.iter().find(|pin| pin.region.as_str() == key).map(|pin| pin.classes);
    assert_eq!((pins.len(), of(XINAN), of(YIYANG)), (10, Some(1), Some(0)));
}

crate::on_both_engines!(
    figures_leave_out_drafts_and_what_was_cancelled,
    the_plan_counts_by_school_and_a_person_once,
    a_card_knows_its_free_places_and_its_queue,
    the_catalogue_is_narrowed_by_each_filter,
    pages_of_the_catalogue_miss_nothing_in_either_direction,
    a_desk_shows_what_its_holder_looks_after,
    what_is_asked_at_the_door_and_before_waits,
    rates_are_of_people_still_in_and_lessons_closed,
    the_trend_has_every_month_and_its_rows_lead_back,
    people_taught_are_listed_to_their_coordinator,
    a_school_shows_its_current_classes_only,
);
