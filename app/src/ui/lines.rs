//! Lines over points in time, drawn on the server. The page shows the same figures in a table.

use std::fmt::Write;

use leptos::prelude::*;

use super::series::{Legend, MOST_SERIES, Series, escape, outline};

/// One point in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// Below the drawing.
    pub label: String,
    /// What was measured changed since the point before: a mark stands between them, and no line crosses it.
    pub is_break: bool,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 40.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 220.0;

/// Values from 0 to 100 over some points in time, with a legend.
#[component]
pub fn LineChart(#[prop(into)] title: String, points: Vec<Point>, series: Vec<Series>) -> impl IntoView {
    let labels = series.iter().map(|line| line.label.clone()).collect();
    let drawing = drawing(&points, &series);
    view! {
        <figure class="chart">
            <figcaption>{title.clone()}</figcaption>
            <svg class="chart__drawing" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=title focusable="false" inner_html=drawing></svg>
            <Legend labels=labels/>
        </figure>
    }
}

/// The middle of a point's share of the width.
#[allow(clippy::cast_precision_loss)] // a chart has few points
fn across(point: usize, points: usize) -> f64 {
    LEFT + (WIDTH - LEFT) * (point as f64 + 0.5) / points as f64
}

fn up(value: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * value.clamp(0.0, 100.0) / 100.0
}

fn drawing(points: &[Point], series: &[Series]) -> String {
    let mut svg = String::new();
    for value in [0.0, 25.0, 50.0, 75.0, 100.0] {
        let y = up(value);
        let _ = write!(
            svg,
            r#"<path class="chart__grid" d="M{LEFT} {y:.1}H{WIDTH}"/><text class="chart__label chart__label--scale" x="{:.1}" y="{:.1}">{value}</text>"#,
            LEFT - 8.0,
            y + 5.0
        );
    }
    for (n, point) in points.iter().enumerate() {
        let _ = write!(
            svg,
            r#"<text class="chart__label" x="{:.1}" y="{:.1}">{}</text>"#,
            across(n, points.len()),
            BOTTOM + 26.0,
            escape(&point.label)
        );
        if point.is_break && n > 0 {
            let x = f64::midpoint(across(n - 1, points.len()), across(n, points.len()));
            let _ = write!(svg, r#"<path class="chart__break" d="M{x:.1} {TOP}V{BOTTOM}"/>"#);
        }
    }
    for (n, line) in series.iter().take(MOST_SERIES).enumerate() {
        for run in runs(points, line) {
            svg.push_str(&outline(n, &run, false));
        }
    }
    svg
}

/// The places of a line, cut where a figure is missing or a break lies.
fn runs(points: &[Point], line: &Series) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (n, (point, value)) in points.iter().zip(&line.values).enumerate() {
        if point.is_break || value.is_none() {
            runs.push(Vec::new());
        }
        if let (Some(value), Some(run)) = (value, runs.last_mut()) {
            run.push((across(n, points.len()), up(*value)));
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(label: &str, is_break: bool) -> Point {
        Point {
            label: label.to_owned(),
            is_break,
        }
    }

    fn line(values: &[Option<f64>]) -> Series {
        Series {
            label: String::new(),
            values: values.to_vec(),
        }
    }

    #[test]
    fn no_line_crosses_a_break_or_a_missing_figure() {
        let points = [
            point("1", false),
            point("2", false),
            point("3", true),
            point("4", false),
            point("5", false),
        ];
        let values = line(&[Some(40.0), Some(50.0), Some(60.0), None, Some(70.0)]);
        let lengths: Vec<usize> = runs(&points, &values).iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 1, 1]);
        let svg = drawing(&points, &[values]);
        assert_eq!(svg.matches("chart__break").count(), 1);
        assert_eq!(svg.matches("<circle").count(), 4, "every figure has its mark");
    }

    #[test]
    fn values_stay_within_the_drawing_and_labels_are_no_markup() {
        assert!((up(250.0) - TOP).abs() < 0.01 && (up(-3.0) - BOTTOM).abs() < 0.01);
        let svg = drawing(&[point("<b>", true)], &[line(&[Some(1.0)])]);
        assert!(
            svg.contains("&lt;b&gt;") && !svg.contains("chart__break"),
            "nothing lies before the first point"
        );
        assert!(!drawing(&[], &[]).contains("series"));
    }
}
