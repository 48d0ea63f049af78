//! One firm, with both halves of the program: its people in classes, and its way through the stages.

use leptos::prelude::*;

use super::firm_store::{self, InClass};
use super::policy::{self, Watch};
use crate::benchmarking;
use crate::benchmarking::store::FirmPilot;
use crate::error::AppError;
use crate::firms::pages::{contacts_section, crumbs, facts, history_section, people_section, region_name, scope, suspects_section, wanting};
use crate::firms::policy::FirmScope;
use crate::firms::store::{self as firms, Firm};
use crate::i18n::Lang;
use crate::ids::FirmId;
use crate::paging::{Paged, Step};
use crate::regions::RegionName;
use crate::request::Cx;
use crate::respond::lead_on;
use crate::schools::rules::percent;
use crate::shell::Page;
use crate::t;
use crate::ui::{Badge, BadgeTone, ButtonLink, Crumbs, EmptyState, Facts, IconName, PageHeader, Pager, TableWrap};

/// `/desk/firms/{id}`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let scope = scope(&cx)?;
    let actor = cx.actor()?;
    let watch = policy::coordinate(actor).ok_or(AppError::Forbidden)?;
    let firm = firms::visible(db, &scope, cx.param::<FirmId>("id")?).await?;
    let regions = cx.regions().await?;
    if let Some(survivor) = firm.merged_into {
        return merged(&cx, &scope, &regions, &firm, survivor).await;
    }
    let profile = firms::profile(db, firm.id).await?;
    let contacts = firms::contacts(db, firm.id).await?;
    let sign_ins = firms::sign_ins(db, firm.id).await?;
    let members = firms::members(db, &scope, firm.id).await?;
    let suspects = firms::suspects(db, &firm).await?;
    let history = firms::history(db, firm.id).await?;
    let in_classes = firm_store::in_classes(db, &watch, firm.id, Step::of(&cx)).await?;
    let pilots = match benchmarking::policy::visible_to(actor) {
        Some(pilots) => benchmarking::store::of_firm(db, &pilots, firm.id).await?,
        None => Vec::new(),
    };
    let (newer, older) = in_classes.links(&cx, |row| row.id.to_string());
    let title = firm.name.clone();
    let body = view! {
        <Crumbs items=crumbs(lang, None)/>
        <PageHeader title=title.clone()>
            <ButtonLink href=format!("/desk/firms/{}/edit", firm.id) label=t!(lang, "firms-edit") icon=IconName::Edit/>
            <ButtonLink href=format!("/desk/firms/{}/merge", firm.id) label=t!(lang, "firms-merge")/>
        </PageHeader>
        {suspects_section(lang, &scope, &regions, &firm, suspects)}
        {wanting(lang, &profile, true)}
        <Facts items=facts(lang, &regions, &firm)/>
        {contacts_section(lang, &firm, contacts, sign_ins, false)}
        {programme_section(lang, &pilots)}
        {people_section(lang, &scope, members)}
        {classes_section(lang, &watch, &in_classes)}
        <Pager newer=newer older=older/>
        {history_section(lang, &regions, history)}
    };
    Ok(Page::new(title, body))
}

/// The address of a firm that was merged leads on to the survivor. One that another county keeps is only named.
async fn merged(cx: &Cx, scope: &FirmScope, regions: &[RegionName], firm: &Firm, survivor: FirmId) -> Result<Page, AppError> {
    let lang = cx.lang;
    let found = firms::whole(&cx.app.db, survivor).await?;
    let is_seen = firms::visible(&cx.app.db, scope, survivor).await.is_ok();
    let href = format!("/desk/firms/{survivor}");
    if is_seen {
        lead_on(&href);
    }
    let title = firm.name.clone();
    let place = region_name(lang, regions, &found.region);
    let text = t!(lang, "firms-merged-into", name = found.name.clone(), place = place);
    let link = is_seen.then(|| view! { <ButtonLink href=href label=found.name/> });
    let body = view! {
        <Crumbs items=crumbs(lang, None)/>
        <PageHeader title=title.clone() lead=text/>
        {link}
    };
    Ok(Page::new(title, body))
}

/// Stage and scores of the firm, cohort by cohort.
fn programme_section(lang: Lang, pilots: &[FirmPilot]) -> impl IntoView + use<> {
    let list = if pilots.is_empty() {
        view! { <p class="muted">{t!(lang, "dashboard-firm-no-pilot")}</p> }.into_any()
    } else {
        let rows = pilots.iter().map(|pilot| pilot_row(lang, pilot)).collect_view();
        view! {
            <TableWrap label=t!(lang, "dashboard-firm-programme")>
                <table class="table table--stack">
                    <thead><tr>
                        <th scope="col">{t!(lang, "dashboard-firm-cohort")}</th>
                        <th scope="col">{t!(lang, "dashboard-firm-state")}</th>
                        <th scope="col">{t!(lang, "dashboard-firm-stage")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-firm-score")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-firm-grade")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
        }
        .into_any()
    };
    view! {
        <section class="stack" aria-labelledby="programme">
            <h2 id="programme">{t!(lang, "dashboard-firm-programme")}</h2>
            {list}
        </section>
    }
}

fn pilot_row(lang: Lang, pilot: &FirmPilot) -> impl IntoView + use<> {
    let stage = pilot
        .stage()
        .map_or_else(|| t!(lang, "firms-unknown"), |stage| t!(lang, &format!("bench-stage-{}", stage.as_str())));
    let state = t!(lang, &format!("dashboard-pilot-{}", pilot.state().as_str()));
    let score = pilot.score().unwrap_or_else(|| t!(lang, "dashboard-firm-no-score"));
    let grade = pilot.grade.map_or_else(|| t!(lang, "firms-unknown"), |grade| grade.to_string());
    view! {
        <tr>
            <th scope="row"><a href=format!("/firm/{}", pilot.id)>{pilot.cohort.clone()}</a></th>
            <td data-label=t!(lang, "dashboard-firm-state")>{state}</td>
            <td data-label=t!(lang, "dashboard-firm-stage")>{stage}</td>
            <td class="num" data-label=t!(lang, "dashboard-firm-score")>{score}</td>
            <td class="num" data-label=t!(lang, "dashboard-firm-grade")>{grade}</td>
        </tr>
    }
}

/// The firm's people in classes, as far as the viewer looks after them.
fn classes_section(lang: Lang, watch: &Watch, in_classes: &Paged<InClass>) -> impl IntoView + use<> {
    let list = if in_classes.rows.is_empty() {
        view! { <EmptyState title=t!(lang, "dashboard-firm-no-classes") text=t!(lang, "dashboard-firm-no-classes-text") icon=IconName::Calendar/> }
            .into_any()
    } else {
        let rows = in_classes.rows.iter().map(|row| class_row(lang, watch, row)).collect_view();
        view! {
            <TableWrap label=t!(lang, "dashboard-firm-classes")>
                <table class="table table--stack">
                    <thead><tr>
                        <th scope="col">{t!(lang, "firms-person")}</th>
                        <th scope="col">{t!(lang, "dashboard-firm-class")}</th>
                        <th scope="col">{t!(lang, "dashboard-firm-state")}</th>
                        <th scope="col" class="num">{t!(lang, "dashboard-firm-rate")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
        }
        .into_any()
    };
    view! {
        <section class="stack" aria-labelledby="classes">
            <h2 id="classes">{t!(lang, "dashboard-firm-classes")}</h2>
            {list}
        </section>
    }
}

fn class_row(lang: Lang, watch: &Watch, row: &InClass) -> impl IntoView + use<> {
    let covers = |region| watch.is_city() || watch.regions().contains(region);
    let name = if covers(&row.region) {
        view! { <a href=format!("/desk/people/{}", row.person)>{row.name.clone()}</a> }.into_any()
    } else {
        row.name.clone().into_any()
    };
    let class = if covers(&row.school_region) {
        view! { <a href=format!("/desk/classes/{}", row.class)>{row.title.clone()}</a> }.into_any()
    } else {
        view! { <a href=format!("/classes/{}", row.class)>{row.title.clone()}</a> }.into_any()
    };
    let rate = percent(row.attended, row.counted).map_or_else(
        || t!(lang, "dashboard-firm-no-rate"),
        |rate| {
            t!(
                lang,
                "dashboard-firm-rate-of",
                rate = rate,
                attended = row.attended,
                counted = row.counted
            )
        },
    );
    let tone = if row.state == crate::enrolment::EnrolmentState::Approved {
        BadgeTone::Good
    } else {
        BadgeTone::Neutral
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td data-label=t!(lang, "dashboard-firm-class")>{class}</td>
            <td data-label=t!(lang, "dashboard-firm-state")><Badge tone=tone label=t!(lang, &format!("enrolment-state-{}", row.state.as_str()))/></td>
            <td class="num" data-label=t!(lang, "dashboard-firm-rate")>{rate}</td>
        </tr>
    }
}
