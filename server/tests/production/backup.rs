//! A backup taken while people check in is whole, and a restore brings everything back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use app::benchmarking::files::keep;
use app::benchmarking::testing::TestProgramme;
use app::db::testing::{Engine, fresh_postgres};
use app::db::{Db, sql};
use app::ids::PersonId;
use app::testing::{TestCity, XINAN};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::support::{Hall, Server, check, database, folder, heluo};

const PEOPLE: usize = 600;
const AT_ONCE: usize = 8;
const EVIDENCE: &[u8] = b"%PDF-1.7 a contract";

fn run(url: &str, folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output: Output = heluo(url, folder).args(arguments).output().expect("it runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), said)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// A file of evidence of a pilot firm.
async fn with_evidence(hall: &Hall) {
    let city = TestCity {
        app: hall.city.app.clone(),
        hand: hall.city.hand.clone(),
        plan: hall.city.plan,
    };
    let programme = TestProgramme::over(city).await;
    let pilot = programme.pilot("洛阳示范公司", XINAN).await;
    let app = &programme.city.app;
    let mut tx = programme.city.begin().await;
    keep(&mut tx, app, app.clock.now(), hall.people[0], pilot.id, "合同.pdf", EVIDENCE.to_vec())
        .await
        .expect("kept");
    tx.commit().await.expect("kept");
}

/// Everything below a folder.
fn contents(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| {
            if entry.path().is_dir() {
                contents(&entry.path())
            } else {
                vec![entry.path()]
            }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_whole_and_comes_back() {
    let (url, home) = database(Engine::Sqlite, "backup").await;
    let hall = Arc::new(Hall::prepare(&url, &home, PEOPLE).await);
    with_evidence(&hall).await;
    let server = Server::start(&url, &home).await;
    let acknowledged = Arc::new(Mutex::new(Vec::<PersonId>::new()));
    let (next, is_over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let mut scanners = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (hall, acknowledged, next, is_over, addr) = (hall.clone(), acknowledged.clone(), next.clone(), is_over.clone(), server.addr);
        scanners.spawn(async move {
            while !is_over.load(Ordering::SeqCst) {
                let Some(person) = hall.people.get(next.fetch_add(1, Ordering::SeqCst)) else {
                    return;
                };
                let answer = hall.scan(addr, *person, &person.to_string()).await.expect("an answer");
                assert_eq!(answer.status, 200, "{answer:?}");
                acknowledged.lock().await.push(*person);
            }
        });
    }
    while acknowledged.lock().await.len() < 20 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let before = acknowledged.lock().await.clone();
    let file = home.join("city.backup");
    let (code, said) = tokio::task::spawn_blocking({
        let (url, home, file) = (url.clone(), home.clone(), file.clone());
        move || run(&url, &home, &["backup", text(&file)])
    })
    .await
    .expect("backed up");
    let meanwhile = acknowledged.lock().await.len() - before.len();
    is_over.store(true, Ordering::SeqCst);
    scanners.join_all().await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 files of evidence") && said.contains("integrity is checked"), "{said}");
    assert!(meanwhile > 0, "people checked in while the backup was taken");
    drop(server);

    // Into an empty place, without the folder of evidence.
    let other = folder("restored");
    let other_url = format!("sqlite://{}", other.join("heluo.db").display());
    let (code, said) = run(&other_url, &other, &["restore", text(&file)]);
    assert_eq!(code, Some(0), "{said}");
    let restored = Db::open(&other_url).await.expect("it opens");
    let there = hall.present(&restored).await;
    assert!(
        before.iter().all(|person| there.contains(person)),
        "all that was acknowledged before is there"
    );
    restored.close().await;
    let evidence = contents(&other.join("files"));
    assert_eq!(evidence.len(), 1);
    assert_eq!(fs::read(&evidence[0]).expect("evidence"), EVIDENCE);
    let (is_well, said) = check(&other_url, &other);
    assert!(is_well, "{said}");
    assert_eq!(
        contents(&other).iter().filter(|path| text(path).contains(".restore-")).count(),
        0,
        "nothing is left over"
    );

    // And it serves.
    let server = Server::start(&other_url, &other).await;
    let last = hall.people[PEOPLE - 1];
    assert_eq!(hall.scan(server.addr, last, "after").await.expect("an answer").status, 200);

    // A database that is in use or used is not replaced by mistake.
    let (code, said) = run(&other_url, &other, &["restore", text(&file), "--replace"]);
    assert!(code == Some(1) && said.contains("stop `heluo serve` first"), "{said}");
    drop(server);
    let (code, said) = run(&other_url, &other, &["restore", text(&file)]);
    assert!(code == Some(1) && said.contains("--replace"), "{said}");
    let (code, said) = run(&other_url, &other, &["restore", text(&file), "--replace"]);
    assert_eq!(code, Some(0), "{said}");
    let replaced = Db::open(&other_url).await.expect("it opens");
    assert!(!hall.present(&replaced).await.contains(&last), "as it was at the backup");
    replaced.close().await;
    let kept = format!("sqlite://{}", other.join("heluo.db.before-restore-1").display());
    let kept = Db::open(&kept).await.expect("the old one opens");
    assert!(hall.present(&kept).await.contains(&last), "the old one is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_made_here_comes_along() {
    let (url, home) = database(Engine::Sqlite, "kept-secret").await;
    let without_secret = |url: &str, folder: &Path, arguments: &[&str]| {
        let status = heluo(url, folder).args(arguments).env_remove("HELUO_SECRET").status().expect("it runs");
        assert!(status.success(), "{arguments:?}");
    };
    // The first command that signs makes it.
    without_secret(&url, &home, &["admin", "create", "--name", "市管", "--phone", "13800000000"]);
    let secret = fs::read(home.join("secret")).expect("a secret");
    let file = home.join("city.backup");
    without_secret(&url, &home, &["backup", text(&file)]);

    let other = folder("other-secret");
    let other_url = format!("sqlite://{}", other.join("heluo.db").display());
    fs::write(other.join("secret"), "of another city").expect("written");
    without_secret(&other_url, &other, &["restore", text(&file)]);
    assert_eq!(fs::read(other.join("secret")).expect("a secret"), secret);
    let old = fs::read(other.join("secret.before-restore-1")).expect("the old one");
    assert_eq!(old, b"of another city");
    // Where the operator sets it, it stays with the operator.
    let set = folder("set-secret");
    let set_url = format!("sqlite://{}", set.join("heluo.db").display());
    assert_eq!(run(&set_url, &set, &["restore", text(&file)]).0, Some(0));
    assert!(!set.join("secret").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_whole_backup_is_refused() {
    let (url, home) = database(Engine::Sqlite, "refused").await;
    let hall = Hall::prepare(&url, &home, 50).await;
    with_evidence(&hall).await;
    let file = home.join("city.backup");
    assert_eq!(run(&url, &home, &["backup", text(&file)]).0, Some(0));
    let (code, said) = run(&url, &home, &["backup", text(&file)]);
    assert!(code == Some(1) && said.contains("is there already"), "{said}");

    let refused = |name: &str, bytes: &[u8], words: &str| {
        let broken = home.join(name);
        fs::write(&broken, bytes).expect("written");
        let other = folder("refused-restore");
        let other_url = format!("sqlite://{}", other.join("heluo.db").display());
        let (code, said) = run(&other_url, &other, &["restore", text(&broken)]);
        assert!(code == Some(1) && said.contains(words), "{name}: {said}");
        assert!(!other.join("heluo.db").exists(), "{name}: nothing is put in place");
    };
    let whole = fs::read(&file).expect("a backup");
    refused("cut", &whole[..whole.len() / 2], "is damaged");
    refused("words", b"no database at all", "is no backup");
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    for byte in &mut flipped[middle..middle + 9000] {
        *byte = !*byte;
    }
    refused("flipped", &flipped, "is damaged");
    hall.db().close().await;
    refused("plain", &fs::read(home.join("heluo.db")).expect("the database"), "is no backup");

    // Evidence that is gone is told, by the check and by the backup.
    for path in contents(&home.join("files")) {
        fs::remove_file(path).expect("removed");
    }
    let (is_well, said) = check(&url, &home);
    assert!(!is_well && said.contains("evidence: 1 files"), "{said}");
    let (code, said) = run(&url, &home, &["backup", text(&home.join("second.backup"))]);
    assert!(code == Some(1) && said.contains("not in the backup"), "{said}");
    assert!(home.join("second.backup").exists(), "all else is kept");
    let (code, said) = run("sqlite:///nowhere/heluo.db", &home, &["backup", text(&home.join("third.backup"))]);
    assert!(code == Some(1) && said.contains("there is no database at"), "{said}");
}

/// The commands among the lines that were said.
fn commands(said: &str) -> Vec<&str> {
    let known = ["pg_dump ", "pg_restore ", "tar "];
    said.lines().filter(|line| known.iter().any(|name| line.starts_with(name))).collect()
}

fn shell(line: &str) {
    let output = Command::new("sh").args(["-c", line]).output().expect("a shell");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_its_own_tools_are_named_and_work() {
    let (url, home) = database(Engine::Postgres, "dump").await;
    let hall = Hall::prepare(&url, &home, 20).await;
    with_evidence(&hall).await;
    let file = home.join("city.dump");
    let (code, said) = run(&url, &home, &["backup", text(&file)]);
    assert_eq!((code, commands(&said).len()), (Some(2), 2), "{said}");
    for line in commands(&said) {
        shell(line);
    }

    let (other, other_url) = (folder("dump-restored"), fresh_postgres().await);
    let (code, said) = run(&other_url, &other, &["restore", text(&file)]);
    assert_eq!((code, commands(&said).len()), (Some(2), 2), "{said}");
    for line in commands(&said) {
        shell(line);
    }
    let restored = Db::open(&other_url).await.expect("it opens");
    let people = "SELECT COUNT(*) FROM people";
    let (before, after) = (sql(people).count(hall.db()).await, sql(people).count(&restored).await);
    assert_eq!(before.expect("counted"), after.expect("counted"));
    let (is_well, said) = check(&other_url, &other);
    assert!(is_well, "{said}");
}
