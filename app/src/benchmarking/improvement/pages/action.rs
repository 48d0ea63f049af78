//! One action: what was promised, how far it is, what proves it, and what happened to it.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::board::{marks, priorities};
use super::{conflict, day, name_of, state_tone, state_word};
use crate::benchmarking::improvement::rules::{
    ActionState, LONGEST_LINK, LONGEST_NOTE, LONGEST_OWNER, LONGEST_TEXT, LONGEST_TITLE, ProofKind, ProofState,
};
use crate::benchmarking::improvement::store::{self, Action, ActionEvent, Proof, Target};
use crate::benchmarking::pages::{View, pilot_head, pilot_of};
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::Framework;
use crate::benchmarking::store::Pilot;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::ActionId;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    Badge, BadgeTone, ButtonLink, Choice, Confirm, Crumbs, EmptyState, ErrorSummary, Facts, FormState, Hidden, IconName, Meter, RadioField,
    SelectField, Submit, TextArea, TextField, Tone, time,
};

/// The action that an address names, of the pilot firm that it names; another firm's does not exist here.
async fn action_of(cx: &Cx) -> Result<(Pilot, Standing, Action), AppError> {
    let (pilot, standing) = pilot_of(cx).await?;
    let action = store::action(&cx.app.db, cx.param::<ActionId>("action")?).await?;
    if action.pilot_id == pilot.id {
        Ok((pilot, standing, action))
    } else {
        Err(AppError::NotFound)
    }
}

fn crumbs(lang: Lang, pilot: &Pilot) -> Vec<(String, String)> {
    vec![(format!("/firm/{}/actions", pilot.id), t!(lang, "improvement-board"))]
}

/// `/firm/{pilot}/actions/{action}`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing, action) = action_of(&cx).await?;
    let db = &cx.app.db;
    let today = time::day_of(cx.now);
    let framework = store::current_framework(db, &pilot).await?;
    let proofs = store::proofs_of(db, action.id).await?;
    let events = store::events(db, action.id).await?;
    let edits = standing.can_edit().is_some();
    let forms = ["move", "progress", "rule", "proof", "action-file", "judge"].map(|name| cx.form(name));
    let faulty = forms.iter().find(|form| !form.is_clean()).cloned().unwrap_or_default();
    let [move_form, progress_form, rule_form, proof_form, file_form, judge_form] = forms;
    let can_judge = standing.can_judge().is_some();
    let title = action.title.clone();
    let edit_link = format!("/firm/{}/actions/{}/edit", pilot.id, action.id);
    let change =
        (edits && action.state.is_open()).then(|| view! { <ButtonLink href=edit_link label=t!(lang, "improvement-change") icon=IconName::Edit/> });
    let body = view! {
        <ErrorSummary form=faulty/>
        {pilot_head(&cx, &pilot, &standing, View::Actions)}
        <Crumbs items=crumbs(lang, &pilot)/>
        <section class="stack" aria-labelledby="action">
            <div class="row row--between"><h2 id="action">{title.clone()}</h2>{change}</div>
            <div class="row"><Badge tone=state_tone(action.state) label=state_word(lang, action.state)/>{marks(lang, &action, today)}</div>
            {facts(lang, &pilot, framework.as_ref(), &action)}
            <Meter value=action.progress max=100 label=t!(lang, "improvement-progress") text=format!("{}%", action.progress)/>
        </section>
        {edits.then(|| move_part(lang, &pilot, &action, &move_form, today))}
        {(edits && action.state.is_open()).then(|| progress_part(lang, &pilot, &action, &progress_form))}
        {(action.state == ActionState::Done).then(|| rule_part(lang, &pilot, &action, &rule_form, edits))}
        <section class="stack" aria-labelledby="evidence">
            <h2 id="evidence">{t!(lang, "improvement-evidence")}</h2>
            {proof_list(lang, &pilot, &proofs, &judge_form, edits, can_judge)}
            {(edits && action.state != ActionState::Cancelled).then(|| offer_part(lang, &pilot, &action, &proof_form, &file_form, today))}
        </section>
        <section class="stack" aria-labelledby="history">
            <h2 id="history">{t!(lang, "improvement-history")}</h2>
            {history(lang, &events)}
        </section>
    };
    Ok(Page::new(title, body))
}

fn facts(lang: Lang, pilot: &Pilot, framework: Option<&Framework>, action: &Action) -> impl IntoView + use<> {
    let mut facts = vec![
        (t!(lang, "improvement-indicator"), name_of(lang, framework, &action.indicator)),
        (t!(lang, "improvement-owner"), action.owner.clone()),
        (t!(lang, "improvement-due"), day(lang, action.due_on)),
        (
            t!(lang, "improvement-priority"),
            crate::i18n::text(lang, &format!("improvement-priority-{}", action.priority().get()), &[]),
        ),
        (t!(lang, "improvement-deliverable"), action.deliverable.clone()),
        (t!(lang, "improvement-resources"), action.resources.clone()),
    ];
    if let Some(done_on) = action.done_on {
        facts.push((t!(lang, "improvement-done-on"), day(lang, done_on)));
    }
    if !action.cancel_reason.is_empty() {
        facts.push((t!(lang, "improvement-cancel-reason"), action.cancel_reason.clone()));
    }
    let href = format!("/firm/{}/benchmark/gaps/{}", pilot.id, action.indicator);
    view! {
        <div class="prewrap"><Facts items=facts/></div>
        <p><a href=href>{t!(lang, "improvement-to-path")}</a></p>
    }
}

/// The names of the firm and the action, which every form here sends.
fn names(pilot: &Pilot, action: ActionId) -> impl IntoView + use<> {
    view! {
        <Hidden name="pilot" value=pilot.id.to_string()/>
        <Hidden name="action" value=action.to_string()/>
    }
}

fn move_label(lang: Lang, from: ActionState, next: ActionState) -> String {
    match (from, next) {
        (ActionState::Done, ActionState::Doing) => t!(lang, "improvement-move-reopen"),
        (ActionState::Cancelled, ActionState::Planned) => t!(lang, "improvement-move-restore"),
        _ => crate::i18n::text(lang, &format!("improvement-move-{}", next.as_str()), &[]),
    }
}

fn move_part(lang: Lang, pilot: &Pilot, action: &Action, form: &FormState, today: NaiveDate) -> impl IntoView + use<> {
    let steps = ActionState::ALL
        .iter()
        .filter(|next| action.state.may_become(**next))
        .map(|next| step_form(lang, pilot, action, *next, form, today))
        .collect_view();
    view! {
        <section class="stack" aria-labelledby="moves">
            <h2 id="moves">{t!(lang, "improvement-move")}</h2>
            <div class="actions">{steps}</div>
        </section>
    }
}

fn step_form(lang: Lang, pilot: &Pilot, action: &Action, next: ActionState, form: &FormState, today: NaiveDate) -> AnyView {
    let label = move_label(lang, action.state, next);
    // Several steps stand side by side; what came back belongs to one of them.
    let form = if form.value("state") == Some(next.as_str()) {
        form.clone()
    } else {
        FormState::default()
    };
    let open = !form.is_clean();
    let inner = if action.state.needs_reason(next) {
        let tone = if next == ActionState::Cancelled { Tone::Danger } else { Tone::Plain };
        let title = crate::i18n::text(lang, &format!("improvement-ask-{}", next.as_str()), &[]);
        view! {
            <Confirm label=label.clone() title=title yes_label=label tone=tone open=open>
                <TextArea form=form name="reason" label=t!(lang, "improvement-reason") maxlength=LONGEST_TEXT rows="2" of=next.as_str()/>
            </Confirm>
        }
        .into_any()
    } else if next == ActionState::Done {
        view! {
            <Confirm label=label.clone() title=t!(lang, "improvement-ask-done") text=t!(lang, "improvement-ask-done-text") yes_label=label tone=Tone::Main open=open>
                <TextField form=form name="done_on" kind="date" label=t!(lang, "improvement-done-on") value=today.to_string()/>
            </Confirm>
        }
        .into_any()
    } else {
        view! { <Submit label=label tone=Tone::Plain/> }.into_any()
    };
    view! {
        <form method="post" action="/api/move_action">
            {names(pilot, action.id)}
            <Hidden name="state" value=next.as_str()/>
            {inner}
        </form>
    }
    .into_any()
}

fn progress_part(lang: Lang, pilot: &Pilot, action: &Action, form: &FormState) -> impl IntoView + use<> {
    view! {
        <section class="stack" aria-labelledby="report">
            <h2 id="report">{t!(lang, "improvement-report")}</h2>
            <form method="post" action="/api/report_progress">
                {names(pilot, action.id)}
                <TextField form=form.clone() name="progress" label=t!(lang, "improvement-progress") suffix="%" width="4" inputmode="numeric" value=action.progress/>
                <TextArea form=form.clone() name="note" label=t!(lang, "improvement-note") hint=t!(lang, "improvement-note-hint") maxlength=LONGEST_NOTE rows="3"/>
                <Submit label=t!(lang, "improvement-report-save")/>
            </form>
        </section>
    }
}

fn rule_part(lang: Lang, pilot: &Pilot, action: &Action, form: &FormState, edits: bool) -> impl IntoView + use<> {
    let there = if action.rule.is_empty() {
        view! { <p class="muted">{t!(lang, "improvement-rule-none")}</p> }.into_any()
    } else {
        view! { <p class="prewrap">{action.rule.clone()}</p> }.into_any()
    };
    let write = edits.then(|| {
        view! {
            <form method="post" action="/api/write_rule">
                {names(pilot, action.id)}
                <TextArea form=form.clone() name="rule" label=t!(lang, "improvement-rule") hint=t!(lang, "improvement-rule-hint") value=action.rule.clone() maxlength=LONGEST_TEXT rows="2"/>
                <Submit label=t!(lang, "improvement-rule-save") tone=Tone::Plain/>
            </form>
        }
    });
    view! {
        <section class="stack" aria-labelledby="rule">
            <h2 id="rule">{t!(lang, "improvement-rule-title")}</h2>
            {if edits { None } else { Some(there) }}
            {write}
        </section>
    }
}

fn proof_list(lang: Lang, pilot: &Pilot, proofs: &[Proof], form: &FormState, edits: bool, can_judge: bool) -> AnyView {
    if proofs.is_empty() {
        return view! { <p class="muted">{t!(lang, "improvement-no-evidence")}</p> }.into_any();
    }
    let rows = proofs
        .iter()
        .map(|proof| proof_row(lang, pilot, proof, form, edits, can_judge))
        .collect_view();
    view! { <ul class="proofs">{rows}</ul> }.into_any()
}

fn proof_tone(state: ProofState) -> BadgeTone {
    match state {
        ProofState::Offered => BadgeTone::Attention,
        ProofState::Accepted => BadgeTone::Good,
        ProofState::Refused => BadgeTone::Bad,
        ProofState::Removed => BadgeTone::Neutral,
    }
}

fn proof_row(lang: Lang, pilot: &Pilot, proof: &Proof, form: &FormState, edits: bool, can_judge: bool) -> impl IntoView + use<> {
    let content = match (proof.kind, proof.file_id) {
        (ProofKind::File, Some(file)) => {
            let name = proof.file_name.clone().unwrap_or_default();
            view! { <p><a href=format!("/firm/{}/files/{file}", pilot.id) download="">{name}</a></p> }.into_any()
        }
        (ProofKind::Link, _) => view! { <p><a href=proof.body.clone() rel="noopener noreferrer nofollow">{proof.body.clone()}</a></p> }.into_any(),
        _ => view! { <p class="prewrap">{proof.body.clone()}</p> }.into_any(),
    };
    let state = crate::i18n::text(lang, &format!("improvement-proof-{}", proof.state.as_str()), &[]);
    let decided = proof.decided_at.map(|at| {
        let by = proof.decided_by.clone().unwrap_or_default();
        view! { <p class="small muted">{t!(lang, "improvement-decided-by", by = by, at = time::date_time(lang, at))}" "{proof.reason.clone()}</p> }
    });
    let back = (edits && matches!(proof.state, ProofState::Offered | ProofState::Refused)).then(|| take_back_form(lang, pilot, proof));
    let judge = can_judge.then(|| judge_forms(lang, pilot, proof, form));
    view! {
        <li class="proof">
            <div class="row"><h3 class="proof__title">{proof.title.clone()}</h3><Badge tone=proof_tone(proof.state) label=state/></div>
            {content}
            <p class="small muted">{t!(lang, "improvement-fact-and-entry", fact = day(lang, proof.fact_on), added = time::date_time(lang, proof.added_at))}</p>
            {decided}
            <div class="actions">{judge}{back}</div>
        </li>
    }
}

fn take_back_form(lang: Lang, pilot: &Pilot, proof: &Proof) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/api/take_back_action_evidence">
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <Hidden name="evidence" value=proof.id.to_string()/>
            <Confirm
                label=t!(lang, "improvement-take-back")
                title=t!(lang, "improvement-take-back-title")
                text=t!(lang, "improvement-take-back-text")
                yes_label=t!(lang, "improvement-take-back")
            />
        </form>
    }
}

/// Accepting in one press, refusing with a reason; a verdict may be changed later.
fn judge_forms(lang: Lang, pilot: &Pilot, proof: &Proof, form: &FormState) -> impl IntoView + use<> {
    let id = proof.id.to_string();
    let form = if form.value("evidence") == Some(id.as_str()) {
        form.clone()
    } else {
        FormState::default()
    };
    let ids = |id: String| {
        view! {
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <Hidden name="evidence" value=id/>
        }
    };
    let open = !form.is_clean();
    let accept = (proof.state != ProofState::Accepted).then(|| {
        let ids = ids(id.clone());
        view! {
            <form method="post" action="/api/judge_action_evidence">
                {ids}
                <Hidden name="verdict" value="accepted"/>
                <Submit label=t!(lang, "improvement-accept") tone=Tone::Plain icon=IconName::Check/>
            </form>
        }
    });
    let refuse = (proof.state != ProofState::Refused).then(|| {
        let ids = ids(id.clone());
        view! {
            <form method="post" action="/api/judge_action_evidence">
                {ids}
                <Hidden name="verdict" value="refused"/>
                <Confirm label=t!(lang, "improvement-refuse") title=t!(lang, "improvement-refuse-title") yes_label=t!(lang, "improvement-refuse") open=open>
                    <TextArea form=form name="reason" label=t!(lang, "improvement-reason") hint=t!(lang, "improvement-refuse-hint") maxlength=LONGEST_TEXT rows="2" of=id/>
                </Confirm>
            </form>
        }
    });
    view! { {accept}{refuse} }
}

fn offer_part(lang: Lang, pilot: &Pilot, action: &Action, form: &FormState, file: &FormState, today: NaiveDate) -> impl IntoView + use<> {
    let kinds = vec![
        Choice::new("note", t!(lang, "improvement-kind-note")),
        Choice::new("link", t!(lang, "improvement-kind-link")),
    ];
    let upload = format!("/firm/{}/actions/{}/evidence", pilot.id, action.id);
    view! {
        <details class="disclosure" open={!file.is_clean()}>
            <summary>{t!(lang, "improvement-add-file")}</summary>
            <form method="post" action=upload enctype="multipart/form-data">
                <TextField form=file.clone() name="file" kind="file" label=t!(lang, "improvement-file") hint=t!(lang, "improvement-file-hint")/>
                <TextField form=file.clone() name="file_title" label=t!(lang, "improvement-proof-title") maxlength=LONGEST_TITLE/>
                <TextField form=file.clone() name="file_fact_on" kind="date" label=t!(lang, "improvement-fact-on") hint=t!(lang, "improvement-fact-on-hint") value=today.to_string()/>
                <Submit label=t!(lang, "improvement-upload") tone=Tone::Plain icon=IconName::Upload/>
            </form>
        </details>
        <details class="disclosure" open={!form.is_clean()}>
            <summary>{t!(lang, "improvement-add-note")}</summary>
            <form method="post" action="/api/offer_action_evidence">
                {names(pilot, action.id)}
                <RadioField form=form.clone() name="kind" label=t!(lang, "improvement-kind") options=kinds value="note" inline=true/>
                <TextField form=form.clone() name="proof_title" label=t!(lang, "improvement-proof-title") maxlength=LONGEST_TITLE/>
                <TextArea form=form.clone() name="body" label=t!(lang, "improvement-body") hint=t!(lang, "improvement-body-hint", max = LONGEST_LINK) maxlength=LONGEST_NOTE rows="3"/>
                <TextField form=form.clone() name="fact_on" kind="date" label=t!(lang, "improvement-fact-on") hint=t!(lang, "improvement-fact-on-hint") value=today.to_string()/>
                <Submit label=t!(lang, "improvement-proof-save") tone=Tone::Plain/>
            </form>
        </details>
    }
}

fn history(lang: Lang, events: &[ActionEvent]) -> impl IntoView + use<> {
    let lines = events
        .iter()
        .map(|event| {
            let what = crate::i18n::text(lang, &format!("improvement-event-{}", event.what.replace('_', "-")), &[]);
            let by = event.by_name.clone().unwrap_or_default();
            let note = (!event.note.is_empty()).then(|| view! { <p class="prewrap">{event.note.clone()}</p> });
            view! {
                <li>
                    <p><strong>{what}</strong>" "<span class="muted">{format!("{}%", event.progress)}</span></p>
                    {note}
                    <p class="small muted">{time::date_time(lang, event.at)}" "{by}</p>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="history-lines">{lines}</ol> }
}

/// `/firm/{pilot}/actions/new?indicator=A1`
pub async fn new(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    standing.can_edit().ok_or(AppError::Forbidden)?;
    let db = &cx.app.db;
    let framework = store::current_framework(db, &pilot).await?;
    let targets: Vec<Target> = store::targets_of(db, pilot.id).await?.into_values().collect();
    let title = t!(lang, "improvement-action-new");
    let content = if targets.is_empty() {
        let href = format!("/firm/{}/benchmark/gaps", pilot.id);
        view! {
            <EmptyState icon=IconName::Flag title=t!(lang, "improvement-no-target") text=t!(lang, "improvement-actions-need-target")>
                <ButtonLink href=href label=t!(lang, "improvement-see-gaps") tone=Tone::Main/>
            </EmptyState>
        }
        .into_any()
    } else {
        let mut choices = vec![Choice::new("", t!(lang, "improvement-choose-indicator"))];
        choices.extend(
            targets
                .iter()
                .map(|target| Choice::new(target.indicator.clone(), name_of(lang, framework.as_ref(), &target.indicator))),
        );
        let indicator = cx.query("indicator").unwrap_or_default();
        fields(lang, &pilot, None, &cx.form("action"), Some((choices, indicator)))
    };
    let body = view! {
        <ErrorSummary form=cx.form("action")/>
        {pilot_head(&cx, &pilot, &standing, View::Actions)}
        <Crumbs items=crumbs(lang, &pilot)/>
        <h2>{title.clone()}</h2>
        {content}
    };
    Ok(Page::new(title, body))
}

/// `/firm/{pilot}/actions/{action}/edit`
pub async fn edit(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing, action) = action_of(&cx).await?;
    standing.can_edit().ok_or(AppError::Forbidden)?;
    if !action.state.is_open() {
        return Err(AppError::refused("improvement-action-over"));
    }
    let form = cx.form("action");
    let framework = store::current_framework(&cx.app.db, &pilot).await?;
    let clash = conflict(lang, &form, action.edition, saved(lang, &action));
    let title = t!(lang, "improvement-action-edit");
    let body = view! {
        <ErrorSummary form=form.clone()/>
        {pilot_head(&cx, &pilot, &standing, View::Actions)}
        <Crumbs items=crumbs(lang, &pilot)/>
        <h2>{title.clone()}</h2>
        <p>{name_of(lang, framework.as_ref(), &action.indicator)}</p>
        {clash}
        {fields(lang, &pilot, Some(&action), &form, None)}
    };
    Ok(Page::new(title, body))
}

fn saved(lang: Lang, action: &Action) -> Vec<(String, String)> {
    vec![
        (t!(lang, "improvement-action-title"), action.title.clone()),
        (t!(lang, "improvement-owner"), action.owner.clone()),
        (t!(lang, "improvement-due"), day(lang, action.due_on)),
        (t!(lang, "improvement-priority"), action.priority().to_string()),
        (t!(lang, "improvement-deliverable"), action.deliverable.clone()),
        (t!(lang, "improvement-resources"), action.resources.clone()),
    ]
}

fn fields(lang: Lang, pilot: &Pilot, action: Option<&Action>, form: &FormState, indicators: Option<(Vec<Choice>, String)>) -> AnyView {
    let of = |take: fn(&Action) -> String| action.map(take);
    let indicator = match (indicators, action) {
        (Some((choices, chosen)), _) => view! {
            <SelectField form=form.clone() name="indicator" label=t!(lang, "improvement-indicator") hint=t!(lang, "improvement-indicator-hint") options=choices value=chosen/>
        }
        .into_any(),
        (None, Some(action)) => view! { <Hidden name="indicator" value=action.indicator.clone()/> }.into_any(),
        (None, None) => ().into_any(),
    };
    view! {
        <form method="post" action="/api/save_action">
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <Hidden name="action" value=of(|action| action.id.to_string()).unwrap_or_default()/>
            <Hidden name="edition" value=of(|action| action.edition.to_string()).unwrap_or_default()/>
            {indicator}
            <TextField form=form.clone() name="title" label=t!(lang, "improvement-action-title") hint=t!(lang, "improvement-action-title-hint") value=of(|action| action.title.clone()) maxlength=LONGEST_TITLE/>
            <TextField form=form.clone() name="owner" label=t!(lang, "improvement-owner") hint=t!(lang, "improvement-owner-hint") value=of(|action| action.owner.clone()) maxlength=LONGEST_OWNER width="20"/>
            <TextField form=form.clone() name="due_on" kind="date" label=t!(lang, "improvement-due") value=of(|action| action.due_on.to_string())/>
            <RadioField form=form.clone() name="priority" label=t!(lang, "improvement-priority") options=priorities(lang) value=of(|action| action.priority().get().to_string())/>
            <TextArea form=form.clone() name="deliverable" label=t!(lang, "improvement-deliverable") hint=t!(lang, "improvement-deliverable-hint") value=of(|action| action.deliverable.clone()) maxlength=LONGEST_TEXT rows="3"/>
            <TextArea form=form.clone() name="resources" label=t!(lang, "improvement-resources") hint=t!(lang, "improvement-resources-hint") value=of(|action| action.resources.clone()) maxlength=LONGEST_TEXT rows="3"/>
            <Submit label=t!(lang, "improvement-action-save")/>
        </form>
    }
    .into_any()
}
