//! What every chart of several lines shares: the lines themselves, their marks and their legend. Lines differ by dash and
//! mark as well as by colour.

use std::fmt::Write;

use leptos::prelude::*;

/// One line: a value from 0 to 100 for each axis or point, none where there is no figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    pub label: String,
    pub values: Vec<Option<f64>>,
}

/// More lines than this can't be told apart.
pub const MOST_SERIES: usize = 5;

/// Which line is which.
#[component]
pub(super) fn Legend(labels: Vec<String>) -> impl IntoView {
    let items = labels
        .into_iter()
        .take(MOST_SERIES)
        .enumerate()
        .map(|(n, label)| {
            let sample = format!(r#"<path class="series series--{n}" d="M0 8H40"/>{}"#, mark(n, 20.0, 8.0));
            view! { <li><svg viewBox="0 0 40 16" width="40" height="16" aria-hidden="true" inner_html=sample></svg>{label}</li> }
        })
        .collect_view();
    view! { <ul class="series-legend">{items}</ul> }
}

/// Line number `n` through these places, with a mark at each.
pub(super) fn outline(n: usize, points: &[(f64, f64)], is_closed: bool) -> String {
    let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    let end = if is_closed { "Z" } else { "" };
    let mut svg = String::new();
    if !path.is_empty() {
        let _ = write!(svg, r#"<path class="series series--{n}" d="M{}{end}"/>"#, path.join("L"));
    }
    for (x, y) in points {
        svg.push_str(&mark(n, *x, *y));
    }
    svg
}

/// Disc, square, triangle, diamond, ring.
pub(super) fn mark(n: usize, x: f64, y: f64) -> String {
    match n {
        0 => format!(r#"<circle class="series__mark series__mark--0" cx="{x:.1}" cy="{y:.1}" r="4"/>"#),
        1 => format!(
            r#"<rect class="series__mark series__mark--1" x="{:.1}" y="{:.1}" width="7" height="7"/>"#,
            x - 3.5,
            y - 3.5
        ),
        2 => format!(r#"<path class="series__mark series__mark--2" d="M{x:.1} {:.1}l4.5 8h-9z"/>"#, y - 5.0),
        3 => format!(
            r#"<path class="series__mark series__mark--3" d="M{x:.1} {:.1}l4.5 4.5-4.5 4.5-4.5-4.5z"/>"#,
            y - 4.5
        ),
        _ => format!(r#"<circle class="series__mark series__mark--4" cx="{x:.1}" cy="{y:.1}" r="4.5"/>"#),
    }
}

/// Text as it stands in a drawing.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
