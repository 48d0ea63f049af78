//! Luoyang's schools on a simple map: where they lie to each other, not where exactly.

use std::fmt::Write;

use leptos::prelude::*;

use super::store::SchoolPin;
use crate::i18n::Lang;
use crate::ids::Region;
use crate::regions::RegionName;
use crate::t;

/// Places by the key of their region, on a drawing of 480 × 410.
const PLACES: [(&str, i64, i64); 10] = [
    ("410300", 314, 100),
    ("410381", 424, 92),
    ("410322", 330, 40),
    ("410323", 214, 72),
    ("410324", 62, 358),
    ("410325", 205, 268),
    ("410326", 330, 262),
    ("410327", 226, 152),
    ("410328", 68, 186),
    ("410329", 316, 178),
];

/// The Yellow River along the top; the Luo and the Yi meet in the east.
const RIVERS: &str = r#"<path class="map__river" d="M0 8C90 4 170 34 260 16S420 26 480 14"/><path class="map__river" d="M0 214C60 196 150 172 226 132S370 112 480 52"/><path class="map__river" d="M20 392C90 338 160 288 205 246S300 200 330 150 430 84 452 66"/>"#;

/// The map, or nothing in a city whose places it does not know. The list beside it says the same in words.
pub fn school_map(lang: Lang, schools: &[SchoolPin], regions: &[RegionName]) -> Option<impl IntoView + use<>> {
    let mut drawing = String::from(RIVERS);
    let mut drawn = 0;
    for school in schools {
        let Some((_, x, y)) = PLACES.iter().find(|(key, ..)| *key == school.region.as_str()) else {
            continue;
        };
        let name = regions
            .iter()
            .find(|region| region.region == school.region)
            .map_or("", |region| region.name(lang));
        let (class, radius) = match (school.region.is_city(), school.is_open()) {
            (true, true) => ("map__place--city", 12),
            (_, true) => ("map__place--open", 9),
            (_, false) => ("map__place--planned", 8),
        };
        let _ = write!(
            drawing,
            r#"<g class="{class}"><circle cx="{x}" cy="{y}" r="{radius}"/><text x="{x}" y="{}">{}</text></g>"#,
            y + 29,
            name.replace('&', "&amp;").replace('<', "&lt;"),
        );
        drawn += 1;
    }
    let label = t!(lang, "dashboard-map-label", name = city_name(lang, regions));
    (drawn > 1).then(|| view! { <svg class="map" viewBox="0 0 480 410" role="img" aria-label=label focusable="false" inner_html=drawing></svg> })
}

/// What the city is called.
pub fn city_name(lang: Lang, regions: &[RegionName]) -> String {
    let city = regions.iter().find(|region| region.region == Region::from(Region::CITY));
    city.map(|city| city.name(lang).to_owned()).unwrap_or_default()
}
