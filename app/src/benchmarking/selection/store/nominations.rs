//! Nominating a firm, and changing what was said of it until it is screened.

use chrono::{DateTime, Utc};

use super::cohorts;
use crate::benchmarking::policy::{CheckPermit, NominatePermit};
use crate::benchmarking::rules::PilotState;
use crate::benchmarking::store::{locked, pilot, record};
use crate::db::{Tx, sql};
use crate::error::{AppError, Problem};
use crate::firms::Category;
use crate::firms::store::firm;
use crate::ids::{CohortId, FirmId, PilotId};
use crate::state::App;

/// What a county says of a firm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nomination {
    pub category: Category,
    pub reasons: String,
}

/// Nominates a firm of the permit's county for a cohort. A firm that is nominated there already, or holds a place, is refused.
pub async fn nominate(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &NominatePermit,
    cohort: CohortId,
    firm_id: FirmId,
    new: &Nomination,
) -> Result<PilotId, AppError> {
    let cohort = cohorts::locked(tx, cohort).await?;
    let firm = firm(&mut *tx, firm_id).await?;
    // The same lock as a merge of duplicates takes: a firm that was merged into another is there no more.
    let there = sql("UPDATE firms SET version = version WHERE id = $1 AND merged_into IS NULL")
        .bind(firm_id)
        .run(tx)
        .await?;
    if there == 0 || firm.region != *permit.region() {
        return Err(AppError::NotFound);
    }
    let live = sql("SELECT COUNT(*) FROM pilots WHERE cohort_id = $1 AND firm_id = $2 AND state IN ('nominated', 'screened', 'chosen', 'completed')")
        .bind(cohort.id)
        .bind(firm_id)
        .count(&mut *tx)
        .await?;
    if live > 0 {
        let problem = Problem::new("selection-nominated-already")
            .with("firm", firm.name)
            .with("cohort", cohort.name);
        return Err(AppError::Refused(problem));
    }
    let id = PilotId::new(&app.chance, now);
    sql(
        "INSERT INTO pilots (id, cohort_id, firm_id, region, category, reasons, state, nominated_at, nominated_by)
         VALUES ($1, $2, $3, $4, $5, $6, 'nominated', $7, $8)",
    )
    .bind(id)
    .bind(cohort.id)
    .bind(firm_id)
    .bind(permit.region())
    .bind(new.category.as_str())
    .bind(&new.reasons)
    .bind(now)
    .bind(permit.by())
    .run(tx)
    .await?;
    record(tx, app, now, Some(permit.by()), id, "nominated", &new.reasons).await?;
    Ok(id)
}

/// A nomination that is still to be screened, locked with its cohort.
pub(super) async fn unscreened(tx: &mut Tx, permit: &CheckPermit) -> Result<crate::benchmarking::Pilot, AppError> {
    let cohort = pilot(&mut *tx, permit.pilot()).await?.cohort_id;
    cohorts::locked(tx, cohort).await?;
    let found = locked(tx, permit.pilot()).await?;
    if found.state() == PilotState::Nominated {
        Ok(found)
    } else {
        Err(AppError::refused("selection-screened-already"))
    }
}

/// Changes category and reasons until the firm is screened; `version` is that of the row which the form was made from.
pub async fn edit(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &CheckPermit, version: i64, change: &Nomination) -> Result<(), AppError> {
    let found = unscreened(tx, permit).await?;
    // Locking has counted this change already.
    if found.version != version + 1 {
        return Err(AppError::refused("selection-changed-meanwhile"));
    }
    sql("UPDATE pilots SET category = $2, reasons = $3 WHERE id = $1")
        .bind(found.id)
        .bind(change.category.as_str())
        .bind(&change.reasons)
        .run(tx)
        .await?;
    record(tx, app, now, Some(permit.by()), found.id, "edited", &change.reasons).await
}
