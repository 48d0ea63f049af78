//! `heluo check`: counts, and every fault found. The exit status says whether there was one.

use std::process::ExitCode;

use app::db::Db;
use app::integrity::{counts, findings};

/// Prints what there is and what is wrong; fails when anything is.
pub async fn run(db: &Db) -> anyhow::Result<ExitCode> {
    let counts = counts(db).await?;
    let counted: Vec<String> = counts.iter().map(|count| format!("{} {}", count.rows, count.what)).collect();
    println!("{}", counted.join(", "));
    let findings = findings(db).await?;
    if findings.is_empty() {
        println!("ok: nothing is wrong");
        return Ok(ExitCode::SUCCESS);
    }
    for finding in &findings {
        println!("{finding}");
    }
    println!("{} kinds of fault", findings.len());
    Ok(ExitCode::FAILURE)
}
