//! Leave: the person asks and takes back, staff decide.

use axum::Router;
use leptos::prelude::*;

use super::board::{class_of, crumbs};
use super::leave_policy::{AskPermit, can_ask, decide_permit};
use super::leave_rules::{LeaveState, may_withdraw};
use super::leave_store::{self, Leave};
use super::mine_store::{self, OwnLesson};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::ClassId;
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::time::{date_time, time_range};
use crate::ui::{
    Badge, BadgeTone, ButtonLink, CheckboxField, Choice, Confirm, Crumbs, EmptyState, ErrorSummary, FormState, Hidden, Icon, IconName, PageHeader,
    Pager, Submit, Tab, TableWrap, Tabs, TextArea, TextField, Tone,
};

pub fn routes() -> Router {
    Router::new()
        .route("/me/classes/{id}/leave", page(own))
        .route("/desk/classes/{id}/leaves", page(desk))
}

/// The state of a request as a badge.
pub(super) fn leave_badge(lang: Lang, state: LeaveState) -> impl IntoView {
    let tone = match state {
        LeaveState::Asked => BadgeTone::Attention,
        LeaveState::Approved => BadgeTone::Good,
        LeaveState::Refused => BadgeTone::Bad,
        LeaveState::Withdrawn => BadgeTone::Neutral,
    };
    view! { <Badge tone=tone label=t!(lang, &format!("board-leave-state-{}", state.as_str()))/> }
}

/// One's own permit in a class; without an approved place there is nothing to ask leave from.
pub(super) async fn own_permit(cx: &Cx, class: ClassId) -> Result<AskPermit, AppError> {
    let actor = cx.actor()?;
    let place = leave_store::own_place(&cx.app.db, actor.person, class).await?;
    place.and_then(|place| can_ask(actor, &place)).ok_or(AppError::NotFound)
}

/// `/me/classes/{id}/leave`
pub async fn own(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let class: ClassId = cx.param("id")?;
    let permit = own_permit(&cx, class).await?;
    let actor = cx.actor()?;
    let leaves = leave_store::own_leaves(&cx.app.db, &permit).await?;
    let lessons: Vec<OwnLesson> = mine_store::own_lessons(&cx.app.db, actor)
        .await?
        .into_iter()
        .filter(|lesson| lesson.class_id == class)
        .collect();
    let title = lessons.first().map(|lesson| lesson.class_title.clone()).unwrap_or_default();
    let crumbs = vec![
        ("/me".to_owned(), t!(lang, "nav-me")),
        (
            format!("/me/classes/{class}"),
            if title.is_empty() { t!(lang, "board-class") } else { title.clone() },
        ),
    ];
    let form = cx.form("ask-leave");
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <Crumbs items=crumbs/>
        <PageHeader title=t!(lang, "board-leave-title") caption=title lead=t!(lang, "board-leave-lead")/>
        {ask_form(&cx, class, &lessons, form)}
        {own_list(&cx, class, &leaves)}
    };
    Ok(Page::new(t!(lang, "board-leave-title"), body))
}

fn ask_form(cx: &Cx, class: ClassId, lessons: &[OwnLesson], form: FormState) -> AnyView {
    let lang = cx.lang;
    let open = |lesson: &&OwnLesson| lesson.is_ahead(cx.now) && lesson.leave().is_none() && lesson.status().is_none();
    let options: Vec<Choice> = lessons
        .iter()
        .filter(open)
        .map(|lesson| Choice::new(lesson.id.to_string(), lesson.topic.clone()).with_hint(time_range(lang, lesson.starts_at, lesson.ends_at)))
        .collect();
    if options.is_empty() {
        return view! {
            <EmptyState title=t!(lang, "board-leave-none") text=t!(lang, "board-leave-none-text") icon=IconName::Calendar>
                <ButtonLink href=format!("/me/classes/{class}") label=t!(lang, "board-leave-to-class")/>
            </EmptyState>
        }
        .into_any();
    }
    let chosen = cx.query("lesson").into_iter().collect();
    view! {
        <form method="post" action="/api/ask_leave" class="form narrow">
            <Hidden name="class" value=class.to_string()/>
            <CheckboxField form=form.clone() name="lessons[]" label=t!(lang, "board-leave-lessons") options=options values=chosen/>
            <TextArea form=form name="reason" label=t!(lang, "board-leave-reason") hint=t!(lang, "board-leave-reason-hint") rows="3" maxlength="300" required=true/>
            <Submit label=t!(lang, "board-leave-ask")/>
        </form>
    }
    .into_any()
}

fn own_list(cx: &Cx, class: ClassId, leaves: &[Leave]) -> impl IntoView + use<> {
    let lang = cx.lang;
    let items = leaves
        .iter()
        .map(|leave| {
            let answer = leave
                .decision_reason
                .clone()
                .filter(|reason| !reason.is_empty())
                .map(|reason| view! { <p>{t!(lang, "board-leave-answer", reason = reason)}</p> });
            let withdraw = may_withdraw(leave.state, leave.ends_at, cx.now).then(|| {
                view! {
                    <form method="post" action="/api/withdraw_leave">
                        <Hidden name="class" value=class.to_string()/>
                        <Hidden name="leave" value=leave.id.to_string()/>
                        <Confirm label=t!(lang, "board-leave-withdraw") title=t!(lang, "board-leave-withdraw-title") text=t!(lang, "board-leave-withdraw-text") yes_label=t!(lang, "board-leave-withdraw-yes")/>
                    </form>
                }
            });
            view! {
                <li class="card">
                    <p class="row"><strong>{leave.topic.clone()}</strong>{leave_badge(lang, leave.state)}</p>
                    <p class="muted">{time_range(lang, leave.starts_at, leave.ends_at)}</p>
                    <p>{t!(lang, "board-why-was", why = leave.reason.clone())}</p>
                    {answer}
                    {withdraw}
                </li>
            }
        })
        .collect_view();
    (!leaves.is_empty()).then(|| view! { <h2>{t!(lang, "board-leave-mine")}</h2><ul class="class-list">{items}</ul> })
}

/// `/desk/classes/{id}/leaves`
pub async fn desk(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (class, _) = class_of(&cx, cx.param("id")?).await?;
    let permit = decide_permit(cx.actor()?, &class)?;
    let waits = cx.query("show").as_deref() != Some("decided");
    let after = cx.query("after").and_then(|id| id.parse().ok());
    let (leaves, more) = leave_store::page_of(leave_store::of_class(&cx.app.db, &permit, waits, after).await?);
    let waiting = leave_store::waiting(&cx.app.db, &permit).await?;
    let older = more
        .then(|| leaves.last().map(|leave| cx.here_with("after", Some(&leave.id.to_string()))))
        .flatten();
    let newer = after.is_some().then(|| cx.here_with("after", None));
    let path = cx.uri.path().to_owned();
    let tabs = vec![
        Tab {
            href: path.clone(),
            label: t!(lang, "board-leaves-waiting"),
            current: waits,
            count: Some(waiting),
        },
        Tab {
            href: format!("{path}?show=decided"),
            label: t!(lang, "board-leaves-decided"),
            current: !waits,
            count: None,
        },
    ];
    let mut items = crumbs(lang, &class);
    items.push((format!("/desk/classes/{}/attendance", class.id), t!(lang, "board-title")));
    let content = match (leaves.is_empty(), waits) {
        (true, true) => {
            view! { <EmptyState title=t!(lang, "board-leaves-empty") text=t!(lang, "board-leaves-empty-text") icon=IconName::Check/> }.into_any()
        }
        (true, false) => view! { <EmptyState title=t!(lang, "board-leaves-none-decided") icon=IconName::History/> }.into_any(),
        (false, true) => deciding(&cx, class.id, &leaves).into_any(),
        (false, false) => decided(lang, &leaves).into_any(),
    };
    let body = view! {
        <ErrorSummary form=cx.form("decide-leaves")/>
        <Crumbs items=items/>
        <PageHeader title=t!(lang, "board-leaves-title") caption=class.title.clone() lead=t!(lang, "board-leaves-lead")/>
        <Tabs items=tabs/>
        {content}
        <Pager newer=newer older=older/>
    };
    Ok(Page::new(t!(lang, "board-leaves-title"), body))
}

fn deciding(cx: &Cx, class: ClassId, leaves: &[Leave]) -> impl IntoView + use<> {
    let lang = cx.lang;
    let form = cx.form("decide-leaves");
    let error = form.error("leaves").map(ToOwned::to_owned);
    let rows = leaves
        .iter()
        .enumerate()
        .map(|(place, leave)| {
            let id = leave.id.to_string();
            let ticked = form.has("leaves[]", &id);
            let field = (place == 0).then_some("field-leaves");
            view! {
                <tr>
                    <td><label class="pick"><input class="check" id=field type="checkbox" name="leaves[]" value=id checked=ticked aria-label=leave.name.clone()/></label></td>
                    <th scope="row">{leave.name.clone()}{leave.firm.clone().map(|firm| view! { <small class="board__firm">{firm}</small> })}</th>
                    <td>{leave.topic.clone()}<small class="board__firm">{time_range(lang, leave.starts_at, leave.ends_at)}</small></td>
                    <td>{leave.reason.clone()}<small class="board__firm">{t!(lang, "board-asked-at", at = date_time(lang, leave.asked_at))}</small></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <form method="post" action="/api/decide_leaves" class="stack">
            <Hidden name="class" value=class.to_string()/>
            <button class="visually-hidden" type="submit" name="verdict" value="" tabindex="-1" aria-hidden="true"></button>
            {error.map(|error| view! { <p class="field__error" id="error-leaves"><Icon name=IconName::Alert/>{error}</p> })}
            <TableWrap label=t!(lang, "board-leaves-waiting")>
                <table class="table desk-list">
                    <thead>
                        <tr>
                            <th scope="col"><span class="visually-hidden">{t!(lang, "board-tick")}</span></th>
                            <th scope="col">{t!(lang, "board-person")}</th>
                            <th scope="col">{t!(lang, "board-lesson")}</th>
                            <th scope="col">{t!(lang, "board-leave-reason")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
            <div class="selection">
                <span class="selection__count">{t!(lang, "board-leave-ticked")}</span>
                <TextField form=form name="reason" label=t!(lang, "board-leave-words") hint=t!(lang, "board-leave-words-hint") maxlength="300" optional=true/>
                <Submit label=t!(lang, "board-leave-approve") name="verdict" value="approve"/>
                <Submit label=t!(lang, "board-leave-refuse") name="verdict" value="refuse" tone=Tone::Plain/>
            </div>
        </form>
    }
}

fn decided(lang: Lang, leaves: &[Leave]) -> impl IntoView + use<> {
    let rows = leaves
        .iter()
        .map(|leave| {
            let when = leave.decided_at.map(|at| date_time(lang, at)).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row">{leave.name.clone()}{leave.firm.clone().map(|firm| view! { <small class="board__firm">{firm}</small> })}</th>
                    <td>{leave.topic.clone()}<small class="board__firm">{time_range(lang, leave.starts_at, leave.ends_at)}</small></td>
                    <td>{leave.reason.clone()}</td>
                    <td>{leave_badge(lang, leave.state)}<small class="board__firm">{when}</small>{leave.decision_reason.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "board-leaves-decided")>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "board-person")}</th>
                        <th scope="col">{t!(lang, "board-lesson")}</th>
                        <th scope="col">{t!(lang, "board-leave-reason")}</th>
                        <th scope="col">{t!(lang, "board-leave-decision")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}
