//! The entrepreneur's pages: applying in one screen, and one's own enrolments.

use leptos::prelude::*;

use super::parts::{RegionNames, next_step, standing, state_badge};
use crate::accounts::pages::own_tabs;
use crate::accounts::store::{PersonBrief, person};
use crate::classes::{Class, ClassState, store as classes};
use crate::enrolment::policy;
use crate::enrolment::rules::EnrolmentState;
use crate::enrolment::store::{self, Enrolment, OwnEnrolment};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::ClassId;
use crate::request::Cx;
use crate::respond::sentence;
use crate::shell::Page;
use crate::t;
use crate::ui::time::{date, date_time};
use crate::ui::{
    ButtonLink, Card, Confirm, Crumbs, EmptyState, ErrorSummary, Facts, FormState, Hidden, IconName, Notice, NoticeTone, PageHeader, Submit, TextArea,
};

/// `/classes/{id}/enrol`
pub async fn enrol(cx: Cx) -> Result<Page, AppError> {
    let actor = cx.actor()?;
    let lang = cx.lang;
    let class = classes::class(&cx.app.db, cx.param::<ClassId>("id")?).await?;
    if class.state == ClassState::Draft {
        return Err(AppError::NotFound);
    }
    let live = store::live_enrolment(&cx.app.db, class.id, actor.person).await?;
    let crumbs = vec![(format!("/classes/{}", class.id), class.title.clone())];
    let title = t!(lang, "enrolment-title");
    let body = if let Some(enrolment) = live {
        let place = store::place(&cx.app.db, &enrolment).await?;
        state_panel(&cx, &class, &enrolment, place).into_any()
    } else {
        let me = person(&cx.app.db, actor.person).await?;
        let names = RegionNames::load(&cx).await?;
        let forecast = store::forecast(&cx.app.db, class.clone(), cx.now, &policy::can_enrol_self(actor), &actor.region).await;
        application(&cx, &class, &me, &names, forecast)?.into_any()
    };
    let body = view! {
        <Crumbs items=crumbs/>
        <ErrorSummary form=cx.form("enrol")/>
        <ErrorSummary form=cx.form("withdraw")/>
        <PageHeader title=title.clone() caption=class.title.clone() lead=class.starts_at.map(|at| date_time(lang, at))/>
        {body}
    };
    Ok(Page::new(title, body))
}

/// State in words, the place in the queue, what happens next, and the way out.
fn state_panel(cx: &Cx, class: &Class, enrolment: &Enrolment, place: Option<i64>) -> impl IntoView + use<> {
    let lang = cx.lang;
    let tone = if enrolment.state == EnrolmentState::Approved {
        NoticeTone::Success
    } else {
        NoticeTone::Info
    };
    let cutoff = class
        .cutoff_at
        .filter(|_| enrolment.state == EnrolmentState::Waitlisted)
        .map(|at| view! { <p>{t!(lang, "enrolment-cutoff", at = date_time(lang, at))}</p> });
    let id = enrolment.id.to_string();
    let (title, next) = (standing(lang, enrolment.state, place), next_step(lang, enrolment.state));
    let withdraw = withdraw_form(lang, &id, &class.title, &cx.form("withdraw"));
    view! {
        <Notice tone=tone title=title>
            <p>{next}</p>
            {cutoff}
        </Notice>
        <div class="actions">
            <ButtonLink href=format!("/classes/{}", class.id) label=t!(lang, "enrolment-to-class")/>
            <ButtonLink href="/me/enrolments" label=t!(lang, "enrolment-mine")/>
        </div>
        {withdraw}
    }
}

fn withdraw_form(lang: Lang, id: &str, title: &str, form: &FormState) -> impl IntoView + use<> {
    let form = if form.value("enrolment") == Some(id) {
        form.clone()
    } else {
        FormState::default()
    };
    let id = id.to_owned();
    let of = id.clone();
    view! {
        <form method="post" action="/api/withdraw_enrolment">
            <Hidden name="enrolment" value=id/>
            <Confirm
                label=t!(lang, "enrolment-withdraw")
                title=t!(lang, "enrolment-withdraw-title", class = title.to_owned())
                text=t!(lang, "enrolment-withdraw-text")
                yes_label=t!(lang, "enrolment-withdraw-yes")
            >
                <TextArea form=form name="note" label=t!(lang, "enrolment-why") rows="2" maxlength="200" optional=true of=of/>
            </Confirm>
        </form>
    }
}

type Forecast = Result<(EnrolmentState, Option<i64>), AppError>;

/// Who applies and what will happen, then one button.
fn application(cx: &Cx, class: &Class, me: &PersonBrief, names: &RegionNames, forecast: Forecast) -> Result<impl IntoView + use<>, AppError> {
    let lang = cx.lang;
    let facts = vec![
        (t!(lang, "enrolment-name"), me.name.clone()),
        (t!(lang, "enrolment-phone"), me.phone.clone().unwrap_or_default()),
        (
            t!(lang, "enrolment-firm"),
            me.firm_name.clone().unwrap_or_else(|| t!(lang, "enrolment-no-firm")),
        ),
        (t!(lang, "enrolment-county"), names.of(&me.region)),
    ];
    let form = match forecast {
        Ok((state, place)) => {
            let key = match state {
                EnrolmentState::Approved => "enrolment-forecast-approved",
                EnrolmentState::Waitlisted => "enrolment-forecast-waitlisted",
                _ => "enrolment-forecast-submitted",
            };
            let closes = class
                .enrol_closes_at
                .map(|at| view! { <p class="muted">{t!(lang, "enrolment-closes", at = date_time(lang, at))}</p> });
            view! {
                <Notice tone=NoticeTone::Info title=t!(lang, "enrolment-forecast")>
                    <p>{t!(lang, key, place = place.unwrap_or(1))}</p>
                </Notice>
                <form method="post" action="/api/enrol_self" class="narrow stack">
                    <Hidden name="class" value=class.id.to_string()/>
                    <TextArea form=cx.form("enrol") name="note" label=t!(lang, "enrolment-note") hint=t!(lang, "enrolment-note-hint") rows="3" maxlength="200" optional=true/>
                    <Submit label=t!(lang, if state == EnrolmentState::Waitlisted { "enrolment-join-waitlist" } else { "enrolment-apply" })/>
                </form>
                {closes}
            }
            .into_any()
        }
        Err(refusal @ AppError::Refused(_)) => view! {
            <Notice tone=NoticeTone::Warning><p>{sentence(lang, &refusal)}</p></Notice>
            <div class="actions"><ButtonLink href=format!("/classes/{}", class.id) label=t!(lang, "enrolment-to-class")/></div>
        }
        .into_any(),
        Err(fault) => return Err(fault),
    };
    Ok(view! {
        <Card title=t!(lang, "enrolment-you")>
            <Facts items=facts/>
            <p class="muted small">{t!(lang, "enrolment-you-wrong")}</p>
        </Card>
        {form}
    })
}

/// `/me/enrolments`
pub async fn list(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let rows = store::own_enrolments(&cx.app.db, policy::can_act_for_self(cx.actor()?)).await?;
    let title = t!(lang, "enrolment-mine");
    let form = cx.form("withdraw");
    let list = if rows.is_empty() {
        view! {
            <EmptyState title=t!(lang, "enrolment-none") text=t!(lang, "enrolment-none-text") icon=IconName::School>
                <ButtonLink href="/" label=t!(lang, "enrolment-find")/>
            </EmptyState>
        }
        .into_any()
    } else {
        rows.into_iter().map(|row| own_row(lang, row, &form)).collect_view().into_any()
    };
    let body = view! {
        {own_tabs(&cx)}
        <ErrorSummary form=form/>
        <PageHeader title=title.clone()/>
        <div class="stack">{list}</div>
    };
    Ok(Page::new(title, body))
}

fn own_row(lang: Lang, row: OwnEnrolment, form: &FormState) -> impl IntoView + use<> {
    let dates = match (row.starts_at, row.ends_at) {
        (Some(start), Some(end)) => Some(format!("{} – {}", date(lang, start), date(lang, end))),
        (start, _) => start.map(|at| date(lang, at)),
    };
    let reason = row.reason.filter(|_| row.state == EnrolmentState::Rejected);
    let open = !matches!(row.class_state, ClassState::Closed | ClassState::Archived | ClassState::Cancelled);
    let withdraw = (row.state.is_live() && open).then(|| withdraw_form(lang, &row.id.to_string(), &row.title, form));
    view! {
        <section class="card">
            <div class="row row--between">
                <h2 class="card__title"><a href=format!("/classes/{}", row.class_id)>{row.title}</a></h2>
                {state_badge(lang, row.state, row.place)}
            </div>
            {dates.map(|dates| view! { <p class="muted">{dates}</p> })}
            <p><strong>{standing(lang, row.state, row.place)}</strong></p>
            {reason.map(|reason| view! { <p>{t!(lang, "enrolment-reason-given", reason = reason)}</p> })}
            <p>{next_step(lang, row.state)}</p>
            {withdraw}
        </section>
    }
}
