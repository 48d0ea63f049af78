//! Pages of check-in: the door on a phone, the wall, reading people's codes, and the scanners.

mod devices;
mod door;
mod own_code;
mod scan;
mod wall;

use axum::Router;
use axum::routing::{get, post};

use super::board;
use crate::routes::page;
pub use wall::desk_news;

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .merge(board::routes())
        .route("/q", page(door::type_code))
        .route("/checkin", page(door::ask))
        .route("/checkin/{lesson}", page(door::answer))
        .route("/me/qr", page(own_code::mine))
        .route("/p/{code}", page(own_code::of_person))
        .route("/desk/lessons/{id}/wall", page(wall::show))
        .route("/desk/lessons/{id}/scan", page(scan::show))
        .route("/desk/devices", page(devices::list))
}

/// What is not a page: streams and files.
pub fn endpoints() -> Router {
    Router::new()
        .merge(board::endpoints())
        .route("/q/typed", get(door::typed))
        .route("/q/{code}", get(door::trade))
        .route("/desk/lessons/{id}/live", get(wall::live))
        .route("/desk/lessons/{id}/scan/read", post(scan::read))
        .route("/desk/devices/register", post(devices::register))
}
