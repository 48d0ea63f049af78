//! Who calls, whether their token is good, and whether they call too often: asked before anything else.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::limits::Limits;
pub use super::limits::WINDOW_SECONDS;
use super::policy::Caller;
use super::problem::Problem;
use super::{Asked, Reason};
use crate::accounts::store::throttle::Counter;
use crate::attendance::store as scanners;
use crate::error::AppError;
use crate::integrations::TokenState;
use crate::integrations::store as integrations;
use crate::state::App;

/// Calls in one window from one network with tokens that nobody gave out.
const STRANGERS: i64 = 120;

/// What the gate knows: the application, and what this process may still let through.
#[derive(Clone)]
pub struct Gate {
    app: App,
    limits: Arc<Limits>,
}

impl Gate {
    pub fn new(app: App) -> Self {
        Self { app, limits: Arc::default() }
    }

    async fn spend(&self, asked: &Asked, policy: &'static str, counter: &Counter) -> Result<Quota, Problem> {
        let spent = self.limits.spend(&self.app, asked.now, counter).await?;
        let quota = Quota {
            policy,
            limit: counter.limit(),
            remaining: spent.remaining,
            resets_in: spent.resets_in,
        };
        if spent.allowed {
            Ok(quota)
        } else {
            Err(Problem::new(Reason::TooManyRequests).within(quota))
        }
    }
}

/// How much of a quota is left, after draft-ietf-httpapi-ratelimit-headers-10.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub policy: &'static str,
    pub limit: i64,
    pub remaining: i64,
    /// Seconds until the window ends.
    pub resets_in: i64,
}

impl Quota {
    /// `RateLimit-Policy` and `RateLimit`.
    pub fn write(&self, headers: &mut HeaderMap) {
        let policy = format!("\"{}\";q={};w={WINDOW_SECONDS}", self.policy, self.limit);
        let state = format!("\"{}\";r={};t={}", self.policy, self.remaining, self.resets_in);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// The layer: lets a call through with its [`Caller`], or refuses it.
pub async fn admit(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let Some(asked) = request.extensions().get::<Asked>().cloned() else {
        return Problem::new(Reason::Internal).into_response();
    };
    let token = bearer(request.headers()).map(ToOwned::to_owned);
    match identify(&gate, &asked, token).await {
        Ok((caller, quota)) => {
            request.extensions_mut().insert(caller);
            let mut response = next.run(request).await;
            quota.write(response.headers_mut());
            response
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// The token of an `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

async fn identify(gate: &Gate, asked: &Asked, token: Option<String>) -> Result<(Caller, Quota), Problem> {
    let token = token.ok_or(Problem::new(Reason::MissingToken))?;
    if token.starts_with(integrations::PREFIX) {
        integration(gate, asked, &token).await
    } else {
        scanner(gate, asked, &token).await
    }
}

async fn integration(gate: &Gate, asked: &Asked, secret: &str) -> Result<(Caller, Quota), Problem> {
    let Some(token) = integrations::by_secret(&gate.app.db, secret).await? else {
        return Err(stranger(gate, asked).await);
    };
    let quota = own_quota(gate, asked, token.id.0).await?;
    let refusal = match token.state(asked.now) {
        TokenState::Good => None,
        TokenState::Expired => Some(Reason::ExpiredToken),
        TokenState::Revoked => Some(Reason::RevokedToken),
        TokenState::Orphaned => Some(Reason::SuspendedToken),
    };
    if let Some(reason) = refusal {
        return Err(Problem::new(reason).within(quota));
    }
    unless_full(integrations::touch(&gate.app, asked.now, &token).await);
    Ok((Caller::integration(token), quota))
}

async fn scanner(gate: &Gate, asked: &Asked, secret: &str) -> Result<(Caller, Quota), Problem> {
    let Some(scanner) = scanners::device_by_token(&gate.app.db, secret).await? else {
        return Err(stranger(gate, asked).await);
    };
    let quota = own_quota(gate, asked, scanner.id.0).await?;
    if scanner.is_revoked() {
        return Err(Problem::new(Reason::RevokedDevice).within(quota));
    }
    unless_full(scanners::touch(&gate.app, asked.now, &scanner).await);
    Ok((Caller::scanner(scanner), quota))
}

/// That a token was used is worth less than the answer: on a full disk those who read are still answered.
fn unless_full(kept: Result<(), AppError>) {
    if let Err(error) = kept {
        tracing::warn!(%error, "a token was used, which can't be kept");
    }
}

async fn own_quota(gate: &Gate, asked: &Asked, machine: Uuid) -> Result<Quota, Problem> {
    let counter = Counter::api_calls(&gate.app, machine, gate.app.settings.api_rate);
    gate.spend(asked, "token", &counter).await
}

/// A token that nobody gave out: who tries many is told to wait.
async fn stranger(gate: &Gate, asked: &Asked) -> Problem {
    let counter = Counter::api_strangers(&gate.app, &asked.network, STRANGERS);
    match gate.spend(asked, "unknown", &counter).await {
        Ok(quota) => Problem::new(Reason::UnknownToken).within(quota),
        Err(refusal) => refusal,
    }
}

/// A call that came through the gate.
pub struct Call {
    pub asked: Asked,
    pub caller: Caller,
}

impl<S: Send + Sync> FromRequestParts<S> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let asked = parts.extensions.get::<Asked>().cloned();
        let caller = parts.extensions.get::<Caller>().cloned();
        match (asked, caller) {
            (Some(asked), Some(caller)) => Ok(Self { asked, caller }),
            _ => Err(AppError::internal(&"an endpoint of the API stands before the gate").into()),
        }
    }
}
