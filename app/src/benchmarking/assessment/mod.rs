//! The self-assessment (自评): a firm's level for each indicator of the open round, in its own words and with evidence
//! beside it; handed in, first-checked by the county, given back with comments, handed in again.
//!
//! It saves as one goes. Two people of one firm who write at once lose nothing: each answer counts its editions, and
//! whoever saves upon an older one is shown both.

#[cfg(feature = "hydrate")]
mod browser_autosave;
#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(test)]
mod tests;

#[cfg(feature = "ssr")]
pub use pages::why::why;
