//! The seats of one class under lock: read once, decided on in memory, written back row by row.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::rules::{EnrolmentState, Happening, Hold, PerRegion, QueueKey, Seats, waitlist_is_open, waitlist_is_over};
use crate::audit;
use crate::classes::{Class, store as classes};
use crate::db::{Db, On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{ClassId, EnrolmentId, EventId, FirmId, PersonId, Region};
use crate::notices::tell;
use crate::state::App;

/// A class whose row is locked, with its seats as they are now.
///
/// Opening it does first what is due by the clock (holds released, quotas reclaimed, the waitlist lapsed), so that no
/// decision depends on whether a job ran in time.
pub struct OpenClass {
    pub class: Class,
    pub seats: Seats,
    /// Who waits, by region, of each priority.
    waiting: BTreeMap<i64, PerRegion>,
    last_queued: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    region: Region,
    #[sqlx(try_from = "String")]
    state: EnrolmentState,
    firm: Option<FirmId>,
    priority: i64,
    n: i64,
    last: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct WaitingRow {
    id: EnrolmentId,
    person_id: PersonId,
    region: Region,
    priority: i64,
}

/// A change of state with what its history keeps.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    pub from: Option<EnrolmentState>,
    pub to: EnrolmentState,
    pub what: Happening,
    pub by: Option<PersonId>,
    pub why: &'a str,
    pub batch: Option<EventId>,
}

/// Adds a line to an enrolment's history.
pub(super) async fn note(tx: &mut Tx, app: &App, now: DateTime<Utc>, enrolment: EnrolmentId, change: Change<'_>) -> Result<(), AppError> {
    sql("INSERT INTO enrolment_events (id, enrolment_id, at, by_person, from_state, to_state, why, what, batch_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(EventId::new(&app.chance, now))
        .bind(enrolment)
        .bind(now)
        .bind(change.by)
        .bind(change.from.map(EnrolmentState::as_str))
        .bind(change.to.as_str())
        .bind(change.why)
        .bind(change.what.as_str())
        .bind(change.batch)
        .run(tx)
        .await?;
    match change.by {
        Some(by) => trail(tx, app, now, (enrolment, by), change).await,
        None => Ok(()),
    }
}

/// What somebody decided about another's enrolment stands in the trail too; what people do with their own does not.
async fn trail(tx: &mut Tx, app: &App, now: DateTime<Utc>, (enrolment, by): (EnrolmentId, PersonId), change: Change<'_>) -> Result<(), AppError> {
    let (person, region, class): (PersonId, Region, String) = sql("SELECT e.person_id, s.region, c.title FROM enrolments e
         JOIN classes c ON c.id = e.class_id JOIN schools s ON s.id = c.school_id WHERE e.id = $1")
    .bind(enrolment)
    .one(&mut *tx)
    .await?;
    if person == by {
        return Ok(());
    }
    let entry = audit::Entry {
        by: Some(by),
        what: act(change),
        subject_kind: audit::PERSON,
        subject_id: person.to_string(),
        region: Some(&region),
        detail: format!("{class} {}", change.why).trim_end().to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// The trail's word for it.
fn act(change: Change<'_>) -> &'static str {
    if change.what == Happening::Priority {
        return "enrolment.priority";
    }
    match change.to {
        EnrolmentState::Submitted => "enrolment.submitted",
        EnrolmentState::Approved => "enrolment.approved",
        EnrolmentState::Waitlisted => "enrolment.waitlisted",
        EnrolmentState::Rejected => "enrolment.rejected",
        EnrolmentState::Withdrawn => "enrolment.withdrawn",
        EnrolmentState::Replaced => "enrolment.replaced",
        EnrolmentState::Lapsed => "enrolment.lapsed",
    }
}

/// Changes an enrolment's state and adds the line to its history.
pub(super) async fn change(tx: &mut Tx, app: &App, now: DateTime<Utc>, enrolment: EnrolmentId, change: Change<'_>) -> Result<(), AppError> {
    let reason = Some(change.why).filter(|why| !why.is_empty());
    sql("UPDATE enrolments SET state = $2, reason = $3, changed_at = $4 WHERE id = $1")
        .bind(enrolment)
        .bind(change.to.as_str())
        .bind(reason)
        .bind(now)
        .run(tx)
        .await?;
    note(tx, app, now, enrolment, change).await
}

/// Tells somebody what became of their enrolment.
pub(super) async fn tell_person(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    person: PersonId,
    class: &Class,
    key: &str,
    why: &str,
) -> Result<(), AppError> {
    let text = Problem::new(key).with("class", &class.title).with("why", why);
    tell(tx, app, now, person, &text, "/me/enrolments").await
}

/// The seats and the queue of a class as they are at this moment, without a lock: for showing, not for deciding.
pub async fn look(db: &Db, class: Class) -> Result<OpenClass, AppError> {
    let quotas = quotas(On::Db(db), &class).await?;
    let holds = holds(On::Db(db), class.id).await?;
    let (seats, waiting, last_queued) = tally(counts(On::Db(db), class.id).await?, &class, quotas, holds);
    Ok(OpenClass {
        class,
        seats,
        waiting,
        last_queued,
    })
}

/// Reads the seats of a class: in a transaction that locked it they are the truth, elsewhere a picture.
pub async fn seats_of(on: impl Into<On<'_>>, class: &Class) -> Result<Seats, AppError> {
    let mut on = on.into();
    let quotas = quotas(reborrow(&mut on), class).await?;
    let holds = holds(reborrow(&mut on), class.id).await?;
    let (seats, _, _) = tally(counts(on, class.id).await?, class, quotas, holds);
    Ok(seats)
}

fn reborrow<'a>(on: &'a mut On<'_>) -> On<'a> {
    match on {
        On::Db(db) => On::Db(db),
        On::Tx(tx) => On::Tx(tx),
    }
}

async fn quotas(on: On<'_>, class: &Class) -> Result<PerRegion, AppError> {
    if class.quota_reclaimed_at.is_some() {
        return Ok(PerRegion::new());
    }
    let rows: Vec<(Region, i64)> = sql("SELECT region, seats FROM class_quotas WHERE class_id = $1")
        .bind(class.id)
        .all(on)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn holds(on: On<'_>, class: ClassId) -> Result<BTreeMap<FirmId, Hold>, AppError> {
    let rows: Vec<(FirmId, i64, Option<DateTime<Utc>>)> = sql("SELECT firm_id, seats, released_at FROM seat_holds WHERE class_id = $1")
        .bind(class)
        .all(on)
        .await?;
    let hold = |(firm, seats, released_at): (FirmId, i64, Option<DateTime<Utc>>)| {
        let released = released_at.is_some();
        (firm, Hold { seats, used: 0, released })
    };
    Ok(rows.into_iter().map(hold).collect())
}

async fn counts(on: On<'_>, class: ClassId) -> Result<Vec<CountRow>, AppError> {
    let rows = sql(
        "SELECT e.region, e.state, h.firm_id AS firm, e.priority, COUNT(*) AS n, MAX(e.queued_at) AS last
         FROM enrolments e LEFT JOIN seat_holds h ON h.class_id = e.class_id AND h.firm_id = e.firm_id
         WHERE e.class_id = $1 AND e.state IN ('submitted', 'approved', 'waitlisted')
         GROUP BY e.region, e.state, h.firm_id, e.priority",
    )
    .bind(class)
    .all(on)
    .await?;
    Ok(rows)
}

type Tally = (Seats, BTreeMap<i64, PerRegion>, Option<DateTime<Utc>>);

fn tally(rows: Vec<CountRow>, class: &Class, quotas: PerRegion, holds: BTreeMap<FirmId, Hold>) -> Tally {
    let mut seats = Seats {
        capacity: class.capacity,
        quotas,
        holds,
        approved: PerRegion::new(),
    };
    let mut waiting: BTreeMap<i64, PerRegion> = BTreeMap::new();
    let mut last = None;
    for row in rows {
        last = last.max(Some(row.last));
        match (row.state, row.firm) {
            (EnrolmentState::Approved, Some(firm)) => seats.holds.entry(firm).or_default().used += row.n,
            (EnrolmentState::Approved, None) => *seats.approved.entry(row.region).or_default() += row.n,
            (EnrolmentState::Waitlisted, _) => *waiting.entry(row.priority).or_default().entry(row.region).or_default() += row.n,
            _ => {}
        }
    }
    (seats, waiting, last)
}

/// Locks a class, does what is due by the clock, and reads its seats.
pub async fn open(tx: &mut Tx, app: &App, now: DateTime<Utc>, id: ClassId) -> Result<OpenClass, AppError> {
    let locked = sql("UPDATE classes SET version = version + 1 WHERE id = $1").bind(id).run(tx).await?;
    if locked == 0 {
        return Err(AppError::NotFound);
    }
    let mut class = classes::class(&mut *tx, id).await?;
    let freed = release_holds(tx, now, &class).await? | reclaim_quotas(tx, app, now, &mut class).await?;
    let quotas = quotas(On::Tx(tx), &class).await?;
    let holds = holds(On::Tx(tx), id).await?;
    let (seats, waiting, last_queued) = tally(counts(On::Tx(tx), id).await?, &class, quotas, holds);
    let mut open = OpenClass {
        class,
        seats,
        waiting,
        last_queued,
    };
    if freed {
        open.promote(tx, app, now).await?;
    }
    open.lapse(tx, app, now).await?;
    Ok(open)
}

/// Gives the unused seats of holds that ran out back to all; whether there were any.
async fn release_holds(tx: &mut Tx, now: DateTime<Utc>, class: &Class) -> Result<bool, AppError> {
    let released = sql("UPDATE seat_holds SET released_at = $2 WHERE class_id = $1 AND released_at IS NULL AND until <= $2")
        .bind(class.id)
        .bind(now)
        .run(tx)
        .await?;
    Ok(released > 0)
}

/// Returns the unused places of quotas to the common pool once their date has come, and logs it.
async fn reclaim_quotas(tx: &mut Tx, app: &App, now: DateTime<Utc>, class: &mut Class) -> Result<bool, AppError> {
    let due = class.quota_reclaimed_at.is_none() && class.quota_reclaim_at.is_some_and(|at| at <= now);
    if !due {
        return Ok(false);
    }
    let before = seats_of(&mut *tx, class).await?;
    let unused: Vec<String> = before
        .quotas
        .keys()
        .map(|region| format!("{region}:{}", before.own_free(region)))
        .collect();
    sql("UPDATE classes SET quota_reclaimed_at = $2 WHERE id = $1")
        .bind(class.id)
        .bind(now)
        .run(tx)
        .await?;
    sql("INSERT INTO class_events (id, class_id, at, what, detail) VALUES ($1, $2, $3, 'quotas_reclaimed', $4)")
        .bind(EventId::new(&app.chance, now))
        .bind(class.id)
        .bind(now)
        .bind(unused.join(" "))
        .run(tx)
        .await?;
    class.quota_reclaimed_at = Some(now);
    Ok(true)
}

impl OpenClass {
    /// Whether people may join the waitlist and move up from it.
    pub fn waitlist_is_open(&self, now: DateTime<Utc>) -> bool {
        waitlist_is_open(self.class.state, self.class.cutoff_at, now)
    }

    /// Who waits before a newcomer: everybody of priority 0 or more.
    pub(super) fn ahead_of_newcomer(&self) -> PerRegion {
        let mut ahead = PerRegion::new();
        for (_, regions) in self.waiting.range(0..) {
            for (region, n) in regions {
                *ahead.entry(region.clone()).or_default() += n;
            }
        }
        ahead
    }

    /// A time to queue at: never before somebody who is in the queue, however long this request waited for the lock.
    pub(super) fn queue_at(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        let after = self.last_queued.map(|last| last + TimeDelta::microseconds(1));
        let at = after.map_or(now, |after| after.max(now));
        self.last_queued = Some(at);
        at
    }

    /// Remembers that somebody of priority 0 joined the waitlist.
    pub(super) fn add_waiting(&mut self, region: &Region) {
        *self.waiting.entry(0).or_default().entry(region.clone()).or_default() += 1;
    }

    fn remove_waiting(&mut self, priority: i64, region: &Region) {
        if let Some(n) = self.waiting.get_mut(&priority).and_then(|regions| regions.get_mut(region)) {
            *n -= 1;
        }
    }

    /// Frees the seat of an approved enrolment.
    pub(super) fn free(&mut self, region: &Region, firm: Option<FirmId>) {
        match firm.filter(|firm| self.seats.holds.contains_key(firm)) {
            Some(firm) => self.seats.free_held(firm),
            None => self.seats.free(region),
        }
    }

    /// Everybody who waits, first in line first.
    pub(super) async fn queue(&self, tx: &mut Tx) -> Result<Vec<(QueueKey, Region)>, AppError> {
        let rows: Vec<(EnrolmentId, Region, i64, DateTime<Utc>)> =
            sql("SELECT id, region, priority, queued_at FROM enrolments WHERE class_id = $1 AND state = 'waitlisted' ORDER BY priority DESC, queued_at, id")
                .bind(self.class.id)
                .all(tx)
                .await?;
        let place = |(id, region, priority, queued_at)| (QueueKey { priority, queued_at, id }, region);
        Ok(rows.into_iter().map(place).collect())
    }

    /// Approves whoever is first in the waitlist and fits, until nobody does; tells them.
    pub async fn promote(&mut self, tx: &mut Tx, app: &App, now: DateTime<Utc>) -> Result<Vec<EnrolmentId>, AppError> {
        let mut promoted = Vec::new();
        if !self.waitlist_is_open(now) {
            return Ok(promoted);
        }
        loop {
            let next = self.next_in_line(tx).await?;
            let seated = self.seats.promote(next.iter().map(|row| (row.id, row.region.clone())));
            if seated.is_empty() {
                return Ok(promoted);
            }
            for row in next.iter().filter(|row| seated.contains(&row.id)) {
                self.seat(tx, app, now, row).await?;
            }
            promoted.extend(seated);
        }
    }

    /// As many of the waiting as there are free seats that they could take.
    async fn next_in_line(&self, tx: &mut Tx) -> Result<Vec<WaitingRow>, AppError> {
        let own: Vec<Region> = self
            .seats
            .quotas
            .keys()
            .filter(|region| self.seats.own_free(region) > 0)
            .cloned()
            .collect();
        let common = self.seats.common_free();
        if common == 0 && own.is_empty() {
            return Ok(Vec::new());
        }
        let query = sql("SELECT id, person_id, region, priority FROM enrolments WHERE class_id = $1 AND state = 'waitlisted'").bind(self.class.id);
        let query = if common > 0 { query } else { query.push(" AND region").push_in(own) };
        let rows = query
            .push(" ORDER BY priority DESC, queued_at, id LIMIT ")
            .push_bind(self.seats.room())
            .all(tx)
            .await?;
        Ok(rows)
    }

    async fn seat(&mut self, tx: &mut Tx, app: &App, now: DateTime<Utc>, row: &WaitingRow) -> Result<(), AppError> {
        let step = Change {
            from: Some(EnrolmentState::Waitlisted),
            to: EnrolmentState::Approved,
            what: Happening::Promoted,
            by: None,
            why: "",
            batch: None,
        };
        change(tx, app, now, row.id, step).await?;
        self.remove_waiting(row.priority, &row.region);
        tell_person(tx, app, now, row.person_id, &self.class, "enrolment-notice-promoted", "").await
    }

    /// Ends the waitlist when the class's cutoff has passed or the class is over; tells everybody who still waited.
    async fn lapse(&mut self, tx: &mut Tx, app: &App, now: DateTime<Utc>) -> Result<(), AppError> {
        let waiting = self.waiting.values().flat_map(PerRegion::values).any(|n| *n > 0);
        if !waiting || !waitlist_is_over(self.class.state, self.class.cutoff_at, now) {
            return Ok(());
        }
        let rows: Vec<WaitingRow> = sql("SELECT id, person_id, region, priority FROM enrolments WHERE class_id = $1 AND state = 'waitlisted'")
            .bind(self.class.id)
            .all(&mut *tx)
            .await?;
        let step = Change {
            from: Some(EnrolmentState::Waitlisted),
            to: EnrolmentState::Lapsed,
            what: Happening::Lapsed,
            by: None,
            why: "",
            batch: None,
        };
        for row in &rows {
            change(tx, app, now, row.id, step).await?;
            tell_person(tx, app, now, row.person_id, &self.class, "enrolment-notice-lapsed", "").await?;
        }
        self.waiting.clear();
        Ok(())
    }
}

/// Promotes from the waitlist of a class whatever now fits: for whoever raised its capacity or freed a seat.
pub async fn promote(tx: &mut Tx, app: &App, now: DateTime<Utc>, class: ClassId) -> Result<Vec<EnrolmentId>, AppError> {
    let mut open = open(tx, app, now, class).await?;
    open.promote(tx, app, now).await
}
