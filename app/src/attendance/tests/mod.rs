//! Tests of the ledger on both engines, with real concurrency.

mod burst;
mod live;
mod marking;

use chrono::{DateTime, TimeDelta, Utc};

use super::policy::{MarkPermit, mark_permit};
use super::rules::Source;
use super::store::CheckIn;
use crate::db::sql;
use crate::ids::{ClassId, EnrolmentId, LessonId, PersonId};
use crate::testing::{TestCity, XINAN};

/// A class of Xin'an with a lesson that starts in an hour.
struct Hall {
    city: TestCity,
    class: ClassId,
    lesson: LessonId,
    starts_at: DateTime<Utc>,
}

impl Hall {
    async fn new(engine: crate::db::testing::Engine) -> Self {
        let city = TestCity::new(engine).await;
        let class = city.class(XINAN, 500).await;
        let starts_at = city.now() + TimeDelta::hours(1);
        let lesson = city.lesson(class, starts_at).await;
        Self {
            city,
            class,
            lesson,
            starts_at,
        }
    }

    /// Moves the clock to so many minutes after the start (before it, when negative).
    fn at(&self, minutes: i64) -> DateTime<Utc> {
        let at = self.starts_at + TimeDelta::minutes(minutes);
        self.city.hand.set(at);
        at
    }

    async fn student(&self, name: &str) -> (PersonId, EnrolmentId) {
        let person = self.city.person(name, XINAN).await;
        (person, self.city.enrolment(self.class, person, "approved").await)
    }

    async fn staff(&self) -> MarkPermit {
        let class = crate::classes::store::class(&self.city.app.db, self.class).await.expect("a class");
        mark_permit(&self.city.coordinator(XINAN).await, &class).expect("a permit")
    }

    async fn rows(&self) -> i64 {
        sql("SELECT COUNT(*) FROM attendances WHERE lesson_id = $1")
            .bind(self.lesson)
            .count(&self.city.app.db)
            .await
            .expect("counted")
    }

    async fn events(&self) -> i64 {
        sql("SELECT COUNT(*) FROM attendance_events WHERE lesson_id = $1")
            .bind(self.lesson)
            .count(&self.city.app.db)
            .await
            .expect("counted")
    }

    fn scan(&self, person: PersonId, source: Source) -> CheckIn {
        CheckIn {
            lesson: self.lesson,
            person,
            source,
            at: self.city.now(),
            by: None,
            device: None,
            browser: None,
            place: None,
        }
    }
}
