//! The annual training plans: this year's and last year's.

use chrono::Datelike;

use super::firms::COUNTIES;
use super::maker::Maker;
use super::tables::row;
use crate::ids::{PlanId, Region, ThemeId};

/// A plan with its themes.
pub struct Plan {
    pub id: PlanId,
    pub year: i32,
    pub themes: Vec<ThemeId>,
}

const THEMES: [(&str, &str); 6] = [
    ("政策与营商环境", "Policy and business environment"),
    ("现代企业制度", "Modern company governance"),
    ("数字化转型", "Digital transformation"),
    ("财税与金融", "Tax and finance"),
    ("品牌与市场", "Brand and market"),
    ("企业文化与传承", "Company culture and succession"),
];

/// This year's plan first.
pub fn invent(maker: &mut Maker) -> Vec<Plan> {
    let year = maker.today.year();
    vec![plan(maker, year, 100), plan(maker, year - 1, 80)]
}

/// A plan whose targets are so many percent of this year's.
fn plan(maker: &mut Maker, year: i32, percent: i64) -> Plan {
    let at = maker.at(-424, 9, 0);
    let id: PlanId = maker.id(at);
    maker.tables.plans.add(row![
        id,
        i64::from(year),
        format!("{year} 年河洛民营企业家培训计划"),
        format!("Heluo Training Plan for Private Entrepreneurs {year}"),
        "以组织化、规模化、体系化、课堂化、精细化为要求，分六个主题面向全市民营企业家开展培训，市级学校统筹，县区学院就近办班。",
        "Organised, at scale, systematic, in class and refined: six themes for the city's private entrepreneurs, led by the city's school and taught near home by the county academies.",
    ]);
    let mut themes = Vec::new();
    for (sort, (zh, en)) in (1_i64..).zip(THEMES) {
        let theme: ThemeId = maker.id(at);
        maker.tables.plan_themes.add(row![theme, id, sort, zh, en]);
        themes.push(theme);
    }
    target(maker, id, Region::CITY, [6, 700, 60, 320], percent);
    for (region, figures) in COUNTIES.iter().zip(TARGETS) {
        target(maker, id, region, figures, percent);
    }
    Plan { id, year, themes }
}

/// Classes, places, hours and people that the plan asks of each county, in the order of [`COUNTIES`].
const TARGETS: [[i64; 4]; 9] = [
    [6, 320, 48, 140],
    [6, 320, 42, 130],
    [12, 900, 90, 300],
    [4, 220, 36, 110],
    [1, 60, 9, 40],
    [1, 60, 9, 40],
    [1, 60, 9, 40],
    [1, 60, 9, 40],
    [5, 280, 42, 130],
];

fn target(maker: &mut Maker, plan: PlanId, region: &str, figures: [i64; 4], percent: i64) {
    let [classes, places, hours, people] = figures.map(|figure| (figure * percent / 100).max(1));
    maker.tables.plan_targets.add(row![plan, region, classes, places, hours, people]);
}
