//! The rows behind the figures: lessons that were held, and people who were taught.

use leptos::prelude::*;

use super::desk_store::{self, LessonFilter, LessonLine, Trained};
use super::policy::{self, Watch};
use super::rules::parse_month;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{PersonId, Region};
use crate::regions::RegionName;
use crate::request::Cx;
use crate::schools::plan as plans;
use crate::schools::rules::hours;
use crate::shell::Page;
use crate::t;
use crate::ui::{Badge, BadgeTone, ButtonLink, Crumbs, EmptyState, IconName, PageHeader, Pager, TableWrap, time};

fn crumbs(lang: Lang, watch: &Watch) -> impl IntoView + use<> {
    let items = if watch.is_city() {
        vec![("/city".to_owned(), t!(lang, "nav-city"))]
    } else {
        vec![("/desk".to_owned(), t!(lang, "nav-desk"))]
    };
    view! { <Crumbs items=items/> }
}

/// The county of the address, if there is such a one.
fn county<'a>(cx: &Cx, regions: &'a [RegionName]) -> Option<&'a RegionName> {
    let wanted = cx.query("county")?;
    regions.iter().find(|name| name.region.as_str() == wanted)
}

/// `/desk/lessons`: held in a month, of a plan, at a county's school, or with attendance still to close.
pub async fn lessons(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let watch = policy::watch(cx.actor()?).ok_or(AppError::Forbidden)?;
    let db = &cx.app.db;
    let regions = cx.regions().await?;
    let place = county(&cx, &regions);
    let month = cx.query("month");
    let span = month.as_deref().and_then(parse_month);
    let filter = LessonFilter {
        from: span.map(|(first, _)| time::start_of(first)),
        to: span.map(|(_, next)| time::start_of(next)),
        region: place.map(|name| name.region.clone()),
        plan: cx.query("plan").and_then(|id| id.parse().ok()),
        unclosed: cx.query("open").is_some(),
    };
    let after = cx.query("after").and_then(|word| word.parse().ok());
    let found = desk_store::lessons_held(db, &watch, &filter, cx.now, after).await?;
    let older = found.rows.last().filter(|_| found.more_after).map(|row| {
        let key = super::rules::Key {
            at: Some(row.starts_at),
            id: row.id,
        };
        cx.here_with("after", Some(&key.to_string()))
    });
    let title = if filter.unclosed {
        t!(lang, "dashboard-lessons-open")
    } else {
        t!(lang, "dashboard-lessons-held")
    };
    let narrowed = [place.map(|name| name.name(lang).to_owned()), span.and(month)];
    let caption = narrowed.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let rows = if found.rows.is_empty() {
        view! { <EmptyState icon=IconName::Calendar title=t!(lang, "dashboard-no-lessons")/> }.into_any()
    } else {
        lesson_table(lang, title.clone(), &found.rows).into_any()
    };
    let body = view! {
        {crumbs(lang, &watch)}
        <PageHeader title=title.clone() caption=caption/>
        {rows}
        <Pager newer=None older=older/>
        {to_the_first(&cx, found.more_before)}
    };
    Ok(Page::new(title, body))
}

/// Lists here are read forwards; from a later page there is a way back to the first.
fn to_the_first(cx: &Cx, later: bool) -> Option<impl IntoView + use<>> {
    let href = cx.here_with("after", None);
    let lang = cx.lang;
    later.then(|| view! { <p><ButtonLink href=href label=t!(lang, "dashboard-first-page")/></p> })
}

fn lesson_table(lang: Lang, title: String, lessons: &[LessonLine]) -> impl IntoView + use<> {
    let rows = lessons
        .iter()
        .map(|lesson| {
            let (tone, words) = if lesson.attendance_closed_at.is_some() {
                (BadgeTone::Good, t!(lang, "dashboard-closed"))
            } else {
                (BadgeTone::Attention, t!(lang, "dashboard-not-closed"))
            };
            view! {
                <tr>
                    <th scope="row"><a href=format!("/desk/lessons/{}", lesson.id)>{lesson.topic.clone()}</a></th>
                    <td data-label=t!(lang, "dashboard-class")><a href=format!("/desk/classes/{}", lesson.class)>{lesson.title.clone()}</a></td>
                    <td data-label=t!(lang, "dashboard-time")>{time::time_range(lang, lesson.starts_at, lesson.ends_at)}</td>
                    <td class="num" data-label=t!(lang, "dashboard-hours")>{hours(lesson.half_hours)}</td>
                    <td class="num" data-label=t!(lang, "dashboard-came")>{format!("{} / {}", lesson.came, lesson.expected)}</td>
                    <td data-label=t!(lang, "schools-state")><Badge tone=tone label=words/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=title>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "dashboard-lesson")}</th>
                        <th scope="col">{t!(lang, "dashboard-class")}</th>
                        <th scope="col">{t!(lang, "dashboard-time")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-hours")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-came")}</th>
                        <th scope="col">{t!(lang, "schools-state")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

/// `/desk/trained`: who was taught under a plan.
pub async fn trained(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let watch = policy::coordinate(cx.actor()?).ok_or(AppError::Forbidden)?;
    let db = &cx.app.db;
    let regions = cx.regions().await?;
    let place = county(&cx, &regions);
    let plans = plans::all(db).await?;
    let wanted = cx.query("plan").and_then(|id| id.parse().ok());
    let plan = match wanted {
        Some(id) => plans.iter().find(|plan| plan.id == id),
        None => plans::current(&plans, time::year_of(cx.now)),
    };
    let plan = plan.ok_or(AppError::NotFound)?;
    let region: Option<&Region> = place.map(|name| &name.region);
    let found = desk_store::trained(db, &watch, plan.id, region, name_key(&cx)).await?;
    let older = found.rows.last().filter(|_| found.more_after).map(|row| {
        let key = format!("{}.{}", row.person, row.name);
        cx.here_with("after", Some(&key))
    });
    let title = t!(lang, "dashboard-trained");
    let year = t!(lang, "dashboard-plan-year", year = plan.year.to_string());
    let caption = place.map_or_else(|| year.clone(), |name| format!("{year} · {}", name.name(lang)));
    let rows = if found.rows.is_empty() {
        view! { <EmptyState icon=IconName::People title=t!(lang, "dashboard-nobody-trained")/> }.into_any()
    } else {
        people_table(lang, title.clone(), &found.rows).into_any()
    };
    let body = view! {
        {crumbs(lang, &watch)}
        <PageHeader title=title.clone() caption=caption lead=t!(lang, "dashboard-trained-lead")/>
        {rows}
        <Pager newer=None older=older/>
        {to_the_first(&cx, found.more_before)}
    };
    Ok(Page::new(title, body))
}

/// Where the page before ended: the person's id, a dot, the name.
fn name_key(cx: &Cx) -> Option<(String, PersonId)> {
    let word = cx.query("after")?;
    let (id, name) = word.split_once('.')?;
    let plain = !name.chars().any(char::is_control) && name.chars().count() <= 200;
    plain.then_some((name.to_owned(), id.parse().ok()?))
}

fn people_table(lang: Lang, title: String, people: &[Trained]) -> impl IntoView + use<> {
    let rows = people
        .iter()
        .map(|person| {
            view! {
                <tr>
                    <th scope="row">{person.name.clone()}</th>
                    <td data-label=t!(lang, "dashboard-firm")>{person.firm.clone()}</td>
                    <td class="num" data-label=t!(lang, "dashboard-lessons")>{person.lessons}</td>
                    <td class="num" data-label=t!(lang, "dashboard-hours")>{hours(person.half_hours)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=title>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "schools-teacher-name")}</th>
                        <th scope="col">{t!(lang, "dashboard-firm")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-lessons")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-hours")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}
