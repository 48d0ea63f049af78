//! What is measured, in which order.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::city::{City, Kind, RUNNING, id};
use crate::load::{Figures, Line as Connection, Reader, closed_loop, get};
use crate::place::{Engine, Place, Process};
use crate::report::{Line, Measured, Report};
use crate::{halls, opening};

/// Starts, of which the middle one counts.
const STARTS: usize = 5;

#[derive(clap::Args)]
pub struct Plan {
    /// The built program
    #[arg(long)]
    binary: PathBuf,
    /// A database that is empty, on a server of its own
    #[arg(long)]
    postgres: Option<String>,
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 1_000_000, 10_000_000])]
    rows: Vec<u64>,
    /// Of each load
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    engine: Vec<Engine>,
    #[arg(long, default_value_t = 16)]
    in_flight: usize,
    /// People who arrive within a minute on an opening day
    #[arg(long, value_delimiter = ',', default_values_t = [200, 2_000])]
    arrivals: Vec<u32>,
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Measures all, prints the table and writes it.
pub async fn run(plan: &Plan) -> Result<()> {
    let mut report = Report {
        program: plan.binary.display().to_string(),
        cores: std::thread::available_parallelism()?.get(),
        in_flight: plan.in_flight,
        seconds: plan.seconds,
        lines: Vec::new(),
    };
    for engine in &plan.engine {
        println!("{}: the demo city, 50,000 people, {RUNNING} classes that go on now", engine.name());
        let place = Place::found(*engine, plan.postgres.as_deref(), &plan.binary).await?;
        let mut city = City::found(&place).await?;
        for rows in &plan.rows {
            city.grow(&place, *rows).await?;
            let mut size = Size {
                plan,
                place: &place,
                city: &city,
                rows: *rows,
                lines: Vec::new(),
            };
            size.measure().await?;
            report.lines.append(&mut size.lines);
            // A run that is cut off has shown what it had.
            if let Some(json) = &plan.json {
                std::fs::write(json, serde_json::to_vec_pretty(&report)?)?;
            }
        }
        place.db.close().await;
    }
    println!("\n{}", report.table());
    Ok(())
}

/// All measures at one size.
struct Size<'a> {
    plan: &'a Plan,
    place: &'a Place,
    city: &'a City,
    rows: u64,
    lines: Vec<Line>,
}

impl Size<'_> {
    async fn measure(&mut self) -> Result<()> {
        let (process, ready) = self.starts().await?;
        let (idle, _) = process.memory()?;
        self.add(
            "ready after start",
            Measured::Milliseconds {
                ms: ready.as_secs_f64() * 1e3,
            },
        );
        self.add("memory, idle", Measured::Memory { mb: idle });
        self.check_ins(&process).await?;
        self.pages(&process).await?;
        for people in &self.plan.arrivals {
            let measured = opening::arrivals(self.place, self.city, process.addr, *people).await?;
            let what = format!("opening day, {people} in {} s", opening::WITHIN.as_secs());
            self.add(&what, Measured::Load { measured, limit: None });
        }
        let (_, most) = process.memory()?;
        self.add("memory, at most", Measured::Memory { mb: most });
        Ok(())
    }

    /// The last process started, and the middle of the times.
    async fn starts(&self) -> Result<(Process, Duration)> {
        let mut times = Vec::new();
        loop {
            let (process, took) = self.place.start().await?;
            times.push(took);
            if times.len() == STARTS {
                times.sort();
                return Ok((process, times[STARTS / 2]));
            }
        }
    }

    async fn check_ins(&mut self, process: &Process) -> Result<()> {
        let (at_once, span) = (self.plan.in_flight, self.span());
        let limit = halls::by_sql(self.place, self.city, at_once, span).await?;
        let measured = halls::by_scanners(self.place, self.city, process.addr, at_once, span).await?;
        self.add(
            "check-in writes",
            Measured::Load {
                measured,
                limit: Some(limit),
            },
        );
        Ok(())
    }

    async fn pages(&mut self, process: &Process) -> Result<()> {
        let cookie = self.city.administrator(self.place).await?;
        let (past, running) = (id(Kind::Class, u64::from(RUNNING)), id(Kind::Class, 0));
        let pages = [
            ("roster of 200 rows", format!("/desk/classes/{past}/roster"), cookie.as_str()),
            ("class page", format!("/classes/{running}"), ""),
            ("city overview", "/city".to_owned(), cookie.as_str()),
        ];
        for (what, path, cookie) in pages {
            let limit = Some(self.bare_bytes(process, &path, cookie).await?);
            let readers = || Reader::many(self.plan.in_flight, process.addr, &path, cookie);
            let shared = closed_loop(readers().await?, self.span()).await?;
            let each = readers().await?.into_iter().map(Reader::alone).collect();
            let alone = closed_loop(each, self.span()).await?;
            self.add(what, Measured::Load { measured: shared, limit });
            self.add(&format!("{what}, each its own"), Measured::Load { measured: alone, limit });
        }
        Ok(())
    }

    /// The least that answering with the bytes of this page costs.
    async fn bare_bytes(&self, process: &Process, path: &str, cookie: &str) -> Result<Figures> {
        let page = Connection::to(process.addr).await?.send(get(path, cookie)).await?;
        let file = self.place.file("page");
        std::fs::write(&file, &page.body)?;
        let bare = Process::bytes(&file).await?;
        closed_loop(Reader::many(self.plan.in_flight, bare.addr, "/", "").await?, self.span()).await
    }

    fn span(&self) -> Duration {
        Duration::from_secs(self.plan.seconds)
    }

    fn add(&mut self, what: &str, measured: Measured) {
        let line = Line {
            engine: self.place.engine,
            rows: self.rows,
            what: what.to_owned(),
            measured,
        };
        println!("  {what}");
        self.lines.push(line);
    }
}
