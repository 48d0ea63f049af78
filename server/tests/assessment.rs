//! The self-assessment asked through the server's own router: answering, evidence, handing in, checking, and what nobody
//! else gets.

use std::io::{Cursor, Write};

use app::accounts::Actor;
use app::benchmarking::Pilot;
use app::benchmarking::store::{Assessment, AssessmentState};
use app::benchmarking::testing::TestProgramme;
use app::db::sql;
use app::db::testing::Engine;
use app::testing::{XINAN, YIYANG};
use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";
const BOUNDARY: &str = "----heluo";

/// Where a form stands, what it posts to, and its fields.
type Form<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>);

/// A firm with a draft in the open round, and tokens of everybody who has to do with it or has not.
struct Site {
    programme: TestProgramme,
    router: axum::Router,
    pilot: Pilot,
    assessment: Assessment,
    contact: String,
    colleague: String,
    county: String,
    verifier: String,
    stranger: String,
    other_county: String,
    entrepreneur: String,
}

struct Answer {
    status: u16,
    location: String,
    headers: HeaderMap,
    body: String,
}

impl Site {
    async fn new(engine: Engine) -> Self {
        let programme = TestProgramme::new(engine).await;
        let pilot = programme.pilot("牡丹机械", XINAN).await;
        let other = programme.pilot("别家企业", YIYANG).await;
        let round = programme.round().await;
        let assessment = programme.assessment(pilot.id, round, AssessmentState::Draft).await;
        let token = async |actor: Actor| programme.signed_in(&actor).await;
        Self {
            contact: token(programme.contact(&pilot).await).await,
            colleague: token(programme.contact(&pilot).await).await,
            county: token(programme.city.coordinator(XINAN).await).await,
            verifier: token(programme.verifier(&[pilot.id]).await).await,
            stranger: token(programme.contact(&other).await).await,
            other_county: token(programme.city.coordinator(YIYANG).await).await,
            entrepreneur: token(programme.city.entrepreneur(XINAN).await).await,
            router: server::http::router(programme.city.app.clone()),
            programme,
            pilot,
            assessment,
        }
    }

    fn at(&self, below: &str) -> String {
        format!("/firm/{}/assessment{below}", self.pilot.id)
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let location = parts.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        Answer {
            status: parts.status.as_u16(),
            location: location.unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&body.collect().await.expect("a body").to_bytes()).into_owned(),
            headers: parts.headers,
        }
    }

    async fn get(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html");
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    async fn send(&self, token: &str, from: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(to)
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{from}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form)).expect("a request")).await
    }

    /// Posts to a server function with the pilot and the assessment named.
    async fn act(&self, token: &str, from: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let (pilot, assessment) = (self.pilot.id.to_string(), self.assessment.id.to_string());
        let mut all = vec![("pilot", &*pilot), ("assessment", &*assessment)];
        all.extend(fields);
        self.send(token, from, &format!("/api/{action}"), &all).await
    }

    /// What the island posts.
    async fn autosave(&self, token: &str, edition: &str, level: &str, note: &str) -> Answer {
        let assessment = self.assessment.id.to_string();
        let fields = [
            ("assessment", &*assessment),
            ("indicator", "A1"),
            ("edition-A1", edition),
            ("level-A1", level),
            ("note-A1", note),
        ];
        self.send(token, &self.at("/A"), &self.at("/answers/save"), &fields).await
    }

    async fn upload(&self, token: &str, file: Option<(&str, &[u8])>, fields: &[(&str, &str)]) -> Answer {
        let assessment = self.assessment.id.to_string();
        let mut body = Vec::new();
        for (name, value) in [("assessment", &*assessment)].iter().chain(fields) {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.as_bytes());
        }
        if let Some((name, bytes)) = file {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n"
            );
            body.extend(head.as_bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
        let page = self.at("/indicators/A1/evidence");
        let request = Request::post(&page)
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{page}"))
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
        self.ask(request.body(Body::from(body)).expect("a request")).await
    }

    /// A file as evidence, dated last month.
    async fn prove(&self, token: &str, name: &str, bytes: &[u8]) -> Answer {
        self.upload(token, Some((name, bytes)), &[("kind", "file"), ("fact_on", "2026-10-01")])
            .await
    }

    /// Every indicator at level 3.
    async fn answer_all(&self) {
        let framework = app::benchmarking::testing::default_framework();
        let levels: Vec<(&str, i64)> = framework.indicators().map(|(_, indicator)| (indicator.id.as_str(), 3)).collect();
        self.programme.answers(self.assessment.id, &levels).await;
    }

    async fn only_id(&self, table: &'static str) -> String {
        let query = match table {
            "files" => sql("SELECT id FROM files"),
            _ => sql("SELECT id FROM evidence"),
        };
        let (id,): (app::ids::FileId,) = query.one(&self.programme.city.app.db).await.expect("one row");
        id.to_string()
    }

    async fn count(&self, query: &'static str) -> i64 {
        sql(query).count(&self.programme.city.app.db).await.expect("counted")
    }
}

/// Things that every page keeps.
fn assert_whole(path: &str, page: &Answer, is_interactive: bool) {
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    assert_eq!(page.body.matches("<h1").count(), 1, "{path} has one main heading");
    assert_eq!(page.body.contains("<script"), is_interactive, "{path}");
    assert!(!page.body.contains("style=\""), "{path} has a style of its own, which the policy forbids");
    for prefix in ["assessment-", "files-", "bench-"] {
        // Classes and ids of this room never begin so.
        let key = page.body.split(prefix).nth(1).map(|rest| rest.chars().take(30).collect::<String>());
        assert_eq!(key, None, "{path} shows a key that begins with {prefix}");
    }
}

async fn each_role_gets_its_pages_and_no_others(engine: Engine) {
    let site = Site::new(engine).await;
    site.prove(&site.contact, "章程.pdf", PDF).await;
    let (file, evidence) = (site.only_id("files").await, site.only_id("evidence").await);
    let tokens = [
        &site.contact,
        &site.county,
        &site.verifier,
        &site.stranger,
        &site.other_county,
        &site.entrepreneur,
    ];
    // contact, county, verifier, another firm's contact, another county, somebody
    let table = [
        (site.at(""), [200, 200, 200, 404, 404, 404]),
        (site.at("/A"), [200, 200, 200, 404, 404, 404]),
        (site.at("/A?round=1"), [200, 200, 200, 404, 404, 404]),
        (site.at("/A?round=9"), [404, 404, 404, 404, 404, 404]),
        (site.at("/Z"), [404, 404, 404, 404, 404, 404]),
        (site.at("/indicators/A1/history"), [200, 200, 200, 404, 404, 404]),
        (site.at("/indicators/A1/evidence"), [200, 403, 403, 404, 404, 404]),
        (site.at("/indicators/Z9/evidence"), [404, 403, 403, 404, 404, 404]),
        (site.at(&format!("/evidence/{evidence}")), [200, 200, 200, 404, 404, 404]),
        (site.at(&format!("/evidence/{file}")), [404, 404, 404, 404, 404, 404]),
        (format!("/firm/{}/files/{file}", site.pilot.id), [200, 200, 200, 404, 404, 404]),
        (format!("/firm/{}/files/{evidence}", site.pilot.id), [404, 404, 404, 404, 404, 404]),
        (format!("/firm/{}/files/nothing", site.pilot.id), [404, 404, 404, 404, 404, 404]),
        (format!("/firm/{file}/files/{file}"), [404, 404, 404, 404, 404, 404]),
    ];
    for (path, expected) in table {
        // What is no id at all is nowhere; everything else asks who wants to know.
        let unknown = if path.ends_with("/nothing") { 404 } else { 303 };
        assert_eq!(site.get("", &path).await.status, unknown, "{path} without a sign-in");
        for (token, status) in tokens.iter().zip(expected) {
            let page = site.get(token, &path).await;
            assert_eq!(page.status, status, "{path}: {}", page.body);
        }
    }
}

async fn another_firm_and_another_county_change_nothing(engine: Engine) {
    let site = Site::new(engine).await;
    site.answer_all().await;
    site.prove(&site.contact, "章程.pdf", PDF).await;
    let evidence = site.only_id("evidence").await;
    let forms: [(&str, Vec<(&str, &str)>); 6] = [
        ("save_answers", vec![("dimension", "A"), ("level-A1", "5"), ("edition-A1", "1")]),
        ("remove_evidence", vec![("evidence", &evidence)]),
        ("submit_assessment", vec![]),
        ("save_check", vec![("dimension", "A"), ("comment-A1", "外人的意见")]),
        ("return_assessment", vec![("reason", "外人")]),
        ("start_assessment", vec![]),
    ];
    for (action, fields) in &forms {
        for token in [&site.stranger, &site.other_county, &site.entrepreneur] {
            let answer = site.act(token, "/me", action, fields).await;
            let page = site.get(token, &answer.location).await;
            assert!(page.body.contains("没有找到") || page.status == 404, "{action}: {}", page.body);
        }
    }
    for token in [&site.stranger, &site.other_county, &site.entrepreneur] {
        assert_eq!(site.autosave(token, "1", "5", "外人").await.status, 404);
        site.prove(token, "外人.pdf", PDF).await;
    }
    // Those who check don't answer, and the firm does not check itself.
    assert_eq!(site.autosave(&site.county, "1", "5", "县区").await.status, 403);
    assert_eq!(site.autosave(&site.verifier, "1", "5", "专家").await.status, 403);
    for (token, action, fields) in [
        (&site.county, "submit_assessment", &forms[2].1),
        (&site.contact, "return_assessment", &forms[4].1),
        (&site.contact, "save_check", &forms[3].1),
        (&site.verifier, "return_assessment", &forms[4].1),
    ] {
        let answer = site.act(token, &site.at(""), action, fields).await;
        let page = site.get(token, &answer.location).await;
        assert!(page.body.contains("没有权限") || page.body.contains("不能"), "{action}: {}", page.body);
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM answers WHERE level <> 3").await, 0);
    assert_eq!(site.count("SELECT COUNT(*) FROM evidence WHERE state = 'offered'").await, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM assessments WHERE state <> 'draft'").await, 0);
    assert_eq!(site.count("SELECT COUNT(*) FROM assessment_comments").await, 0);
}

async fn a_firm_answers_hands_in_and_is_given_back(engine: Engine) {
    let site = Site::new(engine).await;
    let page = site.get(&site.contact, &site.at("/A")).await;
    assert_whole("/A", &page, true);
    assert!(
        page.body.contains("A1 第 3 级") && page.body.contains("A1 level 3"),
        "both languages: {}",
        page.body
    );
    let saved = site.autosave(&site.contact, "0", "4", "有章程\n有记录").await;
    assert_eq!((saved.status, saved.body.as_str()), (200, "1\n已保存 09:00"));
    let overview = site.get(&site.contact, &site.at("")).await;
    assert_whole("overview", &overview, false);
    for part in ["还有 17 项没有答完", "/assessment/A#A2", "7.5%", "已答 1 / 5 项"] {
        assert!(overview.body.contains(part), "{part} in {}", overview.body);
    }
    let early = site.act(&site.contact, &site.at(""), "submit_assessment", &[]).await;
    assert!(
        site.get(&site.contact, &early.location)
            .await
            .body
            .contains("还有 17 项没有答完，不能提交")
    );
    let framework = app::benchmarking::testing::default_framework();
    for dimension in &framework.dimensions {
        let fields: Vec<(String, String)> = dimension
            .indicators
            .iter()
            .flat_map(|indicator| {
                let edition = if indicator.id == "A1" { "1" } else { "0" };
                [
                    (format!("edition-{}", indicator.id), edition.to_owned()),
                    (format!("level-{}", indicator.id), "3".to_owned()),
                    (format!("note-{}", indicator.id), "说明".to_owned()),
                ]
            })
            .collect();
        let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend([("dimension", dimension.id.as_str()), ("then", "next")]);
        let done = site.act(&site.contact, &site.at("/A"), "save_answers", &fields).await;
        assert_eq!(done.status, 303, "{}", done.body);
        assert!(
            !done.location.contains(&format!("/assessment/{}?", dimension.id)),
            "on to the next: {}",
            done.location
        );
    }
    let overview = site.get(&site.contact, &site.at("")).await;
    for part in ["50.0", "所有指标都已答完", "提交自评", "第 3 级：总分 50.0，要求 45", "总分还差 15.0 分"] {
        assert!(overview.body.contains(part), "{part} in {}", overview.body);
    }
    let done = site.act(&site.contact, &site.at(""), "submit_assessment", &[]).await;
    assert!(site.get(&site.contact, &done.location).await.body.contains("已提交，县区会收到消息。"));
    let inbox = site.get(&site.county, "/me/inbox").await;
    assert!(inbox.body.contains("“牡丹机械”提交了自评，请初审"), "{}", inbox.body);
    let late = site.autosave(&site.contact, "2", "5", "晚了").await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("自评已提交，现在不能修改"), "{}", late.body);
    // The county comments and gives back.
    let check = site.get(&site.county, &site.at("/A")).await;
    assert_whole("check", &check, false);
    assert!(check.body.contains("name=\"comment-A1\""), "{}", check.body);
    site.act(
        &site.county,
        &site.at("/A"),
        "save_check",
        &[("dimension", "A"), ("comment-A1", "请补会议记录")],
    )
    .await;
    let bare = site.act(&site.county, &site.at(""), "return_assessment", &[("reason", " ")]).await;
    assert!(site.get(&site.county, &bare.location).await.body.contains("请写退回的理由。"));
    site.act(&site.county, &site.at(""), "return_assessment", &[("reason", "佐证不足")]).await;
    let own = site.get(&site.contact, &site.at("")).await;
    assert!(own.body.contains("佐证不足") && own.body.contains("已退回，待修改"), "{}", own.body);
    assert!(site.get(&site.contact, &site.at("/A")).await.body.contains("请补会议记录"));
    // What changed since is marked, for the firm and for the county.
    site.programme.city.hand.advance(chrono::TimeDelta::minutes(5));
    site.autosave(&site.contact, "2", "2", "说明").await;
    site.prove(&site.contact, "会议记录.pdf", PDF).await;
    let marks = ["等级 3 → 2", "佐证新增 1 件、撤回 0 件"];
    let own = site.get(&site.contact, &site.at("/A")).await;
    assert!(marks.iter().all(|mark| own.body.contains(mark)), "{}", own.body);
    site.act(&site.contact, &site.at(""), "submit_assessment", &[]).await;
    let again = site.get(&site.county, &site.at("/A")).await;
    assert!(marks.iter().all(|mark| again.body.contains(mark)), "{}", again.body);
    assert!(site.get(&site.county, &site.at("")).await.body.contains("1 项在上次提交后有改动"));
}

async fn a_conflict_shows_both_versions(engine: Engine) {
    let site = Site::new(engine).await;
    site.autosave(&site.contact, "0", "2", "甲写的<b>").await;
    let other = site.autosave(&site.colleague, "0", "4", "乙写的").await;
    assert_eq!(other.status, 412, "{}", other.body);
    assert!(
        other.body.starts_with("1\n") && other.body.contains("甲写的&lt;b&gt;") && other.body.contains("乙写的"),
        "{}",
        other.body
    );
    // Without scripts: the rest of the page is saved, both versions are shown, and saving again stores the own one.
    let fields = [
        ("dimension", "A"),
        ("edition-A1", "0"),
        ("level-A1", "4"),
        ("note-A1", "乙写的"),
        ("edition-A2", "0"),
        ("level-A2", "3"),
        ("note-A2", ""),
    ];
    let back = site.act(&site.colleague, &site.at("/A"), "save_answers", &fields).await;
    let page = site.get(&site.colleague, &back.location).await;
    for part in ["A1 刚被别人改过", "甲写的", "乙写的", "对方保存的", "name=\"edition-A1\" value=\"1\""] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM answers WHERE indicator = 'A2' AND level = 3").await, 1);
    assert_eq!(site.count("SELECT COUNT(*) FROM answers WHERE indicator = 'A1' AND level = 2").await, 1);
    let fields = [("dimension", "A"), ("edition-A1", "1"), ("level-A1", "4"), ("note-A1", "甲乙合写")];
    let done = site.act(&site.colleague, &site.at("/A"), "save_answers", &fields).await;
    assert!(site.get(&site.colleague, &done.location).await.body.contains("甲乙合写"));
    let history = site.get(&site.contact, &site.at("/indicators/A1/history")).await;
    assert!(history.body.contains("甲写的") && history.body.contains("甲乙合写"), "{}", history.body);
}

async fn na_is_asked_and_decided(engine: Engine) {
    let site = Site::new(engine).await;
    let fields = [("dimension", "A"), ("edition-A5", "0"), ("level-A5", "na"), ("reason-A5", "")];
    let bare = site.act(&site.contact, &site.at("/A"), "save_answers", &fields).await;
    let page = site.get(&site.contact, &bare.location).await;
    assert!(page.body.contains("选“不适用”时请写理由。"), "{}", page.body);
    let fields = [("dimension", "A"), ("edition-A5", "0"), ("level-A5", "na"), ("reason-A5", "无生产环节")];
    site.act(&site.contact, &site.at("/A"), "save_answers", &fields).await;
    assert!(site.get(&site.county, "/me/inbox").await.body.contains("A5 申请“不适用”"));
    let page = site.get(&site.county, &site.at("/A")).await;
    assert!(page.body.contains("无生产环节") && page.body.contains("name=\"na-A5\""), "{}", page.body);
    assert!(!site.get(&site.verifier, &site.at("/A")).await.body.contains("name=\"na-A5\""));
    let refuse = [("dimension", "A"), ("edition-A5", "1"), ("na-A5", "refuse")];
    let bare = site.act(&site.county, &site.at("/A"), "save_check", &refuse).await;
    assert!(site.get(&site.county, &bare.location).await.body.contains("不同意或不采信时请写理由。"));
    let approve = [("dimension", "A"), ("edition-A5", "1"), ("na-A5", "accept"), ("na-why-A5", "属实")];
    site.act(&site.county, &site.at("/A"), "save_check", &approve).await;
    let own = site.get(&site.contact, &site.at("")).await;
    assert!(own.body.contains("不适用的指标占总权重 3.0%"), "{}", own.body);
    assert!(site.get(&site.contact, "/me/inbox").await.body.contains("县区同意 A5 “不适用”"));
}

async fn evidence_is_downloaded_forced_and_on_record(engine: Engine) {
    let site = Site::new(engine).await;
    let added = site.prove(&site.contact, "..\\..\\合同 😀\".pdf.exe", PDF).await;
    let page = site.get(&site.contact, &added.location).await;
    assert!(
        page.body.contains("合同 😀") && page.body.contains("事实日期 2026年10月1日 周四"),
        "{}",
        page.body
    );
    let file = site.only_id("files").await;
    let got = site.get(&site.verifier, &format!("/firm/{}/files/{file}", site.pilot.id)).await;
    assert_eq!(got.body.as_bytes(), PDF);
    let said = |name: header::HeaderName| got.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!(said(header::CONTENT_TYPE), "application/pdf");
    assert!(said(header::CONTENT_DISPOSITION).starts_with("attachment; filename=\"heluo.pdf\"; filename*=UTF-8''"));
    assert_eq!(said(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(said(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
    assert_eq!(site.count("SELECT COUNT(*) FROM audit_entries WHERE what = 'file.read'").await, 1);
    // The same content again is one more row and no more bytes.
    site.prove(&site.contact, "同一份.pdf", PDF).await;
    assert_eq!(site.count("SELECT COUNT(DISTINCT content_hash) FROM files").await, 1);
    let note = [("kind", "note"), ("title", "表彰"), ("text", "获市长质量奖"), ("fact_on", "2026-09-01")];
    site.upload(&site.contact, None, &note).await;
    let link = [
        ("kind", "link"),
        ("title", "公告"),
        ("link", "https://example.cn/1"),
        ("fact_on", "2026-09-01"),
    ];
    site.upload(&site.contact, None, &link).await;
    let page = site.get(&site.contact, &site.at("/A")).await;
    for part in ["获市长质量奖", "https://example.cn/1", "noopener", "同一份.pdf"] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
}

async fn evidence_is_judged_on_the_page(engine: Engine) {
    let site = Site::new(engine).await;
    site.answer_all().await;
    site.prove(&site.contact, "章程.pdf", PDF).await;
    let id = site.only_id("evidence").await;
    site.act(&site.contact, &site.at(""), "submit_assessment", &[]).await;
    let page = site.get(&site.verifier, &site.at("/A")).await;
    let (chosen, seen, why) = (format!("evidence-{id}"), format!("seen-{id}"), format!("evidence-why-{id}"));
    assert!(page.body.contains(&format!("name=\"{chosen}\"")), "{}", page.body);
    let fields = [("dimension", "A"), (&*chosen, "accept"), (&*seen, "offered"), (&*why, "")];
    site.act(&site.county, &site.at("/A"), "save_check", &fields).await;
    assert!(site.get(&site.contact, &site.at("/A")).await.body.contains("已采信"));
    let fields = [("dimension", "A"), (&*chosen, "refuse"), (&*seen, "offered"), (&*why, "看不清")];
    let stale = site.act(&site.verifier, &site.at("/A"), "save_check", &fields).await;
    assert!(site.get(&site.verifier, &stale.location).await.body.contains("刚被别人处理过"));
    assert_eq!(site.count("SELECT COUNT(*) FROM evidence WHERE state = 'accepted'").await, 1);
    let removed = site.act(&site.contact, &site.at("/A"), "remove_evidence", &[("evidence", &id)]).await;
    assert!(site.get(&site.contact, &removed.location).await.body.contains("现在不能修改"));
}

fn office(part: &str, bytes: &[u8]) -> Vec<u8> {
    let types = r#"<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in [("[Content_Types].xml", types.as_bytes()), (part, bytes)] {
        archive.start_file(name, options).expect("a part");
        archive.write_all(content).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

async fn hostile_files_are_refused_in_words(engine: Engine) {
    let site = Site::new(engine).await;
    let large = [PDF, &vec![b' '; 11 * 1024 * 1024]].concat();
    let bomb = office("word/media/a.bin", &vec![0; 201 * 1024 * 1024]);
    let macros = office("word/vbaProject.bin", b"x");
    let files: [(&str, &[u8], &str); 9] = [
        ("报告.pdf", b"<!DOCTYPE html><script>alert(1)</script>", "不接受这种文件"),
        ("图.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "不接受这种文件"),
        ("run.pdf", b"MZ\x90\0\x03", "不接受这种文件"),
        ("空.pdf", b"", "0 字节"),
        ("大.pdf", &large, "单个文件最多 10 MB"),
        ("炸弹.docx", &bomb, "解压后大得不正常"),
        ("宏.docx", &macros, "带有宏"),
        ("坏.docx", b"PK\x03\x04broken", "已损坏"),
        ("😀.exe", "只是文字".as_bytes(), "不接受这种文件"),
    ];
    for (name, bytes, words) in files {
        let answer = site.prove(&site.contact, name, bytes).await;
        assert_eq!(answer.status, 303, "{name}: {}", answer.body);
        let page = site.get(&site.contact, &answer.location).await;
        assert!(page.body.contains(words), "{name}: {words} in {}", page.body);
        assert!(page.body.contains("value=\"2026-10-01\""), "{name}: what was typed comes back");
    }
    let none = site.upload(&site.contact, None, &[("kind", "file"), ("fact_on", "2026-10-01")]).await;
    assert!(site.get(&site.contact, &none.location).await.body.contains("请选择要上传的文件"));
    let huge = vec![b'x'; 33 * 1024 * 1024];
    let refused = site.prove(&site.contact, "巨.pdf", &huge).await;
    assert_eq!(refused.status, 413);
    assert!(refused.body.contains("最多 32 MB"), "{}", refused.body);
    assert_eq!(site.count("SELECT COUNT(*) FROM evidence").await, 0);
    assert_eq!(site.count("SELECT COUNT(*) FROM files").await, 0);
}

async fn hostile_input_gets_words_and_no_fault(engine: Engine) {
    let site = Site::new(engine).await;
    site.prove(&site.contact, "章程.pdf", PDF).await;
    let evidence = site.only_id("evidence").await;
    let long = "长".repeat(10_000);
    for text in ["😀<script>alert(1)</script>", "a\0b", "a\u{7}b", "' OR 1=1 --", &*long, ""] {
        let name = format!("evidence-{evidence}");
        let forms: [Form<'_>; 9] = [
            (
                &site.contact,
                "save_answers",
                vec![("dimension", "A"), ("edition-A1", text), ("level-A1", text), ("note-A1", text)],
            ),
            (
                &site.contact,
                "save_answers",
                vec![("dimension", "A"), ("edition-A1", "0"), ("level-A1", "na"), ("reason-A1", text)],
            ),
            (&site.contact, "save_answers", vec![("dimension", text), ("then", text)]),
            (
                &site.contact,
                "save_answers",
                vec![("dimension", "A"), ("then", text), ("edition-A2", "99999999999999999999")],
            ),
            (&site.contact, "remove_evidence", vec![("evidence", text)]),
            (
                &site.county,
                "save_check",
                vec![("dimension", "A"), ("comment-A1", text), ("na-A1", text), ("na-why-A1", text)],
            ),
            (&site.county, "save_check", vec![("dimension", "A"), (&name, "refuse"), ("seen", text)]),
            (&site.county, "return_assessment", vec![("reason", text)]),
            (&site.contact, "start_assessment", vec![]),
        ];
        for (token, action, fields) in forms {
            let answer = site.act(token, &site.at("/A"), action, &fields).await;
            assert!(answer.status < 500, "{action} with {text:.20?}: {} {}", answer.status, answer.body);
            if answer.status == 303 {
                let page = site.get(token, &answer.location).await;
                assert!(page.status < 500 && !page.body.contains("<script>alert"), "{action}: {}", page.status);
            }
        }
        let auto = site.autosave(&site.contact, text, text, text).await;
        assert!(auto.status < 500, "{}", auto.body);
        for kind in ["file", "note", "link", text] {
            let fields = [("kind", kind), ("title", text), ("text", text), ("link", text), ("fact_on", text)];
            let answer = site.upload(&site.contact, None, &fields).await;
            assert!(answer.status < 500, "{kind}: {}", answer.body);
        }
        let some: String = text.chars().take(300).collect();
        let part: String = url::form_urlencoded::byte_serialize(some.as_bytes()).collect();
        for path in [
            format!("/{part}"),
            format!("?round={part}"),
            format!("/indicators/{part}/history"),
            format!("/evidence/{part}"),
        ] {
            let page = site.get(&site.contact, &site.at(&path)).await;
            assert!(page.status < 500, "{path}: {}", page.status);
        }
    }
}

async fn beginning_waits_for_a_round(engine: Engine) {
    let site = Site::new(engine).await;
    let round = site.programme.round().await;
    let page = site.get(&site.contact, &site.at("")).await;
    assert_whole("begin", &page, false);
    assert!(page.body.contains("可以开始自评了") && page.body.contains("?round=1"), "{}", page.body);
    assert!(site.get(&site.county, &site.at("")).await.body.contains("企业还没有开始自评"));
    let begun = site.act(&site.contact, &site.at(""), "start_assessment", &[]).await;
    assert!(site.get(&site.contact, &begun.location).await.body.contains("自评已开始。"));
    site.programme.close_round(round).await;
    let old = site.get(&site.contact, &site.at("/A?round=1")).await;
    assert_whole("old", &old, true);
}

app::on_both_engines!(
    each_role_gets_its_pages_and_no_others,
    another_firm_and_another_county_change_nothing,
    a_firm_answers_hands_in_and_is_given_back,
    a_conflict_shows_both_versions,
    na_is_asked_and_decided,
    evidence_is_downloaded_forced_and_on_record,
    evidence_is_judged_on_the_page,
    hostile_files_are_refused_in_words,
    hostile_input_gets_words_and_no_fault,
    beginning_waits_for_a_round,
);
