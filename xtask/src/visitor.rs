//! A program that visits a server as somebody would.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::throwaway_server::ThrowawayServer;

/// How forms are sent.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// Of every account of the demo city.
const DEMO_PASSWORD: &str = "heluo-demo";

/// Somebody who is known to the server by one header.
pub struct Visitor {
    pub origin: String,
    pub header: (&'static str, String),
}

impl Visitor {
    pub fn sign_in(server: &ThrowawayServer, login: &str) -> Result<Self> {
        let nobody = Self {
            origin: server.origin.clone(),
            header: ("accept-language", "zh".to_owned()),
        };
        let answer = nobody.send("/api/sign_in", FORM, &format!("login={login}&password={DEMO_PASSWORD}"))?;
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
        let cookie = cookies
            .filter_map(|cookie| cookie.split(';').next())
            .find(|cookie| cookie.starts_with("sign_in="));
        let cookie = cookie.with_context(|| format!("{login} can't sign in"))?.to_owned();
        Ok(Self {
            origin: nobody.origin,
            header: ("cookie", cookie),
        })
    }

    pub fn get(&self, path: &str) -> Result<String> {
        let (name, value) = &self.header;
        let mut answer = agent().get(format!("{}{path}", self.origin)).header(*name, value).call()?;
        ensure!(answer.status().is_success(), "{path} answers {}", answer.status());
        Ok(answer.body_mut().read_to_string()?)
    }

    pub fn json(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.get(path)?)?)
    }

    pub fn post(&self, path: &str, form: &str) -> Result<String> {
        let mut answer = self.send(path, FORM, form)?;
        ensure!(answer.status().is_success(), "{path} answers {}", answer.status());
        Ok(answer.body_mut().read_to_string()?)
    }

    pub fn send(&self, path: &str, kind: &str, body: &str) -> Result<ureq::http::Response<ureq::Body>> {
        let (name, value) = &self.header;
        let request = agent().post(format!("{}{path}", self.origin));
        let request = request
            .header(*name, value)
            .header("origin", &self.origin)
            .header("accept", "text/html, */*");
        Ok(request.content_type(kind).send(body)?)
    }
}

/// Takes each answer as it comes: no redirect is followed, no status is an error.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build().into()
}
