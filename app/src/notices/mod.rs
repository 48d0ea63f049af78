//! Messages to one person: rows written with the change that causes them, read in the inbox in the reader's language.

pub mod functions;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod store;

#[cfg(feature = "ssr")]
pub use store::{Notice, inbox, mark_read, tell, unread};
