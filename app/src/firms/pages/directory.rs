//! The directory of firms at the desk.

use leptos::prelude::*;

use super::{category_choices, category_name, county_select, filter_select, region_name, scope, size_choices, size_name};
use crate::accounts::rules::search_words;
use crate::error::AppError;
use crate::firms::rules::{Category, Size};
use crate::firms::store::{self, Filter, FirmRow, Sort};
use crate::i18n::Lang;
use crate::ids::Region;
use crate::paging::Step;
use crate::regions::RegionName;
use crate::request::{Cx, with_query};
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, Choice, Crumbs, EmptyState, IconName, PageHeader, Pager, SearchBox, TableWrap};

/// What the address asks for; nonsense asks for nothing.
pub fn filter(cx: &Cx) -> Filter {
    Filter {
        words: search_words(&cx.query("q").unwrap_or_default()),
        region: cx.query("county").map(|county| Region::from(search_words(&county))),
        category: cx.query("category").as_deref().and_then(Category::parse),
        size: cx.query("size").as_deref().and_then(Size::parse),
        sort: cx.query("sort").as_deref().and_then(Sort::parse).unwrap_or_default(),
    }
}

/// `/desk/firms`
pub async fn directory(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let scope = scope(&cx)?;
    let filter = filter(&cx);
    let firms = store::directory(&cx.app.db, &scope, &filter, Step::of(&cx)).await?;
    let regions = cx.regions().await?;
    let title = t!(lang, "firms-title");
    let (newer, older) = firms.links(&cx, |firm| firm.id.to_string());
    let files = (!firms.rows.is_empty()).then(|| file_links(&cx));
    let list = if firms.rows.is_empty() {
        nothing(lang, &cx).into_any()
    } else {
        table(lang, &regions, firms.rows).into_any()
    };
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "firms-lead")>
            <ButtonLink href="/desk/firms/new" label=t!(lang, "firms-enter") icon=IconName::Plus/>
            <ButtonLink href="/desk/firms/import" label=t!(lang, "firms-import") icon=IconName::Upload/>
        </PageHeader>
        {search(&cx, &filter, &regions)}
        {list}
        <Pager newer=newer older=older/>
        {files}
    };
    Ok(Page::new(title, body))
}

fn search(cx: &Cx, filter: &Filter, regions: &[RegionName]) -> impl IntoView + use<> {
    let lang = cx.lang;
    let region = filter.region.as_ref().map(Region::as_str);
    let is_city = cx.actor.as_ref().is_some_and(crate::accounts::Actor::is_city);
    let counties = is_city.then(|| county_select(lang, regions, region));
    let category = filter.category.map(Category::as_str);
    let categories = filter_select(
        "category",
        t!(lang, "firms-category"),
        Some(t!(lang, "firms-all-categories")),
        category_choices(lang),
        category,
    );
    let size = filter.size.map(Size::as_str);
    let sizes = filter_select(
        "size",
        t!(lang, "firms-size"),
        Some(t!(lang, "firms-all-sizes")),
        size_choices(lang),
        size,
    );
    let orders: Vec<Choice> = Sort::ALL
        .into_iter()
        .filter(|sort| is_city || *sort != Sort::County)
        .map(|sort| Choice::new(sort.as_str(), t!(lang, &format!("firms-sort-{}", sort.as_str()))))
        .collect();
    let order = filter_select("sort", t!(lang, "firms-sort"), None, orders, Some(filter.sort.as_str()));
    view! {
        <SearchBox name="q" value=cx.query("q") label=t!(lang, "firms-search") action="/desk/firms">
            {counties}
            {categories}
            {sizes}
            {order}
        </SearchBox>
    }
}

/// The same list as a file.
fn file_links(cx: &Cx) -> impl IntoView + use<> {
    let lang = cx.lang;
    let here: axum::http::Uri = cx.here_with("after", None).parse().unwrap_or_default();
    let query = with_query(&here, "before", None).split_once('?').map(|(_, query)| format!("?{query}"));
    let query = query.unwrap_or_default();
    view! {
        <p class="actions">
            <ButtonLink href=format!("/desk/firms/firms.xlsx{query}") label=t!(lang, "firms-export-xlsx") icon=IconName::Download download=true/>
            <ButtonLink href=format!("/desk/firms/firms.csv{query}") label=t!(lang, "firms-export-csv") icon=IconName::Download download=true/>
        </p>
    }
}

fn nothing(lang: Lang, cx: &Cx) -> impl IntoView + use<> {
    let is_filtered = cx.uri.query().is_some_and(|query| !query.is_empty());
    view! {
        <EmptyState title=t!(lang, "firms-none") text=t!(lang, "firms-none-text") icon=IconName::Firm>
            <ButtonLink href="/desk/firms/new" label=t!(lang, "firms-enter")/>
            {is_filtered.then(|| view! { <ButtonLink href="/desk/firms" label=t!(lang, "firms-show-all")/> })}
        </EmptyState>
    }
}

fn table(lang: Lang, regions: &[RegionName], rows: Vec<FirmRow>) -> impl IntoView + use<> {
    let rows = rows
        .into_iter()
        .map(|row| {
            let category = row.category().map(|category| category_name(lang, category));
            let size = row.size().map(|size| size_name(lang, size));
            view! {
                <tr>
                    <th scope="row"><a href=format!("/desk/firms/{}", row.id)>{row.name}</a></th>
                    <td data-label=t!(lang, "firms-code")><span class="code">{row.credit_code.unwrap_or_else(|| t!(lang, "firms-unknown"))}</span></td>
                    <td data-label=t!(lang, "firms-county")>{region_name(lang, regions, &row.region)}</td>
                    <td data-label=t!(lang, "firms-category")>{category.unwrap_or_else(|| t!(lang, "firms-unknown"))}</td>
                    <td data-label=t!(lang, "firms-size")>{size.unwrap_or_else(|| t!(lang, "firms-unknown"))}</td>
                    <td data-label=t!(lang, "firms-industry")>{row.industry.unwrap_or_else(|| t!(lang, "firms-unknown"))}</td>
                    <td class="num" data-label=t!(lang, "firms-people")>{row.people}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "firms-title")>
            <table class="table table--stack">
                <thead><tr>
                    <th scope="col">{t!(lang, "firms-name")}</th>
                    <th scope="col">{t!(lang, "firms-code")}</th>
                    <th scope="col">{t!(lang, "firms-county")}</th>
                    <th scope="col">{t!(lang, "firms-category")}</th>
                    <th scope="col">{t!(lang, "firms-size")}</th>
                    <th scope="col">{t!(lang, "firms-industry")}</th>
                    <th scope="col" class="num">{t!(lang, "firms-people")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}
