//! Lists of nominations: the county's at its desk, and the city's, where it screens and chooses.

use std::collections::HashMap;
use std::sync::Arc;

use leptos::prelude::*;

use super::{CohortView, category_word, cohort_head, county, desk_scope, may_run, mix_meters, state_badge};
use crate::accounts::rules::search_words;
use crate::benchmarking::rules::PilotState;
use crate::benchmarking::selection::store::{self, Cohort, Filter, Row, Sort, View};
use crate::error::AppError;
use crate::firms::Category;
use crate::firms::pages::region_choices;
use crate::i18n::Lang;
use crate::ids::{CohortId, PilotId, Region};
use crate::paging::{Paged, Step};
use crate::regions::RegionName;
use crate::request::{Cx, with_query};
use crate::shell::Page;
use crate::t;
use crate::ui::{
    ButtonLink, Choice, Crumbs, EmptyState, ErrorSummary, FormState, Hidden, IconName, PageHeader, Pager, SearchBox, SelectField, Submit, Tab,
    TableWrap, Tabs, TextArea, Tone, time,
};

/// What the address asks for; anything that cannot be read is left at its beginning.
fn filter(cx: &Cx, cohort: Option<CohortId>, view: View) -> Filter {
    fn word<T: std::str::FromStr>(cx: &Cx, name: &str) -> Option<T> {
        cx.query(name).and_then(|word| word.parse().ok())
    }
    let county = cx.query("county").filter(|key| key.len() == 6 && key.bytes().all(|b| b.is_ascii_digit()));
    Filter {
        cohort,
        words: search_words(&cx.query("q").unwrap_or_default()),
        region: county.map(Region),
        category: cx.query("category").and_then(|word| Category::parse(&word)),
        view: word(cx, "state").unwrap_or(view),
        sort: word(cx, "sort").unwrap_or(Sort::Time),
    }
}

/// Everything that a list shows.
struct List {
    filter: Filter,
    page: Paged<Row>,
    counts: HashMap<PilotState, i64>,
    regions: Arc<[RegionName]>,
}

impl List {
    async fn load(cx: &Cx, filter: Filter) -> Result<Self, AppError> {
        let scope = desk_scope(cx)?;
        let db = &cx.app.db;
        Ok(Self {
            page: store::list(db, &scope, &filter, Step::<PilotId>::of(cx)).await?,
            counts: store::counts(db, &scope, filter.cohort).await?,
            regions: cx.regions().await?,
            filter,
        })
    }

    fn count(&self, view: View) -> i64 {
        view.states().iter().filter_map(|state| self.counts.get(state)).sum()
    }
}

/// Search, filters and order: an address that can be kept. `more` are further fields.
fn toolbar(cx: &Cx, list: &List, action: &str, counties: bool, more: Option<AnyView>) -> impl IntoView + use<> {
    let lang = cx.lang;
    let mut places = vec![Choice::new("", t!(lang, "firms-all-counties"))];
    places.extend(region_choices(lang, &list.regions, |_| true));
    let mut categories = vec![Choice::new("", t!(lang, "selection-all-categories"))];
    categories.extend(Category::ALL.map(|category| Choice::new(category.as_str(), category_word(lang, category.as_str()))));
    let sorts = Sort::ALL
        .iter()
        .map(|sort| Choice::new(sort.as_str(), t!(lang, &format!("selection-sort-{}", sort.as_str()))))
        .collect();
    let form = FormState::default;
    let region = list.filter.region.as_ref().map(ToString::to_string);
    let county = counties
        .then(|| view! { <SelectField form=form() name="county" label=t!(lang, "selection-county") options=places value=region width="12"/> });
    let (sort, state) = (list.filter.sort.as_str(), list.filter.view.as_str());
    let category = list.filter.category.map(Category::as_str);
    view! {
        <div class="toolbar">
            <SearchBox name="q" value=cx.query("q") label=t!(lang, "selection-search") action=action.to_owned()>
                {more}
                {county}
                <SelectField form=form() name="category" label=t!(lang, "selection-category") options=categories value=category width="12"/>
                <SelectField form=form() name="sort" label=t!(lang, "selection-sort") options=sorts value=sort width="12"/>
                <Hidden name="state" value=state/>
            </SearchBox>
        </div>
    }
}

fn view_tabs(cx: &Cx, list: &List) -> impl IntoView + use<> {
    let items = View::ALL
        .iter()
        .map(|view| Tab {
            href: link(cx, view.as_str()),
            label: t!(cx.lang, &format!("selection-view-{}", view.as_str())),
            current: *view == list.filter.view,
            count: Some(list.count(*view)),
        })
        .collect();
    view! { <Tabs items=items label=t!(cx.lang, "selection-views")/> }
}

/// This page with another view, from its first row.
fn link(cx: &Cx, view: &str) -> String {
    let mut address = cx.here_with("state", Some(view));
    for name in ["after", "before"] {
        address = with_query(&address.parse().unwrap_or_default(), name, None);
    }
    address
}

/// `/desk/nominations`
pub(super) async fn desk(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    desk_scope(&cx)?;
    let cohorts = store::live(&cx.app.db).await?;
    let cohort = cx.query("cohort").and_then(|id| id.parse().ok());
    let list = List::load(&cx, filter(&cx, cohort, View::All)).await?;
    let title = t!(lang, "selection-desk-title");
    let mut choices = vec![Choice::new("", t!(lang, "selection-all-cohorts"))];
    choices.extend(cohorts.iter().map(|cohort| Choice::new(cohort.id.to_string(), cohort.name.clone())));
    let chosen = cohort.map(|id| id.to_string());
    let more =
        view! { <SelectField form=FormState::default() name="cohort" label=t!(lang, "selection-cohort") options=choices value=chosen width="12"/> };
    let is_city = cx.actor()?.is_city();
    let rows = if list.page.rows.is_empty() {
        nobody(lang, &list, "/desk/nominations", !cohorts.is_empty()).into_any()
    } else {
        view! { {table(&cx, &list, is_city, false)} {pager(&cx, &list)} }.into_any()
    };
    let new = (!cohorts.is_empty())
        .then(|| view! { <ButtonLink href="/desk/nominations/new" label=t!(lang, "selection-nominate") icon=IconName::Plus tone=Tone::Main/> });
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "selection-desk-lead")>{new}</PageHeader>
        {toolbar(&cx, &list, "/desk/nominations", is_city, Some(more.into_any()))}
        {view_tabs(&cx, &list)}
        {rows}
    };
    Ok(Page::new(title, body))
}

fn pager(cx: &Cx, list: &List) -> impl IntoView + use<> {
    let (newer, older) = list.page.links(cx, |row| row.id.to_string());
    view! { <Pager newer=newer older=older/> }
}

fn nobody(lang: Lang, list: &List, all: &str, may_nominate: bool) -> impl IntoView + use<> {
    if list.filter.is_narrow() {
        let all = all.to_owned();
        return view! {
            <EmptyState title=t!(lang, "selection-none-found") text=t!(lang, "selection-none-found-text") icon=IconName::Search>
                <ButtonLink href=all label=t!(lang, "selection-show-all")/>
            </EmptyState>
        }
        .into_any();
    }
    if may_nominate {
        view! {
            <EmptyState title=t!(lang, "selection-none") text=t!(lang, "selection-none-text") icon=IconName::Firm>
                <ButtonLink href="/desk/nominations/new" label=t!(lang, "selection-nominate")/>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <EmptyState title=t!(lang, "selection-none") text=t!(lang, "selection-no-live-cohort") icon=IconName::Firm/> }.into_any()
    }
}

fn table(cx: &Cx, list: &List, counties: bool, ticks: bool) -> impl IntoView + use<> {
    let lang = cx.lang;
    let form = cx.form("decide-nominations");
    let is_all = cx.query("all").is_some();
    let show_cohort = list.filter.cohort.is_none();
    let rows = list
        .page
        .rows
        .iter()
        .map(|row| {
            let ticked = is_all || form.has("ids[]", &row.id.to_string());
            line(lang, row, &list.regions, (show_cohort, counties), ticks.then_some(ticked))
        })
        .collect_view();
    let head = move |key: &'static str| view! { <th scope="col">{t!(lang, key)}</th> };
    let tick_head = ticks.then(|| view! { <th scope="col"><span class="visually-hidden">{t!(lang, "selection-tick")}</span></th> });
    view! {
        <TableWrap label=t!(lang, "selection-desk-title") tall=true>
            <table class="table table--stack">
                <thead><tr>
                    {tick_head}
                    {head("selection-firm")}
                    {show_cohort.then(|| head("selection-cohort"))}
                    {counties.then(|| head("selection-county"))}
                    {head("selection-category")}
                    {head("selection-state")}
                    <th scope="col" class="num">{t!(lang, "selection-documents-short")}</th>
                    {head("selection-nominated-on")}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

fn line(lang: Lang, row: &Row, regions: &[RegionName], (cohort, counties): (bool, bool), ticked: Option<bool>) -> impl IntoView + use<> {
    let id = row.id.to_string();
    let tick = ticked.map(|ticked| {
        let label = t!(lang, "selection-tick-one", firm = row.firm_name.clone());
        let id = id.clone();
        view! { <td><label class="pick"><input class="check" type="checkbox" name="ids[]" value=id checked=ticked aria-label=label/></label></td> }
    });
    let cohort = cohort.then(|| view! { <td data-label=t!(lang, "selection-cohort")>{row.cohort_name.clone()}</td> });
    let place = counties.then(|| view! { <td data-label=t!(lang, "selection-county") class="nowrap">{county(lang, regions, &row.region)}</td> });
    view! {
        <tr>
            {tick}
            <th scope="row"><a href=format!("/desk/nominations/{id}")>{row.firm_name.clone()}</a></th>
            {cohort}
            {place}
            <td data-label=t!(lang, "selection-category")>{category_word(lang, &row.category)}</td>
            <td data-label=t!(lang, "selection-state")>{state_badge(lang, row.state())}</td>
            <td data-label=t!(lang, "selection-documents-short") class="num">{row.documents}</td>
            <td data-label=t!(lang, "selection-nominated-on") class="nowrap">{time::date(lang, row.nominated_at)}</td>
        </tr>
    }
}

/// `/city/cohorts/{id}/nominations`
pub(super) async fn screening(cx: Cx) -> Result<Page, AppError> {
    may_run(&cx)?;
    let lang = cx.lang;
    let cohort = store::cohort(&cx.app.db, cx.param::<CohortId>("id")?).await?;
    let list = List::load(&cx, filter(&cx, Some(cohort.id), View::All)).await?;
    let form = cx.form("decide-nominations");
    let here = format!("/city/cohorts/{}/nominations", cohort.id);
    let new = cohort.state.is_live().then(|| {
        let href = format!("/desk/nominations/new?cohort={}", cohort.id);
        view! { <ButtonLink href=href label=t!(lang, "selection-nominate") icon=IconName::Plus/> }.into_any()
    });
    let rows = if list.page.rows.is_empty() {
        nobody(lang, &list, &here, cohort.state.is_live()).into_any()
    } else {
        decisions(&cx, &cohort, &list, &form)
    };
    let body = view! {
        <ErrorSummary form=form.clone()/>
        {cohort_head(lang, &cohort, CohortView::Nominations, new)}
        {mix_meters(&cx, &cohort).await?}
        {toolbar(&cx, &list, &here, true, None)}
        {view_tabs(&cx, &list)}
        {rows}
    };
    Ok(Page::new(format!("{} · {}", t!(lang, "selection-tab-nominations"), cohort.name), body))
}

/// The rows with what can be done about those that are ticked.
fn decisions(cx: &Cx, cohort: &Cohort, list: &List, form: &FormState) -> AnyView {
    let lang = cx.lang;
    if !cohort.state.is_live() {
        return view! { {table(cx, list, true, false)} {pager(cx, list)} }.into_any();
    }
    let all = cx.here_with("all", Some("1"));
    let is_open = form.error("why").is_some();
    view! {
        <form method="post" action="/api/decide_nominations" class="roster">
            // Enter in a field must not press the first button: a disabled one stands before it.
            <button type="submit" disabled=true hidden=true></button>
            <Hidden name="cohort" value=cohort.id.to_string()/>
            {table(cx, list, true, true)}
            <div class="selection" id="field-ids">
                <span class="selection__count">{t!(lang, "selection-with-ticked")}</span>
                <a class="button" href=all>{t!(lang, "selection-tick-all")}</a>
                <Submit label=t!(lang, "selection-pass") name="decision" value="pass" tone=Tone::Plain icon=IconName::Check/>
                <Submit label=t!(lang, "selection-choose") name="decision" value="choose" icon=IconName::Flag/>
                <details class="confirm" open=is_open>
                    <summary class="button button--quiet-danger confirm__open">{t!(lang, "selection-decline-open")}</summary>
                    <div class="confirm__body" role="group">
                        <p>{t!(lang, "selection-decline-text")}</p>
                        <TextArea form=form name="why" label=t!(lang, "selection-why") rows="2" maxlength="300"/>
                        <Submit label=t!(lang, "selection-decline-yes") tone=Tone::Danger name="decision" value="decline"/>
                    </div>
                </details>
            </div>
        </form>
        {pager(cx, list)}
    }
    .into_any()
}
