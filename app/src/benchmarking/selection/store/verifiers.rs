//! Who verifies whom.

use chrono::{DateTime, Utc};

use super::choosing::locked_pilots;
use super::cohorts;
use crate::accounts::rules::like_anywhere;
use crate::benchmarking::policy::ProgrammePermit;
use crate::benchmarking::rules::PilotState;
use crate::benchmarking::store::{Pilot, pilot, record};
use crate::db::{Db, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{CohortId, PersonId, PilotId, Region};
use crate::notices;
use crate::paging::{Paged, Step};
use crate::state::App;

/// How many pilot firms a page shows.
const PAGE: i64 = 50;
/// How many verifiers are offered at once; more are found by their name.
const OFFERED: i64 = 30;

/// Somebody with the role of a verifier (核定专家).
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Verifier {
    pub id: PersonId,
    pub name: String,
    pub region: Region,
    /// How many firms of the cohort are assigned to them.
    pub firms: i64,
}

/// Active people with the role of a verifier, by name; `words` is part of the name or its first letters.
pub async fn verifiers(db: &Db, cohort: CohortId, words: &str) -> Result<Vec<Verifier>, AppError> {
    let query = sql("SELECT q.id, q.name, q.region,
             (SELECT COUNT(*) FROM verifier_assignments v JOIN pilots p ON p.id = v.pilot_id WHERE v.person_id = q.id AND p.cohort_id = $1) AS firms
         FROM people q WHERE q.active AND EXISTS (SELECT 1 FROM grants g WHERE g.person_id = q.id AND g.role = 'verifier')")
    .bind(cohort);
    let query = if words.is_empty() {
        query
    } else {
        let pattern = like_anywhere(words);
        let query = query.push(" AND (lower(q.name) LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
        query.push(" OR q.initials LIKE ").push_bind(&pattern).push(" ESCAPE '!')")
    };
    Ok(query.push(" ORDER BY q.initials, q.name, q.id LIMIT ").push_bind(OFFERED).all(db).await?)
}

/// A pilot firm with its verifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    pub pilot: PilotId,
    pub firm: String,
    pub region: Region,
    pub category: String,
    pub people: Vec<(PersonId, String)>,
}

/// One page of a cohort's pilot firms by name, each with its verifiers.
pub async fn assignments(db: &Db, cohort: CohortId, words: &str, only_without: bool, step: Step<PilotId>) -> Result<Paged<Assigned>, AppError> {
    let query =
        sql("SELECT p.id, f.name, p.region, p.category FROM pilots p JOIN firms f ON f.id = p.firm_id WHERE p.cohort_id = $1 AND p.state = 'chosen'")
            .bind(cohort);
    let query = if only_without {
        query.push(" AND NOT EXISTS (SELECT 1 FROM verifier_assignments v WHERE v.pilot_id = p.id)")
    } else {
        query
    };
    let query = if words.is_empty() {
        query
    } else {
        let pattern = like_anywhere(words);
        let query = query.push(" AND (lower(f.name) LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
        query.push(" OR f.initials LIKE ").push_bind(&pattern).push(" ESCAPE '!')")
    };
    let beyond = "(SELECT g.initials, g.name, k.id FROM pilots k JOIN firms g ON g.id = k.firm_id WHERE k.id = ";
    let query = match step {
        Step::First => query.push(" ORDER BY f.initials, f.name, p.id"),
        Step::After(id) => query
            .push(" AND (f.initials, f.name, p.id) > ")
            .push(beyond)
            .push_bind(id)
            .push(") ORDER BY f.initials, f.name, p.id"),
        Step::Before(id) => query
            .push(" AND (f.initials, f.name, p.id) < ")
            .push(beyond)
            .push_bind(id)
            .push(") ORDER BY f.initials DESC, f.name DESC, p.id DESC"),
    };
    let rows: Vec<(PilotId, String, Region, String)> = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    let page = Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX));
    let people: Vec<(PilotId, PersonId, String)> =
        sql("SELECT v.pilot_id, q.id, q.name FROM verifier_assignments v JOIN people q ON q.id = v.person_id WHERE v.pilot_id")
            .push_in(page.rows.iter().map(|row| row.0))
            .push(" ORDER BY q.name, q.id")
            .all(db)
            .await?;
    let assigned = |(id, firm, region, category): (PilotId, String, Region, String)| Assigned {
        pilot: id,
        firm,
        region,
        category,
        people: people.iter().filter(|row| row.0 == id).map(|row| (row.1, row.2.clone())).collect(),
    };
    Ok(Paged {
        rows: page.rows.into_iter().map(assigned).collect(),
        has_newer: page.has_newer,
        has_older: page.has_older,
    })
}

/// Assigns each of these people to each of these pilot firms of one cohort; answers how many are new.
///
/// # Errors
/// Not found for somebody without the role; refused for somebody of the firm itself, and for a firm that is no pilot.
pub async fn assign(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    cohort: CohortId,
    pilots: &[PilotId],
    people: &[PersonId],
) -> Result<u64, AppError> {
    let cohort = cohorts::locked(tx, cohort).await?;
    let firms = locked_pilots(tx, cohort.id, pilots).await?;
    if let Some(firm) = firms.iter().find(|firm| firm.state() != PilotState::Chosen) {
        return Err(AppError::Refused(Problem::new("selection-no-pilot").with("firm", &firm.firm_name)));
    }
    let names = verifiers_named(tx, people).await?;
    refuse_own_people(tx, &firms, people).await?;
    let mut assigned = 0;
    for firm in &firms {
        for (person, name) in &names {
            let new = sql(
                "INSERT INTO verifier_assignments (pilot_id, person_id, assigned_at, assigned_by) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (pilot_id, person_id) DO NOTHING",
            )
            .bind(firm.id)
            .bind(*person)
            .bind(now)
            .bind(permit.by())
            .run(tx)
            .await?;
            if new > 0 {
                assigned += new;
                record(tx, app, now, Some(permit.by()), firm.id, "verifier_assigned", name).await?;
                let text = Problem::new("selection-notice-assigned").with("firm", &firm.firm_name);
                notices::tell(tx, app, now, *person, &text, &format!("/firm/{}/verification", firm.id)).await?;
            }
        }
    }
    Ok(assigned)
}

async fn verifiers_named(tx: &mut Tx, people: &[PersonId]) -> Result<Vec<(PersonId, String)>, AppError> {
    let found: Vec<(PersonId, String)> = sql(
        "SELECT q.id, q.name FROM people q WHERE q.active AND EXISTS (SELECT 1 FROM grants g WHERE g.person_id = q.id AND g.role = 'verifier')
         AND q.id",
    )
    .push_in(people.iter().copied())
    .push(" ORDER BY q.id")
    .all(tx)
    .await?;
    if found.len() == people.len() {
        Ok(found)
    } else {
        Err(AppError::NotFound)
    }
}

/// Nobody verifies the firm that they work for or speak for.
async fn refuse_own_people(tx: &mut Tx, firms: &[Pilot], people: &[PersonId]) -> Result<(), AppError> {
    let query = sql("SELECT q.name, f.name FROM people q JOIN firms f ON f.id = q.firm_id
             OR EXISTS (SELECT 1 FROM grants g WHERE g.person_id = q.id AND g.role = 'firm' AND g.firm_id = f.id) WHERE q.id")
    .push_in(people.iter().copied())
    .push(" AND f.id")
    .push_in(firms.iter().map(|firm| firm.firm_id));
    let own: Option<(String, String)> = query.push(" LIMIT 1").opt(tx).await?;
    match own {
        Some((name, firm)) => Err(AppError::Refused(
            Problem::new("selection-verifier-of-firm").with("name", name).with("firm", firm),
        )),
        None => Ok(()),
    }
}

/// The name of a verifier who is assigned to a pilot firm of a cohort.
pub async fn assigned_name(db: &Db, cohort: CohortId, pilot: PilotId, person: PersonId) -> Result<String, AppError> {
    let found: Option<(String,)> = sql(
        "SELECT q.name FROM verifier_assignments v JOIN pilots p ON p.id = v.pilot_id JOIN people q ON q.id = v.person_id
         WHERE p.cohort_id = $1 AND v.pilot_id = $2 AND v.person_id = $3",
    )
    .bind(cohort)
    .bind(pilot)
    .bind(person)
    .opt(db)
    .await?;
    found.map(|(name,)| name).ok_or(AppError::NotFound)
}

/// Takes an assignment back.
pub async fn unassign(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    pilot_id: PilotId,
    person: PersonId,
    why: &str,
) -> Result<(), AppError> {
    let cohort = pilot(&mut *tx, pilot_id).await?.cohort_id;
    cohorts::locked(tx, cohort).await?;
    let firm = locked_pilots(tx, cohort, &[pilot_id]).await?.pop().ok_or(AppError::NotFound)?;
    let gone = sql("DELETE FROM verifier_assignments WHERE pilot_id = $1 AND person_id = $2")
        .bind(pilot_id)
        .bind(person)
        .run(tx)
        .await?;
    if gone == 0 {
        return Err(AppError::NotFound);
    }
    let (name,): (String,) = sql("SELECT name FROM people WHERE id = $1").bind(person).one(&mut *tx).await?;
    record(
        tx,
        app,
        now,
        Some(permit.by()),
        pilot_id,
        "verifier_unassigned",
        &format!("{name}：{why}"),
    )
    .await?;
    let text = Problem::new("selection-notice-unassigned").with("firm", firm.firm_name).with("why", why);
    notices::tell(tx, app, now, person, &text, "/desk/verifications").await
}
