//! `/firm/{pilot}/benchmark/gaps/{indicator}`: from the gap to the cause, the target and the actions, for one indicator.

use leptos::prelude::*;

use super::gaps::{answer_text, own_label};
use super::{Part, benchmark_head, conflict, day, level_text, named, state_tone, state_word};
use crate::benchmarking::improvement::rules::{LONGEST_ROOT, LONGEST_WHY, WHYS, is_promised};
use crate::benchmarking::improvement::store::{self, Action, ActionFilter, Cause, Compared, Measured, Target};
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::rules::exact::shown;
use crate::benchmarking::rules::level::{Answer, Level};
use crate::benchmarking::rules::{Framework, Indicator};
use crate::benchmarking::store::Pilot;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    Badge, ButtonLink, Choice, Confirm, ErrorSummary, Facts, FormState, Hidden, IconName, Notice, SelectField, Submit, TableWrap, TextField, Tone,
    time,
};

/// Everything known about one indicator of a firm.
struct Known {
    framework: Framework,
    own: Option<Measured>,
    compared: Option<Compared>,
    cause: Option<Cause>,
    target: Option<Target>,
    actions: Vec<Action>,
}

async fn known(cx: &Cx, pilot: &Pilot, indicator: &str) -> Result<Known, AppError> {
    let db = &cx.app.db;
    let today = time::day_of(cx.now);
    let own = store::measured(db, pilot, today).await?;
    let framework = match &own {
        Some(own) => own.framework.clone(),
        None => store::current_framework(db, pilot).await?.ok_or(AppError::NotFound)?,
    };
    if framework.indicator(indicator).is_none() {
        return Err(AppError::NotFound);
    }
    let filter = ActionFilter {
        indicator: Some(indicator.to_owned()),
        ..ActionFilter::default()
    };
    Ok(Known {
        framework,
        own,
        compared: store::compared(db, pilot, today).await?,
        cause: store::cause(db, pilot.id, indicator).await?,
        target: store::targets_of(db, pilot.id).await?.remove(indicator),
        actions: store::actions_of(db, pilot.id, &filter).await?,
    })
}

/// `/firm/{pilot}/benchmark/gaps/{indicator}`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let id: String = cx.param("indicator")?;
    let known = known(&cx, &pilot, &id).await?;
    let Some((_, indicator)) = known.framework.indicator(&id) else {
        return Err(AppError::NotFound);
    };
    let edits = standing.can_edit().is_some();
    let (cause_form, target_form) = (cx.form("cause"), cx.form("target"));
    let title = named(lang, indicator);
    let body = view! {
        <ErrorSummary form=if cause_form.is_clean() { target_form.clone() } else { cause_form.clone() }/>
        {benchmark_head(&cx, &pilot, &standing, Part::Gaps)}
        <section class="stack" aria-labelledby="gap">
            <h2 id="gap">{title.clone()}</h2>
            {gap_facts(lang, &known, indicator)}
        </section>
        <section class="stack" aria-labelledby="cause">
            <h2 id="cause">{t!(lang, "improvement-cause")}</h2>
            {cause_part(lang, &pilot, &id, known.cause.as_ref(), &cause_form, edits)}
        </section>
        <section class="stack" aria-labelledby="target">
            <h2 id="target">{t!(lang, "improvement-target")}</h2>
            {target_part(lang, &pilot, indicator, &known, &target_form, edits)}
        </section>
        <section class="stack" aria-labelledby="actions">
            <h2 id="actions">{t!(lang, "improvement-actions")}</h2>
            {actions_part(lang, &pilot, &id, &known, edits)}
        </section>
    };
    Ok(Page::new(title, body))
}

fn gap_facts(lang: Lang, known: &Known, indicator: &Indicator) -> impl IntoView + use<> {
    let row = known.compared.as_ref().and_then(|compared| compared.row(&indicator.id));
    let own = known.own.as_ref().map(|own| {
        let answer = own.levels.get(&indicator.id).copied().unwrap_or(Answer::Missing);
        let text = match answer {
            Answer::Level(level) => level_text(lang, indicator, level),
            other => answer_text(lang, other),
        };
        (own_label(lang, own.is_verified), text)
    });
    let mut facts: Vec<(String, String)> = own.into_iter().collect();
    if let Some((row, level)) = row.and_then(|row| Some((row, row.benchmark?))) {
        facts.push((t!(lang, "improvement-benchmark-level"), level_text(lang, indicator, level)));
        if let Some(gap) = row.gap {
            let points = shown(row.contribution);
            facts.push((t!(lang, "improvement-gap"), t!(lang, "improvement-gap-worth", gap = gap, points = points)));
        }
    }
    let source = known.compared.as_ref().and_then(|compared| compared.sources.get(&indicator.id));
    if let Some(source) = source {
        facts.push((
            t!(lang, "improvement-source"),
            format!("{} · {}", source.source, day(lang, source.dated_on)),
        ));
    }
    view! { <Facts items=facts/> }
}

fn cause_part(lang: Lang, pilot: &Pilot, indicator: &str, cause: Option<&Cause>, form: &FormState, edits: bool) -> AnyView {
    let there = cause.map(|cause| cause_view(lang, cause));
    if !edits {
        let none = cause.is_none().then(|| view! { <p class="muted">{t!(lang, "improvement-no-cause")}</p> });
        return view! { {there}{none} }.into_any();
    }
    let edition = cause.map_or(0, |cause| cause.edition);
    let clash = conflict(lang, form, edition, cause.map(|cause| cause_facts(lang, cause)).unwrap_or_default());
    let whys = (1..=WHYS)
        .map(|n| {
            let before = cause.and_then(|cause| cause.whys.get(n - 1).cloned());
            let hint = (n == 1).then(|| t!(lang, "improvement-why-hint"));
            let label = if n == 1 {
                t!(lang, "improvement-why-first")
            } else {
                t!(lang, "improvement-why-next", n = n)
            };
            view! { <TextField form=form.clone() name=format!("why-{n}") label=label hint=hint value=before maxlength=LONGEST_WHY optional={n > 1}/> }
        })
        .collect_view();
    let open = cause.is_none() || !form.is_clean() || clash.is_some();
    let summary = if cause.is_some() {
        t!(lang, "improvement-cause-change")
    } else {
        t!(lang, "improvement-cause-write")
    };
    view! {
        {there}
        {clash}
        <details class="disclosure" open=open>
            <summary>{summary}</summary>
            <form method="post" action="/api/save_cause">
                <Hidden name="pilot" value=pilot.id.to_string()/>
                <Hidden name="indicator" value=indicator/>
                <Hidden name="edition" value=edition.to_string()/>
                {whys}
                <TextField form=form.clone() name="root" label=t!(lang, "improvement-root") hint=t!(lang, "improvement-root-hint") value=cause.map(|cause| cause.root.clone()) maxlength=LONGEST_ROOT/>
                <Submit label=t!(lang, "improvement-cause-save") tone=if cause.is_some() { Tone::Plain } else { Tone::Main }/>
            </form>
        </details>
    }
    .into_any()
}

fn cause_view(lang: Lang, cause: &Cause) -> impl IntoView + use<> {
    let whys = cause.whys.iter().map(|why| view! { <li>{why.clone()}</li> }).collect_view();
    let by = cause.changed_by.clone().unwrap_or_default();
    view! {
        <div class="cause">
            <ol class="cause__whys">{whys}</ol>
            <p><strong>{t!(lang, "improvement-root")}</strong>" "{cause.root.clone()}</p>
            <p class="small muted">{t!(lang, "improvement-saved-by", by = by, at = time::date_time(lang, cause.changed_at), edition = cause.edition)}</p>
        </div>
    }
}

fn cause_facts(lang: Lang, cause: &Cause) -> Vec<(String, String)> {
    vec![
        (t!(lang, "improvement-why-first"), cause.whys.join(lang.pick("；", "; "))),
        (t!(lang, "improvement-root"), cause.root.clone()),
    ]
}

fn target_part(lang: Lang, pilot: &Pilot, indicator: &Indicator, known: &Known, form: &FormState, edits: bool) -> AnyView {
    let target = known.target.as_ref();
    let there = match target {
        Some(target) => view! { <p>{t!(lang, "improvement-target-is", level = level_text(lang, indicator, target.level))}</p> }.into_any(),
        None => view! { <p class="muted">{t!(lang, "improvement-no-target")}</p> }.into_any(),
    };
    if !edits {
        return there;
    }
    let verified = known
        .own
        .as_ref()
        .filter(|own| own.is_verified)
        .map(|own| own.levels.get(&indicator.id).copied());
    let from = match verified {
        None => return view! { {there}<Notice><p>{t!(lang, "improvement-target-unverified")}</p></Notice> }.into_any(),
        Some(Some(Answer::Level(level))) => level,
        Some(_) => return view! { {there}<Notice><p>{t!(lang, "improvement-target-na")}</p></Notice> }.into_any(),
    };
    let promised = pilot.stage().is_some_and(is_promised);
    let floor = target.filter(|_| promised).map_or(0, |target| target.level.get());
    let options: Vec<Choice> = (1..=5)
        .filter_map(Level::new)
        .filter(|level| *level > from && level.get() >= floor)
        .map(|level| Choice::new(level.get().to_string(), level_text(lang, indicator, level)))
        .collect();
    if options.is_empty() {
        return view! { {there}<p class="muted">{t!(lang, "improvement-target-top")}</p> }.into_any();
    }
    let benchmark = known.compared.as_ref().and_then(|compared| compared.row(&indicator.id)?.benchmark);
    let hint = target_hint(lang, from, benchmark);
    let before = target.map(|target| target.level).or(benchmark.filter(|benchmark| *benchmark > from));
    let clash = conflict(
        lang,
        form,
        target.map_or(0, |target| target.edition),
        target
            .map(|target| (t!(lang, "improvement-target"), level_text(lang, indicator, target.level)))
            .into_iter()
            .collect(),
    );
    view! {
        {there}
        {clash}
        <form method="post" action="/api/set_target">
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <Hidden name="indicator" value=indicator.id.clone()/>
            <Hidden name="edition" value=target.map_or(0, |target| target.edition).to_string()/>
            <SelectField form=form.clone() name="level" label=t!(lang, "improvement-target-level") hint=hint options=options value=before.map(|level| level.get().to_string())/>
            <Submit label=t!(lang, "improvement-target-save") tone=Tone::Plain/>
        </form>
        {(target.is_some() && !promised).then(|| remove_form(lang, pilot, &indicator.id))}
    }
    .into_any()
}

fn target_hint(lang: Lang, from: Level, benchmark: Option<Level>) -> String {
    match benchmark {
        Some(benchmark) => t!(lang, "improvement-target-hint-benchmark", from = from.get(), benchmark = benchmark.get()),
        None => t!(lang, "improvement-target-hint", from = from.get()),
    }
}

fn remove_form(lang: Lang, pilot: &Pilot, indicator: &str) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/api/remove_target">
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <Hidden name="indicator" value=indicator/>
            <Confirm
                label=t!(lang, "improvement-target-remove")
                title=t!(lang, "improvement-target-remove-title")
                text=t!(lang, "improvement-target-remove-text")
                yes_label=t!(lang, "improvement-target-remove")
            />
        </form>
    }
}

fn actions_part(lang: Lang, pilot: &Pilot, indicator: &str, known: &Known, edits: bool) -> AnyView {
    let base = format!("/firm/{}/actions", pilot.id);
    let add = (edits && known.target.is_some()).then(|| {
        view! { <ButtonLink href=format!("{base}/new?indicator={indicator}") label=t!(lang, "improvement-action-new") icon=IconName::Plus/> }
    });
    if known.actions.is_empty() {
        let text = if known.target.is_some() {
            t!(lang, "improvement-no-actions-here")
        } else {
            t!(lang, "improvement-actions-need-target")
        };
        return view! { <p class="muted">{text}</p><div class="actions">{add}</div> }.into_any();
    }
    let rows = known
        .actions
        .iter()
        .map(|action| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("{base}/{}", action.id)>{action.title.clone()}</a></th>
                    <td data-label=t!(lang, "improvement-owner")>{action.owner.clone()}</td>
                    <td data-label=t!(lang, "improvement-due")>{day(lang, action.due_on)}</td>
                    <td data-label=t!(lang, "improvement-state")><Badge tone=state_tone(action.state) label=state_word(lang, action.state)/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "improvement-actions")>
            <table class="table table--stack">
                <thead><tr>
                    <th scope="col">{t!(lang, "improvement-action")}</th>
                    <th scope="col">{t!(lang, "improvement-owner")}</th>
                    <th scope="col">{t!(lang, "improvement-due")}</th>
                    <th scope="col">{t!(lang, "improvement-state")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
        <div class="actions">{add}</div>
    }
    .into_any()
}
