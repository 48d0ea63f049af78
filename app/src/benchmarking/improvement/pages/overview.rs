//! `/firm/{pilot}/benchmark`: whom the firm measures itself by, and how far the conditions of 寻标 on it are.

use leptos::prelude::*;

use super::library::levels_table;
use super::{Part, benchmark_head, no_framework};
use crate::benchmarking::improvement::rules::{BenchmarkLevels, benchmark_conditions};
use crate::benchmarking::improvement::store::{self, Chosen};
use crate::benchmarking::improvement::{facts, policy};
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::rules::exact::shown_percent;
use crate::benchmarking::rules::gates::{BENCHMARK_MONTHS, Condition, Figure, Kind};
use crate::benchmarking::store::Pilot;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{BadgeTone, ButtonLink, Confirm, EmptyState, Hidden, IconName, Submit, TableWrap, Task, TaskList, Tone, time};

/// `/firm/{pilot}/benchmark`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let db = &cx.app.db;
    let framework = store::current_framework(db, &pilot).await?;
    let chosen = store::chosen(db, pilot.id).await?;
    let edits = standing.can_edit();
    let primary = chosen.iter().find(|known| known.is_primary);
    let levels = match primary {
        Some(known) => store::levels(db, known.benchmark.id).await?,
        None => BenchmarkLevels::new(),
    };
    let shared = match primary {
        Some(known) => store::used_by_others(db, known.benchmark.id, Some(pilot.id)).await?,
        None => false,
    };
    let may_change = |known: &Chosen| {
        edits
            .as_ref()
            .is_some_and(|edit| policy::of_contact(edit).covers(known.benchmark.created_for, shared))
    };
    let title = t!(lang, "improvement-overview-title", firm = pilot.firm_name.clone());
    let content = match (&framework, primary) {
        (None, _) => no_framework(lang),
        (Some(_), None) => nothing_chosen(lang, &pilot, edits.is_some()),
        (Some(framework), Some(known)) => {
            let today = time::day_of(cx.now);
            let conditions = benchmark_conditions(framework, facts::dated(&levels), today);
            primary_view(
                lang,
                &pilot,
                known,
                &conditions,
                levels_table(lang, framework, &levels, today).into_any(),
                may_change(known),
            )
            .into_any()
        }
    };
    let body = view! {
        {benchmark_head(&cx, &pilot, &standing, Part::Overview)}
        {content}
        {further(lang, &pilot, &chosen, edits.is_some())}
    };
    Ok(Page::new(title, body))
}

fn nothing_chosen(lang: Lang, pilot: &Pilot, edits: bool) -> AnyView {
    let base = format!("/firm/{}/benchmark", pilot.id);
    let steps = edits.then(|| {
        view! {
            <ButtonLink href=format!("{base}/library") label=t!(lang, "improvement-choose-from-library") tone=Tone::Main/>
            <ButtonLink href=format!("{base}/new") label=t!(lang, "improvement-enter") icon=IconName::Plus/>
        }
    });
    let text = if edits {
        t!(lang, "improvement-none-chosen-text")
    } else {
        t!(lang, "improvement-none-chosen-wait")
    };
    view! { <EmptyState icon=IconName::Flag title=t!(lang, "improvement-none-chosen") text=text>{steps}</EmptyState> }.into_any()
}

fn primary_view(lang: Lang, pilot: &Pilot, known: &Chosen, conditions: &[Condition], levels: AnyView, may_change: bool) -> impl IntoView + use<> {
    let base = format!("/firm/{}/benchmark", pilot.id);
    let edit = format!("{base}/library/{}/edit", known.benchmark.id);
    let tasks = condition_tasks(lang, conditions, may_change.then_some(&edit));
    let change = may_change.then(|| view! { <ButtonLink href=edit label=t!(lang, "improvement-change") icon=IconName::Edit/> });
    let about = (!known.benchmark.about.is_empty()).then(|| view! { <p>{known.benchmark.about.clone()}</p> });
    view! {
        <section class="stack" aria-labelledby="primary">
            <div class="row row--between">
                <h2 id="primary">{t!(lang, "improvement-primary-named", name = known.benchmark.name.clone())}</h2>
                <div class="actions">
                    {change}
                    <ButtonLink href=format!("{base}/gaps") label=t!(lang, "improvement-see-gaps") icon=IconName::Chart/>
                </div>
            </div>
            {about}
            <h3>{t!(lang, "improvement-conditions")}</h3>
            <TaskList items=tasks/>
        </section>
        <section class="stack" aria-labelledby="levels">
            <h2 id="levels">{t!(lang, "improvement-levels")}</h2>
            {levels}
        </section>
    }
}

/// The conditions of the gate of 寻标 on the benchmark, each with its figure.
fn condition_tasks(lang: Lang, conditions: &[Condition], edit: Option<&String>) -> Vec<Task> {
    let tasks = conditions.iter().map(|condition| {
        let have = figure(lang, &condition.have, &condition.need);
        let which = condition.lacking.join(lang.pick("、", ", "));
        let stale = condition.kind == Kind::BenchmarkDated && !which.is_empty();
        Task {
            href: edit.cloned(),
            label: condition_label(lang, condition),
            hint: stale.then(|| t!(lang, "improvement-stale-which", which = which)),
            status: if condition.is_met {
                t!(lang, "improvement-met", have = have)
            } else {
                t!(lang, "improvement-unmet", have = have)
            },
            tone: if condition.is_met { BadgeTone::Good } else { BadgeTone::Attention },
        }
    });
    tasks.collect()
}

fn condition_label(lang: Lang, condition: &Condition) -> String {
    match (condition.kind, &condition.need) {
        (Kind::BenchmarkDimensions, Figure::Count(need)) => t!(lang, "improvement-condition-dimensions", n = *need),
        (Kind::BenchmarkWeight, Figure::Share(need)) => t!(lang, "improvement-condition-weight", share = shown_percent(*need)),
        _ => t!(lang, "improvement-condition-fresh", months = BENCHMARK_MONTHS),
    }
}

fn figure(lang: Lang, have: &Figure, need: &Figure) -> String {
    match (have, need) {
        (Figure::Count(have), Figure::Count(need)) => t!(lang, "improvement-have-count", have = *have, need = *need),
        (Figure::Share(have), _) => shown_percent(*have),
        _ => t!(lang, "improvement-have-nothing"),
    }
}

/// Benchmarks beside the primary one.
fn further(lang: Lang, pilot: &Pilot, chosen: &[Chosen], edits: bool) -> Option<impl IntoView + use<>> {
    if chosen.is_empty() {
        return None;
    }
    let rows = chosen.iter().map(|known| chosen_row(lang, pilot, known, edits)).collect_view();
    let choose = edits.then(|| {
        let base = format!("/firm/{}/benchmark", pilot.id);
        view! {
            <div class="actions">
                <ButtonLink href=format!("{base}/library") label=t!(lang, "improvement-choose-from-library")/>
                <ButtonLink href=format!("{base}/new") label=t!(lang, "improvement-enter") icon=IconName::Plus/>
            </div>
        }
    });
    Some(view! {
        <section class="stack" aria-labelledby="chosen">
            <h2 id="chosen">{t!(lang, "improvement-chosen")}</h2>
            <TableWrap label=t!(lang, "improvement-chosen")>
                <table class="table table--stack">
                    <thead><tr>
                        <th scope="col">{t!(lang, "improvement-name")}</th>
                        <th scope="col">{t!(lang, "improvement-used-as")}</th>
                        <th scope="col">{t!(lang, "improvement-do")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
            {choose}
        </section>
    })
}

fn chosen_row(lang: Lang, pilot: &Pilot, known: &Chosen, edits: bool) -> impl IntoView + use<> {
    let id = known.benchmark.id;
    let name = known.benchmark.name.clone();
    let role = if known.is_primary {
        t!(lang, "improvement-primary")
    } else {
        t!(lang, "improvement-further")
    };
    let pilot_id = pilot.id.to_string();
    let promote = (edits && !known.is_primary).then(|| {
        let pilot = pilot_id.clone();
        view! {
            <form method="post" action="/api/choose_benchmark">
                <Hidden name="pilot" value=pilot/>
                <Hidden name="benchmark" value=id.to_string()/>
                <Hidden name="primary" value="true"/>
                <Submit label=t!(lang, "improvement-make-primary") tone=Tone::Plain/>
            </form>
        }
    });
    let drop = edits.then(|| {
        view! {
            <form method="post" action="/api/drop_benchmark">
                <Hidden name="pilot" value=pilot_id/>
                <Hidden name="benchmark" value=id.to_string()/>
                <Confirm
                    label=t!(lang, "improvement-drop")
                    title=t!(lang, "improvement-drop-title", name = name.clone())
                    text=t!(lang, "improvement-drop-text")
                    yes_label=t!(lang, "improvement-drop")
                />
            </form>
        }
    });
    let href = format!("/firm/{}/benchmark/library/{id}", pilot.id);
    view! {
        <tr>
            <th scope="row"><a href=href>{known.benchmark.name.clone()}</a></th>
            <td data-label=t!(lang, "improvement-used-as")>{role}</td>
            <td><div class="row">{promote}{drop}</div></td>
        </tr>
    }
}
