//! `heluo check`: counts, and every fault found. The exit status says whether there was one.

use std::path::Path;
use std::process::ExitCode;

use app::benchmarking::files;
use app::db::{Db, sql};
use app::integrity::{self, counts};

/// As many missing files are named.
const NAMED: usize = 20;

/// Prints what there is and what is wrong; fails when anything is.
pub async fn run(db: &Db, files_dir: &Path) -> anyhow::Result<ExitCode> {
    let counts = counts(db).await?;
    let counted: Vec<String> = counts.iter().map(|count| format!("{} {}", count.rows, count.what)).collect();
    println!("{}", counted.join(", "));
    let findings = findings(db, files_dir).await?;
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

/// Everything that can't be true of the rows, the file of the database and the evidence on disk, a line for each kind.
pub async fn findings(db: &Db, files_dir: &Path) -> anyhow::Result<Vec<String>> {
    let mut findings = damage(db).await?;
    findings.extend(integrity::findings(db).await?.iter().map(ToString::to_string));
    let lost = files::lost(db, files_dir).await?;
    if !lost.is_empty() {
        let named: Vec<String> = lost.iter().take(NAMED).map(|(hash, why)| format!("{hash} ({why})")).collect();
        findings.push(format!(
            "evidence: {} files in {} are not there or not as they were: {}",
            lost.len(),
            files_dir.display(),
            named.join(", ")
        ));
    }
    Ok(findings)
}

/// What `SQLite` itself finds in its file; `PostgreSQL` has `pg_amcheck` for it.
async fn damage(db: &Db) -> anyhow::Result<Vec<String>> {
    if db.is_postgres() {
        return Ok(Vec::new());
    }
    let lines: Vec<(String,)> = sql("PRAGMA integrity_check(20)").all(db).await?;
    let lines = lines.into_iter().map(|(line,)| line).filter(|line| line != "ok");
    Ok(lines.map(|line| format!("damaged: {line}")).collect())
}
