//! Heluo's domain, pages and islands.
//!
//! Compiled twice: with `ssr` for the server (everything) and with `hydrate` for the browser (islands and the stubs of
//! the server functions that they call). Each folder is a slice of the domain; `ui`, `db` and the single files beside
//! this one know no domain. Where the next rule goes:
//!
//! | slices | what they know |
//! |---|---|
//! | `accounts` `oauth` `people` `privacy` | who somebody is, what they may do, and what is kept about them |
//! | `firms` | firms, their contacts and their merging |
//! | `schools` `classes` `enrolment` `attendance` `completion` | the training half, from a school's opening to a certificate |
//! | `benchmarking` | the programme of the pilot firms, from nomination to proven improvement |
//! | `notices` `calendar` `integrations` `api` | what leaves the house: messages, calendars, other programs |
//! | `audit` `trail` | who did what to whom: written by the one, looked up in the other |
//! | `dashboard` | what people see first, over all of these |

// The types of pages nest deeply where a build does not erase them.
#![recursion_limit = "256"]

pub mod error;

#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod db;
#[cfg(feature = "ssr")]
pub mod demo;
#[cfg(feature = "ssr")]
pub mod i18n;
#[cfg(feature = "ssr")]
pub mod ids;
#[cfg(feature = "ssr")]
pub mod imports;
#[cfg(feature = "ssr")]
pub mod integrity;
#[cfg(feature = "ssr")]
pub mod jobs;
#[cfg(feature = "ssr")]
pub mod paging;
#[cfg(feature = "ssr")]
pub mod regions;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
pub mod respond;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod sheets;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod state;
#[cfg(all(feature = "ssr", any(test, feature = "testing")))]
pub mod testing;
#[cfg(feature = "ssr")]
pub mod ui;
#[cfg(feature = "ssr")]
pub mod words;

pub mod accounts;
pub mod attendance;
pub mod benchmarking;
pub mod calendar;
pub mod classes;
pub mod completion;
pub mod dashboard;
pub mod enrolment;
pub mod firms;
pub mod integrations;
pub mod live;
pub mod notices;
pub mod oauth;
pub mod people;
pub mod privacy;
pub mod schools;
pub mod trail;

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod audit;
