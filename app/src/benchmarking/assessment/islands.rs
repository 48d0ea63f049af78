//! The browser's side of a self-assessment. Like the islands of check-in it takes no properties and draws nothing: the
//! server sends the page and, after each save, a sentence.

use leptos::prelude::*;

/// Saves each answer of the form `#answers` a moment after it was touched.
#[island]
pub fn AutosavePage() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::browser_autosave::start();
}
