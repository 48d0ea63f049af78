//! Who may see and change which firms.

use super::store::Firm;
use crate::accounts::policy::Reach;
use crate::accounts::{Actor, Grant};
use crate::ids::{FirmId, PersonId, Region};

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

/// Leave to keep the profile and the contacts of one firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfilePermit {
    by: PersonId,
    firm: FirmId,
}

impl ProfilePermit {
    pub fn by(&self) -> PersonId {
        self.by
    }

    pub fn firm(&self) -> FirmId {
        self.firm
    }
}

/// Leave to merge these two firms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergePermit {
    by: PersonId,
    survivor: FirmId,
    other: FirmId,
    reach: Reach,
}

impl MergePermit {
    pub(super) fn by(&self) -> PersonId {
        self.by
    }

    /// The firm that stays.
    pub fn survivor(&self) -> FirmId {
        self.survivor
    }

    /// The firm that goes.
    pub fn other(&self) -> FirmId {
        self.other
    }

    pub(super) fn covers(&self, region: &Region) -> bool {
        self.reach.covers(region)
    }
}

/// A firm's contacts keep its profile, and so do the coordinators of its county and the city.
pub fn can_keep_profile(actor: &Actor, firm: FirmId, region: &Region) -> Option<ProfilePermit> {
    let may = actor.coordinates(region) || actor.grants.contains(&Grant::Firm(firm));
    may.then_some(ProfilePermit { by: actor.person, firm })
}

/// The firms that somebody is a contact of.
pub fn own_firms(actor: &Actor) -> Vec<ProfilePermit> {
    let firms = actor.grants.iter().filter_map(|grant| match grant {
        Grant::Firm(firm) => Some(*firm),
        _ => None,
    });
    firms.map(|firm| ProfilePermit { by: actor.person, firm }).collect()
}

/// A coordinator merges firms of the own county, the city those of any.
pub fn can_merge(actor: &Actor, survivor: &Firm, other: &Firm) -> Option<MergePermit> {
    let may = survivor.id != other.id && actor.coordinates(&survivor.region) && actor.coordinates(&other.region);
    may.then(|| MergePermit {
        by: actor.person,
        survivor: survivor.id,
        other: other.id,
        reach: actor.coordinated(),
    })
}
