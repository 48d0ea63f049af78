//! Who may look into the outbox.

use crate::accounts::Actor;
use crate::ids::{PersonId, Region};

/// Leave to see what is on its way out and to send it again or discard it.
#[derive(Debug, Clone)]
pub struct OutboxPermit {
    by: PersonId,
    region: Region,
}

impl OutboxPermit {
    /// Who acts.
    pub fn by(&self) -> PersonId {
        self.by
    }

    pub fn region(&self) -> &Region {
        &self.region
    }
}

/// The city's administrators, nobody else: the outbox holds every county's people.
pub fn outbox(actor: &Actor) -> Option<OutboxPermit> {
    actor.is_city().then(|| OutboxPermit {
        by: actor.person,
        region: actor.region.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::ids::{ClassId, FirmId};
    use crate::testing::somebody;
    use uuid::Uuid;

    #[test]
    fn only_the_city_looks_into_the_outbox() {
        let roles = [
            (Grant::City, true),
            (Grant::County(Region::from("410323")), false),
            (Grant::Teacher(vec![ClassId(Uuid::nil())]), false),
            (Grant::Firm(FirmId(Uuid::nil())), false),
            (Grant::Verifier, false),
        ];
        for (grant, may) in roles {
            let actor = somebody(vec![grant.clone()]);
            assert_eq!(outbox(&actor).is_some(), may, "{grant:?}");
            let nobody = Actor { grants: Vec::new(), ..actor };
            assert!(outbox(&nobody).is_none());
        }
    }
}
