//! The firm contact's seats: who attends, and who goes instead.

use leptos::prelude::*;

use crate::classes::ClassState;
use crate::enrolment::policy::{self, FirmPermit};
use crate::enrolment::store::{self, Colleague, FirmHold, Seated};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::time::date_time;
use crate::ui::{Choice, Confirm, EmptyState, ErrorSummary, FormState, Hidden, IconName, Meter, PageHeader, SelectField, Submit, TextArea, Tone};

/// One firm with its seats and people.
struct Seats {
    permit: FirmPermit,
    holds: Vec<FirmHold>,
    seated: Vec<Seated>,
    people: Vec<Colleague>,
}

/// `/firm/seats`
pub async fn seats(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let db = &cx.app.db;
    let permits = policy::firms_of(cx.actor()?);
    if permits.is_empty() {
        return Err(AppError::Forbidden);
    }
    let mut firms = Vec::new();
    // One round for each firm that the person is a contact of: nearly always one.
    for permit in permits {
        firms.push(Seats {
            permit,
            holds: store::holds_of(db, permit).await?,
            seated: store::seated(db, permit).await?,
            people: store::colleagues(db, permit).await?,
        });
    }
    let title = t!(lang, "enrolment-firm-seats");
    let (name, replace) = (cx.form("name-attendee"), cx.form("replace-attendee"));
    let list = if firms.iter().all(|firm| firm.holds.is_empty()) {
        view! { <EmptyState title=t!(lang, "enrolment-firm-none") text=t!(lang, "enrolment-firm-none-text") icon=IconName::Firm/> }.into_any()
    } else {
        let cards = firms
            .iter()
            .flat_map(|firm| firm.holds.iter().map(|hold| card(lang, firm, hold, &name, &replace)));
        cards.collect_view().into_any()
    };
    let body = view! {
        <ErrorSummary form=name.clone()/>
        <ErrorSummary form=replace.clone()/>
        <PageHeader title=title.clone() lead=t!(lang, "enrolment-firm-lead")/>
        <div class="stack">{list}</div>
    };
    Ok(Page::new(title, body))
}

fn card(lang: Lang, firm: &Seats, hold: &FirmHold, name: &FormState, replace: &FormState) -> impl IntoView + use<> {
    let here: Vec<&Seated> = firm.seated.iter().filter(|seated| seated.class_id == hold.class_id).collect();
    let open = matches!(hold.state, ClassState::Enrolling | ClassState::Running);
    // Who sits here already cannot be named again.
    let choices: Vec<Choice> = std::iter::once(Choice::new("", t!(lang, "enrolment-person-choose")))
        .chain(
            firm.people
                .iter()
                .filter(|person| here.iter().all(|seated| seated.person_id != person.id))
                .map(|person| {
                    let label = [Some(person.name.clone()), person.position.clone()]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                        .join(" · ");
                    Choice::new(person.id.to_string(), label)
                }),
        )
        .collect();
    let attendees = here
        .iter()
        .map(|seated| {
            let change = open.then(|| replace_form(lang, firm.permit, seated, choices.clone(), replace));
            view! { <li class="row row--between"><span>{seated.name.clone()}</span>{change}</li> }
        })
        .collect_view();
    let naming = (open && hold.free() > 0).then(|| {
        let mine = name.value("class") == Some(hold.class_id.to_string().as_str());
        let form = if mine { name.clone() } else { FormState::default() };
        view! {
            <form method="post" action="/api/name_attendee" class="narrow">
                <Hidden name="class" value=hold.class_id.to_string()/>
                <Hidden name="firm" value=firm.permit.firm().to_string()/>
                <SelectField form=form name="person" label=t!(lang, "enrolment-firm-name") hint=t!(lang, "enrolment-firm-name-hint") options=choices
                    of=hold.class_id.to_string()/>
                <Submit label=t!(lang, "enrolment-firm-name-yes")/>
            </form>
        }
    });
    let ends = match (hold.released_at, hold.until) {
        (Some(at), _) => Some(t!(lang, "enrolment-hold-released", at = date_time(lang, at))),
        (None, Some(at)) => Some(t!(lang, "enrolment-firm-until", at = date_time(lang, at))),
        (None, None) => None,
    };
    view! {
        <section class="card">
            <h2 class="card__title"><a href=format!("/classes/{}", hold.class_id)>{hold.title.clone()}</a></h2>
            <p class="muted">{hold.firm.clone()}{hold.starts_at.map(|at| format!(" · {}", date_time(lang, at)))}</p>
            <Meter value=hold.used max=hold.seats label=t!(lang, "enrolment-firm-filled")/>
            {ends.map(|ends| view! { <p class="small muted">{ends}</p> })}
            <ul class="attendees">{attendees}</ul>
            {naming}
        </section>
    }
}

fn replace_form(lang: Lang, permit: FirmPermit, seated: &Seated, choices: Vec<Choice>, form: &FormState) -> impl IntoView + use<> {
    let mine = form.value("enrolment") == Some(seated.id.to_string().as_str());
    let form = if mine { form.clone() } else { FormState::default() };
    let id = seated.id.to_string();
    let note = id.clone();
    let hidden = id.clone();
    view! {
        <form method="post" action="/api/replace_attendee">
            <Hidden name="enrolment" value=hidden/>
            <Hidden name="firm" value=permit.firm().to_string()/>
            <Confirm
                label=t!(lang, "enrolment-replace")
                title=t!(lang, "enrolment-replace-title", name = seated.name.clone())
                text=t!(lang, "enrolment-replace-text")
                yes_label=t!(lang, "enrolment-replace-yes")
                tone=Tone::Plain
            >
                <SelectField form=&form name="person" label=t!(lang, "enrolment-replace-by") options=choices of=id/>
                <TextArea form=&form name="note" label=t!(lang, "enrolment-why") rows="2" maxlength="200" optional=true
                    of=note/>
            </Confirm>
        </form>
    }
}
