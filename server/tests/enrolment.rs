//! Enrolment as browsers meet it: applying, waiting, the desk, firms' seats, and what hostile input gets.

use app::accounts::{Actor, Grant, store::begin_sign_in};
use app::db::sql;
use app::db::testing::Engine;
use app::enrolment::store;
use app::ids::{ClassId, EnrolmentId, FirmId, PersonId, Region};
use app::testing::{TestCity, XINAN, YIYANG};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

struct Browser {
    router: axum::Router,
    cookie: String,
}

struct Answer {
    status: StatusCode,
    location: String,
    body: String,
}

impl Browser {
    async fn of(city: &TestCity, actor: &Actor) -> Self {
        let mut tx = city.begin().await;
        for grant in &actor.grants {
            let (role, region, firm): (&str, Option<Region>, Option<FirmId>) = match grant {
                Grant::City => ("city", None, None),
                Grant::County(region) => ("county", Some(region.clone()), None),
                Grant::Firm(firm) => ("firm", None, Some(*firm)),
                Grant::Teacher(_) => ("teacher", None, None),
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
        Self {
            router: server::http::router(city.app.clone()),
            cookie: format!("sign_in={token}"),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::ACCEPT, "text/html")
            .body(Body::empty())
            .expect("a request");
        self.send(request).await
    }

    /// Posts a form as a page does without scripts, and follows.
    async fn post(&self, from: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
        let sent = self.send(form(from, to, fields, "text/html")).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{to}: {}", sent.body);
        let shown = self.get(&sent.location).await;
        assert_eq!(shown.status, StatusCode::OK, "{to} leads to {}", sent.location);
        Answer {
            location: sent.location,
            ..shown
        }
    }

    /// Posts a form as a script does: the status says it all.
    async fn call(&self, to: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(form("/", to, fields, "application/json")).await
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().insert(header::COOKIE, self.cookie.parse().expect("a cookie"));
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        Answer {
            status,
            location,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

fn form(from: &str, to: &str, fields: &[(&str, &str)], accept: &str) -> Request<Body> {
    let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Request::post(format!("/api/{to}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, accept)
        .header(header::ORIGIN, "http://localhost")
        .header(header::REFERER, format!("http://localhost{from}"))
        .body(Body::from(body))
        .expect("a request")
}

async fn set_class(city: &TestCity, class: ClassId, change: &'static str) {
    let mut tx = city.begin().await;
    sql("UPDATE classes SET ")
        .push(change)
        .push(" WHERE id = ")
        .push_bind(class)
        .run(&mut tx)
        .await
        .expect("changed");
    tx.commit().await.expect("kept");
}

async fn live(city: &TestCity, class: ClassId, person: PersonId) -> EnrolmentId {
    let found = store::live_enrolment(&city.app.db, class, person).await.expect("read");
    found.expect("a live enrolment").id
}

async fn somebody_applies_waits_is_promoted_and_leaves(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 1).await;
    let (first, second) = (city.entrepreneur(XINAN).await, city.entrepreneur(YIYANG).await);
    let (one, two) = (Browser::of(&city, &first).await, Browser::of(&city, &second).await);
    let page = format!("/classes/{class}/enrol");
    let asked = one.get(&page).await;
    assert!(asked.body.contains("提交后立即确认") && asked.body.contains("新安县"), "{}", asked.body);
    let done = one
        .post(&page, "enrol_self", &[("class", &class.to_string()), ("note", "带一位同事")])
        .await;
    assert!(done.body.contains("名额已确认"), "{}", done.body);
    let asked = two.get(&page).await;
    assert!(asked.body.contains("排在第 1 位"), "{}", asked.body);
    let done = two.post(&page, "enrol_self", &[("class", &class.to_string())]).await;
    assert!(done.body.contains("已报名，候补第 1 位"), "{}", done.body);
    // Twice is a refusal in words, and nothing more.
    let again = two.post(&page, "enrol_self", &[("class", &class.to_string())]).await;
    assert!(again.body.contains("不用重复报名"), "{}", again.body);

    let mine = two.get("/me/enrolments").await;
    assert!(mine.body.contains("现代企业治理班") && mine.body.contains("候补第 1 位"), "{}", mine.body);
    let theirs = live(&city, class, first.person).await.to_string();
    let stolen = two.call("withdraw_enrolment", &[("enrolment", &theirs)]).await;
    assert_eq!(stolen.status, StatusCode::NOT_FOUND);
    let left = one
        .post("/me/enrolments", "withdraw_enrolment", &[("enrolment", &theirs), ("note", "出差")])
        .await;
    assert!(left.body.contains("已退出"), "{}", left.body);
    let promoted = two.get(&page).await;
    assert!(promoted.body.contains("名额已确认"), "{}", promoted.body);
}
app::on_both_engines!(somebody_applies_waits_is_promoted_and_leaves);

async fn the_desk_decides_and_takes_back(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 2).await;
    set_class(&city, class, "approval = 'by_hand'").await;
    let mut ids = Vec::new();
    for name in ["王小明", "李<b>强", "赵敏"] {
        let person = city.person(name, XINAN).await;
        ids.push(city.enrolment(class, person, "submitted").await.to_string());
    }
    let desk = Browser::of(&city, &city.coordinator(XINAN).await).await;
    let page = format!("/desk/classes/{class}/roster");
    let shown = desk.get(&page).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.body.contains("王小明") && !shown.body.contains("李<b>强"), "names are text");
    let class_field = ("class", class.to_string());
    let class_field = (class_field.0, class_field.1.as_str());

    // Without a reason: back with the ticks and the question.
    let asked = desk
        .post(&page, "decide_enrolments", &[class_field, ("decision", "reject"), ("ids[]", &ids[0])])
        .await;
    assert!(asked.body.contains("请写明理由"), "{}", asked.body);
    let ticked = asked
        .body
        .split("<input")
        .any(|tag| tag.contains(&ids[0]) && tag.split('>').next().is_some_and(|tag| tag.contains("checked")));
    assert!(ticked, "the tick is kept");
    let fields = [
        class_field,
        ("decision", "reject"),
        ("ids[]", &ids[0]),
        ("reject_reason", "名额留给新任负责人"),
    ];
    let done = desk.post(&page, "decide_enrolments", &fields).await;
    assert!(
        done.body.contains("已不通过 1 人") && done.body.contains("/api/undo_decision"),
        "{}",
        done.body
    );
    let batch = done
        .location
        .split("undo=")
        .nth(1)
        .and_then(|rest| rest.split('&').next())
        .expect("a batch")
        .to_owned();
    let undone = desk.post(&page, "undo_decision", &[class_field, ("batch", &batch)]).await;
    assert!(undone.body.contains("已撤销 1 人"), "{}", undone.body);

    let all = [
        class_field,
        ("decision", "approve"),
        ("ids[]", &ids[0]),
        ("ids[]", &ids[1]),
        ("ids[]", &ids[2]),
    ];
    let done = desk.post(&page, "decide_enrolments", &all).await;
    assert!(done.body.contains("已录取 2 人，转入候补 1 人"), "{}", done.body);
    let drawer = desk.get(&format!("{page}/{}", ids[0])).await;
    assert!(
        drawer.body.contains("撤销审核") && drawer.body.contains("drawer-content"),
        "{}",
        drawer.body
    );
    for (query, expected) in [
        ("q=王小", 1),
        ("q=%25", 0),
        ("state=waitlisted", 1),
        ("county=410327", 0),
        ("sort=name", 3),
        ("sort=x&after=y", 3),
    ] {
        let shown = desk.get(&format!("{page}?{}", query.replace("王小", "%E7%8E%8B%E5%B0%8F"))).await;
        assert_eq!(shown.body.matches("data-drawer=").count(), expected, "{query}");
    }
}
app::on_both_engines!(the_desk_decides_and_takes_back);

async fn people_are_added_by_hand_within_the_own_county(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 2).await;
    let (own, foreign) = (city.person("周建国", XINAN).await, city.person("周外县", YIYANG).await);
    let desk = Browser::of(&city, &city.coordinator(XINAN).await).await;
    let page = format!("/desk/classes/{class}/roster/add");
    let found = desk.get(&format!("{page}?q=%E5%91%A8")).await;
    assert!(found.body.contains("周建国") && !found.body.contains("周外县"), "{}", found.body);
    let class_id = class.to_string();
    let added = desk
        .post(&page, "add_to_roster", &[("class", &class_id), ("person", &own.to_string())])
        .await;
    assert!(added.body.contains("周建国已加入"), "{}", added.body);
    let refused = desk
        .call("add_to_roster", &[("class", &class_id), ("person", &foreign.to_string())])
        .await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let new = [
        ("class", class_id.as_str()),
        ("name", "孙丽"),
        ("phone", "13700000001"),
        ("region", XINAN),
    ];
    let added = desk.post(&page, "add_new_to_roster", &new).await;
    assert!(added.body.contains("孙丽已加入"), "{}", added.body);
    let faults = [("class", class_id.as_str()), ("name", ""), ("phone", "12"), ("region", YIYANG)];
    let back = desk.post(&page, "add_new_to_roster", &faults).await;
    assert!(
        back.body.contains("请填写姓名") && back.body.contains("请选择您负责的县区"),
        "{}",
        back.body
    );
}
app::on_both_engines!(people_are_added_by_hand_within_the_own_county);

async fn a_firm_fills_the_seats_held_for_it(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 5).await;
    let firm = city.firm("洛阳华新机械有限公司", XINAN).await;
    let people = [city.person("钱一", XINAN).await, city.person("钱二", XINAN).await];
    let mut tx = city.begin().await;
    for person in people {
        sql("UPDATE people SET firm_id = $2 WHERE id = $1")
            .bind(person)
            .bind(firm)
            .run(&mut tx)
            .await
            .expect("hired");
    }
    tx.commit().await.expect("kept");
    let desk = Browser::of(&city, &city.coordinator(XINAN).await).await;
    let page = format!("/desk/classes/{class}/roster/holds");
    let class_id = class.to_string();
    let hold = [
        ("class", class_id.as_str()),
        ("firm", "洛阳华新机械有限公司"),
        ("seats", "2"),
        ("until", "2026-11-08"),
    ];
    let held = desk.post(&page, "hold_seats", &hold).await;
    assert!(held.body.contains("预留 2 个名额"), "{}", held.body);
    let contact = city.actor("联络员", XINAN, vec![Grant::Firm(firm)]).await;
    let contact = Browser::of(&city, &contact).await;
    let name = [("class", class_id.clone()), ("firm", firm.to_string()), ("person", people[0].to_string())];
    let name: Vec<(&str, &str)> = name.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let named = contact.post("/firm/seats", "name_attendee", &name).await;
    assert!(named.body.contains("已指定") && named.body.contains("钱一"), "{}", named.body);
    let seat = live(&city, class, people[0]).await.to_string();
    let replace = [("enrolment", seat), ("firm", firm.to_string()), ("person", people[1].to_string())];
    let replace: Vec<(&str, &str)> = replace.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let replaced = contact.post("/firm/seats", "replace_attendee", &replace).await;
    assert!(replaced.body.contains("已换人"), "{}", replaced.body);
    live(&city, class, people[1]).await;
    let outsider = Browser::of(&city, &city.entrepreneur(XINAN).await).await;
    assert_eq!(outsider.get("/firm/seats").await.status, StatusCode::FORBIDDEN);
    assert_eq!(outsider.call("name_attendee", &name).await.status, StatusCode::NOT_FOUND);
}
app::on_both_engines!(a_firm_fills_the_seats_held_for_it);

async fn others_get_nothing(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 2).await;
    let person = city.person("王小明", XINAN).await;
    let row = city.enrolment(class, person, "submitted").await;
    let pages = ["", "/add", "/holds", "/live", &format!("/{row}")].map(|path| format!("/desk/classes/{class}/roster{path}"));
    for actor in [city.coordinator(YIYANG).await, city.entrepreneur(XINAN).await] {
        let browser = Browser::of(&city, &actor).await;
        for page in &pages {
            assert_eq!(browser.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
        }
        for action in ["decide_enrolments", "undo_decision", "add_to_roster", "add_new_to_roster", "hold_seats"] {
            let refused = browser
                .call(
                    action,
                    &[("class", &class.to_string()), ("ids[]", &row.to_string()), ("decision", "approve")],
                )
                .await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{action}");
        }
    }
    // The class's own teacher sees the roster and changes nothing.
    let teacher = city.entrepreneur(XINAN).await;
    let mut tx = city.begin().await;
    sql("INSERT INTO class_staff (class_id, person_id) VALUES ($1, $2)")
        .bind(class)
        .bind(teacher.person)
        .run(&mut tx)
        .await
        .expect("staff");
    tx.commit().await.expect("kept");
    let teacher = Browser::of(&city, &teacher).await;
    let shown = teacher.get(&pages[0]).await;
    assert!(shown.status == StatusCode::OK && !shown.body.contains("ids[]"), "{}", shown.body);
    assert_eq!(teacher.get(&pages[1]).await.status, StatusCode::FORBIDDEN);
    let refused = teacher
        .call(
            "decide_enrolments",
            &[("class", &class.to_string()), ("ids[]", &row.to_string()), ("decision", "approve")],
        )
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
app::on_both_engines!(others_get_nothing);

async fn hostile_input_gets_words_and_never_a_fault_of_ours(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 2).await;
    let row = city.enrolment(class, city.person("王小明", XINAN).await, "submitted").await;
    let admin = Browser::of(&city, &city.city_admin().await).await;
    let long = "长".repeat(10_000);
    let hostile = [
        "",
        "😀",
        "<script>alert(1)</script>",
        "\0",
        "a\u{7}b",
        "'; DROP TABLE people; --",
        "-1",
        "99999999999999999999",
        long.as_str(),
    ];
    let (class_id, row_id) = (class.to_string(), row.to_string());
    let forms: [(&str, &[&str]); 9] = [
        ("enrol_self", &["class", "note"]),
        ("withdraw_enrolment", &["enrolment", "note"]),
        (
            "decide_enrolments",
            &["class", "decision", "ids[]", "reject_reason", "withdraw_reason", "priority"],
        ),
        ("undo_decision", &["class", "batch"]),
        ("add_to_roster", &["class", "person"]),
        ("add_new_to_roster", &["class", "name", "phone", "region", "position"]),
        ("hold_seats", &["class", "firm", "seats", "until"]),
        ("name_attendee", &["class", "firm", "person"]),
        ("replace_attendee", &["enrolment", "firm", "person", "note"]),
    ];
    for (action, fields) in forms {
        for bad in hostile {
            for field in fields {
                let filled = fields.iter().map(|name| {
                    let good = match *name {
                        "class" => class_id.as_str(),
                        "ids[]" | "enrolment" => row_id.as_str(),
                        "decision" => "reject",
                        _ => "",
                    };
                    (*name, if name == field { bad } else { good })
                });
                let answer = admin.call(action, &filled.collect::<Vec<_>>()).await;
                let fine = answer.status.is_success() || answer.status.is_client_error();
                assert!(fine, "{action} {field}: {} {}", answer.status, answer.body);
            }
        }
        assert!(admin.call(action, &[]).await.status.is_client_error(), "{action} with nothing");
    }
    for query in [
        "q=%00",
        "q=%F0%9F%98%80",
        "after=zz",
        "state=zz&sort=zz&county=%00",
        "undo=zz",
        "before=00000000000000000000000000000000",
    ] {
        let shown = admin.get(&format!("/desk/classes/{class}/roster?{query}")).await;
        assert!(shown.status.is_success() || shown.status.is_client_error(), "{query}: {}", shown.status);
    }
    for path in [
        "/desk/classes/zz/roster",
        "/desk/classes/zz/roster/live",
        "/classes/%00/enrol",
        "/desk/classes/x/roster/y",
    ] {
        assert!(admin.get(path).await.status.is_client_error(), "{path}");
    }
}
app::on_both_engines!(hostile_input_gets_words_and_never_a_fault_of_ours);
