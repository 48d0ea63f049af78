//! A piece of a page on its way to a browser that has the rest.

use axum::response::sse::Event;
use leptos::prelude::*;

/// An element's new content.
pub struct Part {
    pub id: &'static str,
    pub html: String,
}

impl Part {
    pub fn new<V: IntoView>(id: &'static str, view: impl FnOnce() -> V) -> Self {
        // A child of who is rendering, or on its own in a stream: texts find their language either way.
        let html = Owner::new().with(|| view().into_view().to_html());
        // Nothing in it is hydrated.
        Self {
            id,
            html: html.replace("<!>", "").replace('\r', ""),
        }
    }

    /// First line the element, then its content.
    pub fn event(&self) -> Event {
        Event::default().data(format!("{}\n{}", self.id, self.html))
    }
}

/// The part of this name, for putting it into the page at first.
pub fn html_of(parts: &[Part], id: &str) -> String {
    parts.iter().find(|part| part.id == id).map(|part| part.html.clone()).unwrap_or_default()
}
