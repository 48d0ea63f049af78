//! The one way to a file: `/firm/{pilot}/files/{file}`, for those who may see the firm.

use axum::Router;
use axum::extract::{Extension, Path};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::disk;
use super::store::{StoredFile, file};
use crate::audit;
use crate::benchmarking::store::seen;
use crate::error::AppError;
use crate::request::Cx;
use crate::respond::{attachment, refusal};

pub fn routes() -> Router {
    Router::new().route("/firm/{pilot}/files/{file}", get(download))
}

/// Sends a file as an attachment that no browser shows or runs in this site's name.
async fn download(Extension(cx): Extension<Cx>, Path((pilot, id)): Path<(String, String)>) -> Response {
    match open(&cx, &pilot, &id).await {
        Ok((file, bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, file.media_type),
                (header::CONTENT_DISPOSITION, attachment(&file.name)),
                (header::CACHE_CONTROL, "private, no-store".to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
                (
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; sandbox; frame-ancestors 'none'".to_owned(),
                ),
            ];
            (headers, bytes).into_response()
        }
        Err(AppError::NotSignedIn) => Redirect::to("/sign-in").into_response(),
        Err(error) => refusal(&cx, &error),
    }
}

async fn open(cx: &Cx, pilot: &str, id: &str) -> Result<(StoredFile, Vec<u8>), AppError> {
    let pilot = pilot.parse().map_err(|_| AppError::NotFound)?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let actor = cx.actor()?;
    let (pilot, standing) = seen(&cx.app.db, actor, pilot).await?;
    let file = file(&cx.app.db, standing.view().pilot(), id).await?;
    let bytes = disk::read(&cx.app, &file.content_hash).await?;
    let mut tx = cx.app.db.begin().await?;
    let entry = audit::Entry {
        by: Some(standing.view().by()),
        what: "file.read",
        subject_kind: "file",
        subject_id: file.id.to_string(),
        region: Some(&pilot.region),
        detail: file.name.clone(),
    };
    audit::note(&mut tx, &cx.app.chance, cx.now, entry).await?;
    tx.commit().await?;
    Ok((file, bytes))
}
