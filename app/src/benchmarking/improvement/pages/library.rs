//! The library of benchmarks: searching, choosing, entering and changing. The same pages serve a firm and the city.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{Part, benchmark_head, conflict, day, dimension_name, level_text, named, no_framework};
use crate::accounts::rules::search_words;
use crate::benchmarking::improvement::policy::{self, LibraryPermit};
use crate::benchmarking::improvement::rules::{BenchmarkLevels, LONGEST_ABOUT, LONGEST_NAME, LONGEST_SOURCE, is_stale};
use crate::benchmarking::improvement::store::{self, Benchmark, Chosen, LibraryRow};
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::gates::BENCHMARK_MONTHS;
use crate::benchmarking::rules::level::Level;
use crate::benchmarking::rules::{Dimension, Framework, Indicator};
use crate::benchmarking::store::Pilot;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::BenchmarkId;
use crate::paging::{Paged, Step};
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    ButtonLink, Choice, Crumbs, EmptyState, ErrorSummary, FormState, Hidden, IconName, Notice, PageHeader, Pager, SearchBox, SelectField, Submit,
    TableWrap, TextArea, TextField, Tone, time,
};

/// Where the library is looked at from.
enum Place {
    Firm(Box<Pilot>, Standing),
    City,
}

impl Place {
    async fn firm(cx: &Cx) -> Result<Self, AppError> {
        let (pilot, standing) = pilot_of(cx).await?;
        Ok(Self::Firm(Box::new(pilot), standing))
    }

    fn city(cx: &Cx) -> Result<Self, AppError> {
        policy::of_city(cx.actor()?).map(|_| Self::City).ok_or(AppError::Forbidden)
    }

    /// The address of the library.
    fn base(&self) -> String {
        match self {
            Self::Firm(pilot, _) => format!("/firm/{}/benchmark/library", pilot.id),
            Self::City => "/city/benchmarks".to_owned(),
        }
    }

    fn new_path(&self) -> String {
        match self {
            Self::Firm(pilot, _) => format!("/firm/{}/benchmark/new", pilot.id),
            Self::City => "/city/benchmarks/new".to_owned(),
        }
    }

    fn pilot(&self) -> Option<&Pilot> {
        match self {
            Self::Firm(pilot, _) => Some(pilot),
            Self::City => None,
        }
    }

    /// The leave to enter and change benchmarks from here.
    fn permit(&self, cx: &Cx) -> Option<LibraryPermit> {
        match self {
            Self::Firm(_, standing) => standing.can_edit().as_ref().map(policy::of_contact),
            Self::City => cx.actor().ok().and_then(policy::of_city),
        }
    }

    async fn framework(&self, cx: &Cx) -> Result<Option<Framework>, AppError> {
        match self {
            Self::Firm(pilot, _) => store::current_framework(&cx.app.db, pilot).await,
            Self::City => store::published(&cx.app.db).await,
        }
    }

    /// The head of a page; in the city's library `title` is its main heading.
    fn head(&self, cx: &Cx, title: &str) -> AnyView {
        let lang = cx.lang;
        match self {
            Self::Firm(pilot, standing) => benchmark_head(cx, pilot, standing, Part::Library).into_any(),
            Self::City => view! {
                <Crumbs items=vec![
                    ("/desk/programme".to_owned(), t!(lang, "bench-programme")),
                    ("/city/benchmarks".to_owned(), t!(lang, "improvement-library")),
                ]/>
                <PageHeader title=title.to_owned()/>
            }
            .into_any(),
        }
    }

    /// The title of a page's main part, where the head has not said it.
    fn heading(&self, title: &str) -> Option<AnyView> {
        self.pilot().map(|_| view! { <h2>{title.to_owned()}</h2> }.into_any())
    }
}

/// `/firm/{pilot}/benchmark/library`
pub async fn of_firm(cx: Cx) -> Result<Page, AppError> {
    let place = Place::firm(&cx).await?;
    list(&cx, &place).await
}

/// `/city/benchmarks`
pub async fn of_city(cx: Cx) -> Result<Page, AppError> {
    let place = Place::city(&cx)?;
    list(&cx, &place).await
}

async fn list(cx: &Cx, place: &Place) -> Result<Page, AppError> {
    let lang = cx.lang;
    let title = t!(lang, "improvement-library");
    let Some(framework) = place.framework(cx).await? else {
        let body = view! { {place.head(cx, &title)}{no_framework(lang)} };
        return Ok(Page::new(title, body));
    };
    let asked = cx.query("q").unwrap_or_default();
    let found = store::library(&cx.app.db, &framework.id, &search_words(&asked), Step::of(cx)).await?;
    let chosen = match place.pilot() {
        Some(pilot) => store::chosen(&cx.app.db, pilot.id).await?,
        None => Vec::new(),
    };
    let permit = place.permit(cx);
    let (newer, older) = found.links(cx, |row| row.benchmark.id.to_string());
    let enter = permit.map(|_| view! { <ButtonLink href=place.new_path() label=t!(lang, "improvement-enter") icon=IconName::Plus/> });
    let rows = if found.rows.is_empty() {
        nothing_found(lang, !asked.is_empty(), permit.is_some().then(|| place.new_path()))
    } else {
        library_table(lang, place, &found, &chosen, permit.is_some())
    };
    let body = view! {
        {place.head(cx, &title)}
        <p>{t!(lang, "improvement-library-lead")}</p>
        <SearchBox name="q" value=asked label=t!(lang, "improvement-library-search") action=place.base()>{enter}</SearchBox>
        {rows}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(title, body))
}

fn nothing_found(lang: Lang, searched: bool, new: Option<String>) -> AnyView {
    let title = if searched {
        t!(lang, "improvement-library-not-found")
    } else {
        t!(lang, "improvement-library-empty")
    };
    let enter = new.map(|href| view! { <ButtonLink href=href label=t!(lang, "improvement-enter") icon=IconName::Plus/> });
    view! { <EmptyState title=title text=t!(lang, "improvement-library-empty-text")>{enter}</EmptyState> }.into_any()
}

fn library_table(lang: Lang, place: &Place, found: &Paged<LibraryRow>, chosen: &[Chosen], edits: bool) -> AnyView {
    let rows = found
        .rows
        .iter()
        .map(|row| {
            let own = chosen.iter().find(|known| known.benchmark.id == row.benchmark.id);
            let act = place.pilot().map(|pilot| match own {
                Some(known) if known.is_primary => t!(lang, "improvement-primary").into_any(),
                Some(_) => t!(lang, "improvement-further").into_any(),
                None if edits => choose_form(lang, pilot, &row.benchmark, chosen.iter().any(|known| known.is_primary)).into_any(),
                None => ().into_any(),
            });
            view! {
                <tr>
                    <th scope="row"><a href=format!("{}/{}", place.base(), row.benchmark.id)>{row.benchmark.name.clone()}</a></th>
                    <td class="num" data-label=t!(lang, "improvement-levels-count")>{row.levels}</td>
                    <td data-label=t!(lang, "improvement-oldest")>{row.oldest.map(|oldest| day(lang, oldest))}</td>
                    <td class="num" data-label=t!(lang, "improvement-users")>{row.users}</td>
                    {act.map(|act| view! { <td>{act}</td> })}
                </tr>
            }
        })
        .collect_view();
    let act = place.pilot().map(|_| view! { <th scope="col">{t!(lang, "improvement-do")}</th> });
    view! {
        <TableWrap label=t!(lang, "improvement-library")>
            <table class="table table--stack">
                <thead><tr>
                    <th scope="col">{t!(lang, "improvement-name")}</th>
                    <th scope="col" class="num">{t!(lang, "improvement-levels-count")}</th>
                    <th scope="col">{t!(lang, "improvement-oldest")}</th>
                    <th scope="col" class="num">{t!(lang, "improvement-users")}</th>
                    {act}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

/// Chooses a benchmark: the first becomes the primary one.
fn choose_form(lang: Lang, pilot: &Pilot, benchmark: &Benchmark, has_primary: bool) -> impl IntoView + use<> {
    let label = if has_primary {
        t!(lang, "improvement-choose-further")
    } else {
        t!(lang, "improvement-choose-primary")
    };
    let primary = (!has_primary).then(|| view! { <Hidden name="primary" value="true"/> });
    view! {
        <form method="post" action="/api/choose_benchmark">
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <Hidden name="benchmark" value=benchmark.id.to_string()/>
            {primary}
            <Submit label=label tone=Tone::Plain/>
        </form>
    }
}

/// A benchmark of the framework that the place measures by; others do not exist here.
async fn found(cx: &Cx, place: &Place) -> Result<(Benchmark, BenchmarkLevels, Framework), AppError> {
    let framework = place.framework(cx).await?.ok_or(AppError::NotFound)?;
    let benchmark = store::benchmark(&cx.app.db, cx.param::<BenchmarkId>("benchmark")?).await?;
    if benchmark.framework != framework.id {
        return Err(AppError::NotFound);
    }
    let levels = store::levels(&cx.app.db, benchmark.id).await?;
    Ok((benchmark, levels, framework))
}

/// `/firm/{pilot}/benchmark/library/{benchmark}`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let place = Place::firm(&cx).await?;
    one(&cx, &place).await
}

/// `/city/benchmarks/{benchmark}`
pub async fn show_of_city(cx: Cx) -> Result<Page, AppError> {
    let place = Place::city(&cx)?;
    one(&cx, &place).await
}

async fn one(cx: &Cx, place: &Place) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (benchmark, levels, framework) = found(cx, place).await?;
    let permit = place.permit(cx);
    let shared = store::used_by_others(&cx.app.db, benchmark.id, place.pilot().map(|pilot| pilot.id)).await?;
    let may_change = permit.is_some_and(|permit| permit.covers(benchmark.created_for, shared));
    let change = may_change.then(
        || view! { <ButtonLink href=format!("{}/{}/edit", place.base(), benchmark.id) label=t!(lang, "improvement-change") icon=IconName::Edit/> },
    );
    let chosen = match place.pilot() {
        Some(pilot) => store::chosen(&cx.app.db, pilot.id).await?,
        None => Vec::new(),
    };
    let is_chosen = chosen.iter().any(|known| known.benchmark.id == benchmark.id);
    let choose = place
        .pilot()
        .filter(|_| permit.is_some() && !is_chosen)
        .map(|pilot| choose_form(lang, pilot, &benchmark, chosen.iter().any(|known| known.is_primary)));
    let locked = (permit.is_some() && !may_change).then(|| view! { <Notice><p>{t!(lang, "improvement-not-yours")}</p></Notice> });
    let about = (!benchmark.about.is_empty()).then(|| view! { <p>{benchmark.about.clone()}</p> });
    let title = benchmark.name.clone();
    let body = view! {
        {place.head(cx, &title)}
        {place.heading(&title)}
        {about}
        {locked}
        <div class="actions">{choose}{change}</div>
        {levels_table(lang, &framework, &levels, time::day_of(cx.now))}
    };
    Ok(Page::new(title, body))
}

/// Every indicator with the benchmark's level, source and date; what is too old to count says so.
pub fn levels_table(lang: Lang, framework: &Framework, levels: &BenchmarkLevels, today: NaiveDate) -> impl IntoView + use<> {
    let rows = framework
        .indicators()
        .map(|(_, indicator)| {
            let known = levels.get(&indicator.id);
            let is_old = known.is_some_and(|known| is_stale(known.dated_on, today));
            let date = known.map(|known| day(lang, known.dated_on));
            let old = is_old.then(|| view! { <br/><span class="small muted">{t!(lang, "improvement-too-old", months = BENCHMARK_MONTHS)}</span> });
            let level = known.map_or_else(|| t!(lang, "improvement-no-level"), |known| level_text(lang, indicator, known.level));
            view! {
                <tr>
                    <th scope="row">{named(lang, indicator)}</th>
                    <td data-label=t!(lang, "improvement-level")>{level}</td>
                    <td data-label=t!(lang, "improvement-source")>{known.map(|known| known.source.clone())}</td>
                    <td data-label=t!(lang, "improvement-date")><span>{date}{old}</span></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "improvement-levels")>
            <table class="table table--stack">
                <thead><tr>
                    <th scope="col">{t!(lang, "improvement-indicator")}</th>
                    <th scope="col">{t!(lang, "improvement-level")}</th>
                    <th scope="col">{t!(lang, "improvement-source")}</th>
                    <th scope="col">{t!(lang, "improvement-date")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

/// `/firm/{pilot}/benchmark/new`
pub async fn new(cx: Cx) -> Result<Page, AppError> {
    let place = Place::firm(&cx).await?;
    form_page(&cx, &place, None).await
}

/// `/city/benchmarks/new`
pub async fn new_of_city(cx: Cx) -> Result<Page, AppError> {
    let place = Place::city(&cx)?;
    form_page(&cx, &place, None).await
}

/// `/firm/{pilot}/benchmark/library/{benchmark}/edit`
pub async fn edit(cx: Cx) -> Result<Page, AppError> {
    let place = Place::firm(&cx).await?;
    edit_at(&cx, &place).await
}

/// `/city/benchmarks/{benchmark}/edit`
pub async fn edit_of_city(cx: Cx) -> Result<Page, AppError> {
    let place = Place::city(&cx)?;
    edit_at(&cx, &place).await
}

async fn edit_at(cx: &Cx, place: &Place) -> Result<Page, AppError> {
    let (benchmark, levels, _) = found(cx, place).await?;
    let shared = store::used_by_others(&cx.app.db, benchmark.id, place.pilot().map(|pilot| pilot.id)).await?;
    let permit = place.permit(cx).ok_or(AppError::Forbidden)?;
    if !permit.covers(benchmark.created_for, shared) {
        return Err(AppError::Forbidden);
    }
    form_page(cx, place, Some((benchmark, levels))).await
}

async fn form_page(cx: &Cx, place: &Place, before: Option<(Benchmark, BenchmarkLevels)>) -> Result<Page, AppError> {
    let lang = cx.lang;
    place.permit(cx).ok_or(AppError::Forbidden)?;
    let title = if before.is_some() {
        t!(lang, "improvement-change-title")
    } else {
        t!(lang, "improvement-enter-title")
    };
    let Some(framework) = place.framework(cx).await? else {
        let body = view! { {place.head(cx, &title)}{no_framework(lang)} };
        return Ok(Page::new(title, body));
    };
    let form = cx.form("benchmark");
    let (benchmark, levels) = before.map_or((None, BenchmarkLevels::new()), |(benchmark, levels)| (Some(benchmark), levels));
    let clash = benchmark
        .as_ref()
        .and_then(|benchmark| conflict(lang, &form, benchmark.edition, saved_facts(lang, benchmark, &framework, &levels)));
    let rows = framework
        .dimensions
        .iter()
        .map(|dimension| dimension_fields(lang, &form, dimension, &levels))
        .collect_view();
    let of = |take: fn(&Benchmark) -> String| benchmark.as_ref().map(take);
    let body = view! {
        <ErrorSummary form=form.clone()/>
        {place.head(cx, &title)}
        {place.heading(&title)}
        <p>{t!(lang, "improvement-enter-lead", months = BENCHMARK_MONTHS)}</p>
        {clash}
        <form method="post" action="/api/save_benchmark" class="stack">
            <Hidden name="pilot" value=place.pilot().map(|pilot| pilot.id.to_string()).unwrap_or_default()/>
            <Hidden name="benchmark" value=of(|known| known.id.to_string()).unwrap_or_default()/>
            <Hidden name="edition" value=of(|known| known.edition.to_string()).unwrap_or_default()/>
            <div>
                <TextField form=form.clone() name="name" label=t!(lang, "improvement-name") hint=t!(lang, "improvement-name-hint") value=of(|known| known.name.clone()) maxlength=LONGEST_NAME/>
                <TextArea form=form.clone() name="about" label=t!(lang, "improvement-about") hint=t!(lang, "improvement-about-hint") value=of(|known| known.about.clone()) maxlength=LONGEST_ABOUT rows="3" optional=true/>
            </div>
            {rows}
            <Submit label=t!(lang, "improvement-save")/>
        </form>
    };
    Ok(Page::new(title, body))
}

/// What stands in the library now, for somebody whose form is of yesterday.
fn saved_facts(lang: Lang, benchmark: &Benchmark, framework: &Framework, levels: &BenchmarkLevels) -> Vec<(String, String)> {
    let mut facts = vec![(t!(lang, "improvement-name"), benchmark.name.clone())];
    facts.extend(framework.indicators().filter_map(|(_, indicator)| {
        let known = levels.get(&indicator.id)?;
        let text = format!("{} · {} · {}", known.level.get(), known.source, day(lang, known.dated_on));
        Some((named(lang, indicator), text))
    }));
    facts
}

fn dimension_fields(lang: Lang, form: &FormState, dimension: &Dimension, levels: &BenchmarkLevels) -> impl IntoView + use<> {
    let heading = format!("dimension-{}", dimension.id);
    let labelled = heading.clone();
    let rows = dimension
        .indicators
        .iter()
        .map(|indicator| indicator_fields(lang, form, indicator, levels))
        .collect_view();
    view! {
        <section class="stack" aria-labelledby=labelled>
            <h2 id=heading>{dimension_name(lang, dimension)}</h2>
            <div class="benchmark-rows">{rows}</div>
        </section>
    }
}

fn indicator_fields(lang: Lang, form: &FormState, indicator: &Indicator, levels: &BenchmarkLevels) -> impl IntoView + use<> {
    let known = levels.get(&indicator.id);
    let id = &indicator.id;
    view! {
        <fieldset class="benchmark-row">
            <legend class="benchmark-row__name">{named(lang, indicator)}</legend>
            <div class="benchmark-row__fields">
                <SelectField
                    form=form.clone()
                    name=format!("level-{id}")
                    label=t!(lang, "improvement-level")
                    options=level_choices(lang, indicator)
                    value=known.map(|known| known.level.get().to_string())
                />
                <TextField
                    form=form.clone()
                    name=format!("source-{id}")
                    label=t!(lang, "improvement-source")
                    value=known.map(|known| known.source.clone())
                    maxlength=LONGEST_SOURCE
                />
                <TextField
                    form=form.clone()
                    name=format!("date-{id}")
                    kind="date"
                    label=t!(lang, "improvement-date")
                    value=known.map(|known| known.dated_on.to_string())
                />
            </div>
        </fieldset>
    }
}

fn level_choices(lang: Lang, indicator: &Indicator) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", t!(lang, "improvement-no-level"))];
    choices.extend(
        (1..=5)
            .filter_map(Level::new)
            .map(|level| Choice::new(level.get().to_string(), level_text(lang, indicator, level))),
    );
    choices
}
