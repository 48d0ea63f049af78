//! In the browser: parts of the page arrive over server-sent events, for hours, through sleep and broken networks.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, EventSource, MessageEvent};

/// The server sends something every fifteen seconds; after three silences what is shown may be old.
const STALE_MILLIS: f64 = 40_000.0;
const LOOK_MILLIS: i32 = 5_000;

struct Live {
    document: Document,
    address: String,
    heard: Cell<f64>,
    source: RefCell<Option<EventSource>>,
    /// What came last for each element. A new connection begins with all parts: those that are the same would only take the
    /// focus and the selection away.
    shown: RefCell<Vec<(String, String)>>,
}

pub fn start() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let Ok(Some(root)) = document.query_selector("[data-live]") else {
        return;
    };
    let Some(address) = root.get_attribute("data-live") else { return };
    let live = Rc::new(Live {
        document,
        address,
        heard: Cell::new(js_sys::Date::now()),
        source: RefCell::new(None),
        shown: RefCell::default(),
    });
    live.connect();
    live.look_after();
    if root.has_attribute("data-awake") {
        keep_awake();
    }
}

impl Live {
    fn connect(self: &Rc<Self>) {
        let Ok(source) = EventSource::new(&self.address) else { return };
        let live = Rc::clone(self);
        let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| live.hear(&event));
        source.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        // As long as the page: a new connection is rare.
        hear.forget();
        self.source.replace(Some(source));
    }

    /// First line the element, then its content.
    fn hear(&self, event: &MessageEvent) {
        self.heard.set(js_sys::Date::now());
        self.say_lost(false);
        let Some(text) = event.data().as_string() else { return };
        let Some((id, html)) = text.split_once('\n') else { return };
        if let Some(element) = self.document.get_element_by_id(id).filter(|_| self.is_news(id, html)) {
            element.set_inner_html(html);
        }
    }

    fn is_news(&self, id: &str, html: &str) -> bool {
        let mut shown = self.shown.borrow_mut();
        match shown.iter_mut().find(|(known, _)| known == id) {
            Some((_, last)) if last == html => return false,
            Some((_, last)) => html.clone_into(last),
            None => shown.push((id.to_owned(), html.to_owned())),
        }
        true
    }

    /// The browser mends a broken line by itself, but gives up when the server answers with an error, as it may for a
    /// moment while it is restarted.
    fn look_after(self: &Rc<Self>) {
        let live = Rc::clone(self);
        let look = Closure::<dyn Fn()>::new(move || {
            if js_sys::Date::now() - live.heard.get() > STALE_MILLIS {
                live.say_lost(true);
            }
            let given_up = live
                .source
                .borrow()
                .as_ref()
                .is_none_or(|source| source.ready_state() == EventSource::CLOSED);
            if given_up {
                live.connect();
            }
        });
        if let Some(window) = web_sys::window() {
            let _ = window.set_interval_with_callback_and_timeout_and_arguments_0(look.as_ref().unchecked_ref(), LOOK_MILLIS);
        }
        look.forget();
    }

    fn say_lost(&self, lost: bool) {
        if let Some(element) = self.document.get_element_by_id("live-lost") {
            let _ = if lost {
                element.remove_attribute("hidden")
            } else {
                element.set_attribute("hidden", "")
            };
        }
    }
}

/// A projector's computer shall not fall asleep over a lesson, where the browser lets a page say so.
fn keep_awake() {
    let Some(window) = web_sys::window() else { return };
    let lock = js_sys::Reflect::get(&window.navigator(), &JsValue::from_str("wakeLock"));
    let Ok(lock) = lock else { return };
    let request = js_sys::Reflect::get(&lock, &JsValue::from_str("request")).and_then(|request| request.dyn_into::<js_sys::Function>());
    if let Ok(request) = request {
        // A refusal (no power, no permission) leaves things as they are.
        if let Ok(promise) = request.call1(&lock, &JsValue::from_str("screen")) {
            let ignore = Closure::<dyn FnMut(JsValue)>::new(|_| {});
            let _ = promise.unchecked_into::<js_sys::Promise>().catch(&ignore);
            ignore.forget();
        }
    }
}
