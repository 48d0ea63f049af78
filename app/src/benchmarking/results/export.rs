//! Results as workbooks with real types.

use axum::extract::{Extension, Path};
use axum::response::Response;

use super::pages::{dimension_name, indicator_name, stage_word};
use super::store::{self, Basis};
use crate::benchmarking::policy::visible_to;
use crate::benchmarking::rules::exact::{Exact, shown};
use crate::benchmarking::rules::level::answer_to;
use crate::benchmarking::rules::{Answer, Answers};
use crate::benchmarking::store::seen;
use crate::clock::day_of;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::PilotId;
use crate::request::Cx;
use crate::respond::{FileKind, file};
use crate::sheets::{Cell, Column, Width, workbook};
use crate::t;

/// A figure truncated to a tenth, as a number.
fn number(value: Option<Exact>) -> Cell {
    value.and_then(|value| shown(value).parse().ok()).map_or(Cell::Empty, Cell::Number)
}

fn level(answers: &Answers, id: &str) -> Cell {
    match answer_to(answers, id) {
        Answer::Level(level) => Cell::Number(f64::from(level.get())),
        Answer::NotApplicable => Cell::Text("N/A".to_owned()),
        Answer::Missing => Cell::Empty,
    }
}

/// `/firm/{pilot}/results.xlsx`: the levels of the latest round, an indicator to a line.
pub async fn firm(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let made = async {
        let id: PilotId = id.parse().map_err(|_| AppError::NotFound)?;
        let (pilot, _) = seen(&cx.app.db, cx.actor()?, id).await?;
        let scored = store::scored(&cx.app.db, pilot.id, day_of(cx.now)).await?;
        let aims = store::aims(&cx.app.db, pilot.id).await?;
        let lang = cx.lang;
        let heads = ["results-own", "results-capped", "results-verified", "results-target", "results-benchmark"];
        let mut columns = vec![Column::new(t!(lang, "results-indicator"), Width::Wide)];
        columns.extend(heads.map(|head| Column::new(t!(lang, head), Width::Narrow)));
        let mut rows = Vec::new();
        if let Some(latest) = scored.last() {
            for (_, indicator) in latest.framework.indicators() {
                let known = |levels: &std::collections::BTreeMap<String, crate::benchmarking::rules::Level>| {
                    levels
                        .get(&indicator.id)
                        .map_or(Cell::Empty, |level| Cell::Number(f64::from(level.get())))
                };
                let verified = if latest.verified.is_some() {
                    level(&latest.levels.verified, &indicator.id)
                } else {
                    Cell::Empty
                };
                rows.push(vec![
                    Cell::Text(indicator_name(lang, indicator)),
                    level(&latest.levels.own, &indicator.id),
                    level(&latest.levels.capped, &indicator.id),
                    verified,
                    known(&aims.targets),
                    known(&aims.benchmark),
                ]);
            }
        }
        let bytes = workbook(&t!(lang, "bench-view-results"), &columns, &rows).map_err(|error| AppError::internal(&error))?;
        Ok((pilot.firm_name, bytes))
    };
    match made.await {
        Ok((name, bytes)) => file(&cx, &name, FileKind::Workbook, Ok(bytes)),
        Err(error) => file(&cx, "", FileKind::Workbook, Err(error)),
    }
}

/// `/city/programme.xlsx`: a firm to a line with its dimensions, total and grade.
pub async fn programme(Extension(cx): Extension<Cx>) -> Response {
    let made = async {
        let actor = cx.actor()?;
        let scope = visible_to(actor).filter(|_| actor.is_coordinator()).ok_or(AppError::Forbidden)?;
        let (framework, firms) = store::heat(&cx.app.db, &scope, day_of(cx.now)).await?;
        let lang = cx.lang;
        let dimensions = framework.map(|framework| framework.dimensions).unwrap_or_default();
        let text = |key: &str, width: Width| Column::new(t!(lang, key), width);
        let mut columns = vec![
            text("results-firm", Width::Wide),
            text("results-category", Width::Name),
            text("results-stage", Width::Narrow),
        ];
        columns.extend(
            dimensions
                .iter()
                .map(|dimension| Column::new(dimension_name(lang, dimension), Width::Name)),
        );
        columns.extend([
            text("results-total", Width::Narrow),
            text("results-grade", Width::Narrow),
            text("results-basis", Width::Name),
        ]);
        let rows: Vec<Vec<Cell>> = firms
            .iter()
            .map(|firm| {
                let score = firm.score.as_ref().map(|(_, score)| score);
                let stage = firm
                    .row
                    .stage()
                    .map_or_else(|| t!(lang, "results-completed"), |stage| stage_word(lang, stage));
                let mut cells = vec![
                    Cell::Text(firm.row.firm_name.clone()),
                    Cell::Text(t!(lang, &format!("firms-category-{}", firm.row.category))),
                    Cell::Text(stage),
                ];
                cells.extend(
                    dimensions
                        .iter()
                        .map(|dimension| number(score.and_then(|score| score.dimension(&dimension.id)))),
                );
                cells.push(number(score.and_then(|score| score.total)));
                cells.push(
                    score
                        .and_then(|score| score.grade)
                        .map_or(Cell::Empty, |grade| Cell::Number(f64::from(grade))),
                );
                cells.push(Cell::Text(basis_word(lang, firm.score.as_ref().map(|(basis, _)| *basis))));
                cells
            })
            .collect();
        workbook(&t!(lang, "results-heat"), &columns, &rows).map_err(|error| AppError::internal(&error))
    };
    file(&cx, &t!(cx.lang, "results-heat-title"), FileKind::Workbook, made.await)
}

fn basis_word(lang: Lang, basis: Option<Basis>) -> String {
    match basis {
        Some(Basis::Verified) => t!(lang, "results-verified"),
        Some(Basis::Capped) => t!(lang, "results-capped"),
        None => t!(lang, "results-not-begun"),
    }
}
