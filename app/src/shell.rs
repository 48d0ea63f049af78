//! From a page to a document: head, layout, security policy, and the scripts only where an island needs them.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures::future::BoxFuture;
use hydration_context::SsrSharedContext;
use leptos::hydration::HydrationScripts;
use leptos::nonce::{provide_nonce, use_nonce};
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos_axum::ResponseOptions;

use crate::accounts::Grant;
use crate::error::AppError;
use crate::request::{Cx, Theme};
use crate::respond::{sentence, set_status};
use crate::t;
use crate::ui::form::Summarised;
use crate::ui::layout::{Layout, NavItem, PrintLayout, SignedIn};
use crate::ui::{ButtonLink, IconName, Notice, NoticeTone, PageHeader, Submit, Tone};
use crate::{accounts, notices};

/// What the hydration of islands expects to find; our islands stream no resources.
const HYDRATION_GLOBALS: &str =
    "__RESOLVED_RESOURCES=[];__SERIALIZED_ERRORS=[];__PENDING_RESOURCES=[];__RESOURCE_RESOLVERS=[];__INCOMPLETE_CHUNKS=[];";

/// A peony petal over two rivers, drawn into the page itself.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 40'%3E%3Cpath fill='%239b2335' \
d='M20 4c5 5 7 11 0 18-7-7-5-13 0-18ZM9 9c6 1 9 5 9 12C11 20 7 15 9 9Zm22 0c-6 1-9 5-9 12 7-1 11-6 9-12Z'/%3E%3Cpath fill='none' \
stroke='%233a6ea5' stroke-width='3' stroke-linecap='round' d='M4 28c6 0 7 3 12 3s7-4 12-4 5 2 8 2M8 35c5 0 6 2 10 2s8-4 14-3'/%3E%3C/svg%3E";

/// Browsers and proxies take headers of a few thousand bytes.
const LONGEST_WAY_BACK: usize = 1000;

/// What stands around a page's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// Header, navigation, footer.
    Site,
    /// A4 paper: no navigation, black on white.
    Print,
    /// Nothing: the wall fills the screen.
    Bare,
}

/// A page: title and body, and what it needs around it.
pub struct Page {
    title: String,
    body: AnyView,
    frame: Frame,
    interactive: bool,
    refresh: Option<String>,
}

impl Page {
    pub fn new(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self {
            title: title.into(),
            body: body.into_any(),
            frame: Frame::Site,
            interactive: false,
            refresh: None,
        }
    }

    /// This page has islands: the hydration scripts are loaded.
    #[must_use]
    pub fn interactive(mut self) -> Self {
        self.interactive = true;
        self
    }

    /// Loads itself again every so many seconds: for work that goes on. A page with islands does so only where scripts
    /// are off, and leaves the rest to its islands.
    #[must_use]
    pub fn refreshing(mut self, seconds: u32) -> Self {
        self.refresh = Some(seconds.to_string());
        self
    }

    /// Goes on to another site at once, without scripts. A form may not lead there by itself: the security policy lets
    /// forms go to this site only, and browsers hold redirects to it.
    #[must_use]
    pub fn leading_to(mut self, address: &str) -> Self {
        self.refresh = Some(format!("0; url={address}"));
        self
    }

    /// For paper.
    #[must_use]
    pub fn for_print(mut self) -> Self {
        self.frame = Frame::Print;
        self
    }

    /// Full screen, nothing around it.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.frame = Frame::Bare;
        self
    }
}

/// What makes the page of an address; of one type, so that what is around pages is compiled once.
pub type Maker = Arc<dyn Fn(Cx) -> BoxFuture<'static, Result<Page, AppError>> + Send + Sync>;

pub fn maker<F>(make: fn(Cx) -> F) -> Maker
where
    F: Future<Output = Result<Page, AppError>> + Send + 'static,
{
    Arc::new(move |cx| Box::pin(make(cx)))
}

/// Answers a request with the page that `make` builds.
pub async fn render<F>(make: fn(Cx) -> F, request: Request) -> Response
where
    F: Future<Output = Result<Page, AppError>> + Send + 'static,
{
    answer(maker(make), request).await
}

/// The same with a [`Maker`].
pub async fn answer(make: Maker, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let params = RawPathParams::from_request_parts(&mut parts, &()).await;
    let Some(mut cx) = parts.extensions.get::<Cx>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(params) = params {
        cx.params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    }
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let made = owner.with(|| {
        provide_context(cx.clone());
        // As server functions find it: cookies that only one slice reads.
        provide_context(parts);
        provide_context(ResponseOptions::default());
        provide_context(Summarised::default());
        provide_nonce();
        ScopedFuture::new(async move {
            let (view, interactive) = document(make, cx).await;
            finish(view.to_html(), interactive)
        })
    });
    let response = made.await;
    owner.unset_with_forced_cleanup();
    response
}

/// The page with its headers. One without islands is freed of the marks that hydration would need.
fn finish(mut html: String, interactive: bool) -> Response {
    if interactive {
        let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        for part in ["<script nonce=\"", &nonce, "\">", HYDRATION_GLOBALS, "</script>"] {
            html.push_str(part);
        }
    } else {
        debug_assert!(
            !html.contains("<leptos-island"),
            "an island that never wakes: the page is to be interactive()"
        );
        // Text is escaped, so this sequence is only ever a mark.
        html = html.replace("<!>", "");
    }
    let mut response = Html(html).into_response();
    if let Some(options) = use_context::<ResponseOptions>() {
        let options = options.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        *response.status_mut() = options.status.unwrap_or(StatusCode::OK);
        response.headers_mut().extend(options.headers.clone());
    }
    response
}

async fn document(make: Maker, cx: Cx) -> (AnyView, bool) {
    // Side by side, and not after it: a page that is made waits for nothing more until it is text, so that there are never
    // more of them in memory than are worked on.
    let (signed_in, made) = tokio::join!(signed_in(&cx), make(cx.clone()));
    let page = match made {
        Ok(page) => page,
        Err(error) => {
            if error == AppError::NotSignedIn {
                lead_to_sign_in(&cx);
            }
            set_status(if error == AppError::NotSignedIn { 303 } else { error.status() });
            error_page(&cx, &error)
        }
    };
    let interactive = page.interactive;
    set_headers(interactive);
    (around(&cx, page, signed_in), interactive)
}

/// Who is signed in, in words, and how many messages wait. When the database fails in between, the page stands without.
async fn signed_in(cx: &Cx) -> Option<SignedIn> {
    let actor = cx.actor.as_ref()?;
    let names = if actor.is_coordinator() {
        cx.regions().await.unwrap_or_default()
    } else {
        Arc::default()
    };
    Some(SignedIn {
        name: actor.name.clone(),
        role_label: accounts::words::roles(cx.lang, &actor.grants, &names),
        unread: notices::unread(&cx.app.db, actor.person).await.unwrap_or(0),
    })
}

/// 303 to the sign-in page, which leads back here.
fn lead_to_sign_in(cx: &Cx) {
    let here = cx.uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    // A header has its limits: the way back is worth less than the answer.
    let here = if here.len() > LONGEST_WAY_BACK { "/" } else { here };
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", here).finish();
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&format!("/sign-in?{query}"))) {
        options.insert_header(header::LOCATION, value);
    }
}

/// The page for anything that went wrong, with the next step in it.
pub fn error_page(cx: &Cx, error: &AppError) -> Page {
    let lang = cx.lang;
    let (title, text) = match error {
        AppError::NotFound => (t!(lang, "error-not-found"), t!(lang, "error-not-found-text")),
        AppError::Forbidden => (t!(lang, "error-forbidden-title"), sentence(lang, error)),
        AppError::NotSignedIn => (t!(lang, "error-not-signed-in"), t!(lang, "error-not-signed-in-text")),
        AppError::TooMany { .. } => (t!(lang, "error-too-many-title"), sentence(lang, error)),
        AppError::Refused(_) => (t!(lang, "error-refused-title"), sentence(lang, error)),
        AppError::Unavailable => (t!(lang, "error-unavailable-title"), t!(lang, "error-unavailable-text")),
        other => (t!(lang, "error-title"), sentence(lang, other)),
    };
    let body = view! {
        <PageHeader title=title.clone() lead=text/>
        {who_asks(cx, error)}
        {number(cx, error)}
        <div class="actions">{next_steps(cx, error)}</div>
    };
    Page::new(title, body)
}

/// A page that may belong to another account: who is signed in here, and how to be somebody else.
fn who_asks(cx: &Cx, error: &AppError) -> Option<impl IntoView + use<>> {
    let actor = cx.actor.as_ref().filter(|_| matches!(error, AppError::Forbidden | AppError::NotFound))?;
    let text = t!(cx.lang, "error-signed-in-as", name = actor.name.clone());
    Some(view! { <p>{text}</p> })
}

/// The number of the request for whoever looks into the log; a fault of ours says its own.
fn number(cx: &Cx, error: &AppError) -> Option<impl IntoView + use<>> {
    let asked = cx.query("busy").filter(|id| crate::routes::is_id(id));
    let id = asked.or_else(crate::request::id).filter(|_| *error == AppError::Unavailable)?;
    let text = t!(cx.lang, "error-number", id = id);
    Some(view! { <p>{text}</p> })
}

fn next_steps(cx: &Cx, error: &AppError) -> impl IntoView + use<> {
    let lang = cx.lang;
    // What a form was sent to is no page to go to; the page of the form is.
    let is_page = !cx.uri.path().starts_with("/api/") && cx.uri.path() != "/sorry";
    let here = if is_page { cx.here_with("flash", None) } else { cx.back.clone() };
    let again = matches!(error, AppError::Unavailable | AppError::Internal { .. } | AppError::TooMany { .. })
        .then(|| view! { <ButtonLink href=here.clone() label=t!(lang, "error-again") tone=Tone::Main icon=IconName::Refresh/> });
    let may_be_hidden = matches!(error, AppError::NotFound | AppError::NotSignedIn);
    let sign_in = (cx.actor.is_none() && may_be_hidden).then(|| {
        let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", &here).finish();
        view! { <ButtonLink href=format!("/sign-in?{query}") label=t!(lang, "error-sign-in") tone=Tone::Main icon=IconName::Person/> }
    });
    let own = cx
        .actor
        .is_some()
        .then(|| view! { <ButtonLink href="/me" label=t!(lang, "error-own-page") icon=IconName::Person/> });
    let other = (cx.actor.is_some() && *error == AppError::Forbidden).then(|| {
        view! {
            <form method="post" action="/api/sign_out">
                <Submit label=t!(lang, "error-other-account") tone=Tone::Plain icon=IconName::SignOut/>
            </form>
        }
    });
    view! {
        {again}
        {sign_in}
        {own}
        {other}
        <ButtonLink href="/" label=t!(lang, "error-home")/>
    }
}

fn set_headers(interactive: bool) {
    let Some(options) = use_context::<ResponseOptions>() else { return };
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    let scripts = if interactive {
        format!("'self' 'nonce-{nonce}' 'wasm-unsafe-eval'")
    } else {
        "'none'".to_owned()
    };
    let policy = format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; media-src 'self' blob:; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    options.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

fn around(cx: &Cx, page: Page, signed_in: Option<SignedIn>) -> AnyView {
    let Page {
        title,
        body,
        frame,
        interactive,
        refresh,
    } = page;
    let path = cx.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let notice = cx.notice().map(|text| view! { <Notice tone=NoticeTone::Success><p>{text}</p></Notice> });
    // A page with a summary has said what is wrong with its fields.
    let is_said = use_context::<Summarised>().is_some_and(|summarised| summarised.is_done());
    let faults = cx.faults().filter(|_| !is_said);
    let refusal = cx
        .refusal()
        .into_iter()
        .chain(faults)
        .map(|text| view! { <Notice tone=NoticeTone::Error><p>{text}</p></Notice> })
        .collect_view();
    let inner = match frame {
        Frame::Site => view! {
            <Layout title=title.clone() lang=cx.lang signed_in=signed_in nav=navigation(cx) demo=cx.app.settings.demo path=path interactive=interactive theme=cx.theme.map(|theme| theme.as_str().to_owned())>
                {notice}
                {refusal}
                {body}
            </Layout>
        }
        .into_any(),
        Frame::Print => view! { <PrintLayout title=title.clone()>{body}</PrintLayout> }.into_any(),
        Frame::Bare => view! { {notice} {refusal} {body} }.into_any(),
    };
    let refresh = refresh.map(|content| {
        let meta = view! { <meta http-equiv="refresh" content=content/> };
        if interactive {
            view! { <noscript>{meta}</noscript> }.into_any()
        } else {
            meta.into_any()
        }
    });
    let assets = &cx.app.settings.assets;
    let scripts = interactive.then(|| view! { <HydrationScripts options=assets.options.clone() islands=true/> });
    view! {
        <!DOCTYPE html>
        <html lang=cx.lang.tag() data-theme=cx.theme.map(Theme::as_str)>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                {refresh}
                <meta name="color-scheme" content="light dark"/>
                <title inner_html=escape(&format!("{title} · {}", t!(cx.lang, "ui-brand")))></title>
                <link rel="stylesheet" href=assets.css.clone()/>
                <link rel="icon" href=ICON/>
                {scripts}
            </head>
            <body>{inner}</body>
        </html>
    }
    .into_any()
}

fn navigation(cx: &Cx) -> Vec<NavItem> {
    let path = cx.uri.path();
    let item = |href: &str, label: String| NavItem {
        href: href.to_owned(),
        label,
        current: path == href || (href != "/" && path.starts_with(&format!("{href}/"))),
    };
    let mut items = vec![
        item("/", t!(cx.lang, "nav-home")),
        item("/classes", t!(cx.lang, "nav-classes")),
        item("/schools", t!(cx.lang, "nav-schools")),
    ];
    if let Some(actor) = &cx.actor {
        items.push(item("/me", t!(cx.lang, "nav-me")));
        if actor.has_desk() {
            items.push(item("/desk", t!(cx.lang, "nav-desk")));
        }
        if actor.grants.iter().any(|grant| matches!(grant, Grant::Firm(_))) {
            items.push(item("/firm", t!(cx.lang, "bench-own-firm")));
        }
        if actor.is_coordinator() || actor.grants.contains(&Grant::Verifier) {
            items.push(item("/desk/programme", t!(cx.lang, "bench-programme")));
        }
        if actor.is_city() {
            items.push(item("/city", t!(cx.lang, "nav-city")));
        }
    }
    // An address below another's is the more exact place of the two.
    let is_programme = items.iter().any(|item| item.current && item.href == "/desk/programme");
    for item in items.iter_mut().filter(|item| item.href == "/desk") {
        item.current &= !is_programme;
    }
    items
}

/// A title holds text only: marks of hydration would be shown in it.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
