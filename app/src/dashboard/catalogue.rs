//! The public catalogue of classes: by county, theme, state and words.

use leptos::prelude::*;

use super::cards::class_list;
use super::rules::{Shown, search_words};
use super::store::{self, Filter, Turn};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::schools::plan as plans;
use crate::schools::store as rooms;
use crate::schools::{School, Theme};
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, Choice, EmptyState, FormState, Hidden, IconName, PageHeader, Pager, SelectField, Submit, TextField, Tone, time};

/// `/classes`
pub async fn list(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let regions = cx.regions().await?;
    let plans = plans::all(db).await?;
    let filter = read_filter(&cx, &regions);
    let plan = filter.plan.or_else(|| plans::current(&plans, time::year_of(cx.now)).map(|plan| plan.id));
    let themes = match plan {
        Some(plan) => plans::themes(db, plan).await?,
        None => Vec::new(),
    };
    let school = match filter.school {
        Some(id) => Some(rooms::school(db, id).await?),
        None => None,
    };
    let found = store::catalogue(db, &filter, turn(&cx)).await?;
    let newer = found
        .rows
        .first()
        .filter(|_| found.more_before)
        .map(|row| turned(&cx, "before", &row.key().to_string()));
    let older = found
        .rows
        .last()
        .filter(|_| found.more_after)
        .map(|row| turned(&cx, "after", &row.key().to_string()));
    let rows = if found.rows.is_empty() {
        nothing(&cx, &filter)
    } else {
        class_list(lang, cx.now, found.rows).into_any()
    };
    let title = t!(lang, "dashboard-classes");
    let body = view! {
        <div class="public stack">
            <PageHeader title=title.clone() caption=caption(lang, school.as_ref())/>
            {filter_form(lang, &cx, &filter, &regions, &themes)}
            <h2 class="visually-hidden">{t!(lang, &format!("dashboard-shown-{}", filter.shown.as_str()))}</h2>
            {rows}
            <Pager newer=newer older=older/>
        </div>
    };
    Ok(Page::new(title, body))
}

fn caption(lang: Lang, school: Option<&School>) -> Option<String> {
    school.map(|school| school.name(lang).to_owned())
}

/// What an address does not say, or says wrongly, narrows nothing.
fn read_filter(cx: &Cx, regions: &[RegionName]) -> Filter {
    let county = cx.query("county");
    Filter {
        shown: cx.query("state").and_then(|word| word.parse().ok()).unwrap_or(Shown::Current),
        region: regions
            .iter()
            .map(|name| &name.region)
            .find(|region| county.as_deref() == Some(region.as_str()))
            .cloned(),
        theme: cx.query("theme").and_then(|id| id.parse().ok()),
        plan: cx.query("plan").and_then(|id| id.parse().ok()),
        school: cx.query("school").and_then(|id| id.parse().ok()),
        words: cx.query("q").and_then(|typed| search_words(&typed)),
    }
}

fn turn(cx: &Cx) -> Turn {
    let key = |name: &str| cx.query(name).and_then(|word| word.parse().ok());
    match (key("after"), key("before")) {
        (Some(key), _) => Turn::After(key),
        (None, Some(key)) => Turn::Before(key),
        (None, None) => Turn::First,
    }
}

/// This page's address, turned to one side.
fn turned(cx: &Cx, side: &str, key: &str) -> String {
    let other = if side == "after" { "before" } else { "after" };
    let without: axum::http::Uri = cx.here_with(other, None).parse().unwrap_or_default();
    crate::request::with_query(&without, side, Some(key))
}

fn nothing(cx: &Cx, filter: &Filter) -> AnyView {
    let lang = cx.lang;
    let narrowed = filter.region.is_some() || filter.theme.is_some() || filter.words.is_some() || filter.school.is_some() || filter.plan.is_some();
    let (title, text) = if narrowed {
        (t!(lang, "dashboard-none-found"), t!(lang, "dashboard-none-found-text"))
    } else {
        (t!(lang, "dashboard-no-classes"), t!(lang, "dashboard-no-classes-text"))
    };
    view! {
        <EmptyState icon=IconName::Calendar title=title text=text>
            <ButtonLink href="/classes" label=t!(lang, "dashboard-see-current")/>
            <ButtonLink href="/classes?state=ended" label=t!(lang, "dashboard-see-ended")/>
        </EmptyState>
    }
    .into_any()
}

fn filter_form(lang: Lang, cx: &Cx, filter: &Filter, regions: &[RegionName], themes: &[Theme]) -> impl IntoView + use<> {
    let form = FormState::default();
    let everything = |key: &str| vec![Choice::new("", t!(lang, key))];
    let mut counties = everything("dashboard-any-county");
    counties.extend(regions.iter().map(|name| {
        let label = if name.region.is_city() {
            t!(lang, "dashboard-city-school")
        } else {
            name.name(lang).to_owned()
        };
        Choice::new(name.region.as_str(), label)
    }));
    let mut choices = everything("dashboard-any-theme");
    choices.extend(themes.iter().map(|theme| Choice::new(theme.id.to_string(), theme.name(lang))));
    let states = Shown::ALL
        .iter()
        .map(|shown| Choice::new(shown.as_str(), t!(lang, &format!("dashboard-shown-{}", shown.as_str()))))
        .collect();
    let kept = ["plan", "school"]
        .into_iter()
        .filter_map(|name| cx.query(name).map(|value| view! { <Hidden name=name value=value/> }))
        .collect_view();
    let theme = filter.theme.map(|id| id.to_string());
    view! {
        <form method="get" action="/classes" class="filter" role="search" aria-label=t!(lang, "dashboard-filter")>
            {kept}
            <TextField form=&form name="q" kind="search" label=t!(lang, "dashboard-words") value=cx.query("q") width="20" maxlength=100/>
            <SelectField form=&form name="county" label=t!(lang, "schools-county") options=counties value=filter.region.as_ref().map(ToString::to_string)/>
            <SelectField form=&form name="theme" label=t!(lang, "dashboard-theme") options=choices value=theme/>
            <SelectField form=&form name="state" label=t!(lang, "schools-state") options=states value=filter.shown.as_str()/>
            <Submit label=t!(lang, "dashboard-find") tone=Tone::Plain icon=IconName::Search/>
        </form>
    }
}
