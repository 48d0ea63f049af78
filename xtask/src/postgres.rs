//! A throwaway database server with its own directory and port, gone when dropped.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::{debian, process, throwaway_server::free_port};

/// The server refuses to run as root: Debian's package brings this user.
const USER: &str = "postgres";

pub struct ThrowawayPostgres {
    programs: PathBuf,
    dir: TempDir,
    pub url: String,
}

impl ThrowawayPostgres {
    /// As a city would run it: what is committed has reached the disk.
    pub fn durable() -> Result<Self> {
        Self::start("")
    }

    /// For hundreds of databases that live for seconds. Tests kill our processes and never the machine, so nothing has to wait
    /// for the disk.
    pub fn for_tests() -> Result<Self> {
        Self::start("-c fsync=off")
    }

    fn start(more_options: &str) -> Result<Self> {
        let programs = find_or_install()?;
        // Not TMPDIR: under root another user has to get in.
        let dir = tempfile::Builder::new().prefix("heluo-postgres-").tempdir_in("/tmp")?;
        if debian::is_root() {
            process::run(Command::new("chown").arg(USER).arg(dir.path()))?;
        }
        let port = free_port()?;
        let postgres = Self {
            programs,
            dir,
            url: format!("postgres://{USER}@127.0.0.1:{port}/postgres"),
        };
        postgres.initialise()?;
        postgres.launch(port, more_options)?;
        Ok(postgres)
    }

    fn initialise(&self) -> Result<()> {
        process::run(
            self.program("initdb")
                .args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"])
                .arg("--no-instructions")
                .arg(format!("--username={USER}"))
                .arg("--pgdata")
                .arg(self.data())
                .stdout(std::process::Stdio::null()),
        )
    }

    fn launch(&self, port: u16, more_options: &str) -> Result<()> {
        let dir = self.dir.path().display();
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c max_connections=300 \
             -c unix_socket_directories={dir} {more_options}"
        );
        let log = self.dir.path().join("log");
        process::run(
            self.pg_ctl(&["start", "--wait", "--silent"])
                .arg("--log")
                .arg(&log)
                .arg("--options")
                .arg(options),
        )
        .with_context(|| fs::read_to_string(&log).unwrap_or_default())
    }

    fn pg_ctl(&self, arguments: &[&str]) -> Command {
        let mut command = self.program("pg_ctl");
        command.args(arguments).arg("--pgdata").arg(self.data());
        command
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if debian::is_root() {
            let mut runuser = Command::new("runuser");
            runuser.args(["-u", USER, "--"]).arg(program);
            runuser
        } else {
            Command::new(program)
        };
        command.current_dir(self.dir.path());
        command
    }
}

impl Drop for ThrowawayPostgres {
    fn drop(&mut self) {
        // Also after Ctrl-C, when `process::run` would refuse.
        let _ = self
            .pg_ctl(&["stop", "--mode=immediate", "--silent"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status();
    }
}

fn find_or_install() -> Result<PathBuf> {
    if let Some(programs) = find() {
        return Ok(programs);
    }
    debian::install(&["postgresql"])?;
    find().context("the package postgresql brought no initdb")
}

/// Debian keeps the server's programs out of PATH, one directory for each version.
fn find() -> Option<PathBuf> {
    let in_path = process::output_of(Command::new("pg_config").arg("--bindir")).map(PathBuf::from);
    let mut candidates: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    candidates.sort();
    let newest_first = candidates.into_iter().rev().map(|(_, programs)| programs);
    newest_first.chain(in_path).find(|programs| has_server(programs))
}

fn has_server(programs: &Path) -> bool {
    ["initdb", "pg_ctl"].iter().all(|name| programs.join(name).is_file())
}
