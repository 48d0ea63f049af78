//! `/firm/{pilot}/assessment/indicators/{indicator}/history`: who changed an answer, when and to what.

use leptos::prelude::*;

use super::{Sheet, indicator_name, level_in_words};
use crate::benchmarking::assessment::rules::{Event, in_one_go};
use crate::benchmarking::assessment::store;
use crate::benchmarking::pages::{View, pilot_head, pilot_of};
use crate::benchmarking::rules::Indicator;
use crate::error::AppError;
use crate::i18n::{Lang, text};
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, EmptyState, IconName, TableWrap, time};

pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let sheet = Sheet::wanted(&cx, &pilot).await?;
    let wanted: String = cx.param("indicator")?;
    let (dimension, indicator) = sheet.framework.indicator(&wanted).ok_or(AppError::NotFound)?;
    let events = in_one_go(store::history(&cx.app.db, sheet.assessment.id, &indicator.id).await?);
    let title = t!(lang, "assessment-history-of", indicator = indicator_name(lang, indicator));
    let back = sheet.address(pilot.id, &format!("/{}", dimension.id));
    let list = if events.is_empty() {
        view! { <EmptyState title=t!(lang, "assessment-history-none") icon=IconName::History/> }.into_any()
    } else {
        let rows = events.into_iter().map(|event| row(lang, indicator, event)).collect_view();
        view! {
            <p class="muted">{t!(lang, "assessment-history-lead")}</p>
            <TableWrap label=title.clone()>
                <table class="table">
                    <thead><tr>
                        <th scope="col">{t!(lang, "assessment-history-at")}</th>
                        <th scope="col">{t!(lang, "assessment-history-who")}</th>
                        <th scope="col">{t!(lang, "assessment-history-what")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
        }
        .into_any()
    };
    let body = view! {
        {pilot_head(&cx, &pilot, &standing, View::Assessment)}
        <h2>{title.clone()}</h2>
        {list}
        <p><ButtonLink href=back label=t!(lang, "ui-back")/></p>
    };
    Ok(Page::new(title, body))
}

fn row(lang: Lang, indicator: &Indicator, event: Event) -> impl IntoView + use<> {
    let what = if let Some(said) = event.said {
        let reason = (!said.reason.is_empty()).then(|| view! { <p class="lines">{said.reason.clone()}</p> });
        let note = (!said.note.is_empty()).then(|| view! { <p class="lines">{said.note.clone()}</p> });
        view! { <p><strong>{level_in_words(lang, indicator, &said)}</strong></p> {reason} {note} }.into_any()
    } else {
        let word = text(lang, &format!("assessment-event-{}", event.what.replace('_', "-")), &[]);
        view! { <p>{word}</p> <p class="lines">{event.about}</p> }.into_any()
    };
    view! {
        <tr>
            <th scope="row" class="nowrap">{time::short_date_time(lang, event.at)}</th>
            <td>{event.by_name.unwrap_or_default()}</td>
            <td>{what}</td>
        </tr>
    }
}
