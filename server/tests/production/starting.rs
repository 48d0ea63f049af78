//! What can't work stops the start, with the name of the variable or file and what belongs there.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use app::db::testing::Engine;

use crate::support::{Server, database, folder, heluo, site};

/// Starts with one variable set so, and answers what is said when it refuses.
fn refusal(variable: &str, value: &str) -> String {
    let folder = folder("refusal");
    let url = format!("sqlite://{}", folder.join("heluo.db").display());
    let mut command = heluo(&url, &folder);
    command.arg("serve").env("HELUO_ADDR", "127.0.0.1:0").env(variable, value);
    said(command)
}

fn said(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("it ends by itself");
    assert_eq!(output.status.code(), Some(1), "it refuses to start");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_wrong_setting_is_named_with_what_it_takes() {
    for (variable, value, takes) in [
        ("HELUO_ADDR", "localhost", "an address and port such as 127.0.0.1:3000"),
        ("HELUO_BASE_URL", "school.example.cn", "an address such as https://school.example.cn"),
        ("HELUO_BASE_URL", "https://", "an address such as https://school.example.cn"),
        ("DATABASE_URL", "mysql://root:hidden@db/heluo", "sqlite://PATH or postgres://"),
        ("DATABASE_URL", "postgres://heluo:hidden@127.0.0.1:1/heluo", "can't be opened"),
        ("HELUO_DATA_DIR", "/dev/null/here", "can't be made"),
        ("HELUO_SECRET", "short", "at least 32 characters"),
        ("HELUO_METRICS_FROM", "everybody", "loopback, any, or addresses such as 10.0.0.7"),
        ("HELUO_PROXIES", "the balancer", "addresses such as 127.0.0.1,10.1.0.0/16"),
        ("HELUO_DRAIN_SECONDS", "soon", "whole seconds from 0 to 300"),
        ("HELUO_DRAIN_SECONDS", "301", "whole seconds from 0 to 300"),
        ("HELUO_LOG_FORMAT", "xml", "text or json"),
        ("RUST_LOG", "loud=very", "levels such as info"),
    ] {
        let said = refusal(variable, value);
        assert!(said.contains(variable) && said.contains(takes), "{variable}={value}: {said}");
        assert!(!said.contains("hidden"), "a password is not shown: {said}");
    }
}

#[test]
fn a_site_that_was_not_built_is_missed_at_the_start() {
    let site = folder("no-site");
    let said = refusal("LEPTOS_SITE_ROOT", &site.display().to_string());
    assert!(said.contains("hash.txt") && said.contains("LEPTOS_SITE_ROOT"), "{said}");
    fs::write(site.join("hash.txt"), "js: 1\nwasm: 1\n").expect("written");
    let said = refusal("LEPTOS_SITE_ROOT", &site.display().to_string());
    assert!(said.contains("heluo.1.js is missing"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_sqlite_has_one_process() {
    let (url, folder) = database(Engine::Sqlite, "one").await;
    let mut first = Server::start(&url, &folder).await;
    let mut second = heluo(&url, &folder);
    second.arg("serve").env("HELUO_ADDR", "127.0.0.1:0");
    let refused = said(second);
    assert!(refused.contains("another process") && refused.contains("PostgreSQL"), "{refused}");
    // However it ended, the next one starts.
    first.kill();
    Server::start(&url, &folder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_is_named() {
    let (url, folder) = database(Engine::Sqlite, "taken").await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = taken.local_addr().expect("an address").to_string();
    let mut command = heluo(&url, &folder);
    command.arg("serve").env("HELUO_ADDR", &addr);
    let said = said(command);
    assert!(said.contains("HELUO_ADDR") && said.contains(&addr), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_files_are_found_where_the_site_is() {
    let (url, folder) = database(Engine::Sqlite, "site").await;
    let server = Server::start(&url, &folder).await;
    let page = server.get("/").await.expect("an answer");
    assert!(page.body.contains("/pkg/heluo.1.css"), "{}", page.body);
    let css = server.get("/pkg/heluo.1.css").await.expect("an answer");
    assert_eq!((css.status, css.body.contains("css")), (200, true), "from {}", site().display());
    // Leptos reads the names of the scripts from the same file.
    let sign_up = server.get("/desk/devices").await.expect("an answer");
    assert_eq!(sign_up.status, 303);
}

/// Every variable that the program reads stands in the table for operators.
#[test]
fn settings_are_written_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(root.join("../docs/operations.md")).expect("the page for operators");
    let mut files = vec![root.join("src")];
    let mut read = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).expect("a folder").flatten().map(|entry| entry.path()));
            continue;
        }
        let code = fs::read_to_string(&path).expect("a file");
        for name in code.split('"').filter(|word| word.starts_with("HELUO_")) {
            // One that ends so begins a family of names.
            let is_name = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') && !name.ends_with('_');
            assert!(!is_name || table.contains(&format!("`{name}`")), "{name} is not in docs/operations.md");
            read += usize::from(is_name);
        }
    }
    assert!(read > 8, "the settings are found: {read}");
}
