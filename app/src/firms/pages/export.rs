//! The directory as a file, for those who may look it up: as filtered, .xlsx with real types, or .csv.

use axum::extract::Extension;
use axum::response::Response;

use super::directory::filter;
use super::{category_name, region_name, scope, size_name};
use crate::error::AppError;
use crate::firms::rules::{Category, Size};
use crate::firms::store::{self, Exported};
use crate::i18n::Lang;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::respond::{FileKind, file};
use crate::sheets::{Cell, Column, Width, csv_file, workbook};
use crate::t;

/// Answers the file.
pub async fn send(Extension(cx): Extension<Cx>, kind: FileKind) -> Response {
    let made = make(&cx, kind).await;
    file(&cx, &t!(cx.lang, "firms-title"), kind, made)
}

async fn make(cx: &Cx, kind: FileKind) -> Result<Vec<u8>, AppError> {
    let scope = scope(cx)?;
    let rows = store::export(&cx.app.db, &scope, &filter(cx)).await?;
    let regions = cx.regions().await?;
    let lang = cx.lang;
    // Ten thousand rows take a moment: not on the threads that answer others.
    tokio::task::spawn_blocking(move || write(lang, &regions, rows, kind))
        .await
        .map_err(|error| AppError::internal(&error))?
}

fn write(lang: Lang, regions: &[RegionName], rows: Vec<Exported>, kind: FileKind) -> Result<Vec<u8>, AppError> {
    let columns = [
        Column::new(t!(lang, "firms-import-field-name"), Width::Wide),
        Column::new(t!(lang, "firms-import-field-code"), Width::Name),
        Column::new(t!(lang, "firms-import-field-county"), Width::Name),
        Column::new(t!(lang, "firms-import-field-category"), Width::Name),
        Column::new(t!(lang, "firms-import-field-size"), Width::Narrow),
        Column::new(t!(lang, "firms-import-field-industry"), Width::Name),
        Column::new(t!(lang, "firms-import-field-about"), Width::Wide),
        Column::new(t!(lang, "firms-import-field-contact"), Width::Name),
        Column::new(t!(lang, "firms-import-field-position"), Width::Name),
        Column::new(t!(lang, "firms-import-field-phone"), Width::Name),
        Column::new(t!(lang, "firms-import-field-email"), Width::Name),
        Column::new(t!(lang, "firms-people"), Width::Narrow),
        Column::new(t!(lang, "firms-entered-at"), Width::Name),
    ];
    let cells: Vec<Vec<Cell>> = rows.into_iter().map(|row| line(lang, regions, row)).collect();
    match kind {
        FileKind::Workbook => workbook(&t!(lang, "firms-title"), &columns, &cells).map_err(|error| AppError::internal(&error)),
        FileKind::Csv => csv_file(&columns, &cells).map_err(|error| AppError::internal(&error)),
    }
}

fn line(lang: Lang, regions: &[RegionName], row: Exported) -> Vec<Cell> {
    let optional = |text: Option<String>| text.filter(|text| !text.is_empty()).map_or(Cell::Empty, Cell::Text);
    let category = row.category.as_deref().and_then(Category::parse);
    let size = row.size.as_deref().and_then(Size::parse);
    vec![
        Cell::Text(row.name),
        optional(row.credit_code),
        Cell::Text(region_name(lang, regions, &row.region)),
        optional(category.map(|category| category_name(lang, category))),
        optional(size.map(|size| size_name(lang, size))),
        optional(row.industry),
        optional(Some(row.about)),
        optional(row.contact),
        optional(row.position),
        optional(row.phone),
        optional(row.email),
        Cell::count(row.people),
        Cell::Instant(row.created_at),
    ]
}
