//! Classes, their lessons, and who is in them.

use axum::response::Response;

use super::{Id, ListParams, ListQuery, RosterParams, RosterQuery, paged};
use crate::api::Reason;
use crate::api::document::{Missing, MissingRow, Refusals, Unreadable};
use crate::api::gate::Call;
use crate::api::policy::{reads_classes, reads_roster};
use crate::api::problem::Problem;
use crate::api::store;
use crate::api::views::{Class, Lesson, Page, RosterEntry};
use crate::ids::ClassId;

/// Classes that the token reaches.
///
/// The newest first; drafts are left out.
#[utoipa::path(
    get,
    path = "/classes",
    operation_id = "list_classes",
    tag = "classes",
    params(ListParams),
    responses(
        (status = 200, description = "A page of classes", body = Page<Class>, headers(("Link" = String, description = "The next page, when there is one (RFC 8288)")), links(
            ("lessons" = (operation_id = "list_lessons", parameters(("id" = "$response.body#/items/0/id")))),
            ("roster" = (operation_id = "list_roster", parameters(("id" = "$response.body#/items/0/id")))),
            ("next" = (operation_id = "list_classes", parameters(("cursor" = "$response.body#/next")))),
        )),
        Unreadable,
        Refusals,
    ),
    security(("token" = ["classes:read"]))
)]
pub async fn list(call: Call, ListQuery(part): ListQuery) -> Result<Response, Problem> {
    let permit = reads_classes(&call.caller)?;
    let rows = store::classes(&call.asked.app.db, permit, part).await?;
    Ok(paged(
        &call.asked,
        "/classes",
        &[],
        rows,
        part,
        (|row: &store::ClassRow| row.id, Class::from),
    ))
}

/// The lessons of a class.
///
/// The earliest first, cancelled ones too.
#[utoipa::path(
    get,
    path = "/classes/{id}/lessons",
    operation_id = "list_lessons",
    tag = "classes",
    params(("id" = uuid::Uuid, Path, description = "The class"), ListParams),
    responses(
        (status = 200, description = "A page of lessons", body = Page<Lesson>, headers(("Link" = String, description = "The next page, when there is one (RFC 8288)")), links(
            ("attendance" = (operation_id = "list_attendance", parameters(("id" = "$response.body#/items/0/id")))),
            ("checkin" = (operation_id = "check_in", parameters(("id" = "$response.body#/items/0/id")))),
        )),
        Unreadable,
        MissingRow,
        Refusals,
    ),
    security(("token" = ["classes:read"]))
)]
pub async fn lessons(call: Call, Id(class): Id<ClassId>, ListQuery(part): ListQuery) -> Result<Response, Problem> {
    let permit = reads_classes(&call.caller)?;
    let rows = store::lessons(&call.asked.app.db, permit, class, part).await?;
    let rows = rows.ok_or(Problem::new(Reason::UnknownCursor))?;
    let path = format!("/classes/{}/lessons", class.0);
    Ok(paged(
        &call.asked,
        &path,
        &[],
        rows,
        part,
        (|row: &store::LessonRow| row.id, Lesson::from),
    ))
}

/// Who is in a class.
///
/// In the order of enrolling. Phone numbers only with the scope `phones:read`.
#[utoipa::path(
    get,
    path = "/classes/{id}/roster",
    operation_id = "list_roster",
    tag = "classes",
    params(("id" = uuid::Uuid, Path, description = "The class"), RosterParams, ListParams),
    responses(
        (status = 200, description = "A page of the roster", body = Page<RosterEntry>, headers(("Link" = String, description = "The next page, when there is one (RFC 8288)"))),
        Unreadable,
        Missing,
        Refusals,
    ),
    security(("token" = ["roster:read"]))
)]
pub async fn roster(call: Call, Id(class): Id<ClassId>, RosterQuery(state): RosterQuery, ListQuery(part): ListQuery) -> Result<Response, Problem> {
    let permit = reads_roster(&call.caller)?;
    let rows = store::roster(&call.asked.app.db, permit, class, state.into(), part).await?;
    let path = format!("/classes/{}/roster", class.0);
    let view = |row: store::RosterRow| RosterEntry::new(row, state);
    let extra = [("state", state.as_str())];
    Ok(paged(&call.asked, &path, &extra, rows, part, (|row: &store::RosterRow| row.id, view)))
}
