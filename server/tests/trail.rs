//! The audit trail, handing data over and erasing, through the server's own router.

use std::io::Read;
use std::net::SocketAddr;

use app::accounts::store::begin_sign_in;
use app::db::sql;
use app::db::testing::Engine;
use app::ids::{PersonId, Region};
use app::testing::{TestCity, XINAN, YIYANG};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

struct Site {
    city: TestCity,
    router: axum::Router,
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

    /// A new person of a county with a role, and their cookie.
    async fn person_with(&self, name: &str, region: &str, role: Option<&str>) -> (PersonId, String) {
        let person = self.city.person(name, region).await;
        if let Some(role) = role {
            let mut tx = self.city.begin().await;
            sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, $3, $4, $5)")
                .bind(self.city.app.chance.uuid(self.city.now()))
                .bind(person)
                .bind(role)
                .bind((role == "county").then(|| Region::from(region)))
                .bind(self.city.now())
                .run(&mut tx)
                .await
                .expect("a role");
            tx.commit().await.expect("kept");
        }
        (person, self.cookie(person).await)
    }

    async fn ask(&self, mut request: Request<Body>) -> (u16, Vec<u8>) {
        let from: SocketAddr = "10.0.0.7:4711".parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(from));
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        (status, body.to_vec())
    }

    async fn get(&self, path: &str, cookie: &str) -> (u16, String) {
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty());
        let (status, body) = self.ask(request.expect("a request")).await;
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> (u16, Vec<u8>) {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::ORIGIN, "http://localhost")
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.ask(request.expect("a request")).await
    }
}

async fn the_city_looks_up_who_did_what_from_where(engine: Engine) {
    let site = Site::new(engine).await;
    let (_, city) = site.person_with("市管", Region::CITY, Some("city")).await;
    let (_, xinan) = site.person_with("新安县管", XINAN, Some("county")).await;
    let (_, yiyang) = site.person_with("宜阳县管", YIYANG, Some("county")).await;
    let (student, own) = site.person_with("=HYPERLINK(\"x\")", XINAN, None).await;
    let edited = [
        ("person", &*student.to_string()),
        ("name", "=HYPERLINK(\"x\")"),
        ("phone", "13812345678"),
        ("position", "=1+1"),
    ];
    assert_eq!(site.post("/api/edit_person", &xinan, &edited).await.0, 200);

    let (status, page) = site.get("/city/audit", &city).await;
    assert_eq!(status, 200);
    for shown in ["修改资料", "新安县管", "13812345678", "10.0.0.7", &format!("/desk/people/{student}")] {
        assert!(page.contains(shown), "{shown} in\n{page}");
    }
    let (_, page) = site.get("/desk/audit", &xinan).await;
    assert!(page.contains("138****5678") && !page.contains("13812345678") && !page.contains("10.0.0.7"));
    assert!(!site.get("/desk/audit", &yiyang).await.1.contains("修改资料</th>"), "another county's");
    for path in ["/city/audit", "/desk/audit"] {
        assert_eq!(site.get(path, &own).await.0, 403);
        assert_eq!(site.get(path, "").await.0, 303);
        assert_eq!(site.post(&format!("{path}/export"), &own, &[]).await.0, 403);
    }
    for hostile in [
        "?from=nonsense&to=2026-13-45",
        "?act=%27%3B--",
        "?after=nonsense&before=nonsense",
        "?subject=x",
        "?subject=person:nonsense",
        "?by=%25%25%25&about=%E6%B2%B3%27",
        "?county=%3Cscript%3E",
        "?from=9999-12-31&to=9999-12-31",
    ] {
        assert_eq!(site.get(&format!("/city/audit{hostile}"), &city).await.0, 200, "{hostile}");
    }
    let kept: Vec<(Option<String>,)> = sql("SELECT request_id FROM audit_entries WHERE what = 'person.edited'")
        .all(&site.city.app.db)
        .await
        .expect("read");
    assert!(kept[0].0.as_deref().is_some_and(|id| id.len() >= 8), "the number of the request is kept");

    let (status, file) = site.post("/city/audit/export?act=person", &city, &[]).await;
    assert_eq!(status, 200);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).expect("a workbook");
    let (mut sheet, mut strings) = (String::new(), String::new());
    archive
        .by_name("xl/worksheets/sheet1.xml")
        .expect("a sheet")
        .read_to_string(&mut sheet)
        .expect("text");
    archive
        .by_name("xl/sharedStrings.xml")
        .expect("strings")
        .read_to_string(&mut strings)
        .expect("text");
    assert!(!sheet.contains("<f>"), "no cell can run");
    assert!(strings.contains("=1+1") && strings.contains("修改资料"), "{strings}");
    assert!(site.get("/city/audit?act=trail.exported", &city).await.1.contains("导出操作记录</th>"));
}

async fn a_person_is_handed_what_is_theirs(engine: Engine) {
    let site = Site::new(engine).await;
    let (_, city) = site.person_with("市管", Region::CITY, Some("city")).await;
    let (_, county) = site.person_with("新安县管", XINAN, Some("county")).await;
    let (student, own) = site.person_with("王小明", XINAN, None).await;
    assert_eq!(site.get("/me/data", "").await.0, 303);
    assert_eq!(site.get("/me/data", &own).await.0, 200);
    let (status, file) = site.post("/me/data/download", &own, &[]).await;
    assert_eq!(status, 200);
    let all: serde_json::Value = serde_json::from_slice(&file).expect("JSON");
    assert_eq!(all["about"]["people"][0]["name"], "王小明");
    assert_eq!(all["about"]["sign_ins"].as_array().map(Vec::len), Some(1));
    let text = all.to_string();
    assert!(!text.contains("token_hash") && !text.contains("password_hash"));

    let page = format!("/city/people/{student}/data");
    for (who, cookie, status) in [("city", &city, 200), ("county", &county, 403), ("oneself", &own, 403)] {
        assert_eq!(site.get(&page, cookie).await.0, status, "{who}");
        assert_eq!(site.post(&format!("{page}/download"), cookie, &[]).await.0, status, "{who}");
    }
    for unknown in ["nonsense", "019a0000-0000-7000-8000-000000000000"] {
        assert_eq!(site.get(&format!("/city/people/{unknown}/data"), &city).await.0, 404);
    }
    let noted = sql("SELECT COUNT(*) FROM audit_entries WHERE what = 'person.data-exported'").count(&site.city.app.db);
    assert_eq!(noted.await.expect("counted"), 2, "by whomever it was");
    for _ in 0..30 {
        site.post("/me/data/download", &own, &[]).await;
    }
    assert_eq!(site.post("/me/data/download", &own, &[]).await.0, 429, "not without end");
}

async fn the_city_erases_whoever_asks(engine: Engine) {
    let site = Site::new(engine).await;
    let (admin, city) = site.person_with("市管", Region::CITY, Some("city")).await;
    let (_, county) = site.person_with("新安县管", XINAN, Some("county")).await;
    let (student, own) = site.person_with("王小明", XINAN, None).await;
    let id = student.to_string();
    let fields =
        |name: &'static str, reason: &'static str| vec![("person", id.clone()), ("reason", reason.to_owned()), ("confirm_name", name.to_owned())];
    let erase = async |cookie: &str, fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        site.post("/api/erase_person", cookie, &fields).await.0
    };
    for (who, cookie, status) in [("nobody", "", 401), ("county", &*county, 403), ("oneself", &*own, 403)] {
        assert_eq!(erase(cookie, fields("王小明", "asked")).await, status, "{who}");
    }
    assert_eq!(erase(&city, fields("王大明", "asked")).await, 422);
    assert_eq!(erase(&city, fields("王小明", "")).await, 422);
    assert_eq!(erase(&city, Vec::new()).await, 404);
    let oneself = vec![
        ("person", admin.to_string()),
        ("reason", "asked".to_owned()),
        ("confirm_name", "市管".to_owned()),
    ];
    assert_eq!(erase(&city, oneself).await, 403);
    let page = format!("/city/people/{id}/data");
    assert!(site.get(&page, &city).await.1.contains("/api/erase_person"));
    assert_eq!(erase(&city, fields("王小明", "asked")).await, 200);
    assert_eq!(site.get("/me", &own).await.0, 303, "signed out everywhere");
    let (status, after) = site.get(&page, &city).await;
    assert_eq!(status, 200);
    assert!(after.contains("已注销") && !after.contains("王小明") && !after.contains("/api/erase_person"));
    assert!(
        site.get(&format!("/desk/people/{id}"), &city).await.1.contains("注销并清除个人信息"),
        "its history says so"
    );
    assert_eq!(site.post("/api/reactivate_person", &city, &[("person", &*id)]).await.0, 409);
}

app::on_both_engines!(
    the_city_looks_up_who_did_what_from_where,
    a_person_is_handed_what_is_theirs,
    the_city_erases_whoever_asks,
);
