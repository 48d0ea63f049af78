//! Cohorts: the list, the form, and how full one is against its target.

use leptos::prelude::*;

use super::{CohortView, category_word, cohort_badge, cohort_head, county, may_run, mix_meters};
use crate::benchmarking::islands::{LiveSum, Whole};
use crate::benchmarking::selection::forms::seats_field;
use crate::benchmarking::selection::rules::{CohortState, Group, LARGEST_SIZE, Tally, Target, USUAL_SIZE};
use crate::benchmarking::selection::store::{self, Cohort, CohortRow};
use crate::error::AppError;
use crate::firms::Category;
use crate::i18n::Lang;
use crate::ids::{CohortId, Region};
use crate::paging::Step;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    Bar, BarChart, ButtonLink, Confirm, Crumbs, EmptyState, ErrorSummary, Figure, FormState, Hidden, IconName, Meter, Notice, NoticeTone, PageHeader,
    Pager, Submit, TableWrap, TextField, Tone, time,
};

/// `/city/cohorts`
pub(super) async fn list(cx: Cx) -> Result<Page, AppError> {
    may_run(&cx)?;
    let lang = cx.lang;
    let cohorts = store::cohorts(&cx.app.db, Step::of(&cx)).await?;
    let (newer, older) = cohorts.links(&cx, |row| row.id.to_string());
    let title = t!(lang, "selection-cohorts");
    let list = if cohorts.rows.is_empty() {
        view! {
            <EmptyState title=t!(lang, "selection-no-cohorts") text=t!(lang, "selection-no-cohorts-text") icon=IconName::Flag>
                <ButtonLink href="/city/cohorts/new" label=t!(lang, "selection-cohort-add")/>
            </EmptyState>
        }
        .into_any()
    } else {
        table(lang, cohorts.rows).into_any()
    };
    let body = view! {
        <Crumbs items=vec![("/city".to_owned(), t!(lang, "nav-city"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "selection-cohorts-lead")>
            <ButtonLink href="/city/cohorts/new" label=t!(lang, "selection-cohort-add") icon=IconName::Plus/>
        </PageHeader>
        {list}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(title, body))
}

fn table(lang: Lang, rows: Vec<CohortRow>) -> impl IntoView + use<> {
    let rows = rows
        .into_iter()
        .map(|row| {
            let href = format!("/city/cohorts/{}", row.id);
            let nominations = format!("{href}/nominations");
            let places = t!(lang, "selection-chosen-of-size");
            view! {
                <tr>
                    <th scope="row"><a href=href>{row.name}</a></th>
                    <td data-label=t!(lang, "selection-state")>{cohort_badge(lang, row.state)}</td>
                    <td data-label=places.clone()><Meter value=row.chosen max=row.size label=places.clone()/></td>
                    <td data-label=t!(lang, "selection-undecided") class="num"><a href=nominations>{row.waiting}</a></td>
                    <td data-label=t!(lang, "selection-added") class="nowrap">{time::date(lang, row.created_at)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "selection-cohorts")>
            <table class="table table--stack cohorts">
                <thead><tr>
                    <th scope="col">{t!(lang, "selection-cohort-name")}</th>
                    <th scope="col">{t!(lang, "selection-state")}</th>
                    <th scope="col">{t!(lang, "selection-chosen-of-size")}</th>
                    <th scope="col" class="num">{t!(lang, "selection-undecided")}</th>
                    <th scope="col">{t!(lang, "selection-added")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

/// `/city/cohorts/new`
pub(super) async fn new(cx: Cx) -> Result<Page, AppError> {
    may_run(&cx)?;
    Ok(form_page(&cx, None, &Target::even(USUAL_SIZE)))
}

/// `/city/cohorts/{id}/edit`
pub(super) async fn edit(cx: Cx) -> Result<Page, AppError> {
    may_run(&cx)?;
    let cohort = store::cohort(&cx.app.db, cx.param::<CohortId>("id")?).await?;
    let target = store::target(&cx.app.db, cohort.id).await?;
    Ok(form_page(&cx, Some(&cohort), &target))
}

fn form_page(cx: &Cx, cohort: Option<&Cohort>, target: &Target) -> Page {
    let lang = cx.lang;
    let form = cx.form("cohort");
    let title = match cohort {
        Some(_) => t!(lang, "selection-cohort-edit"),
        None => t!(lang, "selection-cohort-add"),
    };
    let mut crumbs = vec![
        ("/city".to_owned(), t!(lang, "nav-city")),
        ("/city/cohorts".to_owned(), t!(lang, "selection-cohorts")),
    ];
    crumbs.extend(cohort.map(|cohort| (format!("/city/cohorts/{}", cohort.id), cohort.name.clone())));
    let body = view! {
        <Crumbs items=crumbs/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone()/>
        {changed_meanwhile(lang, &form, cohort)}
        <form method="post" action="/api/save_cohort" class="narrow" id="cohort-form">{fields(lang, &form, cohort, target)}</form>
    };
    Page::new(title, body).interactive()
}

/// What stands there now, when the form was made from something older: saving again keeps what was typed.
fn changed_meanwhile(lang: Lang, form: &FormState, cohort: Option<&Cohort>) -> Option<impl IntoView + use<>> {
    let cohort = cohort?;
    let is_stale = form.value("edition").is_some_and(|typed| typed != cohort.edition.to_string());
    is_stale.then(|| {
        let now = t!(lang, "selection-cohort-now", name = cohort.name.clone(), size = cohort.size);
        view! { <Notice tone=NoticeTone::Warning><p>{now}</p></Notice> }
    })
}

fn fields(lang: Lang, form: &FormState, cohort: Option<&Cohort>, target: &Target) -> impl IntoView + use<> {
    let id = cohort.map(|cohort| cohort.id.to_string()).unwrap_or_default();
    let edition = cohort.map(|cohort| cohort.edition.to_string()).unwrap_or_default();
    let size = cohort.map_or(USUAL_SIZE, |cohort| cohort.size);
    let seats = Category::ALL
        .into_iter()
        .map(|category| {
            let name = seats_field(category);
            let label = category_word(lang, category.as_str());
            view! { <TextField form=form name=name label=label value=target.of(category) inputmode="numeric" width="4" suffix=t!(lang, "selection-firms-unit")/> }
        })
        .collect_view();
    view! {
        <Hidden name="cohort" value=id/>
        <Hidden name="edition" value=edition/>
        <TextField form=form name="name" label=t!(lang, "selection-cohort-name") hint=t!(lang, "selection-cohort-name-hint") value=cohort.map(|cohort| cohort.name.clone()) maxlength="60"/>
        <TextField form=form name="size" label=t!(lang, "selection-size") hint=t!(lang, "selection-size-hint", max = LARGEST_SIZE) value=size inputmode="numeric" width="4" suffix=t!(lang, "selection-firms-unit")/>
        <fieldset class="card mix-fields">
            <legend class="field__label">{t!(lang, "selection-target")}</legend>
            <p class="field__hint">{t!(lang, "selection-target-hint")}</p>
            {seats}
            <p class="mix-fields__sum" id="live-sum" role="status">{sum_now(lang, form, size, target)}</p>
        </fieldset>
        <LiveSum parts="input[name^='seats[']".to_owned() whole=Whole::Field("size".to_owned()) sum=t!(lang, "selection-sum-now", sum = "#", size = "@") fits=t!(lang, "selection-sum-fits", sum = "#")/>
        <Submit label=t!(lang, "selection-save") tone=Tone::Main/>
    }
}

/// The sum of the seats beside the size: of what was typed, where it can be read.
fn sum_now(lang: Lang, form: &FormState, size: i64, target: &Target) -> String {
    let typed = |name: &str| form.value(name).and_then(|typed| typed.trim().parse::<i64>().ok());
    let size = typed("size").unwrap_or(size);
    let seats = Category::ALL.map(|category| typed(&seats_field(category)).unwrap_or(target.of(category)));
    let sum = seats.into_iter().fold(0, i64::saturating_add);
    if sum == size {
        t!(lang, "selection-sum-fits", sum = sum)
    } else {
        t!(lang, "selection-sum-now", sum = sum, size = size)
    }
}

/// `/city/cohorts/{id}`
pub(super) async fn show(cx: Cx) -> Result<Page, AppError> {
    may_run(&cx)?;
    let lang = cx.lang;
    let cohort = store::cohort(&cx.app.db, cx.param::<CohortId>("id")?).await?;
    let tally = store::tally(&cx.app.db, cohort.id).await?;
    let target = store::target(&cx.app.db, cohort.id).await?;
    let regions = cx.regions().await?;
    let meters = mix_meters(&cx, &cohort).await?;
    let actions = cohort.state.is_live().then(|| {
        let edit = format!("/city/cohorts/{}/edit", cohort.id);
        view! { <ButtonLink href=edit label=t!(lang, "selection-cohort-edit") icon=IconName::Edit/> }.into_any()
    });
    let body = view! {
        {cohort_head(lang, &cohort, CohortView::Overview, actions)}
        <div class="figures">{figures(lang, &cohort, &tally)}</div>
        {meters}
        <section class="stack" aria-labelledby="by-category">
            <h2 id="by-category">{t!(lang, "selection-by-category")}</h2>
            {category_table(lang, &cohort, &tally, &target)}
        </section>
        <section class="stack" aria-labelledby="by-county">
            <h2 id="by-county">{t!(lang, "selection-by-county")}</h2>
            {county_chart(lang, &cohort, &tally, &regions)}
            {county_table(lang, &cohort, &tally, &regions)}
        </section>
        {advance(lang, &cohort)}
    };
    Ok(Page::new(cohort.name, body))
}

/// The address of the firms that a figure counts.
fn rows_of(cohort: &Cohort, group: Group, county: Option<&Region>, category: Option<Category>) -> String {
    let view = match group {
        Group::Chosen => "chosen",
        Group::Ready => "screened",
        Group::Waiting => "nominated",
    };
    let county = county.map(|region| format!("&county={region}")).unwrap_or_default();
    let category = category.map(|category| format!("&category={}", category.as_str())).unwrap_or_default();
    format!("/city/cohorts/{}/nominations?state={view}{county}{category}", cohort.id)
}

fn figures(lang: Lang, cohort: &Cohort, tally: &Tally) -> impl IntoView + use<> {
    let link = |group| (tally.all(group) > 0).then(|| rows_of(cohort, group, None, None));
    let chosen = format!("{} / {}", tally.all(Group::Chosen), cohort.size);
    view! {
        <Figure value=chosen label=t!(lang, "selection-chosen-of-size") href=link(Group::Chosen)/>
        <Figure value=tally.all(Group::Ready) label=t!(lang, "selection-ready") href=link(Group::Ready)/>
        <Figure value=tally.all(Group::Waiting) label=t!(lang, "selection-waiting") href=link(Group::Waiting)/>
    }
}

/// A number that leads to its rows, where there are any.
fn number(n: i64, href: String) -> AnyView {
    if n > 0 {
        view! { <a href=href>{n}</a> }.into_any()
    } else {
        n.into_any()
    }
}

fn category_table(lang: Lang, cohort: &Cohort, tally: &Tally, target: &Target) -> impl IntoView + use<> {
    let rows = Category::ALL
        .into_iter()
        .map(|category| {
            let of = |group| number(tally.of_category(group, category), rows_of(cohort, group, None, Some(category)));
            let apart = tally.of_category(Group::Chosen, category) - target.of(category);
            view! {
                <tr>
                    <th scope="row">{category_word(lang, category.as_str())}</th>
                    <td class="num">{target.of(category)}</td>
                    <td class="num">{of(Group::Chosen)}</td>
                    <td class="num">{apart_words(lang, apart)}</td>
                    <td class="num">{of(Group::Ready)}</td>
                    <td class="num">{of(Group::Waiting)}</td>
                </tr>
            }
        })
        .collect_view();
    let all = |group| number(tally.all(group), rows_of(cohort, group, None, None));
    let sums = view! {
        <tr>
            <th scope="row">{t!(lang, "selection-total")}</th>
            <td class="num">{target.sum()}</td>
            <td class="num">{all(Group::Chosen)}</td>
            <td class="num">{apart_words(lang, tally.all(Group::Chosen) - target.sum())}</td>
            <td class="num">{all(Group::Ready)}</td>
            <td class="num">{all(Group::Waiting)}</td>
        </tr>
    };
    view! {
        <TableWrap label=t!(lang, "selection-by-category")>
            <table class="table">
                <thead><tr>
                    <th scope="col">{t!(lang, "selection-category")}</th>
                    <th scope="col" class="num">{t!(lang, "selection-target-short")}</th>
                    <th scope="col" class="num">{t!(lang, "selection-state-chosen")}</th>
                    <th scope="col" class="num">{t!(lang, "selection-apart")}</th>
                    <th scope="col" class="num">{t!(lang, "selection-ready")}</th>
                    <th scope="col" class="num">{t!(lang, "selection-waiting")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
                <tfoot>{sums}</tfoot>
            </table>
        </TableWrap>
    }
}

/// How far from the target, in words, so that a sign is not all there is.
fn apart_words(lang: Lang, apart: i64) -> String {
    match apart {
        0 => t!(lang, "selection-apart-none"),
        1.. => t!(lang, "selection-apart-over", n = apart),
        _ => t!(lang, "selection-apart-under", n = -apart),
    }
}

/// The counties of today, and the city where it has firms of its own in the cohort.
fn counties<'a>(tally: &Tally, regions: &'a [RegionName]) -> Vec<&'a RegionName> {
    let has_any = |region: &Region| tally.0.iter().any(|cell| cell.region == *region);
    let kept = regions.iter().filter(|known| !known.region.is_city() || has_any(&known.region));
    kept.collect()
}

fn county_chart(lang: Lang, cohort: &Cohort, tally: &Tally, regions: &[RegionName]) -> impl IntoView + use<> {
    let bars = counties(tally, regions)
        .into_iter()
        .map(|known| {
            let chosen = tally.of_region(Group::Chosen, &known.region);
            Bar {
                label: county(lang, regions, &known.region),
                value: chosen,
                href: (chosen > 0).then(|| rows_of(cohort, Group::Chosen, Some(&known.region), None)),
                ..Bar::default()
            }
        })
        .collect();
    view! { <BarChart title=t!(lang, "selection-county-chart") label=t!(lang, "selection-county") measure=t!(lang, "selection-state-chosen") bars=bars/> }
}

fn county_table(lang: Lang, cohort: &Cohort, tally: &Tally, regions: &[RegionName]) -> impl IntoView + use<> {
    let head = Category::ALL
        .into_iter()
        .map(|category| view! { <th scope="col" class="num">{category_word(lang, category.as_str())}</th> })
        .collect_view();
    let rows = counties(tally, regions)
        .into_iter()
        .map(|known| {
            let region = &known.region;
            let cells = Category::ALL
                .into_iter()
                .map(|category| {
                    let n = tally.of_both(Group::Chosen, region, category);
                    view! { <td class="num">{number(n, rows_of(cohort, Group::Chosen, Some(region), Some(category)))}</td> }
                })
                .collect_view();
            let of = |group| number(tally.of_region(group, region), rows_of(cohort, group, Some(region), None));
            view! {
                <tr>
                    <th scope="row" class="nowrap">{known.name(lang).to_owned()}</th>
                    {cells}
                    <td class="num">{of(Group::Chosen)}</td>
                    <td class="num">{of(Group::Ready)}</td>
                    <td class="num">{of(Group::Waiting)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "selection-by-county")>
            <table class="table">
                <thead><tr>
                    <th scope="col">{t!(lang, "selection-county")}</th>
                    {head}
                    <th scope="col" class="num">{t!(lang, "selection-state-chosen")}</th>
                    <th scope="col" class="num">{t!(lang, "selection-ready")}</th>
                    <th scope="col" class="num">{t!(lang, "selection-waiting")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

/// The way to the cohort's next state, which has no way back.
fn advance(lang: Lang, cohort: &Cohort) -> Option<impl IntoView + use<>> {
    let next = cohort.state.next()?;
    let tone = if next == CohortState::Closed { Tone::Danger } else { Tone::Main };
    let (id, word) = (cohort.id.to_string(), next.as_str());
    let of = |part: &str| match next {
        CohortState::Closed => t!(lang, &format!("selection-close-{part}")),
        _ => t!(lang, &format!("selection-start-{part}")),
    };
    Some(view! {
        <form method="post" action="/api/advance_cohort">
            <Confirm label=of("open") title=of("title") text=of("text") yes_label=of("yes") tone=tone>
                <Hidden name="cohort" value=id/>
                <Hidden name="to" value=word/>
            </Confirm>
        </form>
    })
}
