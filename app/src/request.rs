//! One request: who asks, in which language, with what in the address, and what a form brought back.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use crate::accounts::Actor;
use crate::db::sql;
use crate::error::{AppError, FieldProblem, Problem};
use crate::i18n::{Lang, say};
use crate::ids::SignInId;
use crate::regions::{self, RegionName};
use crate::state::{App, sha256};
use crate::ui::form::{FieldError, FormState};
use crate::ui::time::day_of;

/// How long what was typed into a faulty form is kept.
const FLASH_MINUTES: i64 = 10;

tokio::task_local! {
    static ID: String;
}

/// Runs the work of one request under its id, which stands in the log, in the answer's header and on error pages.
pub async fn with_id<F: Future>(id: String, work: F) -> F::Output {
    ID.scope(id, work).await
}

/// The id of the request that this task works on; none outside of one.
pub fn id() -> Option<String> {
    ID.try_with(Clone::clone).ok()
}

/// Everything that a page or a server function knows of its request; in the Leptos context of both.
#[derive(Clone)]
pub struct Cx {
    pub app: App,
    pub actor: Option<Actor>,
    pub lang: Lang,
    pub theme: Option<Theme>,
    /// The path and query as asked.
    pub uri: axum::http::Uri,
    /// Segments captured by the route.
    pub params: Vec<(String, String)>,
    /// The instant at which the request arrived; one request has one time.
    pub now: DateTime<Utc>,
    /// Whom to count attempts against: the network address of the caller.
    pub network: String,
    /// The browser's own description of itself.
    pub user_agent: String,
    /// The cookie that tells browsers apart, when this one has it: two people who check in with one phone are worth a look.
    pub browser: Option<String>,
    /// Fields of a URL-encoded body, for giving back what was typed.
    pub typed: BTreeMap<String, Vec<String>>,
    /// The page of ours that a form was sent from (path and query, without a flash); `/` when the browser does not say.
    pub back: String,
    /// What the last form left.
    pub flash: Option<Flash>,
    /// The city and its counties as they are called now, once they were read.
    pub region_names: Arc<OnceCell<Arc<[RegionName]>>>,
}

/// A person's choice of colours; none means the device's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What a form leaves for the next page: a word of success, or its faults with what was typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Flash {
    pub form: String,
    /// The sign-in that alone may read it: the page's address may be seen by others later, in a browser's history.
    #[serde(default)]
    pub reader: Option<SignInId>,
    pub notice: Option<Problem>,
    pub refusal: Option<Problem>,
    pub fields: Vec<FieldProblem>,
    pub typed: BTreeMap<String, Vec<String>>,
}

impl Flash {
    /// Whether it may be read under this sign-in.
    pub fn is_for(&self, sign_in: Option<SignInId>) -> bool {
        self.reader.is_none() || self.reader == sign_in
    }
}

impl Cx {
    /// The signed-in actor.
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`]: a page turns it into the way to the sign-in page and back.
    pub fn actor(&self) -> Result<&Actor, AppError> {
        self.actor.as_ref().ok_or(AppError::NotSignedIn)
    }

    /// The city first, then its counties, as they are called at the time of this request; read once however often they
    /// are asked for.
    pub async fn regions(&self) -> Result<Arc<[RegionName]>, AppError> {
        let read = async || Ok(regions::all(&self.app.db, day_of(self.now)).await?.into());
        self.region_names.get_or_try_init(read).await.cloned()
    }

    /// A captured segment of the path, parsed; anything else is a page that does not exist.
    pub fn param<T: std::str::FromStr>(&self, name: &str) -> Result<T, AppError> {
        let found = self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.and_then(|value| value.parse().ok()).ok_or(AppError::NotFound)
    }

    /// The first value of a query parameter, when it is not empty.
    pub fn query(&self, name: &str) -> Option<String> {
        self.query_all(name).into_iter().next()
    }

    /// Every value of a repeated query parameter.
    pub fn query_all(&self, name: &str) -> Vec<String> {
        let text = self.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(text.as_bytes());
        pairs
            .filter(|(key, value)| key == name && !value.trim().is_empty())
            .map(|(_, value)| value.into_owned())
            .collect()
    }

    /// This page's own address with one query parameter set, or removed by `None`.
    pub fn here_with(&self, name: &str, value: Option<&str>) -> String {
        with_query(&self.uri, name, value)
    }

    /// The state of a form on this page: empty, or what came back with its faults.
    pub fn form(&self, name: &str) -> FormState {
        let Some(flash) = self.flash.as_ref().filter(|flash| flash.form == name) else {
            return FormState::default();
        };
        // A refusal of the whole form is shown once, at the top of the page, by the shell.
        let errors = flash
            .fields
            .iter()
            .map(|p| FieldError {
                field: p.field.clone(),
                message: say(self.lang, &p.problem),
            })
            .collect();
        FormState {
            values: flash.typed.clone(),
            errors,
        }
    }

    /// The sentence of success that the last form left.
    pub fn notice(&self) -> Option<String> {
        self.flash
            .as_ref()
            .and_then(|flash| flash.notice.as_ref())
            .map(|notice| say(self.lang, notice))
    }

    /// The faults of the last form's fields in one sentence, for a page that does not show them beside the fields: its
    /// button has none, or the browser did not say where it came from.
    pub fn faults(&self) -> Option<String> {
        let flash = self.flash.as_ref().filter(|flash| !flash.fields.is_empty())?;
        let sentences: Vec<String> = flash.fields.iter().map(|fault| say(self.lang, &fault.problem)).collect();
        Some(sentences.join(self.lang.pick("；", "; ")))
    }

    /// What refused the last form as a whole; the shell shows it at the top of the page.
    pub fn refusal(&self) -> Option<String> {
        self.flash
            .as_ref()
            .and_then(|flash| flash.refusal.as_ref())
            .map(|refusal| say(self.lang, refusal))
    }
}

/// `uri` with one query parameter replaced, as a path of this site: `//other.example` would lead to another.
pub fn with_query(uri: &axum::http::Uri, name: &str, value: Option<&str>) -> String {
    let path = format!("/{}", uri.path().trim_start_matches(['/', '\\']));
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (key, old) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if key != name && key != "flash" {
            query.append_pair(&key, &old);
        }
    }
    if let Some(value) = value {
        query.append_pair(name, value);
    }
    let query = query.finish();
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// Keeps a flash for the next page and answers the token that names it.
pub async fn keep_flash(app: &App, now: DateTime<Utc>, flash: &Flash) -> Result<String, AppError> {
    let token = hex(&app.chance.bytes::<16>());
    let content = serde_json::to_string(flash).map_err(|error| AppError::internal(&error))?;
    let mut tx = app.db.begin().await?;
    sql("DELETE FROM flashes WHERE expires_at < $1").bind(now).run(&mut tx).await?;
    sql("INSERT INTO flashes (id_hash, content, expires_at) VALUES ($1, $2, $3)")
        .bind(sha256(token.as_bytes()))
        .bind(content)
        .bind(now + TimeDelta::minutes(FLASH_MINUTES))
        .run(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(token)
}

/// Reads a flash; an unknown or old token is simply none.
pub async fn read_flash(app: &App, now: DateTime<Utc>, token: &str) -> Result<Option<Flash>, AppError> {
    let row: Option<(String,)> = sql("SELECT content FROM flashes WHERE id_hash = $1 AND expires_at >= $2")
        .bind(sha256(token.as_bytes()))
        .bind(now)
        .opt(&app.db)
        .await?;
    Ok(row.and_then(|(content,)| serde_json::from_str(&content).ok()))
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_stays_on_this_site() {
        for (asked, leads_to) in [
            ("https://heluo.example//evil.example/?flash=1", "/evil.example/"),
            ("//evil.example/x?page=2", "/evil.example/x?page=2"),
            ("///evil.example", "/evil.example"),
            ("/classes?state=all&flash=1", "/classes?state=all"),
            ("/", "/"),
        ] {
            let uri = asked.parse().expect("an address");
            assert_eq!(with_query(&uri, "flash", None), leads_to, "{asked}");
        }
    }
}
