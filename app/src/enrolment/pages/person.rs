//! One row of the roster: who it is, what happened, what can be done. A page by itself, and the drawer's content.

use leptos::prelude::*;

use super::desk::{priority_fields, reasoned};
use super::parts::{RegionNames, next_step, standing, state_badge};
use crate::classes::{Class, store as classes};
use crate::enrolment::policy;
use crate::enrolment::roster::{self, Line, Row};
use crate::enrolment::rules::{EnrolmentState, Happening};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{ClassId, EnrolmentId};
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::time::date_time;
use crate::ui::{Crumbs, ErrorSummary, Facts, FormState, Hidden, IconName, Submit};

/// `/desk/classes/{id}/roster/{enrolment}`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let actor = cx.actor()?;
    let lang = cx.lang;
    let class = classes::class(&cx.app.db, cx.param::<ClassId>("id")?).await?;
    let scope = policy::seeing(actor, &class)?;
    let row = roster::row(&cx.app.db, scope, cx.param::<EnrolmentId>("enrolment")?).await?;
    let place = roster::places(&cx.app.db, scope, std::slice::from_ref(&row)).await?.get(&row.id).copied();
    let lines = roster::history(&cx.app.db, scope, row.id).await?;
    let names = RegionNames::load(&cx).await?;
    let form = cx.form("roster");
    let crumbs = vec![
        ("/desk".to_owned(), t!(lang, "nav-desk")),
        (format!("/desk/classes/{}", class.id), class.title.clone()),
        (format!("/desk/classes/{}/roster", class.id), t!(lang, "enrolment-tab-roster")),
    ];
    let act = policy::can_run_roster(actor, &class).map(|_| actions(lang, &class, &row, &form));
    let title = row.name.clone();
    let body = view! {
        <Crumbs items=crumbs/>
        <ErrorSummary form=form/>
        <div id="drawer-content" class="stack narrow">
            <div class="drawer__head">
                <h1>{row.name.clone()}</h1>
                {state_badge(lang, row.state, place)}
            </div>
            <p><strong>{standing(lang, row.state, place)}</strong></p>
            <p class="muted">{next_step(lang, row.state)}</p>
            <Facts items=facts(lang, &row, &names)/>
            {act}
            <h2>{t!(lang, "enrolment-history")}</h2>
            <ol class="history">{lines.into_iter().map(|line| history_line(lang, &row, line)).collect_view()}</ol>
        </div>
    };
    Ok(Page::new(title, body))
}

fn facts(lang: Lang, row: &Row, names: &RegionNames) -> Vec<(String, String)> {
    let mut facts = vec![
        (t!(lang, "enrolment-phone"), row.phone.clone().unwrap_or_default()),
        (
            t!(lang, "enrolment-firm"),
            row.firm.clone().unwrap_or_else(|| t!(lang, "enrolment-no-firm")),
        ),
        (t!(lang, "enrolment-position"), row.position.clone().unwrap_or_default()),
        (t!(lang, "enrolment-county"), names.of(&row.region)),
        (
            t!(lang, "enrolment-source"),
            t!(lang, &format!("enrolment-source-{}", row.source.as_str())),
        ),
        (t!(lang, "enrolment-applied"), date_time(lang, row.queued_at)),
        (t!(lang, "enrolment-priority"), row.priority.to_string()),
    ];
    if row.held_by.is_some() {
        facts.push((t!(lang, "enrolment-seat"), t!(lang, "enrolment-held")));
    }
    if let Some(note) = &row.note {
        facts.push((t!(lang, "enrolment-note"), note.clone()));
    }
    if let Some(reason) = &row.reason {
        facts.push((t!(lang, "enrolment-reason"), reason.clone()));
    }
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

fn actions(lang: Lang, class: &Class, row: &Row, form: &FormState) -> Option<impl IntoView + use<>> {
    let undecided = matches!(row.state, EnrolmentState::Submitted | EnrolmentState::Waitlisted);
    let approve = undecided.then(|| view! { <Submit label=t!(lang, "enrolment-approve") name="decision" value="approve" icon=IconName::Check/> });
    let reject = (row.state == EnrolmentState::Submitted).then(|| reasoned(lang, form, "reject"));
    let priority = undecided.then(|| priority_fields(lang, form, row.priority));
    row.state.is_live().then(|| {
        view! {
            <form method="post" action="/api/decide_enrolments" class="stack">
                <button type="submit" disabled=true hidden=true></button>
                <Hidden name="class" value=class.id.to_string()/>
                <Hidden name="ids[]" value=row.id.to_string()/>
                <div class="actions">{approve} {reject} {reasoned(lang, form, "withdraw")}</div>
                {priority}
            </form>
        }
    })
}

fn history_line(lang: Lang, row: &Row, line: Line) -> impl IntoView + use<> {
    let what = t!(lang, &format!("enrolment-event-{}", line.what.as_str()));
    let state = t!(lang, &format!("enrolment-state-{}", line.to_state.as_str()));
    // A held seat has had several people; the row's own name needs no repeating.
    let whose = (line.name != row.name).then_some(line.name);
    let by = match line.by_name {
        Some(name) => t!(lang, "enrolment-by", name = name),
        None => t!(lang, "enrolment-by-itself"),
    };
    let why = match line.what {
        // How somebody came is a word of the program.
        Happening::Applied => Some(t!(lang, &format!("enrolment-source-{}", line.why))),
        _ => Some(line.why).filter(|why| !why.is_empty() && why != "walk_in"),
    };
    view! {
        <li>
            <time>{date_time(lang, line.at)}</time>
            <p>
                <strong>{what}</strong>
                {whose.map(|name| format!(" · {name}"))}
                " → "
                {state}
            </p>
            <p class="muted small">{by}{why.map(|why| format!(" · {why}"))}</p>
        </li>
    }
}
