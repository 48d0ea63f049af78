//! Enrolment (报名): who applies to a class, who gets one of its seats, who waits and who is next, and the desk where a
//! coordinator sees to it. Every seat is given by one rule ([`rules::Seats`]), whichever way somebody comes, and every
//! change is added to a history in the same transaction.

#[cfg(feature = "ssr")]
mod export;
#[cfg(feature = "ssr")]
mod firm_seats;
#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
pub mod import;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod jobs;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod roster;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
mod seats;
#[cfg(feature = "ssr")]
pub mod store;

#[cfg(feature = "ssr")]
pub use export::endpoints as export_endpoints;
#[cfg(feature = "ssr")]
pub use rules::{EnrolmentState, Source};
#[cfg(feature = "ssr")]
pub use store::Enrolment;

#[cfg(all(test, feature = "ssr"))]
mod tests;
