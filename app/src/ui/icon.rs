//! Line icons on a 24 px grid, drawn inline: no icon font, no request.

use leptos::prelude::*;

use super::OptText;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    Alert,
    Arrow,
    ArrowLeft,
    Bell,
    Calendar,
    Camera,
    Certificate,
    Chart,
    Check,
    Chevron,
    Clock,
    Cross,
    Dot,
    Download,
    Edit,
    External,
    Filter,
    Firm,
    Flag,
    Globe,
    History,
    Info,
    Link,
    Lock,
    Menu,
    Minus,
    Moon,
    People,
    Person,
    Phone,
    Pin,
    Plus,
    Print,
    Qr,
    Refresh,
    School,
    Screen,
    Search,
    SignOut,
    Sun,
    Trash,
    Undo,
    Upload,
}

impl IconName {
    const fn drawing(self) -> &'static str {
        match self {
            Self::Alert => r#"<path d="M12 3.5 2.5 20h19Z"/><path d="M12 10v4.5M12 17.4v.1"/>"#,
            Self::Arrow => r#"<path d="M4 12h15M13 6l6 6-6 6"/>"#,
            Self::ArrowLeft => r#"<path d="M20 12H5M11 6l-6 6 6 6"/>"#,
            Self::Bell => r#"<path d="M6 16V10.5a6 6 0 0 1 12 0V16l1.5 2h-15ZM10 21h4"/>"#,
            Self::Calendar => r#"<path d="M4 6h16v14H4ZM4 10.5h16M8.5 3.5V8M15.5 3.5V8"/>"#,
            Self::Camera => r#"<path d="M3.5 7.5h4L9 5h6l1.5 2.5h4V19h-17Z"/><circle cx="12" cy="13" r="3.5"/>"#,
            Self::Certificate => {
                r#"<path d="M20 13V4H4v13h7"/><path d="M8 8.5h8M8 12.5h3"/><circle cx="16.5" cy="15.5" r="2.7"/><path d="m15 18-.5 4 2-1.2 2 1.2-.5-4"/>"#
            }
            Self::Chart => r#"<path d="M4 4v16h16M8.5 16v-4M13 16V7M17.5 16v-6"/>"#,
            Self::Check => r#"<path d="m4.5 12.5 5 5 10-11"/>"#,
            Self::Chevron => r#"<path d="m6 9 6 6 6-6"/>"#,
            Self::Clock => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>"#,
            Self::Cross => r#"<path d="m6 6 12 12M18 6 6 18"/>"#,
            Self::Dot => r#"<circle cx="12" cy="12" r="5.5"/>"#,
            Self::Download => r#"<path d="M12 4v11M7 10.5l5 5 5-5M4 20h16"/>"#,
            Self::Edit => r#"<path d="M4 20l1-4.5L16 4.5l3.5 3.5-11 11ZM13.5 7l3.5 3.5"/>"#,
            Self::External => r#"<path d="M18 13v6.5H4.5V6H11M14 4h6v6M20 4l-9 9"/>"#,
            Self::Filter => r#"<path d="M3.5 6h17M7 12h10M10 18h4"/>"#,
            Self::Firm => r#"<path d="M4.5 20.5v-17h9v17M13.5 9h6v11.5M2.5 20.5h19M8 7.5h2M8 11.5h2M8 15.5h2M16.5 13v.1M16.5 16.5v.1"/>"#,
            Self::Flag => r#"<path d="M5 21V4h12.5l-2.5 4.2 2.5 4.3H5"/>"#,
            Self::Globe => r#"<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17"/>"#,
            Self::History => r#"<path d="M4 5v5h5M4.3 10a8.2 8.2 0 1 1-.3 4M12 8v4.5l3 2"/>"#,
            Self::Info => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.6v.1"/>"#,
            Self::Link => r#"<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>"#,
            Self::Lock => r#"<path d="M5 10.5h14V20H5ZM8 10.5V8a4 4 0 0 1 8 0v2.5"/>"#,
            Self::Menu => r#"<path d="M4 7h16M4 12h16M4 17h16"/>"#,
            Self::Minus => r#"<path d="M5 12h14"/>"#,
            Self::Moon => r#"<path d="M20 14.5A8.3 8.3 0 1 1 9.5 4a6.6 6.6 0 0 0 10.5 10.5Z"/>"#,
            Self::People => {
                r#"<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c0-4 2.5-6 6.5-6s6.5 2 6.5 6M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14.6c2.3.8 3.5 2.6 3.5 5.4"/>"#
            }
            Self::Person => r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c0-4.5 3-6.5 7.5-6.5s7.5 2 7.5 6.5"/>"#,
            Self::Phone => r#"<path d="M7 2.5h10v19H7ZM11 18.5h2"/>"#,
            Self::Pin => r#"<path d="M12 21.5c4.5-5 6.5-8.5 6.5-11.5a6.5 6.5 0 0 0-13 0c0 3 2 6.5 6.5 11.5Z"/><circle cx="12" cy="10" r="2.5"/>"#,
            Self::Plus => r#"<path d="M12 5v14M5 12h14"/>"#,
            Self::Print => r#"<path d="M7 9V3.5h10V9M7 17.5H3.5V9h17v8.5H17M7 14.5h10v6H7Z"/>"#,
            Self::Qr => r#"<path d="M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4ZM14 14h2.5v2.5M20 14v.1M14 20h2.5M20 18v2.2M7 7v.1M17 7v.1M7 17v.1"/>"#,
            Self::Refresh => r#"<path d="M20 5v5h-5M19.7 10a8.2 8.2 0 1 0 .3 4"/>"#,
            Self::School => r#"<path d="m2.5 9.5 9.5-5 9.5 5-9.5 5ZM6.5 11.8V17c3 2.5 8 2.5 11 0v-5.2M21.5 9.5V16"/>"#,
            Self::Screen => r#"<path d="M3.5 5h17v11.5h-17ZM8.5 20h7M12 16.5V20"/>"#,
            Self::Search => r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>"#,
            Self::SignOut => r#"<path d="M10 4H4.5v16H10M9.5 12h11M16 7.5l4.5 4.5-4.5 4.5"/>"#,
            Self::Sun => {
                r#"<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4"/>"#
            }
            Self::Trash => r#"<path d="M4 6.5h16M9 6.5V4h6v2.5M6 6.5l1 14h10l1-14M10 10.5v6M14 10.5v6"/>"#,
            Self::Undo => r#"<path d="M8.5 4.5 4 9l4.5 4.5M4 9h9.5a5.5 5.5 0 0 1 0 11H8"/>"#,
            Self::Upload => r#"<path d="M12 15V4M7 8.5l5-5 5 5M4 20h16"/>"#,
        }
    }
}

/// An icon. Decoration unless it has a `label`.
#[component]
pub fn Icon(name: IconName, #[prop(into, optional)] label: OptText) -> impl IntoView {
    let hidden = if label.is_some() { None } else { Some("true") };
    let role = label.is_some().then_some("img");
    view! {
        <svg
            class="icon"
            viewBox="0 0 24 24"
            width="24"
            height="24"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linecap="round"
            stroke-linejoin="round"
            role=role
            aria-label=label.into_option()
            aria-hidden=hidden
            inner_html=name.drawing()
        ></svg>
    }
}
