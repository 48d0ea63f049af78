//! Rows of links, and the rows that a calendar is made of.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::policy::{LinkPermit, LinkView, Whose};
use super::rules::Bond;
use crate::audit;
use crate::db::{Db, Query, Tx, sql};
use crate::error::AppError;
use crate::ids::{ActionId, CalendarLinkId, ClassId, LessonId, PersonId, PilotId, SchoolId, TeacherId, VenueId};
use crate::state::{App, sha256};

/// How far back a calendar reaches.
const PAST: TimeDelta = TimeDelta::days(400);
/// As many lessons, and as many actions, a calendar holds at most: the latest.
const MOST: i64 = 2_000;
/// `read_at` is written at most this often.
const READ_MINUTES: i64 = 60;
/// The longest secret that is looked up.
const LONGEST_SECRET: usize = 64;

/// A link that works.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Link {
    pub id: CalendarLinkId,
    token_hash: Vec<u8>,
    pub made_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

impl Link {
    /// The secret of the address; none when the city's key is another than the one it was made with, and only a new link
    /// can be shown.
    pub fn secret(&self, app: &App) -> Option<String> {
        let secret = secret_of(app, self.id);
        (sha256(secret.as_bytes()).as_slice() == self.token_hash).then_some(secret)
    }
}

/// 256 bits that nobody can tell from chance without the city's key.
fn secret_of(app: &App, id: CalendarLinkId) -> String {
    URL_SAFE_NO_PAD.encode(app.sign("ics link", id.0.as_bytes()))
}

fn of(query: Query, whose: Whose) -> Query {
    match whose {
        Whose::Person(id) => query.push("person_id = ").push_bind(id),
        Whose::Class(id) => query.push("class_id = ").push_bind(id),
    }
}

/// The link that works now, if there is one.
pub async fn link(db: &Db, view: &LinkView) -> Result<Option<Link>, AppError> {
    let query = of(
        sql("SELECT id, token_hash, made_at, read_at FROM calendar_links WHERE revoked_at IS NULL AND "),
        view.whose(),
    );
    Ok(query.opt(db).await?)
}

/// Makes a link; one that worked until now works no more.
pub async fn make(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &LinkPermit) -> Result<(), AppError> {
    lock(tx, permit.whose()).await?;
    let replaced = take_back(tx, now, permit).await?;
    let id = CalendarLinkId::new(&app.chance, now);
    let (person, class) = match permit.whose() {
        Whose::Person(person) => (Some(person), None),
        Whose::Class(class) => (None, Some(class)),
    };
    sql("INSERT INTO calendar_links (id, token_hash, person_id, class_id, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(sha256(secret_of(app, id).as_bytes()))
        .bind(person)
        .bind(class)
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    let what = if replaced { "calendar.renewed" } else { "calendar.made" };
    note(tx, app, now, permit, what).await
}

/// Revokes the link; without one there is nothing to do.
pub async fn revoke(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &LinkPermit) -> Result<(), AppError> {
    lock(tx, permit.whose()).await?;
    if take_back(tx, now, permit).await? {
        note(tx, app, now, permit, "calendar.revoked").await?;
    }
    Ok(())
}

/// Holds the person or the class, so that two who press at once do so one after the other.
async fn lock(tx: &mut Tx, whose: Whose) -> Result<(), AppError> {
    let held = match whose {
        Whose::Person(id) => sql("UPDATE people SET active = active WHERE id = $1").bind(id),
        Whose::Class(id) => sql("UPDATE classes SET edition = edition WHERE id = $1").bind(id),
    };
    if held.run(tx).await? == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

async fn take_back(tx: &mut Tx, now: DateTime<Utc>, permit: &LinkPermit) -> Result<bool, AppError> {
    let query = sql("UPDATE calendar_links SET revoked_at = $1, revoked_by = $2 WHERE revoked_at IS NULL AND ")
        .bind(now)
        .bind(permit.by());
    Ok(of(query, permit.whose()).run(tx).await? > 0)
}

async fn note(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &LinkPermit, what: &'static str) -> Result<(), AppError> {
    let (subject_kind, subject_id) = match permit.whose() {
        Whose::Person(id) => ("person", id.to_string()),
        Whose::Class(id) => ("class", id.to_string()),
    };
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind,
        subject_id,
        region: Some(permit.region()),
        detail: String::new(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

#[derive(sqlx::FromRow)]
struct Found {
    id: CalendarLinkId,
    person_id: Option<PersonId>,
    class_id: Option<ClassId>,
    read_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    /// False where the person has no access any more.
    active: bool,
}

/// What a secret opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    Calendar(Whose),
    /// It did once.
    Revoked,
    Unknown,
}

/// Looks a secret up and keeps that it was read.
pub async fn open(app: &App, now: DateTime<Utc>, secret: &str) -> Result<Opened, AppError> {
    if secret.is_empty() || secret.len() > LONGEST_SECRET {
        return Ok(Opened::Unknown);
    }
    let found: Option<Found> = sql(
        "SELECT k.id, k.person_id, k.class_id, k.read_at, k.revoked_at, COALESCE(p.active, TRUE) AS active
         FROM calendar_links k LEFT JOIN people p ON p.id = k.person_id WHERE k.token_hash = $1",
    )
    .bind(sha256(secret.as_bytes()))
    .opt(&app.db)
    .await?;
    let Some(found) = found else { return Ok(Opened::Unknown) };
    let whose = found.person_id.map(Whose::Person).or(found.class_id.map(Whose::Class));
    let Some(whose) = whose.filter(|_| found.revoked_at.is_none() && found.active) else {
        return Ok(Opened::Revoked);
    };
    let is_new = found.read_at.is_none_or(|at| now - at >= TimeDelta::minutes(READ_MINUTES));
    // A calendar is read even when nothing can be written just now.
    if is_new && let Err(error) = touch(app, now, found.id).await {
        tracing::warn!(%error, "a calendar was read, which can't be kept");
    }
    Ok(Opened::Calendar(whose))
}

async fn touch(app: &App, now: DateTime<Utc>, id: CalendarLinkId) -> Result<(), AppError> {
    let mut tx = app.db.begin().await?;
    sql("UPDATE calendar_links SET read_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .run(&mut tx)
        .await?;
    tx.commit().await
}

/// A lesson with what a calendar says of it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LessonRow {
    pub id: LessonId,
    pub class_id: ClassId,
    pub class: String,
    pub cancel_reason: Option<String>,
    pub school_id: SchoolId,
    pub school_zh: String,
    pub school_en: String,
    pub topic: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Training hours in halves.
    pub half_hours: i64,
    pub teacher_id: Option<TeacherId>,
    pub teacher: Option<String>,
    pub venue_id: Option<VenueId>,
    pub venue: Option<String>,
    pub address: Option<String>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub sequence: i64,
    pub changed_at: Option<DateTime<Utc>>,
}

/// A person's bond to a class, and how often it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub bond: Bond,
    pub changes: i64,
    pub changed_at: Option<DateTime<Utc>>,
}

/// An action of a firm that the person is the contact of.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ActionRow {
    pub id: ActionId,
    pub pilot: PilotId,
    pub firm: String,
    pub title: String,
    pub due_on: NaiveDate,
    pub is_off: bool,
    pub is_done: bool,
    pub sequence: i64,
    pub created_at: DateTime<Utc>,
    pub changed_at: Option<DateTime<Utc>>,
}

/// Everything that a calendar is made of.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// What the person reads in; none for a class.
    pub lang: Option<String>,
    /// The class's title; none for a person.
    pub title: Option<String>,
    pub lessons: Vec<LessonRow>,
    /// By class; a class's own calendar needs none.
    pub standings: BTreeMap<ClassId, Standing>,
    pub actions: Vec<ActionRow>,
    /// When a class was last renamed, cancelled or otherwise edited.
    pub class_changes: BTreeMap<ClassId, DateTime<Utc>>,
    /// The same of venues, teachers and schools, by their id.
    pub name_changes: BTreeMap<String, DateTime<Utc>>,
}

/// Columns of a [`LessonRow`], to be followed by further conditions.
const LESSONS: &str = "SELECT l.id, l.class_id, c.title AS class, c.cancel_reason, s.id AS school_id, s.name_zh AS school_zh, s.name_en AS school_en,
        l.topic, l.starts_at, l.ends_at, l.half_hours, l.teacher_id, t.name AS teacher, l.venue_id, v.name AS venue, v.address,
        l.cancelled_at, l.sequence, l.changed_at
    FROM lessons l JOIN classes c ON c.id = l.class_id JOIN schools s ON s.id = c.school_id
        LEFT JOIN teachers t ON t.id = l.teacher_id LEFT JOIN venues v ON v.id = l.venue_id
    WHERE c.state <> 'draft' AND l.ends_at >= $1";

/// The calendar's rows.
pub async fn contents(db: &Db, now: DateTime<Utc>, whose: Whose) -> Result<Contents, AppError> {
    let mut contents = match whose {
        Whose::Person(id) => of_person(db, now, id).await?,
        Whose::Class(id) => of_class(db, now, id).await?,
    };
    contents.class_changes = class_changes(db, &contents.lessons).await?;
    contents.name_changes = name_changes(db, &contents.lessons).await?;
    Ok(contents)
}

async fn of_class(db: &Db, now: DateTime<Utc>, class: ClassId) -> Result<Contents, AppError> {
    let title: Option<(String,)> = sql("SELECT title FROM classes WHERE id = $1").bind(class).opt(db).await?;
    let query = sql(LESSONS).bind(now - PAST).push(" AND l.class_id = ").push_bind(class);
    Ok(Contents {
        title: Some(title.ok_or(AppError::NotFound)?.0),
        lessons: latest(query).all(db).await?,
        ..Contents::default()
    })
}

fn latest(query: Query) -> Query {
    query.push(" ORDER BY l.starts_at DESC, l.id DESC LIMIT ").push_bind(MOST)
}

async fn of_person(db: &Db, now: DateTime<Utc>, person: PersonId) -> Result<Contents, AppError> {
    let (lang,): (Option<String>,) = sql("SELECT lang FROM people WHERE id = $1").bind(person).one(db).await?;
    let mut standings = standings(db, person).await?;
    let query = sql(LESSONS)
        .bind(now - PAST)
        .push(" AND (l.class_id")
        .push_in(standings.keys().copied())
        .push(" OR l.teacher_id IN (SELECT id FROM teachers WHERE person_id = ")
        .push_bind(person)
        .push("))");
    let lessons: Vec<LessonRow> = latest(query).all(db).await?;
    // A lesson of a class that one has no other bond to is one that one teaches.
    for lesson in &lessons {
        standings.entry(lesson.class_id).or_insert(Standing {
            bond: Bond::Belongs,
            changes: 0,
            changed_at: None,
        });
    }
    Ok(Contents {
        lang,
        lessons,
        standings,
        actions: actions(db, now, person).await?,
        ..Contents::default()
    })
}

#[derive(sqlx::FromRow)]
struct EnrolmentRow {
    class_id: ClassId,
    state: String,
    changed_at: DateTime<Utc>,
    had_seat: bool,
    changes: i64,
}

async fn standings(db: &Db, person: PersonId) -> Result<BTreeMap<ClassId, Standing>, AppError> {
    let rows: Vec<EnrolmentRow> = sql("SELECT e.class_id, e.state, e.changed_at,
             EXISTS (SELECT 1 FROM enrolment_events a WHERE a.enrolment_id = e.id AND a.from_state = 'approved') AS had_seat,
             (SELECT COUNT(*) FROM enrolment_events n WHERE n.enrolment_id = e.id) AS changes
         FROM enrolments e WHERE e.person_id = $1")
    .bind(person)
    .all(db)
    .await?;
    let mut standings = BTreeMap::new();
    let mut changes: BTreeMap<ClassId, i64> = BTreeMap::new();
    for row in rows {
        *changes.entry(row.class_id).or_default() += row.changes;
        let bond = match row.state.as_str() {
            "approved" => Bond::Belongs,
            "withdrawn" | "replaced" if row.had_seat => Bond::Left(row.changed_at),
            _ => continue,
        };
        join(&mut standings, row.class_id, bond, Some(row.changed_at));
    }
    let staff: Vec<(ClassId,)> = sql("SELECT class_id FROM class_staff WHERE person_id = $1").bind(person).all(db).await?;
    for (class,) in staff {
        join(&mut standings, class, Bond::Belongs, None);
    }
    for (class, standing) in &mut standings {
        standing.changes = changes.get(class).copied().unwrap_or_default();
    }
    Ok(standings)
}

fn join(standings: &mut BTreeMap<ClassId, Standing>, class: ClassId, bond: Bond, changed_at: Option<DateTime<Utc>>) {
    let new = Standing {
        bond,
        changes: 0,
        changed_at,
    };
    let standing = standings.entry(class).or_insert(new);
    standing.bond = standing.bond.or(bond);
    standing.changed_at = standing.changed_at.max(changed_at);
}

/// Actions of the firms that the person is a contact of, as long as the firm takes part.
async fn actions(db: &Db, now: DateTime<Utc>, person: PersonId) -> Result<Vec<ActionRow>, AppError> {
    Ok(sql(
        "SELECT a.id, p.id AS pilot, f.name AS firm, a.title, a.due_on, a.state = 'cancelled' AS is_off, a.state = 'done' AS is_done,
             a.edition - 1 + (SELECT COUNT(*) FROM action_events n WHERE n.action_id = a.id) AS sequence, a.created_at,
             (SELECT MAX(v.at) FROM action_events v WHERE v.action_id = a.id) AS changed_at
         FROM actions a JOIN pilots p ON p.id = a.pilot_id JOIN firms f ON f.id = p.firm_id
         WHERE p.state = 'chosen' AND p.firm_id IN (SELECT g.firm_id FROM grants g WHERE g.person_id = $1 AND g.role = 'firm')
             AND a.due_on >= $2
         ORDER BY a.due_on DESC, a.id DESC LIMIT $3",
    )
    .bind(person)
    .bind(crate::clock::day_of(now - PAST))
    .bind(MOST)
    .all(db)
    .await?)
}

async fn class_changes(db: &Db, lessons: &[LessonRow]) -> Result<BTreeMap<ClassId, DateTime<Utc>>, AppError> {
    let classes: std::collections::BTreeSet<ClassId> = lessons.iter().map(|lesson| lesson.class_id).collect();
    let rows: Vec<(ClassId, DateTime<Utc>)> =
        sql("SELECT class_id, MAX(at) FROM class_events WHERE what IN ('edited', 'capacity', 'cancelled') AND class_id")
            .push_in(classes)
            .push(" GROUP BY class_id")
            .all(db)
            .await?;
    Ok(rows.into_iter().collect())
}

/// Venues, teachers and schools keep no time of their last change; the trail does.
async fn name_changes(db: &Db, lessons: &[LessonRow]) -> Result<BTreeMap<String, DateTime<Utc>>, AppError> {
    let ids = lessons.iter().flat_map(LessonRow::named).collect::<std::collections::BTreeSet<String>>();
    let rows: Vec<(String, DateTime<Utc>)> =
        sql("SELECT subject_id, MAX(at) FROM audit_entries WHERE subject_kind IN ('venue', 'teacher', 'school') AND subject_id")
            .push_in(ids)
            .push(" GROUP BY subject_id")
            .all(db)
            .await?;
    Ok(rows.into_iter().collect())
}

impl LessonRow {
    /// The ids of what else it names.
    pub fn named(&self) -> Vec<String> {
        let venue = self.venue_id.map(|id| id.to_string());
        let teacher = self.teacher_id.map(|id| id.to_string());
        [Some(self.school_id.to_string()), venue, teacher].into_iter().flatten().collect()
    }
}
