//! Parts of a page sent again whenever they changed. Whether they did is asked of the database, so that it is seen over any
//! number of processes, whichever of them made the change.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream, StreamExt};

use super::Part;
use crate::accounts::store::anew;
use crate::error::AppError;
use crate::request::Cx;

/// How often it is asked whether anything changed.
const LOOK: Duration = Duration::from_secs(2);
/// So many looks for one connection; the browser then connects again, and is asked again who it is.
const LOOKS: u32 = 300;
/// After so many looks it is asked whether this person may still see it.
const LOOKS_UNASKED: u32 = 5;

/// After so many looks without a change a word is sent all the same: a page that hears nothing for 40 seconds tells its reader
/// that the line is lost, and the comments that keep a connection open are not heard by pages.
const LOOKS_SILENT: u32 = 7;

/// What a page that stays open shows of something that changes.
pub trait Followed: Send + 'static {
    /// A number, or numbers, that are others after each change; must cost no more than a look-up by index.
    type Version: PartialEq + Send;

    /// Whether the reader, whose roles were read anew, may see it still.
    fn renew(&mut self, cx: &Cx) -> impl Future<Output = Result<(), AppError>> + Send;
    fn version(&self, cx: &Cx) -> impl Future<Output = Result<Self::Version, AppError>> + Send;
    fn parts(&self, cx: &Cx) -> impl Future<Output = Result<Vec<Part>, AppError>> + Send;
}

/// Answers with a stream: all parts at once, then again after each change.
pub fn follow<F: Followed>(cx: Cx, followed: F) -> Response {
    let watcher = cx.app.live.watcher();
    let changes = changes(cx, followed).inspect(move |_| {
        // Counted as long as the stream lives.
        let _ = &watcher;
    });
    Sse::new(changes).keep_alive(KeepAlive::default()).into_response()
}

struct Watch<F: Followed> {
    cx: Cx,
    followed: F,
    seen: Option<F::Version>,
    looks: u32,
}

fn changes<F: Followed>(cx: Cx, followed: F) -> impl Stream<Item = Result<Event, Infallible>> {
    let watch = Watch {
        cx,
        followed,
        seen: None,
        looks: 0,
    };
    stream::unfold(watch, async |mut watch| {
        let events = watch.next().await?;
        Some((stream::iter(events.into_iter().map(Ok)), watch))
    })
    .flatten()
}

impl<F: Followed> Watch<F> {
    /// The parts after the next change, or a sign of life; nothing once the stream has to end.
    async fn next(&mut self) -> Option<Vec<Event>> {
        let last = self.looks;
        loop {
            if self.looks > 0 {
                tokio::select! {
                    () = tokio::time::sleep(LOOK) => {}
                    () = self.cx.app.live.ended() => return None,
                }
            }
            self.looks += 1;
            if self.looks > LOOKS {
                return None;
            }
            match self.look().await {
                Ok(Some(parts)) => return Some(parts.iter().map(Part::event).collect()),
                Ok(None) if self.looks - last >= LOOKS_SILENT => return Some(vec![Event::default().data("alive")]),
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(%error, "a live page ends");
                    return None;
                }
            }
        }
    }

    async fn look(&mut self) -> Result<Option<Vec<Part>>, AppError> {
        if self.looks.is_multiple_of(LOOKS_UNASKED) {
            // Whoever signed out or lost the role meanwhile, in whichever process, sees no more.
            let actor = anew(&self.cx.app.db, self.cx.app.clock.now(), self.cx.actor()?).await?;
            self.cx.actor = Some(actor);
            self.followed.renew(&self.cx).await?;
        }
        let version = self.followed.version(&self.cx).await?;
        if self.seen.as_ref() == Some(&version) {
            return Ok(None);
        }
        self.seen = Some(version);
        self.followed.parts(&self.cx).await.map(Some)
    }
}
