//! Opening day: people arrive with their phones, evenly over a minute. Each scans the wall, is shown the page that asks,
//! confirms, and is shown that they are in: four requests on a connection of their own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::http::Method;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};
use uuid::Uuid;

use crate::city::{City, Kind, ROSTER, id, roster, sign_in};
use crate::halls;
use crate::load::{Answer, Figures, Line, get, histogram, note, request};
use crate::place::Place;

pub const WITHIN: Duration = Duration::from_mins(1);
/// How often the code on the wall is read again: it changes every 15 s and is good for as long after.
const GLANCE: Duration = Duration::from_secs(3);

/// So many arrivals within [`WITHIN`]; the figures are of whole journeys.
pub async fn arrivals(place: &Place, city: &City, addr: SocketAddr, people: u32) -> Result<Figures> {
    let lessons = halls::open(place, city, people.div_ceil(ROSTER), 1).await?;
    let cookies = sign_all_in(place, people).await?;
    let staff = city.administrator(place).await?;
    let mut walls = Vec::new();
    for (_, lesson) in &lessons {
        walls.push(Wall::put_up(addr, *lesson, staff.clone()).await?);
    }
    let begin = tokio::time::Instant::now() + Duration::from_millis(500);
    let mut all = JoinSet::new();
    for (number, cookie) in (0..people).zip(cookies) {
        // The halls fill side by side.
        let wall = walls[number as usize % walls.len()].code.clone();
        all.spawn(async move {
            sleep_until(begin + WITHIN * number / people).await;
            let arrived = Instant::now();
            let code = wall.borrow().clone();
            journey(addr, &code, &cookie).await.map(|()| arrived.elapsed())
        });
    }
    let mut times = histogram();
    while let Some(done) = all.join_next().await {
        note(&mut times, done??);
    }
    let marked = halls::clear(place).await?;
    ensure!(marked == u64::from(people), "{marked} of {people} are marked");
    Ok(Figures::of(&times, begin.elapsed()))
}

/// The cookies of those who will come, signed in some day before: arrival `n` goes to hall `n mod halls`.
async fn sign_all_in(place: &Place, people: u32) -> Result<Vec<String>> {
    let halls = people.div_ceil(ROSTER);
    let mut tx = place.db.begin().await?;
    let mut cookies = Vec::new();
    for number in 0..people {
        let person = roster(number % halls).nth((number / halls) as usize).context("a seat")?;
        cookies.push(sign_in(&mut tx, id(Kind::Person, person.into()), person.into()).await?);
    }
    tx.commit().await?;
    Ok(cookies)
}

async fn journey(addr: SocketAddr, code: &str, cookie: &str) -> Result<()> {
    let mut phone = Line::to(addr).await?;
    let scanned = phone.send(get(&format!("/q/{code}"), cookie)).await?;
    let asks = lead(&scanned, "/checkin?ticket=")?;
    let browser = scanned
        .headers
        .get("set-cookie")
        .and_then(|cookie| cookie.to_str().ok())
        .unwrap_or_default();
    let cookie = format!("{cookie}; {}", browser.split(';').next().unwrap_or_default());
    let page = phone.send(get(&asks, &cookie)).await?;
    ensure!(page.status == 200, "the page that asks answers {}", page.status);
    let ticket = asks.split_once('=').map(|(_, ticket)| ticket.to_owned()).unwrap_or_default();
    let origin = format!("http://{addr}");
    let headers = [
        ("cookie", cookie.as_str()),
        ("origin", origin.as_str()),
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let confirmed = phone
        .send(request(Method::POST, "/api/check_in", &headers, format!("ticket={ticket}")))
        .await?;
    let answers = lead(&confirmed, "/checkin/")?;
    let page = phone.send(get(&answers, &cookie)).await?;
    ensure!(page.status == 200, "the page that answers says {}", page.status);
    Ok(())
}

fn lead(answer: &Answer, to: &str) -> Result<String> {
    let location = answer
        .location()
        .with_context(|| format!("{} leads nowhere: {}", answer.status, answer.text()))?;
    let at = location.find(to).with_context(|| format!("it leads to {location}"))?;
    Ok(location[at..].to_owned())
}

/// A wall with its code, as people in the hall see it.
struct Wall {
    code: Arc<watch::Receiver<String>>,
}

impl Wall {
    async fn put_up(addr: SocketAddr, lesson: Uuid, staff: String) -> Result<Self> {
        let mut line = Line::to(addr).await?;
        let path = format!("/desk/lessons/{lesson}/wall");
        let (show, code) = watch::channel(shown(&line.send(get(&path, &staff)).await?)?);
        tokio::spawn(async move {
            while !show.is_closed() {
                sleep(GLANCE).await;
                if let Ok(page) = line.send(get(&path, &staff)).await
                    && let Ok(code) = shown(&page)
                {
                    show.send_replace(code);
                }
            }
        });
        Ok(Self { code: Arc::new(code) })
    }
}

/// The code that a wall shows, as `XXXX-XXXX`.
fn shown(page: &Answer) -> Result<String> {
    let html = page.text();
    let code = html
        .split("<b>")
        .filter_map(|after| after.split_once("</b>"))
        .map(|(text, _)| text)
        .find(|text| text.len() == 9 && text.as_bytes()[4] == b'-' && text.chars().all(|c| c == '-' || c.is_ascii_alphanumeric()));
    Ok(code.with_context(|| format!("the wall ({}) shows no code", page.status))?.to_owned())
}
