//! `/desk/classes/{id}`: where the class stands, what comes next, who looks after it, what happened.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{ClassTab, class_crumbs, class_tabs, days, state_badge, viewed};
use crate::classes::forms::{LONGEST_REASON, search_words};
use crate::classes::policy::ClassPermit;
use crate::classes::rules::{ClassState, Facts, Lack, Step, lacks};
use crate::classes::store::{self, ClassEvent, Member, Quota, Surroundings};
use crate::classes::{Approval, Class};
use crate::error::AppError;
use crate::i18n::{Lang, say};
use crate::ids::ClassId;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::FormState;
use crate::ui::{
    BadgeTone, ButtonLink, Card, Confirm, ErrorSummary, Facts as FactList, Figure, Hidden, IconName, Meter, Notice, NoticeTone, PageHeader, Submit,
    Task, TaskList, TextArea, TextField, Tone, time,
};

/// The overview of a class.
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let (class, view, permit) = viewed(&cx).await?;
    let around = store::surroundings(db, class.id).await?;
    let quotas = store::quotas(db, class.id).await?;
    let counties = cx.regions().await?;
    let facts = store::facts(db, cx.now, &class).await?;
    let staff = store::staff_of(db, &view).await?;
    let events = store::events(db, class.id).await?;
    let searched = cx.query("staff").map(|text| search_words(&text)).filter(|text| !text.is_empty());
    let candidates = match (&permit, &searched) {
        (Some(permit), Some(words)) => Some(store::find_people(db, permit, words).await?),
        _ => None,
    };
    let step_form = cx.form("class-step");
    let cancel_form = cx.form("class-cancel");
    let may_change = permit.is_some();
    let caption = format!("{} · {}", lang.pick(&around.school_zh, &around.school_en), class.term);
    let actions = actions(lang, &class, permit.as_ref());
    let next = permit.as_ref().map(|_| next_step(lang, &class, &facts));
    let ending = permit.as_ref().map(|_| ending(lang, &class, &cancel_form));
    let facts = fact_items(lang, &class, &around);
    let staff = staff_card(lang, &class, staff, candidates, searched, may_change);
    let body = view! {
        {class_crumbs(lang, None)}
        <ErrorSummary form=&step_form/>
        <ErrorSummary form=&cancel_form/>
        <PageHeader title=class.title.clone() caption=caption>{actions}</PageHeader>
        {class_tabs(lang, class.id, ClassTab::Overview)}
        <p class="row">{state_badge(lang, class.state)} <span>{state_words(lang, &class)}</span></p>
        {cancelled_notice(lang, &class)}
        {next}
        {figures(lang, &class, &around)}
        {quota_card(lang, &class, &quotas, &counties)}
        <div class="split">
            <Card title=t!(lang, "classes-facts")><FactList items=facts/></Card>
            {staff}
        </div>
        {history(lang, events)}
        {ending}
    };
    Ok(Page::new(class.title.clone(), body))
}

fn actions(lang: Lang, class: &Class, permit: Option<&ClassPermit>) -> impl IntoView + use<> {
    let desk = format!("/desk/classes/{}", class.id);
    let edit = (permit.is_some() && class.state.takes_changes())
        .then(|| view! { <ButtonLink href=format!("{desk}/edit") label=t!(lang, "classes-edit") icon=IconName::Edit/> });
    let copy = permit
        .is_some()
        .then(|| view! { <ButtonLink href=format!("{desk}/duplicate") label=t!(lang, "classes-duplicate") icon=IconName::Plus/> });
    let calendar = (class.state != ClassState::Draft).then(
        || view! { <ButtonLink href=format!("/classes/{}/calendar", class.id) label=t!(lang, "calendar-class-title") icon=IconName::Calendar/> },
    );
    view! {
        {edit}
        {copy}
        {calendar}
        <ButtonLink href=format!("/classes/{}", class.id) label=t!(lang, "classes-public-page") icon=IconName::External/>
    }
}

/// The state in words, with the time that matters next.
pub(super) fn state_words(lang: Lang, class: &Class) -> String {
    let when = |at: Option<DateTime<Utc>>| at.map(|at| time::date_time(lang, at)).unwrap_or_default();
    match class.state {
        ClassState::Published => t!(lang, "classes-words-published", when = when(class.enrol_opens_at)),
        ClassState::Enrolling => t!(lang, "classes-words-enrolling", when = when(class.enrol_closes_at)),
        ClassState::Running => t!(lang, "classes-words-running", when = when(class.ends_at)),
        state => t!(lang, &format!("classes-words-{}", state.as_str())),
    }
}

fn cancelled_notice(lang: Lang, class: &Class) -> Option<impl IntoView + use<>> {
    let reason = class.cancel_reason.clone()?;
    Some(view! { <Notice tone=NoticeTone::Error title=t!(lang, "classes-cancelled-because")><p>{reason}</p></Notice> })
}

fn next_step(lang: Lang, class: &Class, facts: &Facts) -> AnyView {
    let Some(step) = class.state.next() else { return ().into_any() };
    if !step.is_by_hand() {
        return ().into_any();
    }
    let missing = lacks(step, facts);
    let id = class.id.to_string();
    let title = t!(lang, &format!("classes-step-{}", step.as_str()));
    if missing.is_empty() {
        return view! {
            <Card title=t!(lang, "classes-next-step")>
                <p>{t!(lang, &format!("classes-step-{}-text", step.as_str()))}</p>
                <form method="post" action="/api/step_class">
                    <Hidden name="class" value=id/>
                    <Hidden name="step" value=step.as_str()/>
                    {step_button(lang, step, title)}
                </form>
            </Card>
        }
        .into_any();
    }
    let tasks = missing.iter().map(|lack| task(lang, class.id, lack)).collect::<Vec<_>>();
    view! {
        <Card title=t!(lang, "classes-before-step", step = title)>
            <TaskList items=tasks/>
        </Card>
    }
    .into_any()
}

/// Closing can't be taken back: it is asked once more.
fn step_button(lang: Lang, step: Step, title: String) -> AnyView {
    if step == Step::Close {
        return view! {
            <Confirm label=title.clone() title=t!(lang, "classes-close-sure") yes_label=title tone=Tone::Main/>
        }
        .into_any();
    }
    view! { <Submit label=title/> }.into_any()
}

fn task(lang: Lang, class: ClassId, lack: &Lack) -> Task {
    let desk = format!("/desk/classes/{class}");
    let href = match lack {
        Lack::Lesson => Some(format!("{desk}/lessons/new")),
        Lack::Attendance { .. } => Some(format!("{desk}/attendance")),
        Lack::Leaves(_) => Some(format!("{desk}/leaves")),
        Lack::SchoolOpen | Lack::FirstLesson => None,
        _ => Some(format!("{desk}/edit")),
    };
    Task {
        href,
        label: say(lang, &store::lack_problem(lack).problem),
        hint: None,
        status: t!(lang, "classes-missing"),
        tone: BadgeTone::Attention,
    }
}

fn figures(lang: Lang, class: &Class, around: &Surroundings) -> impl IntoView + use<> {
    let roster = |state: &str| format!("/desk/classes/{}/roster?state={state}", class.id);
    view! {
        <div class="figures">
            <Figure value=format!("{} / {}", around.approved, class.capacity) label=t!(lang, "classes-approved") href=roster("approved")/>
            <Figure value=around.submitted label=t!(lang, "classes-submitted") href=roster("submitted")/>
            <Figure value=around.waitlisted label=t!(lang, "classes-waitlisted") href=roster("waitlisted")/>
        </div>
    }
}

fn quota_card(lang: Lang, class: &Class, quotas: &[Quota], counties: &[RegionName]) -> Option<impl IntoView + use<>> {
    if quotas.is_empty() {
        return None;
    }
    let meters: Vec<_> = quotas
        .iter()
        .map(|quota| {
            let name = counties
                .iter()
                .find(|county| county.region == quota.region)
                .map_or("", |county| county.name(lang))
                .to_owned();
            view! { <Meter value=quota.taken max=quota.seats label=name/> }
        })
        .collect();
    let reclaim = reclaim_words(lang, class);
    Some(view! { <Card title=t!(lang, "classes-quotas")>{meters} <p class="muted">{reclaim}</p></Card> })
}

/// When unused quota seats go back to everybody.
pub(super) fn reclaim_words(lang: Lang, class: &Class) -> String {
    match (class.quota_reclaimed_at, class.quota_reclaim_at) {
        (Some(at), _) => t!(lang, "classes-reclaimed", when = time::date_time(lang, at)),
        (None, Some(at)) => t!(lang, "classes-reclaim-at", when = time::date_time(lang, at)),
        (None, None) => t!(lang, "classes-reclaim-never"),
    }
}

fn fact_items(lang: Lang, class: &Class, around: &Surroundings) -> Vec<(String, String)> {
    let at = |at: Option<DateTime<Utc>>| at.map_or_else(|| t!(lang, "classes-not-set"), |at| time::date_time(lang, at));
    let theme = around
        .theme_zh
        .as_ref()
        .zip(around.theme_en.as_ref())
        .map(|(zh, en)| lang.pick(zh, en).to_owned());
    let approval = match class.approval {
        Approval::Automatic => t!(lang, "classes-approval-automatic"),
        Approval::ByHand => t!(lang, "classes-approval-by_hand"),
    };
    vec![
        (t!(lang, "classes-plan"), lang.pick(&around.plan_zh, &around.plan_en).to_owned()),
        (t!(lang, "classes-theme"), theme.unwrap_or_else(|| t!(lang, "classes-not-set"))),
        (t!(lang, "classes-dates"), days(lang, class.starts_at, class.ends_at)),
        (t!(lang, "classes-enrol-opens"), at(class.enrol_opens_at)),
        (t!(lang, "classes-enrol-closes"), at(class.enrol_closes_at)),
        (t!(lang, "classes-cutoff"), at(class.cutoff_at)),
        (t!(lang, "classes-approval"), approval),
        (
            t!(lang, "classes-check-in"),
            t!(
                lang,
                "classes-check-in-words",
                before = class.opens_before_min,
                late = class.late_after_min
            ),
        ),
        (t!(lang, "classes-pass-rate"), format!("{} %", class.pass_rate)),
    ]
}

fn staff_card(
    lang: Lang,
    class: &Class,
    staff: Vec<Member>,
    candidates: Option<Vec<Member>>,
    searched: Option<String>,
    may_change: bool,
) -> impl IntoView + use<> {
    let id = class.id;
    let nobody = staff.is_empty().then(|| view! { <p class="muted">{t!(lang, "classes-no-staff")}</p> });
    let lines: Vec<_> = staff
        .into_iter()
        .map(|member| {
            let name = member.name.clone();
            let remove = may_change.then(|| {
                view! {
                    <form method="post" action="/api/remove_class_staff">
                        <Hidden name="class" value=id.to_string()/>
                        <Hidden name="person" value=member.id.to_string()/>
                        <Confirm label=t!(lang, "classes-staff-remove") title=t!(lang, "classes-staff-remove-sure", name = name.clone())
                            yes_label=t!(lang, "classes-staff-remove")/>
                    </form>
                }
            });
            view! { <li class="row row--between"><span>{known_as(&member)}</span> {remove}</li> }
        })
        .collect();
    let search = may_change.then(|| staff_search(lang, id, candidates, searched));
    view! {
        <Card title=t!(lang, "classes-staff")>
            {nobody}
            <ul class="plain stack">{lines}</ul>
            {search}
        </Card>
    }
}

/// The last four figures of the phone tell people of one name apart and give nobody's number away.
fn known_as(member: &Member) -> String {
    let end = member.phone.as_deref().and_then(|phone| phone.get(phone.len().saturating_sub(4)..));
    end.map_or_else(|| member.name.clone(), |end| format!("{} …{end}", member.name))
}

fn staff_search(lang: Lang, class: ClassId, candidates: Option<Vec<Member>>, searched: Option<String>) -> impl IntoView + use<> {
    let found = candidates.map(|people| {
        if people.is_empty() {
            return view! { <p>{t!(lang, "classes-staff-not-found")}</p> }.into_any();
        }
        let lines: Vec<_> = people
            .into_iter()
            .map(|person| {
                view! {
                    <li class="row row--between">
                        <span>{known_as(&person)}</span>
                        <form method="post" action="/api/add_class_staff">
                            <Hidden name="class" value=class.to_string()/>
                            <Hidden name="person" value=person.id.to_string()/>
                            <Submit label=t!(lang, "classes-staff-add") tone=Tone::Plain/>
                        </form>
                    </li>
                }
            })
            .collect();
        view! { <ul class="plain stack">{lines}</ul> }.into_any()
    });
    view! {
        <form method="get" action=format!("/desk/classes/{class}") class="form">
            <TextField form=FormState::default() name="staff" label=t!(lang, "classes-staff-find") hint=t!(lang, "classes-staff-find-hint")
                value=searched kind="search" autocomplete="off"/>
            <Submit label=t!(lang, "ui-search") tone=Tone::Plain icon=IconName::Search/>
        </form>
        {found}
    }
}

fn history(lang: Lang, events: Vec<ClassEvent>) -> impl IntoView {
    let lines: Vec<_> = events
        .into_iter()
        .map(|event| {
            let who = event.by_name.unwrap_or_else(|| t!(lang, "classes-by-itself"));
            view! {
                <tr>
                    <td class="nowrap" data-label=t!(lang, "classes-when")>{time::date_time(lang, event.at)}</td>
                    <td data-label=t!(lang, "classes-what")>{t!(lang, &format!("classes-event-{}", event.what))}</td>
                    <td data-label=t!(lang, "classes-detail")>{event.detail}</td>
                    <td data-label=t!(lang, "classes-who")>{who}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <h2>{t!(lang, "classes-history")}</h2>
        <TableOf label=t!(lang, "classes-history") heads=vec![t!(lang, "classes-when"), t!(lang, "classes-what"), t!(lang, "classes-detail"), t!(lang, "classes-who")]>
            {lines}
        </TableOf>
    }
}

/// A table with plain heads.
#[component]
pub fn TableOf(#[prop(into)] label: String, heads: Vec<String>, children: Children) -> impl IntoView {
    let heads: Vec<_> = heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect();
    view! {
        <crate::ui::TableWrap label=label>
            <table class="table table--stack"><thead><tr>{heads}</tr></thead><tbody>{children()}</tbody></table>
        </crate::ui::TableWrap>
    }
}

/// How a class ends before its time: a draft is deleted, anything known is cancelled.
fn ending(lang: Lang, class: &Class, form: &FormState) -> AnyView {
    let id = class.id.to_string();
    if class.state == ClassState::Draft {
        return view! {
            <form method="post" action="/api/delete_class">
                <Hidden name="class" value=id/>
                <Confirm label=t!(lang, "classes-delete") title=t!(lang, "classes-delete-sure") text=t!(lang, "classes-delete-text")
                    yes_label=t!(lang, "classes-delete-yes")/>
            </form>
        }
        .into_any();
    }
    if Step::Cancel.leads_from(class.state).is_none() {
        return ().into_any();
    }
    let form = form.clone();
    view! {
        <form method="post" action="/api/cancel_class">
            <Hidden name="class" value=id/>
            <Confirm label=t!(lang, "classes-cancel") title=t!(lang, "classes-cancel-sure") text=t!(lang, "classes-cancel-text")
                yes_label=t!(lang, "classes-cancel-yes")>
                <TextArea form=form name="reason" label=t!(lang, "classes-reason") hint=t!(lang, "classes-reason-hint") rows="3" maxlength=LONGEST_REASON/>
            </Confirm>
        </form>
    }
    .into_any()
}
