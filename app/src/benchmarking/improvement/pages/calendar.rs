//! `/firm/{pilot}/actions/calendar`: a month of due dates.

use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;

use super::board::action_tabs;
use super::{day, state_word};
use crate::benchmarking::improvement::rules::{ActionState, Month};
use crate::benchmarking::improvement::store::{self, Action, ActionFilter};
use crate::benchmarking::pages::{View, pilot_head, pilot_of};
use crate::benchmarking::store::Pilot;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, IconName, Notice, TableWrap, time};

/// `/firm/{pilot}/actions/calendar?month=2026-11`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let today = time::day_of(cx.now);
    let month = cx.query("month").and_then(|typed| Month::parse(&typed)).unwrap_or(Month::of(today));
    let filter = ActionFilter {
        from: Some(month.first()),
        before: Some(month.end()),
        ..ActionFilter::default()
    };
    let mut actions = store::actions_of(&cx.app.db, pilot.id, &filter).await?;
    // What was given up is due no more.
    actions.retain(|action| action.state != ActionState::Cancelled);
    let name = month_name(lang, month);
    let title = t!(lang, "improvement-calendar-title", month = name.clone());
    let empty = actions
        .is_empty()
        .then(|| view! { <Notice><p>{t!(lang, "improvement-calendar-empty")}</p></Notice> });
    let body = view! {
        {pilot_head(&cx, &pilot, &standing, View::Actions)}
        {action_tabs(lang, &pilot, false)}
        {turning(lang, &pilot, month, &name)}
        {empty}
        {grid(lang, &pilot, month, &name, &actions, today)}
    };
    Ok(Page::new(title, body))
}

fn month_name(lang: Lang, month: Month) -> String {
    let first = month.first();
    match lang {
        Lang::Zh => format!("{}年{}月", first.year(), first.month()),
        Lang::En => first.format("%B %Y").to_string(),
    }
}

/// The month before and after.
fn turning(lang: Lang, pilot: &Pilot, month: Month, name: &str) -> impl IntoView + use<> {
    let to = |month: Month| format!("/firm/{}/actions/calendar?month={month}", pilot.id);
    view! {
        <div class="row row--between">
            <ButtonLink href=to(month.previous()) label=t!(lang, "improvement-month-before") icon=IconName::ArrowLeft/>
            <h2>{name.to_owned()}</h2>
            <ButtonLink href=to(month.next()) label=t!(lang, "improvement-month-after") icon=IconName::Arrow/>
        </div>
    }
}

fn grid(lang: Lang, pilot: &Pilot, month: Month, name: &str, actions: &[Action], today: NaiveDate) -> impl IntoView + use<> {
    let heads = month.weeks().first().map(|week| {
        week.map(|day| view! { <th scope="col">{weekday(lang, day)}</th> })
            .into_iter()
            .collect_view()
    });
    let weeks = month
        .weeks()
        .into_iter()
        .map(|week| {
            let days = week.into_iter().map(|day| cell(lang, pilot, month, day, actions, today)).collect_view();
            view! { <tr>{days}</tr> }
        })
        .collect_view();
    let caption = t!(lang, "improvement-calendar-title", month = name.to_owned());
    view! {
        <TableWrap label=name.to_owned()>
            <table class="table month">
                <caption class="visually-hidden">{caption}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{weeks}</tbody>
            </table>
        </TableWrap>
    }
}

/// 周一 · Mon
fn weekday(lang: Lang, at: NaiveDate) -> String {
    let whole = day(lang, at);
    match lang {
        Lang::Zh => whole.rsplit(' ').next().unwrap_or_default().to_owned(),
        Lang::En => whole.split(' ').next().unwrap_or_default().to_owned(),
    }
}

fn cell(lang: Lang, pilot: &Pilot, month: Month, at: NaiveDate, actions: &[Action], today: NaiveDate) -> AnyView {
    if Month::of(at) != month {
        return view! { <td class="month__other"></td> }.into_any();
    }
    let due: Vec<&Action> = actions.iter().filter(|action| action.due_on == at).collect();
    let current = (at == today).then_some("date");
    let lines = due
        .iter()
        .map(|action| {
            let class = if action.days_late(today).is_some() {
                "month__action month__action--late"
            } else {
                "month__action"
            };
            let state = action
                .days_late(today)
                .map_or_else(|| state_word(lang, action.state), |days| t!(lang, "improvement-late-days", n = days));
            view! {
                <li class=class>
                    <a href=format!("/firm/{}/actions/{}", pilot.id, action.id)>{action.title.clone()}</a>
                    <span class="small">{state}" · "{action.owner.clone()}</span>
                </li>
            }
        })
        .collect_view();
    let list = (!due.is_empty()).then(|| view! { <ul class="month__actions">{lines}</ul> });
    view! {
        <td aria-current=current>
            <span class="month__day"><span class="month__number">{at.day()}</span><span class="month__date">{day(lang, at)}</span></span>
            {list}
        </td>
    }
    .into_any()
}
