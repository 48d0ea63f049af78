//! What can happen at a gate (关口), and in which order. Source: benchmarking.md, *Stage gates*.
//!
//! [`step`] is the only way from one place to the next: whatever a request asks for goes through it, with the number of
//! conditions that fail at that moment.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::benchmarking::rules::gates::Condition;
use crate::benchmarking::rules::{AtGate, PilotState, Stage};

/// The longest reason or opinion, in characters.
pub const LONGEST_REASON: usize = 1000;
/// The longest time that conditions may be given, in days: half a year, so that an open condition is not forgotten.
pub const LONGEST_CONDITION_DAYS: u64 = 184;

/// Where a firm stands between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub state: PilotState,
    pub stage: Option<Stage>,
    pub gate: AtGate,
    /// The gate that was passed on conditions which are still open.
    pub condition: Option<Stage>,
}

/// What somebody, or the calendar, wants to do at a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The firm applies: every condition holds.
    Apply,
    /// The county has checked and sends the application on to the city.
    Forward,
    /// The county gives the application back.
    ReturnToFirm,
    /// The city lets the firm into the next stage: every condition holds.
    Pass,
    /// The city lets the firm go on; what fails now must hold by a date.
    PassOnConditions,
    /// The city gives the application back.
    ReturnByCity,
    /// The city ends the firm's part in the programme.
    Terminate,
    /// What was open holds now.
    Settle,
    /// The date is over and something is still open: back to the gate's stage.
    ComeBack,
}

impl Act {
    pub const ALL: [Self; 9] = [
        Self::Apply,
        Self::Forward,
        Self::ReturnToFirm,
        Self::Pass,
        Self::PassOnConditions,
        Self::ReturnByCity,
        Self::Terminate,
        Self::Settle,
        Self::ComeBack,
    ];

    /// Who took the step, and what came of it, as the words of the record.
    pub fn recorded(self) -> (Step, Verdict) {
        match self {
            Self::Apply => (Step::Applied, Verdict::Applied),
            Self::Forward => (Step::County, Verdict::Forwarded),
            Self::ReturnToFirm => (Step::County, Verdict::Returned),
            Self::Pass => (Step::City, Verdict::Passed),
            Self::PassOnConditions => (Step::City, Verdict::Conditional),
            Self::ReturnByCity => (Step::City, Verdict::Returned),
            Self::Terminate => (Step::City, Verdict::Terminated),
            Self::Settle => (Step::Due, Verdict::Met),
            Self::ComeBack => (Step::Due, Verdict::CameBack),
        }
    }
}

/// A step that somebody asks for, and the page that it was asked from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The stage that the page spoke of.
    pub stage: Stage,
    /// The edition of the firm's row that the page showed.
    pub version: i64,
    pub act: Act,
    /// The reason or opinion; an application may come without.
    pub why: String,
    /// The last day on which what fails may still be met, for a pass on conditions.
    pub due_on: Option<NaiveDate>,
}

crate::words! {
    /// Whose step a line of the record is.
    pub enum Step { Applied = "applied", County = "county", City = "city", Due = "due" }
}

crate::words! {
    /// What came of a step.
    pub enum Verdict {
        Applied = "applied",
        Forwarded = "forwarded",
        Returned = "returned",
        Passed = "passed",
        Conditional = "conditional",
        Met = "met",
        CameBack = "came_back",
        Terminated = "terminated",
    }
}

/// Why a step is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The firm is not working in the programme: not chosen, or at its end.
    NotRunning,
    /// The request is about another stage than the firm's.
    OtherStage,
    /// The application lies elsewhere than the step needs: not with the firm, not with the county, not with the city.
    NotHere(AtGate),
    /// An earlier gate was passed on conditions which are still open.
    ConditionOpen,
    /// So many conditions fail.
    Unmet(usize),
    /// Nothing fails, so there is nothing to set a date for.
    NothingOpen,
}

/// The place after a step, or why it can't be taken. `stage` is the stage that the request speaks of, `unmet` how many of
/// the conditions fail at this moment: those of the stage's gate, or for [`Act::Settle`] those that were left open.
pub fn step(place: Place, stage: Stage, act: Act, unmet: usize) -> Result<Place, Fault> {
    if place.state != PilotState::Chosen {
        return Err(Fault::NotRunning);
    }
    if matches!(act, Act::Settle | Act::ComeBack) {
        return settle(place, stage, act, unmet);
    }
    if place.stage != Some(stage) {
        return Err(Fault::OtherStage);
    }
    let needed = match act {
        Act::Apply => AtGate::Open,
        Act::Forward | Act::ReturnToFirm => AtGate::County,
        _ => AtGate::City,
    };
    if place.gate != needed {
        return Err(Fault::NotHere(needed));
    }
    if place.condition.is_some() {
        return Err(Fault::ConditionOpen);
    }
    let there = |gate| Place { gate, ..place };
    match act {
        Act::Apply | Act::Pass if unmet > 0 => Err(Fault::Unmet(unmet)),
        Act::PassOnConditions if unmet == 0 => Err(Fault::NothingOpen),
        Act::Apply => Ok(there(AtGate::County)),
        Act::Forward => Ok(there(AtGate::City)),
        Act::Pass => Ok(beyond(there(AtGate::Open), stage)),
        // The last gate has no stage behind it: the firm stays until the conditions hold, and is finished then.
        Act::PassOnConditions => Ok(Place {
            stage: Some(stage.next().unwrap_or(stage)),
            condition: Some(stage),
            ..there(AtGate::Open)
        }),
        Act::Terminate => Ok(Place {
            state: PilotState::Terminated,
            ..there(AtGate::Open)
        }),
        Act::ReturnToFirm | Act::ReturnByCity | Act::Settle | Act::ComeBack => Ok(there(AtGate::Open)),
    }
}

/// The end of an open condition: met, or back to the stage of its gate.
fn settle(place: Place, stage: Stage, act: Act, unmet: usize) -> Result<Place, Fault> {
    if place.condition != Some(stage) {
        return Err(Fault::OtherStage);
    }
    let closed = Place {
        condition: None,
        gate: AtGate::Open,
        ..place
    };
    match act {
        Act::Settle if unmet > 0 => Err(Fault::Unmet(unmet)),
        Act::ComeBack if unmet == 0 => Err(Fault::NothingOpen),
        Act::ComeBack => Ok(Place {
            stage: Some(stage),
            ..closed
        }),
        _ if stage.next().is_none() => Ok(beyond(closed, stage)),
        _ => Ok(closed),
    }
}

/// The place behind a gate that is passed for good.
fn beyond(place: Place, stage: Stage) -> Place {
    match stage.next() {
        Some(next) => Place { stage: Some(next), ..place },
        None => Place {
            state: PilotState::Completed,
            ..place
        },
    }
}

/// Whether a day can be set by which conditions must hold: tomorrow at the earliest.
pub fn can_be_due(today: NaiveDate, due: NaiveDate) -> bool {
    let latest = today.checked_add_days(Days::new(LONGEST_CONDITION_DAYS));
    due > today && latest.is_some_and(|latest| due <= latest)
}

/// Whether the day on which conditions must hold is over: the day itself still counts.
pub fn is_over(today: NaiveDate, due: NaiveDate) -> bool {
    today > due
}

/// Every condition of a gate as it is, or as it was when somebody took a step; exact, and kept so in the record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    pub conditions: Vec<Condition>,
}

impl Figures {
    pub fn held(&self) -> usize {
        self.conditions.iter().filter(|condition| condition.is_met).count()
    }

    pub fn unmet(&self) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().filter(|condition| !condition.is_met)
    }

    /// How many conditions fail. A gate without any condition can't be passed.
    pub fn failing(&self) -> usize {
        if self.conditions.is_empty() { 1 } else { self.unmet().count() }
    }

    /// The figures of now for those conditions that failed then; what others say does not matter any more.
    #[must_use]
    pub fn left_open_by(&self, then: &Self) -> Self {
        let was_open = |condition: &&Condition| then.unmet().any(|open| open.kind == condition.kind);
        Self {
            conditions: self.conditions.iter().filter(was_open).cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarking::rules::gates::{Figure, Kind};
    use proptest::prelude::*;

    fn at(stage: Stage, gate: AtGate) -> Place {
        Place {
            state: PilotState::Chosen,
            stage: Some(stage),
            gate,
            condition: None,
        }
    }

    /// What every act does with an application that lies with the firm, the county and the city, all conditions met.
    #[test]
    fn each_step_has_its_place() {
        use AtGate::{City, County, Open};
        let table = [
            (
                Act::Apply,
                [Ok((Stage::Seek, County)), Err(Fault::NotHere(Open)), Err(Fault::NotHere(Open))],
            ),
            (
                Act::Forward,
                [Err(Fault::NotHere(County)), Ok((Stage::Seek, City)), Err(Fault::NotHere(County))],
            ),
            (
                Act::ReturnToFirm,
                [Err(Fault::NotHere(County)), Ok((Stage::Seek, Open)), Err(Fault::NotHere(County))],
            ),
            (
                Act::Pass,
                [Err(Fault::NotHere(City)), Err(Fault::NotHere(City)), Ok((Stage::Compare, Open))],
            ),
            (
                Act::PassOnConditions,
                [Err(Fault::NotHere(City)), Err(Fault::NotHere(City)), Err(Fault::NothingOpen)],
            ),
            (
                Act::ReturnByCity,
                [Err(Fault::NotHere(City)), Err(Fault::NotHere(City)), Ok((Stage::Seek, Open))],
            ),
            (
                Act::Terminate,
                [Err(Fault::NotHere(City)), Err(Fault::NotHere(City)), Ok((Stage::Seek, Open))],
            ),
            (Act::Settle, [Err(Fault::OtherStage); 3]),
            (Act::ComeBack, [Err(Fault::OtherStage); 3]),
        ];
        assert_eq!(table.len(), Act::ALL.len());
        for (act, outcomes) in table {
            for (gate, expected) in [Open, County, City].into_iter().zip(outcomes) {
                let reached = step(at(Stage::Seek, gate), Stage::Seek, act, 0);
                let expected = expected.map(|(stage, gate)| (Some(stage), gate));
                assert_eq!(reached.map(|place| (place.stage, place.gate)), expected, "{act:?} at {gate:?}");
            }
        }
    }

    #[test]
    fn what_fails_stops_the_firm_and_the_city_alike() {
        assert_eq!(step(at(Stage::Seek, AtGate::Open), Stage::Seek, Act::Apply, 2), Err(Fault::Unmet(2)));
        assert_eq!(step(at(Stage::Seek, AtGate::City), Stage::Seek, Act::Pass, 1), Err(Fault::Unmet(1)));
        assert!(step(at(Stage::Seek, AtGate::County), Stage::Seek, Act::Forward, 1).is_ok());
    }

    #[test]
    fn nobody_works_at_another_stages_gate() {
        for act in Act::ALL {
            for gate in [AtGate::Open, AtGate::County, AtGate::City] {
                assert_eq!(step(at(Stage::Seek, gate), Stage::Uplift, act, 0), Err(Fault::OtherStage));
            }
        }
    }

    #[test]
    fn who_is_not_working_takes_no_step() {
        for state in PilotState::ALL.into_iter().filter(|state| *state != PilotState::Chosen) {
            for act in Act::ALL {
                let place = Place {
                    state,
                    condition: Some(Stage::Seek),
                    ..at(Stage::Seek, AtGate::City)
                };
                assert_eq!(step(place, Stage::Seek, act, 0), Err(Fault::NotRunning), "{state:?} {act:?}");
            }
        }
    }

    #[test]
    fn an_open_condition_stops_the_next_gate_until_it_holds_or_comes_back() {
        let went_on = step(at(Stage::Seek, AtGate::City), Stage::Seek, Act::PassOnConditions, 1).expect("passed on conditions");
        assert_eq!(
            (went_on.stage, went_on.gate, went_on.condition),
            (Some(Stage::Compare), AtGate::Open, Some(Stage::Seek))
        );
        assert_eq!(step(went_on, Stage::Compare, Act::Apply, 0), Err(Fault::ConditionOpen));
        assert_eq!(step(went_on, Stage::Seek, Act::Settle, 1), Err(Fault::Unmet(1)));
        let met = step(went_on, Stage::Seek, Act::Settle, 0).expect("met");
        assert_eq!(met, at(Stage::Compare, AtGate::Open));
        assert_eq!(step(went_on, Stage::Seek, Act::ComeBack, 0), Err(Fault::NothingOpen));
        let back = step(went_on, Stage::Seek, Act::ComeBack, 1).expect("back");
        assert_eq!(back, at(Stage::Seek, AtGate::Open));
    }

    #[test]
    fn the_last_gate_ends_it() {
        let done = step(at(Stage::Uplift, AtGate::City), Stage::Uplift, Act::Pass, 0).expect("passed");
        assert_eq!(done.state, PilotState::Completed);
        let waiting = step(at(Stage::Uplift, AtGate::City), Stage::Uplift, Act::PassOnConditions, 1).expect("on conditions");
        assert_eq!(
            (waiting.state, waiting.stage, waiting.condition),
            (PilotState::Chosen, Some(Stage::Uplift), Some(Stage::Uplift))
        );
        assert_eq!(step(waiting, Stage::Uplift, Act::Apply, 0), Err(Fault::ConditionOpen));
        let met = step(waiting, Stage::Uplift, Act::Settle, 0).expect("met");
        assert_eq!((met.state, met.condition), (PilotState::Completed, None));
        let ended = step(at(Stage::Seek, AtGate::City), Stage::Seek, Act::Terminate, 3).expect("ended");
        assert_eq!((ended.state, ended.stage), (PilotState::Terminated, Some(Stage::Seek)));
    }

    #[test]
    fn a_date_is_after_today_and_within_half_a_year() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let today = day("2026-11-03");
        assert!(!can_be_due(today, today));
        assert!(can_be_due(today, day("2026-11-04")));
        assert!(can_be_due(today, day("2027-05-06")));
        assert!(!can_be_due(today, day("2027-05-07")));
        assert!(!is_over(today, today), "the day itself still counts");
        assert!(is_over(day("2026-11-04"), today));
    }

    #[test]
    fn only_what_was_open_is_looked_at_again() {
        let condition = |kind, is_met| Condition {
            kind,
            is_met,
            have: Figure::Count(1),
            need: Figure::Count(2),
            lacking: Vec::new(),
        };
        let then = Figures {
            conditions: vec![condition(Kind::Profile, true), condition(Kind::Targets, false)],
        };
        let now = Figures {
            conditions: vec![condition(Kind::Profile, false), condition(Kind::Targets, true)],
        };
        assert_eq!(now.left_open_by(&then).conditions, [condition(Kind::Targets, true)]);
        assert_eq!((then.held(), then.failing()), (1, 1));
        assert_eq!(Figures::default().failing(), 1, "no condition is no open gate");
        let kept = serde_json::to_string(&then).expect("JSON");
        assert_eq!(serde_json::from_str::<Figures>(&kept).expect("read back"), then);
    }

    fn any_act() -> impl Strategy<Value = Act> {
        proptest::sample::select(Act::ALL.to_vec())
    }

    fn any_stage() -> impl Strategy<Value = Stage> {
        proptest::sample::select(Stage::ALL.to_vec())
    }

    proptest! {
        /// However the requests come: a firm is further only by the city's decision on its own stage after a county's check
        /// after an application that met every condition, never two stages at once, and never past an open condition.
        #[test]
        fn no_order_of_requests_skips_a_gate(requests in proptest::collection::vec((any_act(), any_stage(), 0_usize..3), 0..60)) {
            let mut place = at(Stage::Seek, AtGate::Open);
            let mut checked: Option<(Stage, bool)> = None;
            for (act, stage, unmet) in requests {
                let Ok(next) = step(place, stage, act, unmet) else { continue };
                let is_further = next.stage > place.stage || next.state == PilotState::Completed;
                if is_further && act != Act::Settle {
                    prop_assert!(matches!(act, Act::Pass | Act::PassOnConditions));
                    prop_assert_eq!(checked, place.stage.map(|stage| (stage, true)));
                    prop_assert!(place.condition.is_none());
                    prop_assert!(next.stage == place.stage || next.stage == place.stage.and_then(Stage::next));
                }
                if matches!(act, Act::Apply | Act::Pass | Act::Settle) {
                    prop_assert_eq!(unmet, 0);
                }
                checked = match act {
                    Act::Apply => Some((stage, false)),
                    Act::Forward => checked.map(|(stage, _)| (stage, true)),
                    _ => None,
                };
                prop_assert!(next.gate == AtGate::Open || next.condition.is_none());
                place = next;
            }
        }
    }
}
