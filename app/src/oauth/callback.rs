//! The way back from a provider: what its answer means, and where it leads.

use super::client::profile_of;
use super::functions::{ARRIVAL_COOKIE, linked_notice, tell_owner, way_cookie};
use super::provider::Provider;
use super::rules::{ARRIVAL_MINUTES, Profile, Purpose, Trouble};
use super::store::{self, Halves, Owner, Way};
use crate::accounts::functions::begin;
use crate::accounts::pages::with_next;
use crate::accounts::rules::local_path;
use crate::error::AppError;
use crate::request::{Cx, Flash, keep_flash, with_query};
use crate::respond::{cookie, set_short_cookie};

/// The longest code that is sent on.
const LONGEST_CODE: usize = 4000;

/// The address of the page that tells a trouble and the next step.
pub fn trouble_address(provider: &Provider, trouble: Trouble, next: &str) -> String {
    with_next(&format!("/oauth/{}/trouble/{}", provider.slug, trouble.as_str()), next)
}

/// The two halves of the way that this request is on: the state in the address and this browser's own.
pub fn halves(cx: &Cx) -> Option<Halves> {
    let state = cx
        .query("state")
        .filter(|state| state.len() <= 200 && state.bytes().all(|b| b.is_ascii_alphanumeric()))?;
    let browser = cookie(&way_cookie(&state))?;
    Some(Halves { state, browser })
}

/// Finishes a way and answers where the browser goes on.
pub async fn finish(cx: &Cx, provider: &Provider) -> Result<String, AppError> {
    let Some(halves) = halves(cx) else {
        return Ok(trouble_address(provider, Trouble::Unknown, ""));
    };
    let mut tx = cx.app.db.begin().await?;
    let taken = store::take_way(&mut tx, cx.now, &provider.slug, &halves).await?;
    tx.commit().await?;
    let way = match taken {
        Ok(way) => way,
        Err(trouble) => return Ok(trouble_address(provider, trouble, "")),
    };
    let profile = match answer(cx, provider, &halves).await {
        Ok(profile) => profile,
        Err(trouble) => return Ok(trouble_address(provider, trouble, &way.next)),
    };
    match way.purpose {
        Purpose::SignIn => enter(cx, provider, &way, &profile).await,
        Purpose::Link => link(cx, provider, &way, &profile).await,
    }
}

/// What the provider says: a code for a profile, or why there is none.
async fn answer(cx: &Cx, provider: &Provider, halves: &Halves) -> Result<Profile, Trouble> {
    if let Some(error) = cx.query("error") {
        let error: String = error.chars().filter(char::is_ascii_graphic).take(60).collect();
        tracing::info!(provider = provider.slug, error, "the provider sends somebody back without a code");
        return Err(Trouble::of_answer(&error));
    }
    let code = cx.query("code").filter(|code| code.len() <= LONGEST_CODE).ok_or(Trouble::Garbage)?;
    profile_of(&cx.app, provider, &halves.state, &code).await
}

async fn enter(cx: &Cx, provider: &Provider, way: &Way, profile: &Profile) -> Result<String, AppError> {
    match store::owner_of(&cx.app.db, &provider.slug, &profile.subject).await? {
        Some(owner) if !owner.active => Ok(trouble_address(provider, Trouble::Closed, "")),
        Some(owner) => sign_in(cx, provider, way, owner).await,
        None => arrive(cx, provider, way, profile).await,
    }
}

async fn sign_in(cx: &Cx, provider: &Provider, way: &Way, owner: Owner) -> Result<String, AppError> {
    let mut tx = cx.app.db.begin().await?;
    store::note_sign_in(&mut tx, &cx.app, cx.now, owner, &provider.slug).await?;
    begin(cx, &mut tx, owner.person).await?;
    tx.commit().await?;
    Ok(local_path(&way.next).unwrap_or("/me").to_owned())
}

/// Nobody here has this account: they say what is missing, or sign in to the account that they have.
async fn arrive(cx: &Cx, provider: &Provider, way: &Way, profile: &Profile) -> Result<String, AppError> {
    let mut tx = cx.app.db.begin().await?;
    let token = store::keep_arrival(&mut tx, &cx.app, cx.now, &provider.slug, profile, &way.next).await?;
    tx.commit().await?;
    set_short_cookie(cx, ARRIVAL_COOKIE, &token, ARRIVAL_MINUTES);
    Ok("/oauth/welcome".to_owned())
}

async fn link(cx: &Cx, provider: &Provider, way: &Way, profile: &Profile) -> Result<String, AppError> {
    let Some(actor) = cx.actor.as_ref().filter(|actor| way.sign_in == Some(actor.sign_in)) else {
        return Ok(trouble_address(provider, Trouble::Changed, ""));
    };
    let mut tx = cx.app.db.begin().await?;
    if let Err(trouble) = store::link(&mut tx, &cx.app, cx.now, actor.person, &provider.slug, profile).await? {
        return Ok(trouble_address(provider, trouble, ""));
    }
    tell_owner(cx, &mut tx, actor.person, "oauth-notice-linked", &provider.slug).await?;
    tx.commit().await?;
    let flash = Flash {
        form: "link".to_owned(),
        notice: Some(linked_notice(cx, &provider.slug)),
        ..Flash::default()
    };
    let token = keep_flash(&cx.app, cx.now, &flash).await?;
    Ok(with_query(&axum::http::Uri::from_static("/me/linked"), "flash", Some(&token)))
}
