//! Messages to one person: rows written with the change that causes them, read in the inbox in the reader's language, and
//! sent on by e-mail or through the city's gateway to those who can and want to be reached there.

#[cfg(feature = "ssr")]
mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod policy;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod sending;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod token;

#[cfg(feature = "ssr")]
pub use store::{Notice, confirmed_email, inbox, mark_read, outbox_counts, tell, tell_all, tell_until, unread};

/// What happens by itself: what was sent long ago is forgotten.
#[cfg(feature = "ssr")]
pub async fn tick(app: &crate::state::App) -> Result<(), crate::error::AppError> {
    store::outbox::sweep(app, app.clock.now()).await
}
