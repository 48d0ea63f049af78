use proptest::prelude::*;

use super::*;
use crate::benchmarking::frameworks::default;

/// The smallest sound document.
const SMALL: &str = r#"id: small
version: "1.0"
levels: [1, 2, 3, 4, 5]
dimensions:
  - id: A
    name: 管理
    name_en: Management
    weight: 60
    indicators:
      - {id: A1, name: 决策, name_en: Decisions, weight: 100, levels: [一, 二, 三, 四, 五]}
  - id: B
    name: 人才
    name_en: Talent
    weight: 40
    indicators:
      - id: B1
        name: 培训
        name_en: Training
        weight: 100
        levels: [一, 二, 三, 四, 五]
        levels_en: [one, two, three, four, five]
grades:
  - {grade: 2, total_min: 25, weakest_dimension_min: 10}
  - {grade: 3, total_min: 45, weakest_dimension_min: 30}
  - {grade: 4, total_min: 65, weakest_dimension_min: 50}
  - {grade: 5, total_min: 85, weakest_dimension_min: 70}
"#;

/// Lines and keys of the faults of a document.
fn faults(yaml: &str) -> Vec<(usize, String)> {
    let faults = parse(yaml).expect_err("it has faults");
    faults.into_iter().map(|fault| (fault.line, fault.problem.key)).collect()
}

/// The faults of the small document with one text replaced by another.
fn changed(from: &str, to: &str) -> Vec<(usize, String)> {
    assert!(SMALL.contains(from), "{from}");
    faults(&SMALL.replacen(from, to, 1))
}

fn one(line: usize, key: &str) -> Vec<(usize, String)> {
    vec![(line, format!("frameworks-{key}"))]
}

#[test]
fn a_document_is_read_with_and_without_english() {
    let framework = parse(SMALL).expect("it is sound");
    assert_eq!(framework.indicators().count(), 2);
    let (_, chinese) = framework.indicator("A1").expect("A1");
    assert_eq!((chinese.levels[4].zh.as_str(), chinese.levels[4].en.as_str()), ("五", ""));
    let (_, both) = framework.indicator("B1").expect("B1");
    assert_eq!((both.levels[0].zh.as_str(), both.levels[0].en.as_str()), ("一", "one"));
    assert_eq!(rules::untranslated(&framework).len(), 5);
    assert_eq!(parse(&format!("\u{FEFF}{SMALL}")).expect("a byte order mark does no harm"), framework);
    assert_eq!(parse(&SMALL.replace('\n', "\r\n")).expect("nor does Windows"), framework);
    assert_eq!(parse(&SMALL.replace("\"1.0\"", "1.0")).expect("nor a number"), framework);
    assert_eq!(
        parse(&SMALL.replace("levels: [1, 2, 3, 4, 5]\n", "")).expect("levels are always five"),
        framework
    );
}

#[test]
fn a_name_with_commas_within_braces_is_one_name() {
    let yaml = SMALL.replace("name_en: Decisions,", "name_en: Risk, safety, environment,");
    let framework = parse(&yaml).expect("it is sound");
    let (_, indicator) = framework.indicator("A1").expect("A1");
    assert_eq!((indicator.name_en.as_str(), indicator.weight), ("Risk, safety, environment", 100));
    assert_eq!(parse(&write(&framework)), Ok(framework));
    assert_eq!(
        changed("name_en: Decisions,", "name_en: Decisions, colour: red,"),
        one(10, "fault-unknown")
    );
    assert_eq!(changed("weight: 100, levels", "weight: 100, levels_zh, levels"), one(10, "fault-number"));
    assert_eq!(changed("    weight: 60", "    weight: 60\n    colour:"), one(9, "fault-unknown"));
}

#[test]
fn each_fault_has_its_line_and_reason() {
    for (from, to, line, key) in [
        ("id: small", "id: Sm all", 1, "framework-id-form"),
        ("\"1.0\"", "one", 2, "version-form"),
        ("[1, 2, 3, 4, 5]", "[0, 1, 2, 3, 4]", 3, "fault-levels"),
        ("levels: [1, 2, 3, 4, 5]", "levels: 5", 3, "fault-levels"),
        ("weight: 60", "weight: 61", 4, "dimensions-sum"),
        ("  - id: A\n", "  - id: A-1\n", 5, "id-form"),
        ("name: 管理", "name: \"\"", 6, "text-missing"),
        ("    name_en: Management\n", "", 5, "fault-missing"),
        ("    weight: 60", "    weight: 60\n    colour: red", 9, "fault-unknown"),
        ("    weight: 60", "    weight: 60\n    weight: 60", 9, "fault-twice"),
        ("    weight: 60", "    weight: sixty", 8, "fault-number"),
        ("    weight: 60", "    weight: 59.5", 8, "fault-number"),
        ("    weight: 60", "    weight: [60]", 8, "fault-number"),
        ("    weight: 60", "    weight: -60", 8, "fault-number"),
        ("weight: 100", "weight: 99", 9, "indicators-sum"),
        ("id: A1", "id: B1", 16, "id-twice"),
        ("id: B1", "id: a1", 16, "id-twice"),
        ("[一, 二, 三, 四, 五]", "[一, 二, 三, 四]", 10, "levels-count"),
        ("[one, two, three, four, five]", "[one, two]", 21, "levels-count"),
        ("[一, 二, 三, 四, 五]", "[一, [二], 三, 四, 五]", 10, "fault-text"),
        ("[一, 二, 三, 四, 五]", "五", 10, "fault-list"),
        ("grade: 3", "grade: 4", 22, "grades-form"),
        ("total_min: 45", "total_min: 25", 24, "grades-rise"),
        ("weakest_dimension_min: 30", "weakest_dimension_min: 9", 24, "grades-fall"),
        ("total_min: 85", "total_min: 101", 26, "points-range"),
        ("name: 管理", "name: &name 管理", 6, "fault-reference"),
        ("name: 管理", "name: !!str 管理", 6, "fault-reference"),
        ("name: 管理", "name: *name", 6, "fault-yaml"),
        ("name: 管理", "name: \"管理", 6, "fault-yaml"),
    ] {
        assert_eq!(changed(from, to), one(line, key), "{from} → {to}");
    }
}

#[test]
fn every_fault_is_told_at_once() {
    let yaml = SMALL
        .replace("id: small\n", "")
        .replace("name: 管理", &format!("name: {}", "管".repeat(rules::LONGEST_NAME + 1)))
        .replace("weight: 40", "weight: 0")
        .replace("total_min: 45", "total_min: 5");
    let expected = [
        (1, "frameworks-fault-missing"),
        (3, "frameworks-dimensions-sum"),
        (5, "frameworks-text-long"),
        (13, "frameworks-weight-range"),
        (23, "frameworks-grades-rise"),
    ];
    assert_eq!(faults(&yaml), expected.map(|(line, key)| (line, key.to_owned())));
}

#[test]
fn what_is_no_framework_at_all_is_said_in_a_word() {
    assert_eq!(faults(""), one(1, "fault-empty"));
    assert_eq!(faults("# nothing\n"), one(1, "fault-empty"));
    assert_eq!(faults("---\na: 1\n---\nb: 2\n"), one(3, "fault-documents"));
    assert_eq!(faults("{[a]: 1}"), one(1, "fault-key"));
    assert_eq!(faults("- 1\n- 2\n")[0], (1, "frameworks-fault-map".to_owned()));
    assert!(faults("<script>alert(1)</script>").contains(&(1, "frameworks-fault-map".to_owned())));
}

#[test]
fn nothing_that_is_written_grows_when_it_is_read() {
    let more = |n: usize| format!("a{n}: &a{n} [*a{p}, *a{p}, *a{p}, *a{p}]\n", p = n - 1);
    let laughs = format!("a0: &a0 [ha, ha]\n{}", (1..30).map(more).collect::<String>());
    assert_eq!(faults(&laughs), one(1, "fault-reference"));
    assert_eq!(faults(&"[".repeat(200)), one(1, "fault-deep"));
    assert_eq!(faults(&"- ".repeat(1000)), one(1, "fault-deep"));
    assert_eq!(faults(&"- x\n".repeat(10_001)), one(10_001, "fault-many"));
    assert_eq!(faults(&"#".repeat(LARGEST + 1)), one(1, "fault-large"));
}

#[test]
fn files_come_in_utf_8() {
    assert_eq!(decode("\u{FEFF}id: 河洛".as_bytes()), Ok("id: 河洛"));
    for bytes in [&b"\xBA\xD3\xC2\xE5"[..], b"\xFF\xFEi\0d\0", b"\x89PNG\r\n\x1a\n\0\0", b"PK\x03\x04\xFF"] {
        assert_eq!(decode(bytes), Err(Problem::new("frameworks-fault-encoding")));
    }
}

#[test]
fn what_is_written_is_read_back() {
    let default = default::framework().expect("the default framework is sound");
    assert_eq!(parse(&write(&default)), Ok(default));
    let mut odd = parse(SMALL).expect("it is sound");
    odd.dimensions[0].name = "a: b # c".to_owned();
    odd.dimensions[0].indicators[0].levels[0].zh = "<script>\"\\'&{}[]*!|>%@`".to_owned();
    odd.dimensions[0].indicators[0].levels[1].zh = "true".to_owned();
    odd.dimensions[0].indicators[0].levels[2].en = "3.5".to_owned();
    assert_eq!(parse(&write(&odd)), Ok(odd));
}

proptest! {
    #[test]
    fn any_text_is_judged_without_a_panic(yaml in "\\PC*") {
        let _ = parse(&yaml);
    }

    #[test]
    fn any_signs_of_yaml_are_judged_without_a_panic(yaml in "[-:?&*!|>%@`'\"#,\\[\\]{} \n\ta1]{0,80}") {
        let _ = parse(&yaml);
    }

    #[test]
    fn any_texts_are_read_back(name in "\\PC{1,40}", level in "\\PC{1,120}", english in "\\PC{0,120}") {
        let mut framework = parse(SMALL).expect("it is sound");
        framework.dimensions[1].name = tidy(&name);
        framework.dimensions[1].indicators[0].levels[3].zh = tidy(&level);
        framework.dimensions[1].indicators[0].levels[2].en = tidy(&english);
        prop_assume!(rules::faults(&framework).is_empty());
        prop_assert_eq!(parse(&write(&framework)), Ok(framework));
    }

    #[test]
    fn a_cut_or_changed_document_is_judged_without_a_panic(at in 0_usize..900, byte in any::<char>()) {
        let mut signs: Vec<char> = SMALL.chars().collect();
        let at = at % signs.len();
        signs[at] = byte;
        let _ = parse(&signs.iter().collect::<String>());
        let _ = parse(&signs[..at].iter().collect::<String>());
    }
}
