//! The pages and forms of schools, the plan and the overviews, asked through the server's own router.

use app::accounts::{Actor, Grant, store::begin_sign_in};
use app::db::sql;
use app::db::testing::Engine;
use app::ids::ClassId;
use app::testing::{TestCity, XINAN, YIYANG};
use axum::body::Body;
use axum::http::{Request, header};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use tower::ServiceExt;

struct Site {
    city: TestCity,
    router: axum::Router,
}

/// What came back: status, where it leads, and the page.
struct Answer {
    status: u16,
    location: String,
    body: String,
}

impl Site {
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let router = server::http::router(city.app.clone());
        Self { city, router }
    }

    /// A token for the actor's cookie, with the grants written down.
    async fn signed_in(&self, actor: &Actor) -> String {
        let city = &self.city;
        let mut tx = city.begin().await;
        for grant in &actor.grants {
            let (role, region) = match grant {
                Grant::City => ("city", None),
                Grant::County(region) => ("county", Some(region.clone())),
                Grant::Teacher(_) => ("teacher", None),
                Grant::Firm(_) => ("firm", None),
                Grant::Verifier => ("verifier", None),
            };
            sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, $3, $4, $5)")
                .bind(city.app.chance.uuid(city.now()))
                .bind(actor.person)
                .bind(role)
                .bind(region)
                .bind(city.now())
                .run(&mut tx)
                .await
                .expect("a grant");
        }
        let token = begin_sign_in(&city.app, &mut tx, city.now(), actor.person, "test")
            .await
            .expect("a sign-in");
        tx.commit().await.expect("kept");
        token
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        Answer {
            status: response.status().as_u16(),
            location: location.unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&response.into_body().collect().await.expect("a body").to_bytes()).into_owned(),
        }
    }

    async fn get(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html");
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    async fn post(&self, token: &str, from: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(format!("/api/{action}"))
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{from}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form)).expect("a request")).await
    }
}

/// Things that every page keeps: one main heading, no text left as its key, no script where there is no island.
fn assert_whole(path: &str, page: &Answer) {
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    assert_eq!(page.body.matches("<h1").count(), 1, "{path} has one main heading");
    assert_eq!(page.body.matches("<main").count(), 1, "{path} has one main part");
    assert!(!page.body.contains("<script"), "{path} needs no script");
    assert!(!page.body.contains("style=\""), "{path} has a style of its own, which the policy forbids");
    for prefix in ["dashboard-", "schools-"] {
        let key = page.body.split(prefix).nth(1).map(|rest| rest.chars().take(30).collect::<String>());
        assert_eq!(key, None, "{path} shows a key that begins with {prefix}");
    }
    let mut last = 0;
    for (at, _) in page.body.match_indices("<h") {
        let level = page.body[at + 2..].chars().next().and_then(|c| c.to_digit(10));
        if let Some(level) = level {
            assert!(level <= last + 1, "{path}: a heading of level {level} after one of level {last}");
            last = level;
        }
    }
}

/// A class of two seats, both taken, one person waiting and one applying; a lesson held yesterday and one today.
async fn life(site: &Site) -> ClassId {
    let city = &site.city;
    let class = city.class(XINAN, 2).await;
    city.lesson(class, city.now() + TimeDelta::hours(5)).await;
    for person in city.people(2, XINAN).await {
        city.enrolment(class, person, "approved").await;
    }
    let waiting = city.person("候补人", XINAN).await;
    city.enrolment(class, waiting, "waitlisted").await;
    let asking = city.person("申请人", XINAN).await;
    city.enrolment(class, asking, "submitted").await;
    let lesson = city.lesson(class, city.now() - TimeDelta::days(1)).await;
    let mut tx = city.begin().await;
    sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, flags)
         SELECT l.id, e.id, 'present', 'hand', l.starts_at, '' FROM lessons l JOIN enrolments e ON e.class_id = l.class_id
         WHERE l.id = $1 AND e.state = 'approved'")
    .bind(lesson)
    .run(&mut tx)
    .await
    .expect("attendances");
    sql("UPDATE classes SET starts_at = $2, ends_at = $3 WHERE id = $1")
        .bind(class)
        .bind(city.now() + TimeDelta::hours(5))
        .bind(city.now() + TimeDelta::days(2))
        .run(&mut tx)
        .await
        .expect("dates");
    tx.commit().await.expect("kept");
    class
}

async fn everybody_finds_classes_schools_and_the_plan(engine: Engine) {
    let site = Site::new(engine).await;
    for path in ["/", "/classes", "/classes?state=ended", "/schools", "/plan"] {
        assert_whole(path, &site.get("", path).await);
    }
    let class = life(&site).await;
    let school = site.city.school(XINAN).await;
    let front = site.get("", "/").await;
    assert_whole("/", &front);
    for part in [
        format!("/classes/{class}"),
        "名额已满，可候补".to_owned(),
        "候补 1 人".to_owned(),
        format!("/schools/{school}"),
    ] {
        assert!(front.body.contains(&part), "{part} in {}", front.body);
    }
    site.city.venue(XINAN).await;
    site.city.teacher(XINAN).await;
    let page = site.get("", &format!("/schools/{school}")).await;
    assert_whole("/schools/{id}", &page);
    assert!(page.body.contains("报告厅") && page.body.contains("王老师") && page.body.contains(&format!("/classes/{class}")));
    let plan = site.get("", "/plan").await;
    let rows = format!("/classes?state=all&amp;plan={}&amp;county={XINAN}", site.city.plan);
    assert!(plan.body.contains(&rows), "{}", plan.body);
    assert_eq!(site.get("", "/plan?year=1999").await.status, 404);
    assert_eq!(site.get("", "/schools/00000000000000000000000000000000").await.status, 404);
}

async fn the_front_page_is_light(engine: Engine) {
    let site = Site::new(engine).await;
    for _ in 0..6 {
        life(&site).await;
    }
    let request = Request::get("/")
        .header(header::ACCEPT, "text/html")
        .header(header::ACCEPT_ENCODING, "gzip");
    let response = site.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
    let bytes = response.expect("an answer").into_body().collect().await.expect("a body").to_bytes();
    assert!(bytes.len() < 8 * 1024, "{} bytes of HTML, gzipped", bytes.len());
}

async fn each_role_gets_its_pages_and_no_others(engine: Engine) {
    let site = Site::new(engine).await;
    let class = life(&site).await;
    let own = site.city.school(XINAN).await;
    let other = site.city.school(YIYANG).await;
    let (venue, teacher) = (site.city.venue(XINAN).await, site.city.teacher(XINAN).await);
    let plan = site.city.plan;
    let class_teacher = site.city.actor("班主任", XINAN, vec![Grant::Teacher(vec![class])]).await;
    let mut tx = site.city.begin().await;
    sql("UPDATE schools SET state = 'planned' WHERE id = $1")
        .bind(other)
        .run(&mut tx)
        .await
        .expect("planned");
    tx.commit().await.expect("kept");
    let tokens = [
        site.signed_in(&site.city.entrepreneur(XINAN).await).await,
        site.signed_in(&class_teacher).await,
        site.signed_in(&site.city.coordinator(XINAN).await).await,
        site.signed_in(&site.city.city_admin().await).await,
    ];
    // entrepreneur, teacher, coordinator of 新安, city
    let table = [
        ("/desk".to_owned(), [403, 200, 200, 200]),
        ("/desk/plan".to_owned(), [403, 403, 200, 200]),
        ("/desk/lessons".to_owned(), [403, 200, 200, 200]),
        ("/desk/lessons?open=1&month=2026-11".to_owned(), [403, 200, 200, 200]),
        (format!("/desk/trained?plan={plan}&county={XINAN}"), [403, 403, 200, 200]),
        ("/desk/school".to_owned(), [403, 403, 200, 200]),
        (format!("/desk/schools/{own}"), [403, 403, 200, 200]),
        (format!("/desk/schools/{own}/edit"), [403, 403, 200, 200]),
        (format!("/desk/schools/{own}/venues/new"), [403, 403, 200, 200]),
        (format!("/desk/schools/{own}/teachers/new"), [403, 403, 200, 200]),
        (format!("/desk/venues/{venue}"), [403, 403, 200, 200]),
        (format!("/desk/teachers/{teacher}"), [403, 403, 200, 200]),
        (format!("/desk/schools/{other}"), [403, 403, 404, 200]),
        (format!("/desk/schools/{other}/edit"), [403, 403, 404, 200]),
        ("/city".to_owned(), [403, 403, 403, 200]),
        ("/city/schools".to_owned(), [403, 403, 403, 200]),
        (format!("/city/schools/{other}/open"), [403, 403, 403, 200]),
        (format!("/city/schools/{own}/open"), [403, 403, 403, 200]),
        ("/city/plan".to_owned(), [403, 403, 403, 200]),
        ("/city/plans/new".to_owned(), [403, 403, 403, 200]),
        (format!("/city/plans/{plan}"), [403, 403, 403, 200]),
        (format!("/city/plans/{plan}/targets"), [403, 403, 403, 200]),
        (format!("/city/plans/{plan}/themes/new"), [403, 403, 403, 200]),
    ];
    for (path, expected) in table {
        assert_eq!(site.get("", &path).await.status, 303, "{path} asks to sign in");
        for (token, status) in tokens.iter().zip(expected) {
            let page = site.get(token, &path).await;
            assert_eq!(page.status, status, "{path}: {}", page.body);
            if status == 200 {
                assert_whole(&path, &page);
            }
        }
    }
}

async fn a_coordinator_keeps_venues_and_gets_back_what_was_typed(engine: Engine) {
    let site = Site::new(engine).await;
    let school = site.city.school(XINAN).await.to_string();
    let token = site.signed_in(&site.city.coordinator(XINAN).await).await;
    let new = format!("/desk/schools/{school}/venues/new");
    let typed = [("school", &*school), ("name", "大报告厅"), ("address", "城关镇"), ("seats", "many")];
    let faulty = site.post(&token, &new, "save_venue", &typed).await;
    assert_eq!(faulty.status, 303);
    let page = site.get(&token, &faulty.location).await;
    assert!(
        page.body.contains("大报告厅") && page.body.contains("座位数请填 1 到 10000 的整数"),
        "{}",
        page.body
    );
    let typed = [("school", &*school), ("name", "大报告厅"), ("seats", "２００")];
    let done = site.post(&token, &new, "save_venue", &typed).await;
    assert!(done.location.starts_with(&format!("/desk/schools/{school}")), "{}", done.location);
    let page = site.get(&token, &done.location).await;
    assert!(page.body.contains("已保存。") && page.body.contains("大报告厅"), "{}", page.body);
    let link = page.body.split("/desk/venues/").nth(1).expect("a link");
    let venue = link.split('"').next().expect("an id").to_owned();
    let retired = site
        .post(&token, &format!("/desk/venues/{venue}"), "retire_venue", &[("venue", &venue)])
        .await;
    let page = site.get(&token, &retired.location).await;
    assert!(page.body.contains("恢复使用"), "{}", page.body);
    let back = site
        .post(&token, &retired.location, "retire_venue", &[("venue", &venue), ("undo", "true")])
        .await;
    assert!(site.get(&token, &back.location).await.body.contains("已恢复使用。"));
}

async fn a_conflict_shows_both(engine: Engine) {
    let site = Site::new(engine).await;
    let school = site.city.school(XINAN).await.to_string();
    let token = site.signed_in(&site.city.coordinator(XINAN).await).await;
    let edit = format!("/desk/schools/{school}/edit");
    let save = async |address: &str, version: &str| {
        let typed = [("school", &*school), ("version", version), ("address", address)];
        site.post(&token, &edit, "edit_school", &typed).await
    };
    save("第一个标签页", "1").await;
    let second = save("第二个标签页", "1").await;
    let page = site.get(&token, &second.location).await;
    for part in ["第一个标签页", "第二个标签页", "这里刚被别人改过"] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    assert!(
        page.body.contains(r#"name="version" value="2""#),
        "saving again keeps what was typed: {}",
        page.body
    );
    save("第二个标签页", "2").await;
    assert!(site.get("", &format!("/schools/{school}")).await.body.contains("第二个标签页"));
}

async fn the_city_opens_a_planned_school(engine: Engine) {
    let site = Site::new(engine).await;
    let school = site.city.school(YIYANG).await.to_string();
    let mut tx = site.city.begin().await;
    sql("UPDATE schools SET state = 'planned'").run(&mut tx).await.expect("planned");
    tx.commit().await.expect("kept");
    let admin = site.signed_in(&site.city.city_admin().await).await;
    let county = site.signed_in(&site.city.coordinator(YIYANG).await).await;
    let page = format!("/city/schools/{school}/open");
    let typed = [
        ("school", &*school),
        ("version", "1"),
        ("opened_on", "2026-11-03"),
        ("address", "宜阳县红旗路"),
        ("contact_phone", "0379-65912345"),
    ];
    let public = format!("/schools/{school}");
    site.post(&county, &page, "open_school", &typed).await;
    assert!(site.get("", &public).await.body.contains("筹建中"), "the county may not");
    let done = site.post(&admin, &page, "open_school", &typed).await;
    assert!(done.location.starts_with("/city/schools"), "{}", done.location);
    let shown = site.get("", &public).await;
    assert!(
        shown.body.contains("2026年11月3日 周二") && shown.body.contains("宜阳县红旗路"),
        "{}",
        shown.body
    );
    site.post(&admin, &page, "unopen_school", &[("school", &school), ("version", "2")]).await;
    assert!(site.get("", &public).await.body.contains("筹建中"));
}

async fn the_city_writes_the_plan(engine: Engine) {
    let site = Site::new(engine).await;
    let plan = site.city.plan.to_string();
    let admin = site.signed_in(&site.city.city_admin().await).await;
    let page = format!("/city/plans/{plan}");
    let theme = [
        ("plan", &*plan),
        ("version", "1"),
        ("name_zh", "数字化转型"),
        ("name_en", "Going digital"),
    ];
    site.post(&admin, &page, "save_theme", &theme).await;
    assert!(site.get("", "/plan").await.body.contains("数字化转型"));
    let targets = format!("{page}/targets");
    let figures = |people| {
        [
            ("plan", &*plan),
            ("version", "2"),
            ("targets[classes-410323]", "4"),
            ("targets[people-410323]", people),
        ]
    };
    let back = site.post(&admin, &targets, "save_targets", &figures("很多")).await;
    let form = site.get(&admin, &back.location).await;
    assert!(
        form.body.contains(r#"value="很多""#) && form.body.contains("aria-invalid"),
        "{}",
        form.body
    );
    site.post(&admin, &targets, "save_targets", &figures("180")).await;
    assert!(site.get("", "/plan").await.body.contains(" / 180"));
    let words = [("name_zh", "河洛民营企业家培训计划"), ("name_en", "Heluo plan")];
    let added = site.post(&admin, "/city/plans/new", "add_plan", &words).await;
    assert!(added.location.starts_with("/city/plans/"), "{}", added.location);
    let next = site.get("", "/plan?year=2027").await;
    assert!(next.body.contains("数字化转型") && next.body.contains(" / 180"), "{}", next.body);
}

async fn hostile_input_gets_words_and_no_fault(engine: Engine) {
    let site = Site::new(engine).await;
    let (school, plan) = (site.city.school(XINAN).await.to_string(), site.city.plan.to_string());
    let token = site.signed_in(&site.city.city_admin().await).await;
    let long = "长".repeat(10_000);
    for text in ["😀<script>alert(1)</script>", "\0", "a\0b", "' OR 1=1 --", &*long, ""] {
        let forms: [(&str, Vec<(&str, &str)>); 9] = [
            (
                "edit_school",
                vec![("school", &school), ("version", text), ("address", text), ("contact_phone", text)],
            ),
            ("open_school", vec![("school", &school), ("opened_on", text), ("address", text)]),
            (
                "save_venue",
                vec![("school", &school), ("name", text), ("address", text), ("seats", text)],
            ),
            (
                "save_teacher",
                vec![("school", &school), ("name", text), ("title", text), ("phone", text), ("linked", "true")],
            ),
            (
                "save_plan",
                vec![
                    ("plan", &plan),
                    ("version", "1"),
                    ("name_zh", text),
                    ("name_en", text),
                    ("summary_zh", text),
                ],
            ),
            ("save_theme", vec![("plan", &plan), ("theme", text), ("name_zh", text), ("name_en", text)]),
            (
                "save_targets",
                vec![("plan", &plan), ("targets[classes-410323]", text), ("targets", text)],
            ),
            ("retire_venue", vec![("venue", text), ("undo", text)]),
            ("edit_school", vec![("school", text)]),
        ];
        for (action, fields) in forms {
            let answer = site.post(&token, "/city/schools", action, &fields).await;
            assert!(answer.status < 500, "{action} with {text:.20?}: {} {}", answer.status, answer.body);
            if answer.status == 303 {
                let page = site.get(&token, &answer.location).await;
                assert!(
                    page.status < 500 && !page.body.contains("<script>alert"),
                    "{action} leads to {}",
                    page.status
                );
            }
        }
        let some: String = text.chars().take(500).collect();
        let query: String = url::form_urlencoded::byte_serialize(some.as_bytes()).collect();
        for path in [
            "/classes?q=",
            "/classes?county=",
            "/classes?after=",
            "/classes?theme=",
            "/desk/lessons?month=",
            "/desk/trained?after=",
            "/plan?year=",
        ] {
            let page = site.get(&token, &format!("{path}{query}")).await;
            assert!(page.status < 500, "{path}{query}: {}", page.status);
        }
    }
    let cut = site.get(&token, "/desk/trained?after=00000000000000000000000000000001.a%00b").await;
    assert!(cut.status < 500, "a key with a NUL: {}", cut.status);
}

async fn a_new_city_is_shown_its_first_steps(engine: Engine) {
    let site = Site::new(engine).await;
    let mut tx = site.city.begin().await;
    sql("DELETE FROM plans").run(&mut tx).await.expect("no plan");
    sql("UPDATE schools SET state = 'planned', address = ''")
        .run(&mut tx)
        .await
        .expect("planned");
    tx.commit().await.expect("kept");
    let token = site.signed_in(&site.city.city_admin().await).await;
    for path in ["/", "/classes", "/schools", "/plan", "/city", "/city/plan", "/desk", "/city/plans/new"] {
        assert_whole(path, &site.get(&token, path).await);
    }
    assert!(site.get(&token, "/city").await.body.contains("/city/plans/new"));
    assert!(site.get(&token, "/").await.body.contains("/desk/classes"));
    let nothing = site.get("", &format!("/classes?county={XINAN}")).await;
    assert!(nothing.body.contains("没有找到符合条件的班次"), "{}", nothing.body);
}

app::on_both_engines!(
    everybody_finds_classes_schools_and_the_plan,
    the_front_page_is_light,
    each_role_gets_its_pages_and_no_others,
    a_coordinator_keeps_venues_and_gets_back_what_was_typed,
    a_conflict_shows_both,
    the_city_opens_a_planned_school,
    the_city_writes_the_plan,
    hostile_input_gets_words_and_no_fault,
    a_new_city_is_shown_its_first_steps,
);
