//! Built files: hashed names, so they never change; compressed ahead.

use axum::Router;
use axum::http::{HeaderValue, header};
use tower::ServiceBuilder;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Everything under `/pkg`.
pub fn packages() -> Router {
    let files = ServeDir::new(crate::site::dir().join("pkg")).precompressed_br().precompressed_gzip();
    let forever = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Router::new().fallback_service(ServiceBuilder::new().layer(forever).service(files))
}
