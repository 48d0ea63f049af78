//! What the pages of the desk, the board and one's own attendance share: states as shapes and words, rates, the way back.

use leptos::prelude::*;

use super::board_store::{From, PageOf};
use super::rules::{Flag, Rate, Source, Status};
use crate::i18n::Lang;
use crate::ids::EnrolmentId;
use crate::request::Cx;
use crate::t;
use crate::ui::{Badge, BadgeTone, FormState, Icon, IconName, OptText, StateMark, StateShape};

/// Query parameters that say which part of a list is shown.
const TRAIL: &[&str] = &["show", "q", "after", "before", "from"];

/// A status, or none yet, in words.
pub fn status_word(lang: Lang, status: Option<Status>) -> String {
    match status {
        Some(status) => t!(lang, &format!("board-status-{}", status.as_str())),
        None => t!(lang, "board-status-none"),
    }
}

pub fn source_word(lang: Lang, source: Source) -> String {
    t!(lang, &format!("board-source-{}", source.as_str()))
}

pub fn flag_word(lang: Lang, flag: Flag) -> String {
    t!(lang, &format!("board-flag-{}", flag.as_str()))
}

/// Late came after all: a ring with a tick. Left early is half of it.
pub fn shape(status: Option<Status>) -> StateShape {
    match status {
        Some(Status::Present) => StateShape::Done,
        Some(Status::Late) => StateShape::Recovered,
        Some(Status::LeftEarly) => StateShape::Part,
        Some(Status::Excused) => StateShape::Excused,
        Some(Status::Absent) => StateShape::Missed,
        None => StateShape::Open,
    }
}

/// A status as a badge.
pub fn status_badge(lang: Lang, status: Option<Status>) -> impl IntoView {
    let tone = match status {
        Some(Status::Present) => BadgeTone::Good,
        Some(Status::Late | Status::LeftEarly) => BadgeTone::Attention,
        Some(Status::Excused) => BadgeTone::Info,
        Some(Status::Absent) => BadgeTone::Bad,
        None => BadgeTone::Neutral,
    };
    view! { <Badge tone=tone label=status_word(lang, status)/> }
}

/// The five states and the sixth, with their words.
pub fn legend(lang: Lang) -> impl IntoView {
    let states = Status::ALL.iter().copied().map(Some).chain([None]);
    let items = states
        .map(|status| {
            let word = status_word(lang, status);
            view! { <li><StateMark shape=shape(status) label=word.clone()/><span aria-hidden="true">{word}</span></li> }
        })
        .collect_view();
    view! { <ul class="legend" aria-label=t!(lang, "board-legend")>{items}</ul> }
}

/// A rate as a percentage with one digit, never rounded up; a dash when nothing was held.
pub fn percent(rate: Rate) -> String {
    match rate.per_mille() {
        Some(1000) => "100%".to_owned(),
        Some(tenths) => format!("{}.{}%", tenths / 10, tenths % 10),
        None => "–".to_owned(),
    }
}

/// A phone number of which a stranger learns nothing: 138****0001.
pub fn masked(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().collect();
    if digits.len() < 7 {
        return "****".to_owned();
    }
    let head: String = digits[..3].iter().collect();
    let tail: String = digits[digits.len() - 4..].iter().collect();
    format!("{head}****{tail}")
}

/// Where in a list the page begins.
pub fn from(cx: &Cx) -> From {
    let id = |name| cx.query(name).and_then(|id| id.parse().ok());
    match (id("after"), id("before")) {
        (Some(id), _) => From::After(id),
        (None, Some(id)) => From::Before(id),
        (None, None) => From::Start,
    }
}

/// The addresses of the pages before and after.
pub fn pages<T>(cx: &Cx, page: &PageOf<T>, id: impl Fn(&T) -> EnrolmentId) -> (Option<String>, Option<String>) {
    let to = |name: &str, other: &str, row: Option<&T>| {
        let id = id(row?).to_string();
        let cleared = crate::request::with_query(&cx.uri, other, None);
        Some(crate::request::with_query(&cleared.parse().ok()?, name, Some(&id)))
    };
    let before = page.before.then(|| to("before", "after", page.rows.first())).flatten();
    let after = page.after.then(|| to("after", "before", page.rows.last())).flatten();
    (before, after)
}

/// The part of a list that is shown, as `?…` or nothing.
pub fn trail(cx: &Cx) -> String {
    kept(TRAIL.iter().filter_map(|name| cx.query(name).map(|value| ((*name).to_owned(), value))))
}

/// The same from a field of a form: nothing else gets into an address.
pub fn trail_of(typed: &str) -> String {
    let typed = typed.trim_start_matches('?');
    let pairs = url::form_urlencoded::parse(typed.as_bytes()).into_owned();
    kept(pairs.filter(|(name, value)| TRAIL.contains(&name.as_str()) && value.chars().count() <= 80))
}

/// The list that a cell was opened from: the board, or the desk of the lesson.
pub fn list_behind(class: crate::ids::ClassId, lesson: crate::ids::LessonId, trail: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(trail.trim_start_matches('?').as_bytes());
    if pairs.any(|(name, value)| name == "from" && value == "desk") {
        format!("/desk/lessons/{lesson}{trail}")
    } else {
        format!("/desk/classes/{class}/attendance{trail}")
    }
}

fn kept(pairs: impl Iterator<Item = (String, String)>) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { query } else { format!("?{query}") }
}

/// The five statuses as big choices, as `style/board.css` draws them.
#[component]
pub fn StatusChoice(#[prop(into)] form: FormState, chosen: Option<Status>, lang: Lang) -> impl IntoView {
    let chosen = form.value("status").and_then(|word| word.parse().ok()).or(chosen);
    let error = form.error("status").map(ToOwned::to_owned);
    let options = Status::ALL
        .iter()
        .enumerate()
        .map(|(place, status)| {
            let id = (place == 0).then_some("field-status");
            let word = status_word(lang, Some(*status));
            view! {
                <label>
                    <input id=id type="radio" name="status" value=status.as_str() checked=chosen == Some(*status) required/>
                    <StateMark shape=shape(Some(*status)) label=word.clone()/>
                    <span aria-hidden="true">{word}</span>
                </label>
            }
        })
        .collect_view();
    let class = if error.is_some() { "field field--error" } else { "field" };
    view! {
        <fieldset class=class>
            <legend class="field__label">{t!(lang, "board-new-status")}</legend>
            {error.map(|error| view! { <p class="field__error" id="error-status"><Icon name=IconName::Alert/>{error}</p> })}
            <div class="correct">{options}</div>
        </fieldset>
    }
}

/// A line of a history: when, what, who, why.
pub fn history_line(lang: Lang, at: chrono::DateTime<chrono::Utc>, what: String, by: Option<String>, why: &str) -> impl IntoView + use<> {
    let why = OptText::from(why).into_option();
    view! {
        <li>
            <time datetime=at.to_rfc3339()>{crate::ui::time::date_time(lang, at)}</time>
            <p>{what}{by.map(|by| view! { <span class="muted">" · "{by}</span> })}</p>
            {why.map(|why| view! { <p class="muted">{t!(lang, "board-why-was", why = why)}</p> })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_as_percentages_that_never_overstate() {
        let rate = |attended, of| percent(Rate { attended, of });
        assert_eq!([rate(2, 3), rate(3, 3), rate(0, 3), rate(0, 0)], ["66.6%", "100%", "0.0%", "–"]);
    }

    #[test]
    fn phones_are_masked() {
        assert_eq!(masked("13812340001"), "138****0001");
        assert_eq!(masked("123"), "****");
    }

    #[test]
    fn the_way_back_holds_nothing_foreign() {
        assert_eq!(trail_of("?q=%E5%BC%A0&show=risk&evil=//x"), "?q=%E5%BC%A0&show=risk");
        assert_eq!(trail_of("//evil.example"), "");
        assert_eq!(trail_of(&format!("q={}", "a".repeat(100))), "");
    }
}
