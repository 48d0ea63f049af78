//! Gates (关口): each stage of a pilot firm ends at one. The firm applies when every condition holds, its county checks
//! first, the city decides; every step is kept with the figures of its moment. Also the firm's home, which says what is
//! missing for the next gate.

#[cfg(feature = "ssr")]
pub mod facts;
#[cfg(feature = "ssr")]
pub mod figures;
#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
mod jobs;
#[cfg(feature = "ssr")]
pub mod outlook;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
mod telling;
#[cfg(all(feature = "ssr", any(test, feature = "testing")))]
pub mod testing;
#[cfg(all(test, feature = "ssr"))]
mod tests;

#[cfg(feature = "ssr")]
pub use jobs::tick;
