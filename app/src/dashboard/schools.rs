//! The public pages of schools: all ten, and one with its venues, teachers and next classes.

use leptos::prelude::*;

use super::cards::class_list;
use super::map::school_map;
use super::rules::Shown;
use super::store::{self, Filter, SchoolPin, Turn};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::SchoolId;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::schools::pages::{school_facts, state_badge};
use crate::schools::store as rooms;
use crate::schools::{Teacher, Venue};
use crate::shell::Page;
use crate::t;
use crate::ui::{Badge, BadgeTone, Crumbs, EmptyState, Facts, IconName, PageHeader};

/// `/schools`
pub async fn list(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let pins = store::schools(&cx.app.db).await?;
    let regions = cx.regions().await?;
    let title = t!(lang, "dashboard-schools");
    let open = pins.iter().filter(|pin| pin.is_open()).count();
    let body = view! {
        <div class="public stack">
            <PageHeader title=title.clone() lead=t!(lang, "schools-list-lead", all = pins.len(), open = open)/>
            {school_map(lang, &pins, &regions)}
            <section aria-label=t!(lang, "schools-all")>{school_grid(lang, &pins, &regions)}</section>
        </div>
    };
    Ok(Page::new(title, body))
}

/// Each school in a box: a full one when it is open, a dashed one when it is planned.
pub fn school_grid(lang: Lang, pins: &[SchoolPin], regions: &[RegionName]) -> AnyView {
    if pins.is_empty() {
        return view! { <EmptyState icon=IconName::School title=t!(lang, "dashboard-no-schools")/> }.into_any();
    }
    let boxes = pins
        .iter()
        .map(|pin| {
            let place = regions.iter().find(|region| region.region == pin.region).map(|region| region.name(lang).to_owned());
            let (class, tone) = if pin.is_open() {
                ("school school--open", BadgeTone::Good)
            } else {
                ("school school--planned", BadgeTone::Neutral)
            };
            let classes = pin.is_open().then(|| view! { <p class="small">{t!(lang, "dashboard-school-classes", n = pin.classes)}</p> });
            view! {
                <li class=class>
                    <strong><a href=format!("/schools/{}", pin.id) title=pin.name(lang).to_owned()>{place.unwrap_or_else(|| pin.name(lang).to_owned())}</a></strong>
                    <Badge tone=tone label=t!(lang, &format!("schools-state-{}", pin.state.as_str()))/>
                    {classes}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="schools">{boxes}</ul> }.into_any()
}

/// `/schools/{id}`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let school = rooms::school(db, cx.param::<SchoolId>("id")?).await?;
    let venues = rooms::venues(db, school.id).await?;
    let teachers = rooms::teachers(db, school.id).await?;
    let filter = Filter {
        shown: Shown::Current,
        region: None,
        theme: None,
        plan: None,
        school: Some(school.id),
        words: None,
    };
    let classes = store::catalogue(db, &filter, Turn::First).await?.rows;
    let next = if classes.is_empty() {
        let text = if school.is_open() {
            t!(lang, "dashboard-no-classes-text")
        } else {
            t!(lang, "dashboard-planned-text")
        };
        view! { <EmptyState icon=IconName::Calendar title=t!(lang, "dashboard-no-classes") text=text/> }.into_any()
    } else {
        class_list(lang, cx.now, classes).into_any()
    };
    let title = school.name(lang).to_owned();
    let body = view! {
        <Crumbs items=vec![("/schools".to_owned(), t!(lang, "dashboard-schools"))]/>
        <div class="public stack">
            <PageHeader title=title.clone()/>
            <p>{state_badge(lang, &school)}</p>
            <Facts items=school_facts(lang, &school)/>
            <section class="stack" aria-labelledby="next">
                <h2 id="next">{t!(lang, "dashboard-next")}</h2>
                {next}
                <p><a href=format!("/classes?state=all&school={}", school.id)>{t!(lang, "dashboard-school-all-classes")}</a></p>
            </section>
            {venue_list(lang, venues)}
            {teacher_list(lang, teachers)}
        </div>
    };
    Ok(Page::new(title, body))
}

fn venue_list(lang: Lang, venues: Vec<Venue>) -> Option<impl IntoView> {
    (!venues.is_empty()).then(|| {
        let items = venues
            .into_iter()
            .map(|venue| {
                let seats = t!(lang, "dashboard-seats", n = venue.seats);
                let place = if venue.address.is_empty() {
                    seats
                } else {
                    format!("{} · {seats}", venue.address)
                };
                (venue.name, place)
            })
            .collect();
        view! {
            <section class="stack" aria-labelledby="venues">
                <h2 id="venues">{t!(lang, "schools-venues")}</h2>
                <Facts items=items/>
            </section>
        }
    })
}

/// Names and titles; how to reach a teacher is not for everybody.
fn teacher_list(lang: Lang, teachers: Vec<Teacher>) -> Option<impl IntoView> {
    (!teachers.is_empty()).then(|| {
        let items = teachers.into_iter().map(|teacher| (teacher.name, teacher.title)).collect();
        view! {
            <section class="stack" aria-labelledby="teachers">
                <h2 id="teachers">{t!(lang, "schools-teachers")}</h2>
                <Facts items=items/>
            </section>
        }
    })
}
