//! `heluo score` as scripts use it: files in, JSON out, and exit 2 with words for whatever can't be scored.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

const FRAMEWORK: &str = include_str!("../../app/src/benchmarking/frameworks/heluo-1.0.yaml");
const VECTORS: &str = include_str!("../../app/src/benchmarking/rules/vectors.json");

/// A folder of its own for each test, with the default framework in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("heluo-score-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("framework.yaml"), FRAMEWORK).expect("written");
        Self(folder)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).expect("written");
        path
    }

    /// Runs the command as a machine without any setting would, in an empty folder.
    fn run(&self, framework: &Path, answers: &Path) -> Output {
        Command::new(env!("CARGO_BIN_EXE_heluo"))
            .args(["score", "--framework"])
            .arg(framework)
            .arg("--answers")
            .arg(answers)
            .env_clear()
            // A wrong value stops a server, but this needs none.
            .env("HELUO_ADDR", "nowhere")
            .current_dir(&self.0)
            .output()
            .expect("heluo runs")
    }

    fn score(&self, answers: &Value) -> Value {
        let path = self.write("answers.json", answers.to_string());
        let output = self.run(&self.0.join("framework.yaml"), &path);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// What is said when answers are refused.
    fn refused(&self, answers: &[u8]) -> String {
        let path = self.write("answers.json", answers);
        self.refusal(&self.0.join("framework.yaml"), &path)
    }

    fn refusal(&self, framework: &Path, answers: &Path) -> String {
        let output = self.run(framework, answers);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty(), "nothing that could be taken for a score");
        String::from_utf8(output.stderr).expect("text")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn vectors() -> Value {
    serde_json::from_str(VECTORS).expect("JSON")
}

#[test]
fn complete_answers_get_a_total() {
    let folder = Folder::new("complete");
    let vectors = vectors();
    let five = &vectors["TV5"];
    for vector in [
        &vectors["TV1"],
        &vectors["TV2"],
        &vectors["TV6"],
        &five["self"],
        &five["evidence_capped"],
        &five["verified"],
    ] {
        let report = folder.score(&vector["input"]);
        assert_eq!(report["dimensions"], vector["dims"]);
        assert_eq!(report["total"], vector["total"]);
        assert_eq!(report["shown"], format!("{:.1}", vector["shown"].as_f64().expect("a number")));
        assert_eq!(report["grade"], vector["level"]);
        assert_eq!(report["coverage"], "1");
        assert_eq!(report["interval"], json!([vector["total"], vector["total"]]));
        assert_eq!(report["comparable"], true);
    }
    assert!(!folder.0.join("data").exists(), "no database was made");
}

#[test]
fn the_keys_are_those_of_the_contract() {
    let folder = Folder::new("keys");
    let report = folder.score(&vectors()["TV1"]["input"]);
    let keys: Vec<&String> = report.as_object().expect("an object").keys().collect();
    let mut expected = ["dimensions", "total", "shown", "grade", "coverage", "interval", "comparable", "why"];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    let why = report["why"].as_array().expect("lines");
    assert!(why.contains(&json!({ "indicator": "A1", "weight": 25, "answer": "3", "points": "50", "product": "1250" })));
    assert!(why.contains(&json!({ "sum": "8125/2", "counted": 100, "total": "325/8" })));
    let stopped = why.last().expect("a line");
    assert_eq!(
        (&stopped["grade"], &stopped["met"], &stopped["total_lacks"]),
        (&json!(3), &json!(false), &json!("35/8"))
    );
}

#[test]
fn with_missing_answers_coverage_and_interval_speak() {
    let folder = Folder::new("missing");
    let vectors = vectors();
    let vector = &vectors["TV3"][0];
    let report = folder.score(&vector["input"]);
    for key in ["total", "shown", "grade"] {
        assert_eq!(report[key], Value::Null, "{key}");
    }
    assert_eq!(report["dimensions"], vector["dims"]);
    assert_eq!(report["coverage"], "22/25");
    assert_eq!(report["interval"], json!([vectors["TV3"][1]["total"], vectors["TV3"][2]["total"]]));

    // An indicator that is not named is as missing as one that is null.
    let mut left_out = vector["input"].clone();
    left_out.as_object_mut().expect("answers").retain(|_, answer| !answer.is_null());
    assert_eq!(folder.score(&left_out), report);
    let nothing = folder.score(&json!({}));
    assert_eq!((&nothing["coverage"], &nothing["interval"]), (&json!("0"), &json!(["0", "100"])));
    assert_eq!(nothing["dimensions"], json!({ "A": null, "B": null, "C": null, "D": null }));
}

#[test]
fn too_much_that_does_not_apply_is_not_comparable() {
    let folder = Folder::new("na");
    let mut answers = vectors()["TV1"]["input"].clone();
    answers["D1"] = json!("NA");
    answers["D4"] = json!("NA");
    let report = folder.score(&answers);
    assert_eq!(report["comparable"], false);
    assert!(report["total"].is_string() && report["grade"].is_number());
}

#[test]
fn wrong_answers_are_refused_with_words() {
    let folder = Folder::new("answers");
    for (answers, said) in [
        (r#"{"Z1":3}"#, "no indicator \"Z1\""),
        (r#"{"a1":3}"#, "no indicator \"a1\""),
        (r#"{"A1":0}"#, "\"A1\" is 0; an answer is a whole number from 1 to 5"),
        (r#"{"A1":6}"#, "\"A1\" is 6"),
        (r#"{"A1":-1}"#, "\"A1\" is -1"),
        (r#"{"A1":3.5}"#, "\"A1\" is 3.5"),
        (r#"{"A1":3.0}"#, "\"A1\" is 3.0"),
        (r#"{"A1":99999999999999999999}"#, "\"A1\" is"),
        (r#"{"A1":"3"}"#, "\"A1\" is \"3\""),
        (r#"{"A1":"na"}"#, "\"A1\" is \"na\""),
        (r#"{"A1":true}"#, "\"A1\" is true"),
        (r#"{"A1":[3]}"#, "\"A1\" is [3]"),
        (r#"{"A1":3,"A1":4}"#, "\"A1\" is answered twice"),
        ("[3]", "is not JSON such as"),
        ("", "is not JSON such as"),
        (r#"{"A1":3"#, "is not JSON such as"),
        (r#"{"A1":3} more"#, "is not JSON such as"),
    ] {
        let refused = folder.refused(answers.as_bytes());
        assert!(refused.contains(said), "{answers}: {refused}");
    }
    assert!(folder.refused(b"\xff\xfe").contains("is not JSON such as"));
    // Every fault is named, not the first alone.
    assert_eq!(folder.refused(br#"{"A1":9,"Z1":3,"B1":0}"#).lines().count(), 3);
    // What goes to a terminal holds no control characters of the file.
    assert!(!folder.refused(b"{\"\\u001b[31m\":3}").contains('\u{1b}'));
}

#[test]
fn a_wrong_framework_is_refused_with_its_line() {
    let folder = Folder::new("framework");
    let answers = folder.write("answers.json", "{}");
    let wrong_sum = folder.write("sum.yaml", FRAMEWORK.replacen("weight: 25", "weight: 26", 1));
    let said = folder.refusal(&wrong_sum, &answers);
    assert!(said.contains("sum.yaml, line ") && said.contains("101"), "{said}");
    let no_yaml = folder.write("no.yaml", "a: [");
    assert!(folder.refusal(&no_yaml, &answers).contains("line "));
    let binary = folder.write("binary.yaml", b"\xff\xfe\x00");
    assert!(folder.refusal(&binary, &answers).contains("binary.yaml"));
    let large = folder.write("large.yaml", " ".repeat(2 << 20));
    assert!(folder.refusal(&large, &answers).contains("bytes"));
    let said = folder.refusal(&folder.0.join("none.yaml"), &answers);
    assert!(said.contains("none.yaml can't be read"), "{said}");
    let said = folder.refusal(&folder.0.join("framework.yaml"), &folder.0.join("none.json"));
    assert!(said.contains("none.json can't be read"), "{said}");
}

#[test]
fn a_framework_as_the_programme_writes_it_is_measured_by() {
    let folder = Folder::new("programme");
    let yaml = r#"
id: small
version: "1.0"
levels: [1, 2, 3, 4, 5]
dimensions:
  - id: A
    name: 管理
    name_en: Management
    weight: 100
    indicators:
      - {id: A1, name: 决策, name_en: Decisions, weight: 60, levels: [一, 二, 三, 四, 五]}
      - {id: A2, name: 风险, name_en: Risk, safety, environment, weight: 40, levels: [一, 二, 三, 四, 五]}
grades:
  - {grade: 2, total_min: 25, weakest_dimension_min: 10}
  - {grade: 3, total_min: 45, weakest_dimension_min: 30}
  - {grade: 4, total_min: 65, weakest_dimension_min: 50}
  - {grade: 5, total_min: 85, weakest_dimension_min: 70}
"#;
    let framework = folder.write("small.yaml", yaml);
    let answers = folder.write("answers.json", r#"{"A1":4,"A2":2}"#);
    let output = folder.run(&framework, &answers);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (&report["total"], &report["shown"], &report["grade"]),
        (&json!("55"), &json!("55.0"), &json!(3))
    );
}
