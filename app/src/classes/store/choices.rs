//! What forms of classes choose from.

use crate::db::{Db, sql};
use crate::error::AppError;
use crate::ids::{PlanId, SchoolId, TeacherId, ThemeId, VenueId};

/// A theme, with the year of its plan.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ThemeChoice {
    pub id: ThemeId,
    pub plan_id: PlanId,
    pub year: i64,
    pub name_zh: String,
    pub name_en: String,
}

/// A teacher who can be booked, of the class's own school or another.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TeacherChoice {
    pub id: TeacherId,
    pub name: String,
    pub title: String,
    pub own: bool,
    pub school_zh: String,
    pub school_en: String,
}

/// A venue that can be booked, of the class's own school or another.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VenueChoice {
    pub id: VenueId,
    pub name: String,
    pub seats: i64,
    pub own: bool,
    pub school_zh: String,
    pub school_en: String,
}

/// The themes of every plan, the newest plan first.
pub async fn themes(db: &Db) -> Result<Vec<ThemeChoice>, AppError> {
    Ok(sql(
        "SELECT t.id, t.plan_id, p.year, t.name_zh, t.name_en FROM plan_themes t JOIN plans p ON p.id = t.plan_id ORDER BY p.year DESC, t.sort, t.id",
    )
    .all(db)
    .await?)
}

/// Teachers of all schools, those of the class's own first: good teachers travel.
pub async fn teachers(db: &Db, school: SchoolId) -> Result<Vec<TeacherChoice>, AppError> {
    Ok(sql(
        "SELECT t.id, t.name, t.title, t.school_id = $1 AS own, s.name_zh AS school_zh, s.name_en AS school_en
         FROM teachers t JOIN schools s ON s.id = t.school_id WHERE t.retired_at IS NULL
         ORDER BY CASE WHEN t.school_id = $1 THEN 0 ELSE 1 END, s.region, t.name, t.id",
    )
    .bind(school)
    .all(db)
    .await?)
}

/// Venues of all schools, those of the class's own first.
pub async fn venues(db: &Db, school: SchoolId) -> Result<Vec<VenueChoice>, AppError> {
    Ok(sql(
        "SELECT v.id, v.name, v.seats, v.school_id = $1 AS own, s.name_zh AS school_zh, s.name_en AS school_en
         FROM venues v JOIN schools s ON s.id = v.school_id WHERE v.retired_at IS NULL
         ORDER BY CASE WHEN v.school_id = $1 THEN 0 ELSE 1 END, s.region, v.name, v.id",
    )
    .bind(school)
    .all(db)
    .await?)
}
