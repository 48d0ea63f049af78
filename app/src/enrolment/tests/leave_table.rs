//! Role × action × own or other: who may do what with enrolments.

use super::*;
use crate::accounts::Grant;
use crate::classes::Class;
use crate::ids::{FirmId, Region};
use uuid::Uuid;

/// What somebody may do: see the roster, run it, fill the firm's seats, enrol themselves.
type May = (bool, bool, bool, bool);

fn may(actor: &Actor, class: &Class, firm: FirmId) -> May {
    let stranger = PersonId(Uuid::from_u128(9));
    let own = policy::can_enrol_self(actor);
    assert!(!own.covers(class.id, stranger), "nobody enrols another person as themselves");
    if let Some(desk) = policy::can_run_roster(actor, class) {
        let elsewhere = ClassId(Uuid::from_u128(8));
        assert!(
            !desk.enrolling(Source::Desk).covers(elsewhere, stranger),
            "a desk permit is for one class"
        );
    }
    (
        policy::can_see_roster(actor, class).is_some(),
        policy::can_run_roster(actor, class).is_some(),
        policy::can_fill_seats(actor, firm).is_some(),
        own.covers(class.id, actor.person),
    )
}

async fn every_role_on_its_own_and_on_others(engine: Engine) {
    let city = TestCity::new(engine).await;
    let here = classes::class(&city.app.db, city.class(XINAN, 5).await).await.expect("a class");
    let there = classes::class(&city.app.db, city.class(YIYANG, 5).await).await.expect("a class");
    let city_class = classes::class(&city.app.db, city.class(Region::CITY, 5).await).await.expect("a class");
    let (own_firm, other_firm) = (FirmId(Uuid::from_u128(1)), FirmId(Uuid::from_u128(2)));
    let table: Vec<(Grant, [May; 3])> = vec![
        (Grant::City, [(true, true, false, true); 3]),
        (
            Grant::County(XINAN.into()),
            [(true, true, false, true), (false, false, false, true), (false, false, false, true)],
        ),
        (
            Grant::Teacher(vec![here.id]),
            [(true, false, false, true), (false, false, false, true), (false, false, false, true)],
        ),
        (
            Grant::Firm(own_firm),
            [(false, false, true, true), (false, false, true, true), (false, false, true, true)],
        ),
        (Grant::Verifier, [(false, false, false, true); 3]),
    ];
    for (grant, expected) in table {
        let actor = city.actor("某人", XINAN, vec![grant.clone()]).await;
        for (class, expected) in [&here, &there, &city_class].into_iter().zip(expected) {
            assert_eq!(may(&actor, class, own_firm), expected, "{grant:?} in {}", class.region);
        }
        assert!(policy::can_fill_seats(&actor, other_firm).is_none(), "{grant:?}: another firm's seats");
        let refusal = policy::running(&actor, &here).err();
        match grant {
            Grant::City | Grant::County(_) => assert_eq!(refusal, None),
            Grant::Teacher(_) => assert_eq!(refusal, Some(AppError::Forbidden)),
            Grant::Firm(_) | Grant::Verifier => assert_eq!(refusal, Some(AppError::NotFound)),
        }
    }
    let nobody = city.entrepreneur(XINAN).await;
    assert_eq!(may(&nobody, &here, own_firm), (false, false, false, true));
}
crate::on_both_engines!(every_role_on_its_own_and_on_others);
