//! How server functions answer: a form without scripts is led on by a redirect, an island gets a value or a sentence.

use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

use crate::error::{AppError, Problem};
use crate::i18n::{Lang, say, text};
use crate::ids::SignInId;
use crate::request::{Cx, Flash, keep_flash, with_query};

/// Fields that are never given back to a page.
const SECRET_FIELDS: &[&str] = &["password", "new_password", "repeat_password", "old_password"];

/// Where a form leads when it worked.
pub struct Done {
    to: Option<String>,
    notice: Option<Problem>,
    is_secret: bool,
}

impl Done {
    /// On to another page.
    pub fn to(path: impl Into<String>) -> Self {
        Self {
            to: Some(path.into()),
            notice: None,
            is_secret: false,
        }
    }

    /// Back to the page that the form stands on.
    pub fn back() -> Self {
        Self {
            to: None,
            notice: None,
            is_secret: false,
        }
    }

    /// With a sentence of success on that page.
    #[must_use]
    pub fn saying(mut self, notice: Problem) -> Self {
        self.notice = Some(notice);
        self
    }

    /// With a sentence on that page that nobody but this sign-in may read.
    #[must_use]
    pub fn confiding(mut self, notice: Problem) -> Self {
        self.is_secret = true;
        self.saying(notice)
    }
}

/// Runs a server function that a plain form posts to (an island may call it as well).
///
/// A success redirects to [`Done`]; a failure comes back to the form, `form` naming it for [`Cx::form`], with the faults
/// and what was typed, secrets left out.
///
/// # Errors
/// To an island: what `work` says, in words, with its status.
pub async fn form_action(form: &str, work: impl AsyncFnOnce(&Cx) -> Result<Done, AppError>) -> Result<(), AppError> {
    let cx: Cx = expect_context();
    let outcome = work(&cx).await;
    if !wants_page() {
        return outcome.map(|_| ()).map_err(|error| spoken(&cx, error));
    }
    match location(&cx, form, outcome).await {
        Ok(location) => {
            redirect(&location);
            Ok(())
        }
        Err(fault) => {
            redirect(&sorry(&fault));
            Ok(())
        }
    }
}

/// The address of the page that says what went wrong, for when nothing can be kept in the database.
fn sorry(fault: &AppError) -> String {
    match fault {
        AppError::Internal { id } => format!("/sorry?id={id}"),
        // The page is another request: it shows the number of the one that failed.
        _ => crate::request::id().map_or_else(|| "/sorry".to_owned(), |id| format!("/sorry?busy={id}")),
    }
}

/// Leads a page that moved on to its new address; the page that stands there says so to those whom it does not lead.
pub fn lead_on(location: &str) {
    redirect(location);
}

/// Runs what a form with a file posts to: the same manners as [`form_action`], outside the server functions.
pub async fn upload_action(cx: &Cx, form: &str, work: impl Future<Output = Result<Done, AppError>>) -> Response {
    match location(cx, form, work.await).await {
        Ok(location) => Redirect::to(&location).into_response(),
        Err(fault) => Redirect::to(&sorry(&fault)).into_response(),
    }
}

/// What a file to download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Workbook,
    Csv,
}

impl FileKind {
    fn media_type(self) -> &'static str {
        match self {
            Self::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Workbook => "xlsx",
            Self::Csv => "csv",
        }
    }
}

/// A file to download under a name in any language (RFC 6266), or what went wrong in making it.
pub fn file(cx: &Cx, name: &str, kind: FileKind, made: Result<Vec<u8>, AppError>) -> Response {
    download(cx, name, (kind.ending(), kind.media_type()), made)
}

/// The same for a file of any kind, told by the ending of its name and its media type.
pub fn download(cx: &Cx, name: &str, (ending, media_type): (&str, &str), made: Result<Vec<u8>, AppError>) -> Response {
    let bytes = match made {
        Ok(bytes) => bytes,
        Err(AppError::NotSignedIn) => return Redirect::to("/sign-in").into_response(),
        Err(error) => return refusal(cx, &error),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&format!("{name}.{ending}"))),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// What makes a browser keep a file under a name in any language (RFC 6266).
pub fn attachment(name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).collect();
    let encoded = url::form_urlencoded::byte_serialize(name.as_bytes())
        .collect::<String>()
        .replace('+', "%20");
    format!("attachment; filename=\"heluo.{ending}\"; filename*=UTF-8''{encoded}")
}

/// A plain answer that says what went wrong, for what is not a page.
pub fn refusal(cx: &Cx, error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, sentence(cx.lang, error)).into_response()
}

/// Where the browser goes after a form; a fault that can't be kept for the next page stays an error.
async fn location(cx: &Cx, form: &str, outcome: Result<Done, AppError>) -> Result<String, AppError> {
    match outcome {
        Ok(done) => success_location(cx, form, done).await,
        Err(error) => failure_location(cx, form, error).await,
    }
}

/// Runs a server function that only an island calls.
///
/// # Errors
/// What `work` says, in words, with its status.
pub async fn island_call<T>(work: impl AsyncFnOnce(&Cx) -> Result<T, AppError>) -> Result<T, AppError> {
    let cx: Cx = expect_context();
    work(&cx).await.map_err(|error| spoken(&cx, error))
}

/// The sentence for an error.
pub fn sentence(lang: Lang, error: &AppError) -> String {
    match error {
        AppError::NotSignedIn => text(lang, "error-not-signed-in", &[]),
        AppError::Forbidden => text(lang, "error-forbidden", &[]),
        AppError::NotFound => text(lang, "error-not-found", &[]),
        AppError::Invalid(fields) => fields.iter().map(|p| say(lang, &p.problem)).collect::<Vec<_>>().join("；"),
        AppError::Refused(problem) => say(lang, problem),
        AppError::TooMany { wait_seconds } => say(lang, &Problem::new("error-too-many").with("minutes", (wait_seconds + 59) / 60)),
        AppError::Unavailable => text(lang, "error-unavailable", &[]),
        AppError::Internal { id } => say(lang, &Problem::new("error-internal").with("id", id)),
        AppError::Said { text, .. } | AppError::Transport(text) => text.clone(),
    }
}

/// A plain form asks for a page; an island asks for JSON.
fn wants_page() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        parts
            .headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
    })
}

fn spoken(cx: &Cx, error: AppError) -> AppError {
    let status = error.status();
    set_status(status);
    let fields = match &error {
        AppError::Invalid(fields) => fields.iter().map(|p| (p.field.clone(), say(cx.lang, &p.problem))).collect(),
        _ => Vec::new(),
    };
    AppError::Said {
        status,
        text: sentence(cx.lang, &error),
        fields,
    }
}

/// Sets the status of the answer being made.
pub fn set_status(status: u16) {
    if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        options.set_status(status);
    }
}

/// 303: the browser goes on with a GET.
fn redirect(location: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(location)) {
        options.set_status(StatusCode::SEE_OTHER);
        options.insert_header(header::LOCATION, value);
    }
}

async fn success_location(cx: &Cx, form: &str, done: Done) -> Result<String, AppError> {
    let to = done.to.unwrap_or_else(|| cx.back.clone());
    let Some(notice) = done.notice else { return Ok(to) };
    let flash = Flash {
        form: form.to_owned(),
        // A sentence that is no secret may outlive the sign-in: that one has signed out.
        reader: own_sign_in(cx).filter(|_| done.is_secret),
        notice: Some(notice),
        ..Flash::default()
    };
    flashed(cx, &to, &flash).await
}

async fn failure_location(cx: &Cx, form: &str, error: AppError) -> Result<String, AppError> {
    let back = cx.back.clone();
    let mut flash = Flash {
        form: form.to_owned(),
        reader: own_sign_in(cx),
        typed: cx.typed.clone(),
        ..Flash::default()
    };
    flash.typed.retain(|name, _| !SECRET_FIELDS.contains(&name.as_str()));
    match error {
        AppError::NotSignedIn => {
            let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", &back).finish();
            return Ok(format!("/sign-in?{query}"));
        }
        AppError::Invalid(fields) => flash.fields = fields,
        AppError::Refused(problem) => flash.refusal = Some(problem),
        AppError::Forbidden => flash.refusal = Some(Problem::new("error-forbidden")),
        AppError::NotFound => flash.refusal = Some(Problem::new("error-not-found")),
        AppError::TooMany { wait_seconds } => {
            flash.refusal = Some(Problem::new("error-too-many").with("minutes", (wait_seconds + 59) / 60));
        }
        // Nothing can be kept for later when the database is the trouble: the error page speaks.
        fault => return Err(fault),
    }
    flashed(cx, &back, &flash).await
}

fn own_sign_in(cx: &Cx) -> Option<SignInId> {
    cx.actor.as_ref().map(|actor| actor.sign_in)
}

async fn flashed(cx: &Cx, to: &str, flash: &Flash) -> Result<String, AppError> {
    let token = keep_flash(&cx.app, cx.now, flash).await?;
    let uri = to.parse().unwrap_or_default();
    Ok(with_query(&uri, "flash", Some(&token)))
}

/// A cookie that the browser sent with the request being answered.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let lines = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty()).then(|| value.to_owned())
    })
}

/// Sets a cookie of this site for so many days; zero removes it.
pub fn set_cookie(cx: &Cx, name: &str, value: &str, days: i64) {
    set_short_cookie(cx, name, value, days * 24 * 60);
}

/// Sets a cookie of this site for so many minutes; zero removes it.
pub fn set_short_cookie(cx: &Cx, name: &str, value: &str, minutes: i64) {
    let secure = if cx.app.is_secure() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", minutes * 60);
    if let (Some(options), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        options.append_header(header::SET_COOKIE, cookie);
    }
}
