//! What a process tells of itself, and how it stops.

use std::process::Command;
use std::time::Duration;

use app::db::sql;
use app::db::testing::Engine;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::support::{Answer, Hall, Server, ask, database, heluo};

/// Serves with these variables on top.
async fn serving(engine: Engine, name: &str, settings: &[(&str, &str)]) -> (Hall, Server) {
    let (url, folder) = database(engine, name).await;
    let hall = Hall::prepare(&url, &folder, 3).await;
    let mut command: Command = heluo(&url, &folder);
    command.arg("serve").envs(settings.iter().copied());
    let server = Server::start_by(command, &folder).await;
    (hall, server)
}

/// The lines of a log that are JSON: all of them.
fn lines(server: &Server) -> Vec<Value> {
    let log = server.log();
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line} is no JSON")))
        .collect()
}

async fn a_fault_has_one_number_everywhere(engine: Engine) {
    let (hall, server) = serving(engine, "number", &[("HELUO_LOG_FORMAT", "json"), ("RUST_LOG", "info")]).await;
    let class = sql("SELECT class_id FROM lessons")
        .one::<(app::ids::ClassId,)>(hall.db())
        .await
        .expect("a class")
        .0;
    let mut tx = hall.db().begin().await.expect("a transaction");
    sql("ALTER TABLE venues RENAME TO venues_gone").run(&mut tx).await.expect("broken");
    tx.commit().await.expect("kept");

    let page = server.get(&format!("/classes/{class}")).await.expect("an answer");
    assert_eq!(page.status, 500, "{}", page.body);
    let id = page.header("x-request-id").expect("an id").to_owned();
    assert!(page.body.contains(&format!("编号 {id}")), "{}", page.body);
    let lines = lines(&server);
    // A job may have met the same fault, under a number of its own.
    let fault = lines
        .iter()
        .find(|line| line["message"] == "internal fault" && line["id"] == *id)
        .expect("a line about the fault");
    assert_eq!(fault["span"]["id"], *id, "{fault}");
    let answered = lines.iter().find(|line| line["message"] == "answered" && line["span"]["id"] == *id);
    let answered = answered.expect("a line about the answer");
    assert_eq!(
        (&answered["status"], &answered["span"]["route"]),
        (&500.into(), &"/classes/{id}".into()),
        "{answered}"
    );

    // A form without scripts is led to a page that shows the number of the request that failed.
    let headers = format!(
        "Cookie: {}\r\nOrigin: http://{}\r\nAccept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        hall.staff, server.addr
    );
    let sent = ask(server.addr, "POST /api/sign_out HTTP/1.1", &headers, "").await.expect("an answer");
    assert_eq!(sent.status, 303, "{sent:?}");
}

async fn a_proxy_names_requests_and_a_code_is_not_logged(engine: Engine) {
    let (_, server) = serving(engine, "named", &[("HELUO_LOG_FORMAT", "json"), ("RUST_LOG", "info")]).await;
    let answer = ask(server.addr, "GET /q/SECRET99 HTTP/1.1", "X-Request-Id: abc-123\r\n", "")
        .await
        .expect("an answer");
    assert_eq!(answer.header("x-request-id"), Some("abc-123"));
    let answer = ask(server.addr, "GET / HTTP/1.1", "X-Request-Id: <script>\r\n", "")
        .await
        .expect("an answer");
    let made = answer.header("x-request-id").expect("an id");
    assert!(made.len() == 16 && made.bytes().all(|byte| byte.is_ascii_hexdigit()), "{made}");
    assert!(server.log().contains("abc-123") && !server.log().contains("SECRET99"), "{}", server.log());
}

/// The value of a line of figures with this beginning.
fn figure(text: &str, line: &str) -> Option<f64> {
    let found = text
        .lines()
        .find(|candidate| candidate.strip_prefix(line).is_some_and(|rest| rest.starts_with(' ')))?;
    found.rsplit(' ').next()?.parse().ok()
}

async fn figures_count_what_happened(engine: Engine) {
    let (hall, server) = serving(engine, "figures", &[]).await;
    for (person, outcome) in [(0, 200), (1, 200), (0, 200)] {
        let nonce = format!("{person}-{}", app::request::hex(&hall.city.app.chance.bytes::<4>()));
        let answer = hall.scan(server.addr, hall.people[person], &nonce).await.expect("an answer");
        assert_eq!(answer.status, outcome);
    }
    server.get("/nothing/here").await.expect("an answer");
    let figures = server.get("/metrics").await.expect("an answer");
    assert_eq!(figures.status, 200);
    assert!(
        figures
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/plain; version=0.0.4"))
    );
    let text = figures.body;
    let route = r#"method="POST",route="/api/v1/lessons/{id}/checkins""#;
    for (line, expected) in [
        (format!("heluo_http_requests_total{{{route},status=\"200\"}}"), 3.0),
        (format!("heluo_http_request_seconds_count{{{route}}}"), 3.0),
        (r#"heluo_checkins_total{source="device",outcome="present"}"#.to_owned(), 2.0),
        (r#"heluo_checkins_total{source="device",outcome="again"}"#.to_owned(), 1.0),
        (r#"heluo_build_info{version="0.1.0"}"#.to_owned(), 1.0),
        ("heluo_db_reachable".to_owned(), 1.0),
        ("heluo_jobs_here".to_owned(), 1.0),
        (r#"heluo_job_runs_total{job="gates",outcome="ok"}"#.to_owned(), 1.0),
    ] {
        assert_eq!(figure(&text, &line), Some(expected), "{line}\n{text}");
    }
    let pool = if engine == Engine::Sqlite { "write" } else { "shared" };
    let most = figure(&text, &format!("heluo_db_connections_most{{pool=\"{pool}\"}}"));
    assert_eq!(most, Some(if engine == Engine::Sqlite { 1.0 } else { 24.0 }));
    assert!(
        text.contains("process_resident_memory_bytes") && text.contains("# HELP heluo_jobs_here"),
        "{text}"
    );
}

async fn figures_are_for_this_machine(engine: Engine) {
    let (_, server) = serving(engine, "loopback", &[]).await;
    let through_proxy = ask(server.addr, "GET /metrics HTTP/1.1", "X-Forwarded-For: 203.0.113.9\r\n", "").await;
    assert_eq!(through_proxy.expect("an answer").status, 403);
    let (_, server) = serving(engine, "address", &[("HELUO_METRICS_FROM", "203.0.113.9")]).await;
    assert_eq!(server.get("/metrics").await.expect("an answer").status, 403);
    let (_, server) = serving(engine, "any", &[("HELUO_METRICS_FROM", "any")]).await;
    let through_proxy = ask(server.addr, "GET /metrics HTTP/1.1", "X-Forwarded-For: 203.0.113.9\r\n", "").await;
    assert_eq!(through_proxy.expect("an answer").status, 200);
}

/// Opens a live page and reads its head.
async fn watch(server: &Server, hall: &Hall) -> TcpStream {
    let mut stream = TcpStream::connect(server.addr).await.expect("a connection");
    let request = format!(
        "GET /desk/lessons/{}/live?view=desk HTTP/1.1\r\nHost: heluo\r\nCookie: {}\r\n\r\n",
        hall.lesson, hall.staff
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut head = vec![0; 12];
    stream.read_exact(&mut head).await.expect("an answer");
    assert_eq!(head, b"HTTP/1.1 200");
    stream
}

async fn a_stop_cuts_nobody_off(engine: Engine) {
    let (hall, mut server) = serving(engine, "stop", &[("HELUO_DRAIN_SECONDS", "2")]).await;
    let mut live = watch(&server, &hall).await;
    // A form that comes slowly: its first half before the signal, the rest when no connection is taken any more.
    let body = serde_json::json!({ "code": hall.people[0].to_string(), "nonce": "slow" }).to_string();
    let head = hall.scan_head(body.len());
    let mut slow = TcpStream::connect(server.addr).await.expect("a connection");
    slow.write_all(format!("{head}{}", &body[..10]).as_bytes()).await.expect("sent");

    server.terminate();
    server.wait_for("/readyz", 503).await;
    let page = server.get("/").await.expect("requests are still taken");
    assert_eq!((page.status, page.header("connection")), (200, Some("close")));
    assert_eq!(server.get("/healthz").await.map(|answer| answer.status), Some(200));
    sleep(Duration::from_millis(2500)).await;
    assert!(TcpStream::connect(server.addr).await.is_err(), "no new connection");

    slow.write_all(&body.as_bytes()[10..]).await.expect("sent");
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("present"), "{answer}");
    let mut rest = Vec::new();
    timeout(Duration::from_secs(5), live.read_to_end(&mut rest))
        .await
        .expect("the live page ends")
        .expect("and is not torn");
    assert!(rest.ends_with(b"0\r\n\r\n"), "it ends as a stream ends");
    assert_eq!(server.ended().await.code(), Some(0), "{}", server.log());
    assert!(hall.present(hall.db()).await.contains(&hall.people[0]));
}

async fn a_second_signal_does_not_wait(engine: Engine) {
    let (_, mut server) = serving(engine, "second", &[("HELUO_DRAIN_SECONDS", "300")]).await;
    server.terminate();
    server.wait_for("/readyz", 503).await;
    server.terminate();
    let ended = timeout(Duration::from_secs(10), server.ended()).await.expect("at once");
    assert_eq!(ended.code(), Some(0));
}

async fn the_pulse_needs_nothing(engine: Engine) {
    let (_, server) = serving(engine, "pulse", &[]).await;
    for path in ["/healthz", "/readyz"] {
        let answer: Answer = server.get(path).await.expect("an answer");
        assert_eq!(answer.status, 200);
    }
}

app::on_both_engines!(a_fault_has_one_number_everywhere, figures_count_what_happened, a_stop_cuts_nobody_off,);

#[tokio::test(flavor = "multi_thread")]
async fn on_one_engine() {
    a_proxy_names_requests_and_a_code_is_not_logged(Engine::Sqlite).await;
    figures_are_for_this_machine(Engine::Sqlite).await;
    a_second_signal_does_not_wait(Engine::Sqlite).await;
    the_pulse_needs_nothing(Engine::Sqlite).await;
}
