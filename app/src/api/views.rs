//! The shapes of what the API takes and gives.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use super::Reason;
use super::store::{AttendanceRow, ClassRow, LessonRow, RosterRow};
use crate::attendance::{Source, Status};
use crate::classes::ClassState;
use crate::enrolment::EnrolmentState;

crate::words! {
    /// Who is on a roster: those who have a place, those who wait for one, those whose application nobody decided yet.
    pub enum RosterState {
        Approved = "approved",
        Waitlisted = "waitlisted",
        Submitted = "submitted",
    }
}

impl From<RosterState> for EnrolmentState {
    fn from(state: RosterState) -> Self {
        match state {
            RosterState::Approved => Self::Approved,
            RosterState::Waitlisted => Self::Waitlisted,
            RosterState::Submitted => Self::Submitted,
        }
    }
}

/// Describes an enumeration of words as a string that is one of them.
macro_rules! described_words {
    ($($words:ty as $name:literal, $text:literal, $in:expr;)+) => {$(
        impl utoipa::PartialSchema for $words {
            fn schema() -> RefOr<Schema> {
                let included: fn(Self) -> bool = $in;
                let words = <$words>::ALL.iter().copied().filter(|word| included(*word)).map(<$words>::as_str);
                ObjectBuilder::new().schema_type(Type::String).description(Some($text)).enum_values(Some(words)).into()
            }
        }

        impl ToSchema for $words {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }
    )+};
}

described_words! {
    Reason as "Reason", "Why a call was refused, in a word for programs.", |_| true;
    ClassState as "ClassState", "Where a class is in its life.", |state| state != ClassState::Draft;
    RosterState as "RosterState", "Has a place, waits for one, or waits for a decision.", |_| true;
    Status as "AttendanceStatus", "What the ledger says of somebody in a lesson.", |_| true;
    Source as "AttendanceSource", "The way by which an entry came into the ledger.", |_| true;
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass it as `cursor` for the next page; null on the last. The `Link` header has the whole address.
    #[schema(required, pattern = "^[A-Za-z0-9_-]{21}[AQgw]$")]
    pub next: Option<String>,
}

/// A class.
#[derive(Debug, Serialize, ToSchema)]
pub struct Class {
    id: Uuid,
    title: String,
    /// In the words of the school, such as 2026 秋.
    term: String,
    state: ClassState,
    school: School,
    /// The start of its first lesson.
    #[schema(required)]
    starts_at: Option<DateTime<Utc>>,
    /// The end of its last lesson.
    #[schema(required)]
    ends_at: Option<DateTime<Utc>>,
    /// Seats.
    #[schema(minimum = 1)]
    capacity: i64,
    /// People who have one.
    #[schema(minimum = 0)]
    enrolled: i64,
}

/// The school of a class.
#[derive(Debug, Serialize, ToSchema)]
pub struct School {
    id: Uuid,
    name_zh: String,
    name_en: String,
    /// The key of its county or of the city: a code of GB/T 2260 as of 2020, which stays when codes change.
    #[schema(pattern = "^[0-9]{6}$")]
    region: String,
}

impl From<ClassRow> for Class {
    fn from(row: ClassRow) -> Self {
        Self {
            id: row.id,
            title: row.title,
            term: row.term,
            state: row.state,
            school: School {
                id: row.school_id,
                name_zh: row.school_zh,
                name_en: row.school_en,
                region: row.region,
            },
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            capacity: row.capacity,
            enrolled: row.enrolled,
        }
    }
}

/// A lesson of a class.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lesson {
    id: Uuid,
    topic: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// Training hours (学时), a multiple of a half.
    #[schema(minimum = 0, multiple_of = 0.5)]
    hours: f64,
    #[schema(required)]
    venue: Option<String>,
    #[schema(required)]
    teacher: Option<String>,
    /// It does not take place.
    cancelled: bool,
    /// Staff closed its attendance; later check-ins are refused.
    attendance_closed: bool,
}

impl From<LessonRow> for Lesson {
    fn from(row: LessonRow) -> Self {
        Self {
            id: row.id,
            topic: row.topic,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            // A lesson has a few dozen half hours at most.
            hours: f64::from(i32::try_from(row.half_hours).unwrap_or(i32::MAX)) / 2.0,
            venue: row.venue,
            teacher: row.teacher,
            cancelled: row.cancelled,
            attendance_closed: row.closed,
        }
    }
}

/// Somebody on a roster.
#[derive(Debug, Serialize, ToSchema)]
pub struct RosterEntry {
    /// Names the person's place in this class; attendance refers to it.
    enrolment_id: Uuid,
    person: Person,
    /// The key of the county whose quota the seat counts against.
    #[schema(pattern = "^[0-9]{6}$")]
    region: String,
    #[schema(required)]
    firm: Option<String>,
    state: RosterState,
    enrolled_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
}

/// A person, as far as the token may know.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    id: Uuid,
    name: String,
    /// With the scope `phones:read` only, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    phone: Option<String>,
}

impl RosterEntry {
    pub fn new(row: RosterRow, state: RosterState) -> Self {
        Self {
            enrolment_id: row.id,
            person: Person {
                id: row.person_id,
                name: row.name,
                phone: row.phone,
            },
            region: row.region,
            firm: row.firm,
            state,
            enrolled_at: row.enrolled_at,
            changed_at: row.changed_at,
        }
    }
}

/// What the ledger says of somebody in a lesson. Who is not marked is not in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendanceEntry {
    enrolment_id: Uuid,
    person: Person,
    status: Status,
    source: Source,
    /// When they arrived, or when they were marked.
    at: DateTime<Utc>,
}

impl From<AttendanceRow> for AttendanceEntry {
    fn from(row: AttendanceRow) -> Self {
        Self {
            enrolment_id: row.enrolment_id,
            person: Person {
                id: row.person_id,
                name: row.name,
                phone: None,
            },
            status: row.status,
            source: row.source,
            at: row.at,
        }
    }
}

/// Somebody at the door of a lesson.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Checkin {
    /// What the person's own QR code holds: an address that ends in `/p/CODE`, or the code alone.
    #[schema(min_length = 1, max_length = 300)]
    pub code: String,
    /// Names this reading. The same again gets the same answer, for 30 days, so that a call whose answer was lost may be
    /// repeated. No control characters.
    #[schema(min_length = 1, max_length = 100, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$")]
    pub nonce: String,
    /// When the code was read, by the caller's clock: at most two minutes ahead and twelve hours old. Without it, now.
    pub at: Option<DateTime<Utc>>,
}

/// Somebody is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedIn {
    pub status: Status,
    /// The name, for the screen of the scanner.
    pub person: String,
    /// This very reading made them present; false when they were in already.
    pub first: bool,
}
