//! The people of the city as others look after them: registering oneself, one's own details, and the people desk, where
//! coordinators invite, edit and move people and give them roles. Who is signed in is the business of `accounts`.

#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod store;
