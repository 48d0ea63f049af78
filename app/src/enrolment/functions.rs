//! Server functions of enrolment: what the forms of its pages post to.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::policy::{self, DeskPermit},
    super::rules::{EnrolmentState, Source},
    super::{forms, store},
    crate::accounts::forms::{optional_line, phone as read_phone, required_line},
    crate::accounts::rules::LONGEST_NAME,
    crate::accounts::store::{NewPerson, create_person, person as person_row},
    crate::classes::store as classes,
    crate::error::Problem,
    crate::ids::{ClassId, EnrolmentId, EventId, FirmId, PersonId, Region},
    crate::request::{Cx, with_query},
    crate::respond::{Done, form_action},
};

#[cfg(feature = "ssr")]
fn parse<T: std::str::FromStr>(id: &str) -> Result<T, AppError> {
    id.parse().map_err(|_| AppError::NotFound)
}

/// Leave to run the roster of the class that a form names.
#[cfg(feature = "ssr")]
async fn desk(cx: &Cx, class: &str) -> Result<DeskPermit, AppError> {
    let class = classes::class(&cx.app.db, parse(class)?).await?;
    policy::running(cx.actor()?, &class)
}

/// Applies for a class.
#[server(endpoint = "enrol_self")]
pub async fn enrol_self(#[server(default)] class: String, #[server(default)] note: String) -> Result<(), AppError> {
    form_action("enrol", async |cx| {
        let actor = cx.actor()?;
        let class: ClassId = parse(&class)?;
        let note = forms::note(&note)?;
        let permit = policy::can_enrol_self(actor);
        let mut tx = cx.app.db.begin().await?;
        let done = store::enrol(&mut tx, &cx.app, cx.now, &permit, class, actor.person, Some(&note)).await?;
        tx.commit().await?;
        let said = match done.state {
            EnrolmentState::Approved => Problem::new("enrolment-done-approved"),
            EnrolmentState::Waitlisted => Problem::new("enrolment-done-waitlisted").with("place", done.place.unwrap_or(1)),
            _ => Problem::new("enrolment-done-submitted"),
        };
        Ok(Done::to(format!("/classes/{class}/enrol")).saying(said))
    })
    .await
}

/// Withdraws one's own enrolment.
#[server(endpoint = "withdraw_enrolment")]
pub async fn withdraw_enrolment(#[server(default)] enrolment: String, #[server(default)] note: String) -> Result<(), AppError> {
    form_action("withdraw", async |cx| {
        let permit = policy::can_act_for_self(cx.actor()?);
        let id: EnrolmentId = parse(&enrolment)?;
        let why = forms::note(&note)?;
        let mut tx = cx.app.db.begin().await?;
        store::withdraw(&mut tx, &cx.app, cx.now, permit, id, &why).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("enrolment-done-withdrawn")))
    })
    .await
}

/// Decides about the rows that are ticked on the roster; the button says what.
#[server(endpoint = "decide_enrolments")]
pub async fn decide_enrolments(
    #[server(default)] class: String,
    #[server(default)] decision: String,
    #[server(default)] ids: Vec<String>,
    #[server(default)] reject_reason: String,
    #[server(default)] withdraw_reason: String,
    #[server(default)] priority: String,
) -> Result<(), AppError> {
    form_action("roster", async |cx| {
        let permit = desk(cx, &class).await?;
        let ids = forms::ids(&ids)?;
        let decision = forms::decision(&decision, &reject_reason, &withdraw_reason, &priority)?;
        let batch = EventId::new(&cx.app.chance, cx.now);
        let mut tx = cx.app.db.begin().await?;
        let report = store::decide(&mut tx, &cx.app, cx.now, permit, &decision, &ids, batch).await?;
        tx.commit().await?;
        let back = cx.back.parse().unwrap_or_default();
        Ok(Done::to(with_query(&back, "undo", Some(&batch.to_string()))).saying(told(&decision, report)))
    })
    .await
}

/// What a decision did, in one sentence.
#[cfg(feature = "ssr")]
fn told(decision: &store::Decision, report: store::Report) -> Problem {
    let key = match decision {
        store::Decision::Approve => "enrolment-did-approve",
        store::Decision::Reject { .. } => "enrolment-did-reject",
        store::Decision::Withdraw { .. } => "enrolment-did-withdraw",
        store::Decision::Priority(_) => "enrolment-did-priority",
    };
    Problem::new(key)
        .with("approved", report.approved)
        .with("waitlisted", report.waitlisted)
        .with("rejected", report.rejected)
        .with("withdrawn", report.withdrawn)
        .with("priority", report.priority)
        .with("promoted", report.promoted)
        .with("left", report.left)
        .with("noseat", report.no_seat)
}

/// Takes back one's last decision about applications.
#[server(endpoint = "undo_decision")]
pub async fn undo_decision(#[server(default)] class: String, #[server(default)] batch: String) -> Result<(), AppError> {
    form_action("undo", async |cx| {
        let permit = desk(cx, &class).await?;
        let batch: EventId = parse(&batch)?;
        let mut tx = cx.app.db.begin().await?;
        let undone = store::undo(&mut tx, &cx.app, cx.now, permit, batch).await?;
        tx.commit().await?;
        if undone == 0 {
            return Err(AppError::refused("enrolment-nothing-to-undo"));
        }
        let back = cx.back.parse().unwrap_or_default();
        let said = Problem::new("enrolment-did-undo").with("n", undone);
        Ok(Done::to(with_query(&back, "undo", None)).saying(said))
    })
    .await
}

/// Adds somebody of one's own county to the roster.
#[server(endpoint = "add_to_roster")]
pub async fn add_to_roster(#[server(default)] class: String, #[server(default)] person: String) -> Result<(), AppError> {
    form_action("add", async |cx| {
        let permit = desk(cx, &class).await?;
        let person: PersonId = parse(&person)?;
        let known = person_row(&cx.app.db, person).await?;
        if !cx.actor()?.coordinated().covers(&known.region) {
            return Err(AppError::NotFound);
        }
        let mut tx = cx.app.db.begin().await?;
        let done = store::enrol(&mut tx, &cx.app, cx.now, &permit.enrolling(Source::Desk), permit.class(), person, None).await?;
        tx.commit().await?;
        Ok(Done::back().saying(added(&known.name, &done)))
    })
    .await
}

#[cfg(feature = "ssr")]
fn added(name: &str, done: &store::Outcome) -> Problem {
    match done.place {
        Some(place) => Problem::new("enrolment-did-add-waiting").with("name", name).with("place", place),
        None => Problem::new("enrolment-did-add").with("name", name),
    }
}

/// Enters a new person of one's own county and adds them to the roster.
#[server(endpoint = "add_new_to_roster")]
pub async fn add_new_to_roster(
    #[server(default)] class: String,
    #[server(default)] name: String,
    #[server(default)] phone: String,
    #[server(default)] region: String,
    #[server(default)] position: String,
) -> Result<(), AppError> {
    form_action("add-new", async |cx| {
        let permit = desk(cx, &class).await?;
        let new = new_person(cx, &name, &phone, &region, &position).await?;
        let mut tx = cx.app.db.begin().await?;
        let person = create_person(&mut tx, &cx.app, cx.now, new).await?;
        let done = store::enrol(&mut tx, &cx.app, cx.now, &permit.enrolling(Source::Desk), permit.class(), person, None).await?;
        tx.commit().await?;
        Ok(Done::back().saying(added(name.trim(), &done)))
    })
    .await
}

#[cfg(feature = "ssr")]
async fn new_person(cx: &Cx, name: &str, phone: &str, region: &str, position: &str) -> Result<NewPerson, AppError> {
    let actor = cx.actor()?;
    let mut faults = Vec::new();
    let name = required_line(&mut faults, "name", name, LONGEST_NAME, "enrolment-name-missing");
    let phone = read_phone(&mut faults, "phone", phone);
    let position = optional_line(&mut faults, "position", position, crate::accounts::rules::LONGEST_POSITION);
    let region = Region::from(region);
    let known = cx.regions().await?;
    if !actor.coordinated().covers(&region) || !known.iter().any(|name| name.region == region) {
        faults.push(crate::error::FieldProblem::new("region", "enrolment-region-wrong"));
    }
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    Ok(NewPerson {
        name,
        phone: Some(phone),
        region,
        firm: None,
        position,
        password_hash: None,
        must_change_password: false,
        created_by: Some(actor.person),
    })
}

/// Holds seats of a class for a firm; zero ends the hold.
#[server(endpoint = "hold_seats")]
pub async fn hold_seats(
    #[server(default)] class: String,
    #[server(default)] firm: String,
    #[server(default)] seats: String,
    #[server(default)] until: String,
) -> Result<(), AppError> {
    form_action("hold", async |cx| {
        let permit = desk(cx, &class).await?;
        let (seats, until) = forms::hold(&seats, &until)?;
        let firm = held_for(cx, firm.trim()).await?;
        let mut tx = cx.app.db.begin().await?;
        let firm = crate::firms::settled(&mut tx, firm).await?;
        store::set_hold(&mut tx, &cx.app, cx.now, permit, firm, seats, until).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("enrolment-did-hold").with("seats", seats)))
    })
    .await
}

/// The firm that is meant by its full name.
#[cfg(feature = "ssr")]
async fn held_for(cx: &Cx, typed: &str) -> Result<FirmId, AppError> {
    let mut faults = Vec::new();
    let name = required_line(&mut faults, "firm", typed, 100, "enrolment-hold-firm-missing");
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    let named = crate::firms::store::firms_named(&cx.app.db, &name).await?;
    match named.as_slice() {
        [firm] => Ok(firm.id),
        [] => Err(AppError::field("firm", "enrolment-hold-firm-unknown")),
        _ => Err(AppError::field("firm", "enrolment-hold-firm-twice")),
    }
}

/// Names somebody of one's firm for a seat that the firm holds.
#[server(endpoint = "name_attendee")]
pub async fn name_attendee(
    #[server(default)] class: String,
    #[server(default)] firm: String,
    #[server(default)] person: String,
) -> Result<(), AppError> {
    form_action("name-attendee", async |cx| {
        let permit = policy::can_fill_seats(cx.actor()?, parse(&firm)?).ok_or(AppError::NotFound)?;
        let class: ClassId = parse(&class)?;
        let person: PersonId = person.parse().map_err(|_| AppError::field("person", "enrolment-person-missing"))?;
        let mut tx = cx.app.db.begin().await?;
        store::name_attendee(&mut tx, &cx.app, cx.now, permit, class, person).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("enrolment-did-name")))
    })
    .await
}

/// Puts another person of one's firm onto a seat that the firm holds.
#[server(endpoint = "replace_attendee")]
pub async fn replace_attendee(
    #[server(default)] enrolment: String,
    #[server(default)] firm: String,
    #[server(default)] person: String,
    #[server(default)] note: String,
) -> Result<(), AppError> {
    form_action("replace-attendee", async |cx| {
        let permit = policy::can_fill_seats(cx.actor()?, parse(&firm)?).ok_or(AppError::NotFound)?;
        let id: EnrolmentId = parse(&enrolment)?;
        let person: PersonId = person.parse().map_err(|_| AppError::field("person", "enrolment-person-missing"))?;
        let why = forms::note(&note)?;
        let mut tx = cx.app.db.begin().await?;
        store::replace_attendee(&mut tx, &cx.app, cx.now, permit, id, person, &why).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("enrolment-did-replace")))
    })
    .await
}
