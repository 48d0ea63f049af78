//! Pages of imports of firms: upload, the look before anything is written, progress, and the outcome.

use axum::Router;
use axum::extract::{Extension, Multipart, Path};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;

use super::functions::{importing, open};
use super::rules::{Columns, Field, Fit, Reason};
use super::store::{self, LEDGER, Outcome, Preview};
use crate::error::{AppError, Problem};
use crate::firms::pages::{category_choices, crumbs, size_choices};
use crate::i18n::{Lang, say};
use crate::ids::ImportId;
use crate::imports::{
    FaultLine, Import, ImportState, LeftOutLine, Progress, column_form, fault_lines, fault_table, faults_book, left_out_book, left_out_table,
    missing_columns, progress_bar, recent_list, start_button, upload_form, uploaded,
};
use crate::request::Cx;
use crate::respond::{Done, FileKind, file, upload_action};
use crate::routes::page;
use crate::sheets::{self, Column, Width, workbook};
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, Hidden, Tone};
use crate::ui::{ButtonLink, Choice, Crumbs, Facts, Notice, NoticeTone, PageHeader, TableWrap};

/// Good rows shown, to see that the columns were understood.
const ROWS_SHOWN: usize = 10;
/// Refused rows listed after an import; the workbook has them all.
const LEFT_OUT_SHOWN: i64 = 200;
/// Seconds between looks at a running import.
const REFRESH: u32 = 2;

pub fn routes() -> Router {
    Router::new()
        .route("/desk/firms/import", page(upload))
        .route("/desk/firms/import/{id}", page(show))
}

pub fn endpoints() -> Router {
    Router::new()
        .route("/desk/firms/import", post(receive))
        .route("/desk/firms/import/template.xlsx", get(template))
        .route("/desk/firms/import/{id}/faults.xlsx", get(faults_file))
        .route("/desk/firms/import/{id}/left-out.xlsx", get(left_out_file))
}

fn field_word(lang: Lang, field: Field) -> String {
    t!(lang, &format!("firms-import-field-{}", field.as_str()))
}

/// `/desk/firms/import`
async fn upload(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let permit = importing(&cx)?;
    let recent = store::recent(&cx.app.db, &permit).await?;
    let form = cx.form("firm-import-upload");
    let title = t!(lang, "firms-import");
    let recent = recent.into_iter().map(|import| {
        let href = format!("/desk/firms/import/{}", import.id);
        (href, import.file_name.clone(), import.rows_total, import.state, import.created_at)
    });
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <Crumbs items=crumbs(lang, None)/>
        <PageHeader title=title.clone() lead=t!(lang, "firms-import-lead")>
            <ButtonLink href="/desk/firms/import/template.xlsx" label=t!(lang, "import-template") download=true/>
        </PageHeader>
        {upload_form(lang, form, "/desk/firms/import".to_owned())}
        <h2>{t!(lang, "import-recent")}</h2>
        {recent_list(lang, recent.collect())}
    };
    Ok(Page::new(title, body))
}

/// Takes the uploaded file, reads it whole and leads to the look at it.
async fn receive(Extension(cx): Extension<Cx>, upload: Multipart) -> Response {
    let work = async {
        let permit = importing(&cx)?;
        let (file_name, bytes) = uploaded(upload).await?;
        let sheet = tokio::task::spawn_blocking(move || sheets::read(&bytes))
            .await
            .map_err(|error| AppError::internal(&error))??;
        let mut tx = cx.app.db.begin().await?;
        let import = store::keep(&mut tx, &cx.app, cx.now, &permit, &file_name, &sheet).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/desk/firms/import/{import}")))
    };
    upload_action(&cx, "firm-import-upload", work).await
}

/// `/desk/firms/import/{id}`
async fn show(cx: Cx) -> Result<Page, AppError> {
    let (permit, import) = open(&cx, cx.param::<ImportId>("id")?).await?;
    if import.state != ImportState::Read {
        return progress(&cx, &import).await;
    }
    let lang = cx.lang;
    let columns: Columns = import.columns();
    let missing = columns.missing();
    let judged = if missing.is_empty() {
        let preview = store::preview(&cx.app, cx.now, &permit, &import).await?;
        Some(judgement(lang, &import, &preview))
    } else {
        None
    };
    let title = t!(lang, "import-look-title");
    let body = view! {
        <ErrorSummary form=cx.form("import-start")/>
        <Crumbs items=import_crumbs(lang)/>
        <PageHeader title=title.clone() lead=t!(lang, "import-look-lead") caption=import.file_name.clone()/>
        {missing_columns(lang, &missing, |field| field_word(lang, field))}
        {judged}
        {column_form(lang, "/api/choose_firm_import_columns", &import, &cx.form("import-columns"), |field: Field| field_word(lang, field))}
    };
    Ok(Page::new(title, body))
}

fn import_crumbs(lang: Lang) -> Vec<(String, String)> {
    let mut items = crumbs(lang, None);
    items.push(("/desk/firms/import".to_owned(), t!(lang, "firms-import")));
    items
}

fn judgement(lang: Lang, import: &Import, preview: &Preview) -> AnyView {
    let (good, faulty) = (preview.good(), preview.faulty().len());
    let facts = vec![
        (t!(lang, "import-rows"), import.rows_total.to_string()),
        (t!(lang, "firms-import-new"), preview.new.len().to_string()),
        (t!(lang, "firms-import-changed"), preview.changed.len().to_string()),
        (t!(lang, "firms-import-already"), preview.already.len().to_string()),
        (t!(lang, "import-faulty"), faulty.to_string()),
    ];
    let start = (good > 0).then(|| {
        let all = t!(lang, "firms-import-start", count = good);
        let good_only = t!(lang, "firms-import-start-good", count = good);
        view! {
            <form method="post" action="/api/start_firm_import">
                <Hidden name="import" value=import.id.to_string()/>
                {start_button(lang, good, faulty, all, good_only)}
            </form>
        }
    });
    let nothing = (good == 0).then(|| view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "import-nothing-good")}</p></Notice> });
    view! {
        <Facts items=facts/>
        {nothing}
        {start}
        {fault_table(lang, lines(lang, import, preview), format!("/desk/firms/import/{}/faults.xlsx", import.id))}
        {good_table(lang, t!(lang, "firms-import-new-title", shown = preview.new.len().min(ROWS_SHOWN), all = preview.new.len()), &preview.new)}
        {good_table(lang, t!(lang, "firms-import-changed-title", shown = preview.changed.len().min(ROWS_SHOWN), all = preview.changed.len()), &preview.changed)}
    }
    .into_any()
}

fn lines(lang: Lang, import: &Import, preview: &Preview) -> Vec<FaultLine> {
    let columns: Columns = import.columns();
    let reason_word = |reason: &Reason| say(lang, &reason.problem());
    fault_lines(&columns, &preview.faults, |field| field_word(lang, field), reason_word)
}

fn good_table(lang: Lang, title: String, rows: &[Fit]) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let rows = rows
        .iter()
        .take(ROWS_SHOWN)
        .map(|row| {
            let contact = row.contact.as_ref().map(|contact| format!("{} {}", contact.name, contact.phone));
            view! {
                <tr>
                    <td class="num">{row.number}</td>
                    <td>{row.name.clone()}</td>
                    <td>{row.code.as_ref().map(ToString::to_string)}</td>
                    <td>{row.industry.clone()}</td>
                    <td>{contact}</td>
                </tr>
            }
        })
        .collect_view();
    let view = view! {
        <h2>{title.clone()}</h2>
        <TableWrap label=title>
            <table class="table">
                <thead><tr>
                    <th scope="col" class="num">{t!(lang, "import-row")}</th>
                    <th scope="col">{field_word(lang, Field::Name)}</th>
                    <th scope="col">{field_word(lang, Field::Code)}</th>
                    <th scope="col">{field_word(lang, Field::Industry)}</th>
                    <th scope="col">{field_word(lang, Field::Contact)}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    };
    Some(view.into_any())
}

async fn progress(cx: &Cx, import: &Import) -> Result<Page, AppError> {
    let lang = cx.lang;
    let progress = LEDGER.progress(&cx.app.db, import.id).await?;
    let running = import.state == ImportState::Running;
    let refused = progress.of(Outcome::Refused.as_str());
    let left_out = if !running && refused > 0 {
        let lines = left_out_lines(cx, import, LEFT_OUT_SHOWN).await?;
        let file = format!("/desk/firms/import/{}/left-out.xlsx", import.id);
        Some(left_out_table(lang, left_out_heads(lang), lines, refused, file))
    } else {
        None
    };
    let title = if running {
        t!(lang, "import-running-title")
    } else {
        t!(lang, "import-done-title")
    };
    let body = view! {
        <Crumbs items=import_crumbs(lang)/>
        <PageHeader title=title.clone() caption=import.file_name.clone()/>
        {running.then(|| progress_bar(lang, import.rows_total, progress.waiting))}
        <Facts items=outcome_facts(lang, &progress)/>
        {left_out}
        <p><ButtonLink href="/desk/firms?sort=newest" label=t!(lang, "firms-import-to-list") tone=Tone::Main/></p>
    };
    let page = Page::new(title, body);
    Ok(if running { page.refreshing(REFRESH) } else { page })
}

/// Rows that a rule refused while the import ran, in words.
async fn left_out_lines(cx: &Cx, import: &Import, most: i64) -> Result<Vec<LeftOutLine>, AppError> {
    let columns: Columns = import.columns();
    let rows = LEDGER.left_out(&cx.app.db, import.id, Outcome::Refused.as_str(), most).await?;
    let line = |(number, cells, reason): (usize, Vec<String>, Problem)| {
        let cell = |field| columns.cell(&cells, field).to_owned();
        LeftOutLine([number.to_string(), cell(Field::Name), cell(Field::Code), say(cx.lang, &reason)])
    };
    Ok(rows.into_iter().map(line).collect())
}

fn left_out_heads(lang: Lang) -> [String; 2] {
    [field_word(lang, Field::Name), field_word(lang, Field::Code)]
}

/// Every refused row as a workbook.
async fn left_out_file(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let made = async {
        let (_, import) = open(&cx, id.parse().map_err(|_| AppError::NotFound)?).await?;
        let lines = left_out_lines(&cx, &import, import.rows_total).await?;
        left_out_book(cx.lang, left_out_heads(cx.lang), lines)
    };
    file(&cx, &t!(cx.lang, "firms-import-faults-name"), FileKind::Workbook, made.await)
}

fn outcome_facts(lang: Lang, progress: &Progress) -> Vec<(String, String)> {
    Outcome::ALL
        .iter()
        .map(|outcome| (outcome, progress.of(outcome.as_str())))
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| (t!(lang, &format!("firms-import-outcome-{}", outcome.as_str())), count.to_string()))
        .collect()
}

/// An empty list to fill in, with counties, categories and sizes to choose from.
async fn template(Extension(cx): Extension<Cx>) -> Response {
    let lang = cx.lang;
    let made = async {
        importing(&cx)?;
        let counties = cx.regions().await?;
        let counties: Vec<String> = counties.iter().map(|region| region.name(lang).to_owned()).collect();
        let labels = |choices: Vec<Choice>| choices.into_iter().map(|choice| choice.label).collect::<Vec<_>>();
        let columns: Vec<Column> = Field::ALL
            .iter()
            .map(|field| {
                let width = if matches!(field, Field::Name | Field::About) {
                    Width::Wide
                } else {
                    Width::Name
                };
                let choices = match field {
                    Field::County => counties.clone(),
                    Field::Category => labels(category_choices(lang)),
                    Field::Size => labels(size_choices(lang)),
                    _ => Vec::new(),
                };
                let note = t!(lang, &format!("firms-import-note-{}", field.as_str()));
                Column::new(field_word(lang, *field), width).noted(note).choosing(choices)
            })
            .collect();
        workbook(&t!(lang, "firms-title"), &columns, &[]).map_err(|error| AppError::internal(&error))
    };
    file(&cx, &t!(lang, "firms-import-template-name"), FileKind::Workbook, made.await)
}

/// Every fault as a workbook, for those who mend the file at the desk.
async fn faults_file(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let made = async {
        let (permit, import) = open(&cx, id.parse().map_err(|_| AppError::NotFound)?).await?;
        let preview = store::preview(&cx.app, cx.now, &permit, &import).await?;
        faults_book(cx.lang, lines(cx.lang, &import, &preview))
    };
    file(&cx, &t!(cx.lang, "firms-import-faults-name"), FileKind::Workbook, made.await)
}
