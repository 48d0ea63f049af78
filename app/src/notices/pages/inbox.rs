//! What a person was told, the newest first. Where scripts run, new messages appear by themselves.

use axum::Extension;
use axum::http::Uri;
use axum::response::Response;
use leptos::prelude::*;

use crate::accounts::pages::own_tabs;
use crate::error::AppError;
use crate::i18n::{Lang, say};
use crate::ids::NoticeId;
use crate::live::{Followed, LivePage, Part, follow};
use crate::notices::store::{self, InboxVersion, Notice};
use crate::paging::Step;
use crate::request::Cx;
use crate::respond::refusal;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{Hidden, Submit};
use crate::ui::layout::{inbox_label, unread_dot};
use crate::ui::{Badge, BadgeTone, ButtonLink, EmptyState, IconName, PageHeader, Pager, Tone, time};

const INBOX: &str = "/me/inbox";

/// `/me/inbox`
pub(super) async fn inbox(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let step = Step::of(&cx);
    // Messages older than these do not change by themselves.
    let live = matches!(step, Step::First).then_some("/me/inbox/live");
    let unread = store::unread(&cx.app.db, cx.actor()?.person).await?;
    let list = list(&cx, step).await?;
    let title = t!(lang, "notices-title");
    let body = view! {
        <PageHeader title=title.clone()/>
        {own_tabs(&cx)}
        <div data-live=live>
            <p id="live-lost" class="muted" hidden=true>{t!(lang, "notices-live-lost")}</p>
            <p id="inbox-unread" class="inbox__unread" aria-live="polite">{unread_words(lang, unread)}</p>
            <div id="inbox-all">{read_all(lang, unread)}</div>
            <div id="inbox">{list}</div>
            {live.map(|_| view! { <LivePage/> })}
        </div>
    };
    let page = Page::new(title, body);
    Ok(if live.is_some() { page.interactive() } else { page })
}

/// `GET /me/inbox/live`
pub(super) async fn live(Extension(cx): Extension<Cx>) -> Response {
    if let Err(error) = cx.actor() {
        return refusal(&cx, &error);
    }
    // Its links lead on from the page.
    let uri = Uri::from_static(INBOX);
    follow(Cx { uri, ..cx }, Inbox)
}

/// The reader's own messages, and the marks of them in the header.
struct Inbox;

impl Followed for Inbox {
    type Version = InboxVersion;

    async fn renew(&mut self, _: &Cx) -> Result<(), AppError> {
        // It is one's own whatever one's roles are.
        Ok(())
    }

    async fn version(&self, cx: &Cx) -> Result<InboxVersion, AppError> {
        store::inbox_version(&cx.app.db, cx.actor()?.person).await
    }

    async fn parts(&self, cx: &Cx) -> Result<Vec<Part>, AppError> {
        let lang = cx.lang;
        let unread = store::unread(&cx.app.db, cx.actor()?.person).await?;
        let list = list(cx, Step::First).await?;
        Ok(vec![
            Part::new("inbox", || {
                provide_context(cx.clone());
                list
            }),
            Part::new("inbox-all", || read_all(lang, unread)),
            Part::new("inbox-unread", || unread_words(lang, unread)),
            Part::new("unread-dot", || unread_dot(lang, unread)),
            Part::new("unread-count", || inbox_label(lang, unread)),
        ])
    }
}

fn unread_words(lang: Lang, unread: i64) -> Option<String> {
    (unread > 0).then(|| t!(lang, "notices-unread", n = unread))
}

fn read_all(lang: Lang, unread: i64) -> Option<impl IntoView> {
    (unread > 0).then(|| {
        view! { <form method="post" action="/api/read_notices"><Submit label=t!(lang, "notices-read-all") tone=Tone::Plain icon=IconName::Check/></form> }
    })
}

async fn list(cx: &Cx, step: Step<NoticeId>) -> Result<impl IntoView + use<>, AppError> {
    let lang = cx.lang;
    let notices = store::inbox_page(&cx.app.db, cx.actor()?.person, step).await?;
    let (newer, older) = notices.links(cx, |notice| notice.id.to_string());
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
    Ok(view! {
        {list}
        <Pager newer=newer older=older/>
    })
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
