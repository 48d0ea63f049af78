//! What is kept about oneself, and what the city does for somebody who asks.

use axum::Router;
use axum::extract::{Extension, Path};
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

use super::policy::{self, HandOverPermit};
use super::rules::{Obligation, Reason};
use super::store;
use crate::accounts::pages::own_tabs;
use crate::accounts::store::PersonBrief;
use crate::accounts::store::throttle::{self, Counter};
use crate::error::AppError;
use crate::firms::pages::region_name;
use crate::i18n::Lang;
use crate::people::policy::{Subject, visible_to};
use crate::people::store::{is_erased, visible};
use crate::request::Cx;
use crate::respond::download;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, Hidden, SelectField, Submit, TextField};
use crate::ui::{ButtonLink, Card, Choice, Confirm, Crumbs, Facts, IconName, Notice, NoticeTone, PageHeader, Tone, time};

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/me/data", page(own))
        .route("/city/people/{id}/data", page(of_person))
}

/// Files. A POST, since handing data over leaves a trace.
pub fn endpoints() -> Router {
    Router::new()
        .route("/me/data/download", post(hand_over_own))
        .route("/city/people/{id}/data/download", post(hand_over))
}

/// `/me/data`
async fn own(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    cx.actor()?;
    let title = t!(lang, "privacy-own-title");
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "privacy-own-lead")/>
        {own_tabs(&cx)}
        <Card title=t!(lang, "privacy-kept")>
            {kept(lang)}
            <form method="post" action="/me/data/download">
                <Submit label=t!(lang, "privacy-download") icon=IconName::Download/>
            </form>
            <p class="muted">{t!(lang, "privacy-download-text")}</p>
        </Card>
        <Card title=t!(lang, "privacy-erase-title")>
            <p>{t!(lang, "privacy-erase-own")}</p>
        </Card>
    };
    Ok(Page::new(title, body))
}

fn kept(lang: Lang) -> impl IntoView {
    let lines = [
        "privacy-kept-profile",
        "privacy-kept-training",
        "privacy-kept-trail",
        "privacy-kept-evaluation",
    ];
    let lines = lines.map(|key| view! { <li>{t!(lang, key)}</li> }).into_iter().collect_view();
    view! { <ul>{lines}</ul> }
}

/// The person of this page, whom only the city looks after here.
async fn found(cx: &Cx, id: &str) -> Result<(PersonBrief, Subject, HandOverPermit), AppError> {
    let actor = cx.actor()?;
    let scope = visible_to(actor).filter(|_| actor.is_city()).ok_or(AppError::Forbidden)?;
    let (person, subject) = visible(&cx.app.db, &scope, id.parse().map_err(|_| AppError::NotFound)?).await?;
    let permit = policy::can_hand_over(actor, &subject).ok_or(AppError::Forbidden)?;
    Ok((person, subject, permit))
}

/// `/city/people/{id}/data`
async fn of_person(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let id: String = cx.param("id")?;
    let (person, subject, _) = found(&cx, &id).await?;
    let is_erased = is_erased(&cx.app.db, person.id).await?;
    let regions = cx.regions().await?;
    let unknown = || t!(lang, "firms-unknown");
    let facts = vec![
        (t!(lang, "people-name"), person.name.clone()),
        (t!(lang, "people-phone"), person.phone.clone().unwrap_or_else(unknown)),
        (t!(lang, "people-county"), region_name(lang, &regions, &person.region)),
        (t!(lang, "firms-firm"), person.firm_name.clone().unwrap_or_else(unknown)),
    ];
    let obligations = store::obligations(&cx.app.db, cx.now, person.id).await?;
    let may_erase = policy::can_erase(cx.actor()?, &subject).is_some();
    let title = t!(lang, "privacy-person-title");
    let to = format!("/city/people/{}/data/download", person.id);
    let trail = format!("/city/audit?subject=person:{}", person.id);
    let erase = if is_erased {
        view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "privacy-erased-already")}</p></Notice> }.into_any()
    } else {
        erase_card(&cx, &person, &obligations, may_erase).into_any()
    };
    let crumbs = vec![
        ("/desk/people".to_owned(), t!(lang, "people-title")),
        (format!("/desk/people/{}", person.id), person.name.clone()),
    ];
    let body = view! {
        <Crumbs items=crumbs/>
        <ErrorSummary form=cx.form("erase-person")/>
        <PageHeader title=title.clone() caption=person.name.clone() lead=t!(lang, "privacy-person-lead")>
            <ButtonLink href=trail label=t!(lang, "trail-title") icon=IconName::History/>
        </PageHeader>
        <Facts items=facts/>
        <Card title=t!(lang, "privacy-hand-over")>
            <p>{t!(lang, "privacy-hand-over-text")}</p>
            <form method="post" action=to><Submit label=t!(lang, "privacy-download") tone=Tone::Plain icon=IconName::Download/></form>
        </Card>
        {erase}
    };
    Ok(Page::new(title, body))
}

fn erase_card(cx: &Cx, person: &PersonBrief, obligations: &[Obligation], may_erase: bool) -> impl IntoView + use<> {
    let lang = cx.lang;
    let form = cx.form("erase-person");
    let standing = obligations
        .iter()
        .map(|obligation| view! { <li>{t!(lang, &format!("privacy-obligation-{}", obligation.as_str()))}</li> })
        .collect_view();
    let obliged = (!obligations.is_empty()).then(|| {
        view! { <Notice tone=NoticeTone::Warning title=t!(lang, "privacy-first")><ul>{standing}</ul></Notice> }
    });
    let oneself = (!may_erase).then(|| view! { <p>{t!(lang, "privacy-not-oneself")}</p> });
    let reasons = Reason::ALL
        .iter()
        .map(|reason| Choice::new(reason.as_str(), t!(lang, &format!("privacy-reason-{}", reason.as_str()))))
        .collect::<Vec<_>>();
    let choices = std::iter::once(Choice::new("", t!(lang, "privacy-choose")))
        .chain(reasons)
        .collect::<Vec<_>>();
    let id = person.id.to_string();
    let name = person.name.clone();
    let act = (may_erase && obligations.is_empty()).then(|| {
        let open = !form.is_clean();
        view! {
            <form method="post" action="/api/erase_person">
                <Hidden name="person" value=id/>
                <Confirm label=t!(lang, "privacy-erase") title=t!(lang, "privacy-erase-sure", name = name.clone()) text=t!(lang, "privacy-erase-text")
                    yes_label=t!(lang, "privacy-erase-yes") open=open>
                    <SelectField form=&form name="reason" label=t!(lang, "privacy-reason") options=choices/>
                    <TextField form=&form name="confirm_name" label=t!(lang, "privacy-confirm-name", name = name) autocomplete="off" maxlength="40"/>
                </Confirm>
            </form>
        }
    });
    view! {
        <Card title=t!(lang, "privacy-erase-title")>
            <p>{t!(lang, "privacy-erase-what")}</p>
            {obliged}
            {oneself}
            {act}
        </Card>
    }
}

async fn hand_over_own(Extension(cx): Extension<Cx>) -> Response {
    let made = async { hand(&cx, &policy::own(cx.actor()?)).await }.await;
    send(&cx, made)
}

async fn hand_over(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let made = async { hand(&cx, &found(&cx, &id).await?.2).await }.await;
    send(&cx, made)
}

/// Gathers and notes it. Gathering looks through whole tables, so that it is counted.
async fn hand(cx: &Cx, permit: &HandOverPermit) -> Result<Vec<u8>, AppError> {
    throttle::count(&cx.app, cx.now, &[Counter::hand_over(&cx.app, permit.by())]).await?;
    let everything = store::everything(&cx.app.db, cx.now, permit).await?;
    let mut tx = cx.app.db.begin().await?;
    store::note_handed_over(&mut tx, &cx.app, cx.now, permit).await?;
    tx.commit().await?;
    serde_json::to_vec_pretty(&everything).map_err(|error| AppError::internal(&error))
}

fn send(cx: &Cx, made: Result<Vec<u8>, AppError>) -> Response {
    let name = format!("{} {}", t!(cx.lang, "privacy-file"), time::day(cx.lang, time::day_of(cx.now)));
    download(cx, &name, ("json", "application/json"), made)
}
