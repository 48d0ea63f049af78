//! A refusal after RFC 9457: `application/problem+json` with a reason for programs and a sentence for people.
//!
//! What refuses puts a [`Problem`] into the extensions of an empty answer; [`speak`] stands outermost, knows the language, and
//! writes the body. It does so too for what knows no problems: the framework's own refusals and a handler that panicked.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::accept::accepts_json;
use super::gate::Quota;
use super::{Asked, Reason};
use crate::error::AppError;
use crate::i18n::{Lang, say, text};
use crate::integrations::TokenScope;

/// The media type of refusals.
pub const MEDIA_TYPE: &str = "application/problem+json";
/// The problem type of draft-ietf-httpapi-ratelimit-headers.
const QUOTA_EXCEEDED: &str = "https://iana.org/assignments/http-problem-types#quota-exceeded";
/// When a database that does not answer is worth another try, in seconds.
const TRY_AGAIN: i64 = 5;

/// Why a call was refused, with whatever helps the caller.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    reason: Reason,
    detail: Option<crate::error::Problem>,
    errors: Vec<Fault>,
    opens_at: Option<DateTime<Utc>>,
    scope: Option<TokenScope>,
    quota: Option<Quota>,
    id: Option<String>,
}

/// One value that can't be used: where it stands and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Fault {
    pub name: String,
    pub problem: crate::error::Problem,
}

impl Problem {
    pub fn new(reason: Reason) -> Self {
        Self(Box::new(Parts {
            reason,
            detail: None,
            errors: Vec::new(),
            opens_at: None,
            scope: None,
            quota: None,
            id: None,
        }))
    }

    /// The token lacks a scope.
    pub fn scope(scope: TokenScope) -> Self {
        let mut problem = Self::new(Reason::MissingScope);
        problem.0.scope = Some(scope);
        problem.0.detail = Some(crate::error::Problem::new("api-detail-scope").with("scope", scope.as_str()));
        problem
    }

    /// Come back at this time.
    pub fn too_early(opens_at: DateTime<Utc>) -> Self {
        let opens = crate::ui::time::hour_minute(opens_at);
        let mut problem = Self::new(Reason::TooEarly);
        problem.0.opens_at = Some(opens_at);
        problem.0.detail = Some(crate::error::Problem::new("api-detail-opens").with("opens", opens));
        problem
    }

    /// Our fault; its number stands in the log.
    fn internal(id: String) -> Self {
        let mut problem = Self::new(Reason::Internal);
        problem.0.id = Some(id);
        problem
    }

    /// What a layer or the framework refused. A fault has the number of its request in the log.
    fn of_status(status: StatusCode) -> Self {
        let mut problem = Self::new(Reason::of_status(status));
        problem.0.id = (problem.0.reason == Reason::Internal).then(crate::request::id).flatten();
        problem
    }

    /// Adds the values that can't be used.
    #[must_use]
    pub fn with(mut self, errors: Vec<Fault>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Adds how much of the quota is left.
    #[must_use]
    pub fn within(mut self, quota: Quota) -> Self {
        self.0.quota = Some(quota);
        self
    }
}

impl Parts {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(quota) = &self.quota {
            quota.write(&mut headers);
        }
        let wait = match self.reason {
            Reason::TooManyRequests => self.quota.as_ref().map(|quota| quota.resets_in),
            Reason::Unavailable => Some(TRY_AGAIN),
            _ => None,
        };
        if let Some(seconds) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = self.challenge() {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        headers
    }

    /// After RFC 6750.
    fn challenge(&self) -> Option<HeaderValue> {
        let challenge = match (self.reason, self.scope) {
            (Reason::MissingToken, _) => "Bearer realm=\"heluo\"".to_owned(),
            (Reason::UnknownToken | Reason::ExpiredToken | Reason::RevokedToken, _) => "Bearer realm=\"heluo\", error=\"invalid_token\"".to_owned(),
            (Reason::MissingScope, Some(scope)) => {
                format!("Bearer realm=\"heluo\", error=\"insufficient_scope\", scope=\"{}\"", scope.as_str())
            }
            _ => return None,
        };
        HeaderValue::from_str(&challenge).ok()
    }

    fn body(self, asked: &Asked) -> Body {
        let lang = asked.lang;
        let violated = (self.reason == Reason::TooManyRequests).then_some(self.quota.as_ref()).flatten();
        Body {
            r#type: match violated {
                Some(_) => QUOTA_EXCEEDED.to_owned(),
                None => format!("{}/developers#{}", asked.app.settings.base_url, self.reason.as_str()),
            },
            title: title(lang, self.reason),
            status: self.reason.status().as_u16(),
            reason: self.reason,
            detail: self.detail.as_ref().map(|detail| say(lang, detail)),
            errors: self
                .errors
                .iter()
                .map(|fault| FaultBody {
                    name: fault.name.clone(),
                    detail: say(lang, &fault.problem),
                })
                .collect(),
            opens_at: self.opens_at,
            violated_policies: violated.map(|quota| vec![quota.policy]),
            id: self.id,
        }
    }
}

/// The sentence of a reason.
pub fn title(lang: Lang, reason: Reason) -> String {
    text(lang, &reason.text(), &[])
}

/// What a refused call is told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct Body {
    /// What kind of problem this is: where it is described.
    #[schema(format = "uri")]
    r#type: String,
    /// The same for each problem of the kind, in the language that the caller accepts.
    title: String,
    /// The HTTP status again.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What kind of problem this is, in a word for programs.
    reason: Reason,
    /// What is special about this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<String>,
    /// The values that can't be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FaultBody>,
    /// With `too_early`: when check-in opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    opens_at: Option<DateTime<Utc>>,
    /// With `too_many_requests`: the policies that were exceeded.
    #[serde(rename = "violated-policies", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Vec<String>>)]
    violated_policies: Option<Vec<&'static str>>,
    /// With `internal`: the number under which the fault stands in the log of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<String>,
}

/// One value that can't be used.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Fault)]
pub struct FaultBody {
    /// The parameter or field.
    name: String,
    /// What is wrong with it.
    detail: String,
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound => Self::new(Reason::NotFound),
            AppError::Unavailable => Self::new(Reason::Unavailable),
            AppError::Internal { id } => Self::internal(id),
            // None of these comes from what the API does; should one, it is our fault and stands in the log.
            other => match AppError::internal(&other) {
                AppError::Internal { id } => Self::internal(id),
                _ => Self::new(Reason::Internal),
            },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.reason.status().into_response();
        *response.headers_mut() = self.0.headers();
        response.extensions_mut().insert(self);
        response
    }
}

/// The outermost layer: answers in JSON or not at all, and writes every refusal as a problem.
pub async fn speak(request: Request, next: Next) -> Response {
    let Some(asked) = request.extensions().get::<Asked>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = if accepts_json(request.headers()) {
        next.run(request).await
    } else {
        Problem::new(Reason::NotAcceptable).into_response()
    };
    let status = response.status();
    let problem = response.extensions_mut().remove::<Problem>();
    let problem = problem.or_else(|| (status.is_client_error() || status.is_server_error()).then(|| Problem::of_status(status)));
    match problem {
        Some(problem) => written(&asked, problem, response.headers().clone()),
        None => response,
    }
}

/// The problem as an answer, with the headers that were set on the way.
fn written(asked: &Asked, problem: Problem, mut headers: HeaderMap) -> Response {
    headers.remove(header::CONTENT_LENGTH);
    // What a layer refused has no headers of ours yet.
    for (name, value) in &problem.0.headers() {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(asked.lang.tag()));
    let status = problem.0.reason.status();
    let body = serde_json::to_vec(&problem.0.body(asked)).unwrap_or_default();
    (status, headers, body).into_response()
}
