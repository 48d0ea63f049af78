//! Rows of schools, venues and teachers.

use chrono::{DateTime, NaiveDate, Utc};

use super::policy::{OpenPermit, SchoolPermit, Scope};
use super::rules::{Opening, SchoolChange, SchoolState, TeacherChange, VenueChange, founding_names};
use crate::audit;
use crate::clock::Chance;
use crate::db::{On, Query, Tx, sql};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{PersonId, Region, SchoolId, TeacherId, VenueId};
use crate::state::App;

/// A school of the city or of a county.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct School {
    pub id: SchoolId,
    pub region: Region,
    pub name_zh: String,
    pub name_en: String,
    pub address: String,
    pub contact_phone: Option<String>,
    #[sqlx(try_from = "String")]
    pub state: SchoolState,
    pub opened_on: Option<NaiveDate>,
    pub version: i64,
}

impl School {
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }

    pub fn is_open(&self) -> bool {
        self.state == SchoolState::Open
    }
}

/// A room that lessons are held in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Venue {
    pub id: VenueId,
    pub school_id: SchoolId,
    pub name: String,
    pub address: String,
    pub seats: i64,
    /// No new lesson is planned in it from then on.
    pub retired_at: Option<DateTime<Utc>>,
    pub version: i64,
}

/// Somebody who teaches, with the account if there is one.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Teacher {
    pub id: TeacherId,
    pub school_id: SchoolId,
    pub person_id: Option<PersonId>,
    pub person: Option<String>,
    pub name: String,
    pub title: String,
    pub phone: Option<String>,
    pub retired_at: Option<DateTime<Utc>>,
    pub version: i64,
}

const SCHOOL: &str = "SELECT s.id, s.region, s.name_zh, s.name_en, s.address, s.contact_phone, s.state, s.opened_on, s.version
    FROM schools s JOIN regions r ON r.region = s.region ";
const VENUE: &str = "SELECT v.id, v.school_id, v.name, v.address, v.seats, v.retired_at, v.version FROM venues v ";
const TEACHER: &str = "SELECT t.id, t.school_id, t.person_id, p.name AS person, t.name, t.title, t.phone, t.retired_at, t.version
    FROM teachers t LEFT JOIN people p ON p.id = t.person_id ";

/// Writes the planned school of every region into a new city; does nothing in one that has schools.
pub async fn found(tx: &mut Tx, chance: &Chance) -> Result<(), AppError> {
    if sql("SELECT COUNT(*) FROM schools").count(&mut *tx).await? > 0 {
        return Ok(());
    }
    let regions: Vec<(Region, String, String)> = sql(
        "SELECT r.region, n.name_zh, n.name_en FROM regions r JOIN region_names n ON n.region = r.region
         WHERE n.valid_to IS NULL ORDER BY r.sort",
    )
    .all(&mut *tx)
    .await?;
    for (region, zh, en) in regions {
        let (name_zh, name_en) = founding_names(&region, &zh, &en);
        sql("INSERT INTO schools (id, region, name_zh, name_en, address, state, version) VALUES ($1, $2, $3, $4, '', $5, 1)")
            .bind(SchoolId::new(chance, DateTime::UNIX_EPOCH))
            .bind(region)
            .bind(name_zh)
            .bind(name_en)
            .bind(SchoolState::Planned.as_str())
            .run(tx)
            .await?;
    }
    Ok(())
}

/// Every school, the city's first. Anybody may read them.
pub async fn all(on: impl Into<On<'_>>) -> Result<Vec<School>, AppError> {
    Ok(sql(SCHOOL).push("ORDER BY r.sort").all(on).await?)
}

/// The schools of a scope.
pub async fn within(on: impl Into<On<'_>>, scope: &Scope) -> Result<Vec<School>, AppError> {
    Ok(in_scope(sql(SCHOOL), scope).push(" ORDER BY r.sort").all(on).await?)
}

fn in_scope(query: Query, scope: &Scope) -> Query {
    match scope.regions() {
        None => query,
        Some(own) => query.push("WHERE s.region").push_in(own),
    }
}

/// One school. Anybody may read it.
pub async fn school(on: impl Into<On<'_>>, id: SchoolId) -> Result<School, AppError> {
    let found = sql(SCHOOL).push("WHERE s.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The venues of a school in use, by name.
pub async fn venues(on: impl Into<On<'_>>, school: SchoolId) -> Result<Vec<Venue>, AppError> {
    Ok(sql(VENUE)
        .push("WHERE v.school_id = $1 AND v.retired_at IS NULL ORDER BY v.name, v.id")
        .bind(school)
        .all(on)
        .await?)
}

/// The venues of a school, those no longer used last.
pub async fn all_venues(on: impl Into<On<'_>>, permit: &SchoolPermit) -> Result<Vec<Venue>, AppError> {
    Ok(sql(VENUE)
        .push("WHERE v.school_id = $1 ORDER BY CASE WHEN v.retired_at IS NULL THEN 0 ELSE 1 END, v.name, v.id")
        .bind(permit.school())
        .all(on)
        .await?)
}

/// One venue; the caller asks for the permit of its school.
pub async fn venue(on: impl Into<On<'_>>, id: VenueId) -> Result<Venue, AppError> {
    let found = sql(VENUE).push("WHERE v.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The teachers of a school who teach, by name.
pub async fn teachers(on: impl Into<On<'_>>, school: SchoolId) -> Result<Vec<Teacher>, AppError> {
    Ok(sql(TEACHER)
        .push("WHERE t.school_id = $1 AND t.retired_at IS NULL ORDER BY t.name, t.id")
        .bind(school)
        .all(on)
        .await?)
}

/// The teachers of a school, those who left last.
pub async fn all_teachers(on: impl Into<On<'_>>, permit: &SchoolPermit) -> Result<Vec<Teacher>, AppError> {
    Ok(sql(TEACHER)
        .push("WHERE t.school_id = $1 ORDER BY CASE WHEN t.retired_at IS NULL THEN 0 ELSE 1 END, t.name, t.id")
        .bind(permit.school())
        .all(on)
        .await?)
}

/// One teacher; the caller asks for the permit of the school.
pub async fn teacher(on: impl Into<On<'_>>, id: TeacherId) -> Result<Teacher, AppError> {
    let found = sql(TEACHER).push("WHERE t.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// How many lessons to come are planned in a venue: they stay when it is retired.
pub async fn lessons_ahead_in(on: impl Into<On<'_>>, venue: VenueId, now: DateTime<Utc>) -> Result<i64, AppError> {
    let query = sql("SELECT COUNT(*) FROM lessons WHERE venue_id = $1 AND starts_at > $2 AND cancelled_at IS NULL");
    Ok(query.bind(venue).bind(now).count(on).await?)
}

/// How many lessons to come a teacher is planned for.
pub async fn lessons_ahead_of(on: impl Into<On<'_>>, teacher: TeacherId, now: DateTime<Utc>) -> Result<i64, AppError> {
    let query = sql("SELECT COUNT(*) FROM lessons WHERE teacher_id = $1 AND starts_at > $2 AND cancelled_at IS NULL");
    Ok(query.bind(teacher).bind(now).count(on).await?)
}

/// Somebody else changed the row since the form was made: the page shows both.
pub fn conflict() -> AppError {
    AppError::refused("schools-conflict")
}

/// One row was changed, or the version was an old one.
fn one_changed(rows: u64) -> Result<(), AppError> {
    if rows == 1 { Ok(()) } else { Err(conflict()) }
}

/// Changes a school's address and contact.
pub async fn edit(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &SchoolPermit, change: &SchoolChange) -> Result<(), AppError> {
    let rows = sql("UPDATE schools SET address = $2, contact_phone = $3, version = version + 1 WHERE id = $1 AND version = $4")
        .bind(permit.school())
        .bind(&change.address)
        .bind(change.contact_phone.clone())
        .bind(change.version)
        .run(tx)
        .await?;
    one_changed(rows)?;
    trail(tx, app, now, permit, "school.edited", &permit.school().to_string(), &change.address).await
}

/// Opens a school, or corrects when and where it opened.
pub async fn open(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &OpenPermit, id: SchoolId, opening: &Opening) -> Result<(), AppError> {
    let rows = sql(
        "UPDATE schools SET state = 'open', opened_on = $2, address = $3, contact_phone = $4, version = version + 1
         WHERE id = $1 AND version = $5",
    )
    .bind(id)
    .bind(opening.opened_on)
    .bind(&opening.address)
    .bind(opening.contact_phone.clone())
    .bind(opening.version)
    .run(tx)
    .await?;
    one_changed(rows)?;
    let detail = format!("{} {}", opening.opened_on, opening.address);
    city_trail(tx, app, now, permit, "school.opened", id, detail).await
}

/// Takes an opening back. A school that has classes stays open.
pub async fn unopen(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &OpenPermit, id: SchoolId, version: i64) -> Result<(), AppError> {
    let rows = sql("UPDATE schools SET state = 'planned', opened_on = NULL, version = version + 1 WHERE id = $1 AND version = $2")
        .bind(id)
        .bind(version)
        .run(tx)
        .await?;
    one_changed(rows)?;
    let classes = sql("SELECT COUNT(*) FROM classes WHERE school_id = $1").bind(id).count(&mut *tx).await?;
    if classes > 0 {
        let problem = crate::error::Problem::new("schools-has-classes").with("n", classes);
        return Err(problem.into());
    }
    city_trail(tx, app, now, permit, "school.opening_withdrawn", id, String::new()).await
}

/// Adds a venue.
pub async fn add_venue(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &SchoolPermit, change: &VenueChange) -> Result<VenueId, AppError> {
    lock(tx, permit).await?;
    let id = VenueId::new(&app.chance, now);
    venue_name_is_free(tx, permit, id, &change.name).await?;
    sql("INSERT INTO venues (id, school_id, name, address, seats, version) VALUES ($1, $2, $3, $4, $5, 1)")
        .bind(id)
        .bind(permit.school())
        .bind(&change.name)
        .bind(&change.address)
        .bind(change.seats)
        .run(tx)
        .await?;
    trail(tx, app, now, permit, "venue.added", &id.to_string(), &change.name).await?;
    Ok(id)
}

/// Changes a venue.
pub async fn edit_venue(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &SchoolPermit,
    id: VenueId,
    change: &VenueChange,
) -> Result<(), AppError> {
    lock(tx, permit).await?;
    venue_name_is_free(tx, permit, id, &change.name).await?;
    let rows = sql("UPDATE venues SET name = $3, address = $4, seats = $5, version = version + 1 WHERE id = $1 AND school_id = $2 AND version = $6")
        .bind(id)
        .bind(permit.school())
        .bind(&change.name)
        .bind(&change.address)
        .bind(change.seats)
        .bind(change.version)
        .run(tx)
        .await?;
    one_changed(rows)?;
    trail(tx, app, now, permit, "venue.edited", &id.to_string(), &change.name).await
}

/// Retires a venue (`true`) or takes it back into use. Doing it twice is the same as once.
pub async fn retire_venue(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &SchoolPermit, id: VenueId, retired: bool) -> Result<(), AppError> {
    lock(tx, permit).await?;
    let venue = venue(&mut *tx, id).await?;
    if venue.school_id != permit.school() {
        return Err(AppError::NotFound);
    }
    if venue.retired_at.is_some() == retired {
        return Ok(());
    }
    if !retired {
        venue_name_is_free(tx, permit, id, &venue.name).await?;
    }
    sql("UPDATE venues SET retired_at = $3, version = version + 1 WHERE id = $1 AND school_id = $2")
        .bind(id)
        .bind(permit.school())
        .bind(retired.then_some(now))
        .run(tx)
        .await?;
    let what = if retired { "venue.retired" } else { "venue.restored" };
    trail(tx, app, now, permit, what, &id.to_string(), &venue.name).await
}

/// Adds a teacher.
pub async fn add_teacher(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &SchoolPermit, change: &TeacherChange) -> Result<TeacherId, AppError> {
    lock(tx, permit).await?;
    let id = TeacherId::new(&app.chance, now);
    let person = linked_person(tx, change).await?;
    teacher_name_is_free(tx, permit, id, change).await?;
    sql("INSERT INTO teachers (id, school_id, person_id, name, title, phone, version) VALUES ($1, $2, $3, $4, $5, $6, 1)")
        .bind(id)
        .bind(permit.school())
        .bind(person)
        .bind(&change.name)
        .bind(&change.title)
        .bind(change.phone.clone())
        .run(tx)
        .await?;
    trail(tx, app, now, permit, "teacher.added", &id.to_string(), "").await?;
    Ok(id)
}

/// Changes a teacher.
pub async fn edit_teacher(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &SchoolPermit,
    id: TeacherId,
    change: &TeacherChange,
) -> Result<(), AppError> {
    lock(tx, permit).await?;
    let person = linked_person(tx, change).await?;
    teacher_name_is_free(tx, permit, id, change).await?;
    let rows = sql(
        "UPDATE teachers SET person_id = $3, name = $4, title = $5, phone = $6, version = version + 1
         WHERE id = $1 AND school_id = $2 AND version = $7",
    )
    .bind(id)
    .bind(permit.school())
    .bind(person)
    .bind(&change.name)
    .bind(&change.title)
    .bind(change.phone.clone())
    .bind(change.version)
    .run(tx)
    .await?;
    one_changed(rows)?;
    trail(tx, app, now, permit, "teacher.edited", &id.to_string(), "").await
}

/// Retires a teacher (`true`) or takes them back. Doing it twice is the same as once.
pub async fn retire_teacher(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &SchoolPermit, id: TeacherId, retired: bool) -> Result<(), AppError> {
    lock(tx, permit).await?;
    let teacher = teacher(&mut *tx, id).await?;
    if teacher.school_id != permit.school() {
        return Err(AppError::NotFound);
    }
    if teacher.retired_at.is_some() == retired {
        return Ok(());
    }
    sql("UPDATE teachers SET retired_at = $3, version = version + 1 WHERE id = $1 AND school_id = $2")
        .bind(id)
        .bind(permit.school())
        .bind(retired.then_some(now))
        .run(tx)
        .await?;
    let what = if retired { "teacher.retired" } else { "teacher.restored" };
    trail(tx, app, now, permit, what, &id.to_string(), "").await
}

/// Holds the school's row until the transaction ends, so that the same name is not added twice at once.
async fn lock(tx: &mut Tx, permit: &SchoolPermit) -> Result<(), AppError> {
    sql("UPDATE schools SET version = version WHERE id = $1")
        .bind(permit.school())
        .run(tx)
        .await?;
    Ok(())
}

/// Clashes are told by a venue's name, so it is unique among those in use.
async fn venue_name_is_free(tx: &mut Tx, permit: &SchoolPermit, id: VenueId, name: &str) -> Result<(), AppError> {
    let taken = sql("SELECT COUNT(*) FROM venues WHERE school_id = $1 AND name = $2 AND id <> $3 AND retired_at IS NULL")
        .bind(permit.school())
        .bind(name)
        .bind(id)
        .count(tx)
        .await?;
    if taken == 0 {
        Ok(())
    } else {
        Err(AppError::field("name", "schools-venue-taken"))
    }
}

/// Two teachers may share a name, but then not the title and phone as well: that is the same one twice.
async fn teacher_name_is_free(tx: &mut Tx, permit: &SchoolPermit, id: TeacherId, change: &TeacherChange) -> Result<(), AppError> {
    let taken = sql(
        "SELECT COUNT(*) FROM teachers WHERE school_id = $1 AND name = $2 AND title = $3 AND COALESCE(phone, '') = $4 AND id <> $5 AND retired_at IS NULL",
    )
    .bind(permit.school())
    .bind(&change.name)
    .bind(&change.title)
    .bind(change.phone.clone().unwrap_or_default())
    .bind(id)
    .count(tx)
    .await?;
    if taken == 0 {
        Ok(())
    } else {
        Err(AppError::field("name", "schools-teacher-taken"))
    }
}

/// The account that a teacher's phone number belongs to, when it is to be linked.
async fn linked_person(tx: &mut Tx, change: &TeacherChange) -> Result<Option<PersonId>, AppError> {
    if !change.linked {
        return Ok(None);
    }
    let found: Option<(PersonId,)> = sql("SELECT id FROM people WHERE active AND phone = $1")
        .bind(change.phone.clone())
        .opt(tx)
        .await?;
    let (person,) = found.ok_or_else(|| AppError::field("phone", "schools-no-account"))?;
    Ok(Some(person))
}

/// A line of the trail. A teacher's name is found by the id: here it could never be forgotten.
async fn trail(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &SchoolPermit,
    what: &'static str,
    subject: &str,
    detail: &str,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        // A venue or a teacher, as the act's own name says.
        subject_kind: what.split('.').next().unwrap_or("school"),
        subject_id: subject.to_owned(),
        region: Some(permit.region()),
        detail: detail.to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

async fn city_trail(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &OpenPermit,
    what: &'static str,
    school: SchoolId,
    detail: String,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind: "school",
        subject_id: school.to_string(),
        region: None,
        detail,
    };
    audit::note(tx, &app.chance, now, entry).await
}
