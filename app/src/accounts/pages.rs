//! Pages about one's own account: signing in, the password, the devices.

use axum::Router;
use leptos::prelude::*;

use super::store::Device;
use super::{store, words};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::SignInId;
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, Hidden, Submit, TextField};
use crate::ui::{Badge, BadgeTone, ButtonLink, Confirm, IconName, Notice, NoticeTone, PageHeader, Tab, Tabs, Tone, time};

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/sign-in", page(sign_in))
        .route("/me/password", page(password))
        .route("/me/devices", page(devices))
}

/// `path` that leads on to `next` afterwards.
pub fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() {
        return path.to_owned();
    }
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{path}?{query}")
}

/// The views of one's own account.
pub fn own_tabs(cx: &Cx) -> impl IntoView + use<> {
    let tab = |href: &str, key: &str| Tab {
        href: href.to_owned(),
        label: t!(cx.lang, key),
        current: cx.uri.path() == href,
        count: None,
    };
    let mut items = vec![
        tab("/me/enrolments", "enrolment-mine"),
        tab("/me/inbox", "ui-inbox"),
        tab("/me/messages", "accounts-messages"),
        tab("/me/calendar", "calendar-own-title"),
        tab("/me/profile", "ui-profile"),
        tab("/me/password", "accounts-password"),
        tab("/me/devices", "accounts-devices"),
        tab("/me/data", "privacy-own-title"),
    ];
    if !cx.app.settings.oauth.is_empty() {
        items.push(tab("/me/linked", "oauth-ways"));
    }
    view! { <Tabs items=items label=t!(cx.lang, "accounts-own-tabs")/> }
}

/// `/sign-in`
async fn sign_in(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let form = cx.form("sign-in");
    let title = t!(lang, "accounts-sign-in-title");
    let next = cx.query("next").unwrap_or_default();
    if let Some(actor) = cx.actor.as_ref().filter(|_| form.is_clean()) {
        return Ok(signed_in_already(lang, title, &actor.name, &next));
    }
    let register = with_next("/register", &next);
    let others = other_sites(&cx, &next);
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone()/>
        <form method="post" action="/api/sign_in" class="narrow">
            <Hidden name="next" value=next/>
            <TextField form=form.clone() name="login" label=t!(lang, "accounts-login") hint=t!(lang, "accounts-login-hint") autocomplete="username" maxlength="60"/>
            <TextField form=form name="password" kind="password" label=t!(lang, "accounts-password") autocomplete="current-password"/>
            <Submit label=t!(lang, "accounts-sign-in")/>
        </form>
        {others}
        <p>{t!(lang, "accounts-no-account")} " " <a href=register>{t!(lang, "accounts-to-register")}</a></p>
        <p>{t!(lang, "accounts-forgotten")}</p>
    };
    Ok(Page::new(title, body))
}

/// A button for each other site that one can sign in through.
fn other_sites(cx: &Cx, next: &str) -> Option<impl IntoView + use<>> {
    let lang = cx.lang;
    let buttons: Vec<_> = cx
        .app
        .settings
        .oauth
        .all()
        .iter()
        .map(|provider| {
            let label = t!(lang, "oauth-sign-in-with", name = provider.label(lang).to_owned());
            view! {
                <form method="post" action="/api/begin_oauth">
                    <Hidden name="provider" value=provider.slug.clone()/>
                    <Hidden name="next" value=next.to_owned()/>
                    <Submit label=label tone=Tone::Plain icon=IconName::External/>
                </form>
            }
        })
        .collect();
    (!buttons.is_empty()).then(|| {
        view! {
            <section class="other-sites narrow">
                <h2>{t!(lang, "oauth-other-sites")}</h2>
                {buttons}
            </section>
        }
    })
}

fn signed_in_already(lang: Lang, title: String, name: &str, next: &str) -> Page {
    let on = super::rules::local_path(next).unwrap_or("/me").to_owned();
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "accounts-signed-in-already", name = name.to_owned())/>
        <div class="actions">
            <ButtonLink href=on label=t!(lang, "accounts-go-on") tone=Tone::Main/>
            <form method="post" action="/api/sign_out"><Submit label=t!(lang, "ui-sign-out") tone=Tone::Plain/></form>
        </div>
    };
    Page::new(title, body)
}

/// `/me/password`
async fn password(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let form = cx.form("change-password");
    let forced = actor.must_change_password;
    let is_first = store::own_credentials(&cx.app.db, actor.person).await?.password_hash.is_none();
    let title = if forced {
        t!(lang, "accounts-choose-password")
    } else if is_first {
        t!(lang, "accounts-set-password")
    } else {
        t!(lang, "accounts-change-password")
    };
    let old = (!forced && !is_first).then(|| {
        view! { <TextField form=form.clone() name="old_password" kind="password" label=t!(lang, "accounts-old-password") autocomplete="current-password"/> }
    });
    let why = forced.then(|| view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "accounts-choose-password-why")}</p></Notice> });
    let first = is_first.then(|| view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "accounts-set-password-why")}</p></Notice> });
    let leave = forced.then(|| {
        view! { <form method="post" action="/api/sign_out"><Submit label=t!(lang, "ui-sign-out") tone=Tone::Plain/></form> }
    });
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone()/>
        {(!forced).then(|| own_tabs(&cx))}
        {why}
        {first}
        <form method="post" action="/api/change_password" class="narrow">
            <Hidden name="next" value=cx.query("next").unwrap_or_default()/>
            {old}
            <TextField form=form.clone() name="new_password" kind="password" label=t!(lang, "accounts-new-password") hint=t!(lang, "accounts-new-password-hint") autocomplete="new-password"/>
            <TextField form=form name="repeat_password" kind="password" label=t!(lang, "accounts-repeat-password") autocomplete="new-password"/>
            <p>{t!(lang, "accounts-password-signs-out")}</p>
            <Submit label=t!(lang, "accounts-keep-password")/>
        </form>
        {leave}
    };
    Ok(Page::new(title, body))
}

/// `/me/devices`
async fn devices(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let devices = store::own_devices(&cx.app.db, actor, cx.now).await?;
    let title = t!(lang, "accounts-devices");
    let others = (devices.len() > 1).then(|| {
        view! {
            <form method="post" action="/api/end_other_sign_ins">
                <Confirm label=t!(lang, "accounts-end-others") title=t!(lang, "accounts-end-others-sure") yes_label=t!(lang, "accounts-end-others-yes")/>
            </form>
        }
    });
    let rows = devices.into_iter().map(|device| device_row(lang, actor.sign_in, device)).collect_view();
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "accounts-devices-lead")/>
        {own_tabs(&cx)}
        <ul class="devices">{rows}</ul>
        {others}
    };
    Ok(Page::new(title, body))
}

fn device_row(lang: Lang, this: SignInId, device: Device) -> impl IntoView {
    let words = words::device(lang, &device.device);
    let seen = t!(lang, "accounts-device-seen", at = time::date_time(lang, device.seen_at));
    let since = t!(lang, "accounts-device-since", at = time::date_time(lang, device.created_at));
    let end = if device.id == this {
        view! { <Badge tone=BadgeTone::Good label=t!(lang, "accounts-device-this")/> }.into_any()
    } else {
        view! {
            <form method="post" action="/api/end_sign_in">
                <Hidden name="sign_in" value=device.id.to_string()/>
                <Confirm label=t!(lang, "accounts-device-end") title=t!(lang, "accounts-device-end-sure", device = words.clone()) yes_label=t!(lang, "accounts-device-end")/>
            </form>
        }
        .into_any()
    };
    view! {
        <li class="devices__row">
            <div><p><strong>{words}</strong></p><p class="devices__hint">{seen} " · " {since}</p></div>
            {end}
        </li>
    }
}
