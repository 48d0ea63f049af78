//! Where links are shown and handed on, and what calendar programs read.

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use leptos::prelude::*;

use super::entries::entries;
use super::ics;
use super::islands::CopyButtons;
use super::policy::{self, LinkPermit, LinkView, Whose};
use super::store::{self, Link, Opened};
use crate::accounts::pages::own_tabs;
use crate::classes::{self, Class};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::ClassId;
use crate::request::Cx;
use crate::respond::refusal;
use crate::routes::page;
use crate::shell::Page;
use crate::state::sha256;
use crate::t;
use crate::ui::form::{Hidden, Submit};
use crate::ui::{ButtonLink, Card, Confirm, Crumbs, Facts, IconName, Notice, NoticeTone, PageHeader, Qr, Tone, time};

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/me/calendar", page(own))
        .route("/classes/{id}/calendar", page(of_class))
}

/// What calendar programs read.
pub fn endpoints() -> Router {
    Router::new().route("/calendar/{file}", get(read))
}

/// `/me/calendar`
async fn own(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let permit = policy::own(cx.actor()?);
    let link = store::link(&cx.app.db, &permit.view()).await?;
    let title = t!(lang, "calendar-own-title");
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "calendar-own-lead")/>
        {own_tabs(&cx)}
        {panel(&cx, &permit.view(), Some(&permit), link)}
        <CopyButtons/>
    };
    Ok(Page::new(title, body).interactive())
}

/// `/classes/{id}/calendar`
async fn of_class(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let class = classes::store::class(&cx.app.db, cx.param("id")?).await?;
    if !classes::policy::can_see(cx.actor.as_ref(), &class) {
        return Err(AppError::NotFound);
    }
    let actor = cx.actor()?;
    let seat = classes::store::own_enrolment(&cx.app.db, class.id, actor.person).await?;
    let has_seat = seat.is_some_and(|seat| seat.state == "approved");
    let view = policy::can_read(actor, &class, has_seat).ok_or(AppError::Forbidden)?;
    let permit = policy::can_manage(actor, &class);
    let link = store::link(&cx.app.db, &view).await?;
    let title = t!(lang, "calendar-class-title");
    let own = view! { <p>{t!(lang, "calendar-class-or-own")} " " <a href="/me/calendar">{t!(lang, "calendar-own-title")}</a></p> };
    let body = view! {
        <Crumbs items=crumbs(lang, &class, permit.is_some())/>
        <PageHeader title=title.clone() caption=class.title.clone() lead=t!(lang, "calendar-class-lead")/>
        {panel(&cx, &view, permit.as_ref(), link)}
        {own}
        <CopyButtons/>
    };
    Ok(Page::new(title, body).interactive())
}

fn crumbs(lang: Lang, class: &Class, from_desk: bool) -> Vec<(String, String)> {
    if from_desk {
        return vec![
            ("/desk/classes".to_owned(), t!(lang, "classes-title")),
            (format!("/desk/classes/{}", class.id), class.title.clone()),
        ];
    }
    vec![(format!("/classes/{}", class.id), class.title.clone())]
}

/// The link with all that can be done with it, or the way to one.
fn panel(cx: &Cx, view: &LinkView, permit: Option<&LinkPermit>, link: Option<Link>) -> AnyView {
    let lang = cx.lang;
    let class = match view.whose() {
        Whose::Person(_) => None,
        Whose::Class(class) => Some(class),
    };
    let Some(link) = link else {
        return nothing_yet(lang, class, permit.is_some());
    };
    let manage = permit.map(|_| manage(lang, class));
    let Some(secret) = link.secret(&cx.app) else {
        return view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "calendar-key-changed")}</p></Notice> {manage} }.into_any();
    };
    view! {
        <div class="calendar-link">
            {address(cx, &secret)}
            {steps(lang)}
        </div>
        <Facts items=facts(lang, &link)/>
        {manage}
    }
    .into_any()
}

fn nothing_yet(lang: Lang, class: Option<ClassId>, may_make: bool) -> AnyView {
    if !may_make {
        return view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "calendar-class-none")}</p></Notice> }.into_any();
    }
    view! {
        <p>{t!(lang, "calendar-none")}</p>
        <form method="post" action="/api/make_calendar_link">
            <Hidden name="class" value=named(class)/>
            <Submit label=t!(lang, "calendar-make") icon=IconName::Calendar/>
        </form>
    }
    .into_any()
}

fn named(class: Option<ClassId>) -> String {
    class.map(|class| class.to_string()).unwrap_or_default()
}

/// The address as text, as a button that programs know, and as a code for another device.
fn address(cx: &Cx, secret: &str) -> impl IntoView + use<> {
    let lang = cx.lang;
    let base = &cx.app.settings.base_url;
    // Who reads English here reads it in the calendar too.
    let query = lang.pick("", "?lang=en");
    let url = format!("{base}/calendar/{secret}.ics{query}");
    let webcal = url.split_once("://").map_or_else(|| url.clone(), |(_, rest)| format!("webcal://{rest}"));
    view! {
        <Card title=t!(lang, "calendar-address")>
            <label class="field__label" for="calendar-address">{t!(lang, "calendar-address-label")}</label>
            <p class="field__hint" id="calendar-address-hint">{t!(lang, "calendar-address-hint")}</p>
            <div class="calendar-link__row">
                <input class="input" id="calendar-address" type="url" readonly=true value=url.clone() aria-describedby="calendar-address-hint"/>
                <button class="button" type="button" hidden=true data-copy="calendar-address" data-done=t!(lang, "calendar-copied")>
                    {t!(lang, "calendar-copy")}
                </button>
            </div>
            <p><ButtonLink href=webcal label=t!(lang, "calendar-subscribe") tone=Tone::Main icon=IconName::Calendar/></p>
            <Qr data=url label=t!(lang, "calendar-qr")/>
        </Card>
    }
}

fn steps(lang: Lang) -> impl IntoView {
    let lines = ["calendar-step-iphone", "calendar-step-android", "calendar-step-desk"].map(|key| view! { <li>{t!(lang, key)}</li> });
    view! {
        <Card title=t!(lang, "calendar-how")>
            <ul>{lines.into_iter().collect_view()}</ul>
            <p>{t!(lang, "calendar-secret")}</p>
        </Card>
    }
}

fn facts(lang: Lang, link: &Link) -> Vec<(String, String)> {
    let read = link
        .read_at
        .map_or_else(|| t!(lang, "calendar-never-read"), |at| time::date_time(lang, at));
    vec![
        (t!(lang, "calendar-made-at"), time::date_time(lang, link.made_at)),
        (t!(lang, "calendar-read-at"), read),
    ]
}

fn manage(lang: Lang, class: Option<ClassId>) -> impl IntoView {
    view! {
        <div class="actions">
            <form method="post" action="/api/make_calendar_link">
                <Hidden name="class" value=named(class)/>
                <Confirm label=t!(lang, "calendar-renew") title=t!(lang, "calendar-renew-sure") text=t!(lang, "calendar-renew-text")
                    yes_label=t!(lang, "calendar-renew") tone=Tone::Plain/>
            </form>
            <form method="post" action="/api/revoke_calendar_link">
                <Hidden name="class" value=named(class)/>
                <Confirm label=t!(lang, "calendar-revoke") title=t!(lang, "calendar-revoke-sure") text=t!(lang, "calendar-revoke-text")
                    yes_label=t!(lang, "calendar-revoke")/>
            </form>
        </div>
    }
}

/// `GET /calendar/{secret}.ics`: the calendar, or that it has not changed (304), is revoked (410) or never was (404).
async fn read(Extension(cx): Extension<Cx>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let secret = file.strip_suffix(".ics").unwrap_or_default();
    match calendar(&cx, secret).await {
        Ok(Some(text)) => answer(&text, &headers),
        Ok(None) => (StatusCode::GONE, t!(cx.lang, "calendar-gone")).into_response(),
        Err(error) => refusal(&cx, &error),
    }
}

/// The text of a calendar; none when its link is revoked.
async fn calendar(cx: &Cx, secret: &str) -> Result<Option<String>, AppError> {
    let whose = match store::open(&cx.app, cx.now, secret).await? {
        Opened::Calendar(whose) => whose,
        Opened::Revoked => return Ok(None),
        Opened::Unknown => return Err(AppError::NotFound),
    };
    let contents = store::contents(&cx.app.db, cx.now, whose).await?;
    let asked = cx.query("lang").or_else(|| contents.lang.clone());
    let lang = asked.and_then(|word| Lang::parse(&word)).unwrap_or_default();
    let name = contents.title.clone().unwrap_or_else(|| t!(lang, "calendar-name"));
    let entries = entries(lang, &cx.app.settings.base_url, &contents);
    Ok(Some(ics::write(&name, &entries)))
}

fn answer(text: &str, headers: &HeaderMap) -> Response {
    // Weak: compression changes the bytes and not what they say.
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&sha256(text.as_bytes())[..16]));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|list| list.split(',').any(|one| same_tag(one, &tag)));
    let kept = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::HeaderName::from_static("x-robots-tag"), "noindex".to_owned()),
    ];
    if is_known {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let shown = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"heluo.ics\""),
    ];
    (kept, shown, Body::from(text.to_owned())).into_response()
}

/// Weak comparison (RFC 9110): the mark of weakness does not count.
fn same_tag(one: &str, other: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    one.trim() == "*" || bare(one) == bare(other)
}
