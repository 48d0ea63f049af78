//! Which rows the overviews count: the city all, a coordinator those of the own county's school, a teacher the own
//! classes. Source: brief.md, *People*.

use crate::accounts::Actor;
use crate::accounts::Grant;
use crate::accounts::policy::Reach;
use crate::ids::{ClassId, Region};

/// The classes that somebody at a desk looks after: all, or those of some schools and some single ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    reach: Reach,
    classes: Vec<ClassId>,
}

impl Watch {
    pub fn is_city(&self) -> bool {
        self.reach == Reach::City
    }

    /// Regions whose schools' classes are looked after; empty for a teacher.
    pub fn regions(&self) -> &[Region] {
        match &self.reach {
            Reach::City => &[],
            Reach::Counties(own) => own,
        }
    }

    /// Classes looked after as their staff.
    pub fn classes(&self) -> &[ClassId] {
        &self.classes
    }

    /// Decides on applications, and not only teaches.
    pub fn decides(&self) -> bool {
        !self.reach.is_empty()
    }
}

/// What the actor looks after; none for somebody who neither coordinates nor teaches.
pub fn watch(actor: &Actor) -> Option<Watch> {
    let teaches = actor.grants.iter().find_map(|grant| match grant {
        Grant::Teacher(classes) => Some(classes.clone()),
        _ => None,
    });
    (actor.is_coordinator() || teaches.is_some()).then(|| Watch {
        reach: actor.coordinated(),
        classes: teaches.unwrap_or_default(),
    })
}

/// What the actor coordinates: applications, rosters and figures of people are not a teacher's.
pub fn coordinate(actor: &Actor) -> Option<Watch> {
    actor.is_coordinator().then(|| Watch {
        reach: actor.coordinated(),
        classes: Vec::new(),
    })
}

/// The whole city's overview.
pub fn overview(actor: &Actor) -> Option<Watch> {
    actor.is_city().then(|| Watch {
        reach: Reach::City,
        classes: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::FirmId;
    use crate::testing::somebody;
    use uuid::Uuid;

    /// role × (has a desk to watch, decides there, coordinates, sees the city)
    #[test]
    fn roles_and_what_they_watch() {
        let xinan = || Grant::County(Region::from("410323"));
        let teacher = || Grant::Teacher(vec![ClassId(Uuid::max())]);
        let table = [
            ("entrepreneur", vec![], [false, false, false, false]),
            ("city", vec![Grant::City], [true, true, true, true]),
            ("county", vec![xinan()], [true, true, true, false]),
            ("teacher", vec![teacher()], [true, false, false, false]),
            ("county and teacher", vec![xinan(), teacher()], [true, true, true, false]),
            ("firm", vec![Grant::Firm(FirmId(Uuid::nil()))], [false, false, false, false]),
            ("verifier", vec![Grant::Verifier], [false, false, false, false]),
        ];
        for (role, grants, expected) in table {
            let actor = somebody(grants);
            let found = [
                watch(&actor).is_some(),
                watch(&actor).is_some_and(|watch| watch.decides()),
                coordinate(&actor).is_some(),
                overview(&actor).is_some_and(|watch| watch.is_city()),
            ];
            assert_eq!(found, expected, "{role}");
        }
    }

    #[test]
    fn a_watch_is_no_wider_than_the_roles() {
        let both = somebody(vec![Grant::County(Region::from("410323")), Grant::Teacher(vec![ClassId(Uuid::max())])]);
        let seen = watch(&both).expect("a desk");
        assert_eq!(
            (seen.is_city(), seen.regions(), seen.classes()),
            (false, &[Region::from("410323")][..], &[ClassId(Uuid::max())][..])
        );
        let coordinated = coordinate(&both).expect("a county");
        assert_eq!(coordinated.classes(), []);
    }
}
