//! Identifiers: one type for each kind of thing, so that a class's id is never taken for a person's.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::clock::Chance;
use crate::db::Value;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id (UUID v7), sorting by the time of making.
            pub fn new(chance: &Chance, at: DateTime<Utc>) -> Self {
                Self(chance.uuid(at))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.simple().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Value::Uuid(Some(id.0))
            }
        }

        impl From<Option<$name>> for Value {
            fn from(id: Option<$name>) -> Self {
                Value::Uuid(id.map(|id| id.0))
            }
        }

        impl<DB: sqlx::Database> sqlx::Type<DB> for $name where Uuid: sqlx::Type<DB> {
            fn type_info() -> DB::TypeInfo {
                <Uuid as sqlx::Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <Uuid as sqlx::Type<DB>>::compatible(ty)
            }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $name where Uuid: sqlx::Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                <Uuid as sqlx::Decode<'r, DB>>::decode(value).map(Self)
            }
        }
    )+};
}

id! {
    PersonId, GrantId, SignInId, IdentityId, FirmId, ContactId,
    SchoolId, VenueId, TeacherId, PlanId, ThemeId,
    ClassId, LessonId,
    EnrolmentId, SeatId, ImportId,
    DeviceId, LeaveId, WalkInId, CertificateId, CalendarLinkId,
    NoticeId, EventId,
    FrameworkId, CohortId, PilotId, RoundId, AssessmentId, FileId, EvidenceId, VisitId,
    BenchmarkId, ActionId,
    EmailId, TokenId,
}

/// A region's stable key (the GB/T 2260 code of 2020): names and codes shown change with a date, the key stays.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Region(pub String);

impl Region {
    pub const CITY: &'static str = "410300";

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole city rather than one county.
    pub fn is_city(&self) -> bool {
        self.0 == Self::CITY
    }
}

impl From<&str> for Region {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl From<String> for Region {
    fn from(key: String) -> Self {
        Self(key)
    }
}

impl std::fmt::Display for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Region> for Value {
    fn from(region: Region) -> Self {
        Value::Text(Some(region.0))
    }
}

impl From<&Region> for Value {
    fn from(region: &Region) -> Self {
        Value::Text(Some(region.0.clone()))
    }
}

impl From<Option<Region>> for Value {
    fn from(region: Option<Region>) -> Self {
        Value::Text(region.map(|region| region.0))
    }
}

impl<DB: sqlx::Database> sqlx::Type<DB> for Region
where
    String: sqlx::Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <String as sqlx::Type<DB>>::type_info()
    }
    fn compatible(ty: &DB::TypeInfo) -> bool {
        <String as sqlx::Type<DB>>::compatible(ty)
    }
}

impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for Region
where
    String: sqlx::Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        <String as sqlx::Decode<'r, DB>>::decode(value).map(Self)
    }
}
