//! Pages of the desk by key: every row once, in order, both ways, by an index.

use super::*;
use crate::db::Db;
use crate::enrolment::policy::RosterScope;
use crate::enrolment::roster::{self, Edge, Filter, PAGE, Sort, View};

fn filter(sort: Sort, from: Option<Edge>) -> Filter {
    Filter {
        words: String::new(),
        view: View::Live,
        county: None,
        sort,
        from,
    }
}

async fn ids(db: &Db, scope: RosterScope, filter: &Filter) -> (Vec<EnrolmentId>, bool, bool) {
    let page = roster::page(db, scope, filter).await.expect("a page");
    (page.rows.iter().map(|row| row.id).collect(), page.before, page.after)
}

async fn every_row_once_forward_and_backward(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 30).await;
    let desk = city.desk(class).await;
    let (db, scope) = (&city.app.db, desk.scope());
    let mut all = Vec::new();
    let people = city.people(2 * PAGE + 50, XINAN).await;
    let mut tx = city.begin().await;
    let mut open = store::open(&mut tx, &city.app, city.now(), class).await.expect("open");
    for person in people {
        let permit = desk.enrolling(Source::Import);
        let outcome = store::enrol_in(&mut tx, &city.app, city.now(), &mut open, &permit, person, None)
            .await
            .expect("enrolled");
        all.push(outcome.id);
    }
    tx.commit().await.expect("kept");
    city.decide(desk, &store::Decision::Priority(2), &all[400..410]).await.expect("set");

    for sort in Sort::ALL.iter().copied() {
        let (first, before, after) = ids(db, scope, &filter(sort, None)).await;
        assert_eq!((first.len(), before, after), (PAGE, false, true), "{sort:?}");
        let mut seen = first.clone();
        let mut last = first[PAGE - 1];
        loop {
            let (next, _, more) = ids(db, scope, &filter(sort, Some(Edge::After(last)))).await;
            seen.extend(&next);
            last = *next.last().expect("rows");
            if !more {
                break;
            }
        }
        assert_eq!(seen.len(), all.len(), "{sort:?}");
        let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), all.len(), "{sort:?}: each row once");
        let (back, ..) = ids(db, scope, &filter(sort, Some(Edge::Before(seen[PAGE])))).await;
        assert_eq!(back, first, "{sort:?}: the way back");
    }
    let (queue, ..) = ids(db, scope, &filter(Sort::Queue, None)).await;
    assert_eq!(queue[..10], all[400..410], "priority first");

    let found = Filter {
        words: "学员0007".into(),
        ..filter(Sort::Name, None)
    };
    assert_eq!(ids(db, scope, &found).await.0.len(), 1);
    let other = Filter {
        county: Some(YIYANG.into()),
        ..filter(Sort::Queue, None)
    };
    assert!(ids(db, scope, &other).await.0.is_empty());
    for (n, row) in roster::page(
        db,
        scope,
        &Filter {
            view: View::Waitlisted,
            ..filter(Sort::Queue, None)
        },
    )
    .await
    .expect("a page")
    .rows
    .iter()
    .enumerate()
    {
        let places = roster::places(db, scope, std::slice::from_ref(row)).await.expect("places");
        assert_eq!(places.get(&row.id), Some(&(i64::try_from(n).expect("few") + 1)));
        if n == 20 {
            break;
        }
    }
}
crate::on_both_engines!(every_row_once_forward_and_backward);

/// The steps of a query's plan, on an engine that is told not to read whole tables where it has a choice.
async fn plan(city: &TestCity, scope: RosterScope, filter: &Filter) -> Vec<String> {
    let mut tx = city.begin().await;
    if city.app.db.is_postgres() {
        sql("SET LOCAL enable_seqscan = off").run(&mut tx).await.expect("set");
        let query = roster::page_query(sql("EXPLAIN "), scope, filter, None);
        let lines: Vec<(String,)> = query.all(&mut tx).await.expect("a plan");
        return lines.into_iter().map(|(line,)| line).collect();
    }
    let query = roster::page_query(sql("EXPLAIN QUERY PLAN "), scope, filter, None);
    let lines: Vec<(i64, i64, i64, String)> = query.all(&mut tx).await.expect("a plan");
    lines.into_iter().map(|(.., line)| line).collect()
}

async fn no_page_reads_a_whole_table(engine: Engine) {
    let city = TestCity::new(engine).await;
    let class = city.class(XINAN, 5).await;
    let scope = city.desk(class).await.scope();
    for sort in Sort::ALL.iter().copied() {
        for view in View::ALL.iter().copied() {
            let steps = plan(&city, scope, &Filter { view, ..filter(sort, None) }).await;
            for step in &steps {
                let whole = step.contains("Seq Scan on enrolments") || step.starts_with("SCAN e");
                assert!(!whole, "{sort:?} {view:?}: {steps:#?}");
            }
            assert!(
                steps.iter().any(|step| step.contains("enrolments_") || step.contains("USING INDEX")),
                "{steps:#?}"
            );
        }
    }
}
crate::on_both_engines!(no_page_reads_a_whole_table);
