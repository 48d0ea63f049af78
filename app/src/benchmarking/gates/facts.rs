//! The facts that a gate's conditions are judged by, gathered from the rooms that know them.

use chrono::NaiveDate;

use super::rules::{Figure, Figures};
use crate::benchmarking::rules::Stage;
use crate::benchmarking::store::Pilot;
use crate::db::{On, sql};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::t;

/// The conditions of a stage's gate for a firm as of a day, in the order of the rules.
pub async fn figures(on: impl Into<On<'_>>, pilot: &Pilot, stage: Stage, _day: NaiveDate) -> Result<Figures, AppError> {
    let n = sql("SELECT COUNT(*) FROM firms f WHERE f.id = $1 AND f.industry IS NOT NULL").bind(pilot.firm_id).count(on).await?;
    let conditions = vec![Figure { kind: "profile".to_owned(), met: n > 0 && stage < Stage::Uplift || n > 0, have: n.to_string(), need: "1".to_owned() }];
    Ok(Figures { conditions })
}

/// Where below the firm's address a condition is met.
pub fn place(kind: &str) -> Option<&'static str> {
    match kind {
        "profile" => Some("/profile"),
        _ => None,
    }
}

/// What is there and what is asked for, in words.
pub fn figures_text(lang: Lang, figure: &Figure) -> String {
    t!(lang, &format!("gates-figures-{}", figure.kind), have = figure.have.clone(), need = figure.need.clone())
}
