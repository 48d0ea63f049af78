//! Pages of the gates: the firm's home, its gate, and the desk of those who check and decide.

mod desk;
mod gate;
mod home;
mod own;
mod parts;

use axum::Router;
use axum::routing::get;

use crate::routes::page;

/// The pages of this room.
pub fn routes() -> Router {
    Router::new()
        .route("/firm/{pilot}", page(home::home))
        .route("/firm/{pilot}/gate", page(gate::gate))
        .route("/desk/gates", page(desk::waiting))
}

/// What may lead on instead of showing a page.
pub fn endpoints() -> Router {
    Router::new().route("/firm", get(own::own))
}
