//! `heluo-bench`: how fast a built `heluo` is, beside the least that the same work can cost on the same machine. Started by
//! `cargo xtask bench`, which brings the program and a `PostgreSQL` of its own.
//!
//! The figures are of one machine that runs the program, the database and those who ask, all at once.

mod bare;
mod city;
mod halls;
mod load;
mod opening;
mod place;
mod report;
mod suite;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "heluo-bench", about = "Measures a built heluo on both database engines")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure all, print one table and write it as JSON
    Run(suite::Plan),
    /// Answer everything with the bytes of a file: a bare handler, for comparison
    Bytes { file: PathBuf },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Run(plan) => suite::run(&plan).await,
        Command::Bytes { file } => bare::answer_with(&file).await,
    }
}
