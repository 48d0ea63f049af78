//! Removing everything that names a person. Their row stays, nameless, and with it whatever is counted by it: enrolments,
//! attendance, hours, certificates, the county and the firm they were of.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::numbers::{self, Number};
use super::policy::ErasePermit;
use super::registry::{Erase, TABLES, Table};
use super::rules::{Obligation, Reason};
use crate::accounts::store::person;
use crate::audit;
use crate::clock::day_of;
use crate::db::{Db, Query, Tx, sql};
use crate::error::{AppError, FieldProblem};
use crate::i18n::Lang;
use crate::ids::PersonId;
use crate::people::store::{is_erased, refuse_losing_the_last_city};
use crate::request::hex;
use crate::state::App;
use crate::t;

/// What must be settled first, each with a query that counts it for the person `$1`, some at the instant `$2`.
const OBLIGATIONS: &[(Obligation, &str)] = &[
    (
        Obligation::LooksAfter,
        "SELECT COUNT(*) FROM class_staff s JOIN classes c ON c.id = s.class_id
         WHERE s.person_id = $1 AND c.state NOT IN ('closed', 'archived', 'cancelled')",
    ),
    (
        Obligation::Teaches,
        "SELECT COUNT(*) FROM lessons l JOIN teachers t ON t.id = l.teacher_id
         WHERE t.person_id = $1 AND l.ends_at > $2 AND l.cancelled_at IS NULL",
    ),
    (
        Obligation::Enrolled,
        "SELECT COUNT(*) FROM enrolments e JOIN classes c ON c.id = e.class_id
         WHERE e.person_id = $1 AND e.state IN ('submitted', 'approved', 'waitlisted')
             AND c.state NOT IN ('closed', 'archived', 'cancelled')",
    ),
    (
        Obligation::OnlyContact,
        "SELECT COUNT(*) FROM grants g JOIN pilots i ON i.firm_id = g.firm_id
         WHERE g.person_id = $1 AND g.role = 'firm' AND i.state = 'chosen'
             AND NOT EXISTS (SELECT 1 FROM grants o JOIN people p ON p.id = o.person_id
                 WHERE o.firm_id = g.firm_id AND o.role = 'firm' AND o.person_id <> g.person_id AND p.active)",
    ),
    (
        Obligation::Verifies,
        "SELECT COUNT(*) FROM verifier_assignments v JOIN assessments a ON a.pilot_id = v.pilot_id
         WHERE v.person_id = $1 AND a.state = 'submitted'",
    ),
];

/// What still stands against erasing a person, beside being the last who administers the city.
pub async fn obligations(db: &Db, now: DateTime<Utc>, person: PersonId) -> Result<Vec<Obligation>, AppError> {
    let mut standing = Vec::new();
    if is_last_city(db, person).await? {
        standing.push(Obligation::LastCity);
    }
    for (obligation, text) in OBLIGATIONS {
        if counting(text, person, now).count(db).await? > 0 {
            standing.push(*obligation);
        }
    }
    Ok(standing)
}

fn counting(text: &'static str, person: PersonId, now: DateTime<Utc>) -> Query {
    let query = sql(text).bind(person);
    if text.contains("$2") { query.bind(now) } else { query }
}

async fn is_last_city(db: &Db, person: PersonId) -> Result<bool, AppError> {
    let (holds, others): (i64, i64) = sql("SELECT (SELECT COUNT(*) FROM grants WHERE role = 'city' AND person_id = $1),
             (SELECT COUNT(*) FROM grants g JOIN people p ON p.id = g.person_id WHERE g.role = 'city' AND p.active AND p.id <> $1)")
    .bind(person)
    .one(db)
    .await?;
    Ok(holds > 0 && others == 0)
}

async fn refuse_while_obliged(tx: &mut Tx, now: DateTime<Utc>, person: PersonId) -> Result<(), AppError> {
    refuse_losing_the_last_city(tx, person).await?;
    let mut faults = Vec::new();
    for (obligation, text) in OBLIGATIONS {
        if counting(text, person, now).count(&mut *tx).await? > 0 {
            faults.push(FieldProblem::new("", &format!("privacy-obligation-{}", obligation.as_str())));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(AppError::Invalid(faults)) }
}

/// Erases a person for good.
///
/// # Errors
/// Everything that still stands against it; a refusal when it is done already.
pub async fn erase(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ErasePermit, reason: Reason) -> Result<(), AppError> {
    let id = permit.person();
    // Holds the person, so that nothing is begun for them meanwhile.
    sql("UPDATE people SET active = active WHERE id = $1").bind(id).run(tx).await?;
    let before = person(&mut *tx, id).await?;
    if before.region != *permit.region() {
        return Err(AppError::NotFound);
    }
    if is_erased(&mut *tx, id).await? {
        return Err(AppError::refused("privacy-erased-already"));
    }
    refuse_while_obliged(tx, now, id).await?;
    let earlier = earlier_numbers(&mut *tx, id).await?;
    // Names are stored in Chinese, and so is their absence.
    let nobody = t!(Lang::Zh, "privacy-nobody");
    for table in TABLES {
        for statement in statements(table, id) {
            statement.run(tx).await?;
        }
    }
    forget_copies(tx, id, &nobody).await?;
    if let Some(digits) = &before.phone {
        numbers::forget(tx, Number { digits, name: None }, &nobody).await?;
    }
    // A number that was given up may be somebody else's by now.
    for digits in &earlier {
        let name = Some(before.name.as_str());
        numbers::forget(tx, Number { digits, name }, &nobody).await?;
    }
    forget_name(tx, &before.name, &nobody).await?;
    empty_row(tx, app, now, id, &nobody).await?;
    let entry = audit::Entry {
        by: Some(permit.by()),
        what: "person.erased",
        subject_kind: audit::PERSON,
        subject_id: id.to_string(),
        region: Some(permit.region()),
        detail: reason.as_str().to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// The numbers that the trail has of a person.
async fn earlier_numbers(tx: &mut Tx, id: PersonId) -> Result<BTreeSet<String>, AppError> {
    let told: Vec<(String,)> = sql("SELECT detail FROM audit_particulars WHERE person_id = $1").bind(id).all(tx).await?;
    let found = told.iter().flat_map(|(detail,)| numbers::numbers_in(detail));
    Ok(found.map(ToOwned::to_owned).collect())
}

fn statements(table: &'static Table, person: PersonId) -> Vec<Query> {
    let gone = |column: &'static str| {
        let query = sql("DELETE FROM ").push(table.name).push(" WHERE ").push(column);
        query.push(" = ").push_bind(person)
    };
    match table.erase {
        Erase::Nothing => Vec::new(),
        Erase::Rows => table.whose.iter().map(|column| gone(column)).collect(),
        Erase::Part(statement) => vec![sql(statement).bind(person)],
    }
}

/// Names that were copied from the person's row.
async fn forget_copies(tx: &mut Tx, id: PersonId, nobody: &str) -> Result<(), AppError> {
    for statement in [
        "UPDATE teachers SET name = $2, phone = NULL, version = version + 1 WHERE person_id = $1",
        "UPDATE certificates SET name = $2 WHERE person_id = $1",
    ] {
        sql(statement).bind(id).bind(nobody).run(tx).await?;
    }
    Ok(())
}

/// Texts that quote a name as a whole: messages to others, and who looked after a class.
async fn forget_name(tx: &mut Tx, name: &str, nobody: &str) -> Result<(), AppError> {
    let quoted = |name: &str| serde_json::to_string(name).map_err(|error| AppError::internal(&error));
    sql("UPDATE notices SET params = REPLACE(params, $1, $2) WHERE params LIKE $3 ESCAPE '!'")
        .bind(quoted(name)?)
        .bind(quoted(nobody)?)
        .bind(crate::accounts::rules::like_anywhere(&quoted(name)?))
        .run(tx)
        .await?;
    sql("UPDATE class_events SET detail = $2 WHERE what IN ('staff_added', 'staff_removed') AND detail = $1")
        .bind(name)
        .bind(nobody)
        .run(tx)
        .await?;
    Ok(())
}

async fn empty_row(tx: &mut Tx, app: &App, now: DateTime<Utc>, id: PersonId, nobody: &str) -> Result<(), AppError> {
    sql(
        "UPDATE people SET name = $2, initials = '', phone = NULL, user_name = NULL, password_hash = NULL, must_change_password = FALSE,
             position = NULL, lang = NULL, theme = NULL, qr_code = $3, active = FALSE, erased_at = $4 WHERE id = $1",
    )
    .bind(id)
    .bind(nobody)
    .bind(hex(&app.chance.bytes::<16>()))
    .bind(now)
    .run(tx)
    .await?;
    tracing::info!(day = %day_of(now), "a person was erased");
    Ok(())
}
