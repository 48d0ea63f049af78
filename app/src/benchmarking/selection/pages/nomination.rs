//! One nomination: what was said of the firm, what can be done now, and everything that happened; and its substitution.

use axum::extract::{Extension, Multipart, Path};
use axum::response::Response;
use leptos::prelude::*;

use super::{Reasoned, category_word, county, desk_scope, may_run, state_badge};
use crate::accounts::rules::search_words;
use crate::benchmarking::files::{Kept, MOST_MB, Upload};
use crate::benchmarking::pages::history_list;
use crate::benchmarking::pages::pilot_of;
use crate::benchmarking::rules::PilotState;
use crate::benchmarking::selection::rules::{CohortState, MOST_DOCUMENTS, Step};
use crate::benchmarking::selection::store::{self, Cohort, Document, Row};
use crate::benchmarking::store::{Pilot, history, seen};
use crate::error::{AppError, Problem};
use crate::i18n::Lang;
use crate::ids::PilotId;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::respond::{Done, upload_action};
use crate::shell::Page;
use crate::t;
use crate::ui::{
    ButtonLink, Choice, Confirm, Crumbs, EmptyState, ErrorSummary, Facts, FormState, Hidden, IconName, Notice, NoticeTone, PageHeader, RadioField,
    SearchBox, Submit, TextArea, TextField, Tone, time,
};

fn crumbs(cx: &Cx, cohort: &Cohort) -> Vec<(String, String)> {
    let lang = cx.lang;
    if cx.actor.as_ref().is_some_and(crate::accounts::Actor::is_city) {
        return vec![
            ("/city/cohorts".to_owned(), t!(lang, "selection-cohorts")),
            (format!("/city/cohorts/{}/nominations", cohort.id), cohort.name.clone()),
        ];
    }
    vec![
        ("/desk".to_owned(), t!(lang, "nav-desk")),
        ("/desk/nominations".to_owned(), t!(lang, "selection-desk-title")),
    ]
}

/// `/desk/nominations/{pilot}`
pub(super) async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    standing.can_check().ok_or(AppError::Forbidden)?;
    let cohort = store::cohort(&cx.app.db, pilot.cohort_id).await?;
    let regions = cx.regions().await?;
    let lines = history(&cx.app.db, pilot.id).await?;
    let documents = store::documents(&cx.app.db, pilot.id).await?;
    let is_city = standing.is_city();
    let title = pilot.firm_name.clone();
    let go_on = pilot.state().holds_a_place().then(|| {
        let href = format!("/firm/{}", pilot.id);
        view! { <ButtonLink href=href label=t!(lang, "selection-to-pilot") icon=IconName::Arrow/> }
    });
    let places = (is_city && pilot.state() == PilotState::Screened).then(|| super::mix_meters(&cx, &cohort));
    let places = match places {
        Some(meters) => Some(meters.await?),
        None => None,
    };
    let act = cohort.state.is_live().then(|| actions(&cx, &pilot, &cohort, is_city));
    let body = view! {
        <Crumbs items=crumbs(&cx, &cohort)/>
        {["decide-nominations", "withdraw-pilot", "nomination-document"].map(|name| view! { <ErrorSummary form=cx.form(name)/> })}
        <PageHeader title=title.clone() caption=cohort.name.clone()>{go_on}</PageHeader>
        <p>{state_badge(lang, pilot.state())}</p>
        {closed_note(lang, &cohort)}
        <Facts items=facts(lang, &regions, &pilot)/>
        <section class="stack" aria-labelledby="reasons">
            <h2 id="reasons">{t!(lang, "selection-reasons")}</h2>
            <p class="prose">{pilot.reasons.clone()}</p>
        </section>
        <section class="stack" aria-labelledby="documents">
            <h2 id="documents">{t!(lang, "selection-documents")}</h2>
            {document_list(&cx, &pilot, &cohort, documents)}
        </section>
        {places}
        {act}
        <section class="stack" aria-labelledby="history">
            <h2 id="history">{t!(lang, "selection-history")}</h2>
            {history_list(lang, &lines)}
        </section>
    };
    Ok(Page::new(title, body))
}

fn closed_note(lang: Lang, cohort: &Cohort) -> Option<impl IntoView + use<>> {
    (cohort.state == CohortState::Closed).then(|| view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "selection-cohort-is-closed")}</p></Notice> })
}

fn facts(lang: Lang, regions: &[RegionName], pilot: &Pilot) -> Vec<(String, String)> {
    let mut facts = vec![
        (t!(lang, "selection-county"), county(lang, regions, &pilot.region)),
        (t!(lang, "selection-category"), category_word(lang, &pilot.category)),
        (t!(lang, "selection-nominated-on"), time::date_time(lang, pilot.nominated_at)),
    ];
    if let Some(at) = pilot.chosen_at {
        facts.push((t!(lang, "selection-chosen-on"), time::date_time(lang, at)));
    }
    if let Some(stage) = pilot.stage() {
        facts.push((t!(lang, "selection-stage"), t!(lang, &format!("bench-stage-{}", stage.as_str()))));
    }
    facts
}

/// The documents; until the firm is screened they come and go.
fn document_list(cx: &Cx, pilot: &Pilot, cohort: &Cohort, documents: Vec<Document>) -> impl IntoView + use<> {
    let lang = cx.lang;
    let may_change = pilot.state() == PilotState::Nominated && cohort.state.is_live();
    let is_full = i64::try_from(documents.len()).unwrap_or(i64::MAX) >= MOST_DOCUMENTS;
    let list = if documents.is_empty() {
        view! { <p class="muted">{t!(lang, "selection-no-documents")}</p> }.into_any()
    } else {
        let rows = documents
            .into_iter()
            .map(|document| document_line(lang, pilot, document, may_change))
            .collect_view();
        view! { <ul class="documents">{rows}</ul> }.into_any()
    };
    let form = cx.form("nomination-document");
    let add = (may_change && !is_full).then(|| {
        let action = format!("/desk/nominations/{}/documents", pilot.id);
        let hint = t!(lang, "selection-document-hint", most = MOST_MB, n = MOST_DOCUMENTS);
        view! {
            <form method="post" action=action enctype="multipart/form-data" class="form">
                <TextField form=form name="file" kind="file" label=t!(lang, "selection-document-add") hint=hint accept=".pdf,.png,.jpg,.jpeg,.webp,.doc,.docx,.xls,.xlsx,.ppt,.pptx"/>
                <Submit label=t!(lang, "selection-document-send") tone=Tone::Plain icon=IconName::Upload/>
            </form>
        }
    });
    view! { {list} {add} }
}

fn document_line(lang: Lang, pilot: &Pilot, document: Document, may_change: bool) -> impl IntoView + use<> {
    let href = format!("/firm/{}/files/{}", pilot.id, document.id);
    let about = t!(
        lang,
        "selection-document-about",
        size = document.kilobytes(),
        at = time::date(lang, document.uploaded_at)
    );
    let remove = may_change.then(|| {
        let (id, file) = (pilot.id.to_string(), document.id.to_string());
        let title = t!(lang, "selection-document-remove-title", name = document.name.clone());
        view! {
            <form method="post" action="/api/remove_nomination_document">
                <Confirm label=t!(lang, "selection-document-remove") title=title yes_label=t!(lang, "selection-document-remove-yes")>
                    <Hidden name="pilot" value=id/>
                    <Hidden name="file" value=file/>
                </Confirm>
            </form>
        }
    });
    view! {
        <li>
            <a href=href download="">{document.name}</a>" "<span class="muted small">{about}</span>
            {remove}
        </li>
    }
}

/// Takes a document that comes with a nomination.
pub(super) async fn receive(Extension(cx): Extension<Cx>, Path(pilot): Path<String>, form: Multipart) -> Response {
    let work = async {
        let id: PilotId = pilot.parse().map_err(|_| AppError::NotFound)?;
        let (_, standing) = seen(&cx.app.db, cx.actor()?, id).await?;
        let permit = standing.can_check().ok_or(AppError::Forbidden)?;
        let (name, bytes) = Upload::read(form).await.file()?;
        let kept = Kept::of(&cx.app, &name, bytes).await?;
        let mut tx = cx.app.db.begin().await?;
        store::attach(&mut tx, &cx.app, cx.now, &permit, &kept).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/desk/nominations/{id}")).saying(Problem::new("selection-document-added")))
    };
    upload_action(&cx, "nomination-document", work).await
}

/// What can be done with a firm in this state, by whoever looks.
fn actions(cx: &Cx, pilot: &Pilot, cohort: &Cohort, is_city: bool) -> impl IntoView + use<> {
    let lang = cx.lang;
    let state = pilot.state();
    let edit = (state == PilotState::Nominated).then(|| {
        let href = format!("/desk/nominations/{}/edit", pilot.id);
        view! { <ButtonLink href=href label=t!(lang, "selection-edit") icon=IconName::Edit/> }
    });
    let city = is_city.then(|| city_actions(cx, pilot, cohort));
    let withdraw = Step::Withdraw.is_open_to(state).then(|| withdraw_form(cx, pilot));
    view! { <div class="actions">{city} {edit} {withdraw}</div> }
}

fn withdraw_form(cx: &Cx, pilot: &Pilot) -> impl IntoView + use<> {
    let lang = cx.lang;
    let of = |part: &str| match pilot.state() {
        PilotState::Chosen => t!(lang, &format!("selection-withdraw-{part}")),
        _ => t!(lang, &format!("selection-takeback-{part}")),
    };
    let ask = Reasoned {
        form: "withdraw-pilot",
        action: "withdraw_pilot",
        open: of("open"),
        text: of("text"),
        yes: of("yes"),
    };
    ask.show(cx, vec![("pilot", pilot.id.to_string())])
}

fn city_actions(cx: &Cx, pilot: &Pilot, cohort: &Cohort) -> impl IntoView + use<> {
    let lang = cx.lang;
    let state = pilot.state();
    let sent = |decision: &'static str| {
        vec![
            ("cohort", cohort.id.to_string()),
            ("ids[]", pilot.id.to_string()),
            ("decision", decision.to_owned()),
        ]
    };
    let button = |decision: &'static str, label: String, icon| {
        let fields = sent(decision)
            .into_iter()
            .map(|(name, value)| view! { <Hidden name=name value=value/> })
            .collect_view();
        view! { <form method="post" action="/api/decide_nominations">{fields}<Submit label=label icon=icon/></form> }
    };
    let pass = Step::Pass
        .is_open_to(state)
        .then(|| button("pass", t!(lang, "selection-pass"), IconName::Check));
    let choose = Step::Choose
        .is_open_to(state)
        .then(|| button("choose", t!(lang, "selection-choose"), IconName::Flag));
    let decline = Step::Decline.is_open_to(state).then(|| {
        let ask = Reasoned {
            form: "decide-nominations",
            action: "decide_nominations",
            open: t!(lang, "selection-decline-open"),
            text: t!(lang, "selection-decline-text"),
            yes: t!(lang, "selection-decline-yes"),
        };
        ask.show(cx, sent("decline"))
    });
    let replace = Step::Leave.is_open_to(state).then(|| {
        let href = format!("/desk/nominations/{}/substitute", pilot.id);
        view! { <ButtonLink href=href label=t!(lang, "selection-substitute") icon=IconName::Refresh/> }
    });
    let undo = Step::Undo.is_open_to(state).then(|| {
        let id = pilot.id.to_string();
        view! {
            <form method="post" action="/api/undo_choice">
                <Confirm label=t!(lang, "selection-undo-open") title=t!(lang, "selection-undo-title") text=t!(lang, "selection-undo-text") yes_label=t!(lang, "selection-undo-yes")>
                    <Hidden name="pilot" value=id/>
                </Confirm>
            </form>
        }
    });
    view! { {pass} {choose} {replace} {decline} {undo} }
}

/// `/desk/nominations/{pilot}/substitute`
pub(super) async fn substitute(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, _) = pilot_of(&cx).await?;
    may_run(&cx)?;
    if !Step::Leave.is_open_to(pilot.state()) {
        return Err(AppError::NotFound);
    }
    let cohort = store::cohort(&cx.app.db, pilot.cohort_id).await?;
    let words = search_words(&cx.query("q").unwrap_or_default());
    let rows = store::candidates(&cx.app.db, &desk_scope(&cx)?, pilot.cohort_id, &words).await?;
    let regions = cx.regions().await?;
    let form = cx.form("substitute");
    let mut crumbs = crumbs(&cx, &cohort);
    crumbs.push((format!("/desk/nominations/{}", pilot.id), pilot.firm_name.clone()));
    let title = t!(lang, "selection-substitute");
    let list = if rows.is_empty() {
        view! {
            <EmptyState title=t!(lang, "selection-no-candidates") text=t!(lang, "selection-no-candidates-text") icon=IconName::Firm>
                <ButtonLink href=format!("/desk/nominations/new?cohort={}", cohort.id) label=t!(lang, "selection-nominate")/>
            </EmptyState>
        }
        .into_any()
    } else {
        substitute_form(lang, &form, &pilot, rows, &regions).into_any()
    };
    let body = view! {
        <Crumbs items=crumbs/>
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() lead=t!(lang, "selection-substitute-lead", firm = pilot.firm_name.clone()) caption=cohort.name.clone()/>
        <SearchBox name="q" value=cx.query("q") label=t!(lang, "selection-search") action=format!("/desk/nominations/{}/substitute", pilot.id)/>
        {list}
    };
    Ok(Page::new(title, body))
}

fn substitute_form(lang: Lang, form: &FormState, pilot: &Pilot, rows: Vec<Row>, regions: &[RegionName]) -> impl IntoView + use<> {
    let options = rows
        .into_iter()
        .map(|row| {
            let state = t!(lang, &format!("selection-state-{}", row.state().as_str()));
            let place = county(lang, regions, &row.region);
            let hint = format!("{place} · {} · {state}", category_word(lang, &row.category));
            Choice::new(row.id.to_string(), row.firm_name).with_hint(hint)
        })
        .collect();
    view! {
        <form method="post" action="/api/substitute_pilot" class="form">
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <RadioField form=form.clone() name="coming" label=t!(lang, "selection-coming") options=options/>
            <TextArea form=form.clone() name="why" label=t!(lang, "selection-why") rows="3" maxlength="300"/>
            <Submit label=t!(lang, "selection-substitute-yes") tone=Tone::Danger/>
        </form>
    }
}
