//! Rows of cohorts, nominations, choices, rounds and the assignment of verifiers.
//!
//! Whoever changes a cohort or the state of a firm in it locks the cohort's row first and the firms' after it, so that two
//! choices never count the same free place.

mod choosing;
mod cohorts;
mod documents;
mod lists;
mod nominations;
mod rounds;
mod telling;
mod verifiers;

pub use choosing::{Decision, Report, decide, substitute, undo, withdraw};
pub use cohorts::{Cohort, CohortChange, CohortRow, add, advance, change, cohort, cohorts, live, tally, target};
pub use documents::{Document, attach, documents, remove};
pub use lists::{Filter, Row, Sort, View, candidates, counts, list};
pub use nominations::{Nomination, edit, nominate};
pub use rounds::{Published, RoundRow, Standing, close, move_to, open, published, round_row, rounds, standings};
pub use verifiers::{Assigned, Verifier, assign, assigned_name, assignments, unassign, verifiers};

#[cfg(test)]
mod round_tests;
#[cfg(test)]
mod tests;
