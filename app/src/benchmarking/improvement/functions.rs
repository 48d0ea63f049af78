//! Server functions of benchmarks, causes, targets and actions; the upload of a file is an endpoint of `pages`.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::{forms, policy, store},
    crate::benchmarking::policy::{EditPermit, Standing},
    crate::benchmarking::store::{Pilot, seen},
    crate::error::Problem,
    crate::request::Cx,
    crate::respond::{Done, form_action},
    crate::ui::time::day_of,
};

#[cfg(feature = "ssr")]
fn id<T: std::str::FromStr>(typed: &str) -> Result<T, AppError> {
    typed.parse().map_err(|_| AppError::NotFound)
}

/// The pilot firm that a form names, and what the actor is to it.
#[cfg(feature = "ssr")]
async fn standing(cx: &Cx, pilot: &str) -> Result<(Pilot, Standing), AppError> {
    seen(&cx.app.db, cx.actor()?, id(pilot)?).await
}

/// The leave of the firm's contact.
#[cfg(feature = "ssr")]
pub(super) async fn contact(cx: &Cx, pilot: &str) -> Result<(Pilot, EditPermit), AppError> {
    let (pilot, standing) = standing(cx, pilot).await?;
    let permit = standing.can_edit().ok_or(AppError::Forbidden)?;
    Ok((pilot, permit))
}

#[cfg(feature = "ssr")]
fn saying(path: String, notice: &str) -> Done {
    Done::to(path).saying(Problem::new(notice))
}

/// Enters a benchmark, or changes the one named: for the firm `pilot`, or without one for the city's library. The fields of
/// the indicators are named `level-A1`, `source-A1` and `date-A1`.
#[server(endpoint = "save_benchmark")]
pub async fn save_benchmark(
    #[server(default)] pilot: String,
    #[server(default)] benchmark: String,
    #[server(default)] edition: String,
) -> Result<(), AppError> {
    form_action("benchmark", async |cx| {
        let (permit, edit, framework, home) = library_place(cx, &pilot).await?;
        let framework = framework.ok_or_else(|| AppError::refused("improvement-no-framework-refused"))?;
        let new = forms::benchmark(&cx.typed, &framework, day_of(cx.now))?;
        let mut tx = cx.app.db.begin().await?;
        let id = if benchmark.is_empty() {
            store::enter(&mut tx, &cx.app, cx.now, &permit, edit.as_ref(), &framework.id, &new).await?
        } else {
            let id = id(&benchmark)?;
            store::change(&mut tx, &cx.app, cx.now, &permit, id, forms::edition(&edition), &new).await?;
            id
        };
        tx.commit().await?;
        Ok(saying(format!("{home}/{id}"), "improvement-benchmark-saved"))
    })
    .await
}

/// For whom a benchmark is entered: a firm by its contact (the city may act on a firm's page too), or the city's library.
#[cfg(feature = "ssr")]
async fn library_place(
    cx: &Cx,
    pilot: &str,
) -> Result<
    (
        policy::LibraryPermit,
        Option<EditPermit>,
        Option<crate::benchmarking::rules::Framework>,
        String,
    ),
    AppError,
> {
    if pilot.is_empty() {
        let permit = policy::of_city(cx.actor()?).ok_or(AppError::Forbidden)?;
        let framework = store::published(&cx.app.db).await?;
        return Ok((permit, None, framework, "/city/benchmarks".to_owned()));
    }
    let (pilot, standing) = standing(cx, pilot).await?;
    let edit = standing.can_edit();
    let permit = edit.as_ref().map(policy::of_contact).ok_or(AppError::Forbidden)?;
    let framework = store::current_framework(&cx.app.db, &pilot).await?;
    Ok((permit, edit, framework, format!("/firm/{}/benchmark/library", pilot.id)))
}

/// Measures the firm by a benchmark of the library, with `primary` as the one that its gaps are counted by.
#[server(endpoint = "choose_benchmark")]
pub async fn choose_benchmark(
    #[server(default)] pilot: String,
    #[server(default)] benchmark: String,
    #[server(default)] primary: bool,
) -> Result<(), AppError> {
    form_action("choose-benchmark", async |cx| {
        let (pilot, permit) = contact(cx, &pilot).await?;
        let mut tx = cx.app.db.begin().await?;
        store::choose(&mut tx, &cx.app, cx.now, &permit, id(&benchmark)?, primary).await?;
        tx.commit().await?;
        Ok(saying(format!("/firm/{}/benchmark", pilot.id), "improvement-benchmark-chosen"))
    })
    .await
}

/// Measures the firm by a benchmark no longer.
#[server(endpoint = "drop_benchmark")]
pub async fn drop_benchmark(#[server(default)] pilot: String, #[server(default)] benchmark: String) -> Result<(), AppError> {
    form_action("drop-benchmark", async |cx| {
        let (pilot, permit) = contact(cx, &pilot).await?;
        let mut tx = cx.app.db.begin().await?;
        store::drop_choice(&mut tx, &cx.app, cx.now, &permit, id(&benchmark)?).await?;
        tx.commit().await?;
        Ok(saying(format!("/firm/{}/benchmark", pilot.id), "improvement-benchmark-dropped"))
    })
    .await
}

#[cfg(feature = "ssr")]
fn at_indicator(pilot: &Pilot, indicator: &str, notice: &str) -> Done {
    saying(format!("/firm/{}/benchmark/gaps/{indicator}", pilot.id), notice)
}

/// Writes down why there is a gap; the whys are the fields `why-1` to `why-5`.
#[server(endpoint = "save_cause")]
pub async fn save_cause(
    #[server(default)] pilot: String,
    #[server(default)] indicator: String,
    #[server(default)] edition: String,
) -> Result<(), AppError> {
    form_action("cause", async |cx| {
        let (pilot, permit) = contact(cx, &pilot).await?;
        let new = forms::cause(&cx.typed)?;
        let mut tx = cx.app.db.begin().await?;
        store::save_cause(&mut tx, &cx.app, cx.now, &permit, &indicator, forms::edition(&edition), &new).await?;
        tx.commit().await?;
        Ok(at_indicator(&pilot, &indicator, "improvement-cause-saved"))
    })
    .await
}

/// Sets the level that the firm means to reach in one indicator.
#[server(endpoint = "set_target")]
pub async fn set_target(
    #[server(default)] pilot: String,
    #[server(default)] indicator: String,
    #[server(default)] edition: String,
    #[server(default)] level: String,
) -> Result<(), AppError> {
    form_action("target", async |cx| {
        let (pilot, permit) = contact(cx, &pilot).await?;
        let level = forms::target(&level)?;
        let mut tx = cx.app.db.begin().await?;
        store::set_target(&mut tx, &cx.app, cx.now, &permit, &indicator, forms::edition(&edition), level).await?;
        tx.commit().await?;
        Ok(at_indicator(&pilot, &indicator, "improvement-target-saved"))
    })
    .await
}

/// Gives a target up that nobody works towards.
#[server(endpoint = "remove_target")]
pub async fn remove_target(#[server(default)] pilot: String, #[server(default)] indicator: String) -> Result<(), AppError> {
    form_action("remove-target", async |cx| {
        let (pilot, permit) = contact(cx, &pilot).await?;
        let mut tx = cx.app.db.begin().await?;
        store::remove_target(&mut tx, &cx.app, cx.now, &permit, &indicator).await?;
        tx.commit().await?;
        Ok(at_indicator(&pilot, &indicator, "improvement-target-removed"))
    })
    .await
}

#[cfg(feature = "ssr")]
fn at_action(pilot: &Pilot, action: crate::ids::ActionId, notice: &str) -> Done {
    saying(format!("/firm/{}/actions/{action}", pilot.id), notice)
}

/// Commits the firm to an action, or changes the open one named.
#[server(endpoint = "save_action")]
pub async fn save_action(
    #[server(default)] pilot: String,
    #[server(default)] action: String,
    #[server(default)] edition: String,
) -> Result<(), AppError> {
    form_action("action", async |cx| {
        let (pilot, permit) = contact(cx, &pilot).await?;
        let is_new = action.is_empty();
        // An open action may be late already; only a new promise begins today.
        let new = forms::action(&cx.typed, is_new.then(|| day_of(cx.now)))?;
        let mut tx = cx.app.db.begin().await?;
        let id = if is_new {
            store::add(&mut tx, &cx.app, cx.now, &permit, &new).await?
        } else {
            let id = id(&action)?;
            store::edit(&mut tx, &cx.app, cx.now, &permit, id, forms::edition(&edition), &new).await?;
            id
        };
        tx.commit().await?;
        Ok(at_action(&pilot, id, "improvement-action-saved"))
    })
    .await
}

/// Moves an action to another state, from its page or from the board.
#[server(endpoint = "move_action")]
pub async fn move_action(
    #[server(default)] pilot: String,
    #[server(default)] action: String,
    #[server(default)] state: String,
    #[server(default)] reason: String,
    #[server(default)] done_on: String,
) -> Result<(), AppError> {
    form_action("move", async |cx| {
        let (_, permit) = contact(cx, &pilot).await?;
        let step = forms::step(&state, &reason, &done_on, day_of(cx.now))?;
        let mut tx = cx.app.db.begin().await?;
        store::move_to(&mut tx, &cx.app, cx.now, &permit, id(&action)?, &step).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("improvement-action-moved")))
    })
    .await
}

/// Says how far an action is.
#[server(endpoint = "report_progress")]
pub async fn report_progress(
    #[server(default)] pilot: String,
    #[server(default)] action: String,
    #[server(default)] progress: String,
    #[server(default)] note: String,
) -> Result<(), AppError> {
    form_action("progress", async |cx| {
        let (pilot, permit) = contact(cx, &pilot).await?;
        let (percent, note) = forms::progress(&progress, &note)?;
        let action = id(&action)?;
        let mut tx = cx.app.db.begin().await?;
        store::progress(&mut tx, &cx.app, cx.now, &permit, action, percent, &note).await?;
        tx.commit().await?;
        Ok(at_action(&pilot, action, "improvement-progress-saved"))
    })
    .await
}

/// Names the firm's rule that the result of a done action was written into.
#[server(endpoint = "write_rule")]
pub async fn write_rule(
    #[server(default)] pilot: String,
    #[server(default)] action: String,
    #[server(default)] rule: String,
) -> Result<(), AppError> {
    form_action("rule", async |cx| {
        let (pilot, permit) = contact(cx, &pilot).await?;
        let rule = forms::rule(&rule)?;
        let action = id(&action)?;
        let mut tx = cx.app.db.begin().await?;
        store::write_rule(&mut tx, &cx.app, cx.now, &permit, action, &rule).await?;
        tx.commit().await?;
        Ok(at_action(&pilot, action, "improvement-rule-saved"))
    })
    .await
}

/// Hands in a dated note or a link as evidence of an action.
#[server(endpoint = "offer_action_evidence")]
pub async fn offer_action_evidence(#[server(default)] pilot: String, #[server(default)] action: String) -> Result<(), AppError> {
    form_action("proof", async |cx| {
        let (pilot, permit) = contact(cx, &pilot).await?;
        let new = forms::proof(&cx.typed, day_of(cx.now))?;
        let action = id(&action)?;
        let mut tx = cx.app.db.begin().await?;
        store::offer(&mut tx, &cx.app, cx.now, &permit, action, &new).await?;
        tx.commit().await?;
        Ok(at_action(&pilot, action, "improvement-proof-saved"))
    })
    .await
}

/// Takes evidence back that nobody has accepted.
#[server(endpoint = "take_back_action_evidence")]
pub async fn take_back_action_evidence(#[server(default)] pilot: String, #[server(default)] evidence: String) -> Result<(), AppError> {
    form_action("take-back", async |cx| {
        let (pilot, permit) = contact(cx, &pilot).await?;
        let mut tx = cx.app.db.begin().await?;
        let action = store::take_back(&mut tx, &cx.app, cx.now, &permit, id(&evidence)?).await?;
        tx.commit().await?;
        Ok(at_action(&pilot, action, "improvement-proof-removed"))
    })
    .await
}

/// Accepts evidence of an action, or refuses it with a reason.
#[server(endpoint = "judge_action_evidence")]
pub async fn judge_action_evidence(
    #[server(default)] pilot: String,
    #[server(default)] evidence: String,
    #[server(default)] verdict: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    form_action("judge", async |cx| {
        let (pilot, standing) = standing(cx, &pilot).await?;
        let permit = standing.can_judge().ok_or(AppError::Forbidden)?;
        let (state, reason) = forms::verdict(&verdict, &reason)?;
        let mut tx = cx.app.db.begin().await?;
        let action = store::judge(&mut tx, &cx.app, cx.now, &permit, id(&evidence)?, state, &reason).await?;
        tx.commit().await?;
        Ok(at_action(&pilot, action, "improvement-judged"))
    })
    .await
}
