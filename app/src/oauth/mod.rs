//! Signing in through another site ("OAuth 2"): the buttons on the sign-in page, the way there and back, the first
//! sign-in, and which accounts of other sites are linked to one's own.
//!
//! Who somebody is there is told by one thing only: the provider together with the subject that it names. A phone number
//! or an e-mail address that a provider tells never opens an account of ours.

#[cfg(feature = "ssr")]
mod callback;
#[cfg(feature = "ssr")]
mod client;
#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod provider;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
mod settings;
#[cfg(feature = "ssr")]
pub mod store;

#[cfg(feature = "ssr")]
pub use provider::{Provider, Providers};
#[cfg(feature = "ssr")]
pub use settings::providers_of;

/// Removes ways there and back that nobody finished.
#[cfg(feature = "ssr")]
pub async fn tick(app: &crate::state::App) -> Result<(), crate::error::AppError> {
    store::sweep(app).await
}
