//! The city's pages of the plan: its words, themes and targets, and next year's.

use axum::Router;
use leptos::prelude::*;

use super::forms::target_field;
use super::pages::conflict;
use super::plan::{self, Plan, Theme};
use super::policy::{self, PlanPermit};
use super::rules::{LONGEST_NAME, LONGEST_SUMMARY, TARGET_FIGURES, Target, next_year};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{PlanId, ThemeId};
use crate::regions::RegionName;
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    ButtonLink, Confirm, Crumbs, EmptyState, ErrorSummary, FormState, Hidden, IconName, PageHeader, Submit, TableWrap, TextArea, TextField, time,
};

/// The pages of the plan that change it; its progress is a page of `dashboard`.
pub fn routes() -> Router {
    Router::new()
        .route("/city/plans/new", page(new_plan))
        .route("/city/plans/{id}", page(edit))
        .route("/city/plans/{id}/targets", page(edit_targets))
        .route("/city/plans/{id}/themes/new", page(new_theme))
        .route("/city/plans/{id}/themes/{theme}", page(edit_theme))
}

fn may_plan(cx: &Cx) -> Result<PlanPermit, AppError> {
    policy::can_plan(cx.actor()?).ok_or(AppError::Forbidden)
}

fn crumbs(lang: Lang, plan: Option<&Plan>) -> impl IntoView + use<> {
    let mut items = vec![
        ("/city".to_owned(), t!(lang, "nav-city")),
        ("/city/plan".to_owned(), t!(lang, "schools-plan")),
    ];
    if let Some(plan) = plan {
        items.push((
            format!("/city/plans/{}", plan.id),
            t!(lang, "schools-plan-of", year = plan.year.to_string()),
        ));
    }
    view! { <Crumbs items=items/> }
}

fn word_fields(lang: Lang, form: &FormState, plan: Option<&Plan>) -> impl IntoView + use<> {
    let value = |read: fn(&Plan) -> &String| plan.map(read).cloned();
    let name_zh = value(|plan| &plan.name_zh).unwrap_or_else(|| t!(Lang::Zh, "schools-plan-default-name"));
    let name_en = value(|plan| &plan.name_en).unwrap_or_else(|| t!(Lang::En, "schools-plan-default-name"));
    let summary_zh = value(|plan| &plan.summary_zh).unwrap_or_else(|| t!(Lang::Zh, "schools-plan-default-summary"));
    let summary_en = value(|plan| &plan.summary_en).unwrap_or_else(|| t!(Lang::En, "schools-plan-default-summary"));
    view! {
        <TextField form=form name="name_zh" label=t!(lang, "schools-name-zh") value=name_zh maxlength=LONGEST_NAME autocomplete="off"/>
        <TextField form=form name="name_en" label=t!(lang, "schools-name-en") value=name_en maxlength=2 * LONGEST_NAME autocomplete="off"/>
        <TextArea form=form name="summary_zh" label=t!(lang, "schools-summary-zh") value=summary_zh maxlength=LONGEST_SUMMARY optional=true/>
        <TextArea form=form name="summary_en" label=t!(lang, "schools-summary-en") value=summary_en maxlength=3 * LONGEST_SUMMARY optional=true/>
    }
}

/// `/city/plans/new`
async fn new_plan(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    may_plan(&cx)?;
    let latest = plan::all(&cx.app.db).await?.into_iter().next();
    let year = next_year(latest.as_ref().map(|plan| plan.year), time::year_of(cx.now));
    let form = cx.form("plan");
    let title = t!(lang, "schools-plan-add", year = year.to_string());
    let lead = match &latest {
        Some(plan) => t!(lang, "schools-plan-add-lead", year = plan.year.to_string()),
        None => t!(lang, "schools-plan-first-lead"),
    };
    let body = view! {
        {crumbs(lang, None)}
        <ErrorSummary form=&form/>
        <PageHeader title=title.clone() lead=lead/>
        <form method="post" action="/api/add_plan" class="form">
            {word_fields(lang, &form, latest.as_ref())}
            <Submit label=t!(lang, "schools-plan-add", year = year.to_string())/>
        </form>
    };
    Ok(Page::new(title, body))
}

/// `/city/plans/{id}`
async fn edit(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    may_plan(&cx)?;
    let plan = plan::plan(&cx.app.db, cx.param::<PlanId>("id")?).await?;
    let themes = plan::themes(&cx.app.db, plan.id).await?;
    let form = cx.form("plan");
    let title = t!(lang, "schools-plan-edit", year = plan.year.to_string());
    let now = vec![
        (t!(lang, "schools-name-zh"), plan.name_zh.clone()),
        (t!(lang, "schools-name-en"), plan.name_en.clone()),
        (t!(lang, "schools-summary-zh"), plan.summary_zh.clone()),
        (t!(lang, "schools-summary-en"), plan.summary_en.clone()),
    ];
    let body = view! {
        {crumbs(lang, None)}
        <ErrorSummary form=&form/>
        {conflict(lang, &form, plan.version, now)}
        <PageHeader title=title.clone()>
            <ButtonLink href=format!("/city/plans/{}/targets", plan.id) label=t!(lang, "schools-targets") icon=IconName::Flag/>
            <ButtonLink href=format!("/city/plan?year={}", plan.year) label=t!(lang, "schools-plan-progress") icon=IconName::Chart/>
        </PageHeader>
        <section class="stack" aria-labelledby="themes">
            <div class="row row--between">
                <h2 id="themes">{t!(lang, "schools-themes")}</h2>
                <ButtonLink href=format!("/city/plans/{}/themes/new", plan.id) label=t!(lang, "schools-theme-add") icon=IconName::Plus/>
            </div>
            {theme_list(lang, &plan, &themes)}
        </section>
        <section class="stack" aria-labelledby="words">
            <h2 id="words">{t!(lang, "schools-plan-words")}</h2>
            <form method="post" action="/api/save_plan" class="form">
                <Hidden name="plan" value=plan.id.to_string()/>
                <Hidden name="version" value=plan.version.to_string()/>
                {word_fields(lang, &form, Some(&plan))}
                <Submit label=t!(lang, "schools-save")/>
            </form>
        </section>
    };
    Ok(Page::new(title, body))
}

fn theme_list(lang: Lang, plan: &Plan, themes: &[Theme]) -> AnyView {
    if themes.is_empty() {
        return view! { <EmptyState icon=IconName::Flag title=t!(lang, "schools-no-themes") text=t!(lang, "schools-no-themes-text")/> }.into_any();
    }
    let rows = themes
        .iter()
        .map(|theme| {
            view! {
                <li class="task">
                    <div class="task__text">
                        <a href=format!("/city/plans/{}/themes/{}", plan.id, theme.id)>{theme.name(lang).to_owned()}</a>
                        <p class="task__hint">{theme.name(if lang == Lang::Zh { Lang::En } else { Lang::Zh }).to_owned()}</p>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="tasks">{rows}</ul> }.into_any()
}

/// `/city/plans/{id}/themes/new`
async fn new_theme(cx: Cx) -> Result<Page, AppError> {
    may_plan(&cx)?;
    let plan = plan::plan(&cx.app.db, cx.param::<PlanId>("id")?).await?;
    Ok(theme_page(&cx, &plan, None))
}

/// `/city/plans/{id}/themes/{theme}`
async fn edit_theme(cx: Cx) -> Result<Page, AppError> {
    may_plan(&cx)?;
    let plan = plan::plan(&cx.app.db, cx.param::<PlanId>("id")?).await?;
    let wanted: ThemeId = cx.param("theme")?;
    let themes = plan::themes(&cx.app.db, plan.id).await?;
    let theme = themes.into_iter().find(|theme| theme.id == wanted).ok_or(AppError::NotFound)?;
    Ok(theme_page(&cx, &plan, Some(theme)))
}

fn theme_page(cx: &Cx, plan: &Plan, theme: Option<Theme>) -> Page {
    let lang = cx.lang;
    let form = cx.form("theme");
    let shown = theme.as_ref();
    let title = shown.map_or_else(|| t!(lang, "schools-theme-add"), |theme| theme.name(lang).to_owned());
    let now = shown.map(|theme| {
        let facts = vec![
            (t!(lang, "schools-name-zh"), theme.name_zh.clone()),
            (t!(lang, "schools-name-en"), theme.name_en.clone()),
        ];
        conflict(lang, &form, plan.version, facts)
    });
    let removing = shown.map(|theme| {
        view! {
            <form method="post" action="/api/remove_theme">
                <Hidden name="plan" value=plan.id.to_string()/>
                <Hidden name="theme" value=theme.id.to_string()/>
                <Hidden name="version" value=plan.version.to_string()/>
                <Confirm label=t!(lang, "schools-theme-remove") title=t!(lang, "schools-theme-remove-sure", name = theme.name(lang).to_owned())
                    text=t!(lang, "schools-theme-remove-text") yes_label=t!(lang, "schools-theme-remove-yes")/>
            </form>
        }
    });
    let body = view! {
        {crumbs(lang, Some(plan))}
        <ErrorSummary form=&form/>
        {now}
        <PageHeader title=title.clone() caption=t!(lang, "schools-themes")/>
        <form method="post" action="/api/save_theme" class="form">
            <Hidden name="plan" value=plan.id.to_string()/>
            <Hidden name="theme" value=shown.map(|theme| theme.id.to_string()).unwrap_or_default()/>
            <Hidden name="version" value=plan.version.to_string()/>
            <TextField form=&form name="name_zh" label=t!(lang, "schools-name-zh") value=shown.map(|theme| theme.name_zh.clone())
                maxlength=LONGEST_NAME autocomplete="off"/>
            <TextField form=&form name="name_en" label=t!(lang, "schools-name-en") value=shown.map(|theme| theme.name_en.clone())
                maxlength=2 * LONGEST_NAME autocomplete="off"/>
            <Submit label=t!(lang, "schools-save")/>
        </form>
        {removing}
    };
    Page::new(title, body)
}

/// `/city/plans/{id}/targets`
async fn edit_targets(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    may_plan(&cx)?;
    let plan = plan::plan(&cx.app.db, cx.param::<PlanId>("id")?).await?;
    let regions = cx.regions().await?;
    let targets = plan::targets(&cx.app.db, plan.id).await?;
    let form = cx.form("targets");
    let title = t!(lang, "schools-targets-of", year = plan.year.to_string());
    let now = regions
        .iter()
        .map(|region| (region.name(lang).to_owned(), target_words(lang, find(&targets, region))))
        .collect();
    let heads = TARGET_FIGURES
        .map(|figure| view! { <th scope="col">{t!(lang, &format!("schools-target-{figure}"))}</th> })
        .collect_view();
    let rows = regions
        .iter()
        .map(|region| target_row(lang, &form, region, find(&targets, region)))
        .collect_view();
    let body = view! {
        {crumbs(lang, Some(&plan))}
        <ErrorSummary form=&form/>
        {conflict(lang, &form, plan.version, now)}
        <PageHeader title=title.clone() lead=t!(lang, "schools-targets-lead")/>
        <form method="post" action="/api/save_targets" class="stack">
            <Hidden name="plan" value=plan.id.to_string()/>
            <Hidden name="version" value=plan.version.to_string()/>
            <TableWrap label=title.clone()>
                <table class="table table--stack">
                    <thead><tr><th scope="col">{t!(lang, "schools-county")}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
            <Submit label=t!(lang, "schools-save")/>
        </form>
    };
    Ok(Page::new(title, body))
}

fn find<'a>(targets: &'a [Target], region: &RegionName) -> Option<&'a Target> {
    targets.iter().find(|target| target.region == region.region)
}

fn figures(target: Option<&Target>) -> [i64; 4] {
    target.map_or([0; 4], |target| [target.classes, target.places, target.hours, target.people])
}

fn target_words(lang: Lang, target: Option<&Target>) -> String {
    let named = TARGET_FIGURES.iter().zip(figures(target));
    named
        .map(|(figure, value)| format!("{} {value}", t!(lang, &format!("schools-target-{figure}"))))
        .collect::<Vec<_>>()
        .join(" · ")
}

/// One region's four fields: each is named by its row and column.
fn target_row(lang: Lang, form: &FormState, region: &RegionName, target: Option<&Target>) -> impl IntoView + use<> {
    let name = region.name(lang).to_owned();
    let cells = TARGET_FIGURES
        .iter()
        .zip(figures(target))
        .map(|(figure, stored)| {
            let head = t!(lang, &format!("schools-target-{figure}"));
            let field = target_field(region.region.as_str(), figure);
            let value = form.value(&field).map_or_else(|| stored.to_string(), ToOwned::to_owned);
            let error = form.error(&field).map(ToOwned::to_owned);
            let error_id = error.is_some().then(|| format!("error-{field}"));
            let invalid = error.is_some().then_some("true");
            let message = error.map(|error| view! { <p class="field__error" id=error_id.clone()>{error}</p> });
            view! {
                <td data-label=head.clone()>
                    <div>
                        {message}
                        <input class="input input--w8" id=format!("field-{field}") name=field inputmode="numeric" value=value
                            aria-label=format!("{name} {head}") aria-invalid=invalid aria-describedby=error_id autocomplete="off"/>
                    </div>
                </td>
            }
        })
        .collect_view();
    view! { <tr><th scope="row">{name}</th>{cells}</tr> }
}
