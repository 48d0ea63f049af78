//! Who takes which step, and who sees which applications.

use super::World;
use crate::accounts::Grant;
use crate::benchmarking::gates::policy::hands;
use crate::benchmarking::gates::rules::Act;
use crate::benchmarking::gates::store::{self, List};
use crate::benchmarking::store::seen;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::paging::Step;
use crate::testing::{XINAN, YIYANG};

/// Role × step × own or other firm; none where the firm does not exist for them.
#[tokio::test(flavor = "multi_thread")]
async fn who_takes_which_step() {
    let world = World::new(Engine::Sqlite).await;
    let programme = &world.programme;
    let other = programme.pilot("宜阳陶瓷", YIYANG).await;
    let own = world.row().await;
    let table = [
        ("contact", vec![Grant::Firm(own.firm_id)], Some([true, false, false]), None),
        ("county", vec![Grant::County(XINAN.into())], Some([false, true, false]), None),
        ("city", vec![Grant::City], Some([false, false, true]), Some([false, false, true])),
        ("verifier of another", vec![Grant::Verifier], None, None),
        ("teacher", vec![Grant::Teacher(Vec::new())], None, None),
        ("entrepreneur", vec![], None, None),
        (
            "county and city",
            vec![Grant::County(XINAN.into()), Grant::City],
            Some([false, true, true]),
            Some([false, false, true]),
        ),
    ];
    for (role, grants, on_own, on_other) in table {
        let actor = programme.city.actor(role, XINAN, grants).await;
        for (pilot, expected) in [(own.id, on_own), (other.id, on_other)] {
            let found = match seen(&programme.city.app.db, &actor, pilot).await {
                Ok((_, standing)) => {
                    let hands = hands(&standing);
                    Some([hands.apply.is_some(), hands.check.is_some(), hands.decide.is_some()])
                }
                Err(AppError::NotFound) => None,
                Err(error) => panic!("{error}"),
            };
            assert_eq!(found, expected, "{role}");
        }
    }
    let (_, standing) = seen(&programme.city.app.db, &world.verifier, own.id).await.expect("assigned");
    let hands = hands(&standing);
    assert!(
        hands.apply.is_none() && hands.check.is_none() && hands.decide.is_none(),
        "a verifier only looks"
    );
}

async fn the_desk_shows_the_own_county_oldest_first(engine: Engine) {
    let world = World::ready(engine).await;
    let programme = &world.programme;
    let second = programme.pilot("新安铝业", XINAN).await;
    let other = programme.pilot("宜阳陶瓷", YIYANG).await;
    world.take(Act::Apply).await.expect("applied");
    for (pilot, later) in [(second.id, 2_i64), (other.id, 1)] {
        let since = programme.city.now() + chrono::TimeDelta::hours(later);
        let query = crate::db::sql("UPDATE pilots SET gate = 'county', gate_since = $2 WHERE id = $1")
            .bind(pilot)
            .bind(since);
        programme.change(query).await;
    }
    let db = &programme.city.app.db;
    let county = world.county.coordinated();
    let rows = store::waiting(db, &county, List::County, Step::First).await.expect("read").rows;
    assert_eq!(rows.iter().map(|row| row.pilot).collect::<Vec<_>>(), [world.pilot, second.id]);
    assert!(rows[0].figures().conditions.len() > 3, "with the figures of the application");
    assert_eq!(store::counts(db, &county).await, Ok([2, 0, 0]));
    let city = world.city.coordinated();
    let all = store::waiting(db, &city, List::County, Step::First).await.expect("read").rows;
    assert_eq!(all.iter().map(|row| row.pilot).collect::<Vec<_>>(), [world.pilot, other.id, second.id]);
    let after = store::waiting(db, &city, List::County, Step::After(world.pilot)).await.expect("read");
    assert_eq!((after.rows.len(), after.has_newer), (2, true));
    let before = store::waiting(db, &city, List::County, Step::Before(second.id)).await.expect("read");
    assert_eq!(before.rows.iter().map(|row| row.pilot).collect::<Vec<_>>(), [world.pilot, other.id]);
    for list in [List::City, List::Conditions] {
        for step in [Step::First, Step::After(world.pilot), Step::Before(world.pilot)] {
            assert!(store::waiting(db, &city, list, step).await.expect("read").rows.is_empty());
        }
    }
}

crate::on_both_engines!(the_desk_shows_the_own_county_oldest_first);
