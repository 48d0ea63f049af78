//! Who keeps the library of benchmarks. Everything else of this room is done under the permits of [`crate::benchmarking::policy`].

use crate::accounts::Actor;
use crate::benchmarking::policy::EditPermit;
use crate::ids::{PersonId, PilotId};

/// Leave to enter benchmarks and to change those that are one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LibraryPermit {
    by: PersonId,
    /// The firm for which it is done; none when the city does it.
    pilot: Option<PilotId>,
}

impl LibraryPermit {
    pub fn by(&self) -> PersonId {
        self.by
    }

    pub fn pilot(&self) -> Option<PilotId> {
        self.pilot
    }

    /// Whether a benchmark entered by `created_for` may be changed: the city changes any, a firm its own as long as no
    /// other measures itself by it. Others' benchmarks are chosen, not changed.
    pub fn covers(&self, created_for: Option<PilotId>, used_by_others: bool) -> bool {
        match self.pilot {
            None => true,
            Some(own) => created_for == Some(own) && !used_by_others,
        }
    }
}

/// A firm's contact enters benchmarks for the firm.
pub fn of_contact(permit: &EditPermit) -> LibraryPermit {
    LibraryPermit {
        by: permit.by(),
        pilot: Some(permit.pilot()),
    }
}

/// The city keeps the whole library.
pub fn of_city(actor: &Actor) -> Option<LibraryPermit> {
    actor.is_city().then_some(LibraryPermit {
        by: actor.person,
        pilot: None,
    })
}
