//! Calendars as browsers and calendar programs meet them, through the server's own router.

use app::accounts::store::begin_sign_in;
use app::db::sql;
use app::db::testing::Engine;
use app::ids::{ClassId, PersonId};
use app::testing::{TestCity, XINAN, YIYANG};
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use icalendar::{Calendar, Component, EventStatus};
use tower::ServiceExt;

struct Site {
    city: TestCity,
    router: axum::Router,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Site {
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let router = server::http::router(city.app.clone());
        Self { city, router }
    }

    async fn cookie(&self, person: PersonId) -> String {
        let mut tx = self.city.begin().await;
        let token = begin_sign_in(&self.city.app, &mut tx, self.city.now(), person, "test")
            .await
            .expect("a sign-in");
        tx.commit().await.expect("kept");
        format!("sign_in={token}")
    }

    async fn coordinator(&self, region: &str) -> String {
        let person = self.city.coordinator(region).await.person;
        let mut tx = self.city.begin().await;
        sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, 'county', $3, $4)")
            .bind(self.city.app.chance.uuid(self.city.now()))
            .bind(person)
            .bind(region)
            .bind(self.city.now())
            .run(&mut tx)
            .await
            .expect("a role");
        tx.commit().await.expect("kept");
        self.cookie(person).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        Answer {
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty());
        self.ask(request.expect("a request")).await
    }

    /// A calendar program: no cookie, and what it knows already.
    async fn fetch(&self, path: &str, tag: &str) -> Answer {
        let request = Request::get(path).header(header::IF_NONE_MATCH, tag).body(Body::empty());
        self.ask(request.expect("a request")).await
    }

    /// Posts as a program does: the status is the outcome.
    async fn post(&self, name: &str, cookie: &str, class: &str) -> u16 {
        let request = Request::post(format!("/api/{name}"))
            .header(header::COOKIE, cookie)
            .header(header::ORIGIN, "http://localhost")
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("class={class}")));
        self.ask(request.expect("a request")).await.status.as_u16()
    }

    /// A class with one lesson of a hostile name, in which this person has a seat.
    async fn class_of(&self, person: PersonId) -> ClassId {
        let class = self.city.class(XINAN, 10).await;
        let lesson = self.city.lesson(class, self.city.now() + TimeDelta::days(14)).await;
        self.city.enrolment(class, person, "approved").await;
        let mut tx = self.city.begin().await;
        sql("UPDATE lessons SET topic = $2 WHERE id = $1")
            .bind(lesson)
            .bind(format!("第一讲，\"治理\"; 🎉\\n\r\nBEGIN:VEVENT {}", "长".repeat(10_000)))
            .run(&mut tx)
            .await
            .expect("named");
        tx.commit().await.expect("kept");
        class
    }
}

/// The address of the calendar that a page shows, as a path.
fn address(page: &str) -> String {
    let start = page.find("http://localhost/calendar/").expect("an address") + "http://localhost".len();
    let end = page[start..].find('"').expect("its end") + start;
    page[start..end].to_owned()
}

fn events(body: &str) -> Vec<icalendar::Event> {
    let calendar: Calendar = body.parse().expect("a calendar");
    calendar.events().cloned().collect()
}

async fn a_person_subscribes_renews_and_revokes(engine: Engine) {
    let site = Site::new(engine).await;
    let person = site.city.person("王小明", XINAN).await;
    let other = site.city.person("赵铁柱", XINAN).await;
    let class = site.class_of(person).await;
    site.city.enrolment(class, other, "approved").await;
    let cookie = site.cookie(person).await;
    assert_eq!(
        site.get("/me/calendar", "").await.header(header::LOCATION),
        "/sign-in?next=%2Fme%2Fcalendar"
    );
    assert!(
        !site.get("/me/calendar", &cookie).await.body.contains("/calendar/"),
        "none before it is asked for"
    );
    assert_eq!(site.post("make_calendar_link", "", "").await, 401);
    assert_eq!(site.post("make_calendar_link", &cookie, "").await, 200);
    let page = site.get("/me/calendar", &cookie).await.body;
    let path = address(&page);
    assert!(page.contains(&format!("webcal://localhost{path}")), "{path}");

    let first = site.fetch(&path, "").await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.header(header::CONTENT_TYPE), "text/calendar; charset=utf-8");
    assert_eq!(first.header(header::CACHE_CONTROL), "private, no-cache");
    let found = events(&first.body);
    assert_eq!(found.len(), 1, "a hostile name begins no event");
    assert_eq!(found[0].get_status(), Some(EventStatus::Confirmed));
    for private in ["王小明", "赵铁柱", "139"] {
        assert!(!first.body.contains(private), "{private}");
    }
    let tag = first.header(header::ETAG).to_owned();
    for known in [tag.clone(), format!("\"x\", {tag}"), tag.replace("W/", ""), "*".to_owned()] {
        let again = site.fetch(&path, &known).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{known}");
        assert_eq!(again.header(header::ETAG), tag);
    }

    let mut tx = site.city.begin().await;
    sql("UPDATE lessons SET cancelled_at = $1, changed_at = $1, sequence = sequence + 1")
        .bind(site.city.now())
        .run(&mut tx)
        .await
        .expect("cancelled");
    tx.commit().await.expect("kept");
    let changed = site.fetch(&path, &tag).await;
    assert_eq!(changed.status, StatusCode::OK, "it changed");
    let off = events(&changed.body);
    assert_eq!(
        (off[0].get_uid(), off[0].get_status()),
        (found[0].get_uid(), Some(EventStatus::Cancelled))
    );
    assert!(off[0].get_sequence() > found[0].get_sequence());
    assert!(site.fetch(&format!("{path}?lang=en"), "").await.body.contains("[Cancelled] "));

    assert_eq!(site.post("make_calendar_link", &cookie, "").await, 200);
    assert_eq!(site.fetch(&path, "").await.status, StatusCode::GONE, "the old one works no more");
    let renewed = address(&site.get("/me/calendar", &cookie).await.body);
    assert_eq!(site.fetch(&renewed, "").await.status, StatusCode::OK);
    assert_eq!(site.post("revoke_calendar_link", &cookie, "").await, 200);
    assert_eq!(site.fetch(&renewed, "").await.status, StatusCode::GONE);
    for unknown in [
        "/calendar/x.ics",
        "/calendar/.ics",
        &renewed.replace(".ics", ""),
        "/calendar/%E6%B2%B3.ics",
    ] {
        let answer = site.fetch(unknown, "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

async fn the_link_of_a_class_is_for_its_own(engine: Engine) {
    let site = Site::new(engine).await;
    let student = site.city.person("王小明", XINAN).await;
    let class = site.class_of(student).await.to_string();
    let stranger = site.city.person("外人", XINAN).await;
    let (student, stranger) = (site.cookie(student).await, site.cookie(stranger).await);
    let (own, other) = (site.coordinator(XINAN).await, site.coordinator(YIYANG).await);
    let page = format!("/classes/{class}/calendar");
    for (who, cookie, make, read) in [
        ("nobody", "", 401, 303),
        ("a stranger", &stranger, 403, 403),
        ("another county", &other, 403, 403),
        ("a student", &student, 403, 200),
        ("the county", &own, 200, 200),
    ] {
        assert_eq!(site.post("make_calendar_link", cookie, &class).await, make, "{who}");
        assert_eq!(site.post("revoke_calendar_link", cookie, &class).await, make, "{who}");
        assert_eq!(site.get(&page, cookie).await.status.as_u16(), read, "{who}");
    }
    assert_eq!(site.post("make_calendar_link", &own, &class).await, 200);
    let path = address(&site.get(&page, &student).await.body);
    assert_eq!(path, address(&site.get(&page, &own).await.body), "one link for all of the class");
    assert!(site.fetch(&path, "").await.body.contains("NAME:现代企业治理班"));
    assert!(site.get(&format!("/classes/{class}"), &student).await.body.contains(&page));
    assert!(!site.get(&format!("/classes/{class}"), &stranger).await.body.contains(&page));
    assert!(site.get(&format!("/desk/classes/{class}"), &own).await.body.contains(&page));
    for nonsense in ["nonsense", "%00", "019a0000-0000-7000-8000-000000000000"] {
        let status = site.post("make_calendar_link", &own, nonsense).await;
        assert!((400..500).contains(&status), "{nonsense}: {status}");
    }
}

app::on_both_engines!(a_person_subscribes_renews_and_revokes, the_link_of_a_class_is_for_its_own);
