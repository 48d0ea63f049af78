//! What the gates ask about a firm's improvement. Figures only: what is enough is said by the rules of the gates.
//!
//! | gate | function |
//! |---|---|
//! | 寻标 | [`benchmark`] |
//! | 对标 | [`comparison`] |
//! | 改善 | [`actions`], read with [`completion`] |
//! | 提升 | [`targets`], and [`actions`] for the share of rules |
//!
//! Each reads from a database or within a transaction, so that a decision keeps the figures of its own moment.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::rules::{ActionState, Coverage, Priority, coverage, days_late};
use super::store::{self, ActionFilter};
use crate::benchmarking::rules::Framework;
use crate::benchmarking::rules::exact::Exact;
use crate::benchmarking::rules::level::Level;
use crate::benchmarking::store::Pilot;
use crate::db::On;
use crate::error::AppError;
use crate::ids::{ActionId, BenchmarkId, PilotId};

/// The primary benchmark as the gate of 寻标 looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenchmarkFacts {
    /// Id and name; none while the firm has chosen none.
    pub primary: Option<(BenchmarkId, String)>,
    /// How far it carries by the firm's framework; none without a benchmark or without a framework.
    pub coverage: Option<Coverage>,
}

/// The primary benchmark of a firm and how far it carries on `today`.
pub async fn benchmark(on: impl Into<On<'_>>, pilot: &Pilot, today: NaiveDate) -> Result<BenchmarkFacts, AppError> {
    let mut on = on.into();
    let Some(primary) = store::primary(on.again(), pilot.id).await? else {
        return Ok(BenchmarkFacts {
            primary: None,
            coverage: None,
        });
    };
    let levels = store::levels(on.again(), primary.id).await?;
    let framework = store::current_framework(on, pilot).await?;
    Ok(BenchmarkFacts {
        coverage: framework.map(|framework| coverage(&framework, &levels, today)),
        primary: Some((primary.id, primary.name)),
    })
}

/// Causes and targets as the gate of 对标 looks at them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComparisonFacts {
    /// Indicators of the five largest gaps by contribution, all if there are fewer.
    pub largest: Vec<String>,
    /// Those of them without a root cause.
    pub without_cause: Vec<String>,
    /// Whether the gaps could be counted at all: there is an assessment and a primary benchmark.
    pub is_measured: bool,
    pub targets: BTreeMap<String, Level>,
    /// Dimensions that have a target.
    pub dimensions: BTreeSet<String>,
    /// Targets without an action that has owner, due date, deliverable and resources; cancelled ones do not count.
    pub without_action: Vec<String>,
}

/// Causes, targets and whether each target has an action that is complete.
pub async fn comparison(on: impl Into<On<'_>>, pilot: &Pilot, today: NaiveDate) -> Result<ComparisonFacts, AppError> {
    let mut on = on.into();
    let compared = store::compared(on.again(), pilot, today).await?;
    let causes = store::causes_of(on.again(), pilot.id).await?;
    let targets = targets(on.again(), pilot.id).await?;
    let actions = store::actions_of(on.again(), pilot.id, &ActionFilter::default()).await?;
    let framework = match &compared {
        Some(compared) => Some(compared.own.framework.clone()),
        None => store::current_framework(on, pilot).await?,
    };
    let largest: Vec<String> = compared
        .iter()
        .flat_map(|compared| &compared.rows)
        .filter(|row| row.is_largest)
        .map(|row| row.indicator.clone())
        .collect();
    let is_complete = |indicator: &String| {
        actions
            .iter()
            .any(|action| action.indicator == *indicator && action.state != ActionState::Cancelled && has_all(action))
    };
    Ok(ComparisonFacts {
        without_cause: largest.iter().filter(|indicator| !causes.contains_key(*indicator)).cloned().collect(),
        largest,
        is_measured: compared.is_some(),
        dimensions: dimensions_of(framework.as_ref(), targets.keys()),
        without_action: targets.keys().filter(|indicator| !is_complete(indicator)).cloned().collect(),
        targets,
    })
}

fn has_all(action: &store::Action) -> bool {
    [&action.owner, &action.deliverable, &action.resources].into_iter().all(|text| !text.is_empty())
}

fn dimensions_of<'a>(framework: Option<&Framework>, indicators: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    let Some(framework) = framework else { return BTreeSet::new() };
    indicators
        .filter_map(|indicator| framework.indicator(indicator))
        .map(|(dimension, _)| dimension.id.clone())
        .collect()
}

/// The firm's targets: indicator and the level it means to reach.
pub async fn targets(on: impl Into<On<'_>>, pilot: PilotId) -> Result<BTreeMap<String, Level>, AppError> {
    let targets = store::targets_of(on, pilot).await?;
    Ok(targets.into_iter().map(|(indicator, target)| (indicator, target.level)).collect())
}

/// One action as the gates of 改善 and 提升 look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionFact {
    pub id: ActionId,
    pub indicator: String,
    pub title: String,
    pub priority: Priority,
    pub state: ActionState,
    /// 0 to 100.
    pub progress: i64,
    pub due_on: NaiveDate,
    /// How many days it is late on the day asked for; none when it is not, or no longer open.
    pub days_late: Option<i64>,
    pub done_on: Option<NaiveDate>,
    pub has_accepted_evidence: bool,
    /// Its result was written into the firm's rules (制度).
    pub has_rule: bool,
    /// The indicator's share of the whole, W·w / 10000; 0 where the framework of today does not have it.
    pub weight: Exact,
}

/// Every action of a firm by its day, the cancelled ones among them.
pub async fn actions(on: impl Into<On<'_>>, pilot: &Pilot, today: NaiveDate) -> Result<Vec<ActionFact>, AppError> {
    let mut on = on.into();
    let actions = store::actions_of(on.again(), pilot.id, &ActionFilter::default()).await?;
    let framework = store::current_framework(on, pilot).await?;
    let weight = |indicator: &str| {
        let found = framework.as_ref().and_then(|framework| framework.indicator(indicator));
        found.map_or(Exact::from_integer(0), |(dimension, indicator)| {
            Exact::new(i128::from(dimension.weight) * i128::from(indicator.weight), 10_000)
        })
    };
    Ok(actions
        .into_iter()
        .map(|action| ActionFact {
            weight: weight(&action.indicator),
            priority: action.priority(),
            days_late: days_late(action.state, action.due_on, today),
            id: action.id,
            indicator: action.indicator,
            title: action.title,
            state: action.state,
            progress: action.progress,
            due_on: action.due_on,
            done_on: action.done_on,
            has_accepted_evidence: action.accepted > 0,
            has_rule: !action.rule.is_empty(),
        })
        .collect())
}

/// What the actions come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub all: usize,
    pub cancelled: usize,
    pub done: usize,
    /// Cancelled ones among all, from 0 to 1; none without any action.
    pub cancelled_share: Option<Exact>,
    /// Σ weight · progress over the actions that are not cancelled, from 0 to 1; none when no weight is left.
    pub weighted: Option<Exact>,
    /// P1 actions past their day, with how many days.
    pub late_first: Vec<(ActionId, String, i64)>,
    /// Done without any accepted evidence.
    pub without_evidence: Vec<(ActionId, String)>,
    /// Done and written into the firm's rules.
    pub with_rule: usize,
    /// Done ones written into the rules among all done, from 0 to 1; none before the first is done.
    pub rule_share: Option<Exact>,
}

/// Sums the actions up. An action weighs what its indicator weighs.
pub fn completion(actions: &[ActionFact]) -> Completion {
    let of = |state| actions.iter().filter(move |action| action.state == state);
    let (cancelled, done) = (of(ActionState::Cancelled).count(), of(ActionState::Done).count());
    let with_rule = of(ActionState::Done).filter(|action| action.has_rule).count();
    let kept: Vec<&ActionFact> = actions.iter().filter(|action| action.state != ActionState::Cancelled).collect();
    let zero = Exact::from_integer(0);
    let weight: Exact = kept.iter().fold(zero, |sum, action| sum + action.weight);
    let moved: Exact = kept
        .iter()
        .fold(zero, |sum, action| sum + action.weight * Exact::new(i128::from(action.progress), 100));
    Completion {
        all: actions.len(),
        cancelled,
        done,
        cancelled_share: share(cancelled, actions.len()),
        weighted: (weight > zero).then(|| moved / weight),
        late_first: actions
            .iter()
            .filter(|action| action.priority == Priority::FIRST)
            .filter_map(|action| Some((action.id, action.title.clone(), action.days_late?)))
            .collect(),
        without_evidence: of(ActionState::Done)
            .filter(|action| !action.has_accepted_evidence)
            .map(|action| (action.id, action.title.clone()))
            .collect(),
        with_rule,
        rule_share: share(with_rule, done),
    }
}

fn share(part: usize, whole: usize) -> Option<Exact> {
    let (part, whole) = (i128::try_from(part).ok()?, i128::try_from(whole).ok()?);
    (whole > 0).then(|| Exact::new(part, whole))
}
