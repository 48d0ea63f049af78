//! Radar charts drawn on the server. The page shows the same figures in a table; the drawing itself is named and nothing more.

use std::fmt::Write;

use leptos::prelude::*;

use super::series::{Legend, MOST_SERIES, Series, escape, outline};

const SIZE: f64 = 420.0;
const RADIUS: f64 = 150.0;
/// Beside the drawing, for the labels.
const MARGIN: f64 = 90.0;
/// Characters from which a label is long.
const LONG: usize = 16;

/// A radar of three axes or more, with its legend. Lines differ by dash and mark as well as by colour.
#[component]
pub fn Radar(#[prop(into)] title: String, axes: Vec<String>, series: Vec<Series>) -> impl IntoView {
    let labels = series.iter().map(|line| line.label.clone()).collect();
    let drawing = drawing(&axes, &series);
    view! {
        <figure class="radar">
            <figcaption>{title.clone()}</figcaption>
            <svg class="radar__drawing" viewBox=format!("-{MARGIN} 0 {} {SIZE}", SIZE + 2.0 * MARGIN) role="img" aria-label=title focusable="false" inner_html=drawing></svg>
            <Legend labels=labels/>
        </figure>
    }
}

/// The place of a value on an axis; the first axis points up.
#[allow(clippy::cast_precision_loss)] // a chart has few axes
fn place(axis: usize, axes: usize, value: f64) -> (f64, f64) {
    let angle = std::f64::consts::TAU * axis as f64 / axes as f64 - std::f64::consts::FRAC_PI_2;
    let reach = RADIUS * value.clamp(0.0, 100.0) / 100.0;
    (SIZE / 2.0 + reach * angle.cos(), SIZE / 2.0 + reach * angle.sin())
}

fn ring(axes: usize, value: f64) -> String {
    let points = (0..axes).map(|axis| place(axis, axes, value)).map(|(x, y)| format!("{x:.1} {y:.1}"));
    format!("M{}Z", points.collect::<Vec<_>>().join("L"))
}

#[allow(clippy::cast_precision_loss)] // a label has one line or two
fn drawing(axes: &[String], series: &[Series]) -> String {
    let count = axes.len();
    if count < 3 {
        return String::new();
    }
    let mut svg = String::new();
    for value in [25.0, 50.0, 75.0, 100.0] {
        let _ = write!(svg, r#"<path class="radar__ring" d="{}"/>"#, ring(count, value));
    }
    for (axis, label) in axes.iter().enumerate() {
        let (x, y) = place(axis, count, 100.0);
        let _ = write!(svg, r#"<path class="radar__ring" d="M{} {}L{x:.1} {y:.1}"/>"#, SIZE / 2.0, SIZE / 2.0);
        let (x, y) = (SIZE / 2.0 + (x - SIZE / 2.0) * 1.12, SIZE / 2.0 + (y - SIZE / 2.0) * 1.12);
        let anchor = match x - SIZE / 2.0 {
            off if off > 8.0 => "start",
            off if off < -8.0 => "end",
            _ => "middle",
        };
        // Long labels of English take two lines, so that they stay within the drawing.
        let lines = in_lines(label);
        for (line, up) in lines.iter().zip([8.0 * (lines.len() as f64 - 1.0), -8.0]) {
            let _ = write!(
                svg,
                r#"<text class="radar__label" x="{x:.1}" y="{:.1}" text-anchor="{anchor}">{}</text>"#,
                y + 5.0 - up,
                escape(line)
            );
        }
    }
    for (n, line) in series.iter().take(MOST_SERIES).enumerate() {
        svg.push_str(&line_of(n, count, line));
    }
    svg
}

/// A label as one line, or as two of about the same length where it is long.
fn in_lines(label: &str) -> Vec<String> {
    let middle = label.chars().count() / 2;
    let spaces = label.char_indices().enumerate().filter(|(_, (_, sign))| *sign == ' ');
    let nearest = spaces.min_by_key(|(place, _)| place.abs_diff(middle)).map(|(_, (at, _))| at);
    match nearest.filter(|_| middle >= LONG / 2) {
        Some(at) => vec![label[..at].to_owned(), label[at + 1..].to_owned()],
        None => vec![label.to_owned()],
    }
}

/// The line through the figures that there are, closed when none is missing.
fn line_of(n: usize, count: usize, line: &Series) -> String {
    let values = line.values.iter().take(count).enumerate();
    let points: Vec<(f64, f64)> = values.filter_map(|(axis, value)| value.map(|value| place(axis, count, value))).collect();
    outline(n, &points, points.len() == count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(n: usize) -> Vec<String> {
        (0..n).map(|axis| format!("<{axis}>")).collect()
    }

    #[test]
    fn every_axis_is_labelled_and_no_label_is_markup() {
        let svg = drawing(&axes(18), &[]);
        assert_eq!(svg.matches("radar__label").count(), 18);
        assert!(svg.contains("&lt;17&gt;") && !svg.contains("<17>"));
    }

    #[test]
    fn a_long_label_takes_two_lines() {
        assert_eq!(in_lines("产业转型升级"), ["产业转型升级"]);
        assert_eq!(in_lines("Corporate culture"), ["Corporate", "culture"]);
        assert_eq!(
            in_lines("Industrial transformation and upgrading"),
            ["Industrial transformation", "and upgrading"]
        );
        assert_eq!(in_lines("Talent"), ["Talent"]);
    }

    #[test]
    fn a_missing_figure_leaves_the_line_open() {
        let line = |values: &[Option<f64>]| Series {
            label: String::new(),
            values: values.to_vec(),
        };
        let whole = line_of(0, 4, &line(&[Some(10.0), Some(100.0), Some(0.0), Some(50.0)]));
        assert!(whole.contains("Z\"/>") && whole.matches("<circle").count() == 4);
        let part = line_of(0, 4, &line(&[Some(10.0), None, Some(0.0), Some(50.0)]));
        assert!(!part.contains("Z\"/>") && part.matches("<circle").count() == 3);
        assert_eq!(line_of(0, 4, &line(&[None; 4])), "");
    }

    #[test]
    fn the_middle_is_nothing_and_the_rim_is_all() {
        let close = |(x, y): (f64, f64), to: (f64, f64)| (x - to.0).abs() < 0.01 && (y - to.1).abs() < 0.01;
        assert!(close(place(0, 4, 0.0), (210.0, 210.0)));
        assert!(close(place(0, 4, 100.0), (210.0, 60.0)));
        assert!(close(place(1, 4, 250.0), (360.0, 210.0)), "no line leaves the drawing");
    }
}
