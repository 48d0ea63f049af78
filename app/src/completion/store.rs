//! Rows of evaluations and certificates, and who of a class has completed it.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Utc};

use super::policy::{CertifyPermit, CompletionView};
use super::rules::{Answers, FEWEST_ANSWERS, Held, Lack, completion_rate, lacks, mean_tenths, serial, takes_evaluations};
use crate::accounts::Actor;
use crate::attendance::{Rate, Status, topic_key};
use crate::audit;
use crate::classes::{self, Class};
use crate::db::{Db, On, Query, Tx, sql};
use crate::error::{AppError, Problem};
use crate::ids::{CertificateId, ClassId, EnrolmentId, PersonId};
use crate::notices::tell;
use crate::paging::{Paged, Step};
use crate::state::App;

/// People on one page of a class's completion.
const PAGE: i64 = 100;

/// Somebody on the roster of a class and how far they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learner {
    pub enrolment: EnrolmentId,
    pub person: PersonId,
    pub name: String,
    pub firm: Option<String>,
    /// What a certificate looks at: with lessons that were made up elsewhere.
    pub rate: Rate,
    /// Training hours attended in this class, in halves.
    pub half_hours: i64,
    pub has_evaluated: bool,
    /// The serial of the valid certificate.
    pub serial: Option<String>,
}

impl Learner {
    /// What a certificate still needs.
    pub fn lacks(&self, class: &Class) -> Vec<Lack> {
        lacks(class.state, self.rate, class.pass_rate, self.has_evaluated)
    }
}

#[derive(sqlx::FromRow)]
struct LearnerRow {
    id: EnrolmentId,
    person_id: PersonId,
    name: String,
    firm: Option<String>,
    has_evaluated: bool,
    serial: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Mark {
    person_id: PersonId,
    topic: String,
    half_hours: i64,
    status: Option<String>,
}

/// One page of the people of a class, by the letters of their names.
pub async fn learners(on: impl Into<On<'_>>, view: &CompletionView, step: Step<EnrolmentId>) -> Result<Paged<Learner>, AppError> {
    let query = roster(view.class());
    let query = match step {
        Step::First => query.push(" ORDER BY p.initials, p.name, e.id"),
        Step::After(id) => query
            .push(" AND (p.initials, p.name, e.id) > (SELECT q.initials, q.name, k.id FROM enrolments k JOIN people q ON q.id = k.person_id WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY p.initials, p.name, e.id"),
        Step::Before(id) => query
            .push(" AND (p.initials, p.name, e.id) < (SELECT q.initials, q.name, k.id FROM enrolments k JOIN people q ON q.id = k.person_id WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY p.initials DESC, p.name DESC, e.id DESC"),
    };
    let mut on = on.into();
    let rows: Vec<LearnerRow> = query.push(" LIMIT ").push_bind(PAGE + 1).all(again(&mut on)).await?;
    let page = Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX));
    Ok(Paged {
        rows: judged(on, view.class(), page.rows).await?,
        has_newer: page.has_newer,
        has_older: page.has_older,
    })
}

/// How far an actor is in a class; none when they are not on its roster.
pub async fn own(db: &Db, actor: &Actor, class: ClassId) -> Result<Option<Learner>, AppError> {
    let rows = roster(class).push(" AND e.person_id = ").push_bind(actor.person).all(db).await?;
    Ok(judged(db.into(), class, rows).await?.into_iter().next())
}

/// The approved of a class, to be followed by more conditions.
fn roster(class: ClassId) -> Query {
    sql(
        "SELECT e.id, e.person_id, p.name, f.name AS firm, m.person_id IS NOT NULL AS has_evaluated, c.serial
         FROM enrolments e JOIN people p ON p.id = e.person_id LEFT JOIN firms f ON f.id = p.firm_id
         LEFT JOIN evaluation_marks m ON m.class_id = e.class_id AND m.person_id = e.person_id
         LEFT JOIN certificates c ON c.class_id = e.class_id AND c.person_id = e.person_id AND c.revoked_at IS NULL
         WHERE e.class_id = $1 AND e.state = 'approved'",
    )
    .bind(class)
}

/// The same connection for one more query.
fn again<'a>(on: &'a mut On<'_>) -> On<'a> {
    match on {
        On::Db(db) => On::Db(db),
        On::Tx(tx) => On::Tx(tx),
    }
}

/// Adds rate and hours: two queries, however many people.
async fn judged(mut on: On<'_>, class: ClassId, rows: Vec<LearnerRow>) -> Result<Vec<Learner>, AppError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let people = || rows.iter().map(|row| row.person_id);
    let marks: Vec<Mark> = sql(
        "SELECT e.person_id, l.topic, l.half_hours, a.status FROM enrolments e JOIN lessons l ON l.class_id = e.class_id
         LEFT JOIN attendances a ON a.lesson_id = l.id AND a.enrolment_id = e.id
         WHERE e.class_id = $1 AND e.state = 'approved' AND l.cancelled_at IS NULL AND e.person_id",
    )
    .bind(class)
    .push_in(people())
    .push(" ORDER BY l.starts_at, l.id")
    .all(again(&mut on))
    .await?;
    let elsewhere: Vec<(PersonId, String)> = sql("SELECT e.person_id, l.topic FROM enrolments e JOIN attendances a ON a.enrolment_id = e.id
         JOIN lessons l ON l.id = a.lesson_id WHERE e.class_id <> $1 AND a.status IN ('present', 'late') AND e.person_id")
    .bind(class)
    .push_in(people())
    .all(again(&mut on))
    .await?;
    let mut held: HashMap<PersonId, (Vec<Held>, i64)> = HashMap::new();
    for mark in marks {
        let status: Option<Status> = mark.status.and_then(|word| word.parse().ok());
        let entry = held.entry(mark.person_id).or_default();
        if status.is_some_and(Status::attended) {
            entry.1 += mark.half_hours;
        }
        entry.0.push(Held {
            topic: topic_key(&mark.topic),
            status,
        });
    }
    let mut made_up: HashMap<PersonId, HashMap<String, i64>> = HashMap::new();
    for (person, topic) in elsewhere {
        *made_up.entry(person).or_default().entry(topic_key(&topic)).or_default() += 1;
    }
    let learner = |row: LearnerRow| {
        let (lessons, half_hours) = held.remove(&row.person_id).unwrap_or_default();
        let elsewhere = made_up.remove(&row.person_id).unwrap_or_default();
        Learner {
            enrolment: row.id,
            person: row.person_id,
            name: row.name,
            firm: row.firm,
            rate: completion_rate(&lessons, &elsewhere),
            half_hours,
            has_evaluated: row.has_evaluated,
            serial: row.serial,
        }
    };
    Ok(rows.into_iter().map(learner).collect())
}

/// Keeps what somebody says of a class they attended. The answer and who gave it are written apart.
///
/// # Errors
/// Refused to whoever attended nothing, has evaluated before, or comes before the lessons.
pub async fn evaluate(tx: &mut Tx, app: &App, person: PersonId, class: ClassId, answers: &Answers) -> Result<(), AppError> {
    let found = classes::store::class(&mut *tx, class).await?;
    if !takes_evaluations(found.state) {
        return Err(AppError::refused("completion-not-yet"));
    }
    let attended = sql("SELECT COUNT(*) FROM attendances a JOIN enrolments e ON e.id = a.enrolment_id
         WHERE e.class_id = $1 AND e.person_id = $2 AND a.status IN ('present', 'late', 'left_early')")
    .bind(class)
    .bind(person)
    .count(&mut *tx)
    .await?;
    if attended == 0 {
        return Err(AppError::refused("completion-attended-nothing"));
    }
    let marked = sql("INSERT INTO evaluation_marks (class_id, person_id) VALUES ($1, $2) ON CONFLICT (class_id, person_id) DO NOTHING")
        .bind(class)
        .bind(person)
        .run(tx)
        .await?;
    if marked == 0 {
        return Err(AppError::refused("completion-evaluated-already"));
    }
    let [content, teaching, organisation, benefit] = answers.marks;
    // Chance alone: an id with the time in it would tell who wrote when.
    let id = uuid::Builder::from_random_bytes(app.chance.bytes()).into_uuid();
    sql("INSERT INTO evaluations (class_id, id, content, teaching, organisation, benefit, words) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(class)
        .bind(id)
        .bind(content)
        .bind(teaching)
        .bind(organisation)
        .bind(benefit)
        .bind(&answers.words)
        .run(tx)
        .await?;
    Ok(())
}

/// What a class was said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    pub answers: i64,
    /// Means in tenths of 1 to 5, in the order of [`super::rules::QUESTIONS`].
    pub means: [i64; 4],
    /// Remarks, in no order of time.
    pub words: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct Sums {
    answers: i64,
    content: i64,
    teaching: i64,
    organisation: i64,
    benefit: i64,
}

/// The results of a class's evaluation and how many answers there are; no results below [`FEWEST_ANSWERS`].
pub async fn results(db: &Db, view: &CompletionView) -> Result<(i64, Option<Results>), AppError> {
    let sums: Sums = sql("SELECT COUNT(*) AS answers, CAST(COALESCE(SUM(content), 0) AS BIGINT) AS content,
             CAST(COALESCE(SUM(teaching), 0) AS BIGINT) AS teaching, CAST(COALESCE(SUM(organisation), 0) AS BIGINT) AS organisation,
             CAST(COALESCE(SUM(benefit), 0) AS BIGINT) AS benefit FROM evaluations WHERE class_id = $1")
    .bind(view.class())
    .one(db)
    .await?;
    if sums.answers < FEWEST_ANSWERS {
        return Ok((sums.answers, None));
    }
    let words: Vec<(String,)> = sql("SELECT words FROM evaluations WHERE class_id = $1 AND words <> '' ORDER BY id LIMIT 300")
        .bind(view.class())
        .all(db)
        .await?;
    let mean = |sum| mean_tenths(sum, sums.answers).unwrap_or_default();
    let results = Results {
        answers: sums.answers,
        means: [mean(sums.content), mean(sums.teaching), mean(sums.organisation), mean(sums.benefit)],
        words: words.into_iter().map(|(words,)| words).collect(),
    };
    Ok((sums.answers, Some(results)))
}

/// How far a class is: people on the roster, evaluations given, valid certificates.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Figures {
    pub people: i64,
    pub certificates: i64,
}

pub async fn figures(db: &Db, view: &CompletionView) -> Result<Figures, AppError> {
    Ok(sql(
        "SELECT (SELECT COUNT(*) FROM enrolments WHERE class_id = $1 AND state = 'approved') AS people,
             (SELECT COUNT(*) FROM certificates WHERE class_id = $1 AND revoked_at IS NULL) AS certificates",
    )
    .bind(view.class())
    .one(db)
    .await?)
}

/// A certificate as it was issued.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Certificate {
    pub serial: String,
    pub class_id: ClassId,
    pub person_id: PersonId,
    pub name: String,
    pub class_title: String,
    pub school_zh: String,
    pub school_en: String,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub half_hours: i64,
    pub issued_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub revoke_reason: Option<String>,
}

const CERTIFICATE: &str = "SELECT serial, class_id, person_id, name, class_title, school_zh, school_en, starts_at, ends_at, half_hours, issued_at,
        revoked_at, revoke_reason FROM certificates ";

/// The certificate with a serial: what anybody may ask.
pub async fn certificate(on: impl Into<On<'_>>, serial: &str) -> Result<Certificate, AppError> {
    let found = sql(CERTIFICATE).push("WHERE serial = $1").bind(serial).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The newest certificate of an actor for a class, valid or revoked.
pub async fn own_certificate(db: &Db, actor: &Actor, class: ClassId) -> Result<Option<Certificate>, AppError> {
    Ok(sql(CERTIFICATE)
        .push("WHERE person_id = $1 AND class_id = $2 ORDER BY issued_at DESC, serial LIMIT 1")
        .bind(actor.person)
        .bind(class)
        .opt(db)
        .await?)
}

/// Issues a certificate to everybody of the class who lacks nothing and has none; answers how many were issued.
///
/// # Errors
/// Refused while the class is not closed.
pub async fn issue(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &CertifyPermit, view: &CompletionView) -> Result<i64, AppError> {
    // Locks the class: two coordinators who press at once issue one certificate each person.
    sql("UPDATE classes SET version = version + 1 WHERE id = $1")
        .bind(permit.class())
        .run(tx)
        .await?;
    let class = classes::store::class(&mut *tx, permit.class()).await?;
    if lacks(class.state, Rate { attended: 1, of: 1 }, 0, true) == [Lack::ClassOpen] {
        return Err(AppError::refused("completion-class-open"));
    }
    let (zh, en): (String, String) = sql("SELECT name_zh, name_en FROM schools WHERE id = $1")
        .bind(class.school_id)
        .one(&mut *tx)
        .await?;
    let mut issued = 0;
    let mut step = Step::First;
    loop {
        let page = learners(&mut *tx, view, step).await?;
        for learner in &page.rows {
            if learner.serial.is_none() && learner.lacks(&class).is_empty() {
                write(tx, app, now, permit, &class, learner, (&zh, &en)).await?;
                issued += 1;
            }
        }
        match page.rows.last().filter(|_| page.has_older) {
            Some(last) => step = Step::After(last.enrolment),
            None => break,
        }
    }
    note(tx, app, now, permit, "certificates.issued", &issued.to_string()).await?;
    Ok(issued)
}

async fn write(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &CertifyPermit,
    class: &Class,
    learner: &Learner,
    school: (&str, &str),
) -> Result<(), AppError> {
    let serial = serial(crate::clock::day_of(now).year(), app.chance.bytes());
    sql(
        "INSERT INTO certificates (id, serial, class_id, person_id, name, class_title, school_zh, school_en, starts_at, ends_at, half_hours,
             attended, held, issued_at, issued_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(CertificateId::new(&app.chance, now))
    .bind(&serial)
    .bind(class.id)
    .bind(learner.person)
    .bind(&learner.name)
    .bind(&class.title)
    .bind(school.0)
    .bind(school.1)
    .bind(class.starts_at)
    .bind(class.ends_at)
    .bind(learner.half_hours)
    .bind(learner.rate.attended)
    .bind(learner.rate.of)
    .bind(now)
    .bind(permit.by())
    .run(tx)
    .await?;
    let text = Problem::new("notice-completion-issued").with("class", &class.title);
    tell(tx, app, now, learner.person, &text, &format!("/certificates/{serial}")).await
}

/// Takes a certificate back; its page says so from now on, and its holder is told why.
///
/// # Errors
/// 404 for another class's certificate; refused when it was revoked already.
pub async fn revoke(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &CertifyPermit, serial: &str, reason: &str) -> Result<(), AppError> {
    let found = certificate(&mut *tx, serial).await?;
    if found.class_id != permit.class() {
        return Err(AppError::NotFound);
    }
    let revoked = sql("UPDATE certificates SET revoked_at = $2, revoked_by = $3, revoke_reason = $4 WHERE serial = $1 AND revoked_at IS NULL")
        .bind(serial)
        .bind(now)
        .bind(permit.by())
        .bind(reason)
        .run(tx)
        .await?;
    if revoked == 0 {
        return Err(AppError::refused("completion-revoked-already"));
    }
    let text = Problem::new("notice-completion-revoked")
        .with("class", &found.class_title)
        .with("reason", reason);
    tell(tx, app, now, found.person_id, &text, &format!("/verify/{serial}")).await?;
    // The reason stands with the certificate: the trail can't forget.
    note(tx, app, now, permit, "certificate.revoked", serial).await
}

async fn note(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &CertifyPermit, what: &'static str, detail: &str) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind: "class",
        subject_id: permit.class().to_string(),
        region: Some(permit.region()),
        detail: detail.to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await
}
