//! Messages on their way out: to a real SMTP server, to a gateway that checks the signature, through a process that is
//! killed amid its work, and the pages about all of it.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::clock::{Chance, Clock};
use app::db::testing::{Engine, fresh_postgres};
use app::db::{Db, sql};
use app::error::Problem;
use app::ids::{PersonId, Region};
use app::notices::rules::Channel;
use app::notices::sending::{Channels, Drained, Mailer, Webhook, drain, signature};
use app::notices::{tell, tell_all};
use app::on_both_engines;
use app::state::App;
use app::testing::{TestCity, XINAN};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::IntoResponse;
use chrono::TimeDelta;
use http_body_util::BodyExt;
use mail_parser::{Message, MessageParser};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::watch;
use tower::ServiceExt;

const FROM: &str = "河洛 <noreply@heluo.example>";
const SECRET: &str = "a secret of the city and its gateway";

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}

fn folder(name: &str) -> PathBuf {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = format!("heluo-{name}-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
    std::env::temp_dir().join(name)
}

/// A real mail server that keeps what it is sent in a maildir.
struct MailServer {
    child: Child,
    addr: SocketAddr,
    maildir: PathBuf,
}

impl MailServer {
    async fn start() -> Self {
        Self::start_at(free_port(), folder("mail")).await
    }

    async fn start_at(addr: SocketAddr, maildir: PathBuf) -> Self {
        Self::start_with(addr, maildir, &[]).await
    }

    async fn start_with(addr: SocketAddr, maildir: PathBuf, more: &[&str]) -> Self {
        let child = Command::new("aiosmtpd")
            .args(["-n", "-l", &addr.to_string(), "-c", "aiosmtpd.handlers.Mailbox"])
            .args(more)
            .arg(&maildir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the mail server starts: `cargo xtask test` installs it (Debian's python3-aiosmtpd)");
        let server = Self { child, addr, maildir };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(server.addr).await.is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the mail server does not answer after ten seconds");
    }

    fn url(&self) -> String {
        format!("smtp://{}", self.addr)
    }

    /// How many letters have arrived.
    fn count(&self) -> usize {
        std::fs::read_dir(self.maildir.join("new")).map_or(0, Iterator::count)
    }

    /// What has arrived, as it was sent.
    fn letters(&self) -> Vec<Vec<u8>> {
        let files = std::fs::read_dir(self.maildir.join("new")).expect("a maildir").flatten();
        files.map(|file| std::fs::read(file.path()).expect("a letter")).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parse(letter: &[u8]) -> Message<'_> {
    MessageParser::default().parse(letter).expect("a letter that a strict parser reads")
}

fn mail(url: &str) -> Channels {
    Channels {
        mail: Some(Mailer::new(url, FROM.parse().expect("an address"), "heluo.example").expect("a mail server")),
        webhook: None,
    }
}

fn gateway(url: &str) -> Channels {
    Channels {
        mail: None,
        webhook: Some(Webhook::new(url, SECRET).expect("a gateway")),
    }
}

/// The same city as another process with lines of its own sees it.
fn another_process(city: &TestCity, channels: Channels) -> App {
    let mut settings = city.app.settings.clone();
    settings.channels = channels;
    App::new(city.app.db.clone(), city.app.clock.clone(), Chance::system(), settings)
}

async fn send(app: &App, channel: Channel) -> Drained {
    let (_stop, stopped) = watch::channel(false);
    drain(app, channel, true, &stopped).await.expect("sent")
}

/// How many rows there are of each state.
async fn states(db: &Db) -> BTreeMap<String, i64> {
    let rows: Vec<(String, i64)> = sql("SELECT state, COUNT(*) FROM outbox GROUP BY state").all(db).await.expect("counted");
    rows.into_iter().collect()
}

async fn state_of(db: &Db, person: PersonId) -> (String, Option<String>, Option<String>, i64) {
    sql("SELECT state, fault, detail, attempts FROM outbox WHERE person_id = $1")
        .bind(person)
        .one(db)
        .await
        .expect("a row")
}

/// People with addresses, each with a message.
async fn told(city: &TestCity, count: usize) -> Vec<PersonId> {
    let people = city.people(count, XINAN).await;
    for (place, person) in people.iter().enumerate() {
        city.email(*person, &format!("p{place}@example.com")).await;
    }
    let mut tx = city.begin().await;
    let text = Problem::new("notice-classes-cancelled")
        .with("class", "现代企业治理班")
        .with("reason", "停电");
    tell_all(&mut tx, &city.app, city.now(), &people, &text, "/classes").await.expect("told");
    tx.commit().await.expect("kept");
    people
}

fn ids(letters: &[Vec<u8>]) -> Vec<String> {
    let mut ids: Vec<String> = letters
        .iter()
        .map(|letter| parse(letter).message_id().expect("a name").to_owned())
        .collect();
    ids.sort();
    ids
}

async fn two_processes_mail_each_message_once(engine: Engine) {
    let server = MailServer::start().await;
    let city = TestCity::with_channels(engine, mail(&server.url())).await;
    told(&city, 60).await;
    let other = another_process(&city, mail(&server.url()));
    assert_eq!(
        tokio::join!(send(&city.app, Channel::Email), send(&other, Channel::Email)),
        (Drained::Empty, Drained::Empty)
    );
    let letters = server.letters();
    let mut ids = ids(&letters);
    ids.dedup();
    assert_eq!((letters.len(), ids.len()), (60, 60));
    assert_eq!(states(&city.app.db).await, BTreeMap::from([("sent".to_owned(), 60)]));
    send(&other, Channel::Email).await;
    assert_eq!(server.count(), 60, "sent is sent");
}

async fn a_letter_says_it_in_its_readers_language(engine: Engine) {
    let server = MailServer::start().await;
    let city = TestCity::with_channels(engine, mail(&server.url())).await;
    let (zh, en) = (
        city.person("王小明\r\nBcc: evil@example.com", XINAN).await,
        city.person("Anna Li", XINAN).await,
    );
    city.email(zh, "wang@example.com").await;
    city.email(en, "li@example.com").await;
    let mut tx = city.begin().await;
    sql("UPDATE people SET lang = 'en' WHERE id = $1")
        .bind(en)
        .run(&mut tx)
        .await
        .expect("chosen");
    let text = Problem::new("notice-classes-cancelled")
        .with("class", "治理班\r\nBcc: evil@example.com\r\n\r\nhidden")
        .with("reason", "停电");
    tell_all(&mut tx, &city.app, city.now(), &[zh, en], &text, "/classes/7")
        .await
        .expect("told");
    tx.commit().await.expect("kept");
    send(&city.app, Channel::Email).await;
    let letters = server.letters();
    assert_eq!(letters.len(), 2);
    let letter_to = |address: &str| {
        letters
            .iter()
            .map(|letter| parse(letter))
            .find(|letter| letter.to().and_then(|to| to.first()).and_then(|to| to.address()) == Some(address))
            .expect("a letter")
    };
    let (chinese, english) = (letter_to("wang@example.com"), letter_to("li@example.com"));
    assert!(
        chinese
            .subject()
            .expect("a subject")
            .starts_with("【河洛】“治理班 Bcc: evil@example.com hidden"),
        "{chinese:?}"
    );
    assert!(english.subject().expect("a subject").starts_with("Heluo: "), "{english:?}");
    for letter in [&chinese, &english] {
        // What people are called and what classes are called is never a header.
        assert!(letter.bcc().is_none() && letter.cc().is_none());
        assert_eq!(letter.to().map(|to| to.iter().count()), Some(1));
        assert_eq!(
            letter.from().and_then(|from| from.first()).and_then(|from| from.address()),
            Some("noreply@heluo.example")
        );
        assert_eq!(letter.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert!(letter.message_id().expect("a name").ends_with("@heluo.example"));
        let recipient = letter.header_raw("X-RcptTo").expect("the envelope").to_owned();
        assert!(!recipient.contains("evil"), "{recipient}");
    }
    let body = chinese.body_text(0).expect("a body");
    assert!(
        body.contains("王小明 Bcc: evil@example.com，您好") && body.contains("http://localhost/classes/7") && body.contains("/me/messages"),
        "{body}"
    );
    let body = english.body_text(0).expect("a body");
    assert!(
        body.contains("Hello Anna Li") && body.contains("Open it: http://localhost/classes/7"),
        "{body}"
    );
}

/// A mail server by hand that answers as the recipient's name says: `p550@…` is refused for good, `p451@…` for now.
async fn moody_server() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream));
        }
    });
    addr
}

async fn converse(stream: tokio::net::TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 moody\r\n").await?;
    let mut line = String::new();
    let mut in_data = false;
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer = if in_data {
            if line.trim_end() != "." {
                continue;
            }
            in_data = false;
            "250 kept".to_owned()
        } else if line.starts_with("RCPT") && line.contains("<p451@") {
            "451 4.7.1 come back later".to_owned()
        } else if line.starts_with("RCPT") && line.contains("<p550@") {
            "550 5.1.1 no such user".to_owned()
        } else if line.starts_with("AUTH") {
            "535 5.7.8 wrong password".to_owned()
        } else if line.starts_with("EHLO") {
            "250-moody\r\n250 AUTH PLAIN".to_owned()
        } else if line.starts_with("DATA") {
            in_data = true;
            "354 go on".to_owned()
        } else {
            "250 fine".to_owned()
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

async fn a_refusal_ends_it_and_trouble_is_tried_again(engine: Engine) {
    let moody = moody_server().await;
    let city = TestCity::with_channels(engine, mail(&format!("smtp://{moody}"))).await;
    let db = &city.app.db;
    let mut people = Vec::new();
    for name in ["p550", "p451", "fine"] {
        let person = city.person(name, XINAN).await;
        city.email(person, &format!("{name}@example.com")).await;
        people.push(person);
    }
    let mut tx = city.begin().await;
    let text = Problem::new("notice-classes-cancelled");
    tell_all(&mut tx, &city.app, city.now(), &people, &text, "/me").await.expect("told");
    tx.commit().await.expect("kept");
    assert_eq!(
        send(&city.app, Channel::Email).await,
        Drained::Empty,
        "one recipient's trouble is not the server's"
    );
    let (state, fault, detail, attempts) = state_of(db, people[0]).await;
    assert_eq!((state.as_str(), fault.as_deref(), attempts), ("dead", Some("refused"), 1));
    assert!(detail.expect("what it said").contains("no such user"));
    let (state, fault, detail, attempts) = state_of(db, people[1]).await;
    assert_eq!((state.as_str(), fault.as_deref(), attempts), ("waiting", Some("busy"), 1));
    assert!(detail.expect("what it said").contains("come back later"));
    assert_eq!(state_of(db, people[2]).await.0, "sent");
    send(&city.app, Channel::Email).await;
    assert_eq!(state_of(db, people[1]).await.3, 1, "not before its time");
    city.hand.advance(TimeDelta::seconds(40));
    send(&city.app, Channel::Email).await;
    assert_eq!(state_of(db, people[1]).await.3, 2);
}

async fn a_server_that_is_away_or_does_not_know_us_loses_nothing(engine: Engine) {
    let addr = free_port();
    let city = TestCity::with_channels(engine, mail(&format!("smtp://{addr}"))).await;
    told(&city, 30).await;
    assert_eq!(send(&city.app, Channel::Email).await, Drained::Unanswered);
    let tried = sql("SELECT COUNT(*) FROM outbox WHERE attempts > 0 AND fault = 'unreachable'")
        .count(&city.app.db)
        .await;
    assert_eq!(tried.expect("counted"), 4, "only what was on the line was tried");
    let moody = moody_server().await;
    let stranger = another_process(&city, mail(&format!("smtp://heluo:wrong@{moody}")));
    assert_eq!(send(&stranger, Channel::Email).await, Drained::Unanswered);
    let denied = sql("SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND fault = 'denied'")
        .count(&city.app.db)
        .await;
    assert_eq!(denied.expect("counted"), 4, "a wrong password makes nothing undeliverable");
    let server = MailServer::start_at(addr, folder("mail")).await;
    city.hand.advance(TimeDelta::minutes(5));
    assert_eq!(send(&city.app, Channel::Email).await, Drained::Empty);
    assert_eq!(server.count(), 30);
}

/// What the gateway was sent, and what it answers next.
#[derive(Clone, Default)]
struct Gateway {
    posts: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    answers: Arc<Mutex<Vec<StatusCode>>>,
}

impl Gateway {
    async fn start(answers: &[StatusCode]) -> (Self, String) {
        let gateway = Self::default();
        gateway.answers.lock().expect("answers").extend(answers.iter().rev());
        let own = gateway.clone();
        let receive = async move |headers: HeaderMap, body: Bytes| {
            own.posts.lock().expect("posts").push((headers, body));
            let answer = own.answers.lock().expect("answers").pop().unwrap_or(StatusCode::NO_CONTENT);
            ([(header::RETRY_AFTER, "120")], answer).into_response()
        };
        let router = axum::Router::new().route("/messages", axum::routing::post(receive));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/messages", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (gateway, url)
    }

    fn posts(&self) -> Vec<(HeaderMap, Bytes)> {
        self.posts.lock().expect("posts").clone()
    }
}

/// As a receiver is told to check it (docs/operations.md).
fn is_signed(headers: &HeaderMap, body: &[u8], secret: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let timestamp = text("heluo-timestamp").parse().expect("seconds");
    text("heluo-signature") == format!("v1={}", signature(secret.as_bytes(), timestamp, body))
}

async fn the_gateway_gets_signed_messages_until_it_takes_them(engine: Engine) {
    let trouble = [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::TOO_MANY_REQUESTS];
    let (gateway_side, url) = Gateway::start(&trouble).await;
    let city = TestCity::with_channels(engine, gateway(&url)).await;
    let own = city.person("王小明", XINAN).await;
    let mut tx = city.begin().await;
    let text = Problem::new("notice-classes-cancelled").with("class", "治理班").with("reason", "停电");
    tell(&mut tx, &city.app, city.now(), own, &text, "/classes/7").await.expect("told");
    tx.commit().await.expect("kept");
    send(&city.app, Channel::Webhook).await;
    city.hand.advance(TimeDelta::seconds(100));
    send(&city.app, Channel::Webhook).await;
    assert_eq!(gateway_side.posts().len(), 1, "it asked for two minutes of rest");
    city.hand.advance(TimeDelta::seconds(21));
    send(&city.app, Channel::Webhook).await;
    city.hand.advance(TimeDelta::seconds(121));
    send(&city.app, Channel::Webhook).await;
    city.hand.advance(TimeDelta::days(1));
    send(&city.app, Channel::Webhook).await;
    let posts = gateway_side.posts();
    assert_eq!(posts.len(), 3, "taken is taken");
    assert_eq!(state_of(&city.app.db, own).await.0, "sent");
    let keys: Vec<_> = posts.iter().map(|(headers, _)| headers["idempotency-key"].clone()).collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    for (headers, body) in &posts {
        assert_eq!(headers[header::CONTENT_TYPE], "application/json");
        assert!(is_signed(headers, body, SECRET));
        assert!(!is_signed(headers, body, "another secret"));
        assert!(!is_signed(headers, &[body, b" ".as_slice()].concat(), SECRET));
    }
    let body: serde_json::Value = serde_json::from_slice(&posts[0].1).expect("JSON");
    assert_eq!(body["id"].as_str(), keys[0].to_str().ok());
    assert_eq!((body["topic"].as_str(), body["lang"].as_str()), (Some("changes"), Some("zh")));
    assert_eq!(body["person"]["id"].as_str(), Some(own.to_string().as_str()));
    assert_eq!(body["text"]["zh"].as_str(), Some("“治理班”已取消。原因：停电"));
    assert_eq!(body["link"].as_str(), Some("http://localhost/classes/7"));
}

async fn a_gateway_that_refuses_is_not_asked_again(engine: Engine) {
    let (gateway_side, url) = Gateway::start(&[StatusCode::GONE, StatusCode::TEMPORARY_REDIRECT]).await;
    let city = TestCity::with_channels(engine, gateway(&url)).await;
    for name in ["甲", "乙"] {
        let person = city.person(name, XINAN).await;
        let mut tx = city.begin().await;
        tell(&mut tx, &city.app, city.now(), person, &Problem::new("notice-classes-cancelled"), "/me")
            .await
            .expect("told");
        tx.commit().await.expect("kept");
        send(&city.app, Channel::Webhook).await;
        let (state, fault, ..) = state_of(&city.app.db, person).await;
        assert_eq!((state.as_str(), fault.as_deref()), ("dead", Some("refused")), "{name}");
    }
    assert_eq!(gateway_side.posts().len(), 2, "a redirect is not followed");
}

on_both_engines!(
    two_processes_mail_each_message_once,
    a_letter_says_it_in_its_readers_language,
    a_refusal_ends_it_and_trouble_is_tried_again,
    a_server_that_is_away_or_does_not_know_us_loses_nothing,
    the_gateway_gets_signed_messages_until_it_takes_them,
    a_gateway_that_refuses_is_not_asked_again,
    an_address_is_confirmed_by_the_mailed_link,
    the_outbox_is_the_citys
);

// ---- A killed process ----

/// So many messages, and so many that have arrived before the kill.
const MESSAGES: usize = 300;
const BEFORE_THE_KILL: usize = 60;
/// A process has so many on the line at most.
const ON_THE_LINE: usize = 4;

struct Heluo(Child);

/// Built files, as small as they can be: nobody looks at a page here.
fn site(folder: &Path) -> PathBuf {
    let site = folder.join("site");
    std::fs::create_dir_all(site.join("pkg")).expect("a folder");
    std::fs::write(site.join("hash.txt"), "js: 1\nwasm: 1\ncss: 1\n").expect("written");
    for kind in ["js", "wasm", "css"] {
        std::fs::write(site.join(format!("pkg/heluo.1.{kind}")), kind).expect("written");
    }
    site
}

impl Heluo {
    fn start(url: &str, folder: &Path, server: &MailServer) -> Self {
        Self::start_with(url, folder, &[("HELUO_SMTP_URL", server.url().as_str())])
    }

    fn start_with(url: &str, folder: &Path, more: &[(&str, &str)]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_heluo"))
            .arg("serve")
            .env("DATABASE_URL", url)
            .env("HELUO_DATA_DIR", folder)
            .env("HELUO_ADDR", free_port().to_string())
            .env("HELUO_SMTP_FROM", FROM)
            .env("HELUO_DRAIN_SECONDS", "0")
            .env("LEPTOS_SITE_ROOT", site(folder))
            .env("RUST_LOG", "error")
            .envs(more.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        Self(child)
    }

    /// `kill -9`: no goodbye.
    fn kill(&mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("gone");
    }

    /// What a service manager sends first.
    async fn terminate(&mut self) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        for _ in 0..300 {
            if self.0.try_wait().expect("a child").is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it does not stop");
    }
}

impl Drop for Heluo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A city in the database of that address, with messages that wait.
async fn prepare(url: &str, server: &MailServer) -> Db {
    let db = Db::open(url).await.expect("the database opens");
    db.migrate().await.expect("the migrations run");
    let (test, _) = App::for_test(db.clone(), Clock::system().now());
    let mut settings = test.settings.clone();
    settings.channels = mail(&server.url());
    let app = App::new(db.clone(), Clock::system(), Chance::system(), settings);
    told(&TestCity::over(app).await, MESSAGES).await;
    db
}

async fn waits_until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("thirty seconds were not enough: {what}");
}

async fn nothing_is_lost_and_nothing_sent_under_two_names(url: &str, folder: PathBuf) {
    let server = MailServer::start().await;
    std::fs::create_dir_all(&folder).expect("a folder");
    let db = prepare(url, &server).await;
    let mut process = Heluo::start(url, &folder, &server);
    waits_until("the first letters", async || server.count() >= BEFORE_THE_KILL).await;
    process.kill();
    assert!(server.count() < MESSAGES, "killed amid the work, not after it");
    let in_its_hands = sql("SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND lease IS NOT NULL")
        .count(&db)
        .await;
    let in_its_hands = usize::try_from(in_its_hands.expect("counted")).expect("a count");
    assert!(in_its_hands <= ON_THE_LINE, "{in_its_hands}");

    // Another process takes over; what the dead one had on the line waits for its lease, which ends sooner here.
    let mut tx = db.begin().await.expect("a transaction");
    sql("UPDATE outbox SET due_at = created_at WHERE state = 'waiting' AND lease IS NOT NULL")
        .run(&mut tx)
        .await
        .expect("time passes");
    tx.commit().await.expect("kept");
    let mut process = Heluo::start(url, &folder, &server);
    waits_until("everything sent", async || {
        states(&db).await.get("sent") == Some(&i64::try_from(MESSAGES).expect("a count"))
    })
    .await;
    process.terminate().await;

    let letters = server.letters();
    let all = ids(&letters);
    let mut names = all.clone();
    names.dedup();
    assert_eq!(names.len(), MESSAGES, "every message has arrived");
    // Only what the server had accepted while the dead process had not yet written it down can have come twice, and then
    // under the same name.
    let twice = all.len() - names.len();
    assert!(twice <= in_its_hands, "{twice} came twice, {in_its_hands} were on the line");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_sqlite() {
    let folder = folder("killed-sending");
    std::fs::create_dir_all(&folder).expect("a folder");
    let url = format!("sqlite://{}", folder.join("heluo.db").display());
    nothing_is_lost_and_nothing_sent_under_two_names(&url, folder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_postgres() {
    let url = fresh_postgres().await;
    nothing_is_lost_and_nothing_sent_under_two_names(&url, folder("killed-sending")).await;
}

/// An orderly stop finishes what is on the line: nothing comes twice.
#[tokio::test(flavor = "multi_thread")]
async fn stopped_in_order_nothing_comes_twice() {
    let server = MailServer::start().await;
    let url = fresh_postgres().await;
    let folder = folder("stopped-sending");
    std::fs::create_dir_all(&folder).expect("a folder");
    let db = prepare(&url, &server).await;
    let mut process = Heluo::start(&url, &folder, &server);
    waits_until("the first letters", async || server.count() >= BEFORE_THE_KILL).await;
    process.terminate().await;
    assert!(server.count() < MESSAGES, "stopped amid the work");
    let held = sql("SELECT COUNT(*) FROM outbox WHERE lease IS NOT NULL AND state = 'waiting'")
        .count(&db)
        .await;
    assert_eq!(held.expect("counted"), 0, "nothing is left in its hands");
    let sent = states(&db).await["sent"];
    assert_eq!(usize::try_from(sent).expect("a count"), server.count());
}

/// Where encryption is asked for, a certificate that nobody vouches for gets no letter to read.
#[tokio::test(flavor = "multi_thread")]
async fn letters_are_handed_only_to_a_server_that_shows_who_it_is() {
    let folder = folder("certificate");
    std::fs::create_dir_all(&folder).expect("a folder");
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).expect("kept");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("kept");
    let (certificate, key) = (certificate.display().to_string(), key.display().to_string());
    let more = ["--tlscert", certificate.as_str(), "--tlskey", key.as_str()];
    let server = MailServer::start_with(free_port(), folder.join("mail"), &more).await;
    let smtp_url = format!("smtp://localhost:{}?tls=required", server.addr.port());

    let url = format!("sqlite://{}", folder.join("heluo.db").display());
    let db = prepare(&url, &server).await;
    let (test, _) = App::for_test_with(db.clone(), Clock::system().now(), |settings| settings.channels = mail(&smtp_url));
    assert_eq!(send(&test, Channel::Email).await, Drained::Unanswered);
    assert_eq!(server.count(), 0);
    let waiting = sql("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'")
        .count(&db)
        .await
        .expect("counted");
    assert_eq!(usize::try_from(waiting), Ok(MESSAGES));

    let mut tx = db.begin().await.expect("a transaction");
    sql("UPDATE outbox SET due_at = created_at").run(&mut tx).await.expect("time passes");
    tx.commit().await.expect("kept");
    let trusting = [("HELUO_SMTP_URL", smtp_url.as_str()), ("SSL_CERT_FILE", certificate.as_str())];
    let _process = Heluo::start_with(&url, &folder, &trusting);
    waits_until("everything sent", async || server.count() == MESSAGES).await;
}

#[test]
fn wrong_settings_stop_the_start_and_name_the_variable() {
    let folder = folder("wrong-settings");
    for (set, named) in [
        (vec![("HELUO_SMTP_URL", "smtp://mail.example.cn")], "HELUO_SMTP_FROM"),
        (
            vec![("HELUO_SMTP_URL", "http://mail.example.cn"), ("HELUO_SMTP_FROM", "a@example.cn")],
            "HELUO_SMTP_URL",
        ),
        (
            vec![
                ("HELUO_SMTP_URL", "smtp://u:hidden@mail.example.cn?tls=maybe"),
                ("HELUO_SMTP_FROM", "a@example.cn"),
            ],
            "HELUO_SMTP_URL",
        ),
        (
            vec![("HELUO_SMTP_URL", "smtp://mail.example.cn"), ("HELUO_SMTP_FROM", "nobody")],
            "HELUO_SMTP_FROM",
        ),
        (vec![("HELUO_WEBHOOK_URL", "https://gateway.example.cn/hidden")], "HELUO_WEBHOOK_SECRET"),
        (
            vec![
                ("HELUO_WEBHOOK_URL", "https://gateway.example.cn/hidden"),
                ("HELUO_WEBHOOK_SECRET", "short"),
            ],
            "HELUO_WEBHOOK_SECRET",
        ),
        (
            vec![("HELUO_WEBHOOK_URL", "ftp://hidden"), ("HELUO_WEBHOOK_SECRET", SECRET)],
            "HELUO_WEBHOOK_URL",
        ),
    ] {
        let started = Command::new(env!("CARGO_BIN_EXE_heluo"))
            .arg("serve")
            .env("HELUO_DATA_DIR", &folder)
            .env("HELUO_ADDR", "127.0.0.1:1")
            .envs(set.clone())
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&started.stderr).into_owned();
        assert!(!started.status.success() && said.contains(named), "{set:?}: {said}");
        assert!(!said.contains("hidden"), "{said}");
        assert!(!folder.exists(), "nothing was begun");
    }
}

// ---- The pages ----

/// A browser that is signed in as a person.
struct Browser {
    router: axum::Router,
    cookie: String,
}

impl Browser {
    async fn of(city: &TestCity, person: PersonId) -> Self {
        let mut tx = city.begin().await;
        let token = app::accounts::store::begin_sign_in(&city.app, &mut tx, city.now(), person, "test").await;
        tx.commit().await.expect("kept");
        Self {
            router: server::http::router(city.app.clone()),
            cookie: format!("sign_in={}", token.expect("signed in")),
        }
    }

    fn stranger(city: &TestCity) -> Self {
        Self {
            router: server::http::router(city.app.clone()),
            cookie: String::new(),
        }
    }

    async fn send(&self, builder: axum::http::request::Builder, body: String) -> (u16, String, String) {
        let mut request = builder
            .header(header::HOST, "localhost")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, &self.cookie)
            .body(Body::from(body))
            .expect("a request");
        let peer: SocketAddr = "10.0.0.1:1234".parse().expect("an address");
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status().as_u16();
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        (status, location, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let (status, _, text) = self.send(Request::get(path), String::new()).await;
        (status, text)
    }

    /// Sends a form and answers the page that it leads to.
    async fn post(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> String {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let builder = Request::post(action)
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{page}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (status, location, text) = self.send(builder, body).await;
        assert_eq!(status, 303, "{text}");
        self.get(&location).await.1
    }
}

async fn an_address_is_confirmed_by_the_mailed_link(engine: Engine) {
    let server = MailServer::start().await;
    let city = TestCity::with_channels(engine, mail(&server.url())).await;
    let own = city.person("王小明", XINAN).await;
    let browser = Browser::of(&city, own).await;
    for (typed, said) in [
        ("", "请填写邮箱地址"),
        ("wang", "请填写一个邮箱地址"),
        ("wang@example.com\r\nBcc: a@b.cn", "请填写一个邮箱地址"),
        ("\"<script>\"@example.com", "请填写一个邮箱地址"),
    ] {
        let page = browser.post("/me/messages", "/api/set_email", &[("address", typed)]).await;
        assert!(page.contains(said), "{typed:?}: {page}");
    }
    let page = browser.post("/me/messages", "/api/set_email", &[("address", "wang@example.com")]).await;
    assert!(page.contains("wang@example.com 还没有确认"), "{page}");
    send(&city.app, Channel::Email).await;
    let letters = server.letters();
    assert_eq!(letters.len(), 1);
    let text = parse(&letters[0]).body_text(0).expect("a body").into_owned();
    let link = text.split_whitespace().find(|word| word.contains("/email/")).expect("a link").to_owned();
    let path = link.strip_prefix("http://localhost").expect("our own").to_owned();
    let token = path.strip_prefix("/email/").expect("a token").to_owned();

    // Opening the link confirms nothing, and nobody can make one up.
    let stranger = Browser::stranger(&city);
    let (status, page) = stranger.get(&path).await;
    assert!(status == 200 && page.contains("wang@example.com") && page.contains("王小明"), "{page}");
    for wrong in ["/email/x", &format!("{path}0"), &path[..path.len() - 1], "/email/%20"] {
        let (status, page) = stranger.get(wrong).await;
        assert!(status == 409 && page.contains("已失效"), "{wrong}: {status} {page}");
    }
    assert!(browser.get("/me/messages").await.1.contains("还没有确认"));
    let page = stranger.post(&path, "/api/confirm_email", &[("link", &token)]).await;
    assert!(page.contains("邮箱地址已确认"), "{page}");
    let page = stranger.post(&path, "/api/confirm_email", &[("link", &token)]).await;
    assert!(page.contains("已失效"), "{page}");
    assert!(stranger.get(&path).await.1.contains("已经确认过"));
    assert!(browser.get("/me/messages").await.1.contains("已确认，正在使用"));

    // What is ticked is sent, what isn't is not, and what matters is sent in any case.
    let page = browser
        .post(
            "/me/messages",
            "/api/choose_messages",
            &[("email[]", "enrolment"), ("email[]", "nonsense")],
        )
        .await;
    assert!(page.contains("选择已保存"), "{page}");
    for key in ["enrolment-notice-approved", "gates-notice-terminated", "notice-classes-cancelled"] {
        let mut tx = city.begin().await;
        tell(&mut tx, &city.app, city.now(), own, &Problem::new(key), "/me").await.expect("told");
        tx.commit().await.expect("kept");
    }
    send(&city.app, Channel::Email).await;
    assert_eq!(server.count(), 3);

    // Nobody makes us write to strangers again and again.
    let mut page = String::new();
    for n in 0..6 {
        page = browser
            .post("/me/messages", "/api/set_email", &[("address", &format!("victim{n}@example.com"))])
            .await;
    }
    assert!(page.contains("分钟"), "{page}");
    let page = browser.post("/me/messages", "/api/remove_email", &[]).await;
    assert!(page.contains("邮箱地址已删除"), "{page}");
}

async fn the_outbox_is_the_citys(engine: Engine) {
    let moody = moody_server().await;
    let city = TestCity::with_channels(engine, mail(&format!("smtp://{moody}"))).await;
    let own = city.person("王小明", XINAN).await;
    city.email(own, "p550@example.com").await;
    let mut tx = city.begin().await;
    tell(&mut tx, &city.app, city.now(), own, &Problem::new("notice-classes-cancelled"), "/me")
        .await
        .expect("told");
    tx.commit().await.expect("kept");
    send(&city.app, Channel::Email).await;
    let (key,): (uuid::Uuid,) = sql("SELECT id FROM outbox").one(&city.app.db).await.expect("a row");
    let key = format!("{}.email", key.simple());

    let admin = city.person("市管", Region::CITY).await;
    let coordinator = city.person("县管", XINAN).await;
    grant(&city, admin, "city", None).await;
    grant(&city, coordinator, "county", Some(XINAN)).await;
    for (person, status) in [(own, 403), (coordinator, 403), (admin, 200)] {
        let browser = Browser::of(&city, person).await;
        assert_eq!(browser.get("/city/outbox").await.0, status);
        if status == 403 {
            for action in ["/api/send_message_again", "/api/discard_message", "/api/send_all_messages_again"] {
                let page = browser.post("/me", action, &[("message", &key)]).await;
                assert!(page.contains("没有权限") || page.contains("不在您的"), "{action}: {page}");
            }
        }
    }
    assert_eq!(state_of(&city.app.db, own).await.0, "dead", "others changed nothing");
    let (status, _) = Browser::stranger(&city).get("/city/outbox").await;
    assert_eq!(status, 303);

    let browser = Browser::of(&city, admin).await;
    let (_, page) = browser.get("/city/outbox").await;
    assert!(
        page.contains("王小明") && page.contains("no such user") && page.contains("p5…@example.com"),
        "{page}"
    );
    let (_, page) = browser.get("/city/outbox?state=dead&q=nobody").await;
    assert!(!page.contains("王小明"), "{page}");
    for odd in ["?state=x", "?after=x", "?before=%20", "?q=%25%27", "?state=sent"] {
        assert_eq!(browser.get(&format!("/city/outbox{odd}")).await.0, 200, "{odd}");
    }
    let page = browser.post("/city/outbox", "/api/send_message_again", &[("message", &key)]).await;
    assert!(page.contains("已重新排队"), "{page}");
    let page = browser.post("/city/outbox", "/api/send_message_again", &[("message", "nonsense")]).await;
    assert!(page.contains("没有找到") || page.contains("找不到"), "{page}");
    send(&city.app, Channel::Email).await;
    let page = browser.post("/city/outbox", "/api/send_all_messages_again", &[]).await;
    assert!(page.contains("1 条消息已重新排队"), "{page}");
    send(&city.app, Channel::Email).await;
    let page = browser.post("/city/outbox", "/api/discard_message", &[("message", &key)]).await;
    assert!(page.contains("消息已作废"), "{page}");
    assert_eq!(state_of(&city.app.db, own).await.0, "dropped");
}

async fn grant(city: &TestCity, person: PersonId, role: &str, region: Option<&str>) {
    let mut tx = city.begin().await;
    sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(app::ids::GrantId::new(&city.app.chance, city.now()))
        .bind(person)
        .bind(role)
        .bind(region)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("granted");
    tx.commit().await.expect("kept");
}
