//! The house rules of docs/architecture.md, read off the imports: nothing reaches into a room where it may not.

use std::fs;
use std::path::{Path, PathBuf};

/// Slices in the order in which they may know each other: each only those before it.
const SLICES: &[&str] = &[
    "audit",
    "accounts",
    "notices",
    "firms",
    "people",
    "oauth",
    "schools",
    "integrations",
    "classes",
    "enrolment",
    "attendance",
    "completion",
    "benchmarking",
    "calendar",
    "trail",
    "privacy",
    "dashboard",
    "api",
];

/// What a file of this name may not use, of its own slice or another's.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "rules.rs",
        &[
            "policy",
            "store",
            "forms",
            "functions",
            "pages",
            "islands",
            "db",
            "state",
            "request",
            "respond",
            "ui",
            "i18n",
        ],
    ),
    (
        "policy.rs",
        &["forms", "functions", "pages", "islands", "ui", "i18n", "request", "respond"],
    ),
    ("forms.rs", &["functions", "pages", "islands", "db", "respond"]),
    ("store.rs", &["forms", "functions", "pages", "islands", "ui", "respond", "shell"]),
    ("functions.rs", &["pages", "shell", "routes"]),
];

/// Reaching forward on purpose: what follows from a change is said by the server function that makes it.
const EXCEPTIONS: &[(&str, &str)] = &[("classes/functions.rs", "enrolment"), ("classes/store.rs", "enrolment")];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Every `crate::…` and `super::…` path that the file names, outside its tests.
fn paths_in(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut paths = Vec::new();
    for line in lines {
        for start in ["crate::", "super::"] {
            for (at, _) in line.match_indices(start) {
                let rest = &line[at..];
                let end = rest
                    .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | ',' | ' ')))
                    .unwrap_or(rest.len());
                paths.push(rest[..end].to_owned());
            }
        }
    }
    paths
}

/// The names that a path goes through: `crate::a::{b, c::d}` names a, b, c and d.
fn steps(path: &str) -> Vec<&str> {
    path.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|step| !step.is_empty())
        .collect()
}

fn faults() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 30, "the sources are found");
    let mut faults = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file");
        let place = file.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
        let room = place.split('/').next().unwrap_or_default();
        let name = place.rsplit('/').next().unwrap_or_default();
        for path in paths_in(&text) {
            let steps = steps(&path);
            let first = steps.get(1).copied().unwrap_or_default();
            if path.starts_with("crate::") {
                faults.extend(slice_fault(&place, room, first));
                if matches!(room, "ui" | "db") && SLICES.contains(&first) {
                    faults.push(format!("{place} knows no domain but uses {path}"));
                }
            }
            if SLICES.contains(&room) {
                faults.extend(room_fault(&place, name, &path, &steps));
            }
        }
    }
    faults
}

fn slice_fault(place: &str, room: &str, used: &str) -> Option<String> {
    let own = SLICES.iter().position(|slice| *slice == room)?;
    let other = SLICES.iter().position(|slice| *slice == used)?;
    let allowed = other <= own || EXCEPTIONS.contains(&(place, used));
    (!allowed).then(|| format!("{place} reaches forward into {used}"))
}

fn room_fault(place: &str, name: &str, path: &str, steps: &[&str]) -> Option<String> {
    let (_, forbidden) = FORBIDDEN.iter().find(|(file, _)| *file == name)?;
    // A path's rooms are its lower-case steps; the last may be a function that merely shares a room's name.
    let reached = steps.iter().skip(1).take(2).find(|step| forbidden.contains(step))?;
    Some(format!("{place} may not use {reached} ({path})"))
}

#[test]
fn nothing_reaches_where_it_may_not() {
    let faults = faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_what_it_should() {
    let seen = paths_in("use crate::{a, b};\n    let x = crate::firms::store::find();\n// crate::comment\n#[cfg(test)]\nuse crate::tests;");
    assert_eq!(seen, ["crate::{a, b}", "crate::firms::store::find"]);
    assert_eq!(steps("crate::firms::store::find"), ["crate", "firms", "store", "find"]);
    assert!(room_fault("x/rules.rs", "rules.rs", "crate::db::sql", &["crate", "db", "sql"]).is_some());
    assert!(slice_fault("firms/store.rs", "firms", "attendance").is_some());
    assert!(slice_fault("attendance/store.rs", "attendance", "firms").is_none());
}
