//! Pages about people: registering, one's own details, the people desk.

mod desk;
mod own;
mod person;

use axum::Router;

pub use own::county_choices;

use crate::routes::page;

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/register", page(own::register))
        .route("/me/profile", page(own::profile))
        .route("/me/firm", page(own::firm))
        .route("/desk/people", page(desk::list))
        .route("/desk/people/new", page(desk::invite))
        .route("/desk/people/{id}", page(person::show))
        .route("/desk/people/{id}/edit", page(desk::edit))
}
