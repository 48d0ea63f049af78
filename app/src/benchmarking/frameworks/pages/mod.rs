//! Pages of frameworks: the city's list and each version, and what everybody in the programme reads.

mod comparing;
mod editing;
mod importing;

use axum::Router;
use axum::extract::{Extension, Path};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;

use super::document;
use super::functions::may_run;
use super::policy::{ReadPermit, can_read};
use super::rules::{Field, Finding, FrameworkState, Place, unfinished};
use super::store::{self, Listed, Stored};
use crate::benchmarking::rules::framework::LEVELS;
use crate::benchmarking::rules::{Dimension, Framework, Indicator};
use crate::error::AppError;
use crate::i18n::{Lang, say};
use crate::ids::FrameworkId;
use crate::paging::Step;
use crate::request::Cx;
use crate::respond::download;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    Badge, BadgeTone, ButtonLink, Confirm, Crumbs, EmptyState, Facts, Hidden, IconName, Notice, NoticeTone, PageHeader, Pager, Submit, TableWrap,
    Tone, time,
};

/// Unfinished points listed on a draft's page; the editor shows every one beside its field.
const FINDINGS_SHOWN: usize = 12;

/// The pages of this room.
pub fn routes() -> Router {
    Router::new()
        .route("/frameworks", page(readable))
        .route("/frameworks/{id}", page(read))
        .route("/city/frameworks", page(list))
        .route("/city/frameworks/import", page(importing::form))
        .route("/city/frameworks/{id}", page(manage))
        .route("/city/frameworks/{id}/edit", page(editing::head))
        .route("/city/frameworks/{id}/dimensions/{dimension}", page(editing::dimension))
        .route("/city/frameworks/{id}/compare", page(comparing::compare))
}

/// What is not a page: the import, and the document to download.
pub fn endpoints() -> Router {
    Router::new()
        .route("/city/frameworks/import", post(importing::receive))
        .route("/frameworks/{id}/framework.yaml", get(export))
}

/// Text in the reader's language; Chinese where English is still missing.
fn pick<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    if en.is_empty() { zh } else { lang.pick(zh, en) }
}

fn dimension_name(lang: Lang, dimension: &Dimension) -> String {
    format!("{} {}", dimension.id, pick(lang, &dimension.name, &dimension.name_en))
}

fn indicator_name(lang: Lang, indicator: &Indicator) -> String {
    format!("{} {}", indicator.id, pick(lang, &indicator.name, &indicator.name_en))
}

fn state_badge(lang: Lang, state: FrameworkState) -> impl IntoView + use<> {
    let tone = match state {
        FrameworkState::Draft => BadgeTone::Attention,
        FrameworkState::Published => BadgeTone::Good,
        FrameworkState::Retired => BadgeTone::Neutral,
    };
    view! { <Badge tone=tone label=t!(lang, &format!("frameworks-state-{}", state.as_str()))/> }
}

fn city_crumbs(lang: Lang, stored: Option<&Stored>) -> impl IntoView + use<> {
    let mut items = vec![
        ("/city".to_owned(), t!(lang, "nav-city")),
        ("/city/frameworks".to_owned(), t!(lang, "frameworks-all")),
    ];
    if let Some(stored) = stored {
        items.push((format!("/city/frameworks/{}", stored.id), stored.title()));
    }
    view! { <Crumbs items=items/> }
}

fn may_read(cx: &Cx) -> Result<ReadPermit, AppError> {
    can_read(cx.actor()?).ok_or(AppError::NotFound)
}

/// The version that a page's address names by `{id}`, for the city.
async fn of_city(cx: &Cx) -> Result<Stored, AppError> {
    may_run(cx)?;
    let id: FrameworkId = cx.param("id")?;
    store::readable(&cx.app.db, &may_read(cx)?, id).await
}

/// The draft that a page's address names, for the city; what is published has no such page.
async fn draft_of_city(cx: &Cx) -> Result<Stored, AppError> {
    let stored = of_city(cx).await?;
    if stored.is_draft() { Ok(stored) } else { Err(AppError::NotFound) }
}

/// `/city/frameworks`
async fn list(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let permit = may_run(&cx)?;
    let found = store::list(&cx.app.db, &permit, Step::of(&cx)).await?;
    let (newer, older) = found.links(&cx, |row| row.id.to_string());
    let title = t!(lang, "frameworks-all");
    let rows = if found.rows.is_empty() {
        view! { <EmptyState icon=IconName::Flag title=t!(lang, "frameworks-none") text=t!(lang, "frameworks-none-text")/> }.into_any()
    } else {
        list_table(lang, "/city/frameworks", &found.rows)
    };
    let body = view! {
        <Crumbs items=vec![("/city".to_owned(), t!(lang, "nav-city"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "frameworks-lead")>
            <ButtonLink href="/city/frameworks/import" label=t!(lang, "frameworks-import") icon=IconName::Upload/>
        </PageHeader>
        {rows}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(title, body))
}

/// `/frameworks`: what firms are measured by now, for whoever has a role in the programme.
async fn readable(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let rows = store::published(&cx.app.db, &may_read(&cx)?).await?;
    let title = t!(lang, "frameworks-all");
    let rows = if rows.is_empty() {
        view! { <EmptyState icon=IconName::Flag title=t!(lang, "frameworks-none-published") text=t!(lang, "frameworks-none-published-text")/> }
            .into_any()
    } else {
        list_table(lang, "/frameworks", &rows)
    };
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "frameworks-readable-lead")/>
        {rows}
    };
    Ok(Page::new(title, body))
}

fn list_table(lang: Lang, path: &str, rows: &[Listed]) -> AnyView {
    let rows = rows
        .iter()
        .map(|row| {
            let published = row
                .published_at
                .map_or_else(|| t!(lang, "frameworks-not-yet"), |at| time::date_time(lang, at));
            view! {
                <tr>
                    <th scope="row"><a href=format!("{path}/{}", row.id)>{format!("{} {}", row.name, row.version)}</a></th>
                    <td data-label=t!(lang, "frameworks-state")>{state_badge(lang, row.state)}</td>
                    <td data-label=t!(lang, "frameworks-created-at")>{time::date_time(lang, row.created_at)}</td>
                    <td data-label=t!(lang, "frameworks-published-at")>{published}</td>
                    <td class="num" data-label=t!(lang, "frameworks-rounds")>{row.rounds}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "frameworks-all")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "frameworks-version")}</th>
                        <th scope="col">{t!(lang, "frameworks-state")}</th>
                        <th scope="col">{t!(lang, "frameworks-created-at")}</th>
                        <th scope="col">{t!(lang, "frameworks-published-at")}</th>
                        <th scope="col" class="num">{t!(lang, "frameworks-rounds")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

/// `/frameworks/{id}`
async fn read(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let stored = store::readable(&cx.app.db, &may_read(&cx)?, cx.param("id")?).await?;
    let title = t!(lang, "frameworks-title", title = stored.title());
    let export = export_link(lang, &stored);
    let body = view! {
        <Crumbs items=vec![("/frameworks".to_owned(), t!(lang, "frameworks-all"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "frameworks-how")>
            {export}
        </PageHeader>
        <p>{state_badge(lang, stored.state)}</p>
        {content(lang, &stored.framework)}
    };
    Ok(Page::new(title, body))
}

fn export_link(lang: Lang, stored: &Stored) -> impl IntoView + use<> {
    let href = format!("/frameworks/{}/framework.yaml", stored.id);
    view! { <ButtonLink href=href label=t!(lang, "frameworks-export") icon=IconName::Download download=true/> }
}

/// `/city/frameworks/{id}`
async fn manage(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let stored = of_city(&cx).await?;
    let id = stored.id;
    let title = t!(lang, "frameworks-title", title = stored.title());
    let edit = stored.is_draft().then(|| {
        view! { <ButtonLink href=format!("/city/frameworks/{id}/edit") label=t!(lang, "frameworks-edit") icon=IconName::Edit/> }
    });
    let export = export_link(lang, &stored);
    let body = view! {
        {city_crumbs(lang, None)}
        <PageHeader title=title.clone()>
            {edit}
            <ButtonLink href=format!("/city/frameworks/{id}/compare") label=t!(lang, "frameworks-compare")/>
            {export}
        </PageHeader>
        <p>{state_badge(lang, stored.state)}</p>
        <Facts items=facts(lang, &stored)/>
        {if stored.is_draft() { draft_actions(lang, &stored) } else { kept_actions(lang, &stored) }}
        {content(lang, &stored.framework)}
    };
    Ok(Page::new(title, body))
}

fn facts(lang: Lang, stored: &Stored) -> Vec<(String, String)> {
    let by = |at, name: &Option<String>| {
        let name = name.clone().unwrap_or_else(|| t!(lang, "frameworks-by-program"));
        format!("{} · {name}", time::date_time(lang, at))
    };
    let mut facts = vec![(t!(lang, "frameworks-created-at"), by(stored.created_at, &stored.created_by))];
    if let Some(at) = stored.published_at {
        facts.push((t!(lang, "frameworks-published-at"), by(at, &stored.published_by)));
    }
    if let Some(at) = stored.retired_at {
        facts.push((t!(lang, "frameworks-retired-at"), time::date_time(lang, at)));
    }
    facts.push((t!(lang, "frameworks-rounds"), stored.rounds.to_string()));
    facts
}

/// What a draft still lacks, or the button that publishes it; and the way to throw it away.
fn draft_actions(lang: Lang, stored: &Stored) -> AnyView {
    let findings = unfinished(&stored.framework);
    let publish = if findings.is_empty() {
        view! {
            <form method="post" action="/api/publish_framework">
                <Hidden name="framework" value=stored.id.to_string()/>
                <Hidden name="edition" value=stored.edition.to_string()/>
                <Confirm label=t!(lang, "frameworks-publish") title=t!(lang, "frameworks-publish-sure", title = stored.title())
                    text=t!(lang, "frameworks-publish-text") yes_label=t!(lang, "frameworks-publish-yes") tone=Tone::Main/>
            </form>
        }
        .into_any()
    } else {
        unfinished_list(lang, stored, &findings)
    };
    view! {
        {publish}
        <form method="post" action="/api/discard_framework">
            <Hidden name="framework" value=stored.id.to_string()/>
            <Hidden name="edition" value=stored.edition.to_string()/>
            <Confirm label=t!(lang, "frameworks-discard") title=t!(lang, "frameworks-discard-sure", title = stored.title())
                text=t!(lang, "frameworks-discard-text") yes_label=t!(lang, "frameworks-discard-yes")/>
        </form>
    }
    .into_any()
}

fn unfinished_list(lang: Lang, stored: &Stored, findings: &[Finding]) -> AnyView {
    let lines = findings
        .iter()
        .take(FINDINGS_SHOWN)
        .map(|finding| {
            let href = editing::address(stored, finding.place);
            let place = place_words(lang, &stored.framework, finding.place);
            view! { <li><a href=href>{place}</a>{t!(lang, "frameworks-colon")}{say(lang, &finding.problem)}</li> }
        })
        .collect_view();
    let more = findings.len().saturating_sub(FINDINGS_SHOWN);
    view! {
        <Notice tone=NoticeTone::Warning title=t!(lang, "frameworks-unfinished-title", n = findings.len())>
            <ul>{lines}</ul>
            {(more > 0).then(|| view! { <p>{t!(lang, "frameworks-more", n = more)}</p> })}
        </Notice>
    }
    .into_any()
}

/// What can be done with a version that no longer changes.
fn kept_actions(lang: Lang, stored: &Stored) -> AnyView {
    let retire = (stored.state == FrameworkState::Published).then(|| {
        view! {
            <form method="post" action="/api/retire_framework">
                <Hidden name="framework" value=stored.id.to_string()/>
                <Confirm label=t!(lang, "frameworks-retire") title=t!(lang, "frameworks-retire-sure", title = stored.title())
                    text=t!(lang, "frameworks-retire-text") yes_label=t!(lang, "frameworks-retire-yes")/>
            </form>
        }
    });
    view! {
        <p class="muted">{t!(lang, "frameworks-fixed")}</p>
        <div class="actions">
            <form method="post" action="/api/copy_framework">
                <Hidden name="framework" value=stored.id.to_string()/>
                <Submit label=t!(lang, "frameworks-copy") tone=Tone::Plain icon=IconName::Plus/>
            </form>
            {retire}
        </div>
    }
    .into_any()
}

/// Where something stands, in words: `A1 治理决策 · 3 级描述（英文）`.
fn place_words(lang: Lang, framework: &Framework, place: Place) -> String {
    let dimension = |at: usize| framework.dimensions.get(at);
    match place {
        Place::Framework(field) => field_words(lang, field),
        Place::Dimension(at, field) => {
            let name = dimension(at).map(|own| dimension_name(lang, own)).unwrap_or_default();
            format!("{name} · {}", field_words(lang, field))
        }
        Place::Indicator(at, number, field) => {
            let indicator = dimension(at).and_then(|own| own.indicators.get(number));
            let name = indicator.map(|own| indicator_name(lang, own)).unwrap_or_default();
            format!("{name} · {}", field_words(lang, field))
        }
        Place::Grade(at, field) => {
            let grade = framework.grades.get(at).map_or(0, |threshold| threshold.grade);
            format!("{} · {}", t!(lang, "frameworks-grade-n", n = grade), field_words(lang, field))
        }
    }
}

fn field_words(lang: Lang, field: Field) -> String {
    match field {
        Field::Level(level) => t!(lang, "frameworks-field-level", n = level + 1),
        Field::LevelEn(level) => t!(lang, "frameworks-field-level_en", n = level + 1),
        Field::Id => t!(lang, "frameworks-field-id"),
        Field::Version => t!(lang, "frameworks-version"),
        Field::Name => t!(lang, "frameworks-field-name"),
        Field::NameEn => t!(lang, "frameworks-field-name_en"),
        Field::Weight => t!(lang, "frameworks-weight"),
        Field::Parts => t!(lang, "frameworks-field-parts"),
        Field::WeightSum => t!(lang, "frameworks-field-sum"),
        Field::Levels | Field::LevelsEn => t!(lang, "frameworks-field-levels"),
        Field::Grades | Field::Itself => t!(lang, "frameworks-grades"),
        Field::TotalMin => t!(lang, "frameworks-total-min"),
        Field::WeakestMin => t!(lang, "frameworks-weakest-min"),
    }
}

/// The whole of a framework to read: each dimension's indicators with what each level looks like, and the grades.
fn content(lang: Lang, framework: &Framework) -> impl IntoView + use<> {
    let dimensions = framework
        .dimensions
        .iter()
        .map(|dimension| {
            let heading = format!("dimension-{}", dimension.id);
            let id = heading.clone();
            let name = dimension_name(lang, dimension);
            view! {
                <section class="stack" aria-labelledby=heading>
                    <h2 id=id>{t!(lang, "frameworks-dimension-of", name = name.clone(), weight = dimension.weight)}</h2>
                    {indicator_table(lang, name, &dimension.indicators)}
                </section>
            }
        })
        .collect_view();
    view! {
        {dimensions}
        <section class="stack" aria-labelledby="grades">
            <h2 id="grades">{t!(lang, "frameworks-grades")}</h2>
            <p class="muted">{t!(lang, "frameworks-grades-how")}</p>
            {grade_table(lang, framework)}
        </section>
    }
}

fn indicator_table(lang: Lang, label: String, indicators: &[Indicator]) -> AnyView {
    if indicators.is_empty() {
        return view! { <p class="muted">{t!(lang, "frameworks-no-indicators")}</p> }.into_any();
    }
    let level_word = |level: usize| t!(lang, "frameworks-level-n", n = level);
    let heads = (1..=LEVELS)
        .map(|level| view! { <th scope="col">{level_word(level)}</th> })
        .collect_view();
    let rows = indicators
        .iter()
        .map(|indicator| {
            let levels = (1..)
                .zip(&indicator.levels)
                .map(|(level, text)| view! { <td data-label=level_word(level)>{pick(lang, &text.zh, &text.en).to_owned()}</td> })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{indicator_name(lang, indicator)}</th>
                    <td class="num" data-label=t!(lang, "frameworks-weight")>{format!("{}%", indicator.weight)}</td>
                    {levels}
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=label>
            <table class="table table--stack levels">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "frameworks-indicator")}</th>
                        <th scope="col" class="num">{t!(lang, "frameworks-weight")}</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

fn grade_table(lang: Lang, framework: &Framework) -> AnyView {
    let rows = framework
        .grades
        .iter()
        .map(|threshold| {
            view! {
                <tr>
                    <th scope="row">{t!(lang, "frameworks-grade-n", n = threshold.grade)}</th>
                    <td class="num" data-label=t!(lang, "frameworks-total-min")>{threshold.total_min}</td>
                    <td class="num" data-label=t!(lang, "frameworks-weakest-min")>{threshold.weakest_dimension_min}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "frameworks-grades")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "frameworks-grade")}</th>
                        <th scope="col" class="num">{t!(lang, "frameworks-total-min")}</th>
                        <th scope="col" class="num">{t!(lang, "frameworks-weakest-min")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

/// The document of a version, for other programs and for the next city.
async fn export(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let made = async {
        let id: FrameworkId = id.parse().map_err(|_| AppError::NotFound)?;
        store::readable(&cx.app.db, &may_read(&cx)?, id).await
    };
    let (name, yaml) = match made.await {
        Ok(stored) => (
            format!("{}-{}", stored.framework.id, stored.framework.version),
            Ok(document::write(&stored.framework).into_bytes()),
        ),
        Err(error) => (String::new(), Err(error)),
    };
    download(&cx, &name, ("yaml", "application/yaml; charset=utf-8"), yaml)
}
