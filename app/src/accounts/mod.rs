//! People and their sign-ins: who somebody is, which roles they hold over which county, class or firm, and on which
//! devices they are signed in. Every other slice asks this one for the [`Actor`] and builds its permits on it.

#[cfg(feature = "ssr")]
pub mod devices;
#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
mod known;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod passwords;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use policy::{Actor, Grant};
#[cfg(feature = "ssr")]
pub use rules::Role;

/// What accounts do by themselves.
#[cfg(feature = "ssr")]
pub async fn tick(app: &crate::state::App) -> Result<(), crate::error::AppError> {
    store::sweep(app).await
}
