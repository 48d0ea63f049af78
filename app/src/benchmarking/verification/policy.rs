//! Who reads verdicts, and when. Source: benchmarking.md, *Who does what*; writing needs the permits of the whole slice.

use crate::accounts::Actor;
use crate::benchmarking::policy::{PilotScope, Standing, visible_to};
use crate::benchmarking::store::AssessmentState;
use crate::ids::PersonId;

/// The firm sees verdicts and their reasons once the verification is closed, everybody else with a standing before.
pub fn reads_verdicts(standing: &Standing, state: AssessmentState) -> bool {
    state == AssessmentState::Verified || standing.is_verifier() || standing.is_county() || standing.is_city()
}

/// Leave to see what is assigned to oneself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnDesk {
    verifier: PersonId,
}

impl OwnDesk {
    pub(super) fn verifier(self) -> PersonId {
        self.verifier
    }
}

/// A verifier has a list of the firms assigned.
pub fn own_desk(actor: &Actor) -> Option<OwnDesk> {
    visible_to(actor)?.verifier().map(|verifier| OwnDesk { verifier })
}

/// The firms over which agreement is counted: all for the city, the county's own for its coordinators.
pub fn compares(actor: &Actor) -> Option<PilotScope> {
    visible_to(actor).filter(|_| actor.is_coordinator())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::benchmarking::store;
    use crate::benchmarking::testing::TestProgramme;
    use crate::db::testing::Engine;
    use crate::ids::Region;
    use crate::testing::{XINAN, YIYANG};

    /// role × (sees the firm, verifies, judges evidence, reopens, reads open verdicts, reads closed ones, has a list, compares)
    async fn roles_and_what_they_may(engine: Engine) {
        let programme = TestProgramme::new(engine).await;
        let own = programme.pilot("本县企业", XINAN).await;
        let other = programme.pilot("外县企业", YIYANG).await;
        let assigned = programme.verifier(&[own.id]).await;
        let unassigned = programme.verifier(&[other.id]).await;
        let mut former = programme.verifier(&[own.id]).await;
        former.grants.clear();
        let city = &programme.city;
        let both = city
            .actor("联络员兼外县", XINAN, vec![Grant::Firm(own.firm_id), Grant::County(Region::from(YIYANG))])
            .await;
        let (y, n) = (true, false);
        let table = [
            ("assigned verifier", assigned, [y, y, y, n, y, y, y, n]),
            ("unassigned verifier", unassigned, [n, n, n, n, n, n, y, n]),
            ("assigned, but no verifier any more", former, [n, n, n, n, n, n, n, n]),
            ("own contact", programme.contact(&own).await, [y, n, n, n, n, y, n, n]),
            ("other contact", programme.contact(&other).await, [n, n, n, n, n, n, n, n]),
            ("own contact, other county", both, [y, n, n, n, n, y, n, y]),
            ("own county", city.coordinator(XINAN).await, [y, n, y, n, y, y, n, y]),
            ("other county", city.coordinator(YIYANG).await, [n, n, n, n, n, n, n, y]),
            ("city", city.city_admin().await, [y, n, y, y, y, y, n, y]),
            ("entrepreneur", city.entrepreneur(XINAN).await, [n, n, n, n, n, n, n, n]),
        ];
        for (role, actor, expected) in table {
            let standing = store::seen(&city.app.db, &actor, own.id).await.ok().map(|(_, standing)| standing);
            let with = |ask: &dyn Fn(&Standing) -> bool| standing.as_ref().is_some_and(ask);
            let found = [
                standing.is_some(),
                with(&|standing| standing.can_verify().is_some()),
                with(&|standing| standing.can_judge().is_some()),
                with(&|standing| standing.can_decide().is_some()),
                with(&|standing| reads_verdicts(standing, AssessmentState::Submitted)),
                with(&|standing| reads_verdicts(standing, AssessmentState::Verified)),
                own_desk(&actor).is_some(),
                compares(&actor).is_some(),
            ];
            assert_eq!(found, expected, "{role}");
        }
    }
    crate::on_both_engines!(roles_and_what_they_may);
}
