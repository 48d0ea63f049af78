//! What the island saves answers to while somebody types: one answer at a time, fields in, a line of text out.

use axum::extract::{Extension, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;

use super::dimension::{conflict_box, typed_fields};
use crate::benchmarking::assessment::forms;
use crate::benchmarking::assessment::functions::{opened, standing};
use crate::benchmarking::assessment::store::{self, Saved};
use crate::error::AppError;
use crate::request::Cx;
use crate::respond::refusal;
use crate::t;
use crate::ui::time;

/// 200 with the new edition and a sentence; 412 with the edition and both versions side by side as HTML, when somebody
/// else saved in between; anything else with a sentence.
pub async fn answer(Extension(cx): Extension<Cx>, Path(pilot): Path<String>) -> Response {
    match save(&cx, &pilot).await {
        Ok(answer) => answer,
        Err(error) => refusal(&cx, &error),
    }
}

async fn save(cx: &Cx, pilot: &str) -> Result<Response, AppError> {
    let permit = standing(cx, pilot).await?.can_edit().ok_or(AppError::Forbidden)?;
    let (assessment, framework) = opened(cx, permit.pilot(), forms::raw(&cx.typed, "assessment")).await?;
    let (dimension, indicator) = framework.indicator(forms::raw(&cx.typed, "indicator")).ok_or(AppError::NotFound)?;
    let new = forms::answer(&cx.typed, &indicator.id).map_err(AppError::Invalid)?;
    let mut tx = cx.app.db.begin().await?;
    let saved = store::save(&mut tx, &cx.app, cx.now, &permit, assessment.id, &framework, &new).await?;
    tx.commit().await?;
    Ok(match saved {
        Saved::Yes { edition } => {
            let sentence = t!(cx.lang, "assessment-auto-saved", at = time::hour_minute(cx.now));
            format!("{edition}\n{sentence}").into_response()
        }
        Saved::Conflict(theirs) => {
            let mine = typed_fields(&cx.typed, &indicator.id);
            let owner = Owner::new();
            let html = owner.with(|| conflict_box(cx.lang, permit.pilot(), (&dimension.id, indicator), &theirs, &mine).to_html());
            let html = html.replace("<!>", "");
            (StatusCode::PRECONDITION_FAILED, Html(format!("{}\n{html}", theirs.edition))).into_response()
        }
    })
}
