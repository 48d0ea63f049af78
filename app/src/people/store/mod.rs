//! Rows of people as the desk looks after them.

mod changes;
mod offices;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

pub use changes::{NewDetails, change, choose_firm, claim, deactivate, invite, keep_profile, move_to, note_registered, reactivate, reset_password};
pub use offices::{Held, enter_administrator, give, held_by, office_of, refuse_losing_the_last_city, take};

use super::policy::{PeopleScope, Subject};
use crate::accounts::Role;
use crate::accounts::policy::Reach;
use crate::accounts::rules::like_anywhere;
use crate::accounts::store::{PersonBrief, grants_of, person};
use crate::db::{Db, On, Query, sql};
use crate::error::AppError;
use crate::ids::{PersonId, Region};
use crate::paging::{Paged, Step};

/// How many people a page of the desk shows.
const PAGE: i64 = 50;
/// How many lines of the trail a person's page shows.
const HISTORY: i64 = 50;

/// A person in the desk's list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PersonRow {
    pub id: PersonId,
    pub name: String,
    pub phone: Option<String>,
    pub region: Region,
    pub firm_name: Option<String>,
    pub position: Option<String>,
    pub active: bool,
}

/// What of the list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of the name, the phone number or the user name, or the first letters of the name.
    pub words: String,
    pub region: Option<Region>,
    pub role: Option<Role>,
    pub only_inactive: bool,
}

/// One page of the people in scope, by the letters of their names.
pub async fn list(db: &Db, scope: &PeopleScope, filter: &Filter, step: Step<PersonId>) -> Result<Paged<PersonRow>, AppError> {
    let query = sql("SELECT p.id, p.name, p.phone, p.region, f.name AS firm_name, p.position, p.active
         FROM people p LEFT JOIN firms f ON f.id = p.firm_id WHERE ");
    let query = match scope.reach() {
        Reach::City => query.push("TRUE"),
        Reach::Counties(own) => query.push("p.region").push_in(own.clone()),
    };
    let query = wanted(query, filter);
    let query = match step {
        Step::First => query.push(" ORDER BY p.initials, p.name, p.id"),
        Step::After(id) => query
            .push(" AND (p.initials, p.name, p.id) > (SELECT k.initials, k.name, k.id FROM people k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY p.initials, p.name, p.id"),
        Step::Before(id) => query
            .push(" AND (p.initials, p.name, p.id) < (SELECT k.initials, k.name, k.id FROM people k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY p.initials DESC, p.name DESC, p.id DESC"),
    };
    let rows = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

fn wanted(mut query: Query, filter: &Filter) -> Query {
    if filter.only_inactive {
        query = query.push(" AND NOT p.active");
    }
    if let Some(region) = &filter.region {
        query = query.push(" AND p.region = ").push_bind(region);
    }
    if let Some(role) = filter.role {
        query = query
            .push(" AND (EXISTS (SELECT 1 FROM grants g WHERE g.person_id = p.id AND g.role = ")
            .push_bind(role.as_str());
        query = query.push(")");
        if role == Role::Teacher {
            query = query.push(" OR EXISTS (SELECT 1 FROM class_staff c WHERE c.person_id = p.id)");
        }
        query = query.push(")");
    }
    if filter.words.is_empty() {
        return query;
    }
    let pattern = like_anywhere(&filter.words);
    let query = query.push(" AND (lower(p.name) LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
    let query = query.push(" OR p.initials LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
    let query = query.push(" OR p.phone LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
    query.push(" OR p.user_name LIKE ").push_bind(&pattern).push(" ESCAPE '!')")
}

/// The roles of the people on a page: person, role, county.
pub async fn roles_of(db: &Db, people: &[PersonRow]) -> Result<Vec<(PersonId, Role, Option<Region>)>, AppError> {
    let ids: Vec<PersonId> = people.iter().map(|row| row.id).collect();
    let query = sql("SELECT person_id, role, region FROM grants WHERE person_id").push_in(ids.clone());
    let query = query.push(" UNION SELECT person_id, 'teacher' AS role, NULL AS region FROM class_staff WHERE person_id");
    let rows: Vec<(PersonId, String, Option<Region>)> = query.push_in(ids).all(db).await?;
    let parsed = rows.into_iter().map(|(person, role, region)| Ok((person, role.parse()?, region)));
    parsed.collect::<Result<_, String>>().map_err(|error| AppError::internal(&error))
}

/// A person in scope with what decides who may act; another county's does not exist.
pub async fn visible(db: &Db, scope: &PeopleScope, id: PersonId) -> Result<(PersonBrief, Subject), AppError> {
    let found = person(db, id).await?;
    if !scope.reach().covers(&found.region) {
        return Err(AppError::NotFound);
    }
    let subject = Subject {
        person: id,
        region: found.region.clone(),
        grants: grants_of(db, id).await?,
        entrusted: entrusted_to(db, id).await?,
    };
    Ok((found, subject))
}

/// The counties of the classes that a person looks after and of the firms that they speak for.
async fn entrusted_to(db: &Db, id: PersonId) -> Result<Vec<Region>, AppError> {
    let rows: Vec<(Region,)> = sql(
        "SELECT s.region FROM class_staff t JOIN classes c ON c.id = t.class_id JOIN schools s ON s.id = c.school_id WHERE t.person_id = $1
         UNION
         SELECT f.region FROM grants g JOIN firms f ON f.id = g.firm_id WHERE g.person_id = $1",
    )
    .bind(id)
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|(region,)| region).collect())
}

/// Whether everything that names a person was removed; their row is only counted by.
pub async fn is_erased(on: impl Into<On<'_>>, id: PersonId) -> Result<bool, AppError> {
    let erased = sql("SELECT COUNT(*) FROM people WHERE id = $1 AND erased_at IS NOT NULL").bind(id);
    Ok(erased.count(on).await? > 0)
}

/// A line of a person's history.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    pub what: String,
    pub detail: String,
}

/// What was done to a person, the latest first.
pub async fn history(db: &Db, subject: &Subject) -> Result<Vec<Event>, AppError> {
    let rows = sql("SELECT e.at, p.name AS by_name, e.what, COALESCE(d.detail, e.detail) AS detail
         FROM audit_entries e LEFT JOIN people p ON p.id = e.by_person LEFT JOIN audit_particulars d ON d.entry_id = e.id
         WHERE e.subject_kind = 'person' AND e.subject_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT $2")
    .bind(subject.person.to_string())
    .bind(HISTORY)
    .all(db)
    .await?;
    Ok(rows)
}
