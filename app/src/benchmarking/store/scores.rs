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
