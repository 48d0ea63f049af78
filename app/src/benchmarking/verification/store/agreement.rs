//! Verified levels beside the firms' own and the evidence-capped ones, over the firms that somebody may see.

use chrono::{DateTime, NaiveDate, Utc};

use crate::benchmarking::policy::PilotScope;
use crate::benchmarking::rules::Level;
use crate::benchmarking::rules::evidence::{Proof, cap};
use crate::benchmarking::store::within;
use crate::benchmarking::verification::rules::{Finding, Triple};
use crate::clock::day_of;
use crate::db::{Db, sql};
use crate::error::AppError;
use crate::ids::{FrameworkId, PersonId, RoundId};

/// A round with at least one verified firm that the scope covers.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AgreementRound {
    pub id: RoundId,
    pub cohort_name: String,
    pub number: i64,
    pub name: String,
    pub framework_id: FrameworkId,
    /// Firms whose verification is closed.
    pub firms: i64,
}

/// The rounds that can be compared, the latest first.
pub async fn rounds(db: &Db, scope: &PilotScope) -> Result<Vec<AgreementRound>, AppError> {
    let query = sql("SELECT r.id, c.name AS cohort_name, r.number, r.name, r.framework_id, COUNT(*) AS firms
        FROM assessments s JOIN rounds r ON r.id = s.round_id JOIN cohorts c ON c.id = r.cohort_id JOIN pilots p ON p.id = s.pilot_id
        WHERE s.state = 'verified' AND ");
    Ok(within(query, scope)
        .push(" GROUP BY r.id, c.name, r.number, r.name, r.framework_id, r.opened_at ORDER BY r.opened_at DESC, r.id DESC LIMIT 50")
        .all(db)
        .await?)
}

/// One verdict with what it can be compared to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    pub indicator: String,
    pub verifier: Option<PersonId>,
    pub verifier_name: Option<String>,
    /// The three levels; none where N/A was confirmed, or the firm gave no level.
    pub triple: Option<Triple>,
}

#[derive(sqlx::FromRow)]
struct Row {
    indicator: String,
    level: Option<i64>,
    na: bool,
    by_person: Option<PersonId>,
    by_name: Option<String>,
    own: Option<i64>,
    verified_at: Option<DateTime<Utc>>,
    accepted: i64,
    newest: Option<NaiveDate>,
}

/// Every verdict of a round's closed verifications within a scope. The age of evidence is judged by the day of closing.
pub async fn compared(db: &Db, scope: &PilotScope, round: RoundId) -> Result<Vec<Compared>, AppError> {
    let query = sql(
        "SELECT v.indicator, v.level, v.na, v.by_person, q.name AS by_name, a.level AS own, s.verified_at,
             (SELECT COUNT(*) FROM evidence e WHERE e.assessment_id = s.id AND e.indicator = v.indicator AND e.state = 'accepted') AS accepted,
             (SELECT MAX(e.fact_on) FROM evidence e WHERE e.assessment_id = s.id AND e.indicator = v.indicator AND e.state = 'accepted') AS newest
         FROM verdicts v JOIN assessments s ON s.id = v.assessment_id JOIN pilots p ON p.id = s.pilot_id
             LEFT JOIN answers a ON a.assessment_id = s.id AND a.indicator = v.indicator LEFT JOIN people q ON q.id = v.by_person
         WHERE s.state = 'verified' AND s.round_id = $1 AND ",
    )
    .bind(round);
    let rows: Vec<Row> = within(query, scope).push(" ORDER BY v.indicator, s.id").all(db).await?;
    Ok(rows.into_iter().map(Compared::from).collect())
}

impl From<Row> for Compared {
    fn from(row: Row) -> Self {
        Self {
            triple: triple(&row),
            indicator: row.indicator,
            verifier: row.by_person,
            verifier_name: row.by_name,
        }
    }
}

fn triple(row: &Row) -> Option<Triple> {
    let verified = Finding::of_row(row.level, row.na)?.level()?;
    let own = row.own.and_then(Level::new)?;
    let proof = Proof {
        accepted: row.accepted,
        newest: row.newest,
    };
    let capped = own.min(cap(&proof, day_of(row.verified_at?)));
    Some(Triple { own, capped, verified })
}
