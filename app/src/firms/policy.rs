//! Who may see and change which firms.

use crate::accounts::Actor;
use crate::accounts::policy::Reach;
use crate::ids::{PersonId, Region};

/// The firms that an actor may look up at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmScope {
    reach: Reach,
}

impl FirmScope {
    pub(super) fn reach(&self) -> &Reach {
        &self.reach
    }
}

/// Leave to write firms of the counties that it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmPermit {
    by: PersonId,
    reach: Reach,
}

impl FirmPermit {
    pub(super) fn by(&self) -> PersonId {
        self.by
    }

    pub(super) fn covers(&self, region: &Region) -> bool {
        self.reach.covers(region)
    }
}

/// Coordinators look up the firms of their counties, the city all.
pub fn visible_to(actor: &Actor) -> Option<FirmScope> {
    actor.is_coordinator().then(|| FirmScope { reach: actor.coordinated() })
}

/// Coordinators keep the firms of their counties, the city all.
pub fn can_keep(actor: &Actor, region: &Region) -> Option<FirmPermit> {
    actor.coordinates(region).then(|| FirmPermit {
        by: actor.person,
        reach: actor.coordinated(),
    })
}
