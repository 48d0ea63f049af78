//! Frameworks (指标框架): what is measured, as data. A city imports or edits a draft, publishes it once it is whole, and
//! never changes it again; rounds pin a published version.

#[cfg(feature = "ssr")]
pub mod default;
#[cfg(feature = "ssr")]
pub mod difference;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(test)]
mod store_tests;
