//! Server functions of schools and the plan.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::policy::{self, OpenPermit, PlanPermit, SchoolPermit},
    super::{forms, plan, rules, store},
    crate::error::Problem,
    crate::ids::{PlanId, Region, SchoolId, TeacherId, ThemeId, VenueId},
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

#[cfg(feature = "ssr")]
fn id<T: std::str::FromStr>(typed: &str) -> Result<T, AppError> {
    typed.parse().map_err(|_| AppError::NotFound)
}

#[cfg(feature = "ssr")]
async fn may_edit(cx: &Cx, school: SchoolId) -> Result<SchoolPermit, AppError> {
    let actor = cx.actor()?;
    let school = store::school(&cx.app.db, school).await?;
    policy::can_edit(actor, school.id, &school.region).ok_or_else(|| policy::refusal(actor))
}

#[cfg(feature = "ssr")]
fn may_open(cx: &Cx) -> Result<OpenPermit, AppError> {
    policy::can_open(cx.actor()?).ok_or(AppError::Forbidden)
}

#[cfg(feature = "ssr")]
fn may_plan(cx: &Cx) -> Result<PlanPermit, AppError> {
    policy::can_plan(cx.actor()?).ok_or(AppError::Forbidden)
}

/// Back to the school's desk page with a word of success.
#[cfg(feature = "ssr")]
fn at_school(permit: &SchoolPermit, notice: &str) -> Done {
    Done::to(format!("/desk/schools/{}", permit.school())).saying(Problem::new(notice))
}

/// Changes a school's address and contact.
#[server(endpoint = "edit_school")]
pub async fn edit_school(
    #[server(default)] school: String,
    #[server(default)] version: String,
    #[server(default)] address: String,
    #[server(default)] contact_phone: String,
) -> Result<(), AppError> {
    form_action("school", async |cx| {
        let permit = may_edit(cx, id(&school)?).await?;
        let change = forms::school(&version, &address, &contact_phone)?;
        let mut tx = cx.app.db.begin().await?;
        store::edit(&mut tx, &cx.app, cx.now, &permit, &change).await?;
        tx.commit().await?;
        Ok(at_school(&permit, "schools-saved"))
    })
    .await
}

/// Opens a planned school, or corrects when and where it opened.
#[server(endpoint = "open_school")]
pub async fn open_school(
    #[server(default)] school: String,
    #[server(default)] version: String,
    #[server(default)] opened_on: String,
    #[server(default)] address: String,
    #[server(default)] contact_phone: String,
) -> Result<(), AppError> {
    form_action("school-opening", async |cx| {
        let permit = may_open(cx)?;
        let school: SchoolId = id(&school)?;
        let today = crate::ui::time::day_of(cx.now);
        let opening = forms::opening(today, &version, &opened_on, &address, &contact_phone)?;
        let mut tx = cx.app.db.begin().await?;
        store::school(&mut tx, school).await?;
        store::open(&mut tx, &cx.app, cx.now, &permit, school, &opening).await?;
        tx.commit().await?;
        Ok(Done::to("/city/schools").saying(Problem::new("schools-opened")))
    })
    .await
}

/// Takes the opening of a school without classes back.
#[server(endpoint = "unopen_school")]
pub async fn unopen_school(#[server(default)] school: String, #[server(default)] version: String) -> Result<(), AppError> {
    form_action("school-unopening", async |cx| {
        let permit = may_open(cx)?;
        let school: SchoolId = id(&school)?;
        let mut tx = cx.app.db.begin().await?;
        store::school(&mut tx, school).await?;
        store::unopen(&mut tx, &cx.app, cx.now, &permit, school, forms::version(&version)).await?;
        tx.commit().await?;
        Ok(Done::to("/city/schools").saying(Problem::new("schools-unopened")))
    })
    .await
}

/// Adds a venue to a school, or changes the one named.
#[server(endpoint = "save_venue")]
pub async fn save_venue(
    #[server(default)] school: String,
    #[server(default)] venue: String,
    #[server(default)] version: String,
    #[server(default)] name: String,
    #[server(default)] address: String,
    #[server(default)] seats: String,
) -> Result<(), AppError> {
    form_action("venue", async |cx| {
        let permit = may_edit(cx, id(&school)?).await?;
        let change = forms::venue(&version, &name, &address, &seats)?;
        let mut tx = cx.app.db.begin().await?;
        if venue.is_empty() {
            store::add_venue(&mut tx, &cx.app, cx.now, &permit, &change).await?;
        } else {
            store::edit_venue(&mut tx, &cx.app, cx.now, &permit, id(&venue)?, &change).await?;
        }
        tx.commit().await?;
        Ok(at_school(&permit, "schools-saved"))
    })
    .await
}

/// Retires a venue, or with `undo` takes it back into use.
#[server(endpoint = "retire_venue")]
pub async fn retire_venue(#[server(default)] venue: String, #[server(default)] undo: bool) -> Result<(), AppError> {
    form_action("venue-retiring", async |cx| {
        let venue: VenueId = id(&venue)?;
        let school = store::venue(&cx.app.db, venue).await?.school_id;
        let permit = may_edit(cx, school).await?;
        let mut tx = cx.app.db.begin().await?;
        store::retire_venue(&mut tx, &cx.app, cx.now, &permit, venue, !undo).await?;
        tx.commit().await?;
        Ok(at_school(&permit, if undo { "schools-restored" } else { "schools-venue-retired" }))
    })
    .await
}

/// Adds a teacher to a school, or changes the one named.
#[server(endpoint = "save_teacher")]
pub async fn save_teacher(
    #[server(default)] school: String,
    #[server(default)] teacher: String,
    #[server(default)] version: String,
    #[server(default)] name: String,
    #[server(default)] title: String,
    #[server(default)] phone: String,
    #[server(default)] linked: bool,
) -> Result<(), AppError> {
    form_action("teacher", async |cx| {
        let permit = may_edit(cx, id(&school)?).await?;
        let change = forms::teacher(&version, &name, &title, &phone, linked)?;
        let mut tx = cx.app.db.begin().await?;
        if teacher.is_empty() {
            store::add_teacher(&mut tx, &cx.app, cx.now, &permit, &change).await?;
        } else {
            store::edit_teacher(&mut tx, &cx.app, cx.now, &permit, id(&teacher)?, &change).await?;
        }
        tx.commit().await?;
        Ok(at_school(&permit, "schools-saved"))
    })
    .await
}

/// Retires a teacher, or with `undo` takes them back.
#[server(endpoint = "retire_teacher")]
pub async fn retire_teacher(#[server(default)] teacher: String, #[server(default)] undo: bool) -> Result<(), AppError> {
    form_action("teacher-retiring", async |cx| {
        let teacher: TeacherId = id(&teacher)?;
        let school = store::teacher(&cx.app.db, teacher).await?.school_id;
        let permit = may_edit(cx, school).await?;
        let mut tx = cx.app.db.begin().await?;
        store::retire_teacher(&mut tx, &cx.app, cx.now, &permit, teacher, !undo).await?;
        tx.commit().await?;
        Ok(at_school(&permit, if undo { "schools-restored" } else { "schools-teacher-retired" }))
    })
    .await
}

#[cfg(feature = "ssr")]
fn at_plan(plan: PlanId, notice: &str) -> Done {
    Done::to(format!("/city/plans/{plan}")).saying(Problem::new(notice))
}

/// Changes the words of a plan.
#[server(endpoint = "save_plan")]
pub async fn save_plan(
    #[server(default)] plan: String,
    #[server(default)] version: String,
    #[server(default)] name_zh: String,
    #[server(default)] name_en: String,
    #[server(default)] summary_zh: String,
    #[server(default)] summary_en: String,
) -> Result<(), AppError> {
    form_action("plan", async |cx| {
        let permit = may_plan(cx)?;
        let plan: PlanId = id(&plan)?;
        let change = forms::plan(&version, &name_zh, &name_en, &summary_zh, &summary_en)?;
        let mut tx = cx.app.db.begin().await?;
        plan::edit(&mut tx, &cx.app, cx.now, &permit, plan, &change).await?;
        tx.commit().await?;
        Ok(at_plan(plan, "schools-saved"))
    })
    .await
}

/// Adds the next year's plan, with the themes and targets of the latest one.
#[server(endpoint = "add_plan")]
pub async fn add_plan(
    #[server(default)] name_zh: String,
    #[server(default)] name_en: String,
    #[server(default)] summary_zh: String,
    #[server(default)] summary_en: String,
) -> Result<(), AppError> {
    form_action("plan", async |cx| {
        let permit = may_plan(cx)?;
        let words = forms::plan("0", &name_zh, &name_en, &summary_zh, &summary_en)?;
        let mut tx = cx.app.db.begin().await?;
        let latest = plan::all(&mut tx).await?.into_iter().next();
        let year = rules::next_year(latest.as_ref().map(|plan| plan.year), crate::ui::time::year_of(cx.now));
        let id = plan::add(&mut tx, &cx.app, cx.now, &permit, year, &words, latest.map(|plan| plan.id)).await?;
        tx.commit().await?;
        Ok(at_plan(id, "schools-plan-added"))
    })
    .await
}

/// Adds a theme to a plan, or renames the one named.
#[server(endpoint = "save_theme")]
pub async fn save_theme(
    #[server(default)] plan: String,
    #[server(default)] version: String,
    #[server(default)] theme: String,
    #[server(default)] name_zh: String,
    #[server(default)] name_en: String,
) -> Result<(), AppError> {
    form_action("theme", async |cx| {
        let permit = may_plan(cx)?;
        let plan: PlanId = id(&plan)?;
        let change = forms::theme(&theme, &name_zh, &name_en)?;
        let mut tx = cx.app.db.begin().await?;
        plan::save_theme(&mut tx, &cx.app, cx.now, &permit, plan, forms::version(&version), &change).await?;
        tx.commit().await?;
        Ok(at_plan(plan, "schools-saved"))
    })
    .await
}

/// Removes a theme that no class uses.
#[server(endpoint = "remove_theme")]
pub async fn remove_theme(
    #[server(default)] plan: String,
    #[server(default)] theme: String,
    #[server(default)] version: String,
) -> Result<(), AppError> {
    form_action("theme-removing", async |cx| {
        let permit = may_plan(cx)?;
        let plan: PlanId = id(&plan)?;
        let theme: ThemeId = id(&theme)?;
        let mut tx = cx.app.db.begin().await?;
        plan::remove_theme(&mut tx, &cx.app, cx.now, &permit, plan, forms::version(&version), theme).await?;
        tx.commit().await?;
        Ok(at_plan(plan, "schools-theme-removed"))
    })
    .await
}

/// Sets what a plan asks of each region; the fields are named `targets[classes-410323]` and so on.
#[server(endpoint = "save_targets")]
pub async fn save_targets(
    #[server(default)] plan: String,
    #[server(default)] version: String,
    #[server(default)] targets: BTreeMap<String, String>,
) -> Result<(), AppError> {
    form_action("targets", async |cx| {
        let permit = may_plan(cx)?;
        let plan: PlanId = id(&plan)?;
        let regions = cx.regions().await?;
        let regions: Vec<Region> = regions.iter().map(|name| name.region.clone()).collect();
        let targets = forms::targets(&regions, &targets)?;
        let mut tx = cx.app.db.begin().await?;
        plan::save_targets(&mut tx, &cx.app, cx.now, &permit, plan, forms::version(&version), &targets).await?;
        tx.commit().await?;
        Ok(at_plan(plan, "schools-saved"))
    })
    .await
}
