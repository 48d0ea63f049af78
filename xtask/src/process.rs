//! Running other programs so that none of them outlives xtask.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// From now on Ctrl-C and its like stop the running programs; xtask itself then ends by
/// its ordinary error path, so that everything with a `Drop` gets tidied up.
pub fn stop_children_on_signals() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::spawn(move || {
        for _ in signals.forever() {
            INTERRUPTED.store(true, Ordering::SeqCst);
            for pid in running().iter() {
                let _ = kill_process_group(*pid, Signal::TERM);
            }
        }
    });
    Ok(())
}

pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

fn running() -> std::sync::MutexGuard<'static, Vec<Pid>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A child that leads its own process group, and takes the whole group with it when it goes.
pub struct Group {
    child: Child,
    pid: Pid,
}

impl Group {
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", spoken(command)))?;
        let pid = Pid::from_child(&child);
        running().push(pid);
        let group = Self { child, pid };
        if interrupted() {
            bail!("interrupted"); // the signal came before the child was known to the handler
        }
        Ok(group)
    }

    /// None while it still runs.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    fn wait(mut self) -> Result<ExitStatus> {
        let status = self.child.wait()?;
        if interrupted() {
            bail!("interrupted");
        }
        Ok(status)
    }

    fn wait_at_most(mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        let start = Instant::now();
        while start.elapsed() < limit {
            if let Some(status) = self.ended()? {
                return Ok(Some(status));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(None)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // A group whose leader is gone may still hold stragglers (a browser, a server).
        let _ = kill_process_group(self.pid, Signal::TERM);
        let patience = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && patience.elapsed().as_secs() < 5 {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = kill_process_group(self.pid, Signal::KILL);
        let _ = self.child.wait();
        running().retain(|pid| *pid != self.pid);
    }
}

/// Runs to the end with the output going where ours goes; a failure is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = Group::spawn(command)?.wait()?;
    success(command, status)
}

fn success(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        Ok(())
    } else {
        bail!("{} failed ({status})", spoken(command))
    }
}

/// Like `run`, but gives up after `limit`. True: it ended well in time.
pub fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    Group::spawn(command)
        .and_then(|group| group.wait_at_most(limit))
        .is_ok_and(|status| status.is_some_and(|status| status.success()))
}

/// What it prints on standard output, or nothing when it fails or does not exist.
pub fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Runs to the end, shows every line of its standard output and hands it to `on_line` too.
pub fn run_reading(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<()> {
    let mut group = Group::spawn(command.stdout(Stdio::piped()))?;
    let stdout = group.child.stdout.take().context("no pipe to read")?;
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        on_line(&line);
    }
    let status = group.wait()?;
    success(command, status)
}

/// Whether a program of this name is in PATH.
pub fn exists(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

fn spoken(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_a_failure_is_one() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two; exit 3"]);
        let result = run_reading(&mut command, |line| lines.push(line.to_owned()));
        assert_eq!(lines, ["one", "two"]);
        assert!(result.unwrap_err().to_string().contains("exit status: 3"));
    }

    #[test]
    fn a_program_that_hangs_is_ended_in_time() {
        let start = Instant::now();
        let mut command = Command::new("sleep");
        assert!(!succeeds_within(command.arg("60"), Duration::from_millis(100)));
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn grandchildren_go_with_their_group() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 61 & echo $!; wait"]);
        let mut group = Group::spawn(command.stdout(Stdio::piped())).unwrap();
        let mut pid = String::new();
        let stdout = group.child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut pid).unwrap();
        drop(group);
        let status = format!("/proc/{}/stat", pid.trim());
        let lives = || std::fs::read_to_string(&status).is_ok_and(|stat| !stat.contains(") Z "));
        // A signal is sent at once and obeyed a moment later.
        let start = Instant::now();
        while lives() {
            assert!(start.elapsed() < Duration::from_secs(10), "it lives on");
            thread::sleep(Duration::from_millis(10));
        }
    }
}
