//! The pages and forms of frameworks, asked through the server's own router.

use app::accounts::{Actor, Grant, store::begin_sign_in};
use app::benchmarking::frameworks::{default, document, store};
use app::db::sql;
use app::db::testing::Engine;
use app::ids::FirmId;
use app::testing::{TestCity, XINAN};
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

struct Site {
    city: TestCity,
    router: axum::Router,
    /// The default framework's page.
    published: String,
}

/// What came back: status, where it leads, and the page.
struct Answer {
    status: u16,
    location: String,
    kind: String,
    body: String,
}

impl Site {
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let mut tx = city.begin().await;
        store::found(&mut tx, &city.app.chance, city.now()).await.expect("the default framework");
        tx.commit().await.expect("kept");
        let (id,): (app::ids::FrameworkId,) = sql("SELECT id FROM frameworks").one(&city.app.db).await.expect("one");
        let router = server::http::router(city.app.clone());
        Self {
            city,
            router,
            published: id.to_string(),
        }
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

    async fn admin(&self) -> String {
        self.signed_in(&self.city.city_admin().await).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let text = |name: header::HeaderName| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        Answer {
            status: response.status().as_u16(),
            location: text(header::LOCATION),
            kind: text(header::CONTENT_TYPE),
            body: String::from_utf8_lossy(&response.into_body().collect().await.expect("a body").to_bytes()).into_owned(),
        }
    }

    async fn get(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html");
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    /// Posts a form from a page and follows to where it leads.
    async fn post(&self, token: &str, from: &str, action: &str, fields: &[(String, String)]) -> Answer {
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(format!("/api/{action}"))
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{from}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let sent = self.ask(request.body(Body::from(form)).expect("a request")).await;
        self.followed(token, sent).await
    }

    /// Uploads one field, and follows to where it leads.
    async fn import(&self, token: &str, field: &str, content: &[u8]) -> Answer {
        let mut body = format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"").into_bytes();
        if field == "file" {
            body.extend_from_slice(b"; filename=\"framework.yaml\"\r\nContent-Type: application/yaml");
        }
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::post("/city/frameworks/import")
            .header(header::COOKIE, format!("sign_in={token}"))
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, "http://localhost/city/frameworks/import")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let sent = self.ask(request.body(Body::from(body)).expect("a request")).await;
        self.followed(token, sent).await
    }

    async fn followed(&self, token: &str, sent: Answer) -> Answer {
        assert!(sent.status < 500, "{}", sent.body);
        if sent.location.is_empty() {
            return sent;
        }
        let page = self.get(token, &sent.location).await;
        Answer {
            location: sent.location.split('?').next().unwrap_or_default().to_owned(),
            ..page
        }
    }

    /// A draft copied from the default framework: its id.
    async fn draft(&self, token: &str) -> String {
        let from = format!("/city/frameworks/{}", self.published);
        let made = self.post(token, &from, "copy_framework", &pairs(&[("framework", &self.published)])).await;
        made.location.split('/').nth(3).expect("a draft").to_owned()
    }
}

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The fields that a page's form would send, as a browser reads them: inputs with their names and values.
fn fields(page: &str, action: &str) -> Vec<(String, String)> {
    let form = page.split(&format!("action=\"/api/{action}\"")).nth(1).expect("the form");
    let form = form.split("</form>").next().expect("its end");
    let attribute = |tag: &str, name: &str| {
        let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
        Some(
            value
                .replace("&quot;", "\"")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&"),
        )
    };
    form.split("<input")
        .skip(1)
        .filter_map(|rest| {
            let tag = rest.split('>').next()?;
            Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
        })
        .collect()
}

fn set(fields: &mut [(String, String)], name: &str, value: &str) {
    let field = fields.iter_mut().find(|(own, _)| own == name).expect("a field");
    value.clone_into(&mut field.1);
}

fn pressed(mut fields: Vec<(String, String)>, step: &str) -> Vec<(String, String)> {
    fields.push(("step".to_owned(), step.to_owned()));
    fields
}

fn default_yaml() -> String {
    document::write(&default::framework().expect("sound"))
}

/// Things that every page keeps: one main heading, no text left as its key, no script but where weights are summed, no style
/// of its own.
fn assert_whole(path: &str, page: &Answer) {
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    assert_eq!(page.body.matches("<h1").count(), 1, "{path} has one main heading");
    let sums = path.contains("/edit") || path.contains("/dimensions/");
    assert_eq!(page.body.contains("<script"), sums, "{path}: scripts where something is summed");
    assert!(!page.body.contains("style=\""), "{path} has a style of its own, which the policy forbids");
    for prefix in [">frameworks-", "\"frameworks-", "：frameworks-"] {
        assert!(!page.body.contains(prefix), "{path} shows a key");
    }
    let mut ids: Vec<&str> = page.body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{path} has an id twice");
}

async fn each_role_gets_its_pages_and_no_others(engine: Engine) {
    let site = Site::new(engine).await;
    let city = &site.city;
    let admin = site.admin().await;
    let draft = site.draft(&admin).await;
    let firm = city.firm("洛阳牡丹瓷业", XINAN).await;
    let roles = [
        ("nobody", String::new(), [303, 303, 303, 303, 303]),
        (
            "entrepreneur",
            site.signed_in(&city.entrepreneur(XINAN).await).await,
            [404, 404, 404, 403, 403],
        ),
        ("firm contact", firm_contact(&site, firm).await, [200, 200, 404, 403, 403]),
        ("county", site.signed_in(&city.coordinator(XINAN).await).await, [200, 200, 404, 403, 403]),
        (
            "verifier",
            site.signed_in(&city.actor("专家", XINAN, vec![Grant::Verifier]).await).await,
            [200, 200, 404, 403, 403],
        ),
        ("city", admin.clone(), [200, 200, 200, 200, 200]),
    ];
    for (role, token, expected) in &roles {
        let paths = [
            "/frameworks".to_owned(),
            format!("/frameworks/{}", site.published),
            format!("/frameworks/{draft}"),
            "/city/frameworks".to_owned(),
            format!("/city/frameworks/{draft}/dimensions/A"),
        ];
        for (path, status) in paths.iter().zip(expected) {
            assert_eq!(site.get(token, path).await.status, *status, "{role} {path}");
        }
        let yaml = site.get(token, &format!("/frameworks/{draft}/framework.yaml")).await;
        assert_eq!(yaml.status, expected[2], "{role} downloads a draft");
        if *role == "city" {
            continue;
        }
        let about = pairs(&[("framework", &draft), ("edition", "1")]);
        for action in [
            "copy_framework",
            "save_framework",
            "save_dimension",
            "publish_framework",
            "discard_framework",
        ] {
            site.post(token, "/", action, &about).await;
        }
        let published = pairs(&[("framework", &site.published)]);
        site.post(token, "/", "retire_framework", &published).await;
        site.import(token, "text", default_yaml().replace("\"1.0\"", "\"7.0\"").as_bytes()).await;
        let rows: Vec<(String, String, i64)> = sql("SELECT version, state, edition FROM frameworks ORDER BY version")
            .all(&city.app.db)
            .await
            .expect("rows");
        let expected =
            [("1.0", "published", 1), ("2.0", "draft", 1)].map(|(version, state, edition)| (version.to_owned(), state.to_owned(), edition));
        assert_eq!(rows, expected, "{role} changes nothing");
    }
}

async fn firm_contact(site: &Site, firm: FirmId) -> String {
    let actor = site.city.actor("联络员", XINAN, vec![Grant::Firm(firm)]).await;
    site.signed_in(&actor).await
}

async fn every_page_is_whole_in_both_languages(engine: Engine) {
    let site = Site::new(engine).await;
    let admin = site.admin().await;
    let draft = site.draft(&admin).await;
    for path in [
        "/frameworks".to_owned(),
        format!("/frameworks/{}", site.published),
        "/city/frameworks".to_owned(),
        "/city/frameworks/import".to_owned(),
        format!("/city/frameworks/{}", site.published),
        format!("/city/frameworks/{}/compare", site.published),
        format!("/city/frameworks/{draft}"),
        format!("/city/frameworks/{draft}/edit"),
        format!("/city/frameworks/{draft}/dimensions/D"),
        format!("/city/frameworks/{draft}/compare"),
        format!("/city/frameworks/{draft}/compare?all=true"),
    ] {
        assert_whole(&path, &site.get(&admin, &path).await);
        assert_whole(&path, &site.get(&format!("{admin}; lang=en"), &path).await);
    }
    let english = site.get(&format!("{admin}; lang=en"), &format!("/frameworks/{}", site.published)).await;
    assert!(english.body.contains("The owner decides alone") && !english.body.contains("个人拍板"));
    for path in [
        format!("/city/frameworks/{}/edit", site.published),
        format!("/city/frameworks/{}/dimensions/A", site.published),
        format!("/city/frameworks/{draft}/dimensions/Z"),
        "/city/frameworks/nonsense".to_owned(),
        "/frameworks/00000000000000000000000000000000".to_owned(),
    ] {
        assert_eq!(site.get(&admin, &path).await.status, 404, "{path}");
    }
}

async fn a_framework_is_imported_with_every_fault_at_its_line(engine: Engine) {
    let site = Site::new(engine).await;
    let admin = site.admin().await;
    let faulty =
        default_yaml()
            .replacen("weight: 30", "weight: 31", 1)
            .replacen("name: 战略目标", "name: <script>alert(1)</script>\n        colour: red", 1);
    for field in ["file", "text"] {
        let page = site.import(&admin, field, faulty.as_bytes()).await;
        assert_whole("/city/frameworks/import", &page);
        assert_eq!(page.location, "/city/frameworks/import");
        for part in [
            "共有 2 处错误",
            "各维度权重之和为 101，应为 100",
            "不认识的字段 colour",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        ] {
            assert!(page.body.contains(part), "{field}: {part}");
        }
    }
    let sound = default_yaml().replace("\"1.0\"", "\"2.0\"");
    let made = site.import(&admin, "file", sound.as_bytes()).await;
    assert!(made.body.contains("已导入为草稿") && made.body.contains("heluo 2.0"), "{}", made.body);
    let id = made.location.rsplit('/').next().expect("an id").to_owned();
    let again = site.import(&admin, "text", sound.as_bytes()).await;
    assert!(again.body.contains("已有 heluo 2.0"), "{}", again.body);
    let yaml = site.get(&admin, &format!("/frameworks/{id}/framework.yaml")).await;
    assert!(yaml.kind.starts_with("application/yaml"));
    assert_eq!(yaml.body, sound, "what is exported is what was imported");
}

async fn hostile_documents_get_words(engine: Engine) {
    let site = Site::new(engine).await;
    let admin = site.admin().await;
    let laughs = "a: &a [ha, ha]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    let huge = vec![b'#'; 300 * 1024];
    for (content, words) in [
        (laughs.as_bytes(), "不能使用锚点"),
        (&huge[..], "文件超过 256 KB"),
        (b"\xBA\xD3\xC2\xE5", "UTF-8"),
        (b"id: \0", "UTF-8"),
        (b"PK\x03\x04\xFF\xFF", "UTF-8"),
        (b"", "请选择文件，或粘贴内容"),
        (b"[[[[[[[[[[[[[[[[[[[[", "嵌套层次过深"),
        ("😀: 😀".as_bytes(), "不认识的字段 😀"),
        (b"{", "YAML 格式有误"),
    ] {
        for field in ["file", "text"] {
            let page = site.import(&admin, field, content).await;
            assert_eq!(page.status, 200);
            assert!(page.body.contains(words), "{field} {words}: {}", page.body);
        }
    }
    let other = site.import(&admin, "nonsense", b"x").await;
    assert!(other.body.contains("请选择文件，或粘贴内容"));
    let request = Request::post("/city/frameworks/import")
        .header(header::COOKIE, format!("sign_in={admin}"))
        .header(header::ORIGIN, "http://localhost")
        .header(header::CONTENT_TYPE, "text/plain");
    let answer = site.ask(request.body(Body::from("x")).expect("a request")).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    let rows = sql("SELECT COUNT(*) FROM frameworks").count(&site.city.app.db).await.expect("a count");
    assert_eq!(rows, 1, "nothing of it was kept");
}

async fn a_draft_is_edited_and_published(engine: Engine) {
    let site = Site::new(engine).await;
    let admin = site.admin().await;
    let draft = site.draft(&admin).await;
    let edit = format!("/city/frameworks/{draft}/edit");
    let of_b = format!("/city/frameworks/{draft}/dimensions/B");
    // Another dimension is added: the weights no longer sum, which is said and does not keep the draft from being saved.
    let form = fields(&site.get(&admin, &edit).await.body, "save_framework");
    let page = site.post(&admin, &edit, "save_framework", &pressed(form, "add")).await;
    assert_whole(&edit, &page);
    assert!(page.body.contains(&format!("/city/frameworks/{draft}/dimensions/E")));
    let summary = site.get(&admin, &format!("/city/frameworks/{draft}")).await;
    assert!(summary.body.contains("处未完成") && !summary.body.contains("/api/publish_framework"));
    // It goes again, and two weights change.
    let mut form = fields(&page.body, "save_framework");
    set(&mut form, "d0-weight", "35");
    let page = site.post(&admin, &edit, "save_framework", &pressed(form, "remove-4")).await;
    assert!(page.body.contains("各维度权重之和为 105，应为 100"), "{}", page.body);
    let mut form = fields(&page.body, "save_framework");
    set(&mut form, "d1-weight", "25");
    let page = site.post(&admin, &edit, "save_framework", &pressed(form, "save")).await;
    assert!(page.body.contains("已保存") && !page.body.contains("应为 100</p>"), "{}", page.body);
    // A level is reworded, and the indicator moves up.
    let mut form = fields(&site.get(&admin, &of_b).await.body, "save_dimension");
    set(&mut form, "i1-level5", "智能协同 <b>决策</b>");
    set(&mut form, "i1-level5_en", "");
    let page = site.post(&admin, &of_b, "save_dimension", &pressed(form, "up-1")).await;
    assert_whole(&of_b, &page);
    assert!(
        page.body.contains("缺少英文") && page.body.contains("智能协同 &lt;b&gt;决策"),
        "{}",
        page.body
    );
    let mut form = fields(&page.body, "save_dimension");
    assert!(form.contains(&("i0-id".to_owned(), "B2".to_owned())));
    set(&mut form, "i0-level5_en", "Decisions are intelligent");
    site.post(&admin, &of_b, "save_dimension", &pressed(form, "save")).await;
    let compare = site.get(&admin, &format!("/city/frameworks/{draft}/compare")).await;
    for part in [
        "权重、等级描述有改动",
        "智能协同决策",
        "智能协同 &lt;b&gt;决策",
        "有改动",
        "先后次序有变化",
    ] {
        assert!(compare.body.contains(part), "{part}: {}", compare.body);
    }
    let manage = format!("/city/frameworks/{draft}");
    let form = fields(&site.get(&admin, &manage).await.body, "publish_framework");
    let page = site.post(&admin, &manage, "publish_framework", &form).await;
    assert!(page.body.contains("已发布"), "{}", page.body);
    let again = site.post(&admin, &manage, "publish_framework", &form).await;
    assert!(again.body.contains("只有草稿可以修改和发布"), "{}", again.body);
    let retired = site.post(&admin, &manage, "retire_framework", &pairs(&[("framework", &draft)])).await;
    assert!(retired.body.contains("已停用"), "{}", retired.body);
}

async fn two_tabs_lose_no_word(engine: Engine) {
    let site = Site::new(engine).await;
    let admin = site.admin().await;
    let draft = site.draft(&admin).await;
    let path = format!("/city/frameworks/{draft}/dimensions/C");
    let seen = fields(&site.get(&admin, &path).await.body, "save_dimension");
    let first = pressed(seen.clone(), "remove-0");
    site.post(&admin, &path, "save_dimension", &first).await;
    let mut second = seen;
    set(&mut second, "i1-level1", "师傅带徒弟");
    set(&mut second, "i0-name_en", "Lost and found");
    let page = site.post(&admin, &path, "save_dimension", &pressed(second, "save")).await;
    assert_whole(&path, &page);
    for part in ["未保存", "您的修改没有保存", "师傅带徒弟", "师傅带徒<", "Lost and found"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("value=\"师傅带徒弟\""), "the fields show what is stored now");
    let other = site
        .post(&admin, &path, "save_framework", &pairs(&[("framework", &draft), ("edition", "x")]))
        .await;
    assert!(other.body.contains("未保存"));
}

async fn hostile_fields_get_words(engine: Engine) {
    let site = Site::new(engine).await;
    let admin = site.admin().await;
    let draft = site.draft(&admin).await;
    let path = format!("/city/frameworks/{draft}/dimensions/A");
    let seen = fields(&site.get(&admin, &path).await.body, "save_dimension");
    for (field, value, words) in [
        ("i0-weight", "-5", "权重须为 1 至 100 的整数"),
        ("i0-id", "<script>", "编号须以字母开头"),
        ("i0-id", "A2", "编号 A2 重复"),
        ("i2-name", &"长".repeat(5000), "不能超过 40 个字"),
        ("i2-name", "a\u{1}b", "含有无法显示的字符"),
    ] {
        let mut form = seen.clone();
        set(&mut form, field, value);
        let page = site.post(&admin, &path, "save_dimension", &pressed(form, "save")).await;
        assert_whole(&path, &page);
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let mut form = seen.clone();
    set(&mut form, "i0-name", "治理 <script>alert(1)</script> 😀");
    let page = site.post(&admin, &path, "save_dimension", &pressed(form, "save")).await;
    assert_whole(&path, &page);
    assert!(page.body.contains("治理 &lt;script&gt;") && page.body.contains("😀"));
    for step in ["up-0", "down-99", "remove-18446744073709551616", "remove--1", "😀"] {
        let form = fields(&site.get(&admin, &path).await.body, "save_dimension");
        let page = site.post(&admin, &path, "save_dimension", &pressed(form, step)).await;
        assert!(page.body.contains("已保存"), "{step}");
    }
    for action in [
        "save_framework",
        "save_dimension",
        "publish_framework",
        "retire_framework",
        "discard_framework",
        "copy_framework",
    ] {
        for id in ["", "x", "00000000000000000000000000000000", "😀"] {
            let page = site.post(&admin, "/city/frameworks", action, &pairs(&[("framework", id)])).await;
            assert!(
                page.body.contains("没有这个页面") || page.body.contains("没有找到") || page.body.contains("不存在"),
                "{action} {id}: {}",
                page.body
            );
        }
    }
}

app::on_both_engines!(
    each_role_gets_its_pages_and_no_others,
    every_page_is_whole_in_both_languages,
    a_framework_is_imported_with_every_fault_at_its_line,
    hostile_documents_get_words,
    a_draft_is_edited_and_published,
    two_tabs_lose_no_word,
    hostile_fields_get_words,
);
