//! The HTTP layers around the application's router.

mod context;
mod crowd;
mod health;
mod observe;
mod origin;
mod peers;
mod shown;
mod site;

use app::state::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use leptos::prelude::provide_context;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

use app::request::Cx;

use crate::life::Life;

/// A megabyte as people are told it.
const MB: usize = 1024 * 1024;
/// The largest request taken but for uploads: a roster of 10,000 rows is well below it.
const LARGEST_BODY: usize = 8 * MB;

pub use health::MetricsFrom;
pub use peers::Networks;
use shown::Shown;

/// How the operator runs this process.
#[derive(Clone)]
pub struct Operation {
    pub life: Life,
    pub metrics_from: MetricsFrom,
    /// Whose word on the caller's address is taken.
    pub proxies: Networks,
}

impl Default for Operation {
    fn default() -> Self {
        Self {
            life: Life::default(),
            metrics_from: MetricsFrom::default(),
            proxies: Networks::loopback(),
        }
    }
}

/// The whole server as one router, as tests use it.
pub fn router(app: App) -> Router {
    operated(app, Operation::default())
}

/// The whole server as one router, for `heluo serve`.
pub fn operated(app: App, operation: Operation) -> Router {
    // Leptos renders on tokio; an error says only that it does so already.
    let _ = any_spawner::Executor::init_tokio();
    // Figures are collected from here on.
    let _ = crate::telemetry::figures();
    let secure = app.is_secure();
    let shared = (app.clone(), operation.life.clone());
    let observed = (app.clone(), operation.clone());
    let api = app::api::router(app.clone())
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(from_fn_with_state(operation.life.clone(), context::with_database))
        .layer(from_fn(app::api::speak))
        .layer(from_fn_with_state(app.clone(), context::provide_for_api));
    // Shared as they go out, so compressed once.
    let shown = held_to(app::routes::shown(), LARGEST_BODY)
        .layer(from_fn_with_state(shared.clone(), context::provide))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(Shown::new(app.clone(), operation.life.clone()), shown::share));
    let usual = Router::new()
        .route("/api/{*name}", any(server_function))
        .merge(app::routes::endpoints())
        .merge(app::routes::pages());
    let dynamic = held_to(usual, LARGEST_BODY)
        .merge(held_to(app::routes::uploads(), app::routes::LARGEST_UPLOAD))
        .layer(from_fn_with_state(shared.clone(), context::provide))
        .merge(shown)
        .layer(from_fn_with_state(app.clone(), origin::check));
    Router::new()
        .merge(health::routes(app, operation))
        .nest_service("/pkg", site::packages())
        .nest_service(app::api::PREFIX, api)
        .merge(dynamic)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(refuse_in_words))
        .layer(map_response(move |response| security_headers(response, secure)))
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(observed, observe::observe))
}

/// Holds requests to so many bytes, and says so in words.
fn held_to(router: Router, largest: usize) -> Router {
    let in_words = move |response: Response| {
        let is_over = response.status() == StatusCode::PAYLOAD_TOO_LARGE;
        let words = format!("内容太大，最多 {0} MB。 / Too large: at most {0} MB.", largest / MB);
        std::future::ready(if is_over {
            (StatusCode::PAYLOAD_TOO_LARGE, words).into_response()
        } else {
            response
        })
    };
    router.layer(RequestBodyLimitLayer::new(largest)).layer(map_response(in_words))
}

/// Runs the server function that the path names.
async fn server_function(request: Request) -> Response {
    let Some(cx) = request.extensions().get::<Cx>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    leptos_axum::handle_server_fns_with_context(move || provide_context(cx.clone()), request)
        .await
        .into_response()
}

/// What a framework refuses, it refuses in words: a body that can't be read is the caller's fault (400, where Leptos says
/// 500).
async fn refuse_in_words(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let unread = response.headers().contains_key(HeaderName::from_static("serverfnerror"));
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR && unread {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    // Ours lead on with 303. Leptos leads whoever sends a field twice back with 302 and the fault in the address, unsaid.
    if response.status() == StatusCode::FOUND && unread {
        return (
            StatusCode::BAD_REQUEST,
            "表单内容不完整或格式不对。 / The form is incomplete or malformed.",
        )
            .into_response();
    }
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let words = "此地址不接受这种请求。 / This address does not take such a request.";
    let plain = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if plain { (response.status(), words).into_response() } else { response }
}

async fn security_headers(mut response: Response, secure: bool) -> Response {
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(self), geolocation=(self), microphone=(), payment=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        );
    }
    response
}
