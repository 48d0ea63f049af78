//! Who was in a lesson, and letting people in.

use axum::response::Response;

use super::{Body, Id, ListParams, ListQuery, paged, private};
use crate::api::Reason;
use crate::api::document::{Conflicts, Missing, MissingPerson, Refusals, Unreadable, UnreadableBody};
use crate::api::gate::Call;
use crate::api::policy::{checks_in, reads_attendance};
use crate::api::problem::{Fault, Problem};
use crate::api::store;
use crate::api::views::{AttendanceEntry, CheckedIn, Checkin, Page};
use crate::attendance::person_code;
use crate::attendance::store::{Answer, Reading, answer_once};
use crate::error::AppError;
use crate::ids::LessonId;

/// Letters of a code and of a nonce at most.
const LONGEST_CODE: usize = 300;
const LONGEST_NONCE: usize = 100;

/// Who was in a lesson.
///
/// In the order of enrolling. Who is not marked is not in the list.
#[utoipa::path(
    get,
    path = "/lessons/{id}/attendance",
    operation_id = "list_attendance",
    tag = "lessons",
    params(("id" = uuid::Uuid, Path, description = "The lesson"), ListParams),
    responses(
        (status = 200, description = "A page of the attendance", body = Page<AttendanceEntry>, headers(("Link" = String, description = "The next page, when there is one (RFC 8288)"))),
        Unreadable,
        Missing,
        Refusals,
    ),
    security(("token" = ["attendance:read"]))
)]
pub async fn attendance(call: Call, Id(lesson): Id<LessonId>, ListQuery(part): ListQuery) -> Result<Response, Problem> {
    let permit = reads_attendance(&call.caller)?;
    let rows = store::attendance(&call.asked.app.db, permit, lesson, part).await?;
    let path = format!("/lessons/{}/attendance", lesson.0);
    let id = |row: &store::AttendanceRow| row.enrolment_id;
    Ok(paged(&call.asked, &path, &[], rows, part, (id, AttendanceEntry::from)))
}

/// Check somebody in by their own code.
///
/// Repeating a call with the same nonce repeats its answer. Somebody who is in already is a success with `first: false`.
/// Scanners may do this at their own school; other tokens need the scope.
#[utoipa::path(
    post,
    path = "/lessons/{id}/checkins",
    operation_id = "check_in",
    tag = "lessons",
    params(("id" = uuid::Uuid, Path, description = "The lesson")),
    request_body = Checkin,
    responses(
        (status = 200, description = "They are in", body = CheckedIn),
        MissingPerson,
        Conflicts,
        UnreadableBody,
        Refusals,
    ),
    security(("token" = ["checkins:write"]))
)]
pub async fn check_in(call: Call, Id(lesson): Id<LessonId>, Body(asked): Body<Checkin>) -> Result<Response, Problem> {
    let permit = checks_in(&call.caller)?;
    faults(&asked)?;
    // What is no code is nobody's.
    let code = person_code(&asked.code).map_err(|_| Problem::new(Reason::UnknownCode))?;
    let reading = Reading {
        lesson,
        code,
        nonce: asked.nonce,
        at: asked.at.unwrap_or(call.asked.now),
    };
    match answer_once(&call.asked.app, call.asked.now, &permit, &reading).await? {
        Answer::In { status, person, first } => Ok(private(CheckedIn { status, person, first })),
        Answer::Refused {
            opens_at: Some(opens_at), ..
        } => Err(Problem::too_early(opens_at)),
        Answer::Refused { reason, .. } => Err(refused(&reason)),
    }
}

fn faults(asked: &Checkin) -> Result<(), Problem> {
    let mut faults = Vec::new();
    let mut check = |name: &str, text: &str, most: usize, clean: bool| {
        let letters = text.chars().count();
        if letters == 0 || letters > most || !clean {
            let problem = crate::error::Problem::new("api-fault-text").with("max", most);
            let name = name.to_owned();
            faults.push(Fault { name, problem });
        }
    };
    check("code", &asked.code, LONGEST_CODE, true);
    check("nonce", &asked.nonce, LONGEST_NONCE, !asked.nonce.chars().any(char::is_control));
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Problem::new(Reason::InvalidBody).with(faults))
    }
}

/// The word that the ledger gave. One that the API does not know would be our fault.
fn refused(word: &str) -> Problem {
    match word.parse() {
        Ok(reason) => Problem::new(reason),
        Err(unknown) => AppError::internal(&unknown).into(),
    }
}
