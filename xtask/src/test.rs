//! Everything that is tested, on both database engines and in a browser, in one command.

use std::process::Command;

use anyhow::Result;

use crate::{
    browser_tests, build, contract, debian, lint,
    paths::Paths,
    postgres::ThrowawayPostgres,
    process::{self, interrupted},
    progress::Progress,
    tally::Count,
};

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Format, clippy and the Rust tests on both database engines.
    Rust,
    /// The stories in a real browser.
    E2e,
    /// The API against its own document.
    Contract,
}

/// The tests of these packages; the features of browser and server stay apart.
const RUST_TESTS: [(&str, &[&str]); 3] = [
    ("tests of the application", &["--package", "app", "--features", "ssr"]),
    ("tests of the server", &["--package", "server"]),
    ("tests of xtask", &["--package", "xtask"]),
];

/// Runs all or one part, ends with the closing line, and says whether all is well.
pub fn run(paths: &Paths, progress: &mut Progress, part: Option<Part>) -> bool {
    let mut report = Report::default();
    let wanted = |own| part.is_none_or(|part| part == own);
    if wanted(Part::Rust) {
        rust(paths, progress, &mut report);
    }
    if wanted(Part::Contract) && !interrupted() {
        api(paths, progress, &mut report);
    }
    if wanted(Part::E2e) && !interrupted() {
        e2e(paths, progress, &mut report);
    }
    report.close();
    report.total.is_good() && !interrupted()
}

fn rust(paths: &Paths, progress: &mut Progress, report: &mut Report) {
    let failed = lint::all(paths, progress);
    report.check("format and clippy", failed);
    let postgres = progress.step("start a throwaway PostgreSQL", ThrowawayPostgres::for_tests);
    let postgres = match postgres {
        Ok(postgres) => postgres,
        Err(error) => return report.could_not_run("a throwaway PostgreSQL", &error),
    };
    // Tests of messages send them to a real mail server.
    if !process::exists("aiosmtpd")
        && let Err(error) = progress.step("a mail server", || debian::install(&["python3-aiosmtpd"]))
    {
        return report.could_not_run("a mail server", &error);
    }
    for (name, arguments) in RUST_TESTS {
        if !interrupted() {
            report.runner(name, |on_line| progress.step(name, || cargo_test(paths, arguments, &postgres, on_line)));
        }
    }
}

/// Everything temporary goes to a folder that is gone afterwards, whatever failed.
fn cargo_test(paths: &Paths, arguments: &[&str], postgres: &ThrowawayPostgres, on_line: &mut dyn FnMut(&str)) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let mut cargo = Command::new("cargo");
    cargo
        .args(["test", "--no-fail-fast"])
        .args(arguments)
        .env("CARGO_TARGET_DIR", &paths.target)
        .env("CARGO_TERM_COLOR", "never") // closing lines are read, so they have to be plain
        .env("HELUO_TEST_POSTGRES_URL", &postgres.url)
        .env("TMPDIR", scratch.path())
        .env_remove("DATABASE_URL")
        .current_dir(&paths.root);
    process::run_reading(&mut cargo, on_line)
}

fn api(paths: &Paths, progress: &mut Progress, report: &mut Report) {
    let name = "the API against its document";
    let prepared = progress
        .step("schemathesis", || contract::install(paths))
        .and_then(|()| build::all(paths, progress, false));
    match prepared {
        Err(error) => report.could_not_run(name, &error),
        Ok(binary) => report.runner(name, |on_line| progress.step(name, || contract::run(paths, &binary, on_line))),
    }
}

fn e2e(paths: &Paths, progress: &mut Progress, report: &mut Report) {
    let name = "stories in the browser";
    let prepared = progress
        .step("browser and Playwright", || browser_tests::install(paths))
        .and_then(|()| build::all(paths, progress, false));
    match prepared {
        Err(error) => report.could_not_run(name, &error),
        Ok(binary) => report.runner(name, |on_line| progress.step(name, || browser_tests::run(paths, &binary, on_line))),
    }
}

/// What the runners said, for the end.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    total: Count,
}

impl Report {
    /// Counts what a runner reports. One that fails without counting a failure (it did not
    /// compile, or crashed) counts as one: the closing line must not look like a success.
    fn runner(&mut self, name: &str, run: impl FnOnce(&mut dyn FnMut(&str)) -> Result<()>) {
        let mut count = Count::default();
        let mut closing_lines = Vec::new();
        let result = run(&mut |line| {
            if let Some(read) = Count::read(line) {
                count.add(read);
                if read != Count::default() {
                    closing_lines.push(format!("  {}", line.trim()));
                }
            }
        });
        let verdict = match result {
            Ok(()) => String::new(),
            Err(error) => format!(" – {error:#}"),
        };
        if !verdict.is_empty() && count.failed == 0 {
            count.failed = 1;
        }
        self.lines.push(format!("{name}{verdict}"));
        self.lines.append(&mut closing_lines);
        self.total.add(count);
    }

    /// Checks that are no tests: they count only when they fail.
    fn check(&mut self, name: &str, failed: u64) {
        if failed > 0 {
            self.lines.push(format!("{name} – {failed} FAILED"));
        }
        self.total.add(Count { passed: 0, failed });
    }

    fn could_not_run(&mut self, name: &str, error: &anyhow::Error) {
        self.lines.push(format!("{name} – could not run: {error:#}"));
        self.total.failed += 1;
    }

    fn close(&self) {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        println!("{} passed, {} failed", self.total.passed, self.total.failed);
    }
}
