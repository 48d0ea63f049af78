//! `PostgreSQL` goes away amid check-ins and comes back: a clear 503 meanwhile, recovery by itself, nothing lost.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use app::db::testing::Engine;
use app::db::{Db, sql};
use app::ids::PersonId;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::support::{Hall, Server, ask, check, database};

const PEOPLE: usize = 300;
const AT_ONCE: usize = 8;
const BEFORE: usize = 60;
const AWAY: Duration = Duration::from_secs(4);

/// A line to a server that can be cut: whoever asks then is refused, as by a server that stopped.
struct Line {
    addr: SocketAddr,
    server: SocketAddr,
    carrying: Option<JoinHandle<()>>,
}

impl Line {
    async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let carrying = Some(tokio::spawn(carry(listener, server)));
        Self { addr, server, carrying }
    }

    async fn cut(&mut self) {
        let carrying = self.carrying.take().expect("it carries");
        carrying.abort();
        let _ = carrying.await;
    }

    async fn mend(&mut self) {
        let listener = TcpListener::bind(self.addr).await.expect("the same port");
        self.carrying = Some(tokio::spawn(carry(listener, self.server)));
    }
}

async fn carry(listener: TcpListener, server: SocketAddr) {
    // With the set all that it carries ends.
    let mut lines = JoinSet::new();
    loop {
        let (mut here, _) = listener.accept().await.expect("a caller");
        lines.spawn(async move {
            if let Ok(mut there) = TcpStream::connect(server).await {
                let _ = tokio::io::copy_bidirectional(&mut here, &mut there).await;
            }
        });
    }
}

/// Ends every session of this database, as a server that is told to stop does.
async fn end_sessions(db: &Db) {
    let mut tx = db.begin().await.expect("a transaction");
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        .run(&mut tx)
        .await
        .expect("ended");
    tx.commit().await.expect("done");
}

/// Checks everybody in, asking again until it is acknowledged; counts the answers of 503.
async fn check_everybody_in(hall: Arc<Hall>, addr: SocketAddr, next: Arc<AtomicUsize>, busy: Arc<AtomicUsize>) -> Vec<PersonId> {
    let mut done = Vec::new();
    while let Some(person) = hall.people.get(next.fetch_add(1, Ordering::SeqCst)) {
        loop {
            let answer = hall.scan(addr, *person, &person.to_string()).await.expect("the process lives");
            match answer.status {
                200 => break done.push(*person),
                503 => {
                    busy.fetch_add(1, Ordering::SeqCst);
                    assert!(
                        answer.header("retry-after").is_some() && answer.body.contains("\"unavailable\""),
                        "{answer:?}"
                    );
                    sleep(Duration::from_millis(200)).await;
                }
                _ => panic!("{answer:?}"),
            }
        }
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_and_comes_back_loses_nothing() {
    let (url, folder) = database(Engine::Postgres, "lost").await;
    let hall = Arc::new(Hall::prepare(&url, &folder, PEOPLE).await);
    let mut parsed = url::Url::parse(&url).expect("an address");
    let server = format!("{}:{}", parsed.host_str().expect("a host"), parsed.port().unwrap_or(5432));
    let mut line = Line::to(server.parse().expect("an address")).await;
    parsed.set_port(Some(line.addr.port())).expect("a port");
    parsed.set_host(Some("127.0.0.1")).expect("a host");
    let mut server = Server::start(parsed.as_str(), &folder).await;

    let (next, busy) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut scanners = JoinSet::new();
    for _ in 0..AT_ONCE {
        scanners.spawn(check_everybody_in(hall.clone(), server.addr, next.clone(), busy.clone()));
    }
    while next.load(Ordering::SeqCst) < BEFORE {
        sleep(Duration::from_millis(5)).await;
    }
    end_sessions(hall.db()).await;
    line.cut().await;
    let cut = Instant::now();
    server.wait_for("/readyz", 503).await;
    let page = server.get("/classes").await.expect("an answer");
    assert!(cut.elapsed() < Duration::from_secs(10), "told soon, not after {:?}", cut.elapsed());
    assert_eq!((page.status, page.header("retry-after")), (503, Some("5")), "{page:?}");
    let id = page.header("x-request-id").expect("an id");
    assert!(page.body.contains("系统暂时无法使用") && page.body.contains(id), "{}", page.body);
    let english = ask(
        server.addr,
        "GET /me HTTP/1.1",
        "Accept: text/html\r\nAccept-Language: en\r\nCookie: sign_in=x\r\n",
        "",
    )
    .await;
    let english = english.expect("an answer");
    assert!(
        english.status == 503 && english.body.contains("The system is away for a moment"),
        "{english:?}"
    );
    assert_eq!(server.get("/healthz").await.map(|answer| answer.status), Some(200), "the process is well");
    let asked = Instant::now();
    assert_eq!(server.get("/classes").await.map(|answer| answer.status), Some(503));
    assert!(asked.elapsed() < Duration::from_secs(1), "nobody waits for what is known to be away");
    sleep(AWAY).await;
    line.mend().await;
    let mended = Instant::now();
    server.wait_for("/readyz", 200).await;
    assert!(mended.elapsed() < Duration::from_secs(5), "back after {:?}", mended.elapsed());

    let acknowledged: HashSet<PersonId> = scanners.join_all().await.into_iter().flatten().collect();
    assert!(busy.load(Ordering::SeqCst) > 0, "the loss was felt");
    assert_eq!(acknowledged.len(), PEOPLE);
    assert_eq!(hall.present(hall.db()).await, acknowledged, "all and once");
    let (is_well, said) = check(&url, &folder);
    assert!(is_well, "{said}");
    assert!(!server.log().contains("internal fault"), "{}", server.log());
}
