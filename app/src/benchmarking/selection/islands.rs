//! What adds up while somebody types. The form works without it: the server says what is wrong with a sum.

use leptos::prelude::*;

/// Keeps `#mix-sum` up to date with the seats and the size typed into `#cohort-form`. In the sentences `#` stands for the
/// sum and `@` for the size.
#[island]
pub fn MixSum(sum: String, fits: String) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(move || browser::watch(&sum, &fits));
    #[cfg(not(feature = "hydrate"))]
    let _ = (sum, fits);
}

#[cfg(feature = "hydrate")]
mod browser {
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{Element, Event, HtmlInputElement};

    pub fn watch(sum: &str, fits: &str) {
        let Some(document) = web_sys::window().and_then(|window| window.document()) else {
            return;
        };
        let (Some(form), Some(place)) = (document.get_element_by_id("cohort-form"), document.get_element_by_id("mix-sum")) else {
            return;
        };
        let (sum, fits, inner) = (sum.to_owned(), fits.to_owned(), form.clone());
        let act = Closure::<dyn FnMut(Event)>::new(move |_| {
            if let Some((seats, size)) = figures(&inner) {
                let sentence = if seats == size { &fits } else { &sum };
                let text = sentence.replace('#', &seats.to_string()).replace('@', &size.to_string());
                place.set_text_content(Some(&text));
            }
        });
        let _ = form.add_event_listener_with_callback("input", act.as_ref().unchecked_ref());
        act.forget();
    }

    /// The sum of the seats and the size; none while one of them is no number.
    fn figures(form: &Element) -> Option<(i64, i64)> {
        let fields = form.query_selector_all("input[name^='seats[']").ok()?;
        let mut seats = 0_i64;
        for place in 0..fields.length() {
            seats = seats.checked_add(number(&fields.item(place)?.dyn_into().ok()?)?)?;
        }
        let size: HtmlInputElement = form.query_selector("input[name='size']").ok()??.dyn_into().ok()?;
        Some((seats, number(&size)?))
    }

    fn number(field: &HtmlInputElement) -> Option<i64> {
        field.value().trim().parse().ok()
    }
}
