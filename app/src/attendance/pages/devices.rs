//! The scanners of a county's school: register, list, revoke.

use axum::extract::Request;
use axum::response::Response;
use leptos::prelude::*;

use crate::attendance::forms;
use crate::attendance::policy::{device_permit, visible_to};
use crate::attendance::store::{self, Device};
use crate::error::AppError;
use crate::i18n::{Lang, say};
use crate::ids::SchoolId;
use crate::request::Cx;
use crate::schools;
use crate::shell::{Page, render};
use crate::t;
use crate::ui::time::date_time;
use crate::ui::{
    Badge, BadgeTone, Confirm, EmptyState, ErrorSummary, FieldError, FormState, Hidden, IconName, PageHeader, SelectField, ShownOnce, Submit,
    TableWrap, TextField,
};

/// `/desk/devices`
pub async fn list(cx: Cx) -> Result<Page, AppError> {
    devices(&cx, FormState::default(), None).await
}

/// `POST /desk/devices/register`: answers with the page itself, not with a redirect, so that the token is shown this once
/// and kept nowhere, not even in a flash.
pub async fn register(request: Request) -> Response {
    render(registered, request).await
}

async fn registered(cx: Cx) -> Result<Page, AppError> {
    let actor = cx.actor()?;
    let typed = |name: &str| cx.typed.get(name).and_then(|values| values.first()).cloned().unwrap_or_default();
    let outcome = async {
        if !actor.is_coordinator() {
            return Err(AppError::Forbidden);
        }
        let name = forms::device_name(&typed("name"))?;
        let school: SchoolId = typed("school")
            .parse()
            .map_err(|_| AppError::field("school", "attendance-device-school-missing"))?;
        let permit = device_permit(actor, &schools::store::school(&cx.app.db, school).await?.region)?;
        store::register(&cx.app, &permit, cx.now, school, &name).await
    };
    match outcome.await {
        Ok(token) => devices(&cx, FormState::default(), Some(token)).await,
        Err(AppError::Invalid(problems)) => {
            crate::respond::set_status(422);
            let errors = problems.iter().map(|problem| FieldError {
                field: problem.field.clone(),
                message: say(cx.lang, &problem.problem),
            });
            let form = FormState {
                values: cx.typed.clone(),
                errors: errors.collect(),
            };
            devices(&cx, form, None).await
        }
        Err(error) => Err(error),
    }
}

async fn devices(cx: &Cx, form: FormState, token: Option<String>) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    if !actor.is_coordinator() {
        return Err(AppError::Forbidden);
    }
    let scope = visible_to(actor);
    let devices = store::devices_of(&cx.app.db, &scope).await?;
    let schools = schools::pages::school_choices(cx, scope.reach()).await?;
    let title = t!(lang, "attendance-devices-title");
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() lead=t!(lang, "attendance-devices-lead")/>
        {token.map(|token| view! { <ShownOnce title=t!(lang, "attendance-device-token-title") secret=token text=t!(lang, "attendance-device-token-text")/> })}
        {table(lang, devices)}
        <h2>{t!(lang, "attendance-device-new")}</h2>
        <form method="post" action="/desk/devices/register" class="narrow">
            <TextField form=form.clone() name="name" label=t!(lang, "attendance-device-name") hint=t!(lang, "attendance-device-name-hint") maxlength="60"/>
            <SelectField form=form name="school" label=t!(lang, "attendance-device-school") options=schools/>
            <Submit label=t!(lang, "attendance-device-register")/>
        </form>
    };
    Ok(Page::new(title, body))
}

fn table(lang: Lang, devices: Vec<Device>) -> AnyView {
    if devices.is_empty() {
        let text = t!(lang, "attendance-devices-none-text");
        return view! { <EmptyState title=t!(lang, "attendance-devices-none") text=text icon=IconName::Qr/> }.into_any();
    }
    let rows = devices.into_iter().map(|device| row(lang, device)).collect_view();
    view! {
        <TableWrap label=t!(lang, "attendance-devices-title")>
            <table class="table">
                <thead><tr>
                    <th scope="col">{t!(lang, "attendance-device-name")}</th>
                    <th scope="col">{t!(lang, "attendance-device-school")}</th>
                    <th scope="col">{t!(lang, "attendance-device-registered")}</th>
                    <th scope="col">{t!(lang, "attendance-device-seen")}</th>
                    <th scope="col">{t!(lang, "attendance-device-state")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

fn row(lang: Lang, device: Device) -> impl IntoView {
    let seen = device
        .seen_at
        .map_or_else(|| t!(lang, "attendance-device-never"), |seen| date_time(lang, seen));
    let state = match device.revoked_at {
        Some(at) => {
            let label = t!(lang, "attendance-device-revoked-at", at = date_time(lang, at));
            view! { <Badge tone=BadgeTone::Neutral label=label/> }.into_any()
        }
        None => view! {
            <form method="post" action="/api/revoke_device">
                <Hidden name="device" value=device.id.to_string()/>
                <Confirm label=t!(lang, "attendance-device-revoke") title=t!(lang, "attendance-device-revoke-sure", name = device.name.clone())
                    text=t!(lang, "attendance-device-revoke-text") yes_label=t!(lang, "attendance-device-revoke")/>
            </form>
        }
        .into_any(),
    };
    view! {
        <tr>
            <th scope="row">{device.name}</th>
            <td>{lang.pick(&device.school_zh, &device.school_en).to_owned()}</td>
            <td>{date_time(lang, device.created_at)}" · "{device.created_by}</td>
            <td>{seen}</td>
            <td>{state}</td>
        </tr>
    }
}
