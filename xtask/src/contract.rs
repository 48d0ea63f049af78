//! What other programs rely on, tried against a server of our own with the demo city: that the API's document is valid
//! OpenAPI 3.1 and the API does what it says (schemathesis), and that calendars can be read (icalendar).

use std::{fs, path::Path, path::PathBuf, process::Command};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{
    debian,
    paths::Paths,
    process,
    throwaway_server::ThrowawayServer,
    visitor::{FORM, Visitor},
};

/// What is tried is drawn by lot from this, the same in each run.
const SEED: &str = "20261103";
/// Calls for each operation and phase, beside those that its schema's corners ask for.
const EXAMPLES: &str = "60";
/// No limit is met meanwhile: 429 has tests of its own.
const RATE: &str = "1000000";

/// Installs the pinned packages into an environment of their own in the cache.
pub fn install(paths: &Paths) -> Result<()> {
    let wanted = fs::read(requirements(paths)).context("no xtask/contract/requirements.txt")?;
    let hash = blake3::hash(&wanted).to_hex();
    let home = environment(paths);
    let stamp = home.join(".heluo-requirements");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == hash.as_str()) {
        return Ok(());
    }
    let make = || process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
    if make().is_err() {
        debian::install(&["python3", "python3-venv"])?;
        make()?;
    }
    process::run(
        Command::new(home.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--requirement",
            ])
            .arg(requirements(paths)),
    )?;
    fs::write(stamp, hash.as_str())?;
    Ok(())
}

fn requirements(paths: &Paths) -> PathBuf {
    paths.root.join("xtask/contract/requirements.txt")
}

fn environment(paths: &Paths) -> PathBuf {
    paths.cache.join("schemathesis")
}

/// Runs it all; each line goes to `on_line` too, and a closing line that counts.
pub fn run(paths: &Paths, binary: &Path, on_line: &mut dyn FnMut(&str)) -> Result<()> {
    let server = ThrowawayServer::start_with(binary, &[("HELUO_API_RATE", RATE)])?;
    let city = City::of(&server)?;
    let scratch = tempfile::tempdir()?;
    let document = scratch.path().join("openapi.json");
    fs::write(&document, &city.document)?;
    process::run(
        Command::new(environment(paths).join("bin/openapi-spec-validator"))
            .args(["--schema", "3.1", "--validation-errors", "all"])
            .arg(&document),
    )?;
    let config = scratch.path().join("schemathesis.toml");
    fs::write(&config, city.config())?;
    let mut command = Command::new(environment(paths).join("bin/schemathesis"));
    command
        .arg("--config-file")
        .arg(&config)
        .args(["run", "--no-color", "--checks", "all", "--phases", "examples,coverage,fuzzing,stateful"])
        .args(["--seed", SEED, "--max-examples", EXAMPLES, "--generation-database", "none"])
        .args(["--header", &format!("Authorization: Bearer {}", city.token)])
        .arg(format!("{}/api/v1/openapi.json", server.origin))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", paths.root.join("xtask/contract/hooks.py"))
        .env("HELUO_CODE", &city.code)
        .current_dir(scratch.path());
    process::run_reading(&mut command, &mut *on_line).with_context(|| format!("the server's log ends:\n{}", tail(&server.log())))?;
    on_line(&format!("contract: {} passed, 0 failed", city.operations));
    calendars(paths, &server, &city.classes, scratch.path(), on_line)
}

/// What subscribers get, read by a program that forgives nothing.
fn calendars(paths: &Paths, server: &ThrowawayServer, classes: &[String], scratch: &Path, on_line: &mut dyn FnMut(&str)) -> Result<()> {
    let mut python = Command::new(environment(paths).join("bin/python"));
    python.arg(paths.root.join("xtask/contract/calendars.py"));
    let (student, desk) = (Visitor::sign_in(server, "student001")?, Visitor::sign_in(server, "city")?);
    let own = ("/me/calendar".to_owned(), "");
    let of_classes = classes.iter().map(|class| (format!("/classes/{class}/calendar"), class.as_str()));
    for (number, (page, class)) in std::iter::once(own).chain(of_classes).enumerate() {
        let whose = if class.is_empty() { &student } else { &desk };
        whose.send("/api/make_calendar_link", FORM, &format!("class={class}"))?;
        let page = whose.get(&page)?;
        let secret = between(&page, "/calendar/", ".ics").context("the page shows no link")?;
        let file = scratch.join(format!("{number}.ics"));
        fs::write(&file, whose.get(&format!("/calendar/{secret}.ics"))?)?;
        python.arg(file);
    }
    process::run_reading(&mut python, on_line)
}

/// What stands between two marks.
fn between<'a>(page: &'a str, mark: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(mark)?;
    rest.split_once(end).map(|(found, _)| found)
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

/// What the calls need of the demo city: a token of everything, and things that are there.
struct City {
    token: String,
    /// A student's own code.
    code: String,
    classes: Vec<String>,
    lessons: Vec<String>,
    /// The lesson that the student is let in to now.
    door: String,
    document: String,
    operations: usize,
}

impl City {
    fn of(server: &ThrowawayServer) -> Result<Self> {
        let desk = Visitor::sign_in(server, "city")?;
        let scopes = ["classes:read", "roster:read", "phones:read", "attendance:read", "checkins:write"];
        let scopes: String = scopes.map(|scope| format!("&scopes={}", scope.replace(':', "%3A"))).concat();
        let page = desk.post("/desk/integrations/make", &format!("name=contract&school=city&lifetime=30{scopes}"))?;
        let token = after(&page, ">heluo_api_")
            .map(|rest| format!("heluo_api_{rest}"))
            .context("the page shows no token")?;
        let student = Visitor::sign_in(server, "student001")?;
        let code = after(&student.get("/me/qr")?, "class=\"code\">").context("the student's page shows no code")?;
        let caller = Visitor {
            origin: server.origin.clone(),
            header: ("authorization", format!("Bearer {token}")),
        };
        let document = caller.get("/api/v1/openapi.json")?;
        let described: Value = serde_json::from_str(&document)?;
        let operations = described["paths"].as_object().context("a document without paths")?;
        // The document itself is read by schemathesis first of all, and not tried.
        let operations = operations.values().filter_map(Value::as_object).flat_map(serde_json::Map::values);
        let operations = operations.filter(|operation| !operation["security"].is_null()).count();
        let classes = ids(&caller.json("/api/v1/classes?limit=200")?);
        let mut lessons = Vec::new();
        for class in &classes {
            lessons.extend(ids(&caller.json(&format!("/api/v1/classes/{class}/lessons"))?));
        }
        let opens = |lesson: &&String| {
            let body = format!("{{\"code\":\"{code}\",\"nonce\":\"{lesson}\"}}");
            let answer = caller.send(&format!("/api/v1/lessons/{lesson}/checkins"), "application/json", &body);
            answer.is_ok_and(|answer| answer.status() == 200)
        };
        let door = lessons
            .iter()
            .find(opens)
            .context("no lesson of the demo city lets its student in")?
            .clone();
        Ok(Self {
            token,
            code,
            classes,
            lessons,
            door,
            document,
            operations,
        })
    }

    /// Half of the calls ask for what is there, the other half for what chance makes up. A check-in that its rules refuse
    /// (422) is no fault of its schema.
    fn config(&self) -> String {
        let words = |words: &[String]| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        let bind = |operation: &str, dictionary: &str| {
            format!(
                "[[operations]]\ninclude-operation-id = \"{operation}\"\nparameters.\"path.id\" = {{ dictionary = \"{dictionary}\", probability = 0.5 }}\n"
            )
        };
        [
            format!("[dictionaries.classes]\nvalues = [{}]\n", words(&self.classes)),
            format!("[dictionaries.lessons]\nvalues = [{}]\n", words(&self.lessons)),
            format!("[dictionaries.doors]\nvalues = [\"{}\"]\n", self.door),
            "[checks.positive_data_acceptance]\nexpected-statuses = [\"2xx\", \"401\", \"403\", \"404\", \"409\", \"422\"]\n".to_owned(),
            "[cache]\nenabled = false\n".to_owned(),
            bind("list_lessons", "classes"),
            bind("list_roster", "classes"),
            bind("list_attendance", "lessons"),
            bind("check_in", "doors"),
        ]
        .join("\n")
    }
}

/// The ids of a page of the API.
fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().into_iter().flatten();
    items.filter_map(|item| item["id"].as_str().map(ToOwned::to_owned)).collect()
}

/// The word that follows a mark.
fn after(page: &str, mark: &str) -> Option<String> {
    let (_, rest) = page.split_once(mark)?;
    let word: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    (!word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_behind_their_mark() {
        assert_eq!(after("<code>heluo_api_0af</code>", ">heluo_api_").as_deref(), Some("0af"));
        assert_eq!(after("<code></code>", ">heluo_api_"), None);
    }

    #[test]
    fn ids_are_read_off_a_page() {
        let page = serde_json::json!({ "items": [{ "id": "a" }, { "id": "b" }], "next": null });
        assert_eq!(ids(&page), ["a", "b"]);
    }
}
