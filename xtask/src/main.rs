//! What a contributor types: `cargo xtask serve`, `cargo xtask test` and their like.

mod bench;
mod browser_bundle;
mod browser_target;
mod browser_tests;
mod budget;
mod build;
mod contract;
mod debian;
mod lint;
mod paths;
mod postgres;
mod process;
mod progress;
mod site;
mod stylesheet;
mod tally;
mod test;
mod throwaway_server;
mod visitor;

use std::{
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};

use crate::{paths::Paths, progress::Progress};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, serves and tests Heluo")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build all, print what the pages weigh, and fail past the budget
    Build {
        /// Optimised, into dist/
        #[arg(long)]
        release: bool,
    },
    /// Build all and start it, with a demo city on the first start
    Serve {
        /// Optimised, from dist/
        #[arg(long)]
        release: bool,
        #[arg(long, default_value_t = 3000)]
        port: u16,
    },
    /// Test everything, on both database engines and in a browser
    Test { part: Option<test::Part> },
    /// Check format and clippy
    Lint,
    /// Measure an optimised build on both database engines: prints one table and writes it as JSON (half an hour)
    Bench(bench::Options),
    /// Take the README's screenshots into docs/screenshots
    Screenshots,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE, // has been said already
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<bool> {
    let paths = Paths::find();
    let mut progress = Progress::load(&paths.cache);
    process::stop_children_on_signals()?;
    // It builds the allocator. A compiler is there, or this would not run.
    if !process::exists("make") {
        debian::install(&["make"])?;
    }
    match task {
        Task::Build { release } => build_and_weigh(&paths, &mut progress, release)?,
        Task::Serve { release, port } => serve(&paths, &mut progress, release, port)?,
        Task::Test { part } => return Ok(test::run(&paths, &mut progress, part)),
        Task::Lint => return Ok(lint::all(&paths, &mut progress) == 0),
        Task::Bench(options) => bench::run(&paths, &mut progress, &options)?,
        Task::Screenshots => screenshots(&paths, &mut progress)?,
    }
    Ok(true)
}

fn build_and_weigh(paths: &Paths, progress: &mut Progress, release: bool) -> Result<()> {
    let binary = build::all(paths, progress, release)?;
    progress.step("weigh the pages", || budget::check(&binary))?;
    println!("built: {}", binary.display());
    Ok(())
}

/// Becomes the server, so that Ctrl-C and signals reach it and nothing else.
fn serve(paths: &Paths, progress: &mut Progress, release: bool, port: u16) -> Result<()> {
    let binary = build::all(paths, progress, release)?;
    let mut server = Command::new(&binary);
    server.args(["serve", "--demo-if-empty"]).env("HELUO_ADDR", format!("127.0.0.1:{port}"));
    if std::env::var_os("HELUO_DATA_DIR").is_none() {
        server.env("HELUO_DATA_DIR", paths.root.join("data"));
    }
    let error = server.exec();
    bail!("cannot start {}: {error}", binary.display())
}

fn screenshots(paths: &Paths, progress: &mut Progress) -> Result<()> {
    progress.step("browser and Playwright", || browser_tests::install(paths))?;
    let binary = build::all(paths, progress, false)?;
    progress.step("take the screenshots", || browser_tests::take_screenshots(paths, &binary))
}
