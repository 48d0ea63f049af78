//! Pages of selection.

use axum::Router;

/// The pages of this room.
pub fn routes() -> Router {
    Router::new()
}
