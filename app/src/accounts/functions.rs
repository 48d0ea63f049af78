//! Server functions of accounts.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::known::Known,
    super::rules::local_path,
    super::store::throttle::{self, Counter},
    super::{forms, passwords, store},
    crate::db::Tx,
    crate::error::Problem,
    crate::i18n::Lang,
    crate::ids::PersonId,
    crate::request::{Cx, Theme},
    crate::respond::{Done, form_action, set_cookie},
};

/// Signs in with a phone number or user name and goes on to `next`.
#[server(endpoint = "sign_in")]
pub async fn sign_in(#[server(default)] login: String, #[server(default)] password: String, #[server(default)] next: String) -> Result<(), AppError> {
    form_action("sign-in", async |cx| {
        let attempt = forms::sign_in(&login, password)?;
        let account = store::credentials(&cx.app.db, &attempt.login).await?;
        let known = Known::of_request(&cx.app);
        let browser = account.as_ref().and_then(|account| known.browser_of(&cx.app, account.id));
        let counters = match browser {
            Some(browser) => vec![Counter::known_browser(&cx.app, &attempt.login, browser)],
            None => vec![
                Counter::account_here(&cx.app, &attempt.login, &cx.network),
                Counter::network(&cx.app, &cx.network),
            ],
        };
        throttle::count(&cx.app, cx.now, &counters).await?;
        let hash = account.as_ref().and_then(|account| account.password_hash.clone());
        let fits = passwords::verify(attempt.password, hash).await?;
        let wrong = || AppError::field("password", "accounts-sign-in-wrong");
        let account = account.filter(|_| fits).ok_or_else(wrong)?;
        let mut tx = cx.app.db.begin().await?;
        if !store::is_still_the_password(&mut tx, &account).await? {
            return Err(wrong());
        }
        throttle::forgive(&mut tx, &counters).await?;
        begin(cx, &mut tx, account.id).await?;
        tx.commit().await?;
        known.remember(cx, account.id);
        Ok(Done::to(local_path(&next).unwrap_or("/me")))
    })
    .await
}

/// Begins a sign-in in this browser, in place of the one it has.
#[cfg(feature = "ssr")]
pub(crate) async fn begin(cx: &Cx, tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    if let Some(actor) = &cx.actor {
        store::end_sign_in(tx, actor.sign_in).await?;
    }
    let token = store::begin_sign_in(&cx.app, tx, cx.now, person, &cx.user_agent).await?;
    store::note_signed_in(tx, &cx.app, cx.now, person).await?;
    set_cookie(cx, "sign_in", &token, store::SIGN_IN_DAYS);
    Ok(())
}

/// Chooses a new password. The old one is asked for, unless it was given out for one use and has just been used, or there
/// is none: the person came through another site.
#[server(endpoint = "change_password")]
pub async fn change_password(
    #[server(default)] old_password: String,
    #[server(default)] new_password: String,
    #[server(default)] repeat_password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    form_action("change-password", async |cx| {
        let actor = cx.actor()?;
        let account = store::own_credentials(&cx.app.db, actor.person).await?;
        let is_free = actor.must_change_password || account.password_hash.is_none();
        let chosen = forms::change_password(&account, is_free, &old_password, new_password, &repeat_password)?;
        if !is_free {
            let counters = [Counter::own_password(&cx.app, actor.person)];
            throttle::count(&cx.app, cx.now, &counters).await?;
            if !passwords::verify(old_password, account.password_hash.clone()).await? {
                return Err(AppError::field("old_password", "accounts-old-password-wrong"));
            }
        } else if passwords::verify(chosen.clone(), account.password_hash.clone()).await? {
            return Err(AppError::field("new_password", "accounts-password-same"));
        }
        let hash = passwords::hash(chosen).await?;
        let mut tx = cx.app.db.begin().await?;
        store::keep_own_password(&mut tx, &cx.app, cx.now, actor, hash).await?;
        throttle::forgive(&mut tx, &[Counter::own_password(&cx.app, actor.person)]).await?;
        tx.commit().await?;
        Ok(Done::to(local_path(&next).unwrap_or("/me")).saying(Problem::new("accounts-password-changed")))
    })
    .await
}

/// Signs out one of one's own devices.
#[server(endpoint = "end_sign_in")]
pub async fn end_sign_in(#[server(default)] sign_in: String) -> Result<(), AppError> {
    form_action("end-sign-in", async |cx| {
        let actor = cx.actor()?;
        let sign_in = sign_in.parse().map_err(|_| AppError::NotFound)?;
        let mut tx = cx.app.db.begin().await?;
        store::end_own_sign_in(&mut tx, actor, sign_in).await?;
        tx.commit().await?;
        Ok(Done::to("/me/devices").saying(Problem::new("accounts-device-ended")))
    })
    .await
}

/// Signs out every device but this one.
#[server(endpoint = "end_other_sign_ins")]
pub async fn end_other_sign_ins() -> Result<(), AppError> {
    form_action("end-other-sign-ins", async |cx| {
        let actor = cx.actor()?;
        let mut tx = cx.app.db.begin().await?;
        let ended = store::end_other_sign_ins(&mut tx, actor).await?;
        tx.commit().await?;
        Ok(Done::to("/me/devices").saying(Problem::new("accounts-devices-ended").with("n", ended)))
    })
    .await
}

/// Signs out on this device.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    form_action("sign-out", async |cx| {
        if let Some(actor) = &cx.actor {
            let mut tx = cx.app.db.begin().await?;
            store::end_sign_in(&mut tx, actor.sign_in).await?;
            tx.commit().await?;
        }
        set_cookie(cx, "sign_in", "", 0);
        Ok(Done::to("/"))
    })
    .await
}

/// Chooses the language, for this browser and for the person.
#[server(endpoint = "set_language")]
pub async fn set_language(#[server(default)] lang: String) -> Result<(), AppError> {
    form_action("set-language", async |cx| {
        let lang = Lang::parse(&lang).ok_or(AppError::NotFound)?;
        set_cookie(cx, "lang", lang.as_str(), 400);
        if let Some(actor) = &cx.actor {
            let mut tx = cx.app.db.begin().await?;
            store::keep_choice(&mut tx, actor.person, Some(lang.as_str()), None).await?;
            tx.commit().await?;
        }
        Ok(Done::back())
    })
    .await
}

/// Chooses light or dark colours; anything else follows the device again.
#[server(endpoint = "set_theme")]
pub async fn set_theme(#[server(default)] theme: String) -> Result<(), AppError> {
    form_action("set-theme", async |cx| {
        let theme = Theme::parse(&theme).map_or("system", Theme::as_str);
        set_cookie(cx, "theme", theme, 400);
        if let Some(actor) = &cx.actor {
            let mut tx = cx.app.db.begin().await?;
            store::keep_choice(&mut tx, actor.person, None, Some(theme)).await?;
            tx.commit().await?;
        }
        Ok(Done::back())
    })
    .await
}
