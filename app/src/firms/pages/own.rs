//! The profile of one's own firm, for its contact.

use leptos::prelude::*;

use super::edit::{conflict, with_unknown};
use super::parts::{contacts_section, facts, wanting};
use super::size_choices;
use crate::error::AppError;
use crate::firms::policy::{self, ProfilePermit};
use crate::firms::rules::Size;
use crate::firms::store::{self, Firm};
use crate::ids::FirmId;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, FormState, Hidden, SelectField, Submit, TextArea, TextField};
use crate::ui::{Facts, PageHeader, Tab, Tabs};

/// `/firm/profile`, `?firm=` choosing among several.
pub async fn profile(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let permits = policy::own_firms(cx.actor()?);
    let permit = chosen(&cx, &permits)?;
    let firm = store::own(db, &permit).await?;
    let profile = store::profile(db, firm.id).await?;
    let contacts = store::contacts(db, firm.id).await?;
    let sign_ins = store::sign_ins(db, firm.id).await?;
    let regions = cx.regions().await?;
    let form = cx.form("firm-profile");
    let title = t!(lang, "firms-own-title");
    let fixed: Vec<(String, String)> = facts(lang, &regions, &firm).into_iter().take(3).collect();
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() caption=firm.name.clone() lead=t!(lang, "firms-own-lead")/>
        {tabs(&cx, &permits, &permit).await?}
        {conflict(lang, &form, &regions, &firm)}
        {wanting(lang, &profile, false)}
        <section class="stack">
            <h2>{t!(lang, "firms-own-fixed")}</h2>
            <Facts items=fixed/>
            <p class="small muted">{t!(lang, "firms-own-fixed-hint")}</p>
        </section>
        {fields(&cx, &form, &firm)}
        {contacts_section(lang, &firm, contacts, sign_ins, true)}
    };
    Ok(Page::new(title, body))
}

/// The firm that the address names, or the only one; a foreign firm is none.
fn chosen(cx: &Cx, permits: &[ProfilePermit]) -> Result<ProfilePermit, AppError> {
    let first = permits.first().copied().ok_or(AppError::Forbidden)?;
    let Some(asked) = cx.query("firm") else { return Ok(first) };
    let asked: FirmId = asked.parse().map_err(|_| AppError::NotFound)?;
    permits.iter().copied().find(|permit| permit.firm() == asked).ok_or(AppError::NotFound)
}

/// The firms of a contact of several.
async fn tabs(cx: &Cx, permits: &[ProfilePermit], current: &ProfilePermit) -> Result<Option<impl IntoView + use<>>, AppError> {
    if permits.len() < 2 {
        return Ok(None);
    }
    let mut items = Vec::new();
    // One round for each firm that the person is a contact of: a few at most.
    for permit in permits {
        let firm = store::own(&cx.app.db, permit).await?;
        items.push(Tab {
            href: format!("/firm/profile?firm={}", firm.id),
            label: firm.name,
            current: permit == current,
            count: None,
        });
    }
    Ok(Some(view! { <Tabs items=items label=t!(cx.lang, "firms-title")/> }))
}

fn fields(cx: &Cx, form: &FormState, firm: &Firm) -> impl IntoView + use<> {
    let lang = cx.lang;
    let sizes = with_unknown(lang, size_choices(lang));
    view! {
        <section class="stack">
            <h2>{t!(lang, "firms-own-yours")}</h2>
            <form method="post" action="/api/save_firm_profile" class="narrow">
                <Hidden name="firm" value=firm.id.to_string()/>
                <Hidden name="version" value=firm.version.to_string()/>
                <SelectField form=form name="size" label=t!(lang, "firms-size") hint=t!(lang, "firms-size-hint") options=sizes value=firm.size().map(Size::as_str)/>
                <TextField form=form name="industry" label=t!(lang, "firms-industry") hint=t!(lang, "firms-industry-hint") value=firm.industry.clone() maxlength="40"/>
                <TextArea form=form name="about" label=t!(lang, "firms-about") hint=t!(lang, "firms-about-hint") value=firm.about.clone() maxlength="500" optional=true/>
                <Submit label=t!(lang, "firms-save")/>
            </form>
        </section>
    }
}
