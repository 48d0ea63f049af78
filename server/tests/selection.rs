//! Selection through the server's own router: nominations, screening and choosing, substitution, rounds, verifiers,
//! documents; who gets which page; and what hostile forms get.

use app::accounts::{Actor, Grant};
use app::benchmarking::testing::TestProgramme;
use app::db::sql;
use app::db::testing::Engine;
use app::ids::{FirmId, Region};
use app::testing::{XINAN, YIYANG};
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

struct Site {
    programme: TestProgramme,
    router: axum::Router,
    admin: String,
    county: String,
    other: String,
}

/// What came back: status, where it leads, and the page.
struct Answer {
    status: u16,
    location: String,
    body: String,
}

impl Site {
    async fn new(engine: Engine) -> Self {
        let programme = TestProgramme::new(engine).await;
        let city = &programme.city;
        let admin = programme.signed_in(&city.city_admin().await).await;
        let county = programme.signed_in(&city.coordinator(XINAN).await).await;
        let other = programme.signed_in(&city.coordinator(YIYANG).await).await;
        Self {
            router: server::http::router(city.app.clone()),
            admin,
            county,
            other,
            programme,
        }
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

    async fn send(&self, token: &str, to: &str, from: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(to)
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{from}"))
            .header(header::CONTENT_TYPE, kind);
        self.ask(request.body(Body::from(body)).expect("a request")).await
    }

    async fn post(&self, token: &str, from: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        self.send(token, &format!("/api/{action}"), from, kind, form.into_bytes()).await
    }

    /// Posts and follows to the page that it leads to.
    async fn done(&self, token: &str, from: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(token, from, action, fields).await;
        assert_eq!(answer.status, 303, "{action}: {}", answer.body);
        let page = self.get(token, &answer.location).await;
        Answer {
            location: answer.location,
            ..page
        }
    }

    /// Nominates a firm as the county does and answers the nomination's id.
    async fn nominate(&self, firm: FirmId) -> String {
        let cohort = self.programme.cohort.to_string();
        let typed = [
            ("cohort", &*cohort),
            ("firm", &*firm.to_string()),
            ("category", "services"),
            ("reasons", "行业领先"),
        ];
        let page = self.done(&self.county, "/desk/nominations/new", "nominate_firm", &typed).await;
        assert!(page.body.contains("推荐已提交"), "{}", page.body);
        id_in(&page.location, "/desk/nominations/")
    }

    async fn decide(&self, decision: &str, ids: &[&str]) -> Answer {
        let cohort = self.programme.cohort.to_string();
        let mut fields = vec![("cohort", &*cohort), ("decision", decision)];
        fields.extend(ids.iter().map(|id| ("ids[]", *id)));
        let from = format!("/city/cohorts/{cohort}/nominations");
        self.done(&self.admin, &from, "decide_nominations", &fields).await
    }

    async fn state(&self, pilot: &str) -> String {
        let id: app::ids::PilotId = pilot.parse().expect("an id");
        let found: (String,) = sql("SELECT state FROM pilots WHERE id = $1")
            .bind(id)
            .one(&self.programme.city.app.db)
            .await
            .expect("a pilot");
        found.0
    }

    async fn resize(&self, size: i64) {
        let mut tx = self.programme.city.begin().await;
        sql("UPDATE cohorts SET size = $1").bind(size).run(&mut tx).await.expect("resized");
        tx.commit().await.expect("kept");
    }
}

fn id_in(location: &str, after: &str) -> String {
    let rest = location.split(after).nth(1).expect("an id");
    rest.chars().take_while(char::is_ascii_hexdigit).collect()
}

/// Things that every page keeps.
fn assert_whole(path: &str, page: &Answer) {
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    assert_eq!(page.body.matches("<h1").count(), 1, "{path} has one main heading");
    assert!(!page.body.contains("style=\""), "{path} has a style of its own, which the policy forbids");
    for prefix in ["selection-", "firms-"] {
        let shown = page.body.split('>').any(|part| part.trim_start().starts_with(prefix));
        assert!(!shown, "{path} shows a key that begins with {prefix}");
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

async fn a_firm_goes_from_nomination_to_pilot_and_is_substituted(engine: Engine) {
    let site = Site::new(engine).await;
    let city = &site.programme.city;
    let (first, second) = (city.firm("新安铝业", XINAN).await, city.firm("新安陶瓷", XINAN).await);
    let contact = city.actor("联络员", XINAN, vec![Grant::Firm(first)]).await;
    let contact = site.programme.signed_in(&contact).await;
    let found = site.get(&site.county, "/desk/nominations/new?q=铝业").await;
    assert_whole("/desk/nominations/new", &found);
    assert!(found.body.contains("新安铝业") && !found.body.contains("新安陶瓷"), "{}", found.body);
    let form = site.get(&site.county, &format!("/desk/nominations/new?firm={first}")).await;
    assert_whole("the form", &form);
    let id = site.nominate(first).await;
    let page = format!("/desk/nominations/{id}");
    let version = site.get(&site.county, &format!("{page}/edit")).await.body;
    let version = version
        .split(r#"name="version" value=""#)
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a version")
        .to_owned();
    let edit = [
        ("pilot", &*id),
        ("version", &*version),
        ("category", "high_tech"),
        ("reasons", "有研发中心"),
    ];
    let edited = site.done(&site.county, &format!("{page}/edit"), "edit_nomination", &edit).await;
    assert!(
        edited.body.contains("有研发中心") && edited.body.contains("高新技术企业"),
        "{}",
        edited.body
    );
    let early = site.decide("choose", &[&id]).await;
    assert!(early.body.contains("选定 0 家；1 家状态不符"), "{}", early.body);
    site.decide("pass", &[&id]).await;
    assert_eq!(site.state(&id).await, "screened");
    let late = site.done(&site.county, &page, "edit_nomination", &edit).await;
    assert!(late.body.contains("市里已经初筛"), "{}", late.body);
    let chosen = site.decide("choose", &[&id]).await;
    assert!(chosen.body.contains("选定 1 家"), "{}", chosen.body);
    assert!(site.get(&contact, "/me/inbox").await.body.contains("入选"), "the contact is told");
    assert_eq!(site.get(&contact, &page).await.status, 403, "a contact has a standing but no desk");

    let next = site.nominate(second).await;
    let swap = format!("{page}/substitute");
    assert_whole(&swap, &site.get(&site.admin, &swap).await);
    let nobody = site
        .done(&site.admin, &swap, "substitute_pilot", &[("pilot", &id), ("why", "停产")])
        .await;
    assert!(nobody.body.contains("请选择接替的企业"), "{}", nobody.body);
    let fields = [("pilot", &*id), ("coming", &*next), ("why", "停产")];
    let refused = site.post(&site.county, &swap, "substitute_pilot", &fields).await;
    assert_eq!(refused.status, 303);
    assert_eq!(site.state(&id).await, "chosen", "only the city substitutes");
    let done = site.done(&site.admin, &swap, "substitute_pilot", &fields).await;
    assert!(done.body.contains("接替入选") && done.body.contains("停产"), "{}", done.body);
    assert_eq!((site.state(&id).await, site.state(&next).await), ("substituted".into(), "chosen".into()));
    let gone = site.done(&site.county, "/", "withdraw_pilot", &[("pilot", &next), ("why", "")]).await;
    assert_eq!(site.state(&next).await, "chosen", "{}", gone.body);
    site.done(&site.county, "/", "withdraw_pilot", &[("pilot", &next), ("why", "经营困难")])
        .await;
    assert_eq!(site.state(&next).await, "withdrawn");
}

async fn the_one_too_many_is_refused_with_words(engine: Engine) {
    let site = Site::new(engine).await;
    site.resize(1).await;
    let mut ids = Vec::new();
    for name in ["甲", "乙"] {
        ids.push(site.nominate(site.programme.city.firm(name, XINAN).await).await);
    }
    site.decide("pass", &[&ids[0], &ids[1]]).await;
    let both = site.decide("choose", &[&ids[0], &ids[1]]).await;
    assert!(both.body.contains("名额共 1 个，现在只剩 1 个，不能再选 2 家"), "{}", both.body);
    site.decide("choose", &[&ids[0]]).await;
    let full = site.decide("choose", &[&ids[1]]).await;
    assert!(full.body.contains("现在只剩 0 个"), "{}", full.body);
    assert_eq!(site.state(&ids[1]).await, "screened");
    site.done(&site.admin, "/", "undo_choice", &[("pilot", &ids[0])]).await;
    assert_eq!(site.state(&ids[0]).await, "screened");
    site.decide("choose", &[&ids[1]]).await;
    assert_eq!(site.state(&ids[1]).await, "chosen");
}

async fn each_role_gets_its_pages_and_no_others(engine: Engine) {
    let site = Site::new(engine).await;
    let programme = &site.programme;
    let city = &programme.city;
    let pilot = programme.pilot("新安铝业", XINAN).await;
    let waiting = programme
        .pilot_in("新安陶瓷", XINAN, app::benchmarking::rules::PilotState::Nominated, None)
        .await;
    let contact = programme.signed_in(&programme.contact(&pilot).await).await;
    let expert: Actor = programme.verifier(&[pilot.id]).await;
    let (person, expert) = (expert.person, programme.signed_in(&expert).await);
    let entrepreneur = programme.signed_in(&city.entrepreneur(XINAN).await).await;
    let round = programme.round().await;
    let cohort = programme.cohort;
    let tokens = [&site.admin, &site.county, &site.other, &contact, &expert, &entrepreneur];
    let only_city = [200, 403, 403, 403, 403, 403];
    let table = [
        ("/city/cohorts".to_owned(), only_city),
        ("/city/cohorts/new".to_owned(), only_city),
        (format!("/city/cohorts/{cohort}"), only_city),
        (format!("/city/cohorts/{cohort}/edit"), only_city),
        (format!("/city/cohorts/{cohort}/nominations"), only_city),
        (
            format!("/city/cohorts/{cohort}/nominations?state=chosen&county={XINAN}&category=services&sort=name&q=x"),
            only_city,
        ),
        (format!("/city/cohorts/{cohort}/rounds"), only_city),
        (format!("/city/cohorts/{cohort}/rounds/{round}"), only_city),
        (format!("/city/cohorts/{cohort}/verifiers"), only_city),
        (format!("/city/cohorts/{cohort}/verifiers?show=without&who=x"), only_city),
        (format!("/city/cohorts/{cohort}/verifiers/{}/{person}", pilot.id), only_city),
        ("/desk/nominations".to_owned(), [200, 200, 200, 403, 403, 403]),
        ("/desk/nominations/new".to_owned(), [200, 200, 200, 403, 403, 403]),
        (format!("/desk/nominations/new?firm={}", pilot.firm_id), [200, 200, 404, 403, 403, 403]),
        (format!("/desk/nominations/{}", pilot.id), [200, 200, 404, 403, 403, 404]),
        (format!("/desk/nominations/{}", waiting.id), [200, 200, 404, 404, 404, 404]),
        (format!("/desk/nominations/{}/edit", waiting.id), [200, 200, 404, 404, 404, 404]),
        (format!("/desk/nominations/{}/edit", pilot.id), [404, 404, 404, 403, 403, 404]),
        (format!("/desk/nominations/{}/substitute", pilot.id), [200, 403, 404, 403, 403, 404]),
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
    for path in [
        "/city/cohorts/x",
        "/desk/nominations/00000000000000000000000000000000",
        "/city/cohorts/00000000000000000000000000000001",
    ] {
        assert_eq!(site.get(&site.admin, path).await.status, 404, "{path}");
    }
}

async fn nobody_changes_what_is_not_theirs(engine: Engine) {
    let site = Site::new(engine).await;
    let programme = &site.programme;
    let city = &programme.city;
    let id = site.nominate(city.firm("新安铝业", XINAN).await).await;
    let pilot = programme.pilot("一机", XINAN).await;
    let contact = programme.signed_in(&programme.contact(&pilot).await).await;
    let round = programme.round().await.to_string();
    let (cohort, framework) = (programme.cohort.to_string(), programme.framework.to_string());
    let (pilot, foreign) = (pilot.id.to_string(), city.firm("新安陶瓷", XINAN).await.to_string());
    let attempts: [(&str, Vec<(&str, &str)>); 11] = [
        ("decide_nominations", vec![("cohort", &cohort), ("decision", "pass"), ("ids[]", &id)]),
        ("undo_choice", vec![("pilot", &pilot)]),
        ("substitute_pilot", vec![("pilot", &pilot), ("coming", &id), ("why", "x")]),
        ("withdraw_pilot", vec![("pilot", &pilot), ("why", "x")]),
        (
            "edit_nomination",
            vec![("pilot", &id), ("version", "1"), ("category", "services"), ("reasons", "x")],
        ),
        ("close_round", vec![("round", &round)]),
        ("move_round", vec![("round", &round), ("framework", &framework)]),
        ("open_round", vec![("cohort", &cohort), ("name", "x"), ("framework", &framework)]),
        ("advance_cohort", vec![("cohort", &cohort), ("to", "closed")]),
        ("assign_verifiers", vec![("cohort", &cohort), ("pilots[]", &pilot), ("people[]", &pilot)]),
        (
            "nominate_firm",
            vec![("cohort", &cohort), ("firm", &foreign), ("category", "services"), ("reasons", "x")],
        ),
    ];
    let picture = async || -> Vec<(String, String, i64)> {
        let rows = sql("SELECT state, reasons, version FROM pilots ORDER BY id").all(&city.app.db).await;
        rows.expect("read")
    };
    let before = picture().await;
    for (action, fields) in attempts {
        for token in [&site.other, &contact] {
            let page = site.done(token, "/desk", action, &fields).await;
            let is_refused = page.body.contains("没有权限") || page.body.contains("找不到") || page.body.contains("没有找到") || page.status == 403;
            assert!(is_refused, "{action}: {} {}", page.status, page.body);
        }
        assert_eq!(picture().await, before, "{action}");
    }
    let open = app::benchmarking::store::open_round(&city.app.db, programme.cohort).await.expect("read");
    assert!(open.is_some());
}

async fn the_city_makes_a_cohort_and_gets_back_what_was_typed(engine: Engine) {
    let site = Site::new(engine).await;
    let seats = |last| {
        [
            ("name", "第二批"),
            ("size", "30"),
            ("seats[manufacturing]", "10"),
            ("seats[services]", "5"),
            ("seats[agriculture]", "5"),
            ("seats[high_tech]", "5"),
            ("seats[tech_sme]", last),
        ]
    };
    let wrong = site.done(&site.admin, "/city/cohorts/new", "save_cohort", &seats("6")).await;
    assert!(
        wrong.body.contains("五类合计是 31 家，名额是 30 家") && wrong.body.contains("第二批"),
        "{}",
        wrong.body
    );
    assert!(
        wrong.body.contains("五类合计 31 家，名额 30 家，还不相等"),
        "the sum that was typed: {}",
        wrong.body
    );
    let made = site.done(&site.admin, "/city/cohorts/new", "save_cohort", &seats("5")).await;
    let id = id_in(&made.location, "/city/cohorts/");
    assert!(made.body.contains("第二批") && made.body.contains("0 / 30"), "{}", made.body);
    let early = site
        .done(&site.admin, &made.location, "advance_cohort", &[("cohort", &id), ("to", "running")])
        .await;
    assert!(early.body.contains("还没有企业入选"), "{}", early.body);
    let listed = site.get(&site.admin, "/city/cohorts").await;
    assert!(listed.body.contains("第一批") && listed.body.contains("第二批"));
    let typed: Vec<_> = [("cohort", &*id), ("edition", "1")].into_iter().chain(seats("5")).collect();
    let edit = format!("/city/cohorts/{id}/edit");
    site.done(&site.admin, &edit, "save_cohort", &typed).await;
    let stale = site.done(&site.admin, &edit, "save_cohort", &typed).await;
    assert!(
        stale.body.contains("这里刚被别人改过") && stale.body.contains("别人刚刚改过"),
        "{}",
        stale.body
    );
}

async fn rounds_open_and_close_through_the_pages(engine: Engine) {
    let site = Site::new(engine).await;
    let programme = &site.programme;
    let (cohort, framework) = (programme.cohort.to_string(), programme.framework.to_string());
    let pilot = programme.pilot("一机", XINAN).await;
    programme.pilot("二机", XINAN).await;
    let expert = programme.verifier(&[pilot.id]).await.person;
    let list = format!("/city/cohorts/{cohort}/rounds");
    let missing = site.done(&site.admin, &list, "open_round", &[("cohort", &cohort)]).await;
    assert!(missing.body.contains("请填写轮次名称"), "{}", missing.body);
    let fields = [("cohort", &*cohort), ("name", "秋季测评"), ("framework", &*framework)];
    let opened = site.done(&site.admin, &list, "open_round", &fields).await;
    let id = id_in(&opened.location, "/rounds/");
    assert_whole("a round", &opened);
    let round = id.parse().expect("an id");
    let levels = app::benchmarking::testing::DEFAULT_WEIGHTS
        .iter()
        .flat_map(|(_, _, indicators)| indicators.iter().map(|(id, _)| (*id, 3)));
    programme.verified(pilot.id, round, expert, &levels.collect::<Vec<_>>()).await;
    let before = site.get(&site.admin, &opened.location).await;
    assert!(
        before.body.contains("还有 1 家没有核定") && before.body.contains("二机（未开始）"),
        "{}",
        before.body
    );
    let closed = site.done(&site.admin, &list, "close_round", &[("round", &id)]).await;
    assert!(
        closed.body.contains("50.0") && closed.body.contains("已关闭") && !closed.body.contains("确认关闭"),
        "{}",
        closed.body
    );
    let again = site.done(&site.admin, &list, "close_round", &[("round", &id)]).await;
    assert!(again.body.contains("这一轮已经关闭"), "{}", again.body);
    let foreign = "00000000000000000000000000000001";
    assert_eq!(site.get(&site.admin, &format!("/city/cohorts/{foreign}/rounds/{id}")).await.status, 404);
}

async fn verifiers_are_assigned_and_taken_back_through_the_pages(engine: Engine) {
    let site = Site::new(engine).await;
    let programme = &site.programme;
    let pilot = programme.pilot("一机", XINAN).await;
    let expert = programme.city.actor("李专家", Region::CITY, vec![Grant::Verifier]).await;
    let token = programme.signed_in(&expert).await;
    let (cohort, id, person) = (programme.cohort.to_string(), pilot.id.to_string(), expert.person.to_string());
    let list = format!("/city/cohorts/{cohort}/verifiers");
    let nothing = site.done(&site.admin, &list, "assign_verifiers", &[("cohort", &cohort)]).await;
    assert!(nothing.body.contains("请先勾选"), "{}", nothing.body);
    let fields = [("cohort", &*cohort), ("pilots[]", &*id), ("people[]", &*person)];
    let done = site.done(&site.admin, &list, "assign_verifiers", &fields).await;
    assert!(done.body.contains("新指派 1 项") && done.body.contains("李专家"), "{}", done.body);
    assert!(site.get(&token, "/me/inbox").await.body.contains("请您核定“一机”"));
    let page = format!("{list}/{id}/{person}");
    let why = [("pilot", &*id), ("person", &*person), ("why", "")];
    let back = site.done(&site.admin, &page, "unassign_verifier", &why).await;
    assert!(back.body.contains("请写明原因"), "{}", back.body);
    let why = [("pilot", &*id), ("person", &*person), ("why", "回避")];
    let gone = site.done(&site.admin, &page, "unassign_verifier", &why).await;
    assert!(gone.body.contains("已取消指派"), "{}", gone.body);
    assert_eq!(site.get(&site.admin, &page).await.status, 404);
}

fn multipart(name: &str, content: &[u8]) -> Vec<u8> {
    let mut body =
        format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n")
            .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--b--\r\n");
    body
}

async fn documents_go_up_and_down_and_nobody_else_gets_them(engine: Engine) {
    let site = Site::new(engine).await;
    let id = site.nominate(site.programme.city.firm("新安铝业", XINAN).await).await;
    let page = format!("/desk/nominations/{id}");
    let send = async |token: &str, name: &str, content: &[u8]| {
        let to = format!("{page}/documents");
        let answer = site
            .send(token, &to, &page, "multipart/form-data; boundary=b", multipart(name, content))
            .await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        site.get(token, &answer.location).await
    };
    let pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF";
    let kept = send(&site.county, "申报书.pdf", pdf).await;
    assert!(kept.body.contains("材料已上传") && kept.body.contains("申报书.pdf"), "{}", kept.body);
    let link = kept
        .body
        .split("href=\"/firm/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a link");
    let link = format!("/firm/{link}");
    assert_eq!(site.get(&site.county, &link).await.status, 200);
    assert_eq!(site.get(&site.admin, &link).await.status, 200);
    assert_eq!(site.get(&site.other, &link).await.status, 404);
    for (name, content) in [
        ("a.pdf", &b"<script>alert(1)</script>"[..]),
        ("a.exe", &b"MZ\x90\0"[..]),
        ("空.pdf", &b""[..]),
    ] {
        let refused = send(&site.county, name, content).await;
        assert!(
            refused.body.contains("field__error") && !refused.body.contains("<script>alert"),
            "{name}: {}",
            refused.body
        );
    }
    let foreign = send(&site.other, "申报书.pdf", pdf).await;
    assert_eq!(foreign.status, 404, "{}", foreign.body);
    let file = link.rsplit('/').next().expect("an id").to_owned();
    site.done(&site.county, &page, "remove_nomination_document", &[("pilot", &id), ("file", &file)])
        .await;
    assert_eq!(site.get(&site.county, &link).await.status, 404);
}

async fn hostile_input_gets_words_and_no_fault(engine: Engine) {
    let site = Site::new(engine).await;
    let programme = &site.programme;
    let firm = programme.city.firm("新安铝业", XINAN).await.to_string();
    let id = site.nominate(programme.city.firm("新安陶瓷", XINAN).await).await;
    let cohort = programme.cohort.to_string();
    let round = programme.round().await.to_string();
    let long = "长".repeat(10_000);
    for text in ["😀<script>alert(1)</script>", "\0", "a\0b", "' OR 1=1 --", &*long, ""] {
        let forms: [(&str, Vec<(&str, &str)>); 20] = [
            ("save_cohort", vec![("name", text), ("size", text), ("seats[services]", text)]),
            (
                "save_cohort",
                vec![("cohort", text), ("edition", text), ("name", text), ("size", "30"), ("seats", text)],
            ),
            ("advance_cohort", vec![("cohort", &cohort), ("to", text)]),
            (
                "nominate_firm",
                vec![("cohort", text), ("firm", &firm), ("category", "services"), ("reasons", "x")],
            ),
            ("nominate_firm", vec![("cohort", &cohort), ("firm", text)]),
            (
                "nominate_firm",
                vec![("cohort", &cohort), ("firm", &firm), ("category", text), ("reasons", text)],
            ),
            (
                "edit_nomination",
                vec![("pilot", &id), ("version", text), ("category", "services"), ("reasons", text)],
            ),
            ("withdraw_pilot", vec![("pilot", text), ("why", text)]),
            (
                "decide_nominations",
                vec![("cohort", &cohort), ("decision", text), ("ids[]", &id), ("why", text)],
            ),
            ("decide_nominations", vec![("cohort", &cohort), ("decision", "pass"), ("ids[]", text)]),
            ("undo_choice", vec![("pilot", text)]),
            ("substitute_pilot", vec![("pilot", &id), ("coming", text), ("why", text)]),
            ("substitute_pilot", vec![("pilot", &id), ("coming", &id), ("why", "x")]),
            ("remove_nomination_document", vec![("pilot", &id), ("file", text)]),
            ("open_round", vec![("cohort", &cohort), ("name", text), ("framework", text)]),
            ("move_round", vec![("round", &round), ("framework", text)]),
            ("close_round", vec![("round", text)]),
            ("assign_verifiers", vec![("cohort", &cohort), ("pilots[]", text), ("people[]", text)]),
            ("assign_verifiers", vec![("cohort", &cohort), ("pilots[]", &id), ("people[]", &id)]),
            ("unassign_verifier", vec![("pilot", &id), ("person", text), ("why", text)]),
        ];
        for (action, fields) in forms {
            let answer = site.post(&site.admin, "/city/cohorts", action, &fields).await;
            assert!(answer.status < 500, "{action} with {text:.20?}: {} {}", answer.status, answer.body);
            if answer.status == 303 {
                let page = site.get(&site.admin, &answer.location).await;
                assert!(
                    !answer.location.contains("sorry"),
                    "{action} with {text:.20?} leads to {}",
                    answer.location
                );
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
            "/desk/nominations?q=",
            "/desk/nominations?cohort=",
            "/desk/nominations?sort=county&after=",
            "/desk/nominations/new?firm=",
            "/desk/nominations/new?cohort=",
            "/city/cohorts?before=",
            &format!("/city/cohorts/{cohort}/nominations?county="),
            &format!("/city/cohorts/{cohort}/verifiers?who="),
            &format!("/desk/nominations/{id}/substitute?q="),
        ] {
            let page = site.get(&site.admin, &format!("{path}{query}")).await;
            assert!(
                page.status < 500 && !page.body.contains("<script>alert"),
                "{path}{query}: {}",
                page.status
            );
        }
    }
}

app::on_both_engines!(
    a_firm_goes_from_nomination_to_pilot_and_is_substituted,
    the_one_too_many_is_refused_with_words,
    each_role_gets_its_pages_and_no_others,
    nobody_changes_what_is_not_theirs,
    the_city_makes_a_cohort_and_gets_back_what_was_typed,
    rounds_open_and_close_through_the_pages,
    verifiers_are_assigned_and_taken_back_through_the_pages,
    documents_go_up_and_down_and_nobody_else_gets_them,
    hostile_input_gets_words_and_no_fault,
);
