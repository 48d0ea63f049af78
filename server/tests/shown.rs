//! Pages that only show, asked for by many at once: each sees their own, and what was so when they asked.

use app::accounts::store::begin_sign_in;
use app::db::sql;
use app::db::testing::Engine;
use app::ids::PersonId;
use app::testing::{TestCity, XINAN};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn granted(city: &TestCity, name: &str) -> (PersonId, String) {
    let person = city.person(name, XINAN).await;
    let mut tx = city.begin().await;
    sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, 'city', NULL, $3)")
        .bind(city.app.chance.uuid(city.now()))
        .bind(person)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("a grant");
    let token = begin_sign_in(&city.app, &mut tx, city.now(), person, "test").await.expect("a sign-in");
    tx.commit().await.expect("kept");
    (person, format!("sign_in={token}"))
}

async fn get(router: &Router, path: &str, cookie: &str) -> (StatusCode, String) {
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).expect("a request");
    let answer = router.clone().oneshot(request).await.expect("an answer");
    assert!(!answer.headers().contains_key(header::SET_COOKIE), "{path}: a cookie is nobody else's");
    let status = answer.status();
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

async fn change(city: &TestCity, text: &'static str, value: impl Into<app::db::Value>, person: impl Into<app::db::Value>) {
    let mut tx = city.begin().await;
    sql(text).bind(value).bind(person).run(&mut tx).await.expect("changed");
    tx.commit().await.expect("kept");
}

/// Every page that is shared, in a city with one class.
async fn pages(city: &TestCity) -> Vec<String> {
    let class = city.class(XINAN, 30).await;
    let school = city.school(XINAN).await;
    let fixed = ["/", "/classes", "/schools", "/plan", "/city"].map(str::to_owned);
    let mut pages = Vec::from(fixed);
    pages.extend([
        format!("/schools/{school}"),
        format!("/classes/{class}"),
        format!("/desk/classes/{class}/roster"),
    ]);
    pages
}

async fn each_sees_their_own_page_and_none_after_their_sign_out(engine: Engine) {
    let city = TestCity::new(engine).await;
    let router = server::http::router(city.app.clone());
    let people = [granted(&city, "王小明").await, granted(&city, "李爱华").await];
    for page in pages(&city).await {
        let mut askers = tokio::task::JoinSet::new();
        for number in 0..24 {
            let (router, page) = (router.clone(), page.clone());
            let cookie = people.get(number % 3).map(|(_, cookie)| cookie.clone()).unwrap_or_default();
            askers.spawn(async move { (number % 3, get(&router, &page, &cookie).await) });
        }
        for (who, (_, body)) in askers.join_all().await {
            let named = ["王小明", "李爱华"].map(|name| body.contains(name));
            assert_eq!(named, [who == 0, who == 1], "{page} for {who}");
        }
    }
    // What they may see ends with their role, and with their sign-in.
    for page in pages(&city)
        .await
        .into_iter()
        .filter(|page| page.starts_with("/city") || page.starts_with("/desk"))
    {
        let (person, cookie) = granted(&city, "赵云").await;
        assert_eq!(get(&router, &page, &cookie).await.0, StatusCode::OK, "{page}");
        change(&city, "DELETE FROM grants WHERE granted_at = $1 AND person_id = $2", city.now(), person).await;
        let refused = get(&router, &page, &cookie).await.0;
        assert!(refused == StatusCode::FORBIDDEN || refused == StatusCode::NOT_FOUND, "{page}: {refused}");
        change(&city, "DELETE FROM sign_ins WHERE expires_at > $1 AND person_id = $2", city.now(), person).await;
        assert_eq!(get(&router, &page, &cookie).await.0, StatusCode::SEE_OTHER, "{page}");
    }
}

/// Whoever changes something sees it in the next page, however many others read and write meanwhile.
async fn whoever_writes_reads_what_they_wrote(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 30).await;
    let roster = format!("/desk/classes/{class}/roster");
    let router = server::http::router(city.app.clone());
    // All read as one, so that they could get each other's.
    let (_, cookie) = granted(&city, "王小明").await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let person = city.person(&format!("学员{writer}"), XINAN).await;
        city.enrolment(class, person, "approved").await;
        let (app, router, roster, cookie) = (city.app.clone(), router.clone(), roster.clone(), cookie.clone());
        writers.spawn(async move {
            for round in 0..12 {
                let name = format!("学员{writer}改{round}次");
                let mut tx = app.db.begin().await.expect("a transaction");
                sql("UPDATE people SET name = $1 WHERE id = $2")
                    .bind(&name)
                    .bind(person)
                    .run(&mut tx)
                    .await
                    .expect("renamed");
                tx.commit().await.expect("kept");
                for _ in 0..2 {
                    let (status, body) = get(&router, &roster, &cookie).await;
                    assert!(status == StatusCode::OK && body.contains(&name), "{name} is not in it: {status}");
                }
            }
        });
    }
    writers.join_all().await;
}

app::on_both_engines!(
    each_sees_their_own_page_and_none_after_their_sign_out,
    whoever_writes_reads_what_they_wrote
);
