//! QR codes as inline SVG.

use std::fmt::Write;

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code: the standard asks for four.
const QUIET: usize = 4;

/// The code as one path in `currentColor`. The caller names it, for example with `role="img"` around it.
/// Empty when the data is too long for any code (2,953 bytes).
pub fn qr_svg(data: &str) -> String {
    let code = QrCode::with_error_correction_level(data, EcLevel::M).or_else(|_| QrCode::with_error_correction_level(data, EcLevel::L));
    let Ok(code) = code else { return String::new() };
    let width = code.width();
    let modules = code.to_colors();
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|module| **module == Color::Dark).count();
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    let size = width + 2 * QUIET;
    format!(r#"<svg viewBox="0 0 {size} {size}" aria-hidden="true" shape-rendering="crispEdges"><path fill="currentColor" d="{path}"/></svg>"#)
}

/// A code on a white plate, in either theme, with words for those who don't see it.
#[component]
pub fn Qr(#[prop(into)] data: String, #[prop(into)] label: String) -> impl IntoView {
    view! { <div class="qr" role="img" aria-label=label inner_html=qr_svg(&data)></div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_quiet_zone_and_three_finder_patterns() {
        let svg = qr_svg("https://example.test/c/1");
        let size: usize = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert_eq!((size - 2 * QUIET) % 4, 1, "17 + 4 × version modules");
        let last = size - QUIET - 7;
        for corner in [format!("M{QUIET} {QUIET}h7"), format!("M{last} {QUIET}h7"), format!("M{QUIET} {last}h7")] {
            assert!(svg.contains(&corner), "{corner}");
        }
    }

    #[test]
    fn what_no_code_can_hold_gives_nothing() {
        assert_eq!(qr_svg(&"好".repeat(1000)), "");
    }
}
