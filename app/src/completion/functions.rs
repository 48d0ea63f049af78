//! Server functions of completion.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::{forms, policy, rules, store},
    crate::accounts::forms::required_line,
    crate::classes,
    crate::error::Problem,
    crate::respond::{Done, form_action},
};

/// Evaluates a class that the signed-in person attended.
#[server(endpoint = "evaluate_class")]
pub async fn evaluate_class(
    #[server(default)] class: String,
    #[server(default)] content: String,
    #[server(default)] teaching: String,
    #[server(default)] organisation: String,
    #[server(default)] benefit: String,
    #[server(default)] words: String,
) -> Result<(), AppError> {
    form_action("evaluate", async |cx| {
        let actor = cx.actor()?;
        let id = class.parse().map_err(|_| AppError::NotFound)?;
        let answers = forms::evaluation([&content, &teaching, &organisation, &benefit], &words)?;
        let mut tx = cx.app.db.begin().await?;
        store::evaluate(&mut tx, &cx.app, actor.person, id, &answers).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/me/classes/{id}/completion")).saying(Problem::new("completion-thanks")))
    })
    .await
}

/// Issues certificates to everybody of a closed class who lacks nothing.
#[server(endpoint = "issue_certificates")]
pub async fn issue_certificates(#[server(default)] class: String) -> Result<(), AppError> {
    form_action("issue-certificates", async |cx| {
        let id = class.parse().map_err(|_| AppError::NotFound)?;
        let class = classes::store::class(&cx.app.db, id).await?;
        let permit = policy::certify(cx.actor()?, &class)?;
        let view = policy::view(cx.actor()?, &class)?;
        let mut tx = cx.app.db.begin().await?;
        let issued = store::issue(&mut tx, &cx.app, cx.now, &permit, &view).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("completion-issued").with("n", issued)))
    })
    .await
}

/// Takes a certificate back, with a reason.
#[server(endpoint = "revoke_certificate")]
pub async fn revoke_certificate(#[server(default)] serial: String, #[server(default)] reason: String) -> Result<(), AppError> {
    form_action("revoke-certificate", async |cx| {
        let actor = cx.actor()?;
        let serial = rules::tidy_serial(&serial);
        let found = store::certificate(&cx.app.db, &serial).await?;
        let class = classes::store::class(&cx.app.db, found.class_id).await?;
        let permit = policy::certify(actor, &class)?;
        let mut faults = Vec::new();
        let reason = required_line(&mut faults, "reason", &reason, forms::LONGEST_REASON, "completion-reason-missing");
        if !faults.is_empty() {
            return Err(AppError::Invalid(faults));
        }
        let mut tx = cx.app.db.begin().await?;
        store::revoke(&mut tx, &cx.app, cx.now, &permit, &serial, &reason).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("completion-revoked-now")))
    })
    .await
}
