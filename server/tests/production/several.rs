//! Two processes over one `PostgreSQL`: one is killed, both are replaced, and what happens in the one is seen in the other.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use app::db::sql;
use app::db::testing::Engine;
use app::error::Problem;
use app::ids::PersonId;
use app::notices;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::balancer::Balancer;
use crate::support::{Hall, Server, ask, check, database, folder, heluo};

const PEOPLE: usize = 500;
const AT_ONCE: usize = 16;
/// So many are in before one process is killed.
const BEFORE_THE_KILL: usize = 150;

/// A hall of so many people, and two processes over its database, each with a folder of its own.
async fn two(name: &str, people: usize) -> (String, Arc<Hall>, [Server; 2]) {
    let (url, shared) = database(Engine::Postgres, name).await;
    let hall = Arc::new(Hall::prepare(&url, &shared, people).await);
    let (one, other) = (folder(name), folder(name));
    let servers = tokio::join!(Server::start(&url, &one), Server::start(&url, &other));
    (url, hall, servers.into())
}

/// A scanner: asks again, under the same nonce, until it is told.
async fn check_in_with_patience(hall: &Hall, addr: SocketAddr, person: PersonId) -> bool {
    for _ in 0..50 {
        match hall.scan(addr, person, &person.to_string()).await {
            Some(answer) if answer.status == 200 => return true,
            Some(answer) if answer.status == 502 || answer.status == 503 => {}
            None => {}
            Some(answer) => panic!("{answer:?}"),
        }
        sleep(Duration::from_millis(100)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_is_killed_amid_500_check_ins() {
    let (url, hall, [mut first, second]) = two("two-killed", PEOPLE).await;
    let balancer = Balancer::over(&[first.addr, second.addr]).await;
    let (next, acknowledged) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut scanners = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (hall, next, acknowledged, addr) = (hall.clone(), next.clone(), acknowledged.clone(), balancer.addr);
        scanners.spawn(async move {
            while let Some(person) = hall.people.get(next.fetch_add(1, Ordering::SeqCst)) {
                assert!(check_in_with_patience(&hall, addr, *person).await, "{person} is never told");
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    while acknowledged.load(Ordering::SeqCst) < BEFORE_THE_KILL {
        sleep(Duration::from_millis(2)).await;
    }
    first.kill();
    let at_the_kill = acknowledged.load(Ordering::SeqCst);
    scanners.join_all().await;
    assert!(at_the_kill < PEOPLE, "killed amid the work, not after it");
    assert_eq!(hall.present(hall.db()).await.len(), PEOPLE, "everybody is in, and once");
    let told = sql("SELECT COUNT(*) FROM attendance_events WHERE lesson_id = $1").bind(hall.lesson);
    assert_eq!(told.count(hall.db()).await.expect("counted"), 500, "with one line of history each");
    let (is_well, said) = check(&url, &folder("two-check"));
    assert!(is_well, "{said}");
}

/// Reads pages and checks people in until told to stop; answers how many requests, and every one that failed.
async fn visit(hall: Arc<Hall>, addr: SocketAddr, is_over: Arc<AtomicBool>, visitor: usize) -> (usize, Vec<String>) {
    let (mut count, mut failed) = (0, Vec::new());
    while !is_over.load(Ordering::SeqCst) {
        let person = hall.people[(visitor + count * AT_ONCE) % hall.people.len()];
        let answer = if count % 3 == 0 {
            hall.scan(addr, person, &format!("{visitor}-{count}")).await
        } else {
            let path = if count % 3 == 1 { "/classes" } else { "/" };
            ask(addr, &format!("GET {path} HTTP/1.1"), "Accept: text/html\r\n", "").await
        };
        match answer {
            Some(answer) if answer.status == 200 => {}
            answer => failed.push(format!("{answer:?}")),
        }
        count += 1;
    }
    (count, failed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_fails_no_request() {
    let (url, hall, servers) = two("rolling", 200).await;
    let balancer = Balancer::over(&[servers[0].addr, servers[1].addr]).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut visitors = JoinSet::new();
    for visitor in 0..8 {
        visitors.spawn(visit(hall.clone(), balancer.addr, is_over.clone(), visitor));
    }
    let mut replaced = Vec::new();
    for mut old in servers {
        sleep(Duration::from_millis(500)).await;
        old.terminate();
        assert_eq!(old.ended().await.code(), Some(0), "{}", old.log());
        let new = Server::start(&url, &folder("rolling")).await;
        balancer.replace(old.addr, new.addr);
        replaced.push(new);
    }
    sleep(Duration::from_millis(500)).await;
    is_over.store(true, Ordering::SeqCst);
    let visits = visitors.join_all().await;
    let count: usize = visits.iter().map(|(count, _)| count).sum();
    let failed: Vec<_> = visits.into_iter().flat_map(|(_, failed)| failed).collect();
    assert!(failed.is_empty(), "{} of {count} failed: {failed:?}", failed.len());
    assert!(count > 50, "there was something to fail: {count}");
    println!("{count} requests while both processes were replaced, none failed");
}

/// A page of staff; the status says whether the sign-in is known.
async fn as_staff(hall: &Hall, addr: SocketAddr, line: &str) -> u16 {
    let headers = format!(
        "Cookie: {}\r\nOrigin: http://{addr}\r\nAccept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        hall.staff
    );
    ask(addr, line, &headers, "").await.expect("an answer").status
}

/// A page of staff that stays open and renews itself.
struct OpenPage {
    stream: TcpStream,
    seen: String,
}

impl OpenPage {
    async fn open(hall: &Hall, addr: SocketAddr, path: &str) -> Self {
        let mut stream = TcpStream::connect(addr).await.expect("a connection");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: heluo\r\nConnection: close\r\nCookie: {}\r\n\r\n",
            hall.staff
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        Self { stream, seen: String::new() }
    }

    /// Whether the page is sent these words in time; what it was sent before counts as well.
    async fn is_sent(&mut self, words: &str, time: Duration) -> bool {
        let mut heard = vec![0; 64 * 1024];
        let read = async {
            while !self.seen.contains(words) {
                let length = self.stream.read(&mut heard).await.expect("read");
                if length == 0 {
                    return false;
                }
                self.seen.push_str(&String::from_utf8_lossy(&heard[..length]));
            }
            true
        };
        timeout(time, read).await.unwrap_or(false)
    }

    async fn ends(&mut self, time: Duration) -> bool {
        let end = async { while self.stream.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {} };
        timeout(time, end).await.is_ok()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_in_one_is_seen_in_the_other() {
    let (_, hall, [first, second]) = two("seen", 3).await;
    let mut wall = OpenPage::open(&hall, second.addr, &format!("/desk/lessons/{}/live?view=desk", hall.lesson)).await;
    // The relay needs a moment to listen: people come until one is seen.
    let mut is_seen = false;
    for person in hall.people.iter().rev() {
        let answer = hall.scan(first.addr, *person, &person.to_string()).await.expect("an answer");
        assert_eq!(answer.status, 200, "{answer:?}");
        is_seen = wall.is_sent("已到 1 人", Duration::from_secs(2)).await;
        if is_seen {
            break;
        }
    }
    assert!(is_seen, "the live page of the other process counts who came: {}", wall.seen);

    // A message comes from anywhere, is read in the one, and the inbox that stands open in the other says so each time.
    let mut inbox = OpenPage::open(&hall, second.addr, "/me/inbox/live").await;
    assert!(inbox.is_sent("还没有消息", Duration::from_secs(5)).await, "{}", inbox.seen);
    let app = &hall.city.app;
    let mut tx = hall.city.begin().await;
    let text = Problem::new("enrolment-notice-waitlisted").with("class", "公司治理");
    notices::tell(&mut tx, app, hall.city.now(), hall.coordinator, &text, "/me")
        .await
        .expect("told");
    tx.commit().await.expect("kept");
    assert!(inbox.is_sent("公司治理", Duration::from_secs(10)).await, "{}", inbox.seen);
    assert!(inbox.is_sent("1 条未读", Duration::from_secs(1)).await, "{}", inbox.seen);
    inbox.seen.clear();
    assert_eq!(as_staff(&hall, first.addr, "POST /api/read_notices HTTP/1.1").await, 303);
    assert!(inbox.is_sent("公司治理", Duration::from_secs(10)).await, "{}", inbox.seen);
    assert!(!inbox.seen.contains("未读"), "{}", inbox.seen);
    // While nothing changes, the page hears often enough that the line stands.
    assert!(inbox.is_sent("data: alive", Duration::from_secs(20)).await, "{}", inbox.seen);

    // A sign-out counts everywhere at once.
    assert_eq!(as_staff(&hall, second.addr, "GET /me HTTP/1.1").await, 200);
    assert_eq!(as_staff(&hall, first.addr, "POST /api/sign_out HTTP/1.1").await, 303);
    assert_eq!(as_staff(&hall, second.addr, "GET /me HTTP/1.1").await, 303);
    // So do the pages that stand open: they ask again, the wall at the next step of its code, every 15 seconds.
    assert!(inbox.ends(Duration::from_secs(20)).await && wall.ends(Duration::from_secs(20)).await);
}

/// Which of them says that it runs the jobs.
async fn at_work(servers: &[&Server]) -> Vec<bool> {
    let mut at_work = Vec::new();
    for server in servers {
        let figures = server.get("/metrics").await.expect("an answer").body;
        at_work.push(figures.lines().any(|line| line == "heluo_jobs_here 1"));
    }
    at_work
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_them_runs_the_jobs_and_the_other_follows() {
    let (_, _hall, [first, second]) = two("jobs", 1).await;
    sleep(Duration::from_millis(500)).await;
    let works = at_work(&[&first, &second]).await;
    assert_eq!(works.iter().filter(|works| **works).count(), 1, "{works:?}");
    let (mut worker, other) = if works[0] { (first, second) } else { (second, first) };
    worker.kill();
    let followed = async {
        while at_work(&[&other]).await != [true] {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(Duration::from_secs(15), followed).await.expect("the other takes them up");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_at_once_found_one_city() {
    let (url, one) = database(Engine::Postgres, "founding").await;
    let folders = [one, folder("founding"), folder("founding")];
    let servers = tokio::join!(
        Server::start(&url, &folders[0]),
        Server::start(&url, &folders[1]),
        Server::start(&url, &folders[2])
    );
    let db = app::db::Db::open(&url).await.expect("it opens");
    let frameworks = sql("SELECT COUNT(*) FROM frameworks").count(&db).await.expect("counted");
    let schools = sql("SELECT COUNT(*) - COUNT(DISTINCT region) FROM schools")
        .count(&db)
        .await
        .expect("counted");
    assert_eq!((frameworks, schools), (1, 0));
    drop(servers);
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_of_one_city_have_one_secret() {
    let (url, home) = database(Engine::Postgres, "secret").await;
    let server = Server::start(&url, &home).await;
    let other = |arguments: &[&str]| {
        let mut command = heluo(&url, &home);
        command.args(arguments).env("HELUO_SECRET", "another secret of thirty-two characters");
        command.env("HELUO_ADDR", "127.0.0.1:0");
        command
    };
    let output = other(&["serve"]).output().expect("it ends by itself");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.code() == Some(1) && said.contains("HELUO_SECRET") && said.contains("--new-secret"),
        "{said}"
    );
    drop(server);
    assert!(other(&["migrate", "--new-secret"]).status().expect("it runs").success());
    let mut command = other(&["serve"]);
    command.env_remove("HELUO_ADDR");
    Server::start_by(command, &home).await;
}
