//! From gap to proof: what stands between a firm's first verified level and its latest, indicator by indicator.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::db::{On, sql};
use crate::error::AppError;
use crate::ids::PilotId;

/// The level of a benchmark (标杆) that an indicator is measured against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    pub benchmark: String,
    pub level: i64,
}

/// What the firm did about an indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub title: String,
    /// planned, doing, done or cancelled.
    pub state: String,
    pub done_on: Option<NaiveDate>,
    /// The firm's own rule (制度) that the result was written into; empty until it is.
    pub rule: String,
}

/// What a firm has of one indicator, from gap to actions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    pub gap: Option<Gap>,
    /// The root cause.
    pub root: Option<String>,
    pub target: Option<i64>,
    pub deeds: Vec<Deed>,
}

#[derive(sqlx::FromRow)]
struct DeedRow {
    indicator: String,
    title: String,
    state: String,
    done_on: Option<NaiveDate>,
    rule: String,
}

/// The chains of a pilot, by indicator. The primary benchmark speaks first, others only where it says nothing.
pub async fn chain(on: impl Into<On<'_>>, pilot: PilotId) -> Result<BTreeMap<String, Chain>, AppError> {
    let mut on = on.into();
    let mut chains: BTreeMap<String, Chain> = BTreeMap::new();
    let levels: Vec<(String, String, i64)> = sql(
        "SELECT l.indicator, b.name, l.level FROM pilot_benchmarks c JOIN benchmarks b ON b.id = c.benchmark_id
             JOIN benchmark_levels l ON l.benchmark_id = b.id
         WHERE c.pilot_id = $1 ORDER BY c.is_primary DESC, c.chosen_at, b.id",
    )
    .bind(pilot)
    .all(on.again())
    .await?;
    for (indicator, benchmark, level) in levels {
        chains.entry(indicator).or_default().gap.get_or_insert(Gap { benchmark, level });
    }
    let causes: Vec<(String, String)> = sql("SELECT indicator, root FROM causes WHERE pilot_id = $1")
        .bind(pilot)
        .all(on.again())
        .await?;
    for (indicator, root) in causes {
        chains.entry(indicator).or_default().root = Some(root).filter(|root| !root.is_empty());
    }
    let targets: Vec<(String, i64)> = sql("SELECT indicator, level FROM targets WHERE pilot_id = $1")
        .bind(pilot)
        .all(on.again())
        .await?;
    for (indicator, level) in targets {
        chains.entry(indicator).or_default().target = Some(level);
    }
    let deeds: Vec<DeedRow> = sql("SELECT indicator, title, state, done_on, rule FROM actions WHERE pilot_id = $1 ORDER BY priority, due_on, id")
        .bind(pilot)
        .all(on.again())
        .await?;
    for row in deeds {
        chains.entry(row.indicator).or_default().deeds.push(Deed {
            title: row.title,
            state: row.state,
            done_on: row.done_on,
            rule: row.rule,
        });
    }
    Ok(chains)
}
