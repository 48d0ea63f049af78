//! The desk: what waits for somebody today. A coordinator decides and closes; a teacher runs the own lessons.

use leptos::prelude::*;

use super::desk_store::{self, Applications, Asked, LessonLine, OpenImport, OwnClass};
use super::policy::{self, Watch};
use super::rules::todays;
use crate::accounts::{Actor, Grant};
use crate::benchmarking::improvement::store::Show;
use crate::benchmarking::{self, improvement};
use crate::db::Db;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{BadgeTone, ButtonLink, EmptyState, IconName, PageHeader, TableWrap, Task, TaskList, time};

/// `/desk`
pub async fn home(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let title = t!(lang, "nav-desk");
    let Some(watch) = policy::watch(actor) else {
        if actor.has_desk() {
            return Ok(nothing_here(lang, title, actor));
        }
        return Err(AppError::Forbidden);
    };
    let db = &cx.app.db;
    let (from, until) = todays(time::start_of(time::day_of(cx.now)), cx.now);
    let lessons = desk_store::lessons_between(db, &watch, from, until).await?;
    let unclosed = desk_store::unclosed(db, &watch, cx.now).await?;
    let (applications, imports, asked) = match policy::coordinate(actor) {
        Some(own) => (
            desk_store::applications(db, &own).await?,
            desk_store::imports(db, &own).await?,
            desk_store::asked(db, &own).await?,
        ),
        None => (Vec::new(), Vec::new(), desk_store::asked(db, &watch).await?),
    };
    let classes = desk_store::classes(db, &watch).await?;
    let at_gates = match policy::coordinate(actor) {
        Some(_) => gates(db, actor).await?,
        None => None,
    };
    let waiting: Vec<Task> = applications
        .iter()
        .filter(|row| row.submitted > 0)
        .map(|row| to_decide(lang, row))
        .chain(at_gates.map(|n| at_gate(lang, n)))
        .chain(asked.iter().map(|row| to_answer(lang, row)))
        .chain(unclosed.iter().map(|row| to_close(lang, row)))
        .chain(imports.iter().map(|row| to_finish(lang, row)))
        .chain(actions_to_follow(&cx).await?)
        .collect();
    let queues: Vec<Task> = applications
        .iter()
        .filter(|row| row.waitlisted > 0)
        .map(|row| in_queue(lang, row))
        .collect();
    let lead = t!(lang, "dashboard-desk-lead", day = time::date(lang, cx.now), n = waiting.len());
    let ways = (ways(lang, &watch), verifications(lang, actor));
    let body = view! {
        <PageHeader title=title.clone() caption=actor.name.clone() lead=lead>{ways}</PageHeader>
        <section class="stack">
            <h2 id="today">{t!(lang, "dashboard-today")}</h2>
            {todays_lessons(lang, &lessons)}
        </section>
        <section class="stack" aria-labelledby="waiting">
            <h2 id="waiting">{t!(lang, "dashboard-waiting-for-you")}</h2>
            {task_section(waiting, t!(lang, "dashboard-nothing-waits"))}
        </section>
        {(!queues.is_empty()).then(|| view! {
            <section class="stack" aria-labelledby="queues">
                <h2 id="queues">{t!(lang, "dashboard-queues")}</h2>
                <TaskList items=queues/>
            </section>
        })}
        <section class="stack" aria-labelledby="own">
            <h2 id="own">{t!(lang, "dashboard-own-classes")}</h2>
            {own_classes(lang, &watch, &classes)}
        </section>
    };
    Ok(Page::new(title, body))
}

/// A role whose desk is elsewhere: a firm's contact or a verifier.
fn nothing_here(lang: Lang, title: String, actor: &Actor) -> Page {
    let verifies = actor.grants.contains(&Grant::Verifier);
    let (head, text) = if verifies {
        (t!(lang, "verification-desk"), t!(lang, "verification-desk-way"))
    } else {
        (t!(lang, "dashboard-no-desk"), t!(lang, "dashboard-no-desk-text"))
    };
    let own = verifications(lang, actor);
    let is_contact = actor.grants.iter().any(|grant| matches!(grant, Grant::Firm(_)));
    let profile = is_contact.then(|| view! { <ButtonLink href="/firm/profile" label=t!(lang, "firms-own-title") icon=IconName::Firm/> });
    let body = view! {
        <PageHeader title=title.clone()/>
        <EmptyState icon=IconName::Calendar title=head text=text>
            {own}
            {profile}
            <ButtonLink href="/me" label=t!(lang, "ui-me")/>
        </EmptyState>
    };
    Page::new(title, body)
}

/// The way to the firms that are assigned to a verifier.
fn verifications(lang: Lang, actor: &Actor) -> Option<impl IntoView + use<>> {
    actor.grants.contains(&Grant::Verifier).then(|| {
        view! { <ButtonLink href="/desk/verifications" label=t!(lang, "verification-desk") icon=IconName::Check/> }
    })
}

/// Where a coordinator goes on to.
fn ways(lang: Lang, watch: &Watch) -> Option<impl IntoView + use<>> {
    watch.decides().then(|| {
        view! {
            <ButtonLink href="/desk/classes" label=t!(lang, "dashboard-classes") icon=IconName::Calendar/>
            <ButtonLink href="/desk/school" label=t!(lang, "schools-school") icon=IconName::School/>
            <ButtonLink href="/desk/plan" label=t!(lang, "schools-plan") icon=IconName::Chart/>
            <ButtonLink href="/desk/people" label=t!(lang, "dashboard-way-people") icon=IconName::People/>
            <ButtonLink href="/desk/firms" label=t!(lang, "dashboard-way-firms") icon=IconName::Firm/>
            <ButtonLink href="/desk/nominations" label=t!(lang, "selection-desk-title") icon=IconName::Flag/>
            <ButtonLink href="/desk/devices" label=t!(lang, "dashboard-way-devices") icon=IconName::Qr/>
            <ButtonLink href="/desk/integrations" label=t!(lang, "integrations-title") icon=IconName::Link/>
        }
    })
}

fn task_section(tasks: Vec<Task>, nothing: String) -> AnyView {
    if tasks.is_empty() {
        view! { <p class="muted">{nothing}</p> }.into_any()
    } else {
        view! { <TaskList items=tasks/> }.into_any()
    }
}

fn to_decide(lang: Lang, row: &Applications) -> Task {
    Task {
        href: Some(format!("/desk/classes/{}/roster?state=submitted", row.class)),
        label: t!(lang, "dashboard-task-decide", title = row.title.clone()),
        hint: None,
        status: t!(lang, "dashboard-n-applications", n = row.submitted),
        tone: BadgeTone::Attention,
    }
}

/// Applications at the gates of pilot firms that wait for this actor: a county's first check, the city's decision.
async fn gates(db: &Db, actor: &Actor) -> Result<Option<i64>, AppError> {
    let [county, city, _] = benchmarking::gates::store::counts(db, &actor.coordinated()).await?;
    let waiting = if actor.is_city() { city } else { county };
    Ok((waiting > 0).then_some(waiting))
}

fn at_gate(lang: Lang, firms: i64) -> Task {
    Task {
        href: Some("/desk/gates".to_owned()),
        label: t!(lang, "gates-task-waiting"),
        hint: None,
        status: t!(lang, "gates-n-waiting", n = firms),
        tone: BadgeTone::Attention,
    }
}

fn in_queue(lang: Lang, row: &Applications) -> Task {
    Task {
        href: Some(format!("/desk/classes/{}/roster?state=waitlisted", row.class)),
        label: row.title.clone(),
        hint: None,
        status: t!(lang, "dashboard-waiting", n = row.waitlisted),
        tone: BadgeTone::Info,
    }
}

fn to_answer(lang: Lang, row: &Asked) -> Task {
    let (href, label) = if row.kind == "leave" {
        let label = t!(lang, "dashboard-task-leave", title = row.title.clone());
        (format!("/desk/classes/{}/leaves", row.class), label)
    } else {
        let label = t!(lang, "dashboard-task-walk-in", title = row.title.clone());
        (format!("/desk/lessons/{}", row.lesson), label)
    };
    Task {
        href: Some(href),
        label,
        hint: Some(row.topic.clone()),
        status: t!(lang, "dashboard-n-people", n = row.people),
        tone: BadgeTone::Attention,
    }
}

fn to_close(lang: Lang, row: &LessonLine) -> Task {
    Task {
        href: Some(format!("/desk/lessons/{}", row.id)),
        label: t!(lang, "dashboard-task-close", title = row.title.clone()),
        hint: Some(format!("{} · {}", row.topic, time::time_range(lang, row.starts_at, row.ends_at))),
        status: t!(lang, "dashboard-came-of", came = row.came, expected = row.expected),
        tone: BadgeTone::Attention,
    }
}

fn to_finish(lang: Lang, row: &OpenImport) -> Task {
    let running = row.state == "running";
    Task {
        href: Some(format!("/desk/imports/{}", row.id)),
        label: t!(lang, "dashboard-task-import", title = row.title.clone()),
        hint: Some(row.file_name.clone()),
        status: if running {
            t!(lang, "dashboard-import-running")
        } else {
            t!(lang, "dashboard-n-rows", n = row.rows_total)
        },
        tone: if running { BadgeTone::Info } else { BadgeTone::Attention },
    }
}

/// Actions of pilot firms that are late, and evidence of them that waits, in the counties that the actor coordinates.
async fn actions_to_follow(cx: &Cx) -> Result<Vec<Task>, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let Some(scope) = benchmarking::policy::visible_to(actor).filter(|_| actor.is_coordinator()) else {
        return Ok(Vec::new());
    };
    let figures = improvement::store::figures(&cx.app.db, &scope, time::day_of(cx.now)).await?;
    let task = |show: Show, label: String| {
        let n = figures.get(&show).copied().filter(|n| *n > 0)?;
        Some(Task {
            href: Some(format!("/desk/actions?show={}", show.as_str())),
            label,
            hint: None,
            status: t!(lang, "dashboard-n-actions", n = n),
            tone: BadgeTone::Attention,
        })
    };
    let late = task(Show::Late, t!(lang, "dashboard-task-late-actions"));
    let evidence = task(Show::Evidence, t!(lang, "dashboard-task-action-evidence"));
    Ok(late.into_iter().chain(evidence).collect())
}

/// Each lesson of the day with its wall and its board.
fn todays_lessons(lang: Lang, lessons: &[LessonLine]) -> AnyView {
    if lessons.is_empty() {
        return view! { <p class="muted">{t!(lang, "dashboard-no-lessons-today")}</p> }.into_any();
    }
    let rows = lessons
        .iter()
        .map(|lesson| {
            let place = [lesson.venue.clone(), lesson.teacher.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let hours = format!("{}–{}", time::hour_minute(lesson.starts_at), time::hour_minute(lesson.ends_at));
            let wall = t!(lang, "dashboard-wall-of", topic = lesson.topic.clone());
            let board = t!(lang, "dashboard-board-of", topic = lesson.topic.clone());
            view! {
                <tr>
                    <th scope="row"><a href=format!("/desk/lessons/{}", lesson.id)>{hours}</a></th>
                    <td data-label=t!(lang, "dashboard-lesson")><span>{lesson.topic.clone()}<br/><span class="small muted">{lesson.title.clone()}</span></span></td>
                    <td data-label=t!(lang, "dashboard-place")>{place}</td>
                    <td class="num" data-label=t!(lang, "dashboard-came")>{format!("{} / {}", lesson.came, lesson.expected)}</td>
                    <td>
                        <div class="row">
                            <a href=format!("/desk/lessons/{}/wall", lesson.id) aria-label=wall>{t!(lang, "dashboard-wall")}</a>
                            <a href=format!("/desk/classes/{}/attendance", lesson.class) aria-label=board>{t!(lang, "dashboard-board")}</a>
                        </div>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "dashboard-today")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "dashboard-time")}</th>
                        <th scope="col">{t!(lang, "dashboard-lesson")}</th>
                        <th scope="col">{t!(lang, "dashboard-place")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-came")}</th>
                        <th scope="col">{t!(lang, "schools-do")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

fn own_classes(lang: Lang, watch: &Watch, classes: &[OwnClass]) -> AnyView {
    if classes.is_empty() {
        let text = if watch.decides() {
            t!(lang, "dashboard-no-own-classes-desk")
        } else {
            t!(lang, "dashboard-no-own-classes")
        };
        let make = watch
            .decides()
            .then(|| view! { <ButtonLink href="/desk/classes" label=t!(lang, "dashboard-to-classes")/> });
        return view! { <EmptyState icon=IconName::Calendar title=t!(lang, "dashboard-no-own-title") text=text>{make}</EmptyState> }.into_any();
    }
    let tasks = classes
        .iter()
        .map(|class| Task {
            href: Some(format!("/desk/classes/{}", class.id)),
            label: class.title.clone(),
            hint: Some(class.starts_at.map_or_else(|| t!(lang, "dashboard-date-open"), |at| time::date(lang, at))),
            status: format!(
                "{} · {}",
                t!(lang, &format!("dashboard-class-{}", class.state.as_str())),
                t!(lang, "dashboard-taken", approved = class.approved, capacity = class.capacity)
            ),
            tone: BadgeTone::Neutral,
        })
        .collect();
    view! { <TaskList items=tasks/> }.into_any()
}
