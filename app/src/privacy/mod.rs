//! What is kept about a person: all of it handed over, and all that names them removed while what is counted stays.
//! `registry` knows every table with a person in it; a test derives the list from the schema, so that none is forgotten.

#[cfg(feature = "ssr")]
mod erasing;
pub mod functions;
#[cfg(feature = "ssr")]
mod numbers;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
mod registry;
#[cfg(feature = "ssr")]
mod rules;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(test)]
mod tests;
