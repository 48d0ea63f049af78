//! Server functions of notices.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::rules::Channel,
    super::{forms, policy, store, token},
    crate::accounts::store::throttle::{self, Counter},
    crate::error::Problem,
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// Marks one message as read, or all of them.
#[server(endpoint = "read_notices")]
pub async fn read_notices(#[server(default)] notice: String) -> Result<(), AppError> {
    form_action("read-notices", async |cx| {
        let actor = cx.actor()?;
        let mut tx = cx.app.db.begin().await?;
        if notice.is_empty() {
            store::mark_read(&mut tx, cx.now, actor.person).await?;
        } else {
            let notice = notice.parse().map_err(|_| AppError::NotFound)?;
            store::mark_one_read(&mut tx, cx.now, actor.person, notice).await?;
        }
        tx.commit().await?;
        Ok(Done::back())
    })
    .await
}

/// Takes down one's own e-mail address, or mails the link once more.
#[server(endpoint = "set_email")]
pub async fn set_email(#[server(default)] address: String) -> Result<(), AppError> {
    form_action("set-email", async |cx| {
        let actor = cx.actor()?;
        if !cx.app.settings.channels.is_open(Channel::Email) {
            return Err(AppError::refused("notices-no-mail"));
        }
        let address = forms::address(&address)?;
        if store::confirmed_email(&cx.app.db, actor.person).await?.as_ref() == Some(&address) {
            return Err(AppError::field("address", "notices-address-same"));
        }
        // Nobody makes us write to strangers again and again, whatever accounts they have.
        let counters = [Counter::own_links(&cx.app, actor.person), Counter::links_to(&cx.app, &address)];
        throttle::count(&cx.app, cx.now, &counters).await?;
        let mut tx = cx.app.db.begin().await?;
        store::ask_email(&mut tx, &cx.app, cx.now, actor.person, &address).await?;
        tx.commit().await?;
        Ok(Done::to("/me/messages").saying(Problem::new("notices-link-sent").with("address", address)))
    })
    .await
}

/// Puts the address that a mailed link is about to use. Whoever has the link reads what is sent there; signing in is not
/// asked for, since mail is often read elsewhere.
#[server(endpoint = "confirm_email")]
pub async fn confirm_email(#[server(default)] link: String) -> Result<(), AppError> {
    form_action("confirm-email", async |cx| {
        let email = token::open(&cx.app, &link).ok_or_else(|| AppError::refused("notices-link-old"))?;
        let mut tx = cx.app.db.begin().await?;
        let confirmed = store::confirm_email(&mut tx, &cx.app, cx.now, email).await;
        confirmed.map_err(|error| match error {
            AppError::NotFound => AppError::refused("notices-link-old"),
            other => other,
        })?;
        tx.commit().await?;
        let to = if cx.actor.is_some() { "/me/messages" } else { "/" };
        Ok(Done::to(to).saying(Problem::new("notices-address-confirmed")))
    })
    .await
}

/// Takes one's own e-mail address away.
#[server(endpoint = "remove_email")]
pub async fn remove_email() -> Result<(), AppError> {
    form_action("remove-email", async |cx| {
        let actor = cx.actor()?;
        let mut tx = cx.app.db.begin().await?;
        store::remove_emails(&mut tx, &cx.app, cx.now, actor.person).await?;
        tx.commit().await?;
        Ok(Done::to("/me/messages").saying(Problem::new("notices-address-removed")))
    })
    .await
}

/// Keeps what one wants to be sent through a channel; what can't be switched off is sent in any case.
#[server(endpoint = "choose_messages")]
pub async fn choose_messages(#[server(default)] email: Vec<String>, #[server(default)] webhook: Vec<String>) -> Result<(), AppError> {
    form_action("choose-messages", async |cx| {
        let actor = cx.actor()?;
        let mut choices = Vec::new();
        for (channel, ticked) in [(Channel::Email, &email), (Channel::Webhook, &webhook)] {
            // A channel that is not set up was not on the form.
            if cx.app.settings.channels.is_open(channel) {
                choices.extend(forms::choices(channel, ticked));
            }
        }
        let mut tx = cx.app.db.begin().await?;
        store::keep_choices(&mut tx, actor.person, &choices).await?;
        tx.commit().await?;
        Ok(Done::to("/me/messages").saying(Problem::new("notices-choices-kept")))
    })
    .await
}

#[cfg(feature = "ssr")]
fn outbox_permit(cx: &Cx) -> Result<policy::OutboxPermit, AppError> {
    policy::outbox(cx.actor()?).ok_or(AppError::Forbidden)
}

/// Sends a message again that was given up.
#[server(endpoint = "send_message_again")]
pub async fn send_message_again(#[server(default)] message: String) -> Result<(), AppError> {
    form_action("send-message-again", async |cx| {
        let permit = outbox_permit(cx)?;
        let key = forms::outbox_key(&message)?;
        let mut tx = cx.app.db.begin().await?;
        store::send_again(&mut tx, &cx.app, cx.now, &permit, key).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("notices-outbox-again-done")))
    })
    .await
}

/// Sends every message again that was given up.
#[server(endpoint = "send_all_messages_again")]
pub async fn send_all_messages_again() -> Result<(), AppError> {
    form_action("send-all-messages-again", async |cx| {
        let permit = outbox_permit(cx)?;
        let mut tx = cx.app.db.begin().await?;
        let revived = store::send_all_again(&mut tx, &cx.app, cx.now, &permit).await?;
        tx.commit().await?;
        Ok(Done::to("/city/outbox").saying(Problem::new("notices-outbox-all-done").with("n", revived)))
    })
    .await
}

/// Discards a message that was given up.
#[server(endpoint = "discard_message")]
pub async fn discard_message(#[server(default)] message: String) -> Result<(), AppError> {
    form_action("discard-message", async |cx| {
        let permit = outbox_permit(cx)?;
        let key = forms::outbox_key(&message)?;
        let mut tx = cx.app.db.begin().await?;
        store::discard(&mut tx, &cx.app, cx.now, &permit, key).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("notices-outbox-discarded")))
    })
    .await
}
