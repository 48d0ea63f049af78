//! Who takes which step at a gate. The firm's contact applies ([`EditPermit`]), the city decides ([`DecidePermit`]); the
//! first check is the county's alone, so that the city can't stand in for it and decide on its own word.

use crate::benchmarking::policy::{DecidePermit, EditPermit, Standing};
use crate::ids::{PersonId, PilotId};

/// Leave of the firm's county to check an application first (初审).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstCheckPermit {
    by: PersonId,
    pilot: PilotId,
}

impl FirstCheckPermit {
    pub fn by(&self) -> PersonId {
        self.by
    }

    pub fn pilot(&self) -> PilotId {
        self.pilot
    }
}

/// A coordinator of the firm's own county checks first.
pub fn can_check_first(standing: &Standing) -> Option<FirstCheckPermit> {
    let view = standing.view();
    standing.is_county().then(|| FirstCheckPermit {
        by: view.by(),
        pilot: view.pilot(),
    })
}

/// What somebody can do at one firm's gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hands {
    pub apply: Option<EditPermit>,
    pub check: Option<FirstCheckPermit>,
    pub decide: Option<DecidePermit>,
}

/// All that an actor's standing allows at a gate.
pub fn hands(standing: &Standing) -> Hands {
    Hands {
        apply: standing.can_edit(),
        check: can_check_first(standing),
        decide: standing.can_decide(),
    }
}
