//! The browser's side of check-in. The island takes no properties and draws nothing: the server sends ready pieces of
//! the page, and it puts them where they belong. So the bundle needs neither texts nor templates.

use leptos::prelude::*;

/// Reads people's codes with the camera, where the browser knows how to (`BarcodeDetector`).
#[island]
pub fn ScanPage() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::browser_scan::start();
}
