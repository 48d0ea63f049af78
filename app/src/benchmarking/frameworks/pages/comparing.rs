//! Two versions side by side: what changed is marked, in words as well as in colour.

use leptos::prelude::*;

use super::{city_crumbs, of_city};
use crate::benchmarking::frameworks::difference::{Change, Difference, Kind, Line, Part, What, compare as compared};
use crate::benchmarking::frameworks::functions::may_run;
use crate::benchmarking::frameworks::policy::can_read;
use crate::benchmarking::frameworks::store::{self, Listed, Stored};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::FrameworkId;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{Badge, BadgeTone, Choice, EmptyState, FormState, IconName, Notice, PageHeader, SelectField, Submit, TableWrap, Tick, Tone};

/// `/city/frameworks/{id}/compare`
pub(super) async fn compare(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let permit = may_run(&cx)?;
    let after = of_city(&cx).await?;
    let offered = store::offered(&cx.app.db, &permit, after.id).await?;
    let title = t!(lang, "frameworks-compare-title", title = after.title());
    let asked: Option<FrameworkId> = cx.query("with").and_then(|id| id.parse().ok());
    // The version that came before is what one mostly wants to see.
    let chosen = asked.or_else(|| offered.iter().find(|row| row.id < after.id).or(offered.first()).map(|row| row.id));
    let difference = match chosen {
        Some(id) => {
            let read = can_read(cx.actor()?).ok_or(AppError::NotFound)?;
            let before = store::readable(&cx.app.db, &read, id).await?;
            side_by_side(lang, &before, &after, cx.query("all").is_some())
        }
        None => view! { <EmptyState icon=IconName::History title=t!(lang, "frameworks-alone") text=t!(lang, "frameworks-alone-text")/> }.into_any(),
    };
    let body = view! {
        {city_crumbs(lang, Some(&after))}
        <PageHeader title=title.clone()/>
        {chosen.map(|chosen| choice(lang, &offered, chosen, cx.query("all").is_some()))}
        {difference}
    };
    Ok(Page::new(title, body))
}

fn choice(lang: Lang, offered: &[Listed], chosen: FrameworkId, all: bool) -> impl IntoView + use<> {
    let options = offered
        .iter()
        .map(|row| {
            let state = t!(lang, &format!("frameworks-state-{}", row.state.as_str()));
            Choice::new(row.id.to_string(), format!("{} {} · {state}", row.name, row.version))
        })
        .collect();
    let form = FormState::default();
    view! {
        <form method="get" class="toolbar">
            <SelectField form=&form name="with" label=t!(lang, "frameworks-compare-with") options=options value=chosen.to_string()/>
            <Tick form=&form name="all" label=t!(lang, "frameworks-compare-all") checked=all/>
            <Submit label=t!(lang, "frameworks-compare") tone=Tone::Plain/>
        </form>
    }
}

fn side_by_side(lang: Lang, before: &Stored, after: &Stored, all: bool) -> AnyView {
    let difference = compared(&before.framework, &after.framework);
    if difference.is_none() && !all {
        return view! { <EmptyState icon=IconName::Check title=t!(lang, "frameworks-same") text=t!(lang, "frameworks-same-text")/> }.into_any();
    }
    let titles = (before.title(), after.title());
    let rows = difference
        .parts
        .iter()
        .filter(|part| all || part.change != Change::Same)
        .map(|part| part_rows(lang, part, all, (&titles.0, &titles.1)))
        .collect_view();
    let reordered = difference.is_reordered.then(|| view! { <p>{t!(lang, "frameworks-reordered")}</p> });
    view! {
        {reasons(lang, before, &difference)}
        {reordered}
        <TableWrap label=t!(lang, "frameworks-difference")>
            <table class="table table--stack difference">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "frameworks-what")}</th>
                        <th scope="col">{titles.0}</th>
                        <th scope="col">{titles.1}</th>
                        <th scope="col">{t!(lang, "frameworks-change")}</th>
                    </tr>
                </thead>
                {rows}
            </table>
        </TableWrap>
    }
    .into_any()
}

/// What the changes ask of the version's number.
fn reasons(lang: Lang, before: &Stored, difference: &Difference) -> impl IntoView + use<> {
    let reasons = difference.reasons();
    let text = if reasons.is_empty() {
        t!(lang, "frameworks-minor-enough")
    } else {
        let words: Vec<String> = reasons
            .iter()
            .map(|reason| t!(lang, &format!("frameworks-reason-{}", reason.as_str())))
            .collect();
        let words = words.join(lang.pick("、", ", "));
        t!(lang, "frameworks-major-needed", title = before.title(), reasons = words)
    };
    view! { <Notice><p>{text}</p></Notice> }
}

fn part_rows(lang: Lang, part: &Part, all: bool, titles: (&str, &str)) -> impl IntoView + use<> {
    let own = if lang == Lang::Zh { What::Name } else { What::NameEn };
    let name = part.lines.iter().find(|line| line.what == own);
    let name = name
        .and_then(|line| line.after.clone().or_else(|| line.before.clone()))
        .unwrap_or_default();
    let heading = match part.kind {
        Kind::Dimension => t!(lang, "frameworks-kind-dimension", name = format!("{} {name}", part.id)),
        Kind::Indicator => t!(lang, "frameworks-kind-indicator", name = format!("{} {name}", part.id)),
        Kind::Grade => t!(lang, "frameworks-grade-n", n = part.id.clone()),
    };
    let lines = part
        .lines
        .iter()
        .filter(|line| all || line.is_changed())
        .filter(|line| line.before.iter().chain(&line.after).any(|text| !text.is_empty()))
        .map(|line| line_row(lang, line, titles))
        .collect_view();
    view! {
        <tbody>
            <tr class="difference__part">
                <th scope="rowgroup" colspan="3">{heading}</th>
                <td>{change_badge(lang, part.change)}</td>
            </tr>
            {lines}
        </tbody>
    }
}

fn line_row(lang: Lang, line: &Line, titles: (&str, &str)) -> impl IntoView + use<> {
    let shown = |value: &Option<String>| value.clone().filter(|text| !text.is_empty()).unwrap_or_else(|| "—".to_owned());
    let change = match (&line.before, &line.after) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        (before, after) if before == after => Change::Same,
        _ => Change::Changed,
    };
    let class = if change == Change::Same { "" } else { "difference__changed" };
    view! {
        <tr class=class>
            <th scope="row">{what_words(lang, line.what)}</th>
            <td data-label=titles.0.to_owned()>{shown(&line.before)}</td>
            <td data-label=titles.1.to_owned()>{shown(&line.after)}</td>
            <td data-label=t!(lang, "frameworks-change")>{change_word(lang, change)}</td>
        </tr>
    }
}

fn what_words(lang: Lang, what: What) -> String {
    match what {
        What::Name => t!(lang, "frameworks-field-name"),
        What::NameEn => t!(lang, "frameworks-field-name_en"),
        What::Weight => t!(lang, "frameworks-weight"),
        What::Dimension => t!(lang, "frameworks-dimension"),
        What::Level(level) => t!(lang, "frameworks-field-level", n = level),
        What::LevelEn(level) => t!(lang, "frameworks-field-level_en", n = level),
        What::TotalMin => t!(lang, "frameworks-total-min"),
        What::WeakestMin => t!(lang, "frameworks-weakest-min"),
    }
}

fn change_word(lang: Lang, change: Change) -> String {
    match change {
        Change::Same => t!(lang, "frameworks-change-same"),
        Change::Changed => t!(lang, "frameworks-change-changed"),
        Change::Added => t!(lang, "frameworks-change-added"),
        Change::Removed => t!(lang, "frameworks-change-removed"),
    }
}

fn change_badge(lang: Lang, change: Change) -> impl IntoView + use<> {
    let tone = match change {
        Change::Same => BadgeTone::Neutral,
        Change::Changed => BadgeTone::Attention,
        Change::Added => BadgeTone::Good,
        Change::Removed => BadgeTone::Bad,
    };
    view! { <Badge tone=tone label=change_word(lang, change)/> }
}
