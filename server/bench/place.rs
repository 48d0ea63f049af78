//! A database and a process of `heluo` over it.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use app::clock::Clock;
use app::db::Db;
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use serde::Serialize;
use tempfile::TempDir;

use crate::load::{Line, get};

/// The demo city, or migrations, on the first start; afterwards a start is far quicker.
const READY_WITHIN: Duration = Duration::from_mins(2);
/// Between two looks at `/readyz`: a part of what is measured.
const LOOK: Duration = Duration::from_millis(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Where a city lives while it is measured; gone when dropped, but for what lies in `PostgreSQL`.
pub struct Place {
    pub engine: Engine,
    pub db: Db,
    url: String,
    folder: TempDir,
    program: PathBuf,
}

impl Place {
    /// A database with the demo city in it.
    pub async fn found(engine: Engine, postgres: Option<&str>, program: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("heluo-bench-").tempdir()?;
        let url = match engine {
            Engine::Sqlite => format!("sqlite://{}", folder.path().join("heluo.db").display()),
            Engine::Postgres => postgres.context("PostgreSQL is measured by its address: --postgres URL")?.to_owned(),
        };
        let db = Db::open(&url).await?;
        let place = Self {
            engine,
            db,
            url,
            folder,
            program: program.to_owned(),
        };
        let loaded = place.heluo().arg("demo").stdout(Stdio::null()).status()?;
        ensure!(loaded.success(), "the demo city did not load");
        Ok(place)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a process and answers how long it took to be ready.
    pub async fn start(&self) -> Result<(Process, Duration)> {
        let addr = free_address()?;
        let begun = Instant::now();
        let child = self
            .heluo()
            .arg("serve")
            .env("HELUO_ADDR", addr.to_string())
            .stdout(Stdio::null())
            .spawn()?;
        let mut process = Process { child, addr };
        process.wait_until("/readyz").await?;
        Ok((process, begun.elapsed()))
    }

    /// The program with nothing of the settings around it. Scanners of a whole city at one token want a generous limit.
    fn heluo(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .env("DATABASE_URL", &self.url)
            .env("HELUO_DATA_DIR", self.folder.path())
            .env("HELUO_API_RATE", "1000000")
            .env("HELUO_DRAIN_SECONDS", "0")
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null());
        command
    }
}

/// A running program, killed when dropped.
pub struct Process {
    child: Child,
    pub addr: SocketAddr,
}

impl Process {
    /// The bare handler over the bytes of a file.
    pub async fn bytes(file: &Path) -> Result<Self> {
        let addr = free_address()?;
        let child = Command::new(std::env::current_exe()?)
            .arg("bytes")
            .arg(file)
            .env("HELUO_ADDR", addr.to_string())
            .stdin(Stdio::null())
            .spawn()?;
        let mut process = Self { child, addr };
        process.wait_until("/").await?;
        Ok(process)
    }

    async fn wait_until(&mut self, path: &str) -> Result<()> {
        let begun = Instant::now();
        loop {
            if let Ok(mut line) = Line::to(self.addr).await
                && line.send(get(path, "")).await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended at once: {status}");
            }
            ensure!(begun.elapsed() < READY_WITHIN, "no 200 from {path} in time");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Resident memory in MB (10⁶ bytes): now, and at most so far.
    ///
    /// # Errors
    /// Where the system has no `/proc`.
    pub fn memory(&self) -> Result<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let megabytes = |name: &str| -> Result<f64> {
            let line = status.lines().find(|line| line.starts_with(name));
            let kib: f64 = line
                .and_then(|line| line.split_whitespace().nth(1))
                .and_then(|kib| kib.parse().ok())
                .context("no such figure")?;
            Ok(kib * 1024.0 / 1e6)
        };
        Ok((megabytes("VmRSS:")?, megabytes("VmHWM:")?))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// By the clock of this machine.
pub fn now() -> DateTime<Utc> {
    Clock::system().now()
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
