//! Signing in through another site, as browsers do it: through the real router, on both engines, against a provider that
//! misbehaves on request. (The stories in the browser use a certified one.)

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::accounts::passwords;
use app::accounts::store::throttle::{self, Counter};
use app::db::sql;
use app::db::testing::Engine;
use app::ids::PersonId;
use app::oauth::{Providers, providers_of};
use app::on_both_engines;
use app::testing::{TestCity, XINAN};
use axum::body::Body;
use axum::extract::{ConnectInfo, Form, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

const PASSWORD: &str = "牡丹花开时节动京城";
const SECRET: &str = "geheim & so weiter";

/// How the provider answers a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenAnswer {
    /// With an identity token that is so many seconds off.
    Token(i64),
    WithoutIdentity,
    ForSomebodyElse,
    WithAnotherNonce,
    Words,
    Broken,
    Hangs,
    Redirects,
    Endless,
    Refuses(&'static str),
}

/// What it says and does.
struct Manners {
    token: TokenAnswer,
    profile: Value,
    now: i64,
}

type Shared = Arc<Mutex<Manners>>;

/// A provider on a port of its own. A code says what its way was begun with: `challenge.nonce`.
struct Provider {
    manners: Shared,
    origin: String,
}

impl Provider {
    async fn start() -> Self {
        let manners = Arc::new(Mutex::new(Manners {
            token: TokenAnswer::Token(0),
            profile: json!({ "sub": "one" }),
            now: app::testing::start().timestamp(),
        }));
        let router = Router::new()
            .route("/token", post(token))
            .route("/me", get(me))
            .with_state(manners.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { manners, origin }
    }

    fn answers(&self, token: TokenAnswer) {
        self.manners.lock().expect("not poisoned").token = token;
    }

    fn tells(&self, profile: Value) {
        self.manners.lock().expect("not poisoned").profile = profile;
    }
}

async fn token(State(manners): State<Shared>, headers: HeaderMap, Form(form): Form<BTreeMap<String, String>>) -> Response {
    let (answer, sub, now) = {
        let manners = manners.lock().expect("not poisoned");
        (manners.token, manners.profile["sub"].clone(), manners.now)
    };
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    assert!(basic.starts_with("Basic "), "the secret is in the header");
    assert!(form["redirect_uri"].ends_with("/callback") && form["grant_type"] == "authorization_code");
    let (challenge, nonce) = form["code"].split_once('.').expect("a code of ours");
    let hashed = URL_SAFE_NO_PAD.encode(app::state::sha256(form["code_verifier"].as_bytes()));
    if hashed != challenge {
        return refuses("invalid_grant");
    }
    let identity = |aud: &str, nonce: &str, off: i64| {
        let claims = json!({ "aud": aud, "nonce": nonce, "sub": sub, "iat": now + off, "exp": now + off + 600 });
        format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()))
    };
    let given = |id_token: Option<String>| {
        let mut given = json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 600 });
        if let Some(token) = id_token {
            given["id_token"] = json!(token);
        }
        Json(given).into_response()
    };
    match answer {
        TokenAnswer::Token(off) => given(Some(identity("heluo", nonce, off))),
        TokenAnswer::WithoutIdentity => given(None),
        TokenAnswer::ForSomebodyElse => given(Some(identity("other", nonce, 0))),
        TokenAnswer::WithAnotherNonce => given(Some(identity("heluo", "x", 0))),
        TokenAnswer::Words => "<html>hello</html>".into_response(),
        TokenAnswer::Broken => (StatusCode::BAD_GATEWAY, "<html>502</html>").into_response(),
        TokenAnswer::Hangs => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            given(None)
        }
        TokenAnswer::Redirects => (StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:1/")]).into_response(),
        TokenAnswer::Endless => "x".repeat(600 * 1024).into_response(),
        TokenAnswer::Refuses(error) => refuses(error),
    }
}

fn refuses(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

async fn me(State(manners): State<Shared>, headers: HeaderMap) -> Response {
    assert_eq!(headers[header::AUTHORIZATION], "Bearer t");
    let profile = manners.lock().expect("not poisoned").profile.clone();
    match profile.get("status").and_then(Value::as_u64) {
        Some(status) => StatusCode::from_u16(u16::try_from(status).expect("a status"))
            .expect("a status")
            .into_response(),
        None => Json(profile).into_response(),
    }
}

/// Two providers, `CITY` and `OTHER`, at the same address; a third at which nobody listens.
async fn city_with(engine: Engine, provider: &Provider) -> TestCity {
    let mut variables = Vec::new();
    for (name, origin) in [
        ("CITY", provider.origin.as_str()),
        ("OTHER", &provider.origin),
        ("DOWN", "http://127.0.0.1:1"),
    ] {
        for (setting, value) in [
            ("AUTHORIZE_URL", format!("{origin}/auth?tenant=1")),
            ("TOKEN_URL", format!("{origin}/token")),
            ("USERINFO_URL", format!("{origin}/me")),
            ("CLIENT_ID", "heluo".to_owned()),
            ("CLIENT_SECRET", SECRET.to_owned()),
            ("LABEL", format!("统一认证{name}")),
        ] {
            variables.push((format!("HELUO_OAUTH_{name}_{setting}"), value));
        }
    }
    let list = providers_of(variables).expect("providers");
    let providers = Providers::with_patience(list, Duration::from_millis(1500)).expect("a client");
    TestCity::with_providers(engine, providers).await
}

/// What the server said.
struct Answer {
    status: u16,
    location: String,
    text: String,
}

/// A browser with its cookies.
struct Browser {
    router: Router,
    jar: BTreeMap<String, String>,
}

impl Browser {
    fn new(city: &TestCity) -> Self {
        Self {
            router: server::http::router(city.app.clone()),
            jar: BTreeMap::new(),
        }
    }

    async fn send(&mut self, builder: axum::http::request::Builder, body: String) -> Answer {
        let jar: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = builder
            .header(header::HOST, "localhost")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, jar.join("; "))
            .body(Body::from(body))
            .expect("a request");
        let peer: SocketAddr = "10.0.0.1:1234".parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("ASCII");
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        let location = parts.headers.get(header::LOCATION).map(|value| value.to_str().expect("ASCII").to_owned());
        Answer {
            status: parts.status.as_u16(),
            location: location.unwrap_or_default(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    async fn post(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let builder = Request::post(action)
            .header(header::ORIGIN, "http://localhost")
            .header(header::REFERER, format!("http://localhost{page}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(builder, body).await
    }

    async fn follow(&mut self, answer: &Answer) -> Answer {
        assert_eq!(answer.status, 303, "{}", answer.text);
        let location = answer.location.clone();
        self.get(&location).await
    }

    /// Presses a button and answers where the browser is sent at the provider.
    async fn sets_out(&mut self, action: &str, fields: &[(&str, &str)]) -> Out {
        let begun = self.post("/sign-in", action, fields).await;
        let page = self.follow(&begun).await;
        assert_eq!(page.status, 200, "{}", page.location);
        let address = page.text.split("content=\"0; url=").nth(1).and_then(|rest| rest.split('"').next());
        let address = address.expect("a page that leads on").replace("&amp;", "&");
        Out::read(&url::Url::parse(&address).expect("an address"))
    }

    async fn sets_out_to_sign_in(&mut self, next: &str) -> Out {
        self.sets_out("/api/begin_oauth", &[("provider", "city"), ("next", next)]).await
    }

    /// The whole way, with consent.
    async fn signs_in_through(&mut self, next: &str) -> Answer {
        let out = self.sets_out_to_sign_in(next).await;
        self.get(&out.back()).await
    }

    async fn links(&mut self) -> Answer {
        let out = self.sets_out("/api/begin_oauth_link", &[("provider", "city")]).await;
        self.get(&out.back()).await
    }

    async fn is_signed_in(&mut self) -> bool {
        self.get("/me/devices").await.status == 200
    }
}

/// The address of the provider's page, taken apart.
struct Out {
    parts: BTreeMap<String, String>,
}

impl Out {
    fn read(address: &url::Url) -> Self {
        Self {
            parts: address.query_pairs().into_owned().collect(),
        }
    }

    /// The way back with consent.
    fn back(&self) -> String {
        self.back_with(&format!("code={}.{}", self.parts["code_challenge"], self.parts["nonce"]))
    }

    fn back_with(&self, said: &str) -> String {
        let redirect = self.parts["redirect_uri"].strip_prefix("http://localhost").expect("this site");
        format!("{redirect}?{said}&state={}", self.parts["state"])
    }
}

async fn person_with_password(city: &TestCity, phone: &str) -> PersonId {
    let id = city.person("李建国", XINAN).await;
    let hash = passwords::hash(PASSWORD.to_owned()).await.expect("a hash");
    let mut tx = city.begin().await;
    sql("UPDATE people SET password_hash = $2, phone = $3 WHERE id = $1")
        .bind(id)
        .bind(hash)
        .bind(phone)
        .run(&mut tx)
        .await
        .expect("kept");
    tx.commit().await.expect("kept");
    id
}

async fn count(city: &TestCity, what: &'static str) -> i64 {
    sql("SELECT COUNT(*) FROM audit_entries WHERE what = $1")
        .bind(what)
        .count(&city.app.db)
        .await
        .expect("counted")
}

async fn a_first_sign_in_asks_for_what_is_missing_and_the_second_for_nothing(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    city.firm("新安铝业", XINAN).await;
    provider.tells(json!({ "sub": "one", "name": "李建国", "phone_number": "+86 13800000001", "phone_number_verified": true }));
    let mut browser = Browser::new(&city);
    let page = browser.get("/sign-in?next=%2Fclasses").await;
    assert!(
        page.text.contains("用 统一认证CITY 登录") && page.text.contains("用 统一认证OTHER 登录"),
        "{}",
        page.text
    );

    let out = browser.sets_out_to_sign_in("/classes").await;
    assert_eq!(out.parts["code_challenge_method"], "S256");
    assert_eq!(out.parts["tenant"], "1", "the address keeps its own query");
    assert_eq!(
        (out.parts["response_type"].as_str(), out.parts["scope"].as_str()),
        ("code", "openid profile")
    );
    assert_eq!(out.parts["redirect_uri"], "http://localhost/oauth/city/callback");
    let back = browser.get(&out.back()).await;
    assert_eq!(back.location, "/oauth/welcome");
    let page = browser.follow(&back).await;
    assert!(page.text.contains("李建国") && page.text.contains("13800000001"), "{}", page.text);
    assert!(
        !page.text.contains("name=\"name\"") && !page.text.contains("name=\"phone\"") && !page.text.contains("name=\"password\""),
        "what is known is not asked for"
    );
    assert!(!browser.is_signed_in().await);

    let faulty = browser.post("/oauth/welcome", "/api/complete_arrival", &[("firm", "新安铝业")]).await;
    let page = browser.follow(&faulty).await;
    assert!(
        page.text.contains("href=\"#field-region\"") && page.text.contains("新安铝业"),
        "{}",
        page.text
    );
    let done = browser
        .post("/oauth/welcome", "/api/complete_arrival", &[("region", XINAN), ("firm", "新安铝业")])
        .await;
    assert!(done.location.starts_with("/classes?flash="), "{}", done.location);
    let own = browser.get("/me/profile").await;
    assert!(own.text.contains("李建国") && own.text.contains("13800000001") && own.text.contains("新安铝业"));
    let again = browser.post("/oauth/welcome", "/api/complete_arrival", &[("region", XINAN)]).await;
    assert!(browser.follow(&again).await.text.contains("您已经登录"));

    let mut later = Browser::new(&city);
    assert_eq!(later.signs_in_through("/me/profile").await.location, "/me/profile");
    assert!(later.get("/me/profile").await.text.contains("李建国"));
    assert_eq!(count(&city, "person.registered").await, 1);
    assert_eq!(count(&city, "person.linked").await, 1);
    assert_eq!(count(&city, "person.signed-in-through").await, 1);
}

async fn a_number_that_somebody_has_opens_nothing_by_itself(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    city.firm("新安铝业", XINAN).await;
    person_with_password(&city, "13800000001").await;
    for verified in [true, false] {
        provider.tells(
            json!({ "sub": "one", "name": "李建国", "phone_number": "13800000001", "phone_number_verified": verified,
            "email": "li@example.com", "email_verified": true }),
        );
        let mut browser = Browser::new(&city);
        let back = browser.signs_in_through("/classes").await;
        let page = browser.follow(&back).await;
        assert_eq!(page.text.contains("手机号 138****0001 在这里已有账号"), verified, "{}", page.text);
        let fields = [("phone", "13800000001"), ("region", XINAN), ("firm", "新安铝业")];
        let refused = browser.post("/oauth/welcome", "/api/complete_arrival", &fields).await;
        let page = browser.follow(&refused).await;
        assert!(
            page.text.contains("用密码登录并关联") && page.text.contains("#field-phone"),
            "{}",
            page.text
        );
        let silent = browser
            .post("/oauth/welcome", "/api/complete_arrival", &[("region", XINAN), ("firm", "新安铝业")])
            .await;
        assert!(browser.follow(&silent).await.text.contains("#field-phone"), "nor when it is not typed");
        assert!(!browser.is_signed_in().await);
        assert_eq!(count(&city, "person.linked").await, 0);
    }

    let mut owner = Browser::new(&city);
    owner.signs_in_through("/classes").await;
    let fields = [("login", "13800000001"), ("password", PASSWORD), ("next", "/oauth/welcome")];
    let signed_in = owner.post("/sign-in", "/api/sign_in", &fields).await;
    let page = owner.follow(&signed_in).await;
    assert!(
        page.text.contains("关联 统一认证CITY 账号？") && page.text.contains("li@example.com"),
        "{}",
        page.text
    );
    assert_eq!(count(&city, "person.linked").await, 0, "nothing without a word");
    let linked = owner.post("/oauth/welcome", "/api/link_arrival", &[]).await;
    assert!(linked.location.starts_with("/classes?flash="), "{}", linked.location);
    assert_eq!(count(&city, "person.linked").await, 1);
    let mut later = Browser::new(&city);
    assert_eq!(later.signs_in_through("").await.location, "/me");
    assert!(later.get("/me/profile").await.text.contains("13800000001"));
}

async fn an_account_without_a_password_is_not_claimed_by_its_number_and_name(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    city.firm("新安铝业", XINAN).await;
    provider.tells(json!({ "sub": "one", "name": "李建国" }));
    let mut owner = Browser::new(&city);
    owner.signs_in_through("").await;
    let fields = [("phone", "13800000001"), ("region", XINAN), ("firm", "新安铝业")];
    assert!(
        owner
            .post("/oauth/welcome", "/api/complete_arrival", &fields)
            .await
            .location
            .starts_with("/me")
    );

    let mut thief = Browser::new(&city);
    let claim = [
        ("name", "李建国"),
        ("phone", "13800000001"),
        ("region", XINAN),
        ("firm", "新安铝业"),
        ("password", PASSWORD),
        ("repeat_password", PASSWORD),
    ];
    let refused = thief.post("/register", "/api/register", &claim).await;
    assert!(thief.follow(&refused).await.text.contains("已经注册过"));
    assert!(!thief.is_signed_in().await);

    // The owner has no password: changing the number waits for one, and the first needs no old one.
    let changed = owner
        .post("/me/profile", "/api/save_profile", &[("name", "李建国"), ("phone", "13800000009")])
        .await;
    assert!(owner.follow(&changed).await.text.contains("您还没有密码"));
    assert!(!owner.get("/me/password").await.text.contains("name=\"old_password\""));
    let set = owner
        .post(
            "/me/password",
            "/api/change_password",
            &[("new_password", PASSWORD), ("repeat_password", PASSWORD)],
        )
        .await;
    assert!(set.location.starts_with("/me?flash="), "{}", set.location);
    let second = owner
        .post(
            "/me/password",
            "/api/change_password",
            &[("new_password", "另一个很长的密码"), ("repeat_password", "另一个很长的密码")],
        )
        .await;
    assert!(owner.follow(&second).await.text.contains("请填写现在的密码"), "from now on it does");
    let mut by_password = Browser::new(&city);
    let fields = [("login", "13800000001"), ("password", PASSWORD), ("next", "")];
    assert_eq!(by_password.post("/sign-in", "/api/sign_in", &fields).await.location, "/me");
}

async fn signed_in(city: &TestCity, phone: &str) -> Browser {
    let mut browser = Browser::new(city);
    let fields = [("login", phone), ("password", PASSWORD), ("next", "")];
    assert_eq!(browser.post("/sign-in", "/api/sign_in", &fields).await.location, "/me");
    browser
}

async fn accounts_are_linked_and_unlinked_by_their_owner(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    person_with_password(&city, "13800000001").await;
    person_with_password(&city, "13800000002").await;
    let mut owner = signed_in(&city, "13800000001").await;
    assert!(owner.get("/me/profile").await.text.contains("href=\"/me/linked\""));
    let linked = owner.links().await;
    let page = owner.follow(&linked).await;
    assert!(
        page.text.contains("已关联 统一认证CITY") && page.text.contains("解除关联"),
        "{}",
        page.text
    );

    let mut other = signed_in(&city, "13800000002").await;
    let taken = other.links().await;
    assert_eq!(taken.location, "/oauth/city/trouble/taken");
    let page = other.follow(&taken).await;
    assert!(
        page.status == 409 && page.text.contains("另一位学员") && !page.text.contains("13800000001"),
        "{}",
        page.text
    );
    provider.tells(json!({ "sub": "two" }));
    assert_eq!(owner.links().await.location, "/oauth/city/trouble/second");

    let page = owner.get("/me/linked").await;
    let identity = page
        .text
        .split("name=\"identity\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let identity = identity.expect("a linked account").to_owned();
    let stolen = other.post("/me/linked", "/api/unlink_identity", &[("identity", &identity)]).await;
    assert!(other.follow(&stolen).await.text.contains("没有找到"));
    let gone = owner.post("/me/linked", "/api/unlink_identity", &[("identity", &identity)]).await;
    assert!(owner.follow(&gone).await.text.contains("已解除关联 统一认证CITY"));
    assert_eq!(count(&city, "person.unlinked").await, 1);
    let inbox = owner.get("/me/inbox").await;
    assert!(
        inbox.text.contains("您的账号关联了 统一认证CITY") && inbox.text.contains("您的账号解除了 统一认证CITY 的关联"),
        "the owner hears of both: {}",
        inbox.text
    );
    provider.tells(json!({ "sub": "one" }));
    assert_eq!(
        Browser::new(&city).signs_in_through("").await.location,
        "/oauth/welcome",
        "it opens nothing any more"
    );
}

async fn linking_is_finished_by_whoever_began_it(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    person_with_password(&city, "13800000001").await;
    person_with_password(&city, "13800000002").await;
    let mut browser = signed_in(&city, "13800000001").await;
    let out = browser.sets_out("/api/begin_oauth_link", &[("provider", "city")]).await;
    let fields = [("login", "13800000002"), ("password", PASSWORD), ("next", "")];
    browser.post("/sign-in", "/api/sign_in", &fields).await;
    let back = browser.get(&out.back()).await;
    assert_eq!(back.location, "/oauth/city/trouble/changed");
    assert_eq!(browser.follow(&back).await.status, 409);
    assert_eq!(count(&city, "person.linked").await, 0);
    let strangers = Browser::new(&city)
        .post("/me/linked", "/api/begin_oauth_link", &[("provider", "city")])
        .await;
    assert!(strangers.location.starts_with("/sign-in"), "{}", strangers.location);
}

async fn only_the_browser_that_set_out_comes_back_and_once(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    let mut browser = Browser::new(&city);
    let out = browser.sets_out_to_sign_in("/me").await;
    for (name, path) in [
        ("another browser", out.back()),
        ("no state", "/oauth/city/callback?code=x".to_owned()),
        ("a made-up state", "/oauth/city/callback?code=x&state=abc".to_owned()),
        ("nothing", "/oauth/city/callback".to_owned()),
    ] {
        let mut other = Browser::new(&city);
        let back = other.get(&path).await;
        assert_eq!(back.location, "/oauth/city/trouble/unknown", "{name}");
        let page = other.follow(&back).await;
        assert!(
            page.status == 400 && page.text.contains("不是从这个浏览器开始的"),
            "{name}: {}",
            page.text
        );
    }
    let crossed = out.back().replace("/oauth/city/", "/oauth/other/");
    assert_eq!(
        browser.get(&crossed).await.location,
        "/oauth/other/trouble/unknown",
        "another provider's answer"
    );
    assert_eq!(browser.get(&out.back()).await.location, "/oauth/welcome");
    let again = browser.get(&out.back()).await;
    assert_eq!(again.location, "/oauth/city/trouble/replayed");
    assert_eq!(browser.follow(&again).await.status, 409);
    assert_eq!(browser.get("/oauth/nobody/callback").await.status, 404);
    assert_eq!(browser.get("/oauth/city/trouble/nothing").await.status, 404);

    // Two windows of one browser do not disturb each other.
    let (first, second) = (browser.sets_out_to_sign_in("/me").await, browser.sets_out_to_sign_in("/me").await);
    assert_eq!(browser.get(&first.back()).await.location, "/oauth/welcome");
    assert_eq!(browser.get(&second.back()).await.location, "/oauth/welcome");

    let late = browser.sets_out_to_sign_in("/me").await;
    city.hand.advance(TimeDelta::minutes(11));
    let back = browser.get(&late.back()).await;
    assert_eq!(back.location, "/oauth/city/trouble/expired");
    assert_eq!(browser.follow(&back).await.status, 410);
}

async fn whatever_goes_wrong_has_a_page_with_the_next_step(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    let cases = [
        (TokenAnswer::Token(299), "", 0),
        (TokenAnswer::Token(3600), "clock", 424),
        (TokenAnswer::Token(-3600), "clock", 424),
        (TokenAnswer::WithoutIdentity, "", 0),
        (TokenAnswer::ForSomebodyElse, "garbage", 424),
        (TokenAnswer::WithAnotherNonce, "garbage", 424),
        (TokenAnswer::Words, "garbage", 424),
        (TokenAnswer::Broken, "down", 424),
        (TokenAnswer::Hangs, "down", 424),
        (TokenAnswer::Redirects, "garbage", 424),
        (TokenAnswer::Endless, "garbage", 424),
        (TokenAnswer::Refuses("invalid_grant"), "stale", 410),
        (TokenAnswer::Refuses("invalid_client"), "setup", 424),
        (TokenAnswer::Refuses("something_new"), "setup", 424),
    ];
    for (answer, why, status) in cases {
        provider.answers(answer);
        let mut browser = Browser::new(&city);
        let back = browser.signs_in_through("/classes").await;
        if why.is_empty() {
            assert_eq!(back.location, "/oauth/welcome", "{answer:?}");
            continue;
        }
        assert_eq!(back.location, format!("/oauth/city/trouble/{why}?next=%2Fclasses"), "{answer:?}");
        let page = browser.follow(&back).await;
        assert_eq!(page.status, status, "{answer:?}");
        assert!(
            page.text.contains("统一认证CITY") && page.text.contains("/sign-in?next=%2Fclasses"),
            "{answer:?}: {}",
            page.text
        );
        assert_eq!(page.text.contains("/api/begin_oauth"), why != "setup", "{answer:?}");
    }
    provider.answers(TokenAnswer::Token(0));
    for profile in [
        json!({}),
        json!({ "sub": "" }),
        json!([]),
        json!({ "status": 401 }),
        json!({ "sub": "other", "x": 1 }),
    ] {
        provider.tells(profile.clone());
        let mut browser = Browser::new(&city);
        let location = browser.signs_in_through("").await.location;
        let is_whole = profile.get("sub").is_some_and(|sub| sub == "other");
        assert_eq!(location == "/oauth/welcome", is_whole, "{profile}: {location}");
    }
    for (said, why) in [
        ("error=access_denied&error_description=no", "refused"),
        ("error=temporarily_unavailable", "down"),
        ("error=%3Cscript%3E", "setup"),
        ("x=1", "garbage"),
    ] {
        let mut browser = Browser::new(&city);
        let out = browser.sets_out_to_sign_in("").await;
        let back = browser.get(&out.back_with(said)).await;
        assert!(
            back.location.starts_with(&format!("/oauth/city/trouble/{why}")),
            "{said}: {}",
            back.location
        );
        let page = browser.follow(&back).await;
        assert!((400..500).contains(&page.status) && !page.text.contains("<script>"), "{said}");
    }
    let mut browser = Browser::new(&city);
    let begun = browser.post("/sign-in", "/api/begin_oauth", &[("provider", "down")]).await;
    let led = browser.follow(&begun).await;
    assert_eq!(led.location, "/oauth/down/trouble/down?next=%2Fme", "said before anybody is sent there");
    assert!(browser.follow(&led).await.text.contains("暂时连不上 统一认证DOWN"));
}

async fn every_trouble_is_told_in_both_languages(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    let mut browser = Browser::new(&city);
    for lang in ["zh", "en"] {
        browser.jar.insert("lang".to_owned(), lang.to_owned());
        for trouble in app::oauth::rules::Trouble::ALL {
            let page = browser
                .get(&format!("/oauth/city/trouble/{}?next=//evil.example", trouble.as_str()))
                .await;
            assert_eq!(page.status, trouble.status(), "{trouble:?}");
            assert!(!page.text.contains("oauth-trouble"), "{trouble:?} in {lang}");
            assert!(page.text.contains("href=\"/\""), "{trouble:?}");
        }
    }
}

async fn a_closed_account_stays_closed(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    let person = person_with_password(&city, "13800000001").await;
    signed_in(&city, "13800000001").await.links().await;
    let mut tx = city.begin().await;
    sql("UPDATE people SET active = FALSE WHERE id = $1")
        .bind(person)
        .run(&mut tx)
        .await
        .expect("closed");
    tx.commit().await.expect("kept");
    let mut browser = Browser::new(&city);
    let back = browser.signs_in_through("").await;
    assert_eq!(back.location, "/oauth/city/trouble/closed");
    let page = browser.follow(&back).await;
    assert!(page.status == 403 && page.text.contains("已停用"), "{}", page.text);
    assert!(!browser.is_signed_in().await);
}

async fn a_way_leads_to_this_site_only(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    person_with_password(&city, "13800000001").await;
    signed_in(&city, "13800000001").await.links().await;
    for (next, place) in [
        ("/me/devices?x=1", "/me/devices?x=1"),
        ("//evil.example", "/me"),
        ("/\\evil.example", "/me"),
        ("https://evil.example/", "/me"),
        ("", "/me"),
    ] {
        assert_eq!(Browser::new(&city).signs_in_through(next).await.location, place, "{next}");
    }
}

async fn a_password_from_the_desk_ends_every_other_way_in(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    let person = person_with_password(&city, "13800000001").await;
    signed_in(&city, "13800000001").await.links().await;
    let desk = person_with_password(&city, "13800000002").await;
    let mut tx = city.begin().await;
    sql("INSERT INTO grants (id, person_id, role, granted_at) VALUES ($1, $2, 'city', $3)")
        .bind(app::ids::GrantId::new(&city.app.chance, city.now()))
        .bind(desk)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("granted");
    tx.commit().await.expect("kept");
    let mut desk = signed_in(&city, "13800000002").await;
    let reset = desk.post("/desk/people", "/api/reset_password", &[("person", &person.to_string())]).await;
    assert!(desk.follow(&reset).await.text.contains("一次性密码"));
    assert_eq!(Browser::new(&city).signs_in_through("").await.location, "/oauth/welcome");
}

async fn setting_out_again_and_again_is_slowed_down(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    let mut browser = Browser::new(&city);
    for _ in 0..600 {
        throttle::count(&city.app, city.now(), &[Counter::ways(&city.app, "10.0.0.1")])
            .await
            .expect("allowed");
    }
    let stopped = browser.post("/sign-in", "/api/begin_oauth", &[("provider", "city")]).await;
    assert!(browser.follow(&stopped).await.text.contains("尝试次数太多"));
    city.hand.advance(TimeDelta::minutes(16));
    browser.sets_out_to_sign_in("").await;
}

async fn a_first_sign_in_waits_for_half_an_hour(engine: Engine) {
    let provider = Provider::start().await;
    let city = city_with(engine, &provider).await;
    let mut browser = Browser::new(&city);
    browser.signs_in_through("").await;
    city.hand.advance(TimeDelta::minutes(31));
    let page = browser.get("/oauth/welcome").await;
    assert!(page.status == 410 && page.text.contains("30 分钟"), "{}", page.text);
    let late = browser.post("/oauth/welcome", "/api/complete_arrival", &[("name", "x")]).await;
    assert!(browser.follow(&late).await.text.contains("30 分钟"));
}

async fn without_providers_nothing_is_offered(engine: Engine) {
    let city = TestCity::new(engine).await;
    let mut browser = Browser::new(&city);
    assert!(!browser.get("/sign-in").await.text.contains("/api/begin_oauth"));
    assert_eq!(browser.get("/oauth/city/go").await.status, 404);
    let refused = browser.post("/sign-in", "/api/begin_oauth", &[("provider", "city")]).await;
    assert!(refused.location.starts_with("/sign-in?flash="), "{}", refused.location);
}

on_both_engines!(
    a_first_sign_in_asks_for_what_is_missing_and_the_second_for_nothing,
    a_number_that_somebody_has_opens_nothing_by_itself,
    an_account_without_a_password_is_not_claimed_by_its_number_and_name,
    accounts_are_linked_and_unlinked_by_their_owner,
    linking_is_finished_by_whoever_began_it,
    only_the_browser_that_set_out_comes_back_and_once,
    whatever_goes_wrong_has_a_page_with_the_next_step,
    every_trouble_is_told_in_both_languages,
    a_closed_account_stays_closed,
    a_way_leads_to_this_site_only,
    a_password_from_the_desk_ends_every_other_way_in,
    setting_out_again_and_again_is_slowed_down,
    a_first_sign_in_waits_for_half_an_hour,
    without_providers_nothing_is_offered
);
