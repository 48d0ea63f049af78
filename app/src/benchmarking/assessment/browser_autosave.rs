//! In the browser: each answer is sent a moment after it was touched, one request at a time for each, again and again until
//! the server has it. What it does not have yet lies in the tab's own storage, so that no reload loses a word.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Element, Event, EventTarget, HtmlElement, HtmlInputElement, HtmlTextAreaElement, RequestInit, Response, Storage, UrlSearchParams, Window,
};

/// How long typing rests before it is sent.
const REST_MILLIS: i32 = 1_200;
/// The first wait before an answer is sent again, and the longest.
const AGAIN_MILLIS: i32 = 2_000;
const LONGEST_MILLIS: i32 = 30_000;

struct Page {
    window: Window,
    form: Element,
    storage: Option<Storage>,
    to: String,
    answers: RefCell<Vec<Rc<Answer>>>,
}

/// One answer on the page.
struct Answer {
    indicator: String,
    section: Element,
    is_dirty: Cell<bool>,
    is_busy: Cell<bool>,
    /// Two versions are shown, and nothing is sent until one is chosen.
    in_conflict: Cell<bool>,
    /// What was sent without a reply: it is sent again unchanged, because the server may have it.
    unanswered: RefCell<Option<String>>,
    wait: Cell<i32>,
    timer: Cell<i32>,
}

pub fn start() {
    let _ = try_start();
}

fn try_start() -> Option<()> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let form = document.get_element_by_id("answers")?;
    let page = Rc::new(Page {
        storage: window.session_storage().ok().flatten(),
        to: form.get_attribute("data-autosave")?,
        window,
        form,
        answers: RefCell::default(),
    });
    let sections = page.form.query_selector_all("[data-indicator]").ok()?;
    for at in 0..sections.length() {
        let section: Element = sections.item(at)?.dyn_into().ok()?;
        let answer = Rc::new(Answer {
            indicator: section.get_attribute("data-indicator")?,
            is_dirty: Cell::new(false),
            is_busy: Cell::new(false),
            in_conflict: Cell::new(first(&section, ".conflict").is_some()),
            unanswered: RefCell::default(),
            wait: Cell::new(AGAIN_MILLIS),
            timer: Cell::new(0),
            section,
        });
        page.show_choice(&answer);
        page.restore(&answer);
        page.answers.borrow_mut().push(answer);
    }
    page.listen();
    Some(())
}

impl Page {
    fn listen(self: &Rc<Self>) {
        for name in ["input", "change"] {
            let page = Rc::clone(self);
            on(&self.form, name, move |event| {
                if let Some(answer) = page.answer_of(&event) {
                    page.touched(&answer, REST_MILLIS);
                }
            });
        }
        let page = Rc::clone(self);
        on(&self.form, "click", move |event| page.chose(&event));
        let page = Rc::clone(self);
        on(&self.window, "online", move |_| {
            let answers = page.answers.borrow().clone();
            for answer in answers.iter().filter(|answer| answer.is_dirty.get()) {
                page.later(answer, 0);
            }
        });
        // The form's own buttons save everything; leaving without them asks first while something is on its way.
        let is_sent = Rc::new(Cell::new(false));
        let sent = Rc::clone(&is_sent);
        on(&self.form, "submit", move |_| sent.set(true));
        let page = Rc::clone(self);
        on(&self.window, "beforeunload", move |event| {
            if !is_sent.get() && page.answers.borrow().iter().any(|answer| answer.is_dirty.get()) {
                event.prevent_default();
            }
        });
    }

    fn answer_of(&self, event: &Event) -> Option<Rc<Answer>> {
        let target: Element = event.target()?.dyn_into().ok()?;
        let section = target.closest("[data-indicator]").ok()??;
        let answers = self.answers.borrow();
        answers.iter().find(|answer| answer.section.is_same_node(Some(&section))).cloned()
    }

    fn touched(self: &Rc<Self>, answer: &Rc<Answer>, rest: i32) {
        answer.is_dirty.set(true);
        self.keep(answer);
        if answer.in_conflict.get() {
            self.say(answer, "data-conflict");
        } else {
            self.say(answer, "data-unsaved");
            self.later(answer, rest);
        }
    }

    /// One of the buttons below two versions.
    fn chose(self: &Rc<Self>, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(button) = target.and_then(|target| target.closest("button[data-take]").ok().flatten()) else {
            return;
        };
        let (Some(answer), Some(versions)) = (self.answer_of(event), button.closest(".conflict").ok().flatten()) else {
            return;
        };
        let of = |name: &str| versions.get_attribute(name).unwrap_or_default();
        answer.set("edition", &of("data-edition"));
        if button.get_attribute("data-take").as_deref() == Some("theirs") {
            for part in ["level", "reason", "note"] {
                answer.set(part, &of(&format!("data-{part}")));
            }
        }
        answer.in_conflict.set(false);
        answer.place("conflict", "");
        self.touched(&answer, 0);
    }

    /// The buttons of a choice work only with scripts, and the link only without.
    fn show_choice(&self, answer: &Answer) {
        let show = |selector: &str, shown: bool| {
            if let Some(element) = first(&answer.section, selector) {
                let _ = if shown {
                    element.remove_attribute("hidden")
                } else {
                    element.set_attribute("hidden", "")
                };
            }
        };
        show("[data-take='']", true);
        show("[data-take='link']", false);
    }

    /// A text of the form, in the line of the answer's state.
    fn say(&self, answer: &Answer, text: &str) {
        answer.place("state", &self.form.get_attribute(text).unwrap_or_default());
    }

    fn later(self: &Rc<Self>, answer: &Rc<Answer>, millis: i32) {
        self.window.clear_timeout_with_handle(answer.timer.get());
        let (page, of) = (Rc::clone(self), Rc::clone(answer));
        let send = Closure::once_into_js(move || spawn_local(page.send(of)));
        if let Ok(timer) = self
            .window
            .set_timeout_with_callback_and_timeout_and_arguments_0(send.unchecked_ref(), millis)
        {
            answer.timer.set(timer);
        }
    }

    async fn send(self: Rc<Self>, answer: Rc<Answer>) {
        if answer.in_conflict.get() || !answer.is_dirty.get() || answer.is_busy.replace(true) {
            return;
        }
        let again = answer.unanswered.borrow().clone();
        let Some(body) = again.or_else(|| self.body(&answer)) else {
            answer.is_busy.set(false);
            return;
        };
        answer.unanswered.replace(Some(body.clone()));
        self.say(&answer, "data-saving");
        let reply = self.post(&body).await;
        answer.is_busy.set(false);
        match reply {
            Ok((200, text)) => self.saved(&answer, &body, &text),
            Ok((412, text)) => self.conflict(&answer, &text),
            Ok((status, text)) if (400..500).contains(&status) && status != 401 => {
                // A rule says no: sending the same again would change nothing. The text stays here.
                answer.unanswered.replace(None);
                answer.place("state", &text);
            }
            Ok((401, text)) => {
                self.again(&answer);
                answer.place("state", &text);
            }
            Ok(_) | Err(_) => {
                self.again(&answer);
                self.say(&answer, "data-failed");
            }
        }
    }

    fn saved(self: &Rc<Self>, answer: &Rc<Answer>, body: &str, text: &str) {
        let (edition, sentence) = text.split_once('\n').unwrap_or((text, ""));
        let is_same = self.body(answer).as_deref() == Some(body);
        answer.unanswered.replace(None);
        answer.wait.set(AGAIN_MILLIS);
        answer.set("edition", edition);
        if is_same {
            answer.is_dirty.set(false);
            self.forget(answer);
            answer.place("state", sentence);
        } else {
            self.keep(answer);
            self.later(answer, REST_MILLIS);
        }
    }

    fn conflict(&self, answer: &Answer, text: &str) {
        answer.unanswered.replace(None);
        answer.in_conflict.set(true);
        if let (Some((_, html)), Some(place)) = (text.split_once('\n'), first(&answer.section, "[data-place='conflict']")) {
            place.set_inner_html(html);
        }
        self.show_choice(answer);
        self.say(answer, "data-conflict");
    }

    fn again(self: &Rc<Self>, answer: &Rc<Answer>) {
        let wait = answer.wait.get();
        answer.wait.set((wait * 2).min(LONGEST_MILLIS));
        self.later(answer, wait);
    }

    async fn post(&self, body: &str) -> Result<(u16, String), JsValue> {
        let fields = UrlSearchParams::new_with_str(body)?;
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_body(&fields);
        let reply: Response = JsFuture::from(self.window.fetch_with_str_and_init(&self.to, &request))
            .await?
            .dyn_into()?;
        if reply.redirected() {
            // Led to some page, such as that for a new password: nothing was saved.
            return Err(JsValue::NULL);
        }
        let text = JsFuture::from(reply.text()?).await?.as_string().unwrap_or_default();
        Ok((reply.status(), text))
    }

    /// An answer as the form's fields say it.
    fn body(&self, answer: &Answer) -> Option<String> {
        let fields = UrlSearchParams::new().ok()?;
        let assessment = first(&self.form, "[name=assessment]")?.dyn_into::<HtmlInputElement>().ok()?;
        fields.append("assessment", &assessment.value());
        fields.append("indicator", &answer.indicator);
        for part in ["edition", "level", "reason", "note"] {
            fields.append(&answer.name(part), &answer.get(part));
        }
        fields.to_string().as_string()
    }

    fn key(&self, answer: &Answer) -> String {
        format!("{} {}", self.to, answer.indicator)
    }

    fn keep(&self, answer: &Answer) {
        if let (Some(storage), Some(body)) = (&self.storage, self.body(answer)) {
            let _ = storage.set_item(&self.key(answer), &body);
        }
    }

    fn forget(&self, answer: &Answer) {
        if let Some(storage) = &self.storage {
            let _ = storage.remove_item(&self.key(answer));
        }
    }

    /// Puts back what a reload has interrupted, upon the edition that it was written on: should somebody else have saved
    /// in between, the server says so.
    fn restore(self: &Rc<Self>, answer: &Rc<Answer>) {
        let kept = self
            .storage
            .as_ref()
            .and_then(|storage| storage.get_item(&self.key(answer)).ok().flatten());
        let fields = kept.and_then(|kept| UrlSearchParams::new_with_str(&kept).ok());
        let is_own = |fields: &UrlSearchParams| {
            let assessment = first(&self.form, "[name=assessment]").and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
            assessment.map(|field| field.value()) == fields.get("assessment")
        };
        if let Some(fields) = fields.filter(|fields| is_own(fields)) {
            if !answer.in_conflict.get() {
                for part in ["edition", "level", "reason", "note"] {
                    answer.set(part, &fields.get(&answer.name(part)).unwrap_or_default());
                }
            }
            self.touched(answer, 0);
        } else if answer.section.has_attribute("data-dirty") {
            self.touched(answer, REST_MILLIS);
        }
    }
}

impl Answer {
    fn name(&self, part: &str) -> String {
        format!("{part}-{}", self.indicator)
    }

    fn field(&self, part: &str, more: &str) -> Option<Element> {
        first(&self.section, &format!("[name='{}']{more}", self.name(part)))
    }

    fn get(&self, part: &str) -> String {
        let more = if part == "level" { ":checked" } else { "" };
        let Some(field) = self.field(part, more) else {
            return String::new();
        };
        match field.dyn_ref::<HtmlTextAreaElement>() {
            Some(area) => area.value(),
            None => field.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value).unwrap_or_default(),
        }
    }

    fn set(&self, part: &str, value: &str) {
        if part == "level" {
            if let Some(old) = self.field(part, ":checked").and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
                old.set_checked(false);
            }
            let new = self.field(part, &format!("[value='{value}']"));
            if let Some(new) = new.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
                new.set_checked(true);
            }
        } else if let Some(field) = self.field(part, "") {
            if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
                area.set_value(value);
            } else if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
                input.set_value(value);
            }
        }
    }

    /// Writes a text into one of the section's places.
    fn place(&self, name: &str, text: &str) {
        let place = first(&self.section, &format!("[data-place='{name}']"));
        if let Some(place) = place.and_then(|place| place.dyn_into::<HtmlElement>().ok()) {
            place.set_text_content(Some(text));
        }
    }
}

fn first(element: &Element, selector: &str) -> Option<Element> {
    element.query_selector(selector).ok().flatten()
}

fn on(target: &EventTarget, name: &str, act: impl Fn(Event) + 'static) {
    let act = Closure::<dyn Fn(Event)>::new(act);
    let _ = target.add_event_listener_with_callback(name, act.as_ref().unchecked_ref());
    // As long as the page.
    act.forget();
}
