//! Every text that the program names is there in both languages, and every text that is there is used.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A text's arguments, by its key.
type Texts = BTreeMap<String, BTreeSet<String>>;

/// Where a literal stands that names a text for certain: what comes before its quotation mark, blanks left out.
const NAMES_A_TEXT: &[&str] = &["Problem::new", "AppError::refused"];
/// The same for the second argument, after one other.
const NAMES_A_TEXT_SECOND: &[&str] = &["t!", "i18n::text", "text", "FieldProblem::new", "AppError::field"];

/// Names of the browser and of forms, which only look like keys.
const OTHER_NAMES: &[&str] = &[
    "class=",
    "id=",
    "for=",
    "name=",
    "form=",
    "href=",
    "type=",
    "role=",
    "form(",
    "form_action(",
    "upload_action(&cx,",
    "island_call(",
    "endpoint=",
    "aria-labelledby=",
    "aria-describedby=",
    "action=",
    "list=",
    "data-form=",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|own| own == ending) {
            found.push(path);
        }
    }
}

/// The texts of a language, and the faults of its files.
fn texts(lang: &str, faults: &mut Vec<String>) -> Texts {
    let mut found = Vec::new();
    files(&root().join("locales").join(lang), "ftl", &mut found);
    let mut texts = Texts::new();
    for file in found {
        let slice = file.file_stem().expect("a name").to_string_lossy().into_owned();
        for (key, args) in parse(&fs::read_to_string(&file).expect("a file of texts")) {
            if texts.insert(key.clone(), args).is_some() {
                faults.push(format!("{lang}/{slice}.ftl: {key} is there twice"));
            }
        }
    }
    texts
}

/// Messages with the names of their arguments.
fn parse(text: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut messages: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in text.lines() {
        let named = line
            .split_once('=')
            .map(|(key, _)| key.trim_end())
            .filter(|key| key.starts_with(|c: char| c.is_ascii_lowercase()));
        if let Some(key) = named.filter(|key| key.chars().all(is_key_letter)) {
            messages.push((key.to_owned(), BTreeSet::new()));
        }
        if line.starts_with('#') {
            continue;
        }
        if let Some((_, args)) = messages.last_mut() {
            args.extend(variables(line));
        }
    }
    messages
}

fn variables(line: &str) -> impl Iterator<Item = String> {
    line.split('$')
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect())
}

fn is_key_letter(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_')
}

/// A literal of a source file with what stands before it on the way back, blanks left out.
struct Literal {
    text: String,
    before: String,
    line: usize,
    /// The place behind its closing quotation mark.
    end: usize,
}

/// The string literals of Rust code, comments and tests left out.
fn literals(code: &str) -> Vec<Literal> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => line += 1,
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += bytes[at..].iter().position(|b| *b == b'\n').unwrap_or(bytes.len() - at);
                continue;
            }
            b'\'' if bytes.get(at + 1) == Some(&b'"') => at += 2,
            b'"' => {
                let start = at + 1;
                at = start;
                while at < bytes.len() && bytes[at] != b'"' {
                    line += usize::from(bytes[at] == b'\n');
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let tail: Vec<char> = code[..start - 1].chars().rev().filter(|c| !c.is_whitespace()).take(60).collect();
                found.push(Literal {
                    text: code.get(start..at).unwrap_or_default().to_owned(),
                    before: tail.into_iter().rev().collect(),
                    line,
                    end: at + 1,
                });
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// A source file of the program, without its tests.
struct Source {
    place: String,
    code: String,
    literals: Vec<Literal>,
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    files(&root().join("src"), "rs", &mut found);
    files(&root().join("../server/src"), "rs", &mut found);
    let is_test = |path: &PathBuf| {
        path.components()
            .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
    };
    let source = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source file");
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
        Source {
            place: path.strip_prefix(root()).unwrap_or(&path).display().to_string(),
            literals: literals(&code),
            code,
        }
    };
    found.into_iter().filter(|path| !is_test(path)).map(source).collect()
}

/// Whether a literal is written where only a text's key can be.
fn names_a_text(literal: &Literal) -> bool {
    let before = literal.before.as_str();
    if let Some(function) = before.strip_suffix('(') {
        return NAMES_A_TEXT.iter().any(|name| is_called(function, name));
    }
    let Some((function, first)) = before.strip_suffix(',').and_then(|call| call.rsplit_once('(')) else {
        return false;
    };
    !first.contains(',') && NAMES_A_TEXT_SECOND.iter().any(|name| is_called(function, name))
}

/// Whether the code before a parenthesis ends with this function's name as a whole.
fn is_called(code: &str, name: &str) -> bool {
    code.strip_suffix(name)
        .is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn is_key_like(text: &str, slices: &BTreeSet<&str>) -> bool {
    text.contains('-') && !text.ends_with('-') && text.chars().all(is_key_letter) && slices.contains(slice_of(text))
}

fn slice_of(key: &str) -> &str {
    key.split('-').next().unwrap_or_default()
}

/// What a `t!` leaves out of the arguments that its text asks for.
fn missing_args(source: &Source, literal: &Literal, args: &BTreeSet<String>) -> Vec<String> {
    if !literal.before.contains("t!(") || !literal.before.ends_with(',') {
        return Vec::new();
    }
    let mut depth = 1;
    let rest = &source.code[literal.end.min(source.code.len())..];
    let end = rest.find(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    let call: String = rest[..end.unwrap_or(rest.len())].chars().filter(|c| !c.is_whitespace()).collect();
    args.iter().filter(|arg| !call.contains(&format!(",{arg}="))).cloned().collect()
}

/// The arguments that both languages take; an instant is handed over once for each, as `zh` and as `en`.
fn shared(args: &BTreeSet<String>) -> BTreeSet<&str> {
    args.iter().map(String::as_str).filter(|arg| !matches!(*arg, "zh" | "en")).collect()
}

#[test]
fn both_languages_say_the_same_things() {
    let mut faults = Vec::new();
    let (zh, en) = (texts("zh", &mut faults), texts("en", &mut faults));
    for (key, args) in &zh {
        match en.get(key) {
            None => faults.push(format!("{key} is missing in English")),
            Some(other) if shared(other) != shared(args) => faults.push(format!("{key} takes {args:?} in Chinese and {other:?} in English")),
            Some(_) => {}
        }
    }
    faults.extend(
        en.keys()
            .filter(|key| !zh.contains_key(*key))
            .map(|key| format!("{key} is missing in Chinese")),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Endings that are put behind a key at run time: "-named" of "{key}-named", and "-named" by itself.
fn ends(sources: &[Source]) -> BTreeSet<&str> {
    sources
        .iter()
        .flat_map(|source| &source.literals)
        .map(|literal| literal.text.split_once('}').map_or(literal.text.as_str(), |(_, end)| end))
        .filter(|end| end.starts_with('-') && end.chars().all(is_key_letter))
        .collect()
}

#[test]
fn every_text_that_is_named_is_there() {
    let zh = texts("zh", &mut Vec::new());
    let slices: BTreeSet<&str> = zh.keys().map(|key| slice_of(key)).collect();
    let sources = sources();
    assert!(sources.len() > 30, "the sources are found");
    let ends = ends(&sources);
    let is_completed = |text: &str| ends.iter().any(|end| zh.contains_key(&format!("{text}{end}")));
    let mut faults = Vec::new();
    for source in &sources {
        for literal in &source.literals {
            let at = || format!("{}:{}", source.place, literal.line);
            let other = OTHER_NAMES.iter().any(|way| literal.before.ends_with(way));
            // A slice without any text yet has no pages that could show one.
            let known = slices.contains(slice_of(&literal.text));
            let meant = known && names_a_text(literal) || (!other && is_key_like(&literal.text, &slices));
            if !meant || literal.text.contains(['{', '}']) {
                continue;
            }
            match zh.get(&literal.text) {
                None if !is_form_name(&sources, &literal.text) && !is_completed(&literal.text) => {
                    faults.push(format!("{}: there is no text {}", at(), literal.text));
                }
                None => {}
                Some(args) => faults.extend(
                    missing_args(source, literal, args)
                        .iter()
                        .map(|arg| format!("{}: {} is said without {arg}", at(), literal.text)),
                ),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A form's name, which may begin like a key: some form function takes it.
fn is_form_name(sources: &[Source], text: &str) -> bool {
    let names_forms = |literal: &Literal| {
        ["form(", "form_action(", "upload_action(&cx,"]
            .iter()
            .any(|way| literal.before.ends_with(way))
    };
    sources
        .iter()
        .flat_map(|source| &source.literals)
        .any(|literal| literal.text == text && names_forms(literal))
}

#[test]
fn every_text_is_used() {
    let zh = texts("zh", &mut Vec::new());
    let sources = sources();
    let all = || sources.iter().flat_map(|source| &source.literals);
    let named: BTreeSet<&str> = all().map(|literal| literal.text.as_str()).collect();
    // Keys whose end is made at run time: "slice-state-{}" stands for all that begin so.
    let made: BTreeSet<&str> = all()
        .filter_map(|literal| literal.text.split_once('{'))
        .map(|(start, _)| start)
        .filter(|start| start.contains('-') && start.chars().all(is_key_letter))
        .collect();
    // And "{key}-named" for all that end so and begin with a key, or with a literal that is completed so.
    let ends = ends(&sources);
    let stands_alone = |key: &str| {
        ends.iter()
            .any(|end| key.strip_suffix(*end).is_some_and(|stem| zh.contains_key(stem) || named.contains(stem)))
    };
    let unused: Vec<&str> = zh
        .keys()
        .map(String::as_str)
        .filter(|key| !named.contains(key) && !made.iter().any(|start| key.starts_with(start)) && !stands_alone(key))
        .collect();
    assert!(unused.is_empty(), "used by nobody:\n{}", unused.join("\n"));
}

#[test]
fn the_reader_of_sources_sees_what_it_should() {
    let code =
        "let a = t!(lang, \"one-key\", n = 5); // \"no-key\"\nlet b = FieldProblem::new(\"name\", \"two-key\");\nlet c = '\"';\nlet d = \"x\\\"y\";";
    let seen = literals(code);
    let texts: Vec<&str> = seen.iter().map(|literal| literal.text.as_str()).collect();
    assert_eq!(texts, ["one-key", "name", "two-key", "x\\\"y"]);
    assert_eq!(seen.iter().map(names_a_text).collect::<Vec<_>>(), [true, false, true, false]);
    assert_eq!(seen[2].line, 2);
    let parsed = parse("# note\na-key = Text { $n ->\n    [one] one\n   *[other] { $name }\n}\nb-key = Plain\n");
    assert_eq!(parsed.len(), 2);
    assert_eq!(parsed[0].1, ["n", "name"].map(str::to_owned).into());
}
