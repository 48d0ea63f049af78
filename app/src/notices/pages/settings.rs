//! What one is sent, and where.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::accounts::pages::own_tabs;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::notices::rules::{Channel, Topic};
use crate::notices::store::{self, Email};
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{CheckboxField, ErrorSummary, Hidden, Submit, TextField};
use crate::ui::{Badge, BadgeTone, Choice, Confirm, EmptyState, IconName, Notice, NoticeTone, PageHeader, Tone, time};

/// `/me/messages`
pub(super) async fn settings(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let form = cx.form("set-email");
    let channels = &cx.app.settings.channels;
    let title = t!(lang, "accounts-messages");
    let emails = store::emails(&cx.app.db, actor.person).await?;
    let unwanted = store::unwanted(&cx.app.db, actor.person).await?;
    let mail = channels.is_open(Channel::Email);
    let address = (mail || !emails.is_empty()).then(|| {
        let rows = emails.iter().map(|email| address_row(&cx, email, mail)).collect_view();
        let remove = (!emails.is_empty()).then(|| remove_form(lang));
        let ask = mail.then(|| {
            view! {
                <form method="post" action="/api/set_email" class="narrow">
                    <TextField form=&form name="address" kind="email" label=t!(lang, if emails.is_empty() { "notices-address" } else { "notices-other-address" })
                        hint=t!(lang, "notices-address-hint") autocomplete="email" maxlength="100"/>
                    <Submit label=t!(lang, "notices-send-link")/>
                </form>
            }
        });
        view! {
            <section class="stack" aria-labelledby="email">
                <h2 id="email">{t!(lang, "notices-email")}</h2>
                {rows}
                {ask}
                {remove}
            </section>
        }
    });
    let choices = choices(&cx, mail && emails.iter().any(Email::is_confirmed), &unwanted);
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() lead=t!(lang, "notices-settings-lead")/>
        {own_tabs(&cx)}
        {address}
        {choices}
    };
    Ok(Page::new(title, body))
}

fn address_row(cx: &Cx, email: &Email, mail: bool) -> impl IntoView + use<> {
    let lang = cx.lang;
    if email.is_confirmed() {
        return view! { <p><strong>{email.address.clone()}</strong> " " <Badge tone=BadgeTone::Good label=t!(lang, "notices-address-good")/></p> }
            .into_any();
    }
    let text = if email.expires_at > cx.now {
        t!(lang, "notices-address-waits", until = time::date_time(lang, email.expires_at))
    } else {
        t!(lang, "notices-address-late")
    };
    let again = mail.then(|| {
        view! {
            <form method="post" action="/api/set_email">
                <Hidden name="address" value=email.address.clone()/>
                <Submit label=t!(lang, "notices-send-link-again") tone=Tone::Plain/>
            </form>
        }
    });
    view! {
        <Notice tone=NoticeTone::Info title=t!(lang, "notices-address-waits-title", address = email.address.clone())>
            <p>{text}</p>
            {again}
        </Notice>
    }
    .into_any()
}

fn remove_form(lang: Lang) -> impl IntoView {
    view! {
        <form method="post" action="/api/remove_email">
            <Confirm label=t!(lang, "notices-remove-address") title=t!(lang, "notices-remove-address-sure") yes_label=t!(lang, "notices-remove-address-yes")/>
        </form>
    }
}

/// One group of ticks for each channel that reaches this person.
fn choices(cx: &Cx, has_mail: bool, unwanted: &BTreeSet<(Topic, Channel)>) -> AnyView {
    let lang = cx.lang;
    let form = cx.form("choose-messages");
    let channels = &cx.app.settings.channels;
    if !channels.is_open(Channel::Email) && !channels.is_open(Channel::Webhook) {
        return view! { <EmptyState title=t!(lang, "notices-no-channel") text=t!(lang, "notices-no-channel-text") icon=IconName::Bell/> }.into_any();
    }
    let group = |channel: Channel, label: String| {
        let free = Topic::ALL.iter().copied().filter(|topic| topic.is_free());
        let options = free.clone().map(|topic| Choice::new(topic.as_str(), topic_words(lang, topic)));
        let wanted = free.filter(|topic| !unwanted.contains(&(*topic, channel)));
        view! {
            <CheckboxField form=&form name=format!("{}[]", channel.as_str()) label=label options=options.collect()
                values=wanted.map(|topic| topic.as_str().to_owned()).collect()/>
        }
    };
    let email = channels.is_open(Channel::Email).then(|| {
        let hint = (!has_mail).then(|| view! { <p class="muted">{t!(lang, "notices-by-email-later")}</p> });
        view! { {group(Channel::Email, t!(lang, "notices-by-email"))} {hint} }
    });
    let webhook = channels
        .is_open(Channel::Webhook)
        .then(|| group(Channel::Webhook, t!(lang, "notices-by-webhook")));
    let always = Topic::ALL.iter().copied().filter(|topic| !topic.is_free());
    let always = always.map(|topic| view! { <li>{topic_words(lang, topic)}</li> }).collect_view();
    view! {
        <section class="stack" aria-labelledby="choices">
            <h2 id="choices">{t!(lang, "notices-choices")}</h2>
            <p>{t!(lang, "notices-inbox-always")}</p>
            <form method="post" action="/api/choose_messages" class="stack">
                {email}
                {webhook}
                <div>
                    <p>{t!(lang, "notices-always")}</p>
                    <ul>{always}</ul>
                </div>
                <div class="actions"><Submit label=t!(lang, "notices-keep-choices")/></div>
            </form>
        </section>
    }
    .into_any()
}

/// A topic as it is called.
pub(super) fn topic_words(lang: Lang, topic: Topic) -> String {
    t!(lang, &format!("notices-topic-{}", topic.as_str()))
}
