//! The outbox on both engines, without a line to anybody: what goes in, who takes it, what becomes of it.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::outbox::{Content, Outcome, Taken, renew, settle, sweep, take};
use super::*;
use crate::db::testing::Engine;
use crate::ids::EmailId;
use crate::notices::policy::{self, OutboxPermit};
use crate::notices::rules::{Channel, Fault, LEASE_LASTS, LINK_LASTS, OutboxKey, OutboxState};
use crate::notices::sending::{Channels, Mailer, Webhook};
use crate::notices::token;
use crate::testing::{TestCity, XINAN};

/// Channels that are set up and lead nowhere.
fn channels() -> Channels {
    Channels {
        mail: Mailer::new("smtp://127.0.0.1:1", "noreply@example.com".parse().expect("an address"), "localhost").ok(),
        webhook: Webhook::new("http://127.0.0.1:1/", "secret").ok(),
    }
}

async fn city(engine: Engine) -> TestCity {
    TestCity::with_channels(engine, channels()).await
}

async fn say(city: &TestCity, person: PersonId, key: &str) {
    let mut tx = city.begin().await;
    let text = Problem::new(key).with("class", "现代企业治理班");
    tell(&mut tx, &city.app, city.now(), person, &text, "/me").await.expect("told");
    tx.commit().await.expect("kept");
}

async fn take_one(city: &TestCity, channel: Channel) -> Option<Taken> {
    let mut tx = city.begin().await;
    let taken = take(&mut tx, &city.app, city.now(), channel, true).await.expect("asked");
    tx.commit().await.expect("kept");
    taken
}

async fn settle_one(city: &TestCity, taken: &Taken, outcome: Outcome) -> bool {
    let mut tx = city.begin().await;
    let settled = settle(&mut tx, city.now(), taken, &outcome).await.expect("asked");
    tx.commit().await.expect("kept");
    settled
}

async fn count(city: &TestCity, channel: &str) -> i64 {
    sql("SELECT COUNT(*) FROM outbox WHERE channel = $1")
        .bind(channel)
        .count(&city.app.db)
        .await
        .expect("counted")
}

async fn city_permit(city: &TestCity) -> OutboxPermit {
    policy::outbox(&city.city_admin().await).expect("a permit")
}

async fn page(city: &TestCity, permit: &OutboxPermit, state: OutboxState) -> Vec<OutboxRow> {
    outbox_page(&city.app.db, permit, state, "", Step::First).await.expect("read").rows
}

fn later(fault: Fault) -> Outcome {
    Outcome::Later {
        fault,
        detail: "450 later\r\nplease".to_owned(),
        wait: TimeDelta::minutes(1),
    }
}

async fn only_those_who_can_and_want_to_be_reached_are_written_to(engine: Engine) {
    let city = city(engine).await;
    let own = city.person("甲", XINAN).await;
    say(&city, own, "enrolment-notice-approved").await;
    assert_eq!(
        (count(&city, "email").await, count(&city, "webhook").await),
        (0, 1),
        "no address, no mail"
    );
    let mut tx = city.begin().await;
    ask_email(&mut tx, &city.app, city.now(), own, "a@example.com").await.expect("asked");
    tx.commit().await.expect("kept");
    say(&city, own, "enrolment-notice-approved").await;
    assert_eq!(count(&city, "email").await, 1, "nothing but the link to an address that waits");
    city.email(own, "b@example.com").await;
    say(&city, own, "enrolment-notice-approved").await;
    assert_eq!((count(&city, "email").await, count(&city, "webhook").await), (2, 3));
    let mut tx = city.begin().await;
    let choices = [(Topic::Enrolment, Channel::Email, false), (Topic::Changes, Channel::Email, false)];
    keep_choices(&mut tx, own, &choices).await.expect("kept");
    keep_choices(&mut tx, own, &choices).await.expect("kept twice");
    tx.commit().await.expect("kept");
    say(&city, own, "enrolment-notice-approved").await;
    assert_eq!(
        (count(&city, "email").await, count(&city, "webhook").await),
        (2, 4),
        "each channel has its own choice"
    );
    say(&city, own, "notice-classes-cancelled").await;
    assert_eq!(count(&city, "email").await, 3, "a cancelled class can't be switched off");
    let mut tx = city.begin().await;
    sql("UPDATE people SET active = FALSE WHERE id = $1")
        .bind(own)
        .run(&mut tx)
        .await
        .expect("left");
    tx.commit().await.expect("kept");
    say(&city, own, "notice-classes-cancelled").await;
    assert_eq!((count(&city, "email").await, count(&city, "webhook").await), (3, 5));
    assert_eq!(unread(&city.app.db, own).await, Ok(6), "the inbox holds all");
}

async fn many_are_told_in_few_statements_and_a_rollback_leaves_nothing(engine: Engine) {
    let city = city(engine).await;
    let people = city.people(250, XINAN).await;
    let text = Problem::new("notice-classes-cancelled");
    let mut tx = city.begin().await;
    tell_all(&mut tx, &city.app, city.now(), &people, &text, "/me").await.expect("told");
    drop(tx);
    assert_eq!(count(&city, "webhook").await, 0);
    let mut tx = city.begin().await;
    tell_all(&mut tx, &city.app, city.now(), &people, &text, "/me").await.expect("told");
    tell_all(&mut tx, &city.app, city.now(), &[], &text, "/me").await.expect("nobody told");
    tx.commit().await.expect("kept");
    assert_eq!(count(&city, "webhook").await, 250);
    assert_eq!(unread(&city.app.db, people[249]).await, Ok(1));
}

async fn no_two_take_the_same(engine: Engine) {
    let city = city(engine).await;
    let people = city.people(60, XINAN).await;
    let mut tx = city.begin().await;
    tell_all(&mut tx, &city.app, city.now(), &people, &Problem::new("notice-classes-cancelled"), "/me")
        .await
        .expect("told");
    tx.commit().await.expect("kept");
    let mut takers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (app, now) = (city.app.clone(), city.now());
        takers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let mut tx = app.db.begin().await.expect("a transaction");
                let taken = take(&mut tx, &app, now, Channel::Webhook, true).await.expect("asked");
                tx.commit().await.expect("kept");
                let Some(taken) = taken else { return mine };
                mine.push(taken.key);
            }
        });
    }
    let taken: Vec<OutboxKey> = takers.join_all().await.into_iter().flatten().collect();
    assert_eq!(taken.len(), 60);
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>().len(), 60);
}

async fn a_lost_attempt_comes_back_under_the_same_name(engine: Engine) {
    let city = city(engine).await;
    let own = city.person("甲", XINAN).await;
    say(&city, own, "enrolment-notice-approved").await;
    let first = take_one(&city, Channel::Webhook).await.expect("due");
    assert!(take_one(&city, Channel::Webhook).await.is_none(), "in somebody's hands");
    assert!(take_one(&city, Channel::Email).await.is_none());
    city.hand.advance(LEASE_LASTS);
    let second = take_one(&city, Channel::Webhook).await.expect("due again");
    assert_eq!((second.key, first.attempts, second.attempts), (first.key, 1, 2));
    assert!(!settle_one(&city, &first, Outcome::Sent).await, "whose lease ran out settles nothing");
    assert!(settle_one(&city, &second, Outcome::Sent).await);
    city.hand.advance(TimeDelta::days(1));
    assert!(take_one(&city, Channel::Webhook).await.is_none(), "sent is sent");
}

async fn what_is_on_the_line_is_nobody_elses(engine: Engine) {
    let city = city(engine).await;
    let own = city.person("甲", XINAN).await;
    say(&city, own, "enrolment-notice-approved").await;
    let first = take_one(&city, Channel::Webhook).await.expect("due");
    for _ in 0..3 {
        city.hand.advance(LEASE_LASTS * 2 / 3);
        assert_eq!(renew(&city.app, &first).await, Ok(true));
    }
    assert!(take_one(&city, Channel::Webhook).await.is_none(), "two leases after it was taken");
    city.hand.advance(LEASE_LASTS);
    // After trouble with the database its holder is given time to say that it was sent.
    let mut tx = city.begin().await;
    let early = take(&mut tx, &city.app, city.now(), Channel::Webhook, false).await.expect("asked");
    tx.commit().await.expect("kept");
    assert!(early.is_none());
    let second = take_one(&city, Channel::Webhook).await.expect("given up");
    assert_eq!(second.key, first.key);
    assert_eq!(renew(&city.app, &first).await, Ok(false), "whose lease ran out renews nothing");
}

async fn a_reminder_of_nothing_is_moot(engine: Engine) {
    let city = city(engine).await;
    let class = city.class(XINAN, 30).await;
    let starts_at = city.now() + TimeDelta::hours(20);
    let lesson = city.lesson(class, starts_at).await;
    let own = city.person("甲", XINAN).await;
    let enrolment = city.enrolment(class, own, "approved").await;
    let mut tx = city.begin().await;
    let text = Problem::new("attendance-notice-reminder");
    tell_until(&mut tx, &city.app, city.now(), &[own], &text, "/me", starts_at)
        .await
        .expect("told");
    tx.commit().await.expect("kept");
    let run = async |query: crate::db::Query| {
        let mut tx = city.begin().await;
        query.run(&mut tx).await.expect("written");
        tx.commit().await.expect("kept");
    };
    let is_moot = async || {
        let taken = take_one(&city, Channel::Webhook).await.expect("due");
        run(sql("UPDATE outbox SET lease = NULL, due_at = created_at")).await;
        taken.is_moot
    };
    assert!(!is_moot().await);
    let changes = [
        (
            "cancelled",
            sql("UPDATE lessons SET cancelled_at = starts_at WHERE id = $1").bind(lesson),
            sql("UPDATE lessons SET cancelled_at = NULL WHERE id = $1").bind(lesson),
        ),
        (
            "moved",
            sql("UPDATE lessons SET starts_at = $2 WHERE id = $1")
                .bind(lesson)
                .bind(starts_at + TimeDelta::hours(1)),
            sql("UPDATE lessons SET starts_at = $2 WHERE id = $1").bind(lesson).bind(starts_at),
        ),
        (
            "gone",
            sql("UPDATE enrolments SET state = 'withdrawn' WHERE id = $1").bind(enrolment),
            sql("UPDATE enrolments SET state = 'approved' WHERE id = $1").bind(enrolment),
        ),
        (
            "called off",
            sql("UPDATE classes SET state = 'cancelled' WHERE id = $1").bind(class),
            sql("UPDATE classes SET state = 'enrolling' WHERE id = $1").bind(class),
        ),
        (
            "switched off",
            sql("INSERT INTO message_choices (person_id, topic, channel, wanted) VALUES ($1, 'reminder', 'webhook', FALSE)").bind(own),
            sql("DELETE FROM message_choices WHERE person_id = $1").bind(own),
        ),
    ];
    for (what, done, undone) in changes {
        run(done).await;
        assert!(is_moot().await, "{what}");
        run(undone).await;
        assert!(!is_moot().await, "{what}, and back");
    }
}

async fn what_ends_by_itself_ends_when_it_is_sent_again_too(engine: Engine) {
    let city = city(engine).await;
    let (own, permit) = (city.person("甲", XINAN).await, city_permit(&city).await);
    let mut tx = city.begin().await;
    let soon = city.now() + TimeDelta::hours(1);
    for key in ["attendance-notice-reminder", "enrolment-notice-approved"] {
        tell_until(&mut tx, &city.app, city.now(), &[own], &Problem::new(key), "/me", soon)
            .await
            .expect("told");
    }
    ask_email(&mut tx, &city.app, city.now(), own, "own@example.com").await.expect("asked");
    sql("UPDATE outbox SET state = 'dead'").run(&mut tx).await.expect("given up");
    tx.commit().await.expect("kept");
    city.hand.advance(TimeDelta::days(2));
    let mut tx = city.begin().await;
    send_all_again(&mut tx, &city.app, city.now(), &permit).await.expect("revived");
    tx.commit().await.expect("kept");
    let over = sql("SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND expires_at <= $1").bind(city.now());
    assert_eq!(over.count(&city.app.db).await.expect("counted"), 2, "the reminder and the link");
}

async fn what_fails_is_tried_again_until_it_is_too_late(engine: Engine) {
    let city = city(engine).await;
    let (own, permit) = (city.person("甲", XINAN).await, city_permit(&city).await);
    say(&city, own, "enrolment-notice-approved").await;
    let taken = take_one(&city, Channel::Webhook).await.expect("due");
    assert!(settle_one(&city, &taken, later(Fault::Busy)).await);
    assert!(take_one(&city, Channel::Webhook).await.is_none(), "not before its time");
    let row = page(&city, &permit, OutboxState::Waiting).await.remove(0);
    assert_eq!(
        (row.attempts, row.fault(), row.detail.as_deref()),
        (1, Some(Fault::Busy), Some("450 later  please"))
    );
    city.hand.advance(TimeDelta::days(3) - TimeDelta::seconds(30));
    let taken = take_one(&city, Channel::Webhook).await.expect("due again");
    assert!(settle_one(&city, &taken, later(Fault::Unreachable)).await);
    assert_eq!(outbox_counts(&city.app.db).await, Ok((0, 1)), "given up");
    let row = page(&city, &permit, OutboxState::Dead).await.remove(0);
    assert_eq!((row.attempts, row.fault()), (2, Some(Fault::Unreachable)));

    // An administrator sends it again, under the same name, and then discards it.
    let mut tx = city.begin().await;
    send_again(&mut tx, &city.app, city.now(), &permit, row.key()).await.expect("again");
    assert_eq!(
        send_again(&mut tx, &city.app, city.now(), &permit, row.key()).await,
        Err(AppError::NotFound)
    );
    assert_eq!(discard(&mut tx, &city.app, city.now(), &permit, row.key()).await, Err(AppError::NotFound));
    tx.commit().await.expect("kept");
    let taken = take_one(&city, Channel::Webhook).await.expect("due at once");
    assert_eq!((taken.key, taken.attempts), (row.key(), 1));
    let never = Outcome::Never {
        fault: Fault::Refused,
        detail: "550 no".to_owned(),
    };
    assert!(settle_one(&city, &taken, never).await);
    let mut tx = city.begin().await;
    assert_eq!(send_all_again(&mut tx, &city.app, city.now(), &permit).await, Ok(1));
    tx.commit().await.expect("kept");
    let taken = take_one(&city, Channel::Webhook).await.expect("due at once");
    assert!(settle_one(&city, &taken, Outcome::Drop(Fault::Nobody)).await);
    assert_eq!(page(&city, &permit, OutboxState::Dropped).await.len(), 1);
    sweep(&city.app, city.now() + TimeDelta::days(29)).await.expect("swept");
    assert_eq!(count(&city, "webhook").await, 1);
    sweep(&city.app, city.now() + TimeDelta::days(31)).await.expect("swept");
    assert_eq!(count(&city, "webhook").await, 0);
}

async fn dead_ones_are_discarded_with_a_trail(engine: Engine) {
    let city = city(engine).await;
    let (own, permit) = (city.person("甲", XINAN).await, city_permit(&city).await);
    say(&city, own, "enrolment-notice-approved").await;
    let taken = take_one(&city, Channel::Webhook).await.expect("due");
    let never = Outcome::Never {
        fault: Fault::Refused,
        detail: String::new(),
    };
    assert!(settle_one(&city, &taken, never).await);
    let mut tx = city.begin().await;
    discard(&mut tx, &city.app, city.now(), &permit, taken.key).await.expect("discarded");
    tx.commit().await.expect("kept");
    let row = page(&city, &permit, OutboxState::Dropped).await.remove(0);
    assert_eq!(row.fault(), Some(Fault::Discarded));
    let trail = sql("SELECT COUNT(*) FROM audit_entries WHERE what = 'message.discarded' AND by_person = $1").bind(permit.by());
    assert_eq!(trail.count(&city.app.db).await.expect("counted"), 1);
}

async fn the_outbox_is_paged_and_searched(engine: Engine) {
    let city = city(engine).await;
    let permit = city_permit(&city).await;
    let people = city.people(120, XINAN).await;
    let mut tx = city.begin().await;
    tell_all(&mut tx, &city.app, city.now(), &people, &Problem::new("notice-classes-cancelled"), "/me")
        .await
        .expect("told");
    tx.commit().await.expect("kept");
    let mut seen = Vec::new();
    let mut step = Step::First;
    loop {
        let page = outbox_page(&city.app.db, &permit, OutboxState::Waiting, "", step).await.expect("read");
        seen.extend(page.rows.iter().map(OutboxRow::key));
        if !page.has_older {
            break;
        }
        step = Step::After(*seen.last().expect("a row"));
    }
    assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (120, 120));
    let back = outbox_page(&city.app.db, &permit, OutboxState::Waiting, "", Step::Before(seen[100]))
        .await
        .expect("read");
    assert_eq!(back.rows.iter().map(OutboxRow::key).collect::<Vec<_>>(), seen[70..100]);
    let found = outbox_page(&city.app.db, &permit, OutboxState::Waiting, "学员0007", Step::First)
        .await
        .expect("read");
    assert_eq!(found.rows.len(), 1);
}

async fn an_address_is_asked_for_once_however_often_the_button_is_pressed(engine: Engine) {
    let city = city(engine).await;
    let own = city.person("甲", XINAN).await;
    let asked = (0..8).map(|_| {
        let (app, now) = (city.app.clone(), city.now());
        tokio::spawn(async move {
            let mut tx = app.db.begin().await?;
            ask_email(&mut tx, &app, now, own, "own@example.com").await?;
            tx.commit().await
        })
    });
    for outcome in futures::future::join_all(asked).await {
        assert_eq!(outcome.expect("no panic"), Ok(()));
    }
    assert_eq!(emails(&city.app.db, own).await.expect("read").len(), 1);
}

async fn an_address_is_used_once_its_owner_says_so(engine: Engine) {
    let city = city(engine).await;
    let app = &city.app;
    let own = city.person("甲", XINAN).await;
    let ask = async |address: &str| -> EmailId {
        let mut tx = city.begin().await;
        ask_email(&mut tx, app, city.now(), own, address).await.expect("asked");
        tx.commit().await.expect("kept");
        emails(&app.db, own).await.expect("read").last().expect("an address").id
    };
    let confirm = async |id: EmailId| -> Result<(), AppError> {
        let mut tx = city.begin().await;
        confirm_email(&mut tx, app, city.now(), id).await?;
        tx.commit().await
    };
    let first = ask("first@example.com").await;
    let second = ask("second@example.com").await;
    assert_eq!(confirm(first).await, Err(AppError::NotFound), "it was replaced");
    // Of the two mails only the one about the address that still waits has anybody to go to.
    let mails = [
        take_one(&city, Channel::Email).await.expect("due"),
        take_one(&city, Channel::Email).await.expect("due"),
    ];
    let to: Vec<Option<String>> = mails.iter().map(|mail| mail.to.as_ref().and_then(|to| to.address.clone())).collect();
    assert_eq!(to.iter().flatten().collect::<Vec<_>>(), ["second@example.com"]);
    assert!(matches!(mails[1].content, Some(Content::Link(_))));
    assert_eq!(token::open(app, &token::seal(app, second)), Some(second));
    assert_eq!(token::open(app, &token::seal(app, second).replace('.', ".0")), None);
    assert_eq!(confirmed_email(&app.db, own).await, Ok(None));
    confirm(second).await.expect("confirmed");
    assert_eq!(confirmed_email(&app.db, own).await.expect("read").as_deref(), Some("second@example.com"));
    assert_eq!(confirm(second).await, Err(AppError::NotFound), "once is enough");
    // A new address takes over when it is confirmed, not before.
    let third = ask("third@example.com").await;
    assert_eq!(confirmed_email(&app.db, own).await.expect("read").as_deref(), Some("second@example.com"));
    city.hand.advance(LINK_LASTS);
    assert_eq!(confirm(third).await, Err(AppError::NotFound), "the link is too old");
    let third = ask("third@example.com").await;
    confirm(third).await.expect("confirmed");
    assert_eq!(confirmed_email(&app.db, own).await.expect("read").as_deref(), Some("third@example.com"));
    let mut tx = city.begin().await;
    remove_emails(&mut tx, app, city.now(), own).await.expect("removed");
    assert_eq!(remove_emails(&mut tx, app, city.now(), own).await, Err(AppError::NotFound));
    tx.commit().await.expect("kept");
    assert_eq!(emails(&app.db, own).await, Ok(Vec::new()));
}

crate::on_both_engines!(
    only_those_who_can_and_want_to_be_reached_are_written_to,
    many_are_told_in_few_statements_and_a_rollback_leaves_nothing,
    no_two_take_the_same,
    a_lost_attempt_comes_back_under_the_same_name,
    what_is_on_the_line_is_nobody_elses,
    a_reminder_of_nothing_is_moot,
    what_ends_by_itself_ends_when_it_is_sent_again_too,
    an_address_is_asked_for_once_however_often_the_button_is_pressed,
    what_fails_is_tried_again_until_it_is_too_late,
    dead_ones_are_discarded_with_a_trail,
    the_outbox_is_paged_and_searched,
    an_address_is_used_once_its_owner_says_so
);
