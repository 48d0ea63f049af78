//! Rows of firms.

use chrono::{DateTime, Utc};

use super::policy::{FirmPermit, FirmScope};
use super::rules::CreditCode;
use crate::accounts::policy::Reach;
use crate::accounts::rules::{initials, like_anywhere};
use crate::audit;
use crate::db::{Db, On, Query, Tx, is_duplicate, sql};
use crate::error::AppError;
use crate::ids::{FirmId, PersonId, Region};
use crate::paging::{Paged, Step};
use crate::state::App;

/// How many firms a page of the directory shows.
const PAGE: i64 = 50;
/// How many people of a firm its page shows.
const PEOPLE: i64 = 200;

/// A firm in one line.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FirmBrief {
    pub id: FirmId,
    pub name: String,
    pub credit_code: Option<String>,
    pub region: Region,
    pub industry: Option<String>,
}

/// A firm as somebody entered it, checked by a form or an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFirm {
    pub name: String,
    pub code: Option<CreditCode>,
    pub region: Region,
    pub industry: Option<String>,
}

/// Columns of a [`FirmBrief`], to be followed by `WHERE`.
const BRIEF: &str = "SELECT f.id, f.name, f.credit_code, f.region, f.industry FROM firms f ";

/// One firm.
pub async fn firm(on: impl Into<On<'_>>, id: FirmId) -> Result<FirmBrief, AppError> {
    let found = sql(BRIEF).push("WHERE f.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// The firm with this credit code.
pub async fn firm_by_code(on: impl Into<On<'_>>, code: &CreditCode) -> Result<Option<FirmBrief>, AppError> {
    Ok(sql(BRIEF).push("WHERE f.credit_code = $1").bind(code.as_str()).opt(on).await?)
}

/// Firms with exactly this name; more than one where counties have namesakes.
pub async fn firms_named(on: impl Into<On<'_>>, name: &str) -> Result<Vec<FirmBrief>, AppError> {
    Ok(sql(BRIEF)
        .push("WHERE f.name = $1 ORDER BY f.region, f.id LIMIT 20")
        .bind(name)
        .all(on)
        .await?)
}

/// The firm that somebody means: the one with the code, or the namesake of the county whose code is not another;
/// written down when there is none. Two who enter the same firm at once get the same.
pub async fn find_or_create(tx: &mut Tx, app: &App, now: DateTime<Utc>, by: Option<PersonId>, new: NewFirm) -> Result<FirmId, AppError> {
    lock_register(tx).await?;
    if let Some(code) = &new.code
        && let Some(found) = firm_by_code(&mut *tx, code).await?
    {
        return Ok(found.id);
    }
    let namesake = firms_named(&mut *tx, &new.name)
        .await?
        .into_iter()
        .find(|firm| firm.region == new.region && (new.code.is_none() || firm.credit_code.is_none()));
    match (namesake, &new.code) {
        (Some(found), None) => Ok(found.id),
        (Some(found), Some(code)) => {
            sql("UPDATE firms SET credit_code = $2 WHERE id = $1")
                .bind(found.id)
                .bind(code.as_str())
                .run(tx)
                .await?;
            note(tx, app, now, by, "firm.code-added", found.id, &new.region, code.as_str()).await?;
            Ok(found.id)
        }
        (None, _) => create(tx, app, now, by, new).await,
    }
}

/// One row stands for the register of firms: a code may be entered in two counties at once, and an import goes through
/// several, so a lock of each county would race on the code or wait in a circle.
async fn lock_register(tx: &mut Tx) -> Result<(), AppError> {
    sql("UPDATE regions SET sort = sort WHERE region = $1").bind(Region::CITY).run(tx).await?;
    Ok(())
}

async fn create(tx: &mut Tx, app: &App, now: DateTime<Utc>, by: Option<PersonId>, new: NewFirm) -> Result<FirmId, AppError> {
    let id = FirmId::new(&app.chance, now);
    let code = new.code.as_ref().map(CreditCode::as_str);
    let written = sql(
        "INSERT INTO firms (id, name, initials, credit_code, region, industry, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (credit_code) DO NOTHING",
    )
    .bind(id)
    .bind(&new.name)
    .bind(initials(&new.name))
    .bind(code)
    .bind(&new.region)
    .bind(new.industry)
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    if written == 0 {
        // Another county entered the same code a moment ago.
        let found: (FirmId,) = sql("SELECT id FROM firms WHERE credit_code = $1").bind(code).one(tx).await?;
        return Ok(found.0);
    }
    note(tx, app, now, by, "firm.entered", id, &new.region, &new.name).await?;
    Ok(id)
}

#[allow(clippy::too_many_arguments)] // one line of the trail
async fn note(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    by: Option<PersonId>,
    what: &'static str,
    firm: FirmId,
    region: &Region,
    detail: &str,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by,
        what,
        subject_kind: "firm",
        subject_id: firm.to_string(),
        region: Some(region),
        detail: detail.to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// A firm in the directory.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FirmRow {
    pub id: FirmId,
    pub name: String,
    pub credit_code: Option<String>,
    pub region: Region,
    pub industry: Option<String>,
    /// How many people are of it.
    pub people: i64,
}

/// What of the directory is asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of the name or the code, or the first letters of the name.
    pub words: String,
    pub region: Option<Region>,
}

/// One page of the directory, by the letters of the names.
pub async fn directory(db: &Db, scope: &FirmScope, filter: &Filter, step: Step<FirmId>) -> Result<Paged<FirmRow>, AppError> {
    let query = sql("SELECT f.id, f.name, f.credit_code, f.region, f.industry,
             (SELECT COUNT(*) FROM people p WHERE p.firm_id = f.id AND p.active) AS people
         FROM firms f WHERE ");
    let query = wanted(within(query, scope.reach()), filter);
    let query = match step {
        Step::First => query.push(" ORDER BY f.initials, f.name, f.id"),
        Step::After(id) => query
            .push(" AND (f.initials, f.name, f.id) > (SELECT k.initials, k.name, k.id FROM firms k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY f.initials, f.name, f.id"),
        Step::Before(id) => query
            .push(" AND (f.initials, f.name, f.id) < (SELECT k.initials, k.name, k.id FROM firms k WHERE k.id = ")
            .push_bind(id)
            .push(") ORDER BY f.initials DESC, f.name DESC, f.id DESC"),
    };
    let rows = query.push(" LIMIT ").push_bind(PAGE + 1).all(db).await?;
    Ok(Paged::cut(&step, rows, usize::try_from(PAGE).unwrap_or(usize::MAX)))
}

fn within(query: Query, reach: &Reach) -> Query {
    match reach {
        Reach::City => query.push("TRUE"),
        Reach::Counties(own) => query.push("f.region").push_in(own.clone()),
    }
}

fn wanted(query: Query, filter: &Filter) -> Query {
    let query = match &filter.region {
        Some(region) => query.push(" AND f.region = ").push_bind(region),
        None => query,
    };
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
        region: None,
    };
    let query = wanted(sql(BRIEF).push("WHERE TRUE"), &filter);
    Ok(query.push(" ORDER BY f.initials, f.name, f.id LIMIT ").push_bind(most).all(on).await?)
}

/// A firm that the scope covers; another county's does not exist.
pub async fn visible(db: &Db, scope: &FirmScope, id: FirmId) -> Result<FirmBrief, AppError> {
    let found = firm(db, id).await?;
    if scope.reach().covers(&found.region) {
        Ok(found)
    } else {
        Err(AppError::NotFound)
    }
}

/// One of a firm's people.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    pub id: PersonId,
    pub name: String,
    pub phone: Option<String>,
    pub region: Region,
    pub position: Option<String>,
}

/// The people of a visible firm. Those of other counties stand in it too, without their numbers.
pub async fn members(db: &Db, scope: &FirmScope, firm: &FirmBrief) -> Result<Vec<Member>, AppError> {
    let mut rows: Vec<Member> = sql("SELECT id, name, phone, region, position FROM people WHERE firm_id = $1 AND active ORDER BY name, id LIMIT $2")
        .bind(firm.id)
        .bind(PEOPLE)
        .all(db)
        .await?;
    for row in &mut rows {
        if !scope.reach().covers(&row.region) {
            row.phone = None;
        }
    }
    Ok(rows)
}

/// Writes a firm that a desk enters, refusing one whose code is there already.
pub async fn enter(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &FirmPermit, new: NewFirm) -> Result<FirmId, AppError> {
    if !permit.covers(&new.region) {
        return Err(AppError::Forbidden);
    }
    if let Some(code) = &new.code
        && let Some(there) = firm_by_code(&mut *tx, code).await?
    {
        return Err(code_taken(&there.name));
    }
    create(tx, app, now, Some(permit.by()), new).await
}

/// Changes a firm. Its county stays within the reach of the permit.
pub async fn change(tx: &mut Tx, app: &App, now: DateTime<Utc>, permit: &FirmPermit, id: FirmId, new: NewFirm) -> Result<(), AppError> {
    let before = firm(&mut *tx, id).await?;
    if !permit.covers(&before.region) {
        return Err(AppError::NotFound);
    }
    if !permit.covers(&new.region) {
        return Err(AppError::Forbidden);
    }
    let code = new.code.as_ref().map(CreditCode::as_str);
    if let Some(code) = &new.code
        && let Some(there) = firm_by_code(&mut *tx, code).await?.filter(|there| there.id != id)
    {
        return Err(code_taken(&there.name));
    }
    let changed = sql("UPDATE firms SET name = $2, initials = $3, credit_code = $4, region = $5, industry = $6 WHERE id = $1")
        .bind(id)
        .bind(&new.name)
        .bind(initials(&new.name))
        .bind(code)
        .bind(&new.region)
        .bind(new.industry.clone())
        .run(tx)
        .await;
    match changed {
        Err(error) if is_duplicate(&error) => return Err(AppError::field("code", "firms-code-taken-now")),
        outcome => outcome?,
    };
    let detail = format!(
        "{} {} → {} {}",
        before.name,
        before.credit_code.unwrap_or_default(),
        new.name,
        code.unwrap_or_default()
    );
    note(tx, app, now, Some(permit.by()), "firm.changed", id, &new.region, &detail).await
}

fn code_taken(name: &str) -> AppError {
    AppError::Invalid(vec![crate::error::FieldProblem::new("code", "firms-code-taken").with("name", name)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::firms::policy::{can_keep, visible_to};
    use crate::testing::{TestCity, XINAN, YIYANG};

    fn new_firm(name: &str, code: Option<&str>, region: &str) -> NewFirm {
        NewFirm {
            name: name.to_owned(),
            code: code.map(|code| CreditCode::parse(code).expect("a code")),
            region: Region::from(region),
            industry: None,
        }
    }

    const CODE: &str = "91350100M000100Y43";

    async fn the_same_firm_is_found_however_it_is_entered(engine: Engine) {
        let city = TestCity::new(engine).await;
        let mut tx = city.begin().await;
        let mut enter = async |new| find_or_create(&mut tx, &city.app, city.now(), None, new).await.expect("a firm");
        let first = enter(new_firm("洛阳牡丹瓷业", None, XINAN)).await;
        assert_eq!(enter(new_firm("洛阳牡丹瓷业", None, XINAN)).await, first);
        assert_eq!(enter(new_firm("洛阳牡丹瓷业", Some(CODE), XINAN)).await, first, "the code is added");
        assert_eq!(enter(new_firm("牡丹瓷", Some(CODE), YIYANG)).await, first, "the code decides");
        assert_ne!(enter(new_firm("洛阳牡丹瓷业", None, YIYANG)).await, first, "a namesake elsewhere");
    }

    async fn entered_by_many_at_once_it_is_one_firm(engine: Engine) {
        let city = TestCity::new(engine).await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..10 {
            let (app, now) = (city.app.clone(), city.now());
            let code = (n % 2 == 0).then_some(CODE);
            let region = if n % 4 == 0 { YIYANG } else { XINAN };
            tasks.spawn(async move {
                let mut tx = app.db.begin().await?;
                find_or_create(&mut tx, &app, now, None, new_firm("同一家", code, region)).await?;
                tx.commit().await
            });
        }
        for outcome in tasks.join_all().await {
            outcome.expect("entered");
        }
        let with_code = sql("SELECT COUNT(*) FROM firms WHERE credit_code = $1").bind(CODE);
        assert_eq!(with_code.count(&city.app.db).await.expect("counted"), 1);
        assert!(sql("SELECT COUNT(*) FROM firms").count(&city.app.db).await.expect("counted") <= 2);
    }

    async fn a_desk_sees_and_keeps_the_firms_of_its_county(engine: Engine) {
        let city = TestCity::new(engine).await;
        let (own, other) = (city.firm("新安铝业", XINAN).await, city.firm("宜阳陶瓷", YIYANG).await);
        let coordinator = city.coordinator(XINAN).await;
        let scope = visible_to(&coordinator).expect("a scope");
        let seen = directory(&city.app.db, &scope, &Filter::default(), Step::First).await.expect("read");
        assert_eq!(seen.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [own]);
        assert!(visible(&city.app.db, &scope, own).await.is_ok());
        assert_eq!(visible(&city.app.db, &scope, other).await, Err(AppError::NotFound));
        let all = visible_to(&city.city_admin().await).expect("a scope");
        assert_eq!(
            directory(&city.app.db, &all, &Filter::default(), Step::First)
                .await
                .expect("read")
                .rows
                .len(),
            2
        );
        assert_eq!(visible_to(&city.entrepreneur(XINAN).await), None);

        assert_eq!(can_keep(&coordinator, &Region::from(YIYANG)), None);
        let permit = can_keep(&coordinator, &Region::from(XINAN)).expect("a permit");
        let mut tx = city.begin().await;
        let foreign = change(&mut tx, &city.app, city.now(), &permit, other, new_firm("改名", None, XINAN)).await;
        assert_eq!(foreign, Err(AppError::NotFound));
        let away = change(&mut tx, &city.app, city.now(), &permit, own, new_firm("改名", None, YIYANG)).await;
        assert_eq!(away, Err(AppError::Forbidden));
        change(&mut tx, &city.app, city.now(), &permit, own, new_firm("新安铝业集团", Some(CODE), XINAN))
            .await
            .expect("changed");
        let twice = enter(&mut tx, &city.app, city.now(), &permit, new_firm("另一家", Some(CODE), XINAN)).await;
        assert_eq!(twice, Err(code_taken("新安铝业集团")));
        tx.commit().await.expect("kept");
        for words in ["铝业", "xalyjt", "9135", "100%"] {
            let filter = Filter {
                words: words.to_owned(),
                region: None,
            };
            let found = directory(&city.app.db, &scope, &filter, Step::First).await.expect("read").rows.len();
            assert_eq!(found, usize::from(words != "100%"), "{words}");
        }
    }

    async fn the_directory_is_walked_by_key(engine: Engine) {
        let city = TestCity::new(engine).await;
        for n in 0..PAGE + 5 {
            city.firm(&format!("企业{n:03}"), XINAN).await;
        }
        let scope = visible_to(&city.city_admin().await).expect("a scope");
        let read = async |step| directory(&city.app.db, &scope, &Filter::default(), step).await.expect("read");
        let first = read(Step::First).await;
        let second = read(Step::After(first.rows.last().expect("a row").id)).await;
        assert_eq!((first.rows.len(), second.rows.len(), second.has_older), (50, 5, false));
        assert_eq!(read(Step::Before(second.rows[0].id)).await.rows, first.rows);
    }

    crate::on_both_engines!(
        the_same_firm_is_found_however_it_is_entered,
        entered_by_many_at_once_it_is_one_firm,
        a_desk_sees_and_keeps_the_firms_of_its_county,
        the_directory_is_walked_by_key
    );
}
