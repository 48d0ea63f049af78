//! `/classes/{id}`: the class as everybody sees it. No island, little weight.

use leptos::prelude::*;

use super::lessons::or_open;
use super::overview::{TableOf, reclaim_words, state_words};
use super::{days, state_badge};
use crate::classes::policy;
use crate::classes::rules::{ClassState, hours_text};
use crate::classes::store::{self, OwnEnrolment, Quota, Surroundings};
use crate::classes::{Class, Lesson};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{Badge, BadgeTone, ButtonLink, Facts, Figure, IconName, Notice, NoticeTone, PageHeader, Tone, time};

/// The public page of a class. A draft is shown to those who work on it only.
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let class = store::class(db, cx.param("id")?).await?;
    if !policy::can_see(cx.actor.as_ref(), &class) {
        return Err(AppError::NotFound);
    }
    // Side by side: how soon it is made is how soon all who wait for it have it.
    let (around, lessons, quotas, counties) = tokio::try_join!(
        store::surroundings(db, class.id),
        store::lessons_of(db, class.id),
        store::quotas(db, class.id),
        cx.regions()
    )?;
    let own = match &cx.actor {
        Some(actor) => store::own_enrolment(db, class.id, actor.person).await?,
        None => None,
    };
    let school = lang.pick(&around.school_zh, &around.school_en).to_owned();
    let draft =
        (class.state == ClassState::Draft).then(|| view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "classes-draft-seen")}</p></Notice> });
    let cancelled = class
        .cancel_reason
        .clone()
        .map(|reason| view! { <Notice tone=NoticeTone::Error title=t!(lang, "classes-cancelled-because")><p>{reason}</p></Notice> });
    let paragraphs: Vec<_> = class
        .summary
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| view! { <p>{line.to_owned()}</p> })
        .collect();
    let body = view! {
        <div class="public stack">
            {draft}
            <PageHeader title=class.title.clone() caption=school.clone()/>
            <p class="row">{state_badge(lang, class.state)} <span>{state_words(lang, &class)}</span></p>
            {cancelled}
            {enrolling(lang, &cx, &class, own.as_ref())}
            {places(lang, &class, &around)}
            {paragraphs}
            <Facts items=facts(lang, &class, &around, &lessons, &quotas, &counties)/>
            <h2>{t!(lang, "classes-timetable")}</h2>
            {timetable(lang, lessons)}
            {calendar(&cx, &class, own.as_ref())}
        </div>
    };
    Ok(Page::new(class.title.clone(), body))
}

/// The viewer's own state in words, or the way in.
fn enrolling(lang: Lang, cx: &Cx, class: &Class, own: Option<&OwnEnrolment>) -> AnyView {
    let href = format!("/classes/{}/enrol", class.id);
    if let Some(own) = own.filter(|own| own.is_live()) {
        let tone = if own.state == "approved" {
            BadgeTone::Good
        } else {
            BadgeTone::Attention
        };
        let words = t!(lang, &format!("classes-own-{}", own.state), n = own.ahead + 1);
        return view! {
            <p class="row">
                <Badge tone=tone label=words/>
                <ButtonLink href=href label=t!(lang, "classes-own-see")/>
            </p>
        }
        .into_any();
    }
    let open = class.state == ClassState::Enrolling && class.enrol_closes_at.is_some_and(|closes| cx.now < closes);
    if !open {
        return ().into_any();
    }
    view! { <p><ButtonLink href=href label=t!(lang, "classes-enrol") tone=Tone::Main icon=IconName::Arrow/></p> }.into_any()
}

/// The way to the class's calendar for those whom it is shown to.
fn calendar(cx: &Cx, class: &Class, own: Option<&OwnEnrolment>) -> Option<impl IntoView + use<>> {
    let has_seat = own.is_some_and(|own| own.state == "approved");
    let looks_after = cx.actor.as_ref().is_some_and(|actor| policy::can_view(actor, class).is_some());
    (class.state != ClassState::Draft && (has_seat || looks_after)).then(|| {
        view! {
            <p><ButtonLink href=format!("/classes/{}/calendar", class.id) label=t!(cx.lang, "classes-to-calendar") icon=IconName::Calendar/></p>
        }
    })
}

fn places(lang: Lang, class: &Class, around: &Surroundings) -> Option<impl IntoView + use<>> {
    if !class.state.is_announced() {
        return None;
    }
    let left = (class.capacity - around.approved).max(0);
    let queue = (left == 0 || around.waitlisted > 0).then(|| view! { <Figure value=around.waitlisted label=t!(lang, "classes-queue")/> });
    Some(view! {
        <div class="figures">
            <Figure value=left label=t!(lang, "classes-places-left") hint=t!(lang, "classes-places-of", n = class.capacity)/>
            {queue}
        </div>
    })
}

fn facts(lang: Lang, class: &Class, around: &Surroundings, lessons: &[Lesson], quotas: &[Quota], counties: &[RegionName]) -> Vec<(String, String)> {
    let live = || lessons.iter().filter(|lesson| lesson.cancelled_at.is_none());
    let hours: i64 = live().map(|lesson| lesson.half_hours).sum();
    let mut items = vec![
        (t!(lang, "classes-dates"), days(lang, class.starts_at, class.ends_at)),
        (
            t!(lang, "classes-lessons"),
            t!(lang, "classes-lessons-lead", n = live().count(), hours = hours_text(hours)),
        ),
    ];
    let mut push = |key: &str, text: String| {
        if !text.is_empty() {
            items.push((t!(lang, key), text));
        }
    };
    push("classes-teachers", distinct(live().filter_map(|lesson| lesson.teacher.clone())));
    push("classes-where", distinct(live().filter_map(|lesson| lesson.venue.clone())));
    if let Some((opens, closes)) = class.enrol_opens_at.zip(class.enrol_closes_at) {
        push(
            "classes-enrol-window",
            format!("{} – {}", time::date_time(lang, opens), time::date_time(lang, closes)),
        );
    }
    push(
        "classes-theme",
        around
            .theme_zh
            .as_ref()
            .zip(around.theme_en.as_ref())
            .map(|(zh, en)| lang.pick(zh, en).to_owned())
            .unwrap_or_default(),
    );
    push("classes-quotas", quota_words(lang, class, quotas, counties));
    push("classes-term", class.term.clone());
    items
}

fn distinct(names: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen.join(" · ")
}

/// Whose seats are kept, and until when.
fn quota_words(lang: Lang, class: &Class, quotas: &[Quota], counties: &[RegionName]) -> String {
    if quotas.is_empty() {
        return String::new();
    }
    let kept: Vec<String> = quotas
        .iter()
        .map(|quota| {
            let name = counties
                .iter()
                .find(|county| county.region == quota.region)
                .map_or("", |county| county.name(lang))
                .to_owned();
            t!(lang, "classes-quota-kept", county = name, n = quota.seats)
        })
        .collect();
    format!(
        "{}{}{}",
        kept.join(lang.pick("、", ", ")),
        lang.pick("。", ". "),
        reclaim_words(lang, class)
    )
}

fn timetable(lang: Lang, lessons: Vec<Lesson>) -> AnyView {
    if lessons.is_empty() {
        return view! { <p class="muted">{t!(lang, "classes-no-lessons")}</p> }.into_any();
    }
    let heads = ["classes-when", "classes-topic", "classes-teacher", "classes-venue"];
    let rows: Vec<_> = lessons
        .into_iter()
        .map(|lesson| {
            let off = lesson
                .cancelled_at
                .is_some()
                .then(|| view! { <Badge tone=BadgeTone::Bad label=t!(lang, "classes-lesson-off")/> });
            view! {
                <tr>
                    <td data-label=t!(lang, "classes-when")>{time::time_range(lang, lesson.starts_at, lesson.ends_at)}</td>
                    <th scope="row">{lesson.topic} {off}</th>
                    <td data-label=t!(lang, "classes-teacher")>{or_open(lang, lesson.teacher)}</td>
                    <td data-label=t!(lang, "classes-venue")>{or_open(lang, lesson.venue)}</td>
                </tr>
            }
        })
        .collect();
    let heads = heads.iter().map(|key| t!(lang, key)).collect();
    view! { <TableOf label=t!(lang, "classes-timetable") heads=heads>{rows}</TableOf> }.into_any()
}
