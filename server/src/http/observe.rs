//! Around every request: an id that the log, the answer and error pages share; a line of log; figures.

use std::collections::HashSet;
use std::sync::OnceLock;
use std::time::Instant;

use app::request::{hex, with_id};
use app::state::App;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics::{counter, gauge, histogram};
use tracing::{Instrument, info_span};

use super::Operation;
use super::peers::{Caller, Networks, caller, peer};
use crate::life::Stage;

const ID: HeaderName = HeaderName::from_static("x-request-id");
/// An id of the proxy's is taken up to this length.
const LONGEST_ID: usize = 64;
/// When whoever got a 503 may ask again, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// Counts, times, names and logs a request. The log has its route, never its path: paths hold codes and secrets.
pub async fn observe(State((app, operation)): State<(App, Operation)>, mut request: Request, next: Next) -> Response {
    let caller = caller(request.extensions(), request.headers(), &operation.proxies);
    request.extensions_mut().insert(Caller(caller));
    let id = given_id(&request, &operation.proxies).unwrap_or_else(|| hex(&app.chance.bytes::<8>()));
    let (route, method) = (route(&request), method(request.method()));
    let span = info_span!("request", %id, method, route);
    let in_flight = InFlight::begin();
    let begun = Instant::now();
    let mut response = with_id(id.clone(), next.run(request)).instrument(span.clone()).await;
    let took = begun.elapsed();
    drop(in_flight);
    let status = response.status();
    span.in_scope(|| tell(&route, status, took));
    histogram!("heluo_http_request_seconds", "method" => method, "route" => route.clone()).record(took);
    counter!("heluo_http_requests_total", "method" => method, "route" => route, "status" => status.as_str().to_owned()).increment(1);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(ID, id);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.entry(header::RETRY_AFTER).or_insert(RETRY_AFTER);
    }
    // Whoever holds a connection to a process that goes away is told before it is cut.
    if operation.life.stage() > Stage::Serving {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn tell(route: &str, status: StatusCode, took: std::time::Duration) {
    let (status, ms) = (status.as_u16(), took.as_secs_f64() * 1000.0);
    // Those who feel the pulse and files that a page brings along would drown everything else.
    if matches!(route, "/healthz" | "/readyz" | "/metrics" | "/pkg") {
        tracing::debug!(status, ms, "answered");
    } else {
        tracing::info!(status, ms, "answered");
    }
}

/// The id that a proxy of ours gave the request.
fn given_id(request: &Request, proxies: &Networks) -> Option<String> {
    let peer = peer(request.extensions())?;
    let id = request.headers().get(ID)?.to_str().ok()?;
    let is_fit = !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (proxies.contain(peer) && is_fit).then(|| id.to_owned())
}

/// The route as it stands in the router: as many different ones as there are kinds of pages.
fn route(request: &Request) -> String {
    let path = request.uri().path();
    if path.starts_with("/pkg/") {
        return "/pkg".to_owned();
    }
    if path
        .strip_prefix(app::api::PREFIX)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    {
        return app::api::route_of(path).to_owned();
    }
    match request.extensions().get::<MatchedPath>().map(MatchedPath::as_str) {
        Some(_) if server_functions().contains(path) => path.to_owned(),
        Some(matched) => matched.to_owned(),
        None => "none".to_owned(),
    }
}

/// The addresses of all server functions: they share one route.
fn server_functions() -> &'static HashSet<&'static str> {
    static PATHS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    PATHS.get_or_init(|| leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect())
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counted for as long as it lives: also a request whose caller went away.
struct InFlight;

impl InFlight {
    fn begin() -> Self {
        gauge!("heluo_http_requests_in_flight").increment(1);
        Self
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        gauge!("heluo_http_requests_in_flight").decrement(1);
    }
}

/// The answer when a handler panicked: nothing of it leaves the log but the id.
pub fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    // The panic's own message stands in the log, within the request's span.
    let id = app::request::id().unwrap_or_default();
    tracing::error!(%id, "a request panicked");
    let words = format!("系统出错了，请把编号 {id} 告诉管理员。 / Something went wrong on our side. Give the administrator the number {id}.");
    (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
}
