//! The parts a page is put together from.

use leptos::prelude::*;

use super::{Badge, BadgeTone, Icon, IconName, OptText};
use crate::i18n::{t, use_lang};

/// The one `h1` of a page. The children are its actions.
#[component]
pub fn PageHeader(
    #[prop(into)] title: String,
    #[prop(into, optional)] lead: OptText,
    /// A small line above the title: where this belongs.
    #[prop(into, optional)]
    caption: OptText,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="page-header">
            <div class="page-header__text">
                {caption.into_option().map(|caption| view! { <p class="page-header__caption">{caption}</p> })}
                <h1>{title}</h1>
                {lead.into_option().map(|lead| view! { <p class="page-header__lead">{lead}</p> })}
            </div>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
}

/// A raised piece of paper.
#[component]
pub fn Card(
    #[prop(into, optional)] title: OptText,
    /// Makes the title a link and the whole card a target.
    #[prop(into, optional)]
    href: OptText,
    children: Children,
) -> impl IntoView {
    let class = if href.is_some() { "card card--link" } else { "card" };
    let title = title.into_option().map(|title| match href.into_option() {
        Some(href) => view! { <h2 class="card__title"><a href=href>{title}</a></h2> }.into_any(),
        None => view! { <h2 class="card__title">{title}</h2> }.into_any(),
    });
    view! { <section class=class>{title} {children()}</section> }
}

/// The way back up.
#[component]
pub fn Crumbs(
    /// `(href, label)` from the top down.
    items: Vec<(String, String)>,
) -> impl IntoView {
    let items = items
        .into_iter()
        .map(|(href, label)| view! { <li><a href=href>{label}</a></li> })
        .collect_view();
    view! { <nav class="crumbs" aria-label=t!(use_lang(), "ui-crumbs")><ol>{items}</ol></nav> }
}

/// One of several views of the same thing, each with an address of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tab {
    pub href: String,
    pub label: String,
    pub current: bool,
    pub count: Option<i64>,
}

#[component]
pub fn Tabs(items: Vec<Tab>, #[prop(into, optional)] label: OptText) -> impl IntoView {
    let items = items
        .into_iter()
        .map(|Tab { href, label, current, count }| {
            let current = current.then_some("page");
            let count = count.map(|count| view! { <span class="tabs__count">{count}</span> });
            view! { <li><a href=href aria-current=current>{label} {count}</a></li> }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label.or(&t!(use_lang(), "ui-views"))><ul>{items}</ul></nav> }
}

/// Tabs that send a form on the way, so that nothing that was typed is lost even without scripts: each is a button of the
/// form with this id, its value the address of the tab. The form's function goes there.
#[component]
pub fn TabButtons(items: Vec<Tab>, #[prop(into)] form: String, #[prop(into)] name: String, #[prop(into)] label: String) -> impl IntoView {
    let items = items
        .into_iter()
        .map(|Tab { href, label, current, count }| {
            let current = current.then_some("page");
            let count = count.map(|count| view! { <span class="tabs__count">{count}</span> });
            view! { <li><button type="submit" form=form.clone() name=name.clone() value=href aria-current=current>{label} {count}</button></li> }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label><ul>{items}</ul></nav> }
}

/// Pages by key: only one step to either side is known.
#[component]
pub fn Pager(newer: Option<String>, older: Option<String>) -> impl IntoView {
    let lang = use_lang();
    (newer.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=t!(lang, "ui-pages")>
                {newer.map(|href| view! { <a class="button" rel="prev" href=href><Icon name=IconName::ArrowLeft />{t!(lang, "ui-previous")}</a> })}
                {older.map(|href| view! { <a class="button pager__next" rel="next" href=href>{t!(lang, "ui-next")}<Icon name=IconName::Arrow /></a> })}
            </nav>
        }
    })
}

/// Names and what they are.
#[component]
pub fn Facts(items: Vec<(String, String)>) -> impl IntoView {
    let items = items
        .into_iter()
        .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
        .collect_view();
    view! { <dl class="facts">{items}</dl> }
}

/// A counted number that leads to the rows it counts.
#[component]
pub fn Figure(
    #[prop(into)] value: OptText,
    #[prop(into)] label: String,
    #[prop(into, optional)] href: OptText,
    #[prop(into, optional)] hint: OptText,
) -> impl IntoView {
    let inner = view! {
        <span class="figure__value">{value.or("–")}</span>
        <span class="figure__label">{label}</span>
        {hint.into_option().map(|hint| view! { <span class="figure__hint">{hint}</span> })}
    };
    match href.into_option() {
        Some(href) => view! { <a class="figure" href=href>{inner}</a> }.into_any(),
        None => view! { <div class="figure">{inner}</div> }.into_any(),
    }
}

/// A table wider than the screen scrolls in here, by keyboard too.
#[component]
pub fn TableWrap(
    #[prop(into)] label: String,
    /// At most three quarters of the window, so that the head of a long table stays in sight.
    #[prop(optional)]
    tall: bool,
    children: Children,
) -> impl IntoView {
    let class = if tall { "table-wrap table-wrap--tall" } else { "table-wrap" };
    view! { <div class=class tabindex="0" role="group" aria-label=label>{children()}</div> }
}

/// A search that is an address: it can be kept and sent on. The children are further fields of the filter.
#[component]
pub fn SearchBox(
    #[prop(into)] name: String,
    #[prop(into, optional)] value: OptText,
    #[prop(into)] label: String,
    #[prop(into)] action: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let id = format!("search-{name}");
    view! {
        <form class="search" role="search" method="get" action=action>
            <label class="field__label" for=id.clone()>{label}</label>
            <div class="search__row">
                <input class="input" type="search" id=id name=name value=value.into_option() autocomplete="off" />
                {children.map(|children| children())}
                <button class="button" type="submit"><Icon name=IconName::Search />{t!(use_lang(), "ui-search")}</button>
            </div>
        </form>
    }
}

/// One thing to do and how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Task {
    /// Nothing to press when it can't be started yet.
    pub href: Option<String>,
    pub label: String,
    pub hint: Option<String>,
    pub status: String,
    pub tone: BadgeTone,
}

#[component]
pub fn TaskList(items: Vec<Task>) -> impl IntoView {
    let items = items
        .into_iter()
        .map(
            |Task {
                 href,
                 label,
                 hint,
                 status,
                 tone,
             }| {
                let label = match href {
                    Some(href) => view! { <a href=href>{label}</a> }.into_any(),
                    None => view! { <span>{label}</span> }.into_any(),
                };
                view! {
                    <li class="task">
                        <div class="task__text">{label} {hint.map(|hint| view! { <p class="task__hint">{hint}</p> })}</div>
                        <Badge tone=tone label=status />
                    </li>
                }
            },
        )
        .collect_view();
    view! { <ul class="tasks">{items}</ul> }
}
