//! Who may do what with a pilot firm. Source: benchmarking.md, *Who does what*.
//!
//! A [`Standing`] is what somebody is to one pilot firm; whoever has none knows nothing of it, not even that it is there.
//! Each permit is for that one firm, and only a standing makes it.

use super::store::Pilot;
use crate::accounts::policy::Reach;
use crate::accounts::{Actor, Grant};
use crate::ids::{FirmId, PersonId, PilotId, Region};

/// What an actor is to one pilot firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // one person may be all four
pub struct Standing {
    by: PersonId,
    pilot: PilotId,
    is_contact: bool,
    is_county: bool,
    is_city: bool,
    is_verifier: bool,
}

macro_rules! permits {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            by: PersonId,
            pilot: PilotId,
        }

        impl $name {
            pub fn by(&self) -> PersonId {
                self.by
            }

            pub fn pilot(&self) -> PilotId {
                self.pilot
            }
        }
    )+};
}

permits! {
    /// Leave to see the firm's answers, scores, actions and gates.
    ViewPermit,
    /// Leave of the firm's contact: answers, evidence, benchmark, causes, targets, actions, submitting, applying for a gate.
    EditPermit,
    /// Leave to first-check (初审): comment, return, decide on N/A, forward an application.
    CheckPermit,
    /// Leave to accept or refuse evidence: those who check, and the assigned verifier.
    JudgePermit,
    /// Leave of the assigned verifier: verified levels, site visits.
    VerifyPermit,
    /// Leave of the city to decide at the gate (终审).
    DecidePermit,
}

/// Leave of the city over the programme itself: frameworks, cohorts, choosing, rounds, assigning verifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgrammePermit {
    by: PersonId,
}

impl ProgrammePermit {
    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// Leave to nominate firms of one county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NominatePermit {
    by: PersonId,
    region: Region,
}

impl NominatePermit {
    pub fn by(&self) -> PersonId {
        self.by
    }

    pub fn region(&self) -> &Region {
        &self.region
    }
}

/// The pilot firms that an actor may see in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PilotScope {
    reach: Reach,
    firms: Vec<FirmId>,
    verifier: Option<PersonId>,
}

impl PilotScope {
    /// The counties whose firms are covered.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Firms whose contact the actor is.
    pub fn firms(&self) -> &[FirmId] {
        &self.firms
    }

    /// Firms assigned to this verifier are covered too.
    pub fn verifier(&self) -> Option<PersonId> {
        self.verifier
    }
}

/// What an actor is to a pilot firm; `is_assigned` says whether they are its assigned verifier.
pub fn standing(actor: &Actor, pilot: &Pilot, is_assigned: bool) -> Option<Standing> {
    let standing = Standing {
        by: actor.person,
        pilot: pilot.id,
        is_contact: actor.grants.contains(&Grant::Firm(pilot.firm_id)),
        is_county: actor.grants.contains(&Grant::County(pilot.region.clone())),
        is_city: actor.is_city(),
        is_verifier: is_assigned && actor.grants.contains(&Grant::Verifier),
    };
    let is_anything = standing.is_contact || standing.is_county || standing.is_city || standing.is_verifier;
    is_anything.then_some(standing)
}

impl Standing {
    pub fn is_contact(&self) -> bool {
        self.is_contact
    }

    pub fn is_county(&self) -> bool {
        self.is_county
    }

    pub fn is_city(&self) -> bool {
        self.is_city
    }

    pub fn is_verifier(&self) -> bool {
        self.is_verifier
    }

    /// Whoever stands in any relation sees the firm's figures.
    pub fn view(&self) -> ViewPermit {
        ViewPermit {
            by: self.by,
            pilot: self.pilot,
        }
    }

    pub fn can_edit(&self) -> Option<EditPermit> {
        self.is_contact.then_some(EditPermit {
            by: self.by,
            pilot: self.pilot,
        })
    }

    pub fn can_check(&self) -> Option<CheckPermit> {
        (self.is_county || self.is_city).then_some(CheckPermit {
            by: self.by,
            pilot: self.pilot,
        })
    }

    pub fn can_judge(&self) -> Option<JudgePermit> {
        (self.is_county || self.is_city || self.is_verifier).then_some(JudgePermit {
            by: self.by,
            pilot: self.pilot,
        })
    }

    pub fn can_verify(&self) -> Option<VerifyPermit> {
        self.is_verifier.then_some(VerifyPermit {
            by: self.by,
            pilot: self.pilot,
        })
    }

    pub fn can_decide(&self) -> Option<DecidePermit> {
        self.is_city.then_some(DecidePermit {
            by: self.by,
            pilot: self.pilot,
        })
    }
}

/// The city runs the programme.
pub fn can_run(actor: &Actor) -> Option<ProgrammePermit> {
    actor.is_city().then_some(ProgrammePermit { by: actor.person })
}

/// A coordinator nominates firms of the own county, the city those of any.
pub fn can_nominate(actor: &Actor, region: &Region) -> Option<NominatePermit> {
    actor.coordinates(region).then(|| NominatePermit {
        by: actor.person,
        region: region.clone(),
    })
}

/// The nominations that a coordinator sees at the desk: those of the own counties, whatever else the actor may be.
pub fn coordinated_by(actor: &Actor) -> Option<PilotScope> {
    actor.is_coordinator().then(|| PilotScope {
        reach: actor.coordinated(),
        firms: Vec::new(),
        verifier: None,
    })
}

/// The pilot firms that an actor may see; none for those whom the programme does not concern.
pub fn visible_to(actor: &Actor) -> Option<PilotScope> {
    let firms: Vec<FirmId> = actor
        .grants
        .iter()
        .filter_map(|grant| match grant {
            Grant::Firm(firm) => Some(*firm),
            _ => None,
        })
        .collect();
    let verifier = actor.grants.contains(&Grant::Verifier).then_some(actor.person);
    let reach = actor.coordinated();
    let is_any = !reach.is_empty() || !firms.is_empty() || verifier.is_some();
    is_any.then_some(PilotScope { reach, firms, verifier })
}
