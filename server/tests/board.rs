//! The attendance board, the lesson desk, leave, one's own page and paper, asked through the server's own router.

use app::accounts::{Actor, Grant, store::begin_sign_in};
use app::db::sql;
use app::db::testing::Engine;
use app::ids::{ClassId, EnrolmentId, LessonId, PersonId};
use app::testing::{TestCity, XINAN, YIYANG};
use axum::body::Body;
use axum::http::{Request, header};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use tower::ServiceExt;

/// What came back.
struct Answer {
    status: u16,
    location: String,
    kind: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A class with a lesson going on and one to come, two people on its roster.
struct Site {
    city: TestCity,
    router: axum::Router,
    class: ClassId,
    lesson: LessonId,
    later: LessonId,
    wang: PersonId,
    enrolment: EnrolmentId,
    other: EnrolmentId,
}

impl Site {
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let router = server::http::router(city.app.clone());
        let class = city.class(XINAN, 50).await;
        let lesson = city.lesson(class, city.now() - TimeDelta::minutes(5)).await;
        let later = city.lesson(class, city.now() + TimeDelta::days(3)).await;
        let wang = city.person("王<芳>", XINAN).await;
        let enrolment = city.enrolment(class, wang, "approved").await;
        let li = city.person("李强", XINAN).await;
        let other = city.enrolment(class, li, "approved").await;
        Self {
            city,
            router,
            class,
            lesson,
            later,
            wang,
            enrolment,
            other,
        }
    }

    /// A token for a person's cookie.
    async fn token(&self, person: PersonId) -> String {
        let mut tx = self.city.begin().await;
        let token = begin_sign_in(&self.city.app, &mut tx, self.city.now(), person, "test")
            .await
            .expect("a sign-in");
        tx.commit().await.expect("kept");
        token
    }

    /// The same for somebody with roles, which are written down.
    async fn staff(&self, actor: Actor) -> String {
        let mut tx = self.city.begin().await;
        for grant in &actor.grants {
            let (role, region) = match grant {
                Grant::City => ("city", None),
                Grant::County(region) => ("county", Some(region.clone())),
                Grant::Teacher(_) | Grant::Firm(_) | Grant::Verifier => continue,
            };
            sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, $3, $4, $5)")
                .bind(self.city.app.chance.uuid(self.city.now()))
                .bind(actor.person)
                .bind(role)
                .bind(region)
                .bind(self.city.now())
                .run(&mut tx)
                .await
                .expect("a grant");
        }
        tx.commit().await.expect("kept");
        self.token(actor.person).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let head = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let (location, kind, status) = (head(header::LOCATION), head(header::CONTENT_TYPE), response.status().as_u16());
        let body = response.into_body().collect().await.expect("a body").to_bytes().to_vec();
        Answer {
            status,
            location,
            kind,
            body,
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

    /// Posts a form and follows it to the page that it leads to.
    async fn follow(&self, token: &str, from: &str, action: &str, fields: &[(&str, &str)]) -> (String, String) {
        let answer = self.post(token, from, action, fields).await;
        assert_eq!(answer.status, 303, "{action}: {}", answer.text());
        let page = self.get(token, &answer.location).await;
        assert_eq!(page.status, 200, "{action} leads to {}", answer.location);
        (answer.location, page.text())
    }

    async fn status_of(&self, lesson: LessonId, enrolment: EnrolmentId) -> Option<String> {
        let row: Option<(String,)> = sql("SELECT status FROM attendances WHERE lesson_id = $1 AND enrolment_id = $2")
            .bind(lesson)
            .bind(enrolment)
            .opt(&self.city.app.db)
            .await
            .expect("read");
        row.map(|(status,)| status)
    }

    /// Every page of the desk.
    fn desk_pages(&self) -> Vec<String> {
        let (class, lesson) = (self.class, self.lesson);
        vec![
            format!("/desk/classes/{class}/attendance"),
            format!("/desk/classes/{class}/attendance/{lesson}/{}", self.enrolment),
            format!("/desk/classes/{class}/leaves"),
            format!("/desk/classes/{class}/badges"),
            format!("/desk/lessons/{lesson}"),
            format!("/desk/lessons/{lesson}/paper"),
            format!("/desk/lessons/{lesson}/sheet"),
        ]
    }
}

fn assert_whole(path: &str, page: &Answer) {
    let text = page.text();
    assert_eq!(page.status, 200, "{path}: {text}");
    assert_eq!(text.matches("<h1").count(), 1, "{path} has one main heading");
    // Only the desk of a lesson has an island: it says when somebody comes.
    let island = path.starts_with("/desk/lessons/") && path.matches('/').count() == 3;
    assert_eq!(text.contains("<script"), island, "{path} and its scripts");
    assert!(!text.contains("style=\""), "{path} needs no style of its own");
    assert!(!text.contains("王<芳>"), "{path} escapes names");
    if let Some(at) = text.find("board-") {
        // Keys of texts have a word after the slice; classes of the style sheet have two underscores.
        panic!("{path} shows a key: {}", text[at..].chars().take(40).collect::<String>());
    }
}

async fn every_page_is_whole_for_its_own_people_alone(engine: Engine) {
    let site = Site::new(engine).await;
    let own = site.staff(site.city.coordinator(XINAN).await).await;
    let city = site.staff(site.city.city_admin().await).await;
    let foreign = site.staff(site.city.coordinator(YIYANG).await).await;
    let student = site.token(site.wang).await;
    for path in site.desk_pages() {
        for token in [&own, &city] {
            assert_whole(&path, &site.get(token, &path).await);
        }
        assert_eq!(site.get(&foreign, &path).await.status, 404, "{path} from another county");
        assert_eq!(site.get(&student, &path).await.status, 403, "{path} for an entrepreneur");
        let nobody = site.get("", &path).await;
        assert_eq!(
            (nobody.status, nobody.location.starts_with("/sign-in?")),
            (303, true),
            "{path} signed out"
        );
    }
    for path in [
        "/me".to_owned(),
        format!("/me/classes/{}", site.class),
        format!("/me/classes/{}/leave", site.class),
    ] {
        assert_whole(&path, &site.get(&student, &path).await);
        if path != "/me" {
            assert_eq!(site.get(&own, &path).await.status, 404, "{path} of somebody who is not in the class");
        }
    }
    let file = format!("/desk/classes/{}/attendance.xlsx", site.class);
    let export = site.get(&own, &file).await;
    assert_eq!((export.status, export.body.starts_with(b"PK")), (200, true));
    assert!(export.kind.contains("spreadsheetml"), "{}", export.kind);
    assert_eq!(site.get(&foreign, &file).await.status, 404);
    assert_eq!(site.get("", &file).await.status, 401);
}
app::on_both_engines!(every_page_is_whole_for_its_own_people_alone);

async fn a_cell_is_corrected_with_a_reason_and_undone(engine: Engine) {
    let site = Site::new(engine).await;
    let staff = site.staff(site.city.coordinator(XINAN).await).await;
    let (lesson, enrolment) = (site.lesson.to_string(), site.enrolment.to_string());
    let cell = format!("/desk/classes/{}/attendance/{lesson}/{enrolment}?show=all", site.class);
    let place = [
        ("lesson", lesson.as_str()),
        ("enrolment", enrolment.as_str()),
        ("back", "?show=all&evil=1"),
    ];
    let with = |more: &[(&'static str, &'static str)]| [&place[..], more].concat();
    let (_, page) = site
        .follow(&staff, &cell, "board_correct", &with(&[("status", "late"), ("why", "")]))
        .await;
    assert!(page.contains("请填写理由") && page.contains("#field-why"), "{page}");
    assert_eq!(site.status_of(site.lesson, site.enrolment).await, None);
    let (to, page) = site
        .follow(&staff, &cell, "board_correct", &with(&[("status", "late"), ("why", "路上堵车")]))
        .await;
    assert!(
        to.starts_with(&format!("/desk/classes/{}/attendance?show=all&flash=", site.class)),
        "{to}"
    );
    assert!(page.contains("已更正"));
    assert_eq!(site.status_of(site.lesson, site.enrolment).await.as_deref(), Some("late"));
    let history = site.get(&staff, &cell).await.text();
    assert!(history.contains("路上堵车") && history.contains("未登记 → 迟到"));
    site.follow(&staff, &cell, "board_undo", &with(&[("undo_why", "点错人了")])).await;
    assert_eq!(site.status_of(site.lesson, site.enrolment).await, None);
}
app::on_both_engines!(a_cell_is_corrected_with_a_reason_and_undone);

async fn a_lesson_is_marked_entered_closed_and_reopened(engine: Engine) {
    let site = Site::new(engine).await;
    let staff = site.staff(site.city.coordinator(XINAN).await).await;
    let (lesson, first, second) = (site.lesson.to_string(), site.enrolment.to_string(), site.other.to_string());
    let desk = format!("/desk/lessons/{lesson}");
    let one = format!("{first}:present");
    site.follow(&staff, &desk, "board_mark", &[("lesson", &lesson), ("one", &one)]).await;
    assert_eq!(site.status_of(site.lesson, site.enrolment).await.as_deref(), Some("present"));
    // Two ticked, one of them marked otherwise: the reason is missing, and the ticks come back.
    let ticked = [
        ("lesson", lesson.as_str()),
        ("ids[]", &first),
        ("ids[]", &second),
        ("status", "left_early"),
    ];
    let (_, page) = site.follow(&staff, &desk, "board_mark", &ticked).await;
    assert!(page.contains("#field-why") && page.matches(" checked").count() == 2, "{page}");
    site.follow(&staff, &desk, "board_mark", &[&ticked[..], &[("why", "提前离场")]].concat())
        .await;
    assert_eq!(site.status_of(site.lesson, site.other).await.as_deref(), Some("left_early"));
    let (_, page) = site.follow(&staff, &desk, "board_mark", &[("lesson", &lesson), ("status", "")]).await;
    assert!(page.contains("请至少勾选一人"));
    let person = site.city.person("赵敏", XINAN).await;
    let late = site.city.enrolment(site.class, person, "approved").await;
    let late_id = late.to_string();
    let paper = format!("{desk}/paper");
    let fields = [("lesson", lesson.as_str()), ("ids[]", late_id.as_str()), ("at", "2026-11-03T08:58")];
    site.follow(&staff, &paper, "board_paper", &fields).await;
    assert_eq!(site.status_of(site.lesson, late).await.as_deref(), Some("present"));
    let person = site.city.person("孙丽", XINAN).await;
    let missing = site.city.enrolment(site.class, person, "approved").await;
    let (_, page) = site.follow(&staff, &desk, "board_close", &[("lesson", &lesson)]).await;
    assert!(page.contains("1 人记为缺勤"), "{page}");
    assert_eq!(site.status_of(site.lesson, missing).await.as_deref(), Some("absent"));
    let (_, page) = site.follow(&staff, &desk, "board_reopen", &[("lesson", &lesson)]).await;
    assert!(page.contains("请填写理由"));
    site.follow(&staff, &desk, "board_reopen", &[("lesson", &lesson), ("reopen_why", "有人补交签到表")])
        .await;
    assert_eq!(site.status_of(site.lesson, missing).await, None);
}
app::on_both_engines!(a_lesson_is_marked_entered_closed_and_reopened);

async fn leave_goes_from_the_person_to_the_desk_and_back(engine: Engine) {
    let site = Site::new(engine).await;
    let staff = site.staff(site.city.coordinator(XINAN).await).await;
    let student = site.token(site.wang).await;
    let (class, later) = (site.class.to_string(), site.later.to_string());
    let own = format!("/me/classes/{class}/leave");
    let (_, page) = site.follow(&student, &own, "ask_leave", &[("class", &class), ("reason", "")]).await;
    assert!(page.contains("请勾选要请假的课") && page.contains("请填写理由"), "all faults at once");
    let fields = [("class", class.as_str()), ("lessons[]", later.as_str()), ("reason", "赴郑州出差")];
    site.follow(&student, &own, "ask_leave", &fields).await;
    let desk = format!("/desk/classes/{class}/leaves");
    let page = site.get(&staff, &desk).await.text();
    assert!(page.contains("赴郑州出差"));
    let id: String = page
        .split("name=\"leaves[]\" value=\"")
        .nth(1)
        .expect("a tick")
        .chars()
        .take(32)
        .collect();
    let refuse = [("class", class.as_str()), ("leaves[]", id.as_str()), ("verdict", "refuse")];
    let (_, page) = site.follow(&staff, &desk, "decide_leaves", &refuse).await;
    assert!(page.contains("#field-reason"), "refusing needs a reason");
    let approve = [("class", class.as_str()), ("leaves[]", id.as_str()), ("verdict", "approve")];
    site.follow(&staff, &desk, "decide_leaves", &approve).await;
    assert_eq!(site.status_of(site.later, site.enrolment).await.as_deref(), Some("excused"));
    assert!(site.get(&student, &own).await.text().contains("已批准"));
    site.follow(&student, &own, "withdraw_leave", &[("class", &class), ("leave", &id)]).await;
    assert_eq!(site.status_of(site.later, site.enrolment).await, None);
    // Nobody decides their own leave, and another county decides none of ours.
    let (_, page) = site.follow(&student, &own, "decide_leaves", &approve).await;
    assert!(page.contains("没有权限"));
    let foreign = site.staff(site.city.coordinator(YIYANG).await).await;
    let refused = site.post(&foreign, "/me", "decide_leaves", &approve).await;
    assert_eq!(refused.status, 303);
    assert_eq!(site.status_of(site.later, site.enrolment).await, None);
}
app::on_both_engines!(leave_goes_from_the_person_to_the_desk_and_back);

async fn hostile_input_gets_words(engine: Engine) {
    let site = Site::new(engine).await;
    let staff = site.staff(site.city.coordinator(XINAN).await).await;
    let student = site.token(site.wang).await;
    let (class, lesson, enrolment) = (site.class.to_string(), site.lesson.to_string(), site.enrolment.to_string());
    let long = "长".repeat(10_000);
    let board = format!("/desk/classes/{class}/attendance");
    for hostile in [
        "😀",
        "<script>alert(1)</script>",
        "\u{0}",
        "%00",
        "' OR 1=1 --",
        long.as_str(),
        "-1",
        "99999999999999999999",
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
        let forms: [(&str, Vec<(&str, &str)>); 9] = [
            (
                "board_correct",
                vec![("lesson", &lesson), ("enrolment", &enrolment), ("status", hostile), ("why", hostile)],
            ),
            ("board_correct", vec![("lesson", hostile), ("enrolment", hostile)]),
            ("board_undo", vec![("lesson", &lesson), ("enrolment", hostile), ("undo_why", hostile)]),
            (
                "board_mark",
                vec![
                    ("lesson", &lesson),
                    ("one", hostile),
                    ("ids[]", hostile),
                    ("status", hostile),
                    ("why", hostile),
                ],
            ),
            ("board_paper", vec![("lesson", &lesson), ("ids[]", hostile), ("at", hostile)]),
            ("board_walk_in", vec![("lesson", &lesson), ("walk_in", hostile), ("verdict", hostile)]),
            ("ask_leave", vec![("class", &class), ("lessons[]", hostile), ("reason", hostile)]),
            ("withdraw_leave", vec![("class", hostile), ("leave", hostile)]),
            (
                "decide_leaves",
                vec![("class", &class), ("leaves[]", hostile), ("verdict", hostile), ("reason", hostile)],
            ),
        ];
        for (action, fields) in forms {
            for token in [&staff, &student] {
                let answer = site.post(token, &board, action, &fields).await;
                assert!(answer.status < 500, "{action} with {hostile:.20}: {} {}", answer.status, answer.text());
            }
        }
        if encoded.len() < 2_000 {
            for name in ["q", "show", "after", "before"] {
                for path in site.desk_pages() {
                    let answer = site.get(&staff, &format!("{path}?{name}={encoded}")).await;
                    assert!(answer.status < 500, "{path}?{name}={encoded}: {}", answer.status);
                }
            }
            for path in [
                format!("/desk/classes/{encoded}/attendance"),
                format!("/desk/lessons/{encoded}"),
                format!("/me/classes/{encoded}"),
            ] {
                let answer = site.get(&staff, &path).await;
                assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
            }
        }
    }
    let missing = site.post(&staff, &board, "board_mark", &[]).await;
    assert!((300..500).contains(&missing.status));
    let rows = sql("SELECT COUNT(*) FROM attendances").count(&site.city.app.db).await.expect("counted");
    assert_eq!(rows, 0, "none of it changed anything");
}
app::on_both_engines!(hostile_input_gets_words);
