//! Throwaway databases for tests: every contract runs on both engines and fails, not skips, without `PostgreSQL`.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

use super::Db;

/// Names the server that tests may make databases on; `cargo xtask test` starts one and sets it.
pub const POSTGRES_VARIABLE: &str = "HELUO_TEST_POSTGRES_URL";

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static COUNTER: AtomicU64 = AtomicU64::new(0);

tokio::task_local! {
    /// What a test made, taken away once it has passed.
    static MADE: RefCell<Vec<Made>>;
}

enum Made {
    Folder(PathBuf),
    Database { server: String, name: String },
}

/// Which engine a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A fresh, migrated and empty database.
///
/// # Panics
/// When `PostgreSQL` is not there: a contract that was not tried is not kept.
pub async fn fresh(engine: Engine) -> Db {
    match engine {
        Engine::Sqlite => fresh_sqlite().await,
        Engine::Postgres => Db::open(&fresh_postgres().await).await.expect("the new database opens"),
    }
}

fn unique(prefix: &str) -> String {
    format!("{prefix}_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// Runs a test and takes away the databases that it made: a thousand of them fill a disk. Those of a test that fails stay.
pub async fn tidily(test: impl Future<Output = ()>) {
    let made = async {
        test.await;
        MADE.with(RefCell::take)
    };
    for made in MADE.scope(RefCell::default(), made).await {
        match made {
            Made::Folder(folder) => std::fs::remove_dir_all(folder).expect("the folder goes"),
            Made::Database { server, name } => admin(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await,
        }
    }
}

/// Outside of [`tidily`] it stays.
fn note(made: Made) {
    let _ = MADE.try_with(|all| all.borrow_mut().push(made));
}

/// A database that no migration has run on.
pub async fn empty(engine: Engine) -> Db {
    Db::open(&address(engine).await).await.expect("the new database opens")
}

/// The address of a new database, for several processes.
pub async fn address(engine: Engine) -> String {
    match engine {
        Engine::Sqlite => {
            let folder = std::env::temp_dir().join(unique("heluo-test"));
            std::fs::create_dir_all(&folder).expect("a temporary folder");
            note(Made::Folder(folder.clone()));
            format!("sqlite://{}", folder.join("heluo.db").display())
        }
        Engine::Postgres => {
            let (server, name) = (server(), unique("heluo_test"));
            make(&server, &name, "").await;
            with_database(&server, &name)
        }
    }
}

async fn fresh_sqlite() -> Db {
    let db = empty(Engine::Sqlite).await;
    db.migrate().await.expect("the migrations run");
    db
}

fn server() -> String {
    std::env::var(POSTGRES_VARIABLE)
        .unwrap_or_else(|_| panic!("{POSTGRES_VARIABLE} is not set: run `cargo xtask test`, or name a PostgreSQL server for tests"))
}

/// The address of a new `PostgreSQL` database, copied from a migrated template.
pub async fn fresh_postgres() -> String {
    let server = server();
    let template = TEMPLATE.get_or_init(|| make_template(server.clone())).await;
    let name = unique("heluo_test");
    make(&server, &name, &format!("TEMPLATE {template}")).await;
    with_database(&server, &name)
}

async fn make(server: &str, name: &str, how: &str) {
    admin(server, format!("CREATE DATABASE {name} {how}")).await;
    note(Made::Database {
        server: server.to_owned(),
        name: name.to_owned(),
    });
}

async fn make_template(server: String) -> String {
    let name = unique("heluo_template");
    admin(&server, format!("DROP DATABASE IF EXISTS {name}")).await;
    admin(&server, format!("CREATE DATABASE {name}")).await;
    let db = Db::open(&with_database(&server, &name)).await.expect("the template opens");
    db.migrate().await.expect("the migrations run");
    db.close().await;
    name
}

async fn admin(server: &str, statement: String) {
    let mut connection = PgConnection::connect(server).await.expect("PostgreSQL answers");
    sqlx::query(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .expect("a database for the test");
    connection.close().await.expect("the connection closes");
}

fn with_database(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).expect("an address of a server");
    url.set_path(name);
    url.to_string()
}

/// Makes two tests of one `async fn name(engine: Engine)`, in a module of the same name: `on_both_engines!(name);`
#[macro_export]
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                $crate::db::testing::tidily(super::$name($crate::db::testing::Engine::Sqlite)).await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                $crate::db::testing::tidily(super::$name($crate::db::testing::Engine::Postgres)).await;
            }
        }
    )+};
}
