//! A process killed amid check-ins has lost none that it acknowledged, and `heluo check` says so.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::accounts::Grant;
use app::attendance::policy::device_permit;
use app::attendance::store::register;
use app::clock::{Chance, Clock};
use app::db::testing::{Engine, fresh_postgres};
use app::db::{Db, sql};
use app::ids::{LessonId, PersonId};
use app::state::{App, Inner};
use app::testing::{TestCity, XINAN};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const PEOPLE: usize = 400;
const AT_ONCE: usize = 16;
/// So many answers are waited for before the kill.
const BEFORE_THE_KILL: usize = 60;

/// The server's own process.
struct Server {
    child: Child,
    addr: SocketAddr,
}

impl Server {
    async fn start(url: &str, folder: &PathBuf) -> Self {
        let addr = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port");
        let child = heluo(url, folder)
            .arg("serve")
            .env("HELUO_ADDR", addr.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let server = Self { child, addr };
        for _ in 0..200 {
            if let Some((200, _)) = server.ask("GET /readyz HTTP/1.1", "", "").await {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the server is not ready after twenty seconds");
    }

    /// One request by hand: status and body, nothing when the line breaks.
    async fn ask(&self, line: &str, headers: &str, body: &str) -> Option<(u16, String)> {
        ask(self.addr, line, headers, body).await
    }

    /// `kill -9`: no goodbye.
    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn ask(addr: SocketAddr, line: &str, headers: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(addr).await.ok()?;
    let request = format!(
        "{line}\r\nHost: {addr}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

fn heluo(url: &str, folder: &PathBuf) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heluo"));
    command.env("DATABASE_URL", url).env("HELUO_DATA_DIR", folder).env("RUST_LOG", "error");
    command
}

/// A lesson going on now, everybody on its roster, and a scanner's token.
async fn prepare(url: &str) -> (LessonId, String, Vec<PersonId>) {
    let db = Db::open(url).await.expect("the database opens");
    db.migrate().await.expect("the migrations run");
    let (test, _) = App::for_test(db.clone(), Clock::system().now());
    let app = App::new(Inner {
        db,
        clock: Clock::system(),
        chance: Chance::system(),
        settings: test.settings.clone(),
        live: app::attendance::LiveHub::default(),
    });
    let city = TestCity::over(app).await;
    let class = city.class(XINAN, 1000).await;
    let lesson = city.lesson(class, city.now()).await;
    let people = city.people(PEOPLE, XINAN).await;
    for person in &people {
        city.enrolment(class, *person, "approved").await;
    }
    let staff = city.actor("县管", XINAN, vec![Grant::County(XINAN.into())]).await;
    let permit = device_permit(&staff, &XINAN.into()).expect("a permit");
    let token = register(&city.app, &permit, city.now(), city.school(XINAN).await, "东门")
        .await
        .expect("registered");
    city.app.db.close().await;
    (lesson, token, people)
}

/// Checks everybody in, so many at a time, and kills the server amid it. Answers who was acknowledged.
async fn check_in_until_killed(server: &mut Server, lesson: LessonId, token: &str, people: &[PersonId]) -> Vec<PersonId> {
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let next = Arc::new(AtomicUsize::new(0));
    let mut scanners = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (addr, people, next, count) = (server.addr, people.to_vec(), next.clone(), acknowledged.clone());
        let (line, headers) = request(lesson, token);
        scanners.spawn(async move {
            let mut done = Vec::new();
            while let Some(person) = people.get(next.fetch_add(1, Ordering::SeqCst)) {
                match ask(addr, &line, &headers, &reading(*person)).await {
                    Some((200, body)) if body.contains("\"present\"") => {
                        done.push(*person);
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                    Some((status, body)) => panic!("{status}: {body}"),
                    // The line broke: nothing was acknowledged.
                    None => break,
                }
            }
            done
        });
    }
    while acknowledged.load(Ordering::SeqCst) < BEFORE_THE_KILL {
        assert!(!scanners.is_empty());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    server.kill();
    scanners.join_all().await.into_iter().flatten().collect()
}

fn request(lesson: LessonId, token: &str) -> (String, String) {
    (
        format!("POST /api/v1/lessons/{lesson}/checkins HTTP/1.1"),
        format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"),
    )
}

fn reading(person: PersonId) -> String {
    serde_json::json!({ "code": person.to_string(), "nonce": person.to_string() }).to_string()
}

async fn nothing_acknowledged_is_lost(url: &str, folder: PathBuf) {
    let (lesson, token, people) = prepare(url).await;
    let mut server = Server::start(url, &folder).await;
    let acknowledged = check_in_until_killed(&mut server, lesson, &token, &people).await;
    assert!(acknowledged.len() >= BEFORE_THE_KILL);
    assert!(acknowledged.len() < PEOPLE, "killed amid the work, not after it");

    let server = Server::start(url, &folder).await;
    let db = Db::open(url).await.expect("the database opens");
    let there: Vec<(PersonId,)> =
        sql("SELECT e.person_id FROM attendances a JOIN enrolments e ON e.id = a.enrolment_id WHERE a.lesson_id = $1 AND a.status = 'present'")
            .bind(lesson)
            .all(&db)
            .await
            .expect("read");
    let there: std::collections::HashSet<PersonId> = there.into_iter().map(|(person,)| person).collect();
    let lost: Vec<_> = acknowledged.iter().filter(|person| !there.contains(person)).collect();
    assert!(lost.is_empty(), "{} of {} are lost", lost.len(), acknowledged.len());

    // A scanner that asks again gets its old answer; one whose line broke gets one now.
    let (line, headers) = request(lesson, &token);
    let again = server.ask(&line, &headers, &reading(acknowledged[0])).await.expect("an answer");
    assert!(again.0 == 200 && again.1.contains("\"first\":true"), "{again:?}");
    let last = server.ask(&line, &headers, &reading(people[PEOPLE - 1])).await.expect("an answer");
    assert_eq!(last.0, 200, "{last:?}");

    let check = heluo(url, &folder).arg("check").output().expect("check runs");
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(check.status.success() && said.contains("ok: nothing is wrong"), "{said}");
    break_something(&db).await;
    let check = heluo(url, &folder).arg("check").output().expect("check runs");
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert_eq!(check.status.code(), Some(1), "{said}");
    assert!(said.contains("entry-unexplained"), "{said}");
}

async fn break_something(db: &Db) {
    let mut tx = db.begin().await.expect("a transaction");
    sql("UPDATE attendances SET status = 'left_early'").run(&mut tx).await.expect("broken");
    tx.commit().await.expect("kept");
}

fn folder(engine: Engine) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("heluo-killed-{engine:?}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    let folder = folder(Engine::Sqlite);
    let url = format!("sqlite://{}", folder.join("heluo.db").display());
    nothing_acknowledged_is_lost(&url, folder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    let url = fresh_postgres().await;
    nothing_acknowledged_is_lost(&url, folder(Engine::Postgres)).await;
}
