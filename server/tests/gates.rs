//! The firm's home, its gate and the desk of those who decide, asked through the server's own router: nobody skips a gate by
//! any request, and nobody learns of a firm that is none of theirs.

use app::accounts::{Actor, Grant};
use app::benchmarking::rules::{AtGate, PilotState, Stage};
use app::benchmarking::store::{Pilot, pilot};
use app::benchmarking::testing::TestProgramme;
use app::db::sql;
use app::db::testing::Engine;
use app::ids::{PilotId, RoundId};
use app::testing::{XINAN, YIYANG};
use axum::body::Body;
use axum::http::{Request, header};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use tower::ServiceExt;

struct Site {
    programme: TestProgramme,
    router: axum::Router,
    pilot: PilotId,
    round: RoundId,
    /// Tokens of the firm's contact, its county, and the city.
    contact: String,
    county: String,
    city: String,
}

struct Answer {
    status: u16,
    location: String,
    body: String,
}

impl Site {
    async fn new(engine: Engine) -> Self {
        let programme = TestProgramme::new(engine).await;
        let row = programme.pilot("洛阳一机", XINAN).await;
        let round = programme.round().await;
        let router = server::http::router(programme.city.app.clone());
        let contact = programme.signed_in(&programme.contact(&row).await).await;
        let county = programme.signed_in(&programme.city.coordinator(XINAN).await).await;
        let city = programme.signed_in(&programme.city.city_admin().await).await;
        Self {
            programme,
            router,
            pilot: row.id,
            round,
            contact,
            county,
            city,
        }
    }

    /// The same with a firm that meets the conditions of 寻标.
    async fn ready(engine: Engine) -> Self {
        let site = Self::new(engine).await;
        site.programme.meets_seek(&site.row().await, site.round).await;
        site
    }

    async fn row(&self) -> Pilot {
        pilot(&self.programme.city.app.db, self.pilot).await.expect("a pilot")
    }

    async fn token(&self, name: &str, region: &str, grants: Vec<Grant>) -> String {
        let actor: Actor = self.programme.city.actor(name, region, grants).await;
        self.programme.signed_in(&actor).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        self.programme.city.hand.advance(TimeDelta::seconds(1));
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

    fn gate(&self) -> String {
        format!("/firm/{}/gate", self.pilot)
    }

    async fn send(&self, token: &str, action: &str, fields: &[(&str, &str)], accept: &str) -> Answer {
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(format!("/api/{action}"))
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, accept)
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{}", self.gate()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form)).expect("a request")).await
    }

    /// Sends a form and answers the page that it leads to.
    async fn post(&self, token: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.send(token, action, fields, "text/html").await;
        assert_eq!(answer.status, 303, "{action}: {}", answer.body);
        self.get(token, &answer.location).await
    }

    /// Sends what a program sends and answers the status.
    async fn call(&self, token: &str, action: &str, fields: &[(&str, &str)]) -> u16 {
        self.send(token, action, fields, "application/json").await.status
    }

    /// The fields of a form as the page of now has them, with these more.
    async fn form<'a>(&self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
        let row = self.row().await;
        let stage = row.stage().map(Stage::as_str).unwrap_or_default();
        let mut fields = vec![
            ("pilot", self.pilot.to_string()),
            ("stage", stage.to_owned()),
            ("version", row.version.to_string()),
        ];
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        fields
    }

    async fn step(&self, token: &str, action: &str, more: &[(&str, &str)]) -> Answer {
        let fields = self.form(more).await;
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.post(token, action, &fields).await
    }

    async fn try_step(&self, token: &str, action: &str, more: &[(&str, &str)]) -> u16 {
        let fields = self.form(more).await;
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.call(token, action, &fields).await
    }
}

/// Things that every page keeps.
fn assert_whole(path: &str, page: &Answer) {
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    assert_eq!(page.body.matches("<h1").count(), 1, "{path} has one main heading");
    assert!(!page.body.contains("<script"), "{path} needs no script");
    assert!(!page.body.contains("style=\""), "{path} has a style of its own, which the policy forbids");
    for prefix in ["gates-", "bench-", "firms-missing-"] {
        for found in page.body.split(prefix).skip(1) {
            let before_is_class = found.starts_with("record");
            assert!(
                before_is_class,
                "{path} shows a key: {prefix}{}",
                found.chars().take(30).collect::<String>()
            );
        }
    }
    let mut ids: Vec<&str> = page.body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{path} has an id twice");
}

async fn a_firm_is_led_through_its_first_gate(engine: Engine) {
    let site = Site::new(engine).await;
    let home = format!("/firm/{}", site.pilot);
    let led = site.get(&site.contact, "/firm").await;
    assert_eq!((led.status, led.location.as_str()), (303, home.as_str()));
    let page = site.get(&site.contact, &home).await;
    assert_whole(&home, &page);
    for text in [
        "寻标",
        "对标",
        "改善",
        "提升",
        "进行中",
        "未到",
        "还差 7 项条件",
        "/firm/profile?firm=",
        "/assessment",
        "现为 0，需达到 18，还差 18",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(!page.body.contains("api/apply_gate"));
    let refused = site.step(&site.contact, "apply_gate", &[]).await;
    assert_whole("refused", &refused);
    assert!(
        refused.body.contains("#field-condition-profile"),
        "each failing condition is named and led to"
    );
    assert!(refused.body.contains("自评答完：现为 0，需达到 18"));

    site.programme.meets_seek(&site.row().await, site.round).await;
    let page = site.get(&site.contact, &site.gate()).await;
    assert_whole("gate", &page);
    assert!(page.body.contains("api/apply_gate"));
    let applied = site.step(&site.contact, "apply_gate", &[("why", "佐证见附件")]).await;
    assert_whole("applied", &applied);
    assert!(applied.body.contains("等待县区初审"));

    let desk = site.get(&site.county, "/desk").await;
    assert!(desk.body.contains("/desk/gates"), "the desk tells of it");
    let list = site.get(&site.county, "/desk/gates").await;
    assert_whole("desk", &list);
    assert!(list.body.contains("洛阳一机") && list.body.contains("满足 7 项，共 7 项"));
    let page = site.get(&site.county, &site.gate()).await;
    assert_whole("county", &page);
    assert!(page.body.contains("api/check_gate") && !page.body.contains("api/decide_gate"));
    let faulty = site.step(&site.county, "check_gate", &[("verdict", ""), ("why", "")]).await;
    assert_whole("faulty", &faulty);
    assert!(faulty.body.contains("请写初审意见") && faulty.body.contains("请选择一项"));
    site.step(&site.county, "check_gate", &[("verdict", "forward"), ("why", "材料真实")])
        .await;

    let page = site.get(&site.city, &site.gate()).await;
    assert_whole("city", &page);
    assert!(page.body.contains("api/decide_gate") && page.body.contains("确认终止"));
    let typed = site.step(&site.city, "decide_gate", &[("verdict", "pass"), ("why", "")]).await;
    assert!(typed.body.contains("请写理由"));
    let passed = site
        .step(&site.city, "decide_gate", &[("verdict", "pass"), ("why", "同意，<b>很好</b>")])
        .await;
    assert_whole("passed", &passed);
    assert!(passed.body.contains("同意，&lt;b&gt;很好&lt;/b&gt;"), "what is typed stays text");
    assert_eq!(site.row().await.stage(), Some(Stage::Compare));
    for path in [home.clone(), site.gate()] {
        for token in [&site.contact, &site.county, &site.city] {
            assert_whole(&path, &site.get(token, &path).await);
        }
    }
    let english = site.get(&site.contact, &home).await;
    assert!(english.body.contains("通过寻标关口"), "the history");
}

async fn nobody_skips_a_gate_by_any_request(engine: Engine) {
    let site = Site::new(engine).await;
    // Nothing holds: no way is open to anybody, whatever is sent.
    let stages = ["seek", "compare", "improve", "uplift", "", "skip", "seek' OR 1=1"];
    for token in [&site.contact, &site.county, &site.city] {
        for action in ["apply_gate", "check_gate", "decide_gate", "settle_gate"] {
            for verdict in ["pass", "forward", "conditional", "terminate", "return"] {
                for stage in stages {
                    let (id, version) = (site.pilot.to_string(), site.row().await.version.to_string());
                    let fields = [
                        ("pilot", id.as_str()),
                        ("stage", stage),
                        ("version", version.as_str()),
                        ("verdict", verdict),
                        ("why", "x"),
                        ("due_on", "2026-12-01"),
                    ];
                    let status = site.call(token, action, &fields).await;
                    assert!((400..500).contains(&status), "{action} {verdict} {stage}: {status}");
                }
            }
        }
    }
    let row = site.row().await;
    assert_eq!(
        (row.stage(), row.gate(), row.state()),
        (Some(Stage::Seek), AtGate::Open, PilotState::Chosen)
    );
    let lines = sql("SELECT COUNT(*) FROM gate_decisions").count(&site.programme.city.app.db).await;
    assert_eq!(lines.expect("counted"), 0);
}

async fn with_everything_met_the_order_still_holds(engine: Engine) {
    let site = Site::ready(engine).await;
    let decide = [("verdict", "pass"), ("why", "同意")];
    let check = [("verdict", "forward"), ("why", "属实")];
    assert_eq!(site.try_step(&site.city, "decide_gate", &decide).await, 409, "before the application");
    assert_eq!(site.try_step(&site.county, "apply_gate", &[]).await, 403, "only the firm applies");
    assert_eq!(site.try_step(&site.city, "apply_gate", &[]).await, 403);
    assert_eq!(site.try_step(&site.contact, "apply_gate", &[]).await, 200);
    assert_eq!(site.try_step(&site.city, "decide_gate", &decide).await, 409, "before the county's check");
    assert_eq!(site.try_step(&site.city, "check_gate", &check).await, 403, "the city is not the county");
    assert_eq!(site.try_step(&site.contact, "check_gate", &check).await, 403);
    assert_eq!(site.try_step(&site.county, "check_gate", &check).await, 200);
    assert_eq!(
        site.try_step(&site.county, "decide_gate", &decide).await,
        403,
        "the county does not decide"
    );
    assert_eq!(site.try_step(&site.contact, "decide_gate", &decide).await, 403);
    let stale = site.form(&decide).await;
    let none = sql("DELETE FROM pilot_benchmarks WHERE pilot_id = $1").bind(site.pilot);
    site.programme.change(none).await;
    assert_eq!(site.try_step(&site.city, "decide_gate", &decide).await, 422, "something fails now");
    assert_eq!(
        site.try_step(
            &site.city,
            "decide_gate",
            &[("verdict", "conditional"), ("why", "补"), ("due_on", "2026-11-03")]
        )
        .await,
        422,
        "today is no date"
    );
    let later = [("verdict", "conditional"), ("why", "补齐标杆"), ("due_on", "2026-12-01")];
    assert_eq!(site.try_step(&site.city, "decide_gate", &later).await, 200);
    let row = site.row().await;
    assert_eq!((row.stage(), row.condition_stage()), (Some(Stage::Compare), Some(Stage::Seek)));
    let fields: Vec<(&str, &str)> = stale.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(site.call(&site.city, "decide_gate", &fields).await, 409, "a page of before");
    assert_eq!(site.try_step(&site.contact, "apply_gate", &[]).await, 409, "something is open");
    assert_eq!(site.try_step(&site.contact, "settle_gate", &[]).await, 422);
    assert_eq!(site.try_step(&site.county, "settle_gate", &[]).await, 403);
    for token in [&site.contact, &site.county, &site.city] {
        for path in [format!("/firm/{}", site.pilot), site.gate()] {
            let page = site.get(token, &path).await;
            assert_whole(&path, &page);
            assert!(page.body.contains("须在 2026年12月1日 周二 前"), "{path}");
        }
    }
    let list = site.get(&site.city, "/desk/gates?list=conditions").await;
    assert_whole("conditions", &list);
    assert!(list.body.contains("洛阳一机"));
}

async fn others_get_nothing(engine: Engine) {
    let site = Site::ready(engine).await;
    let other = site.programme.pilot("宜阳陶瓷", YIYANG).await;
    let foreign = [
        site.programme.signed_in(&site.programme.contact(&other).await).await,
        site.token("县管", YIYANG, vec![Grant::County(YIYANG.into())]).await,
        site.token("专家", XINAN, vec![Grant::Verifier]).await,
        site.token("教师", XINAN, vec![Grant::Teacher(Vec::new())]).await,
        site.token("学员", XINAN, vec![]).await,
    ];
    for token in &foreign {
        for path in [format!("/firm/{}", site.pilot), site.gate()] {
            assert_eq!(site.get(token, &path).await.status, 404, "{path}");
        }
        for (action, verdict) in [
            ("apply_gate", ""),
            ("check_gate", "forward"),
            ("decide_gate", "terminate"),
            ("settle_gate", ""),
        ] {
            assert_eq!(site.try_step(token, action, &[("verdict", verdict), ("why", "x")]).await, 404, "{action}");
        }
    }
    for path in [
        "/firm/none",
        "/firm/00000000000000000000000000000000",
        "/firm/..%2f/gate",
        "/firm/%00/gate",
    ] {
        assert_eq!(site.get(&site.city, path).await.status, 404, "{path}");
    }
    // Those who are no firm's contact have no page of their own; those whose firm is no pilot are told so.
    for token in [&foreign[1], &foreign[4], &site.city] {
        assert_eq!(site.get(token, "/firm").await.status, 403);
    }
    let firm = site.programme.city.firm("新安面粉", XINAN).await;
    let lone = site.token("联络员", XINAN, vec![Grant::Firm(firm)]).await;
    let page = site.get(&lone, "/firm").await;
    assert_whole("/firm", &page);
    assert!(page.body.contains("不在对标提升试点中"));
    assert_eq!(site.get("", "/firm").await.status, 303, "to the sign-in page");
    for (token, expected) in [(&site.contact, 403), (&foreign[2], 403), (&foreign[4], 403), (&foreign[1], 200)] {
        assert_eq!(site.get(token, "/desk/gates").await.status, expected);
    }
    let list = site.get(&foreign[1], "/desk/gates?list=county").await;
    assert!(!list.body.contains("洛阳一机"));
}

async fn what_is_hostile_gets_words(engine: Engine) {
    let site = Site::ready(engine).await;
    site.step(&site.contact, "apply_gate", &[]).await;
    site.step(&site.county, "check_gate", &[("verdict", "forward"), ("why", "属实")]).await;
    let huge = "长".repeat(20_000);
    for why in ["", "\u{0}", huge.as_str(), "\u{7}嘀"] {
        let status = site.try_step(&site.city, "decide_gate", &[("verdict", "return"), ("why", why)]).await;
        assert!((400..500).contains(&status), "{status}");
    }
    for due in ["", "0000-00-00", "2026-13-01", "99999-01-01", "2026-11-03", "2030-01-01", "明天"] {
        let fields = [("verdict", "conditional"), ("why", "x"), ("due_on", due)];
        assert_eq!(site.try_step(&site.city, "decide_gate", &fields).await, 422, "{due}");
    }
    for (pilot, version) in [("", "1"), ("x", "1"), ("'; DROP TABLE pilots; --", "1")] {
        let fields = [
            ("pilot", pilot),
            ("version", version),
            ("stage", "seek"),
            ("verdict", "pass"),
            ("why", "x"),
        ];
        assert_eq!(site.call(&site.city, "decide_gate", &fields).await, 404);
    }
    for version in ["", "x", "-1", "99999999999999999999"] {
        let id = site.pilot.to_string();
        let fields = [
            ("pilot", id.as_str()),
            ("version", version),
            ("stage", "seek"),
            ("verdict", "pass"),
            ("why", "x"),
        ];
        assert_eq!(site.call(&site.city, "decide_gate", &fields).await, 409, "{version}");
    }
    assert_eq!(site.call(&site.city, "decide_gate", &[]).await, 404);
    for path in [
        "/desk/gates?list=%F0%9F%98%80",
        "/desk/gates?after=x",
        "/desk/gates?list=conditions&before=zzz",
    ] {
        assert_whole(path, &site.get(&site.city, path).await);
    }
    let back = site
        .step(
            &site.city,
            "decide_gate",
            &[("verdict", "return"), ("why", "😀 <script>alert(1)</script>\n第二行")],
        )
        .await;
    assert_whole("returned", &back);
    assert!(back.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let home = site.get(&site.contact, &format!("/firm/{}", site.pilot)).await;
    assert_whole("home", &home);
    assert!(home.body.contains("退回待处理"));
}

app::on_both_engines!(
    a_firm_is_led_through_its_first_gate,
    nobody_skips_a_gate_by_any_request,
    with_everything_met_the_order_still_holds,
    others_get_nothing,
    what_is_hostile_gets_words,
);
