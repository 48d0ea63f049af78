//! One firm's verification: how far it is, the three scores side by side, site visits, closing and reopening.

use leptos::prelude::*;

use super::{Case, Found, dimension_name, find, finding_short, indicator_name, level_short, obstacle_text};
use crate::benchmarking::pages::{View, pilot_head};
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::exact::shown;
use crate::benchmarking::rules::score::Rung;
use crate::benchmarking::rules::{Level, Score, score};
use crate::benchmarking::store::scores::three;
use crate::benchmarking::store::{AssessmentState, Pilot};
use crate::benchmarking::verification::rules::{LONGEST_REASON, obstacles};
use crate::benchmarking::verification::store::{self, Verdict, VerdictEvent, Visit};
use crate::clock::day_of;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    Badge, BadgeTone, ButtonLink, Confirm, EmptyState, ErrorSummary, Hidden, IconName, Notice, NoticeTone, Tab, TableWrap, Tabs, Task, TaskList,
    TextField, Tone, time,
};

/// The three scores of an assessment; the verified one only for those who may read it.
struct Scores {
    own: Score,
    capped: Score,
    verified: Option<Score>,
}

/// `/firm/{pilot}/verification`
pub async fn overview(cx: Cx) -> Result<Page, AppError> {
    let case = match find(&cx).await? {
        Found::Case(case) => case,
        Found::NotBegun(pilot, standing) => return Ok(not_begun(&cx, &pilot, &standing)),
    };
    let lang = cx.lang;
    let levels = three(&cx.app.db, &case.assessment, &case.framework, day_of(cx.now)).await?;
    let scores = Scores {
        own: score(&case.framework, &levels.own),
        capped: score(&case.framework, &levels.capped),
        verified: case.reads_verdicts().then(|| score(&case.framework, &levels.verified)),
    };
    let changes = if case.standing.is_verifier() || case.standing.is_county() || case.standing.is_city() {
        store::verdict_history(&cx.app.db, case.assessment.id).await?
    } else {
        Vec::new()
    };
    let title = t!(lang, "verification-title", firm = case.pilot.firm_name.clone());
    let body = view! {
        {pilot_head(&cx, &case.pilot, &case.standing, View::Verification)}
        {round_tabs(lang, &case)}
        {state_notice(&cx, &case)}
        <section class="stack" aria-labelledby="scores">
            <h2 id="scores">{t!(lang, "verification-scores")}</h2>
            {score_table(lang, &case, &scores)}
            {grade_why(lang, scores.verified.as_ref())}
        </section>
        <section class="stack" aria-labelledby="dimensions">
            <h2 id="dimensions">{t!(lang, "verification-dimensions")}</h2>
            {dimension_list(lang, &case)}
            {case.is_verified().then(|| verdict_table(lang, &case))}
        </section>
        {case.reads_verdicts().then(|| visit_list(lang, &case))}
        {closing(&cx, &case)}
        {reopening(&cx, &case)}
        {change_list(lang, &case, &changes)}
    };
    Ok(Page::new(title, body))
}

/// Nothing to verify yet, with the next step of whoever looks.
fn not_begun(cx: &Cx, pilot: &Pilot, standing: &Standing) -> Page {
    let lang = cx.lang;
    let step = standing
        .is_contact()
        .then(|| view! { <ButtonLink href=format!("/firm/{}/assessment", pilot.id) label=t!(lang, "bench-view-assessment")/> });
    let body = view! {
        {pilot_head(cx, pilot, standing, View::Verification)}
        <EmptyState icon=IconName::Edit title=t!(lang, "verification-nothing") text=t!(lang, "verification-nothing-text")>{step}</EmptyState>
    };
    Page::new(t!(lang, "verification-title", firm = pilot.firm_name.clone()), body)
}

/// One view for each round, and the proof once there are two.
fn round_tabs(lang: Lang, case: &Case) -> Option<impl IntoView + use<>> {
    (case.all.len() > 1).then(|| {
        let mut items: Vec<Tab> = case
            .all
            .iter()
            .map(|one| Tab {
                href: format!("/firm/{}/verification?round={}", case.pilot.id, one.number),
                label: t!(lang, "verification-round-n", n = one.number),
                current: one.id == case.assessment.id,
                count: None,
            })
            .collect();
        items.push(Tab {
            href: format!("/firm/{}/verification/proof", case.pilot.id),
            label: t!(lang, "verification-proof"),
            current: false,
            count: None,
        });
        view! { <Tabs items=items label=t!(lang, "verification-rounds")/> }
    })
}

/// Where the verification stands, and whose turn it is.
fn state_notice(cx: &Cx, case: &Case) -> impl IntoView + use<> {
    let lang = cx.lang;
    let round = t!(lang, "verification-round-named", n = case.round.number, name = case.round.name.clone());
    let (tone, text) = match case.assessment.state() {
        AssessmentState::Verified => {
            let day = case.assessment.verified_at.map(|at| time::date(lang, at)).unwrap_or_default();
            (NoticeTone::Success, t!(lang, "verification-is-closed", day = day))
        }
        _ if !case.round.is_open() => (NoticeTone::Info, t!(lang, "verification-round-over")),
        AssessmentState::Submitted if case.verifies() => (NoticeTone::Info, t!(lang, "verification-is-yours")),
        AssessmentState::Submitted if case.standing.can_judge().is_some() => (NoticeTone::Info, t!(lang, "verification-is-with-verifier-desk")),
        AssessmentState::Submitted => (NoticeTone::Info, t!(lang, "verification-is-with-verifier")),
        AssessmentState::Returned => (NoticeTone::Warning, t!(lang, "verification-is-returned")),
        AssessmentState::Draft => (NoticeTone::Info, t!(lang, "verification-is-draft")),
    };
    let whole: Vec<String> = case
        .sheet
        .comments
        .iter()
        .filter(|comment| comment.indicator.is_empty())
        .map(|comment| {
            let by = comment.by_name.clone().unwrap_or_default();
            t!(lang, "verification-whole-comment", by = by, text = comment.text.clone())
        })
        .collect();
    let whole = whole
        .into_iter()
        .map(|text| view! { <p class="verdict__words">{text}</p> })
        .collect_view();
    view! { <Notice tone=tone title=round><p>{text}</p>{whole}</Notice> }
}

/// The total, or the range in which it lies while something is missing.
fn total_text(lang: Lang, score: &Score) -> String {
    match score.total {
        Some(total) => shown(total),
        None if score.is_complete() => t!(lang, "verification-none"),
        None => t!(
            lang,
            "verification-interval",
            low = shown(score.interval.0),
            high = shown(score.interval.1)
        ),
    }
}

fn grade_text(lang: Lang, score: &Score) -> String {
    match score.grade {
        Some(grade) if score.provisional => t!(lang, "verification-grade-provisional", grade = i64::from(grade)),
        Some(grade) => t!(lang, "verification-grade-n", grade = i64::from(grade)),
        None => t!(lang, "verification-grade-none", n = score.missing.len()),
    }
}

/// Dimensions, totals and grades of the three scores, side by side.
fn score_table(lang: Lang, case: &Case, scores: &Scores) -> impl IntoView + use<> {
    let columns: Vec<(String, Option<&Score>)> = vec![
        (t!(lang, "verification-self"), Some(&scores.own)),
        (t!(lang, "verification-capped"), Some(&scores.capped)),
        (t!(lang, "verification-verified"), scores.verified.as_ref()),
    ];
    let cells = |make: &dyn Fn(&Score) -> String| {
        columns
            .iter()
            .map(|(name, score)| {
                let text = score.map_or_else(|| t!(lang, "verification-not-shown-short"), make);
                view! { <td class="num" data-label=name.clone()>{text}</td> }
            })
            .collect_view()
    };
    let total = cells(&|score| total_text(lang, score));
    let grade = cells(&|score| grade_text(lang, score));
    let rows = case
        .framework
        .dimensions
        .iter()
        .map(|dimension| {
            let cells = cells(&|score| score.dimension(&dimension.id).map_or_else(|| t!(lang, "verification-none"), shown));
            view! {
                <tr>
                    <th scope="row">{dimension_name(lang, dimension)}</th>
                    <td class="num" data-label=t!(lang, "verification-weight")>{format!("{}%", dimension.weight)}</td>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    let heads = columns
        .iter()
        .map(|(name, _)| view! { <th scope="col" class="num">{name.clone()}</th> })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "verification-scores")>
            <table class="table table--stack">
                <caption class="visually-hidden">{t!(lang, "verification-scores")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "verification-dimension")}</th>
                        <th scope="col" class="num">{t!(lang, "verification-weight")}</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>
                    {rows}
                    <tr class="verification-total">
                        <th scope="row">{t!(lang, "verification-total")}</th>
                        <td></td>
                        {total}
                    </tr>
                    <tr>
                        <th scope="row">{t!(lang, "verification-grade")}</th>
                        <td></td>
                        {grade}
                    </tr>
                </tbody>
            </table>
        </TableWrap>
        <p class="small muted">{t!(lang, "verification-scores-note")}</p>
    }
}

/// The ladder of the verified grade: each rung with what it asks and what there is.
fn grade_why(lang: Lang, verified: Option<&Score>) -> Option<impl IntoView + use<>> {
    let score = verified.filter(|score| score.grade.is_some())?;
    let grade = i64::from(score.grade?);
    let rungs = score
        .so_far
        .ladder
        .iter()
        .map(|rung| view! { <li>{rung_text(lang, rung)}</li> })
        .collect_view();
    let not_comparable = (!score.comparable).then(|| view! { <p>{t!(lang, "verification-not-comparable")}</p> });
    Some(view! {
        <details>
            <summary><span class="button">{t!(lang, "verification-grade-why", grade = grade)}</span></summary>
            <p class="small muted">{t!(lang, "verification-grade-rule")}</p>
            <ol class="verdict__list">{rungs}</ol>
            {not_comparable}
        </details>
    })
}

fn rung_text(lang: Lang, rung: &Rung) -> String {
    let key = if rung.is_met {
        "verification-rung-met"
    } else {
        "verification-rung-missed"
    };
    t!(
        lang,
        key,
        grade = i64::from(rung.grade),
        total = shown(rung.total),
        total_min = rung.total_min,
        weakest = shown(rung.weakest),
        weakest_min = rung.weakest_min
    )
}

/// The dimensions with how far each is.
fn dimension_list(lang: Lang, case: &Case) -> impl IntoView + use<> {
    let items = case
        .framework
        .dimensions
        .iter()
        .map(|dimension| {
            let all = dimension.indicators.len();
            let given = dimension
                .indicators
                .iter()
                .filter(|one| case.sheet.verdicts.contains_key(&one.id))
                .count();
            let open = dimension
                .indicators
                .iter()
                .filter(|one| !obstacles(&case.sheet.subject(&one.id)).is_empty())
                .count();
            let (status, tone) = if !case.reads_verdicts() {
                (t!(lang, "verification-n-indicators", n = all), BadgeTone::Neutral)
            } else if case.is_verified() || open == 0 {
                (t!(lang, "verification-all-given"), BadgeTone::Good)
            } else {
                (t!(lang, "verification-given-of", given = given, all = all), BadgeTone::Attention)
            };
            Task {
                href: Some(case.href(&format!("/dimensions/{}", dimension.id))),
                label: dimension_name(lang, dimension),
                hint: None,
                status,
                tone,
            }
        })
        .collect();
    view! { <TaskList items=items/> }
}

/// Every indicator with its three levels and the reason, once the verification is closed.
fn verdict_table(lang: Lang, case: &Case) -> impl IntoView + use<> {
    let rows = case
        .framework
        .indicators()
        .map(|(dimension, indicator)| {
            let id = &indicator.id;
            let answer = case.sheet.answers.get(id);
            let own = match answer {
                Some(answer) if answer.na => t!(lang, "verification-na"),
                Some(answer) => answer
                    .level
                    .and_then(Level::new)
                    .map_or_else(|| t!(lang, "verification-missing"), |level| level_short(lang, level)),
                None => t!(lang, "verification-missing"),
            };
            let capped = case
                .sheet
                .capped(id)
                .map_or_else(|| t!(lang, "verification-none"), |level| level_short(lang, level));
            let verdict = case.sheet.verdicts.get(id);
            let verified = verdict
                .and_then(Verdict::finding)
                .map_or_else(|| t!(lang, "verification-none"), |finding| finding_short(lang, finding));
            let reason = verdict.map(|verdict| verdict.reason.clone()).unwrap_or_default();
            let href = format!("{}#indicator-{id}", case.href(&format!("/dimensions/{}", dimension.id)));
            view! {
                <tr>
                    <th scope="row"><a href=href>{indicator_name(lang, indicator)}</a></th>
                    <td data-label=t!(lang, "verification-self")>{own}</td>
                    <td data-label=t!(lang, "verification-capped")>{capped}</td>
                    <td data-label=t!(lang, "verification-verified")><strong>{verified}</strong></td>
                    <td class="verdict__reason" data-label=t!(lang, "verification-reason")>{reason}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "verification-verdicts")>
            <table class="table table--stack">
                <caption class="visually-hidden">{t!(lang, "verification-verdicts")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "verification-indicator")}</th>
                        <th scope="col">{t!(lang, "verification-self")}</th>
                        <th scope="col">{t!(lang, "verification-capped")}</th>
                        <th scope="col">{t!(lang, "verification-verified")}</th>
                        <th scope="col">{t!(lang, "verification-reason")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

fn visit_list(lang: Lang, case: &Case) -> impl IntoView + use<> {
    let add = case.verifies().then(|| {
        let href = format!("/firm/{}/verification/visits/new", case.pilot.id);
        view! { <ButtonLink href=href label=t!(lang, "verification-visit-add") icon=IconName::Plus/> }
    });
    let content = if case.sheet.visits.is_empty() {
        view! { <p class="muted">{t!(lang, "verification-no-visits")}</p> }.into_any()
    } else {
        let items = case.sheet.visits.iter().map(|visit| visit_line(lang, case, visit)).collect();
        view! { <TaskList items=items/> }.into_any()
    };
    view! {
        <section class="stack" aria-labelledby="visits">
            <div class="row row--between"><h2 id="visits">{t!(lang, "verification-visits")}</h2>{add}</div>
            {content}
        </section>
    }
}

fn visit_line(lang: Lang, case: &Case, visit: &Visit) -> Task {
    Task {
        href: Some(case.href(&format!("/visits/{}", visit.id))),
        label: time::day(lang, visit.visited_on),
        hint: Some(t!(
            lang,
            "verification-visit-line",
            people = visit.people.clone(),
            by = visit.by_name.clone().unwrap_or_default()
        )),
        status: visit.indicators().collect::<Vec<_>>().join(" "),
        tone: BadgeTone::Info,
    }
}

/// What is in the way of closing, each with the place to mend it; or the button.
fn closing(cx: &Cx, case: &Case) -> Option<impl IntoView + use<>> {
    let lang = cx.lang;
    case.verifies().then(|| {
        let blocked: Vec<Task> = case
            .framework
            .indicators()
            .filter_map(|(dimension, indicator)| {
                let href = format!("{}#indicator-{}", case.href(&format!("/dimensions/{}", dimension.id)), indicator.id);
                let obstacles = obstacles(&case.sheet.subject(&indicator.id)).into_iter();
                let words: Vec<String> = obstacles.map(|obstacle| obstacle_text(lang, obstacle)).collect();
                (!words.is_empty()).then(|| Task {
                    href: Some(href),
                    label: indicator_name(lang, indicator),
                    hint: None,
                    status: words.join(lang.pick("，", ", ")),
                    tone: BadgeTone::Attention,
                })
            })
            .collect();
        let content = if blocked.is_empty() {
            view! {
                <form method="post" action="/api/close_verification">
                    <Hidden name="assessment" value=case.assessment.id.to_string()/>
                    <Confirm tone=Tone::Main label=t!(lang, "verification-close") title=t!(lang, "verification-close-sure")
                        text=t!(lang, "verification-close-text") yes_label=t!(lang, "verification-close-yes")/>
                </form>
            }
            .into_any()
        } else {
            view! {
                <p>{t!(lang, "verification-close-blocked", n = blocked.len())}</p>
                <TaskList items=blocked/>
            }
            .into_any()
        };
        view! {
            <section class="stack" aria-labelledby="closing">
                <h2 id="closing">{t!(lang, "verification-close")}</h2>
                {content}
            </section>
        }
    })
}

/// The city takes a closing back while the round is open.
fn reopening(cx: &Cx, case: &Case) -> Option<impl IntoView + use<>> {
    let lang = cx.lang;
    let may = case.is_verified() && case.standing.can_decide().is_some();
    may.then(|| {
        let form = cx.form("verification-reopening");
        let content = if case.round.is_open() {
            view! {
                <ErrorSummary form=&form/>
                <form method="post" action="/api/reopen_verification" class="form">
                    <Hidden name="assessment" value=case.assessment.id.to_string()/>
                    <TextField form=&form name="reopen_why" label=t!(lang, "verification-reopen-why") hint=t!(lang, "verification-reopen-why-hint")
                        maxlength=LONGEST_REASON autocomplete="off"/>
                    <Confirm label=t!(lang, "verification-reopen") title=t!(lang, "verification-reopen-sure") text=t!(lang, "verification-reopen-text")
                        yes_label=t!(lang, "verification-reopen-yes")/>
                </form>
            }
            .into_any()
        } else {
            view! { <p class="muted">{t!(lang, "verification-reopen-never")}</p> }.into_any()
        };
        view! {
            <section class="stack" aria-labelledby="reopening">
                <h2 id="reopening">{t!(lang, "verification-reopen")}</h2>
                {content}
            </section>
        }
    })
}

/// What verdicts said before, for those who verify and check.
fn change_list(lang: Lang, case: &Case, changes: &[VerdictEvent]) -> Option<impl IntoView + use<>> {
    (!changes.is_empty()).then(|| {
        let rows = changes
            .iter()
            .map(|change| {
                let name = case
                    .framework
                    .indicator(&change.indicator)
                    .map_or_else(|| change.indicator.clone(), |(_, indicator)| indicator_name(lang, indicator));
                let (tone, finding) = match change.finding() {
                    Some(finding) => (BadgeTone::Neutral, finding_short(lang, finding)),
                    None => (BadgeTone::Attention, t!(lang, "verification-taken-back")),
                };
                let when = time::date_time(lang, change.at);
                let by = change.by_name.clone().unwrap_or_default();
                view! {
                    <li>
                        <div class="row"><strong>{name}</strong><Badge tone=tone label=finding/></div>
                        <p class="verdict__words small">{change.reason.clone()}</p>
                        <p class="small muted">{format!("{by} · {when}")}</p>
                    </li>
                }
            })
            .collect_view();
        view! {
            <details>
                <summary><span class="button">{t!(lang, "verification-changes", n = changes.len())}</span></summary>
                <ol class="verdict__list">{rows}</ol>
            </details>
        }
    })
}
