//! Looking things up in the trail that `audit` writes: who did what to whom, when and from where, for the city and, as far
//! as their county goes, for its coordinators.

#[cfg(feature = "ssr")]
mod export;
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
#[cfg(feature = "ssr")]
mod wording;
