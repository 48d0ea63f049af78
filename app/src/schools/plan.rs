//! Rows of the annual plan (河洛民营企业家培训计划): its words, themes and targets.

use chrono::{DateTime, Utc};

use super::policy::PlanPermit;
use super::rules::{PlanChange, Target, ThemeChange};
use super::store::conflict;
use crate::audit;
use crate::db::{On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::i18n::Lang;
use crate::ids::{PlanId, Region, ThemeId};
use crate::state::App;

/// One year's plan.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Plan {
    pub id: PlanId,
    pub year: i64,
    pub name_zh: String,
    pub name_en: String,
    pub summary_zh: String,
    pub summary_en: String,
    pub version: i64,
}

impl Plan {
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }

    pub fn summary(&self, lang: Lang) -> &str {
        lang.pick(&self.summary_zh, &self.summary_en)
    }
}

/// A theme of a plan.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Theme {
    pub id: ThemeId,
    pub plan_id: PlanId,
    pub name_zh: String,
    pub name_en: String,
}

impl Theme {
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }
}

const PLAN: &str = "SELECT id, year, name_zh, name_en, summary_zh, summary_en, version FROM plans ";

/// Every plan, the latest first.
pub async fn all(on: impl Into<On<'_>>) -> Result<Vec<Plan>, AppError> {
    Ok(sql(PLAN).push("ORDER BY year DESC").all(on).await?)
}

/// One plan.
pub async fn plan(on: impl Into<On<'_>>, id: PlanId) -> Result<Plan, AppError> {
    let found = sql(PLAN).push("WHERE id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The plan of a year, or of the last year before it that has one, or the first to come.
pub fn current(plans: &[Plan], year: i64) -> Option<&Plan> {
    let past = plans.iter().filter(|plan| plan.year <= year).max_by_key(|plan| plan.year);
    past.or_else(|| plans.iter().min_by_key(|plan| plan.year))
}

/// The themes of a plan in its order.
pub async fn themes(on: impl Into<On<'_>>, plan: PlanId) -> Result<Vec<Theme>, AppError> {
    Ok(
        sql("SELECT id, plan_id, name_zh, name_en FROM plan_themes WHERE plan_id = $1 ORDER BY sort, id")
            .bind(plan)
            .all(on)
            .await?,
    )
}

/// What a plan asks of each region that has a target.
pub async fn targets(on: impl Into<On<'_>>, plan: PlanId) -> Result<Vec<Target>, AppError> {
    let rows: Vec<(Region, i64, i64, i64, i64)> = sql("SELECT region, classes, places, hours, people FROM plan_targets WHERE plan_id = $1")
        .bind(plan)
        .all(on)
        .await?;
    let target = |(region, classes, places, hours, people)| Target {
        region,
        classes,
        places,
        hours,
        people,
    };
    Ok(rows.into_iter().map(target).collect())
}

/// Raises the plan's version, which also holds its row until the transaction ends.
async fn take(tx: &mut Tx, plan: PlanId, version: i64) -> Result<(), AppError> {
    let rows = sql("UPDATE plans SET version = version + 1 WHERE id = $1 AND version = $2")
        .bind(plan)
        .bind(version)
        .run(tx)
        .await?;
    if rows == 1 { Ok(()) } else { Err(conflict()) }
}

/// Changes the plan's words.
pub async fn edit(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &PlanPermit, id: PlanId, change: &PlanChange) -> Result<(), AppError> {
    take(tx, id, change.version).await?;
    sql("UPDATE plans SET name_zh = $2, name_en = $3, summary_zh = $4, summary_en = $5 WHERE id = $1")
        .bind(id)
        .bind(&change.name_zh)
        .bind(&change.name_en)
        .bind(&change.summary_zh)
        .bind(&change.summary_en)
        .run(tx)
        .await?;
    trail(tx, app, now, permit, "plan.edited", id, change.name_zh.clone()).await
}

/// Adds the plan of a year: with the words, themes and targets of `from`, or with these words alone.
pub async fn add(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &PlanPermit,
    year: i64,
    words: &PlanChange,
    from: Option<PlanId>,
) -> Result<PlanId, AppError> {
    if sql("SELECT COUNT(*) FROM plans WHERE year = $1").bind(year).count(&mut *tx).await? > 0 {
        return Err(Problem::new("schools-plan-year-taken").with("year", year).into());
    }
    let id = PlanId::new(&app.chance, now);
    sql("INSERT INTO plans (id, year, name_zh, name_en, summary_zh, summary_en, version) VALUES ($1, $2, $3, $4, $5, $6, 1)")
        .bind(id)
        .bind(year)
        .bind(&words.name_zh)
        .bind(&words.name_en)
        .bind(&words.summary_zh)
        .bind(&words.summary_en)
        .run(tx)
        .await?;
    if let Some(from) = from {
        for theme in themes(&mut *tx, from).await? {
            insert_theme(tx, app, now, id, &theme.name_zh, &theme.name_en).await?;
        }
        let copied = targets(&mut *tx, from).await?;
        write_targets(tx, id, &copied).await?;
    }
    trail(tx, app, now, permit, "plan.added", id, year.to_string()).await?;
    Ok(id)
}

async fn insert_theme(tx: &mut Tx, app: &App, now: DateTime<Utc>, plan: PlanId, zh: &str, en: &str) -> Result<(), AppError> {
    let last = sql("SELECT COALESCE(MAX(sort), 0) FROM plan_themes WHERE plan_id = $1")
        .bind(plan)
        .count(&mut *tx)
        .await?;
    sql("INSERT INTO plan_themes (id, plan_id, sort, name_zh, name_en) VALUES ($1, $2, $3, $4, $5)")
        .bind(ThemeId::new(&app.chance, now))
        .bind(plan)
        .bind(last + 1)
        .bind(zh)
        .bind(en)
        .run(tx)
        .await?;
    Ok(())
}

/// Adds a theme or renames one.
pub async fn save_theme(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &PlanPermit,
    plan: PlanId,
    version: i64,
    change: &ThemeChange,
) -> Result<(), AppError> {
    take(tx, plan, version).await?;
    let taken = themes(&mut *tx, plan).await?;
    if taken.iter().any(|theme| Some(theme.id) != change.id && theme.name_zh == change.name_zh) {
        return Err(AppError::field("name_zh", "schools-theme-taken"));
    }
    match change.id {
        None => insert_theme(tx, app, now, plan, &change.name_zh, &change.name_en).await?,
        Some(id) => {
            let rows = sql("UPDATE plan_themes SET name_zh = $3, name_en = $4 WHERE id = $1 AND plan_id = $2")
                .bind(id)
                .bind(plan)
                .bind(&change.name_zh)
                .bind(&change.name_en)
                .run(tx)
                .await?;
            if rows == 0 {
                return Err(AppError::NotFound);
            }
        }
    }
    trail(tx, app, now, permit, "plan.theme_saved", plan, change.name_zh.clone()).await
}

/// Removes a theme that no class uses.
pub async fn remove_theme(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &PlanPermit,
    plan: PlanId,
    version: i64,
    theme: ThemeId,
) -> Result<(), AppError> {
    take(tx, plan, version).await?;
    let used = sql("SELECT COUNT(*) FROM classes WHERE plan_id = $1 AND theme_id = $2")
        .bind(plan)
        .bind(theme)
        .count(&mut *tx)
        .await?;
    if used > 0 {
        return Err(Problem::new("schools-theme-used").with("n", used).into());
    }
    let rows = sql("DELETE FROM plan_themes WHERE id = $1 AND plan_id = $2")
        .bind(theme)
        .bind(plan)
        .run(tx)
        .await?;
    if rows == 0 {
        return Err(AppError::NotFound);
    }
    trail(tx, app, now, permit, "plan.theme_removed", plan, theme.to_string()).await
}

/// Sets what the plan asks of each region.
pub async fn save_targets(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &PlanPermit,
    plan: PlanId,
    version: i64,
    targets: &[Target],
) -> Result<(), AppError> {
    take(tx, plan, version).await?;
    write_targets(tx, plan, targets).await?;
    trail(tx, app, now, permit, "plan.targets_set", plan, targets.len().to_string()).await
}

/// One row a region: at most as many as the city has.
async fn write_targets(tx: &mut Tx, plan: PlanId, targets: &[Target]) -> Result<(), AppError> {
    sql("DELETE FROM plan_targets WHERE plan_id = $1").bind(plan).run(tx).await?;
    for target in targets {
        sql("INSERT INTO plan_targets (plan_id, region, classes, places, hours, people) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(plan)
            .bind(&target.region)
            .bind(target.classes)
            .bind(target.places)
            .bind(target.hours)
            .bind(target.people)
            .run(tx)
            .await?;
    }
    Ok(())
}

async fn trail(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &PlanPermit,
    what: &'static str,
    plan: PlanId,
    detail: String,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind: "plan",
        subject_id: plan.to_string(),
        region: None,
        detail,
    };
    audit::note(tx, &app.chance, now, entry).await
}
