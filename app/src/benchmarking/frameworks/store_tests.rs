//! Contracts of the store of frameworks, on both engines.

use tokio::task::JoinSet;

use super::policy::{ReadPermit, can_read};
use super::rules::FrameworkState;
use super::store::{self, Stored};
use super::{default, document};
use crate::benchmarking::policy::{ProgrammePermit, can_run};
use crate::benchmarking::rules::Framework;
use crate::db::sql;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::ids::FrameworkId;
use crate::paging::Step;
use crate::testing::{TestCity, XINAN};

struct Bench {
    city: TestCity,
    permit: ProgrammePermit,
    read: ReadPermit,
}

impl Bench {
    /// A city with the default framework, and its administrator.
    async fn new(engine: Engine) -> Self {
        let city = TestCity::new(engine).await;
        let actor = city.city_admin().await;
        let mut tx = city.begin().await;
        store::found(&mut tx, &city.app.chance, city.now()).await.expect("founded");
        tx.commit().await.expect("kept");
        Self {
            city,
            permit: can_run(&actor).expect("the city runs it"),
            read: can_read(&actor).expect("and reads it"),
        }
    }

    async fn default(&self) -> Stored {
        let listed = store::list(&self.city.app.db, &self.permit, Step::First).await.expect("a list");
        let row = listed.rows.last().expect("the default framework");
        self.get(row.id).await
    }

    async fn get(&self, id: FrameworkId) -> Stored {
        store::readable(&self.city.app.db, &self.read, id).await.expect("a framework")
    }

    async fn copy(&self, of: FrameworkId) -> FrameworkId {
        let mut tx = self.city.begin().await;
        let id = store::copy(&mut tx, &self.city.app, self.city.now(), &self.permit, of)
            .await
            .expect("a copy");
        tx.commit().await.expect("kept");
        id
    }

    async fn save(&self, id: FrameworkId, edition: i64, framework: &Framework) -> Result<(), AppError> {
        let mut tx = self.city.begin().await;
        store::save(&mut tx, &self.city.app, self.city.now(), &self.permit, id, edition, framework).await?;
        tx.commit().await
    }

    async fn publish(&self, id: FrameworkId, edition: i64) -> Result<(), AppError> {
        let mut tx = self.city.begin().await;
        store::publish(&mut tx, &self.city.app, self.city.now(), &self.permit, id, edition).await?;
        tx.commit().await
    }

    async fn retire(&self, id: FrameworkId) -> Result<(), AppError> {
        let mut tx = self.city.begin().await;
        store::retire(&mut tx, &self.city.app, self.city.now(), &self.permit, id).await?;
        tx.commit().await
    }

    async fn discard(&self, id: FrameworkId, edition: i64) -> Result<(), AppError> {
        let mut tx = self.city.begin().await;
        store::discard(&mut tx, &self.city.app, self.city.now(), &self.permit, id, edition).await?;
        tx.commit().await
    }
}

fn key<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> String {
    match outcome.expect_err("refused") {
        AppError::Refused(problem) => problem.key,
        AppError::Invalid(fields) => fields.into_iter().map(|field| field.problem.key).collect(),
        other => other.to_string(),
    }
}

async fn a_new_city_begins_with_the_default_once(engine: Engine) {
    let bench = Bench::new(engine).await;
    let mut tx = bench.city.begin().await;
    store::found(&mut tx, &bench.city.app.chance, bench.city.now()).await.expect("again");
    tx.commit().await.expect("kept");
    let listed = store::list(&bench.city.app.db, &bench.permit, Step::First).await.expect("a list");
    assert_eq!(listed.rows.len(), 1);
    let stored = bench.default().await;
    assert_eq!(stored.state, FrameworkState::Published);
    assert_eq!(stored.framework, default::framework().expect("sound"));
    let pinned = crate::benchmarking::store::framework(&bench.city.app.db, stored.id).await;
    assert_eq!(pinned.expect("what rounds read"), stored.framework);
}

async fn what_is_published_never_changes(engine: Engine) {
    let bench = Bench::new(engine).await;
    let published = bench.default().await;
    let mut other = published.framework.clone();
    other.dimensions[0].name = "换了".to_owned();
    assert_eq!(key(bench.save(published.id, published.edition, &other).await), "frameworks-conflict");
    assert_eq!(key(bench.publish(published.id, published.edition).await), "frameworks-no-draft");
    assert_eq!(key(bench.discard(published.id, published.edition).await), "frameworks-conflict");
    bench.retire(published.id).await.expect("retired");
    assert_eq!(key(bench.retire(published.id).await), "frameworks-not-published");
    assert_eq!(key(bench.save(published.id, published.edition, &other).await), "frameworks-conflict");
    assert_eq!(key(bench.discard(published.id, published.edition).await), "frameworks-conflict");
    let kept = bench.get(published.id).await;
    assert_eq!((kept.state, kept.framework), (FrameworkState::Retired, published.framework));
}

async fn two_tabs_do_not_overwrite_each_other(engine: Engine) {
    let bench = Bench::new(engine).await;
    let draft = bench.copy(bench.default().await.id).await;
    let seen = bench.get(draft).await;
    let mut first = seen.framework.clone();
    first.dimensions[0].name = "第一次".to_owned();
    let mut second = seen.framework.clone();
    second.dimensions[0].name = "第二次".to_owned();
    bench.save(draft, seen.edition, &first).await.expect("saved");
    assert_eq!(key(bench.save(draft, seen.edition, &second).await), "frameworks-conflict");
    assert_eq!(key(bench.publish(draft, seen.edition).await), "frameworks-conflict");
    assert_eq!(key(bench.discard(draft, seen.edition).await), "frameworks-conflict");
    let kept = bench.get(draft).await;
    assert_eq!((kept.framework, kept.edition), (first, seen.edition + 1));
    bench.discard(draft, kept.edition).await.expect("discarded");
    assert_eq!(store::readable(&bench.city.app.db, &bench.read, draft).await, Err(AppError::NotFound));
}

async fn a_number_is_given_once(engine: Engine) {
    let bench = Bench::new(engine).await;
    let default = bench.default().await;
    let (one, two) = (bench.copy(default.id).await, bench.copy(default.id).await);
    let (first, second) = (bench.get(one).await, bench.get(two).await);
    assert_eq!((first.title(), second.title()), ("heluo 2.0".to_owned(), "heluo 3.0".to_owned()));
    assert_eq!(key(bench.save(two, second.edition, &first.framework).await), "frameworks-version-taken");
    let mut tx = bench.city.begin().await;
    let again = store::import(&mut tx, &bench.city.app, bench.city.now(), &bench.permit, &default.framework).await;
    assert_eq!(key(again), "frameworks-version-taken");
}

async fn many_who_rename_to_one_number_at_once_get_it_once(engine: Engine) {
    let bench = Bench::new(engine).await;
    let default = bench.default().await.id;
    let mut drafts = Vec::new();
    for _ in 0..6 {
        drafts.push(bench.get(bench.copy(default).await).await);
    }
    let mut tasks = JoinSet::new();
    for draft in drafts {
        let (app, permit, now) = (bench.city.app.clone(), bench.permit, bench.city.now());
        tasks.spawn(async move {
            let mut framework = draft.framework;
            "9.0".clone_into(&mut framework.version);
            let mut tx = app.db.begin().await?;
            store::save(&mut tx, &app, now, &permit, draft.id, draft.edition, &framework).await?;
            tx.commit().await
        });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(key(outcome), "frameworks-version-taken");
    }
}

async fn publishing_asks_for_the_whole_and_for_the_right_number(engine: Engine) {
    let bench = Bench::new(engine).await;
    let draft = bench.copy(bench.default().await.id).await;
    let mut framework = bench.get(draft).await.framework;
    framework.dimensions[0].weight = 31;
    framework.dimensions[0].indicators[0].levels[2].en = String::new();
    bench.save(draft, 1, &framework).await.expect("an unfinished draft is kept");
    assert_eq!(key(bench.publish(draft, 2).await), "frameworks-unfinished");
    framework.dimensions[3].weight = 19;
    framework.dimensions[0].indicators[0].levels[2].en = "Minuted".to_owned();
    "1.1".clone_into(&mut framework.version);
    bench.save(draft, 2, &framework).await.expect("saved");
    assert_eq!(key(bench.publish(draft, 3).await), "frameworks-needs-major");
    "1.0".clone_into(&mut framework.version);
    assert_eq!(key(bench.save(draft, 3, &framework).await), "frameworks-version-taken");
    "2.0".clone_into(&mut framework.version);
    bench.save(draft, 3, &framework).await.expect("saved");
    bench.publish(draft, 4).await.expect("published");
    let published = bench.get(draft).await;
    assert_eq!(
        (published.state, published.published_by.as_deref()),
        (FrameworkState::Published, Some("市管"))
    );
    let next = bench.copy(draft).await;
    let mut lower = bench.get(next).await.framework;
    "1.5".clone_into(&mut lower.version);
    bench.save(next, 1, &lower).await.expect("saved");
    assert_eq!(key(bench.publish(next, 2).await), "frameworks-version-not-higher");
    "2.1".clone_into(&mut lower.version);
    bench.save(next, 2, &lower).await.expect("saved");
    bench.publish(next, 3).await.expect("the same measure may have a minor version");
}

async fn drafts_are_the_citys_alone(engine: Engine) {
    let bench = Bench::new(engine).await;
    let published = bench.default().await.id;
    let draft = bench.copy(published).await;
    let county = bench.city.coordinator(XINAN).await;
    let read = can_read(&county).expect("a county reads");
    assert!(store::readable(&bench.city.app.db, &read, published).await.is_ok());
    assert_eq!(store::readable(&bench.city.app.db, &read, draft).await, Err(AppError::NotFound));
    let rows = store::published(&bench.city.app.db, &read).await.expect("a list");
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [published]);
    bench.retire(published).await.expect("retired");
    assert!(
        store::readable(&bench.city.app.db, &read, published).await.is_ok(),
        "old rounds were measured by it"
    );
}

async fn the_list_goes_page_by_page(engine: Engine) {
    let bench = Bench::new(engine).await;
    let yaml = document::write(&default::framework().expect("sound"));
    for n in 2..=24 {
        let framework = document::parse(&yaml.replace("\"1.0\"", &format!("\"{n}.0\""))).expect("sound");
        let mut tx = bench.city.begin().await;
        store::import(&mut tx, &bench.city.app, bench.city.now(), &bench.permit, &framework)
            .await
            .expect("imported");
        tx.commit().await.expect("kept");
        bench.city.hand.advance(chrono::TimeDelta::seconds(1));
    }
    let versions = |rows: &[store::Listed]| rows.iter().map(|row| row.version.clone()).collect::<Vec<_>>();
    let db = &bench.city.app.db;
    let first = store::list(db, &bench.permit, Step::First).await.expect("a page");
    assert_eq!((first.rows.len(), first.has_newer, first.has_older), (store::PAGE, false, true));
    assert_eq!(first.rows[0].version, "24.0");
    let after = first.rows.last().expect("a row").id;
    let second = store::list(db, &bench.permit, Step::After(after)).await.expect("a page");
    assert_eq!(versions(&second.rows), ["4.0", "3.0", "2.0", "1.0"]);
    let back = store::list(db, &bench.permit, Step::Before(second.rows[0].id)).await.expect("a page");
    assert_eq!(versions(&back.rows), versions(&first.rows));
}

async fn every_change_leaves_a_trace(engine: Engine) {
    let bench = Bench::new(engine).await;
    let draft = bench.copy(bench.default().await.id).await;
    let framework = bench.get(draft).await.framework;
    bench.save(draft, 1, &framework).await.expect("saved");
    bench.publish(draft, 2).await.expect("published");
    bench.retire(draft).await.expect("retired");
    let traces: Vec<(String, String)> = sql("SELECT what, detail FROM audit_entries WHERE subject_kind = 'framework' ORDER BY at, what")
        .all(&bench.city.app.db)
        .await
        .expect("traces");
    let mut what: Vec<&str> = traces.iter().map(|(what, _)| what.as_str()).collect();
    what.sort_unstable();
    assert_eq!(what, ["framework.copied", "framework.edited", "framework.published", "framework.retired"]);
    assert!(traces.iter().all(|(_, detail)| detail == "heluo 2.0"));
}

crate::on_both_engines!(
    a_new_city_begins_with_the_default_once,
    what_is_published_never_changes,
    two_tabs_do_not_overwrite_each_other,
    a_number_is_given_once,
    many_who_rename_to_one_number_at_once_get_it_once,
    publishing_asks_for_the_whole_and_for_the_right_number,
    drafts_are_the_citys_alone,
    the_list_goes_page_by_page,
    every_change_leaves_a_trace,
);
