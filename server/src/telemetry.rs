//! What the process says of itself: lines of log for people or programs, and figures for Prometheus.

use std::sync::OnceLock;

use anyhow::{Context, bail};
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use tracing_subscriber::EnvFilter;

use app::db::Db;

/// What is logged when `RUST_LOG` says nothing.
const USUAL_LEVELS: &str = "info,sqlx=warn";

/// Seconds: from a page out of memory to a request that somebody gives up on.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0];

/// Begins to log on standard error: `RUST_LOG` says what, `HELUO_LOG_FORMAT` how.
///
/// # Errors
/// With the name of the variable and what it takes.
pub fn log() -> anyhow::Result<()> {
    let levels = std::env::var("RUST_LOG").ok().filter(|levels| !levels.trim().is_empty());
    let levels = levels.as_deref().unwrap_or(USUAL_LEVELS);
    let filter = EnvFilter::try_new(levels).with_context(|| format!("RUST_LOG is {levels:?}; it takes levels such as info or info,sqlx=warn"))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match std::env::var("HELUO_LOG_FORMAT").unwrap_or_default().as_str() {
        "" | "text" => lines.init(),
        "json" => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).init(),
        other => bail!("HELUO_LOG_FORMAT is {other:?}; it takes text or json"),
    }
    Ok(())
}

/// The figures of this process, counted from the first call on.
pub struct Figures {
    handle: PrometheusHandle,
    process: Collector,
}

/// The one collection of figures; none when another recorder was installed before (in a program that embeds this one).
pub fn figures() -> Option<&'static Figures> {
    static FIGURES: OnceLock<Option<Figures>> = OnceLock::new();
    FIGURES.get_or_init(install).as_ref()
}

fn install() -> Option<Figures> {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS);
    let handle = builder.and_then(PrometheusBuilder::install_recorder);
    let handle = handle.inspect_err(|error| tracing::warn!(%error, "no figures are collected")).ok()?;
    describe();
    let process = Collector::default();
    process.describe();
    gauge!("heluo_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Some(Figures { handle, process })
}

fn describe() {
    describe_gauge!("heluo_build_info", "The version that runs, as a label; the value is 1");
    describe_counter!("heluo_http_requests_total", "Requests answered, by method, route and status");
    describe_histogram!(
        "heluo_http_request_seconds",
        Unit::Seconds,
        "Time from a request to the head of its answer, by method and route"
    );
    describe_gauge!("heluo_http_requests_in_flight", "Requests being answered");
    describe_gauge!("heluo_db_reachable", "1 while the database answers");
    describe_gauge!("heluo_db_connections", "Connections to the database, by pool and state (in_use, idle)");
    describe_gauge!("heluo_db_connections_most", "The most connections that a pool opens");
    describe_counter!("heluo_db_faults_total", "Failed uses of the database, by kind (lost, full, busy, other)");
    describe_counter!("heluo_job_runs_total", "Runs of the jobs, by job and outcome (ok, failed)");
    describe_histogram!("heluo_job_seconds", Unit::Seconds, "Time that a job took");
    describe_counter!("heluo_messages_total", "Attempts to send a message, by channel and outcome");
    describe_gauge!("heluo_jobs_here", "1 in the process whose turn it is to run the jobs");
    describe_counter!(
        "heluo_checkins_total",
        "Check-ins answered, by source and outcome (present, late, again, refused)"
    );
    describe_gauge!("heluo_live_pages", "Pages that watch a lesson live");
}

impl Figures {
    /// Everything as Prometheus reads it.
    pub fn text(&self, db: &Db) -> String {
        for pool in db.pools() {
            gauge!("heluo_db_connections", "pool" => pool.name, "state" => "in_use").set(pool.in_use);
            gauge!("heluo_db_connections", "pool" => pool.name, "state" => "idle").set(pool.idle);
            gauge!("heluo_db_connections_most", "pool" => pool.name).set(pool.most);
        }
        self.process.collect();
        self.handle.render()
    }

    /// Puts recent measurements into their buckets: to be called every few seconds, also when nobody asks.
    pub fn tidy(&self) {
        self.handle.run_upkeep();
    }
}
