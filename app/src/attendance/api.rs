//! `POST /api/v1/lessons/{id}/checkins`: how registered scanners check people in. Described in contract.md; refusals are
//! `application/problem+json` with a `reason` for programs and a sentence for people.

use axum::body::Bytes;
use axum::extract::{Extension, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::forms;
use super::rules::Status;
use super::store::{self, Answer, Reading, Scanner};
use crate::error::{AppError, Problem};
use crate::i18n::say;
use crate::ids::LessonId;
use crate::request::Cx;

/// Longer bodies are no check-in.
const LARGEST: usize = 8 * 1024;
const LONGEST_NONCE: usize = 100;

#[derive(Deserialize)]
struct Asked {
    code: String,
    nonce: String,
    /// The scanner's clock; without it, ours.
    at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct In {
    status: Status,
    person: String,
    first: bool,
}

/// A refusal after RFC 9457.
#[derive(Serialize)]
struct Refused {
    r#type: &'static str,
    title: String,
    status: u16,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    opens_at: Option<DateTime<Utc>>,
}

/// The handler.
pub async fn check_in(Extension(cx): Extension<Cx>, Path(lesson): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    match answer(&cx, &lesson, &headers, &body).await {
        Ok(Answer::In { status, person, first }) => axum::Json(In { status, person, first }).into_response(),
        Ok(Answer::Refused { reason, opens_at }) => refused(&cx, &reason, opens_at),
        Err(Fault::Reason(reason)) => refused(&cx, reason, None),
        Err(Fault::Error(error)) => failed(&cx, &error),
    }
}

enum Fault {
    Reason(&'static str),
    Error(AppError),
}

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        Self::Error(error)
    }
}

async fn answer(cx: &Cx, lesson: &str, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Fault> {
    let scanner = scanner(cx, headers).await?;
    let lesson: LessonId = lesson.parse().map_err(|_| AppError::NotFound)?;
    let reading = reading(cx, lesson, body).ok_or(Fault::Reason("bad_request"))?;
    Ok(store::answer_once(&cx.app, cx.now, &scanner, &reading).await?)
}

async fn scanner(cx: &Cx, headers: &HeaderMap) -> Result<Scanner, Fault> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(Fault::Reason("unknown_token"))?;
    let known = store::device_by_token(&cx.app.db, token.trim()).await?;
    let scanner = known.ok_or(Fault::Reason("unknown_token"))?;
    if scanner.is_revoked() {
        return Err(Fault::Reason("revoked_device"));
    }
    Ok(scanner)
}

fn reading(cx: &Cx, lesson: LessonId, body: &[u8]) -> Option<Reading> {
    if body.len() > LARGEST {
        return None;
    }
    let asked: Asked = serde_json::from_slice(body).ok()?;
    let nonce = asked.nonce.trim();
    let usable = !nonce.is_empty() && nonce.chars().count() <= LONGEST_NONCE && !nonce.chars().any(char::is_control);
    usable.then_some(())?;
    Some(Reading {
        lesson,
        code: forms::person_code(&asked.code).ok()?,
        nonce: nonce.to_owned(),
        at: asked.at.unwrap_or(cx.now),
    })
}

fn refused(cx: &Cx, reason: &str, opens_at: Option<DateTime<Utc>>) -> Response {
    let status = match reason {
        "bad_request" => StatusCode::BAD_REQUEST,
        "unknown_token" => StatusCode::UNAUTHORIZED,
        "revoked_device" => StatusCode::FORBIDDEN,
        "unknown_code" => StatusCode::NOT_FOUND,
        "bad_time" | "nonce_reused" => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    let mut sentence = Problem::new(&format!("attendance-refused-{}", reason.replace('_', "-")));
    if let Some(opens_at) = opens_at {
        sentence = sentence.with("opens", crate::ui::time::hour_minute(opens_at));
    }
    problem(status, say(cx.lang, &sentence), reason, opens_at)
}

fn failed(cx: &Cx, error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let reason = match error {
        AppError::NotFound => "not_found",
        AppError::Unavailable => "unavailable",
        AppError::Internal { .. } => "internal",
        _ => "refused",
    };
    problem(status, crate::respond::sentence(cx.lang, error), reason, None)
}

fn problem(status: StatusCode, title: String, reason: &str, opens_at: Option<DateTime<Utc>>) -> Response {
    let body = Refused {
        r#type: "about:blank",
        title,
        status: status.as_u16(),
        reason: reason.to_owned(),
        opens_at,
    };
    (
        status,
        [(header::CONTENT_TYPE, "application/problem+json")],
        axum::Json(body).into_response().into_body(),
    )
        .into_response()
}
