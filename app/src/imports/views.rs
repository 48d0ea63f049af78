//! What the pages of every kind of import show.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::columns::{Columns, Fault, Field};
use super::ledger::{Import, ImportState};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::sheets::{Cell, Column, Width, cell_name, workbook};
use crate::t;
use crate::ui::form::{Choice, FormState, Hidden, SelectField, Submit, TextField, Tone};
use crate::ui::{ButtonLink, Confirm, EmptyState, Notice, NoticeTone, TableWrap, time};

/// Faults listed on the page; the workbook of faults has them all.
const FAULTS_SHOWN: usize = 200;

/// The form that a file is chosen with.
pub fn upload_form(lang: Lang, form: FormState, action: String) -> impl IntoView {
    view! {
        <form method="post" action=action enctype="multipart/form-data" class="form">
            <TextField form=form name="file" kind="file" label=t!(lang, "import-file") hint=t!(lang, "import-file-hint") accept=".xlsx,.csv"/>
            <Submit label=t!(lang, "import-read")/>
        </form>
    }
}

/// A state in a word.
pub fn state_word(lang: Lang, state: ImportState) -> String {
    t!(lang, &format!("import-state-{}", state.as_str()))
}

/// The newest imports, each as its address, file, number of rows, state and time.
pub fn recent_list(lang: Lang, recent: Vec<(String, String, i64, ImportState, DateTime<Utc>)>) -> AnyView {
    if recent.is_empty() {
        return view! { <EmptyState title=t!(lang, "import-none") text=t!(lang, "import-none-text")/> }.into_any();
    }
    let rows = recent
        .into_iter()
        .map(|(href, file_name, rows, state, at)| {
            view! {
                <tr>
                    <td><a href=href>{file_name}</a></td>
                    <td class="num">{rows}</td>
                    <td>{state_word(lang, state)}</td>
                    <td>{time::date_time(lang, at)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "import-recent")>
            <table class="table">
                <thead><tr>
                    <th scope="col">{t!(lang, "import-file")}</th>
                    <th scope="col" class="num">{t!(lang, "import-rows")}</th>
                    <th scope="col">{t!(lang, "import-state")}</th>
                    <th scope="col">{t!(lang, "import-at")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

/// Required columns that were not recognised; nothing when all were.
pub fn missing_columns<F: Field>(lang: Lang, missing: &[F], field_word: impl Fn(F) -> String) -> Option<AnyView> {
    (!missing.is_empty()).then(|| {
        let names = missing.iter().map(|field| field_word(*field)).collect::<Vec<_>>().join("、");
        view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "import-columns-needed", names = names)}</p></Notice> }.into_any()
    })
}

/// With faults the question comes first: the good rows alone? `all` and `good_only` are the two labels.
pub fn start_button(lang: Lang, good: usize, faulty: usize, all: String, good_only: String) -> AnyView {
    if faulty == 0 {
        return view! { <Submit label=all/> }.into_any();
    }
    view! {
        <Hidden name="good_only" value="true"/>
        <Confirm
            label=good_only.clone()
            title=t!(lang, "import-start-good-title")
            text=t!(lang, "import-start-good-text", good = good, faulty = faulty)
            yes_label=good_only
            tone=Tone::Main
        />
    }
    .into_any()
}

/// A fault in words: cell, what the column means, what is typed there, and what is wrong with it.
pub struct FaultLine([String; 4]);

/// Every fault in words.
pub fn fault_lines<F: Field, R>(
    columns: &Columns<F>,
    faults: &[Fault<F, R>],
    field_word: impl Fn(F) -> String,
    reason_word: impl Fn(&R) -> String,
) -> Vec<FaultLine> {
    let line = |fault: &Fault<F, R>| {
        let column = columns.of(fault.field);
        let place = column.map_or_else(|| fault.row.to_string(), |column| cell_name(column, fault.row));
        FaultLine([place, field_word(fault.field), fault.typed.clone(), reason_word(&fault.reason)])
    };
    faults.iter().map(line).collect()
}

fn heads(lang: Lang) -> [String; 4] {
    [
        t!(lang, "import-cell"),
        t!(lang, "import-field"),
        t!(lang, "import-typed"),
        t!(lang, "import-reason"),
    ]
}

/// The first faults as a table, with the way to all of them as a file.
pub fn fault_table(lang: Lang, lines: Vec<FaultLine>, file: String) -> Option<AnyView> {
    if lines.is_empty() {
        return None;
    }
    let count = lines.len();
    let [cell, field, typed, reason] = heads(lang);
    let rows = lines
        .into_iter()
        .take(FAULTS_SHOWN)
        .map(|FaultLine([cell, field, typed, reason])| {
            view! { <tr><td class="num">{cell}</td><td>{field}</td><td>{typed}</td><td>{reason}</td></tr> }
        })
        .collect_view();
    let more = (count > FAULTS_SHOWN).then(|| view! { <p class="muted">{t!(lang, "import-more-faults", shown = FAULTS_SHOWN, all = count)}</p> });
    let view = view! {
        <h2>{t!(lang, "import-faults-title", count = count)}</h2>
        <p><ButtonLink href=file label=t!(lang, "import-faults-file") download=true/></p>
        <TableWrap label=t!(lang, "import-faults-title", count = count)>
            <table class="table">
                <thead><tr>
                    <th scope="col" class="num">{cell}</th>
                    <th scope="col">{field}</th>
                    <th scope="col">{typed}</th>
                    <th scope="col">{reason}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
        {more}
    };
    Some(view.into_any())
}

/// Every fault as a workbook, for those who mend the file at the desk.
pub fn faults_book(lang: Lang, lines: Vec<FaultLine>) -> Result<Vec<u8>, AppError> {
    let [cell, field, typed, reason] = heads(lang);
    let columns = [
        Column::new(cell, Width::Narrow),
        Column::new(field, Width::Name),
        Column::new(typed, Width::Name),
        Column::new(reason, Width::Wide),
    ];
    let rows: Vec<Vec<Cell>> = lines
        .into_iter()
        .map(|FaultLine(words)| words.into_iter().map(Cell::Text).collect())
        .collect();
    workbook(&t!(lang, "import-faulty"), &columns, &rows).map_err(|error| AppError::internal(&error))
}

/// The form in which columns are chosen by hand; open while a required one is missing.
pub fn column_form<F: Field>(lang: Lang, action: &'static str, import: &Import, form: &FormState, field_word: impl Fn(F) -> String) -> AnyView {
    let headers = import.headers();
    let columns: Columns<F> = import.columns();
    let fields = F::all()
        .iter()
        .map(|field| {
            let mut options = vec![Choice::new("", t!(lang, "import-no-column"))];
            options.extend(headers.iter().enumerate().map(|(at, heading)| {
                let letter = cell_name(at, 0).trim_end_matches('0').to_owned();
                Choice::new(at.to_string(), if heading.is_empty() { letter } else { format!("{letter} · {heading}") })
            }));
            let chosen = columns.of(*field).map(|column| column.to_string()).unwrap_or_default();
            view! {
                <SelectField form=form.clone() name=field.word() label=field_word(*field) options=options value=chosen optional=!field.is_required()/>
            }
        })
        .collect_view();
    let open = !columns.missing().is_empty();
    view! {
        <details class="disclosure" open=open>
            <summary>{t!(lang, "import-columns-title")}</summary>
            <form method="post" action=action class="form">
                <Hidden name="import" value=import.id.to_string()/>
                {fields}
                <Submit label=t!(lang, "import-columns-save") tone=Tone::Plain/>
            </form>
        </details>
    }
    .into_any()
}

/// How far a running import is.
pub fn progress_bar(lang: Lang, all: i64, waiting: i64) -> AnyView {
    let done = all - waiting;
    let text = t!(lang, "import-progress", done = done, all = all);
    view! {
        <p role="status">{text.clone()}</p>
        <progress max=all.to_string() value=done.to_string() aria-label=text></progress>
    }
    .into_any()
}
