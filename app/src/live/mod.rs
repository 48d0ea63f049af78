//! Pages that renew themselves. The server sends ready parts over server-sent events, each with the id of the element that
//! it belongs into; the one island only puts them there. So the bundle needs neither texts nor templates, what may not
//! reach a browser never does, and the page shows the same with scripts off.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
mod following;
#[cfg(feature = "ssr")]
mod part;

#[cfg(feature = "ssr")]
pub use following::{Followed, follow};
#[cfg(feature = "ssr")]
pub use part::{Part, html_of};

use leptos::prelude::*;

/// Keeps the parts of this page up to date that the element with `data-live` names a stream for. With `data-awake` beside
/// it the screen stays on.
#[island]
pub fn LivePage() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::start();
}
