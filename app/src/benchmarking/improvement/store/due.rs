//! Actions of many firms by their day: what coordinators see, and who is told when.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::accounts::rules::like_anywhere;
use crate::benchmarking::improvement::rules::{ActionState, Priority, SOON_DAYS, days_late};
use crate::benchmarking::policy::PilotScope;
use crate::benchmarking::store::within;
use crate::clock::day_of;
use crate::db::{Db, Query, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{ActionId, FirmId, PersonId, PilotId, Region};
use crate::notices;
use crate::paging::{Paged, Step};
use crate::state::App;

/// How many actions a page of the desk shows.
const PAGE: i64 = 30;
/// So many reminders of one kind at one tick; the others at the next.
const AT_ONCE: i64 = 50;

crate::words! {
    /// Which actions the desk lists.
    pub enum Show {
        /// Past their day and not done.
        Late = "late",
        /// All that are planned or being done, the late ones first.
        Open = "open",
        /// With evidence that waits for a decision.
        Evidence = "evidence",
    }
}

/// What narrows the desk's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueFilter {
    pub show: Show,
    pub county: Option<Region>,
    /// Letters of a firm's name, or its pinyin initials.
    pub words: String,
    pub priority: Option<Priority>,
}

/// An action in the desk's list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DueRow {
    pub id: ActionId,
    pub pilot: PilotId,
    pub firm: String,
    pub region: Region,
    pub indicator: String,
    pub title: String,
    pub owner: String,
    pub due_on: NaiveDate,
    priority: i64,
    #[sqlx(try_from = "String")]
    pub state: ActionState,
    pub progress: i64,
    pub offered: i64,
}

impl DueRow {
    pub fn priority(&self) -> Priority {
        Priority::new(self.priority).unwrap_or(Priority::ALL[2])
    }

    pub fn days_late(&self, today: NaiveDate) -> Option<i64> {
        days_late(self.state, self.due_on, today)
    }
}

/// Narrows a query over `actions a` of `pilots p` at `firms f` to firms that take part and to what is to be shown.
fn shown(query: Query, show: Show, today: NaiveDate) -> Query {
    let query = query.push(" AND p.state = 'chosen'");
    match show {
        Show::Late => query.push(" AND a.state IN ('planned', 'doing') AND a.due_on < ").push_bind(today),
        Show::Open => query.push(" AND a.state IN ('planned', 'doing')"),
        Show::Evidence => query.push(" AND EXISTS (SELECT 1 FROM action_evidence e WHERE e.action_id = a.id AND e.state = 'offered')"),
    }
}

/// A page of the actions in a scope, by their day: the longest late first.
pub async fn due(db: &Db, scope: &PilotScope, filter: &DueFilter, today: NaiveDate, step: Step<ActionId>) -> Result<Paged<DueRow>, AppError> {
    let query = sql(
        "SELECT a.id, p.id AS pilot, f.name AS firm, p.region, a.indicator, a.title, a.owner, a.due_on, a.priority, a.state, a.progress,
            (SELECT COUNT(*) FROM action_evidence e WHERE e.action_id = a.id AND e.state = 'offered') AS offered
         FROM actions a JOIN pilots p ON p.id = a.pilot_id JOIN firms f ON f.id = p.firm_id WHERE ",
    );
    let mut query = shown(within(query, scope), filter.show, today);
    if let Some(county) = &filter.county {
        query = query.push(" AND p.region = ").push_bind(county);
    }
    if let Some(priority) = filter.priority {
        query = query.push(" AND a.priority = ").push_bind(priority.get());
    }
    if !filter.words.is_empty() {
        let pattern = like_anywhere(&filter.words);
        query = query.push(" AND (lower(f.name) LIKE ").push_bind(&pattern);
        query = query.push(" ESCAPE '!' OR f.initials LIKE ").push_bind(&pattern).push(" ESCAPE '!')");
    }
    let query = match step {
        Step::First => query.push(" ORDER BY a.due_on, a.id"),
        Step::After(id) => query
            .push(" AND (a.due_on, a.id) > (SELECT k.due_on, k.id FROM actions k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY a.due_on, a.id"),
        Step::Before(id) => query
            .push(" AND (a.due_on, a.id) < (SELECT k.due_on, k.id FROM actions k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY a.due_on DESC, a.id DESC"),
    };
    let rows = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

/// How many actions of a scope there are of each kind that the desk lists.
pub async fn figures(db: &Db, scope: &PilotScope, today: NaiveDate) -> Result<BTreeMap<Show, i64>, AppError> {
    let query = sql(
        "SELECT CAST(COALESCE(SUM(CASE WHEN a.state IN ('planned', 'doing') AND a.due_on < $1 THEN 1 ELSE 0 END), 0) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN a.state IN ('planned', 'doing') THEN 1 ELSE 0 END), 0) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM action_evidence e WHERE e.action_id = a.id AND e.state = 'offered')
                THEN 1 ELSE 0 END), 0) AS BIGINT)
         FROM actions a JOIN pilots p ON p.id = a.pilot_id WHERE p.state = 'chosen' AND ",
    )
    .bind(today);
    let (late, open, evidence): (i64, i64, i64) = within(query, scope).one(db).await?;
    Ok(BTreeMap::from([(Show::Late, late), (Show::Open, open), (Show::Evidence, evidence)]))
}

/// An action whose people are to be told, and what for.
#[derive(sqlx::FromRow)]
struct Told {
    id: ActionId,
    pilot: PilotId,
    firm_id: FirmId,
    firm: String,
    region: Region,
    title: String,
    due_on: NaiveDate,
}

/// The two things said about an action's day.
const KINDS: [(&str, &str); 2] = [("late", "improvement-notice-late"), ("soon", "improvement-notice-soon")];

/// Tells the firm's contacts and the county's coordinators of actions that are due within a week or have become late: once
/// for each day that an action was due on, whichever process does it. Answers how many actions were spoken of.
pub async fn remind(app: &App, now: DateTime<Utc>) -> Result<usize, AppError> {
    let today = day_of(now);
    let mut spoken = 0;
    for (kind, text) in KINDS {
        let found = untold(&app.db, kind, today).await?;
        if found.is_empty() {
            continue;
        }
        let people = people_of(&app.db, &found).await?;
        for action in &found {
            let mut tx = app.db.begin().await?;
            if claim(&mut tx, action, kind, now).await? {
                tell(&mut tx, app, now, action, text, &people).await?;
                tx.commit().await?;
                spoken += 1;
            }
        }
    }
    Ok(spoken)
}

/// Open actions of firms that take part, of which this was not yet said for the day that they are due on.
async fn untold(db: &Db, kind: &'static str, today: NaiveDate) -> Result<Vec<Told>, AppError> {
    let query = sql("SELECT a.id, p.id AS pilot, p.firm_id, f.name AS firm, p.region, a.title, a.due_on
         FROM actions a JOIN pilots p ON p.id = a.pilot_id JOIN firms f ON f.id = p.firm_id
         WHERE a.state IN ('planned', 'doing') AND p.state = 'chosen'
           AND NOT EXISTS (SELECT 1 FROM action_reminders r WHERE r.action_id = a.id AND r.kind = $1 AND r.due_on = a.due_on)")
    .bind(kind);
    let query = if kind == "late" {
        query.push(" AND a.due_on < ").push_bind(today)
    } else {
        let last = today + TimeDelta::days(SOON_DAYS);
        query.push(" AND a.due_on >= ").push_bind(today).push(" AND a.due_on <= ").push_bind(last)
    };
    Ok(query.push(" ORDER BY a.due_on, a.id LIMIT ").push_bind(AT_ONCE).all(db).await?)
}

/// Contacts of the firms and coordinators of the counties, by the firm and by the county.
struct People {
    contacts: Vec<(FirmId, PersonId)>,
    coordinators: Vec<(Region, PersonId)>,
}

async fn people_of(db: &Db, actions: &[Told]) -> Result<People, AppError> {
    let contacts = sql("SELECT DISTINCT firm_id, person_id FROM grants WHERE role = 'firm' AND firm_id")
        .push_in(actions.iter().map(|action| action.firm_id))
        .all(db)
        .await?;
    let coordinators = sql("SELECT DISTINCT region, person_id FROM grants WHERE role = 'county' AND region")
        .push_in(actions.iter().map(|action| action.region.clone()))
        .all(db)
        .await?;
    Ok(People { contacts, coordinators })
}

/// Whether this process is the one to say it, and it is still to be said: the row's key lets only one in.
async fn claim(tx: &mut Tx, action: &Told, kind: &'static str, now: DateTime<Utc>) -> Result<bool, AppError> {
    let rows = sql("INSERT INTO action_reminders (action_id, kind, due_on, told_at)
         SELECT a.id, $2, a.due_on, $4 FROM actions a WHERE a.id = $1 AND a.due_on = $3 AND a.state IN ('planned', 'doing')
         ON CONFLICT DO NOTHING")
    .bind(action.id)
    .bind(kind)
    .bind(action.due_on)
    .bind(now)
    .run(tx)
    .await?;
    Ok(rows == 1)
}

async fn tell(tx: &mut Tx, app: &App, now: DateTime<Utc>, action: &Told, text: &'static str, people: &People) -> Result<(), AppError> {
    let text = Problem::new(text)
        .with("firm", &action.firm)
        .with("title", &action.title)
        .with("day", action.due_on);
    let link = format!("/firm/{}/actions/{}", action.pilot, action.id);
    let contacts = people
        .contacts
        .iter()
        .filter(|(firm, _)| *firm == action.firm_id)
        .map(|(_, person)| *person);
    let coordinators = people
        .coordinators
        .iter()
        .filter(|(region, _)| *region == action.region)
        .map(|(_, person)| *person);
    // Somebody may be both; one message is enough.
    let all: std::collections::BTreeSet<PersonId> = contacts.chain(coordinators).collect();
    for person in all {
        notices::tell(tx, app, now, person, &text, &link).await?;
    }
    Ok(())
}
