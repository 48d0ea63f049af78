//! The API, asked through the server's own router: who may do what, every refusal as a problem, pages, limits over several
//! processes, and that document and behaviour agree.

use app::accounts::store::begin_sign_in;
use app::api::{DEFAULT_RATE, Reason, document};
use app::db::sql;
use app::db::testing::Engine;
use app::ids::{ClassId, LessonId, PersonId};
use app::testing::{TestCity, XINAN, YIYANG};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use chrono::{TimeDelta, Utc};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tower::ServiceExt;

const PROBLEM: &str = "application/problem+json";

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn head(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} is no JSON", self.body))
    }

    /// The reason of a refusal that is one as it should be.
    #[track_caller]
    fn refused(&self, status: u16) -> String {
        let kind = self.head("content-type");
        assert_eq!((self.status, kind), (status, PROBLEM), "{}", self.body);
        let problem = self.json();
        assert_eq!(problem["status"], json!(status));
        for member in ["type", "title", "reason"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} in {}", self.body);
        }
        assert!(!problem["title"].as_str().expect("a title").starts_with("api-"), "{}", self.body);
        let reason: Reason = problem["reason"].as_str().expect("a reason").parse().expect("a known reason");
        assert_eq!(reason.status().as_u16(), status);
        reason.as_str().to_owned()
    }
}

/// A class with a lesson in Xin'an and one in Yiyang, each with somebody on its roster who is there.
struct Site {
    city: TestCity,
    router: Router,
    own: Place,
    other: Place,
}

struct Place {
    class: ClassId,
    lesson: LessonId,
    person: PersonId,
}

async fn place(city: &TestCity, region: &str) -> Place {
    let class = city.class(region, 500).await;
    let lesson = city.lesson(class, city.now() + TimeDelta::minutes(10)).await;
    let person = city.person("李明", region).await;
    let enrolment = city.enrolment(class, person, "approved").await;
    let mut tx = city.begin().await;
    let id = city.app.chance.uuid(city.now());
    sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, flags) VALUES ($1, $2, 'present', 'hand', $3, '')")
        .bind(lesson)
        .bind(enrolment)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("an entry");
    sql("INSERT INTO attendance_events (id, lesson_id, enrolment_id, at, source, to_status, why) VALUES ($1, $2, $3, $4, 'hand', 'present', '')")
        .bind(id)
        .bind(lesson)
        .bind(enrolment)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("its history");
    tx.commit().await.expect("kept");
    Place { class, lesson, person }
}

impl Site {
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let own = place(&city, XINAN).await;
        let other = place(&city, YIYANG).await;
        let router = server::http::router(city.app.clone());
        Self { city, router, own, other }
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        ask(&self.router, request).await
    }

    async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(call(Method::GET, token, path).body(Body::empty()).expect("a request")).await
    }

    async fn check_in(&self, token: &str, lesson: LessonId, body: &Value) -> Answer {
        let path = format!("/lessons/{}/checkins", lesson.0);
        let request = call(Method::POST, token, &path).header(header::CONTENT_TYPE, "application/json");
        self.ask(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// The cookie of a new person with a role.
    async fn with_role(&self, role: &'static str, region: Option<&str>) -> String {
        let person = self.city.person("管理员", region.unwrap_or(XINAN)).await;
        let mut tx = self.city.begin().await;
        if role != "none" {
            sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, $3, $4, $5)")
                .bind(self.city.app.chance.uuid(self.city.now()))
                .bind(person)
                .bind(role)
                .bind(region)
                .bind(self.city.now())
                .run(&mut tx)
                .await
                .expect("a role");
        }
        let token = begin_sign_in(&self.city.app, &mut tx, self.city.now(), person, "test")
            .await
            .expect("a sign-in");
        tx.commit().await.expect("kept");
        format!("sign_in={token}")
    }

    async fn post(&self, cookies: &str, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, cookies)
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, "http://localhost/desk/integrations")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form.to_owned())).expect("a request")).await
    }

    async fn page(&self, cookies: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookies).header(header::ACCEPT, "text/html");
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    /// Makes a token by the page: for the whole city, or for the school of a region.
    async fn token(&self, region: Option<&'static str>, scopes: &[&str]) -> String {
        let (cookies, school) = match region {
            None => (self.with_role("city", None).await, "city".to_owned()),
            Some(region) => (self.with_role("county", Some(region)).await, self.city.school(region).await.to_string()),
        };
        let page = self.post(&cookies, "/desk/integrations/make", &form("数据平台", &school, scopes)).await;
        assert_eq!(page.status, 200, "{}", page.body);
        secret(&page.body)
    }

    async fn scanner(&self) -> String {
        let cookies = self.with_role("county", Some(XINAN)).await;
        let school = self.city.school(XINAN).await;
        let page = self.post(&cookies, "/desk/devices/register", &format!("name=x&school={school}")).await;
        secret(&page.body)
    }
}

async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let (response, body) = router.clone().oneshot(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    Answer {
        status: response.status.as_u16(),
        headers: response.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

fn call(method: Method, token: &str, path: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    if token.is_empty() {
        request
    } else {
        request.header(header::AUTHORIZATION, format!("Bearer {token}"))
    }
}

fn form(name: &str, school: &str, scopes: &[&str]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("name", name).append_pair("school", school).append_pair("lifetime", "30");
    for scope in scopes {
        form.append_pair("scopes", scope);
    }
    form.finish()
}

/// The token that a page shows.
fn secret(page: &str) -> String {
    let at = page.find(">heluo_").expect("the token is shown") + 1;
    page[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
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

/// Scope × endpoint × own county's, another county's: every token but that of the whole city is of Xin'an.
async fn a_token_does_what_its_scopes_name_at_its_own_schools(engine: Engine) {
    let site = Site::new(engine).await;
    let every = ["classes:read", "roster:read", "phones:read", "attendance:read", "checkins:write"];
    // lessons, roster, attendance, check-in: own; then the same of the other county.
    #[allow(clippy::type_complexity)] // a table: who, with what, where, and what is answered
    let table: [(&str, Option<&'static str>, &[&str], [[u16; 4]; 2]); 9] = [
        ("classes", Some(XINAN), &["classes:read"], [[200, 403, 403, 403], [404, 403, 403, 403]]),
        ("roster", Some(XINAN), &["roster:read"], [[403, 200, 403, 403], [403, 404, 403, 403]]),
        (
            "phones",
            Some(XINAN),
            &["roster:read", "phones:read"],
            [[403, 200, 403, 403], [403, 404, 403, 403]],
        ),
        (
            "attendance",
            Some(XINAN),
            &["attendance:read"],
            [[403, 403, 200, 403], [403, 403, 404, 403]],
        ),
        (
            "check-ins",
            Some(XINAN),
            &["checkins:write"],
            [[403, 403, 403, 200], [403, 403, 403, 404]],
        ),
        ("all of a county", Some(XINAN), &every, [[200; 4], [404; 4]]),
        ("all of the other", Some(YIYANG), &every, [[404; 4], [200; 4]]),
        ("all of the city", None, &every, [[200; 4], [200; 4]]),
        ("scanner", Some(XINAN), &[], [[403, 403, 403, 200], [403, 403, 403, 404]]),
    ];
    for (name, region, scopes, expected) in table {
        let token = if scopes.is_empty() {
            site.scanner().await
        } else {
            site.token(region, scopes).await
        };
        for (place, expected) in [&site.own, &site.other].into_iter().zip(expected) {
            let class = place.class.0;
            let answers = [
                site.get(&token, &format!("/classes/{class}/lessons")).await,
                site.get(&token, &format!("/classes/{class}/roster")).await,
                site.get(&token, &format!("/lessons/{}/attendance", place.lesson.0)).await,
                site.check_in(
                    &token,
                    place.lesson,
                    &json!({ "code": place.person.to_string(), "nonce": class.to_string() }),
                )
                .await,
            ];
            let found = answers.each_ref().map(|answer| answer.status);
            assert_eq!(found, expected, "{name} at {class}");
            for answer in answers {
                assert!(answer.head("ratelimit").starts_with("\"token\";r="), "{:?}", answer.headers);
                match answer.status {
                    200 => {
                        let phone = answer.body.contains("139");
                        assert!(!phone || scopes.contains(&"phones:read"), "{name}: {}", answer.body);
                    }
                    403 => {
                        assert_eq!(answer.refused(403), "missing_scope");
                        assert!(answer.head("www-authenticate").contains("error=\"insufficient_scope\", scope=\""));
                    }
                    _ => assert_eq!(answer.refused(404), "not_found"),
                }
            }
        }
        let listed = site.get(&token, "/classes").await;
        if scopes.contains(&"classes:read") {
            let mut ids: Vec<String> = listed.json()["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(|class| class["id"].as_str().unwrap_or_default().to_owned())
                .collect();
            let (own, other) = (site.own.class.0.to_string(), site.other.class.0.to_string());
            // Two classes of one moment come in the order of their ids, which chance gives them.
            ids.sort();
            let mut both = vec![own.clone(), other.clone()];
            both.sort();
            let expected = match (region, name) {
                (None, _) => both,
                (Some(YIYANG), _) => vec![other],
                _ => vec![own],
            };
            assert_eq!(ids, expected, "{name}");
        } else {
            assert_eq!(listed.refused(403), "missing_scope", "{name}");
        }
    }
}
on_both_engines!(a_token_does_what_its_scopes_name_at_its_own_schools);

async fn phones_need_their_own_scope(engine: Engine) {
    let site = Site::new(engine).await;
    let path = format!("/classes/{}/roster", site.own.class.0);
    let without = site.get(&site.token(Some(XINAN), &["roster:read"]).await, &path).await.json();
    assert_eq!(without["items"][0]["person"], json!({ "id": site.own.person.0, "name": "李明" }));
    assert_eq!(without["items"][0]["state"], json!("approved"));
    let with = site
        .get(&site.token(Some(XINAN), &["roster:read", "phones:read"]).await, &path)
        .await
        .json();
    assert!(
        with["items"][0]["person"]["phone"].as_str().is_some_and(|phone| phone.starts_with("139")),
        "{with}"
    );
    let waiting = site
        .get(&site.token(Some(XINAN), &["roster:read"]).await, &format!("{path}?state=waitlisted"))
        .await;
    assert_eq!(waiting.json(), json!({ "items": [], "next": null }));
}
on_both_engines!(phones_need_their_own_scope);

async fn a_draft_is_nobodys_business(engine: Engine) {
    let site = Site::new(engine).await;
    let token = site.token(None, &["classes:read", "roster:read", "attendance:read"]).await;
    let mut tx = site.city.begin().await;
    sql("UPDATE classes SET state = 'draft' WHERE id = $1")
        .bind(site.own.class)
        .run(&mut tx)
        .await
        .expect("a draft");
    tx.commit().await.expect("kept");
    assert_eq!(site.get(&token, "/classes").await.json()["items"].as_array().map(Vec::len), Some(1));
    let class = site.own.class.0;
    for path in [
        format!("/classes/{class}/lessons"),
        format!("/classes/{class}/roster"),
        format!("/lessons/{}/attendance", site.own.lesson.0),
    ] {
        assert_eq!(site.get(&token, &path).await.refused(404), "not_found");
    }
}
on_both_engines!(a_draft_is_nobodys_business);

/// Every list, followed by its links from the first page to the last: each row once, in order.
async fn lists_are_paged_by_key(engine: Engine) {
    let site = Site::new(engine).await;
    for n in 0..4 {
        let person = site.city.person(&format!("学员{n}"), XINAN).await;
        let enrolment = site.city.enrolment(site.own.class, person, "approved").await;
        let mut tx = site.city.begin().await;
        sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, flags) VALUES ($1, $2, 'late', 'hand', $3, '')")
            .bind(site.own.lesson)
            .bind(enrolment)
            .bind(site.city.now())
            .run(&mut tx)
            .await
            .expect("an entry");
        tx.commit().await.expect("kept");
        site.city.class(XINAN, 5).await;
        // Two at the same time: the id decides.
        site.city.lesson(site.own.class, site.city.now() + TimeDelta::days(n / 2)).await;
    }
    let token = site.token(None, &["classes:read", "roster:read", "attendance:read"]).await;
    let class = site.own.class.0;
    for (path, rows) in [
        ("/classes".to_owned(), 6),
        (format!("/classes/{class}/lessons"), 5),
        (format!("/classes/{class}/roster"), 5),
        (format!("/lessons/{}/attendance", site.own.lesson.0), 5),
    ] {
        let whole = site.get(&token, &path).await;
        assert_eq!(whole.head("link"), "", "{path}");
        let whole = whole.json();
        assert_eq!(
            (whole["items"].as_array().map(Vec::len), &whole["next"]),
            (Some(rows), &Value::Null),
            "{path}"
        );
        let mut address = format!("{path}?limit=2");
        let mut seen = Vec::new();
        loop {
            let page = site.get(&token, &address).await;
            let link = page.head("link").to_owned();
            let page = page.json();
            seen.extend(page["items"].as_array().expect("items").clone());
            assert_eq!(page["next"].is_null(), link.is_empty());
            let Some((next, _)) = link.split_once(">; rel=\"next\"") else { break };
            assert!(next.contains(page["next"].as_str().expect("a cursor")));
            next.trim_start_matches("<http://localhost/api/v1").clone_into(&mut address);
        }
        assert_eq!(Value::from(seen), whole["items"], "{path}");
    }
    let gone = format!("/classes/{class}/lessons?cursor=AZIAAAAAcACAAAAAAAAAAQ");
    assert_eq!(site.get(&token, &gone).await.refused(404), "unknown_cursor");
    for bad in [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=1&limit=1",
        "cursor=x",
        "cursor=%00",
        "limit=%FF",
    ] {
        let answer = site.get(&token, &format!("/classes?{bad}")).await;
        assert_eq!(answer.refused(400), "bad_parameter", "{bad}");
        let name = bad.split('=').next().unwrap_or_default();
        assert_eq!(answer.json()["errors"][0]["name"], json!(name), "{bad}");
    }
    let state = site.get(&token, &format!("/classes/{class}/roster?state=rejected")).await;
    assert_eq!(state.refused(400), "bad_parameter");
}
on_both_engines!(lists_are_paged_by_key);

async fn an_integration_is_answered_as_the_contract_says(engine: Engine) {
    let site = Site::new(engine).await;
    let token = site.token(None, &["checkins:write"]).await;
    let lesson = site.own.lesson;
    let class = site.own.class;
    let student = async |name: &str| {
        let person = site.city.person(name, XINAN).await;
        site.city.enrolment(class, person, "approved").await;
        person.to_string()
    };
    let (first, second) = (student("王芳").await, student("张伟").await);
    let stranger = site.city.person("陌生人", XINAN).await.to_string();
    let read = async |code: &str, nonce: &str| site.check_in(&token, lesson, &json!({ "code": code, "nonce": nonce })).await;
    let answer = read(&format!("https://x/p/{first}"), "a").await;
    assert_eq!(answer.json(), json!({ "status": "present", "person": "王芳", "first": true }));
    assert_eq!(read(&first, "a").await.json(), answer.json(), "the same nonce, the same answer");
    assert_eq!(read(&first, "b").await.json()["first"], json!(false));
    assert_eq!(read(&second, "a").await.refused(422), "nonce_reused");
    assert_eq!(read("nobody", "c").await.refused(404), "unknown_code");
    assert_eq!(read("/p/", "c2").await.refused(404), "unknown_code");
    assert_eq!(read(&stranger, "d").await.refused(409), "not_on_roster");
    let early = json!({ "code": second, "nonce": "e", "at": (site.city.now() - TimeDelta::minutes(25)).to_rfc3339() });
    let early = site.check_in(&token, lesson, &early).await;
    assert_eq!(early.refused(409), "too_early");
    assert!(early.json()["opens_at"].is_string(), "{}", early.body);
    assert!(
        early.json()["detail"].as_str().is_some_and(|text| text.contains("08:40")),
        "{}",
        early.body
    );
    let old = json!({ "code": second, "nonce": "f", "at": "1970-01-01T00:00:00Z" });
    assert_eq!(site.check_in(&token, lesson, &old).await.refused(422), "bad_time");

    // Another machine may use the same nonce; the ledger names whose hand it was.
    let scanner = site.scanner().await;
    let by_scanner = site.check_in(&scanner, lesson, &json!({ "code": second, "nonce": "a" })).await;
    assert_eq!(by_scanner.json()["first"], json!(true), "{}", by_scanner.body);
    let hands: Vec<(String,)> = sql(
        "SELECT COALESCE(t.name, d.name) FROM attendance_events v LEFT JOIN api_tokens t ON t.id = v.device_id
         LEFT JOIN devices d ON d.id = v.device_id WHERE v.source = 'device' ORDER BY 1",
    )
    .all(&site.city.app.db)
    .await
    .expect("the hands");
    assert_eq!(hands, [("x".to_owned(),), ("数据平台".to_owned(),)]);
    site.city.hand.advance(TimeDelta::hours(4));
    assert_eq!(read(&stranger, "g").await.refused(409), "not_on_roster");
    let third = student("刘洋").await;
    assert_eq!(read(&third, "h").await.refused(409), "closed");
    let mut tx = site.city.begin().await;
    sql("UPDATE lessons SET cancelled_at = starts_at WHERE id = $1")
        .bind(lesson)
        .run(&mut tx)
        .await
        .expect("cancelled");
    tx.commit().await.expect("kept");
    assert_eq!(read(&third, "i").await.refused(409), "cancelled");
    assert_eq!(app::integrity::findings(&site.city.app.db).await.expect("checked"), []);
}
on_both_engines!(an_integration_is_answered_as_the_contract_says);

async fn one_nonce_many_times_at_once_is_one_answer(engine: Engine) {
    let site = std::sync::Arc::new(Site::new(engine).await);
    let token = site.token(None, &["checkins:write"]).await;
    let person = site.city.person("王芳", XINAN).await;
    site.city.enrolment(site.own.class, person, "approved").await;
    let mut same = JoinSet::new();
    for _ in 0..20 {
        let (site, token) = (site.clone(), token.clone());
        same.spawn(async move {
            let body = json!({ "code": person.to_string(), "nonce": "once" });
            site.check_in(&token, site.own.lesson, &body).await.body
        });
    }
    let answers: std::collections::BTreeSet<String> = same.join_all().await.into_iter().collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
}
on_both_engines!(one_nonce_many_times_at_once_is_one_answer);

async fn every_state_of_a_token_has_its_refusal(engine: Engine) {
    let site = Site::new(engine).await;
    let nobody = site.get("", "/classes").await;
    assert_eq!(
        (nobody.refused(401).as_str(), nobody.head("www-authenticate")),
        ("missing_token", "Bearer realm=\"heluo\"")
    );
    for wrong in ["heluo_api_wrong", "heluo_wrong", "x"] {
        let answer = site.get(wrong, "/classes").await;
        assert_eq!(answer.refused(401), "unknown_token");
        assert_eq!(answer.head("www-authenticate"), "Bearer realm=\"heluo\", error=\"invalid_token\"");
    }
    let basic = Request::get("/api/v1/classes").header(header::AUTHORIZATION, "Basic eDp5");
    assert_eq!(
        site.ask(basic.body(Body::empty()).expect("a request")).await.refused(401),
        "missing_token"
    );

    let token = site.token(Some(XINAN), &["classes:read"]).await;
    let change = async |statement: &'static str| {
        let mut tx = site.city.begin().await;
        sql(statement).run(&mut tx).await.expect("changed");
        tx.commit().await.expect("kept");
    };
    let lower = Request::get("/api/v1/classes").header(header::AUTHORIZATION, format!("bearer {token}"));
    assert_eq!(site.ask(lower.body(Body::empty()).expect("a request")).await.status, 200);
    let (seen,): (Option<chrono::DateTime<Utc>>,) = sql("SELECT seen_at FROM api_tokens").one(&site.city.app.db).await.expect("a row");
    assert_eq!(seen, Some(site.city.now()), "last used");
    change("UPDATE grants SET region = '410327' WHERE person_id = (SELECT created_by FROM api_tokens)").await;
    assert_eq!(site.get(&token, "/classes").await.refused(403), "suspended_token");
    change("UPDATE grants SET region = '410323' WHERE person_id = (SELECT created_by FROM api_tokens)").await;
    assert_eq!(site.get(&token, "/classes").await.status, 200);
    change("UPDATE api_tokens SET expires_at = created_at").await;
    assert_eq!(site.get(&token, "/classes").await.refused(401), "expired_token");
    change("UPDATE api_tokens SET revoked_at = created_at").await;
    assert_eq!(site.get(&token, "/classes").await.refused(401), "revoked_token");
}
on_both_engines!(every_state_of_a_token_has_its_refusal);

async fn tokens_are_made_and_revoked_on_their_page(engine: Engine) {
    let site = Site::new(engine).await;
    let own = site.with_role("county", Some(XINAN)).await;
    let other = site.with_role("county", Some(YIYANG)).await;
    let city = site.with_role("city", None).await;
    let school = site.city.school(XINAN).await.to_string();
    let scopes = ["classes:read"];
    for (role, region, seen, own_school, whole) in [
        ("county", Some(YIYANG), 200, 404, 404),
        ("verifier", None, 403, 403, 403),
        ("none", None, 403, 403, 403),
    ] {
        let cookies = site.with_role(role, region).await;
        assert_eq!(site.page(&cookies, "/desk/integrations").await.status, seen, "{role}");
        let made = site.post(&cookies, "/desk/integrations/make", &form("x", &school, &scopes)).await;
        assert_eq!(made.status, own_school, "{role}");
        let made = site.post(&cookies, "/desk/integrations/make", &form("x", "city", &scopes)).await;
        assert_eq!(made.status, whole, "{role}");
    }
    assert_eq!(site.page("", "/desk/integrations").await.status, 303);
    let made = site.post(&own, "/desk/integrations/make", &form("数据<平台>", &school, &scopes)).await;
    let token = secret(&made.body);
    assert_eq!(site.get(&token, "/classes").await.status, 200);
    let again = site.page(&own, "/desk/integrations").await;
    assert!(
        again.body.contains("数据&lt;平台&gt;") && !again.body.contains(&token),
        "shown once: {}",
        again.body
    );
    assert!(
        !site.page(&other, "/desk/integrations").await.body.contains("平台&gt;"),
        "another county sees none of it"
    );
    assert!(site.page(&city, "/desk/integrations").await.body.contains("平台&gt;"));

    // A faulty form gives back what was typed, every fault beside its field.
    let faulty = site
        .post(&own, "/desk/integrations/make", "name=%E5%B9%B3%E5%8F%B0&scopes=phones%3Aread")
        .await;
    assert_eq!(faulty.status, 422);
    for part in ["value=\"平台\"", "field-school", "手机号码要和花名册一起选", "请选择有效期"] {
        assert!(faulty.body.contains(part), "{part} in {}", faulty.body);
    }

    let (id,): (app::ids::TokenId,) = sql("SELECT id FROM api_tokens").one(&site.city.app.db).await.expect("one");
    site.post(&other, "/api/revoke_api_token", &format!("token={id}")).await;
    assert_eq!(site.get(&token, "/classes").await.status, 200, "not by another county");
    let revoked = site.post(&own, "/api/revoke_api_token", &format!("token={id}")).await;
    assert_eq!(revoked.status, 303);
    assert!(site.page(&own, revoked.head("location")).await.body.contains("已停用“数据&lt;平台&gt;”"));
    assert_eq!(site.get(&token, "/classes").await.refused(401), "revoked_token");
}
on_both_engines!(tokens_are_made_and_revoked_on_their_page);

async fn every_refusal_is_a_problem(engine: Engine) {
    let site = Site::new(engine).await;
    let token = site.token(None, &["classes:read", "checkins:write"]).await;
    let checkins = format!("/lessons/{}/checkins", site.own.lesson.0);
    let send = async |method: Method, path: &str, kind: &str, body: Body| {
        let request = call(method, &token, path).header(header::CONTENT_TYPE, kind);
        site.ask(request.body(body).expect("a request")).await
    };
    let json = "application/json";
    assert_eq!(site.get(&token, "/nothing").await.refused(404), "not_found");
    assert_eq!(site.get("", "/nothing").await.refused(404), "not_found");
    assert_eq!(site.get("", "").await.refused(404), "not_found");
    assert_eq!(site.get(&token, "/classes/no-id/lessons").await.refused(404), "not_found");
    assert_eq!(site.get(&token, "/classes/%FF/lessons").await.refused(404), "not_found");
    for (path, allowed) in [("/classes", "GET,HEAD"), (checkins.as_str(), "POST"), ("/openapi.json", "GET,HEAD")] {
        let answer = send(Method::DELETE, path, json, Body::empty()).await;
        assert_eq!(
            (answer.refused(405).as_str(), answer.head("allow")),
            ("method_not_allowed", allowed),
            "{path}"
        );
    }
    let html = call(Method::GET, &token, "/classes").header(header::ACCEPT, "text/html");
    assert_eq!(
        site.ask(html.body(Body::empty()).expect("a request")).await.refused(406),
        "not_acceptable"
    );
    let good = json!({ "code": "x", "nonce": "n" }).to_string();
    for (kind, body, status, reason) in [
        ("text/plain", good.clone(), 415, "unsupported_media_type"),
        ("application/x-www-form-urlencoded", good.clone(), 415, "unsupported_media_type"),
        (json, "{".to_owned(), 400, "malformed_json"),
        (json, String::new(), 400, "malformed_json"),
        (json, "[]".to_owned(), 422, "invalid_body"),
        (json, json!({ "code": 1, "nonce": "n" }).to_string(), 422, "invalid_body"),
        (json, json!({ "code": "x" }).to_string(), 422, "invalid_body"),
        (json, json!({ "code": "x", "nonce": "" }).to_string(), 422, "invalid_body"),
        (json, json!({ "code": "x", "nonce": "\0" }).to_string(), 422, "invalid_body"),
        (json, json!({ "code": "x", "nonce": "长".repeat(101) }).to_string(), 422, "invalid_body"),
        (
            json,
            json!({ "code": "x", "nonce": "n", "at": "yesterday" }).to_string(),
            422,
            "invalid_body",
        ),
        (json, json!({ "code": "\0", "nonce": "n" }).to_string(), 404, "unknown_code"),
        (json, format!("\"{}\"", "x".repeat(9_000)), 413, "too_large"),
    ] {
        let answer = send(Method::POST, &checkins, kind, Body::from(body.clone())).await;
        assert_eq!(answer.refused(status), reason, "{kind} {body:.60}");
    }
    let huge = send(Method::POST, &checkins, json, Body::from(vec![b' '; 20 * 1024 * 1024])).await;
    assert_eq!(huge.refused(413), "too_large");
    let english = call(Method::GET, "", "/classes").header(header::ACCEPT_LANGUAGE, "en-GB,en;q=0.9");
    let english = site.ask(english.body(Body::empty()).expect("a request")).await;
    assert_eq!(
        (english.json()["title"].as_str(), english.head("content-language")),
        (Some("There is no token in the call"), "en")
    );
    // A cookie is no token: nothing here can be done from another site's page.
    let cookies = site.with_role("city", None).await;
    let by_cookie = Request::get("/api/v1/classes").header(header::COOKIE, cookies);
    assert_eq!(
        site.ask(by_cookie.body(Body::empty()).expect("a request")).await.refused(401),
        "missing_token"
    );
}
on_both_engines!(every_refusal_is_a_problem);

async fn a_database_that_is_away_is_a_problem_too(engine: Engine) {
    let site = Site::new(engine).await;
    let token = site.token(None, &["classes:read"]).await;
    let mut tx = site.city.begin().await;
    sql("ALTER TABLE classes RENAME TO lost").run(&mut tx).await.expect("lost");
    tx.commit().await.expect("kept");
    let answer = site.get(&token, "/classes").await;
    assert_eq!(answer.refused(500), "internal");
    assert_eq!(answer.json()["id"], json!(answer.head("x-request-id")), "{}", answer.body);
    assert!(!answer.body.contains("lost") && !answer.body.contains("SELECT"), "{}", answer.body);
    site.city.app.db.close().await;
    let answer = site.get(&token, "/classes").await;
    assert_eq!((answer.refused(503).as_str(), answer.head("retry-after")), ("unavailable", "5"));
}
on_both_engines!(a_database_that_is_away_is_a_problem_too);

/// Two processes on one database: together they let through what one would, and never more.
async fn limits_hold_over_processes(engine: Engine) {
    let site = Site::new(engine).await;
    let token = site.token(None, &["classes:read"]).await;
    let second = server::http::router(site.city.app.clone());
    let routers = [site.router.clone(), second];
    let mut calls = JoinSet::new();
    // Each process alone is asked for all there is: whatever either took, it spends.
    for n in 0..2 * usize::try_from(DEFAULT_RATE).expect("positive") {
        let (router, token) = (routers[n % 2].clone(), token.clone());
        calls.spawn(async move { ask(&router, call(Method::GET, &token, "/classes").body(Body::empty()).expect("a request")).await });
    }
    let answers = calls.join_all().await;
    let allowed = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(i64::try_from(allowed), Ok(DEFAULT_RATE), "never more, and nothing is left over");
    let refused = answers.iter().find(|answer| answer.status == 429).expect("refused");
    assert_eq!(refused.refused(429), "too_many_requests");
    assert_eq!(refused.head("retry-after"), "60");
    assert_eq!(refused.head("ratelimit-policy"), format!("\"token\";q={DEFAULT_RATE};w=60"));
    assert_eq!(refused.head("ratelimit"), "\"token\";r=0;t=60");
    let problem = refused.json();
    assert_eq!(problem["type"], json!("https://iana.org/assignments/http-problem-types#quota-exceeded"));
    assert_eq!(problem["violated-policies"], json!(["token"]));

    let other = site.token(None, &["classes:read"]).await;
    let answer = site.get(&other, "/classes").await;
    let left = format!("\"token\";r={};t=60", DEFAULT_RATE - 1);
    assert_eq!((answer.status, answer.head("ratelimit")), (200, left.as_str()), "every token has its own");
    site.city.hand.advance(TimeDelta::milliseconds(59_500));
    assert_eq!(site.get(&token, "/classes").await.head("retry-after"), "1");
    site.city.hand.advance(TimeDelta::milliseconds(500));
    assert_eq!(site.get(&token, "/classes").await.status, 200, "a new window");
    // One that goes on alone gets all but what the other holds.
    let rows = sql("SELECT COUNT(*) FROM throttles").count(&site.city.app.db).await.expect("counted");
    assert!(rows >= 2, "the count stands in the database");
}
on_both_engines!(limits_hold_over_processes);

async fn who_tries_many_tokens_is_told_to_wait(engine: Engine) {
    let site = Site::new(engine).await;
    let good = site.token(None, &["classes:read"]).await;
    let mut statuses = Vec::new();
    for n in 0..130 {
        statuses.push(site.get(&format!("heluo_api_{n}"), "/classes").await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 120);
    assert_eq!(site.get("heluo_wrong", "/classes").await.refused(429), "too_many_requests");
    assert_eq!(site.get(&good, "/classes").await.status, 200, "a good token is not held to it");
}
on_both_engines!(who_tries_many_tokens_is_told_to_wait);

/// Every path × method of the document, with and without a token, for things that are there and that are not: the status
/// is one of those that the document names.
async fn document_and_behaviour_agree(engine: Engine) {
    let site = Site::new(engine).await;
    let served = site.get("", "/openapi.json").await;
    assert_eq!((served.status, served.head("content-type")), (200, "application/json"));
    let whole = served.json();
    assert_eq!(whole, serde_json::to_value(document()).expect("JSON"));
    assert_eq!(whole["openapi"], json!("3.1.0"));
    let every = ["classes:read", "roster:read", "attendance:read", "checkins:write"];
    let tokens = [
        String::new(),
        "heluo_api_wrong".to_owned(),
        site.token(Some(XINAN), &["phones:read", "roster:read"]).await,
        site.token(None, &every).await,
    ];
    let ids = [
        site.own.class.0.to_string(),
        site.own.lesson.0.to_string(),
        uuid::Uuid::from_u128(1).to_string(),
        "x".to_owned(),
    ];
    let bodies = [
        json!({ "code": site.own.person.to_string(), "nonce": "n" }).to_string(),
        json!({ "code": "nobody", "nonce": "m" }).to_string(),
        "{".to_owned(),
        "[]".to_owned(),
    ];
    let mut tried = 0;
    for (path, item) in whole["paths"].as_object().expect("paths") {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in item.as_object().expect("operations") {
            let responses = operation["responses"].as_object().expect("responses");
            let method: Method = method.to_uppercase().parse().expect("a method");
            for token in &tokens {
                for id in &ids {
                    for body in &bodies {
                        let address = path.trim_start_matches("/api/v1").replace("{id}", id);
                        let request = call(method.clone(), token, &address).header(header::CONTENT_TYPE, "application/json");
                        let answer = site.ask(request.body(Body::from(body.clone())).expect("a request")).await;
                        let described = responses.get(&answer.status.to_string());
                        let described = described.unwrap_or_else(|| panic!("{method} {path} answers {}: {}", answer.status, answer.body));
                        let kind = answer.head("content-type");
                        let content = &described["content"][kind];
                        assert!(content.is_object(), "{method} {path} {}: {kind}", answer.status);
                        if path != "/api/v1/openapi.json" {
                            let strange = undescribed(&whole, &content["schema"], &answer.json());
                            assert_eq!(strange, Vec::<String>::new(), "{method} {path}: {}", answer.body);
                        }
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried >= 6 * 4 * 4, "{tried}");
    let operations = whole["paths"].as_object().expect("paths").len();
    let page = site.page("", "/developers").await;
    assert!(page.body.matches("/api/v1/").count() >= operations, "{}", page.body);
    assert!(!page.body.contains("api-op-"), "each endpoint has its words");
    for reason in Reason::ALL {
        assert!(page.body.contains(&format!("id=\"{}\"", reason.as_str())), "{reason:?} is explained");
    }
}
on_both_engines!(document_and_behaviour_agree);

/// The members of a value that its schema does not describe, and those that it asks for and are not there.
fn undescribed(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/components/schemas/");
        return undescribed(document, &document["components"]["schemas"][name], value);
    }
    let mut found = Vec::new();
    if let Value::Array(items) = value {
        found.extend(items.iter().flat_map(|item| undescribed(document, &schema["items"], item)));
    }
    if let Value::Object(members) = value {
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        found.extend(
            required
                .filter(|name| !members.contains_key(*name))
                .map(|name| format!("{name} is missing")),
        );
        for (name, member) in members {
            match schema["properties"].get(name) {
                Some(inner) => found.extend(undescribed(document, inner, member)),
                None => found.push(format!("{name} is not described")),
            }
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        found.extend((!words.contains(value)).then(|| format!("{value} is none of {words:?}")));
    }
    found
}

/// Nothing below `/api/v1` is routed but through the list that the document is made of.
#[test]
fn every_route_is_in_the_document() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![root.join("app/src"), root.join("server/src")];
    let mut routed = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let code = std::fs::read_to_string(&path).expect("a source file");
            let in_api = path.starts_with(root.join("app/src/api"));
            let routes = code.lines().filter(|line| line.contains(".route(") || line.contains(".route_service("));
            let bypassing = routes.filter(|line| line.contains("/api/v1") || (in_api && !line.contains("\"/developers\"")));
            routed.extend(bypassing.map(|line| format!("{}: {}", path.display(), line.trim())));
        }
    }
    assert!(routed.is_empty(), "{routed:?}");
    let listed = include_str!("../../app/src/api/mod.rs").matches("routes!(").count();
    let described: usize = serde_json::to_value(document()).expect("JSON")["paths"]
        .as_object()
        .expect("paths")
        .values()
        .map(|item| item.as_object().map_or(0, serde_json::Map::len))
        .sum();
    assert_eq!(listed, described);
}
