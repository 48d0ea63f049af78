//! Check-in, asked through the server's own router: the wall, the ticket, staff scanning, scanners.

use app::accounts::store::begin_sign_in;
use app::db::sql;
use app::db::testing::Engine;
use app::ids::{ClassId, EnrolmentId, LessonId, PersonId};
use app::testing::{TestCity, XINAN, YIYANG};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tower::ServiceExt;

struct Answer {
    status: u16,
    location: String,
    kind: String,
    cookie: Option<String>,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} is no JSON", self.body))
    }
}

/// A lesson of Xin'an that starts in ten minutes, with its coordinator.
struct Site {
    city: TestCity,
    router: Router,
    class: ClassId,
    lesson: LessonId,
    staff: String,
}

/// A browser: its cookies.
#[derive(Default, Clone)]
struct Browser(Vec<String>);

impl Site {
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let class = city.class(XINAN, 500).await;
        let lesson = city.lesson(class, city.now() + TimeDelta::minutes(10)).await;
        let router = server::http::router(city.app.clone());
        let mut site = Self {
            city,
            router,
            class,
            lesson,
            staff: String::new(),
        };
        site.staff = site.with_role("county", Some(XINAN)).await;
        site
    }

    async fn token(&self, person: PersonId) -> String {
        let mut tx = self.city.begin().await;
        let token = begin_sign_in(&self.city.app, &mut tx, self.city.now(), person, "test")
            .await
            .expect("a sign-in");
        tx.commit().await.expect("kept");
        format!("sign_in={token}")
    }

    /// The cookie of a new person with a role; `class` for somebody who looks after the class.
    async fn with_role(&self, role: &'static str, region: Option<&str>) -> String {
        let person = self.city.person("工作人员", region.unwrap_or(XINAN)).await;
        let mut tx = self.city.begin().await;
        let query = match role {
            "none" => None,
            "class" => Some(
                sql("INSERT INTO class_staff (class_id, person_id) VALUES ($1, $2)")
                    .bind(self.class)
                    .bind(person),
            ),
            role => Some(
                sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, $3, $4, $5)")
                    .bind(self.city.app.chance.uuid(self.city.now()))
                    .bind(person)
                    .bind(role)
                    .bind(region)
                    .bind(self.city.now()),
            ),
        };
        if let Some(query) = query {
            query.run(&mut tx).await.expect("a role");
        }
        tx.commit().await.expect("kept");
        self.token(person).await
    }

    async fn student(&self, name: &str) -> (PersonId, EnrolmentId) {
        let person = self.city.person(name, XINAN).await;
        (person, self.city.enrolment(self.class, person, "approved").await)
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let (response, body) = self.router.clone().oneshot(request).await.expect("an answer").into_parts();
        let head = |name| response.headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        let (location, kind, cookie) = (head(header::LOCATION), head(header::CONTENT_TYPE), head(header::SET_COOKIE));
        let status = response.status.as_u16();
        let body = body.collect().await.expect("a body").to_bytes();
        Answer {
            status,
            location: location.unwrap_or_default(),
            kind: kind.unwrap_or_default(),
            cookie: cookie.and_then(|cookie| cookie.split(';').next().map(ToOwned::to_owned)),
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    async fn get(&self, cookies: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookies).header(header::ACCEPT, "text/html");
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    async fn post(&self, cookies: &str, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, cookies)
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, "http://localhost/somewhere")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form.to_owned())).expect("a request")).await
    }

    async fn read_by_device(&self, token: &str, body: &Value) -> Answer {
        let request = Request::post(format!("/api/v1/lessons/{}/checkins", self.lesson))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.ask(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// Registers a scanner of Xin'an's school by its page.
    async fn device(&self) -> String {
        let school = self.city.school(XINAN).await;
        let page = self
            .post(&self.staff, "/desk/devices/register", &format!("name=%E4%B8%9C%E9%97%A8&school={school}"))
            .await;
        assert_eq!(page.status, 200, "{}", page.body);
        let at = page.body.find("heluo_").expect("the token is shown");
        page.body[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
    }

    /// The code that the wall shows now.
    async fn wall_code(&self) -> String {
        let wall = self.get(&self.staff, &format!("/desk/lessons/{}/wall", self.lesson)).await;
        assert_eq!(wall.status, 200, "{}", wall.body);
        let at = wall.body.find("<b>").expect("the code stands on the wall");
        wall.body[at + 3..].chars().take_while(|c| *c != '<').collect()
    }

    async fn rows(&self) -> i64 {
        sql("SELECT COUNT(*) FROM attendances").count(&self.city.app.db).await.expect("counted")
    }

    async fn entry(&self, enrolment: EnrolmentId) -> (String, DateTime<Utc>) {
        sql("SELECT status, at FROM attendances WHERE enrolment_id = $1")
            .bind(enrolment)
            .one(&self.city.app.db)
            .await
            .expect("an entry")
    }
}

impl Browser {
    fn cookies(&self) -> String {
        self.0.join("; ")
    }

    fn keep(&mut self, answer: &Answer) {
        self.0.extend(answer.cookie.clone());
    }
}

macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::$name(super::Engine::Sqlite).await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                super::$name(super::Engine::Postgres).await;
            }
        }
    )+};
}

async fn a_scan_becomes_a_ticket_and_one_tap_marks(engine: Engine) {
    let site = Site::new(engine).await;
    let (person, enrolment) = site.student("王<芳>").await;
    let scanned_at = site.city.now();
    let mut phone = Browser::default();
    let traded = site.get("", &format!("/q/{}", site.wall_code().await)).await;
    phone.keep(&traded);
    assert_eq!(traded.status, 303);
    assert!(traded.location.starts_with("/checkin?ticket="), "{}", traded.location);

    let who = site.get(&phone.cookies(), &traded.location).await;
    assert_eq!(who.status, 200);
    assert!(who.body.contains("/sign-in?next=%2Fcheckin%3Fticket%3D"), "{}", who.body);

    // Looking for the password takes twenty minutes: the lesson has long begun.
    site.city.hand.advance(TimeDelta::minutes(20));
    phone.0.push(site.token(person).await);
    let asks = site.get(&phone.cookies(), &traded.location).await;
    assert!(asks.body.contains("/api/check_in") && asks.body.contains("王&lt;芳&gt;"), "{}", asks.body);
    assert!(!asks.body.contains("<script"), "one tap needs no script");
    assert_eq!(site.rows().await, 0, "no GET marks anybody");

    let ticket = traded.location.trim_start_matches("/checkin?ticket=");
    let marked = site.post(&phone.cookies(), "/api/check_in", &format!("ticket={ticket}")).await;
    assert_eq!(
        (marked.status, marked.location.as_str()),
        (303, format!("/checkin/{}", site.lesson).as_str())
    );
    assert_eq!(site.entry(enrolment).await, ("present".to_owned(), scanned_at), "at the time of the scan");
    let answer = site.get(&phone.cookies(), &marked.location).await;
    assert!(
        answer.body.contains("arrival--good") && answer.body.contains("签到成功"),
        "{}",
        answer.body
    );

    let again = site.post(&phone.cookies(), "/api/check_in", &format!("ticket={ticket}")).await;
    assert_eq!(again.location, marked.location, "repeating is a success");
    assert_eq!(site.rows().await, 1);
}
on_both_engines!(a_scan_becomes_a_ticket_and_one_tap_marks);

async fn an_old_code_and_an_old_ticket_lead_back_to_the_wall(engine: Engine) {
    let site = Site::new(engine).await;
    let (person, _) = site.student("李明").await;
    let cookies = site.token(person).await;
    let code = site.wall_code().await;
    site.city.hand.advance(TimeDelta::seconds(15));
    let previous = site.get(&cookies, &format!("/q/typed?code={}", code.to_lowercase())).await;
    assert!(previous.location.starts_with("/checkin"), "the previous code is taken, typed too");
    site.city.hand.advance(TimeDelta::seconds(15));
    assert_eq!(site.get(&cookies, &format!("/q/{code}")).await.location, "/q?old=1");
    assert!(site.get(&cookies, "/q?old=1").await.body.contains("已经过期"));
    let wrong = site.get(&cookies, "/q/typed?code=%3Cscript%3E").await;
    let page = site.get(&cookies, &wrong.location).await;
    assert!(page.body.contains("8 位字母和数字") && !page.body.contains("<script>"), "{}", page.body);

    // Without the browser's cookie the five minutes from the scan are all there is.
    site.city.hand.advance(TimeDelta::minutes(5));
    let late = site.get(&cookies, &previous.location).await;
    assert!(late.body.contains("请再扫一次") && !late.body.contains("/api/check_in"), "{}", late.body);
    let ticket = previous.location.trim_start_matches("/checkin?ticket=");
    let refused = site.post(&cookies, "/api/check_in", &format!("ticket={ticket}")).await;
    assert!(refused.status == 303 && refused.location.contains("flash="), "{}", refused.location);
    assert_eq!(site.rows().await, 0);
}
on_both_engines!(an_old_code_and_an_old_ticket_lead_back_to_the_wall);

async fn whoever_is_not_on_the_roster_asks_and_staff_hear_of_it(engine: Engine) {
    let site = Site::new(engine).await;
    let stranger = site.city.person("陌生人", XINAN).await;
    let cookies = site.token(stranger).await;
    let mut heard = site.city.app.live.listen();
    let traded = site.get(&cookies, &format!("/q/{}", site.wall_code().await)).await;
    let page = site.get(&cookies, &traded.location).await;
    assert!(
        page.body.contains("/api/ask_to_be_added") && page.body.contains("您不在本班花名册上"),
        "{}",
        page.body
    );
    let ticket = traded.location.trim_start_matches("/checkin?ticket=");
    for _ in 0..2 {
        let asked = site.post(&cookies, "/api/ask_to_be_added", &format!("ticket={ticket}")).await;
        assert_eq!(asked.location, format!("/checkin/{}", site.lesson));
    }
    assert_eq!(heard.recv().await.expect("told").lesson, site.lesson);
    let waits = site.get(&cookies, &format!("/checkin/{}", site.lesson)).await;
    assert!(
        waits.body.contains("已经申请") && waits.body.contains("http-equiv=\"refresh\""),
        "{}",
        waits.body
    );
    let (id,): (app::ids::WalkInId,) = sql("SELECT id FROM walk_ins").one(&site.city.app.db).await.expect("asked once");
    let added = site
        .post(
            &site.staff,
            "/api/board_walk_in",
            &format!("lesson={}&walk_in={id}&verdict=add", site.lesson),
        )
        .await;
    assert_eq!(added.status, 303);
    let answer = site.get(&cookies, &format!("/checkin/{}", site.lesson)).await;
    assert!(answer.body.contains("签到成功"), "{}", answer.body);
    assert_eq!(app::integrity::findings(&site.city.app.db).await.expect("checked"), []);
}
on_both_engines!(whoever_is_not_on_the_roster_asks_and_staff_hear_of_it);

async fn desks_are_scoped(engine: Engine) {
    let site = Site::new(engine).await;
    let paths = ["wall", "live", "scan"].map(|page| format!("/desk/lessons/{}/{page}", site.lesson));
    let table = [
        ("city", Some("410300"), [200, 200]),
        ("county", Some(XINAN), [200, 200]),
        ("county", Some(YIYANG), [404, 200]),
        ("class", None, [200, 403]),
        ("verifier", None, [403, 403]),
        ("none", None, [403, 403]),
    ];
    for (role, region, [lesson, devices]) in table {
        let cookies = site.with_role(role, region).await;
        for path in &paths {
            let request = Request::get(path)
                .header(header::COOKIE, &cookies)
                .body(Body::empty())
                .expect("a request");
            let status = site.router.clone().oneshot(request).await.expect("an answer").status().as_u16();
            assert_eq!(status, lesson, "{role} {region:?} {path}");
        }
        assert_eq!(site.get(&cookies, "/desk/devices").await.status, devices, "{role} {region:?} devices");
    }
    for path in &paths {
        assert!(matches!(site.get("", path).await.status, 303 | 401), "{path} without signing in");
    }
    // A coordinator of another county neither registers nor revokes here.
    let other = site.with_role("county", Some(YIYANG)).await;
    let school = site.city.school(XINAN).await;
    let tried = site.post(&other, "/desk/devices/register", &format!("name=x&school={school}")).await;
    assert_eq!(tried.status, 404);
    site.device().await;
    let (device,): (app::ids::DeviceId,) = sql("SELECT id FROM devices").one(&site.city.app.db).await.expect("a device");
    site.post(&other, "/api/revoke_device", &format!("device={device}")).await;
    assert_eq!(revoked(&site).await, 0);
    site.post(&site.staff, "/api/revoke_device", &format!("device={device}")).await;
    assert_eq!(revoked(&site).await, 1);
}
on_both_engines!(desks_are_scoped);

async fn revoked(site: &Site) -> i64 {
    sql("SELECT COUNT(*) FROM devices WHERE revoked_at IS NOT NULL")
        .count(&site.city.app.db)
        .await
        .expect("counted")
}

async fn the_wall_shows_this_code_and_no_later_one(engine: Engine) {
    let site = Site::new(engine).await;
    let (person, _) = site.student("欧阳娜娜").await;
    let code = site.wall_code().await;
    let cookies = site.token(person).await;
    let traded = site.get(&cookies, &format!("/q/{code}")).await;
    let ticket = traded.location.trim_start_matches("/checkin?ticket=").to_owned();
    site.post(&cookies, "/api/check_in", &format!("ticket={ticket}")).await;
    let wall = site.get(&site.staff, &format!("/desk/lessons/{}/wall", site.lesson)).await;
    assert!(wall.body.contains("欧阳") && !wall.body.contains("娜娜"), "surnames only");
    assert!(
        wall.body.contains("<noscript><meta http-equiv=\"refresh\""),
        "renews itself without scripts"
    );
    site.city.hand.advance(TimeDelta::seconds(15));
    let later = site.wall_code().await;
    assert_ne!(later, code);
    assert!(!wall.body.contains(&later));

    // The stream begins with everything.
    let request = Request::get(format!("/desk/lessons/{}/live", site.lesson))
        .header(header::COOKIE, &site.staff)
        .body(Body::empty())
        .expect("a request");
    let response = site.router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut body = response.into_body();
    let mut seen = String::new();
    while !seen.contains("live-names") {
        let frame = body.frame().await.expect("more").expect("a frame");
        seen.push_str(&String::from_utf8_lossy(frame.data_ref().expect("data")));
    }
    assert!(
        seen.contains(&later) && seen.contains("live-code") && seen.contains("<strong>1</strong>"),
        "{seen}"
    );
    site.city.app.live.end();
    while let Some(frame) = body.frame().await {
        frame.expect("the stream ends in order");
    }
}
on_both_engines!(the_wall_shows_this_code_and_no_later_one);

async fn staff_read_a_persons_code(engine: Engine) {
    let site = Site::new(engine).await;
    let (person, enrolment) = site.student("李明").await;
    let code = person.to_string();
    let own = site.get(&site.token(person).await, "/me/qr").await;
    assert!(own.body.contains(&code), "{}", own.body);
    let page = site.get(&site.staff, &format!("/p/{code}")).await;
    assert!(page.body.contains("/api/scan_person") && page.body.contains("公司治理"), "{}", page.body);
    assert_eq!(site.get(&site.token(person).await, &format!("/p/{code}")).await.status, 200, "one's own");
    let curious = site.with_role("none", None).await;
    assert_eq!(site.get(&curious, &format!("/p/{code}")).await.status, 403);
    let elsewhere = site.with_role("county", Some(YIYANG)).await;
    assert!(!site.get(&elsewhere, &format!("/p/{code}")).await.body.contains("/api/scan_person"));

    let read = format!("/desk/lessons/{}/scan/read", site.lesson);
    assert_eq!(site.post(&elsewhere, &read, &format!("code={code}")).await.status, 404);
    let done = site.post(&site.staff, &read, &format!("code=https%3A%2F%2Fx%2Fp%2F{code}")).await;
    assert!(done.body.contains("李明") && done.body.contains("scan-result--good"), "{}", done.body);
    let again = site
        .post(&site.staff, "/api/scan_person", &format!("lesson={}&code={code}", site.lesson))
        .await;
    assert_eq!(again.status, 303);
    let unknown = site.post(&site.staff, &read, "code=nobody").await;
    assert!(unknown.body.contains("没有这个学员码"), "{}", unknown.body);
    assert_eq!(site.entry(enrolment).await.0, "present");
    assert_eq!(site.rows().await, 1);
}
on_both_engines!(staff_read_a_persons_code);

async fn a_scanner_is_answered_as_the_contract_says(engine: Engine) {
    let site = Site::new(engine).await;
    let (person, _) = site.student("李明").await;
    let (second, _) = site.student("王芳").await;
    let stranger = site.city.person("陌生人", XINAN).await;
    let token = site.device().await;
    assert!(!site.get(&site.staff, "/desk/devices").await.body.contains(&token), "shown once");
    let now = site.city.now().to_rfc3339();
    let read = async |code: String, nonce: &str, at: &str| site.read_by_device(&token, &json!({ "code": code, "nonce": nonce, "at": at })).await;
    let first = read(person.to_string(), "n1", &now).await;
    assert_eq!(first.json(), json!({ "status": "present", "person": "李明", "first": true }));
    assert_eq!(
        read(person.to_string(), "n1", &now).await.json(),
        first.json(),
        "the same nonce, the same answer"
    );
    assert_eq!(read(person.to_string(), "n2", &now).await.json()["first"], json!(false));

    let reason = |answer: Answer, status: u16, reason: &str| {
        assert_eq!(
            (answer.status, answer.kind.as_str()),
            (status, "application/problem+json"),
            "{}",
            answer.body
        );
        assert_eq!(answer.json()["reason"], json!(reason));
        assert!(
            answer.json()["title"].as_str().is_some_and(|title| !title.starts_with("attendance-")),
            "{}",
            answer.body
        );
    };
    reason(read(second.to_string(), "n1", &now).await, 422, "nonce_reused");
    reason(read("nobody".to_owned(), "n3", &now).await, 404, "unknown_code");
    reason(read(stranger.to_string(), "n4", &now).await, 409, "not_on_roster");
    reason(read(second.to_string(), "n5", "1970-01-01T00:00:00Z").await, 422, "bad_time");
    let early = (site.city.now() - TimeDelta::minutes(25)).to_rfc3339();
    let early = read(second.to_string(), "n6", &early).await;
    assert!(early.json()["opens_at"].is_string(), "{}", early.body);
    reason(early, 409, "too_early");
    site.city.hand.advance(TimeDelta::hours(4));
    reason(read(second.to_string(), "n7", &site.city.now().to_rfc3339()).await, 409, "closed");
    // What was read offline during the lesson may still be handed in.
    let offline = read(second.to_string(), "n8", &(site.city.now() - TimeDelta::hours(3)).to_rfc3339()).await;
    assert_eq!(offline.json(), json!({ "status": "late", "person": "王芳", "first": true }));

    reason(site.read_by_device("heluo_wrong", &json!({})).await, 401, "unknown_token");
    reason(site.read_by_device(&token, &json!({ "code": 1 })).await, 422, "invalid_body");
    let mut tx = site.city.begin().await;
    sql("UPDATE devices SET revoked_at = created_at").run(&mut tx).await.expect("revoked");
    tx.commit().await.expect("kept");
    reason(read(second.to_string(), "n9", &now).await, 403, "revoked_device");
}
on_both_engines!(a_scanner_is_answered_as_the_contract_says);

async fn a_scanner_works_for_its_own_school_only(engine: Engine) {
    let mut site = Site::new(engine).await;
    let token = site.device().await;
    let class = site.city.class(YIYANG, 10).await;
    site.lesson = site.city.lesson(class, site.city.now()).await;
    let answer = site.read_by_device(&token, &json!({ "code": "x", "nonce": "n" })).await;
    assert_eq!((answer.status, &answer.json()["reason"]), (404, &json!("not_found")));
}
on_both_engines!(a_scanner_works_for_its_own_school_only);

/// Two hundred people by scanner and by wall at once, each three times; and one nonce many times at once.
async fn a_burst_by_every_way_in_is_one_row_each(engine: Engine) {
    let site = Site::new(engine).await;
    let token = site.device().await;
    let code = site.wall_code().await;
    let people = site.city.people(200, XINAN).await;
    let mut work = JoinSet::new();
    let mut phones = Vec::new();
    for person in &people {
        site.city.enrolment(site.class, *person, "approved").await;
        phones.push((*person, site.token(*person).await));
    }
    let site = std::sync::Arc::new(site);
    for (person, cookies) in phones {
        for nonce in ["a", "a", "b"] {
            let (site, token) = (site.clone(), token.clone());
            work.spawn(async move {
                let body = json!({ "code": person.to_string(), "nonce": format!("{person}{nonce}") });
                let answer = site.read_by_device(&token, &body).await;
                assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("present")), "{}", answer.body);
            });
        }
        let (site, code) = (site.clone(), code.clone());
        work.spawn(async move {
            let traded = site.get(&cookies, &format!("/q/{code}")).await;
            let ticket = traded.location.trim_start_matches("/checkin?ticket=");
            let marked = site.post(&cookies, "/api/check_in", &format!("ticket={ticket}")).await;
            assert_eq!(marked.location, format!("/checkin/{}", site.lesson), "{}", marked.body);
        });
    }
    let once = site.city.people(1, XINAN).await[0];
    site.city.enrolment(site.class, once, "approved").await;
    let mut same = JoinSet::new();
    for _ in 0..20 {
        let (site, token) = (site.clone(), token.clone());
        same.spawn(async move {
            site.read_by_device(&token, &json!({ "code": once.to_string(), "nonce": "once" }))
                .await
                .body
        });
    }
    while let Some(done) = work.join_next().await {
        done.expect("no panic");
    }
    let answers: std::collections::BTreeSet<String> = same.join_all().await.into_iter().collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(site.rows().await, 201);
    let events = sql("SELECT COUNT(*) FROM attendance_events")
        .count(&site.city.app.db)
        .await
        .expect("counted");
    assert_eq!(events, 201);
    assert_eq!(app::integrity::findings(&site.city.app.db).await.expect("checked"), []);
}
on_both_engines!(a_burst_by_every_way_in_is_one_row_each);

async fn hostile_input_is_refused_with_words(engine: Engine) {
    let site = Site::new(engine).await;
    let (person, _) = site.student("李明").await;
    let token = site.device().await;
    let student = site.token(person).await;
    let long = "x".repeat(10_000);
    let hostile = [
        "",
        "%00",
        "%F0%9F%98%80",
        "%3Cscript%3E",
        "%FF%FE",
        "..%2F..",
        "'%20OR%201=1--",
        long.as_str(),
    ];
    for bad in hostile {
        for path in [
            format!("/q/{bad}x"),
            format!("/q/typed?code={bad}"),
            format!("/q?code={bad}"),
            format!("/checkin?ticket={bad}"),
            format!("/checkin/{bad}x"),
            format!("/p/{bad}x"),
            format!("/desk/lessons/{bad}x/wall"),
            format!("/desk/lessons/{bad}x/live"),
            format!("/desk/lessons/{bad}x/scan"),
        ] {
            for cookies in [&student, &site.staff] {
                let Ok(request) = Request::get(&path).header(header::COOKIE, cookies).body(Body::empty()) else {
                    continue;
                };
                let answer = site.ask(request).await;
                assert!(answer.status < 500, "{} for {path}: {}", answer.status, answer.body);
                assert!(!answer.body.contains("<script>"), "{path}");
            }
        }
        for (path, form) in [
            ("/api/check_in", format!("ticket={bad}&lat={bad}&lon={bad}")),
            ("/api/ask_to_be_added", format!("ticket={bad}")),
            ("/api/scan_person", format!("lesson={}&code={bad}", site.lesson)),
            ("/api/scan_person", format!("lesson={bad}&code=x")),
            ("/api/revoke_device", format!("device={bad}")),
            ("/desk/devices/register", format!("name={bad}&school={bad}")),
            ("/desk/devices/register", bad.to_owned()),
        ] {
            let answer = site.post(&site.staff, path, &form).await;
            assert!(answer.status < 500, "{} for {path} {form:.60}: {}", answer.status, answer.body);
        }
        let decoded = String::from_utf8_lossy(bad.as_bytes()).replace("%00", "\0");
        for body in [
            json!({ "code": decoded, "nonce": "n" }),
            json!({ "code": person.to_string(), "nonce": decoded }),
            json!({ "code": person.to_string(), "nonce": "n", "at": decoded }),
            json!([decoded]),
        ] {
            let answer = site.read_by_device(&token, &body).await;
            assert!((200..500).contains(&answer.status), "{} for {body:.80}: {}", answer.status, answer.body);
        }
    }
    assert!(site.rows().await <= 1);
}
on_both_engines!(hostile_input_is_refused_with_words);
