//! In the browser: the camera's picture, the browser's own reader of QR codes, and a POST for each code that is new.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, HtmlVideoElement, MediaStream, MediaStreamConstraints, RequestInit, Response, UrlSearchParams, Window};

/// How often a picture is looked at.
const LOOK_MILLIS: i32 = 300;
/// A code that stays before the camera is sent once in so long.
const AGAIN_MILLIS: f64 = 4_000.0;

struct Scan {
    window: Window,
    document: Document,
    to: String,
    detector: JsValue,
    video: HtmlVideoElement,
    busy: Cell<bool>,
    last: RefCell<(String, f64)>,
}

pub fn start() {
    let _ = try_start();
}

fn try_start() -> Option<()> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let to = document.query_selector("[data-scan]").ok()??.get_attribute("data-scan")?;
    let detector = detector(&window)?;
    let video = document.get_element_by_id("scan-video")?.dyn_into().ok()?;
    let scan = Rc::new(Scan {
        window,
        document,
        to,
        detector,
        video,
        busy: Cell::new(false),
        last: RefCell::default(),
    });
    scan.show("scan-missing", false);
    scan.show("scan-ready", true);
    let button = scan.document.get_element_by_id("scan-start")?;
    let begun = Rc::clone(&scan);
    let begin = Closure::<dyn Fn()>::new(move || spawn_local(Rc::clone(&begun).begin()));
    button.add_event_listener_with_callback("click", begin.as_ref().unchecked_ref()).ok()?;
    begin.forget();
    Some(())
}

/// `new BarcodeDetector({ formats: ["qr_code"] })`, where there is such a thing.
fn detector(window: &Window) -> Option<JsValue> {
    let class = js_sys::Reflect::get(window, &JsValue::from_str("BarcodeDetector")).ok()?;
    let class: js_sys::Function = class.dyn_into().ok()?;
    let options = js_sys::Object::new();
    let formats = js_sys::Array::of1(&JsValue::from_str("qr_code"));
    js_sys::Reflect::set(&options, &JsValue::from_str("formats"), &formats).ok()?;
    js_sys::Reflect::construct(&class, &js_sys::Array::of1(&options)).ok()
}

impl Scan {
    fn show(&self, id: &str, shown: bool) {
        if let Some(element) = self.document.get_element_by_id(id) {
            let _ = if shown {
                element.remove_attribute("hidden")
            } else {
                element.set_attribute("hidden", "")
            };
        }
    }

    async fn begin(self: Rc<Self>) {
        if self.open_camera().await.is_err() {
            self.show("scan-blocked", true);
            return;
        }
        self.show("scan-blocked", false);
        self.show("scan-ready", false);
        self.show("scan-video", true);
        let scan = Rc::clone(&self);
        let look = Closure::<dyn Fn()>::new(move || {
            if !scan.busy.replace(true) {
                let scan = Rc::clone(&scan);
                spawn_local(async move {
                    let _ = scan.look().await;
                    scan.busy.set(false);
                });
            }
        });
        let _ = self
            .window
            .set_interval_with_callback_and_timeout_and_arguments_0(look.as_ref().unchecked_ref(), LOOK_MILLIS);
        look.forget();
    }

    async fn open_camera(&self) -> Result<(), JsValue> {
        let wanted = js_sys::Object::new();
        js_sys::Reflect::set(&wanted, &JsValue::from_str("facingMode"), &JsValue::from_str("environment"))?;
        let constraints = MediaStreamConstraints::new();
        constraints.set_video(&wanted);
        let promise = self.window.navigator().media_devices()?.get_user_media_with_constraints(&constraints)?;
        let stream: MediaStream = JsFuture::from(promise).await?.dyn_into()?;
        self.video.set_src_object(Some(&stream));
        JsFuture::from(self.video.play()?).await?;
        Ok(())
    }

    async fn look(&self) -> Result<(), JsValue> {
        let detect: js_sys::Function = js_sys::Reflect::get(&self.detector, &JsValue::from_str("detect"))?.dyn_into()?;
        let promise: js_sys::Promise = detect.call1(&self.detector, &self.video)?.dyn_into()?;
        let found: js_sys::Array = JsFuture::from(promise).await?.dyn_into()?;
        if found.length() == 0 {
            return Ok(());
        }
        let code = js_sys::Reflect::get(&found.get(0), &JsValue::from_str("rawValue"))?
            .as_string()
            .unwrap_or_default();
        let now = js_sys::Date::now();
        let is_new = {
            let last = self.last.borrow();
            last.0 != code || now - last.1 > AGAIN_MILLIS
        };
        if is_new && !code.is_empty() {
            self.last.replace((code.clone(), now));
            self.send(&code).await?;
        }
        Ok(())
    }

    async fn send(&self, code: &str) -> Result<(), JsValue> {
        let body = UrlSearchParams::new()?;
        body.append("code", code);
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_body(&body);
        let answer: Response = JsFuture::from(self.window.fetch_with_str_and_init(&self.to, &request))
            .await?
            .dyn_into()?;
        let html = JsFuture::from(answer.text()?).await?.as_string().unwrap_or_default();
        if let Some(place) = self.document.get_element_by_id("scan-answer") {
            place.set_inner_html(&html);
        }
        let _ = self.window.navigator().vibrate_with_duration(80);
        Ok(())
    }
}
