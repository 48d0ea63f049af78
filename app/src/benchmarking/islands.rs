//! What adds up while somebody types. Forms work without it: the server says what is wrong with a sum.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a sum has to come to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Whole {
    Is(i64),
    /// What is typed into the field of this name.
    Field(String),
}

/// Keeps `#live-sum` up to date with the numbers typed into the fields of its form that the selector `parts` finds, and
/// shows `#live-sum-fault`, where there is one, while they don't come to the whole. In the sentences `#` stands for the sum and
/// `@` for the whole.
#[island]
pub fn LiveSum(parts: String, whole: Whole, sum: String, fits: String) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(move || browser::watch(&parts, &whole, &sum, &fits));
    #[cfg(not(feature = "hydrate"))]
    let _ = (parts, whole, sum, fits);
}

#[cfg(feature = "hydrate")]
mod browser {
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{Element, Event, HtmlInputElement};

    use super::Whole;

    pub fn watch(parts: &str, whole: &Whole, sum: &str, fits: &str) {
        let Some(document) = web_sys::window().and_then(|window| window.document()) else {
            return;
        };
        let Some(place) = document.get_element_by_id("live-sum") else { return };
        let Ok(Some(form)) = place.closest("form") else { return };
        let fault = document.get_element_by_id("live-sum-fault");
        let (inner, parts, whole) = (form.clone(), parts.to_owned(), whole.clone());
        let (sum, fits) = (sum.to_owned(), fits.to_owned());
        let say = move || {
            let (Some(added), Some(whole)) = (added(&inner, &parts), asked(&inner, &whole)) else {
                return;
            };
            let is_right = added == whole;
            let sentence = if is_right { &fits } else { &sum };
            let text = sentence.replace('#', &added.to_string()).replace('@', &whole.to_string());
            // A status that is set to what it says already would be read out again.
            if place.text_content().as_deref() != Some(text.as_str()) {
                place.set_text_content(Some(&text));
            }
            if let Some(fault) = &fault {
                let _ = fault.toggle_attribute_with_force("hidden", is_right);
            }
        };
        say();
        let act = Closure::<dyn FnMut(Event)>::new(move |_| say());
        let _ = form.add_event_listener_with_callback("input", act.as_ref().unchecked_ref());
        act.forget();
    }

    /// The sum of the parts; none while one of them is no number.
    fn added(form: &Element, parts: &str) -> Option<i64> {
        let fields = form.query_selector_all(parts).ok()?;
        let mut sum = 0_i64;
        for place in 0..fields.length() {
            sum = sum.checked_add(number(&fields.item(place)?.dyn_into().ok()?)?)?;
        }
        Some(sum)
    }

    fn asked(form: &Element, whole: &Whole) -> Option<i64> {
        match whole {
            Whole::Is(number) => Some(*number),
            Whole::Field(name) => {
                let field = form.query_selector(&format!("input[name='{name}']")).ok()??;
                number(&field.dyn_into().ok()?)
            }
        }
    }

    fn number(field: &HtmlInputElement) -> Option<i64> {
        field.value().trim().parse().ok()
    }
}
