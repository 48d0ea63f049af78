//! A disk that fills up: what can't be kept is answered with 503, reading goes on, and it recovers by itself.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use app::clock::Clock;
use app::db::testing::Engine;
use app::db::{Db, sql};
use app::ids::PersonId;
use app::state::sha256;
use tokio::time::sleep;

use crate::support::{Hall, Server, ask, check, database, folder, settle};

const PEOPLE: usize = 200;

/// A real file system of this size, for the process alone: it is gone with it. Needs user namespaces.
const MOUNT: &str = "mount -t tmpfs -o size=24m none \"$HELUO_DATA_DIR\" && cp -a \"$PREPARED\"/. \"$HELUO_DATA_DIR\" && exec \"$0\" serve";

/// The same folder as the process sees it.
fn inside(server: &Server, home: &Path) -> PathBuf {
    PathBuf::from(format!("/proc/{}/root{}", server.pid(), home.display()))
}

/// Fills what is left, to the last byte.
fn fill(ballast: &Path) {
    let mut file = fs::File::create(ballast).expect("a file");
    for size in [64 * 1024, 512, 1] {
        let block = vec![0; size];
        while file.write_all(&block).is_ok() {}
    }
    assert!(file.write_all(b"x").is_err(), "it is full");
}

/// Checks people in until somebody is told 503; answers who was acknowledged.
async fn check_in_until_full(hall: &Hall, server: &Server, people: &[PersonId]) -> Vec<PersonId> {
    let mut done = Vec::new();
    for person in people {
        let answer = hall.scan(server.addr, *person, &person.to_string()).await.expect("an answer");
        if answer.status == 503 {
            assert!(
                answer.header("retry-after").is_some() && answer.body.contains("\"unavailable\""),
                "{answer:?}"
            );
            return done;
        }
        assert_eq!(answer.status, 200, "{answer:?}\n{}", server.log());
        done.push(*person);
    }
    panic!("the disk never filled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_clearly_and_recovers() {
    let (url, prepared) = database(Engine::Sqlite, "full-prepared").await;
    let hall = Hall::prepare(&url, &prepared, PEOPLE).await;
    let sign_in = signed_in_an_hour_ago(&hall).await;
    hall.db().close().await;
    let home = folder("full");
    let url = format!("sqlite://{}", home.join("heluo.db").display());
    let mut command = Command::new("unshare");
    settle(&mut command, &url, &home);
    command
        .args(["--map-root-user", "--mount", "sh", "-c", MOUNT, env!("CARGO_BIN_EXE_heluo")])
        .env("PREPARED", &prepared);
    let logs = folder("full-logs");
    let server = Server::start_by(command, &logs).await;
    assert_eq!(hall.scan(server.addr, hall.people[0], "first").await.expect("an answer").status, 200);

    let inside = inside(&server, &home);
    let ballast = inside.join("ballast");
    fill(&ballast);
    let mut acknowledged = check_in_until_full(&hall, &server, &hall.people[1..]).await;
    let refused = hall.people[acknowledged.len() + 1];
    let page = server.get("/classes").await.expect("an answer");
    assert_eq!(page.status, 200, "what is there is still shown");
    let own = ask(server.addr, "GET /me HTTP/1.1", &format!("Cookie: sign_in={sign_in}\r\n"), "")
        .await
        .expect("an answer");
    assert_eq!(own.status, 200, "to those who are signed in, too: {}", server.log());
    assert!(server.log().contains("which can't be kept"), "{}", server.log());
    assert_eq!(server.get("/readyz").await.map(|answer| answer.status), Some(200));
    form_is_refused_in_words(&server).await;

    fs::remove_file(&ballast).expect("room");
    sleep(Duration::from_millis(300)).await;
    let answer = hall.scan(server.addr, refused, &refused.to_string()).await.expect("an answer");
    assert_eq!(answer.status, 200, "it recovers by itself: {answer:?}\n{}", server.log());
    acknowledged.extend([hall.people[0], refused]);

    // The file system goes with the process: what it holds is copied out, the log of SQLite with it.
    let out = folder("full-out");
    for name in ["heluo.db", "heluo.db-wal"] {
        fs::copy(inside.join(name), out.join(name)).expect("copied");
    }
    drop(server);
    let url = format!("sqlite://{}", out.join("heluo.db").display());
    let db = Db::open(&url).await.expect("it opens");
    let there = hall.present(&db).await;
    assert_eq!(there, acknowledged.into_iter().collect(), "what was acknowledged, and nothing else");
    db.close().await;
    let (is_well, said) = check(&url, &out);
    assert!(is_well, "{said}");
}

/// The cookie of somebody whose next look is to be written down.
async fn signed_in_an_hour_ago(hall: &Hall) -> String {
    const TOKEN: &str = "0123456789abcdef";
    let then = Clock::system().now() - chrono::TimeDelta::hours(1);
    let mut tx = hall.db().begin().await.expect("begun");
    sql("INSERT INTO sign_ins (id, token_hash, person_id, device, created_at, seen_at, expires_at) VALUES ($1, $2, $3, '', $4, $4, $5)")
        .bind(hall.people[0].0)
        .bind(sha256(TOKEN.as_bytes()))
        .bind(hall.people[0])
        .bind(then)
        .bind(then + chrono::TimeDelta::days(30))
        .run(&mut tx)
        .await
        .expect("signed in");
    tx.commit().await.expect("kept");
    TOKEN.to_owned()
}

/// Whoever fills in a form sees a page that says what to do.
async fn form_is_refused_in_words(server: &Server) {
    let headers = format!(
        "Origin: http://{}\r\nAccept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        server.addr
    );
    let sent = ask(
        server.addr,
        "POST /api/sign_in HTTP/1.1",
        &headers,
        "login=13800000000&password=wrong-password",
    )
    .await;
    let sent = sent.expect("an answer");
    let to = sent.header("location").unwrap_or_default().to_owned();
    assert!(sent.status == 303 && to.starts_with("/sorry?busy="), "{sent:?}\n{}", server.log());
    let sorry = server.get(&to).await.expect("an answer");
    assert_eq!((sorry.status, sorry.header("retry-after")), (503, Some("5")));
    let id = to.trim_start_matches("/sorry?busy=");
    assert!(sorry.body.contains("系统暂时无法使用") && sorry.body.contains(id), "{}", sorry.body);
    assert_eq!(sent.header("x-request-id"), Some(id));
}
