//! The programme as a whole: its firms in a list, the funnel of stages, and the heat map.

use leptos::prelude::*;

use super::{dimension_name, figure, stage_word};
use crate::benchmarking::policy::{PilotScope, visible_to};
use crate::benchmarking::results::store::{self, Basis, Filter, Heat, Row, Station};
use crate::benchmarking::rules::exact::Exact;
use crate::benchmarking::rules::{AtGate, Framework, PilotState, Stage};
use crate::clock::day_of;
use crate::error::AppError;
use crate::firms::Category;
use crate::firms::pages::region_name;
use crate::i18n::Lang;
use crate::ids::Region;
use crate::paging::Step;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{Badge, BadgeTone, Bar, BarChart, ButtonLink, Crumbs, EmptyState, Figure, IconName, PageHeader, Pager, SearchBox, TableWrap};

/// The rows behind the number of those who are through.
const COMPLETED_LIST: &str = "/desk/programme?stage=completed";

fn scope(cx: &Cx) -> Result<PilotScope, AppError> {
    visible_to(cx.actor()?).ok_or(AppError::Forbidden)
}

/// `/desk/programme`
pub async fn list(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let scope = scope(&cx)?;
    let filter = Filter {
        words: cx.query("q").unwrap_or_default(),
        station: cx.query("stage").as_deref().and_then(Station::parse),
        region: cx.query("county").map(Region::from),
        category: cx.query("category"),
    };
    let firms = store::list(&cx.app.db, &scope, &filter, Step::of(&cx)).await?;
    let (stages, completed) = store::funnel(&cx.app.db, &scope).await?;
    let regions = cx.regions().await?;
    let (newer, older) = firms.links(&cx, |row| row.id.to_string());
    let filters = filters(lang, &filter, &regions, actor.is_city());
    let list = if firms.rows.is_empty() {
        view! { <EmptyState title=t!(lang, "results-none") text=t!(lang, "results-none-text") icon=IconName::Firm/> }.into_any()
    } else {
        table(lang, &regions, firms.rows)
    };
    let ways = actor.is_coordinator().then(|| ways(lang, actor.is_city()));
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk"))]/>
        <PageHeader title=t!(lang, "bench-programme") lead=t!(lang, "results-lead")/>
        {ways}
        <div class="figures">{funnel_figures(lang, stages, completed)}</div>
        <SearchBox name="q" value=filter.words.clone() label=t!(lang, "results-search") action="/desk/programme">{filters}</SearchBox>
        {list}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(t!(lang, "bench-programme"), body))
}

/// Where coordinators go on from here.
fn ways(lang: Lang, is_city: bool) -> impl IntoView {
    let city = is_city.then(|| {
        view! {
            <ButtonLink href="/city/cohorts" label=t!(lang, "results-to-cohorts")/>
            <ButtonLink href="/city/frameworks" label=t!(lang, "results-to-frameworks")/>
            <ButtonLink href="/city/benchmarks" label=t!(lang, "results-to-benchmarks")/>
            <ButtonLink href="/city/verifications" label=t!(lang, "results-to-verifications")/>
        }
    });
    view! {
        <div class="actions">
            <ButtonLink href="/city/programme" label=t!(lang, "results-to-heat") icon=IconName::Chart/>
            <ButtonLink href="/desk/gates" label=t!(lang, "results-to-gates")/>
            <ButtonLink href="/desk/actions" label=t!(lang, "results-to-actions")/>
            <ButtonLink href="/desk/nominations" label=t!(lang, "results-to-nominations")/>
            {city}
        </div>
    }
}

fn funnel_figures(lang: Lang, stages: [i64; 4], completed: i64) -> impl IntoView {
    let figures = Stage::ALL
        .into_iter()
        .zip(stages)
        .map(|(stage, count)| {
            let href = format!("/desk/programme?stage={}", stage.as_str());
            view! { <Figure value=count.to_string() label=stage_word(lang, stage) href=href/> }
        })
        .collect_view();
    view! { {figures} <Figure value=completed.to_string() label=t!(lang, "results-completed") href=COMPLETED_LIST/> }
}

fn filters(lang: Lang, filter: &Filter, regions: &[RegionName], with_counties: bool) -> impl IntoView + use<> {
    let option = |value: String, label: String, chosen: bool| view! { <option value=value selected=chosen>{label}</option> };
    let stages = Stage::ALL
        .into_iter()
        .map(|stage| {
            option(
                stage.as_str().to_owned(),
                stage_word(lang, stage),
                filter.station == Some(Station::In(stage)),
            )
        })
        .collect_view();
    let completed = option(
        Station::COMPLETED.to_owned(),
        t!(lang, "results-completed"),
        filter.station == Some(Station::Completed),
    );
    let categories = Category::ALL
        .into_iter()
        .map(|category| {
            let word = category.as_str();
            option(
                word.to_owned(),
                t!(lang, &format!("firms-category-{word}")),
                filter.category.as_deref() == Some(word),
            )
        })
        .collect_view();
    let counties = with_counties.then(|| {
        let options = regions
            .iter()
            .filter(|known| !known.region.is_city())
            .map(|known| {
                let chosen = filter.region.as_ref() == Some(&known.region);
                option(known.region.to_string(), known.name(lang).to_owned(), chosen)
            })
            .collect_view();
        view! {
            <select class="select select--narrow" name="county" aria-label=t!(lang, "results-county")>
                <option value="">{t!(lang, "results-all-counties")}</option>
                {options}
            </select>
        }
    });
    view! {
        <select class="select select--narrow" name="stage" aria-label=t!(lang, "results-stage")>
            <option value="">{t!(lang, "results-all-stages")}</option>
            {stages}
            {completed}
        </select>
        <select class="select select--narrow" name="category" aria-label=t!(lang, "results-category")>
            <option value="">{t!(lang, "results-all-categories")}</option>
            {categories}
        </select>
        {counties}
    }
}

fn table(lang: Lang, regions: &[RegionName], rows: Vec<Row>) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let waits = waits(lang, &row);
            view! {
                <tr>
                    <th scope="row"><a href=format!("/firm/{}", row.id)>{row.firm_name.clone()}</a></th>
                    <td>{region_name(lang, regions, &row.region)}</td>
                    <td>{t!(lang, &format!("firms-category-{}", row.category))}</td>
                    <td>{stage_cell(lang, &row)}</td>
                    <td>{waits}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "bench-programme")>
            <table class="table">
                <thead><tr>
                    <th scope="col">{t!(lang, "results-firm")}</th>
                    <th scope="col">{t!(lang, "results-county")}</th>
                    <th scope="col">{t!(lang, "results-category")}</th>
                    <th scope="col">{t!(lang, "results-stage")}</th>
                    <th scope="col">{t!(lang, "results-waits")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

pub(super) fn stage_cell(lang: Lang, row: &Row) -> String {
    match (row.state(), row.stage()) {
        (PilotState::Completed, _) => t!(lang, "results-completed"),
        (_, Some(stage)) => stage_word(lang, stage),
        _ => "–".to_owned(),
    }
}

/// What a firm's affairs wait for, in a word.
fn waits(lang: Lang, row: &Row) -> AnyView {
    let (key, tone) = match (row.state(), row.gate(), row.assessment.as_deref()) {
        (PilotState::Completed, ..) => ("results-wait-nothing", BadgeTone::Good),
        (_, AtGate::County, _) => ("results-wait-county", BadgeTone::Attention),
        (_, AtGate::City, _) => ("results-wait-city", BadgeTone::Attention),
        (_, _, Some("submitted")) => ("results-wait-verifier", BadgeTone::Info),
        (_, _, Some("returned")) => ("results-wait-returned", BadgeTone::Attention),
        _ => ("results-wait-firm", BadgeTone::Neutral),
    };
    view! { <Badge tone=tone label=t!(lang, key)/> }.into_any()
}

/// `/city/programme`: for coordinators; a county sees its own firms.
pub async fn heat_map(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    if !cx.actor()?.is_coordinator() {
        return Err(AppError::Forbidden);
    }
    let scope = scope(&cx)?;
    let (framework, firms) = store::heat(&cx.app.db, &scope, day_of(cx.now)).await?;
    let (stages, completed) = store::funnel(&cx.app.db, &scope).await?;
    let map = match framework {
        Some(framework) if !firms.is_empty() => heat_table(lang, &framework, firms),
        _ => view! { <EmptyState title=t!(lang, "results-no-scores") text=t!(lang, "results-no-scores-text") icon=IconName::Chart/> }.into_any(),
    };
    let title = t!(lang, "results-heat-title");
    let body = view! {
        <Crumbs items=vec![("/desk/programme".to_owned(), t!(lang, "bench-programme"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "results-heat-lead")>
            <ButtonLink href="/city/programme.xlsx" label=t!(lang, "results-export") icon=IconName::Download download=true/>
        </PageHeader>
        <BarChart title=t!(lang, "results-funnel") label=t!(lang, "results-stage") measure=t!(lang, "results-firms") bars=funnel_bars(lang, stages, completed)/>
        <h2>{t!(lang, "results-heat")}</h2>
        {map}
    };
    Ok(Page::new(title, body))
}

fn funnel_bars(lang: Lang, stages: [i64; 4], completed: i64) -> Vec<Bar> {
    let bars = Stage::ALL.into_iter().zip(stages).map(|(stage, value)| Bar {
        label: stage_word(lang, stage),
        value,
        href: Some(format!("/desk/programme?stage={}", stage.as_str())),
        ..Bar::default()
    });
    let last = Bar {
        label: t!(lang, "results-completed"),
        value: completed,
        href: Some(COMPLETED_LIST.to_owned()),
        ..Bar::default()
    };
    bars.chain(std::iter::once(last)).collect()
}

/// A firm to a line, a dimension to a column. Shades have their figure in them.
fn heat_table(lang: Lang, framework: &Framework, firms: Vec<Heat>) -> AnyView {
    let heads = framework
        .dimensions
        .iter()
        .map(|dimension| view! { <th scope="col" class="num">{dimension_name(lang, dimension)}</th> })
        .collect_view();
    let rows = firms
        .into_iter()
        .map(|firm| {
            let score = firm.score.as_ref().map(|(_, score)| score);
            let cells = framework
                .dimensions
                .iter()
                .map(|dimension| {
                    let href = levels_behind(&firm, &dimension.id);
                    heat_cell(score.and_then(|score| score.dimension(&dimension.id)), href)
                })
                .collect_view();
            let basis = match firm.score.as_ref().map(|(basis, _)| basis) {
                Some(Basis::Verified) => t!(lang, "results-verified"),
                Some(Basis::Capped) => t!(lang, "results-capped"),
                None => t!(lang, "results-not-begun"),
            };
            let grade = score
                .and_then(|score| score.grade)
                .map_or_else(|| "–".to_owned(), |grade| grade.to_string());
            view! {
                <tr>
                    <th scope="row"><a href=format!("/firm/{}/results", firm.row.id)>{firm.row.firm_name.clone()}</a></th>
                    <td>{stage_cell(lang, &firm.row)}</td>
                    {cells}
                    {heat_cell(score.and_then(|score| score.total), Some(format!("/firm/{}/results", firm.row.id)))}
                    <td class="num">{grade}</td>
                    <td>{basis}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "results-heat") tall=true>
            <table class="table heat">
                <thead><tr>
                    <th scope="col">{t!(lang, "results-firm")}</th>
                    <th scope="col">{t!(lang, "results-stage")}</th>
                    {heads}
                    <th scope="col" class="num">{t!(lang, "results-total")}</th>
                    <th scope="col" class="num">{t!(lang, "results-grade")}</th>
                    <th scope="col">{t!(lang, "results-basis")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
        <p class="muted small">{t!(lang, "results-heat-rule")}</p>
    }
    .into_any()
}

/// Where the levels that a dimension's figure is made of are.
fn levels_behind(firm: &Heat, dimension: &str) -> Option<String> {
    let (basis, _) = firm.score.as_ref()?;
    Some(match basis {
        Basis::Verified => format!("/firm/{}/verification/dimensions/{dimension}", firm.row.id),
        Basis::Capped => format!("/firm/{}/assessment/{dimension}", firm.row.id),
    })
}

/// The shade goes up by a step every 20 points.
fn heat_cell(value: Option<Exact>, href: Option<String>) -> impl IntoView {
    let step = value.map(|value| (value / Exact::from_integer(20)).to_integer().clamp(0, 4));
    let class = step.map_or_else(|| "num".to_owned(), |step| format!("num heat__cell heat__cell--{step}"));
    let shown = figure(value);
    let content = match href.filter(|_| value.is_some()) {
        Some(href) => view! { <a href=href>{shown}</a> }.into_any(),
        None => shown.into_any(),
    };
    view! { <td class=class>{content}</td> }
}
