//! Server functions of leave.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::leave_policy::{AskPermit, can_ask, decide_permit},
    super::{board_forms as forms, leave_store},
    crate::classes,
    crate::error::Problem,
    crate::ids::{ClassId, LeaveId},
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// One's own permit in the class that a form names.
#[cfg(feature = "ssr")]
async fn own_permit(cx: &Cx, class: &str) -> Result<AskPermit, AppError> {
    let actor = cx.actor()?;
    let class: ClassId = class.parse().map_err(|_| AppError::NotFound)?;
    let place = leave_store::own_place(&cx.app.db, actor.person, class).await?;
    place.and_then(|place| can_ask(actor, &place)).ok_or(AppError::NotFound)
}

/// Asks for leave for the lessons ticked.
#[server(endpoint = "ask_leave")]
pub async fn ask_leave(
    #[server(default)] class: String,
    #[server(default)] lessons: Vec<String>,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    form_action("ask-leave", async |cx| {
        let permit = own_permit(cx, &class).await?;
        let (lessons, reason) = forms::ask(&lessons, &reason)?;
        let asked = leave_store::ask(&cx.app, &permit, cx.now, &lessons, &reason).await?;
        let here = format!("/me/classes/{}/leave", permit.class());
        Ok(Done::to(here).saying(Problem::new("board-leave-asked").with("n", asked)))
    })
    .await
}

/// Takes one's request back.
#[server(endpoint = "withdraw_leave")]
pub async fn withdraw_leave(#[server(default)] class: String, #[server(default)] leave: String) -> Result<(), AppError> {
    form_action("withdraw-leave", async |cx| {
        let permit = own_permit(cx, &class).await?;
        let leave: LeaveId = leave.parse().map_err(|_| AppError::NotFound)?;
        leave_store::withdraw(&cx.app, &permit, cx.now, leave).await?;
        Ok(Done::back().saying(Problem::new("board-leave-withdrawn")))
    })
    .await
}

/// Approves or refuses the requests ticked.
#[server(endpoint = "decide_leaves")]
pub async fn decide_leaves(
    #[server(default)] class: String,
    #[server(default)] leaves: Vec<String>,
    #[server(default)] verdict: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    form_action("decide-leaves", async |cx| {
        let actor = cx.actor()?;
        let id: ClassId = class.parse().map_err(|_| AppError::NotFound)?;
        let permit = decide_permit(actor, &classes::store::class(&cx.app.db, id).await?)?;
        let decision = forms::decide(&leaves, &verdict, &reason)?;
        let decided = leave_store::decide(&cx.app, &permit, cx.now, &decision.leaves, decision.approve, &decision.reason).await?;
        let said = match (decided, decision.approve) {
            (0, _) => "board-leaves-decided-already",
            (_, true) => "board-leaves-approved",
            (_, false) => "board-leaves-refused",
        };
        Ok(Done::back().saying(Problem::new(said).with("n", decided)))
    })
    .await
}
