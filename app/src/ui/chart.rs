//! Bar charts drawn on the server, with a table of the same figures underneath for everybody and every reader.

use std::fmt::Write;

use leptos::prelude::*;

use super::TableWrap;
use super::series::escape;

/// One bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// Below the bar and in the table.
    pub label: String,
    /// Its height; below zero counts as zero.
    pub value: i64,
    /// How the value is written, when not as a plain number.
    pub text: Option<String>,
    /// Where the figure's rows are.
    pub href: Option<String>,
    /// The label in the table, where there is room for more than below a bar.
    pub name: Option<String>,
}

const WIDTH: i64 = 720;
const HEIGHT: i64 = 220;
const TOP: i64 = 28;
const BOTTOM: i64 = 188;

/// Bars from left to right, the highest as high as the drawing. `label` names the bars' column, `measure` the values'.
#[component]
pub fn BarChart(#[prop(into)] title: String, #[prop(into)] label: String, #[prop(into)] measure: String, bars: Vec<Bar>) -> impl IntoView {
    let drawing = drawing(&bars);
    let rows = bars
        .into_iter()
        .map(|bar| {
            let text = written(&bar);
            let value = match bar.href {
                Some(href) => view! { <a href=href>{text}</a> }.into_any(),
                None => text.into_any(),
            };
            view! { <tr><th scope="row">{bar.name.unwrap_or(bar.label)}</th><td class="num">{value}</td></tr> }
        })
        .collect_view();
    view! {
        <figure class="chart">
            <figcaption>{title.clone()}</figcaption>
            <svg class="chart__drawing" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=title.clone() focusable="false" inner_html=drawing></svg>
            <TableWrap label=title>
                <table class="table chart__table">
                    <thead><tr><th scope="col">{label}</th><th scope="col" class="num">{measure}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
        </figure>
    }
}

fn written(bar: &Bar) -> String {
    bar.text.clone().unwrap_or_else(|| bar.value.to_string())
}

/// A base line, and for each bar its rectangle with the figure above and the label below.
fn drawing(bars: &[Bar]) -> String {
    let mut svg = format!(r#"<path class="chart__base" d="M0 {BOTTOM}.5H{WIDTH}"/>"#);
    let Ok(count) = i64::try_from(bars.len()) else { return svg };
    let highest = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    for (n, bar) in (0..).zip(bars) {
        let step = WIDTH / count;
        let middle = n * step + step / 2;
        let width = (step * 3 / 5).min(64);
        let height = bar.value.max(0).saturating_mul(BOTTOM - TOP) / highest;
        let top = BOTTOM - height;
        let _ = write!(
            svg,
            r#"<rect class="chart__bar" x="{}" y="{top}" width="{width}" height="{height}" rx="2"/><text class="chart__value" x="{middle}" y="{}">{}</text><text class="chart__label" x="{middle}" y="{}">{}</text>"#,
            middle - width / 2,
            top - 8,
            escape(&written(bar)),
            BOTTOM + 22,
            escape(&bar.label),
        );
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, value: i64) -> Bar {
        Bar {
            label: label.to_owned(),
            value,
            ..Bar::default()
        }
    }

    #[test]
    fn the_highest_bar_fills_the_drawing_and_nothing_is_no_bar() {
        let svg = drawing(&[bar("10月", 0), bar("11月", 400), bar("12月", 200)]);
        let heights: Vec<&str> = svg.split("height=\"").skip(1).filter_map(|part| part.split('"').next()).collect();
        assert_eq!(heights, ["0", "160", "80"]);
    }

    #[test]
    fn no_bars_and_zeroes_are_drawn_without_a_panic() {
        assert!(!drawing(&[]).contains("rect"));
        assert!(drawing(&[bar("a", 0), bar("b", -5)]).contains(r#"height="0""#));
        assert!(drawing(&[bar("a", i64::MAX)]).contains("rect"));
    }

    #[test]
    fn a_label_cannot_become_markup() {
        assert!(!drawing(&[bar("<script>", 1)]).contains("<script>"));
    }

    #[test]
    fn the_table_has_the_same_figures() {
        let bars = vec![Bar {
            text: Some("1.5".to_owned()),
            href: Some("/rows".to_owned()),
            ..bar("11月", 3)
        }];
        let html = Owner::new().with(|| view! { <BarChart title="T" label="L" measure="M" bars=bars/> }.to_html());
        assert!(html.contains(r#"<a href="/rows">1.5"#), "{html}");
    }
}
