//! Paper: the sign-in sheet of a lesson and the name badges of a class, on A4.

use axum::Router;
use leptos::prelude::*;

use super::board::class_of;
use super::board_store::{self, Listed};
use super::board_views::{from, masked, pages};
use super::desk::lesson_of;
use crate::error::AppError;
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::time::{date_time, time_range};
use crate::ui::{EmptyState, IconName, Pager, Qr};

/// Rows of a sheet that can still be signed by hand.
const ROWS: usize = 25;
/// Badges of a sheet: two by five.
const BADGES: usize = 10;

pub fn routes() -> Router {
    Router::new()
        .route("/desk/lessons/{id}/sheet", page(sheet))
        .route("/desk/classes/{id}/badges", page(badges))
}

/// `/desk/lessons/{id}/sheet`
pub async fn sheet(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (lesson, class, permit) = lesson_of(&cx).await?;
    let roster = board_store::roster(&cx.app.db, &permit).await?;
    let sheets = roster.len().div_ceil(ROWS).max(1);
    let when = time_range(lang, lesson.starts_at, lesson.ends_at);
    let pages = (0..sheets)
        .map(|sheet| {
            let first = sheet * ROWS;
            let rows = (first..first + ROWS).map(|place| sheet_row(place, roster.get(place))).collect_view();
            view! {
                <section class="page">
                    {title(sheet, t!(lang, "board-sheet-title"))}
                    <p class="sheet__meta"><strong>{class.title.clone()}</strong><span>{lesson.topic.clone()}</span></p>
                    <p class="sheet__meta">
                        <span>{when.clone()}</span>
                        <span>{lesson.venue.clone()}</span>
                        <span>{lesson.teacher.clone().map(|name| t!(lang, "board-teacher-is", name = name))}</span>
                        <span>{t!(lang, "board-sheet-page", page = sheet + 1, of = sheets)}</span>
                    </p>
                    <table class="sign-in">
                        <thead>
                            <tr>
                                <th scope="col">{t!(lang, "board-number")}</th>
                                <th scope="col">{t!(lang, "board-person")}</th>
                                <th scope="col">{t!(lang, "board-firm")}</th>
                                <th scope="col">{t!(lang, "board-phone")}</th>
                                <th scope="col" class="sign-in__space">{t!(lang, "board-signature")}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                    <p class="sheet__meta"><span>{t!(lang, "board-sheet-foot", n = roster.len())}</span><span>{t!(lang, "board-printed-at", at = date_time(lang, cx.now))}</span></p>
                </section>
            }
        })
        .collect_view();
    Ok(Page::new(t!(lang, "board-sheet-title"), pages).for_print())
}

/// The first sheet has the heading of the page; the others look like it.
fn title(sheet: usize, text: String) -> AnyView {
    if sheet == 0 {
        view! { <h1>{text}</h1> }.into_any()
    } else {
        view! { <h2 class="sheet__title">{text}</h2> }.into_any()
    }
}

/// A row with its number; below the last name rows stay empty for those who come unannounced.
fn sheet_row(place: usize, person: Option<&Listed>) -> impl IntoView + use<> {
    view! {
        <tr>
            <td class="num">{place + 1}</td>
            <td>{person.map(|person| person.name.clone())}</td>
            <td>{person.and_then(|person| person.firm.clone())}</td>
            <td class="nowrap">{person.and_then(|person| person.phone.as_deref()).map(masked)}</td>
            <td></td>
        </tr>
    }
}

/// `/desk/classes/{id}/badges`
pub async fn badges(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (class, permit) = class_of(&cx, cx.param("id")?).await?;
    let roster = board_store::roster_page(&cx.app.db, &permit, from(&cx)).await?;
    let (newer, older) = pages(&cx, &roster, |person| person.id);
    if roster.rows.is_empty() {
        let body = view! { <h1>{t!(lang, "board-badges-title")}</h1><EmptyState title=t!(lang, "board-nobody") text=t!(lang, "board-nobody-text") icon=IconName::People/> };
        return Ok(Page::new(t!(lang, "board-badges-title"), body).for_print());
    }
    let sheets = roster
        .rows
        .chunks(BADGES)
        .map(|people| {
            let badges = people
                .iter()
                .map(|person| {
                    view! {
                        <li class="name-badge">
                            <div>
                                <small>{class.title.clone()}</small>
                                <strong>{person.name.clone()}</strong>
                                <span>{person.firm.clone()}</span>
                            </div>
                            <Qr data=format!("{}/p/{}", cx.app.settings.base_url, person.qr_code) label=t!(lang, "board-badge-qr", name = person.name.clone())/>
                        </li>
                    }
                })
                .collect_view();
            view! { <section class="page"><ul class="badges">{badges}</ul></section> }
        })
        .collect_view();
    let body = view! {
        <div class="no-print">
            <h1>{t!(lang, "board-badges-title")}</h1>
            <Pager newer=newer older=older/>
        </div>
        {sheets}
    };
    Ok(Page::new(t!(lang, "board-badges-title"), body).for_print())
}
