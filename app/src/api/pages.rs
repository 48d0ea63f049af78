//! `/developers`: the API for people, drawn from its own document.

use axum::Router;
use leptos::prelude::*;
use utoipa::openapi::path::Operation;

use super::problem::title as reason_title;
use super::{PREFIX, Reason, WINDOW_SECONDS, document};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::integrations::TokenScope;
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, IconName, PageHeader, TableWrap};

/// The page of this slice.
pub fn routes() -> Router {
    Router::new().route("/developers", page(developers))
}

async fn developers(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let base = cx.app.settings.base_url.clone();
    let title = t!(lang, "api-title");
    let read = format!("curl -H 'Authorization: Bearer heluo_api_…' '{base}{PREFIX}/classes?limit=10'");
    let write = format!(
        "curl -X POST -H 'Authorization: Bearer heluo_api_…' -H 'Content-Type: application/json' \\\n     -d '{{\"code\":\"…\",\"nonce\":\"8b1f\",\"at\":\"2026-11-03T01:05:00Z\"}}' \\\n     {base}{PREFIX}/lessons/…/checkins\n→ 200 {{\"status\":\"present\",\"person\":\"李明\",\"first\":true}}"
    );
    let refusal = format!(
        "→ 409 application/problem+json\n{{\"type\":\"{base}/developers#closed\",\"title\":\"{}\",\"status\":409,\"reason\":\"closed\"}}",
        reason_title(lang, Reason::Closed)
    );
    let limits = t!(lang, "api-limits-text", calls = cx.app.settings.api_rate, seconds = WINDOW_SECONDS);
    let body = view! {
        <PageHeader title=title.clone() lead=t!(lang, "api-lead")>
            <ButtonLink href="/api/v1/openapi.json" label=t!(lang, "api-document") icon=IconName::Download/>
        </PageHeader>
        <div class="prose">
            <h2>{t!(lang, "api-token")}</h2>
            <p>{t!(lang, "api-token-text")}</p>
            <pre tabindex="0" class="listing"><code>{read}</code></pre>
        </div>
        <h2>{t!(lang, "api-endpoints")}</h2>
        {operations(lang)}
        <div class="prose">
            <h2>{t!(lang, "api-pages")}</h2>
            <p>{t!(lang, "api-pages-text")}</p>
            <h2>{t!(lang, "api-checkins")}</h2>
            <p>{t!(lang, "api-checkins-text")}</p>
            <pre tabindex="0" class="listing"><code>{write}</code></pre>
            <h2>{t!(lang, "api-limits")}</h2>
            <p>{limits}</p>
            <h2>{t!(lang, "api-refusals")}</h2>
            <p>{t!(lang, "api-refusals-text")}</p>
            <pre tabindex="0" class="listing"><code>{refusal}</code></pre>
        </div>
        {reasons(lang)}
    };
    Ok(Page::new(title, body))
}

fn operations(lang: Lang) -> impl IntoView {
    let document = document();
    let rows: Vec<_> = document
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| [("GET", item.get.as_ref()), ("POST", item.post.as_ref())].map(|(method, operation)| (path, method, operation)))
        .filter_map(|(path, method, operation)| operation.map(|operation| row(lang, path, method, operation)))
        .collect();
    view! {
        <TableWrap label=t!(lang, "api-endpoints")>
            <table class="table table--stack">
                <thead><tr>
                    <th scope="col">{t!(lang, "api-endpoint")}</th>
                    <th scope="col">{t!(lang, "api-scope")}</th>
                    <th scope="col">{t!(lang, "api-what")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

fn row(lang: Lang, path: &str, method: &'static str, operation: &Operation) -> impl IntoView + use<> {
    let id = operation.operation_id.clone().unwrap_or_default().replace('_', "-");
    let scopes = scopes_of(operation);
    let scope = if scopes.is_empty() {
        t!(lang, "api-scope-none")
    } else {
        scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    };
    view! {
        <tr>
            <th scope="row"><code>{format!("{method} {path}")}</code></th>
            <td data-label=t!(lang, "api-scope")>{scope}</td>
            <td data-label=t!(lang, "api-what")>{t!(lang, &format!("api-op-{id}"))}</td>
        </tr>
    }
}

/// The scopes that an operation asks for, as its document says.
fn scopes_of(operation: &Operation) -> Vec<TokenScope> {
    let json = serde_json::to_value(&operation.security).unwrap_or_default();
    let words = json.as_array().into_iter().flatten().filter_map(|way| way["token"].as_array()).flatten();
    words.filter_map(|word| word.as_str()?.parse().ok()).collect()
}

fn reasons(lang: Lang) -> impl IntoView {
    let rows = Reason::ALL
        .iter()
        .map(|reason| {
            view! {
                <tr id=reason.as_str()>
                    <th scope="row"><code>{reason.as_str()}</code></th>
                    <td data-label=t!(lang, "api-status")>{reason.status().as_u16()}</td>
                    <td data-label=t!(lang, "api-meaning")>{reason_title(lang, *reason)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "api-refusals")>
            <table class="table table--stack">
                <thead><tr>
                    <th scope="col">"reason"</th>
                    <th scope="col">{t!(lang, "api-status")}</th>
                    <th scope="col">{t!(lang, "api-meaning")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}
