//! Server functions of the gates.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::{forms, policy, store},
    crate::benchmarking::store::seen,
    crate::clock::day_of,
    crate::error::Problem,
    crate::ids::PilotId,
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// What the actor can do at the gate of the firm that a form names.
#[cfg(feature = "ssr")]
async fn hands(cx: &Cx, pilot: &str) -> Result<policy::Hands, AppError> {
    let pilot: PilotId = pilot.parse().map_err(|_| AppError::NotFound)?;
    let (_, standing) = seen(&cx.app.db, cx.actor()?, pilot).await?;
    Ok(policy::hands(&standing))
}

#[cfg(feature = "ssr")]
fn at_gate(pilot: PilotId, notice: &str) -> Done {
    Done::to(format!("/firm/{pilot}/gate")).saying(Problem::new(notice))
}

/// The firm's contact applies for the gate of the firm's stage.
#[server(endpoint = "apply_gate")]
pub async fn apply_gate(
    #[server(default)] pilot: String,
    #[server(default)] stage: String,
    #[server(default)] version: String,
    #[server(default)] why: String,
) -> Result<(), AppError> {
    form_action("gate-apply", async |cx| {
        let permit = hands(cx, &pilot).await?.apply.ok_or(AppError::Forbidden)?;
        let wish = forms::application(forms::seen(&stage, &version)?, &why)?;
        let mut tx = cx.app.db.begin().await?;
        store::apply(&mut tx, &cx.app, cx.now, &permit, &wish).await?;
        tx.commit().await?;
        Ok(at_gate(permit.pilot(), "gates-done-applied"))
    })
    .await
}

/// The county's first check: on to the city, or back to the firm.
#[server(endpoint = "check_gate")]
pub async fn check_gate(
    #[server(default)] pilot: String,
    #[server(default)] stage: String,
    #[server(default)] version: String,
    #[server(default)] verdict: String,
    #[server(default)] why: String,
) -> Result<(), AppError> {
    form_action("gate-check", async |cx| {
        let permit = hands(cx, &pilot).await?.check.ok_or(AppError::Forbidden)?;
        let wish = forms::first_check(forms::seen(&stage, &version)?, &verdict, &why)?;
        let mut tx = cx.app.db.begin().await?;
        store::check(&mut tx, &cx.app, cx.now, &permit, &wish).await?;
        tx.commit().await?;
        Ok(at_gate(permit.pilot(), "gates-done-checked"))
    })
    .await
}

/// The city's decision. Terminating stands in a form of its own, behind a question.
#[server(endpoint = "decide_gate")]
pub async fn decide_gate(
    #[server(default)] pilot: String,
    #[server(default)] stage: String,
    #[server(default)] version: String,
    #[server(default)] verdict: String,
    #[server(default)] due_on: String,
    #[server(default)] why: String,
) -> Result<(), AppError> {
    let form = if verdict == "terminate" { "gate-terminate" } else { "gate-decide" };
    form_action(form, async |cx| {
        let permit = hands(cx, &pilot).await?.decide.ok_or(AppError::Forbidden)?;
        let wish = forms::decision(day_of(cx.now), forms::seen(&stage, &version)?, &verdict, &due_on, &why)?;
        let mut tx = cx.app.db.begin().await?;
        store::decide(&mut tx, &cx.app, cx.now, &permit, &wish).await?;
        tx.commit().await?;
        Ok(at_gate(permit.pilot(), "gates-done-decided"))
    })
    .await
}

/// The firm's contact has it recorded that what was left open holds now.
#[server(endpoint = "settle_gate")]
pub async fn settle_gate(#[server(default)] pilot: String, #[server(default)] version: String) -> Result<(), AppError> {
    form_action("gate-settle", async |cx| {
        let permit = hands(cx, &pilot).await?.apply.ok_or(AppError::Forbidden)?;
        let mut tx = cx.app.db.begin().await?;
        store::settle(&mut tx, &cx.app, cx.now, &permit, version.parse().unwrap_or(0)).await?;
        tx.commit().await?;
        Ok(at_gate(permit.pilot(), "gates-done-settled"))
    })
    .await
}
