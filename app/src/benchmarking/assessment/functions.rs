//! Server functions of the self-assessment.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::store::{self, Saved},
    super::{forms, rules},
    crate::benchmarking::policy::Standing,
    crate::benchmarking::rules::Framework,
    crate::benchmarking::store::{self as pilots, Assessment},
    crate::error::{FieldProblem, Problem},
    crate::ids::{EvidenceId, PilotId},
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

#[cfg(feature = "ssr")]
fn id<T: std::str::FromStr>(typed: &str) -> Result<T, AppError> {
    typed.parse().map_err(|_| AppError::NotFound)
}

/// What the actor is to the pilot firm that a form names.
#[cfg(feature = "ssr")]
pub(super) async fn standing(cx: &Cx, pilot: &str) -> Result<Standing, AppError> {
    let (_, standing) = pilots::seen(&cx.app.db, cx.actor()?, id(pilot)?).await?;
    Ok(standing)
}

/// An assessment of this pilot with its round's framework; another's does not exist.
#[cfg(feature = "ssr")]
pub(super) async fn opened(cx: &Cx, pilot: PilotId, assessment: &str) -> Result<(Assessment, Framework), AppError> {
    let assessment = pilots::assessment(&cx.app.db, id(assessment)?).await?;
    if assessment.pilot_id != pilot {
        return Err(AppError::NotFound);
    }
    let round = pilots::round(&cx.app.db, assessment.round_id).await?;
    let framework = pilots::framework(&cx.app.db, round.framework_id).await?;
    Ok((assessment, framework))
}

#[cfg(feature = "ssr")]
fn overview(pilot: PilotId) -> String {
    format!("/firm/{pilot}/assessment")
}

/// Begins the assessment of the open round.
#[server(endpoint = "start_assessment")]
pub async fn start_assessment(#[server(default)] pilot: String) -> Result<(), AppError> {
    form_action("start-assessment", async |cx| {
        let permit = standing(cx, &pilot).await?.can_edit().ok_or(AppError::Forbidden)?;
        let mut tx = cx.app.db.begin().await?;
        store::start(&mut tx, &cx.app, cx.now, &permit).await?;
        tx.commit().await?;
        Ok(Done::to(overview(permit.pilot())).saying(Problem::new("assessment-started")))
    })
    .await
}

/// Saves the answers of one page. Each is saved by itself: a fault or a conflict in one keeps none of the others back.
/// `then` says what was pressed: nothing to stay, `next` to go on, `add:A1` for new evidence, `item:ID` for a piece of it,
/// `history:A1` for what was changed, or the address of another page of this assessment.
#[server(endpoint = "save_answers")]
pub async fn save_answers(
    #[server(default)] pilot: String,
    #[server(default)] assessment: String,
    #[server(default)] dimension: String,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    form_action("answers", async |cx| {
        let permit = standing(cx, &pilot).await?.can_edit().ok_or(AppError::Forbidden)?;
        let (assessment, framework) = opened(cx, permit.pilot(), &assessment).await?;
        let on_page = framework.dimension(&dimension).ok_or(AppError::NotFound)?;
        let mut faults = Vec::new();
        let mut tx = cx.app.db.begin().await?;
        for indicator in on_page.indicators.iter().filter(|own| forms::has_answer(&cx.typed, &own.id)) {
            let new = match forms::answer(&cx.typed, &indicator.id) {
                Ok(new) => new,
                Err(found) => {
                    faults.extend(found);
                    continue;
                }
            };
            let saved = store::save(&mut tx, &cx.app, cx.now, &permit, assessment.id, &framework, &new).await?;
            if matches!(saved, Saved::Conflict(_)) {
                let field = format!("level-{}", indicator.id);
                let fault = FieldProblem::new(&field, "assessment-conflict").with("indicator", &indicator.id);
                faults.push(fault);
            }
        }
        tx.commit().await?;
        if !faults.is_empty() {
            return Err(AppError::Invalid(faults));
        }
        Ok(after_saving(permit.pilot(), &framework, &dimension, &then))
    })
    .await
}

#[cfg(feature = "ssr")]
fn after_saving(pilot: PilotId, framework: &Framework, dimension: &str, then: &str) -> Done {
    let overview = overview(pilot);
    if let Some(indicator) = then.strip_prefix("add:").filter(|id| framework.indicator(id).is_some()) {
        return Done::to(format!("{overview}/indicators/{indicator}/evidence"));
    }
    if let Some(evidence) = then.strip_prefix("item:").and_then(|id| id.parse::<EvidenceId>().ok()) {
        return Done::to(format!("{overview}/evidence/{evidence}"));
    }
    if let Some(indicator) = then.strip_prefix("history:").filter(|id| framework.indicator(id).is_some()) {
        return Done::to(format!("{overview}/indicators/{indicator}/history"));
    }
    let saved = Problem::new("assessment-saved");
    let is_page = |path: &str| path.is_empty() || path.strip_prefix('/').is_some_and(|id| framework.dimension(id).is_some());
    if then.strip_prefix(&overview).is_some_and(is_page) {
        return Done::to(then.to_owned()).saying(saved);
    }
    match rules::neighbours(framework, dimension) {
        (_, Some(next)) if then == "next" => Done::to(format!("{overview}/{next}")).saying(saved),
        _ if then == "next" => Done::to(overview).saying(saved),
        _ => Done::to(format!("{overview}/{dimension}")).saying(saved),
    }
}

/// Takes a piece of evidence back.
#[server(endpoint = "remove_evidence")]
pub async fn remove_evidence(#[server(default)] pilot: String, #[server(default)] evidence: String) -> Result<(), AppError> {
    form_action("remove-evidence", async |cx| {
        let permit = standing(cx, &pilot).await?.can_edit().ok_or(AppError::Forbidden)?;
        let mut tx = cx.app.db.begin().await?;
        let removed = store::remove_evidence(&mut tx, &cx.app, cx.now, &permit, id(&evidence)?).await?;
        tx.commit().await?;
        let (_, framework) = opened(cx, permit.pilot(), &removed.assessment_id.to_string()).await?;
        let dimension = framework.indicator(&removed.indicator).map_or("", |(dimension, _)| &dimension.id);
        let back = format!("{}/{dimension}", overview(permit.pilot()));
        Ok(Done::to(back).saying(Problem::new("assessment-evidence-removed-done")))
    })
    .await
}

/// Hands the assessment in.
#[server(endpoint = "submit_assessment")]
pub async fn submit_assessment(#[server(default)] pilot: String, #[server(default)] assessment: String) -> Result<(), AppError> {
    form_action("submit-assessment", async |cx| {
        let permit = standing(cx, &pilot).await?.can_edit().ok_or(AppError::Forbidden)?;
        let (assessment, framework) = opened(cx, permit.pilot(), &assessment).await?;
        let mut tx = cx.app.db.begin().await?;
        store::submit(&mut tx, &cx.app, cx.now, &permit, assessment.id, &framework).await?;
        tx.commit().await?;
        Ok(Done::to(overview(permit.pilot())).saying(Problem::new("assessment-submitted-done")))
    })
    .await
}

/// Saves what those who check wrote on one page: comments, decisions on evidence and, where they coordinate, on N/A.
#[server(endpoint = "save_check")]
pub async fn save_check(
    #[server(default)] pilot: String,
    #[server(default)] assessment: String,
    #[server(default)] dimension: String,
) -> Result<(), AppError> {
    form_action("check", async |cx| {
        let standing = standing(cx, &pilot).await?;
        let judge = standing.can_judge().ok_or(AppError::Forbidden)?;
        let (assessment, framework) = opened(cx, judge.pilot(), &assessment).await?;
        let on_page = framework.dimension(&dimension).ok_or(AppError::NotFound)?;
        let evidence = store::evidence_of(&cx.app.db, assessment.id).await?;
        let indicators = on_page.indicators.iter().map(|indicator| indicator.id.as_str());
        let check = forms::check(&cx.typed, indicators, evidence.iter().map(|piece| piece.id))?;
        let mut tx = cx.app.db.begin().await?;
        for decision in &check.decisions {
            let permit = standing.can_check().ok_or(AppError::Forbidden)?;
            store::decide_na(&mut tx, &cx.app, cx.now, &permit, assessment.id, decision).await?;
        }
        let judged = store::judge(&mut tx, &cx.app, cx.now, &judge, assessment.id, &check.judgements).await?;
        if let Some(changed) = judged.meanwhile.first() {
            return Err(Problem::new("assessment-evidence-changed").with("title", &changed.title).into());
        }
        for (indicator, text) in &check.comments {
            store::comment(&mut tx, &cx.app, cx.now, &judge, assessment.id, &framework, (indicator, text)).await?;
        }
        tx.commit().await?;
        Ok(Done::to(format!("{}/{dimension}", overview(judge.pilot()))).saying(Problem::new("assessment-check-saved")))
    })
    .await
}

/// Gives the assessment back to the firm.
#[server(endpoint = "return_assessment")]
pub async fn return_assessment(
    #[server(default)] pilot: String,
    #[server(default)] assessment: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    form_action("return-assessment", async |cx| {
        let permit = standing(cx, &pilot).await?.can_check().ok_or(AppError::Forbidden)?;
        let (assessment, _) = opened(cx, permit.pilot(), &assessment).await?;
        let reason = forms::return_reason(&reason)?;
        let mut tx = cx.app.db.begin().await?;
        store::give_back(&mut tx, &cx.app, cx.now, &permit, assessment.id, &reason).await?;
        tx.commit().await?;
        Ok(Done::to(overview(permit.pilot())).saying(Problem::new("assessment-returned-done")))
    })
    .await
}
