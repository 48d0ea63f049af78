//! Server functions of firms.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::{forms, policy, store},
    crate::error::Problem,
    crate::regions,
    crate::respond::{Done, form_action},
    crate::ui::time::day_of,
};

/// Enters a firm, or changes the one named.
#[server(endpoint = "save_firm")]
pub async fn save_firm(
    #[server(default)] firm: String,
    #[server(default)] name: String,
    #[server(default)] code: String,
    #[server(default)] region: String,
    #[server(default)] industry: String,
) -> Result<(), AppError> {
    form_action("save-firm", async |cx| {
        let actor = cx.actor()?;
        let all = regions::all(&cx.app.db, day_of(cx.now)).await?;
        let regions: Vec<_> = all.into_iter().map(|known| known.region).collect();
        let input = forms::FirmInput {
            name: &name,
            code: &code,
            region: &region,
            industry: &industry,
        };
        if !actor.is_coordinator() {
            return Err(AppError::Forbidden);
        }
        let new = forms::firm(&input, &regions)?;
        let permit = policy::can_keep(actor, &new.region).ok_or(AppError::Forbidden)?;
        let mut tx = cx.app.db.begin().await?;
        let id = if firm.is_empty() {
            store::enter(&mut tx, &cx.app, cx.now, &permit, new).await?
        } else {
            let id = firm.parse().map_err(|_| AppError::NotFound)?;
            store::change(&mut tx, &cx.app, cx.now, &permit, id, new).await?;
            id
        };
        tx.commit().await?;
        Ok(Done::to(format!("/desk/firms/{id}")).saying(Problem::new("firms-saved")))
    })
    .await
}
