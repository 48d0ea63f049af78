//! The pages of the programme, room by room, and what the pages of one pilot firm share.

use axum::Router;
use leptos::prelude::*;

use super::policy::Standing;
use super::rules::Stage;
use super::store::{self, Pilot, PilotEvent};
use super::{assessment, files, frameworks, gates, improvement, results, selection, verification};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::PilotId;
use crate::request::Cx;
use crate::t;
use crate::ui::{Crumbs, PageHeader, Tab, Tabs, time};

/// How many lines of a firm's history stand on a page at once.
const HISTORY: usize = 8;

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .merge(assessment::pages::routes())
        .merge(improvement::pages::routes())
        .merge(selection::pages::routes())
        .merge(gates::pages::routes())
        .merge(verification::pages::routes())
        .merge(frameworks::pages::routes())
        .merge(results::pages::routes())
}

/// What is not a page: files and exports.
pub fn endpoints() -> Router {
    Router::new()
        .merge(files::routes())
        .merge(assessment::pages::endpoints())
        .merge(gates::pages::endpoints())
        .merge(frameworks::pages::endpoints())
        .merge(results::pages::endpoints())
}

/// What forms with a file are sent to; more than elsewhere may be sent here.
pub fn uploads() -> Router {
    Router::new()
        .merge(assessment::pages::uploads())
        .merge(improvement::pages::uploads())
        .merge(selection::pages::uploads())
}

/// The pilot firm that a page's address names by `{pilot}`, with what the actor is to it.
///
/// # Errors
/// 404 for a firm that is none of the actor's, as for one that is not there.
pub async fn pilot_of(cx: &Cx) -> Result<(Pilot, Standing), AppError> {
    let id: PilotId = cx.param("pilot")?;
    store::seen(&cx.app.db, cx.actor()?, id).await
}

/// Views of one pilot firm, each with an address below `/firm/{pilot}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Home,
    Assessment,
    Verification,
    Benchmark,
    Actions,
    Gate,
    Results,
}

impl View {
    const ALL: [Self; 7] = [
        Self::Home,
        Self::Assessment,
        Self::Verification,
        Self::Benchmark,
        Self::Actions,
        Self::Gate,
        Self::Results,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::Home => "",
            Self::Assessment => "/assessment",
            Self::Verification => "/verification",
            Self::Benchmark => "/benchmark",
            Self::Actions => "/actions",
            Self::Gate => "/gate",
            Self::Results => "/results",
        }
    }

    fn label(self, lang: Lang) -> String {
        match self {
            Self::Home => t!(lang, "bench-view-home"),
            Self::Assessment => t!(lang, "bench-view-assessment"),
            Self::Verification => t!(lang, "bench-view-verification"),
            Self::Benchmark => t!(lang, "bench-view-benchmark"),
            Self::Actions => t!(lang, "bench-view-actions"),
            Self::Gate => t!(lang, "bench-view-gate"),
            Self::Results => t!(lang, "bench-view-results"),
        }
    }
}

/// The head of every page of a pilot firm: the way back up, the firm's name, and the tabs.
pub fn pilot_head(cx: &Cx, pilot: &Pilot, standing: &Standing, current: View) -> impl IntoView + use<> {
    let lang = cx.lang;
    let up = if standing.is_county() || standing.is_city() || standing.is_verifier() {
        vec![("/desk/programme".to_owned(), t!(lang, "bench-programme"))]
    } else {
        vec![("/firm".to_owned(), t!(lang, "bench-own-firm"))]
    };
    let tabs = View::ALL
        .into_iter()
        .map(|view| Tab {
            href: format!("/firm/{}{}", pilot.id, view.path()),
            label: view.label(lang),
            current: view == current,
            count: None,
        })
        .collect();
    view! {
        <Crumbs items=up/>
        <PageHeader title=pilot.firm_name.clone()/>
        <Tabs items=tabs/>
    }
}

/// What happened to a firm in the programme, latest first; the older lines fold out.
pub fn history_list(lang: Lang, events: &[PilotEvent]) -> impl IntoView + use<> {
    let line = |event: &PilotEvent| {
        let stage = Stage::parse(&event.detail)
            .map(|stage| t!(lang, &format!("bench-stage-{}", stage.as_str())))
            .unwrap_or_default();
        let what = t!(lang, "bench-event", what = event.what.clone(), stage = stage);
        let who = event.by_name.clone().unwrap_or_else(|| t!(lang, "bench-by-calendar"));
        let why = (!event.why.is_empty()).then(|| view! { <p class="gate-record__why">{event.why.clone()}</p> });
        view! {
            <li>
                <p><strong>{what}</strong></p>
                <p class="small muted">{time::date_time(lang, event.at)} " · " {who}</p>
                {why}
            </li>
        }
    };
    let (recent, older) = events.split_at(events.len().min(HISTORY));
    let recent = recent.iter().map(line).collect_view();
    let more = (!older.is_empty()).then(|| {
        let lines = older.iter().map(line).collect_view();
        view! {
            <details class="disclosure">
                <summary>{t!(lang, "bench-history-older", n = older.len())}</summary>
                <ol class="gate-record">{lines}</ol>
            </details>
        }
    });
    view! { <ol class="gate-record">{recent}</ol> {more} }
}
