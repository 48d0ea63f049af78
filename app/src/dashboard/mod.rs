//! What people see first: the front page, the public catalogue of classes and schools, the plan's progress, and each
//! role's overview, and one firm with both halves of the program. Nothing here changes anything; every figure leads to its rows and is
//! counted when it is shown, or was a moment ago when that takes long ([`sums`]).

#[cfg(feature = "ssr")]
mod cards;
#[cfg(feature = "ssr")]
mod catalogue;
#[cfg(feature = "ssr")]
mod city;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
pub mod desk_store;
#[cfg(feature = "ssr")]
mod firm;
#[cfg(feature = "ssr")]
pub mod firm_store;
#[cfg(feature = "ssr")]
mod map;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod plan;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
mod rows;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
mod schools;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(test)]
mod store_tests;
#[cfg(feature = "ssr")]
pub mod sums;
