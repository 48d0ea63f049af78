//! A process of `heluo`, a lesson that goes on now, and people who check in to it.

use std::collections::HashSet;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use app::accounts::Grant;
use app::accounts::store::begin_sign_in;
use app::attendance::policy::device_permit;
use app::attendance::store::register;
use app::clock::{Chance, Clock};
use app::db::testing::{Engine, fresh_postgres};
use app::db::{Db, sql};
use app::ids::{LessonId, PersonId};
use app::state::App;
use app::testing::{TestCity, XINAN};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// How long a process may take to be ready, and to end.
const PATIENCE: Duration = Duration::from_secs(40);

/// A folder of its own for each test.
pub fn folder(name: &str) -> PathBuf {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("heluo-{name}-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A database that is not there yet, and the folder of its process.
pub async fn database(engine: Engine, name: &str) -> (String, PathBuf) {
    let folder = folder(name);
    let url = match engine {
        Engine::Sqlite => format!("sqlite://{}", folder.join("heluo.db").display()),
        Engine::Postgres => fresh_postgres().await,
    };
    (url, folder)
}

/// Built files, as small as they can be: tests of the server run where the browser's half was not built.
pub fn site() -> &'static Path {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| {
        let site = folder("site");
        fs::create_dir_all(site.join("pkg")).expect("a folder");
        fs::write(site.join("hash.txt"), "js: 1\nwasm: 1\ncss: 1\n").expect("written");
        for kind in ["js", "wasm", "css"] {
            fs::write(site.join(format!("pkg/heluo.1.{kind}")), kind).expect("written");
        }
        site
    })
}

/// The program with this database and folder, and nothing of the settings around the tests.
pub fn heluo(url: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heluo"));
    settle(&mut command, url, folder);
    command
}

/// The same settings for a command that starts it in its turn.
pub fn settle(command: &mut Command, url: &str, folder: &Path) {
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("DATABASE_URL", url)
        .env("HELUO_DATA_DIR", folder)
        .env("HELUO_SECRET", "a secret that all processes of a test share")
        .env("LEPTOS_SITE_ROOT", site())
        .env("HELUO_DRAIN_SECONDS", "1")
        .env("RUST_LOG", "warn");
}

/// A process that serves.
pub struct Server {
    child: Child,
    pub addr: SocketAddr,
    log: PathBuf,
}

impl Server {
    pub async fn start(url: &str, folder: &Path) -> Self {
        let mut command = heluo(url, folder);
        command.arg("serve");
        Self::start_by(command, folder).await
    }

    /// By a command of the caller's, and waits until it is ready.
    pub async fn start_by(mut command: Command, folder: &Path) -> Self {
        let addr = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port");
        let log = folder.join(format!("log-{}", addr.port()));
        let child = command
            .env("HELUO_ADDR", addr.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).expect("a log"))
            .spawn()
            .expect("the server starts");
        let mut server = Self { child, addr, log };
        server.wait_for("/readyz", 200).await;
        server
    }

    /// Asks until this status comes.
    pub async fn wait_for(&mut self, path: &str, status: u16) {
        let asked = async {
            loop {
                if self.get(path).await.is_some_and(|answer| answer.status == status) {
                    return;
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        let came = timeout(PATIENCE, asked).await.is_ok();
        assert!(came, "no {status} from {path} in time: {:?}\n{}", self.child.try_wait(), self.log());
    }

    pub async fn get(&self, path: &str) -> Option<Answer> {
        ask(self.addr, &format!("GET {path} HTTP/1.1"), "Accept: text/html\r\n", "").await
    }

    /// `kill -9`: no goodbye.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// What the service manager sends.
    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended.
    pub async fn ended(&mut self) -> ExitStatus {
        let waited = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("a child") {
                    return status;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, waited).await.expect("ends in time")
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back over a connection of its own.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// One request by hand; nothing when the line breaks before the answer is whole.
pub async fn ask(addr: SocketAddr, line: &str, headers: &str, body: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(addr).await.ok()?;
    let request = format!(
        "{line}\r\nHost: {addr}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some(Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// A lesson that goes on now, everybody on its roster, a scanner, and a member of staff who is signed in.
pub struct Hall {
    pub city: TestCity,
    pub lesson: LessonId,
    pub people: Vec<PersonId>,
    token: String,
    /// The cookie of a coordinator, and who that is.
    pub staff: String,
    pub coordinator: PersonId,
}

impl Hall {
    pub async fn prepare(url: &str, folder: &Path, people: usize) -> Self {
        let db = Db::open(url).await.expect("the database opens");
        db.migrate().await.expect("the migrations run");
        let (test, _) = App::for_test(db.clone(), Clock::system().now());
        let mut settings = test.settings.clone();
        settings.files_dir = folder.join("files");
        let app = App::new(db, Clock::system(), Chance::system(), settings);
        let city = TestCity::over(app).await;
        let class = city.class(XINAN, 1000).await;
        let lesson = city.lesson(class, city.now()).await;
        let people = city.people(people, XINAN).await;
        for person in &people {
            city.enrolment(class, *person, "approved").await;
        }
        let actor = city.actor("县管", XINAN, vec![Grant::County(XINAN.into())]).await;
        let permit = device_permit(&actor, &XINAN.into()).expect("a permit");
        let token = register(&city.app, &permit, city.now(), city.school(XINAN).await, "东门")
            .await
            .expect("registered");
        let staff = sign_in(&city, actor.person).await;
        Self {
            city,
            lesson,
            people,
            token,
            staff,
            coordinator: actor.person,
        }
    }

    pub fn db(&self) -> &Db {
        &self.city.app.db
    }

    /// The scanner reads somebody's code; the same nonce is the same reading.
    pub async fn scan(&self, addr: SocketAddr, person: PersonId, nonce: &str) -> Option<Answer> {
        let body = serde_json::json!({ "code": person.to_string(), "nonce": nonce }).to_string();
        ask(addr, &self.scan_line(), &self.scan_headers(), &body).await
    }

    /// What stands before the body of a reading that is sent by hand.
    pub fn scan_head(&self, length: usize) -> String {
        format!(
            "{}\r\nHost: heluo\r\nConnection: close\r\nContent-Length: {length}\r\n{}\r\n",
            self.scan_line(),
            self.scan_headers()
        )
    }

    fn scan_line(&self) -> String {
        format!("POST /api/v1/lessons/{}/checkins HTTP/1.1", self.lesson)
    }

    fn scan_headers(&self) -> String {
        format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", self.token)
    }

    /// Whom the ledger has as present; nobody twice.
    pub async fn present(&self, db: &Db) -> HashSet<PersonId> {
        let rows: Vec<(PersonId,)> =
            sql("SELECT e.person_id FROM attendances a JOIN enrolments e ON e.id = a.enrolment_id WHERE a.lesson_id = $1 AND a.status = 'present'")
                .bind(self.lesson)
                .all(db)
                .await
                .expect("read");
        let people: HashSet<PersonId> = rows.iter().map(|(person,)| *person).collect();
        assert_eq!(people.len(), rows.len(), "somebody is present twice");
        people
    }
}

/// The cookie of a coordinator who signed in.
async fn sign_in(city: &TestCity, person: PersonId) -> String {
    let mut tx = city.begin().await;
    sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, 'county', $3, $4)")
        .bind(city.app.chance.uuid(city.now()))
        .bind(person)
        .bind(XINAN)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("a role");
    let token = begin_sign_in(&city.app, &mut tx, city.now(), person, "test").await.expect("a sign-in");
    tx.commit().await.expect("kept");
    format!("sign_in={token}")
}

/// Runs `heluo check` and answers whether all is well, with what it said.
pub fn check(url: &str, folder: &Path) -> (bool, String) {
    let output = heluo(url, folder).arg("check").output().expect("check runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}
