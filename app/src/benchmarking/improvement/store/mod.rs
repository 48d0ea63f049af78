//! Rows of benchmarks, causes, targets and actions.

mod actions;
mod benchmarks;
mod causes;
mod due;
mod evidence;
mod gaps;

pub use actions::{
    Action, ActionEvent, ActionFilter, NewAction, NewStep, action, actions_of, add, edit, events, move_to, owners_of, progress, write_rule,
};
pub use benchmarks::{
    Benchmark, Chosen, LibraryRow, NewBenchmark, benchmark, change, choose, chosen, drop_choice, enter, levels, library, primary, used_by_others,
};
pub use causes::{Cause, NewCause, Target, cause, causes_of, remove_target, save_cause, set_target, targets_of};
pub use due::{DueFilter, DueRow, Show, due, figures, remind};
pub use evidence::{NewProof, Proof, judge, offer, proof, proofs_of, take_back};
pub use gaps::{Compared, Measured, compared, current_framework, measured, published};

use crate::benchmarking::policy::EditPermit;
use crate::benchmarking::rules::PilotState;
use crate::benchmarking::store::{Pilot, locked};
use crate::db::Tx;
use crate::error::AppError;

/// Locks the firm of a permit for a change: only a firm that takes part in the programme has something to change.
async fn opened(tx: &mut Tx, permit: &EditPermit) -> Result<Pilot, AppError> {
    let pilot = locked(tx, permit.pilot()).await?;
    if pilot.state() == PilotState::Chosen {
        Ok(pilot)
    } else {
        Err(AppError::refused("improvement-not-running"))
    }
}

/// What somebody else saved in between is not overwritten.
fn conflict() -> AppError {
    AppError::refused("improvement-conflict")
}

/// One row was changed, or it was no longer the one that the form showed.
fn one_changed(rows: u64) -> Result<(), AppError> {
    if rows == 1 { Ok(()) } else { Err(conflict()) }
}
