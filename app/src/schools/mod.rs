//! Schools: the city's own and an academy (学院) in each county, planned or open, with their venues and teachers; and
//! the annual plan (河洛民营企业家培训计划) with its themes and what it asks of each county.

#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
mod plan_pages;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(test)]
mod store_tests;

#[cfg(feature = "ssr")]
pub use plan::{Plan, Theme};
#[cfg(feature = "ssr")]
pub use rules::SchoolState;
#[cfg(feature = "ssr")]
pub use store::{School, Teacher, Venue};
