//! Server functions of tokens.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::{policy, store},
    crate::error::Problem,
    crate::respond::{Done, form_action},
};

/// Takes a token away for ever.
#[server(endpoint = "revoke_api_token")]
pub async fn revoke_api_token(#[server(default)] token: String) -> Result<(), AppError> {
    form_action("integrations", async |cx| {
        let actor = cx.actor()?;
        policy::visible_to(actor)?;
        let id = token.parse().map_err(|_| AppError::NotFound)?;
        let token = store::token(&cx.app.db, id).await?;
        let permit = policy::permit(actor, token.place())?;
        store::revoke(&cx.app, &permit, cx.now, id).await?;
        Ok(Done::back().saying(Problem::new("integrations-revoked").with("name", token.name)))
    })
    .await
}
