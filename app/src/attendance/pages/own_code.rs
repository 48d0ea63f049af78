//! A person's own QR code, and what staff see who scan it with their phone's camera.

use leptos::prelude::*;

use crate::attendance::forms;
use crate::attendance::policy::visible_to;
use crate::attendance::store::{self, OpenLesson};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::time::time_range;
use crate::ui::{Badge, BadgeTone, Card, EmptyState, Hidden, IconName, PageHeader, Qr, Submit};

/// `/me/qr`: to be shown at the door.
pub async fn mine(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let code = store::code_of(&cx.app.db, actor.person).await?;
    let title = t!(lang, "attendance-my-code-title");
    let body = view! {
        <div class="checkin own-code">
            <div class="checkin__lesson">
                <h1>{title.clone()}</h1>
                <p>{actor.name.clone()}</p>
            </div>
            <Qr data=format!("{}/p/{code}", cx.app.settings.base_url) label=t!(lang, "attendance-my-code-label")/>
            <p class="code">{code}</p>
            <p class="checkin__help">{t!(lang, "attendance-my-code-help")}</p>
        </div>
    };
    Ok(Page::new(title, body))
}

/// `/p/{code}`: the person's lessons of today that the reader may mark, one button each.
pub async fn of_person(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let code: String = cx.param("code")?;
    let code = forms::person_code(&code).map_err(|_| AppError::NotFound)?;
    let person = store::person_by_code(&cx.app.db, &code).await?;
    let scope = visible_to(actor);
    if scope.is_empty() {
        // Whoever looks at their own code gets the page that shows it.
        let own = person.is_some_and(|person| person.id == actor.person);
        return if own { mine(cx).await } else { Err(AppError::Forbidden) };
    }
    let person = person.ok_or(AppError::NotFound)?;
    let lessons = store::lessons_today(&cx.app.db, &scope, person.id, cx.now).await?;
    let title = t!(lang, "attendance-person-title", name = person.name.clone());
    let body = if lessons.is_empty() {
        let text = t!(lang, "attendance-person-none-text");
        view! { <EmptyState title=t!(lang, "attendance-person-none") text=text icon=IconName::Calendar/> }.into_any()
    } else {
        lessons
            .into_iter()
            .map(|lesson| lesson_card(lang, lesson, &code))
            .collect_view()
            .into_any()
    };
    Ok(Page::new(
        title.clone(),
        view! { <PageHeader title=title lead=t!(lang, "attendance-person-lead")/> <div class="narrow">{body}</div> },
    ))
}

fn lesson_card(lang: Lang, lesson: OpenLesson, code: &str) -> impl IntoView + use<> {
    let action = match lesson.status() {
        Some(status) => {
            let tone = if status.attended() { BadgeTone::Good } else { BadgeTone::Neutral };
            view! { <Badge tone=tone label=t!(lang, &format!("attendance-status-{}", status.as_str()))/> }.into_any()
        }
        None => view! {
            <form method="post" action="/api/scan_person">
                <Hidden name="lesson" value=lesson.lesson.to_string()/>
                <Hidden name="code" value=code.to_owned()/>
                <button class="checkin__button" type="submit">{t!(lang, "attendance-check-in")}</button>
            </form>
        }
        .into_any(),
    };
    view! {
        <Card title=lesson.topic>
            <p>{lesson.class}</p>
            <p>{time_range(lang, lesson.starts_at, lesson.ends_at)}</p>
            {lesson.venue.map(|venue| view! { <p>{venue}</p> })}
            {action}
        </Card>
    }
}

/// Kept apart so that the scanning page offers the same form.
pub fn type_person_code(lang: Lang, form: crate::ui::FormState, lesson: String) -> impl IntoView {
    use crate::ui::TextField;
    view! {
        <form method="post" action="/api/scan_person" class="narrow" id="scan-form">
            <Hidden name="lesson" value=lesson/>
            <TextField form=form name="code" label=t!(lang, "attendance-scan-code") hint=t!(lang, "attendance-scan-code-hint") autocomplete="off" maxlength="300"/>
            <Submit label=t!(lang, "attendance-check-in")/>
        </form>
    }
}
