//! The people desk: the list, inviting, editing.

use leptos::prelude::*;

use crate::accounts::rules::search_words;
use crate::accounts::{Role, words};
use crate::error::AppError;
use crate::firms::pages::{Picker, county_select, firm_picker, region_choices, region_name};
use crate::i18n::Lang;
use crate::ids::{PersonId, Region};
use crate::paging::Step;
use crate::people::policy::{self, PeopleScope};
use crate::people::store::{self, Filter, PersonRow};
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, Hidden, SelectField, Submit, TextField};
use crate::ui::{Badge, BadgeTone, ButtonLink, Crumbs, EmptyState, IconName, PageHeader, Pager, SearchBox, Tab, TableWrap, Tabs};

/// Whom the signed-in actor may look up.
pub(super) fn scope(cx: &Cx) -> Result<PeopleScope, AppError> {
    policy::visible_to(cx.actor()?).ok_or(AppError::Forbidden)
}

pub(super) fn crumbs(lang: Lang, more: Option<(String, String)>) -> Vec<(String, String)> {
    let mut items = vec![
        ("/desk".to_owned(), t!(lang, "nav-desk")),
        ("/desk/people".to_owned(), t!(lang, "people-title")),
    ];
    items.extend(more);
    items
}

/// `/desk/people`
pub async fn list(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let scope = scope(&cx)?;
    let typed = cx.query("q").unwrap_or_default();
    let county = cx.query("county");
    let only = cx.query("only").unwrap_or_default();
    let filter = Filter {
        words: search_words(&typed),
        region: county.as_deref().map(|county| Region::from(search_words(county))),
        role: only.parse().ok(),
        only_inactive: only == "inactive",
    };
    let people = store::list(&cx.app.db, &scope, &filter, Step::of(&cx)).await?;
    let roles = store::roles_of(&cx.app.db, &people.rows).await?;
    let regions = cx.regions().await?;
    let title = t!(lang, "people-title");
    let (newer, older) = people.links(&cx, |person| person.id.to_string());
    let counties = cx.actor()?.is_city().then(|| county_select(lang, &regions, county.as_deref()));
    let tabs = tabs(&cx, &only);
    let kept = (!only.is_empty()).then(|| view! { <Hidden name="only" value=only/> });
    let list = if people.rows.is_empty() {
        view! {
            <EmptyState title=t!(lang, "people-none") text=t!(lang, "people-none-text") icon=IconName::People>
                <ButtonLink href="/desk/people/new" label=t!(lang, "people-invite")/>
            </EmptyState>
        }
        .into_any()
    } else {
        table(lang, &regions, people.rows, &roles).into_any()
    };
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "people-lead")>
            <ButtonLink href="/desk/people/new" label=t!(lang, "people-invite") icon=IconName::Plus/>
        </PageHeader>
        <SearchBox name="q" value=typed label=t!(lang, "people-search") action="/desk/people">{counties} {kept}</SearchBox>
        {tabs}
        {list}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(title, body))
}

fn tabs(cx: &Cx, only: &str) -> impl IntoView + use<> {
    let tab = |value: &str, key: &str| {
        let query = cx
            .query("q")
            .map(|q| ("q", q))
            .into_iter()
            .chain(cx.query("county").map(|county| ("county", county)));
        let mut address = url::form_urlencoded::Serializer::new(String::new());
        for (name, text) in query {
            address.append_pair(name, &text);
        }
        if !value.is_empty() {
            address.append_pair("only", value);
        }
        Tab {
            href: format!("/desk/people?{}", address.finish()),
            label: t!(cx.lang, key),
            current: only == value,
            count: None,
        }
    };
    let items = vec![
        tab("", "people-all"),
        tab("teacher", "accounts-role-teacher"),
        tab("firm", "accounts-role-firm"),
        tab("county", "people-coordinators"),
        tab("inactive", "people-inactive"),
    ];
    view! { <Tabs items=items label=t!(cx.lang, "people-views")/> }
}

fn table(lang: Lang, regions: &[RegionName], rows: Vec<PersonRow>, roles: &[(PersonId, Role, Option<Region>)]) -> impl IntoView + use<> {
    let rows = rows
        .into_iter()
        .map(|row| {
            let roles = roles.iter().filter(|(person, ..)| *person == row.id);
            let roles: Vec<String> = roles.map(|(_, role, region)| role_words(lang, *role, region.as_ref(), regions)).collect();
            let state = (!row.active).then(|| view! { <Badge tone=BadgeTone::Bad label=t!(lang, "people-inactive")/> });
            view! {
                <tr>
                    <th scope="row"><a href=format!("/desk/people/{}", row.id)>{row.name}</a> {state}</th>
                    <td>{row.phone.unwrap_or_else(|| t!(lang, "firms-unknown"))}</td>
                    <td>{region_name(lang, regions, &row.region)}</td>
                    <td>{row.firm_name.unwrap_or_default()}</td>
                    <td>{row.position.unwrap_or_default()}</td>
                    <td>{roles.join(&t!(lang, "accounts-and"))}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "people-title")>
            <table class="table">
                <thead><tr>
                    <th scope="col">{t!(lang, "people-name")}</th>
                    <th scope="col">{t!(lang, "people-phone")}</th>
                    <th scope="col">{t!(lang, "people-county")}</th>
                    <th scope="col">{t!(lang, "firms-firm")}</th>
                    <th scope="col">{t!(lang, "people-position")}</th>
                    <th scope="col">{t!(lang, "people-roles")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

/// A role as it is called.
pub(super) fn role_words(lang: Lang, role: Role, region: Option<&Region>, regions: &[RegionName]) -> String {
    match (role, region) {
        (Role::County, Some(region)) => words::role(lang, &crate::accounts::Grant::County(region.clone()), regions),
        (role, _) => t!(lang, &format!("accounts-role-{}", role.as_str())),
    }
}

/// `/desk/people/new`
pub async fn invite(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    scope(&cx)?;
    let actor = cx.actor()?;
    let form = cx.form("invite-person");
    let regions = cx.regions().await?;
    let choices = region_choices(lang, &regions, |region| actor.coordinates(region));
    let picker = Picker {
        region: Some(actor.region.to_string()),
        optional: true,
        ..Picker::default()
    };
    let picker = firm_picker(&cx, &form, picker).await?;
    let title = t!(lang, "people-invite");
    let body = view! {
        <Crumbs items=crumbs(lang, None)/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() lead=t!(lang, "people-invite-lead")/>
        <form method="post" action="/api/invite_person" class="narrow">
            <TextField form=&form name="name" label=t!(lang, "people-name") maxlength="40"/>
            <TextField form=&form name="phone" kind="tel" label=t!(lang, "people-phone") hint=t!(lang, "people-phone-hint") width="20"/>
            <SelectField form=&form name="region" label=t!(lang, "people-county") options=choices value=actor.region.to_string()/>
            <TextField form=&form name="position" label=t!(lang, "people-position") maxlength="60" optional=true/>
            {picker}
            <Submit label=t!(lang, "people-invite-now")/>
        </form>
    };
    Ok(Page::new(title, body))
}

/// `/desk/people/{id}/edit`
pub async fn edit(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (person, subject) = store::visible(&cx.app.db, &scope(&cx)?, cx.param("id")?).await?;
    policy::can_change(cx.actor()?, &subject).ok_or(AppError::Forbidden)?;
    let form = cx.form("edit-person");
    let picker = Picker {
        value: person.firm_name.clone(),
        region: Some(person.region.to_string()),
        optional: true,
        ask: false,
    };
    let picker = firm_picker(&cx, &form, picker).await?;
    let title = t!(lang, "people-edit");
    let back = crumbs(lang, Some((format!("/desk/people/{}", person.id), person.name.clone())));
    let body = view! {
        <Crumbs items=back/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone()/>
        <form method="post" action="/api/edit_person" class="narrow">
            <Hidden name="person" value=person.id.to_string()/>
            <TextField form=&form name="name" label=t!(lang, "people-name") value=person.name maxlength="40"/>
            <TextField form=&form name="phone" kind="tel" label=t!(lang, "people-phone") value=person.phone width="20"/>
            <TextField form=&form name="position" label=t!(lang, "people-position") value=person.position maxlength="60" optional=true/>
            {picker}
            <Submit label=t!(lang, "people-save")/>
        </form>
    };
    Ok(Page::new(title, body))
}
