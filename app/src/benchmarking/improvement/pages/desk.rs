//! `/desk/actions`: what is late at the firms of a county, and what evidence waits for a decision.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use leptos::prelude::*;

use super::board::any_priority;
use super::{day, state_tone, state_word};
use crate::accounts::rules::search_words;
use crate::benchmarking::improvement::store::{self, DueFilter, DueRow, Show};
use crate::benchmarking::policy;
use crate::error::AppError;
use crate::firms::pages::{county_select, region_name};
use crate::i18n::Lang;
use crate::ids::Region;
use crate::paging::Step;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{Badge, BadgeTone, Crumbs, EmptyState, Hidden, IconName, PageHeader, Pager, SearchBox, Tab, TableWrap, Tabs, time};

/// `/desk/actions?show=late&county=…&q=…&priority=1`
pub async fn list(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let scope = policy::visible_to(actor).ok_or(AppError::Forbidden)?;
    let today = time::day_of(cx.now);
    let asked = cx.query("q").unwrap_or_default();
    let filter = DueFilter {
        show: cx.query("show").and_then(|show| show.parse().ok()).unwrap_or(Show::Late),
        county: cx.query("county").map(|county| Region::from(search_words(&county))),
        words: search_words(&asked),
        priority: cx.query("priority").and_then(|priority| priority.parse().ok()),
    };
    let found = store::due(&cx.app.db, &scope, &filter, today, Step::of(&cx)).await?;
    let figures = store::figures(&cx.app.db, &scope, today).await?;
    let regions = cx.regions().await?;
    let (newer, older) = found.links(&cx, |row| row.id.to_string());
    let counties = actor
        .is_city()
        .then(|| county_select(lang, &regions, filter.county.as_ref().map(Region::as_str)));
    let title = t!(lang, "improvement-desk-title");
    let rows = if found.rows.is_empty() {
        nothing(lang, filter.show)
    } else {
        table(lang, &regions, &found.rows, today)
    };
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk")), ("/desk/programme".to_owned(), t!(lang, "bench-programme"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "improvement-desk-lead")/>
        {show_tabs(&cx, filter.show, &figures)}
        <SearchBox name="q" value=asked label=t!(lang, "improvement-desk-search") action="/desk/actions">
            <Hidden name="show" value=filter.show.as_str()/>
            {counties}
            {priority_select(lang, filter.priority.map(|priority| priority.get().to_string()))}
        </SearchBox>
        {rows}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(title, body))
}

fn show_tabs(cx: &Cx, current: Show, figures: &BTreeMap<Show, i64>) -> impl IntoView + use<> {
    let lang = cx.lang;
    let items = Show::ALL
        .iter()
        .map(|show| Tab {
            href: format!("/desk/actions?show={}", show.as_str()),
            label: crate::i18n::text(lang, &format!("improvement-show-{}", show.as_str()), &[]),
            current: *show == current,
            count: figures.get(show).copied(),
        })
        .collect();
    view! { <Tabs items=items label=t!(lang, "improvement-show")/> }
}

fn priority_select(lang: Lang, chosen: Option<String>) -> impl IntoView + use<> {
    let chosen = chosen.unwrap_or_default();
    let options = any_priority(lang)
        .into_iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    view! { <select class="select select--narrow" name="priority" aria-label=t!(lang, "improvement-priority")>{options}</select> }
}

fn nothing(lang: Lang, show: Show) -> AnyView {
    let text = match show {
        Show::Late => t!(lang, "improvement-desk-none-late"),
        Show::Open => t!(lang, "improvement-desk-none-open"),
        Show::Evidence => t!(lang, "improvement-desk-none-evidence"),
    };
    view! { <EmptyState icon=IconName::Check title=t!(lang, "improvement-desk-none") text=text/> }.into_any()
}

fn table(lang: Lang, regions: &[RegionName], rows: &[DueRow], today: NaiveDate) -> AnyView {
    let rows = rows.iter().map(|row| line(lang, regions, row, today)).collect_view();
    view! {
        <TableWrap label=t!(lang, "improvement-desk-title")>
            <table class="table table--stack">
                <thead><tr>
                    <th scope="col">{t!(lang, "improvement-action")}</th>
                    <th scope="col">{t!(lang, "improvement-firm")}</th>
                    <th scope="col">{t!(lang, "improvement-county")}</th>
                    <th scope="col">{t!(lang, "improvement-owner")}</th>
                    <th scope="col">{t!(lang, "improvement-priority")}</th>
                    <th scope="col">{t!(lang, "improvement-due")}</th>
                    <th scope="col">{t!(lang, "improvement-state")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

fn line(lang: Lang, regions: &[RegionName], row: &DueRow, today: NaiveDate) -> impl IntoView + use<> {
    let late = row
        .days_late(today)
        .map(|days| view! { " "<Badge tone=BadgeTone::Bad label=t!(lang, "improvement-late-days", n = days)/> });
    let waiting =
        (row.offered > 0).then(|| view! { " "<Badge tone=BadgeTone::Attention label=t!(lang, "improvement-evidence-waits", n = row.offered)/> });
    view! {
        <tr>
            <th scope="row"><a href=format!("/firm/{}/actions/{}", row.pilot, row.id)>{row.title.clone()}</a></th>
            <td data-label=t!(lang, "improvement-firm")><a href=format!("/firm/{}/actions", row.pilot)>{row.firm.clone()}</a></td>
            <td data-label=t!(lang, "improvement-county")>{region_name(lang, regions, &row.region)}</td>
            <td data-label=t!(lang, "improvement-owner")>{row.owner.clone()}</td>
            <td data-label=t!(lang, "improvement-priority")>{row.priority().to_string()}</td>
            <td data-label=t!(lang, "improvement-due")><span>{day(lang, row.due_on)}{late}</span></td>
            <td data-label=t!(lang, "improvement-state")><span><Badge tone=state_tone(row.state) label=format!("{} {}%", state_word(lang, row.state), row.progress)/>{waiting}</span></td>
        </tr>
    }
}
