//! Role × action × own or other county, through the policy and the store, on both engines.

use super::*;
use crate::accounts::{Actor, Grant};
use crate::db::testing::Engine;
use crate::error::Problem;
use crate::people::policy::{Office, can_change, can_invite, can_name, visible_to};
use crate::testing::{TestCity, XINAN, YIYANG};

/// What a desk can do to somebody.
#[derive(Debug, Clone, Copy)]
enum Act {
    LookUp,
    Invite,
    Edit,
    Move,
    Deactivate,
    Reset,
    NameTeacher,
    NameCounty,
    NameCity,
}

const ACTS: &[Act] = &[
    Act::LookUp,
    Act::Invite,
    Act::Edit,
    Act::Move,
    Act::Deactivate,
    Act::Reset,
    Act::NameTeacher,
    Act::NameCounty,
    Act::NameCity,
];

fn details(name: &str) -> NewDetails {
    NewDetails {
        name: name.to_owned(),
        phone: None,
        position: None,
        firm: None,
    }
}

/// Tries an action as a page or server function does: look up, ask leave, write.
async fn attempt(city: &TestCity, actor: &Actor, act: Act, person: PersonId, region: &Region) -> Result<(), AppError> {
    let (app, now) = (&city.app, city.now());
    if let Act::Invite = act {
        let permit = can_invite(actor, region).ok_or(AppError::Forbidden)?;
        let mut tx = app.db.begin().await?;
        return invite(&mut tx, app, now, &permit, details("新人"), "hash".to_owned()).await.map(|_| ());
    }
    let scope = visible_to(actor).ok_or(AppError::Forbidden)?;
    let (_, subject) = visible(&app.db, &scope, person).await?;
    let change_permit = || can_change(actor, &subject).ok_or(AppError::Forbidden);
    let name = |office| can_name(actor, &subject, office).ok_or(AppError::Forbidden);
    let mut tx = app.db.begin().await?;
    match act {
        Act::LookUp | Act::Invite => Ok(()),
        Act::Edit => change(&mut tx, app, now, &change_permit()?, details("改名")).await,
        Act::Move => move_to(&mut tx, app, now, &change_permit()?, &Region::from("410324"), "搬迁").await,
        Act::Deactivate => deactivate(&mut tx, app, now, &change_permit()?, "离职").await,
        Act::Reset => reset_password(&mut tx, app, now, &change_permit()?, "hash".to_owned()).await,
        Act::NameTeacher => give(&mut tx, app, now, &name(Office::Teacher)?).await,
        Act::NameCounty => give(&mut tx, app, now, &name(Office::County(region.clone()))?).await,
        Act::NameCity => give(&mut tx, app, now, &name(Office::City)?).await,
    }
}

async fn every_role_reaches_as_far_as_the_brief_says(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (own, other) = (city.person("本县人", XINAN).await, city.person("外县人", YIYANG).await);
    let firm = city.firm("新安铝业", XINAN).await;
    let actors = [
        ("city", city.city_admin().await),
        ("county", city.coordinator(XINAN).await),
        ("teacher", city.actor("教师", XINAN, vec![Grant::Teacher(Vec::new())]).await),
        ("firm", city.actor("联络员", XINAN, vec![Grant::Firm(firm)]).await),
        ("verifier", city.actor("专家", XINAN, vec![Grant::Verifier]).await),
        ("entrepreneur", city.entrepreneur(XINAN).await),
    ];
    for (role, actor) in &actors {
        for act in ACTS {
            for (person, region, is_own) in [(own, XINAN, true), (other, YIYANG, false)] {
                let is_higher_office = matches!(act, Act::NameCounty | Act::NameCity);
                let expected = match *role {
                    "city" => Ok(()),
                    "county" if is_own && !is_higher_office => Ok(()),
                    "county" if !is_own && !matches!(act, Act::Invite) => Err(AppError::NotFound),
                    _ => Err(AppError::Forbidden),
                };
                // Nothing is committed, so every attempt finds the same city.
                let outcome = attempt(&city, actor, *act, person, &Region::from(region)).await;
                assert_eq!(outcome, expected, "{role} {act:?} own={is_own}");
            }
        }
    }
}

async fn a_permit_ends_when_the_person_moves_away(engine: Engine) {
    let city = TestCity::new(engine).await;
    let person = city.person("搬家的人", XINAN).await;
    let coordinator = city.coordinator(XINAN).await;
    let scope = visible_to(&coordinator).expect("a scope");
    let (_, subject) = visible(&city.app.db, &scope, person).await.expect("seen");
    let permit = can_change(&coordinator, &subject).expect("a permit");
    let role = can_name(&coordinator, &subject, Office::Teacher).expect("a permit");
    let mut tx = city.begin().await;
    move_to(&mut tx, &city.app, city.now(), &permit, &Region::from(YIYANG), "搬迁")
        .await
        .expect("moved");
    assert_eq!(
        change(&mut tx, &city.app, city.now(), &permit, details("改名")).await,
        Err(AppError::NotFound)
    );
    assert_eq!(give(&mut tx, &city.app, city.now(), &role).await, Err(AppError::NotFound));
    tx.commit().await.expect("kept");
    assert_eq!(visible(&city.app.db, &scope, person).await.map(|_| ()), Err(AppError::NotFound));
}

async fn the_city_always_keeps_an_administrator(engine: Engine) {
    let city = TestCity::new(engine).await;
    let admins = [city.city_admin().await, city.city_admin().await];
    let regions = Region::from(Region::CITY);
    let subject = |person| Subject {
        person,
        region: regions.clone(),
        grants: vec![Grant::City],
        entrusted: Vec::new(),
    };
    let mut tx = city.begin().await;
    for admin in &admins {
        let permit = can_name(&admins[0], &subject(admin.person), Office::City).expect("a permit");
        give(&mut tx, &city.app, city.now(), &permit).await.expect("given");
        let twice = give(&mut tx, &city.app, city.now(), &permit).await;
        assert_eq!(twice, Err(AppError::refused("people-role-held")));
    }
    tx.commit().await.expect("kept");
    // Each dismisses the other at the same moment.
    let mut tasks = tokio::task::JoinSet::new();
    for (by, whom) in [(0, 1), (1, 0)] {
        let (app, now) = (city.app.clone(), city.now());
        let permit = can_name(&admins[by], &subject(admins[whom].person), Office::City).expect("a permit");
        tasks.spawn(async move {
            let mut tx = app.db.begin().await?;
            take(&mut tx, &app, now, &permit).await?;
            tx.commit().await
        });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    let left = sql("SELECT COUNT(*) FROM grants WHERE role = 'city'")
        .count(&city.app.db)
        .await
        .expect("counted");
    assert_eq!(left, 1);
}

async fn a_teacher_of_a_class_keeps_the_role(engine: Engine) {
    let city = TestCity::new(engine).await;
    let coordinator = city.coordinator(XINAN).await;
    let person = city.person("班主任", XINAN).await;
    let class = city.class(XINAN, 30).await;
    let scope = visible_to(&coordinator).expect("a scope");
    let (_, subject) = visible(&city.app.db, &scope, person).await.expect("seen");
    let permit = can_name(&coordinator, &subject, Office::Teacher).expect("a permit");
    let mut tx = city.begin().await;
    give(&mut tx, &city.app, city.now(), &permit).await.expect("given");
    sql("INSERT INTO class_staff (class_id, person_id) VALUES ($1, $2)")
        .bind(class)
        .bind(person)
        .run(&mut tx)
        .await
        .expect("staff");
    let refused = AppError::Refused(Problem::new("people-still-teaches").with("n", 1));
    assert_eq!(take(&mut tx, &city.app, city.now(), &permit).await, Err(refused));
}

async fn people_are_found_by_name_letters_and_phone(engine: Engine) {
    let city = TestCity::new(engine).await;
    let coordinator = city.coordinator(XINAN).await;
    let permit = can_invite(&coordinator, &Region::from(XINAN)).expect("a permit");
    let mut tx = city.begin().await;
    let new = NewDetails {
        phone: Some("13800000001".to_owned()),
        ..details("王小明")
    };
    let id = invite(&mut tx, &city.app, city.now(), &permit, new, "hash".to_owned())
        .await
        .expect("invited");
    tx.commit().await.expect("kept");
    city.person("外县人", YIYANG).await;
    let scope = visible_to(&coordinator).expect("a scope");
    for words in ["小明", "wxm", "1380000", "王小明"] {
        let filter = Filter {
            words: words.to_owned(),
            ..Filter::default()
        };
        let found = list(&city.app.db, &scope, &filter, Step::First).await.expect("read");
        assert_eq!(found.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id], "{words}");
    }
    let all = list(&city.app.db, &scope, &Filter::default(), Step::First).await.expect("read");
    assert!(all.rows.iter().all(|row| row.region.as_str() == XINAN) && all.rows.len() == 2);
    let teachers = Filter {
        role: Some(Role::Teacher),
        ..Filter::default()
    };
    assert!(list(&city.app.db, &scope, &teachers, Step::First).await.expect("read").rows.is_empty());
    let (_, subject) = visible(&city.app.db, &scope, id).await.expect("seen");
    let events = history(&city.app.db, &subject).await.expect("read");
    assert_eq!(events.iter().map(|event| event.what.as_str()).collect::<Vec<_>>(), ["person.invited"]);
    assert_eq!(roles_of(&city.app.db, &all.rows).await.map(|roles| roles.len()), Ok(0));
}

async fn an_entered_person_takes_up_the_account_once(engine: Engine) {
    let city = TestCity::new(engine).await;
    let person = city.person("花名册上的人", XINAN).await;
    let phone = crate::accounts::store::person(&city.app.db, person)
        .await
        .expect("a person")
        .phone
        .expect("a phone");
    let mut tx = city.begin().await;
    let registered = Err(AppError::field("phone", "people-phone-registered"));
    let mut claim = async |name: &'static str| claim(&mut tx, &city.app, city.now(), name, &phone, "hash", None).await;
    assert_eq!(claim("别人").await, registered);
    assert_eq!(claim("花名册上的人").await, Ok(person));
    assert_eq!(claim("花名册上的人").await, registered);
}

async fn whoever_is_entrusted_with_something_of_another_county_is_the_citys_to_change(engine: Engine) {
    let city = TestCity::new(engine).await;
    let coordinator = city.coordinator(XINAN).await;
    let scope = visible_to(&coordinator).expect("a scope");
    let (teacher, contact) = (city.person("教师", XINAN).await, city.person("联络员", XINAN).await);
    let may = async |person| {
        let (_, subject) = visible(&city.app.db, &scope, person).await.expect("of the county");
        can_change(&coordinator, &subject).is_some()
    };
    let look_after = async |region: &'static str| {
        let class = city.class(region, 20).await;
        let mut tx = city.begin().await;
        let staff = sql("INSERT INTO class_staff (class_id, person_id) VALUES ($1, $2)")
            .bind(class)
            .bind(teacher);
        staff.run(&mut tx).await.expect("staff");
        tx.commit().await.expect("kept");
    };
    let speak_for = async |region: &'static str| {
        let firm = city.firm("某企业", region).await;
        let permit = can_name(
            &city.city_admin().await,
            &visible(&city.app.db, &scope, contact).await.expect("seen").1,
            Office::Firm(firm, Region::from(region)),
        );
        let mut tx = city.begin().await;
        give(&mut tx, &city.app, city.now(), &permit.expect("the city may")).await.expect("given");
        tx.commit().await.expect("kept");
    };
    look_after(XINAN).await;
    speak_for(XINAN).await;
    assert_eq!((may(teacher).await, may(contact).await), (true, true));
    look_after(YIYANG).await;
    speak_for(YIYANG).await;
    assert_eq!((may(teacher).await, may(contact).await), (false, false));
}

/// How many sign-ins, mail addresses and calendar links a person has.
async fn ways_in(city: &TestCity, person: PersonId) -> i64 {
    sql(
        "SELECT (SELECT COUNT(*) FROM sign_ins WHERE person_id = $1) + (SELECT COUNT(*) FROM person_emails WHERE person_id = $1)
             + (SELECT COUNT(*) FROM calendar_links WHERE person_id = $1 AND revoked_at IS NULL)",
    )
    .bind(person)
    .count(&city.app.db)
    .await
    .expect("counted")
}

async fn nothing_that_was_there_before_a_reset_leads_in_or_tells_anything(engine: Engine) {
    let city = TestCity::new(engine).await;
    let coordinator = city.coordinator(XINAN).await;
    let person = city.person("本人", XINAN).await;
    city.email(person, "intruder@example.com").await;
    let mut tx = city.begin().await;
    sql("UPDATE people SET password_hash = 'old' WHERE id = $1")
        .bind(person)
        .run(&mut tx)
        .await
        .expect("set");
    sql("INSERT INTO calendar_links (id, token_hash, person_id, made_at, made_by) VALUES ($1, $2, $3, $4, $3)")
        .bind(crate::ids::CalendarLinkId::new(&city.app.chance, city.now()))
        .bind(vec![7_u8; 32])
        .bind(person)
        .bind(city.now())
        .run(&mut tx)
        .await
        .expect("subscribed");
    tx.commit().await.expect("kept");
    let phone = crate::accounts::store::person(&city.app.db, person)
        .await
        .expect("a person")
        .phone
        .expect("a phone");
    let found = crate::accounts::store::credentials(&city.app.db, &phone)
        .await
        .expect("read")
        .expect("an account");

    // The password was right a moment ago; the sign-in is written, and not committed, when the desk resets it.
    let mut signing_in = city.begin().await;
    let fits = crate::accounts::store::is_still_the_password(&mut signing_in, &found).await;
    assert_eq!(fits, Ok(true));
    crate::accounts::store::begin_sign_in(&city.app, &mut signing_in, city.now(), person, "")
        .await
        .expect("begun");
    let (app, now) = (city.app.clone(), city.now());
    let (_, subject) = visible(&app.db, &visible_to(&coordinator).expect("a scope"), person).await.expect("seen");
    let permit = can_change(&coordinator, &subject).expect("leave");
    let resetting = tokio::spawn(async move {
        let mut tx = app.db.begin().await?;
        reset_password(&mut tx, &app, now, &permit, "new".to_owned()).await?;
        tx.commit().await
    });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    signing_in.commit().await.expect("signed in");
    assert_eq!(resetting.await.expect("no panic"), Ok(()));
    assert_eq!(ways_in(&city, person).await, 0);

    let mut late = city.begin().await;
    let fits = crate::accounts::store::is_still_the_password(&mut late, &found).await;
    assert_eq!(fits, Ok(false), "who comes after it has the wrong password");
}

crate::on_both_engines!(
    nothing_that_was_there_before_a_reset_leads_in_or_tells_anything,
    every_role_reaches_as_far_as_the_brief_says,
    whoever_is_entrusted_with_something_of_another_county_is_the_citys_to_change,
    a_permit_ends_when_the_person_moves_away,
    the_city_always_keeps_an_administrator,
    a_teacher_of_a_class_keeps_the_role,
    people_are_found_by_name_letters_and_phone,
    an_entered_person_takes_up_the_account_once,
);
