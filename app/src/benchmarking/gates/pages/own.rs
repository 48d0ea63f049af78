//! The way of a firm's contact into the programme: straight to the firm's home where there is one, else a list.

use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::parts::{stage_name, state_name};
use crate::benchmarking::gates::outlook::{self, OwnPilot};
use crate::benchmarking::policy::visible_to;
use crate::benchmarking::rules::PilotState;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::{Page, render};
use crate::t;
use crate::ui::{BadgeTone, ButtonLink, EmptyState, IconName, PageHeader, Task, TaskList, Tone, time};

/// `/firm`: on to the only live pilot firm of the actor, or the list.
pub async fn own(request: Request) -> Response {
    let only = match request.extensions().get::<Cx>() {
        Some(cx) => only_live(cx).await,
        None => None,
    };
    match only {
        Some(home) => Redirect::to(&home).into_response(),
        None => render(list, request).await,
    }
}

/// The home of the only pilot firm; any trouble in finding it is told by the list.
async fn only_live(cx: &Cx) -> Option<String> {
    let pilots = pilots(cx).await.ok()?;
    let mut live = pilots.iter().filter(|pilot| is_live(pilot.state()));
    match (live.next(), live.next()) {
        (Some(only), None) => Some(format!("/firm/{}", only.id)),
        _ => None,
    }
}

fn is_live(state: PilotState) -> bool {
    matches!(state, PilotState::Nominated | PilotState::Screened | PilotState::Chosen)
}

/// The actor's firms in any cohort, the latest first.
async fn pilots(cx: &Cx) -> Result<Vec<OwnPilot>, AppError> {
    let scope = visible_to(cx.actor()?).filter(|scope| !scope.firms().is_empty());
    outlook::own_pilots(&cx.app.db, &scope.ok_or(AppError::Forbidden)?).await
}

async fn list(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let pilots = pilots(&cx).await?;
    let title = t!(lang, "bench-own-firm");
    let content = if pilots.is_empty() {
        view! {
            <EmptyState icon=IconName::Firm title=t!(lang, "gates-no-pilot") text=t!(lang, "gates-no-pilot-text")>
                <ButtonLink href="/classes" label=t!(lang, "gates-to-classes")/>
            </EmptyState>
        }
        .into_any()
    } else {
        let tasks = pilots.iter().map(|pilot| row(lang, pilot)).collect();
        view! { <TaskList items=tasks/> }.into_any()
    };
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "gates-own-lead")>
            <ButtonLink href="/firm/seats" label=t!(lang, "gates-to-seats") tone=Tone::Plain icon=IconName::People/>
        </PageHeader>
        {content}
    };
    Ok(Page::new(title, body))
}

fn row(lang: Lang, pilot: &OwnPilot) -> Task {
    let state = pilot.state();
    let stage = pilot.stage().filter(|_| state == PilotState::Chosen);
    Task {
        href: Some(format!("/firm/{}", pilot.id)),
        label: format!("{} · {}", pilot.firm, pilot.cohort),
        hint: Some(t!(lang, "gates-nominated-on", day = time::date(lang, pilot.nominated_at))),
        status: stage.map_or_else(|| state_name(lang, state), |stage| stage_name(lang, stage)),
        tone: match state {
            PilotState::Chosen => BadgeTone::Info,
            PilotState::Completed => BadgeTone::Good,
            PilotState::Nominated | PilotState::Screened => BadgeTone::Attention,
            _ => BadgeTone::Neutral,
        },
    }
}
