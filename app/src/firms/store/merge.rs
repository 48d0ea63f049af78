//! Two rows for one firm become one: everything that points at the one is the other's from then on.

use chrono::{DateTime, Utc};

use super::changes::{Details, details_of, differences, locked, refuse_stale, write};
use super::contacts::first_is_main;
use super::{Firm, lock_register, record};
use crate::db::{On, Tx, sql};
use crate::error::{AppError, Problem};
use crate::firms::policy::MergePermit;
use crate::firms::rules::Change;
use crate::ids::FirmId;
use crate::state::App;

/// Which firm stays, and which of the other's values it takes over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// Fields taken from the firm that goes: `name`, `code`, `region`, `category`, `size`, `industry`, `about`.
    pub taken: Vec<String>,
    /// The versions that were looked at, the survivor's first.
    pub versions: (i64, i64),
}

impl Choice {
    /// What the survivor looks like afterwards.
    pub fn joined(&self, survivor: &Firm, other: &Firm) -> Details {
        let (own, theirs) = (details_of(survivor), details_of(other));
        let takes = |field: &str| self.taken.iter().any(|taken| taken == field);
        Details {
            name: if takes("name") { theirs.name } else { own.name },
            code: if takes("code") { theirs.code } else { own.code },
            region: if takes("region") { theirs.region } else { own.region },
            category: if takes("category") { theirs.category } else { own.category },
            size: if takes("size") { theirs.size } else { own.size },
            industry: if takes("industry") { theirs.industry } else { own.industry },
            about: if takes("about") { theirs.about } else { own.about },
        }
    }
}

/// How much points at a firm and moves with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Moves {
    pub people: i64,
    /// Sign-ins of contacts.
    pub grants: i64,
    /// Classes in which it holds seats.
    pub seats: i64,
    /// Enrolments on its held seats.
    pub enrolments: i64,
    pub pilots: i64,
    pub contacts: i64,
}

impl Moves {
    /// Each kind by the word that ends its text key.
    pub fn each(&self) -> [(&'static str, i64); 6] {
        [
            ("people", self.people),
            ("grants", self.grants),
            ("seats", self.seats),
            ("enrolments", self.enrolments),
            ("pilots", self.pilots),
            ("contacts", self.contacts),
        ]
    }
}

/// Counts what points at a firm.
pub async fn moves(on: impl Into<On<'_>>, firm: FirmId) -> Result<Moves, AppError> {
    Ok(sql("SELECT (SELECT COUNT(*) FROM people WHERE firm_id = $1) AS people,
             (SELECT COUNT(*) FROM grants WHERE firm_id = $1) AS grants,
             (SELECT COUNT(*) FROM seat_holds WHERE firm_id = $1) AS seats,
             (SELECT COUNT(*) FROM enrolments WHERE firm_id = $1) AS enrolments,
             (SELECT COUNT(*) FROM pilots WHERE firm_id = $1) AS pilots,
             (SELECT COUNT(*) FROM firm_contacts WHERE firm_id = $1) AS contacts")
    .bind(firm)
    .one(on)
    .await?)
}

/// Two pilots of one cohort can't become one firm: which of the two places would stay, and whose scores?
///
/// # Errors
/// Refused with the name of the cohort.
pub async fn refuse_two_pilots(on: impl Into<On<'_>>, one: FirmId, other: FirmId) -> Result<(), AppError> {
    let shared: Option<(String,)> = sql(
        "SELECT c.name FROM pilots p JOIN pilots q ON q.cohort_id = p.cohort_id JOIN cohorts c ON c.id = p.cohort_id
         WHERE p.firm_id = $1 AND q.firm_id = $2 AND p.state IN ('nominated', 'screened', 'chosen', 'completed')
             AND q.state IN ('nominated', 'screened', 'chosen', 'completed') ORDER BY c.created_at LIMIT 1",
    )
    .bind(one)
    .bind(other)
    .opt(on)
    .await?;
    match shared {
        Some((cohort,)) => Err(Problem::new("firms-merge-two-pilots").with("cohort", cohort).into()),
        None => Ok(()),
    }
}

/// Merges the permit's two firms and answers the survivor. It is final.
///
/// # Errors
/// Refused when either changed since it was looked at, was merged already, or when both are live pilots in one cohort.
pub async fn merge(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &MergePermit, choice: &Choice) -> Result<FirmId, AppError> {
    lock_register(tx).await?;
    let survivor = locked(tx, permit.survivor()).await?;
    let other = locked(tx, permit.other()).await?;
    refuse_stale(&survivor, choice.versions.0)?;
    refuse_stale(&other, choice.versions.1)?;
    if !permit.covers(&survivor.region) || !permit.covers(&other.region) {
        return Err(AppError::NotFound);
    }
    refuse_two_pilots(&mut *tx, survivor.id, other.id).await?;
    let moved = moves(&mut *tx, other.id).await?;
    move_seats(tx, survivor.id, other.id).await?;
    move_people(tx, survivor.id, other.id).await?;
    move_contacts(tx, survivor.id, other.id).await?;
    retire(tx, now, survivor.id, other.id).await?;
    let joined = choice.joined(&survivor, &other);
    write(tx, &survivor, &joined).await?;
    tell(tx, app, now, permit, (&survivor, &other), &joined, moved).await?;
    Ok(survivor.id)
}

/// Held seats and who sits on them. Where both firms hold seats in a class, the seats add up: those that are still held,
/// and of a released hold those that are used, which is what the class has kept for it.
async fn move_seats(tx: &mut Tx, survivor: FirmId, other: FirmId) -> Result<(), AppError> {
    // Enrolling locks its class first, so nobody takes a held seat meanwhile.
    sql("UPDATE classes SET version = version WHERE id IN (SELECT class_id FROM seat_holds WHERE firm_id = $1)")
        .bind(other)
        .run(tx)
        .await?;
    sql(
        "UPDATE seat_holds SET seats = k.seats, until = k.until, released_at = k.released_at FROM (
             SELECT h.class_id,
                 CASE WHEN COUNT(h.released_at) = COUNT(*) THEN CAST(SUM(h.seats) AS BIGINT) ELSE CAST(SUM(
                     CASE WHEN h.released_at IS NULL THEN h.seats ELSE (SELECT COUNT(*) FROM enrolments e
                         WHERE e.class_id = h.class_id AND e.firm_id = h.firm_id AND e.state = 'approved') END) AS BIGINT) END AS seats,
                 CASE WHEN COUNT(CASE WHEN h.released_at IS NULL AND h.until IS NULL THEN 1 END) = 0
                     THEN MAX(CASE WHEN h.released_at IS NULL THEN h.until END) END AS until,
                 CASE WHEN COUNT(h.released_at) = COUNT(*) THEN MAX(h.released_at) END AS released_at
             FROM seat_holds h WHERE h.firm_id IN ($1, $2) GROUP BY h.class_id HAVING COUNT(*) = 2
         ) k WHERE seat_holds.firm_id = $1 AND seat_holds.class_id = k.class_id",
    )
    .bind(survivor)
    .bind(other)
    .run(tx)
    .await?;
    sql("DELETE FROM seat_holds WHERE firm_id = $2 AND class_id IN (SELECT h.class_id FROM seat_holds h WHERE h.firm_id = $1)")
        .bind(survivor)
        .bind(other)
        .run(tx)
        .await?;
    for text in [
        "UPDATE seat_holds SET firm_id = $1 WHERE firm_id = $2",
        "UPDATE enrolments SET firm_id = $1 WHERE firm_id = $2",
    ] {
        sql(text).bind(survivor).bind(other).run(tx).await?;
    }
    Ok(())
}

/// People, the sign-ins of contacts (nobody holds the role twice), and the programme's rows.
async fn move_people(tx: &mut Tx, survivor: FirmId, other: FirmId) -> Result<(), AppError> {
    for text in [
        "UPDATE people SET firm_id = $1 WHERE firm_id = $2",
        "DELETE FROM grants WHERE firm_id = $2 AND person_id IN (SELECT g.person_id FROM grants g WHERE g.firm_id = $1)",
        "UPDATE grants SET firm_id = $1 WHERE firm_id = $2",
        "UPDATE pilots SET firm_id = $1, version = version + 1 WHERE firm_id = $2",
    ] {
        sql(text).bind(survivor).bind(other).run(tx).await?;
    }
    Ok(())
}

/// Contacts, each once, with one main contact among them.
async fn move_contacts(tx: &mut Tx, survivor: FirmId, other: FirmId) -> Result<(), AppError> {
    for text in [
        "DELETE FROM firm_contacts WHERE firm_id = $2
             AND EXISTS (SELECT 1 FROM firm_contacts c WHERE c.firm_id = $1 AND c.phone = firm_contacts.phone AND c.name = firm_contacts.name)",
        "UPDATE firm_contacts SET firm_id = $1, is_main = FALSE WHERE firm_id = $2",
    ] {
        sql(text).bind(survivor).bind(other).run(tx).await?;
    }
    first_is_main(tx, survivor).await
}

/// The row that goes gives up its code and leads to the survivor, as do those that led to it before.
async fn retire(tx: &mut Tx, now: DateTime<Utc>, survivor: FirmId, other: FirmId) -> Result<(), AppError> {
    sql("UPDATE firms SET merged_into = $1 WHERE merged_into = $2")
        .bind(survivor)
        .bind(other)
        .run(tx)
        .await?;
    sql("UPDATE firms SET merged_into = $1, merged_at = $3, credit_code = NULL, version = version + 1 WHERE id = $2")
        .bind(survivor)
        .bind(other)
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

async fn tell(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    permit: &MergePermit,
    (survivor, other): (&Firm, &Firm),
    joined: &Details,
    moved: Moves,
) -> Result<(), AppError> {
    let code = other.credit_code.as_deref().unwrap_or_default();
    let mut changed = vec![Change::new("firm", format!("{} {code}", other.name).trim(), "")];
    changed.extend(differences(survivor, joined));
    let counted = moved.each().into_iter().filter(|(_, count)| *count > 0);
    changed.extend(counted.map(|(kind, count)| Change::new(kind, "", count.to_string())));
    record(tx, app, now, Some(permit.by()), "merged-in", survivor.id, &joined.region, &changed).await?;
    let away = Change::new("firm", "", joined.name.as_str());
    record(tx, app, now, Some(permit.by()), "merged-away", other.id, &other.region, &[away]).await
}
