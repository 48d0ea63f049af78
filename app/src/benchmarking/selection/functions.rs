//! Server functions of selection: what the forms of its pages post to.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::rules::CohortState,
    super::{forms, store},
    crate::benchmarking::policy::{self, CheckPermit, ProgrammePermit},
    crate::benchmarking::store as shared,
    crate::error::Problem,
    crate::ids::{CohortId, FileId, FirmId, FrameworkId, PersonId, PilotId, RoundId},
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// Leave to run the programme.
#[cfg(feature = "ssr")]
fn may_run(cx: &Cx) -> Result<ProgrammePermit, AppError> {
    policy::can_run(cx.actor()?).ok_or(AppError::Forbidden)
}

/// Leave over the nomination that a form names; whom it does not concern finds none.
#[cfg(feature = "ssr")]
async fn may_check(cx: &Cx, pilot: &str) -> Result<CheckPermit, AppError> {
    let (_, standing) = shared::seen(&cx.app.db, cx.actor()?, forms::id(pilot)?).await?;
    standing.can_check().ok_or(AppError::Forbidden)
}

#[cfg(feature = "ssr")]
fn at_nomination(pilot: PilotId, notice: &str) -> Done {
    Done::to(format!("/desk/nominations/{pilot}")).saying(Problem::new(notice))
}

/// Adds a cohort, or changes the one named; the seats are named `seats[manufacturing]` and so on.
#[server(endpoint = "save_cohort")]
pub async fn save_cohort(
    #[server(default)] cohort: String,
    #[server(default)] edition: String,
    #[server(default)] name: String,
    #[server(default)] size: String,
    #[server(default)] seats: BTreeMap<String, String>,
) -> Result<(), AppError> {
    form_action("cohort", async |cx| {
        let permit = may_run(cx)?;
        let change = forms::cohort(&name, &size, &seats)?;
        let mut tx = cx.app.db.begin().await?;
        let id = if cohort.is_empty() {
            store::add(&mut tx, &cx.app, cx.now, &permit, &change).await?
        } else {
            let id: CohortId = forms::id(&cohort)?;
            store::change(&mut tx, &cx.app, cx.now, &permit, id, forms::version(&edition), &change).await?;
            id
        };
        tx.commit().await?;
        Ok(Done::to(format!("/city/cohorts/{id}")).saying(Problem::new("selection-saved")))
    })
    .await
}

/// Moves a cohort on: `to` is the state after its own.
#[server(endpoint = "advance_cohort")]
pub async fn advance_cohort(#[server(default)] cohort: String, #[server(default)] to: String) -> Result<(), AppError> {
    form_action("cohort-advance", async |cx| {
        let permit = may_run(cx)?;
        let id: CohortId = forms::id(&cohort)?;
        let to: CohortState = to.parse().map_err(|_| AppError::refused("selection-cohort-moved"))?;
        let mut tx = cx.app.db.begin().await?;
        store::advance(&mut tx, &cx.app, cx.now, &permit, id, to).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/city/cohorts/{id}")).saying(Problem::new("selection-cohort-advanced")))
    })
    .await
}

/// Nominates a firm for a cohort.
#[server(endpoint = "nominate_firm")]
pub async fn nominate_firm(
    #[server(default)] cohort: String,
    #[server(default)] firm: String,
    #[server(default)] category: String,
    #[server(default)] reasons: String,
) -> Result<(), AppError> {
    form_action("nomination", async |cx| {
        let actor = cx.actor()?;
        if !actor.is_coordinator() {
            return Err(AppError::Forbidden);
        }
        let firm: FirmId = forms::id(&firm)?;
        let region = crate::firms::store::firm(&cx.app.db, firm).await?.region;
        // Another county's firm is not there for a coordinator, as in the directory.
        let permit = policy::can_nominate(actor, &region).ok_or(AppError::NotFound)?;
        let new = forms::nomination(&category, &reasons)?;
        let mut tx = cx.app.db.begin().await?;
        let id = store::nominate(&mut tx, &cx.app, cx.now, &permit, forms::id(&cohort)?, firm, &new).await?;
        tx.commit().await?;
        Ok(at_nomination(id, "selection-nominated"))
    })
    .await
}

/// Changes a nomination until it is screened.
#[server(endpoint = "edit_nomination")]
pub async fn edit_nomination(
    #[server(default)] pilot: String,
    #[server(default)] version: String,
    #[server(default)] category: String,
    #[server(default)] reasons: String,
) -> Result<(), AppError> {
    form_action("nomination", async |cx| {
        let permit = may_check(cx, &pilot).await?;
        let change = forms::nomination(&category, &reasons)?;
        let mut tx = cx.app.db.begin().await?;
        store::edit(&mut tx, &cx.app, cx.now, &permit, forms::version(&version), &change).await?;
        tx.commit().await?;
        Ok(at_nomination(permit.pilot(), "selection-saved"))
    })
    .await
}

/// Takes a nomination back, or a pilot firm out of the programme.
#[server(endpoint = "withdraw_pilot")]
pub async fn withdraw_pilot(#[server(default)] pilot: String, #[server(default)] why: String) -> Result<(), AppError> {
    form_action("withdraw-pilot", async |cx| {
        let permit = may_check(cx, &pilot).await?;
        let why = forms::why(&why)?;
        let mut tx = cx.app.db.begin().await?;
        store::withdraw(&mut tx, &cx.app, cx.now, &permit, &why).await?;
        tx.commit().await?;
        Ok(at_nomination(permit.pilot(), "selection-withdrawn"))
    })
    .await
}

/// Passes, declines or chooses the nominations that are ticked; the button says what.
#[server(endpoint = "decide_nominations")]
pub async fn decide_nominations(
    #[server(default)] cohort: String,
    #[server(default)] decision: String,
    #[server(default)] ids: Vec<String>,
    #[server(default)] why: String,
) -> Result<(), AppError> {
    form_action("decide-nominations", async |cx| {
        let permit = may_run(cx)?;
        let ids: Vec<PilotId> = forms::ids("ids", &ids)?;
        let decision = forms::decision(&decision, &why)?;
        let mut tx = cx.app.db.begin().await?;
        let report = store::decide(&mut tx, &cx.app, cx.now, &permit, forms::id(&cohort)?, &decision, &ids).await?;
        tx.commit().await?;
        Ok(Done::back().saying(told(&decision, report)))
    })
    .await
}

#[cfg(feature = "ssr")]
fn told(decision: &store::Decision, report: store::Report) -> Problem {
    let key = match decision {
        store::Decision::Pass => "selection-did-pass",
        store::Decision::Decline { .. } => "selection-did-decline",
        store::Decision::Choose => "selection-did-choose",
    };
    Problem::new(key).with("done", report.done).with("left", report.left)
}

/// Takes a choice back while nothing was begun.
#[server(endpoint = "undo_choice")]
pub async fn undo_choice(#[server(default)] pilot: String) -> Result<(), AppError> {
    form_action("undo-choice", async |cx| {
        let permit = may_run(cx)?;
        let id: PilotId = forms::id(&pilot)?;
        let mut tx = cx.app.db.begin().await?;
        store::undo(&mut tx, &cx.app, cx.now, &permit, id).await?;
        tx.commit().await?;
        Ok(at_nomination(id, "selection-undone"))
    })
    .await
}

/// Puts another firm in the place of a pilot firm.
#[server(endpoint = "substitute_pilot")]
pub async fn substitute_pilot(
    #[server(default)] pilot: String,
    #[server(default)] coming: String,
    #[server(default)] why: String,
) -> Result<(), AppError> {
    form_action("substitute", async |cx| {
        let permit = may_run(cx)?;
        let leaving: PilotId = forms::id(&pilot)?;
        if coming.is_empty() {
            return Err(AppError::field("coming", "selection-coming-missing"));
        }
        let coming: PilotId = forms::id(&coming)?;
        let why = forms::why(&why)?;
        let mut tx = cx.app.db.begin().await?;
        store::substitute(&mut tx, &cx.app, cx.now, &permit, leaving, coming, &why).await?;
        tx.commit().await?;
        Ok(at_nomination(coming, "selection-substituted"))
    })
    .await
}

/// Removes a document until the firm is screened.
#[server(endpoint = "remove_nomination_document")]
pub async fn remove_nomination_document(#[server(default)] pilot: String, #[server(default)] file: String) -> Result<(), AppError> {
    form_action("remove-nomination-document", async |cx| {
        let permit = may_check(cx, &pilot).await?;
        let file: FileId = forms::id(&file)?;
        let mut tx = cx.app.db.begin().await?;
        store::remove(&mut tx, &cx.app, cx.now, &permit, file).await?;
        tx.commit().await?;
        Ok(at_nomination(permit.pilot(), "selection-document-removed"))
    })
    .await
}

/// Where a round's pages lead back to.
#[cfg(feature = "ssr")]
async fn at_round(cx: &Cx, round: RoundId, notice: &str) -> Result<Done, AppError> {
    let cohort = shared::round(&cx.app.db, round).await?.cohort_id;
    Ok(Done::to(format!("/city/cohorts/{cohort}/rounds/{round}")).saying(Problem::new(notice)))
}

/// A framework version that was chosen from a list.
#[cfg(feature = "ssr")]
fn framework_of(typed: &str) -> Result<FrameworkId, AppError> {
    typed.parse().map_err(|_| AppError::field("framework", "selection-framework-missing"))
}

/// Opens a cohort's next round.
#[server(endpoint = "open_round")]
pub async fn open_round(
    #[server(default)] cohort: String,
    #[server(default)] name: String,
    #[server(default)] framework: String,
) -> Result<(), AppError> {
    form_action("open-round", async |cx| {
        let permit = may_run(cx)?;
        let cohort: CohortId = forms::id(&cohort)?;
        let name = forms::round_name(&name)?;
        let framework = framework_of(&framework)?;
        let mut tx = cx.app.db.begin().await?;
        let id = store::open(&mut tx, &cx.app, cx.now, &permit, cohort, &name, framework).await?;
        tx.commit().await?;
        at_round(cx, id, "selection-round-opened").await
    })
    .await
}

/// Moves an open round to another framework version, while every assessment in it is a draft.
#[server(endpoint = "move_round")]
pub async fn move_round(#[server(default)] round: String, #[server(default)] framework: String) -> Result<(), AppError> {
    form_action("move-round", async |cx| {
        let permit = may_run(cx)?;
        let id: RoundId = forms::id(&round)?;
        let framework = framework_of(&framework)?;
        let mut tx = cx.app.db.begin().await?;
        store::move_to(&mut tx, &cx.app, cx.now, &permit, id, framework).await?;
        tx.commit().await?;
        at_round(cx, id, "selection-round-moved").await
    })
    .await
}

/// Closes a round for good and freezes its verified scores.
#[server(endpoint = "close_round")]
pub async fn close_round(#[server(default)] round: String) -> Result<(), AppError> {
    form_action("close-round", async |cx| {
        let permit = may_run(cx)?;
        let id: RoundId = forms::id(&round)?;
        let mut tx = cx.app.db.begin().await?;
        store::close(&mut tx, &cx.app, cx.now, &permit, id).await?;
        tx.commit().await?;
        at_round(cx, id, "selection-round-closed-now").await
    })
    .await
}

/// Assigns the verifiers that are ticked to the pilot firms that are ticked.
#[server(endpoint = "assign_verifiers")]
pub async fn assign_verifiers(
    #[server(default)] cohort: String,
    #[server(default)] pilots: Vec<String>,
    #[server(default)] people: Vec<String>,
) -> Result<(), AppError> {
    form_action("assign-verifiers", async |cx| {
        let permit = may_run(cx)?;
        let pilots: Vec<PilotId> = forms::ids("pilots", &pilots)?;
        let people: Vec<PersonId> = forms::ids("people", &people)?;
        let mut tx = cx.app.db.begin().await?;
        let n = store::assign(&mut tx, &cx.app, cx.now, &permit, forms::id(&cohort)?, &pilots, &people).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("selection-assigned").with("n", n)))
    })
    .await
}

/// Takes a verifier's assignment to a pilot firm back.
#[server(endpoint = "unassign_verifier")]
pub async fn unassign_verifier(
    #[server(default)] pilot: String,
    #[server(default)] person: String,
    #[server(default)] why: String,
) -> Result<(), AppError> {
    form_action("unassign-verifier", async |cx| {
        let permit = may_run(cx)?;
        let pilot: PilotId = forms::id(&pilot)?;
        let person: PersonId = forms::id(&person)?;
        let why = forms::why(&why)?;
        let mut tx = cx.app.db.begin().await?;
        store::unassign(&mut tx, &cx.app, cx.now, &permit, pilot, person, &why).await?;
        tx.commit().await?;
        let cohort = shared::pilot(&cx.app.db, pilot).await?.cohort_id;
        Ok(Done::to(format!("/city/cohorts/{cohort}/verifiers")).saying(Problem::new("selection-unassigned")))
    })
    .await
}
