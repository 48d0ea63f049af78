//! `/firm/{pilot}/actions`: a firm's actions by state.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{day, name_of, state_word};
use crate::accounts::rules::line;
use crate::benchmarking::improvement::rules::{ActionState, LONGEST_OWNER, Priority};
use crate::benchmarking::improvement::store::{self, Action, ActionFilter};
use crate::benchmarking::pages::{View, pilot_head, pilot_of};
use crate::benchmarking::rules::Framework;
use crate::benchmarking::store::Pilot;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    Badge, BadgeTone, ButtonLink, Choice, EmptyState, FormState, Hidden, IconName, Meter, SelectField, Submit, Tab, Tabs, Tick, Tone, time,
};

/// Board or calendar.
pub fn action_tabs(lang: Lang, pilot: &Pilot, is_board: bool) -> impl IntoView + use<> {
    let tab = |path: &str, label: String, current: bool| Tab {
        href: format!("/firm/{}/actions{path}", pilot.id),
        label,
        current,
        count: None,
    };
    let items = vec![
        tab("", t!(lang, "improvement-board"), is_board),
        tab("/calendar", t!(lang, "improvement-calendar"), !is_board),
    ];
    view! { <Tabs items=items label=t!(lang, "improvement-actions-views")/> }
}

/// What the address asks for; nonsense asks for nothing.
fn filter(cx: &Cx, today: NaiveDate) -> ActionFilter {
    let asked = ActionFilter {
        owner: cx.query("owner").and_then(|owner| line(&owner, LONGEST_OWNER).ok()),
        priority: cx.query("priority").and_then(|priority| priority.parse().ok()),
        ..ActionFilter::default()
    };
    if cx.query("late").is_some() { asked.late(today) } else { asked }
}

/// `/firm/{pilot}/actions?owner=…&priority=1&late=true`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let db = &cx.app.db;
    let today = time::day_of(cx.now);
    let filter = filter(&cx, today);
    let actions = store::actions_of(db, pilot.id, &filter).await?;
    let framework = store::current_framework(db, &pilot).await?;
    let edits = standing.can_edit().is_some();
    let is_filtered = filter != ActionFilter::default();
    let owners = store::owners_of(db, pilot.id).await?;
    let title = t!(lang, "improvement-board-title", firm = pilot.firm_name.clone());
    let add = edits.then(|| {
        view! { <ButtonLink href=format!("/firm/{}/actions/new", pilot.id) label=t!(lang, "improvement-action-new") icon=IconName::Plus tone=Tone::Main/> }
    });
    let content = if actions.is_empty() && !is_filtered {
        empty(lang, &pilot, edits)
    } else {
        let columns = ActionState::ALL
            .iter()
            .map(|state| column(lang, &pilot, framework.as_ref(), *state, &actions, edits, today))
            .collect_view();
        view! {
            {filter_form(lang, &pilot, &filter, owners)}
            <div class="action-board">{columns}</div>
        }
        .into_any()
    };
    let body = view! {
        {pilot_head(&cx, &pilot, &standing, View::Actions)}
        <div class="row row--between">{action_tabs(lang, &pilot, true)}{add}</div>
        {content}
    };
    Ok(Page::new(title, body))
}

fn empty(lang: Lang, pilot: &Pilot, edits: bool) -> AnyView {
    let step = edits.then(|| view! { <ButtonLink href=format!("/firm/{}/benchmark/gaps", pilot.id) label=t!(lang, "improvement-see-gaps")/> });
    view! { <EmptyState icon=IconName::Flag title=t!(lang, "improvement-no-actions") text=t!(lang, "improvement-no-actions-text")>{step}</EmptyState> }
        .into_any()
}

fn filter_form(lang: Lang, pilot: &Pilot, filter: &ActionFilter, owners: Vec<String>) -> impl IntoView + use<> {
    let form = FormState::default();
    let mut people = vec![Choice::new("", t!(lang, "improvement-any-owner"))];
    people.extend(owners.into_iter().map(|owner| Choice::new(owner.clone(), owner)));
    let is_filtered = *filter != ActionFilter::default();
    let clear = is_filtered.then(|| view! { <ButtonLink href=format!("/firm/{}/actions", pilot.id) label=t!(lang, "improvement-show-all")/> });
    view! {
        <form method="get" action=format!("/firm/{}/actions", pilot.id) class="toolbar">
            <SelectField form=form.clone() name="owner" label=t!(lang, "improvement-owner") options=people value=filter.owner.clone() width="12"/>
            <SelectField form=form.clone() name="priority" label=t!(lang, "improvement-priority") options=any_priority(lang) value=filter.priority.map(Priority::get) width="8"/>
            <Tick form=form name="late" label=t!(lang, "improvement-only-late") checked=filter.open/>
            <Submit label=t!(lang, "improvement-filter") tone=Tone::Plain icon=IconName::Filter/>
            {clear}
        </form>
    }
}

/// The priorities as choices of a filter.
pub fn any_priority(lang: Lang) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", t!(lang, "improvement-any-priority"))];
    choices.extend(priorities(lang));
    choices
}

pub fn priorities(lang: Lang) -> Vec<Choice> {
    Priority::ALL
        .iter()
        .map(|priority| {
            let word = crate::i18n::text(lang, &format!("improvement-priority-{}", priority.get()), &[]);
            Choice::new(priority.get().to_string(), word)
        })
        .collect()
}

fn column(
    lang: Lang,
    pilot: &Pilot,
    framework: Option<&Framework>,
    state: ActionState,
    actions: &[Action],
    edits: bool,
    today: NaiveDate,
) -> impl IntoView + use<> {
    let own: Vec<&Action> = actions.iter().filter(|action| action.state == state).collect();
    let heading = format!("column-{}", state.as_str());
    let (labelled, count) = (heading.clone(), own.len());
    let cards = if own.is_empty() {
        view! { <p class="muted small">{t!(lang, "improvement-column-empty")}</p> }.into_any()
    } else {
        let cards = own
            .into_iter()
            .map(|action| card(lang, pilot, framework, action, edits, today))
            .collect_view();
        view! { <ul class="action-board__cards">{cards}</ul> }.into_any()
    };
    view! {
        <section class="action-board__column" aria-labelledby=labelled>
            <h2 class="action-board__title" id=heading>{state_word(lang, state)}" "<span class="tabs__count">{count}</span></h2>
            {cards}
        </section>
    }
}

fn card(lang: Lang, pilot: &Pilot, framework: Option<&Framework>, action: &Action, edits: bool, today: NaiveDate) -> impl IntoView + use<> {
    let href = format!("/firm/{}/actions/{}", pilot.id, action.id);
    let moves = edits.then(|| quick_moves(lang, pilot, action));
    let meter = action
        .state
        .is_open()
        .then(|| view! { <Meter value=action.progress max=100 label=t!(lang, "improvement-progress") text=format!("{}%", action.progress)/> });
    view! {
        <li class="action-card">
            <p class="action-card__title"><a href=href>{action.title.clone()}</a></p>
            <p class="small muted">{name_of(lang, framework, &action.indicator)}</p>
            <p class="action-card__facts small">
                <span>{action.priority().to_string()}</span>
                <span>{action.owner.clone()}</span>
                <span>{day(lang, action.due_on)}</span>
            </p>
            {marks(lang, action, today)}
            {meter}
            {moves}
        </li>
    }
}

/// What is to be noticed about an action: late, evidence that waits, no rule yet.
pub fn marks(lang: Lang, action: &Action, today: NaiveDate) -> impl IntoView + use<> {
    let late = action
        .days_late(today)
        .map(|days| view! { <Badge tone=BadgeTone::Bad label=t!(lang, "improvement-late-days", n = days)/> });
    let is_done = action.state == ActionState::Done;
    let waiting =
        (action.offered > 0).then(|| view! { <Badge tone=BadgeTone::Attention label=t!(lang, "improvement-evidence-waits", n = action.offered)/> });
    let lacking = (is_done && action.accepted == 0 && action.offered == 0)
        .then(|| view! { <Badge tone=BadgeTone::Attention label=t!(lang, "improvement-evidence-lacks")/> });
    let accepted = (is_done && action.accepted > 0).then(|| view! { <Badge tone=BadgeTone::Good label=t!(lang, "improvement-evidence-accepted")/> });
    let rule = (is_done && action.rule.is_empty()).then(|| view! { <Badge label=t!(lang, "improvement-rule-lacks")/> });
    view! { <div class="row">{late}{waiting}{lacking}{accepted}{rule}</div> }
}

/// Steps that need no reason, one press each.
fn quick_moves(lang: Lang, pilot: &Pilot, action: &Action) -> impl IntoView + use<> {
    let buttons = ActionState::ALL
        .iter()
        .filter(|next| action.state.may_become(**next) && !action.state.needs_reason(**next))
        .filter(|next| !(action.state == ActionState::Planned && **next == ActionState::Done))
        .map(|next| {
            let label = crate::i18n::text(lang, &format!("improvement-move-{}", next.as_str()), &[]);
            let said = format!("{label}: {}", action.title);
            view! { <button class="button" type="submit" name="state" value=next.as_str() aria-label=said>{label}</button> }
        })
        .collect_view();
    view! {
        <form method="post" action="/api/move_action" class="row">
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <Hidden name="action" value=action.id.to_string()/>
            {buttons}
        </form>
    }
}
