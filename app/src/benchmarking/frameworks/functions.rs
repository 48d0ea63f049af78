//! Server functions of frameworks; the import itself is an endpoint of `pages`, since it carries a file.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::policy::can_read,
    super::rules::Step,
    super::{forms, store},
    crate::benchmarking::policy::{ProgrammePermit, can_run},
    crate::error::Problem,
    crate::ids::FrameworkId,
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// The leave to run the programme.
#[cfg(feature = "ssr")]
pub(super) fn may_run(cx: &Cx) -> Result<ProgrammePermit, AppError> {
    can_run(cx.actor()?).ok_or(AppError::Forbidden)
}

#[cfg(feature = "ssr")]
fn id(typed: &str) -> Result<FrameworkId, AppError> {
    typed.parse().map_err(|_| AppError::NotFound)
}

/// The draft that a form is about.
#[cfg(feature = "ssr")]
async fn draft(cx: &Cx, typed: &str) -> Result<store::Stored, AppError> {
    let permit = can_read(cx.actor()?).ok_or(AppError::Forbidden)?;
    let stored = store::readable(&cx.app.db, &permit, id(typed)?).await?;
    if stored.is_draft() {
        Ok(stored)
    } else {
        Err(AppError::refused("frameworks-no-draft"))
    }
}

/// Makes a draft of a version, to be edited.
#[server(endpoint = "copy_framework")]
pub async fn copy_framework(#[server(default)] framework: String) -> Result<(), AppError> {
    form_action("framework-copy", async |cx| {
        let permit = may_run(cx)?;
        let mut tx = cx.app.db.begin().await?;
        let copy = store::copy(&mut tx, &cx.app, cx.now, &permit, id(&framework)?).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/city/frameworks/{copy}/edit")).saying(Problem::new("frameworks-copied")))
    })
    .await
}

/// Saves the page of a draft itself. Its other fields are named by their places: see [`forms::head`].
#[server(endpoint = "save_framework")]
pub async fn save_framework(
    #[server(default)] framework: String,
    #[server(default)] edition: String,
    #[server(default)] step: String,
) -> Result<(), AppError> {
    form_action("framework", async |cx| {
        let permit = may_run(cx)?;
        let stored = draft(cx, &framework).await?;
        same_edition(&stored, &edition)?;
        let read = forms::head(&stored.framework, &cx.typed, Step::parse(&step))?;
        let mut tx = cx.app.db.begin().await?;
        store::save(&mut tx, &cx.app, cx.now, &permit, stored.id, stored.edition, &read).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/city/frameworks/{}/edit", stored.id)).saying(Problem::new("frameworks-saved")))
    })
    .await
}

/// Saves one dimension of a draft with its indicators. Its other fields are named by their places: see
/// [`forms::dimension`].
#[server(endpoint = "save_dimension")]
pub async fn save_dimension(
    #[server(default)] framework: String,
    #[server(default)] dimension: String,
    #[server(default)] edition: String,
    #[server(default)] step: String,
) -> Result<(), AppError> {
    form_action("framework-dimension", async |cx| {
        let permit = may_run(cx)?;
        let stored = draft(cx, &framework).await?;
        same_edition(&stored, &edition)?;
        let dimensions = &stored.framework.dimensions;
        let at = dimensions.iter().position(|own| own.id == dimension).ok_or(AppError::NotFound)?;
        let read = forms::dimension(&stored.framework, at, &cx.typed, Step::parse(&step))?;
        let mut tx = cx.app.db.begin().await?;
        store::save(&mut tx, &cx.app, cx.now, &permit, stored.id, stored.edition, &read).await?;
        tx.commit().await?;
        let id = read.dimensions.get(at).map_or(dimension.as_str(), |own| own.id.as_str());
        Ok(Done::to(format!("/city/frameworks/{}/dimensions/{id}", stored.id)).saying(Problem::new("frameworks-saved")))
    })
    .await
}

/// Fields are read by their places, so they are read only where the places are still the same.
#[cfg(feature = "ssr")]
fn same_edition(stored: &store::Stored, typed: &str) -> Result<(), AppError> {
    if forms::edition(typed) == stored.edition {
        Ok(())
    } else {
        Err(AppError::refused("frameworks-conflict"))
    }
}

/// Publishes a draft.
#[server(endpoint = "publish_framework")]
pub async fn publish_framework(#[server(default)] framework: String, #[server(default)] edition: String) -> Result<(), AppError> {
    form_action("framework-publish", async |cx| {
        let permit = may_run(cx)?;
        let mut tx = cx.app.db.begin().await?;
        let framework = id(&framework)?;
        store::publish(&mut tx, &cx.app, cx.now, &permit, framework, forms::edition(&edition)).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/city/frameworks/{framework}")).saying(Problem::new("frameworks-published")))
    })
    .await
}

/// Retires a published version.
#[server(endpoint = "retire_framework")]
pub async fn retire_framework(#[server(default)] framework: String) -> Result<(), AppError> {
    form_action("framework-retire", async |cx| {
        let permit = may_run(cx)?;
        let mut tx = cx.app.db.begin().await?;
        let framework = id(&framework)?;
        store::retire(&mut tx, &cx.app, cx.now, &permit, framework).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/city/frameworks/{framework}")).saying(Problem::new("frameworks-retired")))
    })
    .await
}

/// Throws a draft away.
#[server(endpoint = "discard_framework")]
pub async fn discard_framework(#[server(default)] framework: String, #[server(default)] edition: String) -> Result<(), AppError> {
    form_action("framework-discard", async |cx| {
        let permit = may_run(cx)?;
        let mut tx = cx.app.db.begin().await?;
        store::discard(&mut tx, &cx.app, cx.now, &permit, id(&framework)?, forms::edition(&edition)).await?;
        tx.commit().await?;
        Ok(Done::to("/city/frameworks").saying(Problem::new("frameworks-discarded")))
    })
    .await
}
