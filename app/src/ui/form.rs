//! Forms after the habits of the GOV.UK Design System: label above, then hint, then error, then the field; a summary on
//! top that takes the focus and links to each field. What was typed comes back, except passwords and files.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Icon, IconName, OptText};
use crate::i18n::{t, use_lang};

/// What somebody typed and what was wrong with it. Empty for a fresh form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormState {
    pub values: BTreeMap<String, Vec<String>>,
    pub errors: Vec<FieldError>,
}

/// One error, already in the reader's language. An empty `field` means the form as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

impl FormState {
    /// The first value typed into a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// Whether an option was ticked or chosen.
    pub fn has(&self, name: &str, option: &str) -> bool {
        self.all(name).iter().any(|value| value == option)
    }

    /// The first error of a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        let name = bare(name);
        self.errors
            .iter()
            .find(|error| bare(&error.field) == name)
            .map(|error| error.message.as_str())
    }

    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    fn all(&self, name: &str) -> &[String] {
        self.values.get(name).or_else(|| self.values.get(bare(name))).map_or(&[], Vec::as_slice)
    }

    /// Whether this form comes back from an attempt. Then an empty set of ticks was meant.
    fn is_returned(&self) -> bool {
        !self.values.is_empty() || !self.errors.is_empty()
    }
}

impl From<&FormState> for FormState {
    fn from(form: &FormState) -> Self {
        form.clone()
    }
}

/// `tags[]` and `tags` are the same field.
fn bare(name: &str) -> &str {
    name.strip_suffix("[]").unwrap_or(name)
}

/// One option of a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub hint: Option<String>,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
        }
    }

    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// How much weight a button has. At most one `Main` on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Main,
    Plain,
    Danger,
}

impl Tone {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Main => "button button--main",
            Self::Plain => "button",
            Self::Danger => "button button--danger",
        }
    }
}

/// The names, texts and states that every kind of field shares.
struct Parts {
    id: String,
    label: String,
    hint: Option<String>,
    error: Option<String>,
    optional: bool,
}

impl Parts {
    fn new(form: &FormState, name: &str, label: String, hint: OptText, optional: bool) -> Self {
        Self {
            id: bare(name).to_owned(),
            label,
            hint: hint.into_option(),
            error: form.error(name).map(ToOwned::to_owned),
            optional,
        }
    }

    /// One of several forms on a page; the one that came back with faults keeps the id that the summary leads to.
    fn tell_apart(&mut self, form: &FormState, of: OptText) {
        if let Some(of) = of.into_option().filter(|_| form.is_clean()) {
            self.id = format!("{}-{of}", self.id);
        }
    }

    fn field_id(&self) -> String {
        format!("field-{}", self.id)
    }

    fn class(&self) -> &'static str {
        if self.error.is_some() { "field field--error" } else { "field" }
    }

    fn described_by(&self) -> Option<String> {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("hint-{}", self.id));
        }
        if self.error.is_some() {
            ids.push(format!("error-{}", self.id));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    fn label_text(&self) -> impl IntoView + use<> {
        let optional = self
            .optional
            .then(|| view! { <span class="field__optional">{t!(use_lang(), "ui-optional")}</span> });
        view! {
            {self.label.clone()}
            {optional}
        }
    }

    fn label(&self) -> impl IntoView + use<> {
        view! { <label class="field__label" for=self.field_id()>{self.label_text()}</label> }
    }

    fn hint(&self) -> impl IntoView + use<> {
        let id = format!("hint-{}", self.id);
        self.hint.clone().map(|hint| view! { <p class="field__hint" id=id>{hint}</p> })
    }

    fn error(&self) -> impl IntoView + use<> {
        let id = format!("error-{}", self.id);
        self.error.clone().map(|error| {
            view! {
                <p class="field__error" id=id>
                    <Icon name=IconName::Alert />
                    <span class="visually-hidden">{t!(use_lang(), "ui-error")}</span>
                    {error}
                </p>
            }
        })
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Whether a page has shown the faults of its form, so that the shell need not say them again.
#[derive(Clone, Debug, Default)]
pub struct Summarised(Arc<AtomicBool>);

impl Summarised {
    pub fn is_done(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What was wrong, on top of the page, focused, each line leading to its field. Nothing when all is well.
#[component]
pub fn ErrorSummary(#[prop(into)] form: FormState) -> impl IntoView {
    let lang = use_lang();
    if let Some(summarised) = use_context::<Summarised>().filter(|_| !form.is_clean()) {
        summarised.0.store(true, Ordering::Relaxed);
    }
    (!form.is_clean()).then(|| {
        let lines = form
            .errors
            .into_iter()
            .map(|FieldError { field, message }| {
                if field.is_empty() {
                    view! { <li>{message}</li> }.into_any()
                } else {
                    let href = format!("#field-{}", bare(&field));
                    view! { <li><a href=href>{message}</a></li> }.into_any()
                }
            })
            .collect_view();
        view! {
            <div class="error-summary" role="alert" tabindex="-1" autofocus=true aria-labelledby="error-summary-title">
                <h2 class="error-summary__title" id="error-summary-title">
                    <Icon name=IconName::Alert />
                    {t!(lang, "ui-problem")}
                </h2>
                <ul>{lines}</ul>
            </div>
        }
    })
}

/// A field of one line.
#[component]
pub fn TextField(
    #[prop(into)] form: FormState,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] hint: OptText,
    /// `text`, `tel`, `password`, `number`, `date`, `datetime-local`, `search`, `url` or `file`.
    #[prop(into, optional)]
    kind: OptText,
    /// What stands there before anybody typed.
    #[prop(into, optional)]
    value: OptText,
    /// Adds the browser's own check; the server checks in any case.
    #[prop(optional)]
    required: bool,
    #[prop(optional)] optional: bool,
    #[prop(into, optional)] autocomplete: OptText,
    #[prop(into, optional)] inputmode: OptText,
    #[prop(into, optional)] maxlength: OptText,
    /// Room for so many characters: 4, 8, 12 or 20. The width says what is expected.
    #[prop(into, optional)]
    width: OptText,
    #[prop(into, optional)] min: OptText,
    #[prop(into, optional)] max: OptText,
    #[prop(into, optional)] step: OptText,
    #[prop(into, optional)] accept: OptText,
    /// A unit after the field.
    #[prop(into, optional)]
    suffix: OptText,
) -> impl IntoView {
    let parts = Parts::new(&form, &name, label, hint, optional);
    let kind = kind.or("text");
    let shown = match kind.as_str() {
        "password" | "file" => None,
        _ => form.value(&name).map(ToOwned::to_owned).or(value.into_option()),
    };
    let class = match width.as_deref() {
        Some("1" | "2" | "3" | "4") => "input input--w4",
        Some("5" | "6" | "7" | "8") => "input input--w8",
        Some("9" | "10" | "11" | "12") => "input input--w12",
        Some("16" | "18" | "20") => "input input--w20",
        _ => "input",
    };
    let inputmode = inputmode.into_option().or_else(|| match kind.as_str() {
        "number" => Some("decimal".to_owned()),
        "tel" => Some("tel".to_owned()),
        _ => None,
    });
    let input = view! {
        <input
            class=class
            id=parts.field_id()
            name=name
            type=kind
            value=shown
            required=required
            autocomplete=autocomplete.into_option()
            inputmode=inputmode
            maxlength=maxlength.into_option()
            min=min.into_option()
            max=max.into_option()
            step=step.into_option()
            accept=accept.into_option()
            aria-describedby=parts.described_by()
            aria-invalid=parts.invalid()
        />
    };
    let control = match suffix.into_option() {
        Some(suffix) => view! { <div class="input-group">{input}<span class="input-group__suffix">{suffix}</span></div> }.into_any(),
        None => input.into_any(),
    };
    view! { <div class=parts.class()>{parts.label()} {parts.hint()} {parts.error()} {control}</div> }
}

/// A field of several lines.
#[component]
pub fn TextArea(
    #[prop(into)] form: FormState,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] hint: OptText,
    #[prop(into, optional)] rows: OptText,
    #[prop(into, optional)] value: OptText,
    #[prop(optional)] required: bool,
    #[prop(optional)] optional: bool,
    /// The most characters, told in the hint. The browser is not asked to keep to it: it would cut what is pasted without a
    /// word, while the server says so beside the field and gives everything back.
    #[prop(into, optional)]
    maxlength: OptText,
    /// Tells fields of one name apart, where a page has several forms.
    #[prop(into, optional)]
    of: OptText,
) -> impl IntoView {
    let most = maxlength.into_option().map(|most| t!(use_lang(), "ui-at-most", n = most));
    let hint: Vec<String> = hint.into_option().into_iter().chain(most).collect();
    let mut parts = Parts::new(&form, &name, label, hint.join(" ").into(), optional);
    parts.tell_apart(&form, of);
    let text = form.value(&name).map(ToOwned::to_owned).or(value.into_option()).unwrap_or_default();
    // The parser drops one line feed after the tag; a text that begins with one needs a second.
    let text = if text.starts_with('\n') { format!("\n{text}") } else { text };
    // As a child, an empty text would become a blank and an islands' mark would be shown.
    let text = escape(&text);
    view! {
        <div class=parts.class()>
            {parts.label()} {parts.hint()} {parts.error()}
            <textarea
                class="input"
                id=parts.field_id()
                name=name
                rows=rows.or("4")
                required=required
                aria-describedby=parts.described_by()
                aria-invalid=parts.invalid()
                inner_html=text
            ></textarea>
        </div>
    }
}

/// A choice from a list that folds out. For up to about six options `RadioField` is kinder.
#[component]
pub fn SelectField(
    #[prop(into)] form: FormState,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] hint: OptText,
    options: Vec<Choice>,
    #[prop(into, optional)] value: OptText,
    #[prop(optional)] required: bool,
    #[prop(optional)] optional: bool,
    #[prop(into, optional)] width: OptText,
    /// Tells fields of one name apart, where a page has several forms.
    #[prop(into, optional)]
    of: OptText,
) -> impl IntoView {
    let mut parts = Parts::new(&form, &name, label, hint, optional);
    parts.tell_apart(&form, of);
    let chosen = form.value(&name).map(ToOwned::to_owned).or(value.into_option()).unwrap_or_default();
    let class = if width.is_some() { "select select--narrow" } else { "select" };
    let options = options
        .into_iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    view! {
        <div class=parts.class()>
            {parts.label()} {parts.hint()} {parts.error()}
            <select
                class=class
                id=parts.field_id()
                name=name
                required=required
                aria-describedby=parts.described_by()
                aria-invalid=parts.invalid()
            >
                {options}
            </select>
        </div>
    }
}

/// One of several, all in sight.
#[component]
pub fn RadioField(
    #[prop(into)] form: FormState,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] hint: OptText,
    options: Vec<Choice>,
    #[prop(into, optional)] value: OptText,
    #[prop(optional)] required: bool,
    #[prop(optional)] optional: bool,
    /// Side by side: for two or three short options.
    #[prop(optional)]
    inline: bool,
) -> impl IntoView {
    let parts = Parts::new(&form, &name, label, hint, optional);
    let chosen = form.value(&name).map(ToOwned::to_owned).or(value.into_option());
    choices(&parts, name, "radio", options, required, inline, |option| {
        chosen.as_deref() == Some(option)
    })
}

/// Any of several.
#[component]
pub fn CheckboxField(
    #[prop(into)] form: FormState,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] hint: OptText,
    options: Vec<Choice>,
    #[prop(optional)] values: Vec<String>,
    #[prop(optional)] optional: bool,
    #[prop(optional)] inline: bool,
) -> impl IntoView {
    let parts = Parts::new(&form, &name, label, hint, optional);
    choices(&parts, name.clone(), "checkbox", options, false, inline, |option| {
        if form.is_returned() {
            form.has(&name, option)
        } else {
            values.iter().any(|value| value == option)
        }
    })
}

fn choices(
    parts: &Parts,
    name: String,
    kind: &'static str,
    options: Vec<Choice>,
    required: bool,
    inline: bool,
    chosen: impl Fn(&str) -> bool,
) -> AnyView {
    let rows = options
        .into_iter()
        .enumerate()
        .map(|(index, Choice { value, label, hint })| {
            let id = if index == 0 {
                parts.field_id()
            } else {
                format!("{}-{}", parts.field_id(), index + 1)
            };
            let hint_id = hint.is_some().then(|| format!("{id}-hint"));
            let checked = chosen(&value);
            let hint = hint.map(|hint| view! { <span class="choice__hint" id=hint_id.clone()>{hint}</span> });
            view! {
                <div class="choice">
                    <input
                        class="choice__input"
                        id=id.clone()
                        name=name.clone()
                        type=kind
                        value=value
                        checked=checked
                        required=required
                        aria-describedby=hint_id
                    />
                    <label class="choice__label" for=id>{label}</label>
                    {hint}
                </div>
            }
        })
        .collect_view();
    let class = if inline { "choices choices--inline" } else { "choices" };
    view! {
        <fieldset class=parts.class() aria-describedby=parts.described_by()>
            <legend class="field__label">{parts.label_text()}</legend>
            {parts.hint()} {parts.error()}
            <div class=class>{rows}</div>
        </fieldset>
    }
    .into_any()
}

/// A single yes. Sends `true` when ticked and nothing otherwise.
#[component]
pub fn Tick(
    #[prop(into)] form: FormState,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] hint: OptText,
    #[prop(optional)] checked: bool,
    #[prop(into, optional)] value: OptText,
) -> impl IntoView {
    let parts = Parts::new(&form, &name, label, hint, false);
    let checked = if form.is_returned() { form.value(&name).is_some() } else { checked };
    let hint = parts
        .hint
        .clone()
        .map(|hint| view! { <span class="choice__hint" id=format!("hint-{}", parts.id)>{hint}</span> });
    view! {
        <div class=parts.class()>
            {parts.error()}
            <div class="choice">
                <input
                    class="choice__input"
                    id=parts.field_id()
                    name=name
                    type="checkbox"
                    value=value.or("true")
                    checked=checked
                    aria-describedby=parts.described_by()
                    aria-invalid=parts.invalid()
                />
                <label class="choice__label" for=parts.field_id()>{parts.label.clone()}</label>
                {hint}
            </div>
        </div>
    }
}

#[component]
pub fn Hidden(#[prop(into)] name: String, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }
}

/// The button that sends the form. With `name` and `value` one form can have several.
#[component]
pub fn Submit(
    #[prop(into)] label: String,
    #[prop(optional)] tone: Tone,
    #[prop(into, optional)] name: OptText,
    #[prop(into, optional)] value: OptText,
    #[prop(into, optional)] formaction: OptText,
    #[prop(optional)] icon: Option<IconName>,
) -> impl IntoView {
    view! {
        <button class=tone.class() type="submit" name=name.into_option() value=value.into_option() formaction=formaction.into_option()>
            {icon.map(|name| view! { <Icon name=name /> })}
            {label}
        </button>
    }
}

/// A link that looks like a button, for going somewhere, never for changing something.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(into)] label: String,
    #[prop(default = Tone::Plain)] tone: Tone,
    #[prop(optional)] icon: Option<IconName>,
    /// Asks the browser to keep what it gets as a file.
    #[prop(optional)]
    download: bool,
) -> impl IntoView {
    let download = download.then_some("");
    view! {
        <a class=tone.class() href=href download=download>
            {icon.map(|name| view! { <Icon name=name /> })}
            {label}
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returned() -> FormState {
        FormState {
            values: BTreeMap::from([("days".to_owned(), vec!["mon".to_owned(), "tue".to_owned()])]),
            errors: vec![FieldError {
                field: "phone".into(),
                message: "11 digits".into(),
            }],
        }
    }

    fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
        Owner::new().with(|| view().into_view().to_html())
    }

    #[test]
    fn each_line_of_the_summary_leads_to_its_field_and_back_to_its_error() {
        let form = returned();
        let summary = html(|| view! { <ErrorSummary form=&form /> });
        assert!(
            summary.contains(r#"role="alert""#) && summary.contains(r##"href="#field-phone""##),
            "{summary}"
        );
        let field = html(|| view! { <TextField form=&form name="phone" label="Phone" hint="For messages" kind="tel" /> });
        for part in [
            r#"id="field-phone""#,
            r#"aria-invalid="true""#,
            r#"aria-describedby="hint-phone error-phone""#,
            r#"id="hint-phone""#,
            r#"id="error-phone""#,
        ] {
            assert!(field.contains(part), "{part} in {field}");
        }
        assert_eq!(html(|| view! { <ErrorSummary form=FormState::default() /> }).replace("<!>", ""), "");
    }

    #[test]
    fn what_was_typed_comes_back_unless_it_is_secret() {
        let mut form = returned();
        form.values.insert("name".into(), vec!["<李>".into()]);
        form.values.insert("password".into(), vec!["secret".into()]);
        let name = html(|| view! { <TextField form=&form name="name" label="Name" value="before" /> });
        assert!(name.contains("李") && !name.contains("<李") && !name.contains("before"), "{name}");
        let password = html(|| view! { <TextField form=&form name="password" label="Password" kind="password" value="secret" /> });
        assert!(!password.contains("secret"), "{password}");
    }

    #[test]
    fn a_text_of_several_lines_comes_back_to_the_letter() {
        let mut form = FormState::default();
        for (typed, sent) in [
            ("", "></textarea>"),
            ("</textarea>&", ">&lt;/textarea&gt;&amp;</textarea>"),
            ("\na\n b", ">\n\na\n b</textarea>"),
        ] {
            form.values.insert("why".into(), vec![typed.to_owned()]);
            let html = html(|| view! { <TextArea form=&form name="why" label="Why" /> });
            assert!(html.contains(sent), "{typed:?} in {html}");
        }
    }

    #[test]
    fn ticks_that_were_taken_away_stay_away() {
        let days = || vec![Choice::new("mon", "Monday"), Choice::new("sun", "Sunday")];
        let ticked = |form: &FormState| {
            let html = html(|| view! { <CheckboxField form=form name="days" label="Days" options=days() values=vec!["sun".to_owned()] /> });
            html.split("<input")
                .skip(1)
                .map(|input| input.split('>').next().is_some_and(|tag| tag.contains(" checked")))
                .collect::<Vec<_>>()
        };
        assert_eq!(ticked(&FormState::default()), [false, true]);
        assert_eq!(ticked(&returned()), [true, false]);
    }

    #[test]
    fn a_form_knows_what_was_typed_and_what_was_wrong() {
        let form = returned();
        assert_eq!(form.value("days"), Some("mon"));
        assert!(form.has("days[]", "tue"));
        assert!(!form.has("days", "sun"));
        assert_eq!(form.error("phone"), Some("11 digits"));
        assert_eq!(form.error("name"), None);
        assert!(!form.is_clean());
        assert!(FormState::default().is_clean());
    }
}
