//! What the gates ask about a firm's improvement, in the terms of [`gates`]. What is enough is said there. Each reads from a
//! database or within a transaction, so that a decision keeps the figures of its own moment.
//!
//! | gate | functions |
//! |---|---|
//! | 寻标 | [`benchmark`] |
//! | 对标 | [`benchmark_levels`], [`causes`], [`targets`], [`planned`] |
//! | 改善, 提升 | [`targets`], [`actions`] |

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{ActionState, BenchmarkLevels};
use super::store::{self, Action, ActionFilter};
use crate::benchmarking::rules::gates::{ActionFact, BenchmarkLevel, Progress};
use crate::benchmarking::rules::level::Level;
use crate::db::On;
use crate::error::AppError;
use crate::ids::PilotId;

/// The levels of the primary benchmark with their sources; empty while the firm has chosen none.
pub async fn benchmark(on: impl Into<On<'_>>, pilot: PilotId) -> Result<BenchmarkLevels, AppError> {
    let mut on = on.into();
    match store::primary(on.again(), pilot).await? {
        Some(primary) => store::levels(on, primary.id).await,
        None => Ok(BenchmarkLevels::new()),
    }
}

/// The same as the gate of 寻标 looks at it: whether each has a source, and of which day it is.
pub fn dated(levels: &BenchmarkLevels) -> Vec<BenchmarkLevel> {
    let dated = levels.iter().map(|(indicator, known)| BenchmarkLevel {
        indicator: indicator.clone(),
        has_source: !known.source.trim().is_empty(),
        dated_on: known.dated_on,
    });
    dated.collect()
}

/// The bare levels of the primary benchmark.
pub async fn benchmark_levels(on: impl Into<On<'_>>, pilot: PilotId) -> Result<BTreeMap<String, Level>, AppError> {
    let levels = benchmark(on, pilot).await?;
    Ok(levels.into_iter().map(|(indicator, known)| (indicator, known.level)).collect())
}

/// Indicators whose root cause is written down.
pub async fn causes(on: impl Into<On<'_>>, pilot: PilotId) -> Result<BTreeSet<String>, AppError> {
    Ok(store::causes_of(on, pilot).await?.into_keys().collect())
}

/// The level that the firm means to reach, by indicator.
pub async fn targets(on: impl Into<On<'_>>, pilot: PilotId) -> Result<BTreeMap<String, Level>, AppError> {
    let targets = store::targets_of(on, pilot).await?;
    Ok(targets.into_iter().map(|(indicator, target)| (indicator, target.level)).collect())
}

/// Indicators with an action, not cancelled, that has owner, due date, deliverable and resources.
pub async fn planned(on: impl Into<On<'_>>, pilot: PilotId) -> Result<BTreeSet<String>, AppError> {
    let actions = store::actions_of(on, pilot, &ActionFilter::default()).await?;
    let complete = actions
        .into_iter()
        .filter(|action| action.state != ActionState::Cancelled && has_all(action));
    Ok(complete.map(|action| action.indicator).collect())
}

fn has_all(action: &Action) -> bool {
    [&action.owner, &action.deliverable, &action.resources]
        .into_iter()
        .all(|text| !text.is_empty())
}

/// Every action of a firm, the cancelled ones among them.
pub async fn actions(on: impl Into<On<'_>>, pilot: PilotId) -> Result<Vec<ActionFact>, AppError> {
    let actions = store::actions_of(on, pilot, &ActionFilter::default()).await?;
    let facts = actions.into_iter().map(|action| ActionFact {
        id: action.id.to_string(),
        priority: action.priority().get(),
        progress: match action.state {
            ActionState::Planned | ActionState::Doing => Progress::Open,
            ActionState::Done => Progress::Done,
            ActionState::Cancelled => Progress::Cancelled,
        },
        due_on: action.due_on,
        is_proved: action.accepted > 0,
        is_written_in: !action.rule.is_empty(),
        indicator: action.indicator,
    });
    Ok(facts.collect())
}
