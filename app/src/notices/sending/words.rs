//! What a message says outside the house, in its reader's language.

use chrono::{DateTime, Utc};

use super::super::rules::header_line;
use super::super::store::outbox::{Content, Taken};
use super::super::token;
use crate::i18n::{Lang, say};
use crate::state::App;
use crate::t;
use crate::ui::time;

/// The longest subject: telephones show less.
const LONGEST_SUBJECT: usize = 70;

/// Subject and text of a letter.
pub struct Letter {
    pub subject: String,
    pub text: String,
}

/// The letter for a message that has a reader and a content.
pub fn letter(app: &App, taken: &Taken) -> Option<Letter> {
    let (to, content) = (taken.to.as_ref()?, taken.content.as_ref()?);
    let lang = to.lang;
    let (sentence, rest) = match content {
        Content::Notice { text, link } => (say(lang, text), notice_text(app, lang, link)),
        Content::Link(email) => {
            let link = format!("{}/email/{}", app.settings.base_url, token::seal(app, *email));
            (t!(lang, "notices-verify-subject"), link_text(lang, &link, taken.expires_at))
        }
    };
    let hello = t!(lang, "notices-mail-hello", name = header_line(&to.name, 60));
    let about = match content {
        Content::Notice { .. } => sentence.clone(),
        Content::Link(_) => t!(lang, "notices-verify-text", address = to.address.clone().unwrap_or_default()),
    };
    Some(Letter {
        subject: header_line(&t!(lang, "notices-mail-subject", text = sentence), LONGEST_SUBJECT),
        text: [hello, about, rest].join("\n\n"),
    })
}

fn notice_text(app: &App, lang: Lang, link: &str) -> String {
    let base = &app.settings.base_url;
    let open = (!link.is_empty()).then(|| t!(lang, "notices-mail-open", link = format!("{base}{link}")));
    let foot = t!(lang, "notices-mail-foot", settings = format!("{base}/me/messages"));
    open.into_iter().chain([foot]).collect::<Vec<_>>().join("\n\n")
}

fn link_text(lang: Lang, link: &str, until: DateTime<Utc>) -> String {
    let foot = t!(lang, "notices-verify-foot", until = time::date_time(lang, until));
    format!("{link}\n\n{foot}")
}
