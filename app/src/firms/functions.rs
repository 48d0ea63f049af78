//! Server functions of firms.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::policy::ProfilePermit,
    super::store::Choice,
    super::{forms, policy, store},
    crate::error::Problem,
    crate::ids::{FirmId, Region},
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// Enters a firm, or changes the one named.
#[allow(clippy::too_many_arguments)] // the fields of the form
#[server(endpoint = "save_firm")]
pub async fn save_firm(
    #[server(default)] firm: String,
    #[server(default)] version: String,
    #[server(default)] name: String,
    #[server(default)] code: String,
    #[server(default)] region: String,
    #[server(default)] category: String,
    #[server(default)] size: String,
    #[server(default)] industry: String,
    #[server(default)] about: String,
) -> Result<(), AppError> {
    form_action("save-firm", async |cx| {
        let actor = cx.actor()?;
        let all = cx.regions().await?;
        let regions: Vec<Region> = all.iter().map(|known| known.region.clone()).collect();
        let input = forms::FirmInput {
            name: &name,
            code: &code,
            region: &region,
            category: &category,
            size: &size,
            industry: &industry,
            about: &about,
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
            store::change(&mut tx, &cx.app, cx.now, &permit, id, forms::version(&version), new).await?;
            id
        };
        tx.commit().await?;
        Ok(Done::to(format!("/desk/firms/{id}")).saying(Problem::new("firms-saved")))
    })
    .await
}

/// Leave to keep a firm's profile. To whom the firm is nothing, it does not exist.
#[cfg(feature = "ssr")]
pub(super) async fn keeping(cx: &Cx, firm: FirmId) -> Result<ProfilePermit, AppError> {
    let actor = cx.actor()?;
    let found = store::firm(&cx.app.db, firm).await?;
    policy::can_keep_profile(actor, firm, &found.region).ok_or(AppError::NotFound)
}

/// The page of a firm that the actor keeps: a contact's own, or the desk's.
#[cfg(feature = "ssr")]
fn page_of(cx: &Cx, permit: &ProfilePermit) -> String {
    let is_own = cx.actor.as_ref().is_some_and(|actor| policy::own_firms(actor).contains(permit));
    if is_own {
        format!("/firm/profile?firm={}", permit.firm())
    } else {
        format!("/desk/firms/{}", permit.firm())
    }
}

/// Keeps what the firm's contact says about it.
#[server(endpoint = "save_firm_profile")]
pub async fn save_firm_profile(
    #[server(default)] firm: String,
    #[server(default)] version: String,
    #[server(default)] size: String,
    #[server(default)] industry: String,
    #[server(default)] about: String,
) -> Result<(), AppError> {
    form_action("firm-profile", async |cx| {
        let permit = keeping(cx, firm.parse().map_err(|_| AppError::NotFound)?).await?;
        let profile = forms::profile(&size, &industry, &about)?;
        let mut tx = cx.app.db.begin().await?;
        store::keep_profile(&mut tx, &cx.app, cx.now, &permit, forms::version(&version), profile).await?;
        tx.commit().await?;
        Ok(Done::to(page_of(cx, &permit)).saying(Problem::new("firms-saved")))
    })
    .await
}

/// Adds a contact to a firm, or changes the one named.
#[allow(clippy::too_many_arguments)] // the fields of the form
#[server(endpoint = "save_firm_contact")]
pub async fn save_firm_contact(
    #[server(default)] firm: String,
    #[server(default)] contact: String,
    #[server(default)] name: String,
    #[server(default)] position: String,
    #[server(default)] phone: String,
    #[server(default)] email: String,
    #[server(default)] is_main: bool,
) -> Result<(), AppError> {
    form_action("firm-contact", async |cx| {
        let permit = keeping(cx, firm.parse().map_err(|_| AppError::NotFound)?).await?;
        let new = forms::contact(&forms::ContactInput {
            name: &name,
            position: &position,
            phone: &phone,
            email: &email,
            is_main,
        })?;
        let mut tx = cx.app.db.begin().await?;
        if contact.is_empty() {
            store::add_contact(&mut tx, &cx.app, cx.now, &permit, new).await?;
        } else {
            let id = contact.parse().map_err(|_| AppError::NotFound)?;
            store::change_contact(&mut tx, &cx.app, cx.now, &permit, id, new).await?;
        }
        tx.commit().await?;
        Ok(Done::to(page_of(cx, &permit)).saying(Problem::new("firms-contact-saved")))
    })
    .await
}

/// Takes a contact of a firm away.
#[server(endpoint = "remove_firm_contact")]
pub async fn remove_firm_contact(#[server(default)] firm: String, #[server(default)] contact: String) -> Result<(), AppError> {
    form_action("firm-contact", async |cx| {
        let permit = keeping(cx, firm.parse().map_err(|_| AppError::NotFound)?).await?;
        let id = contact.parse().map_err(|_| AppError::NotFound)?;
        let mut tx = cx.app.db.begin().await?;
        store::remove_contact(&mut tx, &cx.app, cx.now, &permit, id).await?;
        tx.commit().await?;
        Ok(Done::to(page_of(cx, &permit)).saying(Problem::new("firms-contact-removed")))
    })
    .await
}

/// Merges two firms. `taken[]` names the fields whose value comes from the firm that goes.
#[server(endpoint = "merge_firms")]
pub async fn merge_firms(
    #[server(default)] survivor: String,
    #[server(default)] other: String,
    #[server(default)] survivor_version: String,
    #[server(default)] other_version: String,
    #[server(default)] taken: Vec<String>,
    #[server(default)] sure: bool,
) -> Result<(), AppError> {
    form_action("merge-firms", async |cx| {
        let actor = cx.actor()?;
        let scope = policy::visible_to(actor).ok_or(AppError::Forbidden)?;
        let id = |typed: &str| typed.parse::<FirmId>().map_err(|_| AppError::NotFound);
        let survivor = store::visible(&cx.app.db, &scope, id(&survivor)?).await?;
        let other = store::visible(&cx.app.db, &scope, id(&other)?).await?;
        let permit = policy::can_merge(actor, &survivor, &other).ok_or(AppError::Forbidden)?;
        if !sure {
            return Err(AppError::field("sure", "firms-merge-not-sure"));
        }
        let choice = Choice {
            taken,
            versions: (forms::version(&survivor_version), forms::version(&other_version)),
        };
        let mut tx = cx.app.db.begin().await?;
        let id = store::merge(&mut tx, &cx.app, cx.now, &permit, &choice).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/desk/firms/{id}")).saying(Problem::new("firms-merged").with("name", other.name)))
    })
    .await
}
