//! The desk's pages of schools: the coordinator's own, and the city's list of all. Public pages of schools count their
//! classes, so they stand with the other public pages in `dashboard`.

use axum::Router;
use leptos::prelude::*;

use super::policy::{self, SchoolPermit};
use super::rules::{LONGEST_ADDRESS, LONGEST_NAME, MOST_SEATS};
use super::{School, Teacher, Venue, plan_pages, store};
use crate::accounts::Actor;
use crate::accounts::policy::Reach;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{SchoolId, TeacherId, VenueId};
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    Badge, BadgeTone, ButtonLink, Choice, Confirm, Crumbs, EmptyState, ErrorSummary, Facts, FormState, Hidden, IconName, Notice, NoticeTone,
    PageHeader, Submit, TableWrap, TextField, Tick, Tone, time,
};

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/desk/school", page(own_school))
        .route("/desk/schools/{id}", page(manage))
        .route("/desk/schools/{id}/edit", page(edit))
        .route("/desk/schools/{id}/venues/new", page(new_venue))
        .route("/desk/schools/{id}/teachers/new", page(new_teacher))
        .route("/desk/venues/{id}", page(edit_venue))
        .route("/desk/teachers/{id}", page(edit_teacher))
        .route("/city/schools", page(city_schools))
        .route("/city/schools/{id}/open", page(opening))
        .merge(plan_pages::routes())
}

/// The school, if the actor looks after it.
async fn editable(cx: &Cx, actor: &Actor, id: SchoolId) -> Result<(School, SchoolPermit), AppError> {
    let school = store::school(&cx.app.db, id).await?;
    let permit = policy::can_edit(actor, school.id, &school.region).ok_or_else(|| policy::refusal(actor))?;
    Ok((school, permit))
}

/// The schools within a reach, to choose one from.
pub async fn school_choices(cx: &Cx, reach: &Reach) -> Result<Vec<Choice>, AppError> {
    let schools = store::all(&cx.app.db).await?;
    let own = schools.into_iter().filter(|school| reach.covers(&school.region));
    Ok(own.map(|school| Choice::new(school.id.to_string(), school.name(cx.lang))).collect())
}

/// A school's state as a word with a sign.
pub fn state_badge(lang: Lang, school: &School) -> impl IntoView + use<> {
    let tone = if school.is_open() { BadgeTone::Good } else { BadgeTone::Neutral };
    view! { <Badge tone=tone label=t!(lang, &format!("schools-state-{}", school.state.as_str()))/> }
}

/// What stands in the database now, when the form was made from something older.
pub fn conflict(lang: Lang, form: &FormState, version: i64, now: Vec<(String, String)>) -> Option<impl IntoView + use<>> {
    let stale = form.value("version").is_some_and(|typed| typed != version.to_string());
    stale.then(|| {
        view! {
            <Notice tone=NoticeTone::Warning title=t!(lang, "schools-conflict-title")>
                <p>{t!(lang, "schools-conflict-text")}</p>
                <Facts items=now/>
            </Notice>
        }
    })
}

fn desk_crumbs(lang: Lang, school: &School) -> impl IntoView + use<> {
    let items = vec![
        ("/desk".to_owned(), t!(lang, "nav-desk")),
        (format!("/desk/schools/{}", school.id), school.name(lang).to_owned()),
    ];
    view! { <Crumbs items=items/> }
}

/// `/desk/school`: the one school that the coordinator looks after, or a choice among several.
async fn own_school(cx: Cx) -> Result<Page, AppError> {
    let actor = cx.actor()?;
    let scope = policy::visible_to(actor).ok_or(AppError::Forbidden)?;
    let schools = store::within(&cx.app.db, &scope).await?;
    match &schools[..] {
        [] => Err(AppError::NotFound),
        [only] => {
            let permit = policy::can_edit(actor, only.id, &only.region).ok_or_else(|| policy::refusal(actor))?;
            manage_page(&cx, only, &permit).await
        }
        _ => Ok(school_list(&cx, t!(cx.lang, "schools-yours"), &schools)),
    }
}

/// `/city/schools`
async fn city_schools(cx: Cx) -> Result<Page, AppError> {
    policy::can_open(cx.actor()?).ok_or(AppError::Forbidden)?;
    let schools = store::all(&cx.app.db).await?;
    Ok(school_list(&cx, t!(cx.lang, "schools-all"), &schools))
}

fn school_list(cx: &Cx, title: String, schools: &[School]) -> Page {
    let lang = cx.lang;
    let opens = cx.actor.as_ref().is_some_and(Actor::is_city);
    let open = schools.iter().filter(|school| school.is_open()).count();
    let lead = t!(lang, "schools-list-lead", all = schools.len(), open = open);
    let rows = schools
        .iter()
        .map(|school| {
            let place = if school.address.is_empty() {
                t!(lang, "schools-no-address")
            } else {
                school.address.clone()
            };
            let opened = school.opened_on.map_or_else(|| t!(lang, "schools-not-yet"), |day| time::day(lang, day));
            let action = opens.then(|| {
                let key = if school.is_open() { "schools-correct" } else { "schools-open" };
                let label = t!(lang, &format!("{key}-named"), name = school.name(lang).to_owned());
                view! { <a href=format!("/city/schools/{}/open", school.id) aria-label=label>{t!(lang, key)}</a> }
            });
            view! {
                <tr>
                    <th scope="row"><a href=format!("/desk/schools/{}", school.id)>{school.name(lang).to_owned()}</a></th>
                    <td data-label=t!(lang, "schools-state")>{state_badge(lang, school)}</td>
                    <td data-label=t!(lang, "schools-opened-on")>{opened}</td>
                    <td data-label=t!(lang, "schools-address")>{place}</td>
                    <td data-label=t!(lang, "schools-do")>{action}</td>
                </tr>
            }
        })
        .collect_view();
    let body = view! {
        <PageHeader title=title.clone() lead=lead/>
        <TableWrap label=title.clone()>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "schools-school")}</th>
                        <th scope="col">{t!(lang, "schools-state")}</th>
                        <th scope="col">{t!(lang, "schools-opened-on")}</th>
                        <th scope="col">{t!(lang, "schools-address")}</th>
                        <th scope="col">{t!(lang, "schools-do")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    };
    Page::new(title, body)
}

/// `/desk/schools/{id}`
async fn manage(cx: Cx) -> Result<Page, AppError> {
    let (school, permit) = editable(&cx, cx.actor()?, cx.param("id")?).await?;
    manage_page(&cx, &school, &permit).await
}

async fn manage_page(cx: &Cx, school: &School, permit: &SchoolPermit) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (venues, retired_venues): (Vec<Venue>, Vec<Venue>) = store::all_venues(&cx.app.db, permit)
        .await?
        .into_iter()
        .partition(|venue| venue.retired_at.is_none());
    let (teachers, retired_teachers): (Vec<Teacher>, Vec<Teacher>) = store::all_teachers(&cx.app.db, permit)
        .await?
        .into_iter()
        .partition(|teacher| teacher.retired_at.is_none());
    let title = school.name(lang).to_owned();
    let id = school.id;
    let opening = cx.actor.as_ref().is_some_and(Actor::is_city).then(|| {
        let key = if school.is_open() { "schools-correct" } else { "schools-open" };
        view! { <ButtonLink href=format!("/city/schools/{}/open", school.id) label=t!(lang, key)/> }
    });
    let planned = (!school.is_open()).then(|| {
        view! { <Notice><p>{t!(lang, "schools-planned-note")}</p></Notice> }
    });
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk"))]/>
        <PageHeader title=title.clone()>
            <ButtonLink href=format!("/desk/schools/{id}/edit") label=t!(lang, "schools-edit") icon=IconName::Edit/>
            {opening}
            <ButtonLink href=format!("/schools/{id}") label=t!(lang, "schools-public-page")/>
        </PageHeader>
        {planned}
        <Facts items=school_facts(lang, school)/>
        <section class="stack">
            <div class="row row--between">
                <h2 id="venues">{t!(lang, "schools-venues")}</h2>
                <ButtonLink href=format!("/desk/schools/{id}/venues/new") label=t!(lang, "schools-venue-add") icon=IconName::Plus/>
            </div>
            {venue_table(lang, &venues)}
            {retired(lang, "venue", retired_venues.iter().map(|venue| (venue.id.to_string(), venue.name.clone())).collect())}
        </section>
        <section class="stack">
            <div class="row row--between">
                <h2 id="teachers">{t!(lang, "schools-teachers")}</h2>
                <ButtonLink href=format!("/desk/schools/{id}/teachers/new") label=t!(lang, "schools-teacher-add") icon=IconName::Plus/>
            </div>
            {teacher_table(lang, &teachers)}
            {retired(lang, "teacher", retired_teachers.iter().map(|teacher| (teacher.id.to_string(), teacher.name.clone())).collect())}
        </section>
    };
    Ok(Page::new(title, body))
}

/// What there is to know of a school.
pub fn school_facts(lang: Lang, school: &School) -> Vec<(String, String)> {
    let unknown = || t!(lang, "schools-not-given");
    vec![
        (t!(lang, "schools-state"), t!(lang, &format!("schools-state-{}", school.state.as_str()))),
        (
            t!(lang, "schools-opened-on"),
            school.opened_on.map_or_else(|| t!(lang, "schools-not-yet"), |day| time::day(lang, day)),
        ),
        (
            t!(lang, "schools-address"),
            Some(school.address.clone()).filter(|text| !text.is_empty()).unwrap_or_else(unknown),
        ),
        (t!(lang, "schools-contact"), school.contact_phone.clone().unwrap_or_else(unknown)),
    ]
}

fn venue_table(lang: Lang, venues: &[Venue]) -> AnyView {
    if venues.is_empty() {
        return view! { <EmptyState icon=IconName::Pin title=t!(lang, "schools-no-venues") text=t!(lang, "schools-no-venues-text")/> }.into_any();
    }
    let rows = venues
        .iter()
        .map(|venue| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/desk/venues/{}", venue.id)>{venue.name.clone()}</a></th>
                    <td data-label=t!(lang, "schools-address")>{venue.address.clone()}</td>
                    <td class="num" data-label=t!(lang, "schools-seats")>{venue.seats}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "schools-venues")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "schools-venue-name")}</th>
                        <th scope="col">{t!(lang, "schools-address")}</th>
                        <th scope="col" class="num">{t!(lang, "schools-seats")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

fn teacher_table(lang: Lang, teachers: &[Teacher]) -> AnyView {
    if teachers.is_empty() {
        let text = t!(lang, "schools-no-teachers-text");
        return view! { <EmptyState icon=IconName::Person title=t!(lang, "schools-no-teachers") text=text/> }.into_any();
    }
    let rows = teachers
        .iter()
        .map(|teacher| {
            let account = teacher
                .person
                .clone()
                .map_or_else(|| t!(lang, "schools-not-linked"), |_| t!(lang, "schools-linked"));
            view! {
                <tr>
                    <th scope="row"><a href=format!("/desk/teachers/{}", teacher.id)>{teacher.name.clone()}</a></th>
                    <td data-label=t!(lang, "schools-teacher-title")>{teacher.title.clone()}</td>
                    <td data-label=t!(lang, "schools-phone")>{teacher.phone.clone()}</td>
                    <td data-label=t!(lang, "schools-account")>{account}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "schools-teachers")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "schools-teacher-name")}</th>
                        <th scope="col">{t!(lang, "schools-teacher-title")}</th>
                        <th scope="col">{t!(lang, "schools-phone")}</th>
                        <th scope="col">{t!(lang, "schools-account")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

/// What is no longer used, each with its way back. `kind` is `venue` or `teacher`.
fn retired(lang: Lang, kind: &'static str, items: Vec<(String, String)>) -> Option<impl IntoView + use<>> {
    let count = items.len();
    (count > 0).then(|| {
        let rows = items
            .into_iter()
            .map(|(id, name)| {
                view! {
                    <li class="task">
                        <span>{name}</span>
                        <form method="post" action=format!("/api/retire_{kind}")>
                            <Hidden name=kind value=id/>
                            <Hidden name="undo" value="true"/>
                            <Submit tone=Tone::Plain icon=IconName::Undo label=t!(lang, "schools-restore")/>
                        </form>
                    </li>
                }
            })
            .collect_view();
        view! {
            <details>
                <summary><span class="button">{t!(lang, &format!("schools-retired-{kind}"), n = count)}</span></summary>
                <ul class="tasks">{rows}</ul>
            </details>
        }
    })
}

/// `/desk/schools/{id}/edit`
async fn edit(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (school, _) = editable(&cx, cx.actor()?, cx.param("id")?).await?;
    let form = cx.form("school");
    let title = t!(lang, "schools-edit-title");
    let body = view! {
        {desk_crumbs(lang, &school)}
        <ErrorSummary form=&form/>
        {conflict(lang, &form, school.version, school_facts(lang, &school))}
        <PageHeader title=title.clone() caption=school.name(lang).to_owned()/>
        <form method="post" action="/api/edit_school" class="form">
            <Hidden name="school" value=school.id.to_string()/>
            <Hidden name="version" value=school.version.to_string()/>
            {contact_fields(lang, &form, &school)}
            <Submit label=t!(lang, "schools-save")/>
        </form>
    };
    Ok(Page::new(title, body))
}

fn contact_fields(lang: Lang, form: &FormState, school: &School) -> impl IntoView + use<> {
    view! {
        <TextField form=form name="address" label=t!(lang, "schools-address") hint=t!(lang, "schools-address-hint")
            value=school.address.clone() maxlength=LONGEST_ADDRESS autocomplete="off"/>
        <TextField form=form name="contact_phone" kind="tel" label=t!(lang, "schools-contact") hint=t!(lang, "schools-contact-hint")
            value=school.contact_phone.clone() optional=true width="20" autocomplete="off"/>
    }
}

/// `/city/schools/{id}/open`: opens a planned school, or corrects its opening.
async fn opening(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    policy::can_open(cx.actor()?).ok_or(AppError::Forbidden)?;
    let school = store::school(&cx.app.db, cx.param("id")?).await?;
    let form = cx.form("school-opening");
    let name = school.name(lang).to_owned();
    let key = if school.is_open() { "schools-correct" } else { "schools-open" };
    let title = t!(lang, &format!("{key}-named"), name = name.clone());
    let send = if school.is_open() {
        view! { <Submit label=t!(lang, "schools-save")/> }.into_any()
    } else {
        view! {
            <Confirm label=t!(lang, "schools-open") tone=Tone::Main title=t!(lang, "schools-open-sure", name = name)
                text=t!(lang, "schools-open-text") yes_label=t!(lang, "schools-open-yes")/>
        }
        .into_any()
    };
    let body = view! {
        <Crumbs items=vec![("/city".to_owned(), t!(lang, "nav-city")), ("/city/schools".to_owned(), t!(lang, "schools-all"))]/>
        <ErrorSummary form=&form/>
        {conflict(lang, &form, school.version, school_facts(lang, &school))}
        <PageHeader title=title.clone() lead=t!(lang, "schools-open-lead")/>
        <form method="post" action="/api/open_school" class="form">
            <Hidden name="school" value=school.id.to_string()/>
            <Hidden name="version" value=school.version.to_string()/>
            <TextField form=&form name="opened_on" kind="date" label=t!(lang, "schools-opened-on")
                value=school.opened_on.map(|day| day.to_string()) max=time::day_of(cx.now).to_string()/>
            {contact_fields(lang, &form, &school)}
            {send}
        </form>
        {school.is_open().then(|| unopening(lang, &school))}
    };
    Ok(Page::new(title, body))
}

fn unopening(lang: Lang, school: &School) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/api/unopen_school">
            <Hidden name="school" value=school.id.to_string()/>
            <Hidden name="version" value=school.version.to_string()/>
            <Confirm label=t!(lang, "schools-unopen") title=t!(lang, "schools-unopen-sure", name = school.name(lang).to_owned())
                text=t!(lang, "schools-unopen-text") yes_label=t!(lang, "schools-unopen-yes")/>
        </form>
    }
}

/// `/desk/schools/{id}/venues/new`
async fn new_venue(cx: Cx) -> Result<Page, AppError> {
    let (school, _) = editable(&cx, cx.actor()?, cx.param("id")?).await?;
    Ok(venue_page(&cx, &school, None, 0))
}

/// `/desk/venues/{id}`
async fn edit_venue(cx: Cx) -> Result<Page, AppError> {
    let actor = cx.actor()?;
    let venue = store::venue(&cx.app.db, cx.param::<VenueId>("id")?).await?;
    let (school, _) = editable(&cx, actor, venue.school_id).await?;
    let ahead = store::lessons_ahead_in(&cx.app.db, venue.id, cx.now).await?;
    Ok(venue_page(&cx, &school, Some(venue), ahead))
}

fn venue_page(cx: &Cx, school: &School, venue: Option<Venue>, ahead: i64) -> Page {
    let lang = cx.lang;
    let form = cx.form("venue");
    let title = venue.as_ref().map_or_else(|| t!(lang, "schools-venue-add"), |venue| venue.name.clone());
    let shown = venue.as_ref();
    let now = shown.map(|venue| {
        let facts = vec![
            (t!(lang, "schools-venue-name"), venue.name.clone()),
            (t!(lang, "schools-address"), venue.address.clone()),
            (t!(lang, "schools-seats"), venue.seats.to_string()),
        ];
        conflict(lang, &form, venue.version, facts)
    });
    let retiring = shown.filter(|venue| venue.retired_at.is_none()).map(|venue| {
        view! {
            <form method="post" action="/api/retire_venue">
                <Hidden name="venue" value=venue.id.to_string()/>
                <Confirm label=t!(lang, "schools-venue-retire") title=t!(lang, "schools-retire-sure", name = venue.name.clone())
                    text=t!(lang, "schools-venue-retire-text", n = ahead) yes_label=t!(lang, "schools-retire-yes")/>
            </form>
        }
    });
    let body = view! {
        {desk_crumbs(lang, school)}
        <ErrorSummary form=&form/>
        {now}
        <PageHeader title=title.clone() caption=t!(lang, "schools-venues")/>
        <form method="post" action="/api/save_venue" class="form">
            <Hidden name="school" value=school.id.to_string()/>
            <Hidden name="venue" value=shown.map(|venue| venue.id.to_string()).unwrap_or_default()/>
            <Hidden name="version" value=shown.map_or(0, |venue| venue.version).to_string()/>
            <TextField form=&form name="name" label=t!(lang, "schools-venue-name") hint=t!(lang, "schools-venue-name-hint")
                value=shown.map(|venue| venue.name.clone()) maxlength=LONGEST_NAME autocomplete="off"/>
            <TextField form=&form name="address" label=t!(lang, "schools-address") hint=t!(lang, "schools-venue-address-hint") optional=true
                value=shown.map(|venue| venue.address.clone()) maxlength=LONGEST_ADDRESS autocomplete="off"/>
            <TextField form=&form name="seats" kind="number" label=t!(lang, "schools-seats") width="4" min="1" max=MOST_SEATS
                value=shown.map(|venue| venue.seats) autocomplete="off"/>
            <Submit label=t!(lang, "schools-save")/>
        </form>
        {retiring}
    };
    Page::new(title, body)
}

/// `/desk/schools/{id}/teachers/new`
async fn new_teacher(cx: Cx) -> Result<Page, AppError> {
    let (school, _) = editable(&cx, cx.actor()?, cx.param("id")?).await?;
    Ok(teacher_page(&cx, &school, None, 0))
}

/// `/desk/teachers/{id}`
async fn edit_teacher(cx: Cx) -> Result<Page, AppError> {
    let actor = cx.actor()?;
    let teacher = store::teacher(&cx.app.db, cx.param::<TeacherId>("id")?).await?;
    let (school, _) = editable(&cx, actor, teacher.school_id).await?;
    let ahead = store::lessons_ahead_of(&cx.app.db, teacher.id, cx.now).await?;
    Ok(teacher_page(&cx, &school, Some(teacher), ahead))
}

fn teacher_page(cx: &Cx, school: &School, teacher: Option<Teacher>, ahead: i64) -> Page {
    let lang = cx.lang;
    let form = cx.form("teacher");
    let title = teacher
        .as_ref()
        .map_or_else(|| t!(lang, "schools-teacher-add"), |teacher| teacher.name.clone());
    let shown = teacher.as_ref();
    let now = shown.map(|teacher| {
        let facts = vec![
            (t!(lang, "schools-teacher-name"), teacher.name.clone()),
            (t!(lang, "schools-teacher-title"), teacher.title.clone()),
            (t!(lang, "schools-phone"), teacher.phone.clone().unwrap_or_default()),
        ];
        conflict(lang, &form, teacher.version, facts)
    });
    let linked = shown.and_then(|teacher| teacher.person.clone());
    let link_hint = linked
        .clone()
        .map_or_else(|| t!(lang, "schools-link-hint"), |name| t!(lang, "schools-link-now", name = name));
    let retiring = shown.filter(|teacher| teacher.retired_at.is_none()).map(|teacher| {
        view! {
            <form method="post" action="/api/retire_teacher">
                <Hidden name="teacher" value=teacher.id.to_string()/>
                <Confirm label=t!(lang, "schools-teacher-retire") title=t!(lang, "schools-retire-sure", name = teacher.name.clone())
                    text=t!(lang, "schools-teacher-retire-text", n = ahead) yes_label=t!(lang, "schools-retire-yes")/>
            </form>
        }
    });
    let body = view! {
        {desk_crumbs(lang, school)}
        <ErrorSummary form=&form/>
        {now}
        <PageHeader title=title.clone() caption=t!(lang, "schools-teachers")/>
        <form method="post" action="/api/save_teacher" class="form">
            <Hidden name="school" value=school.id.to_string()/>
            <Hidden name="teacher" value=shown.map(|teacher| teacher.id.to_string()).unwrap_or_default()/>
            <Hidden name="version" value=shown.map_or(0, |teacher| teacher.version).to_string()/>
            <TextField form=&form name="name" label=t!(lang, "schools-teacher-name")
                value=shown.map(|teacher| teacher.name.clone()) maxlength=LONGEST_NAME autocomplete="off"/>
            <TextField form=&form name="title" label=t!(lang, "schools-teacher-title") hint=t!(lang, "schools-teacher-title-hint") optional=true
                value=shown.map(|teacher| teacher.title.clone()) maxlength=LONGEST_NAME autocomplete="off"/>
            <TextField form=&form name="phone" kind="tel" label=t!(lang, "schools-phone") hint=t!(lang, "schools-phone-hint") optional=true width="12"
                value=shown.and_then(|teacher| teacher.phone.clone()) autocomplete="off"/>
            <Tick form=&form name="linked" label=t!(lang, "schools-link") hint=link_hint checked=linked.is_some()/>
            <Submit label=t!(lang, "schools-save")/>
        </form>
        {retiring}
    };
    Page::new(title, body)
}
