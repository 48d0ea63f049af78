//! What several pages of enrolment show.

use std::collections::HashMap;

use leptos::prelude::*;

use crate::classes::Class;
use crate::classes::pages::{ClassTab, class_crumbs, class_tabs};
use crate::enrolment::policy::DeskPermit;
use crate::enrolment::rules::{EnrolmentState, Seats};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{FirmId, Region};
use crate::request::{Cx, with_query};
use crate::t;
use crate::ui::{Badge, BadgeTone, ButtonLink, IconName, Meter, PageHeader};

/// Names of regions as they are called today.
pub struct RegionNames(Vec<(Region, String)>);

impl RegionNames {
    pub async fn load(cx: &Cx) -> Result<Self, AppError> {
        let all = cx.regions().await?;
        Ok(Self(
            all.iter().map(|name| (name.region.clone(), name.name(cx.lang).to_owned())).collect(),
        ))
    }

    pub fn of(&self, region: &Region) -> String {
        self.0
            .iter()
            .find(|(key, _)| key == region)
            .map_or_else(|| region.to_string(), |(_, name)| name.clone())
    }

    pub fn all(&self) -> &[(Region, String)] {
        &self.0
    }
}

/// A state as a word with a sign.
pub fn state_badge(lang: Lang, state: EnrolmentState, place: Option<i64>) -> impl IntoView + use<> {
    let tone = match state {
        EnrolmentState::Submitted => BadgeTone::Attention,
        EnrolmentState::Approved => BadgeTone::Good,
        EnrolmentState::Waitlisted => BadgeTone::Info,
        EnrolmentState::Rejected => BadgeTone::Bad,
        EnrolmentState::Withdrawn | EnrolmentState::Replaced | EnrolmentState::Lapsed => BadgeTone::Neutral,
    };
    let label = match place {
        Some(place) => t!(lang, "enrolment-state-place", place = place),
        None => t!(lang, &format!("enrolment-state-{}", state.as_str())),
    };
    view! { <Badge tone=tone label=label/> }
}

/// An own state in a sentence: “已报名，候补第 3 位”.
pub fn standing(lang: Lang, state: EnrolmentState, place: Option<i64>) -> String {
    t!(lang, &format!("enrolment-standing-{}", state.as_str()), place = place.unwrap_or(1))
}

/// What happens next.
pub fn next_step(lang: Lang, state: EnrolmentState) -> String {
    t!(lang, &format!("enrolment-next-{}", state.as_str()))
}

/// The head of every page of a class's roster: the class's own tabs, and the ways on from the roster.
pub fn desk_head(cx: &Cx, class: &Class, permit: Option<DeskPermit>, current: &'static str) -> impl IntoView + use<> {
    let lang = cx.lang;
    let base = format!("/desk/classes/{}/roster", class.id);
    let ways = [
        ("/add", "enrolment-tab-add", IconName::Plus),
        ("/import", "enrolment-tab-import", IconName::Upload),
        ("/holds", "enrolment-tab-holds", IconName::Firm),
    ];
    let ways = permit.map(|_| {
        let others = ways.into_iter().filter(|(_, key, _)| *key != current);
        others
            .map(|(path, key, icon)| view! { <ButtonLink href=format!("{base}{path}") label=t!(lang, key) icon=icon/> })
            .collect_view()
    });
    let export = format!("{base}.xlsx");
    view! {
        {class_crumbs(lang, Some(class))}
        <PageHeader title=t!(lang, current) caption=class.title.clone()>
            {ways}
            <ButtonLink href=export label=t!(lang, "enrolment-export") icon=IconName::Download download=true/>
        </PageHeader>
        {class_tabs(lang, class.id, ClassTab::Roster)}
    }
}

/// How full a class is: all seats, each quota, the common pool, the firms' seats.
pub fn seat_meters(lang: Lang, seats: &Seats, names: &RegionNames, firms: &HashMap<FirmId, String>) -> impl IntoView + use<> {
    let mut meters = vec![(t!(lang, "enrolment-seats-all"), seats.taken(), seats.capacity)];
    for (region, quota) in &seats.quotas {
        meters.push((
            t!(lang, "enrolment-seats-quota", county = names.of(region)),
            quota - seats.own_free(region),
            *quota,
        ));
    }
    let common = seats.common().max(0);
    if common != seats.capacity {
        meters.push((t!(lang, "enrolment-seats-common"), common - seats.common_free(), common));
    }
    for (firm, hold) in seats.holds.iter().filter(|(_, hold)| !hold.released) {
        let name = firms.get(firm).cloned().unwrap_or_default();
        meters.push((t!(lang, "enrolment-seats-held", firm = name), hold.used, hold.seats));
    }
    let meters = meters
        .into_iter()
        .map(|(label, value, max)| view! { <Meter value=value max=max label=label/> })
        .collect_view();
    view! { <div class="quotas">{meters}</div> }
}

/// This page's address with some parameters set or removed; what belongs to the last press of a button is left out.
pub fn link(cx: &Cx, changes: &[(&str, Option<&str>)]) -> String {
    let mut uri = cx.uri.clone();
    let fixed = [("undo", None), ("all", None)];
    for (name, value) in fixed.iter().chain(changes) {
        uri = with_query(&uri, name, *value).parse().unwrap_or(uri);
    }
    uri.to_string()
}
