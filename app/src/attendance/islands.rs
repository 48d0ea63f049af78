//! The browser's side of check-in. Both islands take no properties and draw nothing: the server sends ready pieces of
//! the page, and they put them where they belong. So the bundle needs neither texts nor templates.

use leptos::prelude::*;

/// Keeps the parts of this page up to date that the element with `data-live` names a stream for.
#[island]
pub fn LivePage() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::browser_live::start();
}

/// Reads people's codes with the camera, where the browser knows how to (`BarcodeDetector`).
#[island]
pub fn ScanPage() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::browser_scan::start();
}
