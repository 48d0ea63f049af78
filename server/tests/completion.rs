//! Evaluation and certificates through the server's own router, from the closed class to the public page.

use app::accounts::store::begin_sign_in;
use app::accounts::{Actor, Grant};
use app::db::sql;
use app::db::testing::Engine;
use app::ids::{ClassId, PersonId};
use app::testing::{TestCity, XINAN, YIYANG};
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

struct Site {
    city: TestCity,
    router: axum::Router,
    class: ClassId,
}

impl Site {
    /// A closed class of 新安 in which one person attended the only lesson.
    async fn new(engine: Engine) -> (Self, PersonId) {
        let city = TestCity::new(engine).await;
        let router = server::http::router(city.app.clone());
        let class = city.class(XINAN, 10).await;
        let lesson = city.lesson(class, city.now()).await;
        let person = city.person("王小明", XINAN).await;
        let enrolment = city.enrolment(class, person, "approved").await;
        let mut tx = city.begin().await;
        sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, flags) VALUES ($1, $2, 'present', 'hand', $3, '')")
            .bind(lesson)
            .bind(enrolment)
            .bind(city.now())
            .run(&mut tx)
            .await
            .expect("marked");
        sql("UPDATE classes SET state = 'closed' WHERE id = $1")
            .bind(class)
            .run(&mut tx)
            .await
            .expect("closed");
        tx.commit().await.expect("kept");
        (Self { city, router, class }, person)
    }

    async fn cookie(&self, person: PersonId) -> String {
        let mut tx = self.city.begin().await;
        let token = begin_sign_in(&self.city.app, &mut tx, self.city.now(), person, "test")
            .await
            .expect("a sign-in");
        tx.commit().await.expect("kept");
        format!("sign_in={token}")
    }

    /// The cookie of a coordinator of this county.
    async fn coordinator(&self, region: &str) -> String {
        let Actor { person, grants, .. } = self.city.coordinator(region).await;
        assert_eq!(grants, [Grant::County(region.into())]);
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

    async fn ask(&self, request: Request<Body>) -> (u16, String) {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    async fn get(&self, path: &str, cookie: &str) -> (u16, String) {
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty());
        self.ask(request.expect("a request")).await
    }

    /// Posts as a program does: the status is the outcome.
    async fn post(&self, name: &str, cookie: &str, body: String) -> u16 {
        let request = Request::post(format!("/api/{name}"))
            .header(header::COOKIE, cookie)
            .header(header::ORIGIN, "http://localhost")
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.ask(request.expect("a request")).await.0
    }
}

async fn from_the_closed_class_to_the_public_page(engine: Engine) {
    let (site, person) = Site::new(engine).await;
    let (own, desk) = (site.cookie(person).await, site.coordinator(XINAN).await);
    let class = site.class;
    let page = format!("/me/classes/{class}/completion");
    assert!(site.get(&page, &own).await.1.contains("/api/evaluate_class"));
    let marks = format!("class={class}&content=5&teaching=5&organisation=4&benefit=5&words=%3Cscript%3E");
    for faulty in [
        format!("class={class}&content=9"),
        format!("class={class}"),
        "class=nonsense".to_owned(),
        String::new(),
    ] {
        let status = site.post("evaluate_class", &own, faulty).await;
        assert!((400..500).contains(&status), "{status}");
    }
    assert_eq!(site.post("evaluate_class", &own, marks.clone()).await, 200);
    assert_eq!(site.post("evaluate_class", &own, marks.clone()).await, 409, "once only");
    assert_eq!(site.post("evaluate_class", "", marks.clone()).await, 401);
    assert_eq!(
        site.post("evaluate_class", &desk, marks).await,
        409,
        "who attended nothing has nothing to say"
    );

    let issue = format!("class={class}");
    let elsewhere = site.coordinator(YIYANG).await;
    assert_eq!(site.post("issue_certificates", &own, issue.clone()).await, 403);
    assert_eq!(site.post("issue_certificates", &elsewhere, issue.clone()).await, 404);
    assert_eq!(site.post("issue_certificates", &desk, issue).await, 200);
    let serial: (String,) = sql("SELECT serial FROM certificates")
        .one(&site.city.app.db)
        .await
        .expect("one certificate");
    let serial = serial.0;

    let paper = format!("/certificates/{serial}");
    assert!(site.get(&paper, &own).await.1.contains("王小明"));
    assert_eq!(site.get(&paper, &desk).await.0, 200);
    assert_eq!(site.get(&paper, &elsewhere).await.0, 404, "another county's");
    assert_eq!(site.get(&paper, "").await.0, 303, "sign in first");
    let (status, public) = site.get(&format!("/verify/{}", serial.to_lowercase()), "").await;
    assert_eq!(status, 200);
    assert!(public.contains("王＊明") && !public.contains("王小明"), "the name is partly hidden");
    assert!(!public.contains("<script"), "a public page without scripts");
    assert_eq!(site.get("/verify/HL-2026-22222222", "").await.0, 404);
    assert_eq!(site.get("/verify?serial=%3Cscript%3E", "").await.0, 404);
    assert_eq!(site.get("/verify?serial=%00", "").await.0, 400);
    assert_eq!(site.get(&format!("/verify?serial={serial}"), "").await.0, 200);

    let revoke = |reason: &str| format!("serial={serial}&reason={reason}");
    assert_eq!(site.post("revoke_certificate", &own, revoke("x")).await, 403);
    assert_eq!(site.post("revoke_certificate", &elsewhere, revoke("x")).await, 404);
    assert_eq!(site.post("revoke_certificate", &desk, revoke("")).await, 422);
    assert_eq!(site.post("revoke_certificate", &desk, revoke("by+mistake")).await, 200);
    assert!(site.get(&format!("/verify/{serial}"), "").await.1.contains("证书已撤销"));

    let list = format!("/desk/classes/{class}/completion");
    assert_eq!(site.get(&list, &desk).await.0, 200);
    assert_eq!(site.get(&list, &elsewhere).await.0, 404);
    assert_eq!(site.get(&list, &own).await.0, 403);
    assert!(
        !site.get(&list, &desk).await.1.contains("&lt;script&gt;"),
        "one remark alone is not shown"
    );
}

app::on_both_engines!(from_the_closed_class_to_the_public_page);
