//! Every condition through real rows: just met, and just missed.

use chrono::{Days, Months};

use super::World;
use crate::benchmarking::gates::testing::raised;
use crate::benchmarking::rules::Stage;
use crate::benchmarking::rules::exact::{ratio, whole};
use crate::benchmarking::rules::gates::Figure;
use crate::benchmarking::store::AssessmentState;
use crate::db::testing::Engine;
use crate::db::{Query, sql};

impl World {
    async fn change(&self, query: Query) {
        self.programme.change(query).await;
    }

    /// The figures of one condition: met or not, and what is there.
    async fn condition(&self, stage: Stage, kind: &str) -> (bool, Figure) {
        let figures = self.figures(stage).await;
        let found = figures.conditions.into_iter().find(|condition| condition.kind.as_str() == kind);
        found.map(|condition| (condition.is_met, condition.have)).expect("the condition")
    }

    async fn all_met(&self, stage: Stage) {
        assert_eq!(self.unmet(stage).await, Vec::<String>::new(), "{stage:?}");
    }
}

async fn nothing_is_met_by_nothing(engine: Engine) {
    let world = World::new(engine).await;
    assert_eq!(world.unmet(Stage::Seek).await.len(), 7);
    for stage in [Stage::Compare, Stage::Improve, Stage::Uplift] {
        assert!(!world.unmet(stage).await.is_empty(), "{stage:?}");
        assert!(world.figures(stage).await.conditions.len() >= 4, "{stage:?}");
    }
    world.change(sql("DELETE FROM rounds WHERE id = $1").bind(world.round)).await;
    world.change(sql("UPDATE frameworks SET state = 'retired'")).await;
    let without = world.figures(Stage::Seek).await;
    assert_eq!(
        (without.conditions.len(), without.failing()),
        (0, 1),
        "nothing to measure by is no open gate"
    );
}

async fn the_gate_of_seek(engine: Engine) {
    let world = World::ready(engine).await;
    let pilot = world.row().await;
    let seek = Stage::Seek;
    world.all_met(seek).await;

    world
        .change(sql("UPDATE firms SET industry = ' ' WHERE id = $1").bind(pilot.firm_id))
        .await;
    assert_eq!(world.condition(seek, "profile").await, (false, Figure::Count(4)));
    world
        .change(sql("UPDATE firms SET industry = '轴承' WHERE id = $1").bind(pilot.firm_id))
        .await;

    let assessment = world.programme.newest(pilot.id).await;
    world
        .change(sql("UPDATE answers SET level = NULL WHERE assessment_id = $1 AND indicator = 'D4'").bind(assessment.id))
        .await;
    assert_eq!(world.condition(seek, "self_assessment").await, (false, Figure::Count(17)));
    world
        .change(sql("UPDATE answers SET na = TRUE, na_state = 'asked' WHERE assessment_id = $1 AND indicator = 'D4'").bind(assessment.id))
        .await;
    assert!(!world.condition(seek, "self_assessment").await.0, "asked is not approved");
    world
        .change(sql("UPDATE answers SET na_state = 'approved' WHERE assessment_id = $1 AND indicator = 'D4'").bind(assessment.id))
        .await;
    assert!(world.condition(seek, "self_assessment").await.0);

    world
        .change(sql("UPDATE assessments SET state = 'returned' WHERE id = $1").bind(assessment.id))
        .await;
    assert_eq!(world.unmet(seek).await, ["self_assessment_submitted"]);
    world
        .change(sql("UPDATE assessments SET state = 'submitted' WHERE id = $1").bind(assessment.id))
        .await;
    world.all_met(seek).await;

    // 24 months old to the day is in date, a day older is not.
    let edge = world.programme.today() - Months::new(24);
    let dated = |day| sql("UPDATE benchmark_levels SET dated_on = $1 WHERE indicator = 'A1'").bind(day);
    world.change(dated(edge)).await;
    world.all_met(seek).await;
    world.change(dated(edge - Days::new(1))).await;
    assert_eq!(world.condition(seek, "benchmark_dated").await, (false, Figure::Count(17)));
    world.change(dated(edge)).await;
    world.change(sql("UPDATE benchmark_levels SET source = '' WHERE indicator = 'B1'")).await;
    assert!(!world.condition(seek, "benchmark_dated").await.0, "a level without a source");
    world
        .change(sql("UPDATE benchmark_levels SET source = '年报' WHERE indicator = 'B1'"))
        .await;

    // A and B are 60 % of the weight, and two dimensions.
    world
        .change(sql("DELETE FROM benchmark_levels WHERE indicator LIKE 'C%' OR indicator LIKE 'D%'"))
        .await;
    assert_eq!(world.condition(seek, "benchmark_weight").await, (true, Figure::Share(ratio(3, 5))));
    assert_eq!(world.condition(seek, "benchmark_dimensions").await, (false, Figure::Count(2)));
    // With C4 instead of A4, three dimensions but 58 %.
    world
        .change(sql("UPDATE benchmark_levels SET indicator = 'C4' WHERE indicator = 'A4'"))
        .await;
    assert_eq!(world.condition(seek, "benchmark_dimensions").await, (true, Figure::Count(3)));
    assert_eq!(world.condition(seek, "benchmark_weight").await, (false, Figure::Share(ratio(58, 100))));

    world
        .change(sql("UPDATE pilot_benchmarks SET is_primary = FALSE WHERE pilot_id = $1").bind(pilot.id))
        .await;
    assert_eq!(world.condition(seek, "primary_benchmark").await, (false, Figure::Count(0)));
}

async fn the_gate_of_compare(engine: Engine) {
    let world = World::ready(engine).await;
    let pilot = world.row().await;
    let compare = Stage::Compare;
    world.programme.meets_compare(&pilot, world.verifier.person).await;
    world.all_met(compare).await;

    world.change(sql("UPDATE verdicts SET level = NULL WHERE indicator = 'C3'")).await;
    assert_eq!(world.condition(compare, "verified").await, (false, Figure::Count(17)));
    world.change(sql("UPDATE verdicts SET level = 2 WHERE indicator = 'C3'")).await;

    world
        .change(sql("DELETE FROM causes WHERE pilot_id = $1 AND indicator = 'B2'").bind(pilot.id))
        .await;
    assert_eq!(world.condition(compare, "root_causes").await, (false, Figure::Count(4)));
    // With three gaps there is nothing more to explain than these three.
    world
        .change(sql("UPDATE benchmark_levels SET level = 2 WHERE indicator NOT IN ('A1', 'A3', 'B1')"))
        .await;
    assert_eq!(world.condition(compare, "root_causes").await, (true, Figure::Count(3)));

    world
        .change(sql("DELETE FROM targets WHERE pilot_id = $1 AND indicator IN ('A2', 'A3')").bind(pilot.id))
        .await;
    assert_eq!(world.condition(compare, "targets").await, (true, Figure::Count(3)));
    assert_eq!(world.condition(compare, "target_dimensions").await, (true, Figure::Count(2)));
    world
        .change(sql("UPDATE targets SET indicator = 'A2' WHERE pilot_id = $1 AND indicator = 'B1'").bind(pilot.id))
        .await;
    world
        .change(sql("UPDATE targets SET indicator = 'A3' WHERE pilot_id = $1 AND indicator = 'B2'").bind(pilot.id))
        .await;
    assert_eq!(world.condition(compare, "target_dimensions").await, (false, Figure::Count(1)));
    world
        .change(sql("UPDATE targets SET level = 2 WHERE pilot_id = $1 AND indicator = 'A3'").bind(pilot.id))
        .await;
    assert_eq!(
        world.condition(compare, "targets").await,
        (false, Figure::Count(2)),
        "a target that asks for nothing is none"
    );
    world.change(sql("UPDATE targets SET level = 4 WHERE pilot_id = $1").bind(pilot.id)).await;

    for field in ["owner", "deliverable", "resources"] {
        let set = match field {
            "owner" => sql("UPDATE actions SET owner = $2 WHERE pilot_id = $1 AND indicator = 'A1'"),
            "deliverable" => sql("UPDATE actions SET deliverable = $2 WHERE pilot_id = $1 AND indicator = 'A1'"),
            _ => sql("UPDATE actions SET resources = $2 WHERE pilot_id = $1 AND indicator = 'A1'"),
        };
        world.change(set.clone().bind(pilot.id).bind("")).await;
        assert_eq!(
            world.condition(compare, "target_actions").await,
            (false, Figure::Count(2)),
            "without {field}"
        );
        world.change(set.bind(pilot.id).bind("有")).await;
        assert!(world.condition(compare, "target_actions").await.0);
    }
    world
        .change(sql("UPDATE actions SET state = 'cancelled' WHERE pilot_id = $1 AND indicator = 'A1'").bind(pilot.id))
        .await;
    assert!(!world.condition(compare, "target_actions").await.0, "a cancelled action is none");
}

async fn the_gate_of_improve(engine: Engine) {
    let world = World::ready(engine).await;
    let pilot = world.row().await;
    let improve = Stage::Improve;
    let actions = world.programme.meets_compare(&pilot, world.verifier.person).await;
    assert_eq!(world.condition(improve, "completion").await, (false, Figure::Share(whole(0))));
    world.programme.meets_improve(&pilot, &actions).await;
    world.all_met(improve).await;

    // A1, A3, B1, B2 weigh 750 each and A2 600: without A2 3000 of 3600 are done, without A1 as well 2250.
    let to = |state: &'static str, indicator: &'static str| {
        sql("UPDATE actions SET state = $2 WHERE pilot_id = $1 AND indicator = $3")
            .bind(pilot.id)
            .bind(state)
            .bind(indicator)
    };
    world.change(to("doing", "A2")).await;
    assert_eq!(world.condition(improve, "completion").await, (true, Figure::Share(ratio(5, 6))));
    world.change(to("doing", "A1")).await;
    assert_eq!(world.condition(improve, "completion").await, (false, Figure::Share(ratio(5, 8))));
    world.change(to("done", "A1")).await;
    world.change(to("done", "A2")).await;

    // One of five is 20 %; one of six with two cancelled is more.
    world.change(to("cancelled", "A2")).await;
    assert_eq!(world.condition(improve, "cancelled").await, (true, Figure::Share(ratio(1, 5))));
    world.change(to("cancelled", "A3")).await;
    assert_eq!(world.condition(improve, "cancelled").await, (false, Figure::Share(ratio(2, 5))));
    world.change(to("done", "A2")).await;

    // Thirty days late are allowed, thirty-one are not; and only of the first priority.
    let today = world.programme.today();
    let due = |days| {
        sql("UPDATE actions SET state = 'doing', due_on = $2 WHERE pilot_id = $1 AND indicator = 'A3'")
            .bind(pilot.id)
            .bind(today - Days::new(days))
    };
    world.change(due(30)).await;
    assert_eq!(world.condition(improve, "late").await, (true, Figure::Days(30)));
    world.change(due(31)).await;
    assert_eq!(world.condition(improve, "late").await, (false, Figure::Days(31)));
    world
        .change(sql("UPDATE actions SET priority = 2 WHERE pilot_id = $1 AND indicator = 'A3'").bind(pilot.id))
        .await;
    assert!(world.condition(improve, "late").await.0);
    world.change(to("done", "A3")).await;

    world
        .change(sql("UPDATE action_evidence SET state = 'refused' WHERE action_id = $1").bind(actions[0]))
        .await;
    assert_eq!(world.condition(improve, "done_proved").await, (false, Figure::Count(4)));
    world.programme.prove(actions[0], "offered").await;
    assert!(!world.condition(improve, "done_proved").await.0, "offered is not accepted");
    world.programme.prove(actions[0], "accepted").await;
    world.all_met(improve).await;
}

async fn the_gate_of_uplift(engine: Engine) {
    let world = World::new(engine).await;
    let pilot = world.row().await;
    let uplift = Stage::Uplift;
    world.programme.meets_all(&pilot, world.round, world.verifier.person).await;
    world.all_met(uplift).await;
    let second = world.programme.newest(pilot.id).await;
    let level = |indicator: &'static str, level: i64| {
        sql("UPDATE verdicts SET level = $3 WHERE assessment_id = $1 AND indicator = $2")
            .bind(second.id)
            .bind(indicator)
            .bind(level)
    };

    // Weights 750·4 + 600, each two levels: one of the heavy ones not at all and one by half leaves 2475 of 3600, 68.75 %.
    world.change(level("A1", 2)).await;
    assert_eq!(world.condition(uplift, "closure").await, (true, Figure::Share(ratio(2850, 3600))));
    world.change(level("A3", 3)).await;
    assert_eq!(world.condition(uplift, "closure").await, (false, Figure::Share(ratio(2475, 3600))));
    world.change(level("A1", 4)).await;
    world.change(level("A3", 4)).await;

    // Each 25 points of a level count W·w/10000: one level of B1 is 1.875. The rise is exactly that of all.
    let (met, rise) = world.condition(uplift, "rise").await;
    let expected = ratio(3600 * 50, 10_000);
    assert!(met);
    assert_eq!(rise, Figure::Rise { points: expected, grades: 0 }, "18 points within grade 2");

    // A dimension of 20 % with one indicator of 25 % a level lower falls by 6.25; one of 20 % by exactly 5.
    world.change(level("C4", 1)).await;
    assert_eq!(world.condition(uplift, "dimension_fall").await, (true, Figure::Points(whole(5))));
    world.change(level("C4", 2)).await;
    world.change(level("C1", 1)).await;
    assert_eq!(world.condition(uplift, "dimension_fall").await, (false, Figure::Points(ratio(25, 4))));
    world.change(level("C1", 2)).await;

    // Four of five are 80 %, three are not.
    let forget = |indicator: &'static str| {
        sql("UPDATE actions SET rule = '' WHERE pilot_id = $1 AND indicator = $2")
            .bind(pilot.id)
            .bind(indicator)
    };
    world.change(forget("A1")).await;
    assert_eq!(world.condition(uplift, "written_in").await, (true, Figure::Share(ratio(4, 5))));
    world.change(forget("A2")).await;
    assert_eq!(world.condition(uplift, "written_in").await, (false, Figure::Share(ratio(3, 5))));
    world
        .change(sql("UPDATE actions SET rule = '制度' WHERE pilot_id = $1").bind(pilot.id))
        .await;

    world
        .change(sql("UPDATE assessments SET state = 'submitted' WHERE id = $1").bind(second.id))
        .await;
    assert_eq!(world.condition(uplift, "reassessed").await, (false, Figure::Truth(false)));
    assert_eq!(world.unmet(uplift).await, ["reassessed", "closure", "rise", "dimension_fall"]);
}

/// A rise of exactly 5 points without a grade passes, anything below does not.
async fn the_rise_of_a_total(engine: Engine) {
    let world = World::new(engine).await;
    let pilot = world.row().await;
    world.programme.meets_seek(&pilot, world.round).await;
    world.programme.meets_compare(&pilot, world.verifier.person).await;
    world.programme.close_round(world.round).await;
    let round = world.programme.round().await;
    // 25 points of A1 are 1.875 of the total, of B3 1.5, of A4 1.5, of B4 0.75, of C4 1.
    let assessment = world.programme.assessment(pilot.id, round, AssessmentState::Verified).await;
    let levels = raised(2, &["A4", "B3", "C4", "D4"], 3);
    world.programme.verdicts(assessment.id, world.verifier.person, &levels).await;
    let (met, rise) = world.condition(Stage::Uplift, "rise").await;
    assert_eq!((met, rise), (true, Figure::Rise { points: whole(5), grades: 0 }));
    world
        .change(sql("UPDATE verdicts SET level = 2 WHERE assessment_id = $1 AND indicator = 'D4'").bind(assessment.id))
        .await;
    assert_eq!(
        world.condition(Stage::Uplift, "rise").await,
        (false, Figure::Rise { points: whole(4), grades: 0 })
    );
    // From 24 to 25 points is only one, but from grade 1 to grade 2.
    world
        .change(sql("UPDATE verdicts SET level = 2 WHERE assessment_id = $1").bind(assessment.id))
        .await;
    world
        .change(sql("UPDATE verdicts SET level = 1 WHERE assessment_id <> $1 AND indicator = 'C4'").bind(assessment.id))
        .await;
    assert_eq!(
        world.condition(Stage::Uplift, "rise").await,
        (true, Figure::Rise { points: whole(1), grades: 1 })
    );
}

crate::on_both_engines!(
    nothing_is_met_by_nothing,
    the_gate_of_seek,
    the_gate_of_compare,
    the_gate_of_improve,
    the_gate_of_uplift,
    the_rise_of_a_total,
);
