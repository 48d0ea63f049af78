//! The ledger: one row for each person in each lesson, and a line of history for each change, written together.

use chrono::{DateTime, Utc};

use crate::attendance::rules::{Arrival, Flag, Place, Refusal, Source, Status, Window, flags, replaces, stored_flags};
use crate::attendance::ticket::DeviceMark;
use crate::audit;
use crate::classes::ClassState;
use crate::db::{On, Tx, sql};
use crate::error::AppError;
use crate::ids::{ClassId, DeviceId, EnrolmentId, EventId, LessonId, PersonId, Region};
use crate::state::App;

/// Somebody at the door of a lesson, however they were recognised.
#[derive(Debug, Clone)]
pub struct CheckIn {
    pub lesson: LessonId,
    pub person: PersonId,
    pub source: Source,
    /// When they arrived: the time of the scan.
    pub at: DateTime<Utc>,
    /// The member of staff who scanned.
    pub by: Option<PersonId>,
    /// The scanner that read the code.
    pub device: Option<DeviceId>,
    /// The browser that the person used.
    pub browser: Option<DeviceMark>,
    /// Where the phone says that it is.
    pub place: Option<Place>,
}

/// What a check-in came to; also what a repeated one finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedIn {
    pub lesson: LessonId,
    pub enrolment: EnrolmentId,
    pub class: ClassId,
    pub person: PersonId,
    pub name: String,
    pub topic: String,
    pub status: Status,
    pub source: Source,
    pub at: DateTime<Utc>,
    /// This very call made them present; a repetition says no.
    pub first: bool,
}

/// Checks somebody in: the one way for the wall, staff who scan, and devices.
pub async fn check_in(app: &App, now: DateTime<Utc>, check_in: CheckIn) -> Result<Result<CheckedIn, Refusal>, AppError> {
    let (lesson, source) = (check_in.lesson, check_in.source);
    let within = app.clone();
    let outcome = app
        .db
        .write(move |tx| Box::pin(async move { check_in_within(tx, &within, now, &check_in).await }))
        .await?;
    if outcome.is_ok() {
        app.live.tell(lesson);
    }
    let came_to = outcome.as_ref().ok().map(|done| (done.first, done.status));
    tally(source, came_to);
    Ok(outcome)
}

/// Counts an answer for the operator: whether it was the first for this person and what they are now, or a refusal.
pub(super) fn tally(source: Source, came_to: Option<(bool, Status)>) {
    let outcome = match came_to {
        Some((true, status)) => status.as_str(),
        Some((false, _)) => "again",
        None => "refused",
    };
    metrics::counter!("heluo_checkins_total", "source" => source.as_str(), "outcome" => outcome).increment(1);
}

/// The same inside a transaction of the caller, who tells the live pages after the commit.
pub async fn check_in_within(tx: &mut Tx, app: &App, now: DateTime<Utc>, check_in: &CheckIn) -> Result<Result<CheckedIn, Refusal>, AppError> {
    let door = door(&mut *tx, check_in.lesson, check_in.person).await?;
    if door.cancelled_at.is_some() || door.state == ClassState::Cancelled {
        return Ok(Err(Refusal::Cancelled));
    }
    let Some(enrolment) = door.enrolment else {
        return Ok(Err(Refusal::NotOnRoster));
    };
    let standing = door.standing();
    let arrival = door.window().judge(check_in.at);
    let status = match (arrival, door.attendance_closed_at) {
        (Arrival::In(status), None) => Ok(status),
        (Arrival::TooEarly(opens), None) => Err(Refusal::TooEarly(opens)),
        (Arrival::Over, _) | (_, Some(_)) => Err(Refusal::Closed),
    };
    // Whoever is in stays in: a repetition outside the window is still a success.
    let status = match (status, &standing) {
        (Ok(status), _) => status,
        (Err(_), Some(standing)) if standing.status.attended() => return Ok(Ok(door.answer(check_in, enrolment, standing, false))),
        (Err(refusal), _) => return Ok(Err(refusal)),
    };
    let entry = Entry {
        lesson: check_in.lesson,
        enrolment,
        status,
        source: check_in.source,
        at: check_in.at,
        by: check_in.by,
        device: check_in.device,
        flags: look_closer(tx, check_in, enrolment).await?,
        browser: check_in.browser,
        place: check_in.place,
        why: String::new(),
    };
    let recorded = record(tx, app, now, &entry).await?;
    Ok(Ok(door.answer(check_in, enrolment, &recorded.standing, recorded.changed)))
}

/// What the door knows of a lesson and of one person.
#[derive(sqlx::FromRow)]
struct Door {
    class_id: ClassId,
    topic: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    attendance_closed_at: Option<DateTime<Utc>>,
    cancelled_at: Option<DateTime<Utc>>,
    #[sqlx(try_from = "String")]
    state: ClassState,
    opens_before_min: i64,
    late_after_min: i64,
    name: String,
    /// Approved; anything else is not on the roster.
    enrolment: Option<EnrolmentId>,
    /// What stands in the ledger, when anything does.
    status: Option<String>,
    source: Option<String>,
    at: Option<DateTime<Utc>>,
}

impl Door {
    fn window(&self) -> Window {
        Window {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            opens_before_min: self.opens_before_min,
            late_after_min: self.late_after_min,
        }
    }

    fn standing(&self) -> Option<Standing> {
        Standing::parse(self.status.as_deref(), self.source.as_deref(), self.at)
    }

    fn answer(&self, check_in: &CheckIn, enrolment: EnrolmentId, standing: &Standing, first: bool) -> CheckedIn {
        CheckedIn {
            lesson: check_in.lesson,
            enrolment,
            class: self.class_id,
            person: check_in.person,
            name: self.name.clone(),
            topic: self.topic.clone(),
            status: standing.status,
            source: standing.source,
            at: standing.at,
            first,
        }
    }
}

/// What the door asks: of a lesson ($1) and a person ($2).
pub const DOOR: &str = "SELECT l.class_id, l.topic, l.starts_at, l.ends_at, l.attendance_closed_at, l.cancelled_at, c.state, c.opens_before_min,
            c.late_after_min, p.name, e.id AS enrolment, a.status, a.source, a.at
     FROM lessons l JOIN classes c ON c.id = l.class_id JOIN people p ON p.id = $2
     LEFT JOIN enrolments e ON e.class_id = l.class_id AND e.person_id = $2 AND e.state = 'approved'
     LEFT JOIN attendances a ON a.lesson_id = l.id AND a.enrolment_id = e.id
     WHERE l.id = $1";

async fn door(on: impl Into<On<'_>>, lesson: LessonId, person: PersonId) -> Result<Door, AppError> {
    let found = sql(DOOR).bind(lesson).bind(person).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// What the check-in is flagged with. When a browser has checked in somebody else, their row gets the flag too.
async fn look_closer(tx: &mut Tx, check_in: &CheckIn, enrolment: EnrolmentId) -> Result<Vec<Flag>, AppError> {
    let mut found = Vec::new();
    if let Some(mark) = check_in.browser {
        let others: Vec<(EnrolmentId, String)> =
            sql("SELECT enrolment_id, flags FROM attendances WHERE lesson_id = $1 AND device_mark = $2 AND enrolment_id <> $3")
                .bind(check_in.lesson)
                .bind(mark)
                .bind(enrolment)
                .all(&mut *tx)
                .await?;
        for (other, stored) in others {
            found.push(Flag::SharedDevice);
            let mut known = flags(&stored);
            if !known.contains(&Flag::SharedDevice) {
                known.push(Flag::SharedDevice);
                sql("UPDATE attendances SET flags = $3 WHERE lesson_id = $1 AND enrolment_id = $2")
                    .bind(check_in.lesson)
                    .bind(other)
                    .bind(stored_flags(&known))
                    .run(tx)
                    .await?;
            }
        }
    }
    if let Some(place) = check_in.place {
        let others: Vec<(i64, i64)> =
            sql("SELECT lat_e4, lon_e4 FROM attendances WHERE lesson_id = $1 AND lat_e4 IS NOT NULL AND lon_e4 IS NOT NULL")
                .bind(check_in.lesson)
                .all(&mut *tx)
                .await?;
        let others: Vec<Place> = others.into_iter().map(|(lat_e4, lon_e4)| Place { lat_e4, lon_e4 }).collect();
        if place.is_far_from(&others) {
            found.push(Flag::FarAway);
        }
    }
    Ok(found)
}

/// One thing to be written into the ledger, if it may take the place of what stands there.
#[derive(Debug, Clone)]
pub(in crate::attendance) struct Entry {
    pub lesson: LessonId,
    pub enrolment: EnrolmentId,
    pub status: Status,
    pub source: Source,
    pub at: DateTime<Utc>,
    pub by: Option<PersonId>,
    pub device: Option<DeviceId>,
    pub flags: Vec<Flag>,
    pub browser: Option<DeviceMark>,
    pub place: Option<Place>,
    pub why: String,
}

impl Entry {
    /// An entry made by staff or by a rule, not by a scan.
    pub(in crate::attendance) fn by_hand(lesson: LessonId, enrolment: EnrolmentId, status: Status, source: Source, at: DateTime<Utc>) -> Self {
        Self {
            lesson,
            enrolment,
            status,
            source,
            at,
            by: None,
            device: None,
            flags: Vec::new(),
            browser: None,
            place: None,
            why: String::new(),
        }
    }
}

/// What stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    #[sqlx(try_from = "String")]
    pub status: Status,
    #[sqlx(try_from = "String")]
    pub source: Source,
    pub at: DateTime<Utc>,
}

impl Standing {
    /// From nullable columns; nothing when nothing stands.
    pub(super) fn parse(status: Option<&str>, source: Option<&str>, at: Option<DateTime<Utc>>) -> Option<Self> {
        Some(Self {
            status: status?.parse().ok()?,
            source: source?.parse().ok()?,
            at: at?,
        })
    }
}

/// What stands after an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub standing: Standing,
    /// Whether this entry put it there.
    pub changed: bool,
}

/// What stands for one enrolment in one lesson.
pub(super) async fn standing(on: impl Into<On<'_>>, lesson: LessonId, enrolment: EnrolmentId) -> Result<Option<Standing>, AppError> {
    Ok(
        sql("SELECT status, source, at FROM attendances WHERE lesson_id = $1 AND enrolment_id = $2")
            .bind(lesson)
            .bind(enrolment)
            .opt(on)
            .await?,
    )
}

/// What stands, and nobody else may change it before this transaction ends.
pub(super) async fn locked_standing(tx: &mut Tx, lesson: LessonId, enrolment: EnrolmentId) -> Result<Option<Standing>, AppError> {
    sql("UPDATE attendances SET status = status WHERE lesson_id = $1 AND enrolment_id = $2")
        .bind(lesson)
        .bind(enrolment)
        .run(tx)
        .await?;
    standing(tx, lesson, enrolment).await
}

/// Writes an entry with its line of history, unless what stands is to stay. Every change of the ledger goes through here.
pub(in crate::attendance) async fn record(tx: &mut Tx, app: &App, now: DateTime<Utc>, entry: &Entry) -> Result<Recorded, AppError> {
    let put = Recorded {
        standing: Standing {
            status: entry.status,
            source: entry.source,
            at: entry.at,
        },
        changed: true,
    };
    // Between the insert that finds a row and the lock, an undo may take the row away: then try again.
    for _ in 0..3 {
        if insert(tx, entry).await? {
            write_event(tx, app, now, entry, None).await?;
            return Ok(put);
        }
        let Some(standing) = locked_standing(tx, entry.lesson, entry.enrolment).await? else {
            continue;
        };
        if !replaces((standing.status, standing.source), (entry.status, entry.source)) {
            return Ok(Recorded { standing, changed: false });
        }
        let at = if entry.source == Source::Hand { standing.at } else { entry.at };
        overwrite(tx, entry, at).await?;
        write_event(tx, app, now, entry, Some(standing.status)).await?;
        if let (Source::Hand, Some(by)) = (entry.source, entry.by) {
            trail(tx, app, now, (entry, by), standing.status).await?;
        }
        return Ok(Recorded {
            standing: Standing { at, ..put.standing },
            changed: true,
        });
    }
    Err(AppError::Unavailable)
}

/// What staff corrected by hand stands in the trail too.
async fn trail(tx: &mut Tx, app: &App, now: DateTime<Utc>, (entry, by): (&Entry, PersonId), from: Status) -> Result<(), AppError> {
    let (person, region, topic): (PersonId, Region, String) = sql("SELECT e.person_id, s.region, l.topic FROM enrolments e
         JOIN lessons l ON l.id = $2 JOIN classes c ON c.id = l.class_id JOIN schools s ON s.id = c.school_id WHERE e.id = $1")
    .bind(entry.enrolment)
    .bind(entry.lesson)
    .one(&mut *tx)
    .await?;
    let change = format!("{topic} {} → {} {}", from.as_str(), entry.status.as_str(), entry.why);
    let line = audit::Entry {
        by: Some(by),
        what: "attendance.corrected",
        subject_kind: audit::PERSON,
        subject_id: person.to_string(),
        region: Some(&region),
        detail: change.trim_end().to_owned(),
    };
    audit::note(tx, &app.chance, now, line).await
}

/// Puts an entry where none stands.
pub const ENTRY: &str =
    "INSERT INTO attendances (lesson_id, enrolment_id, status, source, at, by_person, device_id, flags, device_mark, lat_e4, lon_e4)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";

async fn insert(tx: &mut Tx, entry: &Entry) -> Result<bool, AppError> {
    let inserted = sql(ENTRY)
        .bind(entry.lesson)
        .bind(entry.enrolment)
        .bind(entry.status.as_str())
        .bind(entry.source.as_str())
        .bind(entry.at)
        .bind(entry.by)
        .bind(entry.device)
        .bind(stored_flags(&entry.flags))
        .bind(entry.browser.map(|mark| mark.to_vec()))
        .bind(entry.place.map(|place| place.lat_e4))
        .bind(entry.place.map(|place| place.lon_e4))
        .run(tx)
        .await?;
    Ok(inserted == 1)
}

async fn overwrite(tx: &mut Tx, entry: &Entry, at: DateTime<Utc>) -> Result<(), AppError> {
    sql("UPDATE attendances SET status = $3, source = $4, at = $5, by_person = $6, device_id = $7, flags = $8, device_mark = $9, lat_e4 = $10, lon_e4 = $11
         WHERE lesson_id = $1 AND enrolment_id = $2")
    .bind(entry.lesson)
    .bind(entry.enrolment)
    .bind(entry.status.as_str())
    .bind(entry.source.as_str())
    .bind(at)
    .bind(entry.by)
    .bind(entry.device)
    .bind(stored_flags(&entry.flags))
    .bind(entry.browser.map(|mark| mark.to_vec()))
    .bind(entry.place.map(|place| place.lat_e4))
    .bind(entry.place.map(|place| place.lon_e4))
    .run(tx)
    .await?;
    Ok(())
}

/// The line of history of an entry.
pub const EVENT: &str = "INSERT INTO attendance_events (id, lesson_id, enrolment_id, at, by_person, device_id, source, from_status, to_status, why)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

async fn write_event(tx: &mut Tx, app: &App, now: DateTime<Utc>, entry: &Entry, from: Option<Status>) -> Result<(), AppError> {
    sql(EVENT)
        .bind(EventId::new(&app.chance, now))
        .bind(entry.lesson)
        .bind(entry.enrolment)
        .bind(now)
        .bind(entry.by)
        .bind(entry.device)
        .bind(entry.source.as_str())
        .bind(from.map(Status::as_str))
        .bind(entry.status.as_str())
        .bind(&entry.why)
        .run(tx)
        .await?;
    Ok(())
}

/// A line of history for many rows at once: `to` is what each became, none when its row was taken away.
pub(super) async fn write_events(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    (lesson, by): (LessonId, PersonId),
    (from, to): (Option<Status>, Option<Status>),
    (source, why): (Source, &str),
    enrolments: &[EnrolmentId],
) -> Result<(), AppError> {
    /// Ten values each, far below `SQLite`'s limit of 32,766.
    const AT_ONCE: usize = 500;
    for chunk in enrolments.chunks(AT_ONCE) {
        let mut insert =
            sql("INSERT INTO attendance_events (id, lesson_id, enrolment_id, at, by_person, device_id, source, from_status, to_status, why) VALUES ");
        for (n, enrolment) in chunk.iter().enumerate() {
            insert = insert
                .push(if n == 0 { "(" } else { ", (" })
                .push_bind(EventId::new(&app.chance, now))
                .push(", ")
                .push_bind(lesson)
                .push(", ")
                .push_bind(*enrolment)
                .push(", ")
                .push_bind(now)
                .push(", ")
                .push_bind(by)
                .push(", NULL, ")
                .push_bind(source.as_str())
                .push(", ")
                .push_bind(from.map(Status::as_str))
                .push(", ")
                .push_bind(to.map(Status::as_str))
                .push(", ")
                .push_bind(why)
                .push(")");
        }
        insert.run(tx).await?;
    }
    Ok(())
}
