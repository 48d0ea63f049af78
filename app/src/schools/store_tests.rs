//! Contracts of the stores of schools and the plan, on both engines.

use tokio::task::JoinSet;

use super::policy::{PlanPermit, SchoolPermit, can_edit, can_open, can_plan, visible_to};
use super::rules::{Opening, PlanChange, SchoolChange, SchoolState, Target, TeacherChange, ThemeChange, VenueChange};
use super::{plan, store};
use crate::db::sql;
use crate::db::testing::{Engine, fresh};
use crate::error::AppError;
use crate::ids::{PlanId, Region, SchoolId};
use crate::testing::{TestCity, XINAN, YIYANG, start};

fn refused(key: &str) -> AppError {
    AppError::refused(key)
}

async fn permit(city: &TestCity, region: &str) -> SchoolPermit {
    let actor = city.coordinator(region).await;
    can_edit(&actor, city.school(region).await, &Region::from(region)).expect("the own school")
}

async fn plan_permit(city: &TestCity) -> PlanPermit {
    can_plan(&city.city_admin().await).expect("the city plans")
}

fn venue(version: i64, name: &str) -> VenueChange {
    VenueChange {
        version,
        name: name.to_owned(),
        address: String::new(),
        seats: 120,
    }
}

fn teacher(phone: Option<&str>, linked: bool) -> TeacherChange {
    TeacherChange {
        version: 0,
        name: "李明远".to_owned(),
        title: "教授".to_owned(),
        phone: phone.map(ToOwned::to_owned),
        linked,
    }
}

fn words(version: i64, name: &str) -> PlanChange {
    PlanChange {
        version,
        name_zh: name.to_owned(),
        name_en: "Plan".to_owned(),
        summary_zh: String::new(),
        summary_en: String::new(),
    }
}

async fn a_new_city_has_ten_planned_schools_once(engine: Engine) {
    let (app, _) = crate::state::App::for_test(fresh(engine).await, start());
    let mut tx = app.db.begin().await.expect("a transaction");
    crate::regions::found(&mut tx).await.expect("regions");
    store::found(&mut tx, &app.chance).await.expect("schools");
    store::found(&mut tx, &app.chance).await.expect("the second time nothing");
    tx.commit().await.expect("kept");
    let schools = store::all(&app.db).await.expect("schools");
    assert_eq!(schools.len(), 10);
    assert!(
        schools
            .iter()
            .all(|school| school.state == SchoolState::Planned && school.opened_on.is_none())
    );
    assert_eq!(schools[0].name_zh, "洛阳市民营企业家学校");
    assert!(
        schools.iter().any(|school| school.name_zh == "偃师区民营企业家学院"),
        "by the name of today"
    );
}

async fn two_tabs_do_not_overwrite_each_other(engine: Engine) {
    let city = TestCity::new(engine).await;
    let permit = permit(&city, XINAN).await;
    let change = |address: &str| SchoolChange {
        version: 1,
        address: address.to_owned(),
        contact_phone: None,
    };
    let mut tx = city.begin().await;
    store::edit(&mut tx, &city.app, city.now(), &permit, &change("一号路"))
        .await
        .expect("the first tab");
    tx.commit().await.expect("kept");
    let mut tx = city.begin().await;
    let second = store::edit(&mut tx, &city.app, city.now(), &permit, &change("二号路")).await;
    assert_eq!(second, Err(refused("schools-conflict")));
    drop(tx);
    let school = store::school(&city.app.db, permit.school()).await.expect("the school");
    assert_eq!((school.address.as_str(), school.version), ("一号路", 2));
    let trail = sql("SELECT COUNT(*) FROM audit_entries WHERE what = 'school.edited'")
        .count(&city.app.db)
        .await;
    assert_eq!(trail.expect("counted"), 1);
}

async fn a_list_shows_its_scope_alone(engine: Engine) {
    let city = TestCity::new(engine).await;
    let all = visible_to(&city.city_admin().await).expect("the city's scope");
    assert_eq!(store::within(&city.app.db, &all).await.expect("schools").len(), 10);
    let own = visible_to(&city.coordinator(YIYANG).await).expect("a county's scope");
    let schools = store::within(&city.app.db, &own).await.expect("schools");
    assert_eq!(schools.iter().map(|school| school.region.as_str()).collect::<Vec<_>>(), [YIYANG]);
}

async fn a_school_opens_and_is_corrected_until_it_has_classes(engine: Engine) {
    let city = TestCity::new(engine).await;
    let permit = can_open(&city.city_admin().await).expect("the city opens");
    let id = city.school(XINAN).await;
    let opening = |version: i64, day: u32| Opening {
        version,
        opened_on: chrono::NaiveDate::from_ymd_opt(2026, 11, day).expect("a day"),
        address: "城关镇".to_owned(),
        contact_phone: Some("0379-65912345".to_owned()),
    };
    let mut tx = city.begin().await;
    let (app, now) = (&city.app, city.now());
    store::unopen(&mut tx, app, now, &permit, id, 1).await.expect("no class yet");
    store::open(&mut tx, app, now, &permit, id, &opening(2, 2)).await.expect("opened");
    store::open(&mut tx, app, now, &permit, id, &opening(3, 3)).await.expect("corrected");
    assert_eq!(
        store::open(&mut tx, app, now, &permit, id, &opening(3, 1)).await,
        Err(refused("schools-conflict"))
    );
    tx.commit().await.expect("kept");
    let school = store::school(&city.app.db, id).await.expect("the school");
    assert_eq!(school.opened_on, opening(0, 3).opened_on.into());
    city.class(XINAN, 10).await;
    let mut tx = city.begin().await;
    let taken_back = store::unopen(&mut tx, app, now, &permit, id, school.version).await;
    assert!(matches!(taken_back, Err(AppError::Refused(problem)) if problem.key == "schools-has-classes"));
    drop(tx);
    assert!(store::school(&city.app.db, id).await.expect("the school").is_open());
}

async fn a_venue_is_retired_and_comes_back(engine: Engine) {
    let city = TestCity::new(engine).await;
    let permit = permit(&city, XINAN).await;
    let (app, now) = (&city.app, city.now());
    let mut tx = city.begin().await;
    let id = store::add_venue(&mut tx, app, now, &permit, &venue(0, "报告厅")).await.expect("added");
    let twice = store::add_venue(&mut tx, app, now, &permit, &venue(0, "报告厅")).await;
    assert_eq!(twice, Err(AppError::field("name", "schools-venue-taken")));
    store::edit_venue(&mut tx, app, now, &permit, id, &venue(1, "大报告厅"))
        .await
        .expect("renamed");
    assert_eq!(
        store::edit_venue(&mut tx, app, now, &permit, id, &venue(1, "小报告厅")).await,
        Err(refused("schools-conflict"))
    );
    store::retire_venue(&mut tx, app, now, &permit, id, true).await.expect("retired");
    store::retire_venue(&mut tx, app, now, &permit, id, true).await.expect("twice is once");
    assert_eq!(store::venues(&mut tx, permit.school()).await.expect("venues"), []);
    assert_eq!(store::all_venues(&mut tx, &permit).await.expect("venues").len(), 1);
    store::add_venue(&mut tx, app, now, &permit, &venue(0, "大报告厅"))
        .await
        .expect("the name is free");
    let back = store::retire_venue(&mut tx, app, now, &permit, id, false).await;
    assert_eq!(back, Err(AppError::field("name", "schools-venue-taken")), "and now it is not");
}

async fn another_schools_venue_is_out_of_reach(engine: Engine) {
    let city = TestCity::new(engine).await;
    let theirs = city.venue(YIYANG).await;
    let permit = permit(&city, XINAN).await;
    let mut tx = city.begin().await;
    let changed = store::edit_venue(&mut tx, &city.app, city.now(), &permit, theirs, &venue(1, "抢来的")).await;
    assert_eq!(changed, Err(refused("schools-conflict")));
    store::retire_venue(&mut tx, &city.app, city.now(), &permit, theirs, true).await.ok();
    assert_eq!(store::venue(&mut tx, theirs).await.expect("the venue").retired_at, None);
}

async fn the_same_venue_added_by_many_at_once_is_one(engine: Engine) {
    let city = TestCity::new(engine).await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let permit = permit(&city, XINAN).await;
        let (app, now) = (city.app.clone(), city.now());
        tasks.spawn(async move {
            let mut tx = app.db.begin().await?;
            store::add_venue(&mut tx, &app, now, &permit, &venue(0, "报告厅")).await?;
            tx.commit().await
        });
    }
    let done = tasks.join_all().await;
    assert_eq!(done.iter().filter(|result| result.is_ok()).count(), 1, "{done:?}");
    let rows = store::venues(&city.app.db, city.school(XINAN).await).await.expect("venues");
    assert_eq!(rows.len(), 1);
}

async fn a_teacher_is_linked_by_phone(engine: Engine) {
    let city = TestCity::new(engine).await;
    let permit = permit(&city, XINAN).await;
    let person = city.person("李明远", XINAN).await;
    let (phone,): (String,) = sql("SELECT phone FROM people WHERE id = $1")
        .bind(person)
        .one(&city.app.db)
        .await
        .expect("a phone");
    let (app, now) = (&city.app, city.now());
    let mut tx = city.begin().await;
    let unknown = store::add_teacher(&mut tx, app, now, &permit, &teacher(Some("13000000000"), true)).await;
    assert_eq!(unknown, Err(AppError::field("phone", "schools-no-account")));
    let id = store::add_teacher(&mut tx, app, now, &permit, &teacher(Some(&phone), true))
        .await
        .expect("linked");
    let stored = store::teacher(&mut tx, id).await.expect("the teacher");
    assert_eq!((stored.person_id, stored.person.as_deref()), (Some(person), Some("李明远")));
    let again = store::add_teacher(&mut tx, app, now, &permit, &teacher(Some(&phone), false)).await;
    assert_eq!(again, Err(AppError::field("name", "schools-teacher-taken")));
    let apart = TeacherChange {
        version: 1,
        ..teacher(None, false)
    };
    store::edit_teacher(&mut tx, app, now, &permit, id, &apart).await.expect("unlinked");
    assert_eq!(store::teacher(&mut tx, id).await.expect("the teacher").person_id, None);
    store::retire_teacher(&mut tx, app, now, &permit, id, true).await.expect("retired");
    assert_eq!(store::teachers(&mut tx, permit.school()).await.expect("teachers"), []);
    store::retire_teacher(&mut tx, app, now, &permit, id, false).await.expect("back");
    assert_eq!(store::teachers(&mut tx, permit.school()).await.expect("teachers").len(), 1);
}

async fn next_years_plan_is_a_copy(engine: Engine) {
    let city = TestCity::new(engine).await;
    let permit = plan_permit(&city).await;
    let (app, now) = (&city.app, city.now());
    let theme = |name: &str| ThemeChange {
        id: None,
        name_zh: name.to_owned(),
        name_en: "Theme".to_owned(),
    };
    let target = Target {
        region: Region::from(XINAN),
        classes: 4,
        places: 200,
        hours: 48,
        people: 180,
    };
    let mut tx = city.begin().await;
    plan::save_theme(&mut tx, app, now, &permit, city.plan, 1, &theme("公司治理"))
        .await
        .expect("a theme");
    let stale = plan::save_theme(&mut tx, app, now, &permit, city.plan, 1, &theme("数字化转型")).await;
    assert_eq!(stale, Err(refused("schools-conflict")));
    plan::save_theme(&mut tx, app, now, &permit, city.plan, 2, &theme("数字化转型"))
        .await
        .expect("another");
    plan::save_targets(&mut tx, app, now, &permit, city.plan, 3, std::slice::from_ref(&target))
        .await
        .expect("targets");
    plan::edit(&mut tx, app, now, &permit, city.plan, &words(4, "河洛计划"))
        .await
        .expect("words");
    let next = plan::add(&mut tx, app, now, &permit, 2027, &words(0, "河洛计划"), Some(city.plan))
        .await
        .expect("next year");
    let taken = plan::add(&mut tx, app, now, &permit, 2027, &words(0, "又一个"), None).await;
    assert!(matches!(taken, Err(AppError::Refused(problem)) if problem.key == "schools-plan-year-taken"));
    tx.commit().await.expect("kept");
    assert_eq!(plan::targets(&app.db, next).await.expect("targets"), [target]);
    let names = |themes: Vec<plan::Theme>| themes.into_iter().map(|theme| theme.name_zh).collect::<Vec<_>>();
    assert_eq!(names(plan::themes(&app.db, next).await.expect("themes")), ["公司治理", "数字化转型"]);
    let plans = plan::all(&app.db).await.expect("plans");
    assert_eq!(plans.iter().map(|plan| plan.year).collect::<Vec<_>>(), [2027, 2026]);
    assert_eq!(plan::current(&plans, 2026).map(|plan| plan.id), Some(city.plan));
    assert_eq!(plan::current(&plans, 2030).map(|plan| plan.id), Some(next));
    assert_eq!(plan::current(&plans, 2020).map(|plan| plan.id), Some(city.plan));
}

async fn a_theme_that_classes_use_stays(engine: Engine) {
    let city = TestCity::new(engine).await;
    let permit = plan_permit(&city).await;
    let (app, now) = (&city.app, city.now());
    let class = city.class(XINAN, 10).await;
    let mut tx = city.begin().await;
    let change = ThemeChange {
        id: None,
        name_zh: "公司治理".to_owned(),
        name_en: "Governance".to_owned(),
    };
    plan::save_theme(&mut tx, app, now, &permit, city.plan, 1, &change)
        .await
        .expect("a theme");
    let theme = plan::themes(&mut tx, city.plan).await.expect("themes")[0].id;
    sql("UPDATE classes SET theme_id = $2 WHERE id = $1")
        .bind(class)
        .bind(theme)
        .run(&mut tx)
        .await
        .expect("used");
    let removed = plan::remove_theme(&mut tx, app, now, &permit, city.plan, 2, theme).await;
    assert!(matches!(removed, Err(AppError::Refused(problem)) if problem.key == "schools-theme-used"));
    sql("UPDATE classes SET theme_id = NULL").run(&mut tx).await.expect("unused");
    plan::remove_theme(&mut tx, app, now, &permit, city.plan, 3, theme)
        .await
        .expect("removed");
    assert_eq!(plan::themes(&mut tx, city.plan).await.expect("themes"), []);
}

async fn what_is_not_there_is_not_found(engine: Engine) {
    let city = TestCity::new(engine).await;
    let school = store::school(&city.app.db, SchoolId(uuid::Uuid::nil())).await;
    assert_eq!(school, Err(AppError::NotFound));
    let found = plan::plan(&city.app.db, PlanId(uuid::Uuid::nil())).await;
    assert_eq!(found, Err(AppError::NotFound));
}

crate::on_both_engines!(
    a_new_city_has_ten_planned_schools_once,
    two_tabs_do_not_overwrite_each_other,
    a_list_shows_its_scope_alone,
    a_school_opens_and_is_corrected_until_it_has_classes,
    a_venue_is_retired_and_comes_back,
    another_schools_venue_is_out_of_reach,
    the_same_venue_added_by_many_at_once_is_one,
    a_teacher_is_linked_by_phone,
    next_years_plan_is_a_copy,
    a_theme_that_classes_use_stays,
    what_is_not_there_is_not_found,
);
