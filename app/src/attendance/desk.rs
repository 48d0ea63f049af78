//! The desk of one lesson: who is in and who is not, marking one or many, a signed list, the door, closing.

use axum::Router;
use leptos::prelude::*;

use super::board::crumbs;
use super::board_store;
use super::board_views::{flag_word, from, history_line, pages, source_word, status_badge, status_word, trail};
use super::desk_store::{self, DeskRow, LessonEvent, Show};
use super::policy::{MarkPermit, mark_permit};
use super::rules::Status;
use super::store::{self, Counts, WalkIn, WalkInState};
use crate::classes::{Class, Lesson};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::LessonId;
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::time::{hour_minute, local_input, time_range};
use crate::ui::{
    ButtonLink, Confirm, Crumbs, EmptyState, ErrorSummary, Figure, FormState, Hidden, Icon, IconName, Notice, NoticeTone, PageHeader, Pager,
    SearchBox, Submit, Tab, TableWrap, Tabs, TextField, Tone,
};

/// As many names as the paper list offers at once.
const PAPER: i64 = 2_000;

pub fn routes() -> Router {
    Router::new()
        .route("/desk/lessons/{id}", page(show))
        .route("/desk/lessons/{id}/paper", page(paper))
}

/// The lesson of the path with its class, and the permit to mark it.
pub(super) async fn lesson_of(cx: &Cx) -> Result<(Lesson, Class, MarkPermit), AppError> {
    let actor = cx.actor()?;
    let id: LessonId = cx.param("id")?;
    let (lesson, class) = desk_store::lesson_and_class(&cx.app.db, id).await?;
    let permit = mark_permit(actor, &class)?;
    Ok((lesson, class, permit))
}

/// The crumbs down to the attendance of the class.
fn crumbs_of(lang: Lang, class: &Class) -> Vec<(String, String)> {
    let mut items = crumbs(lang, class);
    items.push((format!("/desk/classes/{}/attendance", class.id), t!(lang, "board-title")));
    items
}

/// `/desk/lessons/{id}`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (lesson, class, permit) = lesson_of(&cx).await?;
    let db = &cx.app.db;
    let counts = store::counts(db, lesson.id).await?;
    let chosen = Show::parse(cx.query("show").as_deref());
    let search = cx.query("q").unwrap_or_default();
    let people = desk_store::desk(db, &permit, lesson.id, chosen, &search, from(&cx)).await?;
    let asked = store::asked(db, &permit, lesson.id).await?;
    let events = desk_store::lesson_events(db, &permit, lesson.id).await?;
    let (newer, older) = pages(&cx, &people, |row| row.id);
    let path = cx.uri.path().to_owned();
    let place = lesson.venue.clone().map(|venue| format!(" · {venue}")).unwrap_or_default();
    let lead = format!("{}{place}", time_range(lang, lesson.starts_at, lesson.ends_at));
    let links = header_links(lang, &lesson);
    let shown = cx.query("show");
    let tabs = tabs(lang, &path, chosen, counts);
    let figures = figures(lang, &path, counts);
    let body = view! {
        <ErrorSummary form=errors(&cx)/>
        <Crumbs items=crumbs_of(lang, &class)/>
        <PageHeader title=lesson.topic.clone() caption=class.title.clone() lead=lead>
            {links}
        </PageHeader>
        {standing(lang, &lesson)}
        {super::pages::desk_news(lang, lesson.id)}
        {figures}
        {door(&cx, &lesson, asked)}
        <Tabs items=tabs label=t!(lang, "board-filter")/>
        <SearchBox name="q" value=search label=t!(lang, "board-search") action=path>
            {shown.map(|show| view! { <Hidden name="show" value=show/> })}
        </SearchBox>
        {list(&cx, &lesson, &people.rows)}
        <Pager newer=newer older=older/>
        {closing(&cx, &lesson, counts)}
        {happened(lang, &events)}
    };
    Ok(Page::new(t!(lang, "board-desk-title-of", topic = lesson.topic.clone()), body).interactive())
}

/// The faults of whichever form of the desk came back.
fn errors(cx: &Cx) -> FormState {
    let forms = ["board-mark", "board-walk-in", "board-close", "board-reopen"];
    forms
        .into_iter()
        .map(|name| cx.form(name))
        .find(|form| !form.is_clean())
        .unwrap_or_default()
}

fn header_links(lang: Lang, lesson: &Lesson) -> impl IntoView + use<> {
    let path = format!("/desk/lessons/{}", lesson.id);
    view! {
        <ButtonLink href=format!("{path}/wall") label=t!(lang, "board-to-wall") icon=IconName::Screen/>
        <ButtonLink href=format!("{path}/scan") label=t!(lang, "board-to-scan") icon=IconName::Camera/>
        <ButtonLink href=format!("{path}/paper") label=t!(lang, "board-to-paper") icon=IconName::Edit/>
        <ButtonLink href=format!("{path}/sheet") label=t!(lang, "board-to-sheet") icon=IconName::Print/>
    }
}

/// Whether the attendance is open, in a sentence.
fn standing(lang: Lang, lesson: &Lesson) -> AnyView {
    if lesson.cancelled_at.is_some() {
        view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "board-cell-cancelled")}</p></Notice> }.into_any()
    } else if let Some(at) = lesson.attendance_closed_at {
        let at = crate::ui::time::date_time(lang, at);
        view! { <Notice><p>{t!(lang, "board-is-closed", at = at)}</p></Notice> }.into_any()
    } else {
        ().into_any()
    }
}

fn figures(lang: Lang, path: &str, counts: Counts) -> impl IntoView + use<> {
    let link = |show: Show| format!("{path}?show={}", show.as_str());
    view! {
        <div class="figures">
            <Figure value=counts.arrived() label=t!(lang, "board-arrived") hint=t!(lang, "board-of-roster", n = counts.roster) href=link(Show::Here)/>
            <Figure value=counts.unmarked() label=t!(lang, "board-missing") href=link(Show::Missing)/>
            <Figure value=counts.excused + counts.absent label=t!(lang, "board-away") href=link(Show::Away)/>
            <Figure value=counts.flagged label=t!(lang, "board-to-look") href=link(Show::Look)/>
        </div>
    }
}

fn tabs(lang: Lang, path: &str, chosen: Show, counts: Counts) -> Vec<Tab> {
    let count = |show| match show {
        Show::All => counts.roster,
        Show::Missing => counts.unmarked(),
        Show::Here => counts.arrived() + counts.left_early,
        Show::Away => counts.excused + counts.absent,
        Show::Look => counts.flagged,
    };
    let tab = |show: Show| Tab {
        href: if show == Show::All {
            path.to_owned()
        } else {
            format!("{path}?show={}", show.as_str())
        },
        label: t!(lang, &format!("board-desk-show-{}", show.as_str())),
        current: show == chosen,
        count: Some(count(show)),
    };
    Show::ALL.into_iter().map(tab).collect()
}

/// Those at the door who asked to be added and wait.
fn door(cx: &Cx, lesson: &Lesson, asked: Vec<WalkIn>) -> AnyView {
    let lang = cx.lang;
    let waiting: Vec<WalkIn> = asked.into_iter().filter(|wish| wish.state == WalkInState::Asked).collect();
    if waiting.is_empty() {
        return ().into_any();
    }
    let title = t!(lang, "board-door", n = waiting.len());
    let form = cx.form("board-walk-in");
    let items = waiting
        .into_iter()
        .map(|wish| {
            let id = wish.id.to_string();
            let mine = if form.value("walk_in") == Some(id.as_str()) {
                form.clone()
            } else {
                FormState::default()
            };
            let open = !mine.is_clean();
            let about = [wish.firm, wish.phone].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            view! {
                <li class="task">
                    <div class="task__text">
                        <strong>{wish.name}</strong>
                        <p class="task__hint">{about}" · "{t!(lang, "board-asked-at", at = hour_minute(wish.asked_at))}</p>
                    </div>
                    <form class="row" method="post" action="/api/board_walk_in">
                        <Hidden name="lesson" value=lesson.id.to_string()/>
                        <Hidden name="walk_in" value=id/>
                        <Submit label=t!(lang, "board-add") name="verdict" value="add" tone=Tone::Plain icon=IconName::Plus/>
                        <details class="confirm" open=open>
                            <summary class="button button--quiet-danger confirm__open">{t!(lang, "board-turn-away")}</summary>
                            <div class="confirm__body">
                                <TextField form=mine name="door_why" label=t!(lang, "board-turn-away-why") maxlength="300"/>
                                <Submit label=t!(lang, "board-turn-away-yes") name="verdict" value="refuse" tone=Tone::Danger/>
                            </div>
                        </details>
                    </form>
                </li>
            }
        })
        .collect_view();
    view! { <section class="stack"><h2>{title}</h2><ul class="tasks">{items}</ul></section> }.into_any()
}

/// The people with their states; one form, so that one or many can be marked.
fn list(cx: &Cx, lesson: &Lesson, people: &[DeskRow]) -> AnyView {
    let lang = cx.lang;
    if people.is_empty() {
        let here = cx.uri.path().to_owned();
        return view! {
            <EmptyState title=t!(lang, "board-nobody-here") text=t!(lang, "board-nobody-here-text") icon=IconName::People>
                <ButtonLink href=here label=t!(lang, "board-show-everybody")/>
            </EmptyState>
        }
        .into_any();
    }
    let form = cx.form("board-mark");
    let trail = trail(cx);
    let trail = if trail.is_empty() {
        "?from=desk".to_owned()
    } else {
        format!("{trail}&from=desk")
    };
    let markable = lesson.cancelled_at.is_none();
    let rows = people
        .iter()
        .enumerate()
        .map(|(place, person)| row(lang, lesson, person, place == 0, &form, &trail))
        .collect_view();
    view! {
        <form method="post" action="/api/board_mark" class="stack">
            <Hidden name="lesson" value=lesson.id.to_string()/>
            // Pressing Enter in the reason must not mark anybody: the first button of the form is this one.
            <button class="visually-hidden" type="submit" name="status" value="" tabindex="-1" aria-hidden="true"></button>
            <TableWrap label=t!(lang, "board-people")>
                <table class="table desk-list">
                    <thead>
                        <tr>
                            <th scope="col"><span class="visually-hidden">{t!(lang, "board-tick")}</span></th>
                            <th scope="col">{t!(lang, "board-person")}</th>
                            <th scope="col">{t!(lang, "board-state")}</th>
                            <th scope="col">{t!(lang, "board-what")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
            {markable.then(|| selection(lang, lesson, form))}
        </form>
    }
    .into_any()
}

fn row(lang: Lang, lesson: &Lesson, person: &DeskRow, first: bool, form: &FormState, trail: &str) -> impl IntoView + use<> {
    let id = person.id.to_string();
    let status = person.status();
    let ticked = form.has("ids[]", &id);
    let since = match (person.at, person.source()) {
        (Some(at), Some(source)) => format!("{} · {}", hour_minute(at), source_word(lang, source)),
        _ => String::new(),
    };
    let flags = person
        .flags()
        .into_iter()
        .map(|flag| view! { <small class="board__flag"><Icon name=IconName::Flag/>{flag_word(lang, flag)}</small> })
        .collect_view();
    let waits = person.leave_waits.then(|| {
        view! { <small><a href=format!("/desk/classes/{}/leaves", lesson.class_id)>{t!(lang, "board-leave-waits")}</a></small> }
    });
    let correct = format!("/desk/classes/{}/attendance/{}/{id}{trail}", lesson.class_id, lesson.id);
    let markable = lesson.cancelled_at.is_none();
    // Where the summary of faults leads to.
    let field = first.then_some("field-ids");
    let quick = (markable && status.is_none() && lesson.attendance_closed_at.is_none()).then(|| {
        let button = |status: Status| {
            let name = person.name.clone();
            let label = status_word(lang, Some(status));
            view! {
                <button class="button" type="submit" name="one" value=format!("{id}:{}", status.as_str()) aria-label=format!("{name} {label}")>{label.clone()}</button>
            }
        };
        view! { {button(Status::Present)} {button(Status::Late)} }
    });
    view! {
        <tr>
            <td><label class="pick"><input class="check" id=field type="checkbox" name="ids[]" value=id.clone() checked=ticked aria-label=person.name.clone()/></label></td>
            <th scope="row">{person.name.clone()}{person.firm.clone().map(|firm| view! { <small class="board__firm">{firm}</small> })}</th>
            <td>{status_badge(lang, status)} <small class="muted">{since}</small> {flags} {waits}</td>
            <td><div class="row">{quick}<a href=correct>{t!(lang, "board-correct-or-history")}</a></div></td>
        </tr>
    }
}

/// The bar for those who are ticked.
fn selection(lang: Lang, lesson: &Lesson, form: FormState) -> impl IntoView {
    let hint = if lesson.attendance_closed_at.is_some() {
        t!(lang, "board-why-closed-hint")
    } else {
        t!(lang, "board-why-many-hint")
    };
    let button = |status: Status| view! { <Submit label=status_word(lang, Some(status)) name="status" value=status.as_str() tone=Tone::Plain/> };
    view! {
        <div class="selection">
            <span class="selection__count">{t!(lang, "board-ticked")}</span>
            <TextField form=form name="why" label=t!(lang, "board-why") hint=hint maxlength="300" optional=true/>
            {button(Status::Present)}
            {button(Status::Late)}
            {button(Status::LeftEarly)}
            {button(Status::Absent)}
        </div>
    }
}

/// Closing says what it does before it does it; reopening asks why.
fn closing(cx: &Cx, lesson: &Lesson, counts: Counts) -> AnyView {
    let lang = cx.lang;
    let id = lesson.id.to_string();
    if lesson.cancelled_at.is_some() {
        return ().into_any();
    }
    if lesson.attendance_closed_at.is_some() {
        let form = cx.form("board-reopen");
        let open = !form.is_clean();
        return view! {
            <section class="stack">
                <h2>{t!(lang, "board-reopen-title")}</h2>
                <p>{t!(lang, "board-reopen-text")}</p>
                <details class="confirm" open=open>
                    <summary class="button confirm__open">{t!(lang, "board-reopen")}</summary>
                    <form class="confirm__body" method="post" action="/api/board_reopen">
                        <Hidden name="lesson" value=id/>
                        <TextField form=form name="reopen_why" label=t!(lang, "board-why") maxlength="300" required=true/>
                        <Submit label=t!(lang, "board-reopen-yes") tone=Tone::Plain/>
                    </form>
                </details>
            </section>
        }
        .into_any();
    }
    if cx.now < lesson.starts_at {
        return view! { <section class="stack"><h2>{t!(lang, "board-close-title")}</h2><p class="muted">{t!(lang, "board-close-later")}</p></section> }.into_any();
    }
    let early = cx.now < lesson.ends_at;
    view! {
        <section class="stack">
            <h2>{t!(lang, "board-close-title")}</h2>
            <p>{t!(lang, "board-close-text")}</p>
            {early.then(|| view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "board-close-early")}</p></Notice> })}
            <form method="post" action="/api/board_close">
                <Hidden name="lesson" value=id/>
                <Confirm
                    label=t!(lang, "board-close")
                    title=t!(lang, "board-close-question", n = counts.unmarked())
                    text=t!(lang, "board-close-then")
                    yes_label=t!(lang, "board-close-yes")
                />
            </form>
        </section>
    }
    .into_any()
}

fn happened(lang: Lang, events: &[LessonEvent]) -> impl IntoView + use<> {
    let lines = events
        .iter()
        .map(|event| {
            history_line(
                lang,
                event.at,
                t!(lang, &format!("board-event-{}", event.what)),
                event.by_name.clone(),
                &event.why,
            )
        })
        .collect_view();
    (!events.is_empty()).then(|| view! { <section class="stack"><h2>{t!(lang, "board-history")}</h2><ol class="history">{lines}</ol></section> })
}

/// `/desk/lessons/{id}/paper`
pub async fn paper(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (lesson, class, permit) = lesson_of(&cx).await?;
    let unmarked = board_store::unmarked(&cx.app.db, &permit, lesson.id, PAPER).await?;
    let form = cx.form("board-paper");
    let mut items = crumbs_of(lang, &class);
    let back = format!("/desk/lessons/{}", lesson.id);
    items.push((back.clone(), lesson.topic.clone()));
    let error = form.error("ids").map(ToOwned::to_owned);
    let names = unmarked
        .iter()
        .enumerate()
        .map(|(place, person)| {
            let id = person.id.to_string();
            let ticked = form.has("ids[]", &id);
            let field = (place == 0).then_some("field-ids");
            view! {
                <li>
                    <label class="paper__name">
                        <input class="check" id=field type="checkbox" name="ids[]" value=id checked=ticked/>
                        <span>{person.name.clone()}{person.firm.clone().map(|firm| view! { <small class="board__firm">{firm}</small> })}</span>
                    </label>
                </li>
            }
        })
        .collect_view();
    let class_name = if error.is_some() { "field field--error" } else { "field" };
    let content = if lesson.cancelled_at.is_some() || lesson.attendance_closed_at.is_some() {
        standing(lang, &lesson)
    } else if unmarked.is_empty() {
        view! {
            <EmptyState title=t!(lang, "board-paper-nobody") text=t!(lang, "board-paper-nobody-text") icon=IconName::Check>
                <ButtonLink href=back label=t!(lang, "board-to-desk")/>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <form method="post" action="/api/board_paper" class="form">
                <Hidden name="lesson" value=lesson.id.to_string()/>
                <TextField form=form name="at" kind="datetime-local" label=t!(lang, "board-paper-at") hint=t!(lang, "board-paper-at-hint", n = class.late_after_min) value=local_input(lesson.starts_at) required=true/>
                <fieldset class=class_name>
                    <legend class="field__label">{t!(lang, "board-paper-who")}</legend>
                    {error.map(|error| view! { <p class="field__error" id="error-ids"><Icon name=IconName::Alert/>{error}</p> })}
                    <ul class="paper">{names}</ul>
                </fieldset>
                <Submit label=t!(lang, "board-paper-enter")/>
            </form>
        }
        .into_any()
    };
    let body = view! {
        <ErrorSummary form=cx.form("board-paper")/>
        <Crumbs items=items/>
        <PageHeader title=t!(lang, "board-paper-title") caption=lesson.topic.clone() lead=t!(lang, "board-paper-lead")/>
        {content}
    };
    Ok(Page::new(t!(lang, "board-paper-title"), body))
}
