//! What the results are made of: pilots of a scope with their latest assessment, and one firm's figures.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::accounts::rules::{like_anywhere, search_words};
use crate::benchmarking::improvement::facts;
use crate::benchmarking::policy::PilotScope;
use crate::benchmarking::rules::exact::{Exact, read};
use crate::benchmarking::rules::peers::{self, Place};
use crate::benchmarking::rules::score::{Score, score};
use crate::benchmarking::rules::{AtGate, Framework, Level, PilotState, Stage};
use crate::benchmarking::store::scores::{ThreeLevels, three_of_many};
use crate::benchmarking::store::{self, Assessment, Pilot, Round, within};
use crate::db::{Db, Query, sql};
use crate::error::AppError;
use crate::ids::{AssessmentId, CohortId, FrameworkId, PilotId, Region};
use crate::paging::{Paged, Step};

/// Firms on one page of the programme.
const PAGE: i64 = 50;
/// More firms than a cohort has.
const MOST: i64 = 300;

/// A pilot firm in the list of the programme.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    pub id: PilotId,
    pub firm_name: String,
    pub cohort_id: CohortId,
    pub cohort: String,
    pub region: Region,
    pub category: String,
    state: String,
    stage: Option<String>,
    gate: String,
    /// State of the assessment in the open round, once there is one.
    pub assessment: Option<String>,
}

impl Row {
    pub fn state(&self) -> PilotState {
        PilotState::parse(&self.state).unwrap_or(PilotState::Nominated)
    }

    pub fn stage(&self) -> Option<Stage> {
        self.stage.as_deref().and_then(Stage::parse)
    }

    pub fn gate(&self) -> AtGate {
        AtGate::parse(&self.gate).unwrap_or(AtGate::Open)
    }
}

/// What of the programme is asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub words: String,
    pub station: Option<Station>,
    pub region: Option<Region>,
    pub category: Option<String>,
}

/// Where firms of the programme stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Station {
    /// Working in a stage.
    In(Stage),
    /// Through all four.
    Completed,
}

impl Station {
    /// The word in addresses for those who are through.
    pub const COMPLETED: &str = "completed";

    /// Reads the word of a stage or [`Self::COMPLETED`].
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            Self::COMPLETED => Some(Self::Completed),
            _ => Stage::parse(word).map(Self::In),
        }
    }
}

const ROW: &str = "SELECT p.id, f.name AS firm_name, p.cohort_id, c.name AS cohort, p.region, p.category, p.state, p.stage, p.gate,
        (SELECT a.state FROM assessments a JOIN rounds r ON r.id = a.round_id WHERE a.pilot_id = p.id ORDER BY r.number DESC LIMIT 1) AS assessment
    FROM pilots p JOIN firms f ON f.id = p.firm_id JOIN cohorts c ON c.id = p.cohort_id WHERE p.state IN ('chosen', 'completed') AND ";

/// One page of the firms in the programme, by the letters of their names.
pub async fn list(db: &Db, scope: &PilotScope, filter: &Filter, step: Step<PilotId>) -> Result<Paged<Row>, AppError> {
    let query = wanted(within(sql(ROW), scope), filter);
    let key = "(SELECT g.initials, g.name, k.id FROM pilots k JOIN firms g ON g.id = k.firm_id WHERE k.id = ";
    let query = match step {
        Step::First => query.push(" ORDER BY f.initials, f.name, p.id"),
        Step::After(id) => query
            .push(" AND (f.initials, f.name, p.id) > ")
            .push(key)
            .push_bind(id)
            .push(") ORDER BY f.initials, f.name, p.id"),
        Step::Before(id) => query
            .push(" AND (f.initials, f.name, p.id) < ")
            .push(key)
            .push_bind(id)
            .push(") ORDER BY f.initials DESC, f.name DESC, p.id DESC"),
    };
    let rows = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

fn wanted(query: Query, filter: &Filter) -> Query {
    let query = match filter.station {
        Some(Station::In(stage)) => query.push(" AND p.state = 'chosen' AND p.stage = ").push_bind(stage.as_str()),
        Some(Station::Completed) => query.push(" AND p.state = 'completed'"),
        None => query,
    };
    let query = match &filter.region {
        Some(region) => query.push(" AND p.region = ").push_bind(region),
        None => query,
    };
    let query = match &filter.category {
        Some(category) => query.push(" AND p.category = ").push_bind(category.as_str()),
        None => query,
    };
    let words = search_words(&filter.words);
    if words.is_empty() {
        return query;
    }
    let pattern = like_anywhere(&words);
    let query = query.push(" AND (lower(f.name) LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
    let query = query.push(" OR lower(f.credit_code) LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
    query.push(" OR f.initials LIKE ").push_bind(&pattern).push(" ESCAPE '!')")
}

/// How many firms of a scope stand in each stage, and how many have completed all four.
pub async fn funnel(db: &Db, scope: &PilotScope) -> Result<([i64; 4], i64), AppError> {
    let query = sql("SELECT p.state, p.stage, COUNT(*) FROM pilots p WHERE p.state IN ('chosen', 'completed') AND ");
    let rows: Vec<(String, Option<String>, i64)> = within(query, scope).push(" GROUP BY p.state, p.stage").all(db).await?;
    let mut stages = [0; 4];
    let mut completed = 0;
    for (state, stage, count) in rows {
        if state == "completed" {
            completed += count;
        } else if let Some(place) = Stage::ALL.iter().position(|known| stage.as_deref() == Some(known.as_str())) {
            stages[place] += count;
        }
    }
    Ok((stages, completed))
}

/// Which of the three scores a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    Verified,
    Capped,
}

/// A firm on the heat map.
#[derive(Debug, Clone)]
pub struct Heat {
    pub row: Row,
    /// Verified where it is verified, as far as evidence carries it before; none while nothing is answered.
    pub score: Option<(Basis, Score)>,
}

/// The heat map's firms of a scope, by stage, with the dimensions of the framework that the latest of them is measured by.
pub async fn heat(db: &Db, scope: &PilotScope, today: NaiveDate) -> Result<(Option<Framework>, Vec<Heat>), AppError> {
    let rows: Vec<Row> = within(sql(ROW), scope)
        .push(" ORDER BY p.stage, f.initials, f.name, p.id LIMIT ")
        .push_bind(MOST)
        .all(db)
        .await?;
    let latest = latest(db, rows.iter().map(|row| row.id)).await?;
    let frameworks = frameworks_of(db, latest.values().map(|(_, framework)| *framework)).await?;
    let pairs: Vec<(&Assessment, &Framework)> = latest
        .values()
        .filter_map(|(assessment, framework)| Some((assessment, frameworks.get(framework)?)))
        .collect();
    let levels = three_of_many(db, &pairs, today).await?;
    let mut firms: Vec<Heat> = rows
        .into_iter()
        .map(|row| {
            let score = latest.get(&row.id).and_then(|(assessment, framework)| {
                let framework = frameworks.get(framework)?;
                best(framework, assessment, levels.get(&assessment.id)?)
            });
            Heat { row, score }
        })
        .collect();
    firms.sort_by_key(|firm| firm.row.stage().map(|stage| Stage::ALL.iter().position(|known| *known == stage)));
    Ok((frameworks.into_values().next_back(), firms))
}

/// The verified score of a verified assessment, else the evidence-capped one; none while nothing is answered.
fn best(framework: &Framework, assessment: &Assessment, levels: &ThreeLevels) -> Option<(Basis, Score)> {
    if assessment.verified_at.is_some() {
        return Some((Basis::Verified, score(framework, &levels.verified)));
    }
    let is_begun = levels.own.values().any(|answer| !answer.is_missing());
    is_begun.then(|| (Basis::Capped, score(framework, &levels.capped)))
}

/// The latest assessment of each pilot with the framework of its round.
async fn latest(db: &Db, pilots: impl Iterator<Item = PilotId>) -> Result<BTreeMap<PilotId, (Assessment, FrameworkId)>, AppError> {
    let found = store::assessments_of_many(db, pilots).await?;
    // In the order of the rounds: the last one stays.
    Ok(found
        .into_iter()
        .map(|(assessment, framework)| (assessment.pilot_id, (assessment, framework)))
        .collect())
}

async fn frameworks_of(db: &Db, ids: impl Iterator<Item = FrameworkId>) -> Result<BTreeMap<FrameworkId, Framework>, AppError> {
    let mut ids: Vec<FrameworkId> = ids.collect();
    ids.sort();
    ids.dedup();
    let rows: Vec<(FrameworkId, String)> = sql("SELECT id, content FROM frameworks WHERE id").push_in(ids).all(db).await?;
    rows.into_iter()
        .map(|(id, content)| {
            let framework = serde_json::from_str(&content).map_err(|error| AppError::internal(&error))?;
            Ok((id, framework))
        })
        .collect()
}

/// One firm's assessment of one round, with its three scores.
#[derive(Debug, Clone)]
pub struct Scored {
    pub assessment: Assessment,
    pub framework: Framework,
    pub levels: ThreeLevels,
    pub own: Score,
    pub capped: Score,
    /// None before it is verified.
    pub verified: Option<Score>,
}

/// Every assessment of a firm with its scores, the first round first.
pub async fn scored(db: &Db, pilot: PilotId, today: NaiveDate) -> Result<Vec<Scored>, AppError> {
    let found = store::assessments_of_many(db, std::iter::once(pilot)).await?;
    let frameworks = frameworks_of(db, found.iter().map(|(_, framework)| *framework)).await?;
    let pairs: Vec<(&Assessment, &Framework)> = found
        .iter()
        .filter_map(|(assessment, framework)| Some((assessment, frameworks.get(framework)?)))
        .collect();
    let mut levels: BTreeMap<AssessmentId, ThreeLevels> = three_of_many(db, &pairs, today).await?;
    let scored = pairs.iter().filter_map(|(assessment, framework)| {
        let levels = levels.remove(&assessment.id)?;
        Some(Scored {
            assessment: (*assessment).clone(),
            framework: (*framework).clone(),
            own: score(framework, &levels.own),
            capped: score(framework, &levels.capped),
            verified: assessment.verified_at.is_some().then(|| score(framework, &levels.verified)),
            levels,
        })
    });
    Ok(scored.collect())
}

/// What a firm aims at: its targets and its primary benchmark, by indicator.
pub struct Aims {
    pub targets: BTreeMap<String, Level>,
    pub benchmark: BTreeMap<String, Level>,
}

pub async fn aims(db: &Db, pilot: PilotId) -> Result<Aims, AppError> {
    Ok(Aims {
        targets: facts::targets(db, pilot).await?,
        benchmark: facts::benchmark_levels(db, pilot).await?,
    })
}

/// Why a firm has no place among its peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peers {
    /// No round of the cohort is closed yet.
    NoRound,
    /// The firm was not verified in it.
    NotVerified,
    /// Too much of it was N/A.
    NotComparable,
    Placed(Place),
}

#[derive(sqlx::FromRow)]
struct Frozen {
    pilot_id: PilotId,
    comparable: bool,
    total: String,
}

/// A firm's place among the firms of its category in the latest closed round, by frozen verified scores; among all of the
/// cohort where the category is too small.
pub async fn peers(db: &Db, pilot: &Pilot, rounds: &[Round]) -> Result<(Peers, bool), AppError> {
    let Some(round) = rounds.iter().rev().find(|round| !round.is_open()) else {
        return Ok((Peers::NoRound, false));
    };
    let frozen: Vec<Frozen> = sql("SELECT pilot_id, comparable, total FROM frozen_scores WHERE round_id = $1")
        .bind(round.id)
        .all(db)
        .await?;
    let Some(own) = frozen.iter().find(|row| row.pilot_id == pilot.id) else {
        return Ok((Peers::NotVerified, false));
    };
    let Some(total) = read(&own.total).filter(|_| own.comparable) else {
        return Ok((Peers::NotComparable, false));
    };
    let alike: Vec<(PilotId,)> = sql("SELECT pilot_id FROM frozen_scores WHERE round_id = $1 AND category = $2")
        .bind(round.id)
        .bind(pilot.category.as_str())
        .all(db)
        .await?;
    let others = |among: &dyn Fn(PilotId) -> bool| -> Vec<Exact> {
        let others = frozen
            .iter()
            .filter(|row| row.comparable && row.pilot_id != pilot.id && among(row.pilot_id));
        others.filter_map(|row| read(&row.total)).collect()
    };
    let of_category = peers::place(total, &others(&|id| alike.iter().any(|(known,)| *known == id)));
    Ok(match of_category {
        Place::Suppressed { .. } => (Peers::Placed(peers::place(total, &others(&|_| true))), false),
        placed => (Peers::Placed(placed), true),
    })
}
