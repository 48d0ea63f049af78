//! Pages of enrolment: the entrepreneur's, the firm contact's, and the roster desk.

mod adding;
mod desk;
mod firm;
mod holds;
mod live;
mod own;
mod parts;
mod person;

use axum::Router;
use axum::routing::get;

use crate::routes::page;

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/classes/{id}/enrol", page(own::enrol))
        .route("/me/enrolments", page(own::list))
        .route("/firm/seats", page(firm::seats))
        .route("/desk/classes/{id}/roster/add", page(adding::add))
        .route("/desk/classes/{id}/roster/holds", page(holds::holds))
        .route("/desk/classes/{id}/roster/{enrolment}", page(person::show))
}

/// Pages that only show.
pub fn shown() -> Router {
    Router::new().route("/desk/classes/{id}/roster", page(desk::roster))
}

/// What is not a page: streams, files, the API.
pub fn endpoints() -> Router {
    Router::new().route("/desk/classes/{id}/roster/live", get(live::stream))
}
