//! The way from a request to a permit, for the pages and functions of this slice.

use super::policy::{MarkPermit, mark_permit, visible_to};
use super::rules::Window;
use super::ticket::{DeviceMark, Ticket, device_mark};
use crate::accounts::Actor;
use crate::classes::{self, Class, Lesson};
use crate::error::AppError;
use crate::ids::LessonId;
use crate::request::Cx;

/// A lesson whose attendance the actor may mark.
pub struct Desk {
    pub lesson: Lesson,
    pub class: Class,
    pub permit: MarkPermit,
}

impl Desk {
    pub fn window(&self) -> Window {
        Window::of(&self.class, &self.lesson)
    }
}

/// The lesson with its permit; those who mark nowhere are told so before anything is looked up.
pub async fn desk(cx: &Cx, lesson: LessonId) -> Result<Desk, AppError> {
    let actor = cx.actor()?;
    if visible_to(actor).is_empty() {
        return Err(AppError::Forbidden);
    }
    let lesson = classes::store::lesson(&cx.app.db, lesson).await?;
    let class = classes::store::class(&cx.app.db, lesson.class_id).await?;
    let permit = mark_permit(actor, &class)?;
    Ok(Desk { lesson, class, permit })
}

/// A ticket that the signed-in actor may use now, with the time at which they arrived.
pub fn good_ticket(cx: &Cx, actor: &Actor, text: &str) -> Option<Ticket> {
    let ticket = Ticket::open(&cx.app, text)?;
    ticket.is_good(cx.now, actor.sign_in, own_mark(cx, ticket.lesson)).then_some(ticket)
}

/// The mark of the browser that asks, at one lesson.
pub fn own_mark(cx: &Cx, lesson: LessonId) -> DeviceMark {
    device_mark(&cx.app, lesson, cx.browser.as_deref().unwrap_or_default())
}

/// When somebody with this ticket came in: when they scanned; who scanned too early and waited, when the door opened.
pub fn arrival(window: &Window, ticket: &Ticket, now: chrono::DateTime<chrono::Utc>) -> chrono::DateTime<chrono::Utc> {
    if now >= window.opens_at() {
        ticket.scanned_at.max(window.opens_at())
    } else {
        ticket.scanned_at
    }
}
