//! Staff scan people's codes, one after another, with the camera of an ordinary phone.

use axum::extract::{Extension, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;

use super::own_code::type_person_code;
use crate::attendance::islands::ScanPage;
use crate::attendance::permitted::desk;
use crate::attendance::rules::Status;
use crate::attendance::{forms, scanning, wording};
use crate::error::AppError;
use crate::i18n::say;
use crate::live::Part;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::time::time_range;
use crate::ui::{Crumbs, ErrorSummary, Icon, IconName, Notice, NoticeTone, PageHeader};

/// `/desk/lessons/{id}/scan`: the camera reads people's codes one after another; or the code is typed.
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let desk = desk(&cx, cx.param("id")?).await?;
    let form = cx.form("scan-person");
    let lesson = desk.lesson.id;
    let back = format!("/desk/lessons/{lesson}");
    let title = t!(lang, "attendance-scan-title");
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <Crumbs items=vec![(back, desk.lesson.topic.clone())]/>
        <PageHeader title=title.clone() lead=time_range(lang, desk.lesson.starts_at, desk.lesson.ends_at)/>
        <div class="scanner" data-scan=format!("/desk/lessons/{lesson}/scan/read")>
            <div id="scan-ready" hidden=true>
                <button class="button button--main button--big" id="scan-start" type="button"><Icon name=IconName::Camera/>{t!(lang, "attendance-scan-start")}</button>
            </div>
            <video id="scan-video" class="scanner__video" playsinline="" muted=true hidden=true></video>
            <div id="scan-answer" class="scanner__answer" aria-live="assertive"></div>
            <div id="scan-blocked" hidden=true><Notice tone=NoticeTone::Warning><p>{t!(lang, "attendance-scan-blocked")}</p></Notice></div>
            <div id="scan-missing"><Notice><p>{t!(lang, "attendance-scan-missing")}</p></Notice></div>
        </div>
        <h2>{t!(lang, "attendance-scan-typed")}</h2>
        {type_person_code(lang, form, lesson.to_string())}
        <ScanPage/>
    };
    Ok(Page::new(title, body).interactive())
}

/// `POST /desk/lessons/{id}/scan/read`: what came of a code, as a piece of the page.
pub async fn read(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let lang = cx.lang;
    let outcome = async {
        let desk = desk(&cx, id.parse().map_err(|_| AppError::NotFound)?).await?;
        let typed = cx.typed.get("code").and_then(|values| values.first()).cloned().unwrap_or_default();
        scanning::read(&cx, &desk, &forms::person_code(&typed)?).await
    };
    match outcome.await {
        Ok(done) => {
            let (class, text) = (answer_class(done.status, done.first), say(lang, &wording::checked_in(&done)));
            Html(Part::new("scan-answer", || answer_view(class, &done.name, &text)).html).into_response()
        }
        Err(error) => {
            let text = crate::respond::sentence(lang, &error);
            let part = Part::new("scan-answer", || answer_view("scan-result scan-result--bad", "", &text));
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            (status, Html(part.html)).into_response()
        }
    }
}

fn answer_class(status: Status, first: bool) -> &'static str {
    match (status, first) {
        (Status::Present, true) => "scan-result scan-result--good",
        (Status::Late, true) => "scan-result scan-result--late",
        _ => "scan-result",
    }
}

fn answer_view(class: &'static str, name: &str, text: &str) -> impl IntoView + use<> {
    let name = (!name.is_empty()).then(|| view! { <strong>{name.to_owned()}</strong> });
    view! { <div class=class>{name}<p>{text.to_owned()}</p></div> }
}
