//! Rows that several rooms of this slice read: pilot firms, rounds and assessments, and the levels that scores are made of.

mod of_firm;
mod pilots;
mod rounds;
pub mod scores;

pub use of_firm::{FirmPilot, of_firm};
pub use pilots::{PILOT, Pilot, PilotEvent, history, locked, pilot, record, record_of, seen, within};
pub use rounds::{
    Assessment, AssessmentState, Round, assessment, assessment_in, assessments_of, assessments_of_many, baseline, framework, newest_verified,
    open_round, round, rounds_of, verified_in, verified_of,
};
pub use scores::ThreeLevels;
