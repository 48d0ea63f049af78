//! The promise of `style/tokens.css`, computed: words at least 4.5:1 on their ground, signs and edges at least 3:1.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../../../style/tokens.css");

type Theme = HashMap<&'static str, f64>;

/// The relative luminance of each token in one block of the style sheet.
fn theme(selector: &str) -> Theme {
    let block = TOKENS.split(selector).nth(1).unwrap().split('}').next().unwrap();
    block
        .lines()
        .filter_map(|line| {
            let (name, colour) = line.trim().strip_prefix("--")?.split_once(": oklch(")?;
            let numbers: Vec<f64> = colour.split(')').next()?.split(' ').map(|number| number.parse().unwrap()).collect();
            let [lightness, chroma, hue] = numbers[..] else { return None };
            Some((name, luminance(lightness, chroma, hue)))
        })
        .collect()
}

/// OKLCH to linear sRGB (Björn Ottosson), and that to luminance (WCAG 2).
fn luminance(lightness: f64, chroma: f64, hue: f64) -> f64 {
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let red = 4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s;
    let green = -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s;
    let blue = -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s;
    0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
}

fn contrast(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn light_and_dark() -> [(&'static str, Theme); 2] {
    let light = theme("\n:root {");
    let mut dark = light.clone();
    dark.extend(theme(":root[data-theme=\"dark\"] {"));
    [("light", light), ("dark", dark)]
}

#[test]
fn black_on_white_is_the_greatest_contrast() {
    assert!((contrast(luminance(1.0, 0.0, 0.0), luminance(0.0, 0.0, 0.0)) - 21.0).abs() < 0.01);
}

#[test]
fn every_word_and_sign_can_be_told_from_its_ground() {
    let grounds = ["paper", "raised", "sunk"];
    let mut pairs = vec![
        ("on-solid", "peony", 4.5),
        ("on-solid", "peony-deep", 4.5),
        ("on-solid", "bad-solid", 4.5),
    ];
    for ground in grounds {
        pairs.extend(["ink", "ink-2", "blue-ink", "green-ink", "amber-ink", "bad-ink"].map(|words| (words, ground, 4.5)));
        pairs.extend(["edge", "peony", "green", "blue", "bad"].map(|sign| (sign, ground, 3.0)));
    }
    for (words, ground) in [
        ("green-ink", "green-soft"),
        ("amber-ink", "amber-soft"),
        ("blue-ink", "blue-soft"),
        ("bad-ink", "bad-soft"),
    ] {
        pairs.extend([words, "ink", "ink-2"].map(|words| (words, ground, 4.5)));
    }
    for (name, theme) in light_and_dark() {
        for &(front, back, least) in &pairs {
            let found = contrast(theme[front], theme[back]);
            assert!(found >= least, "{name}: {front} on {back} is {found:.2}:1, not {least}:1");
        }
    }
}

#[test]
fn the_chosen_dark_is_the_dark_of_the_system() {
    assert_eq!(theme(":root:not([data-theme=\"light\"]) {"), theme(":root[data-theme=\"dark\"] {"));
}
