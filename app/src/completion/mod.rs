//! Completion (结业): what comes after the lessons. Those who attended evaluate the class without their name; whoever
//! attended enough and has evaluated gets a certificate that anybody can verify by its serial.

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
