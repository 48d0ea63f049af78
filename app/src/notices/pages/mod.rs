//! The inbox, what one wants to be sent, the link that confirms an address, and the outbox for the city.

mod link;
mod outbox;
mod settings;

use axum::Router;
use leptos::prelude::*;

use super::store::{self, Notice};
use crate::accounts::pages::own_tabs;
use crate::error::AppError;
use crate::i18n::{Lang, say};
use crate::paging::Step;
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{Hidden, Submit};
use crate::ui::{Badge, BadgeTone, ButtonLink, EmptyState, IconName, PageHeader, Pager, Tone, time};

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/me/inbox", page(inbox))
        .route("/me/messages", page(settings::settings))
        .route("/email/{link}", page(link::confirm))
        .route("/city/outbox", page(outbox::outbox))
}

/// `/me/inbox`
async fn inbox(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let step = Step::of(&cx);
    let notices = store::inbox_page(&cx.app.db, actor.person, step).await?;
    let unread = store::unread(&cx.app.db, actor.person).await?;
    let title = t!(lang, "notices-title");
    let (newer, older) = notices.links(&cx, |notice| notice.id.to_string());
    let lead = if unread > 0 {
        t!(lang, "notices-unread", n = unread)
    } else {
        String::new()
    };
    let all = (unread > 0).then(|| {
        view! { <form method="post" action="/api/read_notices"><Submit label=t!(lang, "notices-read-all") tone=Tone::Plain icon=IconName::Check/></form> }
    });
    let list = if notices.rows.is_empty() {
        view! {
            <EmptyState title=t!(lang, "notices-none") text=t!(lang, "notices-none-text") icon=IconName::Bell>
                <ButtonLink href="/me" label=t!(lang, "error-own-page")/>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = notices.rows.into_iter().map(|notice| row(lang, notice)).collect_view();
        view! { <ul class="inbox">{rows}</ul> }.into_any()
    };
    let body = view! {
        <PageHeader title=title.clone() lead=lead>{all}</PageHeader>
        {own_tabs(&cx)}
        {list}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(title, body))
}

fn row(lang: Lang, notice: Notice) -> impl IntoView {
    let is_unread = notice.read_at.is_none();
    let class = if is_unread { "inbox__row inbox__row--unread" } else { "inbox__row" };
    let text = say(lang, &notice.text);
    let link = (!notice.link.is_empty()).then(|| view! { <a href=notice.link>{t!(lang, "notices-open")}</a> });
    let read = is_unread.then(|| {
        view! {
            <form method="post" action="/api/read_notices">
                <Hidden name="notice" value=notice.id.to_string()/>
                <Submit label=t!(lang, "notices-read") tone=Tone::Plain/>
            </form>
        }
    });
    view! {
        <li class=class>
            <div>
                {is_unread.then(|| view! { <Badge tone=BadgeTone::Info label=t!(lang, "notices-new")/> })}
                <p>{text}</p>
                <p class="inbox__when">{time::date_time(lang, notice.created_at)} " " {link}</p>
            </div>
            {read}
        </li>
    }
}
