//! `heluo serve`: from the start to a stop that cuts nobody off.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use app::db::{Db, Lease, Pulse};
use app::state::App;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::config::Config;
use crate::founding;
use crate::http::{self, Operation};
use crate::life::{Life, Stage};
use crate::site;

/// How often jobs look whether something is due.
const TICK: Duration = Duration::from_secs(10);
/// How often the database is felt for, and again after it failed to answer.
const BEAT: Duration = Duration::from_secs(1);
const BEAT_AGAIN: Duration = Duration::from_millis(250);
/// A database that does not answer for so long, twice, is away.
const PATIENCE: Duration = Duration::from_secs(3);
/// Requests and jobs that were begun are ended within this time, or cut off.
const END_WITHIN: Duration = Duration::from_secs(25);
/// The same for closing the database.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// How often measurements are put into their buckets.
const TIDY: Duration = Duration::from_secs(5);

/// Serves until the operator or the service manager asks for the end.
///
/// # Errors
/// When it can't start: with the variable, file or address that is at fault.
pub async fn run(config: &Config, demo_if_empty: bool) -> anyhow::Result<()> {
    site::check(&site::dir())?;
    let _held = config.hold()?;
    let db = config.open_database().await?;
    founding::found(&db).await?;
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
    founding::share_secret(&app).await?;
    app::benchmarking::files::sweep(&app.settings.files_dir, app.clock.now());
    let listener = TcpListener::bind(config.addr)
        .await
        .with_context(|| format!("HELUO_ADDR: {} can't be listened on", config.addr))?;
    println!("Heluo serves {} (stop with Ctrl-C)", config.base_url);
    if demo {
        println!("Demo sign-ins, all with the password {}: {}", app::demo::PASSWORD, app::demo::SIGN_INS);
    }
    serve(config, app, listener).await
}

async fn serve(config: &Config, app: App, listener: TcpListener) -> anyhow::Result<()> {
    let life = Life::default();
    let operation = Operation {
        life: life.clone(),
        metrics_from: config.metrics_from.clone(),
        proxies: config.proxies.clone(),
    };
    let service = http::operated(app.clone(), operation).into_make_service_with_connect_info::<SocketAddr>();
    let mut beside = JoinSet::new();
    beside.spawn(run_jobs(app.clone(), life.clone()));
    beside.spawn(app::attendance::relay(app.clone()));
    let (stop, stopped) = watch::channel(false);
    beside.spawn(app::notices::sending::run(app.clone(), stopped));
    tokio::spawn(feel_for_database(app.db.clone(), life.clone()));
    tokio::spawn(tidy_figures());
    let server = axum::serve(listener, service).with_graceful_shutdown(stopping(app.clone(), life.clone(), config.drain));
    tokio::select! {
        ended = server => ended?,
        () = overdue(&life) => tracing::warn!("requests that did not end in time are cut off"),
    }
    // A message on the line is finished and written down: nobody would know that it was sent.
    stop.send_replace(true);
    if timeout(END_WITHIN, beside.join_all()).await.is_err() {
        tracing::warn!("a job that did not end in time is cut off; another process takes it up");
    }
    if timeout(CLOSE_WITHIN, app.db.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Runs the jobs while it is this process's turn, and hands the turn on as soon as the end is asked for.
async fn run_jobs(app: App, life: Life) {
    let mut turn = Lease::new(&app.db, app::jobs::LEASE);
    while life.stage() == Stage::Serving {
        let is_ours = turn.take().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "nobody here knows whose turn it is to run the jobs");
            false
        });
        metrics::gauge!("heluo_jobs_here").set(f64::from(u8::from(is_ours)));
        if is_ours {
            app::jobs::tick(&app).await;
        }
        tokio::select! {
            () = sleep(TICK) => {}
            () = life.reached(Stage::Draining) => {}
        }
    }
    turn.give_up().await;
}

/// Notices when the database goes and when it comes back, so that requests need not find out one by one.
async fn feel_for_database(db: Db, life: Life) {
    let mut pulse = Pulse::of(&db);
    let mut missed = 0;
    loop {
        let beats = pulse.beats(PATIENCE).await;
        // Once may be the connection alone.
        missed = if beats { 0 } else { missed + 1 };
        if missed != 1 && life.note_database(beats) {
            if beats {
                tracing::info!("the database is back");
            } else {
                tracing::error!("the database is away: requests are answered with 503 until it is back");
            }
        }
        metrics::gauge!("heluo_db_reachable").set(f64::from(u8::from(life.has_database())));
        sleep(if beats { BEAT } else { BEAT_AGAIN }).await;
    }
}

async fn tidy_figures() {
    while let Some(figures) = crate::telemetry::figures() {
        figures.tidy();
        sleep(TIDY).await;
    }
}

/// Waits for the signal to stop; asks for no more requests; when those who send them had time to hear it, ends the live
/// pages (a stream that never ends would keep the process from stopping) and takes no new connection.
async fn stopping(app: App, life: Life, drain: Duration) {
    let is_managed = stop_signal().await;
    life.enter(Stage::Draining);
    // Whoever presses Ctrl-C sits before it and has no balancer.
    if is_managed && !drain.is_zero() {
        tracing::info!(seconds = drain.as_secs(), "asked to stop: /readyz says no, requests are still taken");
        tokio::select! {
            () = sleep(drain) => {}
            _ = stop_signal() => {}
        }
    }
    tracing::info!("stopping: no new connections");
    life.enter(Stage::Stopping);
    app.live.end();
}

/// When what was begun has had its time, or is told a second time to stop.
async fn overdue(life: &Life) {
    life.reached(Stage::Stopping).await;
    tokio::select! {
        () = sleep(END_WITHIN) => {}
        _ = stop_signal() => {}
    }
}

/// Ends when the operator (Ctrl-C: false) or the service manager (SIGTERM: true) asks.
async fn stop_signal() -> bool {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => false,
        () = terminated => true,
    }
}
