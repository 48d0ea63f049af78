//! Rows of the lesson desk: who is in and who is not, and marking many at once.

use chrono::{DateTime, Utc};

use super::board_store::{From, PageOf, paged, searched};
use super::policy::MarkPermit;
use super::rules::{Flag, Source, Status, flags};
use super::store::{Entry, record};
use crate::classes::{self, Class, Lesson};
use crate::db::{Db, On, Tx, sql};
use crate::error::AppError;
use crate::ids::{EnrolmentId, LessonId};
use crate::state::App;

/// A lesson with its class, which decides who may see it.
pub async fn lesson_and_class(db: &Db, id: LessonId) -> Result<(Lesson, Class), AppError> {
    let lesson = classes::store::lesson(db, id).await?;
    let class = classes::store::class(db, lesson.class_id).await?;
    Ok((lesson, class))
}

/// Which people of a lesson are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    All,
    /// Not marked yet.
    Missing,
    /// Present, late, or left early.
    Here,
    /// On leave or absent.
    Away,
    /// Flagged for a look.
    Look,
}

impl Show {
    pub const ALL: [Self; 5] = [Self::All, Self::Missing, Self::Here, Self::Away, Self::Look];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Missing => "missing",
            Self::Here => "here",
            Self::Away => "away",
            Self::Look => "look",
        }
    }

    pub fn parse(word: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|show| Some(show.as_str()) == word).unwrap_or_default()
    }

    fn filter(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Missing => " AND b.status IS NULL",
            Self::Here => " AND b.status IN ('present', 'late', 'left_early')",
            Self::Away => " AND b.status IN ('excused', 'absent')",
            Self::Look => " AND b.flags <> ''",
        }
    }
}

/// Somebody in the list of a lesson.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeskRow {
    pub id: EnrolmentId,
    pub name: String,
    pub firm: Option<String>,
    status: Option<String>,
    source: Option<String>,
    pub at: Option<DateTime<Utc>>,
    flags: Option<String>,
    /// Leave was asked and waits for a decision.
    pub leave_waits: bool,
}

impl DeskRow {
    pub fn status(&self) -> Option<Status> {
        self.status.as_deref().and_then(|word| word.parse().ok())
    }

    pub fn source(&self) -> Option<Source> {
        self.source.as_deref().and_then(|word| word.parse().ok())
    }

    pub fn flags(&self) -> Vec<Flag> {
        flags(self.flags.as_deref().unwrap_or_default())
    }
}

/// A page of the people of a lesson.
pub async fn desk(db: &Db, permit: &MarkPermit, lesson: LessonId, show: Show, search: &str, from: From) -> Result<PageOf<DeskRow>, AppError> {
    let query = sql("SELECT b.* FROM (
            SELECT e.id, p.name, p.initials, p.phone, f.name AS firm, a.status, a.source, a.at, a.flags, v.id IS NOT NULL AS leave_waits
            FROM enrolments e JOIN people p ON p.id = e.person_id LEFT JOIN firms f ON f.id = COALESCE(e.firm_id, p.firm_id)
            LEFT JOIN attendances a ON a.lesson_id = $2 AND a.enrolment_id = e.id
            LEFT JOIN leaves v ON v.lesson_id = $2 AND v.enrolment_id = e.id AND v.state = 'asked'
            WHERE e.class_id = $1 AND (e.state = 'approved' OR a.status IS NOT NULL)
        ) b WHERE TRUE")
    .bind(permit.class())
    .bind(lesson)
    .push(show.filter());
    Ok(PageOf::cut(paged(searched(query, search), from).all(db).await?, from))
}

/// A closing or reopening of a lesson.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LessonEvent {
    pub at: DateTime<Utc>,
    pub by_name: Option<String>,
    pub what: String,
    pub why: String,
}

/// What happened to a lesson's attendance as a whole, the latest first.
pub async fn lesson_events(db: &Db, permit: &MarkPermit, lesson: LessonId) -> Result<Vec<LessonEvent>, AppError> {
    let rows = sql(
        "SELECT v.at, p.name AS by_name, v.what, v.why FROM lesson_events v JOIN lessons l ON l.id = v.lesson_id
         LEFT JOIN people p ON p.id = v.by_person WHERE l.class_id = $1 AND v.lesson_id = $2 ORDER BY v.at DESC, v.id DESC LIMIT 20",
    )
    .bind(permit.class())
    .bind(lesson)
    .all(db)
    .await?;
    Ok(rows)
}

/// What came of marking many at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marked {
    pub written: i64,
    /// Said so already, or something stronger stands.
    pub kept: i64,
}

/// Marks people of one lesson alike. With a reason it corrects what stands; without one it refuses to, so that nothing
/// is overwritten unawares.
pub async fn mark_all(
    app: &App,
    permit: &MarkPermit,
    now: DateTime<Utc>,
    lesson: LessonId,
    people: &[EnrolmentId],
    status: Status,
    why: &str,
) -> Result<Marked, AppError> {
    let mut tx = app.db.begin().await?;
    let row = taking_place(&mut tx, permit, lesson).await?;
    on_roster(&mut tx, permit, people).await?;
    let others = standing_otherwise(&mut tx, lesson, people, status).await?;
    if why.is_empty() && (others > 0 || row.attendance_closed_at.is_some()) {
        return Err(AppError::field("why", "attendance-why-missing"));
    }
    let at = if now < row.ends_at { now } else { row.starts_at };
    let entry = |enrolment| Entry {
        by: Some(permit.by()),
        why: why.to_owned(),
        ..Entry::by_hand(lesson, enrolment, status, Source::Hand, at)
    };
    let marked = record_all(&mut tx, app, now, people, entry).await?;
    tx.commit().await?;
    app.live.tell(lesson);
    Ok(marked)
}

/// Enters a signed list: present or late by the time at which it was signed. What a scan or staff said stays.
pub async fn enter_paper(
    app: &App,
    permit: &MarkPermit,
    now: DateTime<Utc>,
    (lesson, late_after_min): (LessonId, i64),
    people: &[EnrolmentId],
    at: DateTime<Utc>,
) -> Result<Marked, AppError> {
    let mut tx = app.db.begin().await?;
    let row = taking_place(&mut tx, permit, lesson).await?;
    if row.attendance_closed_at.is_some() {
        return Err(AppError::refused("attendance-closed-reopen-first"));
    }
    on_roster(&mut tx, permit, people).await?;
    let late = at > row.starts_at + chrono::TimeDelta::minutes(late_after_min);
    let status = if late { Status::Late } else { Status::Present };
    let entry = |enrolment| Entry {
        by: Some(permit.by()),
        ..Entry::by_hand(lesson, enrolment, status, Source::Paper, at)
    };
    let marked = record_all(&mut tx, app, now, people, entry).await?;
    tx.commit().await?;
    app.live.tell(lesson);
    Ok(marked)
}

async fn record_all(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    people: &[EnrolmentId],
    entry: impl Fn(EnrolmentId) -> Entry,
) -> Result<Marked, AppError> {
    let mut marked = Marked::default();
    for enrolment in people {
        if record(tx, app, now, &entry(*enrolment)).await?.changed {
            marked.written += 1;
        } else {
            marked.kept += 1;
        }
    }
    Ok(marked)
}

async fn taking_place(tx: &mut Tx, permit: &MarkPermit, id: LessonId) -> Result<Lesson, AppError> {
    let lesson = classes::store::lesson(tx, id).await?;
    if lesson.class_id != permit.class() {
        return Err(AppError::NotFound);
    }
    if lesson.cancelled_at.is_some() {
        return Err(AppError::refused("attendance-refused-cancelled"));
    }
    Ok(lesson)
}

/// Everybody named belongs to the permit's class; otherwise somebody is guessing at ids.
async fn on_roster(tx: &mut Tx, permit: &MarkPermit, people: &[EnrolmentId]) -> Result<(), AppError> {
    let wanted: std::collections::HashSet<EnrolmentId> = people.iter().copied().collect();
    let found = sql("SELECT COUNT(*) FROM enrolments WHERE class_id = $1 AND state = 'approved' AND id")
        .bind(permit.class())
        .push_in(wanted.iter().copied())
        .count(tx)
        .await?;
    if usize::try_from(found).is_ok_and(|found| found == wanted.len()) {
        Ok(())
    } else {
        Err(AppError::refused("board-not-on-roster"))
    }
}

/// How many of these stand with another status.
async fn standing_otherwise(on: impl Into<On<'_>>, lesson: LessonId, people: &[EnrolmentId], status: Status) -> Result<i64, AppError> {
    let count = sql("SELECT COUNT(*) FROM attendances WHERE lesson_id = $1 AND status <> $2 AND enrolment_id")
        .bind(lesson)
        .bind(status.as_str())
        .push_in(people.iter().copied())
        .count(on)
        .await?;
    Ok(count)
}
