//! Whose calendar somebody may read and hand on. One's own is one's own; that of a class is made and revoked by those who
//! look after it, and shown to those who have a seat in it.

use crate::accounts::Actor;
use crate::classes::{Class, ClassState};
use crate::ids::{ClassId, PersonId, Region};

/// Whose lessons a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Person(PersonId),
    Class(ClassId),
}

/// Leave to see a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    whose: Whose,
}

impl LinkView {
    pub fn whose(&self) -> Whose {
        self.whose
    }
}

/// Leave to make a link, to put a new one in its place, and to revoke it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPermit {
    whose: Whose,
    region: Region,
    by: PersonId,
}

impl LinkPermit {
    pub fn whose(&self) -> Whose {
        self.whose
    }

    pub fn region(&self) -> &Region {
        &self.region
    }

    pub fn by(&self) -> PersonId {
        self.by
    }

    pub fn view(&self) -> LinkView {
        LinkView { whose: self.whose }
    }
}

/// Everybody has a calendar of their own.
pub fn own(actor: &Actor) -> LinkPermit {
    LinkPermit {
        whose: Whose::Person(actor.person),
        region: actor.region.clone(),
        by: actor.person,
    }
}

/// Those who coordinate or look after a class that is known to others.
pub fn can_manage(actor: &Actor, class: &Class) -> Option<LinkPermit> {
    let may = class.state != ClassState::Draft && (actor.coordinates(&class.region) || actor.teaches(class.id));
    may.then(|| LinkPermit {
        whose: Whose::Class(class.id),
        region: class.region.clone(),
        by: actor.person,
    })
}

/// Those who may make it, and those who have a seat.
pub fn can_read(actor: &Actor, class: &Class, has_seat: bool) -> Option<LinkView> {
    let may = class.state != ClassState::Draft && (has_seat || can_manage(actor, class).is_some());
    may.then_some(LinkView {
        whose: Whose::Class(class.id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::ids::FirmId;
    use crate::testing::{XINAN, YIYANG, class, somebody};
    use uuid::Uuid;

    /// Role × (make or revoke, read) × own or other, then what a seat adds.
    #[test]
    fn who_may_make_and_read_the_link_of_a_class() {
        let own_class = ClassId(Uuid::from_u128(1));
        let table = [
            ("city", vec![Grant::City], [true, true, true, true]),
            ("county", vec![Grant::County(Region::from(XINAN))], [true, true, false, false]),
            ("class staff", vec![Grant::Teacher(vec![own_class])], [true, true, true, true]),
            ("other staff", vec![Grant::Teacher(vec![ClassId(Uuid::from_u128(7))])], [false; 4]),
            ("firm", vec![Grant::Firm(FirmId(Uuid::nil()))], [false; 4]),
            ("verifier", vec![Grant::Verifier], [false; 4]),
            ("entrepreneur", vec![], [false; 4]),
        ];
        for (role, grants, expected) in table {
            let actor = somebody(grants);
            let (own, other) = (class(XINAN, ClassState::Running), class(YIYANG, ClassState::Running));
            let found = [
                can_manage(&actor, &own).is_some(),
                can_read(&actor, &own, false).is_some(),
                can_manage(&actor, &other).is_some(),
                can_read(&actor, &other, false).is_some(),
            ];
            assert_eq!(found, expected, "{role}");
            assert!(can_read(&actor, &other, true).is_some(), "{role} with a seat");
            let draft = class(XINAN, ClassState::Draft);
            assert!(
                can_manage(&actor, &draft).is_none() && can_read(&actor, &draft, true).is_none(),
                "{role}, draft"
            );
        }
    }

    #[test]
    fn everybody_has_their_own() {
        let actor = somebody(Vec::new());
        assert_eq!(own(&actor).whose(), Whose::Person(actor.person));
    }
}
