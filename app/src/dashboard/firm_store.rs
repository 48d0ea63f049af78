//! What a firm's page counts beside the firm itself: its people in classes.

use super::policy::Watch;
use crate::db::{Db, sql};
use crate::enrolment::EnrolmentState;
use crate::error::AppError;
use crate::ids::{ClassId, EnrolmentId, FirmId, PersonId, Region};
use crate::paging::{Paged, Step};

/// How many enrolments a page of them shows.
const PAGE: i64 = 20;

/// One of a firm's people in one class.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct InClass {
    pub id: EnrolmentId,
    pub person: PersonId,
    pub name: String,
    /// The county of the person.
    pub region: Region,
    pub class: ClassId,
    pub title: String,
    /// The county of the class's school.
    pub school_region: Region,
    #[sqlx(try_from = "String")]
    pub state: EnrolmentState,
    /// Lessons attended, late or not, and those that count: excused ones do not.
    pub attended: i64,
    pub counted: i64,
}

/// The live enrolments of a firm's people, latest first: those whose person or class is of the regions looked after.
pub async fn in_classes(db: &Db, watch: &Watch, firm: FirmId, step: Step<EnrolmentId>) -> Result<Paged<InClass>, AppError> {
    let query = sql(
        "SELECT e.id, p.id AS person, p.name, p.region, c.id AS class, c.title, s.region AS school_region, e.state,
             (SELECT COUNT(*) FROM attendances a JOIN lessons l ON l.id = a.lesson_id
              WHERE a.enrolment_id = e.id AND l.cancelled_at IS NULL AND a.status IN ('present', 'late')) AS attended,
             (SELECT COUNT(*) FROM attendances a JOIN lessons l ON l.id = a.lesson_id
              WHERE a.enrolment_id = e.id AND l.cancelled_at IS NULL AND a.status IN ('present', 'late', 'left_early', 'absent')) AS counted
         FROM people p JOIN enrolments e ON e.person_id = p.id JOIN classes c ON c.id = e.class_id JOIN schools s ON s.id = c.school_id
         WHERE p.firm_id = $1 AND e.state IN ('submitted', 'approved', 'waitlisted')",
    )
    .bind(firm);
    let query = if watch.is_city() {
        query
    } else {
        let query = query.push(" AND (p.region").push_in(watch.regions().to_vec());
        query.push(" OR s.region").push_in(watch.regions().to_vec()).push(")")
    };
    let query = match step {
        Step::First => query.push(" ORDER BY e.created_at DESC, e.id DESC"),
        Step::After(id) => query
            .push(" AND (e.created_at, e.id) < (SELECT k.created_at, k.id FROM enrolments k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY e.created_at DESC, e.id DESC"),
        Step::Before(id) => query
            .push(" AND (e.created_at, e.id) > (SELECT k.created_at, k.id FROM enrolments k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY e.created_at, e.id"),
    };
    let rows = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}
