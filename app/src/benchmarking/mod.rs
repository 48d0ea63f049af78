//! Benchmarking (对标提升): pilot firms go through four stages, each closed by a gate. A firm scores itself against a
//! framework of indicators, a verifier confirms, a benchmark shows the gaps, actions close them, and a second round proves it.
//!
//! The rooms inside: `frameworks` (what is measured), `selection` (which firms, which rounds), `assessment` (what a firm
//! says of itself, with evidence), `verification` (what is confirmed), `improvement` (benchmark, gaps, causes, targets,
//! actions), `gates` (who decides on what figures), `results` (what it all looks like). They share the pure `rules`, the
//! `policy` of who stands in which relation to a pilot firm, and the pilots' rows in `store`.

pub mod assessment;
#[cfg(feature = "ssr")]
pub mod files;
pub mod frameworks;
pub mod gates;
pub mod improvement;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod policy;
pub mod results;
#[cfg(feature = "ssr")]
pub mod rules;
pub mod selection;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(feature = "ssr", any(test, feature = "testing")))]
pub mod testing;
pub mod verification;

#[cfg(feature = "ssr")]
pub use policy::{PilotScope, Standing};
#[cfg(feature = "ssr")]
pub use store::Pilot;
