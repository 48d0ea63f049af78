//! At the door with a phone: the scanned code becomes a ticket, the page asks, a POST marks, one clear answer.

use axum::extract::{Extension, Path};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;

use crate::accounts::Actor;
use crate::attendance::code::normalise;
use crate::attendance::permitted::{arrival, good_ticket, own_mark};
use crate::attendance::rules::{Arrival, Status, Window};
use crate::attendance::store::{self, OpenLesson, OwnEntry, Standing, WalkInState};
use crate::attendance::ticket::Ticket;
use crate::classes::{self, Class, ClassState, Lesson};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{LessonId, PersonId};
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::time::{hour_minute, time_range};
use crate::ui::{ButtonLink, ErrorSummary, Facts, FieldError, FormState, Hidden, Icon, IconName, Submit, TextField, Tone};

/// How long a browser is told apart from others, in seconds.
const BROWSER_SECONDS: i64 = 400 * 86_400;
/// As much of a mistyped code is given back.
const LONGEST_TYPED: usize = 20;

/// `GET /q/{code}`: trades a projected code for a ticket, before anybody is asked who they are. Marks nobody.
pub async fn trade(Extension(cx): Extension<Cx>, Path(code): Path<String>) -> Response {
    let lesson = match normalise(&code) {
        Some(code) => store::lesson_of_code(&cx.app.db, cx.now, &code).await,
        None => Ok(None),
    };
    match lesson {
        Ok(Some(lesson)) => with_ticket(cx, lesson),
        Ok(None) => redirect("/q?old=1"),
        Err(error) => crate::respond::refusal(&cx, &error),
    }
}

fn with_ticket(mut cx: Cx, lesson: LessonId) -> Response {
    let is_new = cx.browser.is_none();
    let browser = cx
        .browser
        .get_or_insert_with(|| crate::request::hex(&cx.app.chance.bytes::<16>()))
        .clone();
    let ticket = Ticket {
        lesson,
        scanned_at: cx.now,
        device: own_mark(&cx, lesson),
    };
    let mut response = redirect(&format!("/checkin?ticket={}", ticket.sealed(&cx.app)));
    if is_new {
        let secure = if cx.app.is_secure() { "; Secure" } else { "" };
        let cookie = format!("browser={browser}; Path=/; Max-Age={BROWSER_SECONDS}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
    }
    response
}

fn redirect(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/q"));
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// `GET /q/typed?code=…`: the same for a code that was typed.
pub async fn typed(Extension(cx): Extension<Cx>) -> Response {
    let code = cx.query("code").unwrap_or_default();
    if normalise(&code).is_some() {
        return trade(Extension(cx), Path(code)).await;
    }
    let kept: String = code.chars().take(LONGEST_TYPED).collect();
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("code", &kept).finish();
    redirect(&format!("/q?{query}"))
}

/// `/q`: for those who can't scan, and for those whose code is past.
pub async fn type_code(cx: Cx) -> Result<Page, AppError> {
    let mut form = FormState::default();
    if let Some(typed) = cx.query("code") {
        form.values.insert("code".to_owned(), vec![typed.chars().take(LONGEST_TYPED).collect()]);
        form.errors.push(FieldError {
            field: "code".to_owned(),
            message: t!(cx.lang, "attendance-q-wrong"),
        });
    }
    let old = cx.query("old").is_some();
    Ok(Page::new(t!(cx.lang, "attendance-q-title"), type_view(cx.lang, form, old)))
}

fn type_view(lang: Lang, form: FormState, old: bool) -> impl IntoView {
    let lead = if old { "attendance-q-old" } else { "attendance-q-lead" };
    view! {
        <ErrorSummary form=form.clone()/>
        <div class="checkin">
            <div class="checkin__lesson">
                <h1>{t!(lang, "attendance-q-title")}</h1>
                <p>{t!(lang, lead)}</p>
            </div>
            <form method="get" action="/q/typed">
                <TextField form=form name="code" label=t!(lang, "attendance-q-code") hint=t!(lang, "attendance-q-code-hint") autocomplete="off" maxlength="20"/>
                <Submit label=t!(lang, "attendance-q-go")/>
            </form>
        </div>
    }
}

/// A lesson as seen from outside its door.
struct Hall {
    lesson: Lesson,
    class: Class,
}

impl Hall {
    async fn load(cx: &Cx, id: LessonId) -> Result<Self, AppError> {
        let lesson = classes::store::lesson(&cx.app.db, id).await?;
        let class = classes::store::class(&cx.app.db, lesson.class_id).await?;
        Ok(Self { lesson, class })
    }

    fn window(&self) -> Window {
        Window::of(&self.class, &self.lesson)
    }

    fn is_cancelled(&self) -> bool {
        self.lesson.cancelled_at.is_some() || self.class.state == ClassState::Cancelled
    }

    /// Which lesson this is, on top of the button.
    fn heading(&self, lang: Lang) -> impl IntoView + use<> {
        let venue = self.lesson.venue.clone();
        view! {
            <div class="checkin__lesson">
                <p>{self.class.title.clone()}</p>
                <h1>{self.lesson.topic.clone()}</h1>
                <p>{time_range(lang, self.lesson.starts_at, self.lesson.ends_at)}</p>
                {venue.map(|venue| view! { <p>{venue}</p> })}
            </div>
        }
    }
}

/// `/checkin?ticket=…`: who, which lesson, one big button. Never marks anybody.
pub async fn ask(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let text = cx.query("ticket").unwrap_or_default();
    let Some(ticket) = Ticket::open(&cx.app, &text) else {
        return Ok(scan_again(lang));
    };
    let hall = Hall::load(&cx, ticket.lesson).await?;
    let title = t!(lang, "attendance-checkin-title");
    let Some(actor) = cx.actor.clone() else {
        return Ok(Page::new(title, sign_in_first(&cx, &hall)));
    };
    let own = store::own_entry(&cx.app.db, ticket.lesson, actor.person).await?;
    if let Some(standing) = own.standing {
        let next = store::next_lesson(&cx.app.db, actor.person, hall.lesson.ends_at).await?;
        return Ok(Page::new(title, answer_view(&cx, &actor, &hall, &standing, next)));
    }
    if good_ticket(&cx, &actor, &text).is_none() {
        return Ok(scan_again(lang));
    }
    if let Some(refusal) = outside(&cx, &hall, &ticket) {
        return Ok(Page::new(title, refusal));
    }
    if !own.on_roster {
        let wish = store::state_of(&cx.app.db, ticket.lesson, actor.person).await?;
        return Ok(Page::new(title, not_on_roster(&cx, &actor, &hall, wish, Some(text))));
    }
    Ok(Page::new(title, button(&cx, &actor, &hall, text)))
}

/// The door is not open: closed, cancelled or too early, whoever asks.
fn outside(cx: &Cx, hall: &Hall, ticket: &Ticket) -> Option<AnyView> {
    let lang = cx.lang;
    let window = hall.window();
    if hall.is_cancelled() {
        return Some(refusal_view(lang, hall, "cancelled", None));
    }
    if hall.lesson.attendance_closed_at.is_some() {
        return Some(refusal_view(lang, hall, "closed", None));
    }
    match window.judge(arrival(&window, ticket, cx.now)) {
        Arrival::In(_) => None,
        Arrival::TooEarly(opens) => Some(refusal_view(lang, hall, "too-early", Some(hour_minute(opens)))),
        Arrival::Over => Some(refusal_view(lang, hall, "closed", None)),
    }
}

fn refusal_view(lang: Lang, hall: &Hall, what: &str, opens: Option<String>) -> AnyView {
    let early = opens.is_some();
    let opens = opens.unwrap_or_default();
    let text = t!(lang, &format!("attendance-refused-{what}"), opens = opens);
    let (class, icon) = if early {
        ("arrival arrival--late", IconName::Clock)
    } else {
        ("arrival arrival--bad", IconName::Cross)
    };
    let title = t!(lang, &format!("attendance-refused-{what}-title"));
    let class_link = format!("/classes/{}", hall.class.id);
    view! {
        <div class=class>
            <div class="arrival__sign"><Icon name=icon/></div>
            <h1>{title}</h1>
            <p class="arrival__what">{text}</p>
            <Facts items=lesson_facts(lang, hall)/>
            <p><a href=class_link>{t!(lang, "attendance-see-class")}</a></p>
        </div>
    }
    .into_any()
}

fn lesson_facts(lang: Lang, hall: &Hall) -> Vec<(String, String)> {
    let mut facts = vec![
        (t!(lang, "attendance-fact-lesson"), hall.lesson.topic.clone()),
        (t!(lang, "attendance-fact-class"), hall.class.title.clone()),
        (
            t!(lang, "attendance-fact-time"),
            time_range(lang, hall.lesson.starts_at, hall.lesson.ends_at),
        ),
    ];
    if let Some(venue) = &hall.lesson.venue {
        facts.push((t!(lang, "attendance-fact-venue"), venue.clone()));
    }
    facts
}

fn sign_in_first(cx: &Cx, hall: &Hall) -> impl IntoView + use<> {
    let lang = cx.lang;
    let here = cx.here_with("flash", None);
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", &here).finish();
    view! {
        <div class="checkin">
            {hall.heading(lang)}
            <a class="checkin__button" href=format!("/sign-in?{query}")>{t!(lang, "attendance-sign-in-first")}</a>
            <p class="checkin__help">{t!(lang, "attendance-sign-in-keeps-time")}</p>
        </div>
    }
}

fn button(cx: &Cx, actor: &Actor, hall: &Hall, ticket: String) -> impl IntoView + use<> {
    let lang = cx.lang;
    let name = actor.name.clone();
    view! {
        <div class="checkin">
            {hall.heading(lang)}
            <form method="post" action="/api/check_in">
                <Hidden name="ticket" value=ticket/>
                <button class="checkin__button" type="submit"><Icon name=IconName::Check/>{t!(lang, "attendance-checkin-button", name = name.clone())}</button>
            </form>
            <p class="checkin__help">{t!(lang, "attendance-checkin-who", name = name)}</p>
        </div>
    }
}

/// Not on the roster: clear, and with a way on.
fn not_on_roster(cx: &Cx, actor: &Actor, hall: &Hall, wish: Option<(WalkInState, Option<String>)>, ticket: Option<String>) -> AnyView {
    let lang = cx.lang;
    let (state, reason) = wish.unzip();
    let (class, icon, what) = match state {
        Some(WalkInState::Asked) => ("arrival arrival--late", IconName::Clock, "asked"),
        Some(WalkInState::Refused) => ("arrival arrival--bad", IconName::Cross, "refused"),
        _ => ("arrival arrival--bad", IconName::Cross, "none"),
    };
    let why = reason.flatten().map(|why| t!(lang, "attendance-walk-in-why", why = why));
    // While staff decide, the page looks again by itself.
    let ask = (what == "none").then_some(ticket).flatten().map(|ticket| {
        view! {
            <form method="post" action="/api/ask_to_be_added">
                <Hidden name="ticket" value=ticket/>
                <Submit label=t!(lang, "attendance-ask-to-be-added")/>
            </form>
        }
    });
    let again = (what == "asked").then(|| {
        let href = cx.here_with("flash", None);
        view! { <ButtonLink href=href label=t!(lang, "attendance-look-again") icon=IconName::Refresh/> }
    });
    view! {
        <div class=class>
            <div class="arrival__sign"><Icon name=icon/></div>
            <h1>{t!(lang, &format!("attendance-walk-in-{what}-title"))}</h1>
            <p class="arrival__what">{t!(lang, &format!("attendance-walk-in-{what}-text"), name = actor.name.clone())}</p>
            {why.map(|why| view! { <p>{why}</p> })}
            <Facts items=lesson_facts(lang, hall)/>
            {ask}
            {again}
        </div>
    }
    .into_any()
}

/// The ticket is none, or past: the wall has the next one.
fn scan_again(lang: Lang) -> Page {
    let body = view! {
        <div class="arrival arrival--late">
            <div class="arrival__sign"><Icon name=IconName::Refresh/></div>
            <h1>{t!(lang, "attendance-scan-again-title")}</h1>
            <p class="arrival__what">{t!(lang, "attendance-scan-again-text")}</p>
            <ButtonLink href="/q" label=t!(lang, "attendance-type-instead") tone=Tone::Plain/>
        </div>
    };
    Page::new(t!(lang, "attendance-scan-again-title"), body)
}

/// `/checkin/{lesson}`: what the ledger says of the reader.
pub async fn answer(cx: Cx) -> Result<Page, AppError> {
    let actor = cx.actor()?.clone();
    let lesson: LessonId = cx.param("lesson")?;
    let OwnEntry { standing, .. } = store::own_entry(&cx.app.db, lesson, actor.person).await?;
    let wish = store::state_of(&cx.app.db, lesson, actor.person).await?;
    let title = t!(cx.lang, "attendance-checkin-title");
    match (standing, wish) {
        (Some(standing), _) => {
            let hall = Hall::load(&cx, lesson).await?;
            let next = next(&cx, actor.person, &hall).await?;
            Ok(Page::new(title, answer_view(&cx, &actor, &hall, &standing, next)))
        }
        (None, Some(wish)) => {
            let hall = Hall::load(&cx, lesson).await?;
            let waits = wish.0 == WalkInState::Asked;
            let page = Page::new(title, not_on_roster(&cx, &actor, &hall, Some(wish), None));
            Ok(if waits { page.refreshing(10) } else { page })
        }
        (None, None) => Ok(scan_again(cx.lang)),
    }
}

async fn next(cx: &Cx, person: PersonId, hall: &Hall) -> Result<Option<OpenLesson>, AppError> {
    store::next_lesson(&cx.app.db, person, hall.lesson.starts_at).await
}

fn answer_view(cx: &Cx, actor: &Actor, hall: &Hall, standing: &Standing, next: Option<OpenLesson>) -> AnyView {
    let lang = cx.lang;
    let (class, icon) = match standing.status {
        Status::Present => ("arrival arrival--good", IconName::Check),
        Status::Late => ("arrival arrival--late", IconName::Clock),
        _ => ("arrival", IconName::Info),
    };
    let word = standing.status.as_str();
    let mut facts = vec![(t!(lang, "attendance-fact-who"), actor.name.clone())];
    facts.extend(lesson_facts(lang, hall));
    if standing.status.attended() {
        facts.push((t!(lang, "attendance-fact-at"), hour_minute(standing.at)));
    }
    let next = next.map(|next| {
        view! {
            <section class="next">
                <h2>{t!(lang, "attendance-next-title")}</h2>
                <p><strong>{next.topic}</strong>" · "{next.class}</p>
                <p>{time_range(lang, next.starts_at, next.ends_at)}{next.venue.map(|venue| format!(" · {venue}"))}</p>
            </section>
        }
    });
    view! {
        <div class=class>
            <div class="arrival__sign"><Icon name=icon/></div>
            <h1>{t!(lang, &format!("attendance-answer-{word}"))}</h1>
            <p class="arrival__what">{t!(lang, &format!("attendance-answer-{word}-text"))}</p>
            <Facts items=facts/>
        </div>
        {next}
        <p class="next"><a href="/me">{t!(lang, "attendance-to-me")}</a></p>
    }
    .into_any()
}
