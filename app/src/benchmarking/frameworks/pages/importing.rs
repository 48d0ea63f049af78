//! The import: a YAML file or pasted text. A document with faults comes back as text with every fault at its line, to be
//! mended on the spot.

use axum::extract::{Extension, Multipart};
use axum::response::Response;
use leptos::prelude::*;

use super::city_crumbs;
use crate::benchmarking::frameworks::document::{self, Fault, LARGEST};
use crate::benchmarking::frameworks::functions::may_run;
use crate::benchmarking::frameworks::store;
use crate::error::{AppError, FieldProblem, Problem};
use crate::i18n::{Lang, say};
use crate::request::Cx;
use crate::respond::{Done, upload_action};
use crate::shell::Page;
use crate::t;
use crate::ui::{ErrorSummary, IconName, PageHeader, Submit, TableWrap, TextArea, TextField};

/// Faults listed; a document with more is not a framework at all.
const FAULTS_SHOWN: usize = 100;
/// How much of a faulty line is shown.
const LONGEST_LINE: usize = 80;

/// `/city/frameworks/import`
pub(super) async fn form(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    may_run(&cx)?;
    let form = cx.form("framework-import");
    let faults = form
        .value("text")
        .and_then(|text| document::parse(text).err().map(|faults| fault_table(lang, text, &faults)));
    let title = t!(lang, "frameworks-import-title");
    let body = view! {
        {city_crumbs(lang, None)}
        <ErrorSummary form=&form/>
        <PageHeader title=title.clone() lead=t!(lang, "frameworks-import-lead")/>
        {faults}
        <form method="post" action="/city/frameworks/import" enctype="multipart/form-data" class="form form--wide">
            <TextField form=&form name="file" kind="file" label=t!(lang, "frameworks-file")
                hint=t!(lang, "frameworks-file-hint", max = LARGEST / 1024) accept=".yaml,.yml,text/plain"/>
            <TextArea form=&form name="text" label=t!(lang, "frameworks-text") hint=t!(lang, "frameworks-text-hint") rows="16"/>
            <Submit label=t!(lang, "frameworks-import-read") icon=IconName::Upload/>
        </form>
    };
    Ok(Page::new(title, body))
}

/// Every fault with its line, what stands there, and what is wrong with it.
fn fault_table(lang: Lang, text: &str, faults: &[Fault]) -> AnyView {
    let lines: Vec<&str> = text.lines().collect();
    let rows = faults
        .iter()
        .take(FAULTS_SHOWN)
        .map(|fault| {
            let line = fault.line.checked_sub(1).and_then(|at| lines.get(at)).copied().unwrap_or_default();
            let shown: String = line.trim().chars().take(LONGEST_LINE).collect();
            view! {
                <tr>
                    <th scope="row" class="num">{fault.line}</th>
                    <td data-label=t!(lang, "frameworks-written")><code class="code">{shown}</code></td>
                    <td data-label=t!(lang, "frameworks-wrong")>{say(lang, &fault.problem)}</td>
                </tr>
            }
        })
        .collect_view();
    let more = faults.len().saturating_sub(FAULTS_SHOWN);
    view! {
        <section class="stack" aria-labelledby="faults">
            <h2 id="faults">{t!(lang, "frameworks-faults")}</h2>
            <TableWrap label=t!(lang, "frameworks-faults")>
                <table class="table table--stack">
                    <thead>
                        <tr>
                            <th scope="col" class="num">{t!(lang, "frameworks-line")}</th>
                            <th scope="col">{t!(lang, "frameworks-written")}</th>
                            <th scope="col">{t!(lang, "frameworks-wrong")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
            {(more > 0).then(|| view! { <p>{t!(lang, "frameworks-more", n = more)}</p> })}
        </section>
    }
    .into_any()
}

/// Takes a file or a text, reads it whole, and keeps it as a draft.
pub(super) async fn receive(Extension(mut cx): Extension<Cx>, upload: Multipart) -> Response {
    let text = match may_run(&cx) {
        Ok(_) => uploaded(upload).await,
        Err(error) => Err(error),
    };
    // What was sent comes back as text, from a file too, so that it can be mended where it stands.
    if let Ok(text) = &text {
        cx.typed.insert("text".to_owned(), vec![text.clone()]);
    }
    upload_action(&cx, "framework-import", keep(&cx, text)).await
}

async fn keep(cx: &Cx, text: Result<String, AppError>) -> Result<Done, AppError> {
    let permit = may_run(cx)?;
    let text = text?;
    let framework = document::parse(&text).map_err(|faults| {
        let problem = Problem::new("frameworks-import-faults").with("n", faults.len());
        AppError::Invalid(vec![FieldProblem {
            field: "text".to_owned(),
            problem,
        }])
    })?;
    let mut tx = cx.app.db.begin().await?;
    let id = store::import(&mut tx, &cx.app, cx.now, &permit, &framework).await?;
    tx.commit().await?;
    Ok(Done::to(format!("/city/frameworks/{id}")).saying(Problem::new("frameworks-imported")))
}

/// The document of an upload: the file where one was chosen, else the text.
async fn uploaded(mut upload: Multipart) -> Result<String, AppError> {
    let broken = |_| AppError::field("file", "frameworks-upload-broken");
    let mut text = String::new();
    while let Some(field) = upload.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" && name != "text" {
            continue;
        }
        let bytes = field.bytes().await.map_err(broken)?;
        if bytes.len() > LARGEST {
            return Err(too_large(&name));
        }
        let found = document::decode(&bytes).map_err(|problem| {
            AppError::Invalid(vec![FieldProblem {
                field: name.clone(),
                problem,
            }])
        })?;
        if name == "file" && !found.trim().is_empty() {
            return Ok(found.to_owned());
        }
        if name == "text" {
            found.clone_into(&mut text);
        }
    }
    if text.trim().is_empty() {
        return Err(AppError::field("file", "frameworks-file-missing"));
    }
    Ok(text)
}

fn too_large(field: &str) -> AppError {
    AppError::Invalid(vec![FieldProblem::new(field, "frameworks-fault-large").with("max", LARGEST / 1024)])
}
