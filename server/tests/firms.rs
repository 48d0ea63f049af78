//! The directory of firms through the server's own router: who sees what, forms, contacts, merging, tables in and out.

use app::accounts::{Actor, Grant, store::begin_sign_in};
use app::benchmarking::rules::{PilotState, Stage};
use app::benchmarking::testing::TestProgramme;
use app::db::sql;
use app::db::testing::Engine;
use app::ids::FirmId;
use app::testing::{TestCity, XINAN, YIYANG};
use axum::body::Body;
use axum::http::{Request, header};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use tower::ServiceExt;

const CODE: &str = "91350100M000100Y43";

struct Site {
    city: TestCity,
    router: axum::Router,
}

struct Answer {
    status: u16,
    location: String,
    bytes: Vec<u8>,
}

impl Answer {
    fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Site {
    async fn new(engine: Engine) -> Self {
        Self::over(TestCity::new(engine).await)
    }

    fn over(city: TestCity) -> Self {
        let router = server::http::router(city.app.clone());
        Self { city, router }
    }

    /// A token for the actor's cookie, with the grants written down.
    async fn signed_in(&self, actor: &Actor) -> String {
        let city = &self.city;
        let mut tx = city.begin().await;
        for grant in &actor.grants {
            let (role, region, firm) = match grant {
                Grant::City => ("city", None, None),
                Grant::County(region) => ("county", Some(region.clone()), None),
                Grant::Teacher(_) => ("teacher", None, None),
                Grant::Firm(firm) => ("firm", None, Some(*firm)),
                Grant::Verifier => ("verifier", None, None),
            };
            sql("INSERT INTO grants (id, person_id, role, region, firm_id, granted_at) VALUES ($1, $2, $3, $4, $5, $6)")
                .bind(city.app.chance.uuid(city.now()))
                .bind(actor.person)
                .bind(role)
                .bind(region)
                .bind(firm)
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

    async fn contact(&self, firm: FirmId) -> String {
        let actor = self.city.actor("联络员", XINAN, vec![Grant::Firm(firm)]).await;
        self.signed_in(&actor).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        Answer {
            status: response.status().as_u16(),
            location: location.unwrap_or_default().to_owned(),
            bytes: response.into_body().collect().await.expect("a body").to_bytes().to_vec(),
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

    async fn upload(&self, token: &str, path: &str, content: &[u8]) -> Answer {
        let mut body = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"firms.csv\"\r\nContent-Type: text/csv\r\n\r\n".to_vec();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::post(path)
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{path}"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.ask(request.body(Body::from(body)).expect("a request")).await
    }

    async fn firms(&self) -> i64 {
        let query = sql("SELECT COUNT(*) FROM firms WHERE merged_into IS NULL");
        query.count(&self.city.app.db).await.expect("counted")
    }
}

/// Things that every page keeps: one main heading, no text left as its key, no style of its own.
fn assert_whole(path: &str, page: &Answer) {
    let body = page.body();
    assert_eq!(page.status, 200, "{path}: {body}");
    assert_eq!(body.matches("<h1").count(), 1, "{path} has one main heading");
    assert!(!body.contains("style=\""), "{path} has a style of its own, which the policy forbids");
    for prefix in [
        ">firms-",
        ">import-",
        ">dashboard-",
        ">bench-",
        "\"firms-merge",
        "\"firms-field",
        "firms-event-",
        "firms-change",
    ] {
        let key = body.split(prefix).nth(1).map(|rest| rest.chars().take(30).collect::<String>());
        assert_eq!(key, None, "{path} shows a key that begins with {prefix}");
    }
}

async fn each_role_gets_its_pages_and_no_others(engine: Engine) {
    let site = Site::new(engine).await;
    let city = &site.city;
    let (own, other) = (city.firm("新安铝业", XINAN).await, city.firm("宜阳陶瓷", YIYANG).await);
    let nobody = site.signed_in(&city.entrepreneur(XINAN).await).await;
    let teacher = site.signed_in(&city.actor("教师", XINAN, vec![Grant::Teacher(Vec::new())]).await).await;
    let verifier = site.signed_in(&city.actor("专家", XINAN, vec![Grant::Verifier]).await).await;
    let contact = site.contact(own).await;
    let county = site.signed_in(&city.coordinator(XINAN).await).await;
    let admin = site.signed_in(&city.city_admin().await).await;
    let tokens = [nobody, teacher, verifier, contact, county, admin];
    let table = [
        ("/desk/firms".to_owned(), [403, 403, 403, 403, 200, 200]),
        ("/desk/firms/new".to_owned(), [403, 403, 403, 403, 200, 200]),
        ("/desk/firms/firms.xlsx".to_owned(), [403, 403, 403, 403, 200, 200]),
        ("/desk/firms/firms.csv".to_owned(), [403, 403, 403, 403, 200, 200]),
        ("/desk/firms/import".to_owned(), [403, 403, 403, 403, 200, 200]),
        ("/desk/firms/import/template.xlsx".to_owned(), [403, 403, 403, 403, 200, 200]),
        (format!("/desk/firms/{own}"), [403, 403, 403, 403, 200, 200]),
        (format!("/desk/firms/{other}"), [403, 403, 403, 403, 404, 200]),
        (format!("/desk/firms/{own}/edit"), [403, 403, 403, 403, 200, 200]),
        (format!("/desk/firms/{other}/edit"), [403, 403, 403, 403, 404, 200]),
        (format!("/desk/firms/{own}/merge"), [403, 403, 403, 403, 200, 200]),
        (format!("/desk/firms/{own}/merge?with={other}"), [403, 403, 403, 403, 404, 200]),
        (format!("/desk/firms/{own}/merge?with={own}"), [403, 403, 403, 403, 409, 409]),
        (format!("/desk/firms/{own}/contacts/new"), [404, 404, 404, 200, 200, 200]),
        (format!("/desk/firms/{other}/contacts/new"), [404, 404, 404, 404, 404, 200]),
        ("/firm/profile".to_owned(), [403, 403, 403, 200, 403, 403]),
        (format!("/firm/profile?firm={other}"), [403, 403, 403, 404, 403, 403]),
        ("/desk/firms/not-an-id".to_owned(), [403, 403, 403, 403, 404, 404]),
    ];
    for (path, expected) in table {
        assert_eq!(site.get("", &path).await.status, 303, "{path} asks to sign in");
        for (token, status) in tokens.iter().zip(expected) {
            let page = site.get(token, &path).await;
            assert_eq!(page.status, status, "{path}: {}", page.body());
            if status == 200 && !path.contains('.') {
                assert_whole(&path, &page);
            }
        }
    }
}

async fn a_desk_enters_a_firm_and_gets_back_what_was_typed(engine: Engine) {
    let site = Site::new(engine).await;
    let token = site.signed_in(&site.city.coordinator(XINAN).await).await;
    let typed = [("name", "牡丹瓷业"), ("code", "9135O100M000100Y43"), ("region", XINAN), ("size", "巨型")];
    let faulty = site.post(&token, "/desk/firms/new", "save_firm", &typed).await;
    let page = site.get(&token, &faulty.location).await.body();
    for part in ["牡丹瓷业", "第 5 位的字母 O 不会出现", "请选择列表中的规模", "9135O100M000100Y43"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let typed = [
        ("name", "牡丹瓷业"),
        ("code", CODE),
        ("region", XINAN),
        ("category", "high_tech"),
        ("size", "small"),
        ("industry", "陶瓷"),
        ("about", "做瓷\r\n也教人做瓷"),
    ];
    let done = site.post(&token, "/desk/firms/new", "save_firm", &typed).await;
    let path = done.location.split('?').next().expect("a path").to_owned();
    let page = site.get(&token, &done.location).await;
    assert_whole(&path, &page);
    for part in [
        "企业信息已保存",
        "高新技术企业",
        "小型",
        "也教人做瓷",
        "缺有电话的联系人",
        "不是试点企业",
        "登记",
    ] {
        assert!(page.body().contains(part), "{part} in {}", page.body());
    }
    let id = path.rsplit('/').next().expect("an id");
    let edit = format!("{path}/edit");
    let change = [
        ("firm", id),
        ("version", "1"),
        ("name", "牡丹瓷业集团"),
        ("code", CODE),
        ("region", XINAN),
    ];
    site.post(&token, &edit, "save_firm", &change).await;
    let stale = [
        ("firm", id),
        ("version", "1"),
        ("name", "第二个标签页"),
        ("code", CODE),
        ("region", XINAN),
    ];
    let back = site.post(&token, &edit, "save_firm", &stale).await;
    let page = site.get(&token, &back.location).await.body();
    for part in ["这里刚被别人改过", "第二个标签页", r#"name="version" value="2""#] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let history = site.get(&token, &path).await.body();
    assert!(history.contains("名称：牡丹瓷业 → 牡丹瓷业集团"), "{history}");
    let away = [("name", "别处"), ("region", YIYANG)];
    let refused = site.post(&token, "/desk/firms/new", "save_firm", &away).await;
    assert!(site.get(&token, &refused.location).await.body().contains("没有权限") || site.firms().await == 1);
    assert_eq!(site.firms().await, 1);
}

async fn a_contact_keeps_the_own_profile_and_nothing_else(engine: Engine) {
    let site = Site::new(engine).await;
    let (own, other) = (
        site.city.firm("新安铝业", XINAN).await.0.simple().to_string(),
        site.city.firm("别家", XINAN).await,
    );
    let token = site.contact(own.parse().expect("an id")).await;
    let other = other.to_string();
    let page = site.get(&token, "/firm/profile").await.body();
    for part in ["企业档案还不完整", "缺企业类别（由县区管理员填写）", "新安铝业"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let typed = [
        ("firm", &*own),
        ("version", "1"),
        ("size", "medium"),
        ("industry", "铝材"),
        ("about", "做门窗"),
    ];
    let done = site.post(&token, "/firm/profile", "save_firm_profile", &typed).await;
    assert!(done.location.starts_with("/firm/profile"), "{}", done.location);
    let contact = [("firm", &*own), ("name", "张三"), ("phone", "12"), ("email", "x")];
    let from = format!("/desk/firms/{own}/contacts/new");
    let faulty = site.post(&token, &from, "save_firm_contact", &contact).await;
    let page = site.get(&token, &faulty.location).await.body();
    assert!(page.contains("座机") && page.contains("邮箱格式不对") && page.contains("张三"), "{page}");
    let contact = [("firm", &*own), ("name", "张三"), ("phone", "0379-65912345"), ("email", "z@a.cn")];
    let done = site.post(&token, &from, "save_firm_contact", &contact).await;
    let page = site.get(&token, &done.location).await.body();
    assert!(
        page.contains("0379-65912345") && page.contains("主要联系人") && page.contains("联络员"),
        "{page}"
    );
    assert!(!page.contains("缺有电话的联系人") && !page.contains("缺企业规模"), "{page}");
    // Another firm by its id, and what only a coordinator may.
    for (action, fields) in [
        ("save_firm_profile", vec![("firm", &*other), ("version", "1"), ("size", "micro")]),
        ("save_firm_contact", vec![("firm", &*other), ("name", "李四"), ("phone", "13800000000")]),
        ("save_firm", vec![("firm", &*own), ("version", "2"), ("name", "改名"), ("region", XINAN)]),
        ("merge_firms", vec![("survivor", &*own), ("other", &*other), ("sure", "true")]),
    ] {
        site.post(&token, "/firm/profile", action, &fields).await;
    }
    let rows: Vec<(String, Option<String>)> = sql("SELECT name, size FROM firms ORDER BY name")
        .all(&site.city.app.db)
        .await
        .expect("read");
    let expected = [("别家".to_owned(), None), ("新安铝业".to_owned(), Some("medium".to_owned()))];
    assert!(rows.len() == 2 && expected.iter().all(|row| rows.contains(row)), "{rows:?}");
    let contacts = sql("SELECT COUNT(*) FROM firm_contacts").count(&site.city.app.db).await.expect("counted");
    assert_eq!(contacts, 1);
}

async fn duplicates_are_merged_by_those_who_keep_both(engine: Engine) {
    let site = Site::new(engine).await;
    let city = &site.city;
    let (one, other, away) = (
        city.firm("牡丹瓷业", XINAN).await,
        city.firm("牡丹瓷业", XINAN).await,
        city.firm("牡丹瓷业", YIYANG).await,
    );
    let county = site.signed_in(&city.coordinator(XINAN).await).await;
    let page = site.get(&county, &format!("/desk/firms/{one}")).await.body();
    assert!(
        page.contains("可能与这些企业重复") && page.contains("属于其他县区，需合并时请联系市级管理员"),
        "{page}"
    );
    assert!(
        page.contains(&format!("/desk/firms/{one}/merge?with={other}")) && !page.contains(&format!("with={away}")),
        "{page}"
    );
    let person = city.person("员工", XINAN).await;
    let mut tx = city.begin().await;
    sql("UPDATE people SET firm_id = $2 WHERE id = $1")
        .bind(person)
        .bind(other)
        .run(&mut tx)
        .await
        .expect("a firm");
    sql("UPDATE firms SET industry = '陶瓷' WHERE id = $1")
        .bind(other)
        .run(&mut tx)
        .await
        .expect("an industry");
    tx.commit().await.expect("kept");
    let compare = format!("/desk/firms/{one}/merge?with={other}");
    let page = site.get(&county, &compare).await;
    assert_whole(&compare, &page);
    assert!(
        page.body().contains("行业以哪一边为准") && page.body().contains("保留企业乙"),
        "{}",
        page.body()
    );
    let confirm = format!("{compare}&confirm=1&survivor=one&industry=other");
    let page = site.get(&county, &confirm).await;
    assert_whole(&confirm, &page);
    for part in ["不能撤销", "陶瓷", r#"name="taken[]" value="industry""#] {
        assert!(page.body().contains(part), "{part} in {}", page.body());
    }
    let (one_id, other_id, away_id) = (one.to_string(), other.to_string(), away.to_string());
    let fields = |sure: &'static str, other: &str| {
        [
            ("survivor", one_id.clone()),
            ("other", other.to_owned()),
            ("survivor_version", "1".to_owned()),
            ("other_version", "1".to_owned()),
            ("taken[]", "industry".to_owned()),
            ("sure", sure.to_owned()),
        ]
    };
    let post = async |sure: &'static str, other: &str| {
        let fields = fields(sure, other);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        site.post(&county, &confirm, "merge_firms", &fields).await
    };
    let unsure = post("", &other_id).await;
    assert!(site.get(&county, &unsure.location).await.body().contains("请先勾选确认"));
    post("true", &away_id).await;
    assert_eq!(site.firms().await, 3, "another county's firm is not merged");
    let done = post("true", &other_id).await;
    let page = site.get(&county, &done.location).await.body();
    for part in ["已合并", "陶瓷", "员工", "并入另一家企业", "行业：陶瓷"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let old = site.get(&county, &format!("/desk/firms/{other}")).await;
    assert_eq!((old.status, old.location), (303, format!("/desk/firms/{one}")));
    assert_eq!(site.get(&county, &format!("/desk/firms/{other}/merge")).await.status, 409);
    assert_eq!(site.firms().await, 2);
}

async fn a_firm_merged_into_another_countys_is_only_named(engine: Engine) {
    let site = Site::new(engine).await;
    let (one, other) = (site.city.firm("牡丹瓷业", YIYANG).await, site.city.firm("牡丹瓷", XINAN).await);
    let admin = site.signed_in(&site.city.city_admin().await).await;
    let county = site.signed_in(&site.city.coordinator(XINAN).await).await;
    let (one, other) = (one.to_string(), other.to_string());
    let fields = [
        ("survivor", &*one),
        ("other", &*other),
        ("survivor_version", "1"),
        ("other_version", "1"),
        ("sure", "true"),
    ];
    site.post(&admin, "/desk/firms", "merge_firms", &fields).await;
    let page = site.get(&county, &format!("/desk/firms/{other}")).await;
    assert_eq!(page.status, 200, "no redirect to what the county may not see");
    assert!(
        page.body().contains("已合并到“牡丹瓷业”（宜阳县）") && !page.body().contains(&one),
        "{}",
        page.body()
    );
}

async fn the_page_of_a_firm_ties_both_halves(engine: Engine) {
    let programme = TestProgramme::new(engine).await;
    let pilot = programme.pilot_in("恒钧轴承", XINAN, PilotState::Chosen, Some(Stage::Improve)).await;
    let round = programme.round().await;
    let city = &programme.city;
    let (class, foreign) = (city.class(XINAN, 40).await, city.class(YIYANG, 40).await);
    let (here, there) = (city.person("本县员工", XINAN).await, city.person("外县员工", YIYANG).await);
    let enrolment = city.enrolment(class, here, "approved").await;
    city.enrolment(foreign, there, "approved").await;
    let mut tx = city.begin().await;
    for person in [here, there] {
        sql("UPDATE people SET firm_id = $2 WHERE id = $1")
            .bind(person)
            .bind(pilot.firm_id)
            .run(&mut tx)
            .await
            .expect("a firm");
    }
    sql("INSERT INTO frozen_scores (round_id, pilot_id, category, comparable, dimensions, total, grade) VALUES ($1, $2, 'services', TRUE, '{}', '4069/100', 2)")
        .bind(round)
        .bind(pilot.id)
        .run(&mut tx)
        .await
        .expect("a score");
    tx.commit().await.expect("kept");
    for (days, status) in [(1, "present"), (2, "absent"), (3, "late"), (4, "excused")] {
        let lesson = city.lesson(class, city.now() - TimeDelta::days(days)).await;
        let mut tx = city.begin().await;
        sql("INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, flags) VALUES ($1, $2, $3, 'hand', $4, '')")
            .bind(lesson)
            .bind(enrolment)
            .bind(status)
            .bind(city.now())
            .run(&mut tx)
            .await
            .expect("an entry");
        tx.commit().await.expect("kept");
    }
    let TestProgramme { city, .. } = programme;
    let site = Site::over(city);
    let county = site.signed_in(&site.city.coordinator(XINAN).await).await;
    let path = format!("/desk/firms/{}", pilot.firm_id);
    let page = site.get(&county, &path).await;
    assert_whole(&path, &page);
    let body = page.body();
    for part in ["改善", "已入选", "40.6", "66%（2 / 3）", "本县员工"] {
        assert!(body.contains(part), "{part} in {body}");
    }
    assert!(body.contains(&format!("/firm/{}", pilot.id)), "{body}");
    let classes = body.split_once("id=\"classes\"").expect("the section").1;
    assert!(
        !classes.contains("外县员工"),
        "another county's person in another county's class: {classes}"
    );
    let admin = site.signed_in(&site.city.city_admin().await).await;
    let all = site.get(&admin, &path).await.body();
    assert!(all.split_once("id=\"classes\"").expect("the section").1.contains("外县员工"), "{all}");
}

async fn lists_come_in_and_go_out_as_tables(engine: Engine) {
    let site = Site::new(engine).await;
    site.city.firm("宜阳陶瓷", YIYANG).await;
    let token = site.signed_in(&site.city.coordinator(XINAN).await).await;
    let table = format!("企业名称,信用代码,规模,联系人,联系电话\n牡丹瓷业,{CODE},小型,张三,13800000000\n=cmd|calc,,,,\n坏行,123,,,\n");
    let uploaded = site.upload(&token, "/desk/firms/import", table.as_bytes()).await;
    assert!(
        uploaded.location.starts_with("/desk/firms/import/"),
        "{} {}",
        uploaded.location,
        uploaded.body()
    );
    let look = site.get(&token, &uploaded.location).await;
    assert_whole(&uploaded.location, &look);
    for part in ["B4", "应为 18 位，您填了 3 位", "只导入没有问题的 2 家"] {
        assert!(look.body().contains(part), "{part} in {}", look.body());
    }
    assert_eq!(site.firms().await, 1, "nothing is written yet");
    let faults = site.get(&token, &format!("{}/faults.xlsx", uploaded.location)).await;
    assert!(faults.status == 200 && faults.bytes.starts_with(b"PK"));
    let id = uploaded.location.rsplit('/').next().expect("an id").to_owned();
    let stranger = site.signed_in(&site.city.coordinator(YIYANG).await).await;
    assert_eq!(site.get(&stranger, &uploaded.location).await.status, 404, "an import is its author's");
    site.post(
        &stranger,
        &uploaded.location,
        "start_firm_import",
        &[("import", &id), ("good_only", "true")],
    )
    .await;
    site.post(&token, &uploaded.location, "start_firm_import", &[("import", &id)]).await;
    assert_eq!(site.firms().await, 1, "faults want a word");
    let columns = [("import", &*id), ("name", "0"), ("code", ""), ("size", "2")];
    let chosen = site.post(&token, &uploaded.location, "choose_firm_import_columns", &columns).await;
    let look = site.get(&token, &chosen.location).await.body();
    assert!(look.contains("导入 3 家企业"), "without the column of codes no row is at fault: {look}");
    let columns = [
        ("import", &*id),
        ("name", "0"),
        ("code", "1"),
        ("size", "2"),
        ("contact", "3"),
        ("phone", "4"),
    ];
    site.post(&token, &uploaded.location, "choose_firm_import_columns", &columns).await;
    site.post(&token, &uploaded.location, "start_firm_import", &[("import", &id), ("good_only", "true")])
        .await;
    app::firms::import::job::resume(&site.city.app).await.expect("taken up");
    for _ in 0..200 {
        if site.firms().await == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(site.firms().await, 3);
    let csv = site.get(&token, "/desk/firms/firms.csv").await.body();
    assert!(
        csv.contains("牡丹瓷业") && csv.contains("小型") && csv.contains("张三,,13800000000"),
        "{csv}"
    );
    assert!(csv.contains("'=cmd|calc") && !csv.contains("\n=cmd"), "no cell can run: {csv}");
    assert!(!csv.contains("宜阳陶瓷"), "another county's firm: {csv}");
    let filtered = site.get(&token, "/desk/firms/firms.csv?size=small").await.body();
    assert!(filtered.contains("牡丹瓷业") && !filtered.contains("cmd"), "{filtered}");
    let again = site.upload(&token, "/desk/firms/import", csv.as_bytes()).await;
    let look = site.get(&token, &again.location).await.body();
    assert!(!look.contains("只导入没有问题的"), "what goes out comes in again without a fault: {look}");
}

async fn hostile_input_gets_words_and_no_fault(engine: Engine) {
    let site = Site::new(engine).await;
    let firm = site.city.firm("新安铝业", XINAN).await.to_string();
    let token = site.signed_in(&site.city.city_admin().await).await;
    let long = "长".repeat(10_000);
    for text in ["😀<script>alert(1)</script>", "\0", "a\0b", "' OR 1=1 --", &*long, ""] {
        let forms: [(&str, Vec<(&str, &str)>); 8] = [
            (
                "save_firm",
                vec![
                    ("name", text),
                    ("code", text),
                    ("region", text),
                    ("category", text),
                    ("size", text),
                    ("about", text),
                ],
            ),
            ("save_firm", vec![("firm", text), ("version", text), ("name", "x"), ("region", XINAN)]),
            (
                "save_firm_profile",
                vec![("firm", &firm), ("version", text), ("size", text), ("industry", text), ("about", text)],
            ),
            (
                "save_firm_contact",
                vec![
                    ("firm", &firm),
                    ("contact", text),
                    ("name", text),
                    ("phone", text),
                    ("email", text),
                    ("position", text),
                ],
            ),
            ("remove_firm_contact", vec![("firm", &firm), ("contact", text)]),
            (
                "merge_firms",
                vec![
                    ("survivor", &firm),
                    ("other", text),
                    ("taken[]", text),
                    ("sure", "true"),
                    ("survivor_version", text),
                ],
            ),
            ("choose_firm_import_columns", vec![("import", text), ("name", text)]),
            ("start_firm_import", vec![("import", text), ("good_only", text)]),
        ];
        for (action, fields) in forms {
            let answer = site.post(&token, "/desk/firms", action, &fields).await;
            assert!(answer.status < 500, "{action} with {text:.20?}: {} {}", answer.status, answer.body());
            if answer.status == 303 {
                let page = site.get(&token, &answer.location).await;
                assert!(
                    page.status < 500 && !page.body().contains("<script>alert"),
                    "{action} leads to {}",
                    page.status
                );
            }
        }
        let some: String = text.chars().take(500).collect();
        let query: String = url::form_urlencoded::byte_serialize(some.as_bytes()).collect();
        for path in [
            "/desk/firms?q=",
            "/desk/firms?county=",
            "/desk/firms?category=",
            "/desk/firms?size=x&sort=",
            "/desk/firms?after=",
            "/desk/firms/firms.csv?q=",
            "/firm/profile?firm=",
        ] {
            let page = site.get(&token, &format!("{path}{query}")).await;
            assert!(page.status < 500, "{path}{query}: {}", page.status);
        }
        let merge = format!("/desk/firms/{firm}/merge?");
        for name in ["with", "q"] {
            let page = site.get(&token, &format!("{merge}{name}={query}")).await;
            assert!(page.status < 500, "{merge}{name}={query}: {}", page.status);
        }
        let upload = site.upload(&token, "/desk/firms/import", text.as_bytes()).await;
        assert!(upload.status < 500, "{}", upload.status);
        let page = site.get(&token, &upload.location).await;
        assert!(page.status < 500 && !page.body().contains("<script>alert"), "{}", page.status);
    }
    let bomb = site.upload(&token, "/desk/firms/import", b"PK\x03\x04 not an archive").await;
    assert!(site.get(&token, &bomb.location).await.body().contains("文件打不开"));
}

/// A directory of ten thousand firms answers without strain, wherever one is in it.
async fn ten_thousand_firms_are_no_strain(engine: Engine) {
    let site = Site::new(engine).await;
    let city = &site.city;
    let mut tx = city.begin().await;
    for chunk in 0..100 {
        let mut insert = sql("INSERT INTO firms (id, name, initials, region, category, size, created_at) VALUES ");
        for n in 0..100 {
            let number = chunk * 100 + n;
            insert = insert
                .push(if n == 0 { "(" } else { ", (" })
                .push_bind(FirmId::new(&city.app.chance, city.now()))
                .push(", ")
                .push_bind(format!("洛阳企业{number:05}有限公司"))
                .push(", ")
                .push_bind(format!("lyqy{number:05}yxgs"));
            let region = if number % 9 == 0 { XINAN } else { YIYANG };
            insert = insert
                .push(", ")
                .push_bind(region)
                .push(", 'services', 'small', ")
                .push_bind(city.now())
                .push(")");
        }
        insert.run(&mut tx).await.expect("firms");
    }
    tx.commit().await.expect("kept");
    let token = site.signed_in(&city.city_admin().await).await;
    let last = sql("SELECT id FROM firms WHERE name LIKE '%09900%'")
        .one::<(FirmId,)>(&city.app.db)
        .await
        .expect("a firm")
        .0;
    for path in [
        "/desk/firms".to_owned(),
        "/desk/firms?sort=newest&category=services".to_owned(),
        format!("/desk/firms?after={last}"),
        format!("/desk/firms?sort=county&after={last}"),
        "/desk/firms?q=lyqy09999".to_owned(),
        format!("/desk/firms/{last}"),
    ] {
        let began = std::time::Instant::now();
        assert_eq!(site.get(&token, &path).await.status, 200);
        let took = began.elapsed();
        assert!(took.as_millis() < 1_500, "{path} took {took:?}, in a debug build");
    }
}

app::on_both_engines!(
    each_role_gets_its_pages_and_no_others,
    a_desk_enters_a_firm_and_gets_back_what_was_typed,
    a_contact_keeps_the_own_profile_and_nothing_else,
    duplicates_are_merged_by_those_who_keep_both,
    a_firm_merged_into_another_countys_is_only_named,
    the_page_of_a_firm_ties_both_halves,
    lists_come_in_and_go_out_as_tables,
    hostile_input_gets_words_and_no_fault,
    ten_thousand_firms_are_no_strain,
);
