//! What is found in the trail, on both engines, and that every act has its words.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use super::policy::{TrailScope, visible_to};
use super::rules::{ACTS, kind_of, kinds};
use super::store::{self, Filter, Line};
use crate::accounts::Actor;
use crate::audit::{self, Entry};
use crate::db::testing::Engine;
use crate::i18n::{Lang, text};
use crate::ids::Region;
use crate::paging::Step;
use crate::testing::{TestCity, XINAN, YIYANG};

async fn note(city: &TestCity, by: &Actor, what: &'static str, (kind, id): (&'static str, String), region: &str, detail: &str) {
    city.hand.advance(TimeDelta::hours(1));
    let mut tx = city.begin().await;
    let entry = Entry {
        by: Some(by.person),
        what,
        subject_kind: kind,
        subject_id: id,
        region: Some(&Region::from(region)),
        detail: detail.to_owned(),
    };
    let origin = audit::Origin {
        network: "10.0.0.7".to_owned(),
        request: "abc".to_owned(),
    };
    audit::coming_from(origin, audit::note(&mut tx, &city.app.chance, city.now(), entry))
        .await
        .expect("noted");
    tx.commit().await.expect("kept");
}

fn scope(actor: &Actor) -> TrailScope {
    visible_to(actor).expect("a scope")
}

async fn found(city: &TestCity, actor: &Actor, filter: Filter) -> Vec<Line> {
    let page = store::list(&city.app.db, &scope(actor), &filter, Step::First).await.expect("read");
    assert_eq!(store::all(&city.app.db, &scope(actor), &filter).await.expect("read"), page.rows);
    page.rows
}

fn acts(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.what.as_str()).collect()
}

/// A city with an act on a class of 新安, one on a person of 新安 and one on a firm of 宜阳, each by another.
async fn busy(engine: Engine) -> (TestCity, Actor, Actor, Actor) {
    let city = TestCity::new(engine).await;
    let (admin, xinan, yiyang) = (city.city_admin().await, city.coordinator(XINAN).await, city.coordinator(YIYANG).await);
    let class = city.class(XINAN, 10).await;
    let person = city.person("赵铁柱", XINAN).await;
    let firm = city.firm("宜阳面粉", YIYANG).await;
    note(&city, &xinan, "class.edited", ("class", class.to_string()), XINAN, "30 → 40").await;
    note(
        &city,
        &admin,
        "person.edited",
        ("person", person.to_string()),
        XINAN,
        "13812345678 → 13900000000",
    )
    .await;
    note(&city, &yiyang, "firm.entered", ("firm", firm.to_string()), YIYANG, "").await;
    (city, admin, xinan, yiyang)
}

async fn the_city_finds_by_every_condition(engine: Engine) {
    let (city, admin, ..) = busy(engine).await;
    let all = found(&city, &admin, Filter::default()).await;
    assert_eq!(acts(&all), ["firm.entered", "person.edited", "class.edited"], "the latest first");
    assert_eq!(all[1].detail, "13812345678 → 13900000000");
    assert_eq!((all[1].network.as_deref(), all[1].request_id.as_deref()), (Some("10.0.0.7"), Some("abc")));
    let by = |words: &str| Filter {
        by: words.to_owned(),
        ..Filter::default()
    };
    assert_eq!(acts(&found(&city, &admin, by("市管")).await), ["person.edited"]);
    let act = |act: &str| Filter {
        act: act.to_owned(),
        ..Filter::default()
    };
    assert_eq!(acts(&found(&city, &admin, act("class.edited")).await), ["class.edited"]);
    assert_eq!(acts(&found(&city, &admin, act("firm")).await), ["firm.entered"]);
    let about = |words: &str| Filter {
        about: words.to_owned(),
        ..Filter::default()
    };
    assert_eq!(acts(&found(&city, &admin, about("铁柱")).await), ["person.edited"]);
    assert_eq!(acts(&found(&city, &admin, about("治理班")).await), ["class.edited"]);
    assert_eq!(acts(&found(&city, &admin, about("面粉")).await), ["firm.entered"]);
    assert_eq!(
        acts(&found(&city, &admin, about("%")).await),
        [] as [&str; 0],
        "a wildcard is a character"
    );
    let of = Filter {
        subject: Some((all[0].subject_kind.clone(), all[0].subject_id.clone())),
        ..Filter::default()
    };
    assert_eq!(acts(&found(&city, &admin, of).await), ["firm.entered"]);
    let in_yiyang = Filter {
        region: Some(Region::from(YIYANG)),
        ..Filter::default()
    };
    assert_eq!(acts(&found(&city, &admin, in_yiyang).await), ["firm.entered"]);
    let between = Filter {
        from: Some(all[1].at),
        until: Some(all[0].at),
        ..Filter::default()
    };
    assert_eq!(acts(&found(&city, &admin, between).await), ["person.edited"]);
    let names = store::names(&city.app.db, &all).await.expect("names");
    let named: Vec<&str> = all.iter().map(|line| names[&line.subject_id].as_str()).collect();
    assert_eq!(named, ["宜阳面粉", "赵铁柱", "现代企业治理班"]);
}

async fn a_county_reads_its_own_and_not_all_of_it(engine: Engine) {
    let (city, _, xinan, yiyang) = busy(engine).await;
    let own = found(&city, &xinan, Filter::default()).await;
    assert_eq!(acts(&own), ["person.edited", "class.edited"]);
    assert_eq!((own[0].detail.as_str(), own[0].network.as_deref()), ("138****5678 → 139****0000", None));
    assert_eq!(own[0].request_id, None);
    assert_eq!(acts(&found(&city, &yiyang, Filter::default()).await), ["firm.entered"]);
    let elsewhere = Filter {
        region: Some(Region::from(XINAN)),
        ..Filter::default()
    };
    assert_eq!(found(&city, &yiyang, elsewhere).await, []);
}

async fn a_page_begins_after_a_line(engine: Engine) {
    let city = TestCity::new(engine).await;
    let admin = city.city_admin().await;
    let class = city.class(XINAN, 10).await;
    for n in 0..53 {
        note(&city, &admin, "class.edited", ("class", class.to_string()), XINAN, &n.to_string()).await;
    }
    let read = async |step| store::list(&city.app.db, &scope(&admin), &Filter::default(), step).await.expect("read");
    let first = read(Step::First).await;
    assert_eq!((first.rows.len(), first.has_newer, first.has_older), (50, false, true));
    let second = read(Step::After(first.rows[49].id)).await;
    assert_eq!((second.rows.len(), second.has_newer, second.has_older), (3, true, false));
    assert_eq!(read(Step::Before(second.rows[0].id)).await.rows, first.rows);
}

crate::on_both_engines!(
    the_city_finds_by_every_condition,
    a_county_reads_its_own_and_not_all_of_it,
    a_page_begins_after_a_line,
);

#[test]
fn every_act_and_kind_has_words_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        for act in ACTS {
            let key = format!("trail-act-{}", act.replace('.', "-"));
            assert_ne!(text(lang, &key, &[]), key);
        }
        for kind in kinds() {
            let key = format!("trail-kind-{kind}");
            assert_ne!(text(lang, &key, &[]), key);
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !name.contains("tests") {
            found.push(path);
        }
    }
}

/// What looks like an act and is the name of a file.
const FILES: &[&str] = &["file.pdf"];

/// Literals like `class.edited` whose first word is a kind of act.
fn acts_in(code: &str) -> Vec<String> {
    let known = kinds();
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '_'));
    let literals = code.split('"').skip(1).step_by(2).filter(|text| !FILES.contains(text));
    let acts = literals.filter(|text| text.split_once('.').is_some_and(|(kind, act)| known.contains(&kind) && is_word(act)));
    acts.map(ToOwned::to_owned).collect()
}

#[test]
fn no_act_is_noted_that_is_not_listed() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut noted = std::collections::BTreeSet::new();
    for file in files.iter().filter(|file| !file.ends_with("trail/rules.rs")) {
        let text = fs::read_to_string(file).expect("a source file");
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().replace("'\"'", "");
        noted.extend(acts_in(&code));
    }
    let unlisted: Vec<&String> = noted.iter().filter(|act| !ACTS.contains(&act.as_str())).collect();
    assert!(unlisted.is_empty(), "noted, but without words: {unlisted:?}");
    let unused: Vec<&&str> = ACTS.iter().filter(|act| !noted.contains(**act)).collect();
    assert!(unused.is_empty(), "listed, but noted nowhere: {unused:?}");
    assert!(ACTS.iter().all(|act| act.contains('.') && !kind_of(act).is_empty()));
}
