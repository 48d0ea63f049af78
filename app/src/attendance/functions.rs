//! Server functions of check-in.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::permitted::{arrival, desk, good_ticket, own_mark},
    super::policy::device_permit,
    super::rules::{Place, Source, Window},
    super::store,
    super::{forms, wording},
    crate::classes,
    crate::error::Problem,
    crate::respond::{Done, form_action},
};

/// Checks the signed-in person in with the ticket of their scan. Where the phone is only ever raises a flag.
#[server(endpoint = "check_in")]
pub async fn check_in(#[server(default)] ticket: String, #[server(default)] lat: String, #[server(default)] lon: String) -> Result<(), AppError> {
    form_action("check-in", async |cx| {
        let actor = cx.actor()?;
        let ticket = good_ticket(cx, actor, &ticket).ok_or_else(|| AppError::refused("attendance-ticket-old"))?;
        let lesson = classes::store::lesson(&cx.app.db, ticket.lesson).await?;
        let class = classes::store::class(&cx.app.db, lesson.class_id).await?;
        let door = store::CheckIn {
            lesson: ticket.lesson,
            person: actor.person,
            source: Source::Wall,
            at: arrival(&Window::of(&class, &lesson), &ticket, cx.now),
            by: None,
            device: None,
            browser: cx.browser.as_ref().map(|_| own_mark(cx, ticket.lesson)),
            place: Place::parse(&lat, &lon),
        };
        store::check_in(&cx.app, cx.now, door).await??;
        Ok(Done::to(format!("/checkin/{}", ticket.lesson)))
    })
    .await
}

/// Asks the staff of a lesson to be added to its class.
#[server(endpoint = "ask_to_be_added")]
pub async fn ask_to_be_added(#[server(default)] ticket: String) -> Result<(), AppError> {
    form_action("ask-to-be-added", async |cx| {
        let actor = cx.actor()?;
        let ticket = good_ticket(cx, actor, &ticket).ok_or_else(|| AppError::refused("attendance-ticket-old"))?;
        if store::own_entry(&cx.app.db, ticket.lesson, actor.person).await?.on_roster {
            return Err(AppError::refused("attendance-walk-in-on-roster"));
        }
        store::ask(&cx.app, cx.now, ticket.lesson, actor.person).await?;
        Ok(Done::to(format!("/checkin/{}", ticket.lesson)))
    })
    .await
}

/// Staff check in the person whose code they read or typed.
#[server(endpoint = "scan_person")]
pub async fn scan_person(#[server(default)] lesson: String, #[server(default)] code: String) -> Result<(), AppError> {
    form_action("scan-person", async |cx| {
        let desk = desk(cx, lesson.parse().map_err(|_| AppError::NotFound)?).await?;
        let done = super::scanning::read(cx, &desk, &forms::person_code(&code)?).await?;
        Ok(Done::back().saying(wording::checked_in(&done)))
    })
    .await
}

/// Takes a scanner's token away.
#[server(endpoint = "revoke_device")]
pub async fn revoke_device(#[server(default)] device: String) -> Result<(), AppError> {
    form_action("devices", async |cx| {
        let actor = cx.actor()?;
        if !actor.is_coordinator() {
            return Err(AppError::Forbidden);
        }
        let id = device.parse().map_err(|_| AppError::NotFound)?;
        let device = store::device(&cx.app.db, id).await?;
        let permit = device_permit(actor, &device.region)?;
        store::revoke(&cx.app, &permit, cx.now, id).await?;
        Ok(Done::back().saying(Problem::new("attendance-device-revoked").with("name", device.name)))
    })
    .await
}
