//! Server functions of verification.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::{forms, store},
    crate::benchmarking::assessment::store::judge as judge_evidence,
    crate::benchmarking::policy::Standing,
    crate::benchmarking::rules::Framework,
    crate::benchmarking::store::{Assessment, Pilot, assessment as assessment_of, framework as framework_of, round, seen},
    crate::error::{FieldProblem, Problem},
    crate::ids::{AssessmentId, PilotId, VisitId},
    crate::request::Cx,
    crate::respond::{Done, form_action},
    crate::ui::time::day_of,
};

/// The assessment that a form names, with its firm, what the actor is to it, and what it is measured by.
#[cfg(feature = "ssr")]
struct Subject {
    pilot: Pilot,
    standing: Standing,
    assessment: Assessment,
    framework: Framework,
}

#[cfg(feature = "ssr")]
impl Subject {
    /// Back to the firm's verification with a word of success.
    fn done(&self, below: &str, notice: &str) -> Done {
        Done::to(format!("/firm/{}/verification{below}", self.pilot.id)).saying(Problem::new(notice))
    }
}

#[cfg(feature = "ssr")]
async fn subject(cx: &Cx, typed: &str) -> Result<Subject, AppError> {
    let actor = cx.actor()?;
    let id: AssessmentId = typed.parse().map_err(|_| AppError::NotFound)?;
    let db = &cx.app.db;
    let assessment = assessment_of(db, id).await?;
    let pilot: PilotId = assessment.pilot_id;
    let (pilot, standing) = seen(db, actor, pilot).await?;
    let framework = framework_of(db, round(db, assessment.round_id).await?.framework_id).await?;
    Ok(Subject {
        pilot,
        standing,
        assessment,
        framework,
    })
}

/// Keeps the verdicts and the decisions on evidence of one dimension. Its fields are named after indicators and pieces of
/// evidence (`level-A1`, `reason-A1`, `judge-…`), so they are read from the body as it came.
#[server(endpoint = "save_verification")]
pub async fn save_verification(#[server(default)] assessment: String, #[server(default)] dimension: String) -> Result<(), AppError> {
    form_action("verification", async |cx| {
        let subject = subject(cx, &assessment).await?;
        let judge = subject.standing.can_judge().ok_or(AppError::Forbidden)?;
        let typed = forms::dimension(&cx.typed, subject.framework.dimension(&dimension).ok_or(AppError::NotFound)?);
        let verify = subject.standing.can_verify();
        if verify.is_none() && !typed.given.is_empty() {
            return Err(AppError::Forbidden);
        }
        let id = subject.assessment.id;
        let mut tx = cx.app.db.begin().await?;
        let judged = judge_evidence(&mut tx, &cx.app, cx.now, &judge, id, &typed.judged).await?;
        let outcome = match verify {
            Some(permit) => store::give(&mut tx, &cx.app, cx.now, &permit, id, &subject.framework, &typed.given).await?,
            None => store::Outcome::default(),
        };
        tx.commit().await?;
        let mut faults = typed.faults;
        faults.extend(judged.meanwhile.iter().map(|piece| forms::judged_meanwhile(piece.id)));
        faults.extend(outcome.refused.iter().map(|(indicator, refusal)| forms::refused(indicator, *refusal)));
        if faults.is_empty() {
            return Ok(subject.done(&format!("/dimensions/{dimension}"), "verification-saved"));
        }
        if judged.kept + outcome.kept > 0 {
            faults.push(FieldProblem::new("", "verification-rest-saved"));
        }
        Err(AppError::Invalid(faults))
    })
    .await
}

/// Writes down a site visit, or corrects the record named, with a reason.
#[allow(clippy::too_many_arguments)] // the fields of the form
#[server(endpoint = "save_visit")]
pub async fn save_visit(
    #[server(default)] assessment: String,
    #[server(default)] visit: String,
    #[server(default)] edition: String,
    #[server(default)] visited_on: String,
    #[server(default)] people: String,
    #[server(default)] findings: String,
    #[server(default)] indicators: Vec<String>,
    #[server(default)] why: String,
) -> Result<(), AppError> {
    form_action("visit", async |cx| {
        let subject = subject(cx, &assessment).await?;
        let permit = subject.standing.can_verify().ok_or(AppError::Forbidden)?;
        let began = day_of(round(&cx.app.db, subject.assessment.round_id).await?.opened_at);
        let input = forms::VisitInput {
            visited_on: &visited_on,
            people: &people,
            findings: &findings,
            indicators: &indicators,
        };
        let read = forms::visit(&input, &subject.framework, began, day_of(cx.now));
        let id = subject.assessment.id;
        if visit.is_empty() {
            let read = read?;
            let mut tx = cx.app.db.begin().await?;
            store::add(&mut tx, &cx.app, cx.now, &permit, id, &read).await?;
            tx.commit().await?;
            return Ok(subject.done("", "verification-visit-added"));
        }
        let (read, why) = forms::both(read, forms::why("why", &why))?;
        let visit: VisitId = visit.parse().map_err(|_| AppError::NotFound)?;
        let edition = edition.parse().unwrap_or(-1);
        let mut tx = cx.app.db.begin().await?;
        store::correct(&mut tx, &cx.app, cx.now, &permit, id, visit, edition, &read, &why).await?;
        tx.commit().await?;
        Ok(subject.done("", "verification-visit-corrected"))
    })
    .await
}

/// Closes a verification.
#[server(endpoint = "close_verification")]
pub async fn close_verification(#[server(default)] assessment: String) -> Result<(), AppError> {
    form_action("verification-closing", async |cx| {
        let subject = subject(cx, &assessment).await?;
        let permit = subject.standing.can_verify().ok_or(AppError::Forbidden)?;
        let mut tx = cx.app.db.begin().await?;
        store::close(&mut tx, &cx.app, cx.now, &permit, subject.assessment.id, &subject.framework).await?;
        tx.commit().await?;
        Ok(subject.done("", "verification-closed"))
    })
    .await
}

/// Takes the closing back, with a reason; the city alone does.
#[server(endpoint = "reopen_verification")]
pub async fn reopen_verification(#[server(default)] assessment: String, #[server(default)] reopen_why: String) -> Result<(), AppError> {
    form_action("verification-reopening", async |cx| {
        let subject = subject(cx, &assessment).await?;
        let permit = subject.standing.can_decide().ok_or(AppError::Forbidden)?;
        let why = forms::why("reopen_why", &reopen_why)?;
        let mut tx = cx.app.db.begin().await?;
        store::reopen(&mut tx, &cx.app, cx.now, &permit, subject.assessment.id, &why).await?;
        tx.commit().await?;
        Ok(subject.done("", "verification-reopened"))
    })
    .await
}
