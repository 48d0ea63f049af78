//! One's own completion of a class, the desk's list, the certificate on paper, and the public page that verifies it.

use axum::Router;
use leptos::prelude::*;

use super::forms::{LONGEST_REASON, LONGEST_WORDS};
use super::policy::{self, CertifyPermit};
use super::rules::{FEWEST_ANSWERS, Lack, QUESTIONS, masked_name, takes_evaluations, tidy_serial};
use super::store::{self, Certificate, Learner, Results};
use crate::attendance::{Rate, hours};
use crate::classes::pages::{ClassTab, class_crumbs, class_tabs};
use crate::classes::{self, Class};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::ClassId;
use crate::paging::Step;
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::form::FormState;
use crate::ui::{
    Badge, BadgeTone, ButtonLink, Choice, Confirm, Crumbs, EmptyState, ErrorSummary, Facts, Figure, Hidden, IconName, Meter, Notice, NoticeTone,
    PageHeader, Pager, Qr, RadioField, SearchBox, Submit, TableWrap, Task, TaskList, TextArea, Tone, time,
};

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new()
        .route("/me/classes/{id}/completion", page(own))
        .route("/desk/classes/{id}/completion", page(desk))
        .route("/certificates/{serial}", page(paper))
        .route("/verify", page(ask))
        .route("/verify/{serial}", page(verify))
}

/// `/me/classes/{id}/completion`
async fn own(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let actor = cx.actor()?;
    let class = classes::store::class(db, cx.param::<ClassId>("id")?).await?;
    let learner = store::own(db, actor, class.id).await?.ok_or(AppError::NotFound)?;
    let certificate = store::own_certificate(db, actor, class.id).await?;
    let form = cx.form("evaluate");
    let evaluation = if learner.has_evaluated {
        view! { <Notice tone=NoticeTone::Success><p>{t!(lang, "completion-evaluated")}</p></Notice> }.into_any()
    } else if takes_evaluations(class.state) && learner.rate.attended > 0 {
        evaluation_form(lang, &form, class.id)
    } else {
        view! { <p class="muted">{t!(lang, "completion-evaluation-later")}</p> }.into_any()
    };
    let crumbs = vec![
        ("/me".to_owned(), t!(lang, "nav-me")),
        (format!("/me/classes/{}", class.id), class.title.clone()),
    ];
    let body = view! {
        <ErrorSummary form=form/>
        <Crumbs items=crumbs/>
        <PageHeader title=t!(lang, "completion-own-title") caption=class.title.clone()/>
        {standing(lang, &class, &learner, certificate.as_ref())}
        <h2>{t!(lang, "completion-evaluation")}</h2>
        {evaluation}
    };
    Ok(Page::new(t!(lang, "completion-own-title"), body))
}

/// The certificate, or what it still needs.
fn standing(lang: Lang, class: &Class, learner: &Learner, certificate: Option<&Certificate>) -> AnyView {
    if let Some(valid) = certificate.filter(|certificate| certificate.revoked_at.is_none()) {
        let serial = valid.serial.clone();
        let href = format!("/certificates/{serial}");
        return view! {
            <Notice tone=NoticeTone::Success title=t!(lang, "completion-have")>
                <p>{t!(lang, "completion-serial-is", serial = serial)}</p>
                <div class="actions"><ButtonLink href=href label=t!(lang, "completion-print") tone=Tone::Main icon=IconName::Print/></div>
            </Notice>
        }
        .into_any();
    }
    let revoked = certificate.and_then(|certificate| certificate.revoke_reason.clone()).map(|reason| {
        view! { <Notice tone=NoticeTone::Warning title=t!(lang, "completion-was-revoked")><p>{reason}</p></Notice> }
    });
    let lacks = learner.lacks(class);
    let ready = lacks.is_empty().then(|| view! { <p>{t!(lang, "completion-ready")}</p> });
    view! {
        {revoked}
        <h2>{t!(lang, "completion-needs")}</h2>
        <Meter value=learner.rate.attended max=learner.rate.of label=t!(lang, "completion-rate") text=rate_text(lang, learner.rate)/>
        <p class="muted">{t!(lang, "completion-rate-rule", pass = class.pass_rate)}</p>
        {ready}
        <TaskList items=needs(lang, class, &lacks)/>
    }
    .into_any()
}

/// Each condition and whether it is met.
fn needs(lang: Lang, class: &Class, lacks: &[Lack]) -> Vec<Task> {
    let all = [Lack::Rate, Lack::Evaluation, Lack::ClassOpen];
    all.into_iter()
        .map(|lack| {
            let (status, tone) = if lacks.contains(&lack) {
                (t!(lang, "completion-missing"), BadgeTone::Attention)
            } else {
                (t!(lang, "completion-met"), BadgeTone::Good)
            };
            Task {
                href: None,
                label: t!(lang, &format!("completion-need-{}", lack.word()), pass = class.pass_rate),
                hint: None,
                status,
                tone,
            }
        })
        .collect()
}

fn rate_text(lang: Lang, rate: Rate) -> String {
    match rate.per_mille() {
        None => t!(lang, "completion-nothing-held"),
        Some(mille) => t!(
            lang,
            "completion-rate-text",
            rate = format!("{}.{}", mille / 10, mille % 10),
            attended = rate.attended,
            of = rate.of
        ),
    }
}

fn evaluation_form(lang: Lang, form: &FormState, class: ClassId) -> AnyView {
    let marks = || {
        (1..=5)
            .rev()
            .map(|mark| Choice::new(mark.to_string(), t!(lang, &format!("completion-mark-{mark}"))))
            .collect()
    };
    let questions = QUESTIONS
        .iter()
        .map(|question| {
            let label = t!(lang, &format!("completion-question-{question}"));
            view! { <RadioField form=form name=*question label=label options=marks() inline=true/> }
        })
        .collect_view();
    view! {
        <p>{t!(lang, "completion-anonymous", n = FEWEST_ANSWERS)}</p>
        <form method="post" action="/api/evaluate_class" class="form">
            <Hidden name="class" value=class.to_string()/>
            {questions}
            <TextArea form=form name="words" label=t!(lang, "completion-words") maxlength=LONGEST_WORDS.to_string() optional=true/>
            <Submit label=t!(lang, "completion-send")/>
        </form>
    }
    .into_any()
}

/// `/desk/classes/{id}/completion`
async fn desk(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let actor = cx.actor()?;
    let class = classes::store::class(db, cx.param::<ClassId>("id")?).await?;
    let view = policy::view(actor, &class)?;
    let permit = policy::can_certify(actor, &class);
    let figures = store::figures(db, &view).await?;
    let learners = store::learners(db, &view, Step::of(&cx)).await?;
    let (answers, results) = store::results(db, &view).await?;
    let (newer, older) = learners.links(&cx, |learner| learner.enrolment.to_string());
    let form = cx.form("revoke-certificate");
    let list = if learners.rows.is_empty() {
        view! { <EmptyState title=t!(lang, "completion-nobody") text=t!(lang, "completion-nobody-text") icon=IconName::People/> }.into_any()
    } else {
        learner_table(lang, &class, &form, permit.as_ref(), learners.rows)
    };
    let issue = permit.as_ref().map(|permit| issue_form(lang, &class, permit));
    let body = view! {
        <ErrorSummary form=form.clone()/>
        {class_crumbs(lang, Some(&class))}
        <PageHeader title=t!(lang, "completion-title") caption=class.title.clone()/>
        {class_tabs(lang, class.id, ClassTab::Completion)}
        <div class="figures">
            <Figure value=figures.people.to_string() label=t!(lang, "completion-people")/>
            <Figure value=figures.certificates.to_string() label=t!(lang, "completion-certificates")/>
            <Figure value=answers.to_string() label=t!(lang, "completion-answers")/>
        </div>
        {issue}
        {list}
        <Pager newer=newer older=older/>
        <h2>{t!(lang, "completion-evaluation")}</h2>
        {results_view(lang, answers, results)}
    };
    Ok(Page::new(t!(lang, "completion-title"), body))
}

fn issue_form(lang: Lang, class: &Class, permit: &CertifyPermit) -> AnyView {
    let is_closed = super::rules::lacks(class.state, Rate { attended: 1, of: 1 }, 0, true).is_empty();
    if !is_closed {
        return view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "completion-class-open")}</p></Notice> }.into_any();
    }
    view! {
        <form method="post" action="/api/issue_certificates">
            <Hidden name="class" value=permit.class().to_string()/>
            <Confirm label=t!(lang, "completion-issue") title=t!(lang, "completion-issue-sure") text=t!(lang, "completion-issue-text", pass = class.pass_rate)
                yes_label=t!(lang, "completion-issue") tone=Tone::Main/>
        </form>
    }
    .into_any()
}

fn learner_table(lang: Lang, class: &Class, form: &FormState, permit: Option<&CertifyPermit>, learners: Vec<Learner>) -> AnyView {
    let rows = learners
        .into_iter()
        .map(|learner| {
            let state = match &learner.serial {
                Some(serial) => view! { <a href=format!("/certificates/{serial}")>{serial.clone()}</a> }.into_any(),
                None => lack_badges(lang, &learner.lacks(class)),
            };
            let revoke = permit
                .zip(learner.serial.clone())
                .map(|(_, serial)| revoke_form(lang, form, serial, &learner.name));
            view! {
                <tr>
                    <th scope="row">{learner.name}<br/><small class="muted">{learner.firm}</small></th>
                    <td class="num">{rate_text(lang, learner.rate)}</td>
                    <td class="num">{hours(learner.half_hours)}</td>
                    <td>{state}</td>
                    <td>{revoke}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "completion-title")>
            <table class="table">
                <thead><tr>
                    <th scope="col">{t!(lang, "completion-person")}</th>
                    <th scope="col" class="num">{t!(lang, "completion-rate")}</th>
                    <th scope="col" class="num">{t!(lang, "completion-hours")}</th>
                    <th scope="col">{t!(lang, "completion-certificate")}</th>
                    <th scope="col">{t!(lang, "completion-do")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

fn lack_badges(lang: Lang, lacks: &[Lack]) -> AnyView {
    if lacks.is_empty() {
        return view! { <Badge tone=BadgeTone::Info label=t!(lang, "completion-can-have")/> }.into_any();
    }
    let badges = lacks.iter().filter(|lack| **lack != Lack::ClassOpen).map(|lack| {
        let label = t!(lang, &format!("completion-lack-{}", lack.word()));
        view! { <Badge tone=BadgeTone::Neutral label=label/> }
    });
    view! { <span class="row">{badges.collect_view()}</span> }.into_any()
}

fn revoke_form(lang: Lang, form: &FormState, serial: String, name: &str) -> impl IntoView + use<> {
    let form = form.clone();
    let of = serial.clone();
    view! {
        <form method="post" action="/api/revoke_certificate">
            <Hidden name="serial" value=serial/>
            <Confirm label=t!(lang, "completion-revoke") title=t!(lang, "completion-revoke-sure", name = name.to_owned()) text=t!(lang, "completion-revoke-text")
                yes_label=t!(lang, "completion-revoke")>
                <TextArea form=form name="reason" label=t!(lang, "completion-reason") rows="2" maxlength=LONGEST_REASON.to_string() of=of/>
            </Confirm>
        </form>
    }
}

fn results_view(lang: Lang, answers: i64, results: Option<Results>) -> AnyView {
    let Some(results) = results else {
        let text = t!(lang, "completion-too-few", n = answers, least = FEWEST_ANSWERS);
        return view! { <EmptyState title=t!(lang, "completion-no-results") text=text icon=IconName::Info/> }.into_any();
    };
    let facts = QUESTIONS
        .iter()
        .zip(results.means)
        .map(|(question, mean)| {
            let figure = format!("{}.{} / 5", mean / 10, mean % 10);
            (t!(lang, &format!("completion-question-{question}")), figure)
        })
        .collect();
    let words = results.words.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
    view! {
        <p>{t!(lang, "completion-results-of", n = results.answers)}</p>
        <Facts items=facts/>
        <ul class="stack">{words}</ul>
    }
    .into_any()
}

/// `/certificates/{serial}`: for its holder, and for the staff of its class.
async fn paper(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let certificate = store::certificate(&cx.app.db, &tidy_serial(&cx.param::<String>("serial")?)).await?;
    if certificate.person_id != actor.person {
        let class = classes::store::class(&cx.app.db, certificate.class_id).await?;
        policy::view(actor, &class).map_err(|_| AppError::NotFound)?;
    }
    let school = lang.pick(&certificate.school_zh, &certificate.school_en).to_owned();
    let text = t!(
        lang,
        "completion-paper-text",
        from = certificate.starts_at.map(|at| time::date(lang, at)).unwrap_or_default(),
        to = certificate.ends_at.map(|at| time::date(lang, at)).unwrap_or_default(),
        class = certificate.class_title.clone(),
        hours = hours(certificate.half_hours)
    );
    let address = format!("{}/verify/{}", cx.app.settings.base_url, certificate.serial);
    let revoked = certificate
        .revoked_at
        .map(|at| view! { <p><strong>{t!(lang, "completion-revoked-on", day = time::date(lang, at))}</strong></p> });
    let body = view! {
        <section class="page certificate">
            <h1>{t!(lang, "completion-certificate")}</h1>
            {revoked}
            <p class="certificate__name">{certificate.name}</p>
            <p class="certificate__text">{text}</p>
            <div class="certificate__foot">
                <div>
                    <p>{t!(lang, "completion-serial-is", serial = certificate.serial.clone())}</p>
                    <p>{t!(lang, "completion-verify-at", address = address.clone())}</p>
                </div>
                <Qr data=address label=t!(lang, "completion-qr")/>
                <div>
                    <p>{school}</p>
                    <p>{time::date(lang, certificate.issued_at)}</p>
                </div>
            </div>
        </section>
    };
    Ok(Page::new(t!(lang, "completion-certificate"), body).for_print())
}

/// `/verify`: a serial is typed.
async fn ask(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let typed = cx.query("serial").unwrap_or_default();
    let answer = if typed.is_empty() {
        None
    } else {
        Some(answer(&cx, &tidy_serial(&typed)).await?)
    };
    let body = view! {
        <PageHeader title=t!(lang, "completion-verify-title") lead=t!(lang, "completion-verify-lead")/>
        <SearchBox name="serial" value=typed label=t!(lang, "completion-serial") action="/verify"/>
        {answer}
    };
    Ok(Page::new(t!(lang, "completion-verify-title"), body))
}

/// `/verify/{serial}`: where the code on the paper leads. A serial that is none is a page too, with status 404.
async fn verify(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let serial = tidy_serial(&cx.param::<String>("serial")?);
    let answer = answer(&cx, &serial).await?;
    let body = view! {
        <PageHeader title=t!(lang, "completion-verify-title")/>
        {answer}
        <p><ButtonLink href="/verify" label=t!(lang, "completion-verify-other")/></p>
    };
    Ok(Page::new(t!(lang, "completion-verify-title"), body))
}

/// What is known of a serial: valid, revoked, or none.
async fn answer(cx: &Cx, serial: &str) -> Result<AnyView, AppError> {
    let lang = cx.lang;
    let found = match store::certificate(&cx.app.db, serial).await {
        Ok(found) => found,
        Err(AppError::NotFound) => {
            crate::respond::set_status(404);
            let text = t!(lang, "completion-unknown-text", serial = serial.to_owned());
            return Ok(view! { <Notice tone=NoticeTone::Warning title=t!(lang, "completion-unknown")><p>{text}</p></Notice> }.into_any());
        }
        Err(error) => return Err(error),
    };
    let notice = match found.revoked_at {
        Some(at) => {
            let text = t!(lang, "completion-revoked-on", day = time::date(lang, at));
            view! { <Notice tone=NoticeTone::Error title=t!(lang, "completion-is-revoked")><p>{text}</p></Notice> }.into_any()
        }
        None => view! { <Notice tone=NoticeTone::Success title=t!(lang, "completion-is-valid")><p>{t!(lang, "completion-valid-text")}</p></Notice> }
            .into_any(),
    };
    let facts = vec![
        (t!(lang, "completion-serial"), found.serial),
        (t!(lang, "completion-person"), masked_name(&found.name)),
        (t!(lang, "completion-class"), found.class_title),
        (t!(lang, "completion-school"), lang.pick(&found.school_zh, &found.school_en).to_owned()),
        (t!(lang, "completion-hours"), hours(found.half_hours)),
        (t!(lang, "completion-issued-on"), time::date(lang, found.issued_at)),
    ];
    Ok(view! { {notice} <Facts items=facts/> }.into_any())
}
