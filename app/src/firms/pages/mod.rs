//! The pages of firms: the directory, forms, contacts, merging, and the pieces that one firm's page is made of. The page
//! itself stands in `dashboard`, since it ties both halves of the program together.

mod contact;
mod directory;
mod edit;
mod export;
mod merge;
mod own;
mod parts;
mod picker;

use axum::Router;
use axum::routing::get;

pub use parts::{change_words, contacts_section, crumbs, facts, history_section, people_section, suspects_section, wanting};
pub use picker::{Picker, firm_picker};

use super::policy::{self, FirmScope};
use super::rules::{Category, Size};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::Region;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::respond::FileKind;
use crate::routes::page;
use crate::t;
use crate::ui::Choice;
use leptos::prelude::*;

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/desk/firms", page(directory::directory))
        .route("/desk/firms/new", page(edit::new))
        .route("/desk/firms/{id}/edit", page(edit::edit))
        .route("/desk/firms/{id}/contacts/new", page(contact::new))
        .route("/desk/firms/{id}/contacts/{contact}", page(contact::edit))
        .route("/desk/firms/{id}/merge", page(merge::merge))
        .route("/firm/profile", page(own::profile))
        .merge(super::import::pages::routes())
}

/// What is not a page: lists out and in as files.
pub fn endpoints() -> Router {
    Router::new()
        .route("/desk/firms/firms.xlsx", get(async |cx| export::send(cx, FileKind::Workbook).await))
        .route("/desk/firms/firms.csv", get(async |cx| export::send(cx, FileKind::Csv).await))
        .merge(super::import::pages::endpoints())
}

/// A region by its name of today.
pub fn region_name(lang: Lang, regions: &[RegionName], region: &Region) -> String {
    let found = regions.iter().find(|known| known.region == *region);
    found.map_or_else(|| region.to_string(), |known| known.name(lang).to_owned())
}

/// Regions as choices, those of the predicate only.
pub fn region_choices(lang: Lang, regions: &[RegionName], keep: impl Fn(&Region) -> bool) -> Vec<Choice> {
    let kept = regions.iter().filter(|known| keep(&known.region));
    kept.map(|known| Choice::new(known.region.as_str(), known.name(lang))).collect()
}

/// The name of a category.
pub fn category_name(lang: Lang, category: Category) -> String {
    t!(lang, &format!("firms-category-{}", category.as_str()))
}

/// The name of a size.
pub fn size_name(lang: Lang, size: Size) -> String {
    t!(lang, &format!("firms-size-{}", size.as_str()))
}

/// Categories as choices.
pub fn category_choices(lang: Lang) -> Vec<Choice> {
    Category::ALL
        .map(|category| Choice::new(category.as_str(), category_name(lang, category)))
        .into()
}

/// Sizes as choices.
pub fn size_choices(lang: Lang) -> Vec<Choice> {
    Size::ALL.map(|size| Choice::new(size.as_str(), size_name(lang, size))).into()
}

/// The firms that the actor looks up at the desk.
pub fn scope(cx: &Cx) -> Result<FirmScope, AppError> {
    policy::visible_to(cx.actor()?).ok_or(AppError::Forbidden)
}

/// A choice of county for a search.
pub fn county_select(lang: Lang, regions: &[RegionName], chosen: Option<&str>) -> impl IntoView + use<> {
    let choices = region_choices(lang, regions, |_| true);
    filter_select("county", t!(lang, "firms-county"), Some(t!(lang, "firms-all-counties")), choices, chosen)
}

/// A choice that narrows or orders a list. With `all`, nothing need be chosen.
fn filter_select(name: &'static str, label: String, all: Option<String>, choices: Vec<Choice>, chosen: Option<&str>) -> impl IntoView + use<> {
    let chosen = chosen.unwrap_or_default().to_owned();
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    view! {
        <select class="select select--narrow" name=name aria-label=label>
            {all.map(|all| view! { <option value="">{all}</option> })}
            {options}
        </select>
    }
}
