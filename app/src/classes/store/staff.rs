//! 班主任: people who look after a class.

use chrono::{DateTime, Utc};

use super::{Class, Happened, happened, lock};
use crate::audit;
use crate::classes::policy::{ClassPermit, DeskView};
use crate::db::{Db, Tx, sql};
use crate::error::AppError;
use crate::ids::{PersonId, Region};
use crate::state::App;

/// A person as the staff list and its search show one.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    pub id: PersonId,
    pub name: String,
    pub phone: Option<String>,
    pub region: Region,
}

/// How many people a search names.
const FOUND_AT_MOST: i64 = 20;

/// Who looks after the class.
pub async fn staff_of(db: &Db, view: &DeskView) -> Result<Vec<Member>, AppError> {
    Ok(sql(
        "SELECT p.id, p.name, p.phone, p.region FROM class_staff s JOIN people p ON p.id = s.person_id WHERE s.class_id = $1 ORDER BY p.name, p.id",
    )
    .bind(view.class())
    .all(db)
    .await?)
}

/// People whose phone is this, or whose name begins so: of the class's own county, of the city, or teachers of any school.
pub async fn find_people(db: &Db, permit: &ClassPermit, wanted: &str) -> Result<Vec<Member>, AppError> {
    let pattern: String = wanted.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_") + "%";
    Ok(sql("SELECT p.id, p.name, p.phone, p.region FROM people p
         WHERE p.active AND (p.phone = $1 OR lower(p.name) LIKE $2 ESCAPE '!')
           AND (p.region = $3 OR p.region = $4 OR EXISTS (SELECT 1 FROM teachers t WHERE t.person_id = p.id AND t.retired_at IS NULL))
           AND NOT EXISTS (SELECT 1 FROM class_staff s WHERE s.class_id = $5 AND s.person_id = p.id)
         ORDER BY p.name, p.id LIMIT $6")
    .bind(wanted)
    .bind(pattern)
    .bind(permit.region())
    .bind(Region::CITY)
    .bind(permit.class())
    .bind(FOUND_AT_MOST)
    .all(db)
    .await?)
}

/// Makes a person staff of the class; twice is the same as once.
pub async fn add_staff(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ClassPermit, person: PersonId) -> Result<(), AppError> {
    let class = lock(tx, permit.class()).await?;
    let known: Option<(String,)> = sql("SELECT p.name FROM people p WHERE p.id = $1 AND p.active
           AND (p.region = $2 OR p.region = $3 OR EXISTS (SELECT 1 FROM teachers t WHERE t.person_id = p.id AND t.retired_at IS NULL))")
    .bind(person)
    .bind(permit.region())
    .bind(Region::CITY)
    .opt(&mut *tx)
    .await?;
    let Some((name,)) = known else { return Err(AppError::NotFound) };
    let added = sql("INSERT INTO class_staff (class_id, person_id) VALUES ($1, $2) ON CONFLICT (class_id, person_id) DO NOTHING")
        .bind(class.id)
        .bind(person)
        .run(tx)
        .await?;
    if added == 0 {
        return Ok(());
    }
    note(tx, app, now, permit, &class, "staff_added", (person, &name)).await
}

/// Ends somebody's looking after the class.
pub async fn remove_staff(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ClassPermit, person: PersonId) -> Result<(), AppError> {
    let class = lock(tx, permit.class()).await?;
    let removed = sql("DELETE FROM class_staff WHERE class_id = $1 AND person_id = $2")
        .bind(class.id)
        .bind(person)
        .run(tx)
        .await?;
    if removed == 0 {
        return Ok(());
    }
    let (name,) = sql("SELECT name FROM people WHERE id = $1")
        .bind(person)
        .one::<(String,)>(&mut *tx)
        .await?;
    note(tx, app, now, permit, &class, "staff_removed", (person, &name)).await
}

async fn note(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ClassPermit,
    class: &Class,
    what: &'static str,
    (person, name): (PersonId, &str),
) -> Result<(), AppError> {
    let event = Happened {
        class: class.id,
        by: Some(permit.by()),
        what,
        detail: name,
    };
    happened(tx, app, now, event).await?;
    let entry = audit::Entry {
        by: Some(permit.by()),
        what: if what == "staff_added" {
            "class.staff_added"
        } else {
            "class.staff_removed"
        },
        // It happened to the person; the class's own history has it too.
        subject_kind: "person",
        subject_id: person.to_string(),
        region: Some(permit.region()),
        detail: class.title.clone(),
    };
    audit::note(tx, &app.chance, now, entry).await
}
