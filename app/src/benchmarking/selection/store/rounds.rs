//! Rounds (轮次): opened on a published framework version, moved to another while every assessment is a draft, closed for good.
//!
//! Opening, moving and closing lock the cohort and every firm of it. Whoever changes an assessment locks its firm first and
//! then asks whether the round is open, so that nothing is verified behind a closing round.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::choosing::lock_all;
use super::cohorts;
use crate::audit;
use crate::benchmarking::policy::ProgrammePermit;
use crate::benchmarking::rules::score::{Score, score};
use crate::benchmarking::rules::{Framework, exact};
use crate::benchmarking::selection::rules::{CohortState, unchanged};
use crate::benchmarking::store::{Round, framework, record_of, round, scores, verified_in};
use crate::clock::day_of;
use crate::db::{Db, On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{AssessmentId, CohortId, EventId, FrameworkId, PersonId, PilotId, Region, RoundId};
use crate::notices;
use crate::state::App;

/// How many rows one statement writes.
const ROWS_AT_ONCE: usize = 200;
/// How many framework versions a choice offers.
const OFFERED: i64 = 50;

/// A round in the list of its cohort.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RoundRow {
    pub id: RoundId,
    pub number: i64,
    pub name: String,
    pub framework_id: FrameworkId,
    pub framework_name: String,
    pub framework_version: String,
    pub state: String,
    pub opened_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    /// Assessments that were begun, and those that are verified.
    pub begun: i64,
    pub verified: i64,
}

impl RoundRow {
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }
}

const ROUND_ROW: &str =
    "SELECT r.id, r.number, r.name, r.framework_id, w.name AS framework_name, w.version AS framework_version, r.state, r.opened_at,
        r.closed_at, (SELECT COUNT(*) FROM assessments a WHERE a.round_id = r.id) AS begun,
        (SELECT COUNT(*) FROM assessments a WHERE a.round_id = r.id AND a.state = 'verified') AS verified
    FROM rounds r JOIN frameworks w ON w.id = r.framework_id ";

/// The rounds of a cohort, the newest first.
pub async fn rounds(db: &Db, cohort: CohortId) -> Result<Vec<RoundRow>, AppError> {
    Ok(sql(ROUND_ROW)
        .push("WHERE r.cohort_id = $1 ORDER BY r.number DESC")
        .bind(cohort)
        .all(db)
        .await?)
}

/// One round of a cohort; another cohort's is none.
pub async fn round_row(db: &Db, cohort: CohortId, id: RoundId) -> Result<RoundRow, AppError> {
    let found = sql(ROUND_ROW)
        .push("WHERE r.cohort_id = $1 AND r.id = $2")
        .bind(cohort)
        .bind(id)
        .opt(db)
        .await?;
    found.ok_or(AppError::NotFound)
}

/// Where a firm stands in a round.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    pub pilot_id: PilotId,
    pub firm_name: String,
    pub region: Region,
    /// The word of its assessment's state; none before it has begun one.
    pub state: Option<String>,
    /// What was frozen at the close: the exact total and the grade.
    pub total: Option<String>,
    pub grade: Option<i64>,
    pub comparable: Option<bool>,
}

impl Standing {
    /// The frozen total as it is shown, truncated to 0.1.
    pub fn shown_total(&self) -> Option<String> {
        self.total.as_deref().and_then(exact::read).map(exact::shown)
    }
}

/// Every firm that is in a round, or should be, by county and name.
pub async fn standings(on: impl Into<On<'_>>, round: RoundId) -> Result<Vec<Standing>, AppError> {
    Ok(sql(
        "SELECT p.id AS pilot_id, f.name AS firm_name, p.region, a.state, z.total, z.grade, z.comparable
         FROM rounds r JOIN pilots p ON p.cohort_id = r.cohort_id JOIN firms f ON f.id = p.firm_id
         LEFT JOIN assessments a ON a.round_id = r.id AND a.pilot_id = p.id
         LEFT JOIN frozen_scores z ON z.round_id = r.id AND z.pilot_id = p.id
         WHERE r.id = $1 AND (a.id IS NOT NULL OR (r.state = 'open' AND p.state IN ('chosen', 'completed')))
         ORDER BY p.region, f.initials, f.name, p.id",
    )
    .bind(round)
    .all(on)
    .await?)
}

/// A framework version that a round may pin.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Published {
    pub id: FrameworkId,
    pub name: String,
    pub version: String,
}

/// Published framework versions, the newest first.
pub async fn published(db: &Db) -> Result<Vec<Published>, AppError> {
    Ok(
        sql("SELECT id, name, version FROM frameworks WHERE state = 'published' ORDER BY published_at DESC, id DESC LIMIT $1")
            .bind(OFFERED)
            .all(db)
            .await?,
    )
}

/// Locks a framework version, so that nobody retires it meanwhile, and reads it.
async fn pinned(tx: &mut Tx, id: FrameworkId) -> Result<Framework, AppError> {
    let there = sql("UPDATE frameworks SET edition = edition WHERE id = $1 AND state = 'published'")
        .bind(id)
        .run(tx)
        .await?;
    if there == 0 {
        return Err(AppError::field("framework", "selection-framework-not-published"));
    }
    framework(tx, id).await
}

fn title(framework: &Framework) -> String {
    format!("{} {}", framework.id, framework.version)
}

/// Opens a cohort's next round on a published framework version and tells the firms. At most one round is open.
pub async fn open(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    cohort: CohortId,
    name: &str,
    framework_id: FrameworkId,
) -> Result<RoundId, AppError> {
    let cohort = cohorts::locked(tx, cohort).await?;
    if cohort.state != CohortState::Running {
        return Err(AppError::refused("selection-round-cohort-not-running"));
    }
    let rows: Vec<(i64, String)> = sql("SELECT number, state FROM rounds WHERE cohort_id = $1")
        .bind(cohort.id)
        .all(&mut *tx)
        .await?;
    if rows.iter().any(|(_, state)| state == "open") {
        return Err(AppError::refused("selection-round-open-already"));
    }
    let pins = pinned(tx, framework_id).await?;
    let number = rows.iter().map(|(number, _)| *number).max().unwrap_or(0) + 1;
    let id = RoundId::new(&app.chance, now);
    sql("INSERT INTO rounds (id, cohort_id, number, name, framework_id, state, opened_at, opened_by) VALUES ($1, $2, $3, $4, $5, 'open', $6, $7)")
        .bind(id)
        .bind(cohort.id)
        .bind(number)
        .bind(name)
        .bind(framework_id)
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    trail(
        tx,
        app,
        now,
        permit,
        "round.opened",
        id,
        format!("{} {name}: {}", cohort.name, title(&pins)),
    )
    .await?;
    tell_contacts(tx, app, now, cohort.id, name).await?;
    Ok(id)
}

async fn tell_contacts(tx: &mut Tx, app: &App, now: DateTime<Utc>, cohort: CohortId, name: &str) -> Result<(), AppError> {
    let contacts: Vec<(PilotId, PersonId, String)> = sql("SELECT DISTINCT p.id, g.person_id, f.name FROM pilots p JOIN firms f ON f.id = p.firm_id
         JOIN grants g ON g.role = 'firm' AND g.firm_id = p.firm_id JOIN people q ON q.id = g.person_id AND q.active
         WHERE p.cohort_id = $1 AND p.state = 'chosen'")
    .bind(cohort)
    .all(&mut *tx)
    .await?;
    for (pilot, person, firm) in contacts {
        let text = Problem::new("selection-notice-round").with("round", name).with("firm", firm);
        notices::tell(tx, app, now, person, &text, &format!("/firm/{pilot}/assessment")).await?;
    }
    Ok(())
}

/// A round that is open, locked with its cohort and every firm of it.
async fn locked_open(tx: &mut Tx, id: RoundId) -> Result<Round, AppError> {
    let cohort = round(&mut *tx, id).await?.cohort_id;
    cohorts::locked(tx, cohort).await?;
    lock_all(tx, cohort).await?;
    sql("UPDATE rounds SET version = version + 1 WHERE id = $1").bind(id).run(tx).await?;
    let found = round(tx, id).await?;
    if found.is_open() {
        Ok(found)
    } else {
        Err(AppError::refused("selection-round-closed"))
    }
}

/// Closes a round for good: the verified score of every verified assessment is frozen, in this transaction. An assessment to
/// which no indicator applies has no score to freeze.
pub async fn close(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProgrammePermit, id: RoundId) -> Result<(), AppError> {
    let found = locked_open(tx, id).await?;
    let framework = framework(&mut *tx, found.framework_id).await?;
    let verified = verified_in(&mut *tx, id).await?;
    let pairs: Vec<_> = verified.iter().map(|assessment| (assessment, &framework)).collect();
    let levels = scores::three_of_many(&mut *tx, &pairs, day_of(now)).await?;
    let mut frozen = 0;
    for assessment in &verified {
        let Some(levels) = levels.get(&assessment.id) else { continue };
        if freeze(tx, &found, assessment.pilot_id, &score(&framework, &levels.verified)).await? {
            frozen += 1;
            record_of(tx, app, now, Some(permit.by()), assessment.pilot_id, "score_frozen", "", &found.name).await?;
        }
    }
    sql("UPDATE rounds SET state = 'closed', closed_at = $2, closed_by = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(permit.by())
        .run(tx)
        .await?;
    trail(tx, app, now, permit, "round.closed", id, format!("{}: {frozen}", found.name)).await
}

/// Writes down one firm's score; false where it has none.
async fn freeze(tx: &mut Tx, round: &Round, pilot: PilotId, score: &Score) -> Result<bool, AppError> {
    let (Some(total), Some(grade)) = (score.total, score.grade) else {
        return Ok(false);
    };
    let dimensions: BTreeMap<&str, String> = score
        .dimensions
        .iter()
        .filter_map(|dimension| Some((dimension.id.as_str(), exact::written(&dimension.score?))))
        .collect();
    let dimensions = serde_json::to_string(&dimensions).map_err(|error| AppError::internal(&error))?;
    sql(
        "INSERT INTO frozen_scores (round_id, pilot_id, category, comparable, dimensions, total, grade)
         SELECT $1, p.id, p.category, $3, $4, $5, $6 FROM pilots p WHERE p.id = $2",
    )
    .bind(round.id)
    .bind(pilot)
    .bind(score.comparable)
    .bind(dimensions)
    .bind(exact::written(&total))
    .bind(i64::from(grade))
    .run(tx)
    .await?;
    Ok(true)
}

/// One answer as it stands, for the snapshots.
#[derive(Debug, Clone, sqlx::FromRow)]
struct AnswerRow {
    assessment_id: AssessmentId,
    indicator: String,
    level: Option<i64>,
    na: bool,
    na_reason: String,
    na_state: String,
    note: String,
}

/// What a snapshot keeps of an answer.
#[derive(Serialize)]
struct Snapshot<'a> {
    framework: &'a str,
    level: Option<i64>,
    na: bool,
    na_reason: &'a str,
    na_state: &'a str,
    note: &'a str,
}

/// Moves an open round to another published framework version, while every assessment in it is a draft. Answers to
/// indicators that stayed the same stay; the others are asked again and stand in the snapshots, which are written for
/// before and after.
pub async fn move_to(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    id: RoundId,
    framework_id: FrameworkId,
) -> Result<(), AppError> {
    let found = locked_open(tx, id).await?;
    if found.framework_id == framework_id {
        return Err(AppError::field("framework", "selection-framework-same"));
    }
    let under_review = sql("SELECT COUNT(*) FROM assessments WHERE round_id = $1 AND state <> 'draft'")
        .bind(id)
        .count(&mut *tx)
        .await?;
    if under_review > 0 {
        return Err(AppError::Refused(Problem::new("selection-round-under-review").with("n", under_review)));
    }
    let to = pinned(tx, framework_id).await?;
    let from = framework(&mut *tx, found.framework_id).await?;
    let stays = unchanged(&from, &to);
    let before = answers(tx, id).await?;
    snapshot(tx, app, now, permit.by(), "moved_from", &title(&from), &before).await?;
    sql("DELETE FROM answers WHERE assessment_id IN (SELECT a.id FROM assessments a WHERE a.round_id = $1) AND NOT indicator")
        .bind(id)
        .push_in(stays.iter().copied())
        .run(tx)
        .await?;
    let after = answers(tx, id).await?;
    snapshot(tx, app, now, permit.by(), "moved_to", &title(&to), &after).await?;
    sql("UPDATE assessments SET version = version + 1 WHERE round_id = $1")
        .bind(id)
        .run(tx)
        .await?;
    sql("UPDATE rounds SET framework_id = $2 WHERE id = $1")
        .bind(id)
        .bind(framework_id)
        .run(tx)
        .await?;
    let moved = format!("{} → {}", title(&from), title(&to));
    let drafts: Vec<(PilotId,)> = sql("SELECT pilot_id FROM assessments WHERE round_id = $1 ORDER BY pilot_id")
        .bind(id)
        .all(&mut *tx)
        .await?;
    for (pilot,) in drafts {
        record_of(tx, app, now, Some(permit.by()), pilot, "framework_moved", &moved, &found.name).await?;
    }
    trail(tx, app, now, permit, "round.moved", id, moved).await
}

async fn answers(tx: &mut Tx, round: RoundId) -> Result<Vec<AnswerRow>, AppError> {
    Ok(sql(
        "SELECT n.assessment_id, n.indicator, n.level, n.na, n.na_reason, n.na_state, n.note FROM answers n
         JOIN assessments a ON a.id = n.assessment_id WHERE a.round_id = $1 ORDER BY n.assessment_id, n.indicator",
    )
    .bind(round)
    .all(tx)
    .await?)
}

/// Writes every answer into the history as it stands now.
async fn snapshot(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: PersonId,
    what: &'static str,
    framework: &str,
    answers: &[AnswerRow],
) -> Result<(), AppError> {
    for rows in answers.chunks(ROWS_AT_ONCE) {
        let mut query = sql("INSERT INTO answer_events (id, assessment_id, indicator, at, by_person, what, detail) VALUES ");
        for (place, row) in rows.iter().enumerate() {
            let kept = Snapshot {
                framework,
                level: row.level,
                na: row.na,
                na_reason: &row.na_reason,
                na_state: &row.na_state,
                note: &row.note,
            };
            let detail = serde_json::to_string(&kept).map_err(|error| AppError::internal(&error))?;
            query = query.push(if place == 0 { "(" } else { ", (" }).push_bind(EventId::new(&app.chance, now));
            query = query.push(", ").push_bind(row.assessment_id).push(", ").push_bind(&row.indicator);
            query = query.push(", ").push_bind(now).push(", ").push_bind(by).push(", ").push_bind(what);
            query = query.push(", ").push_bind(detail).push(")");
        }
        query.run(tx).await?;
    }
    Ok(())
}

/// One line of the trail about a round.
async fn trail(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    what: &'static str,
    round: RoundId,
    detail: String,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind: "round",
        subject_id: round.to_string(),
        region: None,
        detail,
    };
    audit::note(tx, &app.chance, now, entry).await
}
