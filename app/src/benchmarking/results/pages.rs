//! Pages of results.

mod firm;
mod gaps;
mod programme;
mod report;
mod trend;

use axum::Router;
use axum::routing::get;

use super::export;
use crate::benchmarking::rules::exact::{Exact, shown};
use crate::benchmarking::rules::{Dimension, Indicator, Stage};
use crate::i18n::Lang;
use crate::routes::page;
use crate::t;

/// The pages of this room.
pub fn routes() -> Router {
    Router::new()
        .route("/desk/programme", page(programme::list))
        .route("/city/programme", page(programme::heat_map))
        .route("/firm/{pilot}/results", page(firm::results))
        .route("/firm/{pilot}/report", page(report::report))
}

/// Workbooks.
pub fn endpoints() -> Router {
    Router::new()
        .route("/firm/{pilot}/results.xlsx", get(export::firm))
        .route("/city/programme.xlsx", get(export::programme))
}

/// A figure truncated to a tenth, or a dash where there is none.
fn figure(value: Option<Exact>) -> String {
    value.map_or_else(|| "–".to_owned(), shown)
}

/// Only for drawing: a chart needs no exact figures.
#[allow(clippy::cast_precision_loss)] // scores are at most 100
fn drawn(value: Exact) -> f64 {
    *value.numer() as f64 / *value.denom() as f64
}

pub(super) fn stage_word(lang: Lang, stage: Stage) -> String {
    t!(lang, &format!("bench-stage-{}", stage.as_str()))
}

pub(super) fn dimension_name(lang: Lang, dimension: &Dimension) -> String {
    lang.pick(&dimension.name, &dimension.name_en).to_owned()
}

pub(super) fn indicator_name(lang: Lang, indicator: &Indicator) -> String {
    format!("{} {}", indicator.id, lang.pick(&indicator.name, &indicator.name_en))
}
