//! What Heluo draws of itself: the mark and the picture of the front page. Two rivers meet, and a peony stands above.

use std::fmt::Write;

use leptos::prelude::*;

/// One petal from the heart upwards, its edge ruffled as a peony's is.
const FAR: &str = "M0 0C-44-16-62-56-42-92-28-104-12-104 0-96 12-104 28-104 42-92 62-56 44-16 0 0Z";
const NEAR: &str = "M0 0C-30-10-42-38-28-62-18-70-8-70 0-64 8-70 18-70 28-62 42-38 30-10 0 0Z";

const RIVERS: &str = r#"<path d="M-10 236c70-6 96 34 166 30s96-58 170-58 96 30 170 22"/><path d="M-10 250c70-6 98 34 168 30s98-54 170-54 96 26 168 18"/><path d="M-10 264c70-6 102 32 172 28s98-48 168-48 96 20 166 13"/><path d="M-10 306c80 4 120-4 176-16s104-32 164-28 96 14 166 8"/><path d="M40 322c70-2 104-12 150-22s90-22 142-20 92 10 164 6"/>"#;

const STAMENS: &str = r#"<circle class="petal__heart" r="15"/><g class="petal__stamens"><circle cy="-9" r="2.2"/><circle cx="8.6" cy="-2.8" r="2.2"/><circle cx="5.3" cy="7.3" r="2.2"/><circle cx="-5.3" cy="7.3" r="2.2"/><circle cx="-8.6" cy="-2.8" r="2.2"/><circle r="2.2"/></g>"#;

/// Five outer petals, and five inner ones in the gaps between them.
fn peony() -> String {
    let mut drawing = String::new();
    for (class, petal, first) in [("petal--far", FAR, 0), ("petal--near", NEAR, 36)] {
        let _ = write!(drawing, r#"<g class="{class}">"#);
        for turn in 0..5 {
            let _ = write!(drawing, r#"<path d="{petal}" transform="rotate({})"/>"#, first + 72 * turn);
        }
        drawing.push_str("</g>");
    }
    drawing + STAMENS
}

/// The mark: a peony over the Yellow River (河) and the Luo (洛).
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true">
            <g transform="translate(20 14.5) scale(.13)" inner_html=peony()></g>
            <g class="mark__rivers" fill="none" stroke-width="2.2" stroke-linecap="round">
                <path d="M3 30c5 0 6 3 11 3s7-4 12-4 6 2 11 2"></path>
                <path d="M7 35.5c3.5 0 5 2 8.5 2 6 0 7-4 12-4 3 0 4 .8 6 1.2"></path>
            </g>
        </svg>
    }
}

/// The picture behind the front page's title: rivers as long lines, one peony opening.
#[component]
pub fn HeroArt() -> impl IntoView {
    view! {
        <svg class="hero__art" viewBox="0 0 480 320" aria-hidden="true" preserveAspectRatio="xMaxYMax meet">
            <g class="hero__rivers" fill="none" stroke-linecap="round" inner_html=RIVERS></g>
            <g transform="translate(338 132)" inner_html=peony()></g>
        </svg>
    }
}
