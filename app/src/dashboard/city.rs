//! The city's overview: schools with enrolment and attendance, classes by state, what waits, the trend by month.

use leptos::prelude::*;

use super::desk_store::{self, Month, SchoolYear, Waiting};
use super::rules::{month_word, trend_months};
use super::{policy, sums};
use crate::classes::ClassState;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::PlanId;
use crate::request::Cx;
use crate::schools::plan as plans;
use crate::schools::rules::{hours, percent};
use crate::shell::Page;
use crate::t;
use crate::ui::{BadgeTone, Bar, BarChart, ButtonLink, EmptyState, Figure, IconName, PageHeader, TableWrap, Task, TaskList, time};
use chrono::{Datelike, NaiveDate};

/// `/city`
pub async fn overview(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let watch = policy::overview(cx.actor()?).ok_or(AppError::Forbidden)?;
    let db = &cx.app.db;
    let plans = plans::all(db).await?;
    let title = t!(lang, "dashboard-city-title");
    let Some(plan) = plans::current(&plans, time::year_of(cx.now)) else {
        return Ok(first_steps(lang, title, time::year_of(cx.now)));
    };
    let schools = sums::school_years(&cx.app, &watch, plan.id).await?;
    let states = desk_store::by_state(db, &watch).await?;
    let waiting = desk_store::waiting(db, &watch, cx.now).await?;
    let (_, undelivered) = crate::notices::outbox_counts(db).await?;
    let months = trend_months(time::day_of(cx.now));
    let bounds = months.iter().map(|day| time::start_of(*day)).collect();
    let trend = sums::trend(&cx.app, &watch, bounds, cx.now).await?;
    let body = view! {
        <PageHeader title=title.clone() caption=t!(lang, "dashboard-plan-year", year = plan.year.to_string())>
            <ButtonLink href="/city/schools" label=t!(lang, "schools-all") icon=IconName::School/>
            <ButtonLink href="/city/plan" label=t!(lang, "schools-plan") icon=IconName::Flag/>
            <ButtonLink href="/city/frameworks" label=t!(lang, "frameworks-all") icon=IconName::Chart/>
            <ButtonLink href="/city/cohorts" label=t!(lang, "selection-cohorts") icon=IconName::Firm/>
            <ButtonLink href="/city/outbox" label=t!(lang, "notices-outbox") icon=IconName::Bell/>
            <ButtonLink href="/city/audit" label=t!(lang, "trail-title") icon=IconName::History/>
        </PageHeader>
        <section class="stack" aria-labelledby="waiting">
            <h2 id="waiting">{t!(lang, "dashboard-city-waiting")}</h2>
            {waiting_list(lang, waiting, undelivered)}
        </section>
        <section class="stack" aria-labelledby="states">
            <h2 id="states">{t!(lang, "dashboard-by-state")}</h2>
            <div class="figures">{state_figures(lang, &states)}</div>
        </section>
        <section class="stack">
            <h2 id="schools">{t!(lang, "dashboard-city-schools")}</h2>
            <p class="muted">{t!(lang, "dashboard-rates-how")}</p>
            {school_table(lang, plan.id, &schools)}
        </section>
        <section class="stack" aria-labelledby="trend">
            <h2 id="trend">{t!(lang, "dashboard-trend")}</h2>
            <div class="grid">{charts(lang, &months, &trend)}</div>
        </section>
    };
    Ok(Page::new(title, body))
}

/// A city that has no plan yet: what to do first, in order.
fn first_steps(lang: Lang, title: String, year: i64) -> Page {
    let body = view! {
        <PageHeader title=title.clone()/>
        <EmptyState icon=IconName::Flag title=t!(lang, "dashboard-no-plan") text=t!(lang, "dashboard-first-steps")>
            <ButtonLink href="/city/plans/new" label=t!(lang, "schools-plan-add", year = year.to_string())/>
            <ButtonLink href="/city/schools" label=t!(lang, "schools-all")/>
        </EmptyState>
    };
    Page::new(title, body)
}

fn waiting_list(lang: Lang, waiting: Waiting, undelivered: i64) -> impl IntoView {
    let rows = [
        ("submitted", waiting.submitted, "/desk#waiting"),
        ("walk-ins", waiting.walk_ins, "/desk#waiting"),
        ("leaves", waiting.leaves, "/desk#waiting"),
        ("unclosed", waiting.unclosed, "/desk/lessons?open=1"),
        ("imports", waiting.imports, "/desk#waiting"),
        ("waitlisted", waiting.waitlisted, "/desk#queues"),
        ("undelivered", undelivered, "/city/outbox?state=dead"),
    ];
    let items = rows
        .into_iter()
        .map(|(kind, n, href)| Task {
            href: (n > 0).then(|| href.to_owned()),
            label: t!(lang, &format!("dashboard-waits-{kind}")),
            hint: None,
            status: n.to_string(),
            tone: if n > 0 { BadgeTone::Attention } else { BadgeTone::Good },
        })
        .collect();
    view! { <TaskList items=items/> }
}

fn state_figures(lang: Lang, states: &[(ClassState, i64)]) -> impl IntoView + use<> {
    states
        .iter()
        .map(|(state, n)| {
            let href = (*n > 0).then(|| format!("/desk/classes?state={}", state.as_str()));
            view! { <Figure value=*n label=t!(lang, &format!("dashboard-class-{}", state.as_str())) href=href/> }
        })
        .collect_view()
}

fn rate(part: i64, whole: i64) -> String {
    percent(part, whole).map_or_else(|| "–".to_owned(), |share| format!("{share}%"))
}

fn school_table(lang: Lang, plan: PlanId, schools: &[SchoolYear]) -> impl IntoView + use<> {
    let rows = schools
        .iter()
        .map(|school| {
            let classes = format!("/classes?state=all&plan={plan}&county={}", school.region);
            let lessons = format!("/desk/lessons?plan={plan}&county={}", school.region);
            let number = |n: String, href: &str, counts: bool| {
                if counts {
                    view! { <a href=href.to_owned()>{n}</a> }.into_any()
                } else {
                    n.into_any()
                }
            };
            let enrolled = format!("{} / {} · {}", school.approved, school.places, rate(school.approved, school.places));
            view! {
                <tr>
                    <th scope="row"><a href=format!("/desk/schools/{}", school.id)>{school.name(lang).to_owned()}</a></th>
                    <td class="num" data-label=t!(lang, "schools-target-classes")>{number(school.classes.to_string(), &classes, school.classes > 0)}</td>
                    <td class="num" data-label=t!(lang, "dashboard-enrolled")>{number(enrolled, &classes, school.places > 0)}</td>
                    <td class="num" data-label=t!(lang, "dashboard-waitlist")>{number(school.waitlisted.to_string(), "/desk#queues", school.waitlisted > 0)}</td>
                    <td class="num" data-label=t!(lang, "dashboard-attendance")>{number(rate(school.came, school.held), &lessons, school.held > 0)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "dashboard-city-schools")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "schools-school")}</th>
                        <th scope="col" class="num">{t!(lang, "schools-target-classes")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-enrolled")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-waitlist")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-attendance")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

/// 11月; with the year where one begins.
fn month_label(lang: Lang, day: NaiveDate) -> String {
    let year = (day.year() % 100).to_string();
    let month = t!(lang, &format!("dashboard-month-{}", day.month()));
    if day.month() == 1 {
        t!(lang, "dashboard-month-of", year = year, month = month)
    } else {
        month
    }
}

fn charts(lang: Lang, months: &[NaiveDate], trend: &[Month]) -> impl IntoView + use<> {
    let bars = |value: fn(&Month) -> i64, text: fn(i64) -> String| -> Vec<Bar> {
        trend
            .iter()
            .zip(months)
            .map(|(row, day)| Bar {
                label: month_label(lang, *day),
                value: value(row),
                text: Some(text(value(row))),
                href: (value(row) > 0).then(|| format!("/desk/lessons?month={}", month_word(*day))),
                ..Bar::default()
            })
            .collect()
    };
    let attendances = bars(|row| row.attendances, |n| n.to_string());
    let taught = bars(|row| row.half_hours, hours);
    view! {
        <BarChart title=t!(lang, "dashboard-trend-attendances") label=t!(lang, "dashboard-month") measure=t!(lang, "dashboard-attendances") bars=attendances/>
        <BarChart title=t!(lang, "dashboard-trend-hours") label=t!(lang, "dashboard-month") measure=t!(lang, "dashboard-hours") bars=taught/>
    }
}
