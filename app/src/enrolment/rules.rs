//! Pure rules of enrolment: states, the queue, and who may take which seat. Source: training.md, *Enrolment*.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::classes::ClassState;
use crate::ids::{EnrolmentId, FirmId, Region};

crate::words! {
    /// Where an enrolment is: submitted → approved | waitlisted | rejected; approved → withdrawn | replaced;
    /// waitlisted → approved | withdrawn | lapsed.
    pub enum EnrolmentState {
        Submitted = "submitted",
        Approved = "approved",
        Waitlisted = "waitlisted",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
        Replaced = "replaced",
        Lapsed = "lapsed",
    }
}

impl EnrolmentState {
    /// Still counts: a person has at most one such enrolment in a class.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Submitted | Self::Approved | Self::Waitlisted)
    }

    /// Whether the rules know this step. Somebody may also take back an application that nobody decided yet.
    pub fn may_become(self, to: Self) -> bool {
        match self {
            Self::Submitted => matches!(to, Self::Approved | Self::Waitlisted | Self::Rejected | Self::Withdrawn),
            Self::Approved => matches!(to, Self::Withdrawn | Self::Replaced),
            Self::Waitlisted => matches!(to, Self::Approved | Self::Withdrawn | Self::Lapsed),
            Self::Rejected | Self::Withdrawn | Self::Replaced | Self::Lapsed => false,
        }
    }

    /// Whether a coordinator may take back this decision on an application: it is submitted again, in its old place.
    pub fn may_be_undone(from: Self, to: Self) -> bool {
        from == Self::Submitted && matches!(to, Self::Approved | Self::Waitlisted | Self::Rejected)
    }
}

crate::words! {
    /// How somebody came onto the roster.
    pub enum Source {
        Own = "self",
        Desk = "desk",
        Import = "import",
        Firm = "firm",
        WalkIn = "walk_in",
    }
}

impl Source {
    /// Put there by the class's staff: the enrolment window does not bind them, and their act is the approval.
    pub fn is_staff(self) -> bool {
        matches!(self, Self::Desk | Self::Import | Self::WalkIn)
    }
}

crate::words! {
    /// What happened to an enrolment, in its history.
    pub enum Happening {
        Applied = "applied",
        Approved = "approved",
        Waitlisted = "waitlisted",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
        Promoted = "promoted",
        Lapsed = "lapsed",
        Replaced = "replaced",
        /// Took over a seat that a firm holds.
        TookOver = "took_over",
        Priority = "priority",
        Undone = "undone",
        /// Written before happenings had words, or by hand.
        Changed = "changed",
    }
}

/// A place in the waitlist: higher priority first, then who waits longer. 0 is everybody's priority until a coordinator
/// sets another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueKey {
    pub priority: i64,
    pub queued_at: DateTime<Utc>,
    pub id: EnrolmentId,
}

impl Ord for QueueKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |k: &Self| (Reverse(k.priority), k.queued_at, k.id);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for QueueKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The lowest and highest priority that a coordinator may set.
pub const PRIORITIES: std::ops::RangeInclusive<i64> = -9..=9;

/// Seats that a firm holds for people it names later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hold {
    pub seats: i64,
    /// Seats with an approved attendee.
    pub used: i64,
    /// The hold ran out: unused seats went back to all, attendees stay.
    pub released: bool,
}

impl Hold {
    fn kept(self) -> i64 {
        if self.released { self.used } else { self.seats.max(self.used) }
    }
}

/// How many people of each region.
pub type PerRegion = BTreeMap<Region, i64>;

/// The seats of a class and who sits on them.
///
/// A county's people fill their county's quota first and then the common pool, which is what neither quotas nor holds
/// keep back. Reclaimed quotas are simply absent, so that their places are common.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seats {
    pub capacity: i64,
    pub quotas: PerRegion,
    pub holds: BTreeMap<FirmId, Hold>,
    /// Approved people outside the held seats.
    pub approved: PerRegion,
}

impl Seats {
    /// Everybody approved.
    pub fn taken(&self) -> i64 {
        self.approved.values().sum::<i64>() + self.holds.values().map(|hold| hold.used).sum::<i64>()
    }

    /// Seats without an approved person, kept back or not.
    pub fn room(&self) -> i64 {
        (self.capacity - self.taken()).max(0)
    }

    /// Free places of a region's own quota.
    pub fn own_free(&self, region: &Region) -> i64 {
        let quota = self.quotas.get(region).copied().unwrap_or(0);
        (quota - self.approved.get(region).copied().unwrap_or(0)).clamp(0, self.room())
    }

    /// Size of the common pool.
    pub fn common(&self) -> i64 {
        self.capacity - self.quotas.values().sum::<i64>() - self.holds.values().map(|hold| hold.kept()).sum::<i64>()
    }

    /// Free places of the common pool: those of a county beyond its quota sit there.
    pub fn common_free(&self) -> i64 {
        let beyond = |(region, n): (&Region, &i64)| (n - self.quotas.get(region).copied().unwrap_or(0)).max(0);
        let used: i64 = self.approved.iter().map(beyond).sum();
        (self.common() - used).clamp(0, self.room())
    }

    /// Free seats among those that a firm holds.
    pub fn held_free(&self, firm: FirmId) -> i64 {
        let hold = self.holds.get(&firm).copied().unwrap_or_default();
        if hold.released {
            return 0;
        }
        (hold.seats - hold.used).clamp(0, self.room())
    }

    /// Whether somebody of this region may be approved now, nobody waiting.
    pub fn fits(&self, region: &Region) -> bool {
        self.own_free(region) > 0 || self.common_free() > 0
    }

    /// Whether somebody may be approved although `ahead` wait: only a seat that none of them could take.
    ///
    /// Seats first everyone ahead who fits. Since a county's people alone fill its quota and turn to the common pool
    /// only when it is full, what is left does not depend on the order among them.
    pub fn fits_behind(&self, ahead: &PerRegion, region: &Region) -> bool {
        let own = |region: &Region| self.own_free(region);
        let waiting = |region: &Region| ahead.get(region).copied().unwrap_or(0);
        let to_quota: i64 = ahead.iter().map(|(region, n)| own(region).min(*n)).sum();
        let to_common: i64 = ahead.iter().map(|(region, n)| (n - own(region)).max(0)).sum();
        let common = self.common_free();
        let seated = to_quota + to_common.min(common);
        self.room() > seated && (own(region) > waiting(region) || common > to_common)
    }

    /// Seats somebody of a region.
    pub fn take(&mut self, region: &Region) {
        *self.approved.entry(region.clone()).or_default() += 1;
    }

    /// Seats somebody on a firm's held seat.
    pub fn take_held(&mut self, firm: FirmId) {
        self.holds.entry(firm).or_default().used += 1;
    }

    /// Frees the seat of somebody of a region.
    pub fn free(&mut self, region: &Region) {
        if let Some(n) = self.approved.get_mut(region) {
            *n -= 1;
        }
    }

    /// Frees a firm's held seat: the firm may name somebody else.
    pub fn free_held(&mut self, firm: FirmId) {
        if let Some(hold) = self.holds.get_mut(&firm) {
            hold.used -= 1;
        }
    }

    /// Seats everyone in the queue who fits, in its order, and answers them.
    pub fn promote<T: Copy>(&mut self, queue: impl IntoIterator<Item = (T, Region)>) -> Vec<T> {
        let mut promoted = Vec::new();
        for (who, region) in queue {
            if self.room() == 0 {
                break;
            }
            if self.fits(&region) {
                self.take(&region);
                promoted.push(who);
            }
        }
        promoted
    }
}

/// Why nobody can enrol now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The window opens later.
    NotYet(DateTime<Utc>),
    /// The window has closed.
    Over(DateTime<Utc>),
    /// The class is in a state in which nobody enrols.
    State(ClassState),
}

/// Whether somebody can enrol now. The window binds people and firms; staff add people as long as the class is enrolling
/// or running.
pub fn window(
    state: ClassState,
    opens: Option<DateTime<Utc>>,
    closes: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    source: Source,
) -> Result<(), Closed> {
    if source.is_staff() {
        return match state {
            ClassState::Enrolling | ClassState::Running => Ok(()),
            other => Err(Closed::State(other)),
        };
    }
    if let Some(opens) = opens.filter(|opens| now < *opens && matches!(state, ClassState::Published | ClassState::Enrolling)) {
        return Err(Closed::NotYet(opens));
    }
    if let Some(closes) = closes.filter(|closes| now >= *closes && matches!(state, ClassState::Enrolling | ClassState::Running)) {
        return Err(Closed::Over(closes));
    }
    match state {
        ClassState::Enrolling => Ok(()),
        other => Err(Closed::State(other)),
    }
}

/// Whether people still move up from the waitlist (and may join it).
pub fn waitlist_is_open(state: ClassState, cutoff: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    matches!(state, ClassState::Enrolling | ClassState::Running) && cutoff.is_none_or(|cutoff| now < cutoff)
}

/// Whether whoever still waits will not get in any more.
pub fn waitlist_is_over(state: ClassState, cutoff: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let ended = matches!(state, ClassState::Closed | ClassState::Archived | ClassState::Cancelled);
    ended || cutoff.is_some_and(|cutoff| now >= cutoff)
}

#[cfg(test)]
mod tests;
