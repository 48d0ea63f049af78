//! The pages of verification: a verifier's list, one firm's verification, its proof, and agreement over firms.

mod agreement;
mod desk;
mod dimension;
mod overview;
mod proof;
mod visits;

use axum::Router;

use super::policy;
use super::rules::{Fault, Finding, Obstacle};
use super::store::{self as rows, Sheet};
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::{Dimension, Framework, Indicator, Level};
use crate::benchmarking::store::{self, Assessment, AssessmentState, Pilot, Round};
use crate::clock::day_of;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::routes::page;
use crate::t;

/// The pages of this room.
pub fn routes() -> Router {
    Router::new()
        .route("/desk/verifications", page(desk::list))
        .route("/firm/{pilot}/verification", page(overview::overview))
        .route("/firm/{pilot}/verification/dimensions/{dimension}", page(dimension::dimension))
        .route("/firm/{pilot}/verification/visits/new", page(visits::new))
        .route("/firm/{pilot}/verification/visits/{visit}", page(visits::visit))
        .route("/firm/{pilot}/verification/proof", page(proof::proof))
        .route("/city/verifications", page(agreement::agreement))
}

/// One firm's assessment in one round, as the page at hand shows it.
struct Case {
    pilot: Pilot,
    standing: Standing,
    round: Round,
    assessment: Assessment,
    framework: Framework,
    sheet: Sheet,
    /// Every assessment of the firm, the first round first.
    all: Vec<Assessment>,
}

impl Case {
    /// Verdicts may be given: the firm has handed in, and the round is open.
    fn is_open(&self) -> bool {
        self.assessment.state() == AssessmentState::Submitted && self.round.is_open()
    }

    fn is_verified(&self) -> bool {
        self.assessment.state() == AssessmentState::Verified
    }

    fn verifies(&self) -> bool {
        self.is_open() && self.standing.can_verify().is_some()
    }

    fn judges(&self) -> bool {
        self.is_open() && self.standing.can_judge().is_some()
    }

    fn reads_verdicts(&self) -> bool {
        policy::reads_verdicts(&self.standing, self.assessment.state())
    }

    /// Whether this is the firm's latest assessment; earlier ones are named in addresses.
    fn is_latest(&self) -> bool {
        self.all.last().is_none_or(|latest| latest.id == self.assessment.id)
    }

    /// An address below the firm's verification, of this round.
    fn href(&self, below: &str) -> String {
        let path = format!("/firm/{}/verification{below}", self.pilot.id);
        if self.is_latest() {
            path
        } else {
            format!("{path}?round={}", self.assessment.number)
        }
    }
}

/// What there is at a firm's address.
enum Found {
    Case(Box<Case>),
    /// The firm has not begun to assess itself.
    NotBegun(Box<Pilot>, Standing),
}

/// The firm of the address, with its assessment in the round that `?round=` names, or else in its latest.
async fn find(cx: &Cx) -> Result<Found, AppError> {
    let db = &cx.app.db;
    let (pilot, standing) = pilot_of(cx).await?;
    let all = store::assessments_of(db, pilot.id).await?;
    let chosen = match cx.query("round") {
        None => all.last().cloned(),
        Some(number) => {
            let found = number.parse().ok().and_then(|number: i64| all.iter().find(|one| one.number == number));
            Some(found.cloned().ok_or(AppError::NotFound)?)
        }
    };
    let Some(assessment) = chosen else {
        return Ok(Found::NotBegun(Box::new(pilot), standing));
    };
    let round = store::round(db, assessment.round_id).await?;
    let framework = store::framework(db, round.framework_id).await?;
    let day = assessment.verified_at.map_or_else(|| day_of(cx.now), day_of);
    let sheet = rows::sheet(db, assessment.id, day).await?;
    Ok(Found::Case(Box::new(Case {
        pilot,
        standing,
        round,
        assessment,
        framework,
        sheet,
        all,
    })))
}

/// The same for a page that there is only with an assessment.
async fn case(cx: &Cx) -> Result<Case, AppError> {
    match find(cx).await? {
        Found::Case(case) => Ok(*case),
        Found::NotBegun(..) => Err(AppError::NotFound),
    }
}

fn dimension_name(lang: Lang, dimension: &Dimension) -> String {
    format!("{} {}", dimension.id, lang.pick(&dimension.name, &dimension.name_en))
}

fn indicator_name(lang: Lang, indicator: &Indicator) -> String {
    format!("{} {}", indicator.id, lang.pick(&indicator.name, &indicator.name_en))
}

/// A level in one word.
fn level_short(lang: Lang, level: Level) -> String {
    t!(lang, "verification-level", n = i64::from(level.get()))
}

/// A level with what it looks like.
fn level_text(lang: Lang, indicator: &Indicator, level: Level) -> String {
    let text = indicator.levels.get(usize::from(level.get()) - 1);
    let text = text.map(|text| lang.pick(&text.zh, &text.en)).unwrap_or_default();
    t!(lang, "verification-level-text", n = i64::from(level.get()), text = text.to_owned())
}

fn finding_short(lang: Lang, finding: Finding) -> String {
    match finding {
        Finding::Level(level) => level_short(lang, level),
        Finding::NotApplicable => t!(lang, "verification-na"),
    }
}

fn finding_text(lang: Lang, indicator: &Indicator, finding: Finding) -> String {
    match finding {
        Finding::Level(level) => level_text(lang, indicator, level),
        Finding::NotApplicable => t!(lang, "verification-na-confirmed"),
    }
}

/// What stands in the way, in words.
fn obstacle_text(lang: Lang, obstacle: Obstacle) -> String {
    match obstacle {
        Obstacle::Missing => t!(lang, "verification-obstacle-missing"),
        Obstacle::Stale => t!(lang, "verification-obstacle-stale"),
        Obstacle::Undecided(n) => t!(lang, "verification-obstacle-undecided", n = n),
        Obstacle::Unfounded(Fault::AboveCap(cap)) => t!(lang, "verification-obstacle-above-cap", cap = i64::from(cap.get())),
        Obstacle::Unfounded(Fault::NotApproved) => t!(lang, "verification-obstacle-na"),
    }
}
