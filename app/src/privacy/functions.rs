//! Server functions of privacy.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::policy,
    super::rules::Reason,
    super::store,
    crate::error::{FieldProblem, Problem},
    crate::people::policy::visible_to,
    crate::people::store::visible,
    crate::respond::{Done, form_action},
};

/// Erases a person, whose name is typed once more by whoever does it.
#[server(endpoint = "erase_person")]
pub async fn erase_person(
    #[server(default)] person: String,
    #[server(default)] reason: String,
    #[server(default)] confirm_name: String,
) -> Result<(), AppError> {
    form_action("erase-person", async |cx| {
        let actor = cx.actor()?;
        let scope = visible_to(actor).ok_or(AppError::Forbidden)?;
        let (found, subject) = visible(&cx.app.db, &scope, person.parse().map_err(|_| AppError::NotFound)?).await?;
        let permit = policy::can_erase(actor, &subject).ok_or(AppError::Forbidden)?;
        let mut faults = Vec::new();
        let reason: Option<Reason> = reason.parse().ok();
        if reason.is_none() {
            faults.push(FieldProblem::new("reason", "privacy-reason-missing"));
        }
        if confirm_name.trim() != found.name {
            faults.push(FieldProblem::new("confirm_name", "privacy-name-differs").with("name", &found.name));
        }
        let Some(reason) = reason.filter(|_| faults.is_empty()) else {
            return Err(AppError::Invalid(faults));
        };
        let mut tx = cx.app.db.begin().await?;
        store::erase(&mut tx, &cx.app, cx.now, &permit, reason).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/city/people/{}/data", subject.person)).saying(Problem::new("privacy-erased")))
    })
    .await
}
