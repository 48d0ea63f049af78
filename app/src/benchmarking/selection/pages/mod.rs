//! Pages of selection: cohorts and their mix, nominations at the desk, screening and choosing, rounds, verifiers.

mod cohorts;
mod list;
mod nominating;
mod nomination;
mod rounds;
mod verifiers;

use axum::Router;
use axum::routing::post;
use leptos::prelude::*;

use super::rules::CohortState;
use super::store::{self, Cohort};
use crate::benchmarking::policy::{self, PilotScope, ProgrammePermit};
use crate::benchmarking::rules::PilotState;
use crate::error::AppError;
use crate::firms::Category;
use crate::firms::pages::region_name;
use crate::i18n::Lang;
use crate::ids::Region;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::routes::page;
use crate::t;
use crate::ui::{Badge, BadgeTone, Crumbs, Hidden, Meter, PageHeader, Submit, Tab, Tabs, TextArea, Tone};

/// The pages of this room.
pub fn routes() -> Router {
    Router::new()
        .route("/city/cohorts", page(cohorts::list))
        .route("/city/cohorts/new", page(cohorts::new))
        .route("/city/cohorts/{id}", page(cohorts::show))
        .route("/city/cohorts/{id}/edit", page(cohorts::edit))
        .route("/city/cohorts/{id}/nominations", page(list::screening))
        .route("/city/cohorts/{id}/rounds", page(rounds::list))
        .route("/city/cohorts/{id}/rounds/{round}", page(rounds::show))
        .route("/city/cohorts/{id}/verifiers", page(verifiers::list))
        .route("/city/cohorts/{id}/verifiers/{pilot}/{person}", page(verifiers::unassign))
        .route("/desk/nominations", page(list::desk))
        .route("/desk/nominations/new", page(nominating::new))
        .route("/desk/nominations/{pilot}", page(nomination::show))
        .route("/desk/nominations/{pilot}/edit", page(nominating::edit))
        .route("/desk/nominations/{pilot}/substitute", page(nomination::substitute))
}

/// What forms with a file are sent to.
pub fn uploads() -> Router {
    Router::new().route("/desk/nominations/{pilot}/documents", post(nomination::receive))
}

/// Leave to run the programme, for the city's pages.
fn may_run(cx: &Cx) -> Result<ProgrammePermit, AppError> {
    policy::can_run(cx.actor()?).ok_or(AppError::Forbidden)
}

/// The nominations that a coordinator may see.
fn desk_scope(cx: &Cx) -> Result<PilotScope, AppError> {
    policy::coordinated_by(cx.actor()?).ok_or(AppError::Forbidden)
}

/// A category by its word; one that is none of today shows itself.
fn category_word(lang: Lang, word: &str) -> String {
    match Category::parse(word) {
        Some(category) => t!(lang, &format!("firms-category-{}", category.as_str())),
        None => word.to_owned(),
    }
}

fn state_badge(lang: Lang, state: PilotState) -> impl IntoView + use<> {
    let tone = match state {
        PilotState::Nominated => BadgeTone::Attention,
        PilotState::Screened => BadgeTone::Info,
        PilotState::Chosen | PilotState::Completed => BadgeTone::Good,
        PilotState::Declined | PilotState::Terminated => BadgeTone::Bad,
        PilotState::Withdrawn | PilotState::Substituted => BadgeTone::Neutral,
    };
    view! { <Badge tone=tone label=t!(lang, &format!("selection-state-{}", state.as_str()))/> }
}

fn cohort_badge(lang: Lang, state: CohortState) -> impl IntoView + use<> {
    let tone = match state {
        CohortState::Selecting => BadgeTone::Attention,
        CohortState::Running => BadgeTone::Good,
        CohortState::Closed => BadgeTone::Neutral,
    };
    view! { <Badge tone=tone label=t!(lang, &format!("selection-cohort-{}", state.as_str()))/> }
}

/// The views of one cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CohortView {
    Overview,
    Nominations,
    Rounds,
    Verifiers,
}

impl CohortView {
    const ALL: [Self; 4] = [Self::Overview, Self::Nominations, Self::Rounds, Self::Verifiers];

    fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Nominations => "/nominations",
            Self::Rounds => "/rounds",
            Self::Verifiers => "/verifiers",
        }
    }

    fn label(self, lang: Lang) -> String {
        match self {
            Self::Overview => t!(lang, "selection-tab-overview"),
            Self::Nominations => t!(lang, "selection-tab-nominations"),
            Self::Rounds => t!(lang, "selection-tab-rounds"),
            Self::Verifiers => t!(lang, "selection-tab-verifiers"),
        }
    }
}

/// The head of a cohort's pages: the way back up, its name and state, and the tabs.
fn cohort_head(lang: Lang, cohort: &Cohort, current: CohortView, actions: Option<AnyView>) -> impl IntoView + use<> {
    let crumbs = vec![
        ("/city".to_owned(), t!(lang, "nav-city")),
        ("/city/cohorts".to_owned(), t!(lang, "selection-cohorts")),
    ];
    let tabs = CohortView::ALL
        .into_iter()
        .map(|view| Tab {
            href: format!("/city/cohorts/{}{}", cohort.id, view.path()),
            label: view.label(lang),
            current: view == current,
            count: None,
        })
        .collect();
    view! {
        <Crumbs items=crumbs/>
        <PageHeader title=cohort.name.clone()>{actions}</PageHeader>
        <p>{cohort_badge(lang, cohort.state)}</p>
        <Tabs items=tabs/>
    }
}

/// How full a cohort is, over all and in each category against its target. With `links` each category leads to its firms.
async fn mix_meters(cx: &Cx, cohort: &Cohort) -> Result<AnyView, AppError> {
    use super::rules::Group;
    let lang = cx.lang;
    let tally = store::tally(&cx.app.db, cohort.id).await?;
    let target = store::target(&cx.app.db, cohort.id).await?;
    let chosen = tally.all(Group::Chosen);
    let categories = Category::ALL
        .into_iter()
        .map(|category| {
            let label = category_word(lang, category.as_str());
            view! { <Meter value=tally.of_category(Group::Chosen, category) max=target.of(category) label=label/> }
        })
        .collect_view();
    let left = super::rules::places_left(cohort.size, chosen);
    Ok(view! {
        <div class="mix">
            <Meter value=chosen max=cohort.size label=t!(lang, "selection-chosen-of-size")/>
            <p class="small muted" role="status">{t!(lang, "selection-places-left", left = left)}</p>
            <div class="quotas">{categories}</div>
        </div>
    }
    .into_any())
}

/// A form that takes something away: it folds out to ask why.
struct Reasoned {
    /// The name by which the form comes back.
    form: &'static str,
    action: &'static str,
    open: String,
    text: String,
    yes: String,
}

impl Reasoned {
    /// `hidden` are the fields it sends along.
    fn show(self, cx: &Cx, hidden: Vec<(&'static str, String)>) -> impl IntoView + use<> {
        let form = cx.form(self.form);
        let is_open = !form.is_clean();
        let fields = hidden
            .into_iter()
            .map(|(name, value)| view! { <Hidden name=name value=value/> })
            .collect_view();
        view! {
            <form method="post" action=format!("/api/{}", self.action)>
                {fields}
                <details class="confirm" open=is_open>
                    <summary class="button button--quiet-danger confirm__open">{self.open}</summary>
                    <div class="confirm__body" role="group">
                        <p>{self.text}</p>
                        <TextArea form=form name="why" label=t!(cx.lang, "selection-why") rows="2" maxlength="300" of=self.form/>
                        <Submit label=self.yes tone=Tone::Danger/>
                    </div>
                </details>
            </form>
        }
    }
}

/// A county by its name of today.
fn county(lang: Lang, regions: &[RegionName], region: &Region) -> String {
    region_name(lang, regions, region)
}
