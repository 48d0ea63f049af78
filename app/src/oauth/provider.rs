//! The sites that people may sign in through, as the operator set them up, and the one HTTP client that asks them.

use std::sync::Arc;
use std::time::Duration;

use oauth2::{AuthType, AuthUrl, ClientId, ClientSecret, Scope, TokenUrl};
use url::Url;

use super::rules::Fields;
use crate::i18n::Lang;

/// How long a provider may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take until it is reached.
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(4);

/// One site to sign in through.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its name in addresses and in the database: the one in the variables, in lower case with hyphens.
    pub slug: String,
    pub label_zh: String,
    pub label_en: String,
    pub authorize_url: AuthUrl,
    pub token_url: TokenUrl,
    pub userinfo_url: Url,
    pub client_id: ClientId,
    pub client_secret: ClientSecret,
    /// Whether the secret travels in a header or in the body of the request.
    pub auth: AuthType,
    pub scopes: Vec<Scope>,
    pub fields: Fields,
}

impl Provider {
    /// What people call it.
    pub fn label(&self, lang: Lang) -> &str {
        lang.pick(&self.label_zh, &self.label_en)
    }

    /// Speaks OpenID Connect: it gives identity tokens.
    pub fn is_openid(&self) -> bool {
        self.scopes.iter().any(|scope| scope.as_str() == "openid")
    }
}

/// All of them, in the order of their names.
#[derive(Clone, Default)]
pub struct Providers {
    list: Arc<[Provider]>,
    http: Option<reqwest::Client>,
}

impl Providers {
    /// With a client that follows no redirect (a provider could lead it into our own network) and does not wait for long.
    ///
    /// # Errors
    /// When this machine's certificates can't be read.
    pub fn new(list: Vec<Provider>) -> Result<Self, reqwest::Error> {
        Self::with_patience(list, PATIENCE)
    }

    /// With another patience, for tests.
    ///
    /// # Errors
    /// As [`Providers::new`].
    pub fn with_patience(list: Vec<Provider>, patience: Duration) -> Result<Self, reqwest::Error> {
        if list.is_empty() {
            return Ok(Self::default());
        }
        // The first to choose the arithmetic of TLS in this process wins; all choose the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(patience.min(PATIENCE_TO_CONNECT))
            .timeout(patience)
            .user_agent(concat!("heluo/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            list: list.into(),
            http: Some(http),
        })
    }

    pub fn all(&self) -> &[Provider] {
        &self.list
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The provider of this name.
    pub fn named(&self, slug: &str) -> Option<&Provider> {
        self.list.iter().find(|provider| provider.slug == slug)
    }

    pub(super) fn http(&self) -> Option<&reqwest::Client> {
        self.http.as_ref()
    }
}
