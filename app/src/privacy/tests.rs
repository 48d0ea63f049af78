//! Nothing about a person is forgotten when their data are handed over, nothing that names them is left when they are
//! erased, and what is counted stays: on both engines.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde_json::Value;

use super::policy::{HandOverPermit, can_erase, can_hand_over, own};
use super::registry::{TABLES, Table};
use super::rules::{Obligation, Reason};
use super::store;
use crate::accounts::store::{begin_sign_in, credentials};
use crate::accounts::{Actor, Grant};
use crate::calendar::{policy as calendar_policy, store as calendar};
use crate::db::testing::{Engine, fresh};
use crate::db::{Db, Query, sql};
use crate::error::{AppError, Problem};
use crate::ids::{ClassId, PersonId, Region};
use crate::people::policy::{Office, Subject, can_change, can_name};
use crate::people::store as people;
use crate::testing::{TestCity, XINAN};

/// A column of the schema: table, name, whether it holds text, whether bytes.
type Column = (String, String, bool, bool);

async fn columns(db: &Db) -> Vec<Column> {
    let text = if db.is_postgres() {
        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), data_type = 'text', data_type IN ('uuid', 'bytea')
         FROM information_schema.columns WHERE table_schema = 'public'"
    } else {
        "SELECT m.name, c.name, c.type = 'TEXT', c.type = 'BLOB' FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
    };
    let rows: Vec<Column> = sql(text).all(db).await.expect("columns");
    rows.into_iter().filter(|(table, ..)| table != "_sqlx_migrations").collect()
}

/// Which column of which table points at which table.
async fn references(db: &Db) -> Vec<(String, String, String)> {
    let text = if db.is_postgres() {
        "SELECT CAST(CAST(c.conrelid AS regclass) AS TEXT), CAST(a.attname AS TEXT), CAST(CAST(c.confrelid AS regclass) AS TEXT)
         FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f'"
    } else {
        "SELECT m.name, f.\"from\", f.\"table\" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
    };
    sql(text).all(db).await.expect("references")
}

fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// Whether a column of ids names a person by the habits of the schema.
fn is_person(column: &str) -> bool {
    column == "person_id" || column == "by_person" || column.ends_with("_by")
}

async fn every_table_with_a_person_in_it_is_registered(engine: Engine) {
    let db = fresh(engine).await;
    let (columns, references) = (columns(&db).await, references(&db).await);
    assert!(columns.len() > 300 && references.len() > 60, "the schema is found");
    let mut faults = Vec::new();
    let pointing = references.iter().filter(|(_, _, parent)| parent == "people");
    let called = columns.iter().filter(|(_, column, _, is_id)| *is_id && is_person(column));
    let naming: BTreeSet<(&str, &str)> = pointing
        .map(|(table, column, _)| (table.as_str(), column.as_str()))
        .chain(called.map(|(table, column, ..)| (table.as_str(), column.as_str())))
        .collect();
    for (name, column) in &naming {
        let known = table(name).is_some_and(|table| table.whose.contains(column) || table.acted.contains(column));
        if !known {
            faults.push(format!("{name}.{column} names a person, and privacy/registry.rs does not know it"));
        }
    }
    // What belongs to something of a person's is the person's too; a teacher's lessons are the class's.
    for (name, column, parent) in &references {
        let of_person = parent != "people" && parent != "teachers" && table(parent).is_some_and(|table| table.about.is_some());
        if of_person && table(name).is_none_or(|table| table.about.is_none()) {
            faults.push(format!(
                "{name}.{column} belongs to {parent}, which is about people, and is not handed over"
            ));
        }
    }
    let exists = |table: &str, column: &str| columns.iter().any(|(name, other, ..)| name == table && other == column);
    for entry in TABLES {
        let named = entry.whose.iter().chain(entry.acted).chain(entry.secret);
        faults.extend(
            named
                .filter(|column| !exists(entry.name, column))
                .map(|column| format!("{}.{column} is gone", entry.name)),
        );
        for (_, column, ..) in columns.iter().filter(|(name, ..)| name == entry.name && entry.about.is_some()) {
            let opens = column.ends_with("_hash") || column.ends_with("_key") || column.ends_with("secret") || column.ends_with("token");
            if opens && !entry.secret.contains(&column.as_str()) {
                faults.push(format!("{}.{column} opens a door and would be handed over", entry.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn oneself(person: PersonId, city: &TestCity) -> Actor {
    Actor {
        person,
        sign_in: crate::ids::SignInId::new(&city.app.chance, city.now()),
        name: NAME.to_owned(),
        region: Region::from(XINAN),
        firm: None,
        grants: Vec::new(),
        must_change_password: false,
    }
}

/// A name and a number that nobody else in the tests has.
const NAME: &str = "欧阳不二";
const PHONE: &str = "13912345678";
/// The same as others have typed it.
const DRESSED: [&str; 2] = ["139-1234-5678", "139 1234 5678"];
/// A number that they had before.
const EARLIER: &str = "13800001111";
const EARLIER_DRESSED: &str = "（138）0000 1111";

/// Somebody who did and left everything that one can: a person with a firm, a finished class with attendance, leave,
/// certificate and evaluation, messages, a calendar, a sign-in, and their name and number in other people's rows.
struct Life {
    city: TestCity,
    admin: Actor,
    person: PersonId,
    class: ClassId,
}

impl Life {
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let admin = city.actor("市管", Region::CITY, vec![Grant::City]).await;
        let (person, other) = (city.person(NAME, XINAN).await, city.person("赵铁柱", XINAN).await);
        let firm = city.firm("新安铝业", XINAN).await;
        let class = city.class(XINAN, 10).await;
        let lesson = city.lesson(class, city.now()).await;
        let enrolment = city.enrolment(class, person, "approved").await;
        let others = city.enrolment(class, other, "approved").await;
        let life = Self { city, admin, person, class };
        let (now, id) = (life.city.now(), || life.city.app.chance.uuid(life.city.now()));
        life.run(
            sql("INSERT INTO grants (id, person_id, role, granted_at) VALUES ($1, $2, 'city', $3)")
                .bind(id())
                .bind(life.admin.person)
                .bind(now),
        )
        .await;
        life.run(
            sql("UPDATE people SET phone = $2, firm_id = $3, user_name = 'ouyang', position = '董事长', password_hash = 'x' WHERE id = $1")
                .bind(person)
                .bind(EARLIER)
                .bind(firm),
        )
        .await;
        life.run(sql("UPDATE enrolments SET note = '欧阳不二要求靠前', reason = '欧阳不二' WHERE id = $1").bind(enrolment))
            .await;
        life.run(
            sql("INSERT INTO enrolment_events (id, enrolment_id, at, by_person, to_state, why) VALUES ($1, $2, $3, $4, 'approved', '欧阳不二来电')")
                .bind(id())
                .bind(enrolment)
                .bind(now)
                .bind(person),
        )
        .await;
        for of in [enrolment, others] {
            life.run(sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, by_person, flags, device_mark, lat_e4, lon_e4) VALUES ($1, $2, 'present', 'wall', $3, $4, '', $5, 346000, 1124000)").bind(lesson).bind(of).bind(now).bind(person).bind([7_u8; 32])).await;
        }
        life.run(sql("INSERT INTO attendance_events (id, lesson_id, enrolment_id, at, by_person, source, to_status, why) VALUES ($1, $2, $3, $4, $5, 'wall', 'present', '欧阳不二')").bind(id()).bind(lesson).bind(enrolment).bind(now).bind(person)).await;
        life.run(sql("INSERT INTO leaves (id, lesson_id, enrolment_id, reason, state, asked_at, decision_reason) VALUES ($1, $2, $3, '欧阳不二住院', 'withdrawn', $4, '祝欧阳不二早日康复')").bind(id()).bind(lesson).bind(enrolment).bind(now)).await;
        life.run(
            sql("INSERT INTO walk_ins (id, lesson_id, person_id, asked_at, state, reason) VALUES ($1, $2, $3, $4, 'refused', '欧阳不二')")
                .bind(id())
                .bind(lesson)
                .bind(person)
                .bind(now),
        )
        .await;
        life.run(
            sql("INSERT INTO evaluation_marks (class_id, person_id) VALUES ($1, $2)")
                .bind(class)
                .bind(person),
        )
        .await;
        life.run(sql("INSERT INTO certificates (id, serial, class_id, person_id, name, class_title, school_zh, school_en, half_hours, attended, held, issued_at) VALUES ($1, 'HL-1', $2, $3, $4, 'x', 'x', 'x', 6, 1, 1, $5)").bind(id()).bind(class).bind(person).bind(NAME).bind(now)).await;
        life.run(sql("INSERT INTO teachers (id, school_id, person_id, name, title, phone, version) SELECT $1, s.id, $2, $3, '讲师', $4, 1 FROM schools s WHERE s.region = $5").bind(id()).bind(person).bind(NAME).bind(PHONE).bind(XINAN)).await;
        life.run(
            sql("INSERT INTO class_staff (class_id, person_id) VALUES ($1, $2)")
                .bind(class)
                .bind(person),
        )
        .await;
        life.run(
            sql("INSERT INTO class_events (id, class_id, at, by_person, what, detail) VALUES ($1, $2, $3, $4, 'staff_added', $5)")
                .bind(id())
                .bind(class)
                .bind(now)
                .bind(life.admin.person)
                .bind(NAME),
        )
        .await;
        life.run(
            sql("INSERT INTO firm_contacts (id, firm_id, name, position, phone, is_main, created_at) VALUES ($1, $2, $3, '董事长', $4, TRUE, $5)")
                .bind(id())
                .bind(firm)
                .bind(NAME)
                .bind(DRESSED[0])
                .bind(now),
        )
        .await;
        life.run(
            sql("INSERT INTO firm_events (id, firm_id, at, what, detail) VALUES ($1, $2, $3, 'contact', $4)")
                .bind(id())
                .bind(firm)
                .bind(now)
                .bind(format!("[{{\"field\":\"contact\",\"from\":\"\",\"to\":\"{NAME} {PHONE}\"}}]")),
        )
        .await;
        life.run(sql("INSERT INTO roster_imports (id, class_id, file_name, headers, columns, state, rows_total, created_at, created_by) VALUES ($1, $2, 'x.xlsx', '[]', '[]', 'done', 1, $3, $4)").bind(class.0).bind(class).bind(now).bind(life.admin.person)).await;
        life.run(
            sql("INSERT INTO roster_import_rows (import_id, number, cells, reason) VALUES ($1, 1, $2, $3)")
                .bind(class.0)
                .bind(format!("[\"{NAME}\",\"{}\"]", DRESSED[1]))
                .bind(format!("{{\"name\":\"{NAME}\"}}")),
        )
        .await;
        for (number, cells) in [
            (2, format!("[\"{NAME}\",\"{EARLIER_DRESSED}\"]")),
            (3, format!("[\"赵铁柱\",\"{EARLIER}\"]")),
        ] {
            let row = sql("INSERT INTO roster_import_rows (import_id, number, cells) VALUES ($1, $2, $3)");
            life.run(row.bind(class.0).bind(number).bind(cells)).await;
        }
        life.run(
            sql("INSERT INTO identities (id, person_id, provider, subject, shown, linked_at) VALUES ($1, $2, 'x', 'ouyang', $3, $4)")
                .bind(id())
                .bind(person)
                .bind(NAME)
                .bind(now),
        )
        .await;
        for text in [
            "INSERT INTO person_emails (id, person_id, address, state, created_at, expires_at) VALUES ($1, $2, 'ouyang@example.cn', 'confirmed', $3, $3)",
            "INSERT INTO outbox (id, channel, person_id, topic, state, attempts, created_at, due_at, expires_at, changed_at, detail)
             VALUES ($1, 'email', $2, 'x', 'dead', 1, $3, $3, $3, $3, 'ouyang@example.cn')",
        ] {
            life.run(sql(text).bind(id()).bind(person).bind(now)).await;
        }
        life.run(sql("INSERT INTO message_choices (person_id, topic, channel, wanted) VALUES ($1, 'x', 'email', TRUE)").bind(person))
            .await;
        life.run(
            sql("INSERT INTO lesson_reminders (lesson_id, person_id, day, told_at) VALUES ($1, $2, '2026-11-03', $3)")
                .bind(lesson)
                .bind(person)
                .bind(now),
        )
        .await;
        for (whom, text) in [(person, "课程提醒"), (other, "请假")] {
            let mut tx = life.city.begin().await;
            crate::notices::tell(
                &mut tx,
                &life.city.app,
                now,
                whom,
                &Problem::new("x").with("what", text).with("name", NAME),
                "/me",
            )
            .await
            .expect("told");
            tx.commit().await.expect("kept");
        }
        let mut tx = life.city.begin().await;
        begin_sign_in(&life.city.app, &mut tx, now, person, "手机").await.expect("signed in");
        calendar::make(&mut tx, &life.city.app, now, &calendar_policy::own(&oneself(person, &life.city)))
            .await
            .expect("a calendar");
        let details = people::NewDetails {
            name: NAME.to_owned(),
            phone: Some(PHONE.to_owned()),
            position: Some("总经理".to_owned()),
            firm: Some(firm),
        };
        let permit = can_change(&life.admin, &life.subject()).expect("leave");
        people::change(&mut tx, &life.city.app, now, &permit, details).await.expect("changed");
        tx.commit().await.expect("kept");
        life
    }

    async fn run(&self, query: Query) {
        let mut tx = self.city.begin().await;
        query.run(&mut tx).await.expect("written");
        tx.commit().await.expect("kept");
    }

    fn subject(&self) -> Subject {
        Subject {
            person: self.person,
            region: Region::from(XINAN),
            grants: Vec::new(),
            entrusted: Vec::new(),
        }
    }

    /// The class is over.
    async fn close(&self) {
        self.run(sql("UPDATE classes SET state = 'closed'")).await;
    }

    async fn erase(&self) -> Result<(), AppError> {
        self.city.hand.advance(TimeDelta::days(1));
        let permit = can_erase(&self.admin, &self.subject()).expect("leave");
        let mut tx = self.city.app.db.begin().await?;
        store::erase(&mut tx, &self.city.app, self.city.now(), &permit, Reason::Asked).await?;
        tx.commit().await
    }

    /// Where a text still stands: every column of text of every table.
    async fn traces(&self, text: &str) -> Vec<String> {
        let db = &self.city.app.db;
        let mut traces = Vec::new();
        for (table, column, is_text, _) in columns(db).await {
            if !is_text {
                continue;
            }
            let query: &'static str = Box::leak(format!("SELECT COUNT(*) FROM {table} WHERE CAST({column} AS TEXT) LIKE $1").into_boxed_str());
            if sql(query).bind(format!("%{text}%")).count(db).await.expect("counted") > 0 {
                traces.push(format!("{table}.{column}"));
            }
        }
        traces
    }

    /// What the city counts by.
    async fn counts(&self) -> BTreeMap<&'static str, Vec<(String, i64)>> {
        let mut counts = BTreeMap::new();
        for (what, text) in COUNTS {
            let rows: Vec<(String, i64)> = sql(text).all(&self.city.app.db).await.expect("counted");
            counts.insert(*what, rows);
        }
        counts
    }
}

const COUNTS: &[(&str, &str)] = &[
    ("people by county", "SELECT region, COUNT(*) FROM people GROUP BY region ORDER BY region"),
    (
        "people by firm",
        "SELECT f.name, COUNT(*) FROM people p JOIN firms f ON f.id = p.firm_id GROUP BY f.name ORDER BY f.name",
    ),
    (
        "enrolments by state",
        "SELECT state, COUNT(*) FROM enrolments GROUP BY state ORDER BY state",
    ),
    (
        "enrolments by county",
        "SELECT region, COUNT(*) FROM enrolments GROUP BY region ORDER BY region",
    ),
    (
        "steps of enrolments",
        "SELECT to_state, COUNT(*) FROM enrolment_events GROUP BY to_state ORDER BY to_state",
    ),
    (
        "attendance by status",
        "SELECT status, COUNT(*) FROM attendances GROUP BY status ORDER BY status",
    ),
    (
        "steps of attendance",
        "SELECT source, COUNT(*) FROM attendance_events GROUP BY source ORDER BY source",
    ),
    (
        "half hours by county",
        "SELECT e.region, CAST(SUM(l.half_hours) AS BIGINT) FROM attendances a JOIN enrolments e ON e.id = a.enrolment_id
         JOIN lessons l ON l.id = a.lesson_id WHERE a.status IN ('present', 'late') GROUP BY e.region ORDER BY e.region",
    ),
    (
        "people trained by firm",
        "SELECT f.name, COUNT(DISTINCT e.person_id) FROM enrolments e JOIN people p ON p.id = e.person_id JOIN firms f ON f.id = p.firm_id
         GROUP BY f.name ORDER BY f.name",
    ),
    ("leaves", "SELECT state, COUNT(*) FROM leaves GROUP BY state ORDER BY state"),
    (
        "certificates",
        "SELECT serial, COUNT(*) FROM certificates GROUP BY serial ORDER BY serial",
    ),
    ("evaluations", "SELECT 'marks' AS what, COUNT(*) FROM evaluation_marks"),
    ("teachers", "SELECT 'teachers' AS what, COUNT(*) FROM teachers"),
    ("contacts", "SELECT 'contacts' AS what, COUNT(*) FROM firm_contacts"),
    (
        "the trail before",
        "SELECT what, COUNT(*) FROM audit_entries WHERE what <> 'person.erased' GROUP BY what ORDER BY what",
    ),
];

async fn what_is_erased_names_nobody_and_the_counts_stay(engine: Engine) {
    let life = Life::new(engine).await;
    life.close().await;
    let before = life.counts().await;
    let sound = crate::integrity::findings(&life.city.app.db).await;
    assert!(
        before.values().all(|rows| !rows.is_empty()),
        "everything is there to be counted: {before:?}"
    );
    assert!(
        life.traces(NAME).await.len() >= 15,
        "the name is everywhere: {:?}",
        life.traces(NAME).await
    );
    life.erase().await.expect("erased");
    assert_eq!(life.counts().await, before);
    for text in [NAME, PHONE, DRESSED[0], DRESSED[1], EARLIER_DRESSED, "ouyang", "董事长", "总经理"] {
        assert_eq!(life.traces(text).await, [] as [String; 0], "{text} is left");
    }
    let others = life.traces("赵铁柱").await;
    for place in ["people.name", "roster_import_rows.cells"] {
        assert!(
            others.contains(&place.to_owned()),
            "nobody else is touched, with the number that they have now: {others:?}"
        );
    }
    for gone in [
        "sign_ins",
        "identities",
        "person_emails",
        "message_choices",
        "outbox",
        "grants",
        "notices",
        "calendar_links",
        "class_staff",
        "audit_particulars",
    ] {
        let query: &'static str = Box::leak(format!("SELECT COUNT(*) FROM {gone} WHERE person_id = $1").into_boxed_str());
        let left = sql(query).bind(life.person).count(&life.city.app.db).await.expect("counted");
        // Why it was done is noted about the person, and names nobody.
        assert_eq!(left, i64::from(gone == "audit_particulars"), "{gone}");
    }
    let place = sql("SELECT COUNT(*) FROM attendances WHERE lat_e4 IS NOT NULL").count(&life.city.app.db);
    assert_eq!(place.await.expect("counted"), 1, "where the other person was stays theirs");
    let after = crate::integrity::findings(&life.city.app.db).await;
    assert_eq!(after, sound, "what is left can be true as it was");
}

async fn an_erased_account_stays_closed(engine: Engine) {
    let life = Life::new(engine).await;
    life.close().await;
    life.erase().await.expect("erased");
    assert!(people::is_erased(&life.city.app.db, life.person).await.expect("asked"));
    for login in [PHONE, "ouyang"] {
        assert!(credentials(&life.city.app.db, login).await.expect("asked").is_none(), "{login}");
    }
    assert_eq!(life.erase().await, Err(AppError::refused("privacy-erased-already")));
    let (app, now) = (&life.city.app, life.city.now());
    let change = can_change(&life.admin, &life.subject()).expect("leave");
    let mut tx = life.city.begin().await;
    let refused = Err(AppError::refused("people-erased"));
    assert_eq!(people::reactivate(&mut tx, app, now, &change).await, refused);
    assert_eq!(people::reset_password(&mut tx, app, now, &change, "hash".to_owned()).await, refused);
    let role = can_name(&life.admin, &life.subject(), Office::Teacher).expect("leave");
    assert_eq!(people::give(&mut tx, app, now, &role).await, Err(AppError::NotFound));
    drop(tx);
    // The number is free again, and what was is not taken up by whoever has it now.
    let other = life.city.person("新机主", XINAN).await;
    life.run(sql("UPDATE people SET phone = $2 WHERE id = $1").bind(other).bind(PHONE)).await;
}

fn obligations_of(error: &AppError) -> Vec<String> {
    match error {
        AppError::Invalid(faults) => faults.iter().map(|fault| fault.problem.key.clone()).collect(),
        AppError::Refused(problem) => vec![problem.key.clone()],
        other => vec![format!("{other:?}")],
    }
}

async fn nobody_leaves_what_they_owe(engine: Engine) {
    let life = Life::new(engine).await;
    let (now, id) = (life.city.now(), || life.city.app.chance.uuid(life.city.now()));
    let listed = async || store::obligations(&life.city.app.db, life.city.now(), life.person).await.expect("asked");
    assert_eq!(listed().await, [Obligation::LooksAfter, Obligation::Enrolled]);
    let keys = ["privacy-obligation-looks_after", "privacy-obligation-enrolled"];
    assert_eq!(obligations_of(&life.erase().await.expect_err("refused")), keys);
    life.close().await;
    assert_eq!(listed().await, []);

    let coming = life.city.lesson(life.class, now + TimeDelta::days(30)).await;
    life.run(
        sql("UPDATE lessons SET teacher_id = (SELECT id FROM teachers WHERE person_id = $2) WHERE id = $1")
            .bind(coming)
            .bind(life.person),
    )
    .await;
    assert_eq!(listed().await, [Obligation::Teaches]);
    assert_eq!(obligations_of(&life.erase().await.expect_err("refused")), ["privacy-obligation-teaches"]);
    life.run(sql("UPDATE lessons SET cancelled_at = $2 WHERE id = $1").bind(coming).bind(now))
        .await;

    // The only one who administers the city.
    life.run(
        sql("INSERT INTO grants (id, person_id, role, granted_at) VALUES ($1, $2, 'city', $3)")
            .bind(id())
            .bind(life.person)
            .bind(now),
    )
    .await;
    life.run(sql("UPDATE people SET active = FALSE WHERE id = $1").bind(life.admin.person))
        .await;
    assert_eq!(listed().await, [Obligation::LastCity]);
    assert_eq!(obligations_of(&life.erase().await.expect_err("refused")), ["people-last-city"]);
    life.run(sql("UPDATE people SET active = TRUE WHERE id = $1").bind(life.admin.person))
        .await;

    // The only contact of a pilot firm.
    life.run(
        sql("INSERT INTO cohorts (id, name, size, state, created_at) VALUES ($1, '第一批', 30, 'running', $2)")
            .bind(life.class.0)
            .bind(now),
    )
    .await;
    life.run(sql("INSERT INTO pilots (id, cohort_id, firm_id, region, category, reasons, state, nominated_at) SELECT $1, $1, f.id, f.region, 'x', '', 'chosen', $2 FROM firms f").bind(life.class.0).bind(now)).await;
    life.run(
        sql("INSERT INTO grants (id, person_id, role, firm_id, granted_at) SELECT $1, $2, 'firm', f.id, $3 FROM firms f")
            .bind(id())
            .bind(life.person)
            .bind(now),
    )
    .await;
    assert_eq!(listed().await, [Obligation::OnlyContact]);
    assert_eq!(
        obligations_of(&life.erase().await.expect_err("refused")),
        ["privacy-obligation-only_contact"]
    );
    let second = life.city.person("第二联络员", XINAN).await;
    life.run(
        sql("INSERT INTO grants (id, person_id, role, firm_id, granted_at) SELECT $1, $2, 'firm', f.id, $3 FROM firms f")
            .bind(id())
            .bind(second)
            .bind(now),
    )
    .await;
    assert_eq!(listed().await, []);
    life.erase().await.expect("nothing stands against it any more");
}

async fn everything_is_handed_over_and_nothing_that_opens_doors(engine: Engine) {
    let life = Life::new(engine).await;
    let permit = own(&oneself(life.person, &life.city));
    let all = store::everything(&life.city.app.db, life.city.now(), &permit).await.expect("gathered");
    let about = all["about"].as_object().expect("tables");
    for entry in TABLES.iter().filter(|entry| entry.about.is_some()) {
        let rows = about[entry.name].as_array().expect("rows");
        let is_here = !matches!(entry.name, "grants" | "verifier_assignments");
        assert_eq!(!rows.is_empty(), is_here, "{}", entry.name);
        for secret in entry.secret {
            assert!(rows.iter().all(|row| row.get(*secret).is_none()), "{}.{secret}", entry.name);
        }
    }
    let own_row = &about["people"][0];
    assert_eq!(
        (own_row["name"].as_str(), own_row["phone"].as_str(), own_row["active"].as_bool()),
        (Some(NAME), Some(PHONE), Some(true))
    );
    assert_eq!(about["attendances"].as_array().map(Vec::len), Some(1), "only their own");
    for (table, count) in [("firm_contacts", 1), ("roster_import_rows", 1), ("audit_entries", 2)] {
        assert_eq!(about[table].as_array().map(Vec::len), Some(count), "{table}");
    }
    assert_eq!(all["acts"]["attendances"]["count"], Value::from(2), "what they did is counted");
    let contact = sql("UPDATE firm_contacts SET name = '孙会计' WHERE name = $1").bind(NAME);
    life.run(contact).await;
    let contacts = async |permit: &HandOverPermit| {
        let all = store::everything(&life.city.app.db, life.city.now(), permit).await.expect("gathered");
        all["about"]["firm_contacts"].as_array().map(Vec::len)
    };
    assert_eq!(
        contacts(&permit).await,
        Some(0),
        "a number that nobody has proved to be theirs hands out nobody else"
    );
    let by_the_city = can_hand_over(&life.admin, &life.subject()).expect("leave");
    assert_eq!(contacts(&by_the_city).await, Some(1));
    let text = all.to_string();
    assert!(!text.contains("赵铁柱") && !text.contains("市管"), "others have their own data");
    // The same from either engine: ids and instants are text.
    let at = about["enrolments"][0]["created_at"].as_str().expect("an instant");
    assert_eq!(
        at.parse::<chrono::DateTime<chrono::Utc>>().map_err(|error| error.to_string()),
        Ok(crate::testing::start())
    );
    assert_eq!(about["enrolments"][0]["person_id"].as_str(), Some(life.person.to_string().as_str()));
}

crate::on_both_engines!(
    every_table_with_a_person_in_it_is_registered,
    what_is_erased_names_nobody_and_the_counts_stay,
    an_erased_account_stays_closed,
    nobody_leaves_what_they_owe,
    everything_is_handed_over_and_nothing_that_opens_doors,
);
