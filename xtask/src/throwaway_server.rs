//! A Heluo of our own on a free port, with demo data that vanish with it.

use std::{
    fs::File,
    net::TcpListener,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::process::{Group, interrupted};

/// The demo city is loaded before the server answers.
const START_LIMIT: Duration = Duration::from_mins(3);

pub struct ThrowawayServer {
    pub origin: String,
    // In this order: the server stops before its data go.
    server: Group,
    data: TempDir,
}

impl ThrowawayServer {
    pub fn start(binary: &Path) -> Result<Self> {
        Self::start_with(binary, &[])
    }

    /// The same with settings of its own.
    pub fn start_with(binary: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let log = File::create(data.path().join("server.log"))?;
        let server = Group::spawn(
            Command::new(binary)
                .args(["serve", "--demo-if-empty"])
                .env("HELUO_ADDR", &address)
                .env("HELUO_DATA_DIR", data.path())
                .env_remove("DATABASE_URL")
                .env_remove("HELUO_BASE_URL")
                .env_remove("LEPTOS_SITE_ROOT")
                .envs(settings.iter().copied())
                .stdout(log.try_clone()?)
                .stderr(log),
        )?;
        let mut started = Self {
            origin: format!("http://{address}"),
            server,
            data,
        };
        started.wait_until_ready()?;
        Ok(started)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        let readyz = format!("{}/readyz", self.origin);
        while ureq::get(&readyz).call().is_err() {
            if interrupted() {
                bail!("interrupted");
            }
            if let Some(status) = self.server.ended()? {
                bail!("the server ended at once ({status}):\n{}", self.log());
            }
            if start.elapsed() > START_LIMIT {
                bail!("the server is not ready in time:\n{}", self.log());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join("server.log")).unwrap_or_default()
    }
}

/// Free a moment ago, which is as good as it gets.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(listener.local_addr()?.port())
}
