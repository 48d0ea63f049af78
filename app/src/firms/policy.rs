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

/// Leave to bring a list of firms of these counties in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPermit {
    by: PersonId,
    reach: Reach,
}

impl ImportPermit {
    pub(super) fn by(&self) -> PersonId {
        self.by
    }

    pub(super) fn covers(&self, region: &Region) -> bool {
        self.reach.covers(region)
    }

    /// The county of a row that names none: that of a coordinator of one county.
    pub(super) fn default_region(&self) -> Option<&Region> {
        match &self.reach {
            Reach::Counties(own) => own.first().filter(|_| own.len() == 1),
            Reach::City => None,
        }
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

/// Coordinators bring in lists of the firms of their counties, the city of all.
pub fn can_import(actor: &Actor) -> Option<ImportPermit> {
    actor.is_coordinator().then(|| ImportPermit {
        by: actor.person,
        reach: actor.coordinated(),
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{XINAN, YIYANG, somebody};
    use uuid::Uuid;

    fn actor(grants: Vec<Grant>) -> Actor {
        Actor {
            firm: Some(own_firm()),
            ..somebody(grants)
        }
    }

    fn own_firm() -> FirmId {
        FirmId(Uuid::from_u128(10))
    }

    fn other_firm() -> FirmId {
        FirmId(Uuid::from_u128(11))
    }

    /// Every role of the brief; the coordinator is of 新安, the contact of the first firm.
    fn roles() -> Vec<(&'static str, Actor)> {
        vec![
            ("city", actor(vec![Grant::City])),
            ("county", actor(vec![Grant::County(Region::from(XINAN))])),
            ("contact", actor(vec![Grant::Firm(own_firm())])),
            ("teacher", actor(vec![Grant::Teacher(Vec::new())])),
            ("verifier", actor(vec![Grant::Verifier])),
            ("entrepreneur", actor(Vec::new())),
        ]
    }

    /// Who may do an action to the firm of the own county that the contact is of, and to another county's.
    fn table(may: impl Fn(&Actor, FirmId, &Region) -> bool) -> Vec<(&'static str, bool, bool)> {
        let own = (own_firm(), Region::from(XINAN));
        let other = (other_firm(), Region::from(YIYANG));
        roles()
            .into_iter()
            .map(|(role, actor)| (role, may(&actor, own.0, &own.1), may(&actor, other.0, &other.1)))
            .collect()
    }

    const DESK: [(&str, bool, bool); 6] = [
        ("city", true, true),
        ("county", true, false),
        ("contact", false, false),
        ("teacher", false, false),
        ("verifier", false, false),
        ("entrepreneur", false, false),
    ];

    #[test]
    fn the_desk_keeps_firms_and_a_contact_the_own_profile() {
        assert_eq!(table(|actor, _, region| can_keep(actor, region).is_some()), DESK);
        let seen = |actor: &Actor, region: &Region| visible_to(actor).is_some_and(|scope| scope.reach().covers(region));
        assert_eq!(table(|actor, _, region| seen(actor, region)), DESK);
        let imports = |actor: &Actor, region: &Region| can_import(actor).is_some_and(|permit| permit.covers(region));
        assert_eq!(table(|actor, _, region| imports(actor, region)), DESK);
        let mut with_contact = DESK;
        with_contact[2] = ("contact", true, false);
        assert_eq!(table(|actor, firm, region| can_keep_profile(actor, firm, region).is_some()), with_contact);
        let own = table(|actor, firm, _| own_firms(actor).iter().any(|permit| permit.firm() == firm));
        assert!(own.iter().all(|(role, own, other)| *own == (*role == "contact") && !other));
    }

    #[test]
    fn only_one_countys_coordinator_has_a_county_by_default() {
        let of = |grants: Vec<Grant>| can_import(&actor(grants)).and_then(|permit| permit.default_region().cloned());
        let county = |region: &str| Grant::County(Region::from(region));
        assert_eq!(of(vec![county(XINAN)]), Some(Region::from(XINAN)));
        assert_eq!(of(vec![county(XINAN), county(YIYANG)]), None);
        assert_eq!(of(vec![Grant::City]), None);
    }
}
