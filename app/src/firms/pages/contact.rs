//! The form of a firm's contact, for the desk and for the firm's own.

use leptos::prelude::*;

use crate::error::AppError;
use crate::firms::functions::keeping;
use crate::firms::policy::{self, ProfilePermit};
use crate::firms::store::{self, Contact, Firm};
use crate::ids::{ContactId, FirmId};
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, Hidden, Submit, TextField, Tick};
use crate::ui::{Confirm, Crumbs, PageHeader};

/// `/desk/firms/{id}/contacts/new`
pub async fn new(cx: Cx) -> Result<Page, AppError> {
    let (permit, firm) = open(&cx).await?;
    Ok(form_page(&cx, &permit, &firm, None))
}

/// `/desk/firms/{id}/contacts/{contact}`
pub async fn edit(cx: Cx) -> Result<Page, AppError> {
    let (permit, firm) = open(&cx).await?;
    let contact = store::contact(&cx.app.db, &permit, cx.param::<ContactId>("contact")?).await?;
    Ok(form_page(&cx, &permit, &firm, Some(contact)))
}

async fn open(cx: &Cx) -> Result<(ProfilePermit, Firm), AppError> {
    let permit = keeping(cx, cx.param::<FirmId>("id")?).await?;
    let firm = store::own(&cx.app.db, &permit).await?;
    Ok((permit, firm))
}

fn form_page(cx: &Cx, permit: &ProfilePermit, firm: &Firm, contact: Option<Contact>) -> Page {
    let lang = cx.lang;
    let form = cx.form("firm-contact");
    let title = if contact.is_some() {
        t!(lang, "firms-contact-edit")
    } else {
        t!(lang, "firms-contact-add")
    };
    let is_own = cx.actor.as_ref().is_some_and(|actor| policy::own_firms(actor).contains(permit));
    let back = if is_own {
        vec![(format!("/firm/profile?firm={}", firm.id), firm.name.clone())]
    } else {
        super::crumbs(lang, Some(firm))
    };
    let of = |take: fn(&Contact) -> String| contact.as_ref().map(take);
    let id = of(|contact| contact.id.to_string()).unwrap_or_default();
    let removal = contact.as_ref().map(|contact| removal(cx, firm, contact));
    let is_main = contact.as_ref().is_some_and(|contact| contact.is_main);
    // The main contact stays so until another is made it.
    let main = (!is_main).then(
        || view! { <Tick form=form.clone() name="is_main" label=t!(lang, "firms-contact-make-main") hint=t!(lang, "firms-contact-main-hint")/> },
    );
    let body = view! {
        <Crumbs items=back/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() caption=firm.name.clone()/>
        <form method="post" action="/api/save_firm_contact" class="narrow">
            <Hidden name="firm" value=firm.id.to_string()/>
            <Hidden name="contact" value=id/>
            <TextField form=form.clone() name="name" label=t!(lang, "firms-person") value=of(|contact| contact.name.clone()) maxlength="40"/>
            <TextField form=form.clone() name="position" label=t!(lang, "firms-position") hint=t!(lang, "firms-contact-position-hint") value=of(|contact| contact.position.clone()) maxlength="60" optional=true/>
            <TextField form=form.clone() name="phone" kind="tel" label=t!(lang, "firms-contact-phone") hint=t!(lang, "firms-contact-phone-hint") value=of(|contact| contact.phone.clone()) width="20"/>
            <TextField form=form.clone() name="email" label=t!(lang, "firms-contact-email") value=of(|contact| contact.email.clone().unwrap_or_default()) inputmode="email" maxlength="100" optional=true/>
            {main}
            <Submit label=t!(lang, "firms-save")/>
        </form>
        {removal}
    };
    Page::new(title, body)
}

fn removal(cx: &Cx, firm: &Firm, contact: &Contact) -> impl IntoView + use<> {
    let lang = cx.lang;
    view! {
        <form method="post" action="/api/remove_firm_contact">
            <Hidden name="firm" value=firm.id.to_string()/>
            <Hidden name="contact" value=contact.id.to_string()/>
            <Confirm
                label=t!(lang, "firms-contact-remove")
                title=t!(lang, "firms-contact-remove-title", name = contact.name.clone())
                text=t!(lang, "firms-contact-remove-text")
                yes_label=t!(lang, "firms-contact-remove")
            />
        </form>
    }
}
