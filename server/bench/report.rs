//! One table for people, the same as JSON for programs.

use serde::Serialize;

use crate::load::Figures;
use crate::place::Engine;

/// One measure at one size.
#[derive(Serialize)]
pub struct Line {
    pub engine: Engine,
    /// Rows of attendance in the database.
    pub rows: u64,
    pub what: String,
    #[serde(flatten)]
    pub measured: Measured,
}

#[derive(Serialize)]
#[serde(untagged)]
pub enum Measured {
    /// A load, beside the least that it can cost.
    Load { measured: Figures, limit: Option<Figures> },
    /// How long something took, in milliseconds: the middle of several.
    Milliseconds { ms: f64 },
    /// Resident memory in MB (10⁶ bytes).
    Memory { mb: f64 },
}

/// Where it was measured, and all that was.
#[derive(Serialize)]
pub struct Report {
    pub program: String,
    pub cores: usize,
    pub in_flight: usize,
    pub seconds: u64,
    pub lines: Vec<Line>,
}

impl Report {
    pub fn table(&self) -> String {
        let mut table = format!(
            "{}, {} cores, {} in flight, {} s each\n\n{:<10} {:>10}  {:<34} {:>9} {:>9} {:>9} {:>10} {:>7}\n",
            self.program, self.cores, self.in_flight, self.seconds, "database", "rows", "measure", "per s", "p50 ms", "p99 ms", "limit/s", "share"
        );
        for line in &self.lines {
            table += &line.row();
        }
        table
    }
}

impl Line {
    fn row(&self) -> String {
        let begin = format!("{:<10} {:>10}  {:<34}", self.engine.name(), self.rows, self.what);
        match &self.measured {
            Measured::Load { measured, limit } => {
                let load = format!("{:>9.0} {:>9.2} {:>9.2}", measured.per_second, measured.p50_ms, measured.p99_ms);
                let limit = limit.as_ref().map(|limit| {
                    let share = measured.per_second / limit.per_second * 100.0;
                    format!(" {:>10.0} {share:>6.0}%", limit.per_second)
                });
                format!("{begin} {load}{}\n", limit.unwrap_or_default())
            }
            Measured::Milliseconds { ms } => format!("{begin} {ms:>9.0} ms\n"),
            Measured::Memory { mb } => format!("{begin} {mb:>9.0} MB\n"),
        }
    }
}
