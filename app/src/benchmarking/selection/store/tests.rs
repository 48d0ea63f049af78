//! Contracts of selection, on both engines.

use super::*;
use crate::accounts::{Actor, Grant};
use crate::benchmarking::policy::{self, CheckPermit, ProgrammePermit};
use crate::benchmarking::rules::{PilotState, Stage};
use crate::benchmarking::selection::rules::{CohortState, Group, Target};
use crate::benchmarking::store::{history, pilot, seen};
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::firms::Category;
use crate::ids::{CohortId, FirmId, PersonId, PilotId, Region};
use crate::notices::inbox;
use crate::paging::Step;
use crate::testing::{TestCity, XINAN, YIYANG};

/// A city with a cohort that is being selected.
struct Desk {
    city: TestCity,
    admin: Actor,
    run: ProgrammePermit,
    cohort: CohortId,
}

fn change(name: &str, size: i64) -> CohortChange {
    CohortChange {
        name: name.to_owned(),
        size,
        target: Target::even(size),
    }
}

fn reasons(text: &str) -> Nomination {
    Nomination {
        category: Category::Services,
        reasons: text.to_owned(),
    }
}

impl Desk {
    async fn new(engine: Engine, size: i64) -> Self {
        let city = TestCity::new(engine).await;
        let admin = city.city_admin().await;
        let run = policy::can_run(&admin).expect("a permit");
        let mut tx = city.begin().await;
        let cohort = add(&mut tx, &city.app, city.now(), &run, &change("第一批", size))
            .await
            .expect("a cohort");
        tx.commit().await.expect("kept");
        Self { city, admin, run, cohort }
    }

    async fn nominate_firm(&self, firm: FirmId, region: &str) -> Result<PilotId, AppError> {
        let permit = policy::can_nominate(&self.admin, &Region::from(region)).expect("a permit");
        let mut tx = self.city.begin().await;
        let id = nominate(&mut tx, &self.city.app, self.city.now(), &permit, self.cohort, firm, &reasons("有代表性")).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A firm of 新安 that is nominated.
    async fn nominated(&self, name: &str) -> PilotId {
        let firm = self.city.firm(name, XINAN).await;
        self.nominate_firm(firm, XINAN).await.expect("nominated")
    }

    async fn decided(&self, decision: Decision, ids: &[PilotId]) -> Result<Report, AppError> {
        let mut tx = self.city.begin().await;
        let report = decide(&mut tx, &self.city.app, self.city.now(), &self.run, self.cohort, &decision, ids).await?;
        tx.commit().await?;
        Ok(report)
    }

    async fn screened(&self, name: &str) -> PilotId {
        let id = self.nominated(name).await;
        self.decided(Decision::Pass, &[id]).await.expect("screened");
        id
    }

    async fn chosen(&self, name: &str) -> PilotId {
        let id = self.screened(name).await;
        self.decided(Decision::Choose, &[id]).await.expect("chosen");
        id
    }

    async fn substituted(&self, leaving: PilotId, coming: PilotId) -> Result<(), AppError> {
        let mut tx = self.city.begin().await;
        substitute(&mut tx, &self.city.app, self.city.now(), &self.run, leaving, coming, "停产").await?;
        tx.commit().await
    }

    async fn undone(&self, id: PilotId) -> Result<(), AppError> {
        let mut tx = self.city.begin().await;
        undo(&mut tx, &self.city.app, self.city.now(), &self.run, id).await?;
        tx.commit().await
    }

    async fn withdrawn(&self, permit: &CheckPermit) -> Result<(), AppError> {
        let mut tx = self.city.begin().await;
        withdraw(&mut tx, &self.city.app, self.city.now(), permit, "经营困难").await?;
        tx.commit().await
    }

    async fn check(&self, actor: &Actor, id: PilotId) -> CheckPermit {
        let (_, standing) = seen(&self.city.app.db, actor, id).await.expect("a standing");
        standing.can_check().expect("a permit")
    }

    async fn state(&self, id: PilotId) -> PilotState {
        pilot(&self.city.app.db, id).await.expect("a pilot").state()
    }

    async fn places(&self) -> i64 {
        tally(&self.city.app.db, self.cohort).await.expect("counted").all(Group::Chosen)
    }

    async fn what(&self, id: PilotId) -> Vec<String> {
        let lines = history(&self.city.app.db, id).await.expect("read");
        let mut words: Vec<String> = lines.into_iter().map(|line| line.what).collect();
        words.sort();
        words
    }

    async fn grant(&self, person: PersonId, role: &'static str, region: Option<&str>, firm: Option<FirmId>) {
        let mut tx = self.city.begin().await;
        sql("INSERT INTO grants (id, person_id, role, region, firm_id, granted_at) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(self.city.app.chance.uuid(self.city.now()))
            .bind(person)
            .bind(role)
            .bind(region)
            .bind(firm)
            .bind(self.city.now())
            .run(&mut tx)
            .await
            .expect("a grant");
        tx.commit().await.expect("kept");
    }

    async fn told(&self, person: PersonId) -> Vec<(String, String)> {
        let notices = inbox(&self.city.app.db, person).await.expect("read");
        notices.into_iter().map(|notice| (notice.text.key, notice.link)).collect()
    }
}

fn key<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> String {
    match outcome {
        Err(AppError::Refused(problem)) => problem.key,
        other => panic!("{other:?}"),
    }
}

async fn a_cohort_is_added_changed_and_moved_on(engine: Engine) {
    let desk = Desk::new(engine, 30).await;
    let (db, now) = (&desk.city.app.db, desk.city.now());
    let found = cohort(db, desk.cohort).await.expect("read");
    assert_eq!((found.size, found.state, found.edition), (30, CohortState::Selecting, 1));
    assert_eq!(target(db, desk.cohort).await.expect("read"), Target::even(30));
    let mut tx = desk.city.begin().await;
    let outcome = change_to(&desk, &mut tx, 1, change("一批", 31)).await;
    assert_eq!(outcome, Ok(()));
    assert_eq!(key(change_to(&desk, &mut tx, 1, change("又改", 31)).await), "selection-changed-meanwhile");
    assert_eq!(
        key(advance(&mut tx, &desk.city.app, now, &desk.run, desk.cohort, CohortState::Running).await),
        "selection-cohort-empty"
    );
    assert_eq!(
        key(advance(&mut tx, &desk.city.app, now, &desk.run, desk.cohort, CohortState::Closed).await),
        "selection-cohort-moved"
    );
    tx.commit().await.expect("kept");
    assert_eq!(target(db, desk.cohort).await.expect("read").sum(), 31);
    desk.chosen("甲").await;
    desk.chosen("乙").await;
    let mut tx = desk.city.begin().await;
    let Err(AppError::Invalid(faults)) = change_to(&desk, &mut tx, 2, change("一批", 1)).await else {
        panic!("below the firms chosen")
    };
    assert_eq!(faults[0].problem.key, "selection-size-below-chosen");
    for to in [CohortState::Running, CohortState::Closed] {
        advance(&mut tx, &desk.city.app, now, &desk.run, desk.cohort, to).await.expect("moved on");
    }
    tx.commit().await.expect("kept");
    let listed = cohorts(db, Step::First).await.expect("listed").rows;
    assert_eq!((listed[0].chosen, listed[0].state), (2, CohortState::Closed));
    assert_eq!(live(db).await.expect("read"), Vec::new());
    let late = desk.city.firm("丙", XINAN).await;
    assert_eq!(key(desk.nominate_firm(late, XINAN).await), "selection-cohort-is-closed");
}

async fn change_to(desk: &Desk, tx: &mut crate::db::Tx, edition: i64, to: CohortChange) -> Result<(), AppError> {
    super::change(tx, &desk.city.app, desk.city.now(), &desk.run, desk.cohort, edition, &to).await
}

async fn a_firm_is_nominated_once_by_its_own_county(engine: Engine) {
    let desk = Desk::new(engine, 30).await;
    let (city, now) = (&desk.city, desk.city.now());
    let (own, other) = (city.firm("新安铝业", XINAN).await, city.firm("宜阳陶瓷", YIYANG).await);
    let coordinator = city.coordinator(XINAN).await;
    assert_eq!(policy::can_nominate(&coordinator, &Region::from(YIYANG)), None);
    let permit = policy::can_nominate(&coordinator, &Region::from(XINAN)).expect("a permit");
    let mut tx = city.begin().await;
    let foreign = nominate(&mut tx, &city.app, now, &permit, desk.cohort, other, &reasons("x")).await;
    assert_eq!(foreign, Err(AppError::NotFound));
    let id = nominate(&mut tx, &city.app, now, &permit, desk.cohort, own, &reasons("有代表性"))
        .await
        .expect("nominated");
    tx.commit().await.expect("kept");
    assert_eq!(key(desk.nominate_firm(own, XINAN).await), "selection-nominated-already");

    let check = desk.check(&coordinator, id).await;
    let version = pilot(&city.app.db, id).await.expect("read").version;
    let mut tx = city.begin().await;
    edit(&mut tx, &city.app, now, &check, version, &reasons("改过的理由"))
        .await
        .expect("edited");
    tx.commit().await.expect("kept");
    let mut tx = city.begin().await;
    assert_eq!(
        key(edit(&mut tx, &city.app, now, &check, version, &reasons("晚了")).await),
        "selection-changed-meanwhile"
    );
    drop(tx);
    assert_eq!(pilot(&city.app.db, id).await.expect("read").reasons, "改过的理由");
    desk.decided(Decision::Pass, &[id]).await.expect("screened");
    let version = pilot(&city.app.db, id).await.expect("read").version;
    let mut tx = city.begin().await;
    assert_eq!(
        key(edit(&mut tx, &city.app, now, &check, version, &reasons("太晚")).await),
        "selection-screened-already"
    );
    drop(tx);
    desk.withdrawn(&check).await.expect("taken back");
    assert_eq!(key(desk.withdrawn(&check).await), "selection-step-over");
    let again = desk.nominate_firm(own, XINAN).await.expect("a firm that was taken back may come again");
    assert_ne!(again, id);
    assert_eq!(desk.what(id).await, ["edited", "nominated", "screened", "withdrawn"]);
}

async fn a_county_sees_its_own_and_lists_come_in_pages(engine: Engine) {
    let desk = Desk::new(engine, 60).await;
    let city = &desk.city;
    let mut own = Vec::new();
    for n in 0..55 {
        own.push(desk.nominated(&format!("企业{n:02}")).await);
    }
    let other = city.firm("宜阳陶瓷", YIYANG).await;
    let other = desk.nominate_firm(other, YIYANG).await.expect("nominated");
    let scope = policy::visible_to(&city.coordinator(XINAN).await).expect("a scope");
    let all = policy::visible_to(&desk.admin).expect("a scope");
    for sort in Sort::ALL {
        let filter = Filter {
            sort: *sort,
            ..Filter::of(desk.cohort)
        };
        let first = list(&city.app.db, &scope, &filter, Step::First).await.expect("listed");
        assert_eq!((first.rows.len(), first.has_newer, first.has_older), (50, false, true), "{sort:?}");
        let last = first.rows.last().expect("a row").id;
        let second = list(&city.app.db, &scope, &filter, Step::After(last)).await.expect("listed");
        assert_eq!((second.rows.len(), second.has_older), (5, false), "{sort:?}");
        let back = list(&city.app.db, &scope, &filter, Step::Before(second.rows[0].id))
            .await
            .expect("listed");
        assert_eq!(back.rows, first.rows, "{sort:?}");
        assert!(first.rows.iter().chain(&second.rows).all(|row| row.id != other));
    }
    let narrow = |words: &str, region: Option<&str>, category, view| Filter {
        words: words.to_owned(),
        region: region.map(Region::from),
        category,
        view,
        ..Filter::of(desk.cohort)
    };
    let found = async |filter| list(&city.app.db, &all, &filter, Step::First).await.expect("listed").rows.len();
    assert_eq!(found(narrow("宜阳", None, None, View::All)).await, 1);
    assert_eq!(found(narrow("", Some(YIYANG), Some(Category::Services), View::Nominated)).await, 1);
    assert_eq!(found(narrow("", Some(YIYANG), Some(Category::HighTech), View::All)).await, 0);
    assert_eq!(found(narrow("", None, None, View::Out)).await, 0);
    assert_eq!(found(narrow("%", None, None, View::All)).await, 0, "a sign of LIKE is only a sign");
    let counted = counts(&city.app.db, &scope, Some(desk.cohort)).await.expect("counted");
    assert_eq!(counted.get(&PilotState::Nominated), Some(&55));
    assert_eq!(seen(&city.app.db, &city.coordinator(YIYANG).await, own[0]).await, Err(AppError::NotFound));
}

async fn choosing_gives_a_stage_a_history_and_word_to_those_concerned(engine: Engine) {
    let desk = Desk::new(engine, 30).await;
    let city = &desk.city;
    let firm = city.firm("新安铝业", XINAN).await;
    let (county, contact) = (city.person("县管", XINAN).await, city.person("联络员", XINAN).await);
    desk.grant(county, "county", Some(XINAN), None).await;
    desk.grant(contact, "firm", None, Some(firm)).await;
    let elsewhere = city.person("别县", YIYANG).await;
    desk.grant(elsewhere, "county", Some(YIYANG), None).await;
    let id = desk.nominate_firm(firm, XINAN).await.expect("nominated");
    let early = desk.decided(Decision::Choose, &[id]).await.expect("looked at");
    assert_eq!(early, Report { done: 0, left: 1 }, "not before it is screened");
    desk.decided(Decision::Pass, &[id]).await.expect("screened");
    assert_eq!(desk.decided(Decision::Choose, &[id]).await, Ok(Report { done: 1, left: 0 }));
    let chosen = pilot(&city.app.db, id).await.expect("read");
    assert_eq!(
        (chosen.state(), chosen.stage(), chosen.chosen_at),
        (PilotState::Chosen, Some(Stage::Seek), Some(city.now()))
    );
    assert_eq!(desk.what(id).await, ["chosen", "nominated", "screened"]);
    let key = || "selection-notice-chosen".to_owned();
    assert_eq!(desk.told(county).await, [(key(), format!("/desk/nominations/{id}"))]);
    assert_eq!(desk.told(contact).await, [(key(), format!("/firm/{id}"))]);
    assert_eq!(desk.told(elsewhere).await, []);
    let trail = sql("SELECT COUNT(*) FROM audit_entries WHERE what = 'pilot.chosen'")
        .count(&city.app.db)
        .await;
    assert_eq!(trail.expect("counted"), 1);

    let declined = desk.nominated("落选").await;
    let why = Decision::Decline { why: "材料不全".into() };
    desk.decided(why, &[declined]).await.expect("declined");
    assert_eq!(desk.state(declined).await, PilotState::Declined);
    assert_eq!(desk.told(county).await.len(), 2);
    assert_eq!(desk.told(contact).await.len(), 1);
    let foreign = PilotId::new(&city.app.chance, city.now());
    assert_eq!(desk.decided(Decision::Pass, &[declined, foreign]).await, Err(AppError::NotFound));
}

async fn the_thirty_first_is_refused_and_so_is_a_batch_that_does_not_fit(engine: Engine) {
    let desk = Desk::new(engine, 3).await;
    let ids = [
        desk.screened("甲").await,
        desk.screened("乙").await,
        desk.screened("丙").await,
        desk.screened("丁").await,
    ];
    assert_eq!(key(desk.decided(Decision::Choose, &ids).await), "selection-full");
    assert_eq!(desk.places().await, 0, "all of a batch or none");
    desk.decided(Decision::Choose, &ids[..3]).await.expect("chosen");
    assert_eq!(key(desk.decided(Decision::Choose, &ids[3..]).await), "selection-full");
    desk.undone(ids[0]).await.expect("undone");
    assert_eq!(desk.state(ids[0]).await, PilotState::Screened);
    assert_eq!(pilot(&desk.city.app.db, ids[0]).await.expect("read").stage(), None);
    desk.decided(Decision::Choose, &ids[3..]).await.expect("the place is free again");
    assert_eq!(desk.places().await, 3);
    assert_eq!(key(desk.undone(ids[0]).await), "selection-step-over");
}

async fn forty_at_once_for_thirty_places_are_exactly_thirty(engine: Engine) {
    let desk = Desk::new(engine, 30).await;
    let mut ids = Vec::new();
    for n in 0..40 {
        ids.push(desk.nominated(&format!("企业{n}")).await);
    }
    ids.sort();
    desk.decided(Decision::Pass, &ids).await.expect("screened");
    let mut tasks = tokio::task::JoinSet::new();
    for id in ids {
        let (app, now, run, cohort) = (desk.city.app.clone(), desk.city.now(), desk.run, desk.cohort);
        tasks.spawn(async move {
            let mut tx = app.db.begin().await?;
            decide(&mut tx, &app, now, &run, cohort, &Decision::Choose, &[id]).await?;
            tx.commit().await
        });
    }
    let outcomes = tasks.join_all().await;
    let (taken, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((taken.len(), refused.len()), (30, 10));
    assert!(refused.into_iter().all(|outcome| key(outcome) == "selection-full"));
    assert_eq!(desk.places().await, 30);
}

async fn a_choice_is_undone_only_while_nothing_was_begun(engine: Engine) {
    let desk = Desk::new(engine, 30).await;
    let id = desk.chosen("甲").await;
    let verifier = desk.city.person("专家", XINAN).await;
    let mut tx = desk.city.begin().await;
    sql("INSERT INTO verifier_assignments (pilot_id, person_id, assigned_at) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(verifier)
        .bind(desk.city.now())
        .run(&mut tx)
        .await
        .expect("assigned");
    tx.commit().await.expect("kept");
    assert_eq!(key(desk.undone(id).await), "selection-begun");
    assert_eq!(desk.state(id).await, PilotState::Chosen);
}

async fn a_pilot_withdraws_and_its_place_is_free(engine: Engine) {
    let desk = Desk::new(engine, 1).await;
    let coordinator = desk.city.coordinator(XINAN).await;
    let id = desk.chosen("甲").await;
    let check = desk.check(&coordinator, id).await;
    desk.withdrawn(&check).await.expect("withdrawn");
    assert_eq!(desk.state(id).await, PilotState::Withdrawn);
    assert_eq!(desk.places().await, 0);
    desk.chosen("乙").await;
    assert_eq!(desk.places().await, 1);
}

async fn a_substitute_comes_in_the_place_of_another(engine: Engine) {
    let desk = Desk::new(engine, 2).await;
    let (out, stays) = (desk.chosen("甲").await, desk.chosen("乙").await);
    let (coming, late) = (desk.nominated("丙").await, desk.screened("丁").await);
    assert_eq!(
        key(desk.substituted(late, coming).await),
        "selection-step-over",
        "who holds no place gives none"
    );
    assert_eq!(
        key(desk.substituted(out, stays).await),
        "selection-step-over",
        "who holds a place needs none"
    );
    assert!(matches!(desk.substituted(out, out).await, Err(AppError::Invalid(_))));
    desk.substituted(out, coming).await.expect("substituted");
    assert_eq!(desk.places().await, 2);
    assert_eq!(
        (desk.state(out).await, desk.state(coming).await),
        (PilotState::Substituted, PilotState::Chosen)
    );
    let link: (Option<PilotId>,) = sql("SELECT substitute_of FROM pilots WHERE id = $1")
        .bind(coming)
        .one(&desk.city.app.db)
        .await
        .expect("read");
    assert_eq!(link.0, Some(out));
    assert!(desk.what(out).await.contains(&"substituted".to_owned()));
    assert!(desk.what(coming).await.contains(&"stepped_in".to_owned()));
    assert_eq!(key(desk.substituted(out, late).await), "selection-step-over", "only once");
}

async fn substitutes_and_choices_at_once_never_make_a_place_more(engine: Engine) {
    let desk = Desk::new(engine, 5).await;
    let mut out = Vec::new();
    for n in 0..5 {
        out.push(desk.chosen(&format!("在册{n}")).await);
    }
    let mut waiting = Vec::new();
    for n in 0..10 {
        waiting.push(desk.screened(&format!("候选{n}")).await);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for (n, coming) in waiting.into_iter().enumerate() {
        let (app, now, run, cohort) = (desk.city.app.clone(), desk.city.now(), desk.run, desk.cohort);
        // Two want the place of each firm, in either order of their ids, and every second one also tries an ordinary choice.
        let leaving = out[n % 5];
        tasks.spawn(async move {
            let mut tx = app.db.begin().await?;
            let done = substitute(&mut tx, &app, now, &run, leaving, coming, "停产").await;
            if done.is_ok() {
                return tx.commit().await;
            }
            drop(tx);
            let mut tx = app.db.begin().await?;
            decide(&mut tx, &app, now, &run, cohort, &Decision::Choose, &[coming]).await?;
            tx.commit().await
        });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 5);
    assert_eq!(desk.places().await, 5);
    for id in out {
        assert_eq!(desk.state(id).await, PilotState::Substituted);
    }
}

async fn each_role_may_what_the_rules_say(engine: Engine) {
    let desk = Desk::new(engine, 30).await;
    let city = &desk.city;
    let firm = city.firm("新安铝业", XINAN).await;
    let id = desk.nominate_firm(firm, XINAN).await.expect("nominated");
    let own = Region::from(XINAN);
    let contact = city.actor("联络员", XINAN, vec![Grant::Firm(firm)]).await;
    let verifier = city.actor("专家", XINAN, vec![Grant::Verifier]).await;
    // who, runs the programme, nominates in 新安, checks this nomination
    let table = [
        ("city", desk.admin.clone(), true, true, Some(true)),
        ("own county", city.coordinator(XINAN).await, false, true, Some(true)),
        ("other county", city.coordinator(YIYANG).await, false, false, None),
        ("contact", contact, false, false, Some(false)),
        ("verifier of others", verifier, false, false, None),
        ("entrepreneur", city.entrepreneur(XINAN).await, false, false, None),
    ];
    for (who, actor, runs, nominates, checks) in table {
        assert_eq!(policy::can_run(&actor).is_some(), runs, "{who} runs");
        assert_eq!(policy::can_nominate(&actor, &own).is_some(), nominates, "{who} nominates");
        let standing = seen(&city.app.db, &actor, id)
            .await
            .ok()
            .map(|(_, standing)| standing.can_check().is_some());
        assert_eq!(standing, checks, "{who} checks");
    }
}

crate::on_both_engines!(
    a_cohort_is_added_changed_and_moved_on,
    a_firm_is_nominated_once_by_its_own_county,
    a_county_sees_its_own_and_lists_come_in_pages,
    choosing_gives_a_stage_a_history_and_word_to_those_concerned,
    the_thirty_first_is_refused_and_so_is_a_batch_that_does_not_fit,
    forty_at_once_for_thirty_places_are_exactly_thirty,
    a_choice_is_undone_only_while_nothing_was_begun,
    a_pilot_withdraws_and_its_place_is_free,
    a_substitute_comes_in_the_place_of_another,
    substitutes_and_choices_at_once_never_make_a_place_more,
    each_role_may_what_the_rules_say,
);
