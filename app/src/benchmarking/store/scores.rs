//! The three levels of each indicator, side by side: the firm's own, as far as evidence carries it, and the verified one.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::rounds::Assessment;
use crate::benchmarking::rules::Framework;
use crate::benchmarking::rules::evidence::{Proof, capped};
use crate::benchmarking::rules::level::{Answer, Answers};
use crate::clock::day_of;
use crate::db::{On, sql};
use crate::error::AppError;
use crate::ids::AssessmentId;

/// Three scores stand side by side and never overwrite each other; these are the levels that they are made of. Each map has
/// every indicator of the framework and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreeLevels {
    /// 自评.
    pub own: Answers,
    /// 有证.
    pub capped: Answers,
    /// 核定.
    pub verified: Answers,
}

/// The three levels of one assessment. Evidence is judged as of `today`, and of a verified assessment as of the day on which
/// it was verified: what is closed does not sink because time passes.
pub async fn three(on: impl Into<On<'_>>, assessment: &Assessment, framework: &Framework, today: NaiveDate) -> Result<ThreeLevels, AppError> {
    let mut found = three_of_many(on, &[(assessment, framework)], today).await?;
    found.remove(&assessment.id).ok_or(AppError::NotFound)
}

/// The three levels of many assessments, each with its round's framework, in three queries.
pub async fn three_of_many(
    on: impl Into<On<'_>>,
    assessments: &[(&Assessment, &Framework)],
    today: NaiveDate,
) -> Result<BTreeMap<AssessmentId, ThreeLevels>, AppError> {
    let mut on = on.into();
    let ids: Vec<AssessmentId> = assessments.iter().map(|(assessment, _)| assessment.id).collect();
    let mut own = own_of_many(on.again(), &ids).await?;
    let mut proofs = proofs_of_many(on.again(), &ids).await?;
    let mut verified = verified_of_many(on, &ids).await?;
    let three = |(assessment, framework): &(&Assessment, &Framework)| {
        let id = assessment.id;
        let own = over(framework, &own.remove(&id).unwrap_or_default());
        let day = assessment.verified_at.map_or(today, day_of);
        let levels = ThreeLevels {
            capped: capped(&own, &proofs.remove(&id).unwrap_or_default(), day),
            verified: over(framework, &verified.remove(&id).unwrap_or_default()),
            own,
        };
        (id, levels)
    };
    Ok(assessments.iter().map(three).collect())
}

/// The accepted evidence of one assessment, by indicator.
pub async fn proofs(on: impl Into<On<'_>>, assessment: AssessmentId) -> Result<BTreeMap<String, Proof>, AppError> {
    let mut found = proofs_of_many(on, &[assessment]).await?;
    Ok(found.remove(&assessment).unwrap_or_default())
}

type PerAssessment<T> = BTreeMap<AssessmentId, BTreeMap<String, T>>;

/// Every indicator of the framework, missing where there is no answer.
fn over(framework: &Framework, answers: &Answers) -> Answers {
    framework
        .indicators()
        .map(|(_, indicator)| (indicator.id.clone(), answers.get(&indicator.id).copied().unwrap_or(Answer::Missing)))
        .collect()
}

async fn own_of_many(on: On<'_>, ids: &[AssessmentId]) -> Result<PerAssessment<Answer>, AppError> {
    let rows: Vec<(AssessmentId, String, Option<i64>, bool, String)> =
        sql("SELECT assessment_id, indicator, level, na, na_state FROM answers WHERE assessment_id")
            .push_in(ids.iter().copied())
            .all(on)
            .await?;
    let answers = rows
        .into_iter()
        .map(|(id, indicator, level, na, na_state)| (id, indicator, Answer::of(level, na, na_state == "approved")));
    Ok(grouped(answers))
}

/// A verifier's N/A needs no further approval.
async fn verified_of_many(on: On<'_>, ids: &[AssessmentId]) -> Result<PerAssessment<Answer>, AppError> {
    let rows: Vec<(AssessmentId, String, Option<i64>, bool)> = sql("SELECT assessment_id, indicator, level, na FROM verdicts WHERE assessment_id")
        .push_in(ids.iter().copied())
        .all(on)
        .await?;
    let verdicts = rows
        .into_iter()
        .map(|(id, indicator, level, na)| (id, indicator, Answer::of(level, na, true)));
    Ok(grouped(verdicts))
}

async fn proofs_of_many(on: impl Into<On<'_>>, ids: &[AssessmentId]) -> Result<PerAssessment<Proof>, AppError> {
    let rows: Vec<(AssessmentId, String, i64, Option<NaiveDate>)> =
        sql("SELECT assessment_id, indicator, COUNT(*), MAX(fact_on) FROM evidence WHERE state = 'accepted' AND assessment_id")
            .push_in(ids.iter().copied())
            .push(" GROUP BY assessment_id, indicator")
            .all(on)
            .await?;
    let proofs = rows
        .into_iter()
        .map(|(id, indicator, accepted, newest)| (id, indicator, Proof { accepted, newest }));
    Ok(grouped(proofs))
}

fn grouped<T>(rows: impl Iterator<Item = (AssessmentId, String, T)>) -> PerAssessment<T> {
    let mut grouped = PerAssessment::new();
    for (id, indicator, value) in rows {
        grouped.entry(id).or_insert_with(BTreeMap::new).insert(indicator, value);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarking::rules::Level;
    use crate::benchmarking::store::AssessmentState;
    use crate::benchmarking::testing::{TestProgramme, default_framework};
    use crate::db::testing::Engine;
    use crate::on_both_engines;
    use crate::testing::{XINAN, YIYANG};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn level(number: i64) -> Answer {
        Answer::Level(Level::new(number).expect("a level"))
    }

    async fn levels_stand_side_by_side(engine: Engine) {
        let programme = TestProgramme::new(engine).await;
        let round = programme.round().await;
        let pilot = programme.pilot("星辰机械", XINAN).await;
        let verifier = programme.verifier(&[pilot.id]).await;
        let assessment = programme.assessment(pilot.id, round, AssessmentState::Submitted).await;
        programme.answers(assessment.id, &[("A1", 5), ("A2", 5), ("A3", 4), ("Z9", 4)]).await;
        programme.not_applicable(assessment.id, "B1", "approved").await;
        programme.not_applicable(assessment.id, "B2", "asked").await;
        programme.not_applicable(assessment.id, "B3", "refused").await;
        for (indicator, fact_on, state) in [
            ("A1", "2026-10-01", "accepted"),
            ("A1", "2020-10-01", "accepted"),
            ("A2", "2026-10-01", "accepted"),
            ("A2", "2026-10-01", "offered"),
            ("A2", "2026-10-01", "refused"),
            ("A3", "2026-10-01", "removed"),
        ] {
            programme.evidence(assessment.id, indicator, day(fact_on), state).await;
        }
        programme.verdicts(assessment.id, verifier.person, &[("A1", 4), ("A3", 1)]).await;

        let db = &programme.city.app.db;
        let three_levels = three(db, &assessment, &default_framework(), day("2026-11-03")).await.expect("levels");
        for (indicator, own, capped, verified) in [
            ("A1", level(5), level(5), level(4)),
            ("A2", level(5), level(3), Answer::Missing),
            ("A3", level(4), level(2), level(1)),
            ("A4", Answer::Missing, Answer::Missing, Answer::Missing),
            ("B1", Answer::NotApplicable, Answer::NotApplicable, Answer::Missing),
            ("B2", Answer::Missing, Answer::Missing, Answer::Missing),
            ("B3", Answer::Missing, Answer::Missing, Answer::Missing),
        ] {
            let found = (
                three_levels.own[indicator],
                three_levels.capped[indicator],
                three_levels.verified[indicator],
            );
            assert_eq!(found, (own, capped, verified), "{indicator}");
        }
        for levels in [&three_levels.own, &three_levels.capped, &three_levels.verified] {
            assert_eq!(levels.len(), 18, "every indicator of the framework and no other");
        }

        // Evidence of October 2026 is not recent for ever.
        let later = three(db, &assessment, &default_framework(), day("2027-10-02")).await.expect("levels");
        assert_eq!((later.capped["A1"], later.own["A1"]), (level(3), level(5)));

        let proofs = proofs(db, assessment.id).await.expect("proofs");
        let expected = |accepted, newest| Proof {
            accepted,
            newest: Some(day(newest)),
        };
        assert_eq!(
            proofs,
            BTreeMap::from([("A1".to_owned(), expected(2, "2026-10-01")), ("A2".to_owned(), expected(1, "2026-10-01"))])
        );
    }

    async fn a_verified_assessment_does_not_sink(engine: Engine) {
        let programme = TestProgramme::new(engine).await;
        let round = programme.round().await;
        let pilot = programme.pilot("星辰机械", XINAN).await;
        let verifier = programme.verifier(&[pilot.id]).await;
        let assessment = programme.verified(pilot.id, round, verifier.person, &[("A1", 5)]).await;
        for _ in 0..2 {
            programme.evidence(assessment.id, "A1", day("2026-10-01"), "accepted").await;
        }
        let mut tx = programme.city.begin().await;
        let years_later = three(&mut tx, &assessment, &default_framework(), day("2030-01-01"))
            .await
            .expect("levels");
        assert_eq!(years_later.capped["A1"], level(5));
    }

    async fn many_are_told_apart(engine: Engine) {
        let programme = TestProgramme::new(engine).await;
        let round = programme.round().await;
        let framework = default_framework();
        let mut assessments = Vec::new();
        for (name, region, own) in [("星辰机械", XINAN, 3), ("宜阳农业", YIYANG, 4), ("空白企业", XINAN, 0)] {
            let pilot = programme.pilot(name, region).await;
            let assessment = programme.assessment(pilot.id, round, AssessmentState::Draft).await;
            if own > 0 {
                programme.answers(assessment.id, &[("A1", own)]).await;
            }
            assessments.push(assessment);
        }
        let wanted: Vec<_> = assessments.iter().map(|assessment| (assessment, &framework)).collect();
        let found = three_of_many(&programme.city.app.db, &wanted, day("2026-11-03")).await.expect("levels");
        let own: Vec<Answer> = assessments.iter().map(|assessment| found[&assessment.id].own["A1"]).collect();
        assert_eq!(own, [level(3), level(4), Answer::Missing]);
        assert_eq!(found[&assessments[1].id].capped["A1"], level(2));
        let none = three_of_many(&programme.city.app.db, &[], day("2026-11-03")).await.expect("levels");
        assert!(none.is_empty());
    }

    on_both_engines!(levels_stand_side_by_side);
    on_both_engines!(a_verified_assessment_does_not_sink);
    on_both_engines!(many_are_told_apart);
}
