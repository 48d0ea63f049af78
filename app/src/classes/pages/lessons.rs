//! `/desk/classes/{id}/lessons`: the class's lessons, one lesson's form, and a series with its preview.

use leptos::prelude::*;

use super::overview::TableOf;
use super::{ClassTab, class_crumbs, class_tabs, editing, managed, viewed};
use crate::classes::forms::{self, LONGEST_REASON, LONGEST_TITLE, Series, Typed};
use crate::classes::rules::{ClassState, Repeat, SERIES_LONGEST, Span, hours_text};
use crate::classes::store::choices::{self, TeacherChoice, VenueChoice};
use crate::classes::store::{self, Clash};
use crate::classes::{Class, Lesson};
use crate::error::AppError;
use crate::i18n::{Lang, say};
use crate::ids::LessonId;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{FieldError, FormState};
use crate::ui::{
    Badge, BadgeTone, ButtonLink, Choice, Confirm, EmptyState, ErrorSummary, Hidden, IconName, Notice, PageHeader, SelectField, Submit, TextArea,
    TextField, Tone, time,
};

/// The lessons of a class.
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (class, _, permit) = viewed(&cx).await?;
    let lessons = store::lessons_of(&cx.app.db, class.id).await?;
    let may_change = permit.is_some() && class.state.takes_changes();
    let desk = format!("/desk/classes/{}", class.id);
    let adding = may_change.then(|| {
        view! {
            <ButtonLink href=format!("{desk}/lessons/series") label=t!(lang, "classes-series")/>
            <ButtonLink href=format!("{desk}/lessons/new") label=t!(lang, "classes-lesson-new") tone=Tone::Main icon=IconName::Plus/>
        }
    });
    let hours: i64 = lessons
        .iter()
        .filter(|lesson| lesson.cancelled_at.is_none())
        .map(|lesson| lesson.half_hours)
        .sum();
    let lead = t!(
        lang,
        "classes-lessons-lead",
        n = lessons.iter().filter(|lesson| lesson.cancelled_at.is_none()).count(),
        hours = hours_text(hours)
    );
    let body = view! {
        {class_crumbs(lang, None)}
        <PageHeader title=class.title.clone() lead=lead>
            <ButtonLink href=format!("{desk}/timetable/print") label=t!(lang, "classes-print") icon=IconName::Print/>
            {adding}
        </PageHeader>
        {class_tabs(lang, class.id, ClassTab::Lessons)}
        {table(lang, &class, lessons, may_change)}
    };
    Ok(Page::new(t!(lang, "classes-tab-lessons"), body))
}

fn table(lang: Lang, class: &Class, lessons: Vec<Lesson>, may_change: bool) -> AnyView {
    if lessons.is_empty() {
        let next =
            may_change.then(|| view! { <ButtonLink href=format!("/desk/classes/{}/lessons/new", class.id) label=t!(lang, "classes-lesson-new")/> });
        return view! {
            <EmptyState title=t!(lang, "classes-no-lessons") text=t!(lang, "classes-no-lessons-text") icon=IconName::Calendar>{next}</EmptyState>
        }
        .into_any();
    }
    let rows: Vec<_> = lessons.into_iter().map(|lesson| row(lang, class, lesson, may_change)).collect();
    let heads = [
        "classes-when",
        "classes-topic",
        "classes-teacher",
        "classes-venue",
        "classes-hours",
        "classes-lesson-state",
    ];
    let heads = heads.iter().map(|key| t!(lang, key)).collect();
    view! { <TableOf label=t!(lang, "classes-tab-lessons") heads=heads>{rows}</TableOf> }.into_any()
}

fn row(lang: Lang, class: &Class, lesson: Lesson, may_change: bool) -> impl IntoView + use<> {
    let when = time::time_range(lang, lesson.starts_at, lesson.ends_at);
    let topic = if may_change {
        view! { <a href=format!("/desk/classes/{}/lessons/{}", class.id, lesson.id)>{lesson.topic}</a> }.into_any()
    } else {
        lesson.topic.into_any()
    };
    let state = if lesson.cancelled_at.is_some() {
        view! { <Badge tone=BadgeTone::Bad label=t!(lang, "classes-lesson-off")/> }.into_any()
    } else if lesson.attendance_closed_at.is_some() {
        view! { <Badge tone=BadgeTone::Good label=t!(lang, "classes-lesson-held")/> }.into_any()
    } else {
        ().into_any()
    };
    view! {
        <tr>
            <td data-label=t!(lang, "classes-when")>{when}</td>
            <th scope="row">{topic}</th>
            <td data-label=t!(lang, "classes-teacher")>{or_open(lang, lesson.teacher)}</td>
            <td data-label=t!(lang, "classes-venue")>{or_open(lang, lesson.venue)}</td>
            <td class="num" data-label=t!(lang, "classes-hours")>{hours_text(lesson.half_hours)}</td>
            <td data-label=t!(lang, "classes-lesson-state")>{state}</td>
        </tr>
    }
}

/// A name, or that there is none yet.
pub(super) fn or_open(lang: Lang, name: Option<String>) -> AnyView {
    match name {
        Some(name) => name.into_any(),
        None => view! { <span class="muted">{t!(lang, "classes-to-be-set")}</span> }.into_any(),
    }
}

/// A form for a new lesson.
pub async fn new(cx: Cx) -> Result<Page, AppError> {
    let (class, _) = changeable(&cx).await?;
    let fields = lesson_fields(&cx, &class, &cx.form("lesson"), None).await?;
    Ok(lesson_page(&cx, &class, t!(cx.lang, "classes-lesson-new"), fields, None, ()))
}

async fn changeable(cx: &Cx) -> Result<(Class, crate::classes::policy::ClassPermit), AppError> {
    let (class, permit) = managed(cx).await?;
    if class.state.takes_changes() {
        Ok((class, permit))
    } else {
        Err(AppError::refused("classes-frozen"))
    }
}

/// The form of a lesson that exists; one that is over or cancelled only says so.
pub async fn edit(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (class, _) = changeable(&cx).await?;
    let lesson = store::lesson(&cx.app.db, cx.param::<LessonId>("lesson")?).await?;
    if lesson.class_id != class.id {
        return Err(AppError::NotFound);
    }
    let shut = match (lesson.cancelled_at, lesson.attendance_closed_at) {
        (Some(_), _) => Some("classes-lesson-is-cancelled"),
        (None, Some(_)) => Some("classes-lesson-is-held"),
        (None, None) => None,
    };
    if let Some(key) = shut {
        let body = view! {
            {class_crumbs(lang, Some(&class))}
            <PageHeader title=lesson.topic.clone() lead=time::time_range(lang, lesson.starts_at, lesson.ends_at)/>
            <Notice><p>{t!(lang, key)}</p></Notice>
        };
        return Ok(Page::new(lesson.topic, body));
    }
    let edition = store::lesson_edition(&cx.app.db, lesson.id).await?;
    let form = cx.form("lesson");
    let fields = lesson_fields(&cx, &class, &form, Some(&lesson)).await?;
    let stale = form.value("edition").is_some_and(|typed| typed != edition.to_string());
    let conflict = stale.then(|| editing::conflict(lang, stored(lang, &lesson)));
    let title = lesson.topic.clone();
    let more = view! { {conflict} {ending(&cx, &class, &lesson)} };
    Ok(lesson_page(&cx, &class, title, fields, Some((lesson.id, edition)), more))
}

fn stored(lang: Lang, lesson: &Lesson) -> Vec<(String, String)> {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| t!(lang, "classes-to-be-set"));
    vec![
        (t!(lang, "classes-topic"), lesson.topic.clone()),
        (t!(lang, "classes-when"), time::time_range(lang, lesson.starts_at, lesson.ends_at)),
        (t!(lang, "classes-teacher"), name(&lesson.teacher)),
        (t!(lang, "classes-venue"), name(&lesson.venue)),
        (t!(lang, "classes-hours"), hours_text(lesson.half_hours)),
    ]
}

fn lesson_page(cx: &Cx, class: &Class, title: String, fields: AnyView, lesson: Option<(LessonId, i64)>, more: impl IntoView + 'static) -> Page {
    let lang = cx.lang;
    let action = if lesson.is_some() { "/api/edit_lesson" } else { "/api/add_lesson" };
    let hidden = lesson.map(|(id, edition)| {
        view! {
            <Hidden name="lesson" value=id.to_string()/>
            <Hidden name="edition" value=edition.to_string()/>
        }
    });
    let told = (lesson.is_some() && class.state.is_public()).then(|| view! { <p class="muted">{t!(lang, "classes-lesson-told")}</p> });
    let body = view! {
        {class_crumbs(lang, Some(class))}
        <ErrorSummary form=cx.form("lesson")/>
        <ErrorSummary form=cx.form("lesson-cancel")/>
        <PageHeader title=title.clone() caption=class.title.clone()/>
        <form method="post" action=action class="form narrow">
            <Hidden name="class" value=class.id.to_string()/>
            {hidden}
            {fields}
            {told}
            <Submit label=t!(lang, "classes-save")/>
        </form>
        {more}
    };
    Page::new(title, body)
}

async fn lesson_fields(cx: &Cx, class: &Class, form: &FormState, lesson: Option<&Lesson>) -> Result<AnyView, AppError> {
    let lang = cx.lang;
    let teachers = choices::teachers(&cx.app.db, class.school_id).await?;
    let venues = choices::venues(&cx.app.db, class.school_id).await?;
    let teacher = lesson.and_then(|lesson| lesson.teacher_id).map(|id| id.to_string());
    let venue = lesson.and_then(|lesson| lesson.venue_id).map(|id| id.to_string());
    Ok(view! {
        <TextField form=form name="topic" label=t!(lang, "classes-topic") value=lesson.map(|lesson| lesson.topic.clone()) maxlength=LONGEST_TITLE
            autocomplete="off"/>
        <TextField form=form name="starts_at" kind="datetime-local" label=t!(lang, "classes-starts") value=lesson.map(|lesson| time::local_input(lesson.starts_at))/>
        <TextField form=form name="ends_at" kind="datetime-local" label=t!(lang, "classes-ends") value=lesson.map(|lesson| time::local_input(lesson.ends_at))/>
        <SelectField form=form name="teacher" label=t!(lang, "classes-teacher") hint=t!(lang, "classes-teacher-hint") optional=true
            options=teacher_options(lang, teachers) value=teacher/>
        <SelectField form=form name="venue" label=t!(lang, "classes-venue") optional=true options=venue_options(lang, venues) value=venue/>
        <TextField form=form name="hours" kind="number" label=t!(lang, "classes-hours") hint=t!(lang, "classes-hours-hint") width="4" min="0.5" max="24"
            step="0.5" value=lesson.map(|lesson| hours_text(lesson.half_hours)) autocomplete="off"/>
    }
    .into_any())
}

fn teacher_options(lang: Lang, teachers: Vec<TeacherChoice>) -> Vec<Choice> {
    let named = teachers.into_iter().map(|teacher| {
        let school = if teacher.own {
            String::new()
        } else {
            format!("（{}）", lang.pick(&teacher.school_zh, &teacher.school_en))
        };
        Choice::new(teacher.id.to_string(), format!("{} {}{school}", teacher.name, teacher.title))
    });
    std::iter::once(Choice::new("", t!(lang, "classes-to-be-set"))).chain(named).collect()
}

fn venue_options(lang: Lang, venues: Vec<VenueChoice>) -> Vec<Choice> {
    let named = venues.into_iter().map(|venue| {
        let school = if venue.own {
            String::new()
        } else {
            format!("（{}）", lang.pick(&venue.school_zh, &venue.school_en))
        };
        let seats = t!(lang, "classes-venue-seats", n = venue.seats);
        Choice::new(venue.id.to_string(), format!("{} {seats}{school}", venue.name))
    });
    std::iter::once(Choice::new("", t!(lang, "classes-to-be-set"))).chain(named).collect()
}

fn ending(cx: &Cx, class: &Class, lesson: &Lesson) -> AnyView {
    let lang = cx.lang;
    let (class_id, id) = (class.id.to_string(), lesson.id.to_string());
    if class.state == ClassState::Draft {
        return view! {
            <form method="post" action="/api/delete_lesson">
                <Hidden name="class" value=class_id/>
                <Hidden name="lesson" value=id/>
                <Confirm label=t!(lang, "classes-lesson-delete") title=t!(lang, "classes-lesson-delete-sure") yes_label=t!(lang, "classes-lesson-delete")/>
            </form>
        }
        .into_any();
    }
    let form = cx.form("lesson-cancel");
    view! {
        <form method="post" action="/api/cancel_lesson">
            <Hidden name="class" value=class_id/>
            <Hidden name="lesson" value=id/>
            <Confirm label=t!(lang, "classes-lesson-cancel") title=t!(lang, "classes-lesson-cancel-sure") text=t!(lang, "classes-lesson-cancel-text")
                yes_label=t!(lang, "classes-lesson-cancel-yes")>
                <TextArea form=form name="reason" label=t!(lang, "classes-reason") hint=t!(lang, "classes-reason-hint") rows="3"
                    maxlength=LONGEST_REASON/>
            </Confirm>
        </form>
    }
    .into_any()
}

/// A series: its form, and once that is filled in, each day with its clashes to choose from.
pub async fn series(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (class, _) = changeable(&cx).await?;
    let typed = typed_in_address(&cx);
    let read = (!typed.is_empty()).then(|| forms::series(&typed));
    let returned = cx.form("series");
    let form = match &read {
        Some(Err(AppError::Invalid(faults))) => {
            let errors = faults
                .iter()
                .map(|fault| FieldError {
                    field: fault.field.clone(),
                    message: say(lang, &fault.problem),
                })
                .collect();
            FormState {
                values: typed.clone(),
                errors,
            }
        }
        _ => FormState {
            values: typed.clone(),
            errors: returned.errors,
        },
    };
    let preview = match read {
        Some(Ok(series)) => {
            let lessons = series.lessons();
            let clashes = store::clashes(&cx.app.db, &lessons, None).await?;
            Some(preview(lang, &class, &typed, &series, &clashes))
        }
        _ => None,
    };
    let fields = lesson_fields(&cx, &class, &form, None).await?;
    let repeats = Repeat::ALL
        .iter()
        .map(|repeat| Choice::new(repeat.as_str(), t!(lang, &format!("classes-repeat-{}", repeat.as_str()))))
        .collect::<Vec<_>>();
    let title = t!(lang, "classes-series");
    let body = view! {
        {class_crumbs(lang, Some(&class))}
        <ErrorSummary form=&form/>
        <PageHeader title=title.clone() caption=class.title.clone() lead=t!(lang, "classes-series-lead")/>
        {preview}
        <form method="get" action=format!("/desk/classes/{}/lessons/series", class.id) class="form narrow">
            {fields}
            <SelectField form=&form name="repeat" label=t!(lang, "classes-repeat") options=repeats/>
            <TextField form=&form name="count" kind="number" label=t!(lang, "classes-count") width="4" min="1" max=SERIES_LONGEST autocomplete="off"/>
            <Submit label=t!(lang, "classes-series-preview") tone=Tone::Plain/>
        </form>
    };
    Ok(Page::new(title, body))
}

/// What the preview's form put into the address.
fn typed_in_address(cx: &Cx) -> Typed {
    let names = ["topic", "starts_at", "ends_at", "teacher", "venue", "hours", "repeat", "count"];
    let filled = names.iter().map(|name| ((*name).to_owned(), cx.query_all(name)));
    filled.filter(|(_, values)| !values.is_empty()).collect()
}

fn preview(lang: Lang, class: &Class, typed: &Typed, series: &Series, clashes: &[Vec<Clash>]) -> AnyView {
    let hidden: Vec<_> = typed
        .iter()
        .flat_map(|(name, values)| values.iter().take(1).map(move |value| (name.clone(), value.clone())))
        .map(|(name, value)| view! { <Hidden name=name value=value/> })
        .collect();
    let days = series.lessons();
    let rows: Vec<_> = days
        .iter()
        .zip(clashes)
        .enumerate()
        .map(|(place, (lesson, clashes))| preview_row(lang, place, lesson.span, clashes))
        .collect();
    let taken = clashes.iter().filter(|clashes| !clashes.is_empty()).count();
    view! {
        <section class="stack" id="preview">
            <h2>{t!(lang, "classes-series-days", n = days.len(), taken = taken)}</h2>
            <form method="post" action="/api/add_lesson_series" class="form">
                <Hidden name="class" value=class.id.to_string()/>
                {hidden}
                <ul class="plain stack" id="field-days">{rows}</ul>
                <Submit label=t!(lang, "classes-series-add")/>
            </form>
        </section>
    }
    .into_any()
}

fn preview_row(lang: Lang, place: usize, span: Span, clashes: &[Clash]) -> impl IntoView + use<> {
    let id = format!("day-{place}");
    let free = clashes.is_empty();
    let faults: Vec<_> = clashes
        .iter()
        .map(|clash| view! { <p class="field__error">{say(lang, &clash.problem())}</p> })
        .collect();
    view! {
        <li>
            <div class="choice">
                <input class="choice__input" type="checkbox" name="days[]" id=id.clone() value=place.to_string() checked=free/>
                <label class="choice__label" for=id>{time::time_range(lang, span.starts_at, span.ends_at)}</label>
            </div>
            {faults}
        </li>
    }
}
