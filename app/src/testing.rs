//! A small city for tests: people, schools, classes and lessons written straight into the tables, so that the tests of
//! one slice need no other.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use uuid::Uuid;

use crate::accounts::{Actor, Grant};
use crate::classes::{Approval, Class, ClassState};
use crate::clock::HandClock;
use crate::db::testing::{Engine, fresh};
use crate::db::{Tx, sql};
use crate::ids::{ClassId, EnrolmentId, FirmId, LessonId, PersonId, PlanId, Region, SchoolId, SeatId, SignInId, TeacherId, VenueId};
use crate::state::App;

/// 新安县.
pub const XINAN: &str = "410323";
/// 宜阳县.
pub const YIYANG: &str = "410327";

/// A city with a plan and a school in each region.
pub struct TestCity {
    pub app: App,
    pub hand: HandClock,
    pub plan: PlanId,
}

/// 3 November 2026, 9:00 in Luoyang.
pub fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 3, 1, 0, 0).single().expect("an instant")
}

/// Person 1, of 新安, with these grants: for tables of roles, in no database.
pub fn somebody(grants: Vec<Grant>) -> Actor {
    Actor {
        person: PersonId(Uuid::from_u128(1)),
        sign_in: SignInId(Uuid::nil()),
        name: String::new(),
        region: Region::from(XINAN),
        firm: None,
        grants,
        must_change_password: false,
    }
}

/// Class 1 of a region in some state: for tables of roles, in no database.
pub fn class(region: &str, state: ClassState) -> Class {
    Class {
        id: ClassId(Uuid::from_u128(1)),
        school_id: SchoolId(Uuid::from_u128(2)),
        region: Region::from(region),
        plan_id: PlanId(Uuid::from_u128(3)),
        theme_id: None,
        title: String::new(),
        summary: String::new(),
        term: String::new(),
        capacity: 1,
        approval: Approval::Automatic,
        enrol_opens_at: None,
        enrol_closes_at: None,
        cutoff_at: None,
        quota_reclaim_at: None,
        quota_reclaimed_at: None,
        opens_before_min: 30,
        late_after_min: 10,
        pass_rate: 80,
        state,
        cancel_reason: None,
        starts_at: None,
        ends_at: None,
        version: 1,
    }
}

impl TestCity {
    pub async fn new(engine: Engine) -> Self {
        let (app, hand) = App::for_test(fresh(engine).await, start());
        Self::founded(app, hand).await
    }

    /// The same with ways out of the house for its messages.
    pub async fn with_channels(engine: Engine, channels: crate::notices::sending::Channels) -> Self {
        let (app, hand) = App::for_test_with(fresh(engine).await, start(), |settings| settings.channels = channels);
        Self::founded(app, hand).await
    }

    /// The same with sites to sign in through.
    pub async fn with_providers(engine: Engine, providers: crate::oauth::Providers) -> Self {
        let (app, hand) = App::for_test_with(fresh(engine).await, start(), |settings| settings.oauth = providers);
        Self::founded(app, hand).await
    }

    /// The same over an application of the caller, whose clock nobody moves by hand.
    pub async fn over(app: App) -> Self {
        let (_, unused) = crate::clock::Clock::by_hand(app.clock.now());
        Self::founded(app, unused).await
    }

    async fn founded(app: App, hand: HandClock) -> Self {
        let mut tx = app.db.begin().await.expect("a transaction");
        crate::regions::found(&mut tx).await.expect("regions");
        let plan = PlanId::new(&app.chance, app.clock.now());
        sql("INSERT INTO plans (id, year, name_zh, name_en, summary_zh, summary_en) VALUES ($1, 2026, '河洛民营企业家培训计划', 'Heluo plan', '', '')")
            .bind(plan)
            .run(&mut tx)
            .await
            .expect("a plan");
        for (region,) in sql("SELECT region FROM regions").all::<(String,)>(&mut tx).await.expect("regions") {
            sql("INSERT INTO schools (id, region, name_zh, name_en, address, state) VALUES ($1, $2, '学院' || $2, 'Academy ' || $2, '某路 1 号', 'open')")
                .bind(SchoolId::new(&app.chance, app.clock.now()))
                .bind(region)
                .run(&mut tx)
                .await
                .expect("a school");
        }
        tx.commit().await.expect("the city is founded");
        Self { app, hand, plan }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    pub async fn begin(&self) -> Tx {
        self.app.db.begin().await.expect("a transaction")
    }

    /// A new person of a county.
    pub async fn person(&self, name: &str, region: &str) -> PersonId {
        let id = PersonId::new(&self.app.chance, self.now());
        let mut tx = self.begin().await;
        let phone = format!("139{:08}", u32::from_be_bytes(self.app.chance.bytes()) % 100_000_000);
        sql("INSERT INTO people (id, name, initials, phone, must_change_password, region, qr_code, active, created_at) VALUES ($1, $2, 'x', $3, FALSE, $4, $5, TRUE, $6)")
            .bind(id)
            .bind(name)
            .bind(phone)
            .bind(region)
            .bind(id.to_string())
            .bind(self.now())
            .run(&mut tx)
            .await
            .expect("a person");
        tx.commit().await.expect("kept");
        id
    }

    /// Many people of a county, in one transaction.
    pub async fn people(&self, count: usize, region: &str) -> Vec<PersonId> {
        let mut ids = Vec::with_capacity(count);
        let mut tx = self.begin().await;
        for n in 0..count {
            let id = PersonId::new(&self.app.chance, self.now());
            sql("INSERT INTO people (id, name, initials, must_change_password, region, qr_code, active, created_at) VALUES ($1, $2, 'x', FALSE, $3, $4, TRUE, $5)")
                .bind(id)
                .bind(format!("学员{n:04}"))
                .bind(region)
                .bind(id.to_string())
                .bind(self.now())
                .run(&mut tx)
                .await
                .expect("a person");
            ids.push(id);
        }
        tx.commit().await.expect("kept");
        ids
    }

    /// A confirmed e-mail address for a person.
    pub async fn email(&self, person: PersonId, address: &str) {
        let mut tx = self.begin().await;
        sql("INSERT INTO person_emails (id, person_id, address, state, created_at, expires_at) VALUES ($1, $2, $3, 'confirmed', $4, $4)")
            .bind(self.app.chance.uuid(self.now()))
            .bind(person)
            .bind(address)
            .bind(self.now())
            .run(&mut tx)
            .await
            .expect("an address");
        tx.commit().await.expect("kept");
    }

    /// An actor for a person with these roles (not signed in through the web).
    pub async fn actor(&self, name: &str, region: &str, grants: Vec<Grant>) -> Actor {
        let person = self.person(name, region).await;
        let sign_in = SignInId::new(&self.app.chance, self.now());
        Actor {
            person,
            sign_in,
            name: name.to_owned(),
            region: Region::from(region),
            firm: None,
            grants,
            must_change_password: false,
        }
    }

    /// The city administrator, a coordinator of a county, or an entrepreneur.
    pub async fn city_admin(&self) -> Actor {
        self.actor("市管", Region::CITY, vec![Grant::City]).await
    }

    pub async fn coordinator(&self, region: &str) -> Actor {
        self.actor("县管", region, vec![Grant::County(Region::from(region))]).await
    }

    pub async fn entrepreneur(&self, region: &str) -> Actor {
        self.actor("学员", region, Vec::new()).await
    }

    pub async fn firm(&self, name: &str, region: &str) -> FirmId {
        let id = FirmId::new(&self.app.chance, self.now());
        let mut tx = self.begin().await;
        sql("INSERT INTO firms (id, name, initials, region, created_at) VALUES ($1, $2, 'x', $3, $4)")
            .bind(id)
            .bind(name)
            .bind(region)
            .bind(self.now())
            .run(&mut tx)
            .await
            .expect("a firm");
        tx.commit().await.expect("kept");
        id
    }

    pub async fn school(&self, region: &str) -> SchoolId {
        sql("SELECT id FROM schools WHERE region = $1")
            .bind(region)
            .one::<(SchoolId,)>(&self.app.db)
            .await
            .expect("a school")
            .0
    }

    pub async fn teacher(&self, region: &str) -> TeacherId {
        let id = TeacherId::new(&self.app.chance, self.now());
        let school = self.school(region).await;
        let mut tx = self.begin().await;
        sql("INSERT INTO teachers (id, school_id, name, title, version) VALUES ($1, $2, '王老师', '教授', 1)")
            .bind(id)
            .bind(school)
            .run(&mut tx)
            .await
            .expect("a teacher");
        tx.commit().await.expect("kept");
        id
    }

    pub async fn venue(&self, region: &str) -> VenueId {
        let id = VenueId::new(&self.app.chance, self.now());
        let school = self.school(region).await;
        let mut tx = self.begin().await;
        sql("INSERT INTO venues (id, school_id, name, address, seats, version) VALUES ($1, $2, '报告厅', '某路 1 号', 300, 1)")
            .bind(id)
            .bind(school)
            .run(&mut tx)
            .await
            .expect("a venue");
        tx.commit().await.expect("kept");
        id
    }

    /// A class that is enrolling now, of the region's school: approval at once, window open for ten days.
    pub async fn class(&self, region: &str, capacity: i64) -> ClassId {
        let id = ClassId::new(&self.app.chance, self.now());
        let school = self.school(region).await;
        let mut tx = self.begin().await;
        sql(
            "INSERT INTO classes (id, school_id, plan_id, title, summary, term, capacity, approval, enrol_opens_at, enrol_closes_at, cutoff_at,
                 opens_before_min, late_after_min, pass_rate, state, created_at, version)
             VALUES ($1, $2, $3, '现代企业治理班', '', '2026 秋', $4, 'automatic', $5, $6, $6, 30, 10, 80, 'enrolling', $5, 1)",
        )
        .bind(id)
        .bind(school)
        .bind(self.plan)
        .bind(capacity)
        .bind(self.now())
        .bind(self.now() + TimeDelta::days(10))
        .run(&mut tx)
        .await
        .expect("a class");
        tx.commit().await.expect("kept");
        id
    }

    /// A lesson of three hours.
    pub async fn lesson(&self, class: ClassId, starts_at: DateTime<Utc>) -> LessonId {
        let id = LessonId::new(&self.app.chance, self.now());
        let mut tx = self.begin().await;
        sql("INSERT INTO lessons (id, class_id, topic, starts_at, ends_at, half_hours, code_key, version) VALUES ($1, $2, '公司治理', $3, $4, 6, $5, 1)")
            .bind(id)
            .bind(class)
            .bind(starts_at)
            .bind(starts_at + TimeDelta::hours(3))
            .bind(self.app.chance.bytes::<32>())
            .run(&mut tx)
            .await
            .expect("a lesson");
        tx.commit().await.expect("kept");
        id
    }

    /// An enrolment in a state, past every rule.
    pub async fn enrolment(&self, class: ClassId, person: PersonId, state: &'static str) -> EnrolmentId {
        let id = EnrolmentId::new(&self.app.chance, self.now());
        let mut tx = self.begin().await;
        sql(
            "INSERT INTO enrolments (id, class_id, person_id, seat_id, region, state, priority, queued_at, source, created_at, changed_at)
             SELECT $1, $2, p.id, $4, p.region, $5, 0, $6, 'desk', $6, $6 FROM people p WHERE p.id = $3",
        )
        .bind(id)
        .bind(class)
        .bind(person)
        .bind(SeatId::new(&self.app.chance, self.now()))
        .bind(state)
        .bind(self.now())
        .run(&mut tx)
        .await
        .expect("an enrolment");
        tx.commit().await.expect("kept");
        id
    }
}
