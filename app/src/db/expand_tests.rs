//! Migrations only expand: what the program before a migration reads and writes is there after it as well (docs/operations.md).

use std::collections::{BTreeMap, BTreeSet};

use sqlx::migrate::{Migration, Migrator};

use super::testing::{Engine, empty};
use super::{Db, POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS, forgiving, sql};

/// A migration that takes something away says in its first line which one made it unnecessary, a version before.
const CONTRACTS: &str = "-- contracts: ";

/// What a program that knows a schema relies on.
#[derive(Debug, Default, PartialEq)]
struct Schema {
    /// By `table.column`: the type, and whether a new row must name it.
    columns: BTreeMap<String, (String, bool)>,
    /// What may stand only once: `table: column, column`.
    unique: BTreeSet<String>,
}

impl Schema {
    async fn of(db: &Db) -> Self {
        let (columns, unique) = if db.is_postgres() {
            (
                "SELECT CAST(table_name || '.' || column_name AS TEXT), CAST(data_type AS TEXT), is_nullable = 'NO' AND column_default IS NULL
                 FROM information_schema.columns WHERE table_schema = 'public'",
                "SELECT c.relname || ': ' || string_agg(a.attname, ', ' ORDER BY a.attname)
                 FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
                 WHERE i.indisunique AND n.nspname = 'public' GROUP BY c.relname, i.indexrelid",
            )
        } else {
            (
                "SELECT m.name || '.' || c.name, c.type, (c.\"notnull\" = 1 OR c.pk > 0) AND c.dflt_value IS NULL
                 FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
                "SELECT t || ': ' || group_concat(c, ', ') FROM (
                     SELECT m.name AS t, i.name AS i, x.name AS c FROM sqlite_master m JOIN pragma_index_list(m.name) i
                     JOIN pragma_index_info(i.name) x WHERE m.type = 'table' AND i.\"unique\" = 1 ORDER BY 1, 2, 3
                 ) GROUP BY t, i",
            )
        };
        let columns: Vec<(String, String, bool)> = sql(columns).all(db).await.expect("columns");
        let unique: Vec<(String,)> = sql(unique).all(db).await.expect("indexes");
        Self {
            columns: columns.into_iter().map(|(name, kind, needed)| (name, (kind, needed))).collect(),
            unique: unique.into_iter().map(|(columns,)| columns).collect(),
        }
    }

    fn has_table(&self, table: &str) -> bool {
        self.columns.keys().any(|column| column.split('.').next() == Some(table))
    }

    /// What a program that knows this schema can't do any more on a later one.
    fn lost_in(&self, later: &Self) -> Vec<String> {
        let mut lost = Vec::new();
        for (column, (kind, needed)) in &self.columns {
            match later.columns.get(column) {
                None => lost.push(format!("{column} is gone")),
                Some((other, _)) if other != kind => lost.push(format!("{column} was {kind} and is {other}")),
                Some((_, true)) if !needed => lost.push(format!("{column} may not be left out any more")),
                Some(_) => {}
            }
        }
        let is_new = |column: &&String| !self.columns.contains_key(*column);
        for (column, (_, needed)) in later.columns.iter().filter(|(column, _)| is_new(column)) {
            if *needed && self.has_table(column.split('.').next().unwrap_or_default()) {
                lost.push(format!("{column} is new and may not be left out"));
            }
        }
        for columns in later.unique.difference(&self.unique) {
            if self.has_table(columns.split(':').next().unwrap_or_default()) {
                lost.push(format!("{columns} may stand only once"));
            }
        }
        lost
    }
}

/// Runs the first so many migrations.
async fn migrate(db: &Db, migrations: &[Migration]) {
    let some = forgiving(&Migrator::with_migrations(migrations.to_vec()));
    let ran = match db {
        Db::Sqlite { write, .. } => some.run(write).await,
        Db::Postgres(pool) => some.run(pool).await,
    };
    ran.expect("the migrations run");
}

async fn each_migration_leaves_the_program_before_it_all_it_uses(engine: Engine) {
    let db = empty(engine).await;
    let known = if engine == Engine::Postgres {
        &POSTGRES_MIGRATIONS
    } else {
        &SQLITE_MIGRATIONS
    };
    let migrations: Vec<Migration> = known.iter().cloned().collect();
    assert!(migrations.len() > 10, "the migrations are found");
    let mut before = Schema::default();
    for (index, migration) in migrations.iter().enumerate() {
        migrate(&db, &migrations[..=index]).await;
        let after = Schema::of(&db).await;
        assert!(after != before || index > 0, "{} does something", migration.version);
        let lost = before.lost_in(&after);
        let may_contract = migration.sql.as_str().starts_with(CONTRACTS);
        assert!(lost.is_empty() || may_contract, "migration {}: {lost:?}", migration.version);
        before = after;
    }
}
crate::on_both_engines!(each_migration_leaves_the_program_before_it_all_it_uses);

async fn what_a_program_would_miss_is_found(engine: Engine) {
    let db = empty(engine).await;
    let run = async |statement: &'static str| {
        let mut tx = db.begin().await.expect("a transaction");
        sql(statement).run(&mut tx).await.expect(statement);
        tx.commit().await.expect("kept");
    };
    run("CREATE TABLE a (id BIGINT PRIMARY KEY, b TEXT NOT NULL, c TEXT)").await;
    let old = Schema::of(&db).await;
    assert_eq!(old.lost_in(&old), Vec::<String>::new());
    run("ALTER TABLE a ADD COLUMN d TEXT NOT NULL DEFAULT ''").await;
    run("CREATE TABLE b (id BIGINT PRIMARY KEY, e TEXT NOT NULL UNIQUE)").await;
    assert_eq!(old.lost_in(&Schema::of(&db).await), Vec::<String>::new(), "wider is no loss");
    run("CREATE UNIQUE INDEX a_by_c ON a (c)").await;
    run("ALTER TABLE a RENAME COLUMN b TO e").await;
    let lost = old.lost_in(&Schema::of(&db).await);
    assert_eq!(lost, ["a.b is gone", "a.e is new and may not be left out", "a: c may stand only once"]);
    run("DROP TABLE a").await;
    run("CREATE TABLE a (id BIGINT PRIMARY KEY, b BIGINT NOT NULL, c TEXT NOT NULL)").await;
    let lost = old.lost_in(&Schema::of(&db).await);
    assert_eq!(lost.len(), 2, "{lost:?}");
    assert_eq!(lost[1], "a.c may not be left out any more");
}
crate::on_both_engines!(what_a_program_would_miss_is_found);
