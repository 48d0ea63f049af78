//! `/desk/integrations`: the tokens of other programs: make, list, revoke.

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

use super::forms::{self, NewToken, WHOLE_CITY};
use super::policy::{self, Place};
use super::rules::{Lifetime, TokenScope, TokenState};
use super::store::{self, Making, Token};
use crate::accounts::Actor;
use crate::error::AppError;
use crate::i18n::{Lang, say};
use crate::paging::Step;
use crate::request::Cx;
use crate::routes::page;
use crate::schools;
use crate::shell::{Page, render};
use crate::t;
use crate::ui::time::{date, date_time};
use crate::ui::{
    Badge, BadgeTone, ButtonLink, CheckboxField, Choice, Confirm, EmptyState, ErrorSummary, FieldError, FormState, Hidden, IconName, PageHeader,
    Pager, RadioField, SelectField, ShownOnce, Submit, TableWrap, TextField, Tone,
};

/// The page of this slice.
pub fn routes() -> Router {
    Router::new().route("/desk/integrations", page(list))
}

/// What the form posts to.
pub fn endpoints() -> Router {
    Router::new().route("/desk/integrations/make", post(make))
}

async fn list(cx: Cx) -> Result<Page, AppError> {
    tokens(&cx, FormState::default(), None).await
}

/// Answers with the page itself, not with a redirect, so that the secret is shown this once and kept nowhere, not even in
/// a flash.
async fn make(request: Request) -> Response {
    render(made, request).await
}

async fn made(cx: Cx) -> Result<Page, AppError> {
    let actor = cx.actor()?;
    policy::visible_to(actor)?;
    let outcome = async {
        let new = forms::new_token(&cx.typed)?;
        make_token(&cx, actor, &new).await
    };
    match outcome.await {
        Ok(secret) => tokens(&cx, FormState::default(), Some(secret)).await,
        Err(AppError::Invalid(problems)) => {
            crate::respond::set_status(422);
            let errors = problems.iter().map(|problem| FieldError {
                field: problem.field.clone(),
                message: say(cx.lang, &problem.problem),
            });
            let form = FormState {
                values: cx.typed.clone(),
                errors: errors.collect(),
            };
            tokens(&cx, form, None).await
        }
        Err(error) => Err(error),
    }
}

async fn make_token(cx: &Cx, actor: &Actor, new: &NewToken) -> Result<String, AppError> {
    let place = match new.school {
        None => Place::City,
        Some(id) => {
            let school = schools::store::school(&cx.app.db, id).await?;
            Place::School { id, region: school.region }
        }
    };
    let permit = policy::permit(actor, place)?;
    let making = Making {
        name: &new.name,
        scopes: &new.scopes,
        lifetime: new.lifetime,
    };
    store::make(&cx.app, &permit, cx.now, &making).await
}

async fn tokens(cx: &Cx, form: FormState, secret: Option<String>) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let scope = policy::visible_to(actor)?;
    let tokens = store::page(&cx.app.db, &scope, Step::of(cx)).await?;
    let (newer, older) = tokens.links(cx, |token| token.id.to_string());
    let places = place_choices(cx, actor).await?;
    let title = t!(lang, "integrations-title");
    let body = view! {
        <ErrorSummary form=form.clone()/>
        <PageHeader title=title.clone() lead=t!(lang, "integrations-lead")>
            <ButtonLink href="/developers" label=t!(lang, "integrations-docs")/>
        </PageHeader>
        {secret.map(|secret| view! { <ShownOnce title=t!(lang, "integrations-secret-title") secret=secret text=t!(lang, "integrations-secret-text")/> })}
        {table(cx, tokens.rows)}
        <Pager newer=newer older=older/>
        <h2>{t!(lang, "integrations-new")}</h2>
        {making_form(lang, form, places)}
    };
    Ok(Page::new(title, body))
}

async fn place_choices(cx: &Cx, actor: &Actor) -> Result<Vec<Choice>, AppError> {
    let whole = actor.is_city().then(|| Choice::new(WHOLE_CITY, t!(cx.lang, "integrations-whole-city")));
    let own = schools::pages::school_choices(cx, &actor.coordinated()).await?;
    Ok(whole.into_iter().chain(own).collect())
}

fn making_form(lang: Lang, form: FormState, places: Vec<Choice>) -> impl IntoView {
    let scopes = TokenScope::ALL.iter().map(|scope| {
        let hint = t!(lang, &format!("integrations-scope-{}-hint", key(*scope)));
        Choice::new(scope.as_str(), scope_name(lang, *scope)).with_hint(hint)
    });
    let lifetimes = Lifetime::ALL
        .iter()
        .map(|lifetime| Choice::new(lifetime.as_str(), t!(lang, "integrations-days", n = lifetime.days())));
    view! {
        <form method="post" action="/desk/integrations/make" class="narrow">
            <TextField form=form.clone() name="name" label=t!(lang, "integrations-name") hint=t!(lang, "integrations-name-hint")
                maxlength=forms::LONGEST_NAME.to_string()/>
            <SelectField form=form.clone() name="school" label=t!(lang, "integrations-school") hint=t!(lang, "integrations-school-hint") options=places/>
            <CheckboxField form=form.clone() name="scopes" label=t!(lang, "integrations-scopes") hint=t!(lang, "integrations-scopes-hint")
                options=scopes.collect()/>
            <RadioField form=form name="lifetime" label=t!(lang, "integrations-lifetime") options=lifetimes.collect()
                value=Lifetime::Quarter.as_str() inline=true/>
            <Submit label=t!(lang, "integrations-make")/>
        </form>
    }
}

/// The part of a text's key: `classes:read` is `classes-read`.
fn key(scope: TokenScope) -> String {
    scope.as_str().replace(':', "-")
}

fn scope_name(lang: Lang, scope: TokenScope) -> String {
    t!(lang, &format!("integrations-scope-{}", key(scope)))
}

fn table(cx: &Cx, tokens: Vec<Token>) -> AnyView {
    let lang = cx.lang;
    if tokens.is_empty() {
        let text = t!(lang, "integrations-none-text");
        return view! { <EmptyState title=t!(lang, "integrations-none") text=text icon=IconName::Lock/> }.into_any();
    }
    let rows = tokens.into_iter().map(|token| row(cx, token)).collect_view();
    view! {
        <TableWrap label=t!(lang, "integrations-title")>
            <table class="table table--stack">
                <thead><tr>
                    <th scope="col">{t!(lang, "integrations-name")}</th>
                    <th scope="col">{t!(lang, "integrations-school")}</th>
                    <th scope="col">{t!(lang, "integrations-scopes")}</th>
                    <th scope="col">{t!(lang, "integrations-made")}</th>
                    <th scope="col">{t!(lang, "integrations-seen")}</th>
                    <th scope="col">{t!(lang, "integrations-state")}</th>
                    <th scope="col">{t!(lang, "integrations-do")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

fn row(cx: &Cx, token: Token) -> impl IntoView + use<> {
    let lang = cx.lang;
    let place = match (&token.school_zh, &token.school_en) {
        (Some(zh), Some(en)) => lang.pick(zh, en).to_owned(),
        _ => t!(lang, "integrations-whole-city"),
    };
    let scopes: Vec<String> = token.scopes().into_iter().map(|scope| scope_name(lang, scope)).collect();
    let seen = token.seen_at.map_or_else(|| t!(lang, "integrations-never"), |seen| date_time(lang, seen));
    let state = token.state(cx.now);
    view! {
        <tr>
            <th scope="row">{token.name.clone()}</th>
            <td data-label=t!(lang, "integrations-school")>{place}</td>
            <td data-label=t!(lang, "integrations-scopes")>{scopes.join(lang.pick("、", ", "))}</td>
            <td data-label=t!(lang, "integrations-made")>{format!("{} · {}", date_time(lang, token.created_at), token.maker)}</td>
            <td data-label=t!(lang, "integrations-seen")>{seen}</td>
            <td data-label=t!(lang, "integrations-state")>{state_badge(lang, &token, state)}</td>
            <td>{(state != TokenState::Revoked).then(|| revoking(lang, &token))}</td>
        </tr>
    }
}

fn state_badge(lang: Lang, token: &Token, state: TokenState) -> impl IntoView + use<> {
    let (tone, label) = match (state, token.revoked_at) {
        (TokenState::Revoked, Some(at)) => (BadgeTone::Neutral, t!(lang, "integrations-revoked-at", at = date(lang, at))),
        (TokenState::Revoked | TokenState::Expired, _) => (BadgeTone::Neutral, t!(lang, "integrations-expired", at = date(lang, token.expires_at))),
        (TokenState::Orphaned, _) => (BadgeTone::Bad, t!(lang, "integrations-orphaned", name = token.maker.clone())),
        (TokenState::Good, _) => (BadgeTone::Good, t!(lang, "integrations-good-until", at = date(lang, token.expires_at))),
    };
    view! { <Badge tone=tone label=label/> }
}

fn revoking(lang: Lang, token: &Token) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/api/revoke_api_token">
            <Hidden name="token" value=token.id.to_string()/>
            <Confirm label=t!(lang, "integrations-revoke") title=t!(lang, "integrations-revoke-sure", name = token.name.clone())
                text=t!(lang, "integrations-revoke-text") yes_label=t!(lang, "integrations-revoke") tone=Tone::Danger/>
        </form>
    }
}
