//! Rows of enrolments: applying, deciding, withdrawing. Everything that gives or frees a seat goes through [`OpenClass`].

use chrono::{DateTime, Utc};

pub use super::firm_seats::{Colleague, FirmHold, Seated, colleagues, holds_in, holds_of, name_attendee, replace_attendee, seated, set_hold};
use super::policy::{DeskPermit, EnrolPermit, OwnPermit, at_the_door};
use super::rules::{Closed, EnrolmentState, Happening, PRIORITIES, PerRegion, QueueKey, Source, window};
use super::seats::{Change, change, look, note, tell_person};
pub use super::seats::{OpenClass, open, promote, seats_of};
use crate::classes::rules::plain_time;
use crate::classes::{Approval, Class, ClassState};
use crate::db::{Db, On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{ClassId, EnrolmentId, EventId, FirmId, PersonId, Region, SeatId};
use crate::state::App;

/// A decision over so many rows at most, so that one press holds the class for moments only.
pub const BATCH: usize = 500;

/// One person's enrolment in one class.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Enrolment {
    pub id: EnrolmentId,
    pub class_id: ClassId,
    pub person_id: PersonId,
    pub seat_id: SeatId,
    /// The firm on whose held seat the person sits.
    pub firm_id: Option<FirmId>,
    /// County at the time of enrolling: whose quota the seat counts against.
    pub region: Region,
    #[sqlx(try_from = "String")]
    pub state: EnrolmentState,
    pub priority: i64,
    pub queued_at: DateTime<Utc>,
    pub reason: Option<String>,
    pub note: Option<String>,
    #[sqlx(try_from = "String")]
    pub source: Source,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

impl Enrolment {
    pub fn key(&self) -> QueueKey {
        QueueKey {
            priority: self.priority,
            queued_at: self.queued_at,
            id: self.id,
        }
    }
}

/// Columns of an [`Enrolment`], to be followed by `WHERE`.
pub(super) const ENROLMENT: &str =
    "SELECT e.id, e.class_id, e.person_id, e.seat_id, e.firm_id, e.region, e.state, e.priority, e.queued_at, e.reason, e.note,
    e.source, e.created_at, e.changed_at FROM enrolments e ";

/// One enrolment.
pub async fn enrolment(on: impl Into<On<'_>>, id: EnrolmentId) -> Result<Enrolment, AppError> {
    let found = sql(ENROLMENT).push("WHERE e.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The enrolment of a person in a class that still counts.
pub async fn live_enrolment(on: impl Into<On<'_>>, class: ClassId, person: PersonId) -> Result<Option<Enrolment>, AppError> {
    Ok(sql(ENROLMENT)
        .push("WHERE e.class_id = $1 AND e.person_id = $2 AND e.state IN ('submitted', 'approved', 'waitlisted')")
        .bind(class)
        .bind(person)
        .opt(on)
        .await?)
}

/// The id under which a person has a seat in a class.
pub async fn approved_enrolment(on: impl Into<On<'_>>, class: ClassId, person: PersonId) -> Result<Option<EnrolmentId>, AppError> {
    let found: Option<(EnrolmentId,)> = sql("SELECT id FROM enrolments WHERE class_id = $1 AND person_id = $2 AND state = 'approved'")
        .bind(class)
        .bind(person)
        .opt(on)
        .await?;
    Ok(found.map(|(id,)| id))
}

/// The place in the waitlist, from 1; none for whoever does not wait.
pub async fn place(on: impl Into<On<'_>>, enrolment: &Enrolment) -> Result<Option<i64>, AppError> {
    if enrolment.state != EnrolmentState::Waitlisted {
        return Ok(None);
    }
    let ahead = sql("SELECT COUNT(*) FROM enrolments WHERE class_id = $1 AND state = 'waitlisted'
         AND (priority > $2 OR (priority = $2 AND (queued_at < $3 OR (queued_at = $3 AND id < $4))))")
    .bind(enrolment.class_id)
    .bind(enrolment.priority)
    .bind(enrolment.queued_at)
    .bind(enrolment.id)
    .count(on)
    .await?;
    Ok(Some(ahead + 1))
}

/// What became of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub id: EnrolmentId,
    pub state: EnrolmentState,
    /// Place in the waitlist, from 1.
    pub place: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Applicant {
    region: Region,
    active: bool,
    live: Option<String>,
}

/// Puts a person onto the roster of a class, by the rules that hold for every way in.
pub async fn enrol(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &EnrolPermit,
    class: ClassId,
    person: PersonId,
    note: Option<&str>,
) -> Result<Outcome, AppError> {
    let mut open = open(tx, app, now, class).await?;
    enrol_in(tx, app, now, &mut open, permit, person, note).await
}

/// The same for a class that the caller holds open: for importing many people.
pub async fn enrol_in(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    open: &mut OpenClass,
    permit: &EnrolPermit,
    person: PersonId,
    note: Option<&str>,
) -> Result<Outcome, AppError> {
    if !permit.covers(open.class.id, person) {
        return Err(AppError::Forbidden);
    }
    let class = &open.class;
    window(class.state, class.enrol_opens_at, class.enrol_closes_at, now, permit.source()).map_err(refuse_closed)?;
    let applicant = applicant(tx, open.class.id, person).await?;
    let (state, place) = decide_newcomer(open, now, permit, &applicant.region)?;
    let id = EnrolmentId::new(&app.chance, now);
    insert(
        tx,
        app,
        now,
        open,
        permit,
        &Newcomer {
            id,
            person,
            region: &applicant.region,
            state,
            note,
        },
    )
    .await?;
    match (state, permit.firm()) {
        (EnrolmentState::Approved, Some(firm)) => open.seats.take_held(firm),
        (EnrolmentState::Approved, None) => open.seats.take(&applicant.region),
        (EnrolmentState::Waitlisted, _) => open.add_waiting(&applicant.region),
        _ => {}
    }
    if permit.by() != person {
        let key = if state == EnrolmentState::Waitlisted {
            "enrolment-notice-added-waiting"
        } else {
            "enrolment-notice-added"
        };
        tell_person(tx, app, now, person, &open.class, key, "").await?;
    }
    Ok(Outcome { id, state, place })
}

async fn applicant(tx: &mut Tx, class: ClassId, person: PersonId) -> Result<Applicant, AppError> {
    let found: Option<Applicant> = sql(
        "SELECT p.region, p.active,
            (SELECT e.state FROM enrolments e WHERE e.class_id = $2 AND e.person_id = p.id AND e.state IN ('submitted', 'approved', 'waitlisted')) AS live
         FROM people p WHERE p.id = $1",
    )
    .bind(person)
    .bind(class)
    .opt(tx)
    .await?;
    let applicant = found.filter(|person| person.active).ok_or(AppError::NotFound)?;
    if applicant.live.is_some() {
        return Err(AppError::refused("enrolment-already"));
    }
    Ok(applicant)
}

/// What a newcomer gets: a seat that nobody who waits could take, a place in the queue, or a refusal.
fn decide_newcomer(open: &OpenClass, now: DateTime<Utc>, permit: &EnrolPermit, region: &Region) -> Result<(EnrolmentState, Option<i64>), AppError> {
    if let Some(firm) = permit.firm() {
        return if open.seats.held_free(firm) > 0 {
            Ok((EnrolmentState::Approved, None))
        } else {
            Err(AppError::refused("enrolment-no-held-seat"))
        };
    }
    let ahead = open.ahead_of_newcomer();
    if open.seats.fits_behind(&ahead, region) {
        let at_once = open.class.approval == Approval::Automatic || permit.source().is_staff();
        return Ok((if at_once { EnrolmentState::Approved } else { EnrolmentState::Submitted }, None));
    }
    if permit.source() == Source::WalkIn {
        return Err(AppError::refused("enrolment-no-seat-at-the-door"));
    }
    if !open.waitlist_is_open(now) {
        return Err(AppError::refused("enrolment-full-for-good"));
    }
    Ok((EnrolmentState::Waitlisted, Some(ahead.values().sum::<i64>() + 1)))
}

/// What would become of an application sent now, for telling people before they send it.
pub async fn forecast(
    db: &Db,
    class: Class,
    now: DateTime<Utc>,
    permit: &EnrolPermit,
    region: &Region,
) -> Result<(EnrolmentState, Option<i64>), AppError> {
    window(class.state, class.enrol_opens_at, class.enrol_closes_at, now, permit.source()).map_err(refuse_closed)?;
    decide_newcomer(&look(db, class).await?, now, permit, region)
}

struct Newcomer<'a> {
    id: EnrolmentId,
    person: PersonId,
    region: &'a Region,
    state: EnrolmentState,
    note: Option<&'a str>,
}

async fn insert(tx: &mut Tx, app: &App, now: DateTime<Utc>, open: &mut OpenClass, permit: &EnrolPermit, new: &Newcomer<'_>) -> Result<(), AppError> {
    let queued_at = open.queue_at(now);
    sql(
        "INSERT INTO enrolments (id, class_id, person_id, seat_id, firm_id, region, state, priority, queued_at, note, source, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $11)",
    )
    .bind(new.id)
    .bind(open.class.id)
    .bind(new.person)
    .bind(SeatId::new(&app.chance, now))
    .bind(permit.firm())
    .bind(new.region)
    .bind(new.state.as_str())
    .bind(queued_at)
    .bind(new.note.filter(|note| !note.is_empty()))
    .bind(permit.source().as_str())
    .bind(now)
    .run(tx)
    .await?;
    let step = Change {
        from: None,
        to: new.state,
        what: Happening::Applied,
        by: Some(permit.by()),
        why: permit.source().as_str(),
        batch: None,
    };
    note(tx, app, now, new.id, step).await
}

/// Whether a class takes entries by its staff now.
///
/// # Errors
/// [`AppError::Refused`] with the words for the state of the class.
pub fn takes_entries(class: &Class, now: DateTime<Utc>) -> Result<(), AppError> {
    window(class.state, class.enrol_opens_at, class.enrol_closes_at, now, Source::Import).map_err(refuse_closed)
}

/// A refusal that says when.
fn refuse_closed(closed: Closed) -> AppError {
    let at = |key: &str, at| AppError::Refused(Problem::new(key).with("when", plain_time(at)));
    match closed {
        Closed::NotYet(opens) => at("enrolment-not-yet", opens),
        Closed::Over(closes) => at("enrolment-over", closes),
        Closed::State(ClassState::Running) => AppError::refused("enrolment-closed-running"),
        Closed::State(ClassState::Cancelled) => AppError::refused("enrolment-closed-cancelled"),
        Closed::State(ClassState::Closed | ClassState::Archived) => AppError::refused("enrolment-closed-ended"),
        Closed::State(ClassState::Draft | ClassState::Published | ClassState::Enrolling) => AppError::refused("enrolment-closed-not-open"),
    }
}

/// Adds somebody at the door of a lesson; whoever applied already is approved if a seat is theirs to take.
pub async fn add_walk_in(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    class: ClassId,
    person: PersonId,
) -> Result<EnrolmentId, AppError> {
    let mut open = open(tx, app, now, class).await?;
    let Some(live) = live_enrolment(&mut *tx, class, person).await? else {
        let outcome = enrol_in(tx, app, now, &mut open, &at_the_door(by, class), person, None).await?;
        return Ok(outcome.id);
    };
    if live.state == EnrolmentState::Approved {
        return Ok(live.id);
    }
    let queue = open.queue(tx).await?;
    if !open.seats.fits_behind(&ahead_of(&queue, live.key()), &live.region) {
        return Err(AppError::refused("enrolment-no-seat-at-the-door"));
    }
    let step = Change {
        from: Some(live.state),
        to: EnrolmentState::Approved,
        what: Happening::Approved,
        by: Some(by),
        why: Source::WalkIn.as_str(),
        batch: None,
    };
    change(tx, app, now, live.id, step).await?;
    Ok(live.id)
}

/// Those of a queue who come before a key.
fn ahead_of(queue: &[(QueueKey, Region)], key: QueueKey) -> PerRegion {
    let mut ahead = PerRegion::new();
    for (_, region) in queue.iter().take_while(|(other, _)| *other < key) {
        *ahead.entry(region.clone()).or_default() += 1;
    }
    ahead
}

/// What a coordinator decides about the rows selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Reject { reason: String },
    Withdraw { reason: String },
    Priority(i64),
}

/// What a decision did, by number of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    pub approved: i64,
    /// Applications that found the class full.
    pub waitlisted: i64,
    pub rejected: i64,
    pub withdrawn: i64,
    pub priority: i64,
    /// Others who moved up because seats were freed.
    pub promoted: i64,
    /// Rows that the decision does not suit, such as rejecting somebody who has a seat.
    pub left: i64,
    /// Approvals that found neither a seat nor an open waitlist.
    pub no_seat: i64,
}

/// Decides about several enrolments of a class at once, in the order of the queue. `batch` names the press of the button.
pub async fn decide(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: DeskPermit,
    decision: &Decision,
    ids: &[EnrolmentId],
    batch: EventId,
) -> Result<Report, AppError> {
    if ids.is_empty() {
        return Err(AppError::field("ids", "enrolment-none-selected"));
    }
    if ids.len() > BATCH {
        return Err(AppError::Refused(Problem::new("enrolment-too-many-selected").with("max", BATCH)));
    }
    let mut open = open(tx, app, now, permit.class()).await?;
    // The coordinator's own scope is the class: an id of another class matches nothing.
    let rows: Vec<Enrolment> = sql(ENROLMENT)
        .push("WHERE e.class_id = $1 AND e.id")
        .bind(permit.class())
        .push_in(ids.iter().copied())
        .push(" ORDER BY e.priority DESC, e.queued_at, e.id")
        .all(&mut *tx)
        .await?;
    let mut desk = Desk {
        app,
        now,
        by: permit.by(),
        batch,
        report: Report::default(),
    };
    desk.report.left = i64::try_from(ids.len().saturating_sub(rows.len())).unwrap_or(0);
    match decision {
        Decision::Approve => desk.approve(tx, &mut open, rows).await?,
        Decision::Reject { reason } => desk.reject(tx, &open, rows, reason).await?,
        Decision::Withdraw { reason } => desk.withdraw(tx, &mut open, rows, reason).await?,
        Decision::Priority(priority) => desk.set_priority(tx, rows, *priority).await?,
    }
    Ok(desk.report)
}

/// One press of a button at the desk.
struct Desk<'a> {
    app: &'a App,
    now: DateTime<Utc>,
    by: PersonId,
    batch: EventId,
    report: Report,
}

impl Desk<'_> {
    fn step<'b>(&self, row: &Enrolment, to: EnrolmentState, what: Happening, why: &'b str) -> Change<'b> {
        Change {
            from: Some(row.state),
            to,
            what,
            by: Some(self.by),
            why,
            batch: Some(self.batch),
        }
    }

    async fn approve(&mut self, tx: &mut Tx, open: &mut OpenClass, rows: Vec<Enrolment>) -> Result<(), AppError> {
        let (app, now) = (self.app, self.now);
        let mut queue = open.queue(tx).await?;
        for row in rows {
            if !matches!(row.state, EnrolmentState::Submitted | EnrolmentState::Waitlisted) {
                self.report.left += 1;
            } else if open.seats.fits_behind(&ahead_of(&queue, row.key()), &row.region) {
                change(tx, app, now, row.id, self.step(&row, EnrolmentState::Approved, Happening::Approved, "")).await?;
                tell_person(tx, app, now, row.person_id, &open.class, "enrolment-notice-approved", "").await?;
                open.seats.take(&row.region);
                queue.retain(|(key, _)| key.id != row.id);
                self.report.approved += 1;
            } else if row.state == EnrolmentState::Submitted && open.waitlist_is_open(now) {
                change(
                    tx,
                    app,
                    now,
                    row.id,
                    self.step(&row, EnrolmentState::Waitlisted, Happening::Waitlisted, ""),
                )
                .await?;
                tell_person(tx, app, now, row.person_id, &open.class, "enrolment-notice-waitlisted", "").await?;
                let at = queue.partition_point(|(key, _)| *key < row.key());
                queue.insert(at, (row.key(), row.region.clone()));
                self.report.waitlisted += 1;
            } else {
                self.report.no_seat += 1;
            }
        }
        Ok(())
    }

    async fn reject(&mut self, tx: &mut Tx, open: &OpenClass, rows: Vec<Enrolment>, reason: &str) -> Result<(), AppError> {
        let (app, now) = (self.app, self.now);
        for row in rows {
            if !row.state.may_become(EnrolmentState::Rejected) {
                self.report.left += 1;
                continue;
            }
            change(
                tx,
                app,
                now,
                row.id,
                self.step(&row, EnrolmentState::Rejected, Happening::Rejected, reason),
            )
            .await?;
            tell_person(tx, app, now, row.person_id, &open.class, "enrolment-notice-rejected", reason).await?;
            self.report.rejected += 1;
        }
        Ok(())
    }

    async fn withdraw(&mut self, tx: &mut Tx, open: &mut OpenClass, rows: Vec<Enrolment>, reason: &str) -> Result<(), AppError> {
        let (app, now) = (self.app, self.now);
        for row in rows {
            if !row.state.may_become(EnrolmentState::Withdrawn) {
                self.report.left += 1;
                continue;
            }
            change(
                tx,
                app,
                now,
                row.id,
                self.step(&row, EnrolmentState::Withdrawn, Happening::Withdrawn, reason),
            )
            .await?;
            tell_person(tx, app, now, row.person_id, &open.class, "enrolment-notice-withdrawn", reason).await?;
            if row.state == EnrolmentState::Approved {
                open.free(&row.region, row.firm_id);
            }
            self.report.withdrawn += 1;
        }
        let promoted = open.promote(tx, app, now).await?;
        self.report.promoted = i64::try_from(promoted.len()).unwrap_or(i64::MAX);
        Ok(())
    }

    async fn set_priority(&mut self, tx: &mut Tx, rows: Vec<Enrolment>, priority: i64) -> Result<(), AppError> {
        if !PRIORITIES.contains(&priority) {
            return Err(AppError::field("priority", "enrolment-priority-range"));
        }
        let why = priority.to_string();
        for row in rows {
            if !matches!(row.state, EnrolmentState::Submitted | EnrolmentState::Waitlisted) {
                self.report.left += 1;
                continue;
            }
            sql("UPDATE enrolments SET priority = $2, changed_at = $3 WHERE id = $1")
                .bind(row.id)
                .bind(priority)
                .bind(self.now)
                .run(tx)
                .await?;
            note(tx, self.app, self.now, row.id, self.step(&row, row.state, Happening::Priority, &why)).await?;
            self.report.priority += 1;
        }
        Ok(())
    }
}

/// For how long a decision can be taken back.
pub const UNDO_MINUTES: i64 = 10;

/// Takes back one's own decision about applications: each that nothing happened to since is submitted again, in its old
/// place. Answers how many.
pub async fn undo(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: DeskPermit, batch: EventId) -> Result<i64, AppError> {
    let mut open = open(tx, app, now, permit.class()).await?;
    let rows = undoable(&mut *tx, now, permit, batch).await?;
    let mut undone = 0;
    for row in rows {
        let step = Change {
            from: Some(row.state),
            to: EnrolmentState::Submitted,
            what: Happening::Undone,
            by: Some(permit.by()),
            why: "",
            batch: None,
        };
        change(tx, app, now, row.id, step).await?;
        tell_person(tx, app, now, row.person_id, &open.class, "enrolment-notice-undone", "").await?;
        if row.state == EnrolmentState::Approved {
            open.free(&row.region, row.firm_id);
        }
        undone += 1;
    }
    open.promote(tx, app, now).await?;
    Ok(undone)
}

/// What can still be taken back of one press of a button.
pub async fn undoable(on: impl Into<On<'_>>, now: DateTime<Utc>, permit: DeskPermit, batch: EventId) -> Result<Vec<Enrolment>, AppError> {
    let rows: Vec<Enrolment> = sql(ENROLMENT)
        .push(
            "JOIN enrolment_events v ON v.enrolment_id = e.id
             WHERE v.batch_id = $1 AND v.by_person = $2 AND e.class_id = $3 AND v.at > $4 AND v.from_state = 'submitted' AND v.to_state = e.state
               AND e.state IN ('approved', 'waitlisted', 'rejected') AND e.changed_at = v.at
               AND (e.state <> 'rejected' OR NOT EXISTS (SELECT 1 FROM enrolments o WHERE o.class_id = e.class_id AND o.person_id = e.person_id
                    AND o.state IN ('submitted', 'approved', 'waitlisted')))
             ORDER BY e.id",
        )
        .bind(batch)
        .bind(permit.by())
        .bind(permit.class())
        .bind(now - chrono::TimeDelta::minutes(UNDO_MINUTES))
        .all(on)
        .await?;
    Ok(rows)
}

/// Withdraws one's own enrolment and lets the next in line move up.
pub async fn withdraw(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: OwnPermit,
    id: EnrolmentId,
    why: &str,
) -> Result<Vec<EnrolmentId>, AppError> {
    let class = own(&mut *tx, permit, id).await?.class_id;
    let mut open = open(tx, app, now, class).await?;
    // Read again under the lock: somebody may have decided meanwhile.
    let row = own(&mut *tx, permit, id).await?;
    if !row.state.may_become(EnrolmentState::Withdrawn) {
        return Err(AppError::refused("enrolment-nothing-to-withdraw"));
    }
    if matches!(open.class.state, ClassState::Closed | ClassState::Archived) {
        return Err(AppError::refused("enrolment-closed-ended"));
    }
    let step = Change {
        from: Some(row.state),
        to: EnrolmentState::Withdrawn,
        what: Happening::Withdrawn,
        by: Some(permit.person()),
        why,
        batch: None,
    };
    change(tx, app, now, row.id, step).await?;
    if row.state == EnrolmentState::Approved {
        open.free(&row.region, row.firm_id);
    }
    open.promote(tx, app, now).await
}

async fn own(on: impl Into<On<'_>>, permit: OwnPermit, id: EnrolmentId) -> Result<Enrolment, AppError> {
    let row = enrolment(on, id).await?;
    if row.person_id == permit.person() {
        Ok(row)
    } else {
        Err(AppError::NotFound)
    }
}

/// One's own enrolment with what one wants to know of its class.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OwnEnrolment {
    pub id: EnrolmentId,
    pub class_id: ClassId,
    pub title: String,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    #[sqlx(try_from = "String")]
    pub class_state: ClassState,
    #[sqlx(try_from = "String")]
    pub state: EnrolmentState,
    pub reason: Option<String>,
    pub changed_at: DateTime<Utc>,
    /// Place in the waitlist, from 1.
    pub place: Option<i64>,
}

/// One's own enrolments, newest first.
pub async fn own_enrolments(db: &Db, permit: OwnPermit) -> Result<Vec<OwnEnrolment>, AppError> {
    let rows = sql(
        "SELECT e.id, e.class_id, c.title, c.starts_at, c.ends_at, c.state AS class_state, e.state, e.reason, e.changed_at,
            CASE WHEN e.state = 'waitlisted' THEN (SELECT COUNT(*) + 1 FROM enrolments o WHERE o.class_id = e.class_id AND o.state = 'waitlisted'
               AND (o.priority > e.priority OR (o.priority = e.priority AND (o.queued_at < e.queued_at OR (o.queued_at = e.queued_at AND o.id < e.id))))) END AS place
         FROM enrolments e JOIN classes c ON c.id = e.class_id WHERE e.person_id = $1 ORDER BY e.created_at DESC, e.id DESC LIMIT 100",
    )
    .bind(permit.person())
    .all(db)
    .await?;
    Ok(rows)
}
