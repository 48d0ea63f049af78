//! Lists of nominations: filtered, searched, in one of several orders, paged by key.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::accounts::rules::like_anywhere;
use crate::benchmarking::policy::PilotScope;
use crate::benchmarking::rules::PilotState;
use crate::benchmarking::store::within;
use crate::db::{Db, Query, sql};
use crate::error::AppError;
use crate::firms::Category;
use crate::ids::{CohortId, FirmId, PilotId, Region};
use crate::paging::{Paged, Step};

/// How many nominations a page shows.
const PAGE: i64 = 50;
/// How many firms are offered to come in another's place.
const CANDIDATES: i64 = 30;

/// A nomination in a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    pub id: PilotId,
    pub cohort_id: CohortId,
    pub cohort_name: String,
    pub firm_id: FirmId,
    pub firm_name: String,
    pub region: Region,
    pub category: String,
    state: String,
    pub nominated_at: DateTime<Utc>,
    /// How many documents came with it.
    pub documents: i64,
}

impl Row {
    pub fn state(&self) -> PilotState {
        PilotState::parse(&self.state).unwrap_or(PilotState::Nominated)
    }
}

crate::words! {
    /// Which nominations are shown.
    pub enum View {
        All = "all",
        /// To be screened.
        Nominated = "nominated",
        /// May be chosen.
        Screened = "screened",
        /// Holds a place.
        Chosen = "chosen",
        /// No longer, or never, one of them.
        Out = "out",
    }
}

impl View {
    pub fn states(self) -> &'static [PilotState] {
        use PilotState::{Chosen, Completed, Declined, Nominated, Screened, Substituted, Terminated, Withdrawn};
        match self {
            Self::All => &PilotState::ALL,
            Self::Nominated => &[Nominated],
            Self::Screened => &[Screened],
            Self::Chosen => &[Chosen, Completed],
            Self::Out => &[Declined, Withdrawn, Substituted, Terminated],
        }
    }
}

crate::words! {
    /// The order of a list.
    pub enum Sort {
        /// The first nominated first.
        Time = "time",
        /// By the letters of the firm's name.
        Name = "name",
        /// By county, then by name.
        County = "county",
        /// By category, then by name.
        Category = "category",
    }
}

/// What of the nominations is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub cohort: Option<CohortId>,
    /// Part of the firm's name or code, or the first letters of the name.
    pub words: String,
    pub region: Option<Region>,
    pub category: Option<Category>,
    pub view: View,
    pub sort: Sort,
}

impl Filter {
    /// Everything of a cohort.
    pub fn of(cohort: CohortId) -> Self {
        Self {
            cohort: Some(cohort),
            words: String::new(),
            region: None,
            category: None,
            view: View::All,
            sort: Sort::Time,
        }
    }

    /// Whether anything is left out on purpose.
    pub fn is_narrow(&self) -> bool {
        !self.words.is_empty() || self.region.is_some() || self.category.is_some() || self.view != View::All
    }
}

const ROW: &str = "SELECT p.id, p.cohort_id, c.name AS cohort_name, p.firm_id, f.name AS firm_name, p.region, p.category, p.state, p.nominated_at,
        (SELECT COUNT(*) FROM pilot_documents d WHERE d.pilot_id = p.id) AS documents
    FROM pilots p JOIN firms f ON f.id = p.firm_id JOIN cohorts c ON c.id = p.cohort_id WHERE ";

/// One page of the nominations that a scope covers.
pub async fn list(db: &Db, scope: &PilotScope, filter: &Filter, step: Step<PilotId>) -> Result<Paged<Row>, AppError> {
    let query = wanted(within(sql(ROW), scope), filter);
    let query = stepped(query, filter.sort, &step);
    let rows = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

/// How many nominations of each state a scope covers, in one cohort or in all.
pub async fn counts(db: &Db, scope: &PilotScope, cohort: Option<CohortId>) -> Result<HashMap<PilotState, i64>, AppError> {
    let query = within(sql("SELECT p.state, COUNT(*) FROM pilots p WHERE "), scope);
    let query = of_cohort(query, cohort).push(" GROUP BY p.state");
    let rows: Vec<(String, i64)> = query.all(db).await?;
    Ok(rows.into_iter().filter_map(|(state, n)| Some((PilotState::parse(&state)?, n))).collect())
}

/// Firms of a cohort that may come in another's place, those that are screened first.
pub async fn candidates(db: &Db, scope: &PilotScope, cohort: CohortId, words: &str) -> Result<Vec<Row>, AppError> {
    let query = of_cohort(within(sql(ROW), scope), Some(cohort));
    let query = named(query, words);
    Ok(query
        .push(" AND p.state IN ('nominated', 'screened') ORDER BY p.state DESC, f.initials, f.name, p.id LIMIT ")
        .push_bind(CANDIDATES)
        .all(db)
        .await?)
}

fn of_cohort(query: Query, cohort: Option<CohortId>) -> Query {
    match cohort {
        Some(cohort) => query.push(" AND p.cohort_id = ").push_bind(cohort),
        None => query,
    }
}

fn named(query: Query, words: &str) -> Query {
    if words.is_empty() {
        return query;
    }
    let pattern = like_anywhere(words);
    let query = query.push(" AND (lower(f.name) LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
    let query = query.push(" OR lower(f.credit_code) LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
    query.push(" OR f.initials LIKE ").push_bind(&pattern).push(" ESCAPE '!')")
}

fn wanted(query: Query, filter: &Filter) -> Query {
    let query = named(of_cohort(query, filter.cohort), &filter.words);
    let query = match &filter.region {
        Some(region) => query.push(" AND p.region = ").push_bind(region),
        None => query,
    };
    let query = match filter.category {
        Some(category) => query.push(" AND p.category = ").push_bind(category.as_str()),
        None => query,
    };
    if filter.view == View::All {
        return query;
    }
    query
        .push(" AND p.state")
        .push_in(filter.view.states().iter().map(|state| state.as_str()))
}

/// The columns of an order: of the row, of the key's row, and both ways to sort by them.
struct Order {
    row: &'static str,
    key: &'static str,
    up: &'static str,
    down: &'static str,
}

fn order(sort: Sort) -> Order {
    match sort {
        Sort::Time => Order {
            row: "(p.nominated_at, p.id)",
            key: "k.nominated_at, k.id",
            up: " ORDER BY p.nominated_at, p.id",
            down: " ORDER BY p.nominated_at DESC, p.id DESC",
        },
        Sort::Name => Order {
            row: "(f.initials, f.name, p.id)",
            key: "g.initials, g.name, k.id",
            up: " ORDER BY f.initials, f.name, p.id",
            down: " ORDER BY f.initials DESC, f.name DESC, p.id DESC",
        },
        Sort::County => Order {
            row: "(p.region, f.initials, f.name, p.id)",
            key: "k.region, g.initials, g.name, k.id",
            up: " ORDER BY p.region, f.initials, f.name, p.id",
            down: " ORDER BY p.region DESC, f.initials DESC, f.name DESC, p.id DESC",
        },
        Sort::Category => Order {
            row: "(p.category, f.initials, f.name, p.id)",
            key: "k.category, g.initials, g.name, k.id",
            up: " ORDER BY p.category, f.initials, f.name, p.id",
            down: " ORDER BY p.category DESC, f.initials DESC, f.name DESC, p.id DESC",
        },
    }
}

fn stepped(query: Query, sort: Sort, step: &Step<PilotId>) -> Query {
    let order = order(sort);
    let beyond = |query: Query, sign, id: PilotId| {
        let query = query.push(" AND ").push(order.row).push(sign).push("(SELECT ").push(order.key);
        query
            .push(" FROM pilots k JOIN firms g ON g.id = k.firm_id WHERE k.id = ")
            .push_bind(id)
            .push(")")
    };
    match step {
        Step::First => query.push(order.up),
        Step::After(id) => beyond(query, " > ", *id).push(order.up),
        Step::Before(id) => beyond(query, " < ", *id).push(order.down),
    }
}
