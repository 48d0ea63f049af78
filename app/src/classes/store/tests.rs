//! What the store of classes promises, on both engines.

use chrono::{TimeDelta, TimeZone, Utc};

use super::*;
use crate::accounts::Actor;
use crate::classes::policy::{self, ClassPermit};
use crate::classes::rules::{ClassFields, CopyFields, LessonFields, Span, Step};
use crate::db::testing::Engine;
use crate::testing::{TestCity, XINAN, YIYANG};

fn at(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 12, day, hour, 0, 0).unwrap()
}

fn span(day: u32, from: u32, to: u32) -> Span {
    Span {
        starts_at: at(day, from),
        ends_at: at(day, to),
    }
}

fn wanted(span: Span, teacher: Option<TeacherId>, venue: Option<VenueId>) -> LessonFields {
    LessonFields {
        topic: "股权设计".into(),
        span,
        teacher,
        venue,
        half_hours: 5,
    }
}

fn fields(city: &TestCity) -> ClassFields {
    ClassFields {
        plan: city.plan,
        theme: None,
        title: "新质生产力研修班".into(),
        summary: String::new(),
        term: "2026 冬".into(),
        capacity: 40,
        approval: Approval::Automatic,
        enrol_opens_at: Some(crate::testing::start() + TimeDelta::days(1)),
        enrol_closes_at: Some(crate::testing::start() + TimeDelta::days(10)),
        cutoff_at: None,
        quota_reclaim_at: None,
        quotas: vec![(Region::from(XINAN), 10)],
        opens_before_min: 30,
        late_after_min: 10,
        pass_rate: 80,
    }
}

async fn permit(city: &TestCity, actor: &Actor, id: ClassId) -> ClassPermit {
    policy::can_manage(actor, &class(&city.app.db, id).await.unwrap()).unwrap()
}

/// A draft of 新安县's school and its coordinator.
async fn draft(city: &TestCity) -> (Actor, ClassId) {
    let actor = city.coordinator(XINAN).await;
    let open = policy::can_open(&actor, &Region::from(XINAN)).unwrap();
    let mut tx = city.begin().await;
    let id = create(&mut tx, &city.app, city.now(), &open, &fields(city)).await.unwrap();
    tx.commit().await.unwrap();
    (actor, id)
}

async fn add(city: &TestCity, permit: &ClassPermit, lesson: LessonFields) -> Result<LessonId, AppError> {
    city.hand.advance(TimeDelta::seconds(1));
    let mut tx = city.begin().await;
    let ids = add_lessons(&mut tx, &city.app, city.now(), permit, &[lesson]).await?;
    tx.commit().await?;
    Ok(ids[0])
}

async fn step(city: &TestCity, permit: &ClassPermit, step: Step) -> Result<ClassState, AppError> {
    city.hand.advance(TimeDelta::seconds(1));
    let mut tx = city.begin().await;
    let state = take(&mut tx, &city.app, city.now(), permit, step, "场地检修").await?;
    tx.commit().await?;
    Ok(state)
}

async fn notices_of(city: &TestCity, person: PersonId) -> Vec<String> {
    let told: Vec<(String,)> = sql("SELECT kind FROM notices WHERE person_id = $1 ORDER BY created_at, id")
        .bind(person)
        .all(&city.app.db)
        .await
        .unwrap();
    told.into_iter().map(|(kind,)| kind).collect()
}

fn keys(error: &AppError) -> Vec<String> {
    match error {
        AppError::Invalid(faults) => faults.iter().map(|fault| fault.problem.key.clone()).collect(),
        AppError::Refused(problem) => vec![problem.key.clone()],
        other => vec![format!("{other:?}")],
    }
}

async fn a_class_lives_from_draft_to_archive(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let permit = permit(&city, &actor, id).await;
    let refused = step(&city, &permit, Step::Publish).await.unwrap_err();
    assert_eq!(keys(&refused), ["classes-lack-lesson"]);
    let lesson = add(&city, &permit, wanted(span(1, 1, 4), None, None)).await.unwrap();
    assert_eq!(class(&city.app.db, id).await.unwrap().starts_at, Some(at(1, 1)));
    assert_eq!(step(&city, &permit, Step::Publish).await, Ok(ClassState::Published));
    assert_eq!(
        keys(&step(&city, &permit, Step::Publish).await.unwrap_err()),
        ["classes-step-not-from-here"]
    );
    assert_eq!(keys(&step(&city, &permit, Step::Open).await.unwrap_err()), ["classes-step-not-from-here"]);

    run_due(&city.app).await.unwrap();
    assert_eq!(class(&city.app.db, id).await.unwrap().state, ClassState::Published);
    city.hand.advance(TimeDelta::days(1));
    run_due(&city.app).await.unwrap();
    run_due(&city.app).await.unwrap();
    assert_eq!(class(&city.app.db, id).await.unwrap().state, ClassState::Enrolling);
    city.hand.set(at(1, 1));
    run_due(&city.app).await.unwrap();
    assert_eq!(class(&city.app.db, id).await.unwrap().state, ClassState::Running);

    let refused = step(&city, &permit, Step::Close).await.unwrap_err();
    assert_eq!(keys(&refused), ["classes-lack-attendance"]);
    let mut tx = city.begin().await;
    sql("UPDATE lessons SET attendance_closed_at = $2 WHERE id = $1")
        .bind(lesson)
        .bind(at(1, 5))
        .run(&mut tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(step(&city, &permit, Step::Close).await, Ok(ClassState::Closed));
    assert_eq!(step(&city, &permit, Step::Archive).await, Ok(ClassState::Archived));
    let history: Vec<String> = events(&city.app.db, id)
        .await
        .unwrap()
        .into_iter()
        .rev()
        .map(|event| event.what)
        .collect();
    assert_eq!(
        history,
        ["created", "lesson_added", "published", "enrolling", "running", "closed", "archived"]
    );
    let audited = sql("SELECT COUNT(*) FROM audit_entries WHERE subject_id = $1 AND what = 'class.state'").bind(id.to_string());
    assert_eq!(audited.count(&city.app.db).await.unwrap(), 5);
}

async fn a_step_by_itself_happens_once_across_processes(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let permit = permit(&city, &actor, id).await;
    add(&city, &permit, wanted(span(1, 1, 4), None, None)).await.unwrap();
    step(&city, &permit, Step::Publish).await.unwrap();
    city.hand.set(at(1, 2));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let app = city.app.clone();
        tasks.spawn(async move { run_due(&app).await });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(class(&city.app.db, id).await.unwrap().state, ClassState::Running);
    let moved = sql("SELECT COUNT(*) FROM class_events WHERE class_id = $1 AND what IN ('enrolling', 'running')").bind(id);
    assert_eq!(moved.count(&city.app.db).await.unwrap(), 2);
}

async fn a_window_that_is_open_already_opens_enrolment_at_once(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let permit = permit(&city, &actor, id).await;
    add(&city, &permit, wanted(span(1, 1, 4), None, None)).await.unwrap();
    city.hand.advance(TimeDelta::days(2));
    step(&city, &permit, Step::Publish).await.unwrap();
    assert_eq!(class(&city.app.db, id).await.unwrap().state, ClassState::Enrolling);
}

async fn cancelling_tells_everyone_enrolled_and_frees_the_teacher(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let own = permit(&city, &actor, id).await;
    let teacher = city.teacher(XINAN).await;
    add(&city, &own, wanted(span(1, 1, 4), Some(teacher), None)).await.unwrap();
    assert_eq!(keys(&step(&city, &own, Step::Cancel).await.unwrap_err()), ["classes-step-not-from-here"]);
    step(&city, &own, Step::Publish).await.unwrap();
    let people = city.people(4, XINAN).await;
    for (person, state) in people.iter().zip(["approved", "submitted", "waitlisted", "withdrawn"]) {
        city.enrolment(id, *person, state).await;
    }
    assert_eq!(step(&city, &own, Step::Cancel).await, Ok(ClassState::Cancelled));
    for person in &people[..3] {
        assert_eq!(notices_of(&city, *person).await, ["notice-classes-cancelled"]);
    }
    assert!(notices_of(&city, people[3]).await.is_empty());
    let cancelled = class(&city.app.db, id).await.unwrap();
    assert_eq!(cancelled.cancel_reason.as_deref(), Some("场地检修"));
    let (other_actor, other) = draft(&city).await;
    let other = permit(&city, &other_actor, other).await;
    add(&city, &other, wanted(span(1, 1, 4), Some(teacher), None)).await.unwrap();
    assert_eq!(
        keys(&add(&city, &own, wanted(span(2, 1, 4), None, None)).await.unwrap_err()),
        ["classes-frozen"]
    );
}

async fn clashes_are_refused_by_name_across_schools(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let own = permit(&city, &actor, id).await;
    let (teacher, venue) = (city.teacher(XINAN).await, city.venue(XINAN).await);
    let booked = add(&city, &own, wanted(span(1, 1, 4), Some(teacher), Some(venue))).await.unwrap();

    let other_class = city.class(YIYANG, 10).await;
    let other = permit(&city, &city.coordinator(YIYANG).await, other_class).await;
    let refused = add(
        &city,
        &other,
        wanted(
            Span {
                starts_at: at(1, 3),
                ends_at: at(1, 5),
            },
            Some(teacher),
            Some(venue),
        ),
    )
    .await
    .unwrap_err();
    assert_eq!(keys(&refused), ["classes-clash-teacher", "classes-clash-venue"]);
    let AppError::Invalid(faults) = &refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].field, "teacher");
    let told = |name: &str| faults[0].problem.args.iter().find(|(key, _)| key == name).unwrap().1.clone();
    assert_eq!(told("class"), "新质生产力研修班");
    assert_eq!(told("topic"), "股权设计");
    assert_eq!(told("when"), "2026-12-01 09:00–12:00");

    add(&city, &other, wanted(span(1, 4, 6), Some(teacher), Some(venue)))
        .await
        .expect("begins when the other ends");
    let mut tx = city.begin().await;
    let edition = lesson_edition(&mut tx, booked).await.unwrap();
    let moved = change_lesson(
        &mut tx,
        &city.app,
        city.now(),
        &own,
        (booked, edition),
        &wanted(span(1, 2, 5), Some(teacher), None),
    )
    .await;
    assert_eq!(keys(&moved.unwrap_err()), ["classes-clash-teacher"]);
    drop(tx);
    let mut tx = city.begin().await;
    let same = wanted(span(1, 2, 4), Some(teacher), Some(venue));
    change_lesson(&mut tx, &city.app, city.now(), &own, (booked, edition), &same)
        .await
        .expect("no clash with itself");
    let stale = change_lesson(&mut tx, &city.app, city.now(), &own, (booked, edition), &same).await;
    assert_eq!(keys(&stale.unwrap_err()), ["classes-edit-conflict"]);
    cancel_lesson(&mut tx, &city.app, city.now(), &own, booked, "讲师出差").await.unwrap();
    tx.commit().await.unwrap();
    add(&city, &other, wanted(span(1, 1, 4), Some(teacher), Some(venue)))
        .await
        .expect("free again");
    assert_eq!(class(&city.app.db, id).await.unwrap().starts_at, None);
}

/// Two coordinators, forty at once: the same teacher at overlapping times, at different venues. One lesson stands.
async fn a_teacher_is_booked_once_however_many_try(engine: Engine) {
    let city = TestCity::new(engine).await;
    let teacher = city.teacher(XINAN).await;
    let mut desks = Vec::new();
    for region in [XINAN, YIYANG] {
        let id = city.class(region, 10).await;
        desks.push((city.coordinator(region).await, id));
    }
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..40_i64 {
        let (actor, id) = desks[usize::try_from(n % 2).unwrap()].clone();
        let venue = city.venue(if n % 2 == 0 { XINAN } else { YIYANG }).await;
        let app = city.app.clone();
        let starts_at = at(1, 1) + TimeDelta::minutes(n);
        let lesson = wanted(
            Span {
                starts_at,
                ends_at: starts_at + TimeDelta::hours(2),
            },
            Some(teacher),
            Some(venue),
        );
        tasks.spawn(async move {
            let permit = policy::can_manage(&actor, &class(&app.db, id).await?).ok_or(AppError::NotFound)?;
            let mut tx = app.db.begin().await?;
            add_lessons(&mut tx, &app, app.clock.now(), &permit, &[lesson]).await?;
            tx.commit().await
        });
    }
    let mut booked = 0;
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            Ok(()) => booked += 1,
            Err(refused) => assert_eq!(keys(&refused), ["classes-clash-teacher"]),
        }
    }
    assert_eq!(booked, 1);
    assert_eq!(sql("SELECT COUNT(*) FROM lessons").count(&city.app.db).await.unwrap(), 1);
}

async fn a_moved_lesson_is_told_to_the_approved(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let permit = permit(&city, &actor, id).await;
    let booked = add(&city, &permit, wanted(span(1, 1, 4), None, None)).await.unwrap();
    add(&city, &permit, wanted(span(2, 1, 4), None, None)).await.unwrap();
    step(&city, &permit, Step::Publish).await.unwrap();
    let people = city.people(2, XINAN).await;
    city.enrolment(id, people[0], "approved").await;
    city.enrolment(id, people[1], "waitlisted").await;

    let mut tx = city.begin().await;
    let early = Span {
        starts_at: city.now() + TimeDelta::days(9),
        ends_at: city.now() + TimeDelta::days(9) + TimeDelta::hours(1),
    };
    let refused = change_lesson(&mut tx, &city.app, city.now(), &permit, (booked, 1), &wanted(early, None, None)).await;
    assert_eq!(keys(&refused.unwrap_err()), ["classes-lesson-before-window"]);
    drop(tx);
    let mut tx = city.begin().await;
    let mut retitled = wanted(span(1, 1, 4), None, None);
    retitled.topic = "股权激励".into();
    change_lesson(&mut tx, &city.app, city.now(), &permit, (booked, 1), &retitled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(notices_of(&city, people[0]).await.is_empty(), "a new topic alone is no move");
    let mut tx = city.begin().await;
    change_lesson(&mut tx, &city.app, city.now(), &permit, (booked, 2), &wanted(span(3, 1, 4), None, None))
        .await
        .unwrap();
    cancel_lesson(&mut tx, &city.app, city.now(), &permit, booked, "讲师出差").await.unwrap();
    tx.commit().await.unwrap();
    let mut told = notices_of(&city, people[0]).await;
    told.sort();
    assert_eq!(told, ["notice-classes-lesson-cancelled", "notice-classes-lesson-moved-no-venue"]);
    assert_eq!(notices_of(&city, people[1]).await, ["notice-classes-lesson-cancelled"]);
    let mut tx = city.begin().await;
    let left = lessons_of(&mut tx, id)
        .await
        .unwrap()
        .into_iter()
        .find(|lesson| lesson.cancelled_at.is_none())
        .unwrap();
    let last = cancel_lesson(&mut tx, &city.app, city.now(), &permit, left.id, "x").await;
    assert_eq!(keys(&last.unwrap_err()), ["classes-last-lesson"]);
    assert_eq!(
        keys(&delete_lesson(&mut tx, &city.app, city.now(), &permit, left.id).await.unwrap_err()),
        ["classes-lesson-cancel-instead"]
    );
}

async fn editing_keeps_seats_editions_and_quotas(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let permit = permit(&city, &actor, id).await;
    for person in city.people(3, XINAN).await {
        city.enrolment(id, person, "approved").await;
    }
    let mut tx = city.begin().await;
    let low = ClassFields {
        capacity: 2,
        quotas: Vec::new(),
        ..fields(&city)
    };
    let refused = edit(&mut tx, &city.app, city.now(), &permit, 1, &low).await.unwrap_err();
    assert_eq!(
        refused,
        AppError::Invalid(vec![crate::error::FieldProblem::new("capacity", "classes-capacity-below").with("n", 3)])
    );
    city.hand.advance(TimeDelta::seconds(1));
    let more = ClassFields {
        capacity: 60,
        quotas: vec![(Region::from(YIYANG), 20)],
        ..fields(&city)
    };
    edit(&mut tx, &city.app, city.now(), &permit, 1, &more).await.unwrap();
    assert_eq!(
        keys(&edit(&mut tx, &city.app, city.now(), &permit, 1, &more).await.unwrap_err()),
        ["classes-edit-conflict"]
    );
    tx.commit().await.unwrap();
    assert_eq!(
        quotas(&city.app.db, id).await.unwrap(),
        [Quota {
            region: Region::from(YIYANG),
            seats: 20,
            taken: 0
        }]
    );
    assert_eq!(surroundings(&city.app.db, id).await.unwrap().approved, 3);
    assert_eq!(events(&city.app.db, id).await.unwrap()[0].detail, "40 → 60");
    let mut tx = city.begin().await;
    let strange = ClassFields {
        quotas: vec![(Region::from("999999"), 1)],
        ..fields(&city)
    };
    assert_eq!(
        keys(&edit(&mut tx, &city.app, city.now(), &permit, 2, &strange).await.unwrap_err()),
        ["classes-quota-region"]
    );
}

async fn a_copy_moves_by_whole_days_and_leaves_out_who_is_taken(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let permit = permit(&city, &actor, id).await;
    let (teacher, venue) = (city.teacher(XINAN).await, city.venue(XINAN).await);
    add(&city, &permit, wanted(span(1, 1, 4), Some(teacher), Some(venue))).await.unwrap();
    add(&city, &permit, wanted(span(8, 1, 4), Some(teacher), Some(venue))).await.unwrap();
    // Two days later the teacher has another lesson at that time.
    add(&city, &permit, wanted(span(10, 2, 3), Some(teacher), None)).await.unwrap();
    city.enrolment(id, city.person("学员", XINAN).await, "approved").await;
    let copy = CopyFields {
        title: "第二期".into(),
        term: "2027 春".into(),
        first_day: chrono::NaiveDate::from_ymd_opt(2026, 12, 3).unwrap(),
    };
    let mut tx = city.begin().await;
    let (again, left_out) = duplicate(&mut tx, &city.app, city.now(), &permit, &copy).await.unwrap();
    tx.commit().await.unwrap();
    let left_out: Vec<&str> = left_out.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(left_out, ["classes-copied-clash-teacher"]);
    let lessons = lessons_of(&city.app.db, again).await.unwrap();
    let starts: Vec<_> = lessons.iter().map(|lesson| lesson.starts_at).collect();
    assert_eq!(starts, [at(3, 1), at(10, 1), at(12, 2)]);
    assert_eq!(
        lessons.iter().map(|lesson| lesson.teacher_id.is_some()).collect::<Vec<_>>(),
        [true, false, true]
    );
    assert_eq!(lessons[1].venue_id, Some(venue));
    let new = class(&city.app.db, again).await.unwrap();
    assert_eq!(
        (new.state, new.title.as_str(), new.starts_at),
        (ClassState::Draft, "第二期", Some(at(3, 1)))
    );
    assert_eq!(new.enrol_opens_at, fields(&city).enrol_opens_at.map(|opens| opens + TimeDelta::days(2)));
    assert_eq!(surroundings(&city.app.db, again).await.unwrap().approved, 0);
    assert_eq!(quotas(&city.app.db, again).await.unwrap().len(), 1);
}

async fn a_draft_can_be_deleted_and_nothing_else(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let own = permit(&city, &actor, id).await;
    add(&city, &own, wanted(span(1, 1, 4), None, None)).await.unwrap();
    let mut tx = city.begin().await;
    delete_draft(&mut tx, &city.app, city.now(), &own).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(class(&city.app.db, id).await, Err(AppError::NotFound)));
    let running = city.class(XINAN, 10).await;
    let other = permit(&city, &actor, running).await;
    let mut tx = city.begin().await;
    assert_eq!(
        keys(&delete_draft(&mut tx, &city.app, city.now(), &other).await.unwrap_err()),
        ["classes-only-drafts-go"]
    );
}

async fn lists_hold_what_their_reader_may_see(engine: Engine) {
    let city = TestCity::new(engine).await;
    let mut own = Vec::new();
    for _ in 0..28 {
        city.hand.advance(TimeDelta::seconds(1));
        own.push(city.class(XINAN, 10).await);
    }
    let other = city.class(YIYANG, 10).await;
    city.enrolment(own[0], city.person("学员", XINAN).await, "waitlisted").await;
    let county = policy::visible_to(&city.coordinator(XINAN).await);
    let all = policy::visible_to(&city.city_admin().await);
    let db = &city.app.db;
    for sort in Sort::ALL {
        let filter = Filter {
            sort: Some(*sort),
            ..Filter::default()
        };
        let first = classes(db, &county, &filter).await.unwrap();
        assert_eq!((first.rows.len(), first.before.is_some()), (25, false), "{sort:?}");
        let next = Filter {
            after: first.after.clone(),
            ..filter.clone()
        };
        let second = classes(db, &county, &next).await.unwrap();
        assert_eq!((second.rows.len(), second.after.is_some()), (3, false), "{sort:?}");
        let mut seen: Vec<ClassId> = first.rows.iter().chain(&second.rows).map(|row| row.id).collect();
        assert!(!seen.contains(&other));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 28, "{sort:?}");
        let back = Filter {
            before: second.before.clone(),
            ..filter.clone()
        };
        let back = classes(db, &county, &back).await.unwrap();
        assert_eq!(
            back.rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            first.rows.iter().map(|row| row.id).collect::<Vec<_>>()
        );
        assert!(back.before.is_none() && back.after.is_some());
    }
    let oldest = classes(
        db,
        &county,
        &Filter {
            sort: Some(Sort::Newest),
            after: Some(own[1].to_string()),
            ..Filter::default()
        },
    )
    .await
    .unwrap();
    assert_eq!((oldest.rows[0].id, oldest.rows[0].waitlisted), (own[0], 1));
    let narrow = Filter {
        words: Some("治理".into()),
        region: Some(Region::from(YIYANG)),
        school: Some(city.school(YIYANG).await),
        state: Some(ClassState::Enrolling),
        term: Some("2026 秋".into()),
        ..Filter::default()
    };
    assert_eq!(classes(db, &all, &narrow).await.unwrap().rows.len(), 1);
    assert_eq!(classes(db, &county, &narrow).await.unwrap().rows.len(), 0);
    let wild = Filter {
        words: Some("%".into()),
        after: Some("nonsense~~".into()),
        ..Filter::default()
    };
    assert_eq!(classes(db, &all, &wild).await.unwrap().rows.len(), 0);
    let teacher = Actor {
        grants: vec![crate::accounts::Grant::Teacher(vec![other])],
        ..city.entrepreneur(XINAN).await
    };
    let taught = classes(db, &policy::visible_to(&teacher), &Filter::default()).await.unwrap();
    assert_eq!(taught.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [other]);
    assert_eq!(
        classes(db, &policy::visible_to(&city.entrepreneur(XINAN).await), &Filter::default())
            .await
            .unwrap()
            .rows
            .len(),
        0
    );
    assert_eq!(terms(db, &all).await.unwrap(), ["2026 秋"]);
}

async fn timetables_by_school_and_teacher(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let permit = permit(&city, &actor, id).await;
    let teacher = city.teacher(XINAN).await;
    add(&city, &permit, wanted(span(1, 1, 4), Some(teacher), None)).await.unwrap();
    add(&city, &permit, wanted(span(9, 1, 4), Some(teacher), None)).await.unwrap();
    let week = (at(1, 0), at(8, 0));
    let db = &city.app.db;
    let own = policy::visible_to(&actor);
    let other = policy::visible_to(&city.coordinator(YIYANG).await);
    let school = city.school(XINAN).await;
    assert_eq!(timetable_of_school(db, &own, school, week).await.unwrap().len(), 1);
    assert_eq!(timetable_of_school(db, &other, school, week).await.unwrap().len(), 0);
    assert_eq!(timetable_of_teacher(db, &own, teacher, week).await.unwrap().len(), 1);
    assert_eq!(timetable_of_teacher(db, &other, teacher, week).await.unwrap_err(), AppError::NotFound);
}

async fn staff_are_found_added_once_and_removed(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (actor, id) = draft(&city).await;
    let permit = permit(&city, &actor, id).await;
    let near = city.person("李班主任", XINAN).await;
    let far = city.person("李远", YIYANG).await;
    let db = &city.app.db;
    let found = find_people(db, &permit, "李").await.unwrap();
    assert_eq!(found.iter().map(|member| member.id).collect::<Vec<_>>(), [near]);
    let phone = found[0].phone.clone().unwrap();
    assert_eq!(find_people(db, &permit, &phone).await.unwrap().len(), 1);
    let mut tx = city.begin().await;
    for _ in 0..2 {
        add_staff(&mut tx, &city.app, city.now(), &permit, near).await.unwrap();
    }
    assert_eq!(add_staff(&mut tx, &city.app, city.now(), &permit, far).await, Err(AppError::NotFound));
    tx.commit().await.unwrap();
    let view = policy::can_view(&actor, &class(db, id).await.unwrap()).unwrap();
    assert_eq!(staff_of(db, &view).await.unwrap().len(), 1);
    assert!(find_people(db, &permit, "李").await.unwrap().is_empty());
    let mut tx = city.begin().await;
    remove_staff(&mut tx, &city.app, city.now(), &permit, near).await.unwrap();
    tx.commit().await.unwrap();
    assert!(staff_of(db, &view).await.unwrap().is_empty());
}

crate::on_both_engines!(
    a_class_lives_from_draft_to_archive,
    a_step_by_itself_happens_once_across_processes,
    a_window_that_is_open_already_opens_enrolment_at_once,
    cancelling_tells_everyone_enrolled_and_frees_the_teacher,
    clashes_are_refused_by_name_across_schools,
    a_teacher_is_booked_once_however_many_try,
    a_moved_lesson_is_told_to_the_approved,
    editing_keeps_seats_editions_and_quotas,
    a_copy_moves_by_whole_days_and_leaves_out_who_is_taken,
    a_draft_can_be_deleted_and_nothing_else,
    lists_hold_what_their_reader_may_see,
    timetables_by_school_and_teacher,
    staff_are_found_added_once_and_removed,
);
