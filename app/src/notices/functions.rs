//! Server functions of notices.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::store,
    crate::respond::{Done, form_action},
};

/// Marks one message as read, or all of them.
#[server(endpoint = "read_notices")]
pub async fn read_notices(#[server(default)] notice: String) -> Result<(), AppError> {
    form_action("read-notices", async |cx| {
        let actor = cx.actor()?;
        let mut tx = cx.app.db.begin().await?;
        if notice.is_empty() {
            store::mark_read(&mut tx, cx.now, actor.person).await?;
        } else {
            let notice = notice.parse().map_err(|_| AppError::NotFound)?;
            store::mark_one_read(&mut tx, cx.now, actor.person, notice).await?;
        }
        tx.commit().await?;
        Ok(Done::back())
    })
    .await
}
