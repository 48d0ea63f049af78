//! Adding people by hand: somebody who is known already, or somebody new.

use leptos::prelude::*;

use super::parts::{RegionNames, desk_head};
use crate::accounts::policy::Reach;
use crate::accounts::rules::{LONGEST_NAME, search_words};
use crate::classes::{Class, store as classes};
use crate::enrolment::policy;
use crate::enrolment::roster::{self, Found};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::ClassId;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{Choice, EmptyState, ErrorSummary, Hidden, IconName, SearchBox, SelectField, Submit, TableWrap, TextField, Tone};

/// `/desk/classes/{id}/roster/add`
pub async fn add(cx: Cx) -> Result<Page, AppError> {
    let actor = cx.actor()?;
    let lang = cx.lang;
    let class = classes::class(&cx.app.db, cx.param::<ClassId>("id")?).await?;
    let permit = policy::running(actor, &class)?;
    let reach = actor.coordinated();
    let words = search_words(&cx.query("q").unwrap_or_default());
    let found = if words.is_empty() {
        None
    } else {
        Some(roster::find_people(&cx.app.db, &reach, class.id, &words).await?)
    };
    let names = RegionNames::load(&cx).await?;
    let title = t!(lang, "enrolment-tab-add");
    let here = format!("/desk/classes/{}/roster/add", class.id);
    let body = view! {
        <ErrorSummary form=cx.form("add-new")/>
        {desk_head(&cx, &class, Some(permit), "enrolment-tab-add")}
        <h2>{t!(lang, "enrolment-add-known")}</h2>
        <SearchBox name="q" value=cx.query("q") label=t!(lang, "enrolment-add-search") action=here/>
        {found.map(|found| results(lang, &class, &names, found))}
        <h2>{t!(lang, "enrolment-add-new")}</h2>
        {new_form(&cx, &class, &reach, &names)}
    };
    Ok(Page::new(title, body))
}

fn results(lang: Lang, class: &Class, names: &RegionNames, found: Vec<Found>) -> AnyView {
    if found.is_empty() {
        return view! { <EmptyState title=t!(lang, "enrolment-add-none") text=t!(lang, "enrolment-add-none-text") icon=IconName::Person/> }
            .into_any();
    }
    let rows = found
        .into_iter()
        .map(|person| {
            let act = match &person.state {
                Some(state) => view! { <span class="muted">{t!(lang, &format!("enrolment-state-{state}"))}</span> }.into_any(),
                None => view! {
                    <form method="post" action="/api/add_to_roster">
                        <Hidden name="class" value=class.id.to_string()/>
                        <Hidden name="person" value=person.id.to_string()/>
                        <Submit label=t!(lang, "enrolment-add") tone=Tone::Plain icon=IconName::Plus/>
                    </form>
                }
                .into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{person.name}</th>
                    <td data-label=t!(lang, "enrolment-phone")>{person.phone}</td>
                    <td data-label=t!(lang, "enrolment-firm")>{person.firm}</td>
                    <td data-label=t!(lang, "enrolment-county")>{names.of(&person.region)}</td>
                    <td>{act}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "enrolment-add-known")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "enrolment-name")}</th>
                        <th scope="col">{t!(lang, "enrolment-phone")}</th>
                        <th scope="col">{t!(lang, "enrolment-firm")}</th>
                        <th scope="col">{t!(lang, "enrolment-county")}</th>
                        <th scope="col"><span class="visually-hidden">{t!(lang, "enrolment-add")}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

fn new_form(cx: &Cx, class: &Class, reach: &Reach, names: &RegionNames) -> impl IntoView + use<> {
    let lang = cx.lang;
    let form = cx.form("add-new");
    let counties: Vec<Choice> = names
        .all()
        .iter()
        .filter(|(region, _)| reach.covers(region))
        .map(|(region, name)| Choice::new(region.as_str(), name))
        .collect();
    view! {
        <form method="post" action="/api/add_new_to_roster" class="narrow">
            <Hidden name="class" value=class.id.to_string()/>
            <TextField form=&form name="name" label=t!(lang, "enrolment-name") maxlength=LONGEST_NAME autocomplete="off"/>
            <TextField form=&form name="phone" kind="tel" label=t!(lang, "enrolment-phone") hint=t!(lang, "enrolment-phone-hint") autocomplete="off"/>
            <TextField form=&form name="position" label=t!(lang, "enrolment-position") optional=true autocomplete="off"/>
            <SelectField form=&form name="region" label=t!(lang, "enrolment-county") options=counties value=class.region.as_str()/>
            <Submit label=t!(lang, "enrolment-add-new-yes")/>
        </form>
    }
}
