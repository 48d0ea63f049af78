//! The desk's form of a firm.

use leptos::prelude::*;

use super::parts::{crumbs, facts};
use super::{category_choices, region_choices, scope, size_choices};
use crate::error::AppError;
use crate::firms::rules::{Category, Size};
use crate::firms::store::{self, Firm};
use crate::i18n::Lang;
use crate::ids::FirmId;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, FormState, Hidden, SelectField, Submit, TextArea, TextField};
use crate::ui::{Choice, Crumbs, Facts, Notice, NoticeTone, PageHeader};

/// `/desk/firms/new`
pub async fn new(cx: Cx) -> Result<Page, AppError> {
    scope(&cx)?;
    let title = t!(cx.lang, "firms-enter");
    let back = crumbs(cx.lang, None);
    form_page(&cx, title, back, None).await
}

/// `/desk/firms/{id}/edit`
pub async fn edit(cx: Cx) -> Result<Page, AppError> {
    let firm = store::visible(&cx.app.db, &scope(&cx)?, cx.param::<FirmId>("id")?).await?;
    let title = t!(cx.lang, "firms-edit");
    let back = crumbs(cx.lang, Some(&firm));
    form_page(&cx, title, back, Some(firm)).await
}

async fn form_page(cx: &Cx, title: String, back: Vec<(String, String)>, firm: Option<Firm>) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let form = cx.form("save-firm");
    let regions = cx.regions().await?;
    let choices = region_choices(lang, &regions, |region| actor.coordinates(region));
    let conflict = firm.as_ref().and_then(|firm| conflict(lang, &form, &regions, firm));
    let body = view! {
        <Crumbs items=back/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone()/>
        {conflict}
        <form method="post" action="/api/save_firm" class="narrow">{firm_fields(lang, &form, choices, firm)}</form>
    };
    Ok(Page::new(title, body))
}

/// What stands in the database now, when the form was made from something older.
pub fn conflict(lang: Lang, form: &FormState, regions: &[RegionName], firm: &Firm) -> Option<impl IntoView + use<>> {
    let stale = form.value("version").is_some_and(|typed| typed != firm.version.to_string());
    stale.then(|| {
        let now = facts(lang, regions, firm);
        view! {
            <Notice tone=NoticeTone::Warning title=t!(lang, "firms-conflict-title")>
                <p>{t!(lang, "firms-conflict-text")}</p>
                <Facts items=now/>
            </Notice>
        }
    })
}

/// Choices with one before them for what nobody knows yet.
pub fn with_unknown(lang: Lang, choices: Vec<Choice>) -> Vec<Choice> {
    std::iter::once(Choice::new("", t!(lang, "firms-unknown"))).chain(choices).collect()
}

fn firm_fields(lang: Lang, form: &FormState, regions: Vec<Choice>, firm: Option<Firm>) -> impl IntoView + use<> {
    let id = firm.as_ref().map(|firm| firm.id.to_string()).unwrap_or_default();
    let version = firm.as_ref().map_or(0, |firm| firm.version);
    let of = |take: fn(&Firm) -> Option<String>| firm.as_ref().and_then(take);
    let categories = with_unknown(lang, category_choices(lang));
    let sizes = with_unknown(lang, size_choices(lang));
    let category = of(|firm| firm.category().map(Category::as_str).map(ToOwned::to_owned));
    let size = of(|firm| firm.size().map(Size::as_str).map(ToOwned::to_owned));
    view! {
        <Hidden name="firm" value=id/>
        <Hidden name="version" value=version.to_string()/>
        <TextField form=form name="name" label=t!(lang, "firms-name") hint=t!(lang, "firms-name-hint") value=of(|firm| Some(firm.name.clone())) maxlength="80"/>
        <TextField form=form name="code" label=t!(lang, "firms-code") hint=t!(lang, "firms-code-hint") value=of(|firm| firm.credit_code.clone()) width="20" optional=true/>
        <SelectField form=form name="region" label=t!(lang, "firms-county") options=regions value=of(|firm| Some(firm.region.to_string()))/>
        <SelectField form=form name="category" label=t!(lang, "firms-category") hint=t!(lang, "firms-category-hint") options=categories value=category optional=true/>
        <SelectField form=form name="size" label=t!(lang, "firms-size") hint=t!(lang, "firms-size-hint") options=sizes value=size optional=true/>
        <TextField form=form name="industry" label=t!(lang, "firms-industry") hint=t!(lang, "firms-industry-hint") value=of(|firm| firm.industry.clone()) maxlength="40" optional=true/>
        <TextArea form=form name="about" label=t!(lang, "firms-about") hint=t!(lang, "firms-about-hint") value=of(|firm| Some(firm.about.clone())) maxlength="500" optional=true/>
        <Submit label=t!(lang, "firms-save")/>
    }
}
