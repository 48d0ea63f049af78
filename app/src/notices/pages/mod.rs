//! The inbox, what one wants to be sent, the link that confirms an address, and the outbox for the city.

mod inbox;
mod link;
mod outbox;
mod settings;

use axum::Router;
use axum::routing::get;

use crate::routes::page;

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/me/inbox", page(inbox::inbox))
        .route("/me/messages", page(settings::settings))
        .route("/email/{link}", page(link::confirm))
        .route("/city/outbox", page(outbox::outbox))
}

/// What is no page of its own.
pub fn endpoints() -> Router {
    Router::new().route("/me/inbox/live", get(inbox::live))
}
