//! What a page says back: notices, badges, empty places, bars, and the question before a loss.
//! Colour is never the only sign: each tone has a shape of its own.

use leptos::prelude::*;

use super::{Icon, IconName, OptText, Tone};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeTone {
    #[default]
    Info,
    Success,
    Warning,
    Error,
}

/// A message in the flow of the page. Errors are announced at once, the others politely.
#[component]
pub fn Notice(#[prop(optional)] tone: NoticeTone, #[prop(into, optional)] title: OptText, children: Children) -> impl IntoView {
    let (class, icon, role) = match tone {
        NoticeTone::Info => ("notice notice--info", IconName::Info, "note"),
        NoticeTone::Success => ("notice notice--success", IconName::Check, "status"),
        NoticeTone::Warning => ("notice notice--warning", IconName::Alert, "status"),
        NoticeTone::Error => ("notice notice--error", IconName::Cross, "alert"),
    };
    view! {
        <div class=class role=role>
            <Icon name=icon />
            <div class="notice__text">
                {title.into_option().map(|title| view! { <p class="notice__title">{title}</p> })}
                {children()}
            </div>
        </div>
    }
}

/// A secret that was just made and is kept nowhere: to be written down now.
#[component]
pub fn ShownOnce(#[prop(into)] title: String, secret: String, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <Notice tone=NoticeTone::Success title=title>
            <p><code class="code">{secret}</code></p>
            <p>{text}</p>
        </Notice>
    }
}

/// Nothing here yet, and what to do about it.
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    #[prop(into, optional)] text: OptText,
    #[prop(default = IconName::Search)] icon: IconName,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty__icon"><Icon name=icon /></span>
            <p class="empty__title">{title}</p>
            {text.into_option().map(|text| view! { <p class="empty__text">{text}</p> })}
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadgeTone {
    #[default]
    Neutral,
    Good,
    Attention,
    Bad,
    Info,
}

/// A state in one or two words.
#[component]
pub fn Badge(#[prop(optional)] tone: BadgeTone, #[prop(into)] label: String) -> impl IntoView {
    let (class, icon) = match tone {
        BadgeTone::Neutral => ("badge", IconName::Dot),
        BadgeTone::Good => ("badge badge--good", IconName::Check),
        BadgeTone::Attention => ("badge badge--attention", IconName::Clock),
        BadgeTone::Bad => ("badge badge--bad", IconName::Cross),
        BadgeTone::Info => ("badge badge--info", IconName::Info),
    };
    view! { <span class=class><Icon name=icon />{label}</span> }
}

/// The question before something is lost, without scripts: the first press opens it, the second does it.
/// Stands inside a form of the caller; the children are the fields it sends along.
#[component]
pub fn Confirm(
    #[prop(into)] label: String,
    #[prop(into)] title: String,
    #[prop(into, optional)] text: OptText,
    #[prop(into)] yes_label: String,
    #[prop(default = Tone::Danger)] tone: Tone,
    /// Open from the start: a field inside came back with a fault.
    #[prop(optional)]
    open: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    // Only the second press is the loud one.
    let opener = if tone == Tone::Danger {
        "button button--quiet-danger confirm__open"
    } else {
        "button confirm__open"
    };
    view! {
        <details class="confirm" open=open>
            <summary class=opener>{label}<Icon name=IconName::Chevron /></summary>
            <div class="confirm__body" role="group">
                <p class="confirm__title">{title}</p>
                {text.into_option().map(|text| view! { <p>{text}</p> })}
                {children.map(|children| children())}
                <button class=tone.class() type="submit">{yes_label}</button>
            </div>
        </details>
    }
}

/// How full something is: words and figures first, the bar beside them.
#[component]
pub fn Meter(
    value: i64,
    max: i64,
    #[prop(into)] label: String,
    /// Instead of `value / max`.
    #[prop(into, optional)]
    text: OptText,
) -> impl IntoView {
    let text = text.or(&format!("{value} / {max}"));
    // Per mille, so that a single place of a large quota is still seen.
    let filled = if max > 0 {
        (value.max(0).saturating_mul(1000) / max).min(1000)
    } else {
        0
    };
    let class = match value.cmp(&max) {
        std::cmp::Ordering::Less => "meter",
        std::cmp::Ordering::Equal => "meter meter--full",
        std::cmp::Ordering::Greater => "meter meter--over",
    };
    view! {
        <div
            class=class
            role="meter"
            aria-label=label.clone()
            aria-valuenow=value.to_string()
            aria-valuemin="0"
            aria-valuemax=max.to_string()
            aria-valuetext=text.clone()
        >
            <span class="meter__label">{label.clone()}</span>
            <span class="meter__text">{text.clone()}</span>
            <svg class="meter__bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
                <rect class="meter__track" width="1000" height="8"></rect>
                <rect class="meter__fill" width=filled.to_string() height="8"></rect>
            </svg>
        </div>
    }
}

/// Six shapes for the states of a cell in a grid; told apart without colour, and on a printout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StateShape {
    /// Nothing known yet: a dotted ring.
    #[default]
    Open,
    /// A full disc with a tick.
    Done,
    /// A half disc.
    Part,
    /// A ring with a dash.
    Excused,
    /// A cross in a square.
    Missed,
    /// A ring with a tick.
    Recovered,
}

/// A state as a shape. The label is what a screen reader says; it is also the tooltip. Beside its word, a shape needs none.
#[component]
pub fn StateMark(shape: StateShape, #[prop(into)] label: String) -> impl IntoView {
    let (class, drawing) = match shape {
        StateShape::Open => (
            "state state--open",
            r#"<circle class="state__line" cx="12" cy="12" r="8" stroke-dasharray="1 5.28"/>"#,
        ),
        StateShape::Done => (
            "state state--done",
            r#"<circle class="state__body" cx="12" cy="12" r="10"/><path class="state__sign" d="m7.5 12.5 3 3 6-6.5"/>"#,
        ),
        StateShape::Part => (
            "state state--part",
            r#"<path class="state__body" d="M12 3a9 9 0 0 0 0 18Z"/><circle class="state__line" cx="12" cy="12" r="9"/>"#,
        ),
        StateShape::Excused => (
            "state state--excused",
            r#"<circle class="state__line" cx="12" cy="12" r="9"/><path class="state__line" d="M8 12h8"/>"#,
        ),
        StateShape::Missed => (
            "state state--missed",
            r#"<rect class="state__body" x="3" y="3" width="18" height="18" rx="3"/><path class="state__sign" d="m8 8 8 8M16 8l-8 8"/>"#,
        ),
        StateShape::Recovered => (
            "state state--recovered",
            r#"<circle class="state__line" cx="12" cy="12" r="9"/><path class="state__line" d="m8 12.5 3 3 5-6"/>"#,
        ),
    };
    let said = !label.is_empty();
    let title = if said {
        format!("<title>{}</title>", escape(&label))
    } else {
        String::new()
    };
    let (role, hidden) = if said { (Some("img"), None) } else { (None, Some("true")) };
    view! {
        <svg class=class viewBox="0 0 24 24" width="24" height="24" role=role aria-hidden=hidden inner_html=format!("{title}{drawing}")></svg>
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn a_label_cannot_become_markup() {
        assert_eq!(escape("<b>&"), "&lt;b&gt;&amp;");
    }
}
