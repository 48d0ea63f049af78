//! Server functions of signing in through other sites.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::forms::{self, MissingInput, Newcomer},
    super::provider::Provider,
    super::rules::{ARRIVAL_MINUTES, WAY_MINUTES},
    super::store::{self, Arrival, NewWay},
    crate::accounts::functions::begin,
    crate::accounts::rules::local_path,
    crate::accounts::store::throttle::{self, Counter},
    crate::accounts::store::{NewPerson, create_person, person_by_phone},
    crate::db::Tx,
    crate::error::{FieldProblem, Problem},
    crate::firms::pick::{self, Glance},
    crate::ids::{FirmId, PersonId, SignInId},
    crate::people::forms::refuse,
    crate::people::functions::{all_regions, firm_address},
    crate::people::store::note_registered,
    crate::request::Cx,
    crate::respond::{Done, cookie, form_action, set_short_cookie},
    crate::state::sha256,
};

/// The cookie that holds the token of an arrival.
#[cfg(feature = "ssr")]
pub(super) const ARRIVAL_COOKIE: &str = "arrival";

/// The cookie that holds a way's half: each way has its own, so that two windows do not disturb each other.
#[cfg(feature = "ssr")]
pub(super) fn way_cookie(state: &str) -> String {
    let hash = crate::request::hex(&sha256(state.as_bytes())[..6]);
    format!("way_{hash}")
}

/// Begins to sign in through a provider, to go on to `next`.
#[server(endpoint = "begin_oauth")]
pub async fn begin_oauth(#[server(default)] provider: String, #[server(default)] next: String) -> Result<(), AppError> {
    form_action("sign-in", async |cx| {
        begin_way(cx, provider_named(cx, &provider)?, None, local_path(&next).unwrap_or("/me")).await
    })
    .await
}

/// Begins to link an account of a provider to one's own.
#[server(endpoint = "begin_oauth_link")]
pub async fn begin_oauth_link(#[server(default)] provider: String) -> Result<(), AppError> {
    form_action("link", async |cx| {
        let actor = cx.actor()?;
        begin_way(cx, provider_named(cx, &provider)?, Some(actor.sign_in), "/me/linked").await
    })
    .await
}

#[cfg(feature = "ssr")]
fn provider_named<'a>(cx: &'a Cx, slug: &str) -> Result<&'a Provider, AppError> {
    cx.app.settings.oauth.named(slug).ok_or(AppError::NotFound)
}

#[cfg(feature = "ssr")]
async fn begin_way(cx: &Cx, provider: &Provider, link_for: Option<SignInId>, next: &str) -> Result<Done, AppError> {
    throttle::count(&cx.app, cx.now, &[Counter::ways(&cx.app, &cx.network)]).await?;
    let new = NewWay {
        provider: &provider.slug,
        link_for,
        next,
    };
    let mut tx = cx.app.db.begin().await?;
    let halves = store::begin_way(&mut tx, &cx.app, cx.now, new).await?;
    tx.commit().await?;
    // The cookie outlives the way, so that who comes back late hears that it was late.
    set_short_cookie(cx, &way_cookie(&halves.state), &halves.browser, 6 * WAY_MINUTES);
    Ok(Done::to(format!("/oauth/{}/go?state={}", provider.slug, halves.state)))
}

/// Links the account that somebody came back with to the one that they have signed in to since.
#[server(endpoint = "link_arrival")]
pub async fn link_arrival() -> Result<(), AppError> {
    form_action("link-arrival", async |cx| {
        let actor = cx.actor()?;
        let token = arrival_token()?;
        let mut tx = cx.app.db.begin().await?;
        let arrival = store::take_arrival(&mut tx, cx.now, &token).await?.ok_or_else(gone)?;
        let linked = store::link(&mut tx, &cx.app, cx.now, actor.person, &arrival.provider, &arrival.profile()).await?;
        if let Err(trouble) = linked {
            // Used or not, it leads nowhere: the page says why.
            return Ok(Done::to(format!("/oauth/{}/trouble/{}", arrival.provider, trouble.as_str())));
        }
        tell_owner(cx, &mut tx, actor.person, "oauth-notice-linked", &arrival.provider).await?;
        tx.commit().await?;
        set_short_cookie(cx, ARRIVAL_COOKIE, "", 0);
        let next = local_path(&arrival.next).unwrap_or("/me");
        Ok(Done::to(next).saying(linked_notice(cx, &arrival.provider)))
    })
    .await
}

/// Leaves a message for the owner of an account: whoever changes the ways into it may be somebody else.
#[cfg(feature = "ssr")]
pub(super) async fn tell_owner(cx: &Cx, tx: &mut Tx, owner: PersonId, text: &str, provider: &str) -> Result<(), AppError> {
    let text = Problem::new(text).with("name", label(cx, provider));
    crate::notices::tell(tx, &cx.app, cx.now, owner, &text, "/me/linked").await
}

/// The sentence after an account was linked.
#[cfg(feature = "ssr")]
pub(super) fn linked_notice(cx: &Cx, provider: &str) -> Problem {
    Problem::new("oauth-linked").with("name", label(cx, provider))
}

#[cfg(feature = "ssr")]
fn label(cx: &Cx, slug: &str) -> String {
    let known = cx.app.settings.oauth.named(slug);
    known.map_or(slug, |provider| provider.label(cx.lang)).to_owned()
}

#[cfg(feature = "ssr")]
fn arrival_token() -> Result<String, AppError> {
    cookie(ARRIVAL_COOKIE).ok_or_else(gone)
}

#[cfg(feature = "ssr")]
fn gone() -> AppError {
    Problem::new("oauth-arrival-gone").with("minutes", ARRIVAL_MINUTES).into()
}

/// Completes a first sign-in: makes the account with what the provider told and what was missing.
#[server(endpoint = "complete_arrival")]
pub async fn complete_arrival(
    #[server(default)] name: String,
    #[server(default)] phone: String,
    #[server(default)] region: String,
    #[server(default)] firm: String,
) -> Result<(), AppError> {
    form_action("complete-arrival", async |cx| {
        if cx.actor.is_some() {
            return Err(AppError::refused("people-signed-in-already"));
        }
        let token = arrival_token()?;
        let arrival = store::arrival(&cx.app.db, cx.now, &token).await?.ok_or_else(gone)?;
        let input = MissingInput {
            name: &name,
            phone: &phone,
            region: &region,
        };
        let mut faults = Vec::new();
        let new = forms::newcomer(&mut faults, &arrival, &input, &all_regions(cx).await?);
        let glance = pick::glance(&cx.app.db, &mut faults, &firm).await?;
        if firm.trim().is_empty() {
            faults.push(FieldProblem::new("firm", "people-firm-missing"));
        }
        refuse(faults)?;
        throttle::count(&cx.app, cx.now, &[Counter::registrations(&cx.app, &cx.network)]).await?;
        let known_firm = match &glance {
            Glance::Plain(firm) => Some(firm.id),
            Glance::Nothing | Glance::Unclear => None,
        };
        let mut tx = cx.app.db.begin().await?;
        let own = enter(cx, &mut tx, &token, new, known_firm).await?;
        begin(cx, &mut tx, own).await?;
        tx.commit().await?;
        set_short_cookie(cx, ARRIVAL_COOKIE, "", 0);
        let next = local_path(&arrival.next).unwrap_or("/me");
        Ok(if known_firm.is_some() {
            Done::to(next).saying(Problem::new("people-registered"))
        } else {
            Done::to(firm_address(&firm, next)).saying(Problem::new("people-registered-but-firm"))
        })
    })
    .await
}

/// Writes a person who has no password but a linked account. A number that somebody has already is never taken over, not
/// even when the provider has verified it: that account is signed in to and linked.
#[cfg(feature = "ssr")]
async fn enter(cx: &Cx, tx: &mut Tx, token: &str, new: Newcomer, firm: Option<FirmId>) -> Result<PersonId, AppError> {
    let arrival: Arrival = store::take_arrival(tx, cx.now, token).await?.ok_or_else(gone)?;
    if person_by_phone(&mut *tx, &new.phone).await?.is_some() {
        return Err(AppError::field("phone", "oauth-phone-registered"));
    }
    let row = NewPerson {
        name: new.name,
        phone: Some(new.phone),
        region: new.region.clone(),
        firm,
        position: None,
        password_hash: None,
        must_change_password: false,
        created_by: None,
    };
    let id = create_person(tx, &cx.app, cx.now, row).await?;
    note_registered(tx, &cx.app, cx.now, id, &new.region).await?;
    let linked = store::link(tx, &cx.app, cx.now, id, &arrival.provider, &arrival.profile()).await?;
    // Somebody else was faster with the same account, in another window.
    linked.map_err(|_| gone())?;
    Ok(id)
}

/// Unlinks one of one's own accounts of other sites.
#[server(endpoint = "unlink_identity")]
pub async fn unlink_identity(#[server(default)] identity: String) -> Result<(), AppError> {
    form_action("unlink", async |cx| {
        let actor = cx.actor()?;
        let identity = identity.parse().map_err(|_| AppError::NotFound)?;
        let is_offered = |slug: &str| cx.app.settings.oauth.named(slug).is_some();
        let mut tx = cx.app.db.begin().await?;
        let provider = store::unlink(&mut tx, &cx.app, cx.now, actor, identity, is_offered).await?;
        tell_owner(cx, &mut tx, actor.person, "oauth-notice-unlinked", &provider).await?;
        tx.commit().await?;
        Ok(Done::to("/me/linked").saying(Problem::new("oauth-unlinked").with("name", label(cx, &provider))))
    })
    .await
}
