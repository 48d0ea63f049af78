//! Server functions of the board and of the lesson desk.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::board_views::{list_behind, trail_of},
    super::policy::{MarkPermit, mark_permit},
    super::{board_forms as forms, desk_store, store},
    crate::classes::{Class, Lesson},
    crate::error::Problem,
    crate::ids::{EnrolmentId, LessonId, WalkInId},
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// The lesson that a form names, and the permit to mark it.
#[cfg(feature = "ssr")]
async fn lesson_of(cx: &Cx, id: &str) -> Result<(Lesson, Class, MarkPermit), AppError> {
    let actor = cx.actor()?;
    let id: LessonId = id.parse().map_err(|_| AppError::NotFound)?;
    let (lesson, class) = desk_store::lesson_and_class(&cx.app.db, id).await?;
    let permit = mark_permit(actor, &class)?;
    Ok((lesson, class, permit))
}

/// Corrects one cell and goes back to the list that it was opened from.
#[server(endpoint = "board_correct")]
pub async fn board_correct(
    #[server(default)] lesson: String,
    #[server(default)] enrolment: String,
    #[server(default)] status: String,
    #[server(default)] why: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    form_action("board-correct", async |cx| {
        let (lesson, class, permit) = lesson_of(cx, &lesson).await?;
        let enrolment: EnrolmentId = enrolment.parse().map_err(|_| AppError::NotFound)?;
        let (status, why) = forms::correct(&status, &why)?;
        let mark = store::Mark {
            lesson: lesson.id,
            enrolment,
            status,
            why,
        };
        let recorded = store::mark(&cx.app, &permit, cx.now, &mark).await?;
        let said = if recorded.changed { "board-corrected" } else { "board-unchanged" };
        Ok(Done::to(list_behind(class.id, lesson.id, &trail_of(&back))).saying(Problem::new(said)))
    })
    .await
}

/// Takes a mark away.
#[server(endpoint = "board_undo")]
pub async fn board_undo(
    #[server(default)] lesson: String,
    #[server(default)] enrolment: String,
    #[server(default)] undo_why: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    form_action("board-undo", async |cx| {
        let (lesson, class, permit) = lesson_of(cx, &lesson).await?;
        let enrolment: EnrolmentId = enrolment.parse().map_err(|_| AppError::NotFound)?;
        let why = forms::reason("undo_why", &undo_why).map_err(|fault| AppError::Invalid(vec![fault]))?;
        store::undo(&cx.app, &permit, cx.now, lesson.id, enrolment, &why).await?;
        Ok(Done::to(list_behind(class.id, lesson.id, &trail_of(&back))).saying(Problem::new("board-undone")))
    })
    .await
}

/// Marks one person (`one`, a button in a row) or everybody ticked.
#[server(endpoint = "board_mark")]
pub async fn board_mark(
    #[server(default)] lesson: String,
    #[server(default)] one: String,
    #[server(default)] ids: Vec<String>,
    #[server(default)] status: String,
    #[server(default)] why: String,
) -> Result<(), AppError> {
    form_action("board-mark", async |cx| {
        let (lesson, _, permit) = lesson_of(cx, &lesson).await?;
        let marking = forms::mark(&one, &ids, &status, &why)?;
        let marked = desk_store::mark_all(&cx.app, &permit, cx.now, lesson.id, &marking.people, marking.status, &marking.reason).await?;
        Ok(Done::back().saying(said(marked)))
    })
    .await
}

#[cfg(feature = "ssr")]
fn said(marked: desk_store::Marked) -> Problem {
    let key = if marked.kept == 0 { "board-marked" } else { "board-marked-some" };
    Problem::new(key).with("n", marked.written).with("kept", marked.kept)
}

/// Enters a signed list.
#[server(endpoint = "board_paper")]
pub async fn board_paper(
    #[server(default)] lesson: String,
    #[server(default)] ids: Vec<String>,
    #[server(default)] at: String,
) -> Result<(), AppError> {
    form_action("board-paper", async |cx| {
        let (lesson, class, permit) = lesson_of(cx, &lesson).await?;
        let paper = forms::paper(&ids, &at, lesson.starts_at, cx.now)?;
        let place = (lesson.id, class.late_after_min);
        let marked = desk_store::enter_paper(&cx.app, &permit, cx.now, place, &paper.people, paper.at).await?;
        Ok(Done::to(format!("/desk/lessons/{}", lesson.id)).saying(said(marked)))
    })
    .await
}

/// Adds or turns away somebody at the door.
#[server(endpoint = "board_walk_in")]
pub async fn board_walk_in(
    #[server(default)] lesson: String,
    #[server(default)] walk_in: String,
    #[server(default)] verdict: String,
    #[server(default)] door_why: String,
) -> Result<(), AppError> {
    form_action("board-walk-in", async |cx| {
        let (_, _, permit) = lesson_of(cx, &lesson).await?;
        let id: WalkInId = walk_in.parse().map_err(|_| AppError::NotFound)?;
        if verdict == "refuse" {
            let why = forms::reason("door_why", &door_why).map_err(|fault| AppError::Invalid(vec![fault]))?;
            store::refuse(&cx.app, &permit, cx.now, id, &why).await?;
            return Ok(Done::back().saying(Problem::new("board-turned-away")));
        }
        let added = store::add(&cx.app, &permit, cx.now, id).await?;
        Ok(Done::back().saying(Problem::new("board-added").with("name", added.name)))
    })
    .await
}

/// Closes a lesson: who is not marked was absent.
#[server(endpoint = "board_close")]
pub async fn board_close(#[server(default)] lesson: String) -> Result<(), AppError> {
    form_action("board-close", async |cx| {
        let (lesson, _, permit) = lesson_of(cx, &lesson).await?;
        let absent = store::close_lesson(&cx.app, &permit, cx.now, lesson.id).await?;
        Ok(Done::back().saying(Problem::new("board-closed").with("n", absent)))
    })
    .await
}

/// Opens a closed lesson again, with a reason.
#[server(endpoint = "board_reopen")]
pub async fn board_reopen(#[server(default)] lesson: String, #[server(default)] reopen_why: String) -> Result<(), AppError> {
    form_action("board-reopen", async |cx| {
        let (lesson, _, permit) = lesson_of(cx, &lesson).await?;
        let why = forms::reason("reopen_why", &reopen_why).map_err(|fault| AppError::Invalid(vec![fault]))?;
        store::reopen_lesson(&cx.app, &permit, cx.now, lesson.id, &why).await?;
        Ok(Done::back().saying(Problem::new("board-reopened")))
    })
    .await
}
