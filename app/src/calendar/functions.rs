//! Server functions of calendars.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::policy::{self, LinkPermit, Whose},
    super::store,
    crate::classes::store::class as class_of,
    crate::error::Problem,
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// Leave for one's own link, or for that of the class that the form names.
#[cfg(feature = "ssr")]
async fn permit(cx: &Cx, class: &str) -> Result<LinkPermit, AppError> {
    let actor = cx.actor()?;
    if class.is_empty() {
        return Ok(policy::own(actor));
    }
    let class = class_of(&cx.app.db, class.parse().map_err(|_| AppError::NotFound)?).await?;
    if !crate::classes::policy::can_see(Some(actor), &class) {
        return Err(AppError::NotFound);
    }
    policy::can_manage(actor, &class).ok_or(AppError::Forbidden)
}

/// The page that a link is shown on.
#[cfg(feature = "ssr")]
fn page_of(whose: Whose) -> String {
    match whose {
        Whose::Person(_) => "/me/calendar".to_owned(),
        Whose::Class(class) => format!("/classes/{class}/calendar"),
    }
}

/// Makes a link, or a new one in place of the one that works until now. Without a class it is one's own.
#[server(endpoint = "make_calendar_link")]
pub async fn make_calendar_link(#[server(default)] class: String) -> Result<(), AppError> {
    form_action("calendar", async |cx| {
        let permit = permit(cx, &class).await?;
        let mut tx = cx.app.db.begin().await?;
        store::make(&mut tx, &cx.app, cx.now, &permit).await?;
        tx.commit().await?;
        Ok(Done::to(page_of(permit.whose())).saying(Problem::new("calendar-made")))
    })
    .await
}

/// Revokes a link: programs that know it get nothing any more.
#[server(endpoint = "revoke_calendar_link")]
pub async fn revoke_calendar_link(#[server(default)] class: String) -> Result<(), AppError> {
    form_action("calendar", async |cx| {
        let permit = permit(cx, &class).await?;
        let mut tx = cx.app.db.begin().await?;
        store::revoke(&mut tx, &cx.app, cx.now, &permit).await?;
        tx.commit().await?;
        Ok(Done::to(page_of(permit.whose())).saying(Problem::new("calendar-revoked")))
    })
    .await
}
