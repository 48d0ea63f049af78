//! Benchmarks, gaps, causes, targets and actions, asked through the server's own router.

use app::accounts::Actor;
use app::benchmarking::Pilot;
use app::benchmarking::rules::{PilotState, Stage};
use app::benchmarking::testing::{TestProgramme, default_framework};
use app::clock::day_of;
use app::db::sql;
use app::db::testing::Engine;
use app::testing::{XINAN, YIYANG};
use axum::body::Body;
use axum::http::{Request, header};
use chrono::{NaiveDate, TimeDelta};
use http_body_util::BodyExt;
use tower::ServiceExt;

struct Site {
    programme: TestProgramme,
    router: axum::Router,
    /// A firm of 新安 in 对标: verified at 3 throughout, its benchmark at 5 but for dimension D.
    own: Pilot,
    contact: String,
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
        let router = server::http::router(programme.city.app.clone());
        let own = programme.pilot_in("洛阳甲机械厂", XINAN, PilotState::Chosen, Some(Stage::Compare)).await;
        let contact = programme.contact(&own).await;
        let contact = programme.signed_in(&contact).await;
        let site = Self {
            programme,
            router,
            own,
            contact,
        };
        site.measure().await;
        site
    }

    async fn measure(&self) {
        let framework = default_framework();
        let round = self.programme.round().await;
        let verifier = self.programme.city.entrepreneur(XINAN).await.person;
        let levels: Vec<(&str, i64)> = framework.indicators().map(|(_, known)| (known.id.as_str(), 3)).collect();
        self.programme.verified(self.own.id, round, verifier, &levels).await;
        let better: Vec<(&str, i64)> = framework
            .indicators()
            .filter(|(dimension, _)| dimension.id != "D")
            .map(|(_, known)| (known.id.as_str(), 5))
            .collect();
        self.programme.benchmark(self.own.id, self.today() - TimeDelta::days(30), &better).await;
    }

    fn today(&self) -> NaiveDate {
        day_of(self.programme.city.now())
    }

    async fn token(&self, actor: Actor) -> String {
        self.programme.signed_in(&actor).await
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
        self.send(
            token,
            from,
            &format!("/api/{action}"),
            "application/x-www-form-urlencoded",
            form.into_bytes(),
        )
        .await
    }

    async fn send(&self, token: &str, from: &str, to: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(to)
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{from}"))
            .header(header::CONTENT_TYPE, kind);
        self.ask(request.body(Body::from(body)).expect("a request")).await
    }

    /// Posts and goes where the answer leads.
    async fn act(&self, token: &str, from: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(token, from, action, fields).await;
        assert_eq!(answer.status, 303, "{action}: {}", answer.body);
        self.get(token, &answer.location).await
    }

    fn at(&self, path: &str) -> String {
        format!("/firm/{}{path}", self.own.id)
    }
}

/// Things that every page keeps: one main heading, no text left as its key, no script, no style of its own.
fn assert_whole(path: &str, page: &Answer) {
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    assert_eq!(page.body.matches("<h1").count(), 1, "{path} has one main heading");
    assert!(!page.body.contains("<script"), "{path} needs no script");
    assert!(!page.body.contains("style=\""), "{path} has a style of its own, which the policy forbids");
    let key = page
        .body
        .split("improvement-")
        .nth(1)
        .map(|rest| rest.chars().take(30).collect::<String>());
    assert_eq!(key, None, "{path} shows a key");
    let mut last = 0;
    for (at, _) in page.body.match_indices("<h") {
        let level = page.body[at + 2..].chars().next().and_then(|c| c.to_digit(10));
        if let Some(level) = level {
            assert!(level <= last + 1, "{path}: a heading of level {level} after one of level {last}");
            last = level;
        }
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split(start).nth(1).unwrap_or_else(|| panic!("{start} in {text}"));
    rest.split(end).next().unwrap_or_default()
}

async fn each_role_gets_its_pages_and_no_others(engine: Engine) {
    let site = Site::new(engine).await;
    let programme = &site.programme;
    programme.targets(site.own.id, &[("A1", 5)]).await;
    let action = programme.action(site.own.id, "A1", site.today() - TimeDelta::days(3), "doing").await;
    let other = programme.pilot("乙厂", YIYANG).await;
    let theirs = programme.action(other.id, "A1", site.today(), "doing").await;
    let benchmark = sql("SELECT id FROM benchmarks")
        .one::<(app::ids::BenchmarkId,)>(&programme.city.app.db)
        .await
        .expect("one")
        .0;
    let tokens = [
        site.contact.clone(),
        site.token(programme.contact(&other).await).await,
        site.token(programme.city.coordinator(XINAN).await).await,
        site.token(programme.city.coordinator(YIYANG).await).await,
        site.token(programme.verifier(&[site.own.id]).await).await,
        site.token(programme.city.city_admin().await).await,
        site.token(programme.city.entrepreneur(XINAN).await).await,
    ];
    // own contact, another's, own county, another county, verifier, city, entrepreneur
    let seen = [200, 404, 200, 404, 200, 200, 404];
    let edits = [200, 404, 403, 404, 403, 403, 404];
    let city = [403, 403, 403, 403, 403, 200, 403];
    let table = [
        (site.at("/benchmark"), seen),
        (site.at("/benchmark/library"), seen),
        (site.at("/benchmark/library?q=bg"), seen),
        (site.at(&format!("/benchmark/library/{benchmark}")), seen),
        (site.at(&format!("/benchmark/library/{benchmark}/edit")), edits),
        (site.at("/benchmark/new"), edits),
        (site.at("/benchmark/gaps"), seen),
        (site.at("/benchmark/gaps?by=indicator"), seen),
        (site.at("/benchmark/gaps/A1"), seen),
        (site.at("/benchmark/gaps/Z9"), [404; 7]),
        (site.at("/benchmark/what-if?A1=5"), seen),
        (site.at("/actions"), seen),
        (site.at("/actions?owner=x&priority=1&late=true"), seen),
        (site.at("/actions/new?indicator=A1"), edits),
        (site.at("/actions/calendar"), seen),
        (site.at("/actions/calendar?month=<script>"), seen),
        (site.at(&format!("/actions/{action}")), seen),
        (site.at(&format!("/actions/{action}/edit")), edits),
        (site.at(&format!("/actions/{theirs}")), [404; 7]),
        ("/desk/actions".to_owned(), [200, 200, 200, 200, 200, 200, 403]),
        (
            "/desk/actions?show=evidence&county=410323&q=%25&priority=9&after=x".to_owned(),
            [200, 200, 200, 200, 200, 200, 403],
        ),
        ("/city/benchmarks".to_owned(), city),
        ("/city/benchmarks/new".to_owned(), city),
        (format!("/city/benchmarks/{benchmark}"), city),
        (format!("/city/benchmarks/{benchmark}/edit"), city),
    ];
    for (path, expected) in table {
        let path = path.replace('<', "%3C").replace('>', "%3E");
        assert_eq!(site.get("", &path).await.status, 303, "{path} asks to sign in");
        for (token, status) in tokens.iter().zip(expected) {
            let page = site.get(token, &path).await;
            assert_eq!(page.status, status, "{path}: {}", page.body);
            if status == 200 {
                assert_whole(&path, &page);
            }
        }
    }
    // What a page does not show, a form does not do.
    let id = site.own.id.to_string();
    let action = action.to_string();
    for token in &tokens[1..] {
        let fields = [("pilot", &*id), ("action", &*action), ("state", "done")];
        site.post(token, "/", "move_action", &fields).await;
        site.post(
            token,
            "/",
            "set_target",
            &[("pilot", &*id), ("indicator", "A1"), ("edition", "1"), ("level", "4")],
        )
        .await;
    }
    let mixed = [("pilot", &*other.id.to_string()), ("action", &*action), ("state", "done")];
    site.post(&tokens[1], "/", "move_action", &mixed).await;
    let db = &programme.city.app.db;
    let states = sql("SELECT COUNT(*) FROM actions WHERE state <> 'doing'")
        .count(db)
        .await
        .expect("counted");
    let targets = sql("SELECT COUNT(*) FROM targets WHERE level <> 5").count(db).await.expect("counted");
    assert_eq!((states, targets), (0, 0));
}

async fn a_contact_goes_from_gap_to_done(engine: Engine) {
    let site = Site::new(engine).await;
    let contact = &site.contact;
    let id = site.own.id.to_string();
    let gaps = site.get(contact, &site.at("/benchmark/gaps")).await;
    assert!(
        gaps.body.contains("核定水平") && gaps.body.contains("3.7"),
        "A1 = 30·25·2·25/10000 = 3.75, cut off: {}",
        gaps.body
    );
    assert_eq!(
        gaps.body.matches("要写根因").count(),
        6,
        "five rows and the sentence above: {}",
        gaps.body
    );
    let path = site.at("/benchmark/gaps/A1");
    let faulty = site
        .act(
            contact,
            &path,
            "save_cause",
            &[("pilot", &id), ("indicator", "A1"), ("edition", "0"), ("root", "制衡缺位")],
        )
        .await;
    assert!(
        faulty.body.contains("至少回答一个") && faulty.body.contains("制衡缺位"),
        "{}",
        faulty.body
    );
    let cause = [
        ("pilot", &*id),
        ("indicator", "A1"),
        ("edition", "0"),
        ("why-1", "老板一人拍板"),
        ("why-2", "没有议事规则"),
        ("root", "制衡缺位"),
    ];
    let saved = site.act(contact, &path, "save_cause", &cause).await;
    assert!(saved.body.contains("根因已保存") && saved.body.contains("没有议事规则"), "{}", saved.body);
    let clash = site
        .act(contact, &path, "save_cause", &[&cause[..5], &[("root", "另一种说法")]].concat())
        .await;
    assert!(
        clash.body.contains("这里刚被别人改过") && clash.body.contains("另一种说法") && clash.body.contains("制衡缺位"),
        "{}",
        clash.body
    );
    let low = site
        .act(
            contact,
            &path,
            "set_target",
            &[("pilot", &id), ("indicator", "A1"), ("edition", "0"), ("level", "3")],
        )
        .await;
    assert!(low.body.contains("目标要高于核定水平 3 级"), "{}", low.body);
    site.act(
        contact,
        &path,
        "set_target",
        &[("pilot", &id), ("indicator", "A1"), ("edition", "0"), ("level", "4")],
    )
    .await;
    let new = site.at("/actions/new?indicator=A1");
    let typed = [
        ("pilot", &*id),
        ("indicator", "A1"),
        ("title", "建立议事清单"),
        ("owner", "王经理"),
        ("due_on", "2026-11-01"),
        ("priority", "1"),
        ("deliverable", "清单\r\n一份"),
        ("resources", ""),
    ];
    let back = site.act(contact, &new, "save_action", &typed).await;
    for part in [
        "到期日不能早于今天",
        "请填写需要的资源",
        "建立议事清单",
        "王经理",
        r#"value="2026-11-01""#,
    ] {
        assert!(back.body.contains(part), "{part} in {}", back.body);
    }
    let mut typed = typed;
    typed[4].1 = "2026-11-20";
    typed[7].1 = "两人一周";
    let shown = site.act(contact, &new, "save_action", &typed).await;
    assert!(shown.body.contains("行动已保存"), "{}", shown.body);
    let action = between(&shown.body, r#"name="action" value=""#, "\"").to_owned();
    let page = site.at(&format!("/actions/{action}"));
    let calendar = site.get(contact, &site.at("/actions/calendar?month=2026-11")).await;
    assert!(
        calendar.body.contains(&page) && calendar.body.contains("month=2026-12"),
        "{}",
        calendar.body
    );
    let started = site
        .act(
            contact,
            &site.at("/actions?priority=1"),
            "move_action",
            &[("pilot", &id), ("action", &action), ("state", "doing")],
        )
        .await;
    assert!(started.body.contains("状态已更新") && started.body.contains("完成"), "{}", started.body);
    let wrong = site
        .act(
            contact,
            &page,
            "report_progress",
            &[("pilot", &id), ("action", &action), ("progress", "101"), ("note", "写完了初稿")],
        )
        .await;
    assert!(
        wrong.body.contains("0 到 100 的整数") && wrong.body.contains("写完了初稿"),
        "{}",
        wrong.body
    );
    site.act(
        contact,
        &page,
        "report_progress",
        &[("pilot", &id), ("action", &action), ("progress", "６０%"), ("note", "写完了初稿")],
    )
    .await;
    let silent = site
        .act(
            contact,
            &page,
            "move_action",
            &[("pilot", &id), ("action", &action), ("state", "cancelled"), ("reason", " ")],
        )
        .await;
    assert!(silent.body.contains("请写明原因"), "{}", silent.body);
    let future = [("pilot", &*id), ("action", &*action), ("state", "done"), ("done_on", "2027-01-01")];
    let early = site.act(contact, &page, "move_action", &future).await;
    assert!(early.body.contains("日期不能晚于今天"), "{}", early.body);
    let done = site
        .act(
            contact,
            &page,
            "move_action",
            &[("pilot", &id), ("action", &action), ("state", "done"), ("done_on", "2026-11-02")],
        )
        .await;
    assert!(
        done.body.contains("缺佐证") && done.body.contains("未写入制度") && done.body.contains("100%"),
        "{}",
        done.body
    );
    let ruled = site
        .act(
            contact,
            &page,
            "write_rule",
            &[("pilot", &id), ("action", &action), ("rule", "《议事规则》第三条")],
        )
        .await;
    assert!(
        ruled.body.contains("《议事规则》第三条") && !ruled.body.contains("未写入制度"),
        "{}",
        ruled.body
    );
    let script = [
        ("pilot", &*id),
        ("action", &*action),
        ("kind", "link"),
        ("proof_title", "公示"),
        ("body", "javascript:alert(1)"),
        ("fact_on", "2026-11-01"),
    ];
    let refused = site.act(contact, &page, "offer_action_evidence", &script).await;
    assert!(refused.body.contains("链接要以 http"), "{}", refused.body);
    let mut link = script;
    link[4].1 = "https://www.example.cn/notice";
    site.act(contact, &page, "offer_action_evidence", &link).await;
    judged_by_the_county(&site, &page, &action).await;
}

async fn judged_by_the_county(site: &Site, page: &str, action: &str) {
    let county = site.token(site.programme.city.coordinator(XINAN).await).await;
    let id = site.own.id.to_string();
    let desk = site.get(&county, "/desk/actions?show=evidence").await;
    assert!(desk.body.contains(page), "{}", desk.body);
    let seen = site.get(&county, page).await;
    let evidence = between(&seen.body, r#"name="evidence" value=""#, "\"").to_owned();
    let verdict = |verdict, reason| {
        [
            ("pilot", id.clone()),
            ("evidence", evidence.clone()),
            ("verdict", verdict),
            ("reason", reason),
        ]
    };
    let judge = async |token: &str, word: &str, reason: &str| {
        let fields = verdict(word.to_owned(), reason.to_owned());
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        site.act(token, page, "judge_action_evidence", &fields).await
    };
    let silent = judge(&county, "refused", "").await;
    assert!(silent.body.contains("请写明原因"), "{}", silent.body);
    let refused = judge(&county, "refused", "看不到公示日期").await;
    assert!(
        refused.body.contains("未认可") && refused.body.contains("看不到公示日期"),
        "{}",
        refused.body
    );
    let inbox = site.get(&site.contact, "/me/inbox").await;
    assert!(inbox.body.contains("看不到公示日期"), "{}", inbox.body);
    let elsewhere = site.token(site.programme.city.coordinator(YIYANG).await).await;
    judge(&elsewhere, "accepted", "").await;
    judge(&site.contact, "accepted", "").await;
    let still = site.get(&county, page).await;
    assert!(
        still.body.contains("未认可"),
        "neither another county nor the firm judges: {}",
        still.body
    );
    let accepted = judge(&county, "accepted", "").await;
    assert!(accepted.body.contains("佐证已认可"), "{}", accepted.body);
    let accepted = sql("SELECT COUNT(*) FROM action_evidence WHERE state = 'accepted'")
        .count(&site.programme.city.app.db)
        .await
        .expect("counted");
    assert_eq!(accepted, 1, "of action {action}");
}

async fn a_benchmark_comes_back_with_every_fault(engine: Engine) {
    let site = Site::new(engine).await;
    let contact = &site.contact;
    let id = site.own.id.to_string();
    let new = site.at("/benchmark/new");
    let typed = [
        ("pilot", &*id),
        ("name", ""),
        ("about", "同业第一"),
        ("level-A1", "4"),
        ("source-A1", ""),
        ("date-A1", "2030-01-01"),
        ("level-B2", "9"),
        ("source-B2", "行业年报"),
        ("date-B2", "yesterday"),
    ];
    let page = site.act(contact, &new, "save_benchmark", &typed).await;
    for part in [
        "请填写标杆企业名称",
        "A1：请填写来源",
        "日期不能晚于今天",
        "B2：请选择水平",
        "请填写日期",
        "同业第一",
        "行业年报",
        r##"href="#field-level-B2""##,
        r#"id="field-level-B2""#,
    ] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    let whole = [
        ("pilot", &*id),
        ("name", "宁德时代新能源"),
        ("level-A1", "4"),
        ("source-A1", "2025 年报第 12 页"),
        ("date-A1", "2026-03-31"),
        ("level-C1", "５"),
        ("source-C1", "实地走访"),
        ("date-C1", "2024-01-31"),
    ];
    let kept = site.act(contact, &new, "save_benchmark", &whole).await;
    assert!(kept.body.contains("标杆已保存") && kept.body.contains("超过 24 个月"), "{}", kept.body);
    let found = site.get(contact, &site.at("/benchmark/library?q=ndsd")).await;
    let link = between(&found.body, "/benchmark/library/", "\"").to_owned();
    assert!(found.body.contains("宁德时代新能源") && found.body.contains("参考标杆"), "{}", found.body);
    let promoted = site
        .act(
            contact,
            &site.at("/benchmark"),
            "choose_benchmark",
            &[("pilot", &id), ("benchmark", &link), ("primary", "true")],
        )
        .await;
    for part in [
        "主标杆：宁德时代新能源",
        "未达到：1 / 2",
        "来源过期的指标：C1",
        "未达到：2 / 3",
        "未达到：12.5%",
    ] {
        assert!(promoted.body.contains(part), "{part} in {}", promoted.body);
    }
    // Another firm may use it and reads nothing of this firm in it.
    let other = site.programme.pilot("乙厂", YIYANG).await;
    let theirs = site.token(site.programme.contact(&other).await).await;
    let base = format!("/firm/{}/benchmark/library", other.id);
    let view = site.get(&theirs, &format!("{base}/{link}")).await;
    assert!(view.body.contains("2025 年报第 12 页"), "{}", view.body);
    assert!(
        !view.body.contains("甲机械厂") && !view.body.contains(&id),
        "who entered it stays unsaid: {}",
        view.body
    );
    assert_eq!(site.get(&theirs, &format!("{base}/{link}/edit")).await.status, 403);
    let fields = [("pilot", &*other.id.to_string()), ("benchmark", &*link), ("primary", "true")];
    site.act(&theirs, &base, "choose_benchmark", &fields).await;
    assert_eq!(
        site.get(contact, &site.at(&format!("/benchmark/library/{link}/edit"))).await.status,
        403,
        "used by another now"
    );
}

/// Every row of every table but those that signing in and reading write, as text.
async fn whole_database(site: &Site) -> Vec<(&'static str, i64)> {
    let counts = [
        ("benchmarks", "SELECT COUNT(*) FROM benchmarks"),
        ("levels", "SELECT CAST(COALESCE(SUM(level), 0) AS BIGINT) FROM benchmark_levels"),
        ("chosen", "SELECT COUNT(*) FROM pilot_benchmarks"),
        ("causes", "SELECT COUNT(*) FROM causes"),
        ("targets", "SELECT CAST(COALESCE(SUM(level), 0) AS BIGINT) FROM targets"),
        ("actions", "SELECT CAST(COALESCE(SUM(edition), 0) AS BIGINT) FROM actions"),
        ("answers", "SELECT CAST(COALESCE(SUM(level), 0) AS BIGINT) FROM answers"),
        ("verdicts", "SELECT CAST(COALESCE(SUM(level), 0) AS BIGINT) FROM verdicts"),
        ("assessments", "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM assessments"),
        ("pilots", "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM pilots"),
        ("pilot events", "SELECT COUNT(*) FROM pilot_events"),
        ("audit", "SELECT COUNT(*) FROM audit_entries"),
        ("notices", "SELECT COUNT(*) FROM notices"),
        ("flashes", "SELECT COUNT(*) FROM flashes"),
    ];
    let mut found = Vec::new();
    for (what, query) in counts {
        found.push((what, sql(query).count(&site.programme.city.app.db).await.expect("counted")));
    }
    found
}

async fn a_what_if_counts_and_stores_nothing(engine: Engine) {
    let site = Site::new(engine).await;
    let before = whole_database(&site).await;
    let plain = site.get(&site.contact, &site.at("/benchmark/what-if")).await;
    assert!(plain.body.contains("50.0"), "level 3 throughout: {}", plain.body);
    let tried = site.get(&site.contact, &site.at("/benchmark/what-if?A1=5&B1=5&C3=4")).await;
    // 50 + (30·25·50 + 30·25·50 + 20·30·25) / 10000 = 59
    for part in ["59.0", "+9.0", "达到“提升”关口", "等级", "25 × 100", "离 4 级"] {
        assert!(tried.body.contains(part), "{part} in {}", tried.body);
    }
    let little = site.get(&site.contact, &site.at("/benchmark/what-if?A5=4")).await;
    assert!(
        little.body.contains("+0.7") && little.body.contains("还差 4.3"),
        "0.75 is cut off, 4.25 rounded up: {}",
        little.body
    );
    for wrong in ["A1=6", "A1=%3Cscript%3E", "A1=0", "A1=4.5", "A1=%F0%9F%98%80"] {
        let page = site.get(&site.contact, &site.at(&format!("/benchmark/what-if?{wrong}"))).await;
        assert_eq!(page.status, 422, "{wrong}");
        assert!(page.body.contains("水平只能是 1 到 5") && !page.body.contains("<script"), "{}", page.body);
    }
    assert_eq!(whole_database(&site).await, before);
}

async fn hostile_input_gets_words_and_no_fault(engine: Engine) {
    let site = Site::new(engine).await;
    site.programme.targets(site.own.id, &[("A1", 5)]).await;
    let action = site.programme.action(site.own.id, "A1", site.today(), "done").await.to_string();
    let id = site.own.id.to_string();
    let long = "长".repeat(10_000);
    for text in [
        "😀<script>alert(1)</script>",
        "\0",
        "a\u{7}b",
        "' OR 1=1 --",
        &*long,
        "",
        "00000000000000000000000000000000",
        "-1",
        "99999999999999999999",
    ] {
        let forms: [(&str, Vec<(&str, &str)>); 13] = [
            (
                "save_benchmark",
                vec![
                    ("pilot", &id),
                    ("name", text),
                    ("about", text),
                    ("level-A1", text),
                    ("source-A1", text),
                    ("date-A1", text),
                ],
            ),
            (
                "save_benchmark",
                vec![("pilot", text), ("benchmark", text), ("edition", text), ("name", text)],
            ),
            ("choose_benchmark", vec![("pilot", &id), ("benchmark", text)]),
            ("drop_benchmark", vec![("pilot", &id), ("benchmark", text)]),
            (
                "save_cause",
                vec![("pilot", &id), ("indicator", text), ("edition", text), ("why-1", text), ("root", text)],
            ),
            (
                "set_target",
                vec![("pilot", &id), ("indicator", text), ("edition", text), ("level", text)],
            ),
            ("remove_target", vec![("pilot", &id), ("indicator", text)]),
            (
                "save_action",
                vec![
                    ("pilot", &id),
                    ("indicator", text),
                    ("title", text),
                    ("owner", text),
                    ("due_on", text),
                    ("priority", text),
                    ("deliverable", text),
                    ("resources", text),
                ],
            ),
            (
                "move_action",
                vec![("pilot", &id), ("action", &action), ("state", text), ("reason", text), ("done_on", text)],
            ),
            (
                "report_progress",
                vec![("pilot", &id), ("action", &action), ("progress", text), ("note", text)],
            ),
            ("write_rule", vec![("pilot", &id), ("action", text), ("rule", text)]),
            (
                "offer_action_evidence",
                vec![
                    ("pilot", &id),
                    ("action", &action),
                    ("kind", text),
                    ("proof_title", text),
                    ("body", text),
                    ("fact_on", text),
                ],
            ),
            (
                "judge_action_evidence",
                vec![("pilot", &id), ("evidence", text), ("verdict", text), ("reason", text)],
            ),
        ];
        for (name, fields) in forms {
            let answer = site.post(&site.contact, &site.at("/benchmark/new"), name, &fields).await;
            assert!(
                answer.status < 500 && !answer.location.starts_with("/sorry"),
                "{name} with {text:.20}: {} {}",
                answer.status,
                answer.location
            );
            if answer.status == 303 {
                let page = site.get(&site.contact, &answer.location).await;
                assert!(
                    page.status < 500 && !page.body.contains("<script>alert"),
                    "{name} with {text:.20}: {}",
                    page.body
                );
            }
        }
        let encoded: String = url::form_urlencoded::byte_serialize(text.chars().take(300).collect::<String>().as_bytes()).collect();
        for path in [
            format!("/desk/actions?q={encoded}&county={encoded}&show={encoded}&priority={encoded}&after={encoded}"),
            site.at(&format!("/actions?owner={encoded}&priority={encoded}&late={encoded}")),
            site.at(&format!("/actions/calendar?month={encoded}")),
            site.at(&format!("/benchmark/library?q={encoded}&before={encoded}")),
            site.at(&format!("/benchmark/gaps/{encoded}")),
        ] {
            let page = site.get(&site.contact, &path).await;
            assert!(page.status < 500, "{path}: {}", page.body);
        }
    }
}

async fn the_desk_shows_what_is_late(engine: Engine) {
    let site = Site::new(engine).await;
    let programme = &site.programme;
    programme.action(site.own.id, "A1", site.today() - TimeDelta::days(12), "doing").await;
    programme.action(site.own.id, "A1", site.today() + TimeDelta::days(12), "planned").await;
    let county = site.token(programme.city.coordinator(XINAN).await).await;
    let list = site.get(&county, "/desk/actions").await;
    assert!(list.body.contains("逾期 12 天") && list.body.contains("洛阳甲机械厂"), "{}", list.body);
    let desk = site.get(&county, "/desk").await;
    assert!(desk.body.contains("/desk/actions?show=late"), "{}", desk.body);
    let elsewhere = site.token(programme.city.coordinator(YIYANG).await).await;
    assert!(!site.get(&elsewhere, "/desk/actions").await.body.contains("洛阳甲机械厂"));
    assert!(!site.get(&elsewhere, "/desk").await.body.contains("/desk/actions?show=late"));
}

app::on_both_engines!(
    each_role_gets_its_pages_and_no_others,
    a_contact_goes_from_gap_to_done,
    a_benchmark_comes_back_with_every_fault,
    a_what_if_counts_and_stores_nothing,
    hostile_input_gets_words_and_no_fault,
    the_desk_shows_what_is_late,
);
