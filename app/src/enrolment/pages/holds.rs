//! Seats held for firms, as the desk sets them.

use leptos::prelude::*;

use super::parts::desk_head;
use crate::classes::store as classes;
use crate::enrolment::policy;
use crate::enrolment::store::{self, FirmHold};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::ClassId;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::time::date_time;
use crate::ui::{EmptyState, ErrorSummary, Hidden, IconName, Submit, TableWrap, TextField};

/// `/desk/classes/{id}/roster/holds`
pub async fn holds(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let class = classes::class(&cx.app.db, cx.param::<ClassId>("id")?).await?;
    let permit = policy::running(cx.actor()?, &class)?;
    let rows = store::holds_in(&cx.app.db, permit).await?;
    let form = cx.form("hold");
    let title = t!(lang, "enrolment-tab-holds");
    let list = if rows.is_empty() {
        view! { <EmptyState title=t!(lang, "enrolment-holds-none") text=t!(lang, "enrolment-holds-none-text") icon=IconName::Firm/> }.into_any()
    } else {
        table(lang, rows).into_any()
    };
    let body = view! {
        <ErrorSummary form=form.clone()/>
        {desk_head(&cx, &class, Some(permit), "enrolment-tab-holds")}
        {list}
        <h2>{t!(lang, "enrolment-hold-set")}</h2>
        <form method="post" action="/api/hold_seats" class="narrow">
            <Hidden name="class" value=class.id.to_string()/>
            <TextField form=&form name="firm" label=t!(lang, "enrolment-firm") hint=t!(lang, "enrolment-hold-firm-hint") maxlength="100" autocomplete="off"/>
            <TextField form=&form name="seats" kind="number" label=t!(lang, "enrolment-hold-seats") hint=t!(lang, "enrolment-hold-seats-hint") min="0" width="4"/>
            <TextField form=&form name="until" kind="date" label=t!(lang, "enrolment-hold-until") hint=t!(lang, "enrolment-hold-until-hint") optional=true/>
            <Submit label=t!(lang, "enrolment-hold-yes")/>
        </form>
    };
    Ok(Page::new(title, body))
}

fn table(lang: Lang, rows: Vec<FirmHold>) -> impl IntoView + use<> {
    let rows = rows
        .into_iter()
        .map(|hold| {
            let until = match (hold.released_at, hold.until) {
                (Some(at), _) => t!(lang, "enrolment-hold-released", at = date_time(lang, at)),
                (None, Some(at)) => date_time(lang, at),
                (None, None) => t!(lang, "enrolment-hold-no-end"),
            };
            view! {
                <tr>
                    <th scope="row">{hold.firm}</th>
                    <td data-label=t!(lang, "enrolment-hold-seats") class="num">{hold.seats}</td>
                    <td data-label=t!(lang, "enrolment-hold-used") class="num">{hold.used}</td>
                    <td data-label=t!(lang, "enrolment-hold-until")>{until}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "enrolment-tab-holds")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "enrolment-firm")}</th>
                        <th scope="col" class="num">{t!(lang, "enrolment-hold-seats")}</th>
                        <th scope="col" class="num">{t!(lang, "enrolment-hold-used")}</th>
                        <th scope="col">{t!(lang, "enrolment-hold-until")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}
