//! Verification (核定): an expert looks at a firm's own levels beside its evidence, gives each indicator a verified level
//! with a reason, writes down what was seen at the firm, and closes. Nothing here overwrites what the firm said of itself.

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

#[cfg(all(test, feature = "ssr"))]
mod tests;
