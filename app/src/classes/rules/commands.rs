//! What a coordinator asks for, already checked field by field.

use chrono::{DateTime, Utc};

use super::{Approval, Span};
use crate::ids::{PlanId, Region, TeacherId, ThemeId, VenueId};

/// Everything that the class form decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassFields {
    pub plan: PlanId,
    pub theme: Option<ThemeId>,
    pub title: String,
    pub summary: String,
    pub term: String,
    pub capacity: i64,
    pub approval: Approval,
    pub enrol_opens_at: Option<DateTime<Utc>>,
    pub enrol_closes_at: Option<DateTime<Utc>>,
    pub cutoff_at: Option<DateTime<Utc>>,
    pub quota_reclaim_at: Option<DateTime<Utc>>,
    /// Seats kept for a county's people; together no more than the capacity.
    pub quotas: Vec<(Region, i64)>,
    pub opens_before_min: i64,
    pub late_after_min: i64,
    pub pass_rate: i64,
}

/// One lesson as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonFields {
    pub topic: String,
    pub span: Span,
    pub teacher: Option<TeacherId>,
    pub venue: Option<VenueId>,
    pub half_hours: i64,
}

/// A copy of a class for another term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyFields {
    pub title: String,
    pub term: String,
    /// The day of the copy's first lesson.
    pub first_day: chrono::NaiveDate,
}
