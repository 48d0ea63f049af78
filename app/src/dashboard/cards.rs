//! A class as a card: when, what, where, and what it offers now.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::rules::Offer;
use super::store::ClassCard;
use crate::i18n::Lang;
use crate::t;
use crate::ui::{Badge, BadgeTone, time};

/// The cards of a list.
pub fn class_list(lang: Lang, now: DateTime<Utc>, cards: Vec<ClassCard>) -> impl IntoView {
    let cards = cards.into_iter().map(|card| class_card(lang, now, &card)).collect_view();
    view! { <ul class="class-list grid">{cards}</ul> }
}

fn class_card(lang: Lang, now: DateTime<Utc>, card: &ClassCard) -> impl IntoView + use<> {
    let theme = card.theme(lang).map(|theme| format!(" · {theme}"));
    let when = match (card.starts_at, card.ends_at) {
        (Some(start), Some(end)) if time::day_of(start) != time::day_of(end) => {
            t!(lang, "dashboard-from-to", from = time::date(lang, start), to = time::date(lang, end))
        }
        (Some(start), _) => time::date(lang, start),
        (None, _) => t!(lang, "dashboard-date-open"),
    };
    let (tone, words) = offer_words(lang, card.offer(now));
    let waiting = (card.waitlisted > 0 && matches!(card.offer(now), Offer::Full | Offer::Open(_)))
        .then(|| view! { <span>{t!(lang, "dashboard-waiting", n = card.waitlisted)}</span> });
    view! {
        <li>
            <div class="class-card">
                {date_block(lang, card.starts_at)}
                <div class="class-card__text">
                    <h3><a href=format!("/classes/{}", card.id)>{card.title.clone()}</a></h3>
                    <p>{card.school(lang).to_owned()}{theme}</p>
                    <p class="small">{when}</p>
                    <div class="class-card__places"><Badge tone=tone label=words/>{waiting}</div>
                </div>
            </div>
        </li>
    }
}

/// The day as on a tear-off calendar; the same date stands in the card's text.
fn date_block(lang: Lang, starts_at: Option<DateTime<Utc>>) -> impl IntoView {
    let (month, day) = match starts_at {
        Some(at) => time::month_and_day(lang, at),
        None => (String::new(), "–".to_owned()),
    };
    view! { <p class="class-card__date" aria-hidden="true"><span>{month}</span><strong>{day}</strong></p> }
}

/// What a class offers, in words.
fn offer_words(lang: Lang, offer: Offer) -> (BadgeTone, String) {
    match offer {
        Offer::Later(Some(at)) => (BadgeTone::Info, t!(lang, "dashboard-offer-later", at = time::short_date_time(lang, at))),
        Offer::Later(None) => (BadgeTone::Neutral, t!(lang, "dashboard-offer-unknown")),
        Offer::Open(left) => (BadgeTone::Good, t!(lang, "dashboard-offer-open", n = left)),
        Offer::Full => (BadgeTone::Attention, t!(lang, "dashboard-offer-full")),
        Offer::EnrolmentOver => (BadgeTone::Neutral, t!(lang, "dashboard-offer-over")),
        Offer::Running => (BadgeTone::Info, t!(lang, "dashboard-offer-running")),
        Offer::Ended => (BadgeTone::Neutral, t!(lang, "dashboard-offer-ended")),
        Offer::Cancelled => (BadgeTone::Bad, t!(lang, "dashboard-offer-cancelled")),
    }
}
