//! Builds the [`Cx`] of each request: sign-in, language, colours, flash and the fields typed.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use app::accounts::policy::detour;
use app::accounts::store::signed_in;
use app::error::AppError;
use app::i18n::Lang;
use app::request::{Cx, Theme, read_flash, with_query};
use app::state::App;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The largest form whose fields are kept for giving back.
const LARGEST_FORM: usize = 1024 * 1024;

pub async fn provide(State(app): State<App>, request: Request, next: Next) -> Response {
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
    let (mut parts, body) = request.into_parts();
    match build(&app, &parts, typed).await {
        Ok(cx) => {
            if let Some(path) = cx.actor.as_ref().and_then(|actor| detour(actor, parts.uri.path())) {
                return see_other(path, &parts);
            }
            parts.extensions.insert(cx);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            (status, app::respond::sentence(language(&parts.headers, None), &error)).into_response()
        }
    }
}

/// The same for the API, which knows tokens and no cookies, and reads its bodies itself.
pub async fn provide_for_api(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = app::api::Asked {
        lang: text(&parts.headers, header::ACCEPT_LANGUAGE)
            .and_then(Lang::from_accept)
            .unwrap_or_default(),
        now: app.clock.now(),
        network: network(&parts),
        app,
    };
    request = Request::from_parts(parts, body);
    request.extensions_mut().insert(asked);
    next.run(request).await
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
    let now = app.clock.now();
    let signed_in = match cookie(headers, "sign_in") {
        Some(token) => signed_in(app, now, &token).await?,
        None => None,
    };
    let flash = match query(request, "flash") {
        Some(token) => read_flash(app, now, &token).await?,
        None => None,
    };
    let chosen_lang = signed_in.as_ref().and_then(|person| person.lang.clone());
    let chosen_theme = signed_in.as_ref().and_then(|person| person.theme.clone());
    Ok(Cx {
        app: app.clone(),
        lang: language(headers, chosen_lang),
        theme: cookie(headers, "theme").or(chosen_theme).and_then(|word| Theme::parse(&word)),
        actor: signed_in.map(|person| person.actor),
        uri: request.uri.clone(),
        params: Vec::new(),
        now,
        network: network(request),
        user_agent: text(headers, header::USER_AGENT).unwrap_or_default().chars().take(300).collect(),
        browser: cookie(headers, "browser"),
        typed,
        back: back(headers),
        flash,
    })
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
    let uri = text(headers, header::REFERER).and_then(|url| url.parse::<axum::http::Uri>().ok());
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

fn query(request: &Parts, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes());
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The caller's address: what the proxy on this machine says, or the connection's own.
fn network(request: &Parts) -> String {
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(addr)| addr.ip());
    let forwarded = text(&request.headers, header::HeaderName::from_static("x-forwarded-for"));
    match (peer, forwarded) {
        (Some(peer), Some(list)) if peer.is_loopback() => list.rsplit(',').next().unwrap_or(list).trim().to_owned(),
        (Some(peer), _) => peer.to_string(),
        (None, _) => String::new(),
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
