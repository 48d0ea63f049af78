//! Contracts of roster imports on both engines.

use std::fmt::Write;

use chrono::TimeDelta;

use super::job;
use super::store::{self, Outcome, Preview};
use crate::accounts::Actor;
use crate::classes::Class;
use crate::db::sql;
use crate::db::testing::Engine;
use crate::enrolment::policy::{DeskPermit, can_run_roster};
use crate::error::AppError;
use crate::ids::{ClassId, GrantId, ImportId};
use crate::imports::ImportState;
use crate::on_both_engines;
use crate::sheets::read;
use crate::testing::{TestCity, XINAN, YIYANG};

struct Desk {
    city: TestCity,
    actor: Actor,
    class: Class,
}

impl Desk {
    async fn new(engine: Engine, capacity: i64) -> Self {
        let city = TestCity::new(engine).await;
        let actor = city.coordinator(XINAN).await;
        let id = city.class(XINAN, capacity).await;
        let class = crate::classes::store::class(&city.app.db, id).await.expect("the class");
        // The job asks the database for the roles that its author holds now.
        let mut tx = city.begin().await;
        sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, 'county', $3, $4)")
            .bind(GrantId::new(&city.app.chance, city.now()))
            .bind(actor.person)
            .bind(XINAN)
            .bind(city.now())
            .run(&mut tx)
            .await
            .expect("a role");
        tx.commit().await.expect("kept");
        Self { city, actor, class }
    }

    fn permit(&self) -> DeskPermit {
        can_run_roster(&self.actor, &self.class).expect("the county's coordinator may")
    }

    async fn upload(&self, table: &str) -> ImportId {
        let sheet = read(table.as_bytes()).expect("a table");
        let mut tx = self.city.begin().await;
        let id = store::keep(&mut tx, &self.city.app, self.city.now(), &self.permit(), "名单.csv", &sheet)
            .await
            .expect("kept");
        tx.commit().await.expect("kept");
        id
    }

    async fn preview(&self, id: ImportId) -> Preview {
        let import = store::import(&self.city.app.db, id).await.expect("the import");
        store::preview(&self.city.app, self.city.now(), &import, &self.class, &self.actor.coordinated())
            .await
            .expect("a look")
    }

    async fn start(&self, id: ImportId) -> Result<(), AppError> {
        let preview = self.preview(id).await;
        let mut tx = self.city.begin().await;
        store::start(&mut tx, &self.permit(), id, &preview).await?;
        tx.commit().await
    }

    async fn outcomes(&self, id: ImportId) -> [i64; 5] {
        let progress = store::LEDGER.progress(&self.city.app.db, id).await.expect("counted");
        [
            Outcome::Approved,
            Outcome::Waitlisted,
            Outcome::Already,
            Outcome::Faulty,
            Outcome::Refused,
        ]
        .map(|outcome| progress.of(outcome.as_str()))
    }

    async fn enrolled(&self, class: ClassId) -> i64 {
        sql("SELECT COUNT(*) FROM enrolments WHERE class_id = $1")
            .bind(class)
            .count(&self.city.app.db)
            .await
            .expect("counted")
    }
}

fn table(rows: usize) -> String {
    let mut text = "姓名,手机号,企业名称\n".to_owned();
    for n in 0..rows {
        writeln!(text, "学员{n},138{n:08},洛阳企业{}", n % 7).expect("memory");
    }
    text
}

async fn good_rows_go_in_once_and_faults_are_all_named(engine: Engine) {
    let desk = Desk::new(engine, 100).await;
    let known = desk.city.person("王芳", YIYANG).await;
    let phone: (String,) = sql("SELECT phone FROM people WHERE id = $1")
        .bind(known)
        .one(&desk.city.app.db)
        .await
        .expect("a phone");
    let text = format!("{}王芳,{},\n刘洋,{},\n,123,\n", table(2), phone.0, phone.0);
    let id = desk.upload(&text).await;
    let preview = desk.preview(id).await;
    assert_eq!((preview.fit.len(), preview.already.len()), (3, 0));
    let keys: Vec<_> = preview.faults.iter().map(|fault| (fault.row, fault.reason.key())).collect();
    assert_eq!(
        keys,
        [(5, "import-reason-repeated"), (6, "import-reason-missing"), (6, "import-reason-no-phone")]
    );
    assert_eq!(desk.enrolled(desk.class.id).await, 0, "nothing is written before somebody says so");
    desk.start(id).await.expect("started");
    job::run(&desk.city.app, id).await.expect("done");
    assert_eq!(desk.outcomes(id).await, [3, 0, 0, 2, 0]);
    let state = store::import(&desk.city.app.db, id).await.expect("the import").state;
    assert_eq!(state, ImportState::Done);
    assert!(desk.start(id).await.is_err(), "it was started already");
    let again = desk.upload(&text).await;
    assert_eq!(desk.preview(again).await.already.len(), 3);
    desk.start(again).await.expect("started");
    job::run(&desk.city.app, again).await.expect("done");
    assert_eq!(desk.outcomes(again).await, [0, 0, 3, 2, 0]);
    assert_eq!(desk.enrolled(desk.class.id).await, 3, "twice is the same as once");
}

async fn what_only_the_database_knows_is_a_fault_too(engine: Engine) {
    let desk = Desk::new(engine, 10).await;
    let known = desk.city.person("王芳", YIYANG).await;
    let phone: (String,) = sql("SELECT phone FROM people WHERE id = $1")
        .bind(known)
        .one(&desk.city.app.db)
        .await
        .expect("a phone");
    let id = desk
        .upload(&format!("姓名,手机,县区\n李强,{},\n赵敏,13800000009,宜阳县\n", phone.0))
        .await;
    let faults = desk.preview(id).await.faults;
    let keys: Vec<_> = faults.iter().map(|fault| fault.reason.key()).collect();
    assert_eq!(keys, ["import-reason-other-name", "import-reason-other-county"]);
}

async fn a_roster_larger_than_the_class_fills_it_and_then_waits(engine: Engine) {
    let desk = Desk::new(engine, 30).await;
    let id = desk.upload(&table(70)).await;
    desk.start(id).await.expect("started");
    job::run(&desk.city.app, id).await.expect("done");
    assert_eq!(desk.outcomes(id).await, [30, 40, 0, 0, 0]);
}

async fn two_processes_at_one_import_write_each_row_once(engine: Engine) {
    let desk = Desk::new(engine, 500).await;
    let id = desk.upload(&table(120)).await;
    desk.start(id).await.expect("started");
    let (first, second) = tokio::join!(job::run(&desk.city.app, id), job::run(&desk.city.app, id));
    first.expect("done");
    second.expect("done");
    assert_eq!(desk.outcomes(id).await, [120, 0, 0, 0, 0]);
    assert_eq!(desk.enrolled(desk.class.id).await, 120);
}

async fn an_import_whose_process_died_is_taken_up(engine: Engine) {
    let desk = Desk::new(engine, 500).await;
    let id = desk.upload(&table(40)).await;
    desk.start(id).await.expect("started");
    // A process claimed it and died.
    let mut tx = desk.city.begin().await;
    sql("UPDATE roster_imports SET claimed_at = $2 WHERE id = $1")
        .bind(id)
        .bind(desk.city.now())
        .run(&mut tx)
        .await
        .expect("claimed");
    tx.commit().await.expect("kept");
    job::run(&desk.city.app, id).await.expect("left alone");
    assert_eq!(desk.outcomes(id).await, [0; 5], "the claim holds for a while");
    desk.city.hand.advance(TimeDelta::seconds(31));
    job::run(&desk.city.app, id).await.expect("done");
    assert_eq!(desk.outcomes(id).await, [40, 0, 0, 0, 0]);
}

async fn who_lost_the_right_writes_nothing_more(engine: Engine) {
    let desk = Desk::new(engine, 500).await;
    let id = desk.upload(&table(5)).await;
    desk.start(id).await.expect("started");
    let mut tx = desk.city.begin().await;
    sql("DELETE FROM grants WHERE person_id = $1")
        .bind(desk.actor.person)
        .run(&mut tx)
        .await
        .expect("revoked");
    tx.commit().await.expect("kept");
    job::run(&desk.city.app, id).await.expect("ended");
    assert_eq!((desk.outcomes(id).await, desk.enrolled(desk.class.id).await), ([0, 0, 0, 0, 5], 0));
    let state = store::import(&desk.city.app.db, id).await.expect("the import").state;
    assert_eq!(state, ImportState::Done);
}

async fn a_class_cancelled_meanwhile_refuses_each_row_with_the_reason(engine: Engine) {
    let desk = Desk::new(engine, 500).await;
    let db = &desk.city.app.db;
    let id = desk.upload(&table(3)).await;
    desk.start(id).await.expect("started");
    let mut tx = desk.city.begin().await;
    sql("UPDATE classes SET state = 'cancelled' WHERE id = $1")
        .bind(desk.class.id)
        .run(&mut tx)
        .await
        .expect("cancelled");
    tx.commit().await.expect("kept");
    let class = crate::classes::store::class(db, desk.class.id).await.expect("the class");
    let closed = crate::enrolment::store::takes_entries(&class, desk.city.now());
    assert_eq!(
        closed,
        Err(AppError::refused("enrolment-closed-cancelled")),
        "a second import would not begin"
    );
    job::run(&desk.city.app, id).await.expect("done");
    assert_eq!(desk.outcomes(id).await, [0, 0, 0, 0, 3]);
    let import = store::import(db, id).await.expect("the import");
    let left_out = store::left_out(db, &import, 2).await.expect("read");
    let told: Vec<_> = left_out.iter().map(|left| (left.row.number, left.reason.key.as_str())).collect();
    assert_eq!(told, [(2, "enrolment-closed-cancelled"), (3, "enrolment-closed-cancelled")]);
}

on_both_engines!(
    a_class_cancelled_meanwhile_refuses_each_row_with_the_reason,
    good_rows_go_in_once_and_faults_are_all_named,
    what_only_the_database_knows_is_a_fault_too,
    a_roster_larger_than_the_class_fills_it_and_then_waits,
    two_processes_at_one_import_write_each_row_once,
    an_import_whose_process_died_is_taken_up,
    who_lost_the_right_writes_nothing_more,
);
