//! Pages of signing in through other sites: the way there, the way back, what went wrong, the first sign-in, and one's own
//! ways in.

use axum::Router;
use leptos::prelude::*;

use super::functions::ARRIVAL_COOKIE;
use super::provider::Provider;
use super::rules::{SKEW_MINUTES, Trouble, WAY_MINUTES, masked};
use super::store::{self, Arrival, Identity};
use super::{callback, client};
use crate::accounts::Actor;
use crate::accounts::pages::{own_tabs, with_next};
use crate::accounts::rules::local_path;
use crate::accounts::store::person_by_phone;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::people::pages::county_choices;
use crate::request::Cx;
use crate::respond::{cookie, lead_on, set_status};
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, FormState, Hidden, SelectField, Submit, TextField};
use crate::ui::{Badge, BadgeTone, ButtonLink, Confirm, Facts, IconName, Notice, NoticeTone, PageHeader, Tone, time};

/// The page of the first sign-in.
const WELCOME: &str = "/oauth/welcome";

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/oauth/{provider}/go", page(go))
        .route("/oauth/{provider}/callback", page(come_back))
        .route("/oauth/{provider}/trouble/{why}", page(trouble))
        .route(WELCOME, page(welcome))
        .route("/me/linked", page(linked))
}

/// The provider that the path names.
fn provider(cx: &Cx) -> Result<Provider, AppError> {
    let slug: String = cx.param("provider")?;
    cx.app.settings.oauth.named(&slug).cloned().ok_or(AppError::NotFound)
}

/// A page that leads on at once, for the few that are not led.
fn led_on(cx: &Cx, location: String) -> Page {
    lead_on(&location);
    let title = t!(cx.lang, "accounts-go-on");
    let body = view! {
        <PageHeader title=title.clone()/>
        <ButtonLink href=location label=title.clone() tone=Tone::Main/>
    };
    Page::new(title, body)
}

/// `/oauth/{provider}/go`: on to the provider, if it is there.
async fn go(cx: Cx) -> Result<Page, AppError> {
    let provider = provider(&cx)?;
    let looked = match callback::halves(&cx) {
        Some(halves) => store::look_at_way(&cx.app.db, cx.now, &provider.slug, &halves)
            .await?
            .map(|way| (halves.state, way.next)),
        None => Err(Trouble::Unknown),
    };
    let (state, next) = match looked {
        Ok(found) => found,
        Err(trouble) => return Ok(led_on(&cx, callback::trouble_address(&provider, trouble, ""))),
    };
    if !client::is_up(&cx.app, &provider).await {
        return Ok(led_on(&cx, callback::trouble_address(&provider, Trouble::Down, &next)));
    }
    let address = match client::authorize_address(&cx.app, &provider, &state, cx.lang) {
        Ok(address) => address,
        Err(trouble) => return Ok(led_on(&cx, callback::trouble_address(&provider, trouble, &next))),
    };
    let name = provider.label(cx.lang).to_owned();
    let title = t!(cx.lang, "oauth-going", name = name.clone());
    let body = view! {
        <PageHeader title=title.clone() lead=t!(cx.lang, "oauth-going-text")/>
        <ButtonLink href=address.clone() label=t!(cx.lang, "oauth-go", name = name) tone=Tone::Main icon=IconName::External/>
    };
    Ok(Page::new(title, body).leading_to(&address))
}

/// `/oauth/{provider}/callback`: where the provider sends people back to.
async fn come_back(cx: Cx) -> Result<Page, AppError> {
    let provider = provider(&cx)?;
    let location = callback::finish(&cx, &provider).await?;
    Ok(led_on(&cx, location))
}

/// `/oauth/{provider}/trouble/{why}`: what went wrong, and the next step.
async fn trouble(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let provider = provider(&cx)?;
    let trouble: Trouble = cx.param("why")?;
    set_status(trouble.status());
    let name = provider.label(lang).to_owned();
    let why = trouble.as_str();
    let title = t!(lang, &format!("oauth-trouble-{why}"), name = name.clone());
    let text = t!(
        lang,
        &format!("oauth-trouble-{why}-text"),
        name = name.clone(),
        minutes = WAY_MINUTES,
        skew = SKEW_MINUTES
    );
    let next = cx.query("next").unwrap_or_default();
    // Used and signed in: the first use worked.
    let is_done = cx.actor.is_some() && trouble == Trouble::Replayed;
    let again = (trouble.may_pass() && !is_done).then(|| {
        let (action, label) = if cx.actor.is_some() {
            ("/api/begin_oauth_link", t!(lang, "oauth-link-again"))
        } else {
            ("/api/begin_oauth", t!(lang, "oauth-sign-in-again", name = name.clone()))
        };
        view! {
            <form method="post" action=action>
                <Hidden name="provider" value=provider.slug.clone()/>
                <Hidden name="next" value=next.clone()/>
                <Submit label=label/>
            </form>
        }
    });
    let tone = if again.is_some() { Tone::Plain } else { Tone::Main };
    let other = if is_done {
        view! { <ButtonLink href="/me" label=t!(lang, "accounts-go-on") tone=Tone::Main/> }
    } else if cx.actor.is_some() {
        view! { <ButtonLink href="/me/linked" label=t!(lang, "oauth-to-ways") tone=tone/> }
    } else {
        view! { <ButtonLink href=with_next("/sign-in", &next) label=t!(lang, "oauth-other-way") tone=tone/> }
    };
    let body = view! {
        <PageHeader title=title.clone() lead=text/>
        <div class="actions">
            {again}
            {other}
            <ButtonLink href="/" label=t!(lang, "error-home")/>
        </div>
    };
    Ok(Page::new(title, body))
}

/// `/oauth/welcome`: the first sign-in through a provider.
async fn welcome(cx: Cx) -> Result<Page, AppError> {
    let arrival = match cookie(ARRIVAL_COOKIE) {
        Some(token) => store::arrival(&cx.app.db, cx.now, &token).await?,
        None => None,
    };
    let found = arrival.and_then(|arrival| {
        let provider = cx.app.settings.oauth.named(&arrival.provider)?;
        Some((provider.label(cx.lang).to_owned(), arrival))
    });
    match (found, &cx.actor) {
        (None, _) => Ok(nobody_came(&cx)),
        (Some((name, arrival)), Some(actor)) => Ok(ask_to_link(&cx, &name, &arrival, actor)),
        (Some((name, arrival)), None) => ask_who(&cx, &name, &arrival).await,
    }
}

/// Too late, or by hand.
fn nobody_came(cx: &Cx) -> Page {
    let lang = cx.lang;
    set_status(410);
    let title = t!(lang, "oauth-arrival-gone-title");
    let (href, label) = if cx.actor.is_some() {
        ("/me/linked", t!(lang, "oauth-to-ways"))
    } else {
        ("/sign-in", t!(lang, "oauth-to-sign-in"))
    };
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "oauth-arrival-gone", minutes = super::rules::ARRIVAL_MINUTES)/>
        <div class="actions">
            <ButtonLink href=href label=label tone=Tone::Main/>
            <ButtonLink href="/" label=t!(lang, "error-home")/>
        </div>
    };
    Page::new(title, body)
}

/// An account as its owner recognises it: the provider, and what it is called there.
fn recognised(lang: Lang, name: &str, shown: &str) -> String {
    if shown.is_empty() {
        name.to_owned()
    } else {
        t!(lang, "oauth-account", name = name.to_owned(), shown = shown.to_owned())
    }
}

/// Signed in meanwhile: shall the two be linked?
fn ask_to_link(cx: &Cx, name: &str, arrival: &Arrival, actor: &Actor) -> Page {
    let lang = cx.lang;
    let title = t!(lang, "oauth-link-question", name = name.to_owned());
    let facts = vec![
        (t!(lang, "oauth-account-there"), recognised(lang, name, &arrival.shown)),
        (t!(lang, "oauth-account-here"), actor.name.clone()),
    ];
    let next = local_path(&arrival.next).unwrap_or("/me").to_owned();
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "oauth-link-lead", name = name.to_owned())/>
        <Facts items=facts/>
        <div class="actions">
            <form method="post" action="/api/link_arrival"><Submit label=t!(lang, "oauth-link-yes")/></form>
            <ButtonLink href=next label=t!(lang, "oauth-link-no")/>
        </div>
    };
    Page::new(title, body)
}

/// Nobody is signed in: an account that is there already, or a new one with what is missing.
async fn ask_who(cx: &Cx, name: &str, arrival: &Arrival) -> Result<Page, AppError> {
    let lang = cx.lang;
    let form = cx.form("complete-arrival");
    let verified = arrival.phone.as_deref().filter(|_| arrival.phone_is_verified);
    let is_registered = match verified {
        Some(phone) => person_by_phone(&cx.app.db, phone).await?.is_some(),
        None => false,
    };
    let title = t!(lang, "oauth-welcome", name = name.to_owned());
    let known = verified.filter(|_| is_registered).map(|phone| {
        let text = t!(lang, "oauth-phone-known", phone = masked(phone));
        view! { <Notice tone=NoticeTone::Info title=text><p>{t!(lang, "oauth-phone-known-text")}</p></Notice> }
    });
    let fields = missing_fields(cx, &form, arrival, is_registered).await?;
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() lead=t!(lang, "oauth-welcome-lead", account = recognised(lang, name, &arrival.shown))/>
        {known}
        <section class="narrow">
            <h2>{t!(lang, "oauth-have-account")}</h2>
            <p>{t!(lang, "oauth-have-account-text")}</p>
            <div class="actions">
                <ButtonLink href=with_next("/sign-in", WELCOME) label=t!(lang, "oauth-sign-in-and-link") icon=IconName::Link/>
            </div>
            <p>{t!(lang, "oauth-no-password")} " " <a href=with_next("/register", WELCOME)>{t!(lang, "oauth-register-first")}</a></p>
        </section>
        <section class="narrow">
            <h2>{t!(lang, "oauth-new-here")}</h2>
            {fields}
        </section>
    };
    Ok(Page::new(title, body))
}

/// The form for what the provider did not tell, below what it did.
async fn missing_fields(cx: &Cx, form: &FormState, arrival: &Arrival, is_registered: bool) -> Result<impl IntoView + use<>, AppError> {
    let lang = cx.lang;
    let regions = cx.regions().await?;
    let mut facts = Vec::new();
    let name = match &arrival.name {
        Some(name) => {
            facts.push((t!(lang, "people-name"), name.clone()));
            None
        }
        None => Some(view! { <TextField form=form name="name" label=t!(lang, "people-name") autocomplete="name" maxlength="40"/> }),
    };
    let told = arrival.phone.as_ref().filter(|_| arrival.phone_is_verified && !is_registered);
    // A number that came back with a fault has to be seen.
    let phone = if let Some(phone) = told.filter(|_| form.error("phone").is_none()) {
        facts.push((t!(lang, "people-phone"), phone.clone()));
        None
    } else {
        let value = arrival.phone.clone().filter(|_| !is_registered);
        Some(view! {
            <TextField form=form name="phone" kind="tel" label=t!(lang, "people-phone") hint=t!(lang, "oauth-phone-hint") value=value autocomplete="tel" width="20"/>
        })
    };
    let told = (!facts.is_empty()).then(|| view! { <Facts items=facts/> <p>{t!(lang, "oauth-told-hint")}</p> });
    Ok(view! {
        {told}
        <form method="post" action="/api/complete_arrival">
            {name}
            {phone}
            <SelectField form=form name="region" label=t!(lang, "people-county") hint=t!(lang, "people-county-hint") options=county_choices(lang, &regions)/>
            <TextField form=form name="firm" label=t!(lang, "firms-firm") hint=t!(lang, "firms-firm-hint") autocomplete="organization" maxlength="80"/>
            <Submit label=t!(lang, "oauth-complete")/>
        </form>
    })
}

/// `/me/linked`: one's own ways in.
async fn linked(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let ways = store::own_ways_in(&cx.app.db, actor).await?;
    let title = t!(lang, "oauth-ways");
    let offered = cx.app.settings.oauth.all();
    let count = ways
        .linked
        .iter()
        .filter(|identity| offered.iter().any(|one| one.slug == identity.provider))
        .count();
    let is_last = |identity: &Identity| {
        let others = count - usize::from(offered.iter().any(|one| one.slug == identity.provider));
        !ways.has_password && others == 0
    };
    let rows = offered
        .iter()
        .map(|provider| {
            let label = provider.label(lang);
            match ways.linked.iter().find(|identity| identity.provider == provider.slug) {
                Some(identity) => linked_row(lang, label, identity, is_last(identity)).into_any(),
                None => free_row(lang, label, &provider.slug).into_any(),
            }
        })
        .collect_view();
    // Of a provider that is not offered any more.
    let left = ways
        .linked
        .iter()
        .filter(|identity| offered.iter().all(|one| one.slug != identity.provider))
        .map(|identity| linked_row(lang, &identity.provider, identity, is_last(identity)))
        .collect_view();
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "oauth-ways-lead")/>
        {own_tabs(&cx)}
        <ul class="devices">
            {password_row(lang, ways.has_password)}
            {rows}
            {left}
        </ul>
    };
    Ok(Page::new(title, body))
}

fn password_row(lang: Lang, is_set: bool) -> impl IntoView {
    let (text, label) = if is_set {
        (t!(lang, "oauth-password-set"), t!(lang, "accounts-change-password"))
    } else {
        (t!(lang, "oauth-password-none"), t!(lang, "accounts-set-password"))
    };
    view! {
        <li class="devices__row">
            <div><p><strong>{t!(lang, "accounts-password")}</strong></p><p class="devices__hint">{text}</p></div>
            <ButtonLink href="/me/password" label=label/>
        </li>
    }
}

fn linked_row(lang: Lang, label: &str, identity: &Identity, is_last: bool) -> impl IntoView + use<> {
    let label = label.to_owned();
    let since = t!(lang, "oauth-linked-since", at = time::date_time(lang, identity.linked_at));
    let used = identity.used_at.map_or_else(
        || t!(lang, "oauth-never-used"),
        |at| t!(lang, "oauth-last-used", at = time::date_time(lang, at)),
    );
    let shown = (!identity.shown.is_empty()).then(|| format!("{} · ", identity.shown));
    let unlink = if is_last {
        view! { <p class="devices__hint">{t!(lang, "oauth-last-way-hint")}</p> }.into_any()
    } else {
        view! {
            <form method="post" action="/api/unlink_identity">
                <Hidden name="identity" value=identity.id.to_string()/>
                <Confirm label=t!(lang, "oauth-unlink") title=t!(lang, "oauth-unlink-sure", name = label.clone()) yes_label=t!(lang, "oauth-unlink-yes")/>
            </form>
        }
        .into_any()
    };
    view! {
        <li class="devices__row">
            <div>
                <p><strong>{label}</strong> " " <Badge tone=BadgeTone::Good label=t!(lang, "oauth-is-linked")/></p>
                <p class="devices__hint">{shown} {since} " · " {used}</p>
            </div>
            {unlink}
        </li>
    }
}

fn free_row(lang: Lang, label: &str, slug: &str) -> impl IntoView + use<> {
    let (label, slug) = (label.to_owned(), slug.to_owned());
    view! {
        <li class="devices__row">
            <div><p><strong>{label.clone()}</strong></p><p class="devices__hint">{t!(lang, "oauth-not-linked")}</p></div>
            <form method="post" action="/api/begin_oauth_link">
                <Hidden name="provider" value=slug/>
                <Submit label=t!(lang, "oauth-link", name = label) tone=Tone::Plain icon=IconName::Link/>
            </form>
        </li>
    }
}
