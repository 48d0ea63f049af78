//! How full a class is, sent again whenever it changed.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::Path;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream};
use leptos::prelude::*;

use super::desk::fullness;
use crate::accounts::store::anew;
use crate::classes::store as classes;
use crate::enrolment::policy::{self, RosterScope};
use crate::enrolment::roster;
use crate::error::AppError;
use crate::ids::ClassId;
use crate::request::Cx;
use crate::respond::refusal;

/// The class's row is asked this often whether anything changed: a look-up by key, on both engines and over any number
/// of processes.
const LOOK: Duration = Duration::from_secs(2);
/// So many looks for one connection; the browser then connects again, and is asked again who it is.
const LOOKS: u32 = 300;

/// After so many looks it is asked whether this person may still see it.
const LOOKS_UNASKED: u32 = 5;

/// `/desk/classes/{id}/roster/live`
pub async fn stream(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    match scope(&cx, &id).await {
        Ok(scope) => Sse::new(changes(cx, scope)).keep_alive(KeepAlive::default()).into_response(),
        Err(error) => refusal(&cx, &error),
    }
}

/// Whoever signed out or lost the role meanwhile, in whichever process, sees no more.
async fn still_permitted(watch: &mut Watch) -> Result<RosterScope, AppError> {
    let cx = &mut watch.cx;
    let actor = anew(&cx.app.db, cx.app.clock.now(), cx.actor()?).await?;
    let scope = policy::seeing(&actor, &classes::class(&cx.app.db, watch.scope.class()).await?)?;
    cx.actor = Some(actor);
    Ok(scope)
}

async fn scope(cx: &Cx, id: &str) -> Result<RosterScope, AppError> {
    let id: ClassId = id.parse().map_err(|_| AppError::NotFound)?;
    policy::seeing(cx.actor()?, &classes::class(&cx.app.db, id).await?)
}

struct Watch {
    cx: Cx,
    scope: RosterScope,
    seen: i64,
    looks: u32,
}

fn changes(cx: Cx, scope: RosterScope) -> impl Stream<Item = Result<Event, Infallible>> {
    let watch = Watch {
        cx,
        scope,
        seen: 0,
        looks: 0,
    };
    stream::unfold(watch, async |mut watch| {
        loop {
            if watch.looks > 0 {
                tokio::select! {
                    () = tokio::time::sleep(LOOK) => {}
                    () = watch.cx.app.live.ended() => return None,
                }
            }
            watch.looks += 1;
            if watch.looks > LOOKS {
                return None;
            }
            if watch.looks % LOOKS_UNASKED == 0 {
                watch.scope = still_permitted(&mut watch).await.ok()?;
            }
            let version = roster::version(&watch.cx.app.db, watch.scope).await.ok()?;
            if version != watch.seen {
                watch.seen = version;
                let html = picture(&watch.cx, watch.scope).await.ok()?;
                return Some((Ok(Event::default().data(html)), watch));
            }
        }
    })
}

async fn picture(cx: &Cx, scope: RosterScope) -> Result<String, AppError> {
    let class = classes::class(&cx.app.db, scope.class()).await?;
    let view = fullness(cx, scope, class).await?;
    let owner = Owner::new();
    let html = owner.with(|| {
        provide_context(cx.clone());
        view.into_any().to_html()
    });
    // Nothing in it is hydrated; a line feed would end the message early.
    Ok(html.replace("<!>", "").replace(['\r', '\n'], " "))
}
