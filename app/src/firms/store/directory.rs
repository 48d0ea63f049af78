//! The directory of firms: searched, filtered, sorted and walked by key.

use chrono::{DateTime, Utc};

use super::{BRIEF, FirmBrief};
use crate::accounts::policy::Reach;
use crate::accounts::rules::like_anywhere;
use crate::db::{Db, On, Query, sql};
use crate::error::AppError;
use crate::firms::policy::FirmScope;
use crate::firms::rules::{Category, Size};
use crate::ids::{FirmId, Region};
use crate::paging::{Paged, Step};

/// How many firms a page of the directory shows.
pub(super) const PAGE: i64 = 50;

/// A firm in the directory.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FirmRow {
    pub id: FirmId,
    pub name: String,
    pub credit_code: Option<String>,
    pub region: Region,
    category: Option<String>,
    size: Option<String>,
    pub industry: Option<String>,
    /// How many people are of it.
    pub people: i64,
}

impl FirmRow {
    pub fn category(&self) -> Option<Category> {
        self.category.as_deref().and_then(Category::parse)
    }

    pub fn size(&self) -> Option<Size> {
        self.size.as_deref().and_then(Size::parse)
    }
}

/// The order of the directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By the letters of the names.
    #[default]
    Name,
    /// The one entered last first.
    Newest,
    /// By county, and by name within one.
    County,
}

impl Sort {
    pub const ALL: [Self; 3] = [Self::Name, Self::Newest, Self::County];

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Newest => "newest",
            Self::County => "county",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == word)
    }
}

/// What of the directory is asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of the name or the code, or the first letters of the name.
    pub words: String,
    pub region: Option<Region>,
    pub category: Option<Category>,
    pub size: Option<Size>,
    pub sort: Sort,
}

/// One page of the directory.
pub async fn directory(db: &Db, scope: &FirmScope, filter: &Filter, step: Step<FirmId>) -> Result<Paged<FirmRow>, AppError> {
    let query = sql("SELECT f.id, f.name, f.credit_code, f.region, f.category, f.size, f.industry,
             (SELECT COUNT(*) FROM people p WHERE p.firm_id = f.id AND p.active) AS people
         FROM firms f WHERE ");
    let query = wanted(within(query, scope.reach()), filter);
    let rows = stepped(query, filter.sort, &step).push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

/// Beyond the key, in the order asked for. Each order is that of an index.
fn stepped(query: Query, sort: Sort, step: &Step<FirmId>) -> Query {
    let (onward, back, key, rising, falling) = match sort {
        Sort::Name => (
            " AND (f.initials, f.name, f.id) > ",
            " AND (f.initials, f.name, f.id) < ",
            "(SELECT k.initials, k.name, k.id FROM firms k WHERE k.id = ",
            " ORDER BY f.initials, f.name, f.id",
            " ORDER BY f.initials DESC, f.name DESC, f.id DESC",
        ),
        Sort::County => (
            " AND (f.region, f.initials, f.name, f.id) > ",
            " AND (f.region, f.initials, f.name, f.id) < ",
            "(SELECT k.region, k.initials, k.name, k.id FROM firms k WHERE k.id = ",
            " ORDER BY f.region, f.initials, f.name, f.id",
            " ORDER BY f.region DESC, f.initials DESC, f.name DESC, f.id DESC",
        ),
        // The newest comes first: onward is towards the older.
        Sort::Newest => (
            " AND (f.created_at, f.id) < ",
            " AND (f.created_at, f.id) > ",
            "(SELECT k.created_at, k.id FROM firms k WHERE k.id = ",
            " ORDER BY f.created_at DESC, f.id DESC",
            " ORDER BY f.created_at, f.id",
        ),
    };
    match step {
        Step::First => query.push(rising),
        Step::After(id) => query.push(onward).push(key).push_bind(*id).push(")").push(rising),
        Step::Before(id) => query.push(back).push(key).push_bind(*id).push(")").push(falling),
    }
}

/// Narrows to a reach; merged firms are no firms any more.
fn within(query: Query, reach: &Reach) -> Query {
    let query = query.push("f.merged_into IS NULL");
    match reach {
        Reach::City => query,
        Reach::Counties(own) => query.push(" AND f.region").push_in(own.clone()),
    }
}

fn wanted(mut query: Query, filter: &Filter) -> Query {
    if let Some(region) = &filter.region {
        query = query.push(" AND f.region = ").push_bind(region);
    }
    if let Some(category) = filter.category {
        query = query.push(" AND f.category = ").push_bind(category.as_str());
    }
    if let Some(size) = filter.size {
        query = query.push(" AND f.size = ").push_bind(size.as_str());
    }
    if filter.words.is_empty() {
        return query;
    }
    let pattern = like_anywhere(&filter.words);
    let query = query.push(" AND (lower(f.name) LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
    let query = query.push(" OR lower(f.credit_code) LIKE ").push_bind(&pattern).push(" ESCAPE '!'");
    query.push(" OR f.initials LIKE ").push_bind(&pattern).push(" ESCAPE '!')")
}

/// Firms that may be meant by what somebody typed: part of the name, the first letters, or the code.
pub async fn like(on: impl Into<On<'_>>, words: &str, most: i64) -> Result<Vec<FirmBrief>, AppError> {
    let filter = Filter {
        words: words.to_owned(),
        ..Filter::default()
    };
    let query = wanted(within(sql(BRIEF).push("WHERE "), &Reach::City), &filter);
    Ok(query.push(" ORDER BY f.initials, f.name, f.id LIMIT ").push_bind(most).all(on).await?)
}

/// A firm as a line of an exported list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Exported {
    pub name: String,
    pub credit_code: Option<String>,
    pub region: Region,
    pub category: Option<String>,
    pub size: Option<String>,
    pub industry: Option<String>,
    pub about: String,
    pub contact: Option<String>,
    pub position: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub people: i64,
    pub created_at: DateTime<Utc>,
}

/// Everything that the filter finds within the scope, each firm with its main contact.
pub async fn export(db: &Db, scope: &FirmScope, filter: &Filter) -> Result<Vec<Exported>, AppError> {
    let query = sql("SELECT f.name, f.credit_code, f.region, f.category, f.size, f.industry, f.about,
             c.name AS contact, c.position, c.phone, c.email, COALESCE(n.people, 0) AS people, f.created_at
         FROM firms f LEFT JOIN firm_contacts c ON c.firm_id = f.id AND c.is_main
         LEFT JOIN (SELECT p.firm_id, COUNT(*) AS people FROM people p WHERE p.active GROUP BY p.firm_id) n ON n.firm_id = f.id WHERE ");
    let query = wanted(within(query, scope.reach()), filter);
    Ok(stepped(query, filter.sort, &Step::First).all(db).await?)
}
