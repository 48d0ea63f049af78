//! One person at the desk: details, roles, access, history.

use leptos::prelude::*;

use super::desk::{crumbs, role_words, scope};
use crate::accounts::Role;
use crate::accounts::store::PersonBrief;
use crate::error::AppError;
use crate::firms::pages::{region_choices, region_name};
use crate::i18n::Lang;
use crate::people::policy::{self, Office, Subject};
use crate::people::store::{self, Event, Held};
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, FormState, Hidden, RadioField, SelectField, Submit, TextField};
use crate::ui::{Badge, BadgeTone, ButtonLink, Choice, Confirm, Crumbs, Facts, IconName, Notice, NoticeTone, PageHeader, Tone, time};

/// `/desk/people/{id}`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (person, subject) = store::visible(&cx.app.db, &scope(&cx)?, cx.param("id")?).await?;
    let held = store::held_by(&cx.app.db, &subject).await?;
    let events = store::history(&cx.app.db, &subject).await?;
    let regions = cx.regions().await?;
    let is_erased = store::is_erased(&cx.app.db, person.id).await?;
    let may_change = !is_erased && policy::can_change(cx.actor()?, &subject).is_some();
    let unknown = || t!(lang, "firms-unknown");
    let facts = vec![
        (t!(lang, "people-phone"), person.phone.clone().unwrap_or_else(unknown)),
        (t!(lang, "people-county"), region_name(lang, &regions, &person.region)),
        (t!(lang, "firms-firm"), person.firm_name.clone().unwrap_or_else(unknown)),
        (t!(lang, "people-position"), person.position.clone().unwrap_or_else(unknown)),
    ];
    let edit =
        may_change.then(|| view! { <ButtonLink href=format!("/desk/people/{}/edit", person.id) label=t!(lang, "people-edit") icon=IconName::Edit/> });
    let state = (!person.active).then(|| view! { <Badge tone=BadgeTone::Bad label=t!(lang, "people-inactive")/> });
    let why = if is_erased { "people-erased" } else { "people-citys-to-change" };
    let not_yours = (!may_change).then(|| view! { <Notice tone=NoticeTone::Info><p>{t!(lang, why)}</p></Notice> });
    let access = may_change.then(|| access(&cx, &person, &regions));
    let data = cx.actor()?.is_city().then(|| {
        view! { <ButtonLink href=format!("/city/people/{}/data", person.id) label=t!(lang, "privacy-person-title") icon=IconName::Lock/> }
    });
    let title = person.name.clone();
    let body = view! {
        <Crumbs items=crumbs(lang, None)/>
        <ErrorSummary form=cx.form("give-role")/>
        <ErrorSummary form=cx.form("move-person")/>
        <ErrorSummary form=cx.form("deactivate-person")/>
        <PageHeader title=title.clone()>{edit} {data}</PageHeader>
        {state}
        {not_yours}
        <Facts items=facts/>
        {(!is_erased).then(|| roles(&cx, &person, &subject, held, &regions)).transpose()?}
        {access}
        <h2>{t!(lang, "people-history")}</h2>
        {history(lang, events)}
    };
    Ok(Page::new(title, body))
}

fn roles(cx: &Cx, person: &PersonBrief, subject: &Subject, held: Vec<Held>, regions: &[RegionName]) -> Result<impl IntoView + use<>, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let none = held.is_empty().then(|| view! { <p>{t!(lang, "people-no-roles")}</p> });
    let rows = held
        .into_iter()
        .map(|held| {
            let words = role_words(lang, held.role, held.region.as_ref(), regions);
            let firm = held.firm_name.as_ref().map(|firm| format!(" · {firm}")).unwrap_or_default();
            let may = held.office().is_some_and(|office| policy::can_name(actor, subject, office).is_some());
            let take = may.then(|| {
                view! {
                    <form method="post" action="/api/take_role">
                        <Hidden name="person" value=subject.person.to_string()/>
                        <Hidden name="grant" value=held.id.to_string()/>
                        <Confirm label=t!(lang, "people-role-take") title=t!(lang, "people-role-take-sure", role = words.clone()) yes_label=t!(lang, "people-role-take")/>
                    </form>
                }
            });
            let since = t!(lang, "people-role-since", at = time::date(lang, held.granted_at));
            view! { <li class="devices__row"><div><p><strong>{words}{firm}</strong></p><p class="devices__hint">{since}</p></div>{take}</li> }
        })
        .collect_view();
    let choices = role_choices(cx, person, subject);
    let give = (!choices.is_empty()).then(|| give_form(cx, subject, choices, regions));
    Ok(view! {
        <h2>{t!(lang, "people-roles")}</h2>
        {none}
        <ul class="devices">{rows}</ul>
        {give}
    })
}

/// The roles that the actor may give this person.
fn role_choices(cx: &Cx, person: &PersonBrief, subject: &Subject) -> Vec<Choice> {
    let lang = cx.lang;
    let Some(actor) = &cx.actor else { return Vec::new() };
    let may = |office| policy::can_name(actor, subject, office).is_some();
    let choice = |role: Role, key: &str| Choice::new(role.as_str(), t!(lang, key));
    let mut choices = Vec::new();
    if may(Office::Teacher) {
        choices.push(choice(Role::Teacher, "accounts-role-teacher").with_hint(t!(lang, "people-role-teacher-hint")));
    }
    // The firm's county is judged when the role is given; here the person's own stands for it.
    if person.firm_id.is_some_and(|firm| may(Office::Firm(firm, subject.region.clone()))) {
        let hint = person.firm_name.clone().unwrap_or_default();
        choices.push(choice(Role::Firm, "accounts-role-firm").with_hint(hint));
    }
    if may(Office::City) {
        choices.push(choice(Role::County, "people-role-county").with_hint(t!(lang, "people-role-county-hint")));
        choices.push(choice(Role::Verifier, "accounts-role-verifier"));
        choices.push(choice(Role::City, "accounts-role-city"));
    }
    choices
}

fn give_form(cx: &Cx, subject: &Subject, choices: Vec<Choice>, regions: &[RegionName]) -> impl IntoView + use<> {
    let lang = cx.lang;
    let form = cx.form("give-role");
    let open = !form.is_clean();
    let gives_counties = choices.iter().any(|choice| choice.value == Role::County.as_str());
    let counties = region_choices(lang, regions, |region| !region.is_city());
    let county = gives_counties.then(|| {
        view! { <SelectField form=&form name="role_region" label=t!(lang, "people-role-for-county") options=counties value=subject.region.to_string()/> }
    });
    view! {
        <details class="confirm" open=open>
            <summary class="button confirm__open">{t!(lang, "people-role-give")}</summary>
            <form class="confirm__body" method="post" action="/api/give_role">
                <Hidden name="person" value=subject.person.to_string()/>
                <RadioField form=&form name="role" label=t!(lang, "people-role-which") options=choices/>
                {county}
                <Submit label=t!(lang, "people-role-give") tone=Tone::Plain/>
            </form>
        </details>
    }
}

fn access(cx: &Cx, person: &PersonBrief, regions: &[RegionName]) -> impl IntoView + use<> {
    let lang = cx.lang;
    let id = person.id.to_string();
    let is_oneself = cx.actor.as_ref().is_some_and(|actor| actor.person == person.id);
    let reset = (!is_oneself && person.active).then(|| {
        view! {
            <form method="post" action="/api/reset_password">
                <Hidden name="person" value=id.clone()/>
                <Confirm label=t!(lang, "people-reset") title=t!(lang, "people-reset-sure", name = person.name.clone()) text=t!(lang, "people-reset-text") yes_label=t!(lang, "people-reset-yes") tone=Tone::Plain/>
            </form>
        }
    });
    let counties = region_choices(lang, regions, |region| *region != person.region);
    let moving = cx.form("move-person");
    let leaving = cx.form("deactivate-person");
    let access = if person.active {
        (!is_oneself).then(|| end_access(lang, &leaving, &id).into_any())
    } else {
        Some(
            view! {
                <form method="post" action="/api/reactivate_person">
                    <Hidden name="person" value=id.clone()/>
                    <Confirm label=t!(lang, "people-reactivate") title=t!(lang, "people-reactivate-sure", name = person.name.clone()) yes_label=t!(lang, "people-reactivate") tone=Tone::Plain/>
                </form>
            }
            .into_any(),
        )
    };
    view! {
        <h2>{t!(lang, "people-access")}</h2>
        <div class="actions">
            {reset}
            <form method="post" action="/api/move_person">
                <Hidden name="person" value=id/>
                <Confirm label=t!(lang, "people-move") title=t!(lang, "people-move-sure", name = person.name.clone()) text=t!(lang, "people-move-text") yes_label=t!(lang, "people-move-yes") tone=Tone::Plain>
                    <SelectField form=&moving name="new_region" label=t!(lang, "people-move-to") options=counties/>
                    <TextField form=&moving name="move_reason" label=t!(lang, "people-reason") maxlength="200"/>
                </Confirm>
            </form>
            {access}
        </div>
    }
}

fn end_access(lang: Lang, form: &FormState, id: &str) -> impl IntoView + use<> {
    let form = form.clone();
    view! {
        <form method="post" action="/api/deactivate_person">
            <Hidden name="person" value=id/>
            <Confirm label=t!(lang, "people-deactivate") title=t!(lang, "people-deactivate-sure") text=t!(lang, "people-deactivate-text") yes_label=t!(lang, "people-deactivate")>
                <TextField form=form name="reason" label=t!(lang, "people-reason") maxlength="200"/>
            </Confirm>
        </form>
    }
}

fn history(lang: Lang, events: Vec<Event>) -> impl IntoView {
    if events.is_empty() {
        return view! { <p>{t!(lang, "people-no-history")}</p> }.into_any();
    }
    let rows = events
        .into_iter()
        .map(|event| {
            let key = format!("trail-act-{}", event.what.replace('.', "-"));
            let words = t!(lang, &key);
            let words = if words == key { event.what } else { words };
            let by = event.by_name.unwrap_or_else(|| t!(lang, "people-event-system"));
            view! {
                <li class="devices__row">
                    <div><p>{words} " " {event.detail}</p><p class="devices__hint">{time::date_time(lang, event.at)} " · " {by}</p></div>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="devices">{rows}</ul> }.into_any()
}
