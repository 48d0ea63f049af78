//! Texts in Chinese and English: Fluent files in `locales/{zh,en}/`, one for each slice.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{Loader, static_loader};
use unic_langid::{LanguageIdentifier, langid};

use crate::error::Problem;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "zh",
        // Isolation marks are for mixing directions of writing; both languages run left to right.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ZH: LanguageIdentifier = langid!("zh");
static EN: LanguageIdentifier = langid!("en");

/// A language that Heluo speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    /// The word for cookies and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The value of the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The first language of an `Accept-Language` header that Heluo speaks.
    pub fn from_accept(header: &str) -> Option<Self> {
        header.split(',').find_map(|part| Self::parse(part.trim().get(..2)?))
    }

    /// Picks between two stored texts.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }
}

/// The text of a key. A missing key shows itself, and a test finds it.
pub fn text(lang: Lang, key: &str, args: &[(&'static str, FluentValue<'static>)]) -> String {
    let found = if args.is_empty() {
        LOCALES.try_lookup(lang.id(), key)
    } else {
        let args: HashMap<Cow<'static, str>, FluentValue<'static>> = args.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        LOCALES.try_lookup_with_args(lang.id(), key, &args)
    };
    found.unwrap_or_else(|| key.to_owned())
}

/// The words of a [`Problem`] in a language.
pub fn say(lang: Lang, problem: &Problem) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue<'static>> = problem
        .args
        .iter()
        .map(|(name, value)| (Cow::Owned(name.clone()), value.clone().into()))
        .collect();
    LOCALES
        .try_lookup_with_args(lang.id(), &problem.key, &args)
        .unwrap_or_else(|| problem.key.clone())
}

/// The language of the request being answered.
pub fn use_lang() -> Lang {
    leptos::prelude::use_context::<crate::request::Cx>().map(|cx| cx.lang).unwrap_or_default()
}

/// `t!(lang, "key")` or `t!(lang, "key", n = 5, name = "…")`: a text as a `String`.
#[macro_export]
macro_rules! t {
    ($lang:expr, $key:expr $(,)?) => { $crate::i18n::text($lang, $key, &[]) };
    ($lang:expr, $key:expr, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::text($lang, $key, &[$((stringify!($name), ::fluent_templates::fluent_bundle::FluentValue::from($value))),+])
    };
}
pub use crate::t;
