//! Builds the [`Cx`] of each request: sign-in, language, colours, flash and the fields typed.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::accounts::policy::detour;
use app::accounts::store::signed_in;
use app::audit::{Origin, coming_from};
use app::error::AppError;
use app::i18n::Lang;
use app::request::{Cx, Theme, read_flash, with_query};
use app::state::App;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::peers::network;
use crate::life::Life;

/// The largest form whose fields are kept for giving back.
const LARGEST_FORM: usize = 1024 * 1024;

pub async fn provide(State((app, life)): State<(App, Life)>, request: Request, next: Next) -> Response {
    let (request, typed) = match read_form(request).await {
        Ok(read) => read,
        Err(refusal) => return refusal,
    };
    if has_nul(&request, &typed) {
        return (
            StatusCode::BAD_REQUEST,
            "内容里有不能使用的字符。 / There is a character in it that can't be used.",
        )
            .into_response();
    }
    // A body can't be held across an await; the parts can.
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let answer = async {
        if !life.has_database() {
            return Err(AppError::Unavailable);
        }
        answer(&app, parts, body, typed, next).await
    };
    // Whoever waits for a database that went away is told so, and is not left to wait for its connection to time out.
    let answered = tokio::select! {
        biased;
        answered = answer => answered,
        () = life.database_lost() => Err(AppError::Unavailable),
    };
    match answered {
        Ok(response) => response,
        Err(error) => sorry(&app, asked, &error).await,
    }
}

/// The same for the API, which knows tokens and no cookies, and reads its bodies itself.
pub async fn provide_for_api(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let asked = app::api::Asked {
        lang: text(&parts.headers, header::ACCEPT_LANGUAGE)
            .and_then(Lang::from_accept)
            .unwrap_or_default(),
        now: app.clock.now(),
        network: network(&parts),
        app,
    };
    let origin = origin(&asked.network);
    parts.extensions.insert(asked);
    coming_from(origin, next.run(Request::from_parts(parts, body))).await
}

/// What the trail says of where somebody acts from.
fn origin(network: &str) -> Origin {
    Origin {
        network: network.to_owned(),
        request: app::request::id().unwrap_or_default(),
    }
}

/// Nobody waits for a database that went away; the layer around says so in the words of the API.
pub async fn with_database(State(life): State<Life>, request: Request, next: Next) -> Response {
    if !life.has_database() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    tokio::select! {
        biased;
        answered = next.run(request) => answered,
        () = life.database_lost() => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Answers a request once it is known who asks.
async fn answer(app: &App, mut parts: Parts, body: Body, typed: BTreeMap<String, Vec<String>>, next: Next) -> Result<Response, AppError> {
    let cx = build(app, &parts, typed).await?;
    if let Some(path) = cx.actor.as_ref().and_then(|actor| detour(actor, parts.uri.path())) {
        return Ok(see_other(path, &parts));
    }
    let origin = origin(&cx.network);
    parts.extensions.insert(cx);
    Ok(coming_from(origin, next.run(Request::from_parts(parts, body))).await)
}

/// What is said when nobody can find out who asks: as a page, or as whoever asks reads it.
async fn sorry(app: &App, mut parts: Parts, error: &AppError) -> Response {
    let cx = stranger(app, &parts);
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let words = app::respond::sentence(cx.lang, error);
    let wants_page = text(&parts.headers, header::ACCEPT).is_some_and(|accept| accept.contains("text/html"));
    let path = parts.uri.path();
    if wants_page && *error == AppError::Unavailable {
        parts.extensions.insert(cx);
        return app::routes::unavailable(Request::from_parts(parts, Body::empty())).await;
    }
    if path.starts_with("/api/") {
        // An island called: it reads the error of the application.
        let said = AppError::Said {
            status: status.as_u16(),
            text: words,
            fields: Vec::new(),
        };
        return (status, axum::Json(said)).into_response();
    }
    (status, words).into_response()
}

/// 303 to a page that comes first and leads back here.
fn see_other(path: &str, asked: &Parts) -> Response {
    let here = asked.uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    let next: String = if asked.method.is_safe() {
        url::form_urlencoded::Serializer::for_suffix(String::from("?"), 1)
            .append_pair("next", here)
            .finish()
    } else {
        String::new()
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("{path}{next}"))]).into_response()
}

async fn build(app: &App, request: &Parts, typed: BTreeMap<String, Vec<String>>) -> Result<Cx, AppError> {
    let headers = &request.headers;
    let stranger = stranger(app, request);
    let now = stranger.now;
    let signed_in = match cookie(headers, "sign_in") {
        Some(token) => signed_in(app, now, &token).await?,
        None => None,
    };
    let flash = match query(&request.uri, "flash") {
        Some(token) => read_flash(app, now, &token).await?,
        None => None,
    };
    let sign_in = signed_in.as_ref().map(|person| person.actor.sign_in);
    let flash = flash.filter(|flash| flash.is_for(sign_in));
    let chosen_lang = signed_in.as_ref().and_then(|person| person.lang.clone());
    let chosen_theme = signed_in.as_ref().and_then(|person| person.theme.clone());
    Ok(Cx {
        lang: language(headers, chosen_lang),
        theme: cookie(headers, "theme").or(chosen_theme).and_then(|word| Theme::parse(&word)),
        actor: signed_in.map(|person| person.actor),
        typed,
        flash,
        ..stranger
    })
}

/// What a request says of itself, without a look into the database.
fn stranger(app: &App, request: &Parts) -> Cx {
    let headers = &request.headers;
    Cx {
        app: app.clone(),
        lang: language(headers, None),
        theme: cookie(headers, "theme").and_then(|word| Theme::parse(&word)),
        actor: None,
        uri: request.uri.clone(),
        params: Vec::new(),
        now: app.clock.now(),
        network: network(request),
        user_agent: text(headers, header::USER_AGENT).unwrap_or_default().chars().take(300).collect(),
        browser: cookie(headers, "browser"),
        typed: BTreeMap::new(),
        back: back(headers),
        flash: None,
        region_names: Arc::default(),
    }
}

/// The person's cookie, then the account's choice, then the browser's, then Chinese.
fn language(headers: &HeaderMap, chosen: Option<String>) -> Lang {
    cookie(headers, "lang")
        .or(chosen)
        .and_then(|word| Lang::parse(&word))
        .or_else(|| text(headers, header::ACCEPT_LANGUAGE).and_then(Lang::from_accept))
        .unwrap_or_default()
}

/// The path of the referrer, without its flash; never another site.
fn back(headers: &HeaderMap) -> String {
    let uri = text(headers, header::REFERER).and_then(|url| url.parse::<Uri>().ok());
    uri.map_or_else(|| "/".to_owned(), |uri| with_query(&uri, "flash", None))
}

/// Reads a URL-encoded body and puts it back.
async fn read_form(request: Request) -> Result<(Request, BTreeMap<String, Vec<String>>), Response> {
    let is_form = text(request.headers(), header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return Ok((request, BTreeMap::new()));
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_FORM).await else {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, "表单内容太大。 / The form is too large.").into_response());
    };
    let mut typed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(&bytes) {
        typed.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    Ok((Request::from_parts(parts, Body::from(bytes)), typed))
}

/// NUL stands in no text that a person types, and `PostgreSQL` stores none.
fn has_nul(request: &Request, typed: &BTreeMap<String, Vec<String>>) -> bool {
    request.uri().to_string().contains("%00") || typed.values().flatten().any(|value| value.contains('\0'))
}

pub fn query(uri: &Uri, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty()).then(|| value.to_owned())
    })
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
