//! The city's own gateway: each message as a signed POST, for short messages or whatever the city sends by.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde::Serialize;

use super::super::rules::Fault;
use super::super::store::outbox::{Content, Outcome, Taken};
use super::later;
use crate::i18n::{Lang, say};
use crate::request::hex;
use crate::state::{App, hmac_sha256};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(20);
const CONNECTION: Duration = Duration::from_secs(5);
/// The longest rest that the other side may ask for.
const LONGEST_REST_SECONDS: i64 = 24 * 60 * 60;
/// The longest answer that is read for the record.
const LONGEST_ANSWER: usize = 300;

/// Where messages are posted to and the secret that signs them. Cheap to clone; the lines are shared.
#[derive(Clone)]
pub struct Webhook {
    client: Client,
    url: Url,
    secret: Vec<u8>,
}

impl std::fmt::Debug for Webhook {
    /// Without the secret; an address may hold one too.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

/// What is posted. Names stay as they are; more may come.
#[derive(Serialize)]
struct Body<'a> {
    id: String,
    topic: &'static str,
    kind: &'a str,
    created_at: String,
    lang: &'static str,
    person: Person<'a>,
    text: Texts,
    /// The page that the message leads to.
    link: String,
}

#[derive(Serialize)]
struct Person<'a> {
    id: String,
    name: &'a str,
    phone: Option<&'a str>,
}

#[derive(Serialize)]
struct Texts {
    zh: String,
    en: String,
}

/// HMAC-SHA-256 under the shared secret over the time of sending, a full stop, and the body as it was sent, in
/// hexadecimal: what stands in `Heluo-Signature` behind `v1=`.
pub fn signature(secret: &[u8], timestamp: i64, body: &[u8]) -> String {
    hex(&hmac_sha256(secret, &[timestamp.to_string().as_bytes(), b".", body].concat()))
}

impl Webhook {
    /// # Errors
    /// What is wrong with the address.
    pub fn new(url: &str, secret: &str) -> Result<Self, String> {
        // An error says only that another part of the program has chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url: Url = url.parse().map_err(|error| format!("{error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("it begins with neither http:// nor https://".to_owned());
        }
        let client = Client::builder()
            .timeout(ANSWER)
            .connect_timeout(CONNECTION)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("heluo/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self {
            client,
            url,
            secret: secret.as_bytes().to_vec(),
        })
    }

    pub(super) async fn send(&self, app: &App, taken: &Taken) -> Outcome {
        let Some(body) = body(app, taken) else {
            return Outcome::Never {
                fault: Fault::Unsendable,
                detail: String::new(),
            };
        };
        let timestamp = app.clock.now().timestamp();
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", taken.key.id.simple().to_string())
            .header("Heluo-Timestamp", timestamp)
            .header("Heluo-Signature", format!("v1={}", signature(&self.secret, timestamp, &body)))
            .body(body);
        match request.send().await {
            Ok(answer) => judge(answer).await,
            // The address may hold a secret of the city's: it is not written down.
            Err(error) if error.is_timeout() => later(Fault::Silent, String::new()),
            Err(error) => later(Fault::Unreachable, innermost(&error.without_url())),
        }
    }
}

fn body(app: &App, taken: &Taken) -> Option<Vec<u8>> {
    let (to, Content::Notice { text, link }) = (taken.to.as_ref()?, taken.content.as_ref()?) else {
        return None;
    };
    let body = Body {
        id: taken.key.id.simple().to_string(),
        topic: taken.topic.as_str(),
        kind: &text.key,
        created_at: taken.created_at.to_rfc3339(),
        lang: to.lang.as_str(),
        person: Person {
            id: to.person.to_string(),
            name: &to.name,
            phone: to.phone.as_deref(),
        },
        text: Texts {
            zh: say(Lang::Zh, text),
            en: say(Lang::En, text),
        },
        link: format!("{}{link}", app.settings.base_url),
    };
    serde_json::to_vec(&body).ok()
}

/// The cause at the bottom says most: "connection refused" rather than "error sending request".
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

async fn judge(answer: Response) -> Outcome {
    let status = answer.status();
    if status.is_success() {
        return Outcome::Sent;
    }
    let rest = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let rest: i64 = rest.and_then(|seconds| seconds.trim().parse().ok()).unwrap_or(0);
    let wait = TimeDelta::seconds(rest.clamp(0, LONGEST_REST_SECONDS));
    let detail = format!("{} {}", status.as_u16(), beginning(answer).await);
    let again = matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
    );
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        Outcome::Later {
            fault: Fault::Denied,
            detail,
            wait,
        }
    } else if status.is_server_error() || again {
        Outcome::Later {
            fault: Fault::Busy,
            detail,
            wait,
        }
    } else {
        Outcome::Never {
            fault: Fault::Refused,
            detail,
        }
    }
}

/// The beginning of an answer, however long it is.
async fn beginning(mut answer: Response) -> String {
    let mut read = Vec::new();
    while read.len() < LONGEST_ANSWER {
        match answer.chunk().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk[..chunk.len().min(LONGEST_ANSWER)]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}
