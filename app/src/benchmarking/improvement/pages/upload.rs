//! The upload of a file as evidence of an action.

use axum::extract::{Extension, Multipart, Path};
use axum::response::Response;

use crate::benchmarking::files::{Kept, Upload};
use crate::benchmarking::improvement::functions::contact;
use crate::benchmarking::improvement::{forms, store};
use crate::error::{AppError, Problem};
use crate::ids::ActionId;
use crate::request::Cx;
use crate::respond::{Done, upload_action};
use crate::ui::time::day_of;

/// Takes a file, keeps it, and hands it in as evidence of the action that the address names.
pub async fn receive(Extension(mut cx): Extension<Cx>, Path((pilot, action)): Path<(String, String)>, form: Multipart) -> Response {
    let upload = Upload::read(form).await;
    upload.give_back(&mut cx);
    let work = keep(&cx, &pilot, &action, upload);
    upload_action(&cx, "action-file", work).await
}

async fn keep(cx: &Cx, pilot: &str, action: &str, mut upload: Upload) -> Result<Done, AppError> {
    let (pilot, permit) = contact(cx, pilot).await?;
    let action: ActionId = action.parse().map_err(|_| AppError::NotFound)?;
    let proof = forms::file_proof(upload.field("file_title"), upload.field("file_fact_on"), day_of(cx.now))?;
    let (name, bytes) = upload.file()?;
    let kept = Kept::of(&cx.app, &name, bytes).await?;
    let mut tx = cx.app.db.begin().await?;
    let file = kept.enter(&mut tx, &cx.app, cx.now, permit.by(), pilot.id).await?;
    store::offer(&mut tx, &cx.app, cx.now, &permit, action, &proof(file)).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/firm/{}/actions/{action}", pilot.id)).saying(Problem::new("improvement-proof-saved")))
}
