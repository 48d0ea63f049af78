//! Who is handed a person's data, and who erases them: the person the first, the city both.

use crate::accounts::Actor;
use crate::ids::{PersonId, Region};
use crate::people::policy::Subject;

/// Leave to be handed everything about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverPermit {
    person: PersonId,
    region: Region,
    by: PersonId,
}

impl HandOverPermit {
    pub fn person(&self) -> PersonId {
        self.person
    }

    pub fn region(&self) -> &Region {
        &self.region
    }

    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// Leave to erase one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasePermit {
    person: PersonId,
    region: Region,
    by: PersonId,
}

impl ErasePermit {
    pub fn person(&self) -> PersonId {
        self.person
    }

    pub fn region(&self) -> &Region {
        &self.region
    }

    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// Everybody is handed their own.
pub fn own(actor: &Actor) -> HandOverPermit {
    HandOverPermit {
        person: actor.person,
        region: actor.region.clone(),
        by: actor.person,
    }
}

/// The city, for somebody who asked.
pub fn can_hand_over(actor: &Actor, subject: &Subject) -> Option<HandOverPermit> {
    actor.is_city().then(|| HandOverPermit {
        person: subject.person,
        region: subject.region.clone(),
        by: actor.person,
    })
}

/// The city, but nobody themself: another looks before it is done.
pub fn can_erase(actor: &Actor, subject: &Subject) -> Option<ErasePermit> {
    (actor.is_city() && actor.person != subject.person).then(|| ErasePermit {
        person: subject.person,
        region: subject.region.clone(),
        by: actor.person,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::ids::FirmId;
    use crate::testing::{XINAN, somebody};
    use uuid::Uuid;

    /// Role × (handed another's, erases another, erases oneself).
    #[test]
    fn who_is_handed_and_who_erases() {
        let table = [
            ("city", vec![Grant::City], [true, true, false]),
            ("own county", vec![Grant::County(Region::from(XINAN))], [false; 3]),
            ("teacher", vec![Grant::Teacher(Vec::new())], [false; 3]),
            ("firm", vec![Grant::Firm(FirmId(Uuid::nil()))], [false; 3]),
            ("verifier", vec![Grant::Verifier], [false; 3]),
            ("entrepreneur", vec![], [false; 3]),
        ];
        for (role, grants, expected) in table {
            let actor = somebody(grants);
            let subject = |id| Subject {
                person: PersonId(Uuid::from_u128(id)),
                region: Region::from(XINAN),
                grants: Vec::new(),
                entrusted: Vec::new(),
            };
            let found = [
                can_hand_over(&actor, &subject(2)).is_some(),
                can_erase(&actor, &subject(2)).is_some(),
                can_erase(&actor, &subject(1)).is_some(),
            ];
            assert_eq!(found, expected, "{role}");
            assert_eq!(own(&actor).person(), actor.person, "{role} is handed their own");
        }
    }
}
