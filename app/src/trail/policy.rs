//! Who looks things up in the trail. The city everything; a county coordinator what happened in the county, with phone
//! numbers and network addresses hidden; nobody else anything.

use crate::accounts::Actor;
use crate::accounts::policy::Reach;
use crate::ids::PersonId;

/// The entries that an actor may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailScope {
    reach: Reach,
    by: PersonId,
}

impl TrailScope {
    pub(super) fn reach(&self) -> &Reach {
        &self.reach
    }

    pub(super) fn by(&self) -> PersonId {
        self.by
    }

    /// Whether phone numbers and network addresses are shown as they are.
    pub fn sees_all(&self) -> bool {
        self.reach == Reach::City
    }
}

/// The city all, coordinators their counties'.
pub fn visible_to(actor: &Actor) -> Option<TrailScope> {
    actor.is_coordinator().then(|| TrailScope {
        reach: actor.coordinated(),
        by: actor.person,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::ids::{FirmId, Region};
    use crate::testing::{XINAN, YIYANG, somebody};
    use uuid::Uuid;

    /// Role × (reads own county's, another's, the city's own, numbers in full).
    #[test]
    fn who_reads_what() {
        let table = [
            ("city", vec![Grant::City], [true, true, true, true]),
            ("county", vec![Grant::County(Region::from(XINAN))], [true, false, false, false]),
            ("teacher", vec![Grant::Teacher(Vec::new())], [false; 4]),
            ("firm", vec![Grant::Firm(FirmId(Uuid::nil()))], [false; 4]),
            ("verifier", vec![Grant::Verifier], [false; 4]),
            ("entrepreneur", vec![], [false; 4]),
        ];
        for (role, grants, expected) in table {
            let actor = somebody(grants);
            let scope = visible_to(&actor);
            let covers = |region: &str| scope.as_ref().is_some_and(|scope| scope.reach().covers(&Region::from(region)));
            let found = [
                covers(XINAN),
                covers(YIYANG),
                covers(Region::CITY),
                scope.as_ref().is_some_and(TrailScope::sees_all),
            ];
            assert_eq!(found, expected, "{role}");
        }
    }
}
