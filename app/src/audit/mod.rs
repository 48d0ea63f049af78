//! Who did what to whom, when and from where: append-only, written in the transaction of the act itself. The database
//! refuses to change or delete an entry. What an entry says about a person stands apart and can go with the person.

use chrono::{DateTime, Utc};

use crate::clock::Chance;
use crate::db::{Tx, sql};
use crate::error::AppError;
use crate::ids::{EventId, PersonId, Region};

/// The kind of subject whose details are about a person.
pub const PERSON: &str = "person";

/// From where somebody acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The network address of the caller.
    pub network: String,
    /// The number of the request, which stands in the log too.
    pub request: String,
}

tokio::task_local! {
    static ORIGIN: Origin;
}

/// Does the work of one request; what is noted meanwhile is noted as coming from there.
pub async fn coming_from<F: Future>(origin: Origin, work: F) -> F::Output {
    ORIGIN.scope(origin, work).await
}

/// Work that a request sets going and does not wait for: what it notes comes from there, too.
pub fn carried_on<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let origin = ORIGIN.try_with(Clone::clone).ok();
    async move {
        match origin {
            Some(origin) => coming_from(origin, work).await,
            None => work.await,
        }
    }
}

/// One line of the trail.
pub struct Entry<'a> {
    pub by: Option<PersonId>,
    /// A word such as `class.cancelled`; `trail/rules.rs` lists them all.
    pub what: &'static str,
    /// The kind of thing acted upon, such as `class`.
    pub subject_kind: &'static str,
    pub subject_id: String,
    pub region: Option<&'a Region>,
    /// The reason given or the change made, without secrets. Of a person's entry it is kept apart; anybody else's name or
    /// number has no place in it.
    pub detail: String,
}

/// Writes one line, in the caller's transaction.
pub async fn note(tx: &mut Tx, chance: &Chance, now: DateTime<Utc>, entry: Entry<'_>) -> Result<(), AppError> {
    let id = EventId::new(chance, now);
    let origin = ORIGIN.try_with(Clone::clone).ok();
    let (network, request) = origin.map(|origin| (origin.network, origin.request)).unzip();
    let person = (entry.subject_kind == PERSON)
        .then(|| entry.subject_id.parse::<PersonId>().ok())
        .flatten();
    let (detail, particulars) = match person {
        Some(person) => (String::new(), Some((person, entry.detail))),
        None => (entry.detail, None),
    };
    sql(
        "INSERT INTO audit_entries (id, at, by_person, what, subject_kind, subject_id, region, detail, network, request_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id)
    .bind(now)
    .bind(entry.by)
    .bind(entry.what)
    .bind(entry.subject_kind)
    .bind(entry.subject_id)
    .bind(entry.region.cloned())
    .bind(detail)
    .bind(network.filter(|network| !network.is_empty()))
    .bind(request)
    .run(tx)
    .await?;
    if let Some((person, detail)) = particulars.filter(|(_, detail)| !detail.is_empty()) {
        sql("INSERT INTO audit_particulars (entry_id, person_id, detail) VALUES ($1, $2, $3)")
            .bind(id)
            .bind(person)
            .bind(detail)
            .run(tx)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::testing::{TestCity, XINAN};

    async fn write(city: &TestCity, person: PersonId) {
        let mut tx = city.begin().await;
        let entry = |what, subject_kind, detail: &str| Entry {
            by: Some(person),
            what,
            subject_kind,
            subject_id: person.to_string(),
            region: None,
            detail: detail.to_owned(),
        };
        note(&mut tx, &city.app.chance, city.now(), entry("class.edited", "class", "30 → 40"))
            .await
            .expect("noted");
        note(
            &mut tx,
            &city.app.chance,
            city.now(),
            entry("person.edited", PERSON, "13800000001 → 13800000002"),
        )
        .await
        .expect("noted");
        tx.commit().await.expect("kept");
    }

    async fn nobody_changes_what_was_written(engine: Engine) {
        let city = TestCity::new(engine).await;
        let person = city.person("王小明", XINAN).await;
        write(&city, person).await;
        for attempt in [
            "UPDATE audit_entries SET detail = ''",
            "UPDATE audit_entries SET at = at",
            "DELETE FROM audit_entries",
            "DELETE FROM audit_entries WHERE what = 'class.edited'",
            "UPDATE audit_particulars SET detail = ''",
        ] {
            let mut tx = city.begin().await;
            assert!(sql(attempt).run(&mut tx).await.is_err(), "{attempt}");
        }
        if engine == Engine::Postgres {
            let mut tx = city.begin().await;
            assert!(
                sql("TRUNCATE audit_entries CASCADE").run(&mut tx).await.is_err(),
                "not all at once either"
            );
        }
        assert_eq!(sql("SELECT COUNT(*) FROM audit_entries").count(&city.app.db).await.expect("counted"), 2);
    }

    async fn what_is_about_a_person_stands_apart_and_can_go(engine: Engine) {
        let city = TestCity::new(engine).await;
        let person = city.person("王小明", XINAN).await;
        write(&city, person).await;
        let details: Vec<(String,)> = sql("SELECT detail FROM audit_entries ORDER BY what")
            .all(&city.app.db)
            .await
            .expect("read");
        assert_eq!(details, [("30 → 40".to_owned(),), (String::new(),)]);
        let mut tx = city.begin().await;
        let gone = sql("DELETE FROM audit_particulars WHERE person_id = $1").bind(person).run(&mut tx).await;
        assert_eq!(gone.expect("it may go"), 1);
    }

    async fn where_it_came_from_is_noted(engine: Engine) {
        let city = TestCity::new(engine).await;
        let person = city.person("王小明", XINAN).await;
        let origin = Origin {
            network: "10.0.0.7".to_owned(),
            request: "abc".to_owned(),
        };
        coming_from(origin, write(&city, person)).await;
        let found: Vec<(Option<String>, Option<String>)> = sql("SELECT network, request_id FROM audit_entries")
            .all(&city.app.db)
            .await
            .expect("read");
        assert_eq!(found, vec![(Some("10.0.0.7".to_owned()), Some("abc".to_owned())); 2]);
    }

    crate::on_both_engines!(
        nobody_changes_what_was_written,
        what_is_about_a_person_stands_apart_and_can_go,
        where_it_came_from_is_noted,
    );
}
