//! `heluo score`: a framework and answers in, the score with its arithmetic out. No database is needed.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use app::benchmarking::frameworks::document;
use app::benchmarking::rules::exact::{shown, written};
use app::benchmarking::rules::why::{Line, why};
use app::benchmarking::rules::{Answer, Answers, Framework, Level, Score, score};
use app::i18n::{Lang, say};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// The largest file that is read: a framework has some 20 kB, answers have less than one.
const LARGEST: u64 = 1 << 20;

/// What is printed; every figure is exact but `shown`, which is cut off to one decimal.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(serialize_with = "in_order")]
    dimensions: &'a Score,
    total: Option<String>,
    shown: Option<String>,
    grade: Option<u8>,
    coverage: String,
    interval: [String; 2],
    comparable: bool,
    why: Vec<Line>,
}

/// Dimensions by id in the order of the framework; none where nothing in it counts.
#[allow(clippy::trivially_copy_pass_by_ref)] // the signature is serde's
fn in_order<S: Serializer>(score: &&Score, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(
        score
            .dimensions
            .iter()
            .map(|dimension| (&dimension.id, dimension.score.as_ref().map(written))),
    )
}

/// The score as JSON.
///
/// # Errors
/// A file that can't be read, a document that is no framework (each fault with its line), answers that are not
/// `{"A1":3,"B3":"NA","C3":null}` or name what the framework lacks.
pub fn run(framework: &Path, answers: &Path) -> anyhow::Result<String> {
    let framework = read_framework(framework)?;
    let answers = read_answers(&framework, answers)?;
    let score = score(&framework, &answers);
    let report = Report {
        dimensions: &score,
        total: score.total.as_ref().map(written),
        shown: score.total.map(shown),
        grade: score.grade,
        coverage: written(&score.coverage),
        interval: [written(&score.interval.0), written(&score.interval.1)],
        comparable: score.comparable,
        why: why(&score),
    };
    Ok(serde_json::to_string(&report)?)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let said = || format!("{} can't be read", path.display());
    let size = fs::metadata(path).with_context(said)?.len();
    if size > LARGEST {
        bail!("{} has {size} bytes; {LARGEST} are the most", path.display());
    }
    fs::read(path).with_context(said)
}

fn read_framework(path: &Path) -> anyhow::Result<Framework> {
    let bytes = read(path)?;
    let text = document::decode(&bytes).map_err(|problem| anyhow::anyhow!("{}: {}", path.display(), say(Lang::En, &problem)))?;
    document::parse(text).map_err(|faults| {
        let lines = faults
            .iter()
            .map(|fault| format!("{}, line {}: {}", path.display(), fault.line, say(Lang::En, &fault.problem)));
        anyhow::anyhow!(lines.collect::<Vec<_>>().join("\n"))
    })
}

fn read_answers(framework: &Framework, path: &Path) -> anyhow::Result<Answers> {
    let bytes = read(path)?;
    let given: Given = serde_json::from_slice(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes))
        .with_context(|| format!(r#"{} is not JSON such as {{"A1":3,"B3":"NA","C3":null}}"#, path.display()))?;
    let mut answers = Answers::new();
    let mut faults = Vec::new();
    for (indicator, value) in given.0 {
        if framework.indicator(&indicator).is_none() {
            faults.push(format!("{}: the framework has no indicator {indicator:?}", path.display()));
        }
        match answer(&value) {
            Some(answer) => {
                answers.insert(indicator, answer);
            }
            None => faults.push(format!(
                "{}: {indicator:?} is {value}; an answer is a whole number from 1 to 5, \"NA\" or null",
                path.display()
            )),
        }
    }
    if !faults.is_empty() {
        bail!(faults.join("\n"));
    }
    Ok(answers)
}

fn answer(value: &Value) -> Option<Answer> {
    match value {
        Value::Null => Some(Answer::Missing),
        Value::String(word) => (word == "NA").then_some(Answer::NotApplicable),
        Value::Number(number) => number.as_i64().and_then(Level::new).map(Answer::Level),
        _ => None,
    }
}

/// Answers as they were given. An indicator that is answered twice is refused: it is not said which answer counts.
struct Given(BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Once;

        impl<'de> Visitor<'de> for Once {
            type Value = Given;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an answer for each indicator")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
                let mut given = BTreeMap::new();
                while let Some((indicator, value)) = map.next_entry::<String, Value>()? {
                    if given.contains_key(&indicator) {
                        return Err(A::Error::custom(format!("{indicator:?} is answered twice")));
                    }
                    given.insert(indicator, value);
                }
                Ok(Given(given))
            }
        }

        from.deserialize_map(Once)
    }
}

/// Where the files are.
#[derive(clap::Args)]
pub struct Files {
    /// The framework, a YAML file
    #[arg(long, value_name = "FILE.yaml")]
    pub framework: PathBuf,
    /// The answers, a JSON file such as {"A1":3,"B3":"NA","C3":null}
    #[arg(long, value_name = "FILE.json")]
    pub answers: PathBuf,
}
