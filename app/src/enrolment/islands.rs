//! The small interactive parts of the roster desk. The page works without them: they save keystrokes and reloads.

use leptos::prelude::*;

/// Selecting by keyboard and with shift, and the drawer, for the form `#roster`. `selected` is the sentence for the
/// number of rows selected, with `#` for the number.
#[island]
pub fn RosterKeys(selected: String) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(move || browser::roster(&selected));
    #[cfg(not(feature = "hydrate"))]
    let _ = selected;
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::Cell;
    use std::rc::Rc;

    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{
        Document, Element, Event, EventTarget, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent, XmlHttpRequest,
        XmlHttpRequestResponseType,
    };

    /// The roster's form and what is remembered between clicks.
    #[derive(Clone)]
    struct Roster {
        document: Document,
        form: Element,
        sentence: Rc<str>,
        last: Rc<Cell<Option<usize>>>,
    }

    pub fn roster(sentence: &str) {
        let Some(document) = web_sys::window().and_then(|window| window.document()) else {
            return;
        };
        let Some(form) = document.get_element_by_id("roster") else { return };
        let roster = Roster {
            document,
            form,
            sentence: sentence.into(),
            last: Rc::default(),
        };
        roster.count();
        let on = roster.clone();
        listen(&roster.form, "click", move |event| on.clicked(&event.unchecked_into()));
        let on = roster.clone();
        listen(&roster.form, "change", move |_| on.count());
        let on = roster.clone();
        listen(&roster.form, "keydown", move |event| on.pressed(&event.unchecked_into()));
    }

    fn listen(target: &EventTarget, name: &str, act: impl FnMut(Event) + 'static) {
        let act = Closure::<dyn FnMut(Event)>::new(act);
        let _ = target.add_event_listener_with_callback(name, act.as_ref().unchecked_ref());
        act.forget();
    }

    impl Roster {
        fn boxes(&self) -> Vec<HtmlInputElement> {
            let Ok(found) = self.form.query_selector_all("input.check") else {
                return Vec::new();
            };
            (0..found.length()).filter_map(|n| found.item(n)?.dyn_into().ok()).collect()
        }

        fn count(&self) {
            let n = self.boxes().iter().filter(|tick| tick.checked()).count();
            if let Some(place) = self.document.get_element_by_id("selected") {
                place.set_text_content(Some(&self.sentence.replace('#', &n.to_string())));
            }
        }

        fn clicked(&self, event: &MouseEvent) {
            let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
                return;
            };
            if let Some(link) = closest(&target, "a[data-drawer]") {
                if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                    event.prevent_default();
                    self.open(&link);
                }
            } else if closest(&target, "[data-all]").is_some() {
                event.prevent_default();
                self.all();
            } else if let Some(cell) = closest(&target, ".pick") {
                let Some(tick) = first(&cell, "input.check").and_then(|tick| tick.dyn_into::<HtmlInputElement>().ok()) else {
                    return;
                };
                if !target.is_same_node(Some(&tick)) {
                    event.prevent_default();
                    tick.set_checked(!tick.checked());
                }
                self.range(&tick, event.shift_key());
            }
        }

        /// With shift, everything since the last click follows this one.
        fn range(&self, tick: &HtmlInputElement, shift: bool) {
            let boxes = self.boxes();
            let here = boxes.iter().position(|other| other.is_same_node(Some(tick)));
            if let (true, Some(last), Some(here)) = (shift, self.last.get(), here) {
                for other in boxes.iter().take(last.max(here) + 1).skip(last.min(here)) {
                    other.set_checked(tick.checked());
                }
            }
            self.last.set(here);
            self.count();
        }

        fn all(&self) {
            let boxes = self.boxes();
            let on = boxes.iter().any(|tick| !tick.checked());
            for tick in &boxes {
                tick.set_checked(on);
            }
            self.count();
        }

        fn pressed(&self, event: &KeyboardEvent) {
            let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
                return;
            };
            let tick = target.dyn_ref::<HtmlInputElement>().filter(|_| target.class_list().contains("check"));
            let typing = tick.is_none() && target.matches("input, textarea, select").unwrap_or(true);
            if typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let boxes = self.boxes();
            let here = tick.and_then(|tick| boxes.iter().position(|other| other.is_same_node(Some(tick))));
            match (event.key().as_str(), here) {
                ("j", here) | ("ArrowDown", here @ Some(_)) => go(boxes.get(here.map_or(0, |n| n + 1))),
                ("k", Some(n)) | ("ArrowUp", Some(n)) => go(n.checked_sub(1).and_then(|n| boxes.get(n))),
                ("x", Some(n)) => {
                    boxes[n].set_checked(!boxes[n].checked());
                    self.range(&boxes[n], false);
                }
                ("a", _) => self.all(),
                ("Enter" | "o", Some(n)) => {
                    if let Some(link) = closest(&boxes[n], "tr").and_then(|row| first(&row, "a[data-drawer]")) {
                        self.open(&link);
                    }
                }
                ("/", _) => go(self.document.get_element_by_id("search-q").as_ref()),
                ("?", _) => {
                    if let Some(help) = self.document.get_element_by_id("keys") {
                        let _ = help.set_attribute("open", "");
                        go(first(&help, "summary").as_ref());
                    }
                }
                _ => return,
            }
            event.prevent_default();
        }

        /// Shows the page behind a link in the drawer.
        fn open(&self, link: &Element) {
            let Some(href) = link.get_attribute("href") else { return };
            let Ok(request) = XmlHttpRequest::new() else { return };
            if request.open_with_async("GET", &href, true).is_err() {
                return;
            }
            request.set_response_type(XmlHttpRequestResponseType::Document);
            let (document, answer) = (self.document.clone(), request.clone());
            listen(&request, "loadend", move |_| {
                let page = answer.response_xml().ok().flatten();
                let content = page.and_then(|page| page.get_element_by_id("drawer-content"));
                let drawer = document
                    .get_element_by_id("drawer")
                    .and_then(|drawer| drawer.dyn_into::<HtmlDialogElement>().ok());
                if let (Some(content), Some(drawer), Some(place)) = (content, drawer, document.get_element_by_id("drawer-place")) {
                    place.set_inner_html(&content.inner_html());
                    let _ = drawer.show_modal();
                } else if let Some(window) = web_sys::window() {
                    let _ = window.location().assign(&href);
                }
            });
            let _ = request.send();
        }
    }

    fn closest(element: &Element, selector: &str) -> Option<Element> {
        element.closest(selector).ok().flatten()
    }

    fn first(element: &Element, selector: &str) -> Option<Element> {
        element.query_selector(selector).ok().flatten()
    }

    fn go(element: Option<&impl JsCast>) {
        if let Some(element) = element.and_then(|element| element.dyn_ref::<HtmlElement>()) {
            let _ = element.focus();
        }
    }
}
