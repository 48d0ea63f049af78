//! Who may do what with a class. Source: brief.md, *People*: the city everything, a county coordinator the classes of the
//! own school, class staff look but do not edit, everyone sees what is public.

use super::rules::ClassState;
use super::store::Class;
use crate::accounts::Actor;
use crate::accounts::policy::Reach;
use crate::error::AppError;
use crate::ids::{ClassId, PersonId, Region};

/// May open a class at the school of a region.
#[derive(Debug)]
pub struct OpenPermit {
    region: Region,
    by: PersonId,
}

impl OpenPermit {
    pub fn region(&self) -> &Region {
        &self.region
    }

    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// May change one class: its fields, lessons, staff and life.
#[derive(Debug)]
pub struct ClassPermit {
    class: ClassId,
    region: Region,
    by: PersonId,
}

impl ClassPermit {
    pub fn class(&self) -> ClassId {
        self.class
    }

    pub fn region(&self) -> &Region {
        &self.region
    }

    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// May see one class from the desk, drafts included.
#[derive(Debug)]
pub struct DeskView {
    class: ClassId,
}

impl DeskView {
    pub fn class(&self) -> ClassId {
        self.class
    }
}

/// Which classes somebody sees in the desk's lists.
#[derive(Debug, Clone)]
pub struct Scope {
    reach: Reach,
    classes: Vec<ClassId>,
    person: PersonId,
}

impl Scope {
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    pub fn classes(&self) -> &[ClassId] {
        &self.classes
    }

    pub fn person(&self) -> PersonId {
        self.person
    }
}

/// A coordinator of the region, or the city.
pub fn can_open(actor: &Actor, region: &Region) -> Option<OpenPermit> {
    actor.coordinates(region).then(|| OpenPermit {
        region: region.clone(),
        by: actor.person,
    })
}

/// A coordinator of the class's region, or the city; never its staff.
pub fn can_manage(actor: &Actor, class: &Class) -> Option<ClassPermit> {
    actor.coordinates(&class.region).then(|| ClassPermit {
        class: class.id,
        region: class.region.clone(),
        by: actor.person,
    })
}

/// Whoever may change it, and its staff.
pub fn can_view(actor: &Actor, class: &Class) -> Option<DeskView> {
    (actor.coordinates(&class.region) || actor.teaches(class.id)).then_some(DeskView { class: class.id })
}

/// Whether the public page shows the class to this caller.
pub fn can_see(actor: Option<&Actor>, class: &Class) -> bool {
    class.state.is_public() || actor.is_some_and(|actor| can_view(actor, class).is_some())
}

/// The classes in the lists of somebody's desk.
pub fn visible_to(actor: &Actor) -> Scope {
    let taught = actor.grants.iter().filter_map(|grant| match grant {
        crate::accounts::Grant::Teacher(classes) => Some(classes.clone()),
        _ => None,
    });
    Scope {
        reach: actor.coordinated(),
        classes: taught.flatten().collect(),
        person: actor.person,
    }
}

/// The permit, or the refusal that tells no more than the actor may know: 403 to those who see the class and may not
/// change it, 404 to another county's coordinator.
pub fn manage(actor: &Actor, class: &Class) -> Result<ClassPermit, AppError> {
    can_manage(actor, class).ok_or_else(|| refusal(actor, class))
}

/// The desk's view of a class, or a refusal of the same kind.
pub fn view(actor: &Actor, class: &Class) -> Result<DeskView, AppError> {
    can_view(actor, class).ok_or_else(|| refusal(actor, class))
}

fn refusal(actor: &Actor, class: &Class) -> AppError {
    let knows = can_view(actor, class).is_some() || (!actor.is_coordinator() && class.state != ClassState::Draft);
    if knows { AppError::Forbidden } else { AppError::NotFound }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::ids::FirmId;
    use crate::testing::{XINAN, YIYANG, class, somebody};
    use uuid::Uuid;

    /// role × action × own or other scope: open a class here, manage, view from the desk, see a draft, see a published one.
    #[test]
    fn who_may_do_what() {
        let own = ClassId(Uuid::from_u128(1));
        let other = ClassId(Uuid::from_u128(7));
        let county = |region: &str| Grant::County(Region::from(region));
        let table = [
            ("nobody special", vec![], [false, false, false, false, true], 404, 403),
            ("city", vec![Grant::City], [true, true, true, true, true], 200, 200),
            ("own county", vec![county(XINAN)], [true, true, true, true, true], 200, 200),
            ("other county", vec![county(YIYANG)], [false, false, false, false, true], 404, 404),
            (
                "city school's county",
                vec![county(Region::CITY)],
                [false, false, false, false, true],
                404,
                404,
            ),
            ("own staff", vec![Grant::Teacher(vec![own])], [false, false, true, true, true], 403, 403),
            (
                "other staff",
                vec![Grant::Teacher(vec![other])],
                [false, false, false, false, true],
                404,
                403,
            ),
            (
                "firm",
                vec![Grant::Firm(FirmId(Uuid::from_u128(4)))],
                [false, false, false, false, true],
                404,
                403,
            ),
            ("verifier", vec![Grant::Verifier], [false, false, false, false, true], 404, 403),
            (
                "staff here, coordinator there",
                vec![Grant::Teacher(vec![own]), county(YIYANG)],
                [false, false, true, true, true],
                403,
                403,
            ),
        ];
        for (name, grants, expected, on_draft, on_published) in table {
            let actor = somebody(grants);
            let (draft, published) = (class(XINAN, ClassState::Draft), class(XINAN, ClassState::Published));
            let found = [
                can_open(&actor, &draft.region).is_some(),
                can_manage(&actor, &draft).is_some(),
                can_view(&actor, &draft).is_some(),
                can_see(Some(&actor), &draft),
                can_see(Some(&actor), &published),
            ];
            assert_eq!(found, expected, "{name}");
            for (class, status) in [(draft, on_draft), (published, on_published)] {
                let got = manage(&actor, &class).map_or_else(|refused| refused.status(), |_| 200);
                assert_eq!(got, status, "{name}, {:?}", class.state);
            }
        }
        assert!(!can_see(None, &class(XINAN, ClassState::Draft)));
        assert!(can_see(None, &class(XINAN, ClassState::Cancelled)));
    }
}
