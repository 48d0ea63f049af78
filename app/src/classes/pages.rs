//! Pages of this slice: the desk's classes, their lessons, timetables, and the class as everybody sees it.

mod editing;
mod lessons;
mod list;
mod overview;
mod public;
mod timetable;
mod week;

use axum::Router;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::Class;
use super::policy::{self, ClassPermit, DeskView};
use super::rules::ClassState;
use super::store;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::ClassId;
use crate::request::Cx;
use crate::routes::page;
use crate::t;
use crate::ui::{Badge, BadgeTone, Crumbs, Tab, Tabs, time};

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/desk/classes", page(list::show))
        .route("/desk/classes/new", page(editing::new))
        .route("/desk/classes/{id}", page(overview::show))
        .route("/desk/classes/{id}/edit", page(editing::edit))
        .route("/desk/classes/{id}/duplicate", page(editing::duplicate))
        .route("/desk/classes/{id}/lessons", page(lessons::show))
        .route("/desk/classes/{id}/lessons/new", page(lessons::new))
        .route("/desk/classes/{id}/lessons/series", page(lessons::series))
        .route("/desk/classes/{id}/lessons/{lesson}", page(lessons::edit))
        .route("/desk/classes/{id}/timetable/print", page(timetable::print))
        .route("/desk/timetable", page(timetable::show))
}

/// Pages that only show.
pub fn shown() -> Router {
    Router::new().route("/classes/{id}", page(public::show))
}

/// One of the views of a class at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassTab {
    Overview,
    Lessons,
    Roster,
    Attendance,
    Completion,
}

/// The tabs that every desk page of a class has on top.
pub fn class_tabs(lang: Lang, class: ClassId, current: ClassTab) -> impl IntoView + use<> {
    let tab = |which: ClassTab, end: &str, key: &str| Tab {
        href: format!("/desk/classes/{class}{end}"),
        label: t!(lang, key),
        current: which == current,
        count: None,
    };
    let items = vec![
        tab(ClassTab::Overview, "", "classes-tab-overview"),
        tab(ClassTab::Lessons, "/lessons", "classes-tab-lessons"),
        tab(ClassTab::Roster, "/roster", "classes-tab-roster"),
        tab(ClassTab::Attendance, "/attendance", "classes-tab-attendance"),
        tab(ClassTab::Completion, "/completion", "classes-tab-completion"),
    ];
    view! { <Tabs items=items/> }
}

/// The way back up from a desk page of a class.
pub fn class_crumbs(lang: Lang, class: Option<&Class>) -> impl IntoView + use<> {
    let mut items = vec![
        ("/desk".to_owned(), t!(lang, "nav-desk")),
        ("/desk/classes".to_owned(), t!(lang, "classes-title")),
    ];
    items.extend(class.map(|class| (format!("/desk/classes/{}", class.id), class.title.clone())));
    view! { <Crumbs items=items/> }
}

/// A class's state as a word with a sign.
pub fn state_badge(lang: Lang, state: ClassState) -> impl IntoView + use<> {
    let tone = match state {
        ClassState::Draft | ClassState::Archived => BadgeTone::Neutral,
        ClassState::Published => BadgeTone::Info,
        ClassState::Enrolling => BadgeTone::Attention,
        ClassState::Running | ClassState::Closed => BadgeTone::Good,
        ClassState::Cancelled => BadgeTone::Bad,
    };
    view! { <Badge tone=tone label=t!(lang, &format!("classes-state-{}", state.as_str()))/> }
}

/// From the first lesson's day to the last one's.
fn days(lang: Lang, starts_at: Option<DateTime<Utc>>, ends_at: Option<DateTime<Utc>>) -> String {
    match starts_at.zip(ends_at) {
        None => t!(lang, "classes-no-dates"),
        Some((start, end)) if time::day_of(start) == time::day_of(end) => time::date(lang, start),
        Some((start, end)) => format!("{} – {}", time::date(lang, start), time::date(lang, end)),
    }
}

/// The class of this desk page, as far as the actor may see it.
async fn viewed(cx: &Cx) -> Result<(Class, DeskView, Option<ClassPermit>), AppError> {
    let actor = cx.actor()?;
    let class = store::class(&cx.app.db, cx.param("id")?).await?;
    let view = policy::view(actor, &class)?;
    let permit = policy::can_manage(actor, &class);
    Ok((class, view, permit))
}

/// The class of this desk page, if the actor may change it.
async fn managed(cx: &Cx) -> Result<(Class, ClassPermit), AppError> {
    let actor = cx.actor()?;
    let class = store::class(&cx.app.db, cx.param("id")?).await?;
    let permit = policy::manage(actor, &class)?;
    Ok((class, permit))
}
