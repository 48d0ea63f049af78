//! Pages of benchmarks, gaps, causes, targets and actions.

mod action;
mod board;
mod calendar;
mod desk;
mod gaps;
mod library;
mod overview;
mod path;
mod upload;
mod what_if;

use axum::Router;
use axum::routing::post;
use chrono::NaiveDate;
use leptos::prelude::*;

use super::rules::ActionState;
use crate::benchmarking::pages::{View, pilot_head};
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::level::Level;
use crate::benchmarking::rules::{Dimension, Framework, Indicator};
use crate::benchmarking::store::Pilot;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::routes::page;
use crate::t;
use crate::ui::{BadgeTone, EmptyState, Facts, FormState, IconName, Notice, NoticeTone, Tab, Tabs, time};

/// The pages of this room.
pub fn routes() -> Router {
    Router::new()
        .route("/firm/{pilot}/benchmark", page(overview::show))
        .route("/firm/{pilot}/benchmark/new", page(library::new))
        .route("/firm/{pilot}/benchmark/library", page(library::of_firm))
        .route("/firm/{pilot}/benchmark/library/{benchmark}", page(library::show))
        .route("/firm/{pilot}/benchmark/library/{benchmark}/edit", page(library::edit))
        .route("/firm/{pilot}/benchmark/gaps", page(gaps::table))
        .route("/firm/{pilot}/benchmark/gaps/{indicator}", page(path::show))
        .route("/firm/{pilot}/benchmark/what-if", page(what_if::show))
        .route("/firm/{pilot}/actions", page(board::show))
        .route("/firm/{pilot}/actions/new", page(action::new))
        .route("/firm/{pilot}/actions/calendar", page(calendar::show))
        .route("/firm/{pilot}/actions/{action}", page(action::show))
        .route("/firm/{pilot}/actions/{action}/edit", page(action::edit))
        .route("/city/benchmarks", page(library::of_city))
        .route("/city/benchmarks/new", page(library::new_of_city))
        .route("/city/benchmarks/{benchmark}", page(library::show_of_city))
        .route("/city/benchmarks/{benchmark}/edit", page(library::edit_of_city))
        .route("/desk/actions", page(desk::list))
}

/// What the form with a file is sent to.
pub fn uploads() -> Router {
    Router::new().route("/firm/{pilot}/actions/{action}/evidence", post(upload::receive))
}

/// The views below 标杆与差距.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Overview,
    Library,
    Gaps,
    WhatIf,
}

/// The head of a page below 标杆与差距.
fn benchmark_head(cx: &Cx, pilot: &Pilot, standing: &Standing, part: Part) -> impl IntoView + use<> {
    let lang = cx.lang;
    let tab = |to: Part, path: &str, label: String| Tab {
        href: format!("/firm/{}/benchmark{path}", pilot.id),
        label,
        current: to == part,
        count: None,
    };
    let items = vec![
        tab(Part::Overview, "", t!(lang, "improvement-overview")),
        tab(Part::Library, "/library", t!(lang, "improvement-library")),
        tab(Part::Gaps, "/gaps", t!(lang, "improvement-gaps")),
        tab(Part::WhatIf, "/what-if", t!(lang, "improvement-what-if")),
    ];
    view! {
        {pilot_head(cx, pilot, standing, View::Benchmark)}
        <Tabs items=items label=t!(lang, "improvement-benchmark-views")/>
    }
}

/// An indicator by its id and name.
fn named(lang: Lang, indicator: &Indicator) -> String {
    format!("{} {}", indicator.id, lang.pick(&indicator.name, &indicator.name_en))
}

/// The same by its id alone; one that the framework does not have stays an id.
fn name_of(lang: Lang, framework: Option<&Framework>, id: &str) -> String {
    let found = framework.and_then(|framework| framework.indicator(id));
    found.map_or_else(|| id.to_owned(), |(_, indicator)| named(lang, indicator))
}

fn dimension_name(lang: Lang, dimension: &Dimension) -> String {
    format!("{} {}", dimension.id, lang.pick(&dimension.name, &dimension.name_en))
}

/// What a level looks like, in words.
fn level_text(lang: Lang, indicator: &Indicator, level: Level) -> String {
    let text = indicator.levels.get(usize::from(level.get()).saturating_sub(1));
    let words = text.map(|text| lang.pick(&text.zh, &text.en)).unwrap_or_default();
    format!("{} · {words}", level.get())
}

fn state_word(lang: Lang, state: ActionState) -> String {
    crate::i18n::text(lang, &format!("improvement-state-{}", state.as_str()), &[])
}

fn state_tone(state: ActionState) -> BadgeTone {
    match state {
        ActionState::Planned => BadgeTone::Neutral,
        ActionState::Doing => BadgeTone::Info,
        ActionState::Done => BadgeTone::Good,
        ActionState::Cancelled => BadgeTone::Bad,
    }
}

fn day(lang: Lang, day: NaiveDate) -> String {
    time::day(lang, day)
}

/// Both versions, when somebody else saved while this form was open: what stands now, and what was typed in the fields.
fn conflict(lang: Lang, form: &FormState, edition: i64, now: Vec<(String, String)>) -> Option<impl IntoView + use<>> {
    let stale = form.value("edition").is_some_and(|typed| typed != edition.to_string());
    stale.then(|| {
        view! {
            <Notice tone=NoticeTone::Warning title=t!(lang, "improvement-conflict-title")>
                <p>{t!(lang, "improvement-conflict-text")}</p>
                <Facts items=now/>
            </Notice>
        }
    })
}

/// A page that has nothing to show before there is a framework.
fn no_framework(lang: Lang) -> AnyView {
    view! { <EmptyState icon=IconName::Chart title=t!(lang, "improvement-no-framework") text=t!(lang, "improvement-no-framework-text")/> }.into_any()
}
