//! Registering, and one's own details.

use leptos::prelude::*;

use crate::accounts::pages::{own_tabs, with_next};
use crate::accounts::rules::local_path;
use crate::accounts::store::person;
use crate::error::AppError;
use crate::firms::pages::{Picker, firm_picker, region_choices, region_name};
use crate::i18n::Lang;
use crate::notices::confirmed_email;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, Hidden, SelectField, Submit, TextField};
use crate::ui::{ButtonLink, Choice, Facts, Notice, NoticeTone, PageHeader, Tone};

/// `/register`
pub async fn register(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let title = t!(lang, "people-register");
    let next = cx.query("next").unwrap_or_default();
    if let Some(actor) = &cx.actor {
        let on = local_path(&next).unwrap_or("/me").to_owned();
        let body = view! {
            <PageHeader title=title.clone() lead=t!(lang, "accounts-signed-in-already", name = actor.name.clone())/>
            <ButtonLink href=on label=t!(lang, "accounts-go-on") tone=Tone::Main/>
        };
        return Ok(Page::new(title, body));
    }
    let form = cx.form("register");
    let regions = cx.regions().await?;
    let counties = county_choices(lang, &regions);
    let sign_in = with_next("/sign-in", &next);
    let is_registered = form.error("phone") == Some(t!(lang, "people-phone-registered").as_str());
    let here = sign_in.clone();
    let known = is_registered.then(|| {
        view! {
            <Notice tone=NoticeTone::Info title=t!(lang, "people-phone-registered")>
                <p><a href=here>{t!(lang, "people-to-sign-in")}</a></p>
                <p>{t!(lang, "people-phone-registered-help")}</p>
            </Notice>
        }
    });
    let body = view! {
        <ErrorSummary form=form.clone()/>
        {known}
        <PageHeader title=title.clone() lead=t!(lang, "people-register-lead")/>
        <form method="post" action="/api/register" class="narrow">
            <Hidden name="next" value=next/>
            <TextField form=&form name="name" label=t!(lang, "people-name") autocomplete="name" maxlength="40"/>
            <TextField form=&form name="phone" kind="tel" label=t!(lang, "people-phone") hint=t!(lang, "people-phone-hint") autocomplete="tel" width="20"/>
            <SelectField form=&form name="region" label=t!(lang, "people-county") hint=t!(lang, "people-county-hint") options=counties/>
            <TextField form=&form name="firm" label=t!(lang, "firms-firm") hint=t!(lang, "firms-firm-hint") autocomplete="organization" maxlength="80"/>
            <TextField form=&form name="position" label=t!(lang, "people-position") hint=t!(lang, "people-position-hint") autocomplete="organization-title" maxlength="60" optional=true/>
            <TextField form=&form name="password" kind="password" label=t!(lang, "people-password") hint=t!(lang, "accounts-new-password-hint") autocomplete="new-password"/>
            <TextField form=&form name="repeat_password" kind="password" label=t!(lang, "people-repeat-password") autocomplete="new-password"/>
            <Submit label=t!(lang, "people-register-now")/>
        </form>
        <p>{t!(lang, "people-have-account")} " " <a href=sign_in>{t!(lang, "accounts-sign-in")}</a></p>
    };
    Ok(Page::new(title, body))
}

/// The counties and the city's own districts, to choose where one's firm is.
pub fn county_choices(lang: Lang, regions: &[RegionName]) -> Vec<Choice> {
    let mut counties = vec![Choice::new("", t!(lang, "people-choose-county"))];
    counties.extend(region_choices(lang, regions, |region| !region.is_city()));
    counties.extend(
        regions
            .iter()
            .filter(|known| known.region.is_city())
            .map(|city| Choice::new(city.region.as_str(), t!(lang, "people-city-districts", name = city.name(lang).to_owned()))),
    );
    counties
}

/// `/me/firm`
pub async fn firm(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let form = cx.form("choose-firm");
    let title = t!(lang, "people-choose-firm");
    let typed = cx.query("firm");
    let next = cx.query("next").unwrap_or_default();
    let start = Picker {
        ask: typed.is_some(),
        value: typed,
        region: Some(actor.region.to_string()),
        optional: false,
    };
    let picker = firm_picker(&cx, &form, start).await?;
    let later = local_path(&next).unwrap_or("/me/profile").to_owned();
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() lead=t!(lang, "people-choose-firm-lead")/>
        <form method="post" action="/api/choose_firm" class="narrow">
            <Hidden name="next" value=next/>
            {picker}
            <div class="actions">
                <Submit label=t!(lang, "people-keep-firm")/>
                <ButtonLink href=later label=t!(lang, "people-firm-later")/>
            </div>
        </form>
    };
    Ok(Page::new(title, body))
}

/// `/me/profile`
pub async fn profile(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let form = cx.form("save-profile");
    let own = person(&cx.app.db, actor.person).await?;
    let regions = cx.regions().await?;
    let email = confirmed_email(&cx.app.db, actor.person).await?;
    let title = t!(lang, "ui-profile");
    let facts = vec![
        (t!(lang, "people-county"), region_name(lang, &regions, &own.region)),
        (t!(lang, "firms-firm"), own.firm_name.clone().unwrap_or_else(|| t!(lang, "firms-unknown"))),
        (t!(lang, "people-email"), email.unwrap_or_else(|| t!(lang, "people-no-email"))),
    ];
    let ways = (!cx.app.settings.oauth.is_empty()).then(|| view! { <p><a href="/me/linked">{t!(lang, "people-link-accounts")}</a></p> });
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone()/>
        {own_tabs(&cx)}
        <Facts items=facts/>
        <p><a href="/me/messages">{t!(lang, "people-change-email")}</a> " · " <a href="/me/firm">{t!(lang, "people-change-firm")}</a> " · " {t!(lang, "people-county-by-desk")}</p>
        {ways}
        <form method="post" action="/api/save_profile" class="narrow">
            <TextField form=&form name="name" label=t!(lang, "people-name") value=own.name autocomplete="name" maxlength="40"/>
            <TextField form=&form name="position" label=t!(lang, "people-position") value=own.position autocomplete="organization-title" maxlength="60" optional=true/>
            <TextField form=&form name="phone" kind="tel" label=t!(lang, "people-phone") value=own.phone autocomplete="tel" width="20"/>
            <TextField form=&form name="old_password" kind="password" label=t!(lang, "accounts-old-password") hint=t!(lang, "people-password-for-phone-hint") autocomplete="current-password" optional=true/>
            <Submit label=t!(lang, "people-save")/>
        </form>
    };
    Ok(Page::new(title, body))
}
