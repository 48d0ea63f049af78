//! The pages of a self-assessment. `?round=1` shows that of an earlier round.

mod dimension;
mod evidence;
mod history;
mod overview;
mod review;
mod save;
pub mod why;

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::post;

use super::rules::{Change, EvidenceState, Said, changes};
use super::store::{self, Comment, Evidence, Stored, Submission};
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::{Answers, Dimension, Framework, Indicator, Score, score};
use crate::benchmarking::store::{self as pilots, Assessment, AssessmentState, Pilot, Round};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::PilotId;
use crate::request::Cx;
use crate::routes::page;
use crate::t;
use crate::ui::BadgeTone;

/// The pages of this room.
pub fn routes() -> Router {
    Router::new()
        .route("/firm/{pilot}/assessment", page(overview::show))
        .route("/firm/{pilot}/assessment/{dimension}", page(dimension::show))
        .route("/firm/{pilot}/assessment/indicators/{indicator}/evidence", page(evidence::new))
        .route("/firm/{pilot}/assessment/indicators/{indicator}/history", page(history::show))
        .route("/firm/{pilot}/assessment/evidence/{evidence}", page(evidence::show))
}

/// What the island saves answers to.
pub fn endpoints() -> Router {
    Router::new().route("/firm/{pilot}/assessment/answers/save", post(save::answer))
}

/// Where new evidence is sent to, with or without a file.
pub fn uploads() -> Router {
    Router::new().route("/firm/{pilot}/assessment/indicators/{indicator}/evidence", post(evidence::receive))
}

/// One assessment with all that its pages show.
struct Sheet {
    assessment: Assessment,
    round: Round,
    framework: Framework,
    stored: BTreeMap<String, Stored>,
    evidence: Vec<Evidence>,
    comments: Vec<Comment>,
    submissions: Vec<Submission>,
}

/// The assessment that a page is about: that of the round in the address, or else of the open round, or else the latest.
async fn chosen(cx: &Cx, pilot: &Pilot) -> Result<Option<Assessment>, AppError> {
    let of_firm = pilots::assessments_of(&cx.app.db, pilot.id).await?;
    if let Some(number) = cx.query("round") {
        let found = of_firm.into_iter().find(|one| one.number.to_string() == number);
        return found.map(Some).ok_or(AppError::NotFound);
    }
    Ok(match pilots::open_round(&cx.app.db, pilot.cohort_id).await? {
        Some(open) => of_firm.into_iter().find(|one| one.round_id == open.id),
        None => of_firm.into_iter().next_back(),
    })
}

impl Sheet {
    async fn of(cx: &Cx, assessment: Assessment) -> Result<Self, AppError> {
        let db = &cx.app.db;
        let round = pilots::round(db, assessment.round_id).await?;
        Ok(Self {
            framework: pilots::framework(db, round.framework_id).await?,
            stored: store::answers(db, assessment.id).await?,
            evidence: store::evidence_of(db, assessment.id).await?,
            comments: store::comments(db, assessment.id).await?,
            submissions: store::submissions(db, assessment.id).await?,
            assessment,
            round,
        })
    }

    /// The sheet of a page that is about one; without any there is nothing to show.
    async fn wanted(cx: &Cx, pilot: &Pilot) -> Result<Self, AppError> {
        let assessment = chosen(cx, pilot).await?.ok_or(AppError::NotFound)?;
        Self::of(cx, assessment).await
    }

    fn own(&self) -> Answers {
        self.stored
            .iter()
            .map(|(indicator, stored)| (indicator.clone(), stored.answer()))
            .collect()
    }

    fn score(&self) -> Score {
        score(&self.framework, &self.own())
    }

    /// Whether the actor may answer now.
    fn is_editable(&self, standing: &Standing) -> bool {
        standing.is_contact() && self.assessment.state().is_with_the_firm() && self.round.is_open()
    }

    /// Whether the actor may comment and judge evidence now.
    fn is_checkable(&self, standing: &Standing) -> bool {
        standing.can_judge().is_some() && self.assessment.state() == AssessmentState::Submitted && self.round.is_open()
    }

    /// Whether the actor may decide on N/A now.
    fn is_decidable(&self, standing: &Standing) -> bool {
        standing.can_check().is_some() && self.assessment.state() != AssessmentState::Verified && self.round.is_open()
    }

    /// What the present answers are compared with: for the firm what it handed in last, for those who check what was
    /// handed in before that.
    fn base(&self) -> Option<&Submission> {
        let back = if self.assessment.state().is_with_the_firm() { 1 } else { 2 };
        self.submissions.len().checked_sub(back).and_then(|at| self.submissions.get(at))
    }

    /// What changed in an answer since; nothing before the first submission.
    fn changes(&self, indicator: &str) -> Vec<Change> {
        let Some(base) = self.base() else { return Vec::new() };
        let nothing = Said::default();
        let now = self.stored.get(indicator).map_or(&nothing, |stored| &stored.said);
        let own = || self.evidence.iter().filter(|piece| piece.indicator == indicator);
        let is_removed = |piece: &&Evidence| piece.state == EvidenceState::Removed;
        let added = own().filter(|piece| piece.added_at > base.at && !is_removed(piece)).count();
        let removed = own()
            .filter(|piece| is_removed(piece) && piece.added_at <= base.at && piece.decided_at.is_some_and(|at| at > base.at))
            .count();
        changes(base.answers.get(indicator), now, (added, removed))
    }

    /// Evidence of an answer that was not taken back.
    fn evidence_for(&self, indicator: &str) -> impl Iterator<Item = &Evidence> {
        self.evidence
            .iter()
            .filter(move |piece| piece.indicator == indicator && piece.state != EvidenceState::Removed)
    }

    fn comments_on(&self, indicator: &str) -> Vec<&Comment> {
        self.comments.iter().filter(|comment| comment.indicator == indicator).collect()
    }

    /// Pieces of evidence that nobody has looked at.
    fn offered(&self, indicator: &str) -> usize {
        self.evidence_for(indicator).filter(|piece| piece.state == EvidenceState::Offered).count()
    }

    /// The address of a page below the assessment, in this round.
    fn address(&self, pilot: PilotId, below: &str) -> String {
        let base = format!("/firm/{pilot}/assessment{below}");
        if self.round.is_open() {
            base
        } else {
            format!("{base}?round={}", self.round.number)
        }
    }
}

fn dimension_name(lang: Lang, dimension: &Dimension) -> String {
    lang.pick(&dimension.name, &dimension.name_en).to_owned()
}

/// "A1 治理决策"
fn indicator_name(lang: Lang, indicator: &Indicator) -> String {
    format!("{} {}", indicator.id, lang.pick(&indicator.name, &indicator.name_en))
}

fn state_badge(lang: Lang, state: AssessmentState) -> (BadgeTone, String) {
    match state {
        AssessmentState::Draft => (BadgeTone::Neutral, t!(lang, "assessment-state-draft")),
        AssessmentState::Submitted => (BadgeTone::Info, t!(lang, "assessment-state-submitted")),
        AssessmentState::Returned => (BadgeTone::Attention, t!(lang, "assessment-state-returned")),
        AssessmentState::Verified => (BadgeTone::Good, t!(lang, "assessment-state-verified")),
    }
}

fn evidence_badge(lang: Lang, state: EvidenceState) -> (BadgeTone, String) {
    match state {
        EvidenceState::Offered => (BadgeTone::Neutral, t!(lang, "assessment-evidence-offered")),
        EvidenceState::Accepted => (BadgeTone::Good, t!(lang, "assessment-evidence-accepted")),
        EvidenceState::Refused => (BadgeTone::Bad, t!(lang, "assessment-evidence-refused")),
        EvidenceState::Removed => (BadgeTone::Neutral, t!(lang, "assessment-evidence-removed")),
    }
}

/// What changed, in one line.
fn changes_in_words(lang: Lang, changes: &[Change]) -> String {
    let level = |level: Option<crate::benchmarking::rules::Level>| level.map_or_else(|| t!(lang, "assessment-level-none"), |level| level.to_string());
    let word = |change: &Change| match change {
        Change::Level { from, to } => t!(lang, "assessment-change-level", from = level(*from), to = level(*to)),
        Change::NotApplicable => t!(lang, "assessment-change-na"),
        Change::Note => t!(lang, "assessment-change-note"),
        Change::Evidence { added, removed } => t!(lang, "assessment-change-evidence", added = *added, removed = *removed),
    };
    changes.iter().map(word).collect::<Vec<_>>().join(lang.pick("；", "; "))
}

/// The name of a level in words: "3 三年规划分解".
fn level_in_words(lang: Lang, indicator: &Indicator, said: &Said) -> String {
    if said.na {
        return t!(lang, "assessment-na");
    }
    let Some(level) = said.level else {
        return t!(lang, "assessment-level-none");
    };
    let text = indicator.levels.get(usize::from(level.get()) - 1);
    format!("{level} {}", text.map_or("", |text| lang.pick(&text.zh, &text.en)))
}
