//! The directory of firms at the desk.

mod picker;

use axum::Router;
use leptos::prelude::*;

pub use picker::{Picker, firm_picker};

use super::policy::{self, FirmScope};
use super::store::{self, Filter, FirmBrief, FirmRow, Member};
use crate::accounts::rules::search_words;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{FirmId, Region};
use crate::paging::Step;
use crate::regions::{self, RegionName};
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, FormState, Hidden, SelectField, Submit, TextField};
use crate::ui::{ButtonLink, Choice, Crumbs, EmptyState, Facts, IconName, PageHeader, Pager, SearchBox, TableWrap, Tone, time};

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/desk/firms", page(directory))
        .route("/desk/firms/new", page(new))
        .route("/desk/firms/{id}", page(show))
        .route("/desk/firms/{id}/edit", page(edit))
}

/// What is not a page: none yet.
pub fn endpoints() -> Router {
    Router::new()
}

/// A region by its name of today.
pub fn region_name(lang: Lang, regions: &[RegionName], region: &Region) -> String {
    let found = regions.iter().find(|known| known.region == *region);
    found.map_or_else(|| region.to_string(), |known| known.name(lang).to_owned())
}

/// Regions as choices, those of the predicate only.
pub fn region_choices(lang: Lang, regions: &[RegionName], keep: impl Fn(&Region) -> bool) -> Vec<Choice> {
    let kept = regions.iter().filter(|known| keep(&known.region));
    kept.map(|known| Choice::new(known.region.as_str(), known.name(lang))).collect()
}

fn scope(cx: &Cx) -> Result<FirmScope, AppError> {
    policy::visible_to(cx.actor()?).ok_or(AppError::Forbidden)
}

/// `/desk/firms`
async fn directory(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let scope = scope(&cx)?;
    let typed = cx.query("q").unwrap_or_default();
    let county = cx.query("county");
    let filter = Filter {
        words: search_words(&typed),
        region: county.as_deref().map(|county| Region::from(search_words(county))),
    };
    let firms = store::directory(&cx.app.db, &scope, &filter, Step::of(&cx)).await?;
    let regions = regions::all(&cx.app.db, time::day_of(cx.now)).await?;
    let title = t!(lang, "firms-title");
    let (newer, older) = firms.links(&cx, |firm| firm.id.to_string());
    let counties = cx.actor()?.is_city().then(|| county_select(lang, &regions, county.as_deref()));
    let list = if firms.rows.is_empty() {
        view! {
            <EmptyState title=t!(lang, "firms-none") text=t!(lang, "firms-none-text") icon=IconName::Firm>
                <ButtonLink href="/desk/firms/new" label=t!(lang, "firms-enter")/>
            </EmptyState>
        }
        .into_any()
    } else {
        table(lang, &regions, firms.rows).into_any()
    };
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "firms-lead")>
            <ButtonLink href="/desk/firms/new" label=t!(lang, "firms-enter") icon=IconName::Plus/>
        </PageHeader>
        <SearchBox name="q" value=typed label=t!(lang, "firms-search") action="/desk/firms">{counties}</SearchBox>
        {list}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(title, body))
}

/// A choice of county for a search.
pub fn county_select(lang: Lang, regions: &[RegionName], chosen: Option<&str>) -> impl IntoView + use<> {
    let chosen = chosen.unwrap_or_default().to_owned();
    let options = regions
        .iter()
        .map(|known| {
            let selected = known.region.as_str() == chosen;
            view! { <option value=known.region.to_string() selected=selected>{known.name(lang).to_owned()}</option> }
        })
        .collect_view();
    view! {
        <select class="select select--narrow" name="county" aria-label=t!(lang, "firms-county")>
            <option value="">{t!(lang, "firms-all-counties")}</option>
            {options}
        </select>
    }
}

fn table(lang: Lang, regions: &[RegionName], rows: Vec<FirmRow>) -> impl IntoView + use<> {
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/desk/firms/{}", row.id)>{row.name}</a></th>
                    <td>{row.credit_code.unwrap_or_else(|| t!(lang, "firms-unknown"))}</td>
                    <td>{region_name(lang, regions, &row.region)}</td>
                    <td>{row.industry.unwrap_or_default()}</td>
                    <td class="num">{row.people}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "firms-title")>
            <table class="table">
                <thead><tr>
                    <th scope="col">{t!(lang, "firms-name")}</th>
                    <th scope="col">{t!(lang, "firms-code")}</th>
                    <th scope="col">{t!(lang, "firms-county")}</th>
                    <th scope="col">{t!(lang, "firms-industry")}</th>
                    <th scope="col" class="num">{t!(lang, "firms-people")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

fn crumbs(lang: Lang, more: Option<(String, String)>) -> Vec<(String, String)> {
    let mut items = vec![
        ("/desk".to_owned(), t!(lang, "nav-desk")),
        ("/desk/firms".to_owned(), t!(lang, "firms-title")),
    ];
    items.extend(more);
    items
}

/// `/desk/firms/{id}`
async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let scope = scope(&cx)?;
    let firm = store::visible(&cx.app.db, &scope, cx.param::<FirmId>("id")?).await?;
    let members = store::members(&cx.app.db, &scope, &firm).await?;
    let regions = regions::all(&cx.app.db, time::day_of(cx.now)).await?;
    let facts = vec![
        (
            t!(lang, "firms-code"),
            firm.credit_code.clone().unwrap_or_else(|| t!(lang, "firms-unknown")),
        ),
        (t!(lang, "firms-county"), region_name(lang, &regions, &firm.region)),
        (
            t!(lang, "firms-industry"),
            firm.industry.clone().unwrap_or_else(|| t!(lang, "firms-unknown")),
        ),
    ];
    let people = if members.is_empty() {
        view! { <EmptyState title=t!(lang, "firms-no-people") text=t!(lang, "firms-no-people-text") icon=IconName::People/> }.into_any()
    } else {
        let rows = members.into_iter().map(|member| member_row(lang, &scope, member)).collect_view();
        view! {
            <TableWrap label=t!(lang, "firms-people")>
                <table class="table">
                    <thead><tr>
                        <th scope="col">{t!(lang, "firms-person")}</th>
                        <th scope="col">{t!(lang, "firms-position")}</th>
                        <th scope="col">{t!(lang, "firms-phone")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
        }
        .into_any()
    };
    let title = firm.name.clone();
    let body = view! {
        <Crumbs items=crumbs(lang, None)/>
        <PageHeader title=title.clone()>
            <ButtonLink href=format!("/desk/firms/{}/edit", firm.id) label=t!(lang, "firms-edit") icon=IconName::Edit/>
        </PageHeader>
        <Facts items=facts/>
        <h2>{t!(lang, "firms-people")}</h2>
        {people}
    };
    Ok(Page::new(title, body))
}

fn member_row(lang: Lang, scope: &FirmScope, member: Member) -> impl IntoView + use<> {
    let name = if scope.reach().covers(&member.region) {
        view! { <a href=format!("/desk/people/{}", member.id)>{member.name}</a> }.into_any()
    } else {
        member.name.into_any()
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{member.position.unwrap_or_default()}</td>
            <td>{member.phone.unwrap_or_else(|| t!(lang, "firms-unknown"))}</td>
        </tr>
    }
}

/// `/desk/firms/new`
async fn new(cx: Cx) -> Result<Page, AppError> {
    scope(&cx)?;
    let title = t!(cx.lang, "firms-enter");
    let back = crumbs(cx.lang, None);
    firm_page(&cx, title, back, None).await
}

/// `/desk/firms/{id}/edit`
async fn edit(cx: Cx) -> Result<Page, AppError> {
    let firm = store::visible(&cx.app.db, &scope(&cx)?, cx.param::<FirmId>("id")?).await?;
    let title = t!(cx.lang, "firms-edit");
    let back = crumbs(cx.lang, Some((format!("/desk/firms/{}", firm.id), firm.name.clone())));
    firm_page(&cx, title, back, Some(firm)).await
}

async fn firm_page(cx: &Cx, title: String, back: Vec<(String, String)>, firm: Option<FirmBrief>) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let form = cx.form("save-firm");
    let regions = regions::all(&cx.app.db, time::day_of(cx.now)).await?;
    let choices = region_choices(lang, &regions, |region| actor.coordinates(region));
    let body = view! {
        <Crumbs items=back/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone()/>
        <form method="post" action="/api/save_firm" class="narrow">{firm_fields(lang, &form, choices, firm)}</form>
    };
    Ok(Page::new(title, body))
}

fn firm_fields(lang: Lang, form: &FormState, regions: Vec<Choice>, firm: Option<FirmBrief>) -> impl IntoView + use<> {
    let id = firm.as_ref().map(|firm| firm.id.to_string()).unwrap_or_default();
    let of = |take: fn(&FirmBrief) -> Option<String>| firm.as_ref().and_then(take);
    view! {
        <Hidden name="firm" value=id/>
        <TextField form=form name="name" label=t!(lang, "firms-name") hint=t!(lang, "firms-name-hint") value=of(|firm| Some(firm.name.clone())) maxlength="80"/>
        <TextField form=form name="code" label=t!(lang, "firms-code") hint=t!(lang, "firms-code-hint") value=of(|firm| firm.credit_code.clone()) width="20" optional=true/>
        <SelectField form=form name="region" label=t!(lang, "firms-county") options=regions value=of(|firm| Some(firm.region.to_string()))/>
        <TextField form=form name="industry" label=t!(lang, "firms-industry") value=of(|firm| firm.industry.clone()) maxlength="40" optional=true/>
        <Submit label=t!(lang, "firms-save") tone=Tone::Main/>
    }
}
