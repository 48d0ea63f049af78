//! The attendance board of a class: people × lessons, a correction of one cell, and the same as a file.

use axum::Extension;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::prelude::*;

use super::board_store::{self, Cell, Cells, Column, PersonRow, Show, ShowCounts, Yardstick};
use super::board_views::{
    StatusChoice, flag_word, from, history_line, legend, list_behind, pages, percent, shape, source_word, status_badge, status_word, trail,
};
use super::leave_policy::can_decide;
use super::policy::{MarkPermit, mark_permit};
use super::rules::Status;
use super::{desk, leave_store, leaves, mine, print};
use crate::classes::{self, Class};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{ClassId, EnrolmentId, LessonId};
use crate::request::Cx;
use crate::respond::sentence;
use crate::routes::page;
use crate::sheets::{self, Width, workbook};
use crate::shell::Page;
use crate::t;
use crate::ui::time::{date, hour_minute, short_date, time_range};
use crate::ui::{
    ButtonLink, Crumbs, EmptyState, ErrorSummary, Facts, Hidden, IconName, Notice, NoticeTone, PageHeader, Pager, SearchBox, StateMark, Submit, Tab,
    TableWrap, Tabs, TextArea, TextField, Tone,
};

/// The board, the desk, leave, one's own page and paper.
pub fn routes() -> Router {
    Router::new()
        .route("/desk/classes/{id}/attendance", page(show))
        .route("/desk/classes/{id}/attendance/{lesson}/{enrolment}", page(cell))
        .merge(desk::routes())
        .merge(leaves::routes())
        .merge(mine::routes())
        .merge(print::routes())
}

/// The board as a file.
pub fn endpoints() -> Router {
    Router::new().route("/desk/classes/{id}/attendance.xlsx", get(export))
}

/// The class of the path, and the permit to see and correct its attendance.
pub(super) async fn class_of(cx: &Cx, id: ClassId) -> Result<(Class, MarkPermit), AppError> {
    let actor = cx.actor()?;
    let class = classes::store::class(&cx.app.db, id).await?;
    let permit = mark_permit(actor, &class)?;
    Ok((class, permit))
}

/// `/desk`, the class, and what is below it.
pub(super) fn crumbs(lang: Lang, class: &Class) -> Vec<(String, String)> {
    vec![
        ("/desk".to_owned(), t!(lang, "nav-desk")),
        (format!("/desk/classes/{}", class.id), class.title.clone()),
    ]
}

fn measure(class: &Class, columns: &[Column]) -> Yardstick {
    let open = columns.iter().filter(|column| column.attendance_closed_at.is_none()).count();
    Yardstick {
        pass_rate: class.pass_rate,
        open_lessons: i64::try_from(open).unwrap_or(i64::MAX),
    }
}

/// `/desk/classes/{id}/attendance`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (class, permit) = class_of(&cx, cx.param("id")?).await?;
    let db = &cx.app.db;
    let columns = board_store::columns(db, &permit).await?;
    let measure = measure(&class, &columns);
    let chosen = Show::parse(cx.query("show").as_deref());
    let search = cx.query("q").unwrap_or_default();
    let people = board_store::people(db, &permit, measure, chosen, &search, from(&cx)).await?;
    let cells = board_store::cells(db, &permit, Some(people.rows.iter().map(|row| row.id).collect())).await?;
    let counts = board_store::show_counts(db, &permit, measure).await?;
    let waiting = match cx.actor.as_ref().and_then(|actor| can_decide(actor, &class)) {
        Some(permit) => leave_store::waiting(db, &permit).await?,
        None => 0,
    };
    let (newer, older) = pages(&cx, &people, |row| row.id);
    let path = cx.uri.path().to_owned();
    let (leaves, badges, file) = (
        format!("/desk/classes/{}/leaves", class.id),
        format!("/desk/classes/{}/badges", class.id),
        format!("{path}.xlsx"),
    );
    let shown = cx.query("show");
    let body = view! {
        <Crumbs items=crumbs(lang, &class)/>
        <PageHeader title=class.title.clone() caption=t!(lang, "board-title") lead=t!(lang, "board-lead", rate = class.pass_rate)>
            <ButtonLink href=leaves label=t!(lang, "board-to-leaves", n = waiting) icon=IconName::Calendar/>
            <ButtonLink href=badges label=t!(lang, "board-to-badges") icon=IconName::Print/>
            <ButtonLink href=file label=t!(lang, "board-export") icon=IconName::Download download=true/>
        </PageHeader>
        <Tabs items=tabs(&cx, chosen, counts) label=t!(lang, "board-filter")/>
        <SearchBox name="q" value=search.clone() label=t!(lang, "board-search") action=path>
            {shown.map(|show| view! { <Hidden name="show" value=show/> })}
        </SearchBox>
        {legend(lang)}
        {grid(&cx, &class, columns, people.rows, &cells, &search)}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(t!(lang, "board-title-of", class = class.title.clone()), body))
}

fn tabs(cx: &Cx, chosen: Show, counts: ShowCounts) -> Vec<Tab> {
    let tab = |show, word: Option<&str>, key, count| {
        let path = cx.uri.path();
        Tab {
            href: word.map_or_else(|| path.to_owned(), |word| format!("{path}?show={word}")),
            label: t!(cx.lang, key),
            current: chosen == show,
            count: Some(count),
        }
    };
    vec![
        tab(Show::All, None, "board-show-all", counts.people),
        tab(Show::Absent, Some("absent"), "board-show-absent", counts.absent),
        tab(Show::Risk, Some("risk"), "board-show-risk", counts.risk),
    ]
}

fn grid(cx: &Cx, class: &Class, columns: Vec<Column>, people: Vec<PersonRow>, cells: &Cells, search: &str) -> AnyView {
    let lang = cx.lang;
    if columns.is_empty() {
        let href = format!("/desk/classes/{}", class.id);
        return view! {
            <EmptyState title=t!(lang, "board-no-lessons") text=t!(lang, "board-no-lessons-text") icon=IconName::Calendar>
                <ButtonLink href=href label=t!(lang, "board-to-class")/>
            </EmptyState>
        }
        .into_any();
    }
    if people.is_empty() {
        let filtered = !search.is_empty() || cx.query("show").is_some();
        let (title, text) = if filtered {
            (t!(lang, "board-nobody-found"), t!(lang, "board-nobody-found-text"))
        } else {
            (t!(lang, "board-nobody"), t!(lang, "board-nobody-text"))
        };
        let href = if filtered {
            cx.uri.path().to_owned()
        } else {
            format!("/desk/classes/{}", class.id)
        };
        let label = if filtered {
            t!(lang, "board-show-everybody")
        } else {
            t!(lang, "board-to-class")
        };
        return view! {
            <EmptyState title=title text=text icon=IconName::People><ButtonLink href=href label=label/></EmptyState>
        }
        .into_any();
    }
    let trail = trail(cx);
    let rows = people
        .iter()
        .map(|person| row(lang, class, &columns, person, cells, &trail))
        .collect_view();
    let (head, foot) = (head(cx, &columns), foot(lang, &columns));
    view! {
        <TableWrap label=t!(lang, "board-title") tall=true>
            <table class="board">
                {head}
                <tbody>{rows}</tbody>
                {foot}
            </table>
        </TableWrap>
    }
    .into_any()
}

fn head(cx: &Cx, columns: &[Column]) -> impl IntoView + use<> {
    let lang = cx.lang;
    let lessons = columns
        .iter()
        .map(|column| {
            let state = if column.attendance_closed_at.is_some() {
                t!(lang, "board-lesson-closed")
            } else if cx.now > column.ends_at {
                t!(lang, "board-lesson-to-close")
            } else {
                hour_minute(column.starts_at)
            };
            let now = column.starts_at <= cx.now && cx.now < column.ends_at;
            let class = if now { "board__lesson board__now" } else { "board__lesson" };
            let title = format!("{} · {}", column.topic, time_range(lang, column.starts_at, column.ends_at));
            view! {
                <th scope="col" class=class>
                    <a href=format!("/desk/lessons/{}", column.id) title=title>{short_date(lang, column.starts_at)}</a>
                    <small>{state}</small>
                </th>
            }
        })
        .collect_view();
    view! {
        <thead>
            <tr>
                <th scope="col">{t!(lang, "board-person")}</th>
                <th scope="col">{t!(lang, "board-so-far")}</th>
                <th scope="col">{t!(lang, "board-at-most")}</th>
                {lessons}
            </tr>
        </thead>
    }
}

fn row(lang: Lang, class: &Class, columns: &[Column], person: &PersonRow, cells: &Cells, trail: &str) -> impl IntoView + use<> {
    let tally = person.tally();
    let (so_far, at_most) = (tally.so_far(), tally.at_most());
    let lost = !at_most.reaches(class.pass_rate);
    let marks = columns
        .iter()
        .map(|column| mark(lang, class.id, column, person.id, cells.get(&(column.id, person.id)), trail))
        .collect_view();
    let left = (!person.on_roster).then(|| view! { <small>{t!(lang, "board-left")}</small> });
    view! {
        <tr>
            <th scope="row">
                {person.name.clone()}
                {left}
                {person.firm.clone().map(|firm| view! { <small class="board__firm">{firm}</small> })}
            </th>
            <td class="board__rate">{percent(so_far)}<small>{format!("{}/{}", so_far.attended, so_far.of)}</small></td>
            <td class=if lost { "board__rate board__rate--lost" } else { "board__rate" }>
                {percent(at_most)}
                {lost.then(|| view! { <small>{t!(lang, "board-below")}</small> })}
            </td>
            {marks}
        </tr>
    }
}

fn mark(lang: Lang, class: ClassId, column: &Column, person: EnrolmentId, cell: Option<&Cell>, trail: &str) -> impl IntoView + use<> {
    let status = cell.map(|cell| cell.status);
    let flagged = cell.is_some_and(|cell| !cell.flags.is_empty());
    let href = format!("/desk/classes/{class}/attendance/{}/{person}{trail}", column.id);
    let short = status.map(|status| t!(lang, &format!("board-short-{}", status.as_str())));
    let word = status_word(lang, status);
    let label = if flagged {
        format!("{word} · {}", t!(lang, "board-flagged"))
    } else {
        word
    };
    view! {
        <td class=flagged.then_some("board__changed")>
            <a class="board__cell" href=href>
                <StateMark shape=shape(status) label=label/>
                {short.map(|short| view! { <small aria-hidden="true">{short}</small> })}
            </a>
        </td>
    }
}

fn foot(lang: Lang, columns: &[Column]) -> impl IntoView + use<> {
    let totals = columns
        .iter()
        .map(|column| {
            let held = column.attended + column.missed;
            let title = t!(
                lang,
                "board-total-hint",
                attended = column.attended,
                missed = column.missed,
                excused = column.excused
            );
            let text = if held == 0 {
                "–".to_owned()
            } else {
                format!("{}/{held}", column.attended)
            };
            view! { <td title=title>{text}</td> }
        })
        .collect_view();
    view! {
        <tfoot>
            <tr>
                <th scope="row">{t!(lang, "board-totals")}</th>
                <td></td>
                <td></td>
                {totals}
            </tr>
        </tfoot>
    }
}

/// `/desk/classes/{id}/attendance/{lesson}/{enrolment}`
pub async fn cell(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (class, permit) = class_of(&cx, cx.param("id")?).await?;
    let (lesson, enrolment): (LessonId, EnrolmentId) = (cx.param("lesson")?, cx.param("enrolment")?);
    let place = board_store::cell(&cx.app.db, &permit, lesson, enrolment).await?;
    let history = board_store::history(&cx.app.db, &permit, lesson, enrolment).await?;
    let status = place.status();
    let board = list_behind(class.id, lesson, &trail(&cx));
    let mut crumbs = crumbs(lang, &class);
    crumbs.push((board.clone(), t!(lang, "board-title")));
    let mut facts = vec![
        (t!(lang, "board-lesson"), place.topic.clone()),
        (t!(lang, "board-when"), time_range(lang, place.starts_at, place.ends_at)),
    ];
    facts.extend(place.firm.clone().map(|firm| (t!(lang, "board-firm"), firm)));
    facts.extend(place.at.map(|at| (t!(lang, "board-marked-at"), crate::ui::time::date_time(lang, at))));
    let flags = place.flags().into_iter().map(|flag| flag_word(lang, flag)).collect::<Vec<_>>().join("；");
    let lines = history
        .iter()
        .map(|change| {
            let what = t!(
                lang,
                "board-change",
                from = status_word(lang, change.from()),
                to = status_word(lang, change.to()),
                source = source_word(lang, change.source)
            );
            history_line(lang, change.at, what, change.by_name.clone(), &change.why)
        })
        .collect_view();
    let body = view! {
        <ErrorSummary form=errors(&cx)/>
        <Crumbs items=crumbs/>
        <PageHeader title=place.name.clone() caption=t!(lang, "board-cell-title")/>
        <p class="row">{t!(lang, "board-now-is")}" "{status_badge(lang, status)}</p>
        {(!flags.is_empty()).then(|| view! { <Notice tone=NoticeTone::Warning title=t!(lang, "board-flagged")><p>{flags}</p></Notice> })}
        <Facts items=facts/>
        {cell_forms(&cx, &place, (lesson, enrolment), status)}
        <h2>{t!(lang, "board-history")}</h2>
        {if history.is_empty() {
            view! { <p class="muted">{t!(lang, "board-history-empty")}</p> }.into_any()
        } else {
            view! { <ol class="history">{lines}</ol> }.into_any()
        }}
        <p><a href=board>{t!(lang, "board-back")}</a></p>
    };
    Ok(Page::new(t!(lang, "board-cell-title-of", name = place.name.clone()), body))
}

/// The faults of either form of the cell.
fn errors(cx: &Cx) -> crate::ui::FormState {
    let correct = cx.form("board-correct");
    if correct.is_clean() { cx.form("board-undo") } else { correct }
}

fn cell_forms(cx: &Cx, place: &board_store::CellPlace, (lesson, enrolment): (LessonId, EnrolmentId), status: Option<Status>) -> AnyView {
    let lang = cx.lang;
    if place.cancelled_at.is_some() {
        return view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "board-cell-cancelled")}</p></Notice> }.into_any();
    }
    if !place.on_roster {
        return view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "board-cell-left")}</p></Notice> }.into_any();
    }
    let form = cx.form("board-correct");
    let trail = trail(cx);
    let undo = (status.is_some() && place.attendance_closed_at.is_none()).then(|| {
        let form = cx.form("board-undo");
        let open = !form.is_clean();
        view! {
            <details class="confirm" open=open>
                <summary class="button confirm__open">{t!(lang, "board-undo")}</summary>
                <form class="confirm__body" method="post" action="/api/board_undo">
                    <p class="confirm__title">{t!(lang, "board-undo-title")}</p>
                    <p>{t!(lang, "board-undo-text")}</p>
                    <Hidden name="lesson" value=lesson.to_string()/>
                    <Hidden name="enrolment" value=enrolment.to_string()/>
                    <Hidden name="back" value=trail.clone()/>
                    <TextField form=form name="undo_why" label=t!(lang, "board-why") maxlength="300" required=true/>
                    <Submit label=t!(lang, "board-undo-yes") tone=Tone::Danger/>
                </form>
            </details>
        }
    });
    view! {
        <form method="post" action="/api/board_correct" class="form narrow">
            <Hidden name="lesson" value=lesson.to_string()/>
            <Hidden name="enrolment" value=enrolment.to_string()/>
            <Hidden name="back" value=trail.clone()/>
            <StatusChoice form=form.clone() chosen=status lang=lang/>
            <TextArea form=form name="why" label=t!(lang, "board-why") hint=t!(lang, "board-why-hint") rows="2" maxlength="300" required=true/>
            <Submit label=t!(lang, "board-correct")/>
        </form>
        {undo}
    }
    .into_any()
}

/// `/desk/classes/{id}/attendance.xlsx`
async fn export(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    match workbook_of(&cx, &id).await {
        Ok((name, bytes)) => {
            let disposition = format!("attachment; filename*=UTF-8''{name}");
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            (
                [
                    (header::CONTENT_TYPE, kind.to_owned()),
                    (header::CONTENT_DISPOSITION, disposition),
                    (header::CACHE_CONTROL, "no-store".to_owned()),
                ],
                bytes,
            )
                .into_response()
        }
        Err(error) => {
            let status = axum::http::StatusCode::from_u16(error.status()).unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
            (status, sentence(cx.lang, &error)).into_response()
        }
    }
}

async fn workbook_of(cx: &Cx, id: &str) -> Result<(String, Vec<u8>), AppError> {
    let lang = cx.lang;
    let (class, permit) = class_of(cx, id.parse().map_err(|_| AppError::NotFound)?).await?;
    let db = &cx.app.db;
    let columns = board_store::columns(db, &permit).await?;
    let people = board_store::everybody(db, &permit, measure(&class, &columns)).await?;
    let cells = board_store::cells(db, &permit, None).await?;
    let names: std::collections::HashMap<_, _> = cx
        .regions()
        .await?
        .iter()
        .map(|region| (region.region.clone(), region.name(lang).to_owned()))
        .collect();
    let mut titles = vec![
        sheets::Column::new(t!(lang, "board-person"), Width::Name),
        sheets::Column::new(t!(lang, "board-phone"), Width::Name),
        sheets::Column::new(t!(lang, "board-firm"), Width::Wide),
        sheets::Column::new(t!(lang, "board-county"), Width::Narrow),
    ];
    let lesson_title = |column: &Column| format!("{} {}", date(lang, column.starts_at), column.topic);
    titles.extend(columns.iter().map(|column| sheets::Column::new(lesson_title(column), Width::Narrow)));
    let sums = ["present", "late", "left_early", "excused", "absent"].map(|word| t!(lang, &format!("board-status-{word}")));
    titles.extend(sums.into_iter().map(|title| sheets::Column::new(title, Width::Narrow)));
    titles.push(sheets::Column::new(t!(lang, "board-so-far"), Width::Narrow));
    titles.push(sheets::Column::new(t!(lang, "board-at-most"), Width::Narrow));
    let rows: Vec<Vec<sheets::Cell>> = people
        .iter()
        .map(|person| export_row(lang, &columns, person, &cells, names.get(&person.region).map_or("", String::as_str)))
        .collect();
    // Thousands of cells take a while to pack: not on the thread that answers others.
    let title = t!(lang, "board-title");
    let bytes = tokio::task::spawn_blocking(move || workbook(&title, &titles, &rows))
        .await
        .map_err(|error| AppError::internal(&error))?
        .map_err(|error| AppError::internal(&error))?;
    let name = format!("{}-{}.xlsx", class.title, t!(lang, "board-title"));
    let name = url::form_urlencoded::byte_serialize(name.as_bytes())
        .collect::<String>()
        .replace('+', "%20");
    Ok((name, bytes))
}

fn export_row(lang: Lang, columns: &[Column], person: &PersonRow, cells: &Cells, county: &str) -> Vec<sheets::Cell> {
    let optional = |text: &Option<String>| text.clone().map_or(sheets::Cell::Empty, sheets::Cell::Text);
    let tally = person.tally();
    let mut row = vec![
        sheets::Cell::text(&person.name),
        optional(&person.phone),
        optional(&person.firm),
        sheets::Cell::text(county),
    ];
    row.extend(columns.iter().map(|column| match cells.get(&(column.id, person.id)) {
        Some(cell) => sheets::Cell::Text(status_word(lang, Some(cell.status))),
        None => sheets::Cell::Empty,
    }));
    row.extend([tally.present, tally.late, tally.left_early, tally.excused, tally.absent].map(sheets::Cell::count));
    row.extend([tally.so_far(), tally.at_most()].map(share));
    row
}

/// A rate as a share of 1; nothing when no lesson was held.
#[allow(clippy::cast_precision_loss)] // a few thousand lessons at most
fn share(rate: super::rules::Rate) -> sheets::Cell {
    if rate.of > 0 {
        sheets::Cell::Percent(rate.attended as f64 / rate.of as f64)
    } else {
        sheets::Cell::Empty
    }
}
