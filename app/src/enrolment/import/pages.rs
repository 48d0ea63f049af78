//! Pages of roster imports: upload, the look before anything is written, progress, and the outcome.

use axum::Router;
use axum::extract::{Extension, Multipart, Path};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::functions::open;
use super::rules::{Field, Reason};
use super::store::{self, Import, LEDGER, LeftOut, Outcome, Preview};
use crate::classes::Class;
use crate::enrolment::policy;
use crate::enrolment::store::takes_entries;
use crate::error::AppError;
use crate::i18n::{Lang, say};
use crate::ids::{ClassId, ImportId};
use crate::imports::{
    FaultLine, ImportState, LeftOutLine, Progress, column_form, fault_lines, fault_table, faults_book, left_out_book, left_out_table,
    missing_columns, progress_bar, recent_list, start_button, upload_form, uploaded,
};
use crate::request::Cx;
use crate::respond::{Done, FileKind, file, sentence, upload_action};
use crate::routes::page;
use crate::sheets::{self, Column, Width, workbook};
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, Hidden, Tone};
use crate::ui::{ButtonLink, Crumbs, Facts, Notice, NoticeTone, PageHeader, TableWrap};

/// Good rows shown, to see that the columns were understood.
const ROWS_SHOWN: usize = 10;
/// Refused rows listed after an import; the workbook has them all.
const LEFT_OUT_SHOWN: i64 = 200;
/// Seconds between looks at a running import.
const REFRESH: u32 = 2;

pub fn routes() -> Router {
    Router::new()
        .route("/desk/classes/{id}/roster/import", page(upload))
        .route("/desk/imports/{id}", page(show))
}

pub fn endpoints() -> Router {
    Router::new()
        .route("/desk/classes/{id}/roster/import", post(receive))
        .route("/desk/classes/{id}/roster/template.xlsx", get(template))
        .route("/desk/imports/{id}/faults.xlsx", get(faults_file))
        .route("/desk/imports/{id}/left-out.xlsx", get(left_out_file))
}

/// `/desk/classes/{id}/roster/import`
async fn upload(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let class = crate::classes::store::class(&cx.app.db, cx.param("id")?).await?;
    let permit = policy::running(cx.actor()?, &class)?;
    let recent = store::recent(&cx.app.db, &permit).await?;
    let form = cx.form("import-upload");
    let action = format!("/desk/classes/{}/roster/import", class.id);
    let template = format!("/desk/classes/{}/roster/template.xlsx", class.id);
    let upload = match takes_entries(&class, cx.now) {
        Err(closed) => view! { <Notice tone=NoticeTone::Info title=t!(lang, "import-closed")><p>{sentence(lang, &closed)}</p></Notice> }.into_any(),
        Ok(()) => upload_form(lang, form.clone(), action).into_any(),
    };
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <Crumbs items=crumbs(lang, &class)/>
        <PageHeader title=t!(lang, "import-title") lead=t!(lang, "import-lead") caption=class.title.clone()>
            <ButtonLink href=template label=t!(lang, "import-template") download=true/>
        </PageHeader>
        {upload}
        <h2>{t!(lang, "import-recent")}</h2>
        {recent_list(lang, recent.into_iter().map(recent_row).collect())}
    };
    Ok(Page::new(t!(lang, "import-title"), body))
}

fn recent_row(import: Import) -> (String, String, i64, ImportState, DateTime<Utc>) {
    let href = format!("/desk/imports/{}", import.id);
    (href, import.file_name.clone(), import.rows_total, import.state, import.created_at)
}

fn field_word(lang: Lang, field: Field) -> String {
    crate::i18n::text(lang, &format!("import-field-{}", field.as_str()), &[])
}

fn crumbs(lang: Lang, class: &Class) -> Vec<(String, String)> {
    vec![
        ("/desk/classes".to_owned(), t!(lang, "import-classes")),
        (format!("/desk/classes/{}", class.id), class.title.clone()),
        (format!("/desk/classes/{}/roster", class.id), t!(lang, "import-roster")),
    ]
}

/// Takes the uploaded file, reads it whole and leads to the look at it.
async fn receive(Extension(cx): Extension<Cx>, Path(id): Path<String>, upload: Multipart) -> Response {
    let work = async {
        let class_id: ClassId = id.parse().map_err(|_| AppError::NotFound)?;
        let class = crate::classes::store::class(&cx.app.db, class_id).await?;
        let permit = policy::running(cx.actor()?, &class)?;
        takes_entries(&class, cx.now)?;
        let (file_name, bytes) = uploaded(upload).await?;
        let sheet = tokio::task::spawn_blocking(move || sheets::read(&bytes))
            .await
            .map_err(|error| AppError::internal(&error))??;
        let mut tx = cx.app.db.begin().await?;
        let import = store::keep(&mut tx, &cx.app, cx.now, &permit, &file_name, &sheet).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/desk/imports/{import}")))
    };
    upload_action(&cx, "import-upload", work).await
}

/// `/desk/imports/{id}`
async fn show(cx: Cx) -> Result<Page, AppError> {
    let (import, class, _) = open(&cx, cx.param::<ImportId>("id")?).await?;
    match import.state {
        ImportState::Read => look(&cx, import, &class).await,
        ImportState::Running | ImportState::Done => progress(&cx, import, &class).await,
    }
}

async fn look(cx: &Cx, import: Import, class: &Class) -> Result<Page, AppError> {
    let lang = cx.lang;
    let missing: Vec<Field> = import.columns().missing();
    let preview = if missing.is_empty() {
        Some(store::preview(&cx.app, cx.now, &import, class, &cx.actor()?.coordinated()).await?)
    } else {
        None
    };
    let start_form = cx.form("import-start");
    let judged = preview.as_ref().map(|preview| judgement(lang, &import, preview));
    let missing = missing_columns(lang, &missing, |field| field_word(lang, field));
    let body = view! {
        <ErrorSummary form=start_form/>
        <Crumbs items=crumbs(lang, class)/>
        <PageHeader title=t!(lang, "import-look-title") lead=t!(lang, "import-look-lead") caption=import.file_name.clone()/>
        {missing}
        {judged}
        {column_form(lang, "/api/choose_import_columns", &import, &cx.form("import-columns"), |field: Field| field_word(lang, field))}
    };
    Ok(Page::new(t!(lang, "import-look-title"), body))
}

fn judgement(lang: Lang, import: &Import, preview: &Preview) -> AnyView {
    let faulty = preview.faulty().len();
    let good = preview.fit.len();
    let facts = vec![
        (t!(lang, "import-rows"), import.rows_total.to_string()),
        (t!(lang, "import-good"), good.to_string()),
        (t!(lang, "import-already"), preview.already.len().to_string()),
        (t!(lang, "import-faulty"), faulty.to_string()),
    ];
    let start = (good > 0).then(|| {
        let import = import.id.to_string();
        view! {
            <form method="post" action="/api/start_import">
                <Hidden name="import" value=import/>
                {start_button(lang, good, faulty, t!(lang, "import-start", count = good), t!(lang, "import-start-good", count = good))}
            </form>
        }
    });
    let nothing = (good == 0).then(|| view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "import-nothing-good")}</p></Notice> });
    view! {
        <Facts items=facts/>
        {nothing}
        {start}
        {fault_table(lang, lines(lang, import, preview), format!("/desk/imports/{}/faults.xlsx", import.id))}
        {good_table(lang, preview)}
    }
    .into_any()
}

fn reason_word(lang: Lang, reason: &Reason) -> String {
    let mut problem = crate::error::Problem::new(reason.key());
    match reason {
        Reason::Repeated { earlier } => problem = problem.with("row", earlier),
        Reason::OtherName { known } | Reason::OtherFirm { known } => problem = problem.with("known", known),
        _ => {}
    }
    say(lang, &problem)
}

fn lines(lang: Lang, import: &Import, preview: &Preview) -> Vec<FaultLine> {
    let columns = import.columns();
    fault_lines(
        &columns,
        &preview.faults,
        |field| field_word(lang, field),
        |reason| reason_word(lang, reason),
    )
}

fn good_table(lang: Lang, preview: &Preview) -> Option<AnyView> {
    if preview.fit.is_empty() {
        return None;
    }
    let rows = preview
        .fit
        .iter()
        .take(ROWS_SHOWN)
        .map(|row| {
            view! {
                <tr>
                    <td class="num">{row.number}</td>
                    <td>{row.name.clone()}</td>
                    <td class="num">{row.phone.clone()}</td>
                    <td>{row.firm.clone()}</td>
                    <td>{row.position.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let view = view! {
        <h2>{t!(lang, "import-good-title", shown = preview.fit.len().min(ROWS_SHOWN), all = preview.fit.len())}</h2>
        <TableWrap label=t!(lang, "import-good")>
            <table class="table">
                <thead><tr>
                    <th scope="col" class="num">{t!(lang, "import-row")}</th>
                    <th scope="col">{field_word(lang, Field::Name)}</th>
                    <th scope="col" class="num">{field_word(lang, Field::Phone)}</th>
                    <th scope="col">{field_word(lang, Field::Firm)}</th>
                    <th scope="col">{field_word(lang, Field::Position)}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    };
    Some(view.into_any())
}

async fn progress(cx: &Cx, import: Import, class: &Class) -> Result<Page, AppError> {
    let lang = cx.lang;
    let progress = LEDGER.progress(&cx.app.db, import.id).await?;
    let running = import.state == ImportState::Running;
    let title = if running {
        t!(lang, "import-running-title")
    } else {
        t!(lang, "import-done-title")
    };
    let roster = format!("/desk/classes/{}/roster", class.id);
    let refused = progress.of(Outcome::Refused.as_str());
    let left_out = if running || refused == 0 {
        None
    } else {
        let rows = store::left_out(&cx.app.db, &import, LEFT_OUT_SHOWN).await?;
        let file = format!("/desk/imports/{}/left-out.xlsx", import.id);
        Some(left_out_table(lang, left_out_heads(lang), left_out_lines(lang, rows), refused, file))
    };
    let body = view! {
        <Crumbs items=crumbs(lang, class)/>
        <PageHeader title=title.clone() caption=import.file_name.clone()/>
        {running.then(|| progress_bar(lang, import.rows_total, progress.waiting))}
        <Facts items=outcome_facts(lang, &progress)/>
        {left_out}
        <p><ButtonLink href=roster label=t!(lang, "import-to-roster") tone=Tone::Main/></p>
    };
    let page = Page::new(title, body);
    Ok(if running { page.refreshing(REFRESH) } else { page })
}

/// Rows that a rule refused while the import ran, in words.
fn left_out_lines(lang: Lang, left_out: Vec<LeftOut>) -> Vec<LeftOutLine> {
    let line = |left: LeftOut| LeftOutLine([left.row.number.to_string(), left.row.name, left.row.phone, say(lang, &left.reason)]);
    left_out.into_iter().map(line).collect()
}

fn left_out_heads(lang: Lang) -> [String; 2] {
    [field_word(lang, Field::Name), field_word(lang, Field::Phone)]
}

/// Every refused row as a workbook.
async fn left_out_file(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let made = async {
        let (import, _, _) = open(&cx, id.parse().map_err(|_| AppError::NotFound)?).await?;
        let left_out = store::left_out(&cx.app.db, &import, import.rows_total).await?;
        left_out_book(cx.lang, left_out_heads(cx.lang), left_out_lines(cx.lang, left_out))
    };
    file(&cx, &t!(cx.lang, "import-faults-name"), FileKind::Workbook, made.await)
}

fn outcome_facts(lang: Lang, progress: &Progress) -> Vec<(String, String)> {
    Outcome::ALL
        .iter()
        .filter(|outcome| progress.of(outcome.as_str()) > 0)
        .map(|outcome| {
            let word = crate::i18n::text(lang, &format!("import-outcome-{}", outcome.as_str()), &[]);
            (word, progress.of(outcome.as_str()).to_string())
        })
        .collect()
}

/// An empty roster to fill in, with the counties to choose from.
async fn template(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let made = async {
        let class_id: ClassId = id.parse().map_err(|_| AppError::NotFound)?;
        let class = crate::classes::store::class(&cx.app.db, class_id).await?;
        policy::running(cx.actor()?, &class)?;
        let lang = cx.lang;
        let counties = cx.regions().await?.iter().map(|region| region.name(lang).to_owned()).collect::<Vec<_>>();
        let columns: Vec<Column> = Field::ALL
            .iter()
            .map(|field| {
                let width = if *field == Field::Firm { Width::Wide } else { Width::Name };
                let note = crate::i18n::text(lang, &format!("import-note-{}", field.as_str()), &[]);
                let choices = if *field == Field::County { counties.clone() } else { Vec::new() };
                Column::new(field_word(lang, *field), width).noted(note).choosing(choices)
            })
            .collect();
        workbook(&t!(lang, "import-roster"), &columns, &[]).map_err(|error| AppError::internal(&error))
    };
    file(&cx, &t!(cx.lang, "import-template-name"), FileKind::Workbook, made.await)
}

/// Every fault as a workbook, for those who mend the file at the desk.
async fn faults_file(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let made = async {
        let (import, class, _) = open(&cx, id.parse().map_err(|_| AppError::NotFound)?).await?;
        let preview = store::preview(&cx.app, cx.now, &import, &class, &cx.actor()?.coordinated()).await?;
        faults_book(cx.lang, lines(cx.lang, &import, &preview))
    };
    file(&cx, &t!(cx.lang, "import-faults-name"), FileKind::Workbook, made.await)
}
