//! What is asked of a provider: the page where people agree, a token for a code, and whose the token is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType};
use oauth2::{
    AuthorizationCode, Client, CsrfToken, EndpointNotSet, EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, StandardRevocableToken, StandardTokenResponse, TokenResponse,
};
use reqwest::header;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::provider::Provider;
use super::rules::{Expected, Profile, Trouble, judge_identity};
use crate::i18n::Lang;
use crate::state::App;

/// The longest answer that is read, in bytes: profiles and tokens are a few thousand.
const LONGEST_ANSWER: usize = 256 * 1024;

/// A token's companion in OpenID Connect.
#[derive(Debug, Serialize, Deserialize)]
struct Identity {
    #[serde(default)]
    id_token: Option<String>,
}

impl ExtraTokenFields for Identity {}

type Token = StandardTokenResponse<Identity, BasicTokenType>;
type OauthClient = Client<
    BasicErrorResponse,
    Token,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Where a provider sends people back to. The name in it keeps providers apart: an answer of one is never taken for
/// another's (RFC 9700, 4.4.2.2).
pub fn redirect_address(app: &App, provider: &Provider) -> String {
    format!("{}/oauth/{}/callback", app.settings.base_url, provider.slug)
}

/// The secret of a way (RFC 7636). It is made of the way's state and this city's secret, so that it stands nowhere.
fn verifier(app: &App, state: &str) -> PkceCodeVerifier {
    PkceCodeVerifier::new(URL_SAFE_NO_PAD.encode(app.sign("way-verifier", state.as_bytes())))
}

/// What an identity token must repeat.
fn nonce(app: &App, state: &str) -> String {
    URL_SAFE_NO_PAD.encode(app.sign("way-nonce", state.as_bytes()))
}

fn client(app: &App, provider: &Provider) -> Result<OauthClient, Trouble> {
    let redirect = RedirectUrl::new(redirect_address(app, provider)).map_err(|error| {
        tracing::error!(%error, "HELUO_BASE_URL makes no address to come back to");
        Trouble::Setup
    })?;
    let client = Client::new(provider.client_id.clone())
        .set_client_secret(provider.client_secret.clone())
        .set_auth_type(provider.auth.clone())
        .set_auth_uri(provider.authorize_url.clone())
        .set_token_uri(provider.token_url.clone())
        .set_redirect_uri(redirect);
    Ok(client)
}

/// The page of the provider where people sign in and agree.
pub fn authorize_address(app: &App, provider: &Provider, state: &str, lang: Lang) -> Result<String, Trouble> {
    let client = client(app, provider)?;
    let state = state.to_owned();
    let mut request = client
        .authorize_url(|| CsrfToken::new(state.clone()))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier(app, &state)))
        .add_scopes(provider.scopes.iter().cloned());
    if provider.is_openid() {
        request = request
            .add_extra_param("nonce", nonce(app, &state))
            .add_extra_param("ui_locales", lang.tag());
    }
    let (address, _) = request.url();
    Ok(address.into())
}

/// Whether the provider can be reached at all: better said here than by the browser.
pub async fn is_up(app: &App, provider: &Provider) -> bool {
    let Some(http) = app.settings.oauth.http() else { return false };
    // Any answer will do; this address is for other requests.
    match http.head(provider.token_url.url().clone()).send().await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(provider = provider.slug, %error, "the provider can't be reached");
            false
        }
    }
}

/// Changes a code for a token and asks whose it is.
pub async fn profile_of(app: &App, provider: &Provider, state: &str, code: &str) -> Result<Profile, Trouble> {
    let http = app.settings.oauth.http().ok_or(Trouble::Setup)?;
    let token = token(app, provider, http, state, code).await?;
    let told = match &token.extra_fields().id_token {
        Some(identity) if provider.is_openid() => Some(subject_of(app, provider, state, identity)?),
        _ => None,
    };
    let profile = userinfo(provider, http, token.access_token().secret()).await?;
    // The same person in both answers (OpenID Connect Core 1.0, section 5.3.2), where both say so by the same name.
    if told.is_some_and(|subject| provider.fields.id == "sub" && subject != profile.subject) {
        tracing::warn!(provider = provider.slug, "token and profile are of different people");
        return Err(Trouble::Garbage);
    }
    Ok(profile)
}

async fn token(app: &App, provider: &Provider, http: &reqwest::Client, state: &str, code: &str) -> Result<Token, Trouble> {
    let client = client(app, provider)?;
    let http = http.clone();
    let ask = move |request: HttpRequest| answer(http.clone(), request);
    let asked = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .set_pkce_verifier(verifier(app, state))
        .request_async(&ask)
        .await;
    asked.map_err(|error| trouble(provider, error))
}

fn trouble(provider: &Provider, error: RequestTokenError<Fault, BasicErrorResponse>) -> Trouble {
    match error {
        RequestTokenError::ServerResponse(refusal) => {
            tracing::warn!(provider = provider.slug, %refusal, "the provider gives no token");
            match refusal.error() {
                BasicErrorResponseType::InvalidGrant => Trouble::Stale,
                _ => Trouble::Setup,
            }
        }
        RequestTokenError::Request(fault) => fault.told(provider),
        // What was sent instead is not logged: it may hold a token.
        RequestTokenError::Parse(error, _) => {
            tracing::warn!(provider = provider.slug, at = %error.path(), "the answer with a token can't be read");
            Trouble::Garbage
        }
        RequestTokenError::Other(error) => {
            tracing::warn!(provider = provider.slug, error, "the answer with a token can't be read");
            Trouble::Garbage
        }
    }
}

/// The subject of an identity token, after its claims were judged.
fn subject_of(app: &App, provider: &Provider, state: &str, token: &str) -> Result<String, Trouble> {
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims: Option<Value> = claims.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(claims) = claims else {
        tracing::warn!(provider = provider.slug, "the identity token can't be read");
        return Err(Trouble::Garbage);
    };
    let expected = Expected {
        client_id: provider.client_id.as_str(),
        nonce: &nonce(app, state),
        now: app.clock.now(),
    };
    judge_identity(&claims, expected).inspect_err(|trouble| {
        tracing::warn!(
            provider = provider.slug,
            trouble = trouble.as_str(),
            issued = ?claims.get("iat"),
            now = expected.now.timestamp(),
            "the identity token is refused"
        );
    })
}

async fn userinfo(provider: &Provider, http: &reqwest::Client, token: &str) -> Result<Profile, Trouble> {
    let request = oauth2::http::Request::get(provider.userinfo_url.as_str())
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(|error| Fault::Http(error).told(provider))?;
    let response = answer(http.clone(), request).await.map_err(|fault| fault.told(provider))?;
    let told: Option<Value> = if response.status().is_success() {
        serde_json::from_slice(response.body()).ok()
    } else {
        None
    };
    let profile = told.and_then(|told| Profile::read(&provider.fields, &told));
    profile.ok_or_else(|| {
        tracing::warn!(
            provider = provider.slug,
            status = response.status().as_u16(),
            "the answer about a person names no subject"
        );
        Trouble::Garbage
    })
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("it does not answer: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error("it says that it can't answer: {0}")]
    Busy(reqwest::StatusCode),
    #[error("its answer is longer than {LONGEST_ANSWER} bytes")]
    TooLong,
    #[error("the request can't be made: {0}")]
    Http(#[from] oauth2::http::Error),
}

impl Fault {
    /// What it means for the person; the log says the rest.
    fn told(self, provider: &Provider) -> Trouble {
        tracing::warn!(provider = provider.slug, fault = %self, "no answer of the provider");
        match self {
            Self::Unreachable(_) | Self::Busy(_) => Trouble::Down,
            Self::TooLong => Trouble::Garbage,
            Self::Http(_) => Trouble::Setup,
        }
    }
}

/// One request and its answer, of bounded length.
async fn answer(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Fault> {
    let mut response = http.execute(request.try_into()?).await?;
    let status = response.status();
    if status.is_server_error() || status == reqwest::StatusCode::TOO_MANY_REQUESTS {
        return Err(Fault::Busy(status));
    }
    let mut answer = oauth2::http::Response::builder().status(status);
    if let Some(kind) = response.headers().get(header::CONTENT_TYPE) {
        answer = answer.header(header::CONTENT_TYPE, kind);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Fault::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(answer.body(body)?)
}
