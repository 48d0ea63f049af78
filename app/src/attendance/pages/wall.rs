//! The wall: projected full screen, renewing itself. No code of later reaches a browser, and the page shows the same with
//! scripts off, where it loads itself again.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Extension, Path};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_stream::wrappers::ReceiverStream;

use crate::accounts::store::anew;
use crate::attendance::code::{grouped, until_next_step};
use crate::attendance::permitted::{Desk, desk};
use crate::attendance::rules::Arrival;
use crate::attendance::store::{self, Arrived, Counts};
use crate::attendance::wording::surname;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::LessonId;
use crate::live::{LivePage, Part, html_of};
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::time::{hour_minute, time_range};
use crate::ui::{Meter, Qr};

/// As many names pass by.
const NAMES: i64 = 12;
/// Arrivals of this long are shown together.
const TOGETHER: Duration = Duration::from_millis(300);
/// Then the browser asks again, and the sign-in is looked at again.
const STREAM: Duration = Duration::from_mins(10);
/// Seconds after which the page loads itself again where scripts are off.
const WITHOUT_SCRIPTS: u32 = 10;

/// Who watches: the hall, or the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Wall,
    Desk,
}

/// `/desk/lessons/{id}/wall`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let desk = desk(&cx, cx.param("id")?).await?;
    let mut parts = code_parts(&cx, &desk).await?;
    parts.extend(arrival_parts(&cx, &desk, View::Wall).await?);
    let live = format!("/desk/lessons/{}/live", desk.lesson.id);
    let topic = desk.lesson.topic.clone();
    let time = time_range(lang, desk.lesson.starts_at, desk.lesson.ends_at);
    let body = view! {
        <main class="wall" id="main" data-live=live data-awake="">
            <header class="wall__head">
                <h1>{topic.clone()}</h1>
                <p class="wall__time">{time}</p>
            </header>
            <div class="wall__qr" id="live-code" inner_html=html_of(&parts, "live-code")></div>
            <div class="wall__side">
                <div class="wall__steps" id="live-steps" inner_html=html_of(&parts, "live-steps")></div>
                <div class="wall__figures" id="live-count" aria-live="polite" inner_html=html_of(&parts, "live-count")></div>
                <p class="wall__state" id="live-lost" role="alert" hidden=true>{t!(lang, "attendance-wall-lost")}</p>
            </div>
            <ul class="wall__names" id="live-names" inner_html=html_of(&parts, "live-names")></ul>
            <LivePage/>
        </main>
    };
    let title = t!(lang, "attendance-wall-title", topic = topic);
    Ok(Page::new(title, body).bare().interactive().refreshing(WITHOUT_SCRIPTS))
}

/// The present code, and how else to get in. Nothing to scan when the door is shut.
async fn code_parts(cx: &Cx, desk: &Desk) -> Result<Vec<Part>, AppError> {
    let (lang, now) = (cx.lang, cx.app.clock.now());
    let state = state(lang, desk, now);
    if let Some((state, true)) = state {
        return Ok(vec![
            Part::new("live-code", || ()),
            Part::new("live-steps", || view! { <strong>{state}</strong> }),
        ]);
    }
    let code = store::shown_code(&cx.app.db, &desk.permit, desk.lesson.id, now).await?;
    let base = &cx.app.settings.base_url;
    let address = base.split_once("://").map_or(base.as_str(), |(_, host)| host);
    let early = state.map(|(state, _)| view! { <span class="wall__state">{state}</span> });
    Ok(vec![
        Part::new(
            "live-code",
            || view! { <Qr data=format!("{base}/q/{code}") label=t!(lang, "attendance-wall-code-label")/> },
        ),
        Part::new("live-steps", || {
            view! {
                <strong>{t!(lang, "attendance-wall-scan")}</strong>
                <span class="wall__typed">{t!(lang, "attendance-wall-type", address = format!("{address}/q"))}" "<b>{grouped(&code)}</b></span>
                {early}
            }
        }),
    ])
}

/// What there is to say about the door, and whether it is shut.
fn state(lang: Lang, desk: &Desk, now: chrono::DateTime<chrono::Utc>) -> Option<(String, bool)> {
    if desk.lesson.cancelled_at.is_some() {
        return Some((t!(lang, "attendance-refused-cancelled-title"), true));
    }
    if desk.lesson.attendance_closed_at.is_some() {
        return Some((t!(lang, "attendance-wall-closed"), true));
    }
    match desk.window().judge(now) {
        Arrival::TooEarly(opens) => Some((t!(lang, "attendance-wall-opens", opens = hour_minute(opens)), false)),
        Arrival::Over => Some((t!(lang, "attendance-wall-over"), true)),
        Arrival::In(_) => None,
    }
}

/// How many are in and who came last; for the desk, how many ask to be added.
async fn arrival_parts(cx: &Cx, desk: &Desk, view: View) -> Result<Vec<Part>, AppError> {
    let counts = store::counts(&cx.app.db, desk.lesson.id).await?;
    match view {
        View::Wall => {
            let latest = store::latest(&cx.app.db, desk.lesson.id, NAMES).await?;
            Ok(vec![count_part(cx.lang, counts), names_part(cx.lang, latest)])
        }
        View::Desk => Ok(vec![news_part(cx.lang, counts, store::waiting_count(&cx.app.db, desk.lesson.id).await?)]),
    }
}

fn count_part(lang: Lang, counts: Counts) -> Part {
    Part::new("live-count", || {
        view! {
            <p class="wall__count"><strong>{counts.arrived()}</strong><span>{t!(lang, "attendance-wall-of", n = counts.roster)}</span></p>
            <Meter value=counts.arrived() max=counts.roster label=t!(lang, "attendance-wall-arrived")/>
        }
    })
}

fn names_part(lang: Lang, latest: Vec<Arrived>) -> Part {
    Part::new("live-names", || {
        latest
            .into_iter()
            .map(|arrived| view! { <li>{t!(lang, "attendance-wall-name", surname = surname(&arrived.name))}</li> })
            .collect_view()
    })
}

/// What is new since the desk's page was loaded: it holds forms, so that it is not replaced but says so.
fn news_part(lang: Lang, counts: Counts, waiting: i64) -> Part {
    Part::new("live-news", || {
        let asking = (waiting > 0).then(|| t!(lang, "attendance-live-waiting", n = waiting));
        view! { <strong>{t!(lang, "attendance-live-arrived", n = counts.arrived(), of = counts.roster)}</strong>" "{asking} }
    })
}

/// The place on the desk's page where the news appear by themselves. A page that has it is interactive.
pub fn desk_news(lang: Lang, lesson: LessonId) -> impl IntoView {
    view! {
        <div class="live-news" data-live=format!("/desk/lessons/{lesson}/live?view=desk")>
            <p id="live-lost" hidden=true>{t!(lang, "attendance-live-lost")}</p>
            <p id="live-news" aria-live="polite"></p>
            <LivePage/>
        </div>
    }
}

/// `GET /desk/lessons/{id}/live`: the parts as they change, for those who may mark this lesson.
pub async fn live(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let permitted = async {
        let lesson = id.parse().map_err(|_| AppError::NotFound)?;
        desk(&cx, lesson).await.map(|_| lesson)
    };
    let lesson = match permitted.await {
        Ok(lesson) => lesson,
        Err(error) => return crate::respond::refusal(&cx, &error),
    };
    let view = if cx.query("view").as_deref() == Some("desk") {
        View::Desk
    } else {
        View::Wall
    };
    let (send, receive) = tokio::sync::mpsc::channel(32);
    tokio::spawn(async move {
        let _watcher = cx.app.live.watcher();
        tokio::select! {
            () = cx.app.live.ended() => {}
            () = sleep(STREAM) => {}
            () = send.closed() => {}
            outcome = watch(&cx, lesson, view, &send) => if let Err(error) = outcome {
                tracing::warn!(%error, "a live page ends");
            },
        }
    });
    Sse::new(ReceiverStream::new(receive)).keep_alive(KeepAlive::default()).into_response()
}

/// Sends everything at once, then the new code at each step and the arrivals as they come.
async fn watch(cx: &Cx, lesson: LessonId, view: View, send: &Sender<Result<Event, Infallible>>) -> Result<(), AppError> {
    // Listening begins before reading, so that nothing falls between.
    let mut changes = cx.app.live.listen();
    let mut cx = cx.clone();
    loop {
        // Whoever signed out or lost the role meanwhile, in whichever process, sees no more.
        let actor = anew(&cx.app.db, cx.app.clock.now(), cx.actor()?).await?;
        cx.actor = Some(actor);
        let cx = &cx;
        let next_step = Instant::now() + until_next_step(cx.app.clock.now());
        // Read anew: the lesson may have been moved, cancelled or closed.
        let desk = desk(cx, lesson).await?;
        if view == View::Wall {
            send_all(send, code_parts(cx, &desk).await?).await;
        }
        send_all(send, arrival_parts(cx, &desk, view).await?).await;
        loop {
            tokio::select! {
                () = sleep_until(next_step) => break,
                change = changes.recv() => match change {
                    Ok(change) if change.lesson != lesson => continue,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Ok(()),
                },
            }
            sleep(TOGETHER).await;
            while changes.try_recv().is_ok() {}
            send_all(send, arrival_parts(cx, &desk, view).await?).await;
        }
    }
}

async fn send_all(send: &Sender<Result<Event, Infallible>>, parts: Vec<Part>) {
    for part in parts {
        // A watcher who has gone ends the stream elsewhere.
        let _ = send.send(Ok(part.event())).await;
    }
}
