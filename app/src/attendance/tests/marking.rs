//! Staff and scans meet in one ledger.

use super::Hall;
use crate::attendance::rules::{Flag, Place, Refusal, Source, Status, flags};
use crate::attendance::store::{CheckIn, Mark, MarkedMany, check_in, close_lesson, counts, latest, mark, mark_many, reopen_lesson, undo};
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::ids::EnrolmentId;
use crate::testing::XINAN;

async fn entry(hall: &Hall, enrolment: EnrolmentId) -> Option<(String, String)> {
    sql("SELECT status, source FROM attendances WHERE lesson_id = $1 AND enrolment_id = $2")
        .bind(hall.lesson)
        .bind(enrolment)
        .opt(&hall.city.app.db)
        .await
        .expect("read")
}

async fn history(hall: &Hall, enrolment: EnrolmentId) -> Vec<(Option<String>, Option<String>, String, String)> {
    sql("SELECT from_status, to_status, source, why FROM attendance_events WHERE lesson_id = $1 AND enrolment_id = $2 ORDER BY at, id")
        .bind(hall.lesson)
        .bind(enrolment)
        .all(&hall.city.app.db)
        .await
        .expect("read")
}

fn by_hand(hall: &Hall, enrolment: EnrolmentId, status: Status, why: &str) -> Mark {
    Mark {
        lesson: hall.lesson,
        enrolment,
        status,
        why: why.to_owned(),
    }
}

async fn every_refusal_says_why(engine: Engine) {
    let hall = Hall::new(engine).await;
    let app = &hall.city.app;
    let (student, _) = hall.student("李明").await;
    let stranger = hall.city.person("陌生人", XINAN).await;
    let waiting = hall.city.person("候补", XINAN).await;
    hall.city.enrolment(hall.class, waiting, "waitlisted").await;
    let refusal = async |person| {
        check_in(app, hall.city.now(), hall.scan(person, Source::Wall))
            .await
            .expect("an answer")
            .expect_err("a refusal")
    };
    hall.at(-31);
    assert_eq!(refusal(student).await, Refusal::TooEarly(hall.at(-30)));
    assert_eq!(refusal(stranger).await, Refusal::NotOnRoster);
    assert_eq!(refusal(waiting).await, Refusal::NotOnRoster);
    hall.at(181);
    assert_eq!(refusal(student).await, Refusal::Closed);
    hall.at(0);
    close_lesson(app, &hall.staff().await, hall.city.now(), hall.lesson)
        .await
        .expect("closed");
    assert_eq!(refusal(student).await, Refusal::Closed);
    let mut tx = hall.city.begin().await;
    sql("UPDATE lessons SET cancelled_at = starts_at").run(&mut tx).await.expect("cancelled");
    tx.commit().await.expect("kept");
    assert_eq!(refusal(student).await, Refusal::Cancelled);
    assert_eq!(hall.rows().await, 1, "the closing's own");
}
crate::on_both_engines!(every_refusal_says_why);

async fn being_early_locks_nobody_out_and_repeating_changes_nothing(engine: Engine) {
    let hall = Hall::new(engine).await;
    let (student, enrolment) = hall.student("李明").await;
    let scan = async |minutes| {
        let now = hall.at(minutes);
        check_in(&hall.city.app, now, hall.scan(student, Source::Wall)).await.expect("an answer")
    };
    scan(-45).await.expect_err("too early");
    let first = scan(-5).await.expect("in");
    assert_eq!((first.status, first.first, first.name.as_str()), (Status::Present, true, "李明"));
    let again = scan(50).await.expect("in already");
    assert_eq!((again.status, again.first, again.at), (Status::Present, false, first.at));
    assert!(!scan(500).await.expect("still in, long after the end").first);
    assert_eq!(history(&hall, enrolment).await.len(), 1);
    let (late, _) = hall.student("王芳").await;
    let now = hall.at(11);
    let late = check_in(&hall.city.app, now, hall.scan(late, Source::StaffScan))
        .await
        .expect("an answer")
        .expect("in");
    assert_eq!(late.status, Status::Late);
    let counts = counts(&hall.city.app.db, hall.lesson).await.expect("counted");
    assert_eq!((counts.roster, counts.arrived(), counts.late, counts.unmarked()), (2, 2, 1, 0));
    let names: Vec<String> = latest(&hall.city.app.db, hall.lesson, 5)
        .await
        .expect("read")
        .into_iter()
        .map(|a| a.name)
        .collect();
    assert_eq!(names, ["王芳", "李明"]);
}
crate::on_both_engines!(being_early_locks_nobody_out_and_repeating_changes_nothing);

async fn a_correction_needs_a_reason_and_beats_every_scan(engine: Engine) {
    let hall = Hall::new(engine).await;
    let (app, staff) = (&hall.city.app, hall.staff().await);
    let (student, enrolment) = hall.student("李明").await;
    let now = hall.at(0);
    check_in(app, now, hall.scan(student, Source::Wall))
        .await
        .expect("an answer")
        .expect("in");
    let bare = mark(app, &staff, now, &by_hand(&hall, enrolment, Status::LeftEarly, "")).await;
    assert_eq!(bare.expect_err("refused"), AppError::field("why", "attendance-why-missing"));
    let corrected = mark(app, &staff, now, &by_hand(&hall, enrolment, Status::LeftEarly, "十点离开"))
        .await
        .expect("corrected");
    assert!(corrected.changed);
    let now = hall.at(30);
    let scan = check_in(app, now, hall.scan(student, Source::Device))
        .await
        .expect("an answer")
        .expect("answered");
    assert_eq!((scan.status, scan.first), (Status::LeftEarly, false));
    let now = hall.at(31);
    let undone = undo(app, &staff, now, hall.lesson, enrolment, "记错人").await.expect("undone");
    assert_eq!(undone, Some(Status::LeftEarly));
    assert_eq!(
        undo(app, &staff, now, hall.lesson, enrolment, "记错人").await.expect("nothing left"),
        None
    );
    let now = hall.at(32);
    let back = check_in(app, now, hall.scan(student, Source::Wall))
        .await
        .expect("an answer")
        .expect("in");
    assert_eq!((back.status, back.first), (Status::Late, true));
    let told: Vec<_> = history(&hall, enrolment)
        .await
        .into_iter()
        .map(|(from, to, _, why)| (from, to, why))
        .collect();
    let word = |status: Status| Some(status.as_str().to_owned());
    assert_eq!(
        told,
        [
            (None, word(Status::Present), String::new()),
            (word(Status::Present), word(Status::LeftEarly), "十点离开".to_owned()),
            (word(Status::LeftEarly), None, "记错人".to_owned()),
            (None, word(Status::Late), String::new()),
        ]
    );
}
crate::on_both_engines!(a_correction_needs_a_reason_and_beats_every_scan);

async fn a_paper_list_fills_gaps_and_overrides_no_scan(engine: Engine) {
    let hall = Hall::new(engine).await;
    let (app, staff) = (&hall.city.app, hall.staff().await);
    let (scanned, scanned_row) = hall.student("李明").await;
    let (_, written_row) = hall.student("王芳").await;
    let now = hall.at(20);
    check_in(app, now, hall.scan(scanned, Source::Wall))
        .await
        .expect("an answer")
        .expect("in");
    let list = [(scanned_row, Status::Present), (written_row, Status::Present)];
    let outcome = mark_many(app, &staff, now, hall.lesson, Source::Paper, &list).await.expect("entered");
    assert_eq!(outcome, MarkedMany { written: 1, kept: 1 });
    assert_eq!(entry(&hall, scanned_row).await, Some(("late".into(), "wall".into())));
    assert_eq!(entry(&hall, written_row).await, Some(("present".into(), "paper".into())));
    let twice = mark_many(app, &staff, now, hall.lesson, Source::Paper, &list)
        .await
        .expect("entered again");
    assert_eq!(twice, MarkedMany { written: 0, kept: 2 });
    let other_class = hall.city.class(XINAN, 10).await;
    let stranger = hall.city.enrolment(other_class, scanned, "approved").await;
    let guess = mark_many(app, &staff, now, hall.lesson, Source::Paper, &[(stranger, Status::Present)]).await;
    assert_eq!(guess.expect_err("refused"), AppError::NotFound);
}
crate::on_both_engines!(a_paper_list_fills_gaps_and_overrides_no_scan);

async fn closing_makes_the_unmarked_absent_and_reopening_takes_it_back(engine: Engine) {
    let hall = Hall::new(engine).await;
    let (app, staff) = (&hall.city.app, hall.staff().await);
    let (came, came_row) = hall.student("李明").await;
    let (missing, missing_row) = hall.student("王芳").await;
    let early = close_lesson(app, &staff, hall.at(-5), hall.lesson).await;
    assert_eq!(early.expect_err("refused"), AppError::refused("attendance-close-before-start"));
    let now = hall.at(5);
    check_in(app, now, hall.scan(came, Source::Wall)).await.expect("an answer").expect("in");
    assert_eq!(close_lesson(app, &staff, now, hall.lesson).await.expect("closed"), 1);
    assert_eq!(close_lesson(app, &staff, now, hall.lesson).await.expect("closed already"), 0);
    assert_eq!(entry(&hall, missing_row).await, Some(("absent".into(), "closing".into())));
    let now = hall.at(6);
    reopen_lesson(app, &staff, now, hall.lesson, "还有人在路上").await.expect("reopened");
    assert_eq!(entry(&hall, missing_row).await, None);
    assert_eq!(entry(&hall, came_row).await, Some(("present".into(), "wall".into())));
    let now = hall.at(15);
    check_in(app, now, hall.scan(missing, Source::Wall))
        .await
        .expect("an answer")
        .expect("in after all");
    assert_eq!(entry(&hall, missing_row).await, Some(("late".into(), "wall".into())));
    let steps: Vec<_> = history(&hall, missing_row).await.into_iter().map(|(_, to, _, why)| (to, why)).collect();
    assert_eq!(
        steps,
        [
            (Some("absent".to_owned()), String::new()),
            (None, "还有人在路上".to_owned()),
            (Some("late".to_owned()), String::new())
        ]
    );
    let events: Vec<(String,)> = sql("SELECT what FROM lesson_events ORDER BY at, id").all(&app.db).await.expect("read");
    assert_eq!(events, [("closed".to_owned(),), ("reopened".to_owned(),)]);
}
crate::on_both_engines!(closing_makes_the_unmarked_absent_and_reopening_takes_it_back);

async fn flags_are_raised_and_refuse_nobody(engine: Engine) {
    let hall = Hall::new(engine).await;
    let now = hall.at(0);
    let place = Place::parse("34.7283", "112.1324");
    let arrive = async |name: &str, browser, place| {
        let (person, enrolment) = hall.student(name).await;
        let scan = CheckIn {
            browser: Some([browser; 8]),
            place,
            ..hall.scan(person, Source::Wall)
        };
        check_in(&hall.city.app, now, scan).await.expect("an answer").expect("in");
        enrolment
    };
    let flags_of = async |enrolment: EnrolmentId| {
        let (stored,): (String,) = sql("SELECT flags FROM attendances WHERE enrolment_id = $1")
            .bind(enrolment)
            .one(&hall.city.app.db)
            .await
            .expect("read");
        flags(&stored)
    };
    let owner = arrive("甲", 1, place).await;
    for (name, browser) in [("乙", 2), ("丙", 3), ("丁", 4), ("戊", 5)] {
        let enrolment = arrive(name, browser, place).await;
        assert_eq!(flags_of(enrolment).await, []);
    }
    let borrower = arrive("己", 1, None).await;
    let elsewhere = arrive("庚", 6, Place::parse("34.9", "112.1324")).await;
    assert_eq!(flags_of(owner).await, [Flag::SharedDevice]);
    assert_eq!(flags_of(borrower).await, [Flag::SharedDevice]);
    assert_eq!(flags_of(elsewhere).await, [Flag::FarAway]);
}
crate::on_both_engines!(flags_are_raised_and_refuse_nobody);
