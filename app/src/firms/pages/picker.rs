//! The fields by which somebody names a firm: one line at first; when that is not plain, the firms that may be meant and
//! the fields of a new one. All of it works without scripts.

use leptos::prelude::*;

use super::{region_choices, region_name};
use crate::error::AppError;
use crate::firms::pick::{NEW, Offer, offer};
use crate::regions::RegionName;
use crate::request::Cx;
use crate::t;
use crate::ui::form::{FormState, Hidden, RadioField, SelectField, TextField};
use crate::ui::{Choice, OptText};

/// What the fields begin with.
#[derive(Debug, Clone, Default)]
pub struct Picker {
    /// The firm that stands there already.
    pub value: Option<String>,
    /// The county that a new firm most likely is of.
    pub region: Option<String>,
    /// Ask back at once for `value`: it was typed on the page before.
    pub ask: bool,
    pub optional: bool,
}

/// The fields `firm`, `firm_asked`, `firm_choice`, `firm_name`, `firm_code` and `firm_region`.
pub async fn firm_picker(cx: &Cx, form: &FormState, start: Picker) -> Result<AnyView, AppError> {
    let lang = cx.lang;
    let typed = form
        .value("firm")
        .map(ToOwned::to_owned)
        .or_else(|| start.value.clone())
        .unwrap_or_default();
    let is_unclear = form.error("firm_choice").is_some() || form.value("firm_choice").is_some() || (start.ask && form.is_clean());
    let asked = if is_unclear && !typed.trim().is_empty() {
        let offer = offer(&cx.app.db, &typed).await?;
        let regions = cx.regions().await?;
        Some(choices(cx, form, &typed, offer, &regions, start.region))
    } else {
        None
    };
    let field = view! {
        <TextField form=form name="firm" label=t!(lang, "firms-firm") hint=t!(lang, "firms-firm-hint") value=typed autocomplete="organization" maxlength="80" optional=start.optional/>
        {asked}
    };
    Ok(field.into_any())
}

fn choices(cx: &Cx, form: &FormState, typed: &str, offer: Offer, regions: &[RegionName], region: Option<String>) -> AnyView {
    let lang = cx.lang;
    let label = if offer.firms.is_empty() {
        t!(lang, "firms-none-like")
    } else {
        t!(lang, "firms-which")
    };
    let mut options: Vec<Choice> = Vec::new();
    for firm in &offer.firms {
        let place = region_name(lang, regions, &firm.region);
        let code = firm.credit_code.as_deref().unwrap_or_default();
        options.push(Choice::new(firm.id.to_string(), firm.name.clone()).with_hint(format!("{place} {code}")));
    }
    options.push(Choice::new(NEW, t!(lang, "firms-new")));
    let chosen: OptText = if offer.firms.is_empty() { NEW.into() } else { OptText::default() };
    let counties = region_choices(lang, regions, |_| true);
    view! {
        <Hidden name="firm_asked" value=typed/>
        <RadioField form=form name="firm_choice" label=label options=options value=chosen/>
        <fieldset class="card">
            <legend class="field__label">{t!(lang, "firms-new-legend")}</legend>
            <TextField form=form name="firm_name" label=t!(lang, "firms-name") hint=t!(lang, "firms-name-hint") value=offer.name maxlength="80"/>
            <TextField form=form name="firm_code" label=t!(lang, "firms-code") hint=t!(lang, "firms-code-hint") value=offer.code width="20" optional=true/>
            <SelectField form=form name="firm_region" label=t!(lang, "firms-county") options=counties value=region/>
        </fieldset>
    }
    .into_any()
}
