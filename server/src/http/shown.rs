//! Pages that only show. Those who ask for the same at once share one answer ([`Crowd`]), and while nothing was committed
//! to the database the last answer is still right ([`Snapshot`]). Nobody gets what was so before they asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::db::Snapshot;
use app::state::App;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::context;
use super::crowd::Crowd;
use crate::life::Life;

/// Bytes of answers that are kept at most: some forty rosters, compressed.
const ROOM: usize = 2 * 1024 * 1024;

/// What the layer needs and holds.
#[derive(Clone)]
pub struct Shown {
    app: App,
    life: Life,
    crowd: Arc<Crowd<Sight, Answer>>,
    kept: Arc<Mutex<Kept>>,
}

impl Shown {
    pub fn new(app: App, life: Life) -> Self {
        Self {
            app,
            life,
            crowd: Arc::default(),
            kept: Arc::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Without an answer of the database, nothing that is kept counts.
    async fn snapshot(&self) -> Option<Snapshot> {
        if !self.life.has_database() {
            return None;
        }
        tokio::select! {
            biased;
            snapshot = self.app.db.snapshot() => snapshot.ok(),
            () = self.life.database_lost() => None,
        }
    }
}

/// Answers a request for a page that only shows.
pub async fn share(State(shown): State<Shown>, request: Request, next: Next) -> Response {
    let Some(sight) = Sight::of(&request, shown.app.clock.now().timestamp()) else {
        return next.run(request).await;
    };
    let make = || answer(&shown, sight.clone(), request, next);
    shown.crowd.share(sight.clone(), make).await.into_response()
}

/// The answer that is kept, or one that is made now.
async fn answer(shown: &Shown, sight: Sight, request: Request, next: Next) -> Answer {
    // Looked at before it is made: what is committed meanwhile may be in it, but is not promised.
    let snapshot = shown.snapshot().await;
    if let Some(answer) = snapshot.as_ref().and_then(|now| shown.kept().get(&sight, now)) {
        return answer;
    }
    let answer = Answer::of(next.run(request).await).await;
    if let Some(snapshot) = snapshot.filter(|_| answer.status == StatusCode::OK) {
        shown.kept().put(sight, snapshot, answer.clone());
    }
    answer
}

/// All that such a page depends on, beside the database.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Sight {
    /// Of the clock, in which the answer is given.
    second: i64,
    uri: Uri,
    /// Whoever is signed in shares with nobody but their own tabs.
    sign_in: Option<String>,
    lang: Option<String>,
    theme: Option<String>,
    accepts: [Option<HeaderValue>; 2],
}

impl Sight {
    /// None for what is nobody else's: anything but a GET, and a page that a form left something for.
    fn of(request: &Request, second: i64) -> Option<Self> {
        let headers = request.headers();
        if request.method() != Method::GET || context::query(request.uri(), "flash").is_some() {
            return None;
        }
        Some(Self {
            second,
            uri: request.uri().clone(),
            sign_in: context::cookie(headers, "sign_in"),
            lang: context::cookie(headers, "lang"),
            theme: context::cookie(headers, "theme"),
            accepts: [header::ACCEPT_LANGUAGE, header::ACCEPT_ENCODING].map(|name| headers.get(name).cloned()),
        })
    }
}

/// A whole answer, as it is given to each who shares it.
#[derive(Debug, Clone)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        match to_bytes(body, usize::MAX).await {
            Ok(body) => Self {
                status: parts.status,
                headers: parts.headers,
                body,
            },
            Err(_) => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                headers: HeaderMap::new(),
                body: Bytes::new(),
            },
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, self.headers, Body::from(self.body)).into_response()
    }
}

/// The answers of the present second, each with what was to be seen before it was made.
#[derive(Default)]
struct Kept {
    second: i64,
    bytes: usize,
    answers: HashMap<Sight, (Snapshot, Answer)>,
}

impl Kept {
    fn get(&self, sight: &Sight, now: &Snapshot) -> Option<Answer> {
        let (snapshot, answer) = self.answers.get(sight)?;
        (snapshot == now).then(|| answer.clone())
    }

    fn put(&mut self, sight: Sight, snapshot: Snapshot, answer: Answer) {
        if self.second != sight.second {
            *self = Self {
                second: sight.second,
                ..Self::default()
            };
        }
        if self.bytes + answer.body.len() > ROOM {
            return;
        }
        self.bytes += answer.body.len();
        if let Some((_, old)) = self.answers.insert(sight, (snapshot, answer)) {
            self.bytes -= old.body.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use app::clock::HandClock;
    use app::db::testing::{Engine, fresh};
    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use chrono::TimeDelta;
    use tower::ServiceExt;

    use super::*;

    /// A page that says for the how manieth time it was made. On `SQLite`: other tests commit to the same `PostgreSQL`.
    struct House {
        router: Router,
        app: App,
        life: Life,
        clock: HandClock,
    }

    impl House {
        async fn new() -> Self {
            let (app, clock) = App::for_test(fresh(Engine::Sqlite).await, app::testing::start());
            let life = Life::default();
            let made = Arc::new(AtomicU32::new(0));
            let page = move |uri: Uri| {
                let times = made.fetch_add(1, Ordering::SeqCst) + 1;
                let status = if uri.path() == "/lost" { StatusCode::NOT_FOUND } else { StatusCode::OK };
                std::future::ready((status, times.to_string()))
            };
            let layer = from_fn_with_state(Shown::new(app.clone(), life.clone()), share);
            Self {
                router: Router::new().route("/{page}", get(page.clone()).post(page)).layer(layer),
                app,
                life,
                clock,
            }
        }

        async fn asks(&self, request: axum::http::request::Builder) -> String {
            let request = request.body(Body::empty()).expect("a request");
            let answer = self.router.clone().oneshot(request).await.expect("an answer");
            let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
            String::from_utf8_lossy(&body).into_owned()
        }

        async fn somebody_writes(&self) {
            let flash = app::request::Flash::default();
            app::request::keep_flash(&self.app, self.app.clock.now(), &flash).await.expect("written");
        }
    }

    #[tokio::test]
    async fn an_answer_stands_until_something_is_committed_or_the_second_is_over() {
        let house = House::new().await;
        let page = || Request::get("/page");
        assert_eq!(house.asks(page()).await, "1");
        assert_eq!(house.asks(page()).await, "1", "nothing has changed");
        house.somebody_writes().await;
        assert_eq!(house.asks(page()).await, "2", "something was committed");
        assert_eq!(house.asks(page()).await, "2");
        house.clock.advance(TimeDelta::seconds(1));
        assert_eq!(house.asks(page()).await, "3", "another second");
    }

    #[tokio::test]
    async fn nobody_gets_what_is_somebody_elses() {
        let house = House::new().await;
        let page = || Request::get("/page");
        let others = [
            page(),
            page().header("cookie", "sign_in=one"),
            page().header("cookie", "theme=dark; sign_in=two"),
            page().header("cookie", "sign_in=two"),
            page().header("cookie", "theme=dark"),
            page().header("cookie", "lang=en"),
            page().header("accept-language", "en"),
            page().header("accept-encoding", "gzip"),
            Request::get("/page?after=1"),
            Request::get("/other"),
        ];
        for (number, other) in others.into_iter().enumerate() {
            assert_eq!(house.asks(other).await, (number + 1).to_string());
        }
        let shared = house.asks(page().header("cookie", "browser=mine")).await;
        assert_eq!(shared, "1", "what tells browsers apart tells no page apart");
    }

    #[tokio::test]
    async fn what_is_no_plain_page_is_made_anew() {
        let house = House::new().await;
        for (method, path) in [(Method::GET, "/page?flash=abc"), (Method::POST, "/page"), (Method::GET, "/lost")] {
            let request = || Request::builder().method(&method).uri(path);
            let (one, two) = (house.asks(request()).await, house.asks(request()).await);
            assert_ne!(one, two, "{method} {path}");
        }
    }

    #[tokio::test]
    async fn without_its_database_nothing_is_kept() {
        let house = House::new().await;
        assert_eq!(house.asks(Request::get("/page")).await, "1");
        house.life.note_database(false);
        assert_eq!(house.asks(Request::get("/page")).await, "2");
        house.life.note_database(true);
        assert_eq!(house.asks(Request::get("/page")).await, "1", "nothing was committed meanwhile");
    }

    #[tokio::test]
    async fn only_so_much_is_kept() {
        let answer = |length: usize| Answer {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: vec![0; length].into(),
        };
        let sight = |path: &'static str, second| {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            Sight::of(&request, second).expect("a page")
        };
        let db = fresh(Engine::Sqlite).await;
        let now = db.snapshot().await.expect("a snapshot");
        let mut kept = Kept::default();
        kept.put(sight("/large", 1), now.clone(), answer(ROOM - 10));
        kept.put(sight("/more", 1), now.clone(), answer(11));
        assert!(kept.get(&sight("/large", 1), &now).is_some() && kept.get(&sight("/more", 1), &now).is_none());
        kept.put(sight("/more", 2), now.clone(), answer(11));
        assert!(kept.get(&sight("/large", 1), &now).is_none() && kept.get(&sight("/more", 2), &now).is_some());
        assert_eq!(kept.bytes, 11);
    }
}
