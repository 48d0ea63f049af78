//! Those who ask: keep-alive connections, so many requests in flight, and a histogram of how long each took.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request, header};
use hdrhistogram::Histogram;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Nobody looks at what the first moments cost: caches fill, statements are prepared.
const WARM_UP: Duration = Duration::from_secs(1);

/// A connection that stays open.
pub struct Line {
    addr: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Where it leads.
    pub fn location(&self) -> Option<String> {
        Some(self.headers.get(header::LOCATION)?.to_str().ok()?.to_owned())
    }
}

impl Line {
    pub async fn to(addr: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // A broken connection tells whoever sends on it.
        tokio::spawn(connection);
        Ok(Self { addr, sender })
    }

    pub async fn send(&mut self, mut request: Request<Full<Bytes>>) -> Result<Answer> {
        request.headers_mut().insert(header::HOST, self.addr.to_string().parse()?);
        self.sender.ready().await?;
        let (parts, body) = self.sender.send_request(request).await?.into_parts();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await?.to_bytes(),
        })
    }
}

/// A page that somebody opens.
pub fn get(path: &str, cookie: &str) -> Request<Full<Bytes>> {
    request(
        Method::GET,
        path,
        &[(header::ACCEPT.as_str(), "text/html"), (header::COOKIE.as_str(), cookie)],
        String::new(),
    )
}

/// A request of these parts, which are all of this program's making.
pub fn request(method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Request<Full<Bytes>> {
    let mut builder = Request::builder().method(method).uri(path);
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::from(body)).expect("the parts are in order")
}

/// What came of a load.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Figures {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
    pub count: u64,
}

impl Figures {
    pub fn of(times: &Histogram<u64>, took: Duration) -> Self {
        let ms = |micros: u64| Duration::from_micros(micros).as_secs_f64() * 1e3;
        Self {
            per_second: f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX)) / took.as_secs_f64(),
            p50_ms: ms(times.value_at_quantile(0.5)),
            p99_ms: ms(times.value_at_quantile(0.99)),
            max_ms: ms(times.max()),
            count: times.len(),
        }
    }
}

/// Microseconds, to three digits.
pub fn histogram() -> Histogram<u64> {
    Histogram::new(3).expect("three digits are possible")
}

pub fn note(times: &mut Histogram<u64>, took: Duration) {
    // It grows as it must; a number of microseconds is never too large for it.
    let _ = times.record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
}

/// One of those who ask, again and again.
pub trait Asker: Send + 'static {
    /// Asks once; false when there is nothing left to ask.
    fn ask(&mut self) -> impl Future<Output = Result<bool>> + Send;
}

/// All ask as fast as they are answered for so long, and everything that was begun after the warm-up counts.
pub async fn closed_loop<A: Asker>(askers: Vec<A>, span: Duration) -> Result<Figures> {
    let begin = Instant::now() + WARM_UP;
    let end = begin + span;
    let mut all = JoinSet::new();
    for asker in askers {
        all.spawn(ask_until(asker, begin, end));
    }
    let mut times = histogram();
    let mut last = begin;
    while let Some(done) = all.join_next().await {
        let (own, at) = done??;
        times.add(own)?;
        last = last.max(at);
    }
    ensure!(!times.is_empty(), "nothing was asked after the warm-up");
    Ok(Figures::of(&times, last - begin))
}

async fn ask_until<A: Asker>(mut asker: A, begin: Instant, end: Instant) -> Result<(Histogram<u64>, Instant)> {
    let mut times = histogram();
    loop {
        let at = Instant::now();
        if at >= end || !asker.ask().await? {
            return Ok((times, at));
        }
        if at >= begin {
            note(&mut times, at.elapsed());
        }
    }
}

/// A page that is opened again and again.
pub struct Reader {
    line: Line,
    path: String,
    cookie: String,
    length: usize,
    is_alone: bool,
}

impl Reader {
    /// So many readers of one page.
    pub async fn many(count: usize, addr: SocketAddr, path: &str, cookie: &str) -> Result<Vec<Self>> {
        let mut readers = Vec::new();
        for _ in 0..count {
            let mut line = Line::to(addr).await?;
            let first = line.send(get(path, cookie)).await?;
            ensure!(first.status == 200, "{path} answers {}", first.status);
            readers.push(Self {
                line,
                path: path.to_owned(),
                cookie: cookie.to_owned(),
                length: first.body.len(),
                is_alone: false,
            });
        }
        Ok(readers)
    }

    /// Under an address that nobody else asks for: each page is made for this reader.
    pub fn alone(self) -> Self {
        Self { is_alone: true, ..self }
    }

    fn address(&self) -> String {
        static TURN: AtomicU64 = AtomicU64::new(0);
        if self.is_alone {
            format!("{}?turn={}", self.path, TURN.fetch_add(1, Ordering::Relaxed))
        } else {
            self.path.clone()
        }
    }
}

impl Asker for Reader {
    async fn ask(&mut self) -> Result<bool> {
        let answer = self.line.send(get(&self.address(), &self.cookie)).await?;
        // A page of an instant may say the time; it does not change its size by much.
        ensure!(
            answer.status == 200 && answer.body.len().abs_diff(self.length) < 1024,
            "{} answers {} with {} bytes",
            self.path,
            answer.status,
            answer.body.len()
        );
        Ok(true)
    }
}
