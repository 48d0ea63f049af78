//! Opening and editing a class.

use chrono::{DateTime, Utc};

use super::{Class, Happened, happened, lock};
use crate::audit;
use crate::classes::policy::{ClassPermit, OpenPermit};
use crate::classes::rules::{ClassFields, ClassState};
use crate::db::{Query, Tx, sql};
use crate::error::{AppError, FieldProblem, Problem};
use crate::ids::{ClassId, PersonId, SchoolId};
use crate::state::App;

/// Opens a class, as a draft.
pub async fn create(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &OpenPermit, fields: &ClassFields) -> Result<ClassId, AppError> {
    let school: Option<(SchoolId,)> = sql("SELECT id FROM schools WHERE region = $1")
        .bind(permit.region())
        .opt(&mut *tx)
        .await?;
    let Some((school,)) = school else { return Err(AppError::NotFound) };
    check_plan(tx, fields).await?;
    let id = ClassId::new(&app.chance, now);
    insert(tx, now, permit.by(), (id, school), None, fields).await?;
    let event = Happened {
        class: id,
        by: Some(permit.by()),
        what: "created",
        detail: "",
    };
    happened(tx, app, now, event).await?;
    let entry = audit::Entry {
        by: Some(permit.by()),
        what: "class.created",
        subject_kind: "class",
        subject_id: id.to_string(),
        region: Some(permit.region()),
        detail: fields.title.clone(),
    };
    audit::note(tx, &app.chance, now, entry).await?;
    Ok(id)
}

/// Writes a draft, perhaps as the copy of another class.
pub(super) async fn insert(
    tx: &mut Tx,
    now: DateTime<Utc>,
    by: PersonId,
    (id, school): (ClassId, SchoolId),
    copied_from: Option<ClassId>,
    fields: &ClassFields,
) -> Result<(), AppError> {
    let query = sql(
        "INSERT INTO classes (plan_id, theme_id, title, summary, term, capacity, approval, enrol_opens_at, enrol_closes_at, cutoff_at,
             quota_reclaim_at, opens_before_min, late_after_min, pass_rate, id, school_id, state, created_at, created_by, copied_from, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'draft', $17, $18, $19, 1)",
    );
    bind_fields(query, fields)
        .bind(id)
        .bind(school)
        .bind(now)
        .bind(by)
        .bind(copied_from)
        .run(tx)
        .await?;
    keep_quotas(tx, id, fields).await
}

fn bind_fields(query: Query, fields: &ClassFields) -> Query {
    query
        .bind(fields.plan)
        .bind(fields.theme)
        .bind(&fields.title)
        .bind(&fields.summary)
        .bind(&fields.term)
        .bind(fields.capacity)
        .bind(fields.approval.as_str())
        .bind(fields.enrol_opens_at)
        .bind(fields.enrol_closes_at)
        .bind(fields.cutoff_at)
        .bind(fields.quota_reclaim_at)
        .bind(fields.opens_before_min)
        .bind(fields.late_after_min)
        .bind(fields.pass_rate)
}

/// The plan exists and the theme is one of its own.
async fn check_plan(tx: &mut Tx, fields: &ClassFields) -> Result<(), AppError> {
    if sql("SELECT COUNT(*) FROM plans WHERE id = $1").bind(fields.plan).count(&mut *tx).await? == 0 {
        return Err(AppError::field("plan", "classes-plan-unknown"));
    }
    let Some(theme) = fields.theme else { return Ok(()) };
    let of_plan = sql("SELECT COUNT(*) FROM plan_themes WHERE id = $1 AND plan_id = $2")
        .bind(theme)
        .bind(fields.plan);
    if of_plan.count(&mut *tx).await? == 0 {
        return Err(AppError::field("theme", "classes-theme-unknown"));
    }
    Ok(())
}

async fn keep_quotas(tx: &mut Tx, class: ClassId, fields: &ClassFields) -> Result<(), AppError> {
    sql("DELETE FROM class_quotas WHERE class_id = $1").bind(class).run(tx).await?;
    for (region, seats) in &fields.quotas {
        let known =
            sql("INSERT INTO class_quotas (class_id, region, seats) SELECT $1, region, $3 FROM regions WHERE region = $2 AND kind = 'county'")
                .bind(class)
                .bind(region)
                .bind(*seats)
                .run(tx)
                .await?;
        if known == 0 {
            return Err(AppError::field("capacity", "classes-quota-region"));
        }
    }
    Ok(())
}

/// Changes a class. `edition` is the one the editor had before them: when somebody saved in between, nothing is
/// overwritten. The caller promotes from the waitlist afterwards, in the same transaction.
pub async fn edit(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ClassPermit, edition: i64, fields: &ClassFields) -> Result<(), AppError> {
    let before = lock(tx, permit.class()).await?;
    if !before.state.takes_changes() {
        return Err(AppError::refused("classes-frozen"));
    }
    let current = sql("SELECT edition FROM classes WHERE id = $1").bind(before.id).count(&mut *tx).await?;
    if current != edition {
        return Err(AppError::refused("classes-edit-conflict"));
    }
    check_plan(tx, fields).await?;
    check_against_people(tx, &before, fields).await?;
    check_window(&before, fields)?;
    let query = sql(
        "UPDATE classes SET plan_id = $1, theme_id = $2, title = $3, summary = $4, term = $5, capacity = $6, approval = $7, enrol_opens_at = $8,
             enrol_closes_at = $9, cutoff_at = $10, quota_reclaim_at = $11, opens_before_min = $12, late_after_min = $13, pass_rate = $14,
             quota_reclaimed_at = CASE WHEN $11 > $16 THEN NULL ELSE quota_reclaimed_at END, edition = edition + 1
         WHERE id = $15",
    );
    bind_fields(query, fields).bind(before.id).bind(now).run(tx).await?;
    keep_quotas(tx, before.id, fields).await?;
    let (what, detail) = if before.capacity == fields.capacity {
        ("edited", String::new())
    } else {
        ("capacity", format!("{} → {}", before.capacity, fields.capacity))
    };
    let event = Happened {
        class: before.id,
        by: Some(permit.by()),
        what,
        detail: &detail,
    };
    happened(tx, app, now, event).await?;
    let entry = audit::Entry {
        by: Some(permit.by()),
        what: "class.edited",
        subject_kind: "class",
        subject_id: before.id.to_string(),
        region: Some(permit.region()),
        detail,
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// No seat is taken from under somebody.
async fn check_against_people(tx: &mut Tx, before: &Class, fields: &ClassFields) -> Result<(), AppError> {
    let approved = sql("SELECT COUNT(*) FROM enrolments WHERE class_id = $1 AND state = 'approved'")
        .bind(before.id)
        .count(&mut *tx)
        .await?;
    if fields.capacity < approved {
        return Err(AppError::Invalid(vec![
            FieldProblem::new("capacity", "classes-capacity-below").with("n", approved),
        ]));
    }
    Ok(())
}

/// Once announced, the window stays set and before the lessons.
fn check_window(before: &Class, fields: &ClassFields) -> Result<(), AppError> {
    if before.state == ClassState::Draft {
        return Ok(());
    }
    let mut faults = Vec::new();
    if fields.enrol_opens_at.is_none() {
        faults.push(FieldProblem::new("enrol_opens_at", "classes-window-needed"));
    }
    match fields.enrol_closes_at {
        None => faults.push(FieldProblem::new("enrol_closes_at", "classes-window-needed")),
        Some(closes) if before.state.is_announced() && before.starts_at.is_some_and(|first| closes > first) => {
            faults.push(FieldProblem::new("enrol_closes_at", "classes-window-after-lesson"));
        }
        Some(_) => {}
    }
    if faults.is_empty() { Ok(()) } else { Err(AppError::Invalid(faults)) }
}

/// Deletes a draft with everything in it; nobody but its coordinators knew of it. The trail keeps its name.
pub async fn delete_draft(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &ClassPermit) -> Result<(), AppError> {
    let class = lock(tx, permit.class()).await?;
    let enrolled = sql("SELECT COUNT(*) FROM enrolments WHERE class_id = $1")
        .bind(class.id)
        .count(&mut *tx)
        .await?;
    if class.state != ClassState::Draft || enrolled > 0 {
        return Err(AppError::Refused(Problem::new("classes-only-drafts-go")));
    }
    let parts = [
        "DELETE FROM lessons WHERE class_id = $1",
        "DELETE FROM class_quotas WHERE class_id = $1",
        "DELETE FROM class_staff WHERE class_id = $1",
        "DELETE FROM class_events WHERE class_id = $1",
        "UPDATE classes SET copied_from = NULL WHERE copied_from = $1",
        "DELETE FROM classes WHERE id = $1",
    ];
    for part in parts {
        sql(part).bind(class.id).run(tx).await?;
    }
    let entry = audit::Entry {
        by: Some(permit.by()),
        what: "class.deleted",
        subject_kind: "class",
        subject_id: class.id.to_string(),
        region: Some(permit.region()),
        detail: class.title,
    };
    audit::note(tx, &app.chance, now, entry).await
}
