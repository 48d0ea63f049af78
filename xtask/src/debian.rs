//! Installing Debian packages, with sudo where it takes that.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use crate::process;

/// Installs what is missing of these packages.
pub fn install(packages: &[&str]) -> Result<()> {
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !process::exists("apt-get") {
        bail!("this needs {names}, and only Debian's packages can be installed from here");
    }
    println!("  installing {names}");
    // A machine whose package lists are fresh gets by without fetching them.
    if apt_get(&install_arguments(&missing)).is_err() {
        apt_get(&["update"])?;
        apt_get(&install_arguments(&missing))?;
    }
    Ok(())
}

pub fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status}", package]);
    process::output_of(&mut query).is_some_and(|status| status == "installed")
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn install_arguments<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let options = ["install", "--yes", "--quiet", "--no-install-recommends"];
    options.into_iter().chain(packages.iter().copied()).collect()
}

/// Not in a process group of its own: sudo may want to ask for a password.
fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = if is_root() {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    };
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(["-o", "DPkg::Lock::Timeout=300", "-qq"])
        .args(arguments)
        .current_dir(Path::new("/"));
    if command.status().is_ok_and(|status| status.success()) {
        Ok(())
    } else {
        bail!("apt-get {} failed", arguments.join(" "))
    }
}
