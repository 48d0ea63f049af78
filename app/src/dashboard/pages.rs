//! The front page, and the addresses of this slice.

use axum::Router;
use leptos::prelude::*;

use super::cards::class_list;
use super::map::school_map;
use super::store::{self, ClassCard, Figures};
use super::{catalogue, city, desk, firm, plan, rows, schools, sums};
use crate::accounts::Actor;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::routes::page;
use crate::schools::plan as plans;
use crate::schools::rules::hours;
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, EmptyState, Figure, HeroArt, IconName, Tone, time};

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/desk", page(desk::home))
        .route("/desk/plan", page(plan::at_desk))
        .route("/desk/lessons", page(rows::lessons))
        .route("/desk/trained", page(rows::trained))
        .route("/desk/firms/{id}", page(firm::show))
        .route("/city/plan", page(plan::of_city))
}

/// Pages that only show.
pub fn shown() -> Router {
    Router::new()
        .route("/", page(front))
        .route("/classes", page(catalogue::list))
        .route("/schools", page(schools::list))
        .route("/schools/{id}", page(schools::show))
        .route("/plan", page(plan::public))
        .route("/city", page(city::overview))
}

/// `/`
pub async fn front(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let plans = plans::all(db).await?;
    let plan = plans::current(&plans, time::year_of(cx.now));
    let plan_id = plan.map(|plan| plan.id);
    let figures = sums::figures(&cx.app, plan_id, cx.now).await?;
    let next = store::next_classes(db, cx.now).await?;
    let pins = store::schools(db).await?;
    let regions = cx.regions().await?;
    let title = t!(lang, "dashboard-title");
    let year = plan.map(|plan| plan.year.to_string());
    let body = view! {
        <section class="hero">
            <div class="hero__text">
                <h1 class="hero__title">{title.clone()}</h1>
                <p class="hero__lead">{t!(lang, "dashboard-lead")}</p>
                <div class="actions">
                    <ButtonLink href="/classes" label=t!(lang, "dashboard-see-classes") tone=Tone::Main/>
                    <ButtonLink href="/plan" label=t!(lang, "schools-plan")/>
                </div>
            </div>
            <HeroArt/>
        </section>
        <div class="public stack">
            <section class="stack" aria-labelledby="next">
                <h2 id="next">{t!(lang, "dashboard-next")}</h2>
                {next_classes(&cx, next)}
            </section>
            <section class="stack" aria-labelledby="figures">
                <h2 id="figures">{year.map_or_else(|| t!(lang, "dashboard-figures"), |year| t!(lang, "dashboard-figures-of", year = year))}</h2>
                {figure_row(lang, figures)}
            </section>
            <section class="stack" aria-labelledby="schools">
                <h2 id="schools">{t!(lang, "dashboard-schools")}</h2>
                <div class="map-beside">
                    {school_map(lang, &pins, &regions)}
                    {schools::school_grid(lang, &pins, &regions)}
                </div>
            </section>
        </div>
    };
    Ok(Page::new(title, body))
}

fn next_classes(cx: &Cx, next: Vec<ClassCard>) -> AnyView {
    let lang = cx.lang;
    if next.is_empty() {
        return no_classes(cx);
    }
    view! {
        {class_list(lang, cx.now, next)}
        <p><a href="/classes">{t!(lang, "dashboard-all-classes")}</a></p>
    }
    .into_any()
}

/// A city without classes to come: whoever can make one is led there.
fn no_classes(cx: &Cx) -> AnyView {
    let lang = cx.lang;
    let title = t!(lang, "dashboard-no-classes");
    if cx.actor.as_ref().is_some_and(Actor::is_coordinator) {
        return view! {
            <EmptyState icon=IconName::Calendar title=title text=t!(lang, "dashboard-no-classes-desk")>
                <ButtonLink href="/desk/classes" label=t!(lang, "dashboard-to-classes")/>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState icon=IconName::Calendar title=title text=t!(lang, "dashboard-no-classes-text")>
            <ButtonLink href="/classes?state=ended" label=t!(lang, "dashboard-see-ended")/>
        </EmptyState>
    }
    .into_any()
}

fn figure_row(lang: Lang, figures: Figures) -> impl IntoView {
    view! {
        <div class="figures">
            <Figure value=figures.schools_open label=t!(lang, "dashboard-figure-schools") href="/schools"/>
            <Figure value=figures.classes label=t!(lang, "dashboard-figure-classes") href="/classes?state=all"/>
            <Figure value=figures.people label=t!(lang, "dashboard-figure-people") href="/plan#counties"/>
            <Figure value=hours(figures.half_hours) label=t!(lang, "dashboard-figure-hours") href="/plan#counties"/>
        </div>
    }
}
