//! One's own page: what comes next, where one stands in each class, hours, leave. Made for a phone.

use std::collections::HashMap;

use axum::Router;
use leptos::prelude::*;

use super::board_views::{legend, percent, shape, status_word};
use super::leave_rules::{LeaveState, hours};
use super::leaves::leave_badge;
use super::mine_store::{self, OwnClass, OwnLesson, tally};
use super::rules::{Rate, Tally};
use crate::accounts::Actor;
use crate::classes::ClassState;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::ClassId;
use crate::notices;
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::time::{relative_days, time_range};
use crate::ui::{
    Badge, BadgeTone, ButtonLink, Card, Crumbs, EmptyState, Facts, Figure, Icon, IconName, Meter, Notice, NoticeTone, PageHeader, StateMark, Task,
    TaskList, Tone,
};

/// Lessons to come that the first page shows.
const NEXT: usize = 8;

pub fn routes() -> Router {
    Router::new().route("/me", page(me)).route("/me/classes/{id}", page(class))
}

/// `/me`
pub async fn me(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?.clone();
    let classes = mine_store::own_classes(&cx.app.db, &actor).await?;
    let lessons = mine_store::own_lessons(&cx.app.db, &actor).await?;
    let unread = notices::unread(&cx.app.db, actor.person).await?;
    let ahead: Vec<&OwnLesson> = lessons.iter().filter(|lesson| lesson.is_ahead(cx.now)).collect();
    let next = ahead.first().map(|lesson| next_lesson(&cx, lesson));
    let content = if classes.is_empty() {
        view! {
            <EmptyState title=t!(lang, "board-me-empty") text=t!(lang, "board-me-empty-text") icon=IconName::School>
                <ButtonLink href="/" label=t!(lang, "board-me-find") tone=Tone::Main/>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            {coming(&cx, &ahead)}
            {class_cards(lang, &classes, &lessons)}
            {year_hours(lang, &lessons)}
        }
        .into_any()
    };
    let body = view! {
        <PageHeader title=t!(lang, "board-me-title", name = actor.name.clone())>
            <ButtonLink href="/me/qr" label=t!(lang, "board-me-qr") icon=IconName::Qr/>
            <ButtonLink href="/me/calendar" label=t!(lang, "calendar-own-title") icon=IconName::Calendar/>
        </PageHeader>
        {next}
        <h2>{t!(lang, "board-me-todo")}</h2>
        <TaskList items=todo(lang, &actor, unread, &classes, &lessons)/>
        {content}
    };
    Ok(Page::new(t!(lang, "nav-me"), body))
}

/// The next lesson, large enough to be read while walking.
fn next_lesson(cx: &Cx, lesson: &OwnLesson) -> impl IntoView + use<> {
    let lang = cx.lang;
    let (topic, class_title) = (lesson.topic.clone(), lesson.class_title.clone());
    let time = time_range(lang, lesson.starts_at, lesson.ends_at);
    let whereabouts = whereabouts(lang, lesson);
    let marked = lesson
        .status()
        .map(|status| view! { <p>{t!(lang, "board-me-marked", status = status_word(lang, Some(status)))}</p> });
    let asked = lesson.leave().map(|state| view! { <p>{leave_badge(lang, state)}</p> });
    let going_on = lesson.starts_at <= cx.now;
    let when = if going_on {
        t!(lang, "board-me-going-on")
    } else {
        relative_days(lang, lesson.starts_at, cx.now)
    };
    let leave = (lesson.leave().is_none() && lesson.status().is_none()).then(|| {
        let href = format!("/me/classes/{}/leave?lesson={}", lesson.class_id, lesson.id);
        view! { <ButtonLink href=href label=t!(lang, "board-leave-ask-short")/> }
    });
    view! {
        <Card>
            <p class="page-header__caption">{t!(lang, "board-me-next", when = when)}</p>
            <h2 class="card__title">{topic}</h2>
            <p><strong>{time}</strong></p>
            {whereabouts}
            <p class="muted">{class_title}</p>
            {marked}
            {asked}
            <div class="actions">
                <ButtonLink href="/me/qr" label=t!(lang, "board-me-show-qr") tone=Tone::Main icon=IconName::Qr/>
                {leave}
            </div>
        </Card>
    }
}

/// Venue with address, and teacher.
fn whereabouts(lang: Lang, lesson: &OwnLesson) -> impl IntoView + use<> {
    let place = [lesson.venue.clone(), lesson.address.clone()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ");
    let place = if place.is_empty() { t!(lang, "board-me-no-venue") } else { place };
    view! {
        <p class="row"><Icon name=IconName::Pin/>{place}</p>
        {lesson.teacher.clone().map(|teacher| view! { <p class="row"><Icon name=IconName::Person/>{t!(lang, "board-teacher-is", name = teacher)}</p> })}
    }
}

/// What waits for the person.
fn todo(lang: Lang, actor: &Actor, unread: i64, classes: &[OwnClass], lessons: &[OwnLesson]) -> Vec<Task> {
    let mut tasks = Vec::new();
    if actor.has_desk() {
        tasks.push(Task {
            href: Some("/desk".to_owned()),
            label: t!(lang, "board-me-desk"),
            hint: None,
            status: t!(lang, "board-me-open"),
            tone: BadgeTone::Info,
        });
    }
    let (status, tone) = if unread > 0 {
        (t!(lang, "board-me-unread", n = unread), BadgeTone::Attention)
    } else {
        (t!(lang, "board-me-all-read"), BadgeTone::Good)
    };
    tasks.push(Task {
        href: Some("/me/inbox".to_owned()),
        label: t!(lang, "board-me-inbox"),
        hint: None,
        status,
        tone,
    });
    for class in classes.iter().filter(|class| matches!(class.state.as_str(), "submitted" | "waitlisted")) {
        tasks.push(Task {
            href: Some(format!("/classes/{}", class.class_id)),
            label: class.title.clone(),
            hint: Some(t!(lang, &format!("board-next-{}", class.state))),
            status: enrolment_word(lang, class),
            tone: BadgeTone::Attention,
        });
    }
    let asked = lessons.iter().filter(|lesson| lesson.leave() == Some(LeaveState::Asked)).count();
    if asked > 0 {
        tasks.push(Task {
            href: None,
            label: t!(lang, "board-me-leave-waits"),
            hint: None,
            status: t!(lang, "board-me-requests", n = asked),
            tone: BadgeTone::Neutral,
        });
    }
    tasks
}

fn coming(cx: &Cx, ahead: &[&OwnLesson]) -> impl IntoView + use<> {
    let lang = cx.lang;
    let rows = ahead.iter().take(NEXT).map(|lesson| timetable_line(cx, lesson, true)).collect_view();
    let more = (ahead.len() > NEXT).then(|| view! { <p class="muted">{t!(lang, "board-me-more-lessons", n = ahead.len() - NEXT)}</p> });
    let list = if ahead.is_empty() {
        view! { <p class="muted">{t!(lang, "board-me-no-lessons")}</p> }.into_any()
    } else {
        view! { <ol class="timetable">{rows}</ol>{more} }.into_any()
    };
    view! { <section class="stack"><h2>{t!(lang, "board-me-coming")}</h2>{list}</section> }
}

fn timetable_line(cx: &Cx, lesson: &OwnLesson, with_class: bool) -> impl IntoView + use<> {
    let lang = cx.lang;
    let now = lesson.starts_at <= cx.now && cx.now < lesson.ends_at;
    let place = [lesson.venue.clone(), lesson.teacher.clone()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ");
    let class = with_class.then(|| {
        view! { " · "<a href=format!("/me/classes/{}", lesson.class_id)>{lesson.class_title.clone()}</a> }
    });
    let state = if lesson.cancelled {
        view! { <Badge tone=BadgeTone::Bad label=t!(lang, "board-lesson-cancelled")/> }.into_any()
    } else if lesson.status().is_some() || !lesson.is_ahead(cx.now) {
        let word = status_word(lang, lesson.status());
        view! { <span class="row"><StateMark shape=shape(lesson.status()) label=word.clone()/><span aria-hidden="true">{word}</span></span> }
            .into_any()
    } else if let Some(state) = lesson.leave() {
        leave_badge(lang, state).into_any()
    } else {
        view! { <span class="muted">{relative_days(lang, lesson.starts_at, cx.now)}</span> }.into_any()
    };
    view! {
        <li class=(!lesson.is_ahead(cx.now)).then_some("timetable__past") aria-current=now.then_some("time")>
            <time datetime=lesson.starts_at.to_rfc3339()>{time_range(lang, lesson.starts_at, lesson.ends_at)}</time>
            <span><strong>{lesson.topic.clone()}</strong><br/><small class="muted">{place}{class}</small></span>
            {state}
        </li>
    }
}

/// An enrolment's state in words, with the place of those who wait.
fn enrolment_word(lang: Lang, class: &OwnClass) -> String {
    match class.place {
        Some(place) => t!(lang, "board-enrolment-place", n = place),
        None => t!(lang, &format!("board-enrolment-{}", class.state)),
    }
}

/// The tone of an enrolment's state.
fn enrolment_tone(state: &str) -> BadgeTone {
    match state {
        "approved" => BadgeTone::Good,
        "submitted" | "waitlisted" => BadgeTone::Attention,
        "rejected" => BadgeTone::Bad,
        _ => BadgeTone::Neutral,
    }
}

fn class_cards(lang: Lang, classes: &[OwnClass], lessons: &[OwnLesson]) -> impl IntoView + use<> {
    let mut tallies: HashMap<ClassId, Tally> = HashMap::new();
    for class in classes {
        tallies.insert(class.class_id, tally(lessons, class.class_id));
    }
    let card = |class: &OwnClass| {
        let tally = tallies.get(&class.class_id).copied().unwrap_or_default();
        let rates = (tally != Tally::default()).then(|| {
            view! { <p>{t!(lang, "board-me-rates", now = percent(tally.so_far()), most = percent(tally.at_most()), pass = class.pass_rate)}</p> }
        });
        let school = lang.pick(&class.school_zh, &class.school_en).to_owned();
        let (tone, state) = (enrolment_tone(&class.state), enrolment_word(lang, class));
        let term = class.term.clone();
        view! {
            <li>
                <Card title=class.title.clone() href=format!("/me/classes/{}", class.class_id)>
                    <p class="row"><Badge tone=tone label=state/><span class="muted">{school}" · "{term}</span></p>
                    {rates}
                </Card>
            </li>
        }
    };
    let (live, past): (Vec<&OwnClass>, Vec<&OwnClass>) = classes.iter().partition(|class| is_current(class));
    let past = (!past.is_empty()).then(|| {
        view! { <h2>{t!(lang, "board-me-past")}</h2><ul class="class-list">{past.into_iter().map(card).collect_view()}</ul> }
    });
    let live = (!live.is_empty()).then(|| {
        view! { <h2>{t!(lang, "board-me-classes")}</h2><ul class="class-list">{live.into_iter().map(card).collect_view()}</ul> }
    });
    view! { <section class="stack">{live}{past}</section> }
}

/// On the roster, or waiting, of a class that is not over.
fn is_current(class: &OwnClass) -> bool {
    class.is_live() && !matches!(class.class_state, ClassState::Closed | ClassState::Archived | ClassState::Cancelled)
}

fn year_hours(lang: Lang, lessons: &[OwnLesson]) -> impl IntoView + use<> {
    let years = mine_store::own_hours(lessons);
    let figures = years
        .iter()
        .map(|(year, half)| view! { <Figure value=hours(*half) label=t!(lang, "board-me-hours-of", year = year.to_string())/> })
        .collect_view();
    view! {
        <section class="stack">
            <h2>{t!(lang, "board-me-hours")}</h2>
            {if years.is_empty() {
                view! { <p class="muted">{t!(lang, "board-me-no-hours")}</p> }.into_any()
            } else {
                view! { <div class="figures">{figures}</div> }.into_any()
            }}
            <p class="muted small">{t!(lang, "board-me-hours-rule")}</p>
        </section>
    }
}

/// `/me/classes/{id}`
pub async fn class(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?.clone();
    let id: ClassId = cx.param("id")?;
    let classes = mine_store::own_classes(&cx.app.db, &actor).await?;
    let class = classes.into_iter().find(|class| class.class_id == id).ok_or(AppError::NotFound)?;
    let mut lessons = mine_store::own_lessons(&cx.app.db, &actor).await?;
    lessons.retain(|lesson| lesson.class_id == id);
    let rows = lessons.iter().map(|lesson| timetable_line(&cx, lesson, false)).collect_view();
    let may_complete = class.state == "approved" && class.class_state != ClassState::Cancelled;
    let may_leave = class.state == "approved" && lessons.iter().any(|lesson| lesson.is_ahead(cx.now));
    let school = lang.pick(&class.school_zh, &class.school_en).to_owned();
    let state = enrolment_word(lang, &class);
    let body = view! {
        <Crumbs items=vec![("/me".to_owned(), t!(lang, "nav-me"))]/>
        <PageHeader title=class.title.clone() caption=format!("{school} · {}", class.term)>
            <ButtonLink href=format!("/classes/{id}") label=t!(lang, "board-me-class-page")/>
            {may_complete.then(|| view! { <ButtonLink href=format!("/me/classes/{id}/completion") label=t!(lang, "board-me-completion") icon=IconName::Check/> })}
            {may_leave.then(|| view! { <ButtonLink href=format!("/me/classes/{id}/leave") label=t!(lang, "board-leave-ask-short") icon=IconName::Calendar/> })}
        </PageHeader>
        <p class="row"><Badge tone=enrolment_tone(&class.state) label=state/>{t!(lang, &format!("board-next-{}", class.state))}</p>
        {class.reason.clone().filter(|reason| !reason.is_empty()).map(|reason| view! { <p>{t!(lang, "board-why-was", why = reason)}</p> })}
        {cancelled(lang, &class)}
        {rates(lang, &class, tally(&lessons, id))}
        <h2>{t!(lang, "board-me-timetable")}</h2>
        {if lessons.is_empty() {
            view! { <p class="muted">{t!(lang, "board-me-no-lessons")}</p> }.into_any()
        } else {
            view! { <ol class="timetable">{rows}</ol>{legend(lang)} }.into_any()
        }}
    };
    Ok(Page::new(class.title.clone(), body))
}

fn cancelled(lang: Lang, class: &OwnClass) -> impl IntoView + use<> {
    (class.class_state == ClassState::Cancelled).then(|| {
        let why = class.cancel_reason.clone().unwrap_or_default();
        view! { <Notice tone=NoticeTone::Warning title=t!(lang, "board-me-cancelled")><p>{why}</p></Notice> }
    })
}

/// Both rates beside what a certificate asks for.
fn rates(lang: Lang, class: &OwnClass, tally: Tally) -> impl IntoView + use<> {
    let meter = |rate: Rate, label: String| {
        let text = match rate.of {
            0 => t!(lang, "board-me-nothing-held"),
            _ => t!(lang, "board-me-rate", rate = percent(rate), attended = rate.attended, of = rate.of),
        };
        view! { <Meter value=rate.attended max=rate.of label=label text=text/> }
    };
    let pass = class.pass_rate;
    let lost = !tally.at_most().reaches(pass);
    (tally != Tally::default()).then(|| {
        let facts = [
            ("present", tally.present),
            ("late", tally.late),
            ("left_early", tally.left_early),
            ("excused", tally.excused),
            ("absent", tally.absent),
        ]
        .map(|(word, count)| (t!(lang, &format!("board-status-{word}")), count.to_string()));
        view! {
            <section class="stack">
                <h2>{t!(lang, "board-me-attendance")}</h2>
                {meter(tally.so_far(), t!(lang, "board-so-far"))}
                {meter(tally.at_most(), t!(lang, "board-at-most"))}
                <p class="muted">{t!(lang, "board-me-pass", rate = pass)}</p>
                {lost.then(|| view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "board-me-lost", rate = pass)}</p></Notice> })}
                <Facts items=facts.to_vec()/>
            </section>
        }
    })
}
