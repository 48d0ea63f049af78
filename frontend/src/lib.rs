//! Hydrates the islands in the browser, nothing else.

// The islands register themselves; all that it takes is that their crate is linked.
use app as _;

#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
