//! Signing in and registering as browsers do it: through the real router, on both engines.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use app::accounts::passwords;
use app::db::sql;
use app::db::testing::Engine;
use app::ids::PersonId;
use app::on_both_engines;
use app::testing::{TestCity, XINAN, YIYANG};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

const PASSWORD: &str = "牡丹花开时节动京城";

/// What the server said.
struct Answer {
    status: u16,
    location: String,
    cookies: Vec<String>,
    text: String,
}

/// A browser with its cookies, in a network.
struct Browser {
    router: Router,
    network: &'static str,
    jar: BTreeMap<String, String>,
}

impl Browser {
    fn new(city: &TestCity, network: &'static str) -> Self {
        Self {
            router: server::http::router(city.app.clone()),
            network,
            jar: BTreeMap::new(),
        }
    }

    async fn send(&mut self, builder: axum::http::request::Builder, body: String) -> Answer {
        let jar = self
            .jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ");
        let mut request = builder
            .header(header::HOST, "localhost")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, jar)
            .body(Body::from(body))
            .expect("a request");
        let peer: SocketAddr = format!("{}:1234", self.network).parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let cookies: Vec<String> = parts
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|value| value.to_str().expect("ASCII").to_owned())
            .collect();
        for cookie in &cookies {
            let pair = cookie.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        let location = parts.headers.get(header::LOCATION).map(|value| value.to_str().expect("ASCII").to_owned());
        Answer {
            status: parts.status.as_u16(),
            location: location.unwrap_or_default(),
            cookies,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    /// Sends a form that stands on `page`.
    async fn post(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let builder = Request::post(action)
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{page}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(builder, body).await
    }

    async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post("/sign-in", "/api/sign_in", &[("login", login), ("password", password), ("next", "")])
            .await
    }

    async fn is_signed_in(&mut self) -> bool {
        self.get("/me/devices").await.status == 200
    }

    /// The page to which a form leads.
    async fn follow(&mut self, answer: &Answer) -> Answer {
        assert_eq!(answer.status, 303, "{}", answer.text);
        let location = answer.location.clone();
        self.get(&location).await
    }
}

/// A person who can sign in, and the phone number.
async fn person(city: &TestCity, region: &str) -> (PersonId, String) {
    let id = city.person("王小明", region).await;
    let hash = passwords::hash(PASSWORD.to_owned()).await.expect("a hash");
    let mut tx = city.begin().await;
    sql("UPDATE people SET password_hash = $2 WHERE id = $1")
        .bind(id)
        .bind(hash)
        .run(&mut tx)
        .await
        .expect("kept");
    tx.commit().await.expect("kept");
    let (phone,): (String,) = sql("SELECT phone FROM people WHERE id = $1")
        .bind(id)
        .one(&city.app.db)
        .await
        .expect("a phone");
    (id, phone)
}

async fn grant(city: &TestCity, person: PersonId, role: &str, region: Option<&str>) {
    let mut tx = city.begin().await;
    sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(app::ids::GrantId::new(&city.app.chance, city.now()))
        .bind(person)
        .bind(role)
        .bind(region)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("granted");
    tx.commit().await.expect("kept");
}

async fn signing_in_and_out(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (_, phone) = person(&city, XINAN).await;
    let mut browser = Browser::new(&city, "10.0.0.1");
    let asked = browser.get("/me/devices?x=1").await;
    assert_eq!((asked.status, asked.location.as_str()), (303, "/sign-in?next=%2Fme%2Fdevices%3Fx%3D1"));

    let wrong = browser.sign_in(&phone, "falsch falsch").await;
    let page = browser.follow(&wrong).await;
    assert!(page.text.contains("密码不对") && page.text.contains(&phone), "what was typed comes back");
    assert!(!page.text.contains("falsch"), "but not the password");

    let right = browser.sign_in(&phone, PASSWORD).await;
    assert_eq!((right.status, right.location.as_str()), (303, "/me"));
    let cookie = right.cookies.iter().find(|cookie| cookie.starts_with("sign_in=")).expect("a cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert!(browser.is_signed_in().await);

    let out = browser.post("/me/devices", "/api/sign_out", &[]).await;
    assert_eq!(out.status, 303);
    assert!(!browser.is_signed_in().await);
}

async fn only_places_on_this_site_follow(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (_, phone) = person(&city, XINAN).await;
    for (next, place) in [
        ("/me/devices", "/me/devices"),
        ("//evil.example", "/me"),
        ("/\\evil.example", "/me"),
        ("https://evil.example/", "/me"),
    ] {
        let mut browser = Browser::new(&city, "10.0.0.1");
        let fields = [("login", phone.as_str()), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.post("/sign-in", "/api/sign_in", &fields).await.location, place, "{next}");
    }
}

async fn guessing_locks_nobody_else_out(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (_, phone) = person(&city, XINAN).await;
    let mut owner = Browser::new(&city, "10.0.0.1");
    assert_eq!(owner.sign_in(&phone, PASSWORD).await.location, "/me");
    // Somebody in the same network guesses.
    let mut guesser = Browser::new(&city, "10.0.0.1");
    for _ in 0..11 {
        guesser.sign_in(&phone, "wrong wrong").await;
    }
    let stopped = guesser.sign_in(&phone, PASSWORD).await;
    assert!(
        guesser.follow(&stopped).await.text.contains("尝试次数太多"),
        "even the right password waits here"
    );
    assert_eq!(owner.sign_in(&phone, PASSWORD).await.location, "/me", "the owner's browser is known");
    let mut elsewhere = Browser::new(&city, "10.0.0.2");
    assert_eq!(elsewhere.sign_in(&phone, PASSWORD).await.location, "/me", "another network");
    city.hand.advance(chrono::TimeDelta::minutes(16));
    assert_eq!(guesser.sign_in(&phone, PASSWORD).await.location, "/me", "the window is over");
}

async fn devices_are_signed_out_one_by_one_or_all(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (_, phone) = person(&city, XINAN).await;
    let mut browsers = Vec::new();
    for network in ["10.0.0.1", "10.0.0.2", "10.0.0.3"] {
        let mut browser = Browser::new(&city, network);
        browser.sign_in(&phone, PASSWORD).await;
        browsers.push(browser);
    }
    let page = browsers[0].get("/me/devices").await;
    let ids: Vec<&str> = page
        .text
        .split("name=\"sign_in\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(ids.len(), 2, "this device is not among them");
    assert_eq!(
        browsers[0].post("/me/devices", "/api/end_sign_in", &[("sign_in", ids[0])]).await.status,
        303
    );
    let mut left = 0;
    for browser in &mut browsers {
        left += usize::from(browser.is_signed_in().await);
    }
    assert_eq!(left, 2);
    browsers[0].post("/me/devices", "/api/end_other_sign_ins", &[]).await;
    assert!(browsers[0].is_signed_in().await);
    assert!(!browsers[1].is_signed_in().await && !browsers[2].is_signed_in().await);
}

const REGISTRATION: [(&str, &str); 8] = [
    ("name", "李建国"),
    ("phone", "138 0000 0001"),
    ("region", XINAN),
    ("firm", "新安铝业"),
    ("position", "总经理"),
    ("password", PASSWORD),
    ("repeat_password", PASSWORD),
    ("next", "/me/profile"),
];

fn registration<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let changed = |name: &str| changes.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
    REGISTRATION.iter().map(|(name, value)| (*name, changed(name).unwrap_or(value))).collect()
}

async fn an_entrepreneur_registers(engine: Engine) {
    let city = TestCity::new(engine).await;
    city.firm("新安铝业", XINAN).await;
    let mut browser = Browser::new(&city, "10.0.0.1");
    let page = browser.get("/register?next=%2Fme%2Fprofile").await;
    assert!(
        page.status == 200 && page.text.contains("/sign-in?next=%2Fme%2Fprofile"),
        "next is kept on the way to signing in"
    );
    let done = browser.post("/register", "/api/register", &registration(&[])).await;
    assert!(done.location.starts_with("/me/profile"), "{}", done.location);
    let own = browser.follow(&done).await;
    assert!(own.text.contains("李建国") && own.text.contains("新安铝业") && own.text.contains("13800000001"));

    let mut second = Browser::new(&city, "10.0.0.1");
    let taken = second
        .post("/register?next=%2Fme", "/api/register", &registration(&[("name", "别人")]))
        .await;
    let page = second.follow(&taken).await;
    assert!(
        page.text.contains("已经注册过") && page.text.contains("href=\"/sign-in?next=%2Fme\""),
        "{}",
        page.text
    );
}

async fn faults_come_back_with_what_was_typed(engine: Engine) {
    let city = TestCity::new(engine).await;
    let mut browser = Browser::new(&city, "10.0.0.1");
    let changes = [
        ("name", ""),
        ("phone", "123"),
        ("firm", "91350100M000100Y44"),
        ("repeat_password", "anders"),
    ];
    let refused = browser.post("/register", "/api/register", &registration(&changes)).await;
    let page = browser.follow(&refused).await;
    for part in [
        "请填写姓名",
        "11 位手机号",
        "校验位",
        "两次输入的密码不一样",
        "value=\"123\"",
        "91350100M000100Y44",
        "总经理",
    ] {
        assert!(page.text.contains(part), "{part} in {}", page.text);
    }
    assert!(!page.text.contains(PASSWORD) && !page.text.contains("anders"));
    assert!(!browser.is_signed_in().await);
}

async fn a_firm_that_is_not_plain_is_asked_for_afterwards(engine: Engine) {
    let city = TestCity::new(engine).await;
    city.firm("新安铝业", XINAN).await;
    city.firm("新安铝业集团", XINAN).await;
    let mut browser = Browser::new(&city, "10.0.0.1");
    let done = browser.post("/register", "/api/register", &registration(&[("firm", "铝业")])).await;
    assert!(done.location.starts_with("/me/firm?"), "{}", done.location);
    let page = browser.follow(&done).await;
    assert!(page.text.contains("新安铝业集团") && page.text.contains("value=\"new\""), "{}", page.text);
    let new = [
        ("firm", "铝业"),
        ("firm_asked", "铝业"),
        ("firm_choice", "new"),
        ("firm_name", "新安铝业第三公司"),
        ("firm_code", "９１350100m000100y43"),
        ("firm_region", XINAN),
        ("next", "/me/profile"),
    ];
    let kept = browser.post("/me/firm?firm=x", "/api/choose_firm", &new).await;
    let page = browser.follow(&kept).await;
    assert!(page.text.contains("新安铝业第三公司"), "{}", page.text);
    let (code,): (Option<String>,) = sql("SELECT credit_code FROM firms WHERE name = '新安铝业第三公司'")
        .one(&city.app.db)
        .await
        .expect("the firm");
    assert_eq!(code.as_deref(), Some("91350100M000100Y43"));
}

async fn a_password_for_one_use_comes_before_everything_else(engine: Engine) {
    let city = TestCity::new(engine).await;
    let password = server::admin::create(&city.app, "张市管", "138 0000 0009")
        .await
        .expect("an administrator");
    assert!(
        server::admin::create(&city.app, "张市管", "13800000009").await.is_err(),
        "the number is taken"
    );
    let mut browser = Browser::new(&city, "10.0.0.1");
    browser.sign_in("13800000009", &password).await;
    let led = browser.get("/desk/people").await;
    assert_eq!((led.status, led.location.as_str()), (303, "/me/password?next=%2Fdesk%2Fpeople"));
    let blocked = browser.post("/desk/people/new", "/api/invite_person", &[("name", "甲")]).await;
    assert_eq!(blocked.location, "/me/password");
    let chosen = [("new_password", PASSWORD), ("repeat_password", PASSWORD), ("next", "/desk/people")];
    let done = browser.post("/me/password", "/api/change_password", &chosen).await;
    assert!(done.location.starts_with("/desk/people"), "{}", done.location);
    assert!(browser.follow(&done).await.text.contains("张市管"), "the administrator sees everybody");
}

async fn a_desk_reaches_its_own_county_only(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (coordinator, phone) = person(&city, XINAN).await;
    grant(&city, coordinator, "county", Some(XINAN)).await;
    let (own, _) = person(&city, XINAN).await;
    let (other, _) = person(&city, YIYANG).await;
    let firm = city.firm("宜阳陶瓷", YIYANG).await;
    let mut browser = Browser::new(&city, "10.0.0.1");
    browser.sign_in(&phone, PASSWORD).await;
    for path in [
        "/desk/people",
        "/desk/people/new",
        "/desk/firms",
        "/desk/firms/new",
        "/me/inbox",
        "/me/profile",
    ] {
        assert_eq!(browser.get(path).await.status, 200, "{path}");
    }
    assert_eq!(browser.get(&format!("/desk/people/{own}")).await.status, 200);
    assert_eq!(browser.get(&format!("/desk/people/{other}")).await.status, 404);
    assert_eq!(browser.get(&format!("/desk/people/{other}/edit")).await.status, 404);
    assert_eq!(browser.get(&format!("/desk/firms/{firm}")).await.status, 404);
    browser
        .post("/desk/people", "/api/reset_password", &[("person", &other.to_string())])
        .await;
    let forced = sql("SELECT COUNT(*) FROM people WHERE must_change_password")
        .count(&city.app.db)
        .await
        .expect("counted");
    assert_eq!(forced, 0, "another county's person was not touched");
    let reset = browser.post("/desk/people", "/api/reset_password", &[("person", &own.to_string())]).await;
    assert!(browser.follow(&reset).await.text.contains("一次性密码："));
    let mut history = Browser::new(&city, "10.0.0.1");
    for path in [reset.location.clone(), reset.location.replace(&format!("/desk/people/{own}"), "/")] {
        assert!(
            !history.get(&path).await.text.contains("一次性密码："),
            "the address alone tells nobody: {path}"
        );
    }

    let (_, phone) = person(&city, XINAN).await;
    let mut entrepreneur = Browser::new(&city, "10.0.0.2");
    entrepreneur.sign_in(&phone, PASSWORD).await;
    for path in ["/desk/people", "/desk/firms"] {
        let refused = entrepreneur.get(path).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.text.contains("王小明"), "it says who is signed in");
    }
}

async fn requests_from_elsewhere_are_refused(engine: Engine) {
    let city = TestCity::new(engine).await;
    let mut browser = Browser::new(&city, "10.0.0.1");
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let mut builder = Request::post("/api/sign_out").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            builder = builder.header(header::ORIGIN, origin);
        }
        assert_eq!(browser.send(builder, String::new()).await.status, 403, "{origin:?}");
    }
}

async fn nothing_hostile_is_our_fault(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (admin, phone) = person(&city, XINAN).await;
    grant(&city, admin, "city", None).await;
    let long = "长".repeat(10_000);
    let fields = [
        "login",
        "password",
        "name",
        "phone",
        "region",
        "firm",
        "firm_asked",
        "firm_choice",
        "position",
        "person",
        "role",
        "grant",
        "code",
        "reason",
        "move_reason",
        "new_region",
        "notice",
        "sign_in",
        "next",
        "old_password",
        "new_password",
        "repeat_password",
        "lang",
        "theme",
    ];
    let actions = [
        "sign_in",
        "register",
        "choose_firm",
        "save_profile",
        "change_password",
        "end_sign_in",
        "invite_person",
        "edit_person",
        "move_person",
        "deactivate_person",
        "reactivate_person",
        "reset_password",
        "give_role",
        "take_role",
        "save_firm",
        "read_notices",
        "set_language",
        "set_theme",
    ];
    for action in actions {
        for hostile in [
            "",
            "\0",
            "😀",
            "<script>alert(1)</script>",
            "' OR 1=1 --",
            long.as_str(),
            "%00",
            "../../etc/passwd",
        ] {
            let mut browser = Browser::new(&city, "10.0.0.1");
            if action != "sign_in" && action != "register" {
                browser.sign_in(&phone, PASSWORD).await;
            }
            let typed: Vec<(&str, &str)> = fields.iter().map(|name| (*name, hostile)).collect();
            let answer = browser.post("/me/profile", &format!("/api/{action}"), &typed).await;
            assert!(
                answer.status < 500,
                "{action} {:?}: {}",
                hostile.chars().take(20).collect::<String>(),
                answer.status
            );
        }
    }
    let mut browser = Browser::new(&city, "10.0.0.1");
    browser.sign_in(&phone, PASSWORD).await;
    for query in [
        "q=%00",
        "q=%F0%9F%98%80",
        "q=%25",
        "county=%00",
        "county=x",
        "only=%00",
        "after=x",
        "before=%00",
        "flash=%00",
    ] {
        for path in ["/desk/people", "/desk/firms", "/me/inbox", "/register", "/sign-in", "/me/firm"] {
            assert!(browser.get(&format!("{path}?{query}")).await.status < 500, "{path}?{query}");
        }
    }
}

on_both_engines!(
    signing_in_and_out,
    only_places_on_this_site_follow,
    guessing_locks_nobody_else_out,
    devices_are_signed_out_one_by_one_or_all,
    an_entrepreneur_registers,
    faults_come_back_with_what_was_typed,
    a_firm_that_is_not_plain_is_asked_for_afterwards,
    a_password_for_one_use_comes_before_everything_else,
    a_desk_reaches_its_own_county_only,
    requests_from_elsewhere_are_refused,
    nothing_hostile_is_our_fault,
);
