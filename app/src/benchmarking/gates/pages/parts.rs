//! What the pages of the gates share: the track of stages, conditions with their figures, lines of the record.

use chrono::NaiveDate;
use leptos::prelude::*;

use crate::benchmarking::gates::figures::{grades, plain};
use crate::benchmarking::gates::rules::{Figures, Step, Verdict};
use crate::benchmarking::gates::store::Decision;
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::gates::{Condition, Figure, Kind};
use crate::benchmarking::rules::{AtGate, Framework, PilotState, Stage};
use crate::benchmarking::store::Pilot;
use crate::i18n::Lang;
use crate::t;
use crate::ui::{Badge, BadgeTone, Icon, IconName, time};

/// So many indicators are named one by one.
const MOST_NAMED: usize = 6;

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

/// What the lines of live conditions need beside their figures: the ways to where each is met, and the indicators' names.
pub struct Ways<'a> {
    pub pilot: &'a Pilot,
    pub standing: &'a Standing,
    pub framework: Option<&'a Framework>,
}

impl Ways<'_> {
    /// Where a condition is met, for whom there is such a page.
    fn place(&self, kind: Kind) -> Option<String> {
        let below = match kind {
            Kind::Profile if self.standing.is_contact() => return Some(format!("/firm/profile?firm={}", self.pilot.firm_id)),
            Kind::Profile if self.standing.is_county() || self.standing.is_city() => return Some(format!("/desk/firms/{}", self.pilot.firm_id)),
            Kind::Profile => return None,
            Kind::SelfAssessment | Kind::SelfAssessmentSubmitted => "assessment",
            Kind::PrimaryBenchmark
            | Kind::BenchmarkDated
            | Kind::BenchmarkDimensions
            | Kind::BenchmarkWeight
            | Kind::RootCauses
            | Kind::Targets
            | Kind::TargetDimensions => "benchmark",
            Kind::Verified | Kind::Reassessed => "verification",
            Kind::TargetActions | Kind::Completion | Kind::Cancelled | Kind::Late | Kind::DoneProved | Kind::WrittenIn => "actions",
            Kind::Closure | Kind::Rise | Kind::DimensionFall => "results",
        };
        Some(format!("/firm/{}/{below}", self.pilot.id))
    }

    /// What stands in the way, by name; actions are only counted.
    fn lacking(&self, lang: Lang, condition: &Condition) -> Option<String> {
        let ids = condition.lacking.iter().filter(|_| !condition.is_met);
        let names: Vec<String> = ids.clone().filter_map(|id| self.name(lang, condition.kind, id)).collect();
        if names.is_empty() {
            let n = ids.count();
            return (n > 0).then(|| t!(lang, "gates-lacking-actions", n = n));
        }
        let listed = names.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(lang.pick("、", ", "));
        let names = if names.len() > MOST_NAMED {
            t!(lang, "gates-lacking-more", names = listed, n = names.len())
        } else {
            listed
        };
        // The texts of a profile's parts say by themselves that they are missing.
        let is_said = condition.kind == Kind::Profile;
        Some(if is_said { names } else { t!(lang, "gates-lacking", names = names) })
    }

    fn name(&self, lang: Lang, kind: Kind, id: &str) -> Option<String> {
        if kind == Kind::Profile {
            return Some(t!(lang, &format!("firms-missing-{id}")));
        }
        let framework = self.framework?;
        let indicator = framework.indicator(id).map(|(_, indicator)| (&indicator.name, &indicator.name_en));
        let named = indicator.or_else(|| framework.dimension(id).map(|dimension| (&dimension.name, &dimension.name_en)));
        named.map(|(zh, en)| format!("{id} {}", lang.pick(zh, en)))
    }
}

/// Conditions one below the other: met or not in words, what is there and what is asked for, and the way to where it is met.
/// Without ways, as they stand in the record.
pub fn conditions(lang: Lang, ways: Option<&Ways<'_>>, conditions: &[Condition]) -> impl IntoView + use<> {
    let rows = conditions.iter().map(|condition| row(lang, ways, condition)).collect_view();
    view! { <ul class="conditions">{rows}</ul> }
}

fn row(lang: Lang, ways: Option<&Ways<'_>>, condition: &Condition) -> impl IntoView + use<> {
    let kind = condition.kind.as_str();
    let label = t!(lang, &format!("gates-condition-{kind}"));
    let (class, icon, said) = if condition.is_met {
        ("condition condition--met", IconName::Check, t!(lang, "gates-met"))
    } else {
        ("condition", IconName::Cross, t!(lang, "gates-unmet"))
    };
    let label = match ways.and_then(|ways| ways.place(condition.kind)) {
        Some(href) => view! { <a class="condition__label" href=href>{label}</a> }.into_any(),
        None => view! { <span class="condition__label">{label}</span> }.into_any(),
    };
    let lacking = ways
        .and_then(|ways| ways.lacking(lang, condition))
        .map(|text| view! { <p class="condition__figures">{text}</p> });
    view! {
        <li class=class id=ways.map(|_| format!("field-condition-{kind}"))>
            <span class="condition__sign"><Icon name=icon/><span>{said}</span></span>
            <div class="condition__text">
                {label}
                <p class="condition__figures">{figures_text(lang, condition)}</p>
                {lacking}
            </div>
        </li>
    }
}

/// What is there, what is asked for, and how far it is from there, in words.
fn figures_text(lang: Lang, condition: &Condition) -> String {
    let is_ceiling = condition.kind.is_ceiling();
    let (have, need) = (plain(&condition.have, is_ceiling), plain(&condition.need, false));
    let text = match (&condition.have, &condition.need) {
        (Figure::Truth(true), _) => return t!(lang, "gates-truth-yes"),
        (Figure::Truth(false), _) => return t!(lang, "gates-truth-no"),
        (Figure::Rise { .. }, _) => t!(
            lang,
            "gates-figures-rise",
            points = have,
            grades = grades(&condition.have),
            need = need,
            more = grades(&condition.need)
        ),
        (Figure::Nothing, Figure::Rise { .. }) => t!(lang, "gates-nothing-rise", need = need, more = grades(&condition.need)),
        (Figure::Nothing, _) if is_ceiling => t!(lang, "gates-nothing-most", need = need),
        (Figure::Nothing, _) => t!(lang, "gates-nothing-least", need = need),
        (Figure::Days(_), _) => t!(lang, "gates-figures-days", have = have, need = need),
        (Figure::Points(_), _) => t!(lang, "gates-figures-points", have = have, need = need),
        _ if is_ceiling => t!(lang, "gates-figures-most", have = have, need = need),
        _ => t!(lang, "gates-figures-least", have = have, need = need),
    };
    let short = condition
        .short_by()
        .filter(|short| !matches!(short, Figure::Rise { .. }))
        .map(|short| plain(&short, true));
    match short {
        Some(by) if is_ceiling => format!("{text}{}", t!(lang, "gates-over-by", by = by)),
        Some(by) => format!("{text}{}", t!(lang, "gates-short-by", by = by)),
        None => text,
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
        None => t!(lang, "bench-by-calendar"),
    };
    let due = line.due_on.map(|due| {
        let text = if line.step() == Step::Due {
            "gates-line-was-due"
        } else {
            "gates-line-due"
        };
        view! { <p>{t!(lang, text, day = time::day(lang, due))}</p> }
    });
    let why = (!line.why.is_empty()).then(|| view! { <p class="gate-record__why">{line.why.clone()}</p> });
    // A line from before figures were kept has none to show.
    let all = (with_figures && !figures.conditions.is_empty()).then(|| {
        let lines = conditions(lang, None, &figures.conditions);
        view! {
            <details class="disclosure">
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
