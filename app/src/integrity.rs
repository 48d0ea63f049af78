//! Whether what the database holds can be true: what `heluo check` looks for. Constraints keep most of it from happening;
//! this is for the day after a crash, a restore or a repair by hand.

use uuid::Uuid;

use crate::db::{Db, sql};
use crate::error::AppError;

/// Found faults are counted up to here; nobody mends more from one list.
const AT_MOST: usize = 1000;
/// As many ids of each are named.
const NAMED: usize = 3;

/// Rows of one kind, counted.
pub struct Count {
    pub what: &'static str,
    pub rows: i64,
}

/// One kind of fault, found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A name for scripts, such as `oversold`.
    pub check: &'static str,
    /// What is wrong, for people.
    pub what: &'static str,
    pub rows: usize,
    /// The first few of them.
    pub ids: Vec<Uuid>,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let more = if self.rows >= AT_MOST { "at least " } else { "" };
        let ids: Vec<String> = self.ids.iter().map(|id| id.simple().to_string()).collect();
        write!(f, "{}: {more}{} {} ({})", self.check, self.rows, self.what, ids.join(", "))
    }
}

/// Rows whose parent is not there.
macro_rules! orphan {
    ($child:literal, $column:literal, $parent:literal) => {
        (
            "orphan",
            concat!("rows of ", $child, " whose ", $column, " is not in ", $parent),
            concat!(
                "SELECT x.",
                $column,
                " FROM ",
                $child,
                " x WHERE x.",
                $column,
                " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ",
                $parent,
                " p WHERE p.id = x.",
                $column,
                ") LIMIT 1000"
            ),
        )
    };
}

/// Name, words, and a query for the ids of what is wrong.
const CHECKS: &[(&str, &str, &str)] = &[
    orphan!("people", "firm_id", "firms"),
    orphan!("grants", "person_id", "people"),
    orphan!("sign_ins", "person_id", "people"),
    orphan!("identities", "person_id", "people"),
    orphan!("classes", "school_id", "schools"),
    orphan!("lessons", "class_id", "classes"),
    orphan!("lessons", "teacher_id", "teachers"),
    orphan!("lessons", "venue_id", "venues"),
    orphan!("class_quotas", "class_id", "classes"),
    orphan!("class_staff", "class_id", "classes"),
    orphan!("class_staff", "person_id", "people"),
    orphan!("enrolments", "class_id", "classes"),
    orphan!("enrolments", "person_id", "people"),
    orphan!("enrolment_events", "enrolment_id", "enrolments"),
    orphan!("attendances", "lesson_id", "lessons"),
    orphan!("attendances", "enrolment_id", "enrolments"),
    orphan!("attendance_events", "lesson_id", "lessons"),
    orphan!("attendance_events", "enrolment_id", "enrolments"),
    orphan!("leaves", "lesson_id", "lessons"),
    orphan!("leaves", "enrolment_id", "enrolments"),
    orphan!("walk_ins", "lesson_id", "lessons"),
    orphan!("walk_ins", "person_id", "people"),
    orphan!("api_tokens", "school_id", "schools"),
    orphan!("api_tokens", "created_by", "people"),
    (
        "orphan",
        "answers given to a machine that is neither a scanner nor a token",
        "SELECT a.device_id FROM device_answers a WHERE NOT EXISTS (SELECT 1 FROM devices d WHERE d.id = a.device_id)
             AND NOT EXISTS (SELECT 1 FROM api_tokens t WHERE t.id = a.device_id) LIMIT 1000",
    ),
    (
        "merged-firm",
        "rows that stand with a firm that was merged into another",
        "SELECT k.id FROM (
             SELECT id, firm_id FROM people UNION ALL SELECT id, firm_id FROM grants UNION ALL SELECT id, firm_id FROM pilots
             UNION ALL SELECT id, firm_id FROM enrolments UNION ALL SELECT id, firm_id FROM firm_contacts
             UNION ALL SELECT class_id, firm_id FROM seat_holds
         ) k JOIN firms f ON f.id = k.firm_id WHERE f.merged_into IS NOT NULL LIMIT 1000",
    ),
    (
        "oversold",
        "classes with more people approved than seats",
        "SELECT c.id FROM classes c WHERE c.capacity < (SELECT COUNT(*) FROM enrolments e WHERE e.class_id = c.id AND e.state = 'approved') LIMIT 1000",
    ),
    (
        "quota",
        "classes that gave seats away which a county's quota keeps",
        "SELECT k.class_id FROM (
             SELECT q.class_id, CASE WHEN q.seats > COUNT(e.id) THEN q.seats ELSE COUNT(e.id) END AS kept
             FROM class_quotas q LEFT JOIN enrolments e ON e.class_id = q.class_id AND e.region = q.region AND e.state = 'approved' AND e.firm_id IS NULL
             GROUP BY q.class_id, q.region, q.seats
             UNION ALL
             SELECT e.class_id, COUNT(*) AS kept FROM enrolments e WHERE e.state = 'approved' AND (e.firm_id IS NOT NULL
                 OR NOT EXISTS (SELECT 1 FROM class_quotas q WHERE q.class_id = e.class_id AND q.region = e.region))
             GROUP BY e.class_id
         ) k JOIN classes c ON c.id = k.class_id
         WHERE c.quota_reclaimed_at IS NULL AND EXISTS (SELECT 1 FROM class_quotas q WHERE q.class_id = c.id)
         GROUP BY k.class_id, c.capacity HAVING SUM(k.kept) > c.capacity LIMIT 1000",
    ),
    (
        "enrolled-twice",
        "people with two live enrolments in one class",
        "SELECT person_id FROM enrolments WHERE state IN ('submitted', 'approved', 'waitlisted') GROUP BY class_id, person_id HAVING COUNT(*) > 1 LIMIT 1000",
    ),
    (
        "entry-twice",
        "enrolments with two entries for one lesson",
        "SELECT enrolment_id FROM attendances GROUP BY lesson_id, enrolment_id HAVING COUNT(*) > 1 LIMIT 1000",
    ),
    (
        "entry-elsewhere",
        "enrolments with an entry for a lesson of another class",
        "SELECT a.enrolment_id FROM attendances a JOIN lessons l ON l.id = a.lesson_id JOIN enrolments e ON e.id = a.enrolment_id
         WHERE e.class_id <> l.class_id LIMIT 1000",
    ),
    (
        "entry-unexplained",
        "enrolments with an entry that no line of history explains",
        "SELECT a.enrolment_id FROM attendances a WHERE NOT EXISTS (SELECT 1 FROM attendance_events v
             WHERE v.lesson_id = a.lesson_id AND v.enrolment_id = a.enrolment_id AND v.to_status = a.status) LIMIT 1000",
    ),
    (
        "entry-lost",
        "enrolments whose history tells of an entry that is not there",
        "SELECT v.enrolment_id FROM attendance_events v
         WHERE NOT EXISTS (SELECT 1 FROM attendances a WHERE a.lesson_id = v.lesson_id AND a.enrolment_id = v.enrolment_id)
         GROUP BY v.lesson_id, v.enrolment_id HAVING COUNT(v.to_status) > COUNT(v.from_status) LIMIT 1000",
    ),
    (
        "absent-too-soon",
        "enrolments absent by the closing of a lesson that is open",
        "SELECT a.enrolment_id FROM attendances a JOIN lessons l ON l.id = a.lesson_id
         WHERE a.source = 'closing' AND l.attendance_closed_at IS NULL LIMIT 1000",
    ),
];

const COUNTS: &[(&str, &str)] = &[
    ("people", "SELECT COUNT(*) FROM people"),
    ("classes", "SELECT COUNT(*) FROM classes"),
    ("lessons", "SELECT COUNT(*) FROM lessons"),
    ("enrolments", "SELECT COUNT(*) FROM enrolments"),
    ("approved", "SELECT COUNT(*) FROM enrolments WHERE state = 'approved'"),
    ("attendances", "SELECT COUNT(*) FROM attendances"),
    ("lines of attendance history", "SELECT COUNT(*) FROM attendance_events"),
];

/// How much there is.
pub async fn counts(db: &Db) -> Result<Vec<Count>, AppError> {
    let mut counts = Vec::new();
    for (what, query) in COUNTS {
        let rows = sql(query).count(db).await?;
        counts.push(Count { what, rows });
    }
    Ok(counts)
}

/// Everything that can't be true; empty when all is well.
pub async fn findings(db: &Db) -> Result<Vec<Finding>, AppError> {
    let mut findings = Vec::new();
    for (check, what, query) in CHECKS {
        let ids: Vec<(Uuid,)> = sql(query).all(db).await?;
        if !ids.is_empty() {
            findings.push(Finding {
                check,
                what,
                rows: ids.len(),
                ids: ids.iter().take(NAMED).map(|(id,)| *id).collect(),
            });
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::db::testing::Engine;
    use crate::ids::{EnrolmentId, LessonId, PersonId};
    use crate::testing::{TestCity, XINAN, YIYANG};

    /// Runs statements past every guard: foreign keys are off.
    async fn by_force(db: &Db, statements: &[&str]) {
        match db {
            Db::Sqlite { write, .. } => {
                for statement in [&["PRAGMA foreign_keys = OFF"], statements].concat() {
                    sqlx::query(AssertSqlSafe(statement.to_owned())).execute(write).await.expect(statement);
                }
            }
            Db::Postgres(pool) => {
                let mut connection = pool.acquire().await.expect("a connection");
                for statement in [
                    &["SET session_replication_role = replica"],
                    statements,
                    &["SET session_replication_role = DEFAULT"],
                ]
                .concat()
                {
                    sqlx::query(AssertSqlSafe(statement.to_owned()))
                        .execute(&mut *connection)
                        .await
                        .expect(statement);
                }
            }
        }
    }

    /// The table without its primary key.
    async fn without_key(db: &Db) {
        if db.is_postgres() {
            by_force(db, &["ALTER TABLE attendances DROP CONSTRAINT attendances_pkey"]).await;
        } else {
            let steps = [
                "CREATE TABLE loose AS SELECT * FROM attendances",
                "DROP TABLE attendances",
                "ALTER TABLE loose RENAME TO attendances",
            ];
            by_force(db, &steps).await;
        }
    }

    async fn found(db: &Db) -> Vec<(&'static str, usize)> {
        let findings = findings(db).await.expect("checked");
        findings.into_iter().map(|finding| (finding.check, finding.rows)).collect()
    }

    struct Planted {
        city: TestCity,
        lesson: LessonId,
        enrolment: EnrolmentId,
        person: PersonId,
    }

    /// A class of two seats with one person who has an explained entry: all is well.
    async fn city(engine: Engine) -> Planted {
        let city = TestCity::new(engine).await;
        let class = city.class(XINAN, 2).await;
        let lesson = city.lesson(class, city.now()).await;
        let person = city.person("李明", XINAN).await;
        let enrolment = city.enrolment(class, person, "approved").await;
        let planted = Planted {
            city,
            lesson,
            enrolment,
            person,
        };
        planted.entry(lesson, enrolment, true).await;
        assert_eq!(found(&planted.city.app.db).await, [], "all is well at first");
        planted
    }

    impl Planted {
        async fn entry(&self, lesson: LessonId, enrolment: EnrolmentId, explained: bool) {
            let mut tx = self.city.begin().await;
            sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, flags) VALUES ($1, $2, 'present', 'wall', $3, '')")
                .bind(lesson)
                .bind(enrolment)
                .bind(self.city.now())
                .run(&mut tx)
                .await
                .expect("an entry");
            if explained {
                sql("INSERT INTO attendance_events (id, lesson_id, enrolment_id, at, source, to_status, why) VALUES ($1, $2, $3, $4, 'wall', 'present', '')")
                    .bind(self.city.app.chance.uuid(self.city.now()))
                    .bind(lesson)
                    .bind(enrolment)
                    .bind(self.city.now())
                    .run(&mut tx)
                    .await
                    .expect("a line of history");
            }
            tx.commit().await.expect("kept");
        }
    }

    async fn orphans_are_found(engine: Engine) {
        let planted = city(engine).await;
        by_force(&planted.city.app.db, &["DELETE FROM enrolments"]).await;
        assert_eq!(found(&planted.city.app.db).await, [("orphan", 1), ("orphan", 1)]);
    }
    crate::on_both_engines!(orphans_are_found);

    async fn people_left_with_a_merged_firm_are_found(engine: Engine) {
        let planted = city(engine).await;
        let db = &planted.city.app.db;
        for name in ["甲", "乙"] {
            planted.city.firm(name, XINAN).await;
        }
        by_force(
            db,
            &[
                "UPDATE people SET firm_id = (SELECT id FROM firms WHERE name = '甲')",
                "UPDATE firms SET merged_into = (SELECT f.id FROM firms f WHERE f.name = '乙') WHERE name = '甲'",
            ],
        )
        .await;
        assert_eq!(found(db).await, [("merged-firm", 1)]);
    }
    crate::on_both_engines!(people_left_with_a_merged_firm_are_found);

    async fn oversold_classes_are_found(engine: Engine) {
        let planted = city(engine).await;
        by_force(&planted.city.app.db, &["UPDATE classes SET capacity = 1"]).await;
        let (class,) = sql("SELECT class_id FROM lessons").one(&planted.city.app.db).await.expect("a class");
        for name in ["甲", "乙"] {
            let person = planted.city.person(name, XINAN).await;
            planted.city.enrolment(class, person, "approved").await;
        }
        assert_eq!(found(&planted.city.app.db).await, [("oversold", 1)]);
    }
    crate::on_both_engines!(oversold_classes_are_found);

    async fn broken_quotas_are_found(engine: Engine) {
        let planted = city(engine).await;
        let db = &planted.city.app.db;
        let mut tx = planted.city.begin().await;
        sql("INSERT INTO class_quotas (class_id, region, seats) SELECT id, $1, 2 FROM classes")
            .bind(YIYANG)
            .run(&mut tx)
            .await
            .expect("a quota");
        tx.commit().await.expect("kept");
        assert_eq!(found(db).await, [("quota", 1)], "somebody of Xin'an sits on a place of Yiyang's");
        by_force(db, &["UPDATE classes SET quota_reclaimed_at = created_at"]).await;
        assert_eq!(found(db).await, [], "reclaimed");
    }
    crate::on_both_engines!(broken_quotas_are_found);

    async fn live_enrolments_twice_are_found(engine: Engine) {
        let planted = city(engine).await;
        by_force(&planted.city.app.db, &["DROP INDEX enrolments_one_live"]).await;
        let (class,) = sql("SELECT class_id FROM lessons").one(&planted.city.app.db).await.expect("a class");
        planted.city.enrolment(class, planted.person, "waitlisted").await;
        assert_eq!(found(&planted.city.app.db).await, [("enrolled-twice", 1)]);
    }
    crate::on_both_engines!(live_enrolments_twice_are_found);

    async fn attendance_twice_is_found(engine: Engine) {
        let planted = city(engine).await;
        without_key(&planted.city.app.db).await;
        planted.entry(planted.lesson, planted.enrolment, false).await;
        assert_eq!(found(&planted.city.app.db).await, [("entry-twice", 1)]);
    }
    crate::on_both_engines!(attendance_twice_is_found);

    async fn attendance_in_another_class_is_found(engine: Engine) {
        let planted = city(engine).await;
        let other = planted.city.class(XINAN, 2).await;
        let lesson = planted.city.lesson(other, planted.city.now()).await;
        planted.entry(lesson, planted.enrolment, true).await;
        assert_eq!(found(&planted.city.app.db).await, [("entry-elsewhere", 1)]);
    }
    crate::on_both_engines!(attendance_in_another_class_is_found);

    async fn entries_and_history_that_part_are_found(engine: Engine) {
        let planted = city(engine).await;
        let db = &planted.city.app.db;
        by_force(db, &["UPDATE attendances SET status = 'late'"]).await;
        assert_eq!(found(db).await, [("entry-unexplained", 1)]);
        by_force(db, &["DELETE FROM attendances"]).await;
        assert_eq!(found(db).await, [("entry-lost", 1)]);
        by_force(db, &["DELETE FROM attendance_events"]).await;
        assert_eq!(found(db).await, []);
    }
    crate::on_both_engines!(entries_and_history_that_part_are_found);

    async fn absence_before_closing_is_found(engine: Engine) {
        let planted = city(engine).await;
        by_force(&planted.city.app.db, &["UPDATE attendances SET source = 'closing'"]).await;
        assert_eq!(found(&planted.city.app.db).await, [("absent-too-soon", 1)]);
    }
    crate::on_both_engines!(absence_before_closing_is_found);

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_found_is_said_in_a_line() {
        let planted = city(Engine::Sqlite).await;
        by_force(&planted.city.app.db, &["UPDATE attendances SET source = 'closing'"]).await;
        let line = findings(&planted.city.app.db).await.expect("checked")[0].to_string();
        let expected = format!(
            "absent-too-soon: 1 enrolments absent by the closing of a lesson that is open ({})",
            planted.enrolment
        );
        assert_eq!(line, expected);
        let counts = counts(&planted.city.app.db).await.expect("counted");
        assert!(counts.iter().any(|count| count.what == "attendances" && count.rows == 1));
    }
}
