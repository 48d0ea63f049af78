//! Where a mailed link leads. Opening it confirms nothing: mail programs open links to look for harm.

use leptos::prelude::*;

use crate::error::AppError;
use crate::notices::{store, token};
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{Hidden, Submit};
use crate::ui::{ButtonLink, IconName, PageHeader};

/// `/email/{link}`
pub(super) async fn confirm(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let link: String = cx.param("link")?;
    let old = || AppError::refused("notices-link-old");
    let email = token::open(&cx.app, &link).ok_or_else(old)?;
    let (email, name) = store::linked_email(&cx.app.db, cx.now, email).await?.ok_or_else(old)?;
    let title = t!(lang, "notices-confirm-title");
    if email.is_confirmed() {
        let body = view! {
            <PageHeader title=title.clone() lead=t!(lang, "notices-confirmed-already", address = email.address)/>
            <ButtonLink href="/me/messages" label=t!(lang, "accounts-messages")/>
        };
        return Ok(Page::new(title, body));
    }
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "notices-confirm-lead", name = name, address = email.address)/>
        <p>{t!(lang, "notices-confirm-not-you")}</p>
        <form method="post" action="/api/confirm_email">
            <Hidden name="link" value=link/>
            <Submit label=t!(lang, "notices-confirm-now") icon=IconName::Check/>
        </form>
    };
    Ok(Page::new(title, body))
}
