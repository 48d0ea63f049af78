//! The endpoints, and how each reads its path, query and body.

pub mod classes;
pub mod lessons;

use std::str::FromStr;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use uuid::Uuid;

use super::cursor::{self, MOST, Part, USUAL};
use super::policy::Lacking;
use super::problem::{Fault, Problem};
use super::views::{Page, RosterState};
use super::{Asked, PREFIX, Reason};

impl From<Lacking> for Problem {
    fn from(Lacking(scope): Lacking) -> Self {
        Self::scope(scope)
    }
}

/// The thing that the path names; what is no id names nothing.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        let id = text.and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or(Problem::new(Reason::NotFound))
    }
}

/// A body of JSON; each way to be wrong has its own refusal.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::JsonSyntaxError(_)) => Err(Problem::new(Reason::MalformedJson)),
            Err(JsonRejection::JsonDataError(error)) => {
                let problem = crate::error::Problem::new("api-fault-body").with("fault", error.body_text());
                let name = String::new();
                Err(Problem::new(Reason::InvalidBody).with(vec![Fault { name, problem }]))
            }
            Err(other) => Err(Problem::new(Reason::of_status(other.status()))),
        }
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListQuery(Part);

/// For the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described; read by hand, so that each fault has its words")]
pub struct ListParams {
    /// Rows of a page; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where the page begins: what `next` of the page before said.
    #[param(pattern = "^[A-Za-z0-9_-]{21}[AQgw]$", min_length = 22, max_length = 22)]
    cursor: Option<String>,
}

/// For the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described; read by hand, so that each fault has its words")]
pub struct RosterParams {
    /// Whom to list; `approved` when left out.
    state: Option<RosterState>,
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        list_query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn list_query(query: &str) -> Result<Part, Problem> {
    let mut faults = Vec::new();
    let limit = read_one(query, "limit", &mut faults, |text| {
        text.parse().ok().filter(|limit| (1..=MOST).contains(limit))
    });
    let after = read_one(query, "cursor", &mut faults, cursor::read);
    if faults.is_empty() {
        Ok(Part {
            after,
            limit: limit.unwrap_or(USUAL),
        })
    } else {
        Err(Problem::new(Reason::BadParameter).with(faults))
    }
}

/// The state that a roster is asked for.
pub struct RosterQuery(pub RosterState);

impl<S: Send + Sync> FromRequestParts<S> for RosterQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut faults = Vec::new();
        let state = read_one(parts.uri.query().unwrap_or_default(), "state", &mut faults, |text| text.parse().ok());
        if faults.is_empty() {
            Ok(Self(state.unwrap_or(RosterState::Approved)))
        } else {
            Err(Problem::new(Reason::BadParameter).with(faults))
        }
    }
}

/// A parameter that may stand once in a query.
fn read_one<T>(query: &str, name: &'static str, faults: &mut Vec<Fault>, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut values = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let (_, text) = values.next()?;
    let key = match name {
        "limit" => "api-fault-limit",
        "cursor" => "api-fault-cursor",
        _ => "api-fault-state",
    };
    let value = read(&text);
    let twice = values.next().is_some();
    if twice || value.is_none() {
        let problem = crate::error::Problem::new(if twice { "api-fault-twice" } else { key }).with("max", MOST);
        let name = name.to_owned();
        faults.push(Fault { name, problem });
        return None;
    }
    value
}

/// A page of rows, with the address of the next in the `Link` header (RFC 8288).
fn paged<R, T: Serialize>(
    asked: &Asked,
    path: &str,
    extra: &[(&str, &str)],
    rows: Vec<R>,
    part: Part,
    (id, view): (impl Fn(&R) -> Uuid, impl Fn(R) -> T),
) -> Response {
    let (rows, next) = cursor::cut(rows, part.limit, id);
    let link = next.as_ref().and_then(|next| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("cursor", next).append_pair("limit", &part.limit.to_string());
        query.extend_pairs(extra);
        let link = format!("<{}{PREFIX}{path}?{}>; rel=\"next\"", asked.app.settings.base_url, query.finish());
        HeaderValue::from_str(&link).ok()
    });
    let items = rows.into_iter().map(view).collect();
    let mut response = private(Page { items, next });
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// An answer for this caller alone.
fn private<T: Serialize>(body: T) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_which_part() {
        let read = |query: &str| list_query(query).map(|part| (part.limit, part.after.is_some())).ok();
        assert_eq!(read(""), Some((USUAL, false)));
        assert_eq!(read("limit=1&other=x"), Some((1, false)));
        assert_eq!(read("limit=200&cursor=AZIAAAAAcACAAAAAAAAAAQ"), Some((200, true)));
        for bad in [
            "limit=0",
            "limit=201",
            "limit=",
            "limit=1&limit=2",
            "limit=x",
            "cursor=",
            "cursor=x",
            "limit=99999999999999999999",
            "limit=%FF",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
