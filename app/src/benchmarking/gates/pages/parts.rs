//! What the pages of the gates share: the track of stages, conditions with their figures, lines of the record.

use chrono::NaiveDate;
use leptos::prelude::*;

use crate::benchmarking::gates::facts;
use crate::benchmarking::gates::rules::{Figure, Figures, Step, Verdict};
use crate::benchmarking::gates::store::Decision;
use crate::benchmarking::rules::{AtGate, PilotState, Stage};
use crate::benchmarking::store::Pilot;
use crate::i18n::Lang;
use crate::ids::PilotId;
use crate::t;
use crate::ui::{Badge, BadgeTone, Icon, IconName, time};

pub fn stage_name(lang: Lang, stage: Stage) -> String {
    t!(lang, &format!("bench-stage-{}", stage.as_str()))
}

pub fn state_name(lang: Lang, state: PilotState) -> String {
    t!(lang, &format!("gates-state-{}", state.as_str()))
}

/// What a stage is to a firm.
enum Reached {
    Passed(Option<NaiveDate>),
    OnConditions(NaiveDate),
    Here(String),
    Ended(String),
    Ahead,
}

/// The four stages as a track: passed, here, ahead, in words.
pub fn track(lang: Lang, pilot: &Pilot, decisions: &[Decision]) -> impl IntoView + use<> {
    let steps = Stage::ALL
        .into_iter()
        .map(|stage| track_step(lang, stage, &reached(lang, pilot, decisions, stage)))
        .collect_view();
    view! { <ol class="track stages" aria-label=t!(lang, "gates-track")>{steps}</ol> }
}

fn reached(lang: Lang, pilot: &Pilot, decisions: &[Decision], stage: Stage) -> Reached {
    let passed = || {
        let verdicts = [Verdict::Passed, Verdict::Met, Verdict::Conditional];
        let decision = decisions.iter().find(|line| line.stage() == stage && verdicts.contains(&line.verdict()));
        Reached::Passed(decision.map(|line| time::day_of(line.at)))
    };
    if let (Some(open), Some(due)) = (pilot.condition_stage(), pilot.condition_due_on)
        && open == stage
    {
        return Reached::OnConditions(due);
    }
    match (pilot.state(), pilot.stage()) {
        (PilotState::Completed, _) => passed(),
        (_, Some(current)) if stage < current => passed(),
        (PilotState::Chosen, Some(current)) if stage == current => Reached::Here(at_gate(lang, pilot.gate())),
        (state, Some(current)) if stage == current => Reached::Ended(state_name(lang, state)),
        _ => Reached::Ahead,
    }
}

/// Where an application lies, in a few words.
pub fn at_gate(lang: Lang, gate: AtGate) -> String {
    match gate {
        AtGate::Open => t!(lang, "gates-at-open"),
        AtGate::County => t!(lang, "gates-at-county"),
        AtGate::City => t!(lang, "gates-at-city"),
    }
}

fn track_step(lang: Lang, stage: Stage, reached: &Reached) -> impl IntoView + use<> {
    let (class, current, words) = match reached {
        Reached::Passed(on) => {
            let words = on.map_or_else(
                || t!(lang, "gates-passed"),
                |on| t!(lang, "gates-passed-on", day = time::short_date(lang, time::start_of(on))),
            );
            ("track__done", None, words)
        }
        Reached::OnConditions(due) => {
            let day = time::short_date(lang, time::start_of(*due));
            ("track__done stages__open", None, t!(lang, "gates-open-until", day = day))
        }
        Reached::Here(words) => ("", Some("step"), words.clone()),
        Reached::Ended(words) => ("stages__ended", Some("step"), words.clone()),
        Reached::Ahead => ("", None, t!(lang, "gates-ahead")),
    };
    view! {
        <li class=class aria-current=current>
            <span class="stages__name">{stage_name(lang, stage)}</span>
            <span class="stages__state">{words}</span>
        </li>
    }
}

/// Conditions one below the other: met or not in words, what is there and what is asked for, and where to go for more.
pub fn conditions(lang: Lang, pilot: Option<PilotId>, figures: &[Figure]) -> impl IntoView + use<> {
    let rows = figures.iter().map(|figure| condition(lang, pilot, figure)).collect_view();
    view! { <ul class="conditions">{rows}</ul> }
}

fn condition(lang: Lang, pilot: Option<PilotId>, figure: &Figure) -> impl IntoView + use<> {
    let label = t!(lang, &format!("gates-condition-{}", figure.kind));
    let (class, icon, said) = if figure.met {
        ("condition condition--met", IconName::Check, t!(lang, "gates-met"))
    } else {
        ("condition", IconName::Cross, t!(lang, "gates-unmet"))
    };
    let link = pilot
        .filter(|_| !figure.met)
        .and_then(|pilot| facts::place(&figure.kind).map(|place| format!("/firm/{pilot}{place}")));
    let label = match link {
        Some(href) => view! { <a class="condition__label" href=href>{label}</a> }.into_any(),
        None => view! { <span class="condition__label">{label}</span> }.into_any(),
    };
    view! {
        <li class=class id=pilot.map(|_| format!("field-condition-{}", figure.kind))>
            <span class="condition__sign"><Icon name=icon/><span>{said}</span></span>
            <div class="condition__text">
                {label}
                <p class="condition__figures">{facts::figures_text(lang, figure)}</p>
            </div>
        </li>
    }
}

/// 4 / 5: how many conditions hold.
pub fn held_of(lang: Lang, figures: &Figures) -> String {
    t!(lang, "gates-held", held = figures.held(), all = figures.conditions.len())
}

/// The record of a firm's gates: who, when, why, and the figures of that moment.
pub fn record(lang: Lang, decisions: &[Decision], with_figures: bool) -> impl IntoView + use<> {
    let lines = decisions.iter().map(|line| record_line(lang, line, with_figures)).collect_view();
    view! { <ol class="gate-record">{lines}</ol> }
}

fn record_line(lang: Lang, line: &Decision, with_figures: bool) -> impl IntoView + use<> {
    let figures = line.figures();
    let tone = match line.verdict() {
        Verdict::Passed | Verdict::Met => BadgeTone::Good,
        Verdict::Conditional => BadgeTone::Attention,
        Verdict::Returned | Verdict::CameBack | Verdict::Terminated => BadgeTone::Bad,
        Verdict::Applied | Verdict::Forwarded => BadgeTone::Info,
    };
    let who = match line.by_name.clone() {
        Some(name) => format!("{name} · {}", t!(lang, &format!("gates-step-{}", line.step().as_str()))),
        None => t!(lang, "gates-by-calendar"),
    };
    let due = line.due_on.map(|due| {
        let text = if line.step() == Step::Due { "gates-line-was-due" } else { "gates-line-due" };
        view! { <p>{t!(lang, text, day = time::day(lang, due))}</p> }
    });
    let why = (!line.why.is_empty()).then(|| view! { <p class="gate-record__why">{line.why.clone()}</p> });
    let all = with_figures.then(|| {
        let lines = conditions(lang, None, &figures.conditions);
        view! {
            <details>
                <summary>{t!(lang, "gates-figures-then", held = held_of(lang, &figures))}</summary>
                {lines}
            </details>
        }
    });
    view! {
        <li>
            <p class="row">
                <Badge tone=tone label=t!(lang, &format!("gates-verdict-{}", line.verdict().as_str()))/>
                <strong>{t!(lang, "gates-gate-of", stage = stage_name(lang, line.stage()))}</strong>
            </p>
            <p class="small muted">{time::date_time(lang, line.at)} " · " {who}</p>
            {why}
            {due}
            {all}
        </li>
    }
}
