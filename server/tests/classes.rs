//! Classes as browsers meet them: the desk's flows, who is let in, and what hostile input gets.

use app::accounts::Actor;
use app::accounts::store::begin_sign_in;
use app::db::sql;
use app::db::testing::Engine;
use app::ids::{ClassId, PersonId};
use app::testing::{TestCity, XINAN, YIYANG};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// A browser of one person.
struct Browser {
    router: axum::Router,
    cookie: String,
}

struct Answer {
    status: StatusCode,
    location: String,
    body: String,
}

impl Browser {
    async fn of(city: &TestCity, actor: &Actor) -> Self {
        let mut tx = city.begin().await;
        for (role, region) in actor.grants.iter().filter_map(grant) {
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
        Self {
            router: server::http::router(city.app.clone()),
            cookie: format!("sign_in={token}"),
        }
    }

    fn nobody(city: &TestCity) -> Self {
        Self {
            router: server::http::router(city.app.clone()),
            cookie: String::new(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// Posts a form as a page does without scripts and follows to where it leads.
    async fn post(&self, from: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
        let sent = self.send(Self::form(from, to, fields, "text/html")).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let mut shown = self.get(&sent.location).await;
        shown.location = sent.location;
        shown
    }

    /// Posts a form as a script does: the answer says it all.
    async fn call(&self, to: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Self::form("/", to, fields, "application/json")).await
    }

    fn form(from: &str, to: &str, fields: &[(&str, &str)], accept: &str) -> Request<Body> {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Request::post(to)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, accept)
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{from}"))
            .body(Body::from(body))
            .expect("a request")
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        if !self.cookie.is_empty() {
            request.headers_mut().insert(header::COOKIE, self.cookie.parse().expect("a cookie"));
        }
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        let location = response
            .headers()
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        Answer {
            status,
            location,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

fn grant(grant: &app::accounts::Grant) -> Option<(&'static str, Option<app::ids::Region>)> {
    match grant {
        app::accounts::Grant::City => Some(("city", None)),
        app::accounts::Grant::County(region) => Some(("county", Some(region.clone()))),
        _ => None,
    }
}

fn class_form<'a>(plan: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("region", XINAN),
        ("title", "新质生产力研修班"),
        ("summary", "面向制造业骨干企业"),
        ("plan", plan),
        ("term", "2026 冬"),
        ("capacity", "40"),
        ("approval", "automatic"),
        ("enrol_opens_at", "2026-11-04T09:00"),
        ("enrol_closes_at", "2026-11-20T18:00"),
        ("opens_before_min", "30"),
        ("late_after_min", "10"),
        ("pass_rate", "80"),
        ("quota_410323", "10"),
    ];
    for (name, value) in more {
        fields.retain(|(old, _)| old != name);
        fields.push((name, value));
    }
    fields
}

fn lesson_form<'a>(class: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("class", class),
        ("topic", "股权设计"),
        ("starts_at", "2026-12-01T09:00"),
        ("ends_at", "2026-12-01T11:30"),
        ("hours", "2.5"),
    ];
    for (name, value) in more {
        fields.retain(|(old, _)| old != name);
        fields.push((name, value));
    }
    fields
}

/// The class that a desk address names.
fn class_in(path: &str) -> String {
    path.split('/')
        .nth(3)
        .unwrap_or_default()
        .split('?')
        .next()
        .unwrap_or_default()
        .to_owned()
}

async fn drafted(city: &TestCity, desk: &Browser) -> String {
    let made = desk
        .post("/desk/classes/new", "/api/create_class", &class_form(&city.plan.to_string(), &[]))
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    assert!(made.body.contains("草稿已保存"), "{} {}", made.location, made.body);
    class_in(&made.location)
}

/// A coordinator opens a class, adds lessons, publishes, edits, cancels; the public page follows.
async fn a_class_from_the_desk_to_the_public(engine: Engine) {
    let city = TestCity::new(engine).await;
    let desk = Browser::of(&city, &city.coordinator(XINAN).await).await;
    let nobody = Browser::nobody(&city);
    assert_eq!(desk.get("/desk/classes/new").await.status, StatusCode::OK);
    let class = drafted(&city, &desk).await;
    let (page, public) = (format!("/desk/classes/{class}"), format!("/classes/{class}"));
    assert_eq!(nobody.get(&public).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.get(&public).await.status, StatusCode::OK);

    let early = desk.post(&page, "/api/step_class", &[("class", &class), ("step", "publish")]).await;
    assert!(
        early.body.contains("至少排一课") && early.body.contains("error-summary"),
        "{}",
        early.body
    );
    let added = desk
        .post(&format!("{page}/lessons/new"), "/api/add_lesson", &lesson_form(&class, &[]))
        .await;
    assert!(
        added.body.contains("课次已增加") && added.body.contains("2026年12月1日 周二 09:00–11:30"),
        "{}",
        added.body
    );
    let published = desk.post(&page, "/api/step_class", &[("class", &class), ("step", "publish")]).await;
    assert!(published.body.contains("班次已发布"), "{}", published.body);

    let shown = nobody.get(&public).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(
        shown.body.contains("新安县 10 席") && shown.body.contains("股权设计") && !shown.body.contains("<script"),
        "{}",
        shown.body
    );
    assert!(shown.body.len() < 20_000, "{} bytes before compression", shown.body.len());
    for path in ["/lessons", "/edit", "/duplicate", "/timetable/print", "/lessons/new", "/lessons/series"] {
        assert_eq!(desk.get(&format!("{page}{path}")).await.status, StatusCode::OK, "{path}");
    }
    let empty = desk.post(&page, "/api/cancel_class", &[("class", &class), ("reason", "  ")]).await;
    assert!(empty.body.contains("请写明原因"), "{}", empty.body);
    let cancelled = desk.post(&page, "/api/cancel_class", &[("class", &class), ("reason", "场地检修")]).await;
    assert!(
        cancelled.body.contains("已通知报名学员") && cancelled.body.contains("场地检修"),
        "{}",
        cancelled.body
    );
    assert!(nobody.get(&public).await.body.contains("场地检修"));
}

/// Nothing typed is lost, each fault stands by its field, and a conflict is told with what stands now.
async fn a_faulty_form_comes_back_as_it_was(engine: Engine) {
    let city = TestCity::new(engine).await;
    let desk = Browser::of(&city, &city.coordinator(XINAN).await).await;
    let class = drafted(&city, &desk).await;
    let plan = city.plan.to_string();
    let edit = format!("/desk/classes/{class}/edit");
    let first = class_form(&plan, &[("class", &class), ("edition", "1"), ("title", "改过的名称"), ("capacity", "50")]);
    let saved = desk.post(&edit, "/api/edit_class", &first).await;
    assert!(saved.body.contains("改过的名称") && saved.body.contains("40 → 50"), "{}", saved.body);
    let second = class_form(
        &plan,
        &[("class", &class), ("edition", "1"), ("title", "另一个人的名称"), ("capacity", "60")],
    );
    let conflict = desk.post(&edit, "/api/edit_class", &second).await;
    assert!(
        conflict.body.contains("别人已经保存过") && conflict.body.contains("另一个人的名称") && conflict.body.contains("改过的名称"),
        "{}",
        conflict.body
    );

    let faulty = class_form(
        &plan,
        &[
            ("class", &class),
            ("edition", "2"),
            ("title", ""),
            ("capacity", "abc"),
            ("summary", "保留的介绍"),
        ],
    );
    let back = desk.post(&edit, "/api/edit_class", &faulty).await;
    assert!(
        back.body.contains("请填写班次名称") && back.body.contains("保留的介绍") && back.body.contains("value=\"abc\""),
        "{}",
        back.body
    );
}

/// Raising the capacity moves people up from the waitlist; lowering it below them is refused with the figure.
async fn capacity_follows_the_people(engine: Engine) {
    let city = TestCity::new(engine).await;
    let desk = Browser::of(&city, &city.coordinator(XINAN).await).await;
    let class = city.class(XINAN, 1).await;
    city.lesson(class, city.now() + app_days(20)).await;
    let people: Vec<PersonId> = city.people(3, XINAN).await;
    for (person, state) in people.iter().zip(["approved", "waitlisted", "waitlisted"]) {
        city.enrolment(class, *person, state).await;
    }
    let (id, plan) = (class.to_string(), city.plan.to_string());
    let edit = format!("/desk/classes/{id}/edit");
    let more = class_form(&plan, &[("class", &id), ("edition", "1"), ("capacity", "2"), ("quota_410323", "")]);
    let saved = desk.post(&edit, "/api/edit_class", &more).await;
    assert!(saved.body.contains("1 位候补学员递补录取"), "{}", saved.body);
    let less = class_form(&plan, &[("class", &id), ("edition", "2"), ("capacity", "1"), ("quota_410323", "")]);
    let refused = desk.post(&edit, "/api/edit_class", &less).await;
    assert!(refused.body.contains("已录取 2 人，总名额不能比这更少"), "{}", refused.body);
}

fn app_days(days: i64) -> chrono::TimeDelta {
    chrono::TimeDelta::days(days)
}

/// A clash is named beside its field; a series shows it before anything is written.
async fn clashes_are_named_before_and_at_writing(engine: Engine) {
    let city = TestCity::new(engine).await;
    let desk = Browser::of(&city, &city.coordinator(XINAN).await).await;
    let class = drafted(&city, &desk).await;
    let teacher = city.teacher(XINAN).await.to_string();
    let new = format!("/desk/classes/{class}/lessons/new");
    desk.post(&new, "/api/add_lesson", &lesson_form(&class, &[("teacher", &teacher)])).await;
    let again = desk
        .post(
            &new,
            "/api/add_lesson",
            &lesson_form(&class, &[("teacher", &teacher), ("topic", "留下的课题")]),
        )
        .await;
    assert!(
        again.body.contains("王老师在 2026-12-01 09:00–11:30 要上") && again.body.contains("留下的课题"),
        "{}",
        again.body
    );

    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(lesson_form(&class, &[("teacher", &teacher), ("repeat", "weekly"), ("count", "3")]))
        .finish();
    let series = format!("/desk/classes/{class}/lessons/series");
    let preview = desk.get(&format!("{series}?{query}")).await;
    assert!(preview.body.contains("共 3 次，1 次有冲突"), "{}", preview.body);
    let all = lesson_form(&class, &[("teacher", &teacher), ("repeat", "weekly"), ("count", "3"), ("days[]", "0")]);
    let refused = desk.post(&format!("{series}?{query}"), "/api/add_lesson_series", &all).await;
    assert!(
        refused.body.contains("王老师在 2026-12-01") && refused.body.contains("共 3 次"),
        "{}",
        refused.body
    );
    let mut two = lesson_form(&class, &[("teacher", &teacher), ("repeat", "weekly"), ("count", "3"), ("days[]", "1")]);
    two.push(("days[]", "2"));
    let added = desk.post(&series, "/api/add_lesson_series", &two).await;
    assert!(added.body.contains("已增加 2 课"), "{}", added.body);

    let copy = [
        ("class", class.as_str()),
        ("title", "第二期"),
        ("term", "2027 春"),
        ("first_day", "2026-12-08"),
    ];
    let copied = desk
        .post(&format!("/desk/classes/{class}/duplicate"), "/api/duplicate_class", &copy)
        .await;
    assert!(
        copied.body.contains("2 处没有带过来") && copied.body.contains("王老师"),
        "{}",
        copied.body
    );

    let school = city.school(XINAN).await;
    for query in [
        format!("school={school}&week=2026-12-03"),
        format!("teacher={teacher}&week=2026-12-01"),
        "week=😀".to_owned(),
    ] {
        let path = format!("/desk/timetable?{}", query.replace('😀', "%F0%9F%98%80"));
        assert_eq!(desk.get(&path).await.status, StatusCode::OK, "{path}");
    }
    assert!(
        desk.get(&format!("/desk/timetable?teacher={teacher}&week=2026-12-03"))
            .await
            .body
            .contains("股权设计")
    );
}

/// Another county gets nothing, staff look but do not edit, nobody is led to the sign-in page.
async fn who_is_let_in(engine: Engine) {
    let city = TestCity::new(engine).await;
    let desk = Browser::of(&city, &city.coordinator(XINAN).await).await;
    let class = drafted(&city, &desk).await;
    let other = Browser::of(&city, &city.coordinator(YIYANG).await).await;
    let student = Browser::of(&city, &city.entrepreneur(XINAN).await).await;
    let staff_actor = city.entrepreneur(XINAN).await;
    let added = desk
        .call("/api/add_class_staff", &[("class", &class), ("person", &staff_actor.person.to_string())])
        .await;
    assert!(added.status.is_success(), "{}", added.body);
    let staff = Browser::of(&city, &staff_actor).await;
    let page = format!("/desk/classes/{class}");
    for (who, browser, look, change) in [
        ("own county", &desk, 200, 200),
        ("other county", &other, 404, 404),
        ("class staff", &staff, 200, 403),
        ("entrepreneur", &student, 404, 404),
    ] {
        assert_eq!(browser.get(&page).await.status, look, "{who} looks");
        assert_eq!(browser.get(&format!("{page}/lessons")).await.status, look, "{who} looks at lessons");
        assert_eq!(browser.get(&format!("{page}/edit")).await.status, change, "{who} would edit");
        let step = browser.call("/api/add_lesson", &lesson_form(&class, &[])).await;
        assert_eq!(step.status, change, "{who} would add a lesson: {}", step.body);
    }
    assert_eq!(student.get("/desk/classes").await.status, StatusCode::FORBIDDEN);
    assert!(staff.get("/desk/classes").await.body.contains(&class));
    assert!(!other.get("/desk/classes").await.body.contains(&class));
    assert_eq!(
        other.call("/api/create_class", &class_form(&city.plan.to_string(), &[])).await.status,
        StatusCode::FORBIDDEN
    );
    let nobody = Browser::nobody(&city);
    let led = nobody.get(&page).await;
    assert_eq!((led.status, led.location.starts_with("/sign-in?next=")), (StatusCode::SEE_OTHER, true));
    assert_eq!(
        nobody.call("/api/add_lesson", &lesson_form(&class, &[])).await.status,
        StatusCode::UNAUTHORIZED
    );
    let english = nobody
        .send(
            Request::get("/classes/none")
                .header(header::ACCEPT_LANGUAGE, "en")
                .body(Body::empty())
                .expect("a request"),
        )
        .await;
    assert_eq!(english.status, StatusCode::NOT_FOUND);
}

/// Whatever is sent, the answer is words and 4xx, never 5xx.
async fn hostile_input_gets_words(engine: Engine) {
    let city = TestCity::new(engine).await;
    let desk = Browser::of(&city, &city.city_admin().await).await;
    let class = drafted(&city, &desk).await;
    let plan = city.plan.to_string();
    let long = "长".repeat(10_000);
    let nasty = [
        "\0",
        "a\0b",
        "😀",
        "<script>alert(1)</script>",
        long.as_str(),
        "-1",
        "99999999999999999999",
        "' OR 1=1 --",
        "%00",
        "",
    ];
    let endpoints = [
        "create_class",
        "edit_class",
        "step_class",
        "cancel_class",
        "delete_class",
        "duplicate_class",
        "add_lesson",
        "add_lesson_series",
        "edit_lesson",
        "cancel_lesson",
        "delete_lesson",
        "add_class_staff",
        "remove_class_staff",
    ];
    for text in nasty {
        for endpoint in endpoints {
            let class_field = if endpoint == "delete_class" { "none" } else { class.as_str() };
            let mut fields: Vec<(&str, &str)> = vec![("class", class_field), ("days[]", text)];
            let names = [
                "step",
                "topic",
                "starts_at",
                "ends_at",
                "teacher",
                "venue",
                "hours",
                "repeat",
                "count",
                "lesson",
                "person",
                "edition",
                "title",
                "term",
                "first_day",
                "capacity",
                "region",
                "plan",
                "quota_410323",
                "quota_x",
                "enrol_opens_at",
            ];
            fields.extend(names.map(|name| (name, text)));
            let answer = desk.call(&format!("/api/{endpoint}"), &fields).await;
            assert!(
                answer.status.is_client_error() && !answer.body.is_empty(),
                "{endpoint} {text:.20?}: {} {}",
                answer.status,
                answer.body
            );
        }
        for field in ["title", "term", "capacity", "cutoff_at", "quota_410323"] {
            let fields = class_form(&plan, &[("class", &class), ("edition", "1"), (field, text)]);
            let answer = desk.call("/api/edit_class", &fields).await;
            assert!(!answer.status.is_server_error(), "{field} {text:.20?}: {} {}", answer.status, answer.body);
        }
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let query = query.chars().take(3000).collect::<String>();
        for path in [
            format!("/desk/classes?q={query}&term={query}&after={query}&sort=title"),
            format!("/desk/classes?before={query}~{class}&sort=title&school={query}&region={query}"),
            format!("/desk/classes?before={query}~{class}&sort=starts&theme={query}&state={query}"),
            format!("/desk/classes/{class}?staff={query}"),
            format!("/desk/classes/{class}/lessons/series?topic={query}&starts_at={query}&count={query}"),
            format!("/desk/timetable?week={query}"),
            format!("/desk/timetable?teacher={query}"),
            format!("/desk/timetable?school={query}"),
        ] {
            let status = desk.get(&path).await.status;
            assert!(status == StatusCode::OK || status.is_client_error(), "{path:.80}: {status}");
        }
    }
    let shown = desk
        .post(
            &format!("/desk/classes/{class}/edit"),
            "/api/edit_class",
            &class_form(&plan, &[("class", &class), ("edition", "1"), ("title", "<script>x</script>😀")]),
        )
        .await;
    assert!(!shown.body.contains("<script>x"), "escaped");
    let unknown = ClassId::new(&city.app.chance, city.now());
    assert_eq!(desk.get(&format!("/classes/{unknown}")).await.status, StatusCode::NOT_FOUND);
    // A NUL is refused before any page is asked.
    assert_eq!(desk.get("/classes/%00").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(desk.get("/classes/nonsense").await.status, StatusCode::NOT_FOUND);
}

app::on_both_engines!(
    a_class_from_the_desk_to_the_public,
    a_faulty_form_comes_back_as_it_was,
    capacity_follows_the_people,
    clashes_are_named_before_and_at_writing,
    who_is_let_in,
    hostile_input_gets_words,
);

async fn strangers_who_come_at_once_see_what_is_so_now(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 30).await;
    let stranger = Browser::nobody(&city);
    let path = format!("/classes/{class}");
    for round in 0..5 {
        let title = format!("第 {round} 次改名的班");
        let mut tx = city.begin().await;
        sql("UPDATE classes SET title = $1 WHERE id = $2")
            .bind(&title)
            .bind(class)
            .run(&mut tx)
            .await
            .expect("renamed");
        tx.commit().await.expect("kept");
        let mut strangers = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let request = Request::get(&path).body(Body::empty()).expect("a request");
            strangers.spawn(stranger.router.clone().oneshot(request));
        }
        for page in strangers.join_all().await {
            let body = page.expect("an answer").into_body().collect().await.expect("a body").to_bytes();
            let body = String::from_utf8_lossy(&body);
            assert!(body.contains(&title), "a name of before: {body}");
        }
    }
    // What strangers share has no islands: its policy allows no scripts, so there is no nonce to share either.
    let school = format!("/schools/{}", city.school(XINAN).await);
    for path in ["/", "/classes", "/schools", "/plan", &path, &school] {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answer = stranger.router.clone().oneshot(request).await.expect("an answer");
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
        assert!(answer.status() == 200 && policy.contains("script-src 'none'"), "{path}: {policy}");
    }
}
app::on_both_engines!(strangers_who_come_at_once_see_what_is_so_now);
