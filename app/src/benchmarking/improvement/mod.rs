//! Improvement (改善): a firm names whom it measures itself by, sees where it falls short, asks why, promises a level and
//! commits to actions. The library of benchmarks is shared by all firms of a framework; causes, targets and actions are a
//! firm's own. [`facts`] is what the gates are told.

#[cfg(feature = "ssr")]
pub mod facts;
#[cfg(feature = "ssr")]
mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
pub mod jobs;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(test)]
mod tests;
