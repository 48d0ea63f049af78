//! Rows of verification: what the verifier sees side by side, verdicts, site visits, closing.

mod agreement;
mod chain;
mod closing;
mod desk;
mod sheet;
mod verdicts;
mod visits;

pub use agreement::{AgreementRound, Compared, compared, rounds};
pub use chain::{Chain, Deed, Gap, chain};
pub use closing::{close, reopen};
pub use desk::{Assigned, Turn, assigned};
pub use sheet::{Comment, Evidence, OwnAnswer, Sheet, Verdict, VerdictEvent, Visit, VisitEvent, sheet, verdict_history, visit_history};
pub use verdicts::{Given, Outcome, Refusal, give};
pub use visits::{NewVisit, add, correct};

use crate::benchmarking::store::{self, Assessment, AssessmentState};
use crate::db::Tx;
use crate::error::AppError;
use crate::ids::{AssessmentId, PilotId};

/// Locks the pilot and reads an assessment of it that is being verified: handed in, and its round open.
///
/// # Errors
/// [`AppError::NotFound`] for another firm's assessment; a refusal that says why while it is not being verified.
async fn under_verification(tx: &mut Tx, pilot: PilotId, id: AssessmentId) -> Result<Assessment, AppError> {
    store::locked(tx, pilot).await?;
    let assessment = store::assessment(&mut *tx, id).await?;
    if assessment.pilot_id != pilot {
        return Err(AppError::NotFound);
    }
    if !store::round(&mut *tx, assessment.round_id).await?.is_open() {
        return Err(AppError::refused("verification-round-closed"));
    }
    match assessment.state() {
        AssessmentState::Submitted => Ok(assessment),
        AssessmentState::Verified => Err(AppError::refused("verification-already-closed")),
        AssessmentState::Draft | AssessmentState::Returned => Err(AppError::refused("verification-with-the-firm")),
    }
}
