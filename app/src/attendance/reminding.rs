//! The reminder a day before a lesson: for everybody who has a place and is not excused, once for each day that the lesson
//! was to be on. A lesson moved within its day was told of when it moved; moved to another day it is worth a new reminder.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::classes::rules::{Span, plain_range};
use crate::clock::day_of;
use crate::db::{Db, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{ClassId, LessonId, PersonId};
use crate::notices::tell_until;
use crate::state::App;
use crate::ui::time::start_of;

/// So long before a lesson.
const BEFORE: TimeDelta = TimeDelta::hours(24);
/// How long it is known that somebody was reminded.
const KEPT: TimeDelta = TimeDelta::days(7);
/// So many lessons at one tick; the others at the next.
const AT_ONCE: i64 = 50;

/// A lesson of which somebody is still to be reminded.
#[derive(sqlx::FromRow)]
struct Due {
    id: LessonId,
    class_id: ClassId,
    class: String,
    topic: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    venue: Option<String>,
}

/// Whom a lesson waits for: `l` is the lesson, `c` its class, `e` an enrolment in it, `$1` and `$2` the span in which it begins.
const WAITED_FOR: &str = " l.starts_at > $1 AND l.starts_at <= $2 AND l.cancelled_at IS NULL AND c.state IN ('published', 'enrolling', 'running')
    AND e.class_id = l.class_id AND e.state = 'approved'
    AND NOT EXISTS (SELECT 1 FROM leaves v WHERE v.lesson_id = l.id AND v.enrolment_id = e.id AND v.state = 'approved')
    AND NOT EXISTS (SELECT 1 FROM attendances t WHERE t.lesson_id = l.id AND t.enrolment_id = e.id)";

/// Reminds people of the lessons of the next 24 hours. Answers how many people were told.
pub async fn remind(app: &App, now: DateTime<Utc>) -> Result<usize, AppError> {
    let (today, end) = (day_of(now), now + BEFORE);
    let Some(tomorrow) = today.succ_opt() else { return Ok(0) };
    // The span begins after its first instant, so that midnight itself is tomorrow's.
    let midnight = start_of(tomorrow) - TimeDelta::microseconds(1);
    forget(app, today).await?;
    let told = remind_of(app, now, today, now, midnight.min(end)).await?;
    Ok(told + remind_of(app, now, tomorrow, midnight, end).await?)
}

/// What was said of lessons long past need not be known any more.
async fn forget(app: &App, today: NaiveDate) -> Result<(), AppError> {
    let last = today - KEPT;
    let old: Option<(PersonId,)> = sql("SELECT person_id FROM lesson_reminders WHERE day < $1 LIMIT 1")
        .bind(last)
        .opt(&app.db)
        .await?;
    if old.is_none() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    sql("DELETE FROM lesson_reminders WHERE day < $1").bind(last).run(&mut tx).await?;
    tx.commit().await
}

async fn remind_of(app: &App, now: DateTime<Utc>, day: NaiveDate, after: DateTime<Utc>, until: DateTime<Utc>) -> Result<usize, AppError> {
    let mut told = 0;
    for lesson in due(&app.db, day, after, until).await? {
        let mut tx = app.db.begin().await?;
        let people = claim(&mut tx, now, lesson.id, day, after, until).await?;
        told += people.len();
        tell(&mut tx, app, now, &lesson, &people).await?;
        tx.commit().await?;
    }
    Ok(told)
}

async fn due(db: &Db, day: NaiveDate, after: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Due>, AppError> {
    let rows = sql(
        "SELECT l.id, l.class_id, c.title AS class, l.topic, l.starts_at, l.ends_at, w.name AS venue
         FROM lessons l JOIN classes c ON c.id = l.class_id LEFT JOIN venues w ON w.id = l.venue_id
         WHERE l.starts_at > $1 AND l.starts_at <= $2 AND l.cancelled_at IS NULL AND EXISTS (SELECT 1 FROM enrolments e WHERE",
    )
    .push(WAITED_FOR)
    .push(
        " AND NOT EXISTS (SELECT 1 FROM lesson_reminders r WHERE r.lesson_id = l.id AND r.person_id = e.person_id AND r.day = $3))
         ORDER BY l.starts_at, l.id LIMIT $4",
    )
    .bind(after)
    .bind(until)
    .bind(day)
    .bind(AT_ONCE)
    .all(db)
    .await?;
    Ok(rows)
}

/// Those whom this process is the one to remind: the row's key lets each in once, and the lesson and the place are asked
/// for again in the same statement.
async fn claim(
    tx: &mut Tx,
    now: DateTime<Utc>,
    lesson: LessonId,
    day: NaiveDate,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<PersonId>, AppError> {
    let rows: Vec<(PersonId,)> = sql("INSERT INTO lesson_reminders (lesson_id, person_id, day, told_at)
         SELECT l.id, e.person_id, $3, $4 FROM lessons l JOIN classes c ON c.id = l.class_id JOIN enrolments e ON e.class_id = c.id
         WHERE l.id = $5 AND")
    .push(WAITED_FOR)
    .push(" ON CONFLICT DO NOTHING RETURNING person_id")
    .bind(after)
    .bind(until)
    .bind(day)
    .bind(now)
    .bind(lesson)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

/// After its beginning a reminder is worth nothing.
async fn tell(tx: &mut Tx, app: &App, now: DateTime<Utc>, lesson: &Due, people: &[PersonId]) -> Result<(), AppError> {
    let key = if lesson.venue.is_some() {
        "attendance-notice-reminder"
    } else {
        "attendance-notice-reminder-no-venue"
    };
    let span = Span {
        starts_at: lesson.starts_at,
        ends_at: lesson.ends_at,
    };
    let text = Problem::new(key)
        .with("class", &lesson.class)
        .with("topic", &lesson.topic)
        .with("when", plain_range(span))
        .with("venue", lesson.venue.as_deref().unwrap_or_default());
    tell_until(tx, app, now, people, &text, &format!("/me/classes/{}", lesson.class_id), lesson.starts_at).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::notices::{inbox, unread};
    use crate::testing::{TestCity, XINAN};

    async fn set(city: &TestCity, text: &'static str, id: impl Into<crate::db::Value>) {
        let mut tx = city.begin().await;
        sql(text).bind(id).run(&mut tx).await.expect("changed");
        tx.commit().await.expect("kept");
    }

    async fn everybody_with_a_place_is_reminded_once(engine: Engine) {
        let city = TestCity::new(engine).await;
        let app = &city.app;
        let class = city.class(XINAN, 30).await;
        let lesson = city.lesson(class, city.now() + TimeDelta::hours(30)).await;
        let (own, excused, waiting, gone) = (
            city.person("甲", XINAN).await,
            city.person("乙", XINAN).await,
            city.person("丙", XINAN).await,
            city.person("丁", XINAN).await,
        );
        city.enrolment(class, own, "approved").await;
        let leave = city.enrolment(class, excused, "approved").await;
        city.enrolment(class, waiting, "waitlisted").await;
        city.enrolment(class, gone, "withdrawn").await;
        let mut tx = city.begin().await;
        sql("INSERT INTO leaves (id, lesson_id, enrolment_id, reason, state, asked_at) VALUES ($1, $2, $3, '出差', 'approved', $4)")
            .bind(app.chance.uuid(city.now()))
            .bind(lesson)
            .bind(leave)
            .bind(city.now())
            .run(&mut tx)
            .await
            .expect("leave");
        tx.commit().await.expect("kept");
        assert_eq!(remind(app, city.now()).await, Ok(0), "not before the eve");
        city.hand.advance(TimeDelta::hours(6));
        let (one, other) = tokio::join!(remind(app, city.now()), remind(app, city.now()));
        assert_eq!(one.expect("told") + other.expect("told"), 1, "two processes remind once");
        assert_eq!(remind(app, city.now()).await, Ok(0));
        let told = inbox(&app.db, own).await.expect("read");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].text.key, "attendance-notice-reminder-no-venue");
        assert!(
            told[0]
                .text
                .args
                .iter()
                .any(|(name, value)| name == "when" && value == "2026-11-04 15:00–18:00"),
            "{told:?}"
        );
        for other in [excused, waiting, gone] {
            assert_eq!(unread(&app.db, other).await, Ok(0));
        }
        // Who comes later is reminded too, but nobody twice.
        city.enrolment(class, city.person("戊", XINAN).await, "approved").await;
        assert_eq!(remind(app, city.now()).await, Ok(1));
        // Moved within the day: that was told when it was done. Moved by a day: a new reminder on the new eve.
        set(&city, "UPDATE lessons SET starts_at = $1", city.now() + TimeDelta::hours(20)).await;
        assert_eq!(remind(app, city.now()).await, Ok(0));
        set(&city, "UPDATE lessons SET starts_at = $1", city.now() + TimeDelta::hours(44)).await;
        city.hand.advance(TimeDelta::hours(22));
        assert_eq!(remind(app, city.now()).await, Ok(2));
        city.hand.advance(TimeDelta::days(9));
        assert_eq!(remind(app, city.now()).await, Ok(0));
        assert_eq!(
            sql("SELECT COUNT(*) FROM lesson_reminders").count(&app.db).await.expect("counted"),
            0,
            "forgotten"
        );
    }

    async fn what_does_not_take_place_is_not_reminded_of(engine: Engine) {
        let city = TestCity::new(engine).await;
        let app = &city.app;
        let class = city.class(XINAN, 30).await;
        let lesson = city.lesson(class, city.now() + TimeDelta::hours(3)).await;
        city.enrolment(class, city.person("甲", XINAN).await, "approved").await;
        set(&city, "UPDATE lessons SET cancelled_at = $1", city.now()).await;
        assert_eq!(remind(app, city.now()).await, Ok(0));
        set(&city, "UPDATE lessons SET cancelled_at = NULL WHERE id = $1", lesson).await;
        set(&city, "UPDATE classes SET state = 'cancelled' WHERE id = $1", class).await;
        assert_eq!(remind(app, city.now()).await, Ok(0));
        set(&city, "UPDATE classes SET state = 'running' WHERE id = $1", class).await;
        city.hand.advance(TimeDelta::hours(3));
        assert_eq!(remind(app, city.now()).await, Ok(0), "it has begun");
    }

    crate::on_both_engines!(everybody_with_a_place_is_reminded_once, what_does_not_take_place_is_not_reminded_of);
}
