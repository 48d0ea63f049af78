//! Lessons in the calendar of a phone (iCalendar): a secret address for each person who wants one and for each class whose
//! staff made one, which can be renewed and revoked. A lesson keeps its UID for ever; when it moves or is cancelled, or the
//! person leaves the class, the same appointment changes.

#[cfg(feature = "ssr")]
mod entries;
pub mod functions;
#[cfg(feature = "ssr")]
mod ics;
pub mod islands;
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
