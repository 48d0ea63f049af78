//! A small balancer, as nginx or HAProxy would stand before several processes: it asks `/readyz` who wants requests,
//! takes turns, and asks another one where the first did not answer and asking again does no harm.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use crate::support::ask;

/// Between two looks at `/readyz`.
const LOOK: Duration = Duration::from_millis(100);
/// How often a request is tried at another process, and how long somebody ready is waited for.
const TRIES: usize = 5;
const WAIT: Duration = Duration::from_millis(100);

#[derive(Clone)]
pub struct Balancer {
    pub addr: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    /// The processes, and whether each said that it wants requests.
    backends: Mutex<Vec<(SocketAddr, bool)>>,
    turn: AtomicUsize,
    client: Client<HttpConnector, Body>,
}

impl Balancer {
    pub async fn over(backends: &[SocketAddr]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            backends: Mutex::new(backends.iter().map(|addr| (*addr, true)).collect()),
            turn: AtomicUsize::new(0),
            client: Client::builder(TokioExecutor::new()).build_http(),
        });
        let router = Router::new().fallback(pass_on).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        tokio::spawn(look(Arc::downgrade(&shared)));
        Self { addr, shared }
    }

    /// One process in the place of another.
    pub fn replace(&self, old: SocketAddr, new: SocketAddr) {
        let mut backends = self.shared.backends.lock().expect("nobody panicked");
        backends.retain(|(addr, _)| *addr != old);
        backends.push((new, true));
    }
}

impl Shared {
    fn all(&self) -> Vec<SocketAddr> {
        self.backends.lock().expect("nobody panicked").iter().map(|(addr, _)| *addr).collect()
    }

    fn next(&self) -> Option<SocketAddr> {
        let backends = self.backends.lock().expect("nobody panicked");
        let ready: Vec<_> = backends.iter().filter(|(_, ready)| *ready).map(|(addr, _)| *addr).collect();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        (!ready.is_empty()).then(|| ready[turn % ready.len()])
    }

    fn note(&self, addr: SocketAddr, ready: bool) {
        let mut backends = self.backends.lock().expect("nobody panicked");
        for (_, known) in backends.iter_mut().filter(|(known, _)| *known == addr) {
            *known = ready;
        }
    }
}

async fn look(shared: std::sync::Weak<Shared>) {
    while let Some(shared) = shared.upgrade() {
        for addr in shared.all() {
            let asked = timeout(Duration::from_secs(1), ask(addr, "GET /readyz HTTP/1.1", "", "")).await;
            shared.note(addr, asked.ok().flatten().is_some_and(|answer| answer.status == 200));
        }
        drop(shared);
        sleep(LOOK).await;
    }
}

async fn pass_on(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 1024 * 1024).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    for _ in 0..TRIES {
        let Some(backend) = shared.next() else {
            sleep(WAIT).await;
            continue;
        };
        let mut request = Request::from_parts(parts.clone(), Body::from(body.clone()));
        let path = parts.uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
        *request.uri_mut() = format!("http://{backend}{path}").parse::<Uri>().expect("an address");
        // This connection is ours; the one to the caller has its own.
        request.headers_mut().remove(header::CONNECTION);
        match answer(&shared, request).await {
            Ok(response) => return response,
            // It was never sent, or asking twice is as good as once.
            Err(unsent) if unsent || parts.method.is_safe() => shared.note(backend, false),
            // Perhaps it was done, perhaps not: the caller decides.
            Err(_) => return StatusCode::BAD_GATEWAY.into_response(),
        }
    }
    StatusCode::BAD_GATEWAY.into_response()
}

/// The whole answer, or whether the request had not even been sent.
async fn answer(shared: &Shared, request: Request) -> Result<Response, bool> {
    let response = shared.client.request(request).await.map_err(|error| error.is_connect())?;
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(Body::new(body), usize::MAX).await.map_err(|_| false)?;
    parts.headers.remove(header::CONNECTION);
    parts.headers.remove(header::TRANSFER_ENCODING);
    Ok(Response::from_parts(parts, Body::from(body)))
}
