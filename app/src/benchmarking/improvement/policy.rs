//! Who keeps the library of benchmarks. Everything else of this room is done under the permits of [`crate::benchmarking::policy`].

use crate::accounts::Actor;
use crate::benchmarking::policy::EditPermit;
use crate::ids::{PersonId, PilotId};

/// Leave to enter benchmarks and to change those that are one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LibraryPermit {
    by: PersonId,
    /// The firm for which it is done; none when the city does it.
    pilot: Option<PilotId>,
}

impl LibraryPermit {
    pub fn by(&self) -> PersonId {
        self.by
    }

    pub fn pilot(&self) -> Option<PilotId> {
        self.pilot
    }

    /// Whether a benchmark entered by `created_for` may be changed: the city changes any, a firm its own as long as no
    /// other measures itself by it. Others' benchmarks are chosen, not changed.
    pub fn covers(&self, created_for: Option<PilotId>, used_by_others: bool) -> bool {
        match self.pilot {
            None => true,
            Some(own) => created_for == Some(own) && !used_by_others,
        }
    }
}

/// A firm's contact enters benchmarks for the firm.
pub fn of_contact(permit: &EditPermit) -> LibraryPermit {
    LibraryPermit {
        by: permit.by(),
        pilot: Some(permit.pilot()),
    }
}

/// The city keeps the whole library.
pub fn of_city(actor: &Actor) -> Option<LibraryPermit> {
    actor.is_city().then_some(LibraryPermit {
        by: actor.person,
        pilot: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarking::policy::standing;
    use crate::benchmarking::testing::TestProgramme;
    use crate::db::testing::Engine;
    use crate::testing::{XINAN, YIYANG};

    /// Role × action × own or another's firm.
    async fn each_role_may_do_its_own(engine: Engine) {
        let programme = TestProgramme::new(engine).await;
        let (own, other) = (programme.pilot("甲厂", XINAN).await, programme.pilot("乙厂", YIYANG).await);
        let actors = [
            ("contact", programme.contact(&own).await, false),
            ("county", programme.city.coordinator(XINAN).await, false),
            ("city", programme.city.city_admin().await, false),
            ("verifier", programme.verifier(&[own.id]).await, true),
            ("entrepreneur", programme.city.entrepreneur(XINAN).await, false),
        ];
        // benchmark, cause, target, action, offering evidence | judging evidence | keeping the city's library
        let table = [
            ("contact", [true, false, false], [false, false]),
            ("county", [false, true, false], [false, false]),
            ("city", [false, true, true], [false, true]),
            ("verifier", [false, true, false], [false, false]),
            ("entrepreneur", [false, false, false], [false, false]),
        ];
        for ((role, actor, assigned), (row, on_own, on_other)) in actors.iter().zip(table) {
            assert_eq!(*role, row);
            let may = |pilot, assigned| {
                let standing = standing(actor, pilot, assigned);
                let edits = standing.as_ref().is_some_and(|standing| standing.can_edit().is_some());
                let judges = standing.as_ref().is_some_and(|standing| standing.can_judge().is_some());
                (edits, judges)
            };
            assert_eq!(
                (may(&own, *assigned), of_city(actor).is_some()),
                ((on_own[0], on_own[1]), on_own[2]),
                "{role}, own"
            );
            assert_eq!(may(&other, false), (on_other[0], on_other[1]), "{role}, another's");
        }
    }
    crate::on_both_engines!(each_role_may_do_its_own);

    #[test]
    fn a_firm_changes_only_what_it_entered_and_nobody_else_uses() {
        let id = |n| PilotId(uuid::Uuid::from_u128(n));
        let by = PersonId(uuid::Uuid::from_u128(9));
        let firm = LibraryPermit { by, pilot: Some(id(1)) };
        let city = LibraryPermit { by, pilot: None };
        for (created_for, used_by_others, by_firm) in [
            (Some(id(1)), false, true),
            (Some(id(1)), true, false),
            (Some(id(2)), false, false),
            (None, false, false),
        ] {
            assert_eq!(firm.covers(created_for, used_by_others), by_firm);
            assert!(city.covers(created_for, used_by_others));
        }
    }
}
