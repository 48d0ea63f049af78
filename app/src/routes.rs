//! Every page's address. A page says of itself whether it has islands ([`Page::interactive`](crate::shell::Page)).

use axum::Router;
use axum::extract::Request;
use axum::routing::{MethodRouter, get};

use crate::error::AppError;
use crate::request::Cx;
use crate::shell::{Maker, Page, answer, maker, render};
use crate::{
    accounts, api, attendance, benchmarking, calendar, classes, completion, dashboard, enrolment, firms, integrations, notices, oauth, people,
    privacy, schools, trail,
};

/// The largest request that [`uploads`] take, in bytes.
pub const LARGEST_UPLOAD: usize = 32 * 1024 * 1024;

/// The router of all pages; the server adds its layers around it.
pub fn pages() -> Router {
    Router::new()
        .merge(dashboard::pages::routes())
        .merge(accounts::pages::routes())
        .merge(schools::pages::routes())
        .merge(integrations::pages::routes())
        .merge(classes::pages::routes())
        .merge(enrolment::pages::routes())
        .merge(enrolment::import::pages::routes())
        .merge(attendance::pages::routes())
        .merge(completion::pages::routes())
        .merge(firms::pages::routes())
        .merge(benchmarking::pages::routes())
        .merge(calendar::pages::routes())
        .merge(trail::pages::routes())
        .merge(privacy::pages::routes())
        .merge(notices::pages::routes())
        .route("/sorry", page(sorry))
        .merge(people::pages::routes())
        .merge(api::pages::routes())
        .merge(oauth::pages::routes())
        .fallback_service(page(not_found))
}

/// Pages that only show, and that many ask for: the server lets those who ask for the same at once share one. Such a page
/// may depend on its address, the sign-in, the language, the colours and the database only, and to strangers it has no
/// islands: a number that lets scripts run is nobody else's.
pub fn shown() -> Router {
    Router::new()
        .merge(dashboard::pages::shown())
        .merge(classes::pages::shown())
        .merge(enrolment::pages::shown())
}

/// What is not a page: live streams, files and the API for other programs. Their handlers find the
/// [`Cx`](crate::request::Cx) of the request in its extensions.
pub fn endpoints() -> Router {
    Router::new()
        .merge(integrations::pages::endpoints())
        .merge(enrolment::pages::endpoints())
        .merge(enrolment::import::pages::endpoints())
        .merge(enrolment::export_endpoints())
        .merge(attendance::pages::endpoints())
        .merge(firms::pages::endpoints())
        .merge(benchmarking::pages::endpoints())
        .merge(calendar::pages::endpoints())
        .merge(trail::pages::endpoints())
        .merge(privacy::pages::endpoints())
        .merge(notices::pages::endpoints())
}

/// What forms with a file of some size are sent to: up to [`LARGEST_UPLOAD`], where all else is held to less. A file that
/// is larger than its room takes is still read to the end, so that the form comes back with a sentence beside its field.
pub fn uploads() -> Router {
    Router::new().merge(benchmarking::pages::uploads())
}

/// A page at an address.
pub fn page<F>(make: fn(Cx) -> F) -> MethodRouter
where
    F: Future<Output = Result<Page, AppError>> + Send + 'static,
{
    made_by(maker(make))
}

/// Compiled once, and not for every page.
fn made_by(make: Maker) -> MethodRouter {
    get(move |request: Request| answer(make, request))
}

async fn not_found(_: Cx) -> Result<Page, AppError> {
    Err(AppError::NotFound)
}

/// Where a form leads when the fault is ours: the number stands in the log, and without one the database is away.
async fn sorry(cx: Cx) -> Result<Page, AppError> {
    let id = cx.query("id").filter(|id| is_id(id));
    Err(id.map_or(AppError::Unavailable, |id| AppError::Internal { id }))
}

/// Whether it can be the id of a request: it is shown as it stands.
pub fn is_id(id: &str) -> bool {
    id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The page that says that the database is away, made without it; the request holds a [`Cx`] of nobody.
pub async fn unavailable(request: Request) -> axum::response::Response {
    render(away, request).await
}

async fn away(_: Cx) -> Result<Page, AppError> {
    Err(AppError::Unavailable)
}
