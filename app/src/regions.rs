//! The city and its counties: stable keys, with names and codes that change with a date.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::db::{On, Tx, sql};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::Region;

/// A region as it is called on a day.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RegionName {
    pub region: Region,
    /// The GB/T 2260 code of that day.
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
}

impl RegionName {
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_zh, &self.name_en)
    }
}

/// The city first, then its counties, as they are called on `day`.
pub async fn all(on: impl Into<On<'_>>, day: NaiveDate) -> Result<Vec<RegionName>, AppError> {
    let rows = sql(
        "SELECT r.region, n.code, n.name_zh, n.name_en FROM regions r JOIN region_names n ON n.region = r.region
         WHERE n.valid_from <= $1 AND (n.valid_to IS NULL OR n.valid_to > $1) ORDER BY r.sort",
    )
    .bind(day)
    .all(on)
    .await?;
    Ok(rows)
}

/// The counties alone, as they are called on `day`.
pub async fn counties(on: impl Into<On<'_>>, day: NaiveDate) -> Result<Vec<RegionName>, AppError> {
    Ok(all(on, day).await?.into_iter().filter(|name| !name.region.is_city()).collect())
}

/// Every way in which a region is written in tables, to its key: full name, name without its last character, English name, code.
pub async fn written_names(on: impl Into<On<'_>>, day: NaiveDate) -> Result<HashMap<String, String>, AppError> {
    let mut names = HashMap::new();
    for region in all(on, day).await? {
        let short: String = region.name_zh.chars().take(region.name_zh.chars().count().saturating_sub(1)).collect();
        let written = [
            region.name_zh,
            short,
            region.name_en.to_lowercase().replace(' ', ""),
            region.code,
            region.region.0.clone(),
        ];
        // A single character is a name only where it is the county's own.
        let plain = written.into_iter().filter(|name| name.chars().count() > 1 || name == "嵩");
        names.extend(plain.map(|name| (name, region.region.0.clone())));
    }
    Ok(names)
}

/// One period of a region's name: key, code, Chinese, English, from, to.
type Period = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    (i32, u32, u32),
    Option<(i32, u32, u32)>,
);

/// Luoyang and its nine counties; 偃师 and 孟津 became districts in March 2021. Source: brief.md, *Facts*.
const LUOYANG: &[Period] = &[
    ("410300", "410300", "洛阳市", "Luoyang", (1983, 9, 1), None),
    ("410381", "410381", "偃师市", "Yanshi City", (1993, 12, 1), Some((2021, 3, 18))),
    ("410381", "410307", "偃师区", "Yanshi", (2021, 3, 18), None),
    ("410322", "410322", "孟津县", "Mengjin County", (1983, 9, 1), Some((2021, 3, 18))),
    ("410322", "410308", "孟津区", "Mengjin", (2021, 3, 18), None),
    ("410323", "410323", "新安县", "Xin'an", (1986, 1, 1), None),
    ("410324", "410324", "栾川县", "Luanchuan", (1986, 1, 1), None),
    ("410325", "410325", "嵩县", "Songxian", (1986, 1, 1), None),
    ("410326", "410326", "汝阳县", "Ruyang", (1986, 1, 1), None),
    ("410327", "410327", "宜阳县", "Yiyang", (1986, 1, 1), None),
    ("410328", "410328", "洛宁县", "Luoning", (1986, 1, 1), None),
    ("410329", "410329", "伊川县", "Yichuan", (1986, 1, 1), None),
];

/// Writes the regions into a new database; does nothing in one that has them.
pub async fn found(tx: &mut Tx) -> Result<(), AppError> {
    if sql("SELECT COUNT(*) FROM regions").count(&mut *tx).await? > 0 {
        return Ok(());
    }
    let mut sort = 0_i64;
    let mut last = "";
    for (key, code, zh, en, from, to) in LUOYANG {
        if *key != last {
            sort += 1;
            last = key;
            let kind = if *key == Region::CITY { "city" } else { "county" };
            sql("INSERT INTO regions (region, kind, sort) VALUES ($1, $2, $3)")
                .bind(*key)
                .bind(kind)
                .bind(sort)
                .run(tx)
                .await?;
        }
        sql("INSERT INTO region_names (region, code, name_zh, name_en, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(*key)
            .bind(*code)
            .bind(*zh)
            .bind(*en)
            .bind(day(*from))
            .bind(to.map(day))
            .run(tx)
            .await?;
    }
    Ok(())
}

fn day((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MIN)
}
