//! What machines ask: does the process live, may it get requests, how does it fare.

use std::str::FromStr;
use std::time::Duration;

use app::state::App;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};

use super::Operation;
use super::peers::{Networks, peer};
use crate::life::Stage;
use crate::telemetry;

/// How long a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who may read the figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum MetricsFrom {
    /// Programs on this machine that ask it directly, not through a proxy.
    #[default]
    Loopback,
    Anywhere,
    /// Only from here.
    From(Networks),
}

impl FromStr for MetricsFrom {
    type Err = ipnet::AddrParseError;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        match words.trim() {
            "loopback" => Ok(Self::Loopback),
            "any" => Ok(Self::Anywhere),
            list => list.parse().map(Self::From),
        }
    }
}

impl MetricsFrom {
    fn admits(&self, request: &Request) -> bool {
        // Through a proxy everybody seems to come from where it stands.
        let is_forwarded = ["x-forwarded-for", "forwarded", "via"]
            .iter()
            .any(|name| request.headers().contains_key(*name));
        match (self, peer(request.extensions())) {
            (Self::Anywhere, _) => true,
            (Self::Loopback, Some(peer)) => peer.is_loopback() && !is_forwarded,
            (Self::From(known), Some(peer)) => known.contain(peer) && !is_forwarded,
            (_, None) => false,
        }
    }
}

pub fn routes(app: App, operation: Operation) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .with_state((app, operation))
}

/// Ready when requests are wanted and the database answers.
async fn ready(State((app, operation)): State<(App, Operation)>) -> Response {
    let not = |why: &'static str| (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    if operation.life.stage() > Stage::Serving {
        return not("stopping");
    }
    if !operation.life.has_database() {
        return not("the database does not answer");
    }
    let asked = app::db::sql("SELECT 1").one::<(i32,)>(&app.db);
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => "ready".into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            not("the database does not answer")
        }
        // The database has a pulse, and everybody waits for a connection: sending them all to the next process helps nobody.
        Err(_) => "busy".into_response(),
    }
}

async fn figures(State((app, operation)): State<(App, Operation)>, request: Request) -> Response {
    if !operation.metrics_from.admits(&request) {
        return (StatusCode::FORBIDDEN, "/metrics is for this machine; HELUO_METRICS_FROM admits others").into_response();
    }
    match telemetry::figures() {
        Some(figures) => (
            [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
            figures.text(&app.db),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_read_the_figures_is_said_in_words_or_addresses() {
        assert_eq!("loopback".parse(), Ok(MetricsFrom::Loopback));
        assert_eq!("any".parse(), Ok(MetricsFrom::Anywhere));
        assert!(matches!("10.0.0.7, ::1".parse(), Ok(MetricsFrom::From(_))));
        assert!("everybody".parse::<MetricsFrom>().is_err());
        assert!("".parse::<MetricsFrom>().is_err());
    }
}
