//! Rounds, the frameworks that they pin, and the firms' assessments in them.

use chrono::{DateTime, Utc};

use crate::benchmarking::rules::Framework;
use crate::db::{On, sql};
use crate::error::AppError;
use crate::ids::{AssessmentId, CohortId, FrameworkId, PersonId, PilotId, RoundId};

/// A round (轮次) of a cohort.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Round {
    pub id: RoundId,
    pub cohort_id: CohortId,
    /// From 1 upwards within the cohort.
    pub number: i64,
    pub name: String,
    /// The framework version that this round pins.
    pub framework_id: FrameworkId,
    state: String,
    pub opened_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
}

impl Round {
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }
}

const ROUND: &str = "SELECT id, cohort_id, number, name, framework_id, state, opened_at, closed_at FROM rounds ";

pub async fn round(on: impl Into<On<'_>>, id: RoundId) -> Result<Round, AppError> {
    let found = sql(ROUND).push("WHERE id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The round of a cohort that is open; at most one is.
pub async fn open_round(on: impl Into<On<'_>>, cohort: CohortId) -> Result<Option<Round>, AppError> {
    Ok(sql(ROUND)
        .push("WHERE cohort_id = $1 AND state = 'open' ORDER BY number DESC LIMIT 1")
        .bind(cohort)
        .opt(on)
        .await?)
}

/// Every round of a cohort, the first first.
pub async fn rounds_of(on: impl Into<On<'_>>, cohort: CohortId) -> Result<Vec<Round>, AppError> {
    Ok(sql(ROUND).push("WHERE cohort_id = $1 ORDER BY number").bind(cohort).all(on).await?)
}

/// A stored framework, whatever its state.
pub async fn framework(on: impl Into<On<'_>>, id: FrameworkId) -> Result<Framework, AppError> {
    let found: Option<(String,)> = sql("SELECT content FROM frameworks WHERE id = $1").bind(id).opt(on).await?;
    let (content,) = found.ok_or(AppError::NotFound)?;
    serde_json::from_str(&content).map_err(|error| AppError::internal(&error))
}

/// Where an assessment lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssessmentState {
    /// The firm works on it.
    Draft,
    /// Handed in: the county checks, the verifier verifies.
    Submitted,
    /// Given back to the firm with comments.
    Returned,
    /// Every indicator has a verified level, and the verifier has closed it.
    Verified,
}

impl AssessmentState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Verified => "verified",
        }
    }

    /// Whether the firm may change its answers.
    pub fn is_with_the_firm(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }
}

/// One firm's assessment in one round.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Assessment {
    pub id: AssessmentId,
    pub pilot_id: PilotId,
    pub round_id: RoundId,
    /// The number of its round.
    pub number: i64,
    state: String,
    pub started_at: DateTime<Utc>,
    pub submitted_at: Option<DateTime<Utc>>,
    pub returned_at: Option<DateTime<Utc>>,
    pub verified_at: Option<DateTime<Utc>>,
    pub verified_by: Option<PersonId>,
    pub version: i64,
}

impl Assessment {
    pub fn state(&self) -> AssessmentState {
        match self.state.as_str() {
            "submitted" => AssessmentState::Submitted,
            "returned" => AssessmentState::Returned,
            "verified" => AssessmentState::Verified,
            _ => AssessmentState::Draft,
        }
    }
}

const ASSESSMENT: &str = "SELECT a.id, a.pilot_id, a.round_id, r.number, a.state, a.started_at, a.submitted_at, a.returned_at, a.verified_at,
        a.verified_by, a.version
    FROM assessments a JOIN rounds r ON r.id = a.round_id ";

pub async fn assessment(on: impl Into<On<'_>>, id: AssessmentId) -> Result<Assessment, AppError> {
    let found = sql(ASSESSMENT).push("WHERE a.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// A firm's assessment in a round, once it has begun one.
pub async fn assessment_in(on: impl Into<On<'_>>, pilot: PilotId, round: RoundId) -> Result<Option<Assessment>, AppError> {
    Ok(sql(ASSESSMENT)
        .push("WHERE a.pilot_id = $1 AND a.round_id = $2")
        .bind(pilot)
        .bind(round)
        .opt(on)
        .await?)
}

/// Every assessment of a firm, the first round first.
pub async fn assessments_of(on: impl Into<On<'_>>, pilot: PilotId) -> Result<Vec<Assessment>, AppError> {
    Ok(sql(ASSESSMENT)
        .push("WHERE a.pilot_id = $1 ORDER BY r.number")
        .bind(pilot)
        .all(on)
        .await?)
}

/// The assessments of a round that are verified.
pub async fn verified_in(on: impl Into<On<'_>>, round: RoundId) -> Result<Vec<Assessment>, AppError> {
    Ok(sql(ASSESSMENT)
        .push("WHERE a.round_id = $1 AND a.state = 'verified' ORDER BY a.id")
        .bind(round)
        .all(on)
        .await?)
}

#[derive(sqlx::FromRow)]
struct Measured {
    #[sqlx(flatten)]
    assessment: Assessment,
    framework_id: FrameworkId,
}

/// Every assessment of these firms with the framework that its round pins, the first round first.
pub async fn assessments_of_many(on: impl Into<On<'_>>, pilots: impl Iterator<Item = PilotId>) -> Result<Vec<(Assessment, FrameworkId)>, AppError> {
    let rows: Vec<Measured> = sql(
        "SELECT a.id, a.pilot_id, a.round_id, r.number, a.state, a.started_at, a.submitted_at, a.returned_at, a.verified_at, a.verified_by,
            a.version, r.framework_id
         FROM assessments a JOIN rounds r ON r.id = a.round_id WHERE a.pilot_id",
    )
    .push_in(pilots)
    .push(" ORDER BY r.number, a.id")
    .all(on)
    .await?;
    Ok(rows.into_iter().map(|row| (row.assessment, row.framework_id)).collect())
}

/// The verified assessments of a firm, the first round first.
pub async fn verified_of(on: impl Into<On<'_>>, pilot: PilotId) -> Result<Vec<Assessment>, AppError> {
    Ok(sql(ASSESSMENT)
        .push("WHERE a.pilot_id = $1 AND a.state = 'verified' ORDER BY r.number")
        .bind(pilot)
        .all(on)
        .await?)
}

/// The verified assessment that a firm's targets start from: the newest at the moment when its gate 对标 was passed, else the
/// first. `verified` are the firm's verified assessments, the first round first.
pub async fn baseline<'a>(on: impl Into<On<'_>>, pilot: PilotId, verified: &'a [Assessment]) -> Result<Option<&'a Assessment>, AppError> {
    let passed: Option<(DateTime<Utc>,)> = sql("SELECT d.at FROM gate_decisions d
         WHERE d.pilot_id = $1 AND d.stage = 'compare' AND d.verdict IN ('passed', 'conditional') ORDER BY d.at DESC LIMIT 1")
    .bind(pilot)
    .opt(on)
    .await?;
    let known = passed.and_then(|(passed,)| verified.iter().rfind(|assessment| assessment.verified_at.is_some_and(|at| at <= passed)));
    Ok(known.or(verified.first()))
}

/// The latest assessment of a firm that is verified.
pub async fn newest_verified(on: impl Into<On<'_>>, pilot: PilotId) -> Result<Option<Assessment>, AppError> {
    Ok(sql(ASSESSMENT)
        .push("WHERE a.pilot_id = $1 AND a.state = 'verified' ORDER BY r.number DESC LIMIT 1")
        .bind(pilot)
        .opt(on)
        .await?)
}
