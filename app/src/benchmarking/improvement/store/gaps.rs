//! What a firm's levels are at the moment, and how they stand against its primary benchmark.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::benchmarks::{self, Benchmark};
use crate::benchmarking::improvement::rules::{BenchmarkLevels, GapRow, gap_rows};
use crate::benchmarking::rules::Framework;
use crate::benchmarking::rules::level::{Answers, Level};
use crate::benchmarking::store::scores::three;
use crate::benchmarking::store::{Assessment, Pilot, assessments_of, framework, newest_verified, round, rounds_of};
use crate::db::{On, sql};
use crate::error::AppError;
use crate::ids::FrameworkId;

/// The framework that a firm is measured by now: that of its newest assessment, else of its cohort's latest round, or before
/// the first round the newest published one; none in a city that has published none.
pub async fn current_framework(on: impl Into<On<'_>>, pilot: &Pilot) -> Result<Option<Framework>, AppError> {
    let mut on = on.into();
    let latest = match assessments_of(on.again(), pilot.id).await?.pop() {
        Some(assessment) => Some(round(on.again(), assessment.round_id).await?),
        None => rounds_of(on.again(), pilot.cohort_id).await?.pop(),
    };
    match latest {
        Some(latest) => framework(on, latest.framework_id).await.map(Some),
        None => published(on).await,
    }
}

/// The newest published framework.
pub async fn published(on: impl Into<On<'_>>) -> Result<Option<Framework>, AppError> {
    let mut on = on.into();
    let newest: Option<(FrameworkId,)> = sql("SELECT id FROM frameworks WHERE state = 'published' ORDER BY published_at DESC, id DESC LIMIT 1")
        .opt(on.again())
        .await?;
    match newest {
        Some((id,)) => framework(on, id).await.map(Some),
        None => Ok(None),
    }
}

/// A firm's levels of the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    pub framework: Framework,
    /// The number of the round that they are of.
    pub round: i64,
    /// The levels are verified ones; otherwise they are what the accepted evidence carries.
    pub is_verified: bool,
    pub levels: Answers,
}

/// The verified levels of the latest verified assessment, or without one the evidence-capped levels of the latest
/// assessment; none before the firm has begun one.
pub async fn measured(on: impl Into<On<'_>>, pilot: &Pilot, today: NaiveDate) -> Result<Option<Measured>, AppError> {
    let mut on = on.into();
    let (assessment, is_verified) = match newest_verified(on.again(), pilot.id).await? {
        Some(assessment) => (assessment, true),
        None => match assessments_of(on.again(), pilot.id).await?.pop() {
            Some(assessment) => (assessment, false),
            None => return Ok(None),
        },
    };
    read(on, &assessment, is_verified, today).await.map(Some)
}

async fn read(mut on: On<'_>, assessment: &Assessment, is_verified: bool, today: NaiveDate) -> Result<Measured, AppError> {
    let round = round(on.again(), assessment.round_id).await?;
    let framework = framework(on.again(), round.framework_id).await?;
    let levels = three(on, assessment, &framework, today).await?;
    Ok(Measured {
        framework,
        round: assessment.number,
        is_verified,
        levels: if is_verified { levels.verified } else { levels.capped },
    })
}

/// The latest verified levels of a firm; empty before its first verification.
pub(super) async fn verified(on: impl Into<On<'_>>, pilot: &Pilot, today: NaiveDate) -> Result<Answers, AppError> {
    let found = measured(on, pilot, today).await?.filter(|found| found.is_verified);
    Ok(found.map(|found| found.levels).unwrap_or_default())
}

/// A firm held against its primary benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    pub own: Measured,
    pub benchmark: Benchmark,
    pub sources: BenchmarkLevels,
    /// Every indicator of the framework, in its order.
    pub rows: Vec<GapRow>,
}

impl Compared {
    /// The row of one indicator.
    pub fn row(&self, indicator: &str) -> Option<&GapRow> {
        self.rows.iter().find(|row| row.indicator == indicator)
    }
}

/// The gaps of a firm; none while it has no assessment or no primary benchmark.
pub async fn compared(on: impl Into<On<'_>>, pilot: &Pilot, today: NaiveDate) -> Result<Option<Compared>, AppError> {
    let mut on = on.into();
    let Some(benchmark) = benchmarks::primary(on.again(), pilot.id).await? else {
        return Ok(None);
    };
    let sources = benchmarks::levels(on.again(), benchmark.id).await?;
    let Some(own) = measured(on, pilot, today).await? else {
        return Ok(None);
    };
    let levels: BTreeMap<String, Level> = sources.iter().map(|(indicator, known)| (indicator.clone(), known.level)).collect();
    let rows = gap_rows(&own.framework, &levels, &own.levels);
    Ok(Some(Compared {
        own,
        benchmark,
        sources,
        rows,
    }))
}
