//! A week of lessons: a grid where there is room, a list on a phone.

use chrono::{Days, NaiveDate, Timelike};
use leptos::prelude::*;

use crate::classes::store::TimetableEntry;
use crate::i18n::Lang;
use crate::t;
use crate::ui::{EmptyState, IconName, TableWrap, time};

/// Morning, afternoon and evening, by the hour at which a lesson starts.
const PARTS: [(&str, std::ops::Range<u32>); 3] = [("classes-morning", 0..12), ("classes-afternoon", 12..18), ("classes-evening", 18..24)];

/// The seven days from a Monday.
pub fn week(lang: Lang, monday: NaiveDate, entries: &[TimetableEntry]) -> AnyView {
    if entries.is_empty() {
        return view! { <EmptyState title=t!(lang, "classes-week-empty") text=t!(lang, "classes-week-empty-text") icon=IconName::Calendar/> }
            .into_any();
    }
    let days: Vec<NaiveDate> = (0..7).filter_map(|n| monday.checked_add_days(Days::new(n))).collect();
    view! {
        {grid(lang, &days, entries)}
        {list(lang, &days, entries)}
    }
    .into_any()
}

fn grid(lang: Lang, days: &[NaiveDate], entries: &[TimetableEntry]) -> impl IntoView + use<> {
    let heads: Vec<_> = days.iter().map(|day| view! { <th scope="col">{time::day(lang, *day)}</th> }).collect();
    let rows: Vec<_> = PARTS.iter().map(|(key, hours)| part(lang, key, hours, days, entries)).collect();
    view! {
        <div class="week-grid">
            <TableWrap label=t!(lang, "classes-timetable")>
                <table class="table"><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>
            </TableWrap>
        </div>
    }
}

fn part(lang: Lang, key: &str, hours: &std::ops::Range<u32>, days: &[NaiveDate], entries: &[TimetableEntry]) -> impl IntoView + use<> {
    let cells: Vec<_> = days
        .iter()
        .map(|day| {
            let here = entries
                .iter()
                .filter(|entry| time::day_of(entry.starts_at) == *day && hours.contains(&hour(entry)));
            let lessons: Vec<_> = here.map(|entry| lesson(lang, entry)).collect();
            view! { <td>{lessons}</td> }
        })
        .collect();
    view! { <tr><th scope="row">{t!(lang, key)}</th>{cells}</tr> }
}

fn hour(entry: &TimetableEntry) -> u32 {
    entry.starts_at.with_timezone(&time::CHINA).hour()
}

fn list(lang: Lang, days: &[NaiveDate], entries: &[TimetableEntry]) -> impl IntoView + use<> {
    let days: Vec<_> = days
        .iter()
        .filter_map(|day| {
            let lessons: Vec<_> = entries
                .iter()
                .filter(|entry| time::day_of(entry.starts_at) == *day)
                .map(|entry| lesson(lang, entry))
                .collect();
            (!lessons.is_empty()).then(|| view! { <section class="stack"><h2>{time::day(lang, *day)}</h2>{lessons}</section> })
        })
        .collect();
    view! { <div class="week-list stack">{days}</div> }
}

fn lesson(lang: Lang, entry: &TimetableEntry) -> impl IntoView + use<> {
    let class = if entry.cancelled { "lesson lesson--off" } else { "lesson" };
    let off = entry.cancelled.then(|| view! { <strong>{t!(lang, "classes-lesson-off")}</strong> });
    let place: Vec<String> = [&entry.teacher, &entry.venue].into_iter().flatten().cloned().collect();
    view! {
        <article class=class>
            <p class="lesson__time">{time::hour_minute(entry.starts_at)} "–" {time::hour_minute(entry.ends_at)} {off}</p>
            <p class="lesson__topic">{entry.topic.clone()}</p>
            <p><a href=format!("/desk/classes/{}/lessons", entry.class_id)>{entry.class.clone()}</a></p>
            <p class="muted">{place.join(" · ")}</p>
        </article>
    }
}
