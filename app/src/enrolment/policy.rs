//! Who may do what with enrolments.

use super::rules::Source;
use crate::accounts::{Actor, Grant};
use crate::classes::Class;
use crate::error::AppError;
use crate::ids::{ClassId, FirmId, PersonId};

/// Leave to put somebody onto a roster in one of the ways that there are.
#[derive(Debug, Clone)]
pub struct EnrolPermit {
    by: PersonId,
    source: Source,
    firm: Option<FirmId>,
    class: Option<ClassId>,
}

impl EnrolPermit {
    pub fn by(&self) -> PersonId {
        self.by
    }

    pub fn source(&self) -> Source {
        self.source
    }

    /// The firm whose held seat is to be used.
    pub fn firm(&self) -> Option<FirmId> {
        self.firm
    }

    /// Whether it is good for this person in this class: alone, one enrols nobody but oneself.
    pub fn covers(&self, class: ClassId, person: PersonId) -> bool {
        self.class.is_none_or(|own| own == class) && (self.source != Source::Own || self.by == person)
    }
}

/// Leave to see one class's roster.
#[derive(Debug, Clone, Copy)]
pub struct RosterScope {
    class: ClassId,
}

impl RosterScope {
    pub fn class(self) -> ClassId {
        self.class
    }
}

/// Leave to run one class's roster: add, decide, set priorities, withdraw.
#[derive(Debug, Clone, Copy)]
pub struct DeskPermit {
    by: PersonId,
    class: ClassId,
}

impl DeskPermit {
    pub fn by(self) -> PersonId {
        self.by
    }

    pub fn class(self) -> ClassId {
        self.class
    }

    pub fn scope(self) -> RosterScope {
        RosterScope { class: self.class }
    }

    /// Leave to add people to this class, by hand or from a file.
    pub fn enrolling(self, source: Source) -> EnrolPermit {
        EnrolPermit {
            by: self.by,
            source,
            firm: None,
            class: Some(self.class),
        }
    }
}

/// Leave to act for oneself.
#[derive(Debug, Clone, Copy)]
pub struct OwnPermit {
    person: PersonId,
}

impl OwnPermit {
    pub fn person(self) -> PersonId {
        self.person
    }
}

/// Leave to fill the seats that a firm holds.
#[derive(Debug, Clone, Copy)]
pub struct FirmPermit {
    by: PersonId,
    firm: FirmId,
}

impl FirmPermit {
    pub fn by(self) -> PersonId {
        self.by
    }

    pub fn firm(self) -> FirmId {
        self.firm
    }

    /// Leave to name an attendee for one of the firm's held seats.
    pub fn naming(self) -> EnrolPermit {
        EnrolPermit {
            by: self.by,
            source: Source::Firm,
            firm: Some(self.firm),
            class: None,
        }
    }
}

/// Everybody who is signed in may apply for a class and withdraw again.
pub fn can_act_for_self(actor: &Actor) -> OwnPermit {
    OwnPermit { person: actor.person }
}

/// Everybody who is signed in may apply for a class.
pub fn can_enrol_self(actor: &Actor) -> EnrolPermit {
    EnrolPermit {
        by: actor.person,
        source: Source::Own,
        firm: None,
        class: None,
    }
}

/// The coordinators of the class's county, the city, and the class's own staff see its roster.
pub fn can_see_roster(actor: &Actor, class: &Class) -> Option<RosterScope> {
    (actor.coordinates(&class.region) || actor.teaches(class.id)).then_some(RosterScope { class: class.id })
}

/// The coordinators of the class's county and the city run its roster.
pub fn can_run_roster(actor: &Actor, class: &Class) -> Option<DeskPermit> {
    actor.coordinates(&class.region).then_some(DeskPermit {
        by: actor.person,
        class: class.id,
    })
}

/// The contacts of a firm fill its seats.
pub fn can_fill_seats(actor: &Actor, firm: FirmId) -> Option<FirmPermit> {
    actor.grants.contains(&Grant::Firm(firm)).then_some(FirmPermit { by: actor.person, firm })
}

/// The firms whose seats somebody fills.
pub fn firms_of(actor: &Actor) -> Vec<FirmPermit> {
    let firms = actor.grants.iter().filter_map(|grant| match grant {
        Grant::Firm(firm) => Some(*firm),
        _ => None,
    });
    firms.map(|firm| FirmPermit { by: actor.person, firm }).collect()
}

/// Adding somebody at the door of a lesson; attendance asks who may.
pub(super) fn at_the_door(by: PersonId, class: ClassId) -> EnrolPermit {
    EnrolPermit {
        by,
        source: Source::WalkIn,
        firm: None,
        class: Some(class),
    }
}

/// The roster's scope, or a page that does not exist.
pub fn seeing(actor: &Actor, class: &Class) -> Result<RosterScope, AppError> {
    can_see_roster(actor, class).ok_or(AppError::NotFound)
}

/// Leave to run the roster; whoever may only see it is told that they may not.
pub fn running(actor: &Actor, class: &Class) -> Result<DeskPermit, AppError> {
    seeing(actor, class)?;
    can_run_roster(actor, class).ok_or(AppError::Forbidden)
}
