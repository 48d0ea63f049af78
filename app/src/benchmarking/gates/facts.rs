//! The facts that a gate's conditions are judged by, gathered from the rooms that know them, on a database or within the
//! transaction of a decision. What is enough is said by [`rules::gates`](crate::benchmarking::rules::gates).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::rules::Figures;
use crate::benchmarking::rules::closure::{Path, closure};
use crate::benchmarking::rules::gates::{self, ActionFact, BenchmarkLevel, CompareFacts, ImproveFacts, Progress, SeekFacts, UpliftFacts};
use crate::benchmarking::rules::trend::rebase;
use crate::benchmarking::rules::{Answers, Framework, Level, Stage, score};
use crate::benchmarking::store::{self, Assessment, AssessmentState, Pilot};
use crate::db::{On, sql};
use crate::error::AppError;
use crate::firms;
use crate::firms::rules::Missing;
use crate::ids::{ActionId, FrameworkId, PilotId};

/// The conditions of a stage's gate for a firm as of a day, in the order of the rules.
pub async fn figures(on: impl Into<On<'_>>, pilot: &Pilot, stage: Stage, day: NaiveDate) -> Result<Figures, AppError> {
    let mut on = on.into();
    // Without any framework nothing can be measured, and nothing is open.
    let Some(framework) = framework(on.again(), pilot).await? else {
        return Ok(Figures::default());
    };
    let conditions = match stage {
        Stage::Seek => gates::seek(&framework, &seek(on, pilot, &framework, day).await?),
        Stage::Compare => {
            let (framework, facts) = compare(on, pilot, framework, day).await?;
            gates::compare(&framework, &facts)
        }
        Stage::Improve => gates::improve(&framework, &improve(on, pilot, day).await?),
        Stage::Uplift => gates::uplift(&uplift(on, pilot, day).await?),
    };
    Ok(Figures { conditions })
}

/// The framework that a firm is measured by: that of its newest assessment, else of its cohort's latest round, else the
/// newest published one.
pub async fn framework(on: impl Into<On<'_>>, pilot: &Pilot) -> Result<Option<Framework>, AppError> {
    let mut on = on.into();
    let newest = store::assessments_of(on.again(), pilot.id).await?.pop();
    let round = match newest {
        Some(assessment) => Some(store::round(on.again(), assessment.round_id).await?),
        None => store::rounds_of(on.again(), pilot.cohort_id).await?.pop(),
    };
    let id = match round {
        Some(round) => Some(round.framework_id),
        None => published(on.again()).await?,
    };
    match id {
        Some(id) => store::framework(on, id).await.map(Some),
        None => Ok(None),
    }
}

async fn published(on: On<'_>) -> Result<Option<FrameworkId>, AppError> {
    let newest: Option<(FrameworkId,)> = sql("SELECT id FROM frameworks WHERE state = 'published' ORDER BY published_at DESC, id DESC LIMIT 1")
        .opt(on)
        .await?;
    Ok(newest.map(|(id,)| id))
}

async fn seek(mut on: On<'_>, pilot: &Pilot, framework: &Framework, day: NaiveDate) -> Result<SeekFacts, AppError> {
    let profile = firms::profile(on.again(), pilot.firm_id).await?;
    let newest = store::assessments_of(on.again(), pilot.id).await?.pop();
    let own = match &newest {
        Some(assessment) => store::scores::three(on.again(), assessment, framework, day).await?.own,
        None => Answers::new(),
    };
    let primary = sql("SELECT COUNT(*) FROM pilot_benchmarks b WHERE b.pilot_id = $1 AND b.is_primary").bind(pilot.id);
    Ok(SeekFacts {
        profile_fields: i64::try_from(Missing::ALL.len()).unwrap_or(i64::MAX),
        profile_empty: firms::rules::missing(&profile).into_iter().map(|part| part.as_str().to_owned()).collect(),
        own,
        is_submitted: newest.is_some_and(|assessment| matches!(assessment.state(), AssessmentState::Submitted | AssessmentState::Verified)),
        primary_benchmarks: primary.count(on.again()).await?,
        levels: benchmark(on, pilot.id)
            .await?
            .into_iter()
            .map(|(indicator, _, source, dated_on)| BenchmarkLevel {
                indicator,
                has_source: !source.trim().is_empty(),
                dated_on,
            })
            .collect(),
        today: day,
    })
}

/// The levels of the primary benchmark: indicator, level, source, date.
async fn benchmark(on: On<'_>, pilot: PilotId) -> Result<Vec<(String, i64, String, NaiveDate)>, AppError> {
    Ok(sql("SELECT l.indicator, l.level, l.source, l.dated_on FROM benchmark_levels l
         JOIN pilot_benchmarks b ON b.benchmark_id = l.benchmark_id WHERE b.pilot_id = $1 AND b.is_primary ORDER BY l.indicator")
    .bind(pilot)
    .all(on)
    .await?)
}

/// What is compared is the newest assessment that its verifier has closed: verdicts before that are nobody's but the verifier's.
async fn compare(mut on: On<'_>, pilot: &Pilot, framework: Framework, day: NaiveDate) -> Result<(Framework, CompareFacts), AppError> {
    let (framework, verified) = match store::newest_verified(on.again(), pilot.id).await? {
        Some(assessment) => answers(on.again(), &assessment, day).await?,
        None => (framework, Answers::new()),
    };
    let levels = benchmark(on.again(), pilot.id).await?;
    let causes: Vec<(String,)> = sql("SELECT c.indicator FROM causes c WHERE c.pilot_id = $1 AND c.root <> ''")
        .bind(pilot.id)
        .all(on.again())
        .await?;
    let planned: Vec<(String,)> = sql("SELECT DISTINCT a.indicator FROM actions a
         WHERE a.pilot_id = $1 AND a.state <> 'cancelled' AND a.owner <> '' AND a.deliverable <> '' AND a.resources <> ''")
    .bind(pilot.id)
    .all(on.again())
    .await?;
    let facts = CompareFacts {
        verified,
        benchmark: levels_of(levels.into_iter().map(|(indicator, level, ..)| (indicator, level))),
        causes: causes.into_iter().map(|(indicator,)| indicator).collect(),
        targets: targets(on, pilot.id).await?,
        planned: planned.into_iter().map(|(indicator,)| indicator).collect::<BTreeSet<_>>(),
    };
    Ok((framework, facts))
}

fn levels_of(rows: impl Iterator<Item = (String, i64)>) -> BTreeMap<String, Level> {
    rows.filter_map(|(indicator, level)| Some((indicator, Level::new(level)?))).collect()
}

async fn targets(on: On<'_>, pilot: PilotId) -> Result<BTreeMap<String, Level>, AppError> {
    let rows: Vec<(String, i64)> = sql("SELECT t.indicator, t.level FROM targets t WHERE t.pilot_id = $1")
        .bind(pilot)
        .all(on)
        .await?;
    Ok(levels_of(rows.into_iter()))
}

async fn improve(mut on: On<'_>, pilot: &Pilot, day: NaiveDate) -> Result<ImproveFacts, AppError> {
    let verified = store::verified_of(on.again(), pilot.id).await?;
    let baseline = match store::baseline(on.again(), pilot.id, &verified).await? {
        Some(assessment) => answers(on.again(), assessment, day).await?.1,
        None => Answers::new(),
    };
    Ok(ImproveFacts {
        baseline,
        targets: targets(on.again(), pilot.id).await?,
        actions: actions(on, pilot.id).await?,
        today: day,
    })
}

async fn uplift(mut on: On<'_>, pilot: &Pilot, day: NaiveDate) -> Result<UpliftFacts, AppError> {
    let verified = store::verified_of(on.again(), pilot.id).await?;
    let actions = actions(on.again(), pilot.id).await?;
    let targets = targets(on.again(), pilot.id).await?;
    let baseline = store::baseline(on.again(), pilot.id, &verified).await?;
    let again = baseline.and_then(|first| verified.iter().rfind(|assessment| assessment.number > first.number));
    let (Some(first), Some(second)) = (baseline, again) else {
        return Ok(UpliftFacts {
            is_verified: false,
            closure: None,
            before: None,
            after: None,
            actions,
        });
    };
    let (earlier, before) = answers(on.again(), first, day).await?;
    let (later, after) = answers(on, second, day).await?;
    let paths: Vec<Path> = targets
        .into_iter()
        .filter_map(|(indicator, target)| {
            Some(Path {
                from: before.get(&indicator)?.level()?,
                to: after.get(&indicator)?.level()?,
                target,
                indicator,
            })
        })
        .collect();
    let common = rebase(&earlier, &later, &before, &after);
    Ok(UpliftFacts {
        is_verified: true,
        closure: closure(&later, &paths).overall,
        before: Some(score(&later, &common.before)),
        after: Some(score(&later, &common.after)),
        actions,
    })
}

/// An assessment's framework and its verified answers.
async fn answers(mut on: On<'_>, assessment: &Assessment, day: NaiveDate) -> Result<(Framework, Answers), AppError> {
    let round = store::round(on.again(), assessment.round_id).await?;
    let framework = store::framework(on.again(), round.framework_id).await?;
    let answers = store::scores::three(on, assessment, &framework, day).await?.verified;
    Ok((framework, answers))
}

#[derive(sqlx::FromRow)]
struct ActionRow {
    id: ActionId,
    indicator: String,
    priority: i64,
    state: String,
    due_on: NaiveDate,
    rule: String,
    accepted: i64,
}

async fn actions(on: On<'_>, pilot: PilotId) -> Result<Vec<ActionFact>, AppError> {
    let rows: Vec<ActionRow> = sql("SELECT a.id, a.indicator, a.priority, a.state, a.due_on, a.rule,
           (SELECT COUNT(*) FROM action_evidence e WHERE e.action_id = a.id AND e.state = 'accepted') AS accepted
         FROM actions a WHERE a.pilot_id = $1 ORDER BY a.due_on, a.id")
    .bind(pilot)
    .all(on)
    .await?;
    let fact = |row: ActionRow| ActionFact {
        id: row.id.to_string(),
        indicator: row.indicator,
        priority: row.priority,
        progress: match row.state.as_str() {
            "done" => Progress::Done,
            "cancelled" => Progress::Cancelled,
            _ => Progress::Open,
        },
        due_on: row.due_on,
        is_proved: row.accepted > 0,
        is_written_in: !row.rule.trim().is_empty(),
    };
    Ok(rows.into_iter().map(fact).collect())
}
