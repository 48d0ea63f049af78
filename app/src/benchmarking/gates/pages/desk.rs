//! The desk of those who check and decide: applications oldest first, open conditions by date.

use leptos::prelude::*;

use super::parts::{held_of, stage_name};
use crate::benchmarking::gates::store::{self, List, Waiting};
use crate::benchmarking::policy::visible_to;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::paging::Step;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{Crumbs, EmptyState, IconName, PageHeader, Pager, Tab, TableWrap, Tabs, time};

/// `/desk/gates?list=county|city|conditions`
pub async fn waiting(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let actor = cx.actor()?;
    let scope = visible_to(actor).filter(|scope| !scope.reach().is_empty()).ok_or(AppError::Forbidden)?;
    let own = if actor.is_city() { List::City } else { List::County };
    let list = cx.query("list").and_then(|word| List::parse(&word)).unwrap_or(own);
    let rows = store::waiting(db, scope.reach(), list, Step::of(&cx)).await?;
    let counts = store::counts(db, scope.reach()).await?;
    let names = cx.regions().await?;
    let (newer, older) = rows.links(&cx, |row| row.pilot.to_string());
    let title = t!(lang, "gates-desk");
    let tabs = List::ALL
        .into_iter()
        .zip(counts)
        .map(|(other, count)| Tab {
            href: format!("/desk/gates?list={}", other.as_str()),
            label: t!(lang, &format!("gates-list-{}", other.as_str())),
            current: other == list,
            count: Some(count),
        })
        .collect();
    let content = if rows.rows.is_empty() {
        let text = t!(lang, &format!("gates-empty-{}", list.as_str()));
        view! { <EmptyState icon=IconName::Check title=text text=t!(lang, "gates-empty-text")/> }.into_any()
    } else {
        table(lang, list, &rows.rows, &names, cx.now).into_any()
    };
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk")), ("/desk/programme".to_owned(), t!(lang, "bench-programme"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "gates-desk-lead")/>
        <Tabs items=tabs/>
        {content}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(title, body))
}

fn table(lang: Lang, list: List, rows: &[Waiting], names: &[RegionName], now: chrono::DateTime<chrono::Utc>) -> impl IntoView + use<> {
    let when = if list == List::Conditions {
        t!(lang, "gates-column-due")
    } else {
        t!(lang, "gates-column-since")
    };
    let lines = rows.iter().map(|row| line(lang, row, names, &when, now)).collect_view();
    let caption = t!(lang, &format!("gates-list-{}", list.as_str()));
    view! {
        <TableWrap label=caption.clone()>
            <table class="table table--stack">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "gates-column-firm")}</th>
                        <th scope="col">{t!(lang, "gates-column-county")}</th>
                        <th scope="col">{t!(lang, "bench-view-gate")}</th>
                        <th scope="col">{t!(lang, "gates-column-held")}</th>
                        <th scope="col">{when.clone()}</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </TableWrap>
    }
}

fn line(lang: Lang, row: &Waiting, names: &[RegionName], when: &str, now: chrono::DateTime<chrono::Utc>) -> impl IntoView + use<> {
    let county = names
        .iter()
        .find(|known| known.region == row.region)
        .map(|known| known.name(lang).to_owned());
    let stage = row.stage().map(|stage| stage_name(lang, stage)).unwrap_or_default();
    let at = row.due_on.map(time::start_of).or(row.since);
    let (day, relative) = at.map_or_else(Default::default, |at| (time::short_date(lang, at), time::relative_days(lang, at, now)));
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/firm/{}/gate", row.pilot)>{row.firm.clone()}</a>
                <br/>
                <span class="small muted">{t!(lang, &format!("firms-category-{}", row.category))}</span>
            </th>
            <td data-label=t!(lang, "gates-column-county")>{county}</td>
            <td data-label=t!(lang, "bench-view-gate")>{stage}</td>
            <td data-label=t!(lang, "gates-column-held")>{held_of(lang, &row.figures())}</td>
            <td data-label=when.to_owned()>{format!("{day} · {relative}")}</td>
        </tr>
    }
}
