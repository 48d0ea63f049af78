//! The frame around each page: skip link, header with places and switches, demo banner, main, footer.
//! The document itself (`<html lang data-theme>`, head, scripts) is the shell's.

use leptos::prelude::*;

use super::{Icon, IconName, Mark, OptText};
use crate::i18n::{Lang, t, use_lang};

/// Who is signed in, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedIn {
    pub name: String,
    pub role_label: String,
    /// Messages not read yet.
    pub unread: i64,
}

/// A place in the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavItem {
    pub href: String,
    pub label: String,
    pub current: bool,
}

/// A page with the header and footer of the service.
#[component]
pub fn Layout(
    /// The page's name, for the head of a printout; the document's `<title>` is the shell's.
    #[prop(into)]
    title: String,
    lang: Lang,
    signed_in: Option<SignedIn>,
    nav: Vec<NavItem>,
    demo: bool,
    /// Where the reader is, so that switches come back here.
    #[prop(into)]
    path: String,
    /// Whether the page has islands: those who run no scripts are told that it does not renew itself.
    interactive: bool,
    /// `light` or `dark` when the reader chose one.
    #[prop(into, optional)]
    theme: OptText,
    #[prop(into, default = "/sign-in".to_owned())] sign_in_href: String,
    /// Grids and boards take the whole window.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    let main = if wide { "main main--wide" } else { "main" };
    let places = (!nav.is_empty()).then(|| places(lang, nav));
    let noscript = interactive.then(|| view! { <noscript><p class="noscript">{t!(lang, "ui-noscript")}</p></noscript> });
    view! {
        <a class="skip" href="#main">{t!(lang, "ui-skip")}</a>
        {demo.then(|| view! { <aside class="demo" aria-label=t!(lang, "ui-demo")><strong>{t!(lang, "ui-demo")}</strong>{t!(lang, "ui-demo-text")}</aside> })}
        <p class="print-only">{t!(lang, "ui-brand")} " · " {title}</p>
        <header class="header">
            <div class="header__row">
                <a class="brand" href="/">
                    <Mark />
                    <span class="brand__name">{t!(lang, "ui-brand")}</span>
                    <span class="brand__service">{t!(lang, "ui-service")}</span>
                </a>
                <div class="header__tools">
                    {language_switch(lang, &path)}
                    {theme_switch(lang, &path, theme)}
                    {person(lang, signed_in, sign_in_href)}
                </div>
            </div>
            {places}
        </header>
        <main class=main id="main" tabindex="-1">{noscript} {children()}</main>
        <footer class="footer">
            <div class="footer__row">
                <p class="footer__name">{t!(lang, "ui-service-full")}</p>
                <p>{t!(lang, "ui-footer")}</p>
            </div>
        </footer>
    }
}

/// A page for paper: A4, no navigation, black on white. On the screen it says how to print it.
#[component]
pub fn PrintLayout(
    #[prop(into)] title: String,
    /// Back to where the page was opened.
    #[prop(into, optional)]
    back: OptText,
    /// A4 on its side.
    #[prop(optional)]
    landscape: bool,
    children: Children,
) -> impl IntoView {
    let lang = use_lang();
    let class = if landscape { "sheet sheet--landscape" } else { "sheet" };
    view! {
        <header class="print-bar">
            {back.into_option().map(|href| view! { <a class="button" href=href><Icon name=IconName::ArrowLeft />{t!(lang, "ui-back")}</a> })}
            <p><Icon name=IconName::Print />{t!(lang, "ui-print-how")}</p>
        </header>
        <main class=class id="main" aria-label=title>{children()}</main>
    }
}

fn places(lang: Lang, nav: Vec<NavItem>) -> impl IntoView {
    let items = nav
        .into_iter()
        .map(|NavItem { href, label, current }| {
            let current = current.then_some("page");
            view! { <li><a href=href aria-current=current>{label}</a></li> }
        })
        .collect_view();
    view! { <nav class="places" aria-label=t!(lang, "ui-places")><ul>{items}</ul></nav> }
}

fn language_switch(lang: Lang, path: &str) -> impl IntoView + use<> {
    // Named in the language it leads to, for those who can't read this one.
    let (code, tag, label) = match lang {
        Lang::Zh => ("en", "en", "English"),
        Lang::En => ("zh", "zh-Hans", "中文"),
    };
    view! {
        <form method="post" action="/api/set_language">
            <input type="hidden" name="lang" value=code />
            <input type="hidden" name="back" value=path.to_owned() />
            <button class="tool" type="submit" lang=tag><Icon name=IconName::Globe /><span>{label}</span></button>
        </form>
    }
}

fn theme_switch(lang: Lang, path: &str, theme: OptText) -> impl IntoView + use<> {
    let path = path.to_owned();
    let chosen = theme.or("system");
    let choices = [
        ("light", IconName::Sun, t!(lang, "ui-theme-light")),
        ("dark", IconName::Moon, t!(lang, "ui-theme-dark")),
        ("system", IconName::Screen, t!(lang, "ui-theme-system")),
    ]
    .into_iter()
    .map(|(value, icon, label)| {
        let pressed = if value == chosen { "true" } else { "false" };
        view! {
            <form method="post" action="/api/set_theme">
                <input type="hidden" name="theme" value=value />
                <input type="hidden" name="back" value=path.clone() />
                <button class="menu__item" type="submit" aria-pressed=pressed><Icon name=icon />{label}</button>
            </form>
        }
    })
    .collect_view();
    view! {
        <details class="menu" name="header-menu">
            <summary class="tool"><Icon name=IconName::Sun /><span class="visually-hidden">{t!(lang, "ui-theme")}</span></summary>
            <div class="menu__body">{choices}</div>
        </details>
    }
}

fn person(lang: Lang, signed_in: Option<SignedIn>, sign_in_href: String) -> impl IntoView {
    match signed_in {
        None => view! { <a class="tool" href=sign_in_href><Icon name=IconName::Person /><span>{t!(lang, "ui-sign-in")}</span></a> }.into_any(),
        Some(SignedIn { name, role_label, unread }) => view! {
            <details class="menu" name="header-menu">
                <summary class="tool">
                    <Icon name=IconName::Person />
                    <span class="tool__name">{name.clone()}</span>
                    <span class="tool__unread" id="unread-dot">{unread_dot(lang, unread)}</span>
                </summary>
                <div class="menu__body">
                    <p class="menu__who"><strong>{name}</strong>{(!role_label.is_empty()).then(|| view! { <span>{role_label}</span> })}</p>
                    <a class="menu__item" href="/me"><Icon name=IconName::Person />{t!(lang, "ui-me")}</a>
                    <a class="menu__item" href="/me/inbox">
                        <Icon name=IconName::Bell />
                        <span id="unread-count">{inbox_label(lang, unread)}</span>
                    </a>
                    <a class="menu__item" href="/me/profile"><Icon name=IconName::Edit />{t!(lang, "ui-profile")}</a>
                    <a class="menu__item" href="/me/devices"><Icon name=IconName::Lock />{t!(lang, "ui-security")}</a>
                    <form method="post" action="/api/sign_out">
                        <button class="menu__item" type="submit"><Icon name=IconName::SignOut />{t!(lang, "ui-sign-out")}</button>
                    </form>
                </div>
            </details>
        }
        .into_any(),
    }
}

/// The dot beside the name while messages wait.
pub fn unread_dot(lang: Lang, unread: i64) -> impl IntoView {
    (unread > 0).then(|| view! { <span class="tool__dot"></span><span class="visually-hidden">{t!(lang, "ui-unread", n = unread)}</span> })
}

/// The inbox by name, with how many messages wait.
pub fn inbox_label(lang: Lang, unread: i64) -> String {
    if unread > 0 {
        t!(lang, "ui-inbox-unread", n = unread)
    } else {
        t!(lang, "ui-inbox")
    }
}
