//! `/desk/timetable` by school or teacher and week, and a class's timetable on paper.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use leptos::prelude::*;

use super::{days, viewed, week::week};
use crate::classes::forms::search_words;
use crate::classes::policy::{self, Scope};
use crate::classes::rules::{hours_text, monday_of};
use crate::classes::store;
use crate::classes::{Class, Lesson};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::TeacherId;
use crate::request::{Cx, with_query};
use crate::schools::store::{School, Teacher};
use crate::schools::{self};
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, Crumbs, EmptyState, IconName, PageHeader, Submit, Tone, time};

/// A week of a school or of a teacher.
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let db = &cx.app.db;
    let scope = policy::visible_to(actor);
    let teacher = wanted_teacher(&cx).await?;
    if !actor.has_desk() && teacher.is_none() {
        return Err(AppError::Forbidden);
    }
    let monday = wanted_monday(&cx);
    let span = (instant(monday), instant(later(monday, 7)));
    let schools: Vec<School> = schools::store::all(db)
        .await?
        .into_iter()
        .filter(|school| scope.reach().covers(&school.region))
        .collect();
    let school = wanted_school(&cx, &scope, &schools, teacher.as_ref()).await?;
    let entries = match (&teacher, &school) {
        (Some(teacher), _) => store::timetable_of_teacher(db, &scope, teacher.id, span).await?,
        (None, Some(school)) => store::timetable_of_school(db, &scope, school.id, span).await?,
        (None, None) => Vec::new(),
    };
    let teachers = match &school {
        Some(school) if scope.reach().covers(&school.region) => schools::store::teachers(db, school.id).await?,
        _ => Vec::new(),
    };
    let whose = teacher
        .as_ref()
        .map(|teacher| teacher.name.clone())
        .or_else(|| school.as_ref().map(|school| school.name(lang).to_owned()));
    let title = t!(lang, "classes-timetables");
    let content = match &whose {
        None => view! { <EmptyState title=t!(lang, "classes-timetable-whose") icon=IconName::Calendar/> }.into_any(),
        Some(_) => week(lang, monday, &entries),
    };
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk")), ("/desk/classes".to_owned(), t!(lang, "classes-title"))]/>
        <PageHeader title=title.clone() caption=whose.unwrap_or_default() lead=week_words(lang, monday)>{steps(lang, &cx, monday)}</PageHeader>
        {chooser(lang, &schools, school.as_ref(), &teachers, teacher.as_ref(), monday)}
        {content}
    };
    Ok(Page::new(title, body))
}

/// The teacher asked for, or the reader's own where the reader teaches and asks for nothing.
async fn wanted_teacher(cx: &Cx) -> Result<Option<Teacher>, AppError> {
    if let Some(typed) = cx.query("teacher") {
        let id: TeacherId = typed.parse().map_err(|_| AppError::NotFound)?;
        return Ok(Some(schools::store::teacher(&cx.app.db, id).await?));
    }
    let actor = cx.actor()?;
    if cx.query("school").is_some() || actor.is_coordinator() {
        return Ok(None);
    }
    match store::teacher_of(&cx.app.db, actor.person).await? {
        Some(id) => Ok(Some(schools::store::teacher(&cx.app.db, id).await?)),
        None => Ok(None),
    }
}

/// The school asked for, the teacher's, or the reader's first.
async fn wanted_school(cx: &Cx, scope: &Scope, own: &[School], teacher: Option<&Teacher>) -> Result<Option<School>, AppError> {
    if let Some(typed) = cx.query("school") {
        let school = schools::store::school(&cx.app.db, typed.parse().map_err(|_| AppError::NotFound)?).await?;
        let known = scope.reach().covers(&school.region) || !scope.classes().is_empty();
        return if known { Ok(Some(school)) } else { Err(AppError::NotFound) };
    }
    let of_teacher = teacher.and_then(|teacher| own.iter().find(|school| school.id == teacher.school_id));
    Ok(of_teacher.or_else(|| own.first()).cloned())
}

fn wanted_monday(cx: &Cx) -> NaiveDate {
    let typed = cx.query("week").and_then(|text| time::parse_day(&search_words(&text)));
    let sane = typed.filter(|day| *day > NaiveDate::MIN && time::day_of(cx.now).signed_duration_since(*day).num_days().abs() < 36_500);
    monday_of(sane.unwrap_or_else(|| time::day_of(cx.now)))
}

fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

fn earlier(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// Midnight in China.
fn instant(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(time::CHINA).single();
    midnight.map_or(DateTime::UNIX_EPOCH, |at| at.to_utc())
}

fn week_words(lang: Lang, monday: NaiveDate) -> String {
    format!("{} – {}", time::day(lang, monday), time::day(lang, later(monday, 6)))
}

fn steps(lang: Lang, cx: &Cx, monday: NaiveDate) -> impl IntoView + use<> {
    let at = |day: NaiveDate| with_query(&cx.uri, "week", Some(&day.to_string()));
    view! {
        <ButtonLink href=at(earlier(monday, 7)) label=t!(lang, "classes-week-before") icon=IconName::ArrowLeft/>
        <ButtonLink href=with_query(&cx.uri, "week", None) label=t!(lang, "classes-week-this")/>
        <ButtonLink href=at(later(monday, 7)) label=t!(lang, "classes-week-after") icon=IconName::Arrow/>
    }
}

fn chooser(
    lang: Lang,
    schools: &[School],
    school: Option<&School>,
    teachers: &[Teacher],
    teacher: Option<&Teacher>,
    monday: NaiveDate,
) -> Option<impl IntoView + use<>> {
    if schools.is_empty() {
        return None;
    }
    let options: Vec<_> = schools
        .iter()
        .map(|one| {
            let selected = school.is_some_and(|school| school.id == one.id);
            view! { <option value=one.id.to_string() selected=selected>{one.name(lang).to_owned()}</option> }
        })
        .collect();
    let people: Vec<_> = teachers
        .iter()
        .map(|one| {
            let selected = teacher.is_some_and(|teacher| teacher.id == one.id);
            view! { <option value=one.id.to_string() selected=selected>{one.name.clone()}</option> }
        })
        .collect();
    Some(view! {
        <form method="get" action="/desk/timetable" class="row toolbar">
            <input type="hidden" name="week" value=monday.to_string()/>
            <select class="select select--narrow" name="school" aria-label=t!(lang, "classes-school")>{options}</select>
            <select class="select select--narrow" name="teacher" aria-label=t!(lang, "classes-teacher")>
                <option value="">{t!(lang, "classes-all-teachers")}</option>
                {people}
            </select>
            <Submit label=t!(lang, "classes-show") tone=Tone::Plain/>
        </form>
    })
}

/// A class's timetable for a sheet of A4.
pub async fn print(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (class, _, _) = viewed(&cx).await?;
    let around = store::surroundings(&cx.app.db, class.id).await?;
    let lessons: Vec<Lesson> = store::lessons_of(&cx.app.db, class.id).await?;
    let hours: i64 = lessons
        .iter()
        .filter(|lesson| lesson.cancelled_at.is_none())
        .map(|lesson| lesson.half_hours)
        .sum();
    let school = lang.pick(&around.school_zh, &around.school_en).to_owned();
    let body = view! {
        <section class="page">
            <h1>{class.title.clone()}</h1>
            <div class="sheet__meta">
                <span>{school} " · " {class.term.clone()}</span>
                <span>{days(lang, class.starts_at, class.ends_at)}</span>
                <span>{t!(lang, "classes-hours-sum", hours = hours_text(hours))}</span>
            </div>
            {paper(lang, &class, lessons)}
        </section>
    };
    Ok(Page::new(t!(lang, "classes-timetable"), body).for_print())
}

fn paper(lang: Lang, class: &Class, lessons: Vec<Lesson>) -> impl IntoView + use<> {
    let heads = ["classes-when", "classes-topic", "classes-teacher", "classes-venue", "classes-hours"];
    let heads: Vec<_> = heads.iter().map(|key| view! { <th scope="col">{t!(lang, key)}</th> }).collect();
    let rows: Vec<_> = lessons
        .into_iter()
        .map(|lesson| {
            let off = lesson.cancelled_at.is_some().then(|| t!(lang, "classes-lesson-off-paper"));
            view! {
                <tr>
                    <td>{time::time_range(lang, lesson.starts_at, lesson.ends_at)}</td>
                    <td>{lesson.topic} {off}</td>
                    <td>{super::lessons::or_open(lang, lesson.teacher)}</td>
                    <td>{super::lessons::or_open(lang, lesson.venue)}</td>
                    <td>{hours_text(lesson.half_hours)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <table class="sign-in" aria-label=class.title.clone()>
            <thead><tr>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
