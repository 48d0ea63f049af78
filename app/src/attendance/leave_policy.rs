//! Who may ask for leave and who decides it. A permit can only be made here.

use super::policy::{MarkPermit, can_mark, mark_permit};
use crate::accounts::Actor;
use crate::classes::Class;
use crate::error::AppError;
use crate::ids::{ClassId, EnrolmentId, PersonId};

/// May ask for leave, and take it back, in one's own enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskPermit {
    enrolment: EnrolmentId,
    class: ClassId,
    person: PersonId,
}

impl AskPermit {
    pub fn enrolment(&self) -> EnrolmentId {
        self.enrolment
    }

    pub fn class(&self) -> ClassId {
        self.class
    }

    pub fn person(&self) -> PersonId {
        self.person
    }
}

/// Whose place in which class an enrolment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Place {
    pub id: EnrolmentId,
    pub class_id: ClassId,
    pub person_id: PersonId,
}

/// Leave is asked by the person alone, whatever other roles there are.
pub fn can_ask(actor: &Actor, place: &Place) -> Option<AskPermit> {
    (actor.person == place.person_id).then_some(AskPermit {
        enrolment: place.id,
        class: place.class_id,
        person: place.person_id,
    })
}

/// May approve and refuse leave in one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecidePermit(MarkPermit);

impl DecidePermit {
    pub fn class(&self) -> ClassId {
        self.0.class()
    }

    pub fn by(&self) -> PersonId {
        self.0.by()
    }
}

/// Those who mark a class decide its leave.
pub fn can_decide(actor: &Actor, class: &Class) -> Option<DecidePermit> {
    can_mark(actor, class).map(DecidePermit)
}

/// The permit, or the fitting refusal.
pub fn decide_permit(actor: &Actor, class: &Class) -> Result<DecidePermit, AppError> {
    mark_permit(actor, class).map(DecidePermit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::db::testing::Engine;
    use crate::testing::{TestCity, XINAN, YIYANG};

    /// Role × action × own or other scope.
    #[tokio::test(flavor = "multi_thread")]
    async fn who_may_ask_and_decide() {
        let city = TestCity::new(Engine::Sqlite).await;
        let own = crate::classes::store::class(&city.app.db, city.class(XINAN, 10).await)
            .await
            .expect("a class");
        let other = crate::classes::store::class(&city.app.db, city.class(YIYANG, 10).await)
            .await
            .expect("a class");
        let firm = city.firm("某公司", XINAN).await;
        let somebody = city.person("别人", XINAN).await;
        let table = [
            ("city", vec![Grant::City], [true, true]),
            ("county", vec![Grant::County(XINAN.into())], [true, false]),
            ("teacher", vec![Grant::Teacher(vec![own.id])], [true, false]),
            ("teacher of none", vec![Grant::Teacher(vec![])], [false, false]),
            ("firm", vec![Grant::Firm(firm)], [false, false]),
            ("verifier", vec![Grant::Verifier], [false, false]),
            ("entrepreneur", vec![], [false, false]),
        ];
        for (role, grants, [decide_own, decide_other]) in table {
            let actor = city.actor(role, XINAN, grants).await;
            let place = |person_id| Place {
                id: EnrolmentId::new(&city.app.chance, city.now()),
                class_id: own.id,
                person_id,
            };
            assert!(can_ask(&actor, &place(actor.person)).is_some(), "{role} asks for themselves");
            assert!(can_ask(&actor, &place(somebody)).is_none(), "{role} asks for somebody else");
            assert_eq!(can_decide(&actor, &own).is_some(), decide_own, "{role} decides own");
            assert_eq!(can_decide(&actor, &other).is_some(), decide_other, "{role} decides other");
        }
    }
}
