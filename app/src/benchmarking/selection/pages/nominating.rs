//! Nominating a firm: first the firm is found, then it is said why; and changing that until it is screened.

use leptos::prelude::*;

use super::{category_word, county, desk_scope};
use crate::accounts::rules::search_words;
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::rules::PilotState;
use crate::benchmarking::selection::rules::LONGEST_REASONS;
use crate::benchmarking::selection::store::{self, Cohort};
use crate::error::AppError;
use crate::firms::store::{Filter, Firm, FirmRow};
use crate::firms::{Category, policy as firm_policy, store as firms};
use crate::i18n::Lang;
use crate::ids::FirmId;
use crate::paging::Step;
use crate::regions::RegionName;
use crate::request::{Cx, with_query};
use crate::shell::Page;
use crate::t;
use crate::ui::{
    ButtonLink, Choice, Crumbs, EmptyState, ErrorSummary, Facts, FormState, Hidden, IconName, PageHeader, Pager, RadioField, SearchBox, SelectField,
    Submit, TableWrap, TextArea, Tone,
};

fn crumbs(lang: Lang) -> Vec<(String, String)> {
    vec![
        ("/desk".to_owned(), t!(lang, "nav-desk")),
        ("/desk/nominations".to_owned(), t!(lang, "selection-desk-title")),
    ]
}

/// `/desk/nominations/new`
pub(super) async fn new(cx: Cx) -> Result<Page, AppError> {
    desk_scope(&cx)?;
    let cohorts = store::live(&cx.app.db).await?;
    if cohorts.is_empty() {
        return Ok(no_cohort(cx.lang));
    }
    match cx.query("firm") {
        Some(firm) => say_why(&cx, &cohorts, firm.parse().map_err(|_| AppError::NotFound)?).await,
        None => find(&cx).await,
    }
}

fn no_cohort(lang: Lang) -> Page {
    let title = t!(lang, "selection-nominate");
    let body = view! {
        <Crumbs items=crumbs(lang)/>
        <PageHeader title=title.clone()/>
        <EmptyState title=t!(lang, "selection-no-live-cohort-title") text=t!(lang, "selection-no-live-cohort") icon=IconName::Flag/>
    };
    Page::new(title, body)
}

/// The firms of the coordinator's counties, to pick one.
async fn find(cx: &Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let scope = firm_policy::visible_to(cx.actor()?).ok_or(AppError::Forbidden)?;
    let filter = Filter {
        words: search_words(&cx.query("q").unwrap_or_default()),
        ..Filter::default()
    };
    let found = firms::directory(&cx.app.db, &scope, &filter, Step::of(cx)).await?;
    let (newer, older) = found.links(cx, |firm| firm.id.to_string());
    let regions = cx.regions().await?;
    let title = t!(lang, "selection-nominate");
    let cohort = cx.query("cohort").map(|id| view! { <Hidden name="cohort" value=id/> });
    let list = if found.rows.is_empty() {
        view! {
            <EmptyState title=t!(lang, "firms-none") text=t!(lang, "selection-firm-none-text") icon=IconName::Firm>
                <ButtonLink href="/desk/firms/new" label=t!(lang, "firms-enter")/>
            </EmptyState>
        }
        .into_any()
    } else {
        firm_table(cx, &regions, found.rows).into_any()
    };
    let body = view! {
        <Crumbs items=crumbs(lang)/>
        <PageHeader title=title.clone() lead=t!(lang, "selection-find-lead") caption=t!(lang, "selection-step-one")/>
        <SearchBox name="q" value=cx.query("q") label=t!(lang, "firms-search") action="/desk/nominations/new">{cohort}</SearchBox>
        {list}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(title, body))
}

fn firm_table(cx: &Cx, regions: &[RegionName], rows: Vec<FirmRow>) -> impl IntoView + use<> {
    let lang = cx.lang;
    let rows = rows
        .into_iter()
        .map(|row| {
            let href = with_query(&cx.here_with("q", None).parse().unwrap_or_default(), "firm", Some(&row.id.to_string()));
            let label = t!(lang, "selection-nominate-one", firm = row.name.clone());
            view! {
                <tr>
                    <th scope="row">{row.name}</th>
                    <td data-label=t!(lang, "firms-code")>{row.credit_code.unwrap_or_else(|| t!(lang, "firms-unknown"))}</td>
                    <td data-label=t!(lang, "selection-county") class="nowrap">{county(lang, regions, &row.region)}</td>
                    <td><a class="button" href=href aria-label=label>{t!(lang, "selection-nominate-this")}</a></td>
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
                    <th scope="col">{t!(lang, "selection-county")}</th>
                    <th scope="col"><span class="visually-hidden">{t!(lang, "selection-nominate-this")}</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

/// The form for one firm.
async fn say_why(cx: &Cx, cohorts: &[Cohort], firm: FirmId) -> Result<Page, AppError> {
    let lang = cx.lang;
    let scope = firm_policy::visible_to(cx.actor()?).ok_or(AppError::Forbidden)?;
    let firm = firms::visible(&cx.app.db, &scope, firm).await?;
    let regions = cx.regions().await?;
    let form = cx.form("nomination");
    let options = cohorts
        .iter()
        .map(|cohort| Choice::new(cohort.id.to_string(), cohort.name.clone()))
        .collect();
    let chosen = cx.query("cohort").or_else(|| cohorts.first().map(|cohort| cohort.id.to_string()));
    let title = t!(lang, "selection-nominate");
    let body = view! {
        <Crumbs items=crumbs(lang)/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=firm.name.clone() lead=t!(lang, "selection-why-lead") caption=t!(lang, "selection-step-two")/>
        <Facts items=firm_facts(lang, &regions, &firm)/>
        <form method="post" action="/api/nominate_firm" class="form">
            <Hidden name="firm" value=firm.id.to_string()/>
            <SelectField form=form.clone() name="cohort" label=t!(lang, "selection-cohort") options=options value=chosen/>
            {fields(lang, &form, firm.category().map(|category| category.as_str().to_owned()), None)}
            <Submit label=t!(lang, "selection-nominate-yes") tone=Tone::Main/>
        </form>
    };
    Ok(Page::new(title, body))
}

fn firm_facts(lang: Lang, regions: &[RegionName], firm: &Firm) -> Vec<(String, String)> {
    let unknown = || t!(lang, "firms-unknown");
    vec![
        (t!(lang, "firms-code"), firm.credit_code.clone().unwrap_or_else(unknown)),
        (t!(lang, "selection-county"), county(lang, regions, &firm.region)),
        (t!(lang, "firms-industry"), firm.industry.clone().unwrap_or_else(unknown)),
    ]
}

fn fields(lang: Lang, form: &FormState, category: Option<String>, reasons: Option<String>) -> impl IntoView + use<> {
    let options = Category::ALL
        .map(|category| Choice::new(category.as_str(), category_word(lang, category.as_str())))
        .to_vec();
    view! {
        <RadioField form=form.clone() name="category" label=t!(lang, "selection-category") options=options value=category/>
        <TextArea form=form.clone() name="reasons" label=t!(lang, "selection-reasons") hint=t!(lang, "selection-reasons-hint", max = LONGEST_REASONS) rows="8" value=reasons maxlength="1000"/>
    }
}

/// `/desk/nominations/{pilot}/edit`
pub(super) async fn edit(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    standing.can_check().ok_or(AppError::Forbidden)?;
    if pilot.state() != PilotState::Nominated {
        return Err(AppError::NotFound);
    }
    let form = cx.form("nomination");
    let mut crumbs = crumbs(lang);
    crumbs.push((format!("/desk/nominations/{}", pilot.id), pilot.firm_name.clone()));
    let title = t!(lang, "selection-edit");
    let body = view! {
        <Crumbs items=crumbs/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() caption=pilot.firm_name.clone()/>
        <form method="post" action="/api/edit_nomination" class="form">
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <Hidden name="version" value=pilot.version.to_string()/>
            {fields(lang, &form, Some(pilot.category.clone()), Some(pilot.reasons.clone()))}
            <Submit label=t!(lang, "selection-save") tone=Tone::Main/>
        </form>
    };
    Ok(Page::new(title, body))
}
