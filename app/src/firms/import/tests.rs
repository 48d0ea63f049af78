//! Contracts of imports of firms on both engines.

use std::fmt::Write;

use chrono::TimeDelta;

use super::job;
use super::store::{self, LEDGER, Outcome, Preview};
use crate::accounts::Actor;
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::firms::policy::{ImportPermit, can_import};
use crate::firms::store::{contacts, firms_named, history, whole};
use crate::ids::{GrantId, ImportId};
use crate::imports::ImportState;
use crate::on_both_engines;
use crate::sheets::read;
use crate::testing::{TestCity, XINAN, YIYANG};

const CODE: &str = "91350100M000100Y43";

struct Desk {
    city: TestCity,
    actor: Actor,
}

impl Desk {
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let actor = city.coordinator(XINAN).await;
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
        Self { city, actor }
    }

    fn permit(&self) -> ImportPermit {
        can_import(&self.actor).expect("a coordinator may")
    }

    async fn upload(&self, table: &str) -> ImportId {
        let sheet = read(table.as_bytes()).expect("a table");
        let mut tx = self.city.begin().await;
        let id = store::keep(&mut tx, &self.city.app, self.city.now(), &self.permit(), "企业.csv", &sheet)
            .await
            .expect("kept");
        tx.commit().await.expect("kept");
        id
    }

    async fn preview(&self, id: ImportId) -> Preview {
        let import = store::own(&self.city.app.db, &self.permit(), id).await.expect("the import");
        store::preview(&self.city.app, self.city.now(), &self.permit(), &import)
            .await
            .expect("a look")
    }

    async fn start(&self, id: ImportId) -> Result<(), AppError> {
        let preview = self.preview(id).await;
        let mut tx = self.city.begin().await;
        store::start(&mut tx, &self.permit(), id, &preview).await?;
        tx.commit().await
    }

    async fn run(&self, id: ImportId) -> [i64; 5] {
        self.start(id).await.expect("started");
        job::run(&self.city.app, id).await.expect("done");
        self.outcomes(id).await
    }

    async fn outcomes(&self, id: ImportId) -> [i64; 5] {
        let progress = LEDGER.progress(&self.city.app.db, id).await.expect("counted");
        [Outcome::New, Outcome::Changed, Outcome::Already, Outcome::Faulty, Outcome::Refused].map(|outcome| progress.of(outcome.as_str()))
    }

    async fn firms(&self) -> i64 {
        sql("SELECT COUNT(*) FROM firms").count(&self.city.app.db).await.expect("counted")
    }
}

fn table(rows: usize) -> String {
    let mut text = "企业名称,联系人,联系电话\n".to_owned();
    for n in 0..rows {
        writeln!(text, "企业{n},联系人{n},138{n:08}").expect("memory");
    }
    text
}

async fn good_rows_go_in_once_and_faults_are_all_named(engine: Engine) {
    let desk = Desk::new(engine).await;
    let known = desk.city.firm("老企业", XINAN).await;
    let text = format!("企业名称,信用代码,规模,联系人,职务,电话\n牡丹瓷业,{CODE},小型,张三,经理,13800000000\n老企业,,微型企业,,,\n,123,巨型,,,\n");
    let id = desk.upload(&text).await;
    let preview = desk.preview(id).await;
    assert_eq!((preview.new.len(), preview.changed.len(), preview.already.len()), (1, 1, 0));
    let keys: Vec<_> = preview.faults.iter().map(|fault| (fault.row, fault.reason.problem().key)).collect();
    let expected = [(4, "import-reason-missing"), (4, "firms-code-length"), (4, "firms-reason-no-size")];
    assert_eq!(keys, expected.map(|(row, key)| (row, key.to_owned())));
    assert_eq!(desk.firms().await, 1, "nothing is written before somebody says so");
    assert_eq!(desk.run(id).await, [1, 1, 0, 1, 0]);
    let db = &desk.city.app.db;
    let new = firms_named(db, "牡丹瓷业").await.expect("read")[0].clone();
    assert_eq!(
        (new.credit_code.as_deref(), new.region.as_str()),
        (Some(CODE), XINAN),
        "the coordinator's county"
    );
    let there = contacts(db, new.id).await.expect("read");
    assert_eq!((there.len(), there[0].position.as_str(), there[0].is_main), (1, "经理", true));
    assert_eq!(whole(db, known).await.expect("a firm").size().map(|size| size.as_str()), Some("micro"));
    assert_eq!(history(db, known).await.expect("read")[0].what, "imported");
    assert!(desk.start(id).await.is_err(), "it was started already");
    let again = desk.upload(&text).await;
    assert_eq!(desk.preview(again).await.already.len(), 2);
    assert_eq!(desk.run(again).await, [0, 0, 2, 1, 0], "twice is the same as once");
    assert_eq!((desk.firms().await, contacts(db, new.id).await.expect("read").len()), (2, 1));
}

async fn what_only_the_register_knows_is_a_fault_too(engine: Engine) {
    let desk = Desk::new(engine).await;
    let away = desk.city.firm("宜阳陶瓷", YIYANG).await;
    let mut tx = desk.city.begin().await;
    sql("UPDATE firms SET credit_code = $2 WHERE id = $1")
        .bind(away)
        .bind(CODE)
        .run(&mut tx)
        .await
        .expect("a code");
    tx.commit().await.expect("kept");
    let id = desk.upload(&format!("企业名称,信用代码,县区\n宜阳陶瓷,{CODE},\n新企业,,宜阳县\n")).await;
    let preview = desk.preview(id).await;
    let keys: Vec<_> = preview.faults.iter().map(|fault| (fault.row, fault.reason.problem().key)).collect();
    assert_eq!(
        keys,
        [(2, "firms-reason-other-county".to_owned()), (3, "firms-reason-other-county".to_owned())]
    );
    let namesake = desk.upload("企业名称\n宜阳陶瓷\n").await;
    assert_eq!(desk.preview(namesake).await.new.len(), 1, "a namesake of the own county is another firm");
}

async fn a_row_leaves_what_it_does_not_say(engine: Engine) {
    let desk = Desk::new(engine).await;
    let first = desk
        .upload("企业名称,行业,简介,联系人,职务,电话,邮箱\n甲,陶瓷,做瓷,张三,经理,13800000000,z@a.cn\n")
        .await;
    desk.run(first).await;
    let second = desk.upload("企业名称,行业,简介,联系人,职务,电话\n甲,铝材,,张三,,13800000000\n").await;
    assert_eq!(desk.run(second).await, [0, 1, 0, 0, 0]);
    let db = &desk.city.app.db;
    let id = firms_named(db, "甲").await.expect("read")[0].id;
    let firm = whole(db, id).await.expect("a firm");
    assert_eq!((firm.industry.as_deref(), firm.about.as_str()), (Some("铝材"), "做瓷"));
    let there = contacts(db, id).await.expect("read");
    assert_eq!((there[0].position.as_str(), there[0].email.as_deref()), ("经理", Some("z@a.cn")));
}

async fn two_processes_at_one_import_write_each_row_once(engine: Engine) {
    let desk = Desk::new(engine).await;
    let id = desk.upload(&table(60)).await;
    desk.start(id).await.expect("started");
    let (first, second) = tokio::join!(job::run(&desk.city.app, id), job::run(&desk.city.app, id));
    first.expect("done");
    second.expect("done");
    assert_eq!(desk.outcomes(id).await, [60, 0, 0, 0, 0]);
    assert_eq!(desk.firms().await, 60);
}

async fn an_import_whose_process_died_is_taken_up(engine: Engine) {
    let desk = Desk::new(engine).await;
    let id = desk.upload(&table(30)).await;
    desk.start(id).await.expect("started");
    assert!(LEDGER.claim(&desk.city.app, id).await.expect("claimed"), "a process claimed it and died");
    job::run(&desk.city.app, id).await.expect("left alone");
    assert_eq!(desk.outcomes(id).await, [0; 5], "the claim holds for a while");
    desk.city.hand.advance(TimeDelta::seconds(31));
    job::run(&desk.city.app, id).await.expect("done");
    assert_eq!(desk.outcomes(id).await, [30, 0, 0, 0, 0]);
}

async fn who_lost_the_right_writes_nothing_more(engine: Engine) {
    let desk = Desk::new(engine).await;
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
    assert_eq!((desk.outcomes(id).await, desk.firms().await), ([0, 0, 0, 0, 5], 0));
    let state = store::import(&desk.city.app.db, id).await.expect("the import").state;
    assert_eq!(state, ImportState::Done);
}

async fn an_import_is_its_authors_alone(engine: Engine) {
    let desk = Desk::new(engine).await;
    let id = desk.upload(&table(1)).await;
    let other = can_import(&desk.city.city_admin().await).expect("the city may import");
    assert_eq!(store::own(&desk.city.app.db, &other, id).await.err(), Some(AppError::NotFound));
}

on_both_engines!(
    good_rows_go_in_once_and_faults_are_all_named,
    what_only_the_register_knows_is_a_fault_too,
    a_row_leaves_what_it_does_not_say,
    two_processes_at_one_import_write_each_row_once,
    an_import_whose_process_died_is_taken_up,
    who_lost_the_right_writes_nothing_more,
    an_import_is_its_authors_alone,
);
