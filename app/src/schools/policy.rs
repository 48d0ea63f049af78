//! Who may do what with schools and the plan. A coordinator looks after the school of the own county, the city after
//! all of them; opening a school and the plan are the city's. Source: brief.md, *People*.

use crate::accounts::Actor;
use crate::accounts::policy::Reach;
use crate::error::AppError;
use crate::ids::{PersonId, Region, SchoolId};

/// May change this school's address, venues and teachers.
#[derive(Debug)]
pub struct SchoolPermit {
    school: SchoolId,
    region: Region,
    by: PersonId,
}

impl SchoolPermit {
    pub fn school(&self) -> SchoolId {
        self.school
    }

    pub fn region(&self) -> &Region {
        &self.region
    }

    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// May open schools and correct their opening.
#[derive(Debug)]
pub struct OpenPermit {
    by: PersonId,
}

impl OpenPermit {
    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// May write the plan: its words, themes and targets.
#[derive(Debug)]
pub struct PlanPermit {
    by: PersonId,
}

impl PlanPermit {
    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// The schools that an actor looks after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(Reach);

impl Scope {
    /// The regions of a list's rows; none means all.
    pub fn regions(&self) -> Option<&[Region]> {
        match &self.0 {
            Reach::City => None,
            Reach::Counties(own) => Some(own),
        }
    }
}

/// The schools that the actor looks after, if there can be any.
pub fn visible_to(actor: &Actor) -> Option<Scope> {
    actor.is_coordinator().then(|| Scope(actor.coordinated()))
}

/// Changing a school's address, venues and teachers.
pub fn can_edit(actor: &Actor, school: SchoolId, region: &Region) -> Option<SchoolPermit> {
    actor.coordinates(region).then(|| SchoolPermit {
        school,
        region: region.clone(),
        by: actor.person,
    })
}

/// Opening a planned school and correcting it.
pub fn can_open(actor: &Actor) -> Option<OpenPermit> {
    actor.is_city().then_some(OpenPermit { by: actor.person })
}

/// Writing the plan.
pub fn can_plan(actor: &Actor) -> Option<PlanPermit> {
    actor.is_city().then_some(PlanPermit { by: actor.person })
}

/// The plan's progress with the people behind it.
pub fn can_see_progress(actor: &Actor) -> bool {
    actor.is_coordinator()
}

/// Why a school that exists is not for this actor: another county's is as if it were not there.
pub fn refusal(actor: &Actor) -> AppError {
    if actor.is_coordinator() {
        AppError::NotFound
    } else {
        AppError::Forbidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::ids::FirmId;
    use crate::testing::somebody;
    use uuid::Uuid;

    /// role × (edit own county's, edit another's, edit the city's, open, plan, progress)
    #[test]
    fn roles_actions_and_scopes() {
        let county = |key: &str| Grant::County(Region::from(key));
        let table = [
            ("entrepreneur", vec![], [false, false, false, false, false, false]),
            ("city", vec![Grant::City], [true, true, true, true, true, true]),
            ("county", vec![county("410323")], [true, false, false, false, false, true]),
            (
                "two counties",
                vec![county("410323"), county("410327")],
                [true, true, false, false, false, true],
            ),
            ("teacher", vec![Grant::Teacher(vec![])], [false, false, false, false, false, false]),
            ("firm", vec![Grant::Firm(FirmId(Uuid::nil()))], [false, false, false, false, false, false]),
            ("verifier", vec![Grant::Verifier], [false, false, false, false, false, false]),
            (
                "county and teacher",
                vec![county("410323"), Grant::Teacher(vec![])],
                [true, false, false, false, false, true],
            ),
        ];
        let school = SchoolId(Uuid::nil());
        for (role, grants, expected) in table {
            let actor = somebody(grants);
            let edit = |key: &str| can_edit(&actor, school, &Region::from(key)).is_some();
            let found = [
                edit("410323"),
                edit("410327"),
                edit(Region::CITY),
                can_open(&actor).is_some(),
                can_plan(&actor).is_some(),
                can_see_progress(&actor),
            ];
            assert_eq!(found, expected, "{role}");
        }
    }

    #[test]
    fn a_scope_is_no_wider_than_the_role() {
        assert_eq!(visible_to(&somebody(vec![])), None);
        assert_eq!(visible_to(&somebody(vec![Grant::Teacher(vec![])])), None);
        assert_eq!(
            visible_to(&somebody(vec![Grant::City])).and_then(|scope| scope.regions().map(<[Region]>::to_vec)),
            None
        );
        let own = [Region::from("410327")];
        let scope = visible_to(&somebody(vec![Grant::County(own[0].clone())]));
        assert_eq!(scope.as_ref().and_then(Scope::regions), Some(&own[..]));
    }

    #[test]
    fn a_permit_names_its_school_and_its_holder() {
        let permit = can_edit(&somebody(vec![Grant::City]), SchoolId(Uuid::max()), &Region::from("410327")).expect("the city may");
        assert_eq!(
            (permit.school(), permit.region().as_str(), permit.by()),
            (SchoolId(Uuid::max()), "410327", PersonId(Uuid::from_u128(1)))
        );
    }

    #[test]
    fn another_county_is_not_there_and_another_role_is_forbidden() {
        assert_eq!(refusal(&somebody(vec![Grant::County(Region::from("410327"))])), AppError::NotFound);
        assert_eq!(refusal(&somebody(vec![Grant::Verifier])), AppError::Forbidden);
    }
}
