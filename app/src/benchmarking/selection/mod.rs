//! Selection of pilots (试点遴选): counties nominate firms for a cohort (批次), the city screens and chooses up to the cohort's
//! size, firms withdraw and are substituted, rounds (轮次) open and close, and verifiers are assigned.

#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;
