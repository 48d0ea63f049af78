//! The roles that people hold.

use chrono::{DateTime, Utc};

use super::changes::note;
use crate::accounts::Role;
use crate::accounts::store::{NewPerson, create_person};
use crate::db::{Db, On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{FirmId, GrantId, PersonId, Region};
use crate::people::policy::{Office, RolePermit, Subject};
use crate::state::App;

/// A role as it is held.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Held {
    pub id: GrantId,
    #[sqlx(try_from = "String")]
    pub role: Role,
    pub region: Option<Region>,
    pub firm_id: Option<FirmId>,
    pub firm_name: Option<String>,
    pub firm_region: Option<Region>,
    pub granted_at: DateTime<Utc>,
}

impl Held {
    /// The role with its scope; none when the row lacks the scope that its role needs.
    pub fn office(&self) -> Option<Office> {
        match self.role {
            Role::City => Some(Office::City),
            Role::County => self.region.clone().map(Office::County),
            Role::Teacher => Some(Office::Teacher),
            Role::Firm => Some(Office::Firm(self.firm_id?, self.firm_region.clone()?)),
            Role::Verifier => Some(Office::Verifier),
        }
    }
}

/// Columns of a [`Held`], to be followed by `WHERE`.
const HELD: &str = "SELECT g.id, g.role, g.region, g.firm_id, f.name AS firm_name, f.region AS firm_region, g.granted_at
    FROM grants g LEFT JOIN firms f ON f.id = g.firm_id ";

/// The roles of a person, the oldest first.
pub async fn held_by(db: &Db, subject: &Subject) -> Result<Vec<Held>, AppError> {
    Ok(sql(HELD)
        .push("WHERE g.person_id = $1 ORDER BY g.granted_at, g.id")
        .bind(subject.person)
        .all(db)
        .await?)
}

/// One role of a person.
pub async fn office_of(on: impl Into<On<'_>>, subject: &Subject, grant: GrantId) -> Result<Office, AppError> {
    let held: Option<Held> = sql(HELD)
        .push("WHERE g.id = $1 AND g.person_id = $2")
        .bind(grant)
        .bind(subject.person)
        .opt(on)
        .await?;
    held.and_then(|held| held.office()).ok_or(AppError::NotFound)
}

/// What a role is bound to: word, county, firm.
fn columns(office: &Office) -> (Role, Option<Region>, Option<FirmId>) {
    match office {
        Office::City => (Role::City, None, None),
        Office::County(region) => (Role::County, Some(region.clone()), None),
        Office::Teacher => (Role::Teacher, None, None),
        Office::Firm(firm, _) => (Role::Firm, None, Some(*firm)),
        Office::Verifier => (Role::Verifier, None, None),
    }
}

/// Locks the person and checks that they are still there and of the county that leave was given for.
async fn lock(tx: &mut Tx, permit: &RolePermit) -> Result<(), AppError> {
    let there = sql("UPDATE people SET active = active WHERE id = $1 AND region = $2 AND erased_at IS NULL")
        .bind(permit.person())
        .bind(permit.region())
        .run(tx)
        .await?;
    if there == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

/// Gives a role; a role held already is refused.
pub async fn give(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &RolePermit) -> Result<(), AppError> {
    lock(tx, permit).await?;
    let (role, region, firm) = columns(permit.office());
    if !matching(&mut *tx, permit).await?.is_empty() {
        return Err(AppError::refused("people-role-held"));
    }
    sql("INSERT INTO grants (id, person_id, role, region, firm_id, granted_at, granted_by) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(GrantId::new(&app.chance, now))
        .bind(permit.person())
        .bind(role.as_str())
        .bind(region)
        .bind(firm)
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    let detail = detail(permit.office());
    note(tx, app, now, permit.by(), "person.role-given", (permit.person(), permit.region()), detail).await
}

/// Takes a role. The last city administrator stays, and a teacher who still looks after classes.
pub async fn take(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &RolePermit) -> Result<(), AppError> {
    lock(tx, permit).await?;
    match permit.office() {
        Office::City => refuse_losing_the_last_city(tx, permit.person()).await?,
        Office::Teacher => refuse_while_teaching(tx, permit.person()).await?,
        Office::County(_) | Office::Firm(..) | Office::Verifier => {}
    }
    let held = matching(&mut *tx, permit).await?;
    if held.is_empty() {
        return Err(AppError::NotFound);
    }
    sql("DELETE FROM grants WHERE id").push_in(held).run(tx).await?;
    let detail = detail(permit.office());
    note(tx, app, now, permit.by(), "person.role-taken", (permit.person(), permit.region()), detail).await
}

/// The rows of this very role.
async fn matching(tx: &mut Tx, permit: &RolePermit) -> Result<Vec<GrantId>, AppError> {
    let (role, region, firm) = columns(permit.office());
    let held: Vec<Held> = sql(HELD)
        .push("WHERE g.person_id = $1 AND g.role = $2")
        .bind(permit.person())
        .bind(role.as_str())
        .all(tx)
        .await?;
    let same = held.into_iter().filter(|held| held.region == region && held.firm_id == firm);
    Ok(same.map(|held| held.id).collect())
}

fn detail(office: &Office) -> String {
    let (role, region, firm) = columns(office);
    let region = region.map(|region| region.to_string());
    let firm = firm.map(|firm| firm.to_string());
    let parts = [Some(role.as_str().to_owned()), region, firm];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Somebody must be able to give roles: the last active city administrator can be neither deactivated nor dismissed.
pub async fn refuse_losing_the_last_city(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    // Locks the city, so that two administrators can't dismiss each other at the same moment.
    sql("UPDATE regions SET sort = sort WHERE region = $1").bind(Region::CITY).run(tx).await?;
    let holds = sql("SELECT COUNT(*) FROM grants WHERE role = 'city' AND person_id = $1")
        .bind(person)
        .count(&mut *tx)
        .await?;
    let others = sql("SELECT COUNT(*) FROM grants g JOIN people p ON p.id = g.person_id WHERE g.role = 'city' AND p.active AND p.id <> $1")
        .bind(person)
        .count(&mut *tx)
        .await?;
    if holds > 0 && others == 0 {
        return Err(AppError::refused("people-last-city"));
    }
    Ok(())
}

async fn refuse_while_teaching(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let classes = sql("SELECT COUNT(*) FROM class_staff WHERE person_id = $1")
        .bind(person)
        .count(tx)
        .await?;
    if classes > 0 {
        return Err(AppError::Refused(Problem::new("people-still-teaches").with("n", classes)));
    }
    Ok(())
}

/// Writes a city administrator for whoever runs the machine: nobody is signed in who could give leave.
pub async fn enter_administrator(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    name: String,
    phone: Option<String>,
    password_hash: String,
) -> Result<PersonId, AppError> {
    let new = NewPerson {
        name,
        phone,
        region: Region::from(Region::CITY),
        firm: None,
        position: None,
        password_hash: Some(password_hash),
        must_change_password: true,
        created_by: None,
    };
    let id = create_person(tx, app, now, new).await?;
    sql("INSERT INTO grants (id, person_id, role, granted_at) VALUES ($1, $2, 'city', $3)")
        .bind(GrantId::new(&app.chance, now))
        .bind(id)
        .bind(now)
        .run(tx)
        .await?;
    note(
        tx,
        app,
        now,
        id,
        "person.role-given",
        (id, &Region::from(Region::CITY)),
        detail(&Office::City),
    )
    .await?;
    Ok(id)
}
