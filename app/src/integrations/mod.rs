//! Integrations (接口令牌): other programs that may call the API. A token is made by a coordinator for one school, or by
//! the city for all of them; it does what its scopes name, until it expires, is revoked, or its maker no longer
//! coordinates the place. The secret is shown once and kept as a SHA-256.

#[cfg(feature = "ssr")]
mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;

#[cfg(feature = "ssr")]
pub use rules::{Schools, TokenScope, TokenState};
#[cfg(feature = "ssr")]
pub use store::Token;
