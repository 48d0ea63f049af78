//! Copying a link with one press. Without scripts the field beside it is copied as any text is.

use leptos::prelude::*;

/// Wakes every button with `data-copy`, which names the field to copy: shows it, and on a press copies the field and says
/// what `data-done` says.
#[island]
pub fn CopyButtons() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(move || browser::wake());
}

#[cfg(feature = "hydrate")]
mod browser {
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{Document, Element, Event, HtmlInputElement};

    pub fn wake() {
        let Some(document) = web_sys::window().and_then(|window| window.document()) else {
            return;
        };
        let Ok(buttons) = document.query_selector_all("[data-copy]") else {
            return;
        };
        for place in 0..buttons.length() {
            if let Some(button) = buttons.item(place).and_then(|node| node.dyn_into::<Element>().ok()) {
                listen(&document, button);
            }
        }
    }

    fn listen(document: &Document, button: Element) {
        let field = button.get_attribute("data-copy").and_then(|id| document.get_element_by_id(&id));
        let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        let _ = button.remove_attribute("hidden");
        let pressed = button.clone();
        let act = Closure::<dyn FnMut(Event)>::new(move |_| copy(&field, &pressed));
        let _ = button.add_event_listener_with_callback("click", act.as_ref().unchecked_ref());
        act.forget();
    }

    fn copy(field: &HtmlInputElement, button: &Element) {
        // Selected too, for browsers that refuse the clipboard: copying by hand is then one key.
        field.select();
        let Some(window) = web_sys::window().filter(web_sys::Window::is_secure_context) else {
            return;
        };
        let (said, button) = (button.get_attribute("data-done").unwrap_or_default(), button.clone());
        let writing = window.navigator().clipboard().write_text(&field.value());
        wasm_bindgen_futures::spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(writing).await.is_ok() {
                button.set_text_content(Some(&said));
            }
        });
    }
}
