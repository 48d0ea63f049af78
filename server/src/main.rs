//! `heluo`: serves the schools of a city.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::config::Config;
use server::founding;
use tikv_jemallocator::Jemalloc;

/// A page is made of thousands of small strings; a quarter of the time of a long one went into the system's allocator. This one
/// gives back what it no longer needs, such as the 19 MB that comparing a password takes; `.cargo/config.toml` says how soon.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

#[derive(Parser)]
#[command(name = "heluo", about = "河洛: the schools of a city and its benchmarking programme", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
#[allow(clippy::doc_markdown)] // printed as help, where backticks would stay
enum Command {
    /// Serve the site, bringing the database up to date first
    Serve {
        /// Load the demo city into an empty database
        #[arg(long)]
        demo_if_empty: bool,
    },
    /// Bring the database up to date
    Migrate {
        /// Take HELUO_SECRET as the new one of all processes
        #[arg(long)]
        new_secret: bool,
    },
    /// Load the demo city into an empty database; a used one is refused
    Demo,
    /// Look for what can't be true: oversold classes, orphans, attendance without history; exit 1 when there is any
    Check,
    /// Keep the database and the evidence in one file, while the server runs; on PostgreSQL: say how, exit 2
    Backup {
        /// A file that is not there yet
        file: PathBuf,
    },
    /// Put a backup in the place of the database; on PostgreSQL: say how, exit 2
    Restore {
        file: PathBuf,
        /// Also when people use the database that stands there; it is kept beside
        #[arg(long)]
        replace: bool,
    },
    /// Score answers by a framework and print JSON with the arithmetic; exit 2 when either can't be used
    Score(server::score::Files),
    /// Make the people who run a city
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Make a city administrator and print a password for one use
    Create {
        #[arg(long)]
        name: String,
        /// A mobile number of 11 digits: the administrator signs in with it
        #[arg(long)]
        phone: String,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let command = Arguments::parse().command;
    server::telemetry::log()?;
    let config = Config::from_env;
    match command {
        Command::Serve { demo_if_empty } => server::serve::run(&config()?, demo_if_empty).await?,
        Command::Migrate { new_secret } => migrate(&config()?, new_secret).await?,
        Command::Demo => demo(&config()?).await?,
        Command::Check => {
            let config = config()?;
            return server::check::run(&config.open_database().await?, &config.files_dir).await;
        }
        Command::Backup { file } => return server::backup::backup(&config()?, &file).await,
        Command::Restore { file, replace } => return server::backup::restore(&config()?, &file, replace).await,
        Command::Score(files) => return Ok(score(&files)),
        Command::Admin {
            command: AdminCommand::Create { name, phone },
        } => create_admin(&config()?, &name, &phone).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a score, or on the other channel why there is none.
fn score(files: &server::score::Files) -> ExitCode {
    match server::score::run(&files.framework, &files.answers) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

async fn migrate(config: &Config, new_secret: bool) -> anyhow::Result<()> {
    let db = config.open_database().await?;
    founding::found(&db).await?;
    if new_secret {
        founding::change_secret(&config.app(db, false)?).await?;
    }
    println!("The database is up to date.");
    Ok(())
}

async fn create_admin(config: &Config, name: &str, phone: &str) -> anyhow::Result<()> {
    let db = config.open_database().await?;
    founding::found(&db).await?;
    let password = server::admin::create(&config.app(db, false)?, name, phone).await?;
    println!("{name} can sign in with the phone number {phone} and this password for one use: {password}");
    Ok(())
}

async fn demo(config: &Config) -> anyhow::Result<()> {
    let db = config.open_database().await?;
    founding::found(&db).await?;
    app::demo::load(&config.app(db, true)?).await?;
    println!("The demo city is loaded.");
    Ok(())
}
