//! Verification asked through the server's own router: who gets which page, and what forms answer.

use app::accounts::{Actor, Grant};
use app::benchmarking::Pilot;
use app::benchmarking::store::{Assessment, AssessmentState};
use app::benchmarking::testing::{TestProgramme, default_framework};
use app::clock::day_of;
use app::db::sql;
use app::db::testing::Engine;
use app::ids::{Region, RoundId};
use app::testing::{XINAN, YIYANG};
use axum::body::Body;
use axum::http::{Request, header};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use tower::ServiceExt;

/// A firm that has handed in, its verifier, and a router before them.
struct Site {
    programme: TestProgramme,
    router: axum::Router,
    round: RoundId,
    pilot: Pilot,
    assessment: Assessment,
    verifier: Actor,
}

struct Answer {
    status: u16,
    location: String,
    body: String,
}

impl Site {
    async fn new(engine: Engine) -> Self {
        let programme = TestProgramme::new(engine).await;
        let router = server::http::router(programme.city.app.clone());
        let round = programme.round().await;
        let pilot = programme.pilot("洛阳一机", XINAN).await;
        let verifier = programme.verifier(&[pilot.id]).await;
        let assessment = programme.assessment(pilot.id, round, AssessmentState::Submitted).await;
        let framework = default_framework();
        let levels: Vec<(&str, i64)> = framework.indicators().map(|(_, indicator)| (indicator.id.as_str(), 4)).collect();
        programme.answers(assessment.id, &levels).await;
        programme.city.hand.advance(TimeDelta::hours(1));
        Self {
            programme,
            router,
            round,
            pilot,
            assessment,
            verifier,
        }
    }

    fn path(&self, below: &str) -> String {
        format!("/firm/{}/verification{below}", self.pilot.id)
    }

    async fn token(&self, actor: &Actor) -> String {
        self.programme.signed_in(actor).await
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

    /// Posts, and reads the page that it leads to.
    async fn posted(&self, token: &str, from: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(token, from, action, fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.get(token, &answer.location).await
    }

    async fn count(&self, text: &'static str) -> i64 {
        sql(text)
            .bind(self.assessment.id)
            .count(&self.programme.city.app.db)
            .await
            .expect("a count")
    }

    async fn verdicts(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM verdicts WHERE assessment_id = $1").await
    }

    async fn is_verified(&self) -> bool {
        self.count("SELECT COUNT(*) FROM assessments WHERE id = $1 AND state = 'verified'").await == 1
    }

    /// The verifier goes through every dimension with level 2, which stands without evidence.
    async fn verify_everything(&self, token: &str) {
        let framework = default_framework();
        let id = self.assessment.id.to_string();
        for dimension in &framework.dimensions {
            let mut fields = vec![("assessment".to_owned(), id.clone()), ("dimension".to_owned(), dimension.id.clone())];
            for indicator in &dimension.indicators {
                fields.push((format!("level-{}", indicator.id), "2".to_owned()));
                fields.push((format!("reason-{}", indicator.id), "资料与访谈一致".to_owned()));
                fields.push((format!("edition-{}", indicator.id), "0".to_owned()));
            }
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let from = self.path(&format!("/dimensions/{}", dimension.id));
            let page = self.posted(token, &from, "save_verification", &fields).await;
            assert!(page.body.contains("已保存"), "{}", page.body);
        }
    }
}

/// Things that every page keeps: one main heading, no text left as its key, headings in order.
fn assert_whole(path: &str, page: &Answer) {
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    assert_eq!(page.body.matches("<h1").count(), 1, "{path} has one main heading");
    assert!(!page.body.contains("<script"), "{path} needs no script");
    assert!(!page.body.contains("style=\""), "{path} has a style of its own, which the policy forbids");
    let visible = page.body.replace("class=\"verification-", "class=\"");
    let key = visible
        .split(">verification-")
        .nth(1)
        .map(|rest| rest.chars().take(30).collect::<String>());
    assert_eq!(key, None, "{path} shows a key");
    let mut last = 0;
    for (at, _) in page.body.match_indices("<h") {
        if let Some(level) = page.body[at + 2..].chars().next().and_then(|c| c.to_digit(10)) {
            assert!(level <= last + 1, "{path}: a heading of level {level} after one of level {last}");
            last = level;
        }
    }
}

async fn a_verifier_goes_all_the_way(engine: Engine) {
    let site = Site::new(engine).await;
    let verifier = site.token(&site.verifier).await;
    let desk = site.get(&verifier, "/desk").await;
    assert!(desk.body.contains("/desk/verifications"), "{}", desk.body);
    let list = site.get(&verifier, "/desk/verifications").await;
    assert_whole("/desk/verifications", &list);
    assert!(
        list.body.contains("洛阳一机") && list.body.contains("还有 18 项指标没有结论"),
        "{}",
        list.body
    );
    let overview = site.get(&verifier, &site.path("")).await;
    assert_whole("overview", &overview);
    assert!(
        overview.body.contains("还不能结束，差 18 处") && overview.body.contains("#indicator-A1"),
        "{}",
        overview.body
    );
    let dimension = site.get(&verifier, &site.path("/dimensions/A")).await;
    assert_whole("dimension", &dimension);
    assert!(
        dimension.body.contains("封顶 2 级") && dimension.body.contains("name=\"level-A1\""),
        "{}",
        dimension.body
    );
    site.verify_everything(&verifier).await;
    assert_eq!(site.verdicts().await, 18);
    let ready = site.get(&verifier, &site.path("")).await;
    assert!(ready.body.contains("/api/close_verification"), "{}", ready.body);
    let id = site.assessment.id.to_string();
    let closed = site.posted(&verifier, &site.path(""), "close_verification", &[("assessment", &id)]).await;
    assert_whole("closed", &closed);
    assert!(closed.body.contains("核定已结束") && site.is_verified().await, "{}", closed.body);
    // Level 2 everywhere is 25 points: grade 2 exactly, and the page says why.
    assert!(closed.body.contains("25.0") && closed.body.contains("为什么是 2 级"), "{}", closed.body);
    let again = site.posted(&verifier, &site.path(""), "close_verification", &[("assessment", &id)]).await;
    assert!(again.body.contains("核定已经结束"), "{}", again.body);
}

async fn what_is_right_is_kept_and_every_fault_stands_beside_its_field(engine: Engine) {
    let site = Site::new(engine).await;
    let verifier = site.token(&site.verifier).await;
    let id = site.assessment.id.to_string();
    let from = site.path("/dimensions/A");
    let fields = [
        ("assessment", id.as_str()),
        ("dimension", "A"),
        ("level-A1", "2"),
        ("reason-A1", "章程齐备"),
        ("edition-A1", "0"),
        ("level-A2", "5"),
        ("reason-A2", "<script>alert(1)</script>三年规划已分解"),
        ("edition-A2", "0"),
        ("level-A3", "3"),
        ("reason-A3", ""),
        ("edition-A3", "0"),
    ];
    let page = site.posted(&verifier, &from, "save_verification", &fields).await;
    assert_whole("faulty", &page);
    assert_eq!(site.verdicts().await, 1);
    for part in [
        "A2 的佐证封顶 2 级",
        "请写明 A3 的核定理由",
        "其余没有问题的内容已经保存",
        "href=\"#field-level-A2\"",
        "href=\"#field-reason-A3\"",
        "&lt;script&gt;alert(1)&lt;/script&gt;三年规划已分解",
    ] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    let visit = [
        ("assessment", id.as_str()),
        ("visited_on", "2026-11-03"),
        ("people", "总经理"),
        ("findings", "看了规划分解表"),
        ("indicators[]", "A2"),
    ];
    let visited = site.posted(&verifier, &site.path("/visits/new"), "save_visit", &visit).await;
    assert!(visited.body.contains("现场核查已登记"), "{}", visited.body);
    let page = site.posted(&verifier, &from, "save_verification", &fields[..8]).await;
    assert!(page.body.contains("已保存"), "{}", page.body);
    assert_eq!(site.verdicts().await, 2);
    // Another tab with the old edition: nothing is overwritten, and both versions are on the page.
    let stale = [
        ("assessment", id.as_str()),
        ("dimension", "A"),
        ("level-A1", "1"),
        ("reason-A1", "另一页填的理由"),
        ("edition-A1", "0"),
    ];
    let page = site.posted(&verifier, &from, "save_verification", &stale).await;
    assert!(
        page.body.contains("打开本页之后有人改过") && page.body.contains("章程齐备") && page.body.contains("另一页填的理由"),
        "{}",
        page.body
    );
    let preview = site.get(&verifier, &site.path("/dimensions/B?fill=capped")).await;
    assert!(
        preview.body.contains("这是预览") && preview.body.contains("value=\"2\" selected"),
        "{}",
        preview.body
    );
    assert_eq!(site.verdicts().await, 2, "a preview keeps nothing");
}

async fn the_firm_reads_reasons_only_after_closing(engine: Engine) {
    let site = Site::new(engine).await;
    let verifier = site.token(&site.verifier).await;
    site.verify_everything(&verifier).await;
    let day = day_of(site.programme.city.now());
    let visit = site.programme.visit(site.assessment.id, site.verifier.person, day, "A1").await;
    let visit = site.path(&format!("/visits/{visit}"));
    let contact = site.token(&site.programme.contact(&site.pilot).await).await;
    let reason = "资料与访谈一致";
    for path in [site.path(""), site.path("/dimensions/A")] {
        let page = site.get(&contact, &path).await;
        assert_whole(&path, &page);
        assert!(!page.body.contains(reason) && !page.body.contains("现场查看"), "{}", page.body);
    }
    assert_eq!(site.get(&contact, &visit).await.status, 404);
    let county = site.token(&site.programme.city.coordinator(XINAN).await).await;
    let page = site.get(&county, &site.path("/dimensions/A")).await;
    assert!(page.body.contains(reason) && !page.body.contains("name=\"level-A1\""), "{}", page.body);
    let id = site.assessment.id.to_string();
    site.posted(&verifier, &site.path(""), "close_verification", &[("assessment", &id)]).await;
    for path in [site.path(""), site.path("/dimensions/A")] {
        let page = site.get(&contact, &path).await;
        assert_whole(&path, &page);
        assert!(
            page.body.contains(reason) && !page.body.contains("/api/save_verification"),
            "{}",
            page.body
        );
    }
    assert_whole("visit", &site.get(&contact, &visit).await);
    let told = site.get(&contact, "/me/notices").await;
    assert!(told.status != 200 || told.body.contains("洛阳一机的核定已结束"), "{}", told.body);
}

async fn each_role_gets_its_pages_and_no_others(engine: Engine) {
    let site = Site::new(engine).await;
    let city = &site.programme.city;
    let other = site.programme.pilot("外县企业", YIYANG).await;
    let people = [
        ("verifier", site.token(&site.verifier).await),
        ("other verifier", site.token(&site.programme.verifier(&[other.id]).await).await),
        ("contact", site.token(&site.programme.contact(&site.pilot).await).await),
        ("other contact", site.token(&site.programme.contact(&other).await).await),
        ("county", site.token(&city.coordinator(XINAN).await).await),
        ("other county", site.token(&city.coordinator(YIYANG).await).await),
        ("city", site.token(&city.city_admin().await).await),
        ("entrepreneur", site.token(&city.entrepreneur(XINAN).await).await),
    ];
    let pages = [
        ("/desk/verifications".to_owned(), [200, 200, 403, 403, 403, 403, 403, 403]),
        (site.path(""), [200, 404, 200, 404, 200, 404, 200, 404]),
        (site.path("/dimensions/A"), [200, 404, 200, 404, 200, 404, 200, 404]),
        (site.path("/dimensions/Z"), [404; 8]),
        (site.path("?round=7"), [404; 8]),
        (site.path("/visits/new"), [200, 404, 403, 404, 403, 404, 403, 404]),
        (site.path("/visits/nonsense"), [404; 8]),
        (site.path("/proof"), [200, 404, 200, 404, 200, 404, 200, 404]),
        ("/city/verifications".to_owned(), [403, 403, 403, 403, 200, 200, 200, 403]),
        ("/firm/nonsense/verification".to_owned(), [404; 8]),
    ];
    for (path, expected) in &pages {
        for ((role, token), status) in people.iter().zip(expected) {
            let page = site.get(token, path).await;
            assert_eq!(page.status, *status, "{role} at {path}");
            if page.status == 200 {
                assert_whole(path, &page);
            }
        }
        // An address that names nothing is not there for anybody; every other asks to sign in first.
        let nobody = site.get("", path).await;
        let is_nowhere = path.contains("nonsense/");
        assert_eq!(
            nobody.location.starts_with("/sign-in"),
            !is_nowhere,
            "{path} without a sign-in: {}",
            nobody.status
        );
    }
}

async fn nobody_writes_who_may_not(engine: Engine) {
    let site = Site::new(engine).await;
    let city = &site.programme.city;
    let other = site.programme.pilot("外县企业", YIYANG).await;
    let day = day_of(city.now());
    let evidence = site.programme.evidence(site.assessment.id, "A1", day, "offered").await;
    let both = city
        .actor("县管兼核定", XINAN, vec![Grant::County(Region::from(XINAN)), Grant::Verifier])
        .await;
    let id = site.assessment.id.to_string();
    let (judge, why, was) = (format!("judge-{evidence}"), format!("why-{evidence}"), format!("was-{evidence}"));
    let verdict = [
        ("assessment", id.as_str()),
        ("dimension", "A"),
        ("level-A1", "2"),
        ("reason-A1", "理由"),
        ("edition-A1", "0"),
    ];
    let judgement = [
        ("assessment", id.as_str()),
        ("dimension", "A"),
        (judge.as_str(), "accepted"),
        (why.as_str(), "原件已核对"),
        (was.as_str(), "offered"),
    ];
    let visit = [
        ("assessment", id.as_str()),
        ("visited_on", "2026-11-03"),
        ("people", "甲"),
        ("findings", "乙"),
        ("indicators[]", "A1"),
    ];
    let plain = [("assessment", id.as_str()), ("reopen_why", "理由")];
    let strangers = [
        site.programme.verifier(&[other.id]).await,
        site.programme.contact(&other).await,
        city.coordinator(YIYANG).await,
        city.entrepreneur(XINAN).await,
    ];
    let insiders = [site.programme.contact(&site.pilot).await, both];
    for (actors, said) in [(&strangers[..], "找不到"), (&insiders[..], "权限")] {
        for actor in actors {
            let token = site.token(actor).await;
            for (action, fields) in [
                ("save_verification", &verdict[..]),
                ("save_visit", &visit[..]),
                ("close_verification", &plain[..]),
                ("reopen_verification", &plain[..]),
            ] {
                let request = Request::post(format!("/api/{action}"))
                    .header(header::COOKIE, format!("sign_in={token}"))
                    .header(header::ORIGIN, "http://localhost")
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                let answer = site.ask(request.body(Body::from(form)).expect("a request")).await;
                let status = if said == "找不到" { 404 } else { 403 };
                assert_eq!(answer.status, status, "{action} by {}: {}", actor.name, answer.body);
            }
        }
    }
    assert_eq!((site.verdicts().await, site.is_verified().await), (0, false));
    assert_eq!(site.count("SELECT COUNT(*) FROM site_visits WHERE assessment_id = $1").await, 0);
    // The county decides on evidence on the same page, and on nothing else.
    let county = site.token(&city.coordinator(XINAN).await).await;
    let page = site.posted(&county, &site.path("/dimensions/A"), "save_verification", &judgement).await;
    assert!(page.body.contains("已采信") && page.body.contains("原件已核对"), "{}", page.body);
}

async fn the_city_reopens_and_sees_agreement_and_proof(engine: Engine) {
    let site = Site::new(engine).await;
    let verifier = site.token(&site.verifier).await;
    site.verify_everything(&verifier).await;
    let id = site.assessment.id.to_string();
    site.posted(&verifier, &site.path(""), "close_verification", &[("assessment", &id)]).await;
    let city = site.token(&site.programme.city.city_admin().await).await;
    let agreement = site.get(&city, "/city/verifications").await;
    assert_whole("agreement", &agreement);
    assert!(
        agreement.body.contains("+2.0") && agreement.body.contains("样本少") && agreement.body.contains("<rect"),
        "{}",
        agreement.body
    );
    assert_eq!(site.get(&city, "/city/verifications?round=nonsense").await.status, 404);
    let far = site.token(&site.programme.city.coordinator(YIYANG).await).await;
    assert!(site.get(&far, "/city/verifications").await.body.contains("还没有结束的核定"));
    let empty = site
        .posted(&city, &site.path(""), "reopen_verification", &[("assessment", &id), ("reopen_why", " ")])
        .await;
    assert!(empty.body.contains("请写明理由") && site.is_verified().await, "{}", empty.body);
    let reopened = site
        .posted(
            &city,
            &site.path(""),
            "reopen_verification",
            &[("assessment", &id), ("reopen_why", "A1 看错了")],
        )
        .await;
    assert!(reopened.body.contains("已重新打开") && !site.is_verified().await, "{}", reopened.body);
    site.posted(&verifier, &site.path(""), "close_verification", &[("assessment", &id)]).await;
    let alone = site.get(&city, &site.path("/proof")).await;
    assert_whole("proof of one round", &alone);
    assert!(alone.body.contains("第 1 轮已核定，是对照的起点"), "{}", alone.body);
    prove(&site, &city).await;
}

/// A second round: A1 from 2 to 4 with a target of 4, A2 falls, everything else stays.
async fn prove(site: &Site, city: &str) {
    let programme = &site.programme;
    programme.close_round(site.round).await;
    let second = programme.round().await;
    let framework = default_framework();
    let levels: Vec<(&str, i64)> = framework
        .indicators()
        .map(|(_, indicator)| match indicator.id.as_str() {
            "A1" => ("A1", 4),
            "A2" => ("A2", 1),
            other => (other, 2),
        })
        .collect();
    programme.verified(site.pilot.id, second, site.verifier.person, &levels).await;
    let day = day_of(programme.city.now());
    programme.benchmark(site.pilot.id, day, &[("A1", 5)]).await;
    programme.targets(site.pilot.id, &[("A1", 4)]).await;
    programme.action(site.pilot.id, "A1", day, "done").await;
    let proof = site.get(city, &site.path("/proof")).await;
    assert_whole("proof", &proof);
    for part in [
        "2 级 → 4 级（目标 4 级）",
        "责任不清",
        "建立责任清单（已完成）",
        "差 3 级",
        "100.0%",
        "指标A2：2 级降到 1 级",
        "同一版指标框架",
        "提升：总分变化达到 +2 分",
    ] {
        assert!(proof.body.contains(part), "{part} in {}", proof.body);
    }
    let reopened = site
        .posted(
            city,
            &site.path("?round=1"),
            "reopen_verification",
            &[("assessment", &site.assessment.id.to_string()), ("reopen_why", "晚了")],
        )
        .await;
    assert!(reopened.body.contains("成绩已封存"), "{}", reopened.body);
    let first = site.get(city, &site.path("?round=1")).await;
    assert_whole("the first round", &first);
    assert!(first.body.contains("round=1") && first.body.contains("不能重新打开"), "{}", first.body);
}

async fn hostile_input_is_refused_with_words(engine: Engine) {
    let site = Site::new(engine).await;
    let verifier = site.token(&site.verifier).await;
    let id = site.assessment.id.to_string();
    let huge = "长".repeat(60_000);
    let from = site.path("/dimensions/A");
    for (level, reason, edition) in [
        ("9", "理由", "0"),
        ("2", huge.as_str(), "0"),
        ("2", "理由\u{7}", "0"),
        ("na", "不适用", "0"),
        ("2", "理由", "many"),
        ("2", "理由", "99999999999999999999"),
        ("😀", "😀", "😀"),
    ] {
        let fields = [
            ("assessment", id.as_str()),
            ("dimension", "A"),
            ("level-A1", level),
            ("reason-A1", reason),
            ("edition-A1", edition),
        ];
        let answer = site.post(&verifier, &from, "save_verification", &fields).await;
        assert!(answer.status < 500, "{level} {edition}: {}", answer.status);
        assert_eq!(site.verdicts().await, 0, "{level} {edition}");
    }
    for (action, fields) in [
        ("save_verification", vec![("assessment", "nonsense")]),
        ("save_verification", vec![("assessment", id.as_str()), ("dimension", "Z")]),
        ("save_verification", vec![]),
        (
            "save_visit",
            vec![("assessment", id.as_str()), ("visited_on", "2999-01-01"), ("people", &huge)],
        ),
        (
            "save_visit",
            vec![("assessment", id.as_str()), ("visit", "nonsense"), ("visited_on", "2026-11-03")],
        ),
        ("close_verification", vec![]),
        ("reopen_verification", vec![("assessment", "' OR 1=1 --")]),
    ] {
        let answer = site.post(&verifier, &from, action, &fields).await;
        assert!(
            answer.status < 500 && !answer.location.contains("/sorry"),
            "{action}: {} {}",
            answer.status,
            answer.location
        );
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM site_visits WHERE assessment_id = $1").await, 0);
}

app::on_both_engines!(
    a_verifier_goes_all_the_way,
    what_is_right_is_kept_and_every_fault_stands_beside_its_field,
    the_firm_reads_reasons_only_after_closing,
    each_role_gets_its_pages_and_no_others,
    nobody_writes_who_may_not,
    the_city_reopens_and_sees_agreement_and_proof,
    hostile_input_is_refused_with_words,
);
