//! `/desk/classes`

use leptos::prelude::*;

use super::{days, state_badge};
use crate::accounts::policy::Reach;
use crate::classes::forms::search_words;
use crate::classes::policy::{self, Scope};
use crate::classes::rules::ClassState;
use crate::classes::store::choices::{self, ThemeChoice};
use crate::classes::store::{self, ClassRow, Filter, Paged, Sort};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::Region;
use crate::request::Cx;
use crate::schools;
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, Crumbs, EmptyState, IconName, PageHeader, Pager, SearchBox, TableWrap, Tone};

/// The list of classes at the desk.
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    if !actor.has_desk() {
        return Err(AppError::Forbidden);
    }
    let scope = policy::visible_to(actor);
    let filter = filter(&cx);
    let found = store::classes(&cx.app.db, &scope, &filter).await?;
    let terms = store::terms(&cx.app.db, &scope).await?;
    let schools = schools::store::all(&cx.app.db).await?;
    let schools: Vec<(String, String)> = schools
        .into_iter()
        .filter(|school| scope.reach().covers(&school.region))
        .map(|school| (school.id.to_string(), school.name(lang).to_owned()))
        .collect();
    let themes = choices::themes(&cx.app.db).await?;
    let may_open = actor.is_coordinator();
    let narrowed = !is_all(&filter);
    let title = t!(lang, "classes-title");
    let actions = may_open.then(|| {
        view! {
            <ButtonLink href="/desk/timetable" label=t!(lang, "classes-timetables") icon=IconName::Calendar/>
            <ButtonLink href="/desk/classes/new" label=t!(lang, "classes-new") tone=Tone::Main icon=IconName::Plus/>
        }
    });
    let filters = filters(lang, &cx, schools, terms, &themes);
    let rows = rows(lang, found, &cx, narrowed, may_open);
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk"))]/>
        <PageHeader title=title.clone() lead=scope_words(lang, &scope)>{actions}</PageHeader>
        <SearchBox name="q" value=filter.words.clone() label=t!(lang, "classes-search") action="/desk/classes">
            {filters}
        </SearchBox>
        {rows}
    };
    Ok(Page::new(title, body))
}

fn scope_words(lang: Lang, scope: &Scope) -> String {
    match scope.reach() {
        Reach::City => t!(lang, "classes-lead-city"),
        Reach::Counties(own) if own.is_empty() => t!(lang, "classes-lead-staff"),
        Reach::Counties(_) => t!(lang, "classes-lead-county"),
    }
}

fn filter(cx: &Cx) -> Filter {
    let word = |name: &str| cx.query(name).map(|text| search_words(&text)).filter(|text| !text.is_empty());
    Filter {
        words: word("q"),
        region: word("region").map(Region::from),
        school: word("school").and_then(|text| text.parse().ok()),
        state: word("state").and_then(|text| text.parse().ok()),
        term: word("term"),
        theme: word("theme").and_then(|text| text.parse().ok()),
        sort: word("sort").and_then(|text| text.parse().ok()),
        after: cx.query("after").map(|key| search_key(&key)),
        before: cx.query("before").map(|key| search_key(&key)),
    }
}

/// A key holds a title and an id.
fn search_key(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn is_all(filter: &Filter) -> bool {
    filter.words.is_none()
        && filter.region.is_none()
        && filter.school.is_none()
        && filter.state.is_none()
        && filter.term.is_none()
        && filter.theme.is_none()
}

fn filters(lang: Lang, cx: &Cx, schools: Vec<(String, String)>, terms: Vec<String>, themes: &[ThemeChoice]) -> impl IntoView + use<> {
    let states = ClassState::ALL
        .iter()
        .map(|state| (state.as_str().to_owned(), t!(lang, &format!("classes-state-{}", state.as_str()))));
    let terms = terms.into_iter().map(|term| (term.clone(), term));
    let themes = themes.iter().map(|theme| {
        let name = lang.pick(&theme.name_zh, &theme.name_en);
        (theme.id.to_string(), format!("{} {name}", theme.year))
    });
    let sorts = Sort::ALL
        .iter()
        .map(|sort| (sort.as_str().to_owned(), t!(lang, &format!("classes-sort-{}", sort.as_str()))));
    let school = (schools.len() > 1).then(|| select(cx, "school", t!(lang, "classes-any-school"), schools));
    view! {
        {school}
        {select(cx, "state", t!(lang, "classes-any-state"), states.collect())}
        {select(cx, "term", t!(lang, "classes-any-term"), terms.collect())}
        {select(cx, "theme", t!(lang, "classes-any-theme"), themes.collect())}
        {select(cx, "sort", t!(lang, "classes-sort"), sorts.collect())}
    }
}

/// A choice of the filter; its first option narrows nothing and names the field.
fn select(cx: &Cx, name: &'static str, any: String, options: Vec<(String, String)>) -> impl IntoView + use<> {
    let chosen = cx.query(name).unwrap_or_default();
    let label = any.clone();
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, label)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{label}</option> }
        })
        .collect();
    view! {
        <select class="select select--narrow" name=name aria-label=label>
            <option value="">{any}</option>
            {options}
        </select>
    }
}

fn rows(lang: Lang, found: Paged<ClassRow>, cx: &Cx, narrowed: bool, may_open: bool) -> AnyView {
    if found.rows.is_empty() && narrowed {
        return view! {
            <EmptyState title=t!(lang, "classes-none-found") text=t!(lang, "classes-none-found-text")>
                <ButtonLink href="/desk/classes" label=t!(lang, "classes-show-all")/>
            </EmptyState>
        }
        .into_any();
    }
    if found.rows.is_empty() {
        let key = if may_open { "classes-none-text" } else { "classes-none-staff-text" };
        let next = may_open.then(|| view! { <ButtonLink href="/desk/classes/new" label=t!(lang, "classes-new")/> });
        return view! { <EmptyState title=t!(lang, "classes-none") text=t!(lang, key) icon=IconName::School>{next}</EmptyState> }.into_any();
    }
    let newer = found.before.as_ref().map(|key| neighbour(cx, "before", key));
    let older = found.after.as_ref().map(|key| neighbour(cx, "after", key));
    let lines: Vec<_> = found.rows.into_iter().map(|class| row(lang, class)).collect();
    view! {
        <TableWrap label=t!(lang, "classes-title")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "classes-class")}</th>
                        <th scope="col">{t!(lang, "classes-school")}</th>
                        <th scope="col">{t!(lang, "classes-state")}</th>
                        <th scope="col">{t!(lang, "classes-dates")}</th>
                        <th scope="col" class="num">{t!(lang, "classes-approved")}</th>
                        <th scope="col" class="num">{t!(lang, "classes-submitted")}</th>
                        <th scope="col" class="num">{t!(lang, "classes-waitlisted")}</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </TableWrap>
        <Pager newer=newer older=older/>
    }
    .into_any()
}

/// This list on its next or its previous page.
fn neighbour(cx: &Cx, way: &str, key: &str) -> String {
    let plain = crate::request::with_query(&cx.uri, "after", None).parse().unwrap_or_default();
    let plain = crate::request::with_query(&plain, "before", None).parse().unwrap_or_default();
    crate::request::with_query(&plain, way, Some(key))
}

fn row(lang: Lang, class: ClassRow) -> impl IntoView {
    let school = lang.pick(&class.school_zh, &class.school_en).to_owned();
    let title = format!(
        "{}{}",
        class.title,
        if class.term.is_empty() {
            String::new()
        } else {
            format!("（{}）", class.term)
        }
    );
    view! {
        <tr>
            <th scope="row"><a href=format!("/desk/classes/{}", class.id)>{title}</a></th>
            <td data-label=t!(lang, "classes-school")>{school}</td>
            <td data-label=t!(lang, "classes-state")>{state_badge(lang, class.state)}</td>
            <td data-label=t!(lang, "classes-dates")>{days(lang, class.starts_at, class.ends_at)}</td>
            <td class="num" data-label=t!(lang, "classes-approved")>{format!("{} / {}", class.approved, class.capacity)}</td>
            <td class="num" data-label=t!(lang, "classes-submitted")>{class.submitted}</td>
            <td class="num" data-label=t!(lang, "classes-waitlisted")>{class.waitlisted}</td>
        </tr>
    }
}
