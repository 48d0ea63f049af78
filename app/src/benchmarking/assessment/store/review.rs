//! What those who check write: decisions on N/A and on evidence, comments, and giving back.

use chrono::{DateTime, Utc};

use super::answers::answer;
use super::evidence::{Evidence, evidence_of};
use super::{Detail, handed_in, in_open_round, locked, note, people};
use crate::benchmarking::assessment::rules::{EvidenceState, NaState, Verdict};
use crate::benchmarking::policy::{CheckPermit, JudgePermit};
use crate::benchmarking::rules::Framework;
use crate::benchmarking::store::{self, AssessmentState};
use crate::db::{On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{AssessmentId, EventId, EvidenceId};
use crate::state::App;

/// A decision on a wish for N/A.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NaDecision {
    pub indicator: String,
    /// The edition of the answer that was decided on.
    pub edition: i64,
    pub verdict: Verdict,
    pub reason: String,
}

/// Decides on a wish for N/A. It may be decided while the firm still works, because until then the answer is missing and
/// nothing can be handed in; and decided anew until the assessment is verified.
///
/// # Errors
/// Refused when the firm has changed the answer since, so that nobody approves a reason that they have not read.
pub async fn decide_na(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &CheckPermit,
    assessment: AssessmentId,
    new: &NaDecision,
) -> Result<(), AppError> {
    let locked = locked(tx, permit.pilot(), assessment).await?;
    in_open_round(tx, &locked).await?;
    if locked.state() == AssessmentState::Verified {
        return Err(AppError::refused("assessment-not-handed-in"));
    }
    let stored = answer(tx, assessment, &new.indicator).await?.ok_or(AppError::NotFound)?;
    if !stored.said.na || stored.edition != new.edition {
        return Err(Problem::new("assessment-na-changed").with("indicator", &new.indicator).into());
    }
    let (state, what, text) = match new.verdict {
        Verdict::Accept => (NaState::Approved, "na_approved", Problem::new("assessment-notice-na-approved")),
        Verdict::Refuse => (NaState::Refused, "na_refused", Problem::new("assessment-notice-na-refused")),
    };
    if stored.na_state == state && stored.na_decision == new.reason {
        return Ok(());
    }
    sql("UPDATE answers SET na_state = $3, na_decision = $4, na_decided_by = $5 WHERE assessment_id = $1 AND indicator = $2")
        .bind(assessment)
        .bind(&new.indicator)
        .bind(state.as_str())
        .bind(&new.reason)
        .bind(permit.by())
        .run(tx)
        .await?;
    let place = (assessment, new.indicator.as_str());
    note(tx, app, now, permit.by(), place, what, Detail::About { about: &new.reason }).await?;
    let pilot = store::pilot(&mut *tx, permit.pilot()).await?;
    people::tell_firm(tx, app, now, &pilot, &text.with("indicator", &new.indicator)).await
}

/// A decision on one piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub evidence: EvidenceId,
    /// The state that it was decided upon.
    pub seen: EvidenceState,
    pub verdict: Verdict,
    pub reason: String,
}

/// What came of decisions on evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// How many were written.
    pub kept: usize,
    /// On these somebody else decided, or the firm took them back, since they were seen; nothing was written.
    pub meanwhile: Vec<Evidence>,
}

/// Accepts or refuses evidence, and writes it into the history of the answer. A decision that stands already is not written
/// anew.
///
/// # Errors
/// Refused while the assessment is not handed in; 404 for evidence of another assessment or firm.
pub async fn judge(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &JudgePermit,
    assessment: AssessmentId,
    judgements: &[Judgement],
) -> Result<Judged, AppError> {
    let mut outcome = Judged::default();
    if judgements.is_empty() {
        return Ok(outcome);
    }
    handed_in(tx, permit.pilot(), assessment).await?;
    let stored = evidence_of(&mut *tx, assessment).await?;
    for judgement in judgements {
        let evidence = stored.iter().find(|piece| piece.id == judgement.evidence).ok_or(AppError::NotFound)?;
        if evidence.state == judgement.becomes() && evidence.reason == judgement.reason {
            continue;
        }
        if evidence.state != judgement.seen || evidence.state == EvidenceState::Removed {
            outcome.meanwhile.push(evidence.clone());
            continue;
        }
        write(tx, app, now, permit, evidence, judgement).await?;
        outcome.kept += 1;
    }
    Ok(outcome)
}

impl Judgement {
    fn becomes(&self) -> EvidenceState {
        match self.verdict {
            Verdict::Accept => EvidenceState::Accepted,
            Verdict::Refuse => EvidenceState::Refused,
        }
    }
}

async fn write(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &JudgePermit, evidence: &Evidence, judgement: &Judgement) -> Result<(), AppError> {
    let reason = &judgement.reason;
    sql("UPDATE evidence SET state = $2, decided_at = $3, decided_by = $4, reason = $5 WHERE id = $1")
        .bind(evidence.id)
        .bind(judgement.becomes().as_str())
        .bind(now)
        .bind(permit.by())
        .bind(reason)
        .run(tx)
        .await?;
    let what = match judgement.verdict {
        Verdict::Accept => "evidence_accepted",
        Verdict::Refuse => "evidence_refused",
    };
    let about = if reason.is_empty() {
        evidence.title.clone()
    } else {
        format!("{} · {reason}", evidence.title)
    };
    let place = (evidence.assessment_id, evidence.indicator.as_str());
    note(tx, app, now, permit.by(), place, what, Detail::About { about: &about }).await
}

/// A comment on one indicator.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Comment {
    pub indicator: String,
    /// Which submission it was made on.
    pub submission: i64,
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    pub text: String,
}

/// The comments on an assessment, the first first.
pub async fn comments(on: impl Into<On<'_>>, assessment: AssessmentId) -> Result<Vec<Comment>, AppError> {
    Ok(sql(
        "SELECT c.indicator, c.submission, c.at, q.name AS by_name, c.text FROM assessment_comments c LEFT JOIN people q ON q.id = c.by_person
         WHERE c.assessment_id = $1 ORDER BY c.at, c.id LIMIT 1000",
    )
    .bind(assessment)
    .all(on)
    .await?)
}

/// Adds a comment on one indicator to what was handed in.
///
/// # Errors
/// Refused while the assessment is not handed in.
pub async fn comment(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &JudgePermit,
    assessment: AssessmentId,
    framework: &Framework,
    (indicator, text): (&str, &str),
) -> Result<(), AppError> {
    framework.indicator(indicator).ok_or(AppError::NotFound)?;
    handed_in(tx, permit.pilot(), assessment).await?;
    sql(
        "INSERT INTO assessment_comments (id, assessment_id, indicator, submission, at, by_person, text)
         VALUES ($1, $2, $3, (SELECT COALESCE(MAX(s.number), 0) FROM submissions s WHERE s.assessment_id = $2), $4, $5, $6)",
    )
    .bind(EventId::new(&app.chance, now))
    .bind(assessment)
    .bind(indicator)
    .bind(now)
    .bind(permit.by())
    .bind(text)
    .run(tx)
    .await?;
    note(
        tx,
        app,
        now,
        permit.by(),
        (assessment, indicator),
        "commented",
        Detail::About { about: text },
    )
    .await
}

/// Gives what was handed in back to the firm, with a reason for the whole.
///
/// # Errors
/// Refused while the assessment is not handed in.
pub async fn give_back(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &CheckPermit,
    assessment: AssessmentId,
    reason: &str,
) -> Result<(), AppError> {
    handed_in(tx, permit.pilot(), assessment).await?;
    sql("UPDATE assessments SET state = 'returned', returned_at = $2 WHERE id = $1")
        .bind(assessment)
        .bind(now)
        .run(tx)
        .await?;
    sql("UPDATE submissions SET returned_at = $2, returned_by = $3, return_reason = $4
         WHERE assessment_id = $1 AND number = (SELECT MAX(s.number) FROM submissions s WHERE s.assessment_id = $1)")
    .bind(assessment)
    .bind(now)
    .bind(permit.by())
    .bind(reason)
    .run(tx)
    .await?;
    store::record(tx, app, now, Some(permit.by()), permit.pilot(), "assessment_returned", reason).await?;
    let pilot = store::pilot(&mut *tx, permit.pilot()).await?;
    let text = Problem::new("assessment-notice-returned").with("why", reason);
    people::tell_firm(tx, app, now, &pilot, &text).await
}
