//! The roster as a file, for those who may see it: .xlsx with real types, or .csv.

use axum::Router;
use axum::extract::{Extension, Path};
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};

use super::policy::{self, RosterScope};
use super::rules::EnrolmentState;
use crate::classes::Class;
use crate::db::{Db, sql};
use crate::error::AppError;
use crate::i18n::{Lang, text};
use crate::ids::ClassId;
use crate::request::Cx;
use crate::respond::{FileKind, file};
use crate::sheets::{Cell, Column, Width, csv_file, workbook};
use crate::t;
use crate::ui::time::day_of;

pub fn endpoints() -> Router {
    Router::new()
        .route(
            "/desk/classes/{id}/roster.xlsx",
            get(async |cx, path| send(cx, path, FileKind::Workbook).await),
        )
        .route("/desk/classes/{id}/roster.csv", get(async |cx, path| send(cx, path, FileKind::Csv).await))
}

async fn send(Extension(cx): Extension<Cx>, Path(id): Path<String>, kind: FileKind) -> Response {
    let made = make(&cx, &id, kind).await;
    let (name, made) = match made {
        Ok((name, bytes)) => (name, Ok(bytes)),
        Err(error) => (String::new(), Err(error)),
    };
    file(&cx, &name, kind, made)
}

async fn make(cx: &Cx, id: &str, kind: FileKind) -> Result<(String, Vec<u8>), AppError> {
    let id: ClassId = id.parse().map_err(|_| AppError::NotFound)?;
    let class = crate::classes::store::class(&cx.app.db, id).await?;
    let scope = policy::seeing(cx.actor()?, &class)?;
    let rows = rows(&cx.app.db, scope, day_of(cx.now)).await?;
    let name = format!("{} {}", class.title, t!(cx.lang, "import-roster"));
    let lang = cx.lang;
    let made = tokio::task::spawn_blocking(move || write(lang, &class, &rows, kind))
        .await
        .map_err(|error| AppError::internal(&error))??;
    Ok((name, made))
}

#[derive(sqlx::FromRow)]
struct RosterRow {
    name: String,
    phone: Option<String>,
    county_zh: String,
    county_en: String,
    firm: Option<String>,
    credit_code: Option<String>,
    position: Option<String>,
    #[sqlx(try_from = "String")]
    state: EnrolmentState,
    queued_at: DateTime<Utc>,
    reason: Option<String>,
}

/// Everybody who is or was on the roster, the approved first, then the queue in its order.
async fn rows(db: &Db, scope: RosterScope, day: chrono::NaiveDate) -> Result<Vec<RosterRow>, AppError> {
    let rows = sql("SELECT p.name, p.phone, n.name_zh AS county_zh, n.name_en AS county_en, f.name AS firm, f.credit_code, p.position, e.state, e.queued_at,
             e.reason
         FROM enrolments e JOIN people p ON p.id = e.person_id
         JOIN region_names n ON n.region = e.region AND n.valid_from <= $2 AND (n.valid_to IS NULL OR n.valid_to > $2)
         LEFT JOIN firms f ON f.id = p.firm_id
         WHERE e.class_id = $1
         ORDER BY CASE e.state WHEN 'approved' THEN 0 WHEN 'waitlisted' THEN 1 WHEN 'submitted' THEN 2 ELSE 3 END, e.priority DESC, e.queued_at, e.id")
        .bind(scope.class())
        .bind(day)
        .all(db)
        .await?;
    Ok(rows)
}

fn write(lang: Lang, class: &Class, rows: &[RosterRow], kind: FileKind) -> Result<Vec<u8>, AppError> {
    let field = |name: &str| text(lang, &format!("import-field-{name}"), &[]);
    let columns = [
        Column::new(t!(lang, "import-number"), Width::Narrow),
        Column::new(field("name"), Width::Name),
        Column::new(field("phone"), Width::Name),
        Column::new(field("county"), Width::Name),
        Column::new(field("firm"), Width::Wide),
        Column::new(field("credit_code"), Width::Name),
        Column::new(field("position"), Width::Name),
        Column::new(t!(lang, "import-state"), Width::Narrow),
        Column::new(t!(lang, "import-enrolled-at"), Width::Name),
        Column::new(t!(lang, "import-reason-given"), Width::Wide),
    ];
    let optional = |text: &Option<String>| text.clone().map_or(Cell::Empty, Cell::Text);
    let cells: Vec<Vec<Cell>> = (1_i64..)
        .zip(rows)
        .map(|(number, row)| {
            vec![
                Cell::count(number),
                Cell::text(&row.name),
                optional(&row.phone),
                Cell::text(lang.pick(&row.county_zh, &row.county_en)),
                optional(&row.firm),
                optional(&row.credit_code),
                optional(&row.position),
                Cell::Text(text(lang, &format!("enrolment-state-{}", row.state.as_str()), &[])),
                Cell::Instant(row.queued_at),
                optional(&row.reason),
            ]
        })
        .collect();
    match kind {
        FileKind::Workbook => workbook(&class.title, &columns, &cells).map_err(|error| AppError::internal(&error)),
        FileKind::Csv => csv_file(&columns, &cells).map_err(|error| AppError::internal(&error)),
    }
}
