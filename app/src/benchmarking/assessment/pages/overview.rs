//! `/firm/{pilot}/assessment`: how far the assessment is, what it comes to, and handing it in.

use leptos::prelude::*;

use super::why::why;
use super::{Sheet, changes_in_words, chosen, dimension_name, indicator_name, state_badge};
use crate::benchmarking::assessment::rules::{NaState, Said};
use crate::benchmarking::pages::{View, pilot_head, pilot_of};
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::exact::{shown, shown_percent};
use crate::benchmarking::rules::score::{MAX_NA_OF_DIMENSION, MAX_NA_OF_WHOLE};
use crate::benchmarking::rules::{Dimension, PilotState, Score, score};
use crate::benchmarking::store::{self as pilots, Assessment, AssessmentState, Pilot};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, Hidden, Submit, TextArea, Tone};
use crate::ui::{Badge, BadgeTone, Confirm, EmptyState, Figure, IconName, Notice, NoticeTone, TableWrap, Task, TaskList, time};

pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let title = t!(lang, "assessment-title", firm = pilot.firm_name.clone());
    let assessments = pilots::assessments_of(&cx.app.db, pilot.id).await?;
    let head = pilot_head(&cx, &pilot, &standing, View::Assessment);
    let Some(assessment) = chosen(&cx, &pilot).await? else {
        let body = view! {
            {head}
            {not_begun(&cx, &pilot, &standing).await?}
            {other_rounds(lang, &pilot, &assessments, None)}
        };
        return Ok(Page::new(title, body));
    };
    let current = assessment.number;
    let sheet = Sheet::of(&cx, assessment).await?;
    let three = pilots::scores::three(&cx.app.db, &sheet.assessment, &sheet.framework, time::day_of(cx.now)).await?;
    let own = sheet.score();
    let capped = score(&sheet.framework, &three.capped);
    let form = cx.form("return-assessment");
    let body = view! {
        <ErrorSummary form=form/>
        {head}
        {state_line(lang, &sheet)}
        {returned(lang, &sheet)}
        {figures(lang, &own, &capped)}
        <h2>{t!(lang, "assessment-tasks")}</h2>
        <TaskList items=tasks(lang, &pilot, &standing, &sheet, &own)/>
        {not_applicable(lang, &sheet, &own)}
        {sheet.is_editable(&standing).then(|| hand_in(lang, &pilot, &sheet, &own))}
        {(sheet.is_checkable(&standing) && standing.can_check().is_some()).then(|| give_back(&cx, &pilot, &sheet))}
        <h2>{t!(lang, "assessment-why-title")}</h2>
        <p class="muted">{t!(lang, "assessment-why-lead")}</p>
        <details class="disclosure" open=own.is_complete()>
            <summary>{t!(lang, "assessment-why-open")}</summary>
            {why(lang, &sheet.framework, &own)}
        </details>
        {handed_in_before(lang, &sheet)}
        {other_rounds(lang, &pilot, &assessments, Some(current))}
    };
    Ok(Page::new(title, body))
}

async fn not_begun(cx: &Cx, pilot: &Pilot, standing: &Standing) -> Result<AnyView, AppError> {
    let lang = cx.lang;
    let round = pilots::open_round(&cx.app.db, pilot.cohort_id).await?;
    let empty = |title: String, text: String| view! { <EmptyState title=title text=text icon=IconName::Flag/> }.into_any();
    Ok(match round {
        _ if pilot.state() != PilotState::Chosen => empty(t!(lang, "assessment-not-chosen-title"), t!(lang, "assessment-not-chosen")),
        None => empty(t!(lang, "assessment-no-round-title"), t!(lang, "assessment-no-round")),
        Some(_) if standing.can_edit().is_none() => empty(t!(lang, "assessment-not-begun-title"), t!(lang, "assessment-not-begun-text")),
        Some(round) => {
            let pilot = pilot.id.to_string();
            view! {
            <EmptyState title=t!(lang, "assessment-begin-title", round = round.name) text=t!(lang, "assessment-begin-text") icon=IconName::Edit>
                <form method="post" action="/api/start_assessment">
                    <Hidden name="pilot" value=pilot/>
                    <Submit label=t!(lang, "assessment-begin")/>
                </form>
            </EmptyState>
            }
            .into_any()
        }
    })
}

fn state_line(lang: Lang, sheet: &Sheet) -> impl IntoView + use<> {
    let (tone, label) = state_badge(lang, sheet.assessment.state());
    let round = t!(
        lang,
        "assessment-round-line",
        number = sheet.round.number,
        name = sheet.round.name.clone(),
        version = sheet.framework.version.clone()
    );
    let when = match sheet.assessment.state() {
        AssessmentState::Draft => None,
        AssessmentState::Submitted => sheet
            .assessment
            .submitted_at
            .map(|at| t!(lang, "assessment-submitted-at", at = time::date_time(lang, at))),
        AssessmentState::Returned => sheet
            .assessment
            .returned_at
            .map(|at| t!(lang, "assessment-returned-at", at = time::date_time(lang, at))),
        AssessmentState::Verified => sheet
            .assessment
            .verified_at
            .map(|at| t!(lang, "assessment-verified-at", at = time::date_time(lang, at))),
    };
    let closed = (!sheet.round.is_open()).then(|| view! { <span class="muted">{t!(lang, "assessment-round-closed-short")}</span> });
    view! {
        <p class="row">
            <Badge tone=tone label=label/>
            <span>{round}</span>
            {when.map(|when| view! { <span class="muted">{when}</span> })}
            {closed}
        </p>
    }
}

/// Why it was given back, while it lies with the firm.
fn returned(lang: Lang, sheet: &Sheet) -> Option<impl IntoView + use<>> {
    let last = sheet
        .submissions
        .last()
        .filter(|_| sheet.assessment.state() == AssessmentState::Returned)?;
    let reason = last.return_reason.clone()?;
    let by = last.returned_by.clone().unwrap_or_default();
    Some(view! {
        <Notice tone=NoticeTone::Warning title=t!(lang, "assessment-returned-title", by = by)>
            <p class="lines">{reason}</p>
            <p>{t!(lang, "assessment-returned-next")}</p>
        </Notice>
    })
}

fn figures(lang: Lang, own: &Score, capped: &Score) -> impl IntoView + use<> {
    let with_evidence = capped
        .total
        .map(|total| view! { <Figure value=shown(total) label=t!(lang, "assessment-capped-total") hint=t!(lang, "assessment-capped-hint")/> });
    let main = if let Some(total) = own.total {
        let grade = own.grade.map(|grade| {
            let hint = own.provisional.then(|| t!(lang, "assessment-provisional"));
            view! { <Figure value=grade.to_string() label=t!(lang, "assessment-grade") hint=hint/> }
        });
        view! {
            <Figure value=shown(total) label=t!(lang, "assessment-total") hint=t!(lang, "assessment-total-hint")/>
            {grade}
            {with_evidence}
        }
        .into_any()
    } else {
        let interval = format!("{} – {}", shown(own.interval.0), shown(own.interval.1));
        view! {
            <Figure value=shown_percent(own.coverage) label=t!(lang, "assessment-coverage") hint=t!(lang, "assessment-coverage-hint")/>
            <Figure value=interval label=t!(lang, "assessment-interval") hint=t!(lang, "assessment-interval-hint")/>
            <Figure value=own.missing.len().to_string() label=t!(lang, "assessment-left")/>
        }
        .into_any()
    };
    view! { <div class="figures">{main}</div> }
}

fn tasks(lang: Lang, pilot: &Pilot, standing: &Standing, sheet: &Sheet, own: &Score) -> Vec<Task> {
    let task = |dimension: &Dimension| {
        let all = dimension.indicators.len();
        let left = dimension
            .indicators
            .iter()
            .filter(|indicator| own.missing.contains(&indicator.id))
            .count();
        let asked = waiting_for_na(sheet, dimension);
        let offered: usize = dimension.indicators.iter().map(|indicator| sheet.offered(&indicator.id)).sum();
        let is_checked = sheet.is_checkable(standing);
        let (status, tone) = if asked > 0 && standing.can_check().is_some() {
            (t!(lang, "assessment-task-na", n = asked), BadgeTone::Attention)
        } else if is_checked && offered > 0 {
            (t!(lang, "assessment-task-evidence", n = offered), BadgeTone::Attention)
        } else if left == 0 {
            (t!(lang, "assessment-task-done"), BadgeTone::Good)
        } else if left == all {
            (t!(lang, "assessment-task-fresh"), BadgeTone::Neutral)
        } else {
            (t!(lang, "assessment-task-left", n = left), BadgeTone::Attention)
        };
        let changed = dimension
            .indicators
            .iter()
            .filter(|indicator| !sheet.changes(&indicator.id).is_empty())
            .count();
        let mut hint = vec![t!(lang, "assessment-task-hint", done = all - left, all = all, weight = dimension.weight)];
        if asked > 0 && standing.can_check().is_none() {
            hint.push(t!(lang, "assessment-task-na", n = asked));
        }
        if changed > 0 {
            hint.push(t!(lang, "assessment-task-changed", n = changed));
        }
        Task {
            href: Some(sheet.address(pilot.id, &format!("/{}", dimension.id))),
            label: format!("{} {}", dimension.id, dimension_name(lang, dimension)),
            hint: Some(hint.join(lang.pick("；", "; "))),
            status,
            tone,
        }
    };
    sheet.framework.dimensions.iter().map(task).collect()
}

fn waiting_for_na(sheet: &Sheet, dimension: &Dimension) -> usize {
    let is_asked = |id: &String| sheet.stored.get(id).is_some_and(|stored| stored.na_state == NaState::Asked);
    dimension.indicators.iter().filter(|indicator| is_asked(&indicator.id)).count()
}

/// How much does not apply, against how much may: only where anything does not.
fn not_applicable(lang: Lang, sheet: &Sheet, own: &Score) -> Option<impl IntoView + use<>> {
    if !sheet.stored.values().any(|stored| stored.said.na) {
        return None;
    }
    let over: Vec<String> = own
        .dimensions
        .iter()
        .filter(|dimension| dimension.not_applicable > crate::benchmarking::rules::exact::ratio(MAX_NA_OF_DIMENSION.into(), 100))
        .map(|dimension| format!("{} {}", dimension.id, shown_percent(dimension.not_applicable)))
        .collect();
    let now = t!(
        lang,
        "assessment-na-share",
        share = shown_percent(own.not_applicable),
        whole = MAX_NA_OF_WHOLE,
        dimension = MAX_NA_OF_DIMENSION
    );
    let tone = if own.comparable { NoticeTone::Info } else { NoticeTone::Warning };
    let text = if own.comparable {
        t!(lang, "assessment-na-within")
    } else {
        t!(lang, "assessment-na-beyond", which = over.join("、"))
    };
    Some(view! {
        <Notice tone=tone title=now><p>{text}</p></Notice>
    })
}

fn hand_in(lang: Lang, pilot: &Pilot, sheet: &Sheet, own: &Score) -> AnyView {
    if !own.is_complete() {
        let links = sheet
            .framework
            .indicators()
            .filter(|(_, indicator)| own.missing.contains(&indicator.id))
            .map(|(dimension, indicator)| {
                let href = format!("/firm/{}/assessment/{}#{}", pilot.id, dimension.id, indicator.id);
                let waits = sheet.stored.get(&indicator.id).and_then(|stored| na_word(lang, stored.na_state));
                view! { <li><a href=href>{indicator_name(lang, indicator)}</a> {waits.map(|word| view! { <span class="muted">{word}</span> })}</li> }
            })
            .collect_view();
        return view! {
            <section class="stack">
                <h2>{t!(lang, "assessment-submit-title")}</h2>
                <p>{t!(lang, "assessment-submit-not-yet", n = own.missing.len())}</p>
                <ul class="missing">{links}</ul>
            </section>
        }
        .into_any();
    }
    let label = if sheet.submissions.is_empty() {
        t!(lang, "assessment-submit")
    } else {
        t!(lang, "assessment-submit-again")
    };
    let total = own.total.map(shown).unwrap_or_default();
    let grade = own.grade.unwrap_or(1);
    view! {
        <section class="stack">
            <h2>{t!(lang, "assessment-submit-title")}</h2>
            <p>{t!(lang, "assessment-submit-lead", total = total, grade = grade)}</p>
            <form method="post" action="/api/submit_assessment">
                <Hidden name="pilot" value=pilot.id.to_string()/>
                <Hidden name="assessment" value=sheet.assessment.id.to_string()/>
                <Confirm
                    label=label.clone()
                    title=t!(lang, "assessment-submit-sure")
                    text=t!(lang, "assessment-submit-sure-text")
                    yes_label=label
                    tone=Tone::Main
                />
            </form>
        </section>
    }
    .into_any()
}

/// Where a wish for N/A lies, in a word; none without one.
pub(super) fn na_word(lang: Lang, state: NaState) -> Option<String> {
    Some(match state {
        NaState::None => return None,
        NaState::Asked => t!(lang, "assessment-na-asked"),
        NaState::Approved => t!(lang, "assessment-na-approved"),
        NaState::Refused => t!(lang, "assessment-na-refused"),
    })
}

fn give_back(cx: &Cx, pilot: &Pilot, sheet: &Sheet) -> impl IntoView + use<> {
    let lang = cx.lang;
    let form = cx.form("return-assessment");
    let commented = sheet
        .comments
        .iter()
        .filter(|comment| Some(comment.submission) == sheet.submissions.last().map(|last| last.number))
        .count();
    view! {
        <section class="stack">
            <h2>{t!(lang, "assessment-return-title")}</h2>
            <p>{t!(lang, "assessment-return-lead", n = commented)}</p>
            <form method="post" action="/api/return_assessment" class="form">
                <Hidden name="pilot" value=pilot.id.to_string()/>
                <Hidden name="assessment" value=sheet.assessment.id.to_string()/>
                <TextArea form=form name="reason" label=t!(lang, "assessment-return-reason") hint=t!(lang, "assessment-return-reason-hint") maxlength="1000"/>
                <Submit label=t!(lang, "assessment-return") tone=Tone::Plain icon=IconName::Undo/>
            </form>
        </section>
    }
}

fn handed_in_before(lang: Lang, sheet: &Sheet) -> Option<impl IntoView + use<>> {
    if sheet.submissions.is_empty() {
        return None;
    }
    let rows = sheet
        .submissions
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let before = at.checked_sub(1).and_then(|before| sheet.submissions.get(before));
            let changed = before.map_or_else(String::new, |before| {
                let nothing = Said::default();
                let differing: Vec<&str> = sheet
                    .framework
                    .indicators()
                    .map(|(_, indicator)| indicator.id.as_str())
                    .filter(|id| before.answers.get(*id).unwrap_or(&nothing) != one.answers.get(*id).unwrap_or(&nothing))
                    .collect();
                differing.join("、")
            });
            let end = one.returned_at.map_or_else(String::new, |at| {
                let by = one.returned_by.clone().unwrap_or_default();
                t!(lang, "assessment-returned-by", by = by, at = time::short_date_time(lang, at))
            });
            view! {
                <tr>
                    <th scope="row" class="num">{one.number}</th>
                    <td>{time::short_date_time(lang, one.at)} " " {one.by_name.clone().unwrap_or_default()}</td>
                    <td>{changed}</td>
                    <td>{end}<br/>{one.return_reason.clone().unwrap_or_default()}</td>
                </tr>
            }
        })
        .collect_view();
    Some(view! {
        <h2>{t!(lang, "assessment-submissions")}</h2>
        <TableWrap label=t!(lang, "assessment-submissions")>
            <table class="table">
                <thead><tr>
                    <th scope="col" class="num">{t!(lang, "assessment-submission-number")}</th>
                    <th scope="col">{t!(lang, "assessment-submission-at")}</th>
                    <th scope="col">{t!(lang, "assessment-submission-changed")}</th>
                    <th scope="col">{t!(lang, "assessment-submission-end")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    })
}

fn other_rounds(lang: Lang, pilot: &Pilot, all: &[Assessment], current: Option<i64>) -> Option<impl IntoView + use<>> {
    let others: Vec<&Assessment> = all.iter().filter(|one| Some(one.number) != current).collect();
    if others.is_empty() {
        return None;
    }
    let items = others
        .into_iter()
        .map(|one| {
            let href = format!("/firm/{}/assessment?round={}", pilot.id, one.number);
            let (tone, label) = state_badge(lang, one.state());
            view! { <li class="row"><a href=href>{t!(lang, "assessment-round", number = one.number)}</a> <Badge tone=tone label=label/></li> }
        })
        .collect_view();
    Some(view! {
        <h2>{t!(lang, "assessment-other-rounds")}</h2>
        <ul class="missing">{items}</ul>
    })
}

/// What changed in an answer since it was handed in, as a mark beside its name.
pub(super) fn changed_mark(lang: Lang, sheet: &Sheet, indicator: &str) -> Option<impl IntoView + use<>> {
    let changes = sheet.changes(indicator);
    if changes.is_empty() {
        return None;
    }
    let words = changes_in_words(lang, &changes);
    Some(view! {
        <p class="answer__changed"><Badge tone=BadgeTone::Info label=t!(lang, "assessment-changed")/> " " {words}</p>
    })
}
