//! `heluo`: serves the schools of a city.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use app::db::Db;
use app::state::App;
use clap::{Parser, Subcommand};
use server::config::Config;
use server::http;
use tracing_subscriber::EnvFilter;

#[derive(Parser)]
#[command(name = "heluo", about = "河洛: the schools of a city and its benchmarking programme", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site, bringing the database up to date first
    Serve {
        /// Load the demo city into an empty database
        #[arg(long)]
        demo_if_empty: bool,
    },
    /// Bring the database up to date
    Migrate,
    /// Load the demo city into an empty database; a used one is refused
    Demo,
    /// Look for what can't be true: oversold classes, orphans, attendance without history; exit 1 when there is any
    Check,
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
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let config = Config::from_env;
    match Arguments::parse().command {
        Command::Serve { demo_if_empty } => serve(&config()?, demo_if_empty).await?,
        Command::Migrate => migrate(&config()?).await?,
        Command::Demo => demo(&config()?).await?,
        Command::Check => return server::check::run(&config()?.open_database().await?).await,
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

async fn migrate(config: &Config) -> anyhow::Result<()> {
    let db = config.open_database().await?;
    db.migrate().await?;
    found(&db).await?;
    println!("The database is up to date.");
    Ok(())
}

/// Writes what every city needs before its first person comes.
async fn found(db: &Db) -> anyhow::Result<()> {
    let chance = app::clock::Chance::system();
    let mut tx = db.begin().await?;
    app::regions::found(&mut tx).await?;
    app::schools::store::found(&mut tx, &chance).await?;
    app::benchmarking::frameworks::store::found(&mut tx, &chance, app::clock::Clock::system().now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn create_admin(config: &Config, name: &str, phone: &str) -> anyhow::Result<()> {
    let db = config.open_database().await?;
    db.migrate().await?;
    found(&db).await?;
    let password = server::admin::create(&config.app(db, false)?, name, phone).await?;
    println!("{name} can sign in with the phone number {phone} and this password for one use: {password}");
    Ok(())
}

/// How often jobs look whether something is due.
const TICK: Duration = Duration::from_secs(10);

async fn run_jobs(app: App) {
    loop {
        app::jobs::tick(&app).await;
        tokio::time::sleep(TICK).await;
    }
}

async fn demo(config: &Config) -> anyhow::Result<()> {
    let db = config.open_database().await?;
    db.migrate().await?;
    found(&db).await?;
    app::demo::load(&config.app(db, true)?).await?;
    println!("The demo city is loaded.");
    Ok(())
}

async fn serve(config: &Config, demo_if_empty: bool) -> anyhow::Result<()> {
    let db = config.open_database().await?;
    db.migrate().await?;
    found(&db).await?;
    if demo_if_empty && app::demo::is_empty(&db).await? {
        println!("First start: loading the demo city …");
        app::demo::load(&config.app(db.clone(), true)?).await?;
    }
    let demo = app::demo::is_loaded(&db).await?;
    if demo && !config.addr.ip().is_loopback() {
        bail!(
            "HELUO_ADDR is {}, a public address, and the database holds the demo city with its public passwords; use 127.0.0.1 or a database of your own",
            config.addr
        );
    }
    let app = config.app(db, demo)?;
    app::benchmarking::files::sweep(&app.settings.files_dir, app.clock.now());
    let listener = tokio::net::TcpListener::bind(config.addr).await?;
    println!("Heluo serves {} (stop with Ctrl-C)", config.base_url);
    if demo {
        println!("Demo sign-ins, all with the password {}: {}", app::demo::PASSWORD, app::demo::SIGN_INS);
    }
    tokio::spawn(run_jobs(app.clone()));
    tokio::spawn(app::attendance::relay(app.clone()));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let sending = tokio::spawn(app::notices::sending::run(app.clone(), stopped));
    let service = http::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stopping(app)).await?;
    // A message on the line is finished and written down: nobody would know that it was sent.
    stop.send_replace(true);
    sending.await?;
    Ok(())
}

/// Waits for the signal to stop, then ends the live pages: a stream that never ends would keep the process from stopping.
async fn stopping(app: App) {
    stop_signal().await;
    app.live.end();
}

/// Ends when the operator (Ctrl-C) or the service manager (SIGTERM) asks.
async fn stop_signal() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
