//! The API for other programs (开放接口), version 1: what docs/api.md tells and `/api/v1/openapi.json` describes.
//!
//! A call goes through [`problem::speak`], which says every refusal as `application/problem+json`, and [`gate`], which finds
//! out who calls and whether they call too often; the [`endpoints`] ask [`policy`] for a permit that the [`store`] demands.
//! Routes and document come from the same list, so that neither can lack what the other has.

mod accept;
mod cursor;
mod document;
mod endpoints;
mod gate;
mod limits;
pub mod pages;
mod policy;
mod problem;
mod reasons;
mod store;
mod views;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use chrono::{DateTime, Utc};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::i18n::Lang;
use crate::state::App;

pub use document::{document, route_of};
pub use gate::{Quota, WINDOW_SECONDS};
pub use problem::speak;
pub use reasons::Reason;

/// Where all of it lies.
pub const PREFIX: &str = "/api/v1";
/// Calls that one token may make in a minute, unless the operator says otherwise.
pub const DEFAULT_RATE: i64 = 1200;
/// No call has a longer body, in bytes.
const LARGEST_BODY: usize = 8 * 1024;

/// What a call is to everything behind it; the server puts it into the extensions of the request.
#[derive(Clone)]
pub struct Asked {
    pub app: App,
    /// The language of the sentences: what the caller accepts, or Chinese.
    pub lang: Lang,
    /// The instant at which the call arrived.
    pub now: DateTime<Utc>,
    /// The network address of the caller.
    pub network: String,
}

/// Everything below [`PREFIX`], without the prefix. The caller puts [`speak`] around it.
pub fn router(app: App) -> Router {
    let gate = gate::Gate::new(app);
    let (router, _) = described().layer_with(&gate).split_for_parts();
    router
        .method_not_allowed_fallback(async || problem::Problem::new(Reason::MethodNotAllowed))
        .fallback(async || problem::Problem::new(Reason::NotFound))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
}

/// The routes with their description: those behind the gate, and the one that everybody may read.
struct Described {
    gated: OpenApiRouter,
    open: OpenApiRouter,
}

fn described() -> Described {
    Described {
        gated: OpenApiRouter::default()
            .routes(routes!(endpoints::classes::list))
            .routes(routes!(endpoints::classes::lessons))
            .routes(routes!(endpoints::classes::roster))
            .routes(routes!(endpoints::lessons::attendance))
            .routes(routes!(endpoints::lessons::check_in)),
        open: OpenApiRouter::default().routes(routes!(document::serve)),
    }
}

impl Described {
    fn layer_with(self, gate: &gate::Gate) -> OpenApiRouter {
        let gated = self.gated.route_layer(from_fn_with_state(gate.clone(), gate::admit));
        gated.merge(self.open)
    }

    fn paths(self) -> utoipa::openapi::OpenApi {
        self.gated.merge(self.open).into_openapi()
    }
}
