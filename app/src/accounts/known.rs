//! The `known` cookie: a browser proves that it has signed in to an account before, without naming the account.

use subtle::ConstantTimeEq;

use crate::ids::PersonId;
use crate::request::{Cx, hex};
use crate::respond::{cookie, set_cookie};
use crate::state::App;

/// How many accounts a shared browser remembers.
const ACCOUNTS: usize = 5;
const DAYS: i64 = 400;

/// What a browser brought: its own random name and a signature for each account that it knows.
pub struct Known {
    browser: String,
    signatures: Vec<String>,
}

impl Known {
    /// Of the request being answered; a fresh browser has a new name and knows nobody.
    pub fn of_request(app: &App) -> Self {
        cookie("known").and_then(|text| Self::parse(&text)).unwrap_or_else(|| Self {
            browser: hex(&app.chance.bytes::<16>()),
            signatures: Vec::new(),
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let browser = parts
            .next()
            .filter(|name| name.len() == 32 && name.bytes().all(|b| b.is_ascii_hexdigit()))?;
        Some(Self {
            browser: browser.to_owned(),
            signatures: parts.take(ACCOUNTS).map(ToOwned::to_owned).collect(),
        })
    }

    /// The browser's name, if it has signed in to this account before.
    pub fn browser_of(&self, app: &App, person: PersonId) -> Option<&str> {
        let own = self.signature(app, person);
        let knows = self
            .signatures
            .iter()
            .any(|signature| bool::from(signature.as_bytes().ct_eq(own.as_bytes())));
        knows.then_some(&self.browser)
    }

    /// Remembers this account, the oldest giving way.
    pub fn remember(&self, cx: &Cx, person: PersonId) {
        let own = self.signature(&cx.app, person);
        let others = self.signatures.iter().filter(|signature| **signature != own);
        let all: Vec<&str> = std::iter::once(&own).chain(others).take(ACCOUNTS).map(String::as_str).collect();
        set_cookie(cx, "known", &format!("{}.{}", self.browser, all.join(".")), DAYS);
    }

    fn signature(&self, app: &App, person: PersonId) -> String {
        let signed = app.sign("known-browser", format!("{}\n{person}", self.browser).as_bytes());
        hex(&signed[..16])
    }
}
