//! Staff read a person's own code: from the page that scans, or from the phone's camera app.

use super::permitted::Desk;
use super::rules::Source;
use super::store::{self, CheckIn, CheckedIn};
use crate::error::AppError;
use crate::request::Cx;

/// Checks in whoever this code belongs to.
pub async fn read(cx: &Cx, desk: &Desk, code: &str) -> Result<CheckedIn, AppError> {
    let person = store::person_by_code(&cx.app.db, code).await?;
    let person = person.ok_or_else(|| AppError::field("code", "attendance-code-unknown"))?;
    let door = CheckIn {
        lesson: desk.lesson.id,
        person: person.id,
        source: Source::StaffScan,
        at: cx.now,
        by: Some(desk.permit.by()),
        device: None,
        browser: None,
        place: None,
    };
    Ok(store::check_in(&cx.app, cx.now, door).await??)
}
