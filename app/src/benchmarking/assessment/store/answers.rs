//! Rows of answers and of their history.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Detail, note, people, with_the_firm};
use crate::benchmarking::assessment::rules::{ANSWERED, Event, NaState, Said, na_after};
use crate::benchmarking::policy::EditPermit;
use crate::benchmarking::rules::{Answer, Framework, Level};
use crate::benchmarking::store;
use crate::db::{On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{AssessmentId, PersonId};
use crate::state::App;

/// How many lines of an answer's history are read.
const HISTORY: i64 = 500;

/// An answer as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub said: Said,
    pub na_state: NaState,
    /// What the coordinator said to the wish for N/A.
    pub na_decision: String,
    /// Counts saves, from 1.
    pub edition: i64,
    pub changed_at: DateTime<Utc>,
    pub changed_by: Option<String>,
}

impl Stored {
    /// What it counts as.
    pub fn answer(&self) -> Answer {
        Answer::of(self.said.level.map(i64::from), self.said.na, self.na_state == NaState::Approved)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    indicator: String,
    level: Option<i64>,
    na: bool,
    na_reason: String,
    #[sqlx(try_from = "String")]
    na_state: NaState,
    na_decision: String,
    note: String,
    edition: i64,
    changed_at: DateTime<Utc>,
    changed_by: Option<String>,
}

impl Row {
    fn stored(self) -> (String, Stored) {
        let stored = Stored {
            said: Said {
                level: self.level.and_then(Level::new),
                na: self.na,
                reason: self.na_reason,
                note: self.note,
            },
            na_state: self.na_state,
            na_decision: self.na_decision,
            edition: self.edition,
            changed_at: self.changed_at,
            changed_by: self.changed_by,
        };
        (self.indicator, stored)
    }
}

const ANSWER: &str =
    "SELECT w.indicator, w.level, w.na, w.na_reason, w.na_state, w.na_decision, w.note, w.edition, w.changed_at, q.name AS changed_by
    FROM answers w LEFT JOIN people q ON q.id = w.changed_by WHERE w.assessment_id = $1";

/// Every answer that was begun, by indicator.
pub async fn answers(on: impl Into<On<'_>>, assessment: AssessmentId) -> Result<BTreeMap<String, Stored>, AppError> {
    let rows: Vec<Row> = sql(ANSWER).bind(assessment).all(on).await?;
    Ok(rows.into_iter().map(Row::stored).collect())
}

pub(super) async fn answer(tx: &mut Tx, assessment: AssessmentId, indicator: &str) -> Result<Option<Stored>, AppError> {
    let row: Option<Row> = sql(ANSWER)
        .push(" AND w.indicator = ")
        .bind(assessment)
        .push_bind(indicator)
        .opt(tx)
        .await?;
    Ok(row.map(|row| row.stored().1))
}

/// An answer as somebody of the firm typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAnswer {
    pub indicator: String,
    /// The edition that it was written upon; 0 where there was none.
    pub edition: i64,
    pub said: Said,
}

/// How a save ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// The answer is stored and has this edition now.
    Yes { edition: i64 },
    /// Somebody else saved in between; nothing was changed.
    Conflict(Stored),
}

/// Saves an answer upon the edition that its writer saw. Saying what is stored already is no change, so that whoever
/// asks again after a lost reply is not told of a conflict with themselves.
///
/// # Errors
/// Refused while the assessment is not with the firm, or when its round is closed.
pub async fn save(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &EditPermit,
    assessment: AssessmentId,
    framework: &Framework,
    new: &NewAnswer,
) -> Result<Saved, AppError> {
    framework.indicator(&new.indicator).ok_or(AppError::NotFound)?;
    with_the_firm(tx, permit.pilot(), assessment).await?;
    let before = answer(tx, assessment, &new.indicator).await?;
    if let Some(before) = before.as_ref() {
        if before.said == new.said {
            return Ok(Saved::Yes { edition: before.edition });
        }
        if before.edition != new.edition {
            return Ok(Saved::Conflict(before.clone()));
        }
    } else if new.said.is_nothing() {
        return Ok(Saved::Yes { edition: 0 });
    }
    let na_state = na_after(before.as_ref().map(|before| (&before.said, before.na_state)), &new.said);
    let is_asked = na_state == NaState::Asked && before.as_ref().is_none_or(|before| before.na_state != NaState::Asked);
    let edition = before.as_ref().map_or(1, |before| before.edition + 1);
    write(tx, now, permit.by(), assessment, new, (na_state, edition)).await?;
    note(tx, app, now, permit.by(), (assessment, &new.indicator), ANSWERED, Detail::Said(&new.said)).await?;
    if is_asked {
        ask_for_na(tx, app, now, permit, new).await?;
    }
    Ok(Saved::Yes { edition })
}

async fn write(
    tx: &mut Tx,
    now: DateTime<Utc>,
    by: PersonId,
    assessment: AssessmentId,
    new: &NewAnswer,
    (na_state, edition): (NaState, i64),
) -> Result<(), AppError> {
    // What was decided on the wish stays with it; another wish has no decision yet.
    sql(
        "INSERT INTO answers (assessment_id, indicator, level, na, na_reason, na_state, note, edition, changed_at, changed_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (assessment_id, indicator) DO UPDATE SET level = excluded.level, na = excluded.na, na_reason = excluded.na_reason,
             na_decision = CASE WHEN excluded.na_state IN ('none', 'asked') THEN '' ELSE answers.na_decision END,
             na_state = excluded.na_state, note = excluded.note, edition = excluded.edition, changed_at = excluded.changed_at,
             changed_by = excluded.changed_by",
    )
    .bind(assessment)
    .bind(&new.indicator)
    .bind(new.said.level.map(i64::from))
    .bind(new.said.na)
    .bind(&new.said.reason)
    .bind(na_state.as_str())
    .bind(&new.said.note)
    .bind(edition)
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    Ok(())
}

/// Tells the county that a decision waits; once for each wish, not for each word of its reason.
async fn ask_for_na(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &EditPermit, new: &NewAnswer) -> Result<(), AppError> {
    let pilot = store::pilot(&mut *tx, permit.pilot()).await?;
    let text = Problem::new("assessment-notice-na-asked")
        .with("firm", &pilot.firm_name)
        .with("indicator", &new.indicator);
    people::tell_county(tx, app, now, &pilot, &text).await
}

#[derive(sqlx::FromRow)]
struct EventRow {
    at: DateTime<Utc>,
    by_person: Option<PersonId>,
    by_name: Option<String>,
    what: String,
    detail: String,
}

/// The history of one answer, latest first.
pub async fn history(on: impl Into<On<'_>>, assessment: AssessmentId, indicator: &str) -> Result<Vec<Event>, AppError> {
    let rows: Vec<EventRow> = sql(
        "SELECT e.at, e.by_person, q.name AS by_name, e.what, e.detail FROM answer_events e LEFT JOIN people q ON q.id = e.by_person
         WHERE e.assessment_id = $1 AND e.indicator = $2 ORDER BY e.at DESC, e.id DESC LIMIT $3",
    )
    .bind(assessment)
    .bind(indicator)
    .bind(HISTORY)
    .all(on)
    .await?;
    Ok(rows.into_iter().map(event).collect())
}

fn event(row: EventRow) -> Event {
    let said = serde_json::from_str(&row.detail).ok().filter(|_| row.what == ANSWERED);
    let about: BTreeMap<String, String> = if said.is_some() {
        BTreeMap::new()
    } else {
        serde_json::from_str(&row.detail).unwrap_or_default()
    };
    Event {
        at: row.at,
        by: row.by_person,
        by_name: row.by_name,
        what: row.what,
        said,
        about: about.get("about").cloned().unwrap_or_default(),
    }
}
