//! Who may do what with attendance. A permit can only be made here, and every write in the store asks for one.

use super::store::Scanner;
use crate::accounts::Actor;
use crate::accounts::policy::Reach;
use crate::classes::Class;
use crate::error::AppError;
use crate::ids::{ClassId, DeviceId, PersonId, Region};
use crate::integrations::{Schools, Token, TokenScope};

/// May run the wall, scan, mark, correct, close and add people in the lessons of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkPermit {
    class: ClassId,
    by: PersonId,
}

impl MarkPermit {
    pub fn class(&self) -> ClassId {
        self.class
    }

    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// May register and revoke the scanners of one school's region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePermit {
    region: Region,
    by: PersonId,
}

impl DevicePermit {
    pub fn region(&self) -> &Region {
        &self.region
    }

    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// May check people in at the lessons of some schools: a registered scanner, or an integration with the scope for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoorPermit {
    machine: DeviceId,
    schools: Schools,
}

impl DoorPermit {
    /// Whose hand the ledger names: a scanner's id or an integration's.
    pub fn machine(&self) -> DeviceId {
        self.machine
    }

    pub fn schools(&self) -> Schools {
        self.schools
    }
}

/// The lessons that somebody may see from a desk: those of the counties coordinated, and of the classes looked after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    reach: Reach,
    classes: Vec<ClassId>,
}

impl Scope {
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    pub fn classes(&self) -> &[ClassId] {
        &self.classes
    }

    pub fn covers(&self, class: &Class) -> bool {
        self.reach.covers(&class.region) || self.classes.contains(&class.id)
    }

    pub fn is_empty(&self) -> bool {
        self.reach.is_empty() && self.classes.is_empty()
    }
}

/// Coordinators of the school's county and the class's own staff mark attendance.
pub fn can_mark(actor: &Actor, class: &Class) -> Option<MarkPermit> {
    visible_to(actor).covers(class).then_some(MarkPermit {
        class: class.id,
        by: actor.person,
    })
}

/// Coordinators of the school's county look after its scanners.
pub fn can_keep_devices(actor: &Actor, school_region: &Region) -> Option<DevicePermit> {
    actor.coordinates(school_region).then(|| DevicePermit {
        region: school_region.clone(),
        by: actor.person,
    })
}

/// A scanner in use works at the doors of its own school.
pub fn scanner_at_door(scanner: &Scanner) -> Option<DoorPermit> {
    (!scanner.is_revoked()).then_some(DoorPermit {
        machine: scanner.id,
        schools: Schools::One(scanner.school_id),
    })
}

/// An integration with the scope works at the doors of the schools that it reaches.
pub fn integration_at_door(token: &Token) -> Option<DoorPermit> {
    token.has(TokenScope::CheckinsWrite).then_some(DoorPermit {
        machine: DeviceId(token.id.0),
        schools: token.schools(),
    })
}

/// What an actor may see from a desk.
pub fn visible_to(actor: &Actor) -> Scope {
    let classes = actor.grants.iter().filter_map(|grant| match grant {
        crate::accounts::Grant::Teacher(classes) => Some(classes.as_slice()),
        _ => None,
    });
    Scope {
        reach: actor.coordinated(),
        classes: classes.flatten().copied().collect(),
    }
}

/// The permit, or the fitting refusal: 403 for those who mark nowhere, 404 for another county's or another's class.
pub fn mark_permit(actor: &Actor, class: &Class) -> Result<MarkPermit, AppError> {
    can_mark(actor, class).ok_or_else(|| outside(&visible_to(actor)))
}

/// The same for scanners.
pub fn device_permit(actor: &Actor, school_region: &Region) -> Result<DevicePermit, AppError> {
    can_keep_devices(actor, school_region).ok_or(if actor.is_coordinator() {
        AppError::NotFound
    } else {
        AppError::Forbidden
    })
}

fn outside(scope: &Scope) -> AppError {
    if scope.is_empty() { AppError::Forbidden } else { AppError::NotFound }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::db::testing::Engine;
    use crate::testing::{TestCity, XINAN, YIYANG};

    /// Role × action × own or other scope.
    #[tokio::test(flavor = "multi_thread")]
    async fn who_may_do_what() {
        let city = TestCity::new(Engine::Sqlite).await;
        let own = crate::classes::store::class(&city.app.db, city.class(XINAN, 10).await)
            .await
            .expect("a class");
        let other = crate::classes::store::class(&city.app.db, city.class(YIYANG, 10).await)
            .await
            .expect("a class");
        let firm = city.firm("某公司", XINAN).await;
        let table = [
            ("city", vec![Grant::City], [true, true, true, true]),
            ("county", vec![Grant::County(XINAN.into())], [true, false, true, false]),
            ("teacher", vec![Grant::Teacher(vec![own.id])], [true, false, false, false]),
            ("teacher of none", vec![Grant::Teacher(vec![])], [false; 4]),
            ("firm", vec![Grant::Firm(firm)], [false; 4]),
            ("verifier", vec![Grant::Verifier], [false; 4]),
            ("entrepreneur", vec![], [false; 4]),
        ];
        for (role, grants, [mark_own, mark_other, device_own, device_other]) in table {
            let actor = city.actor(role, XINAN, grants).await;
            assert_eq!(can_mark(&actor, &own).is_some(), mark_own, "{role} marks own");
            assert_eq!(can_mark(&actor, &other).is_some(), mark_other, "{role} marks other");
            assert_eq!(can_keep_devices(&actor, &own.region).is_some(), device_own, "{role} keeps own devices");
            assert_eq!(
                can_keep_devices(&actor, &other.region).is_some(),
                device_other,
                "{role} keeps other devices"
            );
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn another_county_is_not_found_and_a_missing_role_is_forbidden() {
        let city = TestCity::new(Engine::Sqlite).await;
        let class = crate::classes::store::class(&city.app.db, city.class(XINAN, 10).await)
            .await
            .expect("a class");
        let refusal = |actor| mark_permit(&actor, &class).expect_err("refused");
        assert_eq!(refusal(city.coordinator(YIYANG).await), AppError::NotFound);
        assert_eq!(refusal(city.entrepreneur(XINAN).await), AppError::Forbidden);
    }
}
