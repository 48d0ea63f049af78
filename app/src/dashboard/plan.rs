//! The plan's progress: classes, places, hours and people by county against what is asked, for everybody, for a
//! coordinator with the rows of the own county, for the city with all rows.

use leptos::prelude::*;

use super::policy::{self, Watch};
use super::store::{self, Measures, Progress};
use super::sums;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{PlanId, Region};
use crate::regions::RegionName;
use crate::request::Cx;
use crate::schools::plan as plans;
use crate::schools::rules::{hours, next_year, percent};
use crate::schools::{Plan, Theme};
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, EmptyState, IconName, PageHeader, Tab, TableWrap, Tabs, time};

/// Who reads the page, and so where its figures lead.
enum Reader {
    Anybody,
    Coordinator(Watch),
}

impl Reader {
    fn address(&self) -> &'static str {
        match self {
            Self::Anybody => "/plan",
            Self::Coordinator(watch) if watch.is_city() => "/city/plan",
            Self::Coordinator(_) => "/desk/plan",
        }
    }

    fn is_city(&self) -> bool {
        matches!(self, Self::Coordinator(watch) if watch.is_city())
    }

    /// Where the rows of a figure are; none where this reader may not see them.
    fn rows(&self, plan: PlanId, region: Option<&Region>, figure: &str) -> Option<String> {
        let county = region.map(|region| format!("&county={region}")).unwrap_or_default();
        match self {
            Self::Anybody => Some(format!("/classes?state=all&plan={plan}{county}")),
            Self::Coordinator(watch) => {
                let own = watch.is_city() || region.is_some_and(|region| watch.regions().contains(region));
                own.then(|| match figure {
                    "hours" => format!("/desk/lessons?plan={plan}{county}"),
                    "people" => format!("/desk/trained?plan={plan}{county}"),
                    // The catalogue shows exactly what is counted: neither drafts nor what was cancelled.
                    _ => format!("/classes?state=all&plan={plan}{county}"),
                })
            }
        }
    }
}

/// `/plan`
pub async fn public(cx: Cx) -> Result<Page, AppError> {
    show(&cx, Reader::Anybody).await
}

/// `/desk/plan`
pub async fn at_desk(cx: Cx) -> Result<Page, AppError> {
    let watch = policy::coordinate(cx.actor()?).ok_or(AppError::Forbidden)?;
    show(&cx, Reader::Coordinator(watch)).await
}

/// `/city/plan`
pub async fn of_city(cx: Cx) -> Result<Page, AppError> {
    let watch = policy::overview(cx.actor()?).ok_or(AppError::Forbidden)?;
    show(&cx, Reader::Coordinator(watch)).await
}

async fn show(cx: &Cx, reader: Reader) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let plans = plans::all(db).await?;
    let wanted: Option<i64> = cx.query("year").and_then(|year| year.parse().ok());
    let plan = match wanted {
        Some(year) => Some(plans.iter().find(|plan| plan.year == year).ok_or(AppError::NotFound)?),
        None => plans::current(&plans, time::year_of(cx.now)),
    };
    let Some(plan) = plan else { return Ok(no_plan(cx, &reader)) };
    let themes = plans::themes(db, plan.id).await?;
    let rows = sums::progress(&cx.app, plan.id, cx.now).await?;
    let figures = sums::figures(&cx.app, Some(plan.id), cx.now).await?;
    let regions = cx.regions().await?;
    let total = store::total(&rows, figures.people);
    let title = plan.name(lang).to_owned();
    let caption = t!(lang, "dashboard-plan-year", year = plan.year.to_string());
    let summary = Some(plan.summary(lang).to_owned()).filter(|text| !text.is_empty());
    let actions = actions(lang, &reader, plan, &plans);
    let body = view! {
        <div class="public stack">
            <PageHeader title=title.clone() caption=caption>{actions}</PageHeader>
            {years(&reader, plan, &plans, lang)}
            {summary.map(|text| view! { <p>{text}</p> })}
            {theme_section(lang, plan.id, themes)}
            <section class="stack">
                <h2 id="counties">{t!(lang, "dashboard-plan-counties")}</h2>
                <p class="muted">{t!(lang, "dashboard-plan-how")}</p>
                {progress_table(lang, &reader, plan.id, &rows, total, &regions)}
            </section>
        </div>
    };
    Ok(Page::new(title, body))
}

fn no_plan(cx: &Cx, reader: &Reader) -> Page {
    let lang = cx.lang;
    let title = t!(lang, "schools-plan");
    let add = reader.is_city().then(|| {
        let year = time::year_of(cx.now).to_string();
        view! { <ButtonLink href="/city/plans/new" label=t!(lang, "schools-plan-add", year = year)/> }
    });
    let body = view! {
        <PageHeader title=title.clone()/>
        <EmptyState icon=IconName::Flag title=t!(lang, "dashboard-no-plan") text=t!(lang, "dashboard-no-plan-text")>{add}</EmptyState>
    };
    Page::new(title, body)
}

/// What the city can do here.
fn actions(lang: Lang, reader: &Reader, plan: &Plan, plans: &[Plan]) -> Option<impl IntoView + use<>> {
    let latest = plans.iter().map(|plan| plan.year).max();
    let next = next_year(latest, plan.year).to_string();
    let edit = format!("/city/plans/{}", plan.id);
    reader.is_city().then(|| {
        view! {
            <ButtonLink href=format!("{edit}/targets") label=t!(lang, "schools-targets") icon=IconName::Flag/>
            <ButtonLink href=edit label=t!(lang, "dashboard-plan-edit") icon=IconName::Edit/>
            <ButtonLink href="/city/plans/new" label=t!(lang, "schools-plan-add", year = next) icon=IconName::Plus/>
        }
    })
}

fn years(reader: &Reader, plan: &Plan, plans: &[Plan], lang: Lang) -> Option<impl IntoView + use<>> {
    let items: Vec<Tab> = plans
        .iter()
        .map(|other| Tab {
            href: format!("{}?year={}", reader.address(), other.year),
            label: t!(lang, "schools-plan-of", year = other.year.to_string()),
            current: other.id == plan.id,
            count: None,
        })
        .collect();
    (items.len() > 1).then(|| view! { <Tabs items=items/> })
}

fn theme_section(lang: Lang, plan: PlanId, themes: Vec<Theme>) -> Option<impl IntoView> {
    (!themes.is_empty()).then(|| {
        let items = themes
            .into_iter()
            .map(|theme| {
                let href = format!("/classes?state=all&plan={plan}&theme={}", theme.id);
                view! { <li><a href=href>{theme.name(lang).to_owned()}</a></li> }
            })
            .collect_view();
        view! {
            <section class="stack" aria-labelledby="themes">
                <h2 id="themes">{t!(lang, "schools-themes")}</h2>
                <ul>{items}</ul>
            </section>
        }
    })
}

fn progress_table(lang: Lang, reader: &Reader, plan: PlanId, rows: &[Progress], total: Measures, regions: &[RegionName]) -> impl IntoView + use<> {
    let lines = rows
        .iter()
        .map(|row| {
            let name = regions.iter().find(|name| name.region == row.region);
            let name = match name {
                Some(name) if name.region.is_city() => t!(lang, "dashboard-city-school"),
                Some(name) => name.name(lang).to_owned(),
                None => row.region.to_string(),
            };
            view! { <tr><th scope="row">{name}</th>{cells(lang, reader, plan, Some(&row.region), row.measures)}</tr> }
        })
        .collect_view();
    let heads = ["classes", "places", "hours", "people"]
        .map(|figure| view! { <th scope="col" class="num">{t!(lang, &format!("schools-target-{figure}"))}</th> })
        .collect_view();
    let sums = cells(lang, reader, plan, None, total);
    view! {
        <TableWrap label=t!(lang, "dashboard-plan-counties")>
            <table class="table table--stack">
                <thead><tr><th scope="col">{t!(lang, "schools-county")}</th>{heads}</tr></thead>
                <tbody>{lines}</tbody>
                <tfoot><tr><th scope="row">{t!(lang, "dashboard-total")}</th>{sums}</tr></tfoot>
            </table>
        </TableWrap>
    }
}

/// The four figures of a row: what is, what is asked, and the share.
fn cells(lang: Lang, reader: &Reader, plan: PlanId, region: Option<&Region>, measures: Measures) -> impl IntoView + use<> {
    [
        ("classes", measures.classes.to_string(), measures.classes, measures.target_classes),
        ("places", measures.places.to_string(), measures.places, measures.target_places),
        ("hours", hours(measures.half_hours), measures.half_hours, measures.target_hours),
        ("people", measures.people.to_string(), measures.people, measures.target_people),
    ]
    .map(|(figure, text, done, target)| {
        // Hours are counted in halves, and asked in whole ones.
        let whole = if figure == "hours" { target * 2 } else { target };
        let share = percent(done, whole).map(|share| view! { <br/><span class="small muted">{format!("{share}%")}</span> });
        let number = match reader.rows(plan, region, figure) {
            Some(href) if done > 0 => view! { <a href=href>{text}</a> }.into_any(),
            _ => text.into_any(),
        };
        let asked = if target > 0 { format!(" / {target}") } else { String::new() };
        view! { <td class="num" data-label=t!(lang, &format!("schools-target-{figure}"))><span>{number}{asked}{share}</span></td> }
    })
    .collect_view()
}
