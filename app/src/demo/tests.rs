//! The demo city keeps the rules that people keep.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};

use crate::benchmarking::gates::rules::Verdict;
use crate::benchmarking::rules::AtGate;
use crate::benchmarking::{self, gates};
use crate::clock::{HandClock, day_of};
use crate::db::sql;
use crate::db::testing::{Engine, fresh};
use crate::error::AppError;
use crate::ids::{ClassId, PilotId, Region};
use crate::state::App;
use crate::{classes, enrolment};

/// Loads the city as somebody would who starts it at that instant.
async fn loaded(engine: Engine, at: DateTime<Utc>) -> (App, HandClock) {
    let (app, hand) = App::for_test(fresh(engine).await, at);
    // As `heluo serve` and `heluo demo` find the database.
    let mut tx = app.db.begin().await.expect("a transaction");
    crate::regions::found(&mut tx).await.expect("regions");
    crate::schools::store::found(&mut tx, &app.chance).await.expect("schools");
    tx.commit().await.expect("founded");
    super::load(&app).await.expect("the demo city loads");
    (app, hand)
}

fn an_evening() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 11, 23, 45).single().expect("an instant")
}

async fn count(app: &App, text: &'static str) -> i64 {
    sql(text).count(&app.db).await.expect(text)
}

async fn nothing(app: &App, what: &str, text: &'static str) {
    assert_eq!(count(app, text).await, 0, "{what}");
}

async fn no_rule_is_broken(engine: Engine) {
    // An evening, midnight in Luoyang, and a day in January whose past is another year's.
    for at in [
        an_evening(),
        Utc.with_ymd_and_hms(2026, 12, 31, 16, 0, 0).single().expect("an instant"),
        Utc.with_ymd_and_hms(2027, 1, 9, 2, 0, 0).single().expect("an instant"),
    ] {
        let (app, _) = loaded(engine, at).await;
        check(&app).await;
    }
}
crate::on_both_engines!(no_rule_is_broken);

async fn check(app: &App) {
    for (what, text) in BROKEN {
        nothing(app, what, text).await;
    }
    let classes: Vec<(ClassId,)> = sql("SELECT id FROM classes").all(&app.db).await.expect("classes");
    for (class,) in classes {
        seats_add_up(app, class).await;
    }
}

/// Quotas and held seats are kept, and nobody waits for a seat that is free.
async fn seats_add_up(app: &App, id: ClassId) {
    let class = classes::store::class(&app.db, id).await.expect("a class");
    let seats = enrolment::store::seats_of(&app.db, &class).await.expect("its seats");
    let beyond: i64 = seats
        .approved
        .iter()
        .map(|(region, n)| (n - seats.quotas.get(region).copied().unwrap_or(0)).max(0))
        .sum();
    assert!(
        seats.common() >= beyond,
        "{}: {beyond} beyond the quotas, and a common pool of {}",
        class.title,
        seats.common()
    );
    let waiting: Vec<(Region,)> = sql("SELECT region FROM enrolments WHERE class_id = $1 AND state = 'waitlisted'")
        .bind(id)
        .all(&app.db)
        .await
        .expect("the queue");
    assert!(
        waiting.iter().all(|(region,)| !seats.fits(region)),
        "{}: somebody waits for a free seat",
        class.title
    );
}

/// Queries that count what must not be.
const BROKEN: &[(&str, &str)] = &[
    (
        "a teacher in two lessons at once",
        "SELECT COUNT(*) FROM lessons a JOIN lessons b ON a.teacher_id = b.teacher_id AND a.id < b.id
         WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at",
    ),
    (
        "a venue with two lessons at once",
        "SELECT COUNT(*) FROM lessons a JOIN lessons b ON a.venue_id = b.venue_id AND a.id < b.id
         WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at",
    ),
    (
        "an oversold class",
        "SELECT COUNT(*) FROM classes c WHERE c.capacity < (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'approved')",
    ),
    (
        "two live enrolments of one person in one class",
        "SELECT COUNT(*) FROM enrolments a JOIN enrolments b ON a.class_id = b.class_id AND a.person_id = b.person_id AND a.id < b.id
         WHERE a.state IN ('submitted', 'approved', 'waitlisted') AND b.state IN ('submitted', 'approved', 'waitlisted')",
    ),
    (
        "an enrolment whose last event is not its state",
        "SELECT COUNT(*) FROM enrolments e WHERE NOT EXISTS (SELECT 1 FROM enrolment_events v WHERE v.enrolment_id = e.id AND v.to_state = e.state AND v.at = e.changed_at)",
    ),
    (
        "an attendance whose last event is not its status",
        "SELECT COUNT(*) FROM attendances a WHERE NOT EXISTS (SELECT 1 FROM attendance_events v
            WHERE v.lesson_id = a.lesson_id AND v.enrolment_id = a.enrolment_id AND v.to_status = a.status AND v.source = a.source
              AND NOT EXISTS (SELECT 1 FROM attendance_events w WHERE w.lesson_id = v.lesson_id AND w.enrolment_id = v.enrolment_id AND w.at > v.at))",
    ),
    (
        "an attendance in a lesson of another class",
        "SELECT COUNT(*) FROM attendances a JOIN lessons l ON l.id = a.lesson_id JOIN enrolments e ON e.id = a.enrolment_id WHERE l.class_id <> e.class_id",
    ),
    (
        "somebody without a status in a closed lesson",
        "SELECT COUNT(*) FROM lessons l JOIN enrolments e ON e.class_id = l.class_id AND e.state = 'approved'
         WHERE l.attendance_closed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attendances a WHERE a.lesson_id = l.id AND a.enrolment_id = e.id)",
    ),
    (
        "somebody excused without a leave",
        "SELECT COUNT(*) FROM attendances a WHERE a.status = 'excused'
         AND NOT EXISTS (SELECT 1 FROM leaves v WHERE v.lesson_id = a.lesson_id AND v.enrolment_id = a.enrolment_id AND v.state = 'approved')",
    ),
    (
        "a lesson outside its class's days",
        "SELECT COUNT(*) FROM lessons l JOIN classes c ON c.id = l.class_id WHERE l.starts_at < c.starts_at OR l.ends_at > c.ends_at",
    ),
    (
        "an application from before its class was",
        "SELECT COUNT(*) FROM enrolments e JOIN classes c ON c.id = e.class_id WHERE e.created_at < c.created_at OR c.state IN ('draft', 'published')",
    ),
    ("a person without initials", "SELECT COUNT(*) FROM people WHERE initials = ''"),
    (
        "a lesson without a room, or a teacher outside drafts",
        "SELECT COUNT(*) FROM lessons l JOIN classes c ON c.id = l.class_id WHERE l.venue_id IS NULL OR (l.teacher_id IS NULL AND c.state <> 'draft')",
    ),
];

async fn the_contract_is_there(engine: Engine) {
    let (app, _) = loaded(engine, an_evening()).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM schools").await, 10);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM schools WHERE state = 'open'").await, 6);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM firms").await, 180);
    assert_eq!(
        count(
            &app,
            "SELECT COUNT(*) FROM people WHERE user_name LIKE 'student%' AND password_hash IS NOT NULL"
        )
        .await,
        200
    );
    assert_eq!(
        count(
            &app,
            "SELECT COUNT(*) FROM people p JOIN grants g ON g.person_id = p.id AND g.role = 'firm' WHERE p.user_name LIKE 'firm%'"
        )
        .await,
        30
    );
    for name in ["city", "xinan", "teacher", "expert", "student001", "student200", "firm01", "firm30"] {
        let known = sql("SELECT COUNT(*) FROM people WHERE user_name = $1 AND password_hash IS NOT NULL")
            .bind(name)
            .count(&app.db)
            .await;
        assert_eq!(known.expect("counted"), 1, "{name}");
    }
    for state in ["draft", "published", "enrolling", "running", "closed", "archived", "cancelled"] {
        let classes = sql("SELECT COUNT(*) FROM classes WHERE state = $1")
            .bind(state)
            .count(&app.db)
            .await
            .expect("counted");
        assert!(classes > 0, "{state}");
    }
    for status in ["present", "late", "left_early", "excused", "absent"] {
        let rows = sql("SELECT COUNT(*) FROM attendances WHERE status = $1")
            .bind(status)
            .count(&app.db)
            .await
            .expect("counted");
        assert!(rows > 20, "{status}: {rows}");
    }
    for source in ["wall", "staff_scan", "device", "hand", "paper", "leave", "closing"] {
        let rows = sql("SELECT COUNT(*) FROM attendances WHERE source = $1")
            .bind(source)
            .count(&app.db)
            .await
            .expect("counted");
        assert!(rows > 20, "{source}: {rows}");
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM walk_ins WHERE state = 'asked'").await, 3);
    assert!(super::is_loaded(&app.db).await.expect("asked"));
}
crate::on_both_engines!(the_contract_is_there);

/// What the record of the gates says was so at its moment, and what waits at a gate now may be decided on.
async fn the_gates_were_passed_by_their_rules(engine: Engine) {
    let (app, _) = loaded(engine, an_evening()).await;
    let ids: Vec<(PilotId,)> = sql("SELECT id FROM pilots WHERE state IN ('chosen', 'completed')")
        .all(&app.db)
        .await
        .expect("pilots");
    assert_eq!(ids.len(), 30);
    let today = day_of(app.clock.now());
    let mut seen = BTreeMap::<&str, usize>::new();
    for (id,) in ids {
        let pilot = benchmarking::store::pilot(&app.db, id).await.expect("a pilot");
        for decision in gates::store::decisions(&app.db, id).await.expect("a record") {
            let failing = usize::from(decision.verdict() == Verdict::Conditional);
            let figures = decision.figures();
            assert_eq!(
                figures.failing(),
                failing,
                "{} {:?}: {:?}",
                pilot.firm_name,
                decision.stage(),
                figures.unmet().collect::<Vec<_>>()
            );
            *seen.entry(decision.verdict().as_str()).or_default() += 1;
        }
        if pilot.gate() != AtGate::Open {
            let stage = pilot.stage().expect("a stage");
            let now = gates::facts::figures(&app.db, &pilot, stage, today).await.expect("figures");
            assert_eq!(now.failing(), 0, "{} {stage:?}: {:?}", pilot.firm_name, now.unmet().collect::<Vec<_>>());
            *seen.entry("waiting").or_default() += 1;
        }
        if let Some(open) = gates::store::open_condition(&app.db, &pilot, today).await.expect("read") {
            assert_eq!((open.figures.failing(), open.due_on > today), (1, true));
            *seen.entry("open condition").or_default() += 1;
        }
        *seen.entry(pilot.state().as_str()).or_default() += 1;
    }
    for (what, times) in [
        ("waiting", 4),
        ("open condition", 1),
        ("conditional", 1),
        ("completed", 1),
        ("chosen", 29),
    ] {
        assert_eq!(seen.get(what), Some(&times), "{what}: {seen:?}");
    }
}
crate::on_both_engines!(the_gates_were_passed_by_their_rules);

async fn the_first_students_stand_where_the_guide_says(engine: Engine) {
    let (app, _) = loaded(engine, an_evening()).await;
    let first = sql(
        "SELECT COUNT(*) FROM enrolments e JOIN people p ON p.id = e.person_id JOIN lessons l ON l.class_id = e.class_id
         WHERE p.user_name = 'student001' AND e.state = 'approved' AND l.starts_at <= $1 AND l.ends_at > $2
           AND NOT EXISTS (SELECT 1 FROM attendances a WHERE a.lesson_id = l.id AND a.enrolment_id = e.id)",
    )
    .bind(app.clock.now() + TimeDelta::minutes(20))
    .bind(app.clock.now())
    .count(&app.db)
    .await
    .expect("counted");
    assert_eq!(first, 1, "student001 can check in now");
    let ahead = count(
        &app,
        "SELECT COUNT(*) FROM enrolments o JOIN enrolments e ON e.class_id = o.class_id JOIN people p ON p.id = e.person_id
         WHERE p.user_name = 'student002' AND e.state = 'waitlisted' AND o.state = 'waitlisted' AND o.queued_at < e.queued_at",
    )
    .await;
    assert_eq!(ahead, 2, "student002 waits in the third place");
    let refused = count(
        &app,
        "SELECT COUNT(*) FROM enrolments e JOIN people p ON p.id = e.person_id WHERE p.user_name = 'student003' AND e.state = 'rejected' AND e.reason IS NOT NULL",
    )
    .await;
    assert_eq!(refused, 1, "student003 was refused");
}
crate::on_both_engines!(the_first_students_stand_where_the_guide_says);

async fn a_used_database_is_refused(engine: Engine) {
    let (app, _) = loaded(engine, an_evening()).await;
    assert_eq!(super::load(&app).await, Err(AppError::refused("demo-not-empty")));
}
crate::on_both_engines!(a_used_database_is_refused);

#[tokio::test(flavor = "multi_thread")]
async fn the_same_clock_gives_the_same_city() {
    let texts = [
        "SELECT name || region || user_name FROM people WHERE user_name IS NOT NULL ORDER BY id",
        "SELECT name || credit_code FROM firms ORDER BY id",
        "SELECT to_state || why FROM enrolment_events ORDER BY id",
        "SELECT source || to_status FROM attendance_events ORDER BY id",
    ];
    let (one, _) = loaded(Engine::Sqlite, an_evening()).await;
    let (other, _) = loaded(Engine::Sqlite, an_evening()).await;
    for text in texts {
        let rows = sql(text).all::<(String,)>(&one.db).await.expect("read");
        assert!(!rows.is_empty());
        assert_eq!(rows, sql(text).all::<(String,)>(&other.db).await.expect("read"), "{text}");
    }
}
