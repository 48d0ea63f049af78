//! Firms: who they are (name, credit code, county), found by whoever enters one, kept by the desks and by their own
//! contacts, and merged where one was entered twice.

#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
pub mod import;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod pick;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;

#[cfg(feature = "ssr")]
pub use rules::{Category, Change, CreditCode, CreditCodeFault, Size};
#[cfg(feature = "ssr")]
pub use store::{FirmBrief, NewFirm, find_or_create, profile, settled};
