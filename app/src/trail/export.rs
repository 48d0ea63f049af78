//! What was looked up, as a workbook in which no cell can run.

use axum::extract::Extension;
use axum::response::Response;

use super::pages::{act_words, asked, scope, subject_words};
use super::store::{self, Line, Names};
use super::wording::detail_words;
use crate::error::AppError;
use crate::firms::pages::region_name;
use crate::i18n::Lang;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::respond::{FileKind, file};
use crate::sheets::{Cell, Column, Width, workbook};
use crate::t;
use crate::ui::time::{day, day_of};

/// As many characters a cell of a workbook holds, a little less.
const LONGEST_CELL: usize = 32_000;

/// `POST /desk/audit/export?…`, with the filter of the page; that it was done is noted itself.
pub async fn send(Extension(cx): Extension<Cx>) -> Response {
    let name = format!("{} {}", t!(cx.lang, "trail-title"), day(cx.lang, day_of(cx.now)));
    let made = make(&cx).await;
    file(&cx, &name, FileKind::Workbook, made)
}

async fn make(cx: &Cx) -> Result<Vec<u8>, AppError> {
    let scope = scope(cx)?;
    let lines = store::all(&cx.app.db, &scope, &asked(cx)).await?;
    let names = store::names(&cx.app.db, &lines).await?;
    let regions = cx.regions().await?;
    let mut tx = cx.app.db.begin().await?;
    store::note_exported(&mut tx, &cx.app, cx.now, &scope, lines.len()).await?;
    tx.commit().await?;
    let lang = cx.lang;
    tokio::task::spawn_blocking(move || write(lang, &lines, &names, &regions))
        .await
        .map_err(|error| AppError::internal(&error))?
}

fn write(lang: Lang, lines: &[Line], names: &Names, regions: &[RegionName]) -> Result<Vec<u8>, AppError> {
    let columns = [
        Column::new(t!(lang, "trail-when"), Width::Name),
        Column::new(t!(lang, "trail-who"), Width::Name),
        Column::new(t!(lang, "trail-act"), Width::Name),
        Column::new(t!(lang, "trail-about"), Width::Wide),
        Column::new(t!(lang, "trail-region"), Width::Name),
        Column::new(t!(lang, "trail-detail"), Width::Wide),
        Column::new(t!(lang, "trail-network"), Width::Name),
        Column::new(t!(lang, "trail-request"), Width::Name),
        Column::new(t!(lang, "trail-code"), Width::Name),
        Column::new(t!(lang, "trail-subject-id"), Width::Wide),
    ];
    let text = |text: Option<&str>| text.map_or(Cell::Empty, |text| Cell::Text(text.to_owned()));
    let rows: Vec<Vec<Cell>> = lines
        .iter()
        .map(|line| {
            vec![
                Cell::Instant(line.at),
                Cell::text(line.by_name.clone().unwrap_or_else(|| t!(lang, "trail-by-itself"))),
                Cell::text(act_words(lang, &line.what)),
                Cell::text(subject_words(lang, line, names)),
                text(line.region.as_ref().map(|region| region_name(lang, regions, region)).as_deref()),
                Cell::text(detail_words(lang, regions, line).chars().take(LONGEST_CELL).collect::<String>()),
                text(line.network.as_deref()),
                text(line.request_id.as_deref()),
                Cell::text(line.what.clone()),
                Cell::text(line.subject_id.clone()),
            ]
        })
        .collect();
    workbook(&t!(lang, "trail-title"), &columns, &rows).map_err(|error| AppError::internal(&error))
}
