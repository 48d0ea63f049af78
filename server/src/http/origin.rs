//! Unsafe methods are taken from our own pages only (or with a bearer token, which no browser sends by itself).

use app::state::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || has_bearer(request.headers()) || is_ours(request.headers(), &app.settings.base_url) {
        return next.run(request).await;
    }
    (
        StatusCode::FORBIDDEN,
        "此请求不是从本站页面发出的，已拒绝。 / This request did not come from a page of this site and was refused.",
    )
        .into_response()
}

fn has_bearer(headers: &HeaderMap) -> bool {
    text(headers, header::AUTHORIZATION).is_some_and(|value| value.starts_with("Bearer "))
}

/// The `Origin` (or, from old browsers, the `Referer`) is this site: the configured address, or the host that was asked.
fn is_ours(headers: &HeaderMap, base_url: &str) -> bool {
    let claimed = text(headers, header::ORIGIN)
        .map(ToOwned::to_owned)
        .or_else(|| text(headers, header::REFERER).and_then(origin_of));
    let Some(claimed) = claimed else { return false };
    if claimed == base_url {
        return true;
    }
    let host = text(headers, header::HOST).unwrap_or_default();
    !host.is_empty() && (claimed == format!("http://{host}") || claimed == format!("https://{host}"))
}

fn origin_of(url: &str) -> Option<String> {
    let uri: axum::http::Uri = url.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
