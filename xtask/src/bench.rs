//! How fast it is: an optimised build on both database engines, beside the least that the same work can cost.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};
use clap::Args;

use crate::{build, paths::Paths, postgres::ThrowawayPostgres, process, progress::Progress};

#[derive(Args)]
pub struct Options {
    /// A program that is built already, to compare with; without it, this one is built
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where the figures go; without it, dist/bench.json
    #[arg(long)]
    json: Option<PathBuf>,
    /// Passed on: --rows 10000,1000000 --engine sqlite --seconds 5 --arrivals 200 --in-flight 16
    #[arg(last = true)]
    rest: Vec<String>,
}

pub fn run(paths: &Paths, progress: &mut Progress, options: &Options) -> Result<()> {
    let binary = match &options.binary {
        Some(binary) => fs::canonicalize(binary).with_context(|| format!("no {}", binary.display()))?,
        None => build::all(paths, progress, true)?,
    };
    progress.step("build the bench", || build_bench(paths))?;
    let json = options.json.clone().unwrap_or_else(|| paths.ready_dir(true).join("bench.json"));
    let postgres = ThrowawayPostgres::durable()?;
    progress.step("measure", || {
        let mut bench = Command::new(paths.profile_dir(true).join("heluo-bench"));
        bench.args(["run", "--postgres", &postgres.url]);
        bench.arg("--binary").arg(&binary).arg("--json").arg(&json);
        process::run(bench.args(&options.rest).current_dir(&paths.root))
    })?;
    println!("figures: {}", json.display());
    Ok(())
}

fn build_bench(paths: &Paths) -> Result<()> {
    process::run(build::cargo_build(paths, true).args(["--features", "bench", "--bin", "heluo-bench"]))
}
