//! Rows of frameworks. What is published never changes: every write of content names the state that it may write to.

use chrono::{DateTime, Utc};

use super::default;
use super::difference::version_problem;
use super::policy::ReadPermit;
use super::rules::{FrameworkState, Version, unfinished};
use crate::audit;
use crate::benchmarking::policy::ProgrammePermit;
use crate::benchmarking::rules::Framework;
use crate::clock::Chance;
use crate::db::{On, Tx, sql};
use crate::error::{AppError, FieldProblem, Problem};
use crate::ids::FrameworkId;
use crate::paging::{Paged, Step};
use crate::state::App;

/// Versions on one page of the list.
pub const PAGE: usize = 20;
/// One more than a page tells whether there is another.
const PAGE_AND_ONE: i64 = 21;
/// The most versions offered for comparing.
const MOST_OFFERED: i64 = 100;

/// A version in the list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    pub id: FrameworkId,
    pub name: String,
    pub version: String,
    #[sqlx(try_from = "String")]
    pub state: FrameworkState,
    pub created_at: DateTime<Utc>,
    pub published_at: Option<DateTime<Utc>>,
    /// How many rounds pin it.
    pub rounds: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: FrameworkId,
    #[sqlx(try_from = "String")]
    state: FrameworkState,
    content: String,
    created_at: DateTime<Utc>,
    created_by: Option<String>,
    published_at: Option<DateTime<Utc>>,
    published_by: Option<String>,
    retired_at: Option<DateTime<Utc>>,
    edition: i64,
    rounds: i64,
}

/// A version with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub id: FrameworkId,
    pub state: FrameworkState,
    pub framework: Framework,
    pub created_at: DateTime<Utc>,
    /// The name of whoever made it; none of what came with the program.
    pub created_by: Option<String>,
    pub published_at: Option<DateTime<Utc>>,
    pub published_by: Option<String>,
    pub retired_at: Option<DateTime<Utc>>,
    /// Counts edits of a draft.
    pub edition: i64,
    /// How many rounds pin it.
    pub rounds: i64,
}

impl Stored {
    pub fn is_draft(&self) -> bool {
        self.state == FrameworkState::Draft
    }

    /// `heluo 1.0`.
    pub fn title(&self) -> String {
        format!("{} {}", self.framework.id, self.framework.version)
    }
}

impl TryFrom<Row> for Stored {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        Ok(Self {
            id: row.id,
            state: row.state,
            framework: serde_json::from_str(&row.content).map_err(|error| AppError::internal(&error))?,
            created_at: row.created_at,
            created_by: row.created_by,
            published_at: row.published_at,
            published_by: row.published_by,
            retired_at: row.retired_at,
            edition: row.edition,
            rounds: row.rounds,
        })
    }
}

const LISTED: &str = "SELECT f.id, f.name, f.version, f.state, f.created_at, f.published_at,
        (SELECT COUNT(*) FROM rounds r WHERE r.framework_id = f.id) AS rounds
    FROM frameworks f ";
const STORED: &str = "SELECT f.id, f.state, f.content, f.created_at, c.name AS created_by, f.published_at, p.name AS published_by, f.retired_at,
        f.edition, (SELECT COUNT(*) FROM rounds r WHERE r.framework_id = f.id) AS rounds
    FROM frameworks f LEFT JOIN people c ON c.id = f.created_by LEFT JOIN people p ON p.id = f.published_by ";

/// Publishes the default framework in a city that has none.
pub async fn found(tx: &mut Tx, chance: &Chance, now: DateTime<Utc>) -> Result<(), AppError> {
    if sql("SELECT COUNT(*) FROM frameworks").count(&mut *tx).await? > 0 {
        return Ok(());
    }
    let framework = default::framework()?;
    sql(
        "INSERT INTO frameworks (id, name, version, state, content, created_at, published_at) VALUES ($1, $2, $3, 'published', $4, $5, $5)
         ON CONFLICT (name, version) DO NOTHING",
    )
    .bind(FrameworkId::new(chance, now))
    .bind(&framework.id)
    .bind(&framework.version)
    .bind(content(&framework)?)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

fn content(framework: &Framework) -> Result<String, AppError> {
    serde_json::to_string(framework).map_err(|error| AppError::internal(&error))
}

/// A page of versions in every state, the newest first.
pub async fn list(on: impl Into<On<'_>>, _permit: &ProgrammePermit, step: Step<FrameworkId>) -> Result<Paged<Listed>, AppError> {
    let query = match step {
        Step::First => sql(LISTED).push("ORDER BY f.id DESC"),
        Step::After(id) => sql(LISTED).push("WHERE f.id < ").push_bind(id).push(" ORDER BY f.id DESC"),
        Step::Before(id) => sql(LISTED).push("WHERE f.id > ").push_bind(id).push(" ORDER BY f.id"),
    };
    let rows = query.push(" LIMIT ").push_bind(PAGE_AND_ONE).all(on).await?;
    Ok(Paged::cut(&step, rows, PAGE))
}

/// The versions that one can be compared with, the newest first.
pub async fn offered(on: impl Into<On<'_>>, _permit: &ProgrammePermit, other_than: FrameworkId) -> Result<Vec<Listed>, AppError> {
    Ok(sql(LISTED)
        .push("WHERE f.id <> ")
        .push_bind(other_than)
        .push(" ORDER BY f.id DESC LIMIT ")
        .push_bind(MOST_OFFERED)
        .all(on)
        .await?)
}

/// The published versions, the newest first, for whoever is measured by them.
pub async fn published(on: impl Into<On<'_>>, _permit: &ReadPermit) -> Result<Vec<Listed>, AppError> {
    Ok(sql(LISTED)
        .push("WHERE f.state = 'published' ORDER BY f.id DESC LIMIT ")
        .push_bind(MOST_OFFERED)
        .all(on)
        .await?)
}

/// A version as somebody may read it; another's draft is not there.
pub async fn readable(on: impl Into<On<'_>>, permit: &ReadPermit, id: FrameworkId) -> Result<Stored, AppError> {
    let stored = stored(on, id).await?;
    if stored.is_draft() && !permit.drafts() {
        return Err(AppError::NotFound);
    }
    Ok(stored)
}

async fn stored(on: impl Into<On<'_>>, id: FrameworkId) -> Result<Stored, AppError> {
    let found: Option<Row> = sql(STORED).push("WHERE f.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)?.try_into()
}

/// The highest version of a framework that was ever published; retired ones count, since rounds were measured by them.
pub async fn latest(tx: &mut Tx, name: &str) -> Result<Option<Stored>, AppError> {
    let versions: Vec<(FrameworkId, String)> = sql("SELECT id, version FROM frameworks WHERE name = $1 AND state <> 'draft'")
        .bind(name)
        .all(&mut *tx)
        .await?;
    let highest = versions.into_iter().max_by_key(|(_, version)| Version::parse(version));
    match highest {
        Some((id, _)) => Ok(Some(stored(tx, id).await?)),
        None => Ok(None),
    }
}

/// Holds the oldest version until the transaction ends: whoever makes, renames or publishes a version waits here, so that
/// a number is not given twice and none is passed over.
async fn lock(tx: &mut Tx) -> Result<(), AppError> {
    sql("UPDATE frameworks SET edition = edition WHERE id = (SELECT f.id FROM frameworks f ORDER BY f.created_at, f.id LIMIT 1)")
        .run(tx)
        .await?;
    Ok(())
}

/// Keeps an imported framework as a draft.
///
/// # Errors
/// Beside the field `text` where the number is taken, by whatever state.
pub async fn import(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProgrammePermit, framework: &Framework) -> Result<FrameworkId, AppError> {
    lock(tx).await?;
    let id = insert(tx, app, now, permit, framework).await?;
    let id = id.ok_or_else(|| AppError::Invalid(vec![taken("text", framework)]))?;
    trail(tx, app, now, permit, "framework.imported", id, framework).await?;
    Ok(id)
}

/// Makes a draft of any version, under the next free major number.
pub async fn copy(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProgrammePermit, of: FrameworkId) -> Result<FrameworkId, AppError> {
    lock(tx).await?;
    let mut framework = stored(&mut *tx, of).await?.framework;
    let versions: Vec<(String,)> = sql("SELECT version FROM frameworks WHERE name = $1")
        .bind(&framework.id)
        .all(&mut *tx)
        .await?;
    let highest = versions.iter().filter_map(|(version,)| Version::parse(version)).max();
    if let Some(highest) = highest {
        framework.version = highest.next_major().to_string();
    }
    let id = insert(tx, app, now, permit, &framework).await?;
    let id = id.ok_or_else(|| AppError::Refused(taken("", &framework).problem))?;
    trail(tx, app, now, permit, "framework.copied", id, &framework).await?;
    Ok(id)
}

async fn insert(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    framework: &Framework,
) -> Result<Option<FrameworkId>, AppError> {
    let id = FrameworkId::new(&app.chance, now);
    let rows = sql(
        "INSERT INTO frameworks (id, name, version, state, content, created_at, created_by) VALUES ($1, $2, $3, 'draft', $4, $5, $6)
         ON CONFLICT (name, version) DO NOTHING",
    )
    .bind(id)
    .bind(&framework.id)
    .bind(&framework.version)
    .bind(content(framework)?)
    .bind(now)
    .bind(permit.by())
    .run(tx)
    .await?;
    Ok((rows == 1).then_some(id))
}

fn taken(field: &str, framework: &Framework) -> FieldProblem {
    FieldProblem::new(field, "frameworks-version-taken")
        .with("id", &framework.id)
        .with("version", &framework.version)
}

/// Writes a draft that was read as `edition`.
///
/// # Errors
/// Refused where somebody else saved it since, or it is no draft any more; beside `version` where the number is taken.
pub async fn save(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    id: FrameworkId,
    edition: i64,
    framework: &Framework,
) -> Result<(), AppError> {
    lock(tx).await?;
    let same = sql("SELECT COUNT(*) FROM frameworks WHERE name = $1 AND version = $2 AND id <> $3")
        .bind(&framework.id)
        .bind(&framework.version)
        .bind(id)
        .count(&mut *tx)
        .await?;
    if same > 0 {
        return Err(AppError::Invalid(vec![taken("version", framework)]));
    }
    let rows =
        sql("UPDATE frameworks SET name = $2, version = $3, content = $4, edition = edition + 1 WHERE id = $1 AND state = 'draft' AND edition = $5")
            .bind(id)
            .bind(&framework.id)
            .bind(&framework.version)
            .bind(content(framework)?)
            .bind(edition)
            .run(tx)
            .await?;
    one_changed(rows)?;
    trail(tx, app, now, permit, "framework.edited", id, framework).await
}

/// Somebody else saved the draft since, or it is none any more.
fn one_changed(rows: u64) -> Result<(), AppError> {
    if rows == 1 {
        Ok(())
    } else {
        Err(AppError::refused("frameworks-conflict"))
    }
}

/// Publishes a draft that was read as `edition`. From then on it never changes.
///
/// # Errors
/// Refused while anything is unfinished, or where its number does not fit what changed since the latest published version.
pub async fn publish(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProgrammePermit, id: FrameworkId, edition: i64) -> Result<(), AppError> {
    lock(tx).await?;
    let draft = stored(&mut *tx, id).await?;
    if !draft.is_draft() {
        return Err(AppError::refused("frameworks-no-draft"));
    }
    let unfinished = unfinished(&draft.framework).len();
    if unfinished > 0 {
        return Err(Problem::new("frameworks-unfinished").with("n", unfinished).into());
    }
    let latest = latest(tx, &draft.framework.id).await?;
    if let Some(problem) = latest.and_then(|latest| version_problem(&latest.framework, &draft.framework)) {
        return Err(problem.into());
    }
    let rows =
        sql("UPDATE frameworks SET state = 'published', published_at = $2, published_by = $3 WHERE id = $1 AND state = 'draft' AND edition = $4")
            .bind(id)
            .bind(now)
            .bind(permit.by())
            .bind(edition)
            .run(tx)
            .await?;
    one_changed(rows)?;
    trail(tx, app, now, permit, "framework.published", id, &draft.framework).await
}

/// Retires a published version: rounds that pin it go on, no new round does.
pub async fn retire(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProgrammePermit, id: FrameworkId) -> Result<(), AppError> {
    let published = stored(&mut *tx, id).await?;
    let rows = sql("UPDATE frameworks SET state = 'retired', retired_at = $2 WHERE id = $1 AND state = 'published'")
        .bind(id)
        .bind(now)
        .run(tx)
        .await?;
    if rows == 0 {
        return Err(AppError::refused("frameworks-not-published"));
    }
    trail(tx, app, now, permit, "framework.retired", id, &published.framework).await
}

/// Throws a draft away.
pub async fn discard(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ProgrammePermit, id: FrameworkId, edition: i64) -> Result<(), AppError> {
    let draft = stored(&mut *tx, id).await?;
    let rows = sql("DELETE FROM frameworks WHERE id = $1 AND state = 'draft' AND edition = $2")
        .bind(id)
        .bind(edition)
        .run(tx)
        .await?;
    one_changed(rows)?;
    trail(tx, app, now, permit, "framework.discarded", id, &draft.framework).await
}

async fn trail(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &ProgrammePermit,
    what: &'static str,
    id: FrameworkId,
    framework: &Framework,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind: "framework",
        subject_id: id.to_string(),
        region: None,
        detail: format!("{} {}", framework.id, framework.version),
    };
    audit::note(tx, &app.chance, now, entry).await
}
