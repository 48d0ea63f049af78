//! The outbox: what waits, what was sent, and what could not be, with the reason.

use leptos::prelude::*;

use super::settings::topic_words;
use crate::accounts::rules::search_words;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::notices::policy;
use crate::notices::rules::{Channel, Fault, OutboxState, veiled};
use crate::notices::store::{self, OutboxRow};
use crate::paging::Step;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{Hidden, Submit};
use crate::ui::{Confirm, Crumbs, EmptyState, IconName, Notice, NoticeTone, PageHeader, Pager, SearchBox, Tab, TableWrap, Tabs, Tone, time};

/// `/city/outbox`
pub(super) async fn outbox(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let permit = policy::outbox(cx.actor()?).ok_or(AppError::Forbidden)?;
    let db = &cx.app.db;
    let (waiting, dead) = store::outbox_counts(db).await?;
    let state = shown(&cx, dead);
    let typed = cx.query("q").unwrap_or_default();
    let rows = store::outbox_page(db, &permit, state, &search_words(&typed), Step::of(&cx)).await?;
    let (newer, older) = rows.links(&cx, |row| row.key().to_string());
    let title = t!(lang, "notices-outbox");
    let all_again = (state == OutboxState::Dead && dead > 0).then(|| {
        view! {
            <form method="post" action="/api/send_all_messages_again">
                <Confirm label=t!(lang, "notices-outbox-all-again") title=t!(lang, "notices-outbox-all-again-sure", n = dead)
                    text=t!(lang, "notices-outbox-all-again-text") yes_label=t!(lang, "notices-outbox-all-again-yes") tone=Tone::Plain/>
            </form>
        }
    });
    let list = if rows.rows.is_empty() {
        let text = t!(lang, &format!("notices-outbox-none-{}", state.as_str()));
        view! { <EmptyState title=t!(lang, "notices-outbox-none") text=text icon=IconName::Bell/> }.into_any()
    } else {
        table(lang, state, rows.rows).into_any()
    };
    let body = view! {
        <Crumbs items=vec![("/city".to_owned(), t!(lang, "nav-city"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "notices-outbox-lead")/>
        {channels(&cx)}
        <SearchBox name="q" value=typed label=t!(lang, "notices-outbox-search") action="/city/outbox">
            <Hidden name="state" value=state.as_str()/>
        </SearchBox>
        {tabs(&cx, state, waiting, dead)}
        {all_again}
        {list}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(title, body))
}

/// The state asked for; at first what needs somebody, then what waits.
fn shown(cx: &Cx, dead: i64) -> OutboxState {
    let first = if dead > 0 { OutboxState::Dead } else { OutboxState::Waiting };
    cx.query("state").and_then(|word| word.parse().ok()).unwrap_or(first)
}

/// Which ways out are set up: an empty outbox may have a simple reason.
fn channels(cx: &Cx) -> impl IntoView + use<> {
    let lang = cx.lang;
    let closed = Channel::ALL.iter().filter(|channel| !cx.app.settings.channels.is_open(**channel));
    let lines = closed.map(|channel| view! { <p>{t!(lang, &format!("notices-closed-{}", channel.as_str()))}</p> });
    let lines: Vec<_> = lines.collect();
    (!lines.is_empty()).then(|| view! { <Notice tone=NoticeTone::Info>{lines}</Notice> })
}

fn tabs(cx: &Cx, state: OutboxState, waiting: i64, dead: i64) -> impl IntoView + use<> {
    let tab = |each: OutboxState, count: Option<i64>| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", each.as_str());
        if let Some(typed) = cx.query("q") {
            query.append_pair("q", &typed);
        }
        Tab {
            href: format!("/city/outbox?{}", query.finish()),
            label: t!(cx.lang, &format!("notices-outbox-{}", each.as_str())),
            current: each == state,
            count,
        }
    };
    let items = vec![
        tab(OutboxState::Dead, Some(dead)),
        tab(OutboxState::Waiting, Some(waiting)),
        tab(OutboxState::Sent, None),
        tab(OutboxState::Dropped, None),
    ];
    view! { <Tabs items=items label=t!(cx.lang, "notices-outbox-views")/> }
}

fn table(lang: Lang, state: OutboxState, rows: Vec<OutboxRow>) -> impl IntoView {
    let is_dead = state == OutboxState::Dead;
    let at = t!(lang, &format!("notices-outbox-at-{}", state.as_str()));
    let why = t!(lang, "notices-outbox-why");
    let act = t!(lang, "notices-outbox-act");
    let has_reason = state != OutboxState::Sent;
    let head = view! {
        <tr>
            <th scope="col">{t!(lang, "notices-outbox-person")}</th>
            <th scope="col">{t!(lang, "notices-outbox-topic")}</th>
            <th scope="col">{t!(lang, "notices-outbox-written")}</th>
            <th scope="col">{at.clone()}</th>
            {has_reason.then(|| view! { <th scope="col">{why.clone()}</th> })}
            {is_dead.then(|| view! { <th scope="col">{act.clone()}</th> })}
        </tr>
    };
    let rows = rows
        .into_iter()
        .map(|row| {
            let key = row.key();
            let moment = if state == OutboxState::Waiting { row.due_at } else { row.changed_at };
            let reason = has_reason.then(|| view! { <td data-label=why.clone()>{reason(lang, &row)}</td> });
            let actions = is_dead.then(|| {
                let hidden = key.to_string();
                view! { <td data-label=act.clone()>{actions(lang, hidden)}</td> }
            });
            let place = match key.channel {
                Channel::Email => row.address.as_deref().map(veiled),
                Channel::Webhook => None,
            };
            view! {
                <tr>
                    <th scope="row">
                        <a href=format!("/desk/people/{}", row.person_id)>{row.name.clone()}</a>
                        {place.map(|place| view! { <span class="outbox__small">{place}</span> })}
                    </th>
                    <td data-label=t!(lang, "notices-outbox-topic")>
                        {topic_words(lang, row.topic)} <span class="outbox__small">{channel_words(lang, key.channel)}</span>
                    </td>
                    <td data-label=t!(lang, "notices-outbox-written")>{time::short_date_time(lang, row.created_at)}</td>
                    <td data-label=at.clone()>{time::short_date_time(lang, moment)}</td>
                    {reason}
                    {actions}
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "notices-outbox")>
            <table class="table table--stack">
                <thead>{head}</thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

fn channel_words(lang: Lang, channel: Channel) -> String {
    t!(lang, &format!("notices-channel-{}", channel.as_str()))
}

/// Why the last attempt failed, with what the other side said, and how often it was tried.
fn reason(lang: Lang, row: &OutboxRow) -> impl IntoView + use<> {
    let said = row.detail.clone().filter(|detail| !detail.is_empty());
    let said = said.map(|said| view! { <span class="outbox__small">{said}</span> });
    let words = row.fault().map(|fault| fault_words(lang, fault)).unwrap_or_default();
    let tried = (row.attempts > 0).then(|| view! { <span class="outbox__small">{t!(lang, "notices-outbox-attempts", n = row.attempts)}</span> });
    view! { <div>{words} {said} {tried}</div> }
}

fn fault_words(lang: Lang, fault: Fault) -> String {
    t!(lang, &format!("notices-fault-{}", fault.as_str()))
}

fn actions(lang: Lang, key: String) -> impl IntoView {
    view! {
        <div class="outbox__actions">
            <form method="post" action="/api/send_message_again">
                <Hidden name="message" value=key.clone()/>
                <Submit label=t!(lang, "notices-outbox-again") tone=Tone::Plain/>
            </form>
            <form method="post" action="/api/discard_message">
                <Hidden name="message" value=key/>
                <Confirm label=t!(lang, "notices-outbox-discard") title=t!(lang, "notices-outbox-discard-sure") yes_label=t!(lang, "notices-outbox-discard-yes")/>
            </form>
        </div>
    }
}
