//! Contracts of results on both engines.

use super::store::{self, Basis, Filter, Peers, Station};
use crate::benchmarking::policy::visible_to;
use crate::benchmarking::rules::exact::{Exact, whole};
use crate::benchmarking::rules::peers::Place;
use crate::benchmarking::rules::{Framework, PilotState, Stage};
use crate::benchmarking::store::{AssessmentState, rounds_of};
use crate::benchmarking::testing::{TestProgramme, default_framework};
use crate::clock::day_of;
use crate::db::sql;
use crate::db::testing::Engine;
use crate::ids::{PilotId, RoundId};
use crate::on_both_engines;
use crate::paging::Step;
use crate::testing::{XINAN, YIYANG};

/// The same level everywhere.
fn flat(framework: &Framework, level: i64) -> Vec<(String, i64)> {
    framework.indicators().map(|(_, indicator)| (indicator.id.clone(), level)).collect()
}

fn borrowed(levels: &[(String, i64)]) -> Vec<(&str, i64)> {
    levels.iter().map(|(id, level)| (id.as_str(), *level)).collect()
}

async fn a_list_and_a_funnel_show_their_scope_alone(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let own = programme.pilot("新安铝业", XINAN).await;
    let other = programme.pilot_in("宜阳陶瓷", YIYANG, PilotState::Chosen, Some(Stage::Improve)).await;
    programme.pilot_in("新安未选", XINAN, PilotState::Nominated, None).await;
    let db = &programme.city.app.db;
    let county = visible_to(&programme.city.coordinator(XINAN).await).expect("a scope");
    let city = visible_to(&programme.city.city_admin().await).expect("a scope");
    let contact = visible_to(&programme.contact(&other).await).expect("a scope");
    for (scope, expected, funnel) in [
        (&county, vec![own.id], [1, 0, 0, 0]),
        (&city, vec![own.id, other.id], [1, 0, 1, 0]),
        (&contact, vec![other.id], [0, 0, 1, 0]),
    ] {
        let found = store::list(db, scope, &Filter::default(), Step::First).await.expect("read");
        let mut ids: Vec<PilotId> = found.rows.iter().map(|row| row.id).collect();
        ids.sort();
        let mut expected = expected;
        expected.sort();
        assert_eq!(ids, expected);
        assert_eq!(store::funnel(db, scope).await.expect("counted"), (funnel, 0));
    }
    let improving = Filter {
        station: Some(Station::In(Stage::Improve)),
        words: "陶瓷".to_owned(),
        ..Filter::default()
    };
    let found = store::list(db, &city, &improving, Step::First).await.expect("read");
    assert_eq!(found.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [other.id]);
    let strange = Filter {
        words: "%_<script>".to_owned(),
        ..Filter::default()
    };
    assert!(store::list(db, &city, &strange, Step::First).await.expect("read").rows.is_empty());
    assert_eq!(visible_to(&programme.city.entrepreneur(XINAN).await), None);
}

async fn the_heat_map_takes_what_is_verified_and_before_that_what_is_proven(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let framework = default_framework();
    let fours = flat(&framework, 4);
    let round = programme.round().await;
    let [verified, proven, idle] = [
        programme.pilot("甲", XINAN).await,
        programme.pilot("乙", XINAN).await,
        programme.pilot("丙", XINAN).await,
    ];
    let expert = programme.verifier(&[verified.id]).await;
    programme.verified(verified.id, round, expert.person, &borrowed(&fours)).await;
    let draft = programme.assessment(proven.id, round, AssessmentState::Draft).await;
    programme.answers(draft.id, &borrowed(&fours)).await;
    programme.assessment(idle.id, round, AssessmentState::Draft).await;
    let db = &programme.city.app.db;
    let scope = visible_to(&programme.city.city_admin().await).expect("a scope");
    let (_, firms) = store::heat(db, &scope, day_of(programme.city.now())).await.expect("read");
    let of = |id: PilotId| {
        let firm = firms.iter().find(|firm| firm.row.id == id).expect("on the map");
        firm.score.as_ref().map(|(basis, score)| (*basis, score.total))
    };
    assert_eq!(of(verified.id), Some((Basis::Verified, Some(whole(75)))));
    // Nothing is proven: every level is capped at 2, which is 25 points.
    assert_eq!(of(proven.id), Some((Basis::Capped, Some(whole(25)))));
    assert_eq!(of(idle.id), None);

    let scored = store::scored(db, proven.id, day_of(programme.city.now())).await.expect("read");
    let latest = scored.last().expect("one round");
    assert_eq!(
        (latest.own.total, latest.verified.is_none()),
        (Some(whole(75)), true),
        "nothing verified is shown before it is closed"
    );
}

async fn freeze(programme: &TestProgramme, round: RoundId, pilot: PilotId, total: Exact, comparable: bool) {
    let mut tx = programme.city.begin().await;
    sql("INSERT INTO frozen_scores (round_id, pilot_id, category, comparable, dimensions, total, grade) VALUES ($1, $2, 'manufacturing', $3, '{}', $4, 2)")
        .bind(round)
        .bind(pilot)
        .bind(comparable)
        .bind(total.to_string())
        .run(&mut tx)
        .await
        .expect("frozen");
    tx.commit().await.expect("kept");
}

async fn peers_are_a_band_from_five_others_on(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let round = programme.round().await;
    let own = programme.pilot("本企业", XINAN).await;
    let db = &programme.city.app.db;
    let place = async || {
        let rounds = rounds_of(db, own.cohort_id).await.expect("rounds");
        store::peers(db, &own, &rounds).await.expect("read").0
    };
    assert_eq!(place().await, Peers::NoRound);
    programme.close_round(round).await;
    assert_eq!(place().await, Peers::NotVerified);
    freeze(&programme, round, own.id, whole(45), true).await;
    for (n, total) in [30, 38, 38, 52].into_iter().enumerate() {
        let other = programme.pilot(&format!("其他{n}"), YIYANG).await;
        freeze(&programme, round, other.id, whole(total), true).await;
    }
    let odd = programme.pilot("不可比", YIYANG).await;
    freeze(&programme, round, odd.id, whole(99), false).await;
    assert_eq!(
        place().await,
        Peers::Placed(Place::Suppressed { others: 4 }),
        "who is not comparable is no peer"
    );
    let fifth = programme.pilot("第五家", YIYANG).await;
    freeze(&programme, round, fifth.id, whole(58), true).await;
    assert!(matches!(place().await, Peers::Placed(Place::Band { others: 5, .. })));
    let rounds = rounds_of(db, odd.cohort_id).await.expect("rounds");
    assert_eq!(store::peers(db, &odd, &rounds).await.expect("read").0, Peers::NotComparable);
}

on_both_engines!(
    a_list_and_a_funnel_show_their_scope_alone,
    the_heat_map_takes_what_is_verified_and_before_that_what_is_proven,
    peers_are_a_band_from_five_others_on,
);
