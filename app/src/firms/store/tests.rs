//! Contracts of the register of firms on both engines.

use super::directory::PAGE;
use super::*;
use crate::accounts::{Actor, Grant};
use crate::db::testing::Engine;
use crate::error::FieldProblem;
use crate::firms::policy::{can_keep, can_keep_profile, can_merge, visible_to};
use crate::firms::rules::{Missing, missing};
use crate::ids::{CohortId, GrantId, PilotId};
use crate::paging::Step;
use crate::testing::{TestCity, XINAN, YIYANG};

const CODE: &str = "91350100M000100Y43";

fn new_firm(name: &str, code: Option<&str>, region: &str) -> NewFirm {
    NewFirm {
        name: name.to_owned(),
        code: code.map(|code| CreditCode::parse(code).expect("a code")),
        region: Region::from(region),
        industry: None,
    }
}

fn details(name: &str, code: Option<&str>, region: &str) -> Details {
    new_firm(name, code, region).into()
}

fn new_contact(name: &str, phone: &str) -> NewContact {
    NewContact {
        name: name.to_owned(),
        position: "总经理".to_owned(),
        phone: phone.to_owned(),
        email: None,
        is_main: false,
    }
}

fn contact_of(city: &TestCity, firm: FirmId, person: PersonId) -> Actor {
    Actor {
        person,
        sign_in: crate::ids::SignInId::new(&city.app.chance, city.now()),
        name: "联络员".to_owned(),
        region: Region::from(XINAN),
        firm: Some(firm),
        grants: vec![Grant::Firm(firm)],
        must_change_password: false,
    }
}

async fn count(city: &TestCity, text: &'static str) -> i64 {
    sql(text).count(&city.app.db).await.expect("counted")
}

async fn run(city: &TestCity, query: crate::db::Query) {
    let mut tx = city.begin().await;
    query.run(&mut tx).await.expect("written");
    tx.commit().await.expect("kept");
}

async fn the_same_firm_is_found_however_it_is_entered(engine: Engine) {
    let city = TestCity::new(engine).await;
    let mut tx = city.begin().await;
    let mut enter = async |new| find_or_create(&mut tx, &city.app, city.now(), None, new).await.expect("a firm");
    let first = enter(new_firm("洛阳牡丹瓷业", None, XINAN)).await;
    assert_eq!(enter(new_firm("洛阳牡丹瓷业", None, XINAN)).await, first);
    assert_eq!(enter(new_firm("洛阳牡丹瓷业", Some(CODE), XINAN)).await, first, "the code is added");
    assert_eq!(enter(new_firm("牡丹瓷", Some(CODE), YIYANG)).await, first, "the code decides");
    assert_ne!(enter(new_firm("洛阳牡丹瓷业", None, YIYANG)).await, first, "a namesake elsewhere");
}

async fn entered_by_many_at_once_it_is_one_firm(engine: Engine) {
    let city = TestCity::new(engine).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..10 {
        let (app, now) = (city.app.clone(), city.now());
        let code = (n % 2 == 0).then_some(CODE);
        let region = if n % 4 == 0 { YIYANG } else { XINAN };
        tasks.spawn(async move {
            let mut tx = app.db.begin().await?;
            find_or_create(&mut tx, &app, now, None, new_firm("同一家", code, region)).await?;
            tx.commit().await
        });
    }
    for outcome in tasks.join_all().await {
        outcome.expect("entered");
    }
    let with_code = sql("SELECT COUNT(*) FROM firms WHERE credit_code = $1").bind(CODE);
    assert_eq!(with_code.count(&city.app.db).await.expect("counted"), 1);
    assert!(count(&city, "SELECT COUNT(*) FROM firms").await <= 2);
}

async fn a_desk_sees_and_keeps_the_firms_of_its_county(engine: Engine) {
    let city = TestCity::new(engine).await;
    let (own, other) = (city.firm("新安铝业", XINAN).await, city.firm("宜阳陶瓷", YIYANG).await);
    let coordinator = city.coordinator(XINAN).await;
    let scope = visible_to(&coordinator).expect("a scope");
    let seen = directory(&city.app.db, &scope, &Filter::default(), Step::First).await.expect("read");
    assert_eq!(seen.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [own]);
    assert!(visible(&city.app.db, &scope, own).await.is_ok());
    assert_eq!(visible(&city.app.db, &scope, other).await, Err(AppError::NotFound));
    let all = visible_to(&city.city_admin().await).expect("a scope");
    let seen = directory(&city.app.db, &all, &Filter::default(), Step::First).await.expect("read");
    assert_eq!(seen.rows.len(), 2);

    let permit = can_keep(&coordinator, &Region::from(XINAN)).expect("a permit");
    let mut tx = city.begin().await;
    let now = city.now();
    let foreign = change(&mut tx, &city.app, now, &permit, other, 1, details("改名", None, XINAN)).await;
    assert_eq!(foreign, Err(AppError::NotFound));
    let away = change(&mut tx, &city.app, now, &permit, own, 1, details("改名", None, YIYANG)).await;
    assert_eq!(away, Err(AppError::Forbidden));
    change(&mut tx, &city.app, now, &permit, own, 1, details("新安铝业集团", Some(CODE), XINAN))
        .await
        .expect("changed");
    let stale = change(&mut tx, &city.app, now, &permit, own, 1, details("旧标签页", Some(CODE), XINAN)).await;
    assert_eq!(stale, Err(AppError::refused("firms-conflict")));
    let twice = enter(&mut tx, &city.app, now, &permit, details("另一家", Some(CODE), XINAN)).await;
    let taken = FieldProblem::new("code", "firms-code-taken").with("name", "新安铝业集团");
    assert_eq!(twice, Err(AppError::Invalid(vec![taken])));
    tx.commit().await.expect("kept");
    for words in ["铝业", "xalyjt", "9135", "100%"] {
        let filter = Filter {
            words: words.to_owned(),
            ..Filter::default()
        };
        let found = directory(&city.app.db, &scope, &filter, Step::First).await.expect("read").rows.len();
        assert_eq!(found, usize::from(words != "100%"), "{words}");
    }
    let told = history(&city.app.db, own).await.expect("read");
    assert_eq!((told.len(), told[0].what.as_str()), (1, "changed"));
    let fields: Vec<String> = told[0].changes().into_iter().map(|change| change.field).collect();
    assert_eq!(fields, ["name", "code"]);
}

async fn the_directory_is_walked_by_key_in_every_order(engine: Engine) {
    let city = TestCity::new(engine).await;
    for n in 0..PAGE + 5 {
        let region = if n % 2 == 0 { XINAN } else { YIYANG };
        city.firm(&format!("企业{n:03}"), region).await;
        if n == 20 {
            city.hand.advance(chrono::TimeDelta::seconds(1));
        }
    }
    let scope = visible_to(&city.city_admin().await).expect("a scope");
    for sort in Sort::ALL {
        let filter = Filter { sort, ..Filter::default() };
        let read = async |step| directory(&city.app.db, &scope, &filter, step).await.expect("read");
        let first = read(Step::First).await;
        let second = read(Step::After(first.rows.last().expect("a row").id)).await;
        assert_eq!((first.rows.len(), second.rows.len(), second.has_older), (50, 5, false), "{sort:?}");
        assert_eq!(read(Step::Before(second.rows[0].id)).await.rows, first.rows, "{sort:?}");
        let exported = export(&city.app.db, &scope, &filter).await.expect("read");
        let names: Vec<&str> = exported.iter().map(|row| row.name.as_str()).collect();
        let walked: Vec<&str> = first.rows.iter().chain(&second.rows).map(|row| row.name.as_str()).collect();
        assert_eq!(names, walked, "{sort:?}");
        match sort {
            Sort::Name => assert_eq!(names[0], "企业000"),
            Sort::Newest => assert!(names[..34].contains(&"企业054") && names[54] < "企业021"),
            Sort::County => assert!(first.rows[..28].iter().all(|row| row.region.as_str() == XINAN)),
        }
    }
}

async fn the_filter_narrows(engine: Engine) {
    let city = TestCity::new(engine).await;
    let admin = city.city_admin().await;
    let permit = can_keep(&admin, &Region::from(XINAN)).expect("a permit");
    let mut tx = city.begin().await;
    for (name, region, category, size) in [
        ("甲", XINAN, Some(Category::Services), Some(Size::Small)),
        ("乙", XINAN, Some(Category::HighTech), Some(Size::Small)),
        ("丙", YIYANG, Some(Category::Services), Some(Size::Large)),
        ("丁", YIYANG, None, None),
    ] {
        let new = Details {
            category,
            size,
            ..details(name, None, region)
        };
        enter(&mut tx, &city.app, city.now(), &permit, new).await.expect("entered");
    }
    tx.commit().await.expect("kept");
    let scope = visible_to(&admin).expect("a scope");
    let names = async |filter: Filter| {
        let rows = directory(&city.app.db, &scope, &filter, Step::First).await.expect("read").rows;
        let mut names: Vec<String> = rows.into_iter().map(|row| row.name).collect();
        names.sort();
        names
    };
    let services = Filter {
        category: Some(Category::Services),
        ..Filter::default()
    };
    assert_eq!(names(services.clone()).await, ["丙", "甲"]);
    let small = Filter {
        size: Some(Size::Small),
        ..services
    };
    assert_eq!(names(small.clone()).await, ["甲"]);
    let none = Filter {
        region: Some(Region::from(YIYANG)),
        ..small
    };
    assert!(names(none).await.is_empty());
}

async fn a_contact_completes_the_profile(engine: Engine) {
    let city = TestCity::new(engine).await;
    let firm = city.firm("新安铝业", XINAN).await;
    let person = city.person("李敏", XINAN).await;
    let own = contact_of(&city, firm, person);
    let permit = can_keep_profile(&own, firm, &Region::from(XINAN)).expect("the own firm");
    let db = &city.app.db;
    let lacks = async || missing(&profile(db, firm).await.expect("a profile"));
    assert_eq!(lacks().await, Missing::ALL);
    let mut tx = city.begin().await;
    let kept = ProfileChange {
        size: Some(Size::Medium),
        industry: Some("铝材".to_owned()),
        about: "做门窗".to_owned(),
    };
    keep_profile(&mut tx, &city.app, city.now(), &permit, 1, kept.clone())
        .await
        .expect("kept");
    let stale = keep_profile(&mut tx, &city.app, city.now(), &permit, 1, kept).await;
    assert_eq!(stale, Err(AppError::refused("firms-conflict")));
    let first = add_contact(&mut tx, &city.app, city.now(), &permit, new_contact("张三", "0379-65912345"))
        .await
        .expect("added");
    let again = add_contact(&mut tx, &city.app, city.now(), &permit, new_contact("张三", "0379-65912345")).await;
    assert_eq!(again, Err(AppError::field("phone", "firms-contact-there")));
    let main = NewContact {
        is_main: true,
        ..new_contact("李四", "13800000000")
    };
    let second = add_contact(&mut tx, &city.app, city.now(), &permit, main).await.expect("added");
    tx.commit().await.expect("kept");
    assert_eq!(lacks().await, [Missing::Code, Missing::Category], "these are the coordinator's");
    let there = contacts(db, firm).await.expect("read");
    assert_eq!(
        there.iter().map(|contact| (contact.id, contact.is_main)).collect::<Vec<_>>(),
        [(second, true), (first, false)]
    );

    let other = city.firm("别家", XINAN).await;
    let foreign = can_keep_profile(&contact_of(&city, other, person), other, &Region::from(XINAN)).expect("theirs");
    let mut tx = city.begin().await;
    let taken = change_contact(&mut tx, &city.app, city.now(), &foreign, first, new_contact("王五", "13800000001")).await;
    assert_eq!(taken, Err(AppError::NotFound), "a contact of another firm does not exist");
    assert_eq!(
        remove_contact(&mut tx, &city.app, city.now(), &foreign, first).await,
        Err(AppError::NotFound)
    );
    remove_contact(&mut tx, &city.app, city.now(), &permit, second).await.expect("removed");
    tx.commit().await.expect("kept");
    assert!(contacts(db, firm).await.expect("read")[0].is_main, "the next takes its place");
    let told: Vec<String> = history(db, firm).await.expect("read").into_iter().map(|event| event.what).collect();
    assert_eq!(told.len(), 4, "{told:?}");
}

async fn duplicates_are_suspected(engine: Engine) {
    let city = TestCity::new(engine).await;
    let db = &city.app.db;
    let (one, namesake, caller, stranger) = (
        city.firm("牡丹瓷业", XINAN).await,
        city.firm("牡丹瓷业", YIYANG).await,
        city.firm("洛阳牡丹瓷业有限公司", XINAN).await,
        city.firm("别家", XINAN).await,
    );
    let admin = city.city_admin().await;
    let permit = |firm| can_keep_profile(&admin, firm, &Region::from(XINAN)).expect("a permit");
    let mut tx = city.begin().await;
    for (firm, name, phone) in [
        (one, "张三", "13800000000"),
        (caller, "老张", "13800000000"),
        (stranger, "李四", "13800000001"),
    ] {
        add_contact(&mut tx, &city.app, city.now(), &permit(firm), new_contact(name, phone))
            .await
            .expect("added");
    }
    tx.commit().await.expect("kept");
    // The same organisation, registered by another office: only the first eight characters and the check differ.
    let moved = CreditCode::complete("91410323M000100Y4").expect("a code").to_string();
    run(&city, sql("UPDATE firms SET credit_code = $2 WHERE id = $1").bind(one).bind(CODE)).await;
    run(&city, sql("UPDATE firms SET credit_code = $2 WHERE id = $1").bind(stranger).bind(moved)).await;
    let found = suspects(db, &whole(db, one).await.expect("a firm")).await.expect("read");
    let mut found: Vec<_> = found.into_iter().map(|suspect| (suspect.id, suspect.likenesses())).collect();
    found.sort_by_key(|(id, _)| *id);
    let mut expected = vec![
        (namesake, vec![Likeness::Name]),
        (caller, vec![Likeness::Phone]),
        (stranger, vec![Likeness::Code]),
    ];
    expected.sort_by_key(|(id, _)| *id);
    assert_eq!(found, expected);
}

/// Two firms with something of every kind behind the second.
struct Twins {
    city: TestCity,
    admin: Actor,
    survivor: FirmId,
    other: FirmId,
}

async fn twins(engine: Engine) -> Twins {
    let city = TestCity::new(engine).await;
    let admin = city.city_admin().await;
    let (survivor, other) = (city.firm("牡丹瓷业", XINAN).await, city.firm("洛阳牡丹瓷业", YIYANG).await);
    let (shared, class) = (city.class(XINAN, 40).await, city.class(XINAN, 40).await);
    let (both, person) = (city.person("两边都是", XINAN).await, city.person("员工", YIYANG).await);
    let now = city.now();
    let mut tx = city.begin().await;
    let grant = |person: PersonId, firm: FirmId| {
        sql("INSERT INTO grants (id, person_id, role, firm_id, granted_at) VALUES ($1, $2, 'firm', $3, $4)")
            .bind(GrantId::new(&city.app.chance, now))
            .bind(person)
            .bind(firm)
            .bind(now)
    };
    let hold = |class: crate::ids::ClassId, firm: FirmId, seats: i64| {
        sql("INSERT INTO seat_holds (class_id, firm_id, seats) VALUES ($1, $2, $3)")
            .bind(class)
            .bind(firm)
            .bind(seats)
    };
    for query in [
        sql("UPDATE firms SET credit_code = $2 WHERE id = $1").bind(other).bind(CODE),
        sql("UPDATE people SET firm_id = $2 WHERE id = $1").bind(person).bind(other),
        grant(both, survivor),
        grant(both, other),
        grant(person, other),
        hold(shared, survivor, 2),
        hold(shared, other, 3),
        hold(class, other, 4),
    ] {
        query.run(&mut tx).await.expect("written");
    }
    tx.commit().await.expect("kept");
    let seated = city.enrolment(class, person, "approved").await;
    run(&city, sql("UPDATE enrolments SET firm_id = $2 WHERE id = $1").bind(seated).bind(other)).await;
    let mut tx = city.begin().await;
    for (firm, name, phone) in [
        (survivor, "张三", "13800000000"),
        (other, "张三", "13800000000"),
        (other, "李四", "13800000001"),
    ] {
        let permit = can_keep_profile(&admin, firm, &Region::from(XINAN)).expect("a permit");
        add_contact(&mut tx, &city.app, now, &permit, new_contact(name, phone))
            .await
            .expect("added");
    }
    tx.commit().await.expect("kept");
    Twins {
        city,
        admin,
        survivor,
        other,
    }
}

impl Twins {
    async fn cohort(&self, name: &str) -> CohortId {
        let id = CohortId::new(&self.city.app.chance, self.city.now());
        let query = sql("INSERT INTO cohorts (id, name, size, state, created_at) VALUES ($1, $2, 30, 'running', $3)")
            .bind(id)
            .bind(name)
            .bind(self.city.now());
        run(&self.city, query).await;
        id
    }

    async fn pilot(&self, cohort: CohortId, firm: FirmId, state: &'static str) {
        let query = sql("INSERT INTO pilots (id, cohort_id, firm_id, region, category, reasons, state, nominated_at) VALUES ($1, $2, $3, $4, 'services', '', $5, $6)")
            .bind(PilotId::new(&self.city.app.chance, self.city.now()))
            .bind(cohort)
            .bind(firm)
            .bind(XINAN)
            .bind(state)
            .bind(self.city.now());
        run(&self.city, query).await;
    }

    async fn merge(&self, taken: &[&str]) -> Result<FirmId, AppError> {
        self.city.hand.advance(chrono::TimeDelta::seconds(1));
        let db = &self.city.app.db;
        let (survivor, other) = (whole(db, self.survivor).await?, whole(db, self.other).await?);
        let permit = can_merge(&self.admin, &survivor, &other).expect("the city may");
        let choice = Choice {
            taken: taken.iter().map(|field| (*field).to_owned()).collect(),
            versions: (survivor.version, other.version),
        };
        let mut tx = self.city.begin().await;
        let id = merge(&mut tx, &self.city.app, self.city.now(), &permit, &choice).await?;
        tx.commit().await?;
        Ok(id)
    }
}

async fn everything_moves_with_a_merged_firm(engine: Engine) {
    let twins = twins(engine).await;
    let (city, db) = (&twins.city, &twins.city.app.db);
    let cohort = twins.cohort("2026").await;
    twins.pilot(cohort, twins.other, "chosen").await;
    twins.pilot(cohort, twins.survivor, "declined").await;
    assert_eq!(
        moves(db, twins.other).await.expect("counted"),
        Moves {
            people: 1,
            grants: 2,
            seats: 2,
            enrolments: 1,
            pilots: 1,
            contacts: 2
        }
    );
    assert_eq!(twins.merge(&["name", "code"]).await, Ok(twins.survivor));
    assert_eq!(moves(db, twins.other).await.expect("counted"), Moves::default(), "nothing is left behind");
    assert_eq!(
        moves(db, twins.survivor).await.expect("counted"),
        Moves {
            people: 1,
            grants: 2,
            seats: 2,
            enrolments: 1,
            pilots: 2,
            contacts: 2
        },
        "nobody holds the role twice, and no contact stands there twice"
    );
    let seats: Vec<(i64,)> = sql("SELECT seats FROM seat_holds ORDER BY seats").all(db).await.expect("read");
    assert_eq!(seats, [(4,), (5,)], "seats in one class add up");
    assert_eq!(count(city, "SELECT COUNT(*) FROM firm_contacts WHERE is_main").await, 1);
    let survivor = whole(db, twins.survivor).await.expect("a firm");
    assert_eq!((survivor.name.as_str(), survivor.credit_code.as_deref()), ("洛阳牡丹瓷业", Some(CODE)));
    assert_eq!(survivor.region.as_str(), XINAN, "what was not taken stays");
    let gone = whole(db, twins.other).await.expect("its row stays");
    assert_eq!((gone.merged_into, gone.credit_code), (Some(twins.survivor), None));
    let told = history(db, twins.survivor).await.expect("read");
    assert_eq!(told[0].what, "merged-in");
    let fields: Vec<String> = told[0].changes().into_iter().map(|change| change.field).collect();
    assert_eq!(
        fields,
        ["firm", "name", "code", "people", "grants", "seats", "enrolments", "pilots", "contacts"]
    );
    assert_eq!(history(db, twins.other).await.expect("read")[0].what, "merged-away");
    let scope = visible_to(&twins.admin).expect("a scope");
    let rows = directory(db, &scope, &Filter::default(), Step::First).await.expect("read").rows;
    assert_eq!(
        rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        [twins.survivor],
        "the directory has one"
    );
    assert!(like(db, "牡丹", 8).await.expect("read").iter().all(|firm| firm.id == twins.survivor));
    let mut tx = city.begin().await;
    assert_eq!(settled(&mut tx, twins.other).await, Ok(twins.survivor));
    assert_eq!(settled(&mut tx, twins.survivor).await, Ok(twins.survivor));
    drop(tx);
    assert_eq!(twins.merge(&[]).await, Err(AppError::refused("firms-merged-already")));
}

async fn an_older_merge_leads_to_the_last_survivor(engine: Engine) {
    let mut twins = twins(engine).await;
    let older = twins.other;
    twins.merge(&[]).await.expect("merged");
    let third = twins.city.firm("第三家", XINAN).await;
    (twins.other, twins.survivor) = (twins.survivor, third);
    twins.merge(&[]).await.expect("merged");
    let found = whole(&twins.city.app.db, older).await.expect("its row stays");
    assert_eq!(found.merged_into, Some(third), "one step, however long the chain was");
}

async fn released_seats_do_not_come_back_by_a_merge(engine: Engine) {
    let twins = twins(engine).await;
    let released = sql("UPDATE seat_holds SET released_at = $2 WHERE firm_id = $1")
        .bind(twins.other)
        .bind(twins.city.now());
    run(&twins.city, released).await;
    twins.merge(&[]).await.expect("merged");
    let rows: Vec<(i64, bool)> = sql("SELECT seats, released_at IS NOT NULL FROM seat_holds ORDER BY seats")
        .all(&twins.city.app.db)
        .await
        .expect("read");
    assert_eq!(rows, [(2, false), (4, true)], "of the released hold in the shared class nothing was used");
}

async fn two_pilots_of_one_cohort_are_refused(engine: Engine) {
    let twins = twins(engine).await;
    let cohort = twins.cohort("第一批").await;
    twins.pilot(cohort, twins.survivor, "nominated").await;
    twins.pilot(cohort, twins.other, "chosen").await;
    let before = moves(&twins.city.app.db, twins.other).await.expect("counted");
    let Err(AppError::Refused(problem)) = twins.merge(&[]).await else {
        panic!("two live pilots become one");
    };
    assert_eq!((problem.key.as_str(), problem.args[0].1.as_str()), ("firms-merge-two-pilots", "第一批"));
    assert_eq!(moves(&twins.city.app.db, twins.other).await.expect("counted"), before, "nothing moved");
}

async fn a_merge_of_what_changed_meanwhile_is_refused(engine: Engine) {
    let twins = twins(engine).await;
    let db = &twins.city.app.db;
    let (survivor, other) = (
        whole(db, twins.survivor).await.expect("a firm"),
        whole(db, twins.other).await.expect("a firm"),
    );
    let permit = can_merge(&twins.admin, &survivor, &other).expect("the city may");
    let kept = can_keep_profile(&twins.admin, other.id, &other.region).expect("a permit");
    let mut tx = twins.city.begin().await;
    let profile = ProfileChange {
        size: Some(Size::Micro),
        industry: None,
        about: String::new(),
    };
    keep_profile(&mut tx, &twins.city.app, twins.city.now(), &kept, other.version, profile)
        .await
        .expect("kept");
    let choice = Choice {
        taken: Vec::new(),
        versions: (survivor.version, other.version),
    };
    let refused = merge(&mut tx, &twins.city.app, twins.city.now(), &permit, &choice).await;
    assert_eq!(refused, Err(AppError::refused("firms-conflict")));
}

/// Merging while others enter people of the firm that goes: nobody is left with it.
async fn merging_while_people_are_entered_leaves_nobody_behind(engine: Engine) {
    let twins = twins(engine).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..12 {
        let (app, now, other) = (twins.city.app.clone(), twins.city.now(), twins.other);
        let person = twins.city.person(&format!("人{n}"), YIYANG).await;
        tasks.spawn(async move {
            let mut tx = app.db.begin().await?;
            let firm = if n % 2 == 0 {
                find_or_create(&mut tx, &app, now, None, new_firm("某某", Some(CODE), YIYANG)).await?
            } else {
                settled(&mut tx, other).await?
            };
            sql("UPDATE people SET firm_id = $2 WHERE id = $1")
                .bind(person)
                .bind(firm)
                .run(&mut tx)
                .await?;
            tx.commit().await
        });
    }
    let merged = twins.merge(&["code"]).await;
    for outcome in tasks.join_all().await {
        outcome.expect("entered");
    }
    assert_eq!(merged, Ok(twins.survivor));
    let db = &twins.city.app.db;
    let left = sql("SELECT COUNT(*) FROM people p JOIN firms f ON f.id = p.firm_id WHERE f.merged_into IS NOT NULL");
    assert_eq!(left.count(db).await.expect("counted"), 0);
    assert_eq!(moves(db, twins.survivor).await.expect("counted").people, 13);
}

/// Merges crossing each other: one wins, the other is told.
async fn merged_crosswise_one_survives(engine: Engine) {
    let twins = twins(engine).await;
    let db = &twins.city.app.db;
    let (one, other) = (
        whole(db, twins.survivor).await.expect("a firm"),
        whole(db, twins.other).await.expect("a firm"),
    );
    let mut tasks = tokio::task::JoinSet::new();
    for (survivor, goes) in [(one.clone(), other.clone()), (other, one)] {
        let (app, now) = (twins.city.app.clone(), twins.city.now());
        let permit = can_merge(&twins.admin, &survivor, &goes).expect("the city may");
        let choice = Choice {
            taken: Vec::new(),
            versions: (survivor.version, goes.version),
        };
        tasks.spawn(async move {
            let mut tx = app.db.begin().await?;
            merge(&mut tx, &app, now, &permit, &choice).await?;
            tx.commit().await
        });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert!(outcomes.contains(&Err(AppError::refused("firms-merged-already"))), "{outcomes:?}");
    assert_eq!(count(&twins.city, "SELECT COUNT(*) FROM firms WHERE merged_into IS NULL").await, 1);
}

/// Every table that points at firms is one that a merge knows.
#[tokio::test(flavor = "multi_thread")]
async fn a_merge_knows_every_table_that_points_at_firms() {
    let db = crate::db::testing::fresh(Engine::Sqlite).await;
    let rows: Vec<(String,)> = sql("SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k
         WHERE m.type = 'table' AND k.\"table\" = 'firms' ORDER BY m.name")
    .all(&db)
    .await
    .expect("read");
    let names: Vec<String> = rows.into_iter().map(|(name,)| name).collect();
    // A firm's own history stays with it.
    let known = [
        "enrolments",
        "firm_contacts",
        "firm_events",
        "firms",
        "grants",
        "people",
        "pilots",
        "seat_holds",
    ];
    assert_eq!(names, known, "move its rows in store/merge.rs and count them in Moves");
}

crate::on_both_engines!(
    the_same_firm_is_found_however_it_is_entered,
    entered_by_many_at_once_it_is_one_firm,
    a_desk_sees_and_keeps_the_firms_of_its_county,
    the_directory_is_walked_by_key_in_every_order,
    the_filter_narrows,
    a_contact_completes_the_profile,
    duplicates_are_suspected,
    everything_moves_with_a_merged_firm,
    an_older_merge_leads_to_the_last_survivor,
    released_seats_do_not_come_back_by_a_merge,
    two_pilots_of_one_cohort_are_refused,
    a_merge_of_what_changed_meanwhile_is_refused,
    merging_while_people_are_entered_leaves_nobody_behind,
    merged_crosswise_one_survives,
);
