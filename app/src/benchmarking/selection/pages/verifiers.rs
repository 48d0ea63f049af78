//! Who verifies which pilot firm.

use leptos::prelude::*;

use super::{CohortView, category_word, cohort_head, county, may_run};
use crate::accounts::rules::search_words;
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::selection::store::{self, Assigned, Cohort, Verifier};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{CohortId, PersonId, PilotId};
use crate::paging::{Paged, Step};
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    ButtonLink, CheckboxField, Choice, Crumbs, EmptyState, ErrorSummary, FormState, Hidden, IconName, PageHeader, Pager, SearchBox, SelectField,
    Submit, TableWrap, TextArea, TextField, Tone,
};

/// `/city/cohorts/{id}/verifiers`
pub(super) async fn list(cx: Cx) -> Result<Page, AppError> {
    may_run(&cx)?;
    let lang = cx.lang;
    let db = &cx.app.db;
    let cohort = store::cohort(db, cx.param::<CohortId>("id")?).await?;
    let words = search_words(&cx.query("q").unwrap_or_default());
    let without = cx.query("show").as_deref() == Some("without");
    let firms = store::assignments(db, cohort.id, &words, without, Step::of(&cx)).await?;
    let people = store::verifiers(db, cohort.id, &search_words(&cx.query("who").unwrap_or_default())).await?;
    let regions = cx.regions().await?;
    let form = cx.form("assign-verifiers");
    let body = view! {
        <ErrorSummary form=form.clone()/>
        {cohort_head(lang, &cohort, CohortView::Verifiers, None)}
        {search(&cx, &cohort, without)}
        {assigning(&cx, &cohort, &form, &firms, people, &regions)}
    };
    Ok(Page::new(format!("{} · {}", t!(lang, "selection-tab-verifiers"), cohort.name), body))
}

fn search(cx: &Cx, cohort: &Cohort, without: bool) -> impl IntoView + use<> {
    let lang = cx.lang;
    let shown = vec![
        Choice::new("", t!(lang, "selection-show-every-firm")),
        Choice::new("without", t!(lang, "selection-show-without")),
    ];
    let chosen = without.then_some("without");
    let who = cx.query("who");
    view! {
        <div class="toolbar">
            <SearchBox name="q" value=cx.query("q") label=t!(lang, "selection-search") action=format!("/city/cohorts/{}/verifiers", cohort.id)>
                <TextField form=FormState::default() name="who" label=t!(lang, "selection-search-verifier") value=who kind="search" width="12"/>
                <SelectField form=FormState::default() name="show" label=t!(lang, "selection-show") options=shown value=chosen width="12"/>
            </SearchBox>
        </div>
    }
}

fn assigning(cx: &Cx, cohort: &Cohort, form: &FormState, firms: &Paged<Assigned>, people: Vec<Verifier>, regions: &[RegionName]) -> AnyView {
    let lang = cx.lang;
    if firms.rows.is_empty() {
        let nominations = format!("/city/cohorts/{}/nominations", cohort.id);
        return view! {
            <EmptyState title=t!(lang, "selection-no-pilots") text=t!(lang, "selection-no-pilots-text") icon=IconName::Firm>
                <ButtonLink href=nominations label=t!(lang, "selection-tab-nominations")/>
            </EmptyState>
        }
        .into_any();
    }
    let (newer, older) = firms.links(cx, |row| row.pilot.to_string());
    let is_live = cohort.state.is_live();
    let table = table(lang, cohort, form, &firms.rows, regions, is_live);
    if !is_live {
        return view! { {table} <Pager newer=newer older=older/> }.into_any();
    }
    view! {
        <form method="post" action="/api/assign_verifiers" class="roster">
            <Hidden name="cohort" value=cohort.id.to_string()/>
            {table}
            {choice(lang, form, people, regions)}
        </form>
        <Pager newer=newer older=older/>
    }
    .into_any()
}

/// The verifiers to tick, and the button.
fn choice(lang: Lang, form: &FormState, people: Vec<Verifier>, regions: &[RegionName]) -> AnyView {
    if people.is_empty() {
        return view! {
            <EmptyState title=t!(lang, "selection-no-verifiers") text=t!(lang, "selection-no-verifiers-text") icon=IconName::People>
                <ButtonLink href="/desk/people" label=t!(lang, "selection-to-people")/>
            </EmptyState>
        }
        .into_any();
    }
    let options = people
        .into_iter()
        .map(|person| {
            let firms = t!(lang, "selection-verifier-firms", n = person.firms);
            let hint = format!("{} · {firms}", county(lang, regions, &person.region));
            Choice::new(person.id.to_string(), person.name).with_hint(hint)
        })
        .collect();
    view! {
        <div class="card stack">
            <CheckboxField form=form.clone() name="people[]" label=t!(lang, "selection-verifiers") hint=t!(lang, "selection-verifiers-hint") options=options/>
            <Submit label=t!(lang, "selection-assign") tone=Tone::Main/>
        </div>
    }
    .into_any()
}

fn table(lang: Lang, cohort: &Cohort, form: &FormState, rows: &[Assigned], regions: &[RegionName], is_live: bool) -> impl IntoView + use<> {
    let rows = rows
        .iter()
        .map(|row| {
            let ticked = form.has("pilots[]", &row.pilot.to_string());
            line(lang, cohort, row, regions, is_live.then_some(ticked))
        })
        .collect_view();
    let tick_head = is_live.then(|| view! { <th scope="col"><span class="visually-hidden">{t!(lang, "selection-tick")}</span></th> });
    view! {
        <TableWrap label=t!(lang, "selection-tab-verifiers")>
            <table class="table table--stack" id="field-pilots">
                <thead><tr>
                    {tick_head}
                    <th scope="col">{t!(lang, "selection-firm")}</th>
                    <th scope="col">{t!(lang, "selection-county")}</th>
                    <th scope="col">{t!(lang, "selection-category")}</th>
                    <th scope="col">{t!(lang, "selection-tab-verifiers")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

fn line(lang: Lang, cohort: &Cohort, row: &Assigned, regions: &[RegionName], ticked: Option<bool>) -> impl IntoView + use<> {
    let id = row.pilot.to_string();
    let is_live = ticked.is_some();
    let tick = ticked.map(|ticked| {
        let label = t!(lang, "selection-tick-one", firm = row.firm.clone());
        let id = id.clone();
        view! { <td><label class="pick"><input class="check" type="checkbox" name="pilots[]" value=id checked=ticked aria-label=label/></label></td> }
    });
    let people = row
        .people
        .iter()
        .map(|(person, name)| {
            let href = format!("/city/cohorts/{}/verifiers/{id}/{person}", cohort.id);
            let label = t!(lang, "selection-unassign-one", name = name.clone());
            let take = is_live.then(|| view! { " "<a class="small" href=href aria-label=label>{t!(lang, "selection-unassign-short")}</a> });
            view! { <li>{name.clone()}{take}</li> }
        })
        .collect_view();
    let people = if row.people.is_empty() {
        view! { <span class="muted">{t!(lang, "selection-nobody-assigned")}</span> }.into_any()
    } else {
        view! { <ul class="plain">{people}</ul> }.into_any()
    };
    view! {
        <tr>
            {tick}
            <th scope="row"><a href=format!("/desk/nominations/{id}")>{row.firm.clone()}</a></th>
            <td data-label=t!(lang, "selection-county") class="nowrap">{county(lang, regions, &row.region)}</td>
            <td data-label=t!(lang, "selection-category")>{category_word(lang, &row.category)}</td>
            <td data-label=t!(lang, "selection-tab-verifiers")>{people}</td>
        </tr>
    }
}

/// `/city/cohorts/{id}/verifiers/{pilot}/{person}`: the question before an assignment is taken back.
pub(super) async fn unassign(cx: Cx) -> Result<Page, AppError> {
    may_run(&cx)?;
    let lang = cx.lang;
    let cohort = store::cohort(&cx.app.db, cx.param::<CohortId>("id")?).await?;
    let (pilot, _) = pilot_of(&cx).await?;
    let person: PersonId = cx.param("person")?;
    let name = store::assigned_name(&cx.app.db, cohort.id, pilot.id, person).await?;
    let form = cx.form("unassign-verifier");
    let back = format!("/city/cohorts/{}/verifiers", cohort.id);
    let title = t!(lang, "selection-unassign");
    let body = view! {
        <Crumbs items=vec![(back, cohort.name)]/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() lead=t!(lang, "selection-unassign-lead", name = name, firm = pilot.firm_name)/>
        <form method="post" action="/api/unassign_verifier" class="form">
            <Hidden name="pilot" value=PilotId::to_string(&pilot.id)/>
            <Hidden name="person" value=person.to_string()/>
            <TextArea form=form.clone() name="why" label=t!(lang, "selection-why") rows="3" maxlength="300"/>
            <Submit label=t!(lang, "selection-unassign-yes") tone=Tone::Danger/>
        </form>
    };
    Ok(Page::new(title, body))
}
